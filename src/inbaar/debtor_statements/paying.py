"""What is left to pay of a bundle today, and to whom: for the page behind a payment link. Nothing is remembered here.

What was paid meanwhile is taken off, what is disputed or may have been paid is not asked, and where the claim has another
owner than when the link was made, nobody is told to pay the old one.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from inbaar.banking.bundles import NewBundle, bundles_named, make_bundles, number_of
from inbaar.banking.pay_links import GOOD_FOR_DAYS
from inbaar.debtor_statements.content import from_json
from inbaar.debtor_statements.facts import OpenItem, accounts_of
from inbaar.debtor_statements.lettered import Asking, asking_letter, bundle_letter
from inbaar.dunning.addressing import addressee_rows, client_row, creditor_of
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refusal, Refused
from inbaar.letters.amounts import ContentError
from inbaar.letters.parts import Sender
from inbaar.letters.qr import QrRefused, payment_payload

ZERO = Decimal(0)
#: A link that ends sooner than this is not given again: a new one is made.
STILL_GOOD_FOR_DAYS = 60
_INVOICES = """
    SELECT p.invoice_id, i.number, i.due_date, b.debtor_id, b.made_on FROM banking_paymentbundle b
    JOIN banking_bundlepart p ON p.client_id = b.client_id AND p.bundle_id = b.id
    JOIN receivables_invoice i ON i.client_id = p.client_id AND i.id = p.invoice_id
    WHERE b.client_id = %s AND b.reference = %s ORDER BY i.due_date, i.id
"""
_OF_INVOICE = "SELECT debtor_id, currency FROM receivables_invoice WHERE client_id = %s AND id = %s"
# The newest bundle of this invoice alone that neither a statement nor a letter made.
_NEWEST = """
    SELECT b.reference, b.total, b.currency, b.made_on FROM banking_bundlepart p
    JOIN banking_paymentbundle b ON b.client_id = p.client_id AND b.id = p.bundle_id
    WHERE p.client_id = %s AND p.invoice_id = %s AND b.total = p.amount AND b.made_on >= %s
      AND NOT EXISTS (
        SELECT 1 FROM debtor_statements_statementitem i WHERE i.client_id = b.client_id AND i.bundle_id = b.id)
      AND NOT EXISTS (SELECT 1 FROM letters_letter l WHERE l.client_id = b.client_id AND l.id = b.id)
    ORDER BY b.id DESC LIMIT 1
"""
# Whoever bought a claim, or holds it by any other deed than having issued it, is paid by bank transfer.
_SOLD = """
    SELECT 1 FROM receivables_title WHERE client_id = %s AND invoice_id = ANY(%s::bigint[]) AND period @> %s::date
       AND deed <> 'own claim' LIMIT 1
"""
_STATEMENT = """
    SELECT s.content::text FROM banking_paymentbundle b
    JOIN debtor_statements_statementitem i ON i.client_id = b.client_id AND i.bundle_id = b.id
    JOIN debtor_statements_accountstatement s ON s.client_id = i.client_id AND s.id = i.statement_id
    WHERE b.client_id = %s AND b.reference = %s LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class PayLine:
    """One invoice of a bundle: what is left to pay of it now, and why that is less where it is."""

    number: str
    due: dt.date
    left: Decimal
    mark: str = ""
    invoice_id: int = 0


