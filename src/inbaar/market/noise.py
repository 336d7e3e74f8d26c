"""What else happens on the account: wages, rent, tax, suppliers, bank costs, a debit and its refund, a return.

Called by the account for each bank day. Nothing here is a debtor's payment; the credits among it must not be
taken for one.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random

from inbaar.market.bookings import BankCode, Booking
from inbaar.market.days import bank_day_from
from inbaar.market.identifiers import dutch_iban
from inbaar.market.streams import stream

SUPPLIERS = (
    ("Houthandel De Balk B.V.", dutch_iban("RABO", 7_000_001)),
    ("Technische Groothandel Noord B.V.", dutch_iban("INGB", 7_000_002)),
    ("Tankpas Midden B.V.", dutch_iban("ABNA", 7_000_003)),
)
WAGES = (
    ("A. Kuipers", dutch_iban("INGB", 7_100_001), Decimal("2684.15")),
    ("M. Terpstra", dutch_iban("RABO", 7_100_002), Decimal("2391.80")),
    ("J. van Dijk", dutch_iban("ABNA", 7_100_003), Decimal("3120.44")),
)
LANDLORD = ("Bedrijfspand Verhuur Midden B.V.", dutch_iban("RABO", 7_200_001))
TAX = ("Belastingdienst", dutch_iban("INGB", 7_300_001))
TELECOM = ("Telecom Zonder Draad B.V.", dutch_iban("ABNA", 7_400_001))
INSURER = ("Onderlinge Verzekering Vakwerk U.A.", dutch_iban("TRIO", 7_500_001))
RENT, BANK_COSTS, PHONE_BILL = Decimal("-2450.00"), Decimal("-18.45"), Decimal("-86.21")


def betalingskenmerk(number: int) -> str:
    """Sixteen digits as the tax office uses them: a check digit over the fifteen others, mod 11."""
    body = f"{number:015d}"
    weights = (2, 4, 8, 5, 10, 9, 7, 3, 6, 1)
    rest = 11 - sum(weights[at % 10] * int(d) for at, d in enumerate(reversed(body))) % 11
    return f"{ {10: 1, 11: 0}.get(rest, rest) }{body}"


def _amount(rng: Random, low: int, high: int) -> Decimal:
    return Decimal(rng.randint(low * 100, high * 100)) / 100


def _falls_on(day: date, day_of_month: int) -> bool:
    return day == bank_day_from(day.replace(day=day_of_month))


def _wages(day: date) -> Booking:
    text = f"Salaris {day:%m-%Y}"
    parts = tuple(
        Booking(
            BankCode.SALARIES_SENT, -wage, name=n, iban=account, text=text, end_to_end_id=f"SAL{day:%Y%m}{at}"
        )
        for at, (n, account, wage) in enumerate(WAGES)
    )
    return Booking(BankCode.SALARIES_SENT, sum((p.amount for p in parts), Decimal(0)), details=parts)


def _monthly(day: date, rng: Random) -> Iterator[Booking]:
    if _falls_on(day, 1):
        yield Booking(
            BankCode.CREDIT_SENT, RENT, name=LANDLORD[0], iban=LANDLORD[1], text=f"Huur {day:%m-%Y}"
        )
    if _falls_on(day, 3):
        yield Booking(BankCode.CHARGES, BANK_COSTS, text=f"Kosten zakelijk betalingsverkeer {day:%m-%Y}")
    if _falls_on(day, 24):
        yield _wages(day)
    if _falls_on(day, 28):
        reference = betalingskenmerk(8_000_200_000_000 + day.year * 100 + day.month)
        yield Booking(
            BankCode.CREDIT_SENT,
            -_amount(rng, 1800, 5200),
            name=TAX[0],
            iban=TAX[1],
            structured=reference,
            structured_issuer="CUR",
        )


def _phone_bill(day: date) -> Iterator[Booking]:
    """Collected on the 12th; every third month refunded on the 19th, because it was contested (MD06)."""
    bill = f"Telefoonrekening {day:%m-%Y}"
    name, account = TELECOM
    if _falls_on(day, 12):
        yield Booking(
            BankCode.DEBIT_PAID, PHONE_BILL, name=name, iban=account, text=bill, mandate="TZD-00417",
            end_to_end_id=f"TZD{day:%Y%m}",
        )  # fmt: skip
    if _falls_on(day, 19) and day.month % 3 == 0:
        yield Booking(
            BankCode.DEBIT_REFUNDED, -PHONE_BILL, name=name, iban=account, text=bill, mandate="TZD-00417",
            end_to_end_id=f"TZD{day:%Y%m}", return_reason="MD06", reversal=True,
        )  # fmt: skip


def _suppliers(day: date, rng: Random) -> Iterator[Booking]:
    """Two or three a week; in the second week of a quarter's last month one comes back (account closed)."""
    if rng.randrange(2) == 0:
        name, account = rng.choice(SUPPLIERS)
        text = f"Uw factuur {rng.randint(20000, 99999)}"
        yield Booking(BankCode.CREDIT_SENT, -_amount(rng, 60, 2900), name=name, iban=account, text=text)
    if _falls_on(day, 9) and day.month % 3 == 0:
        name, account = SUPPLIERS[0]
        yield Booking(
            BankCode.TRANSFER_RETURNED, _amount(rng, 100, 900), name=name, iban=account,
            text="Retour overboeking", return_reason="AC04",
        )  # fmt: skip


def noise(seed: int, day: date) -> tuple[Booking, ...]:
    """The bookings of this bank day that are nobody's payment of an invoice."""
    rng = stream(seed, "noise", day)
    found = [*_monthly(day, rng), *_phone_bill(day), *_suppliers(day, rng)]
    if _falls_on(day, 16) and day.month % 2 == 0:
        claim = f"Schade-uitkering polis 44{day:%m}81"
        amount = _amount(rng, 200, 1500)
        found.append(Booking(BankCode.CREDIT_RECEIVED, amount, name=INSURER[0], iban=INSURER[1], text=claim))
    return tuple(found)
