"""The CSV exports of Dutch banks: the movements in each, the balances where they stand there, and what is refused."""

import datetime as dt
import json
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from inbaar.banking.formats import read_statement_file, stream_statements
from inbaar.banking.statements import Status
from tests.banking.bank_tables import (
    ABN,
    ASN,
    BUNQ,
    IBAN,
    ING,
    ING_ENGLISH,
    ING_OLD,
    KNAB,
    LANDLORD,
    PAYER,
    RABOBANK,
    TRIODOS,
    TRIODOS_IBAN,
)  # fmt: skip
from tests.corpus import CorpusRow, corpus_file, corpus_rows

WITH_BALANCES = {
    "CSV Rabobank": RABOBANK, "CSV ING": ING, "TAB ABN AMRO": ABN, "CSV Triodos": TRIODOS, "CSV ASN/SNS": ASN,
}  # fmt: skip
WITHOUT = {"CSV Knab": KNAB, "CSV bunq": BUNQ}
ALL = {**WITH_BALANCES, **WITHOUT, "CSV ING in English": ING_ENGLISH, "CSV ING of before 2020": ING_OLD}
FOREIGN = RABOBANK.replace(
    '"Factuur 2026-0042"," ","","","","",""', '"Factuur 2026-0042"," ","","","130,68","USD","1,08"'
)


def _problem(content: str) -> tuple[str, str]:
    read = read_statement_file(content.encode(), "x.csv")
    assert (read.status, read.statements) == (Status.REFUSED, ())
    return read.problems[0].rule, read.problems[0].text


@pytest.mark.requirement("ASK-20")
@pytest.mark.parametrize("name", ALL)
def test_each_bank_tells_the_same_two_movements(name: str) -> None:
    read = read_statement_file(ALL[name].encode(), name)
    (statement,) = read.statements
    paid, rent = sorted(statement.entries, key=lambda entry: entry.amount, reverse=True)
    assert (paid.amount, rent.amount) == (Decimal("121.00"), Decimal("-40.00"))
    assert (paid.date, rent.date) == (dt.date(2026, 3, 2), dt.date(2026, 3, 3))
    assert (paid.counterparty_iban, rent.counterparty_iban) == (PAYER, LANDLORD)
    assert (paid.counterparty_name, rent.counterparty_name) == ("Jansen Bouw B.V.", "Verhuur B.V.")
    assert (paid.text, rent.text) == ("Factuur 2026-0042", "Huur maart")
    assert (paid.currency, statement.currency) == ("EUR", "EUR")
    assert statement.account == {"TAB ABN AMRO": "417164300", "CSV Triodos": TRIODOS_IBAN}.get(name, IBAN)
    assert (statement.from_date, statement.to_date) == (dt.date(2026, 3, 2), dt.date(2026, 3, 3))
    if name not in ("CSV Knab", "CSV bunq", "CSV Triodos", "CSV ASN/SNS"):
        assert paid.end_to_end_id == "E-0042"


@pytest.mark.parametrize("name", WITH_BALANCES)
def test_balances_are_read_whichever_line_comes_first(name: str) -> None:
    lines = WITH_BALANCES[name].splitlines(keepends=True)
    turned = [*lines[:-2], lines[-1], lines[-2]]
    for content in (lines, turned):
        read = read_statement_file("".join(content).encode(), name)
        assert (read.status, read.format) == (Status.ACCEPTED, name)
        assert (read.statements[0].opening, read.statements[0].closing) == (Decimal(1000), Decimal(1081))


@pytest.mark.parametrize("name", WITHOUT)
def test_without_balances_a_person_looks_whether_all_is_there(name: str) -> None:
    read = read_statement_file(WITHOUT[name].encode(), name)
    assert (read.status, read.format, read.problems[0].rule) == (Status.REVIEW, name, "balance-missing")


def test_a_line_that_is_missing_is_seen_by_the_balances() -> None:
    head, paid, rent = RABOBANK.splitlines(keepends=True)
    after = rent.replace("-40,00", "-1,00").replace("+1081,00", "+1080,00")
    assert read_statement_file((head + paid + rent + after).encode()).status is Status.ACCEPTED
    read = read_statement_file((head + paid + after).encode())
    assert (read.status, read.problems[0].rule) == (Status.REVIEW, "balance")


