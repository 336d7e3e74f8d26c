"""The client's own words in a letter, and the check that they are lawful: what they may not say, by rule (BEY-15). Pure.

Own words are a paragraph of the client's beside what a letter must say. They are checked when they are written, for every
letter they could come in, and again in each letter, with its own facts: a rate may have changed since.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from inbaar.kit.errors import Refusal
from inbaar.letters.parts import LetterKind

LONGEST = 600
#: An arrear may be reported to the register from this many days after its due date, and then only of a business.
REGISTER_DAYS = 30
_AMOUNT = re.compile(r"(?:€|eur\b|euro\b)\s*\d|\d[\d.,]*\s*(?:€|euro\b|eur\b)", re.IGNORECASE)
_COSTS = re.compile(
    r"\b(?:(?:incasso|aanmanings?|herinnerings?|administratie|dossier|registratie|buitengerechtelijke)\s*kosten|boetes?|toeslag"
    r"|(?:collection|reminder|administration|late|penalty)\s+(?:costs?|fees?|charges?)|fines?|surcharge|kosten in rekening|extra kosten|extra costs)\b",
    re.IGNORECASE,
)
_REGISTER = re.compile(
    r"\b(?:\w*register(?:s|en|ed|eren|ing)?|geregistreerd|registratie|bkr|zbr|zwarte lijst|blacklist(?:ed)?|wanbetalerslijst|kredietwaardigheid|credit (?:rating|score|record))\b",
    re.IGNORECASE,
)
_TERM = re.compile(
    r"\b(?:binnen|within|uiterlijk|vóór|voor|before|by)\s+(?:(?:een|één|twee|drie|vier|vijf|zes|zeven|acht|tien|veertien|a|one|two|three|five|seven|ten|fourteen|\d+)\s+"
    r"(?:\w+\s+)?(?:uur|uren|dag(?:en)?|werkdag(?:en)?|we(?:ek|ken)|maand(?:en)?|hours?|days?|weeks?|months?)|(?:maan|dins|woens|donder|vrij|zater|zon)dag"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d{1,2}[-/. ](?:\d{1,2}|[a-z]+)\b|morgen|tomorrow)",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d{1,3})?)\s*(?:%|procent|percent)", re.IGNORECASE)
_THREAT = re.compile(
    r"\b(?:deurwaarder|beslag(?:legging)?|dagvaard\w*|rechter|rechtbank|faillissement\w*|incassobureau|bailiff|seizure|attach(?:ment)?|summons|court|bankruptcy|collection agency)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class WordsFacts:
    """What of a letter decides whether own words may stand in it.

    `rates` are the percentages of interest that hold for its claims on its day, empty where they are not known yet;
    `youngest_days` is how many days the youngest of its invoices is late, None where that is not known yet.
    """

    kind: LetterKind
    on: dt.date
    consumer: bool
    rates: frozenset[Decimal] = frozenset()
    youngest_days: int | None = None


def unlawful_words(text: str, facts: WordsFacts) -> tuple[Refusal, ...]:
    """Every rule that these words break in such a letter; empty if they may stand there."""
    return tuple(_every_rule(" ".join(text.split()), facts))


def _every_rule(text: str, facts: WordsFacts) -> Iterator[Refusal]:
    if len(text) > LONGEST:
        yield _no(
            "words-too-long",
            "own words are a paragraph beside what a letter must say",
            f"{len(text)} letters",
            str(LONGEST),
        )
    yield from _about_money(text, facts)
    yield from _about_what_follows(text, facts)
    if found := _TERM.search(text):
        yield _no(
            "words-deadline",
            "DUN-04, artikel 6:96 lid 6 BW: a letter gives one term, the one that is right",
            found[0],
            "no term or date beside the letter's own",
            "leave it out; the letter says by when to pay",
        )


def _about_money(text: str, facts: WordsFacts) -> Iterator[Refusal]:
    costs = _COSTS.search(text)
    if costs and facts.kind is not LetterKind.FORMAL_NOTICE:
        yield _no(
            "words-costs-early",
            "DUN-01, artikel 6:96 lid 6 BW: costs are not spoken of before they can be due, and then by the letter alone",
            costs[0],
            "no costs in own words",
            "leave it out; the notice tells the exact costs",
        )
    elif costs and facts.consumer:
        yield _no("words-costs-early", "artikel 6:96 lid 6 BW: a consumer owes costs only after the 14-day letter",
                  costs[0], "no costs in own words", "leave it out")  # fmt: skip
    if (amount := _AMOUNT.search(text)) is not None:
        yield _no(
            "words-second-amount",
            "ECLI:NL:RBROT:2020:5202: a letter names one amount; a second one can void the 14-day letter",
            amount[0],
            "no amount in own words",
            "leave it out; the letter tells what is owed",
        )
    for found in _PERCENT.finditer(text):
        rate = Decimal(found[1].replace(",", "."))
        if facts.rates and rate not in facts.rates:
            held = ", ".join(sorted(f"{one:f}%" for one in facts.rates))
            yield _no("words-expired-rate", f"6:119, 6:119a BW: the rate is that of the day, {facts.on}", found[0], held,
                      "leave the percentage out; the sheet tells it")  # fmt: skip


def _about_what_follows(text: str, facts: WordsFacts) -> Iterator[Refusal]:
    if found := _REGISTER.search(text):
        early = facts.youngest_days is not None and facts.youngest_days < REGISTER_DAYS
        if facts.consumer or early or facts.kind is not LetterKind.FORMAL_NOTICE:
            yield _no(
                "words-register-threat",
                "REG-01, REG-03: nobody is threatened with the register before its conditions hold, and a consumer never",
                found[0],
                f"a formal notice to a business whose invoices are all {REGISTER_DAYS} days late",
                "leave it out; the register writes its own letter",
            )
    if facts.kind.strictness <= LetterKind.REMINDER.strictness and (found := _THREAT.search(text)):
        yield _no(
            "words-threat",
            "DUN-01, DUN-03: a reminder threatens with nothing that cannot follow yet",
            found[0],
            "no such threat before the notice",
            "leave it out",
        )


def _no(code: str, rule: str, fact: str, limit: str, next_step: str = "") -> Refusal:
    return Refusal(code, rule, fact, limit, None, next_step)
