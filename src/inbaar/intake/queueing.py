"""Queuing the work on a list, by name: the job itself is with all the others."""

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


def queue_import(client_id: int, import_id: int) -> None:
    """Queue what a list waits for, in the caller's transaction, once however often it is asked."""
    job = app.configure_task(
        "inbaar.work_on_list", queue="lists", queueing_lock=f"list-{client_id}-{import_id}"
    )
    # What is queued already is refused by the database; that must not take the caller's transaction with it.
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(client_id=client_id, import_id=import_id)
