"""Invoices that came in before their debtor had them: kept apart until they are sent, by us or by the client himself.

What was not sent is never pressed for: nobody is in default over an invoice he has not got.
"""

import datetime as dt
from collections.abc import Sequence

from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.receivables.rules import term_when_sent
from inbaar.receivables.timeline import NewEvent, write_events

_DISPATCH = {"client_id": "bigint", "invoice_id": "bigint"}
_BEGIN = """
    UPDATE receivables_dispatch SET letter = %s
    WHERE client_id = %s AND invoice_id = %s AND letter IS NULL AND sent_on IS NULL RETURNING id
"""
_SENT = """
    UPDATE receivables_dispatch x SET sent_on = %(on)s, sent_by = %(by)s,
           term_until = CASE WHEN i.due_date <= %(on)s THEN %(late)s::date END
    FROM receivables_invoice i
    WHERE x.client_id = %(client)s AND x.invoice_id = ANY(%(ids)s::bigint[]) AND x.sent_on IS NULL
      AND i.client_id = x.client_id AND i.id = x.invoice_id
    RETURNING x.invoice_id, i.debtor_id
"""
_NOT_SENT = """
    UPDATE receivables_dispatch SET letter = NULL, sent_on = NULL, sent_by = '', term_until = NULL
    WHERE client_id = %s AND invoice_id = ANY(%s::bigint[]) AND sent_on IS NOT NULL
"""
_FACTS = """
    SELECT i.issue_date, x.letter IS NOT NULL, x.sent_on FROM receivables_invoice i
    JOIN receivables_dispatch x ON x.client_id = i.client_id AND x.invoice_id = i.id
    WHERE i.client_id = %s AND i.id = %s AND i.withdrawn_on IS NULL FOR UPDATE OF x
"""


def hold_back(client_id: int, invoice_ids: Sequence[int]) -> None:
    """Keep of new invoices that their debtor has not got them yet."""
    insert_rows("receivables_dispatch", _DISPATCH, ((client_id, invoice_id) for invoice_id in invoice_ids))


def begin_dispatch(client_id: int, invoice_id: int, letter_id: int) -> bool:
    """Put an invoice on its way by a message; False if it is on its way, or was sent, already. Two at once: one does it."""
    return bool(fetch(_BEGIN, [letter_id, client_id, invoice_id]))


def give_up_dispatch(client_id: int, letter_ids: Sequence[int]) -> None:
    """A message was held back before it left: its invoice is not sent, and can be put on its way again."""
    run(
        "UPDATE receivables_dispatch SET letter = NULL "
        "WHERE client_id = %s AND letter = ANY(%s::bigint[]) AND sent_on IS NULL",
        [client_id, list(letter_ids)],
    )


def end_dispatch(client_id: int, invoice_ids: Sequence[int], on: dt.date, by: str) -> list[tuple[int, int]]:
    """Keep that invoices reached their debtors on a day, and by whom; gives those that had not been sent, with the debtor.

    Where the printed day to pay had come by then, the law's own term runs from that day on, and what is possible after
    the due date is possible after that term.
    """
    facts = {
        "client": client_id, "ids": list(invoice_ids), "on": on, "by": by[:254], "late": term_when_sent(on, on),
    }  # fmt: skip
    return [(invoice_id, debtor_id) for invoice_id, debtor_id in fetch(_SENT, facts)]


def take_back_dispatch(client_id: int, invoice_ids: Sequence[int]) -> int:
    """The message that brought invoices came back: they are not sent, and can be put on their way again; gives how many.

    What is possible after the due date counts from the printed day again, until they are sent.
    """
    return run(_NOT_SENT, [client_id, list(invoice_ids)])


def say_sent(
    client_id: int, invoice_id: int, sent_on: dt.date, by: str, on: dt.date, recorded_at: dt.datetime
) -> None:
    """Keep that the client sent an invoice himself, on a day. Needs the client's scope.

    Refuses a day before the invoice's own or one to come, and an invoice that is on its way or was sent before.
    """
    rows = fetch(_FACTS, [client_id, invoice_id])
    if not rows or rows[0][2] is not None:
        raise Refused(
            Refusal("sent-before", "an invoice is sent once", "it was sent already", "one that was not sent",
                    next_step="nothing needs to be done")
        )  # fmt: skip
    issued, on_its_way, _ = rows[0]
    if on_its_way:
        raise Refused(
            Refusal("sent-on-its-way", "an invoice is sent once", "a message with it is on its way", "no message",
                    next_step="hold that message back first")
        )  # fmt: skip
    if not issued <= sent_on <= on:
        raise Refused(
            Refusal("sent-day", "an invoice is sent between its own day and today", sent_on.isoformat(),
                    f"{issued} to {on}", next_step="name the day on which it was sent")
        )  # fmt: skip
    facts = {"by": by}
    write_events(
        client_id,
        [
            NewEvent("invoice_sent", sent_on, invoice, debtor, facts)
            for invoice, debtor in end_dispatch(client_id, [invoice_id], sent_on, by)
        ],
        recorded_at,
    )
