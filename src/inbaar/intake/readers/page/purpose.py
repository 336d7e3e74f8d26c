"""What a document is: an invoice, a credit note, or something that looks like one and must never become one. Pure.

Quotes, orders, delivery notes, reminders and statements carry the same words and sums as invoices. Their name decides where
it is the title or the subject; a mere reference to an order is none.
"""

import re
from dataclasses import dataclass

from inbaar.intake.readers.page.labels import plain
from inbaar.intake.readers.page.layout import Cell
from inbaar.intake.readers.page.near import Sheet

_INVOICE = (
    "factuur", "invoice", "taxinvoice", "vatinvoice", "rechnung", "facture", "verkoopfactuur", "salesinvoice", "nota", "rekening",
    "kopiefactuur", "factuurkopie", "copyinvoice", "handelsrechnung", "eindfactuur", "voorschotfactuur", "termijnfactuur", "faktuur",
    "deelfactuur", "verzamelfactuur", "commercialinvoice", "finalinvoice", "depositinvoice", "invoicecopy", "factuurs", "specificatiefactuur",
    "rechnungdesversicherers", "abonnementsfactuur", "urenfactuur", "invoicesummary",
)  # fmt: skip
#: Kinds of invoice that are one word: `Termijnfactuur`, `Schlussrechnung`; not those that only sound like one.
_COMPOUND = re.compile(
    r"(?!.*(?:ab|be)rechnung|pro|concept|mahn|credit|kredit|storno|korrektur|gutschrift|herinner|offerte)[a-zäöü]{3,20}(?:rechnung|factuur)"
)
_CREDIT = (
    "creditnota", "creditfactuur", "creditnote", "creditmemo", "creditinvoice", "avoir", "gutschrift", "kreditnota", "rechnungskorrektur",
    "creditfaktuur", "kredietnota", "stornorechnung", "factuuravoir",
)  # fmt: skip
#: Titles that forbid: (compared words, what it is called). Those of the second list are often mere references on an invoice.
_DUNNING = {
    "betalingsherinnering": "a reminder", "herinnering": "a reminder", "aanmaning": "a reminder", "reminder": "a reminder",
    "paymentreminder": "a reminder", "laatsteaanmaning": "a reminder", "eersteaanmaning": "a reminder", "tweedeherinnering": "a reminder",
    "eersteherinnering": "a reminder", "finalnotice": "a reminder", "finalreminder": "a reminder", "firstreminder": "a reminder", "secondreminder": "a reminder",
    "overduenotice": "a reminder", "pastduenotice": "a reminder", "noticeofdefault": "a notice of default", "ingebrekestelling": "a notice of default",
    "sommatie": "a formal demand", "mahnung": "a reminder", "zahlungserinnerung": "a reminder", "relance": "a reminder", "letterbeforeaction": "a formal demand",
    "rekeningoverzicht": "a statement of account", "openstaandeposten": "a statement of account", "statementofaccount": "a statement of account",
    "accountstatement": "a statement of account", "openstaandefacturen": "a statement of account", "debiteurenoverzicht": "a statement of account",
    "outstandinginvoices": "a statement of account", "customerstatement": "a statement of account", "overzichtopenstaandefacturen": "a statement of account",
    "overzichtopenstaandeposten": "a statement of account", "statement": "a statement of account", "kontoauszug": "a statement of account", "bankafschrift": "a bank statement",
    "bankstatement": "a bank statement", "remittanceadvice": "a payment advice", "betaalspecificatie": "a payment advice", "betalingsspecificatie": "a payment advice",
    "paymentadvice": "a payment advice", "receiptofpayment": "a receipt", "betalingsbevestiging": "a receipt", "betaalbewijs": "a receipt", "paymentconfirmation": "a receipt",
    "14dagenbrief": "a formal demand", "veertiendagenbrief": "a formal demand",
}  # fmt: skip
_ORDERS = {
    "offerte": "a quote", "prijsopgave": "a quote", "quote": "a quote", "quotation": "a quote", "estimate": "a quote", "angebot": "a quote", "devis": "a quote",
    "kostenraming": "a quote", "begroting": "a quote", "proposal": "a quote", "proforma": "a pro forma", "proformafactuur": "a pro forma", "proformainvoice": "a pro forma",
    "conceptfactuur": "a draft", "draftinvoice": "a draft", "conceptinvoice": "a draft", "orderbevestiging": "an order confirmation", "opdrachtbevestiging": "an order confirmation",
    "orderconfirmation": "an order confirmation", "auftragsbestatigung": "an order confirmation", "bestelling": "an order", "inkooporder": "an order", "purchaseorder": "an order",
    "bestelbon": "an order", "bestellung": "an order", "boncommande": "an order", "bondecommande": "an order", "inkoopopdracht": "an order", "salesorder": "an order", "order": "an order",
    "pakbon": "a delivery note", "leverbon": "a delivery note", "afleverbon": "a delivery note", "deliverynote": "a delivery note", "packingslip": "a delivery note",
    "packinglist": "a delivery note", "vrachtbrief": "a delivery note", "lieferschein": "a delivery note", "bondelivraison": "a delivery note", "werkbon": "a job sheet",
    "contract": "a contract", "overeenkomst": "a contract", "agreement": "a contract", "urenstaat": "a timesheet", "timesheet": "a timesheet", "kwitantie": "a receipt", "receipt": "a receipt",
    "kassabon": "a receipt", "loonstrook": "a payslip", "jaaropgave": "an annual statement", "polis": "a policy", "retourbon": "a returns note",
}  # fmt: skip
#: What an invoice may have a part of: a list of open invoices, a receipt.
_LISTS = ("a statement of account", "a receipt", "a payment advice")
_PRO_FORMA = ("proforma", "conceptfactuur", "draftinvoice", "conceptinvoice")
_SUBJECT = ("betreft", "onderwerp", "subject", "betreff", "re", "concerning", "inzake", "regarding")
#: What a letter about an unpaid invoice says somewhere in its text.
_UNPAID = re.compile(
    r"nog (?:steeds )?(?:niet|geen) (?:betaald|voldaan|betaling|ontvangen)|(?:niet|geen betaling) (?:van u )?(?:hebben )?ontvangen"
    r"|in gebreke|have not (?:yet )?received (?:your )?payment|remains? unpaid|still outstanding|is overdue|now overdue|past due"
    r"|incassokosten (?:bedragen|van)|alsnog te (?:betalen|voldoen)|eerder(?:e)? herinnering|reeds verzonden factu|kosten van aanmaning",
)
#: In German a Gutschrift is also an invoice that the customer writes.
_SELF_BILLED = re.compile(r"selbst ausgestellte|self-bill|selfbill")
_LONGEST_TITLE = 7


