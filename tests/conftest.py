"""The database the tests run on: a real PostgreSQL, reached as the application's role, so every rule binds.

Each test runs in a transaction that is rolled back; tests that need committed rows or several programs at once ask
for `own_database`, a copy of the migrated template.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("INBAAR_DATA", str(ROOT / "build" / "test-data"))
os.environ.setdefault("INBAAR_PG_FAST", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inbaar.settings")

# A busy machine is slow; that is no fault of an example.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")

# Tests import models where they begin, and so do the conftests of a folder that is run by itself.
django.setup()

TEMPLATE = f"inbaar_test_{os.getpid()}"
# The keys of the register lie beside a database, so each has its own folder of them.
os.environ["INBAAR_REGISTER"] = str(Path(os.environ["INBAAR_DATA"]) / f"register-{TEMPLATE}")


def _run_as_owner(*statements: str, database: str = "postgres") -> None:
    """Statements that the application may not give, by default from the maintenance database."""
    import psycopg

    from inbaar.kit.database import database_urls, parse_url

    owner = parse_url(database_urls()[1])
    with psycopg.connect(
        host=owner["HOST"],
        port=owner["PORT"] or None,
        user=owner["USER"] or None,
        password=owner["PASSWORD"] or None,
        dbname=database,
        autocommit=True,
    ) as connection:
        for statement in statements:
            connection.execute(statement)


def _drop(name: str) -> None:
    """Ends what a test left connected, then drops. FORCE would fail on an autovacuum worker, which the owner may not end."""
    _run_as_owner(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        f"WHERE datname = '{name}' AND backend_type = 'client backend' AND pg_has_role(usesysid, 'USAGE')",
        f'DROP DATABASE IF EXISTS "{name}"',
    )


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """One migrated database for the whole run."""
    from django.db import connection

    from inbaar.kit.database import migrate

    with django_db_blocker.unblock():
        _drop(TEMPLATE)
        _run_as_owner(f'CREATE DATABASE "{TEMPLATE}"')
        connection.close()
        connection.settings_dict["NAME"] = TEMPLATE
        connection.settings_dict["CONN_MAX_AGE"] = 0
        migrate()
        yield
        connection.close()
        _drop(TEMPLATE)
        shutil.rmtree(os.environ["INBAAR_REGISTER"], ignore_errors=True)


@pytest.fixture
def own_database(
    django_db_setup: None, django_db_blocker: Any, monkeypatch: Any, tmp_path_factory: Any
) -> Iterator[str]:
    """A fresh database of this test's own, for committed rows and for several programs; gives its name.

    Programs the test starts find it through `INBAAR_DATABASE`.
    """
    from django.db import connection

    name = f"{TEMPLATE}_{uuid.uuid4().hex[:8]}"
    with django_db_blocker.unblock():
        connection.close()
        _run_as_owner(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
        connection.settings_dict["NAME"] = name
        monkeypatch.setenv("INBAAR_DATABASE", name)
        monkeypatch.setenv("INBAAR_REGISTER", str(tmp_path_factory.mktemp("register")))
        try:
            yield name
        finally:
            connection.close()
            connection.settings_dict["NAME"] = TEMPLATE
            _drop(name)


@pytest.fixture
def client_a(db: None) -> Any:
    """An administration to work in; enter it with `client_scope(client_a.id)`."""
    return make_client("Van Dijk Techniek B.V.", "90000001")


@pytest.fixture
def client_b(db: None) -> Any:
    """Another administration, whose rows must stay out of sight."""
    return make_client("Bakkerij De Korenaar B.V.", "90000002")


def make_client(name: str, kvk: str) -> Any:
    """A client with its organisation."""
    from inbaar.parties.models import Client, Organisation

    organisation = Organisation.objects.create(name=name, legal_form="company", kvk_number=kvk)
    return Client.objects.create(organisation=organisation, name=name, email="administratie@example.nl")
