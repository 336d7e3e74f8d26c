"""Mandates through the screens of the client's staff, told in dated days."""

import datetime as dt
import re
from io import BytesIO

import pytest
from django.test import Client as Browser

from inbaar.banking.debits.actions import link_token, sign_on_paper
from inbaar.banking.debits.signing import NewMandate
from inbaar.kit.bulk import fetch, run
from inbaar.kit.scope import client_scope
from inbaar.letters.smtp import Mailer
from inbaar.mandates.sending import send_messages
from inbaar.parties.models import Contact
from inbaar.web.queries.mandates import mandate_rows
from tests.banking.books import draft, invoiced
from tests.debits.books import CREDITOR, JANSEN, MOVED, NOW, SCAN, rows, sign_online
from tests.letters.mail_server import MailServer
from tests.web.conftest import BACKEND
from tests.web.seeding import user
from tests.web.test_pages import plain

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 3)
ADDRESS = "boekhouding@jansen.example"
MAIL = re.compile(r"https://inbaar\.example/sign/([^/\s]+)/")


@pytest.fixture
def debtor(client_a, monkeypatch):
    """A debtor with an address, who owes one invoice."""
    monkeypatch.setenv("INBAAR_TODAY", TODAY.isoformat())
    monkeypatch.setenv("INBAAR_NOW", NOW.isoformat())
    monkeypatch.setenv("INBAAR_ORIGINS", "https://inbaar.example")
    with client_scope(client_a.id):
        (invoice,) = invoiced(client_a, draft("2026-0001"))
        run("DELETE FROM parties_contact")
        Contact.objects.create(
            client_id=client_a.id, debtor_id=invoice.debtor_id, role="invoice", email=ADDRESS
        )
        return int(invoice.debtor_id)


def at_work(client, name="eva", role="owner", language="en"):
    browser = Browser()
    browser.force_login(user(name, (client.id, role), language=language), backend=BACKEND)
    return browser


@pytest.fixture
def eva(client_a, debtor):
    """The owner, at work in English; who collects is known."""
    browser = at_work(client_a)
    kept = browser.post("/mandates/creditor/", {"identifier": CREDITOR, "name": "Van Dijk Techniek B.V."})
    assert kept.status_code == 302
    return browser


def said(browser, address, status=200):
    answer = browser.get(address)
    assert answer.status_code == status
    return plain(answer)


def terms(**more):
    given = {"kind": "recurring", "scheme": "core", "name": "Jansen Bouw B.V.", "iban": "", "announced_days": "14",
             "expires_on": "2026-03-10", "token": "een"}  # fmt: skip
    return given | more


def drawn(browser, debtor, **more):
    answer = browser.post(f"/debtors/{debtor}/mandates/new/", terms(**more))
    assert answer.status_code == 302, plain(answer)
    return int(answer["Location"].split("/")[-2])


def paper(**more):
    scan = BytesIO(SCAN.content)
    scan.name = "scan.pdf"
    given = {"name": "Jansen Bouw B.V.", "iban": JANSEN, "signed_on": "2026-03-03", "scan": scan}
    return given | more


def on(monkeypatch, day):
    monkeypatch.setenv("INBAAR_TODAY", day)
    monkeypatch.setenv("INBAAR_NOW", f"{day}T08:00:00+00:00")


def mandate_of(client):
    return rows(client, "SELECT id FROM debits_mandate ORDER BY id")[-1][0]


def standing(client, debtor, signed_on, **more):
    """A mandate that was signed on paper on a day."""
    wanted = NewMandate(
        debtor, more.pop("kind", "recurring"), more.pop("scheme", "core"), "Jansen Bouw B.V.", JANSEN, **more
    )
    return sign_on_paper(client.id, wanted, SCAN, signed_on, "desk", TODAY, NOW)


def test_nothing_is_drawn_up_before_who_collects_is_known_and_its_check_digits_are_right(client_a, debtor):
    eva = at_work(client_a)
    assert "No mandate can be drawn up yet" in said(eva, "/mandates/")
    refused = eva.post(f"/debtors/{debtor}/mandates/new/", terms())
    assert refused.status_code == 400
    assert "Say first who collects" in plain(refused)
    wrong = eva.post("/mandates/creditor/", {"identifier": "NL60ZZZ123456780000", "name": "Van Dijk"})
    assert wrong.status_code == 400
    assert "no Dutch creditor identifier" in plain(wrong)
    assert 'value="NL60ZZZ123456780000"' in wrong.content.decode()
    typed = {"identifier": "nl69 zzz 12345678 0000", "name": "Van Dijk Techniek B.V."}
    assert eva.post("/mandates/creditor/", typed).status_code == 302
    assert rows(client_a, "SELECT identifier FROM debits_creditor") == [(CREDITOR,)]


