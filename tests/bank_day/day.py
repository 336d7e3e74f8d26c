"""The day of a business at its bank, as several programs may do it at once and as often as it takes.

Each step looks at what is there and does what is left, as the daily run and two people at their screens do.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from inbaar.banking.accounts import register_account
from inbaar.banking.actions import import_statement_file, point_announced
from inbaar.banking.batches.models import Batch
from inbaar.banking.jobs import match_all
from inbaar.banking.models import Entry
from inbaar.banking.transfers.actions import (
    Source,
    approve_batch,
    confirm_account,
    make_batch,
    pay_again,
    request_transfers,
)
from inbaar.banking.transfers.models import CreditTransfer
from inbaar.doors import take_in_files
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import accept_invoices
from tests.bank_day.bank import Bank, answers_to
from tests.banking.books import draft
from tests.banking.camt import IBAN, Line, camt, statement
from tests.banking.notices import notice, statement_file
from tests.banking.test_other_format_db import FORMATS
from tests.conftest import make_client
from tests.transfers.books import (
    DAY,
    NOW,
    PIETERS,
    account_of,
    acting,
    assert_proven,
    file_of,
    member,
    wanted,
)

OTHER_IBAN = "NL69INGB0123456789"
FIRST_DAY, SECOND_DAY = dt.date(2026, 3, 1), dt.date(2026, 3, 2)
PARTLY = range(8)
ALL_INVOICES = ["2026-0042", *(f"2026-90{n:02}" for n in range(12))]
# Each rest is what every other invoice has left too: to tell them apart, the parts that came a day earlier must be booked.
PAID = [Line("60.00", f"2026-90{n:02} deel", day=FIRST_DAY) for n in PARTLY]
REST = [Line("61.00", f"rest 2026-90{n:02}") for n in PARTLY]
TWICE = [Line("121.00", f"2026-90{n:02} {time}e keer") for n in (8, 9) for time in (1, 2)]
ELSE = [Line("7.00", "donatie", iban="", name="X"), Line("-30.00", "huur")]
BOOKED_AS_ONE = Line("181.50", parts=(Line("121.00", "2026-9010"), Line("60.50", "2026-9011 deel")))
#: Two accounts: statements that overlap, a batch and the notice that details it; and the same days in three formats.
AT_ABN = (
    camt(statement([*PAID], day=FIRST_DAY, number="1")),
    camt(statement([*PAID[4:], *ELSE, *REST, *TWICE], number="2", opening="1240.00", day=SECOND_DAY)),
    statement_file([BOOKED_AS_ONE], bare=True, number="3", opening="2422.00", day=SECOND_DAY),
    notice([BOOKED_AS_ONE]),
)
AT_ING = tuple(
    FORMATS[name].replace(IBAN.encode(), OTHER_IBAN.encode()) for name in ("camt", "mt940", "rabobank")
)


class BankDay:
    """An administration with two people and two accounts, and what is done there in one day."""

    def __init__(self, number: int, folder: Path) -> None:
        self.client = make_client(f"Klant {number} B.V.", f"{93000000 + number}")
        self.anna, self.bob = (member(self.client, f"{name}{number}") for name in ("anna", "bob"))
        self.account = account_of(self.client)
        self.bank = Bank(folder / str(number))
        with client_scope(self.client.id):
            register_account(self.client.id, OTHER_IBAN, "Van Dijk Techniek B.V.")
            accept_invoices(self.client.id, [draft(invoice) for invoice in ALL_INVOICES], NOW)

    def work(self, worker: int = 0) -> Callable[[], None]:
        """The whole day. Another worker begins with another bank, and hears of payments before he hears of their file."""

        def day() -> None:
            for account in (AT_ABN, AT_ING)[:: -1 if worker % 2 else 1]:
                for content in account:
                    self._import(content)
                    match_all(self.client.id, DAY, NOW, batch=4 + worker)
                    point_announced(self.client.id, DAY)
            for portion in (range(1, 4), range(4, 7)):
                self._ask(portion)
                self._give_back_what_came_twice()
                self._pay(worker)
            self._ask_what_failed_anew()
            self._pay(worker)

        return day

    def _import(self, content: bytes) -> None:
        result = import_statement_file(self.client.id, content, "statement", NOW)
        assert result.status in ("accepted", "review", "known"), result

    def _hear(self, answer: tuple[str, bytes]) -> None:
        """Take in what the bank answers, as it is offered on the screen."""
        (result,) = take_in_files(self.client.id, [answer], DAY, NOW)
        assert result.outcome in ("accepted", "review", "known"), result

    def _ask(self, amounts: Sequence[int]) -> None:
        self._request(*(wanted(str(amount), amount=Decimal(amount)) for amount in amounts))

    def _give_back_what_came_twice(self) -> None:
        with client_scope(self.client.id):
            twice = list(Entry.objects.filter(state="unmatched", reason="paid-already", unapplied__gt=0))
        self._request(
            *(
                wanted(
                    str(entry.id), source_kind=Source.REFUND, entry_id=entry.id, amount=entry.amount,
                    text=f"Dubbel betaald {entry.text[:9]}",
                )
                for entry in twice
            )
        )  # fmt: skip

    def _request(self, *transfers: Any) -> None:
        """Ask for them; what was asked already stays as it is, also where it goes to another account by now."""
        for answer in request_transfers(self.client.id, transfers, "desk", DAY, NOW):
            assert {refusal.code for refusal in answer.refusals} <= {"asked-before"}, answer

    def _pay(self, worker: int) -> None:
        """Anna puts what waits into a batch, Bob approves, the file goes to the bank, and its answers come in.

        Files of before are handed in and answered once more, for nobody remembers what he did before he was killed.
        """
        ids = self._numbers(CreditTransfer, state="requested")
        if ids:
            self._or_overtaken("not-to-be-paid", make_batch, self.account, ids, DAY, acting(self.anna))
        for batch_id in self._numbers(Batch, state="made"):
            self._or_overtaken("batch-decided", approve_batch, batch_id, acting(self.bob))
        with client_scope(self.client.id):
            approved = list(
                Batch.objects.filter(state="approved").order_by("id").values_list("id", "message_id")
            )
        for batch_id, message in approved:
            content = file_of(self.client, batch_id)
            self.bank.hand_in(message, content)
            for answer in answers_to(message, content)[:: -1 if worker % 2 else 1]:
                self._hear(answer)

    def _ask_what_failed_anew(self) -> None:
        """What the bank rejected is asked for on another account, which somebody else looks at."""
        for number in self._numbers(CreditTransfer, state="rejected", replaced=False):
            self._or_overtaken("transfer-state", pay_again, number, "desk", DAY, NOW, PIETERS)
        for number in self._numbers(CreditTransfer, state="to_check"):
            self._or_overtaken(
                "transfer-state", confirm_account, number, self.bob.pk, "bob", "gebeld", DAY, NOW
            )

    def _or_overtaken(self, code: str, act: Callable[..., object], *given: Any) -> None:
        """Do it; that another program has just done it is the one refusal there may be."""
        try:
            act(self.client.id, *given)
        except Refused as refused:
            if {refusal.code for refusal in refused.refusals} != {code}:
                raise

    def _numbers(self, model: Any, **where: Any) -> list[int]:
        with client_scope(self.client.id):
            return list(model.objects.filter(**where).order_by("id").values_list("id", flat=True))

    def proven(self) -> None:
        """The books prove, however far the day has come, and the bank holds no file that they do not."""
        assert_proven(self.client)
        for message, contents in self.bank.handed_in().items():
            with client_scope(self.client.id):
                batch = Batch.objects.get(message_id=message, state="approved")
            assert contents == {file_of(self.client, batch.id)}, message

    def outcome(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that matters at the end, in no order and without numbers of rows."""
        self.proven()
        return {name: sorted(self._rows(sql), key=str) for name, sql in _OUTCOME.items()}

    def files(self) -> list[bytes]:
        """The files in the books, each as its fingerprint says."""
        with client_scope(self.client.id):
            rows = fetch("SELECT batch_id, sha256 FROM batches_batchfile")
        kept = {batch_id: file_of(self.client, batch_id) for batch_id, _ in rows}
        assert {batch_id: sha256(content).hexdigest() for batch_id, content in kept.items()} == dict(rows)
        return list(kept.values())

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        with client_scope(self.client.id):
            return fetch(sql)


