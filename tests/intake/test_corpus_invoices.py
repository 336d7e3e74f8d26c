"""Every third-party e-invoice: each value the manifest gives is the value read, and no trap is taken in silence."""

from decimal import Decimal
from typing import Any

import pytest

from inbaar.intake.identifiers import compact
from inbaar.intake.readers import read_invoice
from inbaar.intake.reading import InvoiceRead
from tests.corpus import CorpusRow, corpus_rows

KINDS = ("ubl-invoice-*", "ubl-or-cii-pair-*", "cii-invoice-*", "facturx-pdf*", "zugferd1-pdf*")
AMOUNTS = {
    "lines_total": "line_total",
    "tax_excl": "net",
    "tax": "vat",
    "tax_incl": "total",
    "prepaid": "prepaid",
    "rounding": "rounding",
    "payable": "payable",
}

#: Files of kinds that are not marked invalid, yet refused: the contract refuses what lacks one of its four values.
REFUSED = {
    "cii/akretion/zugferd-basic.xml": "BR-15",  # this profile of ZUGFeRD 1 has no amount to pay
    "zugferd-v1/ZUGFeRD_1p0_BASIC_Rechnungskorrektur.pdf": "BR-15",  # the same
    "zugferd-v1/MustangGnuaccountingBeispielRE-20140519_499.pdf": "unknown-root",  # a draft older than ZUGFeRD 1
    "ubl/oasis-examples/UBL-Invoice-2.1-Example-Trivial.xml": "BR-05",  # no document currency
    "facturx-mustang-validator/corruptedV2PDF.pdf": "no-xml",  # its attachment is gone
}


@pytest.mark.parametrize("row", corpus_rows(*KINDS))
def test_reads_what_the_manifest_says(row: CorpusRow) -> None:
    read = read_invoice(row.path, row.file)
    if row.file in REFUSED:
        assert read.status == "refused"
        assert read.problems[0].rule == REFUSED[row.file]
    found = _found(read, row.expected)
    expected = _expected(row.expected, read.format)
    for key in expected:
        assert found[key] == expected[key], key


@pytest.mark.parametrize("row", corpus_rows(*KINDS))
def test_takes_no_trap_in_silence(row: CorpusRow) -> None:
    read = read_invoice(row.path, row.file)
    trap = "invalid" in row.file.rsplit("/", 1)[-1] or row.kind.endswith(("-invalid", "-error"))
    if trap:
        assert read.status in ("review", "refused")
    elif row.file not in REFUSED:
        assert read.status in ("accepted", "review")
    assert (read.status == "accepted") == (not read.problems)
    assert (read.status == "refused") == any(problem.level == "error" for problem in read.problems)


@pytest.mark.parametrize("row", corpus_rows("pdf-plain*"))
def test_refuses_a_pdf_without_xml(row: CorpusRow) -> None:
    read = read_invoice(row.path, row.file)
    is_pdf = row.path.read_bytes().startswith(b"%PDF")
    assert (read.status, read.format) == ("refused", "pdf" if is_pdf else None)
    assert read.problems[0].rule == ("no-xml" if is_pdf else "unknown-format")


@pytest.mark.parametrize("row", corpus_rows("schema-*", "schematron-*"))
def test_refuses_other_xml(row: CorpusRow) -> None:
    read = read_invoice(row.path, row.file)
    assert read.status == "refused"
    assert len(read.problems) == 1


def _found(read: InvoiceRead, expected: dict[str, Any]) -> dict[str, Any]:
    fields = {name: field.value for name, field in read.fields.items()}
    accounts = ("iban", "account") if read.format == "ubl" else ("iban",)
    return {
        "number": read.number,
        "type": fields.get("type_code"),
        "issued": str(read.issue_date),
        "due": str(read.due_date),
        "currency": read.currency,
        "supplier": read.supplier.name,
        "customer": read.customer.name,
        "payment_ref": read.payment_reference,
        "credits_invoice": _several(fields, "credits_invoice"),
        "iban": sorted(compact(text) for name in accounts for text in _several(fields, name)),
        **{name: Decimal(fields[ours]) if ours in fields else None for name, ours in AMOUNTS.items()},
    }


def _expected(expected: dict[str, Any], format: str | None) -> dict[str, Any]:
    """The manifest's values in our form: spaces in names collapsed, lists split, amounts as numbers."""
    found: dict[str, Any] = {}
    for name, value in expected.items():
        if name in AMOUNTS:
            found[name] = Decimal(value)
        elif name == "iban":
            found[name] = sorted(compact(text) for text in value.split(";"))
        elif name == "credits_invoice":
            found[name] = value.split(";")
        elif name in ("number", "type", "issued", "due", "currency", "supplier", "customer", "payment_ref"):
            found[name] = " ".join(value.split())
    return found


def _several(fields: dict[str, str], name: str) -> list[str]:
    """`name`, `name_2` and so on, in order."""
    found, place = [], 1
    while (key := name if place == 1 else f"{name}_{place}") in fields:
        found.append(fields[key])
        place += 1
    return found
