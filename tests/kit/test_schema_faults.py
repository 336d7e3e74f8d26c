"""The schema check finds what it must: each fault planted in an otherwise right table gives exactly its finding.

Every fault is made by the owner of the tables in a transaction that is rolled back.
"""

from dataclasses import replace

import pytest

from inbaar.kit.schema import findings
from inbaar.kit.schema_exceptions import EXCEPTIONS
from tests.connections import admin_connection, owner_connection

pytestmark = pytest.mark.usefixtures("django_db_setup")

SCOPE = "client_id = nullif(current_setting('inbaar.client_id', true), '')::bigint"


def table(name, *columns, id_column="id bigint NOT NULL DEFAULT nextval('inbaar_id')", key="client_id, id"):
    """A table of a client that keeps every rule, with further columns and constraints."""
    lines = ["client_id bigint NOT NULL REFERENCES parties_client (id)", id_column, *columns]
    if key:
        lines.append(f"PRIMARY KEY ({key})")
    return [
        f"CREATE TABLE {name} ({', '.join(lines)})",
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY client_scope ON {name} USING ({SCOPE}) WITH CHECK ({SCOPE})",
        f"REVOKE ALL ON {name} FROM inbaar_app",
        f"GRANT SELECT, INSERT ON {name} TO inbaar_app",
    ]


def shared(name, *columns):
    """A table of facts that are nobody's in particular, as the application may read it."""
    return [
        f"CREATE TABLE {name} ({', '.join(['id bigint PRIMARY KEY', *columns])})",
        f"REVOKE ALL ON {name} FROM inbaar_app",
        f"GRANT SELECT ON {name} TO inbaar_app",
    ]


def found(*statements, exceptions=EXCEPTIONS, connect=owner_connection):
    """The (table, rule) pairs of all findings after the statements; everything is rolled back."""
    with connect() as connection:
        try:
            for statement in statements:
                connection.execute(statement)
            return [(finding.table, finding.rule) for finding in findings(connection.cursor(), exceptions)]
        finally:
            connection.rollback()


FACTS = replace(EXCEPTIONS, shared={**EXCEPTIONS.shared, "facts": "planted"})
PARENT = table("parent")
REFERS = "FOREIGN KEY (client_id, parent_id) REFERENCES parent (client_id, id)"


def test_a_right_table_gives_no_finding():
    assert found(*PARENT, *table("planted", "parent_id bigint", REFERS)) == []
    assert found(*shared("facts"), *table("planted", "f bigint REFERENCES facts"), exceptions=FACTS) == []


KEYS = {
    "no primary key": table("planted", key=""),
    "primary key without the client": table("planted", key="id"),
    "primary key in the other order": table("planted", key="id, client_id"),
    "primary key with more in it": table("planted", "n int NOT NULL", key="client_id, id, n"),
}


@pytest.mark.parametrize("statements", KEYS.values(), ids=KEYS)
def test_the_primary_key_is_client_and_id(statements):
    # A key on id alone also keeps rows apart across clients, but that is one fault, told once.
    assert found(*statements) == [("planted", "primary-key")]


UNIQUE = {
    "unique constraint": [*table("planted", "number text UNIQUE")],
    "unique index": [*table("planted", "n int"), "CREATE UNIQUE INDEX ON planted (n) WHERE n > 0"],
    "unique index on an expression": [
        *table("planted", "n text"),
        "CREATE UNIQUE INDEX ON planted (lower(n))",
    ],
    "client only carried along": [*table("planted", "n int", "UNIQUE (n) INCLUDE (client_id)")],
    "exclusion without the client": [*table("planted", "p daterange", "EXCLUDE USING gist (p WITH &&)")],
    "exclusion with another comparison of the client": [
        *table("planted", "p daterange", "EXCLUDE USING gist (p WITH &&, client_id WITH <>)")
    ],
}


@pytest.mark.parametrize("statements", UNIQUE.values(), ids=UNIQUE)
def test_what_keeps_rows_apart_does_so_within_one_client(statements):
    assert found(*statements) == [("planted", "key-carries-client")]


def test_exclusion_with_the_client_compared_by_equality_is_right():
    excluded = "EXCLUDE USING gist (client_id WITH =, p WITH &&)"
    assert found(*table("planted", "p daterange", excluded)) == []


def test_a_reference_between_tables_of_clients_carries_the_client():
    bare = [*table("parent", "UNIQUE (id, client_id)")]
    crossed = [
        *table("planted", "o bigint NOT NULL", "FOREIGN KEY (o, client_id) REFERENCES parent (client_id, id)")
    ]
    assert found(*bare, *crossed) == [("planted", "reference-carries-client")]


