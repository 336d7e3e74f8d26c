"""Announcing direct debits: each by a letter that leaves the agreed days before, or the debit moves to a later day.

Called by the daily run and by the job that mails. Killed at any moment, what was not committed is decided about again; run
twice, nothing is written twice. The number of statements does not depend on the number of debits in a chunk.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from inbaar.banking.debits.collectable import COLLECTABLE, HOLD_KEY
from inbaar.banking.debits.queries import is_automatic
from inbaar.banking.debits.renewing import lower_to_open
from inbaar.banking.debits.requesting import announce, request_all
from inbaar.banking.debits.waiting import BY, hold_for, move_days, withdraw_missed
from inbaar.collecting.bounced import take_back_bounced
from inbaar.collecting.composing import Announcing, notice_of
from inbaar.collecting.rules import Decision, GiveUp, Told, Unannounced, Write, decide
from inbaar.dunning.addressing import addressee_rows, client_row, creditor_of
from inbaar.dunning.rules import leaves_from
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows
from inbaar.kit.errors import Refused
from inbaar.kit.models import next_ids
from inbaar.kit.scope import client_scope
from inbaar.letters.actions import NewLetter, write_letters
from inbaar.letters.content import ContentError
from inbaar.letters.delivery import LAST_DELIVERY
from inbaar.receivables.holds import release_keys

CHUNK = 1_000
MOST = 20_000
_NOTICE = {"client_id": "bigint", "debit_id": "bigint", "letter_id": "bigint"}
_UNANNOUNCED = f"""
    SELECT dd.id, dd.invoice_id, i.debtor_id, i.number, i.payment_reference, i.issue_date,
           greatest(i.due_date, sent.term_until), dd.amount, dd.announced_days, m.scheme, m.reference, w.creditor_identifier,
           w.creditor_name, w.debtor_iban, dd.due_on, NOT ({COLLECTABLE} AND m.state = 'live' AND dd.amount <= i.open_amount),
           coalesce(l.notices, 0), coalesce(v.state, ''),
           CASE WHEN v.state = 'sent' THEN (v.changed_at AT TIME ZONE 'Europe/Amsterdam')::date END, v.id, cl.language
    FROM debits_directdebit dd
    JOIN receivables_invoice i ON i.client_id = dd.client_id AND i.id = dd.invoice_id
    JOIN debits_mandate m ON m.client_id = dd.client_id AND m.id = dd.mandate_id
    JOIN debits_mandateversion w ON w.client_id = m.client_id AND w.mandate_id = m.id AND w.number = m.version
    JOIN parties_client cl ON cl.id = dd.client_id
    LEFT JOIN receivables_dispatch sent ON sent.client_id = i.client_id AND sent.invoice_id = i.id
    LEFT JOIN LATERAL (
        SELECT dd.client_id, count(*) AS notices, max(n.letter_id) AS id FROM collecting_debitnotice n
        WHERE n.client_id = dd.client_id AND n.debit_id = dd.id
    ) l ON true
    {LAST_DELIVERY}
    WHERE dd.client_id = %(client)s AND dd.state = 'requested' AND dd.announced_on IS NULL AND dd.id > %(after)s
    ORDER BY dd.id LIMIT %(limit)s FOR UPDATE OF dd SKIP LOCKED
"""  # noqa: S608 - our own text
_TAKE_BACK = """
    UPDATE letters_delivery SET state = 'withdrawn', changed_at = %s
    WHERE client_id = %s AND id = ANY(%s::bigint[]) AND state IN ('queued', 'by_post') RETURNING id
"""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A debit that is not announced yet, with what is told of it, and how its last notice stands."""

    debit: Announcing
    facts: Unannounced
    delivery_id: int | None
    language: str


def ask_for_due(client_id: int, on: dt.date, at: dt.datetime) -> int:
    """Ask for what is due by itself, for a client that has it so; gives how many. A few statements for any number."""
    with client_scope(client_id):
        return request_all(client_id, BY, on, at, MOST)[0] if is_automatic(client_id) else 0


def work_notices(
    client_id: int, on: dt.date, at: dt.datetime, on_letters: Callable[[int], object] | None = None
) -> Counter[str]:
    """Do what is due about announcing a client's debits on a day; gives how many of what.

    What is paid wholly or was missed is taken back, what is paid in part asked for anew; then each debit that is not announced is
    told, written to, moved, or left waiting. `on_letters` queues the sending in the transaction that writes the letters.
    """
    tally: Counter[str] = Counter()
    with client_scope(client_id):
        tally["came_back"] = take_back_bounced(client_id, on, at)
        tally["missed"] = withdraw_missed(client_id, on, at)
        tally["lowered"] = len(lower_to_open(client_id, None, BY, on, at))
    after = 0
    while True:
        with client_scope(client_id):
            waiting = _unannounced(client_id, after, on)
            if not waiting:
                return +tally
            tally += _work(client_id, waiting, on, at, on_letters)
        after = waiting[-1].debit.debit_id


