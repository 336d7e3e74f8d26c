"""The switch of online payment: a client's key with its provider, sealed, tried before it is kept, and never shown."""

import datetime as dt
import os
from dataclasses import dataclass

from django.conf import settings

from inbaar.banking.online.models import ProviderAccount
from inbaar.banking.online.mollie import ADDRESS, Mollie, is_key, is_test_key
from inbaar.banking.online.provider import Provider, ProviderError, ProviderRefused
from inbaar.kit.bulk import run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.sealing import SealBroken, seal, unseal
from inbaar.kit.site import site_address

NAME = "mollie"


@dataclass(frozen=True, slots=True)
class OpenProvider:
    """A client's provider, ready to be asked. `test`: what is paid with it is play money."""

    provider: Provider
    test: bool


def save_key(client_id: int, key: str, by: str, moment: dt.datetime) -> None:
    """Keep a client's key and switch online payment on. Refuses a key the provider does not take. Needs the client's scope."""
    if not site_address():
        raise _refused("online-address", "a payer is sent back to an address of this installation",
                       "it has none", "an address", "set INBAAR_ORIGINS")  # fmt: skip
    if not is_key(key):
        raise _refused("online-key-form", "a key of Mollie begins with live_ or test_", "another text",
                       "live_... or test_...", "copy it from the developers' page of Mollie")  # fmt: skip
    try:
        _provider(key).try_key()
    except ProviderRefused:
        raise _refused("online-key", "the provider must take the key", "it does not", "a key that is taken",
                       "copy the key once more") from None  # fmt: skip
    except ProviderError:
        raise _refused("online-away", "the provider must answer", "it does not", "an answer",
                       "try again in a minute") from None  # fmt: skip
    ProviderAccount.objects.update_or_create(
        client_id=client_id,
        defaults={
            "provider": NAME, "key": seal(key, _purpose(client_id), settings.SECRET_KEY), "test": is_test_key(key),
            "active": True, "set_by": by, "set_at": moment,
        },
    )  # fmt: skip


def switch(client_id: int, *, on: bool) -> bool:
    """Switch online payment on or off; False where there is no key. What was begun is followed either way."""
    return run("UPDATE online_provideraccount SET active = %s WHERE client_id = %s", [on, client_id]) > 0


def offers_online(client_id: int) -> bool:
    """Whether payers can pay online now. Needs the client's scope."""
    return bool(site_address()) and ProviderAccount.objects.filter(client_id=client_id, active=True).exists()


def open_provider(client_id: int, *, active: bool = False) -> OpenProvider | None:
    """The client's provider, or None: where no key is kept, it cannot be read any more, or `active` is asked and it is off."""
    row = ProviderAccount.objects.filter(client_id=client_id).first()
    if row is None or (active and not row.active):
        return None
    try:
        key = unseal(row.key, _purpose(client_id), settings.SECRET_KEY)
    except SealBroken:
        return None
    return OpenProvider(_provider(key), row.test)


def _provider(key: str) -> Provider:
    """Mollie, or the server on this machine that stands in for it (INBAAR_MOLLIE_URL)."""
    return Mollie(key, os.environ.get("INBAAR_MOLLIE_URL", "") or ADDRESS)


def _purpose(client_id: int) -> str:
    return f"provider|{client_id}|{NAME}"


def _refused(code: str, rule: str, fact: str, limit: str, step: str) -> Refused:
    return Refused(Refusal(code, rule, fact, limit, None, step))
