"""One value read on a page, and what its confidence means. Pure; used by every resolver here.

`CHECKED`: something independent of the printed label agrees: a sum, a check digit, a term counted from the invoice date.
`LABELLED`: it stands by its own label and nothing else on the page competes. `PLACED`: no label, yet the only thing on the
page that it can be. Below `LEAST` a value is left out and asked for. A reading by OCR multiplies what nothing checked by the
least sure of its words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inbaar.intake.readers.page.layout import Word, seen_box
from inbaar.intake.reading import FieldRead

CHECKED, LABELLED, PLACED = 0.99, 0.95, 0.90
LEAST = 0.85


@dataclass(frozen=True, slots=True)
class Finding:
    """A value, as text, with the words it was read from."""

    value: str
    words: tuple[Word, ...]
    page: int
    level: float

    @property
    def confidence(self) -> float:
        least = min((word.sure for word in self.words), default=1.0)
        return round(self.level if self.level >= CHECKED else self.level * least, 3)

    @property
    def trusted(self) -> bool:
        return self.confidence >= LEAST

    @property
    def field(self) -> FieldRead:
        """As a reading carries it."""
        if not self.words:
            return FieldRead(self.value, confidence=self.confidence)
        left, bottom, right, top = seen_box(self.words)
        box = (round(left, 1), round(bottom, 1), round(right, 1), round(top, 1))
        return FieldRead(self.value, self.page, box, self.confidence)


def only(findings: Sequence[Finding]) -> Finding | None:
    """The one value all findings agree on, the surest of them; None where they differ or there are none."""
    if len({finding.value for finding in findings}) != 1:
        return None
    return max(findings, key=lambda finding: finding.level)
