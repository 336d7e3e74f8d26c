"""What comes next for an invoice and why: asked of the policy itself, so that the page and the run agree."""

import datetime as dt
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from inbaar.dunning.policy_steps import Lane, Moment, PolicyStep
from inbaar.dunning.rules import CLOSED, HANDED_OVER, Standing, decide, last_day_of, next_step
from inbaar.web.formats import day, weekday
from inbaar.web.queries.invoice import InvoicePage
from inbaar.web.wording.steps import Waiting, run_day, step_name, waiting


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next step with its day and reason, or why there is none. `short` ends the page's first sentence."""

    short: str
    title: str
    why: tuple[str, ...]
    on: dt.date | None = None
    waits: Waiting | None = None
    step: str = ""


def next_look(page: InvoicePage, on: dt.date) -> dt.date | None:
    """The day on which the run looks at this invoice next; None where it never does by itself."""
    head = page.head
    if (
        head.is_credit
        or not head.open_amount
        or head.due_on is None
        or head.stage in ("", CLOSED, HANDED_OVER)
    ):
        return None
    return run_day(head.due_on, on)


def ahead(page: InvoicePage, on: dt.date, standing: Standing | None, lane: Lane | None) -> Ahead:
    """What the run will do with this invoice when it looks at it next; `standing` is how it stands on that day, `lane` the
    steps of the policy that holds for its debtor.
    """
    head = page.head
    if head.is_credit:
        return _credit(page)
    if not head.open_amount:
        return Ahead(
            _("nothing more is asked"),
            _("Nothing more happens"),
            (_("Nothing is open, so no letter goes out."),),
        )
    if head.stage == HANDED_OVER:
        return Ahead(
            _("ready to hand over to collection"),
            _("A person decides"),
            (
                _(
                    "Reminder and notice had no effect. Nothing goes out by itself any more: hand the claim over, or wait."
                ),
            ),
        )
    look = next_look(page, on)
    if look is None or standing is None or lane is None or head.due_on is None:
        waits = waiting(head.waits_for, on) if head.waits_for else None
        return Ahead(
            _("nothing goes out by itself"),
            _("Nothing is planned"),
            (_("This invoice is not in the schedule of reminders; a person decides."),)
            if waits is None
            else (),
            waits=waits,
        )
    not_left_yet = standing.undelivered
    if look > run_day(on, on):
        # By then the news will have come and the letter will have left, or the run will say so that day.
        standing = replace(standing, bank_stale=False, undelivered=False)
    decision = decide(standing, look, lane)
    if decision.act == "wait":
        until = last_day_of(decision.waits_for, standing)
        waits = waiting(decision.waits_for, look, until)
        return Ahead(_("waiting: %(fact)s") % {"fact": waits.fact}, _("Waiting"), (), look, waits)
    step = decision.step or next_step(standing, lane)
    if step is None:
        return Ahead(_("nothing goes out by itself"), _("Nothing is planned"), ())
    told = _step(head.due_date, head.due_on, look, step)
    if not_left_yet:
        told = replace(
            told, why=(*told.why, _("The last letter must have left by then; it has not left yet."))
        )
    return told


def _credit(page: InvoicePage) -> Ahead:
    if not page.head.open_amount:
        return Ahead(
            _("fully used"), _("Nothing more happens"), (_("The credit was taken off what was owed."),)
        )
    return Ahead(
        _("not yet used"),
        _("It waits for its invoice"),
        (
            _("It is taken off the invoice it names as soon as that is here and open.")
            if page.head.credits_number
            else _("It names no invoice: choose one on the page of the debtor."),
        ),
    )


def _step(due_date: dt.date, due_on: dt.date, look: dt.date, planned: PolicyStep) -> Ahead:
    step = planned.action.value
    name = step_name(planned.key)
    when = {"weekday": weekday(look), "day": day(look)}
    short = _("%(step)s follows %(weekday)s %(day)s") % {"step": name, **when}
    why = {
        "reminder": _("If nothing is paid: the due date is %(day)s.") % {"day": day(due_date)},
        "formal_notice": _("If nothing is paid: the reminder's term has run out by then."),
        "fourteen_day_letter": _(
            "If nothing is paid: the reminder's term has run out by then, and a consumer gets the 14-day letter."
        ),
        "hand_over": _("If nothing is paid: the last letter's term has run out by then."),
        "courtesy_notice": _("It falls due on %(day)s.") % {"day": day(due_date)},
        "call": _("If nothing is paid: the policy asks for a call then."),
    }[step]
    if planned.key != step or (planned.after is Moment.PREVIOUS and step == "reminder"):
        why = _("If nothing is paid: the step before it had no effect by then.")
    reasons = [why]
    if look > due_on:
        reasons.append(_("Letters leave on working days only, so not on %(day)s.") % {"day": day(due_on)})
    return Ahead(short, name.capitalize(), tuple(reasons), look, step=step)
