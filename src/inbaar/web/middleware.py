"""What each request gets before its page runs: a language, and the one client whose rows it may see.

The page runs in the client's scope, in one transaction; PostgreSQL keeps all other clients' rows out of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope, user_scope

CHOSEN = "inbaar_client"
Answer = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class Place:
    """A client a user may look at, and in which role."""

    client_id: int
    name: str
    role: str

    @property
    def may_change(self) -> bool:
        """A viewer looks and changes nothing."""
        return self.role in ("owner", "treasurer", "bookkeeper", "register_officer")


def places_of(user_id: int) -> list[Place]:
    """The clients of a user, by name."""
    with user_scope(user_id):
        rows = fetch(
            """
            SELECT m.client_id, c.name, m.role FROM parties_membership m JOIN parties_client c ON c.id = m.client_id
            WHERE m.user_id = %s ORDER BY lower(c.name), m.client_id
            """,
            [user_id],
        )
    return [Place(*row) for row in rows]


class LanguageMiddleware:
    """The language of the switch, else the user's own, else Dutch. What the browser prefers is not asked."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if language not in dict(settings.LANGUAGES):
            language = request.user.language if request.user.is_authenticated else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Cookie",))
        return response


class ClientMiddleware:
    """Finds the client that was chosen and runs the page in its scope. Pages get it as `request.place`."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.places, request.place = [], None  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Run the view in the scope of the chosen client; it commits when the page is ready, or not at all."""
        if not request.user.is_authenticated or getattr(view, "needs_no_client", False):
            return None
        places = places_of(request.user.pk)
        chosen = request.session.get(CHOSEN)
        # Until a client is chosen it is the one that was opened first; the list itself stands by name.
        first = min(places, key=lambda place: place.client_id, default=None)
        place = next((place for place in places if place.client_id == chosen), first)
        request.places, request.place = places, place  # type: ignore[attr-defined]
        if place is None:
            return None
        with client_scope(place.client_id):
            return view(request, *args, **kwargs)
