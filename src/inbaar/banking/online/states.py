"""The states of an online payment, and which may follow which. What the provider says is kept only where it may follow.

`making` is ours: the provider was asked, and its answer is not kept yet. `lost` is too: it never was, and will not be paid.
"""

LIVE = ("making", "open", "pending", "authorized")
ENDED = ("paid", "canceled", "expired", "failed", "lost")
STATES = (*LIVE, *ENDED)

_TOLD = frozenset({"open", "pending", "authorized", "paid", "canceled", "expired", "failed"})
_NOT_PAID = frozenset({"canceled", "expired", "failed"})

# A payment of which the end was told too early may still turn out to be paid; what is paid stays so: what goes back
# afterwards is told in amounts.
MOVES: dict[str, frozenset[str]] = {
    "making": _TOLD | {"lost"},
    "open": _TOLD,
    "pending": _TOLD - {"open"},
    "authorized": _NOT_PAID | {"authorized", "paid"},
    "paid": frozenset({"paid"}),
    "canceled": frozenset({"canceled", "paid"}),
    "expired": frozenset({"expired", "paid"}),
    "failed": frozenset({"failed", "paid"}),
    "lost": frozenset({"lost", "paid"}) | _NOT_PAID,
}


def may_follow(state: str, told: str) -> bool:
    """Whether a payment in a state may be told to be in another.

    >>> may_follow("open", "paid"), may_follow("paid", "open")
    (True, False)
    """
    return told in MOVES[state]