def test_a_reference_is_not_switched_off_by_a_second_empty_column():
    parent = table("parent", "kind text NOT NULL", "UNIQUE (client_id, id, kind)")
    key = "FOREIGN KEY (client_id, parent_id, kind) REFERENCES parent (client_id, id, kind)"
    assert found(*parent, *table("planted", "parent_id bigint", "kind text", key)) == [
        ("planted", "reference-has-no-gap")
    ]
    assert found(*parent, *table("planted", "parent_id bigint", "kind text NOT NULL", key)) == []


def test_shared_facts_never_point_at_a_clients_row():
    points = "FOREIGN KEY (c, p) REFERENCES parent (client_id, id)"
    assert found(*PARENT, *shared("facts", "c bigint", "p bigint", points), exceptions=FACTS) == [
        ("facts", "shared-never-points-at-a-client")
    ]


@pytest.mark.parametrize("action", ["CASCADE", "SET NULL", "SET DEFAULT"])
@pytest.mark.parametrize("moment", ["DELETE", "UPDATE"])
def test_no_reference_changes_rows_by_itself(moment, action):
    key = f"{REFERS} ON {moment} {action}"
    assert found(*PARENT, *table("planted", "parent_id bigint", key)) == [("planted", "no-silent-change")]


def test_restrict_is_as_good_as_no_action():
    key = f"{REFERS} ON DELETE RESTRICT ON UPDATE RESTRICT"
    assert found(*PARENT, *table("planted", "parent_id bigint", key)) == []


FUNCTION = "CREATE FUNCTION planted_function() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
TRIGGER = (
    "CREATE TRIGGER planted_trigger BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION planted_function()"
)
RULE = "CREATE RULE planted_rule AS ON DELETE TO {} DO INSTEAD NOTHING"


@pytest.mark.parametrize("statement", [TRIGGER, RULE], ids=["trigger", "rule"])
def test_no_triggers_on_our_tables(statement):
    on_client = [*PARENT, FUNCTION, statement.format("parent")]
    assert found(*on_client) == [("parent", "no-trigger")]
    on_shared = [*shared("facts"), FUNCTION, statement.format("facts")]
    assert found(*on_shared, exceptions=FACTS) == [("facts", "no-trigger")]


def test_triggers_of_the_queue_are_its_own():
    assert found(FUNCTION, TRIGGER.format("procrastinate_jobs")) == []


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


NUMBERING = {
    "identity": table("planted", id_column="id bigint GENERATED ALWAYS AS IDENTITY"),
    "serial": table("planted", id_column="id bigserial"),
    "another column": table("planted", "n serial"),
}


@pytest.mark.parametrize("statements", NUMBERING.values(), ids=NUMBERING)
def test_rows_are_numbered_by_the_one_sequence(statements):
    assert found(*statements) == [("planted", "numbering")]


def test_a_table_says_whose_its_rows_are():
    assert found(*shared("facts")) == [("facts", "whose-rows")]


def test_a_client_is_always_called_client_id():
    named = shared("facts", "customer_id bigint REFERENCES parties_client")
    assert found(*named, exceptions=FACTS) == [("facts", "client-has-one-name")]


def test_client_id_refers_to_a_client():
    statements = [line.replace(" REFERENCES parties_client (id)", "") for line in PARENT]
    assert found(*statements) == [("parent", "client-exists")]


def test_client_id_is_of_one_type():
    statements = [line.replace("client_id bigint", "client_id int", 1) for line in PARENT]
    assert found(*statements) == [("parent", "client-is-bigint")]


def test_rows_survive_a_crash():
    statements = [line.replace("CREATE TABLE", "CREATE UNLOGGED TABLE") for line in PARENT]
    assert found(*statements) == [("parent", "logged")]


def test_a_constraint_that_is_not_validated_proves_nothing():
    assert found(*PARENT, "ALTER TABLE parent ADD CONSTRAINT c CHECK (id > 0) NOT VALID") == [
        ("parent", "constraint-is-checked")
    ]


@pytest.mark.parametrize("kind", ["VIEW", "MATERIALIZED VIEW"])
def test_no_views(kind):
    assert found(f"CREATE {kind} planted AS SELECT * FROM receivables_invoice") == [("planted", "no-view")]


def test_no_function_lends_its_makers_rights():
    function = "CREATE FUNCTION planted() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"
    assert found(function) == [("planted", "no-borrowed-rights")]


def test_a_table_in_another_schema_is_seen_too():
    rules = found("CREATE SCHEMA elsewhere", "CREATE TABLE elsewhere.planted (client_id bigint, id bigint)")
    assert ("elsewhere.planted", "primary-key") in rules
    assert ("elsewhere.planted", "row-security") in rules


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
