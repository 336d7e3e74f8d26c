"""The invoice files: valid, adding up, with the odd ones where they were planted."""

from collections import Counter
from decimal import Decimal

import pytest
from lxml import etree

from inbaar.market.facts import MarketFile
from tests.corpus import corpus_file
from tests.market.playing import Run

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"


def money(root: etree._Element, path: str) -> Decimal:
    return sum((Decimal(e.text) for e in root.iterfind(path)), Decimal(0))


def whole_files(run: Run) -> list[MarketFile]:
    planted = run.market.truth.planted
    return [f for f in run.invoices if planted.get(f.name) not in ("truncated", "sums")]


@pytest.mark.parametrize("kind", ["Invoice", "CreditNote"])
def test_every_file_is_valid_ubl(run: Run, kind: str) -> None:
    schema = etree.XMLSchema(etree.parse(corpus_file(f"schemas/ubl-2.1/maindoc/UBL-{kind}-2.1.xsd")))
    roots = [etree.fromstring(f.content) for f in whole_files(run)]
    mine = [root for root in roots if etree.QName(root).localname == kind]
    assert len(mine) >= {"Invoice": 250, "CreditNote": 5}[kind]
    for root in mine:
        assert schema.validate(root), schema.error_log


def test_lines_vat_and_totals_add_up(run: Run) -> None:
    for file in whole_files(run):
        root = etree.fromstring(file.content)
        lines = [*root.iterfind(f"{CAC}InvoiceLine"), *root.iterfind(f"{CAC}CreditNoteLine")]
        net = sum((money(line, f"{CBC}LineExtensionAmount") for line in lines), Decimal(0))
        totals = root.find(f"{CAC}LegalMonetaryTotal")
        assert totals is not None
        assert net == money(totals, f"{CBC}LineExtensionAmount")
        subtotals = f"{CAC}TaxTotal/{CAC}TaxSubtotal"
        assert net == money(root, f"{subtotals}/{CBC}TaxableAmount")
        vat = money(root, f"{CAC}TaxTotal/{CBC}TaxAmount")
        assert vat == money(root, f"{subtotals}/{CBC}TaxAmount")
        assert net + vat == money(totals, f"{CBC}PayableAmount")


def test_rates_of_21_9_and_0_percent_occur(run: Run) -> None:
    rates = Counter(
        (e.findtext(f"{CBC}ID"), e.findtext(f"{CBC}Percent"))
        for f in whole_files(run)
        for e in etree.fromstring(f.content).iter(f"{CAC}TaxCategory")
    )
    assert {("S", "21"), ("S", "9"), ("Z", "0"), ("AE", "0")} == set(rates)


def test_the_truth_knows_every_total(run: Run) -> None:
    truth = run.market.truth
    for file in whole_files(run):
        root = etree.fromstring(file.content)
        payable = money(root, f"{CAC}LegalMonetaryTotal/{CBC}PayableAmount")
        number = root.findtext(f"{CBC}ID")
        if etree.QName(root).localname == "Invoice":
            assert truth.invoices[number].total == payable
        else:
            credited = root.findtext(f"{CAC}BillingReference/{CAC}InvoiceDocumentReference/{CBC}ID")
            assert truth.invoices[credited].credit_note == number
            assert truth.invoices[credited].credited == payable


def test_numbers_run_without_gaps(run: Run) -> None:
    assert [int(n[-4:]) for n in run.market.truth.invoices] == list(
        range(1, len(run.market.truth.invoices) + 1)
    )


def test_the_same_invoice_comes_again_under_another_name(run: Run) -> None:
    truth = run.market.truth
    copies = [name for name, kind in truth.planted.items() if kind == "duplicate"]
    files = {f.name: f.content for f in run.invoices}
    assert len(copies) >= 3
    for name in copies:
        original = name.removeprefix("factuur_").replace("_kopie", "")
        assert files[name] == files[original]


def test_the_cut_off_file_is_broken_and_the_whole_one_follows(run: Run) -> None:
    [name] = [name for name, kind in run.market.truth.planted.items() if kind == "truncated"]
    names = [f.name for f in run.invoices]
    [cut] = [f for f in run.invoices if f.name == name]
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(cut.content)
    assert names.index(name.replace("_onvolledig", "")) > names.index(name)


def test_one_invoice_does_not_tie_and_nobody_pays_it(run: Run) -> None:
    [name] = [name for name, kind in run.market.truth.planted.items() if kind == "sums"]
    [file] = [f for f in run.invoices if f.name == name]
    root = etree.fromstring(file.content)
    totals = root.find(f"{CAC}LegalMonetaryTotal")
    assert totals is not None
    vat = money(root, f"{CAC}TaxTotal/{CBC}TaxAmount")
    gap = money(totals, f"{CBC}PayableAmount") - money(totals, f"{CBC}TaxExclusiveAmount") - vat
    assert gap == Decimal("10.00")
    assert run.market.truth.invoices[name[:-4]].paid == 0
