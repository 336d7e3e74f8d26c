"""What may be asked of a credit transfer, decided purely: the account, the amount, the words, and a changed account.

The bounds are those of the SEPA credit transfer scheme; what a bank does not take is refused here, in words, before it
is in a file.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from stdnum import iban as stdnum_iban
from stdnum import iso11649
from stdnum.exceptions import ValidationError

from inbaar.banking.formats.sepa_text import says_something, sepa_text
from inbaar.kit.errors import Refusal

MOST_AMOUNT = Decimal("999999999.99")
LONGEST_TEXT, LONGEST_REFERENCE = 140, 35
#: The countries whose accounts a SEPA credit transfer reaches, by the first letters of the IBAN.
SEPA_COUNTRIES = (
    "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE "
    "SI SK SM VA"
)
_KENMERK_WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3, 6, 1)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a payee is, in parts: banks take no address in loose lines since 15 November 2026.

    `country` is two letters. Town and country are needed; the rest may be left out.
    """

    town: str
    country: str
    street: str = ""
    building: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, as far as the rules look at it. `amount` in `currency`."""

    payee_name: str
    payee_iban: str
    amount: Decimal
    currency: str
    text: str
    reference: str
    address: Address | None = None


def refusals_of(asked: Asked) -> list[Refusal]:
    """Everything that is wrong with what was asked, together; an empty list if it may be paid."""
    return [
        refusal
        for refusal in (
            _name(asked), _account(asked), _amount(asked), _remittance(asked), _address(asked.address),
        )
        if refusal
    ]  # fmt: skip


def compact_iban(text: str) -> str:
    """An account number as it is compared: without spaces, in capitals.

    >>> compact_iban("nl91 abna 0417 1643 00")
    'NL91ABNA0417164300'
    """
    return "".join(text.split()).upper()


def is_iban(account: str) -> bool:
    """Whether a compact account number passes ISO 13616: its length, its shape and mod 97."""
    try:
        return stdnum_iban.validate(account) == account
    except ValidationError:
        return False


def is_kenmerk(reference: str) -> bool:
    """Whether it is a Dutch betalingskenmerk of sixteen digits: its first digit checks the others (weights, modulo 11).

    >>> is_kenmerk("5000002026000123"), is_kenmerk("5000002026000124")
    (True, False)
    """
    if not (len(reference) == 16 and reference.isascii() and reference.isdigit()):
        return False
    total = sum(
        int(digit) * _KENMERK_WEIGHTS[place % 10] for place, digit in enumerate(reversed(reference[1:]))
    )
    check = 11 - total % 11
    return int(reference[0]) == {10: 1, 11: 0}.get(check, check)


def is_rf(reference: str) -> bool:
    """Whether it is a creditor reference of ISO 11649, which begins with RF."""
    return bool(iso11649.is_valid(reference)) and reference == iso11649.compact(reference)


def changed_account(iban: str, known: Sequence[str], from_account: str = "") -> str:
    """The account a payee was known by, where this is another one; nothing where there is no reason to look.

    `known` are accounts of this payee, the latest first. Money that goes back to the account it came from needs no look.

    >>> changed_account("NL02", ["NL01"]), changed_account("NL01", ["NL02", "NL01"]), changed_account("NL01", [])
    ('NL01', '', '')
    """
    if not known or iban in known or iban == from_account:
        return ""
    return known[0]


def _name(asked: Asked) -> Refusal | None:
    if 0 < len(asked.payee_name.strip()) <= 140:
        return _unwritable(asked.payee_name, "the name of the payee")
    return Refusal(
        "payee-name", "a payment names its payee", f"the name has {len(asked.payee_name.strip())} characters",
        "1 to 140 characters", next_step="fill in who is paid",
    )  # fmt: skip


def _unwritable(text: str, what: str) -> Refusal | None:
    """Refused where no letter or figure is left of a text in the letters every bank takes."""
    if says_something(text):
        return None
    return Refusal(
        "not-writable", "a bank file holds Latin letters and figures", f"{what} becomes {sepa_text(text)!r}",
        "a letter or figure", next_step="write it in Latin letters",
    )  # fmt: skip


def _account(asked: Asked) -> Refusal | None:
    if not is_iban(asked.payee_iban):
        return Refusal(
            "payee-iban", "money goes to an account whose number passes its own check",
            f"{asked.payee_iban[:34] or 'nothing'} is not an IBAN", "an IBAN",
            next_step="ask the payee for the number again",
        )  # fmt: skip
    if asked.payee_iban[:2] not in SEPA_COUNTRIES.split():
        return Refusal(
            "outside-sepa", "a SEPA credit transfer stays within SEPA", f"{asked.payee_iban} is in {asked.payee_iban[:2]}",
            "a country of SEPA", next_step="pay it at the bank itself and set the request aside",
        )  # fmt: skip
    return None


def _amount(asked: Asked) -> Refusal | None:
    if asked.currency != "EUR":
        return Refusal(
            "not-euro", "a SEPA credit transfer is in euro", f"it is in {asked.currency}", "EUR", "never",
            next_step="pay it at the bank itself",
        )  # fmt: skip
    if 0 < asked.amount <= MOST_AMOUNT and asked.amount == round(asked.amount, 2):
        return None
    return Refusal(
        "amount", "a payment is a whole number of cents the scheme can carry", f"{asked.amount}",
        f"0.01 to {MOST_AMOUNT}",
    )  # fmt: skip


def _remittance(asked: Asked) -> Refusal | None:
    if bool(asked.text.strip()) == bool(asked.reference):
        return Refusal(
            "remittance", "a payment says what it is for, in words or by the payee's reference, not both",
            "both are given" if asked.reference else "neither is given", "one of the two",
        )  # fmt: skip
    if len(asked.text) > LONGEST_TEXT:
        return Refusal(
            "text-too-long", "the words fit the message", f"{len(asked.text)} characters", f"{LONGEST_TEXT}"
        )
    if asked.text:
        return _unwritable(asked.text, "the words")
    if asked.reference and not (is_kenmerk(asked.reference) or is_rf(asked.reference)):
        return Refusal(
            "reference", "a payment reference passes its own check", f"{asked.reference[:LONGEST_REFERENCE]} does not",
            "a betalingskenmerk of 16 digits or an RF reference", next_step="write it as words instead, or correct it",
        )  # fmt: skip
    return None


def _address(address: Address | None) -> Refusal | None:
    if address is None:
        return None
    lengths = (
        (address.street, 70), (address.building, 16), (address.postcode, 16), (address.town, 35),
    )  # fmt: skip
    country = address.country
    if (
        address.town.strip() and len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()
        and all(len(part) <= most for part, most in lengths)
    ):  # fmt: skip
        parts = [part for part, _ in lengths if part]
        return next(filter(None, (_unwritable(part, f"{part!r} in the address") for part in parts)), None)
    return Refusal(
        "address", "an address is structured: town and country at least",
        ", ".join(filter(None, (address.street, address.postcode, address.town, country))) or "it is empty",
        "street 70, number 16, postcode 16, town 35 characters, country two letters",
        next_step="complete the address or leave it out",
    )  # fmt: skip


def wanted_day(wanted_on: dt.date, today: dt.date) -> dt.date:
    """The day a payment is wanted; a day that has passed is today."""
    return max(wanted_on, today)
