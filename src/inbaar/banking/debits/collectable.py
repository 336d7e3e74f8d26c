"""What may be collected at this moment: one reading of a debit with its invoice and mandate, used when it is asked for, put
into a batch, and written into a file. What was paid but is not on a statement yet is not collected either. Needs the client's scope."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from inbaar.banking.debits.rules import MandateFacts, blocked_refusals, collection_refusals, sequence_of
from inbaar.banking.online.underway import underway
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refusal
from inbaar.receivables.queries import STANDING

#: The hold that keeps reminders from going out while an invoice is being debited; it does not hold up the debit itself.
HOLD_KEY = "debit:"
#: Why a debit does not leave as it is, though what is left of it, or by what the mandate says now, may be collected.
ABOVE_OPEN, AMENDED = "debit-above-open", "debit-amended"
# Why an invoice (i) is not collected now, by code; an invoice of which none is true stands, and is still owed to this client.
_WHY: dict[str, str] = {
    "debit-none": "(i.kind <> 'invoice' OR i.withdrawn_on IS NOT NULL OR i.currency <> 'EUR')",
    "debit-paid": "i.open_amount <= 0",
    "debit-unsent": """EXISTS (SELECT 1 FROM receivables_dispatch x
                    WHERE x.client_id = i.client_id AND x.invoice_id = i.id AND x.sent_on IS NULL)""",
    "debit-held": f"""EXISTS (SELECT 1 FROM receivables_hold h
                    WHERE h.client_id = i.client_id AND {STANDING} AND left(h.key, 6) <> '{HOLD_KEY}'
                      AND (h.invoice_id = i.id OR (h.invoice_id IS NULL AND h.debtor_id = i.debtor_id)))""",  # noqa: S608 - our own text
    "debit-explained": f"""(EXISTS (SELECT 1 FROM banking_suspect s
                    JOIN banking_entry e ON e.client_id = s.client_id AND e.id = s.entry_id
                    WHERE s.client_id = i.client_id AND s.invoice_id = i.id AND e.state = 'unmatched')
        OR EXISTS (SELECT 1 FROM banking_announcedfor f
                    JOIN banking_announcedpayment p ON p.client_id = f.client_id AND p.id = f.payment_id AND p.entry_id IS NULL
                    JOIN banking_bankaccount b ON b.client_id = p.client_id AND b.id = p.account_id
                        AND (b.read_up_to IS NULL OR b.read_up_to <= p.until)
                    WHERE f.client_id = i.client_id AND f.invoice_id = i.id)
        OR {underway("i.client_id", "i.id")})""",  # noqa: S608 - our own text
    "debit-sold": """NOT (SELECT count(*) = 1 AND bool_and(t.payee_iban = '' OR t.payee_iban IN (
                        SELECT a.iban FROM banking_bankaccount a WHERE a.client_id = t.client_id))
                    FROM receivables_title t WHERE t.client_id = i.client_id AND t.invoice_id = i.id)""",
}  # fmt: skip
COLLECTABLE = "(" + " AND ".join(f"NOT {why}" for why in _WHY.values()) + ")"
#: The codes of all that stands in the way, as an array; looked for only where anything does.
BLOCKED = (
    f"CASE WHEN {COLLECTABLE} THEN '{{}}'::text[] ELSE array_remove(ARRAY["
    + ", ".join(f"CASE WHEN {why} THEN '{code}' END" for code, why in _WHY.items())
    + "], NULL) END"
)
_DEBITS = f"""
    SELECT dd.id, dd.amount, dd.due_on, dd.last, dd.state, dd.announced_on, m.id, m.kind, m.scheme, m.state, d.capacity,
           m.signed_on, m.registered_on, m.last_presented_on, v.id, v.creditor_identifier, v.creditor_name, i.number,
           i.open_amount, {BLOCKED}
    FROM debits_directdebit dd
    JOIN debits_mandate m ON m.client_id = dd.client_id AND m.id = dd.mandate_id
    JOIN debits_mandateversion v ON v.client_id = m.client_id AND v.mandate_id = m.id AND v.number = m.version
    JOIN receivables_invoice i ON i.client_id = dd.client_id AND i.id = dd.invoice_id
    JOIN parties_debtor d ON d.client_id = m.client_id AND d.id = m.debtor_id
    WHERE dd.client_id = %(client)s AND dd.id = ANY(%(ids)s::bigint[])
    ORDER BY dd.id
"""  # noqa: S608 - our own text


class Standing(NamedTuple):
    """A debit with all that decides whether it may leave. Amounts in euro; `version` is what the mandate says now."""

    id: int
    amount: Decimal
    due_on: dt.date
    last: bool
    state: str
    announced_on: dt.date | None
    mandate_id: int
    kind: str
    scheme: str
    mandate_state: str
    capacity: str
    signed_on: dt.date
    registered_on: dt.date | None
    last_presented_on: dt.date | None
    version: int
    creditor_id: str
    creditor_name: str
    number: str
    open_amount: Decimal
    blocked: list[str]

    @property
    def group(self) -> tuple[dt.date, str, str, str, str]:
        """What all in one file share: the day, the scheme, the sequence, and who collects."""
        return (
            self.due_on,
            self.scheme,
            sequence_of(self.kind, self.last),
            self.creditor_id,
            self.creditor_name,
        )

    def refusals(self) -> list[Refusal]:
        """Why it may not leave, each with the invoice it is about."""
        found = collection_refusals(
            MandateFacts(
                self.kind, self.scheme, self.mandate_state, self.capacity, self.signed_on, self.registered_on,
                self.last_presented_on,
            ),
            self.due_on,
        )  # fmt: skip
        if self.announced_on is None:
            found.append(
                Refusal("debit-unannounced", "a debit is announced before it is made", self.number, "announced",
                        next_step="announce it, for a day that leaves time")
            )  # fmt: skip
        found += blocked_refusals(self.number, self.blocked)
        if not self.blocked and self.amount > self.open_amount:
            found.append(
                Refusal(ABOVE_OPEN, "no more is collected than is open", f"{self.amount} of {self.number}",
                        f"{self.open_amount}", "never", "withdraw it, and collect what is left")
            )  # fmt: skip
        return found


def locked_debits(client_id: int, ids: Sequence[int], on: dt.date) -> list[Standing]:
    """These debits as they stand on a day, in order; they, their mandates and invoices stay so until the transaction ends."""
    given = {"client": client_id, "ids": array_parameter(list(ids)), "on": on}
    return [Standing(*row) for row in fetch(f"{_DEBITS} FOR UPDATE OF dd FOR SHARE OF m, i", given)]


def standing_debits(client_id: int, ids: Sequence[int], on: dt.date) -> list[Standing]:
    """These debits as they stand on a day, in order, for who only looks: nothing is held for him."""
    given = {"client": client_id, "ids": array_parameter(list(ids)), "on": on}
    return [Standing(*row) for row in fetch(_DEBITS, given)]
