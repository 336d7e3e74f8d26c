"""The description of the API and what it answers are one: requests are made from the description, good ones and bad.

That a request of the right form is done is not asked: the rules of the register refuse most of what chance makes up.
"""

import os

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from schemathesis.specs.openapi.checks import positive_data_acceptance

from inbaar.api import entrance
from inbaar.api.site import api
from inbaar.web.wsgi import application
from tests.api.caller import Caller
from tests.register.books import DAY_60, DUE, Register

SCHEMA = schemathesis.openapi.from_dict(api.get_openapi_schema(path_prefix="/api/v1/"))
SCHEMA.app = application
EXAMPLES = int(os.environ.get("INBAAR_API_EXAMPLES", "12"))


@pytest.fixture
def one_connection():
    """The transaction of a test lives on its connection, which a request would close."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(client_a, monkeypatch, one_connection):
    monkeypatch.setenv("INBAAR_TODAY", DAY_60)
    monkeypatch.setenv("INBAAR_NOW", f"{DAY_60}T10:00:00+01:00")
    monkeypatch.setattr(entrance, "MOST_A_MINUTE", 1_000_000)
    monkeypatch.setattr(entrance, "MOST_STRANGERS", 1_000_000)
    register = Register(client_a).priced()
    register.invoice("B-1", DUE)
    register.reported("B-2")
    return Caller(client_a).token


@SCHEMA.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(hypothesis.HealthCheck), derandomize=True
)
def test_every_request_that_can_be_made_is_answered_as_described(case, token):
    with transaction.atomic():
        case.call_and_validate(
            headers={"Authorization": f"Bearer {token}"}, excluded_checks=[positive_data_acceptance]
        )
        transaction.set_rollback(True)
    assert connection.in_atomic_block
