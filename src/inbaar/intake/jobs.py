"""Queuing the reading of scans, by name: the job itself is with all the others."""

from collections.abc import Sequence
from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

#: Whatever else is queued goes first: a scan can take minutes.
BEHIND = -10


def queue_scans(client_id: int, scan_ids: Sequence[int]) -> None:
    """Queue the reading of scans, in the caller's transaction, each once however often it is asked; one worker reads one at a time."""
    for scan_id in scan_ids:
        name = f"scan-{client_id}-{scan_id}"
        job = app.configure_task(
            "inbaar.read_scan", queue="scans", queueing_lock=name, lock=name, priority=BEHIND
        )
        # What is queued already is refused by the database; that must not take the caller's transaction with it.
        with suppress(AlreadyEnqueued), transaction.atomic():
            job.defer(client_id=client_id, scan_id=scan_id)
