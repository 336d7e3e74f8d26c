"""What a factoring contract makes of an invoice: whether it is of a kind that is bought, and fee, advance, discount, reserve
and what may be drawn.

Every figure is a term of the contract and comes in as one. Amounts are euros with two places, rounded half up once
per amount. Only the fee bears VAT: collecting debts is taxed, the interest part is exempt (C-305/01).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from inbaar.kit.errors import Refusal
from inbaar.law.amounts import ZERO, percent_of, round_half_up, whole_cents
from inbaar.law.vat import general_rate
from inbaar.receivables.verdicts import Verdict

HUNDRED = Decimal(100)
Repaid = Sequence[tuple[date, Decimal]]


@dataclass(frozen=True, slots=True)
class Terms:
    """A contract's terms, percentages from 0 to 100.

    `fee_percent` is of the invoice with VAT; `advance_percent` of what is eligible; the discount runs over what is
    advanced, by days over a year of 360 or 365. `concentration_percent` is one debtor's largest share of the ledger,
    `recourse_after_days` the days after due on which the client buys back; None means there is no such term.
    """

    advance_percent: Decimal = HUNDRED
    fee_percent: Decimal = ZERO
    discount_percent_per_year: Decimal = ZERO
    discount_year_days: int = 360
    concentration_percent: Decimal | None = None
    recourse_after_days: int | None = None

    def __post_init__(self) -> None:
        for name in ("advance_percent", "fee_percent", "discount_percent_per_year", "concentration_percent"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= HUNDRED:
                raise ValueError(f"{name} {value} is no percentage from 0 to 100; correct the contract")
        if self.discount_year_days not in (360, 365):
            raise ValueError(f"a year of {self.discount_year_days} days is not used; give 360 or 365")
        if self.recourse_after_days is not None and self.recourse_after_days < 0:
            raise ValueError(f"recourse {self.recourse_after_days} days after due lies before it")


@dataclass(frozen=True, slots=True)
class Fee:
    """The service fee and the VAT on it."""

    net: Decimal
    vat: Decimal

    @property
    def total(self) -> Decimal:
        """What the client pays."""
        return self.net + self.vat


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a bought invoice ends: what was advanced, what it cost, and what of the reserve goes to the client.

    `released` is negative where the collections do not cover the advance and its price: the client owes that.
    """

    advance: Decimal
    reserve: Decimal
    fee: Fee
    discount: Decimal
    released: Decimal


@dataclass(frozen=True, slots=True)
class Availability:
    """What of a ledger may be financed, what lies over one debtor's share, and what the client may draw."""

    eligible: Decimal
    over_concentration: Decimal
    available: Decimal


def service_fee(invoice: Decimal, terms: Terms, on: date) -> Fee:
    """The fee over an invoice with VAT, and the VAT on it at the general rate of the day (art. 9 lid 1 Wet OB).

    >>> service_fee(Decimal("3025.00"), Terms(fee_percent=Decimal(3)), date(2026, 11, 22)).total
    Decimal('109.81')
    """
    net = percent_of(whole_cents(invoice, "invoice"), terms.fee_percent)
    return Fee(net, percent_of(net, general_rate(on)))


def paid_out_at_once(invoice: Decimal, terms: Terms, on: date) -> Decimal:
    """What the client gets for an invoice bought in full, with no reserve: the invoice less the fee with its VAT.

    >>> paid_out_at_once(Decimal("3025.00"), Terms(fee_percent=Decimal(3)), date(2026, 11, 22))
    Decimal('2915.19')
    """
    return invoice - service_fee(invoice, terms, on).total


def advance(eligible: Decimal, terms: Terms) -> Decimal:
    """What is paid on purchase of what may be financed; the rest is the reserve.

    >>> advance(Decimal("50000.00"), Terms(advance_percent=Decimal(85)))
    Decimal('42500.00')
    """
    return percent_of(whole_cents(eligible, "eligible amount"), terms.advance_percent)


def discount(advanced: Decimal, drawn_on: date, until: date, terms: Terms, repaid: Repaid = ()) -> Decimal:
    """The price of an advance over the days from `drawn_on` up to `until`, which itself bears none.

    `repaid` is what came in meanwhile, by day: it lowers what bears discount from that day. One rounding for the whole.

    >>> terms = Terms(discount_percent_per_year=Decimal(6))
    >>> discount(Decimal("42500.00"), date(2026, 1, 1), date(2026, 2, 15), terms)
    Decimal('318.75')
    """
    if until < drawn_on:
        raise ValueError(f"{until} lies before {drawn_on}, the day of the advance")
    left, day_euros, since = whole_cents(advanced, "advance"), Decimal(0), drawn_on
    for day, amount in sorted(repaid):
        if drawn_on <= day < until:
            day_euros += left * (day - since).days
            left, since = max(left - whole_cents(amount, "repayment"), ZERO), day
    day_euros += left * (until - since).days
    return round_half_up(day_euros * terms.discount_percent_per_year / HUNDRED / terms.discount_year_days)


