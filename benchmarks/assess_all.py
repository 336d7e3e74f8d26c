"""All open invoices assessed as of a day, interest compounded with the law's dated rates, straight from the database.

Invoices fell due over the last five years, one debtor in seven is a consumer, one in twenty has had its notice. What
was paid in part goes through the explaining path, so it is measured with none of these and with one in a hundred. The
yardstick is simple interest at one rate in one SQL statement.
"""

import datetime as dt
from functools import partial
from typing import Any

from benchmarks.books import DEBTORS, PER_DEBTOR, copied_books, run_sql
from benchmarks.measuring import Measure, measured

ON = dt.date(2026, 11, 22)
INVOICES = """
    INSERT INTO receivables_invoice (client_id, debtor_id, kind, number, number_key, issue_date, received_on,
        due_date, term_agreed, claim_kind, first_interest_day, currency, net, vat, total, payable, payment_reference,
        credits_number, content_key, open_amount, accepted_at)
    SELECT {client}, d.id, 'invoice', 'F' || n, 'F' || n, due - 30, due - 30, due, true,
        CASE WHEN d.capacity = 'business' THEN 'trade' ELSE 'nontrade' END, due + 1, 'EUR', amount, 0, amount, amount,
        '', '', n::text, amount - CASE WHEN n % 100 < {paid} THEN 50 ELSE 0 END, '2026-11-01'
    FROM generate_series(0, {size}::bigint - 1) n
    CROSS JOIN LATERAL (SELECT date '2021-11-22' + (n * 1825 / {size})::int AS due, (100 + n * 7919 % 999983 / 100.0)::numeric(15, 2)
        AS amount) a
    JOIN parties_debtor d ON d.client_id = {client} AND d.number = (n * 7919 % {debtors})::text ORDER BY n;
    INSERT INTO receivables_payment (client_id, invoice_id, kind, received_on, amount, costs, interest, principal, reason,
        key)
    SELECT client_id, id, 'bank', due_date + 20, 50, 0, 0, 50, '', 'bench:' || number FROM receivables_invoice
    WHERE open_amount < payable;
    INSERT INTO receivables_claimcomponent (client_id, invoice_id, kind, since, claimed_on, rule, source, key)
    SELECT client_id, id, 'interest', due_date + 1, due_date + 30, '6:119a BW', 'statutory interest tables',
        'interest:' || number FROM receivables_invoice WHERE id % 20 = 7;
"""
SIMPLE = """
    SELECT claim_kind, count(*), sum(round(open_amount * (%(on)s - due_date) * 10.4 / 36500, 2))
    FROM receivables_invoice
    WHERE client_id = %(client)s AND kind = 'invoice' AND open_amount > 0 GROUP BY 1
"""


def run(small: bool) -> list[Measure]:
    """Two sizes, and the larger one with part payments."""
    some, many = (200, 2_000) if small else (100_000, 1_000_000)
    simply: dict[str, Any] = {"tenth": False, "yardstick": simple, "yardstick_name": "simple interest in SQL"}
    paid = partial(books, paid=1)
    name = "all open invoices assessed"
    return [
        measured(name, "invoices", some, assessed, prepare=books, aim="1,000,000", **simply),
        measured(name, "invoices", many, assessed, prepare=books, aim="1,000,000", **simply),
        measured(f"{name}, 1% paid in part", "invoices", many, assessed, prepare=paid, **simply),
    ]


def assessed(client: int) -> int:
    """The work."""
    from inbaar.kit.scope import client_scope
    from inbaar.receivables.assessment import assess_all

    with client_scope(client):
        return sum(worth.count for worth in assess_all(client, ON).by_kind.values())


def simple(client: int) -> int:
    """One rate, no years: what the database alone can do."""
    from inbaar.kit.bulk import fetch
    from inbaar.kit.scope import client_scope

    with client_scope(client):
        return sum(row[1] for row in fetch(SIMPLE, {"client": client, "on": ON}))


def books(size: int, paid: int = 0) -> int:
    """The books; assessing changes nothing in them. `paid` of a hundred invoices were paid in part."""
    return copied_books(f"assess_{size}_{paid}", partial(fill, size=size, paid=paid))


def fill(client: int, size: int, paid: int) -> None:
    """Writes the invoices and what was paid and claimed on them."""
    run_sql(DEBTORS + INVOICES, client=client, size=size, paid=paid, debtors=size // PER_DEBTOR)
