"""One invoice that comes twice and differs a little: it waits for a person, with the reason and the other one."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbaar.doors import FileResult, take_in_files
from inbaar.intake.actions import accept_reviewed
from inbaar.intake.models import Reading
from inbaar.intake.reviewing import Look, accept_looked_at
from inbaar.intake.settling import Hand, Settled, free_number, say_same
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.proofs import prove_books
from inbaar.receivables import near
from inbaar.receivables.actions import NewPayment, accept_invoices, apply_payments, withdraw_invoices
from inbaar.receivables.drafts import Customer, Draft
from inbaar.receivables.models import Event, Invoice
from inbaar.receivables.near import within_one
from inbaar.receivables.rules import number_key
from tests.conftest import make_client
from tests.intake.documents import ubl, written
from tests.intake.test_pages import PAGE
from tests.sql_watch import statements

TODAY, NOW = dt.date(2026, 10, 2), dt.datetime(2026, 10, 2, 9, tzinfo=dt.UTC)
NUMBER, DAY = "F-2026-001", "2026-03-02"


@pytest.fixture
def seller(db):
    client = make_client("Zaagmolen B.V.", "59581883")
    assert take_in(client, invoice())[0].outcome == "accepted"
    return client


def invoice(number: str = NUMBER, *changes: tuple[str, str]) -> bytes:
    return ubl(*((NUMBER, number),) * (number != NUMBER), *changes).encode()


def take_in(client, *contents: bytes, channel: str = "upload") -> list[FileResult]:
    files = [(f"{number}.xml", content) for number, content in enumerate(contents)]
    return take_in_files(client.id, files, TODAY, NOW, channel)


@pytest.mark.parametrize(
    ("number", "changes"),
    [
        (NUMBER, [(f"IssueDate>{DAY}", "IssueDate>2026-03-03")]),
        (NUMBER, [("DueDate>2026-04-01", "DueDate>2026-04-15")]),
        ("F2026001", []),
        ("f 2026/001", []),
        ("F2026001", [(f"IssueDate>{DAY}", "IssueDate>2026-03-03")]),
    ],
)
@pytest.mark.requirement("FAC-26")
def test_an_invoice_that_differs_a_little_waits_with_the_other(seller, number, changes):
    (result,) = take_in(seller, invoice(number, *changes))
    assert (result.outcome, result.invoice_id) == ("review", None)
    assert [problem.rule for problem in result.problems] == ["near-duplicate"]
    assert f"nvoice {NUMBER} of {DAY}" in result.problems[0].text
    with client_scope(seller.id):
        other = Invoice.objects.get()
        assert result.resembles_id == Reading.objects.get(outcome="review").resembles_id == other.id


@pytest.mark.parametrize(
    ("number", "changes"),
    [
        ("F-2026-012", []),
        ("F-2026-002", []),
        ("F-2026-0001", []),
        ("F-2026-01", []),
        ("G-2026-002", []),
        ("F-2026-002", [(f"IssueDate>{DAY}", "IssueDate>2026-03-03")]),
        ("F-2026-002", [("12345678", "87654321"), ("Tuin &amp; Zn. V.O.F.", "Ander B.V.")]),
        ("F-2026-002", [("242.00", "363.00"), ("200.00", "300.00"), ("42.00", "63.00")]),
    ],
)
def test_another_invoice_goes_on_by_itself(seller, number, changes):
    (result,) = take_in(seller, invoice(number, *changes))
    assert (result.outcome, result.problems) == ("accepted", ())


def test_the_same_number_for_another_amount_is_refused_with_the_other(seller):
    (result,) = take_in(
        seller, invoice(NUMBER, ("242.00", "363.00"), ("200.00", "300.00"), ("42.00", "63.00"))
    )
    assert (result.outcome, result.problems[-1].rule) == ("refused", "number-taken")
    with client_scope(seller.id):
        assert result.resembles_id == Invoice.objects.get().id


def test_in_one_drop_the_first_is_taken_in_and_what_looks_like_it_waits(db):
    client = make_client("Zaagmolen B.V.", "59581883")
    first, following, written, moved, far = take_in(
        client,
        invoice(),
        invoice("F-2026-002"),
        invoice("F2026001"),
        invoice(NUMBER, (f"IssueDate>{DAY}", "IssueDate>2026-03-03")),
        invoice("X-77"),
    )
    assert {each.outcome for each in (first, following, far)} == {"accepted"}
    assert {each.outcome for each in (written, moved)} == {"review"}
    assert {each.resembles_id for each in (written, moved)} == {first.invoice_id}


@pytest.fixture
def series(db):
    """The books of the seller of `tests.intake.test_pages.PAGE`, who writes many alike."""
    return make_client("Zaagmolen B.V.", "59581883")


def page(number: str) -> bytes:
    return written(PAGE.replace("2026-0481", number))


@pytest.mark.requirement("FAC-26")
@pytest.mark.parametrize("number", ["2026-0482", "2026-481", "2026-04811", "2026-0431"])
def test_numbers_that_differ_by_a_sign_are_asked_about_where_one_was_read_from_a_page(series, number):
    """Numbers a program wrote follow each other (above); one that was read may be the other, misread."""
    first, second = (take_in(series, page(each))[0] for each in ("2026-0481", number))
    assert (first.outcome, second.outcome, second.resembles_id) == ("accepted", "review", first.invoice_id)
    assert [problem.rule for problem in second.problems] == ["near-duplicate"]


def draft(number: str, *, read: bool = False) -> Draft:
    amounts = (Decimal(5), Decimal(0), Decimal(5), Decimal(5))
    who = Customer("Tuin", "12345678")
    day = dt.date(2026, 5, 1)
    return Draft(number, "invoice", day, None, TODAY, "EUR", *amounts, who, number_read=read)


@pytest.mark.parametrize(
    ("first_read", "second_read", "asks"), [(0, 0, False), (1, 0, True), (0, 1, True), (1, 1, True)]
)
def test_it_does_not_matter_which_of_the_two_was_read(series, first_read, second_read, asks):
    one, other = draft("2026-0041", read=bool(first_read)), draft("2026-0042", read=bool(second_read))
    with client_scope(series.id):
        assert (1 in near.lookalikes(series.id, [one, other]).near) is asks
        accept_invoices(series.id, [one], NOW)
        assert (0 in near.lookalikes(series.id, [other]).near) is asks


def waiting(client, *changes: tuple[str, str], number: str = NUMBER) -> Reading:
    """What waits because it looks like the seller's invoice."""
    assert take_in(client, invoice(number, *changes))[0].outcome == "review"
    with client_scope(client.id):
        return Reading.objects.get(outcome="review")


