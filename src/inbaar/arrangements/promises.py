"""Keeping a debtor's word: made, taken back, and judged once its day is over and the bank has told of that day.

While a promise runs, its hold keeps letters from going out. Killed at any moment, what was not committed is judged again.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from inbaar.arrangements.facts import MAY_BE_PAID, Claim, bank_news, lock_debtor, standing_claims
from inbaar.arrangements.policy import policy_of
from inbaar.arrangements.rules import kept, may_promise
from inbaar.arrangements.states import OPEN, promise_after
from inbaar.dunning.schedule import look_again
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope
from inbaar.law.amounts import ZERO
from inbaar.letters.parts import Language
from inbaar.letters.words import words_in
from inbaar.receivables.actions import NewHold, open_holds, release_keys
from inbaar.receivables.timeline import NewEvent, write_events

BY = "daily run"
KEY = "promise:"
CHUNK = 500
_PROMISE = {
    "client_id": "bigint", "debtor_id": "bigint", "amount": "numeric", "currency": "text", "due_on": "date", "source": "text",
    "words": "text", "made_by": "text", "made_on": "date", "made_at": "timestamptz", "key": "text", "state": "text",
}  # fmt: skip
_INVOICE = {
    "client_id": "bigint",
    "promise_id": "bigint",
    "invoice_id": "bigint",
    "paid_before": "numeric",
    "runs": "boolean",
}
_HOLD_WORDS = {"nl": "Beloofd: {amount} uiterlijk {day}", "en": "Promised: {amount} by {day}"}
_OPEN = f"""
    SELECT q.id, q.debtor_id, q.amount, q.due_on, sum(got.amount - x.paid_before), bool_and(i.open_amount = 0),
           bool_or({MAY_BE_PAID}), array_agg(x.invoice_id ORDER BY x.invoice_id)
    FROM (SELECT * FROM arrangements_promise WHERE client_id = %(client)s AND state = 'open' AND id > %(after)s
          ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED) q
    JOIN arrangements_promiseinvoice x ON x.client_id = q.client_id AND x.promise_id = q.id
    JOIN receivables_invoice i ON i.client_id = x.client_id AND i.id = x.invoice_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(p.amount), 0) AS amount FROM receivables_payment p
        WHERE p.client_id = i.client_id AND p.invoice_id = i.id AND p.received_on <= q.due_on
    ) got
    GROUP BY q.id, q.debtor_id, q.amount, q.due_on ORDER BY q.id
"""  # noqa: S608 - our own text
_END = """
    UPDATE arrangements_promise q SET state = n.state, paid = n.paid, ended_on = %s, ended_by = %s
    FROM unnest(%s::bigint[], %s::text[], %s::numeric[]) AS n(id, state, paid) WHERE q.client_id = %s AND q.id = n.id
"""
_STOP = "UPDATE arrangements_promiseinvoice SET runs = false WHERE client_id = %s AND promise_id = ANY(%s::bigint[]) AND runs"
# What its day is over and cannot be judged yet holds on, one day at a time.
_HOLD_ON = "UPDATE receivables_hold SET until = %s WHERE client_id = %s AND key = ANY(%s::text[]) AND released_on IS NULL AND until < %s"


@dataclass(frozen=True, slots=True)
class NewPromise:
    """What is promised. Without an amount all that is owed on these invoices. `key` makes saying it twice the same as once."""

    debtor_id: int
    invoices: tuple[int, ...]
    due_on: dt.date
    source: str
    key: str
    amount: Decimal | None = None
    words: str = ""


def make_promise(client_id: int, new: NewPromise, by: str, on: dt.date, at: dt.datetime) -> int:
    """Keep a promise and hold its invoices up to and including its day; gives its number, the same one for a key that was used.

    Raises `Refused` with every rule that forbids it. Needs the client's scope; a fixed number of statements.
    """
    with transaction.atomic():
        language = lock_debtor(client_id, new.debtor_id)
        known = fetch(
            "SELECT id FROM arrangements_promise WHERE client_id = %s AND key = %s", [client_id, new.key]
        )
        if known:
            return int(known[0][0])
        claims = claims_of_debtor(client_id, new.debtor_id, new.invoices, on)
        amount = new.amount if new.amount is not None else sum((one.owed.total for one in claims), ZERO)
        standing = [one.standing for one in claims]
        may_promise(standing, amount, new.due_on, policy_of(client_id), on).require()
        return _keep(client_id, new, amount, claims, language or "nl", by, on, at)


def claims_of_debtor(
    client_id: int, debtor_id: int, invoices: Sequence[int], on: dt.date, *, beside: int | None = None
) -> list[Claim]:
    """How invoices stand that are one debtor's; refuses any other."""
    claims = standing_claims(client_id, invoices, on, beside=beside)
    mine = [one for one in claims if one.facts.debtor_id == debtor_id]
    if len(mine) != len(set(invoices)):
        raise Refused(
            Refusal("not-his-invoice", "it is about invoices of this debtor", "another one is among them", "his own", "never",
                    "choose from the list")
        )  # fmt: skip
    return mine


