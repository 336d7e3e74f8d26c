"""The states of a delivery and the moves between them; a move that is not here is a bug."""

TO_LOOK_AT, QUEUED, SENDING, SENT, REFUSED, BY_POST, WITHDRAWN, BOUNCED = (
    "to_look_at",
    "queued",
    "sending",
    "sent",
    "refused",
    "by_post",
    "withdrawn",
    "bounced",
)

MOVES: dict[tuple[str, str], str] = {
    (TO_LOOK_AT, "let_go"): QUEUED,
    (TO_LOOK_AT, "let_go_on_paper"): BY_POST,
    (TO_LOOK_AT, "withdraw"): WITHDRAWN,
    (QUEUED, "take"): SENDING,
    (QUEUED, "withdraw"): WITHDRAWN,
    (SENDING, "withdraw"): WITHDRAWN,
    (SENDING, "accepted"): SENT,
    (SENDING, "refused"): REFUSED,
    (SENDING, "put_back"): QUEUED,
    (BY_POST, "withdraw"): WITHDRAWN,
    (BY_POST, "posted"): SENT,
    (SENT, "bounced"): BOUNCED,
}


def after(state: str, verb: str) -> str:
    """The state a verb leads to; raises for a move that is not allowed.

    >>> after("sending", "accepted")
    'sent'
    """
    if (state, verb) not in MOVES:
        raise ValueError(f"a delivery that is {state} cannot be {verb}")
    return MOVES[state, verb]
