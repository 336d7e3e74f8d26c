"""Who sends the invoice and who owes it: names, addresses and identifiers, each from more than one sign. Pure.

The supplier says so himself: a label, his own numbers in his block, the line of a sender, the name of his site. The customer
is who is labelled so, or the only other address. Names that compete are left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from inbaar.intake.readers.page.blocks import STREET, Address, addresses, is_name
from inbaar.intake.readers.page.findings import CHECKED, LABELLED, PLACED, Finding
from inbaar.intake.readers.page.identities import Found, Identities
from inbaar.intake.readers.page.labels import plain
from inbaar.intake.readers.page.layout import Cell, Word
from inbaar.intake.readers.page.near import Sheet
from inbaar.intake.readers.page.sections import sectioned, sections

_FORMS = r"(?:B\.?\s?V\.?|N\.?V\.?|V\.?\s?O\.?\s?F\.?|C\.?V\.?|GmbH(?: & Co\.? KG)?|AG|KG|UG|OHG|Ltd\.?|Limited|LLP|LLC|PLC|plc|Inc\.?|SARL|SAS|S\.?A\.?|BVBA|SRL|S\.L\.|a\.G\.|U\.A\.|e\.K\.)"
_COMPANY = re.compile(rf"(?P<name>(?:[A-Z0-9&'][\w&'.\-]* ){{1,6}}{_FORMS})(?=$|\s*[,|•·;–—(]|\s+-\s)")
_SEPARATOR = re.compile(r"\s+[•·|●∙–\-—]\s+|\s*[•·|●∙]\s*|,\s+|\s{2,}")
_POSTCODE = re.compile(r"\b(?:[1-9]\d{3} ?[A-Z]{2}|\d{5}|[A-Z]-\d{4,5})\b")
_FORM_ENDING = re.compile(rf"[\s,]*{_FORMS}$")
_FORM_OPENING = re.compile(rf"{_FORMS}\s")
_NO_NAME = re.compile(r":|@|www\.|\d{3}")
_BULLET = re.compile(r"[•·|●∙]")
#: From which share of the height of the page an address without a label can be the one in the window of the envelope.
_WINDOW = 0.55
_RANK = ("label", "block", "company", "sender", "only", "site", "holder", "foot")
#: Whose name is on the account, or before it, may be another's: that confirms, and says nothing alone.
_CONFIRMS = frozenset({"holder", "foot"})


@dataclass(slots=True)
class Parties:
    """Fields by name (`supplier.name`, `customer.postcode`...), and what is left to a person."""

    found: dict[str, Finding] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    several_accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sign:
    """One sign of who the supplier is: the name, where, and what kind of sign; `doubled` where another name stands by it."""

    name: str
    words: tuple[Word, ...]
    page: int
    kind: str
    doubled: bool = False


def parties_of(sheet: Sheet, identities: Identities) -> Parties:
    """The parties of the invoice."""
    parties = Parties()
    known = addresses(sheet)
    lines = list(_party_lines(sheet))
    senders = list(_sender_lines(sheet))
    customer = _customer(sheet, known, identities, senders)
    theirs = frozenset(customer.cells) if customer else frozenset()
    headed = sectioned(sheet)
    several = (*identities.ibans, *identities.vats, *identities.kvks)
    own = [f.cell for f in several if _owner(f, theirs, headed) == "supplier"]
    signs = [
        *_addressed(sheet, known, own, customer),
        *senders,
        *_holders(sheet),
        *_companies(sheet, own),
        *_feet(sheet, own),
    ]
    named = {"supplier": "label", "payee": "holder"}
    signs += [_Sign(name, words, page, named[role]) for role, name, words, page in lines if role in named]
    _supplier_name(sheet, parties, signs)
    _customer_name(parties, customer, known, [line for line in lines if line[0] == "customer"])
    _owned(parties, "vat", identities.vats, theirs, headed, CHECKED)
    _owned(parties, "kvk", identities.kvks, theirs, headed, LABELLED)
    _account(parties, identities.ibans, theirs)
    return parties


def _customer(
    sheet: Sheet, known: Sequence[Address], identities: Identities, senders: Sequence[_Sign]
) -> Address | None:
    """The labelled address; else the only one in the upper part of the first page that is not a sender's."""
    labelled = [address for address in known if address.role == "customer"]
    if labelled:
        return labelled[0] if len({plain(a.name) for a in labelled}) == 1 else None
    if any(role == "customer" and label.cell.page == 1 for label, role in sections(sheet)):
        return None
    own = {
        found.cell
        for found in (*identities.ibans, *identities.vats, *identities.kvks)
        if found.owner != "customer"
    }
    sender = {_core(sign.name) for sign in senders} | {_core(a.name) for a in known if a.role == "supplier"}
    others = [
        a for a in known
        if a.role is None and a.name_cell.page == 1 and not a.has_contact and not own & set(a.cells)
        and _core(a.name) not in sender and (sender or not _site(sheet, a.name)) and a.name_cell.bottom > sheet.layout.heights[1] * _WINDOW
    ]  # fmt: skip
    return others[0] if len({plain(a.name) for a in others}) == 1 else None


