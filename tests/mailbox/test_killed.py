"""The fetch killed at every moment, done by two at once, cut off by its server: nothing lost, nothing twice."""

import socket
import threading
from contextlib import nullcontext, suppress

import pytest
from django.db import connection

from inbaar.kit.scope import client_scope
from inbaar.mailbox import fetching
from inbaar.mailbox.fetching import fetch_mailbox
from inbaar.mailbox.imap import ImapBox
from inbaar.mailbox.models import Message
from inbaar.receivables.models import Invoice
from tests.killing import ended_with, in_child
from tests.mailbox.books import ADDRESS, NOW, SENDER, TODAY, MailBooks, invoice, mail
from tests.mailbox.imap_server import ImapServer, needs_dovecot

pytestmark = needs_dovecot
FILES = [(f"{n}.xml", invoice(f"F-{n + 1}11{n + 1}")) for n in range(3)]
MAILS = [mail(file) for file in FILES]


@pytest.fixture
def books(own_database, django_db_blocker, imap):
    with django_db_blocker.unblock():
        books = MailBooks(imap)
        books.deliver(*MAILS, mail(("x.xml", invoice("F-9889")), sender="v@elders.example"))
        yield books


def assert_all_once(books, *, moved_once=True):
    with client_scope(books.client.id):
        assert sorted(Invoice.objects.values_list("number", flat=True)) == ["F-1111", "F-2112", "F-3113"]
        assert sorted(Message.objects.values_list("state", flat=True)) == ["held", "taken", "taken", "taken"]
        assert Message.objects.filter(answer_state="queued").count() == 3
    assert books.count("mailbox_heldfile") == 1
    folders = books.folders()
    assert set(folders) == {"Verwerkt", "Niet gelezen"}
    assert not moved_once or folders == {"Verwerkt": 3, "Niet gelezen": 1}


def test_killed_before_each_statement_in_turn(books, post):
    """Killed before its 5th, 12th, ... statement: each time the next look goes on from what was committed."""
    for kill_at in range(5, 200, 7):
        child = in_child(lambda: fetch_mailbox(books.client.id, TODAY, NOW), kill_at)
        if ended_with(child) == 0:
            break
        with client_scope(books.client.id):
            # So many deaths on one message would set it aside; that has a test of its own.
            Message.objects.update(attempts=1)
    else:
        raise AssertionError("the fetch never came to its end")
    assert books.fetch().error == ""
    assert_all_once(books)
    assert len(books.answers(post)) == 3


@pytest.mark.parametrize("at", [1, 2, 4])
def test_killed_after_the_commit_and_before_the_move(books, monkeypatch, at):
    import os
    import signal

    settle, moves = ImapBox.settle, iter(range(1, 10))

    def killing(self, uid, folder):
        if next(moves) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        settle(self, uid, folder)

    with monkeypatch.context() as patch:
        patch.setattr(ImapBox, "settle", killing)
        assert ended_with(in_child(lambda: fetch_mailbox(books.client.id, TODAY, NOW))) == -signal.SIGKILL
    # The row of the message that was not moved says what became of it; it is only moved.
    assert books.count("mailbox_message") == at
    tally = books.fetch()
    assert (sum(tally.states.values()), tally.moved) == (4 - at, 5 - at)
    assert_all_once(books)


@pytest.mark.parametrize("see_each_other", [True, False])
def test_two_workers_at_once(books, monkeypatch, see_each_other):
    """Also where the lock that keeps the second one out does not: the rows themselves let each message in once."""
    if not see_each_other:
        monkeypatch.setattr(fetching, "_alone", lambda client_id: nullcontext(True))
    children = [in_child(lambda: fetch_mailbox(books.client.id, TODAY, NOW)) for _ in range(2)]
    assert [ended_with(child) for child in children] == [0, 0]
    books.fetch()
    # Two that move one message at once may leave two copies of it, in a folder nobody fetches from.
    assert_all_once(books, moved_once=see_each_other)


def test_the_same_message_delivered_again_or_found_under_new_numbers_counts_once(books, post):
    books.fetch()
    books.deliver(b"Received: from elsewhere\r\nDelivered-To: " + ADDRESS.encode() + b"\r\n" + MAILS[0])
    tally = books.fetch()
    assert (tally.states["taken"], tally.moved) == (1, 1)
    assert books.count("mailbox_message") == 4
    assert len(books.answers(post)) == 3


