"""The pages of direct debits: asked for, put together, approved by a second person without what changed, void, and gone back."""

import datetime as dt
import re

import pytest
from django.test import Client

from inbaar.banking.batches.models import Batch
from inbaar.banking.debits.actions import announce_debits, withdraw_mandate
from inbaar.banking.debits.models import DirectDebit
from inbaar.collecting.notices import work_notices
from inbaar.doors import take_in_files
from inbaar.kit.scope import client_scope
from inbaar.receivables.holds import NewHold, open_holds
from inbaar.receivables.models import Invoice
from tests.banking.books import draft, invoiced
from tests.banking.camt import Line, camt_file
from tests.banking.reports import report
from tests.debits.books import DAY, NOW, at, collecting, pay, signed
from tests.transfers.books import account_of, wanted
from tests.transfers.books import asked as transfers_asked
from tests.web.conftest import BACKEND
from tests.web.seeding import user

pytestmark = pytest.mark.django_db
DAY_BEFORE, DUE = dt.date(2026, 3, 16), dt.date(2026, 3, 17)


def that_day(monkeypatch, day, hour=9):
    monkeypatch.setenv("INBAAR_TODAY", day.isoformat())
    monkeypatch.setenv("INBAAR_NOW", f"{day}T{hour:02d}:00:00+01:00")


@pytest.fixture(autouse=True)
def first_day(monkeypatch):
    that_day(monkeypatch, DAY)


def browser(client, name, role, language="en"):
    here = Client()
    here.force_login(user(name, (client.id, role), language=language), backend=BACKEND)
    return here


@pytest.fixture
def eva(client_a):
    account_of(client_a)
    return browser(client_a, "eva", "bookkeeper")


@pytest.fixture
def olga(client_a):
    return browser(client_a, "olga", "owner")


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("\u00a0", " ")


def numbers(client, model, **facts):
    with client_scope(client.id):
        return list(model.objects.filter(**facts).order_by("id").values_list("id", flat=True))


def ready(client, eva, monkeypatch, invoices=1):
    """Debits that were asked for on the page and told on the invoice, on the day before they are collected."""
    debtor = collecting(client)
    signed(client, debtor, reference="K-1")
    if invoices > 1:
        with client_scope(client.id):
            invoiced(client, *(draft(f"2026-000{n}") for n in range(2, invoices + 1)))
    assert eva.post("/bank/debits/ask/", {"invoice": numbers(client, Invoice)}).status_code == 302
    announce_debits(client.id, numbers(client, DirectDebit), "on the invoice", "eva", DAY, NOW)
    that_day(monkeypatch, DAY_BEFORE)
    return debtor


def make(here, client):
    with client_scope(client.id):
        ids = list(DirectDebit.objects.filter(state="requested").order_by("id").values_list("id", flat=True))
    return here.post("/bank/debits/batches/", {"debit": ids, "account": account_of(client)})


def test_from_what_may_be_collected_to_the_file_and_its_money(client_a, eva, olga, monkeypatch):
    debtor = collecting(client_a)
    assert "Nothing is to be asked for now" in text(eva.get("/bank/debits/"))
    signed(client_a, debtor, reference="K-1")
    page = text(eva.get("/bank/debits/"))
    assert "1 invoice of € 121.00 may be collected." in page
    assert "17 Mar 2026" in page
    assert "1 factuur van € 121,00 kan worden geïncasseerd." in text(
        browser(client_a, "nel", "bookkeeper", "nl").get("/bank/debits/")
    )
    answer = eva.post("/bank/debits/ask/", {"invoice": numbers(client_a, Invoice)}, follow=True)
    assert "1 debit is asked for." in text(answer)
    ((debit,),) = (numbers(client_a, DirectDebit),)
    assert "to be announced" in text(eva.get("/bank/debits/?show=all"))
    assert "with the next run" in text(eva.get("/bank/debits/?show=ready"))
    assert "fewer days" not in text(
        eva.post(f"/bank/debits/{debit}/announce/", {"how": "on the invoice"}, follow=True)
    )
    that_day(monkeypatch, DAY_BEFORE)
    assert "17 Mar 2026 · CORE · RCUR" in text(eva.get("/bank/debits/?show=ready"))
    made = make(eva, client_a)
    own = text(eva.get(made["Location"]))
    assert "1 debit of € 121.00, collected to" in own
    assert "NL69ZZZ123456780000" in own
    assert "You cannot approve this batch:" in own
    assert eva.post(f"{made['Location']}approve/").status_code == 400
    assert "who paid by himself is not known" in text(olga.get(made["Location"]))
    assert olga.post(f"{made['Location']}approve/").status_code == 302
    content = b"".join(olga.get(f"{made['Location']}file/").streaming_content)
    assert b"pain.008.001.08" in content
    assert b"<MndtId>K-1</MndtId>" in content
    assert "This batch was approved or refused before" in text(olga.post(f"{made['Location']}approve/"))
    with client_scope(client_a.id):
        message = Batch.objects.get().message_id
    line = Line("121.00", day=DUE, end_to_end_id=f"{message}-1")
    take_in_files(client_a.id, [("s.xml", camt_file([line], day=DUE))], DUE, at(DUE))
    page = text(eva.get(f"/bank/debits/{debit}/"))
    assert "until 12 May 2026" in page  # eight weeks after 17 March
    assert "until 17 Apr 2027" in page  # thirteen months
    assert "collected" in page
    assert "collected" in text(eva.get("/bank/debits/?show=all"))


