"""What a reader collects from one document, as text: names of our own, whatever the syntax. Filled by `ubl` and `cii`.

A table says which element is which field (`Table`), and `walk` goes once through the elements the table names, so that
the time does not grow with what an invoice carries besides.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, Union

from lxml import etree

from inbaar.intake.official.verdict import Breach
from inbaar.intake.reading import Format

#: Texts longer than this are cut: no name, address or reference needs more.
LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class VatPart:
    """One line of the VAT table: what is taxed, at which rate, how much."""

    taxable: str | None
    percent: str | None
    tax: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """An account to pay to. `named_iban` where the syntax itself says it is an IBAN; `blocked` for a g-account."""

    number: str
    named_iban: bool
    blocked: bool = False


@dataclass(slots=True)
class Draft:
    """The texts of one document, before they are understood."""

    format: Format
    credit_root: bool | None = None
    texts: dict[str, str] = field(default_factory=dict)
    line_amounts: list[str | None] = field(default_factory=list)
    vat_totals: list[tuple[str | None, str]] = field(default_factory=list)
    vat_parts: list[VatPart] = field(default_factory=list)
    allowances: list[str] = field(default_factory=list)
    charges: list[str] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    due_dates: dict[str, None] = field(default_factory=dict)
    terms: dict[str, None] = field(default_factory=dict)
    references: dict[str, None] = field(default_factory=dict)
    credits: dict[str, None] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)
    marked_currencies: bool = False
    #: The official rules the document breaks; None where judging it would take more work than any invoice needs.
    breaches: tuple[Breach, ...] | None = ()

    def put(self, name: str, text: str | None) -> None:
        """Keep the first text found for a field; an empty one is no text."""
        if text and name not in self.texts:
            clean = " ".join(text[:LONGEST_TEXT].split())
            if clean:
                self.texts[name] = clean

    def add(self, collected: dict[str, None], text: str | None) -> None:
        """Keep one of several texts, once, in order (a list would make a file of very many slow)."""
        clean = " ".join(text[:LONGEST_TEXT].split()) if text else ""
        if clean:
            collected[clean] = None


Handler: TypeAlias = Callable[[etree._Element, Draft], None]
Table: TypeAlias = dict[str, Union[str, Handler, "Table"]]
Walk: TypeAlias = Callable[[etree._Element, Table, Draft], None]


def walk(element: etree._Element, table: Table, draft: Draft) -> None:
    """Read the children of an element that the table names; it cannot go deeper than the table."""
    for entry, child in steps_of(element, table):
        take(entry, child, draft)


def steps_of(element: etree._Element, table: Table) -> Iterator[tuple[str | Handler, etree._Element]]:
    """Each element that the table names, in order, with its field or its handler."""
    find = table.get
    for child in element:
        entry = find(child.tag)
        if entry is None:
            continue
        if isinstance(entry, dict):
            yield from steps_of(child, entry)
        else:
            yield entry, child


def take(entry: str | Handler, element: etree._Element, draft: Draft) -> None:
    """Read one element: its text as a field, or what its handler reads."""
    if isinstance(entry, str):
        draft.put(entry, element.text)
    else:
        entry(element, draft)


def first_text(element: etree._Element, *path: str) -> str | None:
    """The text at the end of a path of tags, or None."""
    for tag in path:
        found = next(element.iterchildren(tag), None)
        if found is None:
            return None
        element = found
    return element.text


def is_true(text: str | None) -> bool:
    """An XML boolean."""
    return text is not None and text.strip() in ("true", "1")
