"""Connections of a test's own to the database of the run: as the owner of the tables and as the application."""

import os
from typing import Any

import psycopg
import pytest


def owner_connection() -> psycopg.Connection[Any]:
    """A connection as the owner of the tables. It waits at most five seconds for a lock, so no test can hang."""
    from inbaar.kit.database import database_urls, parse_url

    return _connect(parse_url(database_urls()[1]))


def admin_connection() -> psycopg.Connection[Any]:
    """A connection that may make roles. Only the embedded server gives one; elsewhere the test is skipped."""
    from inbaar.kit.database import data_folder, parse_url
    from inbaar.kit.postgres import ensure_server

    if os.environ.get("DATABASE_URL"):
        pytest.skip("the server in DATABASE_URL lends nobody its superuser")
    return _connect(parse_url(ensure_server(data_folder()).superuser_url))


def app_connection() -> psycopg.Connection[Any]:
    """A second connection with the rights of the application."""
    from django.db import connection

    return _connect(connection.settings_dict)


def _connect(settings: dict[str, Any]) -> psycopg.Connection[Any]:
    from django.db import connection

    options = {key: value for key, value in settings["OPTIONS"].items() if key not in ("pool", "context")}
    options["options"] = f"{options.get('options', '')} -c lock_timeout=5s".strip()
    return psycopg.connect(
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        user=settings["USER"] or None,
        password=settings["PASSWORD"] or None,
        dbname=connection.settings_dict["NAME"],
        **options,
    )
