"""What explains a payment beside the exact amount of a number: credit notes, discounts, slips, customers, other payers."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.banking.evidence import Context, Credit, Known, Leniency
from inbaar.banking.fitting import alike, the_one_sum
from inbaar.banking.match_words import decision_in_words
from inbaar.banking.payment_tokens import reference_tokens
from inbaar.banking.rules import (
    Candidate,
    How,
    MatchDecision,
    OpenItem,
    PaymentFacts,
    candidates_among,
    decide,
    number_key,
)

JANSEN, KAS = "NL14MOCK0000000002", "NL84MOCK0000000003"


def item(
    number: str, amount: str, debtor: int = 1, *, iban: str = JANSEN, due: str = "2026-09-01"
) -> OpenItem:
    return OpenItem(
        int(number[-4:]), debtor, number, number_key(number), None, Decimal(amount), date.fromisoformat(due), "EUR",
        frozenset([iban] if iban else ()), "Bakkerij Jansen B.V." if debtor == 1 else "De Groene Kas",
    )  # fmt: skip


def credit(number: str, amount: str, debtor: int = 1) -> Credit:
    return Credit(900 + int(number[-1]), debtor, number, number_key(number), Decimal(amount), "EUR")


def match(
    amount: str,
    text: str,
    *items: OpenItem,
    iban: str = JANSEN,
    name: str = "Bakkerij Jansen BV",
    **known: object,
) -> MatchDecision:
    payment = PaymentFacts(Decimal(amount), "EUR", name, iban, text=text)
    tokens = reference_tokens(payment)
    context = Context(keys=tokens.number_keys)._replace(**known)  # type: ignore[arg-type]
    return decide(payment, candidates_among(payment, tokens, items), context)


def lines(decision: MatchDecision) -> dict[int, str]:
    return {invoice: str(amount) for invoice, amount in decision.lines}


FIRST, SECOND = item("2026-0042", "1000.00"), item("2026-0043", "250.00")


# less a credit note


def test_the_named_credit_note_that_is_the_difference_is_set_off_whoever_pays() -> None:
    credits = {1: [credit("CR-2026-01", "100.00"), credit("CR-2026-02", "60.00")]}
    decision = match(
        "940.00", "2026-0042 minus CR-2026-02", FIRST, name="Iemand Anders", iban="", credits=credits
    )
    assert (decision.reason, lines(decision)) == ("number-less-credit", {42: "940.00"})
    assert [(o.invoice_id, o.credit_id, o.amount) for o in decision.offsets] == [(42, 902, Decimal("60.00"))]
    assert decision_in_words(decision, "en") == (
        "Invoice 2026-0042 is named; the amount is what is open less credit note CR-2026-02."
    )


def test_a_credit_note_that_nobody_names_is_set_off_for_the_debtor_himself_if_only_one_choice_fits() -> None:
    credits = {1: [credit("CR-2026-01", "100.00"), credit("CR-2026-02", "60.00")]}
    alone = match("900.00", "2026-0042", FIRST, credits=credits)
    assert (alone.reason, [o.number for o in alone.offsets]) == ("number-less-credit", ["CR-2026-01"])
    both = match("840.00", "2026-0042", FIRST, credits=credits)
    assert [o.number for o in both.offsets] == ["CR-2026-01", "CR-2026-02"]
    equal = match(
        "900.00",
        "2026-0042",
        FIRST,
        credits={1: [credit("CR-2026-01", "100.00"), credit("CR-2026-02", "100.00")]},
    )
    assert (equal.reason, equal.offsets) == ("number-part", ())
    stranger = match("900.00", "2026-0042", FIRST, name="Iemand Anders", iban="", credits=credits)
    assert (stranger.status, stranger.reason) == ("unmatched", "credit-note")


def test_a_credit_note_larger_than_each_invoice_is_for_a_person() -> None:
    two = (item("2026-0050", "100.00"), item("2026-0051", "90.00"))
    decision = match(
        "40.00", "2026-0050 2026-0051 min CR-2026-01", *two, credits={1: [credit("CR-2026-01", "150.00")]}
    )
    assert (decision.status, decision.reason, decision.lines) == ("unmatched", "credit-note", ())


def test_all_that_is_open_less_all_credit_notes_is_recognised_by_the_account() -> None:
    decision = match("1190.00", "saldo", FIRST, SECOND, credits={1: [credit("CR-2026-01", "60.00")]})
    assert (decision.reason, lines(decision)) == ("iban-all-less-credit", {42: "940.00", 43: "250.00"})


# less a discount or a difference


@pytest.mark.requirement("ASK-21")
def test_a_discount_a_person_accepted_before_goes_by_itself_the_second_time() -> None:
    known = Known({1: (Decimal(2),)})
    decision = match("980.00", "2026-0042", FIRST, known=known)
    assert (decision.reason, lines(decision)) == ("number-discount", {42: "980.00"})
    assert [tuple(rest) for rest in decision.rests] == [(42, Decimal("20.00"), "discount")]
    assert match("980.01", "2026-0042", FIRST, known=known).reason == "number-part"
    assert match("980.00", "2026-0042", FIRST).reason == "number-part"
    of_another = match("980.00", "2026-0042", FIRST, known=Known({2: (Decimal(2),)}))
    assert of_another.rests == ()


@pytest.mark.requirement("ASK-21")
@pytest.mark.parametrize(("amount", "reason"), [("998.00", "number-let-go"), ("997.99", "number-part")])
def test_a_difference_within_the_tolerance_is_let_go_and_a_cent_more_is_not(amount: str, reason: str) -> None:
    known = Known(lenient={1: Leniency(Decimal("2.00"), "bank_cost")})
    decision = match(amount, "2026-0042", FIRST, known=known)
    assert decision.reason == reason
    assert sum(rest.amount for rest in decision.rests) == (
        Decimal("2.00") if reason == "number-let-go" else 0
    )


def test_the_clients_tolerance_is_for_debtors_without_their_own() -> None:
    known = Known(
        lenient={1: Leniency(Decimal(0), "goodwill")}, by_default=Leniency(Decimal(5), "small_difference")
    )
    assert match("998.00", "2026-0042", FIRST, known=known).reason == "number-part"
    other = item("2026-0042", "1000.00", 2, iban=KAS)
    decision = match("998.00", "2026-0042", other, iban=KAS, name="De Groene Kas", known=known)
    assert (decision.reason, decision.rests[0].ground) == ("number-let-go", "small_difference")


def test_nothing_is_given_up_for_a_stranger_or_by_a_number_that_may_be_a_house() -> None:
    known = Known(by_default=Leniency(Decimal(5), "small_difference"))
    stranger = match("998.00", "2026-0042", FIRST, iban="", name="Iemand Anders", known=known)
    assert (stranger.reason, stranger.rests) == ("part-by-stranger", ())
    short = item("1042", "1000.00")
    assert match("998.00", "Kade 1042", short, known=known).reason == "short-number-part"


# slips, and who names another's invoice


def test_a_slip_in_the_number_is_forgiven_where_account_and_amount_are_right() -> None:
    theirs = item("2026-0024", "77.00", 2, iban=KAS)
    decision = match("1000.00", "2026-0024", FIRST, theirs)
    assert (decision.reason, lines(decision)) == ("iban-amount-mistyped", {42: "1000.00"})
    far = match("1000.00", "2026-0099", FIRST, item("2026-0099", "77.00", 2, iban=KAS))
    assert (far.status, far.reason) == ("unmatched", "payer-of-another")


def test_a_number_of_his_own_that_does_not_fit_is_no_part_where_another_fits_exactly() -> None:
    decision = match("250.00", "2026-0042", FIRST, item("2026-0077", "250.00"))
    assert (decision.status, decision.reason) == ("unmatched", "number-or-amount")
    neighbour = match("250.00", "2026-0042", FIRST, SECOND)
    assert (neighbour.status, neighbour.reason, neighbour.suspects) == (
        "unmatched",
        "number-or-amount",
        (42, 43),
    )


def test_one_of_several_numbers_mistyped_is_the_only_other_invoice_that_fits() -> None:
    third = item("2026-0088", "31.00")
    decision = match("1281.00", "2026-0042 2026-0043 2026-0888", FIRST, SECOND, third)
    assert (decision.reason, set(lines(decision))) == ("iban-all", {42, 43, 88})
    fourth = item("2026-0099", "500.00")
    some = match("1281.00", "2026-0042 2026-0043 2026-0888", FIRST, SECOND, third, fourth)
    assert (some.reason, set(lines(some))) == ("iban-some", {42, 43, 88})
    nameless = [each._replace(debtor_ibans=frozenset()) for each in (FIRST, SECOND, third, fourth)]
    by_name = match("1281.00", "2026-0042 2026-0043 2026-0888", *nameless, iban="")
    assert (by_name.reason, set(lines(by_name))) == ("number-and-others", {42, 43, 88})


def test_more_than_is_named_pays_no_other_invoice_instead() -> None:
    decision = match("1000.00", "2026-0077", FIRST, SECOND, item("2026-0077", "31.00"))
    assert (decision.status, decision.reason) == ("unmatched", "more-than-open")


def test_a_payer_known_by_name_as_another_debtor_does_not_pay_this_one_by_itself() -> None:
    whole = match("1000.00", "2026-0042", FIRST, iban="", name="De Groene Kas", payers=frozenset({2}))
    assert (whole.status, whole.reason) == ("unmatched", "payer-of-another")
    same_name = match(
        "1000.00", "2026-0042", FIRST, iban="", name="Bakkerij Jansen", payers=frozenset({1, 2})
    )
    assert same_name.reason == "number"


def test_a_third_party_that_names_the_number_is_accepted_and_told() -> None:
    decision = match("1000.00", "2026-0042", FIRST, iban="", name="Oma Jansen")
    assert (decision.reason, decision.third_party) == ("number", True)
    assert dict(decision.parameters)["paid_by"] == "Oma Jansen"
    assert not match("1000.00", "2026-0042", FIRST).third_party


def test_one_of_several_numbers_with_a_slip_that_is_anothers_is_the_payers_own_that_fits() -> None:
    theirs = item("2026-0048", "77.00", 2, iban=KAS)
    rest = item("2026-0049", "31.00")
    decision = match("1031.00", "2026-0042 2026-0048", FIRST, theirs, rest, item("2026-0099", "500.00"))
    assert (decision.reason, set(lines(decision))) == ("number-and-others", {42, 49})
    far = match(
        "1031.00", "2026-0042 2026-0148", FIRST, item("2026-0148", "77.00", 2, iban=KAS), rest, SECOND
    )
    assert (far.status, far.reason) == ("unmatched", "number-ambiguous")


@pytest.mark.parametrize(
    ("text", "amount", "name", "reason"),
    [
        ("2026-42", "1000.00", "Bakkerij Jansen BV", "number-short"),
        ("factuur 2026/042", "1000.00", "", "number-short"),
        ("2026-42", "999.00", "Bakkerij Jansen BV", "name-only"),  # may be a month: not without the amount
        ("2026-42", "1000.00", "Slagerij Kas", "amount-only"),
        ("2026-43", "1000.00", "Bakkerij Jansen BV", "name-only"),
    ],
)
def test_a_number_without_its_zeros_needs_the_amount_and_no_other_payer(
    text: str, amount: str, name: str, reason: str
) -> None:
    mine = FIRST._replace(debtor_ibans=frozenset())
    assert match(amount, text, mine, iban="", name=name).reason == reason


def test_a_prefix_that_is_left_out_is_put_before_the_number() -> None:
    payment = PaymentFacts(Decimal("100.00"), "EUR", text="betaling 2026-0042")
    assert "F20260042" in reference_tokens(payment, ("F",)).short_for
    assert not reference_tokens(payment).short_for & {"F20260042"}


# only the payer is known


def test_of_equal_invoices_an_unnamed_payment_pays_the_oldest_and_two_of_one_day_wait() -> None:
    older, newer = item("2026-0052", "60.50", due="2026-05-01"), item("2026-0051", "60.50", due="2026-06-01")
    decision = match("60.50", "bedankt", older, newer)
    assert (decision.reason, lines(decision)) == ("iban-amount-oldest", {52: "60.50"})
    told = match("60.50", "factuur 51", older, newer)
    assert (told.reason, lines(told)) == ("iban-amount-figures", {51: "60.50"})
    unread = match("60.50", "kenmerk 4711", older, newer)
    assert (unread.status, unread.reason) == ("unmatched", "amount-ambiguous")
    one_day = match("60.50", "bedankt", older, newer._replace(due_date=older.due_date))
    assert (one_day.status, one_day.reason) == ("unmatched", "amount-ambiguous")


def test_the_only_invoices_that_make_up_the_amount_are_meant_and_two_choices_wait() -> None:
    three = (FIRST, SECOND, item("2026-0044", "31.00"))
    decision = match("281.00", "betaalrun", *three)
    assert (decision.reason, set(lines(decision))) == ("iban-some", {43, 44})
    twice = match("281.00", "betaalrun", *three, item("2026-0045", "31.00"))
    assert (twice.status, twice.reason) == ("unmatched", "iban-amount-unknown")


def test_a_customer_number_tells_the_debtor() -> None:
    payment = PaymentFacts(Decimal("250.00"), "EUR", "Onbekend", "NL30MOCK0000000005", text="klantnr. 10042")
    tokens = reference_tokens(payment)
    assert tokens.customers == {"10042"}
    found = [Candidate(each, How.CUSTOMER) for each in (FIRST, SECOND)]
    decision = decide(payment, found, Context(keys=tokens.number_keys))
    assert (decision.reason, lines(decision)) == ("customer-amount", {43: "250.00"})


def test_a_name_that_a_person_told_is_as_good_as_an_account() -> None:
    payment = PaymentFacts(Decimal("250.00"), "EUR", "JB Beheer", "NL30MOCK0000000005", text="")
    found = [Candidate(each, How.NAME) for each in (FIRST, SECOND)]
    assert decide(payment, found, Context(told=frozenset({1}))).reason == "name-amount"
    assert decide(payment, found).reason == "name-only"


# the small sums


@given(st.lists(st.integers(1, 500), min_size=1, max_size=9), st.data())
def test_a_sum_is_found_only_if_no_other_choice_makes_it(cents: list[int], data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.integers(0, len(cents) - 1), min_size=1))
    amounts = [Decimal(value) / 100 for value in cents]
    total = sum(amounts[place] for place in chosen)
    ways = [
        tuple(place for place in range(len(cents)) if bits >> place & 1)
        for bits in range(1, 2 ** len(cents))
        if sum(amounts[place] for place in range(len(cents)) if bits >> place & 1) == total
    ]
    assert the_one_sum(amounts, total) == (ways[0] if len(ways) == 1 else None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("20260024", True), ("2026042", True), ("202600422", True), ("20260052", True),
     ("20260042", False), ("20260420", False), ("20260051", False), ("26", False)],
)  # fmt: skip
def test_numbers_are_alike_by_one_slip_and_no_more(typed: str, expected: bool) -> None:
    assert alike(typed, "20260042") is expected
    assert alike("20260042", typed) is expected
