"""Auditfiles: every third-party one with its expected values, and what is open derived from postings, never guessed."""

import io
from collections import defaultdict
from decimal import Decimal

import pytest
from django.utils import translation

from inbaar.intake.bulk.auditfile import as_list, is_auditfile, read_auditfile
from inbaar.intake.bulk.tables import NotAList
from inbaar.web.wording.problems import problem_words
from tests.corpus import corpus_file, corpus_rows
from tests.intake.auditfiles import auditfile
from tests.intake.lists import read as read_list

pytestmark = pytest.mark.requirement("FAC-25")
REFUSED = {"XmlAuditfileFinancieel3.2_test.xml": "xaf-unbalanced", "xaf-3.2-unbalanced.xaf": "xaf-unbalanced",
           "xaf-4.0.xaf": "xaf-version", "clair2.xaf": "xaf-version"}  # fmt: skip


def read(content):
    return read_auditfile(io.BytesIO(content))


def found(content):
    """Customer, number, total, open and doubts of each item."""
    return [(i.relation, i.reference, i.total, i.open, sorted(i.doubts)) for i in read(content).items]


@pytest.mark.parametrize("row", corpus_rows("xaf-3.2", "xaf-generated"))
def test_every_third_party_auditfile_gives_its_expected_values(row):
    expected = row.expected
    with row.path.open("rb") as stream:
        assert is_auditfile(stream.read(4096))
        if (rule := REFUSED.get(row.path.name)) is not None:
            with pytest.raises(NotAList) as why:
                read_auditfile(stream)
            assert why.value.rule == rule
            return
        audit = read_auditfile(stream)
    assert audit.company == expected["company"]
    assert audit.currency == expected["currency"]
    assert len(audit.relations) == expected["relations"] - expected["relation_types"].get("S", 0)
    assert audit.counted == audit.stated
    assert audit.counted == (
        expected["computed"]["lines"], Decimal(expected["computed"]["debit"]), Decimal(expected["computed"]["credit"]),
    )  # fmt: skip
    by_customer = defaultdict(Decimal)
    for item in audit.items:
        by_customer[item.relation] += item.open
    account = expected["debtor_accounts"][0]
    moved = {name: Decimal(amount) for name, amount in account["movement_per_relation"].items()}
    assert {name: by_customer[name] for name in moved} == moved
    assert sum(by_customer.values()) == Decimal(account["closing"])


def test_of_exact_only_what_is_certain_would_be_taken_in():
    lines = read_list(as_list(read(corpus_file("xaf/ExactOnline_V32_2016.xml").read_bytes())))
    certain = {
        line.number: (line.debtor_number, line.total, line.open, line.due_date.isoformat())
        for line in lines
        if not line.faults
    }
    assert certain == {
        "16700001": ("1", Decimal("8000.00"), Decimal("8000.00"), "2016-02-18"),
        "16700003": ("29", Decimal("8000.00"), Decimal("8000.00"), "2016-03-21"),
        "16700004": ("36", Decimal("2000.00"), Decimal("2000.00"), "2016-03-21"),
    }
    assert len(lines) == 14


def test_what_was_paid_is_not_open_whichever_came_first():
    postings = [
        ("B", "D1", "1", "-121.00", "2026-02-01", ""), ("S", "D1", "1", "121.00", "2026-01-05", ""),
        ("S", "D1", "2", "242.00", "2026-01-06", ""), ("B", "D1", "2", "-42.00", "2026-02-01", ""),
        ("S", "D2", "3", "60.50", "2026-01-07", ""),
    ]  # fmt: skip
    wanted = [
        ("D1", "2", Decimal("242.00"), Decimal("200.00"), []),
        ("D2", "3", Decimal("60.50"), Decimal("60.50"), []),
    ]
    assert found(auditfile(postings)) == wanted
    assert found(auditfile(postings, dues=[("2", "2026-02-05")])) == wanted


def test_a_payment_without_a_number_goes_by_the_key_it_was_matched_by():
    assert found(auditfile([
        ("B", "D1", "", "-100.00", "2026-02-01", "K1"), ("S", "D1", "1", "121.00", "2026-01-05", "K1"),
        ("B", "D1", "", "-21.00", "2026-02-03", "K1"), ("S", "D1", "2", "50.00", "2026-01-05", "K2"),
        ("B", "D1", "", "-20.00", "2026-02-03", "K2"),
    ])) == [("D1", "2", Decimal("50.00"), Decimal("30.00"), [])]  # fmt: skip


