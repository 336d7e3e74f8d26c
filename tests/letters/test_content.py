"""What a letter says adds up to the cent, or it cannot be made; and it comes back from JSON exactly."""

import json
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.letters.content import (
    ContentError,
    CostsLine,
    DebitTerms,
    Language,
    LawRow,
    LetterContent,
    LetterCosts,
    LetterItem,
    LetterKind,
    Payee,
    PlanRow,
    PlanTerms,
    Recipient,
    Sender,
    SheetLine,
    SheetPayment,
    from_json,
    to_json,
    total_of,
)
from inbaar.letters.examples import EXAMPLES, bundle, formal_notice, fourteen_day_letter, reminder
from inbaar.letters.parts import PLAN_KINDS

CENTS = st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100)
DAYS = st.dates(date(2015, 1, 1), date(2026, 11, 1))
TEXTS = st.text(min_size=1, max_size=40).filter(lambda text: text.strip())


def amount(text: str) -> Decimal:
    return Decimal(text)


@st.composite
def lines(draw: st.DrawFn) -> SheetLine:
    first = draw(DAYS)
    days = draw(st.integers(1, 20))
    return SheetLine(
        from_date=first,
        to_date=first + timedelta(days=days - 1),
        days=days,
        rate_percent=draw(st.decimals(0, 15, places=2)),
        base=draw(CENTS),
        amount=draw(CENTS),
        source=draw(TEXTS),
        article=draw(TEXTS),
    )


@st.composite
def items(draw: st.DrawFn, number: int, step: LetterKind) -> LetterItem:
    own = tuple(draw(st.lists(lines(), max_size=3)))
    accrued = sum((line.amount for line in own), Decimal("0.00"))
    to_interest = draw(st.sampled_from([Decimal("0.00"), accrued]))
    open_principal, to_principal, credited, disputed = (draw(CENTS) + Decimal("0.01") for _ in range(4))
    payment = SheetPayment(
        on=draw(DAYS),
        amount=to_interest + to_principal,
        to_costs=Decimal(0),
        to_interest=to_interest,
        to_principal=to_principal,
    )
    return LetterItem(
        invoice_number=f"{draw(TEXTS)}-{number}",
        step=step,
        issue_date=draw(DAYS),
        due_date=draw(DAYS),
        gross=open_principal + to_principal + credited + disputed,
        credited=credited,
        paid=payment.amount,
        disputed=disputed,
        open_principal=open_principal,
        interest=accrued - to_interest,
        lines=own,
        payments=(payment,),
        reminded_on=draw(st.none() | DAYS),
    )


@st.composite
def contents(draw: st.DrawFn) -> LetterContent:
    kind = draw(st.sampled_from(LetterKind))
    own = tuple(draw(items(number, kind)) for number in range(draw(st.integers(1, 3))))
    costs = draw(CENTS)
    notice = kind is LetterKind.FORMAL_NOTICE
    return LetterContent(
        kind=kind,
        language=draw(st.sampled_from(Language)),
        letter_number=draw(TEXTS),
        letter_date=date(2026, 11, 22),
        sender=Sender(draw(TEXTS), (draw(TEXTS),), email="a@b.example"),
        recipient=Recipient(draw(TEXTS), (draw(TEXTS),), draw(st.booleans())),
        payee=Payee(draw(TEXTS), iban="NL91ABNA0417164300", entitled_since=draw(st.none() | DAYS)),
        payment_reference=draw(TEXTS),
        items=own,
        total_due=total_of(own),
        pay_by=date(2026, 11, 23) if notice else None,
        costs_if_unpaid=LetterCosts(costs, costs, costs, (CostsLine(costs, rate_percent=Decimal(15)),)),
        law_rows=(LawRow(draw(TEXTS), draw(TEXTS), draw(st.none() | st.decimals(0, 20, places=2))),),
        notes=tuple(draw(st.lists(st.text(max_size=20), max_size=2))),
        debit=draw(debits()) if kind is LetterKind.DEBIT_NOTICE else None,
        plan=draw(plans(total_of(own))) if kind in PLAN_KINDS else None,
    )


@st.composite
def plans(draw: st.DrawFn, total: Decimal) -> PlanTerms:
    """Terms that add up to what is asked, in one or more."""
    first = draw(st.decimals(Decimal("0.01"), total, places=2))
    amounts = [first] if first == total else [first, total - first]
    rows = tuple(
        PlanRow(date(2026, 12, 1) + timedelta(days=30 * number), amount, draw(TEXTS))
        for number, amount in enumerate(amounts)
    )
    interest, why = (
        draw(st.sampled_from(["", "stops", "runs"])),
        draw(st.sampled_from(["", "broken", "by_us", "by_debtor"])),
    )
    return PlanTerms(rows, interest, draw(st.booleans()), draw(st.none() | st.integers(1, len(rows))), why)


