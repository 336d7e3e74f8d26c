"""One seeded, committed database for the whole run: pages are read from it, and a browser is pointed at it.

What changes something uses a database of its own test (`client_a`), or rows nobody else looks at.
"""

import os
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from inbaar.web.visits import VISITS
from tests.conftest import TEMPLATE, _drop, _run_as_owner, make_client
from tests.web.seeding import PASSWORD, Books, seed

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Hashing is slow on purpose; here it need not be."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def fresh_visits() -> None:
    """What one test asks is no visit of the next: their clocks stand at the same minute."""
    VISITS.forget()


@pytest.fixture(scope="session")
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[Books]:
    """The seeded database, made once."""
    from django.db import connection

    name = f"{TEMPLATE}_web_{uuid.uuid4().hex[:6]}"
    with django_db_blocker.unblock():
        connection.close()
        _run_as_owner(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
        connection.settings_dict["NAME"] = name
        try:
            books = seed(name, make_client("Bakkerij De Korenaar B.V.", "90000002"))
        finally:
            connection.close()
            connection.settings_dict["NAME"] = TEMPLATE
        yield books
        connection.close()
        _drop(name)


@pytest.fixture
def books(seeded: Books, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    """The seeded database for one test that only reads, on the last day that was played."""
    from django.db import connection

    monkeypatch.setenv("INBAAR_TODAY", seeded.today.isoformat())
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = seeded.database
        try:
            yield seeded
        finally:
            connection.close()
            connection.settings_dict["NAME"] = TEMPLATE


def logged_in(name: str) -> Any:
    """A browser of Django's own, in which somebody of the seed is logged in."""
    from django.test import Client

    from inbaar.parties.models import User

    browser = Client()
    browser.force_login(User.objects.get(email=f"{name}@inbaar.example"), backend=BACKEND)
    return browser


@pytest.fixture
def olga(books: Books) -> Any:
    """The owner of the seeded client."""
    return logged_in("olga")


@pytest.fixture
def victor(books: Books) -> Any:
    """A viewer of the seeded client."""
    return logged_in("victor")


def environment(books: Books) -> dict[str, str]:
    """What a program needs to serve these books."""
    return {
        **os.environ,
        "INBAAR_DATABASE": books.database,
        "INBAAR_TODAY": books.today.isoformat(),
        "INBAAR_PLAIN_HTTP": "1",
        "DJANGO_SETTINGS_MODULE": "inbaar.settings",
    }


__all__ = ["PASSWORD"]