@pytest.mark.parametrize("role", ["treasurer", "bookkeeper"])
def test_who_collects_is_for_an_owner_to_say(client_a, debtor, role):
    browser = at_work(client_a, "ben", role)
    answer = browser.post("/mandates/creditor/", {"identifier": CREDITOR, "name": "Van Dijk"})
    assert answer.status_code == 403
    assert "An owner can fill it in." in said(browser, "/mandates/")


def test_a_mandate_is_drawn_up_mailed_as_it_was_seen_and_signed_by_its_link(client_a, debtor, eva):
    link = drawn(eva, debtor)
    page = said(eva, f"/mandates/drawn-up/{link}/")
    assert "not signed yet" in page
    assert "Have it signed by mail" in page
    shown = eva.get(f"/mandates/drawn-up/{link}/mail/")
    message = shown.context["message"]
    assert ADDRESS in plain(shown)
    post = {"seal": message.seal, "key": shown.context["key"]}
    for _ in range(2):  # twice is once
        assert eva.post(f"/mandates/drawn-up/{link}/mail/", post).status_code == 302
    with MailServer() as server, Mailer(server.settings) as mailer:
        send_messages(client_a.id, mailer, TODAY, NOW)
        (mail,) = server.messages
    text = mail.get_body(("plain",)).get_content()
    token = MAIL.findall(text)[0]
    page = said(eva, f"/mandates/drawn-up/{link}/")
    assert "mailed" in page
    assert token in page
    sign_online(token, TODAY)
    answer = eva.get(f"/mandates/drawn-up/{link}/")
    assert answer["Location"] == f"/mandates/{mandate_of(client_a)}/"
    page = said(eva, answer["Location"])
    assert "Recurring mandate of Jansen Bouw B.V., signed online on 3 Mar 2026. It stands" in page
    assert "Mail about mandate" in page


def test_a_viewer_reads_what_was_mailed_but_not_the_address_to_sign_by(client_a, debtor, eva):
    link = drawn(eva, debtor)
    shown = eva.get(f"/mandates/drawn-up/{link}/mail/").context
    eva.post(f"/mandates/drawn-up/{link}/mail/", {"seal": shown["message"].seal, "key": shown["key"]})
    viewer = at_work(client_a, "vera", "viewer")
    page = said(viewer, f"/mandates/drawn-up/{link}/")
    assert "asks you for a direct debit mandate" in page or "vraagt u om een machtiging" in page
    assert "/sign/" not in page
    assert "What you can do" not in page
    assert viewer.get(f"/mandates/drawn-up/{link}/mail/").status_code == 403
    assert viewer.get(f"/debtors/{debtor}/mandates/new/").status_code == 403


def test_what_changed_since_it_was_seen_comes_back_to_be_looked_at(client_a, debtor, eva):
    link = drawn(eva, debtor)
    shown = eva.get(f"/mandates/drawn-up/{link}/mail/").context
    with client_scope(client_a.id):
        Contact.objects.update(email="ander@jansen.example")
    answer = eva.post(
        f"/mandates/drawn-up/{link}/mail/", {"seal": shown["message"].seal, "key": shown["key"]}
    )
    assert answer.status_code == 409
    assert "ander@jansen.example" in plain(answer)
    assert rows(client_a, "SELECT 1 FROM mandates_mandatemessage") == []


def test_a_request_that_did_not_arrive_waits_for_a_person_until_it_is_signed(client_a, debtor, eva):
    link = drawn(eva, debtor, iban=JANSEN)
    shown = eva.get(f"/mandates/drawn-up/{link}/mail/").context
    eva.post(f"/mandates/drawn-up/{link}/mail/", {"seal": shown["message"].seal, "key": shown["key"]})
    with MailServer({ADDRESS: "550 no such user"}) as server, Mailer(server.settings) as mailer:
        send_messages(client_a.id, mailer, TODAY, NOW)
    assert "did not arrive" in said(eva, f"/mandates/drawn-up/{link}/")
    assert "1 request to sign did not arrive" in said(eva, "/")
    eva.post(f"/mandates/drawn-up/{link}/signed/", paper())
    assert "did not arrive" not in said(eva, "/")


