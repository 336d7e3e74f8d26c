"""What the official verdict does to an invoice: a fatal rule asks for a person, advice is told, and nothing twice."""

import datetime as dt

import pytest
from lxml import etree

from inbaar.intake.official import verdict
from inbaar.intake.official.alike import Examples
from inbaar.intake.official.verdict import NotJudged, breaches
from inbaar.intake.official.xpath import tree
from inbaar.intake.readers import read_invoice
from inbaar.market.documents import credit_note, planned_invoices
from inbaar.market.population import BUSINESS, population
from inbaar.market.ubl import document_xml
from tests.intake.documents import UBL, cii, ubl

BEFORE_ITEM = "<cac:Item><cbc:Name>Advies</cbc:Name>"
WRONG_UNIT = ('unitCode="HUR"', 'unitCode="UREN"')


def told(*replacements: tuple[str, str]) -> list[tuple[str, str, str]]:
    return [(p.level, p.rule, p.text) for p in read_invoice(ubl(*replacements).encode()).problems]


def test_a_fatal_rule_asks_for_a_person_and_says_where() -> None:
    read = read_invoice(ubl(WRONG_UNIT).encode())
    assert read.status == "review"
    (problem,) = read.problems
    assert (problem.level, problem.rule) == ("warning", "BR-CL-23")
    assert problem.text.startswith("Unit code MUST be coded according to the UN/ECE Recommendation 20")
    assert problem.text.endswith(" (InvoiceLine/InvoicedQuantity): ask the supplier for a corrected invoice.")


def test_the_place_says_which_of_several_lines() -> None:
    line = ubl()[ubl().index("<cac:InvoiceLine>") : ubl().index("</Invoice>")]
    assert told(("</Invoice>", line.replace(*WRONG_UNIT) + "</Invoice>"))[-1][2].endswith(
        " (InvoiceLine[2]/InvoicedQuantity): ask the supplier for a corrected invoice."
    )


def test_advice_is_told_and_changes_nothing() -> None:
    read = read_invoice(ubl(("<cbc:IssueDate>", "<cbc:UUID>7</cbc:UUID><cbc:IssueDate>")).encode())
    assert read.status == "accepted"
    assert [(p.level, p.rule, p.text) for p in read.problems] == [
        ("note", "UBL-CR-005", "A UBL invoice should not include the UUID (UUID).")
    ]


def test_what_asks_for_a_person_comes_before_advice() -> None:
    found = told(("<cbc:IssueDate>", "<cbc:UUID>7</cbc:UUID><cbc:IssueDate>"), WRONG_UNIT)
    assert [level for level, _, _ in found] == ["warning", "note"]


def test_a_rule_our_own_checks_name_is_told_once_with_the_figures() -> None:
    found = told((">242.00</cbc:PayableAmount", ">242.01</cbc:PayableAmount"))
    assert [(rule, text) for _, rule, text in found] == [
        ("BR-CO-16", "The sums do not tie: total less prepaid plus rounding is 242.00, but the amount to pay says 242.01; "
         "ask the supplier which is right."),
    ]  # fmt: skip


def test_no_official_rule_alone_refuses_an_invoice() -> None:
    """An empty party, no lines, no VAT: still readable, so still a person's to decide."""
    start, end = ubl().index("<cac:InvoiceLine>"), ubl().index("</Invoice>")
    read = read_invoice((ubl()[:start] + ubl()[end:]).encode())
    assert read.status == "review"
    assert {"BR-16", "BR-CO-10", "BR-S-01", "BR-S-08"} <= {p.rule for p in read.problems}


def test_a_rule_that_cannot_be_tested_counts_as_broken() -> None:
    twice = "<cbc:ID>F-2026-001</cbc:ID>"
    assert "BR-02" in {b.rule for b in breaches(etree.fromstring(ubl((twice, twice * 2)).encode()))}
    words = (">200.00</cbc:TaxExclusiveAmount", ">two hundred</cbc:TaxExclusiveAmount")
    assert {"BR-CO-13", "BR-CO-15"} <= {b.rule for b in breaches(etree.fromstring(ubl(words).encode()))}


@pytest.mark.parametrize(
    ("follows", "broken"),
    [
        ("urn:cen.eu:en16931:2017", {"BR-CL-23"}),
        ("urn:cen.eu:en16931:2017#compliant#urn:any:other", {"BR-CL-23"}),
        ("  urn:cen.eu:en16931:2017  ", {"BR-CL-23"}),
        ("", {"BR-01", "BR-CL-23"}),
        ("urn:www.cenbii.eu:transaction:biitrns010:ver2.0", set()),
    ],
)
def test_en_16931_binds_who_follows_it_or_says_nothing(follows: str, broken: set[str]) -> None:
    named = "urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0"
    found = breaches(etree.fromstring(ubl(WRONG_UNIT, (named, follows)).encode()))
    assert {breach.rule for breach in found} == broken


