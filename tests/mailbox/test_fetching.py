"""Invoices by mail, from a real mail server: taken in once, answered once, and each message where it belongs."""

import io
import zipfile

import pytest

from inbaar.banking.models import BankAccount
from inbaar.daily import run_day
from inbaar.doors import take_in_files
from inbaar.dunning.models import Schedule
from inbaar.kit.scope import client_scope
from inbaar.mailbox.fetching import fetch_mailbox
from inbaar.mailbox.setup import return_address
from inbaar.receivables.models import Invoice
from tests.banking.reports import report
from tests.dunning.scenario import Administration, day
from tests.intake.documents import cii, pdf, ubl
from tests.mailbox.books import ADDRESS, NOW, SENDER, TODAY, MailBooks, invoice, mail
from tests.mailbox.bounced import out_of_office, returned
from tests.mailbox.imap_server import needs_dovecot

pytestmark = [pytest.mark.django_db, needs_dovecot]


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"map/{name}", content)
    return made.getvalue()


@pytest.mark.requirement("FAC-23")
def test_a_message_s_invoices_are_taken_in_and_its_sender_hears_what_became_of_each(imap, post):
    books = MailBooks(imap)
    books.deliver(
        mail(
            ("factuur.pdf", pdf(("factur-x.xml", cii().encode()))),
            ("foto.jpg", b"\xff\xd8\xff\xe0 foto"),
            ("winmail.dat", b"\x78\x9f\x3e\x22 outlook"),
            ("scan.pdf", pdf()),
            ("veel.zip", zipped(een=invoice("F-9001"), brief=b"Geachte")),
            Subject="Facturen van maart",
        )
    )
    tally = books.fetch()
    assert (dict(tally.states), dict(tally.files)) == ({"taken": 1}, {"accepted": 2, "refused": 4})
    assert books.folders() == {"Verwerkt": 1}
    with client_scope(books.client.id):
        assert set(Invoice.objects.values_list("number", flat=True)) == {"F-2026-001", "F-9001"}
    (answer,) = books.answers(post)
    text = answer.get_content()
    assert answer["Subject"] == "Resultaat: Facturen van maart"
    assert (answer["To"], answer["Auto-Submitted"]) == (SENDER, "auto-replied")
    assert answer["In-Reply-To"].strip().startswith("<factuur.pdf")
    for line in (
        "factuur.pdf (factuur F-2026-001): ingelezen.",
        "een (factuur F-9001): ingelezen.",
        "foto.jpg: niet verwerkt.\n  - Dit is een foto of afbeelding",
        "winmail.dat: niet verwerkt.\n  - Dit is een pakket dat alleen Outlook kan openen",
        "scan.pdf: niet verwerkt.\n  - ",
        "veel.zip: brief: niet verwerkt.\n  - ",
    ):
        assert line in text.replace("\r\n", "\n"), line


def test_a_second_look_finds_nothing_and_says_nothing(imap, post):
    books = MailBooks(imap)
    books.deliver(mail(("a.xml", invoice())))
    books.fetch()
    tally = books.fetch()
    assert (dict(tally.states), tally.moved) == ({}, 0)
    assert len(books.answers(post)) == len(books.answers(post)) == 1


def test_an_invoice_in_a_forwarded_message_is_found(imap):
    from email import message_from_bytes, policy
    from email.message import EmailMessage

    outer = EmailMessage(policy=policy.SMTP)
    outer["From"], outer["To"], outer["Message-ID"] = SENDER, ADDRESS, "<door@zaagmolen.example>"
    outer.set_content("zie onder")
    inner = message_from_bytes(mail(("a.xml", invoice()), sender="iemand@anders.example"), policy=policy.SMTP)
    outer.add_attachment(inner)
    books = MailBooks(imap)
    books.deliver(outer.as_bytes())
    assert dict(books.fetch().files) == {"accepted": 1}