def _addressed(
    sheet: Sheet, known: Sequence[Address], own: Sequence[Cell], customer: Address | None
) -> Iterator[_Sign]:
    others = [a for a in known if a is not customer and a.role not in ("customer", "delivery", "payee")]
    if customer is not None:
        others = [a for a in others if _core(a.name) != _core(customer.name)]
    labelled = customer is not None and customer.role == "customer"
    alone = labelled and len({_core(address.name) for address in others}) == 1
    for address in others:
        kinds = ["only"] if alone else []
        if address.role == "supplier":
            kinds.append("label")
        elif set(own) & set(address.cells) or address.has_contact:
            kinds.append("block")
        names = list(_names(address))
        for name, cell in names:
            yield from (_Sign(name, cell.words, cell.page, kind, len(names) > 1) for kind in kinds)
        if len(names) == 1 and _site(sheet, address.name):
            yield _Sign(address.name, address.name_cell.words, address.name_cell.page, "site")


def _names(address: Address) -> Iterator[tuple[str, Cell]]:
    """What may be the name: the first line, and the second too where no legal form says that the first is one."""
    yield address.name, address.name_cell
    if address.second is not None and not _FORM_ENDING.search(address.name):
        yield address.second.text.strip(" ,"), address.second


def _certain(address: Address, known: Sequence[Address]) -> tuple[str, Cell] | None:
    """The name over a street where no known heading says where it begins: of two lines the one with a legal form, or to which
    is delivered too. The other may be a person, or a heading in words that are not known here.
    """
    if address.second is None:
        return address.name, address.name_cell
    lines = (address.name, address.name_cell), (address.second.text.strip(" ,"), address.second)
    delivered = {_core(other.name) for other in known if other.role == "delivery"}
    certain = [
        line
        for line in lines
        if _FORM_ENDING.search(line[0]) or _FORM_OPENING.match(line[0]) or _core(line[0]) in delivered
    ]
    return certain[0] if len(certain) == 1 else None


def _site(sheet: Sheet, name: str) -> bool:
    """Whether a mail address or site on the pages bears the name: `post@zaagmolen.nl` for Zaagmolen B.V."""
    core = _core(name)
    first = plain(name.split()[0])
    return any(
        len(site) >= 4 and (site == core or first == site or (site.startswith(core) and len(core) >= 5))
        for site in sheet.sites
    )


def _sender_lines(sheet: Sheet) -> Iterator[_Sign]:
    """`Zaagmolen B.V. • Dorpsstraat 1 • 6711 AA Ede`: name, street and place in one line."""
    for words, page, text in _joined(sheet):
        parts = [part for part in _SEPARATOR.split(text) if part]
        seat = (
            parts[0].rpartition(": ")[2] if parts else ""
        )  # `Siège social : 16 rue Mollien - 92100 Boulogne`
        if len(parts) >= 2 and STREET.fullmatch(seat) and _POSTCODE.match(parts[1]):
            yield from _letterhead(sheet, words, page)
        elif (
            len(parts) >= 3
            and any(_POSTCODE.match(part) for part in parts[1:4])
            and _POSTCODE.search(text)
            and not _POSTCODE.search(parts[0])
        ):
            count = len(parts[0].split())
            if 1 <= count <= 7 and any(sign.isalpha() for sign in parts[0]) and not _NO_NAME.search(parts[0]):
                yield _Sign(parts[0].strip(" ,"), words[:count], page, "sender")


