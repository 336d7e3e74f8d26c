"""The proof on an invoice and what is still asked for, as its page shows them."""

import datetime as dt
from dataclasses import dataclass

from inbaar.kit.bulk import fetch
from inbaar.receivables.evidence import ASKED


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A file of proof."""

    id: int
    kind: str
    name: str
    size: int
    media_type: str
    added_by: str
    added_on: dt.date


@dataclass(frozen=True, slots=True)
class RequestRow:
    """Proof that is asked for and not there yet."""

    id: int
    kind: str
    step: str
    reason: str
    asked_by: str
    due_on: dt.date


def evidence_rows(client_id: int, invoice_id: int) -> list[EvidenceRow]:
    """The files on an invoice, the newest first. One statement."""
    rows = fetch(
        """
        SELECT e.id, e.kind, e.name, f.size, f.media_type, e.added_by, e.added_on FROM receivables_evidence e
        JOIN receivables_evidencefile f ON f.client_id = e.client_id AND f.id = e.file_id
        WHERE e.client_id = %s AND e.invoice_id = %s AND e.removed_on IS NULL ORDER BY e.id DESC
        """,
        [client_id, invoice_id],
    )
    return [EvidenceRow(*row) for row in rows]


def request_rows(client_id: int, invoice_id: int) -> list[RequestRow]:
    """What is asked for, the most urgent first. One statement."""
    rows = fetch(
        f"""
        SELECT q.id, q.kind, q.step, q.reason, q.asked_by, q.due_on FROM receivables_evidencerequest q
        WHERE q.client_id = %s AND q.invoice_id = %s AND {ASKED} ORDER BY q.due_on, q.id
        """,  # noqa: S608 - our own text
        [client_id, invoice_id],
    )
    return [RequestRow(*row) for row in rows]


def evidence_content(client_id: int, invoice_id: int, evidence_id: int) -> tuple[str, str, bytes] | None:
    """Name, type and bytes of a file that is on an invoice of this client, or None."""
    rows = fetch(
        """
        SELECT e.name, f.media_type, f.content FROM receivables_evidence e
        JOIN receivables_evidencefile f ON f.client_id = e.client_id AND f.id = e.file_id
        WHERE e.client_id = %s AND e.invoice_id = %s AND e.id = %s AND e.removed_on IS NULL
        """,
        [client_id, invoice_id, evidence_id],
    )
    return (rows[0][0], rows[0][1], bytes(rows[0][2])) if rows else None
