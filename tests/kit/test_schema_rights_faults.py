"""The schema check finds faults in who may do what: each planted in a right table gives exactly its finding."""

from dataclasses import replace

import pytest

from inbaar.kit.schema_exceptions import EXCEPTIONS
from tests.connections import admin_connection, owner_connection
from tests.kit.planted import FACTS, PARENT, SCOPE, found, shared

pytestmark = pytest.mark.usefixtures("django_db_setup")


SECURITY = {
    "not enabled": "ALTER TABLE parent DISABLE ROW LEVEL SECURITY",
    "not forced": "ALTER TABLE parent NO FORCE ROW LEVEL SECURITY",
}


@pytest.mark.parametrize("statement", SECURITY.values(), ids=SECURITY)
def test_row_level_security_is_enabled_and_forced(statement):
    assert found(*PARENT, statement) == [("parent", "row-security")]


def policies(*lines):
    return [*PARENT, "DROP POLICY client_scope ON parent", *lines]


def scoped(command, *, using=SCOPE, check=SCOPE, name="p"):
    parts = [f"USING ({using})"] * (command != "INSERT" and bool(using))
    parts += [f"WITH CHECK ({check})"] * (command not in ("SELECT", "DELETE") and bool(check))
    return f"CREATE POLICY {name}_{command.lower()} ON parent FOR {command} {' '.join(parts)}"


COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")


def test_policies_per_command_are_as_good_as_one():
    assert found(*policies(*(scoped(command) for command in COMMANDS))) == []


@pytest.mark.parametrize("missing", COMMANDS)
def test_every_command_has_its_policy(missing):
    lines = [scoped(command) for command in COMMANDS if command != missing]
    assert found(*policies(*lines)) == [("parent", "scope-policy")]


def test_a_policy_for_another_role_does_not_count():
    assert found(*policies(f"{scoped('ALL')}".replace("USING", "TO CURRENT_USER USING", 1))) == [
        ("parent", "scope-policy")
    ] * len(COMMANDS)


def test_a_policy_without_with_check_is_no_policy_for_writing():
    unchecked = scoped("ALL", check="")
    assert found(*policies(unchecked)) == [
        ("parent", "scope-policy"),
        ("parent", "scope-policy"),
        ("parent", "scope-not-widened"),
    ]


@pytest.mark.parametrize("command", ["ALL", *COMMANDS])
def test_a_second_policy_must_not_widen_the_first(command):
    wide = scoped(command, using="true", check="true", name="wide")
    assert found(*PARENT, wide) == [("parent", "scope-not-widened")]


def test_a_second_policy_for_reading_is_named_with_its_reason():
    named = replace(EXCEPTIONS, readable_elsewhere={**EXCEPTIONS.readable_elsewhere, "parent": "planted"})
    assert found(*PARENT, scoped("SELECT", using="true"), exceptions=named) == []
    writes = scoped("UPDATE", using="true", check="true")
    assert found(*PARENT, writes, exceptions=named) == [("parent", "scope-not-widened")]


def test_a_policy_that_only_narrows_is_right():
    narrow = "CREATE POLICY narrow ON parent AS RESTRICTIVE USING (id > 0)"
    assert found(*PARENT, narrow) == []


CLIENTS = {
    "seen by all": "CREATE POLICY wide ON parties_client FOR SELECT USING (true)",
    "changed by all": "CREATE POLICY wide ON parties_client FOR UPDATE USING (true)",
    "without a policy": "DROP POLICY client_listed ON parties_client",
    "not enabled": "ALTER TABLE parties_client DISABLE ROW LEVEL SECURITY",
    "not forced": "ALTER TABLE parties_client NO FORCE ROW LEVEL SECURITY",
}


@pytest.mark.parametrize("statement", CLIENTS.values(), ids=CLIENTS)
def test_a_client_reaches_its_own_row_only(statement):
    assert found(statement) == [("parties_client", "clients-own-row")]


RIGHTS = {
    "GRANT DELETE ON parent TO inbaar_app": "delete",
    "GRANT DELETE ON parent TO PUBLIC": "delete",
    "GRANT TRUNCATE ON parent TO inbaar_app": "rights",
    "GRANT TRIGGER ON parent TO inbaar_app": "rights",
    "GRANT REFERENCES ON parent TO inbaar_app": "rights",
    "GRANT UPDATE (client_id) ON parent TO inbaar_app": "identity-is-fixed",
    "GRANT UPDATE (id) ON parent TO inbaar_app": "identity-is-fixed",
    "GRANT UPDATE ON parent TO inbaar_app": "identity-is-fixed",
    "GRANT UPDATE ON parent TO PUBLIC": "identity-is-fixed",
}


@pytest.mark.parametrize(("statement", "rule"), RIGHTS.items())
def test_the_application_gets_no_right_too_many(statement, rule):
    assert found(*PARENT, statement) == [("parent", rule)]


@pytest.mark.parametrize("right", ["UPDATE (amount)", "UPDATE (reference, booked_on)"])
def test_the_ledger_is_only_added_to(right):
    assert found(f"GRANT {right} ON ledger_transfer TO inbaar_app") == [
        ("ledger_transfer", "facts-are-fixed")
    ]


@pytest.mark.parametrize("table_name", ["ledger_transfer", "receivables_invoice", "parties_organisation"])
def test_records_are_not_deleted(table_name):
    assert found(f"GRANT DELETE ON {table_name} TO inbaar_app") == [(table_name, "delete")]


def test_an_invoice_does_not_change_but_for_what_is_open():
    assert found("GRANT UPDATE (total) ON receivables_invoice TO inbaar_app") == [
        ("receivables_invoice", "facts-are-fixed")
    ]


def test_shared_rows_keep_their_number():
    assert found(*shared("facts"), "GRANT UPDATE ON facts TO inbaar_app", exceptions=FACTS) == [
        ("facts", "identity-is-fixed")
    ]


def roles_of(role, *statements):
    connect = admin_connection if statements else owner_connection  # only an administrator makes roles
    answer = found(*statements, exceptions=replace(EXCEPTIONS, app_role=role), connect=connect)
    return [rule for name, rule in answer if name == role]


def test_the_application_has_no_power_over_the_server():
    with owner_connection() as connection:
        (superuser,) = connection.execute("SELECT rolname FROM pg_roles WHERE oid = 10").fetchone()
    assert "role" in roles_of(superuser)


def test_the_application_owns_nothing_and_makes_nothing():
    with owner_connection() as connection:
        (owner,) = connection.execute(
            "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'ledger_transfer'"
        ).fetchone()
    assert roles_of(owner).count("role") > 40


def test_the_application_is_no_member_of_another_role():
    made = ["CREATE ROLE planted_group", "CREATE ROLE planted_app IN ROLE planted_group"]
    assert roles_of("planted_app", *made) == ["role"]


def test_the_application_may_not_make_tables():
    made = ["CREATE ROLE planted_app", "GRANT CREATE ON SCHEMA public TO planted_app"]
    assert roles_of("planted_app", *made) == ["role"]
    assert roles_of("planted_app", made[0]) == []
