"""Factur-X: a PDF/A-3 with the e-invoice in it that reads as the e-invoice does, and a page that shows the same."""

import re
import tomllib
from importlib import resources

import pypdfium2
import pytest
from lxml import etree

from inbaar.einvoice.cii import read_cii
from inbaar.einvoice.facturx import facturx_pdf
from inbaar.einvoice.files import cii_document, file_of, ubl_document
from inbaar.einvoice.page import page_of
from inbaar.einvoice.ubl import read_ubl
from inbaar.intake.readers import read_invoice
from inbaar.intake.readers.pdf import attached_xml
from inbaar.intake.readers.source import Limits
from inbaar.intake.reading import as_json
from inbaar.letters.parts import Language
from tests.einvoice.samples import FACTOR, facts, of_original, rates
from tests.einvoice.test_files import CASES
from tests.intake.documents import cii, ubl

ALIKE = ("status", "number", "issue_date", "due_date", "currency", "net", "vat", "total", "payable", "credit_note", "supplier", "customer")  # fmt: skip


def pdf_of(known, language=Language.NL):
    root = cii_document(known)
    return facturx_pdf(root, file_of(root), language)


def words_on(pdf):
    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    return " ".join(text.replace("\xa0", " ").replace("\u200b", "").split())


@pytest.mark.parametrize("name", CASES)
def test_the_pdf_reads_as_the_ubl_does(name):
    known = facts(**CASES[name])
    pdf = pdf_of(known)
    told, other = (as_json(read_invoice(content, "x")) for content in (pdf, file_of(ubl_document(known))))
    assert told["format"] == "facturx"
    assert {field: told[field] for field in ALIKE} == {field: other[field] for field in ALIKE}
    assert attached_xml(pdf, Limits()) == [file_of(cii_document(known))]


@pytest.mark.parametrize("content", [(ubl(), "ubl"), (cii(), "cii")], ids=["ubl", "cii"])
def test_an_original_reads_the_same_in_the_pdf(content):
    told = as_json(read_invoice(pdf_of(of_original(*content)), "x"))
    before = as_json(read_invoice(content[0].encode(), "x"))
    assert {field: told[field] for field in ALIKE} == {field: before[field] for field in ALIKE}


def test_the_page_shows_the_invoice_in_the_language_asked():
    known = facts(holder=FACTOR)
    dutch, english = words_on(pdf_of(known)), words_on(pdf_of(known, Language.EN))
    for words in (
        "Factuur",
        "F-2026-001",
        "2 maart 2026",
        "Te betalen € 351,00",
        "21% € 200,00 € 42,00",
        "Tuin & Zn. V.O.F.",
    ):
        assert words in dutch
    for words in (
        "Invoice",
        "2 March 2026",
        "To pay €351.00",
        "21% €200.00 €42.00",
        "Order PO-7",
        "RF18539007547034",
    ):
        assert words in english
    for page in (dutch, english):
        assert "NL20 INGB 0001 2345 67" in page
        assert "NL91 ABNA" not in page


def test_a_credit_note_asks_for_no_payment():
    page = words_on(pdf_of(facts(**CASES["credit note"])))
    assert "Creditnota" in page
    assert "Te crediteren € 351,00" in page
    assert "Betalen aan" not in page


def test_every_amount_of_a_full_invoice_is_on_the_page():
    allowance = """<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>
      <cbc:AllowanceChargeReason>Vracht</cbc:AllowanceChargeReason><cbc:Amount currencyID="EUR">12.34</cbc:Amount>
      </cac:AllowanceCharge><cac:TaxTotal>"""
    root = etree.fromstring(ubl(("<cac:TaxTotal>", allowance)).encode())
    page = page_of(read_ubl(root)[0], Language.NL)
    assert ["Toeslag: Vracht", "€\xa012,34"] in page["totals"]
    assert ["Regels samen", "€\xa0200,00"] in page["totals"]


def test_the_metadata_says_pdf_a_3_and_factur_x_of_the_profile():
    pdf = pdf_of(facts())
    last = pdf[pdf.rindex(b"<?xpacket begin") : pdf.rindex(b"<?xpacket end")]
    metadata = etree.fromstring(re.sub(rb"<\?xpacket[^>]*>", b"", last))
    found = {etree.QName(each).localname: each.text for each in metadata.iter() if each.text}
    pdf_a = "{http://www.aiim.org/pdfa/ns/id/}"
    assert [metadata.findtext(f".//{pdf_a}{name}") for name in ("part", "conformance")] == ["3", "A"]
    assert found["DocumentFileName"] == "factur-x.xml"
    assert (found["DocumentType"], found["Version"], found["ConformanceLevel"]) == (
        "INVOICE",
        "1.0",
        "EN 16931",
    )
    properties = [each.text for each in metadata.iter("{http://www.aiim.org/pdfa/ns/property#}name")]
    assert {"DocumentFileName", "DocumentType", "Version", "ConformanceLevel"} <= set(properties)
    start = int(re.findall(rb"startxref\n(\d+)", pdf)[-1])
    assert pdf[start : start + 4] == b"xref"


def test_the_same_invoice_gives_the_same_bytes():
    assert pdf_of(facts()) == pdf_of(facts())


def test_a_name_without_end_and_signs_no_font_has_are_set():
    known = facts(
        number="N" * 100,
        original=rates(("21", "200.00", "42.00"), ("9", "100.00", "9.00"), order_reference="\U0001f984" * 60),
    )
    assert read_invoice(pdf_of(known), "x").order_reference == "\U0001f984" * 60


def test_the_words_are_the_same_in_both_languages():
    files = [resources.files("inbaar.einvoice.words").joinpath(f"{name}.toml") for name in ("en", "nl")]
    english, dutch = (tomllib.loads(file.read_text(encoding="utf-8")) for file in files)
    for section, words in english.items():
        assert list(words) == list(dutch[section])
        for key, text in words.items():
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", dutch[section][key])), key


def test_what_the_page_shows_is_what_the_file_says():
    root = cii_document(facts())
    assert page_of(read_cii(root)[0], Language.EN)["payment"][1] == [
        "Account",
        "NL91\xa0ABNA\xa00417\xa01643\xa000",
    ]
