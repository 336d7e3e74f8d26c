"""Queuing a look in a mailbox and the sending of answers, by name: the jobs themselves are with all the others."""

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


def queue_fetch(client_id: int) -> None:
    """Queue a look in a client's mailbox, in the caller's transaction, once however often it is asked."""
    job = app.configure_task("inbaar.fetch_mailbox", queue="mailbox", queueing_lock=f"mailbox-{client_id}")
    # What is queued already is refused by the database; that must not take the caller's transaction with it.
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(client_id=client_id)


def queue_answers(client_id: int) -> None:
    """Queue the answers to a client's senders, in the transaction that wrote them."""
    app.configure_task("inbaar.answer", queue="letters").defer(client_id=client_id)
