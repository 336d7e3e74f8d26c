"""The e-invoice of an invoice in the books, as UBL and as CII: the original with what changed, or written of the facts. Pure.

What came as an e-invoice keeps all it says. In the other syntax it is written only if all of it has a place there, and
whatever is written is read back and compared; nothing is left out and nothing is reckoned anew.
"""

from collections.abc import Callable
from dataclasses import replace

from lxml import etree

from inbaar.einvoice import cii, ubl
from inbaar.einvoice.assigning import assign
from inbaar.einvoice.books import from_books
from inbaar.einvoice.checking import Fault, faults
from inbaar.einvoice.facts import InvoiceFacts, Original
from inbaar.einvoice.model import EInvoice
from inbaar.einvoice.rules import agrees, facts_suffice, payee_known
from inbaar.intake.drafting import draft_of
from inbaar.intake.readers import read_invoice
from inbaar.intake.readers.pdf import attached_xml
from inbaar.intake.readers.source import Limits, Unreadable, is_pdf
from inbaar.intake.readers.xml import parsed
from inbaar.kit.errors import Refusal, Refused

CORE = "urn:cen.eu:en16931:2017"
NLCIUS = f"{CORE}#compliant#urn:fdc:nen.nl:nlcius:v1.0"
#: The rules that only NLCIUS adds: a consumer has no KvK number, and many a business gives no reference.
_OF_NLCIUS = "BR-NL-"
_UBL, _CII = frozenset({ubl.INVOICE, ubl.CREDIT_NOTE}), frozenset({cii.INVOICE})
_MOST_TOLD = 5


def ubl_document(facts: InvoiceFacts) -> etree._Element:
    """The invoice as UBL. One written anew follows NLCIUS, or EN 16931 alone where NLCIUS asks what is not there.

    Raises `Refused` with everything that is in the way.
    """
    return _document(facts, _UBL, ubl.ubl_root, ubl.read_ubl, (NLCIUS, CORE))


def cii_document(facts: InvoiceFacts) -> etree._Element:
    """The invoice as CII: what Factur-X calls the profile EN 16931, or that of the original."""
    return _document(facts, _CII, cii.cii_root, cii.read_cii, (CORE,))


def file_of(root: etree._Element) -> bytes:
    """A document as a file: UTF-8, with its declaration."""
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


Write = Callable[[EInvoice], etree._Element]
Read = Callable[[etree._Element], tuple[EInvoice, tuple[str, ...]]]


def _document(
    facts: InvoiceFacts, tags: frozenset[str], write: Write, read: Read, follows: tuple[str, ...]
) -> etree._Element:
    payee_known(facts).require()
    original = None if facts.original is None else original_document(facts.original)
    if facts.original is not None and original is not None:
        agrees(facts, draft_of(read_invoice(facts.original.content), facts.issued)).require()
    if original is not None and original.tag in tags:
        if facts.new_holder is None:
            return original
        before = faults(original)
        return _checked(_assigned(original, facts), before)
    if original is None:
        facts_suffice(facts).require()
        invoice = from_books(facts, follows[0])
    else:
        invoice = _carried_over(_assigned(original, facts))
    for standard in follows:
        told = replace(invoice, follows=standard)
        root = write(told)
        _demand_whole(told, *read(root))
        if original is None:
            _assigned(root, facts)
        found = faults(root)
        if standard is follows[-1] or not any(fault.rule.startswith(_OF_NLCIUS) for fault in found):
            break
    return _checked(root, (), found)


def original_document(original: Original) -> etree._Element | None:
    """The e-invoice in the file an invoice came in, out of its PDF or its envelope; None where there is none."""
    if original.format not in ("ubl", "cii", "facturx"):
        return None
    limits = Limits()
    files = attached_xml(original.content, limits) if is_pdf(original.content) else [original.content]
    for content in files:
        try:
            root = parsed(content, limits)
        except Unreadable:
            continue  # another file of the PDF is the invoice
        for found in root.iter(*_UBL, *_CII):
            return found if found.getparent() is None else _apart(found)
    return None


def _apart(found: etree._Element) -> etree._Element:
    """A document taken out of its envelope."""
    return etree.fromstring(etree.tostring(found, with_tail=False))


def _assigned(root: etree._Element, facts: InvoiceFacts) -> etree._Element:
    if facts.new_holder is not None:
        assign(root, facts.new_holder, facts.language, facts.currency)
    return root


def _carried_over(root: etree._Element) -> EInvoice:
    """What the original says, if all of it has a place in EN 16931."""
    invoice, lost = (cii.read_cii if root.tag in _CII else ubl.read_ubl)(root)
    _demand_none(lost)
    return invoice


def _demand_whole(told: EInvoice, heard: EInvoice, lost: tuple[str, ...]) -> None:
    """What is read back must be what was to be written."""
    names = EInvoice.__dataclass_fields__
    _demand_none(lost or tuple(name for name in names if getattr(told, name) != getattr(heard, name)))


def _demand_none(lost: tuple[str, ...]) -> None:
    if lost:
        more = f" and {len(lost) - _MOST_TOLD} more" if len(lost) > _MOST_TOLD else ""
        raise Refused(
            Refusal("terms-lost", "all terms of the original must survive",
                    f"{', '.join(lost[:_MOST_TOLD])}{more}", "none lost",
                    next_step="take the e-invoice in the form it came in")
        )  # fmt: skip


def _checked(
    root: etree._Element, before: tuple[Fault, ...], found: tuple[Fault, ...] | None = None
) -> etree._Element:
    """The document, if it breaks no rule that its original kept."""
    known = {fault.rule for fault in before}
    new = [fault for fault in (faults(root) if found is None else found) if fault.rule not in known]
    if new:
        raise Refused(
            *(
                Refusal("not-valid", f"an e-invoice keeps the official rules ({fault.rule})",
                        f"{fault.text}{f' ({fault.where})' if fault.where else ''}", "no fault",
                        next_step="complete the invoice's facts, or take in the invoice as UBL, CII or Factur-X")
                for fault in new
            )
        )  # fmt: skip
    return root
