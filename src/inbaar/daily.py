"""The daily run: the order in which the rooms do what is due. Money first, so that nobody is chased for what he paid.

Run it a hundred times, skip a week, kill it at any moment, run it on several machines: the result is the same.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from inbaar.arrangements.run import run_arrangements
from inbaar.banking.actions import match_new_entries, point_announced, settle_returns
from inbaar.banking.debits.queries import returned_invoices
from inbaar.banking.jobs import follow_own_payments
from inbaar.banking.online.jobs import hear_provider
from inbaar.collecting.notices import ask_for_due, work_notices
from inbaar.debtor_page.deciding import settle_paid_replies
from inbaar.debtor_page.sending import send_page_mails
from inbaar.dunning.run import run_dunning
from inbaar.dunning.schedule import reopen_invoices
from inbaar.dunning.withdrawing import withdraw_outdated
from inbaar.kit.scope import client_scope
from inbaar.letters.delivery import send_queued
from inbaar.letters.smtp import Mailer, SmtpSettings
from inbaar.mandates.sending import send_messages
from inbaar.parties.models import Client
from inbaar.receivables.actions import merge_age_steps
from inbaar.register.run import RegisterTally, run_register


@dataclass(slots=True)
class DayReport:
    """What one day's run did over all clients."""

    on: dt.date
    clients: int = 0
    matched: int = 0
    unmatched: int = 0
    returned: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    letters: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    closed: int = 0
    withdrawn: int = 0
    mail: Counter[str] = field(default_factory=Counter)
    register: RegisterTally = field(default_factory=RegisterTally)
    debits: Counter[str] = field(default_factory=Counter)
    arrangements: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """What `inbaar day --json` prints."""
        return {
            "date": self.on.isoformat(),
            "clients": self.clients,
            "entries": {"matched": self.matched, "unmatched": self.unmatched},
            "reopened": self.returned,
            "steps": dict(sorted(self.steps.items())),
            "letters": dict(sorted(self.letters.items())),
            "waiting": dict(sorted(self.waits.items())),
            "closed": self.closed,
            "withdrawn": self.withdrawn,
            "mail": dict(sorted(self.mail.items())),
            "register": {
                "entered": self.register.entered,
                "ended": self.register.ended,
                "letters": self.register.letters,
                "waiting": dict(sorted(self.register.waits.items())),
            },
            "debits": {name: count for name, count in sorted(self.debits.items()) if count},
            "arrangements": dict(sorted(self.arrangements.items())),
        }


def run_day(
    on: dt.date,
    recorded_at: dt.datetime,
    smtp: SmtpSettings | None,
    clients: Iterable[int] | None = None,
    on_letters: Callable[[int], object] | None = None,
    returns_to: Callable[[int], str] = lambda client_id: "",
) -> DayReport:
    """Do what is due on a day for every client: hear the provider, follow our own payments, match, take back, collect, judge
    promises and plans, dun, do the register's part, send.

    What a lost message or a program that was killed after a statement came in left undone is done here before anybody is
    chased for it. Without `smtp` letters stay queued.

    `on_letters` queues the sending as a job instead, in the transaction that writes the letters. `returns_to` gives the
    address that is told what did not arrive; empty is the client's own.
    """
    report = DayReport(on)
    for client_id in client_ids() if clients is None else clients:
        report.clients += 1
        hear_provider(client_id, recorded_at)
        report.returned += follow_our_payments(client_id, on, recorded_at)
        while (matched := match_new_entries(client_id, on, recorded_at)).entries:
            report.matched += matched.matched
            report.unmatched += matched.unmatched
        point_announced(client_id, on)
        report.returned += take_back_returned(client_id, on, recorded_at)
        settle_replies(client_id, on, recorded_at)
        report.withdrawn += withdraw_outdated(client_id, on, recorded_at)
        report.debits["asked"] += ask_for_due(client_id, on, recorded_at)
        report.debits += work_notices(client_id, on, recorded_at, on_letters)
        report.arrangements += run_arrangements(client_id, on, recorded_at, on_letters)
        tally = run_dunning(client_id, on, recorded_at, on_letters=on_letters)
        report.steps += tally.steps
        report.letters += tally.letters
        report.waits += tally.waits
        report.closed += tally.closed
        report.register += run_register(client_id, on, recorded_at, on_letters=on_letters)
        merge_age_steps(client_id)
        report.mail += deliver(client_id, on, recorded_at, smtp, returns_to)
        report.debits += work_notices(client_id, on, recorded_at, on_letters)
    return report


def follow_our_payments(client_id: int, on: dt.date, recorded_at: dt.datetime) -> int:
    """Book what statements say of our transfers and debits, and have the run look at the invoices of those that went back;
    gives how many of these are open.
    """
    if not follow_own_payments(client_id, on, recorded_at):
        return 0
    with client_scope(client_id):
        reopened = returned_invoices(client_id)
        reopen_invoices(client_id, reopened, on)
    return len(reopened)


def take_back_returned(client_id: int, on: dt.date, recorded_at: dt.datetime) -> int:
    """Undo payments that the bank took back, and have the run look at their invoices again; gives how many are open again."""
    with client_scope(client_id):
        reopened = settle_returns(client_id, on, recorded_at)
        reopen_invoices(client_id, reopened, on)
    return len(reopened)


def settle_replies(client_id: int, on: dt.date, recorded_at: dt.datetime) -> int:
    """Close what debtors said of invoices that are paid by now; gives how many."""
    with client_scope(client_id):
        return settle_paid_replies(client_id, on, recorded_at)


def deliver(
    client_id: int,
    on: dt.date,
    recorded_at: dt.datetime,
    smtp: SmtpSettings | None,
    returns_to: Callable[[int], str] = lambda client_id: "",
) -> Counter[str]:
    """Send what is queued for a client over one connection: letters, and mails about mandates and debtors' pages; for `returns_to` see `run_day`."""
    if smtp is None:
        return Counter()
    with Mailer(smtp) as mailer:
        letters = send_queued(client_id, mailer, recorded_at, on, returns_to=returns_to(client_id))
        mails = send_messages(client_id, mailer, on, recorded_at, returns_to(client_id))
        return letters + mails + send_page_mails(client_id, mailer, on, recorded_at, returns_to(client_id))


def client_ids() -> list[int]:
    """Every client, oldest first."""
    return list(Client.objects.order_by("id").values_list("id", flat=True))