def test_a_line_whose_own_balances_do_not_fit_is_told_by_its_number() -> None:
    read = read_statement_file(ABN.replace("\t121,00\t", "\t120,00\t").encode())
    assert [problem.rule for problem in read.problems] == ["balance", "balance-line"]
    assert "on line 1 the balance" in read.problems[1].text


def test_two_accounts_in_a_file_are_two_statements() -> None:
    other = RABOBANK.splitlines(keepends=True)[1].replace(IBAN, LANDLORD)
    read = read_statement_file((RABOBANK + other).encode())
    assert [(s.account, len(s.entries)) for s in read.statements] == [(IBAN, 2), (LANDLORD, 1)]


def test_what_was_paid_in_another_currency_is_kept_with_its_rate() -> None:
    entry = read_statement_file(FOREIGN.encode()).statements[0].entries[0]
    assert entry.other_amounts == {"instructed": "130.68", "instructed_currency": "USD", "rate": "1.08"}


def test_a_returned_payment_is_no_payment() -> None:
    back = RABOBANK.replace('"Huur maart"," ","",""', '"Huur maart"," ","","AC04"')
    entry = read_statement_file(back.encode()).statements[0].entries[1]
    assert (entry.return_reason, entry.comes_back) == ("AC04", True)


def test_the_raw_line_is_kept_as_it_stands() -> None:
    entry = read_statement_file(RABOBANK.encode()).statements[0].entries[0]
    assert entry.raw == RABOBANK.splitlines()[1]


def test_latin_letters_of_before_are_read() -> None:
    read = read_statement_file(RABOBANK.replace("Jansen", "Jänsen").encode("latin-1"))
    assert read.statements[0].entries[0].counterparty_name == "Jänsen Bouw B.V."


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (ING.replace('"121,00"', '"121.00.0"'), "amount"),
        (ING.replace('"121,00"', '"1.2"""'), "amount"),
        (ING.replace('"121,00"', '"1.234"'), "amount"),
        (ING.replace('"20260302"', '"20260230"'), "date"),
        (ING.replace('"20260302"', '"2-3-26"'), "date"),
        (ING.replace('"Bij"', '""'), "sign"),
        (KNAB.replace('"C"', '"X"'), "sign"),
        (KNAB.replace('"121,00"', '"-121,00"'), "sign"),
        (ING.replace('"40,00"', '"-40,00"'), "sign"),
        (TRIODOS.replace('"40,00"', '"-40,00"'), "sign"),
        (RABOBANK.replace('"EUR"', '"EUX"'), "currency"),
        (BUNQ.replace(f'"{IBAN}"', '""'), "account"),
        (RABOBANK[:-200], "line"),
        (RABOBANK.replace('"Factuur 2026-0042"," ",', '"Factuur 2026-0042",'), "line"),
        (ING.replace('"Overschrijving"', '"Over;schrij";"ving"'), "amount"),
        (RABOBANK.partition("\r\n")[0] + "\r\n", "empty"),
        (ING + '"' + "x" * 300_000, "line"),
    ],
)
def test_what_is_not_certain_is_refused(content: str, rule: str) -> None:
    found, text = _problem(content)
    assert found == rule
    assert "Export" in text or rule == "currency"


@pytest.mark.parametrize("row", corpus_rows("bank-csv-generic"))
def test_a_table_of_no_known_bank_is_refused_in_one_line(row: CorpusRow) -> None:
    read = read_statement_file(row.path)
    assert (read.status, read.statements) == (Status.REFUSED, ())
    (problem,) = read.problems
    assert problem.rule == "format"
    assert problem.text == (
        "The file is a table, but not one that is known for certain to be a bank's export (CSV Rabobank, CSV ING, "
        "CSV Knab, CSV bunq, TAB ABN AMRO, CSV Triodos, CSV ASN/SNS). Export the statement from the bank as camt.053 "
        "(XML) or MT940."
    )


@pytest.mark.requirement("ASK-20")
@pytest.mark.parametrize("row", corpus_rows("bank-csv-ing", "bank-csv-rabobank", "bank-tab-abn"))
def test_a_real_export_is_read_as_the_manifest_says(row: CorpusRow) -> None:
    read = read_statement_file(row.path)
    entries = [entry for statement in read.statements for entry in statement.entries]
    expected = row.expected
    assert len(entries) == expected["rows"]
    assert sorted({s.account for s in read.statements}) == sorted(
        expected.get("accounts") or [expected["account"]]
    )
    if "sum" in expected:
        assert sum(entry.amount for entry in entries) == Decimal(expected["sum"])
    else:
        assert sum(e.amount for e in entries if e.amount > 0) == Decimal(expected["credits"])
        assert sum(-e.amount for e in entries if e.amount < 0) == Decimal(expected["debits"])
    if "last_balance" in expected:
        assert read.statements[-1].closing == Decimal(expected["last_balance"].replace(",", "."))
        assert read.status is Status.ACCEPTED
    assert all(entry.raw for entry in entries)


