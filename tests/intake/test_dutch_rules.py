"""Each Dutch rule from both sides: the invoice of the tests keeps them all, and one change breaks one rule."""

import pytest
from lxml import etree

from inbaar.intake.official.dutch import dutch_rules, dutch_table
from inbaar.intake.official.verdict import breaches
from inbaar.intake.official.xpath.tree import Document
from tests.intake.documents import cii, ubl

NLCIUS = "urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0"
PEPPOL = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
SUPPLIER = "<cac:AccountingSupplierParty><cac:Party>"
CUSTOMER = SUPPLIER.replace("Supplier", "Customer")
SUPPLIER_STREET = SUPPLIER + "\n    <cac:PostalAddress><cbc:StreetName>Dorpsstraat 1</cbc:StreetName>"
CUSTOMER_STREET = SUPPLIER_STREET.replace("Supplier", "Customer")
ALLOWANCE = (
    "<cac:AllowanceCharge><cbc:ChargeIndicator>{}</cbc:ChargeIndicator><cbc:AllowanceChargeReasonCode>{}"
    '</cbc:AllowanceChargeReasonCode><cbc:Amount currencyID="EUR">0.00</cbc:Amount></cac:AllowanceCharge><cac:TaxTotal>'
)
REPRESENTATIVE = (
    "<cac:TaxRepresentativeParty><cac:PostalAddress><cbc:CityName>Ede</cbc:CityName><cac:Country><cbc:IdentificationCode>NL"
    "</cbc:IdentificationCode></cac:Country></cac:PostalAddress></cac:TaxRepresentativeParty><cac:PaymentMeans>"
)
DELIVERY = "<cac:Delivery><cac:DeliveryLocation><cac:Address>{}</cac:Address></cac:DeliveryLocation></cac:Delivery><cac:PaymentMeans>"
#: For each rule: a change in UBL that breaks it and no other Dutch rule.
UBL = {
    "BR-NL-1": [('schemeID="0106">59581883', 'schemeID="0002">59581883')],
    "BR-NL-2": [("<cac:OrderReference><cbc:ID>PO-7</cbc:ID></cac:OrderReference>", "")],
    "BR-NL-3": [(SUPPLIER_STREET, SUPPLIER + "\n    <cac:PostalAddress>")],
    "BR-NL-4": [(CUSTOMER_STREET, CUSTOMER + "\n    <cac:PostalAddress>")],
    "BR-NL-5": [("<cac:PaymentMeans>", REPRESENTATIVE)],
    "BR-NL-7": [("InvoiceTypeCode>380<", "InvoiceTypeCode>382<")],
    "BR-NL-8": [("InvoiceTypeCode>380<", "InvoiceTypeCode>381<")],
    "BR-NL-9": [("InvoiceTypeCode>380<", "InvoiceTypeCode>384<")],
    "BR-NL-10": [('schemeID="0106">12345678', 'schemeID="0002">12345678')],
    "BR-NL-11": [("<cac:PaymentMeans>", "<cac:Removed>"), ("</cac:PaymentMeans>", "</cac:Removed>")],
    "BR-NL-12": [("PaymentMeansCode>58<", "PaymentMeansCode>1<")],
    "BR-NL-13": [("<cac:OrderReference><cbc:ID>PO-7</cbc:ID></cac:OrderReference>", "<cbc:BuyerReference>7</cbc:BuyerReference>"),
                 ("<cac:Item>", "<cac:OrderLineReference><cbc:LineID>1</cbc:LineID></cac:OrderLineReference><cac:Item>")],
    "BR-NL-19": [("</cbc:DocumentCurrencyCode>", "</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode>EUR</cbc:TaxCurrencyCode>")],
    "BR-NL-20": [("<cbc:InvoiceTypeCode>", "<cbc:TaxPointDate>2026-03-02</cbc:TaxPointDate><cbc:InvoiceTypeCode>")],
    "BR-NL-21": [("<cac:OrderReference>", "<cac:InvoicePeriod><cbc:DescriptionCode>3</cbc:DescriptionCode></cac:InvoicePeriod><cac:OrderReference>")],
    "BR-NL-24": [("<cac:PaymentMeans>", "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:IssueDate>2026-01-01</cbc:IssueDate>"
                  "</cac:InvoiceDocumentReference></cac:BillingReference><cac:PaymentMeans>")],
    "BR-NL-25": [("<cbc:CompanyID>NL004495445B01</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT", "<cbc:CompanyID>9</cbc:CompanyID><cac:TaxScheme><cbc:ID>TAX")],
    "BR-NL-26": [('schemeID="0106">59581883</cbc:CompanyID>', 'schemeID="0106">59581883</cbc:CompanyID><cbc:CompanyLegalForm>x</cbc:CompanyLegalForm>')],
    "BR-NL-27": [("<cac:PaymentMeans>", DELIVERY.format("<cac:AddressLine><cbc:Line>x</cbc:Line></cac:AddressLine>"))],
    "BR-NL-28": [("<cac:PaymentMeans>", DELIVERY.format("<cbc:CountrySubentity>x</cbc:CountrySubentity>"))],
    "BR-NL-29": [("<cbc:PaymentMeansCode>", '<cbc:PaymentMeansCode name="SEPA">')],
    "BR-NL-30": [("00</cbc:ID></cac:PayeeFinancialAccount>", "00</cbc:ID><cbc:Name>x</cbc:Name></cac:PayeeFinancialAccount>")],
    "BR-NL-31": [("00</cbc:ID></cac:PayeeFinancialAccount>", "00</cbc:ID><cac:FinancialInstitutionBranch><cbc:ID>ABNANL2A</cbc:ID>"
                  "</cac:FinancialInstitutionBranch></cac:PayeeFinancialAccount>")],
    "BR-NL-32": [("<cac:TaxTotal>", ALLOWANCE.format("false", 95))],
    "BR-NL-33": [("<cac:LegalMonetaryTotal>", '<cac:TaxTotal><cbc:TaxAmount currencyID="USD">9</cbc:TaxAmount></cac:TaxTotal><cac:LegalMonetaryTotal>')],
    "BR-NL-34": [("<cac:TaxTotal>", ALLOWANCE.format("true", "FC"))],
    "BR-NL-35": [("<cbc:Percent>21</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>",
                  "<cbc:TaxExemptionReasonCode>VATEX-EU-132</cbc:TaxExemptionReasonCode></cac:TaxCategory>")],
    "SI-UBL-2": [("<cac:PaymentMeans>", "<cbc:Note> </cbc:Note><cac:PaymentMeans>")],
    "BR-GA-0": [("<cbc:PaymentMeansCode>", "<cbc:ID>GACCOUNT</cbc:ID><cbc:PaymentMeansCode>")],
}  # fmt: skip
#: The same in CII, where the rule has a place there.
CII_END = "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
TYPE = "<rsm:ExchangedDocument><ram:ID>F-2026-001</ram:ID><ram:TypeCode>"
MEANS = "<ram:TypeCode>58</ram:TypeCode>"
SELLER = "<ram:SellerTradeParty><ram:Name>Zaagmolen B.V.</ram:Name>"
STREET = "<ram:LineOne>Dorpsstraat 1</ram:LineOne>"
CII = {
    "BR-NL-1": [('schemeID="0106">59581883', 'schemeID="0002">59581883')],
    "BR-NL-2": [("<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>PO-7</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>", "")],
    "BR-NL-7": [(TYPE + "380", TYPE + "382")],
    "BR-NL-9": [(TYPE + "380", TYPE + "384")],
    "BR-NL-10": [('schemeID="0106">12345678', 'schemeID="0002">12345678')],
    "BR-NL-11": [("ram:SpecifiedTradeSettlementPaymentMeans>", "ram:Removed>")],
    "BR-NL-12": [(MEANS, "<ram:TypeCode>1</ram:TypeCode>")],
    "BR-NL-19": [("<ram:InvoiceCurrencyCode>", "<ram:TaxCurrencyCode>EUR</ram:TaxCurrencyCode><ram:InvoiceCurrencyCode>")],
    "BR-NL-24": [(CII_END, "<ram:InvoiceReferencedDocument><ram:FormattedIssueDateTime>x</ram:FormattedIssueDateTime></ram:InvoiceReferencedDocument>" + CII_END)],
    "BR-NL-26": [(SELLER, SELLER + "<ram:Description>x</ram:Description>")],
    "BR-NL-29": [(MEANS, MEANS + "<ram:Information>x</ram:Information>")],
    "BR-NL-30": [("<ram:IBANID>", "<ram:AccountName>x</ram:AccountName><ram:IBANID>")],
    "BR-NL-33": [(CII_END, CII_END + '<ram:TaxTotalAmount currencyID="USD">9</ram:TaxTotalAmount>')],
    "BR-NL-35": [("<ram:RateApplicablePercent>21.00<", "<ram:ExemptionReasonCode>x</ram:ExemptionReasonCode><ram:RateApplicablePercent>21.00<")],
}  # fmt: skip
#: What the invoice in CII breaks already: its supplier has a tax registration that is not for VAT.
ALREADY = {"BR-NL-25"}


