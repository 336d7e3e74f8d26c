"""What is written for the bank: valid by its schema whatever the words, exact in its amounts, and never anything unapproved."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from inbaar.banking.formats.pain001 import (
    PIECE,
    FileHead,
    PostalAddress,
    TransferOut,
    transfer_element,
    write_transfers,
)
from inbaar.banking.formats.sepa_text import is_identifier, says_something, sepa_text
from inbaar.law.calendar import AMSTERDAM
from tests.banking.schemas import faults

NAMES = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
HAARLEM = PostalAddress("Grote Markt", "1", "2011 RD", "Haarlem", "NL")
NOWHERE = PostalAddress()
IBAN = "NL91ABNA0417164300"
PAYEE = "NL20INGB0001234567"


def transfer(number: int = 1, **facts: object) -> TransferOut:
    given = {
        "end_to_end_id": f"INB-20261130-7-{number}", "amount": Decimal("121.00"), "name": "Jansen Bouw B.V.",
        "iban": PAYEE, "address": NOWHERE, "text": "Terug van 2026-0042", "reference": "",
    }  # fmt: skip
    return TransferOut(**(given | facts))  # type: ignore[arg-type]


def head(*transfers: TransferOut, **facts: object) -> FileHead:
    given = {
        "message_id": "INB-20261130-7", "created_at": dt.datetime(2026, 11, 28, 9, 30, tzinfo=AMSTERDAM), "execute_on": dt.date(2026, 11, 30),
        "payer": "Van Dijk Techniek B.V.", "payer_address": HAARLEM, "iban": IBAN, "count": len(transfers),
        "total": sum((t.amount for t in transfers), Decimal(0)),
    }  # fmt: skip
    return FileHead(**(given | facts))  # type: ignore[arg-type]


def written(*transfers: TransferOut, **facts: object) -> bytes:
    return b"".join(write_transfers(head(*transfers, **facts), transfers))


def texts(content: bytes, path: str) -> list[str]:
    return [element.text for element in etree.fromstring(content).iterfind(f".//{path}", NAMES)]


def test_a_file_says_what_was_approved_and_is_valid():
    content = written(
        transfer(1),
        transfer(2, amount=Decimal("0.05"), address=HAARLEM),
        transfer(3, text="", reference="5000002026000123"),
    )
    assert faults("pain.001.001.09", content) == []
    assert texts(content, "p:GrpHdr/p:NbOfTxs") == ["3"]
    assert texts(content, "p:CtrlSum") == ["242.05", "242.05"]
    assert texts(content, "p:InstdAmt") == ["121.00", "0.05", "121.00"]
    assert texts(content, "p:EndToEndId") == [f"INB-20261130-7-{n}" for n in (1, 2, 3)]
    assert texts(content, "p:ReqdExctnDt/p:Dt") == ["2026-11-30"]
    assert texts(content, "p:Cdtr/p:PstlAdr/p:TwnNm") == ["Haarlem"]
    assert texts(content, "p:Dbtr/p:PstlAdr/p:StrtNm") == ["Grote Markt"]
    assert texts(content, "p:AdrLine") == []
    assert texts(content, "p:CdtrRefInf/p:Tp/p:Issr") == ["CUR"]
    assert texts(content, "p:CdtrRefInf/p:Ref") == ["5000002026000123"]


def test_an_iso_reference_names_its_issuer():
    assert texts(written(transfer(text="", reference="RF18539007547034")), "p:Issr") == ["ISO"]


def test_the_same_batch_gives_the_same_bytes_and_any_number_of_pieces_one_file():
    many = [transfer(n) for n in range(1, PIECE * 2 + 2)]
    assert written(*many) == written(*many)
    assert len(list(write_transfers(head(*many), many))) == 4
    assert len(texts(written(*many), "p:CdtTrfTxInf")) == len(many)


@pytest.mark.parametrize(
    ("changed", "approved"),
    [
        ({}, {"count": 2}),
        ({}, {"total": Decimal("121.01")}),
        ({"amount": Decimal("121")}, {}),
        ({"amount": Decimal("121.005")}, {}),
        ({"amount": Decimal("-1.00")}, {}),
        ({"amount": Decimal("0.00")}, {}),
        ({"amount": Decimal("1000000000.00")}, {}),
        ({"iban": "NL20 INGB 0001 2345 67"}, {}),
        ({"iban": "</IBAN>"}, {}),
        ({"end_to_end_id": "a" * 36}, {}),
        ({"end_to_end_id": "<x/>"}, {}),
        ({"name": " "}, {}),
        ({"text": ""}, {}),
        ({"address": PostalAddress(town="Haarlem", country="")}, {}),
        ({}, {"message_id": "//"}),
        ({}, {"iban": ""}),
    ],
)
def test_what_was_not_approved_or_no_bank_takes_is_not_written(changed, approved):
    with pytest.raises(ValueError):
        written(transfer(**changed), **approved)


def test_an_empty_file_is_not_written():
    with pytest.raises(ValueError):
        written()


@given(
    name=st.text(min_size=1, max_size=140),
    text=st.text(min_size=1, max_size=140),
    town=st.text(min_size=1, max_size=35),
)
@settings(max_examples=150, deadline=None)
def test_whatever_the_words_the_file_is_valid_or_not_written(name, text, town):
    try:
        content = written(transfer(name=name, text=text, address=PostalAddress(town=town, country="NL")))
    except ValueError:
        assert not all(sepa_text(words).strip() for words in (name, text, town))
        return
    assert faults("pain.001.001.09", content) == []
    (shown,) = texts(content, "p:Cdtr/p:Nm")
    assert shown == sepa_text(name)[:70].strip()


@given(st.text())
def test_text_for_a_bank_holds_only_what_every_bank_takes(text):
    plain = sepa_text(text)
    assert all(sign.isascii() and (sign.isalnum() or sign in "/-?:().,'+ ") for sign in plain)
    assert sepa_text(plain) == plain


def test_letters_are_written_as_a_person_would():
    assert (
        sepa_text("Café 't Röseltje & Zn_2 “x”; 5% \u20ac 3\nnaast")
        == "Cafe 't Roseltje + Zn-2 'x', 5. EUR 3 naast"
    )
    assert not says_something("Иван")
    assert says_something("Иван 7")


def test_an_identifier_has_no_slash_at_an_end_nor_two_together():
    assert [is_identifier(t) for t in ("INB-1", "a/b", "/a", "a/", "a//b", "", "a" * 36, "é")] == [
        True, True, False, False, False, False, False, False,
    ]  # fmt: skip


def test_an_apostrophe_may_stand_as_it_is():
    assert "<Nm>'t Hoekje</Nm>" in transfer_element(transfer(name="'t Hoekje"))
