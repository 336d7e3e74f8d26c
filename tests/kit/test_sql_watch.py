"""The watch on SQL counts what it should and finds the joins that forget the client."""

import pytest
from django.db import connection, transaction

from inbaar.kit.scope import client_scope
from inbaar.parties.models import Debtor
from tests.kit.rows import unsaved
from tests.sql_watch import joins_without_client, statements


def test_a_batch_is_one_statement_and_the_transaction_around_it_none(client_a):
    debtors = [unsaved(Debtor, client_a) for _ in range(3)]
    with statements() as seen, client_scope(client_a.id), transaction.atomic():
        Debtor.objects.bulk_create(debtors)
    assert len(seen) == len(seen.writes) == len(seen.on("parties_debtor", "INSERT")) == 1


def test_rows_written_one_by_one_count_one_by_one(client_a):
    with statements() as seen, client_scope(client_a.id):
        for debtor in [unsaved(Debtor, client_a) for _ in range(3)]:
            debtor.save(force_insert=True)
    assert len(seen.writes) == 3


def test_an_executemany_counts_each_set_of_values(db):
    with statements() as seen, connection.cursor() as cursor:
        cursor.executemany("SELECT %s", [[1], [2], [3]])
    assert (len(seen), seen.writes) == (3, [])


def test_the_watch_ends_with_its_block_also_after_an_error(db):
    with pytest.raises(ZeroDivisionError), statements() as seen:
        raise ZeroDivisionError
    Debtor.objects.count()
    assert len(seen) == 0


FORGOTTEN = {
    "by number only": 'SELECT 1 FROM "a" INNER JOIN "b" ON ("a"."b_id" = "b"."id")',
    "a literal": "SELECT 1 FROM a JOIN b ON b.id = a.b_id AND b.client_id = 5",
    "using": "SELECT 1 FROM a JOIN b USING (id) WHERE a.client_id = b.client_id",
    "the second of two": "SELECT 1 FROM a JOIN b USING (client_id, id) LEFT OUTER JOIN b x ON x.id = a.id",
    "an update": "UPDATE a SET n = 1 FROM c JOIN b ON b.id = c.b_id WHERE a.client_id = c.client_id",
}
KEPT = {
    "both sides": 'SELECT 1 FROM "a" JOIN "b" ON ("a"."b_id" = "b"."id" AND "a"."client_id" = "b"."client_id")',
    "using": "SELECT 1 FROM a JOIN b USING (client_id, id)",
    "a shared table": "SELECT 1 FROM a JOIN shared s ON s.id = a.shared_id",
    "from the client itself": "SELECT 1 FROM parties_client c JOIN b ON b.client_id = c.id",
    "an alias": "SELECT 1 FROM a JOIN b AS t ON t.client_id = a.client_id AND t.id = a.b_id WHERE true",
}


@pytest.mark.parametrize("text", FORGOTTEN.values(), ids=FORGOTTEN)
def test_a_join_that_forgets_the_client_is_found(text):
    assert len(joins_without_client(text, ["a", "b"])) == 1


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_a_join_that_carries_the_client_is_let_through(text):
    assert joins_without_client(text, ["a", "b"]) == []