@pytest.mark.parametrize(
    ("follows", "broken"),
    [
        ("urn:cen.eu:en16931:2017", {"FX-SCH-A-000613"}),
        ("urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0", {"BR-NL-25"}),
        ("urn:factur-x.eu:1p0:basicwl", set()),
        ("urn:zugferd.de:2p0:minimum", set()),
        ("urn:ferd:CrossIndustryDocument:invoice:1p0:comfort", set()),
    ],
)
def test_the_profile_in_cii_chooses_the_set(follows: str, broken: set[str]) -> None:
    text = cii((">urn:cen.eu:en16931:2017<", f">{follows}<"), WRONG_UNIT)
    assert {breach.rule for breach in breaches(etree.fromstring(text.encode()))} == broken


def test_a_document_that_is_no_work_for_the_rules_is_said_to_be_so() -> None:
    """UBL-SR-44 compares each reference with all before it: ten thousand would take minutes."""
    many = "".join(
        f"<cac:PaymentMeans><cbc:PaymentID>{n}</cbc:PaymentID></cac:PaymentMeans>" for n in range(10_000)
    )
    text = ubl(("<cac:PaymentMeans>", many + "<cac:PaymentMeans>"))
    with pytest.raises(NotJudged):
        breaches(etree.fromstring(text.encode()))
    read = read_invoice(text.encode())
    assert read.status == "review"
    assert read.problems[-1].rule == "rules-not-run"


def test_long_lists_that_are_held_against_each_other_are_no_work_for_the_rules_either() -> None:
    """Each id of a registration is held against all of them: three thousand took many seconds."""
    number = '<ram:ID schemeID="VA">NL004495445B01</ram:ID>'
    text = cii((number, number * 3_000))
    with pytest.raises(NotJudged):
        breaches(etree.fromstring(text.encode()))


def test_an_invoice_of_thousands_of_lines_is_judged() -> None:
    line = ubl()[ubl().index("<cac:InvoiceLine>") : ubl().index("</Invoice>")]
    text = ubl(("</Invoice>", line * 4_000 + "</Invoice>"))
    assert {breach.rule for breach in breaches(etree.fromstring(text.encode()))} == {"BR-CO-10", "BR-S-08"}


def test_one_of_more_elements_than_any_invoice_has_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        verdict, "_EXAMPLES", Examples()
    )  # one judged before of the same shape would be remembered
    monkeypatch.setattr(tree, "MOST_ELEMENTS", 60)
    with pytest.raises(NotJudged):
        breaches(etree.fromstring(ubl().encode()))


def test_the_invoice_in_an_envelope_is_judged_too() -> None:
    header = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
    inner = ubl(WRONG_UNIT).partition("?>")[2]
    envelope = f'<StandardBusinessDocument xmlns="{header}">{inner}</StandardBusinessDocument>'
    assert [p.rule for p in read_invoice(envelope.encode()).problems] == ["BR-CL-23"]


def test_comments_are_not_looked_at() -> None:
    text = ubl((BEFORE_ITEM, f"<!-- x -->{BEFORE_ITEM}<!-- y -->"))
    assert breaches(etree.fromstring(text.encode())) == ()


def test_other_xml_has_no_verdict() -> None:
    assert breaches(etree.fromstring(f'<Order xmlns="{UBL}Order-2"/>')) == ()


def test_every_rule_of_the_published_sets_is_understood() -> None:
    """A test that is outside the XPath read here would raise when its set is made ready."""
    for name in verdict._PUBLISHED:
        assert verdict.published(name).rules > (60 if name == "minimum" else 150)


def test_what_the_market_writes_keeps_every_rule() -> None:
    """Invoices and credit notes to businesses, consumers and abroad: not even advice is left."""
    documents = planned_invoices(1, dt.date(2026, 1, 1), 60, 150, population(1, 120), {})
    written = [*documents, *(credit_note(document, document.issued_on) for document in documents[::5])]
    assert {document.debtor.facts.consumer for document in documents} == {True, False}
    assert len({document.debtor.facts.address.country for document in documents}) > 1
    for document in written:
        assert breaches(etree.fromstring(document_xml(document, BUSINESS))) == (), document.number
