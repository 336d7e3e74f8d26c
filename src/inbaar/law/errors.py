"""The three ways in which the law gives no amount: not covered, in conflict, not confirmed. All of `law` uses them.

Each message says what was asked, why there is no answer, and what to do next, on one line.
"""


class LawError(Exception):
    """A question a person must decide: carries what was asked, why there is no answer and what to do next."""

    def __init__(self, what: str, why: str, next_step: str) -> None:
        super().__init__(f"{what}: {why}; {next_step}")
        self.what = what
        self.why = why
        self.next_step = next_step


class LawNotCovered(LawError):
    """The tables hold no row for this question; the nearest, first or last row is never used instead."""


class LawConflict(LawError):
    """Two rules that both apply give different answers."""


class Unconfirmed(LawError):
    """The amount needs a rule nobody confirmed: `rule` is its id, `accept_unconfirmed` the setting that allows it."""

    def __init__(self, rule: str, what: str, why: str) -> None:
        super().__init__(
            what, why, f"confirm rule {rule} with a lawyer or the official text, or set accept_unconfirmed"
        )
        self.rule = rule
