"""Drafts that look like an invoice that is there, or like another of their batch: perhaps the same one, sent twice.

A number that was typed over, read wrongly or written in another way makes a second invoice of one. Whether it is one, a
person decides. Two statements' worth of looking up in one, whatever the number of drafts.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.parties.rules import plain
from inbaar.receivables.drafts import Draft
from inbaar.receivables.rules import number_key

_CANDIDATES = """
    WITH n AS (
        SELECT * FROM unnest(%(at)s::int[], %(key)s::text[], %(kind)s::text[], %(identity)s::text[],
                             %(payable)s::numeric[], %(currency)s::text[], %(issued)s::date[])
            AS n(at, number_key, kind, identity, payable, currency, issue_date)
    )
    SELECT n.at, i.id, coalesce(nullif(i.printed_number, ''), i.number), i.number_key, i.number_read, i.issue_date, i.content_key,
           d.identity, d.name
    FROM n
    JOIN receivables_invoice i ON i.client_id = %(client)s AND i.number_key = n.number_key AND i.kind = n.kind
         AND i.payable = n.payable AND i.currency = n.currency AND i.withdrawn_on IS NULL
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    UNION ALL
    SELECT n.at, i.id, coalesce(nullif(i.printed_number, ''), i.number), i.number_key, i.number_read, i.issue_date, i.content_key,
           d.identity, d.name
    FROM n
    JOIN parties_debtor d ON d.client_id = %(client)s AND d.identity = n.identity
    JOIN receivables_invoice i ON i.client_id = d.client_id AND i.debtor_id = d.id AND i.issue_date = n.issue_date
         AND i.kind = n.kind AND i.payable = n.payable AND i.currency = n.currency AND i.number_key <> n.number_key
         AND i.withdrawn_on IS NULL
"""


@dataclass(frozen=True, slots=True)
class Near:
    """What a draft looks like: an invoice that is there, or (without an id yet) one of the same batch."""

    number: str
    issue_date: dt.date
    same_number: bool
    invoice_id: int | None = None


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """By the place of each draft: what it looks like; and which drafts are there already, to the letter."""

    near: dict[int, Near]
    known: frozenset[int]


def lookalikes(client_id: int, drafts: Sequence[Draft]) -> Lookalikes:
    """Drafts with the number and amount of another invoice that differs otherwise, or with the debtor and amount of one whose
    number is the same but for spaces, signs and leading zeros, or of the same day whose number differs by one letter or digit.

    The last only counts where one of the two numbers was read from a page or typed: numbers that a program wrote follow each
    other, and a month's invoices to one debtor may differ in nothing else. Needs the client's scope. A draft that is there
    already, to the letter, looks like nothing else.
    """
    found: dict[int, list[Near]] = defaultdict(list)
    known = set()
    for at, invoice_id, number, key, read, issued, content, identity, name in _candidates(client_id, drafts):
        draft = drafts[at]
        same_customer = draft.customer.identity.key == identity or plain(draft.customer.name) == plain(name)
        same_number = number == draft.number
        if same_number and same_customer and content == draft.content_key:
            known.add(at)
        elif same_number or (
            same_customer and _alike(key, number_key(draft.number), read or draft.number_read)
        ):
            found[at].append(Near(number, issued, same_number, invoice_id))
    for at, near in _in_the_batch(drafts):
        found[at].append(near)
    # The one that is most like it is told of: the same number before another one.
    return Lookalikes(
        {at: max(nears, key=lambda near: near.same_number) for at, nears in found.items() if at not in known},
        frozenset(known),
    )


def _alike(key: str, other: str, was_read: bool) -> bool:
    return key == other or (was_read and within_one(key, other))


def within_one(one: str, other: str) -> bool:
    """Whether two numbers differ by one letter or digit at most: another one, one more or one less.

    >>> within_one("F2026001", "F2026007"), within_one("F2026001", "F202601"), within_one("F12", "F21")
    (True, True, False)
    """
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    return one[at + (len(one) == len(other)) :] == other[at + 1 :]


def _candidates(client_id: int, drafts: Sequence[Draft]) -> list[tuple[Any, ...]]:
    if not drafts:
        return []
    columns: dict[str, list[Any]] = {
        "at": list(range(len(drafts))),
        "key": [number_key(draft.number) for draft in drafts],
        "kind": [draft.kind for draft in drafts],
        "identity": [draft.customer.identity.key for draft in drafts],
        "payable": [draft.payable for draft in drafts],
        "currency": [draft.currency for draft in drafts],
        "issued": [draft.issue_date for draft in drafts],
    }
    return fetch(
        _CANDIDATES,
        {"client": client_id, **{name: array_parameter(column) for name, column in columns.items()}},
    )


def _in_the_batch(drafts: Sequence[Draft]) -> Iterator[tuple[int, Near]]:
    """The same among the drafts themselves: each that looks like an earlier one."""
    any_read = any(draft.number_read for draft in drafts)
    by_number: dict[tuple[object, ...], Draft] = {}
    by_day: dict[tuple[object, ...], dict[str, list[Draft]]] = defaultdict(lambda: defaultdict(list))
    for at, draft in enumerate(drafts):
        amount = (draft.kind, draft.payable, draft.currency)
        first = by_number.setdefault((draft.number, *amount), draft)
        if first is not draft:
            if first.content_key != draft.content_key:
                yield at, Near(first.number, first.issue_date, True)
            continue
        key = number_key(draft.number)
        alike = by_day[draft.customer.identity.key, draft.issue_date, *amount]
        earlier = next(_earlier(draft, key, alike, any_read), None)
        if earlier is not None:
            yield at, Near(earlier.number, earlier.issue_date, False)
        for mark in _marks(key) if any_read else (f"={key}",):
            known = alike[mark]
            # One of each kind tells all there is to find: what was read, and what was not.
            if all(other.number_read is not draft.number_read for other in known):
                known.append(draft)


def _earlier(draft: Draft, key: str, alike: Mapping[str, list[Draft]], any_read: bool) -> Iterator[Draft]:
    """Earlier drafts of its debtor, day and amount that it looks like."""
    for mark in _found_by(key) if any_read else (f"={key}",):
        for other in alike.get(mark, ()):
            if mark == f"={key}" or draft.number_read or other.number_read:
                yield other


def _marks(key: str) -> Iterator[str]:
    """What a number is found by: itself, with each sign masked, and with each sign left out."""
    yield f"={key}"
    for at in range(len(key)):
        yield f"~{key[:at]}?{key[at + 1 :]}"
        yield f"-{key[:at]}{key[at + 1 :]}"


def _found_by(key: str) -> Iterator[str]:
    """The marks of every number that is within one sign of this one, and of no other: nothing needs comparing."""
    yield f"={key}"
    yield f"-{key}"
    for at in range(len(key)):
        yield f"~{key[:at]}?{key[at + 1 :]}"
        yield f"={key[:at]}{key[at + 1 :]}"
