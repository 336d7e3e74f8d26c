"""Django's entry for this room."""

from django.apps import AppConfig


class LettersConfig(AppConfig):
    """Registers the room's tables."""

    name = "inbaar.letters"
    label = "letters"
