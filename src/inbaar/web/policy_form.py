"""The form of a dunning policy: its steps as they were typed, read back into a policy, with each fault beside its field.

Works without script: adding, removing and moving a step send the form and give it back as it was typed, nothing saved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _

from inbaar.dunning.policy import MOST_STEPS, Policy, problems
from inbaar.dunning.policy_book import LETTERS
from inbaar.dunning.policy_steps import Action, Channel, ContactRole, Moment, PolicyStep, Term, Tone
from inbaar.kit.errors import Refusal
from inbaar.web.formats import figure
from inbaar.web.queries.invoice_filters import read_amount

#: What a new step says until somebody says otherwise.
FRESH = {
    Action.COURTESY_NOTICE: PolicyStep(Action.COURTESY_NOTICE, -5),
    Action.REMINDER: PolicyStep(Action.REMINDER, 1, term=Term.CALENDAR_DAYS, term_days=14),
    Action.CALL: PolicyStep(Action.CALL, 3, Moment.PREVIOUS, Channel.PHONE),
    Action.FORMAL_NOTICE: PolicyStep(
        Action.FORMAL_NOTICE, 14, term=Term.WORKING_DAYS, term_days=5, role=ContactRole.ESCALATION,
        capacities=frozenset(LETTERS) - {next(c for c, letter in LETTERS.items() if letter == "c")},
    ),
    Action.FOURTEEN_DAY: PolicyStep(
        Action.FOURTEEN_DAY, 14, term=Term.STATUTORY, role=ContactRole.ESCALATION,
        capacities=frozenset(c for c, letter in LETTERS.items() if letter == "c"),
    ),
    Action.HAND_OVER: PolicyStep(Action.HAND_OVER, 0, Moment.PREVIOUS, Channel.NONE),
}  # fmt: skip
BEFORE, AFTER, PREVIOUS = "before", "after", "previous"


@dataclass(slots=True)
class StepFields:
    """One step as the form shows it: every value as typed, and what is wrong with which."""

    action: Action
    values: dict[str, str]
    capacities: set[str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_letter(self) -> bool:
        """Whether it writes to the debtor, and so has a channel and somebody to address."""
        return self.action.is_letter

    @property
    def has_tone(self) -> bool:
        """Whether it may speak in more than one tone, and gives a term of its own."""
        return self.action is Action.REMINDER


@dataclass(slots=True)
class PolicyForm:
    """The whole form. `steps` is what it makes of it, empty while a value cannot be read."""

    name: str
    reason: str
    fields: list[StepFields]
    steps: tuple[PolicyStep, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @property
    def is_readable(self) -> bool:
        """Whether every value could be read."""
        return not any(step.errors for step in self.fields)

    @property
    def policy(self) -> Policy | None:
        """The policy, where no rule is broken."""
        return Policy(self.steps) if self.is_readable and not self.refusals else None


def form_of(policy: Policy, name: str) -> PolicyForm:
    """The form that shows a policy as it is."""
    return PolicyForm(name, "", [_fields_of(step) for step in policy.steps], policy.steps)


def read_form(data: QueryDict) -> PolicyForm:
    """What was typed, with every step added, removed or moved as the pressed button asks."""
    typed = [_typed(data, number) for number in _numbers(data)]
    fields = _pressed([one for one in typed if one is not None], data.get("do", ""), data.get("add", ""))
    form = PolicyForm(_text(data, "name", 60), _text(data, "reason", 300), fields[: MOST_STEPS + 1])
    steps = [_step(step) for step in form.fields]
    if form.is_readable:
        form.steps = tuple(step for step in steps if step is not None)
        form.refusals = problems(form.steps)
    return form


def _text(data: Mapping[str, str], name: str, length: int) -> str:
    return " ".join(data.get(name, "").replace("\0", "").split())[:length]


def _numbers(data: QueryDict) -> list[str]:
    return [
        number for number in data.getlist("step")[: MOST_STEPS + 1] if number.isascii() and number.isdigit()
    ]


def _typed(data: QueryDict, number: str) -> StepFields | None:
    try:
        action = Action(data.get(f"action-{number}", ""))
    except ValueError:
        return None
    names = ("days", "when", "channel", "tone", "term", "term_days", "role", "least", "most", "abroad")
    values = {name: _text(data, f"{name}-{number}", 30) for name in names}
    return StepFields(
        action, values, {one for one in data.getlist(f"for-{number}") if one in LETTERS.values()}
    )


def _pressed(fields: list[StepFields], button: str, added: str) -> list[StepFields]:
    """The steps after a button: `remove:2`, `up:2`, `down:1`, or `add` with the action chosen."""
    act, _colon, number = button.partition(":")
    if act == "add":
        try:
            return _with_new(fields, _fields_of(FRESH[Action(added)]))
        except ValueError:
            return fields
    if not (number.isascii() and number.isdigit() and int(number) < len(fields)):
        return fields
    place = int(number)
    if act == "remove":
        return [*fields[:place], *fields[place + 1 :]]
    other = {"up": place - 1, "down": place + 1}.get(act, -1)
    if 0 <= other < len(fields):
        fields[place], fields[other] = fields[other], fields[place]
    return fields


def _with_new(fields: list[StepFields], new: StepFields) -> list[StepFields]:
    """A new step where it belongs: a notice in advance first, all others before the hand-over."""
    if new.action is Action.COURTESY_NOTICE:
        return [new, *fields]
    ends = [place for place, step in enumerate(fields) if step.action is Action.HAND_OVER]
    place = ends[0] if ends and new.action is not Action.HAND_OVER else len(fields)
    return [*fields[:place], new, *fields[place:]]


def _fields_of(step: PolicyStep) -> StepFields:
    when = PREVIOUS if step.after is Moment.PREVIOUS else BEFORE if step.days < 0 else AFTER
    return StepFields(
        step.action,
        {
            "days": str(abs(step.days)), "when": when, "channel": str(step.channel), "tone": str(step.tone),
            "term": str(step.term), "term_days": str(step.term_days or ""), "role": str(step.role),
            "least": _figure(step.least_open), "most": _figure(step.most_open),
            "abroad": {None: "", True: "yes", False: "no"}[step.abroad],
        },
        {LETTERS[capacity] for capacity in step.capacities},
    )  # fmt: skip


def _figure(amount: Decimal | None) -> str:
    return "" if amount is None else figure(amount)


def _step(typed: StepFields) -> PolicyStep | None:
    """The step these fields say; what cannot be read is told beside its field."""
    values, fresh = typed.values, FRESH[typed.action]
    days = _whole(typed, "days")
    term_days = _whole(typed, "term_days") if typed.has_tone or typed.action is Action.FORMAL_NOTICE else 0
    amounts = [_amount(typed, name) for name in ("least", "most")]
    try:
        step = replace(
            fresh,
            days=-days if values["when"] == BEFORE else days,
            after=Moment.PREVIOUS if values["when"] == PREVIOUS else Moment.DUE,
            channel=Channel(values["channel"]) if typed.is_letter else fresh.channel,
            tone=Tone(values["tone"]) if typed.has_tone else fresh.tone,
            term=Term(values["term"]) if typed.has_tone else fresh.term,
            term_days=term_days,
            role=ContactRole(values["role"]) if typed.is_letter else fresh.role,
            capacities=frozenset(
                capacity for capacity, letter in LETTERS.items() if letter in typed.capacities
            ),
            least_open=amounts[0],
            most_open=amounts[1],
            abroad={"yes": True, "no": False}.get(values["abroad"]),
        )
    except ValueError:
        typed.errors["days"] = _("Choose one of the values of the list.")
        return None
    return None if typed.errors else step


def _whole(typed: StepFields, name: str) -> int:
    text = typed.values[name]
    if text.isascii() and text.isdigit() and len(text) <= 3:
        return int(text)
    typed.errors[name] = _("Write a number of days, such as 14.")
    return 0


def _amount(typed: StepFields, name: str) -> Decimal | None:
    text = typed.values[name]
    if not text:
        return None
    amount = read_amount(text)
    if amount is None:
        typed.errors[name] = _("“%(value)s” is not an amount; write 1234,56.") % {"value": text}
    return amount
