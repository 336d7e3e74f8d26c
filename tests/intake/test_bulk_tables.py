"""Files as tables: any encoding and separator, Excel, a head anywhere, columns by their words; and what is no list."""

import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbaar.intake.bulk.columns import detected, outline_of
from inbaar.intake.bulk.tables import NotAList, open_table
from tests.intake.lists import HEAD, ROWS, read, rules, workbook, written


@pytest.mark.requirement("UI-14")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_any_encoding_and_separator_gives_the_same_lines(encoding, separator):
    rows = [(*ROWS[0][:2], "Café 'Één'; zn, enz.", *ROWS[0][3:]), *ROWS[1:]]
    table = open_table(io.BytesIO(written(rows, separator=separator, encoding=encoding)))
    assert (table.format, table.separator) == ("csv", separator)
    assert [row for _, row in table.rows()] == [list(HEAD), *map(list, rows)]
    assert [row for _, row in table.rows()] == [list(HEAD), *map(list, rows)]  # and again


def test_the_columns_decide_the_form_of_amounts_and_days():
    outline = outline_of(open_table(io.BytesIO(written())))
    assert (outline.choices.decimal, outline.choices.dates, outline.lines) == ("comma", "dmy", 3)
    assert outline.choices.missing == ()
    first, second, third = read(written(), negative_is_credit=True)
    assert (first.number, first.total, first.open, first.kind) == ("2026-001", 1210, 1210, "invoice")
    assert (first.issue_date, first.due_date) == (dt.date(2026, 1, 15), dt.date(2026, 2, 14))
    assert (first.customer.name, first.customer.kvk, first.debtor_number) == (
        "Bakkerij De Korenaar B.V.",
        "90000002",
        "D1",
    )
    assert (second.open, second.issue_date, second.faults) == (Decimal("30.25"), dt.date(2026, 2, 1), ())
    assert (third.kind, third.total) == ("credit_note", 121)


@pytest.mark.requirement("ASK-25")
def test_where_no_column_decides_the_line_is_in_doubt_until_a_person_does():
    rows = [("1", "D1", "J. Jansen", "01-02-2026", "03-04-2026", "1.234", "1.234", "", "")]
    (line,) = read(written(rows))
    assert rules(line) == [
        ("total", "amount-two-ways"), ("open", "amount-two-ways"), ("issue_date", "date-two-ways"), ("due_date", "date-two-ways"),
    ]  # fmt: skip
    assert not any(fault.refuses for fault in line.faults)
    (line,) = read(written(rows), decimal="comma", dates="dmy")
    assert (line.total, line.due_date, line.faults) == (1234, dt.date(2026, 4, 3), ())


def test_a_column_in_two_forms_decides_nothing():
    rows = [(*ROWS[0][:5], "1.210,00", "1,210.00", "", ""), (*ROWS[1][:5], "1.000", "1.000", "", "")]
    outline = outline_of(open_table(io.BytesIO(written(rows))))
    assert outline.choices.decimal == ""


@pytest.mark.requirement("REG-08")
def test_number_amount_and_due_date_beside_the_debtor_are_enough():
    head = ("Factuurnummer", "Debiteur", "Bedrag", "Vervaldatum")
    content = written([("1", "Garage Snel V.O.F.", "12,50", "31-03-2026")], head)
    outline = outline_of(open_table(io.BytesIO(content)))
    assert outline.choices.missing == ("issue_date",)
    (line,) = read(content, term_days=30)
    assert (line.issue_date, line.due_date, line.total, line.open, line.faults) == (
        dt.date(2026, 3, 1), dt.date(2026, 3, 31), Decimal("12.50"), Decimal("12.50"), (),
    )  # fmt: skip


