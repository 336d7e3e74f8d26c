"""What is mutated: the third-party files of each kind, and small documents of our own, so that it works without those."""

import base64
import io
import re
import zipfile
from functools import cache

from tests.banking.bank_tables import BANK_TABLES
from tests.banking.camt import Line, camt_file
from tests.banking.reports import report
from tests.banking.test_statement_refusals import GOOD_MT940, mt940
from tests.corpus import manifest
from tests.intake.auditfiles import auditfile
from tests.intake.documents import cii, pdf, ubl, written
from tests.intake.lists import ROWS, workbook
from tests.intake.lists import written as written_list
from tests.intake.test_pages import PAGE

#: Larger third-party files are left out: they cost time and hold nothing that the others do not.
MOST_BYTES = 200_000
_POSTINGS = (
    ("S", "D1", "F1", "121.00", "2026-01-05", "K"),
    ("B", "D1", "F1", "-21.00", "2026-02-05", "K"),
    ("S", "D2", "F2", "60.50", "2026-02-01", ""),
    ("M", "D2", "", "-10.00", "2026-03-01", ""),
)
_CREDIT_PAGE = PAGE.replace("# Factuur", "# Creditnota")
_PAYMENTS = (
    Line("121.00", text="Factuur 2026-0042", reference="RF18539007547034"),
    Line("-60.50", text="terug", return_reason="AC04"),
    Line("30.25", parts=(Line("10.25", text="een"), Line("20.00", end_to_end_id="E-2"))),
)


def third_party(*kinds: str) -> list[bytes]:
    """The third-party files whose kind begins with one of these, without what others read in them; none without their folder."""
    rows = [row for row in manifest() if row.kind.startswith(kinds) and not row.kind.endswith("-expected")]
    paths = sorted(row.path for row in rows if row.path.suffix != ".json")
    return [path.read_bytes() for path in paths if path.stat().st_size <= MOST_BYTES]


def ubl_files() -> list[bytes]:
    """UBL invoices and credit notes."""
    own = [ubl().encode(), ubl(root="CreditNote").encode()]
    return own + third_party("ubl-invoice", "ubl-or-cii")


@cache
def cii_files() -> list[bytes]:
    """CII invoices."""
    return [cii().encode(), *third_party("cii-")]


def hybrid_files() -> list[bytes]:
    """PDFs that carry an invoice as XML: Factur-X and ZUGFeRD."""
    return [pdf(("factur-x.xml", cii().encode()), text="x"), *third_party("facturx-pdf", "zugferd1-pdf")]


def page_files() -> list[bytes]:
    """PDFs with a text layer, most of ours: their text is not packed, so that changes reach it."""
    own = [written(PAGE), written(_CREDIT_PAGE), written(PAGE, pages=3)]
    return own * 4 + third_party("pdf-plain")


def auditfiles() -> list[bytes]:
    """Auditfiles with and without a subledger."""
    return [auditfile(_POSTINGS), auditfile(_POSTINGS, dues=[("F1", "2026-02-04")]), *third_party("xaf-")]


def report_files() -> list[bytes]:
    """Banks' reports on files of payments."""
    named = [("INB-20260303-1-1", "RJCT", "AC04", "opgeheven"), ("INB-20260303-1-2", "ACCP", "", "")]
    own = [report("INB-20260303-1", "PART", named), report("INB-20260303-1", "RJCT", reason="DU01")]
    return own + third_party("pain.002")


def csv_files() -> list[bytes]:
    """Lists as CSV in several forms; banks' own CSV files are tables too."""
    forms = ((";", "utf-8-sig"), (",", "utf-8"), ("\t", "cp1252"), ("|", "utf-16"))
    return [written_list(separator=sign, encoding=code) for sign, code in forms] + third_party(
        "bank-csv", "bank-tab", "returns-csv"
    )


