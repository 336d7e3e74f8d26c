"""Direct debits as third parties wrote them, written by our own hand: the same collections, in elements that they use too."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from inbaar.banking.formats.pain008 import (
    MESSAGE,
    MOVED,
    SCHEMES,
    UNCHANGED,
    DebitHead,
    DebitOut,
    Original,
    write_debits,
)
from inbaar.banking.formats.sepa_text import sepa_text
from inbaar.law.calendar import AMSTERDAM
from tests.banking.schemas import faults
from tests.corpus import MISSING, CorpusRow, corpus_rows

ROWS = [
    row
    for row in corpus_rows("pain.001-pain.008", "pain.008")
    if row.values[0] is None or row.values[0].expected.get("root") == "CstmrDrctDbtInitn"
]
# What ours says and theirs do not: that no bank is named, for it is found by the account.
_NO_BANK = {"FinInstnId/Othr", "FinInstnId/Othr/Id"}
OURS_ALONE = {f"PmtInf/{where}/{rest}" for where in ("CdtrAgt", "DrctDbtTxInf/DbtrAgt") for rest in _NO_BANK}


def _local(element: Any) -> str:
    return str(etree.QName(element).localname)


def _first(element: Any, *names: str) -> str:
    """The text of the first element that is reached by these names, in whichever version; empty where there is none."""
    path = "/".join(f"*[local-name()='{name}']" for name in names)
    found = element.xpath(f".//{path}")
    return (found[0].text or "").strip() if found else ""


def _elements(content: bytes) -> set[str]:
    """The elements of a file by their path, from the one below the message."""
    tree = etree.fromstring(content).getroottree()
    named = (element for element in tree.iter() if isinstance(element.tag, str))
    return {"/".join([*reversed([_local(a) for a in e.iterancestors()]), _local(e)][2:]) for e in named}


def _debit(element: Any) -> DebitOut:
    original = UNCHANGED
    if _first(element, "AmdmntInd") == "true":
        moved = _first(element, "OrgnlDbtrAgt", "FinInstnId", "Othr", "Id") == MOVED
        original = Original(
            _first(element, "OrgnlCdtrSchmeId", "Id", "PrvtId", "Othr", "Id"),
            _first(element, "OrgnlCdtrSchmeId", "Nm"),
            MOVED if moved else _first(element, "OrgnlDbtrAcct", "Id", "IBAN"),
        )
    return DebitOut(
        _first(element, "EndToEndId"), Decimal(_first(element, "InstdAmt")).quantize(Decimal("0.01")),
        _first(element, "MndtId"), dt.date.fromisoformat(_first(element, "DtOfSgntr")), original, _first(element, "Dbtr", "Nm"),
        _first(element, "DbtrAcct", "Id", "IBAN"), _first(element, "RmtInf", "Ustrd") or "-",
    )  # fmt: skip


def _batches(content: bytes) -> list[tuple[DebitHead, list[DebitOut]]]:
    """What each batch of a file says, as we would be asked to write it."""
    made = []
    for batch in etree.fromstring(content).xpath("//*[local-name()='PmtInf']"):
        debits = [_debit(element) for element in batch.xpath("*[local-name()='DrctDbtTxInf']")]
        head = DebitHead(
            _first(batch, "PmtInfId"), dt.datetime(2026, 11, 28, 9, 30, tzinfo=AMSTERDAM),
            dt.date.fromisoformat(_first(batch, "ReqdColltnDt")), _first(batch, "LclInstrm", "Cd"), _first(batch, "SeqTp"),
            _first(batch, "Cdtr", "Nm"), _first(batch, "CdtrSchmeId", "Id", "PrvtId", "Othr", "Id"),
            _first(batch, "CdtrAcct", "Id", "IBAN"), len(debits), sum((debit.amount for debit in debits), Decimal(0)),
        )  # fmt: skip
        made.append((head, debits))
    return made


def _in_scheme(head: DebitHead, debits: list[DebitOut]) -> tuple[DebitHead, list[DebitOut]]:
    """The same in the letters of the scheme: all that a bank promises to pass on."""
    plain = [debit._replace(name=sepa_text(debit.name), text=sepa_text(debit.text)) for debit in debits]
    return replace(head, creditor=sepa_text(head.creditor)), plain


@pytest.mark.parametrize("row", ROWS)
def test_what_third_parties_collect_we_write_the_same_and_valid(row: CorpusRow) -> None:
    """Every collection of theirs comes back from our file, field by field. What names no creditor of SEPA is not written."""
    batches = _batches(row.path.read_bytes())
    assert sum(head.count for head, _ in batches) == row.expected["tx_found"]
    assert sum(head.total for head, _ in batches) == Decimal(row.expected["sum_found"])
    assert batches
    for head, debits in batches:
        if head.scheme not in SCHEMES:
            with pytest.raises(ValueError, match="may not collect"):
                list(write_debits(head, debits))
            continue
        ours = b"".join(write_debits(head, debits))
        assert faults(MESSAGE, ours) == []
        assert _batches(ours) == [_in_scheme(head, debits)]


def test_every_element_of_ours_stands_in_theirs_of_the_same_version() -> None:
    theirs = [row.values[0] for row in ROWS if row.values[0] is not None]
    same = [row.path.read_bytes() for row in theirs if row.expected["message"] == MESSAGE]
    if not same:
        pytest.skip(MISSING)
    known = set().union(*(_elements(content) for content in same))
    for content in same:
        assert faults(MESSAGE, content) == []
        for head, debits in _batches(content):
            assert _elements(b"".join(write_debits(head, debits))) - known <= OURS_ALONE