def test_what_was_matched_together_is_settled_together_or_none_is_sure():
    together = [("S", "D1", "1", "100.00", "2026-01-05", "K"), ("S", "D1", "2", "50.00", "2026-01-06", "K")]
    assert found(auditfile([*together, ("B", "D1", "", "-150.00", "2026-02-01", "K")])) == []
    left = found(auditfile([*together, ("B", "D1", "", "-120.00", "2026-02-01", "K")]))
    assert [(number, doubts) for _, number, _, _, doubts in left if number] == [
        ("1", ["xaf-matched-together", "xaf-unallocated"]), ("2", ["xaf-matched-together", "xaf-unallocated"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("loose", "doubts"),
    [
        (("B", "D1", "", "-20.00", "2026-02-01", ""), ["xaf-unallocated"]),
        (("B", "D2", "", "-20.00", "2026-02-01", ""), []),
        (("M", "D1", "0", "-20.00", "2026-02-01", ""), ["xaf-unallocated"]),
        (("B", "D1", "9", "-20.00", "2026-02-01", ""), ["xaf-unallocated"]),
        (("S", "D1", "C1", "-20.00", "2026-02-01", ""), ["xaf-unallocated"]),
        (("B", "", "", "-20.00", "2026-02-01", ""), ["xaf-unallocated"]),
    ],
)
def test_money_or_a_credit_that_was_not_matched_puts_that_customers_invoices_in_doubt(loose, doubts):
    items = found(auditfile([("S", "D1", "1", "121.00", "2026-01-05", ""), loose]))
    assert next(item for item in items if item[1] == "1")[4] == doubts
    assert sum(item[3] for item in items) == Decimal("101.00")  # nothing is dropped


def test_an_item_without_its_invoice_and_one_paid_too_much_are_in_doubt():
    items = found(auditfile([
        ("M", "D1", "1", "10.00", "2026-01-05", ""), ("S", "D2", "2", "10.00", "2026-01-05", ""), ("B", "D2", "2", "-15.00", "2026-01-05", ""),
    ]))  # fmt: skip
    assert [item[4] for item in items] == [["xaf-no-invoice"], ["xaf-overpaid", "xaf-unallocated"]]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (auditfile([], extra='<!DOCTYPE auditfile [<!ENTITY a "b">]>'), "doctype"),
        (auditfile([("S", "D1", "1", "1.00", "2026-01-05", "")])[:-20], "not-well-formed"),
        (auditfile([("S", "D1", "1", "1.00", "2026-01-05", "")]).replace(b"<amnt>1.00", b"<amnt>1.01", 1), "xaf-unbalanced"),
        (auditfile([("S", "D1", "1", "1.00", "2026-01-05", "")]).replace(b"<amnt>1.00", b"<amnt>NaN", 1), "xaf-amount"),
        (auditfile([], space="http://www.auditfiles.nl/XAF/3.1"), "xaf-version"),
        (auditfile([]).replace(b"Debiteuren", b"Kas"), "xaf-no-debtors"),
    ],
)  # fmt: skip
def test_what_cannot_be_trusted_is_refused_with_the_reason(content, rule):
    with pytest.raises(NotAList) as why:
        read(content)
    assert why.value.rule == rule


@pytest.mark.parametrize(
    ("content", "version"),
    [
        (auditfile([], space="http://www.auditfiles.nl/XAF/3.1"), "version 3.1"),
        (auditfile([], space="http://www.auditfiles.nl/XAF/4.0"), "version 4.0"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><auditfile><header/></auditfile>', "an older version (CLAIR)"),
    ],
)  # fmt: skip
def test_another_version_is_refused_by_name_with_what_to_do(content, version):
    assert is_auditfile(content[:4096])
    with pytest.raises(NotAList) as why:
        read(content)
    assert why.value.text == (
        f"This auditfile is of {version}, and 3.2 is read: export it as XAF 3.2, or the open invoices as CSV."
    )
    with translation.override("nl"):
        words, original = problem_words(why.value.rule, why.value.text, "error")
    assert "exporteer hem als XAF 3.2, of de openstaande facturen als CSV of Excel" in words
    assert original == why.value.text


def test_customers_keep_their_numbers_and_addresses():
    content = as_list(
        read(auditfile([("S", "D7", "1", "121.00", "2026-01-05", "")], dues=[("1", "2026-02-04")]))
    )
    (line,) = read_list(content)
    assert (line.debtor_number, line.customer.name, line.customer.kvk) == ("D7", "Klant D7 B.V.", "90000001")
    assert (line.customer.street, line.customer.postcode, line.customer.city) == (
        "Kade 1",
        "3511 AA",
        "Utrecht",
    )
    assert (line.faults, line.due_date.isoformat()) == ((), "2026-02-04")


def test_without_due_dates_the_term_that_a_person_gives_counts():
    content = as_list(read(auditfile([("S", "D7", "1", "121.00", "2026-01-05", "")])))
    (line,) = read_list(content)
    assert [(fault.field, fault.rule) for fault in line.faults] == [("due_date", "due-date-missing")]
    (line,) = read_list(content, term_days=14)
    assert (line.due_date.isoformat(), line.faults) == ("2026-01-19", ())
