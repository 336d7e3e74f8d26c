"""Who gets in, and what he may see and change: every address of the site is walked."""

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from tests.web.conftest import BACKEND, logged_in
from tests.web.seeding import PASSWORD

# What is behind a payment link, one to sign by, or one to a debtor's own page is shown to who has the link; see test_pay,
# test_mandate_sign and the tests of the debtor's page.
OPEN = (
    "account/",
    "language/",
    "client/",
    "pay/",
    "online/told/",
    "sign/",
    "my/",
    "register/alerts/<str:token>/",
)
ACTS = [
    "/invoices/{invoice}/dispute/", "/invoices/{invoice}/pause/", "/invoices/{invoice}/release/1/",
    "/invoices/{invoice}/skip/", "/invoices/{invoice}/waive/", "/invoices/{invoice}/cancel/",
    "/bank/entries/{entry}/match/", "/bank/entries/{entry}/ignore/", "/documents/{reading}/accept/",
    "/policies/choose/", "/letters/waiting/act/", "/letters/words/mark/", "/letters/words/reminder/nl/", "/letters/waiting/window/", "/policies/{invoice}/retire/", "/debtors/{debtor}/segment/", "/calls/{invoice}/",
    "/letters/{letter}/posted/", "/letters/{letter}/anew/", "/invoices/{invoice}/start/",
    "/promises/{invoice}/withdraw/", "/plans/policy/", "/plans/{invoice}/agree/", "/plans/{invoice}/refuse/",
    "/plans/{invoice}/withdraw/", "/plans/{invoice}/end/", "/debtors/{debtor}/dispute/", "/debtors/{debtor}/pause/",
    "/debtors/{debtor}/promise/", "/debtors/{debtor}/plan/", "/debtors/{debtor}/insolvency/",
    "/debtors/{debtor}/release/1/", "/debtors/{debtor}/contacts/", "/debtors/{debtor}/contacts/1/", "/debtors/{debtor}/works/",
    "/bank/accounts/", "/bank/accounts/cut-off/", "/debtors/{debtor}/edit/", "/upload/", "/debtors/list/",
    "/invoices/{invoice}/evidence/", "/invoices/{invoice}/evidence/ask/", "/invoices/{invoice}/evidence/1/remove/",
    "/invoices/{invoice}/requests/1/withdraw/",
    "/statements/ask/", "/invoices/{invoice}/pay-link/", "/statements/runs/{invoice}/stop/",
    "/bank/online/key/", "/bank/online/switch/", "/bank/online/{invoice}/refund/", "/bank/online/refunds/{invoice}/approve/",
    "/bank/online/refunds/{invoice}/refuse/",
    "/mailbox/save/", "/mailbox/try/", "/mailbox/fetch/", "/mailbox/senders/", "/mailbox/senders/{invoice}/remove/",
    "/bank/files/{invoice}/book/", "/bank/files/{invoice}/aside/",
    "/bank/entries/{entry}/settle/", "/bank/entries/{entry}/undo/", "/debtors/{debtor}/tolerance/",
    "/debtors/{debtor}/accounts/forget/", "/debtors/{debtor}/habits/1/forget/", "/bank/tolerance/",
    "/mailbox/messages/{invoice}/take/", "/mailbox/messages/{invoice}/discard/",
    "/bank/payments/new/", "/bank/payments/batches/", "/bank/payments/batches/{invoice}/approve/",
    "/bank/payments/batches/{invoice}/refuse/", "/bank/payments/{invoice}/check/", "/bank/payments/{invoice}/withdraw/",
    "/bank/payments/{invoice}/again/", "/bank/payments/batches/{invoice}/void/ask/", "/bank/payments/batches/{invoice}/void/confirm/",
    "/bank/debits/ask/", "/bank/debits/batches/", "/bank/debits/automatic/", "/bank/debits/{invoice}/withdraw/",
    "/bank/debits/{invoice}/announce/", "/bank/debits/{invoice}/again/",
    "/bank/write-offs/limit/", "/bank/write-offs/{invoice}/approve/",
    "/bank/write-offs/{invoice}/refuse/",
    "/mandates/creditor/", "/mandates/{invoice}/amend/", "/mandates/{invoice}/withdraw/", "/mandates/{invoice}/suspend/",
    "/mandates/{invoice}/resume/", "/mandates/{invoice}/register/", "/mandates/drawn-up/{invoice}/mail/",
    "/mandates/drawn-up/{invoice}/signed/", "/mandates/drawn-up/{invoice}/take-back/",
    "/debtors/{debtor}/mandates/new/", "/debtors/{debtor}/mandates/signed/",
    "/invoices/{invoice}/register/", "/register/new/", "/register/list/", "/register/look-up/", "/register/watch/",
    "/debtors/{debtor}/page-links/", "/replies/reasons/save/", "/replies/{invoice}/decide/", "/replies/{invoice}/data/",
    "/register/watch/stop/", "/register/alerts/", "/register/alerts/end/", "/register/reports/{invoice}/call/", "/register/reports/{invoice}/objection/",
    "/register/reports/{invoice}/approve/", "/register/reports/{invoice}/agreed/", "/register/reports/{invoice}/withdraw/",
    "/tokens/new/",
]  # fmt: skip

