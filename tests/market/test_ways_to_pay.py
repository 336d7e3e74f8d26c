"""Payments as people make them: the same each time, every way among them, and a truth that adds up."""

from collections import Counter, defaultdict
from decimal import Decimal

from inbaar.market.ways_to_pay import SHARES, payers_with_invoices, payments_made

COUNT = 6_000


def made():
    payers = payers_with_invoices(7, COUNT)
    return payers, list(payments_made(7, payers, COUNT))


def test_the_same_seed_makes_the_same_payments_and_another_others():
    assert made()[1] == made()[1]
    payers = payers_with_invoices(8, COUNT)
    assert list(payments_made(8, payers, COUNT)) != made()[1]


def test_every_way_is_there_as_often_as_is_said_and_has_its_reason():
    assert sum(share for share, _ in SHARES.values()) == 1_000
    assert all(reason for _, reason in SHARES.values())
    counted = Counter(payment.kind for payment in made()[1])
    assert counted.keys() == SHARES.keys()
    assert 0.28 < counted["number"] / COUNT < 0.40
    assert 0.14 < counted["reference"] / COUNT < 0.20


def test_what_was_meant_adds_up_and_never_pays_an_invoice_beyond_its_amount():
    payers, payments = made()
    assert len(payments) == COUNT
    owed = {invoice.number: invoice.amount for payer in payers for invoice in payer.invoices}
    paid: defaultdict[str, Decimal] = defaultdict(Decimal)
    for payment in payments:
        assert payment.amount > 0
        if payment.meant:
            assert sum(part for _, part in payment.meant) == payment.amount, payment
        for number, part in payment.meant:
            paid[number] += part
    assert all(paid[number] <= owed[number] for number in paid)


def test_the_truth_is_not_in_what_a_reader_sees_where_nobody_could_know():
    for payment in made()[1]:
        if payment.kind in ("nothing said, one invoice", "nothing said, everything", "nothing said, some"):
            assert not any(
                number in payment.text or number in payment.reference for number, _ in payment.meant
            )
        if payment.kind in ("no invoice at all", "too much", "paid twice"):
            assert payment.meant == ()
