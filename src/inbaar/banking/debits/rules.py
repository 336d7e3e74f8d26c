"""What a mandate must be and whether it may be collected on, decided purely. The terms of the schemes are the law's.

A refusal says which rule, so that the same answer stands on the screen, in a batch that is put together, and in the file
that is written.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from stdnum.eu import at_02
from stdnum.exceptions import ValidationError

from inbaar.banking.batches.rules import CUT_OFF, earliest_execution
from inbaar.banking.debits.r_codes import next_of
from inbaar.banking.formats.pain008 import MOVED
from inbaar.banking.formats.sepa_text import is_identifier, says_something
from inbaar.banking.transfers.rules import SEPA_COUNTRIES, is_iban
from inbaar.kit.errors import Refusal
from inbaar.law.calendar import add_target_days
from inbaar.law.direct_debit import Scheme, mandate_lapses_on

LONGEST_NAME = 70
#: The least that may be agreed on as notice: the file goes in the bank day before, and the debtor reads it before that.
LEAST_NOTICE_DAYS, MOST_NOTICE_DAYS = 1, 60
ONE_OFF, RECURRING = "one_off", "recurring"
#: How often one invoice is presented for collection, at most.
MOST_PRESENTED = 3
RETRY = "retry_once"


@dataclass(frozen=True, slots=True)
class MandateTerms:
    """What is agreed in a mandate. `capacity` is the debtor's; `announced_days` the notice before each collection."""

    kind: str
    scheme: str
    reference: str
    debtor_name: str
    debtor_iban: str
    capacity: str
    announced_days: int


@dataclass(frozen=True, slots=True)
class MandateFacts:
    """How a mandate stands. `last_presented_on` is the last day a file asked for; `used` that its only or last collection
    is asked for already."""

    kind: str
    scheme: str
    state: str
    capacity: str
    signed_on: dt.date
    registered_on: dt.date | None
    last_presented_on: dt.date | None
    used: bool = False


def is_creditor_id(text: str) -> bool:
    """Whether it is a Dutch creditor identifier: its check digits cover all but the business code (mod 97).

    >>> is_creditor_id("NL69ZZZ123456780000"), is_creditor_id("NL60ZZZ123456780000")
    (True, False)
    """
    try:
        return at_02.validate(text) == text and re.fullmatch(r"NL\d{2}[A-Z0-9]{3}\d{12}", text) is not None
    except ValidationError:
        return False


def creditor_refusals(identifier: str, name: str) -> list[Refusal]:
    """What is wrong with who collects: his creditor identifier and the name debtors know him by."""
    refusals = []
    if not is_creditor_id(identifier):
        refusals.append(
            Refusal(
                "creditor-id", "who collects has a creditor identifier of his bank", identifier or "none",
                "NL, two check digits, a business code of three signs and twelve figures",
                next_step="copy it from the direct debit contract with the bank",
            )
        )  # fmt: skip
    if not says_something(name) or len(name) > LONGEST_NAME:
        refusals.append(_name("creditor-name", name))
    return refusals


def terms_refusals(terms: MandateTerms) -> list[Refusal]:
    """Everything that is wrong with what a mandate would agree on, together."""
    refusals = account_refusals(terms.debtor_name, terms.debtor_iban)
    if not is_identifier(terms.reference):
        refusals.append(
            Refusal(
                "mandate-reference", "a mandate has a reference a bank can carry", terms.reference or "none",
                "1 to 35 letters, figures and / - ? : ( ) . , ' +", next_step="name another reference",
            )
        )  # fmt: skip
    if terms.scheme == Scheme.B2B and terms.capacity == "consumer":
        refusals.append(consumer_refusal())
    if not LEAST_NOTICE_DAYS <= terms.announced_days <= MOST_NOTICE_DAYS:
        refusals.append(
            Refusal(
                "mandate-notice", "a collection is announced before it is made", f"{terms.announced_days} days",
                f"{LEAST_NOTICE_DAYS} to {MOST_NOTICE_DAYS} days", next_step="agree on 14 days, or on fewer in writing",
            )
        )  # fmt: skip
    return refusals


