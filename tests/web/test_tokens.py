"""Tokens on the screens: the owner makes one, sees it once, and withdraws it; nobody else does. And the API's own page."""

import pytest
from django.test import Client

from inbaar.api.site import api
from inbaar.api.tokens import tokens_of
from inbaar.kit.scope import client_scope
from tests.api.caller import Caller
from tests.web.conftest import BACKEND
from tests.web.seeding import user
from tests.web.test_acts import post
from tests.web.test_pages import plain


def browser(client, name, role, language="nl"):
    made = Client()
    made.force_login(user(name, (client.id, role), language=language), backend=BACKEND)
    return made


@pytest.fixture
def olga(client_a):
    return browser(client_a, "olga", "owner")


def test_a_token_is_made_shown_once_and_withdrawn(client_a, olga):
    assert "Geen programma heeft een token" in plain(olga.get("/tokens/"))
    answer = olga.post("/tokens/new/", {"name": "Exact", "scopes": ["read", "report"]})
    page = plain(answer)
    assert "Kopieer het nu: het wordt deze ene keer getoond" in page
    assert "no-store" in answer["Cache-Control"]
    token = next(word for word in page.split() if word.startswith("inbaar_"))
    assert Caller(client_a, token=token).get("/me").json()["scopes"] == ["read", "report"]
    page = plain(olga.get("/tokens/"))
    assert token not in page
    assert "facturen en aanmeldingen inzien, achterstanden aanmelden en intrekken" in page
    with client_scope(client_a.id):
        (row,) = tokens_of(client_a.id)
    assert "Ingetrokken: het programma krijgt niets meer." in plain(post(olga, f"/tokens/{row.id}/withdraw/"))
    assert Caller(client_a, token=token).get("/me").status_code == 401


@pytest.mark.parametrize(
    ("facts", "words"),
    [({"name": "Exact"}, "Kies wat het programma mag."), ({"scopes": ["read"]}, "Dit veld is verplicht."),
     ({"name": "Exact", "scopes": ["all"]}, "all")],
)  # fmt: skip
def test_what_is_refused_says_why_and_keeps_what_was_typed(client_a, olga, facts, words):
    answer = olga.post("/tokens/new/", facts)
    assert answer.status_code == 400
    assert words in plain(answer)
    assert facts.get("name", "") in answer.content.decode()
    assert "inbaar_" not in plain(answer)
    with client_scope(client_a.id):
        assert tokens_of(client_a.id) == []


@pytest.mark.parametrize("role", ["treasurer", "bookkeeper", "viewer"])
def test_only_an_owner_opens_the_books_to_a_program(client_a, role):
    other = browser(client_a, "bob", role)
    assert other.get("/tokens/").status_code == 403
    assert other.post("/tokens/new/", {"name": "x", "scopes": ["read"]}).status_code == 403
    assert other.post("/tokens/1/withdraw/").status_code == 403
    assert "Tokens voor programma's" not in plain(other.get("/register/"))
    with client_scope(client_a.id):
        assert tokens_of(client_a.id) == []


def test_another_client_s_token_is_not_withdrawn(client_a, client_b, olga):
    caller = Caller(client_b)
    with client_scope(client_b.id):
        (row,) = tokens_of(client_b.id)
    olga.post(f"/tokens/{row.id}/withdraw/")
    assert caller.get("/me").status_code == 200


def test_the_page_of_the_api_describes_every_call_and_field(client_a):
    page = plain(browser(client_a, "eva", "bookkeeper", "en").get("/api/"))
    paths = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    assert len(paths) == 9
    for path in paths:
        assert path in page
    for words in (
        "debtor.kvk",
        "debtor.email",
        "verdicts[].refusals[].passes_on",
        "Idempotency-Key",
        "1200 calls a minute",
    ):
        assert words in page


def test_the_description_is_for_everybody():
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["info"]["title"] == "Inbaar"
