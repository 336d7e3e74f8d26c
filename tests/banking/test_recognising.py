"""Which movements of one format are those of another: certain by mark, account or being the only one; else a doubt."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.recognising import Told, recognise

D2, D3, D9 = (dt.date(2026, 3, day) for day in (2, 3, 9))
A, B = "NL20INGB0001234567", "NL02RABO0123456789"


def told(number: int, amount: str = "10.00", date: dt.date = D2, **facts) -> Told:
    return Told(
        number, date, facts.pop("value_date", date), Decimal(amount), facts.pop("currency", "EUR"), **facts
    )


def judged(ours, theirs, periods=((D2, D2),), adds_up=True):
    found = recognise(ours, theirs, periods, adds_up=adds_up)
    return found.known, found.new, found.doubts


def test_the_only_two_of_a_day_and_amount_are_one_movement() -> None:
    assert judged([told(1)], [told(7)]) == ({1: 7}, [], {})


@pytest.mark.parametrize(
    "facts", [{"amount": "10.01"}, {"amount": "-10.00"}, {"currency": "USD"}, {"date": D9}, {"iban": B}]
)
def test_what_differs_is_not_it_and_with_theirs_missing_it_is_a_doubt(facts) -> None:
    assert judged([told(1, iban=A)], [told(7, **facts)]) == ({}, [], {1: "not-found-again"})


def test_equal_payments_are_taken_once_each() -> None:
    twins = [told(1), told(2)]
    assert judged(twins, [told(7), told(8)])[0].keys() == {1, 2}
    known, new, doubts = judged(twins, [told(7)])
    assert (len(known), len(new), doubts) == (1, 1, {})


def test_the_account_says_which_of_two_it_is() -> None:
    known, new, _ = judged([told(1, iban=A), told(2, iban=B)], [told(7, iban=B)])
    assert (known, new) == ({2: 7}, [1])


def test_the_end_to_end_id_goes_before_the_account_and_over_days() -> None:
    ours = [told(1, iban=A), told(2, iban=A, end_to_end_id="E-1", date=D3)]
    assert judged(ours, [told(7, end_to_end_id="E-1")]) == ({2: 7}, [1], {})


def test_a_shared_value_date_is_enough_where_one_format_books_on_another_day() -> None:
    assert judged([told(1, date=D2)], [told(7, date=D3, value_date=D2)])[0] == {1: 7}


def test_a_short_bank_reference_is_a_place_and_a_long_one_a_mark() -> None:
    ours = [told(1, bank_reference="2"), told(2, bank_reference="000000017")]
    theirs = [told(7, bank_reference="000000017"), told(8, bank_reference="2")]
    assert judged(ours, theirs)[0] == {2: 7, 1: 8}


def test_a_batch_in_one_format_and_its_payments_in_the_other_is_a_doubt() -> None:
    ours = [told(1, "10.00"), told(2, "15.00")]
    assert judged(ours, [told(7, "25.00")])[2] == {1: "not-found-again", 2: "not-found-again"}


def test_a_file_that_adds_nothing_is_known_also_where_it_tells_less() -> None:
    assert judged([told(1)], [told(7), told(8, "99.00")]) == ({1: 7}, [], {})


def test_what_comes_behind_their_last_day_is_new() -> None:
    assert judged([told(1), told(2, "5.00", D9)], [told(7)], adds_up=False) == ({1: 7}, [2], {})


def test_more_on_their_last_day_is_new_only_if_the_balances_prove_it() -> None:
    ours, theirs = [told(1), told(2, "5.00")], [told(7)]
    assert judged(ours, theirs, adds_up=True) == ({1: 7}, [2], {})
    assert judged(ours, theirs, adds_up=False) == ({1: 7}, [], {2: "no-balances"})


def test_more_on_a_day_they_told_whole_is_a_doubt() -> None:
    ours = [told(1), told(2, "5.00", D3)]
    assert judged(ours, [told(7)], periods=((D2, D9),)) == ({1: 7}, [], {2: "day-was-told"})


def test_ten_thousand_equal_payments_with_one_mark_are_told_apart_by_account() -> None:
    """All with one reference, each from its own account: looked up, never searched through."""
    many = 10_000
    ours = [told(n, iban=f"NL{n:016}", reference="SAME", end_to_end_id="SAME") for n in range(many)]
    theirs = [told(n, iban=f"NL{n + many:016}", reference="SAME", end_to_end_id="SAME") for n in range(many)]
    assert len(judged(ours, theirs)[2]) == many
    assert len(judged(ours, [t._replace(iban=o.iban) for t, o in zip(theirs, ours, strict=True)])[0]) == many
