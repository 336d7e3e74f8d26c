"""Lists taken in and taken back: one transaction, the same actions as every door, reversed and never deleted."""

import datetime as dt
import io
from decimal import Decimal

import pytest

from inbaar.doors import take_in_import, undo_import, work_on_list
from inbaar.intake.bulk.columns import Choices
from inbaar.intake.importing import choose, list_content, list_file, open_list
from inbaar.intake.looking import check_list, counted, found_line
from inbaar.intake.models import Import, ImportLine
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.ledger.accounts import Code
from inbaar.ledger.queries import balances
from inbaar.parties.models import Debtor
from inbaar.proofs import prove_books
from inbaar.receivables.actions import NewHold, NewPayment, apply_payments, open_holds
from inbaar.receivables.models import Event, Invoice
from tests.intake.auditfiles import auditfile
from tests.intake.lists import HEAD, ROWS, written
from tests.sql_watch import statements

pytestmark = pytest.mark.django_db
TODAY, NOW = dt.date(2026, 11, 2), dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


def opened(client, content, name="openstaand.csv"):
    return open_list(client.id, name, io.BytesIO(content), NOW, "upload", "Olga")


def looked(client, content, name="openstaand.csv", **choices):
    """A list of which every line was looked through."""
    number = opened(client, content, name)
    kept = list_file(client.id, number)
    choose(client.id, number, Choices(**(kept.choices.as_json() | choices)), NOW)
    work_on_list(client.id, number, TODAY, NOW)
    return number


def taken_in(client, content, **choices):
    number = looked(client, content, **choices)
    return number, take_in_import(client.id, number, TODAY, "Olga", NOW)


def verdicts(client, content):
    return [
        judged.verdict
        for judged in check_list(client.id, list_file(client.id, opened(client, content)), TODAY)
    ]


def counts(client, number):
    """How many lines have each verdict, looked at without writing."""
    return counted(map(found_line, check_list(client.id, list_file(client.id, number), TODAY)))


def many(count, start=0):
    return written(
        (
            f"{number:06d}",
            f"D{number % 7}",
            f"Klant {number % 7} B.V.",
            "15-01-2026",
            "14-02-2026",
            "121,00",
            "121,00",
            "",
            "",
        )
        for number in range(start, start + count)
    )


@pytest.mark.requirement("FAC-25")
def test_a_list_becomes_invoices_with_their_debtors_and_numbers(client_a):
    with client_scope(client_a.id):
        number, made = taken_in(client_a, written(), negative_is_credit=True)
        kept = Import.objects.get(id=number)
        assert (kept.state, kept.counts, kept.by) == ("taken_in", {"new": 3}, "Olga")
        rows = Invoice.objects.filter(id__in=made).order_by("number")
        assert [(i.number, i.kind, i.total, i.payable, i.open_amount) for i in rows] == [
            ("2026-001", "invoice", Decimal("1210.00"), Decimal("1210.00"), Decimal("1210.00")),
            ("2026-002", "invoice", Decimal("60.50"), Decimal("30.25"), Decimal("30.25")),
            ("2026-003", "credit_note", Decimal("121.00"), Decimal("121.00"), Decimal("121.00")),
        ]
        assert list(Debtor.objects.order_by("number").values_list("number", "kvk_number", "capacity")) == [
            ("D1", "90000002", "business"), ("D2", "", "consumer"), ("D3", "01234567", "business"),
        ]  # fmt: skip
        assert balances(TODAY)[Code.RECEIVABLE, "EUR", "own"] == Decimal("1119.25")
        assert list(ImportLine.objects.order_by("line").values_list("line", "verdict")) == [
            (2, "new"),
            (3, "new"),
            (4, "new"),
        ]
    assert all(proof.holds for proof in prove_books(client_a.id))


