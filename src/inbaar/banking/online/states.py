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


#: A refund as it goes: asked by one person, approved or refused by another, then as the provider says. `void`: approved, and
#: then there was nothing to give back any more.
REFUND_UNDERWAY = ("queued", "pending", "processing")
REFUND_LIVE = ("asked", "approved", *REFUND_UNDERWAY)
REFUND_STATES = (*REFUND_LIVE, "refunded", "failed", "canceled", "refused", "void")
_REFUND_ENDS = frozenset({"refunded", "failed", "canceled"})
_REFUND_TOLD = frozenset(REFUND_UNDERWAY) | _REFUND_ENDS
REFUND_MOVES: dict[str, frozenset[str]] = {
    "asked": frozenset({"approved", "refused"}),
    "approved": _REFUND_TOLD | {"void"},
    "queued": _REFUND_TOLD,
    "pending": _REFUND_TOLD,
    "processing": _REFUND_TOLD,
    "refunded": frozenset({"refunded", "failed"}),  # an account that no longer exists sends it back
    "failed": frozenset({"failed"}),
    "canceled": frozenset({"canceled"}),
    "refused": frozenset(),
    "void": frozenset(),
}


def refund_may_become(state: str, told: str) -> bool:
    """Whether a refund in a state may come to be in another.

    >>> refund_may_become("approved", "pending"), refund_may_become("asked", "pending")
    (True, False)
    """
    return told in REFUND_MOVES[state]


def may_follow(state: str, told: str) -> bool:
    """Whether a payment in a state may be told to be in another.

    >>> may_follow("open", "paid"), may_follow("paid", "open")
    (True, False)
    """
    return told in MOVES[state]
