"""What changes the bank's side of the books: importing statements, matching entries by rule or by hand, undoing."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from inbaar.banking import (
    allotting,
    announcing,
    by_hand,
    learning,
    refunding,
    retrying,
    returns,
    settling,
    wrong_payee,
)
from inbaar.banking.formats import Source
from inbaar.banking.importing import ImportResult, ImportStatus, import_file
from inbaar.banking.matching import MatchTally, match_batch
from inbaar.receivables.grounds import Ground

__all__ = [
    "Ground", "ImportResult", "ImportStatus", "MatchTally", "book_waiting_file", "forget_account", "forget_habit",
    "ignore_entry", "import_statement_file", "keep_for_debtor", "match_by_hand", "match_new_entries", "pass_on_to_owner",
    "pay_from_credit", "point_announced", "refund_rest", "release_credit", "retry_unmatched", "return_by_hand",
    "set_tolerance", "set_waiting_file_aside", "settle_returns", "undo_match",
]  # fmt: skip

BATCH = 3_000


def import_statement_file(
    client_id: int, source: Source, name: str, recorded_at: dt.datetime, *, add_accounts: bool = False
) -> ImportResult:
    """Take a file of statements (a path, bytes or an open file) into the books, wholly or not at all.

    Movements that are here already stay as they are, so the same file twice changes nothing. A refused file is kept
    with its reason. The first statement of a client without accounts registers its account; later accounts must be
    known, unless `add_accounts`. A batch booking is one movement, with its payments where these make it up.

    A report or notification (camt.052, camt.054, MT942) is kept as announced and never booked; it completes a movement
    that says less. A file in another format of days that are here waits for a person where it is not certain which
    movements are the same.
    """
    return import_file(client_id, source, name, recorded_at, add_accounts=add_accounts)


def book_waiting_file(client_id: int, file_id: int, recorded_at: dt.datetime) -> ImportResult:
    """Book what is not here yet of a file that waits, the doubtful movements included, as a person says."""
    return settling.book(client_id, file_id, recorded_at)


def set_waiting_file_aside(client_id: int, file_id: int, by: str) -> None:
    """Book nothing of a file that waits, as a person says that its movements are here already."""
    settling.set_aside(client_id, file_id, by)


def point_announced(client_id: int, on: dt.date) -> int:
    """See anew which open invoices announced payments may be for; gives how many invoices. They are not chased meanwhile."""
    return announcing.point_announced(client_id, on)


def match_new_entries(
    client_id: int, on: dt.date, recorded_at: dt.datetime, limit: int = BATCH
) -> MatchTally:
    """Match up to `limit` entries that nobody looked at yet, in one transaction; a tally of nothing if there are none.

    What is certain is booked and divided by the law; the rest is unmatched, with the reason and the invoices it may
    have paid. Several programs may do this at once: they take turns.
    """
    return match_batch(client_id, on, recorded_at, limit)


def retry_unmatched(
    client_id: int,
    invoice_ids: Sequence[int],
    on: dt.date,
    recorded_at: dt.datetime,
    limit: int = BATCH,
) -> MatchTally:
    """Match again the unmatched entries (the newest `limit`) that something points from at these new invoices."""
    return retrying.retry(client_id, invoice_ids, on, recorded_at, limit)


def match_by_hand(
    client_id: int,
    entry_id: int,
    lines: Sequence[tuple[int, Decimal]],
    by: str,
    on: dt.date,
    recorded_at: dt.datetime,
    grounds: Mapping[int, Ground] = by_hand.NO_GROUNDS,
    *,
    learn: bool = True,
) -> None:
    """Match an entry to invoices as a person says: (invoice, amount) per line. What is left of it stays unapplied.

    What is left of an invoice in `grounds` is written off on that ground, in the same transaction and with a ledger
    account of its own. `learn` says that the payer is the debtor: his account, his name and his habits are known from
    then on; without it a third party paid, which is kept with the payment and teaches nothing.

    Refused: more than the entry has left, more than was owed on the day it came in, another currency, an invoice
    twice, a rest that is not there. All that is wrong is told at once, and nothing is changed.
    """
    by_hand.match(client_id, entry_id, lines, by, on, recorded_at, grounds, learn=learn)


def undo_match(
    client_id: int, entry_id: int, reason: str, by: str, on: dt.date, recorded_at: dt.datetime
) -> list[int]:
    """Undo all that an entry pays, with a reason; gives the invoices that are open again.

    The payments, what was written off beside them and the credit notes set off with them are reversed by rows of their
    own, as if they had never been there; what was learned from them is forgotten. The entry waits for a person.
    """
    return by_hand.undo(client_id, entry_id, reason, by, on, recorded_at)


def keep_for_debtor(
    client_id: int,
    entry_id: int,
    debtor_id: int,
    by: str,
    on: dt.date,
    recorded_at: dt.datetime,
    *,
    for_next_invoice: bool = False,
) -> Decimal:
    """Keep what an entry has left for a debtor, until a person uses it or for his next invoice; gives the amount."""
    return allotting.keep(client_id, entry_id, debtor_id, for_next_invoice, by, on, recorded_at)


def release_credit(client_id: int, allotment_id: int, by: str, on: dt.date, recorded_at: dt.datetime) -> int:
    """Give money that is kept for a debtor back to its entry, to be matched or paid back; gives the entry."""
    return allotting.release(client_id, allotment_id, by, on, recorded_at)


def pay_from_credit(
    client_id: int, invoice_ids: Sequence[int], on: dt.date, recorded_at: dt.datetime
) -> list[int]:
    """Pay these new invoices from what is kept for their debtors' next one; gives those that were paid (in part)."""
    return allotting.pay_from_credit(client_id, invoice_ids, on, recorded_at)


