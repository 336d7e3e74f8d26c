"""The states of a statement of account and the moves between them; a move that is not here is a bug."""

WAITING, KEPT, QUEUED, SENDING, SENT, REFUSED, CANCELLED, EMPTY = (
    "waiting",
    "kept",
    "queued",
    "sending",
    "sent",
    "refused",
    "cancelled",
    "empty",
)
STATES = (WAITING, KEPT, QUEUED, SENDING, SENT, REFUSED, CANCELLED, EMPTY)

MOVES: dict[tuple[str, str], str] = {
    (WAITING, "write"): QUEUED,
    (WAITING, "keep"): KEPT,
    (WAITING, "find_nothing"): EMPTY,
    (WAITING, "cancel"): CANCELLED,
    (QUEUED, "take"): SENDING,
    (QUEUED, "write_anew"): WAITING,
    (QUEUED, "cancel"): CANCELLED,
    (SENDING, "accepted"): SENT,
    (SENDING, "refused"): REFUSED,
    (SENDING, "put_back"): QUEUED,
    (SENT, "come_back"): REFUSED,
}


def after(state: str, verb: str) -> str:
    """The state a verb leads to; raises for a move that is not allowed.

    >>> after("sending", "accepted")
    'sent'
    """
    if (state, verb) not in MOVES:
        raise ValueError(f"a statement of account that is {state} cannot {verb}")
    return MOVES[state, verb]
