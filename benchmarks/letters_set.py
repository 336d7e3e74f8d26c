"""Letters composed and typeset, each its own PDF with its own QR: a mix of the three kinds, and large bundles.

The yardstick is the typesetting alone: the same compiler on letters whose words and QR are ready.
"""

from dataclasses import replace

from benchmarks.measuring import Measure, measured
from inbaar.letters.content import LetterContent
from inbaar.letters.examples import EXAMPLES, bundle, reminder
from inbaar.letters.typesetting import drawn, rendered, typeset_drawing


def contents(size: int) -> list[LetterContent]:
    """Letters that differ in number and reference, so that each has another QR."""
    return [_numbered(EXAMPLES[number % len(EXAMPLES)](), number) for number in range(size)]


def reminders(size: int) -> list[LetterContent]:
    """The letter that goes out most."""
    return [_numbered(reminder(), number) for number in range(size)]


def bundles(size: int) -> list[LetterContent]:
    """Letters of twelve invoices at two steps."""
    return [_numbered(bundle(), number) for number in range(size)]


def _numbered(content: LetterContent, number: int) -> LetterContent:
    return replace(content, letter_number=f"B-2026-{number:05d}", payment_reference=f"2026{number:08d}")


def set_letters(letters: list[LetterContent]) -> int:
    """Composes and typesets; keeps nothing."""
    return sum(1 for pdf in rendered(letters) if pdf)


def typesetting_alone(letters: list[LetterContent]) -> int:
    """One composed letter typeset again and again with another number in it."""
    ready = drawn(letters[0])
    first = letters[0].letter_number
    for letter in letters:
        typeset_drawing(ready.replace(first, letter.letter_number), letter.letter_date)
    return len(letters)


def run(small: bool) -> list[Measure]:
    """Letters, reminders and bundles per CPU-second."""
    size = 90 if small else 600
    named = {"yardstick": typesetting_alone, "yardstick_name": "typesetting alone"}
    return [
        measured("letters set", "letters", size, set_letters, prepare=contents, aim="150", **named),
        measured("reminders set", "letters", size, set_letters, prepare=reminders, aim="150", **named),
        measured("bundles of 12 set", "letters", max(30, size // 10), set_letters, prepare=bundles, **named),
    ]
