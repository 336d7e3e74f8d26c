"""Addresses of the accounts: allauth's, with log-in attempts counted."""

from typing import Any, NoReturn

from allauth.account.views import LoginView, PasswordResetView
from axes.decorators import axes_dispatch, axes_form_invalid
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path
from django.utils.decorators import method_decorator

from inbaar.web.requests import without_client


@method_decorator(axes_dispatch, name="dispatch")
@method_decorator(axes_form_invalid, name="form_invalid")
class CountedLogin(LoginView):
    """The log-in page; too many wrong passwords for an address close it for a while."""


class LostPassword(PasswordResetView):
    """A link to a new password by mail; where no mail leaves, the page says whom to ask and takes no address."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With whether mail leaves this installation."""
        return {**super().get_context_data(**kwargs), "mail_leaves": bool(settings.EMAIL_HOST)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send the link, if it can be sent."""
        post = super().post if settings.EMAIL_HOST else self.get
        return post(request, *args, **kwargs)


def _given_address(request: HttpRequest) -> NoReturn:
    """A user's address is given by whoever made the account, and not changed by himself."""
    raise Http404


def _open(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Pages of the account itself work without a client."""
    for entry in patterns:
        if isinstance(entry, URLPattern):
            without_client(entry.callback)
        else:
            _open(entry.url_patterns)
    return patterns


login: Any = login_not_required(CountedLogin.as_view())
lost_password: Any = login_not_required(LostPassword.as_view())
urlpatterns = _open(
    [
        path("login/", login, name="account_login"),
        path("password/reset/", lost_password, name="account_reset_password"),
        path("email/", _given_address, name="account_email"),
        path("", include("allauth.account.urls")),
        path("mfa/", include("allauth.mfa.urls")),
    ]
)