def _letterhead(sheet: Sheet, line: tuple[Word, ...], page: int) -> Iterator[_Sign]:
    """The name that stands alone in the line above the sender's street and place."""
    row = next((at for at, cells in enumerate(sheet.layout.rows) if cells[0].words[0] is line[0]), 0)
    above = sheet.layout.rows[row - 1] if row else ()
    if (
        len(above) == 1
        and above[0].page == page
        and above[0].bottom - line[0].top < 2.5 * line[0].size
        and is_name(sheet, above[0])
    ):
        yield _Sign(above[0].text.strip(" ,"), above[0].words, page, "sender")


def _feet(sheet: Sheet, own: Sequence[Cell]) -> Iterator[_Sign]:
    """What opens the row of the supplier's own numbers: his name mostly, or his bank's, so it only confirms."""
    rows = {sheet.layout.row_of[cell] for cell in own}
    for words, page, text in _joined(sheet):
        parts = [part for part in _SEPARATOR.split(text) if part]
        count = len(parts[0].split()) if parts else 0
        own_row = any(words[0] in cell.words for at in rows for cell in sheet.layout.rows[at])
        if own_row and len(parts) >= 2 and 1 <= count <= 7 and not _NO_NAME.search(parts[0]):
            yield _Sign(parts[0].strip(" ,"), words[:count], page, "foot")


def _joined(sheet: Sheet) -> Iterator[tuple[tuple[Word, ...], int, str]]:
    """The cells of each row; those with only a bullet between them are one. A labelled one is no sender's line."""
    for row in sheet.layout.rows:
        joined: list[list[Cell]] = []
        for cell in row:
            bullet = joined and any(
                _BULLET.fullmatch(word.text) for word in (cell.words[0], joined[-1][-1].words[-1])
            )
            if bullet:
                joined[-1].append(cell)
            else:
                joined.append([cell])
        for cells in joined:
            labels = sheet.labels[cells[0]]
            if not (labels and labels[0].leads):
                words = tuple(word for cell in cells for word in cell.words)
                yield words, row[0].page, " ".join(word.text for word in words)


def _holders(sheet: Sheet) -> Iterator[_Sign]:
    for label in sheet.named("holder"):
        words = label.rest or sheet.right(label)
        text = " ".join(word.text for word in words).strip(" .,;")
        company = re.match(rf"(?:[A-Z0-9&'][\w&'.\-]* ){{1,6}}{_FORMS}(?=$|\s)", text)
        name = company[0] if company else text
        if 1 <= len(name.split()) <= 7 and any(sign.isalpha() for sign in name):
            yield _Sign(name, tuple(words[: len(name.split())]), label.cell.page, "holder")


def _companies(sheet: Sheet, own: Sequence[Cell]) -> Iterator[_Sign]:
    """A company's name in the row of its own numbers, or right above or below it."""
    for cell in dict.fromkeys(own):
        row = sheet.layout.row_of[cell]
        for near in sheet.layout.rows[max(0, row - 4) : row + 3]:
            for other in near:
                close = other is cell or abs(other.left - cell.left) < 6 or near is sheet.layout.rows[row]
                match = _COMPANY.match(other.text)
                if close and match and other.page == cell.page:
                    yield _Sign(
                        match["name"], other.words[: len(match["name"].split())], other.page, "company"
                    )


def _party_lines(sheet: Sheet) -> Iterator[tuple[str, str, tuple[Word, ...], int]]:
    """Names labelled as such under the heading of a party: `Verkäufer`, and under it `Name: ...`."""
    headings = {label.cell: role for label, role in sections(sheet) if not label.rest}
    role = None
    for cell in sheet.layout.cells:
        role = headings.get(cell, role)
        for label in sheet.labels[cell]:
            if (
                "name" in label.kinds
                and label.leads
                and label.words[-1].text.endswith(":")
                and role
                and (words := sheet.right(label))
            ):
                words = (*_first_line(sheet, cell, words), *words)
                yield role, " ".join(word.text for word in words), words, cell.page
                role = None


