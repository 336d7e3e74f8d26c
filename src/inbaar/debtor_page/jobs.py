"""Queuing the mailing of a client's mails about debtors' pages by name: the job itself is with all the others."""

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


def queue_page_mails(client_id: int) -> None:
    """Queue it in the caller's transaction, once however often it is asked."""
    job = app.configure_task("inbaar.debtor_page", queue="letters", queueing_lock=f"debtor-page-{client_id}")
    # What is queued already is refused by the database; that must not take the caller's transaction with it.
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(client_id=client_id)