@pytest.mark.requirement("ASK-25")
def test_looking_through_writes_nothing_and_says_what_taking_in_does(client_a):
    with client_scope(client_a.id):
        number = opened(client_a, written())
        with statements() as seen:
            found = counts(client_a, number)
        assert seen.writes == []
        assert found == {"new": 2, "doubtful": 1}
        number, _ = taken_in(client_a, written())
        assert Import.objects.get(id=number).counts == found
        assert Invoice.objects.count() == 2


@pytest.mark.requirement("ASK-25", "UI-14")
def test_what_is_there_already_is_known_before_anything_is_written(client_a):
    with client_scope(client_a.id):
        taken_in(client_a, written(ROWS[:2]))
        again = [ROWS[0], (*ROWS[1][:5], "61,50", "30,25", *ROWS[1][7:]), ("2026-009", *ROWS[0][1:])]
        assert verdicts(client_a, written(again)) == ["known", "differs", "new"]
        assert verdicts(client_a, written(ROWS[:2])) == ["known", "known"]
        with pytest.raises(Refused, match="a list is taken in once"):
            take_in_import(client_a.id, Import.objects.get(state="taken_in").id, TODAY, "Olga", NOW)


def test_a_number_of_the_client_stays_with_a_debtor_the_books_knew(client_a):
    with client_scope(client_a.id):
        taken_in(client_a, written([("1", "", *ROWS[0][2:])]))
        taken_in(client_a, written([("2", "D1", *ROWS[0][2:])]))
        taken_in(client_a, written([("3", "D1", "", *ROWS[0][3:7], "", "")]))
        assert list(Debtor.objects.values_list("number", flat=True)) == ["D1"]
        assert Invoice.objects.count() == 3


@pytest.mark.requirement("UI-14")
def test_what_was_chosen_is_remembered_for_the_next_list_of_that_head(client_a, client_b):
    ambiguous = [("7", "D3", "Garage Snel V.O.F.", "01-02-2026", "01-03-2026", "-1.234", "-1.234", "", "")]
    with client_scope(client_a.id):
        taken_in(client_a, written(), negative_is_credit=True, dates="dmy", decimal="comma")
        assert verdicts(client_a, written(ambiguous)) == ["new"]
        kept = list_file(client_a.id, opened(client_a, written(ambiguous)))
        assert kept.chosen
        assert kept.choices.negative_is_credit
    with client_scope(client_b.id):
        assert verdicts(client_b, written(ambiguous)) == ["doubtful"]


@pytest.mark.requirement("UI-14")
def test_a_whole_import_is_taken_back_and_can_come_in_again(client_a):
    with client_scope(client_a.id):
        number, made = taken_in(client_a, written(), negative_is_credit=True)
        assert undo_import(client_a.id, number, TODAY, "Olga", NOW) == len(made) == 3
        rows = Invoice.objects.filter(id__in=made)
        assert {(i.open_amount, i.withdrawn_on) for i in rows} == {(Decimal(0), TODAY)}
        assert set(balances(TODAY).values()) == {Decimal(0)}
        assert sorted(Event.objects.filter(invoice_id=made[0]).values_list("kind", flat=True)) == [
            "accepted",
            "withdrawn",
        ]
        assert Import.objects.get(id=number).state == "undone"
        again, made_again = taken_in(client_a, written(), negative_is_credit=True)
        assert again != number
        assert len(made_again) == 3
        assert Invoice.objects.filter(withdrawn_on=None).count() == 3
        assert Debtor.objects.count() == 3
    assert all(proof.holds for proof in prove_books(client_a.id))


def _pay(client, invoice):
    apply_payments(client.id, [NewPayment(invoice.id, TODAY, Decimal("1.00"), "k1")], NOW)


def _hold(client, invoice):
    open_holds(
        client.id, [NewHold(invoice.debtor_id, "dispute", "stuk", "Olga", TODAY, "h1", invoice.id)], NOW
    )


