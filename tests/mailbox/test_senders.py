"""Who may send invoices in, who is answered and with what: a sender is easily forged, and a machine answers machines."""

import datetime as dt

import pytest

from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.mailbox.rules import answer_for, is_known_sender, is_vouched, sender_pattern
from inbaar.mailbox.setup import allow_sender, disallow_sender
from inbaar.mailbox.taking import discard_held, release_held
from tests.mailbox.books import ADDRESS, NOW, SENDER, TODAY, MailBooks, invoice, mail
from tests.mailbox.imap_server import needs_dovecot

STRANGER = "vreemde@elders.example"
VOUCHED = {
    "Authentication_Results": "mx.inbaar.example; spf=pass; dmarc=pass (p=reject) header.from=elders.example"
}


@pytest.mark.django_db
@needs_dovecot
class TestStrangers:
    def test_files_of_an_unknown_sender_wait_and_he_is_told_nothing(self, imap, post):
        books = MailBooks(imap)
        books.deliver(mail(("a.xml", invoice()), sender=STRANGER))
        assert dict(books.fetch().states) == {"held": 1}
        assert books.count("receivables_invoice") == books.count("intake_document") == 0
        assert books.count("mailbox_heldfile") == 1
        assert books.answers(post) == []
        assert books.folders() == {"Niet gelezen": 1}

    def test_where_the_mail_server_vouches_he_gets_a_neutral_answer(self, imap, post):
        books = MailBooks(imap, trusted_server="mx.inbaar.example")
        books.deliver(
            mail(("F-2026-001.xml", invoice()), sender=STRANGER, Subject="Factuur F-2026-001", **VOUCHED)
        )
        books.fetch()
        (answer,) = books.answers(post)
        told = str(answer["Subject"]) + answer.get_content()
        assert answer["To"] == STRANGER
        assert "neemt alleen facturen aan van bekende afzenders" in told
        for secret in ("F-2026-001", "242", "Tuin", "xml"):
            assert secret not in told

    def test_strangers_fill_no_disk(self, imap, post, monkeypatch):
        monkeypatch.setattr("inbaar.mailbox.taking.MOST_HELD_BYTES", len(invoice()) + 10)
        books = MailBooks(imap)
        books.deliver(*(mail((f"{n}.xml", invoice()), sender=STRANGER) for n in range(3)))
        assert dict(books.fetch().states) == {"held": 1, "refused": 2}
        assert books.count("mailbox_heldfile") == 1
        assert books.messages()[-1].results[0]["problems"][0]["rule"] == "mail-no-room"
        # Nothing is lost: all three lie on the mail server. And nobody is told.
        assert books.folders() == {"Niet gelezen": 3}
        assert books.answers(post) == []

    def test_a_person_takes_in_what_waits_or_sets_it_aside(self, imap, post):
        books = MailBooks(imap)
        books.deliver(
            mail(("a.xml", invoice()), sender=STRANGER), mail(("b.xml", invoice("F-9")), sender=STRANGER)
        )
        books.fetch()
        first, second = books.messages()
        with client_scope(books.client.id):
            told = release_held(books.client.id, first.id, "olga", TODAY, NOW)
            discard_held(books.client.id, second.id, "olga", NOW)
            for decided in (first, second):
                with pytest.raises(Refused, match="only a message that waits"):
                    release_held(books.client.id, decided.id, "olga", TODAY, NOW)
        assert [each.outcome for each in told] == ["accepted"]
        assert [message.state for message in books.messages()] == ["taken", "discarded"]
        assert (books.count("mailbox_heldfile"), books.count("receivables_invoice")) == (0, 1)
        assert books.answers(post) == []

    def test_a_known_sender_for_whom_the_mail_server_does_not_vouch_is_unknown(self, imap, post):
        books = MailBooks(imap, trusted_server="mx.inbaar.example")
        forged = "mx.elders.example; dmarc=pass header.from=zaagmolen.example"
        books.deliver(
            mail(("a.xml", invoice())),
            mail(("b.xml", invoice("F-2")), Authentication_Results="mx.inbaar.example; dmarc=fail header.from=zaagmolen.example"),
            mail(("c.xml", invoice("F-3")), Authentication_Results=forged),
            mail(("d.xml", invoice("F-4")), Authentication_Results="mx.inbaar.example; dmarc=pass header.from=zaagmolen.example"),
        )  # fmt: skip
        assert dict(books.fetch().states) == {"held": 3, "taken": 1}
        assert [answer["To"] for answer in books.answers(post)] == [SENDER]

    def test_the_answer_never_goes_to_another_address(self, imap, post):
        books = MailBooks(imap)
        books.deliver(mail(("a.xml", invoice()), Reply_To=STRANGER, Sender=STRANGER))
        books.fetch()
        assert [answer["To"] for answer in books.answers(post)] == [SENDER]

    @pytest.mark.parametrize(
        "sender",
        [
            f"{SENDER}, {STRANGER}",
            f"{SENDER} <{STRANGER}>",
            f'"{SENDER}" <{STRANGER}>',
            f"<{STRANGER}> <{SENDER}>",
        ],
    )
    def test_a_sender_made_to_be_misread_is_unknown(self, imap, post, sender):
        books = MailBooks(imap)
        raw = mail(("a.xml", invoice())).replace(f"From: {SENDER}".encode(), f"From: {sender}".encode())
        assert sender.encode() in raw
        books.deliver(raw)
        assert dict(books.fetch().states) == {"held": 1}
        assert books.answers(post) == []

    def test_a_sender_taken_off_the_list_is_unknown(self, imap):
        books = MailBooks(imap)
        with client_scope(books.client.id):
            from inbaar.mailbox.models import Sender

            assert disallow_sender(books.client.id, Sender.objects.get().id)
            assert not disallow_sender(books.client.id, 1)
            with pytest.raises(Refused, match=r"jan@firma\.nl or @firma\.nl"):
                allow_sender(books.client.id, "zaagmolen.example", "olga", TODAY)
        books.deliver(mail(("a.xml", invoice())))
        assert dict(books.fetch().states) == {"held": 1}


