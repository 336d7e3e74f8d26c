"""The fields that a list of invoices or of debtors can have, and the words by which their columns are known. Pure."""

from typing import Literal

#: What a list is about.
Kind = Literal["invoices", "debtors"]
#: The fields of an invoice's line with the words for them, the surest first. Compared without capitals, spaces and signs.
INVOICE_WORDS: dict[str, tuple[str, ...]] = {
    "number": (
        "factuurnummer", "factuurnr", "factuurno", "factnr", "invoicenumber", "invoiceno", "invoicenr", "notanummer",
        "documentnummer", "documentnumber", "factuur", "invoice", "invref", "nummer", "number", "factuurid", "invoiceid",
    ),
    "kind": ("soort", "kind", "factuursoort", "documentsoort", "documenttype", "invoicetype", "type"),
    "debtor_number": (
        "debiteurnummer", "debiteurennummer", "debiteurnr", "debnr", "klantnummer", "klantnr", "relatienummer",
        "relatienr", "customernumber", "customerno", "customernr", "customerid", "debtornumber", "custsupid", "relatiecode",
        "klantcode", "debiteurcode", "customercode",
    ),
    "debtor": (
        "debiteur", "debiteurnaam", "naamdebiteur", "klantnaam", "klant", "naamklant", "relatie", "relatienaam",
        "bedrijfsnaam", "customername", "customer", "debtor", "debtorname", "afnemer", "naam", "name", "bedrijf", "company",
    ),
    "issue_date": (
        "factuurdatum", "factdatum", "invoicedate", "issuedate", "dateofissue", "documentdatum", "documentdate",
        "boekdatum", "datum", "date",
    ),
    "due_date": (
        "vervaldatum", "verval", "vervaldag", "duedate", "uiterstebetaaldatum", "betaaldatumuiterlijk", "betalenvoor", "due",
        "paymentdue", "invoiceduedate",
    ),
    "currency": ("valuta", "munt", "muntsoort", "valutacode", "currency", "currencycode"),
    "net": (
        "bedragexcl", "bedragexclbtw", "bedragexclusief", "bedragexclusiefbtw", "exclbtw", "exclusiefbtw", "netto",
        "nettobedrag", "totaalexcl", "totaalexclbtw", "subtotaal", "netamount", "net", "amountexclvat", "totalexclvat", "subtotal",
    ),
    "vat": ("btw", "btwbedrag", "bedragbtw", "vat", "vatamount", "taxamount", "omzetbelasting"),
    "total": (
        "bedragincl", "bedraginclbtw", "bedraginclusief", "bedraginclusiefbtw", "inclbtw", "inclusiefbtw", "factuurbedrag",
        "totaalincl", "totaalinclbtw", "totaalbedrag", "totaal", "bruto", "brutobedrag", "bedrag", "oorspronkelijkbedrag",
        "invoiceamount", "totalinclvat", "amountinclvat", "grossamount", "total", "amount", "originalamount",
    ),
    "open": (
        "openstaand", "openstaandbedrag", "bedragopenstaand", "openbedrag", "open", "saldo", "restant", "restantbedrag",
        "nogtebetalen", "openstaandsaldo", "openamount", "outstanding", "outstandingamount", "balance", "amountdue", "balancedue",
    ),
    "reference": ("betalingskenmerk", "betaalkenmerk", "kenmerk", "paymentreference", "referentie", "reference"),
    "kvk": ("kvk", "kvknummer", "kvknr", "kamervankoophandel", "cocnumber", "coc", "registrationnumber", "commercenr"),
    "vat_id": ("btwnummer", "btwnr", "btwid", "btwidentificatienummer", "vatnumber", "vatid", "vatno", "taxregident"),
    "iban": (
        "iban", "ibannummer", "ibannr", "ibandebiteur", "debiteuriban", "ibanklant", "rekeningnummer", "bankrekening",
        "bankrekeningnummer", "banknummer", "bankaccount", "accountnumber", "customeriban", "debtoriban",
    ),
    "description": (
        "omschrijving", "factuuromschrijving", "betreft", "onderwerp", "description", "invoicedescription", "subject", "memo",
    ),
    "email": ("email", "emailadres", "mail", "mailadres", "emailaddress", "factuuremail"),
    "street": ("adres", "straat", "straatenhuisnummer", "straathuisnummer", "adresregel1", "straatennummer", "streetandnumber", "address", "street", "addressline1"),
    "postcode": ("postcode", "postalcode", "zip", "zipcode", "pc"),
    "city": ("plaats", "woonplaats", "vestigingsplaats", "stad", "place", "city", "town"),
    "country": ("land", "landcode", "country", "countrycode"),
    "sent": (
        "verzonden", "verstuurd", "verzondenop", "verstuurdop", "verzenddatum", "verzondendebiteur", "sent", "senton",
        "datesent", "sentdate", "senttodebtor",
    ),
    "doubt": ("auditfile",),
}  # fmt: skip
#: The fields of a debtor's line. What one column may hold several of (accounts, addresses) stands between commas.
DEBTOR_WORDS: dict[str, tuple[str, ...]] = {
    "debtor_number": (*INVOICE_WORDS["debtor_number"], "nummer", "number", "code", "relatienummer"),
    **{
        name: INVOICE_WORDS[name]
        for name in ("debtor", "street", "postcode", "city", "country", "kvk", "vat_id", "iban", "email")
    },
    "term": (
        "betaaltermijn", "betalingstermijn", "termijn", "betaaltermijndagen", "betalingstermijndagen", "paymentterm",
        "paymenttermdays", "paymentterms", "betaaltermijnindagen", "paymenttermindays", "term", "termdays", "creditdays",
    ),
}  # fmt: skip
WORDS = {"invoices": INVOICE_WORDS, "debtors": DEBTOR_WORDS}
#: The heads of our own lists as a file, in both languages.
OWN_HEADS = frozenset(
    {
        ("nummer", "soort", "debiteur", "datum", "vervaldatum", "munt", "bedrag", "open", "stand", "waternugebeurt", "op",
         "verzonden"),
        ("number", "kind", "debtor", "date", "duedate", "currency", "amount", "open", "state", "whathappensnext", "on",
         "sent"),
    }
)  # fmt: skip
OWN_DEBTOR_HEADS = frozenset(
    {
        ("debiteurnummer", "naam", "straatennummer", "postcode", "plaats", "land", "kvk", "btwnummer", "iban", "emailadres",
         "betaaltermijnindagen", "soort", "munt", "facturen", "open", "telaat", "oudstevervaldatum"),
        ("customernumber", "name", "streetandnumber", "postcode", "place", "country", "kvk", "vatnumber", "iban",
         "emailaddress", "paymenttermindays", "kind", "currency", "invoices", "open", "late", "oldestduedate"),
    }
)  # fmt: skip
AMOUNTS = ("net", "vat", "total", "open")
DAYS = ("issue_date", "due_date")
#: Why a list cannot be taken in as it was mapped: what is needed, any one of each.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "invoices": (("number",), ("debtor", "debtor_number"), ("total", "open", "net")),
    "debtors": (("debtor", "debtor_number"),),
}
