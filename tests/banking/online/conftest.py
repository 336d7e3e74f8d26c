"""The market's provider, listening, with this installation pointed at it."""

import pytest

from inbaar.market.payment_provider import PaymentProvider
from tests.debtor_statements.test_statements import TODAY


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", TODAY)
    monkeypatch.setenv("INBAAR_ORIGINS", "https://inbaar.example")
    with PaymentProvider() as made:
        monkeypatch.setenv("INBAAR_MOLLIE_URL", made.address)
        yield made
