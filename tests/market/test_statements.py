"""The bank statements: valid, chained, complete, and true to what the payers meant."""

from datetime import date, timedelta
from decimal import Decimal

from lxml import etree

from inbaar.market.market import Market
from tests.corpus import corpus_file
from tests.market.playing import START, Run

NS = {"c": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"}


def signed(element: etree._Element) -> Decimal:
    amount = Decimal(element.findtext("c:Amt", namespaces=NS))
    return amount if element.findtext("c:CdtDbtInd", namespaces=NS) == "CRDT" else -amount


def own_statements(run: Run) -> list[etree._Element]:
    days = (START + timedelta(days=n) for n in range(run.market.days))
    return [etree.fromstring(f.content) for day in days if (f := run.market.statement_on(day)) is not None]


def balances(root: etree._Element) -> tuple[Decimal, Decimal]:
    opening, closing = root.findall(".//c:Bal", NS)
    return signed(opening), signed(closing)


def test_every_statement_is_valid_camt053(run: Run) -> None:
    schema = etree.XMLSchema(etree.parse(corpus_file("schemas/iso20022/camt.053.001.08.xsd")))
    for file in run.statements:
        assert schema.validate(etree.fromstring(file.content)), schema.error_log


def test_balances_chain_and_entries_explain_them(run: Run) -> None:
    statements = own_statements(run)
    assert len(statements) > 100
    previous = None
    for number, root in enumerate(statements, start=1):
        opening, closing = balances(root)
        assert previous is None or opening == previous
        assert opening + sum(signed(e) for e in root.iterfind(".//c:Ntry", NS)) == closing
        assert root.findtext(".//c:ElctrncSeqNb", namespaces=NS) == str(number)
        previous = closing


def test_a_batch_is_the_sum_of_its_details(run: Run) -> None:
    batches = [
        e
        for root in own_statements(run)
        for e in root.iterfind(".//c:Ntry", NS)
        if len(e.findall(".//c:TxDtls", NS)) > 1
    ]
    assert any(signed(batch) > 0 for batch in batches)
    assert any(signed(batch) < 0 for batch in batches)
    for batch in batches:
        assert signed(batch) == sum(signed(part) for part in batch.iterfind(".//c:TxDtls", NS))


def test_no_statement_on_closing_days_of_the_banks() -> None:
    market = Market(1, date(2026, 4, 20), 20)
    assert market.statement_on(date(2026, 5, 1)) is None
    assert market.statement_on(date(2026, 4, 25)) is None
    assert market.statement_on(date(2026, 4, 27)) is not None


def test_every_debtors_payment_is_in_a_statement_with_its_amount(run: Run) -> None:
    found = {
        part.findtext("c:Refs/c:AcctSvcrRef", namespaces=NS): signed(part)
        for root in own_statements(run)
        for part in root.iterfind(".//c:TxDtls", NS)
    }
    payments = run.market.truth.payments
    assert len(payments) > 200
    assert {p.bank_reference: p.amount for p in payments}.items() <= found.items()


def test_what_a_payment_meant_sums_to_its_amount(run: Run) -> None:
    truth = run.market.truth
    for payment in truth.payments:
        assert sum(m.amount for m in payment.meant) == payment.amount > 0
        for share in payment.meant:
            assert share.number is not None
            invoice = truth.invoices[share.number.removeprefix("C")]
            assert invoice.debtor_number == payment.debtor_number
            assert invoice.issued_on < payment.booked_on


def test_principal_paid_per_invoice_is_what_payments_meant(run: Run) -> None:
    truth = run.market.truth
    paid: dict[str, Decimal] = {}
    for payment in truth.payments:
        for share in payment.meant:
            if share.part in ("principal", "credit"):
                number = str(share.number).removeprefix("C")
                paid[number] = paid.get(number, Decimal(0)) + share.amount
    for number, invoice in truth.invoices.items():
        assert invoice.paid == paid.get(number, Decimal(0))
        assert invoice.open_amount >= 0


def test_some_files_come_twice_or_late_and_none_is_missing(run: Run) -> None:
    names = [f.name for f in run.statements]
    copies = [name for name in names if name.startswith("kopie_")]
    own = [name for name in names if not name.startswith("kopie_")]
    assert len(copies) >= 3
    assert own != sorted(own)
    assert len(own) == len(set(own)) == len(own_statements(run))
    by_name = {f.name: f.content for f in run.statements}
    assert all(by_name[name] == by_name[name.removeprefix("kopie_")] for name in copies)


def test_returns_and_reversals_occur(run: Run) -> None:
    roots = own_statements(run)
    reasons = {e.text for root in roots for e in root.iterfind(".//c:RtrInf/c:Rsn/c:Cd", NS)}
    assert reasons == {"AC04", "MD06"}
    assert any(e.text == "true" for root in roots for e in root.iterfind(".//c:RvslInd", NS))
