"""What would become of each line of a list of debtors, against the books as they are. Pure.

`new` makes a debtor. `changed` tells something the books say otherwise or not at all. `known` changes nothing. `doubtful`
needs a person, `refused` another file. What a line leaves empty stays as it is.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from inbaar.intake.bulk.debtor_lines import DebtorLine
from inbaar.intake.bulk.debtors import BookedDebtor, Debtors
from inbaar.intake.bulk.decided import DECIDABLE, NOTHING, WITHOUT_IT, Decision, left
from inbaar.intake.bulk.lines import Fault
from inbaar.intake.bulk.verdicts import unzeroed
from inbaar.parties.rules import plain
from inbaar.receivables.drafts import Customer

DEBTOR_VERDICTS = ("new", "changed", "known", "doubtful", "refused")
#: What a list fills in where the books have nothing, and never changes: by it a debtor is known.
_IDENTIFIERS = {"kvk_number": "kvk", "vat_id": "vat_id"}


@dataclass(frozen=True, slots=True)
class BookedFacts:
    """A debtor of the books with all that a list can say of him: `facts` by field, as texts."""

    debtor: BookedDebtor
    facts: Mapping[str, str]
    ibans: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class JudgedDebtor:
    """A line with its verdict. `changes` gives each field before and after; `emails` and `ibans` are those to add."""

    line: DebtorLine
    verdict: str
    faults: tuple[Fault, ...] = ()
    debtor_id: int | None = None
    changes: Mapping[str, tuple[str, str]] | None = None
    emails: tuple[str, ...] = ()
    ibans: tuple[str, ...] = ()
    customer: Customer | None = None


def judge_debtors(
    lines: Sequence[DebtorLine], booked: Sequence[BookedFacts], decisions: Mapping[int, Decision] | None = None
) -> list[JudgedDebtor]:  # fmt: skip
    """The verdict on each line, in order. `decisions` are those of a person, by the number of the line."""
    judge_one = _Judge(lines, booked, decisions or {})
    return [judge_one(line) for line in judge_one.lines]


class _Judge:
    def __init__(
        self, lines: Sequence[DebtorLine], booked: Sequence[BookedFacts], decisions: Mapping[int, Decision]
    ) -> None:
        self._decisions = decisions
        self._booked = {each.debtor.id: each for each in booked}
        self._numbers = _unzeroed_numbers(booked)
        self.lines = [self._as_decided(self._with_zeros(line)) for line in lines]
        self._debtors = Debtors([each.debtor for each in booked], [line.customer for line in self.lines])
        self._first: dict[object, DebtorLine] = {}
        self._payers: dict[str, set[str]] = defaultdict(set)
        for line in self.lines:
            for iban in line.ibans:
                self._payers[iban].add(line.customer.number or plain(line.customer.name))

    def __call__(self, line: DebtorLine) -> JudgedDebtor:
        if any(fault.refuses for fault in line.faults):
            return JudgedDebtor(line, "refused", line.faults)
        decision = self._decisions.get(line.line, NOTHING)
        debtor, faults = self._whose(line, decision)
        if any(fault.refuses for fault in faults):
            return JudgedDebtor(line, "refused", (*line.faults, *faults))
        booked = self._booked[debtor.id] if debtor else None
        line, lost = _zeros_back(line, booked)
        found = (
            *faults,
            *self._twice(line, booked, decision),
            *_other_identifier(line, booked),
            *self._accounts(line),
        )
        faults = (*(fault for fault in line.faults if fault not in lost), *left(found, decision))
        if faults:
            return JudgedDebtor(line, "doubtful", faults, debtor.id if debtor else None)
        return self._found(line, booked, decision)

    def _found(self, line: DebtorLine, booked: BookedFacts | None, decision: Decision) -> JudgedDebtor:
        first = self._first[_key(line, booked, decision)]
        if first.line != line.line and first.facts == line.facts:
            fault = Fault("debtor", "twice-in-file", str(first.line))
            return JudgedDebtor(line, "known", (fault,), booked.debtor.id if booked else None)
        if booked is None:
            customer = line.customer
            if decision.as_new:
                mark = plain(customer.number) or f"line{line.line}"
                customer = replace(customer, known_as=f"{customer.identity.key[:39]}#{mark}"[:80])
            return JudgedDebtor(line, "new", customer=customer, emails=line.emails, ibans=line.ibans)
        changes = {
            name: (booked.facts.get(name, ""), text)
            for name, text in line.facts.items()
            if booked.facts.get(name, "") != text and not (name in _IDENTIFIERS and booked.facts.get(name))
        }
        emails = tuple(mail for mail in line.emails if mail.lower() not in booked.emails)
        ibans = tuple(iban for iban in line.ibans if iban not in booked.ibans)
        verdict = "changed" if changes or emails or ibans else "known"
        return JudgedDebtor(line, verdict, (), booked.debtor.id, changes, emails, ibans)

    def _whose(self, line: DebtorLine, decision: Decision) -> tuple[BookedDebtor | None, tuple[Fault, ...]]:
        if decision.debtor is not None:
            return decision.debtor, ()
        if decision.as_new and line.customer.name:
            return None, ()
        return self._debtors.find(line.customer)

    def _with_zeros(self, line: DebtorLine) -> DebtorLine:
        """The line with the number as the books have it, where a spreadsheet dropped the zeros before it."""
        booked = self._numbers.get(unzeroed(line.customer.number), set())
        if len(booked) != 1 or line.customer.number in booked:
            return line
        return replace(line, customer=replace(line.customer, number=next(iter(booked))))

    def _as_decided(self, line: DebtorLine) -> DebtorLine:
        accepted = self._decisions.get(line.line, NOTHING).rules & DECIDABLE
        fields = {fault.field for fault in line.faults if fault.rule in accepted & WITHOUT_IT}
        fields |= {"iban"} if accepted & {"iban-of-several"} else set()
        kept = tuple(fault for fault in line.faults if fault.rule not in accepted)
        return replace(line.without(fields), faults=kept)

    def _twice(self, line: DebtorLine, booked: BookedFacts | None, decision: Decision) -> Iterator[Fault]:
        """A debtor that stands in the list more than once: with other facts it cannot be known which of them hold."""
        first = self._first.setdefault(_key(line, booked, decision), line)
        if first.line != line.line and first.facts != line.facts:
            yield Fault("debtor", "debtor-twice-otherwise", str(first.line))

    def _accounts(self, line: DebtorLine) -> Iterator[Fault]:
        for iban in line.ibans:
            if len(self._payers[iban]) > 1:
                yield Fault("iban", "iban-of-several", iban)


def _key(line: DebtorLine, booked: BookedFacts | None, decision: Decision) -> object:
    """What is the same for lines of one debtor."""
    if booked is not None:
        return booked.debtor.id
    return (line.customer.identity.key, line.customer.number, decision.as_new and line.line)


def _unzeroed_numbers(booked: Sequence[BookedFacts]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for each in booked:
        if each.debtor.number:
            found[unzeroed(each.debtor.number)].add(each.debtor.number)
    return found


def _zeros_back(line: DebtorLine, booked: BookedFacts | None) -> tuple[DebtorLine, tuple[Fault, ...]]:
    """The line with the zero that its KvK number or postcode has in the books, and the faults that this settles."""
    if booked is None:
        return line, ()
    changed, settled = {}, []
    for field, told, known in (
        ("kvk", line.customer.kvk, booked.facts.get("kvk_number", "")),
        ("postcode", line.customer.postcode, booked.facts.get("postcode", "")),
    ):
        if told and known == f"0{told}":
            changed[field] = known
            settled += [fault for fault in line.faults if fault.field == field and fault.rule == "lost-zero"]
    return replace(line, customer=replace(line.customer, **changed)), tuple(settled)


def _other_identifier(line: DebtorLine, booked: BookedFacts | None) -> Iterator[Fault]:
    """A KvK number or VAT id that is another company's than the one the books know by that name or number."""
    for name, field in _IDENTIFIERS.items():
        told = line.facts.get(name, "")
        known = booked.facts.get(name, "") if booked else ""
        if told and known and plain(told) != plain(known):
            yield Fault(field, "debtor-other-identifier", known)
