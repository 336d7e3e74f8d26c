"""What is left when a debtor paid less than was claimed: keep it, waive it, or cancel the interest and costs.

Keeping needs no act. Waiving writes off what is left, with a reason. Cancelling withdraws the interest and costs that
were claimed and divides the payments anew over the principal alone.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from inbaar.kit.bulk import insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.ledger.accounts import Code
from inbaar.ledger.actions import Posting
from inbaar.receivables.balances import book
from inbaar.receivables.claims import BookedPayment, ClaimFacts, owed_on
from inbaar.receivables.grounds import Ground, Word
from inbaar.receivables.payments import PAYMENT_COLUMNS, NewPayment, apply_payments
from inbaar.receivables.queries import claim_facts
from inbaar.receivables.timeline import NewEvent, write_events


def waive_remainder(
    client_id: int,
    invoice_id: int,
    on: dt.date,
    ground: Ground,
    reason: str,
    word: Word,
    by: str,
    recorded_at: dt.datetime,
) -> Decimal:
    """Write off all that is left of a claim on a day, on a ground; gives the amount.

    Refuses without a reason, when nothing is left, and above what the word allows.
    """
    facts = claim_facts([invoice_id], on)[invoice_id]
    left = owed_on(facts, on)
    _require(reason, left.total, facts.number)
    apply_payments(
        client_id,
        [
            NewPayment(
                invoice_id,
                on,
                left.total,
                f"waive:{invoice_id}:{on}",
                "write_off",
                reason,
                {"ground": ground.value, "by": by},
                ground=ground.value,
                word=word,
            )
        ],
        recorded_at,
    )
    write_events(
        client_id,
        [NewEvent("remainder_waived", on, invoice_id, facts.debtor_id,
                  {"amount": str(left.total), "principal": str(left.principal), "interest": str(left.interest),
                   "costs": str(left.costs), "ground": ground.value, "reason": reason, "by": by})],
        recorded_at,
    )  # fmt: skip
    return left.total


def cancel_extras(
    client_id: int, invoice_id: int, on: dt.date, reason: str, by: str, recorded_at: dt.datetime
) -> Decimal:
    """Withdraw the interest and costs claimed; payments that went to them go to the principal instead.

    Gives the amount by which the open principal went down. What the principal cannot take is owed to the debtor.
    """
    facts = claim_facts([invoice_id], on)[invoice_id]
    if not facts.components:
        raise Refused(
            Refusal("no-extras", "only claimed interest or costs can be cancelled", f"{facts.number} has none",
                    "at least one", next_step="nothing needs to be done")
        )  # fmt: skip
    _require(reason, Decimal(1), facts.number)
    to_principal = withdraw_extras(client_id, [facts], on, reason, recorded_at)[invoice_id]
    write_events(
        client_id,
        [NewEvent("extras_cancelled", on, invoice_id, facts.debtor_id,
                  {"principal": str(to_principal), "reason": reason, "by": by})],
        recorded_at,
    )  # fmt: skip
    return to_principal


def withdraw_extras(
    client_id: int, claims: Sequence[ClaimFacts], on: dt.date, reason: str, recorded_at: dt.datetime
) -> dict[int, Decimal]:
    """Withdraw interest and costs from many claims; gives per invoice what its principal got back."""
    moved = _rebook(client_id, claims, on, reason, recorded_at)
    run(
        """
        UPDATE receivables_claimcomponent SET withdrawn_on = %s
        WHERE client_id = %s AND invoice_id = ANY(%s) AND withdrawn_on IS NULL
        """,
        [on, client_id, [facts.invoice_id for facts in claims]],
    )
    return moved


def _require(reason: str, left: Decimal, number: str) -> None:
    if not reason.strip():
        raise Refused(
            Refusal("reason-missing", "giving up money needs a reason", "no reason was given", "a few words",
                    next_step="write why")
        )  # fmt: skip
    if left <= 0:
        raise Refused(
            Refusal("nothing-left", "there must be something to waive", f"nothing is left of {number}", "0.01",
                    next_step="nothing needs to be done")
        )  # fmt: skip


def _rebook(
    client_id: int, claims: Sequence[ClaimFacts], on: dt.date, reason: str, recorded_at: dt.datetime
) -> dict[int, Decimal]:
    """One row per payment that takes its costs and interest back, and moves as much as fits to the principal."""
    rows: list[tuple[object, ...]] = []
    postings: list[Posting] = []
    moved: dict[int, Decimal] = {}
    for facts in claims:
        left = facts.open_amount
        for line, paid in enumerate((p for p in facts.payments if p.costs or p.interest), start=1):
            principal = min(paid.costs + paid.interest, left)
            left -= principal
            key = f"cancel:{facts.invoice_id}:{on}:{line}"
            amounts = (principal - paid.costs - paid.interest, -paid.costs, -paid.interest, principal)
            rows.append((client_id, facts.invoice_id, "bank", paid.on, *amounts, reason, "", key))
            postings += _taken_back(facts, paid, principal, key, on)
        moved[facts.invoice_id] = facts.open_amount - left
    insert_rows("receivables_payment", PAYMENT_COLUMNS, rows)
    book(client_id, postings, recorded_at)
    return moved


def _taken_back(
    facts: ClaimFacts, paid: BookedPayment, principal: Decimal, key: str, on: dt.date
) -> list[Posting]:
    """The postings of one payment that is divided anew. Reversals of earlier ones go the other way."""
    parts = [
        (Code.COSTS_INCOME, Code.UNAPPLIED, paid.costs),
        (Code.INTEREST_INCOME, Code.UNAPPLIED, paid.interest),
        (Code.UNAPPLIED, Code.RECEIVABLE, principal),
        # The bank's entry stays spent on this invoice, so what is too much is not unapplied but owed to the debtor.
        (Code.UNAPPLIED, Code.CREDITS_TO_GIVE, paid.costs + paid.interest - principal),
    ]
    moves = [(a, b, amount) if amount > 0 else (b, a, -amount) for a, b, amount in parts if amount]
    return [
        Posting(f"payment:{key}", number, debit, credit, amount, facts.currency, on, facts.invoice_id)
        for number, (debit, credit, amount) in enumerate(moves, start=1)
    ]
