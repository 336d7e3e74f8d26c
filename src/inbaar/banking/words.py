"""Why an entry is where it is, in words, Dutch or English: the rules' reasons and those of the import and of people."""

from collections.abc import Mapping

from inbaar.banking.match_words import WORDS as RULES_WORDS

WORDS: dict[str, tuple[str, str]] = {
    **RULES_WORDS,
    "": ("Nog niet bekeken.", "Not looked at yet."),
    "money-out": ("Geld dat van de rekening ging.", "Money that left the account."),
    "no-amount": ("Een regel zonder bedrag.", "A line without an amount."),
    "batch": ("Een verzamelboeking van {count} betalingen.", "A batch booking of {count} payments."),
    "by-hand": ("Met de hand gekoppeld door {by} aan {numbers}.", "Matched by hand by {by} to {numbers}."),
    "ignored": ("Terzijde gelegd door {by}: {why}.", "Set aside by {by}: {why}."),
    "undone": ("Losgekoppeld door {by}: {why}.", "Undone by {by}: {why}."),
    "kept-keep": ("Bewaard als tegoed van de debiteur, door {by}.", "Kept as the debtor's credit, by {by}."),
    "kept-next-invoice": (
        "Bewaard voor de volgende factuur van de debiteur, door {by}.",
        "Kept for the debtor's next invoice, by {by}.",
    ),
    "kept-for-next": (
        "Betaald uit het tegoed dat voor de volgende factuur bewaard was: {numbers}.",
        "Paid from the credit that was kept for the next invoice: {numbers}.",
    ),
    "credit-released": ("Het tegoed is weer vrij, door {by}.", "The credit was released by {by}."),
    "taken-back": (
        "De bank boekte deze betaling op {on} terug (reden {code}).",
        "The bank took this payment back on {on} (reason {code}).",
    ),
    "return-of": (
        "Terugboeking van de betaling van {name} van {on}.",
        "The return of the payment by {name} of {on}.",
    ),
    "wrong-payee": (
        "Factuur {numbers} is van {owner} en de debiteur is dat op {notified_on} gemeld: betaling aan u bevrijdt hem niet. "
        "U bent het bedrag aan {owner} schuldig.",
        "Invoice {numbers} is {owner}'s and the debtor was told on {notified_on}: paying you does not discharge him. You owe "
        "the amount to {owner}.",
    ),
    "wrong-payee-untold": (
        "Factuur {numbers} is van {owner}, maar dat was de debiteur niet gemeld: hij heeft bevrijdend betaald. U bent het "
        "bedrag aan {owner} schuldig.",
        "Invoice {numbers} is {owner}'s, but the debtor had not been told: he is discharged. You owe the amount to {owner}.",
    ),
    "refund-asked": ("Terugbetaling gevraagd door {by}.", "Asked to be paid back, by {by}."),
    "passed-on": (
        "Doorgestort aan {owner} voor {numbers}, door {by}.",
        "Passed on to {owner} for {numbers}, by {by}.",
    ),
    "earlier-waits": (
        "Van deze betaler wacht al een betaling die {numbers} kan zijn: beoordeel die eerst.",
        "Another payment of this payer waits that may be {numbers}: look at that one first.",
    ),
    "earlier-set-aside": (
        "Van facturen met dit bedrag is {numbers} de oudste, maar geld van deze betaler is terzijde gelegd en kan die geweest "
        "zijn.",
        "Of the invoices of this amount {numbers} is the oldest, but money of this payer was set aside that may have been "
        "for it.",
    ),
    "paid-already": (
        "Factuur {numbers} wordt genoemd, maar die is al betaald.",
        "Invoice {numbers} is named, but it is paid already.",
    ),
    "credit-note": (
        "Het bedrag is wat op {numbers} openstaat min creditnota {credit_note}: verreken die twee.",
        "The amount is what is open on {numbers} less credit note {credit_note}: settle the two.",
    ),
    "too-many-open": (
        "Van deze debiteur staat zoveel open dat naast {numbers} nog een factuur kan passen.",
        "So much is open of this debtor that another invoice may fit beside {numbers}.",
    ),
    "rest-above-limit": (
        "Factuur {numbers} wordt genoemd; het verschil van {rest} is meer dan {limit}, wat een persoon alleen mag afboeken.",
        "Invoice {numbers} is named; the difference of {rest} is more than {limit}, which is what one person may write off.",
    ),
    "write-off-asked": (
        "{by} vroeg een tweede persoon om {amount} van {numbers} af te boeken.",
        "{by} asked a second person to write off {amount} of {numbers}.",
    ),
    "write-off-refused": (
        "Afboeken van {amount} van {numbers} is afgewezen door {by}: {why}.",
        "Writing off {amount} of {numbers} was refused by {by}: {why}.",
    ),
    "own-payment": (
        "Een betaling van onszelf, nog niet bekeken.",
        "A payment of our own, not looked at yet.",
    ),
    "transfer-paid": ("Onze betaling aan {name}.", "Our payment to {name}."),
    "transfer-returned": (
        "Onze betaling aan {name} kwam terug ({code}).",
        "Our payment to {name} came back ({code}).",
    ),
    "own-payment-unknown": (
        "Draagt de naam van ons bestand {name}, maar die betaling zit daar niet in. Vraag het de bank.",
        "Carries the name of our file {name}, but that payment is not in it. Ask the bank.",
    ),
    "own-payment-twice": (
        "Onze betaling aan {name} is al eerder afgeschreven. Vraag de bank of er dubbel is betaald.",
        "Our payment to {name} was debited before. Ask the bank whether it was paid twice.",
    ),
    "own-payment-amount": (
        "Onze betaling aan {name}, maar met een ander bedrag dan in het bestand staat.",
        "Our payment to {name}, but of another amount than the file has.",
    ),
    "own-payment-unexpected": (
        "Onze betaling aan {name}, die was afgewezen of teruggekomen en opnieuw is gevraagd: let op dubbel betalen.",
        "Our payment to {name}, which was rejected or came back and was asked for anew: mind paying it twice.",
    ),
    "own-collection": (
        "Draagt de naam van een incasso van ons, nog niet bekeken.",
        "Carries the name of a debit of ours, not looked at yet.",
    ),
    "debit-collected": ("Onze incasso: {name}.", "Our direct debit: {name}."),
    "debit-returned": (
        "Onze incasso van {name} is teruggeboekt ({code}).",
        "Our direct debit of {name} went back ({code}).",
    ),
    "debit-return-early": (
        "Terugboeking van onze incasso van {name}, waarvan de bijschrijving nog niet is ingelezen. Lees dat afschrift in.",
        "Our direct debit of {name} went back, but the statement that brought it was not read yet. Upload that statement.",
    ),
    "law-silent": (
        "Wat op {numbers} openstaat is op die dag niet te berekenen: {why}.",
        "What is owed on {numbers} on that day cannot be computed: {why}.",
    ),
}