@pytest.mark.requirement("UI-14")
@pytest.mark.parametrize(("act", "happened"), [(_pay, "payment"), (_hold, "hold_opened")])
def test_an_import_is_not_taken_back_once_something_happened(client_a, act, happened):
    with client_scope(client_a.id):
        number, made = taken_in(client_a, written(ROWS[:2]))
        act(client_a, Invoice.objects.get(number="2026-001"))
        before = balances(TODAY)
        with pytest.raises(Refused) as why:
            undo_import(client_a.id, number, TODAY, "Olga", NOW)
        assert [(refusal.code, refusal.fact) for refusal in why.value.refusals] == [
            ("invoice-touched", f"2026-001: {happened}")
        ]
        assert balances(TODAY) == before
        assert Invoice.objects.filter(id__in=made, withdrawn_on=None).count() == 2
        assert Import.objects.get(id=number).state == "taken_in"


def test_undoing_twice_is_refused_and_another_clients_import_is_not_there(client_a, client_b):
    with client_scope(client_a.id):
        number, _ = taken_in(client_a, written(ROWS[:2]))
        undo_import(client_a.id, number, TODAY, "Olga", NOW)
        with pytest.raises(Refused, match="only a list that was taken in"):
            undo_import(client_a.id, number, TODAY, "Olga", NOW)
    with client_scope(client_b.id):
        assert list_file(client_b.id, number) is None
        for act in (take_in_import, undo_import):
            with pytest.raises(Refused):
                act(client_b.id, number, TODAY, "Olga", NOW)


def test_the_number_of_statements_does_not_follow_the_number_of_lines(client_a):
    told = []
    with client_scope(client_a.id):
        taken_in(client_a, many(7))  # accounts are opened at first use
        for size, start in ((10, 100), (300, 1000)):
            with statements() as looking:
                number = looked(client_a, many(size, start))
            with statements() as taking:
                made = take_in_import(client_a.id, number, TODAY, "Olga", NOW)
            with statements() as undoing:
                undo_import(client_a.id, number, TODAY, "Olga", NOW)
            assert len(made) == size
            told.append((len(looking), len(taking), len(undoing)))
    assert told[0] == told[1]


def test_a_list_that_lacks_a_column_is_refused_with_what_is_missing(client_a):
    with client_scope(client_a.id):
        number = opened(client_a, written([row[:4] for row in ROWS], HEAD[:4]))
        with pytest.raises(Refused, match="total, due_date"):
            choose(client_a.id, number, list_file(client_a.id, number).choices, NOW)
        with pytest.raises(Refused, match="looked through before"):
            take_in_import(client_a.id, number, TODAY, "Olga", NOW)
        assert Invoice.objects.count() == 0


@pytest.mark.requirement("FAC-25")
def test_of_an_auditfile_the_open_invoices_are_taken_in_and_nothing_else_is_kept(client_a):
    content = auditfile(
        [("S", "D1", "1", "121.00", "2026-01-05", ""), ("S", "D2", "2", "50.00", "2026-01-05", ""), ("B", "D2", "", "-5.00", "2026-01-09", "")],
        dues=[("1", "2026-02-04"), ("2", "2026-02-04")],
    )  # fmt: skip
    with client_scope(client_a.id):
        number = opened(client_a, content, "2026.xaf")
        kept = list_file(client_a.id, number)
        assert kept.format == "xaf"
        assert b"8000" not in list_content(client_a.id, number)
        assert counts(client_a, number) == {"new": 1, "doubtful": 1, "refused": 1}
        looked(client_a, content, "2026.xaf")
        take_in_import(client_a.id, number, TODAY, "Olga", NOW)
        (invoice,) = Invoice.objects.all()
        assert (invoice.number, invoice.open_amount, invoice.due_date) == (
            "1",
            Decimal("121.00"),
            dt.date(2026, 2, 4),
        )
        assert opened(client_a, content, "2026.xaf") == opened(client_a, content, "2026.xaf") != number
