"""Letters that go by post: somebody prints one, posts it and says when; from that day its term counts."""

import datetime as dt

from inbaar.kit.bulk import fetch, run
from inbaar.kit.clock import DUTCH_TIME
from inbaar.kit.errors import Refusal, Refused
from inbaar.letters.content import LetterContent, LetterKind, from_json
from inbaar.receivables.actions import end_dispatch
from inbaar.receivables.timeline import NewEvent, write_events

_WAITING = """
    SELECT d.id, l.debtor_id, l.number, l.kind, l.content::text FROM letters_delivery d
    JOIN letters_letter l ON l.client_id = d.client_id AND l.id = d.letter_id
    WHERE d.client_id = %s AND d.letter_id = %s AND d.channel = 'post' AND d.state = 'by_post' FOR UPDATE OF d
"""


def mark_posted(
    client_id: int, letter_id: int, posted_on: dt.date, by: str, recorded_at: dt.datetime
) -> bool:
    """Keep that a letter was posted on a day; False if it was before, or does not go by post. Needs the client's scope.

    Refuses a day on which a date the letter asks payment by has come: posted then, it gave its reader no time to pay.
    """
    rows = fetch(_WAITING, [client_id, letter_id])
    if not rows:
        return False
    delivery, debtor, number, kind, content = rows[0]
    _require_time_to_pay(from_json(content), posted_on)
    noon = dt.datetime.combine(posted_on, dt.time(12), DUTCH_TIME)
    run(
        "UPDATE letters_delivery SET state = 'sent', answer = %s, changed_at = %s WHERE client_id = %s AND id = %s",
        [f"posted, says {by}"[:300], noon, client_id, delivery],
    )
    invoices = fetch(
        "SELECT invoice_id FROM letters_letteritem WHERE client_id = %s AND letter_id = %s",
        [client_id, letter_id],
    )
    if kind == LetterKind.INVOICE:
        end_dispatch(client_id, [invoice for (invoice,) in invoices], posted_on, f"post, {by}")
    facts = {"letter": number, "kind": kind, "address": "post", "answer": by}
    write_events(
        client_id,
        (NewEvent("letter_sent", posted_on, invoice, debtor, facts, letter_id) for (invoice,) in invoices),
        recorded_at,
    )
    return True


def last_posting_day(content: LetterContent) -> dt.date | None:
    """The last day on which a letter can be posted: the day before the first date it names; None if it names none.

    The 14-day letter names no date, for its term runs from delivery. The notice of a debit leaves the agreed days before it.
    """
    if content.debit is not None:
        return content.debit.announce_by
    dates = [pay_by for item in content.items if (pay_by := content.pay_by_of(item)) is not None]
    return min(dates) - dt.timedelta(days=1) if dates else None


def _require_time_to_pay(content: LetterContent, posted_on: dt.date) -> None:
    last = last_posting_day(content)
    if last is not None and posted_on > last:
        raise Refused(
            Refusal(
                code="posted-too-late",
                rule="a letter leaves before the date by which it asks payment",
                fact=f"letter {content.letter_number} asks payment by {last + dt.timedelta(days=1)}",
                limit=last.isoformat(),
                passes_on="never",
                next_step="do not post it; have it written anew",
            )
        )
