"""Django's entry for this room."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """Registers the room's tables."""

    name = "inbaar.parties"
    label = "parties"