# Pages that take a form themselves.
PAGES = (
    "/upload/",
    "/debtors/{debtor}/edit/",
    "/debtors/{debtor}/mandates/new/",
    "/debtors/{debtor}/promise/",
    "/debtors/{debtor}/plan/",
    "/mandates/drawn-up/{invoice}/mail/",
)


def addresses(patterns, before=""):
    """Every address below, with numbers in the place of arguments."""
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, before + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield before + str(entry.pattern)


def test_every_page_of_ours_needs_a_log_in(books):
    ours = [path for path in addresses(get_resolver().url_patterns) if not path.startswith(OPEN)]
    assert len(ours) >= 25
    stranger = Client()
    for path in ours:
        for name in (
            "invoice_id",
            "hold_id",
            "debtor_id",
            "entry_id",
            "letter_id",
            "reading_id",
            "scan_id",
            "contact_id",
            "credit_id",
            "import_id",
            "sender_id",
            "evidence_id",
            "request_id",
            "message_id",
            "credit_id",
            "habit_id",
            "batch_id",
            "transfer_id",
            "debit_id",
            "payment_id",
            "refund_id",
            "statement_file_id",
            "number",
            "line",
            "run_id",
            "statement_id",
            "report_id",
            "policy_id",
            "call_id",
            "mandate_id",
            "link_id",
            "reply_id",
            "file_id",
            "promise_id",
            "plan_id",
            "token_id",
        ):
            path = path.replace(f"<int:{name}>", str(books.invoices[0])).replace("<slug:verb>", "ask")
        path = path.replace("<slug:kind>", "reminder").replace("<slug:language>", "nl")
        answer = stranger.get(f"/{path}")
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/account/login/?next="), path


def test_another_client_s_objects_are_not_here(books):
    """Bob may enter both; in the one he is looking at, the other's rows do not exist."""
    bob = logged_in("bob")
    bob.post("/client/", {"client": books.other_client_id})
    hidden = [
        f"/invoices/{books.invoices[0]}/", f"/debtors/{books.debtors[0]}/", f"/bank/entries/{books.unmatched[0]}/",
        f"/letters/{books.letters[0]}/", f"/letters/{books.letters[0]}.pdf", f"/documents/{books.readings[0]}/",
        f"/documents/{books.readings[0]}/file/",
    ]  # fmt: skip
    for path in hidden:
        assert bob.get(path).status_code == 404, path
    for act in (act for act in ACTS if "{" in act):
        path = of_books(act, books)
        assert bob.post(path, {"reason": "x", "until": "2026-12-01"}).status_code == 404, path


def test_a_stranger_to_a_client_cannot_choose_it(olga, books):
    assert olga.post("/client/", {"client": books.other_client_id}).status_code == 404
    assert olga.get(f"/invoices/{books.other_invoice_id}/").status_code == 404


