"""The ageing's pages: any day that has been, tied to the ledger, each figure leading to what makes it up."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from inbaar.kit.scope import client_scope
from inbaar.receivables.ageing import ageing
from tests.sql_watch import statements
from tests.web.test_pages import plain, text_of

D = Decimal


@pytest.fixture
def half(books):
    """A day half way through the seed, when other invoices were open than today."""
    return books.today - dt.timedelta(days=25)


@pytest.mark.requirement("ASK-23", "UI-01")
def test_every_figure_leads_to_the_items_that_make_it_up(olga, books, half):
    """Also on a past day and in classes of one's own, money that was not applied yet included."""
    address = f"on={half}&edges=5,10,20"
    answer = olga.get(f"/ageing/?{address}")
    ((position, lines),) = answer.context["positions"]
    assert position.ties
    assert position.difference == 0
    assert "verschil € 0,00" in plain(answer)
    for line in lines:
        behind = olga.get(line.href).context
        total = sum((value for _, value in behind["sums"]), D(0))
        assert (behind["count"], abs(total)) == (line.count, abs(line.amount)), line
    with client_scope(books.client_id):
        (today,) = ageing(books.client_id, books.today)
    assert position.age.open != today.open


def test_a_day_to_come_and_classes_that_are_none_are_named_and_left_out(olga, books):
    answer = olga.get(f"/ageing/?on={books.today + dt.timedelta(days=1)}&edges=60,30")
    assert answer.context["asked"].on == books.today
    assert answer.context["asked"].classes.edges == (30, 60, 90)
    assert len(answer.context["asked"].problems) == 2
    assert "oplopende aantallen dagen" in plain(answer)
    for hostile in (
        "on=0001-01-01",
        "on=9999-99-99",
        "debtor=x",
        "age=%00",
        "currency='",
        "page=-1",
        "sort=x",
    ):
        assert olga.get(f"/ageing/?{hostile}").status_code == 200
        assert olga.get(f"/ageing/invoices/?{hostile}").status_code == 200


@pytest.mark.requirement("ASK-23")
def test_the_files_add_up_to_the_page(olga, half):
    address = f"on={half}"
    ((position, _),) = olga.get(f"/ageing/?{address}").context["positions"]
    csv = text_of(olga.get(f"/ageing/export.csv?{address}")).splitlines()
    together = sum((D(line.split(";")[-1].replace(",", ".")) for line in csv[1:]), D(0))
    assert together == position.total
    book = load_workbook(io.BytesIO(olga.get(f"/ageing/export.xlsx?{address}").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert D(str(round(sum(row[-1] for row in rows[1:]), 2))) == position.total
    listed = load_workbook(io.BytesIO(olga.get(f"/ageing/invoices/export.xlsx?{address}").content)).active
    opens = [row[-1] for row in listed.iter_rows(min_row=2, values_only=True)]
    assert D(str(round(sum(opens), 2))) == position.age.receivable
    money = text_of(olga.get(f"/ageing/invoices/export.csv?{address}&age=unapplied")).splitlines()
    assert sum((D(line.split(";")[-1].replace(",", ".")) for line in money[1:]), D(0)) == position.unapplied


def test_the_page_takes_a_fixed_number_of_statements(olga, half):
    with statements() as seen:
        olga.get(f"/ageing/?on={half}&sort=name")
    assert len(seen) <= 14, str(seen)


def test_another_clients_debtor_is_not_told(olga, books):
    """A number that is not this client's gives an empty list, never a name."""
    answer = olga.get(f"/ageing/invoices/?debtor={books.other_invoice_id}")
    assert answer.context["count"] == 0
    assert answer.context["debtor"] == ""
