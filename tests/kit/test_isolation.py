"""No client reads or writes another's rows: proven for every table that carries `client_id`, by ORM and by raw SQL.

The tables come from the catalogue, so tomorrow's table is walked too (and must have a line in `tests/kit/rows.py`).
"""

from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from inbaar.kit.fields import ScopedForeignKey
from inbaar.kit.models import ClientModel
from inbaar.kit.schema import client_tables
from inbaar.kit.scope import client_scope
from tests.kit.rows import FACTS, new, unsaved

pytestmark = pytest.mark.django_db

MODELS = sorted((m for m in apps.get_models() if issubclass(m, ClientModel)), key=lambda m: m._meta.db_table)
REFERENCES = [
    (model, field)
    for model in MODELS
    for field in model._meta.concrete_fields
    if isinstance(field, ScopedForeignKey)
]
each_table = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
each_reference = pytest.mark.parametrize(
    ("model", "field"), REFERENCES, ids=lambda part: getattr(part, "name", None)
)

FOREIGN_ROW = "row-level security policy"
NO_RIGHT = "permission denied"


@contextmanager
def refused(reason, kind=DatabaseError):
    with pytest.raises(kind, match=reason), transaction.atomic():
        yield


def sql(text, *values):
    """Run raw SQL; gives its rows, or how many it touched."""
    with connection.cursor() as cursor:
        cursor.execute(text, values or None)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def written_fields(model):
    """The columns that are written: what the database computes from them can be given by nobody."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def check_references():
    """Make PostgreSQL check now what it would check at commit."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")


def app_may(model, right, column=""):
    asked = (
        f"has_column_privilege(current_user, %s, '{column}', %s)" if column else "has_table_privilege(%s, %s)"
    )
    return sql(f"SELECT {asked}", model._meta.db_table, right)[0][0]


@pytest.fixture
def rows(model, client_a, client_b):
    """A row of client A and one of client B."""
    made = []
    for client in (client_a, client_b):
        with client_scope(client.id):
            made.append(new(model, client))
            check_references()
    return made


def test_every_table_that_carries_the_client_is_walked(db):
    with connection.cursor() as cursor:
        assert client_tables(cursor) == [model._meta.db_table for model in MODELS]
    assert [model.__name__ for model in MODELS if model not in FACTS] == []


def test_a_model_without_a_valid_row_says_what_to_do(client_a):
    class Forgotten(ClientModel):
        class Meta:
            app_label = "kit"
            managed = False

    try:
        with pytest.raises(
            AssertionError, match=r"Forgotten is a client's table without a valid row .* FACTS"
        ):
            unsaved(Forgotten, client_a)
    finally:
        del apps.all_models["kit"]["forgotten"]
        apps.clear_cache()


@each_table
def test_reading_shows_only_own_rows(model, rows):
    mine, theirs = rows
    table = model._meta.db_table
    with client_scope(mine.client_id):
        assert {row.client_id for row in model.objects.all()} == {mine.client_id}
        assert not model.objects.filter(client_id=theirs.client_id).exists()
        assert not model.objects.filter(id=theirs.id).exists()
        for text in (
            f"SELECT client_id FROM {table}",
            f"SELECT client_id FROM (TABLE {table}) everything",
            f"WITH everything AS MATERIALIZED (SELECT * FROM {table}) SELECT client_id FROM everything",
            f"SELECT a.client_id FROM parties_client c LEFT JOIN {table} a ON true WHERE a.id IS NOT NULL",
            f"SELECT client_id FROM {table} UNION ALL SELECT client_id FROM {table} WHERE client_id <> 0",
        ):
            assert {row[0] for row in sql(text)} == {mine.client_id}, text


@each_table
def test_copying_out_shows_only_own_rows(model, rows):
    mine, _ = rows
    copying = f"COPY {model._meta.db_table} (client_id) TO STDOUT"
    with client_scope(mine.client_id), connection.cursor() as cursor, cursor.copy(copying) as out:
        assert {int(row[0]) for row in out.rows()} == {mine.client_id}


