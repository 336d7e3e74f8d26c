"""The states of a mail to a debtor about his page and the moves between them; a move that is not here is a bug."""

QUEUED, SENDING, SENT, REFUSED, WITHDRAWN = "queued", "sending", "sent", "refused", "withdrawn"
STATES = (QUEUED, SENDING, SENT, REFUSED, WITHDRAWN)

MOVES: dict[tuple[str, str], str] = {
    (QUEUED, "take"): SENDING,
    (QUEUED, "withdraw"): WITHDRAWN,
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
        raise ValueError(f"a mail about a debtor's page that is {state} cannot {verb}")
    return MOVES[state, verb]
