"""Reporting from one's own software: one call, a verdict each, checked before, followed after, and done once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from inbaar.api.answers import KEPT_FOR, forget_answers
from inbaar.kit.bulk import fetch
from inbaar.kit.clock import now
from inbaar.kit.scope import client_scope
from tests.api.caller import ARREAR, Caller, codes
from tests.conftest import make_client
from tests.register.books import DAY_60, DUE, Register


@pytest.fixture
def register(client_a, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", DAY_60)
    monkeypatch.setenv("INBAAR_NOW", f"{DAY_60}T10:00:00+01:00")
    register = Register(client_a).priced()
    register.bank_account(DAY_60)
    return register


@pytest.fixture
def caller(register):
    return Caller(register.client)


def arrear(number, **facts):
    return ARREAR | {"number": number} | facts


@pytest.mark.requirement("REG-08", "REG-11")
def test_one_call_with_three_facts_and_the_debtor_reports_it(register, caller):
    answer = caller.post("/register/reports", ARREAR, "k1")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["number"], told["state"], told["refusals"]) == ("F-1", "reported", [])
    again = caller.post("/register/reports", ARREAR, "k1")
    assert (again.content, again["Idempotent-Replayed"]) == (answer.content, "true")
    assert caller.post("/register/reports", ARREAR).json() == told | {"state": "known"}
    assert [register.rows(f"register_{table}") for table in ("report", "fee", "call")] == [1, 1, 1]
    with client_scope(register.client.id):
        assert fetch("SELECT reported_by FROM register_report") == [("API: Boekhoudpakket",)]
        assert fetch("SELECT count(*) FROM letters_letter") == [(1,)]


def test_a_key_stands_for_one_request(register, caller):
    caller.post("/register/reports", ARREAR, "k1")
    answer = caller.post("/register/reports", arrear("F-2"), "k1")
    assert (answer.status_code, codes(answer)) == (409, ["key-used"])
    answer = caller.post("/register/reports/bulk", ARREAR, "k1")
    assert answer.status_code == 422
    assert register.rows("register_report") == 1
    other = Caller(register.client)
    assert other.post("/register/reports", arrear("F-2"), "k1").json()["state"] == "reported"


def test_what_is_refused_says_why_and_when_and_leaves_nothing(register, caller):
    early = arrear("F-1", due_date="2026-10-05", amount="99.99")
    answer = caller.post("/register/reports", early, "k1")
    assert answer.status_code == 422
    assert codes(answer) == ["register-overdue", "register-minimum"]
    first = answer.json()["refusals"][0]
    assert (first["fact"], first["limit"], first["passes_on"]) == ("28 days", "30 days", "2026-11-04")
    assert answer.json()["refusals"][1]["passes_on"] == "never"
    tables = ("register_report", "register_fee", "receivables_invoice", "parties_debtor", "api_answer")
    assert [register.rows(table) for table in tables] == [0] * 5
    # The key was not used up: what passes meanwhile is looked at anew.
    assert caller.post("/register/reports", ARREAR, "k1").json()["state"] == "reported"


@pytest.mark.requirement("REG-11")
def test_a_verdict_each_for_many(register, caller):
    register.invoice("B-1", DUE)
    in_books = {"amount": "1210.00", "due_date": DUE, "debtor": {"kvk": "90000002", "name": "x"}}
    many = [
        arrear("F-1"),
        arrear("B-1", **in_books),
        arrear("F-2", amount="99.99"),
        arrear("B-1", **in_books | {"amount": "1.00"}),
    ]
    answer = caller.post("/register/reports/bulk", {"arrears": many[:3]}, "k1")
    assert [(one["number"], one["state"]) for one in answer.json()["verdicts"]] == [
        ("F-1", "reported"), ("B-1", "reported"), ("F-2", "refused"),
    ]  # fmt: skip
    assert caller.post("/register/reports/bulk", {"arrears": many[:3]}, "k1").content == answer.content
    (told,) = caller.post("/register/reports/bulk", {"arrears": many[3:]}).json()["verdicts"]
    assert [one["code"] for one in told["refusals"]] == ["register-differs"]
    assert register.rows("register_report") == 2


@pytest.mark.requirement("BEY-19")
def test_the_five_conditions_and_both_clocks_before_it_is_reported(register, caller):
    register.invoice("B-1", "2026-10-05")
    asked = [
        arrear("F-1"),
        arrear("B-1", amount="1210.00", due_date="2026-10-05", debtor={"kvk": "90000002", "name": "x"}),
    ]
    told = caller.post("/register/check", {"arrears": asked}).json()
    assert told["fee"] == "12.50"
    fresh, known = told["checks"]
    assert [one["code"] for one in fresh["conditions"]] == [
        "register-kvk", "register-proof", "register-overdue", "register-minimum", "register-disputed",
    ]  # fmt: skip
    assert (fresh["allowed"], fresh["known"], fresh["reportable_from"], fresh["enterable_from"]) == (
        True, False, "2026-10-01", "2026-11-16",
    )  # fmt: skip
    assert (known["allowed"], known["known"], known["reportable_from"], known["enterable_from"]) == (
        False, True, "2026-11-04", "2026-11-18",
    )  # fmt: skip
    assert [one["code"] for one in known["conditions"] if not one["met"]] == ["register-overdue"]
    assert [register.rows(f"register_{table}") for table in ("report", "fee")] == [0, 0]


def test_before_the_first_price_nothing_can_be_reported(client_a, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", DAY_60)
    caller = Caller(client_a)
    told = caller.post("/register/check", {"arrears": [ARREAR]}).json()
    assert (told["fee"], told["checks"][0]["allowed"]) == (None, False)
    assert codes(caller.post("/register/reports", ARREAR)) == ["register-no-price"]


@pytest.mark.requirement("REG-11", "BEY-19")
def test_followed_by_pages_until_it_ends(register, caller):
    for number in ("F-1", "F-2", "F-3"):
        caller.post("/register/reports", arrear(number))
    page = caller.get("/register/reports", limit=2).json()
    assert [one["number"] for one in page["reports"]] == ["F-1", "F-2"]
    first = page["reports"][0]
    assert (first["state"], first["amount"], first["enterable_from"]) == ("waiting", "500.00", "2026-11-16")
    assert {one["code"] for one in first["waits_for"]} >= {"register-untold", "register-not-called"}
    # One that ends shifts no page.
    path = f"/register/reports/{first['report_id']}"
    assert caller.get(path).json() == first
    assert caller.post(f"{path}/end", {"why": "withdrawn"}, "e1").json()["state"] == "ended"
    assert caller.post(f"{path}/end", {"why": "withdrawn"}, "e1").json()["state"] == "ended"
    assert caller.post(f"{path}/end", {"why": "withdrawn"}).json()["state"] == "not_running"
    assert codes(caller.get(path)) == ["unknown"]
    rest = caller.get("/register/reports", limit=2, cursor=page["next"]).json()
    assert ([one["number"] for one in rest["reports"]], rest["next"]) == (["F-3"], None)


def test_one_that_was_paid_ends_and_is_asked_for_by_no_other_route(register, caller):
    invoice = register.invoice("B-1", DUE)
    (answer,) = register.report(invoice)
    path = f"/register/reports/{answer.report_id}/end"
    assert caller.post(path, {"why": "paid"}).json()["state"] == "ended"
    assert caller.post(path, {"why": "paid"}).json()["state"] == "not_running"
    with client_scope(register.client.id):
        assert fetch("SELECT kind, invoice_id, until FROM receivables_hold") == [
            ("pause", invoice, dt.date(2026, 11, 16))
        ]
    assert fetch("SELECT kind, sum(count)::int FROM register_figure GROUP BY 1 ORDER BY 1") == [
        ("reported", 1),
        ("resolved", 1),
    ]


def test_invoices_by_pages_with_the_day_from_which_each_can_be_reported(register, caller):
    paid, waits = register.invoice("B-1", DUE), register.invoice("B-2", "2026-10-05", payable="250.00")
    register.pay(paid, "2026-10-20", "1210.00")
    page = caller.get("/invoices").json()
    (only,) = page["invoices"]
    assert (only["invoice_id"], only["open_amount"], only["state"], only["reportable_from"], only["report_id"]) == (
        waits, "250.00", "open", "2026-11-04", None,
    )  # fmt: skip
    first = caller.get("/invoices", state="all", limit=1).json()
    assert [one["state"] for one in first["invoices"]] == ["settled"]
    assert caller.get("/invoices", state="all", cursor=first["next"]).json()["invoices"] == [only]
    assert caller.get(f"/invoices/{waits}").json() == only


@pytest.mark.parametrize("key", ["k1", None])
def test_two_at_once_do_it_once(own_database, monkeypatch, key):
    monkeypatch.setenv("INBAAR_TODAY", DAY_60)
    monkeypatch.setenv("INBAAR_NOW", f"{DAY_60}T10:00:00+01:00")
    register = Register(make_client("Van Dijk Techniek B.V.", "90000001")).priced()
    register.bank_account(DAY_60)
    register.invoice("B-1", DUE)
    caller = Caller(register.client)
    in_books = arrear("B-1", amount="1210.00", due_date=DUE, debtor={"kvk": "90000002", "name": "x"})

    def ask(_: int) -> Any:
        try:
            return Caller(register.client, token=caller.token).post("/register/reports", in_books, key).json()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as several:
        answers = list(several.map(ask, range(4)))
    assert [register.rows(f"register_{table}") for table in ("report", "fee", "call")] == [1, 1, 1]
    assert register.rows("letters_letter") == 1
    assert len({answer["report_id"] for answer in answers}) == 1
    states = sorted(answer["state"] for answer in answers)
    assert states == (["reported"] * 4 if key else ["known"] * 3 + ["reported"])


def test_answers_are_kept_for_a_week(register, caller):
    caller.post("/register/reports", ARREAR, "k1")
    with client_scope(register.client.id):
        assert forget_answers(register.client.id, now()) == 0
        assert forget_answers(register.client.id, now() + KEPT_FOR) == 1
