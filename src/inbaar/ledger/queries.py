"""Balances at any date, per account or per subject."""

import datetime as dt
from decimal import Decimal

from inbaar.kit.bulk import fetch
from inbaar.ledger.accounts import Code

# Each row counts once on its debit side and once, negated, on its credit side.
_SIDES = """
    SELECT a.code, a.currency, a.purse, sum(s.amount) FROM (
        SELECT client_id, debit_id AS account_id, amount FROM ledger_transfer WHERE booked_on <= %(on)s
        UNION ALL
        SELECT client_id, credit_id, -amount FROM ledger_transfer WHERE booked_on <= %(on)s
    ) s JOIN ledger_account a ON a.client_id = s.client_id AND a.id = s.account_id
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


# What each subject's balance of some accounts (debit positive) changed by after a day: `{more}` narrows it further.
# Today's figures less this are the figures of that day.
MOVED_AFTER = """
    SELECT t.client_id, t.subject,
           sum(CASE WHEN t.debit_id = ANY(%(accounts)s::bigint[]) THEN t.amount ELSE -t.amount END) AS amount
    FROM ledger_transfer t
    WHERE t.client_id = %(client)s AND t.booked_on > %(on)s {more}
      AND (t.debit_id = ANY(%(accounts)s::bigint[]) OR t.credit_id = ANY(%(accounts)s::bigint[]))
    GROUP BY t.client_id, t.subject
"""
_OF_ACCOUNTS = """
    SELECT a.currency, sum(CASE WHEN a.id = t.debit_id THEN t.amount ELSE -t.amount END)
    FROM (
        SELECT debit_id, credit_id, sum(amount) AS amount FROM ledger_transfer
        WHERE client_id = %(client)s AND booked_on <= %(on)s
          AND (debit_id = ANY(%(accounts)s::bigint[]) OR credit_id = ANY(%(accounts)s::bigint[]))
        GROUP BY 1, 2
    ) t JOIN ledger_account a ON a.client_id = %(client)s AND a.id IN (t.debit_id, t.credit_id)
    WHERE a.id = ANY(%(accounts)s::bigint[]) GROUP BY 1
"""


def account_numbers(client_id: int, code: Code) -> list[int]:
    """The accounts of a client that are for one thing, in every currency and purse. One statement."""
    rows = fetch("SELECT id FROM ledger_account WHERE client_id = %s AND code = %s", [client_id, code.value])
    return [number for (number,) in rows]


def account_balances(client_id: int, accounts: list[int], on: dt.date) -> dict[str, Decimal]:
    """What these accounts hold per currency at the end of a day; debit is positive. One statement."""
    return dict(fetch(_OF_ACCOUNTS, {"client": client_id, "accounts": accounts, "on": on}))


def balances(on: dt.date) -> dict[tuple[Code, str, str], Decimal]:
    """The balance of each account (code, currency, purse) in scope at the end of a day; debit is positive."""
    return {
        (Code(code), currency, purse): total for code, currency, purse, total in fetch(_SIDES, {"on": on})
    }


def subject_balances(code: Code, on: dt.date) -> dict[int, Decimal]:
    """The balance of one account per subject at the end of a day (open principal per invoice, for `receivable`)."""
    rows = fetch(
        """
        SELECT t.subject, sum(CASE WHEN a.id = t.debit_id THEN t.amount ELSE -t.amount END)
        FROM ledger_transfer t
        JOIN ledger_account a ON a.client_id = t.client_id AND a.id IN (t.debit_id, t.credit_id)
        WHERE a.code = %s AND t.booked_on <= %s GROUP BY 1
        """,
        [code.value, on],
    )
    return dict(rows)
