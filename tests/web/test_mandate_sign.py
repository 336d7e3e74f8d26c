"""The page on which a debtor signs: for who has the link alone, once, word for word, and calm whatever comes."""

import datetime as dt
import json
import re

import pytest
from django.test import Client as Visitor

from inbaar.banking.debits.actions import link_token, set_creditor, withdraw_link, withdraw_mandate
from inbaar.banking.debits.inviting import TRIES_AN_HOUR, shown_digest
from inbaar.kit.bulk import run
from inbaar.kit.scope import client_scope
from inbaar.parties.models import Contact
from tests.debits.books import CREDITOR, DAY, JANSEN, NOW, collecting, rows
from tests.debits.test_mandates_db import drawn_up
from tests.web.test_pages import plain

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client_a, monkeypatch):
    """The address of a mandate to be signed, whose account is left open."""
    monkeypatch.setenv("INBAAR_TODAY", DAY.isoformat())
    monkeypatch.setenv("INBAAR_NOW", NOW.isoformat())
    debtor = collecting(client_a)
    with client_scope(client_a.id):
        run("DELETE FROM parties_contact")
        Contact.objects.create(
            client_id=client_a.id, debtor_id=debtor, role="invoice", email="b@jansen.example"
        )
    link = drawn_up(client_a, debtor, reference="K-1", debtor_iban="")
    return f"/sign/{link_token(client_a.id, link)}/"


def link_id(client):
    return rows(client, "SELECT id FROM debits_signinglink ORDER BY id")[0][0]


def visitor(language=""):
    made = Visitor(enforce_csrf_checks=True, REMOTE_ADDR="192.0.2.7", HTTP_USER_AGENT="Phone/1.0")
    if language:
        made.cookies["inbaar_language"] = language
    return made


def filled(visitor, page, **more):
    shown = visitor.get(page).context["shown"]
    given = {"name": "Jansen Bouw B.V.", "iban": "nl20 ingb 0001 2345 67", "place": "Delft", "agreed": "on",
             "shown": shown.digest if shown else ""}  # fmt: skip
    return {name: value for name, value in (given | more).items() if value is not None}


def test_what_stands_on_the_page_is_what_is_kept_with_when_and_from_where(client_a, page):
    jansen = visitor()
    opened = jansen.get(page)
    paragraphs = re.findall(r"<p>(.*?)</p>", re.search(r'<section class="mandate-text".*?</section>', opened.content.decode(), re.DOTALL)[0], re.DOTALL)  # fmt: skip
    assert len(paragraphs) == 4
    assert "doorlopend incasso-opdrachten naar uw bank te sturen" in paragraphs[0]
    assert f"Incassant-ID: {CREDITOR}" in paragraphs[3]
    signed = jansen.post(page, filled(jansen, page))
    assert (signed.status_code, signed["Location"]) == (302, page)
    sql = "SELECT f.content, f.sha256, m.signed_how FROM debits_mandate m JOIN receivables_evidencefile f ON f.id = m.evidence_id"
    ((content, _, how),) = rows(client_a, sql)
    *kept, facts = bytes(content).decode().split("\n\n")
    assert how == "online"
    assert kept[:4] == paragraphs
    facts = json.loads(facts)
    assert facts == {
        "address": "192.0.2.7", "agreed": True, "at": "2026-03-03T08:00:00+00:00", "browser": "Phone/1.0", "iban": JANSEN,
        "language": "nl", "name": "Jansen Bouw B.V.", "place": "Delft", "reference": "K-1",
        "shown_sha256": shown_digest(tuple(paragraphs)),
    }  # fmt: skip
    assert rows(client_a, "SELECT kind, address, state FROM mandates_mandatemessage") == [
        ("copy", "b@jansen.example", "queued")
    ]


def test_through_a_proxy_what_that_says_of_the_visitor_is_kept_too(client_a, page):
    jansen = visitor()
    jansen.post(page, filled(jansen, page), HTTP_X_FORWARDED_FOR="203.0.113.9")
    ((content,),) = rows(client_a, "SELECT content FROM receivables_evidencefile")
    assert '"address": "192.0.2.7 (203.0.113.9)"' in bytes(content).decode()


def test_it_is_read_and_signed_in_the_language_of_the_visitors_choice(client_a, page):
    john = visitor("en")
    assert "By signing this mandate you authorise" in plain(john.get(page))
    dutch = filled(visitor(), page)
    assert john.post(page, dutch).status_code == 400  # what he signs is what he reads
    assert john.post(page, filled(john, page)).status_code == 302
    ((content,),) = rows(client_a, "SELECT content FROM receivables_evidencefile")
    assert "entitled to a refund" in bytes(content).decode()


def test_after_it_is_signed_the_page_is_a_receipt_that_gives_no_account_away(client_a, page):
    jansen = visitor("en")
    jansen.post(page, filled(jansen, page))
    again = jansen.get(page)
    words = plain(again)
    assert again.status_code == 200
    for part in ("This mandate is signed", "K-1", "3 Mar 2026", "•••• 4567"):
        assert part in words
    assert "INGB" not in words
    assert jansen.post(page, filled(jansen, page, shown="x")).status_code == 200
    assert len(rows(client_a, "SELECT 1 FROM debits_mandate")) == 1
    mandate = rows(client_a, "SELECT id FROM debits_mandate")[0][0]
    withdraw_mandate(client_a.id, mandate, "asked", "desk", DAY, NOW)
    assert "This mandate was withdrawn" in plain(jansen.get(page))


