"""Django's entry for this room."""

from django.apps import AppConfig


class DunningConfig(AppConfig):
    """Registers the room's tables."""

    name = "inbaar.dunning"
    label = "dunning"
