"""Money received that paid nothing yet at the end of any day, per debtor where the payer's account is surely his.

Called by the ageing's screen and command. As there, today's figures less what happened later are those of the day: what the
ledger booked on the entry, what was given back by a transfer, and matches that were undone. The ledger's own balance of
that day is read apart to compare.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.kit.bulk import fetch
from inbaar.law.amounts import ZERO
from inbaar.ledger.accounts import Code
from inbaar.ledger.queries import MOVED_AFTER, account_balances, account_numbers

_THEN = f"""
    WITH later AS ({MOVED_AFTER.format(more="")}), owner AS (
        SELECT client_id, iban, min(debtor_id) AS debtor_id FROM parties_debtoriban
        WHERE client_id = %(client)s GROUP BY 1, 2 HAVING count(*) = 1
    ), then_unapplied AS (
        SELECT e.id, e.client_id, e.unapplied AS amount FROM banking_entry e
        WHERE e.client_id = %(client)s AND e.unapplied > 0 AND e.date <= %(on)s
        UNION ALL
        SELECT e.id, e.client_id, l.amount FROM later l
        JOIN banking_entry e ON e.client_id = l.client_id AND e.id = l.subject
        WHERE e.client_id = %(client)s AND e.amount > 0 AND e.date <= %(on)s
        UNION ALL
        SELECT e.id, e.client_id, m.amount FROM transfers_transfermoney m
        JOIN banking_entry e ON e.client_id = m.client_id AND e.id = m.entry_id
        WHERE m.client_id = %(client)s AND m.role IN ('taken', 'given_back') AND m."on" > %(on)s AND e.date <= %(on)s
        UNION ALL
        SELECT e.id, e.client_id, -m.amount FROM banking_match m
        JOIN banking_entry e ON e.client_id = m.client_id AND e.id = m.entry_id
        JOIN receivables_payment p ON p.client_id = m.client_id AND p.key = 'entry:' || m.entry_id || ':' || m.invoice_id
            || CASE m.round WHEN 0 THEN '' ELSE ':' || m.round END
        WHERE m.client_id = %(client)s AND m.undone_on IS NOT NULL AND e.date <= %(on)s
          AND EXISTS (SELECT FROM ledger_transfer t WHERE t.client_id = p.client_id
                      AND t.reference = 'payment:back:' || p.id AND t.booked_on > %(on)s)
    ), left_over AS (
        SELECT id, client_id, sum(amount) AS amount FROM then_unapplied GROUP BY 1, 2 HAVING sum(amount) <> 0
    )
"""  # noqa: S608 - our own text
_PER_DEBTOR = f"""
    {_THEN}
    SELECT e.currency, o.debtor_id, count(*), sum(u.amount) FROM left_over u
    JOIN banking_entry e ON e.client_id = u.client_id AND e.id = u.id
    LEFT JOIN owner o ON o.client_id = e.client_id AND o.iban = e.counterparty_iban GROUP BY 1, 2
"""  # noqa: S608 - our own text
_ENTRIES = f"""
    {_THEN}
    SELECT e.id, e.date, e.counterparty_name, e.text, e.currency, o.debtor_id, u.amount FROM left_over u
    JOIN banking_entry e ON e.client_id = u.client_id AND e.id = u.id
    LEFT JOIN owner o ON o.client_id = e.client_id AND o.iban = e.counterparty_iban
    WHERE (%(debtor)s::bigint IS NULL OR o.debtor_id = %(debtor)s) AND (%(currency)s = '' OR e.currency = %(currency)s)
    ORDER BY e.date, e.id
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class Unapplied:
    """Money received in one currency that paid nothing at the end of a day; `by_debtor` has None for an unknown payer.

    `ledger` is what the ledger's account of it held that day.
    """

    currency: str
    by_debtor: dict[int | None, Decimal]
    count: int
    ledger: Decimal

    @property
    def amount(self) -> Decimal:
        """All of it."""
        return sum(self.by_debtor.values(), ZERO)

    @property
    def difference(self) -> Decimal:
        """What the ledger says less what the entries make: anything but nothing is a fault."""
        return self.ledger - self.amount


@dataclass(frozen=True, slots=True)
class UnappliedEntry:
    """One entry with what was left of it at the end of a day; `debtor_id` where the payer's account is one debtor's."""

    id: int
    date: dt.date
    payer: str
    text: str
    currency: str
    debtor_id: int | None
    amount: Decimal


def unapplied_at(client_id: int, on: dt.date) -> dict[str, Unapplied]:
    """Per currency what was received and paid nothing at the end of a day. Needs the client's scope. Three
    statements."""
    by_currency: dict[str, dict[int | None, Decimal]] = {}
    counts: dict[str, int] = {}
    accounts = account_numbers(client_id, Code.UNAPPLIED)
    facts = {"client": client_id, "on": on, "accounts": accounts}
    for currency, debtor, count, amount in fetch(_PER_DEBTOR, facts):
        by_currency.setdefault(currency, {})[debtor] = amount
        counts[currency] = counts.get(currency, 0) + count
    ledger = account_balances(client_id, accounts, on)
    return {
        currency: Unapplied(
            currency,
            by_currency.get(currency, {}),
            counts.get(currency, 0),
            -ledger.get(currency, ZERO),
        )
        for currency in {*by_currency, *(code for code, balance in ledger.items() if balance)}
    }


def unapplied_entries(
    client_id: int, on: dt.date, debtor: int | None = None, currency: str = ""
) -> list[UnappliedEntry]:
    """The entries behind those figures, oldest first. Two statements."""
    facts = {
        "client": client_id, "on": on, "debtor": debtor, "currency": currency,
        "accounts": account_numbers(client_id, Code.UNAPPLIED),
    }  # fmt: skip
    return [UnappliedEntry(*row) for row in fetch(_ENTRIES, facts)]
