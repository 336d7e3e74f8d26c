"""What a credit transfer goes through: the one table of its states, in Python; the database repeats its bounds.

A transfer is asked for, put into a batch, written into the bank's file, and followed by what the bank reports and books.
What the bank tells may come late, twice and out of order; so what is told later never undoes what is surer.
"""

from django.db import models


class State(models.TextChoices):
    """Where a transfer is."""

    TO_CHECK = "to_check"  # the payee's account is not the one he was known by: a person looks first
    REQUESTED = "requested"  # may be put into a batch
    BATCHED = "batched"  # in a batch that waits for a second person
    IN_FILE = "in_file"  # in the file for the bank
    ACCEPTED = "accepted"  # the bank says it will pay
    REJECTED = "rejected"  # the bank says it will not pay
    PAID = "paid"  # the statement shows the debit
    RETURNED = "returned"  # the money came back
    REFUSED = "refused"  # its batch was not approved, or its file never handed in; a new request stands in its place
    WITHDRAWN = "withdrawn"  # not to be paid after all


class Verb(models.TextChoices):
    """What happens to a transfer."""

    CHECK = "check"
    BATCH = "batch"
    FILE = "file"
    REFUSE = "refuse"
    VOID = "void"
    ACCEPT = "accept"
    REJECT = "reject"
    DEBIT = "debit"
    RETURN = "return"
    WITHDRAW = "withdraw"


# A statement is surer than a report: what was paid stays paid whatever a report still says, what came back stays so.
MOVES: dict[tuple[State, Verb], State] = {
    (State.TO_CHECK, Verb.CHECK): State.REQUESTED,
    (State.TO_CHECK, Verb.WITHDRAW): State.WITHDRAWN,
    (State.REQUESTED, Verb.BATCH): State.BATCHED,
    (State.REQUESTED, Verb.WITHDRAW): State.WITHDRAWN,
    (State.BATCHED, Verb.FILE): State.IN_FILE,
    (State.BATCHED, Verb.REFUSE): State.REFUSED,
    (State.IN_FILE, Verb.VOID): State.REFUSED,
    (State.IN_FILE, Verb.ACCEPT): State.ACCEPTED,
    (State.IN_FILE, Verb.REJECT): State.REJECTED,
    (State.IN_FILE, Verb.DEBIT): State.PAID,
    (State.IN_FILE, Verb.RETURN): State.RETURNED,
    (State.ACCEPTED, Verb.ACCEPT): State.ACCEPTED,
    (State.ACCEPTED, Verb.REJECT): State.REJECTED,
    (State.ACCEPTED, Verb.DEBIT): State.PAID,
    (State.ACCEPTED, Verb.RETURN): State.RETURNED,
    (State.REJECTED, Verb.ACCEPT): State.REJECTED,
    (State.REJECTED, Verb.REJECT): State.REJECTED,
    (State.REJECTED, Verb.DEBIT): State.PAID,
    (State.REJECTED, Verb.RETURN): State.REJECTED,
    (State.REJECTED, Verb.WITHDRAW): State.WITHDRAWN,
    (State.PAID, Verb.ACCEPT): State.PAID,
    (State.PAID, Verb.REJECT): State.PAID,
    (State.PAID, Verb.RETURN): State.RETURNED,
    (State.RETURNED, Verb.ACCEPT): State.RETURNED,
    (State.RETURNED, Verb.REJECT): State.RETURNED,
    (State.RETURNED, Verb.DEBIT): State.RETURNED,
    (State.RETURNED, Verb.WITHDRAW): State.WITHDRAWN,
}


def moves_by(verb: Verb) -> dict[State, State]:
    """From which states the verb goes where; states that are not in it refuse the verb."""
    return {state: to for (state, by), to in MOVES.items() if by == verb}