OTHER_DAY = (f"IssueDate>{DAY}", "IssueDate>2026-03-03")


def events(number: str) -> list[tuple[str, str]]:
    rows = Event.objects.filter(invoice_id=Invoice.objects.get(number=number, withdrawn_on=None).id)
    return [(event.kind, event.facts.get("how", "")) for event in rows.order_by("id")]


def test_what_waited_is_taken_in_by_a_person_who_says_it_is_another(seller):
    reading = waiting(seller, number="F2026001")
    with client_scope(seller.id):
        assert accept_reviewed(seller.id, reading.id, TODAY, NOW, "Eva").outcome == "accepted"
        assert Invoice.objects.count() == 2


def test_a_second_invoice_of_a_number_is_not_taken_in_under_it_also_not_by_a_person(seller):
    reading = waiting(seller, OTHER_DAY)
    with client_scope(seller.id):
        assert accept_reviewed(seller.id, reading.id, TODAY, NOW).outcome == "refused"
        for number in (NUMBER, "X", "F-2026", ""):
            with pytest.raises(Refused, match="begins with what is printed"):
                accept_reviewed(seller.id, reading.id, TODAY, NOW, "Eva", Settled("another", number))
        assert Invoice.objects.get().issue_date == dt.date(2026, 3, 2)


@pytest.mark.requirement("FAC-26")
def test_another_invoice_of_a_number_gets_its_own_and_keeps_what_is_printed(seller):
    reading = waiting(seller, OTHER_DAY)
    with client_scope(seller.id):
        own = free_number(seller.id, NUMBER)
        answer = accept_reviewed(seller.id, reading.id, TODAY, NOW, "Eva", Settled("another", own))
        made = Invoice.objects.get(id=answer.invoice_id)
        assert (made.number, made.printed_number) == ("F-2026-001 (2)", NUMBER)
        # A payment that names the printed number may be for either, and so is booked by nobody but a person.
        assert list(Invoice.objects.values_list("number_key", flat=True)) == ["F2026001", "F2026001"]
        assert events(own) == [("accepted", ""), ("looked_at", "another")]
        assert free_number(seller.id, NUMBER) == "F-2026-001 (3)"
    again, first = take_in(seller, invoice(NUMBER, OTHER_DAY) + b"\n", invoice() + b"\n")
    assert (again.outcome, again.invoice_id) == ("known", made.id)
    assert (first.outcome, first.invoice_id) != ("known", made.id)
    third = waiting(seller, (f"IssueDate>{DAY}", "IssueDate>2026-03-04"))
    with client_scope(seller.id), pytest.raises(Refused, match="belongs to one invoice"):
        accept_reviewed(seller.id, third.id, TODAY, NOW, "Eva", Settled("another", own))


