"""Why not, and when: the verdict of the dunning route names each failed rule and the day on which it passes."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.dunning.verdict import may_dun
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import NewHold, open_holds
from inbaar.receivables.models import Invoice
from tests.dunning.scenario import NOW, Administration, day

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("BEY-08")]


@pytest.fixture
def books(client_a):
    return Administration(client_a)


def verdict(books, invoice, on):
    with client_scope(books.client.id):
        return may_dun(books.client.id, invoice, day(on))


def hold(books, invoice, kind, **facts):
    with client_scope(books.client.id):
        debtor = Invoice.objects.get(id=invoice).debtor_id
        open_holds(
            books.client.id,
            [
                NewHold(
                    debtor, kind, "reden", "Anna", day("2026-10-01"), f"{kind}:{invoice}", invoice, **facts
                )
            ],
            NOW,
        )


def test_on_the_first_working_day_after_due_it_is_allowed(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    assert verdict(books, invoice, "2026-10-02").allowed


def test_before_due_it_names_the_day_it_passes_moved_to_a_working_day(books):
    invoice = books.invoice("2026-0042", "2026-10-02")  # due on Friday: the reminder is due on Saturday
    early = verdict(books, invoice, "2026-10-02")
    (refusal,) = early.refusals
    assert (refusal.code, refusal.passes_on) == ("dunning-too_early", day("2026-10-05"))
    assert early.passes_on == day("2026-10-05")
    assert verdict(books, invoice, "2026-10-05").allowed


def test_on_a_saturday_it_passes_on_monday(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    saturday = verdict(books, invoice, "2026-10-03")
    assert [(r.code, r.passes_on) for r in saturday.refusals] == [
        ("dunning-no_working_day", day("2026-10-05"))
    ]


def test_a_pause_passes_the_day_after_its_end_and_a_dispute_by_an_act(books):
    paused, disputed = books.invoice("2026-0042", "2026-10-01"), books.invoice("2026-0043", "2026-10-01")
    hold(books, paused, "pause", until=day("2026-10-08"))
    hold(books, disputed, "dispute")
    assert verdict(books, paused, "2026-10-02").passes_on == day("2026-10-09")
    (refusal,) = verdict(books, disputed, "2026-10-02").refusals
    assert (refusal.passes_on, refusal.next_step) == (None, "settle the dispute")
    assert refusal.rule and refusal.fact and refusal.limit  # noqa: PT018


def test_all_reasons_are_named_at_once(books):
    invoice = books.invoice("2026-0042", "2026-10-02")
    hold(books, invoice, "pause", until=day("2026-10-08"))
    codes = [refusal.code for refusal in verdict(books, invoice, "2026-10-02").refusals]
    assert codes == ["dunning-too_early", "dunning-pause"]
    assert verdict(books, invoice, "2026-10-02").passes_on == day("2026-10-09")


def test_what_is_paid_or_handed_over_never_passes(books):
    paid, handed = books.invoice("2026-0042", "2026-10-01"), books.invoice("2026-0043", "2026-10-01")
    books.pay(paid, "2026-10-01", "1210.00")
    for on in ("2026-10-02", "2026-10-15", "2026-10-23"):
        books.run(on)
    assert books.open(handed) == Decimal("1210.00")
    assert [r.code for r in verdict(books, paid, "2026-10-23").refusals] == ["dunning-closed"]
    answer = verdict(books, handed, "2026-10-26")
    assert [(r.code, r.passes_on) for r in answer.refusals] == [("dunning-handed_over", "never")]
    with pytest.raises(Refused, match="after the last letter a person decides"):
        answer.require()


@pytest.mark.parametrize("offset", range(0, 40, 3))
def test_the_verdict_agrees_with_the_run(books, offset):
    invoice = books.invoice("2026-0042", "2026-10-01")
    on = dt.date(2026, 9, 25) + dt.timedelta(days=offset)
    allowed = verdict(books, invoice, on.isoformat()).allowed
    assert allowed == (books.run(on.isoformat()).steps == {"reminder": 1})
