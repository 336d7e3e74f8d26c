"""What a mandate must be, and on which days it may be collected on: both sides of every bound."""

import datetime as dt
from dataclasses import replace

import pytest

from inbaar.banking.debits.mandate_text import mandate_text
from inbaar.banking.debits.rules import (
    MandateFacts,
    MandateTerms,
    collection_day,
    collection_refusals,
    creditor_refusals,
    file_refusals,
    is_creditor_id,
    terms_refusals,
)
from inbaar.kit.errors import Refusal
from inbaar.law.calendar import AMSTERDAM

SIGNED = dt.date(2023, 3, 1)
TERMS = MandateTerms("recurring", "core", "M-1", "Jansen Bouw B.V.", "NL20INGB0001234567", "business", 14)
LIVE = MandateFacts("recurring", "core", "live", "business", SIGNED, None, None)


def codes(refusals: list[Refusal]) -> list[str]:
    return [refusal.code for refusal in refusals]


def test_a_creditor_identifier_is_checked_without_its_business_code():
    assert is_creditor_id("NL69ZZZ123456780000")
    assert is_creditor_id("NL69ABC123456780000")
    assert is_creditor_id("NL60ZZZ595818830000")
    wrong = ("NL60ZZZ123456780000", "NL69ZZZ12345678000", "nl69ZZZ123456780000", "DE98ZZZ09999999999", "")
    assert not any(map(is_creditor_id, wrong))
    assert codes(creditor_refusals("", " ")) == ["creditor-id", "creditor-name"]
    assert creditor_refusals("NL69ZZZ123456780000", "Van Dijk B.V.") == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"debtor_iban": "NL20INGB0001234568"}, "mandate-iban"),
        ({"debtor_iban": "TR330006100519786457841326"}, "mandate-iban"),
        ({"debtor_iban": ""}, "mandate-iban"),
        ({"debtor_name": "\u4f60"}, "mandate-name"),
        ({"debtor_name": "x" * 71}, "mandate-name"),
        ({"reference": "x" * 36}, "mandate-reference"),
        ({"reference": "a//b"}, "mandate-reference"),
        ({"reference": ""}, "mandate-reference"),
        ({"announced_days": 0}, "mandate-notice"),
        ({"announced_days": 61}, "mandate-notice"),
        ({"scheme": "b2b", "capacity": "consumer"}, "mandate-b2b-consumer"),
    ],
)
def test_what_a_bank_would_not_take_is_no_mandate(changed, code):
    assert codes(terms_refusals(replace(TERMS, **changed))) == [code]


def test_a_mandate_of_a_business_or_a_consumer_is_taken_as_its_scheme_allows():
    good = [TERMS, replace(TERMS, scheme="b2b"), replace(TERMS, capacity="consumer")]
    good += [replace(TERMS, announced_days=1), replace(TERMS, announced_days=60)]
    assert [terms_refusals(terms) for terms in good] == [[]] * 5


def test_a_mandate_lapses_36_months_after_it_was_last_presented():
    """Signed on 1 March 2023 and never used: good to and with 28 February 2026. Used on 5 May 2023: to 4 May 2026."""
    assert collection_refusals(LIVE, dt.date(2026, 2, 28)) == []
    assert codes(collection_refusals(LIVE, dt.date(2026, 3, 1))) == ["mandate-lapsed"]
    used = replace(LIVE, last_presented_on=dt.date(2023, 5, 5))
    assert collection_refusals(used, dt.date(2026, 5, 4)) == []
    assert codes(collection_refusals(used, dt.date(2026, 5, 5))) == ["mandate-lapsed"]


def test_nothing_is_collected_before_the_signature():
    assert codes(collection_refusals(LIVE, SIGNED - dt.timedelta(1))) == ["mandate-not-signed"]
    assert collection_refusals(LIVE, SIGNED) == []


@pytest.mark.requirement("COL-03")
def test_a_one_off_mandate_is_good_once_and_a_recurring_one_to_its_last():
    day = dt.date(2023, 4, 3)
    one_off = replace(LIVE, kind="one_off")
    assert collection_refusals(one_off, day) == []
    assert codes(collection_refusals(replace(one_off, used=True), day)) == ["mandate-used"]
    assert codes(collection_refusals(replace(LIVE, used=True), day)) == ["mandate-used"]
    assert collection_refusals(replace(LIVE, last_presented_on=SIGNED), day) == []


@pytest.mark.parametrize("state", ["withdrawn", "suspended"])
def test_what_does_not_stand_is_not_collected_on(state):
    (refusal,) = collection_refusals(replace(LIVE, state=state), dt.date(2023, 4, 3))
    assert refusal.code == f"mandate-{state}"
    assert refusal.passes_on == ("never" if state == "withdrawn" else None)


def test_a_business_mandate_waits_for_its_registration_and_is_never_a_consumers():
    day = dt.date(2023, 4, 3)
    b2b = replace(LIVE, scheme="b2b")
    assert codes(collection_refusals(b2b, day)) == ["mandate-unregistered"]
    assert codes(collection_refusals(replace(b2b, registered_on=dt.date(2023, 4, 4)), day)) == [
        "mandate-unregistered"
    ]
    assert collection_refusals(replace(b2b, registered_on=day), day) == []
    became = replace(b2b, registered_on=day, capacity="consumer")
    assert codes(collection_refusals(became, day)) == ["mandate-b2b-consumer"]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("scheme", ["core", "b2b"])
@pytest.mark.parametrize("kind", ["one_off", "recurring"])
def test_the_whole_mandate_is_shown_in_each_language(language, scheme, kind):
    terms = replace(TERMS, kind=kind, scheme=scheme, announced_days=5)
    text = " ".join(
        mandate_text(terms, "Van Dijk B.V.", "NL69ZZZ123456780000", language, dt.date(2026, 3, 2))
    )
    for part in (
        "Van Dijk B.V.",
        "NL69ZZZ123456780000",
        "M-1",
        "Jansen Bouw B.V.",
        "NL20INGB0001234567",
        " 5 ",
    ):
        assert part in text
    assert (" 8 " in text) is (scheme == "core")
    assert not {"{", "}"} & set(text)


def test_nobody_agrees_in_a_language_that_is_not_there():
    with pytest.raises(ValueError, match="choose one of nl, en"):
        mandate_text(TERMS, "Van Dijk B.V.", "NL69ZZZ123456780000", "fr", dt.date(2026, 3, 2))


def test_a_debit_falls_on_the_first_bank_day_that_is_due_and_leaves_time_to_announce():
    """Monday 4 May: 1 May is closed, and then it is weekend. Asked on 2 March with 14 days: 16 March, a Monday."""
    on = dt.date(2026, 3, 2)
    assert collection_day(dt.date(2026, 5, 1), on, 14) == dt.date(2026, 5, 4)
    assert collection_day(dt.date(2026, 4, 30), on, 14) == dt.date(2026, 4, 30)
    assert collection_day(on, on, 14) == dt.date(2026, 3, 16)
    assert collection_day(on, on, 5) == dt.date(2026, 3, 9)  # the 7th is a Saturday


def test_a_file_leaves_the_bank_day_before_by_the_cut_off():
    """For Monday 4 May the last file is of Thursday 30 April, 15:30."""
    due = dt.date(2026, 5, 4)
    assert file_refusals(due, dt.datetime(2026, 4, 30, 15, 30, tzinfo=AMSTERDAM)) == []
    late = file_refusals(due, dt.datetime(2026, 4, 30, 15, 31, tzinfo=AMSTERDAM))
    assert codes(late) == ["collection-passed"]
    assert late[0].passes_on == dt.date(2026, 5, 5)
