"""Promises and plans in words: their states, why one may fail, what speaks against one, and what happened to them."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from inbaar.arrangements.progress import PlanStanding
from inbaar.arrangements.rules import Finding, Record
from inbaar.kit.errors import Refusal
from inbaar.web.formats import amount, day

#: A state in words, its meaning, and its icon.
PROMISE_STATES = {
    "open": (noop("promised"), "plain", "wait"),
    "kept": (noop("kept"), "done", "done"),
    "partly": (noop("kept in part"), "attention", "attention"),
    "broken": (noop("not kept"), "late", "attention"),
    "withdrawn": (noop("taken back"), "plain", "close"),
}
PLAN_STATES = {
    "asked": (noop("waits for an answer"), "attention", "attention"),
    "running": (noop("runs"), "plain", "wait"),
    "done": (noop("paid off"), "done", "done"),
    "broken": (noop("broken off: not paid"), "late", "attention"),
    "ended": (noop("ended early"), "plain", "close"),
    "refused": (noop("refused"), "plain", "close"),
    "withdrawn": (noop("taken back"), "plain", "close"),
    "replaced": (noop("replaced by another"), "plain", "close"),
}
RISKS = {
    "broke_before": noop("did not keep an earlier promise"),
    "second_try": noop("an earlier promise for this failed"),
    "last_day": noop("its day has come and nothing was seen yet"),
}
SOURCES = {"us": noop("taken down by us"), "debtor": noop("by the debtor himself")}
FINDINGS = {
    "promise-nothing": noop("Nothing is open that could be promised."),
    "promise-amount": noop("A promise is about more than nothing and at most what is owed (%(limit)s)."),
    "promise-currency": noop("These invoices are in several currencies. Promise for each by itself."),
    "promise-past": noop("A promise is for today or later."),
    "promise-far": noop("That day is too far off. The last day that can be promised is %(limit)s."),
    "promise-insolvent": noop("The debtor is insolvent: nothing he promises can be relied on."),
    "promise-in-plan": noop("Invoice %(fact)s is in a payment plan. Change or end that first."),
    "promise-running": noop("A promise runs for this invoice already (%(fact)s). Take it back first."),
    "promise-often": noop("This invoice was promised as often as you allow (%(fact)s). Agree on a plan."),
    "not-his-invoice": noop("Choose from the invoices of this debtor."),
    "plan-nothing": noop("Nothing is open that could be paid in terms."),
    "plan-terms": noop("Choose at least one term and at most %(limit)s."),
    "plan-sum": noop("The terms come to %(fact)s and what is owed is %(limit)s. They must be the same to the cent."),
    "plan-amount": noop("Each term asks something. Leave out a term of nothing."),
    "plan-order": noop("The terms follow one another, each on a later day, the first today or later."),
    "plan-payee": noop("These invoices are paid to several accounts or in several currencies. Make a plan for each."),
    "plan-disputed": noop("Invoice %(fact)s is disputed. Settle that first, or leave it out."),
    "plan-insolvent": noop("The debtor is insolvent: nothing can be agreed with him."),
    "plan-debited": noop("Invoice %(fact)s is being collected by direct debit. Withdraw the debit first."),
    "plan-unsent": noop("The debtor has not got invoice %(fact)s yet. Send it first."),
    "plan-running": noop("Invoice %(fact)s is in a plan that runs. Change that plan."),
    "plan-settled": noop("Nothing is open of invoice %(fact)s. Leave it out."),
    "plan-many": noop("That is more terms than you let the rules decide on (%(fact)s, at most %(limit)s)."),
    "plan-long": noop("The last term comes later than you let the rules decide on (%(fact)s, at most %(limit)s)."),
    "plan-large": noop("It is more than you let the rules decide on (%(fact)s, at most %(limit)s)."),
    "plan-small-term": noop("A term is smaller than you let the rules decide on (%(fact)s, at least %(limit)s)."),
    "plan-late-start": noop("The first term comes later than you let the rules decide on (%(fact)s, at most %(limit)s)."),
    "plan-broken-before": noop("This debtor did not keep a plan before; it ended on %(fact)s."),
    "plan-insurer": noop("Invoice %(fact)s is paid off after the insurer's longest extension, which ends on %(limit)s. It counts from the first due date, whatever you agree on. Ask the insurer for consent first."),
    "plan-insurer-hand-over": noop("Invoice %(fact)s must be handed over to the insurer by %(limit)s, and the plan runs longer."),
    "plan-vat": noop("The VAT of invoice %(fact)s that is unpaid on %(limit)s is to be reclaimed in the return of that period (art. 29 Wet OB)."),
    "plan-register": noop("Invoice %(fact)s is reported to the arrears register, and a plan ends that report at once."),
    "plan-prescription": noop("Invoice %(fact)s prescribes on %(limit)s, before the plan ends. Have the debtor acknowledge the debt in writing: then a new term begins (3:318 BW)."),
    "plan-reason": noop("Say why, in a few words."),
    "plan-not-running": noop("This plan does not run any more; nothing was changed."),
    "plan-decided": noop("This plan was decided on already; nothing was changed."),
    "plan-changed": noop("Something was paid or changed since this was asked, or its first day has passed. Refuse it, and make a new plan with him."),
}  # fmt: skip
LOSSES = {
    "plan-insurer": noop("the cover of new deliveries and of this invoice"),
    "plan-insurer-hand-over": noop("the claim on the insurer"),
    "plan-vat": noop("the VAT, if it is not reclaimed then"),
    "plan-register": noop("the report: a new one starts the fourteen days anew"),
    "plan-prescription": noop("the claim"),
}
LETTERS = {
    "plan": noop("confirmation of a payment plan"),
    "plan_term": noop("mail before a term"),
    "plan_missed": noop("notice of a missed term"),
    "plan_ended": noop("end of a plan"),
    "plan_refused": noop("no to a plan"),
}
_PROMISE_EVENTS = {
    "promise_made": noop("Promised: %(amount)s by %(day)s"),
    "promise_kept": noop("Promise kept"),
    "promise_partly": noop("Promise kept in part: %(paid)s was paid"),
    "promise_broken": noop("Promise not kept"),
    "promise_withdrawn": noop("Promise taken back"),
}
_PLAN_EVENTS = {
    "plan_asked": noop("Payment plan asked for: %(amount)s in %(terms)s terms"),
    "plan_agreed": noop("Payment plan agreed: %(amount)s"),
    "plan_done": noop("Payment plan paid off"),
    "plan_broken": noop("Payment plan broken off: a term was not paid"),
    "plan_ended": noop("Payment plan ended early"),
    "plan_refused": noop("Payment plan refused"),
    "plan_withdrawn": noop("Payment plan taken back"),
    "plan_replaced": noop("Payment plan replaced by another"),
    "plan_told": noop("Letter about a payment plan: %(kind)s"),
    "plan_letter_held": noop("Letter about a payment plan held back: it no longer held"),
}
EVENTS = (*_PROMISE_EVENTS, *_PLAN_EVENTS)
_DONE = ("promise_kept", "plan_done")
_LATE = ("promise_broken", "promise_partly", "plan_broken")


def event_words(kind: str, facts: dict[str, Any]) -> tuple[str, tuple[str, ...], str]:
    """What happened as a title, what there is to say of it, and what it means."""
    title = _((_PROMISE_EVENTS | _PLAN_EVENTS)[kind]) % {
        "amount": _money(facts, "amount" if kind == "promise_made" else "total"),
        "paid": _money(facts, "paid"),
        "day": _day(str(facts.get("due_on") or "")),
        "terms": facts.get("terms", ""),
        "kind": _(LETTERS.get(str(facts.get("kind")), "")) if facts.get("kind") else "",
    }
    told = []
    if reason := facts.get("reason") or facts.get("words"):
        told.append(f"“{reason}”")
    if by := facts.get("by"):
        told.append(_("By %(who)s.") % {"who": who_words(str(by))})
    meaning = "done" if kind in _DONE else "late" if kind in _LATE else ""
    return title, tuple(told), meaning


def who_words(by: str) -> str:
    """Who did something, where it was not a person of the client."""
    names = {"debtor": _("the debtor"), "rules": _("the rules"), "daily run": _("the daily run")}
    return names.get(by, by)


def _money(facts: dict[str, Any], name: str) -> str:
    try:
        return amount(Decimal(str(facts.get(name) or "0")), str(facts.get("currency") or "EUR"))
    except InvalidOperation:
        return str(facts.get(name))


def _day(text: str) -> str:
    try:
        return day(dt.date.fromisoformat(text))
    except ValueError:
        return text


def state_of(states: dict[str, tuple[str, str, str]], state: str) -> tuple[str, str, str]:
    """A state in words, its meaning, and its icon."""
    words, meaning, drawing = states[state]
    return _(words), meaning, drawing


def record_words(record: Record) -> str:
    """How often the word was kept: how many of how many, and when; nothing to say where none was judged."""
    if not record.judged:
        return _("No promise was judged in the last year.")
    told = ngettext(
        "%(kept)s of %(judged)s promise kept", "%(kept)s of %(judged)s promises kept", record.judged
    ) % {"kept": record.kept, "judged": record.judged}
    return _("%(told)s, from %(since)s to %(until)s.") % {
        "told": told, "since": day(record.since), "until": day(record.until),
    }  # fmt: skip


def plan_summary(plan: PlanStanding) -> str:
    """A plan in one sentence: what was paid of it, and what comes next."""
    told = _("%(paid)s of %(total)s paid") % {
        "paid": amount(plan.paid, plan.currency), "total": amount(plan.total, plan.currency),
    }  # fmt: skip
    coming = next((term for term in plan.terms if term.open > 0), None)
    if plan.state == "running" and coming is not None:
        told += "; " + _("next %(amount)s by %(day)s") % {
            "amount": amount(coming.open, plan.currency), "day": day(coming.due_on),
        }  # fmt: skip
    return told + "."


def finding_words(code: str, fact: str, limit: str) -> str:
    """What speaks against it, as a sentence."""
    if code not in FINDINGS:
        return f"{code}: {fact} ({limit})"
    return _(FINDINGS[code]) % {"fact": _as_read(fact), "limit": _as_read(limit)}


def told_findings(findings: list[Finding]) -> list[tuple[str, str, object]]:
    """Each finding as a sentence, what is lost by going on, and when it passes."""
    return [
        (
            finding_words(one.refusal.code, one.refusal.fact, one.refusal.limit),
            loss_words(one.refusal.code),
            one.refusal.passes_on,
        )
        for one in findings
    ]


def loss_words(code: str) -> str:
    """What is lost by going on against a rule; nothing where it is only a limit."""
    return _(LOSSES[code]) if code in LOSSES else ""


def _as_read(text: str) -> str:
    """A date or an amount as the page writes it; anything else as it is."""
    told = _day(text)
    if told != text:
        return told
    whole, dot, cents = text.partition(".")
    return amount(Decimal(text)) if dot and whole.isdigit() and len(cents) == 2 and cents.isdigit() else text


def refused_sentence(refusal: Refusal) -> str | None:
    """A refusal of this room as a sentence; None where it is another's."""
    if refusal.code not in FINDINGS:
        return None
    return finding_words(refusal.code, refusal.fact, refusal.limit)
