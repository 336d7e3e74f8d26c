"""Who the parties of a document are: one name, one KvK number, one address of each. Used by `understanding`."""

from inbaar.intake.identifiers import compact
from inbaar.intake.reading import PartyRead

ROLES = ("supplier", "customer", "payee")
#: Registration numbers of a Dutch party without a named register are KvK numbers when they have their shape.
_KVK_DIGITS = 8
#: A field of a party, another it is taken from where it is missing, and whether that one is used up by it.
_CHOICES = tuple(
    (f"{role}.{name}", f"{role}.{other}", other != "trading_name")
    for role in ROLES
    for name, other in (
        ("name", "trading_name"),
        ("name", "person"),
        ("kvk", "kvk_by_identification"),
        ("kvk", "kvk_by_endpoint"),
        ("email", "endpoint_email"),
    )
)
_IDENTIFIERS = tuple(f"{role}.{name}" for role in ROLES for name in ("kvk", "vat", "creditor_id"))
_LEGAL_IDS = tuple(
    (f"{role}.legal_id", f"{role}.legal_id_scheme", f"{role}.country", f"{role}.kvk") for role in ROLES
)
_STREETS = tuple((f"{role}.street", f"{role}.building_number") for role in ROLES)


def name_parties(texts: dict[str, str]) -> None:
    """Choose the name, the KvK number and the e-mail address of each party, and normalise its identifiers."""
    for name, other, used_up in _CHOICES:
        if other in texts:
            found = texts.pop(other) if used_up else texts[other]
            texts.setdefault(name, found)
    for name in _IDENTIFIERS:
        if name in texts:
            texts[name] = compact(texts[name])
    for legal_id, scheme, country, kvk in _LEGAL_IDS:
        number = texts.get(legal_id, "")
        if (
            len(number) == _KVK_DIGITS
            and number.isdigit()
            and kvk not in texts
            and scheme not in texts
            and texts.get(country) == "NL"
        ):
            texts[kvk] = number
    for street, building_number in _STREETS:
        if building_number in texts:
            texts[street] = f"{texts.get(street, '')} {texts.pop(building_number)}".strip()


_FIELDS = {
    role: tuple(
        f"{role}.{name}"
        for name in ("name", "kvk", "vat", "legal_id", "email", "street", "postcode", "city", "country")
    )
    for role in ROLES
}


def party(texts: dict[str, str], role: str, iban: str | None) -> PartyRead:
    """What a result says of one party."""
    name, kvk, vat, *others = map(texts.get, _FIELDS[role])
    return PartyRead(name, kvk, vat, iban, *others)
