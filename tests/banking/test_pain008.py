"""What is collected through the bank: valid by its schema whatever the words, exact, and never anything unapproved."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from inbaar.banking.formats.pain008 import (
    MOVED,
    PIECE,
    UNCHANGED,
    DebitHead,
    DebitOut,
    Original,
    write_debits,
)
from inbaar.law.calendar import AMSTERDAM
from tests.banking.schemas import faults

MESSAGE = "pain.008.001.08"
NAMES = {"p": f"urn:iso:std:iso:20022:tech:xsd:{MESSAGE}"}
IBAN, PAYER, OTHER = "NL91ABNA0417164300", "NL20INGB0001234567", "NL44RABO0123456789"
CREDITOR, OLD = "NL69ZZZ123456780000", "NL60ZZZ595818830000"


def debit(number: int = 1, **facts: object) -> DebitOut:
    given = {
        "end_to_end_id": f"INB-20261130-7-{number}", "amount": Decimal("121.00"), "mandate": f"K-{number}",
        "signed_on": dt.date(2026, 3, 2), "original": UNCHANGED, "name": "Jansen Bouw B.V.", "iban": PAYER,
        "text": "Factuur 2026-0042",
    }  # fmt: skip
    return DebitOut(**(given | facts))  # type: ignore[arg-type]


def written(*debits: DebitOut, **facts: object) -> bytes:
    given = {
        "message_id": "INB-20261130-7", "created_at": dt.datetime(2026, 11, 28, 9, 30, tzinfo=AMSTERDAM),
        "collect_on": dt.date(2026, 12, 1), "scheme": "CORE", "sequence": "RCUR", "creditor": "Van Dijk Techniek B.V.",
        "creditor_id": CREDITOR, "iban": IBAN, "count": len(debits), "total": sum((d.amount for d in debits), Decimal(0)),
    }  # fmt: skip
    return b"".join(write_debits(DebitHead(**(given | facts)), debits))  # type: ignore[arg-type]


def texts(content: bytes, path: str) -> list[str]:
    return [element.text for element in etree.fromstring(content).iterfind(f".//{path}", NAMES)]


@pytest.mark.parametrize("scheme", ["CORE", "B2B"])
@pytest.mark.parametrize("sequence", ["OOFF", "FRST", "RCUR", "FNAL"])
def test_a_file_says_what_was_approved_and_is_valid(scheme, sequence):
    content = written(debit(1), debit(2, amount=Decimal("0.05")), scheme=scheme, sequence=sequence)
    assert faults(MESSAGE, content) == []
    assert texts(content, "p:CtrlSum") == ["121.05", "121.05"]
    assert texts(content, "p:InstdAmt") == ["121.00", "0.05"]
    assert texts(content, "p:EndToEndId") == ["INB-20261130-7-1", "INB-20261130-7-2"]
    assert texts(content, "p:LclInstrm/p:Cd") == [scheme]
    assert texts(content, "p:SeqTp") == [sequence]
    assert texts(content, "p:ReqdColltnDt") == ["2026-12-01"]
    assert texts(content, "p:MndtId") == ["K-1", "K-2"]
    assert texts(content, "p:DtOfSgntr") == ["2026-03-02"] * 2
    assert texts(content, "p:CdtrSchmeId//p:Othr/p:Id") == [CREDITOR]
    assert texts(content, "p:CdtrAcct//p:IBAN") == [IBAN]
    assert texts(content, "p:DbtrAcct//p:IBAN") == [PAYER] * 2
    assert texts(content, "p:AmdmntInd") == []


def test_an_amendment_tells_what_was_the_account_by_its_number_or_that_it_moved():
    content = written(
        debit(1, original=Original(iban=OTHER)),
        debit(2, original=Original(iban=MOVED)),
        debit(3, original=Original(OLD, "Van Dijk", "")),
        debit(4, original=Original("", "Van Dijk", "")),
        debit(5),
    )
    assert faults(MESSAGE, content) == []
    assert texts(content, "p:AmdmntInd") == ["true"] * 4
    assert texts(content, "p:OrgnlDbtrAcct/p:Id/p:IBAN") == [OTHER]
    assert texts(content, "p:OrgnlDbtrAcct/p:Id/p:Othr/p:Id") == ["SMNDA"]
    assert texts(content, "p:OrgnlCdtrSchmeId/p:Id/p:PrvtId/p:Othr/p:Id") == [OLD]
    assert texts(content, "p:OrgnlCdtrSchmeId/p:Nm") == ["Van Dijk", "Van Dijk"]


def test_the_same_batch_gives_the_same_bytes_and_any_number_of_pieces_one_file():
    many = [debit(n) for n in range(1, PIECE * 2 + 2)]
    content = written(*many)
    assert content == written(*many)
    assert faults(MESSAGE, content) == []
    assert len(texts(content, "p:EndToEndId")) == PIECE * 2 + 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"iban": "nl20"}, {"amount": Decimal("0.00")}, {"amount": Decimal("1.005")}, {"amount": Decimal("-1.00")},
        {"amount": Decimal("NaN")}, {"amount": Decimal("1000000000.00")}, {"name": " "}, {"text": ""}, {"mandate": "a//b"},
        {"mandate": "x" * 36}, {"end_to_end_id": "<x>"}, {"original": Original(iban="x")},
    ],
)  # fmt: skip
def test_what_no_bank_would_take_ends_the_writing(wrong):
    with pytest.raises(ValueError):
        written(debit(**wrong), total=Decimal("121.00"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"creditor_id": "x"},
        {"scheme": "COR1"},
        {"sequence": "RPRE"},
        {"message_id": "/"},
        {"iban": ""},
        {"count": 0},
    ],
)
def test_a_head_no_bank_would_take_is_not_written(wrong):
    with pytest.raises(ValueError):
        written(debit(), **wrong)


@pytest.mark.parametrize("wrong", [{"count": 2}, {"total": Decimal("120.99")}])
def test_what_was_not_approved_does_not_leave(wrong):
    with pytest.raises(ValueError, match="nothing of this file may leave"):
        written(debit(), **wrong)


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1), st.text(min_size=1), st.decimals("0.01", "999999999.99", places=2))
def test_any_words_make_a_valid_file_or_none(name, text, amount):
    try:
        content = written(debit(name=name, text=text, amount=amount))
    except ValueError:
        return
    assert faults(MESSAGE, content) == []
    assert texts(content, "p:InstdAmt") == [str(amount)]