@pytest.mark.django_db
@needs_dovecot
class TestMachines:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Auto_Submitted": "auto-replied"},
            {"Auto_Submitted": "auto-generated; x=y"},
            {"Precedence": "bulk"},
            {"Precedence": "List"},
            {"List_Id": "<leden.example>"},
            {"List_Unsubscribe": "<mailto:a@leden.example>"},
            {"X_Auto_Response_Suppress": "OOF"},
        ],
    )  # fmt: skip
    def test_a_machine_s_invoice_is_taken_in_and_never_answered(self, imap, post, headers):
        books = MailBooks(imap)
        books.deliver(mail(("a.xml", invoice()), **headers), mail(Message_ID="<leeg@x.example>", **headers))
        tally = books.fetch()
        assert (dict(tally.states), dict(tally.files)) == ({"taken": 1, "ignored": 1}, {"accepted": 1})
        assert books.answers(post) == []

    @pytest.mark.parametrize(
        "message",
        [
            mail(("a.xml", invoice()), Return_Path="<>"),
            mail(("a.xml", invoice()), sender="MAILER-DAEMON@zaagmolen.example"),
            mail(("a.xml", invoice())).replace(b"multipart/mixed", b"multipart/report"),
        ],
    )
    def test_what_came_back_is_not_sent_in(self, imap, post, message):
        books = MailBooks(imap)
        with client_scope(books.client.id):
            allow_sender(books.client.id, "@zaagmolen.example", "olga", TODAY)
        books.deliver(message)
        assert dict(books.fetch().states) == {"ignored": 1}
        assert books.answers(post) == []
        assert books.count("receivables_invoice") == books.count("mailbox_heldfile") == 0

    def test_an_answer_that_comes_back_to_us_ends_there(self, imap, post):
        books = MailBooks(imap)
        with client_scope(books.client.id):
            allow_sender(books.client.id, ADDRESS, "olga", TODAY)
        books.deliver(mail(("a.xml", invoice())))
        books.fetch()
        (answer,) = books.answers(post)
        # A machine that knows nothing of loops sends it back, and one that takes the marks off as well.
        bare = answer.as_bytes().replace(b"Auto-Submitted: auto-replied", b"X-Other: 1")
        bare = bare.replace(b"X-Auto-Response-Suppress: All", b"X-Another: 1")
        reply = mail(
            Subject="Re: antwoord", In_Reply_To=str(answer["Message-ID"]).strip(), Message_ID="<re@x.example>"
        )
        books.deliver(answer.as_bytes(), bare, reply)
        assert dict(books.fetch().states)["ignored"] >= 2
        assert len(books.answers(post)) == 1

    def test_a_machine_without_any_mark_is_answered_ten_times_a_day_at_most(self, imap, post):
        books = MailBooks(imap)
        books.deliver(*(mail(Message_ID=f"<{n}@x.example>", Subject=str(n)) for n in range(13)))
        assert dict(books.fetch().states) == {"nothing": 13}
        assert len(books.answers(post)) == 10
        books.deliver(mail(("a.xml", invoice())))
        books.fetch()
        assert len(books.answers(post)) == 11
        books.deliver(mail(Message_ID="<later@x.example>"))
        books.fetch(NOW + dt.timedelta(days=2))
        assert len(books.answers(post, NOW + dt.timedelta(days=2))) == 12


