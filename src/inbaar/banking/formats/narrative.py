"""Reads what a bank wrote about one entry (MT940 :86:, camt AddtlNtryInf) in the layouts of the Dutch banks.

Called per entry by the MT940 reader and, for entries without details, by the camt reader. A layout that is not
known is no error: its text is then the whole text. Here: which layout it is, and the layout of codes between
slashes (`/NAME/.../REMI/.../`); the older layouts are in `narrative_layouts`.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from inbaar.banking.formats.text import is_iban, shown_end_to_end_id


@dataclass(slots=True)
class Narrative:
    """What could be told apart; `text` is what is left for people, and for finding invoice numbers."""

    name: str | None = None
    iban: str | None = None
    reference: str | None = None
    end_to_end_id: str | None = None
    text: str = ""
    return_reason: str | None = None


CODES = (
    "TRTP|TRCD|IBAN|BBAN|BIC|NAME|REMI|EREF|MARF|CSID|RTRN|CNTP|ORDP|BENM|ADDR|ISDT|PREF|NRTX|PURP|ULTD|ULTC|ULTB"
    "|ACCW|CDTRREFTP|CDTRREF|SVCL|SUM"
)
SLASH_CODE = re.compile(rf"/({CODES})/")
STARTS_WITH_CODE = re.compile(rf"\s*/(?:{CODES})/").match
ULTIMATE = frozenset(("ULTD", "ULTC", "ULTB"))
ISSUER_REFERENCE = re.compile(r"Issuer: ?(?:CUR|ISO) ?Ref: ?([A-Z0-9]+)")
PAYMENT_REFERENCE = re.compile(r"BETALINGSKENM(?:ERK|\.)?:? *((?:\d ?){16})(?!\d)", re.IGNORECASE)
RF_REFERENCE = re.compile(r"(?<![A-Z0-9])RF\d{2}(?: ?[A-Z0-9]){1,21}(?![A-Z0-9])")
FULL_LINE = 65


def read_narrative(lines: list[str]) -> Narrative:
    """The parts of a narrative, by the layout it is in."""
    first = lines[0]
    if first[:1] == "/" or STARTS_WITH_CODE(first):
        return read_slash_codes(lines)
    from inbaar.banking.formats import narrative_layouts

    return narrative_layouts.read_layout(lines)


def read_slash_codes(lines: list[str]) -> Narrative:
    """`/NAME/.../IBAN/.../REMI/...`: ABN AMRO, ING, Rabobank, Knab, Triodos, bunq since SEPA.

    >>> read_slash_codes(["/IBAN/NL57INGB0001212121/NAME/CAFE MON", " AMI/REMI/897789005/EREF/NOTPROVIDED"])
    Narrative(name='CAFE MON AMI', iban='NL57INGB0001212121', reference=None, end_to_end_id=None, \
text='897789005', return_reason=None)
    """
    whole = lines[0] if len(lines) == 1 else _joined(lines)
    parts = SLASH_CODE.split(whole)
    told = Narrative()
    ultimate = False
    loose = parts[0].strip(" /")
    for code, value in zip(parts[1::2], parts[2::2], strict=True):
        value = value.strip(" /\n")
        if not value:
            ultimate = code in ULTIMATE or (ultimate and code not in ("ORDP", "BENM"))
        elif code == "REMI":
            _remittance(told, value)
        elif code == "NAME":
            if told.name is None and not ultimate:
                told.name = value
            elif value != told.name:
                loose = f"{loose} {value}".strip()
        elif code == "IBAN":
            told.iban = value.replace(" ", "")
        elif code == "EREF":
            told.end_to_end_id = shown_end_to_end_id(value)
        elif code == "CNTP":
            _counterparty(told, value)
        elif code == "RTRN":
            told.return_reason = value[:4]
        elif code == "CDTRREF":
            told.reference = value
        elif code == "ACCW" and told.iban is None:
            told.iban = value.partition(",")[0]
        elif code in ULTIMATE:
            loose = f"{loose} {value}".strip()
    if loose:
        told.text = f"{told.text} {loose}".strip()
    if told.iban is not None and not is_iban(told.iban):
        told.iban = None
    return told


def _joined(lines: list[str]) -> str:
    """The lines end to end, as they were cut; Rabobank drops the spaces at the end of a line, so they come back."""
    whole = "".join(lines)
    if "/ORDP/" not in whole and "/BENM/" not in whole and "/ISDT/" not in whole:
        return whole
    joined = lines[0]
    for before, line in pairwise(lines):
        if len(before.rstrip()) < FULL_LINE and line[:1] not in ("/", " ", ""):
            joined = joined.rstrip() + " "
        joined += line
    return joined


def _remittance(told: Narrative, value: str) -> None:
    if value == "USTD":
        return
    if value.startswith("USTD//"):
        value = value[6:]
    elif value.startswith("STRD/"):
        issuer, _, reference = value[5:].partition("/")
        told.reference = reference or issuer
        return
    issued = ISSUER_REFERENCE.search(value)
    if issued:
        told.reference = issued[1]
    elif told.reference is None:
        told.reference = payment_reference(value)
    told.text = f"{told.text} {value}".strip() if told.text else value


def _counterparty(told: Narrative, value: str) -> None:
    """ING and Triodos: IBAN/BIC/name/city."""
    fields = value.split("/")
    told.iban = fields[0].strip() or None
    if len(fields) > 2 and fields[2].strip():
        told.name = fields[2].strip()


def payment_reference(text: str) -> str | None:
    """A 16-digit betalingskenmerk or a creditor reference (RF, check digits right) standing in free text."""
    if "BETALINGSK" in text or "etalingsk" in text:
        found = PAYMENT_REFERENCE.search(text)
        if found:
            return found[1].replace(" ", "")
    if "RF" in text:
        for candidate in RF_REFERENCE.findall(text):
            compact = candidate.replace(" ", "")
            if is_creditor_reference(compact):
                return str(compact)
    return None


def is_creditor_reference(text: str) -> bool:
    """Whether the check digits of a creditor reference (ISO 11649) are right.

    >>> is_creditor_reference("RF18539007547034"), is_creditor_reference("RF19539007547034")
    (True, False)
    """
    if not 5 <= len(text) <= 25 or text[:2] != "RF" or not text.isalnum() or not text.isascii():
        return False
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1
