"""Why an entry is where it is, in words, Dutch or English: the rules' reasons and those of the import and of people."""

from collections.abc import Mapping

from inbaar.banking.match_words import WORDS as RULES_WORDS

WORDS: dict[str, tuple[str, str]] = {
    **RULES_WORDS,
    "": ("Nog niet bekeken.", "Not looked at yet."),
    "money-out": ("Geld dat van de rekening ging.", "Money that left the account."),
    "no-amount": ("Een regel zonder bedrag.", "A line without an amount."),
    "by-hand": ("Met de hand gekoppeld door {by} aan {numbers}.", "Matched by hand by {by} to {numbers}."),
    "ignored": ("Terzijde gelegd door {by}: {why}.", "Set aside by {by}: {why}."),
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


def entry_reason(reason: str, facts: Mapping[str, str], language: str = "nl") -> str:
    """The sentence for an entry's reason; a reason from a later version is shown as it is."""
    dutch, english = WORDS.get(reason, (reason, reason))
    return (dutch if language == "nl" else english).format_map(_Missing(facts))


class _Missing(dict[str, str]):
    """A fact that is not there reads as a dash: a sentence on a screen never fails."""

    def __missing__(self, key: str) -> str:
        return "-"