@each_table
def test_changing_does_not_reach_anothers_row(model, rows):
    mine, theirs = rows
    table = model._meta.db_table
    with client_scope(mine.client_id):
        for field in written_fields(model):
            change = f'UPDATE {table} SET "{field.column}" = "{field.column}"'
            value = getattr(theirs, field.attname)
            if app_may(model, "UPDATE", field.column):
                assert sql(f"{change} WHERE id = %s", theirs.id) == 0
                assert sql(change) == model.objects.count()
                assert model.objects.filter(id=theirs.id).update(**{field.attname: value}) == 0
            else:
                with refused(NO_RIGHT):
                    sql(f"{change} WHERE id = %s", theirs.id)
                with refused(NO_RIGHT):
                    model.objects.filter(id=theirs.id).update(**{field.attname: value})
        with refused(f"{NO_RIGHT}|did not affect any rows"):
            theirs.save(force_update=True)


@each_table
def test_a_row_never_moves_to_another_client(model, rows):
    mine, theirs = rows
    table = model._meta.db_table
    with client_scope(mine.client_id):
        for text in (
            f"UPDATE {table} SET client_id = {theirs.client_id}",
            f"UPDATE {table} SET client_id = client_id",
            f"UPDATE {table} SET id = id",
        ):
            with refused(NO_RIGHT):
                sql(text)


@each_table
def test_deleting_does_not_reach_anothers_row(model, rows):
    mine, theirs = rows
    table = model._meta.db_table
    with client_scope(mine.client_id):
        if app_may(model, "DELETE"):
            assert sql(f"DELETE FROM {table} WHERE id = %s", theirs.id) == 0
            assert model.objects.filter(id=theirs.id).delete()[0] == 0
            assert sql(f"DELETE FROM {table}") == 1
        else:
            with refused(NO_RIGHT):
                sql(f"DELETE FROM {table} WHERE id = %s", theirs.id)
            with refused(NO_RIGHT):
                model.objects.filter(id=theirs.id)._raw_delete("default")
        with refused(NO_RIGHT):
            sql(f"TRUNCATE {table} CASCADE")
    with client_scope(theirs.client_id):
        assert model.objects.filter(id=theirs.id).exists()


@each_table
def test_adding_a_row_for_another_client_is_refused(model, rows, client_b):
    mine, theirs = rows
    with client_scope(client_b.id):
        meant = unsaved(model, client_b)
    table = model._meta.db_table
    others = [field.column for field in written_fields(model) if field.column not in ("client_id", "id")]
    listed = ", ".join(f'"{column}"' for column in others)
    with client_scope(mine.client_id):
        with refused(FOREIGN_ROW):
            meant.save(force_insert=True)
        with refused(FOREIGN_ROW):
            model.objects.bulk_create([meant])
        copied = f"INSERT INTO {table} (client_id, {listed}) SELECT {theirs.client_id}, {listed} FROM {table}"
        for text in (
            copied,
            f"{copied} ON CONFLICT DO NOTHING",
            f"WITH x AS ({copied} RETURNING 1) SELECT * FROM x",
        ):
            with refused(FOREIGN_ROW):
                sql(text)


@each_table
@pytest.mark.usefixtures("rows")
def test_outside_every_scope_nothing_is_seen_and_nothing_written(model, client_a):
    with client_scope(client_a.id):
        meant = unsaved(model, client_a)
    table = model._meta.db_table
    assert sql("SELECT nullif(current_setting('inbaar.client_id', true), '')") == [(None,)]
    assert sql(f"SELECT * FROM {table}") == []
    assert model.objects.count() == 0
    with refused(FOREIGN_ROW):
        meant.save(force_insert=True)
    for field in model._meta.concrete_fields:
        if app_may(model, "UPDATE", field.column):
            assert sql(f'UPDATE {table} SET "{field.column}" = "{field.column}"') == 0
    if app_may(model, "DELETE"):
        assert sql(f"DELETE FROM {table}") == 0


@each_reference
def test_a_row_never_points_at_anothers_row(model, field, client_a, client_b):
    with client_scope(client_b.id):
        theirs = new(field.remote_field.model, client_b)
        check_references()
    with client_scope(client_a.id):
        row = unsaved(model, client_a)
        setattr(row, field.attname, theirs.id)
        with refused("violates foreign key constraint", IntegrityError):
            row.save(force_insert=True)
            check_references()


@each_reference
def test_giving_a_row_of_another_client_makes_the_row_that_clients_and_is_refused(
    model, field, client_a, client_b
):
    with client_scope(client_b.id):
        theirs = new(field.remote_field.model, client_b)
        check_references()
    with client_scope(client_a.id):
        row = unsaved(model, client_a)
        setattr(row, field.name, theirs)
        assert row.client_id == client_b.id
        with refused(FOREIGN_ROW):
            row.save(force_insert=True)
