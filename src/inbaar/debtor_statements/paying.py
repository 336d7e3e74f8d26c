"""What is left to pay of a bundle today, and to whom: for the page behind a payment link. Nothing is remembered here.

What was paid meanwhile is taken off, what is disputed or may have been paid is not asked, and where the claim has another
owner than when the link was made, nobody is told to pay the old one.
"""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from inbaar.banking.bundles import NewBundle, bundles_named, make_bundles
from inbaar.debtor_statements.content import from_json
from inbaar.debtor_statements.facts import OpenItem, accounts_of
from inbaar.dunning.addressing import addressee_rows, client_row, creditor_of
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refusal, Refused
from inbaar.letters.amounts import ContentError
from inbaar.letters.parts import Sender
from inbaar.letters.qr import QrRefused, payment_payload

ZERO = Decimal(0)
_INVOICES = """
    SELECT p.invoice_id, i.number, i.due_date, b.debtor_id FROM banking_paymentbundle b
    JOIN banking_bundlepart p ON p.client_id = b.client_id AND p.bundle_id = b.id
    JOIN receivables_invoice i ON i.client_id = p.client_id AND i.id = p.invoice_id
    WHERE b.client_id = %s AND b.reference = %s ORDER BY i.due_date, i.id
"""
_OF_INVOICE = "SELECT debtor_id, currency FROM receivables_invoice WHERE client_id = %s AND id = %s"
# A bundle of this invoice alone, for this amount, that no statement made.
_KNOWN = """
    SELECT b.reference FROM banking_bundlepart p
    JOIN banking_paymentbundle b ON b.client_id = p.client_id AND b.id = p.bundle_id
    WHERE p.client_id = %s AND p.invoice_id = %s AND p.amount = %s AND b.total = p.amount AND NOT EXISTS (
        SELECT 1 FROM debtor_statements_statementitem i WHERE i.client_id = b.client_id AND i.bundle_id = b.id)
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
    """What the page says. `why_not` says why nothing is asked: paid, waits (for the reasons at its lines), insolvency or
    changed (another owner); `payload` is the QR's. `own`: it is paid to the client itself, not to who bought the claim.
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


def pay_page(client_id: int, reference: str, on: dt.date) -> PayPage | None:
    """The page of a bundle of this client; None where there is no such bundle. Needs the client's scope."""
    bundle = bundles_named(client_id, [reference]).get(reference)
    if bundle is None:
        return None
    rows = fetch(_INVOICES, [client_id, reference])
    debtor = rows[0][3]
    account = accounts_of(client_id, [debtor], None, on, payable=True).get((debtor, bundle.currency))
    items = {each.invoice_id: each for each in account.items} if account else {}
    parts = dict(bundle.parts)
    lines = tuple(
        _line(invoice, number, due, parts[invoice], items.get(invoice)) for invoice, number, due, _ in rows
    )
    try:
        creditor = creditor_of(client_row(client_id))
    except ContentError:
        return None  # a creditor nobody can reach asks nobody to pay
    language = str(addressee_rows(client_id, [debtor])[debtor][6])
    page = PayPage(creditor.sender, language, bundle.currency, reference, lines)
    if account is not None and account.insolvent:
        return _closed(page, "insolvency")
    if not page.total:
        return _closed(page, "waits" if any(line.mark for line in lines) else "paid")
    payees = {
        (each.owner, each.iban or creditor.iban)
        for invoice, each in items.items()
        if invoice in parts and each.item.asked
    }
    told = _payee_then(client_id, reference)
    if len(payees) != 1 or (told is not None and told not in payees):
        return _closed(page, "changed")
    holder, iban = payees.pop()
    own = not fetch(_SOLD, [client_id, array_parameter(list(parts)), on])
    return replace(_payable(page, holder, iban), own=own)


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
    known = fetch(_KNOWN, [client_id, invoice_id, asked])
    if known:
        return str(known[0][0])
    ((_, reference),) = make_bundles(client_id, [NewBundle(debtor, currency, ((invoice_id, asked),))], on)
    return reference


def _line(invoice: int, number: str, due: dt.date, asked: Decimal, item: OpenItem | None) -> PayLine:
    if item is None:
        return PayLine(number, due, ZERO, "", invoice)
    return PayLine(number, due, min(asked, item.item.asked), item.item.mark, invoice)


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
