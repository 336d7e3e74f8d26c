"""Pages of a list: which one is asked for, and which numbers to offer."""

from dataclasses import dataclass

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Page:
    """One page of `count` rows; a page past the end is the last one."""

    number: int
    count: int
    rows: int = PAGE_ROWS

    @property
    def last(self) -> int:
        """The number of the last page; the first page is there also when nothing is."""
        return max(1, -(-self.count // self.rows))

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.number - 1) * self.rows

    @property
    def first_row(self) -> int:
        """The place of the first row shown."""
        return self.offset + 1 if self.count else 0

    @property
    def last_row(self) -> int:
        """The place of the last row shown."""
        return min(self.offset + self.rows, self.count)


def asked_page(text: str | None, count: int, rows: int = PAGE_ROWS) -> Page:
    """The page asked for, kept within what there is."""
    wanted = int(text) if text and text.isdecimal() and len(text) < 10 else 1
    return Page(min(max(1, wanted), Page(1, count, rows).last), count, rows)
