"""The pages: archival and accessible, the same bytes each time, and unharmed by hostile names."""

import multiprocessing
import re
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
import zxingcpp

from inbaar.letters import typesetting
from inbaar.letters.content import Language, LetterContent
from inbaar.letters.examples import (
    EXAMPLES,
    bundle,
    formal_notice,
    fourteen_day_letter,
    register_notice,
    reminder,
)
from inbaar.letters.typesetting import render_letters, rendered
from inbaar.letters.wording import compose


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [document[n].get_textpage().get_text_bounded() for n in range(len(document))]


def one(content: LetterContent) -> bytes:
    (pdf,) = render_letters([content])
    return pdf


def test_each_content_gives_its_own_pdf_in_order() -> None:
    contents = [replace(reminder(), letter_number=f"B-{number}") for number in range(5)]
    for number, pdf in enumerate(rendered(contents)):
        assert f"B-{number}" in pages(pdf)[0]


def test_they_stay_in_order_over_what_is_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = [replace(reminder(), letter_number=f"B-{number}") for number in range(5)]
    whole = render_letters(contents)
    monkeypatch.setattr(typesetting, "DRAWN_AT_ONCE", 2)
    assert render_letters(contents) == whole
    assert render_letters([]) == []


def test_the_parts_of_the_template_need_no_letter() -> None:
    """What reads no letter is evaluated once for all of them."""
    told = b'#import "parts.typ": *\n#set document(title: "x")\n#title("Brief")'
    assert typesetting._compiler().compile(input={"main.typ": told}, format="pdf")  # type: ignore[call-overload]


def test_the_same_content_gives_the_same_bytes() -> None:
    first, other, again = render_letters([formal_notice(), reminder(), formal_notice()])
    assert first == again
    assert first != other


def test_it_is_archival_and_accessible() -> None:
    pdf = one(formal_notice())
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    document = pypdfium2.PdfDocument(pdf)
    assert document.is_tagged()
    facts = document.get_metadata_dict()
    assert facts["Title"] == "Aanmaning voor factuur 2026-0031"
    assert facts["Author"] == "Houthandel De Linde B.V."
    assert facts["CreationDate"].startswith("D:20261116")


@pytest.mark.parametrize(("language", "told"), [(Language.NL, b"/Lang(nl)"), (Language.EN, b"/Lang(en)")])
def test_the_language_is_told(language: Language, told: bytes) -> None:
    assert told in re.sub(rb"\s*\(", b"(", one(reminder(language)))


@pytest.mark.parametrize("language", Language)
def test_the_register_s_letter_is_one_page_and_has_no_sheet(language: Language) -> None:
    (only,) = pages(one(register_notice(language)))
    assert "€" in only


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("language", Language)
def test_a_letter_for_one_invoice_is_one_page_and_its_sheet(example, language: Language) -> None:  # type: ignore[no-untyped-def]
    content = example(language)
    first, sheet = pages(one(content))
    assert compose(content).farewell in first
    assert compose(content).sheet.title in sheet


def test_the_address_stands_in_the_window() -> None:
    """EA5/6 with the window left: between 20 and 105 mm from the left and 45 and 90 mm from the top."""
    page = pypdfium2.PdfDocument(one(fourteen_day_letter()))[0]
    text, height = page.get_textpage(), page.get_height()
    millimetre = 72 / 25.4
    window = (20 * millimetre, height - 90 * millimetre, 105 * millimetre, height - 45 * millimetre)
    assert text.get_text_bounded(*window).split("\r\n") == [
        "Mevrouw J. de Boer",
        "Lindelaan 8",
        "3511 KV Utrecht",
    ]


def test_a_reader_reads_the_qr_on_the_page() -> None:
    for content in (reminder(), formal_notice(Language.EN), fourteen_day_letter(), bundle()):
        payload = compose(content).payment.qr_payload
        document = pypdfium2.PdfDocument(one(content))
        pictures = [document[n].render(scale=150 / 72).to_numpy() for n in range(min(2, len(document)))]
        found = [
            bytes(code.bytes).decode() for picture in pictures for code in zxingcpp.read_barcodes(picture)
        ]
        assert found == [payload]


