"""Tokens for programs: made by the owner and shown once, with what each is for and when it was last used; withdrawn."""

import datetime as dt

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from inbaar.api.tokens import SCOPES, make_token, tokens_of, withdraw_token
from inbaar.kit.clock import DUTCH_TIME, now
from inbaar.kit.errors import Refused
from inbaar.web.formats import day
from inbaar.web.requests import PageRequest, client_act, client_page, owner_only
from inbaar.web.wording.refusals import refused_words
from inbaar.web.wording.register import scope_words


class TokenForm(forms.Form):
    """Which program, and what for."""

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, label_suffix="", auto_id="token-%s")
        self.fields["name"] = forms.CharField(
            label=_("Program"), max_length=80, help_text=_("What is done by it bears this name.")
        )
        self.fields["scopes"] = forms.MultipleChoiceField(
            label=_("What it may do"),
            choices=[(scope, scope_words(scope)) for scope in SCOPES],
            error_messages={"required": _("Choose what the program may do.")},
        )


@client_page
@owner_only
def tokens(request: PageRequest) -> HttpResponse:
    """The page."""
    return _page(request, TokenForm())


@client_act
@owner_only
def token_new(request: PageRequest) -> HttpResponse:
    """Make a token; this answer is the only one that shows it."""
    form = TokenForm(request.POST)
    if form.is_valid():
        facts = form.cleaned_data
        try:
            token = make_token(
                request.place.client_id, facts["name"], facts["scopes"], str(request.user), now()
            )
        except Refused as refused:
            for words in refused_words(refused):
                form.add_error(None, words)
        else:
            return _page(request, TokenForm(), shown=token, named=facts["name"])
    return _page(request, form, status=400)


@client_act
@owner_only
def token_withdraw(request: PageRequest, token_id: int) -> HttpResponse:
    """Let a token open nothing from now on."""
    if withdraw_token(request.place.client_id, token_id, str(request.user), now()):
        messages.success(request, _("Withdrawn: the program gets nothing any more."))
    return redirect("tokens")


def _page(
    request: PageRequest, form: TokenForm, *, shown: str = "", named: str = "", status: int = 200
) -> HttpResponse:
    rows = tokens_of(request.place.client_id)
    answer = render(
        request,
        "web/tokens.html",
        {
            "form": form,
            "scopes": [(scope, scope_words(scope)) for scope in SCOPES],
            "chosen": form["scopes"].value() or [],
            "shown": shown,
            "named": named,
            "rows": [
                (
                    row,
                    [scope_words(scope) for scope in row.scopes],
                    _moment(row.made_at),
                    _moment(row.last_used_at),
                )
                for row in rows
                if row.withdrawn_at is None
            ],
            "withdrawn": [(row, _moment(row.withdrawn_at)) for row in rows if row.withdrawn_at is not None],
        },
        status=status,
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


def _moment(at: dt.datetime | None) -> str:
    if at is None:
        return ""
    here = at.astimezone(DUTCH_TIME)
    return f"{day(here.date())} {here:%H:%M}"
