"""Receipts and mails about a debtor's page in words, the same on the page and in the mail. Pure."""

import datetime as dt
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources

from inbaar.debtor_page.queries import Said
from inbaar.debtor_page.rules import DISPUTE, HELD, OF_AN_INVOICE, WRONG
from inbaar.kit.clock import DUTCH_TIME
from inbaar.letters.parts import Language, Sender
from inbaar.letters.words import Words, fact, grouped, words_in

LINE = 60


@cache
def words_of(language: Language) -> Words:
    """The words of one language, beside the dates and amounts of the letters."""
    text = (
        resources.files("inbaar.debtor_page.words").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    )
    return Words(language, words_in(language).sections | tomllib.loads(text))


def receipt_title(said: Said, language: Language) -> str:
    """What a receipt is called."""
    return words_of(language).say("receipt", "title", number=said.number)


def receipt_rows(said: Said, language: Language) -> list[tuple[str, str]]:
    """What was said, as labels and facts: number, moment, and all that was filled in."""
    words, say = words_of(language), words_of(language).say
    amount = (
        words.amount(said.amount, said.currency) if said.amount is not None else say("receipt", "amount_all")
    )
    rows = [
        ("number", said.number),
        ("moment", _moment(said.said_at, words)),
        ("kind", say("kinds", said.kind)),
        ("about", fact(said.invoice, LINE) if said.invoice else ""),
        ("reason", fact(said.reason, 2 * LINE)),
        ("amount", amount if said.kind == DISPUTE else ""),
        ("paid_on", words.date(said.paid_on) if said.paid_on else ""),
        ("account", grouped(said.account)),
        ("words", said.words),
        ("files", ", ".join(fact(file.name, LINE) for file in said.files)),
        ("said_by", fact(said.said_by, LINE)),
    ]  # fmt: skip
    return [(say("receipt", key), value) for key, value in rows if value]


def receipt_now(said: Said, language: Language) -> tuple[str, ...]:
    """What happens now, in sentences: what rests and until when, and when he hears."""
    words, say = words_of(language), words_of(language).say
    by = words.date(said.answer_by)
    if said.kind not in OF_AN_INVOICE:
        return (say("receipt", said.kind, date=by),)
    told = say("receipt", f"{said.kind}_{said.effect}", date=by)
    return (told,) if said.amount is None or said.effect != HELD else (told, say("receipt", "dispute_rest"))


def verdict_words(said: Said, language: Language) -> str:
    """What was decided, in a sentence; nothing while nothing was."""
    if not said.verdict:
        return ""
    words = words_of(language)
    amount = words.amount(said.agreed, said.currency) if said.agreed is not None else ""
    return words.say("verdicts", f"{said.kind}_{said.verdict}", **({"amount": amount} if amount else {}))


def receipt_mail(said: Said, language: Language, sender: Sender) -> tuple[str, str]:
    """Subject and text of the receipt."""
    say = words_of(language).say
    lines = [
        say("mail", "receipt"),
        "",
        *(f"{label}: {value}" for label, value in receipt_rows(said, language)),
        "",
    ]
    lines += [*receipt_now(said, language), "", say("mail", "unknown", contact=_contact(sender))]
    return say("mail", "receipt_subject", number=said.number), _mail(language, sender, lines)


def answer_mail(said: Said, language: Language, sender: Sender, page: str) -> tuple[str, str]:
    """Subject and text of what was decided; `page` is the address of his page, or nothing."""
    words, say = words_of(language), words_of(language).say
    lines = [
        say("mail", "answer", date=words.date(said.said_on), kind=say("kinds", said.kind)), "", verdict_words(said, language),
    ]  # fmt: skip
    if said.answer:
        lines += ["", said.answer]
    if page:
        lines += ["", say("mail", "page"), page]
    if said.verdict == WRONG or said.agreed is not None:
        lines += ["", say("mail", "answer_not_right", contact=_contact(sender))]
    return say("mail", "answer_subject", number=said.number), _mail(language, sender, lines)


def link_mail(language: Language, sender: Sender, page: str, until: dt.date) -> tuple[str, str]:
    """Subject and text of a new link that was asked for."""
    words, say = words_of(language), words_of(language).say
    lines = [say("mail", "link", date=words.date(until)), page, "", say("mail", "link_unknown")]
    return say("mail", "link_subject"), _mail(language, sender, lines)


def data_mail(said: Said, language: Language, sender: Sender) -> tuple[str, str]:
    """Subject and text of the mail that brings one's own data."""
    words, say = words_of(language), words_of(language).say
    lines = [
        say("mail", "data", date=words.date(said.said_on), number=said.number), "",
        say("mail", "data_rights", contact=_contact(sender)),
    ]  # fmt: skip
    return say("mail", "data_subject", sender=fact(sender.name)), _mail(language, sender, lines)


def _moment(moment: dt.datetime, words: Words) -> str:
    there = moment.astimezone(DUTCH_TIME)
    return words.say("receipt", "moment_at", date=words.date(there.date()), time=f"{there:%H:%M}")


def _mail(language: Language, sender: Sender, lines: Iterable[str]) -> str:
    say = words_of(language).say
    return (
        "\n".join([say("mail", "salutation"), "", *lines, "", say("mail", "closing"), fact(sender.name)])
        + "\n"
    )


def _contact(sender: Sender) -> str:
    return fact(sender.email or sender.phone, LINE)
