"""The bulk portfolio and its bank files: the same for the same seed, valid, and read back as they were written."""

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree
from stdnum import iso11649

from inbaar.market.portfolio import debtor_iban, payments, portfolio, write_camt053, write_mt940
from tests.corpus import corpus_file

ROWS = list(portfolio(2_000, seed=9))
ENTRIES = list(payments(ROWS, 1_000, seed=9))
SPACE = "{urn:iso:std:iso:20022:tech:xsd:camt.053.001.08}"


def test_rows_are_plausible_and_repeatable() -> None:
    assert list(portfolio(2_000, seed=9)) == ROWS
    assert len({row.number for row in ROWS}) == 2_000
    assert all(row.issued_on < row.due_on and row.amount >= 25 for row in ROWS)
    assert all(iso11649.is_valid(row.reference) for row in ROWS[::50])
    assert {row.kind for row in ROWS} == {"trade", "nontrade"}


def test_the_share_of_each_way_is_known() -> None:
    shares = Counter(entry.way for entry in ENTRIES)
    assert 500 < shares["reference"] < 600
    assert 250 < shares["number"] < 350
    assert 60 < shares["iban_amount"] < 140
    assert 25 < shares["none"] < 80
    by_number = {row.number: row for row in ROWS}
    for entry in ENTRIES:
        for number in entry.meant:
            assert (entry.amount, entry.iban) == (
                by_number[number].amount,
                debtor_iban(by_number[number].debtor_no),
            )


def test_more_payments_than_invoices_are_refused() -> None:
    with pytest.raises(
        ValueError, match="2001 payments need 2001 invoices and there are 2000: ask for fewer"
    ):
        next(payments(ROWS, 2_001, seed=1))


def test_camt053_is_valid_and_reads_back(tmp_path: Path) -> None:
    written = write_camt053(tmp_path / "bulk.xml", iter(ENTRIES))
    tree = etree.parse(written.path)
    schema = etree.XMLSchema(etree.parse(corpus_file("schemas/iso20022/camt.053.001.08.xsd")))
    assert schema.validate(tree), schema.error_log
    back = [
        (
            Decimal(e.findtext(f"{SPACE}Amt")),
            e.findtext(f".//{SPACE}Nm"),
            e.findtext(f".//{SPACE}IBAN"),
            e.findtext(f".//{SPACE}Ustrd"),
            e.findtext(f".//{SPACE}Ref"),
            e.findtext(f"{SPACE}AcctSvcrRef"),
        )
        for e in tree.iter(f"{SPACE}Ntry")
    ]
    assert back == [entry[:6] for entry in ENTRIES]
    balances = [Decimal(e.findtext(f"{SPACE}Amt")) for e in tree.iter(f"{SPACE}Bal")]
    assert balances == [written.opening, written.closing]
    assert written.closing - written.opening == sum(e.amount for e in ENTRIES)
    assert written.entries == 1_000


def test_mt940_reads_back(tmp_path: Path) -> None:
    written = write_mt940(tmp_path / "bulk.sta", iter(ENTRIES))
    text = written.path.read_bytes().decode("ascii")
    assert all(len(line) <= 65 for line in text.split("\r\n") if not line.startswith(":86:"))
    lines = re.findall(
        r":61:\d{10}C(\d+,\d{2})NTRFEREF//(\d{12})\r\n/TRCD/00100/\r\n:86:(.*?)\r\n(?=:6)", text, re.S
    )
    assert [(Decimal(a.replace(",", ".")), r) for a, r, _ in lines] == [
        (e.amount, e.bank_reference) for e in ENTRIES
    ]
    for entry, (_, _, words) in zip(ENTRIES, lines, strict=True):
        assert f"/CNTP/{entry.iban}/" in words.replace("\r\n", "")
        assert (entry.reference or f"USTD//{entry.text}/") in words.replace("\r\n", "")
    closing = re.search(r":62F:C260630EUR(\d+,\d{2})\r\n", text)
    assert closing is not None
    assert Decimal(closing[1].replace(",", ".")) == written.closing
