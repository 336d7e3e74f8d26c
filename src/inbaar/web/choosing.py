"""The form on which a person says what each column of a list is: as it is shown, and as it comes back."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from inbaar.intake.bulk.columns import Choices, Outline
from inbaar.web.wording.imports import FIELDS_OF, field_choices, field_word

MOST_TERM_DAYS = 365


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column of the list: its head, samples of what is in it, and the fields it can be, with the one chosen."""

    place: int
    head: str
    samples: tuple[str, ...]
    chosen: str
    fields: list[tuple[str, str]]


def column_rows(outline: Outline, choices: Choices) -> list[ColumnRow]:
    """The columns in their order; those that are nobody's choice are not shown."""
    by_place = {place: name for name, place in choices.columns.items()}
    fields = field_choices(choices.kind)
    known = FIELDS_OF[choices.kind]
    return [
        ColumnRow(place, head or _("column %(number)s") % {"number": place + 1}, samples, by_place.get(place, ""), fields)
        for place, (head, samples) in enumerate(zip(outline.head, outline.samples, strict=True))
        if by_place.get(place, "debtor") in known
    ]  # fmt: skip


def chosen(form: Mapping[str, str], columns: int, shown: Choices) -> tuple[Choices, list[str]]:
    """The choices that came back, and what is wrong with them. What the form does not show stays as it was."""
    known = FIELDS_OF[shown.kind]
    places = {name: place for name, place in shown.columns.items() if name not in known}
    problems = []
    for place in range(columns):
        name = form.get(f"column-{place}", "")
        if name not in known:
            continue
        if name in places:
            problems.append(
                _("Two columns were chosen for: %(field)s. Choose one of them.") % {"field": field_word(name)}
            )
        places.setdefault(name, place)
    term, wrong = _term_days(form.get("term_days", ""))
    return (
        Choices(
            columns=places,
            decimal=_one_of(form.get("decimal", ""), "comma", "point"),  # type: ignore[arg-type]
            dates=_one_of(form.get("dates", ""), "dmy", "mdy"),  # type: ignore[arg-type]
            term_days=term,
            negative_is_credit="negative_is_credit" in form,
            restore_zeros="restore_zeros" in form,
            unsent="unsent" in form,
            kind=shown.kind,
        ),
        problems + wrong,
    )


def _one_of(value: str, *values: str) -> str:
    return value if value in values else ""


def _term_days(text: str) -> tuple[int | None, list[str]]:
    text = text.strip()
    if not text:
        return None, []
    if text.isascii() and text.isdigit() and int(text[:6]) <= MOST_TERM_DAYS:
        return int(text), []
    return None, [
        _("“%(value)s” is not a payment term; write a number of days, such as 30.") % {"value": text[:20]}
    ]
