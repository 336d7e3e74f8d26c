"""A letter as plain text: the same words and amounts as the PDF, for the e-mail's body and for reading on a screen.

Tables become labelled lines, so that they read well in any font and at any width.
"""

import re
import textwrap

from inbaar.letters.composed import Letter, Paragraph, Section, Sheet, Table
from inbaar.letters.content import LetterContent
from inbaar.letters.html import mail_html
from inbaar.letters.wording import compose
from inbaar.letters.words import NBSP, words_in

WIDTH = 76
#: Wider than any line: whoever draws the text breaks it.
UNBROKEN = 100_000


def letter_text(content: LetterContent, width: int = WIDTH) -> str:
    """The whole letter, its calculation sheet included, ending in one newline; lines of at most `width` signs."""
    return plain(compose(content), width)


def letter_html(content: LetterContent) -> str:
    """The same as a mail's drawn body, with a button for each link; nothing where the letter has none."""
    words = words_in(content.language)
    links = ((content.pay_link, "button"), (content.page_link, "page_button"))
    buttons = {link: words.say("payment", label) for link, label in links if link}
    return mail_html(letter_text(content, UNBROKEN), buttons, content.language.value) if buttons else ""


def plain(letter: Letter, width: int = WIDTH) -> str:
    """A composed letter as text."""
    blocks = [
        "\n".join([letter.sender_name, *letter.sender_address, *_facts(letter.sender_facts)]),
        "\n".join(letter.recipient),
        letter.title.upper(),
        "\n".join(_facts(letter.references)),
        letter.salutation,
        *_paragraphs(letter.opening, width),
        _table(letter.invoices, width),
        _table(letter.plan.terms, width) if letter.plan else "",
        *_paragraphs(letter.remarks, width),
        _payment(letter, width),
        *_paragraphs(letter.closing, width),
        f"{letter.farewell}\n{letter.sender_name}",
        _wrapped(letter.appendix_notice, width),
        *_sheet(letter.sheet, width),
    ]
    return _cleaned("\n\n".join(block for block in blocks if block)) + "\n"


def _cleaned(text: str) -> str:
    """Spaces that only keep a line together become plain; marks that only set a direction stay, as they are content."""
    return re.sub(r"[ \t]+\n", "\n", text.replace(NBSP, " "))


def _wrapped(text: str, width: int, indent: str = "") -> str:
    return textwrap.fill(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _paragraphs(paragraphs: tuple[Paragraph, ...], width: int) -> list[str]:
    return [_wrapped(paragraph.text, width) for paragraph in paragraphs]


def _facts(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    longest = max((len(label) for label, _ in pairs), default=0)
    return [f"{label}:{' ' * (longest - len(label))} {value}" for label, value in pairs]


def _payment(letter: Letter, width: int) -> str:
    box = letter.payment
    lines = [f"  {line}" for line in _facts(box.rows)]
    if box.no_qr:
        lines.append(_wrapped(box.no_qr, width, "  "))
    if box.link:
        lines += [_wrapped(box.link_label, width, "  "), f"  {box.link}"]
    if box.own_page:
        lines += [_wrapped(box.own_page_label, width, "  "), f"  {box.own_page}"]
    return "\n".join([f"{box.caption}:", *lines])


def _table(table: Table, width: int) -> str:
    rows = [_row(table, row, width) for row in table.rows]
    if table.total:
        rows.append(_row(table, table.total, width))
    return "\n".join(filter(None, [f"{table.caption}:" if table.caption else "", *rows]))


def _row(table: Table, row: tuple[str, ...], width: int) -> str:
    """The first cell as the row's name, the others by the name of their column."""
    if len(row) == 2:
        return f"  {row[0]}: {row[1]}" if row[1] else f"  {row[0]}"
    told = [
        f"{column.title}: {cell}" for column, cell in zip(table.columns[1:], row[1:], strict=True) if cell
    ]
    return "\n".join([f"  {row[0]}", _wrapped("; ".join(told), width, "    ")])


def _sheet(sheet: Sheet, width: int) -> list[str]:
    """The calculation sheet, where the letter has one."""
    if not sheet.title:
        return []
    return [
        sheet.title.upper(),
        _wrapped(sheet.intro, width),
        *(_section(section, width) for section in sheet.sections),
    ]


def _section(section: Section, width: int) -> str:
    tables = [_table(table, width) for table in section.tables]
    if section.tables and section.tables[0].caption == section.heading:
        return "\n".join([*tables, *(_wrapped(told, width, "  ") for told in section.paragraphs)])
    return "\n".join(
        [f"{section.heading}:", *tables, *(_wrapped(told, width, "  ") for told in section.paragraphs)]
    )
