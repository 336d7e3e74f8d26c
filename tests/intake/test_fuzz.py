"""Whatever is done to an invoice, reading it never crashes, and what comes out can be printed and stored."""

import doctest
import json
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbaar.intake import checks, currencies, facts, identifiers, sums, values
from inbaar.intake.readers import read_invoice, source
from inbaar.intake.readers.page import labels
from inbaar.intake.readers.page.invoice import invoice_on_pages
from inbaar.intake.readers.source import Unreadable
from inbaar.intake.reading import as_json
from tests.intake.documents import cii, pdf, ubl, written
from tests.intake.test_pages import PAGE

DOCUMENTS = [ubl().encode(), ubl(root="CreditNote").encode(), cii().encode()]
PIECES = [b"<", b">", b"</", b"&", b"&#0;", b"-", b"999999999999999999", b"NaN", b"1e9", b"\xff", b"\0", b"]]>",
          b"<!--", b"<?x", b"xmlns=''", "٣".encode(), b'"', b"2026-02-30", b""]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, documents: list[bytes]) -> bytes:
    """A document with some stretches cut out, doubled or replaced."""
    content = draw(st.sampled_from(documents))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 80)))
        piece = draw(
            st.one_of(st.sampled_from(PIECES), st.binary(max_size=8), st.just(content[start:end] * 2))
        )
        content = content[:start] + piece + content[end:]
    return content


@st.composite
def revalued(draw: st.DrawFn) -> bytes:
    """A well-formed document in which some values are something else."""
    document = draw(st.sampled_from(DOCUMENTS)).decode()
    texts = st.one_of(
        st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<&>"), max_size=30),
        st.decimals().map(str),
        st.dates().map(str),
        st.from_regex(r"[+-]?[0-9]{0,20}\.?[0-9]{0,20}", fullmatch=True),
    )
    for value in draw(st.lists(st.sampled_from(["242.00", "200.00", "42.00", "21", "2026-03-02", "20260302", "EUR",
                                                "380", "F-2026-001", "59581883", "NL91", "VAT", "0106"]))):  # fmt: skip
        document = document.replace(f">{value}<", f">{draw(texts)}<")
    return document.encode()


def check(content: bytes) -> None:
    read = read_invoice(content, "any")
    assert read.status in ("accepted", "review", "refused")
    assert (read.status == "refused") == any(problem.level == "error" for problem in read.problems)
    assert all(problem.rule and problem.text and "\n" not in problem.text for problem in read.problems)
    if read.status != "refused":
        assert read.number
        assert read.issue_date
        assert read.currency
        assert read.payable is not None
    for amount in (read.net, read.vat, read.total, read.payable):
        assert amount is None or (amount.is_finite() and amount.as_tuple().exponent == -2)
    json.dumps(as_json(read)).encode()


@settings(max_examples=400, deadline=None)
@given(mutated(DOCUMENTS))
def test_mutated_xml(content: bytes) -> None:
    check(content)


@settings(max_examples=400, deadline=None)
@given(revalued())
def test_other_values(content: bytes) -> None:
    check(content)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated([pdf(("factur-x.xml", cii().encode()), text="x")]))
def test_mutated_pdf(content: bytes) -> None:
    check(content)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated([written(PAGE), written(PAGE.replace("# Factuur", "# Creditnota"))]))
def test_mutated_page(content: bytes) -> None:
    read = read_invoice(content, "any")
    if read.status != "review":  # in review a page may leave open what an e-invoice must say
        check(content)
    json.dumps(as_json(read))


PIECES_OF_PAGES = st.one_of(
    st.sampled_from(PAGE.replace("||", " ").split()),
    st.sampled_from(["€", "-", "21%", "0%", "٣٤,٥٦", "99-99-9999", "31-02-2026", "1.234.567,89", "NL91", "Totaal:", "€-", ":", "(12,00)"]),
    st.text(min_size=1, max_size=6),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(PIECES_OF_PAGES, st.integers(0, 500), st.integers(0, 60), st.integers(1, 90), st.sampled_from([1.0, 0.7])),
        max_size=60,
    )
)  # fmt: skip
def test_words_anywhere_on_a_page(words: list[tuple[str, int, int, int, float]]) -> None:
    page = [
        [text, left, 14 * row, left + width, 14 * row + 10, sure] for text, left, row, width, sure in words
    ]
    pages = [{"page": 1, "width": 595, "height": 842, "words": page, "drawn": False}]
    try:
        read = invoice_on_pages(pages, 1, "text layer", "page.pdf", "")
    except Unreadable:
        return
    json.dumps(as_json(read))
    assert read.status == ("review" if read.problems else "accepted")
    assert all(
        field.confidence >= 0.85 and field.box for name, field in read.fields.items() if name != "read_by"
    )


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    check(content)


@pytest.mark.parametrize("module", [checks, currencies, facts, identifiers, labels, source, sums, values])
def test_examples_in_the_text(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0
