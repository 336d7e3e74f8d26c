"""How a debtor reads an e-mail: which kind of letter it is, for which invoices, and how much is asked.

Called by the postbox. Headers say it exactly; without them the subject and the text must, as for a person.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from email.message import EmailMessage

KIND_HEADER, INVOICES_HEADER, TOTAL_HEADER = "X-Inbaar-Letter-Kind", "X-Inbaar-Invoices", "X-Inbaar-Total"
KIND_WORDS = (
    (
        "fourteen_day_letter",
        r"veertiendagenbrief|14-dagenbrief|veertien dagen de tijd|fourteen-day letter|14-day letter",
    ),
    ("reminder", r"herinnering|reminder"),
    ("formal_notice", r"aanmaning|ingebrekestelling|sommatie|formal notice"),
)
# Not preceded by a letter or hyphen: B-2026-0107 is the letter's own number and C2026-0107 a credit note.
NUMBER = re.compile(r"(?<![\w-])20\d\d-\d{4,7}(?![\w-])")
TOTAL_LINE = re.compile(r"totaal|te betalen|total|amount due", re.IGNORECASE)
AMOUNT = re.compile(r"(\d{1,3}(?:[.,]\d{3})*|\d+)[.,](\d{2})(?!\d)")


@dataclass(frozen=True, slots=True)
class LetterRead:
    """What the reader understood; an empty kind means it is not a letter about an invoice."""

    kind: str
    invoice_numbers: tuple[str, ...]
    total_due: Decimal


def _text(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    content = part.get_content() if part is not None else ""
    return content if isinstance(content, str) else ""


def _kind(subject: str, text: str) -> str:
    """The subject says what it is; only if it doesn't, the first word of the text that does."""
    for kind, words in KIND_WORDS:
        if re.search(words, subject, re.IGNORECASE):
            return kind
    found = [
        (hit.start(), kind) for kind, words in KIND_WORDS if (hit := re.search(words, text, re.IGNORECASE))
    ]
    return min(found)[1] if found else ""


def _total(text: str) -> Decimal:
    """The last amount on the last line that speaks of a total, in Dutch or English notation."""
    total = Decimal("0.00")
    for line in text.splitlines():
        amounts = AMOUNT.findall(line)
        if amounts and TOTAL_LINE.search(line):
            whole, cents = amounts[-1]
            total = Decimal(f"{whole.replace('.', '').replace(',', '')}.{cents}")
    return total


def read_letter(message: EmailMessage) -> LetterRead:
    """Headers where they are, words where they aren't."""
    text = _text(message)
    kind = message.get(KIND_HEADER) or _kind(message.get("Subject", ""), text)
    listed = message.get(INVOICES_HEADER)
    numbers = re.split(r"[,;\s]+", listed.strip()) if listed else NUMBER.findall(text)
    stated = message.get(TOTAL_HEADER)
    total = Decimal(stated.strip()) if stated else _total(text)
    return LetterRead(str(kind).strip(), tuple(dict.fromkeys(n for n in numbers if n)), total)