def test_two_who_sign_at_once_sign_once(client_a, page):
    """Both opened the page; the second finds it signed, and is told so."""
    first, second = visitor(), visitor()
    mine, theirs = filled(first, page), filled(second, page, name="Piet")
    assert first.post(page, mine).status_code == 302
    assert second.post(page, theirs).status_code == 200
    assert rows(client_a, "SELECT debtor_name FROM debits_mandateversion") == [("Jansen Bouw B.V.",)]


def test_what_is_wrong_is_told_together_and_what_was_typed_stays(client_a, page):
    jansen = visitor("en")
    answer = jansen.post(page, filled(jansen, page, iban="NL00", name="你", place="..."))
    assert answer.status_code == 400
    for part in ("not an IBAN within SEPA", "write it as the account has it", "Fill in the place"):
        assert part in plain(answer)
    assert 'value="NL00"' in answer.content.decode()
    unticked = jansen.post(page, filled(jansen, page, agreed=None))
    assert unticked.status_code == 400
    assert "Tick that you agree" in plain(unticked)
    assert (
        rows(client_a, "SELECT 1 FROM debits_mandate")
        == rows(client_a, "SELECT 1 FROM receivables_evidencefile")
        == []
    )


def test_what_changed_since_it_was_read_is_read_again_first(client_a, page):
    jansen = visitor("en")
    read = filled(jansen, page)
    set_creditor(client_a.id, CREDITOR, "Van Dijk Groep B.V.", "desk", DAY)
    answer = jansen.post(page, read)
    assert answer.status_code == 400
    assert "Read it once more" in plain(answer)
    assert "Van Dijk Groep B.V." in plain(answer)
    assert rows(client_a, "SELECT 1 FROM debits_mandate") == []
    assert jansen.post(page, read | {"shown": answer.context["shown"].digest}).status_code == 302


def test_hostile_input_is_refused_or_kept_as_words(client_a, page):
    jansen = visitor()
    for given in (
        {"name": "\0"},
        {"name": "x" * 71},
        {"iban": "'; DROP TABLE debits_mandate; --"},
        {"shown": "<script>"},
    ):
        answer = jansen.post(page, filled(jansen, page, **given))
        assert answer.status_code == 400
        assert "<script>" not in answer.content.decode().replace("<script src=", "")
    big = jansen.post(page, filled(jansen, page, place="x" * 30_000))
    assert big.status_code == 413
    assert "te veel" in plain(big)
    assert rows(client_a, "SELECT 1 FROM debits_mandate") == []
    place = "<b>Delft</b>\u202e"
    assert jansen.post(page, filled(jansen, page, place=place)).status_code == 302
    ((content,),) = rows(client_a, "SELECT content FROM receivables_evidencefile")
    assert '"place": "<b>Delft</b>?"' in bytes(content).decode()


def test_who_tries_too_often_waits(client_a, page, monkeypatch):
    jansen = visitor("en")
    wrong = filled(jansen, page, agreed=None)
    assert {jansen.post(page, wrong).status_code for _ in range(TRIES_AN_HOUR)} == {400}
    late = jansen.post(page, filled(jansen, page))
    assert late.status_code == 429
    assert "tried too often" in plain(late)
    assert rows(client_a, "SELECT 1 FROM debits_mandate") == []
    monkeypatch.setenv("INBAAR_NOW", (NOW + dt.timedelta(hours=1)).isoformat())
    assert jansen.post(page, filled(jansen, page)).status_code == 302


def test_a_link_is_good_to_and_with_its_last_day(client_a, page, monkeypatch):
    jansen = visitor("en")
    last = DAY + dt.timedelta(7)
    read = filled(jansen, page)
    monkeypatch.setenv("INBAAR_TODAY", (last + dt.timedelta(1)).isoformat())
    late = jansen.get(page)
    assert late.status_code == 410
    assert "up to and including 10 Mar 2026" in plain(late)
    assert jansen.post(page, read).status_code == 410
    monkeypatch.setenv("INBAAR_TODAY", last.isoformat())
    assert jansen.post(page, filled(jansen, page)).status_code == 302


def test_what_was_taken_back_or_never_made_is_told_calmly(client_a, page):
    jansen = visitor("en")
    read = filled(jansen, page)
    withdraw_link(client_a.id, link_id(client_a), "desk", DAY, NOW)
    for answer in (jansen.get(page), jansen.post(page, read)):
        assert answer.status_code == 410
        assert "taken back" in plain(answer)
    for address in (page[:-4] + "/", "/sign/x/", "/sign/" + "y" * 300 + "/"):
        answer = jansen.get(address)
        assert answer.status_code == 404
        assert "not known" in plain(answer)
    assert rows(client_a, "SELECT 1 FROM debits_mandate") == []


def test_nothing_of_the_page_is_kept_by_others(page):
    answer = visitor().get(page)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Content-Language"] == "nl"
    assert visitor().put(page).status_code == 405
