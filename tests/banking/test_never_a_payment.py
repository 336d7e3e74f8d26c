"""Money that looks like a payment of an invoice and is none: it waits for a person and the invoice stays open."""

from decimal import Decimal

import pytest

from inbaar.banking.actions import import_statement_file
from inbaar.banking.models import Entry
from inbaar.banking.queries import unmatched_entries
from inbaar.kit.scope import client_scope
from inbaar.parties.models import DebtorIban
from tests.banking.books import DAY, NOW, assert_books_tie, draft, invoiced, matched, open_amounts, received
from tests.banking.camt import PAYER, Line, camt_file

pytestmark = pytest.mark.django_db
NAMED = camt_file([Line("121.00", "factuur 2026-0001")])
MT940 = """:20:S1
:25:NL91ABNA0417164300
:28C:1/1
:60F:C260301EUR1000,00
:61:2603020302C121,00{kind}NONREF//B1
:86:/IBAN/NL20INGB0001234567/NAME/Jansen Bouw B.V./REMI/factuur 2026-0001
:62F:C260302EUR1121,00
"""


def code(sub_family: str) -> bytes:
    return (
        b"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>%b</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls>"
        % sub_family.encode()
    )


@pytest.fixture(autouse=True)
def _in_scope(client_a):
    with client_scope(client_a.id):
        yield
        assert_books_tie()


@pytest.mark.parametrize(
    ("content", "comes_back"),
    [
        (NAMED, False),
        (NAMED.replace(b"</TxDtls>", b"<RtrInf><AddtlInf>terug</AddtlInf></RtrInf></TxDtls>"), True),
        (NAMED.replace(b"<NtryDtls>", code("ESCT")), False),
        *((NAMED.replace(b"<NtryDtls>", code(sub)), True) for sub in ("RRTN", "UPDD", "PRDD", "RPCR")),
        (NAMED.replace(b"<Sts>", b"<RvslInd>true</RvslInd><Sts>"), True),
        (MT940.format(kind="NTRF").encode(), False),
        (MT940.format(kind="NRTI").encode(), True),
    ],
)
def test_what_comes_back_pays_no_invoice_even_if_it_names_it(client_a, content, comes_back):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    import_statement_file(client_a.id, content, "s", NOW)
    matched(client_a)
    entry = Entry.objects.get()
    told = (entry.state, entry.reason, open_amounts([invoice]))
    if comes_back:
        assert told == ("unmatched", "returned", [Decimal("121.00")])
    else:
        assert told == ("matched", "number", [Decimal(0)])


def test_the_number_of_a_paid_invoice_does_not_pay_the_one_it_begins_with(client_a):
    longer, shorter = invoiced(client_a, draft("2026-0042-1"), draft("2026-0042"))
    received(client_a, Line("121.00", "factuur 2026-0042-1"))
    matched(client_a)
    assert open_amounts([longer, shorter]) == [Decimal(0), Decimal("121.00")]
    received(client_a, Line("121.00", "nogmaals 2026-0042-1"), Line("21.00", "rest 2026-0042-1"), number="2")
    matched(client_a)
    assert open_amounts([shorter]) == [Decimal("121.00")]
    assert [entry.reason_code for entry in unmatched_entries()] == ["paid-already"] * 2
    received(client_a, Line("121.00", "factuur 2026-0042"), number="3")
    matched(client_a)
    assert open_amounts([shorter]) == [Decimal(0)]


def test_of_more_open_invoices_than_are_compared_no_amount_is_the_only_one(client_a):
    first, *others = invoiced(client_a, *(draft(f"2026-{n:04d}", f"{1000 + n}.00") for n in range(201)))
    DebtorIban.objects.create(client=client_a, debtor=first.debtor, iban=PAYER, known_since=DAY)
    received(client_a, Line("1000.00", "zie bijlage"), Line("1000.00", "factuur 0000", iban=""))
    matched(client_a)
    assert open_amounts([first]) == [Decimal("1000.00")]
    waiting = unmatched_entries("en")
    assert {entry.reason_code for entry in waiting} <= {"too-many-open", "name-only", "amount-only"}
    assert "too-many-open" in {entry.reason_code for entry in waiting}
    assert all(first.id in {s.invoice_id for s in entry.suspects} for entry in waiting)
    received(client_a, Line("1001.00", "factuur 2026-0001"), number="2")
    matched(client_a)
    assert open_amounts(others[:1]) == [Decimal(0)]


def test_payments_of_a_batch_in_another_currency_are_not_taken_for_the_entrys(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001", "60.00"))
    parts = (Line("60.00", "factuur 2026-0001"), Line("61.00", "factuur 2026-0002"))
    batch = camt_file([Line("121.00", "batch", parts=parts)])
    foreign = batch.replace(b'<Amt Ccy="EUR">60.00', b'<Amt Ccy="USD">60.00')
    assert foreign != batch
    import_statement_file(client_a.id, foreign, "s", NOW)
    matched(client_a)
    entry = Entry.objects.get()
    assert (entry.amount, entry.currency, entry.state) == (Decimal("121.00"), "EUR", "unmatched")
    assert open_amounts([invoice]) == [Decimal("60.00")]
