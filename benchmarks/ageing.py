"""The ageing of a portfolio at a past date: totals with the ledger's check line, every debtor, and one debtor.

Of a hundred invoices twenty were paid before the day, thirty after it (ten in part), ten are dated after it and forty are
open still; five to a debtor. The yardstick counts the invoices that are open today by age, in one statement: what an
ageing costs that knows no past.
"""

import datetime as dt
from decimal import Decimal
from functools import partial

from benchmarks.books import DEBTORS, PER_DEBTOR, copied_books, run_sql
from benchmarks.measuring import Measure, measured

ON = dt.date(2026, 6, 30)
SOME_DEBTORS = 200
# The nth invoice of a hundred says what becomes of it: 0-19 paid early, 20-29 part and 30-49 all paid late, 50-59 dated late.
INVOICES = """
    CREATE TEMP TABLE place ON COMMIT DROP AS
    SELECT n, nextval('inbaar_id') AS id, d.id AS debtor_id, (n * 37 % 100)::int AS kind,
        date '2026-06-30' - (n * 7919 % 180)::int + CASE WHEN n * 37 % 100 BETWEEN 50 AND 59 THEN 181 ELSE 0 END AS issued,
        (100 + n * 7919 % 999983 / 100.0)::numeric(15, 2) AS amount
    FROM generate_series(0, {size}::bigint - 1) n
    JOIN parties_debtor d ON d.client_id = {client} AND d.number = (n * 7919 % {debtors})::text ORDER BY n;
    CREATE TEMP TABLE paid ON COMMIT DROP AS
    SELECT n, id, CASE WHEN kind BETWEEN 20 AND 29 THEN 50 ELSE amount END AS amount,
        CASE WHEN kind < 20 THEN date '2026-06-30' - (n % 5)::int ELSE date '2026-07-01' + (n % 60)::int END AS day
    FROM place WHERE kind < 50;
    ANALYZE place; ANALYZE paid;
    INSERT INTO receivables_invoice (id, client_id, debtor_id, kind, number, number_key, issue_date, received_on,
        due_date, term_agreed, claim_kind, first_interest_day, currency, net, vat, total, payable, payment_reference,
        credits_number, content_key, open_amount, accepted_at)
    SELECT p.id, {client}, debtor_id, 'invoice', 'F' || p.n, 'F' || p.n, issued, issued, issued + 30, true, 'trade',
        issued + 31, 'EUR', p.amount, 0, p.amount, p.amount, '', '', p.n::text, p.amount - coalesce(q.amount, 0), '2026-06-30'
    FROM place p LEFT JOIN paid q ON q.id = p.id ORDER BY p.n;
    INSERT INTO ledger_account (client_id, code, purse, currency)
    SELECT {client}, code, 'own', 'EUR' FROM unnest(ARRAY['receivable', 'sales', 'unapplied']) AS code;
    INSERT INTO ledger_transfer (client_id, reference, line, debit_id, credit_id, purse, currency, amount, booked_on,
        recorded_at, subject)
    SELECT {client}, r.reference, 1, d.id, c.id, 'own', 'EUR', r.amount, r.day, '2026-06-30', r.id FROM (
        SELECT 'invoice:' || id AS reference, id, amount, issued AS day, 'receivable' AS debit, 'sales' AS credit FROM place
        UNION ALL
        SELECT 'payment:' || id, id, amount, day, 'unapplied', 'receivable' FROM paid ORDER BY day
    ) r
    JOIN ledger_account d ON d.client_id = {client} AND d.code = r.debit
    JOIN ledger_account c ON c.client_id = {client} AND c.code = r.credit;
"""
# What the ageing is told of each day, added up as the daily run leaves it. Money may come some days before its invoice.
STEPS = """
    INSERT INTO receivables_agestep (client_id, currency, kind, due_date, dated, booked_on, count, amount, merged)
    SELECT {client}, 'EUR', 'invoice', issued + 30, greatest(issued, day), day, sum(count), sum(amount), true FROM (
        SELECT issued, least(issued, q.day) AS day, 1 AS count, 0 AS amount FROM place p LEFT JOIN paid q USING (id)
        UNION ALL
        SELECT issued, greatest(issued, q.day), -1, 0 FROM place p JOIN paid q USING (id) WHERE q.amount = p.amount
        UNION ALL
        SELECT issued, issued, 0, amount FROM place
        UNION ALL
        SELECT issued, q.day, 0, -q.amount FROM place p JOIN paid q USING (id)
    ) s GROUP BY 4, 5, 6;
"""
TODAY = """
    SELECT CASE WHEN due_date >= %(on)s THEN 0 WHEN due_date >= %(on)s - 30 THEN 1 WHEN due_date >= %(on)s - 60 THEN 2
                WHEN due_date >= %(on)s - 90 THEN 3 ELSE 4 END, count(*), sum(open_amount)
    FROM receivables_invoice WHERE client_id = %(client)s AND open_amount > 0 GROUP BY 1
"""