def account_refusals(name: str, iban: str) -> list[Refusal]:
    """What is wrong with whose account is debited."""
    refusals = [] if says_something(name) and len(name) <= LONGEST_NAME else [_name("mandate-name", name)]
    if not is_iban(iban) or iban[:2] not in SEPA_COUNTRIES.split():
        refusals.append(
            Refusal(
                "mandate-iban", "an account is debited by its IBAN within SEPA", iban or "none", "a right IBAN",
                next_step="ask for the account number again",
            )
        )  # fmt: skip
    return refusals


def used_refusal() -> Refusal:
    """Why a mandate that is good for no more collections is not asked on again."""
    return Refusal(
        "mandate-used", "a one-off mandate is collected on once, and a recurring one to its last", "it was used", "not used",
        "never", "ask for a new mandate",
    )  # fmt: skip


def consumer_refusal() -> Refusal:
    """Why a consumer is not debited under the business scheme: it would take his right to a refund away."""
    return Refusal(
        "mandate-b2b-consumer", "the business scheme is for businesses only", "the debtor is a consumer",
        "a business", "never", "make a CORE mandate",
    )  # fmt: skip


def collection_refusals(facts: MandateFacts, due_on: dt.date) -> list[Refusal]:
    """Why nothing may be collected on a mandate on a day; an empty list if it may. Every reason at once.

    A mandate lapses 36 months after it was last presented, or after it was signed where it never was.
    """
    refusals = []
    if facts.state != "live":
        refusals.append(
            Refusal(
                f"mandate-{facts.state}", "collecting needs a mandate that stands", f"it is {facts.state}", "live",
                "never" if facts.state == "withdrawn" else None, "ask for a new mandate",
            )
        )  # fmt: skip
    lapses = mandate_lapses_on(facts.last_presented_on or facts.signed_on)
    if due_on >= lapses:
        refusals.append(
            Refusal(
                "mandate-lapsed", "a mandate lapses after 36 months in which it was not used",
                f"{due_on}", f"before {lapses}", "never", "ask for a new mandate",
            )
        )  # fmt: skip
    if due_on < facts.signed_on:
        refusals.append(
            Refusal(
                "mandate-not-signed", "nothing is collected before the mandate was signed", f"{due_on}",
                f"{facts.signed_on}", facts.signed_on, "choose a later day",
            )
        )  # fmt: skip
    if facts.used:
        refusals.append(used_refusal())
    return refusals + _business_refusals(facts, due_on)


def _business_refusals(facts: MandateFacts, due_on: dt.date) -> list[Refusal]:
    """The bank of a business refuses what it did not confirm there, and a consumer may not be debited so at all."""
    if facts.scheme != Scheme.B2B:
        return []
    if facts.capacity == "consumer":
        return [consumer_refusal()]
    if facts.registered_on is None or facts.registered_on > due_on:
        return [
            Refusal(
                "mandate-unregistered", "a B2B mandate is registered at the debtor's bank before the first collection",
                "no registration is known", "registered", facts.registered_on,
                "ask the debtor to register it, and record his bank's confirmation",
            )
        ]  # fmt: skip
    return []


def repeat_refusals(reasons: Sequence[str], because: str) -> list[Refusal]:
    """Why a debit is not asked for again, by the banks' reasons for which it failed before, in their order.

    For want of money it is asked once more without a word; anything else, and more than once, only for a reason a person gives
    (`because`); never what the bank had already, and at most three times in all, which is the house's own bound.

    >>> [bool(repeat_refusals(reasons, "")) for reasons in ([], ["AM04"], ["AM04", "AM04"], ["MS02"])]
    [False, False, True, True]
    >>> bool(repeat_refusals(["AM04", "AM04"], "he asked for it")), bool(repeat_refusals(["AM04"] * 3, "he asked for it"))
    (False, True)
    """
    if not reasons:
        return []
    fact, last = f"{len(reasons)} failed, the last with {reasons[-1] or 'no reason'}", next_of(reasons[-1])
    if len(reasons) >= MOST_PRESENTED:
        return [
            Refusal("debit-repeated", f"an invoice is collected at most {MOST_PRESENTED} times", fact,
                    f"{MOST_PRESENTED}", "never", "ask to be paid in another way")
        ]  # fmt: skip
    if last == "nothing":
        return [
            Refusal("debit-known", "what the bank has is not sent again", fact, "another reason", "never",
                    "wait for the statement")
        ]  # fmt: skip
    if (last == RETRY and len(reasons) == 1) or because.strip():
        return []
    return [
        Refusal("debit-repeat", "a debit that failed is repeated for a reason", fact, "a reason",
                next_step="say why it will succeed now")
    ]  # fmt: skip


