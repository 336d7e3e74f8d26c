"""Where a mandate and a debit are: the tables of their states, in Python; the database repeats their bounds.

That a mandate lapsed or was used up is no state: it follows from the days and from what was collected (`rules`).
"""

from django.db import models


class MandateState(models.TextChoices):
    """Whether the debtor's word still stands."""

    LIVE = "live"
    SUSPENDED = (
        "suspended"  # a debit came back as not allowed, or the account is gone: nothing until a person looked
    )
    WITHDRAWN = "withdrawn"  # by the debtor or by us, for good


class MandateVerb(models.TextChoices):
    """What happens to a mandate."""

    SUSPEND = "suspend"
    RESUME = "resume"
    WITHDRAW = "withdraw"


MANDATE_MOVES: dict[tuple[MandateState, MandateVerb], MandateState] = {
    (MandateState.LIVE, MandateVerb.SUSPEND): MandateState.SUSPENDED,
    (MandateState.LIVE, MandateVerb.WITHDRAW): MandateState.WITHDRAWN,
    (MandateState.SUSPENDED, MandateVerb.SUSPEND): MandateState.SUSPENDED,
    (MandateState.SUSPENDED, MandateVerb.RESUME): MandateState.LIVE,
    (MandateState.SUSPENDED, MandateVerb.WITHDRAW): MandateState.WITHDRAWN,
}


class DebitState(models.TextChoices):
    """Where a debit is."""

    REQUESTED = "requested"  # waits to be announced, and then for a batch
    BATCHED = "batched"  # in a batch that waits for a second person
    IN_FILE = "in_file"  # in the file for the bank
    ACCEPTED = "accepted"  # the bank says it will collect
    REJECTED = "rejected"  # the bank says it will not: nothing was debited
    COLLECTED = "collected"  # the statement shows the money
    RETURNED = "returned"  # the money went back
    REFUSED = "refused"  # its batch was not approved, or its file never handed in; a new request stands in its place
    WITHDRAWN = "withdrawn"  # not to be collected after all


class DebitVerb(models.TextChoices):
    """What happens to a debit."""

    BATCH = "batch"
    FILE = "file"
    REFUSE = "refuse"
    VOID = "void"
    ACCEPT = "accept"
    REJECT = "reject"
    COLLECT = "collect"
    RETURN = "return"
    WITHDRAW = "withdraw"


# A statement is surer than a report, and money that went back is surer than money that came, however late each is told.
DEBIT_MOVES: dict[tuple[DebitState, DebitVerb], DebitState] = {
    (DebitState.REQUESTED, DebitVerb.BATCH): DebitState.BATCHED,
    (DebitState.REQUESTED, DebitVerb.WITHDRAW): DebitState.WITHDRAWN,
    (DebitState.BATCHED, DebitVerb.FILE): DebitState.IN_FILE,
    (DebitState.BATCHED, DebitVerb.REFUSE): DebitState.REFUSED,
    (DebitState.IN_FILE, DebitVerb.VOID): DebitState.REFUSED,
    (DebitState.IN_FILE, DebitVerb.ACCEPT): DebitState.ACCEPTED,
    (DebitState.IN_FILE, DebitVerb.REJECT): DebitState.REJECTED,
    (DebitState.IN_FILE, DebitVerb.COLLECT): DebitState.COLLECTED,
    (DebitState.ACCEPTED, DebitVerb.ACCEPT): DebitState.ACCEPTED,
    (DebitState.ACCEPTED, DebitVerb.REJECT): DebitState.REJECTED,
    (DebitState.ACCEPTED, DebitVerb.COLLECT): DebitState.COLLECTED,
    (DebitState.COLLECTED, DebitVerb.ACCEPT): DebitState.COLLECTED,
    (DebitState.COLLECTED, DebitVerb.REJECT): DebitState.COLLECTED,
    (DebitState.COLLECTED, DebitVerb.RETURN): DebitState.RETURNED,
}


def debit_moves_by(verb: DebitVerb) -> dict[DebitState, DebitState]:
    """From which states the verb goes where; states that are not in it refuse the verb."""
    return {state: to for (state, by), to in DEBIT_MOVES.items() if by == verb}
