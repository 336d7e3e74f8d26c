"""Every third-party e-invoice: each value the manifest gives is the value read, and no trap is taken in silence."""

from decimal import Decimal
from typing import Any

import pytest

from inbaar.intake.checks import CREDIT_CODES
from inbaar.intake.identifiers import compact, has_iban_shape
from inbaar.intake.readers import read_invoice
from inbaar.intake.reading import InvoiceRead, as_json
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
CONTRACT = {"number": "number", "issued": "issue_date", "due": "due_date", "currency": "currency"}
#: What the manifest names only where the file has it, so that a reader may not make it up.
WHERE_STATED = {"due", "payment_ref", "credits_invoice", "iban"}
VAT_MARKS = ("vat:", "VA:", "VAT:", "legalid:NL:VAT:")
KVK_MARKS = ("legalid:0106:", "endpoint:0106:", "id:0106:", "0106:", "legalid:NL:KVK:", "id:NL:KVK:")
#: The number of a Dutch company's own register, by its eight digits where no register is named.
OTHER_KVK = {
    "cii/en16931-examples/CII_example1.xml": ("57151520",),
    "cii/en16931-examples/CII_example8.xml": ("17131139",),
    "ubl/en16931-examples/ubl-tc434-example1.xml": ("57151520",),
    "ubl/en16931-examples/ubl-tc434-example8.xml": ("17131139",),
}
#: Numbers under a tax scheme that is not VAT; the manifest names the element, not the scheme.
OTHER_VAT = {
    "ubl/peppol-bis3-en16931/BIS_Billing_30-Rantefaktura_Enkel.xml": (
        None,
    ),  # "Godkänd för F-skatt", scheme TAX
    "ubl/si-ubl-2.0/SI-UBL-2.0_BR-NL-25_warning_companyid_novat.xml": (None,),  # scheme CUST
    "xrechnung-pairs/01.04a-INVOICE_ubl.xml": (None,),  # scheme ???
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
    absent = (WHERE_STATED | set(AMOUNTS)) - set(expected)
    assert {key: found[key] for key in absent if found[key] not in (None, [])} == {}


@pytest.mark.parametrize("row", corpus_rows(*KINDS))
def test_tells_it_as_the_contract_does(row: CorpusRow) -> None:
    told = as_json(read_invoice(row.path, row.file))
    for name, ours in CONTRACT.items():
        assert told[ours] == (" ".join(row.expected[name].split()) if name in row.expected else None)
    code = row.expected.get("type")
    assert told["credit_note"] == (row.expected.get("syntax") == "UBL CreditNote" or code in CREDIT_CODES)
    for amount, ours in AMOUNTS.items():
        if ours in told:
            assert told[ours] == (f"{Decimal(row.expected[amount]):.2f}" if amount in row.expected else None)
    named = [compact(text) for text in row.expected.get("iban", "").split(";") if text]
    first = next((text for text in named if has_iban_shape(text)), None)
    assert told["supplier"]["iban"] in (first, *named[:1])
    for role in ("supplier", "customer"):
        assert told[role]["name"] == (" ".join(row.expected[role].split()) if role in row.expected else None)
        identifiers = row.expected.get(f"{role}_ids", [])
        assert _agrees(told[role]["vat"], identifiers, VAT_MARKS, OTHER_VAT.get(row.file, ())), role
        assert _agrees(told[role]["kvk"], identifiers, KVK_MARKS, OTHER_KVK.get(row.file, ())), role


def _agrees(
    found: str | None, identifiers: list[str], marks: tuple[str, ...], other: tuple[str | None, ...]
) -> bool:
    """Whether an identifier is one the manifest marks as of this kind, or none where there is none."""
    marked = {
        compact(text.removeprefix(mark)) for text in identifiers for mark in marks if text.startswith(mark)
    }
    return found in other or (found in marked if marked else found is None)


@pytest.mark.parametrize("row", corpus_rows(*KINDS))
def test_takes_no_trap_in_silence(row: CorpusRow) -> None:
    read = read_invoice(row.path, row.file)
    trap = "invalid" in row.file.rsplit("/", 1)[-1] or row.kind.endswith(("-invalid", "-error"))
    if trap:
        assert read.status in ("review", "refused")
    elif row.file not in REFUSED:
        assert read.status in ("accepted", "review")
    assert (read.status == "accepted") == all(problem.level == "note" for problem in read.problems)
    assert (read.status == "refused") == any(problem.level == "error" for problem in read.problems)


@pytest.mark.parametrize("row", corpus_rows("pdf-plain*"))
def test_a_pdf_without_xml_is_read_from_its_pages_and_waits(row: CorpusRow) -> None:
    read = read_invoice(row.path, row.file)
    if not row.path.read_bytes().startswith(b"%PDF"):
        assert (read.status, read.format, read.problems[0].rule) == ("refused", None, "unknown-format")
    elif "must" in row.expected:  # nothing readable, no invented values
        assert (read.status, read.format, read.problems[0].rule) == ("refused", "pdf", "no-xml")
        assert dict(read.found) == {}
    else:
        assert (read.status, read.format) == ("review", "pdf")
        assert all(field.box for name, field in read.fields.items() if name != "read_by")


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
        "due": read.due_date and str(read.due_date),
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
