"""The default policy, told in dated days: reminder, formal notice or 14-day letter, and nothing that may not go out."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from inbaar.dunning.policy import DEFAULT_POLICY, Policy
from inbaar.dunning.policy_steps import dates_of
from inbaar.dunning.rules import decide
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.parties.rules import Capacity
from inbaar.receivables.actions import NewHold, accept_invoices, open_holds, release_hold
from inbaar.receivables.models import ClaimComponent, Hold
from tests.dunning.scenario import BAKERY, NOW, PERSON, Administration, day

pytestmark = pytest.mark.django_db
BUSINESS = DEFAULT_POLICY.lane(Capacity.BUSINESS)
NOTICE = BUSINESS.steps[1]
NOTICE_STEP = replace(NOTICE, key="")


@pytest.fixture
def books(client_a):
    return Administration(client_a)


@pytest.mark.requirement("DUN-01")
def test_a_reminder_goes_out_on_the_first_working_day_after_the_term(books):
    books.invoice("2026-0042", "2026-10-01")
    assert books.run("2026-10-01").looked_at == 0
    assert books.run("2026-10-02").letters == {"reminder": 1}
    (letter,) = books.letters()
    assert (letter.kind, letter.total_due, letter.pay_by) == (
        "reminder",
        Decimal("1210.00"),
        day("2026-10-09"),
    )


@pytest.mark.requirement("ASK-17")
def test_nothing_leaves_on_saturday_sunday_or_a_holiday(books):
    books.invoice("2026-0042", "2026-04-02")  # Thursday before Good Friday
    for quiet in ("2026-04-03", "2026-04-04", "2026-04-05", "2026-04-06"):
        assert books.run(quiet).looked_at == 0
    assert books.run("2026-04-07").letters == {"reminder": 1}


@pytest.mark.requirement("DUN-02")
@pytest.mark.requirement("DUN-06")
@pytest.mark.requirement("DUN-07")
def test_still_unpaid_gives_a_formal_notice_with_interest_warning_and_costs(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    assert books.run("2026-10-14").looked_at == 0
    assert books.run("2026-10-15").letters == {"formal_notice": 1}
    notice = books.letters()[-1]
    # 2 to 15 October is 14 days at 10.40%: 1210.00 * 10.40% * 14 / 365 = 4.83.
    assert (notice.interest_due, notice.total_due) == (Decimal("4.83"), Decimal("1214.83"))
    assert notice.hand_over_warning
    assert notice.costs_if_unpaid is not None
    assert notice.costs_if_unpaid.total == Decimal("181.50")  # 15% of 1,210.00
    with client_scope(books.client.id):
        assert ClaimComponent.objects.get(invoice_id=invoice).since == day("2026-10-02")


@pytest.mark.requirement("DUN-04")
@pytest.mark.requirement("DUN-05")
def test_the_notice_names_a_date_five_working_days_on(books):
    books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    books.run("2026-10-15")
    # Thursday 15 October: Friday, Monday, Tuesday, Wednesday, Thursday 22 October; seven calendar days.
    assert books.letters()[-1].pay_by == day("2026-10-22")


@pytest.mark.requirement("DUN-04")
@pytest.mark.requirement("DUN-05")
@pytest.mark.parametrize(
    ("on", "pay_by"),
    [
        ("2026-11-16", "2026-11-23"),
        ("2026-04-20", "2026-04-28"),  # King's Day on Monday 27 April
        ("2026-05-20", "2026-05-28"),  # Whit Monday on 25 May
        ("2026-04-29", "2026-05-07"),
        ("2026-05-13", "2026-05-22"),
        ("2026-12-18", "2026-12-28"),
    ],
)
def test_holidays_move_the_notice_date(on, pay_by):
    assert dates_of(NOTICE, day(on)).pay_by == day(pay_by)


@pytest.mark.requirement("DUN-05")
def test_five_working_days_end_within_a_week_unless_a_holiday_intervenes():
    from inbaar.law.calendar import is_working_day

    for offset in range(365):
        on = dt.date(2026, 1, 1) + dt.timedelta(days=offset)
        if not is_working_day(on):
            continue
        pay_by = dates_of(NOTICE, on).pay_by
        assert pay_by is not None
        between = [on + dt.timedelta(days=n) for n in range(1, (pay_by - on).days + 1)]
        holiday = any(d.weekday() < 5 and not is_working_day(d) for d in between)
        assert (pay_by - on).days <= 7 or holiday, on


@pytest.mark.requirement("DUN-04")
def test_a_policy_with_six_working_days_is_refused():
    steps = DEFAULT_POLICY.steps
    assert Policy(steps)
    with pytest.raises(Refused, match=r"DUN-04: .* 6 working_days \(limit: 1 to 5 working days\)"):
        Policy(tuple(replace(step, term_days=6) if step == NOTICE_STEP else step for step in steps))


@pytest.mark.requirement("DUN-09")
def test_no_notice_before_a_reminder_even_when_long_overdue(books):
    books.invoice("2026-0042", "2026-06-01")
    assert books.run("2026-10-15").letters == {"reminder": 1}
    assert books.run("2026-10-16").letters == {}
    # The reminder gave until 22 October, so the notice waits for the day after.
    assert books.run("2026-10-22").letters == {}
    assert books.run("2026-10-23").letters == {"formal_notice": 1}


@pytest.mark.requirement("DUN-10")
def test_a_consumer_gets_the_fourteen_day_letter_instead(books):
    invoice = books.invoice("2026-0042", "2026-10-01", payable="1000.00", customer=PERSON)
    assert books.run("2026-10-02").letters == {"reminder": 1}
    assert books.letters()[0].pay_by == day("2026-10-16")
    assert books.run("2026-10-16").letters == {}
    assert books.run("2026-10-19").letters == {"fourteen_day_letter": 1}
    letter = books.letters()[-1]
    # In default since 17 October, the day after the reminder's term (6:82 BW): 3 days at 4% over 1,000.00 = 0.33.
    assert letter.pay_by is None
    assert letter.interest_due == Decimal("0.33")
    assert letter.costs_if_unpaid is not None
    assert letter.costs_if_unpaid.total == Decimal("150.00")
    with client_scope(books.client.id):
        assert ClaimComponent.objects.get(invoice_id=invoice).since == day("2026-10-17")


@pytest.mark.requirement("COL-19")
@pytest.mark.requirement("DUN-10")
def test_costs_of_a_consumer_are_due_only_after_the_fourteen_days(books):
    invoice = books.invoice("2026-0042", "2026-10-01", payable="1000.00", customer=PERSON)
    books.run("2026-10-02")
    books.run("2026-10-19")
    # Sent Monday 19 October, presumed delivered Wednesday 21, so 22 October to 4 November; costs from 5 November.
    books.pay(invoice, "2026-10-30", "600.00")
    assert books.run("2026-11-04").steps == {}
    assert books.run("2026-11-05").steps == {"hand_over": 1}
    with client_scope(books.client.id):
        costs = ClaimComponent.objects.get(invoice_id=invoice, kind="costs")
    # 600.00 went to 1.53 of interest (14 days at 4%) and 598.47 of principal: the minimum of 40 is below 15% of 401.53.
    assert books.open(invoice) == Decimal("401.53")
    assert costs.amount == Decimal("60.23")


@pytest.mark.requirement("DUN-10")
def test_a_sole_trader_in_business_is_no_consumer(books):
    from inbaar.receivables.actions import Customer

    books.invoice(
        "2026-0042", "2026-10-01", customer=Customer(name="Jan de Wit Schilderwerken", kvk="90000009")
    )
    books.run("2026-10-02")
    assert books.run("2026-10-15").letters == {"formal_notice": 1}


@pytest.mark.requirement("COL-19")
@pytest.mark.parametrize(
    ("payable", "costs"), [("0.01", "40.00"), ("266.67", "40.00"), ("266.70", "40.01"), ("5000.00", "625.00")]
)
def test_costs_follow_the_scale_whatever_the_amount(books, payable, costs):
    invoice = books.invoice("2026-0042", "2026-10-01", payable=payable)
    for on in ("2026-10-02", "2026-10-15", "2026-10-23"):
        books.run(on)
    with client_scope(books.client.id):
        assert ClaimComponent.objects.get(invoice_id=invoice, kind="costs").amount == Decimal(costs)


@pytest.mark.requirement("ASK-05")
def test_a_hundred_runs_give_one_letter(books):
    books.invoice("2026-0042", "2026-10-01")
    for _ in range(100):
        books.run("2026-10-02")
    assert [letter.kind for letter in books.letters()] == ["reminder"]


@pytest.mark.requirement("ASK-06")
def test_a_missed_week_is_caught_up_one_step_a_day(books):
    books.invoice("2026-0042", "2026-10-01")
    assert books.run("2026-10-28").letters == {"reminder": 1}
    assert books.run("2026-10-28").letters == {}
    assert books.run("2026-11-10").letters == {"formal_notice": 1}


@pytest.mark.requirement("ASK-06")
def test_an_old_ledger_is_not_flooded_on_the_first_day(books):
    books.client.dunning_starts_on = day("2026-09-01")
    with client_scope(books.client.id):
        books.client.save(update_fields=["dunning_starts_on"])
    books.invoice("old", "2026-08-31")
    books.invoice("new", "2026-09-01")
    books.run("2026-10-02")
    assert [item.invoice_number for letter in books.letters() for item in letter.items] == ["new"]


@pytest.mark.requirement("ASK-10")
def test_a_part_payment_leaves_a_notice_for_the_rest_with_interest_on_the_changing_balance(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    books.pay(invoice, "2026-10-06", "210.00")
    books.run("2026-10-15")
    notice = books.letters()[-1]
    # 5 days over 1,210.00 = 1.72 and 9 days over 1,000.00 = 2.56.
    assert [(line.days, line.base, line.amount) for line in notice.items[0].lines] == [
        (5, Decimal("1210.00"), Decimal("1.72")),
        (9, Decimal("1000.00"), Decimal("2.56")),
    ]
    assert notice.total_due == Decimal("1004.28")


@pytest.mark.requirement("ASK-08")
def test_only_the_undisputed_part_is_pressed_for(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    with client_scope(books.client.id):
        hold = NewHold(
            debtor_id(books, invoice),
            "dispute",
            "twee stuks beschadigd",
            "Anna",
            day("2026-10-01"),
            "d1",
            invoice,
            Decimal("210.00"),
        )
        assert open_holds(books.client.id, [hold, hold], NOW) == 1
    books.run("2026-10-02")
    letter = books.letters()[-1]
    assert (letter.total_due, letter.items[0].disputed) == (Decimal("1000.00"), Decimal("210.00"))


def debtor_id(books, invoice_id):
    from inbaar.receivables.models import Invoice

    return Invoice.objects.get(id=invoice_id).debtor_id


@pytest.mark.requirement("ASK-08")
@pytest.mark.parametrize("amount", [None, Decimal("1210.00")])
def test_a_dispute_of_the_whole_stops_everything_and_its_end_starts_it_again(books, amount):
    invoice = books.invoice("2026-0042", "2026-10-01")
    with client_scope(books.client.id):
        open_holds(
            books.client.id,
            [
                NewHold(
                    debtor_id(books, invoice),
                    "dispute",
                    "niet geleverd",
                    "Anna",
                    day("2026-10-01"),
                    "d1",
                    invoice,
                    amount,
                )
            ],
            NOW,
        )
    assert books.run("2026-10-02").waits == {"dispute": 1}
    assert books.run("2026-10-05").waits == {"dispute": 1}
    with client_scope(books.client.id):
        release_hold(books.client.id, Hold.objects.get().id, day("2026-10-06"), "Anna", NOW)
    assert books.run("2026-10-06").letters == {"reminder": 1}


@pytest.mark.requirement("ASK-07")
def test_a_pause_until_a_day_ends_by_itself(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    with client_scope(books.client.id):
        open_holds(
            books.client.id,
            [
                NewHold(
                    debtor_id(books, invoice),
                    "pause",
                    "op verzoek",
                    "Anna",
                    day("2026-10-01"),
                    "p1",
                    invoice,
                    None,
                    day("2026-10-08"),
                )
            ],
            NOW,
        )
    assert books.run("2026-10-02").waits == {"pause": 1}
    assert books.run("2026-10-08").looked_at == 0
    assert books.run("2026-10-09").letters == {"reminder": 1}


@pytest.mark.requirement("ASK-07")
@pytest.mark.requirement("ASK-08")
def test_a_hold_on_the_debtor_holds_all_his_invoices(books):
    first = books.invoice("2026-0042", "2026-10-01")
    books.invoice("2026-0043", "2026-10-01")
    with client_scope(books.client.id):
        open_holds(
            books.client.id,
            [
                NewHold(
                    debtor_id(books, first),
                    "insolvency",
                    "failliet verklaard",
                    "Anna",
                    day("2026-10-01"),
                    "f1",
                )
            ],
            NOW,
        )
    assert books.run("2026-10-02").waits == {"insolvency": 2}
    assert books.letters() == []


@pytest.mark.requirement("BEY-03")
def test_what_is_paid_is_never_chased(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    books.pay(invoice, "2026-10-14", "1210.00")
    tally = books.run("2026-10-15")
    assert (tally.closed, tally.letters) == (1, {})


@pytest.mark.requirement("ASK-11")
def test_one_letter_per_debtor_and_payee_at_the_highest_step(books):
    books.invoice("2026-0041", "2026-10-01")
    books.run("2026-10-02")
    books.invoice("2026-0042", "2026-10-14")
    books.invoice("sold", "2026-10-14", payee_iban="NL91ABNA0417164300")
    tally = books.run("2026-10-15")
    assert tally.letters == {"formal_notice": 1, "reminder": 1}
    notice, reminder = sorted(books.letters()[1:], key=lambda letter: letter.kind)
    assert [(item.invoice_number, str(item.step)) for item in notice.items] == [
        ("2026-0041", "formal_notice"),
        ("2026-0042", "reminder"),
    ]
    assert (reminder.payee.iban, [item.invoice_number for item in reminder.items]) == (
        "NL91ABNA0417164300",
        ["sold"],
    )


@pytest.mark.requirement("ASK-08")
def test_a_hold_counts_from_its_first_day(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    with client_scope(books.client.id):
        hold = NewHold(
            debtor_id(books, invoice), "dispute", "beschadigd", "Anna", day("2026-10-05"), "d1", invoice
        )
        open_holds(books.client.id, [hold], NOW)
    assert books.run("2026-10-02").letters == {"reminder": 1}
    assert books.run("2026-10-15").waits == {"dispute": 1}


@pytest.mark.requirement("ASK-08")
def test_a_dispute_on_one_of_several_invoices_leaves_the_others_in_the_letter(books):
    invoices = [books.invoice(f"2026-004{place}", "2026-10-01") for place in range(3)]
    with client_scope(books.client.id):
        debtor = debtor_id(books, invoices[0])
        whole = NewHold(debtor, "dispute", "niet geleverd", "Anna", day("2026-10-01"), "d1", invoices[0])
        part = NewHold(
            debtor, "dispute", "beschadigd", "Anna", day("2026-10-01"), "d2", invoices[1], Decimal("210.00")
        )
        open_holds(books.client.id, [whole, part], NOW)
    assert books.run("2026-10-02").waits == {"dispute": 1}
    (letter,) = books.letters()
    assert [(item.invoice_number, item.open_principal) for item in letter.items] == [
        ("2026-0041", Decimal("1000.00")),
        ("2026-0042", Decimal("1210.00")),
    ]
    assert letter.total_due == Decimal("2210.00")


@pytest.mark.requirement("ASK-11")
def test_two_currencies_are_two_letters(books):
    books.invoice("2026-0041", "2026-10-01")
    books.invoice("2026-0042", "2026-10-01", currency="USD", payable="50.00")
    assert books.run("2026-10-02").letters == {"reminder": 2}
    assert [(letter.currency, letter.total_due) for letter in books.letters()] == [
        ("EUR", Decimal("1210.00")),
        ("USD", Decimal("50.00")),
    ]


@pytest.mark.requirement("ASK-11")
@pytest.mark.requirement("DUN-01")
def test_a_debtor_is_written_to_in_his_own_language(books):
    from inbaar.receivables.actions import Customer

    books.invoice("2026-0041", "2026-10-01")
    abroad = Customer(name="Corner Bakery Ltd", vat="IE9999999A", city="Cork", country="IE", language="en")
    books.invoice("2026-0042", "2026-10-01", customer=abroad)
    books.run("2026-10-02")
    assert [(letter.recipient.name, str(letter.language)) for letter in books.letters()] == [
        ("Bakkerij De Korenaar B.V.", "nl"),
        ("Corner Bakery Ltd", "en"),
    ]


@pytest.mark.requirement("ASK-12")
def test_leaving_one_invoice_out_of_a_run_keeps_the_rest_and_their_date(books):
    from inbaar.dunning.models import Skip

    left_out = books.invoice("2026-0041", "2026-10-01")
    books.invoice("2026-0042", "2026-10-01")
    with client_scope(books.client.id):
        Skip.objects.create(
            client=books.client, invoice_id=left_out, on=day("2026-10-02"), reason="gebeld", made_by="Anna"
        )
    assert books.run("2026-10-02").waits == {"skipped": 1}
    assert [item.invoice_number for item in books.letters()[0].items] == ["2026-0042"]
    assert books.run("2026-10-05").letters == {"reminder": 1}
    assert [item.invoice_number for item in books.letters()[1].items] == ["2026-0041"]


@pytest.mark.requirement("ASK-12")
@pytest.mark.parametrize("unlawful", [[0], [2], [1, 3], [0, 1, 2, 3, 4]])
def test_an_invoice_that_would_make_its_letter_unlawful_waits_with_its_reason_and_the_others_go(
    books, unlawful
):
    from inbaar.dunning.models import Schedule
    from inbaar.receivables.models import Event

    due = ["2026-10-09" if place in unlawful else "2026-10-01" for place in range(5)]
    invoices = [books.invoice(f"2026-004{place}", date) for place, date in enumerate(due)]
    with client_scope(books.client.id):
        # As if something had called them up before they are due: no letter may ask for them yet.
        Schedule.objects.filter(invoice_id__in=[invoices[place] for place in unlawful]).update(
            due_on=day("2026-10-02")
        )
    tally = books.run("2026-10-02")
    assert tally.waits == {"letter_refused": len(unlawful)}
    asked = [item.invoice_number for letter in books.letters() for item in letter.items]
    assert asked == [f"2026-004{place}" for place in range(5) if place not in unlawful]
    with client_scope(books.client.id):
        held = Event.objects.filter(kind="letter_held").order_by("invoice_id")
        assert [event.invoice_id for event in held] == [invoices[place] for place in unlawful]
        assert all("is due on 2026-10-09" in event.facts["words"] for event in held)
        waiting = Schedule.objects.filter(waits_for="letter_refused").order_by("invoice_id")
        assert [row.invoice_id for row in waiting] == [invoices[place] for place in unlawful]
    assert books.run("2026-10-12").letters == {"reminder": 1}
    assert [item.invoice_number for item in books.letters()[-1].items] == [
        f"2026-004{place}" for place in unlawful
    ]


@pytest.mark.requirement("ASK-12")
def test_a_client_who_cannot_be_answered_writes_no_letter_and_every_invoice_says_so(books):
    for number in ("2026-0041", "2026-0042"):
        books.invoice(number, "2026-10-01")
    books.invoice("2026-0043", "2026-10-01", customer=PERSON)
    books.client.phone = books.client.email = ""
    with client_scope(books.client.id):
        books.client.save(update_fields=["phone", "email"])
    assert books.run("2026-10-02").waits == {"letter_refused": 3}
    assert books.letters() == []


@pytest.mark.requirement("BEY-03")
def test_nothing_leaves_while_the_bank_news_is_too_old(books):
    from inbaar.banking.models import BankAccount

    books.invoice("2026-0042", "2026-10-01")
    with client_scope(books.client.id):
        account = BankAccount.objects.create(
            client=books.client,
            iban="NL20INGB0001234567",
            currency="EUR",
            holder="x",
            read_up_to=day("2026-09-24"),
            stale_after_days=7,
        )
    assert books.run("2026-10-02").waits == {"stale_bank": 1}
    with client_scope(books.client.id):
        account.read_up_to = day("2026-09-28")
        account.save(update_fields=["read_up_to"])
    # Seven days old is as old as it may be.
    assert books.run("2026-10-05").letters == {"reminder": 1}


@pytest.mark.requirement("BEY-03")
def test_an_account_of_which_nothing_was_ever_read_is_no_news_at_all(books):
    from inbaar.banking.models import BankAccount

    books.invoice("2026-0042", "2026-10-01")
    with client_scope(books.client.id):
        BankAccount.objects.create(
            client=books.client, iban="NL20INGB0001234567", currency="EUR", holder="x", stale_after_days=7
        )
    assert books.run("2026-10-02").waits == {"stale_bank": 1}


def test_equal_standings_get_equal_decisions():
    from inbaar.dunning.rules import Standing

    standing = Standing("waiting", Capacity.BUSINESS, True, True)
    assert decide(standing, day("2026-10-02"), BUSINESS) == decide(standing, day("2026-10-02"), BUSINESS)


@pytest.mark.requirement("ASK-01")
@pytest.mark.requirement("BEY-01")
@pytest.mark.requirement("BEY-02")
def test_the_letter_shows_each_rate_of_law_with_its_source(books):
    books.invoice("2026-0042", "2026-06-15", payable="1234.56", customer=BAKERY)
    books.run("2026-06-16")
    assert books.run("2026-07-31").letters == {"formal_notice": 1}
    (item,) = books.letters()[-1].items
    assert [(line.rate_percent, line.days, line.amount) for line in item.lines] == [
        (Decimal("10.15"), 15, Decimal("5.15")),
        (Decimal("10.40"), 31, Decimal("10.90")),
    ]
    assert all("6:119a" in line.article and line.source for line in item.lines)
    assert len(books.letters()[-1].law_rows) == 2


@pytest.mark.requirement("COL-19")
@pytest.mark.parametrize("customer", [BAKERY, PERSON])
def test_invoices_of_one_letter_bear_its_costs_once_also_when_one_is_handed_over_later(books, customer):
    first = books.invoice("2026-0041", "2026-10-01", payable="100.00", customer=customer)
    late = books.invoice("2026-0042", "2026-10-01", payable="100.00", customer=customer)
    for on in ("2026-10-02", "2026-10-19"):
        books.run(on)
    letter = books.letters()[-1]
    assert letter.costs_if_unpaid is not None
    assert (len(letter.items), letter.costs_if_unpaid.total) == (2, Decimal("40.00"))
    with client_scope(books.client.id):
        open_holds(
            books.client.id,
            [
                NewHold(
                    debtor_id(books, late),
                    "pause",
                    "op verzoek",
                    "Anna",
                    day("2026-10-19"),
                    "p1",
                    late,
                    None,
                    day("2026-11-12"),
                )
            ],
            NOW,
        )
    assert books.run("2026-11-05").steps == {"hand_over": 1}
    assert books.run("2026-11-13").steps == {"hand_over": 1}
    with client_scope(books.client.id):
        charged = dict(ClaimComponent.objects.filter(kind="costs").values_list("invoice_id", "amount"))
    assert charged == {first: Decimal("40.00")}


def test_no_interest_is_asked_on_what_was_credited_whatever_day_the_credit_note_bears(books):
    from tests.receivables.test_acceptance import draft

    books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    note = draft(
        "C-1", kind="credit_note", payable="210.00", credits_number="2026-0042", customer=BAKERY,
        issue_date=day("2026-10-10"), received_on=day("2026-10-10"), due_date=None,
    )  # fmt: skip
    with client_scope(books.client.id):
        accept_invoices(books.client.id, [note], NOW)
    books.run("2026-10-15")
    notice = books.letters()[-1]
    # 14 days over 1,000.00 at 10.40% = 3.99; nothing over the 210.00 that was never owed.
    assert [(line.days, line.base, line.amount) for line in notice.items[0].lines] == [
        (14, Decimal("1000.00"), Decimal("3.99"))
    ]
    assert (notice.total_due, notice.items[0].credited) == (Decimal("1003.99"), Decimal("210.00"))
