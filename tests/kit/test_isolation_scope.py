"""Where a scope begins and ends, and that no trick of raw SQL looks past it."""

from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, transaction

from inbaar.kit.scope import client_scope, current_client, set_scope, user_scope
from inbaar.parties.models import Client, Debtor, Membership, User
from tests.conftest import make_client
from tests.connections import app_connection
from tests.kit.rows import new

SCOPE = "SELECT nullif(current_setting('inbaar.client_id', true), '')"
COUNT = "SELECT count(*) FROM parties_debtor"


def one(text):
    with connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchone()[0]


@pytest.fixture
def debtors(client_a, client_b):
    """One debtor of each client; gives both clients."""
    for client in (client_a, client_b):
        with client_scope(client.id):
            new(Debtor, client, name=f"debtor of {client.id}")
    return client_a, client_b


@pytest.fixture
def committed(own_database):
    """The same, committed in a database of the test's own."""
    clients = [make_client("A B.V.", "90000011"), make_client("B B.V.", "90000012")]
    for client in clients:
        with client_scope(client.id):
            new(Debtor, client, name=f"debtor of {client.id}")
    return clients


def test_the_scope_ends_with_its_transaction(committed):
    with client_scope(committed[0].id):
        assert one(COUNT) == 1
    assert (one(SCOPE), one(COUNT), current_client()) == (None, 0, None)


def test_the_scope_ends_with_an_exception_too(committed):
    with suppress(ZeroDivisionError), client_scope(committed[0].id):
        raise ZeroDivisionError
    assert (one(SCOPE), one(COUNT), current_client()) == (None, 0, None)


def test_the_scope_ends_with_a_failed_statement_too(committed):
    with pytest.raises(Exception, match="division by zero"), client_scope(committed[0].id):
        one("SELECT 1 / 0")
    assert (one(SCOPE), one(COUNT), current_client()) == (None, 0, None)


def test_the_scope_stays_when_only_a_savepoint_inside_it_is_rolled_back(debtors):
    mine, _ = debtors
    with client_scope(mine.id):
        with suppress(ZeroDivisionError), transaction.atomic():
            new(Debtor, mine)
            assert one(COUNT) == 2
            raise ZeroDivisionError
        assert (one(SCOPE), one(COUNT)) == (str(mine.id), 1)


def test_a_scope_within_a_larger_transaction_ends_with_its_block(debtors):
    mine, other = debtors
    with transaction.atomic():
        with client_scope(mine.id):
            assert one(COUNT) == 1
        assert (one(SCOPE), one(COUNT)) == (None, 0)
        with suppress(ZeroDivisionError), client_scope(other.id):
            raise ZeroDivisionError
        assert (one(SCOPE), one(COUNT)) == (None, 0)


def test_an_inner_scope_of_the_same_client_leaves_the_outer_one_standing(debtors):
    mine, _ = debtors
    with client_scope(mine.id):
        with client_scope(mine.id):
            assert one(COUNT) == 1
        assert one(COUNT) == 1
        with suppress(ZeroDivisionError), client_scope(mine.id):
            raise ZeroDivisionError
        assert (one(COUNT), current_client()) == (1, mine.id)


def test_a_refused_inner_scope_leaves_the_outer_one_standing(debtors):
    mine, other = debtors
    with client_scope(mine.id):
        with pytest.raises(RuntimeError), client_scope(other.id):
            raise AssertionError("never entered")
        assert {debtor.client_id for debtor in Debtor.objects.all()} == {mine.id}


def test_a_scope_set_in_a_savepoint_goes_with_it(debtors):
    mine, other = debtors
    with client_scope(mine.id):
        with suppress(ZeroDivisionError), transaction.atomic():
            set_scope(other.id)
            raise ZeroDivisionError
        assert one(SCOPE) == str(mine.id)


def test_a_scope_is_a_number_and_nothing_else(db):
    with pytest.raises(ValueError, match="invalid literal"), client_scope("1'; RESET ROLE; --"):  # type: ignore[arg-type]
        pass


