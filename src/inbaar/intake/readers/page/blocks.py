"""Addresses on the pages: a line with a postcode and place, the street above it, and the name above that. Pure."""

import re
from dataclasses import dataclass

from inbaar.intake.readers.page.labels import plain
from inbaar.intake.readers.page.layout import Cell
from inbaar.intake.readers.page.near import Label, Sheet
from inbaar.intake.readers.page.values import amounts, days

_PLACES = (
    ("NL", re.compile(r"(?P<street>(?:[^\W\d][^,]*\d[^,]*|\d{1,4}[a-z]? [^\W\d][^,]*), )?(?:NL[- ]{0,3})?(?P<code>[1-9]\d{3} ?[A-Z]{2}),? +(?P<city>[^\W\d][^,]*)")),
    ("GB", re.compile(r"(?P<city>[^\W\d][^\d,]*?),? +(?P<code>[A-Z]{1,2}\d[A-Z0-9]? ?\d[A-Z]{2})(?:,? .*)?")),
    ("", re.compile(r"(?P<land>[A-Z]{1,3}[- ])?(?P<code>\d{4,5}),? ?(?P<city>[^\W\d][^\d|•]{2,})")),
    ("US", re.compile(r"(?P<city>[^\W\d][^\d,]*),? [A-Z]{2},? (?P<code>\d{5}(?:-\d{4})?)(?:,? .*)?")),
)  # fmt: skip
_COUNTRIES = {
    "nederland": "NL", "netherlands": "NL", "thenetherlands": "NL", "belgië": "BE", "belgie": "BE", "belgium": "BE", "duitsland": "DE",
    "germany": "DE", "deutschland": "DE", "frankrijk": "FR", "france": "FR", "unitedkingdom": "GB", "verenigdkoninkrijk": "GB", "spain": "ES",
    "spanje": "ES", "luxemburg": "LU", "luxembourg": "LU", "ierland": "IE", "ireland": "IE", "oostenrijk": "AT", "austria": "AT", "österreich": "AT",
}  # fmt: skip
_LANDS = {"D": "DE", "B": "BE", "F": "FR", "A": "AT", "L": "LU"}
_ATTENTION = re.compile(
    r"(?:t\.?\s?a\.?\s?v\.?|attn|att|attention|ter attentie van|for the attention|z\.?\s?hd|c/o|p/a|afd|afdeling|dept|department|de heer|mevrouw|dhr|mw|herrn?|frau|mr|mrs|ms|contact)\b|(?:firma|familie|fam\.?|aan)$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"@|www\.|https?:|\btel\b|\btelefo|\bphone|\bfon\b|\bfax\b|\+\d{2}|\bbic\b|\biban\b|\bkvk\b|\bbtw\b|\bvat\b",
    re.IGNORECASE,
)
STREET = re.compile(
    r"(?:[^\W\d][^\d:]*[ .]\d{1,4} ?[a-zA-Z]{0,3}(?:[-/ ].{0,12})?|\d{1,5}[a-z]?,? (?:bis |ter )?[^\W\d].*|postbus \d+|postfach \d+|p\.?o\.? box \d+)",
    re.IGNORECASE,
)
#: A line of an address block that is neither name nor street: a number of the party in some register.
_NUMBERED = re.compile(r"\d{5}|:\s*$|^:|\b(?:nummer|number|nr|no)\b", re.IGNORECASE)
_MOST_LINES_ABOVE = 7
_MOST_NAME_LINES = 2
_LONGEST_LINE = 120


#: A party's label under which also stands what number he has: `Customer: 10023`.
_NUMBER_ALONE = re.compile(r"[\W_]*[A-Z]{0,3}[\W_]*\d[\d\W_]*")
_NUMBERED_ROLES = frozenset(
    {"klant", "debiteur", "afnemer", "relatie", "customer", "client", "buyer", "debtor", "kunde", "acheteur"}
)


@dataclass(frozen=True, slots=True)
class Address:
    """An address: its name's cell and words, its other lines, and the label that says whose it is, if one does.

    `second` is a second line between the name and the street: a person, a part of the name, or the name itself.
    """

    name: str
    name_cell: Cell
    role: str | None
    street: str | None
    postcode: str
    city: str
    country: str
    cells: tuple[Cell, ...]
    second: Cell | None = None

    @property
    def has_contact(self) -> bool:
        """Whether it tells how to reach or pay whoever lives there, as a sender does of himself."""
        return any(_CONTACT.search(cell.text) for cell in self.cells)


