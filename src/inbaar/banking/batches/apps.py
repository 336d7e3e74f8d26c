"""Django's entry for this part of the room."""

from django.apps import AppConfig


class BatchesConfig(AppConfig):
    """Registers the tables of payment batches."""

    name = "inbaar.banking.batches"
    label = "batches"
