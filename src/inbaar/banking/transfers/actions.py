"""What changes credit transfers: asking for them, looking at a changed account, taking them back.

Other rooms ask here for money to go out (a refund, money passed on, a payout); each request is paid once at most.
"""

import datetime as dt
from collections.abc import Sequence

from inbaar.banking.transfers import again, batching
from inbaar.banking.transfers.batching import Acting
from inbaar.banking.transfers.requesting import NewTransfer, RequestAnswer, Source, request_many
from inbaar.banking.transfers.rules import Address
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope

__all__ = [
    "Acting", "Address", "NewTransfer", "RequestAnswer", "Source", "approve_batch", "confirm_account", "make_batch",
    "pay_again", "refuse_batch", "request_transfer", "request_transfers", "withdraw_transfer",
]  # fmt: skip


def request_transfers(
    client_id: int, wanted: Sequence[NewTransfer], by: str, on: dt.date, recorded_at: dt.datetime
) -> list[RequestAnswer]:
    """Ask for payments out; one answer for each, in order. What is refused leaves nothing, the rest is asked for.

    The same source again gives the request that is there, or asks anew for what was withdrawn; the same source with another account or amount is refused.
    Refused too: an account that is none or outside SEPA, an amount or words the scheme cannot carry, more than is left of
    the money it is taken from. Any number in the same number of statements.
    """
    with client_scope(client_id):
        return request_many(client_id, wanted, by, on, recorded_at)


def request_transfer(
    client_id: int, wanted: NewTransfer, by: str, on: dt.date, recorded_at: dt.datetime
) -> RequestAnswer:
    """Ask for one payment out. Raises Refused, with all that is wrong and nothing changed, where it may not be."""
    (answer,) = request_transfers(client_id, [wanted], by, on, recorded_at)
    if answer.refusals:
        raise Refused(*answer.refusals)
    return answer


def confirm_account(
    client_id: int, transfer_id: int, user_id: int, by: str, note: str, on: dt.date, recorded_at: dt.datetime
) -> None:
    """Say that a payee's other account was checked, and how: from then on it may be paid. Not by who asked for it."""
    with client_scope(client_id):
        again.check(client_id, transfer_id, user_id, by, note, on, recorded_at)


def withdraw_transfer(client_id: int, transfer_id: int, on: dt.date, recorded_at: dt.datetime) -> None:
    """Take a request back that waits, was rejected, or came back; its money is where it was taken from again."""
    with client_scope(client_id):
        again.withdraw(client_id, transfer_id, on, recorded_at)


def pay_again(
    client_id: int, transfer_id: int, by: str, on: dt.date, recorded_at: dt.datetime, iban: str = ""
) -> int:
    """Ask anew for what the bank rejected or what came back, on another account if `iban` is one; gives the new request.

    A person decides it: the old request stays as it was and is replaced. Another account is looked at first.
    """
    with client_scope(client_id):
        return again.pay_again(client_id, transfer_id, iban, on, recorded_at, by)


def make_batch(
    client_id: int, account_id: int, transfer_ids: Sequence[int], execute_on: dt.date, by: Acting
) -> int:
    """Put requests into a batch of one account and one day, for a second person to approve; gives its number.

    Refused, with nothing changed, where any of them is not waiting any more, where the account is no IBAN in euro, or the
    day is no bank day that can still be met.
    """
    with client_scope(client_id):
        return batching.make(client_id, account_id, transfer_ids, execute_on, by)


def approve_batch(client_id: int, batch_id: int, by: Acting) -> None:
    """Approve a batch as a second person who may: its file is made and kept in the same transaction, and only then."""
    with client_scope(client_id):
        batching.approve_batch(client_id, batch_id, by)


def refuse_batch(client_id: int, batch_id: int, note: str, by: Acting, by_name: str) -> None:
    """Refuse a batch, or take one's own back, with the reason: each request waits anew, as a row of its own."""
    with client_scope(client_id):
        batching.refuse_batch(client_id, batch_id, note, by, by_name)
