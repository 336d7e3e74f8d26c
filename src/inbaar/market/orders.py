"""A bank reads what its customer hands in: orders to pay as pain.001, any version since 03. Called by the order desk.

It takes nothing on trust: counts and sums must tie, each amount must be in euro, each account must pass its check.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from inbaar.market.identifiers import iban as iban_of


@dataclass(frozen=True, slots=True)
class Order:
    """One payment that is ordered. `fault` is the reason code under which the bank rejects it; empty if it will pay."""

    end_to_end_id: str
    amount: Decimal
    currency: str
    name: str
    iban: str
    text: str
    reference: str
    fault: str


@dataclass(frozen=True, slots=True)
class OrderFile:
    """A file of orders. `fault` is the reason code under which the bank rejects it as a whole."""

    message: str
    message_id: str
    payment_info_id: str
    stated_count: str
    stated_sum: str
    account: str
    execute_on: date | None
    orders: tuple[Order, ...]
    fault: str

    @property
    def total(self) -> Decimal:
        """What the orders are together."""
        return sum((order.amount for order in self.orders), Decimal(0))


def read_orders(content: bytes) -> OrderFile:
    """The orders in a file; one that is no order at all is rejected whole (FF01)."""
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return OrderFile("", "", "", "", "", "", None, (), "FF01")
    orders = tuple(_order(element) for element in root.iterfind(".//{*}CdtTrfTxInf"))
    execute = text_at(root, ".//{*}ReqdExctnDt/{*}Dt") or text_at(root, ".//{*}ReqdExctnDt")
    found = OrderFile(
        message=etree.QName(root).namespace.rpartition("xsd:")[2] if etree.QName(root).namespace else "",
        message_id=text_at(root, ".//{*}GrpHdr/{*}MsgId"),
        payment_info_id=text_at(root, ".//{*}PmtInfId"),
        stated_count=text_at(root, ".//{*}GrpHdr/{*}NbOfTxs"),
        stated_sum=text_at(root, ".//{*}GrpHdr/{*}CtrlSum"),
        account=text_at(root, ".//{*}DbtrAcct/{*}Id/{*}IBAN"),
        execute_on=day_of(execute),
        orders=orders,
        fault="",
    )
    return _judged(found)


def _judged(found: OrderFile) -> OrderFile:
    """The whole file rejected where it is none, or where its count or sum is not what it holds (AM10, AM18)."""
    fault = ""
    if not (found.message.startswith("pain.001.") and found.message_id and found.orders):
        fault = "FF01"
    elif found.stated_count != str(len(found.orders)):
        fault = "AM18"
    elif found.stated_sum and Decimal(found.stated_sum) != found.total:
        fault = "AM10"
    return replace(found, fault=fault)


def _order(element: Any) -> Order:
    amount = element.find("{*}Amt/{*}InstdAmt")
    currency = "" if amount is None else amount.get("Ccy", "")
    account = text_at(element, "{*}CdtrAcct/{*}Id/{*}IBAN")
    value = amount_of("" if amount is None else amount.text or "")
    fault = ""
    if not is_account(account):
        fault = "AC01"
    elif currency != "EUR":
        fault = "AM03"
    elif value <= 0:
        fault = "AM01"
    return Order(
        text_at(element, "{*}PmtId/{*}EndToEndId"), value, currency, text_at(element, "{*}Cdtr/{*}Nm"), account,
        text_at(element, "{*}RmtInf/{*}Ustrd"), text_at(element, "{*}RmtInf/{*}Strd/{*}CdtrRefInf/{*}Ref"), fault,
    )  # fmt: skip


def is_account(account: str) -> bool:
    """Whether the check digits are those of the rest (ISO 13616)."""
    if not (15 <= len(account) <= 34 and account.isascii() and account.isalnum() and account[:2].isalpha()):
        return False
    return iban_of(account[:2], account[4:]) == account


def text_at(element: Any, path: str) -> str:
    """What stands at a path; empty where nothing does."""
    found = element.find(path)
    return "" if found is None else (found.text or "").strip()


def amount_of(text: str) -> Decimal:
    """An amount; 0 where it is none."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return Decimal(0)
    return value if value.is_finite() else Decimal(0)


def day_of(text: str) -> date | None:
    """A day; None where it is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
