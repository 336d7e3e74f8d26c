"""What a person decides on what a debtor said: what was held goes on or stays, and he is told at the address that is known."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.debtor_page.links import link_of
from inbaar.debtor_page.mails import Correspondent, NewMail, correspondent, queue_mail
from inbaar.debtor_page.own_data import data_file
from inbaar.debtor_page.queries import Said, one_reply
from inbaar.debtor_page.rules import (
    ABOUT_THE_ADDRESS,
    COMPLAINT,
    DATA,
    DISPUTE,
    LONGEST_WORDS,
    PARTLY,
    SETTLED,
    STAYS_HELD,
    VERDICTS,
)
from inbaar.debtor_page.saying import page_mark
from inbaar.debtor_page.wording import answer_mail, data_mail
from inbaar.dunning.schedule import look_again
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.letters.bouncing import clear_address
from inbaar.letters.parts import Language
from inbaar.parties.page_links import page_link
from inbaar.receivables.actions import NewHold, hold_on, open_holds, release_keys
from inbaar.receivables.timeline import NewEvent, write_events


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided: the verdict, the part in which he is right where that is a part, and words of one's own to him."""

    verdict: str
    by: str
    agreed: Decimal | None = None
    words: str = ""


def decide_reply(
    client_id: int, reply_id: int, made: Decision, on: dt.date, recorded_at: dt.datetime
) -> bool:
    """Decide a reply once; False where it was decided before, then nothing changes. Needs the client's scope, in one transaction.

    Right: its hold stays, without a last day, until a credit note, a payment or a correction. Partly: the part found right stays held, the rest goes
    on. Wrong or settled: what was held goes on, with the step that would have come. Who asked for his data and can be mailed
    gets the file. Refuses a verdict that is none of its kind, a part that is not one, and a complaint without an answer.
    """
    said = _locked(client_id, reply_id)
    if said is None:
        raise Refused(
            _refusal("reply-unknown", "a decision is on a reply", "there is none", "one that is here")
        )
    if said.verdict:
        return False
    _require_fit(client_id, said, made)
    key = _hold_after(client_id, said, made, on, recorded_at)
    run(
        """
        UPDATE debtor_page_reply SET verdict = %s, agreed = %s, answer = %s, decided_by = %s, decided_on = %s, hold_key = %s
        WHERE client_id = %s AND id = %s
        """,
        [made.verdict, made.agreed, made.words, made.by[:100], on, key, client_id, reply_id],
    )
    if said.kind in ABOUT_THE_ADDRESS and (said.kind, made.verdict) not in STAYS_HELD:
        _use_addresses_again(client_id, said, made.by, on)
    told = {"number": said.number, "kind": said.kind, "verdict": made.verdict, "by": made.by,
            "agreed": str(made.agreed) if made.agreed else None}  # fmt: skip
    write_events(
        client_id,
        [NewEvent("reply_decided", on, said.invoice_id, said.debtor_id, told, reply_id)],
        recorded_at,
    )
    _tell(client_id, reply_id, on, recorded_at)
    return True


def settle_paid_replies(client_id: int, on: dt.date, recorded_at: dt.datetime) -> int:
    """Close what debtors said of invoices of which nothing is open any more: the statement showed it. Two statements at most.

    Needs the client's scope. Nobody is mailed: who paid hears nothing, as with every other payment.
    """
    rows = fetch(
        """
        UPDATE debtor_page_reply r SET verdict = 'settled', decided_on = greatest(%s::date, r.said_on), decided_by = ''
        FROM receivables_invoice i
        WHERE r.client_id = %s AND r.verdict = '' AND r.kind IN ('paid', 'dispute')
          AND i.client_id = r.client_id AND i.id = r.invoice_id AND i.open_amount = 0
        RETURNING r.id, r.number, r.kind, r.invoice_id, r.debtor_id
        """,
        [on, client_id],
    )
    write_events(
        client_id,
        (
            NewEvent("reply_decided", on, invoice, debtor, {"number": number, "kind": kind, "verdict": "settled", "by": ""}, reply)
            for reply, number, kind, invoice, debtor in rows
        ),
        recorded_at,
    )  # fmt: skip
    return len(rows)


def own_data_of(client_id: int, said: Said, on: dt.date) -> tuple[str, bytes]:
    """The file of one who asked for his data: name and contents, for who hands it over himself. Needs the client's scope."""
    file = data_file(client_id, said, Language(said.language), on)
    return file.name, file.content


def _locked(client_id: int, reply_id: int) -> Said | None:
    """The reply, locked so that of two who decide at once the second finds it decided."""
    run("SELECT 1 FROM debtor_page_reply WHERE client_id = %s AND id = %s FOR UPDATE", [client_id, reply_id])
    return one_reply(client_id, reply_id)


