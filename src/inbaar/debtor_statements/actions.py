"""Asking for statements of account and writing them: each once, whatever is asked twice or killed half-way."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from typing import Any

from inbaar.banking.bundles import NewBundle, make_bundles
from inbaar.banking.pay_links import pay_link
from inbaar.debtor_statements.content import AccountContent, Part, asked_of, to_json
from inbaar.debtor_statements.facts import Account, OpenItem, accounts_of
from inbaar.debtor_statements.states import after
from inbaar.dunning.addressing import addressee_rows, client_row, creditor_of, page_of, recipient_of
from inbaar.dunning.demands import Creditor
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.amounts import ContentError
from inbaar.letters.parts import Language, Payee
from inbaar.receivables.timeline import NewEvent, write_events

BATCH = 50
MOST = 20_000
ZERO = Decimal(0)
_RUN = {
    "client_id": "bigint", "key": "text", "kind": "text", "on": "date", "since": "date", "by_mail": "boolean",
    "made_by": "text", "made_at": "timestamptz",
}  # fmt: skip
_STATEMENT = {
    "client_id": "bigint", "run_id": "bigint", "debtor_id": "bigint", "currency": "text", "number": "text",
    "language": "text", "address": "text", "state": "text", "attempts": "smallint", "answer": "text",
    "changed_at": "timestamptz",
}  # fmt: skip
_ITEM = {
    "client_id": "bigint", "statement_id": "bigint", "invoice_id": "bigint", "bundle_id": "bigint", "open": "numeric",
    "asked": "numeric",
}  # fmt: skip
_WAITING = """
    SELECT s.id, s.debtor_id, s.currency, r.kind, r."on", r.since, r.by_mail FROM debtor_statements_accountstatement s
    JOIN debtor_statements_statementrun r ON r.client_id = s.client_id AND r.id = s.run_id
    WHERE s.client_id = %(client)s AND s.state = 'waiting' AND s.run_id = coalesce(%(run)s::bigint, (
        SELECT x.run_id FROM debtor_statements_accountstatement x
        WHERE x.client_id = %(client)s AND x.state = 'waiting' ORDER BY x.id LIMIT 1))
    ORDER BY s.id LIMIT %(limit)s FOR UPDATE OF s SKIP LOCKED
"""
_WRITTEN = """
    UPDATE debtor_statements_accountstatement s SET number = w.number, language = w.language, opening = w.opening,
        closing = w.closing, asked = w.asked, content = w.content, address = w.address, state = w.state, changed_at = %s
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::numeric[], %s::numeric[], %s::numeric[], %s::jsonb[], %s::text[],
                %s::text[]) AS w(id, number, language, opening, closing, asked, content, address, state)
    WHERE s.client_id = %s AND s.id = w.id AND s.state = 'waiting'
"""
_ENDED = """
    UPDATE debtor_statements_accountstatement SET state = %s, answer = %s, changed_at = %s
    WHERE client_id = %s AND id = ANY(%s::bigint[]) AND state = 'waiting'
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Statements to make: of which kind, at the end of which day, for whom, and whether they are mailed.

    `debtors` are (debtor, currency). `key` makes asking twice the same as once.
    """

    key: str
    kind: str
    on: dt.date
    since: dt.date | None
    by_mail: bool
    debtors: tuple[tuple[int, str], ...]


def ask_statements(client_id: int, asked: Asked, by: str, today: dt.date, moment: dt.datetime) -> int:
    """Ask for statements; gives the number of the run, the same one where its key was used before. Four statements.

    Refuses a day to come, movements that begin after their end, nobody, more than 20,000 at once, and debtors of others.
    """
    _require(client_id, asked, today)
    made = insert_rows(
        "debtor_statements_statementrun",
        _RUN,
        [(client_id, asked.key, asked.kind, asked.on, asked.since, asked.by_mail, by, moment)],
        on_conflict="(client_id, key) DO NOTHING",
        returning="id",
    )
    if not made:
        known = "SELECT id FROM debtor_statements_statementrun WHERE client_id = %s AND key = %s"
        return int(fetch(known, [client_id, asked.key])[0][0])
    insert_rows(
        "debtor_statements_accountstatement",
        _STATEMENT,
        (
            (client_id, made[0][0], debtor, currency, "", "", "", "waiting", 0, "", moment)
            for debtor, currency in sorted(set(asked.debtors))
        ),
    )
    return int(made[0][0])


def _require(client_id: int, asked: Asked, today: dt.date) -> None:
    refusals = []
    debtors = {debtor for debtor, _ in asked.debtors}
    sql = "SELECT count(*) FROM parties_debtor WHERE client_id = %s AND id = ANY(%s::bigint[])"
    if fetch(sql, [client_id, array_parameter(sorted(debtors))])[0][0] != len(debtors):
        refusals.append(
            Refusal("debtor-unknown", "a statement is to a debtor of this client", "one of them is none", "a debtor",
                    "never", "choose from the list")
        )  # fmt: skip
    if asked.on > today:
        refusals.append(
            Refusal("day-to-come", "a statement is of a day that has been", f"{asked.on}", f"{today}", asked.on,
                    "choose an earlier day")
        )  # fmt: skip
    if (asked.kind == "movements") != (asked.since is not None) or (asked.since or asked.on) > asked.on:
        refusals.append(
            Refusal("period", "movements run from a day up to the statement's own", f"from {asked.since}",
                    f"up to {asked.on}", "never", "choose an earlier first day")
        )  # fmt: skip
    if not 0 < len(set(asked.debtors)) <= MOST:
        refusals.append(
            Refusal("how-many", f"a run has 1 to {MOST} statements", f"{len(set(asked.debtors))}", f"{MOST}", "never",
                    "choose other debtors")
        )  # fmt: skip
    if refusals:
        raise Refused(*refusals)


def write_waiting(
    client_id: int, today: dt.date, moment: dt.datetime, run_id: int | None = None, limit: int = BATCH
) -> int:
    """Write up to `limit` statements of a run, or of the oldest, in one transaction; gives how many were looked at.

    Killed at any moment, what was not committed waits still. The number of statements does not depend on theirs.
    """
    with client_scope(client_id):
        rows = fetch(_WAITING, {"client": client_id, "run": run_id, "limit": limit})
        if not rows:
            return 0
        kind, on, since, by_mail = rows[0][3:]
        debtors = sorted({row[1] for row in rows})
        accounts = accounts_of(client_id, debtors, since if kind == "movements" else None, on, on == today)
        writer = _Writer(client_id, on, since, today, by_mail, addressee_rows(client_id, debtors))
        empty, failed = [], {}
        for statement_id, debtor, currency, *_ in rows:
            account = accounts.get((debtor, currency))
            if account is None:
                empty.append(statement_id)
                continue
            try:
                writer.add(statement_id, debtor, currency, account)
            except ContentError as wrong:
                failed[statement_id] = str(wrong)
        writer.write(moment)
        _end(client_id, empty, "find_nothing", "", moment)
        for statement_id, why in failed.items():
            _end(client_id, [statement_id], "cancel", why, moment)
        return len(rows)


def _end(client_id: int, statements: Sequence[int], verb: str, answer: str, moment: dt.datetime) -> None:
    if statements:
        run(_ENDED, [after("waiting", verb), answer[:300], moment, client_id, list(statements)])


def cancel_statements(client_id: int, run_id: int, moment: dt.datetime) -> int:
    """Stop what of a run has not left yet; gives how many. Needs the client's scope."""
    return run(
        """
        UPDATE debtor_statements_accountstatement SET state = 'cancelled', changed_at = %s
        WHERE client_id = %s AND run_id = %s AND state IN ('waiting', 'queued')
        """,
        [moment, client_id, run_id],
    )


def _asked(items: Sequence[OpenItem]) -> tuple[tuple[int, Decimal], ...]:
    """What of a part's items is paid together."""
    return tuple((each.invoice_id, each.item.asked) for each in items if each.item.asked)


@dataclass(slots=True)
class _Ready:
    """A statement that can be written: its parts as bundles to make, and whom it is of."""

    statement_id: int
    debtor: int
    currency: str
    account: Account
    groups: list[tuple[tuple[str, str, dt.date | None], list[OpenItem]]]


