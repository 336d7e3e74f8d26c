"""Invoices on paper: every layout prints what its truth says, the same each time; a scan is a picture and nothing else."""

import pypdfium2
import pytest

from inbaar.market.printing import LAYOUTS, LAYOUTS_BY_NAME, Printed, printed_invoices
from inbaar.market.scanning import scanned


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)


@pytest.fixture(scope="module")
def papers() -> list[Printed]:
    return printed_invoices(3, 2)


def test_there_are_ten_layouts_in_two_languages(papers: list[Printed]) -> None:
    assert len({paper.layout for paper in papers}) == len(LAYOUTS_BY_NAME) == 10
    assert {file.stem for file in LAYOUTS.glob("*.typ")} == {*LAYOUTS_BY_NAME, "common", "varied"}
    assert {name[-3:] for name in LAYOUTS_BY_NAME} == {"-nl", "-en"}


def test_a_paper_prints_its_truth(papers: list[Printed]) -> None:
    for paper in papers:
        text = text_of(paper.content)
        squeezed = text.replace(" ", "")
        for name in (
            "number",
            "supplier.name",
            "customer.name",
            "supplier.kvk",
            "supplier.vat",
            "iban",
            "payment_reference",
        ):
            value = paper.truth[name]
            assert value is None or value.replace(" ", "") in squeezed, (paper.name, name)
        layout = LAYOUTS_BY_NAME[paper.layout]
        for name in ("net", "total"):  # of several rates the sum of the VAT is not always printed
            whole, cents = str(paper.truth[name]).split(".")
            grouped = f"{int(whole):,}".replace(",", "." if layout.comma else ",")
            assert f"{grouped}{',' if layout.comma else '.'}{cents}" in text, (paper.name, name)


def test_the_layouts_differ_as_invoices_do(papers: list[Printed]) -> None:
    by_layout = {paper.layout: paper for paper in papers}
    assert len(pypdfium2.PdfDocument(by_layout["pages-nl"].content)) > 1
    assert "=0.00" in str(by_layout["reverse-en"].truth["rates"])
    assert by_layout["credit-nl"].truth["credits_invoice"]
    assert any(len(str(paper.truth["rates"]).split()) > 1 for paper in papers)


def test_the_same_seed_prints_the_same_bytes(papers: list[Printed]) -> None:
    assert [paper.content for paper in printed_invoices(3, 2)] == [paper.content for paper in papers]


def test_a_scan_has_no_text_and_is_the_same_each_time(papers: list[Printed]) -> None:
    scan = scanned(papers[0].content, 1)
    assert text_of(scan) == ""
    assert scanned(papers[0].content, 1) == scan
    assert scanned(papers[0].content, 2) != scan
