"""Which PostgreSQL this program talks to, as whom, and how its schema is brought up to date.

The application works as the role `inbaar_app`, which owns nothing: row-level security and column privileges bind it.
Only `migrate` works as the owner. Without DATABASE_URL an embedded server in the data folder is used.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from inbaar.kit.errors import Unavailable
from inbaar.kit.tables import APP_ROLE

ENGINE = "inbaar.kit.backend"


def data_folder() -> Path:
    """Where the embedded server and other files of this installation live (`INBAAR_DATA`, default ./var); made if need be."""
    folder = Path(os.environ.get("INBAAR_DATA") or "var").resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise Unavailable(
            f"the data folder {folder} cannot be made: {problem.strerror}; "
            "set INBAAR_DATA to a folder that can be written"
        ) from None
    return folder


def parse_url(url: str) -> dict[str, Any]:
    """Django's settings for a `postgresql://user:password@host:port/name?option=value` address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        port, parts = None, urlsplit("")
    if parts.scheme not in ("postgres", "postgresql"):
        raise Unavailable(
            "DATABASE_URL is not an address of a PostgreSQL server; write postgresql://user:password@host:port/name, "
            "or leave it out to use the embedded one"
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": ENGINE,
        "NAME": unquote(parts.path.lstrip("/")) or "inbaar",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or options.pop("port", "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"MIGRATE": True},
    }


def as_app(settings: dict[str, Any]) -> dict[str, Any]:
    """The same database, seen as the application's role."""
    options = dict(settings["OPTIONS"])
    if settings["USER"] != APP_ROLE:
        options["options"] = f"{options.get('options', '')} -c role={APP_ROLE}".strip()
    return {**settings, "OPTIONS": options}


def database_urls() -> tuple[str, str]:
    """The application's address and the owner's. Starts the embedded server where no DATABASE_URL is set."""
    app = os.environ.get("DATABASE_URL", "")
    if app:
        return app, os.environ.get("INBAAR_OWNER_URL") or app
    from inbaar.kit.postgres import ensure_server

    server = ensure_server(data_folder())
    return server.app_url, server.owner_url


def django_databases() -> dict[str, dict[str, Any]]:
    """DATABASES for Django: the application's connection. INBAAR_DATABASE names another database on that server."""
    settings = as_app(parse_url(database_urls()[0]))
    settings["NAME"] = os.environ.get("INBAAR_DATABASE") or settings["NAME"]
    return {"default": settings}


@contextmanager
def as_owner() -> Iterator[None]:
    """Work as the owner of the tables for the length of the block: only for migrations and their tests."""
    from django.db import connection

    owner = parse_url(database_urls()[1])
    app = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD", "OPTIONS", "HOST", "PORT")}
    connection.close()
    connection.settings_dict.update({key: owner[key] for key in app})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(app)


def migrate(*, verbosity: int = 0) -> None:
    """Bring the schema up to date. Safe to run at each start and from several programs at once.

    Raises `Unavailable` where the database refuses a step: the steps before it stay, and of that one nothing does.
    """
    from django.core.management import call_command
    from django.db import Error, connection
    from django.db.migrations.exceptions import InconsistentMigrationHistory

    if os.environ.get("DATABASE_URL"):
        from inbaar.kit.postgres_roles import prepare_roles

        prepare_roles(database_urls()[1])
    with as_owner():
        with connection.cursor() as cursor:
            # One migration at a time: the lock ends with the connection, also when this program is killed.
            cursor.execute("SELECT pg_advisory_lock(4842271)")
            for right, kind in (("SELECT, INSERT, UPDATE, DELETE", "TABLES"), ("USAGE, SELECT", "SEQUENCES")):
                cursor.execute(
                    f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {right} ON {kind} TO {APP_ROLE}"
                )
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}")
        try:
            call_command("migrate", interactive=False, verbosity=verbosity)
        except (Error, InconsistentMigrationHistory) as refused:
            raise Unavailable(
                f"these books cannot be brought up to date ({str(refused).splitlines()[0]}); they were made by a version that is "
                "too old or too new: run that version, or choose an empty folder with INBAAR_DATA (or another DATABASE_URL)"
            ) from refused
