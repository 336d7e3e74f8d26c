"""ASK-20, bank by bank: the other party's IBAN and name are not lost, references are found, texts are whole.

The files are real exports (anonymised by their owners); what is expected here was read from them by eye.
"""

from datetime import date
from decimal import Decimal

import pytest

from inbaar.banking.formats import read_statement_file
from inbaar.banking.statements import EntryRead, account_iban
from tests.corpus import corpus_file

pytestmark = pytest.mark.requirement("ASK-20")


def _entries(name: str) -> list[EntryRead]:
    return [e for s in read_statement_file(corpus_file(name)).statements for e in s.entries]


def _who(entry: EntryRead) -> tuple[str | None, str | None]:
    return entry.counterparty_name, entry.counterparty_iban


def test_rabobank_the_iban_after_the_entry_line_is_not_lost() -> None:
    entries = _entries("mt940/zilverline/rabobank_mt940_structured.txt")
    assert _who(entries[0]) == ("Nespresso Nederland B.V.", "NL96RBOS0523149468")
    assert entries[0].end_to_end_id == "02-04-2013 22:56 1120000153447185"
    assert _who(entries[7]) == ("BEDRIJF NV", "NL82RBOS0602069890")
    assert entries[7].end_to_end_id == "1134027115"
    assert entries[7].text == "Ref: 201302-080"
    assert entries[3].text == "factuurnummer 201303-128cursus certified PO"
    assert entries[4].text.endswith("02-04-2013INFRACOM INTERNET BV*ZWOLLE")


def test_rabobank_each_row_keeps_its_own_reference() -> None:
    entries = _entries("mt940/zilverline/rabobank_mt940_structured.txt")
    references = [e.end_to_end_id for e in entries if e.end_to_end_id]
    assert len(references) == len(set(references)) == 2


def test_rabobank_a_payment_reference_of_the_tax_office() -> None:
    (entry,) = _entries("mt940/zilverline/rabobank_mt940_structured_dutch_tax.txt")
    assert _who(entry) == ("Belastingdienst", "NL86INGB0002445588")
    assert entry.reference == "1234567899874563"
    assert entry.amount == Decimal("-2000.00")


def test_rabobank_old_lines_with_account_and_name_behind_each_other() -> None:
    entries = _entries("mt940/jejik/rabobank.txt")
    assert entries[1].counterparty_name == "T-MOBILE NETHERLANDS BV"
    assert entries[1].text == "BETALINGSKENM.  123456789 FACTUURNUMMER 987654321"
    tax = _entries("mt940/zilverline/two_accounts.txt")[0]
    assert (tax.counterparty_name, tax.reference) == ("Belastingdienst Apeldoor", "0189827218201120")


def test_rabobank_writes_the_currency_behind_the_account() -> None:
    (statement,) = read_statement_file(corpus_file("mt940/zilverline/14aug2014.swi")).statements
    assert (statement.account, account_iban(statement.account)) == (
        "NL50RABO0156750961 EUR",
        "NL50RABO0156750961",
    )


def test_ing_each_row_has_its_own_bank_reference_and_id() -> None:
    entries = _entries("mt940/libmt94x/ming-from-spec.txt")
    assert len({e.bank_reference for e in entries}) == len(entries) == 8
    assert _who(entries[0]) == ("ING BANK NV INZAKE WEB", "NL32INGB0000012345")
    assert (entries[0].end_to_end_id, entries[0].text) == ("EV12341REP1231456T1234", "EV10001REP1000000T1000")


def test_ing_structured_reference_and_return_reason() -> None:
    entries = _entries("mt940/libmt94x/ming-from-spec.txt")
    assert [e.return_reason for e in entries] == [None, None, "MS03", None, None, "MS03", None, None]
    assert [e.reference for e in entries[6:]] == ["9001123412341234", "1070123412341234"]
    assert entries[2].text == "Factuurnr 123456 Klantnr 00123"