def broken(text: str) -> set[str]:
    """The Dutch rules of a document."""
    return {b.rule for b in breaches(etree.fromstring(text.encode())) if b.rule in dutch_ids()}


def dutch_ids() -> set[str]:
    return {row["id"] for row in dutch_table()} | {row["peppol"] for row in dutch_table() if "peppol" in row}


def test_the_invoices_of_the_tests_keep_them_all() -> None:
    assert broken(ubl()) == set()
    assert broken(ubl(root="CreditNote")) == set()
    assert broken(cii((">urn:cen.eu:en16931:2017<", f">{NLCIUS}<"))) == ALREADY


@pytest.mark.parametrize("rule", UBL)
def test_one_change_breaks_one_rule_in_ubl(rule: str) -> None:
    assert broken(ubl(*UBL[rule])) == {rule}


@pytest.mark.parametrize("rule", CII)
def test_one_change_breaks_one_rule_in_cii(rule: str) -> None:
    assert broken(cii((">urn:cen.eu:en16931:2017<", f">{NLCIUS}<"), *CII[rule])) == {rule} | ALREADY


def test_every_rule_of_the_table_has_its_change_here() -> None:
    nlcius = {row["id"] for row in dutch_table() if row["applies"] in ("nlcius", "dutch-supplier")}
    assert nlcius == set(UBL)