def run(small: bool) -> list[Measure]:
    """A million invoices, or a few."""
    size = 2_000 if small else 1_000_000
    beside = {"yardstick": today_only, "yardstick_name": "open today only"}
    asked = SOME_DEBTORS if small else SOME_DEBTORS * 5
    return [
        measured(
            "ageing, totals and check line", "invoices", size, totals, prepare=books, aim="0.5 s", **beside
        ),
        measured("ageing, first page of all debtors", "invoices", size, first_page, prepare=books),
        measured(
            "ageing, every debtor read out", "invoices", size, every_debtor, prepare=books, aim="2 s", **beside
        ),
        measured(
            f"ageing of one debtor, {asked} of them",
            "debtors",
            size,
            partial(one_by_one, asked=asked),
            prepare=books,
            aim="50 a second (0.02 s)",
        ),
    ]  # fmt: skip


def totals(client: int) -> int:
    """The whole client, held against the ledger."""
    from inbaar.kit.scope import client_scope
    from inbaar.receivables.ageing import ageing

    with client_scope(client):
        (found,) = ageing(client, ON)
    if found.difference or not found.open:
        raise AssertionError(f"the ageing does not tie: {found}")
    return _invoices(client)


def first_page(client: int) -> int:
    """What the screen shows of the debtors."""
    from inbaar.kit.scope import client_scope
    from inbaar.receivables.ageing import ageing_by_debtor

    with client_scope(client):
        ageing_by_debtor(client, ON, limit=50)
    return _invoices(client)


def every_debtor(client: int) -> int:
    """All of them, as for a file."""
    from inbaar.kit.scope import client_scope
    from inbaar.receivables.ageing import ageing_by_debtor

    with client_scope(client):
        rows = ageing_by_debtor(client, ON, sort="name")
    if not sum((row.open for row in rows), Decimal(0)):
        raise AssertionError("nobody owes anything")
    return _invoices(client)


def one_by_one(client: int, asked: int) -> int:
    """Many debtors, each by itself."""
    from inbaar.kit.bulk import fetch
    from inbaar.kit.scope import client_scope
    from inbaar.receivables.ageing import ageing

    with client_scope(client):
        debtors = [
            number for (number,) in fetch("SELECT id FROM parties_debtor ORDER BY id LIMIT %s", [asked])
        ]
        for debtor in debtors:
            ageing(client, ON, debtor=debtor)
    return len(debtors)


def today_only(client: int) -> int:
    """What is open now by age: one look at each invoice."""
    from inbaar.kit.bulk import fetch
    from inbaar.kit.scope import client_scope

    with client_scope(client):
        fetch(TODAY, {"client": client, "on": ON})
    return _invoices(client)


def _invoices(client: int) -> int:
    from inbaar.kit.bulk import fetch
    from inbaar.kit.scope import client_scope

    with client_scope(client):
        # An estimate that `VACUUM ANALYZE` left: counting them would be measured too.
        return int(fetch("SELECT reltuples FROM pg_class WHERE relname = 'receivables_invoice'")[0][0])


def books(size: int) -> int:
    """The books; looking at them changes nothing."""
    return copied_books(f"ageing_{size}", partial(fill, size=size))


def fill(client: int, size: int) -> None:
    """Writes the invoices and what was booked on them."""
    run_sql(DEBTORS + INVOICES + STEPS, client=client, size=size, debtors=max(size // PER_DEBTOR, 1))
