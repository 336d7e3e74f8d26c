"""Prescription and interruption: law.md section 3. The terms of 3:307, 3:308 and 7:28 are refused without a setting."""

from datetime import date

import pytest

from inbaar.law.errors import Unconfirmed
from inbaar.law.prescription import ClaimNature, Interruption, InterruptionKind, Prescription, prescription

TODAY = date(2026, 11, 22)
LETTER, ACKNOWLEDGEMENT, SUIT = InterruptionKind


def ask(nature: ClaimNature, due: date, *acts: Interruption) -> Prescription:
    return prescription(nature, due, TODAY, acts, accept_unconfirmed=True)


@pytest.mark.parametrize(
    ("nature", "rule"),
    [
        (ClaimNature.PERFORMANCE, "performance"),
        (ClaimNature.PERIODIC, "periodic"),
        (ClaimNature.CONSUMER_SALE, "consumer_sale"),
    ],
)
def test_terms_nobody_confirmed(nature: ClaimNature, rule: str) -> None:
    with pytest.raises(Unconfirmed) as refused:
        prescription(nature, date(2025, 1, 1), TODAY)
    assert refused.value.rule == f"prescription.{rule}"
    assert ask(nature, date(2025, 1, 1)).unconfirmed == (f"prescription.{rule}",)


def test_the_term_starts_the_day_after_due() -> None:
    found = ask(ClaimNature.PERFORMANCE, date(2021, 6, 30))
    assert found.steps[0].starts_on == date(2021, 7, 1)
    assert found.last_day == date(2026, 6, 30)
    assert ask(ClaimNature.CONSUMER_SALE, date(2025, 6, 30)).last_day == date(2027, 6, 30)
    assert ask(ClaimNature.PERFORMANCE, date(2024, 2, 29)).last_day == date(2029, 2, 28)


def test_a_judgment_is_confirmed_law() -> None:
    found = prescription(ClaimNature.JUDGMENT, date(2010, 3, 1), TODAY)
    assert (found.last_day, found.unconfirmed) == (date(2030, 3, 1), ())
    assert prescription(ClaimNature.JUDGMENT_PERIODIC, date(2025, 3, 1), TODAY).last_day == date(2030, 3, 1)


def test_a_letter_in_time_starts_a_new_term() -> None:
    in_time = ask(ClaimNature.PERFORMANCE, date(2021, 6, 30), Interruption(date(2026, 6, 30), LETTER))
    assert in_time.last_day == date(2031, 6, 30)
    assert in_time.steps[1].starts_on == date(2026, 7, 1)
    assert in_time.steps[1].article == "3:317 lid 1 BW; 3:319 BW"
    late = ask(ClaimNature.PERFORMANCE, date(2021, 6, 30), Interruption(date(2026, 7, 1), LETTER))
    assert late.last_day == date(2026, 6, 30)
    assert late.without_effect[0][1] == "it came after 2026-06-30, when the claim had prescribed"


def test_a_new_term_is_at_most_five_years_and_never_ends_earlier() -> None:
    letter = Interruption(date(2012, 1, 1), LETTER)
    judgment = prescription(ClaimNature.JUDGMENT, date(2010, 3, 1), TODAY, [letter])
    assert judgment.last_day == date(2030, 3, 1)
    late = Interruption(date(2026, 3, 1), LETTER)
    assert prescription(ClaimNature.JUDGMENT, date(2010, 3, 1), TODAY, [late]).last_day == date(2031, 3, 1)
    sale = ask(ClaimNature.CONSUMER_SALE, date(2025, 6, 30), Interruption(date(2026, 1, 1), LETTER))
    assert sale.last_day == date(2028, 1, 1)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (
            Interruption(date(2026, 1, 1), LETTER, clear=False),
            "the letter does not reserve the right to performance without doubt (3:317 lid 1 BW)",
        ),
        (
            Interruption(date(2026, 1, 1), ACKNOWLEDGEMENT, clear=False),
            "it was not plainly meant as an acknowledgement (3:318 BW)",
        ),
        (
            Interruption(
                date(2026, 1, 1), SUIT, withdrawn_on=date(2026, 2, 28), new_suit_on=date(2026, 8, 29)
            ),
            "the suit was withdrawn on 2026-02-28 without a new one within 6 months (3:316 BW)",
        ),
        (
            Interruption(date(2026, 1, 1), SUIT, withdrawn_on=date(2026, 2, 28)),
            "the suit was withdrawn on 2026-02-28 without a new one within 6 months (3:316 BW)",
        ),
        (Interruption(date(2026, 11, 23), LETTER), "it lies after 2026-11-22"),
    ],
)
def test_what_does_not_interrupt(act: Interruption, reason: str) -> None:
    found = ask(ClaimNature.PERFORMANCE, date(2024, 6, 30), act)
    assert found.last_day == date(2029, 6, 30)
    assert found.without_effect == ((act, reason),)


@pytest.mark.parametrize(
    "act",
    [
        Interruption(date(2026, 1, 1), ACKNOWLEDGEMENT),
        Interruption(date(2026, 1, 1), SUIT),
        Interruption(date(2026, 1, 1), SUIT, withdrawn_on=date(2026, 2, 28), new_suit_on=date(2026, 8, 28)),
    ],
)
def test_what_interrupts(act: Interruption) -> None:
    assert ask(ClaimNature.PERFORMANCE, date(2024, 6, 30), act).last_day == date(2031, 1, 1)
