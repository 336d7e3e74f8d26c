"""The run killed at any moment, on one and on three workers: no letter missing, none doubled, the books prove."""

import datetime as dt
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from decimal import Decimal

import pytest

from inbaar.dunning.schedule import schedule_invoices
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Delivery, Letter
from inbaar.proofs import prove_books
from inbaar.receivables.actions import Customer, Draft, accept_invoices
from tests.conftest import make_client
from tests.letters.mail_server import MailServer

DEBTORS, INVOICES = 40, 120
DAY, NOW = "2026-10-02", dt.datetime(2026, 9, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def client_with_overdue_invoices(own_database, django_db_blocker):
    with django_db_blocker.unblock():
        client = make_client("Van Dijk Techniek B.V.", "90000001")
        total = Decimal("121.00")
        drafts = [
            Draft(
                number=f"2026-{n:04}", kind="invoice", issue_date=dt.date(2026, 9, 1), due_date=dt.date(2026, 10, 1),
                received_on=dt.date(2026, 9, 1), currency="EUR", net=Decimal("100.00"), vat=Decimal("21.00"),
                total=total, payable=total, payee_iban="NL20INGB0001234567",
                customer=Customer(name=f"Firma {n % DEBTORS} B.V.", kvk=f"8{n % DEBTORS:07}", email=f"f{n % DEBTORS}@firma.example"),
            )
            for n in range(INVOICES)
        ]  # fmt: skip
        with client_scope(client.id):
            answers = accept_invoices(client.id, drafts, NOW)
            schedule_invoices(client.id, [answer.invoice_id for answer in answers if answer.invoice_id])
        yield client


def start_run(post: MailServer) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "inbaar.cli", "day", "--date", DAY],
        env=os.environ | post.environment | {"INBAAR_NOW": f"{DAY}T10:00:00+02:00"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.mark.requirement("ASK-05")
@pytest.mark.parametrize("workers", [1, 3])
def test_killed_at_random_moments_the_letters_are_the_same(client_with_overdue_invoices, workers):
    client = client_with_overdue_invoices
    moments = random.Random(workers)
    with MailServer() as post:
        for _ in range(5):
            runs = [start_run(post) for _ in range(workers)]
            for run in runs:
                try:
                    run.wait(timeout=moments.uniform(0.9, 3.0))
                except subprocess.TimeoutExpired:
                    os.killpg(run.pid, signal.SIGKILL)
                    run.wait()
        last = [start_run(post) for _ in range(workers)]
        assert [run.wait(timeout=120) for run in last] == [0] * workers
        in_doubt = finish(client, post)
        counts = post.message_ids
    with client_scope(client.id):
        assert Letter.objects.count() == DEBTORS
        assert Counter(Delivery.objects.values_list("state", flat=True)) == {"sent": DEBTORS}
        for numbers in Letter.objects.values_list("content", flat=True):
            assert len(numbers["items"]) == INVOICES // DEBTORS
    assert len(counts) == DEBTORS
    # Only a mail that was on its way when a program was killed may have left twice, under the same Message-ID.
    assert sum(counts.values()) - DEBTORS <= in_doubt
    assert [proof.name for proof in prove_books(client.id) if not proof.holds] == []


def finish(client, post: MailServer) -> int:
    """Send what was in doubt, as the next run after ten minutes does; gives how many there were."""
    from inbaar.daily import deliver

    with client_scope(client.id):
        in_doubt = Delivery.objects.filter(state="sending").count()
    later = dt.datetime(2027, 1, 4, 10, tzinfo=dt.UTC)
    deliver(client.id, dt.date(2026, 10, 2), later, post.settings)
    return in_doubt
