"""What a statement of account says, in words: for its PDF and its mail. Pure; drawn by `drawing`."""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from importlib import resources
from itertools import accumulate

from inbaar.debtor_statements.content import AccountContent, Item, Part
from inbaar.letters.html import mail_html
from inbaar.letters.parts import Language
from inbaar.letters.qr import QrRefused, payment_payload
from inbaar.letters.words import Words, fact, grouped, words_in

LINE = 60


@cache
def words_of(language: Language) -> Words:
    """The words of one language, beside the dates and amounts of the letters."""
    text = (
        resources.files("inbaar.debtor_statements.words")
        .joinpath(f"{language}.toml")
        .read_text(encoding="utf-8")
    )
    return Words(language, words_in(language).sections | tomllib.loads(text))  # fmt: skip


def title_of(content: AccountContent) -> str:
    """What it is called."""
    return words_of(content.language).say(
        "account", "title_open" if content.since is None else "title_movements"
    )


def mail_subject(content: AccountContent) -> str:
    """The subject of the mail, and of the PDF."""
    words = words_of(content.language)
    return words.say("account", "subject", title=title_of(content), number=content.number, date=words.date(content.on))  # fmt: skip


def mail_text(content: AccountContent) -> str:
    """The text of the mail: balance, how to pay and on which page, and how what is paid is divided."""
    words, say = words_of(content.language), words_of(content.language).say
    lines = [
        say("mail", "salutation"), "",
        say("mail", "opening", title=title_of(content).lower(), number=content.number),
        say("mail", "balance", date=words.date(content.on), amount=words.amount(content.closing, content.currency)),
    ]  # fmt: skip
    if not content.items:
        lines.append(say("mail", "nothing"))
    for part in content.parts:
        if part.asked:
            lines += ["", say("mail", "pay", **_payment_facts(content, part))]
            if part.link:
                lines += ["", say("account", "link"), part.link]
            lines += ["", say("mail", "split")]
            lines += [f"  {fact(i.number, LINE)}: {words.amount(i.asked, content.currency)}" for i in part.items if i.asked]  # fmt: skip
    if marked := [item for item in content.items if item.mark and not content.why_not]:
        lines += ["", say("mail", "marked")]
        lines += [f"  {fact(i.number, LINE)}: {mark_words(i, content.currency, words)}" for i in marked]
    if content.why_not:
        lines += ["", say("account", content.why_not)]
    if content.unapplied:
        unapplied = words.amount(content.unapplied, content.currency)
        lines += ["", say("account", "unapplied_note", amount=unapplied)]
    if content.page_link:
        lines += ["", say("payment", "page"), content.page_link]
    lines += ["", say("account", "disclaimer", contact=_contact(content)), ""]
    return "\n".join([*lines, say("mail", "closing"), fact(content.sender.name)]) + "\n"


def mail_body(content: AccountContent) -> str:
    """The text of the mail drawn, with a button for each payment link; nothing where there is none."""
    words = words_of(content.language)
    buttons = {part.link: words.say("payment", "button") for part in content.parts if part.link}
    if content.page_link:
        buttons[content.page_link] = words.say("payment", "page_button")
    return mail_html(mail_text(content), buttons, content.language.value) if buttons else ""


def sheet_of(content: AccountContent) -> tuple[dict[str, object], list[str]]:
    """Everything the template draws by the names it knows, and the payloads of its QRs in order."""
    words, say = words_of(content.language), words_of(content.language).say
    payloads: list[str] = []
    names = {"sender": fact(content.sender.name), "recipient": fact(content.recipient.name)}
    dates = {"since": words.date(content.since or content.on), "until": words.date(content.on)}
    intro = say("account", "intro_open", date=words.date(content.on)) if content.since is None else say("account", "intro_movements", **dates)  # fmt: skip
    told: dict[str, object] = {
        "language": content.language.value,
        "date": [content.on.year, content.on.month, content.on.day],
        "title": title_of(content),
        "subject": mail_subject(content),
        "description": say("account", "description", title=title_of(content), date=words.date(content.on), **names),
        "sender": [fact(content.sender.name), *(fact(line, LINE) for line in content.sender.address)],
        "sender_facts": [[say("frame", key), fact(value, LINE)] for key, value in _facts(content) if value],
        "recipient": [fact(content.recipient.name), *(fact(line, LINE) for line in content.recipient.address)],
        "references": [
            [say("account", "number"), content.number],
            [say("account", "per"), words.date(content.on)] if content.since is None
            else [say("account", "period"), say("account", "from_to", **dates)],
            [say("account", "currency"), content.currency],
        ],
        "intro": intro,
        "balances": list(_balances(content, words)),
        "movements": {"title": say("account", "movements"), "heads": [say("account", key) for key in ("on", "what", "plus_minus", "balance")],
                      "rows": list(_movements(content, words))},
        "parts": [_part(content, part, words, payloads) for part in content.parts],
        "others": {"title": say("account", "others"), "heads": [say("account", key) for key in ("item", "what", "issued", "open")],
                   "rows": [[fact(i.number, LINE), say("kinds", i.kind), words.short_date(i.issued), words.amount(-i.open, content.currency)] for i in content.others]},
        "nothing": "" if content.items else say("account", "nothing_open"),
        "notes": list(_notes(content, words)),
        "page": say("account", "page", page="{page}", pages="{pages}"),
    }  # fmt: skip
    return told, payloads


