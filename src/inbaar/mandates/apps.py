"""Django's entry for this room."""

from django.apps import AppConfig


class MandatesConfig(AppConfig):
    """Registers the room's tables."""

    name = "inbaar.mandates"
    label = "mandates"