def test_other_contents_under_a_message_id_that_was_there_are_another_message(books):
    books.fetch()
    books.deliver(mail(("anders.xml", invoice("F-4774")), Message_ID="<0.xml@zaagmolen.example>"))
    assert dict(books.fetch().files) == {"accepted": 1}


class CuttingProxy:
    """Between the program and its server: passes on so many bytes from the server, then hangs up."""

    def __init__(self, port: int, after: int) -> None:
        self._port, self._after = port, after
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        inside, _ = self._listener.accept()
        outside = socket.create_connection(("127.0.0.1", self._port))
        threading.Thread(target=self._pass_on, args=(inside, outside, 10**9), daemon=True).start()
        self._pass_on(outside, inside, self._after)
        self._listener.close()

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket, left: int) -> None:
        try:
            while left > 0 and (part := source.recv(min(4096, left))):
                target.sendall(part)
                left -= len(part)
        except OSError:
            pass
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("after", [100, 2500, 6000, 9000, 14000])
def test_a_server_that_hangs_up_half_way_loses_nothing(books, imap, after):
    from inbaar.mailbox.models import Mailbox

    proxy = CuttingProxy(imap.tls_port, after)
    with client_scope(books.client.id):
        Mailbox.objects.update(port=proxy.port)
    tally = fetch_mailbox(books.client.id, TODAY, NOW)
    assert tally.code in ("mailbox-connection", "mailbox-tls", "mailbox-log-in"), tally
    with client_scope(books.client.id):
        assert Mailbox.objects.get().failing_since == NOW
        Mailbox.objects.update(port=imap.tls_port)
    books.fetch()
    assert_all_once(books)
    with client_scope(books.client.id):
        assert Mailbox.objects.get().failing_since is None


def test_a_message_that_ends_the_program_each_time_is_set_aside(books, monkeypatch):
    import os

    def deadly(raw):
        if b"0.xml" in raw:
            os._exit(9)
        return parts_of(raw)

    from inbaar.mailbox import taking
    from inbaar.mailbox.mail import parts_of

    monkeypatch.setattr(taking, "parts_of", deadly)
    for _ in range(taking.MOST_ATTEMPTS):
        assert ended_with(in_child(lambda: fetch_mailbox(books.client.id, TODAY, NOW))) == 9
    assert dict(books.fetch().states) == {"refused": 1, "taken": 2, "held": 1}
    (first, *_) = books.messages()
    assert first.results[0]["problems"][0]["rule"] == "mail-failed"


@pytest.mark.parametrize(
    ("without", "prefix"),
    [((), "INBOX/"), (("MOVE",), ""), (("MOVE", "UIDPLUS"), ""), (("NAMESPACE",), "INBOX/")],
)
def test_servers_that_can_do_less(
    own_database, django_db_blocker, tmp_path_factory, monkeypatch, without, prefix
):
    from tests.mailbox.conftest import _open_the_way_to

    folder = tmp_path_factory.mktemp("imap")
    _open_the_way_to(folder)
    with django_db_blocker.unblock(), ImapServer(folder, without, prefix) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        books = MailBooks(server)
        books.deliver(mail(FILES[0]))
        assert dict(books.fetch().files) == {"accepted": 1}
        moved = not {"MOVE", "UIDPLUS", "NAMESPACE"} & set(without) or without == ("MOVE",)
        assert books.folders() == ({"Verwerkt": 1} if moved else {"INBOX": 1})
        # Where it stays, it is marked, and is not looked at again.
        assert (dict(books.fetch().states), books.fetch().moved) == ({}, 0)
        connection.close()


def test_an_answer_leaves_once_whenever_it_is_killed(books, post, monkeypatch):
    import datetime as dt
    import os
    import signal

    from inbaar.jobs import answer_senders
    from inbaar.letters.smtp import Mailer

    books.fetch()
    send = Mailer.send

    def killing(self, message):
        send(self, message)
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patch:
        patch.setattr(Mailer, "send", killing)
        assert (
            ended_with(in_child(lambda: answer_senders(books.client.id, post.settings, NOW)))
            == -signal.SIGKILL
        )
    assert len(post.messages) == 1
    later = NOW + dt.timedelta(minutes=11)
    assert len(books.answers(post, later)) == 1
    with client_scope(books.client.id):
        assert (
            sorted(Message.objects.exclude(answer="").values_list("answer_state", flat=True))
            == ["in_doubt"] * 3
        )
    assert {str(message["To"]) for message in post.messages} == {SENDER}