def _require_fit(client_id: int, said: Said, made: Decision) -> None:
    refusals = []
    if made.verdict not in VERDICTS[said.kind]:
        refusals.append(
            _refusal(
                "reply-verdict",
                "a decision is one of its kind",
                made.verdict[:20],
                ", ".join(VERDICTS[said.kind]),
            )
        )
    if said.kind == COMPLAINT and not made.words.strip():
        refusals.append(
            _refusal("reply-no-answer", "a complaint is answered in words", "no words", "an answer")
        )
    if len(made.words) > LONGEST_WORDS:
        refusals.append(
            _refusal("reply-too-long", "an answer is not too long", str(len(made.words)), str(LONGEST_WORDS))
        )
    if (made.verdict == PARTLY) != (made.agreed is not None):
        refusals.append(
            _refusal("reply-part", "who is partly right is so for an amount", str(made.agreed), "an amount")
        )
    elif made.agreed is not None:
        most = _disputed(client_id, said)
        if not 0 < made.agreed < most:
            refusals.append(
                _refusal(
                    "reply-part",
                    "the part found right is smaller than what was disputed",
                    str(made.agreed),
                    f"{most:.2f}",
                )
            )
    if refusals:
        raise Refused(*refusals)


def _disputed(client_id: int, said: Said) -> Decimal:
    """What he disputed, at most what is open now."""
    sql = "SELECT open_amount FROM receivables_invoice WHERE client_id = %s AND id = %s"
    ((open_amount,),) = fetch(sql, [client_id, said.invoice_id])
    return Decimal(open_amount if said.amount is None else min(said.amount, open_amount))


def _hold_after(client_id: int, said: Said, made: Decision, on: dt.date, at: dt.datetime) -> str:
    """Let go what was held, wholly or but for the part found right; gives the key of what stands, or nothing."""
    if not said.hold_key:
        return ""
    if (said.kind, made.verdict) in STAYS_HELD:
        hold_on(client_id, said.hold_key)
        return said.hold_key
    key = said.hold_key
    release_keys(client_id, [key], on, made.by, at)
    if made.verdict == PARTLY and made.agreed is not None:
        key = f"{said.hold_key}:part"
        hold = NewHold(
            said.debtor_id, DISPUTE, said.reason, said.owner, on, key, said.invoice_id, made.agreed, solve_by=said.answer_by
        )  # fmt: skip
        open_holds(client_id, [hold], at)
    held = fetch(
        """
        SELECT id FROM receivables_invoice
        WHERE client_id = %s AND debtor_id = %s AND (%s::bigint IS NULL OR id = %s) AND open_amount > 0
        """,
        [client_id, said.debtor_id, said.invoice_id, said.invoice_id],
    )
    look_again(client_id, [number for (number,) in held], on)
    return key


def _use_addresses_again(client_id: int, said: Said, by: str, on: dt.date) -> None:
    """Mail goes again to the addresses that were silenced by this reply, and to no other that takes none."""
    rows = fetch(
        "SELECT address FROM letters_badaddress WHERE client_id = %s AND answer = %s AND cleared_on IS NULL",
        [client_id, page_mark(said.number)],
    )
    for (address,) in rows:
        clear_address(client_id, address, by, on)


def _tell(client_id: int, reply_id: int, on: dt.date, recorded_at: dt.datetime) -> None:
    said = one_reply(client_id, reply_id)
    assert said is not None
    held_back = said.kind in ABOUT_THE_ADDRESS and (said.kind, said.verdict) in STAYS_HELD
    person = None if held_back else correspondent(client_id, said.debtor_id)
    if person is None:
        return
    queue_mail(client_id, _answer(client_id, said, person, on), person, said.decided_by, recorded_at)


def _answer(client_id: int, said: Said, person: Correspondent, on: dt.date) -> NewMail:
    language = Language(said.language)
    if said.kind == DATA and said.verdict == SETTLED:
        subject, text = data_mail(said, language, person.sender)
        file = data_file(client_id, said, language, on)
        return NewMail(said.debtor_id, said.id, "data", f"data-{said.id}", language, subject, text, file)
    link = link_of(client_id, said.debtor_id, on)
    subject, text = answer_mail(said, language, person.sender, page_link(link) if link else "")
    return NewMail(said.debtor_id, said.id, "answer", f"answer-{said.id}", language, subject, text)


def _refusal(code: str, rule: str, fact: str, limit: str) -> Refusal:
    return Refusal(code, rule, fact, limit, next_step="change it and decide once more")
