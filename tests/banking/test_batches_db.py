"""A batch booking and the notification that details it: one movement, its payments known, in whichever order they come."""

import datetime as dt
from decimal import Decimal
from itertools import permutations

import pytest

from inbaar.banking.actions import (
    ImportStatus,
    ignore_entry,
    import_statement_file,
    match_by_hand,
    match_new_entries,
)
from inbaar.banking.models import AnnouncedPayment, Entry
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.ledger.models import Transfer
from inbaar.proofs import prove_books
from tests.banking.books import DAY, NOW, assert_books_tie, draft, invoiced, open_amounts
from tests.banking.camt import Line
from tests.banking.notices import notice, statement_file

pytestmark = pytest.mark.django_db

PARTS = (Line("121.00", "2026-0001"), Line("60.50", "2026-0002", name="Pieters", iban="NL02RABO0123456789"))
BATCH = Line("181.50", parts=PARTS)
ENTRY_FACTS = (
    "date", "value_date", "amount", "currency", "counterparty_name", "counterparty_iban", "reference", "end_to_end_id",
    "text", "state", "reason", "unapplied",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _in_scope(request, client_a):
    """A test of two clients goes into the scope of each itself."""
    if "client_b" in request.fixturenames:
        yield
        return
    with client_scope(client_a.id):
        yield


def take_in(client, content: bytes, name: str = "x.xml"):
    return import_statement_file(client.id, content, name, NOW, add_accounts=True)


def known_account(client) -> None:
    """The account is known by a first statement of an earlier day."""
    take_in(client, statement_file([Line("1.00", day=dt.date(2026, 2, 2))], day=dt.date(2026, 2, 2)))  # type: ignore[arg-type]


def broken(client) -> set[str]:
    """The proofs of the books that fail."""
    return {proof.name for proof in prove_books(client.id) if proof.breaches}


def payments():
    found = Entry.objects.exclude(amount="1.00").values_list("part_of__amount", *ENTRY_FACTS)
    return sorted(found, key=str)


def assert_one_movement() -> None:
    whole = Entry.objects.get(amount="181.50")
    assert (whole.state, whole.reason, whole.unapplied) == ("split", "batch", Decimal(0))
    parts = Entry.objects.filter(part_of=whole.id).order_by("id")
    assert [(p.amount, p.text, p.counterparty_name) for p in parts] == [
        (Decimal("121.00"), "2026-0001", "Jansen Bouw B.V."), (Decimal("60.50"), "2026-0002", "Pieters"),
    ]  # fmt: skip
    assert Transfer.objects.filter(reference=f"entry:{whole.id}").count() == 1
    assert Transfer.objects.filter(amount="181.50").count() == 1
    assert not Transfer.objects.filter(reference__in=[f"entry:{part.id}" for part in parts]).exists()
    assert_books_tie()


@pytest.mark.parametrize("ids", ["", "BATCH-2026-03"])
def test_in_whichever_order_they_come_there_is_one_movement_with_its_payments(client_a, client_b, ids):
    files = [statement_file([BATCH], bare=True, ids=ids, number="2"), notice([BATCH], ids=ids)]
    for order in permutations(files):
        client = client_a if order[0] is files[0] else client_b
        with client_scope(client.id):
            known_account(client)
            results = [take_in(client, content) for content in order]
            assert {result.status for result in results} == {ImportStatus.ACCEPTED}
            assert_one_movement()
            assert AnnouncedPayment.objects.filter(entry__isnull=False).count() == 2
            found = payments()
        if client == client_a:
            first = found
    assert found == first


def test_a_statement_that_details_its_batch_itself_is_the_same_as_one_that_was_completed(client_a, client_b):
    with client_scope(client_a.id):
        known_account(client_a)
        take_in(client_a, statement_file([BATCH], number="2"))
        detailed = payments()
    with client_scope(client_b.id):
        known_account(client_b)
        take_in(client_b, statement_file([BATCH], bare=True, number="2"))
        take_in(client_b, notice([BATCH]))
        assert payments() == detailed


def test_the_payments_of_a_completed_batch_are_matched_each_to_its_invoice(client_a):
    known_account(client_a)
    invoices = invoiced(client_a, draft("2026-0001"), draft("2026-0002", "60.50"))
    take_in(client_a, statement_file([BATCH], bare=True, number="2"))
    assert match_new_entries(client_a.id, DAY, NOW).matched == 0
    take_in(client_a, notice([BATCH]))
    assert match_new_entries(client_a.id, DAY, NOW).matched == 2
    assert open_amounts(invoices) == [Decimal(0), Decimal(0)]
    assert_books_tie()
    assert broken(client_a) == set()


def test_the_same_notification_twice_and_both_files_again_change_nothing(client_a):
    known_account(client_a)
    statement, detail = statement_file([BATCH], bare=True, number="2"), notice([BATCH])
    for content in (statement, detail):
        take_in(client_a, content)
    before = payments()
    for content in (
        detail.replace(b"n1", b"n2"),
        statement.replace(b"<Id>2</Id>", b"<Id>3</Id>"),
        statement,
        detail,
    ):
        take_in(client_a, content)
    assert payments() == before
    assert_one_movement()


def test_an_export_with_details_of_a_batch_that_is_here_without_does_not_book_it_again(client_a):
    known_account(client_a)
    take_in(client_a, statement_file([BATCH], bare=True, number="2"))
    assert take_in(client_a, statement_file([BATCH], number="3")).new_entries == 0
    assert Entry.objects.filter(amount="181.50", part_of=None).count() == 1
    assert_books_tie()


def test_what_a_person_matched_or_set_aside_is_left_as_it_is(client_a):
    known_account(client_a)
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    take_in(
        client_a,
        statement_file(
            [BATCH, Line("7.00", day=dt.date(2026, 3, 2), name="", iban="")], bare=True, number="2"
        ),
    )
    entry, small = Entry.objects.get(amount="181.50"), Entry.objects.get(amount="7.00")
    match_by_hand(client_a.id, entry.id, [(invoice.id, Decimal("121.00"))], "ik", DAY, NOW)
    ignore_entry(client_a.id, small.id, "is van ons", "ik")
    take_in(client_a, notice([BATCH, Line("7.00", parts=(Line("3.00", "a"), Line("4.00", "b")))]))
    assert set(Entry.objects.filter(id__in=[entry.id, small.id]).values_list("state", flat=True)) == {
        "matched",
        "ignored",
    }
    assert not Entry.objects.filter(part_of__isnull=False).exists()
    assert_books_tie()


@pytest.mark.parametrize(
    ("of_statement", "of_notice"),
    [
        ([BATCH, BATCH], [BATCH]),  # two movements of that amount on that day: which one is not certain
        ([BATCH], [Line("181.50", parts=(Line("121.00", "2026-0001"), Line("60.00", "2026-0002")))]),
        ([BATCH], [Line("-181.50", parts=(Line("-121.00", "a"), Line("-60.50", "b")))]),
        ([BATCH], [Line("181.50", day=dt.date(2026, 3, 1), parts=PARTS)]),
    ],
)
def test_what_does_not_certainly_belong_together_stays_apart(client_a, of_statement, of_notice):
    known_account(client_a)
    take_in(client_a, statement_file(of_statement, bare=True, number="2"))
    take_in(client_a, notice(of_notice))
    assert not Entry.objects.filter(part_of__isnull=False).exists()
    assert_books_tie()


def test_two_batches_of_one_amount_are_told_apart_by_their_marks(client_a):
    known_account(client_a)
    other = Line("181.50", parts=(Line("100.00", "2026-0008"), Line("81.50", "2026-0009")))
    both = statement_file([BATCH, other], bare=True, ids="B0", number="2")
    first, _, second = both.rpartition(b"B0")
    take_in(client_a, first + b"B1" + second)
    take_in(client_a, notice([other], ids="B1"))
    (whole,) = Entry.objects.filter(state="split")
    assert whole.batch_ids == ["B1"]
    assert set(Entry.objects.filter(part_of=whole.id).values_list("text", flat=True)) == {
        "2026-0008",
        "2026-0009",
    }


def test_marks_that_differ_keep_two_of_one_amount_apart(client_a):
    known_account(client_a)
    take_in(client_a, statement_file([BATCH], bare=True, ids="B1", number="2"))
    take_in(client_a, notice([BATCH], ids="B2"))
    assert not Entry.objects.filter(part_of__isnull=False).exists()


def test_an_entry_that_says_little_gets_its_payer_by_the_banks_own_reference(client_a):
    known_account(client_a)
    told = Line("121.00", "2026-0001", bank_reference="0000123456789")
    take_in(client_a, statement_file([told], bare=True, number="2"))
    take_in(client_a, notice([told]))
    part = Entry.objects.get(part_of__isnull=False)
    assert (part.counterparty_name, part.text, part.state) == ("Jansen Bouw B.V.", "2026-0001", "new")
    assert_books_tie()


def test_a_batch_of_returned_debits_tells_each_of_them(client_a):
    known_account(client_a)
    back = Line(
        "-181.50",
        parts=(Line("-121.00", "a", return_reason="AC04"), Line("-60.50", "b", return_reason="MD01")),
    )
    take_in(client_a, statement_file([back], bare=True, number="2"))
    take_in(client_a, notice([back]))
    told = Entry.objects.filter(part_of__isnull=False).order_by("amount")
    assert [(e.amount, e.state, e.reason, e.return_reason, e.unapplied) for e in told] == [
        (Decimal("-121.00"), "unmatched", "returned", "AC04", Decimal("-121.00")),
        (Decimal("-60.50"), "unmatched", "returned", "MD01", Decimal("-60.50")),
    ]
    assert_books_tie()


def test_another_clients_notification_completes_nothing_here(client_a, client_b):
    with client_scope(client_a.id):
        known_account(client_a)
        take_in(client_a, statement_file([BATCH], bare=True, number="2"))
    with client_scope(client_b.id):
        known_account(client_b)
        take_in(client_b, notice([BATCH]))
    with client_scope(client_a.id):
        assert not Entry.objects.filter(part_of__isnull=False).exists()


def test_a_split_that_does_not_add_up_is_a_breach(client_a):
    known_account(client_a)
    take_in(client_a, statement_file([BATCH], number="2"))
    assert broken(client_a) == set()
    fetch("UPDATE banking_entry SET state = 'unmatched' WHERE state = 'split'")
    assert "batch-bookings" in broken(client_a)
