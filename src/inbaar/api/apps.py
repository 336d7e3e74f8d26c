"""Django's entry for this room."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Registers the room's tables."""

    name = "inbaar.api"
    label = "api"
