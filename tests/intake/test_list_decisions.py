"""Lines of a list in doubt, taken in or left out one by one by a person; and accounts and descriptions that a list brings."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.accounts import register_account
from inbaar.doors import take_in_import, undo_import
from inbaar.intake.deciding import Word, decide, possible_debtors
from inbaar.intake.looking import counts_of
from inbaar.intake.models import ImportLine
from inbaar.intake.taking import start_taking
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.parties.models import Debtor, DebtorIban
from inbaar.receivables.actions import Customer, Draft, accept_invoices
from inbaar.receivables.models import Event, Invoice
from tests.intake.lists import HEAD, ROWS, read, rules, written
from tests.intake.test_importing_db import NOW, TODAY, looked, taken_in

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("UI-14")]
IBAN, OTHER_IBAN = "NL91 ABNA 0417 1643 00", "NL20INGB0001234567"
FULL_HEAD = (*HEAD, "IBAN", "Omschrijving", "E-mail")


def row(number, *, iban="", text="", mail="", who=ROWS[0]):
    return (number, *who[1:], iban, text, mail)


def lines(number):
    return list(
        ImportLine.objects.filter(imported_id=number)
        .order_by("line")
        .values_list("line", "verdict", "decision")
    )


def told(number, line):
    return [rule for _, rule, _ in ImportLine.objects.get(imported_id=number, line=line).told["faults"]]


def test_the_debtor_s_account_and_what_it_is_for_come_along(client_a):
    with client_scope(client_a.id):
        content = written([row("1", iban=IBAN, text="Onderhoud mei")], FULL_HEAD)
        _, (made,) = taken_in(client_a, content)
        invoice = Invoice.objects.get(id=made)
        assert invoice.description == "Onderhoud mei"
        (account,) = DebtorIban.objects.all()
        assert (account.iban, account.debtor_id, account.known_since) == (
            "NL91ABNA0417164300", invoice.debtor_id, TODAY,
        )  # fmt: skip
        taken_in(client_a, written([row("2", iban=IBAN)], FULL_HEAD))
        assert DebtorIban.objects.count() == 1


def test_an_account_that_fails_its_check_or_cannot_be_the_debtor_s_is_asked_about(client_a):
    (line,) = read(written([row("1", iban="NL91ABNA0417164301", text="x" * 301)], FULL_HEAD))
    assert rules(line) == [("iban", "iban-fails"), ("description", "too-long")]
    with client_scope(client_a.id):
        register_account(client_a.id, OTHER_IBAN, "Wij")
        content = written(
            [row("1", iban=OTHER_IBAN), row("2", iban=IBAN), row("3", iban=IBAN, who=ROWS[1])], FULL_HEAD
        )
        number = looked(client_a, content)
        assert [told(number, line) for line in (2, 3, 4)] == [
            ["iban-own"], ["iban-of-several"], ["iban-of-several"],
        ]  # fmt: skip
        decide(client_a.id, number, 2, Word("take"), "Olga")
        take_in_import(client_a.id, number, TODAY, "Olga", NOW)
        assert Invoice.objects.get().number == "1"
        assert not DebtorIban.objects.exists()


def test_a_line_in_doubt_is_taken_in_as_a_person_says_and_told_on_the_timeline(client_a):
    with client_scope(client_a.id):
        number = looked(client_a, written(ROWS))
        assert lines(number) == [(2, "new", ""), (3, "new", ""), (4, "doubtful", "")]
        decide(client_a.id, number, 4, Word("take"), "Olga")
        decide(client_a.id, number, 3, Word("leave"), "Olga")
        made = take_in_import(client_a.id, number, TODAY, "Piet", NOW)
        assert [i.number for i in Invoice.objects.filter(id__in=made).order_by("number")] == [
            "2026-001", "2026-003",
        ]  # fmt: skip
        assert Invoice.objects.get(number="2026-003").kind == "credit_note"
        assert lines(number) == [(2, "new", ""), (3, "new", "leave"), (4, "new", "take")]
        assert told(number, 4) == ["below-zero"]  # why it was in doubt stays with it
        assert not ImportLine.objects.get(imported_id=number, line=3).ended
        (event,) = Event.objects.filter(kind="looked_at")
        assert (event.facts["by"], event.facts["line"], event.facts["doubts"][0][1]) == (
            "Olga",
            4,
            "below-zero",
        )
        # Who decided is no reason to keep it in.
        assert undo_import(client_a.id, number, TODAY, "Piet", NOW) == 2
        assert Invoice.objects.filter(withdrawn_on=None).count() == 0


def test_a_decision_may_be_taken_back_and_a_new_look_forgets_it(client_a):
    with client_scope(client_a.id):
        number = looked(client_a, written(ROWS))
        decide(client_a.id, number, 4, Word("take"), "Olga")
        decide(client_a.id, number, 4, Word(""), "Olga")
        assert lines(number)[2] == (4, "doubtful", "")
        decide(client_a.id, number, 4, Word("take"), "Olga")
        assert looked(client_a, written(ROWS), negative_is_credit=True) == number
        assert lines(number) == [(2, "new", ""), (3, "new", ""), (4, "new", "")]


def test_whose_a_line_is_is_said_by_a_person(client_a):
    two = [
        ("1", "D1", "J. Jansen", *ROWS[1][3:7], "", "1015 CJ"),
        ("2", "D2", "J. Jansen", *ROWS[1][3:7], "", "9999 ZZ"),
    ]
    with client_scope(client_a.id):
        taken_in(client_a, written(two), dates="dmy")
        one, other = Debtor.objects.order_by("number")
        content = written([(n, "", "J. Jansen", *ROWS[1][3:7], "", "") for n in ("3", "4", "5")])
        number = looked(client_a, content)
        assert told(number, 2) == ["debtor-several"]
        found = possible_debtors(client_a.id, ImportLine.objects.get(imported_id=number, line=2).told)
        assert [debtor.id for debtor in found] == [one.id, other.id]
        with pytest.raises(Refused, match="whose the line is"):
            decide(client_a.id, number, 2, Word("take"), "Olga")
        with pytest.raises(Refused, match="own debtors"):
            decide(client_a.id, number, 2, Word("take", debtor_id=other.id + 999), "Olga")
        decide(client_a.id, number, 2, Word("take", debtor_id=other.id), "Olga")
        decide(client_a.id, number, 3, Word("take", as_new=True), "Olga")
        take_in_import(client_a.id, number, TODAY, "Olga", NOW)
        assert Invoice.objects.get(number="3").debtor_id == other.id
        assert Invoice.objects.get(number="4").debtor_id not in (one.id, other.id)
        assert not Invoice.objects.filter(number="5").exists()
        assert counts_of(client_a.id, number) == {"new": 2, "doubtful": 1}


def test_a_debtor_of_another_client_is_nobody_s_line(client_a, client_b):
    with client_scope(client_b.id):
        taken_in(client_b, written(ROWS[:1]))
        theirs = Debtor.objects.get().id
    with client_scope(client_a.id):
        number = looked(client_a, written(ROWS))
        with pytest.raises(Refused, match="own debtors"):
            decide(client_a.id, number, 4, Word("take", debtor_id=theirs), "Olga")
        assert possible_debtors(client_a.id, {}, "Korenaar") == []
    with client_scope(client_b.id), pytest.raises(Refused):
        decide(client_b.id, number, 4, Word("take"), "Bob")


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (("1", *ROWS[0][1:4], "14-01-2026", *ROWS[0][5:]), "due-before-issue"),
        (("1", *ROWS[0][1:5], "10,00", "20,00", *ROWS[0][7:]), "open-above-total"),
        (("1", *ROWS[0][1:5], "", "", *ROWS[0][7:]), "amount-missing"),
    ],
)
def test_what_needs_another_file_cannot_be_decided_here(client_a, bad, rule):
    with client_scope(client_a.id):
        number = looked(client_a, written([bad]))
        assert rule in told(number, 2)
        with pytest.raises(Refused, match="doubts can be settled here"):
            decide(client_a.id, number, 2, Word("take"), "Olga")
        with pytest.raises(Refused, match="only new lines"):
            start_taking(client_a.id, number, TODAY, "Olga", NOW)


def test_values_that_are_wrong_are_left_out_when_a_person_takes_the_line_in(client_a):
    with client_scope(client_a.id):
        bad = ("1", "D1", "Snel", *ROWS[0][3:7], "123", "3511 AA", "NL00", "", "geen adres")
        number = looked(client_a, written([bad], FULL_HEAD))
        assert told(number, 2) == ["email-unreadable", "kvk-unreadable", "iban-fails"]
        decide(client_a.id, number, 2, Word("take"), "Olga")
        take_in_import(client_a.id, number, TODAY, "Olga", NOW)
        debtor = Debtor.objects.get()
        assert (debtor.kvk_number, debtor.identity) == ("", "name:snel:3511aa")
        assert not DebtorIban.objects.exists()


def test_an_invoice_that_looks_like_one_that_is_there_is_asked_about_before_it_is_taken_in(client_a):
    """One read from a page may be the one of the list, misread; one that a program numbered is another."""
    with client_scope(client_a.id):
        amounts = (Decimal(0), Decimal(0), Decimal("1210.00"), Decimal("1210.00"))
        who = Customer("Bakkerij De Korenaar B.V.", "90000002")
        for number, was_read in (("2026-007", True), ("2027-001", False)):
            accept_invoices(client_a.id, [Draft(number, "invoice", dt.date(2026, 1, 15), None, TODAY, "EUR", *amounts, who,
                                                number_read=was_read)], NOW)  # fmt: skip
        number = looked(client_a, written(ROWS[:1]))
        line = ImportLine.objects.get(imported_id=number)
        assert (line.verdict, told(number, 2)) == ("doubtful", ["lookalike"])
        assert line.told["faults"][0][2] == "2026-007"
        assert line.invoice_id == Invoice.objects.get(number="2026-007").id
        decide(client_a.id, number, 2, Word("take"), "Olga")
        take_in_import(client_a.id, number, TODAY, "Olga", NOW)
        assert Invoice.objects.count() == 3
        following = [(f"2026-{n:03d}", *ROWS[0][1:]) for n in range(100, 103)]
        assert counts_of(client_a.id, looked(client_a, written(following))) == {"new": 3}


def test_what_came_up_after_the_look_is_not_taken_in(client_a):
    with client_scope(client_a.id):
        number = looked(client_a, written(ROWS))
        decide(client_a.id, number, 4, Word("take"), "Olga")
        taken_in(client_a, written([(*ROWS[0][:5], "9,00", "9,00", *ROWS[0][7:])]))
        made = take_in_import(client_a.id, number, TODAY, "Olga", NOW)
        assert {i.number for i in Invoice.objects.filter(id__in=made)} == {"2026-002", "2026-003"}
        assert lines(number)[0] == (2, "differs", "")
