"""All that is held of a debtor, as one workbook: what who asks for his own data gets (art. 15 AVG). Called when it is decided.

Of others it says nothing: no member of the staff by name, no other debtor, nobody else's payment.
"""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from inbaar.debtor_page.queries import Said
from inbaar.debtor_page.wording import words_of
from inbaar.dunning.addressing import client_row
from inbaar.kit.bulk import fetch
from inbaar.kit.text import printable
from inbaar.letters.mail import EnclosedFile
from inbaar.letters.parts import Language

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST = 32_767
# The title of each sheet, its heads and its statement; heads are those of the workbook in both languages.
_SHEETS: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("Wie u bent", "Who you are",
     ("name", "number", "capacity", "legal_form", "kvk_number", "vat_id", "street", "postcode", "city", "country", "language", "payment_term_days"),
     """SELECT name, number, capacity, legal_form, kvk_number, vat_id, street, postcode, city, country, language, payment_term_days
        FROM parties_debtor WHERE client_id = %(client)s AND id = %(debtor)s"""),
    ("Contactpersonen", "Contacts", ("role", "name", "email", "phone"),
     "SELECT role, name, email, phone FROM parties_contact WHERE client_id = %(client)s AND debtor_id = %(debtor)s ORDER BY id"),
    ("Adressen zonder post", "Addresses without mail", ("address", "since", "answer", "cleared_on"),
     """SELECT b.address, b.since, b.answer, b.cleared_on FROM letters_badaddress b WHERE b.client_id = %(client)s AND b.address IN (
        SELECT lower(email) FROM parties_contact WHERE client_id = %(client)s AND debtor_id = %(debtor)s)"""),
    ("Rekeningen", "Accounts", ("iban", "known_since"),
     "SELECT iban, known_since FROM parties_debtoriban WHERE client_id = %(client)s AND debtor_id = %(debtor)s ORDER BY id"),
    ("Facturen", "Invoices", ("kind", "number", "issue_date", "due_date", "currency", "payable", "open_amount", "description"),
     """SELECT kind, number, issue_date, due_date, currency, payable, open_amount, description FROM receivables_invoice
        WHERE client_id = %(client)s AND debtor_id = %(debtor)s ORDER BY issue_date, id"""),
    ("Betalingen", "Payments", ("invoice", "kind", "received_on", "amount", "costs", "interest", "principal"),
     """SELECT i.number, p.kind, p.received_on, p.amount, p.costs, p.interest, p.principal FROM receivables_payment p
        JOIN receivables_invoice i ON i.client_id = p.client_id AND i.id = p.invoice_id
        WHERE i.client_id = %(client)s AND i.debtor_id = %(debtor)s ORDER BY p.received_on, p.id"""),
    ("Rente en kosten", "Interest and costs", ("invoice", "kind", "amount", "since", "rule", "withdrawn_on"),
     """SELECT i.number, c.kind, c.amount, c.since, c.rule, c.withdrawn_on FROM receivables_claimcomponent c
        JOIN receivables_invoice i ON i.client_id = c.client_id AND i.id = c.invoice_id
        WHERE i.client_id = %(client)s AND i.debtor_id = %(debtor)s ORDER BY c.since, c.id"""),
    ("Aangehouden", "Held", ("invoice", "kind", "amount", "reason", "since", "until", "released_on"),
     """SELECT i.number, h.kind, h.amount, h.reason, h.since, h.until, h.released_on FROM receivables_hold h
        LEFT JOIN receivables_invoice i ON i.client_id = h.client_id AND i.id = h.invoice_id
        WHERE h.client_id = %(client)s AND h.debtor_id = %(debtor)s ORDER BY h.since, h.id"""),
    ("Brieven", "Letters", ("kind", "number", "on", "currency", "total"),
     """SELECT kind, number, "on", currency, total FROM letters_letter
        WHERE client_id = %(client)s AND debtor_id = %(debtor)s ORDER BY "on", id"""),
    ("Machtigingen", "Mandates", ("reference", "scheme", "state", "signed_on", "name", "iban"),
     """SELECT m.reference, m.scheme, m.state, m.signed_on, v.debtor_name, v.debtor_iban FROM debits_mandate m
        JOIN debits_mandateversion v ON v.client_id = m.client_id AND v.mandate_id = m.id
        WHERE m.client_id = %(client)s AND m.debtor_id = %(debtor)s ORDER BY m.id, v.number"""),
    ("Uw berichten", "Your messages", ("number", "kind", "said_on", "reason", "amount", "words", "said_by", "paid_on", "account", "verdict", "answer"),
     """SELECT number, kind, said_on, reason, amount, words, said_by, paid_on, account, verdict, answer FROM debtor_page_reply
        WHERE client_id = %(client)s AND debtor_id = %(debtor)s ORDER BY id"""),
    ("Mails aan u", "Mails to you", ("kind", "address", "subject", "made_on", "state"),
     """SELECT kind, address, subject, made_at::date, state FROM debtor_page_pagemail
        WHERE client_id = %(client)s AND debtor_id = %(debtor)s ORDER BY id"""),
    ("Wat er gebeurde", "What happened", ("on", "kind", "invoice"),
     """SELECT e."on", e.kind, i.number FROM receivables_event e
        LEFT JOIN receivables_invoice i ON i.client_id = e.client_id AND i.id = e.invoice_id
        WHERE e.client_id = %(client)s AND (e.debtor_id = %(debtor)s OR i.debtor_id = %(debtor)s) ORDER BY e."on", e.id"""),
)  # fmt: skip
_ABOUT = ("controller", "purpose", "ground", "source", "kept", "receivers", "rights")


def data_file(client_id: int, said: Said, language: Language, on: dt.date) -> EnclosedFile:
    """The workbook of the debtor who asked. Needs the client's scope; a fixed number of statements."""
    say = words_of(language).say
    name, street, postcode, city, _, _, phone, email, *_ = client_row(client_id)
    told = {"controller": ", ".join(filter(None, (name, street, f"{postcode} {city}".strip(), email, phone)))}
    book = Workbook(write_only=True)
    about = [
        (say("data", "made_on"), on),
        *((say("data", key), told.get(key) or say("data", f"{key}_text")) for key in _ABOUT),
    ]
    _sheet(book, say("data", "about"), (), about)
    facts = {"client": client_id, "debtor": said.debtor_id}
    for dutch, english, heads, sql in _SHEETS:
        _sheet(book, dutch if language is Language.NL else english, heads, fetch(sql, facts))
    out = io.BytesIO()
    book.save(out)
    return EnclosedFile(say("data", "file", number=said.number), XLSX, out.getvalue())


def _sheet(book: Any, title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.create_sheet(title)
    for column in "ABCDEFGHIJKL":
        sheet.column_dimensions[column].width = 22
    if heads:
        sheet.append([_cell(sheet, head.replace("_", " ")) for head in heads])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: object, value: Any) -> Any:
    """One value; a text is a text, whatever sign it begins with, so that none runs as a formula."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal | dt.date | int):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = (
            "#,##0.00" if isinstance(value, Decimal) else "dd-mm-yyyy" if isinstance(value, dt.date) else "0"
        )
        return cell
    cell = WriteOnlyCell(sheet, printable(str(value))[:_LONGEST])
    cell.data_type = "s"
    return cell
