"""Statements that do not follow on each other: told where they are read, with what to do."""

import datetime as dt
import json
import subprocess
import sys
from decimal import Decimal

import pytest

from inbaar.banking.actions import ImportStatus, import_statement_file
from inbaar.banking.continuity import Period, break_between, breaks
from inbaar.banking.following import account_breaks
from inbaar.banking.formats import read_statement_file
from inbaar.banking.models import BankAccount
from inbaar.banking.statements import Status
from inbaar.kit.scope import client_scope
from tests.banking.bank_tables import IBAN
from tests.banking.books import NOW
from tests.banking.camt import Line, camt, statement
from tests.banking.test_statement_refusals import mt940

DAYS = {n: dt.date(2026, 3, n) for n in range(1, 32)}


def period(
    since: int, until: int, opening: str | None, closing: str | None, sequence: str = "", number: int = 0
) -> Period:
    money = [None if amount is None else Decimal(amount) for amount in (opening, closing)]
    return Period(IBAN, DAYS[since], DAYS[until], *money, sequence, number)


def kind(before: Period, after: Period) -> str | None:
    found = break_between(before, after)
    return found.kind if found else None


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (period(2, 2, "0", "10"), period(3, 3, "10", "15"), None),
        (period(2, 2, "0", "10"), period(2, 3, "10", "15"), None),  # it opens with the day of the last closing
        (period(2, 2, "0", "10"), period(9, 9, "10", "15"), None),  # nothing moved in between
        (period(2, 2, "0", "10"), period(9, 9, "12", "15"), "gap"),
        (period(2, 2, "0", "10"), period(3, 3, "12", "15"), "gap"),
        (period(2, 6, "0", "10"), period(4, 9, "12", "15"), "overlap"),
        (period(2, 2, "0", "10"), period(2, 2, "0", "10"), None),  # the same again
        (period(2, 2, "0", "10"), period(2, 2, "0", "12"), "differs"),
        (period(2, 2, "0", "10"), period(2, 2, "10", "12"), None),  # two statements of one day
        (period(2, 3, None, None), period(4, 5, None, None), None),
        (period(2, 3, None, None), period(6, 7, None, None), "days"),  # 4 and 5 March are a Wednesday and a Thursday
        (period(2, 6, None, None), period(9, 9, None, None), None),  # only a weekend in between
        (period(2, 6, None, None), period(10, 10, "5", "6"), "days"),
    ],
)  # fmt: skip
def test_a_statement_follows_on_the_one_before_or_it_is_said_how_it_does_not(before, after, expected) -> None:
    assert kind(before, after) == expected


@pytest.mark.parametrize(
    ("last", "following", "expected"),
    [
        ("1", "2", None), ("1", "4", "numbers"), ("00001/1", "00003/1", "numbers"), ("7/1", "7/2", None), ("12", "1", None),
        ("", "4", None), ("61", "63", None), ("26061", "26063", None), ("260302", "260304", None), ("61", "64", "numbers"),
    ],
)  # fmt: skip
def test_numbers_that_jump_are_told_unless_the_bank_numbers_by_the_day(last, following, expected) -> None:
    """2 and 4 March are the 61st and 63rd day of the year."""
    assert kind(period(2, 2, "0", "10", last), period(4, 4, "10", "12", following)) == expected


def test_other_formats_and_several_statements_of_a_day_are_no_break() -> None:
    found = breaks(
        [
            period(2, 2, "0", "10", number=1), period(3, 3, "10", "15", number=2), period(2, 2, "0", "10", number=3),
            period(3, 3, "10", "15", number=4), period(4, 4, "17", "20", number=6), period(4, 4, "15", "17", number=7),
            period(4, 4, "15", "20", number=8),
        ]
    )  # fmt: skip
    assert found == []


def test_a_missing_statement_is_found_whatever_the_order_they_came_in() -> None:
    later, first = period(9, 9, "12", "15", number=1), period(2, 2, "0", "10", number=2)
    (found,) = breaks([later, first])
    assert (found.kind, found.before, found.after, found.difference) == ("gap", first, later, Decimal(2))


def _file(*days: tuple[int, str, str]) -> bytes:
    return camt(
        *(
            statement([Line(str(Decimal(closing) - Decimal(opening)), str(day), day=DAYS[day])], opening=opening,
                      number=str(day), day=DAYS[day])
            for day, opening, closing in days
        )
    )  # fmt: skip


GAP = (
    f"A statement of {IBAN} is missing: the one up to 2026-03-02 closes with 10.00, the next one from 2026-03-09 opens "
    "with 12.00, a difference of 2.00. Download the days in between and offer them too."
)


@pytest.mark.parametrize("days", [[(2, "0", "10"), (9, "12", "15")], [(9, "12", "15"), (2, "0", "10")]])
def test_a_file_in_which_a_statement_is_missing_goes_to_review(days) -> None:
    read = read_statement_file(_file(*days))
    assert read.status is Status.REVIEW
    assert [(p.rule, p.text) for p in read.problems] == [("statements-gap", GAP)]


def test_in_mt940_too() -> None:
    one = (":20:A", f":25:{IBAN}", ":28C:1", ":60F:C260302EUR0,", ":62F:C260302EUR0,")
    other = (":20:B", f":25:{IBAN}", ":28C:2", ":60F:C260309EUR5,", ":62F:C260309EUR5,")
    assert [p.rule for p in read_statement_file(mt940(*one, *other)).problems] == ["statements-gap"]


def test_the_command_tells_what_is_missing_between_files(tmp_path) -> None:
    for name, days in (("a", (2, "0", "10")), ("b", (9, "12", "15"))):
        (tmp_path / f"{name}.xml").write_bytes(_file(days))
    command = [sys.executable, "-m", "inbaar.cli", "statement", "--json", "a.xml", "b.xml"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    first, second = json.loads(run.stdout)
    assert (first["problems"], second["status"]) == ([], "accepted")
    assert second["problems"] == [{"level": "notice", "rule": "statements-gap", "text": GAP}]


@pytest.mark.django_db
def test_a_gap_is_told_with_the_import_and_gone_once_it_is_filled(client_a) -> None:
    with client_scope(client_a.id):
        import_statement_file(client_a.id, _file((2, "0", "10")), "a", NOW)
        assert account_breaks(client_a.id) == []
        late = import_statement_file(client_a.id, _file((9, "12", "15")), "c", NOW)
        assert (late.status, [p.text for p in late.problems]) == (ImportStatus.ACCEPTED, [GAP])
        assert [broken.kind for broken in account_breaks(client_a.id)] == ["gap"]
        filled = import_statement_file(client_a.id, _file((4, "10", "12")), "b", NOW)
        assert filled.problems == ()
        assert account_breaks(client_a.id) == []


@pytest.mark.django_db
def test_each_account_has_its_own_chain(client_a) -> None:
    with client_scope(client_a.id):
        import_statement_file(client_a.id, _file((2, "0", "10")), "a", NOW)
        BankAccount.objects.create(client=client_a, iban="NL02RABO0123456789", currency="EUR", holder="")
        other = _file((9, "12", "15")).replace(IBAN.encode(), b"NL02RABO0123456789")
        assert import_statement_file(client_a.id, other, "b", NOW).problems == ()
        assert account_breaks(client_a.id) == []
