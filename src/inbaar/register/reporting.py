"""Reporting arrears, many at once: checked by the rules, charged by the price list, and told to the debtor the same day.

Reporting twice is reporting once. What is refused changes nothing and says why.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal
from inbaar.receivables.evidence import NewRequest, request_evidence
from inbaar.receivables.timeline import NewEvent, write_events
from inbaar.register.facts import ArrearFacts, arrears_of
from inbaar.register.figures import REPORTED, count_up
from inbaar.register.letter import Prepared, letter_day, prepare_letters, write_prepared
from inbaar.register.prices import PriceRow, price_on
from inbaar.register.rules import entry_day, may_report

FIRST_CALL_DAYS = 2
_REPORT = {
    "client_id": "bigint", "invoice_id": "bigint", "debtor_id": "bigint", "amount": "numeric", "reported_on": "date",
    "reported_by": "text", "reporter_id": "bigint", "letter": "bigint", "look_on": "date", "days_suspended": "smallint", "overdue": "boolean",
    "nonce": "text",
}  # fmt: skip
_FEE = {
    "client_id": "bigint", "invoice_id": "bigint", "report": "bigint", "amount": "numeric", "on": "date",
    "price_since": "date",
}  # fmt: skip
_CALL = {
    "client_id": "bigint",
    "report_id": "bigint",
    "due_on": "date",
    "outcome": "text",
    "note": "text",
    "made_by": "text",
}
_UNKNOWN = Refusal(
    "register-unknown", "an arrear is of an invoice", "there is no such invoice", "an invoice", "never"
)


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of one report: `reported`, `known` (it ran already, nothing changed) or `refused`, with every reason."""

    invoice_id: int
    outcome: str
    report_id: int | None = None
    refusals: tuple[Refusal, ...] = ()


def report_arrears(
    client_id: int,
    invoices: Sequence[int],
    by: str,
    on: dt.date,
    recorded_at: dt.datetime,
    *,
    reporter: int | None = None,
    on_letters: Callable[[int], object] | None = None,
) -> list[Reported]:
    """Report arrears of invoices in the books; one answer each, in order. Needs the client's scope.

    Whoever reports says by it that he can prove the delivery; proof is asked for by the day of entry where there is none.
    `reporter` is the user who does it, and so does not approve the entry; None for a program. Raises `Refused` where no price holds on the day. `on_letters` queues the sending, in the transaction that writes.
    A fixed number of statements for any number of invoices.
    """
    with transaction.atomic():
        # Two who report the same at once come here one after the other; the second finds it running.
        fetch(
            "SELECT 1 FROM receivables_invoice WHERE client_id = %s AND id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE",
            [client_id, array_parameter(list(invoices))],
        )
        running = running_reports(client_id, invoices)
        price = price_on(on)
        fresh = [number for number in dict.fromkeys(invoices) if number not in running]
        facts = arrears_of(client_id, fresh, on, declared=True)
        refused = {
            number: may_report(facts[number].arrear, on).refusals if number in facts else (_UNKNOWN,)
            for number in fresh
        }
        allowed = [number for number in fresh if not refused[number]]
        prepared = prepare_letters(client_id, allowed, on, recorded_at) if allowed else Prepared()
        refused |= {number: (why,) for number, why in prepared.failures.items()}
        made = _write(
            client_id,
            [facts[number] for number in prepared.letters],
            prepared,
            price,
            (by, reporter),
            on,
            recorded_at,
        )
        if made and on_letters is not None:
            on_letters(client_id)
    return [_answer(number, running, made, refused) for number in invoices]


def running_reports(client_id: int, invoices: Sequence[int]) -> dict[int, int]:
    """The reports that run for these invoices, by invoice. One statement."""
    rows = fetch(
        "SELECT invoice_id, id FROM register_report WHERE client_id = %s AND invoice_id = ANY(%s::bigint[])",
        [client_id, array_parameter(list(invoices))],
    )
    return dict(rows)


def _answer(
    number: int, running: dict[int, int], made: dict[int, int], refused: dict[int, tuple[Refusal, ...]]
) -> Reported:
    if number in running:
        return Reported(number, "known", running[number])
    if number in made:
        return Reported(number, "reported", made[number])
    return Reported(number, "refused", None, refused[number])


def _write(
    client_id: int, facts: Sequence[ArrearFacts], prepared: Prepared, price: PriceRow, who: tuple[str, int | None], on: dt.date,
    recorded_at: dt.datetime,
) -> dict[int, int]:  # fmt: skip
    """Write reports with their fee, letter, call, request for proof and line of the timeline; gives them by invoice."""
    if not facts:
        return {}
    by, reporter = who
    day = letter_day(on, recorded_at)
    letters = prepared.letters
    made: dict[int, int] = dict(
        insert_rows(
            "register_report",
            _REPORT,
            (
                (client_id, f.invoice_id, f.debtor_id, f.arrear.open_amount, on, by, reporter, letters[f.invoice_id].id,
                 day + dt.timedelta(days=1), 0, False, secrets.token_hex(32))
                for f in facts
            ),
            returning="invoice_id, id",
        )
    )  # fmt: skip
    write_prepared(client_id, [letters[f.invoice_id] for f in facts], on, recorded_at)
    insert_rows(
        "register_fee", _FEE,
        ((client_id, invoice, report, price.amount, on, price.since) for invoice, report in made.items()),
    )  # fmt: skip
    call_by = day + dt.timedelta(days=FIRST_CALL_DAYS)
    insert_rows(
        "register_call", _CALL, ((client_id, report, call_by, "", "", "") for report in made.values())
    )
    _ask_for_proof(client_id, made, entry_day(day), on, recorded_at)
    count_up(on, REPORTED, len(made))
    told = {f.invoice_id: letters[f.invoice_id] for f in facts}
    write_events(
        client_id,
        (
            NewEvent("register_reported", on, number, letter.debtor_id,
                     {"letter": letter.content.letter_number, "by": by, "fee": str(price.amount)}, letter.id)
            for number, letter in told.items()
        ),
        recorded_at,
    )  # fmt: skip
    return made


def _ask_for_proof(
    client_id: int, made: dict[int, int], due_on: dt.date, on: dt.date, recorded_at: dt.datetime
) -> None:
    """No case file is needed to report; proof is asked for where there is none yet, by the day of entry."""
    proven = {
        number for number, facts in arrears_of(client_id, list(made), on).items() if facts.arrear.supported
    }
    request_evidence(
        client_id,
        (
            NewRequest(number, "any", "register", "", due_on, f"register:{report}")
            for number, report in made.items()
            if number not in proven
        ),
        "",
        on,
        recorded_at,
    )


def write_letters_anew(
    client_id: int, reports: dict[int, int], on: dt.date, recorded_at: dt.datetime
) -> Prepared:
    """Write the letter of reports (by invoice) whose first never left, with fourteen days from its own day."""
    prepared = prepare_letters(client_id, list(reports), on, recorded_at)
    write_prepared(client_id, list(prepared.letters.values()), on, recorded_at)
    day = letter_day(on, recorded_at) + dt.timedelta(days=1)
    run(
        """
        UPDATE register_report r SET letter = n.letter, look_on = %s
        FROM unnest(%s::bigint[], %s::bigint[]) AS n(id, letter) WHERE r.client_id = %s AND r.id = n.id
        """,
        [
            day, array_parameter([reports[number] for number in prepared.letters]),
            array_parameter([letter.id for letter in prepared.letters.values()]), client_id,
        ],
    )  # fmt: skip
    return prepared
