"""What in a payment could point at an invoice: references, invoice-number-like keys, the payer's IBAN and name.

Called by the import to look candidates up, and by `rules`. An invoice number is compared by its key: capitals and
digits only, without leading zeros, so that `2026 - 0042` and `2026/0042` are one.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from inbaar.banking.statements import EntryRead

PIECE = re.compile(r"([A-Z]+|[0-9]+)([^A-Z0-9]*)")
LETTERS = re.compile(r"[A-Z]+")
NOT_KEY = re.compile(r"[^A-Z0-9]+")
YEAR = re.compile(r"(?:19|20)\d\d").fullmatch
DATE = re.compile(
    r"(?:(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d)"
).fullmatch
SIXTEEN = re.compile(r"(?<!\d)(?:\d[ .-]?){15}\d(?!\d)")
RF = re.compile(r"(?<![A-Z0-9])RF\d{2}(?: ?[A-Z0-9]){1,21}(?![A-Z0-9])")
LEGAL_FORM = re.compile(
    r"\b(?:B ?V|N ?V|V ?O ?F|C ?V|BVBA|GMBH|AG|LTD|INC|SA|SARL|STICHTING|STG|EENMANSZAAK|MAATSCHAP|HOLDING)\b"
)
INVOICE_WORD = (
    r"(?<![A-Z])(?:FA[CK]T(?:UUR)?|NOTA|INV(?:OICE)?)(?:[ .]?(?:NUMMER|NUMBER|NR|NO))?[^A-Z0-9]{0,3}"
)
LONGEST_PREFIX, LONGEST_PREFIX_APART, LONGEST_SUFFIX, WIDEST_GAP = 8, 4, 3, 3
CUSTOMER_NUMBER = re.compile(
    r"(?<![A-Z])(?:KLANT|DEBITEUR(?:EN)?|RELATIE|CUSTOMER|DEBTOR)[ .-]?(?:NUMMER|NUMBER|NR|NO|CODE|ID)?[^A-Z0-9]{0,3}([A-Z]{0,4}[0-9]{2,12})(?![A-Z0-9])"
)
SHORT_NUMBER = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})[-/. ]([0-9]{1,5})(?![0-9])")
WIDEST_NUMBER = 6
REFERENCE_DIGITS = 16
MOST_PIECES, LONGEST_KEY, FEWEST_DIGITS, YEAR_DIGITS, SURE_LENGTH = 5, 24, 3, 4, 7


class PaymentFacts(NamedTuple):
    """The facts of one payment that matching looks at."""

    amount: Decimal
    currency: str
    name: str | None = None
    iban: str | None = None
    reference: str | None = None
    end_to_end_id: str | None = None
    text: str = ""
    return_reason: str | None = None
    reversal: bool = False
    pending: bool = False


class Tokens(NamedTuple):
    """What to look invoices up by. `short_for` is what a number may stand for whose zeros or prefix were left out.

    `paid_for` is the name, as names are compared, of whom the payment says that it is made for.
    """

    references: frozenset[str]
    number_keys: frozenset[str]
    iban: str | None
    name_key: str | None
    customers: frozenset[str] = frozenset()
    short_for: frozenset[str] = frozenset()
    paid_for: str | None = None


def payment_facts(entry: EntryRead) -> PaymentFacts:
    """The facts of an entry, or of one payment in a batch."""
    return PaymentFacts(
        entry.amount,
        entry.currency,
        entry.counterparty_name,
        entry.counterparty_iban,
        entry.reference,
        entry.end_to_end_id,
        entry.text,
        entry.return_reason,
        entry.reversal or entry.returned,
        entry.pending,
    )


def number_key(number: str) -> str:
    """An invoice number as it is compared.

    >>> number_key("inv. 2026-0042"), number_key("0002026/17")
    ('INV20260042', '202617')
    """
    return NOT_KEY.sub("", number.upper()).lstrip("0")


def reference_key(reference: str) -> str:
    """A structured reference as it is compared: capitals and digits, as printed in groups or not.

    >>> reference_key("rf18 5390 0754 7034")
    'RF18539007547034'
    """
    if reference.isascii() and reference.isalnum():
        return reference.upper()
    return NOT_KEY.sub("", reference.upper())


@lru_cache(8_192)  # asked several times of each payment of a batch, and of payers that come back
def name_key(name: str | None) -> str | None:
    """A name without legal form, punctuation and spaces; None if too little is left to tell anybody by.

    >>> name_key("Bakkerij Jansen B.V.") == name_key("BAKKERIJ JANSEN BV")
    True
    """
    if not name:
        return None
    words = NOT_KEY.sub(" ", name.upper())
    key = LEGAL_FORM.sub("", words).replace(" ", "")
    return key if len(key) >= 3 else None


def is_generic(key: str) -> bool:
    """Whether a key says nothing of itself: too few digits, or no more than a year, with or without a word."""
    if len(key) <= FEWEST_DIGITS:
        return True
    digits = key if key.isdigit() else LETTERS.sub("", key)
    return len(digits) < FEWEST_DIGITS or (len(digits) == YEAR_DIGITS and YEAR(digits) is not None)


@lru_cache(8_192)  # asked several times of each number that is found
def is_weak(key: str) -> bool:
    """Whether a key could be something else, such as a date, a postcode or a house number: needs support."""
    return len(key) < SURE_LENGTH or is_generic(key) or is_date(key)


def is_date(key: str) -> bool:
    """Whether a key could be a day, written either way round."""
    return key.isdigit() and DATE(key) is not None


def is_called_invoice(key: str, text: str) -> bool:
    """Whether a text leaves no doubt that a weak number is an invoice's: by the word right before it, and all of it.

    A number that could be a day is told from one by its form: `2026-0126` is none, and few write `20260126` in words.

    >>> is_called_invoice("1042", "deel van factuurnr. 1042"), is_called_invoice("1042", "Kade 1042, factuur 1042-7")
    (True, False)
    >>> is_called_invoice("20260126", "factuur 2026-0126"), is_called_invoice("20260126", "factuur van 2026-01-26")
    (True, False)
    """
    text = text.upper()
    if is_date(key):
        year, rest = key[:YEAR_DIGITS], key[YEAR_DIGITS:]
        return bool(YEAR(year)) and (
            _stands_in(f"{INVOICE_WORD}{year}[ ./-]?{rest}", text) or _stands_in(f"{year}[./-]{rest}", text)
        )
    return _stands_in(f"{INVOICE_WORD}0*{'[ ./-]?'.join(map(re.escape, key))}", text)


def customer_numbers(text: str) -> set[str]:
    """The numbers a text calls a customer's.

    >>> customer_numbers("klantnr. 10042, met dank"), customer_numbers("huisnummer 12")
    ({'10042'}, set())
    """
    return set(CUSTOMER_NUMBER.findall(text.upper()))


NOBODY: frozenset[str] = frozenset()


def _stands_in(number: str, text: str) -> bool:
    return re.search(f"(?<![A-Z0-9])(?<![0-9][./-]){number}(?![./-]?[A-Z0-9])", text) is not None


def reference_tokens(payment: PaymentFacts | EntryRead, prefixes: Sequence[str] = ()) -> Tokens:
    """Everything in a payment that an invoice could be found by. `prefixes` is what the client's numbers begin with."""
    facts = payment_facts(payment) if isinstance(payment, EntryRead) else payment
    references = {reference_key(facts.reference)} if facts.reference else set()
    keys: set[str] = set()
    for source in (facts.text, facts.end_to_end_id, facts.reference):
        if not source or source.isalpha():  # NOTPROVIDED
            continue
        text = source.upper()
        parts = PIECE.findall(text)
        keys.update(_keys_of(parts))
        if source is not facts.reference:
            if sum([len(piece) for piece, _ in parts if piece < "A"]) >= REFERENCE_DIGITS:
                references.update(reference_key(found) for found in SIXTEEN.findall(text))
            if "RF" in text:
                references.update(reference_key(found) for found in RF.findall(text))
    customers = frozenset(customer_numbers(facts.text)) if keys and facts.text else NOBODY
    short = _short_for(facts.text, keys, prefixes) if keys and facts.text else NOBODY
    return Tokens(frozenset(references), frozenset(keys), facts.iban, name_key(facts.name), customers, short)


