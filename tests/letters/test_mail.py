"""The letter as e-mail: its parts and headers, and which addresses are refused with which reason."""

import datetime as dt
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from inbaar.letters.mail import AddressRefused, Envelope, checked_address, letter_mail, message_id, one_line

SENT_AT = dt.datetime(2026, 11, 16, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
PDF = bytes(range(256)) * 40


def envelope(**changes: object) -> Envelope:
    facts = {
        "key": "letter-12-B-2026-0113",
        "sent_at": SENT_AT,
        "from_name": "Houthandel De Linde B.V.",
        "from_address": "administratie@delinde.example",
        "to_name": "Bouwbedrijf Van der Meer B.V.",
        "to_address": "crediteuren@vandermeer.example",
        "reply_to": "debiteuren@delinde.example",
    }
    return Envelope(**{**facts, **changes})  # type: ignore[arg-type]


def read(mail: EmailMessage) -> EmailMessage:
    message = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_its_parts_and_headers() -> None:
    text = "Geachte heer, mevrouw,\n\nU moet nu € 924,70 betalen.\n" + "x" * 2000 + "\n"
    mail = read(
        letter_mail(envelope(), "Aanmaning voor factuur 2026-0031", text, PDF, "aanmaning 2026-0031.pdf")
    )
    assert mail["From"] == '"Houthandel De Linde B.V." <administratie@delinde.example>'
    assert mail["To"] == '"Bouwbedrijf Van der Meer B.V." <crediteuren@vandermeer.example>'
    assert mail["Reply-To"] == "debiteuren@delinde.example"
    assert mail["Subject"] == "Aanmaning voor factuur 2026-0031"
    assert mail["Date"] == "Mon, 16 Nov 2026 09:30:00 +0100"
    assert mail["Message-ID"] == "<letter-12-B-2026-0113@delinde.example>"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == text.splitlines()
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_filename() == "aanmaning 2026-0031.pdf"
    assert attached.get_content() == PDF


def test_the_same_letter_gives_the_same_bytes_and_short_lines() -> None:
    first, again = (
        letter_mail(envelope(), "Onderwerp", "tekst € 1\n", PDF, "brief.pdf").as_bytes() for _ in range(2)
    )
    assert first == again
    assert max(map(len, first.split(b"\r\n"))) <= 998
    assert b"\n" not in first.replace(b"\r\n", b"")
    first.decode("ascii")


def test_headers_cannot_be_injected() -> None:
    evil = "x\r\nBcc: all@example.org\r\n\r\nbody"
    mail = letter_mail(envelope(from_name=evil, to_name=evil, key=evil), evil, "tekst", PDF, evil)
    message = read(mail)
    assert message["Bcc"] is None
    assert message["Subject"] == "x Bcc: all@example.org body"
    assert message["Message-ID"] == "<x--Bcc--all-example.org----body@delinde.example>"
    assert [name for name, _ in message.items()].count("To") == 1


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "there is no e-mail address: send this letter by post or ask for one"),
        ("  ", "there is no e-mail address: send this letter by post or ask for one"),
        (
            "a@b.nl\r\nBcc: c@d.nl",
            "'a@b.nl\\r\\nBcc: c@d.nl' holds a line break or control mark: correct the address",
        ),
        ("a@b.nl, c@d.nl", "'a@b.nl, c@d.nl' is more than one address or holds a space: give one address"),
        ("a@b.nl;c@d.nl", "'a@b.nl;c@d.nl' is more than one address or holds a space: give one address"),
        ("Jan <a@b.nl>", "'Jan <a@b.nl>' is more than one address or holds a space: give one address"),
        ("a.b.nl", "'a.b.nl' has no single @: correct the address"),
        ("a@b@c.nl", "'a@b@c.nl' has no single @: correct the address"),
        ("a@b", "'a@b' is not written as an e-mail address: correct the address"),
        ("a..b@c.nl", "'a..b@c.nl' is not written as an e-mail address: correct the address"),
        (".a@c.nl", "'.a@c.nl' is not written as an e-mail address: correct the address"),
        ("a@c.nl.", "'a@c.nl.' is not written as an e-mail address: correct the address"),
        ("a@c..nl", "the domain of 'a@c..nl' cannot exist: correct the address"),
        ("é@c.nl", "'é@c.nl' is not written as an e-mail address: correct the address"),
        ("x" * 65 + "@c.nl", f"'{'x' * 65}@c.nl' is not written as an e-mail address: correct the address"),
    ],
)
def test_a_bad_address_is_refused_with_its_reason(address: str, reason: str) -> None:
    with pytest.raises(AddressRefused) as caught:
        checked_address(address)
    assert str(caught.value) == reason
    with pytest.raises(AddressRefused):
        letter_mail(envelope(to_address=address), "x", "y", PDF, "z.pdf")


@pytest.mark.parametrize("address", ["a@b.nl", "o'neil+x@b-c.co.uk", "x" * 64 + "@c.nl", " a@b.nl "])
def test_good_addresses_pass(address: str) -> None:
    assert checked_address(address) == address.strip()


def test_a_domain_in_another_script_is_written_as_dns_has_it() -> None:
    assert checked_address("jan@zônen.nl") == "jan@xn--znen-vqa.nl"


def test_a_moment_needs_its_time_zone_and_a_letter_its_key() -> None:
    naive = SENT_AT.replace(tzinfo=None)
    with pytest.raises(ValueError, match="has no time zone"):
        letter_mail(envelope(sent_at=naive), "x", "y", PDF, "z.pdf")
    with pytest.raises(ValueError, match="has no key"):
        message_id("\r\n", "a@b.nl")
    assert one_line("a\x00\tb\x7f") == "a b"
