"""The wizard for lists of invoices: columns, a look at every line, taking in, taking back; and our own export back in."""

import datetime as dt
import io
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inbaar.intake.bulk.columns import bare_word
from inbaar.intake.bulk.fields import OWN_DEBTOR_HEADS, OWN_HEADS
from inbaar.intake.debtor_list import check_debtors
from inbaar.intake.import_states import WORKING
from inbaar.intake.importing import list_file, open_list
from inbaar.intake.looking import check_list
from inbaar.intake.models import Import, ImportLine
from inbaar.jobs import work_on_one_list
from inbaar.kit.scope import client_scope
from inbaar.parties.models import Debtor
from inbaar.receivables.actions import NewHold, open_holds
from inbaar.receivables.models import Invoice
from tests.intake.lists import HEAD, ROWS, workbook, written
from tests.web.conftest import BACKEND, logged_in
from tests.web.seeding import user
from tests.web.test_acts import books_of, eva, post, rows
from tests.web.test_pages import plain, text_of

__all__ = ["books_of", "eva"]
pytestmark = pytest.mark.requirement("UI-14")
NOW = dt.datetime(2026, 9, 28, 9, tzinfo=dt.UTC)


def sent(browser, content, name="openstaand.csv"):
    """Upload a list; gives the address of its wizard."""
    page = browser.post("/upload/", {"files": SimpleUploadedFile(name, content)})
    return re.search(r'href="(/imports/\d+/)"', text_of(page))[1]


def worked(books):
    """What the worker does with the lists that wait for it, in the books of a client."""
    with client_scope(books.client.id):
        waiting = list(Import.objects.filter(state__in=WORKING).values_list("id", flat=True))
    for import_id in waiting:
        work_on_one_list(client_id=books.client.id, import_id=import_id)


def step(browser, books, path, **data):
    """A form of the wizard, sent and worked on; gives the page that the list then has."""
    post(browser, path, **data)
    worked(books)
    return browser.get(re.match(r"/imports/\d+/", path)[0], follow=True)


