"""The commands from outside, as a user calls them: what they print, and how they refuse."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.corpus import CORPUS, MISSING

pytestmark = pytest.mark.usefixtures("own_database")


def inbaar(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "inbaar.cli", *words],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def answer(*words: str) -> Any:
    """What a command that must succeed prints as JSON."""
    done = inbaar(*words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_demo_proves_its_books_and_the_same_seed_gives_the_same_tally():
    first = answer("demo", "--no-serve", "--json", "--days", "30", "--seed", "7")
    assert first["books_prove"] is True
    assert first["letters"]["reminder"] > 0
    assert first["invoices"] == first["paid"] + first["open"]
    assert answer("demo", "--no-serve", "--json", "--days", "30", "--seed", "7") == first
    checked = answer("check", "--json")
    assert checked["holds"] is True
    _assert_aged(first)
    assert {proof["proof"] for proof in checked["proofs"]} >= {
        "open-amounts",
        "bank",
        "letters-have-steps",
        "titles",
    }


def _assert_aged(tally: Any) -> None:
    """The ageing of the demonstration's books, played twice, today and halfway, in classes of one's own."""
    now = answer("ageing", "--json", "--debtors")
    euro, again = now["ageing"]
    assert {**euro, "client": 0, "debtors": 0} == {**again, "client": 0, "debtors": 0}
    assert now["ties"] is True
    assert euro["difference"] == "0.00"
    assert euro["ledger"] == euro["receivable"]
    assert sum(each["count"] for each in euro["classes"].values()) == tally["open"]
    assert sum(Decimal(row["open"]) for row in euro["debtors"]) == Decimal(euro["receivable"])
    assert list(answer("ageing", "--date", "2026-07-20", "--edges", "14,45", "--json")["ageing"][0]["classes"]) == [
        "not-due", "1-14", "15-45", "over-45",
    ]  # fmt: skip
    for words in (("--edges", "60,30"), ("--date", "20-07-2026"), ("--client", "999999999")):
        assert (inbaar("ageing", *words).returncode, words) == (2, words)


def test_the_day_on_an_empty_installation_does_nothing():
    tally = answer("day", "--date", "2026-10-02", "--json")
    assert tally["letters"] == {}
    assert tally["date"] == "2026-10-02"


@pytest.mark.skipif(not CORPUS.exists(), reason=MISSING)
def test_the_demo_takes_a_folder_of_real_files_through_the_same_doors():
    tally = answer(
        "demo", "--no-serve", "--json", "--days", "10", "--files", str(CORPUS / "ubl" / "si-ubl-2.0")
    )
    assert tally["books_prove"] is True
    assert tally["administrations"] > 1
    files = tally["files"]
    assert sum(files.values()) >= len(list((CORPUS / "ubl" / "si-ubl-2.0").glob("*.xml")))


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("day", "--date", "2 oktober"), "inbaar: --date 2 oktober is no date: give it as 2026-11-22\n"),
        (("day", "--date", "20261122"), "inbaar: --date 20261122 is no date: give it as 2026-11-22\n"),
        (
            ("demo", "--files", "nergens"),
            "inbaar: --files nergens is no folder: name a folder of invoices and statements\n",
        ),
        (
            ("demo", "--days", "0", "--no-serve"),
            "inbaar: --days 0 is not 1 to 1280: the law's tables cover no more; give a number in between\n",
        ),
        (("owed", "--bogus"), "inbaar: unrecognized arguments: --bogus; see inbaar --help\n"),
        (("read",), "inbaar: the following arguments are required: FILE; see inbaar read --help\n"),
        (("demo", "--port", "0"), "inbaar: --port 0 is no port: give a number from 1 to 65535\n"),
        (("serve", "--port", "70000"), "inbaar: --port 70000 is no port: give a number from 1 to 65535\n"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(words, line):
    done = inbaar(*words)
    assert (done.returncode, done.stderr, done.stdout) == (2, line, "")


def test_a_day_outside_the_calendar_is_refused_in_one_line():
    with_a_client = inbaar("demo", "--no-serve", "--json", "--days", "1")
    assert with_a_client.returncode == 0, with_a_client.stderr
    done = inbaar("day", "--date", "2031-01-02")
    assert done.returncode == 2
    assert done.stderr == (
        "inbaar: feestdagen on 2031-01-02: table holidays is confirmed until 2030-12-31; "
        "ask about a day up to 2030-12-31, or add the new figures to the table\n"
    )


def test_a_server_that_is_not_there_is_one_line():
    done = inbaar("check", DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing", INBAAR_OWNER_URL="")
    assert done.returncode == 2
    assert done.stderr.startswith("inbaar: the server in DATABASE_URL cannot be used: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DATABASE_URL", "nonsense", "DATABASE_URL is not an address of a PostgreSQL server; write postgresql://"),
        ("DATABASE_URL", "postgresql://host:port/name", "DATABASE_URL is not an address of a PostgreSQL server"),
        ("INBAAR_DATA", "/dev/null/data", "the data folder /dev/null/data cannot be made: Not a directory; set INBAAR_DATA"),
        ("INBAAR_TODAY", "morgen", "INBAAR_TODAY=morgen is no date; write 2026-11-22"),
        ("INBAAR_SMTP_PORT", "mail", "INBAAR_SMTP_PORT=mail is no port; give a number from 1 to 65535"),
        ("INBAAR_SMTP_SECURITY", "no", "INBAAR_SMTP_SECURITY=no is unknown; give one of "),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_one_line(name, value, told):
    done = inbaar("day", **{"INBAAR_SMTP_HOST": "localhost", name: value})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"inbaar: {told}")
    assert done.stderr.count("\n") == 1


def test_a_worker_finishes_what_is_queued_and_stops():
    assert inbaar("work", "--once").returncode == 0


def test_every_command_says_what_it_does():
    done = inbaar("--help")
    assert done.returncode == 0
    for name in ("owed", "read", "statement", "demo", "day", "check", "serve"):
        assert name in done.stdout


def test_reading_needs_no_database(tmp_path: Path):
    empty = tmp_path / "empty.xml"
    empty.touch()
    done = inbaar("read", str(empty), "--json", DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert done.returncode == 2
    assert json.loads(done.stdout)[0]["status"] == "refused"
