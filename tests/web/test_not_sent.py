"""Each door can say that an invoice is yet to be sent to its debtor; a person who takes it in by hand has the last word."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from inbaar.doors import take_in_files, take_in_import, work_on_list
from inbaar.intake.importing import choose, list_file
from inbaar.intake.models import Reading
from inbaar.kit.clock import now, today
from inbaar.kit.scope import client_scope
from inbaar.receivables.models import Dispatch, Invoice
from inbaar.web.queries.overview import planned_days
from tests.conftest import make_client
from tests.intake.documents import ubl
from tests.intake.lists import HEAD, ROWS, written
from tests.intake.test_reviewing import SELLER, invoice_page
from tests.mailbox.books import MailBooks, mail
from tests.mailbox.books import invoice as mailed
from tests.mailbox.conftest import imap  # noqa: F401
from tests.mailbox.imap_server import needs_dovecot
from tests.web.test_pages import plain
from tests.web.test_review import browser_of, readings, typed

pytestmark = pytest.mark.django_db
DOUBTFUL = ("242.00</cbc:PayableAmount>", "243.00</cbc:PayableAmount>")


@pytest.fixture
def seller(db, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", "2026-03-10")
    return make_client(SELLER, "59581883")


@pytest.fixture
def eva(seller):
    return browser_of("eva", (seller.id, "bookkeeper"))


def not_sent(client) -> set[str]:
    """The numbers of what its debtors have not got yet."""
    with client_scope(client.id):
        ids = Dispatch.objects.filter(sent_on=None).values_list("invoice_id", flat=True)
        return set(Invoice.objects.filter(id__in=list(ids)).values_list("number", flat=True))


def upload(browser, content, **said):
    return browser.post("/upload/", {"files": SimpleUploadedFile("f.xml", content), **said})


@pytest.mark.requirement("FAC-21")
def test_upload_says_it_of_all_files_and_says_nothing_by_itself(seller, eva):
    assert 'name="unsent"' in eva.get("/upload/").content.decode()
    upload(eva, ubl().encode(), unsent="1")
    assert not_sent(seller) == {"F-2026-001"}
    upload(eva, ubl(("F-2026-001", "G-7"), ("Tuin", "Bos")).encode())
    assert not_sent(seller) == {"F-2026-001"}
    upload(eva, ubl(("F-2026-001", "G-7"), ("Tuin", "Bos")).encode().replace(b"\n", b" \n"), unsent="1")
    assert not_sent(seller) == {"F-2026-001"}
    with client_scope(seller.id):
        assert Invoice.objects.count() == 2


@pytest.mark.requirement("FAC-21")
def test_what_waits_keeps_what_the_door_said_until_a_person_says_otherwise(seller, eva):
    for number, unsent in (("F-1", "1"), ("F-2", "")):
        content = ubl(("F-2026-001", number), ("Tuin", f"Klant {number}"), DOUBTFUL).encode()
        upload(eva, content, **({"unsent": "1"} if unsent else {}))
    first, second = readings(seller)
    assert (first.outcome, first.unsent, second.unsent) == ("review", True, False)
    page = eva.get(f"/documents/{first.id}/").content.decode()
    assert 'name="unsent" value="1" checked' in page
    eva.post(f"/documents/{first.id}/accept/", {"unsent": "1"})
    assert not_sent(seller) == {"F-1"}
    eva.post(f"/documents/{second.id}/accept/", {})
    assert not_sent(seller) == {"F-1"}


@pytest.mark.requirement("FAC-21")
@pytest.mark.parametrize(("chosen", "expected"), [("no", {"ZM-77/12"}), ("yes", set()), ("", {"ZM-77/12"})])
def test_on_the_review_screen_a_person_says_it(seller, eva, chosen, expected):
    upload(eva, invoice_page(), unsent="1")
    (reading,) = readings(seller)
    values = typed(eva.get(f"/documents/{reading.id}/"))
    answer = eva.post(f"/documents/{reading.id}/", {**values, "number": "ZM-77/12", "sent": chosen})
    assert answer.status_code == 302
    assert not_sent(seller) == expected


def test_without_a_due_date_it_waits_for_one_and_nobody_takes_it_in_without(seller, eva):
    bare = ubl(("<cbc:DueDate>2026-04-01</cbc:DueDate>", "")).encode()
    upload(eva, bare, unsent="1")
    (reading,) = readings(seller)
    assert reading.outcome == "review"
    assert "unsent-due-date" in {problem["rule"] for problem in reading.problems}
    eva.post(f"/documents/{reading.id}/accept/", {"unsent": "1"})
    with client_scope(seller.id):
        assert Invoice.objects.count() == 0
        assert Reading.objects.get().outcome == "review"
    eva.post(f"/documents/{reading.id}/accept/", {})
    with client_scope(seller.id):
        assert Invoice.objects.count() == 1
    assert not_sent(seller) == set()


@pytest.mark.requirement("FAC-21")
@pytest.mark.parametrize(
    ("said", "unsent", "doubtful"),
    [
        (["ja", "15-01-2026", "x"], set(), 0), (["nee", "", "nee"], {"2026-001", "2026-002"}, 0),
        (["ja", "per post", ""], set(), 1),
    ],
)  # fmt: skip
def test_a_column_of_a_list_says_it_line_by_line(seller, said, unsent, doubtful):
    rows = [(*row, cell) for row, cell in zip(ROWS, said, strict=True)]
    content = written(rows, (*HEAD, "Verzonden"))
    (result,) = take_in_files(seller.id, [("lijst.csv", content)], today(), now())
    with client_scope(seller.id):
        choose(seller.id, result.import_id, list_file(seller.id, result.import_id).choices, now())
    work_on_list(seller.id, result.import_id, today(), now())
    take_in_import(seller.id, result.import_id, today(), "eva", now())
    assert not_sent(seller) == unsent
    with client_scope(seller.id):
        assert Invoice.objects.filter(kind="invoice").count() == 2 - doubtful


@pytest.mark.requirement("FAC-21")
def test_a_whole_list_can_be_yet_to_be_sent_and_the_next_of_its_head_is_not(seller, eva):
    (result,) = take_in_files(seller.id, [("a.csv", written())], today(), now(), unsent=True)
    with client_scope(seller.id):
        assert list_file(seller.id, result.import_id).choices.unsent
    form = {f"column-{n}": name for n, name in enumerate(
        ("number", "debtor_number", "debtor", "issue_date", "due_date", "total", "open", "kvk", "postcode"))}  # fmt: skip
    eva.post(f"/imports/{result.import_id}/", {**form, "unsent": "1"})
    work_on_list(seller.id, result.import_id, today(), now())
    eva.post(f"/imports/{result.import_id}/take-in/")
    work_on_list(seller.id, result.import_id, today(), now())
    assert not_sent(seller) == {"2026-001", "2026-002"}
    (following,) = take_in_files(seller.id, [("b.csv", written(ROWS[:1]))], today(), now())
    with client_scope(seller.id):
        kept = list_file(seller.id, following.import_id)
        assert (kept.chosen, kept.choices.unsent) == (True, False)


@pytest.mark.requirement("FAC-21")
@needs_dovecot
def test_a_mailbox_can_be_for_what_is_yet_to_be_sent(imap):  # noqa: F811
    books = MailBooks(imap, unsent=True)
    books.deliver(mail(("a.xml", mailed("F-1"))))
    books.fetch()
    assert not_sent(books.client) == {"F-1"}


def test_the_lists_show_what_is_not_sent_and_the_export_says_so(seller, eva):
    upload(eva, ubl().encode(), unsent="1")
    upload(eva, ubl(("F-2026-001", "G-7"), ("Tuin", "Bos")).encode())
    shown = plain(eva.get("/invoices/?state=not-sent"))
    assert "F-2026-001" in shown
    assert "G-7" not in shown
    assert "nog niet verzonden" in shown
    assert "1 factuur te versturen aan de debiteur" in plain(eva.get("/"))
    with client_scope(seller.id):
        (waits, steps) = next(
            (dict(planned.waits), dict(planned.steps))
            for planned in planned_days(seller.id, dt.date(2026, 3, 30))
            if planned.on == dt.date(2026, 4, 2)
        )
    assert (waits, steps) == ({"not_sent": 1}, {"reminder": 1})
    lines = eva.get("/invoices/export.csv").content.decode("utf-8-sig").splitlines()
    assert {line.split(";")[0]: line.split(";")[-1] for line in lines} == {
        "Nummer": "Verzonden", "F-2026-001": "nee", "G-7": "ja",
    }  # fmt: skip
