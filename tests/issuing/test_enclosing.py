"""What goes along with an invoice: its own file first, never one that names the old account, and never half a payment."""

import pytest

from inbaar.issuing.enclosing import PDF, XML, Paper, enclosures
from inbaar.kit.errors import Refused
from tests.einvoice.samples import FACTOR, facts, of_original, rates
from tests.intake.documents import ubl

PAGE = Paper("pdf", b"%PDF-1.7 page")
HYBRID = Paper("facturx", b"%PDF-1.7 with an e-invoice")
DATA = Paper("ubl", ubl().encode())
TOLD = rates(("21", "200.00", "42.00"), ("9", "100.00", "9.00"), order_reference="PO-7")


@pytest.mark.parametrize(
    ("papers", "kept"),
    [
        ([PAGE], [PAGE]),
        ([HYBRID], [HYBRID]),
        ([DATA], [DATA]),
        ([PAGE, DATA], [PAGE, DATA]),
        ([DATA, PAGE], [PAGE, DATA]),
    ],
)
def test_what_came_in_goes_along_as_it_is(papers, kept):
    known = of_original(ubl()) if DATA in papers else facts(original=TOLD)
    files = enclosures(known, papers)
    assert {paper.content for paper in kept} <= {file.content for file in files}
    assert [file.media_type for file in files] == ([PDF] if papers == [HYBRID] else [PDF, XML])
    assert files[0].content.startswith(b"%PDF")


def test_a_page_of_which_no_e_invoice_can_be_written_goes_alone():
    assert [file.content for file in enclosures(facts(original=rates()), [PAGE])] == [PAGE.content]


def test_since_the_claim_was_sold_no_paper_goes_that_names_the_old_account():
    files = enclosures(facts(original=TOLD, holder=FACTOR), [PAGE, DATA])
    assert not {PAGE.content, DATA.content} & {file.content for file in files}
    assert FACTOR.iban.encode() in files[1].content
    with pytest.raises(Refused, match="none can be written"):
        enclosures(facts(original=rates(), holder=FACTOR), [PAGE])


def test_a_payment_that_is_split_is_not_asked_whole():
    split = rates(("21", "200.00", "42.00"), ("9", "100.00", "9.00"), g_account="NL20INGB0001234567")
    with pytest.raises(Refused) as refused:
        enclosures(facts(original=split), [PAGE])
    assert refused.value.code == "sent-split"
