"""Django's entry for this part of the room."""

from django.apps import AppConfig


class WriteOffsConfig(AppConfig):
    """Registers the tables of what is written off by two."""

    name = "inbaar.banking.write_offs"
    label = "write_offs"
