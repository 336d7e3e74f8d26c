"""Looking companies up, watching them, and the register's figures."""

import datetime as dt
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.register.figures import by_year, resolution
from inbaar.register.looking_up import Looker, look_up, stop_watching, watch
from inbaar.web.charts import bar_lengths
from inbaar.web.register_forms import LookUpForm
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.views.register import by, register_page
from inbaar.web.wording.refusals import refused_words


@client_act
def look_up_company(request: PageRequest) -> HttpResponse:
    """Show what is entered of a company. Asked by a form, so that no address and no log of addresses names a company."""
    form = LookUpForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            found = look_up(_looker(request), data["company"], data["reason"], now())
        except Refused as refused:
            for words in refused_words(refused):
                form.add_error(None, words)
        else:
            answer = render(request, "web/register_lookup.html", {"found": found, "reason": data["reason"]})
            answer["Cache-Control"] = "private, no-store"
            return answer
    return register_page(request, {"look": form}, 400)


@client_act
def watch_company(request: PageRequest) -> HttpResponse:
    """Have an eye on a company from now on."""
    try:
        watch(_looker(request), request.POST.get("kvk", ""), request.POST.get("interest", ""), now(), today())
    except Refused as refused:
        for words in refused_words(refused):
            messages.error(request, words)
    else:
        messages.success(request, _("You watch this company. What is new of it is told on this page."))
    return redirect("register")


@client_act
def stop_company(request: PageRequest) -> HttpResponse:
    """Have no eye on a company any more."""
    if stop_watching(request.place.client_id, request.POST.get("kvk", "")):
        messages.success(request, _("You do not watch this company any more."))
    return redirect("register")


@client_page
def figures(request: PageRequest) -> HttpResponse:
    """How many reports were resolved within fourteen days, and how many there were each year."""
    on = today()
    since = on.replace(day=1) - dt.timedelta(days=365)
    years = by_year()
    lengths = bar_lengths([Decimal(one.reported) for one in years.values()])
    facts = {
        "period": resolution(since, on),
        "since": since.replace(day=1),
        "until": on,
        "years": list(zip(years.items(), lengths, strict=True)),
    }
    return render(request, "web/register_figures.html", facts)


def _looker(request: PageRequest) -> Looker:
    return Looker(request.place.client_id, request.place.name, by(request))
