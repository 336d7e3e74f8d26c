"""What the page of an e-invoice says, in words, all of it from the e-invoice itself. Pure; drawn by `facturx`."""

from collections.abc import Iterator
from decimal import Decimal

from inbaar.einvoice.canonical import is_iban
from inbaar.einvoice.model import Address, Allowance, EInvoice, Line, Party, Quantity, VatPart
from inbaar.einvoice.ubl import CREDIT_TYPES
from inbaar.einvoice.words import words_of
from inbaar.letters.parts import Language
from inbaar.letters.words import Words, fact, grouped

LONGEST_LINE, LONGEST_NOTE = 200, 2000
_KVK = "0106"
Pairs = list[list[str]]


def page_of(invoice: EInvoice, language: Language) -> dict[str, object]:
    """Everything the template draws, by the names it knows."""
    return _Page(invoice, words_of(language)).told()


class _Page:
    """The page of one invoice in one language."""

    def __init__(self, invoice: EInvoice, words: Words) -> None:
        self.invoice, self.words = invoice, words
        self.credit = invoice.type_code in CREDIT_TYPES

    def told(self) -> dict[str, object]:
        invoice = self.invoice
        title = self.say("credit_note" if self.credit else "invoice")
        facts = {"title": title, "number": fact(invoice.number)}
        names = {"supplier": fact(invoice.supplier.name), "customer": fact(invoice.customer.name)}
        return {
            "language": self.words.language.value,
            "title": title,
            "subject": self.say("subject", **facts),
            "description": self.say("description", **facts, **names),
            "supplier": [fact(invoice.supplier.name), *_address(invoice.supplier.address)],
            "supplier_facts": self.numbers(invoice.supplier),
            "customer": [fact(invoice.customer.name), *_address(invoice.customer.address)],
            "customer_facts": self.numbers(invoice.customer),
            "references": self.references(),
            "article_titles": [self.say(key) for key in ("article", "quantity", "price", "rate", "amount")],
            "articles": [row for line in invoice.lines for row in self.article(line)],
            "vat_titles": [self.say(key) for key in ("category", "base", "vat")],
            "vat": [self.vat_row(part) for part in invoice.vat_parts],
            "totals": self.totals(),
            "how": self.say("how"),
            "payment": self.payment(),
            "notes_title": self.say("notes"),
            "notes": [fact(note.text, LONGEST_NOTE) for note in invoice.notes],
            "page": self.words.sections["page"]["page"],
            "attached": self.say("attached"),
        }

    def say(self, key: str, **facts: str) -> str:
        return self.words.say("page", key, **facts)

    def amount(self, value: Decimal | None) -> str:
        return "" if value is None else self.words.amount(value, self.invoice.currency)

    def numbers(self, party: Party) -> Pairs:
        legal = party.legal_id
        register = "kvk" if legal is not None and legal.scheme == _KVK else "register"
        told = ((register, "" if legal is None else legal.value), ("vat_id", party.vat_id))
        return [[self.say(key), fact(value)] for key, value in told if value]

    def references(self) -> Pairs:
        invoice, date = self.invoice, self.words.date
        told = (
            ("number", fact(invoice.number)),
            ("issued", date(invoice.issued) if invoice.issued else ""),
            ("due", date(invoice.due) if invoice.due and not self.credit else ""),
            ("delivered", date(invoice.delivered) if invoice.delivered else ""),
            ("order", fact(invoice.order)),
            ("buyer_reference", fact(invoice.buyer_reference)),
            ("credits", ", ".join(fact(each.number) for each in invoice.preceding)),
        )
        return [[self.say(key), value] for key, value in told if value]

    def article(self, line: Line) -> Iterator[list[str]]:
        """The line, and below it what was taken off or put on in it."""
        more = [text for text in (line.text, line.note) if text and text != line.name]
        name = "\n".join(fact(text, LONGEST_LINE) for text in (line.name, *more))
        quantity = "" if line.quantity is None else self.quantity(line.quantity)
        yield [
            name,
            quantity,
            self.price(line),
            self.rate(line.vat_category, line.vat_percent),
            self.amount(line.amount),
        ]
        for part in line.allowances:
            yield self.allowance(part, "")

    def quantity(self, quantity: Quantity) -> str:
        value = "" if quantity.value is None else self.number(quantity.value)
        return (
            value
            if quantity.unit in ("", "C62", "EA", "H87", "XPP")
            else f"{value} {fact(quantity.unit, 20)}"
        )

    def number(self, value: Decimal) -> str:
        """A quantity or price as it was told, without noughts at its end."""
        plain = f"{value:f}"
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        return plain.replace(".", ",") if self.words.language is Language.NL else plain

    def price(self, line: Line) -> str:
        if line.price is None:
            return ""
        per = line.price_quantity
        ending = "" if per is None or per.value in (None, Decimal(1)) else f" / {self.quantity(per)}"
        whole = line.price == line.price.quantize(Decimal("0.01"))
        return (self.amount(line.price) if whole else self.number(line.price)) + ending

    def rate(self, category: str, percent: Decimal | None) -> str:
        if not percent:
            return (
                f"{self.say('no_vat')} ({category})"
                if category and category != "Z"
                else self.words.percent(Decimal(0))
            )
        return self.words.percent(percent)

    def allowance(self, part: Allowance, rate: str) -> list[str]:
        kind = self.say("charge" if part.charge else "allowance")
        name = f"{kind}: {fact(part.reason)}" if part.reason else kind
        value = part.amount if part.amount is None or part.charge else -part.amount
        return [name, "", "", rate, self.amount(value)]

    def vat_row(self, part: VatPart) -> list[str]:
        name = self.rate(part.category, part.percent)
        return [
            f"{name} – {fact(part.exemption)}" if part.exemption else name,
            self.amount(part.base),
            self.amount(part.vat),
        ]

    def totals(self) -> Pairs:
        invoice = self.invoice
        apart = [self.allowance(part, "") for part in invoice.allowances]
        told: Pairs = []
        if apart:
            told.append([self.say("line_total"), self.amount(invoice.line_total)])
            told += [[row[0], row[-1]] for row in apart]
        told.append([self.say("net"), self.amount(invoice.net)])
        told.append([self.say("vat_total"), self.amount(invoice.vat)])
        told.append([self.say("total"), self.amount(invoice.total)])
        for key, value in (("prepaid", invoice.prepaid), ("rounding", invoice.rounding)):
            if value:
                told.append([self.say(key), self.amount(-value if key == "prepaid" else value)])
        told.append([self.say("payable_credit" if self.credit else "payable"), self.amount(invoice.payable)])
        return told

    def payment(self) -> Pairs:
        invoice = self.invoice
        payee = invoice.supplier if invoice.payee is None else invoice.payee
        told = [("payee", fact(payee.name))] if invoice.means else []
        for means in invoice.means:
            account = grouped(means.account) if is_iban(means.account) else fact(means.account)
            told += [("account", account), ("bic", fact(means.bic))]
        told += [("reference", fact(invoice.payment_reference)), ("terms", fact(invoice.terms, LONGEST_NOTE))]
        return [[self.say(key), value] for key, value in told if value]


def _address(address: Address | None) -> list[str]:
    if address is None:
        return []
    place = " ".join(part for part in (address.postcode, address.city) if part)
    country = "" if address.country in ("", "NL") else address.country
    lines = (address.street, address.street_2, address.street_3, place, country)
    return [fact(line) for line in lines if line]
