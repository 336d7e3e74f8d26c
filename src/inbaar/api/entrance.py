"""How a request comes in: held against its limits, known by its token, and run in its client's scope, in one transaction.

The API has no session, no cookie and no page, so it is answered before all that. What is refused leaves nothing behind.
"""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.urls.resolvers import ResolverMatch

from inbaar.api.problems import problem
from inbaar.api.tokens import caller_of, client_of
from inbaar.kit.clock import now
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope
from inbaar.web.visits import WINDOW_SECONDS, Visits, visitor_of

PREFIX = "/api/v1/"
URLS = "inbaar.api.urls"
MOST_BYTES = 2 * 1024 * 1024
#: How often a minute one token may ask of one program, and how often one address with what is no token.
MOST_A_MINUTE = 1_200
MOST_STRANGERS = 60
CALLS, STRANGERS = Visits(), Visits()
OPEN = frozenset({"description"})
_log = logging.getLogger("inbaar.api")


class _Undone(Exception):
    """A request that was refused: its transaction is rolled back, and this is the answer."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


class ApiMiddleware:
    """Answers what is under the API's address; everything else goes on to the pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        try:
            answer = _answer(request)
        except Refused as refused:
            answer = problem(refused.refusals, _headers(refused))
        except Exception:
            # Whoever called gets JSON here, too; what went wrong is for the log.
            _log.exception("a request to %s could not be answered", request.path_info)
            answer = problem(
                [
                    Refusal(
                        "broken", "the program answers", "it failed", "an answer", None, "try it again later"
                    )
                ]
            )
        answer.headers.setdefault("Cache-Control", "no-store")
        answer.headers.setdefault("Content-Length", str(len(answer.content)))
        return answer


def _answer(request: HttpRequest) -> HttpResponse:
    match = _matched(request)
    if match.url_name in OPEN:
        return match.func(request)
    _read(request)
    token = _token_of(request)
    client_id = client_of(token)
    if client_id is None:
        _stop_strangers(request)
        raise _unknown()
    if CALLS.count(token, now()) > MOST_A_MINUTE:
        _stop("one token")
    try:
        with client_scope(client_id):
            return _in_scope(request, match, client_id, token)
    except _Undone as undone:
        return undone.answer


def _in_scope(request: HttpRequest, match: ResolverMatch, client_id: int, token: str) -> HttpResponse:
    caller = caller_of(client_id, token, now())
    if caller is None:
        _stop_strangers(request)
        raise _unknown()
    request.caller = caller  # type: ignore[attr-defined]
    answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
    if answer.status_code == 405:
        answer = problem([Refusal("method", "an address takes its own methods", str(request.method), answer.get("Allow", ""))],
                         {"Allow": answer.get("Allow", "")})  # fmt: skip
    if answer.status_code >= 400:
        raise _Undone(answer)
    return answer


def _matched(request: HttpRequest) -> ResolverMatch:
    try:
        return resolve(request.path_info, URLS)
    except Resolver404:
        raise Refused(
            Refusal("unknown", "the API has its addresses", "there is nothing here", "an address of the description", "never",
                    "see /api/")
        ) from None  # fmt: skip


def _read(request: HttpRequest) -> None:
    """Read what was sent, if it is of a size and a kind that is taken."""
    length = str(request.META.get("CONTENT_LENGTH") or 0)
    if not length.isdecimal() or int(length) > MOST_BYTES:
        raise Refused(
            Refusal("body-size", "a request has its size", f"{length[:20]} bytes", f"{MOST_BYTES} bytes", "never", "send it in parts")
        )  # fmt: skip
    # Here, so that whoever sends it slowly keeps no transaction waiting.
    if request.body and request.content_type != "application/json":
        raise Refused(
            Refusal("body-type", "a request is JSON", (request.content_type or "no content type")[:100], "application/json")
        )  # fmt: skip


def _token_of(request: HttpRequest) -> str:
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _stop_strangers(request: HttpRequest) -> None:
    if STRANGERS.count(visitor_of(request), now()) > MOST_STRANGERS:
        _stop("one address without a token")


def _stop(who: str) -> None:
    raise Refused(
        Refusal("rate-limit", "nobody asks too much at once", f"{who} asked too often", "see the description of the API",
                next_step=f"wait {WINDOW_SECONDS} seconds")
    )  # fmt: skip


def _unknown() -> Refused:
    return Refused(
        Refusal("token-unknown", "whoever asks has a token", "there is none, or it opens nothing", "Authorization: Bearer TOKEN",
                next_step="have an administrator make one")
    )  # fmt: skip


def _headers(refused: Refused) -> dict[str, str]:
    if refused.code == "rate-limit":
        return {"Retry-After": str(WINDOW_SECONDS)}
    return {"WWW-Authenticate": "Bearer"} if refused.code == "token-unknown" else {}
