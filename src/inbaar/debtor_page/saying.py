"""What a debtor says on his page: kept once, with what it stops, its term, the timeline and its receipt, all in one transaction.

Who says it twice, in two windows or by going back, has said it once that day.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from inbaar.banking.transfers.rules import compact_iban
from inbaar.debtor_page.mails import NewMail, correspondent, queue_mail
from inbaar.debtor_page.queries import Said, one_reply, reasons_of
from inbaar.debtor_page.rules import (
    ABOUT_THE_ADDRESS,
    AGAIN,
    DISPUTE,
    HELD,
    KNOWN,
    LONGEST_NAME,
    LONGEST_WORDS,
    MOST_A_DAY,
    MOST_BYTES_A_DAY,
    MOST_FILE_BYTES,
    MOST_FILES,
    PAID,
    PERSON,
    DisputedNow,
    Reason,
    answer_by,
    part_disputed,
    rests_again,
    rests_until,
    stops_again,
)
from inbaar.debtor_page.states import QUEUED, after
from inbaar.debtor_page.wording import receipt_mail, words_of
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.models import next_ids
from inbaar.kit.text import printable
from inbaar.letters.bouncing import mark_bad_address
from inbaar.letters.parts import Language
from inbaar.receivables.actions import NewFile, NewHold, open_holds
from inbaar.receivables.evidence import keep_files
from inbaar.receivables.queries import STANDING
from inbaar.receivables.timeline import NewEvent, write_events

_REPLY = {
    "id": "bigint", "client_id": "bigint", "debtor_id": "bigint", "invoice_id": "bigint", "kind": "text", "number": "text",
    "language": "text", "reason_code": "text", "reason": "text", "amount": "numeric", "words": "text", "said_by": "text",
    "paid_on": "date", "account": "text", "said_on": "date", "said_at": "timestamptz", "owner": "text", "answer_by": "date",
    "effect": "text", "hold_key": "text", "key": "text", "verdict": "text", "answer": "text", "decided_by": "text",
}  # fmt: skip
_INVOICE = """
    SELECT i.number, i.currency, i.open_amount, i.issue_date FROM receivables_invoice i
    LEFT JOIN receivables_dispatch x ON x.client_id = i.client_id AND x.invoice_id = i.id
    WHERE i.client_id = %s AND i.debtor_id = %s AND i.id = %s AND i.kind = 'invoice' AND i.withdrawn_on IS NULL
      AND (x.id IS NULL OR x.sent_on IS NOT NULL)
"""
_DISPUTED = f"""
    SELECT coalesce(sum(h.amount), 0), coalesce(bool_or(h.amount IS NULL), false) FROM receivables_hold h
    WHERE h.client_id = %(client)s AND h.kind = 'dispute' AND {STANDING}
      AND (h.invoice_id = %(invoice)s OR (h.invoice_id IS NULL AND h.debtor_id = %(debtor)s))
"""  # noqa: S608 - our own text
# Not one that another debtor is mailed at too, nor one that takes no mail already: that stays as it is when this is decided.
_HIS_ADDRESSES = """
    SELECT DISTINCT lower(c.email) FROM parties_contact c
    WHERE c.client_id = %(client)s AND c.debtor_id = %(debtor)s AND c.email <> ''
      AND NOT EXISTS (SELECT 1 FROM parties_contact o
                      WHERE o.client_id = c.client_id AND o.debtor_id <> c.debtor_id AND lower(o.email) = lower(c.email))
      AND NOT EXISTS (SELECT 1 FROM letters_badaddress b
                      WHERE b.client_id = c.client_id AND b.address = lower(c.email) AND b.cleared_on IS NULL)
"""
_TODAY = """
    SELECT count(DISTINCT r.id), coalesce(sum(f.size), 0) FROM debtor_page_reply r
    LEFT JOIN debtor_page_replyfile rf ON rf.client_id = r.client_id AND rf.reply_id = r.id
    LEFT JOIN receivables_evidencefile f ON f.client_id = rf.client_id AND f.id = rf.file_id
    WHERE r.client_id = %s AND r.debtor_id = %s AND r.said_on = %s
