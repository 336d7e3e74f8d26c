"""What reporting an arrear would come to, for software that asks before it reports. Nothing is kept of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from inbaar.kit.errors import Refusal
from inbaar.receivables.rules import register_dates
from inbaar.register.facts import arrears_of
from inbaar.register.letter import letter_day
from inbaar.register.listing import Told, arrear_of, known_invoices, mismatch
from inbaar.register.reporting import running_reports
from inbaar.register.rules import conditions, entry_day, may_report


@dataclass(frozen=True, slots=True)
class Checked:
    """How one arrear stands: the five conditions, both clocks, every reason why it cannot be reported now.

    `known`: an invoice of its number is in the books. `report_id` is of the report that runs for it.
    """

    number: str
    known: bool
    report_id: int | None
    conditions: tuple[tuple[str, bool], ...]
    reportable_from: dt.date
    enterable_from: dt.date
    refusals: tuple[Refusal, ...]


def check_told(client_id: int, arrears: Sequence[Told], on: dt.date, moment: dt.datetime) -> list[Checked]:
    """Look at arrears told by their facts, as reporting them now would; one answer each, in order. Three statements."""
    known = known_invoices(client_id, [told.number for told in arrears])
    ids = [row.invoice_id for row in known.values()]
    facts = arrears_of(client_id, ids, on, declared=True)
    running = running_reports(client_id, ids)
    checked = []
    for told in arrears:
        there = known.get(told.number)
        arrear = facts[there.invoice_id].arrear if there else arrear_of(told)
        differs = mismatch(told, there) if there else None
        first = register_dates(arrear.due_date).earliest_report
        letter = letter_day(on, moment) if first <= on else first
        checked.append(
            Checked(
                told.number, there is not None, running.get(there.invoice_id) if there else None,
                tuple((code, refusal is None) for code, refusal in conditions(arrear, on).items()),
                first, entry_day(letter), (*([differs] if differs else []), *may_report(arrear, on).refusals),
            )
        )  # fmt: skip
    return checked
