"""Pages in the styles of many programs: what is read is right, and what the style leaves open is empty."""

import pytest

from inbaar.intake.readers import read_invoice
from tests.intake.documents import written

SENDER = """
# Factuur
Bouw B.V.||Factuurnummer: 26-101
Laan 3||Factuurdatum: 5 mei 2026
6712 AB Ede||Vervaldatum: 4 juni 2026
KvK 59581883
Btw NL004495445B01
IBAN NL91ABNA0417164300

Factuur aan
Aannemer B.V.
Kade 9
6711 CC Ede

"""
KNOWN = {
    "number": "26-101", "issue_date": "2026-05-05", "due_date": "2026-06-04", "currency": "EUR", "supplier.name": "Bouw B.V.",
    "supplier.kvk": "59581883", "supplier.vat": "NL004495445B01", "iban": "NL91ABNA0417164300", "customer.name": "Aannemer B.V.",
}  # fmt: skip

#: Whole pages in other styles: text and what it says. None where the page leaves it open.
WHOLE = {
    "a small business's program": (
        """
Jansen Ontwerp||Factuur 2026-0012
Kerkstraat 12
1017 GB Amsterdam
KVK: 59581883
BTW: NL004495445B01
info@jansenontwerp.example

Bakkerij Smit
T.a.v. Piet Smit
Hoofdstraat 5
3511 AB Utrecht

Factuurdatum||12 maart 2026
Vervaldatum||26 maart 2026

Aantal||Omschrijving||Bedrag||Btw
10||Uren ontwerp||€ 1.000,00||21%
||Subtotaal||€ 1.000,00
||21% btw||€ 210,00
||Totaal||€ 1.210,00

We verzoeken je vriendelijk om het bovenstaande bedrag van € 1.210,00 voor 26 maart 2026 over te
maken naar onze bankrekening NL91 ABNA 0417 1643 00 o.v.v. het factuurnummer 2026-0012.
""",
        {
            "number": "2026-0012", "issue_date": "2026-03-12", "due_date": "2026-03-26", "net": "1000.00", "vat": "210.00",
            "payable": "1210.00", "supplier.name": "Jansen Ontwerp", "customer.name": "Bakkerij Smit", "customer.postcode": "3511 AB",
            "iban": "NL91ABNA0417164300", "payment_reference": None,
        },
    ),
    "a subscription in English": (
        """
# Invoice
Invoice number||ABCD-0001
Date of issue||March 1, 2026
Date due||March 31, 2026
Cloudy Services Ltd||Bill to
1 Main Street||Bakkerij Smit
Dublin 2||Hoofdstraat 5
Ireland||3511 AB Utrecht
billing@cloudy.example||Netherlands
IE VAT IE6388047V||NL VAT NL004495445B01

€121.00 due March 31, 2026

Description||Qty||Unit price||Amount
Plan||1||€100.00||€100.00
||Subtotal||€100.00
||Total excluding tax||€100.00
||VAT - Netherlands (21% on €100.00)||€21.00
||Total||€121.00
||Amount due||€121.00
""",
        {
            "number": "ABCD-0001", "issue_date": "2026-03-01", "due_date": "2026-03-31", "net": "100.00", "vat": "21.00",
            "payable": "121.00", "customer.name": "Bakkerij Smit", "customer.vat": "NL004495445B01", "supplier.vat": "IE6388047V",
        },
    ),
    "a bill that is drawn from the account": (
        """
Telecom NL B.V.||Factuurnummer 901234567
Postbus 30000||Factuurdatum 1 november 2026
2500 GA Den Haag||Klantnummer 55512345
||Periode 1 oktober 2026 t/m 31 oktober 2026
Familie Smit
Hoofdstraat 5
3511 AB Utrecht

Uw factuur van november
Abonnement||€ 45,00
Totaal exclusief btw||€ 45,00
Btw 21%||€ 9,45
Totaal inclusief btw||€ 54,45

Het bedrag van € 54,45 wordt rond 8 november 2026 afgeschreven van uw rekening NL20 INGB 0001 2345 67.
""",
        {"number": "901234567", "issue_date": "2026-11-01", "payable": "54.45", "iban": None, "due_date": None},
    ),
    "months before days": (
        """
# INVOICE
Widgets Inc.
1 Main St
Springfield, IL 62701

INVOICE NO. 10-2233
DATE 03/15/2026
DUE DATE 04/02/2026

BILL TO
Acme Corp
22 Elm St
Boston, MA 02110

SUBTOTAL||$1,000.00
TAX 6.25%||$62.50
BALANCE DUE||USD 1,062.50
""",
        {
            "number": "10-2233", "issue_date": "2026-03-15", "due_date": "2026-04-02", "currency": "USD", "net": "1000.00",
            "vat": "62.50", "payable": "1062.50", "customer.name": "Acme Corp",
        },
    ),
    "VAT reverse charged, the seller known by his address alone": (
        """
# Factuur
Schildersbedrijf De Kwast V.O.F.
Verfstraat 8
5611 AA Eindhoven

Aan:
Bouwcombinatie Zuid B.V.
Bouwlaan 1
5612 BB Eindhoven
Btw-nummer: NL810433941B01

Factuurnummer: F-338
Factuurdatum: 3 augustus 2026
Betalingstermijn: 30 dagen

Schilderwerk||€ 4.250,00
Totaal||€ 4.250,00
BTW verlegd naar btw-nummer NL810433941B01
Te voldoen||€ 4.250,00

Rekening: NL91 ABNA 0417 1643 00
KvK-nummer: 12345678
BTW-nummer: NL004495445B01
""",
        {
            "number": "F-338", "payable": "4250.00", "net": None, "supplier.name": "Schildersbedrijf De Kwast V.O.F.",
            "supplier.vat": "NL004495445B01", "customer.name": "Bouwcombinatie Zuid B.V.", "customer.vat": "NL810433941B01",
            "iban": "NL91ABNA0417164300", "due_date": None,
        },
    ),
    "a shop that was paid at once": (
        """
# Factuur
Shop B.V.||Factuurnummer: W-5512
Winkelweg 3||Factuurdatum: 3-8-2026
6712 AB Ede||Bestelnummer: 100223
KvK 12345678
service@shop.example

Verzendadres||Factuuradres
Piet Boer||Anna de Boer
Straat 9||Straat 8
6711 CC Ede||6711 CD Ede

Lamp||€ 60,50
Verzendkosten||€ 6,05
Totaal (incl. btw)||€ 66,55
Btw 21% inbegrepen||€ 11,55
Betaald met iDEAL op 3-8-2026
""",
        {
            "number": "W-5512", "issue_date": "2026-08-03", "due_date": None, "total": "66.55", "payable": None,
            "supplier.name": "Shop B.V.", "customer.name": "Anna de Boer", "customer.postcode": "6711 CD",
        },
    ),
    "hours in English, the seller's address in one line": (
        """
Jane Doe Consulting
12 Canal Street, 1017 AB Amsterdam
jane@janedoe.example

INVOICE 2026/17

Client: Big Corp N.V.
Zuidas 100
1082 MA Amsterdam

Date: 30 September 2026
Due: 30 October 2026

Hours September||80||€95.00||€7,600.00
Sub-total||€7,600.00
21% VAT||€1,596.00
Total incl. VAT||€9,196.00

IBAN NL91 ABNA 0417 1643 00 | CoC 12345678 | VAT NL004495445B01
""",
        {
            "number": "2026/17", "issue_date": "2026-09-30", "net": "7600.00", "vat": "1596.00", "payable": "9196.00",
            "supplier.name": "Jane Doe Consulting", "supplier.kvk": "12345678", "customer.name": "Big Corp N.V.",
        },
    ),
    "a freelancer's one line of address": (
        """
Factuur

J. de Vries Tekst & Redactie
Laan 3, 6712 AB Ede
KvK: 12345678
BTW-id: NL004495445B01

Factuurnummer: 2026.012
Datum: 12-03-2026

Redactie 40 uur||€ 4.000,00
Totaal ex. BTW:||€ 4.000,00
BTW 21%:||€ 840,00
Totaal:||€ 4.840,00
Graag binnen 30 dagen betalen op IBAN: NL91 ABNA 0417 1643 00, t.n.v. J. de Vries.
""",
        {
            "number": "2026.012", "issue_date": "2026-03-12", "payable": "4840.00", "supplier.name": "J. de Vries Tekst & Redactie",
            "supplier.kvk": "12345678", "iban": "NL91ABNA0417164300", "due_date": None, "customer.name": None,
        },
    ),
}  # fmt: skip

