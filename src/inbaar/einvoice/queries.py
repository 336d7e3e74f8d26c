"""The facts of invoices that e-invoices are written from: one statement for any number."""

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from inbaar.einvoice.facts import Holder, InvoiceFacts, Original, PartyFacts
from inbaar.intake.reading import kept_texts
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.letters.parts import Language

# Before its own day an invoice belongs to who owns it on that day. Of several files of one invoice an e-invoice goes first, since it says most.
_FACTS = """
    SELECT i.id, coalesce(nullif(i.printed_number, ''), i.number), i.kind, i.issue_date, i.due_date, i.currency, i.net, i.vat, i.total, i.payable,
           i.payment_reference, i.credits_number,
           c.name, o.kvk_number, o.vat_id, o.street, o.postcode, o.city, o.country,
           d.name, d.kvk_number, d.vat_id, d.street, d.postcode, d.city, d.country, d.language,
           coalesce((SELECT b.iban FROM banking_bankaccount b WHERE b.client_id = i.client_id AND b.currency = i.currency
                     ORDER BY b.id LIMIT 1), ''),
           t.owner_name, t.owner_kvk, t.payee_iban, coalesce(lower(t.period), i.issue_date),
           f.owner_name, f.owner_kvk, f.payee_iban, coalesce(lower(f.period), i.issue_date),
           r.name, r.format, r.content, r.read::text, r.corrected::text
    FROM receivables_invoice i
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    JOIN parties_client c ON c.id = i.client_id
    JOIN parties_organisation o ON o.id = c.organisation_id
    LEFT JOIN receivables_title t ON t.client_id = i.client_id AND t.invoice_id = i.id
        AND t.period @> greatest(%(on)s::date, i.issue_date)
    LEFT JOIN LATERAL (
        SELECT e.owner_name, e.owner_kvk, e.payee_iban, e.period FROM receivables_title e
        WHERE e.client_id = i.client_id AND e.invoice_id = i.id ORDER BY e.period LIMIT 1
    ) f ON true
    LEFT JOIN LATERAL (
        SELECT n.name, n.content, m.format, m.read, m.corrected FROM intake_reading m
        JOIN intake_document n ON n.client_id = m.client_id AND n.id = m.document_id
        WHERE m.client_id = i.client_id AND m.invoice_id = i.id
        ORDER BY m.format IN ('ubl', 'cii', 'facturx', 'zugferd') DESC, m.id LIMIT 1
    ) r ON true
    WHERE i.client_id = %(client)s AND i.id = ANY(%(ids)s::bigint[])
"""


def invoice_facts(client_id: int, invoice_ids: Iterable[int], on: dt.date) -> dict[int, InvoiceFacts]:
    """The facts of these invoices of the client in scope, with who owns each claim on a day; others are left out."""
    params = {"client": client_id, "ids": array_parameter(list(invoice_ids)), "on": on}
    return {row[0]: _facts(row[1:], on) for row in fetch(_FACTS, params)}


def _facts(row: tuple[Any, ...], on: dt.date) -> InvoiceFacts:
    (number, kind, issued, due, currency, net, vat, total, payable, reference, credits_number) = row[:11]
    return InvoiceFacts(
        number=number, credit_note=kind == "credit_note", issued=issued, due=due, currency=currency,
        net=net, vat=vat, total=total, payable=payable, payment_reference=reference, credits_number=credits_number,
        supplier=PartyFacts(*row[11:18]), customer=PartyFacts(*row[18:25]), language=Language(row[25]),
        own_iban=row[26], on=on, holder=_holder(row[27:31]), first_holder=_holder(row[31:35]),
        original=_original(*row[35:40]),
    )  # fmt: skip


def _holder(row: tuple[Any, ...]) -> Holder | None:
    if row[0] is None:
        return None
    name, kvk, iban, since = row
    return Holder(name, kvk, "".join(iban.split()), since)


def _original(name: str | None, form: str, content: bytes, read: str, corrected: str) -> Original | None:
    """The file, with what was read in it as a person put it right: an empty text takes a value away."""
    if name is None:
        return None
    texts = kept_texts(json.loads(read)) | json.loads(corrected)
    return Original(name, form, bytes(content), {field: text for field, text in texts.items() if text})
