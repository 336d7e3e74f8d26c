"""Paying what a debtor chooses on his page: all of it, some invoices, or a part of one, as one payment with a reference of its own."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from inbaar.banking.bundles import NewBundle, bundles_named, make_bundles
from inbaar.debtor_page.owing import open_items
from inbaar.debtor_page.rules import MOST_PAYABLES_A_DAY
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused

_TODAY = """
    SELECT reference FROM banking_paymentbundle
    WHERE client_id = %s AND debtor_id = %s AND made_on = %s ORDER BY id DESC LIMIT %s
"""


def pay_chosen(client_id: int, debtor_id: int, chosen: Mapping[int, Decimal], on: dt.date) -> str:
    """The reference under which chosen invoices are paid, each for its amount; the same one if it is asked again that day.

    Needs the client's scope, in one transaction. Refuses nothing chosen, what cannot be asked today, more than is asked, and
    invoices that are not paid to one account in one currency.
    """
    run(
        "SELECT 1 FROM parties_debtor WHERE client_id = %s AND id = %s FOR NO KEY UPDATE",
        [client_id, debtor_id],
    )
    items = {each.invoice_id: (currency, each) for currency, each in open_items(client_id, debtor_id, on)}
    if not chosen:
        raise _no("pay-nothing", "something is chosen to be paid", "nothing", "at least one invoice")
    for invoice, amount in chosen.items():
        asked = items[invoice][1].item.asked if invoice in items else Decimal(0)
        if not asked:
            raise _no(
                "pay-not-asked", "only what is asked now is paid", str(invoice), "an invoice that is asked"
            )
        if not Decimal("0.01") <= amount <= asked or amount != round(amount, 2):
            raise _no("pay-too-much", "no more is paid than is asked", str(amount), f"{asked:.2f}")
    payees = {(items[invoice][0], items[invoice][1].owner, items[invoice][1].iban) for invoice in chosen}
    if len(payees) > 1:
        raise _no("pay-several", "what is paid as one goes to one account", f"{len(payees)} accounts", "1")
    parts = tuple(sorted((invoice, Decimal(amount)) for invoice, amount in chosen.items()))
    return _reference(client_id, NewBundle(debtor_id, payees.pop()[0], parts), on)


def _reference(client_id: int, bundle: NewBundle, on: dt.date) -> str:
    made = [row[0] for row in fetch(_TODAY, [client_id, bundle.debtor_id, on, MOST_PAYABLES_A_DAY])]
    for reference, known in bundles_named(client_id, made).items():
        if (known.currency, tuple(sorted(known.parts))) == (bundle.currency, bundle.parts):
            return reference
    if len(made) >= MOST_PAYABLES_A_DAY:
        raise _no(
            "pay-too-often",
            "what one debtor has made to be paid in a day has a limit",
            str(len(made)),
            str(MOST_PAYABLES_A_DAY),
        )
    ((_, reference),) = make_bundles(client_id, [bundle], on)
    return reference


def _no(code: str, rule: str, fact: str, limit: str) -> Refused:
    return Refused(Refusal(code, rule, fact, limit, next_step="choose anew"))
