"""Queuing the writing and mailing of statements by name: the job itself is with all the others."""

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


def queue_statements(client_id: int) -> None:
    """Queue the work on a client's statements, in the caller's transaction, once however often it is asked."""
    job = app.configure_task("inbaar.statements", queue="letters", queueing_lock=f"statements-{client_id}")
    # What is queued already is refused by the database; that must not take the caller's transaction with it.
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(client_id=client_id)
