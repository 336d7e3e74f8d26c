"""The rules as they are read here against the same rules run as published, by Saxon: on the same files the same ids.

On every third-party e-invoice, and on the market's invoices with elements taken out, doubled and given other values.
Saxon stops at the first value a rule cannot work with; here that rule counts as broken, so such files are left out.
"""

import copy
import datetime as dt
import random
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree
from saxonche import PySaxonApiError, PySaxonProcessor, PyXsltExecutable

from inbaar.intake.official.verdict import _FOLDER, _PUBLISHED, published
from inbaar.intake.official.xpath.tree import Document
from inbaar.market.documents import credit_note, planned_invoices
from inbaar.market.population import BUSINESS, population
from inbaar.market.ubl import document_xml
from tests.corpus import MISSING, manifest
from tests.intake.documents import cii

PARSER = etree.XMLParser(remove_comments=True, remove_pis=True)
CII = "CrossIndustryInvoice:100}CrossIndustryInvoice"
VALUES = (
    "",
    "0",
    "1",
    "-1",
    "12.345",
    "NL",
    "S",
    "AE",
    "E",
    "O",
    "K",
    "VAT",
    "true",
    "2026-01-01",
    " 21 ",
    "a b",
    "380",
)
LEFT_OUT = "GuidelineSpecifiedDocumentContextParameter"


@pytest.fixture(scope="module")
def saxon() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


def compiled(saxon: PySaxonProcessor, name: str) -> PyXsltExecutable:
    spec = find_spec("facturx")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent.joinpath(_FOLDER, *_PUBLISHED[name])
    return saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(path))


def by_saxon(saxon: PySaxonProcessor, rules: PyXsltExecutable, root: etree._Element) -> set[str] | None:
    """The ids of the rules that fail, or None where Saxon stops."""
    try:
        tree = saxon.parse_xml(xml_text=etree.tostring(root, encoding="unicode"))
        report = etree.fromstring(rules.transform_to_string(xdm_node=tree).encode())
    except PySaxonApiError:
        return None
    return {
        failed.get("id")
        for failed in report.iter("{http://purl.oclc.org/dsdl/svrl}failed-assert")
        if failed.get("id") and LEFT_OUT not in failed.get("location")
    }


def third_party(syntax: str) -> Iterator[etree._Element]:
    for row in manifest():
        if row.kind == "ubl-rule-testset" and syntax == "ubl":
            for test in etree.parse(row.path, PARSER).getroot().iter("{*}Invoice", "{*}CreditNote"):
                yield etree.fromstring(etree.tostring(test, with_tail=False))
        elif row.kind.startswith(("ubl-", "cii-")):
            root = etree.parse(row.path, PARSER).getroot()
            if ("oasis" in root.tag) == (syntax == "ubl") and (syntax == "ubl" or root.tag.endswith(CII)):
                yield root


def ours() -> list[etree._Element]:
    invoices = planned_invoices(1, dt.date(2026, 1, 1), 60, 8, population(1, 40), {})
    documents = (*invoices, credit_note(invoices[0], invoices[0].issued_on))
    return [etree.fromstring(document_xml(one, BUSINESS), PARSER) for one in documents]


def changed(root: etree._Element, chance: random.Random) -> etree._Element:
    """A copy with up to three things wrong."""
    root = copy.deepcopy(root)
    for _ in range(chance.randint(1, 3)):
        element = chance.choice(list(root.iter()))
        parent, way = element.getparent(), chance.randrange(4)
        if parent is None:
            continue
        if way == 0:
            parent.remove(element)
        elif way == 1:
            parent.append(copy.deepcopy(element))
        elif way == 2 and len(element) == 0:
            element.text = chance.choice(VALUES)
        elif element.attrib:
            element.set(chance.choice(list(element.attrib)), chance.choice(("", "XX", "USD", "0106", "C62")))
    return root


def differences(
    saxon: PySaxonProcessor, name: str, roots: list[etree._Element]
) -> tuple[int, list[set[str]]]:
    """How many files both judged, and what they do not agree on."""
    rules, both, found = compiled(saxon, name), 0, []
    for root in roots:
        theirs = by_saxon(saxon, rules, root)
        if theirs is not None:
            both += 1
            found.append(theirs ^ set(published(name).judge(Document(root))))
    return both, [difference for difference in found if difference]


@pytest.mark.parametrize(
    ("name", "syntax", "files"), [("ubl", "ubl", 750), ("en16931", "cii", 40), ("extended", "cii", 40)]
)
def test_third_party_files(saxon: PySaxonProcessor, name: str, syntax: str, files: int) -> None:
    roots = list(third_party(syntax))
    if not roots:
        pytest.skip(MISSING)
    both, different = differences(saxon, name, roots)
    assert different == []
    assert both >= files


@pytest.mark.parametrize(
    ("name", "most"),
    [("ubl", 120), ("en16931", 40), ("basic", 20), ("basicwl", 20), ("minimum", 20), ("extended", 20)],
)
def test_invoices_with_faults(saxon: PySaxonProcessor, name: str, most: int) -> None:
    chance = random.Random(20260101)
    whole = ours() if name == "ubl" else [etree.fromstring(cii().encode(), PARSER)]
    roots = [changed(chance.choice(whole), chance) for _ in range(most)]
    both, different = differences(saxon, name, roots)
    assert different == []
    assert both >= most // 2
