"""What both syntaxes read of a party in the same way. Used by `ubl_party` and `cii_party`."""

from lxml import etree

from inbaar.intake.readers.draft import Draft, Handler

#: How a KvK number is named: the ISO 6523 code, and SI-UBL 1.
KVK_SCHEMES = frozenset({"0106", "NL:KVK"})


def scheme_of(element: etree._Element) -> str:
    """Which register an identifier belongs to, as the document says."""
    return (element.get("schemeID") or "").strip()


def endpoint(role: str) -> Handler:
    """The electronic address: a network address, an e-mail address or a KvK number."""

    def read(element: etree._Element, draft: Draft) -> None:
        scheme = scheme_of(element)
        draft.put(f"{role}.endpoint", f"{scheme}:{element.text}" if scheme and element.text else element.text)
        if scheme == "EM":
            draft.put(f"{role}.endpoint_email", element.text)
        elif scheme in KVK_SCHEMES:
            draft.put(f"{role}.kvk_by_endpoint", element.text)

    return read