@pytest.mark.requirement("FAC-26")
def test_the_same_invoice_by_upload_and_twice_by_mail_is_one(imap, post):
    books = MailBooks(imap)
    take_in_files(books.client.id, [("F-2026-001.xml", invoice())], TODAY, NOW)
    books.deliver(
        mail(("factuur.pdf", pdf(("factur-x.xml", cii().encode())))), mail(("kopie.xml", invoice()))
    )
    assert dict(books.fetch().files) == {"known": 2}
    assert books.count("receivables_invoice") == 1
    assert all("was er al; er is niets veranderd" in answer.get_content() for answer in books.answers(post))


def test_a_message_without_an_invoice_is_told_so(imap, post):
    books = MailBooks(imap)
    books.deliver(mail())
    assert dict(books.fetch().states) == {"nothing": 1}
    assert books.folders() == {"Niet gelezen": 1}
    assert "Er zat geen factuur in" in books.answers(post)[0].get_content()


def test_a_message_of_60_mb_is_not_fetched_and_the_next_one_is(imap, post):
    books = MailBooks(imap)
    books.deliver(mail(("groot.pdf", b"%PDF-1.7\n" + b"x" * 44_000_000)), mail(("a.xml", invoice())))
    tally = books.fetch()
    assert (dict(tally.states), dict(tally.files)) == (
        {"refused": 1, "taken": 1},
        {"refused": 1, "accepted": 1},
    )
    assert books.messages()[0].size > 60_000_000
    assert books.folders() == {"Niet gelezen": 1, "Verwerkt": 1}
    assert "groter dan 40 MB" in books.answers(post)[0].get_content()


def test_bank_statements_are_never_taken_from_mail(imap):
    books = MailBooks(imap)
    statement = b":20:1\n:25:NL20INGB0001234567EUR\n:28C:1/1\n:60F:C260310EUR0,00\n:62F:C260310EUR0,00\n"
    camt = b'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>'
    told = report("INB-20260310-1", "RJCT", reason="FF01")
    attached = (("bank.xml", camt), ("bank.sta", statement), ("r.xml", told), ("r.zip", zipped(rapport=told)))
    books.deliver(mail(*attached, ("a.xml", invoice())))
    assert dict(books.fetch().files) == {"refused": 4, "accepted": 1}
    assert books.count("banking_statementfile") == books.count("batches_statusreport") == 0
    assert books.messages()[0].results[0]["problems"][0]["rule"] == "mail-statement"


def test_an_invoice_by_mail_that_asks_payment_to_another_account_waits(imap):
    """Whoever forges a sender would have the debtors pay to himself."""
    books = MailBooks(imap)
    forged = invoice("F-9002", ("NL91 ABNA 0417 1643 00", "NL20 INGB 0001 2345 67"))
    books.deliver(mail(("a.xml", forged)))
    assert dict(books.fetch().files) == {"review": 1}
    assert books.messages()[0].results[0]["problems"][0]["rule"] == "payee-unknown"
    assert books.count("receivables_invoice") == 0
    # Who is logged in knows whose account it is.
    (uploaded,) = take_in_files(books.client.id, [("b.xml", forged + b"\n")], TODAY, NOW)
    assert uploaded.outcome == "accepted"


def test_a_credit_note_by_mail_waits_for_a_person(imap):
    """Whoever forges a sender would have his own debt taken off."""
    books = MailBooks(imap)
    books.deliver(mail(("a.xml", invoice())))
    books.fetch()
    credit = ubl(("F-2026-001", "C-1"), root="CreditNote").encode()
    books.deliver(mail(("c.xml", credit)))
    assert dict(books.fetch().files) == {"review": 1}
    assert books.messages()[-1].results[0]["problems"][0]["rule"] == "credit-note-sent"
    (uploaded,) = take_in_files(books.client.id, [("c.xml", credit + b"\n")], TODAY, NOW)
    assert uploaded.outcome == "accepted"
    # What is in the books already is known, also by mail.
    books.deliver(mail(("c2.xml", credit + b"\n\n")))
    assert dict(books.fetch().files) == {"known": 1}


