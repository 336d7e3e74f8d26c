"""What a person does on the screens: each act changes the books through its room and says what came of it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inbaar.banking.models import Entry, StatementFile
from inbaar.dunning.models import Schedule, Skip
from inbaar.intake.models import Reading
from inbaar.kit.scope import client_scope
from inbaar.receivables.models import Hold, Invoice
from tests.banking.camt import Line, camt_file
from tests.dunning.scenario import PERSON, Administration
from tests.intake.documents import ubl
from tests.web.conftest import BACKEND
from tests.web.seeding import user
from tests.web.test_pages import plain

TODAY = "2026-09-28"


@pytest.fixture
def books_of(client_a, monkeypatch):
    """A small administration on a Monday, with one late invoice."""
    monkeypatch.setenv("INBAAR_TODAY", TODAY)
    return Administration(client_a)


@pytest.fixture
def eva(books_of):
    browser = Client()
    browser.force_login(user("eva", (books_of.client.id, "bookkeeper")), backend=BACKEND)
    return browser


def post(browser, path, **values):
    """Send a form; gives the page one comes to."""
    return browser.post(path, values, follow=True)


def rows(books_of, model, **filters):
    with client_scope(books_of.client.id):
        return list(model.objects.filter(**filters))


def test_a_part_in_dispute_is_held_and_the_page_says_what_goes_on(books_of, eva):
    invoice = books_of.invoice("F-1", "2026-09-20")
    page = post(eva, f"/invoices/{invoice}/dispute/", reason="twee dozen kapot", amount="210,00", token="t1")
    assert "Betwist voor € 210,00: voor dat deel wordt niets gevraagd tot u het vrijgeeft." in plain(page)
    (hold,) = rows(books_of, Hold)
    assert (hold.kind, hold.amount, hold.owner, hold.invoice_id) == (
        "dispute",
        Decimal("210.00"),
        "Eva",
        invoice,
    )
    assert "herinnering volgt maandag 28 sep 2026" in plain(page)


def test_sending_a_form_twice_is_sending_it_once(books_of, eva):
    invoice = books_of.invoice("F-1", "2026-09-20")
    for _ in range(2):
        post(eva, f"/invoices/{invoice}/dispute/", reason="kapot", token="t1")
    assert len(rows(books_of, Hold)) == 1


@pytest.mark.parametrize(("typed", "told"), [
    ("1210,01", "Een betwist deel kan niet meer zijn dan wat openstaat (1210.00)."),
    ("veel", "“veel” is geen bedrag; schrijf 1234,56."),
    ("-5", "“-5” is geen bedrag; schrijf 1234,56."),
    ("0,001", "“0,001” is geen bedrag; schrijf 1234,56."),
])  # fmt: skip
def test_a_part_that_cannot_be_changes_nothing_and_says_why(books_of, eva, typed, told):
    invoice = books_of.invoice("F-1", "2026-09-20")
    assert told in plain(post(eva, f"/invoices/{invoice}/dispute/", reason="kapot", amount=typed, token="t"))
    assert rows(books_of, Hold) == []


def test_a_whole_dispute_stops_everything_until_it_is_released(books_of, eva):
    invoice = books_of.invoice("F-1", "2026-09-20")
    page = post(eva, f"/invoices/{invoice}/dispute/", reason="niet besteld", token="t")
    assert "wacht: de vordering is betwist" in plain(page)
    assert "Wat het verandert: los het geschil op." in plain(page)
    (hold,) = rows(books_of, Hold)
    page = post(eva, f"/invoices/{invoice}/release/{hold.id}/")
    assert "Vrijgegeven: de volgende ronde kijkt er weer naar." in plain(page)
    assert "herinnering volgt maandag 28 sep 2026" in plain(page)
    page = post(eva, f"/invoices/{invoice}/release/{hold.id}/")
    assert "Dit was al vrijgegeven; er is niets veranderd." in plain(page)


def test_a_pause_ends_by_itself(books_of, eva):
    invoice = books_of.invoice("F-1", "2026-09-20")
    page = plain(
        post(eva, f"/invoices/{invoice}/pause/", reason="belt donderdag", until="2026-10-01", token="t")
    )
    assert "Gepauzeerd tot en met 1 okt 2026: daarna gaan de herinneringen verder." in page
    assert "Vanzelf vanaf 2 okt 2026 ." in page


@pytest.mark.parametrize(("typed", "told"), [
    ("2026-09-27", "Een pauze eindigt vandaag of later, niet op 27 sep 2026."),
    ("overmorgen", "“overmorgen” is geen datum; schrijf 2026-11-22."),
])  # fmt: skip
def test_a_pause_that_is_over_already_is_none(books_of, eva, typed, told):
    invoice = books_of.invoice("F-1", "2026-09-20")
    assert told in plain(post(eva, f"/invoices/{invoice}/pause/", reason="x", until=typed, token="t"))
    assert rows(books_of, Hold) == []


@pytest.mark.requirement("ASK-12")
def test_an_invoice_left_out_of_the_next_run_waits_alone(books_of, eva):
    left_out = books_of.invoice("F-1", "2026-09-20")
    other = books_of.invoice("F-2", "2026-09-20", customer=PERSON)
    page = post(eva, f"/invoices/{left_out}/skip/", reason="gebeld")
    assert "Overgeslagen in de ronde van 28 sep 2026; de volgende pakt hem weer op." in plain(page)
    (skip,) = rows(books_of, Skip)
    assert (skip.invoice_id, skip.on, skip.made_by) == (left_out, dt.date(2026, 9, 28), "Eva")
    assert "wacht: voor vandaag overgeslagen" in plain(page)
    tally = books_of.run(TODAY)
    assert (tally.steps["reminder"], tally.waits["skipped"]) == (1, 1)
    assert {row.invoice_id: row.stage for row in rows(books_of, Schedule)} == {
        left_out: "waiting",
        other: "reminded",
    }


def test_what_is_left_is_waived_with_a_reason_only(books_of, eva):
    invoice = books_of.invoice("F-1", "2026-09-20")
    page = post(eva, f"/invoices/{invoice}/waive/", reason="  ")
    assert "Schrijf in een paar woorden waarom." in plain(page)
    assert books_of.open(invoice) == Decimal("1210.00")
    page = post(eva, f"/invoices/{invoice}/waive/", reason="coulance")
    assert "€ 1.210,00 kwijtgescholden; er staat niets meer open." in plain(page)
    assert books_of.open(invoice) == 0
    assert "Afgehandeld: er werd € 1.210,00 gevraagd en er staat niets open." in plain(page)


def test_interest_that_was_claimed_is_cancelled(books_of, eva):
    invoice = books_of.invoice("F-1", "2026-08-03")
    for day in ("2026-08-04", "2026-08-17", "2026-08-25"):
        books_of.run(day)
    before = eva.get(f"/invoices/{invoice}/")
    assert before.context["sheet"].extras
    page = post(eva, f"/invoices/{invoice}/cancel/", reason="afspraak")
    assert "Rente en kosten geschrapt" in plain(page)
    assert page.context["sheet"].owed.total == Decimal("1210.00")
    page = post(eva, f"/invoices/{invoice}/cancel/", reason="nog eens")
    assert "Op deze factuur zijn geen rente of kosten in rekening gebracht" in plain(page)


def drop(browser, *files, **headers):
    parts = [SimpleUploadedFile(name, content) for name, content in files]
    return browser.post("/upload/", {"files": parts}, headers=headers)


OWN = (("Zaagmolen B.V.", "Van Dijk Techniek B.V."), ("59581883", "90000001"))


def test_a_mix_of_files_gives_each_its_result(books_of, eva):
    invoice = ubl(*OWN).encode()
    page = drop(
        eva, ("factuur.xml", invoice), ("leeg.xml", b""), ("kapot.xml", b"<Invoice"), ("zelfde.xml", invoice)
    )
    results = {result.name: result for result, *_rest in page.context["results"]}
    assert {name: result.outcome for name, result in results.items()} == {
        "factuur.xml": "accepted", "leeg.xml": "refused", "kapot.xml": "refused", "zelfde.xml": "known",
    }  # fmt: skip
    assert all(result.problems[0].text for name, result in results.items() if result.outcome == "refused")
    words = plain(page)
    assert "ingelezen" in words
    assert "al aanwezig" in words
    assert [row.outcome for row in rows(books_of, Reading)].count("accepted") == 1
    assert len(rows(books_of, Invoice, number="F-2026-001")) == 1


def test_a_statement_is_taken_in_and_matched(books_of, eva):
    books_of.invoice("F-2026-0042", "2026-09-20", payable="1210.00")
    line = Line(Decimal("1210.00"), text="betaling F-2026-0042", iban="NL91ABNA0417164300", name="Korenaar")
    page = drop(eva, ("afschrift.xml", camt_file([line])))
    ((result, *_rest),) = page.context["results"]
    assert (result.kind, result.outcome, result.entries) == ("statement", "accepted", 1)
    assert "afschrift, 1 nieuwe boeking" in plain(page)
    assert [file.status for file in rows(books_of, StatementFile)] == ["accepted"]


def test_one_file_at_a_time_gives_only_its_line(books_of, eva):
    page = drop(eva, ("factuur.xml", ubl(*OWN).encode()), **{"X-Part": "results"})
    assert page.content.decode().lstrip().startswith("<li>")
    assert "F-2026-001" in plain(page)


def test_no_file_says_so(books_of, eva):
    page = eva.post("/upload/", {})
    assert page.status_code == 400
    assert "Er is geen bestand gekozen. Kies eerst een of meer bestanden." in plain(page)


def test_a_file_that_is_too_large_is_refused_unread(books_of, eva, monkeypatch):
    from inbaar.web.views import intake

    monkeypatch.setattr(intake, "MOST_BYTES", 10)
    page = drop(eva, ("groot.xml", b"<Invoice/>  "))
    ((result, *_rest),) = page.context["results"]
    assert result.outcome == "refused"
    assert "Het bestand is groter dan 50 MB en is niet gelezen." in plain(page)
    assert rows(books_of, Reading) == []


def test_a_hostile_name_is_text_and_stays_text(books_of, eva):
    page = drop(eva, ("<script>alert(1)</script>.xml", b"<Invoice"))
    assert "<script>alert" not in page.content.decode()


def test_a_document_in_doubt_is_accepted_after_a_look(books_of, eva):
    doubtful = ubl(*OWN, ("<cbc:DueDate>2026-04-01", "<cbc:DueDate>2026-02-01")).encode()
    drop(eva, ("twijfel.xml", doubtful))
    (reading,) = rows(books_of, Reading)
    assert reading.outcome == "review"
    assert "Het klopt: inlezen" in plain(eva.get(f"/documents/{reading.id}/"))
    page = post(eva, f"/documents/{reading.id}/accept/")
    assert page.status_code == 200
    assert rows(books_of, Reading)[0].outcome in ("accepted", "review")


@pytest.fixture
def stray(books_of, eva):
    """Money from a stranger without a word."""
    drop(
        eva,
        (
            "afschrift.xml",
            camt_file([Line(Decimal("500.00"), text="dank", iban="NL91ABNA0417164300", name="X")]),
        ),
    )
    (entry,) = rows(books_of, Entry)
    assert entry.state == "unmatched"
    return entry.id


def test_an_entry_is_matched_by_hand_to_what_was_found(books_of, eva, stray):
    invoice = books_of.invoice("F-7", "2026-09-20")
    page = eva.get(f"/bank/entries/{stray}/", {"find": "F-7"})
    assert [(item.number, proposed) for item, proposed, *_rest in page.context["lines"]] == [
        ("F-7", Decimal("500.00"))
    ]
    page = post(
        eva, f"/bank/entries/{stray}/match/", **{"invoice": str(invoice), f"amount_{invoice}": "500,00"}
    )
    assert "Gekoppeld: € 500,00 is geboekt." in plain(page)
    assert books_of.open(invoice) == Decimal("710.00")


def test_more_than_the_entry_has_is_refused_and_what_was_typed_is_kept(books_of, eva, stray):
    invoice = books_of.invoice("F-7", "2026-09-20")
    form = {"invoice": str(invoice), f"amount_{invoice}": "500,01", "find": "F-7"}
    page = eva.post(f"/bank/entries/{stray}/match/", form)
    assert page.status_code == 400
    assert "Kies minstens een factuur, voor niet meer dan wat er van de boeking over is (500.00" in plain(
        page
    )
    assert 'value="500,01"' in page.content.decode()
    assert books_of.open(invoice) == Decimal("1210.00")


def test_an_entry_is_set_aside_with_a_reason(books_of, eva, stray):
    page = eva.post(f"/bank/entries/{stray}/ignore/", {"reason": " "})
    assert page.status_code == 400
    assert "Schrijf in een paar woorden waarom." in plain(page)
    page = post(eva, f"/bank/entries/{stray}/ignore/", reason="privé")
    assert "Terzijde gelegd." in plain(page)
    assert rows(books_of, Entry)[0].state == "ignored"


def test_a_letter_that_was_posted_lets_the_next_step_follow(books_of, eva):
    from inbaar.letters.models import Delivery, Letter
    from inbaar.receivables.actions import Customer

    books_of.invoice(
        "F-1", "2026-09-01", customer=Customer(name="Zonder Mail B.V.", kvk="90000004", city="Ede")
    )
    books_of.run("2026-09-02", mail_leaves=False)
    (letter,) = rows(books_of, Letter)
    page = f"/letters/{letter.id}/"
    assert "wacht tot u zegt wanneer hij is gepost" in plain(eva.get(page))
    viewer = Client()
    viewer.force_login(user("victor", (books_of.client.id, "viewer")), backend=BACKEND)
    assert "Is gepost" not in plain(viewer.get(page))
    refused = plain(post(eva, f"{page}posted/", on="2026-09-29"))
    assert "tussen zijn eigen dag en vandaag: 2 sep 2026 tot en met 28 sep 2026" in refused
    assert [delivery.state for delivery in rows(books_of, Delivery)] == ["by_post"]
    assert "Gepost op 3 sep 2026" in plain(post(eva, f"{page}posted/", on="2026-09-03"))
    assert [delivery.state for delivery in rows(books_of, Delivery)] == ["sent"]
    assert "er is niets veranderd" in plain(post(eva, f"{page}posted/", on="2026-09-03"))
    assert books_of.run("2026-09-28").letters == {"formal_notice": 1}


def test_until_a_client_is_chosen_the_one_opened_first_is_shown(client_a, monkeypatch):
    from tests.conftest import make_client

    monkeypatch.setenv("INBAAR_TODAY", TODAY)
    later = make_client("--- eerst in de lijst, later geopend", "90000007")
    browser = Client()
    browser.force_login(user("eva", (later.id, "owner"), (client_a.id, "owner")), backend=BACKEND)
    page = browser.get("/")
    assert page.context["request"].place.client_id == client_a.id
