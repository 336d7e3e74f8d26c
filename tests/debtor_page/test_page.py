"""A debtor's own page: who gets in, until when, what it shows to the cent, and what can be paid from it."""

import re
from decimal import Decimal

import pytest
from django.test import Client as Visitor

from inbaar.banking.accounts import register_account
from inbaar.banking.pay_links import pay_token
from inbaar.debtor_page.links import link_of, take_back_links
from inbaar.debtor_page.paying import pay_chosen
from inbaar.doors import take_in_files
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Letter
from inbaar.parties.models import Debtor
from inbaar.parties.page_links import PageLink, page_token
from inbaar.receivables.actions import NewHold, NewPayment, apply_payments, open_holds
from inbaar.receivables.models import Title
from inbaar.web.formats import amount
from tests.banking.camt import Line
from tests.dunning.scenario import BAKERY, NOW, PERSON, day
from tests.intake.documents import ubl
from tests.letters.mail_server import MailServer
from tests.sql_watch import statements
from tests.web.conftest import logged_in
from tests.web.seeding import user

pytestmark = pytest.mark.django_db
D = Decimal
DUE, REMINDED, NOTICED = "2026-10-01", "2026-10-02", "2026-10-15"
SITE = "https://inbaar.example"


@pytest.fixture
def owing(books):
    """One invoice of 1,210, looked at on 5 October by a link of that day."""
    books.first = books.invoice("2026-001", DUE)
    books.today("2026-10-05")
    books.his = books.path(books.debtor(books.first), "2026-10-05")
    return books


def anonymous(answer):
    """What an answer says, without the token of the switch of languages."""
    return re.sub(rb'value="[0-9A-Za-z]{64}"', b"", answer.content)


def page(books, path=None):
    answer = books.visitor.get(path or books.his)
    assert answer.status_code == 200
    return answer


@pytest.mark.requirement("UI-16", "BEY-22")
def test_each_letter_and_statement_bears_the_link_and_it_opens_that_debtor_s_page(books):
    first, second = books.invoice("2026-001", DUE), books.invoice("2026-002", DUE, customer=PERSON)
    with MailServer() as post:
        books.days(REMINDED, post=post)
        told = {
            message["To"].addresses[0].addr_spec: message.get_body(("plain",)).get_content()
            for message in post.messages
        }
    books.today(REMINDED)
    for email, mine, other in (
        (BAKERY.email, "2026-001", "2026-002"),
        (PERSON.email, "2026-002", "2026-001"),
    ):
        (path,) = set(re.findall(rf"{SITE}(/my/[0-9a-z-]+/)", told[email]))
        shown = page(books, path).content.decode()
        assert mine in shown
        assert other not in shown
        assert path == books.path(books.debtor(first if mine == "2026-001" else second), REMINDED)
    # Typed from paper: capitals, no dashes, an o for a nought.
    token = path.split("/")[2]
    page(books, f"/my/{token.upper().replace('-', '').replace('0', 'o').replace('1', 'L')}/")


def test_the_last_day_of_a_link_is_ninety_days_after_it_was_made(owing):
    for on, status in (("2027-01-03", 200), ("2027-01-04", 410)):
        owing.today(on)
        assert owing.visitor.get(owing.his).status_code == status
    told = owing.visitor.get(owing.his).content.decode()
    assert "Deze link is verlopen" in told
    assert "2026-001" not in told
    for inside in ("pay/", "say/dispute/", "receipts/1/", "files/letter/1/"):
        assert owing.visitor.get(owing.his + inside).status_code == 410
    for kind in ("dispute", "complaint"):
        assert owing.dispute(owing.his, owing.first, words="te laat").status_code in (405, 410)
        assert owing.say(owing.his, kind, words="te laat", said_by="").status_code == 410
    assert owing.replies() == []


