"""Our checks against the official verdicts: where we name an official rule, the official rule set names it too.

The manifest keeps, for each e-invoice, the fatal rules the published rule sets found; the rule test sets hold small
documents that each state which rule they keep or break.
"""

import re
from typing import Any

import pytest
from lxml import etree

from inbaar.intake.readers import read_invoice
from tests.corpus import CorpusRow, corpus_rows

#: The official rules that our checks repeat.
OURS = {
    "BR-01", "BR-02", "BR-03", "BR-04", "BR-05", "BR-06", "BR-07", "BR-15", "BR-CL-01", "BR-CL-04",
    "BR-CO-10", "BR-CO-11", "BR-CO-12", "BR-CO-13", "BR-CO-14", "BR-CO-15", "BR-CO-16", "BR-CO-17",
    "BR-CO-26", "BR-DEC-09", "BR-DEC-10", "BR-DEC-11", "BR-DEC-12", "BR-DEC-13", "BR-DEC-14",
    "BR-DEC-16", "BR-DEC-17", "BR-DEC-18", "CII-DT-031", "UBL-SR-09", "UBL-SR-11", "UBL-SR-12",
    "UBL-SR-15", "UBL-SR-17", "UBL-SR-18", "UBL-SR-44",
}  # fmt: skip
#: Profiles without lines: the rules of EN 16931 that need lines do not apply to them by their own standard.
WITHOUT_LINES = ("minimum", "basicwl")
VERDICT = re.compile(r"rules fatal:(\S+)")
NEED_LINES = {"BR-CO-10", "BR-CO-13", "BR-CO-14"}
#: Where we rightly do not repeat the official verdict, with the reason.
DIFFERENT = {
    (
        "ubl/en16931-rule-tests/creditnote/BR-04.xml#1",
        "BR-04",
    ): "a UBL CreditNote says by its root what it is",
}


def judged(*kinds: str) -> list[Any]:
    """The files on which the manifest keeps a verdict of the official rules."""
    return [
        row for row in corpus_rows(*kinds) if row.values[0] is None or VERDICT.search(row.values[0].checked)
    ]


@pytest.mark.parametrize("row", judged("ubl-invoice-*", "ubl-or-cii-pair-*", "cii-invoice-*"))
def test_agrees_with_the_official_verdict(row: CorpusRow) -> None:
    verdict = VERDICT.search(row.checked)
    assert verdict is not None
    official = set(verdict[1].split(",")) & OURS
    if str(row.expected.get("profile", "")).endswith(WITHOUT_LINES):
        official -= NEED_LINES
    ours = {problem.rule for problem in read_invoice(row.path).problems} & OURS
    assert {rule for rule in ours ^ official if (row.file, rule) not in DIFFERENT} == set()


@pytest.mark.parametrize("row", corpus_rows("ubl-rule-testset"))
def test_refuses_the_wrapper_and_judges_its_documents(row: CorpusRow) -> None:
    wrapper = read_invoice(row.path, row.file)
    assert wrapper.status == "refused"
    assert wrapper.problems[0].rule == "unknown-root"
    tests = etree.parse(row.path).getroot().findall("{*}test")
    assert len(tests) == row.expected["documents"]
    for number, test in enumerate(tests):
        document = next(child for child in test if etree.QName(child).localname in ("Invoice", "CreditNote"))
        ours = {problem.rule for problem in read_invoice(etree.tostring(document)).problems}
        for verdict in test.find("{*}assert"):
            rule = (verdict.text or "").strip()
            kind = etree.QName(verdict).localname
            if (
                rule in OURS
                and kind in ("success", "error")
                and (f"{row.file}#{number}", rule) not in DIFFERENT
            ):
                assert (rule in ours) == (kind == "error"), f"{row.file}#{number} {kind}:{rule}"