#: What stands under the head of one and the same invoice, and what it says.
SUMS = {
    "a discount": (
        "Subtotaal||€ 100,00\nKorting 10%||€ -10,00\nNetto||€ 90,00\nBtw 21%||€ 18,90\nTotaal||€ 108,90",
        {"net": "90.00", "vat": "18.90", "payable": "108.90"},
    ),
    "sums per page": (
        "Zand||€ 100,00\nSubtotaal pagina 1||€ 100,00\n---\nFactuurnummer: 26-101||Pagina 2\nTransport||€ 100,00\n"
        "Grind||€ 50,00\nTotaal exclusief btw||€ 150,00\nBtw 21%||€ 31,50\nTotaal||€ 181,50",
        {"net": "150.00", "vat": "31.50", "payable": "181.50"},
    ),
    "hours with a total of their own": (
        "Totaal uren||12,50\nTarief||€ 80,00\nTotaal||€ 1.000,00\nBtw 21%||€ 210,00\nTotaal incl. btw||€ 1.210,00",
        {"net": "1000.00", "vat": "210.00", "payable": "1210.00"},
    ),
    "part of a larger sum": (
        "Aanneemsom||€ 10.000,00\nVoorschot 50%||€ 5.000,00\nNetto||€ 5.000,00\nBtw 21%||€ 1.050,00\nTe betalen||€ 6.050,00",
        {"net": "5000.00", "vat": "1050.00", "payable": "6050.00"},
    ),
    "a deposit for bottles": (
        "Netto||€ 100,00\nBtw 21%||€ 21,00\nStatiegeld||€ 10,00\nTotaal||€ 131,00",
        {"net": None, "vat": None, "total": "131.00"},
    ),
    "a surcharge for paying late": (
        "Totaal exclusief btw||€ 1.000,00\nBtw 21%||€ 210,00\nTotaal||€ 1.210,00\nKredietbeperkingstoeslag 2%||€ 24,20\n"
        "Totaal inclusief kredietbeperking||€ 1.234,20",
        {"total": None, "payable": None},
    ),
    "VAT of another rate than printed": (
        "Netto||€ 100,00\nBtw 21%||€ 22,00\nTotaal||€ 122,00",
        {"payable": "122.00", "vat_percent": None},
    ),
    "another currency than that of the VAT": (
        "Netto||USD 1.000,00\nBtw 21%||USD 210,00\nTotaal||USD 1.210,00\nBtw in EUR: 190,91 (koers 1,10)",
        {"currency": "USD", "vat": "210.00", "payable": "1210.00"},
    ),
    "a claim that was sold": (
        "Netto||€ 100,00\nBtw 21%||€ 21,00\nTotaal||€ 121,00\nDeze factuur is overgedragen aan Factor N.V.\n"
        "Betaal uitsluitend op NL20 INGB 0001 2345 67 t.n.v. Factor N.V.",
        {"payable": "121.00", "iban": None},
    ),
    "other invoices that are open": (
        "Netto||€ 100,00\nBtw 21%||€ 21,00\nTotaal||€ 121,00\nOpenstaande facturen: 26-090||€ 500,00",
        {"total": "121.00", "payable": None},
    ),
}


def values(text: str) -> dict[str, str]:
    read = read_invoice(written(text), "invoice.pdf")
    assert read.status == "review", read.problems
    return {name: field.value for name, field in read.fields.items()}


@pytest.mark.parametrize("style", WHOLE)
def test_a_page_in_the_style_of(style: str) -> None:
    text, expected = WHOLE[style]
    found = values(text)
    assert {name: found.get(name) for name in expected} == expected


@pytest.mark.parametrize("sums", SUMS)
def test_sums_with(sums: str) -> None:
    text, expected = SUMS[sums]
    found = values(SENDER + text)
    assert {name: found.get(name) for name in (*KNOWN, *expected)} == KNOWN | expected


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Netto||€ 100,00\nBtw 21%||€ 22,00\nTotaal||€ 122,00", "BR-CO-17"),
        ("Netto||€ -100,00\nBtw 21%||€ -21,00\nTotaal||€ -121,00", "negative-invoice"),
    ],
)
def test_odd_amounts_are_told(text: str, rule: str) -> None:
    read = read_invoice(written(SENDER + text), "invoice.pdf")
    assert rule in [problem.rule for problem in read.problems]
