"""Who gets in: by a token that opens one client's books for what it was made for, within limits."""

import pytest
from django.db import connection

from inbaar.api import entrance
from inbaar.api.models import Token
from inbaar.api.tokens import MOST_TOKENS, caller_of, make_token, tokens_of, withdraw_token
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope, current_client
from tests.api.caller import ARREAR, NOW, Caller, codes
from tests.register.books import DAY_60, Register


@pytest.fixture
def register(client_a, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", DAY_60)
    monkeypatch.setenv("INBAAR_NOW", f"{DAY_60}T10:00:00+01:00")
    register = Register(client_a).priced()
    register.bank_account(DAY_60)
    return register


def test_a_token_is_kept_as_its_hash_and_says_when_it_was_used(client_a, monkeypatch):
    caller = Caller(client_a, ["read"])
    secret = caller.token.rpartition("_")[2]
    with client_scope(client_a.id):
        (row,) = fetch("SELECT to_jsonb(t)::text FROM api_token t")[0]
        assert tokens_of(client_a.id)[0].last_used_at is None
    assert secret not in row
    monkeypatch.setenv("INBAAR_NOW", "2026-11-02T10:00:00+01:00")
    assert caller.get("/me").json() == {
        "client": "Van Dijk Techniek B.V.",
        "token": "Boekhoudpakket",
        "scopes": ["read"],
    }
    with client_scope(client_a.id):
        assert tokens_of(client_a.id)[0].last_used_at == NOW
    assert current_client() is None


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "inbaar_1_short",
        "inbaar_0_" + "a" * 43,
        "inbaar_1_" + "a" * 43,
        "inbaar_99999999999999999_" + "a" * 43,
    ],
)
def test_without_a_token_that_opens_something_nobody_gets_in(client_a, token):
    answer = Caller(client_a, token=token).get("/me")
    assert (answer.status_code, codes(answer), answer["WWW-Authenticate"]) == (
        401,
        ["token-unknown"],
        "Bearer",
    )


def test_a_withdrawn_token_opens_nothing_from_then_on(client_a):
    caller = Caller(client_a)
    assert caller.get("/me").status_code == 200
    with client_scope(client_a.id):
        (row,) = tokens_of(client_a.id)
        assert withdraw_token(client_a.id, row.id, "Olga", NOW)
        assert not withdraw_token(client_a.id, row.id, "Olga", NOW)
        assert caller_of(client_a.id, caller.token, NOW) is None
    assert caller.get("/me").status_code == 401


def test_a_token_of_one_client_opens_nothing_of_another(register, client_b):
    """Also with the other's number in it: the scope is the other's then, and in that there is no such token."""
    mine, other = Caller(register.client), Caller(client_b)
    report = mine.post("/register/reports", ARREAR).json()["report_id"]
    with client_scope(register.client.id):
        ((invoice,),) = fetch("SELECT id FROM receivables_invoice")
    for path in (f"/register/reports/{report}", f"/invoices/{invoice}"):
        assert mine.get(path).status_code == 200
        assert codes(other.get(path)) == ["unknown"]
    assert other.get("/register/reports").json()["reports"] == other.get("/invoices").json()["invoices"] == []
    assert (
        other.post(f"/register/reports/{report}/end", {"why": "withdrawn"}).json()["state"] == "not_running"
    )
    checked = other.post("/register/check", {"arrears": [ARREAR]}).json()["checks"][0]
    assert (checked["known"], checked["report_id"]) == (False, None)
    assert register.rows("register_report") == 1
    forged = mine.token.replace(f"_{register.client.id}_", f"_{client_b.id}_")
    assert Caller(client_b, token=forged).get("/me").status_code == 401


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [(["read"], {"reports", "check", "invoices"}), (["report"], {"report"}), (["look_up"], {"look-ups"})],
)
def test_a_token_does_what_it_was_made_for(register, scopes, allowed):
    caller = Caller(register.client, scopes)
    asked = {
        "reports": lambda: caller.get("/register/reports"),
        "invoices": lambda: caller.get("/invoices"),
        "check": lambda: caller.post("/register/check", {"arrears": [ARREAR]}),
        "report": lambda: caller.post("/register/reports", ARREAR),
        "look-ups": lambda: caller.post("/register/look-ups", {"company": "90000002", "reason": "order"}),
    }
    for name, ask in asked.items():
        answer = ask()
        if name in allowed:
            assert answer.status_code == 200, (name, answer.content)
        else:
            assert (answer.status_code, codes(answer)) == (403, ["token-scope"]), name


@pytest.mark.parametrize(
    ("name", "scopes", "code"),
    [("  ", ["read"], "token-name"), ("x", [], "token-scopes"), ("x", ["read", "all"], "token-scopes")],
)
def test_a_token_has_a_name_and_is_for_something(client_a, name, scopes, code):
    with client_scope(client_a.id):
        with pytest.raises(Refused) as refused:
            make_token(client_a.id, name, scopes, "Olga", NOW)
        assert refused.value.code == code
        assert not Token.objects.exists()


