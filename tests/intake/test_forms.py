"""Markup that came before needs no parsing: what is made of it is what the parser makes of the whole document."""

import datetime as dt
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from inbaar.intake.official.verdict import breaches
from inbaar.intake.readers import _READERS, forms, read_invoice
from inbaar.intake.readers.forms import Form, Forms
from inbaar.intake.readers.source import Limits, Unreadable
from inbaar.intake.readers.xml import as_utf8, parsed
from inbaar.market.documents import credit_note, planned_invoices
from inbaar.market.population import BUSINESS, population
from inbaar.market.ubl import document_xml
from tests.corpus import MISSING, manifest
from tests.intake.documents import cii, ubl
from tests.intake.test_fuzz import DOCUMENTS, mutated

LIMITS = Limits()
PLAIN = ubl().encode()
#: What may stand in a text and mean something to somebody.
TEXTS = st.one_of(
    st.text(max_size=20),
    st.lists(
        st.sampled_from(["&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&", "&#38;", "&#x41;", "&nbsp;", "&ampx", ">", "]]>", "<",
                         "<a/>", "<!-- x -->", "<![CDATA[x]]>", "<?x y?>", "\r\n", "\r", "\t", "\u00a0", "\u2028", "\x0b", "\x1f",
                         "\x7f", "\x85", "\ufffe", "\uffff", "\U0001fffe", "é", "٣", " ", "x", "=", "'", '"']),
        max_size=5,
    ).map("".join),
)  # fmt: skip


def knowing(*documents: bytes) -> Forms:
    """The forms of these documents, each of which came twice."""
    found = Forms()
    for document in documents * 2:
        text = as_utf8(document)
        found.learn(text, parsed(document, LIMITS))
    return found


def taken(kept: Forms, document: bytes) -> Form | None:
    try:
        return kept.take(as_utf8(document))
    except Unreadable:
        return None


def as_told(element: etree._Element) -> tuple[object, ...]:
    """All that readers and rules can ask of an element and of what is in it."""
    children = list(element)
    parent = element.getparent()
    return (
        element.tag,
        element.text or None,
        list(element.items()),
        [element.get(name) for name, _ in element.items()],
        len(element),
        list(element.itertext()),
        None if parent is None else parent.tag,
        [child.tag for child in element.iterchildren()],
        [[found.text for found in element.iterchildren(child.tag)] for child in children],
        [child.tag for child in reversed(element)],
        [as_told(child) for child in children],
    )


def check_same(form: Form, document: bytes) -> None:
    root = parsed(document, LIMITS)
    elements = list(root.iter())
    assert as_told(form.root) == as_told(root)
    assert [each.tag for each in form.elements] == [each.tag for each in form.root.iter()]
    assert [text or None for text in form.texts] == [each.text or None for each in elements]
    reader = _READERS[root.tag]
    for _ in range(2):  # the way through it is found, and then known
        assert reader(form.root, form.walk) == reader(root)
    assert breaches(form.root, form.elements, form) == breaches(root)


def market() -> list[bytes]:
    invoices = planned_invoices(1, dt.date(2026, 1, 1), 60, 40, population(1, 20), {})
    documents = (*invoices, credit_note(invoices[0], invoices[0].issued_on))
    return [document_xml(one, BUSINESS) for one in documents]


def test_a_form_is_kept_when_its_markup_comes_again_and_takes_the_texts_of_each_document():
    kept = Forms()
    kept.learn(PLAIN, parsed(PLAIN, LIMITS))
    assert kept.take(PLAIN) is None  # what comes once is not worth keeping
    kept.learn(PLAIN, parsed(PLAIN, LIMITS))
    for number in ("F-2026-001", "G &amp; 7", "é"):
        document = ubl(("F-2026-001", number)).encode()
        form = kept.take(document)
        assert form is not None
        check_same(form, document)
        kept.keep(form)