def addresses(sheet: Sheet) -> list[Address]:
    """The addresses, in reading order."""
    found = []
    for cell in sheet.layout.cells:
        place = _place(cell.text)
        if place is not None:
            address = _address(sheet, cell, *place)
            if address is not None:
                found.append(address)
    return found


def _place(text: str) -> tuple[str, str, str, str | None] | None:
    """Country (empty where the form does not tell), postcode, city, and the street if it stands in the same line."""
    if len(text) > _LONGEST_LINE:
        return None
    for country, pattern in _PLACES:
        match = pattern.fullmatch(text.strip(" ,"))
        if match is not None:
            groups = match.groupdict()
            land = (groups.get("land") or "").strip("- ")
            street = (groups.get("street") or "").strip(" ,") or None
            return country or _LANDS.get(land, land), match["code"], match["city"].strip(" ,"), street
    return None


def _lines_above(sheet: Sheet, cell: Cell, gap: float) -> list[Cell]:
    """The lines above one that start where it starts, from the top, while none is further off than `gap` letter heights."""
    found: list[Cell] = []
    last = cell
    for row in reversed(sheet.layout.rows[: sheet.layout.row_of[cell]]):
        if (
            row[0].page != cell.page
            or len(found) == _MOST_LINES_ABOVE
            or row[0].bottom - last.top > 4 * cell.size
        ):
            break
        other = next((c for c in row if _aligned(c, last)), None)
        if other is None:
            continue
        near = other.bottom - last.top < gap * max(cell.size, min(other.size, 1.3 * cell.size))
        if not near or other.size > 2.2 * cell.size:
            break
        found.append(other)
        last = other
    return found[::-1]


def _aligned(one: Cell, other: Cell) -> bool:
    middle = abs((one.left + one.right) - (other.left + other.right)) / 2
    return abs(one.left - other.left) < 4.5 or abs(one.right - other.right) < 4.5 or middle < 2.5


def _lines_below(sheet: Sheet, cell: Cell) -> list[Cell]:
    found: list[Cell] = []
    last = cell
    for row in sheet.layout.rows[sheet.layout.row_of[cell] + 1 : sheet.layout.row_of[cell] + 12]:
        other = next((c for c in row if _aligned(c, last)), None)
        if other is None:
            continue
        if (
            other.page != cell.page
            or last.bottom - other.top > 0.9 * cell.size
            or heading_of(sheet, other)
            or _place(other.text)
        ):
            break
        found.append(other)
        last = other
    return found


def _address(
    sheet: Sheet, cell: Cell, country: str, postcode: str, city: str, inside: str | None
) -> Address | None:
    """The name is the first line of a tight block; where lines are wide apart, the line above the street."""
    for gap in (0.75, 2.6):
        lines = _lines_above(sheet, cell, gap)
        role, lines, inline = _role(sheet, lines)
        named = _named(sheet, lines[-1:] if inside else lines, inline, loose=gap > 1 and not inside)
        if named is not None:
            name, name_cell, second = named
            rest = [line for line in lines if line is not name_cell]
            street = inside or next((c.text for c in reversed(rest) if STREET.fullmatch(c.text)), None)
            below = _lines_below(sheet, cell)
            land = "".join(below[0].text.casefold().split()) if below else ""
            return Address(
                name=name, name_cell=name_cell, role=role, street=street, postcode=postcode, city=city,
                country=country or _COUNTRIES.get(land, ""), cells=(*lines, *([] if name_cell in lines else [name_cell]), cell, *below), second=second,
            )  # fmt: skip
    return None


def _named(
    sheet: Sheet, lines: list[Cell], inline: tuple[str, Cell] | None, loose: bool
) -> tuple[str, Cell, Cell | None] | None:
    if inline is not None:
        return *inline, None
    candidates = [c for c in lines if not _ATTENTION.match(c.text)]
    while candidates and (_NUMBERED.search(candidates[0].text) or _is_key(sheet, candidates[0])):
        candidates.pop(0)
    streets = [place for place, c in enumerate(candidates) if STREET.fullmatch(c.text)]
    # Of many lines above the street nobody can tell which is the name.
    if (
        not candidates
        or (streets and streets[0] == 0)
        or (streets[0] if streets else len(candidates)) > _MOST_NAME_LINES
    ):
        return None
    if loose:
        if not streets:
            return None
        candidates = candidates[streets[0] - 1 :]
    cell = candidates[0]
    second = candidates[1] if streets and len(candidates) > 2 and streets[0] == 2 and not loose else None
    return (cell.text.strip(" ,:"), cell, second) if is_name(sheet, cell) else None


