"""Which of the client's bank accounts a statement is of. Used by the import; registers accounts where that is allowed."""

import datetime as dt
from dataclasses import dataclass

from inbaar.banking.models import EARLIEST_CUT_OFF, LATEST_CUT_OFF, USUAL_CUT_OFF
from inbaar.banking.statements import StatementRefused, StatementStart, account_iban
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.ledger.models import Purse

_COLUMNS = {
    "client_id": "bigint",
    "iban": "text",
    "currency": "text",
    "holder": "text",
    "purse": "text",
    "stale_after_days": "smallint",
}
STALE_AFTER_DAYS = 7


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """An account of the client, as far as booking on it needs."""

    id: int
    iban: str
    currency: str
    purse: Purse


def locked_accounts(client_id: int) -> list[OwnAccount]:
    """The client's accounts, locked until the transaction ends: one import of a client at a time, matching goes on."""
    rows = fetch(
        "SELECT id, iban, currency, purse FROM banking_bankaccount "
        "WHERE client_id = %s ORDER BY id FOR NO KEY UPDATE",
        [client_id],
    )
    return [OwnAccount(number, iban, currency, Purse(purse)) for number, iban, currency, purse in rows]


def own_ibans(client_id: int) -> frozenset[str]:
    """The numbers of the client's accounts. Needs the client's scope."""
    rows = fetch("SELECT iban FROM banking_bankaccount WHERE client_id = %s", [client_id])
    return frozenset(iban for (iban,) in rows)


def account_of(
    client_id: int, start: StatementStart, known: list[OwnAccount], may_add: bool
) -> tuple[OwnAccount, bool]:
    """The account a statement is of, and whether it was registered just now; refuses an account of somebody else."""
    number = account_iban(start.account) or (start.account or "").replace(" ", "").upper()
    found = [account for account in known if _is_number_of(account.iban, number)]
    fitting = [account for account in found if start.currency in (None, account.currency)]
    if fitting:
        return fitting[0], False
    if may_add and number:
        return _add(client_id, number, start.currency or "EUR"), True
    raise StatementRefused("account", _why_not(number, start.currency, known, found))


def _is_number_of(iban: str, number: str) -> bool:
    """Dutch banks wrote the account's own number before they wrote the IBAN, which ends in it."""
    return iban == number or (number.isdigit() and len(number) >= 7 and iban.endswith(number.zfill(10)))


def _add(client_id: int, number: str, currency: str) -> OwnAccount:
    """Register an account; one that another import registered meanwhile is taken as it is."""
    row = (client_id, number[:34], currency, "", Purse.OWN.value, STALE_AFTER_DAYS)
    insert_rows("banking_bankaccount", _COLUMNS, [row], on_conflict="DO NOTHING")
    ((account_id, purse),) = fetch(
        "SELECT id, purse FROM banking_bankaccount WHERE client_id = %s AND iban = %s AND currency = %s",
        [client_id, number[:34], currency],
    )
    return OwnAccount(account_id, number, currency, Purse(purse))


def _why_not(number: str, currency: str | None, known: list[OwnAccount], found: list[OwnAccount]) -> str:
    if found:
        return (
            f"The statement of {number} is in {currency}, but that account is kept here in {found[0].currency}. "
            f"Add the account with {currency} under Bank if it is yours, then offer the file again."
        )
    ours = ", ".join(account.iban for account in known[:3]) + (" and others" if len(known) > 3 else "")
    return (
        f"The statement is of account {number or 'without a number'}, which is not one of this administration's "
        f"({ours or 'it has none'}). Add the account under Bank, or open the administration it belongs to, then offer "
        "the file again."
    )


def register_account(client_id: int, iban: str, holder: str, currency: str = "EUR") -> None:
    """Register an account of the client by hand; one that is there stays as it is. Needs the client's scope."""
    insert_rows(
        "banking_bankaccount",
        _COLUMNS,
        [(client_id, iban, currency, holder[:200], Purse.OWN.value, STALE_AFTER_DAYS)],
        on_conflict="DO NOTHING",
    )


def cut_off_of(client_id: int, account_id: int) -> dt.time:
    """Until when, in Dutch time, the account's bank carries a file out the same bank day. Needs the client's scope."""
    rows = fetch(
        "SELECT cut_off FROM banking_bankaccount WHERE client_id = %s AND id = %s", [client_id, account_id]
    )
    return rows[0][0] if rows else USUAL_CUT_OFF


def set_cut_off(client_id: int, account_id: int, cut_off: dt.time) -> None:
    """Say until when the account's bank carries a file out the same bank day: from 08:00 to 18:00, as it says itself.

    Refuses another time and an account that is not this client's. Needs the client's scope.
    """
    if not EARLIEST_CUT_OFF <= cut_off <= LATEST_CUT_OFF:
        limit = f"{EARLIEST_CUT_OFF:%H:%M} to {LATEST_CUT_OFF:%H:%M}"
        raise Refused(Refusal("cut-off-bounds", "a bank closes its day within the day SEPA settles", f"{cut_off:%H:%M}", limit,
                              next_step="look it up with your bank"))  # fmt: skip
    told = [cut_off, client_id, account_id]
    if not run("UPDATE banking_bankaccount SET cut_off = %s WHERE client_id = %s AND id = %s", told):
        fact = f"there is no account {account_id}"
        raise Refused(
            Refusal("account-unknown", "an own account pays", fact, "an account of this administration")
        )
