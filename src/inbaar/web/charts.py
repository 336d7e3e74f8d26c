"""Bars as SVG in the page: drawn by hand, so that they are links, print well and need no script.

Each bar stands in the row of the table that gives its figures, for who would rather look than read.
"""

from collections.abc import Sequence
from decimal import Decimal

# Units of the drawing: a bar is stretched to the width of its column.
LONGEST = 1000


def bar_lengths(values: Sequence[Decimal]) -> list[int]:
    """The length of each bar; the largest takes the whole width, and what is there at all can be seen."""
    most = max(values, default=Decimal(0))
    return [max(8, int(value / most * LONGEST)) if value > 0 else 0 for value in values]
