"""Invoices read, checked and judged per CPU-second: UBL, CII and Factur-X, with the official rules and without them.

With them stands beside the bare parse of the same files; the rules are made ready once in each process, which counts.

The invoices are written here: five lines, two VAT rates, an allowance, full parties with identifiers that pass their
checks, one supplier in twenty different, every customer different.
"""

import hashlib
import tempfile
import zlib
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

import pypdfium2
from lxml import etree

from benchmarks.measuring import Measure, measured
from inbaar.intake.readers import read_invoice
from inbaar.intake.readers.cii import read_cii
from inbaar.intake.readers.pdf import attached_xml, stop_child
from inbaar.intake.readers.source import Limits
from inbaar.intake.readers.ubl import INVOICE, read_ubl
from inbaar.intake.readers.understanding import understood
from inbaar.intake.readers.xml import parsed as parsed_safely

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
UN = "urn:un:unece:uncefact:data:standard:"
LIMITS = Limits()
LINES = [(Decimal("2"), Decimal("49.50"), 21), (Decimal("1"), Decimal("125.00"), 21), (Decimal("10"), Decimal("3.25"), 9),
         (Decimal("4"), Decimal("18.75"), 9), (Decimal("1"), Decimal("60.00"), 21)]  # fmt: skip


def run(small: bool) -> list[Measure]:
    """Three formats; the PDF's own process counts, its start-up included."""
    size = 300 if small else 3_000
    return [
        measured("UBL read", "invoices", size, read, prepare=partial(written, ubl, "xml"), yardstick=parsed,
                 yardstick_name="lxml parse alone", aim="1,500"),
        measured("CII read", "invoices", size, read, prepare=partial(written, cii, "xml"), yardstick=parsed,
                 yardstick_name="lxml parse alone", aim="1,500"),
        measured("Factur-X read", "invoices", size, read, prepare=partial(written, facturx, "pdf"),
                 yardstick=attachment_parsed, yardstick_name="pdfium and lxml alone, in one process"),
        measured("UBL read, without the official rules", "invoices", size, read_without_rules,
                 prepare=partial(written, ubl, "xml"), tenth=False),
        measured("CII read, without the official rules", "invoices", size, read_without_rules,
                 prepare=partial(written, cii, "xml"), tenth=False),
        measured("Factur-X read, without the official rules", "invoices", size, read_without_rules,
                 prepare=partial(written, facturx, "pdf"), tenth=False),
    ]  # fmt: skip


def read(files: list[Path]) -> int:
    """The work: every file must come back accepted, or the figure means nothing."""
    accepted = sum(read_invoice(file).status == "accepted" for file in files)
    stop_child()
    if accepted != len(files):
        raise RuntimeError(f"{len(files) - accepted} of {len(files)} generated invoices were not accepted")
    return accepted


def read_without_rules(files: list[Path]) -> int:
    """The same reading and the same checks of our own, without the verdict of the official rules."""
    accepted = 0
    for file in files:
        content = file.read_bytes()
        xml = attached_xml(content, LIMITS)[0] if file.suffix == ".pdf" else content
        root = parsed_safely(xml, LIMITS)
        draft = read_ubl(root) if root.tag == INVOICE else read_cii(root)
        accepted += understood(draft, str(file), hashlib.sha256(content).hexdigest()).status == "accepted"
    stop_child()
    if accepted != len(files):
        raise RuntimeError(f"{len(files) - accepted} of {len(files)} generated invoices were not accepted")
    return accepted


def parsed(files: list[Path]) -> int:
    """The least that reading XML can cost."""
    for file in files:
        etree.fromstring(file.read_bytes())
    return len(files)


def attachment_parsed(files: list[Path]) -> int:
    """The least that reading a Factur-X can cost, without protection from what it holds."""
    for file in files:
        document = pypdfium2.PdfDocument(file.read_bytes())
        etree.fromstring(bytes(document.get_attachment(0).get_data()))
        document.close()
    return len(files)


def written(invoice: Callable[[int], bytes], suffix: str, size: int) -> list[Path]:
    """The files of one format, in a temporary folder of their own."""
    folder = Path(tempfile.mkdtemp(prefix="inbaar-invoices-"))
    files = [folder / f"{place}.{suffix}" for place in range(size)]
    for place, file in enumerate(files):
        file.write_bytes(invoice(place))
    return files


def iban(place: int) -> str:
    """An IBAN that passes mod 97."""
    bban = f"INGB{place:010d}"
    digits = "".join(str(int(letter, 36)) for letter in bban + "NL00")
    return f"NL{98 - int(digits) % 97:02d}{bban}"


def vat_id(place: int) -> str:
    """A Dutch VAT id that passes mod 97."""
    for ending in range(1, 100):
        number = f"NL{place:09d}B{ending:02d}"
        if int("".join(str(int(letter, 36)) for letter in number)) % 97 == 1:
            return number
    raise ValueError(place)