def as_shown(browser, path, **changes):
    """The form of the wizard as a browser would send it back, with some of it changed."""
    page = text_of(browser.get(path))
    values = {}
    for name, options in re.findall(
        r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        picked = re.search(r'value="([^"]*)" selected', options)
        values[name] = picked[1] if picked else ""
    values["term_days"] = re.search(r'name="term_days"[^>]* value="([^"]*)"', page)[1]
    return values | changes


@pytest.mark.django_db
def test_a_list_is_looked_through_taken_in_and_taken_back(books_of, eva):
    path = sent(eva, written())
    page = plain(eva.get(path))
    assert "openstaand.csv heeft 3 regels." in page
    assert "15-01-2026 · 01-02-2026 · 02-02-2026" in page
    shown = as_shown(eva, path)
    assert shown["column-0"] == "number"
    assert (shown["decimal"], shown["dates"]) == ("comma", "dmy")
    assert "0 van 3 regels gedaan" in plain(post(eva, path, **shown))
    worked(books_of)
    page = eva.get(path, follow=True)
    assert page.redirect_chain[-1][0] == f"{path}check/"
    assert "2 regels van openstaand.csv worden straks ingelezen. Er is nog niets ingelezen." in plain(page)
    assert (
        "Het bedrag is lager dan nul. Als dat een creditnota betekent, zeg dat dan bij de kolommen."
        in plain(page)
    )
    assert [row.line for row, *_ in eva.get(f"{path}check/?show=doubtful").context["lines"]] == [4]
    assert rows(books_of, Invoice) == []
    page = step(eva, books_of, path, **as_shown(eva, f"{path}columns/", negative_is_credit="1"))
    assert "3 regels van openstaand.csv worden straks ingelezen." in plain(page)
    page = step(eva, books_of, f"{path}take-in/")
    assert "3 facturen ingelezen." in plain(page)
    assert "Ingelezen op 28 sep 2026 door Eva." in plain(page)
    assert len(rows(books_of, Invoice, withdrawn_on=None)) == 3
    page = step(eva, books_of, f"{path}undo/")
    assert "3 facturen teruggenomen." in plain(page)
    assert "Teruggenomen op 28 sep 2026" in plain(page)
    assert rows(books_of, Invoice, withdrawn_on=None) == []
    again = sent(eva, written())
    assert again != path
    assert "Hij wordt gelezen zoals u koos voor de vorige lijst met deze kop." in plain(eva.get(again))
    assert 'name="negative_is_credit" value="1" checked' in text_of(eva.get(again))
    page = step(eva, books_of, again, **as_shown(eva, again, negative_is_credit="1"))
    assert "3 regels van openstaand.csv worden straks ingelezen." in plain(page)


@pytest.mark.django_db
def test_what_happened_since_is_named_and_nothing_is_taken_back(books_of, eva):
    path = sent(eva, written(ROWS[:2]))
    step(eva, books_of, path, **as_shown(eva, path))
    step(eva, books_of, f"{path}take-in/")
    (invoice,) = rows(books_of, Invoice, number="2026-001")
    with client_scope(books_of.client.id):
        open_holds(
            books_of.client.id,
            [NewHold(invoice.debtor_id, "dispute", "stuk", "Eva", NOW.date(), "h", invoice.id)],
            NOW,
        )
    page = plain(step(eva, books_of, f"{path}undo/"))
    assert "Er is niets teruggenomen: met deze facturen is sindsdien iets gebeurd." in page
    assert "2026-001: stilgelegd of betwist." in page
    assert len(rows(books_of, Invoice, withdrawn_on=None)) == 2


@pytest.mark.django_db
def test_what_is_lacking_or_twice_is_said_at_the_form(books_of, eva):
    path = sent(eva, written([row[:3] + row[4:] for row in ROWS], HEAD[:3] + HEAD[4:]))
    assert "of vul de betaaltermijn in" in plain(eva.post(path, as_shown(eva, path)))
    page = eva.post(path, as_shown(eva, path, **{"column-1": "debtor", "term_days": "veel"}))
    assert page.status_code == 400
    assert "Er zijn twee kolommen gekozen voor: Naam van de debiteur." in plain(page)
    assert "“veel” is geen betaaltermijn" in plain(page)
    page = step(eva, books_of, path, **as_shown(eva, path, term_days="30"))
    assert page.redirect_chain[-1][0] == f"{path}check/"


@pytest.mark.django_db
def test_a_list_belongs_to_its_client_and_a_viewer_changes_nothing(books_of, eva, client_b):
    path = sent(eva, written())
    viewer, stranger = Client(), Client()
    viewer.force_login(user("kijker", (books_of.client.id, "viewer")), backend=BACKEND)
    stranger.force_login(user("ander", (client_b.id, "owner")), backend=BACKEND)
    assert viewer.get(path).status_code == 200
    assert "U mag kijken, niet veranderen." in plain(viewer.get(path))
    for address in (path, *(f"{path}{act}/" for act in ("take-in", "undo", "go-on", "kind"))):
        assert viewer.post(address, as_shown(viewer, path)).status_code == 403
        assert stranger.get(address).status_code in (404, 405)
    for page in ("check/", "columns/", "lines/2/"):
        assert stranger.get(f"{path}{page}").status_code == 404
    assert stranger.get(f"{path}file/").status_code == 404
    stranger.post(f"{path}take-in/")
    assert rows(books_of, Invoice) == []


@pytest.mark.django_db
def test_a_withdrawn_invoice_is_told_on_its_page_and_left_out_of_lists(books_of, eva):
    path = sent(eva, written(ROWS[:1]))
    step(eva, books_of, path, **as_shown(eva, path))
    step(eva, books_of, f"{path}take-in/")
    step(eva, books_of, f"{path}undo/")
    (invoice,) = rows(books_of, Invoice)
    page = plain(eva.get(f"/invoices/{invoice.id}/"))
    assert "Bij vergissing ingelezen en op 28 sep 2026 teruggenomen: er wordt niets voor gevraagd." in page
    assert "Teruggenomen, € 1.210,00" in page
    assert eva.get("/invoices/?state=all").context["selection"].count == 0
    assert "Niets past daarbij." in plain(eva.get("/search/?q=2026-001"))


def excel_save(text: str, encoding: str) -> bytes:
    """What Dutch Excel makes of a list it opened and saved: no zero before a figure, short days, amounts as it likes."""
    lines = []
    for line in text.removeprefix("\ufeff").splitlines():
        cells = line.split(";")
        cells = [str(int(cell)) if re.fullmatch(r"0\d+", cell) else cell for cell in cells]
        cells = [re.sub(r"^0?(\d{1,2})-0?(\d{1,2})-(\d{4})$", r"\1-\2-\3", cell) for cell in cells]
        cells = [re.sub(r"^(-?\d+),(\d)0$", r"\1,\2", cell) for cell in cells]
        cells = [re.sub(r"^(-?\d+),00$", r"\1", cell) for cell in cells]
        lines.append(";".join(cells))
    return ("\r\n".join(lines) + "\r\n").encode(encoding, "replace")


@pytest.mark.requirement("UI-13", "UI-14", "ASK-25")
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("saved", ["unchanged", "utf-8-sig", "cp1252", "workbook"])
def test_our_own_export_comes_back_in_and_every_line_is_known(books, language, saved):
    olga = logged_in("olga")
    olga.cookies["inbaar_language"] = language
    ending = "xlsx" if saved == "workbook" else "csv"
    content = olga.get(f"/invoices/export.{ending}?state=all").content
    if saved in ("utf-8-sig", "cp1252"):
        content = excel_save(content.decode(), saved)
    with client_scope(books.client_id):
        number = open_list(
            books.client_id, f"{language}-{saved}.{ending}", io.BytesIO(content), NOW, "upload"
        )
        found = check_list(books.client_id, list_file(books.client_id, number), books.today)
    assert [judged.verdict for judged in found] == ["known"] * len(books.invoices)


def test_the_heads_of_our_own_export_are_known_as_ours(olga):
    for language in ("nl", "en"):
        olga.cookies["inbaar_language"] = language
        head = olga.get("/invoices/export.csv").content.decode("utf-8-sig").split("\r\n")[0].split(";")
        assert tuple(map(bare_word, head)) in OWN_HEADS


@pytest.mark.django_db
def test_a_workbook_goes_the_same_way(books_of, eva):
    row = (
        "F-9",
        "D9",
        "Garage Snel V.O.F.",
        dt.date(2026, 8, 1),
        dt.date(2026, 8, 31),
        121.5,
        121.5,
        90000003,
        "9712 HM",
    )
    content = workbook([row])
    path = sent(eva, content, "lijst.xlsx")
    step(eva, books_of, path, **as_shown(eva, path))
    step(eva, books_of, f"{path}take-in/")
    ((invoice,), (kept,), (line,)) = (
        rows(books_of, Invoice),
        rows(books_of, Import),
        rows(books_of, ImportLine),
    )
    assert (invoice.number, invoice.payable, invoice.due_date) == (
        "F-9",
        Decimal("121.50"),
        dt.date(2026, 8, 31),
    )
    assert eva.get(f"{path}file/").content == content
    assert (kept.format, kept.counts, line.invoice_id) == ("xlsx", {"new": 1}, invoice.id)


@pytest.mark.requirement("UI-13", "UI-14")
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("saved", ["unchanged", "utf-8-sig", "cp1252", "workbook"])
def test_our_own_list_of_debtors_comes_back_in_and_every_line_is_known(books, language, saved):
    olga = logged_in("olga")
    olga.cookies["inbaar_language"] = language
    ending = "xlsx" if saved == "workbook" else "csv"
    content = olga.get(f"/debtors/export.{ending}?state=all").content
    if saved in ("utf-8-sig", "cp1252"):
        content = excel_save(content.decode(), saved)
    with client_scope(books.client_id):
        number = open_list(
            books.client_id, f"{language}-{saved}.{ending}", io.BytesIO(content), NOW, "upload"
        )
        kept = list_file(books.client_id, number)
        found = check_debtors(books.client_id, kept)
    assert kept.kind == "debtors"
    assert [(judged.verdict, judged.faults) for judged in found if judged.verdict != "known"] == []
    assert len(found) == olga.get("/debtors/?state=all").context["count"]


def test_the_heads_of_our_own_list_of_debtors_are_known_as_ours(olga):
    for language in ("nl", "en"):
        olga.cookies["inbaar_language"] = language
        head = olga.get("/debtors/export.csv").content.decode("utf-8-sig").split("\r\n")[0].split(";")
        assert tuple(map(bare_word, head)) in OWN_DEBTOR_HEADS


DEBTORS = written(
    [("D1", "Garage Snel B.V.", "Kade 1", "post@snel.example", "14"), ("D1", "Bakker Bol", "", "", "")],
    ("Nummer", "Naam", "Adres", "E-mail", "Termijn"),
)


@pytest.mark.django_db
def test_a_list_of_debtors_is_sent_from_their_page_taken_in_and_taken_back(books_of, eva):
    first = rows(books_of, Debtor)
    answer = eva.post("/debtors/list/", {"file": SimpleUploadedFile("klanten.csv", DEBTORS)})
    path = answer["Location"]
    assert "Hij wordt gelezen als lijst van debiteuren." in plain(eva.get(path))
    page = plain(step(eva, books_of, path, **shown_of_debtors(eva, path)))
    assert "Debiteurnummer “D1” staat in de lijst met verschillende namen" in page
    page = eva.get(f"{path}lines/3/")
    assert "Bakker Bol" in plain(page)
    assert eva.post(f"{path}lines/3/", {"decision": "take"}).status_code == 400
    assert "Zeg van wie het is" in plain(eva.post(f"{path}lines/3/", {"decision": "take"}))
    post(eva, f"{path}lines/3/", decision="leave")
    post(eva, f"{path}lines/2/", decision="take", debtor="new")
    assert "Weggelaten door Eva." in plain(eva.get(f"{path}check/?show=doubtful"))
    step(eva, books_of, f"{path}take-in/")
    (made,) = [debtor for debtor in rows(books_of, Debtor) if debtor not in first]
    assert (made.name, made.payment_term_days) == ("Garage Snel B.V.", 14)
    assert "Betaaltermijn in dagen 14" in plain(eva.get(f"/debtors/{made.id}/"))
    step(eva, books_of, f"{path}undo/")
    assert rows(books_of, Debtor) == first


def shown_of_debtors(browser, path):
    """The columns as they stand on the page of a list of debtors."""
    page = text_of(browser.get(path))
    picked = re.findall(r'name="(column-\d+)".*?value="([a-z_]+)" selected', page)
    return dict(picked)


@pytest.mark.django_db
def test_a_list_that_is_taken_for_another_kind_is_put_right(books_of, eva):
    path = sent(eva, DEBTORS, "klanten.csv")
    assert "Hij wordt gelezen als lijst van debiteuren." in plain(eva.get(path))
    assert "Hij wordt gelezen als lijst van facturen." in plain(post(eva, f"{path}kind/", kind="invoices"))
    assert "Hij wordt gelezen als lijst van debiteuren." in plain(post(eva, f"{path}kind/", kind="debtors"))


@pytest.mark.django_db
def test_a_file_that_is_no_list_of_debtors_is_refused_with_the_reason(books_of, eva):
    page = eva.post(
        "/debtors/list/", {"file": SimpleUploadedFile("leeg.csv", b"Naam;Nummer\r\n")}, follow=True
    )
    assert "De lijst bevat geen" in plain(page)
    assert "Kies een bestand" in plain(eva.post("/debtors/list/", follow=True))


@pytest.mark.django_db
def test_a_line_in_doubt_is_decided_about_on_its_page_and_the_next_follows(books_of, eva):
    path = sent(eva, written([*ROWS, ("2026-004", *ROWS[2][1:])]))
    page = step(eva, books_of, path, **as_shown(eva, path))
    assert f'href="{path}lines/4/"' in text_of(page)
    answer = eva.post(f"{path}lines/4/", {"decision": "take"})
    assert answer["Location"] == f"{path}lines/5/"
    assert "Hierom is er twijfel over de regel." in plain(eva.get(answer["Location"]))
    answer = eva.post(f"{path}lines/5/", {"decision": "leave"})
    page = plain(eva.get(answer["Location"]))
    assert "Inlezen, zegt Eva." in page
    assert "3 regels van openstaand.csv worden straks ingelezen." in page
    step(eva, books_of, f"{path}take-in/")
    (credit,) = rows(books_of, Invoice, number="2026-003")
    page = plain(eva.get(f"/invoices/{credit.id}/"))
    assert "Bekeken voordat hij werd ingelezen Over regel 4 van openstaand.csv was twijfel" in page
    assert eva.get(f"{path}lines/99/").status_code == 404


@pytest.mark.django_db
def test_work_that_stopped_can_be_made_to_go_on(books_of, eva, monkeypatch):
    path = sent(eva, written(ROWS[:2]))
    post(eva, path, **as_shown(eva, path))
    assert "achtergronddienst" not in plain(eva.get(path))
    with client_scope(books_of.client.id):
        Import.objects.update(changed_at=NOW - dt.timedelta(days=1))
    assert "de achtergronddienst staat misschien stil" in plain(eva.get(path))
    assert "0 van 2 regels gedaan" in plain(post(eva, f"{path}go-on/"))
    worked(books_of)
    assert eva.get(path, headers={"hx-request": "true"})["HX-Redirect"] == path
