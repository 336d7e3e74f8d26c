"""Tokens: made by an administrator and shown once, known again by their hash, and withdrawn for good.

A token names its client, so that a request is in that client's scope before anything is read: PostgreSQL shows no token of
another. The rest of it is 256 random bits, of which a plain hash tells nothing.
"""

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from inbaar.api.models import Token
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.text import printable

SCOPES: tuple[str, ...] = tuple(Token.Scope.values)
#: More than any administration has programs.
MOST_TOKENS = 50
_FORM = re.compile(r"inbaar_([1-9][0-9]{0,17})_[A-Za-z0-9_-]{43}", re.ASCII)
_USED_EVERY = dt.timedelta(minutes=1)
_CALLER = """
    SELECT t.id, t.name, t.scopes, t.last_used_at, c.name
    FROM api_token t JOIN parties_client c ON c.id = t.client_id
    WHERE t.client_id = %s AND t.hash = %s AND t.withdrawn_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """The program that asks: its token, for which client, and for what."""

    client_id: int
    client_name: str
    token_id: int
    name: str
    scopes: frozenset[str]

    @property
    def by(self) -> str:
        """Who did it, as it is kept."""
        return f"API: {self.name}"


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as its administrator sees it; never what it is."""

    id: int
    name: str
    scopes: tuple[str, ...]
    made_by: str
    made_at: dt.datetime
    last_used_at: dt.datetime | None
    withdrawn_at: dt.datetime | None


def client_of(token: str) -> int | None:
    """The client a token names; None where it has not the form of one."""
    form = _FORM.fullmatch(token)
    return int(form[1]) if form else None


def make_token(client_id: int, name: str, scopes: Collection[str], by: str, at: dt.datetime) -> str:
    """Make a token and give it, this one time. Needs the client's scope.

    Refuses one without a name, one that is for nothing, and one too many.
    """
    told = printable(name).strip()[:80]
    if not told:
        raise Refused(Refusal("token-name", "a token says which program has it", "no name", "a few words"))
    if not scopes or not set(scopes) <= set(SCOPES):
        raise Refused(
            Refusal("token-scopes", "a token is for something", ", ".join(sorted(scopes)) or "nothing", ", ".join(SCOPES))
        )  # fmt: skip
    if sum(row.withdrawn_at is None for row in tokens_of(client_id)) >= MOST_TOKENS:
        raise Refused(
            Refusal("token-limit", "an administration has so many tokens", f"{MOST_TOKENS} already", str(MOST_TOKENS),
                    next_step="withdraw one first")
        )  # fmt: skip
    token = f"inbaar_{client_id}_{secrets.token_urlsafe(32)}"
    Token.objects.create(
        client_id=client_id,
        name=told,
        hash=_hashed(token),
        scopes=sorted(set(scopes)),
        made_by=by[:100],
        made_at=at,
    )
    return token


def withdraw_token(client_id: int, token_id: int, by: str, at: dt.datetime) -> bool:
    """Let a token open nothing from now on; False if it did not any more. Needs the client's scope."""
    return bool(
        run(
            """
            UPDATE api_token SET withdrawn_at = %s, withdrawn_by = %s
            WHERE client_id = %s AND id = %s AND withdrawn_at IS NULL
            """,
            [at, by[:100], client_id, token_id],
        )
    )


def tokens_of(client_id: int) -> list[TokenRow]:
    """The tokens of a client, those that open something first. Needs the client's scope."""
    rows = fetch(
        """
        SELECT id, name, scopes, made_by, made_at, last_used_at, withdrawn_at FROM api_token
        WHERE client_id = %s ORDER BY withdrawn_at DESC NULLS FIRST, id
        """,
        [client_id],
    )
    return [TokenRow(number, name, tuple(scopes), *facts) for number, name, scopes, *facts in rows]


def caller_of(client_id: int, token: str, at: dt.datetime) -> Caller | None:
    """Who has this token; None where nobody does any more. Needs the client's scope. Keeps when it was used, to a minute."""
    rows = fetch(_CALLER, [client_id, _hashed(token)])
    if not rows:
        return None
    ((token_id, name, scopes, used_at, client_name),) = rows
    if used_at is None or at - used_at >= _USED_EVERY:
        run(
            "UPDATE api_token SET last_used_at = %s WHERE client_id = %s AND id = %s",
            [at, client_id, token_id],
        )
    return Caller(client_id, client_name, token_id, name, frozenset(scopes))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
