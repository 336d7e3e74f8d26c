"""Queuing the sending of a client's letters, by name: the job itself is with all the others."""

from procrastinate.contrib.django import app


def queue_delivery(client_id: int) -> None:
    """Queue it in the transaction that wrote a letter."""
    app.configure_task("inbaar.deliver", queue="letters").defer(client_id=client_id)
