"""Addresses that mail comes back from surface: on the overview, in the list of debtors, on the debtor's page, on the timeline."""

import pytest

from inbaar.dunning.models import Schedule
from inbaar.dunning.returned import take_back_returned_letter
from inbaar.kit.scope import client_scope
from inbaar.letters.models import BadAddress, Delivery
from tests.dunning.scenario import BAKERY, NOW, day
from tests.web.test_acts import TODAY, books_of, eva, post
from tests.web.test_pages import plain

__all__ = ["books_of", "eva"]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("ASK-14")]


@pytest.fixture
def came_back(books_of):
    """A reminder that came back; gives the invoice and its debtor."""
    invoice = books_of.invoice("F-1", "2026-09-20")
    books_of.run(TODAY)
    with client_scope(books_of.client.id):
        key = Delivery.objects.get().message_id
        assert take_back_returned_letter(
            books_of.client.id, f"<{key}@example.nl>", "550 5.1.1 unknown", day(TODAY), NOW
        )
        return invoice, Schedule.objects.get().debtor_id


def test_it_is_told_wherever_a_person_looks(eva, came_back):
    invoice, debtor = came_back
    assert "1 debiteur van wie de mail terugkomt" in plain(eva.get("/"))
    assert BAKERY.name in plain(eva.get("/debtors/?state=unreachable"))
    page = plain(eva.get(f"/debtors/{debtor}/"))
    assert "Mail aan dit adres kwam terug op 28 sep 2026" in page
    assert "er gaat niets meer heen. 550 5.1.1 unknown Het neemt weer mail aan" in page
    told = plain(eva.get(f"/invoices/{invoice}/"))
    assert "kwam terug Mail aan boekhouding@korenaar.example kwam niet aan: 550 5.1.1 unknown" in told
    assert "Hij geldt als niet verstuurd en wordt opnieuw geschreven." in told
    assert "teruggekomen" in plain(eva.get("/letters/?state=bounced"))


def test_a_person_says_that_it_takes_mail_again(eva, books_of, came_back):
    _, debtor = came_back
    page = plain(post(eva, f"/debtors/{debtor}/works/", address=BAKERY.email))
    assert f"Brieven gaan weer naar {BAKERY.email}." in page
    assert "kwam terug op" not in page
    assert "van wie de mail terugkomt" not in plain(eva.get("/"))
    with client_scope(books_of.client.id):
        assert BadAddress.objects.get().cleared_by == "Eva"
    again = plain(post(eva, f"/debtors/{debtor}/works/", address=BAKERY.email))
    assert "Over dit adres is niets bekend; er is niets veranderd." in again


def test_only_an_address_of_this_debtor_is_cleared_on_his_page(eva, books_of, came_back):
    _, debtor = came_back
    with client_scope(books_of.client.id):
        BadAddress.objects.create(
            client_id=books_of.client.id, address="iemand@anders.example", since=day(TODAY), answer="550"
        )
    assert "er is niets veranderd" in plain(
        post(eva, f"/debtors/{debtor}/works/", address="iemand@anders.example")
    )
