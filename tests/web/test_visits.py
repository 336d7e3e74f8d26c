"""Pages without a log-in answer one address so many times a minute, and another address all the same."""

import datetime as dt

import pytest
from django.test import Client as Visitor
from django.test import RequestFactory

from inbaar.web.views.pay import MOST_A_MINUTE
from inbaar.web.views.pay_online import MOST_TOLD_A_MINUTE
from inbaar.web.visits import VISITS, visitor_of
from tests.web.test_pages import plain

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 10, 2, 8, 0, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    def stand(at):
        monkeypatch.setenv("INBAAR_NOW", at.isoformat())

    stand(NOW)
    return stand


def visited(page: str, address: str, times: int) -> None:
    for _ in range(times):
        VISITS.count(f"{page} {address}", NOW)


def test_one_address_cannot_go_on_guessing_links_and_a_minute_later_it_may_look_again(clock):
    visited("pay", "192.0.2.1", MOST_A_MINUTE - 1)
    guess = Visitor(REMOTE_ADDR="192.0.2.1")
    assert guess.get("/pay/zzzz-zzzz-zzzz-zzzz/").status_code == 404
    refused = guess.get("/pay/zzzz-zzzz-zzzz-zzzz/")
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert "Wacht een minuut" in plain(refused)
    assert Visitor(REMOTE_ADDR="192.0.2.2").get("/pay/zzzz-zzzz-zzzz-zzzz/").status_code == 404
    clock(NOW + dt.timedelta(seconds=30))
    assert guess.get("/pay/zzzz-zzzz-zzzz-zzzz/").status_code == 404


def test_paying_online_and_the_providers_messages_are_counted_by_themselves():
    visited("pay_online", "192.0.2.1", MOST_A_MINUTE)
    visited("online_told", "192.0.2.1", MOST_TOLD_A_MINUTE - 1)
    one = Visitor(REMOTE_ADDR="192.0.2.1")
    assert one.post("/pay/zzzz-zzzz-zzzz-zzzz/online/").status_code == 429
    assert one.post("/online/told/x/", {"id": "tr_12345678"}).status_code == 200
    told = one.post("/online/told/x/", {"id": "tr_12345678"})
    assert (told.status_code, told["Retry-After"], told.content) == (429, "60", b"")
    assert one.get("/pay/zzzz-zzzz-zzzz-zzzz/").status_code == 404


@pytest.mark.parametrize(
    ("proxied", "forwarded", "visitor"),
    [
        (False, "198.51.100.9", "192.0.2.1"),
        (True, "203.0.113.5, 198.51.100.9", "198.51.100.9"),
        (True, "", "192.0.2.1"),
        (True, "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (True, "no address at all", "no address at all"),
    ],
)
def test_a_visitor_is_who_the_proxy_saw_and_nobody_may_say_he_is_another(
    settings, proxied, forwarded, visitor
):
    """Without a proxy the header is anybody's; with one only what the proxy itself put there last counts."""
    settings.CSRF_TRUSTED_ORIGINS = ["https://inbaar.example"] if proxied else []
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": forwarded})
    assert visitor_of(request) == visitor
