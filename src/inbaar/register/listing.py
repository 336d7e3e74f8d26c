"""Arrears by three facts and their debtor: typed for one that is not in the books, or a list of many.

An invoice of that number that is in the books is reported as it stands there, if the facts told are its own. Another is
taken into the books first: its due date is all that is known of its days, so it counts as issued then.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from django.db import transaction

from inbaar.intake.bulk.cells import (
    Cell,
    DecimalSign,
    Unclear,
    Unusable,
    amount_of,
    day_of,
    decimal_sign,
    number_of,
    text_of,
)
from inbaar.intake.bulk.tables import NotAList, open_table
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refusal
from inbaar.law.amounts import ZERO
from inbaar.receivables.actions import Customer, Draft, accept_invoices
from inbaar.register.prices import price_on
from inbaar.register.reporting import Reported, report_arrears
from inbaar.register.rules import Arrear, may_report

MOST_LINES = 5_000
_TITLES = {
    "number": ("factuurnummer", "nummer", "invoice number", "number"),
    "amount": ("factuurbedrag", "bedrag", "invoice amount", "amount"),
    "due_date": ("vervaldatum", "due date", "due"),
    "kvk": ("kvk-nummer", "kvk nummer", "kvk", "kvk number"),
    "name": ("naam", "debiteur", "debtor", "name"),
    "email": ("e-mail", "email", "e-mailadres"),
}
_NEEDED = ("number", "amount", "due_date", "kvk", "name")
_KNOWN = """
    SELECT i.number, i.id, i.payable, i.due_date, d.kvk_number FROM receivables_invoice i
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    WHERE i.client_id = %s AND i.number = ANY(%s::text[]) AND i.kind = 'invoice' AND i.withdrawn_on IS NULL
"""


@dataclass(frozen=True, slots=True)
class Told:
    """The three facts of an arrear and its debtor, as they were told. Amount in euro."""

    number: str
    amount: Decimal
    due_date: dt.date
    kvk_number: str
    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """An invoice that is in the books: the facts of it that are told again when it is reported."""

    invoice_id: int
    amount: Decimal
    due_date: dt.date
    kvk_number: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: what it tells, or why it cannot be read."""

    line: int
    told: Told | None
    problem: Refusal | None = None


class _NotAll(Exception):
    """Some that were taken into the books could not be reported; none of them is kept."""

    def __init__(self, answers: dict[str, Reported]) -> None:
        super().__init__()
        self.answers = answers


def report_told(
    client_id: int,
    arrears: Sequence[Told],
    by: str,
    on: dt.date,
    recorded_at: dt.datetime,
    *,
    reporter: int | None = None,
    on_letters: Callable[[int], object] | None = None,
) -> list[Reported]:
    """Report arrears by their facts; one answer each, in order. Needs the client's scope.

    What is refused is not taken into the books either. Telling the same twice reports it once. A fixed number of statements
    for any number of arrears.
    """
    price_on(on)
    known = known_invoices(client_id, [told.number for told in arrears])
    answers: dict[str, Reported] = {}
    here: dict[str, int] = {}
    fresh: dict[str, Told] = {}
    for told in arrears:
        if told.number in known:
            if differs := mismatch(told, known[told.number]):
                answers[told.number] = _refused(differs)
            else:
                here[told.number] = known[told.number].invoice_id
        elif fresh.setdefault(told.number, told) != told:
            answers[told.number] = _refused(_differs(told, [fresh[told.number].amount, "", ""]))
        elif refusals := may_report(arrear_of(told), on).refusals:
            answers[told.number] = Reported(0, "refused", None, refusals)
    fresh = {number: told for number, told in fresh.items() if number not in answers}

    def report(invoices: Sequence[int]) -> list[Reported]:
        return report_arrears(
            client_id, invoices, by, on, recorded_at, reporter=reporter, on_letters=on_letters
        )

    reported = report(list(here.values())) if here else []
    answers |= dict(zip(here, reported, strict=True))
    answers |= _report_fresh(client_id, fresh, on, recorded_at, report)
    return [answers[told.number] for told in arrears]


def known_invoices(client_id: int, numbers: Sequence[str]) -> dict[str, Known]:
    """The invoices in the books that bear these numbers, by number. One statement."""
    rows = fetch(_KNOWN, [client_id, array_parameter(list(numbers))])
    return {row[0]: Known(*row[1:]) for row in rows}


def mismatch(told: Told, known: Known) -> Refusal | None:
    """Why what is told cannot be the invoice in the books; None where it is."""
    facts = [known.amount, known.due_date, known.kvk_number]
    return None if facts == [told.amount, told.due_date, told.kvk_number] else _differs(told, facts)