def settled(
    invoice: Decimal, bought_on: date, paid_on: date, terms: Terms, collected: Decimal | None = None
) -> Settlement:
    """The end of an invoice of which `collected` (the whole of it, if not given) came in on one day.

    >>> terms = Terms(Decimal(85), Decimal("0.35"), Decimal(6))
    >>> settled(Decimal("50000.00"), date(2026, 1, 1), date(2026, 2, 15), terms).released
    Decimal('6969.50')
    """
    came_in = invoice if collected is None else whole_cents(collected, "collected")
    if came_in > invoice:
        raise ValueError(f"{came_in} came in on an invoice of {invoice}: the rest belongs to another claim")
    paid = advance(invoice, terms)
    fee = service_fee(invoice, terms, bought_on)
    price = discount(paid, bought_on, paid_on, terms)
    return Settlement(paid, invoice - paid, fee, price, came_in - paid - fee.total - price)


def over_advance(invoice: Decimal, credited: Decimal, advanced: Decimal, terms: Terms) -> Decimal:
    """What a credit note leaves advanced beyond what the contract allows; the client settles it at once.

    >>> over_advance(Decimal("10000.00"), Decimal("1200.00"), Decimal("8000.00"), Terms(Decimal(80)))
    Decimal('960.00')
    """
    if credited > invoice:
        raise ValueError(f"{credited} is credited on an invoice of {invoice}: more than there is")
    return max(advanced - advance(invoice - whole_cents(credited, "credit note"), terms), ZERO)


def availability(open_by_debtor: Mapping[str, Decimal], drawn: Decimal, terms: Terms) -> Availability:
    """What a client may draw on his open invoices, by debtor, beside what he has drawn; never below nothing.

    A debtor counts for at most his share of the whole ledger.

    >>> terms = Terms(Decimal(80), concentration_percent=Decimal(30))
    >>> ledger = {"A": Decimal("90000.00"), "B": Decimal("60000.00"), "C": Decimal("50000.00")}
    >>> availability(ledger, Decimal("0.00"), terms).available
    Decimal('136000.00')
    """
    amounts = [whole_cents(amount, f"open amount of {debtor}") for debtor, amount in open_by_debtor.items()]
    ledger = sum(amounts, ZERO)
    share = HUNDRED if terms.concentration_percent is None else terms.concentration_percent
    most = percent_of(ledger, share)
    eligible = sum((min(amount, most) for amount in amounts), ZERO)
    left = advance(eligible, terms) - whole_cents(drawn, "drawn amount")
    return Availability(eligible, ledger - eligible, max(left, ZERO))


def recourse_on(due_on: date, terms: Terms) -> date | None:
    """The day on which the client must buy an unpaid invoice back; None without recourse.

    >>> recourse_on(date(2026, 6, 30), Terms(recourse_after_days=90))
    datetime.date(2026, 9, 28)
    """
    return None if terms.recourse_after_days is None else due_on + timedelta(days=terms.recourse_after_days)


def charged_back(advanced: Decimal, collected: Decimal) -> Decimal:
    """What the client owes on recourse, beside the discount up to that day: the advance less what the debtor paid.

    >>> charged_back(Decimal("6800.00"), Decimal("2000.00"))
    Decimal('4800.00')
    """
    return max(whole_cents(advanced, "advance") - whole_cents(collected, "collected"), ZERO)


def accepted_kind(due_on: date, on: date, *, sent: bool) -> Verdict:
    """Whether an invoice is of a kind that may be offered: not yet sent to the debtor, or sent and not yet due (FAC-21).

    Once its due date has come it never is again; on that day one that was not sent still may be, for nobody owes it yet.

    >>> accepted_kind(date(2026, 6, 30), date(2026, 6, 30), sent=False).allowed
    True
    >>> accepted_kind(date(2026, 6, 30), date(2026, 6, 30), sent=True).refusals[0].code
    'sale-due'
    """
    if on < due_on or (on == due_on and not sent):
        return Verdict()
    overdue = on > due_on
    return Verdict(
        (
            Refusal(
                code="sale-overdue" if overdue else "sale-due",
                rule="an invoice is offered before it is sent, or before it is due",
                fact=f"it {'was' if overdue else 'is'} due on {due_on}",
                limit=(due_on - timedelta(days=1)).isoformat(),
                passes_on="never",
                next_step="have it managed, without selling it",
            ),
        )
    )