@pytest.mark.requirement("BEY-22")
def test_a_fresh_link_goes_to_the_known_address_only_once_a_day_and_tells_nothing(owing):
    """Expired: asked twice on one day and once on the next, by whoever: two mails, both to the address in the books."""
    owing.today("2027-02-01")
    for on in ("2027-02-01", "2027-02-01", "2027-02-02"):
        owing.today(on)
        answer = owing.visitor.post(f"{owing.his}link/", {"email": "dief@evil.example"})
        assert answer.status_code == 200
        assert BAKERY.email not in answer.content.decode()
    assert [(kind, address) for kind, address, _ in owing.mails()] == [("link", BAKERY.email)] * 2
    with MailServer() as post:
        owing.days("2027-02-02", post=post)
        texts = [mail.get_content() for mail in post.messages if "nieuwe link" in mail["Subject"]]
    assert len(texts) == 2
    (path,) = re.findall(rf"{SITE}(/my/[0-9a-z-]+/)", texts[-1])
    page(owing, path)
    with client_scope(owing.client.id):
        fetch("DELETE FROM parties_contact RETURNING id")
    owing.today("2027-02-03")
    told_before = anonymous(answer)
    unknown = owing.visitor.post(f"{owing.his}link/")
    assert (unknown.status_code, anonymous(unknown)) == (200, told_before)
    assert len(owing.mails()) == 2


def test_links_that_were_replaced_open_nothing_and_a_new_one_does(owing):
    with client_scope(owing.client.id):
        debtor = owing.debtor(owing.first)
        assert take_back_links(owing.client.id, debtor, day("2026-10-05"), "Olga", NOW)
        assert not take_back_links(owing.client.id, 0, day("2026-10-05"), "Olga", NOW)
    assert owing.visitor.get(owing.his).status_code == 410
    assert "Deze link is vervangen" in owing.visitor.get(owing.his).content.decode()
    assert owing.dispute(owing.his, owing.first).status_code == 410
    page(owing, owing.path(debtor, "2026-10-05"))
    assert owing.events("page_links_ended") == [{"by": "Olga"}]


def test_what_is_no_link_of_ours_is_not_known_and_says_nothing(owing, client_b, settings):
    token = owing.his.split("/")[2]
    changed = [
        token[:-1] + ("0" if token[-1] != "0" else "1"),
        token[:-4],
        "",
        "x" * 200,
        "1-1",
        "....",
        token[1:],
        f"{token}0",
    ]
    for wrong in filter(None, changed):
        answer = owing.visitor.get(f"/my/{wrong}/")
        assert answer.status_code == 404
        assert "2026-001" not in answer.content.decode()
    # A payment link is none of these, and a page's link pays nothing.
    assert owing.visitor.get(f"/pay/{token}/").status_code == 404
    with client_scope(owing.client.id):
        reference = pay_chosen(
            owing.client.id, owing.debtor(owing.first), {owing.first: D("1210.00")}, day("2026-10-05")
        )
    assert owing.visitor.get(f"/my/{pay_token(owing.client.id, reference)}/").status_code == 404
    # The number of this debtor under another client is nobody.
    strange = page_token(PageLink(client_b.id, owing.debtor(owing.first), 0, day("2026-12-01")))
    assert owing.visitor.get(f"/my/{strange}/").status_code == 404
    settings.SECRET_KEY = "another"
    assert owing.visitor.get(owing.his).status_code == 404
    settings.SECRET_KEY_FALLBACKS = ["another"]


@pytest.mark.requirement("BEY-22", "UI-16")
def test_the_sheet_is_that_of_the_letter_to_the_cent_on_its_day(books):
    """A business noticed on 15 October, with interest since the 2nd, 300 paid on the 5th: page and letter say the same."""
    books.first = books.invoice("2026-001", DUE)
    books.run(REMINDED)
    books.pay(books.first, "2026-10-05", "300.00")
    books.run(NOTICED)
    books.today(NOTICED)
    notice = books.letters()[-1]
    assert notice.interest_due > 0
    answer = page(books, books.path(books.debtor(books.first), NOTICED))
    (row,) = answer.context["rows"]
    lines = [
        (line.from_date, line.to_date, line.rate_percent, line.base, line.amount)
        for line in row["sheet"].owed.lines
    ]
    told = [
        (line.from_date, line.to_date, line.rate_percent, line.base, line.amount)
        for line in notice.items[0].lines
    ]
    assert (row["sheet"].owed.total, row["item"].asked, lines) == (notice.total_due, notice.total_due, told)
    assert row["sheet"].ties
    assert answer.content.decode().count(amount(notice.total_due, "EUR")) >= 3


