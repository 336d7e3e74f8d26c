"""Every act with another client's ids: it finds nothing, changes nothing, and says so where it says anything."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction

from inbaar.banking.actions import (
    ignore_entry,
    import_statement_file,
    match_by_hand,
    match_new_entries,
    retry_unmatched,
)
from inbaar.banking.models import Entry
from inbaar.dunning.corrections import Editor, correct, drop_contact, put_contact
from inbaar.dunning.run import run_dunning
from inbaar.dunning.schedule import look_again, schedule_invoices, start_by_hand
from inbaar.dunning.verdict import may_dun
from inbaar.dunning.withdrawing import withdraw_outdated, write_anew
from inbaar.intake.actions import InvoiceFile, accept_reviewed, take_in_invoices
from inbaar.intake.models import Reading
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Letter
from inbaar.letters.posting import mark_posted
from inbaar.parties.corrections import ContactFacts, DebtorFacts
from inbaar.parties.models import Contact
from inbaar.parties.rules import Capacity, LegalForm, Size
from inbaar.receivables.actions import (
    NewComponent,
    NewHold,
    NewPayment,
    add_components,
    apply_payments,
    cancel_extras,
    open_holds,
    release_hold,
    waive_remainder,
    withdraw_extras,
)
from inbaar.receivables.capacity import require_same_terms
from inbaar.receivables.grounds import Ground, Word
from inbaar.receivables.models import Hold, Invoice
from inbaar.receivables.queries import claim_facts
from tests.banking.camt import Line, camt_file
from tests.dunning.scenario import NOW, Administration, day
from tests.intake.documents import ubl

pytestmark = pytest.mark.django_db
ON = day("2026-10-26")


class Others:
    """The ids of everything another client has."""

    def __init__(self, client: Any) -> None:
        books = Administration(client)
        self.invoice = books.invoice("2026-0042", "2026-10-01")
        waiting = books.invoice("2026-0043", "2026-10-20")
        for on in ("2026-10-02", "2026-10-15", "2026-10-23"):
            books.run(on)
        with client_scope(client.id):
            self.debtor = Invoice.objects.get(id=self.invoice).debtor_id
            hold = NewHold(
                self.debtor, "dispute", "x", "B", day("2026-10-20"), "h", waiting, Decimal("10.00")
            )
            open_holds(client.id, [hold], NOW)
            self.hold = Hold.objects.get().id
            self.contact = Contact.objects.first().id
            self.letter = Letter.objects.first().id
            take_in_invoices(client.id, [InvoiceFile("b.xml", ubl().encode())], ON, NOW, "upload")
            self.reading = Reading.objects.get().id
        import_statement_file(client.id, camt_file([Line("5.00", "onbekend")]), "b.xml", NOW)
        match_new_entries(client.id, ON, NOW)
        with client_scope(client.id):
            self.entry = Entry.objects.get().id


def everything(client: Any) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a client, per table."""
    with client_scope(client.id):
        tables = [
            m._meta.db_table for m in apps.get_models() if any(f.name == "client" for f in m._meta.fields)
        ]
        return {table: sorted(fetch(f"SELECT t::text FROM {table} t")) for table in tables}


Act = Callable[[int, Others], object]
CENT = Decimal("0.01")


ANOTHER = DebtorFacts(
    "Iemand", "", Capacity.CONSUMER, LegalForm.UNKNOWN, Size.UNKNOWN, "", "", "", "NL", "en"
)
SOMEBODY = ContactFacts("follow_up", "Iemand", "iemand@example.nl", "")


def hold(o: Others, **where: Any) -> NewHold:
    return NewHold(o.debtor, "pause", "x", "A", ON, "mine", **where)


