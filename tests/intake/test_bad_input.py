"""Bad input: each kind is refused with one line that says what, why and what to do next, and never with a crash."""

import os
import signal
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from inbaar.intake.readers import Limits, read_invoice
from inbaar.intake.readers.pdf import Patience
from inbaar.intake.reading import InvoiceRead
from tests.intake.documents import NAMESPACES, cii, pdf, ubl

AGAIN = "ask the sender to send it again."
UBL_ROOT = f"<Invoice {NAMESPACES.format(root='Invoice')}"


def refusal(read: InvoiceRead) -> tuple[str, str]:
    """The one reason of a refused file."""
    assert read.status == "refused"
    assert len(read.problems) == 1
    assert read.problems[0].level == "error"
    assert read.number is None
    return read.problems[0].rule, read.problems[0].text


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.xml").touch()
    expected = ("empty", "The file is empty (0 bytes): ask the sender to send the invoice again.")
    assert refusal(read_invoice(tmp_path / "empty.xml")) == expected
    assert refusal(read_invoice(b"", "empty.xml")) == expected


def test_a_missing_file_a_directory_and_a_device(tmp_path: Path) -> None:
    assert refusal(read_invoice(tmp_path / "gone.xml")) == (
        "no-file",
        "There is no such file: check the path and the spelling of the name.",
    )
    assert refusal(read_invoice(tmp_path)) == (
        "directory",
        "This is a directory, not a file: name the files in it, as in DIRECTORY/*.xml.",
    )
    assert refusal(read_invoice("/dev/zero")) == (
        "no-file",
        "This is not an ordinary file (a device or a pipe): save the invoice as a file first.",
    )
    assert refusal(read_invoice("a\0b"))[0] == "no-access"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission(tmp_path: Path) -> None:
    file = tmp_path / "secret.xml"
    file.write_text(ubl())
    file.chmod(0)
    assert refusal(read_invoice(file)) == (
        "no-access",
        "The file cannot be opened (Permission denied): check its permissions.",
    )


@pytest.mark.parametrize(("start", "allowed"), [(b"<", "20 MB allowed for an XML invoice"),
                                                (b"%PDF-1.7", "50 MB allowed for a PDF")])  # fmt: skip
def test_a_gigabyte_is_refused_without_reading_it(tmp_path: Path, start: bytes, allowed: str) -> None:
    file = tmp_path / "large"
    with file.open("wb") as stream:
        stream.write(start)
        stream.truncate(1_000_000_000)
    read = read_invoice(file)
    assert refusal(read) == (
        "too-large",
        f"The file is 1000 MB, more than the {allowed}, and was not read: "
        "ask the sender for the invoice without its large attachments.",
    )
    assert read.sha256 is None


def test_both_sides_of_the_size_limit() -> None:
    document = ubl().encode()
    assert read_invoice(document, limits=Limits(xml_bytes=len(document))).status == "accepted"
    assert refusal(read_invoice(document, limits=Limits(xml_bytes=len(document) - 1)))[0] == "too-large"


@pytest.mark.parametrize("cut", [10, 60, 500, 2000, -3])
def test_a_truncated_xml(cut: int) -> None:
    rule, text = refusal(read_invoice(ubl().encode()[:cut]))
    assert rule == "not-well-formed"
    assert text.startswith("The XML is not well-formed (")
    assert text.endswith("): the file is damaged or cut off; " + AGAIN)


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE Invoice [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/evil.dtd">',
        "<!-- -- a comment first --><?pi ?> <!DOCTYPE Invoice>".replace("-- a", "a"),
        "<!DOCTYPE Invoice>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1"])
def test_a_doctype_is_refused_whatever_it_says(prolog: str, encoding: str) -> None:
    declared = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16"}.get(encoding, encoding)
    document = ubl(
        ('<?xml version="1.0" encoding="UTF-8"?>', f'<?xml version="1.0" encoding="{declared}"?>\n{prolog}')
    )
    assert refusal(read_invoice(document.encode(encoding))) == (
        "doctype",
        "The XML has a DOCTYPE, which no e-invoice needs and which can hide entities or reach for other files: "
        "it was not read; ask the sender for the invoice without it.",
    )


def test_the_word_doctype_inside_the_document_is_no_doctype() -> None:
    read = read_invoice(
        ubl(("<cbc:ID>PO-7<", "<!-- <!DOCTYPE x> --><cbc:ID><![CDATA[<!DOCTYPE x>]]><")).encode()
    )
    assert (read.status, read.order_reference) == ("accepted", "<!DOCTYPE x>")


