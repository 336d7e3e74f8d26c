"""What is printed and mailed of a mandate, in words. Pure; the prescribed text itself is the debits' own."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from inbaar.banking.debits.inviting import Link
from inbaar.letters.parts import Language, Recipient, Sender
from inbaar.letters.words import Words, fact, grouped, words_in

LINE = 60


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed online, where, and on which day."""

    name: str
    iban: str
    place: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Paper:
    """A mandate as it is printed and mailed: to be signed, or with the signature that was set online.

    `text` is what its scheme prescribes, in the `language` of the paper.
    """

    link: Link
    language: Language
    text: tuple[str, ...]
    sender: Sender
    recipient: Recipient
    on: dt.date
    signed: Signature | None = None


@cache
def words_of(language: Language) -> Words:
    """The words of one language, beside the dates of the letters."""
    text = resources.files("inbaar.mandates.words").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return Words(language, words_in(language).sections | tomllib.loads(text))


def request_mail(paper: Paper, address: str) -> tuple[str, str]:
    """Subject and text of the request to sign; `address` is where that is done."""
    words = words_of(paper.language)
    until, contact = words.date(paper.link.expires_on), _contact(paper)
    lines = [
        words.say("mail", "request", creditor=fact(paper.link.creditor_name)), "",
        words.say("mail", "request_link", until=until), address, "",
        words.say("mail", "request_paper", contact=contact),
    ]  # fmt: skip
    if paper.link.terms.scheme == "b2b":
        lines += ["", words.say("mail", "request_b2b")]
    lines += ["", words.say("mail", "request_unknown", contact=contact)]
    return _mail(paper, "request_subject", lines)


def copy_mail(paper: Paper) -> tuple[str, str]:
    """Subject and text of the debtor's copy of what he signed."""
    words, contact = words_of(paper.language), _contact(paper)
    lines = [words.say("mail", "copy", date=words.date(paper.on)), ""]
    for paragraph in (*paper.text, *_signed_lines(paper, words)):
        lines += [paragraph, ""]
    if paper.link.terms.scheme == "b2b":
        lines += [words.say("mail", "request_b2b"), ""]
    lines += [
        words.say("mail", "copy_end", contact=contact),
        words.say("mail", "copy_unknown", contact=contact),
    ]
    return _mail(paper, "copy_subject", lines)


def sheet_of(paper: Paper) -> dict[str, object]:
    """Everything the template draws, by the names it knows."""
    words, link, say = words_of(paper.language), paper.link, words_of(paper.language).say
    title = say("sheet", f"{link.terms.scheme}_{link.terms.kind}")
    debtor, signed = paper.recipient, paper.signed
    creditor = fact(link.creditor_name)
    name = signed.name if signed else link.terms.debtor_name
    iban = signed.iban if signed else link.terms.debtor_iban
    b2b = link.terms.scheme == "b2b"
    address = debtor.address if debtor.country == "NL" else (*debtor.address, debtor.country)
    return {
        "language": paper.language.value,
        "date": [paper.on.year, paper.on.month, paper.on.day],
        "title": title,
        "scheme": say("sheet", f"scheme_{link.terms.scheme}"),
        "subject": f"{title} {link.terms.reference}",
        "description": say("sheet", "description", title=title, debtor=fact(name), creditor=creditor),
        "author": creditor,
        "collector": {
            "title": say("sheet", "collector"),
            "rows": [
                [say("sheet", "creditor"), creditor],
                [say("sheet", "address"), fact(link.creditor_address, 2 * LINE)],
                [say("sheet", "identifier"), link.creditor_identifier],
                [say("sheet", "reference"), link.terms.reference],
            ],
        },
        "paragraphs": list(paper.text[:3]),
        "payer": {
            "title": say("sheet", "payer"),
            "rows": [
                [say("sheet", "name"), fact(name, 2 * LINE)],
                [say("sheet", "address"), ", ".join(fact(line, LINE) for line in address)],
                [say("sheet", "iban"), grouped(iban)],
            ],
        },
        "sign": [[say("sheet", "signed_online"), *_signed_lines(paper, words)]] if signed
        else [[say("sheet", "place_and_day"), ""], [say("sheet", "signature"), ""]],
        "notes": [] if signed else [
            say("sheet", "give_back", sender=fact(paper.sender.name), contact=_contact(paper)),
            *([say("sheet", "give_back_b2b")] if b2b else []),
        ],
        "page": say("sheet", "page", page="{page}", pages="{pages}"),
    }  # fmt: skip


def _signed_lines(paper: Paper, words: Words) -> list[str]:
    signed = paper.signed
    if signed is None:
        return []
    facts = {"name": fact(signed.name), "place": fact(signed.place, LINE), "date": words.date(signed.on)}
    return [words.say("sheet", "signed_by", **facts)]


def _mail(paper: Paper, subject: str, lines: list[str]) -> tuple[str, str]:
    say = words_of(paper.language).say
    names = {"reference": paper.link.terms.reference, "creditor": fact(paper.link.creditor_name)}
    told = [say("mail", "salutation"), "", *lines, "", say("mail", "closing"), fact(paper.sender.name)]
    return say("mail", subject, **names), "\n".join(told) + "\n"


def _contact(paper: Paper) -> str:
    return fact(paper.sender.email or paper.sender.phone, LINE)
