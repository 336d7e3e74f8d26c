"""`inbaar read`: the outer contract."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from inbaar.intake import commands
from tests.intake.documents import cii, pdf, ubl


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    contents = {
        "good.xml": ubl().encode(),
        "doubtful.xml": ubl(("NL91 ABNA 0417 1643 00", "NL91 ABNA 0417 1643 01")).encode(),
        "bad.xml": ubl().encode()[:500],
        "good.pdf": pdf(("factur-x.xml", cii().encode())),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: str(tmp_path / name) for name in contents}


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    commands.add_arguments(parser)
    return commands.run(parser.parse_args(arguments))


def test_json_is_the_contract(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(files["good.xml"], "--json") == 0
    output, errors = capsys.readouterr()
    (found,) = json.loads(output)
    assert errors == ""
    fields = found.pop("fields")
    assert found == {
        "file": files["good.xml"], "status": "accepted", "format": "ubl", "number": "F-2026-001",
        "issue_date": "2026-03-02", "due_date": "2026-04-01", "currency": "EUR",
        "net": "200.00", "vat": "42.00", "total": "242.00", "payable": "242.00", "credit_note": False,
        "supplier": {"name": "Zaagmolen B.V.", "kvk": "59581883", "vat": "NL004495445B01",
                     "iban": "NL91ABNA0417164300"},
        "customer": {"name": "Tuin & Zn. V.O.F.", "kvk": "12345678", "vat": "NL123456789B13"},
        "problems": [],
    }  # fmt: skip
    assert fields["payable"] == {"value": "242.00", "page": None, "box": None, "confidence": 1.0}


def test_every_file_is_read_in_order_and_one_refusal_makes_the_exit_2(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    names = [
        files["bad.xml"],
        "gone.xml",
        files["doubtful.xml"],
        str(Path(files["bad.xml"]).parent),
        files["good.pdf"],
    ]
    assert run(*names, "--json") == 2
    output, errors = capsys.readouterr()
    found = json.loads(output)
    assert [item["file"] for item in found] == names
    assert [item["status"] for item in found] == ["refused", "refused", "review", "refused", "accepted"]
    assert found[1] == {
        "file": "gone.xml", "status": "refused", "format": None, "number": None, "issue_date": None, "due_date": None,
        "currency": None, "net": None, "vat": None, "total": None, "payable": None, "credit_note": False,
        "supplier": {"name": None, "kvk": None, "vat": None, "iban": None},
        "customer": {"name": None, "kvk": None, "vat": None}, "fields": {},
        "problems": [{"level": "error", "rule": "no-file",
                      "text": "There is no such file: check the path and the spelling of the name."}],
    }  # fmt: skip
    lines = errors.splitlines()
    assert len(lines) == 3
    assert lines[1] == "inbaar: gone.xml: There is no such file: check the path and the spelling of the name."


def test_review_is_not_a_refusal(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(files["doubtful.xml"]) == 0
    output, errors = capsys.readouterr()
    assert errors == ""
    assert "review    ubl      F-2026-001" in output
    assert "iban: The IBAN 'NL91ABNA0417164301' fails its check" in output


def test_an_unknown_currency_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.xml"
    file.write_text(ubl(("DocumentCurrencyCode>EUR", "DocumentCurrencyCode>ZZZ")))
    assert run(str(file)) == 2
    assert capsys.readouterr().err == (
        f"inbaar: {file}: The currency 'ZZZ' is not in ISO 4217: ask the supplier for a corrected invoice.\n"
    )


def test_a_name_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a\x1b[2J\nb.xml"
    file.write_text(ubl((">F-2026-001<", ">F\u009b2J<")))
    assert run(str(file), str(tmp_path / "gone\x1b.xml")) == 2
    output, errors = capsys.readouterr()
    assert "\x1b" not in output + errors
    assert "\u009b" not in output
    assert len(errors.splitlines()) == 1


def test_reading_needs_no_django() -> None:
    code = "import sys, inbaar.intake.commands; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_terminal_without_the_letters_still_gets_its_answer(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(ubl(("Zaagmolen", "Zaagmölen")), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "inbaar.cli", "read", str(tmp_path / "a.xml")],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert "Zaagm\\xf6len" in run.stdout
