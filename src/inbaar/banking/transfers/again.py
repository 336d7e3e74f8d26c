"""What becomes of a request that is not paid: asked for anew, or taken back; and the look at a changed account.

Called through `actions`; needs the client's scope. A request that was in a batch is never put into another one: a new
row takes its place, so that no payment is in two files.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from inbaar.banking.transfers.requesting import Role, take_off
from inbaar.banking.transfers.rules import compact_iban, is_iban
from inbaar.banking.transfers.states import Verb, moves_by
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.ledger.accounts import Code
from inbaar.ledger.actions import Posting, post
from inbaar.ledger.models import Purse

_REPLACE = """
    UPDATE transfers_credittransfer SET replaced = true
    WHERE client_id = %s AND id = ANY(%s::bigint[]) AND NOT replaced RETURNING id
"""
# The same facts in a row of its own. An account that was looked at stays looked at; another one is looked at first.
_ANEW = """
    INSERT INTO transfers_credittransfer (client_id, source_kind, source_key, attempt, replaced, debtor_id, entry_id,
        payee_name, payee_iban, street, building, postcode, town, country, amount, currency, purse, charged_to, text,
        reference, wanted_on, reason, requested_by, requested_at, known_iban, checked_by_id, checked_at, check_note,
        state, state_on, bank_status, bank_reason, bank_text)
    SELECT client_id, source_kind, source_key, attempt + 1, false, debtor_id, entry_id, payee_name,
        %(iban)s, street, building, postcode, town, country, amount, currency, purse, charged_to, text, reference,
        greatest(wanted_on, %(on)s), reason, %(by)s, %(at)s, known_iban, checked_by_id, checked_at, check_note,
        'requested', %(on)s, '', '', ''
    FROM transfers_credittransfer WHERE client_id = %(client)s AND id = ANY(%(ids)s::bigint[]) RETURNING id
"""
_SAME_ACCOUNT = _ANEW.replace("%(iban)s", "payee_iban")
_OTHER_ACCOUNT = _ANEW.replace(
    "known_iban, checked_by_id, checked_at, check_note,\n        'requested'",
    "payee_iban, NULL, NULL, '',\n        'to_check'",
)
_LOCKED = """
    SELECT t.id, t.state, t.replaced, t.payee_name, t.payee_iban, t.amount, t.purse, t.charged_to, t.entry_id,
           t.known_iban, t.requested_by,
           EXISTS (SELECT FROM transfers_transfermoney m
                   WHERE m.client_id = t.client_id AND m.transfer_id = t.id AND m.role = 'debit')
    FROM transfers_credittransfer t WHERE t.client_id = %s AND t.id = %s FOR UPDATE OF t
