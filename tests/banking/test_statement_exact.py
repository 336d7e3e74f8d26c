"""Amounts, signs, days and currencies of a statement are what the bank wrote, or the file says that they are not."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.formats import read_statement_file
from inbaar.banking.formats.mt940_entry import entry_day
from inbaar.banking.statements import Status
from tests.banking.test_statement_refusals import (
    CURRENCY,
    ENTRY,
    GOOD_MT940,
    _balance,
    _refused,
    _review,
    camt,
    mt940,
)

AGAIN = "Download the statement from the bank again."
CHECK = "Compare it with your online banking and download the statement again if entries are missing."


def changed(place: int, line: str) -> bytes:
    """The good MT940 with one line of it replaced."""
    return mt940(*GOOD_MT940[:place], line, *GOOD_MT940[place + 1 :])


@pytest.mark.parametrize(
    "amount", ["1E1", "1_0.00", "10,00", "١٠.00", "1.000.00", "10.0000000", "0." + "1" * 99]
)
def test_only_digits_and_a_point_make_an_amount(amount: str) -> None:
    assert _refused(camt(entries=ENTRY.replace("10.00", amount))) == (
        "amount",
        f"The amount {amount[:40]!r} of an entry is not a number. {AGAIN}",
    )


@pytest.mark.parametrize("amount", ["-10.00", "-0.00"])
def test_an_amount_has_no_sign_of_its_own(amount: str) -> None:
    assert _refused(camt(entries=ENTRY.replace("10.00", amount))) == (
        "amount",
        f"The amount '{amount}' of an entry is below zero, while CdtDbtInd says which way it goes. {AGAIN}",
    )


@pytest.mark.parametrize("amount", [" 10.00\n", "+10.00", "10.", "10", "10.00000", "0010.0"])
def test_what_xml_schema_allows_of_an_amount_is_read(amount: str) -> None:
    read = read_statement_file(camt(entries=ENTRY.replace("10.00", amount)))
    assert (read.status, read.statements[0].entries[0].amount) == (Status.ACCEPTED, Decimal(10))


def test_where_no_way_is_said_nothing_is_guessed() -> None:
    for stated, shown in (("", ""), ("<CdtDbtInd>CREDIT</CdtDbtInd>", "CREDIT")):
        entry = ENTRY.replace("<CdtDbtInd>CRDT</CdtDbtInd>", stated)
        assert _refused(camt(entries=entry)) == (
            "sign",
            f"It is not said whether an entry is money in or out (CdtDbtInd is '{shown}', not CRDT or DBIT). {AGAIN}",
        )
    part = "<TxDtls><Amt Ccy='EUR'>5.00</Amt><CdtDbtInd>C</CdtDbtInd></TxDtls>"
    batch = ENTRY.replace("</Ntry>", f"<NtryDtls>{part}{part}</NtryDtls></Ntry>")
    assert _refused(camt(entries=batch))[0] == "sign"
    unsigned = _balance("OPBD", "100.00").replace("<CdtDbtInd>CRDT</CdtDbtInd>", "")
    assert _refused(camt(balances=unsigned + _balance("CLBD", "110.00")))[0] == "sign"


@pytest.mark.parametrize("field", ["BookgDt", "ValDt"])
def test_a_day_that_does_not_exist_is_refused(field: str) -> None:
    entry = ENTRY.replace(f"<{field}><Dt>2026-10-01", f"<{field}><Dt>2026-02-30")
    assert _refused(camt(entries=entry)) == ("date", f"The date '2026-02-30' does not exist. {AGAIN}")


def test_an_entry_without_a_day_is_said() -> None:
    undated = ENTRY[: ENTRY.index("<BookgDt>")] + "</Ntry>"
    read, problems = _review(camt(entries=undated))
    assert read.statements[0].entries[0].date is None
    assert problems == [
        (
            "entry-date",
            "Statement S1 of NL91ABNA0417164300: 1 of 1 entries have no date. "
            "Look up in your online banking when they were booked.",
        )
    ]


def test_the_currency_of_a_balance_is_looked_at_too() -> None:
    closing = _balance("CLBD", "110.00")
    assert _refused(camt(balances=_balance("OPBD", "100.00", "EUX") + closing)) == CURRENCY
    assert _refused(changed(6, ":62F:C261001EUX110,00")) == CURRENCY
    _, problems = _review(camt(balances=_balance("OPBD", "100.00", "USD") + closing))
    assert problems == [
        (
            "balance-currency",
            f"Statement S1 of NL91ABNA0417164300: a balance is in USD while the account is in EUR. {CHECK}",
        )
    ]
    _, problems = _review(changed(6, ":62F:C261001USD110,00"))
    assert problems == [
        (
            "balance-currency",
            "Statement 1/1 of NL91ABNA0417164300: the balance 'C261001USD110,00' is in USD while the account is in "
            f"EUR. {CHECK}",
        )
    ]


def test_an_opening_balance_that_cannot_be_read_is_named() -> None:
    assert _refused(changed(3, ":60F:C261001eur100,00")) == (
        "currency",
        "Statement 1/1 of NL91ABNA0417164300 has entries but no currency: its opening balance "
        "':60F:C261001eur100,00' cannot be read. Export the statement from the bank again.",
    )


def test_a_booking_day_that_does_not_exist_becomes_the_value_day_and_is_said() -> None:
    read, problems = _review(changed(4, ":61:2610010230C10,00NTRFNONREF//B1"))
    assert read.statements[0].entries[0].date == dt.date(2026, 10, 1)
    assert problems == [
        (
            "date",
            "Statement 1/1 of NL91ABNA0417164300: the booking date 0230 (month, day) does not exist. "
            "It was read as the value date, 2026-10-01.",
        )
    ]


@pytest.mark.parametrize(
    ("month_day", "value_on", "booked_on"),
    [
        ("0102", dt.date(2026, 12, 31), dt.date(2027, 1, 2)),
        ("1230", dt.date(2027, 1, 2), dt.date(2026, 12, 30)),
        ("0229", dt.date(2024, 3, 1), dt.date(2024, 2, 29)),
        ("0229", dt.date(2025, 3, 1), None),
        ("1301", dt.date(2025, 3, 1), None),
    ],
)
def test_the_year_of_a_booking_day_is_that_of_the_nearest(
    month_day: str, value_on: dt.date, booked_on: dt.date | None
) -> None:
    assert entry_day(month_day, value_on) == booked_on


def test_the_head_of_an_mt940_statement_is_without_nul() -> None:
    lines = [
        line.replace("S1", "S\x001").replace(":1/1", ":1\0/1").replace("NL", "N\0L") for line in GOOD_MT940
    ]
    (statement,) = read_statement_file(mt940(*lines)).statements
    assert (statement.statement_id, statement.sequence) == ("S1", "1/1")
    assert statement.account == "NL91ABNA0417164300"


@pytest.mark.parametrize(
    "entry",
    [
        ENTRY.replace("</Ntry>", "<a>" * 300 + "</a>" * 300 + "</Ntry>"),
        ENTRY.replace("</Ntry>", f"<AddtlNtryInf>{'a' * 11_000_000}</AddtlNtryInf></Ntry>"),
    ],
    ids=["nesting", "text"],
)
def test_the_parsers_limits_are_told_in_words_for_people(entry: str) -> None:
    assert _refused(camt(entries=entry)) == (
        "xml",
        f"The XML is cut off or damaged: it is nested too deeply, or holds a text too long, for a statement. {AGAIN}",
    )


def test_every_reason_is_one_line() -> None:
    _, text = _refused(camt().replace(b"S1", b"S\x001"))
    assert text.startswith("The XML is cut off or damaged: Invalid character: Char 0x0")
    assert "\n" not in text


def test_text_in_utf_16_is_xml_only_where_it_begins_like_it() -> None:
    document = camt().decode().replace("UTF-8", "UTF-16")
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        assert read_statement_file(document.encode(encoding)).status is Status.ACCEPTED
    assert _refused(mt940(*GOOD_MT940).decode().encode("utf-16")) == (
        "format",
        "The file is neither camt nor MT940. Export the statement from the bank as camt.053 (XML) or MT940.",
    )


def test_the_line_below_an_sns_entry_is_not_told_twice() -> None:
    lines = (":61:2610011001C10,00NTRF0987654321", "marechal s", ":86:0987654321 marechal s", "   ", "test")
    (statement,) = read_statement_file(mt940(*GOOD_MT940[:4], *lines, GOOD_MT940[6])).statements
    assert (statement.entries[0].counterparty_name, statement.entries[0].text) == ("marechal s", "test")
