"""Where the schema rules make an exception, each with its reason. Read by `kit.schema`.

Tables are named here one by one, so that a new exception is a line in a review and never a side effect.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from inbaar.kit.tables import APP_ROLE


@dataclass(frozen=True, slots=True)
class Exceptions:
    """What the rules let pass. `frameworks` are prefixes of tables that other packages make and we do not shape."""

    app_role: str = APP_ROLE
    clients: str = "parties_client"
    sequence: str = "inbaar_id"
    frameworks: Mapping[str, str] = field(default_factory=dict)
    shared: Mapping[str, str] = field(default_factory=dict)
    deletable: Mapping[str, str] = field(default_factory=dict)
    living: Mapping[str, frozenset[str]] = field(default_factory=dict)
    readable_elsewhere: Mapping[str, str] = field(default_factory=dict)

    def is_framework(self, table: str) -> bool:
        """Whether another package made the table."""
        return table.startswith(tuple(self.frameworks))


EXCEPTIONS = Exceptions(
    frameworks={
        "procrastinate_": "the queue: its triggers wake workers and log states; its rows are locked across clients",
        "django_": "Django's record of migrations, content types and sessions; sessions end by being deleted",
        "auth_": "Django's groups and permissions",
        "parties_user_": "Django's links from users to its groups and permissions",
        "axes_": "the count of failed log-ins, kept before anybody is known to belong to a client",
        "account_": "addresses a user logs in with",
        "mfa_": "passkeys and one-time codes of a user, who may withdraw them",
    },
    shared={
        "parties_organisation": "what public registers say of a company, the same for every client",
        "parties_client": "the clients themselves: what every client_id points at",
        "parties_user": "a person who logs in may work for several clients; he is switched off, not deleted",
        "register_price": "the register's price list, the same for every client",
        "register_entry": "an entered arrear is of the company in it, and every client may look it up",
        "register_receipt": "that something was forgotten says nothing of whose it was",
        "register_lookup": "who looked a company up is for that company to see",
        "register_watch": "who has an eye on a company is for that company to see",
        "register_figure": "counts of all clients together",
    },
    deletable={
        "parties_contact": "a person's address is personal data and goes when it is no longer needed",
        "parties_debtor": "a debtor that a list made, and to whom nothing hangs yet, goes when the list is taken back",
        "parties_debtoriban": "an account that turned out not to be the debtor's",
        "parties_membership": "a user leaves a client",
        "mailbox_sender": "a sender may no longer send invoices in",
        "mailbox_heldfile": "a file of an unknown sender goes once a person has decided about it",
        "banking_announcedfor": "what announced money may be for is seen anew every day",
        "banking_waitingfile": "a file that waits goes once a person has decided about it",
        "banking_suspect": "a suspicion is lifted once the entry is matched",
        "debtor_statements_statementitem": "a statement of account is written anew where its facts change before it leaves",
        "debtor_statements_statementpdf": "a statement of account is written anew where its facts change before it leaves",
        "register_report": "the register keeps no history: a report goes when it ends",
        "register_call": "the calls of a report go with it",
        "register_entry": "an entry is forgotten for good once its arrear is settled",
        "register_figure": "counts of a month are added up",
        "register_watch": "whoever has an eye on a company stops",
        "receivables_agestep": "steps of one day and due date are added up to one",
        "dunning_policychoice": "a debtor or a segment goes back to the client's own policy",
        "dunning_skip": "a person takes back leaving an invoice out",
        "dunning_step": "a step is taken back when its letter was withdrawn before it left",
    },
    living={
        "ledger_transfer": frozenset(),
        "receivables_invoice": frozenset({"open_amount", "withdrawn_on"}),
        "receivables_payment": frozenset(),
        "receivables_event": frozenset(),
        "batches_batchfile": frozenset(),
        "batches_filepart": frozenset(),
        "batches_statusreport": frozenset(),
        "transfers_batchedtransfer": frozenset(),
        "transfers_transfermoney": frozenset(),
        "debits_mandateversion": frozenset(),
        "debits_batcheddebit": frozenset(),
        "debits_debitmoney": frozenset(),
        "letters_letter": frozenset(),
        "letters_letteritem": frozenset(),
        "letters_letterfile": frozenset(),
        "letters_ownwords": frozenset(),
        "letters_enclosure": frozenset(),
        "dunning_step": frozenset(),
        "dunning_policyversion": frozenset(),
        "dunning_policystep": frozenset(),
        "dunning_policychange": frozenset(),
    },
    readable_elsewhere={
        "parties_membership": "a user reads his own memberships before a client is chosen",
    },
)
