"""A person's word about a line of a list that was looked through: taken in all the same, left out, or as its verdict says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from inbaar.intake.bulk.debtors import BookedDebtor
from inbaar.intake.bulk.decided import WHOSE, Decision, may_be_taken
from inbaar.intake.importing import list_file
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.parties.rules import plain

_DEBTOR = "d.id, d.identity, d.name, d.number, d.kvk_number, d.vat_id, d.postcode"


@dataclass(frozen=True, slots=True)
class Word:
    """What a person says: `take`, `leave`, or "" for what the verdict says; whose it is, where that is asked."""

    decision: Literal["", "take", "leave"]
    debtor_id: int | None = None
    as_new: bool = False


def decide(client_id: int, import_id: int, line: int, word: Word, by: str) -> None:
    """Keep what a person says of a line. Needs the client's scope.

    Refuses a list that is not waiting for decisions, a line whose doubts need another file, and one that may be several
    debtors' as long as it is not said whose.
    """
    kept = list_file(client_id, import_id, lock=True)
    rows = fetch(
        "SELECT verdict, told::text FROM intake_importline WHERE client_id = %s AND imported_id = %s AND line = %s",
        [client_id, import_id, line],
    )
    if kept is None or kept.state != "checked" or not rows:
        raise Refused(
            Refusal("import-not-open", "a line is decided about before its list is taken in", f"line {line}",
                    "an open list", next_step="look at its page")
        )  # fmt: skip
    verdict, told = rows[0][0], json.loads(rows[0][1])
    if word.decision == "take":
        _require_takable(client_id, verdict, told, word)
    as_new, chosen = (word.as_new, word.debtor_id) if word.decision == "take" else (False, None)
    run(
        "UPDATE intake_importline SET decision = %s, chosen_id = %s, as_new = %s, decided_by = %s "
        "WHERE client_id = %s AND imported_id = %s AND line = %s",
        [word.decision, chosen, as_new, by[:100] if word.decision else "", client_id, import_id, line],
    )


def _require_takable(client_id: int, verdict: str, told: Mapping[str, Any], word: Word) -> None:
    rules = [rule for _, rule, _ in told["faults"]]
    if verdict not in ("new", "changed") and not (verdict == "doubtful" and may_be_taken(rules)):
        raise Refused(
            Refusal("line-needs-file", "a line is taken in once its doubts can be settled here", ", ".join(rules) or verdict,
                    "a doubt that a person can settle", next_step="correct the file and send it again")
        )  # fmt: skip
    if word.as_new and word.debtor_id is not None:
        raise ValueError("a line is either a debtor's of the books or somebody new's")
    if WHOSE & set(rules) and word.debtor_id is None and not word.as_new:
        raise Refused(
            Refusal("line-whose", "an invoice has one debtor", "it is not sure whose the line is", "a debtor",
                    next_step="choose whose it is")
        )  # fmt: skip
    if word.debtor_id is not None and not fetch(
        "SELECT 1 FROM parties_debtor WHERE client_id = %s AND id = %s", [client_id, word.debtor_id]
    ):
        raise Refused(
            Refusal("debtor-unknown", "a line is one of the client's own debtors'", f"debtor {word.debtor_id}",
                    "a known one", "never")
        )  # fmt: skip


def decisions_of(client_id: int, import_id: int) -> dict[int, Decision]:
    """The lines of a list that a person decided to take in, with the doubts he was shown. One statement."""
    rows = fetch(
        f"""
        SELECT l.line, l.told::text, l.as_new, {_DEBTOR} FROM intake_importline l
        LEFT JOIN parties_debtor d ON d.client_id = l.client_id AND d.id = l.chosen_id
        WHERE l.client_id = %s AND l.imported_id = %s AND l.decision = 'take'
        """,  # noqa: S608 - our own text
        [client_id, import_id],
    )
    return {
        line: Decision(
            frozenset(rule for _, rule, _ in json.loads(told)["faults"]),
            BookedDebtor(*debtor) if debtor[0] is not None else None,
            as_new,
        )
        for line, told, as_new, *debtor in rows
    }


def possible_debtors(client_id: int, told: Mapping[str, Any], looked_for: str = "") -> list[BookedDebtor]:
    """The debtors a line may mean: of its number, KvK number or name, or of a name or number somebody looks for."""
    name, number = told.get("debtor", ""), told.get("debtor_number", "")
    rows = fetch(
        f"""
        SELECT {_DEBTOR} FROM parties_debtor d WHERE d.client_id = %(client)s AND (
            (%(number)s <> '' AND d.number = %(number)s) OR (%(kvk)s <> '' AND d.kvk_number = %(kvk)s)
            OR d.bare_name = translate(upper(%(name)s), ' .,-''&/()+', '') OR (%(text)s <> '' AND (
                d.number = %(text)s OR d.kvk_number = %(text)s OR position(%(plain)s IN lower(d.bare_name)) > 0)))
        ORDER BY d.name, d.id LIMIT 20
        """,  # noqa: S608 - our own text
        {"client": client_id, "number": number, "kvk": told.get("kvk", ""), "name": name, "text": looked_for,
         "plain": plain(looked_for) or "\x01"},
    )  # fmt: skip
    return [BookedDebtor(*row) for row in rows]
