"""Setting up a client's mailbox: where it is, who may send invoices in, and trying the connection.

The password is sealed for this client, host and user. Whoever changes where the mailbox is must type it again, so nobody
can have it sent to a server of his own.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings as django_settings

from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope
from inbaar.kit.sealing import SealBroken, seal, unseal
from inbaar.mailbox.imap import LOOPBACK, ImapBox, ImapSettings, MailboxUnavailable
from inbaar.mailbox.models import Mailbox, Sender
from inbaar.mailbox.rules import sender_pattern


@dataclass(frozen=True, slots=True)
class MailboxFacts:
    """A mailbox as a person sets it up. An empty password keeps the one that is there, for the same host and user."""

    address: str
    host: str
    port: int
    security: str
    user: str
    password: str = ""
    whole: bool = True
    trusted_server: str = ""
    active: bool = True
    unsent: bool = False


@dataclass(frozen=True, slots=True)
class OpenMailbox:
    """A mailbox as it is fetched from."""

    address: str
    whole: bool
    trusted_server: str
    settings: ImapSettings
    senders: tuple[str, ...]
    unsent: bool = False


def save_mailbox(client_id: int, facts: MailboxFacts) -> None:
    """Set the client's mailbox up, or change it. Needs the client's scope."""
    _require_protection(facts)
    there = Mailbox.objects.first()
    purpose = _purpose(client_id, facts.host, facts.user)
    if facts.password:
        password = seal(facts.password, purpose, django_settings.SECRET_KEY)
    elif there is not None and _purpose(client_id, there.host, there.user) == purpose:
        password = there.password
    else:
        raise Refused(
            Refusal("mailbox-password", "a password belongs to one user on one server",
                    "the server or the user is another one", "a password", next_step="type the password")
        )  # fmt: skip
    row = there or Mailbox(client_id=client_id)
    row.address, row.whole, row.host, row.port = facts.address.lower(), facts.whole, facts.host, facts.port
    row.security, row.user, row.password = facts.security, facts.user, password
    row.trusted_server, row.active, row.unsent = facts.trusted_server, facts.active, facts.unsent
    row.error, row.error_code, row.failing_since = "", "", None
    row.save(update_fields=None if there is None else _CHANGEABLE)


_CHANGEABLE = [
    "address", "whole", "host", "port", "security", "user", "password", "trusted_server", "active", "unsent", "error", "error_code",
    "failing_since",
]  # fmt: skip


def open_mailbox(client_id: int) -> OpenMailbox | None:
    """The client's mailbox with its password, or None where there is none that is used. Needs the client's scope."""
    row = Mailbox.objects.filter(active=True).first()
    if row is None:
        return None
    try:
        password = unseal(row.password, _purpose(client_id, row.host, row.user), django_settings.SECRET_KEY)
    except SealBroken:
        raise MailboxUnavailable(
            "mailbox-sealed",
            "The password of the mailbox cannot be read with the secret of this installation: type it again.",
        ) from None
    settings = ImapSettings(row.host, row.port, row.security, row.user, password)
    senders = tuple(Sender.objects.order_by("pattern").values_list("pattern", flat=True))
    return OpenMailbox(row.address, row.whole, row.trusted_server, settings, senders, row.unsent)


def return_address(client_id: int) -> str:
    """Where a client's letters come back to when they do not arrive: its mailbox, which reads such reports by itself.

    Empty, so to the address that the letters are from, where there is no mailbox in use, or one of another domain: mail
    servers look whether the sender's domain and that of the way back agree (SPF in RFC 7489).
    """
    with client_scope(client_id):
        rows = fetch(
            "SELECT m.address, c.email FROM mailbox_mailbox m JOIN parties_client c ON c.id = m.client_id "
            "WHERE m.client_id = %s AND m.active",
            [client_id],
        )
    if not rows or _domain(rows[0][0]) != _domain(rows[0][1]):
        return ""
    return str(rows[0][0])


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def try_connection(settings: ImapSettings) -> int:
    """Log in and open the inbox; gives how many messages wait there. Changes nothing."""
    with ImapBox(settings) as box:
        return len(box.uids())


def allow_sender(client_id: int, text: str, by: str, on: dt.date) -> str:
    """Let an address or `@domain` send invoices in; gives it as it is kept. Refuses what is neither."""
    pattern = sender_pattern(text)
    if pattern is None:
        raise Refused(
            Refusal("sender-pattern", "a sender is an e-mail address or @domain", text[:100], "jan@firma.nl or @firma.nl",
                    next_step="write it so")
        )  # fmt: skip
    Sender.objects.get_or_create(
        client_id=client_id, pattern=pattern, defaults={"added_by": by, "added_on": on}
    )
    return pattern


def disallow_sender(client_id: int, sender_id: int) -> bool:
    """Take a sender off the list; False if he was not on it."""
    return run("DELETE FROM mailbox_sender WHERE client_id = %s AND id = %s", [client_id, sender_id]) > 0


def note_fetched(client_id: int, moment: dt.datetime, error: str = "", code: str = "") -> None:
    """Keep when the mailbox was fetched from, and since when it fails. Needs the client's scope."""
    run(
        """
        UPDATE mailbox_mailbox SET error = %(error)s, error_code = %(code)s,
               fetched_at = CASE WHEN %(error)s = '' THEN %(moment)s ELSE fetched_at END,
               failing_since = CASE WHEN %(error)s = '' THEN NULL ELSE coalesce(failing_since, %(moment)s) END
        WHERE client_id = %(client)s
        """,
        {"client": client_id, "moment": moment, "error": error[:400], "code": code},
    )


def has_mailbox(client_id: int) -> bool:
    """Whether there is a mailbox to fetch from. Needs the client's scope."""
    return bool(fetch("SELECT 1 FROM mailbox_mailbox WHERE client_id = %s AND active", [client_id]))


def _require_protection(facts: MailboxFacts) -> None:
    if facts.security == "none" and facts.host not in LOOPBACK:
        raise Refused(
            Refusal("mailbox-unprotected", "a password travels over TLS only", f"{facts.host} without TLS", "TLS",
                    next_step="choose TLS or STARTTLS")
        )  # fmt: skip


def _purpose(client_id: int, host: str, user: str) -> str:
    return f"mailbox|{client_id}|{host.lower()}|{user}"
