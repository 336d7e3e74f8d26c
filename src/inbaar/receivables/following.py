"""Who must know at once, in the same transaction, that a claim changed: rooms above this one say so when they start.

What is open changed, or a hold was opened. A follower decides nothing about the claim itself.
"""

from collections.abc import Callable, Sequence

#: Called with the client, the invoices that changed, and the debtors of whom all claims did.
Follower = Callable[[int, Sequence[int], Sequence[int]], None]

_FOLLOWERS: list[Follower] = []


def follow_claims(follower: Follower) -> None:
    """Have a room told of every change from now on; twice the same is once."""
    if follower not in _FOLLOWERS:
        _FOLLOWERS.append(follower)


def claims_changed(client_id: int, invoices: Sequence[int], debtors: Sequence[int] = ()) -> None:
    """Tell every follower. Needs the client's scope."""
    for follower in _FOLLOWERS:
        follower(client_id, invoices, debtors)
