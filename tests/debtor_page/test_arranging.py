"""Promising and planning from a debtor's own page: shown first, kept once, and never another's."""

import pytest

from inbaar.arrangements.models import Plan, Promise
from inbaar.kit.scope import client_scope
from inbaar.receivables.models import Hold
from tests.dunning.scenario import PERSON, day
from tests.web.test_pages import plain

pytestmark = pytest.mark.django_db
DUE = "2026-10-01"


@pytest.fixture
def owing(books):
    """One invoice of 1,210, looked at on 5 October by a link of that day."""
    books.first = books.invoice("2026-001", DUE)
    books.today("2026-10-05")
    books.his = books.path(books.debtor(books.first), "2026-10-05")
    return books


def found(books, model):
    with client_scope(books.client.id):
        return list(model.objects.order_by("id"))


def ask(books, kind, **fields):
    return books.visitor.post(f"{books.his}{kind}/", fields, follow=True)


@pytest.mark.requirement("UI-05", "BEY-22")
def test_a_promise_is_kept_once_holds_reminders_and_has_its_own_page(owing):
    page = owing.visitor.get(owing.his)
    assert "Beloven om op een dag te betalen" in plain(page)
    form = plain(owing.visitor.get(f"{owing.his}promise/"))
    assert "2026-001" in form
    said = {"due_on": "2026-10-12", "amount": "", "words": "na mijn vakantie"}
    kept = ask(owing, "promise", **said)
    told = plain(kept)
    assert "Tot en met 12 okt 2026 sturen wij hiervoor geen herinnering" in told
    assert "na mijn vakantie" in told
    assert "€ 1.210,00" in told
    again = ask(owing, "promise", **said)
    assert again.redirect_chain == kept.redirect_chain
    assert len(found(owing, Promise)) == 1
    assert [(hold.kind, hold.released_on) for hold in found(owing, Hold)] == [("promise", None)]
    assert owing.run("2026-10-06").waits == {"promise": 1}
    assert "sessionid" not in kept.cookies


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"due_on": ""}, "Kies een dag."),
        ({"due_on": "straks"}, "Kies een dag."),
        ({"due_on": "2026-10-04"}, "Kies vandaag of een latere dag."),
        ({"due_on": "2027-10-04"}, "Kies een dag tot en met"),
        ({"due_on": "2026-10-12", "amount": "veel"}, "is geen bedrag"),
        ({"due_on": "2026-10-12", "amount": "0"}, "Vul een bedrag boven nul in"),
        ({"due_on": "2026-10-12", "amount": "9999"}, "Vul een bedrag boven nul in"),
    ],
)
def test_a_promise_that_cannot_be_is_told_why_and_nothing_is_kept(owing, fields, told):
    answer = ask(owing, "promise", words="sorry", **fields)
    assert answer.status_code == 400
    assert told in plain(answer)
    assert "sorry" in answer.content.decode()
    assert found(owing, Promise) == []


@pytest.mark.requirement("UI-07", "BEY-22")
def test_a_plan_is_shown_first_and_runs_at_once_where_the_rules_agree(owing):
    fields = {"count": "2", "every": "month", "first_on": "2026-10-12", "acknowledged": "1"}
    seen = plain(ask(owing, "plan", look="1", **fields))
    assert "€ 605,00" in seen
    assert found(owing, Plan) == []
    agreed = ask(owing, "plan", ask="1", **fields)
    told = plain(agreed)
    assert "Uw betalingsregeling" in told
    assert "12 okt 2026" in told
    assert "12 nov 2026" in told
    (plan,) = found(owing, Plan)
    assert plan.state in ("running", "asked")
    ask(owing, "plan", ask="1", **fields)
    assert len(found(owing, Plan)) == 1
    assert owing.run("2026-10-06").waits == {"plan": 1}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"count": "", "first_on": "2026-10-12"}, "Kies een aantal termijnen"),
        ({"count": "2", "first_on": "ooit"}, "Kies een aantal termijnen"),
        ({"count": "500", "first_on": "2026-10-12"}, "Kies hoogstens"),
        ({"count": "2", "first_on": "2026-09-12"}, "Kies vandaag of een latere dag voor de eerste termijn"),
    ],
)
def test_a_plan_that_cannot_be_is_told_why(owing, fields, told):
    answer = ask(owing, "plan", ask="1", every="month", **fields)
    assert answer.status_code == 400
    assert told in plain(answer)
    assert found(owing, Plan) == []


def test_what_is_between_the_client_and_others_is_not_told_the_debtor(owing):
    """A plan that only a person may agree on says so, without the insurer, the tax office or another plan of his."""
    answer = ask(owing, "plan", ask="1", count="12", every="month", first_on="2026-10-12")
    told = plain(answer).lower()
    for word in ("verzeker", "btw", "verjaar", "register"):
        assert word not in told


def test_a_promise_of_another_debtor_is_not_shown_and_a_link_of_nobody_opens_nothing(owing):
    other = owing.invoice("2026-002", DUE, customer=PERSON)
    theirs = owing.path(owing.debtor(other), "2026-10-05")
    owing.visitor.post(f"{theirs}promise/", {"due_on": "2026-10-12"})
    (promise,) = found(owing, Promise)
    assert promise.due_on == day("2026-10-12")
    assert owing.visitor.get(f"{theirs}arranged/promise/{promise.id}/").status_code == 200
    assert owing.visitor.get(f"{owing.his}arranged/promise/{promise.id}/").status_code == 404
    assert owing.visitor.get(f"{owing.his}arranged/plan/1/").status_code == 404
    assert owing.visitor.get(f"{owing.his}arranged/word/1/").status_code == 404
    for kind in ("promise", "plan"):
        assert owing.visitor.post(f"/my/nothing/{kind}/", {"due_on": "2026-10-12"}).status_code == 404
