"""Charges, what was instructed in another currency and the rate: kept beside the booked amount, never instead of it."""

from decimal import Decimal

import pytest

from inbaar.banking.formats import read_statement_file
from tests.banking.test_statement_refusals import ENTRY, GOOD_MT940, camt, mt940
from tests.corpus import corpus_file

CHARGES = (
    '<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">2.50</TtlChrgsAndTaxAmt><Rcrd><Amt Ccy="EUR">2.50</Amt>'
    "<CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>{}</ChrgInclInd></Rcrd></Chrgs>"
)
INSTRUCTED = (
    '<AmtDtls><InstdAmt><Amt Ccy="{}">{}</Amt></InstdAmt><TxAmt><Amt Ccy="EUR">10.00</Amt></TxAmt></AmtDtls>'
)
EXCHANGE = (
    '<AmtDtls><InstdAmt><Amt Ccy="USD">10.80</Amt></InstdAmt><CntrValAmt><Amt Ccy="EUR">10.00</Amt><CcyXchg>'
    "<SrcCcy>USD</SrcCcy><TrgtCcy>EUR</TrgtCcy><XchgRate>1.08</XchgRate></CcyXchg></CntrValAmt></AmtDtls>"
)


def _entry(details: str = "", of_entry: str = ""):
    entry = ENTRY.replace("</Ntry>", f"{of_entry}<NtryDtls><TxDtls>{details}</TxDtls></NtryDtls></Ntry>")
    return read_statement_file(camt(entries=entry), "s").statements[0].entries[0]


@pytest.mark.parametrize("place", ["details", "of_entry"])
def test_an_entry_less_charges_tells_the_gross_amount_and_the_charges(place: str) -> None:
    entry = _entry(**{place: CHARGES.format("true")})
    assert (entry.amount, entry.other_amounts) == (Decimal("10.00"), {"gross": "12.50", "charges": "2.50"})


def test_charges_that_were_booked_apart_are_told_without_a_gross_amount() -> None:
    assert _entry(CHARGES.format("false")).other_amounts == {"charges": "2.50"}


def test_the_instructed_amount_proves_that_charges_went_off() -> None:
    entry = _entry(INSTRUCTED.format("EUR", "12.50") + CHARGES.format(""))
    assert entry.other_amounts == {
        "gross": "12.50", "charges": "2.50", "instructed": "12.50", "instructed_currency": "EUR",
    }  # fmt: skip


def test_money_out_costs_its_charges_on_top() -> None:
    entry = ENTRY.replace("CRDT", "DBIT").replace("</Ntry>", CHARGES.format("true") + "</Ntry>")
    out = read_statement_file(camt(entries=entry), "s").statements[0].entries[0]
    assert (out.amount, out.gross) == (Decimal("-10.00"), Decimal("-7.50"))


def test_a_foreign_amount_keeps_its_currency_and_rate() -> None:
    assert _entry(EXCHANGE).other_amounts == {
        "instructed": "10.80", "instructed_currency": "USD", "rate": "1.08",
    }  # fmt: skip


def test_charges_in_another_currency_are_not_added_to_this_one() -> None:
    assert _entry(CHARGES.format("true").replace('Ccy="EUR"', 'Ccy="USD"')).other_amounts == {}


@pytest.mark.parametrize(
    "details", ["", INSTRUCTED.format("EUR", "10.00"), CHARGES.format("true").replace("2.50", "0")]
)
def test_what_tells_nothing_more_is_nothing(details: str) -> None:
    assert _entry(details).other_amounts == {}


def test_mt940_tells_them_too_also_where_a_line_was_cut() -> None:
    lines = [*GOOD_MT940[:5], "/OCMT/EUR12,50//CHG", "S/EUR2,50/", *GOOD_MT940[5:]]
    entry = read_statement_file(mt940(*lines), "s").statements[0].entries[0]
    assert (entry.amount, entry.gross, entry.charges) == (Decimal("10.00"), Decimal("12.50"), Decimal("2.50"))
    foreign = [*GOOD_MT940[:5], "/OCMT/USD10,80/EXCH/1,08/", *GOOD_MT940[5:]]
    entry = read_statement_file(mt940(*foreign), "s").statements[0].entries[0]
    assert entry.other_amounts == {"instructed": "10.80", "instructed_currency": "USD", "rate": "1.08"}


def test_a_real_message_in_two_currencies() -> None:
    read = read_statement_file(corpus_file("camt/genkgo/camt052.v4.xml"))
    entry = read.statements[0].entries[0]
    told = [
        part.other_amounts for part in entry.payments for part in (part, *part.details) if part.other_amounts
    ]
    # Its charges are in francs and the entry in kronor, so they are not counted as its own; they stay in `raw`.
    assert {"instructed": "4.1", "instructed_currency": "USD", "rate": "0.9253030601"} in told
    assert "Chrgs CHF 0.31" in entry.raw + "".join(part.raw for part in entry.details)


def test_a_real_unpaid_debit_tells_what_it_cost() -> None:
    read = read_statement_file(corpus_file("mt940/jejik/deutschebank.txt"))
    told = [
        entry.other_amounts for statement in read.statements for entry in statement.entries if entry.charges
    ]
    assert told
    assert all(Decimal(item["charges"]) > 0 for item in told)
