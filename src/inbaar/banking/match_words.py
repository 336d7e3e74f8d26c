"""The reasons of `rules.decide` in words, Dutch and English: for the bank page, the timeline and the holds."""

from inbaar.banking.rules import MatchDecision


def _payer_words(how: str, dutch: str, english: str) -> dict[str, tuple[str, str]]:
    """The reasons that begin with how the payer is known, and end with what fits the amount."""
    return {
        f"{how}-amount": (
            f"{dutch} en alleen factuur {{numbers}} staat voor dit bedrag open.",
            f"{english} and only invoice {{numbers}} is open for this amount.",
        ),
        f"{how}-all": (
            f"{dutch} en het bedrag is alles wat openstaat: {{numbers}}.",
            f"{english} and the amount is all that is open: {{numbers}}.",
        ),
        f"{how}-all-less-credit": (
            f"{dutch} en het bedrag is alles wat openstaat ({{numbers}}) min creditnota {{credit_note}}.",
            f"{english} and the amount is all that is open ({{numbers}}) less credit note {{credit_note}}.",
        ),
        f"{how}-amount-figures": (
            f"{dutch}; van de facturen met dit bedrag wijst de omschrijving factuur {{numbers}} aan.",
            f"{english}; of the invoices of this amount the text points at {{numbers}}.",
        ),
        f"{how}-amount-oldest": (
            f"{dutch}; van {{count}} facturen met dit bedrag is {{numbers}} de oudste (art. 6:43 lid 2 BW).",
            f"{english}; of {{count}} invoices of this amount {{numbers}} is the oldest (art. 6:43(2) of the Civil Code).",
        ),
        f"{how}-discount": (
            f"{dutch} en het bedrag is alleen dat van factuur {{numbers}} min zijn korting ({{rest}} afgeboekt).",
            f"{english} and the amount is that of invoice {{numbers}} alone less his discount ({{rest}} written off).",
        ),
        f"{how}-some": (
            f"{dutch} en alleen deze {{count}} facturen zijn samen dit bedrag: {{numbers}}.",
            f"{english} and only these {{count}} invoices make up this amount: {{numbers}}.",
        ),
        f"{how}-ambiguous": (
            f"{dutch}, maar ook van een andere: {{numbers}}.",
            f"{english}, but another's as well: {{numbers}}.",
        ),
        f"{how}-amount-unknown": (
            f"{dutch}, maar geen openstaande factuur past bij het bedrag: {{numbers}}.",
            f"{english}, but no open invoice fits the amount: {{numbers}}.",
        ),
    }


