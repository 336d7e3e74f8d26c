"""What a page asks of its request: in which client it works, and whether this user may change anything."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from inbaar.web.middleware import Place
from inbaar.web.views.errors import form_only

View = Callable[..., HttpResponse]
# What a page gives: a response as a whole, or one that is sent piece by piece.
Given = TypeVar("Given", bound=HttpResponseBase)


class PageRequest(HttpRequest):
    """A request as the middleware leaves it."""

    place: Place
    places: list[Place]


def client_page(view: Callable[..., Given]) -> Callable[..., Given | HttpResponse]:
    """A page about a client's rows. Somebody without a client gets a calm page that says so."""

    @wraps(view)
    def shown(request: PageRequest, *args: Any, **kwargs: Any) -> Given | HttpResponse:
        if request.place is None:
            return render(request, "web/no_client.html", status=200)
        return view(request, *args, **kwargs)

    return shown


def client_act(view: View) -> View:
    """A change to a client's rows: by POST only, and not by a viewer."""

    @wraps(view)
    def done(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return form_only(request)
        if request.place is None or not request.place.may_change:
            raise PermissionDenied("viewer")
        return view(request, *args, **kwargs)

    return done


def without_client(view: View) -> View:
    """A page that needs no client's scope."""
    view.needs_no_client = True  # type: ignore[attr-defined]
    return view


def owner_only(view: View) -> View:
    """A page or an act of the administrator: nobody else opens the books to another program."""

    @wraps(view)
    def shown(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.place is not None and request.place.role != "owner":
            raise PermissionDenied("not an owner")
        return view(request, *args, **kwargs)

    return shown
