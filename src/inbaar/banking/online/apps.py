"""Django's entry for this part of the room."""

from django.apps import AppConfig


class OnlineConfig(AppConfig):
    """Registers the tables of online payments."""

    name = "inbaar.banking.online"
    label = "online"
