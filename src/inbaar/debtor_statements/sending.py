"""Mailing what was written: taken in small batches, one mail each, its answer kept at once.

As with letters, a statement is marked `sending` and committed before its mail leaves. One that was on its way when the
program died goes again with the same Message-ID, by which a mail system knows it as the same message. What was paid,
credited or disputed since it was written is never sent: it is written anew.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from inbaar.debtor_statements.actions import write_waiting
from inbaar.debtor_statements.content import AccountContent, from_json
from inbaar.debtor_statements.drawing import statement_pdf
from inbaar.debtor_statements.states import after
from inbaar.debtor_statements.wording import mail_body, mail_subject, mail_text
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.scope import client_scope
from inbaar.letters.mail import AddressRefused, Envelope, letter_mail
from inbaar.letters.smtp import Delivery, Mailer, SmtpSettings
from inbaar.receivables.timeline import NewEvent, write_events

BATCH = 20
MAX_ATTEMPTS = 5
RETRY_AFTER = dt.timedelta(minutes=15)
IN_DOUBT_AFTER = dt.timedelta(minutes=10)
# True for a statement of today (alias s) that no longer says how it is: an open amount changed, a hold or a payment that may
# be one of its invoices' came in.
_CHANGED = """
    EXISTS (
        SELECT 1 FROM debtor_statements_statementitem si
        JOIN receivables_invoice i ON i.client_id = si.client_id AND i.id = si.invoice_id
        WHERE si.client_id = s.client_id AND si.statement_id = s.id AND si.asked > 0 AND (
            si.open <> i.open_amount
            OR EXISTS (SELECT 1 FROM banking_suspect b JOIN banking_entry e ON e.client_id = b.client_id AND e.id = b.entry_id
                       WHERE b.client_id = si.client_id AND b.invoice_id = si.invoice_id AND e.state = 'unmatched')
            OR EXISTS (SELECT 1 FROM receivables_hold h
                       WHERE h.client_id = si.client_id AND h.kind IN ('dispute', 'insolvency') AND h.released_on IS NULL
                         AND h.id > si.id AND (h.invoice_id = i.id OR (h.invoice_id IS NULL AND h.debtor_id = i.debtor_id)))))
"""
_ANEW = f"""
    UPDATE debtor_statements_accountstatement s SET state = 'waiting', number = '', content = NULL, changed_at = %(now)s
    WHERE s.client_id = %(client)s AND s.state = 'queued' AND {_CHANGED}
"""  # noqa: S608 - our own text
_TAKE = f"""
    UPDATE debtor_statements_accountstatement SET state = 'sending', attempts = attempts + 1, changed_at = %(now)s
    WHERE client_id = %(client)s AND id IN (
        SELECT s.id FROM debtor_statements_accountstatement s
        WHERE s.client_id = %(client)s AND NOT {_CHANGED}
          AND ((s.state = 'queued' AND (s.attempts = 0 OR s.changed_at <= %(retry)s))
               OR (s.state = 'sending' AND s.changed_at < %(doubt)s))
        ORDER BY s.id LIMIT %(limit)s FOR UPDATE OF s SKIP LOCKED
    )
    RETURNING id, debtor_id, address, attempts, content::text
"""  # noqa: S608 - our own text
_SETTLE = """
    UPDATE debtor_statements_accountstatement SET state = %s, answer = %s, changed_at = %s
    WHERE client_id = %s AND id = %s AND state = 'sending'
