"""The timeline in words: each event as a title, what there is to say about it, and what it means."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inbaar.banking.words import entry_reason
from inbaar.web.formats import amount, day
from inbaar.web.queries.invoice import EventRow
from inbaar.web.wording.accounts import ground_words
from inbaar.web.wording.arrangements import EVENTS as ARRANGED
from inbaar.web.wording.arrangements import event_words
from inbaar.web.wording.imports import fault_words
from inbaar.web.wording.kinds import CONTACT_ROLES, field_name, field_value, hold_kind, word_for
from inbaar.web.wording.mandates import DEBIT_EVENTS, MANDATE_EVENTS, debit_happening, mandate_happening
from inbaar.web.wording.proof import evidence_kind, step_that_asks
from inbaar.web.wording.replies import REPLY_EVENTS, reply_happening
from inbaar.web.wording.returns import return_words
from inbaar.web.wording.steps import outcome_words, step_name

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a timeline. `letter_id` and `entry_id` are where its proof is."""

    on: dt.date
    title: str
    details: tuple[str, ...] = ()
    meaning: str = ""
    icon: str = "flag"
    letter_id: int | None = None
    entry_id: int | None = None


def happenings(events: Sequence[EventRow], currency: str) -> list[Happening]:
    """The events as lines, oldest first."""
    return [_WORDS.get(event.kind, _plain)(event, currency) for event in events]


def _recognised(facts: Facts) -> str:
    """How a payment from the bank was known to be this invoice's."""
    words = {key: str(value) for key, value in facts.items()}
    return entry_reason(words.get("reason", ""), words, (get_language() or "nl")[:2])


def _money(facts: Facts, name: str, currency: str) -> str:
    try:
        return amount(Decimal(str(facts.get(name) or "0")), currency)
    except InvalidOperation:
        return str(facts.get(name))


def _is_something(facts: Facts, *names: str) -> bool:
    return any(str(facts.get(name) or "0").strip("0.") for name in names)


