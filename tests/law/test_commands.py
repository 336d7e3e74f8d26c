"""`inbaar owed`: the outer contract, its refusals in one line each, and the file path against the single path."""

import argparse
import json
import random
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from inbaar.law.claims_file import CHUNK
from inbaar.law.commands import add_arguments, run

KEYS = ["principal", "interest", "costs", "paid", "total", "lines"]
LINE_KEYS = ["from", "to", "days", "rate_percent", "base", "amount", "source"]
T3 = ["--kind", "trade", "--principal", "5000.00", "--due", "2024-01-31", "--on", "2026-11-22"]


def ask(*words: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(words))


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    assert ask(*words, "--json") == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def refusal(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert ask(*words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("inbaar: ")
    assert err.count("\n") == 1
    return err.removeprefix("inbaar: ").strip()


@pytest.mark.requirement("ASK-01")
def test_one_claim(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, *T3)
    assert list(found) == KEYS
    assert found["interest"] == "1723.06"
    assert (found["principal"], found["costs"], found["paid"], found["total"]) == (
        "5000.00",
        "0.00",
        "0.00",
        "6723.06",
    )
    assert [list(line) for line in found["lines"]] == [LINE_KEYS] * 7
    assert found["lines"][3] == {
        "from": "2025-02-01",
        "to": "2025-06-30",
        "days": 150,
        "rate_percent": "11.15",
        "base": "5614.68",
        "amount": "257.28",
        "source": found["lines"][3]["source"],
    }
    assert found["lines"][3]["source"].startswith("interest_trade 2025-01-01 (")
    assert sum(Decimal(line["amount"]) for line in found["lines"]) == Decimal("1723.06")


def test_act_act(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, *T3, "--day-count", "act")["interest"] == "1721.19"


@pytest.mark.requirement("ASK-03")
def test_payments_and_costs(capsys: pytest.CaptureFixture[str]) -> None:
    """P1 and P2: 875 costs; 3,000 on 2026-06-30; 8,271.64 pays it off on 2026-08-31."""
    claim = [
        "--kind",
        "trade",
        "--principal",
        "10000",
        "--due",
        "2026-03-31",
        "--on",
        "2026-08-31",
        "--costs",
    ]
    found = answer(capsys, *claim, "--payment", "2026-06-30=3000.00")
    assert [found[key] for key in KEYS[:5]] == ["10000.00", "396.64", "875.00", "3000.00", "8271.64"]
    off = answer(capsys, *claim, "--payment", "2026-08-31=8271.64", "--payment", "2026-06-30=3000")
    assert [off[key] for key in KEYS[:5]] == ["10000.00", "396.64", "875.00", "11271.64", "0.00"]
    assert list(off) == KEYS


def test_overpayment_is_said_and_never_negative(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, *T3, "--payment", "2026-11-22=7000.00")
    assert (found["paid"], found["total"], found["overpaid"]) == ("7000.00", "0.00", "276.94")
    assert ask(*T3, "--payment", "2026-11-22=7000.00") == 0
    assert "overpaid              276.94" in capsys.readouterr().out


def test_a_payment_before_due_lowers_the_principal(capsys: pytest.CaptureFixture[str]) -> None:
    claim = ["--kind", "trade", "--principal", "1000", "--due", "2026-06-30", "--on", "2026-07-01", "--costs"]
    found = answer(capsys, *claim, "--payment", "2026-06-30=400")
    assert [found[key] for key in KEYS[:5]] == ["1000.00", "0.17", "90.00", "400.00", "690.17"]
    assert found["lines"][0]["base"] == "600.00"


def test_costs_of_their_own_day(capsys: pytest.CaptureFixture[str]) -> None:
    claim = [
        "--kind",
        "nontrade",
        "--principal",
        "1000",
        "--due",
        "2026-01-31",
        "--on",
        "2026-03-31",
        "--costs",
    ]
    assert answer(capsys, *claim)["costs"] == "150.00"
    paid_in_term = answer(capsys, *claim, "--costs-from", "2026-03-01", "--payment", "2026-02-15=601.64")
    assert paid_in_term["costs"] == "60.00"
    assert answer(capsys, *claim, "--costs-from", "2026-04-01")["costs"] == "0.00"
    text = refusal(capsys, *claim, "--costs-from", "2026-01-31")
    assert text == "--costs-from 2026-01-31 lies before default, which starts on 2026-02-01; give a later day"


def test_due_today(capsys: pytest.CaptureFixture[str]) -> None:
    claim = ["--kind", "trade", "--principal", "100", "--due", "2026-11-22", "--on", "2026-11-22", "--costs"]
    found = answer(capsys, *claim)
    assert [found[key] for key in KEYS] == ["100.00", "0.00", "0.00", "0.00", "100.00", []]


def test_not_due_yet_is_owed_without_interest_or_costs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found = answer(capsys, *change("--due", "2026-11-23"), "--costs")
    assert (found["interest"], found["costs"], found["total"], found["lines"]) == (
        "0.00",
        "0.00",
        "5000.00",
        [],
    )
    path = written(tmp_path, HEADER + "trade,5000.00,2026-11-23,2026-11-22\n")
    assert ask("--file", path, "--costs", "--json") == 0
    (same,) = json.loads(capsys.readouterr().out)
    assert same == {name: found[name] for name in same}


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    claim = [
        "--kind",
        "nontrade",
        "--principal",
        "1200",
        "--due",
        "2025-11-30",
        "--on",
        "2026-03-31",
        "--costs",
    ]
    assert ask(*claim, "--payment", "2026-03-31=200") == 0
    assert capsys.readouterr().out == (
        "nontrade claim due 2025-11-30, on 2026-03-31 (ACT/365F)\n"
        "\n"
        "from        to           days  rate %            base      interest  source\n"
        "2025-12-01  2025-12-31     31    6.00        1,200.00          6.12  [1]\n"
        "2026-01-01  2026-03-31     90    4.00        1,200.00         11.84  [2]\n"
        "\n"
        "principal           1,200.00\n"
        "interest               17.96\n"
        "costs                 180.00\n"
        "paid                 -200.00\n"
        "total               1,197.96\n"
        "payment of 2026-03-31: 200.00 to costs 180.00, interest 17.96, principal 2.04 (6:44 BW)\n"
        "\n"
        "[1] 6:119 and 6:120 lid 1 BW: interest_nontrade 2025-01-01 (public rate tables of rentetool and luxis)\n"
        "[2] 6:119 and 6:120 lid 1 BW: interest_nontrade 2026-01-01 (public rate tables of luxis and rentetool)\n"
        "A consumer owes collection costs only after a valid 14-day letter (6:96 lid 6 BW).\n"
    )


def test_an_unconfirmed_rate_needs_a_setting_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    old = ["--kind", "trade", "--principal", "36500", "--due", "2013-03-15", "--on", "2013-03-25"]
    old += ["--contract-date", "2013-03-15"]
    assert "set accept_unconfirmed" in refusal(capsys, *old)
    found = answer(capsys, *old, "--accept-unconfirmed")
    assert (found["interest"], found["unconfirmed"]) == ("77.50", ["interest_trade.margin_before_2013"])
    assert ask(*old, "--accept-unconfirmed") == 0
    assert "unconfirmed rule used: interest_trade.margin_before_2013" in capsys.readouterr().out


def change(name: str, value: str) -> list[str]:
    words = list(T3)
    words[words.index(name) + 1] = value
    return words


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], "--kind is missing: a claim needs --kind, --principal, --due and --on; add it"),
        (T3[:6], "--on is missing: a claim needs --kind, --principal, --due and --on; add it"),
        (change("--kind", "Trade"), "--kind 'Trade' is unknown: there are trade and nontrade; choose one"),
        (
            change("--principal", "-5.00"),
            "--principal '-5.00' is not an amount of 0 or more; write it as 1234.56",
        ),
        (
            change("--principal", "5.000,00"),
            "--principal '5.000,00' is not an amount of 0 or more; write it as 1234.56",
        ),
        (
            change("--principal", "5.001"),
            "--principal '5.001' is not an amount of 0 or more; write it as 1234.56",
        ),
        (
            change("--principal", "1e3"),
            "--principal '1e3' is not an amount of 0 or more; write it as 1234.56",
        ),
        (
            change("--due", "31-01-2024"),
            "--due '31-01-2024' is not a day from 1900 to 2199: write it as 2026-11-22",
        ),
        (
            change("--due", "2023-02-29"),
            "--due '2023-02-29' is not a day from 1900 to 2199: write it as 2026-11-22",
        ),
        (
            change("--on", "20261122"),
            "--on '20261122' is not a day from 1900 to 2199: write it as 2026-11-22",
        ),
        (
            change("--principal", "10000000000000.00"),
            "--principal '10000000000000.00' is above 9999999999999.99, the most that is reckoned with; "
            "divide the claim",
        ),
        (
            change("--on", "2027-01-01"),
            "wettelijke handelsrente on 2027-01-01: table interest_trade is confirmed until 2026-12-31; "
            "ask about a day up to 2026-12-31, or add the new figures to the table",
        ),
        (
            change("--due", "2002-11-29"),
            "wettelijke handelsrente on 2002-11-30: table interest_trade starts on 2002-12-01; "
            "ask about a day from 2002-12-01 on",
        ),
        (
            [*T3, "--payment", "2025-03-01"],
            "--payment '2025-03-01' has no amount: write it as 2025-03-01=1000.00",
        ),
        (
            [*T3, "--payment", "2025-03-01=-1"],
            "--payment '-1' is not an amount of 0 or more; write it as 1234.56",
        ),
        ([*T3, "--payment", "2025-03-01=0.00"], "--payment '2025-03-01=0.00' is nothing; leave it out"),
        (
            [*T3, "--payment", "2026-11-23=1.00"],
            "--payment '2026-11-23=1.00' lies after --on 2026-11-22: it is not made yet; "
            "leave it out or ask later",
        ),
        (
            [*T3, "--costs-from", "2024-03-01"],
            "--costs-from says when costs are due and none are asked; add --costs or leave it out",
        ),
        (
            [*T3, "--costs", "--costs-from", "x"],
            "--costs-from 'x' is not a day from 1900 to 2199: write it as 2026-11-22",
        ),
        (
            change("--principal", "NaN"),
            "--principal 'NaN' is not an amount of 0 or more; write it as 1234.56",
        ),
        (
            change("--principal", "x" * 5000),
            f"--principal '{'x' * 40}...' is not an amount of 0 or more; write it as 1234.56",
        ),
        (["--file", ""], "--file names no file; give the name of a CSV file"),
        (
            [*T3, "--day-count", "360"],
            "--day-count '360' is unknown: there are 365 (ACT/365F) and act (ACT/ACT); choose one",
        ),
        (
            [*T3, "--file", "x.csv"],
            "--file and --kind: the file names each claim itself; leave one of them out",
        ),
        (
            ["--file", "x.csv", "--accept-unconfirmed"],
            "--accept-unconfirmed is for one claim, not for a file; leave it out",
        ),
        (
            ["--kind", "trade", "--principal", "100", "--due", "2012-06-29", "--on", "2013-01-01", "--costs"],
            "collection costs for a debtor in default since 2012-06-30: the scale is not for default before "
            "2012-07-01 (art. 3 Besluit BIK); claim reasonable costs under 6:96 lid 2 under c BW instead",
        ),
    ],
)
def test_refusals(capsys: pytest.CaptureFixture[str], words: list[str], text: str) -> None:
    assert refusal(capsys, *words) == text