WORDS: dict[str, tuple[str, str]] = {
    "reference": (
        "Het betalingskenmerk is dat van factuur {numbers}.",
        "The payment reference is that of invoice {numbers}.",
    ),
    "reference-part": (
        "Het betalingskenmerk is dat van factuur {numbers}; een deel is betaald.",
        "The payment reference is that of invoice {numbers}; part of it is paid.",
    ),
    "reference-sum": (
        "Het betalingskenmerk hoort bij {count} facturen die samen dit bedrag zijn: {numbers}.",
        "The payment reference belongs to {count} invoices that make up this amount: {numbers}.",
    ),
    "number": (
        "Factuurnummer {numbers} staat in de omschrijving en het bedrag is wat openstaat.",
        "Invoice number {numbers} is in the text and the amount is what is open.",
    ),
    "numbers": (
        "{count} factuurnummers staan in de omschrijving en zijn samen dit bedrag: {numbers}.",
        "{count} invoice numbers are in the text and make up this amount: {numbers}.",
    ),
    "number-part": (
        "Factuurnummer {numbers} staat in de omschrijving; een deel is betaald.",
        "Invoice number {numbers} is in the text; part of it is paid.",
    ),
    "name-number-amount": (
        "De naam, de laatste cijfers en het bedrag zijn precies die van factuur {numbers}.",
        "The name, the last figures and the amount are exactly those of invoice {numbers}.",
    ),
    "number-short": (
        "Factuur {numbers} wordt genoemd zonder nullen of voorvoegsel, en het bedrag is wat openstaat.",
        "Invoice {numbers} is named without its zeros or prefix, and the amount is what is open.",
    ),
    "number-less-credit": (
        "Factuur {numbers} wordt genoemd; het bedrag is wat openstaat min creditnota {credit_note}.",
        "Invoice {numbers} is named; the amount is what is open less credit note {credit_note}.",
    ),
    "number-discount": (
        "Factuur {numbers} wordt genoemd; het bedrag is wat openstaat min {percent}% korting, zoals deze debiteur "
        "eerder deed ({rest} afgeboekt).",
        "Invoice {numbers} is named; the amount is what is open less {percent}% discount, as this debtor did before "
        "({rest} written off).",
    ),
    "number-let-go": (
        "Factuur {numbers} wordt genoemd; het verschil van {rest} valt binnen wat u laat lopen.",
        "Invoice {numbers} is named; the difference of {rest} is within what you let go.",
    ),
    "number-and-others": (
        "Een deel van {numbers} wordt genoemd; alleen deze {count} facturen van de debiteur zijn samen dit bedrag.",
        "Some of {numbers} are named; only these {count} invoices of the debtor make up this amount.",
    ),
    "iban-amount-mistyped": (
        "De rekening is van deze debiteur, het bedrag is dat van factuur {numbers} en het nummer is op een teken na goed.",
        "The account is this debtor's, the amount is that of invoice {numbers} and the number is right but for one sign.",
    ),
    **_payer_words("iban", "De rekening is van deze debiteur", "The account is this debtor's"),
    **_payer_words(
        "customer", "Het klantnummer is van deze debiteur", "The customer number is this debtor's"
    ),
    **_payer_words(
        "meant", "De omschrijving noemt de naam van deze debiteur", "The text says this debtor's name"
    ),
    **_payer_words("name", "Onder deze naam betaalt deze debiteur", "This debtor pays under this name"),
    **_payer_words(
        "name-own",
        "Alleen deze debiteur heeft de naam van de betaler",
        "Only this debtor has the payer's name",
    ),
    "name-own-amount-mistyped": (
        "Alleen deze debiteur heeft de naam van de betaler, het bedrag is dat van factuur {numbers} en het nummer is op "
        "een teken na goed.",
        "Only this debtor has the payer's name, the amount is that of invoice {numbers} and the number is right but for "
        "one sign.",
    ),
    "one-or-several": (
        "Factuur {numbers} staat voor dit bedrag open, maar de omschrijving spreekt van meer facturen, en ook die kunnen "
        "samen dit bedrag zijn.",
        "Invoice {numbers} is open for this amount, but the text speaks of several invoices, and those may make up this "
        "amount as well.",
    ),
    "other-figures": (
        "Factuur {numbers} staat voor dit bedrag open, maar de omschrijving noemt een andere.",
        "Invoice {numbers} is open for this amount, but the text names another.",
    ),
    "payer-contradicts": (
        "De rekening is van de ene debiteur, maar de omschrijving noemt een andere: {numbers}.",
        "The account is one debtor's, but the text speaks of another: {numbers}.",
    ),
    "number-or-amount": (
        "{numbers} wordt genoemd, maar het bedrag is precies dat van {others}.",
        "{numbers} is named, but the amount is exactly that of {others}.",
    ),
    "bundle": (
        "Het betalingskenmerk is dat van {count} facturen samen, verdeeld zoals op het overzicht: {numbers}.",
        "The payment reference is that of {count} invoices together, divided as on their statement: {numbers}.",
    ),
    "bundle-not-sum": (
        "Het betalingskenmerk {reference} is dat van {count} facturen waarop samen {open} openstaat, niet dit bedrag: "
        "{numbers}.",
        "The payment reference {reference} is that of {count} invoices of which {open} is open together, not this "
        "amount: {numbers}.",
    ),
    "bundle-paid": (
        "Van de facturen bij betalingskenmerk {reference} staat niets meer open.",
        "Nothing is open any more of the invoices of payment reference {reference}.",
    ),
    "returned": (
        "Dit is een teruggeboekte betaling (reden {code}), geen ontvangst.",
        "This is a returned payment (reason {code}), not a receipt.",
    ),
    "not-a-receipt": ("Er is niets ontvangen op deze regel.", "Nothing was received on this line."),
    "not-booked": (
        "De bank heeft deze regel nog niet geboekt.",
        "The bank has not booked this line yet.",
    ),
    "other-currency": (
        "De betaling is in {currency}, de facturen in een andere munt.",
        "The payment is in {currency}, the invoices in another currency.",
    ),
    "reference-ambiguous": (
        "Het betalingskenmerk hoort bij meer dan een factuur: {numbers}.",
        "The payment reference belongs to more than one invoice: {numbers}.",
    ),
    "number-ambiguous": (
        "Het nummer kan bij facturen van verschillende debiteuren horen: {numbers}.",
        "The number may belong to invoices of different debtors: {numbers}.",
    ),
    "payer-of-another": (
        "De rekening is van een andere debiteur dan die van factuur {numbers}.",
        "The account is another debtor's than that of invoice {numbers}.",
    ),
    "numbers-not-sum": (
        "De genoemde facturen {numbers} zijn samen {open}, niet dit bedrag.",
        "The invoices named, {numbers}, make up {open}, not this amount.",
    ),
    "part-by-stranger": (
        "Factuur {numbers} wordt genoemd, maar bedrag ({open} staat open) en betaler zijn anders.",
        "Invoice {numbers} is named, but amount ({open} is open) and payer are different.",
    ),
    "short-number-part": (
        "{numbers} staat in de omschrijving, maar kan ook een huisnummer, postcode of datum zijn: "
        "het bedrag is niet wat op die factuur openstaat ({open}).",
        "{numbers} is in the text, but may also be a house number, postcode or date: "
        "the amount is not what is open on that invoice ({open}).",
    ),
    "amount-ambiguous": (
        "Meer dan een factuur van deze debiteur staat voor dit bedrag open: {numbers}.",
        "More than one invoice of this debtor is open for this amount: {numbers}.",
    ),
    "more-than-open": (
        "Er is {over} meer betaald dan er op {numbers} openstaat ({open}).",
        "{over} more was paid than is open on {numbers} ({open}).",
    ),
    "number-generic": (
        "Het nummer in de omschrijving kan ook iets anders zijn dan factuur {numbers}.",
        "The number in the text may be something else than invoice {numbers}.",
    ),
    "name-only": (
        "Alleen de naam past, bij factuur {numbers}.",
        "Only the name fits, with invoice {numbers}.",
    ),
    "amount-only": (
        "Alleen het bedrag past, bij factuur {numbers}.",
        "Only the amount fits, with invoice {numbers}.",
    ),
    "nothing-found": (
        "Geen openstaande factuur past bij deze betaling.",
        "No open invoice fits this payment.",
    ),
}


def reason_in_words(reason: str, parameters: tuple[tuple[str, str], ...], language: str = "nl") -> str:
    """The sentence for a reason with its parameters filled in; English for any language but Dutch."""
    dutch, english = WORDS[reason]
    return (dutch if language == "nl" else english).format_map(dict(parameters))


def decision_in_words(decision: MatchDecision, language: str = "nl") -> str:
    """Why a payment was matched as it was, or was not."""
    return reason_in_words(decision.reason, decision.parameters, language)
