"""The chart of accounts: the codes every client has, and the account rows behind them."""

from enum import StrEnum

from inbaar.ledger.models import Account, Purse


class Code(StrEnum):
    """What an account is for."""

    RECEIVABLE = "receivable"
    SALES = "sales"
    CREDITS_TO_GIVE = "credits_to_give"
    BANK = "bank"
    UNAPPLIED = "unapplied"
    OTHER_PAYMENTS = "other_payments"
    INTEREST_INCOME = "interest_income"
    COSTS_INCOME = "costs_income"
    WRITTEN_OFF = "written_off"
    OWED_TO_CLIENTS = "owed_to_clients"
    DISCOUNTS = "discounts"
    BANK_COSTS = "bank_costs"
    PAYMENT_DIFFERENCES = "payment_differences"
    DEBTOR_CREDIT = "debtor_credit"
    SOLD_CLAIMS = "sold_claims"
    TO_PAY_OUT = "to_pay_out"


def open_accounts(client_id: int, currency: str, purse: Purse = Purse.OWN) -> dict[Code, int]:
    """The account numbers of a client in one currency and purse; made at first use. Two statements at most."""
    wanted = {"client_id": client_id, "currency": currency, "purse": purse}
    known = _numbers(**wanted)
    if len(known) < len(Code):
        missing = [Account(code=code, **wanted) for code in Code if code not in known]
        Account.objects.bulk_create(missing, ignore_conflicts=True)
        known = _numbers(**wanted)
    return known


def _numbers(**wanted: object) -> dict[Code, int]:
    return {Code(code): number for code, number in Account.objects.filter(**wanted).values_list("code", "id")}
