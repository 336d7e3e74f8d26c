"""The readers under test: what each is fed, and how a file is read. True is read, False is refused in the reader's own words.

Anything else that a reader raises is a crash. What comes out must also be able to be printed, for it is printed and kept.
"""

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.intake.documents import pdf

from fuzzing import corpora
from fuzzing.mutations import mutated
from inbaar.banking.formats import read_statement_file
from inbaar.banking.formats.pain002 import read_report
from inbaar.banking.statements import StatementRefused, Status
from inbaar.intake.archive import BadArchive, is_archive, unpacked
from inbaar.intake.bulk.auditfile import as_list, read_auditfile
from inbaar.intake.bulk.columns import outline_of
from inbaar.intake.bulk.lines import lines_of
from inbaar.intake.bulk.tables import NotAList, is_list, open_table
from inbaar.intake.readers import Limits, read_invoice
from inbaar.intake.readers.pdf import stop_child
from inbaar.intake.reading import as_json
from inbaar.mailbox.files import sorted_parts
from inbaar.mailbox.mail import MailUnreadable, key_of, parts_of, read_head

#: An OCR takes seconds a page: it is given up at once, and what it would have read counts as refused.
_NO_OCR = Limits(ocr_seconds=0.0)


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader, its corpus, and how a file of it is damaged."""

    name: str
    corpus: Callable[[], list[bytes]]
    read: Callable[[bytes], bool]
    damaged: Callable[[bytes, Sequence[bytes], Random], bytes] = mutated
    #: Ends what the reader leaves running, so that its memory is counted.
    finish: Callable[[], None] = lambda: None


def input_of(reader: Reader, corpus: Sequence[bytes], seed: int, number: int) -> bytes:
    """The input of this number: the same for the same seed, reader and corpus."""
    chance = Random(f"{seed} {reader.name} {number}")
    return reader.damaged(chance.choice(corpus), corpus, chance)


def _invoice(content: bytes) -> bool:
    read = read_invoice(content, "any", _NO_OCR)
    json.dumps(as_json(read), ensure_ascii=False).encode()
    return read.status != "refused"


def _statement(content: bytes) -> bool:
    read = read_statement_file(content, "any")
    repr(read).encode()
    return read.status is not Status.REFUSED


def _report(content: bytes) -> bool:
    try:
        repr(read_report(content)).encode()
    except StatementRefused:
        return False
    return True


def _list(content: bytes) -> bool:
    """A file is asked whether it is a list, and gone through as one whatever the answer."""
    is_list(content)
    try:
        table = open_table(io.BytesIO(content))
        outline = outline_of(table)
        for line in lines_of(table, outline.head_line, outline.choices):
            repr(line).encode()
    except NotAList:
        return False
    return True


def _auditfile(content: bytes) -> bool:
    try:
        found = as_list(read_auditfile(io.BytesIO(content)))
    except NotAList:
        return False
    return _list(found)


def _archive(content: bytes) -> bool:
    """The door of the uploads; mail opens its archives in `_message`."""
    is_archive(content)
    try:
        names = [name for name, _ in unpacked("any.zip", content)]
    except BadArchive:
        return False
    "".join(names).encode()
    return True


def _message(content: bytes) -> bool:
    key_of(content)
    repr(read_head(content)).encode()
    try:
        found = sorted_parts(parts_of(content))
    except MailUnreadable:
        return False
    json.dumps([told.as_json() for told in found.told], ensure_ascii=False).encode()
    return bool(found.files)


def _damaged_inside(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """A ZIP in which one file is damaged and packed well again; or the ZIP itself damaged, as often."""
    if chance.random() < 0.4:
        return mutated(content, others, chance)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(files))
    files[name] = mutated(files[name], list(files.values()), chance)
    return corpora.zipped(files)


def _damaged_hybrid(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """The PDF damaged, or a whole one with a damaged invoice in it, as often."""
    if chance.random() < 0.5:
        return mutated(content, others, chance)
    invoices = corpora.cii_files()
    return pdf(("factur-x.xml", mutated(chance.choice(invoices), invoices, chance)), text="x")


READERS = {
    reader.name: reader
    for reader in (
        Reader("mt940", corpora.mt940_files, _statement),
        Reader("camt", corpora.camt_files, _statement),
        Reader("pain002", corpora.report_files, _report),
        Reader("notice", corpora.notices, _statement),
        Reader("bank-csv", corpora.bank_tables, _statement),
        Reader("csv", corpora.csv_files, _list),
        Reader("xlsx", corpora.workbooks, _list, _damaged_inside),
        Reader("xaf", corpora.auditfiles, _auditfile),
        Reader("zip", corpora.archives, _archive, _damaged_inside),
        Reader("mail", corpora.messages, _message),
        Reader("cii", corpora.cii_files, _invoice),
        Reader("ubl", corpora.ubl_files, _invoice),
        Reader("facturx", corpora.hybrid_files, _invoice, _damaged_hybrid, finish=stop_child),
        Reader("pages", corpora.page_files, _invoice, finish=stop_child),
    )
}
