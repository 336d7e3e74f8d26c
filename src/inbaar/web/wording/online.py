"""Online payments in words: where each stands, and what a person must know of it."""

from django.utils.translation import gettext as _

from inbaar.banking.online.queries import PaymentRow
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
            _("%(amount)s was paid already: give it back at Mollie")
            % {"amount": amount(row.twice, row.currency)}
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


_DOUBTS = {
    "differs": lambda: _("Mollie says another amount or payment than was asked: look there"),
    "contradicts": lambda: _("Mollie says something that cannot follow: look there"),
    "unknown": lambda: _("this key does not know the payment: was it changed?"),
    "key": lambda: _("Mollie does not take the key any more: set it again"),
    "refused": lambda: _("Mollie refused it"),
}
