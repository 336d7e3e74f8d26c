"""Several programs that take what one debtor says at the same moment: the same words once, and no more held than is open."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.debtor_page.saying import NewReply, take_reply
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from tests.conftest import make_client
from tests.debtor_page.books import Pages
from tests.dunning.scenario import day
from tests.killing import ended_with, in_child

D = Decimal


def test_two_who_dispute_the_same_invoice_at_once_hold_it_once(own_database, monkeypatch):
    books = Pages(make_client("Van Dijk Techniek B.V.", "90000001"), monkeypatch)
    invoice = books.invoice("2026-001", "2026-10-01")
    debtor = books.debtor(invoice)

    def dispute(words: str) -> None:
        new = NewReply(debtor, "dispute", "nl", words, invoice, "price", D("700.00"))
        with client_scope(books.client.id):
            take_reply(books.client.id, new, day("2026-10-05"), dt.datetime(2026, 10, 5, 8, tzinfo=dt.UTC))

    def refused(words: str) -> None:
        """Another 700 of the 1,210, of which 510 is left."""
        with pytest.raises(Refused) as why:
            dispute(words)
        assert why.value.code == "reply-above-open"

    same = [in_child(lambda: dispute("een")) for _ in range(4)]
    assert [ended_with(child) for child in same] == [0] * 4
    more = [in_child(lambda words=words: refused(words)) for words in ("twee", "drie")]
    assert [ended_with(child) for child in more] == [0, 0]
    assert books.holds() == [("dispute", D("700.00"), None)]
    assert len(books.replies()) == len(books.mails()) == 1
