"""Template filters and tags for figures, dates, links that keep the filters, and icons. Built in: no load needed."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from inbaar.web import formats
from inbaar.web.icons import icon_svg
from inbaar.web.wording.ages import class_words
from inbaar.web.wording.findings import format_name
from inbaar.web.wording.problems import problem_words
from inbaar.web.wording.reasons import with_figures

register = template.Library()
register.filter("figure", formats.figure)
register.filter("amounts", formats.amounts)
register.filter("iban", formats.iban)
register.filter("filesize", formats.size)
register.filter("weekday", formats.weekday)
register.filter("format_name", format_name)


@register.filter
def money(value: Decimal | None, currency: str = "EUR") -> str:
    """An amount, or a dash where there is none."""
    return "–" if value is None else formats.amount(value, currency)


@register.filter
def article(value: str) -> str:
    """Articles of law as the law's tables name them, joined in the language of the page."""
    return value.replace(" and ", f" {_('and')} ")


@register.filter
def minus(value: Decimal) -> Decimal:
    """An amount that counts the other way."""
    return -value if value else value


@register.filter
def rate(value: Decimal) -> str:
    """A rate in percent with as many places as it needs, two at least."""
    places = max(2, -int(value.normalize().as_tuple().exponent))
    return f"{formats.figure(value, places)}%"


@register.filter
def day(value: dt.date | None) -> SafeString | str:
    """A date that machines can read as well."""
    if value is None:
        return "–"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.day(value))


@register.simple_tag(takes_context=True)
def from_today(context: Context, value: dt.date | None) -> str:
    """How far a day is from today."""
    return formats.distance(value, context["today"]) if value else ""


@register.simple_tag(takes_context=True)
def link_with(context: Context, **changes: Any) -> str:
    """This page's address with some of its filters changed; an empty value takes one off. Paging starts anew."""
    query = context["request"].GET.copy()
    if "page" not in changes:
        query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def link_without(context: Context, name: str) -> str:
    """This page's address without one of its filters."""
    return link_with(context, **{name: ""})


@register.inclusion_tag("web/part_sort.html", takes_context=True)
def sort_head(context: Context, chosen: str, key: str, title: str, css: str = "") -> dict[str, str]:
    """A column's head that sorts by it; once more turns the order round."""
    order = {key: "ascending", f"-{key}": "descending"}.get(chosen, "")
    href = link_with(context, sort=f"-{key}" if order == "ascending" else key)
    return {"order": order, "href": href, "title": title, "css": css}


@register.inclusion_tag("web/part_problem.html")
def problem(rule: str, text: str, level: str = "") -> dict[str, object]:
    """What was found wrong in a file, in the language of the page."""
    words, original = problem_words(rule, text, level)
    return {"words": words, "original": original, "error": level == "error"}


@register.simple_tag
def told(code: str, reason: str) -> str:
    """Why an entry is where it is, with its amounts as the page writes them."""
    return with_figures(code, reason)


@register.simple_tag
def age_words(key: str) -> str:
    """A class of the ageing in words."""
    return class_words(key)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing of our own; it only repeats what the words beside it say."""
    return icon_svg(name)
