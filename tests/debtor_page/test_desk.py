"""The desk's side: the list of disputes and messages, deciding, the list of reasons, and the links of a debtor."""

import pytest

from inbaar.debtor_page.models import DisputeReason
from inbaar.debtor_page.queries import reasons_of
from inbaar.debtor_page.reasons import save_reason
from inbaar.debtor_page.rules import REASONS, Reason
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import NewHold, open_holds
from tests.debtor_page.books import PDF
from tests.dunning.scenario import NOW, PERSON, day
from tests.web.conftest import logged_in
from tests.web.seeding import user

pytestmark = pytest.mark.django_db
DUE, TOLD = "2026-10-01", "2026-10-05"


@pytest.fixture
def desk(books):
    """Two debtors, an owner and a viewer of the client, and an owner of another."""
    books.first = books.invoice("2026-001", DUE)
    books.second = books.invoice("2026-002", DUE, customer=PERSON)
    books.today(TOLD)
    books.his = books.path(books.debtor(books.first), TOLD)
    books.hers = books.path(books.debtor(books.second), TOLD)
    user("olga", (books.client.id, "owner"))
    user("victor", (books.client.id, "viewer"))
    books.olga = logged_in("olga")
    return books


def shown(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode().replace("\u00a0", " ")


@pytest.mark.requirement("UI-06")
def test_open_disputes_stand_with_reason_owner_amount_and_day_the_overdue_first(desk):
    """Disputed by her on 5 October (due the 19th), by the desk for him due the 12th, and one without a day: seen on the 20th."""
    desk.dispute(desk.hers, desk.second, amount="310,00")
    with client_scope(desk.client.id):
        third = desk.invoice("2026-003", DUE)
        debtor = desk.debtor(desk.first)
        open_holds(desk.client.id, [
            NewHold(debtor, "dispute", "geen dag", "Bob", day(TOLD), "1", third),
            NewHold(debtor, "dispute", "prijs", "Bob", day(TOLD), "2", desk.first, solve_by=day("2026-10-12")),
        ], NOW)  # fmt: skip
    desk.today("2026-10-16")
    rows = desk.olga.get("/replies/").context["disputes"]
    assert [(row.invoice, str(row.amount), row.owner, late) for row, late in rows] == [
        ("2026-001", "1210.00", "Bob", True),
        ("2026-002", "310.00", "–", False),
        ("2026-003", "1210.00", "Bob", False),
    ]
    assert "Niet of niet alles geleverd" in shown(desk.olga, "/replies/")
    # Found right, it waits for its credit note, and stands last.
    desk.decide(desk.replies()[0].id, "right", "2026-10-16")
    rows = desk.olga.get("/replies/").context["disputes"]
    assert [row.invoice for row, _ in rows] == ["2026-001", "2026-003", "2026-002"]
    assert "creditnota volgt" in shown(desk.olga, "/replies/")
    assert "1 bericht" not in shown(desk.olga, "/")


@pytest.mark.requirement("UI-06", "FAC-35")
def test_a_message_is_read_with_its_file_and_decided_once(desk):
    desk.dispute(desk.his, desk.first, ("foto.pdf", PDF))
    (reply,) = desk.replies()
    assert "1 bericht van een debiteur te beantwoorden" in shown(desk.olga, "/")
    page = f"/replies/{reply.id}/"
    told = shown(desk.olga, page)
    assert "Er ontbraken twee dozen." in told
    (file,) = desk.said(reply.id).files
    got = desk.olga.get(f"{page}files/{file.id}/")
    assert (got.content, got["Content-Security-Policy"]) == (PDF, "default-src 'none'; sandbox")
    assert got["Content-Disposition"].startswith("attachment")
    refused = desk.olga.post(f"{page}decide/", {"verdict": "partly", "agreed": "5000", "words": "uw gelijk"})
    assert refused.status_code == 400
    assert "uw gelijk" in refused.content.decode()
    assert desk.olga.post(f"{page}decide/", {"verdict": "wrong", "words": "Getekend."}).status_code == 302
    again = desk.olga.post(f"{page}decide/", {"verdict": "right", "words": ""}, follow=True)
    assert "Hierover was al beslist" in again.content.decode()
    assert desk.replies()[0].verdict == "wrong"
    invoice = shown(desk.olga, f"/invoices/{desk.first}/")
    assert "De debiteur betwist een factuur" in invoice
    assert f"Over bericht {reply.number} beslist: geen gelijk gegeven" in invoice
    debtor = shown(desk.olga, f"/debtors/{desk.debtor(desk.first)}/")
    assert f"Ontvangstbewijs {reply.number}" in debtor
    assert "Getekend." in debtor


@pytest.mark.parametrize("kind", ["address", "complaint", "data", "paid", "person"])
def test_every_kind_has_its_page_and_its_decisions(desk, kind):
    facts = {"words": "iets", "said_by": "", "sure": "on", "invoice": desk.first, "paid_on": "2026-10-02"}
    desk.say(desk.his, kind, **facts)
    (reply,) = desk.replies()
    told = shown(desk.olga, f"/replies/{reply.id}/")
    assert "U beslist" not in told
    choices = [
        value
        for value, _ in desk.olga.get(f"/replies/{reply.id}/").context["form"].fields["verdict"].choices
        if value
    ]
    for verdict in choices[-1:]:
        answer = desk.olga.post(f"/replies/{reply.id}/decide/", {"verdict": verdict, "words": "ons antwoord"})
        assert answer.status_code == 302
    assert desk.replies()[0].verdict == choices[-1]
    assert shown(desk.olga, f"/replies/{reply.id}/")
    assert shown(desk.olga, "/replies/")
    assert desk.visitor.get(desk.his).status_code == 200


def test_own_data_can_be_handed_over_once_it_is_decided_and_not_before(desk):
    desk.say(desk.his, "data", sure="on", words="", said_by="")
    (reply,) = desk.replies()
    assert desk.olga.post(f"/replies/{reply.id}/data/").status_code == 404
    desk.decide(reply.id, "settled", TOLD)
    assert desk.olga.post(f"/replies/{reply.id}/data/").content[:2] == b"PK"
    assert logged_in("victor").post(f"/replies/{reply.id}/data/").status_code == 403


def test_another_client_s_messages_are_not_here(desk, client_b):
    desk.dispute(desk.his, desk.first, ("foto.pdf", PDF))
    (reply,) = desk.replies()
    (file,) = desk.said(reply.id).files
    user("bea", (client_b.id, "owner"))
    bea = logged_in("bea")
    assert reply.number not in shown(bea, "/replies/")
    for path in (f"/replies/{reply.id}/", f"/replies/{reply.id}/files/{file.id}/"):
        assert bea.get(path).status_code == 404
    for act in (
        f"/replies/{reply.id}/decide/",
        f"/replies/{reply.id}/data/",
        f"/debtors/{desk.debtor(desk.first)}/page-links/",
    ):
        assert bea.post(act, {"verdict": "wrong", "words": ""}).status_code == 404
    assert desk.replies()[0].verdict == ""


@pytest.mark.requirement("UI-06")
def test_the_usual_reasons_work_at_once_and_become_the_client_s_own_when_one_is_changed(desk, client_b):
    """He words one anew with an owner and three working days, puts one away and adds one; what was said keeps its words."""
    assert "Niet of niet alles geleverd" in shown(desk.visitor, f"{desk.his}say/dispute/")
    desk.dispute(desk.his, desk.first)
    change = {
        "code": "not_delivered",
        "nl": "Pakket kwijt",
        "en": "Parcel lost",
        "owner": "Magazijn",
        "solve_days": "3",
        "active": "on",
    }
    assert desk.olga.post("/replies/reasons/save/", change).status_code == 302
    assert (
        desk.olga.post(
            "/replies/reasons/save/", change | {"code": "price", "nl": "Prijs", "en": "Price", "active": ""}
        ).status_code
        == 302
    )
    assert (
        desk.olga.post(
            "/replies/reasons/save/", change | {"code": "", "nl": "Bon fout", "en": "Slip wrong"}
        ).status_code
        == 302
    )
    told = shown(desk.visitor, f"{desk.hers}say/dispute/")
    assert "Pakket kwijt" in told
    assert "Bon fout" in told
    assert "De prijs of het aantal" not in told
    desk.dispute(desk.hers, desk.second)
    first, second = desk.replies()
    assert (first.reason, second.reason) == ("Niet of niet alles geleverd", "Pakket kwijt")
    assert (second.owner, second.answer_by) == ("Magazijn", day("2026-10-08"))
    assert desk.dispute(desk.hers, desk.second, reason="price", words="anders").status_code == 400
    with client_scope(client_b.id):
        assert reasons_of(client_b.id) == REASONS
    assert "Pakket kwijt" in shown(desk.olga, "/replies/reasons/")


def test_a_list_of_reasons_stays_usable(desk):
    def code_of(reason):
        with client_scope(desk.client.id), pytest.raises(Refused) as why:
            save_reason(desk.client.id, reason)
        return why.value.code

    assert code_of(Reason("price", "", "Price")) == "reason-words"
    assert code_of(Reason("price", "Prijs", "Price", "", 0)) == "reason-days"
    assert code_of(Reason("price", "Prijs", "Price", "", 61)) == "reason-days"
    with client_scope(desk.client.id):
        for number in range(13):
            save_reason(desk.client.id, Reason("", "Zelfde", "Same", "", 5))
            assert DisputeReason.objects.count() == len(REASONS) + number + 1
    assert code_of(Reason("", "Een te veel", "One too many")) == "reason-too-many"
    with client_scope(desk.client.id):
        reasons = reasons_of(desk.client.id)
        for reason in reasons[1:]:
            save_reason(desk.client.id, Reason(reason.code, reason.nl, reason.en, "", 5, active=False))
    last = reasons[0]
    assert code_of(Reason(last.code, last.nl, last.en, "", 5, active=False)) == "reason-last"
    assert desk.olga.post("/replies/reasons/save/", {"code": "van een ander"}).status_code == 404
    assert (
        desk.olga.post(
            "/replies/reasons/save/", {"code": "", "nl": "x" * 101, "en": "", "solve_days": "x"}
        ).status_code
        == 400
    )


@pytest.mark.requirement("UI-16")
def test_the_debtor_s_page_gives_the_link_and_replaces_it(desk):
    debtor = desk.debtor(desk.first)
    told = shown(desk.olga, f"/debtors/{debtor}/")
    assert f"https://inbaar.example{desk.his}" in told
    desk.olga.post(f"/debtors/{debtor}/page-links/")
    assert desk.visitor.get(desk.his).status_code == 410
    anew = shown(desk.olga, f"/debtors/{debtor}/")
    assert desk.his not in anew
    assert desk.visitor.get(desk.path(debtor, TOLD)).status_code == 200
    assert "De links naar de pagina van de debiteur zijn vervangen" in anew
    assert logged_in("victor").post(f"/debtors/{debtor}/page-links/").status_code == 403
