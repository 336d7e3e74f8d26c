"""Requests that may come twice: one that bears a key is done once, and answered the same as often as it comes.

Of two at once the second waits until the first is done. What was refused did nothing and is not kept, so it is looked at anew.
Look-ups bear no key, for what was found is kept nowhere.
"""

import datetime as dt
import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from pydantic import BaseModel

from inbaar.api.tokens import Caller
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.clock import now
from inbaar.kit.errors import Refusal, Refused

KEPT_FOR = dt.timedelta(days=7)
REPLAYED = "Idempotent-Replayed"
_ANSWER = {
    "client_id": "bigint", "token_id": "bigint", "key": "text", "asked": "text", "told": "text", "made_at": "timestamptz",
}  # fmt: skip


def answered_once(act: Callable[..., BaseModel]) -> Callable[..., HttpResponse]:
    """An operation that is done once for each key. Its last argument is the key of the request, or None."""

    @wraps(act)
    def answered(request: Any, *args: Any, idempotency_key: str | None = None, **kwargs: Any) -> HttpResponse:
        if idempotency_key is None:
            return json_answer(act(request, *args, idempotency_key=None, **kwargs))
        caller: Caller = request.caller
        asked = hashlib.sha256(b"\0".join([request.path.encode(), request.body])).hexdigest()
        kept = _taken(caller, idempotency_key, asked)
        if kept is not None:
            return _json(kept, {REPLAYED: "true"})
        told = act(request, *args, idempotency_key=idempotency_key, **kwargs).model_dump_json()
        run(
            "UPDATE api_answer SET told = %s WHERE client_id = %s AND token_id = %s AND key = %s",
            [told, caller.client_id, caller.token_id, idempotency_key],
        )
        return _json(told)

    return answered


def json_answer(told: BaseModel) -> HttpResponse:
    """An answer as it is: what was made by its own fields is not read and made by them once more."""
    return _json(told.model_dump_json())


def forget_answers(client_id: int, before: dt.datetime) -> int:
    """Forget what was answered longer ago; gives how many. Needs the client's scope."""
    return run("DELETE FROM api_answer WHERE client_id = %s AND made_at < %s", [client_id, before])


def _taken(caller: Caller, key: str, asked: str) -> str | None:
    """Take a key for a request; what was answered to the same where it is taken already. Refuses it for another request."""
    row = (caller.client_id, caller.token_id, key, asked, "", now())
    if insert_rows("api_answer", _ANSWER, [row], on_conflict="DO NOTHING", returning="id"):
        return None
    ((of, told),) = fetch(
        "SELECT asked, told FROM api_answer WHERE client_id = %s AND token_id = %s AND key = %s",
        [caller.client_id, caller.token_id, key],
    )
    if of != asked:
        raise Refused(
            Refusal("key-used", "a key stands for one request", "it was used for another", "a key of its own", "never",
                    "send this request with a new key")
        )  # fmt: skip
    return str(told)


def _json(text: str, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(text, content_type="application/json", headers=headers)
