"""An expression narrowed to one document of a shape says of every other document of it what the whole expression says."""

from typing import Any

import pytest
from lxml import etree

from inbaar.intake.official import rules
from inbaar.intake.official.rules import Rule, RuleSet, Written
from inbaar.intake.official.xpath.compiling import Compiler
from inbaar.intake.official.xpath.grammar import Binary, Known, parse
from inbaar.intake.official.xpath.narrowing import Decided, Narrowing
from inbaar.intake.official.xpath.tree import Document
from inbaar.intake.official.xpath.values import Wrong

#: What the values of one shape may be: amounts that tie, that do not, that are none, and a unit.
VALUES = [
    ("100", "60", "40", "C62"), ("100", "60", "41", "C62"), ("100.001", "60", "40.001", "HUR"), ("", "60", "40", "C62"),
    ("ten", "60", "40", ""), ("-5", "-2", "-3", "x y"), ("40", "100", "60", "C62"), ("1", "1", "1", "1"),
]  # fmt: skip
EXPRESSIONS = [
    "total = sum(line/amount)",
    "xs:decimal(total) = (round(sum(line/xs:decimal(amount)) * 10 * 10) div 100) or not(line)",
    "every $rate in line/Percent satisfies sum(line[Percent = $rate]/xs:decimal(amount)) = xs:decimal(total)",
    "some $rate in line/Percent, $code in Percent satisfies $rate = $code and line[Percent = $rate]/amount > 50",
    "every $amount in line/amount satisfies $amount < 70",
    "for $rate in line/Percent return line[Percent = $rate]/amount > 50",
    "count(line[amount > 50]) = 1",
    "exists(line[amount > 50][Percent = 21])",
    "count(//amount[not(preceding::amount = .)]) <= 1",
    "line[1]/amount = 60",
    "line/../total = 100",
    "/invoice/total = 100 and not(/invoice/none)",
    "string-length(substring-after(total, '.')) <= 2",
    "not(normalize-space(total) = '') and missing = 3",
    "xs:decimal(missing) = 1 or (exists(missing) and total = 3)",
    "missing or total = 100",
    "(line | total)/amount = 40",
    "line/(amount | Percent) = 60",
    "//(amount | total)/xs:decimal(.) = 100",
    "line/amount/xs:decimal(.) = 40",
    "-xs:decimal(total) < 0",
    "if (line) then total = 100 else total = 1",
    "if (total = 100) then line/amount = 40 else Percent = 21",
    "(total, line/amount) = 40",
    "line/@unitCode = 'C62'",
    "not(contains(line[1]/@unitCode, ' ')) and contains(' C62 HUR ', concat(' ', line[1]/@unitCode, ' '))",
    "line/@currency = 'EUR' and total/text() = '100'",
    "xs:decimal(line/amount) = 100",
    "xs:decimal(Percent) div 0 = 1 and total = 100",
    "total * Percent div 100 >= 21 and abs(total) - 1 < 100",
    "Percent = 21 and name() = 'invoice'",
    "sum(none) = 0 and total = 100",
    "total and (Percent = 9 or false())",
    "total[. = 100]/../line/amount = 60",
]  # fmt: skip


def xml(total: str, first: str, second: str, unit: str) -> etree._Element:
    return etree.fromstring(
        f"<invoice><total>{total}</total><Percent>21</Percent>"
        f'<line currency="EUR" unitCode="{unit}"><Percent>21</Percent><amount>{first}</amount></line>'
        f"<line><Percent>9</Percent><amount>{second}</amount></line></invoice>"
    )


def narrowed(expression: str, document: Document, compiler: Compiler) -> Any:
    return Narrowing(Decided(compiler), document.nodes[0], document).truth(parse(expression, {}))


def answer(run: Any, document: Document) -> Any:
    document.found, document.lasting = {}, {}
    try:
        return bool(run(document.nodes[0], document))
    except Wrong:
        return Wrong


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_it_says_the_same_of_every_document_of_the_shape(expression: str) -> None:
    compiler = Compiler()
    in_full = compiler.truth(parse(expression, {}))
    document = Document(xml(*VALUES[0]))
    short = compiler.truth(narrowed(expression, document, compiler))
    answers = []
    for values in VALUES:
        root = xml(*values)
        elements = list(root.iter())
        document.fill(elements, [element.text for element in elements])
        answers.append(answer(short, document))
        assert answers[-1] == answer(in_full, Document(root)), values


@pytest.mark.parametrize(
    ("expression", "left"),
    [
        ("exists(line) and not(none)", True),
        ("count(line) = 3", False),
        ("every $rate in line/Percent satisfies $rate > 1", True),
        ("sum(none/amount) = 0", True),
        ("none = 1 or line", True),
        ("line/@currency = 'EUR'", True),
    ],
)
def test_what_the_shape_decides_is_worked_out(expression: str, left: bool) -> None:
    assert narrowed(expression, Document(xml(*VALUES[0])), Compiler()) == Known("truth", left)


@pytest.mark.parametrize(("values", "broken"), [(VALUES[0], False), (VALUES[1], True)])
def test_what_cannot_be_narrowed_is_asked_as_it_is(values: tuple[str, ...], broken: bool) -> None:
    """One number held against a text: the whole expression holds whatever the path finds against it."""
    test = "line[2]/xs:decimal(amount) = '40'"
    rule_set = RuleSet([[Written("/invoice", (Rule("R", True, "", test),))]], {})
    document = Document(xml(*VALUES[0]))
    for _ in range(rules._OFTEN + 2):
        assert rule_set.judge(document) == {}
    (plan,) = document.plans.values()
    assert plan.narrowed.left == plan.asked
    elements = list(xml(*values).iter())
    document.fill(elements, [element.text for element in elements])
    assert bool(rule_set.judge(document)) == broken


def test_what_the_left_of_and_excludes_is_not_looked_at() -> None:
    found = narrowed("exists(none) and line/amount > 0", Document(xml(*VALUES[0])), Compiler())
    assert found == Known("truth", False)


def test_what_is_left_is_about_elements_that_are_known() -> None:
    document = Document(xml(*VALUES[0]))
    total = document.by_tag["total"][0]
    found = narrowed("(exists(line) and total = 100 and count(line) = 2) or none = 1", document, Compiler())
    match found:
        case Binary(operator="=", left=Known(kind="elements", value=(node,))):
            assert node is total
        case _:
            pytest.fail(str(found))
