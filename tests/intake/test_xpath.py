"""The part of XPath the rules are written in: what each expression comes to, as the standard says."""

import pytest
from lxml import etree

from inbaar.intake.official.rules import Rule, RuleSet, Written
from inbaar.intake.official.xpath.compiling import Compiler
from inbaar.intake.official.xpath.grammar import NotUnderstood, parse
from inbaar.intake.official.xpath.tree import Document, Node
from inbaar.intake.official.xpath.values import Wrong, text_of

SPACES = {"n": "urn:n"}
TEXT = """<n:a xmlns:n="urn:n" k="5"><n:b c="x">1.10</n:b><n:b c="y">2.20</n:b><n:d><n:b>3</n:b><n:e> a  b </n:e></n:d>
<n:true>true</n:true><n:day>2026-02-28</n:day><n:empty/><n:half>2.5</n:half><n:less>-2.5</n:less><n:e>AE</n:e></n:a>"""


@pytest.fixture
def document() -> Document:
    return Document(etree.fromstring(TEXT))


def value(document: Document, text: str) -> list[str]:
    """What the expression comes to at the top element, as texts."""
    run = Compiler().items(parse(text, SPACES))
    return [text_of(item) for item in run(document.nodes[0], document)]


def holds(document: Document, text: str) -> bool:
    return Compiler().truth(parse(text, SPACES))(document.nodes[0], document)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("n:b", ["1.10", "2.20"]),
        ("n:b[2]", ["2.20"]),
        ("n:b[@c = 'y']", ["2.20"]),
        ("n:b/@c", ["x", "y"]),
        ("@k", ["5"]),
        ("//n:b", ["1.10", "2.20", "3"]),
        ("*/n:b[1]", ["3"]),
        ("n:b[@c][2]", ["2.20"]),
        ("n:d/*", ["3", " a  b "]),
        ("n:d/n:b/../n:e", [" a  b "]),
        ("n:d//n:b", ["3"]),
        ("(n:b | n:d/n:b | n:b)[3]", ["3"]),
        ("//(n:d | n:half)/n:b", ["3"]),
        ("//@c", ["x", "y"]),
        ("/n:a/n:half", ["2.5"]),
        ("/*/n:half", ["2.5"]),
        ("n:b/xs:decimal(.)", ["1.10", "2.20"]),
        ("sum(n:b/xs:decimal(.))", ["3.30"]),
        ("sum(n:nothing)", ["0"]),
        ("count(//n:b)", ["3"]),
        ("normalize-space(n:d/n:e)", ["a b"]),
        ("normalize-space(n:nothing)", [""]),
        ("string-length(substring-after('12.345', '.'))", ["3"]),
        ("substring('NL123', 1, 2)", ["NL"]),
        ("substring-before('a:b', ':')", ["a"]),
        ("concat('a', \"b\", 'c')", ["abc"]),
        ("string-join(n:b/@c, '-')", ["x-y"]),
        ("upper-case('nl')", ["NL"]),
        ("round(xs:decimal(n:half))", ["3"]),
        ("round(xs:decimal(n:less))", ["-2"]),
        ("abs(xs:decimal(n:less))", ["2.5"]),
        ("1 + 2 * 3 - 4 div 2", ["5"]),
        ("-(3)", ["-3"]),
        ("(1, 2)", ["1", "2"]),
        ("for $x in n:b return $x/@c", ["x", "y"]),
        ("if (n:half) then 'yes' else 'no'", ["yes"]),
        ("tokenize('30 58', ' ')", ["30", "58"]),
        ("xs:decimal(n:nothing)", []),
        ("xs:decimal(n:nothing) + 1", []),
        ("local-name(n:half)", ["half"]),
        ("n:half[. = 2.5]", ["2.5"]),
        ("//n:b[not(preceding::n:b)]", ["1.10"]),
        ("n:d/n:b/ancestor::n:d/n:e", [" a  b "]),
        ("n:half/self::n:half", ["2.5"]),
    ],
)  # fmt: skip
def test_what_an_expression_comes_to(document: Document, text: str, found: list[str]) -> None:
    assert value(document, text) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n:b = '2.20'", True),
        ("n:b = '2.2'", False),  # text beside text is text
        ("n:b = 2.2", True),  # text beside a number is a number
        ("n:b != '1.10'", True),  # one of them is another
        ("n:nothing = n:nothing", False),
        ("n:nothing != 'a'", False),
        ("not(n:nothing)", True),
        ("exists(n:b) and not(n:empty = 'a')", True),
        ("n:true = true()", True),
        ("xs:boolean(n:true) = true()", True),
        ("(n:true cast as xs:boolean) = true()", True),
        ("xs:date(n:day) >= xs:date('2026-02-28')", True),
        ("xs:decimal('0.1') + xs:decimal('0.2') = xs:decimal('0.3')", True),
        ("n:half >= 2.5 and n:half < 2.6", True),
        ("every $x in n:b satisfies xs:decimal($x) > 1", True),
        ("some $x in n:b satisfies xs:decimal($x) > 2", True),
        ("every $x in n:nothing satisfies $x = 'a'", True),
        ("contains(' AE S ', concat(' ', normalize-space(n:e), ' '))", True),
        ("contains(' S ', concat(' ', normalize-space(n:e), ' '))", False),
        ("contains(' S ', concat(' ', normalize-space(n:nothing), ' '))", False),
        ("starts-with(n:e, 'A') and ends-with(n:e, 'E')", True),
        ("matches(n:day, '^\\d{4}-\\d\\d-\\d\\d$')", True),
        ("number('a') > 0 or number(n:nothing) > 0", False),
        ("count(n:b) eq 2", True),
        ("n:b[@c]/@c = n:b/@c", True),
    ],
)  # fmt: skip
def test_what_holds(document: Document, text: str, expected: bool) -> None:
    assert holds(document, text) is expected


