"""Queuing that claims are planned anew, by name: the job itself is with all the others."""

from procrastinate.contrib.django import app


def queue_replan(client_id: int, segment: str | None = None) -> None:
    """Queue it in the transaction that changed a policy, for a segment or for all debtors."""
    app.configure_task("inbaar.replan", queue="day").defer(client_id=client_id, segment=segment)