"""
#: What stands for who looks into it where the client named nobody.
NOBODY = "–"


@dataclass(frozen=True, slots=True)
class NewReply:
    """What a debtor says, as he filled it in; amounts in the currency of its invoice. Without an amount all of it."""

    debtor_id: int
    kind: str
    language: str
    words: str = ""
    invoice_id: int | None = None
    reason: str = ""
    amount: Decimal | None = None
    paid_on: dt.date | None = None
    account: str = ""
    said_by: str = ""
    files: tuple[NewFile, ...] = ()


@dataclass(frozen=True, slots=True)
class _Effect:
    """What a reply stops, and by when it is answered."""

    answer_by: dt.date
    effect: str = ""
    hold: NewHold | None = None
    reason: Reason | None = None


def take_reply(client_id: int, new: NewReply, on: dt.date, recorded_at: dt.datetime) -> str:
    """Keep what a debtor says, and stop what it stops; gives the number of its receipt, the same one for the same words of a day.

    Needs the client's scope, in one transaction. Refused changes nothing: an invoice that is not his or not open, more than
    can be disputed, a payment on a day to come, files that are not taken, and more than a debtor sends in a day.
    """
    if not fetch(
        "SELECT 1 FROM parties_debtor WHERE client_id = %s AND id = %s FOR NO KEY UPDATE",
        [client_id, new.debtor_id],
    ):
        raise _no("reply-unknown", "a reply is a debtor's", "there is no such debtor", "a debtor")
    key = _key(new, on)
    known = fetch("SELECT number FROM debtor_page_reply WHERE client_id = %s AND key = %s", [client_id, key])
    if known:
        return str(known[0][0])
    _require_room(client_id, new, on)
    (reply_id,) = next_ids(1)
    number = f"{on.year}-{reply_id}"
    effect = _effect(client_id, new, number, on)
    if effect.hold is not None:
        open_holds(client_id, [effect.hold], recorded_at)
    _write(client_id, new, reply_id, number, key, effect, on, recorded_at)
    if new.kind in ABOUT_THE_ADDRESS:
        _silence(client_id, new, number, on, recorded_at)
    told = {"number": number, "kind": new.kind, "amount": str(new.amount) if new.amount else None}
    write_events(
        client_id,
        [NewEvent("debtor_replied", on, new.invoice_id, new.debtor_id, told, reply_id)],
        recorded_at,
    )
    said = one_reply(client_id, reply_id)
    assert said is not None
    _send_receipt(client_id, said, recorded_at)
    return number


def _key(new: NewReply, on: dt.date) -> str:
    """The same for the same words, facts and files of a day."""
    told = (
        new.debtor_id, new.kind, new.invoice_id, new.reason, new.amount, new.paid_on, compact_iban(new.account), new.words,
        new.said_by, *sorted(hashlib.sha256(file.content).hexdigest() for file in new.files),
    )  # fmt: skip
    return f"{on}:{hashlib.sha256(repr(told).encode()).hexdigest()}"


def _require_room(client_id: int, new: NewReply, on: dt.date) -> None:
    sent = sum(len(file.content) for file in new.files)
    ((messages, size),) = fetch(_TODAY, [client_id, new.debtor_id, on])
    refusals = []
    if messages >= MOST_A_DAY or size + sent > MOST_BYTES_A_DAY:
        refusals.append(_refusal("reply-too-many", "what one debtor sends in a day has a limit", f"{messages}, {size + sent} bytes",
                                 f"{MOST_A_DAY}"))  # fmt: skip
    if len(new.files) > MOST_FILES:
        refusals.append(
            _refusal("reply-files", "a message has few files", str(len(new.files)), str(MOST_FILES))
        )
    refusals += [
        _refusal("evidence-too-large", "a file is not too large", printable(file.name)[:100], f"{MOST_FILE_BYTES // 1_000_000} MB")
        for file in new.files if len(file.content) > MOST_FILE_BYTES
    ]  # fmt: skip
    if len(new.words) > LONGEST_WORDS or len(new.said_by) > LONGEST_NAME:
        refusals.append(
            _refusal("reply-too-long", "a message is not too long", str(len(new.words)), str(LONGEST_WORDS))
        )
    if refusals:
        raise Refused(*refusals)


def _effect(client_id: int, new: NewReply, number: str, on: dt.date) -> _Effect:
    if new.kind == DISPUTE:
        return _of_dispute(client_id, new, number, on)
    if new.kind == PAID:
        return _of_payment(client_id, new, number, on)
    if new.kind in ABOUT_THE_ADDRESS:
        # Who says that it is not his disputes all of it; whose address is wrong owes it, and is left in peace.
        kind = "dispute" if new.kind == PERSON else "pause"
        hold = NewHold(
            new.debtor_id, kind, _reason(new, _told(client_id, new.kind)), NOBODY, on, page_mark(number),
            solve_by=answer_by(new.kind, on) if kind == "dispute" else None,
        )  # fmt: skip
        return _Effect(answer_by(new.kind, on), HELD, hold)
    return _Effect(answer_by(new.kind, on))


def _of_dispute(client_id: int, new: NewReply, number: str, on: dt.date) -> _Effect:
    reason = next((each for each in reasons_of(client_id) if each.code == new.reason), None)
    if reason is None:
        raise _no(
            "reply-reason", "a dispute has one of the client's reasons", new.reason[:40], "one of the list"
        )
    _, _, open_amount, _ = _invoice(client_id, new)
    facts = {"client": client_id, "invoice": new.invoice_id, "debtor": new.debtor_id, "on": on}
    ((parts, whole),) = fetch(_DISPUTED, facts)
    now = DisputedNow(open_amount, parts, whole)
    by = answer_by(DISPUTE, on, reason.solve_days)
    if now.whole or not now.left:
        return _Effect(by, KNOWN, None, reason)
    try:
        part = part_disputed(now, new.amount)
    except ValueError:
        raise _no("reply-above-open", "no more is disputed than is open and not disputed yet", str(new.amount),
                  f"{now.left:.2f}") from None  # fmt: skip
    if not stops_again(reason.code, _rejected(client_id, new)):
        return _Effect(by, AGAIN, None, reason)
    hold = NewHold(
        new.debtor_id, "dispute", _reason(new, reason.words(_language(client_id))), reason.owner or NOBODY, on, page_mark(number), new.invoice_id,
        part, solve_by=by,
    )  # fmt: skip
    return _Effect(by, HELD, hold, reason)


def _of_payment(client_id: int, new: NewReply, number: str, on: dt.date) -> _Effect:
    _, _, _, issued = _invoice(client_id, new)
    if new.paid_on is None or not issued <= new.paid_on <= on:
        raise _no(
            "reply-paid-on",
            "an invoice was paid between its own day and today",
            str(new.paid_on),
            on.isoformat(),
        )
    ((last,),) = fetch(
        "SELECT max(said_on) FROM debtor_page_reply WHERE client_id = %s AND invoice_id = %s AND kind = %s AND effect = %s",
        [client_id, new.invoice_id, PAID, HELD],
    )
    by = answer_by(PAID, on)
    if not rests_again(last, on):
        return _Effect(by, AGAIN)
    until = rests_until(on, new.paid_on)
    told = _told(client_id, PAID, new.paid_on) + (f", {compact_iban(new.account)}" if new.account else "")
    hold = NewHold(
        new.debtor_id, "pause", _reason(new, told), NOBODY, on, page_mark(number), new.invoice_id, until=until
    )  # fmt: skip
    return _Effect(by, HELD, hold)


def _invoice(client_id: int, new: NewReply) -> tuple[str, str, Decimal, dt.date]:
    """Number, currency, what is open, and date of an invoice that this debtor got; refuses any other."""
    for number, currency, open_amount, issued in fetch(_INVOICE, [client_id, new.debtor_id, new.invoice_id]):
        if open_amount > 0:
            return number, currency, open_amount, issued
        raise _no("reply-settled", "what is settled needs no reply", str(number), "an invoice that is open")
    raise _no(
        "reply-invoice", "a reply is about an invoice of one's own", str(new.invoice_id), "one of the list"
    )


def _rejected(client_id: int, new: NewReply) -> set[str]:
    rows = fetch(
        """
        SELECT DISTINCT reason_code FROM debtor_page_reply
        WHERE client_id = %s AND invoice_id = %s AND kind = %s AND verdict IN ('wrong', 'partly')
        """,
        [client_id, new.invoice_id, DISPUTE],
    )
    return {code for (code,) in rows}


def _write(
    client_id: int, new: NewReply, reply_id: int, number: str, key: str, effect: _Effect, on: dt.date, at: dt.datetime
) -> None:  # fmt: skip
    reason, hold = effect.reason, effect.hold
    row = (
        reply_id, client_id, new.debtor_id, new.invoice_id, new.kind, number, new.language, reason.code if reason else "",
        reason.words(new.language) if reason else "", hold.amount if hold else new.amount, new.words, new.said_by,
        new.paid_on, compact_iban(new.account)[:34], on, at, hold.owner if hold else NOBODY, effect.answer_by, effect.effect,
        hold.key if hold else "", key, "", "", "",
    )  # fmt: skip
    insert_rows("debtor_page_reply", _REPLY, [row])
    kept: Sequence[int] = keep_files(client_id, new.files) if new.files else ()
    insert_rows(
        "debtor_page_replyfile",
        {"client_id": "bigint", "reply_id": "bigint", "file_id": "bigint", "name": "text"},
        (
            (client_id, reply_id, file_id, _named(file.name))
            for file_id, file in dict(zip(kept, new.files, strict=True)).items()
        ),
        on_conflict="DO NOTHING",
    )


def _named(name: str) -> str:
    return printable(name.replace("\\", "/").rsplit("/", 1)[-1]).strip()[-255:] or "-"


def _silence(client_id: int, new: NewReply, number: str, on: dt.date, recorded_at: dt.datetime) -> None:
    """Have nothing mailed to the addresses that are known of him, and take back what waits to be."""
    for (address,) in fetch(_HIS_ADDRESSES, {"client": client_id, "debtor": new.debtor_id}):
        mark_bad_address(client_id, address, page_mark(number), on)
    run(
        """
        UPDATE debtor_page_pagemail SET state = %s, changed_at = %s
        WHERE client_id = %s AND debtor_id = %s AND state = %s
        """,
        [after(QUEUED, "withdraw"), recorded_at, client_id, new.debtor_id, QUEUED],
    )


def _send_receipt(client_id: int, said: Said, recorded_at: dt.datetime) -> None:
    person = None if said.kind in ABOUT_THE_ADDRESS else correspondent(client_id, said.debtor_id)
    if person is None:
        return
    language = Language(said.language)
    subject, text = receipt_mail(said, language, person.sender)
    mail = NewMail(said.debtor_id, said.id, "receipt", f"receipt-{said.id}", language, subject, text)
    queue_mail(client_id, mail, person, "", recorded_at)


def page_mark(number: str) -> str:
    """By what the hold of a reply is known, and an address that takes no mail because of it."""
    return f"page:{number}"


def _language(client_id: int) -> str:
    """The language of the client's desk, in which the reason of a hold is told."""
    return str(fetch("SELECT language FROM parties_client WHERE id = %s", [client_id])[0][0])


def _told(client_id: int, kind: str, day: dt.date | None = None) -> str:
    words = words_of(Language(_language(client_id)))
    return words.say("holds", kind, **({"date": words.short_date(day)} if day else {}))


def _reason(new: NewReply, told: str) -> str:
    words = printable(" ".join(new.words.split()))
    return (f"{told}: {words}" if words else told)[:300]


def _refusal(code: str, rule: str, fact: str, limit: str) -> Refusal:
    return Refusal(code, rule, fact, limit, next_step="change it and send it once more")


def _no(code: str, rule: str, fact: str, limit: str) -> Refused:
    return Refused(_refusal(code, rule, fact, limit))