@pytest.mark.parametrize(
    ("sender", "known"),
    [
        ("jan@firma.nl", True), ("piet@bedrijf.nl", True), ("piet@firma.nl", False), ("jan@firma.nl.evil.nl", False),
        ("jan@post.bedrijf.nl", False), ("", False), ("@bedrijf.nl", False), ("a@b@bedrijf.nl", False),
    ],
)  # fmt: skip
def test_who_is_known(sender, known):
    assert is_known_sender(sender, ["jan@firma.nl", "@bedrijf.nl"]) is known or sender == "@bedrijf.nl"


@pytest.mark.parametrize(
    "text", ["", "jan", "firma.nl", "@nl", "jan@firma.nl, piet@firma.nl", "jan @firma.nl", "<a@b.nl>"]
)
def test_what_is_no_sender(text):
    assert sender_pattern(text) is None


@pytest.mark.parametrize(
    ("results", "vouched"),
    [
        ("mx.host.nl; dmarc=pass header.from=firma.nl", True),
        ("mx.host.nl; spf=pass smtp.mailfrom=x; dmarc=pass (p=none) header.from=firma.nl; dkim=pass", True),
        ("mx.host.nl 1; dmarc=pass header.from=firma.nl", True),
        ("mx.host.nl; dmarc=pass header.from=firma.nl.evil.nl", False),
        ("mx.host.nl; dmarc=fail header.from=firma.nl", False),
        ("mx.host.nl; spf=pass; dkim=pass", False),
        ("mx.evil.nl; dmarc=pass header.from=firma.nl", False),
        ("mx.host.nl.evil.nl; dmarc=pass header.from=firma.nl", False),
        ("", False),
    ],
)
def test_who_is_vouched_for(results, vouched):
    assert is_vouched(results, "mx.host.nl", "jan@firma.nl") is vouched
    assert is_vouched(results, "", "jan@firma.nl") is False


def test_an_answer_is_given_once_and_only_where_it_helps():
    facts = {"state": "taken", "known": True, "results": [{"outcome": "accepted"}], "automatic": False,
             "vouched": False, "complaints": 99}  # fmt: skip
    assert answer_for(**facts) == "results"
    assert answer_for(**facts | {"automatic": True}) == ""
    assert answer_for(**facts | {"results": [{"outcome": "refused"}]}) == ""
    assert answer_for(**facts | {"results": [{"outcome": "refused"}], "complaints": 9}) == "results"
    stranger = facts | {"state": "held", "known": False, "results": [], "complaints": 0}
    assert answer_for(**stranger) == ""
    assert answer_for(**stranger | {"vouched": True}) == "neutral"
    assert answer_for(**stranger | {"vouched": True, "complaints": 10}) == ""
    assert answer_for(**stranger | {"state": "refused", "vouched": True}) == ""