def _date(value: Any) -> str:
    try:
        return day(dt.date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _accepted(event: EventRow, currency: str) -> Happening:
    note = str(event.facts.get("note") or "")
    if event.facts.get("unsent"):
        note = f"{_('Not sent to the debtor yet.')} {note}".strip()
    title = _("Taken in, %(amount)s") % {"amount": _money(event.facts, "payable", currency)}
    return Happening(event.on, title, (note,) if note else (), icon="invoices")


def _payment(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    details = []
    if _is_something(facts, "costs", "interest"):
        details.append(
            _("Of it %(costs)s went to costs, %(interest)s to interest and %(principal)s to the principal.")
            % {name: _money(facts, name, currency) for name in ("costs", "interest", "principal")}
        )
    details.append(_("Then open: %(open)s.") % {"open": _money(facts, "open", currency)})
    if event.link is not None:
        details.append(_recognised(facts))
    if facts.get("paid_by"):
        details.append(_("Paid by a third party: %(payer)s.") % {"payer": facts["paid_by"]})
    title = _("Paid, %(amount)s") % {"amount": _money(facts, "amount", currency)}
    return Happening(event.on, title, tuple(details), "done", "money", entry_id=event.link)


def _undone(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    told = {"amount": _money(facts, "amount", currency), "day": _date(facts.get("paid_on"))}
    why = _("“%(reason)s”, by %(owner)s.") % {"reason": facts.get("reason", ""), "owner": facts.get("by", "")}
    if facts.get("kind") != "bank":
        title = _("Taken back with the payment, %(amount)s") % told
    elif event.kind == "payment_returned":
        title = _("Payment of %(day)s taken back by the bank, %(amount)s") % told
        why = _(
            "Reason: %(reason)s. The invoice is open again from this day; ask the debtor to pay in another way."
        ) % {"reason": return_words(str(facts.get("code", "")))}
    else:
        title = _("Payment of %(day)s undone, %(amount)s") % told
    return Happening(event.on, title, (why,), "attention", "money", entry_id=event.link)


def _passed_on(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    title = _("Paid to us, passed on to %(owner)s, %(amount)s") % {
        "owner": facts.get("owner", "–"),
        "amount": _money(facts, "amount", currency),
    }
    told = _("Received on %(day)s; with it the debtor is discharged.") % {"day": _date(facts.get("paid_on"))}
    return Happening(event.on, title, (told,), "done", "money", entry_id=event.link)


def _kept(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    title = _("Paid too much, %(amount)s kept") % {
        "amount": _money(facts, "amount", str(facts.get("currency") or currency))
    }
    return Happening(
        event.on, title, (_("By %(who)s.") % {"who": facts.get("by", "")},), "", "money", entry_id=event.link
    )


def _credited(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    title = _("Credited, %(amount)s") % {"amount": _money(facts, "amount", currency)}
    details = [_("With credit note %(number)s.") % {"number": facts["reason"]}] if facts.get("reason") else []
    if facts.get("assigned_by"):
        details.append(
            _("“%(reason)s”, by %(owner)s.") % {"reason": facts.get("why", ""), "owner": facts["assigned_by"]}
        )
    details.append(_("Then open: %(open)s.") % {"open": _money(facts, "open", currency)})
    return Happening(event.on, title, tuple(details), "done", "invoices")


def _credit_assigned(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    title = _("Used for invoice %(number)s, %(amount)s") % {
        "number": facts.get("invoice", ""), "amount": _money(facts, "amount", currency),
    }  # fmt: skip
    told = _("“%(reason)s”, by %(owner)s.") % {
        "reason": facts.get("reason", ""),
        "owner": facts.get("by", ""),
    }
    return Happening(event.on, title, (told,), "done", "invoices")


def _written_off(event: EventRow, currency: str) -> Happening:
    title = _("Written off, %(amount)s") % {"amount": _money(event.facts, "amount", currency)}
    why = str(event.facts.get("reason") or "") or ground_words(str(event.facts.get("ground") or ""))
    return Happening(event.on, title, (why,), icon="close")


def _interest(event: EventRow, currency: str) -> Happening:
    told = _("It runs from %(day)s (%(rule)s).") % {
        "day": _date(event.facts.get("since")), "rule": event.facts.get("rule", ""),
    }  # fmt: skip
    return Happening(event.on, _("Statutory interest claimed"), (told,), "attention")


def _costs(event: EventRow, currency: str) -> Happening:
    title = _("Collection costs claimed, %(amount)s") % {"amount": _money(event.facts, "amount", currency)}
    told = _("Owed from %(day)s (%(rule)s).") % {
        "day": _date(event.facts.get("since")), "rule": event.facts.get("rule", ""),
    }  # fmt: skip
    return Happening(event.on, title, (told,), "attention")


def _hold_opened(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    kind = hold_kind(str(facts.get("kind", ""))).capitalize()
    title = f"{kind}, {_money(facts, 'amount', currency)}" if facts.get("amount") else kind
    details = [
        _("“%(reason)s”, by %(owner)s.")
        % {"reason": facts.get("reason", ""), "owner": facts.get("owner", "")}
    ]
    if facts.get("until"):
        details.append(_("Until %(day)s.") % {"day": _date(facts["until"])})
    if facts.get("solve_by"):
        details.append(_("To be solved by %(day)s.") % {"day": _date(facts["solve_by"])})
    return Happening(event.on, title, tuple(details), "attention", "wait")


def _hold_released(event: EventRow, currency: str) -> Happening:
    title = _("Released: %(kind)s") % {"kind": hold_kind(str(event.facts.get("kind", "")))}
    return Happening(event.on, title, (_("By %(who)s.") % {"who": event.facts.get("by", "")},))


def _step(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    step = str(facts.get("step", ""))
    if step == "hand_over":
        return Happening(event.on, _("Ready to hand over"), meaning="late")
    if step == "call":
        return Happening(event.on, _("A call to the debtor is asked for"), (), "attention", "wait")
    details = [_("Asked: %(amount)s.") % {"amount": _money(facts, "asked", currency)}]
    if facts.get("pay_by"):
        details.append(_("To be paid by %(day)s.") % {"day": _date(facts["pay_by"])})
    title = step_name(step).capitalize()
    return Happening(event.on, title, tuple(details), "attention", "letter", letter_id=event.link)


def _called(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    title = _("Called: %(outcome)s") % {"outcome": outcome_words(str(facts.get("outcome", "")))}
    details = (str(facts.get("words", "")), _("By %(who)s.") % {"who": facts.get("by", "")})
    return Happening(event.on, title, details)


def _let_go(event: EventRow, currency: str) -> Happening:
    title = _("Letter %(number)s looked at and let go") % {"number": event.facts.get("letter", "")}
    return Happening(
        event.on,
        title,
        (_("By %(who)s.") % {"who": event.facts.get("by", "")},),
        "",
        "letter",
        letter_id=event.link,
    )


def _policy(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    if event.kind == "segment_changed":
        segment = facts.get("segment")
        title = _("Put in segment %(name)s") % {"name": segment} if segment else _("Taken out of its segment")
    else:
        title = (
            _("A dunning policy of his own")
            if facts.get("policy")
            else _("The dunning policy of others again")
        )
    return Happening(
        event.on, title, (str(facts.get("reason", "")), _("By %(who)s.") % {"who": facts.get("by", "")})
    )


def _letter_sent(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    title = _("Letter %(number)s sent") % {"number": facts.get("letter", "")}
    if facts.get("kind") == "invoice":
        title = _("Invoice sent to the debtor, with letter %(number)s") % {"number": facts.get("letter", "")}
    answer = facts.get("answer", "")
    if facts.get("address") == "post":
        details: tuple[str, ...] = (_("By post, says %(who)s.") % {"who": answer},)
    else:
        details = (
            _("To %(address)s.") % {"address": facts.get("address", "")},
            _("The mail server answered: %(answer)s") % {"answer": answer},
        )
    return Happening(event.on, title, details, "", "letter")


def _on_its_way(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    files = ", ".join(str(name) for name in facts.get("files") or ())
    title = (
        _("Invoice to be posted, with letter %(number)s")
        if facts.get("channel") == "post"
        else _("Invoice on its way, with letter %(number)s")
    )
    details = (files, _("By %(who)s.") % {"who": facts.get("by", "")})
    return Happening(
        event.on, title % {"number": facts.get("letter", "")}, details, "", "letter", letter_id=event.link
    )


def _invoice_sent(event: EventRow, currency: str) -> Happening:
    told = _("Says %(who)s.") % {"who": event.facts.get("by", "")}
    return Happening(event.on, _("Invoice sent to the debtor"), (told,), "", "letter")


def _letter_refused(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    title = _("Letter %(number)s did not arrive") % {"number": facts.get("letter", "")}
    details = (
        _("%(address)s does not take mail: %(answer)s")
        % {"address": facts.get("address", ""), "answer": facts.get("answer", "")},
        _("Correct the address or send it by post."),
    )
    return Happening(event.on, title, details, "late", "letter", letter_id=event.link)


def _letter_bounced(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    title = _("Letter %(number)s came back") % {"number": facts.get("letter", "")}
    details = (
        _("Mail to %(address)s did not arrive: %(answer)s")
        % {"address": facts.get("address", ""), "answer": facts.get("answer", "")},
        _("A next step was taken by then: the invoice rests until somebody has looked.")
        if facts.get("late")
        else _("It counts as not sent, and is written anew."),
    )
    return Happening(event.on, title, details, "late", "letter", letter_id=event.link)


def _letter_withdrawn(event: EventRow, currency: str) -> Happening:
    title = _("Letter %(number)s held back") % {"number": event.facts.get("letter", "")}
    by = event.facts.get("by")
    if event.facts.get("step") == "invoice":
        told = _("The invoice is not sent: send it again.")
        return Happening(event.on, title, (told,), "attention", "letter", letter_id=event.link)
    told = (
        _("By %(who)s, to be written anew.") % {"who": by}
        if by
        else _("Its amounts were no longer right before it left; the step is taken again later.")
    )
    return Happening(event.on, title, (told,), "attention", "letter", letter_id=event.link)


def _letter_held(event: EventRow, currency: str) -> Happening:
    return Happening(
        event.on,
        _("A letter could not be written"),
        (str(event.facts.get("words") or ""),),
        "attention",
        "letter",
    )


def _waived(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    title = _("Remainder waived, %(amount)s") % {"amount": _money(facts, "amount", currency)}
    told = _("“%(reason)s”, by %(owner)s.") % {
        "reason": facts.get("reason", ""),
        "owner": facts.get("by", ""),
    }
    return Happening(event.on, title, (told,), "done", "close")


def _cancelled(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    told = _("“%(reason)s”, by %(owner)s.") % {
        "reason": facts.get("reason", ""),
        "owner": facts.get("by", ""),
    }
    moved = _("%(amount)s paid for them went to the principal.") % {
        "amount": _money(facts, "principal", currency)
    }
    details = (told, moved) if _is_something(facts, "principal") else (told,)
    return Happening(event.on, _("Interest and costs cancelled"), details, "", "close")


def _started(event: EventRow, currency: str) -> Happening:
    told = _("“%(reason)s”, by %(owner)s.") % {
        "reason": event.facts.get("reason", ""),
        "owner": event.facts.get("by", ""),
    }
    return Happening(event.on, _("Reminders started by hand"), (told,), "", "next")


def _corrected(event: EventRow, currency: str) -> Happening:
    changes = event.facts.get("changes") or {}
    told = [
        _("%(field)s: %(after)s, was %(before)s.")
        % {"field": field_name(name), "before": field_value(name, before), "after": field_value(name, after)}
        for name, (before, after) in changes.items()
    ]
    told.append(_("By %(who)s.") % {"who": event.facts.get("by", "")})
    return Happening(event.on, _("Debtor corrected"), tuple(told), "", "user")


def _contact(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    who = facts.get("email") or facts.get("name") or "–"
    told = [f"{word_for(str(facts.get('role', '')), CONTACT_ROLES).capitalize()}: {who}."]
    if facts.get("before"):
        told.append(_("Was %(before)s.") % {"before": facts["before"]})
    told.append(_("By %(who)s.") % {"who": facts.get("by", "")})
    title = _("Contact removed") if event.kind == "contact_removed" else _("Contact changed")
    return Happening(event.on, title, tuple(told), "", "user")


def _looked_at(event: EventRow, currency: str) -> Happening:
    """Who decided how it came in, where that was in doubt."""
    facts = event.facts
    told = {
        "same": _("Document %(document)s is this invoice as well."),
        "instead": _("It came in the place of an invoice that was withdrawn."),
        "another": _("It is another invoice than the one of the same number."),
        "list": _("Line %(line)s of %(document)s was in doubt: %(why)s"),
    }.get(str(facts.get("how")), "")
    why = " ".join(fault_words(*map(str, fault)) for fault in facts.get("doubts") or [])
    told %= {"document": facts.get("document", ""), "line": facts.get("line", ""), "why": why}
    who = _("By %(who)s.") % {"who": facts.get("by", "")}
    return Happening(event.on, _("Looked at before it was taken in"), (told, who))


def _withdrawn(event: EventRow, currency: str) -> Happening:
    replaced = str(event.facts.get("reason", "")).removeprefix("replaced by ")
    told = (
        _("Invoice %(number)s came in its place.") % {"number": replaced}
        if replaced != event.facts.get("reason", "")
        else _("The list it came in with was taken back."),
        _("By %(who)s.") % {"who": event.facts.get("by", "")},
    )
    title = _("Withdrawn, %(amount)s") % {"amount": _money(event.facts, "amount", currency)}
    return Happening(event.on, title, told, "attention", "close")


def _evidence(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    kind = evidence_kind(str(facts.get("kind", "")))
    who = _("By %(who)s.") % {"who": facts.get("by", "")}
    if event.kind == "evidence_requested":
        title = _("Proof asked: %(kind)s") % {"kind": kind}
        due = _("Due on %(day)s.") % {"day": _date(facts.get("due_on"))}
        why = step_that_asks(str(facts.get("step", ""))).capitalize()
        why += f": “{facts['reason']}”." if facts.get("reason") else "."
        return Happening(
            event.on, title, (why, due, who) if facts.get("by") else (why, due), "attention", "wait"
        )
    titles = {
        "evidence_attached": _("Proof attached: %(kind)s"),
        "evidence_removed": _("Proof taken off: %(kind)s"),
        "evidence_request_withdrawn": _("Proof not asked any more: %(kind)s"),
    }
    details = (str(facts["name"]), who) if facts.get("name") else (who,)
    done = "done" if event.kind == "evidence_attached" else ""
    return Happening(event.on, titles[event.kind] % {"kind": kind}, details, done, "upload")


def _mandate(event: EventRow, currency: str) -> Happening:
    title, details = mandate_happening(event.kind, event.facts)
    meanings = {"mandate_suspended": "attention", "mandate_mail_refused": "late"}
    return Happening(event.on, title, details, meanings.get(event.kind, ""), "bank")


def _debit(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    language = (get_language() or "nl")[:2]
    due_on = _date(facts.get("due_on"))
    title, details = debit_happening(event.kind, facts, _money(facts, "amount", currency), due_on, language)
    failed = event.kind in ("debit_rejected", "debit_returned")
    return Happening(event.on, title, details, "late" if failed else "", "bank")


def _reply(event: EventRow, currency: str) -> Happening:
    title, details = reply_happening(event.kind, event.facts, _money(event.facts, "amount", currency))
    meaning = {"debtor_replied": "attention", "page_mail_refused": "late"}.get(event.kind, "")
    return Happening(event.on, title, details, meaning, "letter")


def _statement(event: EventRow, currency: str) -> Happening:
    facts = {name: str(event.facts.get(name, "")) for name in ("number", "address", "answer")}
    if event.kind == "statement_written":
        told = _money(event.facts, "amount", str(event.facts.get("currency") or currency))
        title, details = (
            _("Statement of account %(number)s made"),
            (_("Balance %(amount)s.") % {"amount": told},),
        )
    elif event.kind == "statement_sent":
        title, details = _("Statement of account %(number)s mailed"), (_("To %(address)s.") % facts,)
    else:
        title = _("Statement of account %(number)s did not arrive")
        details = (_("%(address)s does not take mail: %(answer)s") % facts,)
    return Happening(
        event.on, title % facts, details, "late" if event.kind == "statement_refused" else "", "letter"
    )


def _plain(event: EventRow, currency: str) -> Happening:
    return Happening(event.on, event.kind.replace("_", " ").capitalize())


def _online(event: EventRow, currency: str) -> Happening:
    """Money that was paid online, or went back: it is booked when it is on a statement."""
    titles = {
        "paid_online": (_("Paid online"), "done"),
        "online_back": (_("What was paid online went back"), "attention"),
        "online_back_again": (_("What had gone back came in again"), "done"),
    }
    title, meaning = titles[event.kind]
    whole = _money(event.facts, "amount", currency)
    told = [_("%(amount)s in all, by Mollie") % {"amount": whole}]
    if event.kind == "paid_online":
        told.append(
            _("%(amount)s of it for this invoice; booked when it is on a statement")
            % {"amount": _money(event.facts, "part", currency)}
        )
    return Happening(event.on, title, tuple(told), meaning, "money")


def _register_reported(event: EventRow, currency: str) -> Happening:
    facts = event.facts
    told = _("A friendly letter asks the debtor to settle it. The fee of %(fee)s is yours, by %(who)s.") % {
        "fee": _money(facts, "fee", "EUR"),
        "who": facts.get("by", ""),
    }
    title = _("Reported to the arrears register")
    return Happening(event.on, title, (told,), "", "flag", letter_id=event.link)


def _arranged(event: EventRow, currency: str) -> Happening:
    """What happened to a promise or a payment plan; its letter is its proof where it is about one."""
    title, told, meaning = event_words(event.kind, event.facts)
    letter = event.link if event.kind in ("plan_told", "plan_letter_held") else None
    return Happening(event.on, title, told, meaning, "letter" if letter else "flag", letter_id=letter)


_WORDS: dict[str, Callable[[EventRow, str], Happening]] = {
    "register_reported": _register_reported,
    "accepted": _accepted, "payment": _payment, "credited": _credited, "credit_assigned": _credit_assigned, "written_off": _written_off,
    "payment_undone": _undone, "payment_returned": _undone, "passed_on": _passed_on, "credit_kept": _kept,
    "interest_claimed": _interest, "costs_claimed": _costs, "hold_opened": _hold_opened,
    "hold_released": _hold_released, "step": _step, "letter_sent": _letter_sent, "letter_refused": _letter_refused, "letter_bounced": _letter_bounced, "invoice_on_its_way": _on_its_way, "invoice_sent": _invoice_sent,
    "letter_withdrawn": _letter_withdrawn, "letter_held": _letter_held, "remainder_waived": _waived,
    "extras_cancelled": _cancelled, "debtor_corrected": _corrected,
    "called": _called, "letter_let_go": _let_go, "policy_chosen": _policy, "segment_changed": _policy,
    "dunning_started": _started, "withdrawn": _withdrawn, "looked_at": _looked_at,
    **dict.fromkeys(MANDATE_EVENTS, _mandate), **dict.fromkeys(DEBIT_EVENTS, _debit),
    **dict.fromkeys(REPLY_EVENTS, _reply),
    "contact_changed": _contact, "contact_removed": _contact,
    "evidence_attached": _evidence, "evidence_removed": _evidence, "evidence_requested": _evidence,
    "evidence_request_withdrawn": _evidence,
    "paid_online": _online, "online_back": _online, "online_back_again": _online,
    **dict.fromkeys(ARRANGED, _arranged),
    "statement_written": _statement, "statement_sent": _statement, "statement_refused": _statement,
}  # fmt: skip
