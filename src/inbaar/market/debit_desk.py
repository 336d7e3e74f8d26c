"""The bank's desk for files of direct debits: it answers each with a report, collects, and tells what came and what went back.

Called by the scenarios. It hands out what a bank sends: pain.002 at once, camt.054 and camt.053 of each bank day. Whoever
plays the customer may take these late, twice and in any order; the bank itself never collects an order twice.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal

from inbaar.law.calendar import add_target_days, is_target_day
from inbaar.market.bookings import BankCode, Booking
from inbaar.market.debit_orders import Collection, CollectionFile, read_collections
from inbaar.market.facts import Business
from inbaar.market.order_desk import DUPLICATE, BankBook, Judged, report_xml

CUT_OFF = time(15, 30)


class DebitDesk(BankBook):
    """One creditor's account as its bank keeps it.

    `rejected` are mandates whose debits are rejected before their day, each with its reason code; `returns` are mandates whose
    debits go back, each with its reason and the day. With `in_one_sum` a file is booked as one sum with its debits under it.
    """

    def __init__(
        self,
        business: Business,
        opening: Decimal,
        *,
        rejected: Mapping[str, str] | None = None,
        returns: Mapping[str, tuple[str, date]] | None = None,
        in_one_sum: bool = False,
    ) -> None:
        super().__init__(business, opening)
        self.rejected, self.returns, self._in_one_sum = dict(rejected or {}), dict(returns or {}), in_one_sum
        self._seen: set[str] = set()
        self._ended: set[str] = set()

    def hand_in(self, content: bytes, moment: datetime) -> bytes:
        """Take a file in at a moment of Dutch time; gives the report (pain.002). A second copy, and a file that is too late for
        its day or names a day on which banks do not settle, is rejected whole.
        """
        file = read_collections(content)
        fault = self._fault(file, moment)
        if fault:
            return self._answer(file, "RJCT", fault, ())
        self._seen.add(file.message_id)
        judged = [(one, self._fault_of(one)) for one in file.collections]
        good = [one for one, why in judged if not why]
        if file.collect_on is not None:
            self._collect(good, file.collect_on)
        if file.sequence in ("OOFF", "FNAL"):
            self._ended |= {one.mandate for one in good}
        status = "ACCP" if len(good) == len(judged) else "PART" if good else "RJCT"
        return self._answer(file, status, "", tuple(Judged(one.end_to_end_id, why) for one, why in judged))

    def _fault(self, file: CollectionFile, moment: datetime) -> str:
        if file.message_id in self._seen:
            return DUPLICATE
        if file.fault or file.account != self.business.iban:
            return file.fault or "AC02"
        if file.collect_on is None or not is_target_day(file.collect_on):
            return "DT01"
        in_time = is_target_day(moment.date()) and moment.time() <= CUT_OFF
        received = moment.date() if in_time else add_target_days(moment.date(), 1)
        return "TM01" if file.collect_on < add_target_days(received, 1) else ""

    def _fault_of(self, one: Collection) -> str:
        """Why one debit is rejected: what is wrong with it, its debtor's bank, or a mandate that has had its last collection."""
        return one.fault or ("MD02" if one.mandate in self._ended else self.rejected.get(one.mandate, ""))

    def _collect(self, good: list[Collection], day: date) -> None:
        came = [_booking(one, BankCode.COLLECTED, one.amount) for one in good]
        if self._in_one_sum and len(came) > 1:
            total = sum((one.amount for one in came), Decimal(0))
            came = [Booking(BankCode.COLLECTED, total, details=tuple(came))]
        self.comes(day, *came)
        for one in good:
            reason, back = self.returns.pop(one.mandate, ("", day))
            if reason:
                self.comes(back, _booking(one, BankCode.COLLECTION_RETURNED, -one.amount, reason))

    def _answer(self, file: CollectionFile, status: str, reason: str, judged: tuple[Judged, ...]) -> bytes:
        names = (file.message_id or "NOTPROVIDED", file.message or "pain.008", file.payment_info_id)
        return report_xml(self.next_report(), names, status, reason, judged)


def _booking(one: Collection, code: BankCode, amount: Decimal, reason: str | None = None) -> Booking:
    return Booking(
        code, amount, name=one.name, iban=one.iban, text=one.text or None, end_to_end_id=one.end_to_end_id,
        return_reason=reason, mandate=one.mandate,
    )  # fmt: skip
