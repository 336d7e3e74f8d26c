"""The official verdict on third-party files: per rule id the same as the published rule sets give, or why not.

The manifest keeps what those sets found when they were run as they are published; the rule test sets state in each
wrapper which rule a small document keeps or breaks; the Dutch test files name their rule in the file name.
"""

import re

import pytest
from lxml import etree

from inbaar.intake.official.verdict import breaches
from inbaar.intake.readers.pdf import attached_xml
from inbaar.intake.readers.source import Limits
from inbaar.intake.readers.xml import parsed
from tests.corpus import CorpusRow, corpus_rows, manifest

VERDICT = re.compile(r"rules fatal:(\S+) warning:(\S+)")
#: EN 16931 was run in full over these, but their profiles leave out what the rules ask for: their own set decides.
LESS_THAN_EN16931 = "its profile has less than EN 16931, and the set of that profile is kept"
NOT_IN_CII = "the set for CII that is published with Factur-X has this rule as one of its code lists (FX-SCH)"
OTHER_CIUS = "code lists in CII are only checked for documents that follow EN 16931 or Factur-X themselves"
#: Where the fatal rules differ from the manifest: (only we, only the manifest, why).
DIFFERENT: dict[str, tuple[set[str], set[str], str]] = {
    "cii/akretion/factur-x-basicwl.xml": (set(), {"BR-16", "BR-CO-10", "BR-E-01", "BR-E-08", "BR-S-08"}, LESS_THAN_EN16931),
    "cii/akretion/factur-x-minimum.xml": (
        set(), {"BR-10", "BR-11", "BR-12", "BR-16", "BR-CO-10", "BR-CO-13", "BR-CO-14"}, LESS_THAN_EN16931),
    "cii/mustang-validator/FAIL_zugferd_2p1_MINIMUM_Rechnung_380.xml": (
        set(), {"BR-16", "BR-CO-10", "BR-CO-14"}, LESS_THAN_EN16931),
    "cii/mustang/facturFrMinimum.xml": (
        set(), {"BR-12", "BR-16", "BR-CO-10", "BR-CO-13", "BR-CO-14", "BR-CO-16", "CII-DT-031"}, LESS_THAN_EN16931),
    "cii/mustang-validator/roundingDifferenceIsInTolerance.xml": (
        set(), {"BR-S-10"}, "the extended profile allows what EN 16931 does not"),
    "cii/mustang-validator/validZREtestZugferd.xml": (
        {"BR-CO-25"}, {"CII-DT-027", "CII-DT-031"}, "the set of the extended profile asks for other things"),
    "cii/mustang/lastschrift_iban_bug.xml": ({"CII-SR-465"}, set(), "a warning in the set the manifest was made with"),
    "facturx-triples/cii/EN16931_RechnungsUebertragung.cii.xml": ({"FX-SCH-A-000571"}, {"BR-CL-25"}, NOT_IN_CII),
    "cii/nlcius-cii/NLCIUS-CII_error_BR-NL-10.xml": ({"BR-NL-10"}, set(), "the manifest has no Dutch rules for CII"),
    "xrechnung-pairs/02.01a-cvd_INVOICE_uncefact.xml": (set(), {"BR-CL-13"}, OTHER_CIUS),
    "xrechnung-pairs/04.05a-INVOICE_uncefact.xml": (set(), {"BR-CL-10", "BR-CL-21"}, OTHER_CIUS),
    "ubl/si-ubl-2.0/SI-UBL-2.0_error_no_customizationid.xml": (
        set(), {"cbc:CustomizationID"}, "it does not say that it is SI-UBL, so BR-01 says what is wrong"),
    **{
        f"ubl/peppol-bis3-nl/PB3_{name}error.xml": ({name.split("_")[0]}, set(), "the manifest has no rules of Peppol")
        for name in ("NL-R-001_CreditNote_", "NL-R-003_", "NL-R-004_", "NL-R-005_", "NL-R-007_")
    },
}  # fmt: skip
#: Warnings named otherwise by the published set, which numbers the places of one rule and calls both codes BR-NL-32.
SAME_WARNING = {
    "BR-NL-27": "BR-NL-27-",
    "BR-NL-28": "BR-NL-28-",
    "BR-NL-32": "BR-NL-32-1",
    "BR-NL-34": "BR-NL-32-1",
}
#: Warnings only the set for CII of Factur-X has, and those only the other set for CII has.
ONLY_FACTURX, ONLY_CII = "PEPPOL-EN16931-R008", re.compile(r"CII-SR-\d+")
#: Two names for one party stop the published rules; here the rule that could not be tested counts as broken.
STOPPED = {
    "SI-UBL-2.0_UBL-SR-09_error_multiple_legalentity_registrationname.xml": ["BR-06", "UBL-SR-09"],
    "SI-UBL-2.0_UBL-SR-15_error_multiple_legalentity_registrationname.xml": ["BR-07", "UBL-SR-15"],
}
NAMED = re.compile(r"(?:^|_)((?:BR-NL|BR-S|NL-R|UBL-SR)-\d+)_.*?(ok|error|warning)")
#: Files whose name says one rule and whose content breaks the next: both are about the type code.
NAMED_OTHERWISE = {"SI-UBL-2.0_BR-NL-7_error_381_invoice.xml": "BR-NL-8"}


def document(row: CorpusRow) -> etree._Element:
    return etree.parse(row.path, etree.XMLParser(remove_comments=True, remove_pis=True)).getroot()


def broken(root: etree._Element) -> tuple[set[str], set[str]]:
    """The fatal rules and the warnings."""
    found = breaches(root)
    return {b.rule for b in found if b.fatal}, {b.rule for b in found if not b.fatal}


