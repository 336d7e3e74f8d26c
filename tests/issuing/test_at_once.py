"""An invoice that two programs send at the same moment leaves once."""

from contextlib import suppress

from inbaar.doors import take_in_files
from inbaar.issuing.actions import send_invoice
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Delivery, Letter
from inbaar.receivables.models import Dispatch
from tests.banking.test_crash_db import ended_with, in_child
from tests.conftest import make_client
from tests.dunning.scenario import NOW, day
from tests.intake.documents import cii, pdf

TODAY = day("2026-03-10")


def test_two_programs_that_send_at_once_send_one(own_database):
    client = make_client("Zaagmolen B.V.", "59581883")
    paper = pdf(("factur-x.xml", cii().encode()))
    (result,) = take_in_files(client.id, [("f.pdf", paper)], TODAY, NOW, unsent=True)

    def act() -> None:
        with client_scope(client.id), suppress(Refused):
            send_invoice(client.id, result.invoice_id, "x", TODAY, NOW)

    assert [ended_with(child) for child in [in_child(act), in_child(act)]] == [0, 0]
    with client_scope(client.id):
        assert Letter.objects.count() == Delivery.objects.count() == 1
        assert Dispatch.objects.get().letter == Letter.objects.get().id
