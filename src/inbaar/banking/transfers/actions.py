"""What changes credit transfers: asking for them, looking at a changed account, taking them back.

Other rooms ask here for money to go out (a refund, money passed on, a payout); each request is paid once at most.
"""

import datetime as dt
from collections.abc import Sequence

from inbaar.banking.transfers.requesting import NewTransfer, RequestAnswer, Source, request_many
from inbaar.banking.transfers.rules import Address
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope

__all__ = ["Address", "NewTransfer", "RequestAnswer", "Source", "request_transfer", "request_transfers"]


def request_transfers(
    client_id: int, wanted: Sequence[NewTransfer], by: str, on: dt.date, recorded_at: dt.datetime
) -> list[RequestAnswer]:
    """Ask for payments out; one answer for each, in order. What is refused leaves nothing, the rest is asked for.

    The same source again gives the request that is there; the same source with another account or amount is refused.
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
