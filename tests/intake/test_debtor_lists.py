"""Lists of debtors: made or changed, with a verdict on every line before, and all of it taken back as one whole."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.doors import take_in_import, undo_import, work_on_list
from inbaar.intake.bulk.columns import kind_of
from inbaar.intake.deciding import Word, decide
from inbaar.intake.models import Import, ImportLine
from inbaar.intake.taking_back import start_undo
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.parties.corrections import ContactFacts, add_contact, correct_debtor, debtor_facts
from inbaar.parties.models import Contact, Debtor, DebtorIban
from inbaar.receivables.actions import Customer, Draft, accept_invoices
from inbaar.receivables.models import Event, Invoice
from tests.intake.lists import written
from tests.intake.test_importing_db import NOW, TODAY, looked
from tests.sql_watch import statements

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("UI-14")]
HEAD = (
    "Klantnummer",
    "Naam",
    "Adres",
    "Postcode",
    "Plaats",
    "Land",
    "KvK",
    "Btw-nummer",
    "IBAN",
    "E-mail",
    "Betaaltermijn",
)
IBAN = "NL91ABNA0417164300"
SNEL = (
    "D1",
    "Garage Snel B.V.",
    "Kade 1",
    "9712 HM",
    "Groningen",
    "NL",
    "90000002",
    "",
    IBAN,
    "post@snel.example",
    "14",
)
JANSEN = ("D2", "J. Jansen", "Dorpsstraat 2", "1015 CJ", "Amsterdam", "", "", "", "", "", "")


def listed(client, *rows):
    """A list of debtors that was looked through."""
    return looked(client, written(rows, HEAD), "debiteuren.csv")


def taken(client, *rows):
    number = listed(client, *rows)
    take_in_import(client.id, number, TODAY, "Olga", NOW)
    return number


def verdicts(number):
    return list(
        ImportLine.objects.filter(imported_id=number).order_by("line").values_list("verdict", flat=True)
    )


def told(number, line=2):
    return [fault[1] for fault in ImportLine.objects.get(imported_id=number, line=line).told["faults"]]


def facts(number):
    debtor = Debtor.objects.get(number=number)
    return (debtor.name, debtor.street, debtor.postcode, debtor.kvk_number, debtor.payment_term_days)


def test_a_head_tells_what_a_list_is_about():
    assert kind_of(HEAD) == "debtors"
    assert kind_of(("Factuurnummer", "Naam", "Bedrag")) == "invoices"
    assert kind_of(("Naam", "E-mail", "Openstaand")) == "invoices"


def test_debtors_are_made_with_all_that_the_list_says(client_a):
    with client_scope(client_a.id):
        number = listed(client_a, SNEL, JANSEN)
        assert (verdicts(number), Debtor.objects.count()) == (["new", "new"], 0)
        take_in_import(client_a.id, number, TODAY, "Olga", NOW)
        assert facts("D1") == ("Garage Snel B.V.", "Kade 1", "9712 HM", "90000002", 14)
        assert facts("D2")[4] is None
        snel = Debtor.objects.get(number="D1")
        assert (snel.capacity, Debtor.objects.get(number="D2").capacity) == ("business", "consumer")
        assert DebtorIban.objects.get().debtor_id == Contact.objects.get().debtor_id == snel.id
        assert Contact.objects.get().email == "post@snel.example"
        assert verdicts(listed(client_a, SNEL, JANSEN)) == ["known", "known"]
        assert Import.objects.order_by("id").first().kind == "debtors"


def test_a_line_changes_what_it_says_and_leaves_the_rest(client_a):
    with client_scope(client_a.id):
        taken(client_a, SNEL, JANSEN)
        moved = (
            "D1",
            "",
            "Kade 9",
            "",
            "",
            "",
            "",
            "NL004495445B01",
            f"{IBAN}, NL20INGB0001234567",
            "nieuw@snel.example",
            "",
        )
        number = listed(client_a, moved)
        assert verdicts(number) == ["changed"]
        assert ImportLine.objects.get(imported_id=number).told["changes"] == {
            "street": ["Kade 1", "Kade 9"], "vat_id": ["", "NL004495445B01"],
        }  # fmt: skip
        take_in_import(client_a.id, number, TODAY, "Olga", NOW)
        assert facts("D1") == ("Garage Snel B.V.", "Kade 9", "9712 HM", "90000002", 14)
        assert (Contact.objects.count(), DebtorIban.objects.count()) == (2, 2)
        (event,) = Event.objects.filter(kind="debtor_corrected")
        assert event.facts["by"] == "Olga"
        assert event.facts["changes"]["street"] == ["Kade 1", "Kade 9"]
        assert verdicts(listed(client_a, moved)) == ["known"]


@pytest.mark.parametrize(
    ("row", "verdict", "rule"),
    [
        (("D1", "Bakker Bol", *SNEL[2:6], "", "", "", "", ""), "doubtful", "debtor-other-name"),
        (("D7", *SNEL[1:6], "", "", "", "", ""), "doubtful", "debtor-other-number"),
        (("D1", *SNEL[1:6], "12345678", "", "", "", ""), "doubtful", "debtor-other-identifier"),
        (
            ("", "J. Jansen", "", "9999 ZZ", *SNEL[4:6], "", "", "", "", ""),
            "doubtful",
            "debtor-other-address",
        ),
        (("D9", "", *SNEL[2:]), "refused", "debtor-number-unknown"),
        (("", "", *SNEL[2:]), "refused", "debtor-missing"),
        ((*SNEL[:8], "NL00", "", ""), "doubtful", "iban-fails"),
        ((*SNEL[:9], "geen adres", ""), "doubtful", "email-unreadable"),
        ((*SNEL[:10], "ooit"), "doubtful", "term-unreadable"),
        ((*SNEL[:10], "366"), "doubtful", "term-unreadable"),
    ],
)
def test_what_is_not_sure_is_asked_about_and_changes_nothing(client_a, row, verdict, rule):
    with client_scope(client_a.id):
        taken(client_a, (*SNEL[:6], "90000002", *SNEL[7:]), JANSEN)
        number = listed(client_a, row)
        assert (verdicts(number), told(number)) == ([verdict], [rule])
        with pytest.raises(Refused, match="only new lines"):
            take_in_import(client_a.id, number, TODAY, "Olga", NOW)
        assert Debtor.objects.count() == 2


def test_a_person_says_whose_a_line_is_or_that_it_is_right(client_a):
    with client_scope(client_a.id):
        taken(client_a, SNEL, JANSEN)
        snel = Debtor.objects.get(number="D1")
        number = listed(client_a, ("D1", "Snel Garages B.V.", "", "", "", "", "", "", "", "", ""),
                        ("", "J. Jansen", "", "9999 ZZ", "", "", "", "", "", "", ""))  # fmt: skip
        decide(client_a.id, number, 2, Word("take", debtor_id=snel.id), "Olga")
        decide(client_a.id, number, 3, Word("take", as_new=True), "Olga")
        take_in_import(client_a.id, number, TODAY, "Olga", NOW)
        assert facts("D1")[0] == "Snel Garages B.V."
        assert Debtor.objects.filter(name="J. Jansen").count() == 2
        assert told(number) == ["debtor-other-name"]


def test_one_debtor_on_two_lines_is_the_same_or_asked_about(client_a):
    with client_scope(client_a.id):
        number = listed(client_a, SNEL, SNEL, (*SNEL[:2], "Kade 3", *SNEL[3:]))
        assert verdicts(number) == ["new", "known", "doubtful"]
        assert (told(number, 3), told(number, 4)) == (["twice-in-file"], ["debtor-twice-otherwise"])


def test_zeros_that_a_spreadsheet_dropped_make_no_other_debtor(client_a):
    with client_scope(client_a.id):
        zeros = (
            "000421",
            "Garage Snel B.V.",
            "Kade 1",
            "9712 HM",
            "Groningen",
            "NL",
            "01234567",
            "",
            "",
            "",
            "",
        )
        taken(client_a, zeros)
        assert verdicts(listed(client_a, ("421", *zeros[1:6], "1234567", "", "", "", ""))) == ["known"]


def test_a_list_is_taken_back_as_a_whole(client_a):
    with client_scope(client_a.id):
        taken(client_a, SNEL)
        number = taken(
            client_a,
            ("D1", "", "Kade 9", "", "", "", "", "", "NL20INGB0001234567", "x@snel.example", "30"),
            JANSEN,
        )
        undo_import(client_a.id, number, TODAY, "Piet", NOW)
        assert facts("D1") == ("Garage Snel B.V.", "Kade 1", "9712 HM", "90000002", 14)
        assert Debtor.objects.count() == Contact.objects.count() == DebtorIban.objects.count() == 1
        assert Import.objects.get(id=number).state == "undone"
        assert verdicts(listed(client_a, JANSEN)) == ["new"]


def _invoiced(client):
    amounts = (Decimal(0), Decimal(0), Decimal(5), Decimal(5))
    accept_invoices(client.id, [Draft("1", "invoice", TODAY, None, TODAY, "EUR", *amounts,
                                      Customer("J. Jansen", postcode="1015 CJ"))], NOW)  # fmt: skip


def _corrected(client):
    debtor = Debtor.objects.get(number="D1")
    from dataclasses import replace

    known = debtor_facts(client.id, debtor.id)
    correct_debtor(client.id, debtor.id, replace(known, street="Elders 1"))


@pytest.mark.parametrize(
    ("act", "fact"),
    [(_invoiced, "J. Jansen: accepted, invoice"), (_corrected, "Garage Snel B.V.: debtor_corrected")],
)
def test_what_happened_since_stands_in_the_way_of_all_of_it(client_a, act, fact):
    with client_scope(client_a.id):
        taken(client_a, SNEL)
        number = taken(client_a, ("D1", "", "Kade 9", *[""] * 8), JANSEN)
        act(client_a)
        start_undo(client_a.id, number, "Piet", NOW)
    work_on_list(client_a.id, number, TODAY, NOW)
    with client_scope(client_a.id):
        row = Import.objects.get(id=number)
        assert (row.state, row.problems["first"]) == ("taken_in", [["debtor-touched", fact]])
        assert Debtor.objects.count() == 2


def test_the_term_agreed_with_a_debtor_counts_where_an_invoice_names_no_due_date(client_a):
    with client_scope(client_a.id):
        taken(client_a, SNEL)
        amounts = (Decimal(0), Decimal(0), Decimal(5), Decimal(5))
        snel = Customer("Garage Snel B.V.", "90000002")
        accept_invoices(client_a.id, [Draft("1", "invoice", TODAY, None, TODAY, "EUR", *amounts, snel),
                                      Draft("2", "invoice", TODAY, dt.date(2026, 12, 1), TODAY, "EUR", *amounts, snel)], NOW)  # fmt: skip
        dues = dict(Invoice.objects.values_list("number", "due_date"))
        assert dues == {"1": TODAY + dt.timedelta(days=14), "2": dt.date(2026, 12, 1)}
        assert Invoice.objects.get(number="1").term_agreed


def test_an_e_invoice_knows_a_debtor_by_the_kvk_number_that_a_list_told(client_a):
    with client_scope(client_a.id):
        taken(client_a, (*SNEL[:6], "", *SNEL[7:]))
        taken(client_a, ("D1", "", "", "", "", "", "90000002", "", "", "", ""))
        amounts = (Decimal(0), Decimal(0), Decimal(5), Decimal(5))
        accept_invoices(client_a.id, [Draft("1", "invoice", TODAY, None, TODAY, "EUR", *amounts,
                                            Customer("Snel Garages", "90000002"))], NOW)  # fmt: skip
        assert Invoice.objects.get().debtor_id == Debtor.objects.get().id


def test_the_number_of_statements_does_not_follow_the_number_of_debtors(client_a):
    counts = []
    with client_scope(client_a.id):
        for size, start in ((5, 100), (80, 1000)):
            rows = [
                (f"D{n}", f"Klant {n} B.V.", *SNEL[2:6], "", "", "", f"a{n}@x.example", "30")
                for n in range(start, start + size)
            ]
            seen = []
            for each in (rows, [(*row[:2], "Elders 2", *row[3:]) for row in rows]):
                with statements() as looking:
                    number = listed(client_a, *each)
                with statements() as taking:
                    take_in_import(client_a.id, number, TODAY, "Olga", NOW)
                with statements() as undoing:
                    undo_import(client_a.id, number, TODAY, "Olga", NOW)
                seen += [len(looking), len(taking), len(undoing)]
            counts.append(seen)
    assert counts[0] == counts[1]


def test_nothing_of_another_client_is_changed(client_a, client_b):
    with client_scope(client_b.id):
        taken(client_b, SNEL)
    with client_scope(client_a.id):
        assert verdicts(taken(client_a, (*SNEL[:2], "Elders 1", *SNEL[3:]))) == ["new"]
    with client_scope(client_b.id):
        assert facts("D1")[1] == "Kade 1"
        add_contact(client_b.id, Debtor.objects.get().id, ContactFacts("legal", "x", "y@z.example", ""))
