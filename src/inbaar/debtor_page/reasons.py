"""A client's own list of reasons to dispute: the usual ones until he changes them, then his."""

import re
from collections.abc import Sequence

from inbaar.debtor_page.queries import reasons_of
from inbaar.debtor_page.rules import MOST_SOLVE_DAYS, Reason
from inbaar.kit.bulk import fetch, insert_rows
from inbaar.kit.errors import Refusal, Refused

MOST_REASONS = 20
_REASON = {
    "client_id": "bigint", "code": "text", "nl": "text", "en": "text", "owner": "text", "solve_days": "smallint", "active": "boolean",
}  # fmt: skip


def save_reason(client_id: int, wanted: Reason) -> str:
    """Change a reason by its code, or add one where the code is empty; gives its code. Needs the client's scope.

    What was said before keeps the words it was said with. Refuses a reason without words in both languages, a term of no or
    more than sixty working days, more than twenty reasons, and putting the last one away.
    """
    _make_own(client_id)
    known = {reason.code: reason for reason in reasons_of(client_id, all_of_them=True)}
    code = wanted.code or _code(wanted.en, known)
    others = [reason for reason in known.values() if reason.code != code]
    _require_fit(wanted, others, is_new=code not in known)
    insert_rows(
        "debtor_page_disputereason",
        _REASON,
        [(client_id, code, wanted.nl, wanted.en, wanted.owner, wanted.solve_days, wanted.active)],
        on_conflict="(client_id, code) DO UPDATE SET nl = excluded.nl, en = excluded.en, owner = excluded.owner, "
        "solve_days = excluded.solve_days, active = excluded.active",
    )
    return code


def _make_own(client_id: int) -> None:
    """Make the usual reasons the client's own, before the first is changed: what he does not touch stays as it was."""
    if fetch("SELECT 1 FROM debtor_page_disputereason WHERE client_id = %s LIMIT 1", [client_id]):
        return
    insert_rows(
        "debtor_page_disputereason",
        _REASON,
        (
            (client_id, reason.code, reason.nl, reason.en, reason.owner, reason.solve_days, reason.active)
            for reason in reasons_of(client_id, all_of_them=True)
        ),
        on_conflict="DO NOTHING",
    )


def _require_fit(wanted: Reason, others: Sequence[Reason], *, is_new: bool) -> None:
    refusals = []
    if not wanted.nl.strip() or not wanted.en.strip():
        refusals.append(_refusal("reason-words", "a reason is worded in both languages", "no words", "words"))
    if not 1 <= wanted.solve_days <= MOST_SOLVE_DAYS:
        refusals.append(
            _refusal(
                "reason-days",
                "a dispute is solved within some working days",
                str(wanted.solve_days),
                str(MOST_SOLVE_DAYS),
            )
        )
    if is_new and len(others) >= MOST_REASONS:
        refusals.append(_refusal("reason-too-many", "the list is short", str(len(others)), str(MOST_REASONS)))
    if not wanted.active and not any(reason.active for reason in others):
        refusals.append(
            _refusal("reason-last", "a debtor has something to choose", "the last one", "one at least")
        )
    if refusals:
        raise Refused(*refusals)


def _code(words: str, known: dict[str, Reason]) -> str:
    """A code of its own, made of the words."""
    stem = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:30] or "reason"
    code, number = stem, 1
    while code in known:
        number += 1
        code = f"{stem}_{number}"
    return code


def _refusal(code: str, rule: str, fact: str, limit: str) -> Refusal:
    return Refusal(code, rule, fact, limit, next_step="change it and save it once more")
