"""The states of promises and plans and the moves between them; a move that is not here is a bug."""

OPEN, KEPT, PARTLY, BROKEN, WITHDRAWN = "open", "kept", "partly", "broken", "withdrawn"
PROMISE_STATES = (OPEN, KEPT, PARTLY, BROKEN, WITHDRAWN)
#: What was judged at the end of its day, and so counts in how often a debtor keeps his word.
JUDGED = (KEPT, PARTLY, BROKEN)

ASKED, RUNNING, DONE, ENDED, REFUSED, REPLACED = "asked", "running", "done", "ended", "refused", "replaced"
PLAN_STATES = (ASKED, RUNNING, DONE, BROKEN, ENDED, REFUSED, WITHDRAWN, REPLACED)

PROMISE_MOVES: dict[tuple[str, str], str] = {
    (OPEN, "keep"): KEPT,
    (OPEN, "keep_partly"): PARTLY,
    (OPEN, "break"): BROKEN,
    (OPEN, "withdraw"): WITHDRAWN,
}
PLAN_MOVES: dict[tuple[str, str], str] = {
    (ASKED, "agree"): RUNNING,
    (ASKED, "refuse"): REFUSED,
    (ASKED, "withdraw"): WITHDRAWN,
    (RUNNING, "complete"): DONE,
    (RUNNING, "break"): BROKEN,
    (RUNNING, "end"): ENDED,
    (RUNNING, "replace"): REPLACED,
}


def promise_after(state: str, verb: str) -> str:
    """The state a verb leads a promise to; raises for a move that is not allowed.

    >>> promise_after("open", "keep")
    'kept'
    """
    if (state, verb) not in PROMISE_MOVES:
        raise ValueError(f"a promise that is {state} cannot {verb}")
    return PROMISE_MOVES[state, verb]


def plan_after(state: str, verb: str) -> str:
    """The state a verb leads a plan to; raises for a move that is not allowed.

    >>> plan_after("asked", "agree")
    'running'
    """
    if (state, verb) not in PLAN_MOVES:
        raise ValueError(f"a plan that is {state} cannot {verb}")
    return PLAN_MOVES[state, verb]