def test_it_shows_what_is_settled_credited_received_and_at_rest(owing):
    second, third = owing.invoice("2026-002", "2026-10-20"), owing.invoice("2026-003", "2026-10-20")
    owing.pay(second, "2026-10-03", "1210.00")
    with client_scope(owing.client.id):
        hold = NewHold(
            owing.debtor(third),
            "promise",
            "belofte",
            "Olga",
            day("2026-10-05"),
            "h",
            third,
            until=day("2026-10-09"),
        )
        open_holds(owing.client.id, [hold], NOW)
    told = page(owing).content.decode().replace("\u00a0", " ")
    assert "Afgehandelde facturen" in told
    assert "2026-002" in told
    assert "U hebt beloofd dit te betalen. Tot en met 9 okt 2026." in told
    assert "4 dagen te laat" in told


def test_who_is_insolvent_is_asked_nothing(owing):
    with client_scope(owing.client.id):
        hold = NewHold(owing.debtor(owing.first), "insolvency", "vonnis", "Olga", day("2026-10-05"), "h")
        open_holds(owing.client.id, [hold], NOW)
    answer = page(owing)
    assert answer.context["page"].asked == []
    assert "curator" in answer.content.decode()
    assert "Betalen" not in answer.content.decode()


@pytest.mark.requirement("BEY-22", "UI-16")
def test_all_some_or_a_part_is_paid_under_one_reference_and_comes_back_divided(owing):
    """1,210 and 300 open. All: 1,510. Then 100 of the first and 300: 400, which pays them when it is on a statement."""
    second = owing.invoice("2026-002", DUE, payable="300.00")
    form = {"invoice": [owing.first, second], f"amount-{owing.first}": "1.210,00", f"amount-{second}": "300"}
    whole = owing.visitor.post(f"{owing.his}pay/", form)
    again = owing.visitor.post(f"{owing.his}pay/", form)
    assert whole["Location"] == again["Location"]
    assert owing.visitor.get(whole["Location"]).context["page"].total == D("1510.00")
    part = owing.visitor.post(f"{owing.his}pay/", form | {f"amount-{owing.first}": "100,00"})
    paying = owing.visitor.get(part["Location"]).context["page"]
    assert paying.total == D("400.00")
    owing.money("2026-10-06", Line("400.00", reference=paying.reference, day=day("2026-10-06")))
    assert (owing.open(owing.first), owing.open(second)) == (D("1110.00"), 0)


def test_what_cannot_be_paid_is_refused_and_makes_nothing(owing):
    his, paid = owing.invoice("2026-002", DUE, customer=PERSON), owing.invoice("2026-003", DUE)
    owing.pay(paid, "2026-10-02", "1210.00")
    wrong = [
        ({}, "Kies minstens"),
        ({"invoice": his, f"amount-{his}": "10"}, "nu niet gevraagd"),
        ({"invoice": paid, f"amount-{paid}": "10"}, "nu niet gevraagd"),
        ({"invoice": "abc"}, "Kies minstens"),
        ({"invoice": "9" * 30}, "Kies minstens"),
        *(({"invoice": owing.first, f"amount-{owing.first}": text}, "bedrag in van 0,01") for text in ("0", "-1", "1210,01", "x", "", "1e3000", "NaN", "0,005")),
    ]  # fmt: skip
    for form, words in wrong:
        answer = owing.visitor.post(f"{owing.his}pay/", form)
        assert answer.status_code == 400, form
        assert words in answer.content.decode(), form
    with client_scope(owing.client.id):
        assert fetch("SELECT count(*) FROM banking_paymentbundle") == [(0,)]
    assert owing.visitor.get(f"{owing.his}pay/").status_code == 200


