"""Django's entry for this room."""

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    """Registers the room's tables, and has it told of every claim that changes."""

    name = "inbaar.register"
    label = "register"

    def ready(self) -> None:
        """A payment, a plan or a dispute ends a report or takes back an entry in its own transaction."""
        from inbaar.receivables.following import follow_claims
        from inbaar.register.following import claims_changed

        follow_claims(claims_changed)
