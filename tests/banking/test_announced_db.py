"""Money the bank announces before the statement: it stops dunning, is never booked, and ends with the statement of a later day."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.actions import import_statement_file, match_new_entries, point_announced
from inbaar.banking.models import AnnouncedFor, AnnouncedPayment, Entry
from inbaar.daily import run_day
from inbaar.dunning.models import Step
from inbaar.kit.scope import client_scope
from inbaar.ledger.models import Transfer
from tests.banking.books import NOW, assert_books_tie, draft, invoiced
from tests.banking.camt import IBAN, Line, camt_file
from tests.banking.notices import notice
from tests.banking.test_statement_refusals import mt940
from tests.dunning.scenario import Administration

pytestmark = pytest.mark.django_db

MARCH_20 = dt.date(2026, 3, 20)
PAID = Line("121.00", "2026-0001", day=MARCH_20)


@pytest.fixture(autouse=True)
def _in_scope(client_a):
    with client_scope(client_a.id):
        yield


def take_in(client, content: bytes):
    return import_statement_file(client.id, content, "x", NOW)


def statement_of(client, day: dt.date, *lines: Line, number: str = "") -> None:
    """A day statement, with the entries given."""
    content = camt_file(lines, day=day, number=number or f"s{day}")  # type: ignore[arg-type]
    take_in(client, content)


def aimed_at() -> set[str]:
    return set(AnnouncedFor.objects.values_list("invoice__number", flat=True))


@pytest.mark.parametrize("kind", ["052", "054"])
def test_an_announced_payment_is_seen_for_its_invoice_and_books_nothing(client_a, kind):
    statement_of(client_a, dt.date(2026, 3, 19))
    invoiced(client_a, draft("2026-0001"), draft("2026-0002"))
    take_in(client_a, notice([PAID, Line("-5.00", "2026-0002")], kind))
    assert point_announced(client_a.id, MARCH_20) == 1
    assert aimed_at() == {"2026-0001"}
    assert (Entry.objects.count(), Transfer.objects.filter(reference__startswith="entry:").count()) == (0, 0)
    assert_books_tie()


def test_an_mt942_announces_too(client_a):
    statement_of(client_a, dt.date(2026, 3, 19))
    invoiced(client_a, draft("2026-0001"))
    lines = (
        ":20:R1", f":25:{IBAN}", ":28C:1/1", ":34F:EURC0,", ":13D:2603201200+0100", ":61:2603200320C121,00NTRFNONREF",
        ":86:/NAME/Jansen/REMI/2026-0001", ":90C:1EUR121,00",
    )  # fmt: skip
    assert take_in(client_a, mt940(*lines)).announced == 1
    assert point_announced(client_a.id, MARCH_20) == 1


def test_what_is_not_booked_yet_by_the_bank_is_announced_as_well(client_a):
    statement_of(client_a, dt.date(2026, 3, 19))
    invoiced(client_a, draft("2026-0001"))
    take_in(client_a, notice([Line("121.00", "2026-0001", day=MARCH_20, pending=True)], "052"))
    assert point_announced(client_a.id, MARCH_20) == 1


def test_reports_of_one_day_tell_a_payment_once(client_a):
    statement_of(client_a, dt.date(2026, 3, 19))
    take_in(client_a, notice([PAID], "052", number="morning"))
    later = take_in(client_a, notice([PAID, Line("7.00", "x", day=MARCH_20)], "052", number="noon"))
    assert later.announced == 1
    assert AnnouncedPayment.objects.count() == 2


@pytest.mark.requirement("BEY-03")
def test_dunning_waits_for_announced_money_and_goes_on_when_it_did_not_come(client_a):
    """Due on 3 March; a reminder would go on 20 March. The money announced that day never comes."""
    invoiced_and_due(client_a)
    statement_of(client_a, dt.date(2026, 3, 19))
    take_in(client_a, notice([PAID], "052"))
    run_day(MARCH_20, NOW, None, [client_a.id])
    assert Step.objects.count() == 0
    statement_of(client_a, MARCH_20)
    run_day(dt.date(2026, 3, 23), NOW, None, [client_a.id])
    assert (
        Step.objects.count() == 0
    )  # the statement of the day itself may have been made before the money came
    statement_of(client_a, dt.date(2026, 3, 23))
    run_day(dt.date(2026, 3, 24), NOW, None, [client_a.id])
    assert Step.objects.count() == 1


def test_a_letter_that_did_not_leave_is_taken_back_when_its_payment_is_announced(client_a):
    invoiced_and_due(client_a)
    statement_of(client_a, dt.date(2026, 3, 19))
    run_day(MARCH_20, NOW, None, [client_a.id])
    assert Step.objects.count() == 1
    take_in(client_a, notice([PAID], "052"))
    assert run_day(MARCH_20, NOW, None, [client_a.id]).withdrawn == 1
    assert Step.objects.count() == 0


def test_the_statement_books_what_was_announced_once(client_a):
    statement_of(client_a, dt.date(2026, 3, 19))
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    for kind in ("052", "054"):
        take_in(client_a, notice([PAID], kind))
    statement_of(client_a, MARCH_20, PAID)
    assert match_new_entries(client_a.id, MARCH_20, NOW).matched == 1
    invoice.refresh_from_db()
    assert invoice.open_amount == Decimal(0)
    assert Entry.objects.count() == 1
    assert point_announced(client_a.id, MARCH_20) == 0
    assert_books_tie()


def test_a_file_with_a_statement_and_a_notification_books_the_one_and_announces_the_other(client_a):
    whole = camt_file([PAID], day=MARCH_20).replace(
        b"</Stmt>", b"</Stmt>" + _inside(notice([Line("7.00", "x", day=MARCH_20)]))
    )
    result = take_in(client_a, whole)
    assert (result.new_entries, result.known_entries, result.announced, result.statements) == (1, 0, 1, 1)
    assert [entry.amount for entry in Entry.objects.all()] == [Decimal("121.00")]
    assert_books_tie()


def _inside(content: bytes) -> bytes:
    """The notification without what stands around it."""
    return b"<Ntfctn>" + content.partition(b"<Ntfctn>")[2].partition(b"</Ntfctn>")[0] + b"</Ntfctn>"


def test_a_returned_payment_that_is_announced_stops_nothing(client_a):
    statement_of(client_a, dt.date(2026, 3, 19))
    invoiced(client_a, draft("2026-0001"))
    take_in(client_a, notice([Line("121.00", "2026-0001", day=MARCH_20, return_reason="AC04")]))
    assert point_announced(client_a.id, MARCH_20) == 0


def test_a_notice_of_an_account_that_is_not_ours_is_refused(client_a):
    result = take_in(client_a, notice([PAID]))
    assert (result.status, result.problems[0].rule) == ("refused", "account")
    assert AnnouncedPayment.objects.count() == 0


def test_without_announcements_one_look_is_all_it_costs(client_a, django_assert_num_queries):
    statement_of(client_a, dt.date(2026, 3, 19))
    with django_assert_num_queries(5):
        assert point_announced(client_a.id, MARCH_20) == 0


def invoiced_and_due(client) -> None:
    """An invoice of 121.00 in the dunning schedule, due on 3 March."""
    Administration(client).invoice("2026-0001", "2026-03-03", payable="121.00")