def test_a_file_of_known_markup_is_not_parsed_and_reads_as_its_own(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("inbaar.intake.readers._FORMS", Forms())
    trees = []
    tree_of = read_invoice.__globals__["tree_of"]
    monkeypatch.setattr(
        "inbaar.intake.readers.tree_of", lambda *given: trees.append(given) or tree_of(*given)
    )
    for place, (number, amount) in enumerate(
        [("A-1", "242.00"), ("A-2", "242.00"), ("A-3", "243.00"), ("A-4", "242.00")]
    ):
        read = read_invoice(ubl(("F-2026-001", number), (">242.00<", f">{amount}<")).encode(), "any")
        assert (read.number, str(read.payable)) == (number, amount)
        assert read.status == ("accepted" if amount == "242.00" else "review")
        assert len(trees) == min(place + 1, 2)


@pytest.mark.parametrize("document", DOCUMENTS)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_its_texts_a_document_is_what_the_parser_makes_of_it(
    document: bytes, data: st.DataObject
):
    kept = knowing(document)
    pieces = document.decode().split(">")
    at = data.draw(st.integers(0, len(pieces) - 1))
    text, bracket, rest = pieces[at].partition("<")
    pieces[at] = data.draw(st.one_of(TEXTS, TEXTS.map(lambda more: text + more))) + bracket + rest
    changed = ">".join(pieces).encode("utf-8", "surrogatepass")
    form = taken(kept, changed)
    if form is not None:
        check_same(form, changed)


@settings(max_examples=200, deadline=None)
@given(mutated(DOCUMENTS))
def test_a_damaged_document_is_never_taken_for_another(document: bytes):
    form = taken(knowing(*DOCUMENTS), document)
    if form is not None:
        check_same(form, document)  # it fails where the parser refuses it


@pytest.mark.parametrize(
    "changed",
    [
        ubl(("F-2026-001", "F&#45;2026")),
        ubl(("F-2026-001", "F ]]> 1")),
        ubl(("F-2026-001", "F > 1")),
        ubl(("F-2026-001", "F\x0b1")),
        ubl(("F-2026-001", "F\r1")),
        ubl(("F-2026-001", "F\ufffe1")),
        ubl(("F-2026-001", "F &nbsp; 1")),
        ubl(("F-2026-001", "<![CDATA[F-1]]>")),
        ubl(("<cbc:ID>F-2026-001", "<!-- new --><cbc:ID>F-2026-001")),
        ubl(("\n  <cbc:IssueDate>", "\n  beside <cbc:IssueDate>")),
        ubl(("\n  <cbc:IssueDate>", "\n  \u00a0<cbc:IssueDate>")),
        ubl(('unitCode="HUR"', 'unitCode="DAY"')),
        ubl(("<cbc:ID>PO-7</cbc:ID>", "<cbc:ID/>")),
        ubl(("</Invoice>", "</Invoice><x/>")),
        ubl(("</Invoice>", "")),
        ubl(("<cbc:ID>F-2026-001</cbc:ID>", ">cbc:ID<F-2026-001>/cbc:ID<")),
    ],
)
def test_what_only_a_parser_may_judge_is_left_to_it(changed: str):
    assert knowing(PLAIN).take(changed.encode()) is None


def test_bytes_that_are_no_text_are_left_to_the_parser():
    assert knowing(PLAIN).take(PLAIN.replace(b"F-2026-001", b"F\xff1")) is None
    assert knowing(PLAIN).take(b" " * 300_000 + PLAIN) is None


@pytest.mark.parametrize(
    "document",
    [
        ubl(("<cbc:ID>F-2026-001", "<!-- c --><cbc:ID>F-2026-001")),
        ubl(("F-2026-001", "<![CDATA[F-1]]>")),
        ubl(("<cbc:ID>F-2026-001", "<?x y?><cbc:ID>F-2026-001")),
        ubl(('unitCode="HUR"', 'unitCode="a&gt;b" x="a>b"')),
        ubl(('version="1.0"', 'version="1.1"')),
    ],
)
def test_markup_that_does_not_stand_alone_tag_by_tag_is_never_kept(document: str):
    assert knowing(document.encode()).take(document.encode()) is None


def test_line_ends_of_windows_are_those_of_xml():
    document = PLAIN.replace(b"\n", b"\r\n")
    form = knowing(document).take(document)
    assert form is not None
    check_same(form, document)


def test_a_form_is_one_threads_at_a_time():
    kept = knowing(PLAIN)
    form = kept.take(PLAIN)
    assert form is not None
    assert kept.take(PLAIN) is None
    kept.keep(form)
    assert kept.take(PLAIN) is form


def test_threads_that_read_the_same_markup_read_their_own_texts():
    faults: list[str] = []

    def read(who: int) -> None:
        for place in range(60):
            number = f"T{who}-{place}"
            found = read_invoice(ubl(("F-2026-001", number)).encode(), "any")
            if found.number != number:
                faults.append(f"{found.number} for {number}")

    threads = [threading.Thread(target=read, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_texts_are_let_go_and_forms_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(forms, "_MOST_ELEMENTS", 500)
    monkeypatch.setattr(forms, "_MOST_SEEN", 20)
    kept = Forms()
    for number in range(30):
        document = ubl(('unitCode="HUR"', f'unitCode="U{number}"')).encode()
        for _ in range(2):
            kept.learn(document, parsed(document, LIMITS))
        form = kept.take(document)
        assert form is not None
        kept.keep(form)
        assert (form.texts, form.pieces) == ((), ())
    assert sum(len(form.elements) for form in kept._kept.values()) <= 500 + len(form.elements)
    assert len(kept._seen) <= 21


def test_invoices_of_one_business_share_their_forms_and_read_the_same():
    documents = market()
    kept = knowing(*documents)
    for document in documents:
        form = kept.take(document)
        assert form is not None
        check_same(form, document)
        kept.keep(form)


@pytest.mark.skipif(not manifest(), reason=MISSING)
def test_third_party_files_read_the_same_by_their_form():
    shared = 0
    for row in manifest():
        if not row.kind.startswith(("ubl-", "cii-")):
            continue
        content = row.path.read_bytes()
        root = parsed(content, LIMITS)
        form = knowing(content).take(as_utf8(content)) if root.tag in _READERS else None
        if form is not None:
            shared += 1
            check_same(form, content)
    assert shared > 50


def test_cii_has_forms_too():
    document = cii().encode()
    form = knowing(document).take(document)
    assert form is not None
    check_same(form, document)