def test_what_is_not_announced_yet_shows_how_its_message_stands(client_a, eva):
    """No address is known, so the message is to be posted, within three days: the debit moved from the 17th to Friday the 20th."""
    signed(client_a, collecting(client_a), reference="K-1")
    eva.post("/bank/debits/ask/", {"invoice": numbers(client_a, Invoice)})
    work_notices(client_a.id, DAY, NOW)
    page = text(eva.get("/bank/debits/?show=ready"))
    assert "to be printed and posted" in page
    assert "20 Mar 2026" in page


def test_what_may_not_be_collected_says_why_and_when_that_passes(client_a, eva):
    debtor = collecting(client_a)
    mandate = signed(client_a, debtor)
    with client_scope(client_a.id):
        (second,) = invoiced(client_a, draft("2026-0002"))
        first = Invoice.objects.order_by("number").first().id
        until = dt.date(2026, 4, 1)
        open_holds(client_a.id, [NewHold(debtor, "pause", "asked", "eva", DAY, "p", first, until=until)], NOW)
        open_holds(client_a.id, [NewHold(debtor, "dispute", "wrong", "eva", DAY, "d", second.id)], NOW)
    page = text(eva.get("/bank/debits/?show=cannot"))
    assert "Paused. It ends after 1 Apr 2026." in page
    assert "Disputed. It ends when somebody releases it." in page
    refused = eva.post("/bank/debits/ask/", {"invoice": [first, second.id]})
    assert (refused.status_code, "2026-0002: A hold stands" in text(refused)) == (400, True)
    assert numbers(client_a, DirectDebit) == []
    withdraw_mandate(client_a.id, mandate, "asked", "eva", DAY, NOW)
    assert "not now (2)" in text(eva.get("/bank/debits/"))


def test_a_second_person_approves_what_is_left_and_only_what_was_shown(client_a, eva, olga, monkeypatch):
    debtor = ready(client_a, eva, monkeypatch, invoices=2)
    made = make(eva, client_a)["Location"]
    first = numbers(client_a, Invoice)[0]
    with client_scope(client_a.id):
        open_holds(client_a.id, [NewHold(debtor, "dispute", "wrong", "eva", DAY_BEFORE, "d", first)], NOW)
    page = olga.get(made)
    assert "Changed since, so left out" in text(page)
    assert "Approve the 1 left, € 121.00" in text(page)
    assert 'name="rest_total" value="121.00"' in page.content.decode()
    for wrong in ({}, {"rest_count": "2", "rest_total": "242.00"}, {"rest_count": "x", "rest_total": "y"}):
        assert olga.post(f"{made}approve/", wrong).status_code == 400
    approved = olga.post(f"{made}approve/", {"rest_count": "1", "rest_total": "121.00"})
    assert approved.status_code == 302
    assert approved["Location"] != made
    content = b"".join(olga.get(f"{approved['Location']}file/").streaming_content)
    assert content.count(b"<DrctDbtTxInf>") == 1
    assert "Approved without what had changed" in text(olga.get(made))


def test_a_refused_batch_says_why_and_its_debits_wait_again(client_a, eva, olga, monkeypatch):
    ready(client_a, eva, monkeypatch)
    made = make(eva, client_a)["Location"]
    assert olga.post(f"{made}refuse/", {"note": " "}).status_code == 400
    answer = olga.post(f"{made}refuse/", {"note": "wrong account"})
    assert answer["Location"] == "/bank/debits/"
    assert "wrong account" in text(eva.get(made))
    assert "1 debit is announced and waits for a batch." in text(eva.get("/bank/debits/"))


