"""Taking back letters that are no longer right before they leave: what was paid or held since, or may have
been paid, is not chased.

The letter is withdrawn, its steps are taken back and its invoices are looked at again; whatever still must go out goes
out in a new letter with the right amounts.
"""

import datetime as dt
from collections.abc import Sequence

from inbaar.banking.online.underway import underway
from inbaar.kit.bulk import fetch, run
from inbaar.kit.scope import client_scope
from inbaar.letters.delivery import CHANGED, IN_DOUBT_AFTER, OUTDATED, PASSED
from inbaar.letters.parts import NO_STEPS, LetterKind
from inbaar.receivables.actions import give_up_dispatch, withdraw_extras
from inbaar.receivables.queries import claim_facts
from inbaar.receivables.timeline import NewEvent, write_events

# Money has come in, or is announced, that could be the payment of an invoice in the letter, and nobody has said of what it
# is, or it was paid online and is not on a statement yet (BEY-03).
_EXPLAINED = f"""
    (EXISTS (
        SELECT 1 FROM letters_letteritem li
        JOIN banking_suspect s ON s.client_id = li.client_id AND s.invoice_id = li.invoice_id
        JOIN banking_entry e ON e.client_id = s.client_id AND e.id = s.entry_id AND e.state = 'unmatched'
        WHERE li.client_id = d.client_id AND li.letter_id = d.letter_id
    ) OR EXISTS (
        SELECT 1 FROM letters_letteritem li
        JOIN banking_announcedfor f ON f.client_id = li.client_id AND f.invoice_id = li.invoice_id
        JOIN banking_announcedpayment p ON p.client_id = f.client_id AND p.id = f.payment_id AND p.entry_id IS NULL
        JOIN banking_bankaccount b ON b.client_id = p.client_id AND b.id = p.account_id
            AND (b.read_up_to IS NULL OR b.read_up_to <= p.until)
        WHERE li.client_id = d.client_id AND li.letter_id = d.letter_id
    ) OR EXISTS (
        SELECT 1 FROM letters_letteritem li WHERE li.client_id = d.client_id AND li.letter_id = d.letter_id
          AND {underway("li.client_id", "li.invoice_id")}
    ))
"""  # noqa: S608 - our own text
# What confirms a plan or declines it asks nothing anew.
_SAYS_WHAT_WAS_DECIDED = """
    EXISTS (SELECT 1 FROM letters_letter l
            WHERE l.client_id = d.client_id AND l.id = d.letter_id AND l.kind IN ('plan', 'plan_refused'))
"""
_WITHDRAW = f"""
    UPDATE letters_delivery SET state = 'withdrawn', changed_at = %(now)s
    WHERE client_id = %(client)s AND id IN (
        SELECT d.id FROM letters_delivery d
        WHERE d.client_id = %(client)s AND (
            (d.state IN ('queued', 'to_look_at') OR d.state = 'sending' AND d.changed_at < %(doubt)s)
                AND ({OUTDATED} OR ({_EXPLAINED} AND NOT {_SAYS_WHAT_WAS_DECIDED}))
            OR d.state = 'by_post' AND ({CHANGED} OR {PASSED})
        )
        FOR UPDATE OF d SKIP LOCKED
    )
    RETURNING letter_id
"""  # noqa: S608 - our own text
_WITHDRAW_THESE = """
    UPDATE letters_delivery SET state = 'withdrawn', changed_at = %s
    WHERE client_id = %s AND letter_id = ANY(%s) AND state IN ('queued', 'to_look_at', 'by_post')
    RETURNING letter_id
"""
_ITEMS = """
    SELECT li.invoice_id, l.debtor_id, li.step, l.id, l.number, li.step_key FROM letters_letteritem li
    JOIN letters_letter l ON l.client_id = li.client_id AND l.id = li.letter_id
    WHERE li.client_id = %s AND l.id = ANY(%s)
"""


