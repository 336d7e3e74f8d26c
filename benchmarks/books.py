"""Databases for benchmarks: each run works in a copy of its own of books that were filled once, by set-based SQL.

`dunning_books` makes open invoices, five a debtor, of which one in ten is due for a look on DAY: six of ten for their
reminder, three for the notice or the 14-day letter, one to be handed over. One debtor in seven is a consumer. What the
run does not read (deadlines, transfers, titles of what is not due) is left out.
"""

import datetime as dt
import os
import uuid
from collections.abc import Callable
from functools import partial

DAY = dt.date(2026, 7, 1)
NOW = dt.datetime(2026, 7, 1, 8, tzinfo=dt.UTC)
PER_DEBTOR = 5
EMPTY = "bench_empty"
_copies: list[str] = []
DEBTORS = """
    INSERT INTO parties_debtor (client_id, organisation_id, number, identity, name, capacity, legal_form, size,
        kvk_number, vat_id, street, postcode, city, country, language)
    SELECT {client}, NULL, d::text, 'bench:' || d, 'Klant ' || d,
        CASE WHEN d % 7 = 0 THEN 'consumer' ELSE 'business' END, CASE WHEN d % 7 = 0 THEN 'person' ELSE 'company' END,
        'unknown', '', '', 'Dorpsstraat ' || d, '1234 AB', 'Ede', 'NL', 'nl'
    FROM generate_series(0, {debtors} - 1) d;
    INSERT INTO parties_contact (client_id, debtor_id, role, name, email, phone)
    SELECT client_id, id, 'invoice', '', 'klant' || number || '@voorbeeld.example', '' FROM parties_debtor;
"""
# Invoices lie in the order of their issue, so what is due for one look on one day lies together; debtors lie at random.
PLACES = """
    CREATE TEMP TABLE place ON COMMIT DROP AS
    SELECT n, d.id AS debtor_id, nextval('inbaar_id') AS id, (100 + n % 9973)::numeric(15, 2) AS amount, place,
        date '{day}' + CASE place WHEN 'noticed' THEN -45 WHEN 'reminded' THEN -15 WHEN 'waiting' THEN -1
                       ELSE (n % 60)::int END AS due_date
    FROM generate_series(0, {size} - 1) n
    CROSS JOIN LATERAL (SELECT n - {size} / 2 AS k) after_half
    CROSS JOIN LATERAL (SELECT CASE WHEN k BETWEEN 0 AND {due} * 0.1 - 1 THEN 'noticed'
        WHEN k BETWEEN {due} AND {due} * 1.3 - 1 THEN 'reminded'
        WHEN k BETWEEN {due} * 2 AND {due} * 2.6 - 1 THEN 'waiting' ELSE 'later' END AS place) p
    JOIN parties_debtor d ON d.client_id = {client} AND d.number = (n::bigint * 7919 % {debtors})::text ORDER BY n;
    ANALYZE place;
    INSERT INTO receivables_invoice (id, client_id, debtor_id, kind, number, number_key, issue_date, received_on,
        due_date, term_agreed, claim_kind, first_interest_day, currency, net, vat, total, payable, payment_reference,
        credits_number, content_key, open_amount, accepted_at)
    SELECT p.id, {client}, p.debtor_id, 'invoice', 'F' || n, 'F' || n, p.due_date - 30, p.due_date - 30, p.due_date,
        d.capacity = 'business', CASE WHEN d.capacity = 'business' THEN 'trade' ELSE 'nontrade' END,
        CASE WHEN d.capacity = 'business' THEN p.due_date + 1 END, 'EUR', amount, 0, amount, amount, '', '', n::text,
        amount, '{day}'
    FROM place p JOIN parties_debtor d ON d.client_id = {client} AND d.id = p.debtor_id ORDER BY n;
    INSERT INTO dunning_schedule (client_id, invoice_id, debtor_id, stage, last, planned, due_on, waits_for)
    SELECT {client}, p.id, debtor_id, CASE place WHEN 'later' THEN 'waiting' ELSE place END,
        CASE place WHEN 'reminded' THEN 'reminder' WHEN 'noticed' THEN f.notice ELSE '' END,
        CASE place WHEN 'reminded' THEN f.notice WHEN 'noticed' THEN 'hand_over' ELSE 'reminder' END,
        CASE place WHEN 'later' THEN due_date + 1 ELSE '{day}' END, ''
    FROM place p JOIN parties_debtor d ON d.client_id = {client} AND d.id = p.debtor_id CROSS JOIN LATERAL (
        SELECT CASE d.capacity WHEN 'consumer' THEN 'fourteen_day_letter' ELSE 'formal_notice' END AS notice) f
    ORDER BY n;
    INSERT INTO receivables_title (client_id, invoice_id, owner_name, owner_kvk, payee_iban, period, deed)
    SELECT {client}, id, 'Bench B.V.', '', 'NL20INGB0001234567', daterange(due_date - 30, NULL), 'own claim'
    FROM place WHERE place <> 'later';
"""
EARLIER = """
    INSERT INTO dunning_step (client_id, invoice_id, kind, key, "on", pay_by)
    SELECT {client}, id, 'reminder', 'reminder', due_date + 1, due_date + 8 FROM place WHERE place IN ('reminded', 'noticed');
    INSERT INTO dunning_step (client_id, invoice_id, kind, key, after, "on", pay_by)
    SELECT {client}, p.id, f.notice, f.notice, 'reminder', due_date + 15, due_date + 22
    FROM place p JOIN parties_debtor d ON d.client_id = {client} AND d.id = p.debtor_id CROSS JOIN LATERAL (
        SELECT CASE d.capacity WHEN 'consumer' THEN 'fourteen_day_letter' ELSE 'formal_notice' END AS notice) f
    WHERE place = 'noticed';
    INSERT INTO receivables_claimcomponent (client_id, invoice_id, kind, since, claimed_on, rule, source, key)
    SELECT {client}, id, 'interest', due_date + 1, due_date + 15, '6:119a BW', 'statutory interest tables',
        'interest:' || id FROM place WHERE place = 'noticed';
    CREATE TEMP TABLE letter ON COMMIT DROP AS
    SELECT nextval('inbaar_id') AS id, p.id AS invoice_id, debtor_id, amount, step, due_date + days AS on
    FROM place p CROSS JOIN (VALUES ('reminder', 1), ('formal_notice', 15)) AS s(step, days)
    WHERE place = 'noticed' OR (place = 'reminded' AND step = 'reminder');
    INSERT INTO letters_letter (id, client_id, debtor_id, kind, number, language, "on", currency, total, payee_iban,
        content, composed_at)
    SELECT id, {client}, debtor_id, step, id::text, 'nl', "on", 'EUR', amount, '', '{{}}', "on" FROM letter;
    INSERT INTO letters_letteritem (client_id, letter_id, invoice_id, step, step_key, principal, interest, costs)
    SELECT {client}, id, invoice_id, step, step, amount, 0, 0 FROM letter;
    INSERT INTO letters_delivery (client_id, letter_id, channel, address, state, message_id, not_before, attempts, answer,
        changed_at)
    SELECT {client}, id, 'email', 'klant@voorbeeld.example', 'sent', id::text, "on", 1, '250', "on" + time '12:00' FROM letter;
"""