HEADER = "kind,principal,due,on\n"


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "claims.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_file_equals_asking_one_by_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    dice = random.Random(20261122)
    rows = []
    for _ in range(60):
        due = date(2004, 1, 1) + timedelta(days=dice.randrange(8300))
        on = min(due + timedelta(days=dice.randrange(3000)), date(2026, 12, 31))
        rows.append(
            (dice.choice(["trade", "nontrade"]), f"{dice.randrange(10_000_000) / 100:.2f}", str(due), str(on))
        )
    rows.append(("trade", "5000", "2024-02-28", "2026-11-22"))
    path = written(tmp_path, HEADER + "".join(",".join(row) + "\n" for row in rows))
    assert ask("--file", path, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [list(claim) for claim in found] == [["principal", "interest", "costs", "total"]] * len(rows)
    for claim, (kind, principal, due, on) in zip(found, rows, strict=True):
        single = answer(capsys, "--kind", kind, "--principal", principal, "--due", due, "--on", on)
        assert claim == {key: single[key] for key in claim}


def test_a_file_with_costs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = written(
        tmp_path,
        HEADER + "trade,1000.00,2026-06-30,2026-07-31\ntrade,1000.00,2026-12-01,2026-07-31\n"
        "nontrade,0.00,2026-06-30,2026-07-31\n",
    )
    assert ask("--file", path, "--costs", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [claim["costs"] for claim in found] == ["150.00", "0.00", "0.00"]
    assert [claim["interest"] for claim in found] == ["8.83", "0.00", "0.00"]
    assert ask("--file", path) == 0
    assert capsys.readouterr().out == (
        "principal,interest,costs,total\n1000.00,8.83,0.00,1008.83\n1000.00,0.00,0.00,1000.00\n0.00,0.00,0.00,0.00\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "on;due;principal;kind;note\n2026-07-31;2026-06-30;1000.00;trade;x\n",
        "\ufeffkind,principal,due,on\r\ntrade,1000.00,2026-06-30,2026-07-31\r\n\r\n",
        'Kind,"Principal",Due,On\n"trade","1000","2026-06-30","2026-07-31"',
        "kind,principal,due,on\ntrade,1000.00,2026-06-30,2026-07-31\n,,,\n   \n",
        "kind,principal,due,on\ntrade,1000.00,2026-06-30,2026-07-31,, \n",
        "kind,principal,due,on\rtrade,1000.00,2026-06-30,2026-07-31\r",
        'note,kind,principal,due,on\n"a, b\nc",trade,1000.00,2026-06-30,2026-07-31\n',
    ],
)
def test_files_as_programs_write_them(capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str) -> None:
    assert ask("--file", written(tmp_path, text), "--json") == 0
    assert [claim["total"] for claim in json.loads(capsys.readouterr().out)] == ["1008.83"]


def test_an_empty_list_of_claims(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert ask("--file", written(tmp_path, HEADER), "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


GOOD = "trade,1.00,2026-06-30,2026-07-31\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1: column kind is missing; name the columns kind, principal, due, on"),
        ("kind,principal,due\n", "line 1: column on is missing; name the columns kind, principal, due, on"),
        (HEADER + GOOD + "trade,1.00\n", "line 3: it has 2 fields, too few; give kind, principal, due, on"),
        (
            HEADER + "fees,1.00,2026-06-30,2026-07-31\n",
            "line 2: kind 'fees' is unknown: there are trade and nontrade; choose one",
        ),
        (
            HEADER + GOOD + "trade,-1.00,2026-06-30,2026-07-31\n",
            "line 3: principal '-1.00' is not an amount of 0 or more; write it as 1234.56",
        ),
        (
            HEADER + "trade,1000000000.01,2026-06-30,2026-07-31\n",
            "line 2: principal 1000000000.01 is above 1000000000.00; ask for it alone with --principal",
        ),
        (
            "kind,due,on,principal\ntrade,2026-06-30,2026-07-31,5,000.00\n",
            "line 2: it has 5 fields and line 1 names 4 columns; put a value with a separator in it between quotes",
        ),
        (
            "kind,principal,due,on,Principal\n",
            "line 1: column principal stands there twice; leave one of them out",
        ),
        (
            HEADER + "trade," + "9" * 5000 + ",2026-06-30,2026-07-31\n",
            f"line 2: principal '{'9' * 40}...' is not an amount of 0 or more; write it as 1234.56",
        ),
        (
            HEADER + GOOD + "\ntrade,1.00,2026-02-29,2026-07-31\n",
            "line 4: '2026-02-29' is not a day from 1900 to 2199: write it as 2026-11-22",
        ),
        (
            HEADER + GOOD + "trade,1.00,2026-06-30,9999-12-31\n",
            "line 3: '9999-12-31' is not a day from 1900 to 2199: write it as 2026-11-22",
        ),
        (
            HEADER + GOOD + "trade,1.00,2026-06-30,2027-01-01\n",
            "line 3: wettelijke handelsrente on 2027-01-01: table interest_trade is confirmed until 2026-12-31; "
            "ask about a day up to 2026-12-31, or add the new figures to the table",
        ),
    ],
)
def test_a_bad_line_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, problem: str
) -> None:
    path = written(tmp_path, text)
    between = ": " if not problem.startswith("line") else " "
    assert refusal(capsys, "--file", path, "--json") == f"{path}{between}{problem}"


