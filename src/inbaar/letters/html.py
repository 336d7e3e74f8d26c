"""The body of a mail for whoever reads it drawn: word for word its text, with a button where the text has a link of ours.

Nothing is fetched from anywhere, and nothing of what a letter says is read as markup.
"""

from collections.abc import Mapping
from html import escape

_PAGE = (
    '<!doctype html><html lang="{language}"><body style="margin:0;padding:16px;color:#17212b;background:#ffffff;'
    'font:16px/1.5 Arial,Helvetica,sans-serif">{blocks}</body></html>'
)
_BLOCK = '<p style="margin:0 0 16px;white-space:pre-wrap">{text}</p>'
_BUTTON = (
    '<p style="margin:0 0 16px"><a href="{link}" style="display:inline-block;padding:12px 24px;border-radius:6px;'
    'background:#17324d;color:#ffffff;text-decoration:none;font-weight:bold">{label}</a></p>'
    '<p style="margin:0 0 16px"><a href="{link}" style="color:#17324d">{link}</a></p>'
)


def mail_html(text: str, buttons: Mapping[str, str], language: str) -> str:
    """The text as a page; each line of it that is a link in `buttons` becomes a button with its label, and the link below it."""
    blocks: list[str] = []
    for block in text.rstrip("\n").split("\n\n"):
        lines: list[str] = []
        for line in block.split("\n"):
            if (label := buttons.get(line.strip())) is not None:
                blocks += _paragraph(lines)
                blocks.append(_BUTTON.format(link=escape(line.strip()), label=escape(label)))
                lines = []
            else:
                lines.append(line)
        blocks += _paragraph(lines)
    return _PAGE.format(language=escape(language), blocks="".join(blocks))


def _paragraph(lines: list[str]) -> list[str]:
    return [_BLOCK.format(text=escape("\n".join(lines)))] if lines else []
