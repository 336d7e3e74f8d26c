"""What each letter must and may not say: refused with rule, fact and limit, on both sides of each boundary."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from inbaar.kit.errors import Refused
from inbaar.letters.content import CostsLine, LetterContent, LetterCosts, total_of
from inbaar.letters.examples import (
    BUSINESS,
    CONSUMER,
    EXAMPLES,
    bundle,
    formal_notice,
    fourteen_day_letter,
    reminder,
    scale_costs,
)
from inbaar.letters.rules import unlawful
from inbaar.letters.text import letter_text
from inbaar.letters.typesetting import render_letters


def codes(content: LetterContent) -> list[str]:
    return [refusal.code for refusal in unlawful(content)]


@pytest.mark.parametrize("example", [*EXAMPLES, bundle])
def test_the_examples_are_lawful(example) -> None:  # type: ignore[no-untyped-def]
    assert unlawful(example()) == ()


@pytest.mark.requirement("DUN-05")
def test_the_date_of_a_notice_is_the_limit_or_earlier() -> None:
    notice = formal_notice()
    assert codes(replace(notice, pay_by=date(2026, 11, 23))) == []
    (refusal,) = unlawful(replace(notice, pay_by=date(2026, 11, 24)))
    assert (refusal.code, refusal.fact, refusal.limit) == (
        "notice_date_too_late",
        "the notice of 2026-11-16 asks payment by 2026-11-24",
        "2026-11-23",
    )
    assert codes(replace(notice, pay_by_limit=None)) == ["notice_limit_not_checked"]


@pytest.mark.requirement("DUN-06")
@pytest.mark.requirement("DUN-07")
def test_a_notice_without_its_warning_is_refused() -> None:
    (refusal,) = unlawful(replace(formal_notice(), hand_over_warning=False))
    assert refusal.code == "notice_without_warning"
    assert (
        refusal.rule
        == "DUN-06, DUN-07: a formal notice warns that the claim is handed over at the debtor's cost"
    )


@pytest.mark.requirement("DUN-03")
def test_a_reminder_does_not_warn() -> None:
    assert codes(replace(reminder(), hand_over_warning=True)) == ["warning_in_reminder"]
    assert codes(replace(reminder(), costs_if_unpaid=scale_costs(Decimal("1210.00")))) == [
        "warning_in_reminder"
    ]
    assert codes(replace(reminder(), pay_by=None)) == ["no_date"]


def test_no_notice_before_a_reminder() -> None:
    notice = formal_notice()
    same_day = replace(notice.items[0], reminded_on=notice.letter_date)
    assert codes(replace(notice, items=(same_day,))) == ["notice_without_reminder"]
    day_before = replace(notice.items[0], reminded_on=date(2026, 11, 15))
    assert codes(replace(notice, items=(day_before,))) == []
    assert codes(replace(notice, items=(replace(notice.items[0], reminded_on=None),))) == [
        "notice_without_reminder"
    ]


def test_nothing_goes_out_on_the_due_date() -> None:
    letter = reminder()
    due_today = replace(letter.items[0], due_date=letter.letter_date)
    assert codes(replace(letter, items=(due_today,))) == ["not_overdue"]
    due_yesterday = replace(letter.items[0], due_date=date(2026, 11, 18))
    assert codes(replace(letter, items=(due_yesterday,))) == []


def test_a_consumer_never_gets_the_formal_notice() -> None:
    (refusal,) = unlawful(replace(formal_notice(), recipient=CONSUMER))
    assert (refusal.code, refusal.passes_on) == ("formal_notice_to_consumer", "never")
    assert codes(replace(fourteen_day_letter(), recipient=BUSINESS)) == ["fourteen_day_letter_to_business"]


def test_a_consumer_is_not_charged_costs_before_the_letter() -> None:
    item = replace(reminder().items[0], costs=Decimal("40.00"))
    forty = LetterCosts(
        Decimal("1210.00"), Decimal("40.00"), Decimal("40.00"), (CostsLine(Decimal("40.00")),)
    )
    letter = replace(reminder(), items=(item,), total_due=total_of([item]), costs_claimed=forty)
    assert codes(letter) == []
    assert codes(replace(letter, recipient=CONSUMER)) == ["consumer_costs_without_letter"]


def test_the_fourteen_day_term_is_words_and_its_costs_are_over_this_letter() -> None:
    letter = fourteen_day_letter()
    assert codes(replace(letter, pay_by=date(2026, 11, 20))) == ["fourteen_days_with_date"]
    assert codes(replace(letter, costs_if_unpaid=scale_costs(Decimal("735.54")))) == [
        "costs_over_another_principal"
    ]
    zero = LetterCosts(Decimal("735.53"), Decimal("0.00"), Decimal("0.00"), ())
    assert codes(replace(letter, costs_if_unpaid=zero)) == ["costs_not_exact"]


def test_an_unlawful_letter_is_not_composed() -> None:
    unlawful_letter = replace(formal_notice(), hand_over_warning=False, recipient=CONSUMER)
    for compose in (letter_text, lambda content: render_letters([content])):
        with pytest.raises(Refused) as caught:
            compose(unlawful_letter)
        assert [refusal.code for refusal in caught.value.refusals] == [
            "formal_notice_to_consumer",
            "notice_without_warning",
        ]
