"""The parties of a CII document: one table for each role, with names that start with the role. Used by `cii`."""

from lxml import etree

from inbaar.intake.readers.draft import Draft, Handler, Table
from inbaar.intake.readers.party_fields import KVK_SCHEMES, endpoint, scheme_of


def party_table(role: str, ram: str) -> Table:
    """What to read of one party."""
    return {
        ram + "ID": f"{role}.id",
        ram + "GlobalID": _global_id(role),
        ram + "Name": f"{role}.name",
        ram + "SpecifiedLegalOrganization": {
            ram + "ID": _legal_id(role),
            ram + "TradingBusinessName": f"{role}.trading_name",
        },
        ram + "DefinedTradeContact": {
            ram + "PersonName": f"{role}.contact",
            ram + "TelephoneUniversalCommunication": {ram + "CompleteNumber": f"{role}.telephone"},
            ram + "EmailURIUniversalCommunication": {
                ram + "URIID": f"{role}.email",
                ram + "CompleteNumber": f"{role}.email",
            },
        },
        ram + "PostalTradeAddress": {
            ram + "PostcodeCode": f"{role}.postcode",
            ram + "LineOne": f"{role}.street",
            ram + "LineTwo": f"{role}.street_2",
            ram + "CityName": f"{role}.city",
            ram + "CountryID": f"{role}.country",
        },
        ram + "URIUniversalCommunication": {ram + "URIID": endpoint(role)},
        ram + "SpecifiedTaxRegistration": {ram + "ID": _tax_registration(role)},
    }


def _global_id(role: str) -> Handler:
    def read(element: etree._Element, draft: Draft) -> None:
        name = "kvk_by_identification" if scheme_of(element) in KVK_SCHEMES else "global_id"
        draft.put(f"{role}.{name}", element.text)

    return read


def _legal_id(role: str) -> Handler:
    def read(element: etree._Element, draft: Draft) -> None:
        draft.put(f"{role}.legal_id", element.text)
        draft.put(f"{role}.legal_id_scheme", scheme_of(element))
        if scheme_of(element) in KVK_SCHEMES:
            draft.put(f"{role}.kvk", element.text)

    return read


def _tax_registration(role: str) -> Handler:
    def read(element: etree._Element, draft: Draft) -> None:
        is_vat = scheme_of(element) in ("VA", "VAT")
        draft.put(f"{role}.vat" if is_vat else f"{role}.tax_registration", element.text)

    return read
