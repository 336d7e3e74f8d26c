"""Mail that something is new: once, the day after, to who watches, without a word of what; and nothing of it stays."""

import datetime as dt

import pytest
from django.test import Client as Visitor

from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.smtp import Mailer
from inbaar.register.alerts import queue_alerts, send_alerts, subscribe, subscriber, unsubscribe
from inbaar.register.looking_up import Looker, watch
from tests.dunning.scenario import day
from tests.letters.mail_server import MailServer
from tests.register.books import DAY_60, DAY_74, Register, morning

SITE = "https://inbaar.example"
DAY_75 = "2026-11-17"


@pytest.fixture
def register(client_a, monkeypatch):
    monkeypatch.setenv("INBAAR_ORIGINS", SITE)
    return Register(client_a).priced()


@pytest.fixture
def watcher(register, client_b):
    """Another client, that watches the bakery and is mailed."""
    watch(Looker(client_b.id, "B", "Bob"), "90000002", "Klant op rekening", morning(DAY_60), day(DAY_60))
    with client_scope(client_b.id):
        subscribe(client_b.id, "bob@kijker.example", "nl", day(DAY_60))
    return client_b


def mailed(client, on):
    """What leaves on a day, with the run done twice and the mail sent twice."""
    with MailServer() as server:
        for _ in range(2):
            queue_alerts(client.id, day(on), morning(on))
            with Mailer(server.settings) as mailer:
                send_alerts(client.id, mailer, morning(on))
        return server.messages


def days(first, last):
    on = day(first)
    while on <= day(last):
        yield on.isoformat()
        on += dt.timedelta(days=1)


def test_what_was_entered_is_told_once_the_day_after_and_not_what(register, watcher):
    for on in days(DAY_60, "2026-11-15"):
        assert mailed(watcher, on) == []
    register.entered()
    assert mailed(watcher, DAY_74) == []
    (mail,) = mailed(watcher, DAY_75)
    assert (mail["To"], mail["Subject"]) == ("bob@kijker.example", "Nieuws over een bedrijf dat u volgt")
    text = mail.get_content()
    for told in ("90000002", "Korenaar B.V. volgt", "1210", "1.210"):
        assert (told in text) == (told == "Korenaar B.V. volgt"), told
    assert f"{SITE}/register/" in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mailed(watcher, "2026-11-18") == mailed(watcher, "2026-11-30") == []


def test_days_that_were_missed_are_caught_up_in_one_mail(register, watcher):
    register.entered()
    register.entered_beside()
    assert len(mailed(watcher, "2026-11-25")) == 1


def test_what_was_removed_meanwhile_is_not_told(register, watcher):
    invoice, _ = register.entered()
    register.pay(invoice, DAY_74, "1210.00")
    assert mailed(watcher, DAY_75) == []


def test_the_rows_do_not_tell_whether_something_was_entered(register, watcher):
    """The day after the mail left they are as if there never had been one."""

    def rows():
        with client_scope(watcher.id):
            return fetch("SELECT email, told_up_to FROM register_subscription"), fetch(
                "SELECT 1 FROM register_alertmail"
            )

    lives = []
    for is_entered in (False, True):
        if is_entered:
            register.entered()
            with client_scope(watcher.id):
                fetch("UPDATE register_subscription SET told_up_to = %s RETURNING 1", [day("2026-11-15")])
        assert len(mailed(watcher, DAY_75)) == is_entered
        lives.append(rows())
    assert lives[0] == lives[1]


def test_it_waits_frozen_until_the_mail_server_takes_it(register, watcher):
    register.entered()
    with MailServer({"bob@kijker.example": "451 later"}) as server, Mailer(server.settings) as mailer:
        queue_alerts(watcher.id, day(DAY_75), morning(DAY_75))
        assert dict(send_alerts(watcher.id, mailer, morning(DAY_75))) == {"alerts_waiting": 1}
        assert dict(send_alerts(watcher.id, mailer, morning(DAY_75))) == {}
    with client_scope(watcher.id):
        ((waits, before),) = fetch("SELECT address, text FROM register_alertmail")
        subscribe(watcher.id, "else@kijker.example", "en", day(DAY_75))
    with MailServer() as server, Mailer(server.settings) as mailer:
        assert dict(send_alerts(watcher.id, mailer, morning(DAY_75) + dt.timedelta(hours=1))) == {
            "alerts_sent": 1
        }
        (mail,) = server.messages
    assert (mail["To"], mail.get_content().replace("\r\n", "\n")) == (waits, before)


def test_an_address_that_takes_no_mail_is_not_tried_for_ever(register, watcher):
    register.entered()
    with MailServer({"bob@kijker.example": "550 nobody"}) as server, Mailer(server.settings) as mailer:
        queue_alerts(watcher.id, day(DAY_75), morning(DAY_75))
        assert dict(send_alerts(watcher.id, mailer, morning(DAY_75))) == {"alerts_refused": 1}
    with client_scope(watcher.id):
        assert fetch("SELECT 1 FROM register_alertmail") == []


def test_the_link_in_the_mail_ends_it_without_a_log_in(register, watcher):
    register.entered()
    (mail,) = mailed(watcher, DAY_75)
    path = mail["List-Unsubscribe"].strip("<>").removeprefix(SITE)
    page = Visitor().get(path)
    assert (page.status_code, "Geen mail meer?" in page.content.decode()) == (200, True)
    with client_scope(watcher.id):
        assert subscriber(watcher.id) is not None
    assert Visitor(enforce_csrf_checks=True).post(path).status_code == 200
    with client_scope(watcher.id):
        assert subscriber(watcher.id) is None
        assert not unsubscribe(watcher.id)
    assert Visitor().post(path).status_code == 404


@pytest.mark.parametrize("token", ["x", "1-", "1-" + "0" * 32, "9" * 30 + "-" + "0" * 32, "١-" + "0" * 32])
def test_another_link_ends_nothing(register, watcher, token):
    assert Visitor().post(f"/register/alerts/{token}/").status_code == 404
    with client_scope(watcher.id):
        assert subscriber(watcher.id) is not None


def test_who_is_mailed_no_more_gets_not_even_what_waits(register, watcher):
    register.entered()
    queue_alerts(watcher.id, day(DAY_75), morning(DAY_75))
    with client_scope(watcher.id):
        assert unsubscribe(watcher.id)
    assert mailed(watcher, DAY_75) == []


@pytest.mark.parametrize(
    ("site", "email", "code"), [("", "bob@kijker.example", "alert-site"), (SITE, "bob", "alert-address")]
)
def test_nobody_is_mailed_who_could_not_unsubscribe(client_b, monkeypatch, site, email, code):
    monkeypatch.setenv("INBAAR_ORIGINS", site)
    with client_scope(client_b.id):
        with pytest.raises(Refused) as refused:
            subscribe(client_b.id, email, "nl", day(DAY_60))
        assert refused.value.code == code
        assert subscriber(client_b.id) is None