# Acts in the caller's scope.
IN_SCOPE: dict[str, Act] = {
    "pay": lambda c, o: apply_payments(c, [NewPayment(o.invoice, ON, CENT, "k")], NOW),
    "credit": lambda c, o: apply_payments(c, [NewPayment(o.invoice, ON, CENT, "k", "credit_note")], NOW),
    "write off": lambda c, o: apply_payments(
        c, [NewPayment(o.invoice, ON, CENT, "k", "write_off", word=Word(CENT))], NOW
    ),
    "claim": lambda c, o: add_components(
        c, [NewComponent(o.invoice, "costs", CENT, ON, ON, "6:96 BW", "x", "k")], NOW
    ),
    "hold an invoice": lambda c, o: open_holds(c, [hold(o, invoice_id=o.invoice)], NOW),
    "hold a debtor": lambda c, o: open_holds(c, [hold(o)], NOW),
    "dispute a part": lambda c, o: open_holds(
        c, [NewHold(o.debtor, "dispute", "x", "A", ON, "mine", o.invoice, CENT)], NOW
    ),
    "release": lambda c, o: release_hold(c, o.hold, ON, "A", NOW),
    "waive": lambda c, o: waive_remainder(
        c, o.invoice, ON, Ground.GOODWILL, "x", Word(Decimal(9999)), "A", NOW
    ),
    "cancel": lambda c, o: cancel_extras(c, o.invoice, ON, "x", "A", NOW),
    "withdraw": lambda c, o: withdraw_extras(c, list(claim_facts([o.invoice], ON).values()), ON, "x", NOW),
    "schedule": lambda c, o: schedule_invoices(c, [o.invoice]),
    "look again": lambda c, o: look_again(c, [o.invoice], ON),
    "verdict": lambda c, o: may_dun(c, o.invoice, ON),
    "accept reviewed": lambda c, o: accept_reviewed(c, o.reading, ON, NOW),
    "start by hand": lambda c, o: start_by_hand(c, o.invoice, ON, "x", "A", NOW),
    "write anew": lambda c, o: write_anew(c, [o.letter], ON, "A", NOW),
    "correct a debtor": lambda c, o: correct(c, o.debtor, ANOTHER, Editor("A", ON, NOW)),
    "change capacity": lambda c, o: require_same_terms(c, o.debtor, Capacity.CONSUMER),
    "change a contact": lambda c, o: put_contact(c, o.debtor, SOMEBODY, Editor("A", ON, NOW), o.contact),
    "add a contact": lambda c, o: put_contact(c, o.debtor, SOMEBODY, Editor("A", ON, NOW)),
    "remove a contact": lambda c, o: drop_contact(c, o.debtor, o.contact, Editor("A", ON, NOW)),
    "mark posted": lambda c, o: mark_posted(c, o.letter, ON, "A", NOW),
}
# Acts that open the scope of the client they are given.
OWN_SCOPE: dict[str, Act] = {
    "match": lambda c, o: match_by_hand(c, o.entry, [(o.invoice, CENT)], "A", ON, NOW),
    "ignore": lambda c, o: ignore_entry(c, o.entry, "x", "A"),
    "match new": lambda c, o: match_new_entries(c, ON, NOW),
    "retry": lambda c, o: retry_unmatched(c, [o.invoice], ON, NOW),
    "run": lambda c, o: run_dunning(c, ON, NOW),
    "withdraw letters": lambda c, o: withdraw_outdated(c, ON, NOW),
}


@pytest.mark.parametrize("name", [*IN_SCOPE, *OWN_SCOPE])
def test_an_act_on_anothers_ids_reads_and_changes_nothing(name, client_a, client_b):
    others = Others(client_b)
    theirs, mine = everything(client_b), everything(client_a)
    answer: object = None
    try:
        with transaction.atomic():
            if name in IN_SCOPE:
                with client_scope(client_a.id):
                    answer = IN_SCOPE[name](client_a.id, others)
            else:
                answer = OWN_SCOPE[name](client_a.id, others)
            from django.db import connection

            connection.check_constraints()
    except (Refused, LookupError, DatabaseError) as refusal:
        answer = str(refusal)
    assert "2026-0042" not in repr(answer)
    assert everything(client_b) == theirs
    assert everything(client_a) == mine
