"""Links to the page on which a bundle is paid: signed, for that bundle alone, and good for ninety days.

Whoever has the link sees what is left to pay and how, and nothing else of the debtor.
"""

import os
from typing import NamedTuple

from django.core import signing

SALT = "inbaar.pay"
GOOD_FOR_DAYS = 90
_SECONDS_A_DAY = 86_400


class Payable(NamedTuple):
    """What a link is about."""

    client_id: int
    reference: str


class LinkExpired(Exception):
    """The link was good once."""


class LinkUnknown(Exception):
    """The link was never made here, or was changed on its way."""


def pay_token(client_id: int, reference: str) -> str:
    """The signed part of a link."""
    return signing.dumps([client_id, reference], salt=SALT)


def read_token(token: str) -> Payable:
    """What a link is about; `LinkExpired` after ninety days, `LinkUnknown` where the signature is not ours."""
    try:
        client_id, reference = signing.loads(token, salt=SALT, max_age=GOOD_FOR_DAYS * _SECONDS_A_DAY)
    except signing.SignatureExpired:
        raise LinkExpired from None
    except (signing.BadSignature, ValueError):
        raise LinkUnknown from None
    return Payable(int(client_id), str(reference))


def site_address() -> str:
    """The address this installation is reached at from outside (INBAAR_ORIGINS), or nothing where it has none."""
    return os.environ.get("INBAAR_ORIGINS", "").split(",")[0].rstrip("/")


def pay_link(client_id: int, reference: str) -> str:
    """The whole link, or nothing where this installation has no address of its own."""
    address = site_address()
    return f"{address}/pay/{pay_token(client_id, reference)}/" if address else ""
