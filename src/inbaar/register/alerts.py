"""Mail to who watches companies: that something is new, and nothing of what. It is looked up where it can still be taken back.

What was entered through yesterday is told once, whether it is there or not: the day up to which a client was told moves on
every day, so it says nothing of any entry. A mail that waits is kept as it will leave, and its row goes when it has left.
"""

import datetime as dt
import secrets
from collections import Counter
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime

from django.conf import settings

from inbaar.banking.pay_links import site_address
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.mail import LINE_POLICY, AddressRefused, checked_address, message_id
from inbaar.letters.smtp import Delivery, Mailer
from inbaar.parties.models import Client
from inbaar.register.entries import found_of_each

MAX_ATTEMPTS = 5
RETRY_AFTER = dt.timedelta(minutes=15)
_KEY_BYTES = 16
_WORDS = {
    "nl": (
        "Nieuws over een bedrijf dat u volgt",
        "Er is iets nieuws over een bedrijf dat {client} volgt in het achterstandenregister. Wat het is, ziet u na inloggen:\n"
        "\n{site}/register/\n\nWat daar niet meer staat, is opgelost en vergeten.\n\n"
        "Geen mail meer? Meld u hier af:\n{stop}\n",
    ),
    "en": (
        "News of a company you watch",
        "Something is new about a company that {client} watches in the arrears register. You see what it is after you log in:\n"
        "\n{site}/register/\n\nWhat is not there any more was settled and is forgotten.\n\n"
        "No more mail? Unsubscribe here:\n{stop}\n",
    ),
}
_TAKE = """
    UPDATE register_alertmail SET attempts = attempts + 1, changed_at = %(now)s
    WHERE client_id = %(client)s AND id IN (
        SELECT id FROM register_alertmail
        WHERE client_id = %(client)s AND (attempts = 0 OR changed_at <= %(retry)s) ORDER BY id FOR UPDATE SKIP LOCKED
    )
    RETURNING id, address, subject, text, stop, attempts
"""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Where a client is mailed."""

    email: str
    since: dt.date


def subscribe(client_id: int, email: str, language: str, on: dt.date) -> None:
    """Mail a client at this address from now on, instead of any other. Needs the client's scope.

    Refuses an address that cannot be mailed, and an installation without an address of its own: nobody could unsubscribe.
    """
    try:
        address = checked_address(email)
    except AddressRefused as why:
        raise Refused(
            Refusal("alert-address", "mail goes to an address", str(why), "an e-mail address")
        ) from None
    if not site_address():
        raise Refused(
            Refusal("alert-site", "whoever is mailed can unsubscribe", "this installation has no address of its own", "INBAAR_ORIGINS",
                    next_step="have INBAAR_ORIGINS set first")
        )  # fmt: skip
    columns = {
        "client_id": "bigint",
        "email": "text",
        "language": "text",
        "since": "date",
        "told_up_to": "date",
        "key": "text",
    }
    # What is entered today is told tomorrow.
    row = (client_id, address, language, on, on - dt.timedelta(days=1), secrets.token_hex(_KEY_BYTES))
    insert_rows(
        "register_subscription", columns, [row],
        on_conflict="(client_id) DO UPDATE SET email = excluded.email, language = excluded.language",
    )  # fmt: skip


def subscriber(client_id: int) -> Subscriber | None:
    """Where this client is mailed, if it is."""
    rows = fetch("SELECT email, since FROM register_subscription WHERE client_id = %s", [client_id])
    return Subscriber(*rows[0]) if rows else None


def unsubscribe(client_id: int) -> bool:
    """Mail a client no more, not even what waits; False if it was not mailed. Needs the client's scope."""
    run("DELETE FROM register_alertmail WHERE client_id = %s", [client_id])
    return bool(run("DELETE FROM register_subscription WHERE client_id = %s", [client_id]))


def known_link(token: str) -> int | None:
    """The client whose mail this link ends; None where it is no such link, or has ended it already."""
    number, _, key = token.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) <= 18 and len(key) == 2 * _KEY_BYTES):
        return None
    with client_scope(int(number)):
        found = fetch(
            "SELECT 1 FROM register_subscription WHERE client_id = %s AND key = %s", [int(number), key]
        )
    return int(number) if found else None


def queue_alerts(client_id: int, on: dt.date, recorded_at: dt.datetime) -> int:
    """Write the mail of a day, if anything was entered since the day up to which the client was told; gives how many (0 or 1).

    Twice the same is once, also by two at once.
    """
    yesterday = on - dt.timedelta(days=1)
    with client_scope(client_id):
        rows = fetch(
            """
            SELECT email, language, told_up_to, key FROM register_subscription
            WHERE client_id = %s AND told_up_to < %s FOR UPDATE SKIP LOCKED
            """,
            [client_id, yesterday],
        )
        if not rows:
            return 0
        ((email, language, told_up_to, key),) = rows
        run("UPDATE register_subscription SET told_up_to = %s WHERE client_id = %s", [yesterday, client_id])
        watched = fetch("SELECT kvk_number FROM register_watch WHERE watcher = %s", [client_id])
        found = found_of_each([row[0] for row in watched])
        if not any(told_up_to < one.entered_on <= yesterday for each in found.values() for one in each):
            return 0
        stop = f"{site_address()}/register/alerts/{client_id}-{key}/"
        subject, text = _WORDS[language]
        told = text.format(client=Client.objects.get(id=client_id).name, site=site_address(), stop=stop)
        columns = {
            "client_id": "bigint", "on": "date", "address": "text", "subject": "text", "text": "text",
            "stop": "text", "attempts": "smallint", "changed_at": "timestamptz",
        }  # fmt: skip
        row = (client_id, on, email, subject, told, stop, 0, recorded_at)
        return len(
            insert_rows("register_alertmail", columns, [row], on_conflict="DO NOTHING", returning="id")
        )


def send_alerts(client_id: int, mailer: Mailer, moment: dt.datetime) -> Counter[str]:
    """Mail what waits for a client; what has left, or never can, is kept no longer. One that was on its way when the program
    died goes again with the same Message-ID."""
    tally: Counter[str] = Counter()
    with client_scope(client_id):
        parcels = fetch(_TAKE, {"client": client_id, "now": moment, "retry": moment - RETRY_AFTER})
    for number, address, subject, text, stop, attempts in parcels:
        mail = _mail(f"alert-{client_id}-{number}", address, (subject, text, stop), moment)
        result = mailer.send(mail)
        if result.delivery is Delivery.TEMPORARY and attempts < MAX_ATTEMPTS:
            tally["alerts_waiting"] += 1
            continue
        tally["alerts_sent" if result.delivery is Delivery.ACCEPTED else "alerts_refused"] += 1
        with client_scope(client_id):
            run("DELETE FROM register_alertmail WHERE client_id = %s AND id = %s", [client_id, number])
    return tally


def _mail(key: str, address: str, words: tuple[str, str, str], moment: dt.datetime) -> EmailMessage:
    subject, text, stop = words
    mail = EmailMessage(policy=LINE_POLICY)
    mail["From"] = settings.DEFAULT_FROM_EMAIL
    mail["To"] = address
    mail["Subject"] = subject
    mail["Date"] = format_datetime(moment)
    mail["Message-ID"] = message_id(key, settings.DEFAULT_FROM_EMAIL)
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Unsubscribe"] = f"<{stop}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(text, cte="quoted-printable")
    return mail
