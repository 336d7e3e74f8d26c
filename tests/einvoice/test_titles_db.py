"""From the books themselves: the payee of an e-invoice is who owns the claim on the day, by the titles that are kept."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.einvoice.files import cii_document, file_of, ubl_document
from inbaar.einvoice.queries import invoice_facts
from inbaar.intake.actions import InvoiceFile, take_in_invoices
from inbaar.intake.readers import read_invoice
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import Customer, Draft, accept_invoices
from inbaar.receivables.models import Title
from tests.conftest import make_client
from tests.einvoice.samples import FACTOR, OWNER, SELLER, SOLD_ON
from tests.intake.documents import cii, pdf, ubl
from tests.sql_watch import statements

pytestmark = pytest.mark.django_db
DAY, NOW = dt.date(2026, 3, 3), dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC)


@pytest.fixture
def client(db):
    return make_client(SELLER.name, SELLER.kvk)


def take_in(client, *contents):
    """Invoices of these files, in order."""
    files = [InvoiceFile(f"{place}.xml", content) for place, content in enumerate(contents)]
    found = take_in_invoices(client.id, files, DAY, NOW, "upload")
    assert [each.outcome for each in found] == ["accepted"] * len(files), found
    return [each.invoice_id for each in found]


def sell(client, invoice_id, on=SOLD_ON):
    """The claim passes to the factor on a day, as the books keep it."""
    title = Title.objects.get(invoice_id=invoice_id)
    title.period = (title.period.lower, on)
    title.save(update_fields=["period"])
    Title.objects.create(
        client_id=client.id, invoice_id=invoice_id, owner_name=FACTOR.name, owner_kvk=FACTOR.kvk,
        payee_iban=FACTOR.iban, period=(on, None), deed="akte 12", notified_on=on,
    )  # fmt: skip


def payees(client, invoice_id, on):
    """Name and account of the payee in both forms on a day."""
    known = invoice_facts(client.id, [invoice_id], on)[invoice_id]
    read = [read_invoice(file_of(write(known)), "x").found for write in (ubl_document, cii_document)]
    return [(found.get("payee.name"), found["iban"]) for found in read]


@pytest.mark.parametrize("content", [ubl().encode(), cii().encode(), pdf(("factur-x.xml", cii().encode()))])
@pytest.mark.requirement("BEY-29")
def test_the_payee_follows_the_title_by_day(client, content):
    with client_scope(client.id):
        (invoice_id,) = take_in(client, content)
        assert payees(client, invoice_id, SOLD_ON) == [(None, OWNER.iban)] * 2
        sell(client, invoice_id)
        assert payees(client, invoice_id, SOLD_ON - dt.timedelta(1)) == [(None, OWNER.iban)] * 2
        assert payees(client, invoice_id, SOLD_ON) == [(FACTOR.name, FACTOR.iban)] * 2
        assert payees(client, invoice_id, dt.date(2026, 3, 1)) == [(None, OWNER.iban)] * 2


def test_a_claim_nobody_owns_has_no_payee(client):
    with client_scope(client.id):
        (invoice_id,) = take_in(client, ubl().encode())
        Title.objects.filter(invoice_id=invoice_id).update(period=(DAY, SOLD_ON))
        assert payees(client, invoice_id, DAY) == [(None, OWNER.iban)] * 2
        with pytest.raises(Refused, match="nobody owns the claim"):
            payees(client, invoice_id, SOLD_ON)


def test_what_was_never_an_e_invoice_is_refused_as_long_as_its_vat_by_rate_is_not_known(client):
    draft = Draft(
        number="P-1", kind="invoice", issue_date=DAY, due_date=DAY, received_on=DAY, currency="EUR",
        net=Decimal("100.00"), vat=Decimal("21.00"), total=Decimal("121.00"), payable=Decimal("121.00"),
        customer=Customer(name="Tuin & Zn. V.O.F.", kvk="12345678"), payee_iban=OWNER.iban,
    )  # fmt: skip
    with client_scope(client.id):
        (answer,) = accept_invoices(client.id, [draft], NOW)
        facts = invoice_facts(client.id, [answer.invoice_id], DAY)[answer.invoice_id]
        assert facts.original is None
        with pytest.raises(Refused) as refused:
            ubl_document(facts)
    assert refused.value.code == "vat-breakdown-missing"


def test_facts_of_many_take_one_statement_and_are_those_of_the_client_in_scope(client, client_b):
    contents = [ubl(("F-2026-001", f"F-{place}{place}")).encode() for place in range(5)]
    with client_scope(client.id):
        ids = take_in(client, *contents)
        with statements() as seen:
            found = invoice_facts(client.id, ids, DAY)
    assert [found[each].number for each in ids] == [f"F-{place}{place}" for place in range(5)]
    assert len(seen) == 1
    assert {facts.original.content for facts in found.values()} == set(contents)
    with client_scope(client_b.id):
        assert invoice_facts(client_b.id, ids, DAY) == {}
        assert invoice_facts(client.id, ids, DAY) == {}
