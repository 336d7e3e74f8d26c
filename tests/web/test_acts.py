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
from inbaar.receivables.models import Hold, Invoice, Payment
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


def test_lists_say_what_the_run_will_find_before_it_looks(books_of, eva):
    """A whole dispute waits at once, on the list and on the overview; a part goes on, on a working day."""
    whole, part = books_of.invoice("F-1", "2026-09-26"), books_of.invoice("F-2", "2026-09-26")
    with client_scope(books_of.client.id):
        Schedule.objects.update(due_on=dt.date(2026, 10, 3))  # a Saturday
    post(eva, f"/invoices/{whole}/dispute/", reason="nooit besteld", token="t1")
    post(eva, f"/invoices/{part}/dispute/", reason="twee dozen kapot", amount="10,00", token="t2")
    listed = plain(eva.get("/invoices/?sort=number"))
    assert "betwist wacht: betwist" in listed
    assert "betwist herinnering, 5 okt 2026" in listed
    assert "Maandag 5 okt 2026 1 herinnering Wacht: betwist (1)" in plain(eva.get("/"))
    exported = eva.get("/invoices/export.csv?sort=number").content.decode("utf-8-sig").splitlines()
    assert [line.split(";")[-2] for line in exported[1:]] == ["", "05-10-2026"]


def test_sending_a_form_twice_is_sending_it_once(books_of, eva):
    invoice = books_of.invoice("F-1", "2026-09-20")
    for _ in range(2):
        post(eva, f"/invoices/{invoice}/dispute/", reason="kapot", token="t1")
    assert len(rows(books_of, Hold)) == 1


