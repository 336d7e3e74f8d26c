"""The same days in two formats: recognised, never booked twice; what is not certain makes the whole second file wait."""

import datetime as dt
from decimal import Decimal
from itertools import permutations

import pytest

from inbaar.banking.actions import (
    ImportStatus,
    book_waiting_file,
    import_statement_file,
    match_new_entries,
    set_waiting_file_aside,
)
from inbaar.banking.models import Entry, Statement, StatementFile, WaitingFile
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.ledger.accounts import Code
from inbaar.ledger.models import Transfer
from inbaar.ledger.queries import balances
from inbaar.receivables.models import Event, Payment
from tests.banking.bank_tables import ABN, BUNQ, IBAN, ING, ING_OLD, KNAB, LANDLORD, PAYER, RABOBANK
from tests.banking.books import DAY, LATER, NOW, assert_books_tie, draft, invoiced
from tests.banking.camt import Line, camt, statement
from tests.banking.test_statement_refusals import mt940
from tests.corpus import CorpusRow, corpus_rows

pytestmark = pytest.mark.django_db

D2, D3 = dt.date(2026, 3, 2), dt.date(2026, 3, 3)
PAID = Line(
    "121.00",
    "Betaling factuur nr 2026-0042",
    end_to_end_id="E-0042",
    iban=PAYER,
    bank_reference="AB26061000000017",
)
RENT = Line("-40.00", "Huur", day=D3, name="VERHUUR BV", iban=LANDLORD)


def _mt940(*entries: str, opening: str = "1000,00", closing: str = "1081,00") -> bytes:
    return mt940(
        ":20:M1",
        f":25:{IBAN}",
        ":28C:1/1",
        f":60F:C260302EUR{opening}",
        *entries,
        f":62F:C260303EUR{closing}",
    )


