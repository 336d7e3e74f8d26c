"""How people get in: nobody signs up by himself, and wrong passwords are counted by the address that was typed."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedDoor(DefaultAccountAdapter):
    """Accounts are made by the administrator: the sign-up page says so."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False


def typed_email(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The address somebody tries to enter with: what axes counts by."""
    given = (credentials or {}).get("email") or request.POST.get("login") or ""
    return str(given).strip().lower()
