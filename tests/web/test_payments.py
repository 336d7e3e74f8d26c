"""The pages of payments out: asked, put into a batch, approved by a second person, handed out as a file, and followed."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from inbaar.banking.accounts import register_account
from inbaar.banking.batches.models import Batch
from inbaar.banking.models import BankAccount
from inbaar.banking.transfers.models import CreditTransfer
from inbaar.doors import take_in_files
from inbaar.kit.scope import client_scope
from inbaar.web.queries.payments import payments_in
from tests.banking.books import draft, invoiced
from tests.banking.camt import IBAN, Line, camt_file
from tests.banking.reports import report
from tests.transfers.books import DAY, JANSEN, NOW, PIETERS, asked, assert_proven, wanted
from tests.web.conftest import BACKEND
from tests.web.seeding import user

pytestmark = pytest.mark.django_db
ASKED = {
    "payee_name": "Jansen Bouw B.V.", "payee_iban": "nl20 ingb 0001 2345 67", "amount": "121,00", "wanted_on": "2026-03-03",
    "words": "Terug van 2026-0042", "reason": "dubbel betaald", "token": "een",
}  # fmt: skip


@pytest.fixture(autouse=True)
def that_day(monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", "2026-03-03")
    monkeypatch.setenv("INBAAR_NOW", "2026-03-03T09:00:00+01:00")


def browser(client, name, role, language="nl"):
    here = Client()
    here.force_login(user(name, (client.id, role), language=language), backend=BACKEND)
    return here


@pytest.fixture
def eva(client_a):
    with client_scope(client_a.id):
        register_account(client_a.id, IBAN, "Van Dijk Techniek B.V.")
    return browser(client_a, "eva", "bookkeeper")


@pytest.fixture
def olga(client_a):
    return browser(client_a, "olga", "owner")


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("\u00a0", " ")


def waiting(client) -> list[int]:
    with client_scope(client.id):
        return [row.id for row in payments_in(client.id, "requested")]


def make(here, client, **changed):
    with client_scope(client.id):
        account = BankAccount.objects.get().id
    facts = {"payment": waiting(client), "account": account, "execute_on": "2026-03-04"}
    return here.post("/bank/payments/batches/", facts | changed)


def test_a_payment_from_asking_to_its_file(client_a, eva, olga):
    assert eva.post("/bank/payments/new/", ASKED).status_code == 302
    assert eva.post("/bank/payments/new/", ASKED).status_code == 302  # the button twice is one payment
    page = text(eva.get("/bank/payments/"))
    assert "1 betaling van € 121,00 wacht op betaling." in page
    made = make(eva, client_a)
    own = text(eva.get(made["Location"]))
    assert "U kunt deze batch niet goedkeuren:" in own
    assert "Alleen een eigenaar of een penningmeester" in own
    assert eva.post(f"{made['Location']}approve/").status_code == 400
    assert "eva maakte de batch, u keurt haar goed" in text(olga.get(made["Location"])).replace("Eva", "eva")
    assert olga.get(f"{made['Location']}file/").status_code == 404
    assert olga.post(f"{made['Location']}approve/").status_code == 302
    first, again = (olga.get(f"{made['Location']}file/") for _ in range(2))
    content = b"".join(first.streaming_content)
    assert content == b"".join(again.streaming_content)
    assert b'<InstdAmt Ccy="EUR">121.00</InstdAmt>' in content
    assert int(first["Content-Length"]) == len(content)
    assert "goedgekeurd, bestand gemaakt" in text(olga.get(made["Location"]))
    assert "Deze batch is al goedgekeurd of afgewezen" in text(olga.post(f"{made['Location']}approve/"))


def test_a_batch_that_cannot_be_made_says_why_and_keeps_what_was_chosen(client_a, eva):
    asked(client_a, wanted("1"), wanted("2", amount=Decimal("5.00")))
    chosen = waiting(client_a)[:1]
    for changed, words in (
        ({"execute_on": "2026-03-07"}, "Op die dag betalen banken niet"),
        ({"execute_on": "morgen"}, "is geen datum"),
        ({"execute_on": "2026-03-02"}, "De eerste dag waarop dat kan is 3 mrt 2026"),
        ({"account": ""}, "Kies de rekening"),
        ({"payment": []}, "Kies ten minste één betaling"),
        ({"payment": [999999]}, "wacht niet meer"),
    ):
        answer = make(eva, client_a, **({"payment": chosen} | changed))
        assert (answer.status_code, words in text(answer)) == (400, True), words
    kept = make(eva, client_a, payment=chosen, execute_on="2026-03-07").content.decode()
    assert f'value="{chosen[0]}" checked' in kept
    assert 'value="2026-03-07"' in kept
    with client_scope(client_a.id):
        assert not Batch.objects.exists()


def test_what_was_typed_wrong_comes_back_with_the_reason(client_a, eva):
    for changed, words in (
        ({"payee_iban": "NL20INGB0001234568"}, "Dit is geen IBAN"),
        ({"amount": "0"}, "is geen bedrag"),
        ({"town": "Haarlem"}, "Een adres heeft een plaats en een land"),
        ({"wanted_on": "2026-03-01"}, "vandaag of later"),
        ({"payee_iban": "TR330006100519786457841326"}, "buiten SEPA"),
    ):
        answer = eva.post("/bank/payments/new/", ASKED | changed)
        assert (answer.status_code, words in text(answer)) == (400, True), words
        assert "dubbel betaald" in answer.content.decode()
    assert waiting(client_a) == []


def test_a_reference_goes_with_the_payment_as_such(client_a, eva):
    eva.post("/bank/payments/new/", ASKED | {"words": "5000 0020 2600 0123"})
    with client_scope(client_a.id):
        transfer = CreditTransfer.objects.get()
        assert (transfer.reference, transfer.text) == ("5000002026000123", "")


def test_a_changed_account_shows_both_and_is_confirmed_by_another_person(client_a, eva, olga):
    asked(client_a, wanted("1"))
    answer = eva.post("/bank/payments/new/", ASKED | {"payee_iban": PIETERS}, follow=True)
    page = text(answer)
    assert "eerder op een andere rekening betaald" in page
    assert all(shown in page for shown in ("NL20 INGB 0001 2345 67", "NL44 RABO 0123 4567 89"))
    with client_scope(client_a.id):
        number = CreditTransfer.objects.get(state="to_check").id
    where = f"/bank/payments/{number}/"
    assert "Iemand anders doet dit" in text(eva.post(f"{where}check/", {"note": "gebeld"}))
    assert "Schrijf in een paar woorden waarom" in text(olga.post(f"{where}check/", {"note": ""}))
    assert olga.post(f"{where}check/", {"note": "gebeld met J. Jansen"}).status_code == 302
    assert "gebeld met J. Jansen" in text(olga.get(where))
    made = make(eva, client_a)
    assert "was eerder NL20 INGB 0001 2345 67; gecontroleerd door Olga" in text(olga.get(made["Location"]))


def test_what_failed_is_shown_with_the_banks_reason_and_asked_anew_once(client_a, eva, olga):
    asked(client_a, wanted("1"))
    made = make(eva, client_a)["Location"]
    olga.post(f"{made}approve/")
    with client_scope(client_a.id):
        message, number = Batch.objects.get().message_id, CreditTransfer.objects.get().id
    told = report(message, "PART", [(f"{message}-1", "RJCT", "AC04", "Rekening opgeheven")])
    take_in_files(client_a.id, [("r.xml", told)], DAY, NOW)
    page = text(eva.get("/bank/payments/"))
    assert "Niet betaald: afgewezen of teruggekomen" in page
    assert "Rekening opgeheven" in page
    assert "AC04 · rekening opgeheven" in text(eva.get(f"/bank/payments/{number}/"))
    assert "PART · deels aangenomen" in text(eva.get(made))
    assert eva.post(f"/bank/payments/{number}/again/", {"iban": JANSEN}).status_code == 302
    assert "is inmiddels ergens anders" in text(eva.post(f"/bank/payments/{number}/again/", {"iban": JANSEN}))
    assert "Poging 2" in text(eva.get(f"/bank/payments/{number}/"))
    (anew,) = waiting(client_a)
    assert eva.post(f"/bank/payments/{anew}/withdraw/").status_code == 302
    assert_proven(client_a)


def test_a_paid_one_shows_where_it_was_debited(client_a, eva, olga):
    asked(client_a, wanted("1"))
    made = make(eva, client_a)["Location"]
    olga.post(f"{made}approve/")
    with client_scope(client_a.id):
        message, number = Batch.objects.get().message_id, CreditTransfer.objects.get().id
    line = Line("-121.00", end_to_end_id=f"{message}-1", day=dt.date(2026, 3, 4))
    take_in_files(client_a.id, [("s.xml", camt_file([line]))], DAY, NOW)
    assert "afgeschreven 4 mrt 2026 € 121,00" in text(eva.get(f"/bank/payments/{number}/"))
    entry = eva.get("/bank/?show=entries")
    assert "Onze betaling aan Jansen Bouw B.V." in text(entry)


def test_a_refused_batch_says_why_and_its_payments_wait_again(client_a, eva, olga):
    asked(client_a, wanted("1"))
    made = make(eva, client_a)["Location"]
    assert "Schrijf in een paar woorden waarom" in text(olga.post(f"{made}refuse/", {"note": " "}))
    assert olga.post(f"{made}refuse/", {"note": "verkeerd bedrag"}).status_code == 302
    assert "verkeerd bedrag" in text(eva.get(made))
    assert len(waiting(client_a)) == 1


def test_a_viewer_looks_and_neither_acts_nor_takes_the_file(client_a, eva, olga):
    asked(client_a, wanted("1"))
    made = make(eva, client_a)["Location"]
    olga.post(f"{made}approve/")
    victor = browser(client_a, "victor", "viewer")
    assert "Betaling aanvragen" not in text(victor.get("/bank/payments/"))
    assert "Het bestand voor de bank" in text(victor.get(made))
    assert victor.get(f"{made}file/").status_code == 403


def test_another_clients_payments_are_not_here(client_a, client_b, eva, olga):
    asked(client_a, wanted("1"))
    made = make(eva, client_a)["Location"]
    olga.post(f"{made}approve/")
    with client_scope(client_a.id):
        number = CreditTransfer.objects.get().id
    stranger = browser(client_b, "boris", "owner")
    for path in (made, f"{made}file/", f"/bank/payments/{number}/"):
        assert stranger.get(path).status_code == 404
    for path in (f"{made}approve/", f"{made}refuse/", f"/bank/payments/{number}/withdraw/"):
        assert stranger.post(path, {"note": "x"}).status_code == 404
    assert "Er wacht niets op betaling" in text(stranger.get("/bank/payments/"))


def test_the_pages_speak_english_too(client_a, eva):
    asked(client_a, wanted("1"))
    john = browser(client_a, "john", "treasurer", language="en")
    with translation.override("en"):
        assert "1 payment of € 121.00 waits to be paid." in text(john.get("/bank/payments/"))
    made = make(eva, client_a)["Location"]
    assert "Approve € 121.00" in text(john.get(made))


def test_the_overview_says_what_waits_of_payments(client_a, eva, olga):
    with client_scope(client_a.id):
        invoiced(client_a, draft("2026-0042"))
    asked(client_a, wanted("1"), wanted("2", amount=Decimal("7.00")))
    asked(client_a, wanted("3", payee_iban=PIETERS))
    made = make(eva, client_a)["Location"]
    page = text(olga.get("/"))
    assert "1 betaalbatch goed te keuren" in page
    assert "1 ontvanger met een gewijzigde rekening" in page
    olga.post(f"{made}approve/")
    with client_scope(client_a.id):
        message = Batch.objects.get().message_id
    take_in_files(client_a.id, [("r.xml", report(message, "RJCT", reason="FF01"))], DAY, NOW)
    page = text(olga.get("/"))
    assert "2 betalingen zijn niet gelukt" in page
    assert "goed te keuren" not in page


def test_a_report_offered_on_the_upload_page_says_how_many_payments_it_moved(client_a, eva, olga):
    asked(client_a, wanted("1"))
    olga.post(f"{make(eva, client_a)['Location']}approve/")
    with client_scope(client_a.id):
        message = Batch.objects.get().message_id
    told = SimpleUploadedFile("rapport.xml", report(message, "ACCP"), content_type="text/xml")
    assert "rapport van de bank, 1 betaling bijgewerkt" in text(eva.post("/upload/", {"files": [told]}))
    foreign = SimpleUploadedFile("ander.xml", report("X-1", "ACCP"), content_type="text/xml")
    assert "een bestand dat hier niet is gemaakt" in text(eva.post("/upload/", {"files": [foreign]}))
