"""What is not looked up for a payment would not change its decision; and it is not looked up."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbaar.banking.candidates import asked, items_pointed_at
from inbaar.banking.matching import Round
from inbaar.banking.models import Entry
from inbaar.banking.outcomes import EntryFacts
from inbaar.kit.scope import client_scope
from inbaar.parties.models import DebtorIban
from inbaar.receivables.actions import Customer, NewComponent, add_components
from tests.banking.books import DAY, JANSEN, NOW, PIETERS, draft, invoiced, matched, received
from tests.banking.camt import PAYER, Line

pytestmark = pytest.mark.django_db

BAKKER = Customer(name="Bakker Beheer B.V.", kvk="90000005")
OF_JANSEN, OF_TWO, OF_NOBODY = "NL14MOCK0000000002", "NL84MOCK0000000003", "NL30MOCK0000000005"
PAYER_OF_PIETERS = "NL57MOCK0000000004"
BEYOND_THE_LAW = dt.date(2199, 1, 1)
REFERENCE = "7000000000000014"
KNOWN = (OF_JANSEN, OF_TWO, PAYER_OF_PIETERS, PAYER)
NUMBERS = (
    "2026-0001",
    "2026-0002",
    "2026-0042",
    "2026-0042-1",
    "0077",
    "2026-0003",
    "2026-0004",
    "2026-0005",
)


@pytest.fixture
def portfolio(client_a):
    """Invoices of three debtors that resemble each other, one of them paid, one with interest on top."""
    with client_scope(client_a.id):
        made = invoiced(
            client_a,
            draft("2026-0001", "100.00"), draft("2026-0002", "100.00"), draft("2026-0042", "150.00"),
            draft("2026-0042-1", "50.00"), draft("07701", "77.00"), draft("2026-0003", "100.00", PIETERS, payment_reference=REFERENCE),
            draft("2026-0004", "150.00", PIETERS), draft("2026-0005", "100.00", BAKKER),
        )  # fmt: skip
        received(client_a, Line("50.00", "2026-0042-1"))
        matched(client_a)
        DebtorIban.objects.filter(iban=PAYER).delete()
        owners = (
            (made[0], OF_JANSEN),
            (made[0], OF_TWO),
            (made[5], OF_TWO),
            (made[5], PAYER_OF_PIETERS),
            (made[7], PAYER),
        )
        for invoice, iban in owners:
            DebtorIban.objects.create(
                client=client_a, debtor_id=invoice.debtor_id, iban=iban, known_since=DAY
            )
        interest = NewComponent(
            made[6].id, "interest", None, made[6].due_date, made[6].due_date, "6:119a BW", "letter", "i1"
        )
        add_components(client_a.id, [interest], NOW)
        yield made


def payment(number, amount, text="", iban="", name="", reference="", day=DAY, currency="EUR"):
    money = Decimal(amount)
    return asked(EntryFacts(number, day, money, money, currency, name, iban, reference, "", text))


def seeing_all():
    """Payments that decide nothing, as nothing is open in their currency, but have all looked up."""
    texts = [*(f"factuur {number}" for number in NUMBERS), *[""] * len(KNOWN)]
    ibans = [*[""] * len(NUMBERS), *KNOWN]
    told = [
        payment(-place - 1, "1.00", text, iban, currency="SEK")
        for place, (text, iban) in enumerate(zip(texts, ibans, strict=True))
    ]
    return [*told, payment(-99, "1.00", reference=REFERENCE, currency="SEK")]


PLAIN = [
    ("100.00", "factuur 2026-0001", OF_JANSEN, "", "", DAY),
    ("100.00", "factuur 2026-0003", OF_NOBODY, "", "", DAY),
    ("100.00", "", OF_NOBODY, "", REFERENCE, DAY),
    ("150.00", "factuur 2026-0004", PAYER_OF_PIETERS, "", "", BEYOND_THE_LAW),
    ("100.00", "factuur 2026-0003", PAYER_OF_PIETERS, "", "", BEYOND_THE_LAW),
    ("77.00", "07701", OF_JANSEN, "", "", DAY),
    ("150.00", "", OF_JANSEN, "", "", DAY),
    ("427.00", "alles", OF_JANSEN, "", "", DAY),
]
named = st.lists(st.sampled_from(NUMBERS), max_size=2).map(" en ".join)
anything = st.tuples(
    st.sampled_from(["50.00", "77.00", "100.00", "150.00", "200.00", "250.00", "427.00", "30.00"]),
    named,
    st.sampled_from(["", *KNOWN, OF_NOBODY]),
    st.sampled_from(["", JANSEN.name, PIETERS.name, "Iemand Anders"]),
    st.sampled_from(["", "", "", REFERENCE]),
    st.sampled_from([DAY, BEYOND_THE_LAW]),
)
payments = st.lists(st.sampled_from(PLAIN) | anything, min_size=1, max_size=5)


def test_looking_everything_up_would_decide_the_same(client_a, portfolio):
    reasons = set()

    @settings(max_examples=150, deadline=None)
    @given(payments)
    def check(told):
        batch = [payment(number, *facts) for number, facts in enumerate(told, start=1)]
        spared = Round(client_a.id, batch, DAY).outcomes()
        whole = Round(client_a.id, [*seeing_all(), *batch], DAY).outcomes()
        assert spared == whole[-len(batch) :]
        reasons.update(outcome.reason for outcome in spared if outcome.state == Entry.State.MATCHED)

    check()
    assert reasons >= {"number", "iban-amount", "iban-all", "reference"}


def test_a_payment_that_says_all_spares_the_rest_of_its_payer(client_a, portfolio):
    first = portfolio[0]
    alone = [payment(1, "100.00", "factuur 2026-0001", OF_JANSEN)]
    assert set(items_pointed_at(client_a.id, alone).items) == {first.id}
    part = [payment(1, "99.00", "factuur 2026-0001", OF_JANSEN)]
    of_jansen = {invoice.id for invoice in portfolio if invoice.debtor_id == first.debtor_id}
    assert set(items_pointed_at(client_a.id, part).items) == of_jansen - {portfolio[3].id}


def test_an_invoice_that_two_payments_name_has_its_payers_others_looked_up(client_a, portfolio):
    twice = [payment(number, "100.00", "factuur 2026-0001", OF_JANSEN) for number in (1, 2)]
    assert [outcome.reason for outcome in Round(client_a.id, twice, DAY).outcomes()] == [
        "number",
        "paid-already",
    ]
    assert portfolio[1].id in items_pointed_at(client_a.id, twice).items


def test_what_the_law_says_of_another_invoice_does_not_matter_to_a_payment_that_says_all(client_a, portfolio):
    silent, sure = (
        payment(number, amount, text, PAYER_OF_PIETERS, day=BEYOND_THE_LAW)
        for number, amount, text in ((1, "150.00", "factuur 2026-0004"), (2, "100.00", "factuur 2026-0003"))
    )
    first, second = Round(client_a.id, [silent, sure], DAY).outcomes()
    assert (first.reason, second.reason) == ("law-silent", "number")
    assert first.suspects == (portfolio[5].id, portfolio[6].id)