"""


@dataclass(frozen=True, slots=True)
class LockedTransfer:
    """A request while it is decided about. `debited` says whether a statement shows that it was paid."""

    id: int
    state: str
    replaced: bool
    payee_name: str
    payee_iban: str
    amount: Decimal
    purse: str
    charged_to: str
    entry_id: int | None
    known_iban: str
    requested_by: str
    debited: bool


def ask_anew(
    client_id: int, ids: Sequence[int], on: dt.date, recorded_at: dt.datetime, by: str, iban: str = ""
) -> list[int]:
    """New requests in the place of these, on the same accounts or all on `iban`; gives them. Two statements."""
    replaced = [number for (number,) in fetch(_REPLACE, [client_id, array_parameter(list(ids))])]
    given = {
        "client": client_id, "ids": array_parameter(replaced), "on": on, "at": recorded_at, "by": by[:100], "iban": iban,
    }  # fmt: skip
    return [number for (number,) in fetch(_OTHER_ACCOUNT if iban else _SAME_ACCOUNT, given)]


def pay_again(
    client_id: int, transfer_id: int, iban: str, on: dt.date, recorded_at: dt.datetime, by: str
) -> int:
    """See `actions.pay_again`."""
    transfer = locked_transfer(client_id, transfer_id)
    _refuse_unless_open(transfer, ("rejected", "returned"), "what failed is paid again, once")
    account = compact_iban(iban)
    if account and not is_iban(account):
        fact = f"{account[:34]} is not an IBAN"
        raise Refused(Refusal("payee-iban", "money goes to an account that can be", fact, "an IBAN"))
    other = "" if account == transfer.payee_iban else account
    (number,) = ask_anew(client_id, [transfer_id], on, recorded_at, by, other)
    return number


def withdraw(client_id: int, transfer_id: int, on: dt.date, recorded_at: dt.datetime) -> None:
    """See `actions.withdraw_transfer`."""
    transfer = locked_transfer(client_id, transfer_id)
    allowed = tuple(state.value for state in moves_by(Verb.WITHDRAW))
    _refuse_unless_open(transfer, allowed, "what waits or failed can be withdrawn")
    if transfer.entry_id is not None:
        fetch(
            "SELECT id FROM banking_entry WHERE client_id = %s AND id = %s FOR UPDATE",
            [client_id, transfer.entry_id],
        )
        take_off(client_id, [(transfer_id, transfer.entry_id, -transfer.amount, Role.GIVEN_BACK)], on)
    back = Posting(
        f"transfer:{transfer_id}:withdrawn", 1, Code.TO_PAY_OUT, Code(transfer.charged_to), transfer.amount, "EUR", on,
        transfer_id, Purse(transfer.purse),
    )  # fmt: skip
    post(client_id, [back], recorded_at)
    run(
        "UPDATE transfers_credittransfer SET state = 'withdrawn', state_on = %s WHERE client_id = %s AND id = %s",
        [on, client_id, transfer_id],
    )


def check(
    client_id: int, transfer_id: int, user_id: int, by: str, note: str, on: dt.date, recorded_at: dt.datetime
) -> None:
    """See `actions.confirm_account`."""
    transfer = locked_transfer(client_id, transfer_id)
    _refuse_unless_open(
        transfer, ("to_check",), "an account is looked at once, before anything is paid on it"
    )
    refusals = []
    if by == transfer.requested_by:
        refusals.append(
            Refusal(
                "second-person", "who asked for the payment does not vouch for its account", f"{by} asked for it",
                "another person", "never", "ask somebody else to look",
            )
        )  # fmt: skip
    if not note.strip():
        refusals.append(
            Refusal(
                "reason-missing", "a changed account is confirmed with how it was checked", "nothing was told",
                "a few words", next_step="call the payee on a number you knew before, and write down who confirmed it",
            )
        )  # fmt: skip
    if refusals:
        raise Refused(*refusals)
    run(
        "UPDATE transfers_credittransfer SET state = 'requested', state_on = %s, checked_by_id = %s, checked_at = %s, "
        "check_note = %s WHERE client_id = %s AND id = %s",
        [on, user_id, recorded_at, note.strip()[:300], client_id, transfer_id],
    )


def locked_transfer(client_id: int, transfer_id: int) -> LockedTransfer:
    """The request, locked until the transaction ends; refuses one that is not there."""
    rows = fetch(_LOCKED, [client_id, transfer_id])
    if not rows:
        fact = f"there is no request {transfer_id}"
        raise Refused(
            Refusal("transfer-unknown", "the request must be this client's", fact, "a request", "never")
        )
    return LockedTransfer(*rows[0])


def _refuse_unless_open(transfer: LockedTransfer, states: tuple[str, ...], rule: str) -> None:
    """Refused where the request is elsewhere by now, or came back before the statement showed that it went."""
    if transfer.state not in states or transfer.replaced:
        state = "replaced" if transfer.replaced else transfer.state
        raise Refused(Refusal("transfer-state", rule, f"it is {state}", ", ".join(states), "never"))
    if transfer.state == "returned" and not transfer.debited:
        raise Refused(
            Refusal(
                "debit-not-seen", "what came back is paid again once it is seen to have gone",
                "no statement shows the debit yet", "a statement that does",
                next_step="take in the statements of the days before",
            )
        )  # fmt: skip
