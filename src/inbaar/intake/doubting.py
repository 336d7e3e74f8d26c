"""The doubts that only the client's own books can raise about an invoice that reads well. Called while files are taken in.

Nothing is asked of another client's books: a file that is there for him too reads the same here as if it were not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inbaar.intake.reading import Problem
from inbaar.receivables.drafts import Draft
from inbaar.receivables.near import Near, lookalikes


@dataclass(frozen=True, slots=True)
class BookDoubt:
    """Why an invoice waits for a person, and which invoice it looks like where it looks like one."""

    problem: Problem
    near: Near | None = None


def book_doubts(
    client_id: int, drafts: Sequence[Draft], payees: frozenset[str] | None
) -> dict[int, BookDoubt]:
    """The doubt about each draft that has one, by its place. One statement; needs the client's scope.

    `payees` are the client's own accounts: on a channel by which anybody can send, an invoice that asks payment to any
    other account waits, and so does a credit note, which takes money off. None where somebody logged in brings the file.
    """
    found = lookalikes(client_id, drafts)
    doubts = {at: BookDoubt(_lookalike(drafts[at], near), near) for at, near in found.near.items()}
    for at, draft in enumerate(drafts):
        if payees is None or at in found.known:
            continue
        if draft.kind != "invoice":
            doubts.setdefault(at, BookDoubt(_CREDIT_NOTE))
        elif draft.payee_iban and draft.payee_iban not in payees:
            doubts.setdefault(at, BookDoubt(_other_payee(draft)))
    return doubts


_CREDIT_NOTE = Problem(
    "warning",
    "credit-note-sent",
    "A credit note takes money off a claim, and anybody can write a message: take it in if you know that it is yours.",
)


def _lookalike(draft: Draft, near: Near) -> Problem:
    if near.same_number:
        text = (
            f"Invoice {near.number} of {near.issue_date} is here already for the same amount, and this one differs "
            "from it. Say whether it is the same one, comes in its place, or is another one."
        )
    else:
        text = (
            f"It looks like invoice {near.number} of {near.issue_date}: the same debtor, amount and day, and nearly the "
            "same number. Take it in only if it is another invoice."
        )
    return Problem("warning", "near-duplicate", text)


def _other_payee(draft: Draft) -> Problem:
    return Problem(
        "warning",
        "payee-unknown",
        f"The invoice asks payment to {draft.payee_iban}, which is none of your accounts here: check by telephone that it "
        "is right, and add the account if it is.",
    )
