"""Online payments in words: where each stands, and what a person must know of it."""

from django.utils.translation import gettext as _

from inbaar.banking.online.queries import PaymentRow, RefundRow
from inbaar.web.formats import amount


def payment_words(row: PaymentRow) -> tuple[str, str]:
    """The state of a payment, and what it means."""
    if row.state == "paid":
        if row.refunded + row.charged_back >= row.amount:
            return _("went back to the payer"), "attention"
        return (_("paid, on its way"), "plain") if row.underway else (_("paid"), "done")
    return {
        "making": (_("being made"), "plain"),
        "open": (_("not paid yet"), "plain"),
        "pending": (_("being carried out"), "plain"),
        "authorized": (_("promised by the bank"), "plain"),
        "canceled": (_("stopped by the payer"), "plain"),
        "expired": (_("not paid in time"), "plain"),
        "failed": (_("failed"), "plain"),
        "lost": (_("not made"), "plain"),
    }[row.state]


def payment_notes(row: PaymentRow) -> list[str]:
    """What there is to say beside the state."""
    notes = []
    if row.test:
        notes.append(_("a test: no money"))
    if row.twice:
        notes.append(
            _("%(amount)s was paid already: it is to go back") % {"amount": amount(row.twice, row.currency)}
        )
    if row.refunded:
        notes.append(_("%(amount)s given back") % {"amount": amount(row.refunded, row.currency)})
    if row.charged_back:
        notes.append(
            _("%(amount)s taken back by the payer's bank")
            % {"amount": amount(row.charged_back, row.currency)}
        )
    if row.doubt:
        notes.append(_DOUBTS[row.doubt]())
    if row.provider_id:
        notes.append(row.provider_id)
    return notes


def refund_words(state: str) -> tuple[str, str]:
    """The state of a refund, and what it means."""
    return {
        "asked": (_("waits for approval"), "attention"),
        "approved": (_("approved, on its way to Mollie"), "plain"),
        "queued": (_("waits at Mollie for money"), "plain"),
        "pending": (_("is being given back"), "plain"),
        "processing": (_("is being given back"), "plain"),
        "refunded": (_("given back"), "done"),
        "failed": (_("failed"), "late"),
        "canceled": (_("stopped at Mollie"), "late"),
        "refused": (_("refused"), "plain"),
        "void": (_("not needed any more"), "plain"),
    }[state]


def refund_notes(row: RefundRow) -> list[str]:
    """What there is to say beside the state."""
    notes = [row.reason]
    if row.state == "refused":
        notes.append(_("refused by %(name)s: %(note)s") % {"name": row.decided_by, "note": row.note})
    elif row.state == "void":
        notes.append(_("it had gone back otherwise by then"))
    elif row.decided_by:
        notes.append(_("approved by %(name)s") % {"name": row.decided_by})
    if row.why:
        notes.append(_("Mollie: %(why)s") % {"why": row.why})
    if row.provider_id:
        notes.append(row.provider_id)
    return notes


_DOUBTS = {
    "differs": lambda: _("Mollie says another amount or payment than was asked: look there"),
    "contradicts": lambda: _("Mollie says something that cannot follow: look there"),
    "unknown": lambda: _("this key does not know the payment: was it changed?"),
    "key": lambda: _("Mollie does not take the key any more: set it again"),
    "refused": lambda: _("Mollie refused it"),
}
