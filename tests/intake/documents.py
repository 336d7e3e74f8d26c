"""Small invoices written for the tests, complete and certain unless a test changes something."""

import zlib

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
UN = "urn:un:unece:uncefact:data:standard:"
NAMESPACES = (
    f'xmlns="{UBL}{{root}}-2" xmlns:cac="{UBL}CommonAggregateComponents-2" '
    f'xmlns:cbc="{UBL}CommonBasicComponents-2"'
)

TAX_SCHEME = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"


def ubl_party(role: str, name: str, kvk: str, vat: str) -> str:
    return f"""<cac:Accounting{role}Party><cac:Party>
    <cac:PostalAddress><cbc:StreetName>Dorpsstraat 1</cbc:StreetName><cbc:CityName>Ede</cbc:CityName>
    <cbc:PostalZone>6711 AA</cbc:PostalZone><cac:Country><cbc:IdentificationCode>NL</cbc:IdentificationCode></cac:Country>
    </cac:PostalAddress>
    <cac:PartyTaxScheme><cbc:CompanyID>{vat}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
    <cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName><cbc:CompanyID schemeID="0106">{kvk}</cbc:CompanyID></cac:PartyLegalEntity>
    <cac:Contact><cbc:ElectronicMail>post@{role.lower()}.example</cbc:ElectronicMail></cac:Contact>
  </cac:Party></cac:Accounting{role}Party>"""


def ubl(*replacements: tuple[str, str], root: str = "Invoice") -> str:
    """A UBL invoice of 200.00 and 42.00 VAT; each replacement must hit."""
    document = f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} {NAMESPACES.format(root=root)}>
  <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0</cbc:CustomizationID>
  <cbc:ID>F-2026-001</cbc:ID>
  <cbc:IssueDate>2026-03-02</cbc:IssueDate>
  <cbc:DueDate>2026-04-01</cbc:DueDate>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cac:OrderReference><cbc:ID>PO-7</cbc:ID></cac:OrderReference>
  {ubl_party("Supplier", "Zaagmolen B.V.", "59581883", "NL004495445B01")}
  {ubl_party("Customer", "Tuin &amp; Zn. V.O.F.", "12345678", "NL123456789B13")}
  <cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cbc:PaymentID>RF18539007547034</cbc:PaymentID>
    <cac:PayeeFinancialAccount><cbc:ID>NL91 ABNA 0417 1643 00</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
  <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">42.00</cbc:TaxAmount>
    <cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">200.00</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">42.00</cbc:TaxAmount>
      <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent>{TAX_SCHEME}</cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">200.00</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">200.00</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">242.00</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="EUR">242.00</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
  <cac:{root}Line><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="HUR">2</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="EUR">200.00</cbc:LineExtensionAmount>
    <cac:Item><cbc:Name>Advies</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent>{TAX_SCHEME}
    </cac:ClassifiedTaxCategory></cac:Item><cac:Price><cbc:PriceAmount currencyID="EUR">100.00</cbc:PriceAmount></cac:Price></cac:{root}Line>