MT_PAID = (
    ":61:2603020302C121,00NTRFEREF//26061-17",
    f":86:/IBAN/{PAYER}/NAME/JANSEN BOUW/REMI/2026-0042/EREF/E-0042",
)
MT_RENT = (":61:2603030303D40,00NTRFNONREF//26062-18", f":86:/IBAN/{LANDLORD}/NAME/VERHUUR/REMI/HUUR MRT")
FORMATS = {
    "camt": camt(statement([PAID, RENT], day=D2)),
    "mt940": _mt940(*MT_PAID, *MT_RENT),
    "rabobank": RABOBANK.encode(), "ing": ING.encode(), "ing old": ING_OLD.encode(), "abn": ABN.encode(),
    "knab": KNAB.encode(), "bunq": BUNQ.encode(),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_scope(client_a):
    with client_scope(client_a.id):
        yield


def take_in(client, content: bytes, name: str = "x"):
    return import_statement_file(client.id, content, name, NOW)


def bank_balance() -> Decimal:
    return balances(LATER).get((Code.BANK, "EUR", "own"), Decimal(0))


@pytest.mark.requirement("ASK-20")
@pytest.mark.parametrize(("first", "second"), list(permutations(FORMATS, 2)))
def test_the_same_days_in_two_formats_are_booked_once(client_a, first, second):
    if first == "abn":  # its number is not an IBAN: the account is known by its IBAN first
        take_in(client_a, camt(statement([], day=dt.date(2026, 2, 1), number="0")))
    assert take_in(client_a, FORMATS[first]).new_entries == 2
    result = take_in(client_a, FORMATS[second])
    assert (result.new_entries, result.known_entries) == (0, 2)
    assert result.status in (ImportStatus.ACCEPTED, ImportStatus.REVIEW)
    assert bank_balance() == Decimal("81.00")
    assert_books_tie()


def test_a_third_format_and_the_first_again_change_nothing_either(client_a):
    for content in (FORMATS["camt"], FORMATS["mt940"], FORMATS["rabobank"], FORMATS["ing"]):
        take_in(client_a, content)
    again = FORMATS["camt"].replace(b"<Id>1</Id>", b"<Id>again</Id>")
    assert take_in(client_a, again).known_entries == 2
    assert Entry.objects.count() == 2


def test_the_days_behind_those_that_are_here_are_booked(client_a):
    take_in(client_a, camt(statement([PAID], day=D2)))
    result = take_in(client_a, FORMATS["mt940"])
    assert (result.new_entries, result.known_entries) == (1, 1)
    assert bank_balance() == Decimal("81.00")
    later = _mt940(
        *MT_RENT, ":61:2603040304C5,00NTRFNONREF//1", ":86:later", opening="1121,00", closing="1086,00"
    )
    assert take_in(client_a, later).new_entries == 1
    assert take_in(client_a, camt(statement([RENT], day=D3, opening="1121.00", number="3"))).new_entries == 0


BATCH = Line("181.50", parts=(Line("121.00", "2026-0042"), Line("60.50", "2026-0043")))
SINGLES = (
    ":61:2603020302C121,00NTRFNONREF//1", ":86:2026-0042", ":61:2603020302C60,50NTRFNONREF//2", ":86:2026-0043",
)  # fmt: skip


def test_a_batch_is_known_again_by_its_one_line(client_a):
    take_in(client_a, camt(statement([BATCH], day=D2)))
    line = _mt940(":61:2603020302C181,50NTRFNONREF//1", ":86:VERZAMELBETALING", closing="1181,50")
    result = take_in(client_a, line)
    assert (result.status, result.new_entries) == (ImportStatus.ACCEPTED, 0)
    assert_books_tie()


def waiting(client):
    """A batch is here as one amount; another format tells its payments one by one."""
    take_in(client, camt(statement([BATCH], day=D2)))
    return take_in(client, _mt940(*SINGLES, closing="1181,50"), "maart.sta")


def test_a_batch_told_payment_by_payment_waits_and_books_nothing(client_a):
    before = Entry.objects.count()
    result = waiting(client_a)
    assert result.status == ImportStatus.WAITING
    assert [problem.rule for problem in result.problems] == ["same-movements", "doubtful", "doubtful"]
    assert result.problems[0].text == (
        "Of the 2 movements in this file 0 are here already, from camt.053.001.08. Of 2 it is not certain, so nothing "
        "was booked. Compare them with your online banking, then say under Bank, Statements, whether they are to be booked."
    )
    assert (
        "2026-03-02 121.00 EUR 2026-0042: other movements of these days are here" in result.problems[1].text
    )
    assert Entry.objects.count() == before + 3
    assert (Statement.objects.count(), bank_balance()) == (1, Decimal("181.50"))
    assert StatementFile.objects.get(name="maart.sta").status == "waiting"


def test_a_file_that_waits_offered_again_still_waits(client_a):
    first = waiting(client_a)
    again = take_in(client_a, _mt940(*SINGLES, closing="1181,50"), "again.sta")
    assert (again.status, again.file_id, again.problems) == (
        ImportStatus.WAITING,
        first.file_id,
        first.problems,
    )
    assert WaitingFile.objects.count() == 1


def test_a_person_sets_it_aside_and_nothing_is_booked(client_a):
    result = waiting(client_a)
    set_waiting_file_aside(client_a.id, result.file_id, "ik")
    assert (WaitingFile.objects.count(), bank_balance()) == (0, Decimal("181.50"))
    assert take_in(client_a, _mt940(*SINGLES, closing="1181,50")).status == ImportStatus.KNOWN
    with pytest.raises(Refused):
        book_waiting_file(client_a.id, result.file_id, NOW)


def test_a_person_books_what_is_not_here_and_only_once(client_a):
    result = waiting(client_a)
    booked = book_waiting_file(client_a.id, result.file_id, NOW)
    assert (booked.status, booked.new_entries, booked.file_id) == (ImportStatus.ACCEPTED, 2, result.file_id)
    assert bank_balance() == Decimal("363.00")
    assert WaitingFile.objects.count() == 0
    with pytest.raises(Refused):
        book_waiting_file(client_a.id, result.file_id, NOW)
    assert_books_tie()


def test_another_clients_file_cannot_be_decided_on(client_a):
    with pytest.raises(Refused):
        set_waiting_file_aside(client_a.id, 1, "ik")


def test_one_movement_more_on_a_day_that_was_told_whole_waits(client_a):
    """The MT940 runs from 2 to 5 March and tells nothing of the 3rd; the camt.053 does, and both add up."""
    rent = (MT_RENT[0].replace("2603030303", "2603050305"), MT_RENT[1])
    take_in(client_a, mt940(
        ":20:M1", f":25:{IBAN}", ":28C:1/1", ":60F:C260302EUR1000,00", *MT_PAID, *rent, ":62F:C260305EUR1081,00",
    ))  # fmt: skip
    result = take_in(client_a, camt(statement([PAID, Line("5.00", "meer", day=D3)], day=D2)))
    assert result.status == ImportStatus.WAITING
    assert bank_balance() == Decimal("81.00")


def test_the_money_is_matched_once_whatever_format_comes_second(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0042"))
    take_in(client_a, FORMATS["rabobank"])
    match_new_entries(client_a.id, DAY, NOW)
    take_in(client_a, FORMATS["camt"])
    assert match_new_entries(client_a.id, DAY, NOW).entries == 0
    invoice.refresh_from_db()
    assert invoice.open_amount == Decimal(0)
    assert balances(LATER).get((Code.UNAPPLIED, "EUR", "own"), Decimal(0)) == 0


@pytest.mark.parametrize("name", FORMATS)
def test_a_payment_is_received_on_the_day_the_bank_booked_it(client_a, name):
    """Imported and matched on 20 March: the money came on the 2nd, and interest runs no longer than that."""
    (invoice,) = invoiced(client_a, draft("2026-0042"))
    late = dt.datetime(2026, 3, 20, 9, tzinfo=dt.UTC)
    import_statement_file(client_a.id, FORMATS[name], "x", late)
    assert match_new_entries(client_a.id, late.date(), late).matched == 1
    payment = Payment.objects.get(invoice=invoice.id)
    assert (payment.received_on, payment.amount) == (D2, Decimal("121.00"))
    assert Event.objects.get(kind="payment").on == D2
    assert set(
        Transfer.objects.filter(reference__startswith="payment:").values_list("booked_on", flat=True)
    ) == {D2}


@pytest.mark.parametrize("row", corpus_rows("bank-csv-ing", "bank-csv-rabobank", "bank-tab-abn"))
def test_a_real_export_is_in_the_books_whole_and_once(client_a, row: CorpusRow):
    result = import_statement_file(client_a.id, row.path, "x", NOW, add_accounts=True)
    assert result.new_entries == row.expected["rows"]
    again = import_statement_file(client_a.id, row.path.read_bytes() + b"\n", "y", NOW)
    assert (again.new_entries, again.known_entries) == (0, row.expected["rows"])
