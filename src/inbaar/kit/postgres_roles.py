"""The role the program works under on a server the operator brings (DATABASE_URL). Called before migrations.

The embedded server makes its roles itself. Elsewhere the given role owns the tables, and the program steps
down to `inbaar_app` on each connection, so that row-level security and privileges hold for it there too.
"""

from dataclasses import dataclass
from urllib.parse import quote

import psycopg
from psycopg import sql

from inbaar.kit.postgres_folder import APP, PostgresUnavailable

OLDEST_MAJOR = 15


@dataclass(frozen=True, slots=True)
class ExternalServer:
    """A server of the operator's: one address for migrations, one under which the program works."""

    owner_url: str
    app_url: str


def prepare_roles(url: str) -> ExternalServer:
    """Makes `inbaar_app` where it is missing and lets the given role step down to it."""
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            _check_version(connection)
            _make_app_role(connection)
    except psycopg.OperationalError as problem:
        why = str(problem).strip().splitlines()[0]
        raise PostgresUnavailable(
            f"the server in DATABASE_URL cannot be used: {why}; check the address and password, "
            "or leave DATABASE_URL out to use the embedded PostgreSQL"
        ) from None
    return ExternalServer(url, stepped_down(url))


def stepped_down(url: str) -> str:
    """The same address, with every connection working as `inbaar_app`."""
    return f"{url}{'&' if '?' in url else '?'}options={quote(f'-c role={APP}')}"


def _check_version(connection: psycopg.Connection) -> None:
    major = connection.info.server_version // 10_000
    if major < OLDEST_MAJOR:
        raise PostgresUnavailable(
            f"the server in DATABASE_URL is PostgreSQL {major} and Inbaar needs {OLDEST_MAJOR} or newer; "
            "upgrade it, or leave DATABASE_URL out to use the embedded PostgreSQL"
        )


def _make_app_role(connection: psycopg.Connection) -> None:
    app = sql.Identifier(APP)
    try:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP]).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOBYPASSRLS").format(app))
        # Since 16 whoever makes a role is its member, yet may not step down to it before granting that, too.
        step = "SET" if connection.info.server_version >= 160_000 else "MEMBER"
        row = connection.execute("SELECT pg_has_role(current_user, %s, %s)", [APP, step]).fetchone()
        if row is None or not row[0]:
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(app))
    except psycopg.errors.InsufficientPrivilege:
        user = connection.info.user
        raise PostgresUnavailable(
            f"the role {user} in DATABASE_URL may not make or use the role {APP}; let an administrator run: "
            f"CREATE ROLE {APP} NOLOGIN NOBYPASSRLS; GRANT {APP} TO {user};"
        ) from None
