"""Django's entry for this room."""

from django.apps import AppConfig


class ArrangementsConfig(AppConfig):
    """Registers promises to pay and payment plans."""

    name = "inbaar.arrangements"
    label = "arrangements"
