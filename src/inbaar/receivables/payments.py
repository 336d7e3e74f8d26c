"""Applying money to invoices: divided by the law, posted, and taken off what is open, a whole batch at once."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows
from inbaar.kit.errors import Refusal, Refused
from inbaar.law.amounts import ZERO
from inbaar.law.claim import open_account
from inbaar.ledger.accounts import Code
from inbaar.ledger.actions import Posting
from inbaar.receivables.balances import book
from inbaar.receivables.claims import BookedPayment, ClaimFacts, as_claimed_before, claim_of, undisputed
from inbaar.receivables.grounds import ACCOUNTS, Word
from inbaar.receivables.queries import claim_facts
from inbaar.receivables.timeline import NewEvent, write_events

PAYMENT_COLUMNS = {
    "client_id": "bigint",
    "invoice_id": "bigint",
    "kind": "text",
    "received_on": "date",
    "amount": "numeric",
    "costs": "numeric",
    "interest": "numeric",
    "principal": "numeric",
    "reason": "text",
    "ground": "text",
    "key": "text",
}
_WRITE_OFF_COLUMNS = {"one_person_limit": "numeric", "decided_by_id": "bigint", "approved_by_id": "bigint"}
# Where the money of a payment comes from, by its kind; a write-off by its ground.
_PAID_FROM = {"bank": Code.UNAPPLIED, "credit_note": Code.CREDITS_TO_GIVE, "passed_on": Code.SOLD_CLAIMS}
_TOLD_AS = {
    "bank": "payment",
    "credit_note": "credited",
    "write_off": "written_off",
    "passed_on": "passed_on",
}


class NewPayment(NamedTuple):
    """Money for one invoice, in its currency. `key` makes applying it twice the same as once.

    The timeline also tells `facts` (plain JSON values: how it was known) and `link`, the row it came from. `told`: it bears the
    reference under which its payer was told this amount, so what was claimed on its own day had been asked of him.
    A write-off needs the `word` by which it is one.
    """

    invoice_id: int
    on: dt.date
    amount: Decimal
    key: str
    kind: str = "bank"
    reason: str = ""
    facts: Mapping[str, Any] = MappingProxyType({})
    link: int | None = None
    ground: str = ""
    told: bool = False
    word: Word | None = None


def divide(
    facts: ClaimFacts, on: dt.date, amount: Decimal, kind: str = "bank", *, told: bool = False
) -> BookedPayment:
    """How an amount is divided over costs, interest and principal as far as they were claimed (6:44 BW).

    What was claimed on the day of the payment or later does not count for it: the payer had not been asked, unless he was
    `told` that very day what to pay. A credit note
    is principal only; a write-off takes whatever is left. The result is smaller than `amount` where less is owed.
    A payment that comes to light after a later one was booked is divided as of that later day, for its own day is
    settled already; it still stops the interest on its own day. What is not disputed is paid first, for that is what was
    asked.
    """
    if kind == "write_off":
        return replace(_by_law(facts, on, amount), kind=kind)
    facts = as_claimed_before(facts, on, told=told)
    if kind == "credit_note" or not facts.components:
        principal = min(amount, facts.open_amount)
        return BookedPayment(on, principal, ZERO, ZERO, principal, kind)
    first = _by_law(undisputed(facts), on, amount)
    if first.amount == amount or not facts.disputed:
        return first
    rest = _by_law(replace(facts, payments=(*facts.payments, first)), on, amount - first.amount)
    return BookedPayment(
        on,
        first.amount + rest.amount,
        first.costs + rest.costs,
        first.interest + rest.interest,
        first.principal + rest.principal,
        kind,
    )


def _by_law(facts: ClaimFacts, on: dt.date, amount: Decimal) -> BookedPayment:
    claim, booked = claim_of(facts)
    account = open_account(claim)
    for earlier in booked:
        if earlier.booked is not None:
            account.book(earlier.on, earlier.booked.costs, earlier.booked.interest, earlier.booked.principal)
    taken = account.pay(amount, max([on, *(p.on for p in booked)]))
    # What was booked as interest on an invoice that had none claimed by then can leave less principal than is open.
    principal = min(taken.principal, facts.open_amount)
    return BookedPayment(on, taken.costs + taken.interest + principal, taken.costs, taken.interest, principal)


# A payment, how it was divided, and the claim it met.
Divided = tuple[NewPayment, BookedPayment, ClaimFacts]


def apply_payments(
    client_id: int,
    payments: Sequence[NewPayment],
    recorded_at: dt.datetime,
    beside: Callable[[Mapping[str, BookedPayment]], Sequence[Posting]] | None = None,
) -> dict[str, BookedPayment]:
    """Apply payments in the order given; gives per key how each was divided. A known key changes nothing.

    The number of statements does not depend on the number of payments. An amount above what is owed is applied as far
    as it goes; what is left is for the caller to keep as unapplied. `beside` gives what is posted with those that are new.
    """
    done = _already_applied([payment.key for payment in payments])
    fresh = [payment for payment in payments if payment.key not in done]
    if not fresh:
        return done
    _require_words(fresh)
    facts = claim_facts({payment.invoice_id for payment in fresh}, max(p.on for p in fresh))
    divided: list[Divided] = []
    before: dict[int, list[BookedPayment]] = {}
    for payment in fresh:
        claim = facts[payment.invoice_id]
        earlier = before.setdefault(payment.invoice_id, [])
        if earlier:
            paid = sum((p.principal for p in earlier), ZERO)
            claim = replace(claim, open_amount=claim.open_amount - paid, payments=(*claim.payments, *earlier))
        booked = divide(claim, payment.on, payment.amount, payment.kind, told=payment.told)
        if booked.amount <= 0:
            continue
        earlier.append(booked)
        divided.append((payment, booked, claim))
    made = {payment.key: booked for payment, booked, _ in divided}
    _write(client_id, divided, recorded_at, beside(made) if beside else ())
    return done | made


def _require_words(payments: Sequence[NewPayment]) -> None:
    """Refuse what is written off together, beside one entry or at once, above what its word allows."""
    together: dict[int | str, Decimal] = {}
    for payment in payments:
        if payment.kind != "write_off":
            continue
        if payment.word is None:
            raise ValueError(f"{payment.key} is written off by nobody's word")
        whole = payment.link or payment.key
        together[whole] = together.get(whole, ZERO) + payment.amount
        if not payment.word.allows(together[whole]):
            raise Refused(above_limit(together[whole], payment.word.limit))


def above_limit(amount: Decimal, limit: Decimal) -> Refusal:
    """Why something is not written off by one person alone."""
    return Refusal(
        "second-person-writes-off", "above a limit two persons write off", f"{amount:.2f} would be written off",
        f"{limit:.2f} by one person", next_step="ask a second person to approve it",
    )  # fmt: skip


def _already_applied(keys: list[str]) -> dict[str, BookedPayment]:
    rows = fetch(
        "SELECT key, received_on, amount, costs, interest, principal, kind FROM receivables_payment "
        "WHERE key = ANY(%s::text[])",
        [array_parameter(keys)],
    )
    return {key: BookedPayment(*rest) for key, *rest in rows}


def _write(
    client_id: int,
    divided: Sequence[Divided],
    recorded_at: dt.datetime,
    beside: Sequence[Posting],
) -> None:
    insert_rows(
        "receivables_payment",
        PAYMENT_COLUMNS | _WRITE_OFF_COLUMNS,
        (
            (
                client_id,
                p.invoice_id,
                p.kind,
                p.on,
                b.amount,
                b.costs,
                b.interest,
                b.principal,
                p.reason,
                p.ground,
                p.key,
                *(p.word or (None, None, None)),
            )
            for p, b, _ in divided
        ),
    )
    book(client_id, [*_postings(divided), *beside], recorded_at)
    write_events(client_id, (_event(p, b, claim) for p, b, claim in divided), recorded_at)


def _postings(divided: Sequence[Divided]) -> Iterator[Posting]:
    for payment, booked, claim in divided:
        source = paid_from(payment.kind, payment.ground)
        for line, (account, amount) in enumerate(settled_accounts(payment.kind, booked), start=1):
            yield Posting(
                reference=f"payment:{payment.key}",
                line=line,
                debit=source,
                credit=account,
                amount=amount,
                currency=claim.currency,
                booked_on=payment.on,
                subject=payment.invoice_id,
            )


def paid_from(kind: str, ground: str = "") -> Code:
    """The account a payment of a kind comes from."""
    return ACCOUNTS[ground] if kind == "write_off" else _PAID_FROM[kind]


def settled_accounts(kind: str, booked: BookedPayment) -> list[tuple[Code, Decimal]]:
    """What a payment settles: the accounts and amounts that are not zero."""
    # Interest and costs are income when they are paid to us, so giving them up or passing them on moves nothing.
    earned = kind == "bank"
    parts = (
        (Code.COSTS_INCOME, booked.costs if earned else ZERO),
        (Code.INTEREST_INCOME, booked.interest if earned else ZERO),
        (Code.RECEIVABLE, booked.principal),
    )
    return [part for part in parts if part[1]]


def _event(payment: NewPayment, booked: BookedPayment, facts: ClaimFacts) -> NewEvent:
    return NewEvent(
        kind=_TOLD_AS[payment.kind],
        on=payment.on,
        invoice_id=payment.invoice_id,
        debtor_id=facts.debtor_id,
        facts={
            "amount": str(booked.amount),
            "costs": str(booked.costs),
            "interest": str(booked.interest),
            "principal": str(booked.principal),
            "open": str(facts.open_amount - booked.principal),
            "reason": payment.reason,
            **payment.facts,
        },
        link=payment.link,
    )