HOSTILE = [
    '#panic("x") #strong[y] *z* _a_ $1/0$ `b` <c> @d // e /* f',
    "\"quote\" \\n \\u{41} {total} {{}} 'q' </letter>",
    "שלום עולם حساب بنكي",
    "😀 漢字 \U0001f468\u200d\U0001f469\u200d\U0001f467 \ue000 \x00\x1b[0m",
    "\u202e\u2066Nepnaam\u2069 NL00FAKE",
    "x" * 5000,
    "woord " * 1000,
    "a\nb\r\nc\u2028d",
    "e\u0301\u0301\u0301\u0301\u0301\u0301 Z\u0351\u036b",
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_facts_are_only_text(name: str) -> None:
    content = formal_notice()
    hostile = replace(
        content,
        sender=replace(content.sender, name=name, address=(name, name), website=name),
        recipient=replace(content.recipient, name=name, attention=name, address=(name,) * 5),
        payee=replace(content.payee, account_holder=name),
        payment_reference=name,
        letter_number=name,
        hand_over_to=name,
        notes=(name,),
        items=(replace(content.items[0], invoice_number=name),),
    )
    text = "".join(pages(one(hostile)))
    assert "924,70" in text
    assert "NL91" in text


def test_markup_is_printed_as_it_is() -> None:
    name = "#strong[Boe] *ster* {total} $x$"
    content = replace(reminder(), recipient=replace(reminder().recipient, name=name))
    assert name in pages(one(content))[0]


def test_a_character_without_a_glyph_becomes_a_square() -> None:
    content = replace(reminder(), recipient=replace(reminder().recipient, name="Firma 漢 Ünal Łódź"))
    assert "Firma □ Ünal Łódź" in pages(one(content))[0]


def test_a_long_bundle_goes_on_over_pages() -> None:
    told = pages(one(bundle(invoices=48)))
    text = "".join(told)
    assert len(told) > 6
    assert all(f"2026-{number:04d}" in text for number in range(1, 49))
    assert f"Pagina {len(told)} van {len(told)}" in told[-1]


@pytest.mark.parametrize("word", ["x" * 200, 'x"' * 100, "x\\" * 100])
def test_a_long_word_stays_within_its_margins(word: str) -> None:
    document = pypdfium2.PdfDocument(one(replace(formal_notice(), notes=(word,))))
    for number in range(len(document)):
        text = document[number].get_textpage()
        rights = [text.get_charbox(index)[2] for index in range(text.count_chars())]
        assert max(rights) <= document[number].get_width() - 20 / 25.4 * 72 + 1


def test_old_and_far_dates() -> None:
    content = replace(reminder(), letter_date=date(2026, 12, 31), pay_by=date(2027, 1, 7))
    assert "donderdag 7 januari 2027" in pages(one(content))[0].replace("\u00a0", " ")


def test_pages_are_counted_when_a_letter_is_longer_than_usual() -> None:
    told = pages(
        one(replace(formal_notice(), notes=("Een lange toelichting bij deze berekening. " * 9,) * 40))
    )
    assert len(told) > 2
    for number, text in enumerate(told, start=1):
        assert f"Pagina {number} van {len(told)}" in text
    usual = pages(one(formal_notice()))
    assert ["Pagina 1 van 2" in usual[0], "Pagina 2 van 2" in usual[1]] == [True, True]


def test_a_spawned_worker_sets_the_same_bytes() -> None:
    """Workers start by spawn: one that is forked after the first letter hangs. Nor does it matter what was set before."""
    contents = [example(language) for example in (*EXAMPLES, bundle) for language in Language]
    here = render_letters(contents)
    with multiprocessing.get_context("spawn").Pool(1) as workers:
        there = workers.apply(render_letters, (contents[::-1],))
    assert there[::-1] == here
