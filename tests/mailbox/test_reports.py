"""Reports on mail that did not arrive, read without believing any of it."""

import time

import pytest

from inbaar.mailbox.reports import NotDelivered, not_delivered
from tests.mailbox.bounced import out_of_office, returned

KEY = "<letter-1-42@example.nl>"


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822", "message/global-headers"])
def test_a_report_tells_which_message_whose_address_and_why(kind):
    assert not_delivered(returned(KEY, kind=kind)) == NotDelivered(
        KEY, "boekhouding@korenaar.example", "5.1.1", "550 5.1.1 User unknown"
    )


def test_the_address_is_the_one_we_wrote_to_where_the_server_sent_it_on():
    found = not_delivered(returned(KEY, final="elders@ander.example"))
    assert found is not None
    assert found.address == "boekhouding@korenaar.example"


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", "", "FAILED?"])
def test_a_delay_and_an_arrival_are_no_return(action):
    assert not_delivered(returned(KEY, action=action)) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        out_of_office(KEY),
        returned(KEY).replace(b"multipart/report", b"multipart/mixed"),
        returned(KEY).replace(b"message/delivery-status", b"text/plain"),
        returned(KEY).replace(b"Message-ID: " + KEY.encode(), b"Message-ID: none"),
        returned(KEY)[:700],
        returned(KEY).replace(b'boundary="B"', b"boundary="),
        returned(KEY).replace(b"\r\n\r\nFinal", b"\r\nFinal"),
    ],
)
def test_what_is_no_report_on_a_message_tells_nothing(raw):
    assert not_delivered(raw) is None


def test_strange_words_are_kept_harmless_and_short():
    raw = returned(KEY).replace(b"User unknown", b"=?utf-8?b?4pyT?= \x00\x1b[31m" + b"x" * 5_000)
    found = not_delivered(raw)
    assert found is not None
    assert len(found.words) == 200
    assert not any(ord(mark) < 32 for mark in found.words)


def test_a_report_that_is_built_to_exhaust_is_left_alone():
    deep = b"".join(
        b'Content-Type: multipart/report; boundary="%d"\r\n\r\n--%d\r\n' % (at, at) for at in range(3_000)
    )
    began = time.process_time()
    assert not_delivered(deep + returned(KEY)) is None
    assert time.process_time() - began < 5