@st.composite
def debits(draw: st.DrawFn) -> DebitTerms:
    announce_by = date(2026, 11, 22) + timedelta(days=draw(st.integers(0, 60)))
    return DebitTerms(
        announce_by + timedelta(days=draw(st.integers(1, 60))), announce_by, draw(TEXTS), draw(TEXTS), draw(TEXTS),
        draw(st.sampled_from([0, 8])),
    )  # fmt: skip


@given(contents())
def test_json_brings_every_letter_back_exactly(content: LetterContent) -> None:
    again = from_json(to_json(content))
    assert again == content
    assert to_json(again) == to_json(content)
    assert json.loads(to_json(content)) == {"format": 1, **plain(content)}


def plain(value: object) -> Any:
    """A second opinion on what JSON holds: each field by its name, amounts and dates as text."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, (Decimal, date)) else value


@pytest.mark.parametrize("example", [*EXAMPLES, bundle])
def test_examples_survive_json(example) -> None:  # type: ignore[no-untyped-def]
    assert from_json(to_json(example())) == example()


def test_json_with_another_total_is_refused() -> None:
    text = to_json(reminder()).replace('"total_due":"1210.00"', '"total_due":"1210.01"')
    with pytest.raises(
        ContentError, match=r"^the total is told as 1210.01 but the invoices add up to 1210.00$"
    ):
        from_json(text)


def test_json_of_another_format_or_with_another_field_is_refused() -> None:
    with pytest.raises(ContentError, match="not written in format 1"):
        from_json("{}")
    with pytest.raises(ContentError, match="LetterContent has no field colour"):
        from_json(to_json(reminder()).replace('"kind"', '"colour":"red","kind"'))


def test_the_total_ties_to_the_cent() -> None:
    with pytest.raises(ContentError, match=r"told as 924.71 but the invoices add up to 924.70"):
        replace(formal_notice(), total_due=amount("924.71"))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("paid", "300.01", "invoice 2026-0031: what was paid is told as 300.01 but its lines give 300.00"),
        (
            "open_principal",
            "921.04",
            "invoice 2026-0031: the open principal is told as 921.04 but its lines give 921.03",
        ),
        (
            "credited",
            "0.01",
            "invoice 2026-0031: the open principal is told as 921.03 but its lines give 921.02",
        ),
        ("interest", "3.68", "invoice 2026-0031: the interest is told as 3.68 but its lines give 3.67"),
    ],
)
def test_an_invoice_ties_to_its_lines(field: str, value: str, message: str) -> None:
    with pytest.raises(ContentError) as caught:
        replace(formal_notice().items[0], **{field: amount(value)})
    assert str(caught.value) == message


def test_nothing_open_cannot_be_asked() -> None:
    with pytest.raises(ContentError, match="nothing is open, so nothing may be asked"):
        LetterItem("A", LetterKind.REMINDER, date(2026, 1, 1), date(2026, 2, 1), amount("0"), amount("0"))


@pytest.mark.parametrize("value", [10, 10.5, "10.50", Decimal("10.505"), Decimal("NaN"), Decimal("Infinity")])
def test_an_amount_is_a_decimal_of_two_places(value: object) -> None:
    with pytest.raises(ContentError):
        replace(reminder().items[0], gross=value)


def test_a_payment_is_divided_whole() -> None:
    with pytest.raises(ContentError, match=r"the payment of 2026-11-02 is 100.00 but divided it is 99.99"):
        SheetPayment(date(2026, 11, 2), amount("100"), amount("0"), amount("9.99"), amount("90"))


def test_an_interest_line_counts_its_own_days() -> None:
    line = formal_notice().items[0].lines[0]
    with pytest.raises(ContentError, match="2026-10-02 to 2026-11-02 is 32 days, not 31"):
        replace(line, days=31)


def test_interest_past_the_letter_date_is_refused() -> None:
    with pytest.raises(ContentError, match="interest up to 2026-11-16 in a letter of 2026-11-15"):
        replace(formal_notice(), letter_date=date(2026, 11, 15))


def test_costs_are_explained() -> None:
    item = replace(reminder().items[0], costs=amount("40"))
    with pytest.raises(ContentError, match=r"carry 40.00 of costs but the letter explains 0.00"):
        replace(reminder(), items=(item,), total_due=amount("1250"))
    forty = LetterCosts(amount("1210"), amount("40"), amount("40"), (CostsLine(amount("40")),))
    assert replace(reminder(), items=(item,), total_due=amount("1250"), costs_claimed=forty).costs_due == 40


def test_costs_and_vat_tie() -> None:
    with pytest.raises(ContentError, match=r"costs 40.00 and VAT 8.40 are not 48.41"):
        LetterCosts(
            amount("100"),
            amount("40"),
            amount("48.41"),
            (CostsLine(amount("40")),),
            Decimal(21),
            amount("8.40"),
        )
    with pytest.raises(ContentError, match=r"told as 40.00 but their lines give 39.00"):
        LetterCosts(amount("100"), amount("40"), amount("40"), (CostsLine(amount("39")),))


@pytest.mark.requirement("DUN-05")
def test_a_formal_notice_has_a_date() -> None:
    with pytest.raises(ContentError, match="a formal notice names the date to pay by, and this one has none"):
        replace(formal_notice(), pay_by=None)
    with pytest.raises(ContentError, match="not after the letter's date"):
        replace(formal_notice(), pay_by=date(2026, 11, 16))


def test_a_fourteen_day_letter_has_exactly_one_amount_of_costs() -> None:
    letter = fourteen_day_letter()
    with pytest.raises(ContentError, match="names the exact collection costs, and this one has none"):
        replace(letter, costs_if_unpaid=None)
    item = replace(letter.items[0], costs=amount("40"))
    forty = LetterCosts(amount("735.53"), amount("40"), amount("40"), (CostsLine(amount("40")),))
    with pytest.raises(ContentError, match="names one amount of costs; it cannot also charge costs"):
        replace(letter, items=(item,), total_due=item.total, costs_claimed=forty)


def test_a_letter_is_as_strict_as_its_strictest_invoice() -> None:
    with pytest.raises(
        ContentError, match="the letter is a reminder but its strictest invoice is at formal_notice"
    ):
        replace(formal_notice(), kind=LetterKind.REMINDER)


def test_an_invoice_is_in_a_letter_once() -> None:
    letter = reminder()
    with pytest.raises(ContentError, match="an invoice is in the letter twice"):
        replace(letter, items=letter.items * 2, total_due=amount("2420"))


def test_one_must_be_able_to_answer_and_to_pay() -> None:
    with pytest.raises(ContentError, match="neither phone nor e-mail"):
        Sender("X", ())
    with pytest.raises(ContentError, match="an IBAN or another account number"):
        Payee("X")


def test_a_notice_tells_its_debit_in_time_and_no_other_letter_does() -> None:
    from inbaar.letters.examples import reminder

    day = date(2026, 11, 22)
    debit = DebitTerms(
        day + timedelta(15), day + timedelta(1), "K-1", "NL69ZZZ123456780000", "NL20INGB0001234567", 8
    )
    with pytest.raises(ContentError, match="no other letter does"):
        replace(reminder(), debit=debit)
    with pytest.raises(ContentError, match="announced before it is collected"):
        replace(debit, announce_by=debit.collected_on)


def test_a_plan_s_terms_add_up_to_what_its_confirmation_asks_and_only_its_letters_tell_them() -> None:
    item = LetterItem(
        "A", LetterKind.PLAN, date(2026, 1, 1), date(2026, 2, 1), Decimal("50.00"), Decimal("50.00")
    )
    letter = replace(
        reminder(),
        kind=LetterKind.PLAN,
        items=(item,),
        total_due=item.total,
        pay_by=None,
        plan=_terms("20.00", "30.00"),
    )
    assert letter.plan is not None
    with pytest.raises(ContentError, match=r"the terms add up to 50\.01"):
        replace(letter, plan=_terms("20.01", "30.00"))
    with pytest.raises(ContentError, match="a letter about a plan tells its terms"):
        replace(letter, plan=None)
    with pytest.raises(ContentError, match="a letter about a plan tells its terms"):
        replace(reminder(), plan=_terms("20.00"))
    with pytest.raises(ContentError, match="follow one another"):
        PlanTerms((PlanRow(date(2026, 12, 2), Decimal(1), "r"), PlanRow(date(2026, 12, 1), Decimal(1), "r")))
    with pytest.raises(ContentError, match="there is no term 3"):
        replace(_terms("20.00", "30.00"), term=3)


def _terms(*amounts: str) -> PlanTerms:
    return PlanTerms(
        tuple(
            PlanRow(date(2026, 12, number), Decimal(amount), f"RF{number}")
            for number, amount in enumerate(amounts, start=1)
        )
    )