def test_ing_a_savings_entry_without_an_iban_is_read() -> None:
    entries = _entries("mt940/zilverline/ing_structured.txt")
    assert len(entries) == 7
    assert entries[1].amount == Decimal("300.00")
    assert entries[1].text == "0001234567 VAN Zkl Kwartaal Spaarrekening"
    assert _who(entries[3]) == ("J AAP / FOO B.V.", "NL57ABNA0987654321")
    assert entries[4].reference == "8850426741301240"


def test_ing_a_return_code_in_front_of_free_text() -> None:
    entries = _entries("mt940/libmt94x/ibp-unstructured-ing-provided-example.txt")
    assert [e.return_reason for e in entries] == [None, None, None, "AC04", "MS03"]
    assert entries[3].counterparty_iban == "NL20INGB0002222222"
    assert entries[2].reference == "RF35567890123456789012345"


def test_ing_a_line_that_looks_like_a_tag_is_text() -> None:
    (entry,) = _entries("mt940/zilverline/ing_00_00.txt")
    assert entry.text == "KASSA VERZAMELFACTUUR DINSDAG 2 ABC-654321 05/31/2017 00:00:00"
    assert _who(entry) == ("RAAMEN NV", "NL88INGB0999999999")


def test_abn_amro_keywords_in_columns_and_words_cut_at_a_column() -> None:
    (entry,) = _entries("mt940/zilverline/abn_sepa_overboeking.txt")
    assert _who(entry) == ("AA GHGHGH NETHERLANDS B.V.", "NL56CHAS0101010101")
    assert (entry.text, entry.end_to_end_id) == ("1412DEC 2015 CONSULTING", "7541410")
    (collected,) = _entries("mt940/zilverline/abn_sepa_incasso_doorlopend.txt")
    assert _who(collected) == ("BHBBAAA B.V.", "NL83RABO0353535355")
    assert collected.text == "MAANDTERMIJN JANUARI"
    assert collected.end_to_end_id == "AA 2014-11-11 10:20:47/0000000007"


def test_abn_amro_codes_between_slashes_and_the_tax_office() -> None:
    ideal, tax = _entries("mt940/zilverline/anb_sepa_overboeking_belastingdienst.txt")
    assert _who(ideal) == ("XXX YYYYYYYS B.V.", "NL88DEUT0123456789")
    assert ideal.text == "987654321 2251099132899546 FACTUURNUMMER E-02315467 HBM FOOBAR"
    assert _who(tax) == ("BELASTINGDIENST APELDOORN", "NL86INGB0002445588")
    assert tax.reference == "1234123412345678"


def test_abn_amro_card_payments_and_old_accounts() -> None:
    entries = _entries("mt940/zilverline/abnamro.txt")
    assert entries[1].counterparty_name == "DIRCKIII FIL2500 KATWIJK"
    assert entries[1].text == "BEA NR:XXX1234 21.05.11/12.54 DIRCKIII FIL2500 KATWIJK,PAS999"
    old = _entries("mt940/php-mt940/abn-sample.sta")
    assert [e.counterparty_name for e in old[:4]] == [
        "KPN BV",
        "VILLA DORIA SCHOTEN",
        "G.B. ROTTERDAM",
        "CANAL DIGITAAL B.V.",
    ]
    assert [e.reference for e in old[2:4]] == ["0000000030076145", "0000000120357271"]


def test_abn_amro_camt_batches_returns_and_ideal() -> None:
    entries = _entries("camt/nl-banks/abn_amro-example_camt.xml")
    assert [len(e.details) for e in entries if e.details] == [10, 2, 7]
    assert {part.reference for part in entries[3].details} == {"1234567812345678"}
    assert all(e.payments == e.details for e in entries if e.details)
    returned = [e for e in entries if e.return_reason]
    assert [(e.return_reason, e.counterparty_name, e.amount) for e in returned] == [
        ("MS03", "Debtor", Decimal("-1.00")),
        ("MS03", "Debtor", Decimal("-921.00")),
    ]
    assert entries[4].end_to_end_id == "01-04-2013 21:01 0050001248302363"


