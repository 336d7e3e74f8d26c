"""What is asked of the payment provider from time to time, and queuing what was approved: the jobs are with all the others."""

import datetime as dt

from procrastinate.contrib.django import app

from inbaar.banking.online.following import ask_what_is_due
from inbaar.banking.online.giving_back import give_back_what_is_approved


def hear_provider(client_id: int, moment: dt.datetime) -> None:
    """Ask after payments of which no news came, and carry on what was approved to go back."""
    ask_what_is_due(client_id, moment)
    give_back_what_is_approved(client_id, moment)


def queue_giving_back(client_id: int) -> None:
    """Queue it in the transaction that approved a refund."""
    app.configure_task("inbaar.give_back", queue="mailbox").defer(client_id=client_id)
