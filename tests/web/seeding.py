"""What the pages show in these tests: two months of the simulated market, another client, and people with roles."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from inbaar.debtor_statements.actions import Asked, ask_statements, write_waiting
from inbaar.demo.play import play_market
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.mailbox.models import HeldFile, Message
from inbaar.mailbox.setup import MailboxFacts, allow_sender, note_fetched, save_mailbox
from inbaar.mailbox.states import STATES
from inbaar.parties.models import Client, Membership, User
from inbaar.receivables.actions import NewFile, NewRequest, attach_evidence, request_evidence
from inbaar.receivables.ageing import ageing_by_debtor
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
    user("niemand")
    Client.objects.filter(pk=played.client_id).update(language="nl")
    with client_scope(played.client_id):
        mail_and_proof(played.client_id, played.last_day)
        account_statement(played.client_id, played.last_day)
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
            numbers("SELECT id FROM debtor_statements_accountstatement WHERE asked > 0 ORDER BY asked DESC"),
            numbers("SELECT id FROM debtor_statements_statementrun"),
            tuple(
                row[0] for row in fetch("SELECT reference FROM banking_paymentbundle ORDER BY total DESC, id")
            ),
        )


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
