"""What changes mandates: signing, amending, withdrawing. Everybody comes here, from a screen, a link or an import."""

import datetime as dt

from django.core import signing as tokens

from inbaar.banking.debits import amending, signing
from inbaar.banking.debits.signing import Confirmed, NewMandate
from inbaar.banking.debits.states import MandateVerb
from inbaar.kit.bulk import run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.evidence import NewFile

_SALT = "inbaar.mandate"


def set_creditor(client_id: int, identifier: str, name: str, by: str, on: dt.date) -> int:
    """Say who collects, by creditor identifier and name; gives how many mandates are amended by it.

    The same again changes nothing. What stood before is told to the banks with each mandate's next collection.
    """
    with client_scope(client_id):
        return amending.set_creditor(client_id, identifier, name, by, on)


def sign_on_paper(
    client_id: int, wanted: NewMandate, scan: NewFile, signed_on: dt.date, by: str, on: dt.date, recorded_at: dt.datetime
) -> int:  # fmt: skip
    """Record a mandate that was signed on paper, with the scan as proof; gives it.

    Refused, with all that is wrong and nothing kept: a business mandate of a consumer, an account that is none, a reference
    in use, a day to come, no creditor, a scan that is no picture or PDF.
    """
    with client_scope(client_id):
        return signing.sign_paper(client_id, wanted, scan, signed_on, by, on, recorded_at)


def invite_to_sign(
    client_id: int, wanted: NewMandate, expires_on: dt.date, by: str, on: dt.date, recorded_at: dt.datetime
) -> int:
    """Make a link by which a debtor signs online until a day, that day included. The account may be left to him."""
    with client_scope(client_id):
        return signing.invite(client_id, wanted, expires_on, by, on, recorded_at)


def withdraw_link(client_id: int, link_id: int, on: dt.date) -> bool:
    """Take a link back; False where it was signed or taken back before."""
    with client_scope(client_id):
        sql = (
            "UPDATE debits_signinglink SET withdrawn_on = %s "
            "WHERE client_id = %s AND id = %s AND withdrawn_on IS NULL AND mandate_id IS NULL"
        )
        return bool(run(sql, [on, client_id, link_id]))


def link_token(client_id: int, link_id: int) -> str:
    """What stands in the address of a link: signed, so that it cannot be guessed or changed into another's."""
    return tokens.dumps([client_id, link_id], salt=_SALT)


def read_token(token: str) -> tuple[int, int]:
    """The client and the link of an address; refused where we did not make it."""
    try:
        client_id, link_id = tokens.loads(token, salt=_SALT)
    except tokens.BadSignature:
        raise Refused(
            Refusal("link-unknown", "a link leads to a mandate", "it does not", "a link we made", "never")
        ) from None
    return int(client_id), int(link_id)


def sign_by_link(token: str, given: Confirmed, on: dt.date, recorded_at: dt.datetime) -> int:
    """Sign a mandate by a link; gives it. What was shown is kept with when and from where, and cannot be changed.

    Refused, with nothing changed: a link that was signed, taken back or is past its day, and what is not agreed to.
    """
    client_id, link_id = read_token(token)
    with client_scope(client_id):
        return signing.sign_online(client_id, link_id, given, on, recorded_at)


def amend_account(
    client_id: int, mandate_id: int, name: str, iban: str, by: str, on: dt.date, recorded_at: dt.datetime
) -> bool:
    """Amend whose account is debited; False where it says so already. The next file tells the bank what it was."""
    with client_scope(client_id):
        return amending.amend(client_id, mandate_id, name, iban, by, on, recorded_at)


def withdraw_mandate(
    client_id: int, mandate_id: int, reason: str, by: str, on: dt.date, recorded_at: dt.datetime
) -> bool:
    """Withdraw a mandate for good: from this moment nothing is collected on it. False where it was withdrawn."""
    with client_scope(client_id):
        return amending.move(client_id, mandate_id, MandateVerb.WITHDRAW, reason, by, on, recorded_at)


def suspend_mandate(
    client_id: int, mandate_id: int, reason: str, by: str, on: dt.date, recorded_at: dt.datetime
) -> bool:
    """Collect nothing on a mandate until a person has looked, as after a debit that was not allowed."""
    with client_scope(client_id):
        return amending.move(client_id, mandate_id, MandateVerb.SUSPEND, reason, by, on, recorded_at)


def resume_mandate(
    client_id: int, mandate_id: int, reason: str, by: str, on: dt.date, recorded_at: dt.datetime
) -> bool:
    """Let a suspended mandate stand again, with the reason why it may."""
    with client_scope(client_id):
        return amending.move(client_id, mandate_id, MandateVerb.RESUME, reason, by, on, recorded_at)


def record_registration(
    client_id: int, mandate_id: int, proof: NewFile, registered_on: dt.date, by: str, on: dt.date, recorded_at: dt.datetime
) -> None:  # fmt: skip
    """Record that the debtor's bank registered a B2B mandate, with its confirmation as proof. Once."""
    with client_scope(client_id):
        amending.register(client_id, mandate_id, proof, registered_on, by, on, recorded_at)
