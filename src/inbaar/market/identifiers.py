"""Fictional identifiers that pass their checks: IBAN, btw-id, RF reference, Belgian and German numbers.

Called by the population and the bulk portfolio. Numbers lie in ranges that are not handed out where there
is such a range (KvK 99......, account numbers that begin with zeros).
"""

BICS = {
    "INGB": "INGBNL2A",
    "RABO": "RABONL2U",
    "ABNA": "ABNANL2A",
    "TRIO": "TRIONL2U",
    "KNAB": "KNABNL2H",
    "ASNB": "ASNBNL21",
}


def _digits(text: str) -> int:
    return int("".join(str(int(sign, 36)) for sign in text))


def iban(country: str, account: str) -> str:
    """The IBAN of a national account number: two check digits, mod 97 (ISO 13616)."""
    return f"{country}{98 - _digits(f'{account}{country}00') % 97:02d}{account}"


def dutch_iban(bank: str, number: int) -> str:
    """`dutch_iban("INGB", 1234567)` is NL20INGB0001234567."""
    return iban("NL", f"{bank}{number:010d}")


def belgian_iban(number: int) -> str:
    """A Belgian account: bank 001, seven digits, and a national check mod 97 where 0 is written 97."""
    base = f"001{number:07d}"
    return iban("BE", f"{base}{int(base) % 97 or 97:02d}")


def german_iban(number: int) -> str:
    """A German account at the bank code of the textbook examples, with that bank's own check digit.

    Its accounts have six digits, a check digit (weights 1, 2 in turn, digit sums, mod 10) and a subaccount 00.
    """
    base = f"{number % 1_000_000:06d}"
    total = sum(sum(divmod(int(digit) * (1 + at % 2), 10)) for at, digit in enumerate(base))
    return iban("DE", f"370400440{base}{-total % 10}00")


def bic_of(account: str) -> str | None:
    """The BIC of one of the banks used here; None for an account abroad (not needed within SEPA)."""
    return BICS.get(account[4:8])


def rf_reference(number: str) -> str:
    """ISO 11649: RF, two check digits mod 97, then the letters and digits of the invoice number."""
    core = "".join(sign for sign in number.upper() if sign.isalnum())
    return f"RF{98 - _digits(f'{core}RF00') % 97:02d}{core}"


def rsin(number: int) -> str:
    """The first nine-digit number from 880000000 + 20 x number that passes the 11-test (weights 9..2, -1)."""
    candidate = 880_000_000 + 20 * number
    while sum(w * int(d) for w, d in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), str(candidate), strict=True)) % 11:
        candidate += 1
    return str(candidate)


def company_vat(number: int) -> str:
    """The btw-id of a legal person or partnership: built on its RSIN."""
    return f"NL{rsin(number)}B01"


def sole_trader_vat(number: int) -> str:
    """The btw-id of an eenmanszaak since 2020: not built on a BSN, passes mod 97 with letters as numbers."""
    base = f"NL{100_000_000 + 9_973 * number:09d}B"
    check = next(n for n in range(2, 100) if _digits(f"{base}{n:02d}") % 97 == 1)
    return f"{base}{check:02d}"


def kvk_number(number: int) -> str:
    """Eight digits in the 99 range; a KvK number has no check digit."""
    return str(99_000_000 + 37 * number % 1_000_000)


def oin(number: int) -> str:
    """The number of a public body in e-invoicing: 00000001, its RSIN, 000."""
    return f"00000001{rsin(number)}000"


def belgian_enterprise(number: int) -> str:
    """Ten digits, the last two 97 minus the first eight mod 97."""
    base = f"0{9_000_000 + 211 * number % 1_000_000:07d}"
    return f"{base}{97 - int(base) % 97:02d}"


def german_vat(number: int) -> str:
    """DE, eight digits and a check digit by ISO 7064 mod 11,10."""
    base = f"{90_000_000 + 313 * number:08d}"
    product = 10
    for digit in base:
        product = (((int(digit) + product) % 10 or 10) * 2) % 11
    return f"DE{base}{(11 - product) % 10}"
