"""The schema of this version keeps every rule, and each exception to a rule is still needed."""

import pytest

from inbaar.kit.schema import client_tables, findings, read_schema
from inbaar.kit.schema_exceptions import EXCEPTIONS
from tests.connections import owner_connection

pytestmark = pytest.mark.usefixtures("django_db_setup")


@pytest.fixture
def cursor():
    with owner_connection() as connection:
        yield connection.cursor()
        connection.rollback()


@pytest.fixture
def tables(cursor):
    return {table.name: table for table in read_schema(cursor, EXCEPTIONS.app_role).tables}


def test_the_schema_keeps_every_rule(cursor):
    assert [str(finding) for finding in findings(cursor)] == []


def test_the_rules_look_at_every_table_of_a_client_that_the_models_declare(cursor):
    from django.apps import apps

    from inbaar.kit.models import ClientModel

    declared = {model._meta.db_table for model in apps.get_models() if issubclass(model, ClientModel)}
    assert set(client_tables(cursor)) == declared
    assert len(declared) >= 28


def test_every_exception_is_still_needed(tables):
    named = {*EXCEPTIONS.shared, *EXCEPTIONS.deletable, *EXCEPTIONS.living, *EXCEPTIONS.readable_elsewhere}
    assert named - tables.keys() == set()
    assert [name for name in EXCEPTIONS.deletable if "DELETE" not in tables[name].app_may] == []
    assert [name for name in EXCEPTIONS.shared if tables[name].column("client_id")] == []
    assert [name for name in EXCEPTIONS.readable_elsewhere if len(tables[name].policies) < 2] == []


def test_the_application_may_do_no_more_with_the_ledger_than_read_and_add(tables):
    transfer = tables["ledger_transfer"]
    assert transfer.app_may == {"SELECT", "INSERT"}
    assert [column.name for column in transfer.columns if column.app_may_update] == []


def test_the_facts_of_an_invoice_cannot_be_changed(tables):
    invoice = tables["receivables_invoice"]
    assert invoice.app_may == {"SELECT", "INSERT"}
    assert [column.name for column in invoice.columns if column.app_may_update] == [
        "open_amount", "withdrawn_on",
    ]  # fmt: skip


def test_the_check_also_runs_with_the_applications_own_rights(db):
    from django.db import connection

    with connection.cursor() as app:
        assert findings(app) == []
