"""Whether a second person approves each entry: from which day on, as whoever runs the register decided, and where.

Entering is a step that cannot be taken back for who saw it, so a second person is asked wherever nothing was decided.
"""

import datetime as dt
from dataclasses import dataclass

from inbaar.kit.bulk import fetch, insert_rows
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.text import printable


@dataclass(frozen=True, slots=True)
class EntryRuleRow:
    """From a day on, whether a second person is asked, and where that was decided."""

    since: dt.date
    second_person: bool
    source: str


def entry_rules() -> list[EntryRuleRow]:
    """What was decided, the newest first."""
    rows = fetch("SELECT since, second_person, source FROM register_entryrule ORDER BY since DESC")
    return [EntryRuleRow(*row) for row in rows]


def set_entry_rule(row: EntryRuleRow, on: dt.date) -> None:
    """Add what was decided. Refuses a day that has been, one that has a rule, and a rule nobody decided."""
    source = printable(row.source).strip()[:200]
    if not source:
        raise Refused(
            Refusal("entry-rule-source", "a rule says where it was decided", "nowhere", "a few words")
        )
    if row.since < on:
        raise Refused(
            Refusal("entry-rule-day", "a rule begins today or later", str(row.since), str(on), on)
        )  # fmt: skip
    columns = {"since": "date", "second_person": "boolean", "source": "text"}
    values = (row.since, row.second_person, source)
    if not insert_rows("register_entryrule", columns, [values], on_conflict="DO NOTHING", returning="since"):
        raise Refused(
            Refusal("entry-rule-twice", "each day has one rule", f"{row.since} has one", "a day without a rule",
                    next_step="let the new rule begin on another day")
        )  # fmt: skip
