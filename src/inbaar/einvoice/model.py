"""An e-invoice as EN 16931 means it, whatever the syntax: what the writers take and the tables of terms fill.

Amounts are exact and as they were told, positive also on a credit note; nothing is reckoned. A text that is not there
is empty, everything else that is not there is None. Codes are those of EN 16931 (UNTDID, ISO, UN/ECE).
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number and the register it is from (ISO 6523, or UNTDID 7143 with a version for classifications)."""

    value: str = ""
    scheme: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody is."""

    street: str = ""
    street_2: str = ""
    street_3: str = ""
    city: str = ""
    postcode: str = ""
    region: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to reach."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """The supplier, the customer, the payee or the supplier's fiscal representative."""

    name: str = ""
    trading_name: str = ""
    identifiers: tuple[Identifier, ...] = ()
    legal_id: Identifier | None = None
    legal_form: str = ""
    vat_id: str = ""
    tax_id: str = ""
    endpoint: Identifier | None = None
    address: Address | None = None
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last."""

    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Words beside the figures, with the code of their subject (UNTDID 4451)."""

    text: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """Another document: its number, and its day where that is told."""

    number: str = ""
    day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document that belongs to the invoice, inside it (base64) or at an address."""

    number: str = ""
    text: str = ""
    content: str = ""
    mime: str = ""
    file: str = ""
    uri: str = ""


@dataclass(frozen=True, slots=True)
class PaymentMeans:
    """One way to pay: the code of the way, and the account to pay to (or, with a direct debit, to take from)."""

    code: str = ""
    text: str = ""
    account: str = ""
    account_name: str = ""
    bic: str = ""
    payer_account: str = ""


@dataclass(frozen=True, slots=True)
class Allowance:
    """A part taken off, or a charge put on: of the whole invoice with its VAT, or of one line without."""

    charge: bool = False
    amount: Decimal | None = None
    base: Decimal | None = None
    percent: Decimal | None = None
    reason: str = ""
    reason_code: str = ""
    vat_category: str = ""
    vat_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class VatPart:
    """The VAT of one category and rate, and why none where there is none."""

    base: Decimal | None = None
    vat: Decimal | None = None
    category: str = ""
    percent: Decimal | None = None
    exemption: str = ""
    exemption_code: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of which unit (UN/ECE Recommendation 20)."""

    value: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property of an article."""

    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: an article or service, how much of it at which price, and what it comes to without VAT."""

    number: str = ""
    note: str = ""
    object_id: Identifier | None = None
    quantity: Quantity | None = None
    amount: Decimal | None = None
    order_line: str = ""
    booked_as: str = ""
    period: Period | None = None
    allowances: tuple[Allowance, ...] = ()
    price: Decimal | None = None
    price_quantity: Quantity | None = None
    price_discount: Decimal | None = None
    price_gross: Decimal | None = None
    name: str = ""
    text: str = ""
    seller_number: str = ""
    buyer_number: str = ""
    standard_number: Identifier | None = None
    classes: tuple[Identifier, ...] = ()
    origin: str = ""
    attributes: tuple[Attribute, ...] = ()
    vat_category: str = ""
    vat_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class EInvoice:
    """An invoice, or a credit note by its type code. `follows` is the standard it says it keeps."""

    follows: str = ""
    process: str = ""
    number: str = ""
    issued: dt.date | None = None
    due: dt.date | None = None
    tax_point: dt.date | None = None
    type_code: str = ""
    currency: str = ""
    vat_currency: str = ""
    notes: tuple[Note, ...] = ()
    booked_as: str = ""
    buyer_reference: str = ""
    order: str = ""
    sales_order: str = ""
    contract: str = ""
    project: str = ""
    despatch: str = ""
    receipt: str = ""
    tender: str = ""
    object_id: Identifier | None = None
    period: Period | None = None
    preceding: tuple[Reference, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    supplier: Party = Party()
    customer: Party = Party()
    payee: Party | None = None
    representative: Party | None = None
    delivered: dt.date | None = None
    delivered_to: str = ""
    delivery_location: Identifier | None = None
    delivery_address: Address | None = None
    payment_reference: str = ""
    creditor_id: str = ""
    mandate: str = ""
    means: tuple[PaymentMeans, ...] = ()
    terms: str = ""
    allowances: tuple[Allowance, ...] = ()
    vat_parts: tuple[VatPart, ...] = ()
    line_total: Decimal | None = None
    allowance_total: Decimal | None = None
    charge_total: Decimal | None = None
    net: Decimal | None = None
    vat: Decimal | None = None
    vat_in_vat_currency: Decimal | None = None
    total: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    payable: Decimal | None = None
    lines: tuple[Line, ...] = ()