def workbooks() -> list[bytes]:
    """Lists as Excel workbooks."""
    odd = workbook([(1.5, True, None, "x")], head=("a", "b", "c", "d"))
    return [_dateless(content) for content in (workbook(ROWS), workbook(ROWS * 20), odd)]


def archives() -> list[bytes]:
    """ZIPs of invoices and lists."""
    e_invoices, lists = ubl_files(), csv_files()
    return [
        zipped({"a.xml": e_invoices[0], "map/b.csv": lists[0]}),
        zipped(
            {"../c.pdf": written(PAGE), "inner.zip": zipped({"d.xml": e_invoices[1]})}, zipfile.ZIP_STORED
        ),
        zipped({"e.xml": e_invoices[-1]}, zipfile.ZIP_BZIP2),
        zipped({"f.xml": e_invoices[-1], "leeg/": b""}, zipfile.ZIP_LZMA),
    ]


def messages() -> list[bytes]:
    """Mail with invoices: attached, forwarded, zipped, with names that are encoded."""
    plain = _message({"factuur.xml": ubl().encode(), "rekening é.pdf": written(PAGE)})
    forwarded = _message({}, forwarded=plain)
    return [plain, forwarded, _message({"facturen.zip": archives()[0]}), _message({})]


def camt_files() -> list[bytes]:
    """Bank statements in camt.053."""
    return [camt_file(_PAYMENTS), *third_party("camt.053")]


def notices() -> list[bytes]:
    """What the bank tells before or beside the day's statement: camt.052 and camt.054."""
    own = camt_file(_PAYMENTS).replace(b"camt.053", b"camt.054").replace(b"Stmt>", b"Ntfctn>")
    return [own, *third_party("camt.052", "camt.054", "returns-pain.002-camt.054")]


def bank_tables() -> list[bytes]:
    """Bank statements as each bank writes them in CSV."""
    return [content.encode() for content in BANK_TABLES] + third_party("bank-csv", "bank-tab")


def mt940_files() -> list[bytes]:
    """Bank statements in MT940 as many banks write it."""
    return [mt940(*GOOD_MT940), *third_party("mt940-")]


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these files, the same each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def _dateless(book: bytes) -> bytes:
    """The workbook without the moment it was made."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zipped(
        {
            name: re.sub(rb"\d{4}-\d\d-\d\dT[\d:]{8}Z", b"2026-01-01T00:00:00Z", part)
            for name, part in parts.items()
        }
    )


def _message(files: dict[str, bytes], forwarded: bytes = b"") -> bytes:
    """A message with files; its boundaries are fixed, for those that Python makes differ each time."""
    parts = [b"Content-Type: text/plain; charset=utf-8\r\n\r\nHierbij de facturen.\r\n"]
    for name, content in files.items():
        shown = b"=?utf-8?B?" + base64.b64encode(name.encode()) + b"?="
        head = (
            b'Content-Type: application/octet-stream; name="%b"\r\nContent-Transfer-Encoding: base64\r\n'
            % shown
        )
        parts.append(head + b"\r\n" + base64.encodebytes(content).replace(b"\n", b"\r\n"))
    if forwarded:
        parts.append(b"Content-Type: message/rfc822\r\nContent-Disposition: inline\r\n\r\n" + forwarded)
    mark = b"grens-%d" % (2 if forwarded else 1)
    body = b"".join(b"--%b\r\n%b\r\n" % (mark, part) for part in parts)
    return _MAIL_HEAD + b'Content-Type: multipart/mixed; boundary="%b"\r\n\r\n%b--%b--\r\n' % (
        mark,
        body,
        mark,
    )


_MAIL_HEAD = (
    b"From: Boekhouding <post@zaagmolen.example>\r\nTo: facturen@inbaar.example\r\nMIME-Version: 1.0\r\n"
    b"Subject: =?utf-8?Q?Facturen_van_caf=C3=A9_Zon?=\r\nMessage-ID: <1@zaagmolen.example>\r\n"
    b"Authentication-Results: mx.example; dmarc=pass header.from=zaagmolen.example\r\n"
)
