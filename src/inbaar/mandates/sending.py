"""Mailing what is queued about mandates: taken in small batches, one mail each, its answer kept at once.

As with letters, a message is marked `sending` and committed before its mail leaves. One that was on its way when the program
died goes again with the same Message-ID, by which a mail system knows it as the same message. A request to sign what can no
longer be signed never leaves.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from inbaar.kit.bulk import fetch, run
from inbaar.kit.scope import client_scope
from inbaar.letters.mail import AddressRefused, Envelope, letter_mail
from inbaar.letters.smtp import Delivery, Mailer, SmtpSettings
from inbaar.mandates.states import after
from inbaar.receivables.timeline import NewEvent, write_events

BATCH = 20
MAX_ATTEMPTS = 5
RETRY_AFTER = dt.timedelta(minutes=15)
IN_DOUBT_AFTER = dt.timedelta(minutes=10)
_OVER = """
    UPDATE mandates_mandatemessage m SET state = %(after)s, changed_at = %(now)s
    FROM debits_signinglink l
    WHERE m.client_id = %(client)s AND m.state = 'queued' AND m.kind = 'request' AND l.client_id = m.client_id AND l.id = m.link_id
      AND (l.mandate_id IS NOT NULL OR l.withdrawn_on IS NOT NULL OR l.expires_on < %(on)s)
"""
_TAKE = """
    UPDATE mandates_mandatemessage SET state = 'sending', attempts = attempts + 1, changed_at = %(now)s
    WHERE client_id = %(client)s AND id IN (
        SELECT id FROM mandates_mandatemessage
        WHERE client_id = %(client)s
          AND ((state = 'queued' AND (attempts = 0 OR changed_at <= %(retry)s))
               OR (state = 'sending' AND changed_at < %(doubt)s))
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    RETURNING id, debtor_id, kind, reference, from_name, from_address, to_name, address, subject, text, pdf, attempts
"""
_SETTLE = """
    UPDATE mandates_mandatemessage SET state = %s, answer = %s, changed_at = %s
    WHERE client_id = %s AND id = %s AND state = 'sending'
"""


@dataclass(frozen=True, slots=True)
class _Parcel:
    id: int
    debtor_id: int
    kind: str
    reference: str
    from_name: str
    from_address: str
    to_name: str
    address: str
    subject: str
    text: str
    pdf: bytes
    attempts: int


def work_messages(
    client_id: int, smtp: SmtpSettings | None, on: dt.date, moment: dt.datetime
) -> Counter[str]:
    """Mail what is queued for a client; gives how many ended in each state. Without `smtp` it stays queued."""
    if smtp is None:
        return Counter()
    with Mailer(smtp) as mailer:
        return send_messages(client_id, mailer, on, moment)


def send_messages(client_id: int, mailer: Mailer, on: dt.date, moment: dt.datetime) -> Counter[str]:
    """The same over a connection that is there."""
    with client_scope(client_id):
        facts = {"client": client_id, "on": on, "now": moment, "after": after("queued", "withdraw")}
        tally = Counter({"withdrawn": run(_OVER, facts)})
    while parcels := _take(client_id, moment):
        for parcel in parcels:
            tally[_send(client_id, mailer, parcel, on, moment)] += 1
    return +tally


def messages_waiting(client_id: int) -> bool:
    """Whether any message is to be sent. Needs the client's scope."""
    sql = "SELECT 1 FROM mandates_mandatemessage WHERE client_id = %s AND state IN ('queued', 'sending') LIMIT 1"
    return bool(fetch(sql, [client_id]))


def _take(client_id: int, moment: dt.datetime) -> Sequence[_Parcel]:
    facts = {"client": client_id, "now": moment, "retry": moment - RETRY_AFTER, "doubt": moment - IN_DOUBT_AFTER, "limit": BATCH}  # fmt: skip
    with client_scope(client_id):
        rows = sorted(fetch(_TAKE, facts), key=lambda row: int(row[0]))
    return [_Parcel(*row) for row in rows]


def _send(client_id: int, mailer: Mailer, parcel: _Parcel, on: dt.date, moment: dt.datetime) -> str:
    envelope = Envelope(
        key=f"mandate-{client_id}-{parcel.id}",
        sent_at=moment,
        from_name=parcel.from_name,
        from_address=parcel.from_address,
        to_name=parcel.to_name,
        to_address=parcel.address,
        reply_to=parcel.from_address,
    )
    try:
        message = letter_mail(
            envelope, parcel.subject, parcel.text, bytes(parcel.pdf), f"{parcel.reference}.pdf"
        )
    except AddressRefused as refused:
        return _settle(client_id, parcel, "refused", str(refused), on, moment)
    result = mailer.send(message)
    if result.delivery is Delivery.ACCEPTED:
        verb = "accepted"
    else:
        last = result.delivery is Delivery.REFUSED or parcel.attempts >= MAX_ATTEMPTS
        verb = "refused" if last else "put_back"
    return _settle(client_id, parcel, verb, f"{result.code} {result.text}", on, moment)


def _settle(client_id: int, parcel: _Parcel, verb: str, answer: str, on: dt.date, moment: dt.datetime) -> str:
    """Keep what became of one mail at once, for the mail itself cannot be undone."""
    state = after("sending", verb)
    with client_scope(client_id):
        run(_SETTLE, [state, answer[:300], moment, client_id, parcel.id])
        if verb != "put_back":
            kind = "mandate_mail_sent" if verb == "accepted" else "mandate_mail_refused"
            facts = {"reference": parcel.reference, "mail": parcel.kind, "address": parcel.address, "answer": answer[:300]}  # fmt: skip
            write_events(client_id, [NewEvent(kind, on, None, parcel.debtor_id, facts, parcel.id)], moment)
    return state
