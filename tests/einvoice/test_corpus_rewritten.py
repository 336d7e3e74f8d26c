"""Other people's e-invoices as originals: unmoved they keep their meaning, moved they name the new owner and stay valid."""

import pytest

from inbaar.einvoice import cii
from inbaar.einvoice.checking import faults, profile_of
from inbaar.einvoice.facturx import facturx_pdf
from inbaar.einvoice.files import cii_document, file_of, ubl_document
from inbaar.intake.readers import read_invoice
from inbaar.kit.errors import Refused
from inbaar.letters.parts import Language
from tests.corpus import corpus_rows
from tests.einvoice.samples import FACTOR, of_original
from tests.einvoice.test_round_trip import E_INVOICES, document_of

SUMS = ("number", "issue_date", "due_date", "currency", "net", "vat", "total", "payable", "credit_note")
WRITE = {True: cii_document, False: ubl_document}


def known_of(row, **changed):
    content = row.path.read_bytes()
    return of_original(content, "facturx" if content.startswith(b"%PDF") else "ubl", **changed)


@pytest.mark.parametrize("row", corpus_rows(*E_INVOICES))
def test_a_file_whose_title_did_not_move_says_what_it_said(row):
    document = document_of(row)
    if document is None:
        pytest.skip("refused, or of the first ZUGFeRD")
    root = WRITE[document.tag == cii.INVOICE](known_of(row))
    before, after = read_invoice(row.path, "x"), read_invoice(file_of(root), "x")
    assert after.found == before.found
    assert (after.status, after.problems) == (before.status, before.problems)


@pytest.mark.parametrize("row", corpus_rows(*E_INVOICES))
def test_a_file_whose_title_moved_names_the_new_owner_and_is_as_valid_as_it_was(row):
    document = document_of(row)
    if document is None:
        pytest.skip("refused, or of the first ZUGFeRD")
    before, wrong = read_invoice(row.path, "x"), {fault.rule for fault in faults(document)}
    if before.credit_note:
        pytest.skip("a credit note has no title")
    for to_cii, write in WRITE.items():
        root = written(write, known_of(row, holder=FACTOR))
        if root is None:
            own_syntax = to_cii == (document.tag == cii.INVOICE)
            assert wrong or not own_syntax or profile_of(document) == "minimum", (
                "that has no room for a payee"
            )
            continue
        if not wrong:
            assert faults(root) == ()
        read = read_invoice(file_of(root), "x")
        assert (read.supplier.iban, read.found["payee.name"]) == (FACTOR.iban, FACTOR.name)
        assert [getattr(read, name) for name in SUMS] == [getattr(before, name) for name in SUMS]


def written(write, known):
    """The document; None where this syntax cannot hold all of it, or not by its rules."""
    try:
        return write(known)
    except Refused as refused:
        if {refusal.code for refusal in refused.refusals} <= {"terms-lost", "not-valid"}:
            return None
        raise


@pytest.mark.parametrize("row", corpus_rows("facturx-pdf", "ubl-invoice-peppol-bis3", "cii-invoice-nlcius"))
def test_the_pdf_of_a_real_file_reads_as_the_file(row):
    if document_of(row) is None:
        pytest.skip("refused, or of the first ZUGFeRD")
    try:
        root = cii_document(known_of(row))
    except Refused:
        pytest.skip("says more than CII can hold, or is not valid there")
    before, read = (
        read_invoice(row.path, "x"),
        read_invoice(facturx_pdf(root, file_of(root), Language.EN), "x"),
    )
    assert read.format == "facturx"
    assert [getattr(read, name) for name in SUMS] == [getattr(before, name) for name in SUMS]
    assert (read.supplier.name, read.customer.name, read.supplier.iban) == (
        before.supplier.name, before.customer.name, before.supplier.iban,
    )  # fmt: skip
