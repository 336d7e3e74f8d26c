"""How often one address may ask the pages that need no log-in: enough for any payer or provider, too little to guess links.

Counted per program, in memory: what is lost with a restart is a minute's count. Nothing of it is written down.
"""

import datetime as dt
import ipaddress
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from inbaar.kit.clock import now

WINDOW_SECONDS = 60
_IPV6_OF_ONE = 64


class Visits:
    """The visits of this minute, by address. Of two threads at once one may be missed, which does no harm."""

    def __init__(self) -> None:
        self._minute, self._seen = 0, Counter[str]()

    def count(self, visitor: str, moment: dt.datetime) -> int:
        """Note one more visit; gives how many there were this minute."""
        minute = int(moment.timestamp()) // WINDOW_SECONDS
        if minute != self._minute:
            self._minute, self._seen = minute, Counter()
        self._seen[visitor] += 1
        return self._seen[visitor]

    def forget(self) -> None:
        """Begin anew."""
        self._seen.clear()


VISITS = Visits()


def visitor_of(request: HttpRequest) -> str:
    """Where a request comes from: what the proxy before this program says last, where there is one.

    An IPv6 address counts as the network of 64 bits that one visitor is given.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.CSRF_TRUSTED_ORIGINS:
        address = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip() or address
    try:
        told = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if told.version == 6:
        return str(ipaddress.ip_network((told, _IPV6_OF_ONE), strict=False))
    return str(told)


def limited(
    most: int, refused: Callable[[HttpRequest], HttpResponse]
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page that one address may ask `most` times a minute; above that it is answered by `refused`, and nothing is read."""

    def limiting(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if VISITS.count(f"{view.__name__} {visitor_of(request)}", now()) > most:
                answer = refused(request)
                answer["Retry-After"] = str(WINDOW_SECONDS)
                return answer
            return view(request, *args, **kwargs)

        return shown

    return limiting
