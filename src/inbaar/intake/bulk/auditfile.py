"""The open sales invoices in an XML Auditfile Financieel 3.2: read as a stream, never more of it in memory than is open.

Two passes: which accounts are the debtors', then every posting on them. An item is settled once its postings come to
nothing, and is forgotten then. How what is open is derived, and when it is uncertain: docs/intake.md.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, BinaryIO

from lxml import etree

from inbaar.intake.bulk.audit_items import Item, Ledger, Posting
from inbaar.intake.bulk.tables import NotAList

_VERSIONS = frozenset({
    "http://www.auditfiles.nl/XAF/3.2",
    "http://www.odb.belastingdienst.nl/Belastingdienst/BCPP/1.0/structures/XmlAuditfileFinancieel3.2.1",
})  # fmt: skip
_NAMED = re.compile(r"(?:handels)?debiteuren|debtors|(?:trade|accounts) ?receivables?", re.IGNORECASE)
_AMOUNT = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TAGS = (
    "auditfile", "curCode", "companyName", "customerSupplier", "ledgerAccount", "journal", "jrnID", "jrnTp", "offsetAccID",
    "transaction", "trDt", "trLine", "linesCount", "totalDebit", "totalCredit", "obLine", "obSubledger", "subledger",
    "sbType", "obSbLine", "sbLine",
)  # fmt: skip
#: Beside these an element has parents whose ends come much later: it is emptied at once.
_LEAVES = frozenset(
    {"customerSupplier", "ledgerAccount", "trLine", "obLine", "obSbLine", "sbLine", "transaction"}
)


@dataclass(frozen=True, slots=True)
class Relation:
    """A customer as the auditfile names him."""

    number: str
    name: str = ""
    kvk: str = ""
    vat: str = ""
    email: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""


@dataclass(slots=True)
class Audit:
    """What an auditfile holds of debtors. `stated` and `counted` are lines, debit and credit of all transactions."""

    company: str = ""
    currency: str = "EUR"
    relations: dict[str, Relation] = field(default_factory=dict)
    accounts: set[str] = field(default_factory=set)
    has_subledger: bool = False
    stated: tuple[int, Decimal, Decimal] = (0, Decimal(0), Decimal(0))
    counted: tuple[int, Decimal, Decimal] = (0, Decimal(0), Decimal(0))
    items: list[Item] = field(default_factory=list)


def is_auditfile(start: bytes) -> bool:
    """Whether a file begins as an auditfile of any version does."""
    return re.search(rb"<(?:[A-Za-z0-9_]+:)?auditfile[\s>]", start) is not None


def read_auditfile(stream: BinaryIO) -> Audit:
    """Read an auditfile; `NotAList` where it is of another version, damaged, or does not add up."""
    audit = Audit()
    _accounts(stream, audit)
    if not audit.has_subledger and not audit.accounts:
        raise NotAList(
            "xaf-no-debtors",
            "The auditfile has no account of debtors: export the open invoices as CSV or Excel.",
        )
    ledger = Ledger(audit.currency)
    for posting in _postings(stream, audit):
        ledger.add(posting)
    _require_balance(audit)
    audit.items = ledger.items()
    return audit


LIST_HEAD = (
    "Factuurnummer", "Debiteurnummer", "Debiteur", "Factuurdatum", "Vervaldatum", "Valuta", "Bedrag incl. btw", "Openstaand",
    "KvK-nummer", "Btw-nummer", "E-mail", "Adres", "Postcode", "Plaats", "Land", "Soort", "Auditfile",
)  # fmt: skip


def as_list(audit: Audit) -> bytes:
    """The open items as a list like any other: what is kept of an auditfile, which holds far more than anybody here needs."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(LIST_HEAD)
    for item in audit.items:
        who = audit.relations.get(item.relation) or Relation(item.relation)
        writer.writerow(
            (
                item.reference, item.relation, who.name, item.day, item.due, audit.currency, f"{abs(item.total or item.open):.2f}",
                f"{-item.open if item.total < 0 else item.open:.2f}", who.kvk, who.vat, who.email, who.street, who.postcode,
                who.city, who.country, "creditnota" if item.total < 0 else "factuur", " ".join(sorted(item.doubts)),
            )
        )  # fmt: skip
    return out.getvalue().encode()