def test_an_entity_without_doctype_is_not_well_formed() -> None:
    assert refusal(read_invoice(ubl((">PO-7<", ">&secret;<")).encode()))[0] == "not-well-formed"


def test_deep_nesting() -> None:
    document = f"{UBL_ROOT}>{'<a>' * 100_000}{'</a>' * 100_000}</Invoice>"
    assert refusal(read_invoice(document.encode())) == (
        "too-deep",
        "The XML is nested too deeply, or holds a name or text too long, for an invoice: it was not read; "
        "ask the sender for a plain e-invoice.",
    )


def test_very_many_tags_are_refused_before_parsing() -> None:
    document = ubl(("</Invoice>", "<a/>" * 5000 + "</Invoice>")).encode()
    tags = document.count(b"<") + document.count(b"=")
    assert read_invoice(document, limits=Limits(elements=tags)).status == "accepted"
    assert refusal(read_invoice(document, limits=Limits(elements=tags - 1))) == (
        "too-many-elements",
        f"The XML has more than {tags - 1} tags and attributes, more than an invoice needs: "
        "it was not read; ask the sender to split it.",
    )


def test_a_huge_text_is_read_and_cut_short() -> None:
    read = read_invoice(ubl((">PO-7<", f">{'P' * 12_000_000}<")).encode())
    assert read.status == "accepted"
    assert read.order_reference == "P" * 2000


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "windows-1252",
                                      "iso-8859-15", "us-ascii"])  # fmt: skip
def test_encodings(encoding: str) -> None:
    name = "Zaagmolen B.V." if encoding == "us-ascii" else "Café ’t Hoekje".replace("’", "'")
    declared = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(encoding, encoding)
    document = ubl(('encoding="UTF-8"', f'encoding="{declared}"'), ("Zaagmolen B.V.", name)).encode(encoding)
    read = read_invoice(document)
    assert (read.status, read.supplier.name) == ("accepted", name)


def test_an_encoding_that_no_invoice_uses() -> None:
    document = ubl(('encoding="UTF-8"', 'encoding="UTF-7"')).encode()
    assert refusal(read_invoice(document)) == (
        "encoding",
        "The XML says it is written in 'utf-7', which is not an encoding e-invoices use: "
        "ask the sender for the invoice in UTF-8.",
    )


def test_bytes_that_are_not_their_encoding() -> None:
    half = ubl().encode("utf-16")[:-1]
    assert refusal(read_invoice(half)) == (
        "encoding",
        "The XML is not valid utf-16-le: the file is damaged or cut off; " + AGAIN,
    )
    broken = ubl().encode().replace(b"Zaagmolen", b"Za\xff\xfegmolen")
    assert refusal(read_invoice(broken))[0] == "not-well-formed"


@pytest.mark.parametrize(("content", "hint"), [(b"number;amount\n1;2\n", ""), (b"\x89PNG\r\n\x1a\n", ""), (b"\0" * 99, ""),
                                               (b"PK\x03\x04rest", " (it is a ZIP archive: unpack it first)")])  # fmt: skip
def test_neither_xml_nor_pdf(content: bytes, hint: str) -> None:
    assert refusal(read_invoice(content)) == (
        "unknown-format",
        f"This is neither XML nor PDF{hint}: ask the sender for the invoice in UBL, CII or Factur-X.",
    )


def test_nothing_but_spaces() -> None:
    assert refusal(read_invoice(b" \r\n\t")) == (
        "empty",
        "The file holds nothing but spaces: ask the sender to send the invoice again.",
    )


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>', "camt.053.001.08"),
        (b"ABNANL2A\r\n940\r\n:20:1\r\n:25:517852257\r\n:60F:C110522EUR3236,28\r\n", "MT940"),
    ],
)
def test_a_bank_statement_is_pointed_to_its_own_command(content: bytes, what: str) -> None:
    assert refusal(read_invoice(content)) == (
        "bank-statement",
        f"This is a bank statement ({what}), not an invoice: read it with `inbaar statement`.",
    )


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ("<html/>", "'html'"),
        (f'<Order xmlns="{"urn:oasis:names:specification:ubl:schema:xsd:"}Order-2"/>',
         "'Order' of 'urn:oasis:names:specification:ubl:schema:xsd:Order-2'"),
        ("<Invoice/>", "'Invoice'"),
    ],
)  # fmt: skip
def test_another_root(document: str, what: str) -> None:
    assert refusal(read_invoice(document.encode())) == (
        "unknown-root",
        f"The root element is {what}, which is no invoice in UBL 2, CII or ZUGFeRD: ask the supplier for one of these.",
    )