def test_what_waits_goes_into_no_batch_with_another_day_or_after_the_cut_off(client_a, eva, monkeypatch):
    ready(client_a, eva, monkeypatch)
    assert "Choose the account" in text(eva.post("/bank/debits/batches/", {"debit": [1], "account": ""}))
    that_day(monkeypatch, DUE)
    assert "in time on the bank day before" in text(eva.get("/bank/debits/?show=ready"))
    refused = make(eva, client_a)
    assert (refused.status_code, "in time on the bank day before" in text(refused)) == (400, True)


@pytest.mark.parametrize("kind", ["debit", "transfer"])
def test_a_file_that_was_never_handed_in_is_void_by_two_people_and_no_longer_given(
    client_a, eva, olga, monkeypatch, kind
):
    if kind == "debit":
        ready(client_a, eva, monkeypatch)
        made = make(eva, client_a)["Location"]
    else:
        (asked,) = transfers_asked(client_a, wanted("1"))
        given = {"payment": [asked.transfer_id], "account": account_of(client_a), "execute_on": "2026-03-04"}
        made = eva.post("/bank/payments/batches/", given)["Location"]
    olga.post(f"{made}approve/")
    assert "Was this file never handed in?" in text(eva.get(made))
    assert "Say why" in text(eva.post(f"{made}void/ask/", {"reason": " "}))
    assert eva.post(f"{made}void/ask/", {"reason": "lost"}).status_code == 302
    assert eva.post(f"{made}void/confirm/").status_code == 400
    answer = olga.get(f"{made}file/")
    assert (answer.status_code, "This file was declared void" in text(answer)) == (410, True)
    assert olga.post(f"{made}void/confirm/").status_code == 302
    assert "void: never handed in" in text(olga.get(made))
    assert olga.get(f"{made}file/").status_code == 410
    assert olga.post(f"{made}void/undo/").status_code == 404
    where = "/bank/debits/?show=ready" if kind == "debit" else "/bank/payments/"
    assert "€ 121.00" in text(eva.get(where))


def test_a_debit_that_went_back_says_why_what_comes_next_and_is_repeated_once_without_a_reason(
    client_a, eva, olga, monkeypatch
):
    ready(client_a, eva, monkeypatch)
    olga.post(f"{make(eva, client_a)['Location']}approve/")
    with client_scope(client_a.id):
        message = Batch.objects.get().message_id
    take_in_files(
        client_a.id,
        [("r.xml", report(message, "PART", [(f"{message}-1", "RJCT", "AM04", "")]))],
        DAY_BEFORE,
        at(DAY_BEFORE),
    )
    page = text(eva.get("/bank/debits/?show=failed"))
    assert "AM04 · not enough money" in page
    assert "Collect once more, or remind." in page
    (first,) = numbers(client_a, DirectDebit)
    assert "€ 121.00 is open of the invoice, due on" in text(eva.get(f"/bank/debits/{first}/"))
    assert eva.post(f"/bank/debits/{first}/again/").status_code == 302
    second = numbers(client_a, DirectDebit)[1]
    with client_scope(client_a.id):
        DirectDebit.objects.filter(id=second).update(
            state="rejected", bank_reason="AM04", announced_on=DAY, announced_how="x", due_on=DUE
        )
    refused = eva.post(f"/bank/debits/{second}/again/")
    assert (refused.status_code, "say why it will succeed now" in text(refused)) == (400, True)
    assert eva.post(f"/bank/debits/{second}/again/", {"because": "his wages are in"}).status_code == 302
    third = numbers(client_a, DirectDebit)[2]
    with client_scope(client_a.id):
        DirectDebit.objects.filter(id=third).update(
            state="rejected", bank_reason="AM04", announced_on=DAY, announced_how="x", due_on=DUE
        )
    assert "collected 3 times in vain" in text(
        eva.post(f"/bank/debits/{third}/again/", {"because": "please"})
    )


def test_a_debit_that_waits_is_withdrawn_once(client_a, eva, monkeypatch):
    ready(client_a, eva, monkeypatch)
    (debit,) = numbers(client_a, DirectDebit)
    assert eva.post(f"/bank/debits/{debit}/withdraw/").status_code == 302
    assert eva.post(f"/bank/debits/{debit}/withdraw/").status_code == 400


