"""The mailbox: setting it up, who may send invoices in, and each message with its result."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbaar.kit.clock import DUTCH_TIME, now, today
from inbaar.kit.errors import Refused
from inbaar.mailbox.imap import MailboxUnavailable
from inbaar.mailbox.jobs import queue_fetch
from inbaar.mailbox.setup import (
    allow_sender,
    disallow_sender,
    has_mailbox,
    open_mailbox,
    save_mailbox,
    try_connection,
)
from inbaar.mailbox.taking import discard_held, release_held
from inbaar.web.formats import day
from inbaar.web.mailbox_form import MailboxForm
from inbaar.web.queries.mailbox import MessageRow, mailbox_row, message_is_here, message_rows, sender_rows
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.views.intake import outcomes
from inbaar.web.wording.mail import answer_state_words, error_words, message_words
from inbaar.web.wording.refusals import refused_words


@client_page
def mailbox(request: PageRequest) -> HttpResponse:
    """The page."""
    return _page(request, None)


def _page(request: PageRequest, form: MailboxForm | None, status: int = 200) -> HttpResponse:
    client_id = request.place.client_id
    row = mailbox_row(client_id)
    return render(
        request,
        "web/mailbox.html",
        {
            "row": row,
            "summary": _summary(row),
            "fetched": _moment(row.fetched_at) if row and row.fetched_at else "",
            "error": error_words(row.error_code, row.error) if row and row.error else None,
            "failing_since": _moment(row.failing_since) if row and row.failing_since else "",
            "form": form or MailboxForm(there=row, auto_id="mailbox-%s"),
            "senders": sender_rows(client_id),
            "mails": [_told(each) for each in message_rows(client_id)],
        },
        status=status,
    )


def _summary(row: Any) -> str:
    if row is None:
        return _(
            "Invoices can come in by mail: each attachment is taken in as if you had uploaded it, and its sender hears the result."
        )
    if not row.active:
        return _("The mailbox is set up, but nobody looks in it now.")
    return _("Invoices sent to %(address)s are taken in by themselves.") % {"address": row.address}  # fmt: skip


def _told(row: MessageRow) -> dict[str, Any]:
    words, meaning = message_words(row.state)
    known = outcomes()
    return {
        "row": row,
        "words": words,
        "meaning": meaning,
        "received": _moment(row.received_at),
        "answer": answer_state_words(row.answer_state),
        "files": [(result, *known.get(result["outcome"], ("", "plain", ""))) for result in row.results],
    }


def _moment(moment: Any) -> str:
    local = moment.astimezone(DUTCH_TIME)
    return f"{day(local.date())} {local:%H:%M}"


@client_act
def save(request: PageRequest) -> HttpResponse:
    """Set the mailbox up, or change it."""
    form = MailboxForm(request.POST, there=mailbox_row(request.place.client_id), auto_id="mailbox-%s")
    if form.is_valid():
        try:
            with transaction.atomic():
                save_mailbox(request.place.client_id, form.facts())
            messages.success(request, _("Kept. Try the connection to be sure that it works."))
            return redirect("mailbox")
        except Refused as refused:
            for words in refused_words(refused):
                form.add_error("password" if refused.code == "mailbox-password" else None, words)
    return _page(request, form, 400)


@client_act
def try_it(request: PageRequest) -> HttpResponse:
    """Log in at the mail server as it is set up, and say what came of it."""
    try:
        opened = open_mailbox(request.place.client_id)
        if opened is None:
            messages.error(request, _("There is no mailbox that is looked in. Set it up first."))
            return redirect("mailbox")
        waiting = try_connection(opened.settings)
    except MailboxUnavailable as why:
        messages.error(request, error_words(why.code, str(why))[0])
        return redirect("mailbox")
    told = ngettext(
        "The connection works: %(count)s message waits.",
        "The connection works: %(count)s messages wait.",
        waiting,
    )
    messages.success(request, told % {"count": waiting})
    return redirect("mailbox")


@client_act
def fetch_now(request: PageRequest) -> HttpResponse:
    """Have the worker look in the mailbox now."""
    if has_mailbox(request.place.client_id):
        queue_fetch(request.place.client_id)
        messages.success(request, _("The mailbox is looked in now; look here again in a moment."))
    else:
        messages.error(request, _("There is no mailbox that is looked in. Set it up first."))
    return redirect("mailbox")


@client_act
def sender_new(request: PageRequest) -> HttpResponse:
    """Let somebody send invoices in."""
    try:
        pattern = allow_sender(
            request.place.client_id, request.POST.get("sender", ""), str(request.user)[:100], today()
        )
        messages.success(request, _("%(sender)s may send invoices in from now on.") % {"sender": pattern})
    except Refused as refused:
        for words in refused_words(refused):
            messages.error(request, words)
    return redirect("mailbox")


@client_act
def sender_remove(request: PageRequest, sender_id: int) -> HttpResponse:
    """Take somebody off the list."""
    if not disallow_sender(request.place.client_id, sender_id):
        raise Http404("no such sender")
    messages.success(request, _("Taken off the list: what comes from there waits for you from now on."))
    return redirect("mailbox")


@client_act
def message_take(request: PageRequest, message_id: int) -> HttpResponse:
    """Take in the files of a message from an unknown sender."""
    return _decide(request, message_id, take=True)


@client_act
def message_discard(request: PageRequest, message_id: int) -> HttpResponse:
    """Set a message from an unknown sender aside."""
    return _decide(request, message_id, take=False)


def _decide(request: PageRequest, message_id: int, *, take: bool) -> HttpResponse:
    client_id, by = request.place.client_id, str(request.user)[:100]
    if not message_is_here(client_id, message_id):
        raise Http404("no such message")
    try:
        if take:
            release_held(client_id, message_id, by, today(), now())
            messages.success(request, _("Taken in; the result stands at the message."))
        else:
            discard_held(client_id, message_id, by, now())
            messages.success(request, _("Set aside. In the mailbox itself the message stays where it is."))
    except Refused as refused:
        for words in refused_words(refused):
            messages.error(request, words)
    return redirect("mailbox")
