"""Looking companies up by a program: logged, for a reason, limited, and nothing of what was found is kept."""

import pytest

from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.register.looking_up import lookups_of
from tests.api.caller import Caller, codes
from tests.register.books import DAY_74, Register
from tests.sql_watch import statements

ASKED = {"company": "90000002", "reason": "order on account"}


@pytest.fixture
def register(client_a, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", DAY_74)
    monkeypatch.setenv("INBAAR_NOW", f"{DAY_74}T10:00:00+01:00")
    register = Register(client_a).priced()
    register.entered()
    return register


@pytest.fixture
def caller(register, client_b):
    return Caller(client_b, ["look_up"])


@pytest.mark.requirement("REG-27", "REG-40")
def test_what_is_entered_is_told_and_the_company_sees_who_looked(caller):
    found = caller.post("/register/look-ups", ASKED).json()
    arrear = {"creditor": "Van Dijk Techniek B.V.", "amount": "1210.00", "due_date": "2026-10-02"}
    assert found == {
        "kvk": "90000002", "name": "Bakkerij De Korenaar B.V.", "count": 1, "total": "1210.00", "arrears": [arrear],
    }  # fmt: skip
    assert caller.post("/register/look-ups", ASKED | {"company": "bakkerij de korenaar bv"}).json() == found
    (seen,) = lookups_of("90000002")
    assert (seen.looker, seen.reason) == ("Bakkerij De Korenaar B.V.", "order on account")
    assert fetch("SELECT DISTINCT looked_by FROM register_lookup") == [("API: Boekhoudpakket",)]


@pytest.mark.parametrize("wrong", [{"reason": " "}, {"company": ""}, {"reason": None}])
def test_without_a_reason_or_a_company_nothing_is_told_or_kept(caller, wrong):
    answer = caller.post("/register/look-ups", ASKED | wrong)
    assert (answer.status_code, codes(answer)) == (422, ["field"])
    assert codes(caller.post("/register/look-ups", ASKED | {"company": "123"})) == ["lookup-what"]
    assert fetch("SELECT count(*) FROM register_lookup") == [(0,)]


def test_copying_the_register_is_stopped(caller):
    answers = [caller.post("/register/look-ups", ASKED) for _ in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {200}
    assert (answers[60].status_code, codes(answers[60])) == (429, ["lookup-limit"])
    assert fetch("SELECT count(*) FROM register_lookup") == [(60,)]


def test_nothing_of_what_was_found_is_kept(caller):
    """Also not as an answer to come again: a look-up has no key."""
    answer = caller.post("/register/look-ups", ASKED, "k1")
    assert answer.json()["count"] == 1
    assert caller.post("/register/look-ups", ASKED, "k1").headers.get("Idempotent-Replayed") is None
    with client_scope(caller.client.id):
        assert fetch("SELECT count(*) FROM api_answer") == [(0,)]


def test_a_look_up_takes_two_statements(caller):
    """Who asks, and the look-up itself; besides, once a minute, that the token was used."""
    caller.post("/register/look-ups", ASKED)
    with statements() as seen:
        assert caller.post("/register/look-ups", ASKED).json()["count"] == 1
    assert len(seen) == 2, seen
