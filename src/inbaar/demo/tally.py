"""The tally of a demonstration: what happened, in figures that the books prove."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from inbaar.doors import FileResult
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.law.amounts import ZERO
from inbaar.law.errors import LawError
from inbaar.receivables.claims import owed_on
from inbaar.receivables.queries import claim_facts

_COUNTS = {
    "invoices": "SELECT count(*) FROM receivables_invoice WHERE client_id = %(client)s AND kind = 'invoice'",
    "credit_notes": "SELECT count(*) FROM receivables_invoice WHERE client_id = %(client)s AND kind = 'credit_note'",
    "paid": """SELECT count(*) FROM receivables_invoice
               WHERE client_id = %(client)s AND kind = 'invoice' AND open_amount = 0""",
    "open": """SELECT count(*) FROM receivables_invoice
               WHERE client_id = %(client)s AND kind = 'invoice' AND open_amount > 0""",
    "entries": "SELECT count(*) FROM banking_entry WHERE client_id = %(client)s AND state <> 'split'",
    "matched": "SELECT count(*) FROM banking_entry WHERE client_id = %(client)s AND state = 'matched'",
    "unmatched": "SELECT count(*) FROM banking_entry WHERE client_id = %(client)s AND state = 'unmatched'",
    "disputes": "SELECT count(*) FROM receivables_hold WHERE client_id = %(client)s AND kind = 'dispute'",
    "bankruptcies": "SELECT count(*) FROM receivables_hold WHERE client_id = %(client)s AND kind = 'insolvency'",
    "handed_over": "SELECT count(*) FROM dunning_step WHERE client_id = %(client)s AND kind = 'hand_over'",
}
_PAID = """
    SELECT coalesce(sum(p.{column}), 0) FROM receivables_payment p
    JOIN receivables_invoice i ON i.client_id = p.client_id AND i.id = p.invoice_id
    WHERE p.client_id = %(client)s AND i.currency = 'EUR'{kind}
"""
_AMOUNTS = {
    "open_amount": """SELECT coalesce(sum(open_amount), 0) FROM receivables_invoice
                      WHERE client_id = %(client)s AND kind = 'invoice' AND currency = 'EUR'""",
    "received": _PAID.format(column="amount", kind=" AND p.kind = 'bank'"),
    "credited": _PAID.format(column="principal", kind=" AND p.kind = 'credit_note'"),
    "interest_received": _PAID.format(column="interest", kind=""),
    "costs_received": _PAID.format(column="costs", kind=""),
    "costs_claimed": """SELECT coalesce(sum(c.amount), 0) FROM receivables_claimcomponent c
                        JOIN receivables_invoice i ON i.client_id = c.client_id AND i.id = c.invoice_id
                        WHERE c.client_id = %(client)s AND i.currency = 'EUR' AND c.kind = 'costs'
                          AND c.withdrawn_on IS NULL""",
    "unapplied": """SELECT coalesce(sum(unapplied), 0) FROM banking_entry
                    WHERE client_id = %(client)s AND amount > 0 AND currency = 'EUR'""",
}


def tally_of(client_ids: Sequence[int], on: dt.date, files: Iterable[FileResult]) -> dict[str, Any]:
    """The figures of these administrations at the end of a day. Counts are numbers, amounts strings.

    Amounts of several currencies are not added up: they are told for euros.
    """
    counts: Counter[str] = Counter()
    amounts: dict[str, Decimal] = dict.fromkeys([*_AMOUNTS, "interest_claimed"], ZERO)
    letters: Counter[str] = Counter()
    mail: Counter[str] = Counter()
    for client_id in client_ids:
        with client_scope(client_id):
            for name, sql in _COUNTS.items():
                counts[name] += fetch(sql, {"client": client_id})[0][0]
            for name, sql in _AMOUNTS.items():
                amounts[name] += fetch(sql, {"client": client_id})[0][0]
            letters += Counter(dict(fetch("SELECT kind, count(*) FROM letters_letter GROUP BY 1")))
            mail += Counter(dict(fetch("SELECT state, count(*) FROM letters_delivery GROUP BY 1")))
            amounts["interest_claimed"] += _interest_claimed(client_id, on)
    outcomes = Counter(f"{result.kind}s_{result.outcome}" for result in files)
    return {
        **{name: counts[name] for name in _COUNTS},
        "files": dict(sorted(outcomes.items())),
        "letters": dict(sorted(letters.items())),
        "mail": dict(sorted(mail.items())),
        **{name: f"{amount:.2f}" for name, amount in amounts.items()},
    }


def _interest_claimed(client_id: int, on: dt.date) -> Decimal:
    """All interest that was made part of claims in euros, as it had run on the day, paid or not."""
    ids = [
        row[0]
        for row in fetch(
            """
            SELECT invoice_id FROM receivables_claimcomponent
            WHERE client_id = %s AND kind = 'interest' AND withdrawn_on IS NULL
            """,
            [client_id],
        )
    ]
    total = ZERO
    for facts in claim_facts(ids, on).values():
        if facts.currency != "EUR":
            continue
        try:
            total += owed_on(facts, on).interest_accrued
        except LawError:
            continue
    return total
