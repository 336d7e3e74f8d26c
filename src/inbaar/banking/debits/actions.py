"""What changes mandates and debits. Everybody comes here, from a screen, a link, an import or the daily run."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core import signing as tokens

from inbaar.banking.batches.deciding import Contents
from inbaar.banking.debits import amending, batching, inviting, requesting, signing
from inbaar.banking.debits.inviting import Confirmed, Link, SignedForm, link_of, link_refusals, shown_digest
from inbaar.banking.debits.mandate_text import LANGUAGES
from inbaar.banking.debits.signing import NewMandate
from inbaar.banking.debits.states import MandateVerb
from inbaar.banking.transfers.batching import Acting
from inbaar.kit.bulk import fetch, run
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
    """Draw up a mandate, with a link by which the debtor signs it online until a day, that day included; gives its number.

    The account may be left to him. The same may be printed and signed on paper: whichever comes first.
    """
    with client_scope(client_id):
        return inviting.invite(client_id, wanted, expires_on, by, on, recorded_at)


def sign_printed_form(
    client_id: int, link_id: int, form: SignedForm, by: str, on: dt.date, recorded_at: dt.datetime
) -> int:
    """Record that what was drawn up came back signed on paper, with the scan as proof; gives the mandate.

    Refused, with nothing kept, as by `sign_on_paper`, and where it was signed or taken back before.
    """
    with client_scope(client_id):
        return inviting.sign_form(client_id, link_id, form, by, on, recorded_at)


def withdraw_link(client_id: int, link_id: int, by: str, on: dt.date, recorded_at: dt.datetime) -> bool:
    """Take back what was drawn up; False where it was signed or taken back before."""
    with client_scope(client_id):
        return inviting.withdraw_link(client_id, link_id, by, on, recorded_at)


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


@dataclass(frozen=True, slots=True)
class ShownLink:
    """What a link shows: the mandate as drawn up, its text in a language, the print of that text, and why it cannot be signed."""

    link: Link
    paragraphs: tuple[str, ...]
    digest: str
    refusals: tuple[Refusal, ...]


def shown_link(client_id: int, link_id: int, language: str, on: dt.date) -> ShownLink:
    """What stands on the page of a link on a day. Refused where there is no such link.

    `language` is `nl` or `en`; another is the debtor's own.
    """
    with client_scope(client_id):
        link = link_of(client_id, link_id)
    text = link.shown(language if language in LANGUAGES else link.language, on)
    return ShownLink(link, text, shown_digest(text), tuple(link_refusals(link, on)))


def may_try(client_id: int, link_id: int, at: dt.datetime) -> bool:
    """Count a try to sign by a link, in a transaction of its own; whether it is one that may still be looked at."""
    with client_scope(client_id):
        return inviting.count_try(client_id, link_id, at) <= inviting.TRIES_AN_HOUR


def sign_by_link(token: str, given: Confirmed, on: dt.date, recorded_at: dt.datetime) -> int:
    """Sign a mandate by a link; gives it. What was shown is kept with when and from where, and cannot be changed.

    Refused, with nothing changed: a link that was signed, taken back or is past its day, and what is not agreed to.
    """
    client_id, link_id = read_token(token)
    with client_scope(client_id):
        return inviting.sign_online(client_id, link_id, given, on, recorded_at)


def amend_account(
    client_id: int, mandate_id: int, name: str, iban: str, by: str, on: dt.date, recorded_at: dt.datetime
) -> bool:
    """Amend whose account is debited; False where it says so already. The next file tells the bank what it was."""
    with client_scope(client_id):
        return amending.amend(client_id, mandate_id, name, iban, by, on, recorded_at)


def withdraw_mandate(
    client_id: int, mandate_id: int, reason: str, by: str, on: dt.date, recorded_at: dt.datetime, *, asked_by: str = "debtor",
    since: dt.date | None = None,
) -> bool:  # fmt: skip
    """Withdraw a mandate for good: from this moment nothing is collected on it. False where it was withdrawn.

    `asked_by` is who wanted it: the debtor, or the creditor. `since` is the day it was said, today where it is left out;
    refused where that is yet to come, or before the mandate was signed.

    What waits is taken back with it; what is in a batch can no longer be approved; what is in a file already is told by
    `under_way`.
    """
    with client_scope(client_id):
        moved = amending.withdraw(client_id, mandate_id, reason, by, on, recorded_at, asked_by, since or on)
        requesting.withdraw(client_id, [], mandate_id, by, on, recorded_at)
        return moved


def under_way(client_id: int, mandate_id: int) -> list[tuple[int, dt.date]]:
    """The debits of a mandate that are in a file already, with the day they are collected: only the bank stops those."""
    sql = (
        "SELECT id, due_on FROM debits_directdebit WHERE client_id = %s AND mandate_id = %s "
        "AND state IN ('in_file', 'accepted') ORDER BY due_on, id"
    )
    with client_scope(client_id):
        return [(int(number), day) for number, day in fetch(sql, [client_id, mandate_id])]


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


def request_due(
    client_id: int, by: str, on: dt.date, recorded_at: dt.datetime, limit: int = 20_000
) -> tuple[int, int]:
    """Ask for a debit of every open invoice whose debtor has a recurring mandate that stands, on its due date or the first
    day that leaves time to announce it; gives how many were asked for, and how many their mandate refuses.

    Left alone: what is disputed, held, explained by a payment, sold, not sent, or was asked for before. Running it twice asks
    nothing twice. One read and two writes for any number.
    """
    with client_scope(client_id):
        return requesting.request_all(client_id, by, on, recorded_at, limit)


def request_debit(
    client_id: int, invoice_id: int, mandate_id: int, by: str, on: dt.date, recorded_at: dt.datetime, *, last: bool = False,
    because: str = "",
) -> int:  # fmt: skip
    """Ask for the debit of one invoice by one mandate, also again after it failed; gives it. `last` ends the mandate.

    Refused, with every reason: what the mandate or the invoice does not allow, a debit that is under way, and one more after it
    failed, beyond once for want of money, unless a person says `because` of what.
    """
    with client_scope(client_id):
        asked = requesting.Asked(last, because)
        return requesting.request_one(client_id, invoice_id, mandate_id, asked, by, on, recorded_at)


def request_debits(
    client_id: int, invoice_ids: Sequence[int], by: str, on: dt.date, recorded_at: dt.datetime
) -> tuple[list[int], dict[str, list[Refusal]]]:
    """Ask for the debits of invoices, each by the mandate of its debtor that stands; gives them, and per number why not.

    What is refused keeps nothing from the others. One read and two writes for any number.
    """
    with client_scope(client_id):
        return requesting.request_some(client_id, invoice_ids, by, on, recorded_at)


def switch_automatic(client_id: int, automatic: bool, by: str) -> bool:
    """Have the daily run ask for what is due by itself, or no longer; False where it was so, or nobody collects yet."""
    with client_scope(client_id):
        sql = "UPDATE debits_creditor SET automatic = %s, automatic_by = %s WHERE client_id = %s AND automatic <> %s"
        return bool(run(sql, [automatic, by[:100], client_id, automatic]))


def announce_debits(
    client_id: int, debit_ids: Sequence[int], how: str, by: str, on: dt.date, recorded_at: dt.datetime
) -> int:
    """Keep that debits were announced to their debtors on a day, and how; gives how many. All or none.

    Refused where a debit's day is fewer days off than was agreed. From then on reminders of those invoices rest.
    """
    with client_scope(client_id):
        return requesting.announce(client_id, debit_ids, how, by, on, recorded_at)


def withdraw_debits(
    client_id: int, debit_ids: Sequence[int], by: str, on: dt.date, recorded_at: dt.datetime
) -> int:
    """Take back debits that wait; gives how many. What is in a batch or a file stays."""
    with client_scope(client_id):
        return len(requesting.withdraw(client_id, debit_ids, None, by, on, recorded_at))


def make_debit_batch(client_id: int, account_id: int, debit_ids: Sequence[int], by: Acting) -> int:
    """Put debits into a batch of one day, scheme, sequence and creditor, for a second person to approve; gives its number.

    Refused, with nothing changed, where any of them was not announced, may not be collected any more, or its day can no
    longer be met.
    """
    with client_scope(client_id):
        return batching.make(client_id, account_id, debit_ids, by)


def approve_debit_batch(client_id: int, batch_id: int, by: Acting, agreed: Contents | None = None) -> int:
    """Approve a batch as a second person who may: looked at once more, and its file made and kept in the same transaction.

    Refused where something in it was paid, disputed, withdrawn or amended since; unless `agreed` says exactly what is left
    without that: then a batch of what is left takes its place. Gives the batch that was approved.
    """
    with client_scope(client_id):
        return batching.approve_batch(client_id, batch_id, by, agreed)


def refuse_debit_batch(client_id: int, batch_id: int, note: str, by: Acting, by_name: str) -> None:
    """Refuse a batch, or take one's own back, with the reason: each debit waits anew, announced as it was."""
    with client_scope(client_id):
        batching.refuse_batch(client_id, batch_id, note, by, by_name)
