"""Statements of account: what they say, that they add up, whom they ask to pay whom, and that each leaves once."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pypdfium2
import pytest

from inbaar.banking.actions import import_statement_file, match_new_entries
from inbaar.debtor_statements.actions import Asked, ask_statements, cancel_statements, write_waiting
from inbaar.debtor_statements.content import from_json, to_json
from inbaar.debtor_statements.drawing import statement_pdf
from inbaar.debtor_statements.models import AccountStatement, StatementItem, StatementPdf
from inbaar.debtor_statements.sending import work_statements
from inbaar.debtor_statements.states import MOVES, STATES, after
from inbaar.debtor_statements.wording import mail_text, words_of
from inbaar.kit.bulk import run
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.amounts import ContentError
from inbaar.letters.parts import Language
from inbaar.receivables.actions import (
    Customer,
    NewComponent,
    NewHold,
    add_components,
    open_holds,
    withdraw_invoices,
)
from inbaar.receivables.ageing import ageing_by_debtor
from inbaar.receivables.models import Event, Invoice
from tests.banking.camt import Line, camt_file
from tests.dunning.scenario import BAKERY, NOW, PERSON, Administration, day
from tests.letters.mail_server import MailServer
from tests.sql_watch import statements

pytestmark = pytest.mark.django_db
D = Decimal
TODAY = "2026-10-02"
GROCER = Customer(name="Groenteman Peters B.V.", kvk="90000003", city="Ede")


class Books(Administration):
    """Books that statements are asked of."""

    def ask(self, *debtors, kind="open", on=TODAY, since=None, by_mail=True, key="k", today=TODAY):
        with client_scope(self.client.id):
            wanted = debtors or tuple(
                (row.debtor_id, row.currency) for row in ageing_by_debtor(self.client.id, day(on))
            )
            asked = Asked(key, kind, day(on), day(since) if since else None, by_mail, tuple(wanted))
            return ask_statements(self.client.id, asked, "Olga", day(today), NOW)

    def write(self, today=TODAY):
        while write_waiting(self.client.id, day(today), NOW):
            pass

    def made(self, **how):
        """The one statement that was asked for, as it was written."""
        self.ask(**how)
        self.write(how.get("today", TODAY))
        with client_scope(self.client.id):
            return from_json(dumped(AccountStatement.objects.order_by("-id")[0].content))

    def debtor(self, invoice_id):
        with client_scope(self.client.id):
            return Invoice.objects.get(id=invoice_id).debtor_id

    def send(self, post, today=TODAY, moment=NOW):
        return work_statements(self.client.id, post.settings, day(today), moment)

    def states(self):
        with client_scope(self.client.id):
            return list(AccountStatement.objects.order_by("id").values_list("state", flat=True))

    def money(self, *lines):
        import_statement_file(self.client.id, camt_file(lines), "a.xml", NOW)
        match_new_entries(self.client.id, day(TODAY), NOW)


def dumped(tree):
    import json

    return json.dumps(tree)


@pytest.fixture
def books(client_a):
    return Books(client_a)


def lines(content):
    return {item.number: (item.open, item.asked, item.mark) for item in content.items}


@pytest.mark.requirement("UI-10", "ASK-24")
def test_open_items_can_be_paid_as_one_and_come_back_divided(books):
    """Two invoices of 100 and 250, of which 50 was paid: 300 is asked under one reference, and pays both."""
    first = books.invoice("2026-001", "2026-09-01", payable="100.00")
    second = books.invoice("2026-002", "2026-09-20", payable="250.00")
    books.pay(second, "2026-09-25", "50.00")
    content = books.made()
    (part,) = content.parts
    assert lines(content) == {"2026-001": (D(100), D(100), ""), "2026-002": (D(200), D(200), "")}
    assert (content.closing, content.asked, part.payee.iban) == (D(300), D(300), "NL20INGB0001234567")
    books.money(Line("300.00", reference=part.reference, day=day(TODAY)))
    assert (books.open(first), books.open(second)) == (0, 0)


@pytest.mark.requirement("UI-10")
def test_movements_lead_from_the_opening_to_the_closing_balance(books):
    """September: opens with 100; +250 on the 2nd, -40 on the 5th, a credit note of 30 on the 9th, one taken back.

    100 + 250 - 40 - 30 + 60 - 60 = 280, also when the rest is paid in October.
    """
    first = books.invoice("2026-001", "2026-09-01", payable="100.00")
    books.invoice("2026-002", "2026-10-02", payable="250.00")
    books.pay(first, "2026-09-05", "40.00")
    books.invoice(
        "2026-C1",
        "2026-10-09",
        payable="30.00",
        kind="credit_note",
        credits_number="2026-002",
        issue_date=day("2026-09-09"),
    )
    wrong = books.invoice("2026-003", "2026-10-10", payable="60.00")
    with client_scope(books.client.id):
        withdraw_invoices(books.client.id, [wrong], day("2026-09-12"), "twice", "Olga", NOW)
    books.pay(first, "2026-10-01", "60.00")
    content = books.made(kind="movements", on="2026-09-30", since="2026-09-01")
    assert [(str(m.on), m.kind, m.number, m.amount) for m in content.movements] == [
        ("2026-09-02", "invoice", "2026-002", D(250)),
        ("2026-09-05", "payment", "2026-001", D(-40)),
        ("2026-09-09", "credit_note", "2026-C1", D(-30)),
        ("2026-09-10", "invoice", "2026-003", D(60)),
        ("2026-09-12", "withdrawn", "2026-003", D(-60)),
    ]
    assert (content.opening, content.closing) == (D(100), D(280))
    assert lines(content) == {"2026-001": (D(60), D(0), ""), "2026-002": (D(220), D(0), "")}
    with client_scope(books.client.id):
        assert ageing_by_debtor(books.client.id, day("2026-09-30"))[0].open == D(280)


def test_a_day_that_has_passed_is_told_and_asks_nothing(books):
    books.invoice("2026-001", "2026-09-01", payable="100.00")
    content = books.made(on="2026-09-15")
    assert (content.closing, content.asked, content.why_not) == (D(100), 0, "past")
    assert "Betaal niet aan de hand van dit overzicht" in printed(content)


@pytest.mark.requirement("UI-10")
def test_a_sold_invoice_stands_apart_with_its_own_payee_and_reference(books):
    books.invoice("2026-001", "2026-09-01", payable="100.00")
    sold = books.invoice("2026-002", "2026-09-01", payable="200.00")
    with client_scope(books.client.id):
        run(
            "UPDATE receivables_title SET period = daterange(lower(period), '2026-09-10') WHERE invoice_id = %s",
            [sold],
        )
        run(
            "INSERT INTO receivables_title (client_id, invoice_id, owner_name, owner_kvk, payee_iban, period, deed, notified_on) "
            "VALUES (%s, %s, 'Factor N.V.', '', 'NL91ABNA0417164300', '[2026-09-10,)', 'sale', '2026-09-11')",
            [books.client.id, sold],
        )
    own, factors = books.made().parts
    assert (own.payee.iban, own.asked, [item.number for item in own.items]) == (
        "NL20INGB0001234567",
        D(100),
        ["2026-001"],
    )
    assert (factors.payee.iban, factors.payee.account_holder, factors.asked) == (
        "NL91ABNA0417164300",
        "Factor N.V.",
        D(200),
    )
    assert own.reference != factors.reference


@pytest.mark.requirement("UI-10")
def test_what_is_disputed_is_marked_and_only_the_rest_is_asked(books):
    part = books.invoice("2026-001", "2026-09-01", payable="100.00")
    whole = books.invoice("2026-002", "2026-09-01", payable="200.00")
    holds = [
        NewHold(books.debtor(part), "dispute", "damaged", "Olga", day("2026-09-20"), "1", part, D(30)),
        NewHold(books.debtor(whole), "dispute", "wrong", "Olga", day("2026-09-20"), "2", whole),
    ]
    with client_scope(books.client.id):
        open_holds(books.client.id, holds, NOW)
    content = books.made()
    assert lines(content) == {"2026-001": (D(100), D(70), "disputed"), "2026-002": (D(200), D(0), "disputed")}
    assert content.closing == D(300)
    mailed = mail_text(content).replace("\xa0", " ")
    assert "2026-001: € 30,00 betwist" in mailed
    assert "2026-002: Betwist" in mailed
    text = printed(content)
    assert "€ 30,00 betwist" in text
    assert "€ 70,00" in text


def test_claimed_interest_and_costs_are_asked_beside_the_principal(books):
    made = books.invoice("2026-001", "2026-09-01", payable="100.00")
    with client_scope(books.client.id):
        costs = NewComponent(made, "costs", D("40.00"), day("2026-09-20"), day("2026-09-20"), "BIK", "-", "c")
        add_components(books.client.id, [costs], NOW)
    content = books.made()
    (item,) = content.items
    assert (item.open, item.extras, item.asked, content.closing) == (D(100), D(40), D(140), D(100))


def test_who_is_insolvent_is_told_and_asked_nothing(books):
    made = books.invoice("2026-001", "2026-09-01", payable="100.00")
    with client_scope(books.client.id):
        hold = NewHold(books.debtor(made), "insolvency", "court", "Olga", day("2026-09-20"), "1")
        open_holds(books.client.id, [hold], NOW)
    content = books.made()
    assert (content.closing, content.asked, content.why_not) == (D(100), 0, "insolvency")


@pytest.mark.requirement("ASK-04")
def test_an_invoice_that_waiting_money_may_have_paid_is_not_asked_again(books):
    """150.00 that names an invoice of 100.00 is for a person; until then the invoice is marked, the other one asked."""
    books.invoice("2026-001", "2026-09-01", payable="100.00")
    books.invoice("2026-002", "2026-09-01", payable="200.00")
    books.money(Line("150.00", text="factuur 2026-001", name="Onbekend", day=day(TODAY)))
    content = books.made()
    assert lines(content) == {"2026-001": (D(100), D(0), "suspected"), "2026-002": (D(200), D(200), "")}


def test_every_currency_has_a_statement_of_its_own_and_no_qr_but_euros(books):
    books.invoice("2026-001", "2026-09-01", payable="100.00")
    books.invoice("2026-002", "2026-09-01", payable="200.00", currency="USD")
    books.ask()
    books.write()
    with client_scope(books.client.id):
        made = {s.currency: from_json(dumped(s.content)) for s in AccountStatement.objects.all()}
    assert {code: content.closing for code, content in made.items()} == {"EUR": D(100), "USD": D(200)}
    assert "geen QR-code mogelijk" in printed(made["USD"])
    assert "geen QR-code mogelijk" not in printed(made["EUR"])


def test_the_pdf_is_the_same_each_time_and_says_what_the_mail_says(books):
    books.invoice(
        "2026-001",
        "2026-09-01",
        payable="1234.56",
        customer=replace(BAKERY, name='#image("/etc/passwd") $x$'),
    )
    content = books.made()
    assert statement_pdf(content) == statement_pdf(from_json(to_json(content)))
    text = printed(content)
    for said in ("2026-001", "1.234,56", content.parts[0].reference[:4], "NL20 INGB 0001 2345 67", "#image("):
        assert said in text


def test_what_does_not_add_up_cannot_be_made(books):
    books.invoice("2026-001", "2026-09-01", payable="100.00")
    content = books.made()
    for wrong in (
        {"closing": D(99)},
        {"parts": ()},
        {"why_not": "past"},
        {"since": content.on, "opening": D(1)},
    ):
        with pytest.raises(ContentError):
            replace(content, **wrong)


@pytest.mark.requirement("UI-10")
def test_a_run_is_asked_and_mailed_once_however_often_it_is_worked(books):
    books.invoice("2026-001", "2026-09-01", payable="100.00")
    books.invoice("2026-002", "2026-09-01", payable="50.00", customer=PERSON)
    books.invoice("2026-003", "2026-09-01", payable="70.00", customer=GROCER)
    assert books.ask() == books.ask()
    with MailServer() as post:
        for _ in range(3):
            books.send(post)
        assert sorted(str(message["To"]) for message in post.messages) == [
            '"Bakkerij De Korenaar B.V." <boekhouding@korenaar.example>',
            '"J. Jansen" <jansen@voorbeeld.example>',
        ]
    assert sorted(books.states()) == ["kept", "sent", "sent"]
    with client_scope(books.client.id):
        assert StatementPdf.objects.count() == 2
        assert Event.objects.filter(kind="statement_sent").count() == 2


def test_what_was_paid_before_it_left_is_written_anew_and_never_sent_as_it_was(books):
    made = books.invoice("2026-001", "2026-09-01", payable="100.00")
    other = books.invoice("2026-002", "2026-09-01", payable="50.00")
    books.ask()
    books.write()
    books.pay(made, TODAY, "100.00")
    with MailServer() as post:
        books.send(post)
        (message,) = post.messages
    assert "€ 50,00" in message.get_body(("plain",)).get_content().replace("\xa0", " ")
    with client_scope(books.client.id):
        assert [item.invoice_id for item in StatementItem.objects.all()] == [other]


def test_paid_wholly_before_it_left_nothing_is_sent(books):
    made = books.invoice("2026-001", "2026-09-01", payable="100.00")
    books.ask()
    books.write()
    books.pay(made, TODAY, "100.00")
    with MailServer() as post:
        books.send(post)
        assert post.messages == []
    assert books.states() == ["empty"]


def test_a_mail_in_doubt_goes_again_as_the_same_message(books):
    """Killed between taking and settling: after ten minutes it is sent once more under the same Message-ID."""
    books.invoice("2026-001", "2026-09-01", payable="100.00")
    books.ask()
    books.write()
    with client_scope(books.client.id):
        AccountStatement.objects.update(state="sending", attempts=1, changed_at=NOW)
    with MailServer() as post:
        books.send(post, moment=NOW + dt.timedelta(minutes=9))
        assert post.messages == []
        books.send(post, moment=NOW + dt.timedelta(minutes=11))
        (message,) = post.messages
    with client_scope(books.client.id):
        number = AccountStatement.objects.get().id
    assert str(message["Message-ID"]).startswith(f"<statement-{books.client.id}-{number}@")


def test_a_refused_address_ends_that_one_and_no_other(books):
    books.invoice("2026-001", "2026-09-01", payable="100.00")
    books.invoice("2026-002", "2026-09-01", payable="50.00", customer=PERSON)
    books.ask()
    with MailServer({"jansen@voorbeeld.example": "550 unknown"}) as post:
        books.send(post)
    assert sorted(books.states()) == ["refused", "sent"]


def test_what_has_not_left_can_be_stopped(books):
    books.invoice("2026-001", "2026-09-01", payable="100.00")
    number = books.ask()
    with client_scope(books.client.id):
        assert cancel_statements(books.client.id, number, NOW) == 1
    with MailServer() as post:
        books.send(post)
        assert post.messages == []
    assert books.states() == ["cancelled"]


def test_an_invoice_without_an_account_to_pay_to_ends_with_the_reason(books):
    books.invoice("2026-001", "2026-09-01", payable="100.00", payee_iban="")
    books.ask()
    books.write()
    with client_scope(books.client.id):
        made = AccountStatement.objects.get()
    assert made.state == "cancelled"
    assert "2026-001" in made.answer


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"on": "2026-10-03"}, "day-to-come"),
        ({"kind": "movements"}, "period"),
        ({"kind": "movements", "since": "2026-10-03"}, "period"),
        ({"since": "2026-09-01"}, "period"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_changes_nothing(books, how, code):
    made = books.invoice("2026-001", "2026-09-01", payable="100.00")
    with pytest.raises(Refused) as refused:
        books.ask((books.debtor(made), "EUR"), **how)
    assert refused.value.code == code
    assert books.states() == []


def test_another_clients_debtor_cannot_be_asked(books, client_b):
    other = Administration(client_b).invoice("2026-001", "2026-09-01", payable="100.00")
    with client_scope(client_b.id):
        debtor = Invoice.objects.get(id=other).debtor_id
    with pytest.raises(Refused) as refused:
        books.ask((debtor, "EUR"))
    assert refused.value.code == "debtor-unknown"
    assert books.states() == []


def test_the_number_of_sql_statements_does_not_depend_on_how_many_are_written(books):
    counts = []
    for start in (0, 10):
        for number in range(start, start + 1 + start // 3):
            customer = Customer(
                name=f"Klant {number} B.V.",
                kvk=f"9100000{number % 10}{number // 10}"[:8],
                email=f"k{number}@x.example",
            )
            books.invoice(f"2026-{number:03}", "2026-09-01", payable="100.00", customer=customer)
        books.ask(key=str(start))
        with statements() as seen:
            write_waiting(books.client.id, day(TODAY), NOW)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_every_move_between_states_is_known_and_no_other():
    allowed = {(state, verb) for state, verb in MOVES}
    for state in STATES:
        for verb in {verb for _, verb in MOVES}:
            if (state, verb) in allowed:
                assert after(state, verb) in STATES
            else:
                with pytest.raises(ValueError, match="cannot"):
                    after(state, verb)


def printed(content):
    document = pypdfium2.PdfDocument(statement_pdf(content))
    return (
        "".join(page.get_textpage().get_text_range() for page in document)
        .replace("\xa0", " ")
        .replace("\u00ad", "")
    )


def test_both_languages_say_the_same_things():
    dutch, english = (words_of(language).sections for language in (Language.NL, Language.EN))
    assert {name: set(told) for name, told in dutch.items()} == {
        name: set(told) for name, told in english.items()
    }
