"""Every message to a debtor is kept as it left, and its client sees it."""

import datetime as dt

import pytest
from django.test import Client

from inbaar.daily import deliver
from inbaar.kit.clock import DUTCH_TIME
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Letter
from tests.dunning.scenario import PERSON, Administration, day
from tests.letters.mail_server import MailServer
from tests.web.conftest import BACKEND
from tests.web.seeding import user
from tests.web.test_pages import plain

pytestmark = pytest.mark.django_db
ON = "2026-10-02"


@pytest.mark.requirement("FAC-35")
def test_what_a_debtor_gets_is_what_his_creditor_sees(client_a, client_b, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", ON)
    books = Administration(client_a)
    invoices = [books.invoice("F-1", "2026-10-01"), books.invoice("F-2", "2026-10-01", customer=PERSON)]
    books.run(ON, mail_leaves=False)
    with MailServer() as post:
        deliver(client_a.id, day(ON), dt.datetime(2026, 10, 2, 10, tzinfo=DUTCH_TIME), post.settings)
        left = post.messages
    with client_scope(client_a.id):
        kept = {letter.number: letter.id for letter in Letter.objects.all()}
    assert len(left) == len(kept) == len(invoices)
    eva, bob = Client(), Client()
    eva.force_login(user("eva", (client_a.id, "viewer")), backend=BACKEND)
    bob.force_login(user("bob", (client_b.id, "owner")), backend=BACKEND)
    listed = eva.get("/letters/").content.decode()
    for message in left:
        (attached,) = message.iter_attachments()
        number = attached.get_filename().removesuffix(".pdf")
        letter_id = kept.pop(number)
        assert number in listed
        assert eva.get(f"/letters/{letter_id}.pdf").content == attached.get_payload(decode=True)
        page = plain(eva.get(f"/letters/{letter_id}/"))
        body = message.get_body(("plain",)).get_content()
        for line in (" ".join(line.split()) for line in body.splitlines() if line.strip()):
            assert line in page
        assert str(message["To"]).split("<")[-1].strip(">") in page
        for address in (f"/letters/{letter_id}/", f"/letters/{letter_id}.pdf"):
            assert bob.get(address).status_code == 404
    assert kept == {}
    for invoice_id in invoices:
        page = eva.get(f"/invoices/{invoice_id}/").content.decode()
        assert "De mailserver antwoordde" in page
        assert 'href="/letters/' in page