@pytest.mark.parametrize(
    "text",
    ["xs:decimal('1e3')", "xs:decimal(n:e) > 1", "normalize-space(n:b)", "xs:date('2026-02-30')", "n:e = true()",
     "1 div 0", "n:e + 1", "xs:decimal('" + "9" * 61 + "')"],
)  # fmt: skip
def test_values_that_cannot_be_what_is_asked(document: Document, text: str) -> None:
    with pytest.raises(Wrong):
        value(document, text)


@pytest.mark.parametrize(
    "text",
    ["", "n:b[", "unknown(1)", "x:b", "n:b n:b", "following::n:b", "preceding-sibling::n:b", "//n:b[1]", "n:b[count(n:b)]", "§", "every x in n:b"],
)  # fmt: skip
def test_what_is_not_understood_is_refused_when_it_is_read(text: str) -> None:
    with pytest.raises(NotUnderstood):
        Compiler().items(parse(text, SPACES))


def fired(document: Document, *contexts: str) -> dict[str, str]:
    """Which of some contexts, in one pattern, look at the document: the id is the place in the list."""
    pattern = [Written(context, (Rule(str(n), True, "", "false()"),)) for n, context in enumerate(contexts)]
    return {rule: _path(node) for rule, (_, node) in RuleSet([pattern], SPACES).judge(document).items()}


def _path(node: Node) -> str:
    return (
        node.name
        if node.parent is None or node.parent.parent is None
        else f"{_path(node.parent)}/{node.name}"
    )


@pytest.mark.parametrize(
    ("context", "where"),
    [
        ("n:d/n:b", "a/d/b"),
        ("/n:a/n:b[@c = 'y']", "a/b"),
        ("/*", "a"),
        ("//n:d", "a/d"),
        ("n:a//n:e", "a/d/e"),
        ("n:none | n:half", "a/half"),
        ("//*[ends-with(name(), 'ss') and not(n:b)]", "a/less"),
        ("//*[not(*) and not(normalize-space())]", "a/empty"),
        ("n:d[n:b = 3]/n:e", "a/d/e"),
    ],
)
def test_where_rules_look(document: Document, context: str, where: str) -> None:
    assert fired(document, context) == {"0": where}


@pytest.mark.parametrize(
    "context", ["/n:b", "n:b/n:b", "n:d[n:b = 4]/n:e", "/n:a/n:e/n:e", "n:half[. = xs:decimal(.) div 0]"]
)
def test_where_they_do_not(document: Document, context: str) -> None:
    assert fired(document, context) == {}


def test_in_one_pattern_the_first_place_that_fits_decides(document: Document) -> None:
    assert fired(document, "n:d/n:b", "n:b", "n:b[@c = 'x']") == {"0": "a/d/b", "1": "a/b"}


def test_what_must_be_absent_is_found_wherever_it_stands(document: Document) -> None:
    rules = tuple(
        Rule(test, True, "", test)
        for test in ("not(n:d/n:b)", "not((n:b|n:d)/n:e)", "not(n:b/n:e)", "not(n:empty)", "not(n:d/n:z)")
    )
    found = RuleSet([[Written("/n:a", rules)]], SPACES).judge(document)
    assert set(found) == {"not(n:d/n:b)", "not((n:b|n:d)/n:e)", "not(n:empty)"}


def test_what_the_document_remembers_belongs_to_one_rule_set(document: Document) -> None:
    def count(test: str) -> RuleSet:
        return RuleSet([[Written("/n:a", (Rule(test, True, "", test),))]], SPACES)

    assert count("count(//n:b) = 3").judge(document) == {}
    assert set(count("count(//n:e) = 3").judge(document)) == {"count(//n:e) = 3"}
