"""Django's entry for this room."""

from django.apps import AppConfig


class DebtorPageConfig(AppConfig):
    """Registers the room's tables."""

    name = "inbaar.debtor_page"
    label = "debtor_page"
