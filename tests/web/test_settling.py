"""What a person does with a bank entry in one go, with its effect shown before: and undoes, learns and forgets."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.models import Allotment, Entry, Habit, Tolerance
from inbaar.banking.transfers.models import CreditTransfer
from inbaar.dunning.models import Schedule
from inbaar.kit.scope import client_scope
from inbaar.parties.models import DebtorIban
from inbaar.receivables.models import Payment, Title
from tests.banking.camt import Line, camt_file
from tests.web.test_acts import books_of, drop, eva, post, rows
from tests.web.test_pages import plain

__all__ = ["books_of", "eva"]
PAYER = "NL84MOCK0000000003"


@pytest.fixture
def received(books_of, eva):
    """Takes money in, and gives its entry."""

    def take(amount: str, text: str = "", number: str = "1", **facts: object) -> Entry:
        known = {entry.id for entry in rows(books_of, Entry)}
        given = {"name": "Bakkerij De Korenaar B.V.", "iban": PAYER, "day": dt.date(2026, 9, 25), **facts}
        line = Line(amount, text, **given)
        drop(eva, (f"{number}.xml", camt_file([line], number=number)))
        (new,) = [entry for entry in rows(books_of, Entry) if entry.id not in known]
        return new

    return take


def shown(eva, entry) -> dict[str, str]:
    """The options of an entry: key and title."""
    page = eva.get(f"/bank/entries/{entry.id}/")
    return {option.key: option.title for option in page.context["options"]}


def known_payer(books_of, invoice) -> None:
    with client_scope(books_of.client.id):
        debtor = Payment._meta.get_field("invoice").remote_field.model.objects.get(id=invoice).debtor_id
        DebtorIban.objects.create(
            client=books_of.client, debtor_id=debtor, iban=PAYER, known_since=dt.date(2026, 1, 1)
        )


@pytest.mark.requirement("ASK-21")
def test_a_little_short_is_offered_as_a_part_and_in_full_with_what_each_does_to_the_books(
    books_of,
    eva,
    received,
):
    invoice = books_of.invoice(
        "F-7", "2026-09-20", payable="1210.00", vat=Decimal("210.00"), net=Decimal("1000.00")
    )
    known_payer(books_of, invoice)
    entry = received("1185.80", "zie mail")
    offered = shown(eva, entry)
    assert list(offered) == [
        f"part:{invoice}",
        *(f"rest:{invoice}:{g}" for g in ("discount", "bank_cost", "small_difference", "goodwill")),
    ]
    page = plain(eva.get(f"/bank/entries/{entry.id}/"))
    assert "Betaalt factuur F-7 volledig: € 24,20 is korting" in page
    assert "€ 24,20 debet verleende kortingen, credit debiteuren" in page
    assert "Daarvan is € 4,20 btw." in page
    assert "De btw van de factuur blijft zoals die is." in page
    done = post(eva, f"/bank/entries/{entry.id}/settle/", choice=f"rest:{invoice}:discount")
    assert "Gedaan en geboekt." in plain(done)
    assert books_of.open(invoice) == Decimal(0)
    assert "Afgeboekt, € 24,20" in plain(eva.get(f"/invoices/{invoice}/"))
    (habit,) = rows(books_of, Habit)
    with client_scope(books_of.client.id):
        debtor_id = habit.debtor_id
    page = plain(eva.get(f"/debtors/{debtor_id}/"))
    assert "Trekt 2% af." in page
    post(eva, f"/debtors/{debtor_id}/habits/{habit.id}/forget/")
    assert "Trekt 2% af." not in plain(eva.get(f"/debtors/{debtor_id}/"))


@pytest.mark.parametrize(
    ("way", "kinds", "transfers"), [("keep", ["keep"], 0), ("next", ["next_invoice"], 0), ("refund", [], 1)]
)
def test_what_is_too_much_is_kept_or_paid_back_in_one_go(books_of, eva, received, way, kinds, transfers):
    invoice = books_of.invoice("F-7", "2026-09-20")
    entry = received("1300.00", "F-7")
    assert f"over:{invoice}:{way}" in shown(eva, entry)
    post(eva, f"/bank/entries/{entry.id}/settle/", choice=f"over:{invoice}:{way}")
    assert books_of.open(invoice) == Decimal(0)
    assert [(k.kind, k.amount) for k in rows(books_of, Allotment)] == [(k, Decimal("90.00")) for k in kinds]
    assert [t.amount for t in rows(books_of, CreditTransfer)] == [Decimal("90.00")] * transfers
    (entry,) = rows(books_of, Entry)
    assert (entry.state, entry.unapplied) == ("matched", Decimal(0))


def test_credit_that_is_kept_is_shown_with_the_debtor_and_released(books_of, eva, received):
    invoice = books_of.invoice("F-7", "2026-09-20")
    entry = received("1300.00", "F-7")
    post(eva, f"/bank/entries/{entry.id}/settle/", choice=f"over:{invoice}:keep")
    (kept,) = rows(books_of, Allotment)
    assert "Bewaard tegoed" in plain(eva.get(f"/debtors/{kept.debtor_id}/"))
    assert "Vrijgegeven" in plain(post(eva, f"/bank/credits/{kept.id}/release/"))
    assert rows(books_of, Entry)[0].unapplied == Decimal("90.00")
    assert "Dit tegoed is al gebruikt of vrijgegeven." in plain(
        post(eva, f"/bank/credits/{kept.id}/release/")
    )
    assert set(shown(eva, entry)) == {f"left:{kept.debtor_id}:{way}" for way in ("keep", "next", "refund")}


def test_an_option_that_is_none_any_more_is_refused_and_does_nothing(books_of, eva, received):
    invoice = books_of.invoice("F-7", "2026-09-20")
    entry = received("1300.00", "F-7")
    for choice in ("", f"pay:{invoice}", "over:1:keep", f"rest:{invoice}:discount"):
        page = eva.post(f"/bank/entries/{entry.id}/settle/", {"choice": choice})
        assert page.status_code == 400
        assert "wat u koos kan niet meer" in plain(page)
    assert books_of.open(invoice) == Decimal("1210.00")


def test_after_one_entry_the_next_that_waits_is_there(books_of, eva, received):
    invoice = books_of.invoice("F-7", "2026-09-20")
    received("11.00", "x", number="1", name="Iemand", iban="")
    entry = received("1300.00", "F-7", number="2")
    other = next(e for e in rows(books_of, Entry) if e.id != entry.id)
    page = post(eva, f"/bank/entries/{entry.id}/settle/", choice=f"over:{invoice}:keep")
    assert page.redirect_chain[-1][0] == f"/bank/entries/{other.id}/"


def test_a_match_is_undone_with_a_reason_and_the_run_looks_at_the_invoice_again(books_of, eva, received):
    invoice = books_of.invoice("F-2026-7", "2026-09-20")
    entry = received("1210.00", "F-2026-7")
    assert books_of.open(invoice) == Decimal(0)
    books_of.run("2026-09-28")
    assert rows(books_of, Schedule)[0].stage == "closed"
    assert "Schrijf in een paar woorden waarom." in plain(
        eva.post(f"/bank/entries/{entry.id}/undo/", {"reason": " "})
    )
    page = post(eva, f"/bank/entries/{entry.id}/undo/", reason="was voor een ander")
    assert "Losgekoppeld: de facturen staan weer open" in plain(page)
    assert books_of.open(invoice) == Decimal("1210.00")
    assert rows(books_of, Schedule)[0].stage == "waiting"
    told = plain(eva.get(f"/invoices/{invoice}/"))
    assert "losgekoppeld, € 1.210,00" in told
    assert "“was voor een ander”, door Eva." in told


def test_who_pays_for_another_is_not_kept_as_the_debtors_account(books_of, eva, received):
    invoice = books_of.invoice("F-7", "2026-09-20")
    entry = received("1300.00", "F-7", name="Oma")
    post(eva, f"/bank/entries/{entry.id}/settle/", find="F-7", choice=f"over:{invoice}:keep", third_party="1")
    assert rows(books_of, DebtorIban) == []
    assert "Betaald door een derde: Oma." in plain(eva.get(f"/invoices/{invoice}/"))


def test_a_debit_that_may_mean_two_payments_is_settled_by_choosing_one(books_of, eva, received):
    first = books_of.invoice("F-2026-7", "2026-09-20")
    books_of.invoice("F-2026-8", "2026-09-20")
    entry = received("1210.00", "F-2026-7")
    received("1210.00", "F-2026-8", number="2")
    back = received("-1210.00", "storno", number="3", return_reason="AC04")
    assert f"back:{entry.id}" in shown(eva, back)
    post(eva, f"/bank/entries/{back.id}/settle/", choice=f"back:{entry.id}")
    assert books_of.open(first) == Decimal("1210.00")
    assert "teruggeboekt door de bank, € 1.210,00" in plain(eva.get(f"/invoices/{first}/"))


def test_money_for_a_sold_claim_is_passed_on_in_one_go(books_of, eva, received):
    invoice = books_of.invoice("F-2026-7", "2026-09-20")
    with client_scope(books_of.client.id):
        title = Title.objects.get(invoice_id=invoice)
        Title.objects.filter(id=title.id).update(period=(title.period.lower, dt.date(2026, 9, 1)))
        Title.objects.create(
            client=books_of.client, invoice_id=invoice, owner_name="Factor Noord", payee_iban="NL44RABO0123456789",
            period=(dt.date(2026, 9, 1), None), deed="akte", notified_on=dt.date(2026, 9, 2),
        )  # fmt: skip
    entry = received("1210.00", "F-2026-7")
    page = plain(eva.get(f"/bank/entries/{entry.id}/"))
    assert "de debiteur is dat op 2 sep 2026 gemeld: betaling aan u bevrijdt hem niet" in page
    assert shown(eva, entry) == {"pass_on": "€\xa01.210,00 doorstorten aan Factor Noord"}
    post(eva, f"/bank/entries/{entry.id}/settle/", choice="pass_on")
    (transfer,) = rows(books_of, CreditTransfer)
    assert (transfer.payee_name, transfer.amount) == ("Factor Noord", Decimal("1210.00"))
    assert "doorgestort aan Factor Noord" in plain(eva.get(f"/invoices/{invoice}/"))


def test_the_tolerance_of_the_client_and_of_a_debtor_is_kept_and_checked(books_of, eva, received):
    invoice = books_of.invoice("F-7", "2026-09-20")
    received("5.00", "x", name="Iemand")
    page = post(eva, "/bank/tolerance/", amount="0,05", ground="small_difference")
    assert "Vastgelegd" in plain(page)
    with client_scope(books_of.client.id):
        debtor = Payment._meta.get_field("invoice").remote_field.model.objects.get(id=invoice).debtor_id
    post(eva, f"/debtors/{debtor}/tolerance/", amount="1", ground="bank_cost")
    assert sorted((t.debtor_id or 0, t.amount) for t in rows(books_of, Tolerance)) == [
        (0, Decimal("0.05")), (debtor, Decimal("1.00")),
    ]  # fmt: skip
    assert "is geen bedrag" in plain(post(eva, "/bank/tolerance/", amount="veel", ground="discount"))
    assert "tot en met 100,00" in plain(post(eva, "/bank/tolerance/", amount="100,01", ground="discount"))
