"""Pages for what went wrong: each says what, why, and what now, and never a code alone."""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)


def _page(request: HttpRequest, status: int, what: str, why: str, now: str, href: str = "/") -> HttpResponse:
    facts = {"what": what, "why": why, "now": now, "href": href, "status": status}
    return render(request, "web/error.html", facts, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request could not be understood."""
    return _page(
        request, 400,
        _("That request could not be read"),
        _("Your browser sent something this page does not understand; nothing was changed."),
        _("Go back and try once more."),
    )  # fmt: skip


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Not allowed: most often a viewer who tries to change something."""
    return _page(
        request, 403,
        _("You may look here, not change"),
        _("Your place with this client is that of a viewer; nothing was changed."),
        _("Ask an owner or bookkeeper of this client to do it, or to change your role."),
    )  # fmt: skip


def form_only(request: HttpRequest) -> HttpResponse:
    """The address of a form, opened as if it were a page."""
    answer = _page(
        request, 405,
        _("This address only takes a form"),
        _("It is where a form is sent to, and shows nothing by itself; nothing was changed."),
        _("Go back to the page with the form, or start from the overview."),
    )  # fmt: skip
    answer["Allow"] = "POST"
    return answer


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Not there, or not for this client: both look the same."""
    return _page(
        request, 404,
        _("This page is not here"),
        _("The address may be mistyped, or what it showed belongs to another client than the one you look at."),
        _("Go to the overview and search from there."),
    )  # fmt: skip


def broken(request: HttpRequest) -> HttpResponse:
    """A bug. Nothing of the frame is asked for, as that may be what broke."""
    facts = {
        "what": _("Something broke on our side"),
        "why": _("This is a fault in the program, not in what you did. What you were changing was not kept, not even in part."),
        "now": _("Try again in a moment. If it happens again, tell whoever looks after Inbaar when it happened and what you did."),
        "href": "/", "status": 500,
    }  # fmt: skip
    return HttpResponse(render_to_string("web/error.html", facts), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old, or came from elsewhere."""
    log.warning("a form was refused: %s", reason)
    return _page(
        request, 403,
        _("This form was open too long"),
        _("For your safety a form works only from the page we gave you, while you are logged in; nothing was changed."),
        _("Open the page again and send the form once more."),
        request.path if request.method == "POST" and request.path.startswith("/account/") else "/",
    )  # fmt: skip


def too_often(request: HttpRequest) -> HttpResponse:
    """One address asked for signed links more often than anybody does who was given one."""
    return _page(
        request, 429,
        _("Too many visits from your address"),
        _("To keep links from being guessed, one address may open them a limited number of times a minute."),
        _("Wait a minute and open the link once more."),
        request.path,
    )  # fmt: skip


def locked_out(request: HttpRequest, original_response: Any = None, credentials: Any = None) -> HttpResponse:
    """Too many wrong passwords for one address."""
    return _page(
        request, 429,
        _("Log-in is closed for this address for now"),
        _("The password was wrong five times. To keep others out, nobody can log in with this address from here for a quarter of an hour."),
        _("Wait fifteen minutes and try again. Was it not you? Tell whoever looks after Inbaar."),
        "/account/login/",
    )  # fmt: skip
