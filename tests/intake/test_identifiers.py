"""Identifiers pass or fail as the published vectors say."""

import csv

import pytest

from inbaar.intake import identifiers
from inbaar.intake.identifiers import compact
from tests.corpus import corpus_file

FAULTS = {
    "iban": identifiers.iban_fault,
    "btw": identifiers.vat_fault,
    "ci": identifiers.creditor_fault,
    "rf": identifiers.reference_fault,
    "kenmerk": identifiers.reference_fault,
    "kvk": identifiers.kvk_fault,
}
VALID = [
    ("iban", "NL91ABNA0417164300"), ("iban", "NL20INGB0001234567"), ("iban", "NL02ABNA0123456789"),
    ("iban", "NL69INGB0123456789"), ("iban", "NL44RABO0123456789"),
    ("btw", "NL004495445B01"), ("btw", "NL123456789B13"),
    ("ci", "NL69ZZZ123456780000"), ("ci", "NL60ZZZ595818830000"),
    ("rf", "RF18539007547034"), ("rf", "RF462026000123"),
    ("kenmerk", "5010002167010010"), ("kenmerk", "3010002167042021"), ("kenmerk", "0001041146910100"),
    ("kenmerk", "2017166777600001"), ("kenmerk", "5000002026000123"), ("kenmerk", "9000000000000001"),
    ("kvk", "59581883"),
]  # fmt: skip
INVALID = [
    ("iban", "NL91ABNA0417164301", "its check digits are wrong (mod 97)"),
    ("iban", "NL19INGB0001234567", "its check digits are wrong (mod 97)"),
    ("iban", "NL91ABNA041716430", "its check digits are wrong (mod 97)"),
    ("btw", "NL123456789B01", "its check digits are wrong"),
    ("btw", "NL12345678B01", "its check digits are wrong"),
    ("btw", "DE123456789", "its check digits are wrong"),
    ("ci", "NL60ZZZ123456780000", "its check digits are wrong (mod 97)"),
    ("rf", "RF472026000123", "as an RF reference its check digits are wrong (mod 97)"),
    ("kenmerk", "6000002026000123", "as a betalingskenmerk its check digit is wrong (11-test)"),
    ("kvk", "5958188", "it is not eight digits"),
    ("kvk", "595818830", "it is not eight digits"),
    ("kvk", "5958188３", "it is not eight digits"),
]


@pytest.mark.parametrize(("kind", "value"), VALID)
def test_valid(kind: str, value: str) -> None:
    assert FAULTS[kind](value) is None


@pytest.mark.parametrize(("kind", "value", "fault"), INVALID)
def test_invalid(kind: str, value: str, fault: str) -> None:
    assert FAULTS[kind](value) == fault


def test_what_cannot_be_checked_is_no_fault() -> None:
    assert identifiers.vat_fault("GB999999973") is None
    assert identifiers.vat_fault("CHE123456788") is None
    assert identifiers.reference_fault("2026-001") is None
    assert identifiers.reference_fault("123456789012345") is None


def test_separators_are_taken_out() -> None:
    assert compact("nl91\u00a0abna 0417.1643-00") == "NL91ABNA0417164300"
    assert identifiers.iban_fault(compact("NL91 ABNA 0417 1643 00")) is None


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("iban", identifiers.iban_fault),
        ("btw-id", identifiers.vat_fault),
        ("iso11649", identifiers.reference_fault),
    ],
)
def test_the_vectors_of_others(kind: str, fault: object) -> None:
    assert callable(fault)
    with corpus_file("ids/python-stdnum-vectors.csv").open(newline="", encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["kind"] == kind]
    assert len(rows) > 20
    wrong = [row for row in rows if (fault(compact(row["value"])) is None) != (row["expected"] == "valid")]
    assert wrong == []
