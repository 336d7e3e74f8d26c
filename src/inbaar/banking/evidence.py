"""What points at which open invoices for one payment, what is known of its payer, and the decision made of it. Pure.

Filled by the look-up, asked by the rules: `rules`, `payer_rules` and `short_payments`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from inbaar.banking.payment_tokens import PaymentFacts, name_key
from inbaar.banking.text_signs import SHORTEST_NAME, name_paid_for, says_name

ZERO = Decimal(0)


class How(StrEnum):
    """By what an open item was found."""

    REFERENCE = "reference"
    NUMBER = "number"
    SHORT = "short"
    IBAN = "iban"
    CUSTOMER = "customer"
    MEANT = "meant"
    SAME = "same"
    NAME = "name"
    AMOUNT = "amount"


class OpenItem(NamedTuple):
    """An invoice with something left to pay."""

    invoice_id: int
    debtor_id: int
    number: str
    number_key: str
    payment_reference: str | None
    open_amount: Decimal
    due_date: date | None
    currency: str
    debtor_ibans: frozenset[str] = frozenset()
    debtor_name: str | None = None


class Candidate(NamedTuple):
    """An open item that a look-up found, and by what."""

    item: OpenItem
    how: How


class Credit(NamedTuple):
    """An open credit note of a debtor; `open_amount` is what is left of it to give."""

    credit_id: int
    debtor_id: int
    number: str
    number_key: str
    open_amount: Decimal
    currency: str


class Leniency(NamedTuple):
    """Up to which difference a payment counts as in full, and on what ground the rest is written off."""

    amount: Decimal
    ground: str


NOTHING_LET_GO = Leniency(ZERO, "small_difference")


class Known(NamedTuple):
    """What is known of debtors: the discounts they take (percent), and up to what a difference is let go.

    `by_default` is for the debtors who are not among `lenient`.
    """

    discounts: Mapping[int, tuple[Decimal, ...]] = MappingProxyType({})
    lenient: Mapping[int, Leniency] = MappingProxyType({})
    by_default: Leniency = NOTHING_LET_GO

    def leniency(self, debtor: int) -> Leniency:
        """Up to what a difference of this debtor is let go."""
        return self.lenient.get(debtor, self.by_default)


NOBODY_KNOWN = Known()


class Context(NamedTuple):
    """What is known beside the open items: of one payment, and of the debtors.

    `payers` are the debtors whose name the payer bears, `told` those of whom a person said that they pay under it, `meant`
    those of whom the text says that it is paid for them; `keys` is everything in the payment that could be a number.
    Without `by_itself` nothing is set off or written off.
    """

    payers: frozenset[int] = frozenset()
    told: frozenset[int] = frozenset()
    meant: frozenset[int] = frozenset()
    keys: frozenset[str] = frozenset()
    credits: Mapping[int, Sequence[Credit]] = MappingProxyType({})
    known: Known = NOBODY_KNOWN
    by_itself: bool = True


NOTHING_KNOWN = Context()


class Offset(NamedTuple):
    """A part of a credit note that the payer took off an invoice."""

    invoice_id: int
    credit_id: int
    number: str
    amount: Decimal


class LetGo(NamedTuple):
    """What is left of an invoice beside its payment, and written off on a ground."""

    invoice_id: int
    amount: Decimal
    ground: str


class MatchDecision(NamedTuple):
    """`certain` with the amounts to book per invoice, or `unmatched`; `parameters` fill the reason in words.

    The lines are the payment's own money; `offsets` and `rests` settle the invoices beside it. `third_party` says that
    somebody else than the debtor paid, as far as names tell.
    """

    status: str
    lines: tuple[tuple[int, Decimal], ...]
    score: int
    reason: str
    parameters: tuple[tuple[str, str], ...] = ()
    suspects: tuple[int, ...] = ()
    offsets: tuple[Offset, ...] = ()
    rests: tuple[LetGo, ...] = ()
    third_party: bool = False

    @property
    def certain(self) -> bool:
        """Whether it may be booked without a person."""
        return self.status == "certain"


_OF_THE_PAYER = (How.IBAN, How.NAME, How.CUSTOMER)


class Evidence:
    """The candidates of one payment, each item once, by what points at it."""

    def __init__(
        self, payment: PaymentFacts, candidates: Iterable[Candidate], context: Context = NOTHING_KNOWN
    ) -> None:
        self.payment, self.context = payment, context
        self.items: dict[int, OpenItem] = {}
        self.hows: dict[int, set[How]] = {}
        self.payable: list[OpenItem] = []  # in the payment's currency
        self.payer = name_key(payment.name)
        for item, how in candidates:
            hows = self.hows.get(item.invoice_id)
            if hows is None:
                self.items[item.invoice_id] = item
                hows = self.hows[item.invoice_id] = self._seen(item)
                if item.currency == payment.currency:
                    self.payable.append(item)
            hows.add(how)

    def _seen(self, item: OpenItem) -> set[How]:
        """What can be seen of an item whatever the look-up found it by."""
        seen = set()
        if self.payment.iban and self.payment.iban in item.debtor_ibans:
            seen.add(How.IBAN)
        if self.payer is not None and (
            self.payer == name_key(item.debtor_name)
            or item.debtor_id in self.context.payers
            or item.debtor_id in self.context.told
        ):
            seen.add(How.NAME)
        if item.open_amount == self.payment.amount:
            seen.add(How.AMOUNT)
        return seen

    def by(self, how: How) -> list[OpenItem]:
        """The items in the payment's currency that `how` points at, oldest first."""
        hows = self.hows
        found = [item for item in self.payable if how in hows[item.invoice_id]]
        if len(found) > 1:
            found.sort(key=lambda item: (item.due_date or date.max, item.invoice_id))
        return found

    def has(self, item: OpenItem, *hows: How) -> bool:
        """Whether one of these points at an item."""
        return not self.hows[item.invoice_id].isdisjoint(hows)

    def is_payer(self, item: OpenItem) -> bool:
        """Whether the payer is this item's debtor, by his account, his name or his customer number."""
        return not self.hows[item.invoice_id].isdisjoint(_OF_THE_PAYER)

    def contradicts(self, item: OpenItem) -> bool:
        """A payer we can compare with the debtor, and who is somebody else."""
        if self.is_payer(item):
            return False
        payer, debtor = self.payer, name_key(item.debtor_name)
        return payer is not None and debtor is not None and payer not in debtor and debtor not in payer

    def of_another_debtor(self, item: OpenItem) -> bool:
        """The payer's account, or else his name, is another debtor's than the one whose number it names."""
        owners = {known.debtor_id for known in self.by(How.IBAN)}
        if owners:
            return item.debtor_id not in owners
        others = self.context.payers | self.context.told
        if item.debtor_id in others or not others or not self.contradicts(item):
            return False
        # Who names the debtor beside his invoice, and pays exactly that, pays for him.
        return not (self.has(item, How.AMOUNT) and says_name(item.debtor_name, self.payment.text))

    def bears_name_alone(self) -> int | None:
        """The one debtor of the client who bears the payer's name; None if there are more, or it is said for another.

        The payer does not write his name himself: his bank gives that of its account holder.
        """
        if len(self.context.payers) != 1 or len(self.payer or "") < SHORTEST_NAME:
            return None
        (debtor,) = self.context.payers
        if not self.context.told <= {debtor} or not self.context.meant <= {debtor}:
            return None
        paid_for = name_paid_for(self.payment.text)
        return debtor if paid_for is None or paid_for == self.payer else None

    def of_the_payer(self) -> list[OpenItem]:
        """What is open of the debtor who surely pays: by his account, else by a name that he alone bears."""
        known = self.by(How.IBAN)
        debtor = None if known else self.bears_name_alone()
        return known if debtor is None else [i for i in self.by(How.NAME) if i.debtor_id == debtor]

    def others_of(self, items: Sequence[OpenItem]) -> list[OpenItem]:
        """What else is known to be open of the one debtor of these items, oldest first."""
        mine = {item.invoice_id for item in items}
        debtor = items[0].debtor_id
        found = [item for item in self.payable if item.invoice_id not in mine and item.debtor_id == debtor]
        found.sort(key=lambda item: (item.due_date or date.max, item.invoice_id))
        return found

    def suspects(self) -> tuple[int, ...]:
        """Every invoice the payment might explain; not what is only open of the same debtor beside a named one."""
        return tuple(sorted(number for number in self.items if self.hows[number] != {How.SAME}))