def dunning_books(size: int, due: int | None = None) -> int:
    """A copy of books of `size` open invoices, of which `due` (a tenth of them if not given); gives the client."""
    due = due or size // 10
    return copied_books(f"dunning_{size}_{due}", partial(fill_open_invoices, size=size, due=due))


def fill_open_invoices(client: int, size: int, due: int) -> None:
    """Writes the open invoices into a client's books."""
    run_sql(DEBTORS + PLACES + EARLIER, client=client, size=size, due=due, debtors=size // PER_DEBTOR)


def copied_books(
    name: str, fill: Callable[[int], None], owner: str = "Bench B.V.", kvk: str = "90000001"
) -> int:
    """Connects Django to a copy of the books of this name, made at first use with `fill(client)`; gives the client.

    Without `fill` they are as empty as those of a new installation. `owner` and `kvk` are the business they are of.
    """
    template, copy = f"bench_{name}", f"bench_{name}_{uuid.uuid4().hex[:8]}"
    while _copies:  # the run before in this process is done with its own
        connect("postgres")
        _as_owner(f'DROP DATABASE "{_copies.pop()}"')
    if not _exists(template):
        _make_empty()
        making = f"{template}_making"
        _as_owner(f'CREATE DATABASE "{making}" TEMPLATE "{EMPTY}"')
        connect(making)
        client = _new_client(owner, kvk)
        if fill is not None:
            _fill(client, fill)
        connect("postgres")
        _as_owner(f'ALTER DATABASE "{making}" RENAME TO "{template}"')
    _as_owner(f'CREATE DATABASE "{copy}" TEMPLATE "{template}"')
    _copies.append(copy)
    connect(copy)
    from inbaar.parties.models import Client

    return Client.objects.values_list("id", flat=True).get()


def connect(database: str) -> None:
    """Point this process's Django at a database."""
    os.environ["DJANGO_SETTINGS_MODULE"], os.environ["INBAAR_DATABASE"] = "inbaar.settings", database
    import django

    django.setup()
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = database


def run_sql(sql: str, **values: object) -> None:
    """Run set-based statements with the numbers of a portfolio filled in."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql.format(day=DAY, **values))


def _make_empty() -> None:
    if _exists(EMPTY):
        return
    _as_owner(f'CREATE DATABASE "{EMPTY}"')
    connect(EMPTY)
    from django.db import connection

    from inbaar.kit.database import migrate

    migrate()
    connection.close()


def _new_client(owner: str, kvk: str) -> int:
    from inbaar.parties.models import Client, Organisation

    organisation = Organisation.objects.create(
        name=owner,
        legal_form="company",
        kvk_number=kvk,
        street="Kade 1",
        postcode="1011 AB",
        city="Amsterdam",
    )
    return Client.objects.create(organisation=organisation, name=owner, email="bench@voorbeeld.example").pk


def _fill(client: int, fill: Callable[[int], None]) -> None:
    from django.db import connection

    from inbaar.kit.database import as_owner
    from inbaar.kit.scope import client_scope

    with client_scope(client):
        fill(client)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _exists(database: str) -> bool:
    return _as_owner("SELECT 1 FROM pg_database WHERE datname = %s", database)


def _as_owner(statement: str, *values: object) -> bool:
    """Run a statement about whole databases; gives whether it found a row."""
    import psycopg

    from inbaar.kit.database import database_urls, parse_url

    owner = parse_url(database_urls()[1])
    with psycopg.connect(host=owner["HOST"], port=owner["PORT"] or None, user=owner["USER"], dbname="postgres",
                         password=owner["PASSWORD"] or None, autocommit=True) as connection:  # fmt: skip
        found = connection.execute(statement, values or None)
        return bool(found.description and found.fetchone())
