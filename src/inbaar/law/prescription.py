"""When a claim prescribes, and what interrupts that: the deadline clock and the court file ask here.

3:307, 3:308, 3:313, 3:316 to 3:319, 3:324 and 7:28 BW. A court does not apply it by itself (3:322): the last day is a
warning, not a reason to write a claim off. The terms of 3:307, 3:308 and 7:28 were not confirmed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from inbaar.law.calendar import months_after
from inbaar.law.daycount import anniversary
from inbaar.law.tables import table

TABLE = "prescription"
STARTS = "3:313 BW"


class ClaimNature(StrEnum):
    """What prescribes: it decides the term. The value is the id of the rule."""

    PERFORMANCE = "performance"
    PERIODIC = "periodic"
    CONSUMER_SALE = "consumer_sale"
    JUDGMENT = "judgment"
    JUDGMENT_PERIODIC = "judgment_periodic"


class InterruptionKind(StrEnum):
    """What happened on the day."""

    LETTER = "letter"
    ACKNOWLEDGEMENT = "acknowledgement"
    SUIT = "suit"


@dataclass(frozen=True, slots=True)
class Interruption:
    """An act that may interrupt. `clear`: the letter reserves the right without doubt, or the debtor plainly meant to
    acknowledge (a payment or request for a plan only if so meant). A suit withdrawn needs a new one in six months.
    """

    on: date
    kind: InterruptionKind
    clear: bool = True
    withdrawn_on: date | None = None
    new_suit_on: date | None = None


@dataclass(frozen=True, slots=True)
class PrescriptionStep:
    """One move of the last day: why, from which day the term runs, and up to and including which day."""

    reason: str
    article: str
    starts_on: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Prescription:
    """`last_day` is the last day on which the claim has not prescribed; `steps` tell how it moved.

    `without_effect` are the interruptions that did nothing, each with the reason.
    """

    last_day: date
    steps: tuple[PrescriptionStep, ...]
    without_effect: tuple[tuple[Interruption, str], ...]
    unconfirmed: tuple[str, ...]


ARTICLES = {
    InterruptionKind.LETTER: "3:317 lid 1 BW",
    InterruptionKind.ACKNOWLEDGEMENT: "3:318 BW",
    InterruptionKind.SUIT: "3:316 BW",
}


def prescription(
    nature: ClaimNature,
    due_on: date,
    asked_on: date,
    interruptions: Sequence[Interruption] = (),
    *,
    accept_unconfirmed: bool = False,
) -> Prescription:
    """The last day before the claim prescribes, seen on `asked_on`; for a judgment `due_on` is its day.

    The term starts the day after due (3:313). An interruption starts a new one the next day, as long as the old but at
    most five years, and never ends earlier than the old (3:319). It must come in time. Terms in years.

    >>> reminded = Interruption(date(2026, 5, 1), InterruptionKind.LETTER)
    >>> asked = (ClaimNature.PERFORMANCE, date(2021, 6, 30), date(2026, 11, 22), [reminded])
    >>> prescription(*asked, accept_unconfirmed=True).last_day
    datetime.date(2031, 5, 1)
    """
    rules = table(TABLE)
    rule = rules.rule(ClaimNature(nature), asked_on, accept_unconfirmed=accept_unconfirmed)
    years = int(rule.figure())
    renewed = min(years, int(rules.rule("new_term_maximum", asked_on).figure()))
    first = PrescriptionStep("due", STARTS, due_on + timedelta(days=1), anniversary(due_on, years))
    steps, without_effect = [first], []
    for act in sorted(interruptions, key=lambda act: act.on):
        why_not = _no_effect(act, steps[-1].last_day, asked_on)
        if why_not:
            without_effect.append((act, why_not))
            continue
        last_day = max(anniversary(act.on, renewed), steps[-1].last_day)
        starts_on = act.on + timedelta(days=1)
        steps.append(PrescriptionStep(act.kind, f"{ARTICLES[act.kind]}; 3:319 BW", starts_on, last_day))
    used = () if rule.confirmed else (f"{TABLE}.{nature}",)
    return Prescription(steps[-1].last_day, tuple(steps), tuple(without_effect), used)


def accessory_last_day(own: Prescription, main: Prescription) -> date:
    """The last day of interest or another accessory claim: no later than that of the main claim (3:312 BW).

    >>> main = prescription(ClaimNature.JUDGMENT, date(2010, 3, 1), date(2026, 11, 22))
    >>> interest = prescription(ClaimNature.JUDGMENT_PERIODIC, date(2026, 3, 1), date(2026, 11, 22))
    >>> accessory_last_day(interest, main)
    datetime.date(2030, 3, 1)
    """
    return min(own.last_day, main.last_day)


def _no_effect(act: Interruption, last_day: date, asked_on: date) -> str:
    """Why an act does not interrupt; empty if it does."""
    if act.on > asked_on:
        return f"it lies after {asked_on}"
    if act.on > last_day:
        return f"it came after {last_day}, when the claim had prescribed"
    if act.kind is InterruptionKind.LETTER and not act.clear:
        return "the letter does not reserve the right to performance without doubt (3:317 lid 1 BW)"
    if act.kind is InterruptionKind.ACKNOWLEDGEMENT and not act.clear:
        return "it was not plainly meant as an acknowledgement (3:318 BW)"
    if act.withdrawn_on is not None:
        months = int(table(TABLE).rule("new_suit_within", asked_on).figure())
        if act.new_suit_on is None or act.new_suit_on > months_after(act.withdrawn_on, months):
            return f"the suit was withdrawn on {act.withdrawn_on} without a new one within {months} months (3:316 BW)"
    return ""
