"""UN/CEFACT CrossIndustryInvoice, and the CrossIndustryDocument of ZUGFeRD 1, to a draft.

The two say the same with other names for the same blocks, so one set of tables is built for each. Called by
`read_invoice` for these roots, bare or taken from a PDF.
"""

from lxml import etree

from inbaar.intake.readers.cii_party import party_table
from inbaar.intake.readers.draft import (
    Account,
    Draft,
    Handler,
    Table,
    VatPart,
    Walk,
    first_text,
    is_true,
    walk,
)

_RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:%s}"
_RSM = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}"
_RSM_1 = "{urn:ferd:CrossIndustryDocument:invoice:1p0}"
INVOICE = _RSM + "CrossIndustryInvoice"
ZUGFERD_1 = _RSM_1 + "CrossIndustryDocument"


def read_cii(root: etree._Element, through: Walk = walk) -> Draft:
    """The draft of one CII document of either age; `through` walks through it, for who knows the way."""
    draft = Draft(format="zugferd" if root.tag == ZUGFERD_1 else "cii")
    through(root, _TABLE_1 if root.tag == ZUGFERD_1 else _TABLE, draft)
    return draft


def _date_text(element: etree._Element) -> str | None:
    """The text of a date wrapped in DateTimeString or DateTime, of whatever version of its namespace."""
    inner = next(element.iterchildren(), None)
    return element.text if inner is None else inner.text


def _date(name: str) -> Handler:
    def read(element: etree._Element, draft: Draft) -> None:
        draft.put(name, _date_text(element))

    return read


def _due_date(element: etree._Element, draft: Draft) -> None:
    draft.add(draft.due_dates, _date_text(element))


def _terms(element: etree._Element, draft: Draft) -> None:
    draft.add(draft.terms, element.text)


def _vat_total(element: etree._Element, draft: Draft) -> None:
    if element.text and element.text.strip():
        draft.vat_totals.append((element.get("currencyID"), element.text.strip()))


def _total(name: str) -> Handler:
    """One of the totals. A currency of its own is normal in ZUGFeRD 1 and forbidden since (CII-DT-031)."""

    def read(element: etree._Element, draft: Draft) -> None:
        draft.put(name, element.text)
        currency = element.get("currencyID")
        if currency is not None:
            draft.marked_currencies = True
            if name == "payable":
                draft.put("payable_currency", currency)

    return read


def _reference(element: etree._Element, draft: Draft) -> None:
    draft.add(draft.references, element.text)


def _account(ram: str) -> Handler:
    def read(element: etree._Element, draft: Draft) -> None:
        for tag, named in ((ram + "IBANID", True), (ram + "ProprietaryID", False)):
            number = (first_text(element, tag) or "").strip()
            if number:
                draft.accounts.append(Account(number, named))
        draft.put("account_name", first_text(element, ram + "AccountName"))

    return read


def _vat_part(ram: str) -> Handler:
    def read(element: etree._Element, draft: Draft) -> None:
        percent = first_text(element, ram + "RateApplicablePercent") or first_text(
            element, ram + "ApplicablePercent"
        )
        taxable, tax = first_text(element, ram + "BasisAmount"), first_text(element, ram + "CalculatedAmount")
        draft.vat_parts.append(VatPart(taxable, percent, tax))

    return read


def _allowance(ram: str) -> Handler:
    def read(element: etree._Element, draft: Draft) -> None:
        amount = first_text(element, ram + "ActualAmount")
        indicator = next(element.iterchildren(ram + "ChargeIndicator"), None)
        if amount and indicator is not None:
            (draft.charges if is_true(_date_text(indicator)) else draft.allowances).append(amount.strip())

    return read


def _line(ram: str) -> Handler:
    """ZUGFeRD 1 lines without an amount are comments, and extended profiles nest lines: a parent is not counted."""
    settlements = (
        (ram + "SpecifiedLineTradeSettlement", ram + "SpecifiedTradeSettlementLineMonetarySummation"),
        (ram + "SpecifiedSupplyChainTradeSettlement", ram + "SpecifiedTradeSettlementMonetarySummation"),
    )
    status = (ram + "AssociatedDocumentLineDocument", ram + "LineStatusReasonCode")

    def read(element: etree._Element, draft: Draft) -> None:
        if (first_text(element, *status) or "").strip() in ("GROUP", "INFORMATION"):
            return
        for path in settlements:
            amount = first_text(element, *path, ram + "LineTotalAmount")
            if amount is not None:
                draft.line_amounts.append(amount)

    return read


def _corrects(ram: str) -> Handler:
    def read(element: etree._Element, draft: Draft) -> None:
        draft.add(
            draft.credits, first_text(element, ram + "IssuerAssignedID") or first_text(element, ram + "ID")
        )

    return read


