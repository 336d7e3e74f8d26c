"""The payment QR of the European Payments Council (EPC069-12, version 002): payload and modules.

Called by `wording` for the payload and by `drawing` for the picture. A payment that cannot have one gives a
`QrRefused` with the reason's code, so that the letter can say so.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

import zxingcpp
from stdnum import iban as iban_numbers
from stdnum.iso11649 import is_valid as is_creditor_reference

LARGEST = Decimal("999999999.99")
MAX_BYTES = 331
NAME_LENGTH, TEXT_LENGTH, BIC_LENGTHS = 70, 140, (8, 11)


class QrRefused(ValueError):
    """This payment cannot have an EPC QR. `code` is stable: currency, iban, amount, name, bic, text, size."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def payment_payload(
    *,
    holder: str,
    iban: str,
    amount: Decimal,
    reference: str,
    bic: str = "",
    currency: str = "EUR",
    purpose: str = "",
) -> str:
    """The lines a banking app reads. A reference that is a valid RF number goes structured, any other goes as text.

    The Dutch betalingskenmerk of 16 digits is no RF number, so it goes as text.
    """
    if currency != "EUR":
        raise QrRefused("currency", f"the QR knows only EUR, not {currency}")
    account = _account(iban)
    structured = reference.replace(" ", "").upper() if is_creditor_reference(reference) else ""
    text = "" if structured else _one_line(reference)
    lines = ["BCD", "002", "1", "SCT", _bic(bic), _name(holder), account, _amount(amount)]
    payload = "\n".join([*lines, _purpose(purpose), structured, _text(text)]).rstrip("\n")
    if len(payload.encode()) > MAX_BYTES:
        raise QrRefused(
            "size", f"the QR holds {MAX_BYTES} bytes and this payment takes {len(payload.encode())}"
        )
    return payload


@lru_cache(maxsize=64)
def qr_modules(payload: str) -> tuple[str, ...]:
    """The code as rows of 0 and 1, 1 dark, error correction M, without its quiet zone.

    The bytes go in as they are: the payload tells a reader that they are UTF-8. The mask is fixed: choosing the best of
    eight costs four times the rest, and readers need no best one.
    """
    code = zxingcpp.create_barcode(payload.encode(), zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=4)
    picture: Any = code.to_image(scale=1, add_quiet_zones=False)
    height, width = picture.shape
    marks = bytes(picture).translate(_MARK_OF_SHADE).decode()
    return tuple(marks[start : start + width] for start in range(0, height * width, width))


_MARK_OF_SHADE = bytes(b"01"[shade < 128] for shade in range(256))


def _one_line(value: str) -> str:
    return " ".join(value.split())


@lru_cache(maxsize=256)
def _account(iban: str) -> str:
    account = re.sub(r"\s", "", iban).upper()
    if not iban_numbers.is_valid(account):
        raise QrRefused("iban", f"{iban or 'an empty account number'} is not a valid IBAN")
    return account


def _bic(bic: str) -> str:
    code = bic.strip().upper()
    if code and not re.fullmatch(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", code):
        raise QrRefused("bic", f"{bic} is not a BIC: it has 8 or 11 characters")
    return code


def _name(holder: str) -> str:
    name = _one_line(holder)
    if not 1 <= len(name) <= NAME_LENGTH:
        raise QrRefused(
            "name", f"the account holder's name has 1 to {NAME_LENGTH} characters, not {len(name)}"
        )
    return name


def _amount(amount: Decimal) -> str:
    if amount != amount.quantize(Decimal("0.01")) or not Decimal("0.01") <= amount <= LARGEST:
        raise QrRefused("amount", f"the amount is 0.01 to {LARGEST} with two decimals, not {amount}")
    return f"EUR{amount:.2f}".rstrip("0").rstrip(".")


def _purpose(purpose: str) -> str:
    if purpose and not re.fullmatch(r"[A-Z0-9]{4}", purpose):
        raise QrRefused("purpose", f"a purpose has four letters, not {purpose!r}")
    return purpose


def _text(text: str) -> str:
    if len(text) > TEXT_LENGTH:
        raise QrRefused("text", f"the text has at most {TEXT_LENGTH} characters, not {len(text)}")
    return text