"""


@dataclass(frozen=True, slots=True)
class _Parcel:
    id: int
    debtor_id: int
    address: str
    attempts: int
    content: AccountContent
    pdf: bytes


def work_statements(
    client_id: int, smtp: SmtpSettings | None, today: dt.date, moment: dt.datetime
) -> Counter[str]:
    """Write and mail all that was asked for; gives how many ended in each state. Without `smtp` mails stay queued."""
    while write_waiting(client_id, today, moment):
        pass
    if smtp is None:
        return Counter()
    with Mailer(smtp) as mailer:
        return send_statements(client_id, mailer, today, moment)


def send_statements(client_id: int, mailer: Mailer, today: dt.date, moment: dt.datetime) -> Counter[str]:
    """Mail what is queued and still right; what is not is written anew first."""
    with client_scope(client_id):
        changed = run(_ANEW, {"client": client_id, "now": moment})
    while changed and write_waiting(client_id, today, moment):
        pass
    tally: Counter[str] = Counter()
    while parcels := _take(client_id, moment):
        for parcel in parcels:
            tally[_send(client_id, mailer, parcel, today, moment)] += 1
    return tally


def statement_files(client_id: int, contents: dict[int, AccountContent]) -> dict[int, bytes]:
    """The PDF of each statement; what has not been set yet is set and kept. Needs the client's scope."""
    sql = "SELECT statement_id, pdf FROM debtor_statements_statementpdf WHERE client_id = %s AND statement_id = ANY(%s)"
    known = {number: bytes(pdf) for number, pdf in fetch(sql, [client_id, list(contents)])}
    made = {number: statement_pdf(content) for number, content in contents.items() if number not in known}
    insert_rows(
        "debtor_statements_statementpdf",
        {"client_id": "bigint", "statement_id": "bigint", "pdf": "bytea", "sha256": "text"},
        ((client_id, number, pdf, hashlib.sha256(pdf).hexdigest()) for number, pdf in made.items()),
        on_conflict="DO NOTHING",
    )
    return known | made


def _take(client_id: int, moment: dt.datetime) -> Sequence[_Parcel]:
    facts = {"client": client_id, "now": moment, "retry": moment - RETRY_AFTER, "doubt": moment - IN_DOUBT_AFTER, "limit": BATCH}  # fmt: skip
    with client_scope(client_id):
        rows = fetch(_TAKE, facts)
        contents = {row[0]: from_json(row[4]) for row in rows}
        pdfs = statement_files(client_id, contents)
        return [
            _Parcel(number, debtor, address, attempts, contents[number], pdfs[number])
            for number, debtor, address, attempts, _ in sorted(rows)
        ]


def _send(client_id: int, mailer: Mailer, parcel: _Parcel, today: dt.date, moment: dt.datetime) -> str:
    content = parcel.content
    envelope = Envelope(
        key=f"statement-{client_id}-{parcel.id}",
        sent_at=moment,
        from_name=content.sender.name,
        from_address=content.sender.email,
        to_name=content.recipient.attention or content.recipient.name,
        to_address=parcel.address,
        reply_to=content.sender.email,
    )
    try:
        message = letter_mail(
            envelope,
            mail_subject(content),
            mail_text(content),
            parcel.pdf,
            f"{content.number}.pdf",
            html=mail_body(content),
        )
    except AddressRefused as refused:
        return _settle(client_id, parcel, "refused", str(refused), today, moment)
    result = mailer.send(message)
    if result.delivery is Delivery.ACCEPTED:
        verb = "accepted"
    else:
        last = result.delivery is Delivery.REFUSED or parcel.attempts >= MAX_ATTEMPTS
        verb = "refused" if last else "put_back"
    return _settle(client_id, parcel, verb, f"{result.code} {result.text}", today, moment)


def _settle(
    client_id: int, parcel: _Parcel, verb: str, answer: str, today: dt.date, moment: dt.datetime
) -> str:
    """Keep what became of one mail at once, for the mail itself cannot be undone."""
    state = after("sending", verb)
    with client_scope(client_id):
        run(_SETTLE, [state, answer[:300], moment, client_id, parcel.id])
        if verb != "put_back":
            kind = "statement_sent" if verb == "accepted" else "statement_refused"
            facts = {"number": parcel.content.number, "address": parcel.address, "answer": answer[:300]}
            write_events(client_id, [NewEvent(kind, today, None, parcel.debtor_id, facts, parcel.id)], moment)
    return state
