"""Payments that point at nothing are looked up by index, also under row-level security: never by reading all invoices."""

import pytest
from django.db import connection

from inbaar.banking import candidates, payers
from inbaar.banking.outcomes import EntryFacts
from inbaar.kit.bulk import fetch, run
from inbaar.kit.scope import client_scope
from tests.banking.books import DAY, draft, invoiced
from tests.conftest import _run_as_owner, make_client

MANY_DEBTORS = """
    INSERT INTO parties_debtor (client_id, organisation_id, number, identity, name, capacity, legal_form, size,
        kvk_number, vat_id, street, postcode, city, country, language)
    SELECT %s, NULL, d::text, 'd:' || d, 'Klant ' || d || ' B.V.', 'business', 'company', 'unknown', '', '', '', '', '',
        'NL', 'nl' FROM generate_series(1, 5000) d
"""
ASKED = {"debtors": "{7}", "most": 200, "cents": "{12100}", "most_of_amount": 5}


@pytest.fixture
def many_debtors(own_database, django_db_blocker):
    """A client with a book of debtors that the planner knows of, whatever other tests did to its figures."""
    with django_db_blocker.unblock():
        client = make_client("Van Dijk Techniek B.V.", "90000001")
        with client_scope(client.id):
            run(MANY_DEBTORS, [client.id])
        _run_as_owner("ANALYZE", database=own_database)
        yield client


@pytest.fixture
def explained(many_debtors):
    """The plan of a statement for the application's role, where reading a whole table is the last resort."""

    def explain(sql, params):
        with client_scope(many_debtors.id), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            return [line.strip() for (line,) in fetch("EXPLAIN " + sql, params)]

    return explain


def conditions(plan, index):
    """What the scan of an index looks up in it."""
    ((place, _),) = [(place, line) for place, line in enumerate(plan) if index in line]
    return plan[place + 1]


def test_an_amount_is_looked_up_by_its_cents(many_debtors, explained):
    plan = explained(candidates._BY_NAME_OR_AMOUNT, {"client": many_debtors.id, **ASKED})
    assert "open_cents = wanted" in conditions(plan, "invoice_open_by_cents")


def test_a_name_is_looked_up_as_the_database_keeps_it(many_debtors, explained):
    with client_scope(many_debtors.id):
        assert fetch(payers._NAMED, ["{KLANT7}", "{KLANT7BV}", many_debtors.id, 200]) == fetch(
            "SELECT 'KLANT7', id FROM parties_debtor WHERE name = 'Klant 7 B.V.'"
        )
    plan = explained(payers._NAMED, ["{JANSENBOUW}", "{JANSENBOUWBV}", many_debtors.id, 200])
    assert "bare_name = wanted" in conditions(plan, "debtor_by_bare_name")


def test_a_customer_number_is_looked_up_by_index(many_debtors, explained):
    with client_scope(many_debtors.id):
        assert payers.customers_of(many_debtors.id, {"7", "abc"}).keys() == {"7"}
    plan = explained(payers._CUSTOMERS, [many_debtors.id, "{7}"])
    assert "number" in conditions(plan, "debtor_by_number")


@pytest.mark.django_db
def test_of_a_number_written_in_many_ways_those_that_are_open_come_first(client_a):
    with client_scope(client_a.id):
        made = invoiced(client_a, *(draft(f"2026{'-' * n}0042") for n in range(1, 23)))
        run("UPDATE receivables_invoice SET open_amount = 0 WHERE id = ANY(%s)", [[i.id for i in made[:3]]])
        payment = candidates.asked(
            EntryFacts(1, DAY, made[0].payable, made[0].payable, "EUR", "", "", "", "", "20260042")
        )
        found = candidates.items_pointed_at(client_a.id, [payment])
    assert set(found.items) == {invoice.id for invoice in made[3:]}
    assert found.paid.keys() == {"20260042"}
