"""Statements of account on the screens: seen before they are made, made once, and each to be looked at."""

import io
import re
from decimal import Decimal

import pytest
from django.utils import translation
from openpyxl import load_workbook

from inbaar.debtor_statements.actions import Asked, ask_statements, write_waiting
from inbaar.debtor_statements.models import AccountStatement, StatementRun
from inbaar.kit.bulk import fetch
from inbaar.kit.clock import now
from inbaar.kit.scope import client_scope
from tests.dunning.scenario import PERSON, Administration, day
from tests.web.conftest import logged_in
from tests.web.seeding import user
from tests.web.test_pages import plain

D = Decimal
TODAY = "2026-10-02"


@pytest.fixture
def books(client_a, monkeypatch):
    """A client with two debtors, on a fixed day, and people who may and may not change things."""
    monkeypatch.setenv("INBAAR_TODAY", TODAY)
    made = Administration(client_a)
    made.first = made.invoice("2026-001", "2026-09-01", payable="100.00")
    made.invoice("2026-002", "2026-10-20", payable="70.00", customer=PERSON)
    user("anna", (client_a.id, "owner"))
    user("vera", (client_a.id, "viewer"))
    return made


def hidden(answer):
    """What the form on a page would send."""
    form = re.search(r'action="/statements/ask/".*?</form>', answer.content.decode(), re.DOTALL)[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def written(books):
    from datetime import date

    while write_waiting(books.client.id, date.fromisoformat(TODAY), now()):
        pass
    with client_scope(books.client.id):
        return list(AccountStatement.objects.order_by("id"))


@pytest.mark.requirement("UI-10")
def test_what_is_seen_is_what_is_made_and_twice_is_once(books):
    anna = logged_in("anna")
    seen = anna.get("/statements/new/")
    assert [each.row.name for each in seen.context["found"]] == ["Bakkerij De Korenaar B.V.", "J. Jansen"]
    facts = hidden(seen)
    first, second = anna.post("/statements/ask/", facts), anna.post("/statements/ask/", facts)
    assert first["Location"] == second["Location"]
    with client_scope(books.client.id):
        assert StatementRun.objects.count() == 1
        ((jobs,),) = fetch("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'inbaar.statements'")
        states = set(AccountStatement.objects.values_list("state", flat=True))
    assert (jobs, states) == (1, {"queued"})
    assert [statement.asked for statement in written(books)] == [D(100), D(70)]
    assert "100,00" in plain(anna.get(first["Location"]))


def test_money_that_came_in_meanwhile_brings_the_page_back(books):
    anna = logged_in("anna")
    facts = hidden(anna.get("/statements/new/"))
    books.pay(books.first, TODAY, "30.00")
    answer = anna.post("/statements/ask/", facts)
    assert answer.status_code == 409
    assert "veranderd sinds u keek" in plain(answer)
    with client_scope(books.client.id):
        assert StatementRun.objects.count() == 0


def test_who_is_late_or_owes_enough_can_be_chosen(books):
    anna = logged_in("anna")
    assert [e.row.name for e in anna.get("/statements/new/?late=1").context["found"]] == [
        "Bakkerij De Korenaar B.V."
    ]
    assert [e.row.name for e in anna.get("/statements/new/?least=80,00").context["found"]] == [
        "Bakkerij De Korenaar B.V."
    ]
    for hostile in (
        "on=x",
        "on=2030-01-01",
        "kind=movements&since=2026-12-01",
        "least=abc",
        "debtor=9999999999",
    ):
        assert anna.get(f"/statements/new/?{hostile}").status_code == 200


@pytest.mark.requirement("UI-10")
def test_a_statement_can_be_read_printed_and_taken_to_excel(books):
    anna = logged_in("anna")
    anna.post("/statements/ask/", hidden(anna.get("/statements/new/?kind=movements&since=2026-08-01")))
    one = written(books)[0]
    page = plain(anna.get(f"/statements/{one.id}/"))
    assert "in één keer betalen" in page
    assert anna.get(f"/statements/{one.id}.pdf").content.startswith(b"%PDF")
    sheet = load_workbook(io.BytesIO(anna.get(f"/statements/{one.id}.xlsx").content)).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[2] for row in rows] == ["2026-001", "2026-001", None]
    assert rows[-1][6:8] == (100, 100)


def test_what_has_not_left_can_be_stopped(books):
    anna = logged_in("anna")
    where = anna.post("/statements/ask/", hidden(anna.get("/statements/new/")))["Location"]
    assert anna.post(f"{where}stop/").status_code == 302
    assert {statement.state for statement in written(books)} == {"cancelled"}
    assert "tegengehouden" in plain(anna.get(where))


def test_a_viewer_looks_and_makes_nothing(books):
    vera = logged_in("vera")
    seen = vera.get("/statements/new/")
    assert seen.status_code == 200
    assert "/statements/ask/" not in seen.content.decode()
    assert vera.post("/statements/ask/", {}).status_code == 403


def test_another_clients_statement_is_not_here(books, client_b):
    anna = logged_in("anna")
    anna.post("/statements/ask/", hidden(anna.get("/statements/new/")))
    one = written(books)[0]
    user("bea", (client_b.id, "owner"))
    bea = logged_in("bea")
    for path in (
        f"/statements/{one.id}/",
        f"/statements/{one.id}.pdf",
        f"/statements/{one.id}.xlsx",
        f"/statements/runs/{one.run_id}/",
    ):
        assert bea.get(path).status_code == 404
    assert bea.post(f"/statements/runs/{one.run_id}/stop/").status_code == 404


def test_every_page_speaks_english_too(books):
    anna = logged_in("anna")
    anna.cookies["inbaar_language"] = "en"
    where = anna.post("/statements/ask/", hidden(anna.get("/statements/new/")))["Location"]
    one = written(books)[0]
    assert "Make statements" in plain(anna.get("/statements/"))
    assert "Statements of 2 Oct 2026" in plain(anna.get(where))
    assert "can be paid with it" in plain(anna.get(f"/statements/{one.id}/"))
    with translation.override("en"):
        assert "made" in plain(anna.get(f"/debtors/{one.debtor_id}/"))


def test_who_owes_nothing_any_more_can_still_see_what_moved(books):
    books.pay(books.first, "2026-09-20", "100.00")
    anna = logged_in("anna")
    with client_scope(books.client.id):
        ((debtor,),) = fetch("SELECT debtor_id FROM receivables_invoice WHERE id = %s", [books.first])
    seen = anna.get(f"/statements/new/?debtor={debtor}&kind=movements&since=2026-08-01")
    anna.post("/statements/ask/", hidden(seen))
    (one,) = written(books)
    assert (one.opening, one.closing, len(one.content["movements"])) == (0, 0, 2)


def test_a_run_that_waits_for_the_worker_keeps_no_other_waiting(books):
    with client_scope(books.client.id):
        ((debtor,),) = fetch("SELECT debtor_id FROM receivables_invoice WHERE id = %s", [books.first])
        asked = Asked("earlier", "open", day(TODAY), None, False, ((debtor, "EUR"),))
        earlier = ask_statements(books.client.id, asked, "Anna", day(TODAY), now())
    anna = logged_in("anna")
    anna.post("/statements/ask/", hidden(anna.get("/statements/new/")))
    with client_scope(books.client.id):
        waiting = AccountStatement.objects.filter(state="waiting")
        assert set(waiting.values_list("run_id", flat=True)) == {earlier}
