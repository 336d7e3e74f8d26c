"""A batch of debits of which something changed before it left: what is left leaves, and what was paid in part waits anew."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.batches.deciding import Contents
from inbaar.banking.debits.actions import approve_debit_batch, make_debit_batch, request_debits
from inbaar.kit.scope import client_scope
from inbaar.receivables.holds import NewHold, open_holds
from inbaar.receivables.models import Invoice
from tests.banking.books import draft, invoiced
from tests.banking.schemas import faults
from tests.debits.books import (
    DAY,
    NOW,
    acting,
    asked,
    assert_debits_proven,
    collecting,
    pay,
    refused,
    rows,
    signed,
    states,
)
from tests.transfers.books import account_of, file_of, member

pytestmark = pytest.mark.django_db
DAY_BEFORE = dt.date(2026, 3, 16)


class Three:
    """Debits of 121.00, 50.00 and 30.00 in one batch that waits for a second person."""

    def __init__(self, client):
        self.client, self.eva, self.ton = client, member(client, "eva"), member(client, "ton", "treasurer")
        self.debtor = collecting(client)
        self.mandate = signed(client, self.debtor, reference="K-1")
        with client_scope(client.id):
            invoiced(client, draft("2026-0002", "50.00"), draft("2026-0003", "30.00"))
            self.invoices = list(Invoice.objects.order_by("number").values_list("id", flat=True))
        self.batch = make_debit_batch(
            client.id, account_of(client), asked(client), acting(self.eva, DAY_BEFORE)
        )

    def approve(self, agreed=None):
        return approve_debit_batch(self.client.id, self.batch, acting(self.ton, DAY_BEFORE), agreed)

    def dispute(self, invoice):
        with client_scope(self.client.id):
            open_holds(
                self.client.id,
                [NewHold(self.debtor, "dispute", "wrong", "eva", DAY_BEFORE, "d", invoice)],
                NOW,
            )


@pytest.fixture
def three(client_a):
    return Three(client_a)


def test_what_was_paid_disputed_or_paid_in_part_is_left_out_by_the_second_person_alone(three, client_a):
    """121.00 is disputed and 20.00 of 50.00 paid: the file holds the third, and 30.00 of the second waits anew, as announced."""
    three.dispute(three.invoices[0])
    pay(client_a, three.invoices[1], "20.00", DAY_BEFORE)
    refused(three.approve, "debit-held", "debit-above-open")
    refused(lambda: three.approve(Contents(2, Decimal("80.00"))), "debit-held", "debit-above-open")
    refused(
        lambda: approve_debit_batch(
            client_a.id, three.batch, acting(three.eva, DAY_BEFORE), Contents(1, Decimal("30.00"))
        ),
        "second-person",
    )
    assert states(client_a) == ["batched"] * 3
    batch = three.approve(Contents(1, Decimal("30.00")))
    content = file_of(client_a, batch)
    assert faults("pain.008.001.08", content) == []
    assert (content.count(b"<DrctDbtTxInf>"), b'<InstdAmt Ccy="EUR">30.00<' in content) == (1, True)
    assert file_of(client_a, three.batch) == b""
    found = rows(
        client_a,
        "SELECT amount, state, announced_on FROM debits_directdebit WHERE NOT replaced ORDER BY amount, id",
    )
    assert sorted(found) == [
        (Decimal("30.00"), "in_file", DAY), (Decimal("30.00"), "requested", DAY), (Decimal("121.00"), "refused", DAY),
    ]  # fmt: skip
    told = "SELECT facts->>'why' FROM receivables_event WHERE kind = 'debit_left_out' ORDER BY id"
    assert rows(client_a, told) == [("debit-held",), ("debit-above-open",)]
    holds = "SELECT count(*) FROM receivables_hold WHERE left(key, 6) = 'debit:' AND released_on IS NULL"
    assert rows(client_a, holds) == [(2,)]
    assert_debits_proven(client_a)


def test_a_batch_of_which_nothing_is_left_is_not_approved(three, client_a):
    for invoice, amount in zip(three.invoices, ("121.00", "50.00", "30.00"), strict=True):
        pay(client_a, invoice, amount, DAY_BEFORE)
    refused(lambda: three.approve(Contents(0, Decimal(0))), *["debit-paid"] * 3)
    assert states(client_a) == ["batched"] * 3


def test_what_was_paid_in_part_before_it_is_put_together_is_collected_for_what_is_left(client_a):
    """Told 121.00, paid 21.00: the batch holds 100.00; the debtor was told of more, so nothing is told anew."""
    eva = member(client_a, "eva")
    signed(client_a, collecting(client_a))
    (debit,) = asked(client_a)
    with client_scope(client_a.id):
        invoice = Invoice.objects.get().id
    pay(client_a, invoice, "21.00", DAY_BEFORE)
    make_debit_batch(client_a.id, account_of(client_a), [debit], acting(eva, DAY_BEFORE))
    found = rows(client_a, "SELECT amount, state, announced_on, replaced FROM debits_directdebit ORDER BY id")
    assert found == [(Decimal("121.00"), "withdrawn", DAY, True), (Decimal("100.00"), "batched", DAY, False)]
    assert rows(client_a, "SELECT total FROM batches_batch") == [(Decimal("100.00"),)]
    assert rows(client_a, "SELECT count(*) FROM receivables_hold WHERE released_on IS NULL") == [(1,)]
    assert_debits_proven(client_a)


def test_many_are_asked_for_at_once_and_each_refusal_keeps_nothing_from_the_others(client_a):
    """Of a one-off mandate's two invoices one is asked for; what is under way is not asked for twice."""
    debtor = collecting(client_a)
    signed(client_a, debtor, kind="one_off")
    with client_scope(client_a.id):
        invoiced(client_a, draft("2026-0002"))
        ids = list(Invoice.objects.order_by("number").values_list("id", flat=True))
    made, why = request_debits(client_a.id, ids, "eva", DAY, NOW)
    assert (len(made), {number: [one.code for one in some] for number, some in why.items()}) == (
        1, {"2026-0002": ["mandate-used"]},
    )  # fmt: skip
    made, why = request_debits(client_a.id, ids[:1], "eva", DAY, NOW)
    assert (made, [one.code for one in why["2026-0001"]]) == ([], ["mandate-used"])
