"""Tables planted by the owner in a transaction that is rolled back, for the tests of the schema check."""

from dataclasses import replace

from inbaar.kit.schema import findings
from inbaar.kit.schema_exceptions import EXCEPTIONS
from tests.connections import owner_connection

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
