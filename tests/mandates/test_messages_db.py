"""What is mailed about a mandate: as it was seen, once, kept as it left, and never once it can no longer be signed."""

import datetime as dt
import re

import pytest
from pypdfium2 import PdfDocument

from inbaar.banking.debits.actions import link_token, withdraw_link
from inbaar.daily import deliver
from inbaar.jobs import mail_about_mandates
from inbaar.kit.bulk import run
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.smtp import Mailer
from inbaar.mandates.actions import form_pdf, request_of, send_request, sign_and_confirm
from inbaar.mandates.sending import send_messages
from inbaar.parties.models import Contact
from tests.debits.books import CREDITOR, DAY, JANSEN, NOW, at, collecting, confirmed, rows
from tests.debits.test_mandates_db import drawn_up, refused
from tests.letters.mail_server import MailServer

pytestmark = pytest.mark.django_db
ADDRESS = "boekhouding@jansen.example"
KEPT = "SELECT kind, state, address, answer FROM mandates_mandatemessage ORDER BY id"


@pytest.fixture
def debtor(client_a, monkeypatch):
    """A debtor with an address, of a client whose pages can be reached."""
    monkeypatch.setenv("INBAAR_ORIGINS", "https://inbaar.example")
    debtor_id = collecting(client_a)
    with client_scope(client_a.id):
        run("DELETE FROM parties_contact")
        Contact.objects.create(client_id=client_a.id, debtor_id=debtor_id, role="invoice", email=ADDRESS)
    return debtor_id


def seen(client, link, on=DAY):
    with client_scope(client.id):
        return request_of(client.id, link, on)


def asked(client, link, key="k", on=DAY):
    return send_request(client.id, link, key, seen(client, link, on).seal, "desk", on, NOW)


def mailed(client, on=DAY, moment=NOW, answers=None):
    with MailServer(answers) as post, Mailer(post.settings) as mailer:
        tally = send_messages(client.id, mailer, on, moment)
        return dict(tally), post.messages


def words_of(pdf):
    pages = PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pages)


def test_a_request_leaves_as_it_was_seen_with_the_form_and_a_link_that_is_good(client_a, debtor):
    link = drawn_up(client_a, debtor, reference="K-1")
    shown = seen(client_a, link)
    message_id = asked(client_a, link)
    assert asked(client_a, link) == message_id
    tally, (mail,) = mailed(client_a)
    assert tally == {"sent": 1}
    assert mailed(client_a) == ({}, [])
    assert (mail["To"].addresses[0].addr_spec, mail["Subject"]) == (ADDRESS, shown.subject)
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    (address,) = re.findall(r"https://inbaar\.example/sign/\S+/", text)
    assert text == shown.text.replace("…", address)
    assert "10\u00a0maart\u00a02026" in text
    (form,) = mail.iter_attachments()
    with client_scope(client_a.id):
        assert form.get_payload(decode=True) == form_pdf(client_a.id, link)[1] == shown.pdf
    token = address.split("/")[-2]
    assert sign_and_confirm(token, confirmed(token), DAY, NOW)
    (kept,) = rows(client_a, "SELECT text, pdf FROM mandates_mandatemessage WHERE kind = 'request'")
    assert (kept[0], bytes(kept[1])) == (text, shown.pdf)


def test_the_form_says_all_that_the_scheme_prescribes_and_leaves_open_what_is_not_known(client_a, debtor):
    link = drawn_up(client_a, debtor, reference="K-1", debtor_iban="", scheme="b2b", kind="one_off")
    with client_scope(client_a.id):
        reference, pdf = form_pdf(client_a.id, link)
    words = words_of(pdf)
    assert reference == "K-1"
    for part in (
        "Eenmalige machtiging bedrijven", "Van Dijk Techniek B.V.", CREDITOR, "K-1", "Jansen Bouw B.V.", "Handtekening",
        "niet laten terugboeken", "ten minste 14 dagen vooraf", "Plaats en datum", "bij uw eigen bank registreren",
    ):  # fmt: skip
        assert part in words
    assert "NL20" not in words


def test_who_signed_online_gets_his_copy_with_what_he_signed(client_a, debtor):
    token = link_token(client_a.id, drawn_up(client_a, debtor, reference="K-1", debtor_iban=""))
    sign_and_confirm(token, confirmed(token, name="J.  Jansen"), DAY, NOW)
    _, (mail,) = mailed(client_a)
    text = mail.get_body(("plain",)).get_content()
    for part in (
        "doorlopend",
        "binnen 8 weken",
        CREDITOR,
        JANSEN,
        "J. Jansen, Delft, 3\u00a0maart\u00a02026",
    ):
        assert part in " ".join(text.split(" ")).replace("=\n", "") or part in re.sub(r"\s*\n\s*", " ", text)
    (copy,) = mail.iter_attachments()
    words = words_of(copy.get_payload(decode=True))
    assert "Online ondertekend" in words
    assert "J. Jansen" in words
    assert "Handtekening" not in words


def test_who_has_no_address_signs_all_the_same_and_gets_no_mail(client_a, debtor):
    with client_scope(client_a.id):
        Contact.objects.all().delete()
    token = link_token(client_a.id, drawn_up(client_a, debtor))
    assert sign_and_confirm(token, confirmed(token), DAY, NOW)
    assert rows(client_a, KEPT) == []


