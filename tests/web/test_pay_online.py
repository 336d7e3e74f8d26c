"""The button on the payment page, the way to the provider and back, its messages, and the client's own page."""

import re
from decimal import Decimal

import pytest
from django.test import Client as Visitor
from procrastinate.contrib.django.models import ProcrastinateJob

from inbaar.banking.online.links import told_token
from inbaar.banking.online.models import OnlinePayment, OnlineRefund, ProviderAccount
from inbaar.banking.pay_links import pay_token
from inbaar.jobs import give_back
from inbaar.kit.bulk import run
from inbaar.kit.scope import client_scope
from tests.banking.online.books import OnlineBooks
from tests.banking.online.conftest import server  # noqa: F401
from tests.web.conftest import logged_in
from tests.web.seeding import user
from tests.web.test_pages import plain

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def books(client_a, server, monkeypatch):  # noqa: F811
    made = OnlineBooks(client_a)
    made.clock = lambda text: monkeypatch.setenv("INBAAR_NOW", text)
    made.clock("2026-10-02T08:00:00+00:00")
    made.switch_on(server)
    made.first = made.invoice("2026-001", "2026-09-01", payable="100.00")
    made.path = f"/pay/{pay_token(client_a.id, made.link(made.first))}/"
    return made


def number(books):
    with client_scope(books.client.id):
        return OnlinePayment.objects.order_by("-id")[0]


def tell(books, payment, provider_id=None):
    where = f"/online/told/{told_token(books.client.id, payment.id)}/"
    return Visitor(enforce_csrf_checks=True).post(where, {"id": provider_id or payment.provider_id})


def test_a_payer_is_sent_to_the_provider_and_sees_on_his_return_how_it_stands(books):
    payer = Visitor(enforce_csrf_checks=True)
    assert "Betaal met iDEAL" in plain(payer.get(books.path))
    sent = payer.post(f"{books.path}online/")
    payment = number(books)
    where = books.server.payments[payment.provider_id]["_links"]["checkout"]["href"]
    assert (sent.status_code, sent["Refresh"]) == (200, f"0; url={where}")
    assert f'href="{where}"' in sent.content.decode()
    made = books.server.payments[payment.provider_id]
    assert made["redirectUrl"] == f"https://inbaar.example{books.path}online/"
    books.clock("2026-10-02T08:01:00+00:00")
    back = payer.get(f"{books.path}online/", follow=True)
    assert "nog niet bevestigd" in plain(back)
    books.server.set_state(payment.provider_id, "canceled")
    books.clock("2026-10-02T08:02:00+00:00")
    assert "niet voltooid" in plain(payer.get(f"{books.path}online/", follow=True))
    payer.post(f"{books.path}online/")
    second = number(books)
    assert second.id != payment.id
    books.server.set_state(second.provider_id, "paid")
    books.clock("2026-10-02T08:03:00+00:00")
    seen = payer.get(f"{books.path}online/", follow=True)
    assert "Uw betaling is ontvangen" in plain(seen)
    assert "Betaal met iDEAL" not in plain(seen)
    assert "wordt uitgezocht" not in plain(seen)
    assert "<path stroke" not in seen.content.decode()
    payer.post(f"{books.path}online/")
    assert len(books.server.payments) == 2


def test_the_return_of_a_payer_is_not_believed(books):
    """Whoever opens the address of the return without having paid sees that nothing was paid."""
    payer = Visitor()
    payer.post(f"{books.path}online/")
    books.clock("2026-10-02T08:01:00+00:00")
    assert "nog niet bevestigd" in plain(payer.get(f"{books.path}online/", follow=True))
    assert number(books).state == "open"


def test_there_is_no_button_where_it_cannot_be_paid_online(books, monkeypatch):
    def shown():
        return "Betaal met iDEAL" in plain(Visitor().get(books.path))

    assert shown()
    monkeypatch.delenv("INBAAR_ORIGINS")
    assert not shown()
    monkeypatch.setenv("INBAAR_ORIGINS", "https://inbaar.example")
    with client_scope(books.client.id):
        run("UPDATE online_provideraccount SET active = false")
    assert not shown()
    assert Visitor().post(f"{books.path}online/").status_code == 302
    assert books.server.payments == {}


def test_a_claim_that_was_sold_is_never_paid_to_the_client_s_provider(books):
    with client_scope(books.client.id):
        run("UPDATE receivables_title SET period = daterange(lower(period), '2026-09-15')")
        run(
            "INSERT INTO receivables_title (client_id, invoice_id, owner_name, owner_kvk, payee_iban, period, deed) "
            "SELECT client_id, invoice_id, 'Factor N.V.', '', 'NL91ABNA0417164300', '[2026-09-15,)', 'sale' FROM receivables_title"
        )
    answer = Visitor().get(books.path)
    assert answer.context["page"].holder == "Factor N.V."
    assert "Betaal met iDEAL" not in plain(answer)
    Visitor().post(f"{books.path}online/")
    assert books.server.payments == {}


def test_a_provider_that_is_away_or_refuses_is_said_and_the_transfer_still_stands(books):
    for fault, words in ((500, "geeft nu geen antwoord"), (422, "neemt deze betaling niet aan")):
        books.server.faults = [fault]
        answer = Visitor().post(f"{books.path}online/")
        assert answer.status_code == 503
        assert words in plain(answer)
        assert "NL20 INGB 0001 2345 67" in plain(answer)


