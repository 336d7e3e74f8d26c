"""`inbaar statement`: the fixed outer contract, exit codes, and what it does not need."""

import argparse
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from inbaar.banking import commands
from inbaar.banking.commands import money_text
from tests.banking.test_statement_refusals import ENTRY, GOOD_MT940, camt, mt940

ENTRY_KEYS = [
    "date",
    "value_date",
    "amount",
    "counterparty",
    "reference",
    "end_to_end_id",
    "text",
    "return_reason",
]


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    parser = argparse.ArgumentParser()
    commands.add_arguments(parser)
    code = commands.run(parser.parse_args(arguments))
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    contents = {
        "good.sta": mt940(*GOOD_MT940),
        "off.xml": camt(entries=ENTRY + ENTRY),
        "cut.xml": camt(entries=ENTRY * 50)[:-300],
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: str(tmp_path / name) for name in contents}


def test_the_object_of_a_file_is_the_contract(
    capsys: pytest.CaptureFixture[str], files: dict[str, str]
) -> None:
    code, out, err = _run(capsys, "--json", files["good.sta"])
    (file,) = json.loads(out)
    assert (code, err) == (0, "")
    assert list(file) == ["file", "status", "format", "statements", "problems"]
    assert (file["file"], file["status"], file["format"]) == (files["good.sta"], "accepted", "MT940")
    (statement,) = file["statements"]
    assert statement == {
        "account": "NL91ABNA0417164300",
        "currency": "EUR",
        "opening": "100.00",
        "closing": "110.00",
        "from": "2026-10-01",
        "to": "2026-10-01",
        "entries": [
            {
                "date": "2026-10-01",
                "value_date": "2026-10-01",
                "amount": "10.00",
                "counterparty": {"name": "Jansen", "iban": "NL20INGB0001234567"},
                "reference": None,
                "end_to_end_id": None,
                "text": "2026-0042",
                "return_reason": None,
            }
        ],
    }
    assert list(statement["entries"][0]) == ENTRY_KEYS


PAID_OUT = (
    "<NtryDtls><TxDtls><Refs><EndToEndId>E-1</EndToEndId></Refs><RltdPties>"
    "<Dbtr><Nm>Wij</Nm></Dbtr><DbtrAcct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></DbtrAcct>"
    "<Cdtr><Nm>Zij</Nm></Cdtr><CdtrAcct><Id><IBAN>NL20INGB0001234567</IBAN></Id></CdtrAcct></RltdPties>"
    "<RmtInf><Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf>{}</TxDtls></NtryDtls></Ntry>"
)


def test_money_out_names_who_was_paid_by_which_reference_and_why_it_came_back(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = ENTRY.replace("</Ntry>", PAID_OUT.format("")).replace("CRDT", "DBIT")
    back = ENTRY.replace("</Ntry>", PAID_OUT.format("<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"))
    (tmp_path / "b.xml").write_bytes(camt(entries=out + back))
    _, printed, _ = _run(capsys, "--json", str(tmp_path / "b.xml"))
    entry = {
        "date": "2026-10-01", "value_date": "2026-10-01", "amount": "-10.00",
        "counterparty": {"name": "Zij", "iban": "NL20INGB0001234567"}, "reference": "RF18539007547034",
        "end_to_end_id": "E-1", "text": None, "return_reason": None,
    }  # fmt: skip
    assert json.loads(printed)[0]["statements"][0]["entries"] == [
        entry,
        entry | {"amount": "10.00", "return_reason": "AC04"},
    ]


def test_a_refused_file_makes_the_exit_2_and_the_others_are_still_read_in_order(
    capsys: pytest.CaptureFixture[str], files: dict[str, str]
) -> None:
    code, out, err = _run(capsys, "--json", files["cut.xml"], files["off.xml"], files["good.sta"])
    read = json.loads(out)
    assert code == 2
    assert [f["status"] for f in read] == ["refused", "review", "accepted"]
    assert read[0]["statements"] == []
    assert [p["level"] for p in read[0]["problems"]] == ["error"]
    assert len(read[1]["statements"][0]["entries"]) == 2
    assert [p["rule"] for p in read[1]["problems"]] == ["balance"]
    assert [line.split(": ")[0] for line in err.splitlines()] == ["inbaar", "inbaar"]
    assert err.startswith(f"inbaar: {files['cut.xml']}: The XML is cut off or damaged: ")


def test_review_alone_is_exit_0(capsys: pytest.CaptureFixture[str], files: dict[str, str]) -> None:
    assert _run(capsys, "--json", files["off.xml"])[0] == 0


def test_batches_show_their_payments_and_what_is_not_booked_is_marked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    payment = '<TxDtls><Amt Ccy="EUR">5.00</Amt><RmtInf><Ustrd>{}</Ustrd></RmtInf></TxDtls>'
    batch = ENTRY.replace(
        "</Ntry>", f"<NtryDtls>{payment.format('2026-1')}{payment.format('2026-2')}</NtryDtls></Ntry>"
    )
    (tmp_path / "b.xml").write_bytes(camt(entries=batch + ENTRY.replace("BOOK", "PDNG")))
    _, out, _ = _run(capsys, "--json", str(tmp_path / "b.xml"))
    first, second = json.loads(out)[0]["statements"][0]["entries"]
    assert [(d["amount"], d["text"]) for d in first["details"]] == [("5.00", "2026-1"), ("5.00", "2026-2")]
    assert ("pending" in first, second["pending"]) == (False, True)


def test_the_table_for_people(capsys: pytest.CaptureFixture[str], files: dict[str, str]) -> None:
    code, out, _ = _run(capsys, files["good.sta"], files["cut.xml"])
    assert code == 2
    lines = out.splitlines()
    assert lines[0] == f"{files['good.sta']}: accepted"
    assert lines[3].split() == ["2026-10-01", "10.00", "NL20INGB0001234567", "Jansen", "2026-0042"]
    assert lines[-1] == f"{files['cut.xml']}: refused"


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "0.00"), ("-7.5", "-7.50"), ("1E+3", "1000.00"), ("8.850", "8.85"), ("0.125", "0.125")],
)
def test_amounts_have_two_decimals_and_lose_nothing(amount: str, text: str) -> None:
    assert money_text(Decimal(amount)) == text


