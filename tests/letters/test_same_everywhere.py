"""The PDF, the plain text and the e-mail say the same: every amount, date, number and account, and every sentence."""

import datetime as dt
import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from email import message_from_bytes, policy

import pypdfium2
import pytest

from inbaar.letters.composed import Letter
from inbaar.letters.content import Language, LetterContent
from inbaar.letters.examples import bundle, formal_notice, fourteen_day_letter, reminder
from inbaar.letters.mail import Envelope, letter_mail
from inbaar.letters.text import letter_text
from inbaar.letters.typesetting import render_letters
from inbaar.letters.wording import compose, subject_of

AMOUNT = re.compile(r"€\s?-?[\d.,]*\d")
DATE = re.compile(r"\b\d{1,2}\s[a-zA-Z]{3,9}\s\d{4}\b")
IBAN = re.compile(r"\bNL\d\d\s(?:\w{4}\s){3}\w{2}\b")
NUMBER = re.compile(r"\b(?:B-)?2026-\d{4}\b|\bRF\d+\b|\b\d{16}\b")
PERCENT = re.compile(r"\b\d+(?:[.,]\d+)?%")
PATTERNS = {"amounts": AMOUNT, "dates": DATE, "accounts": IBAN, "numbers": NUMBER, "percentages": PERCENT}
EVERY = [
    example(language)
    for example in (reminder, formal_notice, fourteen_day_letter, bundle)
    for language in (Language.NL, Language.EN)
]


def pdf_text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[n].get_textpage().get_text_bounded() for n in range(len(document))]
    return spaced("\n".join(re.sub(r"\n?(Pagina|Page) \d+ (van|of) \d+\s*$", "", page) for page in pages))


def spaced(text: str) -> str:
    return re.sub(r"[\s\u00a0]+", " ", text.replace("\u200b", "").replace("\ufffe", ""))


def told(text: str) -> dict[str, set[str]]:
    return {
        name: {found.replace(" ", "") for found in pattern.findall(spaced(text))}
        for name, pattern in PATTERNS.items()
    }


@pytest.mark.parametrize("content", EVERY, ids=lambda content: f"{content.kind}-{content.language}")
def test_a_wider_line_changes_no_word(content):
    assert letter_text(content, 10_000).split() == letter_text(content).split()


def mail_body(content: LetterContent) -> str:
    envelope = Envelope(
        key=content.letter_number,
        sent_at=dt.datetime(2026, 11, 16, 9, tzinfo=dt.UTC),
        from_name=content.sender.name,
        from_address=content.sender.email,
        to_name=content.recipient.name,
        to_address=content.recipient.email,
    )
    mail = letter_mail(
        envelope, subject_of(content), letter_text(content), render_letters([content])[0], "brief.pdf"
    )
    body = message_from_bytes(mail.as_bytes(), policy=policy.default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def sentences(letter: Letter) -> list[str]:
    paragraphs = [*letter.opening, *letter.remarks, *letter.closing]
    return [paragraph.text for paragraph in paragraphs] + [
        text for section in letter.sheet.sections for text in (section.heading, *section.paragraphs)
    ]


def cells(letter: Letter) -> Counter[str]:
    tables = [letter.invoices, *(table for section in letter.sheet.sections for table in section.tables)]
    rows = [row for table in tables for row in (*table.rows, table.total)]
    return Counter(spaced(cell) for row in rows for cell in row if cell)


@pytest.mark.requirement("DUN-22")
@pytest.mark.parametrize(
    "content", EVERY, ids=lambda content: f"{content.kind}-{len(content.items)}-{content.language}"
)
def test_pdf_text_and_mail_tell_the_same_facts(content: LetterContent) -> None:
    (pdf,) = render_letters([content])
    in_text = told(letter_text(content))
    assert told(pdf_text(pdf)) == in_text
    assert told(mail_body(content)) == in_text
    assert in_text["amounts"]
    assert in_text["dates"]
    assert len(in_text["accounts"]) == 1


@pytest.mark.requirement("DUN-22")
@pytest.mark.parametrize(
    "content", EVERY, ids=lambda content: f"{content.kind}-{len(content.items)}-{content.language}"
)
def test_pdf_and_text_hold_every_sentence_and_cell(content: LetterContent) -> None:
    letter = compose(content)
    (pdf,) = render_letters([content])
    for where in (pdf_text(pdf), spaced(letter_text(content))):
        for sentence in sentences(letter):
            assert spaced(sentence) in where
        for cell, count in cells(letter).items():
            assert where.count(cell) >= count, cell


@pytest.mark.requirement("DUN-22")
def test_a_changed_amount_shows_in_all_three() -> None:
    content = reminder()
    item = replace(content.items[0], gross=Decimal("98765.43"), open_principal=Decimal("98765.43"))
    changed = replace(content, items=(item,), total_due=item.total)
    for text in (letter_text(changed), mail_body(changed), pdf_text(render_letters([changed])[0])):
        assert "€ 98.765,43" in spaced(text)
        assert "€ 1.210,00" not in spaced(text)


@pytest.mark.requirement("BEY-02")
@pytest.mark.parametrize(
    "content", EVERY, ids=lambda content: f"{content.kind}-{len(content.items)}-{content.language}"
)
def test_the_sheet_can_be_recomputed_from_what_is_printed(content: LetterContent) -> None:
    """Each table's total is the sum of its printed rows, and the last sum is the total asked in the letter."""
    letter = compose(content)
    sums = []
    for section in letter.sheet.sections:
        for table in section.tables:
            column = [column.figures for column in table.columns].index(True) if len(table.columns) < 4 else 4
            if not table.total or not table.rows or not table.rows[0][column] or column >= len(table.columns):
                continue
            assert sum((printed(row[column]) for row in table.rows), Decimal(0)) == printed(
                table.total[column]
            )
            sums.append(printed(table.total[column]))
    assert content.total_due in sums
    for item in content.items:
        for line in item.lines:
            exact = line.base * line.rate_percent / 100 * line.days / 365
            assert abs(exact - line.amount) <= Decimal("0.005")


def printed(amount: str) -> Decimal:
    figures = amount.replace("\u00a0", "").replace("€", "")
    decimal_comma = figures[-3] == ","
    plain = figures.replace(".", "").replace(",", ".") if decimal_comma else figures.replace(",", "")
    return Decimal(plain)
