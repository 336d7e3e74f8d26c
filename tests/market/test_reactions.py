"""What letters do: each habit reacts its own way, once, and never in the past."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest

from inbaar.market.facts import InvoiceTruth, MarketMessage, PaymentTruth
from inbaar.market.market import Market
from tests.market.playing import START

DAYS = 150


@dataclass
class Case:
    """One debtor's first invoice in a market without any other letter."""

    market: Market
    number: str
    email: str

    @property
    def invoice(self) -> InvoiceTruth:
        return self.market.truth.invoices[self.number]

    def live(self, until: date) -> list[MarketMessage]:
        """Let the days pass; what was said about this invoice."""
        days = (START + timedelta(days=n) for n in range((until - START).days + 1))
        said = [m for day in days for m in self.market.messages_on(day)]
        return [m for m in said if m.invoice_number == self.number]

    def letter(self, kind: str, day: date, extra: str = "0.00") -> bool:
        total = self.invoice.open_amount + Decimal(extra)
        return self.market.receive_letter(day, self.email, kind, [self.number], total)

    def payments(self) -> list[PaymentTruth]:
        return [p for p in self.market.truth.payments if any(m.number == self.number for m in p.meant)]


def case(debtor_number: int) -> Case:
    """The debtor at this place of the cast (1 is the large company)."""
    market = Market(1, START, DAYS)
    invoices = market.truth.invoices.values()
    mine = [i for i in invoices if i.debtor_number == debtor_number and i.planted is None and not i.credited]
    return Case(market, mine[0].number, market.debtor_facts[debtor_number - 1].email)


ON_NOTICE_CONSUMER, ON_NOTICE_ASKED, BOUNCES, ON_REMINDER, ON_NOTICE_PRINCIPAL = 10, 11, 13, 15, 21
LARGE, BANKRUPT, NEVER, DISPUTES, PARTS = 1, 5, 6, 7, 8


def test_without_a_letter_who_waits_for_one_never_pays() -> None:
    for number in (ON_NOTICE_CONSUMER, ON_NOTICE_ASKED, ON_REMINDER, ON_NOTICE_PRINCIPAL, NEVER):
        waiting = case(number)
        waiting.live(START + timedelta(days=DAYS))
        assert waiting.payments() == [], number


def test_a_reminder_brings_the_forgetful_to_pay_the_principal() -> None:
    debtor = case(ON_REMINDER)
    sent_on = debtor.invoice.due_on + timedelta(days=1)
    debtor.live(sent_on)
    assert debtor.letter("reminder", sent_on, extra="3.21")
    debtor.live(sent_on + timedelta(days=12))
    [payment] = debtor.payments()
    assert payment.amount == debtor.invoice.total
    assert payment.booked_on > sent_on
    assert debtor.invoice.paid_in_full


@pytest.mark.parametrize(
    ("debtor_number", "kind", "extra"),
    [(ON_NOTICE_ASKED, "formal_notice", "41.17"), (ON_NOTICE_CONSUMER, "fourteen_day_letter", "2.09")],
)
def test_after_a_notice_who_pays_what_is_asked_pays_interest_too(
    debtor_number: int, kind: str, extra: str
) -> None:
    debtor = case(debtor_number)
    due_on = debtor.invoice.due_on
    debtor.live(due_on + timedelta(days=1))
    debtor.letter("reminder", due_on + timedelta(days=1))
    debtor.live(due_on + timedelta(days=14))
    assert debtor.payments() == []
    debtor.letter(kind, due_on + timedelta(days=14), extra=extra)
    debtor.live(due_on + timedelta(days=32))
    [payment] = debtor.payments()
    assert payment.amount == debtor.invoice.total + Decimal(extra)
    assert {m.part: m.amount for m in payment.meant}["extra"] == Decimal(extra)


def test_after_a_notice_others_pay_the_principal_only() -> None:
    debtor = case(ON_NOTICE_PRINCIPAL)
    day = debtor.invoice.due_on + timedelta(days=14)
    debtor.live(day)
    debtor.letter("formal_notice", day, extra="41.17")
    debtor.live(day + timedelta(days=12))
    assert sum(p.amount for p in debtor.payments()) == debtor.invoice.total


def test_the_same_letter_twice_changes_nothing() -> None:
    once, twice = case(ON_REMINDER), case(ON_REMINDER)
    day = once.invoice.due_on + timedelta(days=1)
    for debtor, times in ((once, 1), (twice, 3)):
        debtor.live(day)
        for _ in range(times):
            debtor.letter("reminder", day)
        debtor.live(day + timedelta(days=20))
    assert once.market.truth == twice.market.truth


