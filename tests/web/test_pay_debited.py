"""What is collected by direct debit is asked of nobody: not on a payment page, not online, not by a statement of account."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client as Visitor

from inbaar.banking.debits.actions import announce_debits, request_debit, set_creditor
from inbaar.banking.pay_links import pay_token
from inbaar.debtor_statements.paying import make_pay_link
from inbaar.debtor_statements.wording import mail_text
from inbaar.kit.bulk import run
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import NewHold, open_holds
from tests.banking.camt import IBAN
from tests.banking.online.books import OnlineBooks
from tests.banking.online.conftest import server  # noqa: F401
from tests.debits.books import CREDITOR, MOVED, at, filed, rows, signed
from tests.debtor_statements.test_statements import TODAY, lines, printed
from tests.dunning.scenario import NOW, day
from tests.letters.mail_server import MailServer
from tests.transfers.books import account_of, member
from tests.web.test_pages import plain

pytestmark = pytest.mark.django_db
D = Decimal
ON, DUE = day(TODAY), dt.date(2026, 10, 16)


class Debited(OnlineBooks):
    """Two invoices of one debtor, who may pay online; the first is asked of his bank, and announced."""

    def announce(self):
        self.mandate = signed(self.client, self.debtor(self.first), debtor_iban=MOVED)
        self.debit = request_debit(self.client.id, self.first, self.mandate, "olga", ON, at(ON))
        announce_debits(self.client.id, [self.debit], "by mail", "run", ON, at(ON))
        return self

    def moves(self, state, due_on=DUE):
        with client_scope(self.client.id):
            run(
                "UPDATE debits_directdebit SET state = %s, due_on = %s WHERE id = %s",
                [state, due_on, self.debit],
            )

    def seen(self, reference, **how):
        return Visitor().get(self.path(reference), **how)

    def path(self, reference):
        return f"/pay/{pay_token(self.client.id, reference)}/"


@pytest.fixture
def books(client_a, server, monkeypatch):  # noqa: F811
    monkeypatch.setenv("INBAAR_NOW", f"{TODAY}T08:00:00+00:00")
    made = Debited(client_a)
    account_of(client_a)
    set_creditor(client_a.id, CREDITOR, "Van Dijk Techniek B.V.", "desk", day("2026-03-03"))
    made.switch_on(server)
    made.first = made.invoice("2026-001", "2026-09-01", payable="100.00", payee_iban=IBAN)
    made.second = made.invoice("2026-002", "2026-09-20", payable="250.00", payee_iban=IBAN)
    return made


def test_who_is_debited_is_told_the_day_and_account_and_is_offered_no_way_to_pay_twice(books):
    link = books.link(books.first)
    assert "Betaal met iDEAL" in plain(books.seen(link))
    books.announce()
    ((due_on,),) = rows(books.client, f"SELECT due_on FROM debits_directdebit WHERE id = {books.debit}")
    answer = books.seen(link)
    words, page = plain(answer), answer.context["page"]
    assert f"Wordt op {due_on.day} okt 2026 afgeschreven van de rekening die eindigt op 6789" in words
    assert "U hoeft dit niet te betalen" in words
    assert (page.why_not, page.total, page.payload, page.iban) == ("debited", D(0), "", "")
    assert MOVED not in answer.content.decode()
    assert "iDEAL" not in words
    assert Visitor().post(f"{books.path(link)}online/").status_code == 302
    assert books.server.payments == {}
    english = Visitor()
    english.cookies["inbaar_language"] = "en"
    said = plain(english.get(books.path(link)))
    assert "from the account ending in 6789: you need not pay it." in said
    with client_scope(books.client.id), pytest.raises(Refused):
        make_pay_link(books.client.id, books.first, ON)


def test_it_rests_as_long_as_the_debit_lives_and_no_longer(books):
    link = books.link(books.first)
    books.announce()
    asked = {}
    for state, due_on in (
        ("requested", DUE), ("batched", DUE), ("in_file", DUE), ("accepted", DUE), ("in_file", ON), ("accepted", ON),
        ("batched", ON), ("rejected", DUE), ("returned", DUE), ("refused", DUE), ("withdrawn", DUE),
    ):  # fmt: skip
        # A day that comes without its batch: the debit is not made any more.
        with client_scope(books.client.id):
            run("UPDATE debits_directdebit SET announced_on = %s", [ON - dt.timedelta(days=30)])
        books.moves(state, due_on)
        asked[state, due_on] = books.page(link).total
    live = {("requested", DUE), ("batched", DUE), ("in_file", DUE), ("accepted", DUE), ("in_file", ON), ("accepted", ON)}  # fmt: skip
    assert asked == {key: D(0) if key in live else D(100) for key in asked}


def test_what_is_in_a_batch_tells_the_account_that_the_batch_debits(books):
    link = books.link(books.first)
    books.announce()
    filed(
        books.client, [books.debit], ON, member(books.client, "eva"), member(books.client, "ton", "treasurer")
    )
    with client_scope(books.client.id):
        run(
            "INSERT INTO debits_mandateversion (client_id, mandate_id, number, debtor_name, debtor_iban, creditor_identifier,"
            " creditor_name, since, changed_by) SELECT client_id, mandate_id, 2, debtor_name, 'NL36INGB0007654321',"
            " creditor_identifier, creditor_name, since, changed_by FROM debits_mandateversion"
        )
        run("UPDATE debits_mandate SET version = 2")
    (line,) = books.page(link).lines
    assert (line.mark, line.account_end) == ("debited", "6789")


def test_a_statement_asks_the_rest_and_says_of_the_debited_invoice_why_not(books):
    """One of two is announced: its 100.00 is not asked, in words, on the page and in the QR; the 250.00 is."""
    books.announce()
    content = books.made()
    assert lines(content) == {"2026-001": (D(100), D(0), "debited"), "2026-002": (D(250), D(250), "")}
    assert "rekening eindigend op 6789" in mail_text(content)
    assert "rekening eindigend op 6789" in " ".join(printed(content).split())
    assert [line.number for line in books.page(content.parts[0].reference).lines] == ["2026-002"]


def test_a_link_of_two_asks_the_one_that_is_not_debited_and_says_so_of_the_other(books):
    reference = books.made().parts[0].reference
    assert books.page(reference).total == D(350)
    books.announce()
    answer = books.seen(reference)
    assert "EUR250\n" in answer.context["page"].payload
    assert "afgeschreven van de rekening die eindigt op 6789: u hoeft het niet te betalen." in plain(answer)
    assert Visitor().post(f"{books.path(reference)}online/").status_code == 200
    assert [each["amount"]["value"] for each in books.server.payments.values()] == ["250.00"]


def test_a_statement_that_was_written_before_the_notice_is_never_sent_as_it_was(books):
    assert lines(books.made())["2026-001"] == (D(100), D(100), "")
    books.announce()
    with MailServer() as post:
        books.send(post)
        (mail,) = post.messages
    text = mail.get_body(("plain",)).get_content()
    assert "250,00" in text
    assert "350,00 in" not in text.replace("\xa0", " ")
    assert "rekening eindigend op 6789" in text


def test_what_is_disputed_or_the_trustee_s_is_said_to_be_that(books):
    link = books.link(books.first)
    books.announce()
    with client_scope(books.client.id):
        open_holds(
            books.client.id,
            [NewHold(books.debtor(books.first), "dispute", "wrong", "Olga", ON, "1", books.first)],
            NOW,
        )
    assert [line.mark for line in books.page(link).lines] == ["disputed"]
    with client_scope(books.client.id):
        open_holds(
            books.client.id, [NewHold(books.debtor(books.first), "insolvency", "court", "Olga", ON, "2")], NOW
        )
    assert books.page(link).why_not == "insolvency"
