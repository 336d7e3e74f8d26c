"""Django's entry for this room."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the room's tables."""

    name = "inbaar.web"
    label = "web"
