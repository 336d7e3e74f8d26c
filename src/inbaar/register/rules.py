"""The rules of the arrears register: which arrears may be reported and entered, and on which days. Pure.

They are the register's own rules, not the State's. An arrear stands for one invoice of one creditor; today is an argument.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from inbaar.kit.errors import Refusal
from inbaar.receivables.rules import REGISTER_AFTER_DUE_DAYS, REGISTER_NOTICE_DAYS, register_dates
from inbaar.receivables.verdicts import Verdict

MINIMUM_AMOUNT = Decimal("100.00")
KVK, PROOF, OVERDUE, MINIMUM, UNDISPUTED = (
    "register-kvk", "register-proof", "register-overdue", "register-minimum", "register-disputed",
)  # fmt: skip
#: The five conditions in the order in which they are shown.
CONDITIONS = (KVK, PROOF, OVERDUE, MINIMUM, UNDISPUTED)
#: Who may approve an entry that another reported: the owner (administrator) and the register officer of an administration.
OFFICERS = frozenset({"owner", "register_officer"})
#: What says nothing against an arrear that is entered: it was allowed then.
UNAPPROVED, STALE_BANK = "register-unapproved", "register-stale-bank"
#: Holds that end a report, for the parties came to terms.
ENDING_HOLDS = frozenset({"plan"})


@dataclass(frozen=True, slots=True)
class Arrear:
    """What the rules ask of one invoice. Amounts in `currency`; `due_date` is the last day to pay.

    `supported`: delivery is proven, or (when reporting) the creditor says that he can prove it. `owned`: somebody owns the
    claim on the day. `sent`: the debtor has the invoice. `explained`: money came in, or is on its way, that may be its
    payment. `hold` is another hold that stands on it, until its last day `hold_until` where it has one.
    """

    kvk_number: str
    consumer: bool
    payable: Decimal
    open_amount: Decimal
    currency: str
    due_date: dt.date
    supported: bool
    disputed: bool = False
    owned: bool = True
    sent: bool = True
    explained: bool = False
    hold: str = ""
    hold_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """How the debtor was asked: by a letter that left on `told_on` (None while it has not), and by phone.

    `entry_from` is the first day on which it can be entered. `bank_stale`: the bank's news is older than the client allows,
    so that nobody knows who paid. `approved`: a second person agreed to the entry, or none is asked.
    """

    told_on: dt.date | None
    entry_from: dt.date
    called: bool
    bank_stale: bool = False
    approved: bool = True


def last_day_to_pay(told_on: dt.date) -> dt.date:
    """Day 14, counting the day of the letter as the first.

    >>> last_day_to_pay(dt.date(2026, 10, 31))
    datetime.date(2026, 11, 13)
    """
    return entry_day(told_on) - dt.timedelta(days=1)


def entry_day(told_on: dt.date, days_suspended: int = 0) -> dt.date:
    """Day 15, the first on which an arrear can be entered: fourteen days after its letter, and the days it was contested.

    >>> entry_day(dt.date(2026, 10, 31)), entry_day(dt.date(2026, 10, 31), days_suspended=3)
    (datetime.date(2026, 11, 14), datetime.date(2026, 11, 17))
    """
    return told_on + dt.timedelta(days=REGISTER_NOTICE_DAYS + days_suspended)


def conditions(arrear: Arrear, on: dt.date) -> dict[str, Refusal | None]:
    """Each of the five conditions on a day: None where it is met, else the refusal."""
    checks = (_kvk(arrear), _proof(arrear), _overdue(arrear, on), _minimum(arrear), _undisputed(arrear))
    return dict(zip(CONDITIONS, checks, strict=True))


def may_report(arrear: Arrear, on: dt.date) -> Verdict:
    """Whether an arrear may be reported on a day: the five conditions, and that something of it is open and askable."""
    failed = [refusal for refusal in conditions(arrear, on).values() if refusal is not None]
    return Verdict((*failed, *_askable(arrear, on)))


def may_enter(arrear: Arrear, notice: Notice, on: dt.date) -> Verdict:
    """Whether an arrear may be entered on a day: all of `may_report` again, after fourteen days in writing and by phone."""
    return Verdict((*may_report(arrear, on).refusals, *_told(notice, on)))


def approval_refusals(role: str | None, is_reporter: bool) -> list[Refusal]:
    """Why somebody may not approve an entry: his part in the administration, or that he reported it himself."""
    refusals = []
    if role not in OFFICERS:
        refusals.append(
            Refusal("may-not-enter", "an entry is approved by an owner or a register officer", f"the part is {role or 'none'}",
                    "owner or register officer", None, "ask one of them")
        )  # fmt: skip
    if is_reporter:
        refusals.append(
            Refusal("second-person-enters", "who reported an arrear does not approve its entry", "it is the same person",
                    "another person", "never", "ask somebody else who may approve")
        )  # fmt: skip
    return refusals


def ends_by(arrear: Arrear) -> str:
    """What ends a report for good: `paid` where nothing is open any more, `plan` where one was agreed; empty if nothing does."""
    if arrear.open_amount <= 0:
        return "paid"
    return arrear.hold if arrear.hold in ENDING_HOLDS else ""


def _kvk(arrear: Arrear) -> Refusal | None:
    if arrear.consumer:
        return Refusal(KVK, "the debtor is registered with the KvK", "he is a consumer", "a business", "never",
                       "remind him in the ordinary way")  # fmt: skip
    if len(arrear.kvk_number) != 8 or not arrear.kvk_number.isdecimal():
        return Refusal(KVK, "the debtor is registered with the KvK", "his KvK number is not known", "8 digits",
                       next_step="fill it in on the debtor's page")  # fmt: skip
    return None


def _proof(arrear: Arrear) -> Refusal | None:
    if arrear.supported:
        return None
    return Refusal(PROOF, "documents can show the delivery", "there is no proof of it yet", "one document",
                   next_step="attach a job sheet, packing slip, correspondence or other proof")  # fmt: skip


def _overdue(arrear: Arrear, on: dt.date) -> Refusal | None:
    first = register_dates(arrear.due_date).earliest_report
    if on >= first:
        return None
    return Refusal(OVERDUE, f"{REGISTER_AFTER_DUE_DAYS} days have passed since the last day to pay",
                   f"{max((on - arrear.due_date).days, 0)} days", f"{REGISTER_AFTER_DUE_DAYS} days", first)  # fmt: skip


def _minimum(arrear: Arrear) -> Refusal | None:
    if arrear.payable >= MINIMUM_AMOUNT:
        return None
    return Refusal(MINIMUM, "the invoice amount has a minimum", str(arrear.payable), str(MINIMUM_AMOUNT), "never",
                   "remind the debtor in the ordinary way")  # fmt: skip


def _undisputed(arrear: Arrear) -> Refusal | None:
    if not arrear.disputed:
        return None
    return Refusal(UNDISPUTED, "the debtor does not dispute the claim", "he does", "no dispute",
                   next_step="settle the dispute with him first")  # fmt: skip


def _askable(arrear: Arrear, on: dt.date) -> Iterator[Refusal]:
    """What no letter may leave for, whatever the register's own conditions say."""
    if arrear.open_amount <= 0:
        yield Refusal(
            "register-settled", "an arrear is open", "nothing is open", "more than 0.00 open", "never"
        )
    if arrear.currency != "EUR":
        yield Refusal(
            "register-currency", "the register's amounts are in euro", arrear.currency, "EUR", "never"
        )
    if not arrear.owned:
        yield Refusal("register-title", "the owner of the claim is known", "nobody owns it on this day", "one owner",
                      next_step="record the title")  # fmt: skip
    if not arrear.sent:
        yield Refusal("register-unsent", "the debtor has the invoice", "it was not sent yet", "sent",
                      next_step="send it first")  # fmt: skip
    if arrear.explained:
        yield Refusal("register-explained", "nothing is asked that may be paid", "money came in that may be its payment",
                      "no such payment", next_step="match or dismiss the payment")  # fmt: skip
    if arrear.hold:
        ends = arrear.hold_until + dt.timedelta(days=1) if arrear.hold_until else None
        yield Refusal("register-held", "nothing is asked while a hold stands", arrear.hold, "no hold", ends,
                      "" if ends else "release the hold")  # fmt: skip


def _told(notice: Notice, on: dt.date) -> Iterator[Refusal]:
    if notice.told_on is None:
        yield Refusal("register-untold", "the debtor is asked in writing", "the letter has not left", "a letter that left",
                      next_step="have it posted, or mend his e-mail address")  # fmt: skip
    elif on < notice.entry_from:
        yield Refusal("register-fourteen-days", f"the debtor has {REGISTER_NOTICE_DAYS} days to settle it",
                      f"they run until {notice.entry_from - dt.timedelta(days=1)}", str(notice.entry_from),
                      notice.entry_from)  # fmt: skip
    if not notice.called:
        yield Refusal("register-not-called", "the debtor is asked by phone as well", "nobody called him yet", "one call",
                      next_step="call him and say what came of it")  # fmt: skip
    if notice.bank_stale:
        yield Refusal(STALE_BANK, "nobody is entered who may have paid", "the bank's news is too old",
                      "news of today", next_step="take in the newest statement")  # fmt: skip
    if not notice.approved:
        yield Refusal(UNAPPROVED, "a second person approves each entry", "nobody did yet", "one approval",
                      next_step="have an owner or register officer approve it who did not report it")  # fmt: skip