def test_a_signature_that_is_refused_mails_nothing(client_a, debtor):
    token = link_token(client_a.id, drawn_up(client_a, debtor))
    refused(lambda: sign_and_confirm(token, confirmed(token, agreed=False), DAY, NOW), "not-agreed")
    assert rows(client_a, KEPT) == []


def test_a_request_says_why_it_cannot_leave(client_a, client_b, debtor, monkeypatch):
    link = drawn_up(client_a, debtor)
    with client_scope(client_a.id):
        Contact.objects.all().delete()
    monkeypatch.setenv("INBAAR_ORIGINS", "")
    refused(lambda: seen(client_a, link), "request-no-address", "request-no-site")
    with client_scope(client_a.id):
        run("UPDATE parties_client SET email = '', phone = '015 123 45 67'")
    refused(lambda: seen(client_a, link), "request-no-sender", "request-no-address", "request-no-site")
    refused(lambda: seen(client_a, link, DAY + dt.timedelta(8)), "link-expired")
    refused(lambda: seen(client_b, link), "link-unknown")
    with client_scope(client_b.id), pytest.raises(Refused):
        form_pdf(client_b.id, link)


def test_what_changed_since_it_was_seen_does_not_leave(client_a, debtor):
    link = drawn_up(client_a, debtor)
    seal = seen(client_a, link).seal
    with client_scope(client_a.id):
        Contact.objects.update(email="iemand@anders.example")
    refused(lambda: send_request(client_a.id, link, "k", seal, "desk", DAY, NOW), "sent-changed")
    assert rows(client_a, KEPT) == []


@pytest.mark.parametrize("how", ["signed", "withdrawn", "expired"])
def test_a_request_that_waited_too_long_never_leaves(client_a, debtor, how):
    link = drawn_up(client_a, debtor)
    asked(client_a, link)
    on = DAY
    if how == "signed":
        token = link_token(client_a.id, link)
        sign_and_confirm(token, confirmed(token), DAY, NOW)
    elif how == "withdrawn":
        withdraw_link(client_a.id, link, "desk", DAY, NOW)
    else:
        on = DAY + dt.timedelta(8)
    _, messages = mailed(client_a, on, at(on))
    assert [mail["Subject"].startswith("Uw machtiging") for mail in messages] == [True] * (how == "signed")
    assert rows(client_a, KEPT)[0][:2] == ("request", "withdrawn")


def test_an_address_that_takes_no_mail_is_told_on_the_timeline(client_a, debtor):
    asked(client_a, drawn_up(client_a, debtor, reference="K-1"))
    tally, messages = mailed(client_a, answers={ADDRESS: "550 no such user"})
    assert (tally, messages) == ({"refused": 1}, [])
    sql = (
        "SELECT kind, facts->>'reference', facts->>'address' FROM receivables_event ORDER BY id DESC LIMIT 1"
    )
    assert rows(client_a, sql) == [("mandate_mail_refused", "K-1", ADDRESS)]


def test_a_mail_in_doubt_goes_again_as_the_same_message_and_one_put_off_waits(client_a, debtor):
    """Taken at 8:00 by a worker that died: in doubt until 8:10. Put off at 8:11 by the server: again from 8:26."""
    asked(client_a, drawn_up(client_a, debtor))
    minutes = [NOW + dt.timedelta(minutes=n) for n in range(40)]
    with client_scope(client_a.id):
        run("UPDATE mandates_mandatemessage SET state = 'sending', attempts = 1, changed_at = %s", [NOW])
    assert mailed(client_a, moment=minutes[9]) == ({}, [])
    assert mailed(client_a, moment=minutes[11], answers={ADDRESS: "451 later"}) == ({"queued": 1}, [])
    assert mailed(client_a, moment=minutes[25]) == ({}, [])
    tally, (mail,) = mailed(client_a, moment=minutes[26])
    assert tally == {"sent": 1}
    ((number,),) = rows(client_a, "SELECT id FROM mandates_mandatemessage")
    assert mail["Message-ID"].startswith(f"<mandate-{client_a.id}-{number}@")


def test_without_a_worker_the_days_run_mails_it(client_a, debtor):
    asked(client_a, drawn_up(client_a, debtor))
    with MailServer() as post:
        assert deliver(client_a.id, DAY, NOW, post.settings) == {"sent": 1}
        assert deliver(client_a.id, DAY, NOW, post.settings) == {}
        assert len(post.messages) == 1


def test_the_job_mails_what_is_queued(client_a, debtor, monkeypatch):
    asked(client_a, drawn_up(client_a, debtor))
    monkeypatch.setenv("INBAAR_NOW", NOW.isoformat())
    monkeypatch.setenv("INBAAR_TODAY", DAY.isoformat())
    with MailServer() as post:
        for name, value in post.environment.items():
            monkeypatch.setenv(name, value)
        mail_about_mandates(client_a.id)
        assert len(post.messages) == 1
    assert rows(client_a, KEPT)[0][:3] == ("request", "sent", ADDRESS)
