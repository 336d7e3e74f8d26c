"""Who looks a company up sees what is entered and nothing else; the company sees who looked; nobody can copy the register."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.register.looking_up import (
    Limits,
    Looker,
    Watched,
    look_up,
    lookups_of,
    stop_watching,
    watch,
    watched_by,
    watchers_of,
)
from tests.dunning.scenario import day
from tests.register.books import DAY_74, Register, morning
from tests.sql_watch import statements

AT = morning(DAY_74)
WHY = "Wij willen op rekening leveren"


@pytest.fixture
def register(client_a):
    return Register(client_a).priced()


@pytest.fixture
def looker(client_b):
    return Looker(client_b.id, client_b.name, "Bob")


@pytest.mark.requirement("REG-27", "REG-33", "REG-40")
def test_what_is_entered_is_found_by_number_and_by_name(register, looker):
    register.entered()
    for asked in ("90000002", "9000 0002", "bakkerij de korenaar bv", "Bakkerij De Korenaar B.V."):
        answer = look_up(looker, asked, WHY, AT)
        assert (answer.kvk_number, answer.name, answer.total) == (
            "90000002", "Bakkerij De Korenaar B.V.", Decimal("1210.00"),
        )  # fmt: skip
        (arrear,) = answer.arrears
        assert (arrear.creditor, arrear.due_date, arrear.entered_on) == (
            "Van Dijk Techniek B.V.", day("2026-10-02"), day(DAY_74),
        )  # fmt: skip


@pytest.mark.requirement("REG-19")
def test_a_report_that_waits_is_found_by_nobody(register, looker):
    register.reported()
    assert look_up(looker, "90000002", WHY, AT).arrears == ()


def test_arrears_of_several_creditors_are_added_up(register, looker):
    register.entered()
    other = Register(looker_client(looker))
    other.entered("B-1", payable="300.00", customer=_bakery())
    answer = look_up(looker, "90000002", WHY, AT)
    assert (len(answer.arrears), answer.total) == (2, Decimal("1510.00"))
    assert {arrear.creditor for arrear in answer.arrears} == {
        "Van Dijk Techniek B.V.",
        "Bakkerij De Korenaar B.V.",
    }


def _bakery():
    from tests.register.books import BAKERY

    return BAKERY


def looker_client(looker):
    from inbaar.parties.models import Client

    return Client.objects.get(id=looker.client_id)


def test_each_look_up_is_kept_with_who_when_and_why_and_not_with_what_was_found(register, looker):
    register.entered()
    look_up(looker, "90000002", WHY, AT)
    look_up(looker, "90000099", WHY, AT + dt.timedelta(minutes=1))
    (seen,) = lookups_of("90000002")
    assert (seen.at, seen.looker, seen.reason) == (AT, "Bakkerij De Korenaar B.V.", WHY)
    row = fetch("SELECT to_jsonb(l)::text FROM register_lookup l WHERE kvk_number = '90000002'")[0][0]
    assert "1210" not in row
    assert "Van Dijk" not in row


def test_what_is_kept_of_a_look_up_does_not_tell_what_was_found(register, looker):
    """The same look-ups once with an entry there and once without: the rows they leave are the same."""
    watch(looker, "90000002", "Klant op rekening", morning("2026-11-01"), day("2026-11-01"))
    invoice, _ = register.entered()
    kept = []
    for lived in (False, True):
        if lived:
            register.pay(invoice, "2026-11-18", "1210.00")
        for asked in ("90000002", "Bakkerij De Korenaar B.V."):
            look_up(looker, asked, WHY, AT)
        kept.append(
            fetch("SELECT kvk_number, name, name_key, looker, at FROM register_lookup ORDER BY id OFFSET %s", [2 * lived])
            + fetch("SELECT kvk_number, seen_at FROM register_watch")
        )  # fmt: skip
    assert kept[0] == kept[1]
    assert len(kept[0]) == 3


def test_a_company_sees_who_looked_it_up_by_its_name(looker):
    look_up(looker, "Bakkerij De Korenaar BV", WHY, AT)
    look_up(looker, "Bakkerij De Korenaar in Ede", WHY, AT)
    assert [seen.reason for seen in lookups_of("90000002", "Bakkerij De Korenaar B.V.")] == [WHY]
    assert lookups_of("90000002") == lookups_of("", "") == []


def test_a_look_up_takes_one_statement_beside_its_scope(register, looker):
    register.entered()
    with statements() as seen:
        assert len(look_up(looker, "90000002", WHY, AT).arrears) == 1
    assert len([sql for sql in seen if "register_" in sql]) == 1


def test_a_name_that_nobody_bears_is_kept_as_it_was_asked(looker):
    answer = look_up(looker, "Niemand B.V.", WHY, AT)
    assert (answer.kvk_number, answer.name, answer.arrears) == ("", "Niemand B.V.", ())
    assert fetch("SELECT kvk_number, name FROM register_lookup") == [("", "Niemand B.V.")]


@pytest.mark.parametrize(
    ("asked", "reason", "code"),
    [
        ("90000002", "  ", "lookup-reason"),
        ("9000000", WHY, "lookup-what"),
        ("ab", WHY, "lookup-what"),
        ("B.V", WHY, "lookup-what"),
        ("", WHY, "lookup-what"),
    ],
)
def test_what_is_refused_is_not_kept(looker, asked, reason, code):
    with pytest.raises(Refused) as refused:
        look_up(looker, asked, reason, AT)
    assert refused.value.code == code
    assert fetch("SELECT count(*) FROM register_lookup") == [(0,)]


def test_copying_is_stopped_by_the_hour_and_by_the_day(looker):
    limits = Limits(an_hour=2, a_day=3)
    minute = dt.timedelta(minutes=1)
    look_up(looker, "90000002", WHY, AT, limits)
    look_up(looker, "90000003", WHY, AT + minute, limits)
    with pytest.raises(Refused) as refused:
        look_up(looker, "90000004", WHY, AT + 59 * minute, limits)
    assert refused.value.code == "lookup-limit"
    look_up(looker, "90000004", WHY, AT + 60 * minute, limits)
    with pytest.raises(Refused) as refused:
        look_up(looker, "90000005", WHY, AT + 23 * 60 * minute, limits)
    assert refused.value.refusals[0].limit == "3"
    look_up(looker, "90000005", WHY, AT + 24 * 60 * minute, limits)
    another = Looker(looker.client_id + 1, "Ander B.V.", "Ans")
    assert look_up(another, "90000004", WHY, AT + 59 * minute, limits).arrears == ()


def test_who_has_an_eye_on_a_company_is_told_of_what_is_new_and_the_company_of_him(register, looker):
    assert watch(looker, "90000002", "Klant op rekening", morning("2026-11-01"), day("2026-11-01"))
    assert not watch(looker, "90000002", "Vaste klant", morning("2026-11-02"), day("2026-11-02"))
    assert watchers_of("90000002") == [("Bakkerij De Korenaar B.V.", "Vaste klant", day("2026-11-01"))]
    assert watched_by(looker.client_id) == [Watched("90000002", "Vaste klant", day("2026-11-01"), 0, 0)]
    invoice, _ = register.entered()
    assert watched_by(looker.client_id) == [Watched("90000002", "Vaste klant", day("2026-11-01"), 1, 1)]
    look_up(looker, "90000002", WHY, morning("2026-11-17"))
    assert watched_by(looker.client_id) == [Watched("90000002", "Vaste klant", day("2026-11-01"), 1, 0)]
    register.pay(invoice, "2026-11-18", "1210.00")
    assert watched_by(looker.client_id) == [Watched("90000002", "Vaste klant", day("2026-11-01"), 0, 0)]
    assert stop_watching(looker.client_id, "90000002")
    assert not stop_watching(looker.client_id, "90000002")
    assert watchers_of("90000002") == []


@pytest.mark.parametrize(
    ("kvk", "interest", "code"), [("90000002", "", "lookup-reason"), ("bakkers", "x", "lookup-what")]
)
def test_nobody_has_an_eye_on_a_company_without_an_interest(looker, kvk, interest, code):
    with pytest.raises(Refused) as refused:
        watch(looker, kvk, interest, AT, day(DAY_74))
    assert refused.value.code == code


def test_a_client_s_scope_shows_what_is_entered_by_another(register, client_b):
    register.entered()
    with client_scope(client_b.id):
        assert look_up(Looker(client_b.id, "B", "Bob"), "90000002", WHY, AT).total == Decimal("1210.00")
