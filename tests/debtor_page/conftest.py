"""What these tests share: the books of one client on which a debtor speaks."""

import pytest

from inbaar.web.visits import VISITS
from tests.debtor_page.books import Pages


@pytest.fixture(autouse=True)
def fresh_visits():
    """What one test asks is no visit of the next."""
    VISITS.forget()


@pytest.fixture
def books(client_a, monkeypatch):
    monkeypatch.setenv("INBAAR_ORIGINS", "https://inbaar.example")
    return Pages(client_a, monkeypatch)
