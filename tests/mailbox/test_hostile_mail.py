"""Messages that were made to break the reader: whatever comes in, it is read or refused with a reason, and soon."""

import email.utils
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbaar.intake.archive import BadArchive, unpacked
from inbaar.mailbox.files import ARCHIVE_LIMITS, sorted_parts
from inbaar.mailbox.mail import (
    MOST_LINES_LOOKED_AT,
    MOST_PARTS,
    MailUnreadable,
    key_of,
    key_of_head,
    parts_of,
    read_head,
)
from tests.mailbox.books import ADDRESS, SENDER, MailBooks, invoice, mail
from tests.mailbox.imap_server import needs_dovecot

HEAD = b"From: a@b.nl\r\nMIME-Version: 1.0\r\n"


def nested(depth: int, text: bytes = b"x\r\n") -> bytes:
    """A part in a part, so many times."""
    body = b"Content-Type: text/plain\r\n\r\n" + text
    for number in range(depth):
        mark = b"b%d" % number
        body = b'Content-Type: multipart/mixed; boundary="%b"\r\n\r\n--%b\r\n%b\r\n--%b--\r\n' % (
            mark,
            mark,
            body,
            mark,
        )
    return HEAD + body


def test_ninety_parts_in_each_other_are_read_and_thousands_are_refused():
    assert len(parts_of(nested(90))) == 1
    for depth in (101, 5_000):
        with pytest.raises(MailUnreadable):
            parts_of(nested(depth))


def test_short_lines_in_deep_parts_are_refused_before_they_are_looked_at():
    with pytest.raises(MailUnreadable):
        parts_of(nested(90, b"\r\n" * 1_000_000))
    # The largest message that is fetched, as mail programs write it.
    assert 40_000_000 / 78 * (1 + MOST_PARTS) < MOST_LINES_LOOKED_AT


def test_messages_in_messages_are_refused_past_the_same_number():
    raw = HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 5_000
    with pytest.raises(MailUnreadable):
        parts_of(raw)


@pytest.mark.parametrize(
    "part",
    [
        b'Content-Type: application/pdf; name="=?klingon?B?%%%?="\r\nContent-Transfer-Encoding: base64\r\n\r\n%PDF!!!!\xff\r\n',
        b"Content-Type: application/xml; charset=nonsense; name*=utf-9''%ff%fe.xml\r\n\r\n<a/>\r\n",
        b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*0*=nl'nl'a; filename*9*=b\r\n\r\nx\r\n",
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\r\n\xff\xff\r\nend\r\n",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary\r\n",
        b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n\r\n',
        b"Content-Type: ;;;=\r\n\r\nx\r\n",
        b'Content-Type: application/pdf; name="=?utf-8?B?A?="\r\n\r\n%PDF-\r\n',
        b"\xff\xfe\x00: \x00\r\n\r\n\x00",
        b"",
    ],
)
def test_what_cannot_be_decoded_raises_nothing(part):
    raw = HEAD + b'Content-Type: multipart/mixed; boundary="B"\r\n\r\n--B\r\n' + part + b"\r\n--B--\r\n"
    found = sorted_parts(parts_of(raw))
    assert all(told.name.isprintable() for told in found.told)
    assert all(name.isprintable() for name, _ in found.files)


def test_headers_that_are_cut_off_in_their_encoding_are_shown_as_they_are():
    """Python's own reader of encoded words raises another error for base64 of a length that cannot be."""
    head = read_head(b"From: a@b.nl\r\nSubject: =?utf-8?B?A?=\r\nX-Loop: =?utf-8?B?AAAAA?=\r\n\r\n")
    assert (head.sender, head.subject) == ("a@b.nl", "=?utf-8?B?A?=")
    assert (head.automatic, head.bounce) == ("x-loop", False)


@pytest.mark.parametrize("charset", ["utf-\u20ac", "\u00e9tf-8", "utf-8\u0665"])
def test_a_charset_that_is_no_name_leaves_the_header_as_it_is(charset):
    word = f"=?{charset}?Q?a?="
    raw = f'From: a@b.nl\r\nSubject: {word}\r\nContent-Type: application/pdf; name="{word}"\r\n\r\n%PDF-\r\n'
    assert read_head(raw.encode()).sender == "a@b.nl"
    ((name, content),) = sorted_parts(parts_of(raw.encode())).files
    assert name.isprintable()
    assert content.startswith(b"%PDF-")