def test_what_was_paid_in_part_shows_what_is_left_and_leaves_for_that(client_a, eva, monkeypatch):
    ready(client_a, eva, monkeypatch)
    pay(client_a, numbers(client_a, Invoice)[0], "21.00", DAY_BEFORE)
    assert "€ 100.00 is left" in text(eva.get("/bank/debits/?show=ready"))
    assert "1 debit of € 100.00" in text(eva.get(make(eva, client_a)["Location"]))


def test_the_daily_run_is_switched_by_who_may_let_money_go(client_a, eva, olga):
    assert "fill in who collects first" in text(olga.get("/bank/debits/"))
    assert "Fill in first who collects" in text(
        olga.post("/bank/debits/automatic/", {"on": "1"}, follow=True)
    )
    collecting(client_a)
    assert eva.post("/bank/debits/automatic/", {"on": "1"}).status_code == 403
    assert "asked for by itself from now on" in text(
        olga.post("/bank/debits/automatic/", {"on": "1"}, follow=True)
    )
    assert "Olga switched it on" in text(eva.get("/bank/debits/"))


def test_a_viewer_looks_and_another_client_sees_nothing(client_a, client_b, eva, olga, monkeypatch):
    ready(client_a, eva, monkeypatch)
    made = make(eva, client_a)["Location"]
    (debit,) = numbers(client_a, DirectDebit)
    victor = browser(client_a, "victor", "viewer")
    assert "Ask for these debits" not in text(victor.get("/bank/debits/"))
    assert victor.get(made).status_code == 200
    stranger = browser(client_b, "boris", "owner")
    for path in (made, f"/bank/debits/{debit}/"):
        assert stranger.get(path).status_code == 404
    for path in (f"/bank/debits/{debit}/again/", f"/bank/debits/{debit}/withdraw/", f"{made}void/ask/"):
        assert stranger.post(path, {"reason": "x"}).status_code == 404
    account_of(client_b)
    with client_scope(client_b.id):
        mine = {"debit": [debit], "account": account_of(client_b)}
    assert stranger.post("/bank/debits/batches/", mine).status_code == 400
    assert stranger.post("/bank/debits/ask/", {"invoice": numbers(client_a, Invoice)}).status_code in (
        302,
        400,
    )
    assert numbers(client_b, DirectDebit) == []


def test_the_overview_says_what_waits_of_debits_and_leads_to_it(client_a, eva, olga, monkeypatch):
    """A batch to approve; then, of two debits that the bank rejects, the one of whose invoice something is still open."""

    def told(words):
        page = olga.get("/")
        return words in text(page), f'href="{where}"' in page.content.decode()

    ready(client_a, eva, monkeypatch, invoices=2)
    where = "/bank/debits/?show=batches"
    assert told("direct debits to approve") == (False, False)
    made = make(eva, client_a)["Location"]
    assert told("1 batch of direct debits to approve") == (True, True)
    assert "1 incassobatch goed te keuren" in text(browser(client_a, "nel", "bookkeeper", "nl").get("/"))
    olga.post(f"{made}approve/")
    assert told("direct debits to approve") == (False, False)
    with client_scope(client_a.id):
        message = Batch.objects.get().message_id
    failed = [(f"{message}-{number}", "RJCT", "AM04", "") for number in (1, 2)]
    take_in_files(client_a.id, [("r.xml", report(message, "RJCT", failed))], DAY_BEFORE, at(DAY_BEFORE))
    where = "/bank/debits/?show=failed"
    assert told("2 direct debits failed or went back") == (True, True)
    first, second = numbers(client_a, Invoice)
    pay(client_a, first, "121.00", DAY_BEFORE)
    assert told("1 direct debit failed or went back") == (True, True)
    (again,) = numbers(client_a, DirectDebit, invoice_id=second)
    assert eva.post(f"/bank/debits/{again}/again/").status_code == 302
    assert told("failed or went back") == (False, False)


def test_the_page_belongs_to_the_bank_and_leads_to_what_lacks(client_a):
    browser = Client()
    browser.force_login(user("nieuw", (client_a.id, "owner")), backend=BACKEND)
    page = browser.get("/bank/debits/").content.decode()
    assert '<a href="/bank/" aria-current="page">' in page
    assert '<a href="/mandates/">' in page[page.index('class="warning"') :].split("</p>")[0]
