"""Which SQL a block runs: `with statements() as seen:` captures it, to assert how many statements a batch takes.

Also says which joins in a statement forget the client. Statements sent by COPY go past Django and are not seen.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

# The bookkeeping of transactions and scopes is not work: it is left out of every count.
BOOKKEEPING = re.compile(
    r"\s*(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|SET LOCAL|SET CONSTRAINTS)\b", re.IGNORECASE
)


@dataclass
class Statements:
    """The statements of a block in their order. An `executemany` counts once per set of values."""

    texts: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.texts)

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def on(self, table: str, *verbs: str) -> list[str]:
        """The statements that name a table, of these verbs (all where none is given)."""
        named = re.compile(rf'\b"?{re.escape(table)}"?\b')
        return [text for text in self.texts if named.search(text) and (not verbs or _verb(text) in verbs)]

    @property
    def writes(self) -> list[str]:
        """The statements that change rows, those of a WITH included."""
        return [text for text in self.texts if re.search(r"\b(INSERT INTO|UPDATE|DELETE FROM)\b", text)]

    def __str__(self) -> str:
        return "\n".join(f"{number}. {text}" for number, text in enumerate(self.texts, start=1))


def _verb(text: str) -> str:
    return text.lstrip("( \n").split(None, 1)[0].upper()


@contextmanager
def statements() -> Iterator[Statements]:
    """Capture what Django's connection runs in the block."""
    from django.db import connection

    seen = Statements()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not BOOKKEEPING.match(str(sql)):
            params = list(params) if many else params
            seen.texts += [str(sql)] * (len(params) if many else 1)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


JOIN = re.compile(
    r'\bJOIN\s+(?:LATERAL\s+)?"?(?P<table>\w+)"?(?P<rest>.*?)'
    r"(?=\b(?:(?:INNER|LEFT|RIGHT|FULL|CROSS|NATURAL)\s+)*(?:OUTER\s+)?JOIN\b|\bWHERE\b|\bGROUP BY\b|\bORDER BY\b"
    r"|\bLIMIT\b|\bRETURNING\b|\bUNION\b|\bFOR UPDATE\b|\bSET\b|\bON CONFLICT\b|;|$)",
    re.IGNORECASE | re.DOTALL,
)
# A list of wanted values has no client: there the row is tied to the client of the scope, given as a parameter.
TIES_CLIENT = re.compile(
    r"""\bUSING\s*\([^)]*\bclient_id\b
    | \."?client_id"?\s*=\s*\(?"?\w+"?\."?\w+
    | "?\w+"?\."?\w+"?\s*=\s*\(?"?\w+"?\."?client_id\b
    | \bclient_id"?\s*=\s*%[(s]""",
    re.IGNORECASE | re.VERBOSE,
)


def joins_without_client(sql: str, client_tables: Iterable[str]) -> list[str]:
    """The joins of a client's table in a statement that tie `client_id` neither to the other side nor to a parameter."""
    owned = set(client_tables)
    return [
        " ".join(match.group(0).split())
        for match in JOIN.finditer(sql)
        if match["table"] in owned and not TIES_CLIENT.search(match["rest"])
    ]
