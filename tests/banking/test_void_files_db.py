"""Files that were never handed in: void by two people, only while the bank is silent, and their payments asked for anew."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from inbaar.banking.batches.files import kept_file
from inbaar.banking.batches.reports import take_in_report
from inbaar.banking.void_files import ask_batch_void, confirm_batch_void, withdraw_batch_void
from inbaar.doors import TELLING, take_in_files
from inbaar.kit.bulk import run
from inbaar.kit.scope import client_scope
from inbaar.proofs import prove_books
from tests.banking.camt import Line, camt_file
from tests.banking.reports import report
from tests.debits import books as debits
from tests.debits.books import acting, at, refused, rows
from tests.transfers import books as transfers
from tests.transfers.books import assert_proven, batch_of, file_of, member, wanted

pytestmark = pytest.mark.django_db
FILED, DUE = dt.date(2026, 3, 16), dt.date(2026, 3, 17)


@pytest.fixture
def people(client_a):
    return member(client_a, "eva"), member(client_a, "ton", "treasurer")


def filed_debits(client, people):
    debits.signed(client, debits.collecting(client), reference="K-1")
    return debits.filed(client, debits.asked(client), FILED, *people)


def filed_transfers(client, people):
    from inbaar.banking.transfers.actions import approve_batch

    batch = batch_of(client, people[0], wanted("1"), execute_on=DUE)
    approve_batch(client.id, batch, acting(people[1], FILED))
    return batch


def voided(client, batch, people, day=FILED):
    ask_batch_void(client.id, batch, "the file was lost", acting(people[0], day))
    confirm_batch_void(client.id, batch, acting(people[1], day))


def message_of(client):
    return rows(client, "SELECT message_id FROM batches_batch ORDER BY id LIMIT 1")[0][0]


@pytest.mark.parametrize("filed", [filed_debits, filed_transfers])
def test_a_void_file_is_not_given_out_and_what_was_in_it_waits_anew_under_another_name(
    client_a, people, filed
):
    batch = filed(client_a, people)
    table = "debits_directdebit" if filed is filed_debits else "transfers_credittransfer"
    ask_batch_void(client_a.id, batch, "the file was lost", acting(people[0], FILED))
    assert file_of(client_a, batch) == b""
    refused(lambda: ask_batch_void(client_a.id, batch, "again", acting(people[1], FILED)), "void-asked")
    refused(lambda: confirm_batch_void(client_a.id, batch, acting(people[0], FILED)), "second-person")
    withdraw_batch_void(client_a.id, batch, acting(people[0], FILED))
    assert file_of(client_a, batch) != b""
    voided(client_a, batch, people)
    refused(lambda: confirm_batch_void(client_a.id, batch, acting(people[1], FILED)), "void-not-asked")
    refused(lambda: withdraw_batch_void(client_a.id, batch, acting(people[1], FILED)), "void-not-asked")
    with client_scope(client_a.id):
        assert kept_file(client_a.id, batch) is None
    assert rows(client_a, f"SELECT state, replaced FROM {table} ORDER BY id") == [
        ("refused", True),
        ("requested", False),
    ]
    assert_proven(client_a)


def test_a_void_file_of_debits_used_no_mandate_and_is_announced_still(client_a, people):
    voided(client_a, filed_debits(client_a, people), people)
    assert rows(client_a, "SELECT last_presented_on FROM debits_mandate") == [(None,)]
    again = "SELECT id FROM debits_directdebit WHERE state = 'requested' AND announced_on = '2026-03-03'"
    ((number,),) = rows(client_a, again)
    second = debits.filed(client_a, [number], FILED, *people)
    assert rows(client_a, "SELECT count(DISTINCT message_id) FROM batches_batch") == [(2,)]
    assert message_of(client_a).encode() not in file_of(client_a, second)
    assert_proven(client_a)


@pytest.mark.parametrize("news", ["report", "entry", "announced"])
def test_a_file_that_the_bank_has_told_of_is_not_void(client_a, people, news):
    batch = filed_debits(client_a, people)
    ask_batch_void(client_a.id, batch, "the file was lost", acting(people[0], FILED))
    message = message_of(client_a)
    if news == "report":
        take_in_report(client_a.id, report(message, "RCVD"), "r.xml", FILED, at(FILED), TELLING)
    else:
        line = Line("999.00", day=DUE, end_to_end_id=f"{message}-1")
        content = camt_file([line], number="1", day=DUE)
        if news == "announced":
            content = content.replace(b"camt.053", b"camt.054").replace(
                b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn"
            )
            content = content.replace(b"Stmt>", b"Ntfctn>")
        take_in_files(client_a.id, [("s.xml", content)], DUE, at(DUE))
    refused(lambda: confirm_batch_void(client_a.id, batch, acting(people[1], DUE)), "void-at-bank")
    assert debits.states(client_a) == ["in_file"]


def test_once_its_day_has_come_a_file_is_looked_for_on_the_statement_of_the_bank_day_after(client_a, people):
    """To be collected on Tuesday 17 March; void on that day only when the statement of the 18th was read."""
    batch = filed_debits(client_a, people)
    ask = lambda: ask_batch_void(client_a.id, batch, "lost", acting(people[0], DUE))  # noqa: E731
    refused(ask, "void-unseen")
    for day, number in ((DUE, "1"), (DUE + dt.timedelta(1), "2")):
        take_in_files(
            client_a.id,
            [(f"{number}.xml", camt_file([Line("1.00", day=day)], number=number, day=day))],
            day,
            at(day),
        )
        if number == "1":
            refused(ask, "void-unseen")
    ask()
    confirm_batch_void(client_a.id, batch, acting(people[1], DUE))
    assert_proven(client_a)


def test_a_file_that_turns_up_at_the_bank_after_all_pays_nothing_and_is_told(client_a, people):
    batch = filed_debits(client_a, people)
    voided(client_a, batch, people)
    message = message_of(client_a)
    told = take_in_report(client_a.id, report(message, "ACCP"), "r.xml", FILED, at(FILED), TELLING)
    assert [problem.rule for problem in told.problems] == ["file-void"]
    line = Line("121.00", day=DUE, end_to_end_id=f"{message}-1")
    take_in_files(client_a.id, [("s.xml", camt_file([line], number="1", day=DUE))], DUE, at(DUE))
    assert debits.states(client_a) == ["refused", "requested"]
    assert rows(client_a, "SELECT count(*) FROM debits_debitmoney") == [(0,)]
    assert_proven(client_a)


def test_a_void_is_asked_with_a_reason_by_who_works_here_and_of_a_file(client_a, people):
    batch = filed_debits(client_a, people)
    victor = member(client_a, "victor", "viewer")
    refused(
        lambda: ask_batch_void(client_a.id, batch, " ", acting(victor, FILED)),
        "may-not-pay",
        "reason-missing",
    )
    refused(lambda: ask_batch_void(client_a.id, batch + 1, "x", acting(people[0], FILED)), "batch-unknown")
    other = transfers.batch_of(client_a, people[0], wanted("1"), execute_on=DUE)
    refused(lambda: ask_batch_void(client_a.id, other, "x", acting(people[0], FILED)), "void-no-file")


def test_the_database_itself_asks_for_two_people_and_a_void_file_with_money_is_found(client_a, people):
    batch = filed_debits(client_a, people)
    ask_batch_void(client_a.id, batch, "lost", acting(people[0], FILED))
    with client_scope(client_a.id):
        with pytest.raises(IntegrityError, match="batch_void_confirmed_by_another"), transaction.atomic():
            run(
                "UPDATE batches_batchvoid SET state = 'confirmed', decided_by_id = asked_by_id, decided_at = asked_at"
            )
        run(
            "UPDATE batches_batchvoid SET state = 'confirmed', decided_by_id = %s, decided_at = asked_at",
            [people[1].pk],
        )
    assert {proof.name for proof in prove_books(client_a.id) if not proof.holds} == {"debits-in-one-file"}