def _is_key(sheet: Sheet, cell: Cell) -> bool:
    """`Nummer   : 12`: the left half of a row that says something else."""
    after = sheet.layout.after(cell)
    return bool(after) and after[0].text.startswith(":")


def heading_of(sheet: Sheet, cell: Cell) -> Label | None:
    """The label of a party that a cell consists of, or opens with and a colon."""
    labels = sheet.labels[cell]
    if labels and labels[0].leads and set(labels[0].kinds) & {"supplier", "customer", "delivery", "payee"}:
        label = labels[0]
        whole = len(label.words) == len(cell.words)
        if (whole or label.words[-1].text.endswith(":")) and not _numbers(sheet, label):
            return label
    return None


def _numbers(sheet: Sheet, label: Label) -> bool:
    """Whether a party's label only tells what number he has: `Customer: 10023`."""
    near = [label.rest]
    if not label.rest and plain(label.cell.text) in _NUMBERED_ROLES:
        here = sheet.layout.row_of[label.cell]
        near = [
            cell.words
            for cell in (*sheet.layout.after(label.cell)[:1], *sheet.layout.below_box(label.cell, here))
        ]
    return any(_NUMBER_ALONE.fullmatch(" ".join(word.text for word in words)) for words in near if words)


def role_of(label: Label) -> str:
    """Whose a party's label says the address is."""
    return next(kind for kind in ("delivery", "payee", "customer", "supplier") if kind in label.kinds)


def _role(sheet: Sheet, lines: list[Cell]) -> tuple[str | None, list[Cell], tuple[str, Cell] | None]:
    """Whose address: by the last heading among its lines, left of the first of them, or right above it."""
    for place in range(len(lines) - 1, -1, -1):
        label = heading_of(sheet, lines[place])
        if label is not None:
            if label.rest:
                text = " ".join(word.text for word in label.rest).strip(" ,")
                return role_of(label), lines[place:], (text, Cell(lines[place].page, label.rest))
            return role_of(label), lines[place + 1 :], None
    if not lines:
        return None, lines, None
    first = lines[0]
    row = sheet.layout.rows[sheet.layout.row_of[first]]
    at = row.index(first)
    if (
        at
        and (label := heading_of(sheet, row[at - 1])) is not None
        and not label.rest
        and not _heads(sheet, row[at - 1])
    ):
        return role_of(label), lines, None
    for above in reversed(
        sheet.layout.rows[max(0, sheet.layout.row_of[first] - 4) : sheet.layout.row_of[first]]
    ):
        if above[0].page != first.page or above[0].bottom - first.top > 2.2 * first.size:
            break
        for cell in above:
            if (
                -6 < first.left - cell.left < 20
                and (label := heading_of(sheet, cell)) is not None
                and not label.rest
            ):
                return role_of(label), lines, None
    return None, lines, None


def _heads(sheet: Sheet, heading: Cell) -> bool:
    """Whether a heading has its own lines under it, so that what stands beside it is another's."""
    return any(
        abs(under.left - heading.left) < 20
        for under in sheet.layout.below_box(heading, sheet.layout.row_of[heading])
        if not sheet.labels[under] or not sheet.labels[under][0].leads
    )


def is_name(sheet: Sheet, cell: Cell) -> bool:
    text = cell.text
    labels = sheet.labels[cell]
    if (
        labels
        and labels[0].leads
        and (labels[0].words[-1].text.endswith(":") or len(labels[0].words) == len(cell.words))
    ):
        return False
    return (
        1 <= len(text.split()) <= 9
        and sum(sign.isalpha() for sign in text) >= 2
        and not _CONTACT.search(text)
        and not days(cell.words)
        and not amounts(cell.words)
        and not re.search(
            r"[.:?!()]$", re.sub(r"\b(?:[A-Z]\.){1,4}$|\b(?:Ltd|Inc|Co|Corp|Zn|Zoon)\.$", "", text)
        )
        and not re.match(r"[(*#•\-]", text)
        and _place(text) is None
        and not STREET.fullmatch(text)
    )
