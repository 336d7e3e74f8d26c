"""A creditor's days with the register, as several programs may do them at once and as often as it takes.

Arrears are reported, their debtors asked, and on day 74 entered; then some are paid, come to terms, are contested or withdrawn.
Each step looks at what is there and does what is left.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from inbaar.banking.actions import import_statement_file
from inbaar.banking.jobs import match_all
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.proofs import prove_books
from inbaar.receivables.actions import (
    Customer,
    NewFile,
    NewHold,
    attach_evidence,
    open_holds,
)
from inbaar.register.acts import CallMade, approve_entry, end_report, record_call
from inbaar.register.entries import found_of, tidy
from inbaar.register.keys import key_file
from inbaar.register.listing import Told, report_told
from inbaar.register.models import Entry
from inbaar.register.replay import replay_receipts
from inbaar.register.reporting import report_arrears
from inbaar.register.run import run_register
from tests.banking.camt import IBAN, Line, camt_file
from tests.conftest import make_client
from tests.dunning.scenario import day
from tests.register.books import DAY_60, DAY_74, DUE, Register, morning

BOOKED, TOLD = 8, 4
DAY_75, DAY_76 = "2026-11-17", "2026-11-18"
#: What is entered at the end, by the number of its invoice: the others were paid, contested, withdrawn or agreed upon.
ENTERED = {
    "2026-1001": "1000.00",
    "2026-1005": "1210.00",
    "2026-1006": "1210.00",
    "2026-1007": "1210.00",
    "2026-2001": "500.00",
    "2026-2002": "500.00",
    "2026-2003": "500.00",
}

PAID = camt_file(
    [
        Line("1210.00", "2026-1000", day=day(DAY_75)),
        Line("210.00", "2026-1001 deel", day=day(DAY_75), name="Debiteur 1 B.V."),
        Line("500.00", "2026-2000", day=day(DAY_75)),
    ],
    day=day(DAY_75),
)


class RegisterDay:
    """An administration with two people, and arrears of companies that nobody else reports."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.register = Register(make_client(f"Klant {number} B.V.", f"{93000000 + number}"))
        self.client_id = int(self.register.client.id)
        self.officer = self.register.member("Otto", "register_officer")
        for place in range(BOOKED):
            name = f"Debiteur {place} B.V."
            customer = Customer(
                name=name, kvk=self.kvk(f"2026-10{place:02}"), email=f"d{place}@debiteur.example", city="Ede"
            )
            self.register.invoice(f"2026-10{place:02}", DUE, customer=customer)
        self.register.bank_account(DAY_76, IBAN)

    def kvk(self, invoice: str) -> str:
        """The number of the company that owes an invoice."""
        return f"{self.number:04}{invoice[-4:]}"

    def work(self, worker: int = 0) -> Callable[[], None]:
        """All of it. As every program does, it holds the books against the receipts first."""

        def days() -> None:
            replay_receipts()
            self._report(range(BOOKED)[:: -1 if worker % 2 else 1])
            self._tell()
            self.register.send(DAY_60)
            self._call_and_prove()
            self._approve("2026-11-05")
            for on in ("2026-11-03", DAY_74):
                run_register(self.client_id, day(on), morning(on))
            self._end()
            for on in (DAY_75, DAY_76):
                self._approve(on)
                run_register(self.client_id, day(on), morning(on))
            tidy()

        return days

    def _report(self, places: Sequence[int]) -> None:
        """Those that never were: one that has ended would be reported anew, and charged again."""
        for place in places:
            with client_scope(self.client_id):
                ((invoice, charged),) = fetch(
                    """
                    SELECT i.id, EXISTS (SELECT 1 FROM register_fee f WHERE f.client_id = i.client_id AND f.invoice_id = i.id)
                    FROM receivables_invoice i WHERE i.client_id = %s AND i.number = %s FOR NO KEY UPDATE OF i
                    """,
                    [self.client_id, f"2026-10{place:02}"],
                )
            with client_scope(self.client_id):
                fetch("SELECT 1 FROM receivables_invoice WHERE id = %s FOR NO KEY UPDATE", [invoice])
                if charged or fetch("SELECT 1 FROM register_fee WHERE invoice_id = %s", [invoice]):
                    continue
                (answer,) = report_arrears(self.client_id, [invoice], "desk", day(DAY_60), morning(DAY_60))
                assert answer.outcome == "reported", answer

    def _tell(self) -> None:
        """The arrears that are not in the books, as a list; whoever comes second finds them there."""
        with client_scope(self.client_id):
            numbers = [f"2026-20{place:02}" for place in range(TOLD)]
            there = {
                row[0]
                for row in fetch("SELECT number FROM receivables_invoice WHERE number = ANY(%s)", [numbers])
            }
            told = [
                Told(
                    number,
                    Decimal("500.00"),
                    day(DUE),
                    self.kvk(number),
                    f"Debiteur {number}",
                    f"{number}@debiteur.example",
                )
                for number in numbers
                if number not in there
            ]
            answers = report_told(self.client_id, told, "desk", day(DAY_60), morning(DAY_60)) if told else []
        for answer in answers:
            codes = {refusal.code for refusal in answer.refusals}
            assert answer.outcome == "reported" or codes <= {"register-not-booked"}, answer

    def _call_and_prove(self) -> None:
        for report, invoice in self._reports():
            with client_scope(self.client_id):
                record_call(self.client_id, report, CallMade("will_pay"), "desk", day("2026-11-04"))
                file = NewFile("werkbon.pdf", b"%PDF-1.7 " + str(invoice).encode())
                attach_evidence(
                    self.client_id, invoice, "job_sheet", [file], "desk", day(DAY_60), morning(DAY_60)
                )

    def _approve(self, on: str) -> None:
        for report, _ in self._reports():
            with client_scope(self.client_id):
                approve_entry(self.client_id, report, self.officer.pk, day(on), morning(on))

    def _end(self) -> None:
        """One is paid, one in part, one contested, one withdrawn, one agreed upon; and one of those that were told is paid."""
        result = import_statement_file(self.client_id, PAID, "statement", morning(DAY_75))
        assert result.status in ("accepted", "known"), result
        match_all(self.client_id, day(DAY_75), morning(DAY_75))
        with client_scope(self.client_id):
            invoice = self._invoice("2026-1002")
            ((debtor,),) = fetch("SELECT debtor_id FROM receivables_invoice WHERE id = %s", [invoice])
            hold = NewHold(debtor, "dispute", "niet geleverd", "desk", day(DAY_75), "contested", invoice)
            open_holds(self.client_id, [hold], morning(DAY_75))
        for number, why in (("2026-1003", "withdrawn"), ("2026-1004", "agreed")):
            reports = {invoice: report for report, invoice in self._reports()}
            with client_scope(self.client_id):
                report = reports.get(self._invoice(number))
                if report is not None:
                    end_report(self.client_id, report, why)

    def _invoice(self, number: str) -> int:
        return int(
            fetch(
                "SELECT id FROM receivables_invoice WHERE client_id = %s AND number = %s",
                [self.client_id, number],
            )[0][0]
        )

    def _reports(self) -> list[tuple[int, int]]:
        with client_scope(self.client_id):
            return fetch(
                "SELECT id, invoice_id FROM register_report WHERE client_id = %s ORDER BY id",
                [self.client_id],
            )

    def found(self) -> dict[str, list[str]]:
        """What third parties find of each debtor, by the number of his invoice."""
        numbers = [f"2026-10{place:02}" for place in range(BOOKED)] + [
            f"2026-20{place:02}" for place in range(TOLD)
        ]
        told = {number: [str(one.amount) for one in found_of(self.kvk(number))] for number in numbers}
        return {number: amounts for number, amounts in told.items() if amounts}

    def proven(self) -> None:
        """However far it has come: nobody was charged, written to or entered twice, and nobody is seen who has settled."""
        replay_receipts()
        broken = [(proof.name, proof.breaches) for proof in prove_books(self.client_id) if not proof.holds]
        assert not broken, broken
        with client_scope(self.client_id):
            open_amounts = dict(fetch("SELECT number, open_amount::text FROM receivables_invoice"))
            doubled = fetch("SELECT invoice_id FROM register_fee GROUP BY 1 HAVING count(*) > 1")
            written = fetch(
                """
                SELECT li.invoice_id FROM letters_letteritem li WHERE li.step = 'register_notice' GROUP BY 1 HAVING count(*) > 1
                """
            )
        assert (doubled, written) == ([], [])
        for number, amounts in self.found().items():
            assert amounts == [open_amounts[number]], number

    def outcome(self) -> dict[str, Any]:
        """Everything that matters at the end, without numbers of rows."""
        self.proven()
        with client_scope(self.client_id):
            rows = {name: sorted(fetch(sql), key=str) for name, sql in _OUTCOME.items()}
        return rows | {"found": self.found()}


def keys_and_entries_agree() -> bool:
    """Each entry has its key, and there is no key to nothing."""
    return key_file().slots() == set(Entry.objects.values_list("slot", flat=True))


_OUTCOME = {
    "invoices": "SELECT number, open_amount FROM receivables_invoice",
    "reports": """
        SELECT i.number, r.amount, r.overdue, r.approved_by_id IS NOT NULL, r.suspended_on IS NOT NULL
        FROM register_report r JOIN receivables_invoice i ON i.client_id = r.client_id AND i.id = r.invoice_id
    """,
    "fees": """
        SELECT i.number, f.amount FROM register_fee f
        JOIN receivables_invoice i ON i.client_id = f.client_id AND i.id = f.invoice_id
    """,
    "calls": "SELECT outcome, count(*) FROM register_call GROUP BY 1",
    "letters": """
        SELECT i.number, l.kind, l.total FROM letters_letter l
        JOIN letters_letteritem li ON li.client_id = l.client_id AND li.letter_id = l.id
        JOIN receivables_invoice i ON i.client_id = li.client_id AND i.id = li.invoice_id
    """,
    "events": "SELECT kind, count(*) FROM receivables_event GROUP BY 1",
    "proof": "SELECT count(*) FROM receivables_evidence",
}
