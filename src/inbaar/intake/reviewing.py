"""A person's look at an invoice that was read from its page: what he puts right is taken in, and remembered for the next one.

What counts is what he saw: the reading as it was kept, with what he said in its place, and never a new reading of the file.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from inbaar.intake.correcting import corrected
from inbaar.intake.drafting import draft_of
from inbaar.intake.readers import words_on_pages
from inbaar.intake.readers.page.labels import plain
from inbaar.intake.readers.page.layout import layout_of
from inbaar.intake.readers.page.learned import Learned
from inbaar.intake.readers.page.learning import CONSTANT_FIELDS, LABELLED_FIELDS, labels_beside
from inbaar.intake.readers.pdf import Pages
from inbaar.intake.readers.source import Unreadable
from inbaar.intake.reading import InvoiceRead, kept_texts
from inbaar.intake.scans import pages_read
from inbaar.intake.settling import Hand, Settled, accept_in_doubt
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.receivables.drafts import Accepted

_LEARNED = {
    "client_id": "bigint",
    "field": "text",
    "label": "text",
    "instead_of": "text",
    "value": "text",
    "on": "date",
}


@dataclass(frozen=True, slots=True)
class Look:
    """What a person said of a reading: the fields that differ, whether it is a credit note, who he is, and when.

    `settled` is what he said of the invoice it looks like, `unsent` whether the debtor has not got it yet; None for what
    the door said.
    """

    said: Mapping[str, str]
    credit_note: bool
    by: str
    on: dt.date
    at: dt.datetime
    settled: Settled | None = None
    unsent: bool | None = None


def accept_looked_at(client_id: int, reading_id: int, look: Look) -> Accepted:
    """Take in what was read from a page, as a person says it is. Needs the client's scope.

    Refuses what does not wait for that, and what still lacks a fact that an invoice needs; nothing is changed then. Where
    it looks like an invoice that he was not shown, the outcome is `doubt`, and nothing is taken in (`settling`).
    """
    with transaction.atomic():
        rows = fetch(
            """
            SELECT r.read::text, d.name, d.content, r.unsent, d.id FROM intake_reading r
            JOIN intake_document d ON d.client_id = r.client_id AND d.id = r.document_id
            WHERE r.client_id = %s AND r.id = %s AND r.outcome = 'review' AND r.format = 'pdf' FOR UPDATE OF r
            """,
            [client_id, reading_id],
        )
        if not rows:
            raise Refused(
                Refusal("not-in-review", "only what was read from a page and waits in review is put right by hand",
                        "nothing of that number waits", "a document in review", next_step="look at its page")
            )  # fmt: skip
        kept, name, content = json.loads(rows[0][0]), rows[0][1], bytes(rows[0][2])
        read = corrected(kept_reading(kept, name), look.said, credit_note=look.credit_note)
        _refuse_incomplete(read)
        unsent = bool(rows[0][3]) if look.unsent is None else look.unsent
        hand = Hand(look.by, look.on, look.at)
        draft = draft_of(read, look.on, unsent=unsent)
        answer = accept_in_doubt(client_id, reading_id, draft, hand, look.settled)
        if answer.outcome in ("refused", "doubt"):
            return answer
        run(
            "UPDATE intake_reading SET outcome = %s, invoice_id = %s, number = %s, corrected = %s, looked_at_by = %s "
            "WHERE client_id = %s AND id = %s",
            [
                answer.outcome, answer.invoice_id, (read.number or "")[:100], json.dumps(dict(look.said)), look.by[:100],
                client_id, reading_id,
            ],
        )  # fmt: skip
        _remember(client_id, kept_texts(kept), look, content, pages_read(client_id, rows[0][4]))
    return answer


def kept_reading(kept: Mapping[str, Any], name: str) -> InvoiceRead:
    """A reading from a page as it was kept."""
    return InvoiceRead(
        file=name, format="pdf", credit_note=bool(kept.get("credit_note")), found=kept_texts(kept)
    )


def _refuse_incomplete(read: InvoiceRead) -> None:
    lacking = [problem for problem in read.problems if problem.level == "error"]
    if not (read.customer.name or "").strip():
        lacking += [problem for problem in read.problems if problem.rule == "BR-07"]
    if read.payable is not None and read.payable < 0:
        lacking += [problem for problem in read.problems if problem.rule.startswith("negative")]
    if lacking:
        raise Refused(
            *(
                Refusal(problem.rule, "an invoice needs a number, a date, a currency, a customer and an amount",
                        problem.text, "all of them", next_step="fill it in")
                for problem in lacking
            )
        )  # fmt: skip


def _remember(
    client_id: int, texts: Mapping[str, str], look: Look, content: bytes, scanned: Pages | None
) -> None:
    """Keep what the corrections teach of this client's invoices; the last word counts."""
    rows = sorted({(client_id, *lesson, look.on) for lesson in _lessons(texts, look.said, content, scanned)})
    insert_rows(
        "intake_learned",
        _LEARNED,
        rows,
        on_conflict='(client_id, field, label, instead_of) DO UPDATE SET value = EXCLUDED.value, "on" = EXCLUDED."on"',
    )


def _lessons(
    texts: Mapping[str, str], said: Mapping[str, str], content: bytes, scanned: Pages | None
) -> Iterator[tuple[str, str, str, str]]:
    """Field, label, what was read, what is right."""
    for name in CONSTANT_FIELDS:
        if said.get(name):
            yield name, "", texts.get(name, "")[:200], said[name][:200]
    standing = {name: text for name, text in said.items() if name in LABELLED_FIELDS and text}
    if not standing:
        return
    try:
        pages = scanned or words_on_pages(content)
    except Unreadable:
        return
    layout = layout_of(pages.pages, pages.count)
    for name, text in standing.items():
        for label in labels_beside(layout, name, text):
            yield name, label, "", ""


def learned_of(client_id: int) -> Learned:
    """All that corrections taught of a client's invoices. One statement."""
    rows = fetch(
        'SELECT field, label, instead_of, value FROM intake_learned WHERE client_id = %s ORDER BY "on", id',
        [client_id],
    )
    return Learned(
        labels={
            plain(label): LABELLED_FIELDS[name]
            for name, label, _, _ in rows
            if label and name in LABELLED_FIELDS
        },
        values={(name, instead_of): value for name, label, instead_of, value in rows if not label},
    )
