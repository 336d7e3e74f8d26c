"""What the pages show in these tests: two months of the simulated market, another client, and people with roles."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from inbaar.banking.actions import import_statement_file
from inbaar.banking.batches.rules import earliest_execution
from inbaar.banking.models import StatementFile, WaitingFile
from inbaar.banking.transfers.actions import (
    Acting,
    NewTransfer,
    Source,
    approve_batch,
    make_batch,
    request_transfers,
)
from inbaar.debtor_statements.actions import Asked, ask_statements, write_waiting
from inbaar.demo.play import play_market
from inbaar.doors import take_in_files
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.mailbox.models import HeldFile, Message
from inbaar.mailbox.setup import MailboxFacts, allow_sender, note_fetched, save_mailbox
from inbaar.mailbox.states import STATES
from inbaar.parties.models import Client, Membership, User
from inbaar.receivables.actions import NewFile, NewRequest, attach_evidence, request_evidence
from inbaar.receivables.ageing import ageing_by_debtor
from tests.banking.camt import Line
from tests.banking.notices import notice
from tests.banking.reports import report
from tests.dunning.scenario import Administration

PASSWORD = "een-lang-wachtwoord-7"
DAYS = 50
OTHER_INVOICE = "B-2026-001"


@dataclass(frozen=True, slots=True)
class Books:
    """A seeded database: its name, the last day that was played, and numbers of rows worth looking at."""

    database: str
    today: dt.date
    client_id: int
    other_client_id: int
    other_invoice_id: int
    invoices: tuple[int, ...]
    lettered: tuple[int, ...]
    debtors: tuple[int, ...]
    unmatched: tuple[int, ...]
    letters: tuple[int, ...]
    readings: tuple[int, ...]
    transfers: tuple[int, ...]
    batches: tuple[int, ...]
    waiting_file: int
    batch: int
    statements: tuple[int, ...]
    runs: tuple[int, ...]
    references: tuple[str, ...]


def user(name: str, *places: tuple[int, str], language: str = "nl") -> User:
    """Somebody with places at clients."""
    made = User.objects.create_user(
        f"{name}@inbaar.example", PASSWORD, name=name.capitalize(), language=language
    )
    for client_id, role in places:
        with client_scope(client_id):
            Membership.objects.create(client_id=client_id, user=made, role=role)
    return made


def seed(database: str, other: Any) -> Books:
    """Play the market, and give another client an invoice of its own."""
    played = play_market(DAYS, 3, lambda *_: None)
    other_invoice = Administration(other).invoice(OTHER_INVOICE, "2026-07-01")
    user("olga", (played.client_id, "owner"))
    user("victor", (played.client_id, "viewer"))
    user("bob", (played.client_id, "bookkeeper"), (other.id, "owner"))
    user("ella", (played.client_id, "bookkeeper"))
    user("niemand")
    Client.objects.filter(pk=played.client_id).update(language="nl")
    with client_scope(played.client_id):
        mail_and_proof(played.client_id, played.last_day)
        bank_news(played.client_id, played.last_day)
        account_statement(played.client_id, played.last_day)
    payments_out(played.client_id, played.last_day)
    with client_scope(played.client_id):
        return Books(
            database,
            played.last_day,
            played.client_id,
            other.id,
            other_invoice,
            numbers("SELECT id FROM receivables_invoice ORDER BY id"),
            numbers("SELECT DISTINCT invoice_id FROM letters_letteritem ORDER BY 1"),
            numbers("SELECT debtor_id FROM receivables_invoice GROUP BY 1 ORDER BY count(*) DESC, 1"),
            numbers("SELECT id FROM banking_entry WHERE state = 'unmatched' AND amount > 0 ORDER BY id"),
            numbers("SELECT id FROM letters_letter ORDER BY id"),
            numbers(
                "SELECT id FROM intake_reading ORDER BY outcome = 'review' DESC, outcome = 'refused' DESC, id"
            ),
            numbers(
                "SELECT id FROM transfers_credittransfer ORDER BY state <> 'to_check', state <> 'rejected', id"
            ),
            numbers("SELECT id FROM batches_batch ORDER BY id"),
            numbers("SELECT id FROM banking_statementfile WHERE status = 'waiting'")[0],
            numbers("SELECT id FROM banking_entry WHERE state = 'split' ORDER BY id")[0],
            numbers("SELECT id FROM debtor_statements_accountstatement WHERE asked > 0 ORDER BY asked DESC"),
            numbers("SELECT id FROM debtor_statements_statementrun"),
            tuple(
                row[0] for row in fetch("SELECT reference FROM banking_paymentbundle ORDER BY total DESC, id")
            ),
        )


def payments_out(client_id: int, on: dt.date) -> None:
    """Payments in every state that a page shows: to be looked at, waiting, in a batch, in a file, rejected."""
    moment = dt.datetime.combine(on, dt.time(9), dt.UTC)
    olga, bob = (User.objects.get(email=f"{name}@inbaar.example") for name in ("olga", "bob"))
    with client_scope(client_id):
        (account,) = numbers("SELECT id FROM banking_bankaccount")
    known = NewTransfer(Source.BY_HAND, "1", "Drukkerij De Pers", "NL20INGB0001234567", Decimal("121.00"), on, "te veel betaald", "Terug")  # fmt: skip
    names = (
        "Aannemer Bos & Zn.",
        "Schildersbedrijf Kleur",
        "Loodgieter Van Rijn",
        "Hoveniersbedrijf Groen en Water B.V.",
    )
    others = [
        replace(known, source_key=str(n), payee_name=name, amount=Decimal(n * 100))
        for n, name in enumerate(names, 2)
    ]
    changed = replace(known, source_key="9", payee_iban="NL44RABO0123456789")
    answers = request_transfers(client_id, [known, *others], "Olga", on, moment)
    request_transfers(client_id, [changed], "Bob", on, moment)
    ids = [answer.transfer_id or 0 for answer in answers]
    execute_on = earliest_execution(moment)
    first = make_batch(client_id, account, ids[:2], execute_on, Acting(bob.pk, on, moment))
    approve_batch(client_id, first, Acting(olga.pk, on, moment))
    make_batch(client_id, account, ids[2:4], execute_on, Acting(bob.pk, on, moment))
    with client_scope(client_id):
        message = fetch("SELECT message_id FROM batches_batch WHERE id = %s", [first])[0][0]
    told = report(
        message,
        "PART",
        [(f"{message}-1", "ACCP", "", ""), (f"{message}-2", "RJCT", "AC04", "Rekening opgeheven")],
    )
    take_in_files(client_id, [("rapport.xml", told)], on, moment)


def mail_and_proof(client_id: int, on: dt.date) -> None:
    """A mailbox with a message of each kind, and an invoice with proof and with more that is overdue."""
    moment = dt.datetime.combine(on, dt.time(9), dt.UTC)
    save_mailbox(
        client_id, MailboxFacts("facturen@vandijk.example", "imap.example.nl", 993, "tls", "post", "geheim")
    )
    note_fetched(client_id, moment, "The connection with imap.example.nl:993 failed.", "mailbox-connection")
    allow_sender(client_id, "@vandijk.example", "Olga", on)
    told = {"name": "brief.docx", "outcome": "refused", "number": "", "invoice": None,
            "problems": [{"rule": "mail-other-format", "text": "This is neither a PDF nor an e-invoice in XML."}]}  # fmt: skip
    for number, state in enumerate(STATES, start=1):
        message = Message.objects.create(
            client_id=client_id,
            key=state,
            uid_validity=1,
            uid=number,
            sender="jan@vandijk.example",
            size=1,
            subject=f"Facturen {number}",
            state=state,
            attempts=1,
            received_at=moment,
            changed_at=moment,
            results=[told] if state == "taken" else [],
            answer_state="sent" if state == "taken" else "",
        )
        if state == "held":
            HeldFile.objects.create(
                client_id=client_id, message=message, name="a.pdf", size=4, content=b"%PDF"
            )
    invoice_id = numbers("SELECT DISTINCT invoice_id FROM letters_letteritem ORDER BY 1")[0]
    long_ago = on - dt.timedelta(days=20)
    asked = [
        NewRequest(invoice_id, "signature", "register", "de debiteur zegt niets gekregen te hebben", on - dt.timedelta(days=5), "1"),
        NewRequest(invoice_id, "correspondence", "person", "voor het dossier", on + dt.timedelta(days=9), "2"),
    ]  # fmt: skip
    request_evidence(client_id, asked, "Olga", long_ago, moment)
    attach_evidence(
        client_id, invoice_id, "job_sheet", [NewFile("werkbon.pdf", b"%PDF-1.7")], "Olga", on, moment
    )


def bank_news(client_id: int, on: dt.date) -> None:
    """A payment that is announced, of nobody known, and a file of which it is not certain what is in it."""
    moment = dt.datetime.combine(on, dt.time(9), dt.UTC)
    account = fetch("SELECT iban FROM banking_bankaccount ORDER BY id")[0][0]
    paid = Line("17.31", "dank u wel", day=on, name="Onbekend", iban="NL02RABO0123456789")
    import_statement_file(client_id, notice([paid], "052", iban=account), "tussentijds.xml", moment)
    told = [
        {"level": "warning", "rule": "same-movements", "text": "Of the 2 movements in this file 1 is here already."},
        {"level": "warning", "rule": "doubtful", "text": f"{on} 17.31 EUR Onbekend dank u wel: that day was told whole."},
    ]  # fmt: skip
    file = StatementFile.objects.create(
        client_id=client_id, name="rekening.csv", sha256="0" * 64, format="CSV ING", status="waiting", problems=told,
        imported_at=moment,
    )  # fmt: skip
    doubts = [
        {"date": on.isoformat(), "amount": "17.31", "currency": "EUR", "name": "Onbekend", "text": "dank u wel",
         "why": why} for why in ("day-was-told", "no-balances")
    ]  # fmt: skip
    WaitingFile.objects.create(client_id=client_id, file=file, doubts=doubts, content=b"x")


def account_statement(client_id: int, on: dt.date) -> None:
    """Statements of all movements to the three who owe most."""
    moment = dt.datetime.combine(on, dt.time(9), dt.UTC)
    debtors = tuple((row.debtor_id, row.currency) for row in ageing_by_debtor(client_id, on, limit=3))
    asked = Asked("seed", "movements", on, on - dt.timedelta(days=45), False, debtors)
    ask_statements(client_id, asked, "Olga", on, moment)
    write_waiting(client_id, on, moment)


def numbers(sql: str) -> tuple[int, ...]:
    """The first column of a query."""
    return tuple(row[0] for row in fetch(sql))