@dataclass(frozen=True, slots=True)
class PayPage:
    """What the page says. `why_not` says why nothing is asked: paid, waits (for the reasons at its lines), insolvency,
    changed (another owner), early (none of it is dated yet), expired or withdrawn (the letter was taken back); `payload` is the
    QR's. `own`: it is paid to the client itself, not to who bought the claim.
    """

    sender: Sender
    language: str
    currency: str
    reference: str
    lines: tuple[PayLine, ...]
    holder: str = ""
    iban: str = ""
    payload: str = ""
    why_not: str = ""
    own: bool = False

    @property
    def total(self) -> Decimal:
        """What is to be paid now."""
        return sum((line.left for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class InvoiceLink:
    """The link of one invoice that somebody made: what it asks at most, and the last day on which it is good."""

    reference: str
    asks: Decimal
    currency: str
    good_until: dt.date


def pay_page(client_id: int, reference: str, on: dt.date) -> PayPage | None:
    """The page of a bundle or a letter of this client; None where there is none. Needs the client's scope.

    A letter's bundle is made by the first who looks, unless the letter was taken back or its time is over.
    """
    letter = asking_letter(client_id, number_of(reference))
    if letter is not None:
        ended = "withdrawn" if letter.withdrawn else "expired" if _is_over(letter.last_asked, on) else ""
        if ended:
            return _page(client_id, letter.debtor_id, letter.currency, reference, why_not=ended)
        bundle_letter(client_id, number_of(reference), letter)
    bundle = bundles_named(client_id, [reference]).get(reference)
    if bundle is None:
        return None
    rows = fetch(_INVOICES, [client_id, reference])
    debtor, made_on = rows[0][3:]
    if letter is None and _is_over(made_on, on):
        return _page(client_id, debtor, bundle.currency, reference, why_not="expired")
    account = accounts_of(client_id, [debtor], None, on, payable=True).get((debtor, bundle.currency))
    items = {each.invoice_id: each for each in account.items} if account else {}
    parts = dict(bundle.parts)
    lines = tuple(
        _line(invoice, number, due, parts[invoice], items.get(invoice)) for invoice, number, due, *_ in rows
    )
    page = _page(client_id, debtor, bundle.currency, reference, lines)
    if page is None:
        return None
    if account is not None and account.insolvent:
        return _closed(page, "insolvency")
    asked = [each for invoice, each in items.items() if invoice in parts]
    if not page.total:
        return _closed(page, _why_nothing(asked))
    payee = _payee(client_id, [each for each in asked if each.item.asked], letter, reference)
    if payee is None:
        return _closed(page, "changed")
    own = not fetch(_SOLD, [client_id, array_parameter(list(parts)), on])
    return replace(_payable(page, *payee), own=own)


def _is_over(since: dt.date, on: dt.date) -> bool:
    return on > since + dt.timedelta(days=GOOD_FOR_DAYS)


def _page(
    client_id: int,
    debtor: int,
    currency: str,
    reference: str,
    lines: tuple[PayLine, ...] = (),
    why_not: str = "",
) -> PayPage | None:
    """The page with nothing but who asks; None where nobody can reach him, for then he asks nobody."""
    try:
        sender = creditor_of(client_row(client_id)).sender
    except ContentError:
        return None
    language = str(addressee_rows(client_id, [debtor])[debtor][6])
    return PayPage(sender, language, currency, reference, lines, why_not=why_not)


def _payee(
    client_id: int, asked: Sequence[OpenItem], letter: Asking | None, reference: str
) -> tuple[str, str] | None:
    """Holder and account that all of it is paid to; None where that is not one, or not who was told to be paid."""
    own_iban = creditor_of(client_row(client_id)).iban
    payees = {(each.owner, each.iban or own_iban) for each in asked}
    told = (letter.holder, letter.iban) if letter is not None else _payee_then(client_id, reference)
    return payees.pop() if len(payees) == 1 and (told is None or told in payees) else None


def _why_nothing(items: Sequence[OpenItem]) -> str:
    """Why nothing is left to pay of these: each is paid, looked into, or dated on a day to come."""
    if any(each.item.mark for each in items):
        return "waits"
    return "early" if any(each.item.kind == "early" for each in items) else "paid"


def make_pay_link(client_id: int, invoice_id: int, on: dt.date) -> str:
    """The reference under which what is owed on an invoice today can be paid; the same one if it is asked again.

    Refuses what cannot be asked today: a credit note, what is paid, disputed, or may have been paid. Needs the client's
    scope.
    """
    rows = fetch(_OF_INVOICE, [client_id, invoice_id])
    debtor, currency = rows[0] if rows else (0, "")
    account = accounts_of(client_id, [debtor], None, on, payable=True).get((debtor, currency))
    mine = [each for each in account.items if each.invoice_id == invoice_id] if account else []
    asked = sum((each.item.asked for each in mine), ZERO)
    if not asked:
        raise Refused(
            Refusal("nothing-to-ask", "a payment link is for what can be asked today", "nothing can be asked of it",
                    "an amount that is open, not disputed, and not waiting to be matched", None, "look at its holds and payments")
        )  # fmt: skip
    known = invoice_link(client_id, invoice_id, on)
    if (
        known is not None
        and known.asks == asked
        and known.good_until >= on + dt.timedelta(days=STILL_GOOD_FOR_DAYS)
    ):
        return known.reference
    ((_, reference),) = make_bundles(client_id, [NewBundle(debtor, currency, ((invoice_id, asked),))], on)
    return reference


def invoice_link(client_id: int, invoice_id: int, on: dt.date) -> InvoiceLink | None:
    """The newest link of an invoice that is still good; None where none was made. Needs the client's scope. One statement."""
    good_for = dt.timedelta(days=GOOD_FOR_DAYS)
    for reference, asks, currency, made_on in fetch(_NEWEST, [client_id, invoice_id, on - good_for]):
        return InvoiceLink(reference, asks, currency, made_on + good_for)
    return None


def _line(invoice: int, number: str, due: dt.date, asked: Decimal, item: OpenItem | None) -> PayLine:
    if item is None:
        return PayLine(number, due, ZERO, "", invoice)
    mark = item.item.mark or ("early" if item.item.kind == "early" else "")
    return PayLine(number, due, min(asked, item.item.asked), mark, invoice)


def _closed(page: PayPage, why: str) -> PayPage:
    return replace(page, lines=tuple(replace(line, left=ZERO) for line in page.lines), why_not=why)


def _payable(page: PayPage, holder: str, iban: str) -> PayPage:
    try:
        payload = payment_payload(
            holder=holder[:70], iban=iban, amount=page.total, reference=page.reference, currency=page.currency
        )
    except QrRefused:
        payload = ""
    return replace(page, holder=holder, iban=iban, payload=payload)


def _payee_then(client_id: int, reference: str) -> tuple[str, str] | None:
    """Whom the statement that made the bundle told to pay."""
    for (content,) in fetch(_STATEMENT, [client_id, reference]):
        for part in from_json(content).parts:
            if part.reference == reference:
                return part.payee.account_holder, part.payee.iban
    return None