def _short_for(text: str, keys: set[str], prefixes: Sequence[str]) -> frozenset[str]:
    """What `2026-42` may stand for (`2026-0042`), and `20260042` where numbers begin with letters (`F2026-0042`)."""
    found = {
        f"{year}{figures.zfill(width)}"
        for year, figures in SHORT_NUMBER.findall(text)
        for width in range(len(figures) + 1, WIDEST_NUMBER + 1)
    }
    # Who writes one number with its letters does not leave them out of another.
    if prefixes and not any(key.startswith(prefix) for key in keys for prefix in prefixes):
        found |= {prefix + key for prefix in prefixes for key in (*keys, *found) if key.isdigit()}
    return frozenset(found - keys) if found else NOBODY


def number_keys(text: str) -> set[str]:
    """The keys of everything in a text (in capitals) that may be an invoice number, neighbours joined as well.

    >>> sorted(number_keys("FACTUUR INV 2026 - 0042"))
    ['20260042', 'INV20260042']
    """
    return _keys_of(PIECE.findall(text))


def _keys_of(parts: list[tuple[str, str]]) -> set[str]:
    digits = [piece < "A" for piece, _ in parts]
    found: set[str] = set()
    if True in digits:
        for first, (piece, gap) in enumerate(parts):
            # Behind letters a number follows at once, or after a piece that nothing keeps apart from them.
            if digits[first] or (
                len(piece) <= LONGEST_PREFIX and True in digits[first + 1 : first + (2 if " " in gap else 3)]
            ):
                _add_keys_from(parts, digits, first, found)
    return found


def _add_keys_from(parts: list[tuple[str, str]], digits: list[bool], first: int, found: set[str]) -> None:
    """The keys that start at one piece: it and up to four neighbours that only signs or one gap keep apart."""
    joined, gap = parts[first]
    only_digits = digits[first]
    numerals = joined.lstrip("0") if only_digits else ""
    if len(joined) > LONGEST_KEY:
        return
    position = first
    while True:
        # What `is_generic` says, told here from the numerals at hand: it is asked of every key of every payment.
        if len(numerals) >= FEWEST_DIGITS and (len(numerals) != YEAR_DIGITS or not YEAR(numerals)):
            key = joined.lstrip("0")
            if len(key) > FEWEST_DIGITS:
                found.add(key)
        position += 1
        if position == first + MOST_PIECES or position == len(parts) or len(gap) > WIDEST_GAP:
            return
        apart = " " in gap
        piece, gap = parts[position]
        if len(joined) + len(piece) > LONGEST_KEY:
            return
        is_digits = digits[position]
        if not is_digits and (apart or len(piece) > LONGEST_SUFFIX):
            return
        if apart and not digits[position - 1] and len(joined) > LONGEST_PREFIX_APART:
            return
        joined += piece
        if is_digits:
            numerals += piece
            if only_digits:
                numerals = numerals.lstrip("0")
        else:
            only_digits = False
