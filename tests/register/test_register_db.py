"""An arrear's life in dated days: reported, told, called, entered on the right day, and what stops it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Delivery
from inbaar.receivables.actions import NewFile, NewHold, open_holds
from inbaar.receivables.claims import owed_on
from inbaar.receivables.models import EvidenceRequest, Hold, Title
from inbaar.receivables.queries import claim_facts
from inbaar.register.acts import end_report, take_objection
from inbaar.register.figures import Resolution, add_up, resolution
from inbaar.register.models import Call, Fee, Report
from inbaar.register.run import run_register
from tests.dunning.scenario import PERSON, day
from tests.register.books import BAKERY, DAY_60, DAY_74, DUE, Register, morning


@pytest.fixture
def register(client_a):
    return Register(client_a).priced()


def hold(register, invoice, kind, since, **facts):
    with client_scope(register.client.id):
        (debtor,) = fetch("SELECT debtor_id FROM receivables_invoice WHERE id = %s", [invoice])[0]
        new = NewHold(
            debtor, kind, "afgesproken", "Olga", day(since), f"{kind}:{invoice}:{since}", invoice, **facts
        )
        open_holds(register.client.id, [new], morning(since))


def figures():
    return resolution(day("2026-01-01"), day("2026-12-31"))


def worth(register, invoice, on):
    with client_scope(register.client.id):
        return owed_on(claim_facts([invoice], day(on))[invoice], day(on)).total


@pytest.mark.requirement("REG-09", "REG-12", "REG-13", "REG-14")
def test_a_report_charges_the_creditor_and_leaves_the_debtor_s_amount_as_it_is(register):
    invoice = register.invoice("2026-1", DUE)
    before = worth(register, invoice, DAY_60)
    (answer,) = register.report(invoice)
    assert answer.outcome == "reported"
    assert worth(register, invoice, DAY_60) == before == Decimal("1210.00")
    with client_scope(register.client.id):
        (fee,) = Fee.objects.all()
        assert (fee.invoice_id, fee.amount, fee.on, fee.price_since) == (
            invoice, Decimal("12.50"), day(DAY_60), day("2026-01-01"),
        )  # fmt: skip


@pytest.mark.requirement("REG-14", "REG-15")
def test_the_whole_way_never_raises_the_debtor_s_amount_and_moves_no_money(register):
    invoice, _ = register.entered()
    with client_scope(register.client.id):
        assert fetch("SELECT amount FROM ledger_transfer") == [(Decimal("1210.00"),)]  # the invoice itself
    assert worth(register, invoice, DAY_74) == Decimal("1210.00")
    assert register.seen() == [Decimal("1210.00")]
    (letter,) = register.letters()
    assert letter.total_due == Decimal("1210.00")


def test_reporting_twice_is_reporting_once(register):
    invoice = register.invoice("2026-1", DUE)
    first, again = register.report(invoice, invoice)
    assert (first.outcome, again.outcome) == ("reported", "reported")
    (third,) = register.report(invoice, on="2026-11-03")
    assert (third.outcome, third.report_id) == ("known", first.report_id)
    assert [register.rows(f"register_{table}") for table in ("report", "fee", "call")] == [1, 1, 1]
    assert len(register.letters()) == 1


def test_each_refusal_says_why_and_changes_nothing(register):
    early = register.invoice("2026-1", "2026-10-04")
    small = register.invoice("2026-2", DUE, payable="99.99")
    person = register.invoice("2026-3", DUE, customer=PERSON)
    answers = register.report(early, small, person, 12345)
    assert [(one.outcome, one.refusals[0].code, one.refusals[0].passes_on) for one in answers] == [
        ("refused", "register-overdue", day("2026-11-03")), ("refused", "register-minimum", "never"),
        ("refused", "register-kvk", "never"), ("refused", "register-unknown", "never"),
    ]  # fmt: skip
    assert [register.rows(f"register_{table}") for table in ("report", "fee", "call")] == [0, 0, 0]
    assert register.letters() == []


def test_no_fee_is_guessed_before_the_first_price(client_a):
    register = Register(client_a)
    invoice = register.invoice("2026-1", DUE)
    with pytest.raises(Refused) as refused:
        register.report(invoice)
    assert refused.value.code == "register-no-price"
    assert register.rows("register_report") == 0


@pytest.mark.requirement("REG-16", "REG-17")
def test_the_letter_leaves_by_post_where_there_is_no_address_and_the_payee_follows_the_title(register):
    by_post = register.invoice("2026-1", DUE, customer=replace(BAKERY, email=None))
    with client_scope(register.client.id):
        fetch(
            "UPDATE receivables_title SET period = daterange(lower(period), '2026-10-20') WHERE invoice_id = %s RETURNING 1",
            [by_post],
        )
        Title.objects.create(
            client=register.client, invoice_id=by_post, owner_name="Factor Noord B.V.", payee_iban="NL91ABNA0417164300",
            period=(day("2026-10-20"), None), deed="sold", notified_on=day("2026-10-21"),
        )  # fmt: skip
    register.report(by_post)
    (letter,) = register.letters()
    assert (letter.payee.account_holder, letter.payee.iban) == ("Factor Noord B.V.", "NL91ABNA0417164300")
    assert letter.total_due == Decimal("1210.00")
    with client_scope(register.client.id):
        assert [delivery.state for delivery in Delivery.objects.all()] == ["by_post"]


@pytest.mark.requirement("REG-06", "REG-19", "REG-20", "REG-21", "REG-23", "REG-27")
def test_entered_on_day_74_and_seen_by_nobody_before(register):
    register.reported()
    for on in (DAY_60, "2026-11-03", "2026-11-09", "2026-11-15"):
        assert register.look(on).entered == 0, on
        assert register.seen() == [], on
    assert register.look(DAY_74).entered == 1
    assert register.seen() == [Decimal("1210.00")]
    assert register.look(DAY_74).entered == 0
    assert register.look("2026-11-17").entered == 0
    assert register.seen() == [Decimal("1210.00")]


def test_weeks_that_were_missed_are_caught_up(register):
    register.reported()
    assert register.look("2026-12-24").entered == 1


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        ("proof", "register-proof"), ("call", "register-not-called"), ("dispute", "register-disputed"),
        ("kvk", "register-kvk"), ("promise", "register-held"), ("bank", "register-stale-bank"),
        ("letter", "register-untold"),
    ],
)  # fmt: skip
@pytest.mark.requirement("REG-06", "REG-24")
def test_every_rule_is_looked_at_again_on_the_day_of_entry(register, spoil, code):
    invoice = register.invoice("2026-1", DUE)
    (answer,) = register.report(invoice)
    if spoil != "letter":
        register.send(DAY_60)
    if spoil != "proof":
        register.prove(invoice)
    if spoil != "call":
        register.call(answer.report_id, "2026-11-04")
    if spoil in ("dispute", "promise"):
        hold(
            register,
            invoice,
            spoil,
            "2026-11-10",
            **({"until": day("2026-11-20")} if spoil == "promise" else {}),
        )
    if spoil == "bank":
        register.bank_account("2026-10-01")
    if spoil == "kvk":
        with client_scope(register.client.id):
            fetch("UPDATE parties_debtor SET kvk_number = '' RETURNING 1")
    tally = run(register, DAY_74)
    assert tally.entered == 0
    assert code in tally.waits
    assert register.seen() == []


def run(register, on):
    return run_register(register.client.id, day(on), morning(on))


def test_it_is_entered_the_day_the_reason_is_gone(register):
    invoice, _ = register.reported()
    hold(register, invoice, "promise", "2026-11-10", until=day("2026-11-20"))
    register.look(DAY_74)
    assert register.look("2026-11-20").waits == {"register-held": 1}
    assert register.look("2026-11-21").entered == 1


@pytest.mark.requirement("REG-22")
@pytest.mark.parametrize("how", ["payment", "plan", "agreement", "credit"])
def test_what_settles_it_within_fourteen_days_ends_it_without_entry(register, how):
    invoice, report = register.reported()
    if how == "payment":
        register.pay(invoice, "2026-11-15", "1210.00")
    elif how == "plan":
        hold(register, invoice, "plan", "2026-11-15")
    elif how == "agreement":
        with client_scope(register.client.id):
            assert end_report(register.client.id, report, "agreed")
            assert not end_report(register.client.id, report, "agreed")
    else:
        register.invoice("2026-9", DUE, kind="credit_note", credits_number="2026-1")
    assert register.rows("register_report") == register.rows("register_call") == 0
    assert register.look(DAY_74).entered == 0
    assert register.seen() == []
    assert figures() == Resolution(reported=1, resolved=1)


@pytest.mark.requirement("REG-28", "REG-29", "REG-30")
@pytest.mark.parametrize("how", ["payment", "plan", "withdrawal"])
def test_payment_a_plan_and_withdrawal_take_an_entry_out_at_once(register, how):
    invoice, report = register.entered()
    if how == "payment":
        register.pay(invoice, "2026-11-18", "1210.00")
    elif how == "plan":
        hold(register, invoice, "plan", "2026-11-18")
    else:
        with client_scope(register.client.id):
            assert end_report(register.client.id, report, "withdrawn")
    assert register.seen() == []
    assert register.rows("register_report") == 0
    assert register.look("2026-11-19").entered == 0
    assert figures() == Resolution(reported=1, overdue=1)


def test_a_part_payment_leaves_the_rest_and_its_amount_is_the_new_one(register):
    invoice, report = register.entered()
    register.pay(invoice, "2026-11-18", "200.00")
    assert register.seen() == []
    register.approve(report, "2026-11-18")
    assert register.look("2026-11-18").entered == 1
    assert register.seen() == [Decimal("1010.00")]


def test_an_objection_suspends_and_its_days_do_not_count(register):
    _, report = register.reported()
    with client_scope(register.client.id):
        file = NewFile("uittreksel.pdf", b"%PDF-1.7 kvk")
        assert take_objection(
            register.client.id,
            report,
            "Niet onze bestelling",
            [file],
            "Olga",
            day("2026-11-12"),
            morning("2026-11-12"),
        )
        (dispute,) = Hold.objects.filter(kind="dispute")
        assert (dispute.reason, fetch("SELECT name FROM register_objectionfile")) == (
            "Niet onze bestelling", [("uittreksel.pdf",)],
        )  # fmt: skip
    assert register.look(DAY_74).waits["register-disputed"] == 1
    with client_scope(register.client.id):
        Hold.objects.filter(kind="dispute").update(released_on=day("2026-11-20"))
    # Ten days had gone when he objected, on the 12th; it rested for eight days, so the last four run until the 23rd.
    assert register.look("2026-11-20").entered == 0
    register.approve(report, "2026-11-21")
    assert register.look("2026-11-23").entered == 0
    assert register.look("2026-11-24").entered == 1


def test_an_objection_after_entry_takes_it_out_of_sight(register):
    _, report = register.entered()
    with client_scope(register.client.id):
        assert take_objection(
            register.client.id, report, "Niet geleverd", [], "Olga", day("2026-11-18"), morning("2026-11-18")
        )
    assert register.seen() == []
    assert register.look("2026-11-19").entered == 0
    assert register.rows("register_report") == 1


def test_an_objection_says_what_is_wrong(register):
    _, report = register.reported()
    with client_scope(register.client.id), pytest.raises(Refused) as refused:
        take_objection(register.client.id, report, "  ", [], "Olga", day(DAY_74), morning(DAY_74))
    assert refused.value.code == "reason-missing"


@pytest.mark.parametrize("state", ["withdrawn", "bounced"])
def test_a_letter_that_did_not_arrive_is_written_anew_with_days_of_its_own(register, state):
    invoice = register.invoice("2026-1", DUE)
    (answer,) = register.report(invoice)
    with client_scope(register.client.id):
        Delivery.objects.update(state=state)
    register.prove(invoice)
    register.call(answer.report_id, "2026-11-04")
    register.approve(answer.report_id, "2026-11-04")
    assert register.look("2026-11-04").letters == 1
    assert [letter.pay_by for letter in register.letters()] == [day("2026-11-15"), day("2026-11-17")]
    for on, count in ((DAY_74, 0), ("2026-11-17", 0), ("2026-11-18", 1)):
        assert register.look(on).entered == count, on


def test_the_days_count_from_when_the_letter_left(register):
    invoice = register.invoice("2026-1", DUE)
    (answer,) = register.report(invoice)
    register.prove(invoice)
    register.call(answer.report_id, "2026-11-04")
    register.approve(answer.report_id, "2026-11-04")
    register.send("2026-11-05")
    assert register.look(DAY_74).entered == 0
    assert register.look("2026-11-18").entered == 0
    assert register.look("2026-11-19").entered == 1


@pytest.mark.requirement("REG-10")
def test_proof_is_asked_for_by_the_day_of_entry_and_no_longer_once_the_report_ended(register):
    invoice = register.invoice("2026-1", DUE)
    register.report(invoice)
    with client_scope(register.client.id):
        (asked,) = EvidenceRequest.objects.all()
        assert (asked.step, asked.due_on, asked.evidence_id) == ("register", day(DAY_74), None)
    register.prove(invoice)
    with client_scope(register.client.id):
        assert EvidenceRequest.objects.get().evidence_id is not None
    other = register.invoice("2026-2", DUE)
    (answer,) = register.report(other)
    with client_scope(register.client.id):
        end_report(register.client.id, answer.report_id, "withdrawn")
    register.look("2026-11-05")
    with client_scope(register.client.id):
        assert EvidenceRequest.objects.get(invoice_id=other).withdrawn_on == day("2026-11-05")


def test_nobody_reached_is_called_again_three_times_at_most(register):
    invoice = register.invoice("2026-1", DUE)
    (answer,) = register.report(invoice)
    assert register.call(answer.report_id, "2026-11-04", "no_answer")
    assert register.call(answer.report_id, "2026-11-07", "no_answer")
    assert register.call(answer.report_id, "2026-11-10", "no_answer")
    assert not register.call(answer.report_id, "2026-11-13", "no_answer")
    with client_scope(register.client.id):
        assert list(Call.objects.order_by("due_on").values_list("due_on", flat=True)) == [
            day("2026-11-04"), day("2026-11-07"), day("2026-11-10"),
        ]  # fmt: skip


def test_what_a_creditor_withdraws_within_the_days_counts_neither_way(register):
    _, report = register.reported()
    with client_scope(register.client.id):
        end_report(register.client.id, report, "withdrawn")
    assert (figures(), figures().percent) == (Resolution(reported=1, withdrawn=1), None)


def test_the_figures_stay_the_same_when_they_are_added_up(register):
    _, report = register.reported("2026-1")
    register.reported("2026-2")
    with client_scope(register.client.id):
        end_report(register.client.id, report, "agreed")
    told = figures()
    assert told == Resolution(reported=2, resolved=1)
    add_up()
    assert (figures(), fetch("SELECT count(*) FROM register_figure")) == (told, [(2,)])


def test_a_plan_that_had_ended_before_the_report_does_not_end_it(register):
    invoice = register.invoice("2026-1", DUE)
    hold(register, invoice, "plan", "2026-10-05", until=day("2026-10-20"))
    register.report(invoice)
    register.pay(invoice, "2026-11-05", "200.00")
    assert register.rows("register_report") == 1


def test_a_batch_takes_as_many_statements_as_one(register, django_assert_max_num_queries):
    invoices = [register.invoice(f"2026-{n}", DUE) for n in range(12)]
    with django_assert_max_num_queries(32):
        assert {answer.outcome for answer in register.report(*invoices)} == {"reported"}


def test_another_client_s_invoice_is_unknown(register, client_b):
    theirs = Register(client_b).invoice("2026-1", DUE)
    (answer,) = register.report(theirs)
    assert answer.refusals[0].code == "register-unknown"


def test_the_row_of_a_report_does_not_say_whether_it_was_entered(register):
    register.entered("2026-1")
    invoice, _ = register.reported("2026-2")
    hold(register, invoice, "promise", "2026-11-17", until=day("2027-01-31"))
    register.look("2026-11-17")
    with client_scope(register.client.id):
        rows = Report.objects.order_by("id").values(
            "look_on", "suspended_on", "days_suspended", "overdue", "reported_on"
        )
        assert rows[0] == rows[1]
    assert register.seen() == [Decimal("1210.00")]
