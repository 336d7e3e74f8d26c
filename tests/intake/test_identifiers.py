"""Identifiers pass or fail as the published vectors say."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

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
    "rsin": identifiers.rsin_fault,
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
    ("rsin", "823807071"), ("rsin", "111222333"), ("rsin", "123456782"), ("rsin", "004495445"),
]  # fmt: skip
INVALID = [
    ("iban", "NL91ABNA0417164301", "its check digits are wrong (mod 97)"),
    ("iban", "NL19INGB0001234567", "its check digits are wrong (mod 97)"),
    ("iban", "NL91ABNA041716430", "its check digits are wrong (mod 97)"),
    ("btw", "NL123456789B01", "its check digits are wrong"),
    ("btw", "NL12345678B01", "its check digits are wrong"),
    ("btw", "DE123456789", "its check digits are wrong"),
    ("ci", "NL60ZZZ123456780000", "its check digits are wrong (mod 97)"),
    ("ci", "NL60ZZZ12345678000", "its form is wrong"),
    ("ci", "NL93ZZZ1234", "its form is wrong"),
    ("rsin", "123456789", "its check digit is wrong (11-test)"),
    ("rsin", "000000000", "its check digit is wrong (11-test)"),
    ("rsin", "4495445", "it is not nine digits"),
    ("rsin", "82380707１", "it is not nine digits"),
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


def test_a_creditor_identifier_is_made_from_a_kvk_number() -> None:
    assert identifiers.creditor_identifier("12345678") == "NL69ZZZ123456780000"
    assert identifiers.creditor_identifier("59581883") == "NL60ZZZ595818830000"
    for kvk, suffix in (("1234567", "0000"), ("12345678", "000"), ("12345678", "00０0")):
        with pytest.raises(ValueError, match="a KvK number of 8 digits and 4 more"):
            identifiers.creditor_identifier(kvk, suffix)


@given(st.integers(0, 99_999_999), st.integers(0, 9_999))
def test_a_creditor_identifier_passes_its_own_check(kvk: int, suffix: int) -> None:
    made = identifiers.creditor_identifier(f"{kvk:08d}", f"{suffix:04d}")
    assert identifiers.creditor_fault(made) is None
    wrong = made[:2] + f"{(int(made[2:4]) + 1) % 100:02d}" + made[4:]
    assert identifiers.creditor_fault(wrong) is not None


def test_a_betalingskenmerk_is_made_from_a_number() -> None:
    assert identifiers.betalingskenmerk("2026000123") == "5000002026000123"
    assert identifiers.betalingskenmerk("1") == "9000000000000001"
    for number in ("", "1" * 16, "12a", "１"):
        with pytest.raises(ValueError, match="1 to 15 digits"):
            identifiers.betalingskenmerk(number)


@given(st.integers(0, 10**15 - 1))
def test_a_betalingskenmerk_passes_its_own_check_and_no_other_first_digit_does(number: int) -> None:
    made = identifiers.betalingskenmerk(str(number))
    passing = [
        digit for digit in "0123456789" if identifiers.reference_fault(f"{digit}{number:015d}") is None
    ]
    assert passing == [made[0]]


@given(st.from_regex(r"[0-9]{1,21}|[A-Z0-9]{1,21}", fullmatch=True), st.integers(0, 99))
def test_a_reference_passes_where_the_library_passes_it(rest: str, digits: int) -> None:
    for value in (f"RF{digits:02d}{rest}", f"RF{iso11649.mod_97_10.calc_check_digits(rest + 'RF')}{rest}"):
        assert (identifiers.reference_fault(value) is None) == iso11649.is_valid(value)


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