def test_it_needs_neither_django_nor_a_database() -> None:
    code = "import sys, inbaar.banking.commands, inbaar.banking.formats.camt053, inbaar.banking.rules; " + (
        "print('django' in sys.modules)"
    )
    run: Any = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_big_file_is_answered_in_little_memory(tmp_path: Path) -> None:
    """20,000 entries: the peak stays where it is for ten, because nothing is held."""
    big = tmp_path / "big.xml"
    big.write_bytes(camt(entries=ENTRY * 20_000))
    script = (
        "import argparse, sys; from inbaar.banking import commands as c; p = argparse.ArgumentParser(); "
        "c.add_arguments(p); c.run(p.parse_args()); "
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0], file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, "--json", str(big)], capture_output=True, text=True, check=True
    )
    assert len(json.loads(run.stdout)[0]["statements"][0]["entries"]) == 20_000
    assert int(run.stderr.splitlines()[-1]) < 64 * 1024


def test_a_name_in_no_alphabet_and_one_too_long_stop_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    odd = str(tmp_path / "saldo\udcff.xml")
    Path(odd).write_bytes(camt())
    names = [odd, str(tmp_path / ("n" * 300)), odd]
    code, out, err = _run(capsys, "--json", *names)
    read = json.loads(out)
    assert code == 2
    assert [(f["file"], f["status"]) for f in read] == [
        (names[0], "accepted"), (names[1], "refused"), (names[2], "accepted"),
    ]  # fmt: skip
    assert err.splitlines() == [
        f"inbaar: {names[1]}: The file cannot be opened: File name too long. Check its name and its rights."
    ]


def test_nothing_in_a_statement_can_steer_the_terminal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "a\x1b[2J.sta"
    lines = [line.replace("Jansen", "Jan\x1b[2Jsen").replace("S1", "S\x1b1") for line in GOOD_MT940]
    file.write_bytes(mt940(*lines[:6], ":62F:C261001EUR109,00"))
    _, out, err = _run(capsys, str(file))
    assert "\x1b" not in out + err
    assert "Jan?[2Jsen" in out
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("form", [["--json"], []])
def test_a_terminal_without_the_letters_still_gets_its_answer(tmp_path: Path, form: list[str]) -> None:
    (tmp_path / "a.sta").write_bytes(mt940(*GOOD_MT940).replace(b"Jansen", "Müller €".encode()))
    run: Any = subprocess.run(
        [sys.executable, "-m", "inbaar.cli", "statement", str(tmp_path / "a.sta"), *form],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    if form:
        entry = json.loads(run.stdout)[0]["statements"][0]["entries"][0]
        assert entry["counterparty"]["name"] == "Müller €"
    else:
        assert "M\\xfcller \\u20ac" in run.stdout
