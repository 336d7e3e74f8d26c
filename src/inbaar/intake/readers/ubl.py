"""UBL 2.x Invoice and CreditNote to a draft: Peppol BIS 3, NLCIUS, SI-UBL 2.0 and 1.x, XRechnung, plain UBL.

Namespaces are matched by their address, never by prefix. Called by `read_invoice` for these roots.
"""

from lxml import etree

from inbaar.intake.readers.draft import Account, Draft, Table, VatPart, Walk, first_text, is_true, walk
from inbaar.intake.readers.ubl_party import CAC, CBC, party_table

_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
INVOICE = f"{{{_NAMESPACE}Invoice-2}}Invoice"
#: How the g-account extension of NLCIUS names the blocked account.
_G_ACCOUNT = "GACCOUNT"
CREDIT_NOTE = f"{{{_NAMESPACE}CreditNote-2}}CreditNote"


def read_ubl(root: etree._Element, through: Walk = walk) -> Draft:
    """The draft of one UBL document; `through` walks through it, for who knows the way."""
    draft = Draft(format="ubl", credit_root=root.tag == CREDIT_NOTE)
    through(root, _DOCUMENT, draft)
    draft.accounts.sort(key=lambda account: account.blocked)  # the supplier's own account is the first
    return draft


def _payment_means(element: etree._Element, draft: Draft) -> None:
    """One way to pay. With a g-account there are two, and one pays to the blocked account of the supplier.

    From it only the tax office can be paid; the customer who pays his part there is not liable for the supplier's wage
    tax and VAT (art. 34 and 35 Invorderingswet 1990).
    """
    walk(element, _PAYMENT_MEANS, draft)
    if _is_blocked(element):
        draft.put("g_account", first_text(element, CAC + "PayeeFinancialAccount", CBC + "ID"))
        draft.put("g_account_reference", first_text(element, CBC + "PaymentID"))


def _is_blocked(means: etree._Element | None) -> bool:
    return means is not None and (first_text(means, CBC + "ID") or "").strip() == _G_ACCOUNT


def _payment_id(element: etree._Element, draft: Draft) -> None:
    draft.add(draft.references, element.text)


def _account(element: etree._Element, draft: Draft) -> None:
    identifier = next(element.iterchildren(CBC + "ID"), None)
    if identifier is not None and identifier.text and identifier.text.strip():
        named = (identifier.get("schemeID") or "").upper() == "IBAN"
        blocked = _is_blocked(element.getparent())
        draft.accounts.append(Account(identifier.text.strip(), named, blocked))
    draft.put("account_name", first_text(element, CBC + "Name"))
    draft.put("bic", first_text(element, CAC + "FinancialInstitutionBranch", CBC + "ID"))


def _due_date(element: etree._Element, draft: Draft) -> None:
    draft.add(draft.due_dates, element.text)


def _payment_terms(element: etree._Element, draft: Draft) -> None:
    for child in element:
        if child.tag == CBC + "Note":
            draft.add(draft.terms, child.text)
        elif child.tag == CBC + "PaymentDueDate":
            draft.add(draft.due_dates, child.text)
    means, amount = first_text(element, CBC + "PaymentMeansID"), first_text(element, CBC + "Amount")
    if means is not None:
        blocked = means.strip() == _G_ACCOUNT
        draft.put("g_account_amount" if blocked else "own_account_amount", amount)


def _tax_total(element: etree._Element, draft: Draft) -> None:
    amount = next(element.iterchildren(CBC + "TaxAmount"), None)
    if amount is not None and amount.text:
        draft.vat_totals.append((amount.get("currencyID"), amount.text.strip()))
        if amount.get("currencyID") not in (None, draft.texts.get("currency")):
            return  # the same VAT once more, in the currency of the tax office
    for part in element.iterchildren(CAC + "TaxSubtotal"):
        category = next(part.iterchildren(CAC + "TaxCategory"), None)
        draft.vat_parts.append(
            VatPart(
                first_text(part, CBC + "TaxableAmount"),
                None if category is None else first_text(category, CBC + "Percent"),
                first_text(part, CBC + "TaxAmount"),
            )
        )


def _allowance(element: etree._Element, draft: Draft) -> None:
    amount = first_text(element, CBC + "Amount")
    if amount:
        charged = is_true(first_text(element, CBC + "ChargeIndicator"))
        (draft.charges if charged else draft.allowances).append(amount.strip())


def _line(element: etree._Element, draft: Draft) -> None:
    draft.line_amounts.append(first_text(element, CBC + "LineExtensionAmount"))


def _billing_reference(element: etree._Element, draft: Draft) -> None:
    for kind in ("InvoiceDocumentReference", "CreditNoteDocumentReference"):
        draft.add(draft.credits, first_text(element, CAC + kind, CBC + "ID"))
    draft.put(
        "credits_invoice_date", first_text(element, CAC + "InvoiceDocumentReference", CBC + "IssueDate")
    )


def _payable(element: etree._Element, draft: Draft) -> None:
    draft.put("payable", element.text)
    draft.put("payable_currency", element.get("currencyID"))


_PAYMENT_MEANS: Table = {
    CBC + "PaymentMeansCode": "payment_means",
    CBC + "PaymentDueDate": _due_date,
    CBC + "PaymentID": _payment_id,
    CAC + "PayeeFinancialAccount": _account,
    CAC + "PaymentMandate": {CBC + "ID": "mandate"},
}

_PARTIES: Table = {
    CAC + "AccountingSupplierParty": {
        CAC + "Party": party_table("supplier"),
        CAC + "AccountingContact": {CBC + "ElectronicMail": "supplier.email"},
    },
    CAC + "AccountingCustomerParty": {
        CAC + "Party": party_table("customer"),
        CAC + "AccountingContact": {CBC + "ElectronicMail": "customer.email"},
    },
    CAC + "PayeeParty": party_table("payee"),
}

_DOCUMENT: Table = {
    CBC + "CustomizationID": "profile",
    CBC + "ID": "number",
    CBC + "IssueDate": "issue_date",
    CBC + "DueDate": "due_date",
    CBC + "InvoiceTypeCode": "type_code",
    CBC + "CreditNoteTypeCode": "type_code",
    CBC + "DocumentCurrencyCode": "currency",
    CBC + "TaxCurrencyCode": "vat_currency",
    CBC + "BuyerReference": "buyer_reference",
    CBC + "Note": "note",
    CAC + "InvoicePeriod": {CBC + "StartDate": "period_from", CBC + "EndDate": "period_to"},
    CAC + "OrderReference": {CBC + "ID": "order_reference"},
    CAC + "BillingReference": _billing_reference,
    CAC + "ContractDocumentReference": {CBC + "ID": "contract_reference"},
    CAC + "Delivery": {CBC + "ActualDeliveryDate": "delivery_date"},
    CAC + "PaymentMeans": _payment_means,
    CAC + "PaymentTerms": _payment_terms,
    CAC + "AllowanceCharge": _allowance,
    CAC + "TaxTotal": _tax_total,
    CAC + "LegalMonetaryTotal": {
        CBC + "LineExtensionAmount": "line_total",
        CBC + "TaxExclusiveAmount": "net",
        CBC + "TaxInclusiveAmount": "total",
        CBC + "AllowanceTotalAmount": "allowance_total",
        CBC + "ChargeTotalAmount": "charge_total",
        CBC + "PrepaidAmount": "prepaid",
        CBC + "PayableRoundingAmount": "rounding",
        CBC + "PayableAmount": _payable,
    },
    CAC + "InvoiceLine": _line,
    CAC + "CreditNoteLine": _line,
    **_PARTIES,
}
