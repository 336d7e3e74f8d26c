"""Sending what is queued: taken in small batches, set as PDF, mailed one by one, each answer kept.

A delivery is marked `sending` and committed before its mail leaves, and its outcome is committed right after, so a
program killed in between leaves at most one mail in doubt. That one is sent again with the same Message-ID, by which
a mail system knows it as the same message.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.scope import client_scope
from inbaar.letters.bouncing import is_about_the_address, mark_bad_address
from inbaar.letters.content import LetterContent, LetterKind, from_json
from inbaar.letters.mail import AddressRefused, EnclosedFile, Envelope, letter_mail
from inbaar.letters.parts import PLAN_KINDS, in_sql
from inbaar.letters.smtp import Delivery, Mailer
from inbaar.letters.states import after
from inbaar.letters.text import letter_html, letter_text
from inbaar.letters.typesetting import render_letters
from inbaar.letters.wording import subject_of
from inbaar.receivables.actions import end_dispatch
from inbaar.receivables.queries import STANDING
from inbaar.receivables.timeline import NewEvent, write_events

BATCH = 50
# The delivery that counts of a letter (alias l): its last one, for a mail that was refused is followed by post.
LAST_DELIVERY = """
    LEFT JOIN LATERAL (
        SELECT * FROM letters_delivery x WHERE x.client_id = l.client_id AND x.letter_id = l.id
        ORDER BY x.id DESC LIMIT 1
    ) v ON true
"""
MAX_ATTEMPTS = 5
RETRY_AFTER = dt.timedelta(minutes=15)
IN_DOUBT_AFTER = dt.timedelta(minutes=10)

# True for a letter (alias d.letter_id) whose amounts no longer hold: something was paid, credited, disputed or put on hold
# since it was composed. That reminders rest because it is being debited holds up no notice of that. A letter about a plan says
# what was agreed, whatever was paid since; whoever wrote it takes it back when it no longer holds.
CHANGED = f"""
    EXISTS (
        SELECT 1 FROM letters_letteritem li
        JOIN receivables_invoice i ON i.client_id = li.client_id AND i.id = li.invoice_id
        WHERE li.client_id = d.client_id AND li.letter_id = d.letter_id AND li.step NOT IN {in_sql(PLAN_KINDS)} AND (
            li.principal <> i.open_amount - coalesce((
                SELECT least(coalesce(sum(h.amount), 0), i.open_amount) FROM receivables_hold h
                WHERE h.client_id = i.client_id AND h.invoice_id = i.id AND h.kind = 'dispute'
                  AND h.amount IS NOT NULL AND {STANDING}), 0)
            OR EXISTS (
                SELECT 1 FROM receivables_hold h
                WHERE h.client_id = i.client_id AND h.amount IS NULL AND {STANDING}
                  AND (li.step <> 'debit_notice' OR left(h.key, 6) <> 'debit:')
                  AND (h.invoice_id = i.id OR (h.invoice_id IS NULL AND h.debtor_id = i.debtor_id)))
        )
    )
"""  # noqa: S608 - our own text
# Or it waited so long that its dates are wrong, or what it says will fall due has. Such a letter must not leave.
MOST_DAYS_WAITING = 3
# True for a notice in advance of which an invoice has fallen due: nobody needs it any more, also where it waits for the post.
PASSED = """
    EXISTS (
        SELECT 1 FROM letters_letter l
        JOIN letters_letteritem li ON li.client_id = l.client_id AND li.letter_id = l.id
        JOIN receivables_invoice i ON i.client_id = li.client_id AND i.id = li.invoice_id
        WHERE l.client_id = d.client_id AND l.id = d.letter_id AND l.kind = 'courtesy_notice' AND l.on < %(on)s
          AND i.due_date <= %(on)s)
"""
OUTDATED = f"""
    (EXISTS (
        SELECT 1 FROM letters_letter l
        WHERE l.client_id = d.client_id AND l.id = d.letter_id AND l.on < %(on)s::date - {MOST_DAYS_WAITING}
    ) OR {PASSED} OR {CHANGED})
