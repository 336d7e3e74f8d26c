"""Who may do what: row-level security on a client's tables and the privileges of the application's role.

Pure rules over facts, applied by `kit.schema`.
"""

from collections.abc import Iterator

from inbaar.kit.schema_exceptions import Exceptions
from inbaar.kit.schema_facts import Finding, Policy, Schema, Table

# How PostgreSQL prints `kit.tables.SCOPE`.
IN_SCOPE = "(client_id = (NULLIF(current_setting('inbaar.client_id'::text, true), ''::text))::bigint)"
OWN_ROW = IN_SCOPE.replace("client_id", "id", 1)
NO_SCOPE = "((NULLIF(current_setting('inbaar.client_id'::text, true), ''::text))::bigint IS NULL)"
CLIENT_POLICIES = {
    ("SELECT", f"({NO_SCOPE} OR {OWN_ROW})", None),
    ("INSERT", None, NO_SCOPE),
    ("UPDATE", OWN_ROW, OWN_ROW),
}
READS = {"SELECT", "UPDATE", "DELETE"}
WRITES = {"INSERT", "UPDATE"}
COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")


def row_security(table: Table, exceptions: Exceptions) -> Iterator[Finding]:
    """A client's table shows and takes only rows of the client in scope, for every command and role."""
    if not (table.row_security and table.forced):
        lacking = (
            "not enabled" if not table.row_security else "not forced, so its owner sees every client's rows"
        )
        yield Finding(
            table.name,
            "row-security",
            f"row-level security is {lacking}",
            "declare it with kit.tables.client_table",
        )
    open_to_all = [policy for policy in table.policies if policy.permissive]
    for command in COMMANDS:
        if not any(_keeps_scope(policy, command) for policy in open_to_all if _covers(policy, command)):
            yield Finding(
                table.name,
                "scope-policy",
                f"no policy limits {command} to the client in scope, with USING and WITH CHECK",
                "declare it with kit.tables.client_table",
            )
    for policy in open_to_all:
        widened = [c for c in COMMANDS if _covers(policy, c) and not _keeps_scope(policy, c)]
        if widened and not (widened == ["SELECT"] and table.name in exceptions.readable_elsewhere):
            yield Finding(
                table.name,
                "scope-not-widened",
                f"the policy {policy.name} lets {', '.join(widened)} reach rows of other clients",
                "remove it; a second way of reading is named with its reason in kit/schema_exceptions.py",
            )


def clients_themselves(table: Table) -> Iterator[Finding]:
    """The table of clients: listed and added outside every scope, within one only the client's own row."""
    there = {
        (policy.command, policy.readable, policy.writable) for policy in table.policies if policy.permissive
    }
    if not (table.row_security and table.forced) or there != CLIENT_POLICIES:
        yield Finding(
            table.name,
            "clients-own-row",
            "a client in scope could reach the row of another client",
            "declare it with kit.tables.ClientsThemselves",
        )


def _covers(policy: Policy, command: str) -> bool:
    return policy.command in ("ALL", command)


def _keeps_scope(policy: Policy, command: str) -> bool:
    return (command not in READS or policy.readable == IN_SCOPE) and (
        command not in WRITES or policy.writable == IN_SCOPE
    )


def table_rights(table: Table, owned: frozenset[str], exceptions: Exceptions) -> Iterator[Finding]:
    """What the application's role may do with a table, of a client or shared."""
    for right in sorted(table.app_may & {"TRUNCATE", "REFERENCES", "TRIGGER"}):
        yield _too_much(table, "rights", f"may {right}", f"revoke {right}")
    if exceptions.is_framework(table.name) and table.name not in owned:
        return
    if "DELETE" in table.app_may and table.name not in exceptions.deletable:
        remedy = "revoke DELETE, or name the table with its reason in kit/schema_exceptions.py"
        yield _too_much(table, "delete", "may DELETE", remedy)
    changeable = {column.name for column in table.columns if column.app_may_update}
    fixed = {"client_id", "id"} if table.name in owned else {"id"}
    if names := sorted(changeable & fixed):
        yield _too_much(
            table, "identity-is-fixed", f"may UPDATE {', '.join(names)}", "grant only the columns that live"
        )
    living = exceptions.living.get(table.name)
    if living is not None and (names := sorted(changeable - living - fixed)):
        yield _too_much(
            table,
            "facts-are-fixed",
            f"may UPDATE {', '.join(names)}",
            "write a new row: this one is a record",
        )


def _too_much(table: Table, rule: str, fact: str, remedy: str) -> Finding:
    return Finding(table.name, rule, f"the application's role {fact}", remedy)


def role_findings(schema: Schema) -> Iterator[Finding]:
    """The application's role stands under every rule: it owns nothing and has no power to go round them."""
    role = schema.role
    for power in role.powers:
        yield Finding(role.name, "role", f"has {power}", f"ALTER ROLE {role.name} NO{power}")
    for group in role.member_of:
        yield Finding(role.name, "role", f"is a member of {group}", f"REVOKE {group} FROM {role.name}")
    for thing in role.owns:
        yield Finding(role.name, "role", f"owns {thing}", "let the owner of the schema own it")
    if role.makes_tables:
        yield Finding(
            role.name, "role", "may make tables of its own", f"REVOKE CREATE ON SCHEMA ... FROM {role.name}"
        )
    for name in schema.functions:
        yield Finding(
            name, "no-borrowed-rights", "is a function with its maker's rights", "make it SECURITY INVOKER"
        )