def _first_line(sheet: Sheet, label: Cell, words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The line above a value whose label stands at the middle of two lines."""
    row = sheet.layout.row_of[label]
    above = sheet.layout.rows[row - 1] if row else ()
    first = above[0] if len(above) == 1 else None
    if (
        first is not None
        and first.page == label.page
        and abs(first.left - words[0].left) < 2
        and first.bottom - words[0].top < 0.6 * words[0].size
    ):
        return first.words
    return ()


def _supplier_name(sheet: Sheet, parties: Parties, signs: list[_Sign]) -> None:
    """The name the signs agree on: a label decides, two kinds of sign confirm each other, one alone must be the only one."""
    groups: dict[str, list[_Sign]] = {}
    for sign in signs:
        groups.setdefault(_core(sign.name), []).append(sign)

    def weight(core: str) -> tuple[bool, int]:
        kinds = {sign.kind for sign in groups[core]}
        # Of two names in one block the site bears either: the trade's name or the company's.
        doubled = any(sign.doubled for sign in groups[core])
        if not doubled and _site(sheet, groups[core][0].name):
            kinds.add("site")
        return "label" in kinds, len(kinds)

    stated = [core for core in groups if {sign.kind for sign in groups[core]} - _CONFIRMS]
    ranked = sorted(stated, key=weight, reverse=True)
    if not ranked or (len(ranked) > 1 and weight(ranked[0]) == weight(ranked[1])):
        parties.asked.append("supplier.name")
        return
    label, count = weight(ranked[0])
    best = min(groups[ranked[0]], key=lambda sign: _RANK.index(sign.kind))
    level = CHECKED if label and count > 1 else LABELLED if label or count > 1 else PLACED
    parties.found["supplier.name"] = Finding(best.name, best.words, best.page, level)


def _core(name: str) -> str:
    """A name without its legal form, as two spellings of it are compared."""
    return plain(_FORM_ENDING.sub("", name)) or plain(name)


def _customer_name(
    parties: Parties,
    customer: Address | None,
    known: Sequence[Address],
    lines: list[tuple[str, str, tuple[Word, ...], int]],
) -> None:
    """The customer's address, or the one name labelled as his; never the supplier himself."""
    supplier = parties.found.get("supplier.name")
    labelled = customer is not None and customer.role == "customer"
    if not labelled and len({plain(line[1]) for line in lines}) == 1:
        _, name, words, page = lines[0]
        parties.found["customer.name"] = Finding(name, words, page, LABELLED)
        return
    if (
        customer is None
        or (supplier and _core(customer.name) == _core(supplier.value))
        or not (labelled or supplier)
    ):
        parties.asked.append("customer.name")
        return
    name_read = (customer.name, customer.name_cell) if labelled else _certain(customer, known)
    cell, level = customer.name_cell, LABELLED if labelled else PLACED
    if name_read is not None:
        parties.found["customer.name"] = Finding(name_read[0], name_read[1].words, cell.page, level)
    else:
        parties.asked.append("customer.name")
    for name, value in (
        ("street", customer.street), ("postcode", customer.postcode), ("city", customer.city), ("country", customer.country),
    ):  # fmt: skip
        if value:
            parties.found[f"customer.{name}"] = Finding(value, _line_of(customer, value), cell.page, level)


def _line_of(address: Address, value: str) -> tuple[Word, ...]:
    return next((cell.words for cell in address.cells if value in cell.text), address.cells[-1].words)


def _owner(found: Found, theirs: frozenset[Cell], headed: dict[Cell, str]) -> str:
    if found.owner == "customer" or found.cell in theirs:
        return "customer"
    return headed.get(found.cell, "supplier")


def _owned(
    parties: Parties,
    kind: str,
    several: Sequence[Found],
    theirs: frozenset[Cell],
    headed: dict[Cell, str],
    level: float,
) -> None:
    """The supplier's and the customer's number of one kind, where each has just one."""
    customers = {f.finding.value: f for f in several if _owner(f, theirs, headed) == "customer"}
    suppliers = {
        f.finding.value: f
        for f in several
        if _owner(f, theirs, headed) == "supplier" and f.finding.value not in customers
    }
    for role, found in (("customer", customers), ("supplier", suppliers)):
        if len(found) == 1:
            (one,) = found.values()
            parties.found[f"{role}.{kind}"] = Finding(
                one.finding.value, one.finding.words, one.finding.page, level
            )
        elif found:
            parties.asked.append(f"{role}.{kind}")


def _account(parties: Parties, several: Sequence[Found], theirs: frozenset[Cell]) -> None:
    """The one account to pay to; of several a person chooses."""
    found = {f.finding.value: f for f in several if f.owner != "customer" and f.cell not in theirs}
    if len(found) == 1:
        (one,) = found.values()
        parties.found["iban"] = one.finding
    elif found:
        parties.several_accounts = tuple(found)
