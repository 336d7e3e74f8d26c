"""Whatever comes in: sorted by its contents, taken in once, and matched; and what is doubtful waits with its reason."""

import datetime as dt
import io
import re
import zipfile
from decimal import Decimal

import pytest

from inbaar.banking.models import Entry, Statement
from inbaar.doors import (
    FileResult,
    is_statement,
    take_in_files,
    take_in_import,
    undo_import,
    work_on_list,
)
from inbaar.dunning.models import Schedule
from inbaar.dunning.run import run_dunning
from inbaar.intake.actions import accept_reviewed
from inbaar.intake.importing import choose, list_file
from inbaar.intake.models import Document, Reading
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Letter
from inbaar.market.market import Market
from inbaar.receivables.models import Invoice
from tests.conftest import make_client
from tests.dunning.scenario import Administration, day
from tests.intake.documents import cii, pdf, ubl
from tests.intake.lists import ROWS, written

pytestmark = pytest.mark.django_db
TODAY, NOW = dt.date(2026, 10, 2), dt.datetime(2026, 10, 2, 9, tzinfo=dt.UTC)


def statement(*entries: tuple[str, str, str, str], on: str = "261002") -> bytes:
    """An MT940 statement of credits: amount, payer's IBAN, payer's name, text."""
    total = sum((Decimal(amount.replace(",", ".")) for amount, *_ in entries), Decimal(0))
    lines = [":20:1", ":25:NL20INGB0001234567EUR", ":28C:1/1", f":60F:C{on}EUR0,00"]
    for amount, iban, name, text in entries:
        lines += [f":61:{on}{on[2:]}C{amount}NTRFNONREF", f":86:/IBAN/{iban}/NAME/{name}/REMI/{text}/"]
    lines.append(f":62F:C{on}EUR{total:.2f}".replace(".", ","))
    return "\n".join([*lines, ""]).encode()


@pytest.fixture
def market():
    return Market(1, dt.date(2026, 6, 1), 40)


@pytest.fixture
def seller(market, db):
    business = market.business
    return make_client(business.name, business.kvk)


def market_files(market, kinds=("invoices",)) -> list[tuple[str, bytes]]:
    files = []
    for number in range(20):
        on = market.start + dt.timedelta(days=number)
        files += [(file.name, file.content) for file in market.invoices_on(on)]
    return files


def take_in(client, files) -> list[FileResult]:
    return take_in_files(client.id, files, TODAY, NOW)


def test_files_are_told_apart_by_their_contents():
    assert is_statement(statement())
    assert is_statement(
        b'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>'
    )
    assert not is_statement(
        b'<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
    )
    assert not is_statement(b"%PDF-1.7 :20:")
    assert not is_statement(b"")


@pytest.mark.requirement("FAC-26")
def test_files_twice_by_another_name_and_channel_stay_one_invoice(seller, market):
    files = market_files(market)[:5]
    first = take_in(seller, files)
    again = take_in_files(
        seller.id, [(f"mail-{name}", content) for name, content in files], TODAY, NOW, "mail"
    )
    accepted = [result.invoice_id for result in first if result.outcome == "accepted"]
    assert [result.outcome for result in again] == ["known"] * 5
    assert "This file is here already" in again[0].problems[0].text
    with client_scope(seller.id):
        assert Invoice.objects.count() == len(accepted)
        assert Document.objects.count() == 5
        assert Schedule.objects.count() == Invoice.objects.filter(kind="invoice").count()


@pytest.mark.requirement("FAC-26")
def test_the_same_invoice_in_another_file_is_known_by_what_it_says(seller, market):
    name, content = market_files(market)[0]
    take_in(seller, [(name, content)])
    (again,) = take_in(seller, [("andere opmaak.xml", content.replace(b"?>", b"?><!-- again -->", 1))])
    assert again.outcome == "known"
    assert again.problems[-1].text.endswith("is there already; nothing was changed")
    with client_scope(seller.id):
        assert Invoice.objects.count() == 1


