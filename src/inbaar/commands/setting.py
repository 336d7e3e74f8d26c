"""What every command on the database does first: Django ready, schema up to date, errors in one line."""

import datetime as dt
import os
import sys

from inbaar.kit.clock import today
from inbaar.kit.errors import Unavailable
from inbaar.letters.smtp import Security, SmtpSettings, mail_port


def open_books() -> None:
    """Set Django up, bring the schema up to date, and forget again what a restored database brought back."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inbaar.settings")
    django.setup()
    from django.db import OperationalError

    from inbaar.kit.database import migrate

    try:
        migrate()
    except OperationalError as problem:
        why = str(problem).strip().splitlines()[-1]
        raise Unavailable(
            f"the database cannot be used: {why}; check DATABASE_URL, or leave it out to use the embedded one"
        ) from None
    from inbaar.register.replay import replay_receipts

    replay_receipts()


def refuse(message: str) -> int:
    """Say on one line what, why and what next; gives the exit code of a refusal."""
    print(f"inbaar: {message}", file=sys.stderr)
    return 2


def given_day(text: str | None) -> dt.date:
    """The day named on the command line, or today; ValueError if it is no date."""
    if text is None:
        return today()
    if len(text) != len("2026-11-22"):
        raise ValueError(text)  # other ways to write a day are easily meant otherwise
    return dt.date.fromisoformat(text)


def smtp_from_environment() -> SmtpSettings | None:
    """The mail server of this installation: INBAAR_SMTP_HOST and its companions; None where none is set."""
    host = os.environ.get("INBAAR_SMTP_HOST", "")
    if not host:
        return None
    security = os.environ.get("INBAAR_SMTP_SECURITY") or "starttls"
    if security not in list(Security):
        raise Unavailable(f"INBAAR_SMTP_SECURITY={security} is unknown; give one of {', '.join(Security)}")
    return SmtpSettings(
        host=host,
        port=mail_port(),
        security=Security(security),
        user=os.environ.get("INBAAR_SMTP_USER", ""),
        password=os.environ.get("INBAAR_SMTP_PASSWORD", ""),
    )
