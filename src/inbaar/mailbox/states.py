"""The states of a message and of its answer, and the moves between them; a move that is not here is a bug.

A message that is `new` was seen and not dealt with yet; one that is `reported` told that a letter of ours came back. `answered` moves are of the answer, which is sent at most once:
one that was on its way when the program died is `in_doubt` and is not sent again.
"""

NEW, TAKEN, HELD, NOTHING, IGNORED, REFUSED, DISCARDED, REPORTED = (
    "new", "taken", "held", "nothing", "ignored", "refused", "discarded", "reported",
)  # fmt: skip
STATES = (NEW, TAKEN, HELD, NOTHING, IGNORED, REFUSED, DISCARDED, REPORTED)
QUEUED, SENDING, SENT, NOT_SENT, IN_DOUBT = "queued", "sending", "sent", "not_sent", "in_doubt"

MOVES: dict[tuple[str, str], str] = {
    (NEW, "take"): TAKEN,
    (NEW, "hold"): HELD,
    (NEW, "find_nothing"): NOTHING,
    (NEW, "ignore"): IGNORED,
    (NEW, "refuse"): REFUSED,
    (NEW, "report"): REPORTED,
    (HELD, "take"): TAKEN,
    (HELD, "discard"): DISCARDED,
}
ANSWER_MOVES: dict[tuple[str, str], str] = {
    (QUEUED, "send"): SENDING,
    (SENDING, "accepted"): SENT,
    (SENDING, "refused"): NOT_SENT,
    (SENDING, "put_back"): QUEUED,
    (SENDING, "lose_sight"): IN_DOUBT,
}


def after(state: str, verb: str) -> str:
    """The state a verb leads a message to; raises for a move that is not allowed.

    >>> after("new", "hold")
    'held'
    """
    return _moved(MOVES, state, verb, "message")


def answer_after(state: str, verb: str) -> str:
    """The same for its answer."""
    return _moved(ANSWER_MOVES, state, verb, "answer")


def _moved(moves: dict[tuple[str, str], str], state: str, verb: str, what: str) -> str:
    if (state, verb) not in moves:
        raise ValueError(f"a {what} that is {state} cannot {verb}")
    return moves[state, verb]