def test_what_goes_to_two_accounts_is_not_paid_as_one(owing):
    second = owing.invoice("2026-002", DUE)
    with client_scope(owing.client.id):
        title = Title.objects.get(invoice_id=second)
        fetch(
            "UPDATE receivables_title SET period = daterange(lower(period), '2026-10-02') WHERE id = %s RETURNING id",
            [title.id],
        )
        Title.objects.create(
            client_id=owing.client.id, invoice_id=second, owner_name="Factor B.V.", payee_iban="NL44RABO0123456789",
            period=(day("2026-10-02"), None), deed="sold", notified_on=day("2026-10-02"),
        )  # fmt: skip
        with pytest.raises(Refused) as why:
            pay_chosen(
                owing.client.id, owing.debtor(second), {owing.first: D(10), second: D(10)}, day("2026-10-05")
            )
    assert why.value.code == "pay-several"
    told = page(owing).content.decode()
    assert "Factor B.V." in told
    assert told.count('class="own-pay"') == 2


def test_so_much_is_made_payable_in_a_day_and_no_more(owing):
    with client_scope(owing.client.id):
        debtor = owing.debtor(owing.first)
        for cents in range(1, 61):
            pay_chosen(owing.client.id, debtor, {owing.first: D(cents) / 100}, day("2026-10-05"))
        with pytest.raises(Refused) as why:
            pay_chosen(owing.client.id, debtor, {owing.first: D(1)}, day("2026-10-05"))
        assert why.value.code == "pay-too-often"
        assert pay_chosen(owing.client.id, debtor, {owing.first: D("0.07")}, day("2026-10-05"))
        assert pay_chosen(owing.client.id, debtor, {owing.first: D(1)}, day("2026-10-06"))


@pytest.mark.requirement("FAC-35", "BEY-22")
def test_papers_are_his_own_as_they_were_sent_and_nobody_else_s(books):
    """His invoice as it came in, and his letter once it was sent; not another's, and not one that waits or was held back."""
    mine = ubl(
        ("Zaagmolen B.V.", "Van Dijk Techniek B.V."), ("59581883", "90000001"), ("2026-03-02", "2026-09-01"), ("2026-04-01", DUE)
    )  # fmt: skip
    with client_scope(books.client.id):
        register_account(books.client.id, "NL91ABNA0417164300", "Van Dijk Techniek B.V.")
    take_in_files(books.client.id, [("factuur.xml", mine.encode())], day("2026-09-02"), NOW)
    with client_scope(books.client.id):
        rows = fetch("SELECT r.id, r.invoice_id, r.outcome, r.problems FROM intake_reading r")
    ((reading, first, outcome, problems),) = rows
    assert outcome == "accepted", problems
    second = books.invoice("2026-002", DUE, customer=PERSON)
    with client_scope(books.client.id):
        fetch("UPDATE banking_bankaccount SET read_up_to = %s RETURNING id", [day(REMINDED)])
    books.run(REMINDED, mail_leaves=False)
    books.today("2026-10-05")
    his, other = books.path(books.debtor(first), "2026-10-05"), books.path(books.debtor(second), "2026-10-05")
    with client_scope(books.client.id):
        letters = {letter.debtor_id: letter.id for letter in Letter.objects.all()}
    letter = letters[books.debtor(first)]
    assert books.visitor.get(f"{his}files/letter/{letter}/").status_code == 404  # it waits to be sent
    books.send("2026-10-05")
    got = books.visitor.get(f"{his}files/reminder/{letter}/")
    user("anna", (books.client.id, "owner"))
    assert got.content == logged_in("anna").get(f"/letters/{letter}.pdf").content
    assert (got["Content-Disposition"].split(";")[0], got["X-Content-Type-Options"]) == (
        "attachment",
        "nosniff",
    )
    invoice = books.visitor.get(f"{his}files/invoice/{reading}/")
    assert invoice.content == mine.encode()
    for kind, number in (("invoice", reading), ("letter", letter), ("statement", letter), ("invoice", 0)):
        assert books.visitor.get(f"{other}files/{kind}/{number}/").status_code == 404
    assert f"files/invoice/{reading}/" in page(books, his).content.decode()