def total_of(items: Iterable[OpenItem]) -> Decimal:
    """What is open of these items together."""
    return sum((item.open_amount for item in items), ZERO)


def one_debtor(items: Iterable[OpenItem]) -> bool:
    """Whether all of these are one debtor's."""
    return len({item.debtor_id for item in items}) == 1


def numbers_of(items: Sequence[OpenItem]) -> str:
    """The numbers of at most ten items, for a sentence."""
    return ", ".join(item.number for item in items[:10])


def in_full(reason: str, items: Sequence[OpenItem], score: int, **parameters: str) -> MatchDecision:
    """Certain: each of these is paid in full."""
    return booked(reason, [(item, item.open_amount) for item in items], score, **parameters)


def booked(
    reason: str, lines: Sequence[tuple[OpenItem, Decimal]], score: int, **parameters: str
) -> MatchDecision:
    """Certain: these amounts of these items are paid."""
    told = {"numbers": numbers_of([item for item, _ in lines]), **parameters}
    paid = tuple((item.invoice_id, amount) for item, amount in lines)
    return MatchDecision("certain", paid, score, reason, tuple(told.items()))


def unmatched(reason: str, evidence: Evidence, score: int, **parameters: str) -> MatchDecision:
    """For a person, with the invoices the payment might explain."""
    return MatchDecision("unmatched", (), score, reason, tuple(parameters.items()), evidence.suspects())


def too_much(evidence: Evidence, items: Sequence[OpenItem]) -> MatchDecision:
    """More was paid than is open on these.

    Of the debtor's other invoices those are in doubt that the surplus would pay in full, or that are exactly what was paid: on a
    larger one he owes something whatever he meant.
    """
    amount, total = evidence.payment.amount, total_of(items)
    over = amount - total
    others = {item.invoice_id: item.open_amount for item in evidence.others_of(items)}
    clear = {number for number, left in others.items() if left > over and left != amount}
    told = {"numbers": numbers_of(items), "open": f"{total:.2f}", "over": f"{over:.2f}"}
    decision = unmatched("more-than-open", evidence, 60, **told)
    return decision._replace(suspects=tuple(sorted((set(decision.suspects) | others.keys()) - clear)))