_BLOCKED: dict[str, tuple[str, str, str]] = {
    "debit-none": ("an invoice in euro is collected", "it is none, or was taken back", "an invoice in euro"),
    "debit-paid": ("what is open is collected", "nothing is open", "more than 0.00 open"),
    "debit-unsent": ("an invoice is collected once it was sent", "it was not sent yet", "a sent invoice"),
    "debit-held": ("what is disputed or held is not collected", "a hold stands", "no hold"),
    "debit-explained": ("what may be paid already is not collected", "money for it may be here or on its way", "no such money"),
    "debit-sold": ("a claim is collected by whom it is paid to", "it is paid to somebody else", "an own claim"),
}  # fmt: skip


def blocked_refusals(number: str, codes: Sequence[str]) -> list[Refusal]:
    """Why an invoice is not collected now, by the codes of what stands in the way."""
    return [
        Refusal(code, _BLOCKED[code][0], f"{number}: {_BLOCKED[code][1]}", _BLOCKED[code][2], None, "leave it out")
        for code in codes
    ]  # fmt: skip


def _name(code: str, name: str) -> Refusal:
    return Refusal(
        code, "a bank takes a name it can write", name or "none", f"1 to {LONGEST_NAME} signs",
        next_step="write the name as the account has it",
    )  # fmt: skip


def collection_day(payable_on: dt.date, on: dt.date, announced_days: int) -> dt.date:
    """The first bank day on or after the due date by which a debit that is asked for today can have been announced.

    >>> collection_day(dt.date(2026, 5, 1), dt.date(2026, 3, 2), 14), collection_day(dt.date(2026, 3, 2), dt.date(2026, 3, 2), 14)
    (datetime.date(2026, 5, 4), datetime.date(2026, 3, 16))
    """
    earliest = max(payable_on, on + dt.timedelta(days=announced_days))
    return add_target_days(earliest - dt.timedelta(days=1), 1)


def file_refusals(due_on: dt.date, moment: dt.datetime, cut_off: dt.time = CUT_OFF) -> list[Refusal]:
    """Why a file that leaves at a moment no longer collects on a day: it is with the bank a bank day before, by the cut-off."""
    first = add_target_days(earliest_execution(moment, cut_off), 1)
    if due_on >= first:
        return []
    return [
        Refusal(
            "collection-passed", "a file of debits is with the bank the bank day before, by the cut-off",
            f"{due_on} can no longer be met", f"{first}", first, "refuse the batch, and collect on a later day",
        )
    ]  # fmt: skip


def sequence_of(kind: str, last: bool) -> str:
    """The sequence a bank is told: one-off, recurring, or the last of a recurring mandate.

    Since November 2016 a first collection may be told as a recurring one, so that a rejected first needs no telling again.

    >>> sequence_of("one_off", False), sequence_of("recurring", False), sequence_of("recurring", True)
    ('OOFF', 'RCUR', 'FNAL')
    """
    if kind == ONE_OFF:
        return "OOFF"
    return "FNAL" if last else "RCUR"


def original_account(was: str, now: str) -> str:
    """What the file says of an account that was amended: its old number within a bank, `SMNDA` where the bank is another.

    >>> original_account("NL20INGB0001234567", "NL51INGB0000000001"), original_account("NL20INGB0001234567", "NL44RABO0123456789")
    ('NL20INGB0001234567', 'SMNDA')
    """
    if was == now:
        return ""
    same_bank = was[:2] == now[:2] == "NL" and was[4:8] == now[4:8]
    return was if same_bank else MOVED
