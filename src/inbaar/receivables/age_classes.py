"""Age classes: how late what is open is, in classes of days. Pure; used by the ageing, its screens and its command."""

import re
from dataclasses import dataclass

USUAL_EDGES = (30, 60, 90)
MOST_EDGES, LATEST_EDGE = 7, 3650
NOT_DUE, CREDIT, AHEAD, UNAPPLIED = "not-due", "credit", "ahead", "unapplied"


@dataclass(frozen=True, slots=True)
class AgeClasses:
    """Classes by their edges: the last days, ascending, of each class of days late but the oldest, which has none.

    >>> AgeClasses((30, 60, 90)).keys
    ('not-due', '1-30', '31-60', '61-90', 'over-90')
    """

    edges: tuple[int, ...] = USUAL_EDGES

    def __post_init__(self) -> None:
        rising = all(first < second for first, second in zip((0, *self.edges), self.edges, strict=False))
        if not (rising and 1 <= len(self.edges) <= MOST_EDGES and self.edges[-1] <= LATEST_EDGE):
            raise ValueError(
                f"{self.edges}: edges are 1 to {MOST_EDGES} rising numbers of days, up to {LATEST_EDGE}"
            )

    @property
    def firsts(self) -> tuple[int, ...]:
        """The first day late of each class that is late."""
        return (1, *(edge + 1 for edge in self.edges))

    @property
    def keys(self) -> tuple[str, ...]:
        """What each class is called in an address, youngest first."""
        spans = (f"{first}-{last}" for first, last in zip(self.firsts, self.edges, strict=False))
        return (NOT_DUE, *spans, f"over-{self.edges[-1]}")

    def span(self, key: str) -> tuple[int | None, int | None]:
        """The first and last day late of a class; None is without end.

        >>> AgeClasses().span("31-60"), AgeClasses().span("not-due"), AgeClasses().span("over-90")
        ((31, 60), (None, 0), (91, None))
        """
        place = self.keys.index(key)
        first = self.firsts[place - 1] if place else None
        return first, (0, *self.edges, None)[place]

    @property
    def text(self) -> str:
        """The edges as they are typed and stand in an address."""
        return ",".join(map(str, self.edges))


USUAL = AgeClasses()


def read_classes(text: str) -> AgeClasses:
    """The classes of edges as somebody types them: `30, 60, 90`. ValueError where they are none; the usual if empty.

    >>> read_classes("14; 30 ;60").keys
    ('not-due', '1-14', '15-30', '31-60', 'over-60')
    """
    if not text.strip():
        return USUAL
    parts = re.split(r"[\s,;]+", text.strip())
    if not all(re.fullmatch(r"[0-9]{1,4}", part) for part in parts):
        raise ValueError(f"{text!r}: edges are numbers of days such as 30,60,90")
    return AgeClasses(tuple(map(int, parts)))