def test_costs_for_old_default_name_the_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + GOOD + "trade,1.00,2012-06-29,2013-01-01\n")
    assert refusal(capsys, "--file", path, "--costs").startswith(
        f"{path} line 3: collection costs: the scale is not"
    )


def test_files_that_cannot_be_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing = str(tmp_path / "none.csv")
    assert refusal(capsys, "--file", missing) == (
        f"{missing}: it cannot be read (No such file or directory); check the name"
    )
    assert refusal(capsys, "--file", str(tmp_path)) == (
        f"{tmp_path}: it cannot be read (Is a directory); check the name"
    )
    endless = tmp_path / "endless.csv"
    for number, text in ((1, "x" * (3 << 20)), (2, HEADER + "x," * (2 << 20))):
        endless.write_text(text, encoding="utf-8")
        assert refusal(capsys, "--file", str(endless)) == (
            f"{endless} line {number}: it has more than 1048576 characters; save the claims as CSV, one on a line"
        )
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"kind,principal,due,on\n\xff\xfe\x00")
    assert refusal(capsys, "--file", str(binary)) == (
        f"{binary}: it is not text in UTF-8; save it as CSV in UTF-8"
    )


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_a_bad_line_after_many_good_ones_leaves_nothing_on_standard_output(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, as_json: list[str]
) -> None:
    """The bad line stands in the third chunk, after two that were worked out."""
    lines = [GOOD] * (2 * CHUNK + 9)
    lines[2 * CHUNK + 3] = "trade,1.00,2026-06-30,soon\n"
    path = written(tmp_path, HEADER + "".join(lines))
    assert refusal(capsys, "--file", path, *as_json) == (
        f"{path} line {2 * CHUNK + 5}: 'soon' is not a day from 1900 to 2199: write it as 2026-11-22"
    )


def test_it_starts_without_numpy_and_django() -> None:
    code = "import sys, inbaar.law.commands; print([name for name in ('numpy', 'django') if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