def _settlement(ram: str) -> Table:
    """Money: how and when to pay, VAT, allowances and the totals."""
    totals: Table = {
        ram + "LineTotalAmount": _total("line_total"),
        ram + "AllowanceTotalAmount": _total("allowance_total"),
        ram + "ChargeTotalAmount": _total("charge_total"),
        ram + "TaxBasisTotalAmount": _total("net"),
        ram + "TaxTotalAmount": _vat_total,
        ram + "GrandTotalAmount": _total("total"),
        ram + "TotalPrepaidAmount": _total("prepaid"),
        ram + "RoundingAmount": _total("rounding"),
        ram + "DuePayableAmount": _total("payable"),
    }
    means: Table = {
        ram + "TypeCode": "payment_means",
        ram + "PayeePartyCreditorFinancialAccount": _account(ram),
        ram + "PayeeSpecifiedCreditorFinancialInstitution": {ram + "BICID": "bic"},
    }
    terms: Table = {
        ram + "Description": _terms,
        ram + "DueDateDateTime": _due_date,
        ram + "DirectDebitMandateID": "mandate",
    }
    return {
        ram + "CreditorReferenceID": "supplier.creditor_id",
        ram + "PaymentReference": _reference,
        ram + "InvoiceCurrencyCode": "currency",
        ram + "TaxCurrencyCode": "vat_currency",
        ram + "PayeeTradeParty": party_table("payee", ram),
        ram + "SpecifiedTradeSettlementPaymentMeans": means,
        ram + "ApplicableTradeTax": _vat_part(ram),
        ram + "BillingSpecifiedPeriod": {
            ram + "StartDateTime": _date("period_from"),
            ram + "EndDateTime": _date("period_to"),
        },
        ram + "SpecifiedTradeAllowanceCharge": _allowance(ram),
        ram + "SpecifiedLogisticsServiceCharge": _logistics(ram),
        ram + "SpecifiedTradePaymentTerms": terms,
        ram + "SpecifiedTradeSettlementHeaderMonetarySummation": totals,
        ram + "SpecifiedTradeSettlementMonetarySummation": totals,
        ram + "InvoiceReferencedDocument": _corrects(ram),
    }


def _logistics(ram: str) -> Handler:
    def read(element: etree._Element, draft: Draft) -> None:
        amount = first_text(element, ram + "AppliedAmount")
        if amount:
            draft.charges.append(amount.strip())

    return read


def _document(rsm: str, ram: str) -> Table:
    agreement: Table = {
        ram + "BuyerReference": "buyer_reference",
        ram + "SellerTradeParty": party_table("supplier", ram),
        ram + "BuyerTradeParty": party_table("customer", ram),
        ram + "BuyerOrderReferencedDocument": {
            ram + "IssuerAssignedID": "order_reference",
            ram + "ID": "order_reference",
        },
        ram + "ContractReferencedDocument": {
            ram + "IssuerAssignedID": "contract_reference",
            ram + "ID": "contract_reference",
        },
    }
    delivery: Table = {
        ram + "ActualDeliverySupplyChainEvent": {ram + "OccurrenceDateTime": _date("delivery_date")}
    }
    header: Table = {
        ram + "ID": "number",
        ram + "TypeCode": "type_code",
        ram + "IssueDateTime": _date("issue_date"),
        ram + "IncludedNote": {ram + "Content": "note"},
    }
    settlement = _settlement(ram)
    transaction: Table = {
        ram + "IncludedSupplyChainTradeLineItem": _line(ram),
        ram + "ApplicableHeaderTradeAgreement": agreement,
        ram + "ApplicableSupplyChainTradeAgreement": agreement,
        ram + "ApplicableHeaderTradeDelivery": delivery,
        ram + "ApplicableSupplyChainTradeDelivery": delivery,
        ram + "ApplicableHeaderTradeSettlement": settlement,
        ram + "ApplicableSupplyChainTradeSettlement": settlement,
    }
    context: Table = {ram + "GuidelineSpecifiedDocumentContextParameter": {ram + "ID": "profile"}}
    return {
        rsm + "ExchangedDocumentContext": context,
        rsm + "SpecifiedExchangedDocumentContext": context,
        rsm + "ExchangedDocument": header,
        rsm + "HeaderExchangedDocument": header,
        rsm + "SupplyChainTradeTransaction": transaction,
        rsm + "SpecifiedSupplyChainTradeTransaction": transaction,
    }


_TABLE = _document(_RSM, _RAM % "100")
_TABLE_1 = _document(_RSM_1, _RAM % "12")