@dataclass(frozen=True, slots=True)
class Purpose:
    """`refused` says in words what it is instead of an invoice; `titled` whether a title or a label calls it an invoice."""

    credit_note: bool
    titled: bool
    refused: str | None
    doubtful: bool


def purpose_of(sheet: Sheet) -> Purpose:
    """What the page calls itself."""
    first = [cell for cell in sheet.layout.cells if cell.page <= 2 and len(cell.words) <= 12]
    credit = _largest(first, _CREDIT, sheet)
    invoice = max(_largest(first, _INVOICE, sheet), credit)
    numbered = next(sheet.named("number"), None) is not None
    dunning = _dunning(first, invoice)
    order = _order(first, invoice, sheet)
    draft = next((name for mark, name in _ORDERS.items() if mark in _PRO_FORMA and _title(first, mark)), None)
    return Purpose(
        credit_note=credit > 0
        and credit >= _largest(first, _INVOICE, sheet)
        and not _SELF_BILLED.search(sheet.text),
        titled=invoice > 0 or numbered,
        refused=dunning or draft or order,
        doubtful=_UNPAID.search(sheet.text) is not None,
    )


def _title(cells: list[Cell], mark: str) -> bool:
    return any(len(cell.words) <= _LONGEST_TITLE and _opening(cell, (mark,)) for cell in cells)


def _opening(cell: Cell, marks: tuple[str, ...] | dict[str, str]) -> str | None:
    """The mark a cell opens with, of one to three words."""
    compared = [plain(word.text) for word in cell.words[:4]]
    if (whole := plain(cell.text)) in marks:  # also letters set wide apart: F A C T U U R
        return whole
    if marks is _INVOICE and (_COMPOUND.fullmatch(compared[0]) or _COMPOUND.fullmatch(whole)):
        return compared[0]
    for length in (3, 2, 1):
        text = "".join(compared[:length])
        if len(compared) >= length and text in marks:
            return text
    return None


def _largest(cells: list[Cell], marks: tuple[str, ...], sheet: Sheet) -> float:
    """The height of the largest title that opens with one of these, 0 without."""
    sizes = [cell.size for cell in cells if _short(cell) and _opens_or_ends(cell, marks)]
    return max(sizes, default=0.0)


def _short(cell: Cell) -> bool:
    """Whether a cell is no longer than a title; one that goes on with `Nr.` and a number may be."""
    numbered = any(plain(word.text) in ("nr", "no", "n°", "#", "nummer", "number") for word in cell.words[:6])
    return len(cell.words) <= (_LONGEST_TITLE + 4 if numbered else _LONGEST_TITLE)


def _opens_or_ends(cell: Cell, marks: tuple[str, ...]) -> bool:
    """`Factuur 2026-12`, `Kopie factuur`, `Amazon Web Services Invoice`."""
    last = plain(cell.words[-1].text)
    return _opening(cell, marks) is not None or last in marks


def _dunning(cells: list[Cell], invoice: float) -> str | None:
    """The name of a letter about invoices, as a title or a subject; a list of open ones under an invoice's own title is none."""
    for cell in cells:
        words = cell.words
        if plain(words[0].text) in _SUBJECT and len(words) > 1:
            found = next((plain(word.text) for word in words[1:] if plain(word.text) in _DUNNING), None)
            if found:
                return _DUNNING[found]
            words = words[1:]
        mark = _opening(Cell(cell.page, words), _DUNNING)
        if mark is None or len(words) > _LONGEST_TITLE or cell.text.endswith((".", ",")):
            continue
        if _DUNNING[mark] not in _LISTS or cell.size > 0.8 * invoice:
            return _DUNNING[mark]
    return None


def _order(cells: list[Cell], invoice: float, sheet: Sheet) -> str | None:
    """A name that is larger than any title of an invoice, and larger than the text or alone in its cell."""
    for cell in cells:
        mark = _opening(cell, _ORDERS)
        if mark is None or len(cell.words) > _LONGEST_TITLE:
            continue
        titled = cell.size > 1.25 * sheet.layout.text_size or not any(ch.isdigit() for ch in cell.text)
        subject = cell.size > 1.05 * invoice
        if titled and subject and not cell.text.endswith((":", ".", ",")):
            return _ORDERS[mark]
    return None
