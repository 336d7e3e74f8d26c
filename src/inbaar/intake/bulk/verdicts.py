"""What would become of each line of a list, against the books as they are: decided before anything is written. Pure.

`new` is taken in. `known` is there already. `differs` is there with another fact. `settled` has nothing open. `doubtful`
needs a person, `refused` another file. Only `new` lines have a draft.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from inbaar.intake.bulk.debtors import BookedDebtor, Debtors
from inbaar.intake.bulk.decided import NOTHING, Decision, as_decided, known_as_new, left
from inbaar.intake.bulk.lines import Fault, Line
from inbaar.parties.rules import plain
from inbaar.receivables.drafts import Customer, Draft
from inbaar.receivables.rules import number_key

VERDICTS = ("new", "known", "differs", "settled", "doubtful", "refused")


@dataclass(frozen=True, slots=True)
class BookedInvoice:
    """An invoice or credit note in the books, as far as a line can say the same."""

    id: int
    number: str
    kind: str
    issue_date: dt.date
    due_date: dt.date
    currency: str
    total: Decimal
    payable: Decimal
    open: Decimal
    content_key: str
    debtor_id: int
    debtor: str


@dataclass(frozen=True, slots=True)
class Books:
    """What the books hold of the numbers and debtors that a list names, and the client's own accounts."""

    invoices: Sequence[BookedInvoice] = ()
    debtors: Sequence[BookedDebtor] = ()
    own_ibans: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Judged:
    """A line with its verdict: the reasons for it, the draft of what is new, the invoice of what is known."""

    line: Line
    verdict: str
    faults: tuple[Fault, ...] = ()
    draft: Draft | None = None
    invoice_id: int | None = None


def judge(
    lines: Sequence[Line], books: Books, on: dt.date, *, open_told: bool, decisions: Mapping[int, Decision] | None = None
) -> list[Judged]:  # fmt: skip
    """The verdict on each line, in order. `open_told`: the list has a column for what is open.

    `decisions` are those of a person, by the number of the line: the doubts that he was shown no longer hold it up.
    """
    told = decisions or {}
    judge_one = _Judge(
        [as_decided(line, told.get(line.line, NOTHING)) for line in lines], books, on, open_told, told
    )
    return [judge_one(line) for line in judge_one.lines]


def unzeroed(number: str) -> str:
    """A number of figures alone without the zeros before it, which a spreadsheet drops; any other as it is.

    >>> unzeroed("000421"), unzeroed("F-0042")
    ('421', 'F-0042')
    """
    return number.lstrip("0") or "0" if number.isdigit() else number


class _Judge:
    """The facts of the whole list and of the books, by what lines are looked up by."""

    def __init__(
        self, lines: Sequence[Line], books: Books, on: dt.date, open_told: bool, decisions: Mapping[int, Decision]
    ) -> None:  # fmt: skip
        self.lines = lines
        self._on, self._open_told, self._decisions = on, open_told, decisions
        self._own_ibans = books.own_ibans
        self._payers: dict[str, set[str]] = defaultdict(set)
        self._booked: dict[tuple[str, str], list[BookedInvoice]] = defaultdict(list)
        for invoice in books.invoices:
            self._booked[number_key(invoice.number), invoice.kind].append(invoice)
        self._same: dict[tuple[str, str], list[Line]] = defaultdict(list)
        for line in lines:
            if line.number:
                self._same[unzeroed(line.number), line.kind].append(line)
            if line.iban:
                self._payers[line.iban].add(line.debtor_number or plain(line.customer.name))
        self._debtors = Debtors(books.debtors, [line.customer for line in lines])

    def __call__(self, line: Line) -> Judged:
        if any(fault.refuses for fault in line.faults):
            return Judged(line, "refused", line.faults)
        decision = self._decisions.get(line.line, NOTHING)
        debtor, faults = self._whose(line, decision)
        booked = self._booked.get((number_key(line.number), line.kind), [])
        if (
            line.total is not None
            and line.due_date
            and line.issue_date
            and (same := _same_number(line, booked))
        ):
            return self._against(line, same, debtor)
        found = (*faults, *self._twice(line), *_near(line, booked, debtor), *self._account(line))
        faults = (*line.faults, *left(found, decision))
        if any(fault.refuses for fault in faults):
            return Judged(line, "refused", faults)
        if faults:
            return Judged(line, "doubtful", faults)
        if (repeats := self._repeats(line)) and "twice-otherwise" not in decision.rules:
            return Judged(line, "known", (Fault("number", "twice-in-file", str(repeats)),))
        if not line.open:
            return Judged(line, "settled")
        if debtor is None:
            told = replace(line, customer=self._new_customer(line, decision))
            return Judged(line, "new", draft=draft_of(told, None, self._on))
        return Judged(line, "new", draft=draft_of(line, debtor, self._on))

    def _whose(self, line: Line, decision: Decision) -> tuple[BookedDebtor | None, tuple[Fault, ...]]:
        if decision.debtor is not None:
            return decision.debtor, ()
        if decision.as_new and line.customer.name:
            return None, ()
        return self._debtors.find(line.customer)

    def _new_customer(self, line: Line, decision: Decision) -> Customer:
        if not decision.as_new:
            return self._debtors.as_told(line.customer)
        return replace(line.customer, known_as=known_as_new(line, line.customer.identity.key))

    def _account(self, line: Line) -> Iterator[Fault]:
        """An account that cannot be the debtor's: the client's own, or one that the list gives to several."""
        if line.iban in self._own_ibans:
            yield Fault("iban", "iban-own", line.iban)
        elif line.iban and len(self._payers[line.iban]) > 1:
            yield Fault("iban", "iban-of-several", line.iban)

    def _against(self, line: Line, booked: BookedInvoice, debtor: BookedDebtor | None) -> Judged:
        """A line whose number is in the books: the same invoice, or one that differs in the first fact named."""
        same_debtor = debtor is not None and debtor.id == booked.debtor_id
        same_debtor = same_debtor or plain(line.customer.name) == plain(booked.debtor)
        draft = draft_of(line, debtor, self._on)
        faults = list(_differences(line, booked, draft, open_told=self._open_told))
        if not same_debtor:
            faults.insert(
                0, Fault("debtor", "differs", f"{line.customer.name or line.debtor_number} ≠ {booked.debtor}")
            )
        return Judged(line, "differs" if faults else "known", tuple(faults), invoice_id=booked.id)

    def _twice(self, line: Line) -> Iterator[Fault]:
        """A number that stands in the list more than once with other facts: which of them holds cannot be known."""
        others = self._same[unzeroed(line.number), line.kind]
        unlike = next((other for other in others if _facts(other) != _facts(line)), None)
        if unlike is not None:
            yield Fault("number", "twice-otherwise", str(unlike.line))

    def _repeats(self, line: Line) -> int:
        """The line this one says again, or 0."""
        first = self._same[unzeroed(line.number), line.kind][0]
        return first.line if first.line != line.line else 0


