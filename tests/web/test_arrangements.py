"""Promises and payment plans on the screens: taken down, looked at before anybody agrees, answered, changed and ended."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.shortcuts import render
from django.test import Client
from django.utils import translation

from inbaar.arrangements.models import ArrangementPolicy, Plan, PlanTerm, Promise
from inbaar.arrangements.proposing import NewPlan, ask_plan
from inbaar.arrangements.terms import Every, Term, equal_terms
from inbaar.arrangements.wishes import possible
from inbaar.kit.scope import client_scope
from inbaar.receivables.models import Hold
from tests.arrangements.books import Desk
from tests.web.conftest import BACKEND
from tests.web.seeding import user
from tests.web.test_pages import plain

TODAY = "2026-09-28"


@pytest.fixture
def desk(client_a, monkeypatch):
    """A small administration on a Monday."""
    monkeypatch.setenv("INBAAR_TODAY", TODAY)
    monkeypatch.setenv("INBAAR_NOW", f"{TODAY}T09:00:00+00:00")
    return Desk(client_a)


@pytest.fixture
def eva(desk):
    browser = Client()
    browser.force_login(user("eva", (desk.client.id, "bookkeeper")), backend=BACKEND)
    return browser


@pytest.fixture
def owner(desk):
    browser = Client()
    browser.force_login(user("otto", (desk.client.id, "owner")), backend=BACKEND)
    return browser


def post(browser, path, **values):
    return browser.post(path, values, follow=True)


def rows(desk, model, **filters):
    with client_scope(desk.client.id):
        return list(model.objects.filter(**filters))


def late(desk, number="F-1", payable="300.00"):
    invoice = desk.invoice(number, "2026-09-20", payable=payable)
    return invoice, desk.debtor_of(invoice)


def planned(browser, debtor, invoice, **facts):
    """See the terms, and agree on what was seen."""
    form = {
        "invoices": invoice, "count": "3", "every": "month", "first_on": "2026-10-15", "interest": "stops", "source": "debtor",
        "token": "t",
    } | facts  # fmt: skip
    seen = post(browser, f"/debtors/{debtor}/plan/", **form, look="1")
    total = re.search(r'name="total" value="([0-9.]+)"', seen.content.decode())
    return seen, post(browser, f"/debtors/{debtor}/plan/", **form, agree="1", total=total[1] if total else "")


@pytest.mark.requirement("UI-05")
def test_a_promise_is_taken_down_and_stands_on_the_debtor_the_invoice_and_the_list(desk, eva):
    invoice, debtor = late(desk)
    assert "F-1, € 300,00 open, vervalt 20 sep 2026" in plain(
        eva.get(f"/debtors/{debtor}/promise/?invoice={invoice}")
    )
    form = {
        "invoices": invoice,
        "due_on": "2026-10-02",
        "source": "debtor",
        "words": "na mijn loon",
        "token": "t",
    }
    page = plain(post(eva, f"/debtors/{debtor}/promise/", **form))
    assert "Vastgelegd: voor deze facturen gaat niets uit tot en met 2 okt 2026." in page
    assert "door de debiteur zelf: “na mijn loon”" in page
    post(eva, f"/debtors/{debtor}/promise/", **form)
    (promise,) = rows(desk, Promise)
    assert (promise.amount, promise.due_on, promise.made_by) == (
        Decimal("300.00"),
        dt.date(2026, 10, 2),
        "Eva",
    )
    assert "beloofd" in plain(eva.get(f"/invoices/{invoice}/"))
    assert "lopend (1)" in plain(eva.get("/promises/"))
    page = plain(post(eva, f"/promises/{promise.id}/withdraw/"))
    assert "Teruggenomen: de volgende ronde bekijkt de facturen weer." in page
    assert "was al voorbij" in plain(post(eva, f"/promises/{promise.id}/withdraw/"))


@pytest.mark.requirement("UI-05")
def test_the_list_tells_what_is_late_what_is_at_risk_and_how_often_the_word_was_kept(desk, eva, monkeypatch):
    first, _debtor = late(desk)
    second, _ = late(desk, "F-2", "50.00")
    desk.promise(first, on="2026-09-21", due="2026-09-22")
    desk.look("2026-09-24")
    desk.promise(second, on="2026-09-28", due="2026-09-30")
    page = plain(eva.get("/promises/?state=risk"))
    assert "0 van 1 belofte nagekomen, van 29 sep 2025 tot en met 28 sep 2026." in page
    assert "kwam een eerdere belofte niet na" in page
    assert "kwam er het afgelopen jaar 0 van 1 na" in page
    assert "te laat (0)" in page
    monkeypatch.setenv("INBAAR_TODAY", "2026-10-01")
    assert "te laat: nog niet beoordeeld" in plain(eva.get("/promises/?state=late"))
    assert "niet nagekomen (1)" in plain(eva.get("/promises/?state=broken"))


def test_a_promise_that_is_refused_comes_back_with_what_was_typed_and_changes_nothing(desk, eva):
    invoice, debtor = late(desk)
    answer = eva.post(
        f"/debtors/{debtor}/promise/",
        {"invoices": invoice, "due_on": "2026-11-30", "amount": "100,00", "source": "us", "token": "t"},
    )
    assert answer.status_code == 400
    assert "De laatste dag die beloofd kan worden is 12 okt 2026." in plain(answer)
    assert 'value="100,00"' in answer.content.decode()
    for wrong in (
        {"due_on": ""},
        {"invoices": ""},
        {"due_on": "morgen"},
        {"amount": "-1"},
        {"invoices": "999999"},
    ):
        form = {"invoices": invoice, "due_on": "2026-10-02", "source": "us", "token": "t"} | wrong
        assert eva.post(f"/debtors/{debtor}/promise/", form).status_code == 400
    assert (rows(desk, Promise), rows(desk, Hold)) == ([], [])


@pytest.mark.requirement("UI-07")
def test_a_plan_is_seen_before_it_is_agreed_and_then_told(desk, eva):
    invoice, debtor = late(desk)
    seen, agreed = planned(eva, debtor, invoice)
    text = plain(seen)
    assert "15 okt 2026 € 100,00" in text
    assert "Niets: verzekeraar, register, btw en verjaring laten ruimte" in text
    told = plain(agreed)
    assert "Afgesproken: de regeling loopt en de debiteur krijgt een bevestiging." in told
    assert "€ 0,00 van € 300,00 betaald; volgende € 100,00 uiterlijk 15 okt 2026." in told
    (plan,) = rows(desk, Plan)
    assert (plan.state, plan.decided_by, plan.source) == ("running", "Eva", "debtor")
    assert desk.kinds() == ["plan"]
    assert "Regeling van 28 sep 2026" in plain(eva.get(f"/invoices/{invoice}/"))
    assert "Regeling van 28 sep 2026" in plain(eva.get(f"/debtors/{debtor}/"))
    assert "Er loopt 1 regeling." in plain(eva.get("/plans/"))


def test_looking_writes_nothing_and_another_total_is_shown_again(desk, eva):
    invoice, debtor = late(desk)
    form = {
        "invoices": invoice, "count": "3", "every": "month", "first_on": "2026-10-15", "interest": "stops", "source": "us",
        "token": "t",
    }  # fmt: skip
    post(eva, f"/debtors/{debtor}/plan/", **form, look="1")
    page = post(eva, f"/debtors/{debtor}/plan/", **form, agree="1", total="301.00")
    assert "Wat ertegen spreekt" in plain(page)
    assert (rows(desk, Plan), rows(desk, Hold)) == ([], [])


def test_what_is_lost_is_told_before_anybody_agrees_and_going_on_asks_why(desk, owner):
    invoice, debtor = late(desk)
    posted = {
        name: str(value)
        for name, value in {
            "promise_days": 14, "promise_times": 2, "promise_window_days": 90, "plan_terms": 12, "plan_days": 365,
            "plan_total": "5000.00", "term_least": "25.00", "first_term_days": 31, "after_broken_days": 365, "remind_days": 5,
            "grace_days": 2, "cure_days": 7, "answer_days": 5, "insurer_extension_days": 30, "insurer_hand_over_days": 30,
        }.items()
    }  # fmt: skip
    assert "Bewaard." in plain(post(owner, "/plans/policy/", **posted, stops_interest="on"))
    seen, refused = planned(owner, debtor, invoice)
    text = plain(seen)
    assert (
        "Factuur F-1 is pas betaald na de maximale uitsteltermijn van de verzekeraar, die op 20 okt 2026 eindigt."
        in text
    )
    assert "Verloren als u doorgaat: de dekking van nieuwe leveringen en van deze factuur." in text
    assert "Schrijf in een paar woorden waarom." in plain(refused)
    assert rows(desk, Plan) == []
    _, agreed = planned(owner, debtor, invoice, reason="toestemming van 25 september")
    assert "“toestemming van 25 september”" in plain(agreed)
    assert "Wat ertegen sprak" in plain(agreed)


def test_terms_of_one_s_own_add_up_to_the_cent_or_are_refused(desk, eva):
    invoice, debtor = late(desk)
    own = "2026-10-05 100,00\n\n2026-11-05 200,00"
    _, agreed = planned(eva, debtor, invoice, own=own)
    assert "Afgesproken" in plain(agreed)
    assert [term.amount for term in rows(desk, PlanTerm)] == [Decimal("100.00"), Decimal("200.00")]
    other, debtor = late(desk, "F-2")
    seen, _ = planned(eva, debtor, other, own="2026-10-05 299,99", token="t2")
    assert "De termijnen zijn samen € 299,99 en er is € 300,00 te betalen." in plain(seen)
    assert "Regeling afspreken" not in plain(seen)
    for wrong in ("morgen 10,00", "2026-10-05", "2026-10-05 -3", "2026-10-05 1,001"):
        seen, _ = planned(eva, debtor, other, own=wrong, token="t3")
        assert "is geen termijn; schrijf 2026-12-01 250,00." in plain(seen)
    assert len(rows(desk, Plan)) == 1


def asked(desk, number="F-9"):
    """A plan that a debtor asked for and that is more than the rules decide on."""
    invoice, debtor = late(desk, number, "6000.00")
    terms = equal_terms(Decimal("6000.00"), 4, dt.date(2026, 10, 15), Every.MONTH)
    new = NewPlan(debtor, (invoice,), terms, "debtor", number, Every.MONTH, words="kan niet ineens")
    with client_scope(desk.client.id):
        now = dt.datetime(2026, 9, 28, 9, tzinfo=dt.UTC)
        return ask_plan(desk.client.id, new, "debtor", dt.date(2026, 9, 28), now, decides=False).plan_id


def test_a_plan_that_waits_is_on_the_overview_and_is_answered_once(desk, eva):
    plan = asked(desk)
    assert "1 regeling wacht op antwoord" in plain(eva.get("/"))
    page = plain(eva.get(f"/plans/{plan}/"))
    assert "“kan niet ineens”" in page
    assert "Het is meer dan u de regels laat beslissen (€ 6.000,00, hoogstens € 5.000,00)." in page
    assert eva.post(f"/plans/{plan}/agree/", {"reason": ""}).status_code == 400
    assert "Afgesproken" in plain(post(eva, f"/plans/{plan}/agree/", reason="goede klant"))
    assert "is al besloten" in plain(post(eva, f"/plans/{plan}/refuse/", reason="toch niet"))
    assert desk.row(plan).state == "running"
    refused = asked(desk, "F-8")
    assert "Afgewezen" in plain(post(eva, f"/plans/{refused}/refuse/", reason="te lang"))
    assert desk.kinds()[-1] == "plan_refused"
    back = asked(desk, "F-7")
    assert "Teruggenomen" in plain(post(eva, f"/plans/{back}/withdraw/"))
    assert desk.row(back).state == "withdrawn"


def test_a_plan_is_ended_or_changed_on_its_page_and_its_hold_not_released_beside_it(desk, eva):
    invoice, debtor = late(desk)
    planned(eva, debtor, invoice)
    (plan,) = rows(desk, Plan)
    (hold,) = rows(desk, Hold)
    page = plain(post(eva, f"/invoices/{invoice}/release/{hold.id}/"))
    assert "Dit hoort bij een betalingsregeling" in page
    assert desk.held(invoice, TODAY) == ["plan"]
    assert "Betalingsregeling wijzigen" in plain(eva.get(f"/debtors/{debtor}/plan/?replaces={plan.id}"))
    _, changed = planned(eva, debtor, invoice, count="2", replaces=plan.id, token="t2")
    assert "een eerdere regeling" in plain(changed)
    assert desk.row(plan.id).state == "replaced"
    (running,) = rows(desk, Plan, state="running")
    assert eva.post(f"/plans/{running.id}/end/", {"who": "us", "reason": ""}).status_code == 400
    assert "Beëindigd" in plain(
        post(eva, f"/plans/{running.id}/end/", who="debtor", reason="wil ineens betalen")
    )
    assert "loopt niet meer" in plain(post(eva, f"/plans/{running.id}/end/", who="us", reason="nog eens"))
    desk.proven()


def test_releasing_the_hold_of_a_promise_takes_the_promise_back(desk, eva):
    invoice, _ = late(desk)
    promise = desk.promise(invoice, on=TODAY, due="2026-10-02")
    (hold,) = rows(desk, Hold)
    post(eva, f"/invoices/{invoice}/release/{hold.id}/")
    assert desk.promised(promise).state == "withdrawn"
    desk.proven()


def test_only_an_owner_sets_what_the_rules_decide_and_within_bounds(desk, eva, owner):
    assert eva.post("/plans/policy/", {"promise_days": "3"}).status_code == 403
    answer = owner.post("/plans/policy/", {"promise_days": "500"})
    assert answer.status_code == 400
    assert rows(desk, ArrangementPolicy) == []


def test_another_client_s_plan_and_promise_are_not_there(desk, eva, client_b):
    plan = asked(desk)
    other = Client()
    other.force_login(user("bram", (client_b.id, "owner")), backend=BACKEND)
    assert other.get(f"/plans/{plan}/").status_code == 404
    assert other.post(f"/plans/{plan}/agree/", {"reason": "x"}).status_code in (400, 404)
    assert other.get(f"/debtors/{desk.row(plan).debtor_id}/plan/").status_code == 404
    assert desk.row(plan).state == "asked"


def test_a_plan_to_change_that_is_not_there_is_a_calm_404(desk, eva):
    _, debtor = late(desk)
    for number in ("0", "x", "9" * 30):
        assert eva.get(f"/debtors/{debtor}/plan/?replaces={number}").status_code == 404


@pytest.mark.parametrize(("language", "words"), [("nl", "Dit beloof ik"), ("en", "I promise this")])
def test_the_forms_of_the_debtor_s_own_page_say_what_can_be_asked(desk, rf, language, words):
    _invoice, debtor = late(desk)
    with client_scope(desk.client.id), translation.override(language):
        offer = possible(desk.client.id, debtor, dt.date(2026, 9, 28))
        wish = {
            "action": "/x/", "token": "t", "total": offer.total, "currency": offer.currency, "until": offer.promise_until,
            "counts": offer.counts, "most": offer.policy.plan_terms, "first_until": offer.first_until,
        }  # fmt: skip
        request = rf.get("/")
        promise = render(request, "web/part_wish_promise.html", {"wish": wish}).content.decode()
        terms = [Term(dt.date(2026, 10, 15), Decimal("300.00"))]
        typed = {
            "wish": wish,
            "wish_terms": terms,
            "wish_errors": ["<b>nee</b>"],
            "wish_typed": {"count": 1, "every": "week"},
        }
        plan = render(request, "web/part_wish_plan.html", typed).content.decode()
    assert words in promise
    assert 'max="2026-10-12"' in promise
    assert 'value="week" selected' in plan
    assert "&lt;b&gt;nee" in plan
    assert "300" in plan