def withdraw_outdated(client_id: int, on: dt.date, recorded_at: dt.datetime) -> int:
    """Withdraw what must not leave any more; gives how many letters. A handful of statements for any number."""
    # A mail that nobody knows whether it left, because its program was killed, is not sent again either once it is wrong.
    facts = {"client": client_id, "now": recorded_at, "on": on, "doubt": recorded_at - IN_DOUBT_AFTER}
    with client_scope(client_id):
        letters = [row[0] for row in fetch(_WITHDRAW, facts)]
        _undo_steps(client_id, letters, on, recorded_at)
    return len(letters)


def write_anew(
    client_id: int, letter_ids: Sequence[int], on: dt.date, by: str, recorded_at: dt.datetime
) -> int:
    """Have letters that did not leave written again by the next run, as of its day; gives how many. Needs the client's scope.

    For a printed letter whose date has come, or one whose address, language or kind was corrected since.
    """
    letters = [row[0] for row in fetch(_WITHDRAW_THESE, [recorded_at, client_id, list(letter_ids)])]
    _undo_steps(client_id, letters, on, recorded_at, by)
    return len(letters)


def _undo_steps(
    client_id: int, letters: Sequence[int], on: dt.date, recorded_at: dt.datetime, by: str = ""
) -> None:
    """Take the steps of withdrawn letters back and say so on the timeline; `by` names who had them written anew.

    An invoice that was on its way is no step: it is not sent, and waits to be sent again. Nor is the letter about an arrear
    that was reported, for the register writes another, or the notice of a debit: that is written anew for what is left of its
    invoice. What is said of a plan the arrangements write anew.
    """
    items = fetch(_ITEMS, [client_id, list(letters)])
    give_up_dispatch(client_id, [item[3] for item in items if item[2] == LetterKind.INVOICE])
    for key in sorted({item[5] for item in items if item[2] not in NO_STEPS}):
        these = [item[0] for item in items if item[5] == key]
        take_back_step(client_id, key, these, on, "the letter did not leave", recorded_at)
    write_events(
        client_id,
        (
            NewEvent("letter_withdrawn", on, invoice, debtor,
                     {"letter": number, "step": step} | ({"by": by} if by else {}), letter)
            for invoice, debtor, step, letter, number, _ in items
        ),
        recorded_at,
    )  # fmt: skip


# With a letter go the calls that followed it: they are asked again once the debtor has got it.
_TAKE_BACK = """
    DELETE FROM dunning_step t USING dunning_step its
    WHERE its.client_id = %(client)s AND its.invoice_id = ANY(%(ids)s) AND its.key = %(key)s
      AND t.client_id = its.client_id AND t.invoice_id = its.invoice_id AND (t.id = its.id OR t.kind = 'call' AND t.id > its.id)
"""
# Back to the step before; what is left of the steps says at which stage that is.
_STEP_BACK = """
    UPDATE dunning_schedule s SET planned = %(key)s, due_on = %(on)s, waits_for = '', last = left_over.last,
        stage = left_over.stage
    FROM unnest(%(ids)s::bigint[]) AS n(id) CROSS JOIN LATERAL (
        SELECT coalesce((array_agg(t.key ORDER BY t.id DESC))[1], '') AS last,
               CASE WHEN bool_or(t.kind IN ('formal_notice', 'fourteen_day_letter')) THEN 'noticed'
                    WHEN bool_or(t.kind = 'reminder') THEN 'reminded' ELSE 'waiting' END AS stage
        FROM dunning_step t WHERE t.client_id = %(client)s AND t.invoice_id = n.id
    ) left_over
    WHERE s.client_id = %(client)s AND s.invoice_id = n.id
"""


def take_back_step(
    client_id: int, key: str, invoices: Sequence[int], on: dt.date, why: str, recorded_at: dt.datetime
) -> None:
    """Undo a step that was never delivered and that none followed: the invoice stands where it stood and is looked at again."""
    facts = {"client": client_id, "ids": list(invoices), "key": key, "on": on}
    run(_TAKE_BACK, facts)
    run(_STEP_BACK, facts)
    if key in (LetterKind.FORMAL_NOTICE, LetterKind.FOURTEEN_DAY_LETTER):
        # The letter that claimed the interest never arrived, so nobody owes it yet; what a payment lost to it comes back.
        claims = list(claim_facts(invoices, on).values())
        withdraw_extras(client_id, claims, on, why, recorded_at)
