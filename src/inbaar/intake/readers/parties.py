"""Who the parties of a document are: one name, one KvK number, one address of each. Used by `understanding`."""

from inbaar.intake.identifiers import compact
from inbaar.intake.reading import PartyRead

ROLES = ("supplier", "customer", "payee")
#: Registration numbers of a Dutch party without a named register are KvK numbers when they have their shape.
_KVK_DIGITS = 8


def name_parties(texts: dict[str, str]) -> None:
    """Choose the name, the KvK number and the e-mail address of each party, and normalise its identifiers."""
    for role in ROLES:
        _choose(texts, f"{role}.name", f"{role}.trading_name", f"{role}.person")
        _choose(texts, f"{role}.kvk", f"{role}.kvk_by_identification", f"{role}.kvk_by_endpoint")
        _choose(texts, f"{role}.email", f"{role}.endpoint_email")
        for name in (f"{role}.kvk", f"{role}.vat", f"{role}.creditor_id"):
            if name in texts:
                texts[name] = compact(texts[name])
        legal_id = texts.get(f"{role}.legal_id", "")
        if (
            f"{role}.kvk" not in texts
            and f"{role}.legal_id_scheme" not in texts
            and texts.get(f"{role}.country") == "NL"
            and len(legal_id) == _KVK_DIGITS
            and legal_id.isdigit()
        ):
            texts[f"{role}.kvk"] = legal_id
        number = texts.pop(f"{role}.building_number", None)
        if number is not None:
            texts[f"{role}.street"] = f"{texts.get(f'{role}.street', '')} {number}".strip()


def _choose(texts: dict[str, str], name: str, *others: str) -> None:
    for other in others:
        found = texts.pop(other, None) if not other.endswith("trading_name") else texts.get(other)
        if found is not None:
            texts.setdefault(name, found)


def party(texts: dict[str, str], role: str, iban: str | None) -> PartyRead:
    """What a result says of one party."""
    get = texts.get
    return PartyRead(
        name=get(f"{role}.name"),
        kvk=get(f"{role}.kvk"),
        vat=get(f"{role}.vat"),
        iban=iban,
        legal_id=get(f"{role}.legal_id"),
        email=get(f"{role}.email"),
        street=get(f"{role}.street"),
        postcode=get(f"{role}.postcode"),
        city=get(f"{role}.city"),
        country=get(f"{role}.country"),
    )
