"""Mailing what is queued about debtors' pages: taken in small batches, one mail each, its answer kept at once.

As with letters, a mail is marked `sending` and committed before it leaves. One that was on its way when the program died
goes again with the same Message-ID, by which a mail system knows it as the same message.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from inbaar.debtor_page.states import after
from inbaar.kit.bulk import fetch, run
from inbaar.kit.scope import client_scope
from inbaar.letters.mail import AddressRefused, EnclosedFile, Envelope, plain_mail
from inbaar.letters.smtp import Delivery, Mailer, SmtpSettings
from inbaar.receivables.timeline import NewEvent, write_events

BATCH = 20
MAX_ATTEMPTS = 5
RETRY_AFTER = dt.timedelta(minutes=15)
IN_DOUBT_AFTER = dt.timedelta(minutes=10)
_TAKE = """
    UPDATE debtor_page_pagemail SET state = 'sending', attempts = attempts + 1, changed_at = %(now)s
    WHERE client_id = %(client)s AND id IN (
        SELECT id FROM debtor_page_pagemail
        WHERE client_id = %(client)s
          AND ((state = 'queued' AND (attempts = 0 OR changed_at <= %(retry)s))
               OR (state = 'sending' AND changed_at < %(doubt)s))
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    RETURNING id, debtor_id, kind, from_name, from_address, to_name, address, subject, text, file_name, media_type, content, attempts
"""
_SETTLE = """
    UPDATE debtor_page_pagemail SET state = %s, answer = %s, changed_at = %s
    WHERE client_id = %s AND id = %s AND state = 'sending'
"""


@dataclass(frozen=True, slots=True)
class _Parcel:
    id: int
    debtor_id: int
    kind: str
    from_name: str
    from_address: str
    to_name: str
    address: str
    subject: str
    text: str
    file_name: str
    media_type: str
    content: bytes | None
    attempts: int


def work_page_mails(
    client_id: int,
    smtp: SmtpSettings | None,
    on: dt.date,
    moment: dt.datetime,
    returns_to: Callable[[int], str] = lambda client_id: "",
) -> Counter[str]:
    """Mail what is queued for a client; gives how many ended in each state. Without `smtp` it stays queued.

    `returns_to` gives the address that is told what did not arrive, where it is another than the sender's.
    """
    if smtp is None:
        return Counter()
    with Mailer(smtp) as mailer:
        return send_page_mails(client_id, mailer, on, moment, returns_to(client_id))


def send_page_mails(
    client_id: int, mailer: Mailer, on: dt.date, moment: dt.datetime, returns_to: str = ""
) -> Counter[str]:
    """The same over a connection that is there."""
    tally: Counter[str] = Counter()
    while parcels := _take(client_id, moment):
        for parcel in parcels:
            tally[_send(client_id, mailer, parcel, on, moment, returns_to)] += 1
    return tally


def page_mails_waiting(client_id: int) -> bool:
    """Whether any mail is to be sent. Needs the client's scope."""
    sql = "SELECT 1 FROM debtor_page_pagemail WHERE client_id = %s AND state IN ('queued', 'sending') LIMIT 1"
    return bool(fetch(sql, [client_id]))


def _take(client_id: int, moment: dt.datetime) -> Sequence[_Parcel]:
    facts = {"client": client_id, "now": moment, "retry": moment - RETRY_AFTER, "doubt": moment - IN_DOUBT_AFTER, "limit": BATCH}  # fmt: skip
    with client_scope(client_id):
        rows = sorted(fetch(_TAKE, facts), key=lambda row: int(row[0]))
    return [_Parcel(*row) for row in rows]


def _send(
    client_id: int, mailer: Mailer, parcel: _Parcel, on: dt.date, moment: dt.datetime, returns_to: str
) -> str:
    try:
        message = _message(client_id, parcel, moment)
    except AddressRefused as refused:
        return _settle(client_id, parcel, "refused", str(refused), on, moment)
    result = mailer.send(message, returns_to)
    if result.delivery is Delivery.ACCEPTED:
        verb = "accepted"
    else:
        last = result.delivery is Delivery.REFUSED or parcel.attempts >= MAX_ATTEMPTS
        verb = "refused" if last else "put_back"
    return _settle(client_id, parcel, verb, f"{result.code} {result.text}", on, moment)


def _message(client_id: int, parcel: _Parcel, moment: dt.datetime) -> EmailMessage:
    envelope = Envelope(
        key=f"page-{client_id}-{parcel.id}",
        sent_at=moment,
        from_name=parcel.from_name,
        from_address=parcel.from_address,
        to_name=parcel.to_name,
        to_address=parcel.address,
        reply_to=parcel.from_address,
    )
    files = (
        []
        if parcel.content is None
        else [EnclosedFile(parcel.file_name, parcel.media_type, bytes(parcel.content))]
    )
    return plain_mail(envelope, parcel.subject, parcel.text, files)


def _settle(client_id: int, parcel: _Parcel, verb: str, answer: str, on: dt.date, moment: dt.datetime) -> str:
    """Keep what became of one mail at once, for the mail itself cannot be undone."""
    state = after("sending", verb)
    with client_scope(client_id):
        run(_SETTLE, [state, answer[:300], moment, client_id, parcel.id])
        if verb != "put_back":
            kind = "page_mail_sent" if verb == "accepted" else "page_mail_refused"
            facts = {
                "mail": parcel.kind,
                "subject": parcel.subject,
                "address": parcel.address,
                "answer": answer[:300],
            }
            write_events(client_id, [NewEvent(kind, on, None, parcel.debtor_id, facts, parcel.id)], moment)
    return state