def test_a_credit_note_for_a_number_that_two_bear_is_taken_off_neither(seller):
    reading = waiting(seller, OTHER_DAY)
    with client_scope(seller.id):
        accept_reviewed(seller.id, reading.id, TODAY, NOW, "Eva", Settled("another", "F-2026-001 (2)"))
        credit = replace(draft("C-1"), kind="credit_note", credits_number=NUMBER,
                         customer=Customer("Tuin & Zn. V.O.F.", "12345678"))  # fmt: skip
        accept_invoices(seller.id, [credit], NOW)
        assert {(i.number, i.open_amount == i.payable) for i in Invoice.objects.all()} == {
            (NUMBER, True), ("F-2026-001 (2)", True), ("C-1", True),
        }  # fmt: skip


def test_one_that_comes_in_the_place_of_another_withdraws_it(seller):
    reading = waiting(seller, OTHER_DAY)
    with client_scope(seller.id):
        accept_reviewed(seller.id, reading.id, TODAY, NOW, "Eva", Settled("instead"))
        old, new = Invoice.objects.order_by("id")
        assert (old.withdrawn_on, old.open_amount, new.issue_date) == (TODAY, 0, dt.date(2026, 3, 3))
        assert events(NUMBER) == [("accepted", ""), ("looked_at", "instead")]
    assert all(proof.holds for proof in prove_books(seller.id))


def test_one_to_which_something_happened_is_not_withdrawn_and_nothing_is_changed(seller):
    reading = waiting(seller, OTHER_DAY)
    with client_scope(seller.id):
        invoice_id = Invoice.objects.get().id
        apply_payments(seller.id, [NewPayment(invoice_id, TODAY, Decimal("1.00"), "k1")], NOW)
        with pytest.raises(Refused, match="only what nothing happened to"):
            accept_reviewed(seller.id, reading.id, TODAY, NOW, "Eva", Settled("instead"))
        assert Invoice.objects.get().withdrawn_on is None
        reading.refresh_from_db()
        assert reading.outcome == "review"


def test_one_that_is_the_same_becomes_known_once(seller):
    reading = waiting(seller, OTHER_DAY)
    with client_scope(seller.id):
        invoice_id = Invoice.objects.get().id
        assert say_same(seller.id, reading.id, Hand("Eva", TODAY, NOW)) == invoice_id
        reading.refresh_from_db()
        assert (reading.outcome, reading.invoice_id, reading.looked_at_by) == ("known", invoice_id, "Eva")
        assert events(NUMBER) == [("accepted", ""), ("looked_at", "same")]
        with pytest.raises(Refused, match="waits no longer"):
            say_same(seller.id, reading.id, Hand("Eva", TODAY, NOW))
        # It says how the invoice came in, so the invoice may still be withdrawn.
        assert withdraw_invoices(seller.id, [invoice_id], TODAY, "x", "Eva", NOW) == 1


def test_a_number_that_a_person_types_is_asked_about_before_it_counts(series):
    (first,) = take_in(series, page("2026-0481"))
    (second,) = take_in(series, written(PAGE.replace("Factuurnummer: 2026-0481", "")))
    assert (first.outcome, second.outcome) == ("accepted", "review")
    with client_scope(series.id):
        reading = Reading.objects.get(outcome="review")
        look = Look({"number": "2026-0482"}, False, "Eva", TODAY, NOW)
        assert accept_looked_at(series.id, reading.id, look).outcome == "doubt"
        reading.refresh_from_db()
        assert (reading.outcome, reading.resembles_id) == ("review", first.invoice_id)
        assert reading.problems[-1]["rule"] == "near-duplicate"
        assert Invoice.objects.count() == 1
        assert accept_looked_at(series.id, reading.id, look).outcome == "accepted"
        assert Invoice.objects.count() == 2


@pytest.mark.requirement("FAC-26")
def test_nothing_is_told_of_another_client_s_invoice(seller):
    """The file reads the same whether the other client has it or not: it names its supplier, and that is all."""
    other, third = (
        make_client("Bakkerij De Korenaar B.V.", "90000002"),
        make_client("Schilder B.V.", "90000003"),
    )
    (told,) = take_in(other, invoice())
    unknown = invoice("Q-1", ("Zaagmolen B.V.", "Nergens Bekend B.V."), ("59581883", "12345670"))
    (alike,) = take_in(third, unknown)
    assert (told.outcome, told.resembles_id) == (alike.outcome, alike.resembles_id) == ("review", None)
    assert [problem.rule for problem in told.problems] == ["supplier-not-client"]
    assert told.problems[0].text == (
        "The invoice is sent by Zaagmolen B.V., not by Bakkerij De Korenaar B.V.: "
        "choose that administration, or correct the file."
    )


def test_looking_for_them_takes_the_same_statements_for_any_number(db):
    few, many = (make_client(f"Zaagmolen {n} B.V.", f"5958188{n}") for n in (1, 2))
    counts = []
    for client, size in ((few, 2), (many, 60)):
        files = [
            invoice(
                f"F{n}X{n}", ("Zaagmolen B.V.", client.name), ("59581883", client.organisation.kvk_number)
            )
            for n in range(size)
        ]
        with statements() as seen:
            take_in(client, *files)
        counts.append(len(seen))
    assert counts[0] == counts[1]


