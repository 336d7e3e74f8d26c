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
    register_notice,
    reminder,
    scale_costs,
    trade_line,
)
from inbaar.letters.rules import unlawful
from inbaar.letters.text import letter_text
from inbaar.letters.typesetting import render_letters

INTEREST = trade_line(date(2026, 11, 1), date(2026, 11, 2), "1210.00", "1.00")


def codes(content: LetterContent) -> list[str]:
    return [refusal.code for refusal in unlawful(content)]


@pytest.mark.parametrize("example", [*EXAMPLES, register_notice, bundle])
def test_the_examples_are_lawful(example) -> None:  # type: ignore[no-untyped-def]
    assert unlawful(example()) == ()


@pytest.mark.requirement("REG-18")
def test_the_register_s_letter_is_friendly_and_tells_both_clocks() -> None:
    text = " ".join(letter_text(register_notice()).split())
    assert "Van factuur 2026-0017 staat nog € 1.210,00 open." in text
    assert "uiterlijk zondag 15 november 2026 aan ons betalen" in text
    assert "dan kan zij vanaf maandag 16 november 2026 worden opgenomen" in text
    assert "niemand anders kan haar zien" in text
    assert "U moet" not in text
    assert "incasso" not in text.lower()
    assert render_letters([register_notice()])[0].startswith(b"%PDF")


@pytest.mark.requirement("REG-38")
def test_the_register_s_letter_asks_the_invoice_and_nothing_more() -> None:
    letter = register_notice()
    assert letter.total_due == letter.items[0].gross
    assert "u betaalt alleen de factuur" in " ".join(letter_text(letter).split())
    with_interest = replace(letter.items[0], interest=Decimal("1.00"), lines=(INTEREST,))
    assert codes(replace(letter, items=(with_interest,), total_due=with_interest.total)) == [
        "costs_with_register_notice"
    ]
    assert codes(replace(letter, hand_over_warning=True)) == ["costs_with_register_notice"]
    assert codes(replace(letter, costs_if_unpaid=scale_costs(Decimal("1210.00")))) == [
        "costs_with_register_notice"
    ]


def test_the_register_s_letter_is_for_one_invoice_of_a_business_with_a_date() -> None:
    letter = register_notice()
    assert codes(replace(letter, recipient=CONSUMER)) == ["register_notice_to_consumer"]
    assert codes(replace(letter, pay_by=None)) == ["no_date"]
    two = (letter.items[0], replace(letter.items[0], invoice_number="2026-0018"))
    assert codes(replace(letter, items=two, total_due=total_of(two))) == ["register_notice_among_others"]


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