@pytest.mark.parametrize(("typed", "told"), [
    ("1210,01", "Een betwist deel kan niet meer zijn dan wat openstaat (1.210,00)."),
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
    ("2026-09-27", "Deze dag is vandaag of later, niet 27 sep 2026."),
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
    invoice = books_of.invoice("F-1", "2026-09-20", payable="250.00", net=Decimal("250.00"), vat=Decimal(0))
    page = post(eva, f"/invoices/{invoice}/waive/", reason="  ", ground="")
    assert "Schrijf in een paar woorden waarom." in plain(page)
    assert "Kies als wat het wordt afgeboekt." in plain(page)
    assert books_of.open(invoice) == Decimal("250.00")
    page = post(eva, f"/invoices/{invoice}/waive/", reason="coulance", ground="goodwill")
    assert "Kwijtgescholden; er staat niets meer open." in plain(page)
    assert books_of.open(invoice) == 0
    with client_scope(books_of.client.id):
        assert Payment.objects.get(kind="write_off").ground == "goodwill"
    assert "Afgehandeld: er werd € 250,00 gevraagd en er staat niets open." in plain(page)


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


@pytest.mark.requirement("FAC-24")
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


def test_what_was_read_is_told_as_the_page_writes_it(books_of, eva):
    doubtful = ubl(*OWN, ("<cbc:DueDate>2026-04-01", "<cbc:DueDate>2026-02-01")).encode()
    drop(eva, ("twijfel.xml", doubtful), ("kapot.xml", b"<Invoice"))
    pages = {row.outcome: eva.get(f"/documents/{row.id}/") for row in rows(books_of, Reading)}
    told = {line.name: line.value for line in pages["review"].context["fields"]}
    assert (told["Vervaldatum"], told["Soort"]) == ("1\u00a0feb\u00a02026", "factuur")
    assert told["Totaal"].startswith("€\u00a0")
    assert "Formaat UBL" in plain(pages["review"])
    assert pages["refused"].context["fields"] == []
    assert "Er kon niets gelezen worden" in plain(pages["refused"])


def test_a_statement_of_another_account_is_taken_in_once_the_account_is_added(books_of, eva):
    from inbaar.banking.models import BankAccount

    first = camt_file([Line("500.00", text="dank")])
    other = camt_file([Line("75.00", text="dank")], currency="USD")
    drop(eva, ("eerste.xml", first))
    ((result, *_rest),) = drop(eva, ("dollars.xml", other)).context["results"]
    assert result.outcome == "refused"
    wrong = eva.post("/bank/accounts/", {"iban": "NL91ABNA0417164301", "currency": "dollar"})
    assert wrong.status_code == 400
    assert "“NL91ABNA0417164301” is geen IBAN" in plain(wrong)
    assert "Een munt is drie letters, zoals EUR." in plain(wrong)
    assert 'value="dollar"' in wrong.content.decode()
    told = plain(
        post(eva, "/bank/accounts/", iban="nl91 abna 0417 1643 00", currency="usd", holder="Van Dijk")
    )
    assert "NL91 ABNA 0417 1643 00 in USD is nu bekend." in told
    assert [(row.iban, row.currency) for row in rows(books_of, BankAccount)] == [
        ("NL91ABNA0417164300", "EUR"),
        ("NL91ABNA0417164300", "USD"),
    ]
    ((result, *_rest),) = drop(eva, ("dollars.xml", other)).context["results"]
    assert result.outcome == "accepted"


def test_received_amounts_of_two_currencies_are_not_added_up(books_of, eva):
    books_of.invoice("F-1", "2026-09-20")
    received = (("EUR", "500.00", "NL91ABNA0417164300"), ("USD", "75.00", "NL20INGB0001234567"))
    for currency, amount, account in received:
        post(eva, "/bank/accounts/", iban=account, currency=currency)
        line = Line(amount, text="dank", name="X")
        drop(eva, (f"{currency}.xml", camt_file([line], currency=currency, iban=account)))
    assert "€ 500,00 + USD 75,00" in plain(eva.get("/"))


def test_why_a_payment_came_back_is_told_in_words(books_of, eva):
    drop(eva, ("afschrift.xml", camt_file([Line("500.00", text="retour", return_reason="AC04")])))
    (entry,) = rows(books_of, Entry)
    assert "AC04 · rekening opgeheven" in plain(eva.get(f"/bank/entries/{entry.id}/"))


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
    assert "Kies minstens een factuur, voor niet meer dan wat er van de boeking over is (500,00" in plain(
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
    # A reminder of 2 September asks payment by the 9th; it is the 28th now.
    shown = plain(eva.get(page))
    assert "vraagt betaling uiterlijk 9 sep 2026 en kan dus tot en met 8 sep 2026 gepost worden" in shown
    viewer = Client()
    viewer.force_login(user("victor", (books_of.client.id, "viewer")), backend=BACKEND)
    assert "Is gepost" not in plain(viewer.get(page))
    refused = plain(post(eva, f"{page}posted/", on="2026-09-29"))
    assert "tussen zijn eigen dag en vandaag: 2 sep 2026 tot en met 28 sep 2026" in refused
    late = plain(post(eva, f"{page}posted/", on="2026-09-09"))
    assert "De laatste dag om hem te posten is 8 sep 2026" in late
    assert "laat hem opnieuw schrijven" in late
    assert [delivery.state for delivery in rows(books_of, Delivery)] == ["by_post"]
    assert "Gepost op 3 sep 2026" in plain(post(eva, f"{page}posted/", on="2026-09-03"))
    assert [delivery.state for delivery in rows(books_of, Delivery)] == ["sent"]
    assert "er is niets veranderd" in plain(post(eva, f"{page}posted/", on="2026-09-03"))
    assert books_of.run("2026-09-28").letters == {"formal_notice": 1}


def test_a_planned_step_says_that_the_last_letter_must_have_left_first(books_of, eva, monkeypatch):
    from inbaar.letters.models import Letter
    from inbaar.receivables.actions import Customer

    customer = Customer(name="Zonder Mail B.V.", kvk="90000004", city="Ede")
    invoice = books_of.invoice("F-1", "2026-09-01", customer=customer)
    books_of.run("2026-09-02", mail_leaves=False)
    monkeypatch.setenv("INBAAR_TODAY", "2026-09-03")
    told = "De vorige brief moet dan weg zijn; hij is nog niet weg."
    assert told in plain(eva.get(f"/invoices/{invoice}/"))
    (letter,) = rows(books_of, Letter)
    post(eva, f"/letters/{letter.id}/posted/", on="2026-09-03")
    page = plain(eva.get(f"/invoices/{invoice}/"))
    assert "aanmaning volgt" in page
    assert told not in page


def test_a_letter_that_was_not_posted_in_time_is_written_anew(books_of, eva):
    from inbaar.letters.models import Delivery, Letter
    from inbaar.receivables.actions import Customer

    books_of.invoice(
        "F-1", "2026-09-01", customer=Customer(name="Zonder Mail B.V.", kvk="90000004", city="Ede")
    )
    books_of.run("2026-09-02", mail_leaves=False)
    (letter,) = rows(books_of, Letter)
    told = plain(post(eva, f"/letters/{letter.id}/anew/"))
    assert "De volgende ronde schrijft hem opnieuw" in told
    assert "tegengehouden" in told
    assert "er is niets veranderd" in plain(post(eva, f"/letters/{letter.id}/anew/"))
    assert books_of.run(TODAY, mail_leaves=False).letters == {"reminder": 1}
    assert [delivery.state for delivery in rows(books_of, Delivery)] == ["withdrawn", "by_post"]
    assert books_of.letters()[-1].pay_by == dt.date(2026, 10, 5)
    assert "Door Eva, om opnieuw te schrijven." in plain(eva.get("/debtors/" + str(letter.debtor_id) + "/"))


@pytest.mark.requirement("ASK-07")
@pytest.mark.parametrize(("kind", "form", "told", "waits"), [
    ("dispute", {"solve_by": "2026-10-05"}, "Betwist: aan deze debiteur wordt niets gevraagd tot u het vrijgeeft.", "dispute"),
    ("pause", {"until": "2026-10-05"}, "Gepauzeerd tot en met 5 okt 2026", "pause"),
    ("insolvency", {}, "Als insolvent vastgelegd", "insolvency"),
])  # fmt: skip
def test_all_of_a_debtor_rests_for_a_reason_with_an_owner_and_a_day_and_is_released(
    books_of, eva, kind, form, told, waits
):
    for number in ("F-1", "F-2"):
        invoice = books_of.invoice(number, "2026-09-20")
    (debtor,) = {row.debtor_id for row in rows(books_of, Invoice)}
    page = post(eva, f"/debtors/{debtor}/{kind}/", reason="belde zelf", owner="Anna", token="t", **form)
    assert told in plain(page)
    assert "“belde zelf”, Anna, sinds 28 sep 2026" in plain(page)
    (hold,) = rows(books_of, Hold)
    assert (hold.kind, hold.invoice_id, hold.owner, hold.reason) == (kind, None, "Anna", "belde zelf")
    day = dt.date(2026, 10, 5)
    assert hold.until == (day if "until" in form else None)
    assert hold.solve_by == (day if "solve_by" in form else None)
    assert books_of.run(TODAY).waits == {waits: 2}
    assert "alle facturen van deze debiteur" in plain(eva.get(f"/invoices/{invoice}/"))
    page = post(eva, f"/debtors/{debtor}/release/{hold.id}/")
    assert "Vrijgegeven" in plain(page)
    assert books_of.run(TODAY).letters == {"reminder": 1}


@pytest.mark.requirement("ASK-08")
def test_a_dispute_stands_after_the_day_it_was_to_be_solved_by_and_says_so(books_of, eva, monkeypatch):
    invoice = books_of.invoice("F-1", "2026-09-20")
    post(eva, f"/invoices/{invoice}/dispute/", reason="kapot", solve_by="2026-09-30", token="t")
    monkeypatch.setenv("INBAAR_TODAY", "2026-10-01")
    assert books_of.run("2026-10-01").waits == {"dispute": 1}
    page = plain(eva.get(f"/invoices/{invoice}/"))
    assert "op te lossen voor 30 sep 2026 (die dag is voorbij)" in page.replace("( ", "(").replace(" )", ")")


def test_a_hold_that_is_over_is_not_offered_for_release(books_of, eva, monkeypatch):
    invoice = books_of.invoice("F-1", "2026-09-20")
    post(eva, f"/invoices/{invoice}/pause/", reason="belooft", until="2026-10-01", token="t")
    assert "Vrijgeven" in plain(eva.get(f"/invoices/{invoice}/"))
    monkeypatch.setenv("INBAAR_TODAY", "2026-10-02")
    assert "Vrijgeven" not in plain(eva.get(f"/invoices/{invoice}/"))


def test_a_refused_act_comes_back_open_with_what_was_typed_and_the_reason_at_it(books_of, eva):
    invoice = books_of.invoice("F-1", "2026-09-20")
    page = eva.post(
        f"/invoices/{invoice}/dispute/",
        {"reason": "twee dozen kapot", "amount": "1210,01", "owner": "Anna", "token": "t"},
    )
    assert page.status_code == 400
    assert "Een betwist deel kan niet meer zijn dan wat openstaat (1.210,00)." in plain(page)
    text = page.content.decode()
    assert text.count('<details class="act" open>') == 1
    assert "twee dozen kapot</textarea>" in text
    for typed in ("1210,01", "Anna"):
        assert f'value="{typed}"' in text


def test_the_language_of_a_refused_form_s_page_is_switched_on_the_page_it_came_from(books_of, eva):
    invoice = books_of.invoice("F-1", "2026-09-20")
    page = eva.post(
        f"/invoices/{invoice}/dispute/", {"reason": ""},
        headers={"Referer": f"http://testserver/invoices/{invoice}/"},
    )  # fmt: skip
    assert f'name="next" value="/invoices/{invoice}/"' in page.content.decode()


def debtor_form(**changed):
    return {
        "name": "Bakkerij De Korenaar B.V.", "capacity": "business", "legal_form": "company", "size": "unknown",
        "language": "nl", "street": "Dorpsstraat 1", "postcode": "1234 AB", "city": "Ede", "country": "NL", "number": "",
    } | changed  # fmt: skip


def test_a_debtor_is_corrected_by_hand_and_the_timeline_says_by_whom(books_of, eva):
    books_of.invoice("F-1", "2026-09-20")
    (debtor,) = {row.debtor_id for row in rows(books_of, Invoice)}
    page = f"/debtors/{debtor}/edit/"
    assert "bedrijf" in plain(eva.get(page))
    told = plain(post(eva, page, **debtor_form(size="large", language="en", street="Kerkstraat 2")))
    assert "Aangepast." in told
    seen = plain(eva.get(f"/debtors/{debtor}/"))
    for line in (
        "Debiteur aangepast", "Grootte: groot, was grootte onbekend.", "Brieven in het: Engels, was Nederlands.",
        "Straat en nummer: Kerkstraat 2, was Dorpsstraat 1.", "Door Eva.",
    ):  # fmt: skip
        assert line in seen
    books_of.run(TODAY)
    assert (str(books_of.letters()[0].language), books_of.letters()[0].recipient.address[0]) == (
        "en",
        "Kerkstraat 2",
    )
    assert "er is niets veranderd" in plain(
        post(eva, page, **debtor_form(size="large", language="en", street="Kerkstraat 2"))
    )


@pytest.mark.parametrize(("changed", "told"), [
    ({"name": " "}, "Dit veld is verplicht."),
    ({"country": "Nederland"}, "Een land is twee letters, zoals NL of BE."),
    ({"capacity": "consumer"}, "Deze rechtsvorm past niet bij hoe de debiteur wordt behandeld."),
    ({"capacity": "klant"}, "klant is geen beschikbare keuze."),
])  # fmt: skip
def test_a_correction_that_cannot_be_changes_nothing_and_keeps_what_was_typed(books_of, eva, changed, told):
    from inbaar.parties.models import Debtor

    books_of.invoice("F-1", "2026-09-20")
    (debtor,) = rows(books_of, Debtor)
    page = eva.post(f"/debtors/{debtor.id}/edit/", debtor_form(**{"city": "Apeldoorn"} | changed))
    assert page.status_code == 400
    assert told in plain(page)
    assert 'value="Apeldoorn"' in page.content.decode()
    assert [row.city for row in rows(books_of, Debtor)] == ["Ede"]


def test_whom_to_write_to_is_set_by_hand(books_of, eva):
    from inbaar.parties.models import Contact

    books_of.invoice("F-1", "2026-09-20")
    (debtor,) = {row.debtor_id for row in rows(books_of, Invoice)}
    page = f"/debtors/{debtor}/contacts/"
    wrong = eva.post(page, {"role": "follow_up", "name": "Kees", "email": "kees"})
    assert wrong.status_code == 400
    assert "Dit is geen e-mailadres" in plain(wrong)
    assert 'value="kees"' in wrong.content.decode()
    assert "Vul een naam, een e-mailadres of een telefoonnummer in." in plain(
        eva.post(page, {"role": "follow_up"})
    )
    form = {"role": "follow_up", "name": "Kees", "email": "kees@korenaar.example", "phone": ""}
    assert "Aangepast." in plain(post(eva, page, **form))
    assert "Dit adres heeft deze rol al." in plain(post(eva, page, **form))
    (made,) = rows(books_of, Contact, role="follow_up")
    one = f"{page}{made.id}/"
    assert "Aangepast." in plain(post(eva, one, **form | {"email": "cees@korenaar.example"}))
    books_of.run(TODAY)
    letter = books_of.letters()[0].recipient
    assert (letter.email, letter.attention) == ("cees@korenaar.example", "Kees")
    post(eva, one, remove="1")
    assert rows(books_of, Contact, role="follow_up") == []
    assert eva.post(one, form).status_code == 404


@pytest.mark.requirement("ASK-06")
def test_an_invoice_from_before_the_start_waits_until_a_person_starts_it(books_of, eva):
    books_of.client.dunning_starts_on = dt.date(2026, 9, 1)
    with client_scope(books_of.client.id):
        books_of.client.save(update_fields=["dunning_starts_on"])
    old = books_of.invoice("F-1", "2026-08-31")
    new = books_of.invoice("F-2", "2026-09-01")
    assert books_of.run(TODAY).letters == {"reminder": 1}
    assert "Herinneringen starten" not in plain(eva.get(f"/invoices/{new}/"))
    assert "Herinneringen starten" in plain(eva.get(f"/invoices/{old}/"))
    page = plain(post(eva, f"/invoices/{old}/start/", reason="nagekeken"))
    assert "Gestart: de volgende ronde pakt hem op." in page
    assert "Herinneringen met de hand gestart “nagekeken”, door Eva." in page
    assert "Deze factuur wacht niet op een start" in plain(post(eva, f"/invoices/{old}/start/", reason="x"))
    assert books_of.run(TODAY).letters == {"reminder": 1}
    assert [item.invoice_number for item in books_of.letters()[-1].items] == ["F-1"]


def test_until_a_client_is_chosen_the_one_opened_first_is_shown(client_a, monkeypatch):
    from tests.conftest import make_client

    monkeypatch.setenv("INBAAR_TODAY", TODAY)
    later = make_client("--- eerst in de lijst, later geopend", "90000007")
    browser = Client()
    browser.force_login(user("eva", (later.id, "owner"), (client_a.id, "owner")), backend=BACKEND)
    page = browser.get("/")
    assert page.context["request"].place.client_id == client_a.id