def _facts(line: Line) -> tuple[object, ...]:
    return (
        line.issue_date,
        line.due_date,
        line.currency,
        line.total,
        line.open,
        line.customer.name,
        line.debtor_number,
    )


def with_lookalikes(
    judged: Sequence[Judged], near: Mapping[int, tuple[str, int | None]], decisions: Mapping[int, Decision]
) -> list[Judged]:
    """The verdicts, with a doubt at each new line that looks like another invoice: its number and id, by the line's number."""
    found = []
    for each in judged:
        alike = near.get(each.line.line) if each.draft else None
        if alike is None or "lookalike" in decisions.get(each.line.line, NOTHING).rules:
            found.append(each)
        else:
            fault = Fault("number", "lookalike", alike[0])
            found.append(Judged(each.line, "doubtful", (*each.faults, fault), None, alike[1]))
    return found


def _same_number(line: Line, booked: Iterable[BookedInvoice]) -> BookedInvoice | None:
    """The invoice of this number; one that only lacks zeros before it is the same."""
    found = [invoice for invoice in booked if unzeroed(invoice.number) == unzeroed(line.number)]
    return next((i for i in found if i.number == line.number), found[0] if found else None)


def _near(line: Line, booked: Iterable[BookedInvoice], debtor: BookedDebtor | None) -> Iterator[Fault]:
    """An invoice whose number only has other signs in it, of the same debtor and amount, may be the same one."""
    for invoice in booked:
        if (
            debtor is not None
            and invoice.debtor_id == debtor.id
            and line.total in (invoice.total, invoice.payable)
        ):
            yield Fault("number", "near-number", invoice.number)
            return


def _differences(line: Line, booked: BookedInvoice, draft: Draft, *, open_told: bool) -> Iterator[Fault]:
    same_contents = replace(draft, number=booked.number).content_key == booked.content_key
    pairs: list[tuple[str, object, object]] = [("currency", line.currency, booked.currency)]
    if not same_contents:
        pairs += [
            ("issue_date", line.issue_date, booked.issue_date),
            ("due_date", line.due_date, booked.due_date),
        ]
        if line.total not in (booked.total, booked.payable):
            pairs.append(("total", line.total, booked.total))
    if open_told:
        pairs.append(("open", line.open, booked.open))
    yield from (Fault(name, "differs", f"{told} ≠ {known}") for name, told, known in pairs if told != known)


def draft_of(line: Line, debtor: BookedDebtor | None, on: dt.date) -> Draft:
    """The draft of a complete line. What was settled before is left out of what is asked, not of the total.

    An invoice dated after the day it comes in counts as received on its own date.
    """
    assert line.issue_date
    assert line.total is not None
    assert line.open is not None
    customer = line.customer
    if debtor is not None:
        customer = replace(customer, known_as=debtor.identity, name=customer.name or debtor.name)
    return Draft(
        number=line.number,
        kind=line.kind,
        issue_date=line.issue_date,
        due_date=line.due_date,
        received_on=max(on, line.issue_date),
        currency=line.currency,
        net=line.net,
        vat=line.vat,
        total=line.total,
        payable=line.open,
        customer=customer,
        payment_reference=line.reference,
        unsent=line.unsent and line.kind == "invoice",
        description=line.description,
    )
