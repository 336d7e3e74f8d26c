"""What may be promised and agreed, and how a promise ended: the client's policy, decided on facts of one day. Pure.

A rule that fails is a `Finding`: the refusal (rule, fact, limit, and when it passes), what is lost if one goes on, and whether
anybody may go on at all. Amounts are in the currency of the claims; today is an argument.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from inbaar.arrangements.terms import Term
from inbaar.insurance.rules import Policy as InsurancePolicy
from inbaar.insurance.rules import duties
from inbaar.kit.errors import Refusal
from inbaar.law.amounts import ZERO
from inbaar.receivables.verdicts import Verdict

#: A plan is printed with a QR for each term, and more of them are no plan any more.
MOST_TERMS = 36
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a client lets the rules decide. Days are calendar days, amounts euro.

    Promises: at most `promise_days` ahead, `promise_times` on one invoice in `promise_window_days`. Plans: at most `plan_terms`
    terms of `term_least` or more, `plan_total` together, the first within `first_term_days`, the last within `plan_days`, none
    for `after_broken_days` after one that was broken. `remind_days` before each term a mail leaves (0: none); a term counts as
    paid until `grace_days` after it, then a notice gives `cure_days`. What waits for a person holds everything up `answer_days`.
    `insurer_extension_days` is the maximum extension of the credit insurance, None where the client has none.
    """

    promise_days: int = 14
    promise_times: int = 2
    promise_window_days: int = 90
    plan_terms: int = 12
    plan_days: int = 365
    plan_total: Decimal = Decimal("5000.00")
    term_least: Decimal = Decimal("25.00")
    first_term_days: int = 31
    after_broken_days: int = 365
    remind_days: int = 5
    grace_days: int = 2
    cure_days: int = 7
    answer_days: int = 5
    stops_interest: bool = True
    insurer_extension_days: int | None = None
    insurer_hand_over_days: int = 30

    def __post_init__(self) -> None:
        for name, (least, most) in BOUNDS.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise ValueError(f"{name} {value} is not from {least} to {most}; correct the policy")


#: The least and the most of each figure of the policy. A notice gives five days at least, so that a bank can book in them.
BOUNDS: dict[str, tuple[int, int]] = {
    "promise_days": (1, 90), "promise_times": (1, 10), "promise_window_days": (1, 730), "plan_terms": (1, MOST_TERMS),
    "plan_days": (7, 1096), "plan_total": (0, 10_000_000), "term_least": (1, 10_000), "first_term_days": (1, 92),
    "after_broken_days": (0, 1096), "remind_days": (0, 14), "grace_days": (0, 14), "cure_days": (5, 30),
    "answer_days": (1, 14), "insurer_extension_days": (1, 365), "insurer_hand_over_days": (0, 180),
}  # fmt: skip
DEFAULT_POLICY = Policy()