def _keep(
    client_id: int, new: NewPromise, amount: Decimal, claims: Sequence[Claim], language: str, by: str, on: dt.date, at: dt.datetime
) -> int:  # fmt: skip
    currency = claims[0].standing.currency
    ((promise_id,),) = insert_rows(
        "arrangements_promise",
        _PROMISE,
        [
            (
                client_id,
                new.debtor_id,
                amount,
                currency,
                new.due_on,
                new.source,
                new.words,
                by,
                on,
                at,
                new.key,
                OPEN,
            )
        ],
        returning="id",
    )
    insert_rows(
        "arrangements_promiseinvoice",
        _INVOICE,
        ((client_id, promise_id, one.standing.invoice_id, one.paid, True) for one in claims),
    )
    words = words_in(Language(language))
    reason = new.words or _HOLD_WORDS[language].format(
        amount=words.amount(amount, currency), day=words.short_date(new.due_on)
    )
    open_holds(
        client_id,
        [
            NewHold(new.debtor_id, "promise", reason, by, on, f"{KEY}{promise_id}:{one.standing.invoice_id}",
                    one.standing.invoice_id, until=new.due_on)
            for one in claims
        ],
        at,
    )  # fmt: skip
    facts = {
        "amount": str(amount), "currency": currency, "due_on": new.due_on.isoformat(), "source": new.source,
        "words": new.words, "by": by,
    }  # fmt: skip
    write_events(client_id, [NewEvent("promise_made", on, None, new.debtor_id, facts, promise_id)], at)
    return int(promise_id)


def withdraw_promise(client_id: int, promise_id: int, by: str, on: dt.date, at: dt.datetime) -> bool:
    """Take a promise back that runs: its hold ends and it counts nowhere. False if it had ended. Needs the client's scope."""
    return (
        withdraw_promises_of(client_id, _invoices_of(client_id, promise_id), by, on, at, only=promise_id) > 0
    )


def _invoices_of(client_id: int, promise_id: int) -> list[int]:
    rows = fetch(
        "SELECT invoice_id FROM arrangements_promiseinvoice WHERE client_id = %s AND promise_id = %s",
        [client_id, promise_id],
    )
    return [row[0] for row in rows]


def withdraw_promises_of(
    client_id: int, invoices: Sequence[int], by: str, on: dt.date, at: dt.datetime, *, only: int | None = None
) -> int:
    """Take back every promise that runs on these invoices, as a plan for them does; gives how many."""
    rows = fetch(
        """
        SELECT q.id, q.debtor_id, array_agg(y.invoice_id) FROM (
            SELECT o.client_id, o.id, o.debtor_id FROM arrangements_promise o
            WHERE o.client_id = %(client)s AND o.state = 'open' AND (%(only)s::bigint IS NULL OR o.id = %(only)s) AND EXISTS (
                SELECT 1 FROM arrangements_promiseinvoice x WHERE x.client_id = o.client_id AND x.promise_id = o.id
                    AND x.runs AND x.invoice_id = ANY(%(invoices)s::bigint[]))
            ORDER BY o.id FOR UPDATE
        ) q
        JOIN arrangements_promiseinvoice y ON y.client_id = q.client_id AND y.promise_id = q.id
        GROUP BY q.id, q.debtor_id
        """,
        {"client": client_id, "only": only, "invoices": array_parameter(list(invoices))},
    )
    ended = [(number, debtor, "withdraw", None, held) for number, debtor, held in rows]
    _end(client_id, ended, by, on, at)
    return len(rows)


def judge_promises(client_id: int, on: dt.date, at: dt.datetime) -> Counter[str]:
    """Judge what can be judged; gives how many ended in which state. Six statements for each five hundred that run.

    Kept is said at once. That one was not kept is said only after its day, once every account's statements of that day were
    read and no money waits that may be it; until then its hold goes on.
    """
    tally: Counter[str] = Counter()
    after = 0
    while True:
        with client_scope(client_id):
            rows = fetch(_OPEN, {"client": client_id, "after": after, "limit": CHUNK})
            if not rows:
                return tally
            news = bank_news(client_id)
            ended, waiting = _judged(rows, on, news)
            _end(client_id, ended, BY, on, at)
            run(_HOLD_ON, [on, client_id, array_parameter(waiting), on])
            tally += Counter(promise_after(OPEN, verb) for _, _, verb, _, _ in ended)
            after = rows[-1][0]


Ended = tuple[int, int, str, Decimal | None, Sequence[int]]


def _judged(
    rows: Sequence[tuple[Any, ...]], on: dt.date, news: dt.date | None
) -> tuple[list[Ended], list[str]]:
    """What ends with its verb, and the keys of the holds of what cannot be judged yet."""
    ended: list[Ended] = []
    waiting: list[str] = []
    for number, debtor, amount, due_on, paid, settled, explained, invoices in rows:
        verb = kept(amount, paid, settled=settled)
        if verb == "keep" or (due_on < on and news is not None and due_on <= news and not explained):
            ended.append((number, debtor, verb, max(paid, ZERO), invoices))
        elif due_on < on:
            waiting += [f"{KEY}{number}:{invoice}" for invoice in invoices]
    return ended, waiting


def _end(client_id: int, ended: Sequence[Ended], by: str, on: dt.date, at: dt.datetime) -> None:
    """Give promises their last state, let their holds go, and have the run look at their invoices again."""
    if not ended:
        return
    ids = [number for number, *_ in ended]
    states = [promise_after(OPEN, verb) for _, _, verb, _, _ in ended]
    paid = array_parameter([amount for _, _, _, amount, _ in ended])
    run(_END, [on, by, array_parameter(ids), array_parameter(states), paid, client_id])
    run(_STOP, [client_id, array_parameter(ids)])
    invoices = [(number, invoice) for number, _, _, _, held in ended for invoice in held]
    release_keys(client_id, [f"{KEY}{number}:{invoice}" for number, invoice in invoices], on, by, at)
    look_again(client_id, [invoice for _, invoice in invoices], on)
    write_events(
        client_id,
        (
            NewEvent(f"promise_{state}", on, None, debtor, {"paid": str(amount) if amount is not None else None, "by": by}, number)
            for (number, debtor, _, amount, _), state in zip(ended, states, strict=True)
        ),
        at,
    )  # fmt: skip
