"""A statement whose days another format told before: which of its movements are here already. Called by the import.

Most statements come in one format only; then one short query says so and nothing else is done.
"""

import datetime as dt
from collections.abc import Sequence

from inbaar.banking.booking import Movement
from inbaar.banking.recognising import Recognised, Told, recognise
from inbaar.banking.statements import Problem, StatementEnd
from inbaar.kit.bulk import fetch

#: How many doubtful movements are told one by one.
MOST_TOLD = 20
MOST_KEPT = 500
_OTHERS = """
    SELECT EXISTS (
        SELECT 1 FROM banking_statement s JOIN banking_statementfile f ON f.client_id = s.client_id AND f.id = s.file_id
        WHERE s.client_id = %s AND s.account_id = %s AND f.format <> %s AND f.id <> %s AND (s.to_date IS NULL OR s.to_date >= %s))
"""
_PERIODS = """
    SELECT DISTINCT f.format, s.from_date, s.to_date FROM banking_statement s
    JOIN banking_statementfile f ON f.client_id = s.client_id AND f.id = s.file_id
    WHERE s.client_id = %s AND s.account_id = %s AND f.format <> %s AND f.id <> %s
      AND s.to_date >= %s AND s.from_date <= %s
    ORDER BY 2, 3
"""
_KNOWN = "SELECT key FROM banking_entry WHERE client_id = %s AND account_id = %s AND key = ANY(%s)"
_THEIRS = """
    SELECT e.id, e.date, e.value_date, e.amount, e.currency, e.counterparty_iban, e.end_to_end_id, e.reference,
           e.bank_reference, e.key
    FROM banking_entry e
    JOIN banking_statement s ON s.client_id = e.client_id AND s.id = e.statement_id
    JOIN banking_statementfile f ON f.client_id = s.client_id AND f.id = s.file_id
    WHERE e.client_id = %(client)s AND e.account_id = %(account)s AND e.part_of_id IS NULL AND f.format <> %(format)s AND f.id <> %(file)s
      AND (e.date BETWEEN %(first)s AND %(last)s OR e.value_date BETWEEN %(first)s AND %(last)s)
    ORDER BY e.date, e.id
"""
WHY = {
    "not-found-again": "other movements of these days are here that this file does not tell",
    "day-was-told": "that day was told whole before, without it",
    "no-balances": "the file has no balances that prove it",
}


def told_by_another(
    client_id: int, account_id: int, file_format: str, file_id: int, from_date: dt.date | None
) -> bool:
    """Whether a statement of another format may tell of the same days."""
    since = from_date or dt.date.min
    return bool(fetch(_OTHERS, [client_id, account_id, file_format, file_id, since])[0][0])


class Comparison:
    """What one file's movements of one account are compared with. What was found again is not found twice."""

    def __init__(self, client_id: int, account_id: int, file_format: str, file_id: int) -> None:
        self.client_id, self.account_id, self.format, self.file_id = (
            client_id,
            account_id,
            file_format,
            file_id,
        )
        self.taken: set[int] = set()
        self.formats: set[str] = set()
        self.doubts: list[tuple[Movement, str]] = []
        self.known = self.compared = 0

    def to_book(self, movements: Sequence[Movement], end: StatementEnd) -> list[Movement]:
        """The movements of a statement that are not here yet, the doubtful ones (see `doubts`) included."""
        if not movements:
            return []
        kept = self._kept([movement.key for movement in movements])
        open_ones = [(n, movement) for n, movement in enumerate(movements) if movement.key not in kept]
        found = self._recognise(movements, open_ones, kept, end)
        self.taken |= set(found.known.values())
        self.compared += len(movements)
        self.known += len(movements) - len(open_ones) + len(found.known)
        self.doubts += [(movements[number], why) for number, why in sorted(found.doubts.items())]
        return [movements[number] for number in sorted((*found.new, *found.doubts))]

    def _kept(self, keys: Sequence[str]) -> set[str]:
        return {key for (key,) in fetch(_KNOWN, [self.client_id, self.account_id, list(keys)])}

    def _recognise(
        self,
        movements: Sequence[Movement],
        open_ones: Sequence[tuple[int, Movement]],
        kept: set[str],
        end: StatementEnd,
    ) -> Recognised:
        days = [day for m in movements for day in (m.date, m.entry.value_date or m.date)]
        first, last = min(days), max(days)
        facts = {
            "client": self.client_id, "account": self.account_id, "format": self.format, "file": self.file_id,
            "first": first, "last": last,
        }  # fmt: skip
        theirs = [
            Told(*row[:9]) for row in fetch(_THEIRS, facts) if row[9] not in kept and row[0] not in self.taken
        ]
        told = fetch(_PERIODS, [self.client_id, self.account_id, self.format, self.file_id, first, last])
        self.formats |= {name for name, _, _ in told}
        periods = [(since, until) for _, since, until in told]
        adds_up = end.opening is not None and end.closing is not None
        adds_up = adds_up and not any(problem.rule.startswith("balance") for problem in end.problems)
        return recognise([_told(n, m) for n, m in open_ones], theirs, periods, adds_up=adds_up)

    def problems(self) -> list[Problem]:
        """Why the file waits: what is not certain, movement by movement."""
        several = " and ".join(sorted(self.formats)) or "another format"
        told = [
            Problem(
                "warning",
                "same-movements",
                f"Of the {self.compared} movements in this file {self.known} are here already, from {several}. Of "
                f"{len(self.doubts)} it is not certain, so nothing was booked. Compare them with your online banking, "
                "then say under Bank, Statements, whether they are to be booked.",
            )
        ]
        for movement, why in self.doubts[:MOST_TOLD]:
            entry = movement.entry
            words = " ".join(filter(None, (entry.counterparty_name, entry.text)))[:100]
            told.append(
                Problem(
                    "warning",
                    "doubtful",
                    f"{movement.date} {entry.amount:.2f} {entry.currency} {words}: {WHY[why]}.",
                )
            )
        return told

    def doubtful(self) -> list[dict[str, str]]:
        """The movements that are not certain, as they are shown to whoever decides."""
        return [
            {
                "date": movement.date.isoformat(),
                "amount": format(movement.entry.amount, ".2f"),
                "currency": movement.entry.currency,
                "name": (movement.entry.counterparty_name or "").replace("\0", "")[:200],
                "text": movement.entry.text.replace("\0", "")[:200],
                "why": why,
            }
            for movement, why in self.doubts[:MOST_KEPT]
        ]


def _told(number: int, movement: Movement) -> Told:
    entry = movement.entry
    return Told(
        number,
        movement.date,
        entry.value_date or movement.date,
        entry.amount,
        entry.currency,
        entry.counterparty_iban or "",
        entry.end_to_end_id or "",
        entry.reference or "",
        entry.bank_reference or "",
    )
