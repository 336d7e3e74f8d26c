"""For whom a payment is, where no number tells it: a name only one debtor has, a name in the text, and what speaks against it."""

from decimal import Decimal

import pytest

from inbaar.banking.evidence import Context
from inbaar.banking.match_words import decision_in_words
from inbaar.banking.payment_tokens import reference_tokens
from inbaar.banking.rules import Candidate, How, MatchDecision, OpenItem, PaymentFacts, decide
from tests.banking.test_why_it_matches import JANSEN, item, lines, match

MINE = item("2026-0042", "1000.00")._replace(debtor_ibans=frozenset())
MORE = item("2026-0057", "250.00")._replace(debtor_ibans=frozenset())
ALONE = frozenset({1})


def by_name(amount: str, text: str, *items: OpenItem, **known: object) -> MatchDecision:
    """A payment under the debtor's own name from an account nobody knows, with what the name finds."""
    name = str(known.pop("name", "Bakkerij Jansen BV"))
    payment = PaymentFacts(Decimal(amount), "EUR", name, "NL30MOCK0000000005", text=text)
    context = Context(payers=ALONE, keys=reference_tokens(payment).number_keys)._replace(**known)  # type: ignore[arg-type]
    return decide(payment, [Candidate(each, How.NAME) for each in items], context)


def test_a_name_that_one_debtor_has_is_as_good_as_his_account() -> None:
    decision = by_name("1000.00", "bedankt", MINE, MORE)
    assert (decision.reason, lines(decision), decision.score) == ("name-own-amount", {42: "1000.00"}, 84)
    assert decision_in_words(decision, "en") == (
        "Only this debtor has the payer's name and only invoice 2026-0042 is open for this amount."
    )
    whole = by_name("1250.00", "alles", MINE, MORE)
    assert (whole.reason, set(lines(whole))) == ("name-own-all", {42, 57})
    none = by_name("999.99", "", MINE, MORE)
    assert (none.status, none.reason, none.suspects) == ("unmatched", "name-own-amount-unknown", (42, 57))


@pytest.mark.parametrize(
    "known",
    [
        {"payers": frozenset({1, 2})},  # another debtor has it too, with nothing open
        {"payers": frozenset()},
        {"told": frozenset({2})},  # a person said that another pays under it
        {"meant": frozenset({2})},
        {"text": "voor Smederij De Hamer"},  # for somebody we do not know
        {"text": "order 88213"},  # figures that are none of the invoice's
        {"text": "factuur 57"},
        {"name": "J Vos"},  # too short to be one debtor's alone
    ],
)  # fmt: skip
def test_a_name_is_not_enough_where_something_speaks_against_it(known: dict[str, object]) -> None:
    facts = dict(known)
    text = str(facts.pop("text", "bedankt"))
    items = [MINE, MORE]
    if "name" in facts:
        items = [each._replace(debtor_name="J. Vos") for each in items]
    decision = by_name("1000.00", text, *items, **facts)
    assert (decision.status, decision.lines) == ("unmatched", ())


def test_a_slip_in_the_number_is_forgiven_to_who_alone_has_the_name() -> None:
    typed = by_name("1000.00", "factuur 2026-0024", MINE, MORE)
    assert (typed.reason, lines(typed)) == ("name-own-amount", {42: "1000.00"})
    theirs = item("2026-0024", "77.00", 2, iban="NL84MOCK0000000003")
    payment = PaymentFacts(
        Decimal("1000.00"), "EUR", "Bakkerij Jansen BV", "NL30MOCK0000000005", text="2026-0024"
    )
    found = [Candidate(theirs, How.NUMBER), Candidate(MINE, How.NAME), Candidate(MORE, How.NAME)]
    keys = reference_tokens(payment).number_keys
    decision = decide(payment, found, Context(payers=ALONE, keys=keys))
    assert (decision.reason, lines(decision)) == ("name-own-amount-mistyped", {42: "1000.00"})
    shared = decide(payment, found, Context(payers=frozenset({1, 3}), keys=keys))
    assert (shared.status, shared.reason) == ("unmatched", "payer-of-another")


def paid_for(amount: str, text: str, *found: Candidate, meant: frozenset[int] = ALONE) -> MatchDecision:
    payment = PaymentFacts(
        Decimal(amount), "EUR", "Administratiekantoor Kok", "NL30MOCK0000000005", text=text
    )
    return decide(payment, found, Context(meant=meant, keys=reference_tokens(payment).number_keys))


def test_the_debtor_whom_the_text_says_it_is_paid_for_is_meant_and_the_payer_told() -> None:
    found = [Candidate(each, How.MEANT) for each in (MINE, MORE)]
    decision = paid_for("1000.00", "voor Bakkerij Jansen B.V.", *found)
    assert (decision.reason, lines(decision), decision.third_party) == ("meant-amount", {42: "1000.00"}, True)
    alike = paid_for(
        "1000.00", "voor Bakkerij Jansen B.V.", *found, Candidate(item("2026-0041", "1000.00", iban="", due="2026-08-01"), How.MEANT)
    )  # fmt: skip
    assert (alike.status, alike.reason) == ("unmatched", "amount-ambiguous")
    other = paid_for("999.00", "voor Bakkerij Jansen B.V.", *found)
    assert (other.status, other.reason) == ("unmatched", "meant-amount-unknown")


