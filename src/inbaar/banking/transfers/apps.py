"""Django's entry for this part of the room."""

from django.apps import AppConfig


class TransfersConfig(AppConfig):
    """Registers the tables of credit transfers."""

    name = "inbaar.banking.transfers"
    label = "transfers"