def totals() -> tuple[list[tuple[int, Decimal, Decimal]], Decimal, Decimal]:
    """(rate, base, VAT) per rate, line total and VAT; an allowance of 10.00 comes off the high rate."""
    bases = {rate: sum(q * p for q, p, r in LINES if r == rate) for rate in (21, 9)}
    bases[21] -= Decimal(10)
    rates = [
        (rate, Decimal(base), (base * rate / 100).quantize(Decimal("0.01"))) for rate, base in bases.items()
    ]
    return rates, sum((q * p for q, p, _ in LINES), Decimal(0)), sum((tax for *_, tax in rates), Decimal(0))


def ubl(place: int) -> bytes:
    """One NLCIUS invoice."""
    rates, line_total, vat = totals()
    net = line_total - 10
    supplier, customer = 10_000_000 + place // 20, 20_000_000 + place

    def party(role: str, name: str, number: int) -> str:
        return f"""<cac:Accounting{role}Party><cac:Party>
<cbc:EndpointID schemeID="0106">{number}</cbc:EndpointID><cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName>
<cac:PostalAddress><cbc:StreetName>Keizersgracht {number % 900}</cbc:StreetName><cbc:CityName>Amsterdam</cbc:CityName>
<cbc:PostalZone>1015 CJ</cbc:PostalZone><cac:Country><cbc:IdentificationCode>NL</cbc:IdentificationCode></cac:Country>
</cac:PostalAddress><cac:PartyTaxScheme><cbc:CompanyID>{vat_id(number)}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID>
</cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName>
<cbc:CompanyID schemeID="0106">{number}</cbc:CompanyID></cac:PartyLegalEntity><cac:Contact><cbc:Name>Administratie</cbc:Name>
<cbc:ElectronicMail>post@bedrijf{number}.example</cbc:ElectronicMail></cac:Contact></cac:Party></cac:Accounting{role}Party>"""

    category = (
        "<cbc:ID>S</cbc:ID><cbc:Percent>{}</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
    )
    subtotals = "".join(
        f'<cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">{base:.2f}</cbc:TaxableAmount>'
        f'<cbc:TaxAmount currencyID="EUR">{tax:.2f}</cbc:TaxAmount>'
        f"<cac:TaxCategory>{category.format(rate)}</cac:TaxCategory></cac:TaxSubtotal>\n"
        for rate, base, tax in rates
    )
    lines = "".join(
        f"""<cac:InvoiceLine><cbc:ID>{number}</cbc:ID><cbc:InvoicedQuantity unitCode="C62">{quantity}</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount currencyID="EUR">{quantity * price:.2f}</cbc:LineExtensionAmount><cac:Item>
<cbc:Name>Artikel {number}</cbc:Name><cac:ClassifiedTaxCategory>{category.format(rate)}</cac:ClassifiedTaxCategory>
</cac:Item><cac:Price><cbc:PriceAmount currencyID="EUR">{price}</cbc:PriceAmount></cac:Price></cac:InvoiceLine>\n"""
        for number, (quantity, price, rate) in enumerate(LINES, 1)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="{UBL}Invoice-2" xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:cbc="{UBL}CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0</cbc:CustomizationID>
<cbc:ID>2026-{place:06d}</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate><cbc:DueDate>2026-04-01</cbc:DueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:OrderReference><cbc:ID>PO-{place}</cbc:ID></cac:OrderReference>
{party("Supplier", f"Leverancier {supplier} B.V.", supplier)}{party("Customer", f"Afnemer {customer} B.V.", customer)}
<cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cbc:PaymentID>2026-{place:06d}</cbc:PaymentID>
<cac:PayeeFinancialAccount><cbc:ID>{iban(supplier)}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:PaymentTerms><cbc:Note>30 dagen netto</cbc:Note></cac:PaymentTerms>
<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:AllowanceChargeReason>Korting</cbc:AllowanceChargeReason>
<cbc:Amount currencyID="EUR">10.00</cbc:Amount><cac:TaxCategory>{category.format(21)}</cac:TaxCategory></cac:AllowanceCharge>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">{vat:.2f}</cbc:TaxAmount>{subtotals}</cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">{line_total:.2f}</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="EUR">{net:.2f}</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="EUR">{net + vat:.2f}</cbc:TaxInclusiveAmount>
<cbc:AllowanceTotalAmount currencyID="EUR">10.00</cbc:AllowanceTotalAmount>
<cbc:PayableAmount currencyID="EUR">{net + vat:.2f}</cbc:PayableAmount></cac:LegalMonetaryTotal>
{lines}</Invoice>""".encode()


def cii(place: int) -> bytes:
    """The same invoice in CII."""
    rates, line_total, vat = totals()
    net = line_total - 10
    supplier, customer = 10_000_000 + place // 20, 20_000_000 + place

    def party(role: str, name: str, number: int) -> str:
        return f"""<ram:{role}TradeParty><ram:Name>{name}</ram:Name><ram:SpecifiedLegalOrganization>
<ram:ID schemeID="0106">{number}</ram:ID></ram:SpecifiedLegalOrganization><ram:DefinedTradeContact>
<ram:PersonName>Administratie</ram:PersonName><ram:EmailURIUniversalCommunication>
<ram:URIID>post@bedrijf{number}.example</ram:URIID></ram:EmailURIUniversalCommunication></ram:DefinedTradeContact>
<ram:PostalTradeAddress><ram:PostcodeCode>1015 CJ</ram:PostcodeCode><ram:LineOne>Keizersgracht {number % 900}</ram:LineOne>
<ram:CityName>Amsterdam</ram:CityName><ram:CountryID>NL</ram:CountryID></ram:PostalTradeAddress>
<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{vat_id(number)}</ram:ID></ram:SpecifiedTaxRegistration>
</ram:{role}TradeParty>"""

    lines = "".join(
        f"""<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>{number}</ram:LineID>
</ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct><ram:Name>Artikel {number}</ram:Name></ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>{price}</ram:ChargeAmount>
</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement><ram:SpecifiedLineTradeDelivery>
<ram:BilledQuantity unitCode="C62">{quantity}</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
<ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>{quantity * price:.2f}</ram:LineTotalAmount>
</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>"""
        for number, (quantity, price, rate) in enumerate(LINES, 1)
    )
    taxes = "".join(
        f"""<ram:ApplicableTradeTax><ram:CalculatedAmount>{tax:.2f}</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>
<ram:BasisAmount>{base:.2f}</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent></ram:ApplicableTradeTax>"""
        for rate, base, tax in rates
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="{UN}CrossIndustryInvoice:100" xmlns:udt="{UN}UnqualifiedDataType:100"
 xmlns:ram="{UN}ReusableAggregateBusinessInformationEntity:100"><rsm:ExchangedDocumentContext>
<ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID>
</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext><rsm:ExchangedDocument>
<ram:ID>2026-{place:06d}</ram:ID><ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime>
<udt:DateTimeString format="102">20260302</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>{lines}<ram:ApplicableHeaderTradeAgreement>
{party("Seller", f"Leverancier {supplier} B.V.", supplier)}{party("Buyer", f"Afnemer {customer} B.V.", customer)}
<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>PO-{place}</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>
</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery><ram:ActualDeliverySupplyChainEvent>
<ram:OccurrenceDateTime><udt:DateTimeString format="102">20260227</udt:DateTimeString></ram:OccurrenceDateTime>
</ram:ActualDeliverySupplyChainEvent></ram:ApplicableHeaderTradeDelivery><ram:ApplicableHeaderTradeSettlement>
<ram:PaymentReference>2026-{place:06d}</ram:PaymentReference><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode><ram:PayeePartyCreditorFinancialAccount>
<ram:IBANID>{iban(supplier)}</ram:IBANID></ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
{taxes}<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>false</udt:Indicator></ram:ChargeIndicator>
<ram:ActualAmount>10.00</ram:ActualAmount><ram:Reason>Korting</ram:Reason><ram:CategoryTradeTax><ram:TypeCode>VAT</ram:TypeCode>
<ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>21</ram:RateApplicablePercent></ram:CategoryTradeTax>
</ram:SpecifiedTradeAllowanceCharge><ram:SpecifiedTradePaymentTerms>
<ram:DueDateDateTime><udt:DateTimeString format="102">20260401</udt:DateTimeString></ram:DueDateDateTime>
</ram:SpecifiedTradePaymentTerms><ram:SpecifiedTradeSettlementHeaderMonetarySummation>
<ram:LineTotalAmount>{line_total:.2f}</ram:LineTotalAmount><ram:AllowanceTotalAmount>10.00</ram:AllowanceTotalAmount>
<ram:TaxBasisTotalAmount>{net:.2f}</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="EUR">{vat:.2f}</ram:TaxTotalAmount>
<ram:GrandTotalAmount>{net + vat:.2f}</ram:GrandTotalAmount><ram:DuePayableAmount>{net + vat:.2f}</ram:DuePayableAmount>
</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>""".encode()


def facturx(place: int) -> bytes:
    """A one-page PDF that carries the CII invoice."""
    packed = zlib.compress(cii(place))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(factur-x.xml) 4 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        b"<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /EF << /F 5 0 R >> >>",
        b"<< /Type /EmbeddedFile /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream"
        % (len(packed), packed),
    ]
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    entries = b"".join(b"%010d 00000 n \n" % at for at in places)
    return b"%bxref\n0 %d\n0000000000 65535 f \n%btrailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        body, len(objects) + 1, entries, len(objects) + 1, len(body),
    )  # fmt: skip
