"""The simulated market: ask it day by day what arrives, tell it which letters went out, compare with the truth.

Called by the demo, the scenarios and the benchmarks. Same seed and same letters, same bytes.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from threading import Lock

from inbaar.market.account import Account
from inbaar.market.camt053 import statement_xml
from inbaar.market.days import is_bank_day, working_day_from
from inbaar.market.disputes import open_unprovoked_disputes
from inbaar.market.facts import InvoiceTruth, MarketFile, MarketMessage, PaymentTruth
from inbaar.market.obligations import Obligation
from inbaar.market.population import BUSINESS, population
from inbaar.market.reactions import KINDS, Letter, react
from inbaar.market.ubl import document_xml
from inbaar.market.world import new_world

# Of every 31 statements one is delivered again the next bank day, of every 41 one comes two bank days late.
TWICE_EVERY, TWICE_AT = 31, 17
LATE_EVERY, LATE_AT, LATE_BY = 41, 23, 2
SUMS_OFF_BY = Decimal("10.00")


@dataclass(frozen=True, slots=True)
class Truth:
    """What really happened up to the last day that was asked for.

    A credit in a statement whose bank reference is not among `payments` is no debtor's payment.
    """

    payments: tuple[PaymentTruth, ...]
    invoices: dict[str, InvoiceTruth]
    planted: dict[str, str]
    habits: dict[int, str]
    bankruptcies: dict[int, date]
    bouncing_emails: frozenset[str]


class Market:
    """A small business and its debtors, from `start` on for `days` days."""

    def __init__(
        self, seed: int, start: date, days: int, debtors: int = 40, invoices_per_month: int = 60
    ) -> None:
        self.business = BUSINESS
        self.start, self.days = start, days
        self._debtors = population(seed, debtors)
        self.debtor_facts = tuple(debtor.facts for debtor in self._debtors)
        self._by_email = {debtor.facts.email: debtor for debtor in self._debtors}
        self.bouncing_emails = frozenset(d.facts.email for d in self._debtors if d.habit.bounces)
        self._world = new_world(seed, start, days, self._debtors, invoices_per_month)
        open_unprovoked_disputes(self._world)
        self._account = Account(self._world, start)
        self._lock = Lock()
        self._asked_until = start - timedelta(days=1)
        self._planted: dict[str, str] = {}
        self._outbox: dict[date, list[tuple[str, Obligation, str | None]]] = {}
        for obligation in self._world.obligations.values():
            self._send(obligation)

    def _send(self, obligation: Obligation) -> None:
        """Which files this invoice arrives as, and on which days."""
        name, issued_on = f"{obligation.number}.xml", obligation.invoice.issued_on
        self._outbox.setdefault(issued_on, []).append((name, obligation, obligation.planted))
        if obligation.planted == "duplicate":
            again = working_day_from(issued_on + timedelta(days=3))
            self._outbox.setdefault(again, []).append((f"factuur_{name[:-4]}_kopie.xml", obligation, None))
            self._planted[f"factuur_{name[:-4]}_kopie.xml"] = "duplicate"
        elif obligation.planted == "truncated":
            whole = working_day_from(issued_on + timedelta(days=1))
            self._outbox.setdefault(whole, []).append((name, obligation, None))
            self._planted[f"{obligation.number}_onvolledig.xml"] = "truncated"
        elif obligation.planted == "sums":
            self._planted[name] = "sums"

    def invoices_on(self, day: date) -> list[MarketFile]:
        """The invoice and credit note files the seller's program hands over on this day, in a fixed order."""
        self._ask(day)
        files = [self._file(*item) for item in self._outbox.get(day, [])]
        notes = sorted(self._world.credit_notes.get(day, []), key=lambda note: note.number)
        files += [MarketFile(f"{note.number}.xml", document_xml(note, self.business)) for note in notes]
        return files

    def _file(self, name: str, obligation: Obligation, planted: str | None) -> MarketFile:
        if planted == "sums":
            return MarketFile(name, document_xml(obligation.invoice, self.business, SUMS_OFF_BY))
        content = document_xml(obligation.invoice, self.business)
        if planted == "truncated":
            return MarketFile(f"{obligation.number}_onvolledig.xml", content[: len(content) * 3 // 5])
        return MarketFile(name, content)

    def statement_on(self, day: date) -> MarketFile | None:
        """The statement of what was booked on this day; None when the bank is closed. See `statements_on`."""
        self._ask(day)
        statement = self._account.statements.get(day)
        if statement is None:
            return None
        name = f"camt053_{self.business.iban}_{day:%Y%m%d}.xml"
        return MarketFile(name, statement_xml(statement, self.business))

    def statements_on(self, day: date) -> list[MarketFile]:
        """The statement files the bank delivers on this day: mostly the day's own, some late, some twice."""
        if not self.start <= day or not is_bank_day(day):
            return []
        files = [self.statement_on(day)] if not self._is_late(day) else []
        late, twice = self._bank_days_back(day, LATE_BY), self._bank_days_back(day, 1)
        if late is not None and self._is_late(late):
            files.append(self.statement_on(late))
        if twice is not None and self._position(twice) % TWICE_EVERY == TWICE_AT:
            again = self.statement_on(twice)
            files.append(again and MarketFile(f"kopie_{again.name}", again.content))
        return [file for file in files if file is not None]

    def _position(self, day: date) -> int:
        """The place of a bank day in the market's days, from 0."""
        return sum(is_bank_day(self.start + timedelta(days=n)) for n in range((day - self.start).days))

    def _is_late(self, day: date) -> bool:
        return self._position(day) % LATE_EVERY == LATE_AT

    def _bank_days_back(self, day: date, count: int) -> date | None:
        while count and day > self.start:
            day -= timedelta(days=1)
            count -= is_bank_day(day)
        return day if not count else None

    def receive_letter(
        self, day: date, to_email: str, kind: str, invoice_numbers: list[str], total_due: Decimal
    ) -> bool:
        """A letter arrives: its debtor will react on a later day. False when the address doesn't work."""
        if kind not in KINDS:
            raise ValueError(f"unknown kind of letter {kind!r}: debtors know {', '.join(KINDS)}")
        debtor = self._by_email.get(to_email)
        if debtor is None or to_email in self.bouncing_emails:
            return False
        if invoice_numbers:
            with self._lock:
                read_on = max(day, self._asked_until)
                react(self._world, Letter(read_on, kind, debtor, tuple(sorted(invoice_numbers)), total_due))
        return True

    def messages_on(self, day: date) -> list[MarketMessage]:
        """What is said outside the bank on this day, in a fixed order."""
        self._ask(day)
        return sorted(
            self._world.messages.get(day, []), key=lambda m: (m.debtor_number, m.invoice_number or "", m.kind)
        )

    def _ask(self, day: date) -> None:
        """From now on this day is fixed."""
        with self._lock:
            self._asked_until = max(self._asked_until, day)
            self._account.book_until(day)

    @property
    def truth(self) -> Truth:
        """A snapshot for checks and benchmarks."""
        with self._lock:
            invoices = {o.number: self._invoice_truth(o) for o in self._world.obligations.values()}
            payments = tuple(self._account.payments)
        return Truth(
            payments=payments,
            invoices=invoices,
            planted=dict(self._planted),
            habits={d.facts.number: d.habit.timing.value for d in self._debtors},
            bankruptcies=dict(self._world.bankruptcies),
            bouncing_emails=self.bouncing_emails,
        )

    def _invoice_truth(self, obligation: Obligation) -> InvoiceTruth:
        invoice, note = obligation.invoice, obligation.credit_note
        credited = obligation.credited if note and note.issued_on <= self._asked_until else Decimal("0.00")
        return InvoiceTruth(
            number=invoice.number,
            debtor_number=invoice.debtor.facts.number,
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            total=invoice.total,
            credit_note=note.number if note and credited else None,
            credited=credited,
            paid=obligation.booked,
            planted=obligation.planted,
        )
