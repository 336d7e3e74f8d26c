"""Where a provider tells that something changed: an address of its own for each payment, signed, so that nobody else can
make us ask. It does not end: a payment can be charged back for months.
"""

from typing import NamedTuple

from django.core import signing

from inbaar.kit.site import site_address

SALT = "inbaar.online"


class Told(NamedTuple):
    """Which payment an address is for."""

    client_id: int
    payment_id: int


def told_token(client_id: int, payment_id: int) -> str:
    """The signed part of the address."""
    return signing.dumps([client_id, payment_id], salt=SALT)


def read_told_token(token: str) -> Told | None:
    """Which payment an address is for; None where the signature is not ours."""
    try:
        client_id, payment_id = signing.loads(token, salt=SALT)
        return Told(int(client_id), int(payment_id))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def told_link(client_id: int, payment_id: int) -> str:
    """The whole address."""
    return f"{site_address()}/online/told/{told_token(client_id, payment_id)}/"
