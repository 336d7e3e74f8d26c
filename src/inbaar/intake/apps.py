"""Django's entry for this room."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Registers the room's tables."""

    name = "inbaar.intake"
    label = "intake"