def test_where_no_mail_leaves_it_is_said_before_it_is_sent(debtor, eva, settings):
    address = f"/mandates/drawn-up/{drawn(eva, debtor)}/mail/"
    settings.EMAIL_HOST = ""
    assert "No mail server is set" in said(eva, address)
    settings.EMAIL_HOST = "mail.inbaar.example"
    assert "No mail server is set" not in said(eva, address)


def test_without_an_address_the_form_is_printed_and_comes_back_signed_on_paper(
    client_a, debtor, eva, monkeypatch
):
    with client_scope(client_a.id):
        Contact.objects.all().delete()
    link = drawn(eva, debtor, scheme="b2b", kind="one_off")
    back = eva.get(f"/mandates/drawn-up/{link}/mail/", follow=True)
    assert "No e-mail address that takes mail is known" in plain(back)
    form = eva.get(f"/mandates/drawn-up/{link}/form.pdf")
    assert form["Content-Type"] == "application/pdf"
    assert form.content.startswith(b"%PDF-")
    on(monkeypatch, "2026-03-20")  # the link's last day was the 10th; on paper it may come later
    assert "last day to sign this online was 10 Mar 2026" in said(eva, f"/mandates/drawn-up/{link}/")
    address = f"/mandates/drawn-up/{link}/signed/"
    words = BytesIO(b"getekend")
    words.name = "briefje.txt"
    refused = eva.post(address, paper(signed_on="2026-03-21", iban="NL00", scan=words))
    assert refused.status_code == 400
    for part in ("not an IBAN within SEPA", "signed today or before", "briefje.txt shows no signature"):
        assert part in plain(refused)
    assert 'value="NL00"' in refused.content.decode()
    kept = eva.post(address, paper(signed_on="2026-03-12"))
    page = said(eva, kept["Location"])
    assert "One-off business mandate of Jansen Bouw B.V., signed on paper on 12 Mar 2026." in page
    assert "the debtor's own bank must confirm it first" in page
    proof = eva.get(f"/mandates/{mandate_of(client_a)}/evidence/")
    assert proof.content == SCAN.content
    assert proof["Content-Disposition"].startswith("attachment; filename=")
    assert proof["Content-Security-Policy"] == "default-src 'none'; sandbox"
    twice = eva.post(address, paper(signed_on="2026-03-12"), follow=True)
    assert "signed already" in plain(twice)
    assert len(rows(client_a, "SELECT 1 FROM debits_mandate")) == 1


def test_a_form_that_comes_twice_draws_up_one_mandate(client_a, debtor, eva):
    assert drawn(eva, debtor) == drawn(eva, debtor)
    assert len(rows(client_a, "SELECT 1 FROM debits_signinglink")) == 1
    assert drawn(eva, debtor, token="twee")
    assert len(rows(client_a, "SELECT 1 FROM debits_signinglink")) == 2


def test_a_consumer_is_offered_no_business_mandate_and_gets_none(client_a, debtor, eva):
    with client_scope(client_a.id):
        run("UPDATE parties_debtor SET capacity = 'consumer', legal_form = 'person'")
    page = eva.get(f"/debtors/{debtor}/mandates/new/").content.decode()
    assert 'value="b2b"' not in page
    assert eva.post(f"/debtors/{debtor}/mandates/new/", terms(scheme="b2b")).status_code == 400
    assert rows(client_a, "SELECT 1 FROM debits_signinglink") == []


def test_what_is_typed_wrong_is_told_and_stays(debtor, eva):
    answer = eva.post(
        f"/debtors/{debtor}/mandates/new/",
        terms(iban="NL12", name="你好", announced_days="90", expires_on="2026-03-01"),
    )
    assert answer.status_code == 400
    assert "NL12" in answer.content.decode()
    answer = eva.post(
        f"/debtors/{debtor}/mandates/new/", terms(iban="NL12", name="你好", expires_on="2026-03-03")
    )
    for part in ("not an IBAN within SEPA", "write it as the account has it", "Choose a day after today"):
        assert part in plain(answer)


def test_a_mandate_from_before_comes_in_by_its_own_reference_once(client_a, debtor, eva):
    address = f"/debtors/{debtor}/mandates/signed/"
    given = terms(reference="OUD-17") | paper(signed_on="2025-01-02")
    kept = eva.post(address, given)
    assert "Mandate OUD-17" in said(eva, kept["Location"])
    again = eva.post(address, given | paper(signed_on="2025-01-02"))
    assert again.status_code == 400
    assert "in use" in plain(again)
    assert len(rows(client_a, "SELECT 1 FROM debits_mandate")) == 1
    assert "OUD-17" in said(eva, f"/debtors/{debtor}/")


