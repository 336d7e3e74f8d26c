"""The bank's desk for files of payments: it answers each with a report, carries it out, and tells it on statements.

Called by the scenarios. It hands out what a bank sends: pain.002 at once, camt.054 and camt.053 of each bank day. Whoever
plays the customer may take these late, twice and in any order; the bank itself never pays an order twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from inbaar.law.calendar import add_target_days, is_target_day
from inbaar.market.bookings import BankCode, Booking
from inbaar.market.camt053 import Statement, statement_xml
from inbaar.market.facts import Business
from inbaar.market.orders import Order, OrderFile, read_orders

DUPLICATE = "DU01"
_REPORT = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"


class BankBook:
    """A customer's account as its bank keeps it: what is booked on which day, told on statements and notifications."""

    def __init__(self, business: Business, opening: Decimal) -> None:
        self.business, self._balance = business, opening
        self._coming: dict[date, list[Booking]] = {}
        self._days = self._reports = 0

    def comes(self, day: date, *bookings: Booking) -> None:
        """What is booked on a day."""
        self._coming.setdefault(day, []).extend(bookings)

    def next_report(self) -> int:
        """The number of the next report."""
        self._reports += 1
        return self._reports

    def statement(self, day: date) -> bytes:
        """The day's statement (camt.053); days are asked for in order."""
        bookings = tuple(
            _numbered(booking, f"{day:%y%m%d}{at:05d}")
            for at, booking in enumerate(self._coming.pop(day, ()), start=1)
        )
        self._days += 1
        told = Statement(day, self._days, self._balance, bookings)
        self._balance = told.closing
        return statement_xml(told, self.business)

    def notification(self, statement: bytes) -> bytes:
        """What the bank sends during the day of the same movements (camt.054): a statement without its balances."""
        text = statement.decode().replace("camt.053.001.08", "camt.054.001.08")
        text = text.replace("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn").replace("Stmt>", "Ntfctn>")
        before, _, rest = text.partition("<Bal>")
        return (before + rest.rpartition("</Bal>")[2]).encode() if rest else text.encode()


class OrderDesk(BankBook):
    """One customer's account as its bank keeps it.

    `closed` are payees' accounts that a payment comes back from two bank days later, each with its reason code. With
    `in_one_sum` a file is debited as one booking with its payments under it.
    """

    def __init__(
        self,
        business: Business,
        opening: Decimal,
        *,
        closed: Mapping[str, str] | None = None,
        in_one_sum: bool = False,
    ) -> None:
        super().__init__(business, opening)
        self._closed, self._in_one_sum = dict(closed or {}), in_one_sum
        self._seen: set[str] = set()

    def hand_in(self, content: bytes, on: date) -> bytes:
        """Take a file in on a day; gives the report (pain.002). A file that came before is refused as a second copy."""
        file = read_orders(content)
        if file.message_id in self._seen:
            return self._report(file, "RJCT", DUPLICATE, ())
        if file.fault or file.account != self.business.iban:
            return self._report(file, "RJCT", file.fault or "AC02", ())
        self._seen.add(file.message_id)
        good = [order for order in file.orders if not order.fault]
        self._carry_out(good, self._bank_day(max(on, file.execute_on or on)))
        status = "ACCP" if len(good) == len(file.orders) else "PART" if good else "RJCT"
        return self._report(file, status, "", file.orders)

    def _carry_out(self, orders: list[Order], day: date) -> None:
        debits = [_debit(order) for order in orders]
        if self._in_one_sum and len(debits) > 1:
            total = sum((debit.amount for debit in debits), Decimal(0))
            debits = [Booking(BankCode.CREDIT_SENT, total, details=tuple(debits))]
        self.comes(day, *debits)
        for order in orders:
            if reason := self._closed.get(order.iban):
                self.comes(add_target_days(day, 2), _returned(order, reason))

    @staticmethod
    def _bank_day(day: date) -> date:
        return day if is_target_day(day) else add_target_days(day, 1)

    def _report(self, file: OrderFile, status: str, reason: str, orders: tuple[Order, ...]) -> bytes:
        names = (file.message_id or "NOTPROVIDED", file.message or "pain.001", file.payment_info_id)
        judged = tuple(Judged(order.end_to_end_id, order.fault) for order in orders)
        return report_xml(self.next_report(), names, status, reason, judged)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a bank says of one order: `fault` is the reason code of a rejection, empty where it is accepted."""

    end_to_end_id: str
    fault: str


def report_xml(
    number: int, names: tuple[str, str, str], status: str, reason: str, judged: tuple[Judged, ...]
) -> bytes:
    """A report (pain.002) on a file: its message, kind and part by their names, and what is said of each order."""
    message_id, message, part_id = (escape(name) for name in names)
    told = "".join(_told(one) for one in judged)
    part = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{part_id}</OrgnlPmtInfId><PmtInfSts>{status}</PmtInfSts>{told}</OrgnlPmtInfAndSts>"
        if told
        else ""
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{_REPORT}"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>RPT-{number:06d}</MsgId><CreDtTm>2026-01-01T12:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message_id}</OrgnlMsgId><OrgnlMsgNmId>{message}</OrgnlMsgNmId><GrpSts>{status}</GrpSts>"
        f"{_why(reason)}</OrgnlGrpInfAndSts>{part}</CstmrPmtStsRpt></Document>"
    ).encode()


def _told(one: Judged) -> str:
    status = "RJCT" if one.fault else "ACCP"
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{escape(one.end_to_end_id)}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        f"{_why(one.fault)}</TxInfAndSts>"
    )


def _why(reason: str) -> str:
    return f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""


def _debit(order: Order) -> Booking:
    return Booking(
        BankCode.CREDIT_SENT, -order.amount, name=order.name, iban=order.iban, text=order.text or None,
        structured=order.reference or None, end_to_end_id=order.end_to_end_id,
    )  # fmt: skip


def _returned(order: Order, reason: str) -> Booking:
    return Booking(
        BankCode.TRANSFER_RETURNED, order.amount, name=order.name, iban=order.iban, text=order.text or None,
        end_to_end_id=order.end_to_end_id, return_reason=reason,
    )  # fmt: skip


def _numbered(booking: Booking, reference: str) -> Booking:
    """The booking and its parts under the bank's own reference."""
    parts = tuple(replace(part, reference=f"{reference}.{n}") for n, part in enumerate(booking.details, 1))
    return replace(booking, reference=reference, details=parts)