@given(st.text("AB1", max_size=6), st.text("AB1", max_size=6))
def test_within_one_is_what_it_says(one, other):
    letters = "AB1"
    changed = {one}
    for at in range(len(one) + 1):
        changed |= {one[:at] + letter + one[at:] for letter in letters}
        if at < len(one):
            changed |= {one[:at] + one[at + 1 :]}
            changed |= {one[:at] + letter + one[at + 1 :] for letter in letters}
    assert within_one(one, other) is (other in changed)


@settings(max_examples=50)
@given(st.lists(st.text("AB1", min_size=1, max_size=5), max_size=12))
def test_in_one_batch_each_number_finds_an_earlier_one_within_one(numbers):
    amounts = (Decimal(5), Decimal(0), Decimal(5), Decimal(5))
    drafts = [
        Draft(
            f"X{number}",
            "invoice",
            dt.date(2026, 5, 1),
            None,
            TODAY,
            "EUR",
            *amounts,
            Customer("Tuin", "12345678"),
            number_read=True,
        )
        for number in dict.fromkeys(numbers)
    ]
    keys = [number_key(draft.number) for draft in drafts]
    expected = {at for at, key in enumerate(keys) if any(within_one(key, earlier) for earlier in keys[:at])}
    assert {at for at, _ in near._in_the_batch(drafts)} == expected


@pytest.mark.requirement("FAC-26")
def test_the_same_invoice_weeks_later_by_another_door_is_known(seller):
    """Nor does the account or the reference on it make it another one."""
    again = invoice(
        NUMBER,
        ("NL91 ABNA 0417 1643 00", "NL20 INGB 0001 2345 67"),
        ("RF18539007547034", "RF18539007547034 "),
    )
    (result,) = take_in_files(seller.id, [("later.xml", again)], TODAY + dt.timedelta(days=40), NOW, "mail")
    assert (result.outcome, result.resembles_id) == ("known", None)
    with client_scope(seller.id):
        assert Invoice.objects.get().id == result.invoice_id


@pytest.mark.requirement("FAC-26")
@pytest.mark.requirement("FAC-26")
def test_the_same_invoice_in_a_file_that_breaks_an_official_rule_is_known(seller):
    broken = invoice(NUMBER, ('schemeID="0106"', 'schemeID="9999"'))
    (result,) = take_in(seller, broken)
    with client_scope(seller.id):
        assert (result.outcome, result.invoice_id) == ("known", Invoice.objects.get().id)
        assert [reading.outcome for reading in Reading.objects.order_by("id")] == ["accepted", "known"]
    assert {"known", "BR-CL-11"} <= {problem.rule for problem in result.problems}


def test_in_one_drop_the_file_that_breaks_a_rule_is_known_by_the_one_that_keeps_them(db):
    client = make_client("Zaagmolen B.V.", "59581883")
    broken = invoice(NUMBER, ('schemeID="0106"', 'schemeID="9999"'))
    assert [result.outcome for result in take_in(client, broken, invoice())] == ["known", "accepted"]


def test_what_breaks_a_rule_and_differs_waits_and_so_does_another_company_s(seller):
    rule = ('schemeID="0106"', 'schemeID="9999"')
    other = [
        invoice(NUMBER, rule, ("DueDate>2026-04-01", "DueDate>2026-04-15")),
        invoice(NUMBER, rule, ("59581883", "69599084"), ("Zaagmolen B.V.", "Ander B.V.")),
    ]
    assert [result.outcome for result in take_in(seller, *other)] == ["review", "review"]


def test_the_same_invoice_that_names_its_customer_by_another_number_is_known(seller):
    kvk, oin = (
        '<cbc:CompanyID schemeID="0106">12345678<',
        '<cbc:CompanyID schemeID="0190">00000001003214345000<',
    )
    by_vat = invoice(NUMBER, (kvk, oin))
    (result,) = take_in(seller, by_vat)
    assert result.outcome == "known"
    with client_scope(seller.id):
        assert Invoice.objects.count() == 1


@pytest.mark.requirement("FAC-26")
def test_what_is_there_to_the_letter_is_known_though_it_looks_like_another_as_well(seller):
    take_in(seller, invoice("F2026001"))
    with client_scope(seller.id):
        accept_reviewed(seller.id, Reading.objects.get(outcome="review").id, TODAY, NOW)
    one, other = take_in(seller, invoice() + b"\n", invoice("F2026001") + b"\n")
    assert (one.outcome, other.outcome) == ("known", "known")
    with client_scope(seller.id):
        assert Invoice.objects.count() == 2
