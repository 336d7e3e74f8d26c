"""Rows written in bulk hold what was given, however long it is and whatever is in it."""

import datetime as dt
import json

import pytest
from django.db import DatabaseError, connection, transaction

from inbaar.kit.bulk import fetch, insert_rows
from inbaar.kit.scope import client_scope
from inbaar.parties.models import Debtor
from tests.kit.rows import new

pytestmark = pytest.mark.django_db

MOMENT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
FILES = [b"", b"\x00\xff\\x41", b'<a>"{}",\\</a>', bytes(range(256)) * 100]
FACTS = [{}, {"a": 'say "no", {x} \\ é 漢 %s \u0001'}, {"many": ["\t\n", None, 1.5] * 1000}, []]
DOCUMENT = {
    "client_id": "bigint", "name": "text", "sha256": "text", "size": "bigint", "content": "bytea", "channel": "text",
    "received_at": "timestamptz",
}  # fmt: skip
EVENT = {
    "client_id": "bigint", "debtor_id": "bigint", "on": "date", "recorded_at": "timestamptz", "kind": "text",
    "facts": "jsonb",
}  # fmt: skip


def documents(client_id, contents):
    return [
        (client_id, f"{place}.xml", f"{place}", len(content), content, "upload", MOMENT)
        for place, content in enumerate(contents)
    ]


def events(client, facts):
    debtor = new(Debtor, client).id
    return [
        (client.id, debtor, MOMENT.date(), MOMENT, f"k{place}", json.dumps(fact))
        for place, fact in enumerate(facts)
    ]


@pytest.mark.parametrize("contents", [FILES, FILES[-1:], FILES[:1] * 3])
def test_files_are_kept_as_they_came(contents, client_a):
    with client_scope(client_a.id):
        insert_rows("intake_document", DOCUMENT, documents(client_a.id, contents))
        kept = fetch("SELECT content, size FROM intake_document ORDER BY sha256")
    assert [bytes(content) for content, _ in kept] == contents
    assert [size for _, size in kept] == [len(content) for content in contents]


@pytest.mark.parametrize("facts", [FACTS, FACTS[-2:-1], FACTS[1:2] * 3])
def test_json_is_kept_as_it_was_given(facts, client_a):
    with client_scope(client_a.id):
        insert_rows("receivables_event", EVENT, events(client_a, facts))
        kept = fetch("SELECT facts::text FROM receivables_event ORDER BY kind")
    assert [json.loads(text) for (text,) in kept] == facts


def test_what_cannot_be_json_leaves_nothing(client_a):
    with client_scope(client_a.id):
        rows = events(client_a, [{}, {"a": 1}])
        rows[1] = (*rows[1][:-1], "{half")
        with pytest.raises(DatabaseError, match="invalid input syntax for type json"), transaction.atomic():
            insert_rows("receivables_event", EVENT, rows)
        assert fetch("SELECT count(*) FROM receivables_event") == [(0,)]


def test_long_values_travel_without_being_written_as_text(client_a):
    sent = []

    def note(execute, sql, params, many, context):
        sent.extend(params if sql.startswith("INSERT") else ())
        return execute(sql, params, many, context)

    with client_scope(client_a.id), connection.execute_wrapper(note):
        insert_rows("intake_document", DOCUMENT, documents(client_a.id, FILES))
        insert_rows("receivables_event", EVENT, events(client_a, FACTS))
    assert FILES in sent
    assert [json.dumps(fact) for fact in FACTS] in sent