@pytest.mark.requirement("FAC-26")
def test_an_invoice_uploaded_as_ubl_and_mailed_as_a_pdf_becomes_one(db):
    seller = make_client("Zaagmolen B.V.", "59581883")
    (uploaded,) = take_in(seller, [("F-2026-001.xml", ubl().encode())])
    mail = [("factuur.pdf", pdf(("factur-x.xml", cii().encode())))]
    (mailed,) = take_in_files(seller.id, mail, TODAY, NOW, "mail")
    assert (uploaded.format, uploaded.outcome) == ("ubl", "accepted")
    assert (mailed.format, mailed.outcome) == ("facturx", "known")
    assert mailed.problems[-1].text == "F-2026-001 is there already; nothing was changed"
    with client_scope(seller.id):
        assert (Invoice.objects.count(), Document.objects.count()) == (1, 2)


def test_somebody_elses_invoice_waits_in_review_and_a_person_may_accept_it(client_a, market):
    (result,) = take_in(client_a, market_files(market)[:1])
    assert result.outcome == "review"
    assert result.problems[0].text == (
        f"The invoice is sent by {market.business.name}, not by {client_a.name}: "
        "choose that administration, or correct the file."
    )
    with client_scope(client_a.id):
        assert Invoice.objects.count() == 0
        reading = Reading.objects.get()
        assert accept_reviewed(client_a.id, reading.id, TODAY, NOW).outcome == "accepted"
        assert Invoice.objects.count() == 1
        with pytest.raises(Refused, match="only what waits in review can be accepted by hand"):
            accept_reviewed(client_a.id, reading.id, TODAY, NOW)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("leeg.xml", b""),
        ("half.xml", b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'><cbc:ID"),
        ("bom.xml", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        ("leeg.pdf", b"%PDF-1.4\n%%EOF"),
    ],
)
def test_what_cannot_be_read_is_refused_alone_and_leaves_nothing_but_its_reason(
    seller, market, name, content
):
    good = market_files(market)[0]
    bad, taken = take_in(seller, [(name, content), good])
    assert (bad.outcome, taken.outcome) == ("refused", "accepted")
    assert len(bad.problems) >= 1
    assert all(problem.text for problem in bad.problems)
    with client_scope(seller.id):
        assert Invoice.objects.count() == 1
        assert Entry.objects.count() == 0


@pytest.mark.parametrize("name", ["nul\0.xml", "\udcff.xml", "a\nb.xml"])
def test_a_name_that_cannot_be_stored_or_shown_stops_no_file(seller, market, name):
    invoice, bank = take_in(seller, [(name, market_files(market)[0][1]), (name, statement())])
    assert (invoice.outcome, bank.outcome) == ("accepted", "accepted")
    assert invoice.name == bank.name == name.translate({0: "?", 0xDCFF: "?", 10: "?"})


def test_a_nul_in_a_statement_stops_nothing(client_a):
    content = statement(("10,00", "NL44RABO0123456789", "Ban\0k", "x\0y")).replace(b":20:1", b":20:\x001")
    (result,) = take_in(client_a, [("bank.sta", content.replace(b"NL20INGB", b"NL20\0INGB"))])
    assert (result.outcome, result.entries) == ("accepted", 1)
    with client_scope(client_a.id):
        assert (Entry.objects.get().counterparty_name, Statement.objects.get().statement_id) == ("Bank", "1")


def test_a_day_that_no_law_reaches_waits_for_a_person(seller, market):
    name, content = market_files(market)[0]
    due = re.compile(rb"(?<=DueDate>)[0-9-]{10}")
    (result,) = take_in(seller, [(name, due.sub(b"9999-12-31", content))])
    assert (result.outcome, result.problems[0].rule) == ("review", "unreadable-due-date")


@pytest.mark.parametrize("part", ["opening", "entry", "closing"])
def test_an_amount_larger_than_the_books_is_refused_whole(client_a, part):
    whole = {name: "1" + "0" * (13 if name == part else 1) for name in ("opening", "entry", "closing")}
    content = statement((whole["entry"] + ",00", "NL44RABO0123456789", "Bank", "x"))
    content = re.sub(rb"(60F:C261002EUR)0,00", rb"\g<1>%b,00" % whole["opening"].encode(), content)
    content = re.sub(rb"(62F:C261002EUR)[0-9]+", rb"\g<1>%b" % whole["closing"].encode(), content)
    (result,) = take_in(client_a, [("bank.sta", content)])
    assert (result.outcome, [problem.text for problem in result.problems]) == (
        "refused",
        [
            "An amount of 10000000000000.00 is more than the books can hold (10,000,000,000,000 and up). "
            "Compare it with your online banking and ask the bank for the right statement."
        ],
    )
    with client_scope(client_a.id):
        assert (Entry.objects.count(), Statement.objects.count()) == (0, 0)


