"""Reads camt.053 (day statement), camt.052 (report) and camt.054 (notification) of any version as a stream.

Called by `formats.stream_statements`. One entry is in memory at a time: what was read is taken out of the tree, so
a file of any size is read in the same memory. A document type declaration is refused, so entities never expand.
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from lxml import etree

from inbaar.banking.formats.camt_entry import read_entry
from inbaar.banking.formats.camt_payment import LocalNames, account_number, is_received, iso_date, money
from inbaar.banking.formats.tally import ASK_BANK, Tally, known_currency
from inbaar.banking.statements import EntryRead, StatementEnd, StatementRefused, StatementStart

MESSAGES = {"Stmt": "camt.053", "Rpt": "camt.052", "Ntfctn": "camt.054"}
STATEMENT_TAGS = tuple("{*}" + name for name in MESSAGES)
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
HEAD_BYTES = 1_000_000


def refuse_unsafe_or_foreign(stream: BinaryIO) -> str:
    """Look at the root element only: refuse a DOCTYPE and XML that is no account statement.

    Gives the namespace the root declares for all names without a prefix, or nothing.
    """
    parser = etree.XMLPullParser(events=("start",), resolve_entities=False, no_network=True, load_dtd=False)
    read = 0
    while read < HEAD_BYTES and (chunk := stream.read(4096)):
        read += len(chunk)
        parser.feed(chunk)
        for _, root in parser.read_events():
            _check_root(root)
            stream.seek(0)
            return root.nsmap.get(None) or ""
    raise StatementRefused("xml", "The XML has no root element: it is empty or cut off. Download it again.")


def _check_root(root: Any) -> None:
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise StatementRefused(
            "doctype",
            "The XML declares a document type, which can hide harmful entities and is never part of a bank "
            "statement. Download the statement from the bank again.",
        )
    name = root.tag.rpartition("}")[2]
    if name in ("Invoice", "CreditNote", "CrossIndustryInvoice"):
        raise StatementRefused("format", f"This is an invoice ({name}), not a statement. Use `inbaar read`.")


def stream_camt(stream: BinaryIO) -> Iterator[StatementStart | EntryRead | StatementEnd]:
    """The statements in an XML file, entry by entry; refuses what is not well-formed or holds no statement."""
    found = False
    try:
        namespace = refuse_unsafe_or_foreign(stream)
        for event in _statements(stream, namespace):
            found = True
            yield event
    except etree.XMLSyntaxError as error:
        raise StatementRefused("xml", _what_is_wrong(error)) from None
    if not found:
        raise StatementRefused(
            "format",
            "The XML holds no statement (Stmt), report (Rpt) or notification (Ntfctn) of ISO 20022. "
            "Export the statement as camt.053.",
        )


class _PlainNames:
    """A file without the declaration of its root's namespace, for whoever reads it piece by piece.

    Otherwise each name asked for, some thirty an entry, is made with the namespace in front and looked up with it. Where
    the declaration is written in another way it stays, and the names are as right and a little slower.
    """

    def __init__(self, stream: BinaryIO, namespace: str) -> None:
        self.stream = stream
        self.declared = f' xmlns="{namespace}"'.encode() if namespace else b""

    def read(self, size: int) -> bytes:
        piece = self.stream.read(size)
        if self.declared:
            piece, self.declared = piece.replace(self.declared, b"", 1), b""
        return piece


def _statements(stream: BinaryIO, namespace: str) -> Iterator[StatementStart | EntryRead | StatementEnd]:
    events = etree.iterparse(
        _PlainNames(stream, namespace),
        events=("end",),
        tag=("{*}Ntry", *STATEMENT_TAGS),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=True,
    )
    current: _Statement | None = None
    previous: Any = None
    for _, element in events:
        if element.tag.endswith("Ntry"):
            parent = element.getparent()
            if current is None:
                current = _Statement(_statement_of(parent), namespace)
                yield current.start()
            _check_place(parent, current)
            yield current.entry(element)
            element.clear()
            if previous is not None:
                parent.remove(previous)
            previous = element
        else:
            if current is None:
                current = _Statement(element, namespace)
                yield current.start()
            _check_place(element, current)
            yield current.end()
            element.clear()
            current = previous = None


MISPLACED = (
    "An entry (Ntry) or statement stands where the message allows none. "
    "Download the statement from the bank again."
)


def _statement_of(parent: Any) -> Any:
    """What the first entry stands in, which must be a statement."""
    if parent is None or parent.tag.rpartition("}")[2] not in MESSAGES:
        raise StatementRefused("format", MISPLACED)
    return parent


def _check_place(statement: Any, current: "_Statement") -> None:
    """Entries stand in their statement, and statements do not stand in each other."""
    if statement is not current.element:
        raise StatementRefused("format", MISPLACED)


class _Statement:
    """One statement element while its entries are read. `namespace` is that of names which show none."""

    def __init__(self, element: Any, namespace: str) -> None:
        self.element = element
        self.names = LocalNames()
        self.kind = self.names[element.tag]
        namespace = element.tag.rpartition("}")[0][1:] or namespace
        self.format = namespace.removeprefix(NAMESPACE) or MESSAGES.get(self.kind, self.kind)
        self.tally = Tally()
        self.undated = 0
        if namespace and not self.format.startswith("camt.05"):
            self.tally.warn(
                "format",
                f"The namespace {namespace!r} is not one of camt.052, camt.053 or camt.054; it was read as "
                f"{MESSAGES.get(self.kind, 'a statement')}. Check the entries.",
            )
        self.account: str | None = None
        self.currency: str | None = None
        self._head()

    def _head(self) -> None:
        """Read account, currency, period and balances from what stands before (or after) the entries."""
        names = self.names
        children = {names[child.tag]: child for child in self.element if names[child.tag] != "Ntry"}
        self.statement_id = _text(children.get("Id"))
        self.sequence = _text(children.get("ElctrncSeqNb")) or _text(children.get("LglSeqNb"))
        account = children.get("Acct")
        if account is not None:
            self.account = account_number(account, names)
            self.currency = known_currency(_text(account.find("{*}Ccy"))) or self.currency
        self.balances = [_balance(child, names) for child in self.element if names[child.tag] == "Bal"]
        if self.currency is None:
            self.currency = known_currency(next((b[2] for b in self.balances if b[2]), None))
        period = children.get("FrToDt")
        self.period = [] if period is None else [_date(child) for child in period]

    def _balance_of(self, *kinds: str) -> tuple[str, Decimal, str | None, dt.date | None] | None:
        for kind in kinds:
            found = [balance for balance in self.balances if balance[0] == kind]
            if found:
                return found[-1] if kind == "CLBD" else found[0]
        return None

    def start(self) -> StatementStart:
        if self.account is None:
            raise StatementRefused(
                "account",
                f"Statement {self.statement_id or 'without a number'} names no account, so it cannot be known "
                "whose money it is. Ask the bank for a statement with the account's IBAN.",
            )
        opening = self._balance_of("OPBD", "PRCD")
        return StatementStart(
            format=self.format,
            account=self.account,
            currency=self.currency,
            statement_id=self.statement_id,
            sequence=self.sequence,
            opening=opening[1] if opening else None,
            from_date=self._from(),
            notice=self.kind != "Stmt",
        )

    def _from(self) -> dt.date | None:
        opening = self._balance_of("OPBD", "PRCD")
        return (self.period[0] if self.period else None) or (opening[3] if opening else None)

    def entry(self, element: Any) -> EntryRead:
        entry = read_entry(element, self.names, self.account)
        if self.currency is None:
            self.currency = known_currency(entry.currency)
        elif entry.currency != self.currency:
            known_currency(entry.currency)
        self.tally.add(entry, self.currency)
        if entry.date is None:
            self.undated += 1
        return entry

    def _check_head(self, label: str) -> None:
        """Says which entries have no day, and which balances are in another currency than the account."""
        if self.undated:
            self.tally.warn(
                "entry-date",
                f"{label}: {self.undated} of {self.tally.count} entries have no date. "
                "Look up in your online banking when they were booked.",
            )
        for other in sorted({balance[2] for balance in self.balances if balance[2]} - {self.currency}):
            known_currency(other)
            self.tally.warn(
                "balance-currency",
                f"{label}: a balance is in {other} while the account is in {self.currency}. {ASK_BANK}",
            )

    def end(self) -> StatementEnd:
        self._head()
        opening = self._balance_of("OPBD", "PRCD")
        closing = self._balance_of("CLBD")
        label = f"Statement {self.statement_id or ''} of {self.account}".replace("  ", " ")
        if self.kind == "Stmt" or (opening and closing):
            self.tally.check_balances(label, opening[1] if opening else None, closing[1] if closing else None)
        self.tally.check_entries(label, self.currency)
        self._check_head(label)
        _check_summary(self.element.find("{*}TxsSummry"), label, self.tally)
        to_date = self.period[-1] if len(self.period) > 1 else None
        return StatementEnd(
            account=self.account,
            currency=self.currency,
            statement_id=self.statement_id,
            sequence=self.sequence,
            opening=opening[1] if opening else None,
            closing=closing[1] if closing else None,
            from_date=self._from(),
            to_date=to_date or (closing[3] if closing else None),
            entry_count=self.tally.count,
            booked_total=self.tally.booked,
            problems=tuple(self.tally.problems),
            raw=_text(self.element.find("{*}Addtl" + self.kind + "Inf")) or "",
        )


def _check_summary(summary: Any, label: str, tally: Tally) -> None:
    """The bank's own count of entries (TxsSummry), where it gives one, against what was read."""
    stated = None if summary is None else _text(summary.find("{*}TtlNtries/{*}NbOfNtries"))
    if stated is not None and stated.isdecimal() and stated.lstrip("0") != str(tally.count).lstrip("0"):
        tally.warn(
            "entry-count",
            f"{label}: the bank says it holds {stated} entries, but {tally.count} are in the file. "
            "Download the statement again.",
        )


def _what_is_wrong(error: etree.XMLSyntaxError) -> str:
    """The parser's reason on one line; its own limits come with advice that is not for the reader."""
    reason = " ".join(str(error.msg).split())
    if "XML_PARSE_HUGE" in reason:
        reason = "it is nested too deeply, or holds a text too long, for a statement"
    return f"The XML is cut off or damaged: {reason}. Download the statement from the bank again."


def _text(element: Any) -> str | None:
    return None if element is None else (element.text or "").strip() or None


def _date(element: Any) -> dt.date | None:
    return iso_date(element.text)


def _balance(element: Any, names: LocalNames) -> tuple[str, Decimal, str | None, dt.date | None]:
    """Kind, signed amount, currency and date of one balance."""
    children = {names[child.tag]: child for child in element}
    amount = children.get("Amt")
    value = money(_text(amount) or "", "a balance")
    if not is_received(_text(children.get("CdtDbtInd")), "a balance"):
        value = -value
    kind = _text(element.find("{*}Tp/{*}CdOrPrtry/{*}Cd")) or "other"
    date = children.get("Dt")
    day = _date(date[0]) if date is not None and len(date) else None
    return kind, value, None if amount is None else amount.get("Ccy"), day
