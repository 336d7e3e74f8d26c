"""`inbaar send`: what waits, what would leave, and sending it once, for programs as for people."""

import json

import pytest

from inbaar.doors import take_in_files
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Letter
from tests.commands.test_commands import inbaar
from tests.conftest import make_client
from tests.dunning.scenario import NOW, Administration, day
from tests.intake.documents import cii, pdf

TODAY = "2026-03-10"


def ran(client, *words):
    done = inbaar("send", "--client", str(client.id), "--json", *words)
    return done.returncode, json.loads(done.stdout)


@pytest.mark.requirement("FAC-21")
def test_what_waits_is_listed_and_what_is_named_is_sent_once(own_database, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", TODAY)
    client = make_client("Zaagmolen B.V.", "59581883")
    paper = pdf(("factur-x.xml", cii().encode()))
    take_in_files(client.id, [("f.pdf", paper)], day(TODAY), NOW, unsent=True)
    Administration(client).invoice("L-1", "2026-03-09", unsent=True, issue_date=day("2026-03-01"))
    code, waiting = ran(client)
    assert code == 0
    assert [(one["number"], one["state"], one["accepted_kind"]["allowed"]) for one in waiting] == [
        ("L-1", "not_sent", False), ("F-2026-001", "not_sent", True),
    ]  # fmt: skip
    (late,) = waiting[0]["accepted_kind"]["refusals"]
    assert (late["code"], late["limit"], late["passes_on"]) == ("sale-overdue", "2026-03-08", "never")
    code, (shown,) = ran(client, "F-2026-001", "--dry-run")
    assert (code, shown["state"], shown["files"], shown["pay_by"]) == (
        0,
        "not_sent",
        ["F-2026-001.pdf"],
        "2026-04-01",
    )
    code, (sent,) = ran(client, "F-2026-001", "F-2026-001")
    assert (code, sent["state"]) == (0, "on_its_way")
    code, told = ran(client, "F-2026-001", "L-1", "X-9")
    assert code == 2
    assert [one["refusals"][0]["code"] for one in told] == [
        "sent-on-its-way",
        "no-invoice-to-send",
        "sent-before",
    ]
    with client_scope(client.id):
        assert Letter.objects.count() == 1