def set_tolerance(
    client_id: int, debtor_id: int | None, amount: Decimal, ground: Ground, by: str, on: dt.date
) -> None:
    """Up to which difference (0.00 to 100.00) a payment that names its invoices counts as in full, and on what ground.

    Of one debtor, or without one of all the others; 0.00 is none, which is where a client begins.
    """
    learning.set_tolerance(client_id, debtor_id, amount, ground, by, on)


def forget_habit(client_id: int, habit_id: int, on: dt.date) -> None:
    """Forget what was learned of how a debtor pays; what was matched by it stays."""
    learning.forget(client_id, habit_id, on)


def forget_account(client_id: int, debtor_id: int, iban: str) -> None:
    """Forget that a debtor pays from an account; what was matched by it stays."""
    learning.forget_account(client_id, debtor_id, iban)


def ignore_entry(client_id: int, entry_id: int, reason: str, by: str) -> None:
    """Set an entry aside that is no payment of an invoice. It stays in the books as money not applied."""
    by_hand.ignore(client_id, entry_id, reason, by)


def settle_returns(client_id: int, on: dt.date, recorded_at: dt.datetime) -> list[int]:
    """Take back the payments that the bank took back, as far as each is certain; gives the invoices that are open again.

    They are open from the day the money left. What was paid on them before stays; interest does not run over the days the
    money was here. A debit of which the payment is not there yet, or that may mean two, goes on waiting.
    """
    return returns.settle(client_id, on, recorded_at)


def return_by_hand(
    client_id: int, entry_id: int, original_id: int, by: str, on: dt.date, recorded_at: dt.datetime
) -> list[int]:
    """Say which payment a debit took back; gives the invoices that are open again. Refuses one of another amount."""
    return returns.settle_by_hand(client_id, entry_id, original_id, by, on, recorded_at)


def pass_on_to_owner(
    client_id: int, entry_id: int, by: str, on: dt.date, recorded_at: dt.datetime
) -> Decimal:
    """Pass money for a sold claim on to its owner; gives the amount. A transfer is asked for, and the debtor discharged.

    Discharged on the day he paid if he had not been told of the sale, else on the day it is passed on.
    """
    return wrong_payee.pass_on(client_id, entry_id, by, on, recorded_at)


def refund_rest(
    client_id: int, entry_id: int, reason: str, by: str, on: dt.date, recorded_at: dt.datetime
) -> Decimal:
    """Ask for what an entry has left to be paid back to who paid it; gives the amount. Approved and sent by `transfers`."""
    return refunding.refund(client_id, entry_id, reason, by, on, recorded_at)