def test_a_receipt_is_shown_to_who_said_it_and_to_nobody_else(owing):
    second = owing.invoice("2026-002", DUE, customer=PERSON)
    receipt = owing.dispute(owing.his, owing.first)["Location"]
    number = receipt.split("/")[-2]
    assert owing.visitor.get(receipt).status_code == 200
    other = owing.path(owing.debtor(second), "2026-10-05")
    assert owing.visitor.get(f"{other}receipts/{number}/").status_code == 404
    assert owing.visitor.get(f"{owing.his}receipts/%00/").status_code == 404
    assert number not in page(owing, other).content.decode()


def test_no_cookie_is_needed_robots_stay_out_and_no_address_leaks(owing):
    for path in (owing.his, f"{owing.his}say/dispute/", f"{owing.his}pay/", "/my/x/"):
        answer = Visitor(enforce_csrf_checks=True).get(path)
        assert set(answer.cookies) <= {"csrftoken"}
        assert answer["X-Robots-Tag"].startswith("noindex")
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
    sent = Visitor(enforce_csrf_checks=True).post(
        f"{owing.his}say/complaint/", {"words": "zonder koekjes", "said_by": ""}
    )
    assert sent.status_code == 302


def test_the_language_is_the_debtor_s_unless_he_chose(owing):
    with client_scope(owing.client.id):
        Debtor.objects.filter(id=owing.debtor(owing.first)).update(language="en")
    assert "to pay" in page(owing).content.decode()
    owing.visitor.cookies["inbaar_language"] = "nl"
    assert "te betalen" in page(owing).content.decode()
    receipt = owing.dispute(owing.his, owing.first)["Location"]
    assert "Ontvangstbewijs" in owing.visitor.get(receipt).content.decode()
    owing.visitor.cookies["inbaar_language"] = "en"
    assert "Receipt" in owing.visitor.get(receipt).content.decode()


def test_too_often_and_too_much_is_turned_away_before_anything_is_read(owing, settings):
    answer = owing.visitor.post(
        f"{owing.his}say/complaint/",
        b"x",
        content_type="multipart/form-data; boundary=y",
        headers={"content-length": "60000000"},
    )
    assert answer.status_code == 413
    for _ in range(19):
        owing.visitor.post(f"{owing.his}say/complaint/", {"words": ""})
    assert (
        owing.visitor.post(f"{owing.his}say/complaint/", {"words": "eerlijk", "said_by": ""}).status_code
        == 429
    )
    for _ in range(120):
        last = owing.visitor.get("/my/geraden-link/")
    assert last.status_code == 404
    assert owing.visitor.get("/my/nog-een/").status_code == 429
    assert owing.replies() == []


def test_the_page_asks_as_many_statements_however_much_is_open(owing):
    def asked():
        with statements() as seen:
            page(owing)
        return len(seen)

    few = asked()
    for number in range(2, 12):
        owing.invoice(f"2026-{number:03}", DUE)
    owing.dispute(owing.his, owing.first)
    assert asked() <= few + 2  # what was said has its files besides


def test_a_link_costs_the_run_no_statement(books, monkeypatch):
    def run(number, customer):
        books.invoice(number, DUE, customer=customer)
        with statements() as seen:
            books.run(REMINDED)
        return len(seen)

    linked = run("2026-001", BAKERY)
    monkeypatch.delenv("INBAAR_ORIGINS")
    assert run("2026-002", PERSON) == linked
    assert [bool(letter.page_link) for letter in books.letters()] == [True, False]


def test_an_invoice_booked_twice_paid_in_part_shows_what_is_left(owing):
    with client_scope(owing.client.id):
        paid = [NewPayment(owing.first, day("2026-10-03"), D("210.00"), "p1")]
        apply_payments(owing.client.id, paid, NOW)
        apply_payments(owing.client.id, paid, NOW)
        assert link_of(owing.client.id, 0, day("2026-10-05")) is None
    assert page(owing).context["page"].asked == [("EUR", D("1000.00"))]
