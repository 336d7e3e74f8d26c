"""A credit note that names no invoice: a person takes it off one, with the reason, and letters ask that much less."""

from decimal import Decimal

import pytest

from inbaar.dunning.withdrawing import withdraw_outdated
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.proofs import prove_books
from inbaar.receivables.actions import assign_credit
from inbaar.receivables.models import Event, Invoice, Payment
from tests.dunning.scenario import NOW, PERSON, Administration, day
from tests.web.test_pages import plain
from tests.web.test_review import browser_of

pytestmark = pytest.mark.django_db
ON = "2026-10-02"


@pytest.fixture
def books(client_a, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", ON)
    return Administration(client_a)


def credit(books: Administration, number: str = "C-1", amount: str = "200.00", **facts) -> int:
    return books.invoice(number, "2026-10-01", payable=amount, kind="credit_note", **facts)


def assign(books: Administration, credit_id: int, invoice_id: int, client=None) -> Decimal:
    client = client or books.client
    with client_scope(client.id):
        return assign_credit(client.id, credit_id, invoice_id, "telefonisch", "Olga", day(ON), NOW)


def test_from_the_debtor_s_page_it_is_taken_off_and_the_next_letter_asks_less(books, client_a):
    invoice_id, credit_id = books.invoice("F-1", "2026-10-01"), credit(books)
    with client_scope(client_a.id):
        debtor_id = Invoice.objects.get(id=invoice_id).debtor_id
    eva = browser_of("eva", (client_a.id, "bookkeeper"))
    assert "Creditnota C-1 gebruiken" in plain(eva.get(f"/debtors/{debtor_id}/"))
    assert "noemt geen factuur" in plain(eva.get(f"/invoices/{credit_id}/"))
    path = f"/debtors/{debtor_id}/credits/{credit_id}/"
    assert eva.post(path, {"invoice": invoice_id, "reason": ""}).status_code == 400
    assert eva.post(path, {"invoice": credit_id, "reason": "x"}).status_code == 400
    books.run(ON, mail_leaves=False)
    answer = eva.post(path, {"invoice": invoice_id, "reason": "afgesproken"}, follow=True)
    assert "van C-1 is in mindering gebracht" in plain(answer)
    assert books.open(invoice_id) == Decimal("1010.00")
    assert books.open(credit_id) == 0
    # The letter that waited asked the whole; it is held back and the one written in its place asks the rest.
    assert withdraw_outdated(client_a.id, day(ON), NOW) == 1
    books.run(ON)
    assert [letter.total_due for letter in books.letters()] == [Decimal("1210.00"), Decimal("1010.00")]
    assert "“afgesproken”" in plain(eva.get(f"/invoices/{invoice_id}/"))
    assert "Gebruikt voor factuur F-1" in plain(eva.get(f"/invoices/{credit_id}/"))
    assert "niets meer over" in plain(
        eva.post(path, {"invoice": invoice_id, "reason": "nog eens"}, follow=True)
    )
    with client_scope(client_a.id):
        assert Payment.objects.count() == 1
    assert all(proof.holds for proof in prove_books(client_a.id))


def test_what_the_invoice_cannot_take_stays_and_goes_to_another(books, client_a):
    first, second = books.invoice("F-1", "2026-10-01", payable="150.00"), books.invoice("F-2", "2026-10-01")
    note = credit(books)
    assert (assign(books, note, first), assign(books, note, second)) == (Decimal("150.00"), Decimal("50.00"))
    assert [books.open(number) for number in (first, second, note)] == [0, Decimal("1160.00"), 0]
    assert all(proof.holds for proof in prove_books(client_a.id))


def test_what_does_not_belong_together_is_refused_and_changes_nothing(books, client_a, client_b):
    note, other_note = credit(books), credit(books, "C-2")
    dollars = books.invoice("F-1", "2026-10-01", currency="USD")
    somebody_else = books.invoice("F-2", "2026-10-01", customer=PERSON)
    paid = books.invoice("F-3", "2026-10-01")
    books.pay(paid, "2026-09-20", "1210.00")
    for number in (dollars, somebody_else, paid, other_note, note, 0):
        with pytest.raises(Refused):
            assign(books, note, number)
    theirs = Administration(client_b).invoice("F-9", "2026-10-01")
    for client in (client_a, client_b):
        with pytest.raises(Refused):
            assign(books, note, theirs, client)
    assert books.open(note) == Decimal("200.00")
    with client_scope(client_a.id):
        assert Event.objects.filter(kind="credit_assigned").count() == 0
    victor = browser_of("victor", (client_a.id, "viewer"))
    with client_scope(client_a.id):
        debtor_id = Invoice.objects.get(id=note).debtor_id
    assert victor.post(f"/debtors/{debtor_id}/credits/{note}/", {}).status_code == 403