def _unannounced(client_id: int, after: int, on: dt.date) -> list[_Waiting]:
    rows = fetch(_UNANNOUNCED, {"client": client_id, "on": on, "after": after, "limit": CHUNK})
    return [_waiting(row) for row in rows]


def _waiting(row: tuple[Any, ...]) -> _Waiting:
    *told, due_on, blocked, notices, delivery, sent_on, delivery_id, language = row
    debit = Announcing(*told)
    facts = Unannounced(
        due_on, debit.payable_on, debit.announced_days, blocked, False, notices, delivery, sent_on
    )
    return _Waiting(debit, facts, delivery_id, language)


def _work(
    client_id: int, waiting: Sequence[_Waiting], on: dt.date, at: dt.datetime, on_letters: Callable[[int], object] | None
) -> Counter[str]:  # fmt: skip
    """Decide about a chunk and do it. What is still being mailed at this moment is left to its outcome."""
    debtors = addressee_rows(client_id, sorted({one.debit.debtor_id for one in waiting}))
    decided = [(one, _decided(one, debtors, on)) for one in waiting]
    back = [one.delivery_id for one, what in decided if isinstance(what, Write | GiveUp) and what.take_back]
    taken = {number for (number,) in fetch(_TAKE_BACK, [at, client_id, array_parameter(back)])}
    left = [(one, what) for one, what in decided if not _was_mailed(one, what, taken)]
    tally = Counter({"told": _tell(client_id, left, on, at)})
    tally["given_up"] = _give_up(client_id, left, on, at)
    tally += _write(
        client_id, [(one, what) for one, what in left if isinstance(what, Write)], debtors, on, at
    )
    if tally["written"] and on_letters is not None:
        on_letters(client_id)
    return tally


def _decided(one: _Waiting, debtors: dict[int, tuple[Any, ...]], on: dt.date) -> Decision:
    """What to do, knowing by which way its debtor is written to: the eighth fact of a debtor is his address."""
    facts = one.facts
    by_post = not debtors[one.debit.debtor_id][7]
    return decide(
        Unannounced(
            facts.due_on, facts.payable_on, facts.announced_days, facts.blocked, by_post, facts.notices, facts.delivery,
            facts.sent_on,
        ),
        on,
    )  # fmt: skip


def _was_mailed(one: _Waiting, what: Decision, taken: set[int]) -> bool:
    """Whether a notice that should not leave any more is leaving just now: what became of it is seen next time."""
    return isinstance(what, Write | GiveUp) and what.take_back and one.delivery_id not in taken


def _tell(client_id: int, decided: Sequence[tuple[_Waiting, Decision]], on: dt.date, at: dt.datetime) -> int:
    """Keep which debits were announced, each on the day its notice left."""
    by_day: dict[dt.date, list[int]] = defaultdict(list)
    for one, what in decided:
        if isinstance(what, Told):
            by_day[what.on].append(one.debit.debit_id)
    for day, ids in sorted(by_day.items()):
        announce(client_id, ids, "letter", BY, day, at)
    return sum(map(len, by_day.values()))


def _give_up(
    client_id: int, decided: Sequence[tuple[_Waiting, Decision]], on: dt.date, at: dt.datetime
) -> int:
    """Let reminders go on where no notice left in time, as often as it was tried."""
    ids = [one.debit.debit_id for one, what in decided if isinstance(what, GiveUp)]
    return release_keys(client_id, [f"{HOLD_KEY}{number}" for number in ids], on, BY, at)


def _write(
    client_id: int, wanted: Sequence[tuple[_Waiting, Write]], debtors: dict[int, tuple[Any, ...]], on: dt.date, at: dt.datetime
) -> Counter[str]:  # fmt: skip
    """Write the notices, move the debits whose day they cannot meet, and let reminders rest meanwhile."""
    tally: Counter[str] = Counter()
    if not wanted:
        return tally
    try:
        creditor = creditor_of(client_row(client_id))
    except ContentError:
        return Counter({"incomplete": len(wanted)})
    letters: list[NewLetter] = []
    announced: list[tuple[_Waiting, Write, int]] = []
    for (one, what), number in zip(wanted, next_ids(len(wanted)), strict=True):
        try:
            letters.append(
                notice_of(number, one.debit, what.due_on, creditor, debtors[one.debit.debtor_id], on)
            )
        except (ContentError, Refused):
            tally["incomplete"] += 1
            continue
        announced.append((one, what, number))
    tally["moved"] = move_days(
        client_id, {one.debit.debit_id: what.due_on for one, what, _ in announced if what.due_on != one.facts.due_on}, on, at
    )  # fmt: skip
    write_letters(client_id, letters, at, leaves_from(on, at))
    rows = [(client_id, one.debit.debit_id, number) for one, _, number in announced]
    insert_rows("collecting_debitnotice", _NOTICE, rows)
    holds = [
        (one.debit.debit_id, one.debit.invoice_id, one.debit.debtor_id, what.due_on, one.debit.mandate)
        for one, what, _ in announced
    ]
    hold_for(client_id, holds, wanted[0][0].language, BY, on, at)
    tally["written"] = len(letters)
    return tally
