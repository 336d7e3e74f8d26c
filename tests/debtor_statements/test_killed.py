"""Writing and mailing killed at any moment, by three workers at once: no statement missing, none written or mailed twice."""

import datetime as dt
import os
import random
import signal
import subprocess
import sys
from decimal import Decimal

import pytest

from inbaar.debtor_statements.actions import Asked, ask_statements
from inbaar.debtor_statements.models import AccountStatement, StatementItem
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.proofs import prove_books
from inbaar.receivables.actions import Customer, Draft, accept_invoices
from tests.conftest import make_client
from tests.letters.mail_server import MailServer

DEBTORS = 60
DAY, NOW = dt.date(2026, 10, 2), dt.datetime(2026, 10, 2, 8, tzinfo=dt.UTC)
WORK = """
import sys
import django
django.setup()
from inbaar.commands.setting import smtp_from_environment
from inbaar.debtor_statements.sending import work_statements
from inbaar.kit.clock import now, today
work_statements(int(sys.argv[1]), smtp_from_environment(), today(), now())
"""


@pytest.fixture
def client(own_database, django_db_blocker):
    """A client of whom sixty debtors are to get a statement."""
    with django_db_blocker.unblock():
        client = make_client("Van Dijk Techniek B.V.", "90000001")
        drafts = [
            Draft(
                number=f"2026-{n:04}", kind="invoice", issue_date=dt.date(2026, 9, 1), due_date=dt.date(2026, 10, 1),
                received_on=dt.date(2026, 9, 1), currency="EUR", net=Decimal(100), vat=Decimal(21), total=Decimal(121),
                payable=Decimal(121), payee_iban="NL20INGB0001234567",
                customer=Customer(name=f"Firma {n} B.V.", kvk=f"8{n:07}", email=f"f{n}@firma.example"),
            )
            for n in range(DEBTORS)
        ]  # fmt: skip
        with client_scope(client.id):
            accept_invoices(client.id, drafts, NOW)
            debtors = tuple(
                (number, "EUR") for (number,) in fetch("SELECT id FROM parties_debtor ORDER BY id")
            )
            ask_statements(client.id, Asked("k", "open", DAY, None, True, debtors), "Olga", DAY, NOW)
        yield client


def worker(client, post, moment):
    return subprocess.Popen(
        [sys.executable, "-c", WORK, str(client.id)],
        env=os.environ | post.environment | {"INBAAR_NOW": moment.isoformat()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def test_killed_at_random_moments_each_statement_is_written_once_and_mailed(client):
    chance = random.Random(3)
    with MailServer() as post:
        for attempt in range(4):
            running = [worker(client, post, NOW + dt.timedelta(minutes=attempt)) for _ in range(3)]
            for each in running:
                try:
                    each.wait(timeout=chance.uniform(0.9, 3.0))
                except subprocess.TimeoutExpired:
                    os.killpg(each.pid, signal.SIGKILL)
                    each.wait()
        # What was on its way when its worker died is in doubt, and goes again once ten minutes have passed.
        last = worker(client, post, NOW + dt.timedelta(minutes=30))
        assert last.wait(timeout=300) == 0
        mailed = post.message_ids
    with client_scope(client.id):
        assert list(AccountStatement.objects.values_list("state", flat=True)) == ["sent"] * DEBTORS
        assert AccountStatement.objects.values("number").distinct().count() == DEBTORS
        assert StatementItem.objects.count() == DEBTORS
        ((bundles,),) = fetch("SELECT count(*) FROM banking_paymentbundle")
    assert bundles == DEBTORS
    assert len(mailed) == DEBTORS
    assert max(mailed.values()) <= 2
    assert (
        sum(mailed.values()) <= DEBTORS + 12
    )  # three workers killed four times: one mail each was in doubt at most
    assert all(proof.holds for proof in prove_books(client.id))