def test_a_part_payer_pays_the_rest_in_steps() -> None:
    debtor = case(PARTS)
    day = debtor.invoice.due_on + timedelta(days=8)
    debtor.live(day)
    assert 0 < debtor.invoice.paid < debtor.invoice.total
    debtor.letter("reminder", day)
    debtor.live(day + timedelta(days=14))
    debtor.letter("formal_notice", day + timedelta(days=14))
    debtor.live(day + timedelta(days=30))
    assert debtor.invoice.paid_in_full


def test_a_quarrelsome_debtor_contests_before_or_on_the_reminder() -> None:
    debtor = case(DISPUTES)
    day = debtor.invoice.due_on + timedelta(days=1)
    said = debtor.live(day)
    debtor.letter("reminder", day)
    said += [m for m in debtor.live(day + timedelta(days=40)) if m not in said]
    first = said[0]
    assert first.kind == "dispute"
    assert first.reason
    assert first.amount is None or Decimal(0) < first.amount < debtor.invoice.total
    assert {m.kind for m in said} <= {"dispute", "dispute_settled", "dispute_withdrawn"}


def test_a_bankrupt_says_so_and_does_nothing_more() -> None:
    market = Market(1, START, DAYS)
    [ended_on] = [on for number, on in market.truth.bankruptcies.items() if number == BANKRUPT]
    said = [m for n in range(DAYS) for m in market.messages_on(START + timedelta(days=n))]
    [message] = [m for m in said if m.kind == "bankruptcy"]
    assert (message.debtor_number, message.on) == (BANKRUPT, ended_on)
    assert message.day > ended_on
    mine = [i for i in market.truth.invoices.values() if i.debtor_number == BANKRUPT]
    unpaid = [i for i in mine if not i.paid_in_full]
    assert unpaid
    assert all(i.issued_on < ended_on for i in mine)
    assert all(p.booked_on < ended_on for p in market.truth.payments if p.debtor_number == BANKRUPT)


def test_who_has_paid_and_still_gets_a_letter_answers() -> None:
    debtor = case(23)
    paid_by = debtor.invoice.due_on
    debtor.live(paid_by)
    assert debtor.invoice.paid_in_full
    debtor.letter("reminder", paid_by)
    [answer] = debtor.live(paid_by + timedelta(days=7))
    assert answer.kind == "paid"
    assert answer.on == debtor.payments()[0].booked_on
    assert answer.day > paid_by


@pytest.mark.parametrize(("days_before", "hurries"), [(25, True), (5, False)])
def test_a_notice_hurries_who_meant_to_pay_much_later(days_before: int, hurries: bool) -> None:
    debtor = case(LARGE)
    planned = case(LARGE)
    planned.live(planned.invoice.due_on)
    [unasked] = planned.payments()
    day = unasked.booked_on - timedelta(days=days_before)
    debtor.live(day)
    debtor.letter("formal_notice", day)
    debtor.live(day + timedelta(days=12))
    if hurries:
        assert day < debtor.payments()[0].booked_on <= day + timedelta(days=8)
    else:
        assert debtor.payments() == [unasked]


def test_a_letter_to_an_address_that_does_not_work_is_never_read() -> None:
    debtor = case(BOUNCES)
    day = debtor.invoice.due_on + timedelta(days=1)
    debtor.live(day)
    assert debtor.email in debtor.market.bouncing_emails
    assert debtor.letter("reminder", day) is False
    debtor.live(day + timedelta(days=30))
    assert debtor.payments() == []


def test_an_unknown_kind_of_letter_is_refused() -> None:
    debtor = case(ON_REMINDER)
    with pytest.raises(
        ValueError, match="unknown kind of letter 'summons': debtors know reminder, formal_notice"
    ):
        debtor.letter("summons", START)


def test_a_letter_dated_before_what_was_seen_changes_no_seen_day() -> None:
    debtor = case(ON_REMINDER)
    seen = debtor.invoice.due_on + timedelta(days=30)
    debtor.live(seen)
    before = debtor.market.statement_on(seen)
    debtor.letter("reminder", debtor.invoice.due_on + timedelta(days=1))
    assert debtor.market.statement_on(seen) == before
    debtor.live(seen + timedelta(days=12))
    assert debtor.payments()[0].booked_on > seen


@pytest.mark.parametrize("seed", [1, 3, 42])
def test_a_settled_dispute_is_credited_for_what_was_contested(seed: int) -> None:
    market = Market(seed, START, DAYS)
    days = [START + timedelta(days=n) for n in range(DAYS)]
    said = [m for day in days for m in market.messages_on(day)]
    settled = [m for m in said if m.kind == "dispute_settled"]
    assert settled
    names = {file.name for day in days for file in market.invoices_on(day)}
    for message in settled:
        invoice = market.truth.invoices[str(message.invoice_number)]
        [dispute] = [m for m in said if m.kind == "dispute" and m.invoice_number == invoice.number]
        assert invoice.credited == message.amount == (dispute.amount or invoice.total)
        assert f"{invoice.credit_note}.xml" in names
        assert dispute.day < message.day