@pytest.mark.parametrize("act", ACTS)
def test_a_viewer_may_not_change_anything(victor, books, act):
    before = _rows(books)
    path = of_books(act, books)
    answer = victor.post(path, {"reason": "ik wil het", "until": "2026-12-31"})
    assert answer.status_code == 403
    assert "U mag hier kijken, niet veranderen" in answer.content.decode()
    assert _rows(books) == before


def test_a_viewer_is_not_offered_what_he_may_not_do(victor, books):
    assert "Wat u kunt doen" not in victor.get(f"/invoices/{books.lettered[0]}/").content.decode()
    assert "Terzijde leggen" not in victor.get(f"/bank/entries/{books.unmatched[0]}/").content.decode()
    assert 'type="file"' not in victor.get("/upload/").content.decode()


@pytest.mark.parametrize("act", [act for act in ACTS if act not in PAGES])
def test_acts_are_not_done_by_looking(olga, books, act):
    path = of_books(act, books)
    answer = olga.get(path)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Dit adres neemt alleen een formulier aan" in answer.content.decode()


def of_books(act, books):
    """The address of an act on rows that are there."""
    return act.format(
        invoice=books.invoices[0],
        entry=books.unmatched[0],
        reading=books.readings[0],
        letter=books.letters[0],
        debtor=books.debtors[0],
    )


def _rows(books):
    tables = (
        "receivables_evidence",
        "receivables_evidencerequest",
        "mailbox_mailbox",
        "mailbox_sender",
        "receivables_hold",
        "receivables_payment",
        "dunning_skip",
        "banking_match",
        "banking_tolerance",
        "parties_debtoriban",
        "transfers_credittransfer",
        "batches_batch",
        "debits_creditor",
        "debits_mandate",
        "debits_signinglink",
        "mandates_mandatemessage",
        "intake_reading",
        "debtor_page_reply",
        "debtor_page_disputereason",
        "register_report",
        "register_lookup",
        "register_watch",
    )
    with client_scope(books.client_id):
        return [fetch(f"SELECT count(*) FROM {table}")[0][0] for table in tables]


@pytest.fixture
def person(db):
    """Somebody with an account, in this test's own transaction."""
    from inbaar.parties.models import User

    return User.objects.create_user("eva@inbaar.example", PASSWORD, name="Eva")


def log_in(browser, password, email="eva@inbaar.example"):
    return browser.post("/account/login/", {"login": email, "password": password})


def test_log_in_by_e_mail_and_password(person):
    browser = Client()
    assert log_in(browser, "verkeerd").status_code == 200
    answer = log_in(browser, PASSWORD, "Eva@Inbaar.example")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.post("/account/logout/")["Location"] == "/account/login/"
    assert browser.get("/").status_code == 302


def test_five_wrong_passwords_close_the_log_in_for_that_address(person):
    browser = Client()
    for _ in range(4):
        assert log_in(browser, "verkeerd").status_code == 200
    answer = log_in(browser, "verkeerd")
    assert answer.status_code == 429
    assert "Inloggen met dit adres is nu even dicht" in answer.content.decode()
    assert log_in(browser, PASSWORD).status_code == 429
    assert browser.get("/account/login/").status_code == 200