def _events(stream: BinaryIO) -> Iterator[tuple[str, str, Any]]:
    """Start and end of the elements that matter, by their local names; what is done with is let go."""
    stream.seek(0)
    context = etree.iterparse(
        stream, events=("start", "end"), tag=[f"{{*}}{name}" for name in _TAGS], resolve_entities=False,
        no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=False,
    )  # fmt: skip
    first = True
    try:
        for event, element in context:
            if first:
                _require_known(element)
                first = False
            name = element.tag.rpartition("}")[2]
            yield event, name, element
            if event == "end" and name in _LEAVES:
                element.clear()
                parent = element.getparent()
                while element.getprevious() is not None:
                    del parent[0]
    except etree.XMLSyntaxError as fault:
        reason = " ".join(str(fault.msg or "no root element").split())[:140]
        raise NotAList(
            "not-well-formed",
            f"The auditfile is not well-formed ({reason}): it is damaged or cut off; export it again.",
        ) from None
    if first:
        raise NotAList("xaf-version", "This is not an auditfile: export the open invoices as CSV or Excel.")


def _require_known(root: Any) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotAList(
            "doctype",
            "The auditfile has a DOCTYPE, which can hide entities: it was not read; export it again.",
        )
    space, _, name = root.tag[1:].rpartition("}")
    if name != "auditfile" or space not in _VERSIONS:
        version = re.search(r"[0-9]\.[0-9](?:\.[0-9])?$", space)
        said = f"version {version[0]}" if version else "an older version (CLAIR)"
        raise NotAList(
            "xaf-version",
            f"This auditfile is of {said}, and 3.2 is read: export it as XAF 3.2, or the open invoices as CSV.",
        )


def _accounts(stream: BinaryIO, audit: Audit) -> None:
    """The first pass: relations, currency, and which accounts are the debtors'."""
    journal: dict[str, str] = {}
    named: set[str] = set()
    for event, name, element in _events(stream):
        if event == "start":
            if name == "journal":
                journal = {}
            continue
        if name in ("jrnTp", "offsetAccID"):
            journal[name] = _text(element)
            if journal.get("jrnTp") == "S" and journal.get("offsetAccID"):
                audit.accounts.add(journal["offsetAccID"])
        elif name == "curCode" and element.getparent().tag.endswith("}header"):
            audit.currency = _text(element) or "EUR"
        elif name == "companyName":
            audit.company = _text(element)
        elif name == "sbType":
            audit.has_subledger = audit.has_subledger or _text(element) in ("CU", "CS")
        elif name == "customerSupplier":
            _add_relation(audit, element)
        elif name == "ledgerAccount":
            _look_at_account(audit, named, element)
    audit.accounts = audit.accounts or named


def _look_at_account(audit: Audit, named: set[str], element: Any) -> None:
    facts = _children(element)
    concepts = [_text(each) for each in element.iter("{*}conceptRef")]
    if any(concept.startswith("BVorDeb") for concept in concepts):
        audit.accounts.add(facts.get("accID", ""))
    elif _NAMED.fullmatch(facts.get("accDesc", "").strip()):
        named.add(facts.get("accID", ""))


def _add_relation(audit: Audit, element: Any) -> None:
    facts = _children(element)
    if facts.get("custSupTp") == "S":
        return
    address = next(element.iter("{*}streetAddress", "{*}postalAddress"), None)
    place = _children(address) if address is not None else {}
    country = place.get("country") or facts.get("taxRegistrationCountry", "")
    number, street = facts.get("custSupID", ""), place.get("streetname", "")
    house = place.get("number", "") + place.get("numberExtension", "")
    vat = facts.get("taxRegIdent", "").replace(" ", "").replace(".", "")
    if vat and not vat[:2].isalpha():
        vat = facts.get("taxRegistrationCountry", "") + vat
    audit.relations[number] = Relation(
        number, facts.get("custSupName", ""), facts.get("commerceNr", ""), vat, facts.get("eMail", ""),
        f"{street} {house}".strip(), place.get("postalCode", ""), place.get("city", ""), country,
    )  # fmt: skip


