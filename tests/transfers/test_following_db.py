"""What the bank reports and books of our payments: late, twice, out of order, wrong; and none of it pays anything twice."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest

from inbaar.banking.actions import import_statement_file
from inbaar.banking.batches.models import Batch, StatusReport
from inbaar.banking.models import Entry
from inbaar.banking.transfers.actions import Source, approve_batch, pay_again, withdraw_transfer
from inbaar.banking.transfers.models import CreditTransfer
from inbaar.daily import run_day
from inbaar.doors import FileResult, take_in_files
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.ledger.accounts import Code
from inbaar.ledger.queries import balances
from tests.banking.camt import IBAN, Line, camt_file
from tests.banking.reports import report
from tests.sql_watch import statements
from tests.transfers.books import (
    DAY,
    JANSEN,
    NOW,
    PIETERS,
    account_of,
    acting,
    assert_proven,
    batch_of,
    file_of,
    member,
    money_in,
    states,
    wanted,
)

pytestmark = pytest.mark.django_db


class Sent:
    """A batch of two payments (121.00 and 50.00) that is at the bank."""

    def __init__(self, client):
        self.client = client
        self.anna, self.bob = member(client, "anna", "bookkeeper"), member(client, "bob")
        self.batch_id = batch_of(
            client,
            self.anna,
            wanted("1"),
            wanted("2", amount=Decimal("50.00"), payee_name="Pieters", payee_iban=PIETERS),
        )
        approve_batch(client.id, self.batch_id, acting(self.bob))
        with client_scope(client.id):
            self.message = Batch.objects.get(id=self.batch_id).message_id
            self.ids = list(CreditTransfer.objects.order_by("id").values_list("id", flat=True))
        self.files = 0

    def offer(self, content: bytes) -> FileResult:
        self.files += 1
        (result,) = take_in_files(self.client.id, [(f"{self.files}.xml", content)], DAY, NOW)
        return result

    def reported(
        self, group: str, *payments: tuple[int, str, str], reason: str = "", message: str = ""
    ) -> FileResult:
        named = [(f"{self.message}-{number}", status, code, "") for number, status, code in payments]
        self.files += 1
        told = report(message or self.message, group, named, reason=reason, message_id=f"R-{self.files}")
        return self.offer(told)

    def booked(self, *lines: Line) -> list[Entry]:
        with client_scope(self.client.id):
            before = max(Entry.objects.values_list("id", flat=True), default=0)
        self.offer(camt_file(lines, number=str(self.files + 100)))
        with client_scope(self.client.id):
            return list(Entry.objects.filter(id__gt=before).order_by("id"))

    def debit(self, number: int = 1, amount: str = "-121.00", **facts) -> Line:
        return Line(amount, "Terug", end_to_end_id=f"{self.message}-{number}", **facts)

    def back(self, number: int = 1, amount: str = "121.00") -> Line:
        return Line(amount, "", end_to_end_id=f"{self.message}-{number}", return_reason="AC04")

    def to_pay_out(self) -> Decimal:
        with client_scope(self.client.id):
            return -balances(dt.date(2299, 1, 1)).get((Code.TO_PAY_OUT, "EUR", "own"), Decimal(0))


@pytest.fixture
def sent(client_a):
    return Sent(client_a)


def test_accepted_then_debited_is_paid_and_booked_by_the_statement_only(sent):
    assert sent.reported("ACCP").outcome == "accepted"
    assert states(sent.client) == ["accepted", "accepted"]
    assert sent.to_pay_out() == Decimal("171.00")
    (entry,) = sent.booked(sent.debit())
    assert states(sent.client) == ["paid", "accepted"]
    assert (entry.state, entry.reason) == ("matched", "transfer-paid")
    assert sent.to_pay_out() == Decimal("50.00")
    assert_proven(sent.client)


def test_partly_accepted_moves_each_payment_as_it_is_named(sent):
    sent.reported("PART", (1, "ACCP", ""), (2, "RJCT", "AC04"))
    assert states(sent.client) == ["accepted", "rejected"]
    with client_scope(sent.client.id):
        assert CreditTransfer.objects.get(id=sent.ids[1]).bank_reason == "AC04"
        batch = Batch.objects.get(id=sent.batch_id)
        assert batch.bank_status == "PART"


def test_partly_without_names_says_nothing_of_the_others(sent):
    sent.reported("PART", (2, "RJCT", "AC04"))
    assert states(sent.client) == ["in_file", "rejected"]


def test_a_rejected_file_rejects_all_but_a_second_copy_of_it_nothing(sent):
    told = sent.reported("RJCT", reason="DU01")
    assert states(sent.client) == ["in_file", "in_file"]
    assert [problem.rule for problem in told.problems] == ["file-twice"]
    sent.reported("RJCT", reason="FF01")
    assert states(sent.client) == ["rejected", "rejected"]


def test_received_and_pending_say_nothing_yet(sent):
    for status in ("RCVD", "ACTC", "PDNG"):
        sent.reported(status)
    assert states(sent.client) == ["in_file", "in_file"]


def test_the_same_report_twice_and_one_on_another_file_change_nothing(sent):
    told = report(sent.message, "ACCP")
    assert sent.offer(told).outcome == "accepted"
    assert sent.offer(told).outcome == "known"
    foreign = sent.reported("RJCT", message="INB-20260303-999999")
    assert (foreign.outcome, [p.rule for p in foreign.problems]) == ("review", ["unknown-file"])
    assert states(sent.client) == ["accepted", "accepted"]
    with client_scope(sent.client.id):
        assert StatusReport.objects.count() == 2


def test_a_report_on_another_clients_file_is_a_strangers(sent, client_b):
    (result,) = take_in_files(client_b.id, [("r.xml", report(sent.message, "RJCT", reason="FF01"))], DAY, NOW)
    assert result.outcome == "review"
    assert states(sent.client) == ["in_file", "in_file"]


def test_what_is_told_in_any_order_ends_the_same(client_a):
    """Accepted, debited, returned, each told in each order and once more: paid and come back, 121.00 to pay out again."""
    for number, order in enumerate(itertools.permutations(("accept", "debit", "back"))):
        sent = Sent.__new__(Sent)
        sent.client = client_a
        sent.files = 1000 * (number + 1)
        anna, bob = (member(client_a, f"{name}{number}") for name in ("a", "b"))
        batch_id = batch_of(client_a, anna, wanted(f"{order}"))
        approve_batch(client_a.id, batch_id, acting(bob))
        with client_scope(client_a.id):
            sent.message = Batch.objects.get(id=batch_id).message_id
        acts = {
            "accept": lambda s=sent: s.reported("ACCP"),
            "debit": lambda s=sent: s.booked(s.debit()),
            "back": lambda s=sent: s.booked(s.back()),
        }
        for act in (*order, *order):
            acts[act]()
        assert states(client_a)[-1] == "returned", order
        assert_proven(client_a)
    assert sent.to_pay_out() == Decimal("121.00") * 6


def test_a_debit_told_again_by_an_overlapping_statement_counts_once(sent):
    sent.booked(sent.debit())
    assert sent.booked(sent.debit(), Line("-1.00", "kosten"))[0].amount == Decimal("-1.00")
    assert states(sent.client) == ["paid", "in_file"]
    assert_proven(sent.client)


def test_a_second_debit_another_amount_and_a_number_that_is_not_there_wait_for_a_person(sent):
    sent.booked(sent.debit())
    entries = sent.booked(
        sent.debit(day=dt.date(2026, 3, 4)), sent.debit(2, "-49.99"), sent.debit(3, "-10.00"),
        Line("-5.00", end_to_end_id="INB-20250101-5-1"),
    )  # fmt: skip
    assert [(entry.state, entry.reason) for entry in entries] == [
        ("unmatched", "own-payment-twice"), ("unmatched", "own-payment-amount"), ("unmatched", "own-payment-unknown"),
        ("ignored", "money-out"),
    ]  # fmt: skip
    assert states(sent.client) == ["paid", "in_file"]
    assert_proven(sent.client)


def test_a_file_booked_in_one_sum_pays_what_the_bank_had_not_rejected(sent):
    sent.reported("PART", (2, "RJCT", "AC04"))
    whole = Line("-121.00", f"Verzamelbetaling {sent.message}")
    assert [entry.reason for entry in sent.booked(whole)] == ["transfer-paid"]
    assert states(sent.client) == ["paid", "rejected"]
    assert_proven(sent.client)


def test_a_file_booked_in_one_sum_is_known_by_its_name_in_the_batch_alone(sent):
    details = f"<NtryDtls><Btch><PmtInfId>{sent.message}</PmtInfId><NbOfTxs>2</NbOfTxs></Btch></NtryDtls>"
    plain = camt_file([Line("-171.00", "", name="", iban="")], number="7").decode()
    before, _, rest = plain.partition("<NtryDtls>")
    sent.offer((before + details + rest.partition("</NtryDtls>")[2]).encode())
    assert states(sent.client) == ["paid", "paid"]
    assert_proven(sent.client)


def test_mt940_tells_of_our_payments_too(sent):
    told = (
        f":20:1\r\n:25:{IBAN}EUR\r\n:28C:00001\r\n:60F:C260302EUR1000,00\r\n:61:2603030303D121,00NTRFEREF//26062000001\r\n"
        f"/TRCD/00101/\r\n:86:/EREF/{sent.message}-1//CNTP/{JANSEN}/INGBNL2A/Jansen Bouw B.V.///REMI/USTD//Terug/\r\n"
        ":62F:C260303EUR879,00\r\n"
    )
    sent.offer(told.encode())
    assert states(sent.client) == ["paid", "in_file"]
    assert_proven(sent.client)


def test_a_file_booked_in_one_sum_with_its_payments_pays_each(sent):
    parts = (sent.debit(1), sent.debit(2, "-50.00"))
    assert [entry.state for entry in sent.booked(Line("-171.00", parts=parts))] == [
        "split",
        "matched",
        "matched",
    ]
    assert states(sent.client) == ["paid", "paid"]
    assert sent.to_pay_out() == 0
    assert_proven(sent.client)


def test_a_sum_that_is_not_that_of_the_file_waits_for_a_person(sent):
    (entry,) = sent.booked(Line("-170.00", f"Verzamelbetaling {sent.message}"))
    assert (entry.state, entry.reason) == ("unmatched", "own-payment-amount")
    assert states(sent.client) == ["in_file", "in_file"]


def test_what_came_back_is_paid_again_by_a_persons_decision_and_is_another_payment(sent):
    sent.booked(sent.debit())
    (entry,) = sent.booked(sent.back())
    assert (entry.state, entry.unapplied) == ("matched", 0)
    assert states(sent.client) == ["returned", "in_file"]
    pay_again(sent.client.id, sent.ids[0], "bob", DAY, NOW, PIETERS)
    assert states(sent.client) == ["returned", "in_file", "to_check"]
    with pytest.raises(Refused, match="replaced"):
        pay_again(sent.client.id, sent.ids[0], "bob", DAY, NOW)
    with client_scope(sent.client.id):
        anew = CreditTransfer.objects.get(state="to_check")
        assert (anew.known_iban, anew.payee_iban, anew.attempt) == (JANSEN, PIETERS, 2)
    assert sent.to_pay_out() == Decimal("171.00")
    assert_proven(sent.client)


def test_what_came_back_before_its_debit_was_seen_waits_for_the_statement(sent):
    sent.booked(sent.back())
    with pytest.raises(Refused, match="no statement shows the debit yet"):
        pay_again(sent.client.id, sent.ids[0], "bob", DAY, NOW)
    with pytest.raises(Refused, match="no statement shows the debit yet"):
        withdraw_transfer(sent.client.id, sent.ids[0], DAY, NOW)
    sent.booked(sent.debit())
    withdraw_transfer(sent.client.id, sent.ids[0], DAY, NOW)
    assert states(sent.client) == ["withdrawn", "in_file"]
    assert_proven(sent.client)


def test_a_rejected_payment_that_is_debited_after_it_was_asked_anew_is_told_to_a_person(sent):
    sent.reported("RJCT", reason="FF01")
    again = pay_again(sent.client.id, sent.ids[0], "bob", DAY, NOW)
    (entry,) = sent.booked(sent.debit())
    assert (entry.state, entry.reason) == ("unmatched", "own-payment-unexpected")
    assert states(sent.client) == ["rejected", "rejected", "requested"]
    withdraw_transfer(sent.client.id, again, DAY, NOW)
    assert_proven(sent.client)


def test_a_rejected_payment_that_is_debited_all_the_same_is_paid(sent):
    sent.reported("RJCT", reason="FF01")
    sent.booked(sent.debit())
    assert states(sent.client) == ["paid", "rejected"]
    sent.reported("RJCT", (1, "RJCT", "AC04"))
    assert states(sent.client) == ["paid", "rejected"]
    assert_proven(sent.client)


def test_money_in_that_only_bears_our_name_is_a_payment_like_any_other(sent):
    (entry,) = sent.booked(Line("121.00", f"{sent.message}-1", end_to_end_id=f"{sent.message}-1"))
    assert entry.reason not in ("own-payment", "transfer-returned")
    assert states(sent.client) == ["in_file", "in_file"]


def test_a_refund_that_came_back_and_is_dropped_gives_the_money_back_to_what_was_received(client_a):
    received = money_in(client_a, "121.00", iban=JANSEN)
    anna, bob = member(client_a, "anna"), member(client_a, "bob")
    account_of(client_a)
    batch_id = batch_of(client_a, anna, wanted("1", source_kind=Source.REFUND, entry_id=received.id))
    approve_batch(client_a.id, batch_id, acting(bob))
    assert file_of(client_a, batch_id)
    with client_scope(client_a.id):
        message = Batch.objects.get().message_id
        (number,) = CreditTransfer.objects.values_list("id", flat=True)
    lines = [
        Line("-121.00", end_to_end_id=f"{message}-1"),
        Line("121.00", end_to_end_id=f"{message}-1", return_reason="AC04"),
    ]
    take_in_files(client_a.id, [("2.xml", camt_file(lines, number="2"))], DAY, NOW)
    assert states(client_a) == ["returned"]
    withdraw_transfer(client_a.id, number, DAY, NOW)
    with client_scope(client_a.id):
        received.refresh_from_db()
        assert received.unapplied == Decimal("121.00")
    assert_proven(client_a)


def test_any_number_is_followed_in_as_many_statements(client_a):
    anna, bob = member(client_a, "anna"), member(client_a, "bob")
    counts = []
    for size in (2, 30):
        batch_id = batch_of(
            client_a, anna, *(wanted(f"{size}-{n}", amount=Decimal(n + 1)) for n in range(size))
        )
        approve_batch(client_a.id, batch_id, acting(bob))
        with client_scope(client_a.id):
            message = Batch.objects.get(id=batch_id).message_id
        lines = [Line(f"-{n + 1}.00", end_to_end_id=f"{message}-{n + 1}") for n in range(size)]
        with statements() as told:
            take_in_files(client_a.id, [("r.xml", report(message, "ACCP"))], DAY, NOW)
        with statements() as booked:
            take_in_files(client_a.id, [("s.xml", camt_file(lines, number=str(size)))], DAY, NOW)
        counts.append((len(told), len(booked)))
    assert counts[0] == counts[1]
    assert set(states(client_a)) == {"paid"}


def test_the_daily_run_follows_what_a_program_that_was_killed_after_the_statement_left(sent):
    """The statement is in, and whoever took it in died before its entries were followed."""
    with client_scope(sent.client.id):
        import_statement_file(sent.client.id, camt_file([sent.debit()], number="7"), "7.xml", NOW)
    assert states(sent.client) == ["in_file", "in_file"]
    for _ in range(2):
        run_day(DAY, NOW, None, [sent.client.id])
    assert states(sent.client) == ["paid", "in_file"]
    assert sent.to_pay_out() == Decimal("50.00")
    assert_proven(sent.client)
