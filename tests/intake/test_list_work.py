"""The work on a list is a job: part by part, going on where it stopped, done once however often it is asked."""

import datetime as dt

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from inbaar.doors import take_in_import, work_on_list
from inbaar.dunning.models import Schedule
from inbaar.intake import importing, looking, taking
from inbaar.intake.importing import choose, list_file
from inbaar.intake.models import Import, ImportLine
from inbaar.intake.queueing import queue_import
from inbaar.intake.taking import start_taking
from inbaar.intake.taking_back import start_undo
from inbaar.jobs import work_on_one_list
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.proofs import prove_books
from inbaar.receivables.actions import NewHold, open_holds
from inbaar.receivables.models import Invoice
from tests.intake.lists import written
from tests.intake.test_importing_db import NOW, TODAY, many, opened

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("UI-14")]


class Killed(Exception):
    """The worker died."""


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(looking, "AT_ONCE", 3)
    monkeypatch.setattr(taking, "AT_ONCE", 3)


def chosen(client, content):
    with client_scope(client.id):
        number = opened(client, content)
        choose(client.id, number, list_file(client.id, number).choices, NOW)
    return number


def kept(client, number):
    with client_scope(client.id):
        row = Import.objects.get(id=number)
        return row.state, row.done, row.counts


def dying(monkeypatch, module, after):
    """A program that dies when it has noted `after` parts as done."""
    left = [after]

    def noted(client_id, import_id, done, at):
        if not left[0]:
            raise Killed
        left[0] -= 1
        importing.note_done(client_id, import_id, done, at)

    monkeypatch.setattr(module, "note_done", noted)


def test_a_list_is_queued_with_what_it_waits_for_once_and_vanishes_with_a_roll_back(client_a):
    with transaction.atomic():
        queue_import(client_a.id, 7)
        queue_import(client_a.id, 7)
        jobs = list(ProcrastinateJob.objects.values_list("task_name", "args", "queue_name"))
        assert jobs == [("inbaar.work_on_list", {"client_id": client_a.id, "import_id": 7}, "lists")]
        transaction.set_rollback(True)
    assert not ProcrastinateJob.objects.exists()


def test_the_job_does_what_the_list_waits_for_and_twice_is_harmless(client_a, monkeypatch):
    monkeypatch.setenv("INBAAR_NOW", NOW.isoformat())
    number = chosen(client_a, many(8))
    for _ in range(2):
        work_on_one_list(client_id=client_a.id, import_id=number)
        assert kept(client_a, number) == ("checked", 0, {"new": 8})
    with client_scope(client_a.id):
        assert start_taking(client_a.id, number, TODAY, "Olga", NOW) == 8
    for _ in range(2):
        work_on_one_list(client_id=client_a.id, import_id=number)
        assert kept(client_a, number)[0] == "taken_in"
    with client_scope(client_a.id):
        assert Invoice.objects.count() == Schedule.objects.count() == 8
        start_undo(client_a.id, number, "Piet", NOW)
    for _ in range(2):
        work_on_one_list(client_id=client_a.id, import_id=number)
        assert kept(client_a, number)[0] == "undone"
    work_on_one_list(client_id=client_a.id, import_id=number + 999)


def test_looking_through_that_was_killed_begins_again(client_a, monkeypatch, small_parts):
    number = chosen(client_a, many(8))
    with monkeypatch.context() as patched:
        dying(patched, looking, 1)
        with pytest.raises(Killed):
            work_on_list(client_a.id, number, TODAY, NOW)
    assert kept(client_a, number) == ("checking", 3, {})
    work_on_list(client_a.id, number, TODAY, NOW)
    assert kept(client_a, number) == ("checked", 0, {"new": 8})


def test_taking_in_that_was_killed_goes_on_where_it_stopped(client_a, monkeypatch, small_parts):
    number = chosen(client_a, many(8))
    work_on_list(client_a.id, number, TODAY, NOW)
    with client_scope(client_a.id):
        start_taking(client_a.id, number, TODAY, "Olga", NOW)
    with monkeypatch.context() as patched:
        dying(patched, taking, 2)
        with pytest.raises(Killed):
            work_on_list(client_a.id, number, TODAY, NOW)
    assert kept(client_a, number)[:2] == ("taking", 6)
    with client_scope(client_a.id):
        before = set(Invoice.objects.values_list("id", flat=True))
        assert len(before) == 6
        # A credit note may be on the last line: until all is in nobody is reminded of any.
        assert not Schedule.objects.exists()
        with pytest.raises(Refused):
            start_taking(client_a.id, number, TODAY, "Olga", NOW)
    work_on_list(client_a.id, number, TODAY + dt.timedelta(days=1), NOW)
    assert kept(client_a, number)[::2] == ("taken_in", {"new": 8})
    with client_scope(client_a.id):
        assert before < set(Invoice.objects.values_list("id", flat=True))
        assert set(Invoice.objects.values_list("received_on", flat=True)) == {TODAY}
        assert Schedule.objects.count() == 8
        assert ImportLine.objects.filter(ended=True).count() == 8
    assert all(proof.holds for proof in prove_books(client_a.id))


def test_what_cannot_be_taken_back_stays_in_with_the_reasons(client_a):
    number = chosen(client_a, many(4))
    work_on_list(client_a.id, number, TODAY, NOW)
    take_in_import(client_a.id, number, TODAY, "Olga", NOW)
    with client_scope(client_a.id):
        invoice = Invoice.objects.first()
        open_holds(
            client_a.id, [NewHold(invoice.debtor_id, "pause", "x", "Olga", TODAY, "h", invoice.id)], NOW
        )
        start_undo(client_a.id, number, "Piet", NOW)
    work_on_list(client_a.id, number, TODAY, NOW)
    with client_scope(client_a.id):
        row = Import.objects.get(id=number)
        assert (row.state, row.problems) == (
            "taken_in", {"count": 1, "first": [["invoice-touched", f"{invoice.number}: hold_opened"]]},
        )  # fmt: skip
        assert Invoice.objects.filter(withdrawn_on=None).count() == 4


def test_a_list_whose_columns_were_chosen_again_meanwhile_is_looked_through_as_it_is_now(
    client_a, small_parts
):
    number = chosen(client_a, many(4))
    with client_scope(client_a.id):
        Import.objects.filter(id=number).update(
            choices=Import.objects.get(id=number).choices | {"term_days": 5}
        )
        looking_at = list_file(client_a.id, number)
        assert not looking._keep_lines(client_a.id, looking_at, [], 0, NOW)
        Import.objects.filter(id=number).update(
            choices=Import.objects.get(id=number).choices | {"term_days": 6}
        )
        assert looking._keep_lines(client_a.id, looking_at, [], 0, NOW)


def test_a_list_of_another_client_is_nobody_s_work(client_a, client_b):
    number = chosen(client_a, written())
    work_on_list(client_b.id, number, TODAY, NOW)
    assert kept(client_a, number)[0] == "checking"