@pytest.mark.requirement("ASK-04")
@pytest.mark.requirement("BEY-03")
def test_an_unmatched_payment_that_could_be_the_invoices_holds_its_letter(client_a):
    books = Administration(client_a)
    invoice = books.invoice("2026-0042", "2026-10-01")
    other = books.invoice("2026-0043", "2026-10-01", payable="99.00")
    take_in(
        client_a,
        [("bank.sta", statement(("1210,00", "NL44RABO0123456789", "Onbekende afzender", "zonder kenmerk")))],
    )
    tally = books.run("2026-10-02")
    assert tally.waits == {"unmatched_payment": 1}
    with client_scope(client_a.id):
        assert Schedule.objects.get(invoice_id=invoice).waits_for == "unmatched_payment"
        assert Schedule.objects.get(invoice_id=other).stage == "reminded"
        entry = Entry.objects.get()
        assert (entry.state, entry.unapplied) == ("unmatched", Decimal("1210.00"))


def test_a_payment_that_came_before_its_invoice_is_matched_when_the_invoice_comes(client_a):
    take_in(
        client_a,
        [
            (
                "bank.sta",
                statement(("1210,00", "NL44RABO0123456789", "Bakkerij De Korenaar", "factuur 2026-0042")),
            )
        ],
    )
    books = Administration(client_a)
    invoice = books.invoice("2026-0042", "2026-10-01")
    from inbaar.banking.actions import retry_unmatched

    retry_unmatched(client_a.id, [invoice], day("2026-10-02"), NOW)
    assert books.open(invoice) == 0


def taken_in(client, import_id):
    """A list looked through as it stands and taken in; gives its invoices."""
    with client_scope(client.id):
        choose(client.id, import_id, list_file(client.id, import_id).choices, NOW)
    work_on_list(client.id, import_id, TODAY, NOW)
    return take_in_import(client.id, import_id, TODAY, "Olga", NOW)


@pytest.mark.requirement("FAC-25")
def test_a_zip_is_its_files_and_a_list_in_it_waits_for_a_person(market, seller):
    (name, invoice), *_ = market_files(market)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"map/{name}", invoice)
        archive.writestr("lijst.csv", written(ROWS[:1]))
        archive.writestr("stuk.bin", b"\x01\x02")
    results = take_in(seller, [("alles.zip", out.getvalue()), ("stuk.zip", out.getvalue()[:-9])])
    assert [(r.name, r.kind, r.outcome) for r in results] == [
        (f"alles.zip: {name}", "invoice", "accepted"), ("alles.zip: lijst.csv", "list", "review"),
        ("alles.zip: stuk.bin", "invoice", "refused"), ("stuk.zip", "archive", "refused"),
    ]  # fmt: skip
    made = taken_in(seller, results[1].import_id)
    with client_scope(seller.id):
        assert Schedule.objects.filter(invoice_id__in=made, due_on__isnull=False).count() == 1


@pytest.mark.requirement("UI-14")
def test_what_was_taken_back_is_never_chased(seller):
    (result,) = take_in(seller, [("lijst.csv", written(ROWS[:1]))])
    made = taken_in(seller, result.import_id)
    assert undo_import(seller.id, result.import_id, TODAY, "Olga", NOW) == 1
    with client_scope(seller.id):
        assert [(row.stage, row.due_on) for row in Schedule.objects.all()] == [("closed", None)]
    later = TODAY + dt.timedelta(days=31)  # a Monday
    run_dunning(seller.id, later, NOW + dt.timedelta(days=31))
    with client_scope(seller.id):
        assert Schedule.objects.filter(invoice_id__in=made, due_on__isnull=False).count() == 0
        assert not Letter.objects.exists()


def test_an_old_excel_file_says_how_to_save_it(seller):
    (result,) = take_in(seller, [("oud.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)])
    assert (result.outcome, result.problems[0].rule) == ("refused", "old-excel")
