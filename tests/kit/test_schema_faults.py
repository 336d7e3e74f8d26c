"""The schema check finds faults in the shape of tables: each planted in a right table gives exactly its finding."""

import pytest

from tests.kit.planted import FACTS, PARENT, REFERS, found, shared, table

pytestmark = pytest.mark.usefixtures("django_db_setup")


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


def test_a_reference_to_a_row_of_the_client_stands_for_the_client_only_if_every_row_has_it():
    bare = [line.replace(" REFERENCES parties_client (id)", "") for line in table("planted", "{}", REFERS)]
    always = [line.replace("{}", "parent_id bigint NOT NULL") for line in bare]
    sometimes = [line.replace("{}", "parent_id bigint") for line in bare]
    assert found(*PARENT, *always) == []
    assert found(*PARENT, *sometimes) == [("planted", "client-exists")]


ONE_OF_TWO = {
    "no row without both": ("a IS NOT NULL OR b IS NOT NULL", []),
    "one that no row may leave out": ("a IS NOT NULL", []),
    "a column that is no reference": ("a IS NOT NULL OR n IS NOT NULL", [("planted", "client-exists")]),
    "a way round": ("a IS NOT NULL OR b IS NOT NULL OR n > 0", [("planted", "client-exists")]),
    "a check that is none": ("a IS NULL OR b IS NOT NULL", [("planted", "client-exists")]),
}


@pytest.mark.parametrize(("check", "faults"), ONE_OF_TWO.values(), ids=ONE_OF_TWO)
def test_so_do_two_of_which_no_row_may_leave_out_both(check, faults):
    columns = (
        "a bigint",
        "b bigint",
        "n int",
        REFERS.replace("parent_id", "a"),
        REFERS.replace("parent_id", "b"),
    )
    bare = [
        line.replace(" REFERENCES parties_client (id)", "")
        for line in table("planted", *columns, f"CHECK ({check})")
    ]
    assert found(*PARENT, *bare) == faults


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
