"""Django's entry for this room."""

from django.apps import AppConfig


class BankingConfig(AppConfig):
    """Registers the room's tables."""

    name = "inbaar.banking"
    label = "banking"
