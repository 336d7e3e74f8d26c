"""Django's entry for the kit: its migration makes the sequence all rows are numbered from."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    """The kit has no tables, only what they need."""

    name = "inbaar.kit"
    label = "kit"
