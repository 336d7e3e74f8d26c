"""The jobs: queued in the transaction that causes them, gone with its roll-back, harmless when they run twice."""

import datetime as dt

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from inbaar.dunning.run import run_dunning
from inbaar.jobs import deliver_letters, queue_delivery, work_the_day
from inbaar.kit.clock import DUTCH_TIME
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Delivery
from tests.dunning.scenario import Administration, day
from tests.letters.mail_server import MailServer

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2026, 10, 2, 10, tzinfo=DUTCH_TIME)


@pytest.fixture
def books(client_a):
    books = Administration(client_a)
    books.invoice("2026-0042", "2026-10-01")
    return books


@pytest.fixture
def post(monkeypatch):
    with MailServer() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def queued() -> list[str]:
    return list(ProcrastinateJob.objects.order_by("id").values_list("task_name", flat=True))


def test_the_job_that_sends_is_queued_with_its_letters_and_vanishes_with_them(books):
    with transaction.atomic():
        run_dunning(books.client.id, day("2026-10-02"), MORNING, on_letters=queue_delivery)
        assert queued() == ["inbaar.deliver"]
        transaction.set_rollback(True)
    assert queued() == []
    assert books.letters() == []
    run_dunning(books.client.id, day("2026-10-02"), MORNING, on_letters=queue_delivery)
    assert (queued(), len(books.letters())) == (["inbaar.deliver"], 1)


def test_a_job_that_runs_twice_sends_once(books, post, monkeypatch):
    monkeypatch.setenv("INBAAR_NOW", MORNING.isoformat())
    run_dunning(books.client.id, day("2026-10-02"), MORNING)
    deliver_letters(books.client.id)
    deliver_letters(books.client.id)
    assert len(post.messages) == 1


@pytest.mark.requirement("ASK-17")
@pytest.mark.parametrize(("hour", "letters"), [(7, 0), (8, 1), (17, 1), (18, 0)])
def test_the_worker_does_the_day_in_the_sending_hours_only(books, post, monkeypatch, hour, letters):
    monkeypatch.setenv("INBAAR_NOW", MORNING.replace(hour=hour).isoformat())
    work_the_day(0)
    assert len(books.letters()) == letters
    with client_scope(books.client.id):
        # The worker sends at once what it may, and the job it queued finds nothing more to do.
        assert list(Delivery.objects.values_list("state", flat=True)) == ["sent"] * letters
