"""What was found wrong in a file, by rule, in the language of the page: what it is and what to do.

The readers say it precisely in English, with values and places; in Dutch that stands below the sentence from here.
"""

import re

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

_BY_RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (noop("The document does not say which standard it follows: check that it is an invoice."), ("BR-01",)),
    (noop("The invoice number is missing: ask the supplier for a complete invoice."), ("BR-02",)),
    (noop("The issue date is missing: ask the supplier for a complete invoice."), ("BR-03",)),
    (noop("The currency is missing: ask the supplier for a complete invoice."), ("BR-05",)),
    (noop("The amount to pay is missing: ask the supplier for a complete invoice."), ("BR-15",)),
    (noop("The currency is not an existing one: ask the supplier for a corrected invoice."), ("BR-CL-04",)),
    (noop("A date or amount cannot be read: ask the supplier for a corrected invoice."), ("unreadable-number", "unreadable-issue-date", "unreadable-payable", "unreadable-net", "unreadable-vat", "unreadable-total")),
    (noop("It is not clear whether this is an invoice or a credit note: check what it is."), ("BR-04", "BR-CL-01")),
    (noop("It is not clear who the supplier is: check it."), ("BR-06", "BR-CO-26")),
    (noop("The customer's name is missing: add it before the invoice is used."), ("BR-07", "customer-missing")),
    (noop("A value is given more than once: choose the right one."), ("UBL-SR-09", "UBL-SR-11", "UBL-SR-12", "UBL-SR-15", "UBL-SR-17", "UBL-SR-18", "repeated")),
    (noop("There is more than one payment reference: the first was taken; check it."), ("UBL-SR-44",)),
    (noop("The sums do not tie: ask the supplier which amount is right."), ("BR-CO-10", "BR-CO-11", "BR-CO-12", "BR-CO-13", "BR-CO-14", "BR-CO-15", "BR-CO-16", "BR-CO-17")),
    (noop("The amount to pay is in another currency than the invoice: ask the supplier which is right."), ("currency-differs",)),
    (noop("An amount has more than two decimals: it was rounded; check it."), ("decimals", "BR-DEC-09", "BR-DEC-10", "BR-DEC-11", "BR-DEC-12", "BR-DEC-13", "BR-DEC-14", "BR-DEC-16", "BR-DEC-17", "BR-DEC-18", "CII-DT-031")),
    (noop("The invoice is negative but is not a credit note: ask the supplier for a credit note."), ("negative-invoice",)),
    (noop("This credit note would raise the debt: ask the supplier which sign is meant."), ("negative-credit-note",)),
    (noop("The document is too large to hold against the official rules: check it by hand."), ("rules-not-run",)),
    (noop("The due date is before the issue date: ask the supplier which is right."), ("due-before-issue",)),
    (noop("The invoice has several due dates: the first was taken; check it."), ("several-due-dates",)),
    (noop("The due date cannot be read: fill in the right one."), ("unreadable-due-date",)),
    (noop("A number fails its check (IBAN, VAT, KvK or reference): correct or confirm it."), ("iban", "vat-id", "kvk", "payment-reference", "creditor-id")),
    (noop("The invoice is another company's than the client you look at: check that it belongs here."), ("supplier-not-client",)),
    (noop("The number is taken by an invoice with other contents. An accepted invoice never changes: send a credit note and a new number."), ("number-taken",)),
    (noop("This is here already; nothing was changed."), ("known", "file-known")),
    (noop("An invoice that is not sent yet needs a due date, for its term does not run before the debtor has it. Fill it in, or say that it was sent."), ("unsent-due-date",)),
    (noop("The invoice number is too long: ask the supplier for a corrected invoice."), ("number-too-long",)),
    (noop("The file is empty: send it again."), ("empty",)),
    (noop("The report is about a file that was not made here: take it to the program that made it."), ("unknown-file",)),
    (noop("The bank has this file already and refused a second copy. The first one stands: do not pay it again."), ("file-twice",)),
    (noop("The list holds no invoices: export it again with the invoices in it."), ("no-lines",)),
    (noop("The list has too many lines: send it in parts."), ("too-many-lines",)),
    (noop("The first line lacks a column that is needed: number, amount, due date, KvK number and name."), ("no-column",)),
    (noop("Of auditfiles version 3.2 is read: export it as XAF 3.2, or the open invoices as CSV or Excel."), ("xaf-version",)),
    (noop("The auditfile has no account of debtors: export the open invoices as CSV or Excel."), ("xaf-no-debtors",)),
    (noop("The auditfile does not add up or is damaged: export it again."), ("xaf-unbalanced", "xaf-amount")),
    (noop("The Excel file cannot be read: save it again as .xlsx or as CSV."), ("old-excel", "broken-excel", "not-excel")),
    (noop("The list cannot be read: export it again as CSV or Excel."), ("not-text", "broken-csv")),
    (noop("The file is damaged or cut off: ask the sender to send it again."), ("not-well-formed", "encoding")),
    (noop("The file carries instructions that no invoice needs and was not read: ask the sender for a plain one."), ("doctype",)),
    (noop("The file is larger than an invoice can be: ask the sender for a smaller one."), ("too-many-elements", "too-deep", "attachment-too-large")),
    (noop("This is not an invoice or statement that can be read: send UBL, CII, Factur-X, camt.053 or MT940."), ("unknown-format", "unknown-root", "envelope")),
    (noop("This PDF carries no e-invoice inside, and its pages show no invoice that can be read: ask the supplier for an e-invoice."), ("no-xml", "no-text", "pdf")),
    (noop("This PDF is a scan, and no OCR is installed to read it: have one installed, or ask the supplier for an e-invoice."), ("no-ocr",)),
    (noop("This is no invoice by its own title, but a quote, an order, a reminder or the like: send the invoice itself."), ("not-an-invoice",)),
    (noop("This was read from the page and not all of it is confirmed: check it with the page."), ("read-from-page", "sums-unchecked")),
    (noop("This is a scan: its pages are being read, and it waits for a person's look then."), ("being-read",)),
    (noop("This is a scan that was read by OCR: compare every value with the page."), ("read-by-ocr",)),
    (noop("The text speaks of an unpaid invoice: check that this is the invoice itself, not a reminder."), ("may-be-reminder",)),
    (noop("The invoice number could not be read with certainty: fill it in."), ("unsure-number",)),
    (noop("A date could not be read with certainty: fill it in."), ("unsure-issue-date", "unsure-due-date")),
    (noop("The currency could not be read with certainty: fill it in."), ("unsure-currency",)),
    (noop("An amount could not be read with certainty: fill it in."), ("unsure-net", "unsure-vat", "unsure-total", "unsure-payable")),
    (noop("The supplier could not be read with certainty: fill it in."), ("unsure-supplier-name", "unsure-supplier-vat", "unsure-supplier-kvk", "supplier-by-name")),
    (noop("The customer could not be read with certainty: fill it in."), ("unsure-customer-name", "unsure-customer-vat", "unsure-customer-kvk")),
    (noop("The page names several accounts: choose the one to pay to."), ("several-accounts",)),
    (noop("The due date is not the invoice date plus the term on the page: check both."), ("term-differs",)),
    (noop("The document is long and was not read whole: check that nothing in between matters."), ("pages-left-out",)),
    (noop("This is a credit note that was read from its page: check which invoice it credits."), ("credit-note-on-page", "unsure-credits-invoice")),
    (noop("The statement's balances are missing or do not add up: check it with the bank."), ("balance-missing", "balance-unreadable", "balances", "balance", "balance-line", "balance-currency")),
    (noop("It looks like an invoice that is here already: say whether it is the same, comes in its place, or is another one."), ("near-duplicate",)),
    (noop("The invoice asks payment to an account that is none of yours here: check by telephone that it is right."), ("payee-unknown",)),
    (noop("A credit note takes money off a claim, and anybody can write a message: take it in if you know that it is yours."), ("credit-note-sent",)),
    (noop("This is a bank statement; those are not taken from mail, for anybody can write one. Upload it."), ("mail-statement",)),
    (noop("This is a package that only Outlook can open (winmail.dat): send the message as HTML or plain text, or attach the invoice as a PDF."), ("mail-winmail",)),
    (noop("This is a picture: send the invoice as a PDF, best with an e-invoice inside."), ("mail-picture",)),
    (noop("This is neither a PDF nor an e-invoice in XML: send one of these, if need be in a ZIP."), ("mail-other-format",)),
    (noop("This part of the message is encrypted: send the invoice without encryption."), ("mail-encrypted",)),
    (noop("The message is larger than 40 MB and was not read: send the invoices in several messages, or upload them."), ("mail-too-large",)),
    (noop("The message holds too many files or parts: send the invoices in several messages."), ("mail-too-many", "mail-too-many-parts")),
    (noop("The message could not be read in several attempts: send the invoice as a PDF in a new message."), ("mail-failed",)),
    (noop("The head of the message cannot be read, so it is not known who sent it: it lies in the folder Niet gelezen. Upload its files if they are wanted."), ("mail-head",)),
    (noop("So much of unknown senders waits already that this message was not kept here: it lies in the folder Niet gelezen. Decide about the others, and upload its files if they are wanted."), ("mail-no-room",)),
    (noop("A letter came back. It is written anew, and nothing is mailed to its address until somebody says that it works again."), ("mail-returned",)),
    (noop("A statement of account or a mail about a mandate came back. Nothing is mailed to its address until somebody says that it works again."), ("mail-came-back",)),
    (noop("The ZIP holds no files: add the invoices and send it again."), ("archive-empty",)),
    (noop("The ZIP is damaged: send the invoices again, best without ZIP."), ("archive-damaged",)),
    (noop("The ZIP is locked with a password: send the invoices without one."), ("archive-locked",)),
    (noop("The ZIP holds too much: send the invoices in several messages."), ("archive-too-many", "archive-too-large")),
    (noop("A line of the statement cannot be read in full: check it with the bank."), ("entry-unreadable", "entry-date", "entry-currency", "entry-count")),
    (noop("The bank announces these payments. They are not booked: the day's statement does that. The invoices they may be for are not chased meanwhile."), ("announced",)),
    (noop("These days are here already from another format, and of some movements it is not certain whether they are the same. Nothing was booked: look under Bank and decide."), ("same-movements",)),
    (noop("It is not certain whether this movement is here already."), ("doubtful",)),
    (noop("Set aside: the movements are here already."), ("set-aside",)),
    (noop("A statement between two others is missing: download those days and take them in."), ("statements-gap", "statements-days", "statements-numbers")),
    (noop("Two statements tell of the same days. What is in both is booked once."), ("statements-overlap",)),
    (noop("Two statements of one day close with another balance: ask the bank which is right."), ("statements-differs",)),
    (noop("A line of the file is not certain: export the statement from the bank again."), ("line", "sign")),
    (noop("Some entries are not booked by the bank yet: a later statement brings them."), ("pending",)),
)  # fmt: skip
#: The official rules that have no sentence of their own above, by the start of their id; the first that fits counts.
_BY_FAMILY: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"BR-CL-"), noop("A code on the invoice is not in its official list: ask the supplier for a corrected invoice.")),
    (re.compile(r"BR-(DEC|\d|CO)"), noop("The invoice lacks something the European standard asks for, or states it wrongly: ask the supplier for a corrected invoice.")),
    (re.compile(r"BR-GA-"), noop("The split over a g-account is not complete or does not add up: ask the supplier for a corrected invoice.")),
    (re.compile(r"(BR-NL|NL-R|SI-UBL)-"), noop("The invoice does not keep a Dutch rule for e-invoices: ask the supplier for a corrected invoice.")),
    (re.compile(r"BR-[A-Z]{1,2}-"), noop("The VAT on the invoice does not fit its category: ask the supplier for a corrected invoice.")),
    (re.compile(r"(UBL|CII|FX|PEPPOL|BR)-"), noop("The e-invoice is not built as its standard asks: ask the supplier for a corrected invoice.")),
)  # fmt: skip
_ADVICE = noop("Advice of the standard for who writes the e-invoice; nothing needs to be done.")
_SENTENCES = {rule: sentence for sentence, rules in _BY_RULES for rule in rules}


def problem_words(rule: str, text: str, level: str = "") -> tuple[str, str]:
    """The sentence to read, and the reader's own words to put below it (empty where they are the sentence)."""
    if (get_language() or "nl").startswith("en"):
        return text, ""
    sentence = _ADVICE if level == "note" else _sentence(rule)
    return (_(sentence), text) if sentence else (text, "")


def _sentence(rule: str) -> str:
    if rule.startswith("unreadable-") and rule not in _SENTENCES:
        return _SENTENCES["unreadable-number"]
    return _SENTENCES.get(rule) or next((words for start, words in _BY_FAMILY if start.match(rule)), "")
