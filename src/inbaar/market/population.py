"""The people of the market: the seller and its debtors, with addresses, numbers, accounts and habits.

Called once by the market. Each debtor is drawn from a stream of its own, so debtor 7 is the same in a
market of ten and in one of four hundred.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from inbaar.market import identifiers, names
from inbaar.market.facts import Address, Business, DebtorFacts
from inbaar.market.habits import Habit, role
from inbaar.market.streams import stream

BUSINESS = Business(
    name="Van Dijk Techniek B.V.",
    address=Address("Verzonnenweg 12", "3824 AB", "Amersfoort"),
    kvk=identifiers.kvk_number(1),
    vat=identifiers.company_vat(1),
    iban=identifiers.dutch_iban("ABNA", 100_101),
    bic="ABNANL2A",
    email="administratie@vandijk-techniek.example",
    phone="+31 33 999 00 00",
)
BANKS = ("INGB", "RABO", "ABNA", "TRIO", "KNAB", "ASNB")


@dataclass(frozen=True, slots=True)
class Debtor:
    """A debtor with what the seller doesn't know of it: its habit, its other account, its share of the work."""

    facts: DebtorFacts
    habit: Habit
    private_iban: str
    private_name: str
    weight: int


@dataclass(frozen=True, slots=True)
class _Identity:
    name: str
    legal_form: str
    country: str = "NL"
    kvk: str | None = None
    vat: str | None = None
    legal_id: str | None = None
    legal_scheme: str | None = None
    language: str = "nl"
    large: bool = False


def _registered(name: str, form: str, kvk: str, vat: str, large: bool = False) -> _Identity:
    return _Identity(name, form, kvk=kvk, vat=vat, legal_id=kvk, legal_scheme="0106", large=large)


def _bv(number: int, surname: str, rng: Random) -> _Identity:
    name = f"{surname} {rng.choice(names.TRADES)} B.V."
    return _registered(name, "bv", identifiers.kvk_number(number), identifiers.company_vat(number))


def _nv(number: int, surname: str, rng: Random) -> _Identity:
    kvk, vat = identifiers.kvk_number(number), identifiers.company_vat(number)
    return _registered(f"Koninklijke {surname} Groep N.V.", "nv", kvk, vat, large=True)


def _vof(number: int, surname: str, rng: Random) -> _Identity:
    name = f"V.O.F. {surname} & {rng.choice(names.SURNAMES)}"
    return _registered(name, "vof", identifiers.kvk_number(number), identifiers.company_vat(number))


def _sole_trader(number: int, surname: str, rng: Random) -> _Identity:
    name = f"{rng.choice(names.SHOPS)} {surname}"
    vat = identifiers.sole_trader_vat(number)
    return _registered(name, "eenmanszaak", identifiers.kvk_number(number), vat)


def _municipality(number: int, surname: str, rng: Random) -> _Identity:
    legal_id = identifiers.oin(number)
    name = f"Gemeente {surname}veen"
    vat = identifiers.company_vat(number)
    return _Identity(name, "municipality", vat=vat, legal_id=legal_id, legal_scheme="0190")


def _belgian(number: int, surname: str, rng: Random) -> _Identity:
    legal_id = identifiers.belgian_enterprise(number)
    return _Identity(
        f"{surname} Projecten BV",
        "foreign",
        "BE",
        vat=f"BE{legal_id}",
        legal_id=legal_id,
        legal_scheme="0208",
    )


def _german(number: int, surname: str, rng: Random) -> _Identity:
    name = f"{surname} Innenausbau GmbH"
    return _Identity(name, "foreign", "DE", vat=identifiers.german_vat(number), language="en")


def _consumer(number: int, surname: str, rng: Random) -> _Identity:
    return _Identity(f"{rng.choice(names.FIRST_NAMES)} {surname}", "consumer")


_MAKERS: dict[str, Callable[[int, str, Random], _Identity]] = {
    "bv": _bv,
    "nv": _nv,
    "vof": _vof,
    "eenmanszaak": _sole_trader,
    "municipality": _municipality,
    "be": _belgian,
    "de": _german,
    "consumer": _consumer,
}


def _address(rng: Random, country: str) -> Address:
    street = f"{rng.choice(names.STREETS)} {rng.randint(1, 240)}"
    if country == "BE":
        return Address(street, str(rng.randint(2000, 2999)), "Antwerpen", "BE")
    if country == "DE":
        return Address(f"Musterstraße {rng.randint(1, 90)}", str(rng.randint(47800, 47839)), "Krefeld", "DE")
    city, region = rng.choice(names.CITIES)
    letters = "".join(rng.choice(names.POSTCODE_LETTERS) for _ in "ab")
    return Address(street, f"{region}{rng.randint(10, 99)} {letters}", city)


def _account(rng: Random, country: str, number: int) -> str:
    if country == "BE":
        return identifiers.belgian_iban(7_000_000 + number)
    if country == "DE":
        return identifiers.german_iban(900_000 + number)
    return identifiers.dutch_iban(rng.choice(BANKS), 1_000_000 + number)


def _email(name: str, number: int, consumer: bool) -> str:
    word = "".join(sign for sign in name.lower() if sign.isascii() and sign.isalnum())
    return f"{word}{number}@post.example" if consumer else f"crediteuren@{word}{number}.example"


def _debtor(seed: int, number: int) -> Debtor:
    rng = stream(seed, "debtor", number)
    part = role(number - 1)
    surname = names.SURNAMES[(number * 7 + seed) % len(names.SURNAMES)]
    identity = _MAKERS[part.form](100 + number, surname, rng)
    consumer = identity.legal_form == "consumer"
    person = f"{rng.choice(names.FIRST_NAMES)} {rng.choice(names.SURNAMES)}"
    facts = DebtorFacts(
        number=number,
        name=identity.name,
        legal_form=identity.legal_form,
        consumer=consumer,
        large=identity.large,
        address=_address(rng, identity.country),
        kvk=identity.kvk,
        vat=identity.vat,
        legal_id=identity.legal_id,
        legal_scheme=identity.legal_scheme,
        iban=_account(rng, identity.country, number),
        email=_email(identity.name, number, consumer),
        contact=identity.name if consumer else person,
        language=identity.language,
        payment_term_days=part.term_days,
    )
    private = identifiers.dutch_iban(rng.choice(BANKS), 5_000_000 + number)
    return Debtor(facts, part.habit, private, f"{person[0]}. {person.split()[-1]} e/o", part.weight)


def population(seed: int, count: int) -> tuple[Debtor, ...]:
    """The debtors 1 to `count`."""
    return tuple(_debtor(seed, number) for number in range(1, count + 1))
