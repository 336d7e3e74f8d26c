"""Filters, sorting and paging in the address, and files that Dutch Excel opens right."""

import csv
import io
import re
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.web.csv_export import cell, csv_text
from inbaar.web.list_files import workbook
from inbaar.web.paging import asked_page
from inbaar.web.queries.invoice_filters import read_amount, read_filter
from tests.web.test_pages import plain, text_of


def listed(browser, query):
    """The rows of a list, all pages of it."""
    found, number = [], 1
    while True:
        answer = browser.get(f"/invoices/?{query}&page={number}")
        found += [row for row, *_rest in answer.context["rows"]]
        if number >= answer.context["page"].last:
            return found, answer.context["selection"]
        number += 1


@pytest.mark.parametrize(
    ("state", "belongs"),
    [
        ("open", lambda row, on: row.kind == "invoice" and row.open_amount > 0),
        ("overdue", lambda row, on: row.kind == "invoice" and row.open_amount > 0 and row.due_date < on),
        ("disputed", lambda row, on: row.disputed and row.open_amount > 0),
        ("paid", lambda row, on: row.kind == "invoice" and row.open_amount == 0),
        ("credit", lambda row, on: row.kind == "credit_note"),
    ],
)
def test_a_state_shows_exactly_its_invoices(olga, books, state, belongs):
    everything, _all = listed(olga, "state=all")
    assert len(everything) == len(books.invoices)
    expected = {row.id for row in everything if belongs(row, books.today)}
    found, selection = listed(olga, f"state={state}")
    assert {row.id for row in found} == expected
    assert selection.count == len(expected) > 0


@pytest.mark.parametrize("key", ["number", "debtor", "issued", "due", "amount", "open", "next"])
def test_every_column_sorts_both_ways_over_all_pages(olga, key):
    up, _ = listed(olga, f"state=all&sort={key}")
    down, _ = listed(olga, f"state=all&sort=-{key}")
    assert len(up) == len(down) == len({row.id for row in up})
    if key != "next":  # what has no next day comes last both ways
        assert [row.id for row in up] == [row.id for row in reversed(down)]


def test_filters_combine_and_can_be_taken_off(olga, books):
    with client_scope(books.client_id):
        ((debtor, name, low),) = fetch(
            """
            SELECT d.id, d.name, min(i.payable) FROM receivables_invoice i
            JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
            GROUP BY 1, 2 HAVING count(*) > 2 ORDER BY 1 LIMIT 1
            """
        )
    answer = olga.get("/invoices/", {"state": "all", "debtor": debtor, "least": f"{low}".replace(".", ",")})
    assert {row.debtor_id for row, *_rest in answer.context["rows"]} == {debtor}
    assert [chip.off for chip in answer.context["chips"]] == ["debtor", "least"]
    assert name in plain(answer)
    assert f'href="?state=all&amp;least={str(low).replace(".", "%2C")}"' in text_of(answer)


def test_text_is_looked_for_as_it_stands(olga):
    assert olga.get("/invoices/", {"q": "%"}).context["selection"].count == 0
    assert olga.get("/invoices/", {"q": "'; DROP TABLE x; --"}).status_code == 200
    assert olga.get("/invoices/?q=%00abc&debtor=99999999999999999999&page=-3&age=nu").status_code == 200


def test_a_value_that_cannot_be_used_is_named():
    chosen = read_filter({"from": "gisteren", "least": "veel", "state": "kwijt", "sort": "kleur"})
    assert len(chosen.problems) == 4
    assert (chosen.state, chosen.sort, chosen.issued_from, chosen.least) == ("open", "due", None, None)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("1234,56", "1234.56"), ("1234.56", "1234.56"),
        ("1.000", "1000"), ("€ 12,50", "12.50"), ("12", "12"), ("-3,00", "-3.00"),
        ("NaN", None), ("1e999", None), ("", None), ("abc", None), ("Infinity", None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_type_them(typed, amount):
    assert read_amount(typed) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("asked", "count", "number", "last"),
    [(None, 0, 1, 1), ("1", 50, 1, 1), ("2", 51, 2, 2), ("9", 51, 2, 2), ("0", 51, 1, 2), ("x", 51, 1, 2)],
)
def test_a_page_past_the_end_is_the_last(asked, count, number, last):
    page = asked_page(asked, count)
    assert (page.number, page.last) == (number, last)


def test_the_file_is_exactly_what_is_seen(olga):
    query = "state=overdue&sort=-open"
    rows, selection = listed(olga, query)
    answer = olga.get(f"/invoices/export.csv?{query}")
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeff")
    assert answer["Content-Disposition"] == f'attachment; filename="facturen-{_today()}.csv"'
    head, *lines = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert head[:4] == ["Nummer", "Soort", "Debiteur", "Datum"]
    assert [line[0] for line in lines] == [row.number for row in rows]
    assert [line[7] for line in lines] == [f"{row.open_amount:.2f}".replace(".", ",") for row in rows]
    assert sum(Decimal(line[7].replace(",", ".")) for line in lines) == sum(
        value for _, value in selection.open
    )
    assert re.fullmatch(r"\d\d-\d\d-\d{4}", lines[0][3])


def _today():
    from inbaar.kit.clock import today

    return today().isoformat()


@pytest.mark.parametrize("text", ["=1+1", "+31", "-2", "@x", "\t=1", " =1", "\r=1", "＝1"])
def test_a_text_never_runs_as_a_formula(text):
    assert cell(text) == f"'{text}"


