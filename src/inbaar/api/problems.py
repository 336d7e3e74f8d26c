"""Every no of the API in one form: a problem as RFC 9457 has it, with each refusal as the program's own rules give it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from inbaar.kit.errors import Refusal

PROBLEM_TYPE = "application/problem+json"
#: What a rule's no is answered with, by its code; any other is 422.
_STATUS: Mapping[str, HTTPStatus] = {
    "token-unknown": HTTPStatus.UNAUTHORIZED,
    "token-scope": HTTPStatus.FORBIDDEN,
    "unknown": HTTPStatus.NOT_FOUND,
    "method": HTTPStatus.METHOD_NOT_ALLOWED,
    "body-size": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "body-type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "body-unreadable": HTTPStatus.BAD_REQUEST,
    "key-used": HTTPStatus.CONFLICT,
    "rate-limit": HTTPStatus.TOO_MANY_REQUESTS,
    "lookup-limit": HTTPStatus.TOO_MANY_REQUESTS,
    "broken": HTTPStatus.INTERNAL_SERVER_ERROR,
}


def refusal_facts(refusal: Refusal) -> dict[str, Any]:
    """A refusal as JSON tells it; `passes_on` is a day, "never", or null where no day but an act will do it."""
    return {
        "code": refusal.code, "rule": refusal.rule, "fact": refusal.fact, "limit": refusal.limit,
        "passes_on": str(refusal.passes_on) if refusal.passes_on else None, "next_step": refusal.next_step,
    }  # fmt: skip


def problem(refusals: Sequence[Refusal], headers: Mapping[str, str] = {}) -> HttpResponse:
    """The answer to a request that is refused; nothing of it was done."""
    first = refusals[0]
    status = _STATUS.get(first.code, HTTPStatus.UNPROCESSABLE_ENTITY)
    told = {
        "type": f"urn:inbaar:refusal:{first.code}", "title": first.rule, "status": status.value,
        "detail": "; ".join(str(refusal) for refusal in refusals), "refusals": [refusal_facts(one) for one in refusals],
    }  # fmt: skip
    return HttpResponse(json.dumps(told), status=status, content_type=PROBLEM_TYPE, headers=dict(headers))


def field_refusals(errors: Iterable[Mapping[str, Any]]) -> list[Refusal]:
    """What is wrong with the fields of a request, each named by its place in it."""
    found = []
    for error in errors:
        # The first words of a place say whether it was in the body, the address or a header, and in which argument.
        place = ".".join(str(part) for part in error["loc"][1:] if part not in ("body", "asked"))
        found.append(
            Refusal("field", f"{place or 'the body'} has its form", str(error["msg"])[:300], "see the description of the API",
                    next_step="correct it and send the request again")
        )  # fmt: skip
    return found
