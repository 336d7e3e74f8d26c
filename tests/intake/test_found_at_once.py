"""What waits for a person is found by an index of its own, however much was taken in."""

import datetime as dt

from django.db import connection

from inbaar.kit.bulk import run
from inbaar.kit.scope import client_scope
from inbaar.web.queries.documents import waiting_readings
from inbaar.web.queries.overview import to_do
from tests.conftest import _run_as_owner, make_client
from tests.intake.test_kept_by_the_database import MANY, plan

TAKEN_IN = """
    INSERT INTO intake_reading (client_id, document_id, outcome, format, number, read, problems, "on")
    SELECT client_id, id, 'accepted', 'ubl', name, '{}', '[]', '2026-06-01' FROM intake_document
"""


def test_what_waits_for_a_person_is_found_without_reading_what_was_taken_in(own_database, django_db_blocker):
    asked = []

    def note(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with django_db_blocker.unblock():
        client = make_client("Van Dijk Techniek B.V.", "90000001")
        with client_scope(client.id):
            run(MANY, [client.id])
            run(TAKEN_IN)
        _run_as_owner("VACUUM ANALYZE intake_reading", database=own_database)
        with client_scope(client.id):
            with connection.execute_wrapper(note):
                waiting_readings(client.id)
                to_do(client.id, dt.date(2026, 7, 1))
            run("SET LOCAL enable_seqscan = off")
            asked = [(sql, params) for sql, params in asked if "intake_reading" in sql]
            plans = [plan(sql, params) for sql, params in asked]
    assert len(plans) == 2
    for found in plans:
        assert any("reading_not_taken_in" in line for line in found), found