@dataclass(frozen=True, slots=True)
class ClaimStanding:
    """One invoice as a promise or plan meets it; `owed` is its principal, interest and costs together, as the sheet has it.

    `payee` is who is paid and on which account. `disputed`: wholly or in part. `debited`: it is being collected by direct debit.
    `unsent`: the debtor has not got it yet.
    `vat_relief_on` and `prescribes_on` are the invoice's own deadlines, `reported_on` the day of a report in the register that
    runs; None where there is none.
    """

    invoice_id: int
    number: str
    due_date: dt.date
    currency: str
    payee: tuple[str, str]
    owed: Decimal
    disputed: bool = False
    insolvent: bool = False
    debited: bool = False
    unsent: bool = False
    in_plan: bool = False
    promised_until: dt.date | None = None
    promises: tuple[dt.date, ...] = ()
    vat_relief_on: dt.date | None = None
    prescribes_on: dt.date | None = None
    reported_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fails. `lost` is what is lost by going on; a `bar` cannot be passed, anything else by a person with a reason."""

    refusal: Refusal
    lost: str = ""
    bar: bool = False


def may_promise(
    claims: Sequence[ClaimStanding], amount: Decimal, due_on: dt.date, policy: Policy, on: dt.date
) -> Verdict:
    """Whether an amount may be promised on these invoices for a day. The day itself still counts."""
    return Verdict(tuple(_promise_refusals(claims, amount, due_on, policy, on)))


def _promise_refusals(
    claims: Sequence[ClaimStanding], amount: Decimal, due_on: dt.date, policy: Policy, on: dt.date
) -> Iterator[Refusal]:
    owed = sum((claim.owed for claim in claims), ZERO)
    last = on + dt.timedelta(days=policy.promise_days)
    if not claims or owed <= 0:
        yield Refusal(
            "promise-nothing", "a promise is about what is owed", "nothing is open", "more than 0.00", "never"
        )
        return
    if not 0 < amount <= owed:
        yield Refusal("promise-amount", "what is promised is at most what is owed", f"{amount:.2f}", f"{owed:.2f}",
                      next_step="promise less, or all of it")  # fmt: skip
    if len({claim.currency for claim in claims}) > 1:
        yield Refusal("promise-currency", "a promise is in one currency", "several", "one", "never",
                      "promise for each currency by itself")  # fmt: skip
    if due_on < on:
        yield Refusal("promise-past", "a promise is for today or later", f"{due_on}", f"{on}", "never")
    if due_on > last:
        yield Refusal("promise-far", f"a promise is for at most {policy.promise_days} days ahead", f"{due_on}", f"{last}",
                      due_on - dt.timedelta(days=policy.promise_days), "name an earlier day, or agree on a plan")  # fmt: skip
    for claim in claims:
        yield from _promise_of(claim, policy, on)


def _promise_of(claim: ClaimStanding, policy: Policy, on: dt.date) -> Iterator[Refusal]:
    """What of one invoice forbids a promise."""
    if claim.insolvent:
        yield Refusal("promise-insolvent", "who is insolvent promises nothing", claim.number, "no insolvency")
    if claim.in_plan:
        yield Refusal("promise-in-plan", "what is in a plan is paid by its terms", claim.number, "no plan",
                      next_step="change or end the plan")  # fmt: skip
    if claim.promised_until is not None:
        yield Refusal("promise-running", "one promise runs at a time", f"{claim.number}, {claim.promised_until}",
                      "no open promise", claim.promised_until + ONE_DAY, "withdraw it first")  # fmt: skip
    window = dt.timedelta(days=policy.promise_window_days)
    lately = sorted(day for day in claim.promises if day > on - window)
    if len(lately) >= policy.promise_times:
        yield Refusal("promise-often", f"an invoice is promised at most {policy.promise_times} times in {policy.promise_window_days} days",
                      f"{claim.number}: {len(lately)}", str(policy.promise_times), lately[-policy.promise_times] + window,
                      "agree on a plan")  # fmt: skip


def kept(amount: Decimal, paid: Decimal, *, settled: bool) -> str:
    """How a promise ended: the verb for its state. `paid` is what came in on its invoices by value date, up to its day.

    `settled`: nothing is open of them any more, whatever settled it.

    >>> kept(Decimal("100.00"), Decimal("99.99"), settled=False), kept(Decimal("100.00"), Decimal("100.00"), settled=False)
    ('keep_partly', 'keep')
    """
    if settled or paid >= amount:
        return "keep"
    return "keep_partly" if paid > 0 else "break"


@dataclass(frozen=True, slots=True)
class Record:
    """How often a debtor kept his word: `kept` of `judged` promises, those that ended from `since` up to and including `until`."""

    kept: int
    judged: int
    since: dt.date
    until: dt.date


def at_risk(
    record: Record, *, first_failed: bool, due_on: dt.date, paid: Decimal, on: dt.date
) -> tuple[str, ...]:
    """Why an open promise may fail, by code: `broke_before`, `second_try` (an earlier one on these invoices failed), `last_day`."""
    told = (
        ("broke_before", record.kept < record.judged),
        ("second_try", first_failed),
        ("last_day", due_on <= on and paid <= 0),
    )
    return tuple(code for code, applies in told if applies)


def plan_findings(
    claims: Sequence[ClaimStanding],
    terms: Sequence[Term],
    policy: Policy,
    on: dt.date,
    *,
    broken_on: dt.date | None = None,
    acknowledged: bool = False,
) -> list[Finding]:
    """Every rule that speaks against a plan of these terms on these invoices, bars first.

    `broken_on` is when the debtor's last plan was broken; `acknowledged` says that he acknowledges the debt in writing.
    """
    bars = [Finding(refusal, bar=True) for refusal in _bars(claims, terms, on)]
    if bars:
        return bars
    return [*_limits(terms, policy, on, broken_on), *_losses(claims, terms, policy, acknowledged)]


def _bars(claims: Sequence[ClaimStanding], terms: Sequence[Term], on: dt.date) -> Iterator[Refusal]:
    owed = sum((claim.owed for claim in claims), ZERO)
    if not claims or owed <= 0:
        yield Refusal(
            "plan-nothing", "a plan is about what is owed", "nothing is open", "more than 0.00", "never"
        )
        return
    if not 0 < len(terms) <= MOST_TERMS:
        yield Refusal(
            "plan-terms", "a plan has terms", str(len(terms)), str(MOST_TERMS), "never", "choose fewer terms"
        )
        return
    total = sum((term.amount for term in terms), ZERO)
    if total != owed:
        yield Refusal("plan-sum", "the terms add up to what is owed, to the cent", f"{total:.2f}", f"{owed:.2f}", "never",
                      "correct the amounts")  # fmt: skip
    if any(term.amount <= 0 for term in terms):
        yield Refusal(
            "plan-amount", "each term asks something", "0.00", "0.01", "never", "leave the term out"
        )
    days = [term.due_on for term in terms]
    if days[0] < on or any(later <= earlier for earlier, later in pairwise(days)):
        yield Refusal("plan-order", "terms follow one another, from today on", f"{days[0]}", f"{on}", "never",
                      "put the dates in order")  # fmt: skip
    if len({(claim.currency, *claim.payee) for claim in claims}) > 1:
        yield Refusal("plan-payee", "a plan is paid to one account in one currency", "several", "one", "never",
                      "make a plan for each")  # fmt: skip
    for claim in claims:
        yield from _bars_of(claim)


def _bars_of(claim: ClaimStanding) -> Iterator[Refusal]:
    told = (
        ("plan-disputed", claim.disputed, "what is disputed is not in a plan", "settle the dispute, or leave it out"),
        ("plan-insolvent", claim.insolvent, "who is insolvent agrees on no plan", "file the claim with the trustee"),
        ("plan-unsent", claim.unsent, "a plan is about invoices that the debtor has", "send it first"),
        ("plan-debited", claim.debited, "what is collected by direct debit is not in a plan", "withdraw the debit first"),
        ("plan-running", claim.in_plan, "an invoice is in one plan at a time", "change the plan that runs"),
        ("plan-settled", claim.owed <= 0, "a plan is about what is owed", "leave it out"),
    )  # fmt: skip
    for code, applies, rule, next_step in told:
        if applies:
            yield Refusal(code, rule, claim.number, "none of that", next_step=next_step)


def _limits(
    terms: Sequence[Term], policy: Policy, on: dt.date, broken_on: dt.date | None
) -> Iterator[Finding]:
    """What goes beyond the limits within which the rules decide by themselves."""
    total = sum((term.amount for term in terms), ZERO)
    least = min(term.amount for term in terms)
    last, first = terms[-1].due_on, terms[0].due_on
    told = (
        ("plan-many", len(terms) > policy.plan_terms, "a plan has a most number of terms", f"{len(terms)}", f"{policy.plan_terms}"),
        ("plan-long", last > on + dt.timedelta(days=policy.plan_days), "a plan has a longest time", f"{last}",
         f"{on + dt.timedelta(days=policy.plan_days)}"),
        ("plan-large", total > policy.plan_total, "a plan has a largest amount", f"{total:.2f}", f"{policy.plan_total:.2f}"),
        ("plan-small-term", least < policy.term_least and len(terms) > 1, "a term has a least amount", f"{least:.2f}",
         f"{policy.term_least:.2f}"),
        ("plan-late-start", first > on + dt.timedelta(days=policy.first_term_days), "the first term comes soon", f"{first}",
         f"{on + dt.timedelta(days=policy.first_term_days)}"),
    )  # fmt: skip
    for code, applies, rule, fact, limit in told:
        if applies:
            yield Finding(
                Refusal(code, rule, fact, limit, next_step="choose otherwise, or have a person decide")
            )
    if broken_on is not None and on < broken_on + dt.timedelta(days=policy.after_broken_days):
        passes = broken_on + dt.timedelta(days=policy.after_broken_days)
        yield Finding(
            Refusal(
                "plan-broken-before",
                "after a broken plan a person decides",
                f"{broken_on}",
                f"{passes}",
                passes,
            )
        )


def _losses(
    claims: Sequence[ClaimStanding], terms: Sequence[Term], policy: Policy, acknowledged: bool
) -> Iterator[Finding]:
    """What a plan makes one lose: cover, the claim on the insurer, VAT, the report in the register, the claim itself (BEY-11).

    The due date stays the first one, whatever is agreed: the insurer, the tax office and prescription count from it. An invoice
    is paid off by its own last term, for terms go to the oldest first.
    """
    ends = _paid_off(claims, terms)
    for claim, paid_off in zip(claims, ends, strict=True):
        yield from _insurer(claim, paid_off, policy)
        if claim.vat_relief_on is not None and paid_off > claim.vat_relief_on:
            yield Finding(
                Refusal("plan-vat", "VAT on what is unpaid is reclaimed in one return (art. 29 Wet OB)", claim.number,
                        f"{claim.vat_relief_on}"),
                "the VAT, if it is not reclaimed in the return of that period",
            )  # fmt: skip
        if claim.reported_on is not None:
            yield Finding(
                Refusal(
                    "plan-register",
                    "a plan ends the report to the register",
                    claim.number,
                    f"{claim.reported_on}",
                ),
                "the report: a new one starts the fourteen days anew",
            )
        if claim.prescribes_on is not None and paid_off > claim.prescribes_on and not acknowledged:
            yield Finding(
                Refusal("plan-prescription", "a claim prescribes unless it is acknowledged or reserved (3:317, 3:318 BW)",
                        claim.number, f"{claim.prescribes_on}", next_step="have the debtor acknowledge the debt in writing"),
                "the claim",
            )  # fmt: skip


def _insurer(claim: ClaimStanding, paid_off: dt.date, policy: Policy) -> Iterator[Finding]:
    if policy.insurer_extension_days is None:
        return
    clock = duties(
        claim.due_date,
        InsurancePolicy(
            insured_percent=Decimal(100),
            maximum_extension_days=policy.insurer_extension_days,
            hand_over_days=policy.insurer_hand_over_days,
        ),
    )
    if paid_off > clock.extension_ends:
        yield Finding(
            Refusal("plan-insurer", "a plan beyond the maximum extension needs the insurer's consent", claim.number,
                    f"{clock.extension_ends}", next_step="ask the insurer first"),
            "the cover of new deliveries, and of this invoice",
        )  # fmt: skip
    if paid_off > clock.hand_over_by:
        yield Finding(
            Refusal("plan-insurer-hand-over", "an insured claim is handed over in time", claim.number,
                    f"{clock.hand_over_by}", next_step="ask the insurer first"),
            "the claim on the insurer",
        )  # fmt: skip


def _paid_off(claims: Sequence[ClaimStanding], terms: Sequence[Term]) -> list[dt.date]:
    """By which term each invoice is paid off, in the order given: the first one that reaches it."""
    ends, reached = [], ZERO
    for claim in claims:
        reached += claim.owed
        so_far = ZERO
        for term in terms:
            so_far += term.amount
            if so_far >= reached:
                break
        ends.append(term.due_on)
    return ends