def test_there_is_an_end_to_the_number_of_tokens(client_a):
    with client_scope(client_a.id):
        for _ in range(MOST_TOKENS):
            make_token(client_a.id, "x", ["read"], "Olga", NOW)
        with pytest.raises(Refused) as refused:
            make_token(client_a.id, "x", ["read"], "Olga", NOW)
        assert refused.value.code == "token-limit"
        withdraw_token(client_a.id, tokens_of(client_a.id)[0].id, "Olga", NOW)
        make_token(client_a.id, "x", ["read"], "Olga", NOW)


def test_who_asks_too_often_is_stopped_for_a_minute(client_a, monkeypatch):
    monkeypatch.setenv("INBAAR_NOW", f"{DAY_60}T10:00:00+01:00")
    monkeypatch.setattr(entrance, "MOST_A_MINUTE", 2)
    caller = Caller(client_a)
    assert [caller.get("/me").status_code for _ in range(3)] == [200, 200, 429]
    answer = caller.get("/me")
    assert (codes(answer), answer["Retry-After"]) == (["rate-limit"], "60")
    monkeypatch.setenv("INBAAR_NOW", f"{DAY_60}T10:01:00+01:00")
    assert caller.get("/me").status_code == 200
    monkeypatch.setattr(entrance, "MOST_STRANGERS", 1)
    for token in ("x", "inbaar_1_" + "a" * 43):
        stranger = Caller(client_a, token=token)
        assert [stranger.get("/me").status_code for _ in range(2)] == [401, 429]


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        ("{", "body-unreadable", 400),
        (b"\xff\xfe", "body-unreadable", 400),
        ("[" * 100_000, "body-unreadable", 400),
        ("", "field", 422),
        ([], "field", 422),
        (None, "field", 422),
        (ARREAR | {"amount": 500.00}, "field", 422),
        (ARREAR | {"amount": "500"}, "field", 422),
        (ARREAR | {"amount": "-500.00"}, "field", 422),
        (ARREAR | {"due_date": 1756684800}, "field", 422),
        (ARREAR | {"due_date": "2026-02-30"}, "field", 422),
        (ARREAR | {"number": " "}, "field", 422),
        (ARREAR | {"number": "F\u0000"}, "field", 422),
        (ARREAR | {"number": "F\ud800"}, "field", 422),
        (ARREAR | {"number": "F" * 101}, "field", 422),
        (ARREAR | {"debtor": {"kvk": "١٢٣٤٥٦٧٨", "name": "x"}}, "field", 422),
        (ARREAR | {"interest": "1.00"}, "field", 422),
        ("x" * (entrance.MOST_BYTES + 1), "body-size", 413),
    ],
)
def test_what_cannot_be_taken_is_refused_and_changes_nothing(register, body, code, status):
    answer = Caller(register.client).post("/register/reports", body, "k1")
    assert (answer.status_code, codes(answer)[0]) == (status, code)
    assert register.rows("register_report") == register.rows("api_answer") == 0


def test_other_addresses_methods_and_kinds_of_body_are_refused_as_problems(register):
    caller = Caller(register.client)
    assert (caller.get("/nothing").status_code, codes(caller.get("/nothing"))) == (404, ["unknown"])
    answer = caller.get("/register/look-ups")
    assert (answer.status_code, codes(answer), answer["Allow"]) == (405, ["method"], "POST")
    form = caller.browser.post(
        "/api/v1/register/reports", {"number": "F-1"}, headers={"Authorization": f"Bearer {caller.token}"}
    )
    assert (form.status_code, codes(form)) == (415, ["body-type"])
    for bad in ({"cursor": "x"}, {"limit": 0}, {"limit": 501}):
        assert codes(caller.get("/invoices", **bad)) == ["field"]
    for key in ("", "a" * 101, "é"):
        assert codes(caller.post("/register/reports", ARREAR, key)) == ["field"]


def test_what_breaks_is_answered_as_a_problem_and_undone(register, monkeypatch):
    def broken(*_: object) -> None:
        fetch("INSERT INTO register_figure (month, kind, count) VALUES ('2026-01-01', 'x', 1) RETURNING 1")
        raise ZeroDivisionError

    monkeypatch.setattr("inbaar.api.register.report", broken)
    answer = Caller(register.client).post("/register/reports", ARREAR, "k1")
    assert (answer.status_code, codes(answer)) == (500, ["broken"])
    assert fetch("SELECT count(*) FROM register_figure") == [(0,)]
    assert current_client() is None
    assert not connection.needs_rollback


def test_no_answer_is_kept_by_a_browser_or_makes_a_session(register):
    answer = Caller(register.client).get("/invoices")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies
