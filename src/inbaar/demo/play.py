"""Playing the market's months: each day its files come in, its debtors speak, and the day's run is done."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from inbaar.daily import run_day
from inbaar.doors import FileResult, take_in_files
from inbaar.dunning.rules import runs_on
from inbaar.dunning.schedule import look_again
from inbaar.kit.bulk import fetch
from inbaar.kit.clock import DUTCH_TIME
from inbaar.kit.scope import client_scope
from inbaar.letters.smtp import Security, SmtpSettings
from inbaar.market.facts import MarketMessage
from inbaar.market.market import Market
from inbaar.market.postbox import Postbox
from inbaar.parties.opening import NewAdministration, open_administration
from inbaar.receivables.actions import NewHold, open_holds, release_hold
from inbaar.register.prices import PriceRow, price_list, set_price

LAST_COVERED_DAY = dt.date(2026, 12, 31)
USUAL_START = dt.date(2026, 6, 1)
FIRST_START = dt.date(2023, 7, 1)
MOST_DAYS = (LAST_COVERED_DAY - FIRST_START).days + 1
SAYS_PAID_DAYS = 5
#: What a report to the arrears register costs in the demonstration.
REGISTER_FEE = Decimal("12.50")

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Played:
    """What was played: the administration, its days, and what became of each file."""

    client_id: int
    first_day: dt.date
    last_day: dt.date
    files: tuple[FileResult, ...]


def first_day_of(days: int) -> dt.date:
    """The first simulated day: the usual one, or earlier where the days would run past the law's tables."""
    return min(USUAL_START, LAST_COVERED_DAY - dt.timedelta(days=days - 1))


def moment(day: dt.date, hour: int) -> dt.datetime:
    """An hour of a simulated day in the Netherlands."""
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=DUTCH_TIME)


def loopback(postbox: Postbox) -> SmtpSettings:
    """The market's own mail server; no letter of the demonstration can leave this machine."""
    return SmtpSettings(host=postbox.host, port=postbox.port, security=Security.NONE)


def play_market(days: int, seed: int, progress: Progress) -> Played:
    """Play `days` days of the market with this seed; the same seed gives the same end."""
    market = Market(seed, first_day_of(days), days)
    business = market.business
    client_id = open_administration(
        NewAdministration(
            name=business.name, kvk=business.kvk, vat=business.vat, street=business.address.street,
            postcode=business.address.postcode, city=business.address.city, email=business.email,
            phone=business.phone,
        )
    )  # fmt: skip
    if not price_list():
        set_price(PriceRow(market.start, REGISTER_FEE, "the demonstration"), market.start)
    files: list[FileResult] = []
    with Postbox(market, market.start) as postbox:
        for number in range(days):
            day = market.start + dt.timedelta(days=number)
            postbox.today = day
            files += play_day(client_id, market, postbox, day)
            progress(number + 1, days, f"{day}")
    return Played(client_id, market.start, market.start + dt.timedelta(days=days - 1), tuple(files))


def play_day(client_id: int, market: Market, postbox: Postbox, day: dt.date) -> list[FileResult]:
    """One day: what arrives, what debtors say, and the run."""
    arriving = [*market.invoices_on(day), *market.statements_on(day)]
    results = take_in_files(
        client_id, [(file.name, file.content) for file in arriving], day, moment(day, 9), "demo"
    )
    for place, message in enumerate(market.messages_on(day)):
        hear(client_id, message, f"{day}:{place}")
    run_day(day, moment(day, 10), loopback(postbox), [client_id])
    return results


# What the desk writes down when the debtor gave no words of his own.
_WITHOUT_WORDS = {"dispute": "betwist", "bankruptcy": "failliet", "paid": "zegt betaald te hebben"}


def hear(client_id: int, message: MarketMessage, key: str) -> None:
    """Do with a debtor's words what a person at the desk would do."""
    with client_scope(client_id):
        invoice_id, debtor_id = _subject(client_id, message)
        if debtor_id is None:
            return
        if message.kind in ("dispute_withdrawn", "dispute_settled"):
            _end_dispute(client_id, invoice_id, message)
            return
        kind = {"dispute": "dispute", "bankruptcy": "insolvency", "paid": "promise"}[message.kind]
        whole_debtor = kind == "insolvency"
        open_holds(
            client_id,
            [
                NewHold(
                    debtor_id=debtor_id,
                    kind=kind,
                    reason=message.reason[:300] or _WITHOUT_WORDS[message.kind],
                    owner="demo",
                    since=message.on if whole_debtor and message.on else message.day,
                    key=f"market:{key}",
                    invoice_id=None if whole_debtor else invoice_id,
                    amount=_part(message, invoice_id),
                    until=message.day + dt.timedelta(days=SAYS_PAID_DAYS) if kind == "promise" else None,
                )
            ],
            moment(message.day, 9),
        )


def _subject(client_id: int, message: MarketMessage) -> tuple[int | None, int | None]:
    """The invoice and debtor a message is about, found as a person would: by number, else by e-mail address."""
    if message.invoice_number:
        rows = fetch(
            "SELECT id, debtor_id FROM receivables_invoice WHERE client_id = %s AND number = %s AND kind = 'invoice'",
            [client_id, message.invoice_number],
        )
        if rows:
            return rows[0][0], rows[0][1]
    rows = fetch(
        "SELECT debtor_id FROM parties_contact WHERE client_id = %s AND lower(email) = lower(%s)",
        [client_id, message.email],
    )
    return None, rows[0][0] if rows else None


def _part(message: MarketMessage, invoice_id: int | None) -> Decimal | None:
    """The disputed part, or None for the whole: a part that is all that is left is the whole."""
    if message.kind != "dispute" or message.amount is None or invoice_id is None:
        return None
    open_amount = fetch("SELECT open_amount FROM receivables_invoice WHERE id = %s", [invoice_id])[0][0]
    return Decimal(message.amount) if message.amount < open_amount else None


def _end_dispute(client_id: int, invoice_id: int | None, message: MarketMessage) -> None:
    rows = fetch(
        """
        SELECT id FROM receivables_hold
        WHERE client_id = %s AND invoice_id = %s AND kind = 'dispute' AND released_on IS NULL
        """,
        [client_id, invoice_id],
    )
    for (hold_id,) in rows:
        release_hold(client_id, hold_id, message.day, "demo", moment(message.day, 9))
    if invoice_id is not None:
        look_again(client_id, [invoice_id], message.day)


def run_last_day(client_ids: Sequence[int], day: dt.date, progress: Progress) -> None:
    """Do the day's run for other administrations; their letters go to the market's own mail server and no further.

    A day that is no working day is followed to the next one, so that their letters are seen to leave.
    """
    while not runs_on(day):
        day += dt.timedelta(days=1)
    with Postbox(Market(0, day, 1), day) as postbox:
        for number, client_id in enumerate(client_ids, start=1):
            run_day(day, moment(day, 10), loopback(postbox), [client_id])
            progress(number, len(client_ids), f"{day}")
