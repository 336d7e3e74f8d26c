"""Documents of one shape share what was found out of the first: every verdict is the one a document gets alone."""

import copy
import datetime as dt
import random
import sys
import threading
from collections.abc import Iterator

import pytest
from lxml import etree

from inbaar.intake.official import alike, verdict
from inbaar.intake.official.alike import Examples
from inbaar.intake.official.rules import Rule, RuleSet, Written
from inbaar.intake.official.verdict import Breach, breaches
from inbaar.intake.official.xpath.fixed import ANYWHERE, At, Fixed
from inbaar.intake.official.xpath.grammar import parse
from inbaar.intake.official.xpath.tree import Document
from inbaar.market.documents import credit_note, planned_invoices
from inbaar.market.population import BUSINESS, population
from inbaar.market.ubl import document_xml
from tests.corpus import MISSING, manifest
from tests.intake.documents import cii, ubl

PARSER = etree.XMLParser(remove_comments=True, remove_pis=True)
VALUES = (
    "",
    " ",
    "0",
    "1",
    "-1",
    "12.345",
    "NL",
    "AE",
    "O",
    "VAT",
    "2026-01-01",
    " 21 ",
    "a b",
    "99999",
    "x" * 300,
)


@pytest.fixture(autouse=True)
def examples(monkeypatch: pytest.MonkeyPatch) -> Examples:
    kept = Examples()
    monkeypatch.setattr(verdict, "_EXAMPLES", kept)
    return kept


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[etree._Element]:
    """The roots of which a tree of their own was made."""
    roots: list[etree._Element] = []

    def document(root: etree._Element) -> Document:
        roots.append(root)
        return Document(root)

    monkeypatch.setattr(alike, "Document", document)
    return roots


def alone(root: etree._Element, monkeypatch: pytest.MonkeyPatch) -> tuple[Breach, ...]:
    with monkeypatch.context() as patch:
        patch.setattr(verdict, "_EXAMPLES", Examples())
        return breaches(root)


def ours() -> list[etree._Element]:
    invoices = planned_invoices(1, dt.date(2026, 1, 1), 60, 30, population(1, 40), {})
    documents = (*invoices, credit_note(invoices[0], invoices[0].issued_on))
    return [etree.fromstring(document_xml(one, BUSINESS), PARSER) for one in documents]


def third_party() -> list[etree._Element]:
    return [
        etree.parse(row.path, PARSER).getroot()
        for row in manifest()
        if row.kind.startswith(("ubl-n", "cii-"))
    ]


def with_other_values(root: etree._Element, chance: random.Random) -> etree._Element:
    """A copy with up to three texts or attributes changed, and nothing else."""
    root = copy.deepcopy(root)
    leaves = [element for element in root.iter() if len(element) == 0]
    for _ in range(chance.randint(1, 3)):
        leaf = chance.choice(leaves)
        if leaf.attrib and chance.random() < 0.2:
            leaf.set(chance.choice(list(leaf.attrib)), chance.choice(("", "XX", "USD", "0106")))
        else:
            leaf.text = chance.choice((*VALUES, chance.choice(leaves).text))
    return root


def test_documents_with_other_values_are_judged_as_they_would_be_alone(
    monkeypatch: pytest.MonkeyPatch, made: list[etree._Element]
) -> None:
    chance = random.Random(20260401)
    roots = [*ours(), etree.fromstring(ubl().encode()), etree.fromstring(cii().encode())]
    changed = [root for one in roots for root in (one, *(with_other_values(one, chance) for _ in range(12)))]
    chance.shuffle(changed)
    together = [breaches(root) for root in changed]
    assert len(made) < 0.7 * len(changed)
    assert sum(map(bool, together)) > len(changed) // 4
    for root, found in zip(changed, together, strict=True):
        assert found == alone(root, monkeypatch)


def test_third_party_documents_are_judged_as_they_would_be_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(20260402)
    roots = third_party()
    if not roots:
        pytest.skip(MISSING)
    for root in chance.sample(roots, min(60, len(roots))):
        expected = alone(root, monkeypatch)
        assert breaches(root) == expected
        for changed in (with_other_values(root, chance), with_other_values(root, chance), root):
            assert breaches(changed) == alone(changed, monkeypatch)


