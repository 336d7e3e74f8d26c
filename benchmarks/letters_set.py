"""Letters composed and typeset, each its own PDF with its own QR: a mix of the three kinds, and large bundles.

Each goes to somebody else about other invoices, so that only what letters have in common can be kept between them. The
yardstick is the typesetting alone: the same compiler on the same letters, their words and QR ready.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from benchmarks.measuring import Measure, measured
from inbaar.letters.content import LetterContent, total_of
from inbaar.letters.drawing import Drawing, drawn
from inbaar.letters.examples import EXAMPLES, bundle, reminder
from inbaar.letters.typesetting import rendered, typeset


@dataclass(frozen=True, slots=True)
class Letters:
    """Contents, and the same composed and drawn."""

    contents: list[LetterContent]
    drawings: list[Drawing]


def mix(size: int) -> Letters:
    """The three kinds in turn."""
    return _letters([_another(EXAMPLES[number % len(EXAMPLES)](), number) for number in range(size)])


def reminders(size: int) -> Letters:
    """The letter that goes out most."""
    return _letters([_another(reminder(), number) for number in range(size)])


def bundles(size: int) -> Letters:
    """Letters of twelve invoices at two steps."""
    return _letters([_another(bundle(), number) for number in range(size)])


def _letters(contents: list[LetterContent]) -> Letters:
    return Letters(contents, [drawn(content) for content in contents])


def _another(content: LetterContent, number: int) -> LetterContent:
    """The same letter to another debtor about other invoices, of another amount where no costs are reckoned over it."""
    more = Decimal(number * 7919 % 99991) / 100 if content.costs_if_unpaid is None else Decimal(0)
    first, *others = content.items
    first = replace(first, gross=first.gross + more, open_principal=first.open_principal + more)
    items = tuple(
        replace(item, invoice_number=f"2026-{number * 31 + place:05d}")
        for place, item in enumerate((first, *others))
    )
    recipient = replace(
        content.recipient,
        name=f"{content.recipient.name} {number * 13 % 997}",
        address=(f"Dorpsstraat {number * 17 % 991}", f"{1000 + number * 7 % 8999} AB Zaandijk"),
    )
    return replace(
        content,
        items=items,
        total_due=total_of(items),
        recipient=recipient,
        letter_number=f"B-2026-{number:05d}",
        payment_reference=f"2026{number * 104729 % 10**8:08d}",
    )


def set_letters(letters: Letters) -> int:
    """Composes and typesets; keeps nothing."""
    return sum(1 for pdf in rendered(letters.contents) if pdf)


def typesetting_alone(letters: Letters) -> int:
    """Typesets what is drawn already; keeps nothing."""
    return sum(1 for drawing in letters.drawings if typeset(drawing))


def run(small: bool) -> list[Measure]:
    """Letters, reminders and bundles per CPU-second.

    The typesetter keeps what it set for ten letters, so a tenth of each size is more: no run finds the one before it.
    """
    size = 150 if small else 600
    named = {"yardstick": typesetting_alone, "yardstick_name": "typesetting alone"}
    return [
        measured("letters set", "letters", size, set_letters, prepare=mix, aim="150", **named),
        measured("reminders set", "letters", size, set_letters, prepare=reminders, aim="150", **named),
        measured("bundles of 12 set", "letters", max(120, size // 3), set_letters, prepare=bundles, **named),
    ]
