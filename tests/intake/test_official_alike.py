"""Documents of one shape share what was found out of the first: every verdict is the one a document gets alone."""

import copy
import datetime as dt
import random
import sys
import threading
from collections.abc import Iterator

import pytest
from lxml import etree

from inbaar.intake.official import alike, rules, verdict
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


#: Narrow the rules to every shape that comes back, or to none.
OFTEN = (1, 1_000_000)


@pytest.fixture(params=OFTEN, ids=["narrowed", "in full"])
def often(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_OFTEN", request.param)


def test_documents_with_other_values_are_judged_as_they_would_be_alone(
    monkeypatch: pytest.MonkeyPatch, made: list[etree._Element]
) -> None:
    chance = random.Random(20260401)
    roots = [*ours(), etree.fromstring(ubl().encode()), etree.fromstring(cii().encode())]
    changed = [root for one in roots for root in (one, *(with_other_values(one, chance) for _ in range(12)))]
    chance.shuffle(changed)
    expected = [alone(root, monkeypatch) for root in changed]
    assert sum(map(bool, expected)) > len(changed) // 4
    for often in OFTEN:
        made.clear()
        monkeypatch.setattr(rules, "_OFTEN", often)
        monkeypatch.setattr(verdict, "_EXAMPLES", Examples())
        assert [breaches(root) for root in changed] == expected
        assert len(made) < 0.7 * len(changed)


def test_third_party_documents_are_judged_as_they_would_be_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(20260402)
    roots = third_party()
    if not roots:
        pytest.skip(MISSING)
    for root in chance.sample(roots, min(60, len(roots))):
        changed = [root, with_other_values(root, chance), with_other_values(root, chance), root]
        expected = [alone(each, monkeypatch) for each in changed]
        for often in OFTEN:
            monkeypatch.setattr(rules, "_OFTEN", often)
            monkeypatch.setattr(verdict, "_EXAMPLES", Examples())
            assert [breaches(each) for each in changed] == expected


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
        ('unitCode="HUR"', 'unitCode=""'),
        ('unitCode="HUR"', ""),
        ("<cbc:Name>Advies</cbc:Name>", "<cbc:Name> </cbc:Name>"),
        ("<cbc:Name>Advies</cbc:Name>", "<cbc:Name/>"),
        ("<cbc:Name>Advies</cbc:Name>", "<cbc:Name><!-- Advies --></cbc:Name>"),
        (">380</cbc:InvoiceTypeCode>", ">999</cbc:InvoiceTypeCode>"),
        (">200.00</cbc:TaxExclusiveAmount>", ">200.01</cbc:TaxExclusiveAmount>"),
        (">200.00</cbc:TaxExclusiveAmount>", ">two hundred</cbc:TaxExclusiveAmount>"),
        (">21</cbc:Percent>", ">0</cbc:Percent>"),
    ],
)
@pytest.mark.usefixtures("often")
def test_what_changes_a_verdict_changes_it_after_a_good_one_too(
    was: str, becomes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert was in ubl()
    good, bad = (etree.fromstring(text.encode()) for text in (ubl(), ubl((was, becomes))))
    expected = alone(bad, monkeypatch)
    assert expected != ()
    assert [breaches(root) for root in (good, bad, good, bad)] == [(), expected, (), expected]


def test_units_are_no_part_of_a_shape(made: list[etree._Element]) -> None:
    """Each line has its own: eight lines in five units would make hundreds of thousands of shapes."""
    found = [
        {breach.rule for breach in breaches(etree.fromstring(ubl(("HUR", unit)).encode()))}
        for unit in ("HUR", "C62", "UREN", "MTR")
    ]
    assert found == [set(), set(), {"BR-CL-23"}, set()]
    assert len(made) == 1


def test_rules_are_narrowed_to_a_shape_that_comes_back(examples: Examples) -> None:
    total = "<cbc:TaxInclusiveAmount"
    with_allowance = (
        total,
        f'<cbc:AllowanceTotalAmount currencyID="EUR">0.00</cbc:AllowanceTotalAmount>{total}',
    )
    plain = etree.fromstring(ubl(with_allowance).encode())
    narrowed = []
    for _ in range(rules._OFTEN + 2):
        assert breaches(plain) == ()
        (document,) = examples._kept.values()
        narrowed.append([plan.narrowed is not None for plan in document.plans.values()])
    assert narrowed[-3:] == [[False, False], [True, True], [True, True]]
    assert all(plan.narrowed and not plan.narrowed.left for plan in document.plans.values())


def test_a_narrowed_verdict_tells_every_rule_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rules ask the same of one amount, and one of them of two amounts: it is told where it is broken first."""
    total = "<cbc:TaxInclusiveAmount"
    before = f'<cbc:AllowanceTotalAmount currencyID="EUR">0.00</cbc:AllowanceTotalAmount>{total}'
    good = ubl((total, before))
    bad = ubl((total, before.replace("0.00", "0.001")), (">200.00</cbc:TaxExcl", ">200.001</cbc:TaxExcl"))
    expected = alone(etree.fromstring(bad.encode()), monkeypatch)
    assert {"UBL-DT-01", "BR-DEC-10", "BR-DEC-12"} <= {breach.rule for breach in expected}
    monkeypatch.setattr(rules, "_OFTEN", 1)
    found = [breaches(etree.fromstring(text.encode())) for text in (good, good, bad, good, bad)]
    assert found == [(), (), expected, (), expected]


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
        "exists(a/@unitCode)",
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
        "a/@unitCode = 'C62'",
        "a/@* = 'C62'",
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
    rule_set = RuleSet([[Written("/a", (Rule(test, True, "", test),))]], {})
    inside = "".join(f"<b><Percent>{rate}</Percent></b>" for rate in rates)
    document = Document(etree.fromstring(f"<a><Percent>21</Percent><Percent>9</Percent>{inside}</a>"))
    assert bool(rule_set.judge(document)) == bool(rule_set.judge(document)) == broken
    assert (rule_set in document.plans) == (not broken)
