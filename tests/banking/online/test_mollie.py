"""Mollie's API as documented, spoken over a real socket with a server that also fails in each way a provider does."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.online.mollie import Mollie
from inbaar.banking.online.provider import (
    NewPayment,
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
