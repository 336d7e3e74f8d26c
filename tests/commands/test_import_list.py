"""`inbaar import`: a list from the command line, by hand or by a program each night; twice the same changes nothing."""

import json

import pytest

from inbaar.kit.scope import client_scope
from inbaar.receivables.models import Dispatch, Invoice
from tests.commands.test_commands import inbaar
from tests.intake.auditfiles import auditfile
from tests.intake.lists import HEAD, ROWS, written

pytestmark = pytest.mark.usefixtures("own_database")


@pytest.fixture
def client(own_database, django_db_blocker):
    with django_db_blocker.unblock():
        done = inbaar("administration", "--name", "Van Dijk Techniek B.V.", "--user", "a@b.example", "--json")
        yield str(json.loads(done.stdout)["client"])


def ran(client, file, *words):
    done = inbaar("import", str(file), "--client", client, "--json", *words)
    return json.loads(done.stdout) if done.returncode == 0 else (done.returncode, done.stderr)


def invoices(client):
    with client_scope(int(client)):
        return sorted(Invoice.objects.filter(withdrawn_on=None).values_list("number", flat=True))


@pytest.mark.requirement("FAC-21")
def test_a_list_of_what_is_yet_to_be_sent_says_so(client, tmp_path):
    file = tmp_path / "lijst.csv"
    file.write_bytes(written(ROWS[:1]))
    assert ran(client, file, "--not-sent")["state"] == "taken_in"
    with client_scope(int(client)):
        assert [row.sent_on for row in Dispatch.objects.all()] == [None]


@pytest.mark.requirement("FAC-25")
def test_a_list_is_looked_at_taken_in_once_and_taken_back(client, tmp_path):
    file = tmp_path / "lijst.csv"
    file.write_bytes(written())
    looked = ran(client, file, "--dry-run")
    assert (looked["state"], looked["counts"]) == ("open", {"new": 2, "doubtful": 1})
    assert looked["lines"] == [
        {"line": 4, "number": "2026-003", "verdict": "doubtful",
         "faults": [{"field": "total", "rule": "below-zero", "value": "-121.00"}]}
    ]  # fmt: skip
    assert invoices(client) == []
    taken = ran(client, file, "--negative-is-credit")
    assert (taken["import"], taken["state"], taken["counts"]) == (looked["import"], "taken_in", {"new": 3})
    again = ran(client, file)
    assert (again["state"], again["counts"]) == ("open", {"known": 3})
    assert ran(client, file)["import"] == again["import"]
    assert len(invoices(client)) == 3
    undone = inbaar("import", "--client", client, "--undo", str(taken["import"]))
    assert undone.stdout == f"import {taken['import']}: undone; 3 taken back\n"
    assert invoices(client) == []


def test_an_auditfile_goes_the_same_way_and_a_term_may_be_given(client, tmp_path):
    file = tmp_path / "2026.xaf"
    file.write_bytes(auditfile([("S", "D1", "1", "121.00", "2026-01-05", "")]))
    assert ran(client, file)["counts"] == {"refused": 1}
    assert ran(client, file, "--term-days", "14")["counts"] == {"new": 1}
    assert invoices(client) == ["1"]


def test_what_cannot_be_taken_in_is_refused_on_one_line(client, tmp_path):
    file = tmp_path / "lijst.csv"
    file.write_bytes(written([row[:3] for row in ROWS], HEAD[:3]))
    code, line = ran(client, file)
    assert code == 2
    assert line.startswith(f"inbaar: {file}: no column was found for total, due_date, issue_date;")
    assert ran(client, tmp_path / "weg.csv")[0] == 2
    assert inbaar("import", "--client", client).returncode == 2
    assert ran("999999", file) == (
        2,
        "inbaar: --client 999999 is no administration: give the number it was opened with\n",
    )
