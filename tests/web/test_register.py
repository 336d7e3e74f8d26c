"""The arrears register on the screens: one click to report, both clocks, what it waits for, looking up, and its figures."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inbaar.banking.models import BankAccount
from inbaar.kit.scope import client_scope
from inbaar.receivables.models import Hold
from inbaar.register.models import Lookup, Report, Watch
from tests.dunning.scenario import day
from tests.register.books import DAY_60, DAY_74, DUE, Register
from tests.web.conftest import BACKEND
from tests.web.seeding import user
from tests.web.test_acts import post
from tests.web.test_pages import plain


@pytest.fixture
def register(client_a, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", DAY_60)
    monkeypatch.setenv("INBAAR_NOW", f"{DAY_60}T10:00:00+01:00")
    register = Register(client_a).priced()
    register.bank_account(DAY_60)
    return register


@pytest.fixture
def eva(register):
    return browser(register, "eva")


def browser(register, name, role="bookkeeper"):
    made = Client()
    made.force_login(user(name, (register.client.id, role)), backend=BACKEND)
    return made


def the_report(register):
    with client_scope(register.client.id):
        return Report.objects.get()


@pytest.mark.requirement("REG-07", "BEY-19")
def test_one_click_on_the_invoice_s_page_reports_it(register, eva):
    invoice = register.invoice("F-1", DUE)
    page = plain(eva.get(f"/invoices/{invoice}/"))
    assert "Sinds de laatste dag om te betalen zijn 30 dagen verstreken voldaan" in page
    assert "De kosten van € 12,50 zijn voor u, nooit voor hem." in page
    page = plain(post(eva, f"/invoices/{invoice}/register/"))
    assert "Aangemeld. Een vriendelijke brief vraagt de debiteur om een oplossing" in page
    assert "€ 1.210,00 is aangemeld en niemand anders kan het zien. Opname kan vanaf 16 nov 2026." in page
    assert "Aanmelden kon vanaf 1 nov 2026" in page
    assert "De veertien dagen" not in page
    assert "De brief is nog niet weg." in page
    assert "Bel de debiteur uiterlijk 4 nov 2026" in page
    assert "Aangemeld bij het achterstandenregister" in plain(eva.get(f"/invoices/{invoice}/"))
    assert "Het was al aangemeld; er is niets veranderd." in plain(
        post(eva, f"/invoices/{invoice}/register/")
    )
    assert register.rows("register_fee") == 1
    register.pay(invoice, "2026-11-03", "1210.00")
    assert register.rows("register_report") == 0


def test_what_cannot_be_reported_says_why_and_from_when(register, eva):
    invoice = register.invoice("F-1", "2026-10-05")
    page = plain(eva.get(f"/invoices/{invoice}/"))
    assert (
        "Aanmelden kan nu niet: Sinds de laatste dag om te betalen moeten 30 dagen zijn verstreken. kan vanaf 4 nov 2026"
        in page
    )
    assert "Deze achterstand aanmelden" not in page
    assert "moeten 30 dagen zijn verstreken." in plain(post(eva, f"/invoices/{invoice}/register/"))
    assert register.rows("register_report") == 0


@pytest.mark.requirement("REG-08")
def test_one_that_is_not_in_the_books_is_reported_by_its_facts(register, eva):
    facts = {
        "number": "X-1",
        "amount": "250,00",
        "due_date": "2026-09-15",
        "debtor": "Molenaar B.V.",
        "kvk": "6959 9084",
    }
    page = plain(post(eva, "/register/new/", **facts | {"amount": "veel"}))
    assert "“veel” is geen bedrag; schrijf 1234,56." in page
    page = plain(post(eva, "/register/new/", **facts | {"amount": "99,99"}))
    assert "Het factuurbedrag is lager dan 100,00." in page
    assert 'value="Molenaar B.V."' in post(eva, "/register/new/", **facts | {"kvk": "123"}).content.decode()
    assert register.rows("receivables_invoice") == 0
    page = plain(post(eva, "/register/new/", **facts))
    assert "€ 250,00 is aangemeld" in page
    assert "X-1 Molenaar B.V." in plain(eva.get("/register/"))


def test_a_list_says_of_each_line_what_became_of_it(register, eva):
    text = "Nummer;Bedrag;Vervaldatum;KvK;Naam\nX-1;250,00;15-9-2026;69599084;Molenaar B.V.\nX-2;99,99;15-9-2026;69599084;Molenaar B.V.\n"
    page = plain(post(eva, "/register/list/", list=SimpleUploadedFile("lijst.csv", text.encode())))
    assert "Er zijn 2 regels gelezen" in page
    assert "X-1 Molenaar B.V. € 250,00 aangemeld" in page
    assert "X-2 Molenaar B.V. € 99,99 niet aangemeld Het factuurbedrag is lager dan 100,00." in page
    page = plain(post(eva, "/register/list/", list=SimpleUploadedFile("lijst.csv", b"Nummer;Bedrag\nX;1\n")))
    assert "Op de eerste regel ontbreekt een kolom die nodig is" in page


def test_a_call_an_objection_and_an_end_each_say_what_came_of_it(register, eva):
    invoice = register.invoice("F-1", DUE)
    post(eva, f"/invoices/{invoice}/register/")
    here = f"/register/reports/{the_report(register).id}/"
    page = plain(post(eva, f"{here}call/", outcome="no_answer", note="voicemail"))
    assert "Niemand nam op 2 nov 2026 “voicemail”" in page
    assert "Bel de debiteur uiterlijk 5 nov 2026" in page
    assert "Schrijf in een paar woorden waarom." in plain(post(eva, f"{here}objection/", reason=""))
    bad = SimpleUploadedFile("x.exe", b"MZ\x90\x00")
    assert "x.exe kan geen bewijs zijn." in plain(
        eva.post(f"{here}objection/", {"reason": "fout", "files": [bad]})
    )
    assert register.rows("receivables_hold") == 0
    good = SimpleUploadedFile("uittreksel.pdf", b"%PDF-1.7 x")
    page = plain(
        eva.post(f"{here}objection/", {"reason": "Niet onze bestelling", "files": [good]}, follow=True)
    )
    assert "€ 1.210,00 is betwist: het rust, en niemand anders kan het zien." in page
    with client_scope(register.client.id):
        assert Hold.objects.get().reason == "Niet onze bestelling"
    page = plain(post(eva, f"{here}withdraw/"))
    assert "Ingetrokken. In het register is er niets van over." in page
    assert eva.get(here).status_code == 404
    assert eva.post(f"{here}agreed/").status_code == 404


@pytest.mark.requirement("REG-40")
def test_a_company_is_looked_up_for_a_reason_it_can_see(register, eva, client_b):
    with client_scope(register.client.id):
        BankAccount.objects.update(read_up_to=day(DAY_74))
    register.entered()
    debtor = Client()
    debtor.force_login(user("bob", (client_b.id, "owner")), backend=BACKEND)
    assert "Niemand." in plain(debtor.get("/register/"))
    page = plain(post(eva, "/register/look-up/", company="90000002", reason=""))
    assert "Zeg in een paar woorden waarom. Het bedrijf kan dat zien." in page
    answer = post(eva, "/register/look-up/", company="90000002", reason="Klant op rekening")
    page = plain(answer)
    assert "Er is 1 achterstand opgenomen, € 1.210,00." in page
    assert "Van Dijk Techniek B.V. 2 okt 2026 € 1.210,00" in page
    assert answer["Cache-Control"] == "private, no-store"
    page = plain(debtor.get("/register/"))
    assert "Van Dijk Techniek B.V." in page
    assert "“Klant op rekening”" in page
    page = plain(post(eva, "/register/watch/", kvk="90000002", interest="Klant op rekening"))
    assert "U volgt dit bedrijf." in page
    assert "KvK 90000002" in page
    assert "1 achterstand opgenomen" in page
    assert "Wie u volgt Van Dijk Techniek B.V." in plain(debtor.get("/register/"))
    post(eva, "/register/watch/stop/", kvk="90000002")
    assert (Watch.objects.count(), Lookup.objects.count()) == (0, 1)


def test_no_address_names_a_company(register, eva):
    """What is looked up goes in the body of a form: servers and proxies write addresses down."""
    answer = eva.get("/register/look-up/?company=90000002&reason=x")
    assert answer.status_code == 405
    assert not Lookup.objects.exists()


@pytest.mark.requirement("REG-35", "REG-36")
def test_the_share_resolved_is_told_with_its_parts_and_its_period(register, eva):
    for number, settled in (("F-1", True), ("F-2", True), ("F-3", False)):
        invoice, _ = register.reported(number)
        if settled:
            register.pay(invoice, "2026-11-05", "1210.00")
    register.look("2026-11-03")
    register.look("2026-11-16")
    page = plain(eva.get("/register/figures/"))
    assert "66,7% werd binnen veertien dagen opgelost: 2 van 3." in page
    assert "aangemeld van 1 nov 2025 tot en met 2 nov 2026" in page
    assert "Aangemeld 3 Opgelost 2 Niet opgelost 1 Ingetrokken 0 Loopt nog 0" in page
    assert "2026 3 66,7%" in page


def test_no_share_is_told_where_nothing_is_over(register, eva):
    register.reported("F-1")
    assert "nog geen aanmelding voorbij" in plain(eva.get("/register/figures/"))


@pytest.mark.requirement("REG-37", "REG-39")
def test_every_measure_is_explained_on_click(register, eva):
    page = eva.get("/register/")
    text = plain(page)
    for title, explained in (
        ("Eerst een vriendelijke herinnering", "Een aanmelding is nog geen opname."),
        ("Veertien dagen", "Tot die voorbij zijn, ziet niemand anders iets."),
        ("Geen extra kosten", "De debiteur betaalt de factuur en voor het register niets extra."),
        ("Een tweede kans", "de vermelding wordt op dat moment verwijderd."),
        ("Geen historie", "Er blijft alleen een bewijs over waar niets uit blijkt."),
    ):
        assert f"{title} " in text
        assert explained in text
    assert page.content.decode().count("<details") >= 9


def test_a_viewer_sees_the_reports_and_may_do_nothing(register, eva):
    invoice = register.invoice("F-1", DUE)
    post(eva, f"/invoices/{invoice}/register/")
    victor = browser(register, "victor", "viewer")
    here = f"/register/reports/{the_report(register).id}/"
    page = victor.get(here).content.decode()
    assert "Aanmelding intrekken" not in page
    assert victor.post(f"{here}withdraw/").status_code == 403
    assert victor.post("/register/look-up/", {"company": "90000002", "reason": "x"}).status_code == 403
    assert register.rows("register_report") == 1


def test_another_client_s_report_is_not_here(register, eva, client_b):
    invoice = register.invoice("F-1", DUE)
    post(eva, f"/invoices/{invoice}/register/")
    bob = Client()
    bob.force_login(user("bob", (client_b.id, "owner")), backend=BACKEND)
    here = f"/register/reports/{the_report(register).id}/"
    assert bob.get(here).status_code == bob.post(f"{here}withdraw/").status_code == 404
    assert bob.post(f"/invoices/{invoice}/register/").status_code == 404
    assert "F-1" not in plain(bob.get("/register/"))


def test_an_entry_waits_for_a_second_person_who_approves_it_on_its_page(register, eva, monkeypatch):
    invoice = register.invoice("F-1", DUE)
    page = plain(post(eva, f"/invoices/{invoice}/register/"))
    assert "Niemand wordt opgenomen op het woord van één persoon." in page
    assert "Wie het aanmeldde keurt het niet goed" in page
    assert "Opname goedkeuren" not in page
    report = the_report(register)
    path = f"/register/reports/{report.id}/"
    assert "Een eigenaar of registermedewerker keurt een opname goed." in plain(post(eva, f"{path}approve/"))
    register.send(DAY_60)
    register.prove(invoice)
    register.call(report.id, "2026-11-04")
    monkeypatch.setenv("INBAAR_TODAY", DAY_74)
    monkeypatch.setenv("INBAAR_NOW", f"{DAY_74}T10:00:00+01:00")
    register.bank_account(DAY_74, "NL69INGB0123456789")
    with client_scope(register.client.id):
        BankAccount.objects.update(read_up_to=day(DAY_74))
    register.look("2026-11-03")
    assert register.look(DAY_74).entered == 0
    otto = browser(register, "otto", "register_officer")
    assert "1 opname in het register wacht op een tweede persoon" in plain(otto.get("/"))
    assert "wacht op een tweede persoon" in plain(otto.get("/register/"))
    assert "Opname goedkeuren" in plain(otto.get(path))
    page = plain(post(otto, f"{path}approve/"))
    assert "Goedgekeurd. Opname volgt op de dag zelf" in page
    assert "Otto heeft de opname op 16 nov 2026 goedgekeurd." in page
    assert "wacht op een tweede persoon" not in plain(otto.get("/register/"))
    assert register.look(DAY_74).entered == 1


def test_who_watches_is_mailed_until_he_wants_no_more(register, eva, monkeypatch):
    assert "Mail mij als er iets nieuws is" not in plain(eva.get("/register/"))
    post(eva, "/register/watch/", kvk="90000002", interest="klant")
    assert "Mail mij als er iets nieuws is" in plain(eva.get("/register/"))
    assert "deze installatie heeft nog geen eigen adres" in plain(
        post(eva, "/register/alerts/", email="eva@inbaar.example")
    )
    monkeypatch.setenv("INBAAR_ORIGINS", "https://inbaar.example")
    assert "Dat is geen e-mailadres" in plain(post(eva, "/register/alerts/", email="eva"))
    page = plain(post(eva, "/register/alerts/", email="eva@inbaar.example"))
    assert "Als er iets nieuws is, krijgt eva@inbaar.example de dag erna mail." in page
    assert "U krijgt geen mail meer." in plain(post(eva, "/register/alerts/end/"))