# What would have made it certain, for the reasons to wait where something could.
CHANGES: dict[str, tuple[str, str]] = {
    "numbers-not-sum": (
        "Zeker als het bedrag {open} was, of als de omschrijving alleen de betaalde facturen noemde.",
        "Certain if the amount were {open}, or if the text named only the invoices that are paid.",
    ),
    "more-than-open": (
        "Zeker als het bedrag {open} was, of als de andere betaalde facturen genoemd werden.",
        "Certain if the amount were {open}, or if the other invoices that are paid were named.",
    ),
    "short-number-part": (
        "Zeker als het bedrag {open} was, of als er “factuur” voor het nummer stond.",
        "Certain if the amount were {open}, or if “factuur” stood before the number.",
    ),
    "part-by-stranger": (
        "Zeker als het bedrag {open} was, of als de rekening of naam die van de debiteur was.",
        "Certain if the amount were {open}, or if account or name were the debtor's.",
    ),
    "number-or-amount": (
        "Zeker als de omschrijving {others} noemde, of als het bedrag bij {numbers} paste.",
        "Certain if the text named {others}, or if the amount fitted {numbers}.",
    ),
    "payer-of-another": (
        "Zeker als de rekening van de debiteur van {numbers} was, of nog van niemand.",
        "Certain if the account were that of the debtor of {numbers}, or nobody's yet.",
    ),
    "amount-ambiguous": (
        "Zeker als het factuurnummer in de omschrijving stond: {numbers}.",
        "Certain if the invoice number were in the text: {numbers}.",
    ),
    "one-or-several": (
        "Zeker als de omschrijving de nummers van de betaalde facturen noemde.",
        "Certain if the text named the numbers of the invoices that are paid.",
    ),
    "other-figures": (
        "Zeker als de omschrijving factuur {numbers} noemde, of geen nummer.",
        "Certain if the text named invoice {numbers}, or no number.",
    ),
    "payer-contradicts": (
        "Zeker als de rekening van de genoemde debiteur was, of nog van niemand.",
        "Certain if the account were that of the debtor who is named, or nobody's yet.",
    ),
    "iban-amount-unknown": (
        "Zeker als een factuurnummer genoemd werd, of als het bedrag dat van een factuur of van alles samen was.",
        "Certain if an invoice number were named, or if the amount were that of one invoice or of all together.",
    ),
    "name-only": (
        "Zeker als het nummer van de factuur in de omschrijving stond, of als de rekening bekend was.",
        "Certain if the number of the invoice were in the text, or if the account were known.",
    ),
    "amount-only": (
        "Zeker als het nummer van de factuur in de omschrijving stond, of als de rekening bekend was.",
        "Certain if the number of the invoice were in the text, or if the account were known.",
    ),
    "earlier-set-aside": (
        "Zeker als het factuurnummer in de omschrijving stond.",
        "Certain if the invoice number were in the text.",
    ),
    "number-generic": (
        "Zeker als er “factuur” voor het hele nummer stond en het bedrag klopte.",
        "Certain if “factuur” stood before the whole number and the amount were right.",
    ),
    "credit-note": (
        "Zeker als creditnota {credit_note} in de omschrijving stond en kleiner was dan een van de facturen.",
        "Certain if credit note {credit_note} were in the text and smaller than one of the invoices.",
    ),
    "returned": (
        "Zeker als precies een betaling met dit bedrag van deze rekening kwam, of als het end-to-end-kenmerk er een noemt.",
        "Certain if exactly one payment of this amount came from this account, or if the end-to-end id named one.",
    ),
}


def what_would_change(reason: str, facts: Mapping[str, str], language: str = "nl") -> str:
    """What would have made an entry certain, or nothing where nothing could."""
    if reason not in CHANGES:
        return ""
    dutch, english = CHANGES[reason]
    return (dutch if language == "nl" else english).format_map(_Missing(facts))


def entry_reason(reason: str, facts: Mapping[str, str], language: str = "nl") -> str:
    """The sentence for an entry's reason; a reason from a later version is shown as it is."""
    dutch, english = WORDS.get(reason, (reason, reason))
    return (dutch if language == "nl" else english).format_map(_Missing(facts))


class _Missing(dict[str, str]):
    """A fact that is not there reads as a dash: a sentence on a screen never fails."""

    def __missing__(self, key: str) -> str:
        return "-"