def test_two_connections_at_once_each_see_their_own(committed):
    with app_connection() as first, app_connection() as second:
        for session, client in ((first, committed[0]), (second, committed[1])):
            session.execute(f"SET LOCAL inbaar.client_id = '{client.id}'")
        for _ in range(2):
            for session, client in ((first, committed[0]), (second, committed[1])):
                names = session.execute("SELECT name FROM parties_debtor").fetchall()
                assert names == [(f"debtor of {client.id}",)]
        first.commit()
        assert first.execute(COUNT).fetchone() == (0,)
        assert second.execute(COUNT).fetchone() == (1,)
        second.rollback()


def test_a_prepared_statement_follows_the_scope_it_is_run_in(committed):
    with app_connection() as session:
        session.execute("PREPARE names AS SELECT name FROM parties_debtor")
        for _ in range(6):  # from the sixth time on PostgreSQL may keep one plan for all
            for client in committed:
                session.execute(f"SET LOCAL inbaar.client_id = '{client.id}'")
                assert session.execute("EXECUTE names").fetchall() == [(f"debtor of {client.id}",)]
        session.rollback()


def test_a_function_that_tells_what_it_is_given_is_never_given_anothers_row(debtors):
    mine, _ = debtors
    told = []
    with client_scope(mine.id), connection.cursor() as cursor:
        cursor.connection.add_notice_handler(lambda notice: told.append(notice.message_primary))
        cursor.execute(
            "CREATE FUNCTION pg_temp.tell(name text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 "
            "AS 'BEGIN RAISE NOTICE ''%'', name; RETURN true; END'"
        )
        cursor.execute("SELECT count(*) FROM parties_debtor WHERE pg_temp.tell(name)")
    assert told == [f"debtor of {mine.id}"]


def test_the_application_cannot_take_its_limits_away(debtors):
    for text, reason in (
        ("ALTER TABLE parties_debtor DISABLE ROW LEVEL SECURITY", "must be owner"),
        ("DROP POLICY client_scope ON parties_debtor", "must be owner"),
        ("CREATE TABLE mine (id int)", "permission denied"),
        ("CREATE VIEW everything AS SELECT * FROM parties_debtor", "permission denied"),
    ):
        with pytest.raises(Exception, match=reason), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(text)


def test_row_security_cannot_be_switched_off_to_see_more(debtors):
    with client_scope(debtors[0].id), connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
        with pytest.raises(Exception, match="would be affected by row-level security"), transaction.atomic():
            cursor.execute(COUNT)


def test_a_user_reads_his_own_memberships_of_every_client_and_no_one_elses(debtors):
    ann, bob = (User.objects.create_user(f"{name}@example.nl") for name in ("ann", "bob"))
    for client, user in ((debtors[0], ann), (debtors[1], ann), (debtors[1], bob)):
        with client_scope(client.id):
            new(Membership, client, user=user)
    with user_scope(ann.id):
        assert {member.client_id for member in Membership.objects.all()} == {client.id for client in debtors}
        assert {member.user_id for member in Membership.objects.all()} == {ann.id}
        assert Membership.objects.update(role="owner") == 0
        assert Membership.objects.all()._raw_delete("default") == 0
        assert one(COUNT) == 0
    assert Membership.objects.count() == 0


def test_clients_are_listed_before_a_scope_is_chosen_and_not_within_one(debtors):
    mine, other = debtors
    assert Client.objects.filter(id__in=[mine.id, other.id]).count() == 2
    with client_scope(mine.id):
        assert list(Client.objects.values_list("id", flat=True)) == [mine.id]


def test_a_client_changes_its_own_row_only_and_within_its_scope_only(debtors):
    mine, other = debtors
    assert Client.objects.update(name="changed by nobody") == 0
    with client_scope(mine.id):
        assert Client.objects.update(name="changed by itself") == 1
        assert Client.objects.filter(id=other.id).update(name="changed by another") == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            other.save()
        with pytest.raises(DatabaseError, match="row-level security policy"), transaction.atomic():
            Client.objects.create(organisation=mine.organisation, name="made within a scope")
    with client_scope(other.id):
        assert Client.objects.get().name == other.name
