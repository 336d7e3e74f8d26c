"""Django's entry for this part of the room."""

from django.apps import AppConfig


class DebitsConfig(AppConfig):
    """Registers the tables of mandates and direct debits."""

    name = "inbaar.banking.debits"
    label = "debits"
