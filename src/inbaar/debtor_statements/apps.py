"""Django's entry for this room."""

from django.apps import AppConfig


class DebtorStatementsConfig(AppConfig):
    """Registers the room's tables."""

    name = "inbaar.debtor_statements"
    label = "debtor_statements"
