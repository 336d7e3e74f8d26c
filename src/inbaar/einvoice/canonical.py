"""One way to say what the two syntaxes say in two ways, so that an e-invoice compares equal whichever it came from. Pure."""

from dataclasses import replace

from inbaar.einvoice.model import EInvoice, Line, Party, PaymentMeans
from inbaar.intake.identifiers import compact, has_iban_shape


def canonical(invoice: EInvoice) -> EInvoice:
    """The same invoice: plain identifiers before those of a register, IBANs without spaces, no gross price that is the
    price itself."""
    return replace(
        invoice,
        supplier=_party(invoice.supplier),
        customer=_party(invoice.customer),
        payee=None if invoice.payee is None else _party(invoice.payee),
        means=tuple(_means(means) for means in invoice.means),
        lines=tuple(_line(line) for line in invoice.lines),
    )


def is_iban(account: str) -> bool:
    """Whether an account number has the shape of an IBAN."""
    return has_iban_shape(compact(account))


def _party(party: Party) -> Party:
    return replace(party, identifiers=tuple(sorted(party.identifiers, key=lambda each: bool(each.scheme))))


def _means(means: PaymentMeans) -> PaymentMeans:
    return replace(means, account=compact(means.account)) if is_iban(means.account) else means


def _line(line: Line) -> Line:
    if line.price_discount is None and line.price_gross is not None and line.price_gross == line.price:
        return replace(line, price_gross=None)
    return line