def test_messages_are_answered_alike_whatever_they_are_and_do_nothing_but_make_us_ask(books):
    Visitor().post(f"{books.path}online/")
    payment = number(books)
    books.server.set_state(payment.provider_id, "paid")
    books.clock("2026-10-02T08:05:00+00:00")
    asked = len(books.server.asked)
    post = Visitor(enforce_csrf_checks=True).post
    token = told_token(books.client.id, payment.id)
    for path, content in (
        (f"/online/told/{token[:-1]}x/", {"id": payment.provider_id}), ("/online/told/x/", {"id": "tr_123456"}),
        (f"/online/told/{token}/", {}), (f"/online/told/{token}/", {"id": "tr_Strange12345"}),
        (f"/online/told/{token}/", {"id": "' OR 1=1 --"}), (f"/online/told/{token}/", {"id": "tr_" + "x" * 5000}),
    ):  # fmt: skip
        answer = post(path, content)
        assert (answer.status_code, answer.content) == (200, b""), path
    assert (len(books.server.asked), number(books).state) == (asked, "open")
    assert Visitor().get(f"/online/told/{token}/").status_code == 405
    books.server.faults = [500]
    assert tell(books, payment).status_code == 503
    assert tell(books, payment).status_code == 200
    assert number(books).state == "paid"
    again = tell(books, payment)
    assert (again.status_code, again["Retry-After"]) == (503, "2")


def test_the_invoice_tells_that_it_was_paid_online(books):
    user("anna", (books.client.id, "owner"))
    Visitor().post(f"{books.path}online/")
    payment = number(books)
    books.server.set_state(payment.provider_id, "paid")
    books.clock("2026-10-02T08:05:00+00:00")
    tell(books, payment)
    words = plain(logged_in("anna").get(f"/invoices/{books.first}/"))
    assert "Online betaald" in words
    assert "€ 100,00 daarvan voor deze factuur" in words


def test_the_key_is_set_by_an_owner_alone_and_never_shown(books):
    user("anna", (books.client.id, "owner"))
    user("bram", (books.client.id, "bookkeeper"))
    anna = logged_in("anna")
    assert logged_in("bram").post("/bank/online/key/", {"key": books.server.key}).status_code == 403
    assert logged_in("bram").post("/bank/online/switch/", {"on": "0"}).status_code == 403
    refused = anna.post("/bank/online/key/", {"key": "live_" + "w" * 30})
    assert refused.status_code == 400
    assert "neemt deze sleutel niet aan" in plain(refused)
    assert "w" * 30 not in refused.content.decode()
    assert anna.post("/bank/online/key/", {"key": f" {books.server.key} "}).status_code == 302
    for path in ("/bank/online/", "/bank/"):
        assert books.server.key not in anna.get(path).content.decode()
    anna.post("/bank/online/switch/", {"on": "0"})
    with client_scope(books.client.id):
        assert not ProviderAccount.objects.get().active
    assert "Online betalen staat uit" in plain(anna.get("/bank/online/"))


def test_the_list_shows_what_was_paid_twice_and_went_back(books):
    user("anna", (books.client.id, "owner"))
    whole = books.begin(books.link(books.first))
    books.server.set_state(whole.provider_id, "paid")
    books.told(whole)
    books.server.charge_back(whole.provider_id, "100.00")
    books.clock("2026-10-04T08:05:00+00:00")
    tell(books, number(books))
    words = plain(logged_in("anna").get("/bank/online/"))
    assert "terug naar de betaler" in words
    assert re.search(r"€ 100,00 teruggehaald door de bank", words)


def test_two_people_give_back_what_was_paid_twice(books):
    """Bram asks, may not approve himself; Anna lets it go, and the job that does it is queued with her word."""
    user("anna", (books.client.id, "owner"))
    user("bram", (books.client.id, "bookkeeper"))
    anna, bram = logged_in("anna"), logged_in("bram")
    pair = [books.begin(books.link(books.first)), books.begin(books.made(key="both").parts[0].reference)]
    for payment, paid_at in zip(pair, ("08:05", "09:00"), strict=True):
        books.server.set_state(payment.provider_id, "paid")
        books.server.payments[payment.provider_id]["paidAt"] = f"2026-10-02T{paid_at}:00+00:00"
        books.told(payment)
    page = plain(bram.get("/bank/online/"))
    assert "€ 100,00 van Bakkerij De Korenaar B.V. is dubbel betaald" in page
    for amount in ("99.00", "x", ""):
        answer = bram.post(
            f"/bank/online/{pair[1].id}/refund/", {"amount": amount, "reason": "twee keer"}, follow=True
        )
        assert "Wat dubbel is betaald, is nu 100,00" in plain(answer)
    asked = bram.post(
        f"/bank/online/{pair[1].id}/refund/", {"amount": "100.00", "reason": "twee keer"}, follow=True
    )
    assert "wacht op goedkeuring" in plain(asked)
    assert "Alleen een eigenaar of een penningmeester" in plain(asked)
    assert "Vraag om" not in plain(asked)
    with client_scope(books.client.id):
        (refund,) = OnlineRefund.objects.values_list("id", flat=True)
    bram.post(f"/bank/online/refunds/{refund}/approve/")
    assert not ProcrastinateJob.objects.filter(task_name="inbaar.give_back").exists()
    approved = anna.post(f"/bank/online/refunds/{refund}/approve/", follow=True)
    assert "goedgekeurd, op weg naar Mollie" in plain(approved)
    (job,) = ProcrastinateJob.objects.filter(task_name="inbaar.give_back")
    assert job.args == {"client_id": books.client.id}
    give_back(**job.args)
    give_back(**job.args)
    assert [one["amount"]["value"] for one in books.server.refunds[pair[1].provider_id]] == ["100.00"]
    assert "wordt teruggegeven" in plain(anna.get("/bank/online/"))
    refused = anna.post(f"/bank/online/refunds/{refund}/refuse/", {"note": "toch niet"}, follow=True)
    assert "Hierover is al beslist" in plain(refused)
