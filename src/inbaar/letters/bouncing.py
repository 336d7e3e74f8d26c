"""Mail that came back after a server had taken it: the letter did not arrive, and its address takes no mail.

What that means for the claim is for who wrote the letter; here it is kept what happened to the mail.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run

_KEY = re.compile(r"<?(letter-(\d{1,18})-(\d{1,18}))@[^<>\s@]{1,253}>?")
# An answer that is about the address, not about the message or the moment (RFC 3463); a plain 550 says no more than that.
_ABOUT_THE_ADDRESS = re.compile(r"\b5\.1\.\d|\b5\.2\.1\b")
_PLAIN_REFUSAL = re.compile(r"55[013](?!.*\b5\.\d{1,3}\.\d)")
# A trigger-free table: a second return of one address says so once more, and takes back what a person said of it.
_BAD = """
    INSERT INTO letters_badaddress (client_id, address, since, answer, cleared_by)
    VALUES (%(client)s, %(address)s, %(on)s, %(answer)s, '')
    ON CONFLICT (client_id, address) DO UPDATE SET since = %(on)s, answer = %(answer)s, cleared_on = NULL, cleared_by = ''
"""


@dataclass(frozen=True, slots=True)
class Returned:
    """A letter that came back from an address."""

    letter_id: int
    debtor_id: int
    number: str
    kind: str
    address: str


def mark_bounced(
    client_id: int, message_id: str, answer: str, on: dt.date, at: dt.datetime
) -> Returned | None:
    """Keep that the mail of a Message-ID came back, and that its address takes none; the letter it was, or None where it is
    no letter of this client that was sent by mail, or came back before. Needs the client's scope.
    """
    named = _KEY.fullmatch(message_id.strip())
    if named is None or int(named[2]) != client_id:
        return None
    rows = fetch(
        """
        UPDATE letters_delivery d SET state = 'bounced', answer = %s, changed_at = %s FROM letters_letter l
        WHERE d.client_id = %s AND d.letter_id = %s AND d.message_id = %s AND d.channel = 'email' AND d.state = 'sent'
          AND l.client_id = d.client_id AND l.id = d.letter_id
        RETURNING l.id, l.debtor_id, l.number, l.kind, d.address
        """,
        [answer[:300], at, client_id, int(named[3]), named[1]],
    )
    if not rows:
        return None
    returned = Returned(*rows[0])
    mark_bad_address(client_id, returned.address, answer, on)
    return returned


def mark_bad_address(client_id: int, address: str, answer: str, on: dt.date) -> None:
    """Keep that an address takes no mail, with the server's words."""
    run(_BAD, {"client": client_id, "address": address.lower(), "answer": answer[:300], "on": on})


def is_about_the_address(answer: str) -> bool:
    """Whether a server's refusal says that the address takes no mail, not that this message or this moment was wrong.

    >>> is_about_the_address("550 5.1.1 no such user"), is_about_the_address("554 5.7.1 looks like spam")
    (True, False)
    """
    return bool(_ABOUT_THE_ADDRESS.search(answer) or _PLAIN_REFUSAL.match(answer))


def clear_address(client_id: int, address: str, by: str, on: dt.date) -> bool:
    """Keep that a person says an address takes mail again; False where nothing was known against it."""
    return bool(
        run(
            "UPDATE letters_badaddress SET cleared_on = %s, cleared_by = %s "
            "WHERE client_id = %s AND address = %s AND cleared_on IS NULL",
            [on, by[:100], client_id, address.lower()],
        )
    )


def bad_addresses(client_id: int, addresses: Sequence[str]) -> dict[str, tuple[dt.date, str]]:
    """Of these addresses, in small letters, those that take no mail: since when, and the server's words. One statement."""
    rows = fetch(
        "SELECT address, since, answer FROM letters_badaddress "
        "WHERE client_id = %s AND cleared_on IS NULL AND address = ANY(%s::text[])",
        [client_id, array_parameter([address.lower() for address in addresses])],
    )
    return {address: (since, answer) for address, since, answer in rows}
