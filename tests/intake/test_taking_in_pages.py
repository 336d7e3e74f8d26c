"""A PDF read from its page becomes an invoice by itself only where all is certain and its numbers are this client's."""

import datetime as dt

import pytest

from inbaar.intake.actions import InvoiceFile, TakenIn, accept_reviewed, take_in_invoices
from inbaar.intake.models import Reading
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.models import Invoice
from tests.conftest import make_client
from tests.intake.documents import written
from tests.intake.test_pages import PAGE

pytestmark = pytest.mark.django_db
ON, NOW = dt.date(2026, 11, 23), dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


def take_in(client, text: str) -> TakenIn:
    with client_scope(client.id):
        (result,) = take_in_invoices(
            client.id, [InvoiceFile("factuur.pdf", written(text))], ON, NOW, "upload"
        )
    return result


def test_a_certain_page_of_the_client_is_an_invoice():
    client = make_client("Zaagmolen B.V.", "59581883")
    assert take_in(client, PAGE).outcome == "accepted"
    with client_scope(client.id):
        invoice = Invoice.objects.get()
        kept = Reading.objects.get().read["fields"]["number"]
    assert (invoice.number, str(invoice.payable), invoice.payment_reference) == (
        "2026-0481",
        "242.00",
        "RF18539007547034",
    )
    assert (kept["value"], kept["page"], kept["confidence"]) == ("2026-0481", 1, 0.95)
    assert len(kept["box"]) == 4


@pytest.mark.parametrize(
    ("name", "kvk", "rule"),
    [
        ("Zaagmolen B.V.", "12345678", "supplier-not-client"),  # another company of the same name
        ("Bouwmeester B.V.", "24330087", "supplier-not-client"),
        ("Zaagmolen B.V.", "", "supplier-by-name"),  # known by name alone
    ],
)
def test_a_certain_page_of_somebody_else_waits(name: str, kvk: str, rule: str):
    client = make_client(name, kvk)
    result = take_in(client, PAGE)
    assert (result.outcome, [problem.rule for problem in result.problems]) == ("review", [rule])
    with client_scope(client.id):
        assert not Invoice.objects.exists()


def test_a_page_that_is_not_certain_waits_and_a_person_accepts_it():
    client = make_client("Zaagmolen B.V.", "59581883")
    result = take_in(client, PAGE.replace("KvK 12345678\n", ""))
    assert (result.outcome, [problem.rule for problem in result.problems]) == ("review", ["read-from-page"])
    with client_scope(client.id):
        answer = accept_reviewed(client.id, Reading.objects.get().id, ON, NOW)
        assert answer.outcome == "accepted"
        assert Invoice.objects.get().number == "2026-0481"


@pytest.mark.parametrize(
    ("printed", "lacking"),
    [
        ("Factuurnummer: 2026-0481", "number"),
        ("Factuurdatum: 22 nov 2026", "issue date"),
        ("Tuin & Zn. V.O.F.", "customer"),
    ],
)
def test_what_lacks_a_fact_cannot_be_accepted_and_says_which(printed: str, lacking: str):
    client = make_client("Zaagmolen B.V.", "59581883")
    assert take_in(client, PAGE.replace(printed, "")).outcome == "review"
    with client_scope(client.id):
        with pytest.raises(Refused, match=lacking):
            accept_reviewed(client.id, Reading.objects.get().id, ON, NOW)
        assert not Invoice.objects.exists()


def test_a_quote_is_kept_with_its_reason_and_nothing_else():
    client = make_client("Zaagmolen B.V.", "59581883")
    result = take_in(client, PAGE.replace("# Factuur", "# Offerte"))
    assert (result.outcome, result.problems[0].rule) == ("refused", "not-an-invoice")
    with client_scope(client.id):
        assert not Invoice.objects.exists()