def with_verdict(*kinds: str) -> list[object]:
    return [
        row for row in corpus_rows(*kinds) if row.values[0] is None or VERDICT.search(row.values[0].checked)
    ]


@pytest.mark.parametrize("row", with_verdict("ubl-invoice-*", "ubl-or-cii-pair-*", "cii-invoice-*"))
def test_the_verdict_is_that_of_the_published_rules(row: CorpusRow) -> None:
    fatal, warnings = broken(document(row))
    published = VERDICT.search(row.checked)
    assert published is not None
    expected = set(published[1].split(",")) - {"none"}
    only_we, only_they, _ = DIFFERENT.get(row.file, (set(), set(), ""))
    assert (fatal - expected, expected - fatal) == (only_we, only_they)
    said = set(published[2].split(",")) - {"none"}
    for warning in warnings - said - {ONLY_FACTURX}:
        assert any(other.startswith(SAME_WARNING.get(warning, warning)) for other in said), warning
    for warning in said - warnings:
        same = any(warning.startswith(theirs) and ours in warnings for ours, theirs in SAME_WARNING.items())
        assert same or ONLY_CII.fullmatch(warning), warning


def test_each_difference_is_one() -> None:
    """A difference that is gone must leave the table."""
    if not manifest():
        pytest.skip("no third-party files")
    files = {row.file for row in manifest()}
    assert set(DIFFERENT) <= files


@pytest.mark.parametrize("row", corpus_rows("ubl-rule-testset"))
def test_each_document_of_a_rule_test_set_keeps_or_breaks_its_rule(row: CorpusRow) -> None:
    tests = document(row).findall("{*}test")
    assert len(tests) == row.expected["documents"]
    stated = 0
    for number, test in enumerate(tests):
        invoice = next(child for child in test if etree.QName(child).localname in ("Invoice", "CreditNote"))
        fatal, warnings = broken(invoice)
        for verdict in test.find("{*}assert"):
            kind, rule = etree.QName(verdict).localname, (verdict.text or "").strip()
            if kind in ("success", "error", "fatal", "warning"):
                stated += 1
                found = rule in (
                    warnings if kind == "warning" else fatal | warnings if kind == "success" else fatal
                )
                assert found == (kind != "success"), f"{row.file}#{number} {kind}:{rule}"
    assert stated >= len(tests)


@pytest.mark.parametrize(
    "row", corpus_rows("ubl-invoice-nl-error", "ubl-invoice-nl-ok", "ubl-invoice-nl-warning")
)
def test_the_dutch_files_break_the_rule_in_their_name(row: CorpusRow) -> None:
    name = row.file.rsplit("/", 1)[-1]
    fatal, warnings = broken(document(row))
    if name in STOPPED:
        assert sorted(fatal) == STOPPED[name]
    found = NAMED.search(name)
    rule = NAMED_OTHERWISE.get(name, found[1] if found else "BR-01")
    if row.kind == "ubl-invoice-nl-ok":
        assert (fatal, warnings) == (set(), set())
    elif row.kind == "ubl-invoice-nl-warning":
        assert (fatal, warnings) == (set(), {rule})
    else:
        assert rule in fatal


@pytest.mark.parametrize("row", corpus_rows("ubl-invoice-nl-gaccount"))
def test_the_files_with_a_g_account(row: CorpusRow) -> None:
    published = VERDICT.search(row.checked)
    assert published is not None
    assert broken(document(row)) == (set(published[1].split(",")) - {"none"}, set())


@pytest.mark.parametrize(
    "row", corpus_rows("ubl-invoice-nl-legacy-ok", "ubl-invoice-oca", "ubl-invoice-nl-version")
)
def test_what_follows_another_standard_is_not_judged_by_this_one(row: CorpusRow) -> None:
    assert breaches(document(row)) == ()


#: Factur-X files that break a rule of their own profile, all older than the codes and the rules of today.
FACTURX_BREAKS = {
    "facturx/Facture_UE_BASICWL.pdf": {"BR-IC-11", "BR-IC-12"},
    "facturx/MustangGnuaccountingBeispielRE-20190610_507.pdf": {"FX-SCH-A-000581"},
    "facturx/zugferd_2p0_EXTENDED_Fremdwaehrung.pdf": {
        "FX-SCH-A-000704",
        "FX-SCH-A-000973",
        "FX-SCH-A-001137",
    },
    "facturx/zugferd_2p0_EXTENDED_InnergemeinschLieferungMehrereBestellungen.pdf": {"FX-SCH-A-000704"},
    "facturx/zugferd_2p0_EXTENDED_Rechnungskorrektur.pdf": {"FX-SCH-A-001084"},
    "facturx/zugferd_2p0_EXTENDED_Warenrechnung.pdf": {"FX-SCH-A-001084"},
    "facturx/zugferd_2p1_EXTENDED_Fremdwaehrung.pdf": {
        "FX-SCH-A-000704",
        "FX-SCH-A-000973",
        "FX-SCH-A-001137",
    },
    "facturx-triples/pdf/EN16931_RechnungsUebertragung.pdf": {"FX-SCH-A-000571"},
}


@pytest.mark.parametrize("row", corpus_rows("facturx-pdf"))
def test_factur_x_files_keep_the_rules_of_their_profile(row: CorpusRow) -> None:
    fatal, _ = broken(parsed(attached_xml(row.path.read_bytes(), Limits())[0], Limits()))
    assert fatal == FACTURX_BREAKS.get(row.file, set())
