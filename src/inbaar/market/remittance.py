"""What a payer writes under a payment: from a flawless reference to nothing that helps.

Called by the intentions when a payment is planned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from inbaar.market.habits import Writing
from inbaar.market.identifiers import rf_reference
from inbaar.market.population import Debtor

TEXT_LIMIT = 140
NUMBERS_LIMIT = 9
UNCERTAIN = frozenset({Writing.WRONG, Writing.STRANGER, Writing.LUMP})
SLIP_PERCENT = 2
WORDS = {"nl": "Factuur", "en": "Rechnung"}
VAGUE = ("uw factuur", "betaling nota", "conform afspraak", "factuur vorige maand")
STRANGE = ("timmerwerk", "betaling", "voor de werkzaamheden", "overboeking")


@dataclass(frozen=True, slots=True)
class Remittance:
    """Payer, account and words of one payment."""

    writing: Writing
    name: str
    iban: str
    text: str | None
    structured: str | None
    end_to_end_id: str
    certain: bool


def writing_for(rng: Random, debtor: Debtor, count: int) -> Writing:
    """The debtor's own way of writing; now and then the tidiest slips, and the untidy do it right."""
    own = debtor.habit.writing
    if own in (Writing.WRONG, Writing.VAGUE, Writing.STRANGER, Writing.LUMP) and rng.randrange(2) == 0:
        own = Writing.NUMBER
    elif rng.randrange(100) < SLIP_PERCENT:
        own = rng.choice((Writing.WRONG, Writing.VAGUE, Writing.STRANGER, Writing.SHORT))
    if count > 1:
        return Writing.SEVERAL if own not in UNCERTAIN else own
    return Writing.NUMBER if own is Writing.SEVERAL else own


def _swapped(rng: Random, number: str) -> str:
    """The number with two neighbouring digits swapped, or the last one mistyped where that changes nothing."""
    head, tail = number[:-4], number[-4:]
    at = rng.randrange(3)
    swapped = tail[:at] + tail[at + 1] + tail[at] + tail[at + 2 :]
    return head + (swapped if swapped != tail else tail[:3] + str((int(tail[3]) + 3) % 10))


def _words(rng: Random, writing: Writing, word: str, numbers: Sequence[str]) -> str:
    first = numbers[0]
    match writing:
        case Writing.PLAIN:
            return first.replace("-", "")
        case Writing.SPACED:
            return f"fact. {first.replace('-', ' ')}"
        case Writing.SHORT:
            return f"{word.lower()} {int(first[-4:])}"
        case Writing.VAGUE:
            return rng.choice(VAGUE)
        case Writing.WRONG:
            return f"{word} {_swapped(rng, first)}"
        case Writing.STRANGER:
            return rng.choice(STRANGE)
        case Writing.LUMP:
            return "deelbetaling"
        case _:
            return f"{word} {' '.join(numbers)}"


def remittance(
    rng: Random, debtor: Debtor, key: str, invoices: Sequence[str], credits: Sequence[str]
) -> Remittance:
    """What the debtor writes under a payment of these invoices with these credit notes deducted."""
    writing = writing_for(rng, debtor, len(invoices))
    structured = rf_reference(invoices[0]) if writing is Writing.STRUCTURED else None
    text = None
    if structured is None:
        text = _words(rng, writing, WORDS[debtor.facts.language], invoices)
        if credits and writing in (Writing.NUMBER, Writing.SEVERAL):
            text += f" minus creditnota {' '.join(credits)}"
    stranger = writing is Writing.STRANGER
    automated = writing in (Writing.STRUCTURED, Writing.SEVERAL)
    return Remittance(
        writing=writing,
        name=debtor.private_name if stranger else debtor.facts.name,
        iban=debtor.private_iban if stranger else debtor.facts.iban,
        text=text[:TEXT_LIMIT] if text else None,
        structured=structured,
        end_to_end_id=f"D{debtor.facts.number}-{key}"[:35] if automated else "NOTPROVIDED",
        certain=writing not in UNCERTAIN,
    )