def test_sns_and_asn_party_line_then_text() -> None:
    entries = _entries("mt940/oca/test-sns.940")
    assert _who(entries[0]) == ("gerrits glas en schilderwerk", "NL49RABO0166416932")
    assert entries[0].text == "Factuur 17227/248/20"
    (tax,) = _entries("mt940/zilverline/sns_customer_reference.txt")
    assert _who(tax) == ("belastingdienst", "NL86INGB0002445588")
    assert tax.reference == "1234432112344321"
    asn = _entries("mt940/php-mt940/asn-sample.sta")
    assert _who(asn[1]) == ("MULTI TANK CARD BV", "NL44ABNA0548041814")
    assert asn[1].end_to_end_id == "1755481/5570"


def test_sns_camt_keeps_who_paid() -> None:
    entries = _entries("camt/nl-banks/SNS_Enkele.xml")
    assert _who(entries[2]) == ("a Acchouder 1a, a Acchouder 2", "NL94COBA0678011583")
    assert entries[2].end_to_end_id is None
    assert len({e.bank_reference for e in entries}) == 3


def test_triodos_new_and_old() -> None:
    entries = _entries("mt940/zilverline/triodos_iban_2.txt")
    assert _who(entries[0]) == ("G-AAAAA N.V.", "NL21RABO0999999999")
    assert (entries[0].end_to_end_id, entries[1].end_to_end_id) == ("7293-201801001", None)
    assert entries[1].text == "Factuurnummer 201801-001"
    (old,) = _entries("mt940/zilverline/triodos_multiline_bug.txt")
    assert old.counterparty_iban == "NL13RABO0123456789"
    assert old.text.startswith("RABO BETAALVERZOEK ORDERNUMMER NL26RABO1234567890 / TRANSACTIENUMMER")


def test_knab_old_and_new_and_a_turn_of_the_year() -> None:
    entries = _entries("mt940/jejik/knab.txt")
    assert entries[0].text == (
        "HIER EEN MOOIE OMSCHRIJVING IN HOOFDLETTERS WANT DAT IS ZOALS DE NEDERLANDSE BANKEN COMMUNICEREN"
    )
    assert _who(entries[1]) == ("PICQER", "NL65INGB0123456789")
    (transfer,) = _entries("mt940/zilverline/knab_sepa_overboeking.txt")
    assert _who(transfer) == ("ABABABABA AAAA SSSSSS", "NL61RABO0242424242")
    assert (transfer.text, transfer.end_to_end_id) == ("201604-005", "3111211AA002222")
    (new_year,) = _entries("mt940/zilverline/knab_date_and_accounting_date_different_year.txt")
    assert (new_year.date, new_year.value_date) == (date(2013, 12, 29), date(2014, 1, 1))


def test_bunq() -> None:
    entries = _entries("mt940/php-mt940/bunq-sample.sta")
    assert len(entries) == 111
    assert _who(entries[3]) == ("SRMF WILLEMS", "NL97ABNA0479445079")
    assert entries[3].text == "Proficiat"


def test_van_lanschot_free_text() -> None:
    (entry,) = _entries("mt940/zilverline/to_private_account_86.txt")
    assert entry.text == "0111111110 A.B.C NAME declaratie 2014"
    assert entry.amount == Decimal("-153.14")


def test_a_reversal_of_a_debit_gives_and_of_a_credit_takes() -> None:
    (given_back,) = _entries("mt940/jejik/sparkasse2.txt")
    (taken_back,) = _entries("mt940/jejik/sparkasse3.txt")
    assert (given_back.amount, given_back.reversal) == (Decimal("1027.25"), True)
    assert (taken_back.amount, taken_back.reversal) == (Decimal("-1027.25"), True)


def test_a_note_cut_at_35_characters_is_one_text_again() -> None:
    entries = _entries("camt/mock-bank-scenarios/cashapp-1-camt.053.001.08.xml")
    assert entries[5].text == (
        "FACTUURNUMMER 2026-0047 KLANTNUMMER 10023 PROJECT HAVENKADE FASE 2 INZAKE HERSTELWERK"
    )
    assert entries[4].reference == "RF18539007547034"
    assert {e.end_to_end_id for e in entries} == {None}