def _postings(stream: BinaryIO, audit: Audit) -> Iterator[Posting]:
    """The second pass: every posting on a debtor; and the sums of all transactions, to be compared with what is stated."""
    journal_type = day = kind = ""
    stated: dict[str, str] = {}
    lines, debit, credit = 0, Decimal(0), Decimal(0)
    for event, name, element in _events(stream):
        if event == "start":
            if name == "journal":
                journal_type = ""
            continue
        if name == "jrnTp":
            journal_type = _text(element)
        elif name == "trDt":
            day = _text(element)
        elif name == "sbType":
            kind = _text(element)
        elif name in ("linesCount", "totalDebit", "totalCredit"):
            if element.getparent().tag.endswith("}transactions"):
                stated[name] = _text(element)
        elif name == "trLine":
            facts = _children(element)
            amount = _signed(facts)
            lines += 1
            debit += amount if facts.get("amntTp") == "D" else 0
            credit -= amount if facts.get("amntTp") == "C" else 0
            if not audit.has_subledger and facts.get("accID") in audit.accounts:
                yield _from_transaction(facts, amount, journal_type, day, audit, element)
        elif name in ("sbLine", "obSbLine") and (
            posting := _from_subledger(_children(element), kind, element, audit)
        ):
            yield posting
        elif name == "obLine" and not audit.has_subledger:
            facts = _children(element)
            if facts.get("accID") in audit.accounts and (amount := _signed(facts)):
                yield Posting("", "", amount, False, "", "", ("xaf-opening",))
    audit.counted = (lines, debit, credit)
    audit.stated = (
        int(_number(stated.get("linesCount", "0"))), _number(stated.get("totalDebit", "0")), _number(stated.get("totalCredit", "0")),
    )  # fmt: skip


def _from_subledger(facts: dict[str, str], kind: str, element: Any, audit: Audit) -> Posting | None:
    """A line of the customers' subledger; of one that holds suppliers too only what is of sales."""
    if kind not in ("CU", "CS") or (kind == "CS" and facts.get("invPurSalTp") != "S"):
        return None
    doubts = ("xaf-foreign",) if _is_foreign(element, audit) else ()
    return Posting(
        facts.get("custSupID", ""), _reference(facts), _signed(facts), facts.get("mutTp") == "I", _day(facts.get("invDt")),
        _day(facts.get("invDueDt")), doubts, facts.get("matchKeyID", ""),
    )  # fmt: skip


def _from_transaction(
    facts: dict[str, str], amount: Decimal, journal_type: str, day: str, audit: Audit, element: Any
) -> Posting:
    """A line on a debtors' account. In a sales journal it is an invoice; without its number the document's is taken, in doubt."""
    sale = journal_type == "S"
    reference, doubts = _reference(facts), ("xaf-foreign",) if _is_foreign(element, audit) else ()
    if not reference and sale and facts.get("docRef"):
        reference, doubts = facts["docRef"], (*doubts, "xaf-document-number")
    return Posting(
        facts.get("custSupID", ""),
        reference,
        amount,
        sale,
        _day(day),
        "",
        doubts,
        facts.get("matchKeyID", ""),
    )


def _reference(facts: dict[str, str]) -> str:
    """The invoice number; some programs write 0 for none."""
    reference = facts.get("invRef", "")
    return "" if reference.strip("0") == "" else reference


def _is_foreign(element: Any, audit: Audit) -> bool:
    """Whether the amount is that of another currency, as booked: what is owed is in that currency."""
    codes = [_text(each) for each in element.iter("{*}curCode")]
    return any(code and code != audit.currency for code in codes)


def _require_balance(audit: Audit) -> None:
    (lines, debit, credit), stated = audit.counted, audit.stated
    if (lines, debit, credit) != stated or debit != credit:
        raise NotAList(
            "xaf-unbalanced",
            f"The auditfile does not add up: it says {stated[0]} lines, {stated[1]} debit and {stated[2]} credit, and holds "
            f"{lines} lines, {debit} debit and {credit} credit. It is damaged or not complete; export it again.",
        )


def _children(element: Any) -> dict[str, str]:
    """The texts of an element's own children by their local names; the first of each counts."""
    found: dict[str, str] = {}
    for child in element:
        if child.text and len(child) == 0:
            found.setdefault(child.tag.rpartition("}")[2], " ".join(child.text.split())[:200])
    return found


def _text(element: Any) -> str:
    return " ".join((element.text or "").split())[:200]


def _signed(facts: dict[str, str]) -> Decimal:
    amount = _number(facts.get("amnt", ""))
    return -amount if facts.get("amntTp") == "C" else amount


def _number(text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise NotAList(
            "xaf-amount", f"The auditfile has the amount {text[:40]!r}, which is none: export it again."
        )
    return Decimal(text)


def _day(text: str | None) -> str:
    return text[:10] if text and _DAY.match(text) else ""
