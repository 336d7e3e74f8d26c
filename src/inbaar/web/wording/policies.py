"""The words of dunning policies: what a step does, when, how and for whom, and the rules a policy keeps."""

import datetime as dt
import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from inbaar.dunning.policy_book import LETTERS
from inbaar.dunning.policy_steps import Action, Channel, ContactRole, Moment, PolicyStep, Term, Tone
from inbaar.kit.errors import Refusal
from inbaar.parties.rules import Capacity
from inbaar.web.formats import amount, day
from inbaar.web.queries.policies import Change
from inbaar.web.wording.steps import step_name

CHANNELS = {
    Channel.EMAIL_OR_POST.value: noop("e-mail, else post"),
    Channel.POST.value: noop("on paper, by post"),
    Channel.PHONE.value: noop("a call"),
    Channel.NONE.value: "",
}
LETTER_CHANNELS = (Channel.EMAIL_OR_POST.value, Channel.POST.value)
TONES = {Tone.FRIENDLY.value: noop("friendly"), Tone.FIRM.value: noop("firm")}
TERMS = {Term.CALENDAR_DAYS.value: noop("days"), Term.WORKING_DAYS.value: noop("working days")}
ROLES = {
    ContactRole.FOLLOW_UP.value: noop("whoever gets reminders"),
    ContactRole.INVOICE.value: noop("whoever gets invoices"),
    ContactRole.ESCALATION.value: noop("whoever decides"),
}
WHOM = {
    LETTERS[Capacity.BUSINESS]: noop("businesses"),
    LETTERS[Capacity.GOVERNMENT]: noop("governments"),
    LETTERS[Capacity.CONSUMER]: noop("consumers"),
}
WHEN = {
    "before": noop("days before the due date"),
    "after": noop("days after the due date"),
    "previous": noop("days after the step before it"),
}
ACTIONS = tuple(action.value for action in Action)
KINDS = {
    "made": noop("made"),
    "saved": noop("changed"),
    "chosen": noop("chosen"),
    "taken_back": noop("no longer chosen"),
    "retired": noop("taken out of use"),
}
# The sentences of `dunning.policy.problems` and `dunning.policies`, so that they are translated.
RULE_WORDS = (
    noop("a policy has steps, and not too many to oversee"), noop("a step is meant for somebody"),
    noop("a consumer, a business or a government"),
    noop("a step falls within a year of the due date or of the step before it"),
    noop("the amounts of a condition run from low to high, above zero"),
    noop("a lowest amount of 0.00 or more, and a highest at least as high"),
    noop("a notice that an invoice falls due comes before it does"), noop("1 to 60 days before the due date"),
    noop("DUN-01: nothing is asked before the term has expired"), noop("1 day after the due date, or more"),
    noop("a step follows the one before it"), noop("0 days or more"),
    noop("DUN-04: the date in a formal notice is at most five working days away"),
    noop("artikel 6:96 lid 6 BW: the term of the 14-day letter is the law's"),
    noop("fourteen days from the day after delivery"), noop("DUN-01: a letter says by when to pay"),
    noop("artikel 6:82 BW: the reminder puts a consumer in default, after a reasonable term"),
    noop("only a letter that asks to pay gives a term"), noop("no term"),
    noop("letters are mailed or posted, calls are made, and a hand-over goes to nobody yet"),
    noop("only reminders have more than one tone: what a notice must say is fixed"),
    noop("nothing follows the hand-over"), noop("the hand-over as the last step"),
    noop("DUN-10, artikel 6:96 lid 6 BW: a consumer gets the 14-day letter"), noop("the 14-day letter"),
    noop("artikel 6:96 lid 6 BW: the 14-day letter is for consumers"), noop("the formal notice"),
    noop("DUN-09: no formal notice before a reminder"), noop("a reminder before it"),
    noop("one notice: its date and its costs stand"), noop("one notice"),
    noop("DUN-06: what is handed over was warned of"), noop("a formal notice before it"),
    noop("nothing milder follows the notice"), noop("reminders before the notice"),
    noop("nothing milder follows a reminder"), noop("before the reminders"),
    noop("a step that follows another needs one after the due date before it"), noop("days from the due date"),
    noop("steps stand in the order of their days"),
    noop("a policy has a name"), noop("each policy has a name of its own"), noop("another name"),
    noop("only a policy in use is changed"), noop("only a policy in use is chosen"),
    noop("a policy that was not retired"), noop("nobody overwrites what he has not seen"),
    noop("look at it, and make your change again"), noop("a policy that holds for somebody stays"),
    noop("chosen by nobody"), noop("choose another one for them first"),
)  # fmt: skip


