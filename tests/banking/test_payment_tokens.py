"""What is found in a payment that could point at an invoice, however the payer or the bank wrote it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.banking.payment_tokens import (
    LONGEST_KEY,
    PaymentFacts,
    is_generic,
    is_weak,
    name_key,
    number_key,
    reference_key,
    reference_tokens,
)


def _keys(text: str) -> frozenset[str]:
    return reference_tokens(PaymentFacts(Decimal(1), "EUR", text=text)).number_keys


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("2026-0042", "Factuur 2026-0042"),
        ("2026-0042", "factuur 2026 - 0042 met dank"),
        ("2026-0042", "FACTUUR 20260042"),
        ("2026-0042", "fact.nr.2026/0042/klant 17"),
        ("2026-0042", "2026.0042"),
        ("2026-0042", "betaling 2026-00 42"),
        ("2026-0042", "2026-0042cursus"),
        ("INV-2026-0042", "INV 2026-0042"),
        ("INV-2026-0042", "inv2026 0042"),
        ("INV2026/42", "Betreft: INV2026/42."),
        ("201303-112", "NR.201303-111/11.3.2013NR.201303-112/11.3.2013"),
        ("201407-327", "201407-322/201407-3 27/201406-309"),
        ("0002026017", "nota 2026017"),
        ("2026-0042-A", "factuur 2026-0042-A"),
        ("F20260042NL", "F 20260042NL"),
        ("KL-1098", "factuur KL-1098"),
    ],
)
def test_a_number_is_found_in_the_text(number: str, text: str) -> None:
    assert number_key(number) in _keys(text)


@pytest.mark.parametrize("text", ["1", "nr 42", "over 2026", "A1", "12 stuks", "", "geen nummer", "0000"])
def test_what_says_nothing_is_no_key(text: str) -> None:
    assert _keys(text) == frozenset()


def test_numbers_in_the_end_to_end_id_and_the_reference_count_too() -> None:
    tokens = reference_tokens(
        PaymentFacts(Decimal(1), "EUR", end_to_end_id="INV-2026-0042", reference="20260043")
    )
    assert {"20260042", "20260043"} <= tokens.number_keys
    assert tokens.references == {"20260043"}


@pytest.mark.parametrize(
    "text",
    ["betalingskenmerk 1234 5678 1234 5678", "1234567812345678", "kenmerk 1234.5678.1234.5678 dank"],
)
def test_a_payment_reference_of_sixteen_digits_in_the_text(text: str) -> None:
    tokens = reference_tokens(PaymentFacts(Decimal(1), "EUR", text=text))
    assert "1234567812345678" in tokens.references


def test_a_creditor_reference_in_groups_in_the_text() -> None:
    tokens = reference_tokens(PaymentFacts(Decimal(1), "EUR", text="ref RF18 5390 0754 7034"))
    assert reference_key("RF18539007547034") in tokens.references


@pytest.mark.parametrize(
    ("key", "generic", "weak"),
    [
        ("1", True, True),
        ("2026", True, True),
        ("1899", False, True),
        ("123", True, True),
        ("1234", False, True),
        ("A123", False, True),
        ("1234AB", False, True),
        ("123456", False, True),
        ("1234567", False, False),
        ("20261001", False, True),
        ("20261301", False, False),
        ("1102026", False, True),
        ("20260042", False, False),
        ("INV2026", True, True),
    ],
)
def test_which_keys_say_enough(key: str, generic: bool, weak: bool) -> None:
    assert (is_generic(key), is_weak(key)) == (generic, weak)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bakkerij Jansen B.V.", "BAKKERIJ JANSEN BV"),
        ("Stichting Zuid", "Stg. Zuid"),
        ("J. de Vries", "J de Vries"),
    ],
)
def test_names_are_compared_without_form_and_signs(one: str, other: str) -> None:
    assert name_key(one) == name_key(other) is not None


def test_names_that_say_nothing() -> None:
    assert [name_key(n) for n in (None, "", "B.V.", "XY")] == [None] * 4


@given(st.integers(10_000, 10**12), st.sampled_from(["", " ", "-", ".", "/", " - "]), st.integers(1, 4))
def test_a_number_cut_anywhere_is_found(number: int, sign: str, at: int) -> None:
    digits = str(number)
    assert number_key(digits) in _keys(f"factuur {digits[:at]}{sign}{digits[at:]} dank")


@given(st.lists(st.sampled_from(["0", "00", "7", "19", "2026", "0042", "000", "5123"]), max_size=6))
def test_of_figures_with_signs_between_each_run_is_a_key_but_the_generic(figures: list[str]) -> None:
    runs = {
        "".join(figures[first : first + many]).lstrip("0")
        for first in range(len(figures))
        for many in range(1, 6)
        if len("".join(figures[first : first + many])) <= LONGEST_KEY
    }
    assert _keys("-".join(figures)) == {key for key in runs if not is_generic(key)}


@given(st.text(alphabet="0127AB -", max_size=20))
def test_nothing_generic_is_a_key(text: str) -> None:
    assert not any(is_generic(key) for key in _keys(text))
