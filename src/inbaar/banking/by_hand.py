"""Matching, undoing and setting aside by a person. Called through `actions`; refuses what the books could not carry."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from inbaar.banking.claiming import ENTRY_COLUMNS
from inbaar.banking.learning import learned_by
from inbaar.banking.matching import owed_by_payer
from inbaar.banking.models import Entry
from inbaar.banking.outcomes import EntryFacts, Line, Outcome, Rest, rest_key, write_outcomes
from inbaar.banking.undoing import Undoing, undo_matches
from inbaar.banking.write_offs.queries import one_person_limit
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.claims import ClaimFacts
from inbaar.receivables.grounds import Ground, Word
from inbaar.receivables.payments import above_limit
from inbaar.receivables.queries import claim_facts

BY_HAND = "by-hand"
#: Why an entry waits of which one person asked a second to approve what is written off beside it.
WRITE_OFF_ASKED = "write-off-asked"
CERTAIN = 100
_ENTRY = (
    f"SELECT {ENTRY_COLUMNS}, state, reason FROM banking_entry WHERE client_id = %s AND id = %s FOR UPDATE"  # noqa: S608
)
_LOCK = (
    "SELECT id FROM receivables_invoice WHERE client_id = %s AND id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
)
_WRITTEN_OFF = (
    "SELECT coalesce(sum(amount), 0) FROM receivables_payment WHERE client_id = %s AND key = ANY(%s::text[])"
)
_MATCHED = "SELECT invoice_id FROM banking_match WHERE client_id = %s AND entry_id = %s AND undone_on IS NULL"
NO_GROUNDS: Mapping[int, Ground] = MappingProxyType({})


def match(
    client_id: int,
    entry_id: int,
    lines: Sequence[tuple[int, Decimal]],
    by: str,
    on: dt.date,
    recorded_at: dt.datetime,
    grounds: Mapping[int, Ground] = NO_GROUNDS,
    *,
    learn: bool = True,
    by_two: tuple[int, int] | None = None,
) -> None:
    """See `actions.match_by_hand`. `by_two` are who asked to write off and who approved it, another person."""
    with client_scope(client_id):
        entry, _ = locked_entry(client_id, entry_id, deciding=by_two is not None)
        wanted = [number for number, _ in lines]
        fetch(_LOCK, [client_id, wanted])
        claims, matched, refusals = looked_at(client_id, entry, lines, grounds)
        word = Word(one_person_limit(client_id), *(by_two or ())) if grounds else None
        if word is not None and not refusals:
            refusals = _refused_by_word(client_id, entry, lines, claims, matched, grounds, word)
        if refusals:
            raise Refused(*refusals)
        paid = tuple(Line(number, claims[number].debtor_id, amount) for number, amount in lines)
        rests = tuple(
            Rest(number, owed_by_payer(claims[number], entry.date) - amount, grounds[number].value)
            for number, amount in lines
            if number in grounds
        )
        facts = {"numbers": ", ".join(claims[number].number for number in wanted), "by": by}
        if not learn:
            facts["paid_by"] = entry.counterparty_name or entry.counterparty_iban
        outcome = Outcome(
            entry,
            Entry.State.MATCHED,
            BY_HAND,
            CERTAIN,
            facts,
            paid,
            learn_iban=learn,
            rests=rests,
            habits=learned_by(client_id, entry, paid, rests) if learn else (),
        )
        write_outcomes(client_id, [outcome], by, on, recorded_at, word)


def looked_at(
    client_id: int,
    entry: EntryFacts,
    lines: Sequence[tuple[int, Decimal]],
    grounds: Mapping[int, Ground],
) -> tuple[dict[int, ClaimFacts], set[int], list[Refusal]]:
    """The claims of these lines, which invoices the entry pays already, and what is wrong with the lines."""
    claims = claim_facts([number for number, _ in lines], entry.date)
    matched = {number for (number,) in fetch(_MATCHED, [client_id, entry.id])}
    refusals = [*_refused_whole(entry, lines), *_refused_lines(entry, lines, claims, matched)]
    return claims, matched, refusals or _refused_rests(entry, lines, claims, grounds)


def undo(
    client_id: int, entry_id: int, reason: str, by: str, on: dt.date, recorded_at: dt.datetime
) -> list[int]:
    """See `actions.undo_match`."""
    with client_scope(client_id):
        entry, state = locked_entry(client_id, entry_id)
        require_reason(reason, "undoing a match")
        if state != Entry.State.MATCHED or not fetch(_MATCHED, [client_id, entry_id]):
            raise Refused(
                Refusal(
                    "entry-not-matched",
                    "only what pays an invoice can be undone",
                    f"entry of {entry.date} of {entry.amount:.2f} pays none",
                    "matched",
                    next_step="nothing needs to be done",
                )
            )
        opened = undo_matches(client_id, [Undoing(entry_id, reason.strip(), by)], on, recorded_at)
        run(
            "UPDATE banking_entry SET state = 'unmatched', score = NULL, reason = 'undone', "
            "reason_facts = jsonb_build_object('why', %s::text, 'by', %s::text) WHERE client_id = %s AND id = %s",
            [reason.strip(), by, client_id, entry_id],
        )
        return opened.get(entry_id, [])


def ignore(client_id: int, entry_id: int, reason: str, by: str) -> None:
    """See `actions.ignore_entry`."""
    with client_scope(client_id):
        entry, state = locked_entry(client_id, entry_id)
        if state == Entry.State.MATCHED:
            raise Refused(
                Refusal(
                    "entry-matched",
                    "only an entry that pays nothing can be set aside",
                    f"entry of {entry.date} of {entry.amount:.2f} is matched",
                    "not matched",
                    "never",
                )
            )
        require_reason(reason, "setting an entry aside")
        run(
            "UPDATE banking_entry SET state = 'ignored', score = NULL, reason = 'ignored', "
            "reason_facts = jsonb_build_object('why', %s::text, 'by', %s::text) WHERE client_id = %s AND id = %s",
            [reason.strip(), by, client_id, entry_id],
        )
        run("DELETE FROM banking_suspect WHERE client_id = %s AND entry_id = %s", [client_id, entry_id])


def require_reason(reason: str, act: str) -> None:
    """Refuse an act that needs a reason without one."""
    if not reason.strip():
        raise Refused(Refusal("reason-missing", f"{act} needs a reason", "none was given", "a few words"))


def locked_entry(client_id: int, entry_id: int, *, deciding: bool = False) -> tuple[EntryFacts, str]:
    """An entry and its state, locked until the transaction ends; refuses one that is not this client's.

    Refuses also one of which a write-off waits for a second person, unless that is what is being decided.
    """
    rows = fetch(_ENTRY, [client_id, entry_id])
    if not rows:
        raise Refused(
            Refusal(
                "entry-unknown",
                "the entry must be this client's",
                f"there is no entry {entry_id}",
                "one entry",
            )
        )
    *facts, state, reason = rows[0]
    if reason == WRITE_OFF_ASKED and not deciding:
        raise Refused(
            Refusal(
                "write-off-waits", "what waits for a second person is decided on first",
                "a write-off with this entry waits", "no write-off that waits", next_step="approve, refuse or take it back",
            )
        )  # fmt: skip
    return EntryFacts(*facts), state


def _refused_whole(entry: EntryFacts, lines: Sequence[tuple[int, Decimal]]) -> list[Refusal]:
    """What is wrong with the lines together."""
    if entry.amount <= 0:
        return [
            Refusal(
                "not-a-receipt",
                "only money received can pay an invoice",
                f"the entry is {entry.amount:.2f}",
                "more than 0.00",
                "never",
            )
        ]
    if not entry.unapplied:
        return [
            Refusal(
                "entry-matched",
                "an entry pays no more than its amount",
                f"all of its {entry.amount:.2f} is matched already",
                "0.00 left",
                "never",
            )
        ]
    total = sum((amount for _, amount in lines), Decimal(0))
    if not lines or total > entry.unapplied:
        return [
            Refusal(
                "over-entry",
                "an entry pays at least one invoice and no more than its amount",
                f"the lines make {total:.2f}",
                f"{entry.unapplied:.2f}",
                next_step="lower the lines",
            )
        ]
    return []


def _refused_lines(
    entry: EntryFacts,
    lines: Sequence[tuple[int, Decimal]],
    claims: dict[int, ClaimFacts],
    matched: set[int],
) -> list[Refusal]:
    """What is wrong with each line by itself."""
    numbers = [number for number, _ in lines]
    refusals = []
    for number, amount in lines:
        claim = claims.get(number)
        if claim is None or claim.kind != "invoice":
            refusals.append(
                Refusal(
                    "invoice-unknown",
                    "a payment goes to an invoice of this client",
                    f"{number} is none",
                    "an invoice",
                    "never",
                )
            )
        elif number in matched or numbers.count(number) > 1:
            refusals.append(
                Refusal(
                    "line-twice",
                    "an entry pays an invoice once",
                    f"{claim.number} is named twice or matched already",
                    "one line",
                    next_step="put the amounts in one line",
                )
            )
        elif claim.currency != entry.currency:
            refusals.append(
                Refusal(
                    "other-currency",
                    "entry and invoice are in one currency",
                    f"the entry is in {entry.currency}, {claim.number} in {claim.currency}",
                    claim.currency,
                    "never",
                )
            )
        else:
            refusals.extend(_refused_amount(claim, amount, entry.date))
    return refusals


def _refused_amount(claim: ClaimFacts, amount: Decimal, on: dt.date) -> list[Refusal]:
    """An amount that is nothing, or more than was owed on the day of the payment."""
    owed = owed_by_payer(claim, on)
    if 0 < amount <= owed and amount == round(amount, 2):
        return []
    return [
        Refusal(
            "over-open",
            "a payment is no more than what is owed, in whole cents",
            f"{amount} for {claim.number}",
            f"{owed:.2f} is open on {on}",
            next_step="leave the rest of the entry unmatched or match it to another invoice",
        )
    ]


def _refused_by_word(
    client_id: int,
    entry: EntryFacts,
    lines: Sequence[tuple[int, Decimal]],
    claims: dict[int, ClaimFacts],
    matched: set[int],
    grounds: Mapping[int, Ground],
    word: Word,
) -> list[Refusal]:
    """All that is written off beside this entry, in one go or one after the other, is one decision."""
    keys = [rest_key(entry.id, number, entry.rounds) for number in sorted(matched)]
    ((earlier,),) = fetch(_WRITTEN_OFF, [client_id, array_parameter(keys)])
    rest = sum(owed_by_payer(claims[n], entry.date) - paid for n, paid in lines if n in grounds)
    return [] if word.allows(earlier + rest) else [above_limit(earlier + rest, word.limit)]


def _refused_rests(
    entry: EntryFacts,
    lines: Sequence[tuple[int, Decimal]],
    claims: dict[int, ClaimFacts],
    grounds: Mapping[int, Ground],
) -> list[Refusal]:
    """A rest that is written off beside a line: there must be one, and the line must be there."""
    paid = dict(lines)
    return [
        Refusal(
            "no-rest",
            "only what is left beside a payment is written off with it",
            f"nothing is left of {claims[number].number if number in claims else number}",
            "at least 0.01",
            next_step="match it without writing off",
        )
        for number in grounds
        if number not in paid or owed_by_payer(claims[number], entry.date) <= paid[number]
    ]