class _Writer:
    """Writes the statements of one batch: first the references under which they are paid, then what they say."""

    def __init__(
        self, client_id: int, on: dt.date, since: dt.date | None, today: dt.date, by_mail: bool,
        addressees: dict[int, tuple[object, ...]],
    ) -> None:  # fmt: skip
        self.client_id, self.on, self.since, self.today, self.by_mail = client_id, on, since, today, by_mail
        self.addressees = addressees
        self.creditor = cache(partial(creditor_of, client_row(client_id)))
        self.ready: list[_Ready] = []

    def add(self, statement_id: int, debtor: int, currency: str, account: Account) -> None:
        """Take a statement on; ContentError where it could not be made for want of facts."""
        creditor = self.creditor()
        recipient_of(self.addressees[debtor])
        groups: dict[tuple[str, str, dt.date | None], list[OpenItem]] = {}
        for each in account.items:
            if each.item.kind == "invoice":
                payee = (each.owner, each.iban or creditor.iban, each.since)
                if each.item.asked and not (each.owner and payee[1]):
                    raise ContentError(
                        f"it cannot be said to whom invoice {each.item.number} is paid: record its title and account"
                    )
                groups.setdefault(payee, []).append(each)
        ordered = sorted(
            groups.items(), key=lambda group: (group[0][0] != creditor.sender.name, group[0][:2])
        )
        self.ready.append(_Ready(statement_id, debtor, currency, account, ordered))

    def write(self, moment: dt.datetime) -> None:
        """Write them all, with their items, and a line on each debtor's timeline."""
        if not self.ready:
            return
        bundles = [
            NewBundle(one.debtor, one.currency, parts)
            for one in self.ready
            for _, items in one.groups
            if (parts := _asked(items))
        ]
        made = iter(make_bundles(self.client_id, bundles, self.today))
        contents, items = [], []
        for one in self.ready:
            references = [next(made) if _asked(each) else (None, "") for _, each in one.groups]
            contents.append(self._content(one, [reference for _, reference in references]))
            for (bundle, _), (_, group) in zip(references, one.groups, strict=True):
                items += [
                    (
                        self.client_id,
                        one.statement_id,
                        each_.invoice_id,
                        bundle,
                        each_.item.open,
                        each_.item.asked,
                    )
                    for each_ in group
                ]
        self._write(contents, items, moment)

    def _content(self, one: _Ready, references: Sequence[str]) -> AccountContent:
        creditor: Creditor = self.creditor()
        account = one.account
        parts = []
        for ((owner, iban, since), items), reference in zip(one.groups, references, strict=True):
            told = tuple(each.item for each in items)
            payee = Payee(
                owner or creditor.sender.name, iban, account="" if iban else "-", entitled_since=since
            )
            link = pay_link(self.client_id, reference) if reference else ""
            parts.append(Part(payee, owner, told, asked_of(told), reference, link))
        return AccountContent(
            number=f"{self.on.year}-{one.statement_id}",
            language=Language(str(self.addressees[one.debtor][6])),
            on=self.on,
            sender=creditor.sender,
            recipient=recipient_of(self.addressees[one.debtor]),
            currency=one.currency,
            opening=account.opening,
            closing=account.closing,
            parts=tuple(parts),
            others=tuple(each.item for each in account.items if each.item.kind != "invoice"),
            since=self.since,
            movements=tuple(account.movements),
            unapplied=account.unapplied,
            why_not="past" if self.on != self.today else "insolvency" if account.insolvent else "",
            page_link=page_of(self.client_id, one.debtor, self.addressees[one.debtor], self.today),
        )

    def _write(
        self, contents: Sequence[AccountContent], items: Sequence[tuple[object, ...]], moment: dt.datetime
    ) -> None:
        ids = [one.statement_id for one in self.ready]
        for table in ("statementitem", "statementpdf"):  # of one that is written anew before it leaves
            run(
                f"DELETE FROM debtor_statements_{table} WHERE client_id = %s AND statement_id = ANY(%s::bigint[])",  # noqa: S608
                [self.client_id, ids],
            )
        insert_rows("debtor_statements_statementitem", _ITEM, items)
        addresses = [content.recipient.email if self.by_mail else "" for content in contents]
        states = [after("waiting", "write" if address else "keep") for address in addresses]
        columns: tuple[Sequence[Any], ...] = (
            ids, [c.number for c in contents], [str(c.language) for c in contents], [c.opening for c in contents],
            [c.closing for c in contents], [c.asked for c in contents],
            [to_json(c) for c in contents], addresses, states,
        )  # fmt: skip
        run(_WRITTEN, [moment, *map(array_parameter, columns), self.client_id])
        write_events(
            self.client_id,
            (
                NewEvent(
                    "statement_written", self.today, None, one.debtor,
                    {"number": content.number, "amount": str(content.closing), "currency": content.currency},
                    one.statement_id,
                )
                for one, content in zip(self.ready, contents, strict=True)
            ),
            moment,
        )  # fmt: skip