def test_excel_keeps_days_and_numbers_as_they_are():
    rows = [
        (
            20260001,
            "D1",
            "J. Jansen",
            dt.date(2026, 2, 1),
            dt.datetime(2026, 3, 3),  # noqa: DTZ001 - as a workbook holds it
            60.5,
            0.1 + 0.2,
            None,
            "1015 CJ",
        )
    ]
    (line,) = read(workbook(rows))
    assert (line.number, line.total, line.open) == ("20260001", Decimal("60.50"), Decimal("0.30"))
    assert (line.issue_date, line.due_date, line.faults) == (dt.date(2026, 2, 1), dt.date(2026, 3, 3), ())


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({0: "2,02601E+09"}, ("number", "number-exponent", True)), ({0: ""}, ("number", "number-missing", True)),
        ({2: "", 1: ""}, ("debtor", "debtor-missing", True)), ({4: ""}, ("due_date", "due-date-missing", True)),
        ({4: "1-1-2026"}, ("due_date", "due-before-issue", False)), ({5: "0,00", 6: "0,00"}, ("total", "amount-zero", True)),
        ({5: "", 6: ""}, ("total", "amount-missing", True)), ({6: "1.300,00"}, ("open", "open-above-total", False)),
        ({5: "-10,00", 6: "-10,00"}, ("total", "below-zero", False)), ({6: "-10,00"}, ("open", "open-sign", False)),
        ({7: "1234567"}, ("kvk", "lost-zero", False)), ({7: "12345"}, ("kvk", "kvk-unreadable", False)),
        ({2: "x" * 201}, ("debtor", "too-long", True)),
    ],
)  # fmt: skip
@pytest.mark.requirement("UI-14")
def test_what_is_wrong_with_a_line_is_named_by_its_field(cells, fault):
    row = list(ROWS[0])
    for place, value in cells.items():
        row[place] = value
    lines = read(written([row, ROWS[1]]))
    assert (*fault,) in [(f.field, f.rule, f.refuses) for f in lines[0].faults]
    assert lines[1].faults == ()


def test_a_lost_zero_is_put_back_where_a_person_says_so():
    (line,) = read(written([(*ROWS[0][:7], "1234567", "3511 AA")]), restore_zeros=True)
    assert (line.customer.kvk, line.faults) == ("01234567", ())


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        (["Factuurnr.", "Klant", "Bedrag incl. BTW", "Vervaldatum"], {"number": 0, "debtor": 1, "total": 2, "due_date": 3}),
        (["Invoice No", "Customer", "Amount", "Due date", "Open"], {"number": 0, "debtor": 1, "total": 2, "due_date": 3, "open": 4}),
        (["Nummer", "Factuurnummer", "Naam", "Bedrag excl.", "BTW", "E-mail"], {"number": 1, "debtor": 2, "net": 3, "vat": 4, "email": 5}),
        (["Btw-nummer", "KvK-nummer", "Land", "Plaats", "Adres"], {"vat_id": 0, "kvk": 1, "country": 2, "city": 3, "street": 4}),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_words(head, columns):
    assert detected(head) == columns


def test_the_head_may_stand_under_a_title_and_the_separator_on_top():
    text = "sep=;\r\nOpenstaande posten;;;\r\n\r\n" + written(encoding="utf-8").decode()
    outline = outline_of(open_table(io.BytesIO(text.encode())))
    assert (outline.head_line, outline.lines, outline.head) == (4, 3, HEAD)


def _zip(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty"), (b" \r\n\t\r\n", "empty"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "old-excel"),
        (bytes(range(256)) * 20, "not-text"), (b"PK\x03\x04" + b"x" * 99, "broken-excel"), (_zip(a="x"), "not-excel"),
        (_zip(**{"[Content_Types]_xml": "<Types/>", "xl__workbook_xml": "<!DOCTYPE x><x/>"}), "doctype"),
        (written([]), "no-lines"), (b'a;b\r\n"' + b"x" * 200_000, "broken-csv"),
        (written(encoding="utf-16")[:-1], "encoding"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused_with_the_reason(content, rule):
    with pytest.raises(NotAList) as why:
        list(outline_of(open_table(io.BytesIO(content))).head)
    assert why.value.rule == rule


def test_a_workbook_that_unpacks_to_too_much_is_never_unpacked():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(201):
                part.write(b" " * 1_000_000)
    with pytest.raises(NotAList) as why:
        open_table(io.BytesIO(out.getvalue()))
    assert why.value.rule == "too-large"


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@settings(max_examples=60)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8), st.sampled_from(";,\t"))
def test_what_is_written_as_csv_is_read_back(rows, separator):
    head = ("Factuurnummer", "Debiteur", "Bedrag")
    table = open_table(io.BytesIO(written(rows, head, separator)))
    filled = [list(row) for row in rows if any(cell and not cell.isspace() for cell in row)]
    if table.separator == separator:
        assert [row for _, row in table.rows()][1:] == filled
