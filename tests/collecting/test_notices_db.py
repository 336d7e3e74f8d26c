"""Debits in dated days, announced by mail: in time, or moved to the first day that allows it; never for more than is open."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.debits.actions import (
    approve_debit_batch,
    make_debit_batch,
    refuse_debit_batch,
    request_debit,
    request_due,
    switch_automatic,
)
from inbaar.collecting.notices import work_notices
from inbaar.dunning.returned import take_back_returned_letter
from inbaar.kit.scope import client_scope
from inbaar.letters.delivery import send_queued
from inbaar.letters.models import Letter
from inbaar.letters.posting import mark_posted
from inbaar.letters.smtp import Mailer
from inbaar.receivables.holds import NewHold, open_holds
from tests.banking.books import draft, invoiced
from tests.collecting.books import DEBIT, Collecting, text_of
from tests.debits.books import (
    DAY,
    acting,
    assert_debits_proven,
    at,
    pay,
    refused,
    rows,
    states,
)
from tests.letters.mail_server import MailServer
from tests.sql_watch import statements
from tests.transfers.books import account_of, assert_proven, member

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 3, 17)  # 3 March and 14 days
NOTICES = "SELECT count(*) FROM collecting_debitnotice"
STANDING = "SELECT count(*) FROM receivables_hold WHERE left(key, 6) = 'debit:' AND released_on IS NULL"


@pytest.fixture
def jansen(client_a):
    return Collecting(client_a)


def test_what_is_due_is_asked_for_by_itself_and_announced_with_all_that_the_debtor_must_know(
    jansen, client_a
):
    """Run on Tuesday 3 March: told 121.00, on Tuesday 17 March, mandate K-1, creditor, account, eight weeks; once however often."""
    (message,) = jansen.day(DAY)
    told = text_of(message)
    assert message["To"].addresses[0].addr_spec == "jansen@voorbeeld.example"
    for words in (
        "dinsdag 17 maart 2026",
        "€ 121,00",
        "K-1",
        "NL69ZZZ123456780000",
        "2026-0001",
        "binnen 8 weken",
        "45 67",
    ):
        assert words in told, words
    assert "0001 2345 67" not in told
    assert "Zo betaalt u" not in told
    assert rows(client_a, DEBIT) == [(DUE, DAY, "letter", "requested")]
    assert jansen.day(DAY) == []
    assert jansen.day(DAY + dt.timedelta(1)) == []
    assert rows(client_a, NOTICES) == [(1,)]
    assert rows(client_a, STANDING) == [(1,)]
    assert_proven(client_a)


def test_a_business_debit_is_announced_without_a_right_to_a_refund(client_a):
    from inbaar.banking.debits.actions import record_registration
    from tests.debits.books import NOW, SCAN

    jansen = Collecting(client_a, scheme="b2b", announced_days=2)
    record_registration(client_a.id, jansen.mandate, SCAN, DAY, "eva", DAY, NOW)
    told = text_of(jansen.day(DAY)[0])
    assert "donderdag 5 maart 2026" in told
    assert "kunt u het bedrag niet door uw bank laten terugboeken" in told


def test_where_nothing_was_switched_on_nothing_is_asked_for(jansen, client_a):
    switch_automatic(client_a.id, False, "olga")
    assert jansen.day(DAY) == []
    assert states(client_a) == []


def test_a_notice_that_did_not_leave_in_time_moves_the_debit_to_the_first_day_that_allows_it(
    jansen, client_a
):
    """No mail server on 3 and 4 March: told on the 4th at last, for Wednesday the 18th; the first letter never leaves."""
    jansen.day(DAY, mail=False)
    assert rows(client_a, DEBIT) == [(DUE, None, "", "requested")]
    (message,) = jansen.day(DAY + dt.timedelta(1))
    assert "woensdag 18 maart 2026" in text_of(message)
    assert rows(client_a, DEBIT) == [(dt.date(2026, 3, 18), dt.date(2026, 3, 4), "letter", "requested")]
    assert rows(client_a, "SELECT state FROM letters_delivery ORDER BY id") == [("withdrawn",), ("sent",)]
    assert rows(client_a, "SELECT count(*) FROM receivables_event WHERE kind = 'debit_moved'") == [(1,)]


def test_an_address_that_bounces_goes_by_post_and_waits_for_a_person_after_three(jansen, client_a):
    """The mailbox refuses on 3 March: printed for a later day, with time to post. Nobody posts it: after three it waits."""
    jansen.answers = {"jansen@voorbeeld.example": "550 5.1.1 no such mailbox"}
    jansen.day(DAY)
    assert rows(client_a, DEBIT) == [(DUE, None, "", "requested")]
    assert rows(client_a, "SELECT state FROM letters_delivery ORDER BY id") == [("refused",), ("by_post",)]
    for days in range(1, 40):
        jansen.day(DAY + dt.timedelta(days))
    assert rows(client_a, NOTICES) == [(3,)]
    assert [row[1:] for row in rows(client_a, DEBIT)] == [(None, "", "requested")]
    assert rows(client_a, STANDING) == [(0,)]
    refused(
        lambda: make_debit_batch(
            client_a.id, account_of(client_a), [rows(client_a, "SELECT id FROM debits_directdebit")[0][0]],
            acting(member(client_a, "eva"), DAY),
        ),
        "debit-unannounced",
    )  # fmt: skip


def test_a_letter_by_post_is_announced_on_the_day_it_was_posted_and_only_in_time(client_a):
    """Without an address: printed on 3 March for the 20th, three days to post it. Posted on the 6th it is in time, on the 7th not."""
    jansen = Collecting(client_a, email="")
    jansen.day(DAY)
    ((day, _, _, _),) = rows(client_a, DEBIT)
    assert day == dt.date(2026, 3, 20)
    late = dt.date(2026, 3, 7)
    with client_scope(client_a.id):
        letter = Letter.objects.get().id
    refused(lambda: _posted(client_a, letter, late), "posted-too-late")
    _posted(client_a, letter, dt.date(2026, 3, 6))
    jansen.day(dt.date(2026, 3, 6))
    assert rows(client_a, DEBIT) == [(day, dt.date(2026, 3, 6), "letter", "requested")]


def _posted(client, letter, on):
    with client_scope(client.id):
        mark_posted(client.id, letter, on, "eva", at(on))


def test_what_is_paid_before_the_notice_leaves_is_not_announced(jansen, client_a):
    jansen.day(DAY, mail=False)
    pay(client_a, jansen.invoice, "121.00", DAY)
    assert jansen.day(DAY) == []
    assert states(client_a) == ["withdrawn"]
    assert rows(client_a, STANDING) == [(0,)]


def test_what_is_paid_in_part_before_the_notice_leaves_is_announced_for_what_is_left(jansen, client_a):
    jansen.day(DAY, mail=False)
    pay(client_a, jansen.invoice, "21.00", DAY)
    (message,) = jansen.day(DAY)
    assert "€ 100,00" in text_of(message)
    assert "121,00" not in text_of(message)
    found = "SELECT amount, announced_on, state FROM debits_directdebit WHERE NOT replaced"
    assert rows(client_a, found) == [(Decimal("100.00"), DAY, "requested")]
    assert_debits_proven(client_a)


def test_what_is_disputed_before_the_notice_leaves_waits_and_is_told_once_that_is_over(jansen, client_a):
    jansen.day(DAY, mail=False)
    with client_scope(client_a.id):
        hold = NewHold(
            jansen.debtor, "dispute", "wrong", "eva", DAY, "d", jansen.invoice, until=dt.date(2026, 3, 9)
        )
        open_holds(client_a.id, [hold], at(DAY))
    assert jansen.day(DAY + dt.timedelta(1)) == []
    (message,) = jansen.day(dt.date(2026, 3, 10))
    assert "dinsdag 24 maart 2026" in text_of(message)


def test_an_announced_debit_that_nobody_put_into_a_batch_is_not_made_and_reminders_go_on(jansen, client_a):
    jansen.day(DAY)
    jansen.day(DUE - dt.timedelta(1))
    assert states(client_a) == ["requested"]
    assert jansen.day(DUE) == []
    assert states(client_a) == ["withdrawn"]
    assert rows(client_a, STANDING) == [(0,)]
    again = request_debit(client_a.id, jansen.invoice, jansen.mandate, "eva", DUE, at(DUE))
    (message,) = jansen.day(DUE)
    assert "dinsdag 31 maart 2026" in text_of(message)
    assert rows(client_a, f"SELECT due_on FROM debits_directdebit WHERE id = {again}") == [
        (dt.date(2026, 3, 31),)
    ]


def test_no_reminder_goes_out_beside_a_notice(jansen, client_a):
    """Overdue since 3 March and statements fresh: on the 10th the notice leaves, and no reminder."""
    with client_scope(client_a.id):
        from inbaar.kit.bulk import run

        run("UPDATE banking_bankaccount SET read_up_to = '2026-03-09'")
    messages = jansen.day(dt.date(2026, 3, 10))
    assert [message["X-Inbaar-Letter-Kind"] for message in messages] == ["debit_notice"]


def test_the_number_of_statements_does_not_depend_on_the_number_of_debits(client_a):
    jansen = Collecting(client_a)
    counts = []
    for size, first in ((1, 2), (25, 10)):
        with client_scope(client_a.id):
            invoiced(client_a, *(draft(f"2026-{first + n:04d}") for n in range(size)))
        request_due(client_a.id, "run", DAY, at(DAY))
        with statements() as seen:
            work_notices(client_a.id, DAY, at(DAY))
        counts.append(len(seen))
        with MailServer() as server, Mailer(server.settings) as mailer:
            send_queued(client_a.id, mailer, at(DAY), DAY)
        with statements() as seen:
            assert work_notices(client_a.id, DAY, at(DAY))["told"] == (2 if size == 1 else 25)
        counts.append(len(seen))
    assert counts[:2] == counts[2:]
    assert jansen.day(DAY) == []


def test_another_clients_debits_are_left_alone(jansen, client_a, client_b):
    request_due(client_a.id, "run", DAY, at(DAY))
    assert not work_notices(client_b.id, DAY, at(DAY))
    assert rows(client_b, NOTICES) == [(0,)]
    assert work_notices(client_a.id, DAY, at(DAY))["written"] == 1


def test_a_notice_that_comes_back_after_it_was_sent_was_no_notice(jansen, client_a):
    """Sent on 3 March, back on the 6th: told anew by post, with three days to post it, for Monday the 23rd."""
    jansen.day(DAY)
    came_back(client_a, dt.date(2026, 3, 6))
    jansen.day(dt.date(2026, 3, 6))
    assert rows(client_a, DEBIT) == [(dt.date(2026, 3, 23), None, "", "requested")]
    assert rows(client_a, "SELECT state FROM letters_delivery ORDER BY id") == [("bounced",), ("by_post",)]


def test_a_debit_whose_notice_came_back_leaves_its_batch(jansen, client_a):
    eva, ton = member(client_a, "eva"), member(client_a, "ton", "treasurer")
    jansen.day(DAY)
    ((debit,),) = rows(client_a, "SELECT id FROM debits_directdebit")
    day = DUE - dt.timedelta(1)
    batch = make_debit_batch(client_a.id, account_of(client_a), [debit], acting(eva, day))
    came_back(client_a, day)
    jansen.day(day)
    refused(lambda: approve_debit_batch(client_a.id, batch, acting(ton, day)), "debit-held")
    refuse_debit_batch(client_a.id, batch, "came back", acting(ton, day), "ton")
    jansen.day(day)
    found = "SELECT announced_on, state FROM debits_directdebit WHERE NOT replaced"
    assert rows(client_a, found) == [(None, "requested")]
    assert rows(
        client_a,
        "SELECT count(*) FROM receivables_hold WHERE left(key, 7) = 'notice:' AND released_on IS NULL",
    ) == [(0,)]


def came_back(client, on):
    with client_scope(client.id):
        ((key,),) = rows(client, "SELECT message_id FROM letters_delivery WHERE state = 'sent'")
        assert take_back_returned_letter(
            client.id, f"<{key}@voorbeeld.example>", "550 5.1.1 unknown", on, at(on)
        )
