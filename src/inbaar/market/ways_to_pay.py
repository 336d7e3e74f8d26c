"""A hundred thousand payments as people make them, each with what it was meant for, which no reader is shown.

Called by the benchmark of matching. The shares are set down here, with the reason for each, and are not fitted to what the
program can read: what a kind looks like follows from how people and their programs pay, and several kinds cannot be known
by anybody. Same seed, same payments.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from inbaar.market.each_way import WAYS, by_number
from inbaar.market.owing import FIRST_DAY, Payer, payers_with_invoices
from inbaar.market.streams import stream

__all__ = ["SHARES", "PaymentMade", "payers_with_invoices", "payments_made"]


class PaymentMade(NamedTuple):
    """A payment in the bank's words, and what it was meant for: amounts per invoice of the money itself.

    `meant` is empty for what is no payment of an invoice, and for what was paid too much or by mistake altogether. `again` is
    an invoice that was paid before by a payment of the same amount: either of the two may be taken for the first. `told_later` is
    what a person finds out by asking where too much was paid: the invoice that is paid all the same.
    """

    kind: str
    amount: Decimal
    on: date
    name: str
    iban: str
    text: str
    reference: str
    meant: tuple[tuple[str, Decimal], ...]
    again: str = ""
    told_later: tuple[tuple[str, Decimal], ...] = ()


# How many of a thousand payments are made in each way, and why so many.
SHARES: dict[str, tuple[int, str]] = {
    "reference": (170, "acceptgiro's successor, iDEAL and e-invoices carry the betalingskenmerk; most of business pays without"),
    "number": (330, "the commonest way by far: the number copied or typed as it stands"),
    "number written otherwise": (125, "typed by hand: spaces, slashes, no dash, zeros left out, words around"),
    "number among other figures": (60, "accounting programs add customer numbers, dates, their own references"),
    "several numbers": (70, "pay runs of business debtors"),
    "several, one mistyped": (8, "each number typed by hand is one more chance for a slip"),
    "nothing said, one invoice": (62, "people who pay from their phone write nothing or 'factuur'"),
    "nothing said, everything": (22, "who catches up, or pays per statement"),
    "nothing said, some": (10, "pay runs whose list went by mail"),
    "last figures only": (28, "'factuur 42': the year is left out"),
    "number mistyped": (17, "one figure wrong or two swapped; about one in thirty of the hand-typed ones"),
    "part of a named one": (22, "instalments and what the payer had left"),
    "less a named credit note": (9, "business debtors deduct credit notes, and say so"),
    "less a credit note": (7, "or do not say so"),
    "less discount": (9, "two per cent for prompt payment, taken whether agreed or not"),
    "less bank cost": (3, "payments from abroad arrive short"),
    "too much": (5, "rounded up, or an old total"),
    "paid twice": (4, "a reminder crossed the payment, or the run was sent twice"),
    "by a third party": (17, "a holding, a partner, a parent, an accountant pays; the number is named"),
    "by a third party, nothing said": (3, "the same without the number"),
    "customer number": (9, "standing orders and people who know no other number"),
    "wrong amount": (3, "figures of the amount swapped or a cent off"),
    "no invoice at all": (7, "tax refund, subsidy, deposit, interest"),
}  # fmt: skip


def payments_made(seed: int, payers: Sequence[Payer], count: int) -> Iterator[PaymentMade]:
    """The payments in the order of their days. Each takes its invoices from what its payer has not paid yet."""
    rng = stream(seed, "payments made")
    kinds = [kind for kind, (share, _) in SHARES.items() for _ in range(share)]
    open_of = [(payer, list(payer.invoices)) for payer in payers]
    weighted = [place for place, (_, mine) in enumerate(open_of) for _ in mine]
    rng.shuffle(weighted)
    made = 0
    while made < count and weighted:
        payer, mine = open_of[weighted.pop()]
        kind = rng.choice(kinds)
        if not mine:
            continue
        told = WAYS[kind](rng, payer, mine)
        if told is None:  # nothing of his fits this way
            kind, told = "number", by_number(rng, payer, mine)
        amount = sum((part for _, part in told.meant), Decimal(0)) if told.amount is None else told.amount
        on = FIRST_DAY + timedelta(days=made * 60 // count)
        yield PaymentMade(
            kind, amount, on, payer.name if told.name is None else told.name,
            payer.iban if told.iban is None else told.iban, told.text, told.reference, told.meant, told.again, told.told_later,
        )  # fmt: skip
        made += 1
