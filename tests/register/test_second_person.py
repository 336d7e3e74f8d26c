"""Nobody is entered on the word of one person: another approves, for what is open, and is asked anew where that changes."""

from decimal import Decimal

import pytest

from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import NewHold, open_holds, release_hold
from inbaar.register.acts import end_report
from inbaar.register.entry_rule import EntryRuleRow, entry_rules, set_entry_rule
from inbaar.register.queries import running_report
from tests.dunning.scenario import day
from tests.register.books import DAY_60, DAY_74, DUE, Register, morning


@pytest.fixture
def register(client_a):
    return Register(client_a).priced()


@pytest.fixture
def reported(register):
    """An arrear that Olga, an owner, reported, and that lacks nothing on day 74 but the second person."""
    olga = register.member("Olga", "owner")
    invoice = register.invoice("2026-1", DUE)
    (answer,) = register.report(invoice, reporter=olga)
    register.send(DAY_60)
    register.prove(invoice)
    register.call(answer.report_id, "2026-11-04")
    register.look("2026-11-03")
    return invoice, answer.report_id


def approval(register, report, on=DAY_74):
    with client_scope(register.client.id):
        return running_report(register.client.id, report, day(on)).approval


@pytest.mark.requirement("REG-23")
def test_it_waits_for_a_second_person_and_is_entered_once_he_approved(register, reported):
    _, report = reported
    tally = register.look(DAY_74)
    assert (tally.entered, dict(tally.waits)) == (0, {"register-unapproved": 1})
    assert approval(register, report).waits
    assert register.approve(report, DAY_74)
    assert not approval(register, report).waits
    assert register.look(DAY_74).entered == 1
    assert register.seen() == [Decimal("1210.00")]


def test_approved_ahead_it_is_entered_on_its_day_and_not_before(register, reported):
    _, report = reported
    register.approve(report, "2026-11-05")
    assert register.look("2026-11-15").entered == 0
    assert register.look(DAY_74).entered == 1


@pytest.mark.parametrize(
    ("name", "role", "codes"),
    [
        ("Olga", "owner", ["second-person-enters"]),
        ("Bas", "bookkeeper", ["may-not-enter"]),
        ("Tom", "treasurer", ["may-not-enter"]),
        ("Vic", "viewer", ["may-not-enter"]),
    ],
)
def test_who_reported_it_or_has_another_part_does_not_approve(register, reported, name, role, codes):
    _, report = reported
    with pytest.raises(Refused) as refused:
        register.approve(report, DAY_74, register.member(name, role))
    assert [refusal.code for refusal in refused.value.refusals] == codes
    assert register.look(DAY_74).entered == 0


def test_somebody_of_another_client_does_not_approve(register, reported, client_b):
    stranger = Register(client_b).member("Otto", "owner")
    with pytest.raises(Refused) as refused:
        register.approve(reported[1], DAY_74, stranger)
    assert refused.value.code == "may-not-enter"


def test_somebody_who_left_does_not_approve(register, reported):
    left = register.member("Otto", "register_officer")
    left.is_active = False
    left.save()
    with pytest.raises(Refused):
        register.approve(reported[1], DAY_74, left)


def test_the_database_holds_two_persons_to_it(register, reported):
    from django.db import IntegrityError, transaction

    olga = register.member("Olga", "owner")
    with (
        client_scope(register.client.id),
        pytest.raises(IntegrityError, match="report_approved_by_another"),
        transaction.atomic(),
    ):
        fetch(
            "UPDATE register_report SET approved_by_id = %s, approved_at = %s, approved_amount = amount WHERE id = %s RETURNING 1",
            [olga.pk, morning(DAY_74), reported[1]],
        )


def test_what_is_paid_in_part_is_approved_anew(register, reported):
    invoice, report = reported
    register.approve(report, "2026-11-05")
    register.pay(invoice, "2026-11-06", "210.00")
    assert approval(register, report).approved_by == ""
    assert dict(register.look(DAY_74).waits) == {"register-unapproved": 1}
    register.approve(report, DAY_74)
    assert register.look(DAY_74).entered == 1
    assert register.seen() == [Decimal("1000.00")]


def test_what_was_disputed_is_approved_anew(register, reported):
    invoice, report = reported
    register.approve(report, DAY_74)
    assert register.look(DAY_74).entered == 1
    with client_scope(register.client.id):
        ((debtor,),) = fetch("SELECT debtor_id FROM register_report")
        hold = NewHold(debtor, "dispute", "fout", "Olga", day("2026-11-17"), "d1", invoice)
        open_holds(register.client.id, [hold], morning("2026-11-17"))
        ((number,),) = fetch("SELECT id FROM receivables_hold")
    assert register.seen() == []
    with client_scope(register.client.id):
        release_hold(register.client.id, number, day("2026-11-18"), "Olga", morning("2026-11-18"))
    for on in ("2026-11-18", "2026-11-30"):
        assert register.look(on).entered == 0
    register.approve(report, "2026-11-30")
    assert register.look("2026-11-30").entered == 1


def test_what_is_entered_stays_when_the_rule_changes(register, reported):
    set_entry_rule(EntryRuleRow(day(DAY_60), False, "bestuur, 1 oktober"), day(DAY_60))
    assert register.look(DAY_74).entered == 1
    set_entry_rule(EntryRuleRow(day("2026-11-17"), True, "bestuur, 16 november"), day(DAY_74))
    register.look("2026-11-17")
    assert register.seen() == [Decimal("1210.00")]


def test_one_that_ended_is_approved_by_nobody(register, reported):
    with client_scope(register.client.id):
        end_report(register.client.id, reported[1], "withdrawn")
    assert not register.approve(reported[1], DAY_74)


def test_the_office_decides_that_no_second_person_is_asked(register, reported):
    assert entry_rules() == []
    set_entry_rule(EntryRuleRow(day("2026-11-10"), False, "bestuur, 1 november"), day(DAY_60))
    assert approval(register, reported[1], "2026-11-09").asked
    assert not approval(register, reported[1], "2026-11-10").asked
    assert register.look(DAY_74).entered == 1


@pytest.mark.parametrize(
    ("since", "source", "code"),
    [
        ("2026-11-01", "bestuur", "entry-rule-day"),
        ("2026-11-05", "bestuur", "entry-rule-twice"),
        ("2026-11-06", " ", "entry-rule-source"),
    ],
)
def test_a_decision_that_cannot_be_taken(register, since, source, code):
    set_entry_rule(EntryRuleRow(day("2026-11-05"), False, "bestuur"), day(DAY_60))
    with pytest.raises(Refused) as refused:
        set_entry_rule(EntryRuleRow(day(since), True, source), day(DAY_60))
    assert refused.value.code == code
    assert len(entry_rules()) == 1
