"""Setting a mailbox up: the password is sealed for one server and one user, and stays out of every other place."""

import json
import subprocess
import sys

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from inbaar.jobs import fetch_one_mailbox, look_in_mailboxes
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.mailbox.imap import MailboxUnavailable
from inbaar.mailbox.jobs import queue_fetch
from inbaar.mailbox.models import Mailbox
from inbaar.mailbox.setup import MailboxFacts, open_mailbox, save_mailbox, try_connection
from tests.mailbox.books import NOW, MailBooks, invoice, mail
from tests.mailbox.imap_server import PASSWORD, needs_dovecot

FACTS = MailboxFacts(
    "Facturen@Inbaar.example", "imap.example.nl", 993, "tls", "facturen", "geheim wachtwoord"
)


def changed(**facts):
    return MailboxFacts(**({name: getattr(FACTS, name) for name in FACTS.__slots__} | facts))


@pytest.mark.django_db
class TestThePassword:
    def test_it_is_not_in_the_database(self, client_a):
        with client_scope(client_a.id):
            save_mailbox(client_a.id, FACTS)
            ((row,),) = fetch("SELECT m::text FROM mailbox_mailbox m")
            assert "geheim" not in row
            opened = open_mailbox(client_a.id)
            assert opened.settings.password == "geheim wachtwoord"
            assert "geheim" not in repr(opened)

    @pytest.mark.parametrize("facts", [{"host": "imap.evil.example"}, {"user": "ander"}])
    def test_it_goes_to_no_other_server_or_user(self, client_a, facts):
        with client_scope(client_a.id):
            save_mailbox(client_a.id, FACTS)
            with pytest.raises(Refused, match="a password belongs to one user on one server"):
                save_mailbox(client_a.id, changed(password="", **facts))
            # Nor where somebody writes the row himself.
            Mailbox.objects.update(**facts)
            with pytest.raises(MailboxUnavailable, match="type it again"):
                open_mailbox(client_a.id)

    def test_it_stays_where_other_things_change(self, client_a):
        with client_scope(client_a.id):
            save_mailbox(client_a.id, FACTS)
            save_mailbox(client_a.id, changed(password="", port=143, security="starttls", whole=False))
            opened = open_mailbox(client_a.id)
            assert (opened.settings.password, opened.settings.port, opened.whole) == (
                "geheim wachtwoord",
                143,
                False,
            )
            assert opened.address == "facturen@inbaar.example"

    def test_another_installation_cannot_read_it(self, client_a, settings):
        with client_scope(client_a.id):
            save_mailbox(client_a.id, FACTS)
            settings.SECRET_KEY = "another secret of another installation"
            with pytest.raises(MailboxUnavailable, match="type it again"):
                open_mailbox(client_a.id)

    def test_it_never_travels_in_the_open(self, client_a):
        with client_scope(client_a.id), pytest.raises(Refused, match="over TLS only"):
            save_mailbox(client_a.id, changed(security="none"))


@pytest.mark.django_db
@needs_dovecot
def test_trying_the_connection_changes_nothing(imap):
    books = MailBooks(imap)
    books.deliver(mail(("a.xml", invoice())))
    with client_scope(books.client.id):
        opened = open_mailbox(books.client.id)
    assert try_connection(opened.settings) == 1
    assert books.folders() == {"INBOX": 1}


@pytest.mark.django_db
@needs_dovecot
def test_the_worker_looks_in_each_mailbox_once_however_often_it_is_asked(imap, post, client_a, monkeypatch):
    books = MailBooks(imap)
    monkeypatch.setenv("INBAAR_NOW", NOW.isoformat())
    for name, value in post.environment.items():
        monkeypatch.setenv(name, value)
    look_in_mailboxes(0)
    look_in_mailboxes(0)
    queue_fetch(books.client.id)
    queued = ProcrastinateJob.objects.order_by("id").values_list("task_name", "args")
    assert list(queued.all()) == [("inbaar.fetch_mailbox", {"client_id": books.client.id})]
    books.deliver(mail(("a.xml", invoice())))
    fetch_one_mailbox(books.client.id)
    assert list(queued.all())[1:] == [("inbaar.answer", {"client_id": books.client.id})]
    from inbaar.jobs import answer_mail

    answer_mail(books.client.id)
    answer_mail(books.client.id)
    assert len(post.messages) == 1
    # A client without a mailbox, and one whose mailbox is put off, are left alone.
    with client_scope(books.client.id):
        save_mailbox(
            books.client.id,
            MailboxFacts("a@b.example", "localhost", 1, "tls", "post", PASSWORD, active=False),
        )
    ProcrastinateJob.objects.all().delete()
    look_in_mailboxes(0)
    assert not queued.all().exists()


@needs_dovecot
def test_the_command_fetches_and_answers_now(own_database, django_db_blocker, imap, post, monkeypatch):
    for name, value in (post.environment | {"INBAAR_NOW": NOW.isoformat()}).items():
        monkeypatch.setenv(name, value)
    with django_db_blocker.unblock():
        books = MailBooks(imap)
        books.deliver(mail(("a.xml", invoice())))
        done = run("--json")
        assert (done.returncode, json.loads(done.stdout)) == (
            0,
            [{"client": books.client.id, "messages": {"taken": 1}, "files": {"accepted": 1}, "moved": 1, "error": None}],
        )  # fmt: skip
        assert len(post.messages) == 1
        with client_scope(books.client.id):
            assert Mailbox.objects.get().fetched_at == NOW
            Mailbox.objects.update(port=1)
        failed = run()
        assert failed.returncode == 2
        assert failed.stderr.startswith(
            f"inbaar: administration {books.client.id}: The connection with localhost:1 failed"
        )
        unknown = run("--client", "999999999")
        assert (unknown.returncode, unknown.stderr.count("\n")) == (2, 1)


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "inbaar.cli", "mailbox", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
