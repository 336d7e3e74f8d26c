"""Arrears by three facts: in the books or not, typed or in a list, read as it is written and reported once."""

import io
from decimal import Decimal

import pytest

from inbaar.intake.bulk.tables import NotAList
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.receivables.models import Invoice
from inbaar.register.listing import Told, read_list, report_told
from tests.dunning.scenario import day
from tests.register.books import DAY_60, DUE, Register, morning

NEW = Told(
    "F-9", Decimal("250.00"), day("2026-09-15"), "69599084", "Molenaar B.V.", "molenaar@voorbeeld.example"
)


@pytest.fixture
def register(client_a):
    register = Register(client_a).priced()
    register.bank_account(DAY_60)
    return register


def report(register, *told):
    with client_scope(register.client.id):
        return report_told(register.client.id, told, "Olga", day(DAY_60), morning(DAY_60))


def lines(text):
    return list(read_list(io.BytesIO(text.encode())))


@pytest.mark.requirement("REG-08")
def test_number_amount_and_due_date_are_enough_for_one_that_is_not_in_the_books(register):
    (answer,) = report(register, NEW)
    assert answer.outcome == "reported"
    with client_scope(register.client.id):
        invoice = Invoice.objects.get(number="F-9")
        assert (invoice.payable, invoice.due_date, invoice.open_amount) == (
            NEW.amount,
            NEW.due_date,
            NEW.amount,
        )
        assert fetch("SELECT count(*) FROM dunning_schedule") == [(0,)]
    (letter,) = register.letters()
    assert (letter.recipient.name, letter.total_due, letter.items[0].due_date) == (
        "Molenaar B.V.", Decimal("250.00"), NEW.due_date,
    )  # fmt: skip
    (again,) = report(register, NEW)
    assert (again.outcome, again.report_id) == ("known", answer.report_id)
    assert register.rows("register_fee") == 1


def test_one_that_is_in_the_books_is_reported_as_it_stands_there(register):
    invoice = register.invoice("2026-1", DUE)
    told = Told("2026-1", Decimal("1210.00"), day(DUE), "90000002", "De Korenaar")
    (answer,) = report(register, told)
    assert (answer.outcome, answer.invoice_id) == ("reported", invoice)
    for other in (
        Told("2026-1", Decimal("1211.00"), day(DUE), "90000002", "x"),
        Told("2026-1", Decimal("1210.00"), day("2026-10-01"), "90000002", "x"),
        Told("2026-1", Decimal("1210.00"), day(DUE), "90000009", "x"),
    ):
        (answer,) = report(register, other)
        assert answer.refusals[0].code == "register-differs"


def test_what_is_refused_is_not_taken_into_the_books_either(register):
    answers = report(
        register,
        Told("F-1", Decimal("99.99"), day("2026-09-15"), "69599084", "Molenaar B.V."),
        Told("F-2", Decimal("250.00"), day("2026-10-10"), "69599084", "Molenaar B.V."),
        NEW,
        Told("F-3", Decimal("250.00"), day("2026-09-15"), "", "Jansen"),
    )
    assert [one.refusals[0].code if one.refusals else one.outcome for one in answers] == [
        "register-minimum", "register-overdue", "reported", "register-kvk",
    ]  # fmt: skip
    with client_scope(register.client.id):
        assert [invoice.number for invoice in Invoice.objects.all()] == ["F-9"]


def test_one_whose_letter_cannot_be_written_is_not_left_in_the_books(client_a):
    register = Register(client_a).priced()  # no account of its own, so that nobody can be told whom to pay
    (answer,) = report(register, NEW)
    assert answer.refusals[0].code == "letter-incomplete"
    assert register.rows("receivables_invoice") == 0


def test_the_same_number_with_other_facts_in_one_list_is_refused(register):
    answers = report(register, NEW, Told("F-9", Decimal("251.00"), NEW.due_date, NEW.kvk_number, NEW.name))
    assert {one.refusals[0].code for one in answers} == {"register-differs"}
    assert register.rows("receivables_invoice") == 0


@pytest.mark.requirement("REG-08")
def test_a_list_as_a_dutch_spreadsheet_writes_it():
    (line, broken) = lines(
        'Factuurnummer;Bedrag;Vervaldatum;KvK;Naam\nF-9;"1.250,00";15-9-2026;1234567;Molenaar B.V.\nF-10;veel;15-9-2026;1;x\n'
    )
    assert line.told == Told("F-9", Decimal("1250.00"), day("2026-09-15"), "01234567", "Molenaar B.V.")
    assert (broken.line, broken.told, broken.problem.fact) == (3, None, "amount-unreadable")


@pytest.mark.parametrize("text", ["Factuurnummer;Bedrag\nF-9;100\n", "   \n"])
def test_a_list_without_the_columns_says_which(text):
    with pytest.raises(NotAList):
        lines(text)
