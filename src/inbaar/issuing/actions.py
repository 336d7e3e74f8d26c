"""Sending an invoice to its debtor: what was shown, once, as a letter that is kept like every other."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from django.db import transaction

from inbaar.banking.pay_links import letter_link
from inbaar.dunning.addressing import addressee_rows, page_of
from inbaar.dunning.rules import leaves_from
from inbaar.issuing.composing import Message, message_of
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.models import next_ids
from inbaar.letters.actions import NewLetter, write_letters
from inbaar.receivables.actions import begin_dispatch
from inbaar.receivables.timeline import NewEvent, write_events


def send_invoice(
    client_id: int, invoice_id: int, by: str, on: dt.date, recorded_at: dt.datetime, *, seal: str = "",
    on_letters: Callable[[int], object] | None = None,
) -> Message:  # fmt: skip
    """Put an invoice on its way; gives the message as it leaves. Needs the client's scope.

    Refuses what may not be sent, is on its way or was sent, and (with `seal`) what is no longer what was shown; nothing is
    changed then. `on_letters` queues the sending, in the transaction that writes the letter. The invoice counts as sent once
    the mail server took it, or somebody said when it was posted.
    """
    with transaction.atomic():
        message = message_of(client_id, invoice_id, on, lock=True)
        if seal and seal != message.seal:
            raise Refused(
                Refusal("sent-changed", "what leaves is what was shown", "it changed since", "the same",
                        next_step="look at it again")
            )  # fmt: skip
        (letter_id,) = next_ids(1)
        content = replace(
            message.content,
            letter_number=f"{on.year}-{letter_id}",
            pay_link=letter_link(client_id, letter_id),
            page_link=_page_of(client_id, message.debtor_id, on),
        )
        letter = NewLetter(
            letter_id,
            message.debtor_id,
            content,
            (invoice_id,),
            message.channel,
            message.address,
            message.files,
        )
        write_letters(client_id, [letter], recorded_at, leaves_from(on, recorded_at))
        begin_dispatch(client_id, invoice_id, letter_id)
        facts = {"letter": content.letter_number, "by": by, "channel": message.channel,
                 "files": list(content.enclosures)}  # fmt: skip
        event = NewEvent("invoice_on_its_way", on, invoice_id, message.debtor_id, facts, letter_id)
        write_events(client_id, [event], recorded_at)
        if on_letters is not None:
            on_letters(client_id)
    return replace(message, content=content)


def _page_of(client_id: int, debtor_id: int, on: dt.date) -> str:
    return page_of(client_id, debtor_id, addressee_rows(client_id, [debtor_id])[debtor_id], on)