def test_an_account_of_one_debtor_and_a_text_for_another_wait() -> None:
    theirs = item("2026-0099", "1000.00", 2, iban="")._replace(debtor_name="De Groene Kas")
    payment = PaymentFacts(Decimal("1000.00"), "EUR", "Bakkerij Jansen BV", JANSEN, text="voor De Groene Kas")
    mine = item("2026-0042", "1000.00")
    for how in (How.MEANT, How.CUSTOMER):
        decision = decide(payment, [Candidate(mine, How.IBAN), Candidate(theirs, how)])
        assert (decision.status, decision.reason, decision.suspects) == (
            "unmatched",
            "payer-contradicts",
            (42, 99),
        )
    assert decide(payment, [Candidate(mine, How.IBAN)]).reason == "iban-amount"


def test_who_names_the_debtor_beside_his_number_and_pays_exactly_pays_for_him() -> None:
    found = [Candidate(MINE, How.NUMBER)]
    payment = PaymentFacts(
        Decimal("1000.00"), "EUR", "De Groene Kas", None, text="2026-0042 Bakkerij Jansen B.V."
    )
    another = Context(payers=frozenset({2}))
    decision = decide(payment, found, another)
    assert (decision.reason, decision.third_party) == ("number", True)
    assert decide(payment._replace(text="2026-0042"), found, another).reason == "payer-of-another"
    assert decide(payment._replace(amount=Decimal("900.00")), found, another).reason == "payer-of-another"


def test_who_speaks_of_several_invoices_does_not_pay_one_where_others_make_it_up_too() -> None:
    three = [item("2026-0010", "907.50"), item("2026-0011", "302.50"), item("2026-0012", "1210.00")]
    decision = match("1210.00", "diverse facturen", *three)
    assert (decision.status, decision.reason, decision.suspects) == (
        "unmatched",
        "one-or-several",
        (10, 11, 12),
    )
    assert match("1210.00", "bedankt", *three).reason == "iban-amount"
    assert match("1210.00", "diverse facturen", *three[1:]).reason == "iban-amount"
    many = [item(f"2026-{n:04d}", f"{n}.00") for n in range(20, 33)]
    assert match("1210.00", "diverse facturen", three[2], *many).reason == "one-or-several"


def test_a_short_number_that_is_another_invoices_is_not_passed_over_for_the_amount() -> None:
    mine = item("2026-0042", "1000.00")
    decision = match("1000.00", "rekening 27", mine)
    assert (decision.status, decision.reason) == ("unmatched", "other-figures")
    for text in ("rekening 42", "factuur 2026", "mei 27", "factuur 0042"):
        assert match("1000.00", text, mine).certain, text


def test_a_part_that_is_called_one_is_a_part_whatever_else_has_its_amount() -> None:
    both = (item("2026-0042", "1000.00"), item("2026-0077", "250.00"))
    said = match("250.00", "deel van factuur 2026-0042", *both)
    assert (said.reason, lines(said)) == ("number-part", {42: "250.00"})
    assert match("250.00", "factuur 2026-0042, deel 2", *both).reason == "number-or-amount"
    assert (
        match("250.00", "deel van factuur 2026-0042", *both, iban="", name="Vreemd Bedrijf").status
        == "unmatched"
    )


def test_a_slip_among_many_invoices_is_the_one_that_is_alike_and_makes_the_sum() -> None:
    named = [item("2026-0042", "1000.00"), item("2026-0043", "250.00")]
    others = [item(f"2026-{n:04d}", f"{n}.50") for n in range(300, 320)]
    text = "2026-0042 2026-0043 2026-0113"
    decision = match("1563.50", text, *named, *others)
    assert (decision.reason, set(lines(decision))) == ("number-and-others", {42, 43, 313})
    assert match("1563.50", "2026-0042 2026-0043 2026-8813", *named, *others).status == "unmatched"


def test_figures_of_the_customer_number_name_no_invoice() -> None:
    older, newer = item("2026-0052", "60.50", due="2026-05-01"), item("2026-0051", "60.50", due="2026-06-01")
    decision = match("60.50", "klantnr. 10042", older, newer)
    assert (decision.reason, lines(decision)) == ("iban-amount-oldest", {52: "60.50"})
    assert match("60.50", "klantnr. 10042 kenmerk 4711", older, newer).reason == "amount-ambiguous"


def test_too_much_puts_in_doubt_what_is_named_and_what_the_surplus_or_the_amount_would_pay() -> None:
    named = item("2026-0042", "1000.00")
    small, equal, large = item("2026-0050", "60.00"), item("2026-0051", "1060.00"), item("2026-0052", "60.01")
    far = item("2026-0053", "5000.00")
    decision = match("1060.00", "factuur 2026-0042", named, large, far)
    assert (decision.reason, decision.suspects) == ("more-than-open", (42,))
    wide = match("1065.00", "factuur 2026-0042", named, small, equal, large, far)
    assert wide.suspects == (42, 50, 52)
    slip = match("1060.00", "factuur 2026-0042", named, equal, large)
    assert slip.suspects == (42, 51)
    everything = match("9000.00", "bedankt", named, small, far)
    assert (everything.reason, everything.suspects) == ("more-than-open", (42, 50, 53))
