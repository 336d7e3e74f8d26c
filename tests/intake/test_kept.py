"""What is kept of a reading says all that was read, in less."""

import json
from dataclasses import replace

import pytest

from inbaar.intake.readers import read_invoice
from inbaar.intake.reading import FieldRead, InvoiceRead, as_json, as_kept, kept_texts
from tests.corpus import CorpusRow, corpus_rows
from tests.intake.documents import ubl

KINDS = ("ubl-invoice-*", "ubl-or-cii-pair-*", "cii-invoice-*", "facturx-pdf*", "zugferd1-pdf*")
#: The field that holds what a reading says in a place of its own.
PLACES = {
    "number": "number", "issue_date": "issue_date", "due_date": "due_date", "currency": "currency", "net": "net",
    "vat": "vat", "total": "total", "payable": "payable",
}  # fmt: skip


def kept_of(read: InvoiceRead) -> dict:
    """As it comes back from the database."""
    return json.loads(json.dumps(as_kept(read)))


@pytest.mark.parametrize("row", corpus_rows(*KINDS))
def test_every_value_of_a_real_invoice_is_kept(row: CorpusRow) -> None:
    read = read_invoice(row.path, row.file)
    kept, told = kept_of(read), as_json(read)
    texts = kept_texts(kept)
    assert texts == {name: entry.value for name, entry in read.fields.items()}
    assert kept["credit_note"] == read.credit_note
    for place, name in PLACES.items():
        assert told[place] is None or texts[name] == told[place]
    for role in ("supplier", "customer"):
        assert {name: texts.get(f"{role}.{name}") for name in ("name", "kvk", "vat")} == {
            name: told[role][name] for name in ("name", "kvk", "vat")
        }
    assert texts.get("iban") == told["supplier"]["iban"]


def test_a_value_read_on_a_page_keeps_where_and_how_sure() -> None:
    found = FieldRead("242.00", 2, (10.0, 20.0, 30.0, 40.0), 0.83)
    read = replace(read_invoice(ubl().encode(), "f.xml"), found={"payable": found, "number": "7"})
    kept = kept_of(read)
    assert kept["fields"] == {
        "payable": {"value": "242.00", "page": 2, "box": [10.0, 20.0, 30.0, 40.0], "confidence": 0.83},
        "number": "7",
    }
    assert kept_texts(kept) == {"payable": "242.00", "number": "7"}


def test_what_is_kept_is_shorter_than_the_file_it_was_read_in() -> None:
    content = ubl().encode()
    assert len(json.dumps(as_kept(read_invoice(content, "f.xml")))) < len(content) / 2