"""  # noqa: S608 - our own text
_TAKE = f"""
    UPDATE letters_delivery SET state = 'sending', attempts = attempts + 1, changed_at = %(now)s
    WHERE client_id = %(client)s AND id IN (
        SELECT d.id FROM letters_delivery d
        WHERE d.client_id = %(client)s AND d.channel = 'email' AND d.not_before <= %(now)s
          AND (d.state = 'queued' OR (d.state = 'sending' AND d.changed_at < %(doubt)s))
          AND NOT {OUTDATED}
        ORDER BY d.not_before, d.id LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED
    )
    RETURNING id, letter_id, address, message_id, attempts
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery taken to be sent: what it carries and to whom."""

    delivery_id: int
    letter_id: int
    address: str
    message_id: str
    attempts: int
    debtor_id: int
    invoices: tuple[int, ...]
    content: LetterContent
    pdf: bytes
    enclosures: tuple[EnclosedFile, ...] = ()


def send_queued(
    client_id: int, mailer: Mailer, now: dt.datetime, on: dt.date, batch: int = BATCH, returns_to: str = ""
) -> Counter[str]:
    """Send everything that is queued for one client; gives how many ended in each state.

    `returns_to` is the address that is told what did not arrive, where it is another than the client's own.
    """
    tally: Counter[str] = Counter()
    while parcels := _take(client_id, now, on, batch):
        for parcel in parcels:
            tally[_send(client_id, mailer, parcel, now, on, returns_to)] += 1
    return tally


def _take(client_id: int, now: dt.datetime, on: dt.date, batch: int) -> list[Parcel]:
    with client_scope(client_id):
        taken = fetch(
            _TAKE,
            {"client": client_id, "now": now, "doubt": now - IN_DOUBT_AFTER, "limit": batch, "on": on},
        )
        letters = [row[1] for row in taken]
        contents = {
            row[0]: (row[1], from_json(row[2]))
            for row in fetch(
                "SELECT id, debtor_id, content::text FROM letters_letter WHERE id = ANY(%s)", [letters]
            )
        }
        invoices: dict[int, list[int]] = {}
        for letter_id, invoice_id in fetch(
            "SELECT letter_id, invoice_id FROM letters_letteritem WHERE letter_id = ANY(%s) ORDER BY id",
            [letters],
        ):
            invoices.setdefault(letter_id, []).append(invoice_id)
        pdfs = letter_files(client_id, {letter: contents[letter][1] for letter in letters})
        enclosed = letter_enclosures(client_id, [n for n in letters if contents[n][1].enclosures])
        return [
            Parcel(
                delivery, letter, address, key, attempts, contents[letter][0], tuple(invoices[letter]),
                contents[letter][1], pdfs[letter], enclosed.get(letter, ()),
            )
            for delivery, letter, address, key, attempts in taken
        ]  # fmt: skip


def letter_enclosures(client_id: int, letter_ids: Sequence[int]) -> dict[int, tuple[EnclosedFile, ...]]:
    """The files that go along with each letter, in their order. Needs the client's scope."""
    if not letter_ids:
        return {}
    rows = fetch(
        """
        SELECT letter_id, name, media_type, content FROM letters_enclosure
        WHERE client_id = %s AND letter_id = ANY(%s) ORDER BY letter_id, place
        """,
        [client_id, list(letter_ids)],
    )
    found: dict[int, tuple[EnclosedFile, ...]] = {}
    for letter_id, name, media_type, content in rows:
        file = EnclosedFile(name, media_type, bytes(content))
        found[letter_id] = (*found.get(letter_id, ()), file)
    return found


