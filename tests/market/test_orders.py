"""The simulated bank reads orders as third parties wrote them, and rejects what no bank would carry out."""

from decimal import Decimal

import pytest

from inbaar.market.orders import read_orders
from tests.corpus import corpus_rows

FILES = [
    row
    for row in corpus_rows("pain.001*")
    if not row.values[0] or row.values[0].expected.get("root") != "CstmrDrctDbtInitn"
]
BROKEN = {
    "pain001_broken_iban.xml": ("", ["AC01"]),
    "pain001_broken_currency.xml": ("", ["AM03"]),
    "pain001_broken_nboftxs.xml": ("AM18", []),
    "pain001_broken_not_xml.xml": ("FF01", []),
}


@pytest.mark.parametrize("row", FILES)
def test_each_third_party_file_of_orders_is_read_as_listed(row):
    read, expected = read_orders(row.path.read_bytes()), row.expected
    if "not_well_formed" in expected:
        assert read.fault == "FF01"
        return
    assert (read.message_id, read.stated_count) == (expected["msg_id"], expected["nb_of_txs"])
    assert read.stated_sum == expected["ctrl_sum"]
    assert len(read.orders) == expected["tx_found"]
    assert read.total == Decimal(expected["sum_found"])


@pytest.mark.parametrize("row", [row for row in FILES if row.id and row.id.rpartition("/")[2] in BROKEN])
def test_what_is_broken_on_purpose_is_rejected_with_its_reason(row):
    read = read_orders(row.path.read_bytes())
    fault, faults = BROKEN[row.path.name]
    assert read.fault == fault
    if not fault:
        assert sorted({order.fault for order in read.orders if order.fault}) == faults