def test_two_clients_share_a_mailbox_by_address(imap):
    from tests.conftest import make_client

    one = MailBooks(imap, whole=False, address="facturen+zaagmolen@inbaar.example")
    other = MailBooks(
        imap, whole=False, address="facturen+korenaar@inbaar.example",
        client=make_client("Bakkerij De Korenaar B.V.", "90000002"),
    )  # fmt: skip
    one.deliver(
        mail(("a.xml", invoice()), to="Facturen <FACTUREN+Zaagmolen@inbaar.example>"),
        mail(("b.xml", invoice("F-9003")), to="facturen+korenaar@inbaar.example"),
        mail(("c.xml", invoice("F-9004")), to="facturen+niemand@inbaar.example"),
    )
    assert dict(one.fetch().files) == {"accepted": 1}
    assert [message.results[0]["name"] for message in one.messages()] == ["a.xml"]
    # It names another supplier, so it waits with the other client.
    assert dict(other.fetch().files) == {"review": 1}
    assert [message.results[0]["name"] for message in other.messages()] == ["b.xml"]
    assert one.folders() == {"INBOX": 1, "Verwerkt": 2}


@pytest.mark.parametrize(
    ("facts", "code", "words"),
    [
        ({"password": "fout"}, "mailbox-log-in", "does not let post in"),
        ({"host": "127.0.0.1"}, "mailbox-certificate", "cannot be trusted"),
        ({"port": 1}, "mailbox-connection", "refused"),
        ({"plain_port": True}, "mailbox-tls", "does not speak TLS this way"),
    ],
)
def test_a_mailbox_that_cannot_be_used_says_why_and_keeps_it(imap, facts, code, words):
    books = MailBooks(imap, **({"port": imap.port} if "plain_port" in facts else facts))
    tally = fetch_mailbox(books.client.id, TODAY, NOW)
    assert tally.code.startswith(code)
    assert words in tally.error
    with client_scope(books.client.id):
        from inbaar.mailbox.models import Mailbox

        row = Mailbox.objects.get()
        assert (row.error, row.failing_since, row.fetched_at) == (tally.error, NOW, None)


def test_the_other_kind_of_tls_and_none_on_this_machine(imap):
    for number, facts in enumerate(({"security": "starttls"}, {"security": "none"}), start=1):
        from tests.conftest import make_client

        books = MailBooks(
            imap, port=imap.port, client=make_client("Zaagmolen B.V.", f"5958188{number}"), **facts
        )
        books.deliver(mail(("a.xml", invoice(f"F-91{number}"))))
        assert sum(books.fetch().files.values()) == 1


@pytest.mark.requirement("ASK-14")
def test_a_letter_that_comes_back_is_seen_in_the_mailbox_and_told_to_nobody(imap, post):
    books = MailBooks(imap, address="facturen@example.nl")
    letters = Administration(books.client)
    number = letters.invoice("F-77", "2026-03-06")
    with client_scope(books.client.id):
        BankAccount.objects.update(read_up_to=day("2026-03-09"))
    run_day(day("2026-03-09"), NOW, post.settings, [books.client.id], returns_to=return_address)
    (letter,) = post.messages
    assert post.senders == ["facturen@example.nl"]
    back = returned(str(letter["Message-ID"]))
    books.deliver(
        back, out_of_office(str(letter["Message-ID"])), returned("<letter-1-1@elders.example>", own="other")
    )
    tally = books.fetch()
    assert dict(tally.states) == {"reported": 1, "ignored": 2}
    assert books.folders() == {"Verwerkt": 1, "Niet gelezen": 2}
    books.deliver(b"Received: again\r\n" + back)
    books.fetch()
    assert len(books.answers(post)) == 1
    (told,) = (message for message in books.messages() if message.state == "reported")
    assert told.results[0]["problems"][0]["text"].startswith(
        f"Letter {told.results[0]['number']} did not arrive at boekhouding@korenaar.example: 550 5.1.1"
    )
    with client_scope(books.client.id):
        assert Schedule.objects.get(invoice_id=number).stage == "waiting"


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"address": "Facturen@Example.nl"}, "facturen@example.nl"),
        ({"address": "facturen@example.nl", "active": False}, ""),
        ({"address": "facturen@mail.example.nl"}, ""),
    ],
)
def test_letters_come_back_to_a_mailbox_in_use_of_the_sender_s_own_domain(imap, facts, told):
    books = MailBooks(imap, **facts)
    assert return_address(books.client.id) == told
