"""The parties of a UBL document: one table for each role, with names that start with the role. Used by `ubl`."""

from lxml import etree

from inbaar.intake.readers.draft import Draft, Handler, Table, first_text, walk
from inbaar.intake.readers.party_fields import KVK_SCHEMES, endpoint, scheme_of

CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"

_VAT_SCHEMES = frozenset({"NL:VAT", "9944"})
#: How a tax scheme is named: by UBL's own rules, and by those of CII.
_VAT_NAMES = frozenset({"VAT", "VA"})


def party_table(role: str) -> Table:
    """What to read of one party. The official name wins over the trading name; both are kept."""
    contact: Table = {
        CBC + "Name": f"{role}.contact",
        CBC + "Telephone": f"{role}.telephone",
        CBC + "ElectronicMail": f"{role}.email",
    }
    address: Table = {
        CBC + "StreetName": f"{role}.street",
        CBC + "BuildingNumber": f"{role}.building_number",
        CBC + "AdditionalStreetName": f"{role}.street_2",
        CBC + "CityName": f"{role}.city",
        CBC + "PostalZone": f"{role}.postcode",
        CAC + "Country": {CBC + "IdentificationCode": f"{role}.country"},
    }
    return {
        CBC + "EndpointID": endpoint(role),
        CAC + "PartyIdentification": {CBC + "ID": _identification(role)},
        CAC + "PartyName": {CBC + "Name": f"{role}.trading_name"},
        CAC + "PostalAddress": address,
        CAC + "PartyTaxScheme": _tax_scheme(role),
        CAC + "PartyLegalEntity": _legal_entity(role),
        CAC + "Contact": contact,
        CAC + "Person": _person(role),
    }


def _identification(role: str) -> Handler:
    def read(element: etree._Element, draft: Draft) -> None:
        scheme = scheme_of(element)
        if scheme in KVK_SCHEMES:
            draft.put(f"{role}.kvk_by_identification", element.text)
        elif scheme == "SEPA":
            draft.put(f"{role}.creditor_id", element.text)
        else:
            draft.put(f"{role}.id", element.text)

    return read


def _tax_scheme(role: str) -> Handler:
    def read(element: etree._Element, draft: Draft) -> None:
        number = next(element.iterchildren(CBC + "CompanyID"), None)
        if number is None:
            return
        scheme = (first_text(element, CAC + "TaxScheme", CBC + "ID") or "").strip().upper()
        is_vat = scheme in _VAT_NAMES or (number.get("schemeID") or "") in _VAT_SCHEMES
        name = f"{role}.vat" if is_vat else f"{role}.tax_registration"
        if is_vat and name in draft.texts:
            draft.repeated.append(name)
        draft.put(name, number.text)

    return read


def _legal_entity(role: str) -> Handler:
    table: Table = {
        CBC + "RegistrationName": _once(f"{role}.name"),
        CBC + "CompanyID": _legal_id(role),
        CBC + "CompanyLegalForm": f"{role}.legal_form",
    }

    def read(element: etree._Element, draft: Draft) -> None:
        walk(element, table, draft)

    return read


def _legal_id(role: str) -> Handler:
    keep = _once(f"{role}.legal_id")

    def read(element: etree._Element, draft: Draft) -> None:
        scheme = scheme_of(element)
        if scheme in _VAT_SCHEMES:
            draft.put(f"{role}.vat", element.text)
            return
        keep(element, draft)
        draft.put(f"{role}.legal_id_scheme", scheme)
        if scheme in KVK_SCHEMES:
            draft.put(f"{role}.kvk", element.text)

    return read


def _once(name: str) -> Handler:
    """A field that may occur once: a second one is told, since one cannot know which is meant."""

    def read(element: etree._Element, draft: Draft) -> None:
        if name in draft.texts:
            draft.repeated.append(name)
        draft.put(name, element.text)

    return read


def _person(role: str) -> Handler:
    """A consumer may be named as a person only."""

    def read(element: etree._Element, draft: Draft) -> None:
        parts = [first_text(element, CBC + tag) for tag in ("FirstName", "MiddleName", "FamilyName")]
        draft.put(f"{role}.person", " ".join(part for part in parts if part))

    return read
