"""One invoice as it stands for being sent: how it stands, in which files it came, and to whom it goes. A fixed number of
statements."""

import datetime as dt
import json
from dataclasses import dataclass

from inbaar.issuing.enclosing import Paper
from inbaar.issuing.rules import Sendable
from inbaar.kit.bulk import fetch
from inbaar.letters.parts import Recipient
from inbaar.receivables.queries import STANDING

_STANDING = f"""
    SELECT i.number, i.due_date, i.open_amount, x.id IS NOT NULL AND x.sent_on IS NULL, x.letter IS NOT NULL,
           i.withdrawn_on IS NOT NULL,
           coalesce((SELECT min(h.kind) FROM receivables_hold h
                     WHERE h.client_id = i.client_id AND h.amount IS NULL AND {STANDING}
                       AND (h.invoice_id = i.id OR (h.invoice_id IS NULL AND h.debtor_id = i.debtor_id))), ''),
           EXISTS (SELECT 1 FROM banking_suspect s JOIN banking_entry e ON e.client_id = s.client_id AND e.id = s.entry_id
                   WHERE s.client_id = i.client_id AND s.invoice_id = i.id AND e.state = 'unmatched')
    FROM receivables_invoice i
    LEFT JOIN receivables_dispatch x ON x.client_id = i.client_id AND x.invoice_id = i.id
    WHERE i.client_id = %(client)s AND i.id = %(invoice)s AND i.kind = 'invoice'
"""  # noqa: S608 - our own text
# Two who send at once come here one after the other; the second finds it on its way.
_LOCK = "SELECT 1 FROM receivables_dispatch WHERE client_id = %s AND invoice_id = %s FOR UPDATE"
# The file it was taken in by comes first. What only says the same counts where somebody logged in brought it: anybody can
# mail a copy that names another account.
_PAPERS = """
    SELECT m.format, n.content, m.corrected::text FROM intake_reading m
    JOIN intake_document n ON n.client_id = m.client_id AND n.id = m.document_id
    WHERE m.client_id = %s AND m.invoice_id = %s AND (m.outcome = 'accepted' OR n.channel <> 'mail')
    ORDER BY m.outcome = 'accepted' DESC, m.id
"""
_ADDRESSEE = """
    SELECT d.id, d.name, d.street, d.postcode, d.city, d.capacity, d.country, coalesce(c.email, ''), coalesce(c.name, ''),
           d.language
    FROM receivables_invoice i
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    LEFT JOIN LATERAL (
        SELECT email, name FROM parties_contact
        WHERE client_id = d.client_id AND debtor_id = d.id AND email <> '' AND role IN ('invoice', 'follow_up')
        ORDER BY role = 'invoice' DESC, id LIMIT 1
    ) c ON true
    WHERE i.client_id = %s AND i.id = %s
"""


@dataclass(frozen=True, slots=True)
class Addressee:
    """The debtor as the letter with an invoice addresses him: the contact for invoices, else the one for reminders."""

    debtor_id: int
    recipient: Recipient
    language: str


def sendable(client_id: int, invoice_id: int, on: dt.date, *, lock: bool = False) -> Sendable | None:
    """How an invoice of the client in scope stands on a day; None where there is none of that number."""
    if lock:
        fetch(_LOCK, [client_id, invoice_id])
    rows = fetch(_STANDING, {"client": client_id, "invoice": invoice_id, "on": on})
    return Sendable(*rows[0]) if rows else None


def papers_of(client_id: int, invoice_id: int) -> tuple[list[Paper], bool]:
    """The files it came in, the one it was taken in by first; and whether a person put right the account on it."""
    rows = fetch(_PAPERS, [client_id, invoice_id])
    corrected = bool(rows) and "iban" in json.loads(rows[0][2])
    return [Paper(form, bytes(content)) for form, content, _ in rows], corrected


def addressee(client_id: int, invoice_id: int) -> Addressee:
    """To whom an invoice goes; `ContentError` where he has no name."""
    ((debtor_id, name, street, postcode, city, capacity, country, email, attention, language),) = fetch(
        _ADDRESSEE, [client_id, invoice_id]
    )
    address = tuple(line for line in (street, f"{postcode} {city}".strip()) if line)
    recipient = Recipient(name, address, capacity == "consumer", attention, email, country)
    return Addressee(debtor_id, recipient, language)