def _balances(content: AccountContent, words: Words) -> Iterator[list[str]]:
    def told(key: str, value: Decimal, day: str) -> list[str]:
        return [words.say("account", key, date=day), words.amount(value, content.currency)]

    if content.since is not None:
        yield told("opening", content.opening, words.date(content.since))
    yield told("closing", content.closing, words.date(content.on))
    if content.unapplied:
        yield told("unapplied", content.unapplied, "")


def _movements(content: AccountContent, words: Words) -> Iterator[list[str]]:
    balances = accumulate((m.amount for m in content.movements), initial=content.opening)
    next(balances)
    for movement, balance in zip(content.movements, balances, strict=True):
        yield [
            words.short_date(movement.on),
            words.say("moves", movement.kind, number=fact(movement.number, LINE)),
            words.amount(movement.amount, content.currency),
            words.amount(balance, content.currency),
        ]


def _part(content: AccountContent, part: Part, words: Words, payloads: list[str]) -> dict[str, object]:
    say = words.say
    extras = any(item.extras for item in part.items)
    marked = any(item.mark for item in part.items)
    keys = ["item", "issued", "due", "amount", "open", *(["extras"] if extras else []), *(["asked"] if part.asked else []), *(["mark"] if marked else [])]  # fmt: skip
    other = part.owner != content.sender.name and bool(part.owner)
    count = sum(1 for item in part.items if item.asked)
    payment: dict[str, object] = {}
    if part.asked:
        facts = _payment_facts(content, part)
        rows = [["pay_amount", facts["amount"]], ["holder", facts["holder"]], ["iban", facts["iban"]], ["bic", part.payee.bic], ["reference", facts["reference"]]]  # fmt: skip
        payment = {
            "title": say("account", "pay"),
            "rows": [[say("account", key), value] for key, value in rows if value],
            "split": say("account", "split", count=str(count)) if count > 1 else say("account", "split_one"),
            "link": say("account", "link") if part.link else "",
            **_qr(content, part, words, payloads),
        }
    return {
        "title": say("account", "items_of", owner=fact(part.owner)) if other else say("account", "items"),
        "transferred": say("account", "transferred", owner=fact(part.owner)) if other and part.asked else "",
        "heads": [say("account", key) for key in keys],
        "texts": [0, *([len(keys) - 1] if marked else [])],
        "rows": [[_cell(key, item, content, words) for key in keys] for item in part.items],
        "payment": payment,
    }


def _cell(key: str, item: Item, content: AccountContent, words: Words) -> str:
    if key == "item":
        return fact(item.number, LINE)
    if key in ("issued", "due"):
        return words.short_date(item.issued if key == "issued" else item.due)
    if key == "mark":
        return mark_words(item, content.currency, words)
    amounts = {"amount": item.amount, "open": item.open, "extras": item.extras, "asked": item.asked}
    return words.amount(amounts[key], content.currency)


def mark_words(item: Item, currency: str, words: Words) -> str:
    """Why an item is not asked, or not wholly."""
    if item.debited_on is not None:
        return words.say("marks", item.mark, date=words.short_date(item.debited_on), end=item.account_end)
    if item.mark == "disputed" and item.disputed < item.open:
        return words.say("marks", "disputed_part", amount=words.amount(item.disputed, currency))
    return words.say("marks", item.mark) if item.mark else ""


def _payment_facts(content: AccountContent, part: Part) -> dict[str, str]:
    words = words_of(content.language)
    return {
        "amount": words.amount(part.asked, content.currency),
        "holder": fact(part.payee.account_holder),
        "iban": grouped(part.payee.iban),
        "reference": grouped(part.reference),
    }


def _qr(content: AccountContent, part: Part, words: Words, payloads: list[str]) -> dict[str, object]:
    try:
        payload = payment_payload(
            holder=part.payee.account_holder[:70],
            iban=part.payee.iban,
            amount=part.asked,
            reference=part.reference,
            bic=part.payee.bic,
            currency=content.currency,
        )
    except QrRefused:
        return {"qr": -1, "no_qr": words.say("account", "no_qr")}
    payloads.append(payload)
    alt = words.say("account", "qr_alt", **_payment_facts(content, part))
    return {"qr": len(payloads) - 1, "qr_label": words.say("account", "qr"), "qr_alt": alt, "no_qr": ""}


def _facts(content: AccountContent) -> tuple[tuple[str, str], ...]:
    sender = content.sender
    return (
        ("phone", sender.phone), ("email", sender.email), ("website", sender.website), ("kvk", sender.kvk), ("vat", sender.vat),
    )  # fmt: skip


def _contact(content: AccountContent) -> str:
    return fact(content.sender.email or content.sender.phone, LINE)


def _notes(content: AccountContent, words: Words) -> Iterator[str]:
    if content.why_not:
        yield words.say("account", content.why_not)
    if content.unapplied:
        amount = words.amount(content.unapplied, content.currency)
        yield words.say("account", "unapplied_note", amount=amount)
    yield words.say("account", "disclaimer", contact=_contact(content))