def test_figures_dates_and_plain_text_stay_what_they_are():
    assert [cell(value) for value in (Decimal("-1234.5"), 7, None, "Jansen; zn", "")] == [
        "-1234,50", "7", "", "Jansen; zn", "",
    ]  # fmt: skip
    assert csv_text(["a"], [["x;y"], ['z"']]) == '\ufeffa\r\n"x;y"\r\n"z"""\r\n'


def test_debtors_are_filtered_sorted_and_exported(olga):
    answer = olga.get("/debtors/?sort=-open")
    opens = [row.open for row in answer.context["rows"]]
    assert opens == sorted(opens, reverse=True)
    assert olga.get("/debtors/?q=zzzz").context["count"] == 0
    text = olga.get("/debtors/export.csv?state=all").content.decode()
    assert text.count("\r\n") - 1 == olga.get("/debtors/?state=all").context["count"]


def test_entries_are_filtered_by_state_and_text(olga, books):
    answer = olga.get("/bank/?show=entries&state=matched")
    assert {row.state for row, *_rest in answer.context["rows"]} == {"matched"}
    name = answer.context["rows"][0][0].name
    found = olga.get("/bank/", {"show": "entries", "q": name}).context["rows"]
    assert found
    assert all(name in f"{row.name} {row.text}" for row, *_rest in found)


@pytest.mark.requirement("UI-13")
def test_the_workbook_holds_the_same_list_with_real_days_and_numbers(olga):
    query = "state=overdue&sort=-open"
    rows, _selection = listed(olga, query)
    answer = olga.get(f"/invoices/export.xlsx?{query}")
    assert answer["Content-Disposition"] == f'attachment; filename="facturen-{_today()}.xlsx"'
    sheet = load_workbook(io.BytesIO(answer.content)).active
    head, *lines = sheet.iter_rows(values_only=True)
    assert head[:4] == ("Nummer", "Soort", "Debiteur", "Datum")
    assert [line[0] for line in lines] == [row.number for row in rows]
    assert [(line[3].date(), line[4].date()) for line in lines] == [
        (row.issue_date, row.due_date) for row in rows
    ]
    assert [Decimal(str(line[7])) for line in lines] == [row.open_amount for row in rows]
    assert olga.get("/debtors/export.xlsx?state=all").content[:2] == b"PK"


@pytest.mark.requirement("UI-13")
@pytest.mark.parametrize("text", ["=1+1", "+31", "-2", "@x", "=cmd|' /C calc'!A0", "a\x07b", "0000421"])
def test_a_text_in_a_workbook_stays_a_text(text):
    sheet = load_workbook(io.BytesIO(workbook(["a"], [[text]]))).active
    assert (sheet["A2"].data_type, sheet["A2"].value) == ("s", text.replace("\x07", "?"))


def both_files(browser, path, query):
    """The rows of a list's CSV, which are those of its workbook."""
    text = browser.get(f"{path}export.csv?{query}").content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    sheet = load_workbook(io.BytesIO(browser.get(f"{path}export.xlsx?{query}").content)).active
    assert [cell.value for cell in sheet[1]] == lines[0]
    assert sheet.max_row == len(lines)
    return lines[0], lines[1:]


@pytest.mark.requirement("UI-13")
def test_the_bank_s_lists_are_exported_as_they_are_filtered(olga):
    for query, key in (
        ("show=entries&state=matched", "count"),
        ("show=entries", "count"),
        ("show=statements", ""),
        ("", "waiting"),
    ):
        page = olga.get(f"/bank/?{query}")
        assert "/bank/export.csv?" in text_of(page)
        _head, lines = both_files(olga, "/bank/", query)
        assert len(lines) == (page.context[key] if key else page.context["page"].count) > 0
    head, lines = both_files(olga, "/bank/", "show=entries&state=matched")
    assert {line[head.index("Stand")] for line in lines} == {"gekoppeld"}
    total = sum(Decimal(line[head.index("Bedrag")].replace(",", ".")) for line in lines)
    ((_currency, seen),) = olga.get("/bank/?show=entries&state=matched").context["sums"]
    assert total == seen
    head, lines = both_files(olga, "/bank/", "")
    shown = olga.get("/bank/").context["entries"]
    assert [line[head.index("Waarom het niet gekoppeld is")] for line in lines][: len(shown)] == [
        item.reason for item in shown
    ]


@pytest.mark.requirement("UI-13")
@pytest.mark.parametrize("state", ["", "sent", "by_post"])
def test_letters_are_exported_by_their_state(olga, state):
    page = olga.get(f"/letters/?state={state}")
    head, lines = both_files(olga, "/letters/", f"state={state}")
    assert len(lines) == page.context["page"].count
    assert [line[0] for line in lines][:50] == [row.number for row, *_rest in page.context["rows"]]
    if state == "":
        assert lines
        assert "/letters/export.xlsx?" in text_of(page)
        assert head[6] == "Gevraagd"


def test_another_client_s_entries_and_letters_are_in_no_file_of_ours(books):
    from tests.web.conftest import logged_in

    bob = logged_in("bob")
    bob.post("/client/", {"client": books.other_client_id})
    for path in ("/bank/", "/letters/"):
        for query in ("", "show=entries", "show=statements"):
            assert both_files(bob, path, query)[1] == []
