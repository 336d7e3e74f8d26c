"""The debtors' mail server: letters sent over real SMTP reach their debtor, addresses that don't work bounce."""

import smtplib
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage

import pytest

from inbaar.market.letter_reading import LetterRead, read_letter
from inbaar.market.market import Market
from inbaar.market.postbox import Postbox
from tests.market.playing import START

ON_REMINDER, BOUNCES = 15, 13


def letter(to: str, text: str, subject: str = "Herinnering", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "administratie@vandijk-techniek.example", to, subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="brief.pdf")
    return message


def send(postbox: Postbox, message: EmailMessage) -> None:
    with smtplib.SMTP(postbox.host, postbox.port, timeout=10) as connection:
        connection.send_message(message)


def test_a_letter_with_headers_makes_its_debtor_pay() -> None:
    market = Market(1, START, 120)
    [facts] = [f for f in market.debtor_facts if f.number == ON_REMINDER]
    invoice = next(i for i in market.truth.invoices.values() if i.debtor_number == ON_REMINDER)
    day = invoice.due_on + timedelta(days=1)
    market.statement_on(day)
    with Postbox(market, START) as postbox:
        postbox.today = day
        headers = {
            "X_Inbaar_Letter_Kind": "reminder",
            "X_Inbaar_Invoices": invoice.number,
            "X_Inbaar_Total": str(invoice.total),
        }
        send(postbox, letter(facts.email, "Zie bijlage.", **headers))
        [delivery] = postbox.deliveries
    assert (delivery.day, delivery.letter.invoice_numbers) == (day, (invoice.number,))
    market.statement_on(day + timedelta(days=12))
    assert market.truth.invoices[invoice.number].paid_in_full


def test_addresses_that_do_not_work_answer_550() -> None:
    market = Market(1, START, 30)
    [bouncing] = market.bouncing_emails
    with Postbox(market, START) as postbox:
        for address in (bouncing, "niemand@elders.example"):
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
                send(postbox, letter(address, "Zie bijlage."))
            code, _ = refusal.value.recipients[address]
            assert code == 550
        assert postbox.deliveries == []
        assert postbox.bounced == [(START, bouncing), (START, "niemand@elders.example")]


def test_the_server_listens_on_loopback_and_stops() -> None:
    with Postbox(Market(1, START, 5), START) as postbox:
        assert postbox.host == "127.0.0.1"
        host, port = postbox.host, postbox.port
    with pytest.raises(OSError):
        smtplib.SMTP(host, port, timeout=2)


@pytest.mark.parametrize(
    ("subject", "text", "expected"),
    [
        (
            "Herinnering factuur 2026-0012",
            "Beste,\nFactuur 2026-0012 en 2026-0040 staan open.\nTotaal te betalen: € 1.234,56\n",
            LetterRead("reminder", ("2026-0012", "2026-0040"), Decimal("1234.56")),
        ),
        (
            "Aanmaning",
            "Na onze herinnering van 3 maart is 2026-0012 nog niet betaald.\nTotaal € 45,00\n",
            LetterRead("formal_notice", ("2026-0012",), Decimal("45.00")),
        ),
        (
            "Uw factuur",
            "Veertiendagenbrief\nFactuur 2026-0012\nHoofdsom € 100,00\nTe betalen € 100,00\nIncassokosten € 40,00\n",
            LetterRead("fourteen_day_letter", ("2026-0012",), Decimal("100.00")),
        ),
        (
            "Formal notice",
            "Invoice 2026-0012\nAmount due: EUR 1,234.56\n",
            LetterRead("formal_notice", ("2026-0012",), Decimal("1234.56")),
        ),
        ("Fijne feestdagen", "Wij zijn gesloten.", LetterRead("", (), Decimal("0.00"))),
    ],
)
def test_without_headers_the_text_must_say_it(subject: str, text: str, expected: LetterRead) -> None:
    assert read_letter(letter("a@b.example", text, subject=subject)) == expected