def test_the_second_of_a_shape_needs_no_tree_of_its_own(made: list[etree._Element]) -> None:
    for number in range(3):
        text = ubl(("F-2026-001", f"F-2026-00{number}"), ("<cbc:Name>Advies", f"<cbc:Name>Advies {number}"))
        assert breaches(etree.fromstring(text.encode())) == ()
    assert len(made) == 1


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("<cbc:IssueDate>", "<cbc:UUID>7</cbc:UUID><cbc:IssueDate>"),
        ('unitCode="HUR"', 'unitCode="UREN"'),
        ("<cbc:Name>Advies</cbc:Name>", "<cbc:Name> </cbc:Name>"),
        ("<cbc:Name>Advies</cbc:Name>", "<cbc:Name/>"),
        ("<cbc:Name>Advies</cbc:Name>", "<cbc:Name><!-- Advies --></cbc:Name>"),
        (">380</cbc:InvoiceTypeCode>", ">999</cbc:InvoiceTypeCode>"),
        (">200.00</cbc:TaxExclusiveAmount>", ">200.01</cbc:TaxExclusiveAmount>"),
        (">200.00</cbc:TaxExclusiveAmount>", ">two hundred</cbc:TaxExclusiveAmount>"),
        (">21</cbc:Percent>", ">0</cbc:Percent>"),
    ],
)
def test_what_changes_a_verdict_changes_it_after_a_good_one_too(
    was: str, becomes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert was in ubl()
    good, bad = (etree.fromstring(text.encode()) for text in (ubl(), ubl((was, becomes))))
    expected = alone(bad, monkeypatch)
    assert expected != ()
    assert [breaches(root) for root in (good, bad, good, bad)] == [(), expected, (), expected]


def test_two_trees_of_the_same_elements_are_two_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same names in the same order, one of them inside another or after it."""
    start, uuid, line = (
        "<cac:PaymentTerms><cbc:Note>Netto</cbc:Note>",
        "<cbc:UUID>7</cbc:UUID>",
        "<cac:InvoiceLine>",
    )
    inside, after = f"{start}{uuid}</cac:PaymentTerms>", f"{start}</cac:PaymentTerms>{uuid}"
    found = []
    for instead in (inside, after, inside):
        root = etree.fromstring(ubl((line, instead + line)).encode())
        found.append(breaches(root))
        assert found[-1] == alone(root, monkeypatch)
    assert found[0] == found[2] != found[1]


def test_what_is_kept_is_bounded(examples: Examples, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "_MOST_ELEMENTS", 500)
    for number in range(20):
        breaches(
            etree.fromstring(ubl(("HUR", "C62"), ('schemeID="0106"', f'schemeID="{number:04}"')).encode())
        )
        assert sum(len(kept.nodes) for kept in examples._kept.values()) < 1_000


@pytest.fixture
def switching() -> Iterator[None]:
    """Threads change places as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("switching")
def test_threads_never_share_a_tree() -> None:
    """Half of the threads judge an invoice that ties, half one that does not, both of one shape."""
    texts = [ubl().encode(), ubl((">242.00</cbc:PayableAmount", ">242.01</cbc:PayableAmount")).encode()]
    found: list[set[int]] = [set(), set()]

    def judge(which: int) -> None:
        for _ in range(60):
            found[which].add(len(breaches(etree.fromstring(texts[which]))))

    judge(0)
    threads = [threading.Thread(target=judge, args=(number % 2,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [{0}, {1}]


@pytest.mark.parametrize(
    "test",
    [
        "exists(a/b)",
        "not(a[@c = 'x'])",
        "count(a[Percent = 21]) <= 1",
        "normalize-space(a) != ''",
        "TaxScheme/normalize-space(upper-case(ID)) = 'VAT'",
        "every $c in DocumentCurrencyCode satisfies exists(//a[@currencyID = $c])",
        "ancestor::a and (b or ../c)",
        "name() = 'a'",
        "not(*) and not(normalize-space())",
        "normalize-space(*) != ''",
    ],
)
def test_what_the_shape_decides(test: str) -> None:
    assert Fixed().truth(parse(test, {}), ANYWHERE)


@pytest.mark.parametrize(
    "test",
    [
        "a = 'x'",
        "ID = 'VAT'",
        "a/text()",
        "normalize-space(@c) = normalize-space(a)",
        "normalize-space(a/text()) != ''",
        "count(a[b = 1]) = 0",
        "normalize-space(a) = 'x'",
        "string-length(a) < 3",
        "every $c in a satisfies exists(//a[@currencyID = $c])",
        "$unknown = 'x'",
        ". = 'x'",
        "sum(a) = 0",
        "(a | b)/c = 1",
        "../ID = 'S'",
    ],
)
def test_what_values_decide(test: str) -> None:
    assert not Fixed().truth(parse(test, {}), ANYWHERE)


def test_where_a_rule_stands_tells_what_it_reads() -> None:
    tree = parse("ID = 'S' and . != ''", {})
    assert not Fixed().truth(tree, At("TaxCategory"))
    assert Fixed().truth(parse("ID = 'S'", {}), At("TaxCategory"))
    assert not Fixed().truth(parse("ID = 'S'", {}), At("Party"))


@pytest.mark.parametrize(("rates", "broken"), [((21, 9), False), ((21, 21), True), ((9, 0), True)])
def test_each_item_of_a_loop_has_an_answer_of_its_own(rates: tuple[int, int], broken: bool) -> None:
    test = "every $rate in Percent satisfies count(b[Percent = $rate]) = 1"
    rules = RuleSet([[Written("/a", (Rule(test, True, "", test),))]], {})
    inside = "".join(f"<b><Percent>{rate}</Percent></b>" for rate in rates)
    document = Document(etree.fromstring(f"<a><Percent>21</Percent><Percent>9</Percent>{inside}</a>"))
    assert bool(rules.judge(document)) == bool(rules.judge(document)) == broken
    assert (rules in document.plans) == (not broken)