def letter_files(client_id: int, contents: dict[int, LetterContent]) -> dict[int, bytes]:
    """The PDF of each letter; what has not been set yet is set and kept. Needs the client's scope."""
    known = {
        letter: bytes(pdf)
        for letter, pdf in fetch(
            "SELECT letter_id, pdf FROM letters_letterfile WHERE letter_id = ANY(%s)", [list(contents)]
        )
    }
    missing = [letter for letter in contents if letter not in known]
    made = dict(zip(missing, render_letters([contents[letter] for letter in missing]), strict=True))
    insert_rows(
        "letters_letterfile",
        {"client_id": "bigint", "letter_id": "bigint", "pdf": "bytea", "sha256": "text"},
        ((client_id, letter, pdf, hashlib.sha256(pdf).hexdigest()) for letter, pdf in made.items()),
        on_conflict="DO NOTHING",
    )
    return known | made


def _send(
    client_id: int, mailer: Mailer, parcel: Parcel, now: dt.datetime, on: dt.date, returns_to: str
) -> str:
    content = parcel.content
    envelope = Envelope(
        key=parcel.message_id,
        sent_at=now,
        from_name=content.sender.name,
        from_address=content.sender.email,
        to_name=content.recipient.attention or content.recipient.name,
        to_address=parcel.address,
        reply_to=content.sender.email,
    )
    try:
        message = letter_mail(
            envelope,
            subject_of(content),
            letter_text(content),
            parcel.pdf,
            f"{content.letter_number}.pdf",
            parcel.enclosures,
            letter_html(content),
        )
    except AddressRefused as refused:
        return _settle(client_id, parcel, "refused", str(refused), now, on)
    message["X-Inbaar-Letter-Kind"] = str(content.kind)
    message["X-Inbaar-Invoices"] = ", ".join(item.invoice_number for item in content.items)[:900]
    message["X-Inbaar-Total"] = f"{content.total_due}"
    result = mailer.send(message, returns_to)
    if result.delivery is Delivery.ACCEPTED:
        return _settle(client_id, parcel, "accepted", f"{result.code} {result.text}", now, on)
    if result.delivery is Delivery.REFUSED or parcel.attempts >= MAX_ATTEMPTS:
        return _settle(client_id, parcel, "refused", f"{result.code} {result.text}", now, on)
    return _settle(client_id, parcel, "put_back", f"{result.code} {result.text}", now, on)


def _settle(client_id: int, parcel: Parcel, verb: str, answer: str, now: dt.datetime, on: dt.date) -> str:
    """Keep what became of one mail, at once: the only statement per mail, because the mail itself cannot be undone."""
    state = after("sending", verb)
    with client_scope(client_id):
        run(
            """
            UPDATE letters_delivery SET state = %s, answer = %s, changed_at = %s, not_before = %s
            WHERE client_id = %s AND id = %s AND state = 'sending'
            """,
            [
                state,
                answer[:300],
                now,
                now + RETRY_AFTER if verb == "put_back" else now,
                client_id,
                parcel.delivery_id,
            ],
        )
        if verb == "accepted" and parcel.content.kind is LetterKind.INVOICE:
            end_dispatch(client_id, parcel.invoices, on, parcel.address)
        if verb == "refused":
            _fall_back_to_post(client_id, parcel, now)
            if is_about_the_address(answer):
                mark_bad_address(client_id, parcel.address, answer, on)
        kind = {"accepted": "letter_sent", "refused": "letter_refused"}.get(verb)
        if kind:
            facts = {"letter": parcel.content.letter_number, "kind": str(parcel.content.kind),
                     "address": parcel.address, "answer": answer[:300]}  # fmt: skip
            write_events(
                client_id,
                [
                    NewEvent(kind, on, invoice, parcel.debtor_id, facts, parcel.letter_id)
                    for invoice in parcel.invoices
                ],
                now,
            )
    return state


def _fall_back_to_post(client_id: int, parcel: Parcel, now: dt.datetime) -> None:
    """A letter no mailbox takes goes by post: somebody prints it and says when it was posted."""
    run(
        """
        INSERT INTO letters_delivery (client_id, letter_id, channel, address, state, message_id, not_before, attempts,
                                      answer, changed_at)
        VALUES (%s, %s, 'post', '', 'by_post', %s, %s, 0, '', %s) ON CONFLICT DO NOTHING
        """,
        [client_id, parcel.letter_id, parcel.message_id, now, now],
    )