def test_a_pdf_with_text_but_without_xml() -> None:
    read = read_invoice(pdf(text="Factuur 12"), "invoice.pdf")
    assert read.format == "pdf"
    assert refusal(read) == (
        "no-xml",
        "This PDF carries no e-invoice as XML, and its pages show no invoice that can be read: "
        "ask the sender for the invoice as a Factur-X PDF, a UBL or a CII file.",
    )


def test_a_pdf_without_text() -> None:
    assert refusal(read_invoice(pdf())) == (
        "no-xml",
        "This PDF carries neither an e-invoice as XML nor any text that can be read: "
        "ask the sender for a Factur-X PDF, a UBL or a CII file.",
    )


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"%PDF-1.7 nothing more", pdf(text="x")[:200]])
def test_a_damaged_pdf(content: bytes) -> None:
    assert refusal(read_invoice(content)) == (
        "damaged",
        "The PDF cannot be opened: it is damaged or cut off; " + AGAIN,
    )


def test_a_pdf_behind_a_password() -> None:
    secret = b"<" + b"00" * 32 + b">"
    lock = b"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /O %b /U %b /P -4 >> " % (secret, secret)
    assert refusal(read_invoice(pdf(text="x", encrypt=lock))) == (
        "encrypted",
        "The PDF is protected by a password: ask the sender for the invoice without one.",
    )


def test_an_attachment_over_the_limit_is_not_taken_out() -> None:
    document = cii().encode()
    assert (
        read_invoice(pdf(("factur-x.xml", document)), limits=Limits(xml_bytes=len(document))).status
        == "accepted"
    )
    bomb = pdf(("factur-x.xml", b"<" + b" " * 30_000_000))
    assert refusal(read_invoice(bomb)) == (
        "attachment-too-large",
        "An attachment in the PDF unpacks to 30 MB, more than the 20 MB allowed: it was not read; "
        "ask the sender for a plain e-invoice.",
    )


def test_a_bomb_beyond_the_memory_limit_ends_the_child_and_not_us() -> None:
    bomb = pdf(("factur-x.xml", _deflated_spaces(megabytes=500)), packed=False)
    assert len(bomb) < 1_000_000
    assert refusal(read_invoice(bomb)) == (
        "unsafe",
        "The PDF was given up: opening it took more memory than allowed or crashed the PDF reader (it may be a bomb, "
        "or damaged); ask the sender for a plain e-invoice.",
    )
    assert read_invoice(pdf(("factur-x.xml", cii().encode()))).status == "accepted"


def test_a_pdf_that_takes_too_long_is_given_up() -> None:
    bomb = pdf(("factur-x.xml", _deflated_spaces(megabytes=100)), packed=False)
    assert refusal(read_invoice(bomb, limits=Limits(pdf_seconds=0.01))) == (
        "too-slow",
        "The PDF was given up: opening it took too long (it may be a bomb, or damaged); "
        "ask the sender for a plain e-invoice.",
    )
    assert read_invoice(pdf(("factur-x.xml", cii().encode()))).status == "accepted"


def test_a_child_that_has_answered_is_never_killed_and_one_that_was_is_known() -> None:
    """The time may run out between the answer and the end of waiting; a child killed then would die over the next PDF."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        answered = Patience(child, 3600)
        assert not answered.ended()
        answered.run_out()
        assert child.poll() is None
        late = Patience(child, 3600)
        late.run_out()
        assert child.wait() == -signal.SIGKILL
        assert late.ended()
    finally:
        child.kill()
        child.communicate()


def _deflated_spaces(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    block = b" " * 1_000_000
    return b"".join([*(packer.compress(block) for _ in range(megabytes)), packer.flush()])


@pytest.mark.parametrize("documents", [0, 2])
def test_an_envelope_must_hold_one_document(documents: int) -> None:
    inner = ubl().split("?>\n", 1)[1]
    envelope = (
        '<s:StandardBusinessDocument xmlns:s="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader">'
        f"<s:StandardBusinessDocumentHeader/>{inner * documents}</s:StandardBusinessDocument>"
    )
    assert refusal(read_invoice(envelope.encode())) == (
        "envelope",
        f"The envelope holds {documents} documents where one was expected: send each invoice as its own file.",
    )
