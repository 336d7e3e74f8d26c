"""What sends an invoice to a person, with the exact words: both sides of every boundary."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from inbaar.intake.checks import judge
from inbaar.intake.facts import Facts, VatLine
from inbaar.intake.readers import read_invoice
from tests.intake.documents import ubl

CERTAIN = Facts(
    number="F-1",
    issue_date=dt.date(2026, 3, 2),
    due_dates=(dt.date(2026, 4, 1),),
    currency="EUR",
    profile="urn:cen.eu:en16931:2017",
    type_code="380",
    credit_root=False,
    supplier_name="A",
    supplier_identified=True,
    customer_name="B",
    amounts={
        "line_total": Decimal("200.00"), "net": Decimal("200.00"), "vat": Decimal("42.00"),
        "total": Decimal("242.00"), "payable": Decimal("242.00"),
    },
    lines=(Decimal("150"), Decimal("50.00")),
    vat_lines=(VatLine(Decimal("200.00"), Decimal(21), Decimal("42.00")),),
)  # fmt: skip


def told(facts: Facts) -> list[tuple[str, str]]:
    return [(problem.rule, problem.text) for problem in judge(facts)[1]]


def changed(**values: object) -> Facts:
    return dataclasses.replace(CERTAIN, **values)


def with_amounts(**values: str) -> Facts:
    return changed(amounts={**CERTAIN.amounts, **{name: Decimal(value) for name, value in values.items()}})


def without_amount(name: str) -> Facts:
    return changed(amounts={key: value for key, value in CERTAIN.amounts.items() if key != name})


def test_a_certain_invoice_is_accepted_without_a_word() -> None:
    assert judge(CERTAIN) == ("accepted", ())


@pytest.mark.parametrize(
    ("facts", "rule", "text"),
    [
        (changed(number=None), "BR-02", "The invoice number is missing: ask the supplier for a complete invoice."),
        (changed(number="-"), "BR-02", "The invoice number is missing: ask the supplier for a complete invoice."),
        (changed(number="\u200b"), "BR-02", "The invoice number is missing: ask the supplier for a complete invoice."),
        (changed(issue_date=None), "BR-03", "The issue date is missing: ask the supplier for a complete invoice."),
        (changed(currency=None), "BR-05", "The currency is missing: ask the supplier for a complete invoice."),
        (without_amount("payable"), "BR-15", "The amount to pay is missing: ask the supplier for a complete invoice."),
        (changed(currency="EURO"), "BR-CL-04",
         "The currency 'EURO' is not in ISO 4217: ask the supplier for a corrected invoice."),
        (changed(currency="XXX"), "BR-CL-04",
         "The currency 'XXX' is not in ISO 4217: ask the supplier for a corrected invoice."),
        (changed(number="9" * 101), "number-too-long",
         "The invoice number has 101 characters, more than 100: ask the supplier for a corrected invoice."),
    ],
)  # fmt: skip
def test_what_is_refused(facts: Facts, rule: str, text: str) -> None:
    assert told(facts) == [(rule, text)]
    assert judge(facts)[0] == "refused"


def test_a_number_of_a_hundred_characters_is_the_longest() -> None:
    assert judge(changed(number="9" * 100))[0] == "accepted"


@pytest.mark.parametrize(
    ("facts", "rule", "text"),
    [
        (changed(lines=(Decimal("150"), Decimal("50.01"))), "BR-CO-10",
         "The sums do not tie: the lines make 200.01, but the line total says 200.00; ask the supplier which is right."),
        (changed(allowances=(Decimal(5),), amounts={**CERTAIN.amounts, "allowance_total": Decimal("0.00")}), "BR-CO-11",
         "The sums do not tie: the allowances make 5.00, but the allowance total says 0.00; ask the supplier which is right."),
        (changed(charges=(Decimal(5),), amounts={**CERTAIN.amounts, "charge_total": Decimal("0.00")}), "BR-CO-12",
         "The sums do not tie: the charges make 5.00, but the charge total says 0.00; ask the supplier which is right."),
        (with_amounts(charge_total="0.01"), "BR-CO-13",
         "The sums do not tie: line total less allowances plus charges is 200.01, but the net amount says 200.00; "
         "ask the supplier which is right."),
        (changed(vat_lines=(VatLine(Decimal(200), Decimal(21), Decimal("42.01")),)), "BR-CO-14",
         "The sums do not tie: the VAT per rate makes 42.01, but the VAT says 42.00; ask the supplier which is right."),
        (with_amounts(total="242.01", payable="242.01"), "BR-CO-15",
         "The sums do not tie: net plus VAT is 242.00, but the total says 242.01; ask the supplier which is right."),
        (with_amounts(prepaid="0.01"), "BR-CO-16",
         "The sums do not tie: total less prepaid plus rounding is 241.99, but the amount to pay says 242.00; "
         "ask the supplier which is right."),
        (with_amounts(rounding="-0.01"), "BR-CO-16",
         "The sums do not tie: total less prepaid plus rounding is 241.99, but the amount to pay says 242.00; "
         "ask the supplier which is right."),
        (changed(overprecise=("payable",)), "BR-DEC-18",
         "The amount to pay has more than two decimals: it was rounded; check it."),
        (changed(payable_currency="USD"), "currency-differs",
         "The amount to pay is in 'USD' but the invoice is in EUR: ask the supplier which is right."),
    ],
)  # fmt: skip
def test_sums_that_do_not_tie_by_a_cent(facts: Facts, rule: str, text: str) -> None:
    assert told(facts) == [(rule, text)]
    assert judge(facts)[0] == "review"


def test_lines_of_half_cents_tie_when_their_sum_does() -> None:
    assert judge(changed(lines=(Decimal("99.995"), Decimal("100.005"))))[0] == "accepted"
    assert told(changed(lines=(Decimal("100.005"), Decimal("100.00"))))[0][0] == "BR-CO-10"


def test_the_vat_of_a_rate_may_differ_by_less_than_one() -> None:
    def vat(amount: str) -> list[str]:
        line = VatLine(Decimal("200.00"), Decimal("21.00"), Decimal(amount))
        return [rule for rule, _ in told(changed(vat_lines=(line,)))]

    assert vat("42.99") == ["BR-CO-14"]
    assert vat("43.00") == ["BR-CO-14", "BR-CO-17"]
    assert vat("41.00") == ["BR-CO-14", "BR-CO-17"]
    wrong = VatLine(Decimal("200.00"), Decimal("9.00"), Decimal("42.00"))
    assert told(changed(vat_lines=(wrong,))) == [
        ("BR-CO-17", "VAT of 9% over 200.00 is 18.00, but the invoice says 42.00: "
         "ask the supplier for a corrected invoice."),
    ]  # fmt: skip


def test_a_total_that_is_not_there_is_not_missed() -> None:
    assert judge(without_amount("total"))[0] == "accepted"
    assert judge(without_amount("net"))[0] == "accepted"
    assert judge(without_amount("line_total"))[0] == "accepted"
    assert judge(changed(vat_lines=(), lines=()))[0] == "accepted"


def test_dates() -> None:
    same_day = changed(due_dates=(dt.date(2026, 3, 2),))
    assert judge(same_day)[0] == "accepted"
    assert told(changed(due_dates=(dt.date(2026, 3, 1),))) == [
        ("due-before-issue", "The due date 2026-03-01 is before the issue date 2026-03-02: "
         "ask the supplier which is right, or correct it."),
    ]  # fmt: skip
    assert judge(changed(due_dates=()))[0] == "accepted"


def negated(facts: Facts) -> Facts:
    return dataclasses.replace(
        facts,
        amounts={name: -value for name, value in facts.amounts.items()},
        lines=tuple(-line for line in facts.lines),
        vat_lines=tuple(dataclasses.replace(v, taxable=-v.taxable, tax=-v.tax) for v in facts.vat_lines),
    )


def test_signs() -> None:
    assert told(negated(CERTAIN)) == [
        ("negative-invoice", "The invoice is negative (-242.00) but is not a credit note: "
         "ask the supplier for a credit note."),
    ]  # fmt: skip
    credit = changed(credit_note=True, credit_root=True, type_code="381")
    assert judge(credit)[0] == "accepted"
    assert told(negated(credit)) == [
        ("negative-credit-note", "A credit note of -242.00 would raise the debt: ask the supplier which sign is meant."),
    ]  # fmt: skip
    assert judge(with_amounts(prepaid="242.00", payable="0.00"))[0] == "accepted"
    assert [rule for rule, _ in told(with_amounts(prepaid="242.01", payable="-0.01"))] == ["negative-invoice"]


@pytest.mark.parametrize(
    ("facts", "rule", "text"),
    [
        (changed(profile=None), "BR-01",
         "The document does not say which standard it follows: check that it is an invoice."),
        (changed(type_code=None), "BR-04",
         "The document does not say what type it is: check that it is an invoice."),
        (changed(type_code="381"), "BR-CL-01",
         "The type code '381' does not belong on an invoice: check what it is."),
        (changed(type_code="380", credit_root=True, credit_note=True), "BR-CL-01",
         "The type code '380' does not belong on a credit note: check what it is."),
        (changed(type_code="220", credit_root=None), "BR-CL-01",
         "The type code '220' does not belong on an invoice or credit note: check what it is."),
        (changed(supplier_name=None), "BR-06",
         "The supplier's name is missing: add it before the invoice is used."),
        (changed(customer_name=None), "BR-07",
         "The customer's name is missing: add it before the invoice is used."),
        (changed(supplier_identified=False), "BR-CO-26",
         "The supplier has no registration number, VAT id or other identifier: check who it is."),
        (changed(repeated=("customer.legal_id",)), "UBL-SR-17",
         "The customer's registration number is given more than once: choose the right one."),
        (changed(references=2), "UBL-SR-44",
         "There are 2 payment references: the first was taken; check it."),
        (changed(marked_currencies=True), "CII-DT-031",
         "Amounts name a currency of their own, which CII forbids: check that they agree."),
        (changed(identifiers=(("", "iban", "NL91ABNA0417164301"),)), "iban",
         "The IBAN 'NL91ABNA0417164301' fails its check, its check digits are wrong (mod 97): correct or confirm it."),
        (changed(identifiers=(("customer's ", "kvk", "5958188"),)), "kvk",
         "The customer's KvK number '5958188' fails its check, it is not eight digits: correct or confirm it."),
    ],
)  # fmt: skip
def test_what_waits_for_a_person(facts: Facts, rule: str, text: str) -> None:
    assert told(facts) == [(rule, text)]
    assert judge(facts)[0] == "review"


def test_refused_and_doubtful_at_once_tells_both() -> None:
    status, problems = judge(changed(number=None, profile=None))
    assert status == "refused"
    assert [(problem.level, problem.rule) for problem in problems] == [
        ("error", "BR-02"),
        ("warning", "BR-01"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "rule", "text"),
    [
        (">242.00</cbc:PayableAmount", ">242,00</cbc:PayableAmount", "unreadable-payable",
         "The amount to pay '242,00' is not a number such as 1234.56: ask the supplier for a corrected invoice."),
        ('<cbc:PayableAmount currencyID="EUR">242.00', '<cbc:PayableAmount currencyID="EUR">NaN', "unreadable-payable",
         "The amount to pay 'NaN' is not a number such as 1234.56: ask the supplier for a corrected invoice."),
        ('<cbc:TaxableAmount currencyID="EUR">200.00', '<cbc:TaxableAmount currencyID="EUR">2e2', "unreadable-vat",
         "The vat base '2e2' is not a number such as 1234.56: ask the supplier for a corrected invoice."),
        ("2026-03-02", "02-03-2026", "unreadable-issue-date",
         "The issue date '02-03-2026' is not a date (year-month-day): ask the supplier for a corrected invoice."),
        ("2026-03-02", "2026-02-29", "unreadable-issue-date",
         "The issue date '2026-02-29' is not a date (year-month-day): ask the supplier for a corrected invoice."),
        ("2026-03-02", "1899-12-31", "unreadable-issue-date",
         "The issue date '1899-12-31' is not a date (year-month-day): ask the supplier for a corrected invoice."),
    ],
)  # fmt: skip
def test_values_that_are_no_number_or_day_refuse(old: str, new: str, rule: str, text: str) -> None:
    read = read_invoice(ubl((old, new)).encode())
    assert read.status == "refused"
    assert [(p.rule, p.text) for p in read.problems if p.level == "error"] == [(rule, text)]


def test_a_due_date_that_is_no_day_waits_for_a_person() -> None:
    for due in ("1 april", "2026-02-29", "9999-12-31", "2200-01-01"):
        read = read_invoice(ubl(("2026-04-01", due)).encode())
        assert (read.status, read.due_date) == ("review", None)
        assert [(p.rule, p.text) for p in read.problems] == [
            ("unreadable-due-date", f"The due date '{due}' is not a date: fill in the right one.")
        ]
    assert read_invoice(ubl(("2026-04-01", "2199-12-31")).encode()).status == "accepted"


@pytest.mark.parametrize(("written", "read_as"), [("242", "242.00"), ("242.0", "242.00"), ("242.0000", "242.00"),
                                                  ("+242.", "242.00"), ("242.005", "242.01")])  # fmt: skip
def test_amounts_are_brought_to_two_decimals(written: str, read_as: str) -> None:
    read = read_invoice(ubl((">242.00</cbc:PayableAmount", f">{written}</cbc:PayableAmount")).encode())
    assert str(read.payable) == read_as
    told = ["BR-DEC-18"] if len(written.partition(".")[2]) > 2 else []  # the rule counts what is written
    assert [problem.rule for problem in read.problems if problem.rule == "BR-DEC-18"] == told
    assert (read.status == "review") == bool(told)