def test_what_was_drawn_up_is_taken_back_and_can_not_be_signed(client_a, debtor, eva):
    link = drawn(eva, debtor)
    assert eva.post(f"/mandates/drawn-up/{link}/take-back/")["Location"] == f"/debtors/{debtor}/"
    assert "Taken back on 3 Mar 2026" in said(eva, f"/mandates/drawn-up/{link}/")
    assert "No mandates yet" in said(eva, "/mandates/")
    again = eva.post(f"/mandates/drawn-up/{link}/take-back/", follow=True)
    assert "signed or taken back before" in plain(again)


def test_an_amendment_stands_in_the_history_with_what_it_was(client_a, debtor, eva):
    mandate = standing(client_a, debtor, dt.date(2026, 2, 2))
    address = f"/mandates/{mandate}/amend/"
    wrong = eva.post(address, {"name": "Jansen Bouw B.V.", "iban": "NL00"})
    assert wrong.status_code == 400
    assert "not an IBAN within SEPA" in plain(wrong)
    assert eva.post(address, {"name": "Jansen Bouw B.V.", "iban": MOVED}).status_code == 302
    page = said(eva, f"/mandates/{mandate}/")
    assert page.index("NL44 RABO 0123 4567 89") < page.index("NL20 INGB 0001 2345 67")
    assert f"Account {MOVED}, was {JANSEN}." in page


def test_another_creditor_is_told_in_every_mandate_that_stands(client_a, debtor, eva):
    mandate = standing(client_a, debtor, dt.date(2026, 2, 2))
    new = {"identifier": "NL60ZZZ595818830000", "name": "Van Dijk Groep B.V."}
    kept = eva.post("/mandates/creditor/", new, follow=True)
    assert "Kept. 1 mandate says so from now on." in plain(kept)
    page = said(eva, f"/mandates/{mandate}/")
    assert page.index("NL60ZZZ595818830000") < page.rindex(CREDITOR)


def test_a_mandate_is_withdrawn_with_who_why_and_since_when_for_good(client_a, debtor, eva):
    mandate = standing(client_a, debtor, dt.date(2026, 2, 2))
    address = f"/mandates/{mandate}/withdraw/"
    early = eva.post(address, {"asked_by": "debtor", "since": "2026-02-01", "reason": "brief"})
    assert early.status_code == 400
    assert "between the day it was signed and today" in plain(early)
    given = {"asked_by": "debtor", "since": "2026-03-01", "reason": "brief van 1 maart"}
    assert eva.post(address, given).status_code == 302
    page = said(eva, f"/mandates/{mandate}/")
    assert "Withdrawn on 1 Mar 2026 by the debtor: “brief van 1 maart”." in page
    assert "The debtor asked for it." in page
    assert "What you can do" not in page
    after = eva.post(f"/mandates/{mandate}/amend/", {"name": "Jansen", "iban": MOVED})
    assert after.status_code == 400
    assert "This mandate was withdrawn" in plain(after)


def test_a_mandate_rests_until_somebody_looked(client_a, debtor, eva):
    mandate = standing(client_a, debtor, dt.date(2026, 2, 2))
    assert eva.post(f"/mandates/{mandate}/suspend/", {"reason": ""}).status_code == 400
    assert eva.post(f"/mandates/{mandate}/suspend/", {"reason": "MD01"}).status_code == 302
    assert "Nothing is collected by it since 3 Mar 2026 (MD01)" in said(eva, f"/mandates/{mandate}/")
    assert "1 mandate that rests" in said(eva, "/")
    assert eva.post(f"/mandates/{mandate}/resume/", {"reason": "misverstand"}).status_code == 302
    assert "It stands: what falls due" in said(eva, f"/mandates/{mandate}/")