def read_list(stream: BinaryIO) -> Iterator[Line]:
    """The arrears in a CSV or an Excel workbook, by the titles of its columns; `NotAList` says why where there are none."""
    rows = list(open_table(stream).rows())
    if len(rows) > MOST_LINES + 1:
        raise NotAList("too-many-lines", f"A list has at most {MOST_LINES} arrears: cut it in parts.")
    titles = [text_of(cell).lower() for cell in rows[0][1]] if rows else []
    places = {
        name: next((place for place, title in enumerate(titles) if title in ways), None)
        for name, ways in _TITLES.items()
    }
    if lacking := [_TITLES[name][0] for name in _NEEDED if places[name] is None]:
        raise NotAList(
            "no-column", f"The first line has no column {', '.join(lacking)}: add it and send the list again."
        )
    amounts = [_at(cells, places["amount"]) for _, cells in rows[1:]]
    sign: DecimalSign = next((shown for amount in amounts if (shown := decimal_sign(amount))), "")
    for number, cells in rows[1:]:
        yield _line(number, {name: _at(cells, place) for name, place in places.items()}, sign)


def _at(cells: Sequence[Cell], place: int | None) -> Cell:
    return cells[place] if place is not None and place < len(cells) else None


def _line(line: int, cells: dict[str, Cell], sign: DecimalSign) -> Line:
    number, amount = number_of(cells["number"]), amount_of(cells["amount"], sign)
    due = day_of(cells["due_date"], "dmy")
    kvk, name = text_of(cells["kvk"]), text_of(cells["name"])
    for title, value in (
        ("factuurnummer", number),
        ("bedrag", amount),
        ("vervaldatum", due),
        ("naam", name or None),
    ):
        if value is None or isinstance(value, Unclear | Unusable):
            why = "empty" if value is None else value.rule
            return Line(
                line, None, Refusal("register-line", f"each line has a {title}", why, "one that can be read")
            )
    assert isinstance(number, str) and isinstance(amount, Decimal) and isinstance(due, dt.date)  # noqa: PT018
    # A spreadsheet takes the noughts before a number away.
    kvk = kvk.zfill(8) if kvk.isdecimal() else kvk
    return Line(line, Told(number, amount, due, kvk, name[:200], text_of(cells["email"])))


def _report_fresh(
    client_id: int, fresh: dict[str, Told], on: dt.date, recorded_at: dt.datetime,
    report: Callable[[Sequence[int]], list[Reported]],
) -> dict[str, Reported]:  # fmt: skip
    """Take arrears into the books and report them; those that cannot be reported are not in the books either."""
    answers: dict[str, Reported] = {}
    while fresh:
        try:
            with transaction.atomic():
                return answers | _all_of(client_id, fresh, on, recorded_at, report)
        except _NotAll as refused:
            answers |= refused.answers
            fresh = {number: told for number, told in fresh.items() if number not in refused.answers}
    return answers


def _all_of(
    client_id: int, fresh: dict[str, Told], on: dt.date, recorded_at: dt.datetime,
    report: Callable[[Sequence[int]], list[Reported]],
) -> dict[str, Reported]:  # fmt: skip
    accepted = accept_invoices(client_id, [_draft(told, on) for told in fresh.values()], recorded_at)
    made = dict(zip(fresh, accepted, strict=True))
    wrong = {
        number: _refused(
            Refusal(
                "register-not-booked", "an arrear is of an invoice in the books", one.problem, "one that fits"
            )
        )
        for number, one in made.items()
        if one.invoice_id is None
    }
    if wrong:
        raise _NotAll(wrong)
    invoices = [one.invoice_id for one in made.values() if one.invoice_id is not None]
    answers = dict(zip(made, report(invoices), strict=True))
    if refused := {number: one for number, one in answers.items() if one.outcome == "refused"}:
        raise _NotAll(refused)
    return answers


def arrear_of(told: Told) -> Arrear:
    """An arrear that is not in the books, as the rules see it: all of it is open, and whoever tells it can prove it."""
    return Arrear(told.kvk_number, False, told.amount, told.amount, "EUR", told.due_date, supported=True)


def _draft(told: Told, on: dt.date) -> Draft:
    return Draft(
        number=told.number, kind="invoice", issue_date=told.due_date, due_date=told.due_date, received_on=on, currency="EUR",
        net=told.amount, vat=ZERO, total=told.amount, payable=told.amount,
        customer=Customer(name=told.name, kvk=told.kvk_number, email=told.email or None),
    )  # fmt: skip


def _refused(refusal: Refusal) -> Reported:
    return Reported(0, "refused", None, (refusal,))


def _differs(told: Told, facts: Sequence[object]) -> Refusal:
    ours = ", ".join(str(fact) for fact in facts if fact != "")
    return Refusal(
        "register-differs", "what is reported is what the books say", f"{told.number}: {told.amount}, {told.due_date}, "
        f"{told.kvk_number}", ours, next_step="correct the one that is wrong",
    )  # fmt: skip