# Which of two payments of one invoice was its last, and which payments went together in one file, depends on who came
# first; what is paid, to whom and how often does not. A batch booking stands in its payments, its sum in the ledger.
_OUTCOME = {
    "entries": """
        SELECT e.date, e.amount, e.unapplied, e.state, replace(e.reason, 'number-part', 'number'),
               coalesce(string_agg(i.number || ' ' || m.amount, ',' ORDER BY i.number), '')
        FROM banking_entry e
        LEFT JOIN banking_match m ON m.client_id = e.client_id AND m.entry_id = e.id
        LEFT JOIN receivables_invoice i ON i.client_id = m.client_id AND i.id = m.invoice_id
        WHERE e.state <> 'split' GROUP BY e.client_id, e.id
    """,
    "invoices": """
        SELECT i.number, i.open_amount, count(p.id) FROM receivables_invoice i
        LEFT JOIN receivables_payment p ON p.client_id = i.client_id AND p.invoice_id = i.id
        GROUP BY i.client_id, i.id
    """,
    "events": "SELECT kind, count(*) FROM receivables_event GROUP BY 1",
    "transfers": """
        SELECT t.source_kind, t.amount, t.payee_iban, t.text, t.attempt, t.replaced, t.state, count(f.id)
        FROM transfers_credittransfer t
        LEFT JOIN transfers_batchedtransfer b ON b.client_id = t.client_id AND b.transfer_id = t.id
        LEFT JOIN batches_batchfile f ON f.client_id = b.client_id AND f.batch_id = b.batch_id
        GROUP BY t.client_id, t.id
    """,
    "ledger": """
        SELECT d.code, c.code, sum(t.amount) FROM ledger_transfer t
        JOIN ledger_account d ON d.client_id = t.client_id AND d.id = t.debit_id
        JOIN ledger_account c ON c.client_id = t.client_id AND c.id = t.credit_id GROUP BY 1, 2
    """,
}
