"""The page of the mailbox: set up, tried, looked in, and each message with what became of it."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from inbaar.kit.scope import client_scope
from inbaar.mailbox.fetching import fetch_mailbox
from inbaar.mailbox.models import Mailbox, Message, Sender
from tests.mailbox.books import ADDRESS, NOW, SENDER, TODAY, MailBooks, invoice, mail
from tests.mailbox.conftest import imap  # noqa: F401 - the mail server of these tests
from tests.mailbox.imap_server import PASSWORD, needs_dovecot
from tests.web.conftest import logged_in
from tests.web.seeding import user

pytestmark = pytest.mark.django_db
SETTINGS = {
    "address": ADDRESS, "whole": "1", "host": "localhost", "port": "993", "security": "tls", "user": "post",
    "password": PASSWORD, "trusted_server": "", "active": "1", "unsent": "0",
}  # fmt: skip


@pytest.fixture
def eva(client_a):
    """A bookkeeper of the client."""
    user("eva", (client_a.id, "bookkeeper"), language="en")
    return logged_in("eva")


def text(answer) -> str:
    return answer.content.decode()


def test_it_is_set_up_and_its_password_is_never_shown(eva, client_a):
    assert "Invoices can come in by mail" in text(eva.get("/mailbox/"))
    page = eva.post("/mailbox/save/", SETTINGS, follow=True)
    assert "Kept. Try the connection" in text(page)
    assert f"Invoices sent to {ADDRESS}" in text(page)
    assert "geheim" not in text(page)
    with client_scope(client_a.id):
        assert "geheim" not in Mailbox.objects.get().password
    # Another port keeps the password; another server must be given it.
    assert eva.post("/mailbox/save/", SETTINGS | {"port": "143", "password": ""}).status_code == 302
    refused = eva.post("/mailbox/save/", SETTINGS | {"host": "imap.evil.example", "password": ""})
    assert refused.status_code == 400
    assert "A password belongs to one user on one server" in text(refused)
    with client_scope(client_a.id):
        assert (Mailbox.objects.get().host, Mailbox.objects.get().port) == ("localhost", 143)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"address": "facturen"}, "This is not an e-mail address"),
        ({"host": "https://imap.example.nl"}, "without https://"),
        ({"port": "70000"}, "65535"),
        ({"security": "none", "host": "imap.example.nl"}, "A password travels over TLS only"),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_typed(eva, client_a, changes, words):
    answer = eva.post("/mailbox/save/", SETTINGS | changes)
    assert answer.status_code == 400
    assert words in text(answer)
    assert 'value="post"' in text(answer)
    with client_scope(client_a.id):
        assert not Mailbox.objects.exists()


def test_senders_are_let_in_and_taken_off(eva, client_a):
    assert "Nobody yet" in text(eva.get("/mailbox/"))
    page = text(eva.post("/mailbox/senders/", {"sender": " @Firma.nl"}, follow=True))
    assert "@firma.nl may send invoices in from now on" in page
    assert "is neither an e-mail address nor a domain" in text(
        eva.post("/mailbox/senders/", {"sender": "firma"}, follow=True)
    )
    with client_scope(client_a.id):
        number = Sender.objects.get().id
    assert "Taken off the list" in text(eva.post(f"/mailbox/senders/{number}/remove/", follow=True))
    assert eva.post(f"/mailbox/senders/{number}/remove/").status_code == 404


def test_looking_now_is_a_job(eva, client_a):
    assert "Set it up first" in text(eva.post("/mailbox/fetch/", follow=True))
    eva.post("/mailbox/save/", SETTINGS)
    for _ in range(2):
        assert "The mailbox is looked in now" in text(eva.post("/mailbox/fetch/", follow=True))
    assert [job.task_name for job in ProcrastinateJob.objects.all()] == ["inbaar.fetch_mailbox"]


@needs_dovecot
def test_the_connection_is_tried(eva, client_a, imap):  # noqa: F811
    MailBooks(imap, client=client_a).deliver(mail(("a.xml", invoice())))
    assert "The connection works: 1 message waits" in text(eva.post("/mailbox/try/", follow=True))
    eva.post("/mailbox/save/", SETTINGS | {"port": str(imap.tls_port), "password": "fout"})
    assert "does not let post in" in text(eva.post("/mailbox/try/", follow=True))


@needs_dovecot
def test_messages_stand_there_with_their_results_and_what_waits_is_decided(eva, client_a, imap):  # noqa: F811
    books = MailBooks(imap, client=client_a)
    books.deliver(
        mail(("brief.docx", b"PK\x03\x04[Content_Types].xml"), Subject="Een brief"),
        mail(("a.xml", invoice()), sender="vreemde@elders.example", Subject="<b>Vreemd</b>"),
        mail(("b.xml", invoice("F-77")), sender="vreemde@elders.example", Subject="Ook vreemd"),
    )
    books.fetch()
    page = text(eva.get("/mailbox/"))
    for words in (
        "Een brief", SENDER, "This is neither a PDF nor an e-invoice", "waits: unknown sender",
        "&lt;b&gt;Vreemd&lt;/b&gt;", "the answer waits to be sent",
    ):  # fmt: skip
        assert words in page
    assert "2 messages of unknown senders" in text(eva.get("/")) or "Begin with your invoices" in text(
        eva.get("/")
    )
    with client_scope(client_a.id):
        one, other = Message.objects.filter(state="held").order_by("id")
    assert "Taken in; the result stands at the message" in text(
        eva.post(f"/mailbox/messages/{one.id}/take/", follow=True)
    )
    page = text(eva.post(f"/mailbox/messages/{other.id}/discard/", follow=True))
    assert "Set aside." in page
    assert "decided by Eva" in page
    # It names another supplier, so it waits in review like any upload.
    assert "in doubt" in page
    assert "does not wait any more" in text(eva.post(f"/mailbox/messages/{one.id}/take/", follow=True))


def test_a_mailbox_that_fails_says_so_in_both_languages(eva, client_a):
    eva.post("/mailbox/save/", SETTINGS | {"port": "1"})
    assert fetch_mailbox(client_a.id, TODAY, NOW).code == "mailbox-connection"
    assert "The connection with localhost:1 failed" in text(eva.get("/mailbox/"))
    eva.cookies["inbaar_language"] = "nl"
    page = text(eva.get("/mailbox/"))
    assert "In de mailbox kan sinds 10 mrt 2026 10:00 niet worden gekeken" in page.replace("\u00a0", " ")
    assert "De verbinding met de mailserver mislukte" in page
