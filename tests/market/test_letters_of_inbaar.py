"""A debtor understands the program's own letters from their words alone, in both languages."""

import datetime as dt
from collections.abc import Callable
from email import message_from_bytes, policy

import pytest

from inbaar.letters import examples
from inbaar.letters.content import Language, LetterContent
from inbaar.letters.mail import Envelope, letter_mail
from inbaar.letters.text import letter_text
from inbaar.letters.wording import subject_of
from inbaar.market.letter_reading import LetterRead, read_letter

SENT_AT = dt.datetime(2026, 11, 16, 9, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    "example", [examples.reminder, examples.formal_notice, examples.fourteen_day_letter, examples.bundle]
)
def test_kind_invoices_and_total_are_understood(
    example: Callable[[Language], LetterContent], language: Language
) -> None:
    content = example(language)
    envelope = Envelope("key", SENT_AT, "Van Dijk", "a@vandijk.example", "Debiteur", "b@debiteur.example")
    mail = letter_mail(envelope, subject_of(content), letter_text(content), b"%PDF-1.7", "brief.pdf")
    received = message_from_bytes(mail.as_bytes(), policy=policy.default)
    numbers = tuple(item.invoice_number for item in content.items)
    assert read_letter(received) == LetterRead(str(content.kind), numbers, content.total_due)