def test_they_bind_a_supplier_in_the_netherlands_who_follows_them() -> None:
    change = UBL["BR-NL-1"]
    foreign = ubl(*change).replace(">NL</cbc:IdentificationCode>", ">BE</cbc:IdentificationCode>", 1)
    assert broken(foreign) == set()
    assert broken(ubl(*change, (NLCIUS, "urn:cen.eu:en16931:2017"))) == set()
    small = ubl(*change).replace(">NL</cbc:IdentificationCode>", "> nl </cbc:IdentificationCode>", 1)
    assert broken(small) == {"BR-NL-1"}


@pytest.mark.parametrize("rule", [row["id"] for row in dutch_table() if "peppol" in row and row["id"] in UBL])
def test_peppol_has_the_same_rule_under_another_id(rule: str) -> None:
    other = next(row["peppol"] for row in dutch_table() if row["id"] == rule)
    assert broken(ubl(*UBL[rule], (NLCIUS, PEPPOL))) == {other}


def test_the_rules_only_peppol_has() -> None:
    assert broken(ubl((NLCIUS, PEPPOL), root="CreditNote")) == {"NL-R-001"}
    assert broken(ubl((NLCIUS, PEPPOL), ("PaymentMeansCode>58<", "PaymentMeansCode>1<"))) == {"NL-R-008"}


def test_a_pattern_of_one_rule_never_hides_another() -> None:
    """The published file tests both reason codes at one place, where the second is never reached."""
    both = ALLOWANCE.format("false", 95).removesuffix("<cac:TaxTotal>") + ALLOWANCE.format("true", "FC")
    assert broken(ubl(("<cac:TaxTotal>", both))) == {"BR-NL-32", "BR-NL-34"}


def test_every_group_can_be_made_in_its_syntax() -> None:
    for syntax, groups in {
        "ubl": ("nlcius", "dutch-supplier", "g-account", "peppol"),
        "cii": ("nlcius", "dutch-supplier"),
    }.items():
        for group in groups:
            empty = Document(etree.fromstring("<nothing/>"))
            assert dutch_rules(syntax, group).judge(empty).keys() <= {"SI-UBL-2", "BR-NL-2"}