def test_the_amounts_of_a_real_export_are_those_its_own_reader_found() -> None:
    """What another importer printed of the file of 2020 stands beside it: name, text and amount of each line."""
    told = corpus_file("bank-csv/rabobank/CSV_A_20201231_162236.csv.expected.txt").read_text("utf-8")
    entries = (
        read_statement_file(corpus_file("bank-csv/rabobank/CSV_A_20201231_162236.csv")).statements[0].entries
    )
    for entry in entries:
        assert f'"{entry.counterparty_name}" "{entry.text}"' in told
        assert f"{entry.amount} EUR" in told


@pytest.mark.parametrize("name", ["csv_ing_example_format1_20150224", "csv_ing_example_format3_20230418"])
def test_each_line_of_a_real_export_of_ing_is_what_another_importer_found(name: str) -> None:
    """Its result stands beside the file as a table: date, ..., income, expenses."""
    printed = corpus_file(f"bank-csv/banana-ing/{name}.txt").read_text("utf-8")
    expected = Counter()
    for line in printed.splitlines():
        cells = [cell.strip() for cell in line.removesuffix("\\\\").split("&")]
        if len(cells) == 6 and cells[0][:2] == "20":
            income, expenses = (Decimal(cell or "0") for cell in cells[4:])
            expected[dt.date.fromisoformat(cells[0]), income - expenses] += 1
    (statement,) = read_statement_file(corpus_file(f"bank-csv/banana-ing/{name}.csv")).statements
    assert Counter((entry.date, entry.amount) for entry in statement.entries) == expected


def test_the_text_of_abn_amro_is_joined_over_its_columns() -> None:
    read = read_statement_file(corpus_file("bank-csv/abn-amro/TXT_SAMPLE.TAB"))
    found = {entry.text: entry for statement in read.statements for entry in statement.entries}
    paid = found["M01234567ABCDE0F 0123456789012345 Foobar Pizza Delivery Order 123456"]
    assert (paid.counterparty_name, paid.counterparty_iban) == (
        "Next to Pay via Mollie",
        "NL01RABO0123456789",
    )
    assert found["Factuur: 012345678901"].end_to_end_id == "012345678901"
    assert {entry.counterparty_name for entry in found.values()} >= {
        "IKEA Amsterdam",
        "Albert Heijn B.V.",
        "Hema EV123",
    }


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_hundred_thousand_lines_are_read_in_little_memory(tmp_path: Path) -> None:
    head, line, _ = RABOBANK.splitlines(keepends=True)
    big = tmp_path / "big.csv"
    big.write_text(head + line * 100_000, encoding="utf-8")
    script = (
        "import sys; from inbaar.banking.formats import stream_statements as read; "
        "print(sum(1 for _ in read(sys.argv[1])), "
        "open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    run = subprocess.run([sys.executable, "-c", script, str(big)], capture_output=True, text=True, check=True)
    events, kilobytes = run.stdout.split()
    assert int(events) == 100_002
    assert int(kilobytes) < 64 * 1024


def test_nothing_of_a_cut_file_is_given_to_the_books() -> None:
    events = stream_statements((RABOBANK + '"NL91').encode())
    with pytest.raises(Exception, match="cells where the head has"):
        list(events)


def test_the_command_gives_the_same_keys_as_for_a_statement(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(FOREIGN, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "inbaar.cli", "statement", str(tmp_path / "x.csv"), "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    (file,) = json.loads(run.stdout)
    assert (file["status"], file["format"]) == ("accepted", "CSV Rabobank")
    assert file["statements"][0]["entries"][0] == {
        "date": "2026-03-02", "value_date": "2026-03-02", "amount": "121.00",
        "counterparty": {"name": "Jansen Bouw B.V.", "iban": PAYER}, "reference": None, "end_to_end_id": "E-0042",
        "text": "Factuur 2026-0042", "return_reason": None,
        "other_amounts": {"instructed": "130.68", "instructed_currency": "USD", "rate": "1.08"},
    }  # fmt: skip
