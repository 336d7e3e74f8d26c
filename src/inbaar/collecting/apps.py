"""Django's entry for this room."""

from django.apps import AppConfig


class CollectingConfig(AppConfig):
    """Registers which letter announced which debit."""

    name = "inbaar.collecting"
    label = "collecting"