def test_comments_in_comments_hide_only_their_own_addresses():
    deep = b"(" * 5_000 + b")" * 5_000
    head = read_head(b"From: a@b.nl\r\nTo: " + deep + b" x@b.nl\r\nCc: Facturen@inbaar.example\r\n\r\n")
    assert (head.sender, head.addressed) == ("a@b.nl", {"facturen@inbaar.example"})


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_have_a_head_a_key_and_parts(noise):
    for raw in (
        noise,
        HEAD + noise,
        HEAD + b'Content-Type: multipart/mixed; boundary="B"\r\n\r\n--B\r\n' + noise,
    ):
        head = read_head(raw)
        assert head.subject.isprintable()
        assert len(key_of(raw)) == 64
        sorted_parts(parts_of(raw))


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_message_with_bytes_changed_is_read_or_refused(data):
    raw = bytearray(mail(("a.xml", b"<?xml version='1.0'?><a/>"), ("b.pdf", b"%PDF-1.7 x")))
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    read_head(bytes(raw))
    sorted_parts(parts_of(bytes(raw)))


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        (f"From: {SENDER}", SENDER),
        (f"From: Boekhouding <{SENDER.upper()}>", SENDER),
        ("From: =?utf-8?q?Zo=C3=AB?= <zoe@b.nl>", "zoe@b.nl"),
        (f'From: "{SENDER}" <v@elders.nl>', ""),
        (f"From: =?utf-8?q?{SENDER}?= <v@elders.nl>", ""),
        (f"From: {SENDER}\r\nFrom: v@elders.nl", ""),
        ("From: a@b.nl, c@d.nl", ""),
        ("From: groep: a@b.nl;", ""),
        ("From: undisclosed", ""),
        ("X: y", ""),
    ],
)
def test_the_sender_is_one_plain_address_or_none(header, sender):
    assert read_head(f"{header}\r\nSubject: x\r\n\r\nbody".encode()).sender == sender


def test_a_head_cannot_put_lines_or_control_marks_into_what_is_shown():
    head = read_head(b"Subject: =?utf-8?q?a=0D=0ABcc:_x=1B[2J?=\r\n\r\n")
    assert head.subject == "a Bcc: x?[2J"


def test_the_key_is_the_message_s_own_whatever_way_it_came():
    raw = mail(("a.xml", invoice()))
    assert key_of(b"Received: from x\r\n" + raw) == key_of(raw)
    assert key_of(raw + b"x") != key_of(raw)
    assert key_of(raw.replace(SENDER.encode(), b"v@elders.example")) != key_of(raw)
    assert key_of_head(raw.partition(b"\r\n\r\n")[0], 5) != key_of_head(raw.partition(b"\r\n\r\n")[0], 6)


def bomb(size: int, **how: object) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(int(how.get("files", 1))):
            archive.writestr(f"{number}.xml", b"\0" * size)
    return made.getvalue()


def lying(size: int) -> bytes:
    """An archive whose list says each file is small."""
    raw = bytearray(bomb(size))
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(raw)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (bomb(60_000_000), "archive-too-large"),
        (bomb(30_000_000, files=4), "archive-too-large"),
        (bomb(1, files=201), "archive-too-many"),
        (b"PK\x03\x04 half", "archive-damaged"),
        (bomb(1000)[:-30], "archive-damaged"),
        (lying(60_000_000), "archive-damaged"),
    ],
    ids=["large", "large-together", "many", "no-zip", "cut-off", "lying"],
)
def test_an_archive_that_is_too_much_or_damaged_is_not_opened(content, rule):
    with pytest.raises(BadArchive) as refused:
        unpacked("z.zip", content, ARCHIVE_LIMITS)
    assert refused.value.rule == rule


def test_a_locked_archive_is_said_as_such():
    raw = bytearray(bomb(10))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.index(mark) + offset
        raw[at] |= 1
    with pytest.raises(BadArchive) as refused:
        unpacked("z.zip", bytes(raw), ARCHIVE_LIMITS)
    assert refused.value.rule == "archive-locked"


