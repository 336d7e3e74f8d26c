"""Pure decisions about invoices: how a number is recognised, when one is due, which dates hang on it, how long all take."""

import datetime as dt
import re
from contextlib import suppress
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from inbaar.law.errors import LawNotCovered
from inbaar.law.prescription import ClaimNature, prescription
from inbaar.law.start import agreed_term, large_debtor_term, no_term
from inbaar.law.vat_relief import irrecoverable_on
from inbaar.parties.rules import Capacity

DEFAULT_TERM_DAYS = 30
REGISTER_AFTER_DUE_DAYS = 30
REGISTER_NOTICE_DAYS = 14


def number_key(number: str) -> str:
    """An invoice number as it is looked for in a payment's text: letters and digits, without leading zeros.

    >>> number_key("F 2026-0042"), number_key("0000421")
    ('F20260042', '421')
    """
    return re.sub(r"[^0-9A-Z]", "", number.upper()).lstrip("0")


@dataclass(frozen=True, slots=True)
class RegisterDates:
    """When an arrear may be reported and, if nothing happens, entered in the register."""

    earliest_report: dt.date
    earliest_entry: dt.date


def register_dates(due_date: dt.date) -> RegisterDates:
    """The register's dates from the due date: 30 days after it a report, 14 days after the report an entry.

    Rules of the arrears register, not of the State. A 30-day term gives day 60 and day 74 after the invoice date.

    >>> register_dates(dt.date(2026, 10, 1))
    RegisterDates(earliest_report=datetime.date(2026, 10, 31), earliest_entry=datetime.date(2026, 11, 14))
    """
    report = due_date + dt.timedelta(days=REGISTER_AFTER_DUE_DAYS)
    return RegisterDates(report, report + dt.timedelta(days=REGISTER_NOTICE_DAYS))


@dataclass(frozen=True, slots=True)
class DeadlineFact:
    """A date, the rule that sets it, what is lost when it passes, and whether the rule is confirmed."""

    kind: str
    on: dt.date
    rule: str
    lost: str
    unconfirmed: bool = False


def register_deadlines(due_date: dt.date) -> tuple[DeadlineFact, ...]:
    """What becomes possible in the register, counted from the day on which an invoice is to be paid, earliest first."""
    register = register_dates(due_date)
    return (
        DeadlineFact(
            "register_report",
            register.earliest_report,
            "register: 30 days after the due date",
            "opens: report",
        ),
        DeadlineFact(
            "register_entry", register.earliest_entry, "register: 14 days after the report", "opens: entry"
        ),
    )


def deadlines_of(due_date: dt.date, vat: Decimal, seen_on: dt.date) -> tuple[DeadlineFact, ...]:
    """The dates that the law as it is on `seen_on` sets to an unpaid invoice, earliest first.

    The term of prescription is not confirmed, and says so. A date the law's tables do not cover is left out: no date is
    better than a wrong one.
    """
    return _deadlines(due_date, vat > 0, seen_on)


@lru_cache(maxsize=4096)  # the invoices of a batch are due on a few days
def _deadlines(due_date: dt.date, with_vat: bool, seen_on: dt.date) -> tuple[DeadlineFact, ...]:
    facts = []
    with suppress(LawNotCovered):
        lapse = prescription(ClaimNature.PERFORMANCE, due_date, seen_on, accept_unconfirmed=True)
        unconfirmed = bool(lapse.unconfirmed)
        facts.append(
            DeadlineFact("prescription", lapse.last_day, "3:307, 3:313 BW", "the claim", unconfirmed)
        )
    if with_vat:
        with suppress(LawNotCovered):
            relief = irrecoverable_on(due_date, seen_on)
            facts.append(DeadlineFact("vat_relief", relief, "art. 29 Wet OB", "VAT of this period's return"))
    return tuple(sorted(facts, key=lambda fact: fact.on))


def days_sales_outstanding(open_amount: Decimal, sold: Decimal, days: int) -> Decimal | None:
    """Days sales outstanding (DSO): open / sold on credit in a period x the days of that period, to a tenth of a day.

    Both with VAT or both without. None where nothing was sold, for then it says nothing.

    >>> days_sales_outstanding(Decimal("120000.00"), Decimal("730000.00"), 365)
    Decimal('60.0')
    """
    if days < 1:
        raise ValueError(f"a period of {days} days has no sales; give 1 day or more")
    if sold <= 0:
        return None
    return (open_amount * days / sold).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Terms:
    """When an invoice is due and from when interest runs, with the reason where the law changed what was printed."""

    due_date: dt.date
    agreed: bool
    claim_kind: str
    first_interest_day: dt.date | None
    note: str = ""


def term_when_sent(due_date: dt.date, sent_on: dt.date) -> dt.date | None:
    """The last day to pay of an invoice whose printed day had come when it was sent; None where the printed day stands.

    Nobody is in default over a term that he was not told in time. It is given what the law gives one without a date: 30
    days after it came (6:119a lid 2 BW); to a consumer the same, whose default needs a notice besides (6:82 BW).

    >>> term_when_sent(dt.date(2026, 6, 30), dt.date(2026, 6, 29)), term_when_sent(dt.date(2026, 6, 30), dt.date(2026, 6, 30))
    (None, datetime.date(2026, 7, 30))
    """
    return sent_on + dt.timedelta(days=DEFAULT_TERM_DAYS) if sent_on >= due_date else None


def terms_of(
    *,
    capacity: Capacity,
    large_debtor: bool,
    small_creditor: bool,
    issue_date: dt.date,
    received_on: dt.date,
    due_date: dt.date | None,
) -> Terms:
    """The terms of an invoice as the law reads them.

    A term printed for a business is taken as agreed; for a consumer it is not (default needs a notice: 6:82 BW), so no
    interest runs until one was sent. A large debtor pays a small creditor within 30 days of receipt, whatever was
    printed (6:119a lid 6 BW). Without a date on the document interest starts by 6:119a lid 2 BW.
    """
    if capacity is Capacity.CONSUMER:
        return Terms(due_date or received_on + dt.timedelta(days=DEFAULT_TERM_DAYS), False, "nontrade", None)
    if due_date is None:
        law = no_term(received_on)
        return Terms(law.due_on, False, "trade", law.first_interest_day)
    if large_debtor and small_creditor and due_date > received_on:
        law = large_debtor_term(received_on, (due_date - received_on).days, issue_date)
        if law.due_on < due_date:
            note = f"term to {due_date} shortened to {law.due_on}: {law.remarks[0]} ({law.rule})"
            return Terms(law.due_on, True, "trade", law.first_interest_day, note)
    return Terms(due_date, True, "trade", agreed_term(due_date).first_interest_day)
