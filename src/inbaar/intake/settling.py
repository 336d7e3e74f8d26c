"""An invoice that looks like one that is there, and what a person says of it: the same, in its place, or another one.

The number of an invoice stays unique: another invoice under a number that is taken gets a number of its own, which begins
with the printed one. What is printed is kept beside it, and is what payments and later files are known by.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.db import transaction

from inbaar.intake.doubting import book_doubts
from inbaar.intake.reading import Problem
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.receivables.acceptance import accept_invoices
from inbaar.receivables.drafts import Accepted, Draft
from inbaar.receivables.timeline import NewEvent, write_events
from inbaar.receivables.withdrawing import withdraw_invoices

#: All that a number may hold.
LONGEST_NUMBER = 100


@dataclass(frozen=True, slots=True)
class Settled:
    """What a person says of the likeness: it comes in the place of the other, or is another one (with a number of its own)."""

    how: Literal["instead", "another"]
    number: str = ""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who decides, on which day, at which moment."""

    by: str
    on: dt.date
    at: dt.datetime


def accept_in_doubt(
    client_id: int, reading_id: int, draft: Draft, hand: Hand, settled: Settled | None
) -> Accepted:
    """Accept a draft that waited, as a person says; needs the client's scope, in one transaction.

    Where it looks like an invoice that nobody was shown yet, nothing is taken in: the reading names that invoice from then
    on, and the outcome is `doubt`. Raises `Refused` where the other cannot be withdrawn or the number will not do.
    """
    ((other_id, problems),) = fetch(
        "SELECT resembles_id, problems::text FROM intake_reading WHERE client_id = %s AND id = %s",
        [client_id, reading_id],
    )
    if settled is None:
        doubt = book_doubts(client_id, [draft], None).get(0)
        if doubt is not None and doubt.near is not None and doubt.near.invoice_id not in (None, other_id):
            _show(client_id, reading_id, json.loads(problems), doubt.problem, doubt.near.invoice_id)
            return Accepted("doubt", None, doubt.problem.text, doubt.problem.rule)
    elif other_id is None:
        raise Refused(_gone("it looks like no invoice"))
    with transaction.atomic():
        draft = _as_settled(client_id, draft, other_id, hand, settled)
        (answer,) = accept_invoices(client_id, [draft], hand.at)
        if settled is not None:
            if answer.outcome == "refused":
                raise Refused(
                    Refusal("own-number-taken", "a number belongs to one invoice", draft.number, "a number that is free",
                            next_step="give it another number")
                )  # fmt: skip
            _tell(client_id, answer.invoice_id, settled.how, {"other": other_id}, hand)
    return answer


def _as_settled(client_id: int, draft: Draft, other_id: int, hand: Hand, settled: Settled | None) -> Draft:
    if settled is None:
        return draft
    if settled.how == "instead":
        withdraw_invoices(client_id, [other_id], hand.on, f"replaced by {draft.number}", hand.by, hand.at)
        return draft
    return replace(draft, number=_own_number(draft.number, settled.number), printed_number=draft.number)


def say_same(client_id: int, reading_id: int, hand: Hand) -> int:
    """A person says that a document in doubt is the invoice it looks like; gives that. Nothing of the invoice changes."""
    rows = fetch(
        """
        SELECT i.id, d.name FROM intake_reading r
        JOIN intake_document d ON d.client_id = r.client_id AND d.id = r.document_id
        JOIN receivables_invoice i ON i.client_id = r.client_id AND i.id = r.resembles_id AND i.withdrawn_on IS NULL
        WHERE r.client_id = %s AND r.id = %s AND r.outcome = 'review' FOR UPDATE OF r
        """,
        [client_id, reading_id],
    )
    if not rows:
        raise Refused(_gone("it waits no longer, or the invoice it looks like was taken back"))
    invoice_id, name = rows[0]
    run(
        "UPDATE intake_reading SET outcome = 'known', invoice_id = %s, looked_at_by = %s WHERE client_id = %s AND id = %s",
        [invoice_id, hand.by[:100], client_id, reading_id],
    )
    _tell(client_id, invoice_id, "same", {"document": name}, hand)
    return int(invoice_id)


def free_number(client_id: int, printed: str) -> str:
    """The first number that is free and begins with the printed one: 2026-0042 (2)."""
    taken = {
        number
        for (number,) in fetch(
            "SELECT number FROM receivables_invoice WHERE client_id = %s AND printed_number = %s",
            [client_id, printed],
        )
    }
    place = 2
    while _numbered(printed, place) in taken:
        place += 1
    return _numbered(printed, place)


def _numbered(printed: str, place: int) -> str:
    mark = f" ({place})"
    return printed[: LONGEST_NUMBER - len(mark)] + mark


def _own_number(printed: str, number: str) -> str:
    """The number a person gave, if it will do: debtor and bank must recognise the one on the paper in it."""
    number = " ".join(number.split())
    if not number.startswith(printed) or number == printed or len(number) > LONGEST_NUMBER:
        raise Refused(
            Refusal("own-number", "the number begins with what is printed, and has something behind it", number or "nothing",
                    printed, next_step=f"write {printed} with a mark behind it")
        )  # fmt: skip
    return number


def _show(
    client_id: int, reading_id: int, problems: Sequence[object], problem: Problem, near_id: int | None
) -> None:
    told = [*problems, {"level": problem.level, "rule": problem.rule, "text": problem.text}]
    run(
        "UPDATE intake_reading SET resembles_id = %s, problems = %s::jsonb WHERE client_id = %s AND id = %s",
        [near_id, json.dumps(told), client_id, reading_id],
    )


def _tell(client_id: int, invoice_id: int | None, how: str, facts: dict[str, object], hand: Hand) -> None:
    """Say on the timeline who decided what; it is about how the invoice came in, and no reason to keep it in."""
    debtors = fetch(
        "SELECT debtor_id FROM receivables_invoice WHERE client_id = %s AND id = %s", [client_id, invoice_id]
    )
    event = NewEvent("looked_at", hand.on, invoice_id, debtors[0][0], {"how": how, "by": hand.by, **facts})
    write_events(client_id, [event], hand.at)


def _gone(fact: str) -> Refusal:
    return Refusal("likeness-gone", "only what looks like an invoice that is there is settled", fact,
                   "a document in doubt", next_step="look at its page")  # fmt: skip
