"""Which kind of file it is, by its content alone, and why it is refused if it is none. Called by `formats`."""

import re

from inbaar.banking.formats.csv_table import TAKEN, looks_like_a_table, table_start
from inbaar.banking.statements import StatementRefused

HEAD_BYTES = 65_536
MAX_BYTES = 512_000_000
TAGS = re.compile(rb"(?:^|[\n\r}{\x1a])\s*(?::940:|:942:|:20:|:25:|:60F:|:61:|:86:)")
KNOWN = (
    (b"%PDF", "a PDF: print of a statement, not the statement itself"),
    (b"PK\x03\x04", "a ZIP archive: unpack it and offer the files in it"),
    (b"\x1f\x8b", "compressed with gzip: unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
)
UTF_16_XML = (b"\xff\xfe<\x00", b"\xfe\xff\x00<")
ACCEPTED = "Export the statement from the bank as camt.053 (XML) or MT940."


def detect(head: bytes, size: int) -> str:
    """`camt`, `mt940` or `csv`; refuses what is empty, too big or something else."""
    if size > MAX_BYTES:
        raise StatementRefused(
            "size",
            f"The file is {size:,} bytes, more than the {MAX_BYTES:,} a statement may be. "
            "Export a shorter period.",
        )
    content = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x00")
    if not content:
        raise StatementRefused("empty", "The file is empty. Download the statement from the bank again.")
    for mark, what in KNOWN:
        if content.startswith(mark):
            raise StatementRefused("format", f"The file is {what}. {ACCEPTED}")
    if content.startswith(b"<") or content.startswith(UTF_16_XML):
        return "camt"
    if TAGS.search(content):
        return "mt940"
    if table_start(content) is not None:
        return "csv"
    if looks_like_a_table(content):
        raise StatementRefused(
            "format",
            f"The file is a table, but not one that is known for certain to be a bank's export ({TAKEN}). {ACCEPTED}",
        )
    raise StatementRefused("format", f"The file is neither camt nor MT940. {ACCEPTED}")
