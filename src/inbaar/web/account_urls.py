"""Addresses of the accounts: allauth's, with log-in attempts counted."""

from typing import Any

from allauth.account.views import LoginView
from axes.decorators import axes_dispatch, axes_form_invalid
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.utils.decorators import method_decorator

from inbaar.web.requests import without_client


@method_decorator(axes_dispatch, name="dispatch")
@method_decorator(axes_form_invalid, name="form_invalid")
class CountedLogin(LoginView):
    """The log-in page; too many wrong passwords for an address close it for a while."""


def _open(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Pages of the account itself work without a client."""
    for entry in patterns:
        if isinstance(entry, URLPattern):
            without_client(entry.callback)
        else:
            _open(entry.url_patterns)
    return patterns


login: Any = login_not_required(CountedLogin.as_view())
urlpatterns = _open(
    [
        path("login/", login, name="account_login"),
        path("", include("allauth.account.urls")),
        path("mfa/", include("allauth.mfa.urls")),
    ]
)
