"""Queuing the mailing of messages about mandates by name: the job itself is with all the others."""

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


def queue_messages(client_id: int) -> None:
    """Queue it in the caller's transaction, once however often it is asked."""
    job = app.configure_task("inbaar.mandates", queue="letters", queueing_lock=f"mandates-{client_id}")
    # What is queued already is refused by the database; that must not take the caller's transaction with it.
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(client_id=client_id)
