"""The payment QR: the payload of the published vectors, what it refuses, and that a reader reads it."""

import csv
import json
from decimal import Decimal

import numpy
import pytest
import zxingcpp

from inbaar.letters.qr import QrRefused, payment_payload, qr_modules
from tests.corpus import corpus_file

GOOD = {
    "holder": "Wikimedia Nederland",
    "iban": "NL91ABNA0417164300",
    "amount": Decimal("12.30"),
    "reference": "factuur 2026-0042",
}


def payload(**changes: object) -> str:
    return payment_payload(**{**GOOD, **changes})  # type: ignore[arg-type]


def test_the_published_examples() -> None:
    first, whole = json.loads(corpus_file("epc-qr/valid.json").read_text(encoding="utf-8"))
    given = first["input"]
    told = payment_payload(
        holder=given["name"],
        iban=given["iban"],
        amount=Decimal(given["amount"]),
        reference=given["reference"],
        bic=given["bic"],
        purpose=given["purpose"],
    )
    assert told == first["payload"]
    assert len(told.encode()) == first["bytes"]
    assert payload(amount=Decimal(whole["input"]["amount"])).split("\n")[7] == whole["amount_line"]


def test_the_published_refusals() -> None:
    names = {
        "amount": "amount",
        "bic": "bic",
        "name": "holder",
        "text": "reference",
        "purpose": "purpose",
        "iban": "iban",
    }
    refused = 0
    with corpus_file("epc-qr/invalid.csv").open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["field"] == "charset":  # Ours is always UTF-8, so there is none to choose.
                continue
            value: object = "a" * 141 if row["value"] == "a*141" else row["value"]
            value = Decimal(str(value)) if row["field"] == "amount" else value
            with pytest.raises(QrRefused):
                payload(**{names[row["field"]]: value})
            refused += 1
    assert refused == 10


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"currency": "USD"}, "currency", "the QR knows only EUR, not USD"),
        ({"iban": "NL91ABNA0417164301"}, "iban", "NL91ABNA0417164301 is not a valid IBAN"),
        ({"iban": ""}, "iban", "an empty account number is not a valid IBAN"),
        (
            {"amount": Decimal("0.00")},
            "amount",
            "the amount is 0.01 to 999999999.99 with two decimals, not 0.00",
        ),
        ({"holder": "x" * 71}, "name", "the account holder's name has 1 to 70 characters, not 71"),
        ({"reference": "x" * 141}, "text", "the text has at most 140 characters, not 141"),
        (
            {"holder": "字" * 70, "reference": "字" * 60},
            "size",
            "the QR holds 331 bytes and this payment takes 435",
        ),
    ],
)
def test_what_cannot_be_a_qr_says_why(changes: dict[str, object], code: str, message: str) -> None:
    with pytest.raises(QrRefused) as caught:
        payload(**changes)
    assert (caught.value.code, str(caught.value)) == (code, message)


def test_the_edges_pass() -> None:
    assert payload(amount=Decimal("0.01")).split("\n")[7] == "EUR0.01"
    assert payload(amount=Decimal("999999999.99")).split("\n")[7] == "EUR999999999.99"
    assert payload(holder="x" * 70, reference="y" * 140).split("\n")[10] == "y" * 140


def test_an_rf_number_goes_structured_and_a_betalingskenmerk_as_text() -> None:
    assert payload(reference="RF18 5390 0754 7034").split("\n")[8:] == ["", "RF18539007547034"]
    assert payload(reference="RF19539007547034").split("\n")[8:] == ["", "", "RF19539007547034"]
    assert payload(reference="5000002026000123").split("\n")[8:] == ["", "", "5000002026000123"]


def test_a_line_break_cannot_add_a_line() -> None:
    assert payload(holder="Jan\nNL02ABNA0123456789", reference="a\r\nb").split("\n") == [
        "BCD", "002", "1", "SCT", "", "Jan NL02ABNA0123456789", "NL91ABNA0417164300", "EUR12.3", "", "", "a b",
    ]  # fmt: skip


def test_the_largest_payload_stays_within_version_13() -> None:
    largest = payload(holder="é" * 70, reference="x" * 127, bic="ABNANL2AXXX", amount=Decimal("999999999.99"))
    assert len(largest.encode()) == 331
    assert len(qr_modules(largest)) <= 17 + 4 * 13


def test_a_reader_reads_back_every_payload() -> None:
    for number in range(60):
        told = payload(amount=Decimal(f"{number * 37 + 1}.{number:02d}"), reference=f"factuur é {number:06d}")
        modules = numpy.array(
            [[255 * (mark == "0") for mark in row] for row in qr_modules(told)], dtype=numpy.uint8
        )
        picture = numpy.kron(
            numpy.pad(modules, 4, constant_values=255), numpy.ones((4, 4), dtype=numpy.uint8)
        )
        (found,) = zxingcpp.read_barcodes(picture)
        assert bytes(found.bytes).decode() == told
        assert found.ec_level == "M"
        assert found.symbology_identifier == "]Q1"  # plain bytes, with no mark of their encoding before them