def problem_words(refusal: Refusal) -> str:
    """A rule that the steps break: which step, the rule, and what keeps it."""
    place = re.match(r"step (\d+)", refusal.fact)
    told = f"{_(refusal.rule)} ({_(refusal.limit)})"
    return f"{_('Step %(number)s') % {'number': place[1]}}: {told}" if place else told


def days_words(number: int) -> str:
    """A day from the due date: `5 days before`, `1 day after`."""
    if number < 0:
        return ngettext("%(count)s day before", "%(count)s days before", -number) % {"count": -number}
    return ngettext("%(count)s day after", "%(count)s days after", number) % {"count": number}


def moment_words(step: PolicyStep) -> str:
    """When a step comes."""
    if step.after is Moment.PREVIOUS:
        if step.action is Action.HAND_OVER and not step.days:
            return _("when the last letter's term is over")
        told = ngettext(
            "%(count)s day after the step before it", "%(count)s days after the step before it", step.days
        )
        return told % {"count": step.days}
    return _("%(days)s the due date") % {"days": days_words(step.days)}


def term_words(step: PolicyStep) -> str:
    """What time its letter gives."""
    if step.term is Term.STATUTORY:
        return _("gives fourteen days from delivery")
    if step.term is Term.CALENDAR_DAYS:
        return ngettext("gives %(count)s day", "gives %(count)s days", step.term_days) % {
            "count": step.term_days
        }
    if step.term is Term.WORKING_DAYS:
        told = ngettext("gives %(count)s working day", "gives %(count)s working days", step.term_days)
        return told % {"count": step.term_days}
    return ""


def condition_words(step: PolicyStep) -> str:
    """Under which conditions it is taken; empty without any."""
    told = []
    if step.least_open is not None:
        told.append(_("from %(amount)s open") % {"amount": amount(step.least_open)})
    if step.most_open is not None:
        told.append(_("up to %(amount)s open") % {"amount": amount(step.most_open)})
    if step.abroad is not None:
        told.append(_("debtors abroad") if step.abroad else _("debtors in the Netherlands"))
    return ", ".join(told)


def step_title(step: PolicyStep) -> str:
    """What a step does, with its tone where it has one to choose."""
    name = step_name(step.action.value)
    return _("firm reminder") if step.tone is Tone.FIRM else name


def details_words(step: PolicyStep) -> str:
    """How, by when and under which conditions, in one line."""
    channel = CHANNELS[step.channel.value]
    parts = [_(channel) if channel else "", term_words(step), condition_words(step)]
    return " · ".join(part for part in parts if part)


def capacities_words(capacities: tuple[Capacity, ...]) -> str:
    """For whom a line is: `businesses, governments`."""
    return ", ".join(_(WHOM[LETTERS[capacity]]) for capacity in capacities)


def change_words(change: Change) -> str:
    """A line of the change log in words."""
    if change.kind in ("chosen", "taken_back"):
        whom = change.debtor or change.segment or _("all others")
        told = (
            _("%(policy)s holds for %(whom)s")
            if change.kind == "chosen"
            else _("%(policy)s no longer holds for %(whom)s")
        )
        return told % {"policy": change.policy, "whom": whom}
    if change.kind == "saved":
        return _("%(policy)s changed, version %(number)s") % {
            "policy": change.policy,
            "number": change.number,
        }
    return f"{change.policy} {_(KINDS[change.kind])}"


def month_words(month: dt.date) -> str:
    """A month as `nov 2026`."""
    return " ".join(day(month).split()[1:])
