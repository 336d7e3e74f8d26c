"""Mollie's API as documented, spoken over a real socket with a server that also fails in each way a provider does."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.online.mollie import Mollie
from inbaar.banking.online.provider import (
    NewPayment,
    NewRefund,
    PaymentUnknown,
    ProviderRefused,
    ProviderUnavailable,
)
from inbaar.market.payment_provider import PaymentProvider

D = Decimal
WANTED = NewPayment(
    "key-1",
    D("350.00"),
    "EUR",
    "RF25INB1234567",
    "https://inbaar.example/pay/",
    "https://inbaar.example/told/",
)


@pytest.fixture
def server():
    with PaymentProvider() as made:
        yield made


@pytest.fixture
def mollie(server):
    return Mollie(server.key, server.address)


def test_a_payment_is_made_and_asked_after(server, mollie):
    made = mollie.create(WANTED)
    assert (made.state, made.amount, made.currency, made.key, made.test) == (
        "open",
        D(350),
        "EUR",
        "key-1",
        False,
    )
    assert made.checkout_url == f"{server.address}/checkout/{made.id}"
    kept = server.payments[made.id]
    assert (kept["amount"], kept["webhookUrl"], kept["method"]) == (
        {"currency": "EUR", "value": "350.00"},
        "https://inbaar.example/told/",
        "ideal",
    )
    for state in ("pending", "authorized", "canceled", "expired", "failed", "paid"):
        server.set_state(made.id, state)
        assert mollie.fetch(made.id).state == state
    server.refund(made.id, "50.00")
    server.charge_back(made.id, "300.00")
    found = mollie.fetch(made.id)
    assert (found.refunded, found.charged_back, found.paid_at) == (
        D(50),
        D(300),
        dt.datetime(2026, 10, 2, 8, 5, tzinfo=dt.UTC),
    )


def test_the_same_key_makes_one_payment_also_when_the_first_answer_was_lost(server, mollie):
    server.faults = ["lost"]
    with pytest.raises(ProviderUnavailable):
        mollie.create(WANTED)
    assert mollie.create(WANTED).id == mollie.create(WANTED).id
    assert len(server.payments) == 1


@pytest.mark.parametrize(
    ("fault", "again_in"), [(500, 0), (503, 0), (429, 17), (409, 0), ("garbled", 0), ("lost", 0)]
)
def test_what_may_pass_is_asked_again_later(server, mollie, fault, again_in):
    server.faults = [fault]
    with pytest.raises(ProviderUnavailable) as why:
        mollie.create(WANTED)
    assert why.value.again_in == again_in


def test_a_silent_provider_is_not_waited_for(server):
    server.faults = ["silent"]
    with pytest.raises(ProviderUnavailable, match="no answer"):
        Mollie(server.key, server.address, timeout=1).create(WANTED)


def test_a_port_where_nobody_listens_is_unavailable():
    with PaymentProvider() as gone:
        address = gone.address
    with pytest.raises(ProviderUnavailable):
        Mollie("live_x", address).try_key()


def test_a_wrong_key_is_refused_and_never_stands_in_the_reason(server):
    wrong = "live_" + "w" * 30
    with pytest.raises(ProviderRefused) as why:
        Mollie(wrong, server.address).try_key()
    assert why.value.code == "key"
    assert wrong not in str(why.value)
    Mollie(server.key, server.address).try_key()


def test_what_cannot_be_made_is_refused_with_the_reason(server, mollie):
    with pytest.raises(ProviderRefused, match="amount"):
        mollie.create(NewPayment("k", D("0.00"), "EUR", "x", "https://a.example/", "https://a.example/"))
    assert server.payments == {}


@pytest.mark.parametrize("number", ["tr_NotHere123", "tr_../../v2/customers", "", "tr_1?x=1", "re_abcdefgh"])
def test_a_payment_that_is_not_ours_is_unknown(server, mollie, number):
    with pytest.raises(PaymentUnknown):
        mollie.fetch(number)
    assert all(path.startswith("/v2/payments/tr_NotHere") for _, path in server.asked)


@pytest.mark.parametrize(
    "damage",
    [
        {"status": "charged_back"}, {"amount": {"currency": "EUR", "value": "1e3"}}, {"amount": None}, {"mode": "free"},
        {"id": "tr_other12345"}, {"paidAt": "yesterday"}, {"amountRefunded": {"value": 5}}, {"_links": []},
    ],
)  # fmt: skip
def test_an_answer_that_is_not_as_documented_is_not_believed(server, mollie, damage):
    made = mollie.create(WANTED)
    before = dict(server.payments[made.id])
    server.payments[made.id] |= damage
    if damage == {"_links": []}:
        assert mollie.fetch(made.id).checkout_url == ""
    else:
        with pytest.raises(ProviderUnavailable):
            mollie.fetch(made.id)
    server.payments[made.id] = before


@pytest.mark.parametrize(
    "where", ["https://evil.example/pay", "http://127.0.0.1:1/checkout", "javascript:alert(1)", ""]
)
def test_nobody_is_sent_to_pay_elsewhere(server, mollie, where):
    made = mollie.create(WANTED)
    server.payments[made.id]["_links"]["checkout"] = {"href": where}
    with pytest.raises(ProviderUnavailable):
        mollie.create(WANTED)
    real = Mollie("live_x")
    assert not real._may_send_to("https://www.mollie.com.evil.example/") | real._may_send_to(
        "http://www.mollie.com/"
    )
    assert real._may_send_to("https://www.mollie.com/checkout/select-method/7UhSN1zuXS")


def test_a_key_travels_over_https_only():
    with pytest.raises(ValueError, match="https"):
        Mollie("live_x", "http://api.mollie.com")


def paid(server, mollie):
    made = mollie.create(WANTED)
    server.set_state(made.id, "paid")
    return made.id


def test_money_goes_back_once_a_key_and_is_listed_with_what_was_given_back_there(server, mollie):
    number = paid(server, mollie)
    wanted = NewRefund(number, "refund-1", D("100.00"), "EUR", "RF25INB1234567 dubbel betaald")
    server.faults = ["lost"]
    with pytest.raises(ProviderUnavailable):
        mollie.give_back(wanted)
    made = mollie.give_back(wanted)
    assert (made.state, made.amount, made.currency, made.key) == ("pending", D(100), "EUR", "refund-1")
    server.give_back(number, {"amount": {"currency": "EUR", "value": "5.00"}}, "")
    assert [(one.key, one.amount) for one in mollie.refunds(number)] == [("refund-1", D(100)), ("", D(5))]
    for state in ("queued", "processing", "refunded", "failed", "canceled"):
        server.set_refund(number, 0, state)
        assert mollie.refunds(number)[0].state == state
    assert mollie.fetch(number).refunded == D(5)


def test_no_more_goes_back_than_is_left_and_only_of_a_payment_that_is_ours(server, mollie):
    number = paid(server, mollie)
    with pytest.raises(ProviderRefused, match="422"):
        mollie.give_back(NewRefund(number, "k", D("350.01"), "EUR", "x"))
    with pytest.raises(PaymentUnknown):
        mollie.give_back(NewRefund("tr_NotHere123", "k", D("1.00"), "EUR", "x"))
    with pytest.raises(PaymentUnknown):
        mollie.refunds("tr_../../v2/customers")


@pytest.mark.parametrize(
    "damage",
    [
        {"status": "gone"}, {"id": "tr_12345678"}, {"amount": {"currency": "EUR", "value": "1"}}, {"amount": None},
        {"id": None}, "text", {"_embedded": {}}, {"_links": {"next": {"href": "https://more.example"}}},
    ],
)  # fmt: skip
def test_refunds_that_are_not_as_documented_are_not_believed(server, mollie, damage):
    """Nor a list that goes on: one that is not seen whole may hold the very refund that is looked for."""
    number = paid(server, mollie)
    mollie.give_back(NewRefund(number, "k", D("1.00"), "EUR", "x"))
    listed = {"_embedded": {"refunds": server.refunds[number]}, "_links": {"next": None}}
    if damage == "text":
        server.refunds[number][0] = damage
    elif "_embedded" in damage or "_links" in damage:
        server.answers[f"/v2/payments/{number}/refunds"] = listed | damage
    else:
        server.refunds[number][0] |= damage
    with pytest.raises(ProviderUnavailable):
        mollie.refunds(number)