def test_a_part_in_an_alphabet_that_cannot_be_named_is_read():
    raw = HEAD + b'Content-Type: application/pdf; charset="\0"; name="a.pdf"\r\n\r\n%PDF-1.7\r\n'
    assert sorted_parts(parts_of(raw)).files == (("a.pdf", b"%PDF-1.7\r\n"),)


def test_an_archive_in_an_archive_is_not_opened():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("in.zip", bomb(10))
        archive.writestr("../../a.xml", invoice())
    found = sorted_parts(parts_of(mail(("uit.zip", made.getvalue()))))
    assert [name for name, _ in found.files] == ["uit.zip: a.xml"]
    assert [told.name for told in found.told] == ["uit.zip: in.zip"]


def test_more_files_than_a_message_may_hold_are_all_left():
    from inbaar.mailbox.mail import Part

    found = sorted_parts([Part(f"{n}.pdf", "application/pdf", False, b"%PDF-1.7") for n in range(101)])
    assert (found.files, found.told[0].problems[0][0]) == ((), "mail-too-many")
    assert ARCHIVE_LIMITS.files >= 101


def test_the_letter_around_the_files_is_no_file():
    logo = b"Content-Type: image/png\r\nContent-ID: <logo>\r\nContent-Disposition: inline; filename=logo.png\r\n\r\n\x89PNG\r\n"
    page = b"Content-Type: text/html\r\n\r\n<html>Hallo</html>\r\n"
    card = b"Content-Type: text/vcard; name=jan.vcf\r\n\r\nBEGIN:VCARD\r\n"
    parts = b"".join(b"--B\r\n" + part for part in (page, logo, card))
    raw = HEAD + b'Content-Type: multipart/related; boundary="B"\r\n\r\n' + parts + b"--B--\r\n"
    assert sorted_parts(parts_of(raw)).is_empty


def test_a_zip_with_a_file_that_has_no_name_is_refused_as_damaged_or_read():
    """Python before 3.12 looks at the last letter of the name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x", invoice())
    nameless = out.getvalue().replace(b"x", b"\0", 1)
    at = nameless.rindex(b"PK\x01\x02")
    nameless = nameless[: at + 46] + b"\0" + nameless[at + 47 :]
    raw = mail(("facturen.zip", nameless))
    found = sorted_parts(parts_of(raw))
    assert found.told or found.files


def fail_on_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's reader of addresses fails on one header, as it did on others before they were known."""

    def getaddresses(values: list[str]) -> list[tuple[str, str]]:
        if any("marked" in value for value in values):
            raise IndexError("string index out of range")
        return email.utils.getaddresses(values)

    monkeypatch.setattr("inbaar.mailbox.mail.getaddresses", getaddresses)


@pytest.mark.django_db
@needs_dovecot
@pytest.mark.parametrize("whole", [True, False])
def test_a_head_that_python_fails_on_is_set_aside_once_and_the_look_goes_on(imap, post, monkeypatch, whole):
    fail_on_marked(monkeypatch)
    books = MailBooks(imap, whole=whole)
    books.deliver(
        mail(("a.xml", invoice("F-1")), to=f'"marked" <{ADDRESS}>', Message_ID="<marked@zaagmolen.example>"),
        mail(("b.xml", invoice("F-2"))),
    )
    assert dict(books.fetch().states) == {"refused": 1, "taken": 1}
    assert books.folders() == {"Niet gelezen": 1, "Verwerkt": 1}
    unread, taken = books.messages()
    assert (unread.message_id, unread.sender, unread.state) == ("<marked@zaagmolen.example>", "", "refused")
    assert [each["rule"] for each in unread.results[0]["problems"]] == ["mail-head"]
    assert taken.state == "taken"
    assert dict(books.fetch().states) == {}
    assert len(books.answers(post)) == 1
    assert books.count("mailbox_message") == 2


@pytest.mark.django_db
@needs_dovecot
def test_in_a_shared_mailbox_a_head_that_python_fails_on_is_left_to_whose_it_is(imap, monkeypatch):
    fail_on_marked(monkeypatch)
    books = MailBooks(imap, whole=False)
    books.deliver(mail(("a.xml", invoice("F-1")), to='"marked" <other@inbaar.example>'))
    assert dict(books.fetch().states) == {}
    assert books.folders() == {"INBOX": 1}