def test_nobody_signs_up_by_himself(db):
    answer = Client().post(
        "/account/signup/", {"email": "x@y.example", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert "Hier meldt niemand zichzelf aan" in answer.content.decode()
    from inbaar.parties.models import User

    assert not User.objects.exists()


def test_a_one_time_code_is_asked_where_it_was_set_up(person):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(person, generate_totp_secret())
    browser = Client()
    answer = log_in(browser, PASSWORD)
    assert answer["Location"] == "/account/mfa/authenticate/"
    assert browser.get("/account/mfa/authenticate/").status_code == 200
    assert browser.get("/").status_code == 302


def test_a_new_user_can_turn_one_time_codes_on(db):
    from inbaar.parties.opening import let_in

    let_in("eva@inbaar.example", PASSWORD, [])
    browser = Client()
    log_in(browser, PASSWORD)
    browser.post("/account/reauthenticate/", {"password": PASSWORD})
    page = browser.get("/account/mfa/totp/activate/")
    assert page.status_code == 200
    assert "Scan deze QR-code" in page.content.decode()


ACCOUNT_PAGES = (
    "password/change", "password/reset", "logout", "mfa", "mfa/totp/activate", "mfa/webauthn", "mfa/webauthn/add",
    "reauthenticate",
)  # fmt: skip


@pytest.mark.parametrize("page", ACCOUNT_PAGES)
def test_the_account_pages_say_u(db, page):
    from inbaar.parties.opening import let_in

    let_in("eva@inbaar.example", PASSWORD, [])
    browser = Client()
    log_in(browser, PASSWORD)
    browser.post("/account/reauthenticate/", {"password": PASSWORD})
    answer = browser.get(f"/account/{page}/")
    assert answer.status_code == 200
    assert re.findall(r"\b(?:je|jij|jouw|jou)\b", answer.content.decode(), re.IGNORECASE) == []


def test_a_lost_password_is_mended_by_mail(person, settings, mailoutbox):
    settings.EMAIL_HOST = "mail.inbaar.example"
    browser = Client()
    assert "/account/password/reset/" in browser.get("/account/login/").content.decode()
    assert browser.post("/account/password/reset/", {"email": person.email}).status_code == 302
    (letter,) = mailoutbox
    link = re.search(r"http://testserver(/account/password/reset/key/\S+)", letter.body)
    assert link is not None
    assert "U krijgt dit bericht" in letter.body
    asked = browser.get(link[1], follow=True)
    chosen = "een-heel-ander-wachtwoord"
    browser.post(asked.request["PATH_INFO"], {"password1": chosen, "password2": chosen})
    assert log_in(Client(), chosen).status_code == 302


def test_where_no_mail_leaves_a_lost_password_is_not_promised_a_link(person, settings, mailoutbox):
    settings.EMAIL_HOST = ""
    for page in (
        Client().get("/account/password/reset/"),
        Client().post("/account/password/reset/", {"email": person.email}),
    ):
        assert page.status_code == 200
        assert "Vraag wie Inbaar bij u beheert om een nieuw wachtwoord" in page.content.decode()
    assert mailoutbox == []


def test_a_user_does_not_change_the_address_he_was_given(person):
    browser = Client()
    browser.force_login(person, backend=BACKEND)
    assert browser.get("/account/email/").status_code == 404
    assert browser.post("/account/email/", {"email": "x@y.example", "action_add": ""}).status_code == 404


def test_a_form_from_elsewhere_is_refused_and_says_what_now(person):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person, backend=BACKEND)
    answer = strict.post("/language/", {"language": "en"})
    assert answer.status_code == 403
    assert "Dit formulier stond te lang open" in answer.content.decode()


def test_the_language_switch_is_kept_and_does_not_lead_elsewhere(person):
    browser = Client()
    browser.force_login(person, backend=BACKEND)
    answer = browser.post("/language/", {"language": "en", "next": "https://elders.example/"})
    assert answer["Location"] == "/"
    assert "You are in, but not yet with a client" in browser.get("/").content.decode()
    person.refresh_from_db()
    assert person.language == "en"


def test_pages_for_what_is_not_there_say_what_why_and_what_now(person):
    browser = Client()
    browser.force_login(person, backend=BACKEND)
    answer = browser.get("/nergens/")
    assert answer.status_code == 404
    assert "Deze pagina is hier niet" in answer.content.decode()
    assert "Ga naar het overzicht" in answer.content.decode()


def test_a_fault_of_ours_says_so_and_keeps_nothing(person, monkeypatch):
    from inbaar.web.views import errors

    page = errors.broken(None)  # type: ignore[arg-type]
    assert page.status_code == 500
    assert "Er ging iets stuk aan onze kant" in page.content.decode()
