"""A person puts right what was read from a page: it is taken in as he says, and remembered for the client's next invoice."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.intake.actions import InvoiceFile, take_in_invoices
from inbaar.intake.models import Learned as LearnedRow
from inbaar.intake.models import Reading
from inbaar.intake.readers import read_invoice, words_on_pages
from inbaar.intake.readers.page.layout import layout_of
from inbaar.intake.readers.page.learned import Learned
from inbaar.intake.readers.page.learning import labels_beside
from inbaar.intake.reviewing import Look, accept_looked_at, learned_of
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.models import Invoice
from tests.conftest import make_client
from tests.intake.pages import page_pdf

TODAY = dt.date(2026, 7, 1)
NOW = dt.datetime(2026, 7, 1, 9, tzinfo=dt.UTC)
SELLER = "Zaagmolen B.V."


def invoice_page(
    number: str = "ZM-77/12", total: str = "242,00", name: str = SELLER, label: str = "Zaagbon"
) -> bytes:
    """An invoice whose number stands by a word that nobody else uses for it, unless `label` is a usual one."""
    return page_pdf(
        (50, 790, name), (50, 775, "Molenweg 1"), (50, 760, "1541 NA Koog aan de Zaan"), (50, 745, "KvK 59581883"),
        (50, 730, "IBAN NL91ABNA0417164300"),
        (50, 690, "Factuur aan"), (50, 675, "Bakkerij Jansen B.V."), (50, 660, "Dorpsstraat 3"), (50, 645, "1234 AB Ede"),
        (50, 600, "FACTUUR"),
        (50, 580, label), (150, 580, number), (50, 565, "Factuurdatum"), (150, 565, "15-06-2026"),
        (50, 550, "Vervaldatum"), (150, 550, "29-06-2026"),
        (50, 500, "Subtotaal"), (300, 500, "€ 200,00"), (50, 485, "BTW 21%"), (300, 485, "€ 42,00"),
        (50, 470, "Totaal te betalen"), (300, 470, f"€ {total}"),
    )  # fmt: skip


def look(said: dict[str, str], *, credit_note: bool = False) -> Look:
    return Look(said, credit_note, "Eva", TODAY, NOW)


@pytest.fixture
def seller(db):
    return make_client(SELLER, "59581883")


def take_in(client, content: bytes, name: str = "factuur.pdf"):
    with client_scope(client.id):
        (result,) = take_in_invoices(client.id, [InvoiceFile(name, content)], TODAY, NOW, "upload")
        return result, Reading.objects.order_by("-id").first()


def test_the_words_beside_a_value_are_its_label():
    pages = words_on_pages(invoice_page())
    layout = layout_of(pages.pages, pages.count)
    assert labels_beside(layout, "number", "ZM-77/12") == ("zaagbon",)
    assert labels_beside(layout, "total", "242.00") == ("totaaltebetalen",)
    assert labels_beside(layout, "due_date", "2026-06-29") == ("vervaldatum",)
    assert labels_beside(layout, "number", "staat er niet") == ()


def test_a_learned_label_names_the_field_on_the_next_page_and_goes_before_the_usual_ones():
    assert read_invoice(invoice_page()).number is None
    learned = Learned(labels={"zaagbon": "number"})
    assert read_invoice(invoice_page(), learned=learned).number == "ZM-77/12"
    other = Learned(labels={"betreft": "number"})
    assert read_invoice(invoice_page(), learned=other).number is None


def test_what_a_person_says_is_taken_in_and_remembered(seller):
    result, reading = take_in(seller, invoice_page())
    assert result.outcome == "review"
    with client_scope(seller.id):
        answer = accept_looked_at(
            seller.id, reading.id, look({"number": "ZM-77/12", "customer.name": "Bakkerij Jansen"})
        )
        assert answer.outcome == "accepted"
        invoice = Invoice.objects.get()
        assert (invoice.number, invoice.payable, invoice.due_date) == (
            "ZM-77/12",
            Decimal("242.00"),
            dt.date(2026, 6, 29),
        )
        reading.refresh_from_db()
        assert (reading.outcome, reading.number, reading.looked_at_by) == ("accepted", "ZM-77/12", "Eva")
        assert reading.corrected == {"number": "ZM-77/12", "customer.name": "Bakkerij Jansen"}
        assert "number" not in reading.read["fields"]  # what was read stays as it was read
        assert learned_of(seller.id).labels == {"zaagbon": "number"}
    _, following = take_in(seller, invoice_page("ZM-78/12"), "volgende.pdf")
    assert following.read["fields"]["number"]["value"] == "ZM-78/12"


def test_another_client_learns_nothing_of_it(seller):
    _, reading = take_in(seller, invoice_page())
    with client_scope(seller.id):
        accept_looked_at(seller.id, reading.id, look({"number": "ZM-77/12"}))
    other = make_client("Anders B.V.", "90000002")
    with client_scope(other.id):
        assert learned_of(other.id) == Learned()
        assert not LearnedRow.objects.exists()


def test_a_value_of_the_supplier_that_is_misread_is_put_right_the_next_time(seller):
    _, reading = take_in(seller, invoice_page(name="ZAAGMOLEN"))
    read_name = reading.read["fields"].get("supplier.name", {"value": ""})["value"]
    with client_scope(seller.id):
        accept_looked_at(seller.id, reading.id, look({"number": "ZM-77/12", "supplier.name": SELLER}))
        assert learned_of(seller.id).values == {("supplier.name", read_name): SELLER}
    _, following = take_in(seller, invoice_page("ZM-78/12", name="ZAAGMOLEN"), "volgende.pdf")
    assert following.read["fields"]["supplier.name"]["value"] == SELLER


def test_what_is_still_missing_is_said_and_nothing_is_changed(seller):
    _, reading = take_in(seller, invoice_page())
    with client_scope(seller.id):
        with pytest.raises(Refused) as refused:
            accept_looked_at(seller.id, reading.id, look({"customer.name": "", "payable": ""}))
        assert {refusal.code for refusal in refused.value.refusals} == {"BR-02", "BR-07", "BR-15"}
        reading.refresh_from_db()
        assert reading.outcome == "review"
        assert not Invoice.objects.exists()
        assert not LearnedRow.objects.exists()


def test_it_is_taken_in_once_however_often_it_is_sent(seller):
    _, reading = take_in(seller, invoice_page())
    with client_scope(seller.id):
        accept_looked_at(seller.id, reading.id, look({"number": "ZM-77/12"}))
        with pytest.raises(Refused) as refused:
            accept_looked_at(seller.id, reading.id, look({"number": "ZM-77/12"}))
        assert refused.value.refusals[0].code == "not-in-review"
        assert Invoice.objects.count() == 1


def test_sums_that_do_not_tie_are_told_again_but_a_person_decides(seller):
    from inbaar.intake.correcting import corrected
    from inbaar.intake.reviewing import kept_reading

    _, reading = take_in(seller, invoice_page())
    read = corrected(kept_reading(reading.read, "x.pdf"), {"number": "1", "net": "100.00"})
    assert [problem.rule for problem in read.problems] == ["BR-CO-15"]
    assert read.status == "review"


def test_an_e_invoice_is_not_put_right_by_hand(seller):
    from inbaar.intake.correcting import corrected
    from tests.intake.documents import ubl

    with pytest.raises(ValueError, match="ubl"):
        corrected(read_invoice(ubl().encode()), {"number": "1"})
