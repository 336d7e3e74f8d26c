"""What a person's decision teaches of how a debtor pays, and what is known of debtors so far.

Called when a person matches, and by the look-up for payments. What is learned is shown with the decision it came from, and
can be forgotten.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from inbaar.banking.evidence import NOTHING_LET_GO, Known, Leniency
from inbaar.banking.fitting import CENT, HUNDRED, discount_of
from inbaar.banking.outcomes import EntryFacts, Learned, Line, Rest
from inbaar.banking.payment_tokens import customer_numbers, name_key
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.grounds import Ground

LARGEST_DISCOUNT = Decimal(5)
_DEBTOR = "SELECT name, number FROM parties_debtor WHERE client_id = %s AND id = %s"
_OF_DEBTORS = """
    SELECT debtor_id, kind, value FROM banking_habit
    WHERE client_id = %s AND debtor_id = ANY(%s::bigint[]) AND kind <> 'name' AND forgotten_on IS NULL
"""
_TOLERANCES = """
    SELECT debtor_id, amount, ground FROM banking_tolerance
    WHERE client_id = %s AND (debtor_id IS NULL OR debtor_id = ANY(%s::bigint[]))
"""
_SET_TOLERANCE = """
    INSERT INTO banking_tolerance (client_id, debtor_id, amount, ground, set_by, set_on) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT {once} DO UPDATE
    SET amount = excluded.amount, ground = excluded.ground, set_by = excluded.set_by, set_on = excluded.set_on
"""


def learned_by(
    client_id: int, entry: EntryFacts, lines: Sequence[Line], rests: Sequence[Rest]
) -> tuple[Learned, ...]:
    """What a person's match of one debtor's invoices teaches: his other name, his discount, that he pays by his number."""
    debtors = {line.debtor_id for line in lines}
    if len(debtors) != 1:
        return ()
    (debtor,) = debtors
    ((name, number),) = fetch(_DEBTOR, [client_id, debtor])
    learned = []
    payer = name_key(entry.counterparty_name)
    if payer is not None and payer != name_key(name):
        learned.append(Learned(debtor, "name", payer[:200]))
    percent = _discount(client_id, lines, rests)
    if percent is not None:
        learned.append(Learned(debtor, "discount", str(percent)))
    if number and number in customer_numbers(entry.text):
        learned.append(Learned(debtor, "customer_number", number))
    return tuple(learned)


def _discount(client_id: int, lines: Sequence[Line], rests: Sequence[Rest]) -> Decimal | None:
    """The one percentage that explains every rest as a discount, in steps of a half; None where there is none."""
    if not rests or any(rest.ground != Ground.DISCOUNT for rest in rests) or len(rests) != len(lines):
        return None
    paid = {line.invoice_id: line.amount for line in lines}
    found = set()
    for rest in rests:
        whole = paid[rest.invoice_id] + rest.amount
        percent = (rest.amount / whole * HUNDRED * 2).quantize(Decimal(1), ROUND_HALF_UP) / 2
        if not 0 < percent <= LARGEST_DISCOUNT or abs(discount_of(whole, percent) - rest.amount) > CENT:
            return None
        found.add(percent)
    return found.pop() if len(found) == 1 else None


def known_of(client_id: int, debtors: Iterable[int]) -> Known:
    """What is known of how these debtors pay. Two statements for any number."""
    given = array_parameter(sorted(debtors))
    discounts: dict[int, list[Decimal]] = defaultdict(list)
    for debtor, kind, value in fetch(_OF_DEBTORS, [client_id, given]):
        if kind == "discount":
            discounts[debtor].append(Decimal(value))
    lenient: dict[int, Leniency] = {}
    by_default = NOTHING_LET_GO
    for debtor, amount, ground in fetch(_TOLERANCES, [client_id, given]):
        if debtor is None:
            by_default = Leniency(amount, ground)
        else:
            lenient[debtor] = Leniency(amount, ground)
    told = {debtor: tuple(sorted(set(found))) for debtor, found in discounts.items()}
    return Known(told, lenient, by_default)


def set_tolerance(
    client_id: int, debtor_id: int | None, amount: Decimal, ground: Ground, by: str, on: dt.date
) -> None:
    """See `actions.set_tolerance`."""
    if not 0 <= amount <= HUNDRED or amount != round(amount, 2):
        raise Refused(
            Refusal("tolerance-bounds", "a difference is let go up to a small amount", f"{amount}", "100.00",
                    next_step="name an amount from 0.00 to 100.00")
        )  # fmt: skip
    once = "(client_id, debtor_id)" if debtor_id else "(client_id) WHERE debtor_id IS NULL"
    with client_scope(client_id):
        run(_SET_TOLERANCE.format(once=once), [client_id, debtor_id, amount, ground.value, by, on])


def forget(client_id: int, habit_id: int, on: dt.date) -> None:
    """See `actions.forget_habit`."""
    with client_scope(client_id):
        run(
            "UPDATE banking_habit SET forgotten_on = %s WHERE client_id = %s AND id = %s AND forgotten_on IS NULL",
            [on, client_id, habit_id],
        )


def forget_account(client_id: int, debtor_id: int, iban: str) -> None:
    """See `actions.forget_account`."""
    with client_scope(client_id):
        run(
            "DELETE FROM parties_debtoriban WHERE client_id = %s AND debtor_id = %s AND iban = %s",
            [client_id, debtor_id, iban],
        )