def test_a_business_mandate_waits_for_the_debtors_bank(client_a, debtor, eva):
    mandate = standing(client_a, debtor, dt.date(2026, 2, 2), scheme="b2b")
    assert "must be registered at the debtor's bank" in said(eva, f"/mandates/{mandate}/")
    assert eva.get(f"/mandates/{mandate}/registration/").status_code == 404
    scan = BytesIO(b"%PDF-1.7 bevestigd")
    scan.name = "bevestiging.pdf"
    kept = eva.post(f"/mandates/{mandate}/register/", {"registered_on": "2026-03-02", "scan": scan})
    assert kept.status_code == 302
    assert "It stands: what falls due" in said(eva, f"/mandates/{mandate}/")
    assert eva.get(f"/mandates/{mandate}/registration/").content == b"%PDF-1.7 bevestigd"


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        # Signed on 1 March 2023 and never used: it lapses on 1 March 2026; the pages warn from sixty days before.
        ("2025-12-30", "live"),
        ("2025-12-31", "lapsing"),
        ("2026-02-28", "lapsing"),
        ("2026-03-01", "lapsed"),
    ],
)
def test_a_mandate_lapses_after_36_months_and_the_pages_warn_of_it_before(
    client_a, debtor, eva, monkeypatch, day, shown
):
    mandate = standing(client_a, debtor, dt.date(2023, 3, 1))
    on(monkeypatch, day)
    page = said(eva, f"/mandates/{mandate}/")
    told = {
        "live": "It stands: what falls due", "lapsing": "It stands, and lapses on 1 Mar 2026",
        "lapsed": "It lapsed on 1 Mar 2026",
    }  # fmt: skip
    assert told[shown] in page
    assert ("This mandate lapsed after 36 months" in page) is (shown == "lapsed")
    listed = eva.get("/mandates/")
    assert [row.shown for row, *_ in listed.context["rows"]] == [shown]
    assert ("1 mandate lapses soon" in plain(listed)) is (shown == "lapsing")
    assert [row.id for row, *_ in eva.get(f"/mandates/?state={shown}").context["rows"]] == [mandate]
    assert ("1 mandate that lapses soon" in said(eva, "/")) is (shown == "lapsing")


def test_a_use_puts_its_lapse_off(client_a, debtor, eva, monkeypatch):
    """Signed on 1 March 2023 and last used on 5 May 2023: it lapses on 5 May 2026."""
    mandate = standing(client_a, debtor, dt.date(2023, 3, 1))
    with client_scope(client_a.id):
        run("UPDATE debits_mandate SET last_presented_on = '2023-05-05'")
    assert "Lapses on 5 May 2026" in said(eva, f"/mandates/{mandate}/")
    on(monkeypatch, "2026-05-05")
    assert "It lapsed on 5 May 2026" in said(eva, f"/mandates/{mandate}/")


def test_the_list_counts_by_state_and_pages(client_a, debtor, eva):
    standing(client_a, debtor, dt.date(2026, 2, 2))
    standing(client_a, debtor, dt.date(2026, 2, 3), kind="one_off")
    drawn(eva, debtor)
    page = eva.get("/mandates/")
    assert [(key, count) for key, _, count in page.context["states"]] == [
        ("", 3),
        ("to_sign", 1),
        ("live", 2),
    ]
    assert "2 mandates stand. 1 waits for a signature." in plain(page)
    assert len(eva.get("/mandates/?state=nonsense&page=9").context["rows"]) == 3
    with client_scope(client_a.id):
        pages = [mandate_rows(client_a.id, TODAY, limit=2, offset=offset) for offset in (0, 2)]
        live = [mandate_rows(client_a.id, TODAY, "live", limit=1, offset=offset) for offset in (0, 1, 2)]
    assert [[row.since.day for row in rows] for rows in pages] == [[3, 3], [2]]
    assert [[row.since.day for row in rows] for rows in live] == [[3], [2], []]


def test_another_clients_mandates_are_not_here(client_a, client_b, debtor, eva):
    mandate, link = standing(client_a, debtor, dt.date(2026, 2, 2)), drawn(eva, debtor)
    bob = at_work(client_b, "bob")
    for address in (
        f"/mandates/{mandate}/", f"/mandates/{mandate}/evidence/", f"/mandates/drawn-up/{link}/",
        f"/mandates/drawn-up/{link}/form.pdf", f"/mandates/drawn-up/{link}/mail/", f"/debtors/{debtor}/mandates/new/",
    ):  # fmt: skip
        assert bob.get(address).status_code == 404
    assert (
        bob.post(
            f"/mandates/{mandate}/withdraw/", {"asked_by": "debtor", "since": "2026-03-01", "reason": "x"}
        ).status_code
        == 404
    )
    assert bob.post(f"/mandates/drawn-up/{link}/signed/", paper()).status_code == 404
    assert rows(client_a, "SELECT state FROM debits_mandate") == [("live",)]
    assert "No mandates yet" in said(bob, "/mandates/")


def test_a_token_of_another_clients_leads_nowhere(client_a, client_b, debtor, eva):
    link = drawn(eva, debtor)
    assert Browser().get(f"/sign/{link_token(client_a.id, link)}/").status_code == 200
    assert Browser().get(f"/sign/{link_token(client_b.id, link)}/").status_code == 404
    with client_scope(client_b.id):
        assert fetch("SELECT 1 FROM debits_signinglink") == []
