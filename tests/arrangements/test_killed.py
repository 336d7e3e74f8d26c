"""The day's part killed before each of its statements, and two people at once: nothing is missing, told twice, or held by two."""

from dataclasses import replace

import pytest

from inbaar.arrangements.models import Plan, Promise
from inbaar.arrangements.run import run_arrangements
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.models import Hold
from tests.arrangements.books import Desk, morning, own
from tests.conftest import make_client
from tests.dunning.scenario import BAKERY, day
from tests.killing import KILLED, ended_with, in_child, together

DUE = "2026-05-01"
TERMS = own(("2026-06-01", "100.00"), ("2026-07-01", "100.00"))


@pytest.fixture
def desk(own_database, django_db_blocker):
    """Books of which rows are committed."""
    with django_db_blocker.unblock():
        yield Desk(make_client("Van Dijk Techniek B.V.", "90000001"))


def work(desk, on):
    return lambda: run_arrangements(desk.client.id, day(on), morning(on))


def killed_at_every_statement(desk, on):
    """Run a day again and again, each time killed one statement later, until it is done; gives how often it was killed."""
    desk.bank((day(on).replace(day=day(on).day - 1)).isoformat())
    for place in range(1, 200):
        code = ended_with(in_child(work(desk, on), place))
        if code == 0:
            return place - 1
        assert code == KILLED
    raise AssertionError("it is never done")


def test_a_day_killed_before_each_of_its_statements_does_everything_once(desk):
    broken, missed, done, kept = (desk.invoice(f"2026-{n}", DUE, payable="200.00") for n in range(4))
    plans = [desk.plan(invoice, on="2026-05-11", terms=TERMS).plan_id for invoice in (broken, missed, done)]
    desk.send("2026-05-11")
    desk.pay(missed, "2026-05-20", "100.00")
    desk.pay(done, "2026-06-01", "100.00")
    desk.look("2026-06-04")  # the first plan gets its notice
    desk.pay(done, "2026-06-05", "100.00")
    promise = desk.promise(kept, on="2026-06-08", due="2026-06-10")
    assert killed_at_every_statement(desk, "2026-06-12") > 20
    assert [desk.row(plan).state for plan in plans] == ["broken", "running", "done"]
    assert desk.promised(promise).state == "broken"
    assert desk.look("2026-06-12") == {}
    kinds = desk.kinds()
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"plan": 3, "plan_missed": 1, "plan_ended": 1}
    desk.proven()


def test_two_workers_at_once_write_each_letter_once(desk):
    invoices = [desk.invoice(f"2026-{n}", DUE, payable="200.00", customer=_firm(n)) for n in range(6)]
    for invoice in invoices:
        desk.plan(invoice, on="2026-05-11", terms=TERMS)
    desk.send("2026-05-11")
    desk.bank("2026-06-03")
    ended = together([work(desk, "2026-06-04")] * 3)
    assert ended.codes == [0, 0, 0]
    assert desk.look("2026-06-04") == {}
    assert desk.kinds().count("plan_missed") == 6


def test_of_two_who_promise_or_plan_the_same_invoice_at_once_one_is_refused(desk):
    invoice = desk.invoice("2026-1", DUE, payable="200.00")

    def tries(act):
        def once():
            try:
                act()
            except Refused as refused:
                if refused.code not in ("promise-running", "promise-in-plan", "plan-running"):
                    raise

        return once

    works = [
        tries(lambda: desk.plan(invoice, on="2026-05-11", terms=TERMS, key="a")),
        tries(lambda: desk.plan(invoice, on="2026-05-11", terms=TERMS, key="b")),
        tries(lambda: desk.promise(invoice, on="2026-05-11", due="2026-05-15", key="c")),
        tries(lambda: desk.promise(invoice, on="2026-05-11", due="2026-05-16", key="d")),
    ]
    assert together(works).codes == [0] * 4
    with client_scope(desk.client.id):
        assert Plan.objects.filter(state="running").count() == 1
        assert Promise.objects.filter(state="open").count() == 0
        assert Hold.objects.filter(released_on=None).count() == 1
    desk.proven()


def _firm(number):
    return replace(BAKERY, name=f"Firma {number} B.V.", kvk=f"8{number:07}", email=f"f{number}@firma.example")
