"""Under whose heading things stand: the sections that name the supplier, the customer or another party. Pure."""

from collections.abc import Iterator

from inbaar.intake.readers.page.blocks import heading_of, role_of
from inbaar.intake.readers.page.layout import Cell
from inbaar.intake.readers.page.near import Label, Sheet

_ENDS = frozenset(
    {"net", "total", "payable", "number", "issue_date", "due_date", "title_number", "subject", "term"}
)


def sections(sheet: Sheet) -> Iterator[tuple[Label, str]]:
    """The headings of parties with whose they are, in reading order."""
    for cell in sheet.layout.cells:
        label = heading_of(sheet, cell)
        if label is not None:
            yield label, role_of(label)


def sectioned(sheet: Sheet) -> dict[Cell, str]:
    """For each cell the party under whose heading it stands: in the heading's column, before a gap, a sum, or another heading."""
    found: dict[Cell, str] = {}
    open_sections: dict[int, str] = {}
    headings = {label.cell: role for label, role in sections(sheet)}
    before: Cell | None = None
    for row in sheet.layout.rows:
        if before is None or before.page != row[0].page or before.bottom - row[0].top > 1.5 * row[0].size:
            open_sections.clear()
        before = row[0]
        for place, cell in enumerate(row):
            column = round(cell.left / 8)
            if cell in headings:
                open_sections[column] = headings[cell]
            for near in (column - 1, column, column + 1):
                if near in open_sections and _ends(sheet, cell):
                    del open_sections[near]
                if near in open_sections:
                    found[cell] = open_sections[near]
                    if sheet.labels[cell] and place + 1 < len(row):  # the value of the label to its left
                        found[row[place + 1]] = open_sections[near]
    return found


def _ends(sheet: Sheet, cell: Cell) -> bool:
    labels = sheet.labels[cell]
    return bool(labels) and labels[0].leads and bool(set(labels[0].kinds) & _ENDS)
