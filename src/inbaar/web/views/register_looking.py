"""Looking companies up, watching them, and the register's figures."""

import datetime as dt
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.register.alerts import known_link, subscribe, unsubscribe
from inbaar.register.figures import by_year, resolution
from inbaar.register.looking_up import Looker, look_up, stop_watching, watch
from inbaar.web.charts import bar_lengths
from inbaar.web.register_forms import LookUpForm
from inbaar.web.requests import PageRequest, client_act, client_page, without_client
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


@client_act
def alerts_begin(request: PageRequest) -> HttpResponse:
    """Be mailed that something is new about companies that are watched."""
    try:
        subscribe(request.place.client_id, request.POST.get("email", ""), get_language() or "nl", today())
    except Refused as refused:
        for words in refused_words(refused):
            messages.error(request, words)
    else:
        messages.success(
            request, _("You are mailed when something is new. The mail does not say what: you see that here.")
        )
    return redirect("register")


@client_act
def alerts_end(request: PageRequest) -> HttpResponse:
    """Be mailed no more."""
    if unsubscribe(request.place.client_id):
        messages.success(request, _("You are mailed no more."))
    return redirect("register")


# Nobody is logged in, so there is nothing that a form on another site could borrow: who has the link may end the mail by it,
# and programs that read mail do so with one click.
@csrf_exempt
@without_client
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def alerts_stop(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link in such a mail: by POST the mail ends. Opening it ends nothing, for mail is looked through."""
    client_id = known_link(token)
    if client_id is not None and request.method == "POST":
        with client_scope(client_id):
            unsubscribe(client_id)
        return render(request, "web/alerts_stop.html", {"ended": True})
    return render(
        request, "web/alerts_stop.html", {"known": client_id is not None}, status=200 if client_id else 404
    )


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
