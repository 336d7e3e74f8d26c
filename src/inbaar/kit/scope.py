"""Whose rows this request or job may see. PostgreSQL refuses the rest, also when the code forgets."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

_current: ContextVar[int | None] = ContextVar("inbaar_client", default=None)


def current_client() -> int | None:
    """The client in scope, or None outside every scope."""
    return _current.get()


@contextmanager
def client_scope(client_id: int) -> Iterator[int]:
    """Run a block as one client, in one transaction.

    The scope is a literal `SET LOCAL`, so it ends with the transaction and a distributed database passes it on.
    Scopes nest only for the same client: a block for one client inside a block for another is a bug.
    """
    outer = _current.get()
    if outer not in (None, client_id):
        raise RuntimeError(f"a scope of client {client_id} inside a scope of client {outer}")
    token = _current.set(client_id)
    # A transaction that goes on after the block must not keep the scope; one that ends with it takes the scope along.
    goes_on = outer is None and connection.in_atomic_block
    try:
        with transaction.atomic():
            set_scope(client_id)
            yield client_id
            if goes_on:
                clear_scope()
    finally:
        _current.reset(token)


def set_scope(client_id: int) -> None:
    """Tell the database which client's rows this transaction may see."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL inbaar.client_id = '{int(client_id)}'")


def clear_scope() -> None:
    """Close the scope again; needed where an outer transaction goes on after the block."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL inbaar.client_id = ''")


@contextmanager
def user_scope(user_id: int) -> Iterator[None]:
    """Let a user read which clients he may enter, before one is chosen."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL inbaar.user_id = '{int(user_id)}'")
        yield
        cursor.execute("SET LOCAL inbaar.user_id = ''")
