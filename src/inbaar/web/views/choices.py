"""Choosing a language and a client: small changes that bring one back to where one was."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from inbaar.web.middleware import CHOSEN, places_of
from inbaar.web.requests import without_client


def _back(request: HttpRequest) -> str:
    """Where the visitor came from, if that is a page of ours."""
    there = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return there if safe and there.startswith("/") else "/"


@without_client
@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in a cookie, and with the user if somebody is logged in."""
    language = request.POST.get("language", "")
    answer = redirect(_back(request))
    if language not in dict(settings.LANGUAGES):
        return answer
    if request.user.is_authenticated and request.user.language != language:
        request.user.language = language
        request.user.save(update_fields=["language"])
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


@without_client
@require_POST
def choose_client(request: HttpRequest) -> HttpResponse:
    """Look at another client from now on: one that the user has a place with."""
    wanted = request.POST.get("client", "")
    for place in places_of(request.user.pk or 0):
        if str(place.client_id) == wanted:
            request.session[CHOSEN] = place.client_id
            return redirect("overview")
    raise Http404("no such client")