</{root}>
"""
    if root == "CreditNote":
        document = document.replace("InvoiceTypeCode>380", "CreditNoteTypeCode>381").replace(
            "</cbc:InvoiceTypeCode>", "</cbc:CreditNoteTypeCode>"
        )
        document = document.replace("InvoicedQuantity", "CreditedQuantity")
    return replaced(document, replacements)


def replaced(document: str, replacements: tuple[tuple[str, str], ...]) -> str:
    for old, new in replacements:
        assert old in document, f"{old!r} is not in the document"
        document = document.replace(old, new)
    return document


def cii_party(role: str, name: str, kvk: str, vat: str) -> str:
    return f"""<ram:{role}TradeParty><ram:Name>{name}</ram:Name>
      <ram:SpecifiedLegalOrganization><ram:ID schemeID="0106">{kvk}</ram:ID></ram:SpecifiedLegalOrganization>
      <ram:PostalTradeAddress><ram:PostcodeCode>6711 AA</ram:PostcodeCode><ram:LineOne>Dorpsstraat 1</ram:LineOne>
        <ram:CityName>Ede</ram:CityName><ram:CountryID>NL</ram:CountryID></ram:PostalTradeAddress>
      <ram:URIUniversalCommunication><ram:URIID schemeID="EM">post@{role.lower()}.example</ram:URIID></ram:URIUniversalCommunication>
      {'<ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">9/876</ram:ID></ram:SpecifiedTaxRegistration>' if role == "Seller" else ""}
      <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{vat}</ram:ID></ram:SpecifiedTaxRegistration></ram:{role}TradeParty>"""


def cii(*replacements: tuple[str, str]) -> str:
    """The same invoice in CII."""
    document = f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="{UN}CrossIndustryInvoice:100" xmlns:udt="{UN}UnqualifiedDataType:100"
    xmlns:ram="{UN}ReusableAggregateBusinessInformationEntity:100">
  <rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID>
    </ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
  <rsm:ExchangedDocument><ram:ID>F-2026-001</ram:ID><ram:TypeCode>380</ram:TypeCode>
    <ram:IssueDateTime><udt:DateTimeString format="102">20260302</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>
    <ram:IncludedSupplyChainTradeLineItem>
      <ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument>
      <ram:SpecifiedTradeProduct><ram:Name>Advies</ram:Name></ram:SpecifiedTradeProduct>
      <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>100.00</ram:ChargeAmount>
      </ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
      <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="HUR">2</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
      <ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>
      <ram:RateApplicablePercent>21</ram:RateApplicablePercent></ram:ApplicableTradeTax>
      <ram:SpecifiedTradeSettlementLineMonetarySummation>
      <ram:LineTotalAmount>200.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>
      </ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>
    <ram:ApplicableHeaderTradeAgreement>
      {cii_party("Seller", "Zaagmolen B.V.", "59581883", "NL004495445B01")}
      {cii_party("Buyer", "Tuin &amp; Zn. V.O.F.", "12345678", "NL123456789B13")}
      <ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>PO-7</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>
    </ram:ApplicableHeaderTradeAgreement>
    <ram:ApplicableHeaderTradeDelivery><ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime>
      <udt:DateTimeString format="102">20260228</udt:DateTimeString></ram:OccurrenceDateTime></ram:ActualDeliverySupplyChainEvent>
    </ram:ApplicableHeaderTradeDelivery>
    <ram:ApplicableHeaderTradeSettlement>
      <ram:PaymentReference>RF18539007547034</ram:PaymentReference><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
      <ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode><ram:PayeePartyCreditorFinancialAccount>
        <ram:IBANID>NL91ABNA0417164300</ram:IBANID></ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
      <ram:ApplicableTradeTax><ram:CalculatedAmount>42.00</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>
        <ram:BasisAmount>200.00</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode>
        <ram:RateApplicablePercent>21.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>
      <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format="102">20260401</udt:DateTimeString>
        </ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
      <ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>200.00</ram:LineTotalAmount>
        <ram:TaxBasisTotalAmount>200.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="EUR">42.00</ram:TaxTotalAmount>
        <ram:GrandTotalAmount>242.00</ram:GrandTotalAmount><ram:DuePayableAmount>242.00</ram:DuePayableAmount>
      </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    </ram:ApplicableHeaderTradeSettlement>
  </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""
    return replaced(document, replacements)


def pdf(*attachments: tuple[str, bytes], packed: bool = True, text: str = "", encrypt: bytes = b"") -> bytes:
    """A one-page PDF with files in it; each is deflated here unless it comes `packed=False`, already deflated."""
    drawn = f"BT /F1 12 Tf 20 20 Td ({text}) Tj ET".encode() if text else b""
    names = b"".join(b"(%b) %d 0 R " % (name.encode(), 6 + 2 * n) for n, (name, _) in enumerate(attachments))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [%b] >> >> >>" % names,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, (name, content) in enumerate(attachments):
        stream = zlib.compress(content) if packed else content
        at, title = 7 + 2 * number, name.encode()
        objects.append(b"<< /Type /Filespec /F (%b) /UF (%b) /EF << /F %d 0 R >> >>" % (title, title, at))
        objects.append(
            b"<< /Type /EmbeddedFile /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream"
            % (len(stream), stream)
        )
    return _file(objects, encrypt)


def _file(objects: list[bytes], encrypt: bytes) -> bytes:
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    entries = b"".join(b"%010d 00000 n \n" % at for at in places)
    size = len(objects) + 1
    return b"%bxref\n0 %d\n0000000000 65535 f \n%btrailer << /Size %d /Root 1 0 R %b>>\nstartxref\n%d\n%%%%EOF" % (
        body, size, entries, size, encrypt, len(body),
    )  # fmt: skip


def written(text: str, pages: int = 1) -> bytes:
    """A PDF of lines of text as a letter has them: `# ` makes a title, `||` starts a column at the middle or further right.

    Lines after `---` go on a new page; `pages` repeats the whole so many times.
    """
    sheets = [part.strip("\n").split("\n") for part in text.strip("\n").split("\n---\n")] * pages
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", _FONT]
    for lines in sheets:
        stream = b"".join(_drawn(line, 800 - 14 * place) for place, line in enumerate(lines))
        at = len(objects) + 1
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (at + 1)
        )
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream))
    kids = b" ".join(b"%d 0 R" % (4 + 2 * place) for place in range(len(sheets)))
    objects[1] = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, len(sheets))
    return _file(objects, b"")


_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def _drawn(line: str, height: int) -> bytes:
    size = 18 if line.startswith("# ") else 10
    columns = line.removeprefix("# ").split("||")
    drawn = b""
    for place, column in enumerate(columns):
        shown = (
            column.strip()
            .encode("cp1252")
            .replace(b"\\", b"\\\\")
            .replace(b"(", rb"\(")
            .replace(b")", rb"\)")
        )
        drawn += b"BT /F1 %d Tf %d %d Td (%b) Tj ET\n" % (
            size,
            50 + 250 * place // max(len(columns) - 1, 1),
            height,
            shown,
        )
    return drawn
