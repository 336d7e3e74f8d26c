"""Amounts, dates and spans of time as people read them, in the language of the page."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

NBSP, MINUS = "\u00a0", "\u2212"
_MONTHS = {
    "nl": ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_WEEKDAYS = {
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def _language() -> str:
    return "en" if (get_language() or "nl").startswith("en") else "nl"


def figure(number: Decimal, places: int = 2) -> str:
    """A number with its separators: `1.234,56` in Dutch, `1,234.56` in English."""
    text = f"{abs(number):,.{places}f}"
    if _language() == "nl":
        text = text.translate(str.maketrans(",.", ".,"))
    return f"{MINUS}{text}" if number < 0 and Decimal(f"{number:.{places}f}") else text


def amount(value: Decimal, currency: str = "EUR") -> str:
    """An amount with its currency: `€ 1.234,56`; another currency by its code."""
    sign = "€" if currency == "EUR" else currency
    return f"{sign}{NBSP}{figure(value)}"


def amounts(pairs: Sequence[tuple[str, Decimal]]) -> str:
    """Amounts in several currencies, side by side; nothing is added up across them."""
    return " + ".join(amount(value, currency) for currency, value in pairs) or amount(Decimal(0))


def day(value: dt.date) -> str:
    """A date: `22 nov 2026`."""
    return f"{value.day}{NBSP}{_MONTHS[_language()][value.month - 1]}{NBSP}{value.year}"


def weekday(value: dt.date) -> str:
    """The day of the week in words."""
    return _WEEKDAYS[_language()][value.weekday()]


def distance(value: dt.date, on: dt.date) -> str:
    """How far a day is from another, as help beside its date: `over 3 dagen`, `gisteren`."""
    days = (value - on).days
    if days == 0:
        return _("today")
    if abs(days) == 1:
        return _("tomorrow") if days == 1 else _("yesterday")
    unit = next(unit for least, unit in ((365, "y"), (61, "m"), (1, "d")) if abs(days) >= least)
    count = abs(days) // {"y": 365, "m": 30, "d": 1}[unit]
    forms = {
        "y": ngettext("%(count)s year", "%(count)s years", count),
        "m": ngettext("%(count)s month", "%(count)s months", count),
        "d": ngettext("%(count)s day", "%(count)s days", count),
    }
    span = forms[unit] % {"count": count}
    return (_("in %(span)s") if days > 0 else _("%(span)s ago")) % {"span": span}


def size(bytes_: int) -> str:
    """The size of a file."""
    if bytes_ < 1024 * 1024:
        return f"{figure(Decimal(max(bytes_, 1)) / 1024, 0 if bytes_ >= 10240 else 1)}{NBSP}kB"
    return f"{figure(Decimal(bytes_) / 1024 / 1024, 1)}{NBSP}MB"


def iban(value: str) -> str:
    """An account number in groups of four."""
    plain = value.replace(" ", "")
    return NBSP.join(plain[start : start + 4] for start in range(0, len(plain), 4))
