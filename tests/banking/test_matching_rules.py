"""Which payment pays which invoice: every rule on both sides of its border, with its reason in words."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.banking.formats import read_statement_file
from inbaar.banking.match_words import WORDS, decision_in_words
from inbaar.banking.rules import (
    Candidate,
    How,
    MatchDecision,
    OpenItem,
    PaymentFacts,
    candidates_among,
    decide,
    number_key,
    payment_facts,
    reference_tokens,
)
from tests.corpus import corpus_file

JANSEN_IBAN, KAS_IBAN = "NL14MOCK0000000002", "NL84MOCK0000000003"


def item(
    invoice_id: int,
    number: str,
    amount: str,
    debtor_id: int = 1,
    reference: str | None = None,
    ibans: tuple[str, ...] = (),
    name: str | None = "Bakkerij Jansen B.V.",
    currency: str = "EUR",
) -> OpenItem:
    return OpenItem(
        invoice_id,
        debtor_id,
        number,
        number_key(number),
        reference,
        Decimal(amount),
        date(2026, 9, 1),
        currency,
        frozenset(ibans),
        name,
    )


def paid(amount: str, text: str = "", **facts: object) -> PaymentFacts:
    return PaymentFacts(Decimal(amount), "EUR", text=text)._replace(**facts)  # type: ignore[arg-type]


def match(payment: PaymentFacts, *items: OpenItem) -> MatchDecision:
    return decide(payment, candidates_among(payment, reference_tokens(payment), items))


def lines(decision: MatchDecision) -> dict[int, str]:
    return {invoice: str(amount) for invoice, amount in decision.lines}


# by structured reference


def test_an_equal_reference_and_amount_is_certain() -> None:
    decision = match(
        paid("242.00", reference="RF18 5390 0754 7034"),
        item(1, "2026-0050", "242.00", reference="RF18539007547034"),
    )
    assert (decision.status, lines(decision), decision.score) == ("certain", {1: "242.00"}, 100)
    assert decision_in_words(decision) == "Het betalingskenmerk is dat van factuur 2026-0050."
    assert decision_in_words(decision, "en") == "The payment reference is that of invoice 2026-0050."


def test_an_equal_reference_with_less_is_a_part_payment_whoever_pays() -> None:
    decision = match(
        paid("100.00", reference="1234567812345678", name="Heel Iemand Anders", iban=KAS_IBAN),
        item(1, "2026-0050", "242.00", reference="1234 5678 1234 5678"),
    )
    assert (lines(decision), decision.score, decision.reason) == ({1: "100.00"}, 97, "reference-part")


def test_an_equal_reference_with_a_cent_too_much_waits() -> None:
    decision = match(
        paid("242.01", reference="1234567812345678"),
        item(1, "2026-0050", "242.00", reference="1234567812345678"),
    )
    assert (decision.status, decision.lines, decision.suspects) == ("unmatched", (), (1,))
    assert decision_in_words(decision) == "Er is 0.01 meer betaald dan er op 2026-0050 openstaat (242.00)."
    assert decision_in_words(decision, "en") == "0.01 more was paid than is open on 2026-0050 (242.00)."


def test_a_reference_in_free_text_counts() -> None:
    decision = match(
        paid("242.00", "kenmerk 1234 5678 1234 5678"),
        item(1, "2026-0050", "242.00", reference="1234567812345678"),
    )
    assert (decision.reason, lines(decision)) == ("reference", {1: "242.00"})


def test_a_reference_shared_by_invoices_is_certain_only_for_their_sum() -> None:
    both = (item(1, "2026-0050", "200.00", reference="R1"), item(2, "2026-0051", "42.00", reference="R1"))
    whole = match(paid("242.00", reference="R1"), *both)
    assert (whole.reason, lines(whole)) == ("reference-sum", {1: "200.00", 2: "42.00"})
    part = match(paid("200.00", reference="R1"), *both)
    assert (part.status, part.reason, part.suspects) == ("unmatched", "reference-ambiguous", (1, 2))


# by number in the text


def test_a_number_with_the_whole_amount_is_certain() -> None:
    decision = match(paid("1210.00", "Factuur 2026-0042"), item(1, "2026-0042", "1210.00"))
    assert (decision.status, lines(decision), decision.score) == ("certain", {1: "1210.00"}, 95)
    assert decision_in_words(decision) == (
        "Factuurnummer 2026-0042 staat in de omschrijving en het bedrag is wat openstaat."
    )


def test_a_number_with_a_part_is_certain_for_the_debtor_himself() -> None:
    open_item = item(1, "2026-0043", "1210.00", ibans=(KAS_IBAN,), name="De Groene Kas")
    by_iban = match(
        paid("1149.50", "2026-0043 minus 5% korting", iban=KAS_IBAN, name="Kas Holding"), open_item
    )
    by_name = match(paid("1149.50", "2026-0043 minus 5% korting", name="DE GROENE KAS BV"), open_item)
    nameless = match(paid("1149.50", "2026-0043"), open_item)
    assert [d.reason for d in (by_iban, by_name, nameless)] == ["number-part"] * 3
    assert lines(by_iban) == {1: "1149.50"}


def test_a_number_with_a_part_paid_by_a_stranger_waits() -> None:
    decision = match(paid("1149.50", "2026-0043", name="Onbekende Betaler"), item(1, "2026-0043", "1210.00"))
    assert (decision.status, decision.reason, decision.suspects) == ("unmatched", "part-by-stranger", (1,))
    whole = match(paid("1210.00", "2026-0043", name="Onbekende Betaler"), item(1, "2026-0043", "1210.00"))
    assert whole.certain


def test_a_number_with_a_cent_too_much_waits() -> None:
    decision = match(paid("1210.01", "2026-0042"), item(1, "2026-0042", "1210.00"))
    assert (decision.status, decision.reason, decision.suspects) == ("unmatched", "more-than-open", (1,))


THREE = (
    item(44, "2026-0044", "1000.00", debtor_id=4, name="Bouwbedrijf Van Dijk"),
    item(45, "2026-0045", "1500.00", debtor_id=4, name="Bouwbedrijf Van Dijk"),
    item(46, "2026-0046", "525.00", debtor_id=4, name="Bouwbedrijf Van Dijk"),
)
NAMED = "betaling facturen 2026-0044 2026-0045 en 2026-0046"


def test_several_numbers_with_their_sum_are_certain() -> None:
    decision = match(paid("3025.00", NAMED), *THREE)
    assert (decision.reason, lines(decision)) == ("numbers", {44: "1000.00", 45: "1500.00", 46: "525.00"})
    assert decision_in_words(decision, "en") == (
        "3 invoice numbers are in the text and make up this amount: 2026-0044, 2026-0045, 2026-0046."
    )


@pytest.mark.parametrize(
    ("amount", "reason"), [("3024.99", "numbers-not-sum"), ("3025.01", "more-than-open")]
)
def test_several_numbers_with_another_amount_wait(amount: str, reason: str) -> None:
    decision = match(paid(amount, NAMED), *THREE)
    assert (decision.status, decision.reason, decision.suspects) == ("unmatched", reason, (44, 45, 46))


def test_one_number_named_but_everything_of_the_debtor_paid() -> None:
    mine = [i._replace(debtor_ibans=frozenset([JANSEN_IBAN])) for i in THREE]
    decision = match(paid("3025.00", "2026-0044 en andere", iban=JANSEN_IBAN), *mine)
    assert (decision.reason, sum(a for _, a in decision.lines)) == ("iban-all", Decimal("3025.00"))


def test_the_same_number_at_two_debtors_waits_unless_the_account_tells() -> None:
    one = item(1, "2026-0042", "100.00", debtor_id=1, ibans=(JANSEN_IBAN,))
    other = item(2, "2026-0042", "100.00", debtor_id=2, ibans=(KAS_IBAN,), name="De Groene Kas")
    unknown = match(paid("100.00", "2026-0042"), one, other)
    assert (unknown.status, unknown.reason, unknown.suspects) == ("unmatched", "number-ambiguous", (1, 2))
    known = match(paid("100.00", "2026-0042", iban=KAS_IBAN), one, other)
    assert lines(known) == {2: "100.00"}


def test_a_number_paid_from_the_account_of_another_debtor_waits() -> None:
    one = item(1, "2026-0042", "100.00", debtor_id=1)
    other = item(2, "2026-0099", "500.00", debtor_id=2, ibans=(KAS_IBAN,))
    decision = match(paid("100.00", "2026-0042", iban=KAS_IBAN), one, other)
    assert (decision.status, decision.reason, decision.suspects) == ("unmatched", "payer-of-another", (1, 2))


@pytest.mark.parametrize("number", ["1", "42", "2026", "F2026"])
def test_a_generic_number_is_never_certain_by_itself(number: str) -> None:
    decision = match(paid("99.00", f"factuur {number}"), item(1, number, "100.00", name=None))
    assert (decision.status, decision.reason) == ("unmatched", "nothing-found")
    found = decide(paid("99.00", number), [Candidate(item(1, number, "100.00"), How.NUMBER)])
    assert (found.status, found.reason, found.suspects) == ("unmatched", "number-generic", (1,))


@pytest.mark.parametrize("number", ["1042", "3811MH", "20261001"])
def test_a_number_that_could_be_something_else_needs_a_second_fact(number: str) -> None:
    open_item = item(1, number, "100.00", ibans=(JANSEN_IBAN,))
    assert match(paid("99.00", number, name="Iemand"), open_item).status == "unmatched"
    assert match(paid("100.00", number, name="Iemand"), open_item).score == 85


@pytest.mark.parametrize("number", ["1042", "3811MH", "20261001"])
def test_such_a_number_with_another_amount_waits_for_a_person_also_from_the_debtor(number: str) -> None:
    open_item = item(1, number, "100.00", ibans=(JANSEN_IBAN,))
    text = f"Kade {number}, bedankt"
    for decision in (
        match(paid("99.00", text, iban=JANSEN_IBAN), open_item),
        match(paid("99.00", text, name="Bakkerij Jansen"), open_item),
    ):
        assert (decision.status, decision.reason, decision.suspects) == (
            "unmatched",
            "short-number-part",
            (1,),
        )
    assert decision_in_words(decision) == (
        f"{number} staat in de omschrijving, maar kan ook een huisnummer, postcode of datum zijn: "
        "het bedrag is niet wat op die factuur openstaat (100.00)."
    )


@pytest.mark.parametrize(
    "text", ["factuur 1042", "Deelbetaling factuurnr. 1042", "FACT: 01042 1/2", "invoice no 10-42"]
)
def test_a_short_number_called_an_invoice_is_a_part_payment_of_the_debtor(text: str) -> None:
    open_item = item(1, "1042", "100.00", ibans=(JANSEN_IBAN,))
    assert match(paid("40.00", text, iban=JANSEN_IBAN), open_item).reason == "number-part"
    assert match(paid("40.00", text, name="Iemand"), open_item).status == "unmatched"


@pytest.mark.parametrize(
    "text", ["Factuur 2026-0126", "factuur 20260126", "2e deel 2026-0126", "fact.nr 2026/0126"]
)
def test_a_number_that_begins_with_its_year_is_no_day_by_its_form(text: str) -> None:
    open_item = item(1, "2026-0126", "100.00", ibans=(JANSEN_IBAN,))
    assert match(paid("40.00", text, iban=JANSEN_IBAN), open_item).reason == "number-part"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("2026-0126", "2026-01-26"),
        ("2026-0126", "factuur van 26-01-2026 20260126"),
        ("20261001", "factuur 2026-10-01"),
        ("1042", "factuur 1042-7"),
        ("1042", "Nota Kade 1042"),
    ],
)
def test_the_word_invoice_says_nothing_of_another_number_or_a_day(number: str, text: str) -> None:
    open_item = item(1, number, "100.00", ibans=(JANSEN_IBAN,))
    assert match(paid("40.00", text, iban=JANSEN_IBAN), open_item).status == "unmatched"


def test_a_number_that_is_a_piece_of_another_does_not_count_beside_it() -> None:
    long, short = item(1, "2026-10423", "50.00"), item(2, "10423", "50.00")
    decision = match(paid("50.00", "2026-10423"), long, short)
    assert lines(decision) == {1: "50.00"}


# by account


def test_a_known_account_and_the_amount_of_one_invoice_is_certain() -> None:
    mine = (
        item(1, "2026-0042", "100.00", ibans=(JANSEN_IBAN,)),
        item(2, "2026-0043", "250.00", ibans=(JANSEN_IBAN,)),
    )
    decision = match(paid("250.00", "bedankt", iban=JANSEN_IBAN), *mine)
    assert (decision.reason, lines(decision), decision.score) == ("iban-amount", {2: "250.00"}, 88)
    everything = match(paid("350.00", iban=JANSEN_IBAN), *mine)
    assert (everything.reason, lines(everything)) == ("iban-all", {1: "100.00", 2: "250.00"})


@pytest.mark.parametrize(
    ("amount", "reason"),
    [("99.99", "iban-amount-unknown"), ("349.99", "iban-amount-unknown"), ("350.01", "more-than-open")],
)
def test_a_known_account_with_another_amount_waits(amount: str, reason: str) -> None:
    mine = (
        item(1, "2026-0042", "100.00", ibans=(JANSEN_IBAN,)),
        item(2, "2026-0043", "250.00", ibans=(JANSEN_IBAN,)),
    )
    decision = match(paid(amount, iban=JANSEN_IBAN), *mine)
    assert (decision.status, decision.reason, decision.suspects) == ("unmatched", reason, (1, 2))


def test_two_invoices_of_the_same_amount_wait() -> None:
    mine = tuple(item(i, f"2026-004{i}", "100.00", ibans=(JANSEN_IBAN,)) for i in (1, 2))
    decision = match(paid("100.00", iban=JANSEN_IBAN), *mine)
    assert (decision.status, decision.reason, decision.suspects) == ("unmatched", "amount-ambiguous", (1, 2))


def test_an_account_two_debtors_share_waits() -> None:
    one = item(1, "2026-0042", "100.00", debtor_id=1, ibans=(JANSEN_IBAN,))
    other = item(2, "2026-0043", "250.00", debtor_id=2, ibans=(JANSEN_IBAN,))
    decision = match(paid("100.00", iban=JANSEN_IBAN), one, other)
    assert (decision.status, decision.reason) == ("unmatched", "iban-ambiguous")


# not enough, or not a receipt


def test_what_might_explain_an_invoice_names_it_as_a_suspect() -> None:
    by_name = match(paid("50.00", name="Bakkerij Jansen"), item(1, "2026-0042", "100.00"))
    assert (by_name.reason, by_name.suspects) == ("name-only", (1,))
    by_amount = match(paid("100.00", name="Iemand"), item(1, "2026-0042", "100.00"))
    assert (by_amount.reason, by_amount.suspects) == ("amount-only", (1,))
    by_account = match(paid("50.00", iban=JANSEN_IBAN), item(1, "2026-0042", "100.00", ibans=(JANSEN_IBAN,)))
    assert (by_account.reason, by_account.suspects) == ("iban-amount-unknown", (1,))
    assert all(not d.certain for d in (by_name, by_amount, by_account))


def test_nothing_found() -> None:
    decision = match(paid("500.00", name="Onbekende Betaler"), item(1, "2026-0042", "100.00"))
    assert decision == MatchDecision("unmatched", (), 0, "nothing-found")
    assert decision_in_words(decision) == "Geen openstaande factuur past bij deze betaling."


def test_another_currency_waits() -> None:
    decision = match(paid("100.00", "2026-0042"), item(1, "2026-0042", "100.00", currency="USD"))
    assert (decision.status, decision.reason, decision.suspects) == ("unmatched", "other-currency", (1,))
    assert decision_in_words(decision, "en") == "The payment is in EUR, the invoices in another currency."


@pytest.mark.parametrize("amount", ["-100.00", "0.00"])
def test_money_that_leaves_or_is_none_is_not_a_receipt(amount: str) -> None:
    decision = match(paid(amount, "2026-0042"), item(1, "2026-0042", "100.00"))
    assert decision == MatchDecision("unmatched", (), 0, "not-a-receipt")


@pytest.mark.parametrize("amount", ["-100.00", "100.00"])
def test_a_return_names_its_code(amount: str) -> None:
    decision = match(paid(amount, "2026-0042", return_reason="MD01"), item(1, "2026-0042", "100.00"))
    assert (decision.status, decision.reason, decision.suspects) == ("unmatched", "returned", (1,))
    assert decision_in_words(decision) == "Dit is een teruggeboekte betaling (reden MD01), geen ontvangst."


def test_an_entry_that_is_not_booked_waits() -> None:
    decision = match(paid("100.00", "2026-0042", pending=True), item(1, "2026-0042", "100.00"))
    assert (decision.status, decision.reason, decision.suspects) == ("unmatched", "not-booked", (1,))


def test_the_scenario_of_the_corpus() -> None:
    """Six credits: exact, short with a discount, unknown, three at once, a reference, a note cut in three."""
    (statement,) = read_statement_file(
        corpus_file("camt/mock-bank-scenarios/cashapp-1-camt.053.001.08.xml")
    ).statements
    items = (
        item(42, "2026-0042", "1210.00", debtor_id=2),
        item(43, "2026-0043", "1210.00", debtor_id=3, name="De Groene Kas"),
        *THREE,
        item(47, "2026-0047", "999.00", debtor_id=7, name="Gemeente Waterdam"),
        item(50, "2026-0050", "242.00", debtor_id=5, reference="RF18539007547034", name="Stichting Zuid"),
    )
    decisions = [match(payment_facts(entry), *items) for entry in statement.entries]
    assert [lines(d) for d in decisions] == [
        {42: "1210.00"},
        {43: "1149.50"},
        {},
        {44: "1000.00", 45: "1500.00", 46: "525.00"},
        {50: "242.00"},
        {47: "999.00"},
    ]
    assert decisions[2].reason == "nothing-found"


def test_every_reason_has_words_in_both_languages() -> None:
    assert all(dutch and english and dutch != english for dutch, english in WORDS.values())


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 500)), min_size=1, max_size=5),
    st.integers(1, 1500),
    st.sampled_from(["", "2026-1001", "2026-1001 2026-1002", "2026-1003 en 2026-1001"]),
    st.sampled_from([None, JANSEN_IBAN]),
)
def test_what_is_booked_is_the_payment_and_never_more_than_is_open(
    owed: list[tuple[int, int]], cents: int, text: str, iban: str | None
) -> None:
    items = [
        item(
            n,
            f"2026-{1000 + n}",
            str(Decimal(amount) / 100),
            debtor_id=debtor,
            ibans=(JANSEN_IBAN,) * (debtor == 1),
        )
        for n, (debtor, amount) in enumerate(owed, 1)
    ]
    payment = paid(str(Decimal(cents) / 100), text, iban=iban)
    decision = match(payment, *items)
    assert decision_in_words(decision)
    assert decision_in_words(decision, "en")
    if decision.certain:
        assert sum(amount for _, amount in decision.lines) == payment.amount
        assert len({invoice for invoice, _ in decision.lines}) == len(decision.lines)
        assert all(0 < amount <= items[invoice - 1].open_amount for invoice, amount in decision.lines)
        assert len({items[invoice - 1].debtor_id for invoice, _ in decision.lines}) == 1
    else:
        assert decision.lines == ()


BAKER = {"name": "Bakkerij Jansen B.V."}


def test_the_debtors_name_last_figures_and_exact_amount_are_certain_together() -> None:
    decision = match(
        paid("1210.00", "factuur 27", **BAKER), item(1, "2026-0027", "1210.00"), item(2, "2026-0088", "99.00")
    )
    assert (decision.status, decision.reason, decision.lines) == (
        "certain", "name-number-amount", ((1, Decimal("1210.00")),)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "text", "name"),
    [
        ("1210.01", "factuur 27", "Bakkerij Jansen B.V."),  # one cent off
        ("1210.00", "factuur 28", "Bakkerij Jansen B.V."),  # other figures
        ("1210.00", "factuur 27", "Slagerij Kas"),  # another's name
        ("1210.00", "zonder nummer", "Bakkerij Jansen B.V."),
    ],
)
def test_with_one_of_the_three_missing_a_person_decides(amount: str, text: str, name: str) -> None:
    assert not match(paid(amount, text, name=name), item(1, "2026-0027", "1210.00")).certain


def test_two_invoices_with_the_same_last_figures_and_amount_are_for_a_person() -> None:
    items = item(1, "2025-0027", "1210.00"), item(2, "2026-0027", "1210.00")
    assert not match(paid("1210.00", "factuur 27", **BAKER), *items).certain
