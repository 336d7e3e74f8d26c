"""The words by which invoices name their values: Dutch and English in full, German and French as far as they are plain.

Data only, with the one function that turns it into a look-up. Phrases are compared without spaces, capitals, accents and
punctuation, so `Factuur nr.:` is `factuurnr`. Of several that fit, the longest counts.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import product

_NOT_COMPARED = re.compile(r"[^\w#%°]|_")


def plain(text: str) -> str:
    """A text as labels are compared.

    >>> plain("Factuur nr.:"), plain("Échéance")
    ('factuurnr', 'echeance')
    """
    if not text.isascii():
        text = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return _NOT_COMPARED.sub("", text.casefold())


#: Words for "excluding VAT", "including VAT" and a sum, from which the names of totals are made.
_EXCLUDING = ("excl btw", "exclusief btw", "ex btw", "excl", "exclusief", "zonder btw", "excl vat", "excluding vat", "ex vat",
              "before vat", "before tax", "excl tax", "excluding tax", "without vat", "netto", "ohne ust", "ohne mwst",
              "ht", "hors taxes", "net")  # fmt: skip
_INCLUDING = ("incl btw", "inclusief btw", "in btw", "incl", "inclusief", "met btw", "incl vat", "including vat", "inc vat",
              "incl tax", "including tax", "with vat", "bruto", "gross", "inkl ust", "inkl mwst", "ttc", "brutto")  # fmt: skip
_SUMS = ("totaal", "totaalbedrag", "bedrag", "subtotaal", "factuurbedrag", "factuurtotaal", "eindtotaal", "total", "amount",
         "subtotal", "sub total", "invoice total", "invoice amount", "total amount", "totaal bedrag", "summe", "gesamtbetrag",
         "rechnungssumme", "rechnungsbetrag", "totaal factuur", "totaal eur", "montant", "sous total", "totaal in eur",
         "grand total", "gesamt", "som", "montant total")  # fmt: skip

PHRASES: dict[str, tuple[str, ...]] = {
    "number": (
        "factuurnummer", "factuurnr", "factuur nummer", "factuur nr", "factuur no", "factuur #", "nummer factuur", "faktuurnummer",
        "notanummer", "nota nr", "factuurcode", "invoice number", "invoice no", "invoice nr", "invoice num", "invoice #", "invoice id",
        "tax invoice number", "tax invoice no", "bill number", "number of invoice", "our invoice", "vat invoice no",
        "creditnotanummer", "creditnota nummer", "creditnota nr", "creditnummer", "creditfactuurnummer", "credit note number",
        "credit note no", "credit note nr", "credit note #", "credit memo number", "credit nota nr", "credit memo no",
        "rechnungsnummer", "rechnungsnr", "rechnungs nr", "rechnung nr", "rechnung no", "rechnung #", "handelsrechnung 380 nr",
        "facture n°", "facture no", "facture numéro", "numéro de facture", "n° de facture", "n° facture", "no facture",
        "avoir n°", "numéro d avoir", "belegnummer", "beleg nr", "factuur id", "factuurnummer / invoice number", "document number", "factuurkenmerk",
        "ons factuurnummer", "nummer van de factuur", "invoice ref", "re nr", "numéro facture", "réf facture", "facture numero",
    ),
    "title_number": (
        "factuur", "invoice", "rechnung", "facture", "creditnota", "creditfactuur", "credit nota", "credit note", "credit memo",
        "avoir", "gutschrift", "tax invoice", "vat invoice", "nota", "rekening", "verkoopfactuur", "sales invoice", "handelsrechnung",
        "rechnungskorrektur", "stornorechnung", "verzamelfactuur", "termijnfactuur", "eindfactuur", "deelfactuur", "voorschotfactuur",
        "schlussrechnung", "abschlagsrechnung", "teilrechnung", "sammelrechnung", "warenrechnung", "facture de vente",
    ),
    "bare_number": ("nummer", "number", "numéro", "no", "nr"),
    "issue_date": (
        "factuurdatum", "factuur datum", "datum factuur", "datum van factuur", "factuur d d", "notadatum", "dagtekening",
        "invoice date", "date of invoice", "date of issue", "issue date", "issued on", "issued at", "date issued", "billing date",
        "bill date", "document date", "tax point", "invoice dated", "creditnotadatum", "datum creditnota", "creditdatum",
        "credit note date", "rechnungsdatum", "datum der rechnung", "ausstellungsdatum", "belegdatum", "date de facture",
        "date facture", "date de facturation", "date d émission", "date de la facture", "datum uitgifte", "uitgiftedatum",
        "opgemaakt op", "opgesteld op", "billed on", "émise le", "émis le", "rechnung vom",
    ),
    "date": ("datum", "date", "dated", "d d"),
    "due_date": (
        "vervaldatum", "verval datum", "vervaldag", "uiterste betaaldatum", "uiterlijke betaaldatum", "uiterste betaaldag",
        "betaaldatum uiterlijk", "uiterlijk betalen op", "te betalen voor", "te betalen vóór", "betalen voor", "betalen vóór",
        "te betalen uiterlijk", "te voldoen voor", "te voldoen vóór", "uiterlijk te voldoen op", "gelieve te betalen voor",
        "graag betalen voor", "graag betalen vóór", "uiterlijk op", "betaling uiterlijk", "uiterlijk", "betaal voor", "voldoen voor",
        "due", "due date", "vervalt", "payment due date", "payment due", "payment due by", "due on", "due by", "date due", "pay by", "payable by",
        "please pay by", "please pay before", "pay before", "payment date", "total amount due on", "amount due by",
        "please remit until", "bitte überweisen sie bis zum", "bitte überweisen sie bis", "maturity date", "expiry date", "latest payment date", "to be paid by", "payable before",
        "fälligkeitsdatum", "fällig am", "fällig", "zahlbar bis", "zahlungsziel", "zahlbar bis zum", "netto bis", "zahlbar ohne abschlag bis", "zahlbar ohne abzug bis",
        "date d échéance", "échéance", "date limite de paiement", "à payer avant le",
        "fälligkeit", "fälligkeitstag", "te voldoen uiterlijk op", "te voldoen uiterlijk", "uiterlijk betaald op", "uiterlijk te betalen", "uiterlijk te betalen op", "betalen uiterlijk", "betalen uiterlijk op", "zu zahlen bis", "à régler avant le", "payable avant le", "règlement avant le",
    ),
    "term": (
        "betalingstermijn", "betaaltermijn", "betalingsconditie", "betalingscondities", "betalingsvoorwaarden", "betalingsvoorwaarde",
        "betaalconditie", "betaling", "termijn", "payment terms", "payment term", "terms of payment", "terms", "payment conditions",
        "zahlungsbedingungen", "zahlungsbedingung", "conditions de paiement", "betaalvoorwaarden", "aantal dagen",
    ),
    "net": (
        "subtotaal", "sub totaal", "netto", "nettobedrag", "netto bedrag", "goederenbedrag", "totaal netto", "netto totaal", "exclusief btw",
        "excl btw", "belastbaar bedrag", "maatstaf van heffing", "subtotal", "sub total", "net", "net total", "net amount",
        "total net", "net value", "taxable amount", "excluding vat", "excl vat", "total before tax", "total w o tax",
        "nettobetrag", "nettosumme", "gesamt netto", "summe netto", "zwischensumme", "rechnungssumme ohne ust", "nettowert",
        "total ht", "montant ht", "base ht", "total hors taxes", "totaal goederen", "totaal diensten", "subtotaal excl",
        "rechnungsbetrag netto", "net ht",
    ),
    "base": (
        "grondslag", "btw grondslag", "over", "heffingsgrondslag", "base", "vat base", "tax base", "taxable base", "basisbetrag",
        "bemessungsgrundlage", "base tva", "bedrag excl", "basis", "warenwert", "net amout",
    ),
    "vat": (
        "btw", "btw bedrag", "totaal btw", "btw totaal", "bedrag btw", "omzetbelasting", "btw hoog", "btw laag", "btw hoog tarief",
        "btw laag tarief", "vat", "vat amount", "total vat", "vat total", "amount vat", "tax", "tax amount", "tax total",
        "total tax", "sales tax", "gst", "umsatzsteuer", "ust", "mwst", "mehrwertsteuer", "steuerbetrag", "zzgl ust", "zzgl mwst",
        "gesamt ust", "plus vat", "tva", "total tva", "montant tva", "total taxes", "taxes", "taxe", "plus btw", "waarvan btw",
        "totaal omzetbelasting", "btw verlegd", "vat reverse charged", "vat at", "summe ust", "summe mwst",
        "mwst betrag", "ust betrag", "umsatzsteuer gesamt", "mwst gesamt", "t v a", "belasting", "zzgl umsatzsteuer", "summe umsatzsteuer",
    ),
    "total": (
        "totaal", "totaalbedrag", "totaal bedrag", "factuurbedrag", "factuur bedrag", "factuurtotaal", "factuur totaal", "totaal factuur",
        "eindtotaal", "eindbedrag", "totaal eur", "bruto", "inclusief btw", "incl btw", "totaal inclusief", "total", "grand total", "invoice total",
        "total amount", "invoice amount", "total invoice", "total for this invoice", "amount total", "total eur", "total gbp", "total usd",
        "gross", "gross total", "gross amount", "including vat", "incl vat", "gesamtbetrag", "gesamtsumme", "rechnungsbetrag",
        "endbetrag", "bruttosumme", "bruttobetrag", "brutto", "gesamt brutto", "gesamt", "summe", "total ttc", "montant ttc",
        "totaal credit", "total credit", "credit total", "creditbedrag", "totaal creditnota", "credit amount", "notabedrag",
        "gesamtsumme brutto", "rechnungsbeitrag", "endsumme", "total général",
    ),
    "payable": (
        "te betalen", "totaal te betalen", "te betalen bedrag", "te voldoen", "totaal te voldoen", "te voldoen bedrag",
        "nog te betalen", "nog te voldoen", "openstaand", "openstaand bedrag", "door u te betalen", "restant te betalen", "te ontvangen",
        "amount due", "total due", "balance due", "total amount due", "due payable", "amount payable", "total payable", "amount to pay",
        "to pay", "to be paid", "outstanding", "balance", "residual", "please pay", "total to pay", "total amount payable", "invoice balance",
        "zahlbetrag", "zu zahlen", "zu zahlender betrag", "fälliger betrag", "net à payer", "net a payer", "solde à payer", "reste à payer", "à payer", "total à payer",
        "noch zu zahlen", "restbetrag", "total amount due on", "terug te ontvangen", "in mindering", "te verrekenen", "amount credited", "wij betalen u",
        "offener betrag", "zu zahlender beitrag", "noch offen", "zu bezahlen", "zu bezahlender betrag", "restant dû", "montant dû", "total à régler", "amount outstanding",
    ),
    "prepaid": (
        "aanbetaling", "aanbetaald", "reeds betaald", "al betaald", "reeds voldaan", "vooruitbetaald", "voldaan", "betaald", "ontvangen",
        "in mindering gebracht", "voorschot", "prepaid", "amount paid", "paid", "paid to date", "deposit", "prepayment", "advance payment",
        "less deposit", "less paid", "payments received", "payment received", "erhaltene anzahlungen", "anzahlung", "anzahlungen", "bereits bezahlt", "bereits gezahlt", "acompte", "vir sepa",
        "virement", "montant déjà payé", "sepa wire transfer",
    ),
    "carried": (
        "vorig saldo", "previous balance", "openstaand saldo", "saldo vorige factuur", "saldo vorige facturen", "balance brought forward", "balance forward",
        "offene zahlungen", "ausstehende forderung", "ausstehende forderung am ausstellungstag", "offene posten", "solde antérieur", "solde précédent",
    ),
    "currency": ("valuta", "currency", "munteenheid", "factuurvaluta", "invoice currency", "währung", "rechnungswährung", "devise"),
    "reference": (
        "betalingskenmerk", "betaalkenmerk", "kenmerk betaling", "betalingsreferentie", "betaalreferentie", "o v v", "ovv", "onder vermelding van",
        "payment reference", "payment ref", "reference for payment", "remittance reference", "structured communication", "vermelding",
        "please use the following communication for your payment", "please quote", "quoting", "with reference", "gestructureerde mededeling",
        "verwendungszweck", "zahlungsreferenz", "référence de paiement", "référence paiement", "stating", "met vermelding van", "vermeld",
        "referenz bitte bei zahlung angeben", "bitte bei zahlung angeben", "bei zahlung bitte angeben", "zahlungszweck", "communication", "référence à rappeler", "référence à indiquer lors du paiement", "référence avis de paiement", "betalingskenmerk bij overboeking", "kenmerk voor betaling", "vermeld bij betaling", "bij betaling vermelden", "vermelden bij betaling", "quote this reference when paying",
    ),
    "credits": (
        "betreft factuur", "betreft factuurnummer", "credit op factuur", "creditering factuur", "creditering van factuur", "op factuur",
        "correctie op factuur", "correctie van factuur", "oorspronkelijke factuur", "oorspronkelijk factuurnummer", "factuur waarop dit credit ziet",
        "bij factuur", "credits invoice", "credit for invoice", "original invoice", "original invoice number", "original invoice no",
        "against invoice", "relating to invoice", "ref invoice", "facture liée", "facture d origine", "zu rechnung", "ursprungsrechnung",
        "creditnota op factuur", "credit note for invoice", "correction of invoice", "n° de facture associée", "invoice credited", "gecrediteerde factuur",
        "regarding invoice", "re invoice", "inzake factuur", "factuur gecrediteerd",
    ),
    "credits_date": ("date de facture associée", "datum oorspronkelijke factuur", "original invoice date"),
    "vat_id": (
        "btw nummer", "btw nr", "btw id", "btw identificatienummer", "btw identificatie nummer", "btw id nummer", "btw no", "btw code", "ob nummer", "btw",
        "vat number", "vat no", "vat nr", "vat id", "vat reg no", "vat registration number", "vat registration no", "vat reg", "vat",
        "tax id", "vat identification number", "vat reg nr", "ust id nr", "ust idnr", "ust id", "umsatzsteuer id", "tva", "n° tva",
        "tva intra", "n° tva intra", "numéro de tva", "vat id nr", "vat id no",
        "uid nr", "tva intracommunautaire", "umsatzsteuer id nr", "n° de tva",
    ),
    "customer_vat_id": (
        "uw btw nummer", "uw btw nr", "uw btw id", "btw nummer klant", "btw nr klant", "btw id klant", "btw nummer afnemer", "btw nummer debiteur",
        "uw btw identificatienummer", "btw id afnemer", "your vat number", "your vat no", "your vat id", "customer vat number", "customer vat no",
        "customer vat id", "customer vat", "client vat number", "client vat no", "buyer vat", "vat number customer", "vat no customer",
        "ihre ust id nr", "ihre ust idnr", "n° tva client", "tva client", "votre n° tva", "klant btw nummer", "klant btw",
        "kunden ust idnr", "ust idnr kunde", "ust id kunde",
    ),
    "kvk": (
        "kvk", "kvk nummer", "kvk nr", "k v k", "k v k nummer", "k v k nr", "kvk no", "kamer van koophandel", "nummer kvk", "handelsregister",
        "handelsregisternummer", "inschrijfnummer kvk", "chamber of commerce", "chamber of commerce number", "chamber of commerce no",
        "coc", "coc number", "coc no", "coc nr", "kvk number", "trade register", "trade register number", "registration kvk", "dutch coc",
        "n° kvk", "handelsregister kvk", "registre du commerce kvk",
    ),
    "customer_kvk": ("uw kvk", "uw kvk nummer", "kvk klant", "kvk nummer klant", "kvk afnemer", "your coc", "customer coc", "klant kvk", "customer kvk"),
    "iban": (
        "iban", "iban nummer", "iban nr", "iban number", "iban no", "bankrekening", "rekeningnummer", "bank account", "account number", "rekening",
        "konto", "compte", "compte bancaire", "bankverbindung",
    ),
    "supplier": (
        "leverancier", "verkoper", "afzender", "van", "onze gegevens", "supplier", "seller", "from", "vendor", "service provider", "issued by",
        "verkäufer", "fournisseur", "crediteur", "rechnungsersteller", "bill from", "invoice from", "factuur van", "company details",
        "opdrachtnemer", "lieferant", "rechnungssteller", "vendeur", "émetteur", "prestataire",
    ),
    "customer": (
        "factuur aan", "factureren aan", "factuuradres", "gefactureerd aan", "klant", "afnemer", "aan", "opdrachtgever", "klantgegevens", "debiteur",
        "factuur voor", "koper", "bill to", "billed to", "bill to address", "invoice to", "invoiced to", "invoice address", "billing address", "sold to",
        "customer", "customer details", "client", "buyer", "to", "käufer", "käufer leistungsempfänger", "leistungsempfänger", "rechnungsempfänger",
        "rechnungsadresse", "facturé à", "adresse de facturation", "tav factuur", "credit aan", "credit to", "credited to", "for",
        "rechnung an", "kunde", "kundenanschrift", "adresse du client", "adresse client", "destinataire", "acheteur", "geadresseerde",
    ),
    "delivery": (
        "afleveradres", "bezorgadres", "leveringsadres", "leveradres", "verzendadres", "werkadres", "objectadres", "delivery address", "ship to",
        "shipping address", "deliver to", "site address", "lieferadresse", "lieferanschrift", "warenempfänger", "abweichender warenempfänger",
        "adresse de livraison", "livraison adresse", "livraison", "livré à", "projectadres",
    ),
    "payee": ("abweichender zahlungsempfänger", "begunstigde", "payee", "bénéficiaire"),
    "holder": (
        "t n v", "tnv", "ten name van", "op naam van", "rekeninghouder", "account holder", "account name", "in the name of", "in favour of",
        "beneficiary", "titulaire du compte", "kontoinhaber", "name of account",
    ),
    "name": (
        "naam", "bedrijfsnaam", "name", "company name", "company",
        "nom",
    ),
    "subject": ("betreft", "onderwerp", "subject", "re", "regarding", "concerning", "inzake", "betreff"),
    "other": (
        "klantnummer", "klantnr", "klant nr", "klantcode", "debiteurnummer", "debiteurennummer", "debiteur nr", "debnr", "relatienummer", "ordernummer",
        "order nr", "order no", "order number", "orderdatum", "order datum", "order date", "order", "bestelnummer", "bestelling", "besteldatum",
        "bestelnr", "inkooporder", "inkoopnummer", "po number", "po nummer", "po no", "po nr", "purchase order", "uw kenmerk", "uw referentie", "uw ref",
        "uw ordernummer", "ons kenmerk", "onze referentie", "referentie", "kenmerk", "reference", "your reference", "your ref", "our reference",
        "our ref", "customer number", "customer no", "customer nr", "customer id", "client number", "account no", "offertenummer", "offerte nr", "offerte", "offertedatum",
        "quote number", "quotation", "projectnummer", "project", "project nr", "project number", "contractnummer", "contract no", "contract nr",
        "contract number", "pakbonnummer", "pakbon", "delivery note", "leverdatum", "levering", "delivery date", "date of delivery", "date of supply",
        "supply date", "leveringsdatum", "prestatiedatum", "periode", "period", "billing period", "pagina", "page", "seite", "kundennummer", "kundennr",
        "kunden nr", "lieferdatum", "leistungsdatum", "liefer und leistungsdatum", "bestellung", "bestellnummer", "auftragsnummer", "steuernummer",
        "steuer nr", "numéro de dossier", "numéro de client", "n° de client", "votre référence", "bon de commande", "date de livraison", "bic",
        "swift", "telefoon", "tel", "phone", "fax", "email", "e mail", "website", "mandaat", "machtiging", "mandate", "incassant id", "creditor id",
        "gläubiger id", "incassodatum", "datum incasso", "collection date", "startdatum", "start date", "einddatum", "end date", "printdatum", "serienummer", "artikel",
        "g rekening", "gaccount", "contactpersoon", "contact", "contact person", "besteld door", "kostenplaats", "cost centre", "vestigingsnummer",
        "totaal uren", "total hours", "totaal aantal", "korting", "discount", "rabatt", "siret", "siren", "debtor number", "debtor no", "relatie nr", "klant id",
        "positionssumme", "gesamtbetrag der zuschläge", "gesamtbetrag der abschläge", "datum levering", "reference number", "inkoopordernummer", "opdrachtnummer",
        "weeknummer", "vrachtbrief", "ontvangst digipoort", "abrechnungszeitraum", "vorige factuur", "previous invoice",
        "totaal korting", "total discount", "transport", "verzendkosten", "shipping", "aantal", "quantity", "prijs", "price", "omschrijving", "description",
        "relatienr", "code client", "n° client", "numéro client", "n° de commande", "n° commande", "ihr zeichen", "ihre referenz", "opdracht", "n° bon de commande",
    ),
}  # fmt: skip

#: Labels so short that running text has them too: they count at the start of a cell only.
WEAK = frozenset(
    compact
    for words in (
        "datum", "date", "dated", "d d", "van", "aan", "to", "from", "for", "re", "over", "base", "basis", "klant", "client", "customer", "order",
        "btw", "vat", "tax", "tva", "ust", "mwst", "net", "netto", "total", "totaal", "bedrag", "amount", "summe", "gesamt", "bruto", "brutto", "gross",
        "rekening", "betaling", "terms", "termijn", "name", "naam", "company", "balance", "paid", "betaald", "ontvangen", "voldaan", "project",
        "reference", "referentie", "kenmerk", "page", "period", "periode", "contact", "factuur", "invoice", "rechnung", "facture", "nota", "buyer",
        "in mindering", "transport", "bestelling", "levering", "to pay", "to be paid", "te betalen", "te voldoen",
        "relatie", "uiterlijk", "due", "vervalt", "op factuur", "bij factuur", "fällig", "please pay", "artikel", "deposit", "ht", "ttc", "aantal", "prijs", "price",
        "avoir", "gutschrift", "virement", "communication", "konto", "compte", "opdracht", "belasting", "nummer", "number", "numéro", "no", "nr", "machtiging", "korting", "discount", "quantity", "debiteur", "outstanding", "excl", "incl", "taxe", "taxes",
    )
    for compact in [plain(words)]
)  # fmt: skip

#: Labels that names begin with too, as in `Lieferant GmbH`: they count where nothing else is in the cell, or a colon follows.
ALONE = frozenset(
    {"lieferant", "kunde", "vendeur", "acheteur", "nom", "destinataire", "prestataire", "opdrachtnemer"}
)

LONGEST = 7


@cache
def kinds() -> dict[str, tuple[str, ...]]:
    """Each compared label with the fields it may name."""
    found: dict[str, list[str]] = {}
    for kind, phrase in _named():
        several = found.setdefault(plain(phrase), [])
        if kind not in several:
            several.append(kind)
    return {label: tuple(several) for label, several in found.items()}


def _named() -> Iterator[tuple[str, str]]:
    for kind, phrases in PHRASES.items():
        for phrase in phrases:
            yield kind, phrase
    for kind, endings in (("net", _EXCLUDING), ("total", _INCLUDING)):
        for total, ending in product(_SUMS, endings):
            yield kind, f"{total} {ending}"
            yield kind, f"{ending} {total}"
