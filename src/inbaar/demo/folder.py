"""Taking a folder of real files: each sender's invoices into an administration of its own, statements where they belong."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from inbaar.demo.play import Progress, moment
from inbaar.doors import FileResult, Finding, is_statement, take_in_files
from inbaar.intake.readers import read_invoice
from inbaar.intake.reading import PartyRead
from inbaar.parties.opening import NewAdministration, open_administration

ENDINGS = frozenset(
    {".xml", ".pdf", ".txt", ".sta", ".940", ".mt940", ".swi", ".cnv", ".asc", ".mta", ".st4"}
)
MOST_BYTES = 50_000_000
LONGEST_EMAIL = 254


@dataclass(frozen=True, slots=True)
class FolderTaken:
    """What became of a folder: the administrations that were opened and each file's result."""

    client_ids: tuple[int, ...]
    files: tuple[FileResult, ...]


def take_folder(folder: Path, day: dt.date, progress: Progress) -> FolderTaken:
    """Read every e-invoice and statement below a folder as of a day. Files of other kinds are left alone."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())
    results: list[FileResult] = []
    books: dict[str, int] = {}
    statements: list[tuple[str, bytes]] = []
    senders: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    parties: dict[str, PartyRead] = {}
    for number, path in enumerate(paths, start=1):
        progress(number, len(paths), path.name)
        name = str(path.relative_to(folder))
        if path.stat().st_size > MOST_BYTES:
            results.append(_too_big(name))
            continue
        content = path.read_bytes()
        if is_statement(content):
            statements.append((name, content))
            continue
        supplier = read_invoice(content, name).supplier
        key = _key(supplier)
        parties.setdefault(key, supplier)
        senders[key].append((name, content))
    for key, files in sorted(senders.items()):
        books[key] = _administration(parties[key], folder.name)
        results += take_in_files(books[key], files, day, moment(day, 9), "demo", scans_now=True)
    results += _take_statements(statements, folder.name, books, day)
    return FolderTaken(tuple(books.values()), tuple(results))


def _take_statements(
    statements: list[tuple[str, bytes]], folder: str, books: dict[str, int], day: dt.date
) -> Iterator[FileResult]:
    if not statements:
        return
    books["statements"] = open_administration(
        NewAdministration(name=f"Bankafschriften {folder}", email="bank@inbaar.example")
    )
    for file in statements:
        yield from take_in_files(books["statements"], [file], day, moment(day, 9), "demo", add_accounts=True)


def _key(supplier: PartyRead) -> str:
    return "".join((supplier.kvk or supplier.vat or supplier.name or "unreadable").lower().split())


def _administration(supplier: PartyRead, folder: str) -> int:
    kvk = supplier.kvk or ""
    email = supplier.email or ""
    if "@" not in email or len(email) > LONGEST_EMAIL:
        email = "administratie@inbaar.example"
    return open_administration(
        NewAdministration(
            name=supplier.name or f"Onleesbaar uit {folder}", kvk=kvk if len(kvk) == 8 and kvk.isdigit() else "",
            vat=supplier.vat or "", street=supplier.street or "", postcode=supplier.postcode or "",
            city=supplier.city or "", email=email,
        )
    )  # fmt: skip


def _too_big(name: str) -> FileResult:
    text = f"The file is larger than {MOST_BYTES:,} bytes: split it, or read it with `inbaar statement`."
    return replace(FileResult(name, "invoice", "refused"), problems=(Finding("error", "size", text),))
