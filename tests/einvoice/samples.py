"""Facts of one invoice for the tests of e-invoices, complete and certain unless a test changes something."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from inbaar.einvoice import ubl
from inbaar.einvoice.checking import faults
from inbaar.einvoice.facts import Holder, InvoiceFacts, Original, PartyFacts
from inbaar.intake.drafting import draft_of
from inbaar.intake.readers import read_invoice
from inbaar.letters.parts import Language
from tests.corpus import CORPUS

SELLER = PartyFacts("Zaagmolen B.V.", "59581883", "NL004495445B01", "Dorpsstraat 1", "6711 AA", "Ede", "NL")
BUYER = PartyFacts("Tuin & Zn. V.O.F.", "12345678", "NL123456789B13", "Markt 2", "4461 GC", "Goes", "NL")
GERMAN = PartyFacts("Gärtnerei Müller GmbH", "", "DE811907980", "Hauptstraße 5", "10115", "Berlin", "DE")
PERSON = PartyFacts("J. Jansen", "", "", "Lindelaan 8", "3511 KV", "Utrecht", "NL")
ISSUED, SOLD_ON = dt.date(2026, 3, 2), dt.date(2026, 3, 20)
OWNER = Holder(SELLER.name, SELLER.kvk, "NL91ABNA0417164300", ISSUED)
FACTOR = Holder('Factor "Noord" & Zuid N.V.', "90000001", "NL20INGB0001234567", SOLD_ON)


def rates(*told: tuple[str, ...], **texts: str) -> Original:
    """A PDF in which these rates were read: percentage, base, VAT and, where it is told, category and reason."""
    names = ("percent", "base", "amount", "category", "exemption")
    for place, rate in enumerate(told, 1):
        ending = "" if place == 1 else f"_{place}"
        texts |= {f"vat_{name}{ending}": text for name, text in zip(names, rate, strict=False)}
    return Original("factuur.pdf", "pdf", b"%PDF", texts)


def facts(**changed: Any) -> InvoiceFacts:
    """An invoice of 200.00 at 21% and 100.00 at 9%, read from a PDF, whose title has not moved."""
    amounts = {"net": "300.00", "vat": "51.00", "total": "351.00", "payable": "351.00"}
    known: dict[str, Any] = {name: Decimal(text) for name, text in amounts.items()} | {
        "number": "F-2026-001", "credit_note": False, "issued": ISSUED, "due": dt.date(2026, 4, 1), "currency": "EUR",
        "payment_reference": "RF18539007547034", "credits_number": "", "supplier": SELLER, "customer": BUYER,
        "own_iban": "", "language": Language.NL, "on": dt.date(2026, 5, 1), "holder": OWNER, "first_holder": OWNER,
        "original": rates(("21", "200.00", "42.00"), ("9", "100.00", "9.00"), order_reference="PO-7"),
    }  # fmt: skip
    changed = {name: Decimal(value) if name in amounts else value for name, value in changed.items()}
    return InvoiceFacts(**(known | changed))


def of_original(content: str | bytes, form: str = "ubl", **changed: Any) -> InvoiceFacts:
    """The facts of an invoice that came as this file, which says what the books hold unless a test changes it."""
    data = content.encode() if isinstance(content, str) else content
    told: dict[str, Any] = {"original": Original("factuur.xml", form, data, {})}
    read = read_invoice(data)
    if read.status != "refused":
        draft = draft_of(read, ISSUED)
        names = ("number", "currency", "net", "vat", "total", "payable", "payment_reference")
        told |= {name: getattr(draft, name) for name in names}
        told |= {"issued": draft.issue_date, "credit_note": draft.kind == "credit_note"}
        told |= {"first_holder": None if told["credit_note"] else replace(OWNER, iban=draft.payee_iban)}
    return facts(**(told | changed))


@cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(CORPUS / "schemas" / "ubl-2.1" / "maindoc" / name))


def demand_valid(root: etree._Element) -> None:
    """No fault by our own check; and, for UBL, by the schema that others publish where it is at hand."""
    assert faults(root) == ()
    names = {ubl.INVOICE: "UBL-Invoice-2.1.xsd", ubl.CREDIT_NOTE: "UBL-CreditNote-2.1.xsd"}
    if root.tag in names and Path(CORPUS / "schemas").exists():
        _schema(names[root.tag]).assertValid(etree.fromstring(etree.tostring(root)))


def text_at(root: etree._Element, path: str) -> list[str]:
    """The texts at the end of a path of local names from the root."""
    steps = "/".join(f"*[local-name()='{step}']" for step in path.split("/"))
    return [str(found.text) for found in root.xpath(f"/*/{steps}")]
