"""How the database keeps documents and readings: as they are, and found by their key."""

import pytest

from inbaar.intake.models import Document
from inbaar.kit.bulk import fetch, run
from inbaar.kit.scope import client_scope

pytestmark = pytest.mark.django_db

MANY = """
    INSERT INTO intake_document (client_id, name, sha256, size, content, channel, received_at)
    SELECT %s, n || '.xml', md5(n::text), 1, 'x', 'upload', now() FROM generate_series(1, 400) n
"""


def plan(sql, params=()):
    return [line.strip() for (line,) in fetch(f"EXPLAIN {sql}", params)]


def test_a_file_is_not_compressed_again(client_a):
    assert fetch("SELECT attstorage FROM pg_attribute WHERE attrelid = 'intake_document'::regclass AND attname = 'content'") == [
        ("e",)
    ]  # fmt: skip


def test_a_document_is_found_by_its_key_in_books_that_were_never_analyzed(client_a):
    with client_scope(client_a.id):
        run(MANY, [client_a.id])
        found = plan("SELECT 1 FROM intake_document WHERE id = 7 AND client_id = %s", [client_a.id])
    assert any("intake_document_pkey" in line for line in found), found


def test_a_file_is_known_by_its_contents_within_its_client(client_a, client_b):
    for client in (client_a, client_b):
        with client_scope(client.id):
            run(MANY, [client.id])
            assert run(MANY + "ON CONFLICT DO NOTHING", [client.id]) == 0
            assert Document.objects.count() == 400
