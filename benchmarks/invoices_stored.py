"""UBL files per CPU-second read, checked and stored: kept, accepted with debtor, title, deadlines, ledger and timeline.

The files are those of the simulated market: its own business, its own debtors, thousands of different invoices.
Yardsticks: the parse alone, and read and checked alone. Files come in batches of 500, into books that hold 10,000
invoices already.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from lxml import etree

from benchmarks.books import NOW, copied_books, fill_open_invoices
from benchmarks.measuring import Measure, measured

FIRST_DAY, DAYS = dt.date(2026, 1, 1), 180
ON = dt.date(2026, 7, 1)
BATCH = 500
DEBTORS = 400
BEFORE = 10_000


@dataclass(frozen=True)
class Delivered:
    """The files of one supplier, and who takes them in."""

    client: int
    files: list[tuple[str, bytes]]


def run(small: bool) -> list[Measure]:
    """The same files with the official rules, without them, and kept nowhere."""
    size = 100 if small else 10_000
    return [
        measured("UBL read, checked and stored", "invoices", size, stored, prepare=delivered, again=True, aim="1,500",
                 yardstick=parsed, yardstick_name="parse alone"),
        measured("the same, without the official rules", "invoices", size, stored_without_rules, prepare=delivered,
                 again=True, tenth=False, aim="1,500"),
        measured("the same, read and checked alone", "invoices", size, checked, prepare=written, tenth=False),
    ]  # fmt: skip


def stored(delivered: Delivered) -> int:
    """The work: every file must be accepted, or the figure means nothing."""
    from inbaar.intake.actions import InvoiceFile, take_in_invoices
    from inbaar.kit.scope import client_scope

    accepted = 0
    for batch in _batches(delivered.files):
        with client_scope(delivered.client):
            results = take_in_invoices(
                delivered.client, [InvoiceFile(name, content) for name, content in batch], ON, NOW, "bench"
            )
        accepted += sum(result.outcome == "accepted" for result in results)
    return _all(accepted, delivered)


def stored_without_rules(delivered: Delivered) -> int:
    """The same work with our own checks alone; this process measures nothing else."""
    from inbaar.intake import readers

    readers.breaches = lambda *_document: ()
    return stored(delivered)


def checked(delivered: Delivered) -> int:
    """Read and checked, kept nowhere."""
    from inbaar.intake.readers import read_invoice

    return _all(
        sum(read_invoice(content, name).status == "accepted" for name, content in delivered.files), delivered
    )


def parsed(delivered: Delivered) -> int:
    """The least that reading XML can cost."""
    for _, content in delivered.files:
        etree.fromstring(content)
    return len(delivered.files)


def delivered(size: int) -> Delivered:
    """Files, and books in which their supplier is the client."""
    from inbaar.market.population import BUSINESS

    fill = partial(fill_open_invoices, size=BEFORE, due=BEFORE // 10)
    client = copied_books("invoices", fill, BUSINESS.name, BUSINESS.kvk)
    return replace(written(size), client=client)


def written(size: int) -> Delivered:
    """Only the files."""
    from inbaar.market.documents import planned_invoices
    from inbaar.market.population import BUSINESS, population
    from inbaar.market.ubl import document_xml

    months = DAYS // 30
    documents = planned_invoices(1, FIRST_DAY, DAYS, size // months + 50, population(1, DEBTORS), {})[:size]
    return Delivered(
        0, [(f"{document.number}.xml", document_xml(document, BUSINESS)) for document in documents]
    )


def _batches(files: list[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    for start in range(0, len(files), BATCH):
        yield files[start : start + BATCH]


def _all(accepted: int, delivered: Delivered) -> int:
    if accepted != len(delivered.files):
        raise RuntimeError(
            f"{len(delivered.files) - accepted} of {len(delivered.files)} files were not accepted"
        )
    return accepted
