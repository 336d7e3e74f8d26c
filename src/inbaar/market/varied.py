"""Invoices drawn in many ways: words, order of blocks, places, type, forms of days and amounts, and four languages.

Called by the tests and the benchmark of reading pages, to see what is read of pages that nobody looked at while the reader
was made. Each document draws from a stream of its own: the bytes depend on the seed and its place.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import fontpkg_ibm_plex_sans  # type: ignore[import-untyped]
import typst

from inbaar.market.documents import AT_HOME, WORKS, Document, Line, planned_invoices
from inbaar.market.facts import DebtorFacts
from inbaar.market.identifiers import rf_reference
from inbaar.market.population import Debtor, population
from inbaar.market.printing import LAYOUTS, Printed
from inbaar.market.streams import stream
from inbaar.market.wordings import BY_LANGUAGE, MONTHS, STRANGE

_FONTS = ("IBM Plex Sans", "Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")
_SELLERS = ("bv", "nv", "vof", "eenmanszaak")
_COUNTRY = {"nl": "Nederland", "en": "The Netherlands", "de": "Niederlande", "fr": "Pays-Bas"}
_LANGUAGES = ("nl", "nl", "nl", "en", "en", "de", "fr")

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hand:
    """How one document is written: its language, the wording chosen for each thing, its days and its amounts."""

    language: str
    words: dict[str, str]
    goods: tuple[str, ...]
    rates: tuple[str, ...]
    day: Callable[[date], str]
    amount: Callable[[Decimal], str]


def varied_invoices(seed: int, count: int, strange: bool = False) -> list[Printed]:
    """`count` documents, each drawn in its own way; `strange` ones use some words that the reader was never taught."""
    debtors = [d for d in population(seed, 80) if d.facts.legal_form != "foreign"]
    sellers = [d for d in debtors if d.facts.legal_form in _SELLERS]
    plans = planned_invoices(seed, date(2026, 1, 5), 300, 400, debtors, {})
    return [_drawn(seed, place, plans[place * 11 % len(plans)], sellers, strange) for place in range(count)]


def _drawn(seed: int, place: int, planned: Document, sellers: Sequence[Debtor], strange: bool) -> Printed:
    rng = stream(seed, "varied", place)
    seller = rng.choice([one for one in sellers if one.facts.number != planned.debtor.facts.number]).facts
    many = rng.random() < 0.15
    works = [
        rng.choice(WORKS + AT_HOME[:2]) for _ in range(rng.randint(40, 60) if many else rng.randint(1, 4))
    ]
    lines = tuple(_line(rng, *work) for work in works)
    term = rng.choice((8, 14, 21, 30, 30, 45, 60))
    document = replace(planned, lines=lines, due_on=planned.issued_on + timedelta(days=term))
    sheet = _Sheet(rng, _hand(rng, strange), document, seller)
    told = sheet.told()
    issued = document.issued_on
    pdf = _compiler().compile(
        input=str(LAYOUTS / "varied.typ"),
        format="pdf",
        sys_inputs={"invoice": json.dumps(told)},
        timestamp=datetime(issued.year, issued.month, issued.day, tzinfo=timezone.utc),  # noqa: UP017
    )
    if not isinstance(pdf, bytes):
        raise TypeError("the typesetter gave no PDF")
    return Printed(f"varied-{seed}-{place}.pdf", f"varied-{sheet.hand.language}", pdf, sheet.truth)


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[fontpkg_ibm_plex_sans.ROOT / "files"])
    return typst.Compiler(root=str(LAYOUTS), font_paths=fonts, ignore_system_fonts=True)


def _line(
    rng: Random, name: str, unit: str, low: int, high: int, least: int, most: int, vat: tuple[str, Decimal]
) -> Line:
    return Line(
        name, Decimal(rng.randint(least, most)), unit, Decimal(rng.randint(low * 100, high * 100)) / 100, *vat
    )


def _hand(rng: Random, strange: bool) -> Hand:
    language = rng.choice(_LANGUAGES)
    wordings = BY_LANGUAGE[language]
    words = {thing: rng.choice(several) for thing, several in wordings.items()}
    if strange:  # one in three of its words
        words |= {
            thing: rng.choice(several) for thing, several in STRANGE[language].items() if rng.random() < 0.33
        }
    months = MONTHS[language]
    days: list[Callable[[date], str]] = [
        lambda day: f"{day.day} {months[day.month - 1]} {day.year}",
        lambda day: f"{day.day:02}-{day.month:02}-{day.year}",
        lambda day: f"{day.day}-{day.month}-{day.year}",
        lambda day: f"{day.day:02}.{day.month:02}.{day.year}",
        lambda day: day.isoformat(),
        lambda day: f"{day.day:02}/{day.month:02}/{day.year % 100:02}",
    ]
    if language == "en":
        days += [lambda day: f"{months[day.month - 1]} {day.day}, {day.year}", lambda day: f"{day.day} {months[day.month - 1][:3]} {day.year}"]  # fmt: skip
    separators = rng.choice((",.",) if language == "en" else (".,", ".,", " ,", "\u2019.", "\u202f,"))
    mark = rng.choice(("€ {}", "€ {}", "{} €", "EUR {}", "{} EUR", "€{}"))

    def amount(value: Decimal) -> str:
        text = f"{value:,.2f}".translate(str.maketrans(",.", separators))
        return mark.format(text)

    return Hand(language, words, wordings["goods"], wordings["rates"], rng.choice(days), amount)


class _Sheet:
    """One document in one hand: its blocks, and what it says."""

    def __init__(self, rng: Random, hand: Hand, document: Document, seller: DebtorFacts) -> None:
        self.rng, self.hand, self.document, self.seller = rng, hand, document, seller
        self.buyer = document.debtor.facts
        self.truth: dict[str, str | None] = {
            "number": document.number, "issue_date": document.issued_on.isoformat(), "due_date": document.due_on.isoformat(),
            "term_days": None, "currency": "EUR", "net": f"{document.net:.2f}", "vat": f"{document.vat:.2f}",
            "total": f"{document.total:.2f}", "payable": f"{document.total:.2f}", "supplier.name": seller.name, "supplier.kvk": seller.kvk,
            "supplier.vat": seller.vat, "iban": seller.iban, "customer.name": self.buyer.name, "customer.kvk": None,
            "customer.vat": None, "payment_reference": None, "credits_invoice": None,
        }  # fmt: skip

    def told(self) -> dict[str, Any]:
        """What the template prints."""
        rng = self.rng
        meta, parties, asked = self._meta(), self._parties(), self._asked()
        title: Block = {"kind": "lines", "lines": [self.hand.words["title"]], "bold": True, "scale": rng.choice((1.3, 1.7, 2.2)), "side": rng.choice(("left", "left", "right"))}  # fmt: skip
        top = rng.choice(([title, *parties, meta], [*parties, title, meta], [*parties, meta, title]))
        sums = self._sums()
        return {
            "font": rng.choice(_FONTS), "size": rng.choice((8.5, 9, 10, 10, 11)), "margin": rng.choice((16, 20, 25)),
            "lang": self.hand.language, "paged": rng.random() < 0.3, "footer": self._footer(),
            "blocks": [*top, self._goods(), *sums, asked],
        }  # fmt: skip

    def _meta(self) -> Block:
        """Number, date and due date (or a term in the text), with references of others among them."""
        words, document = self.hand.words, self.document
        pairs = [[words["number"], document.number], [words["issued"], self.hand.day(document.issued_on)]]
        self.by_term = self.rng.random() < 0.3
        if not self.by_term:
            pairs.append([words["due"], self.hand.day(document.due_on)])
        pairs.append([words["customer_number"], str(10_000 + self.buyer.number)])
        if self.rng.random() < 0.5:
            pairs.append([words["order"], document.order_reference])
        if self.buyer.vat and self.rng.random() < 0.5:
            pairs.append([words["customer_vat"], self.buyer.vat])
            self.truth["customer.vat"] = self.buyer.vat
        self.rng.shuffle(pairs)
        if len(pairs) > 4:
            form = self.rng.choice(("grid", "inline", "box"))
        else:
            form = self.rng.choice(("grid", "inline", "box", "above", "above"))
        return {
            "kind": "pairs",
            "as": form,
            "colon": self.rng.choice(("", ":", " :") if form != "inline" else (":", " :")),
            "pairs": pairs,
        }

    def _parties(self) -> list[Block]:
        """Both with headings beside each other, or the customer alone with the supplier in a header of his own."""
        words, rng = self.hand.words, self.rng
        buyer = [
            self.buyer.name,
            self.buyer.address.street,
            f"{self.buyer.address.postcode} {self.buyer.address.city}",
        ]
        seller = [
            self.seller.name,
            self.seller.address.street,
            f"{self.seller.address.postcode} {self.seller.address.city}",
        ]
        if rng.random() < 0.4:
            buyer.append(_COUNTRY[self.hand.language])
        style = rng.choice(("headed", "header", "window", "right"))
        self.own_numbers_below = style != "headed" or rng.random() < 0.5
        if style == "headed":
            sides = [{"kind": "lines", "lines": [words["supplier"] + ":", *seller, *(() if self.own_numbers_below else self._numbers())]},
                     {"kind": "lines", "lines": [words["customer"] + ":", *buyer]}]  # fmt: skip
            if rng.random() < 0.4:
                sides.reverse()
            return [{"kind": "two", "left": sides[0], "right": sides[1]}]
        headed = [words["customer"] + rng.choice(("", ":")), *buyer] if rng.random() < 0.5 else buyer
        if style == "header":
            return [{"kind": "lines", "lines": seller[:1], "bold": True, "scale": 1.4, "gap": 1, "side": rng.choice(("left", "right"))},
                    {"kind": "lines", "lines": [", ".join(seller[1:]) + " – " + self.seller.email], "scale": 0.85},
                    {"kind": "lines", "lines": headed}]  # fmt: skip
        if style == "window":
            return [
                {"kind": "lines", "lines": [" • ".join(seller)], "scale": 0.7, "gap": 2},
                {"kind": "lines", "lines": headed},
            ]
        contact = [*seller, f"{words['phone']} +31 33 999 00 00", self.seller.email]
        return [
            {
                "kind": "two",
                "left": {"kind": "lines", "lines": headed},
                "right": {"kind": "lines", "lines": contact},
            }
        ]

    def _numbers(self) -> list[str]:
        words = self.hand.words
        grouped = " ".join(self.seller.iban[at : at + 4] for at in range(0, 34, 4)).strip()
        account = self.rng.choice((self.seller.iban, grouped))
        return [
            f"{words['kvk']}: {self.seller.kvk}",
            f"{words['vat_id']}: {self.seller.vat}",
            f"{words['iban']}: {account}",
        ]

    def _footer(self) -> list[str]:
        """The supplier's own line at the foot, with his numbers where they stand nowhere else."""
        if not self.own_numbers_below:
            return []
        parts = [
            self.seller.name,
            f"{self.seller.address.street}, {self.seller.address.postcode} {self.seller.address.city}",
        ]
        mark = self.rng.choice((" | ", " · ", " – "))
        if self.rng.random() < 0.5:
            return [mark.join(parts), mark.join(self._numbers())]
        return [mark.join((self.seller.name, *self._numbers()))]

    def _goods(self) -> Block:
        amount = self.hand.amount
        rows = [
            [line.name, f"{line.quantity:f}", amount(line.price), f"{line.vat_percent}%", amount(line.amount)]
            for line in self.document.lines
        ]
        return {
            "kind": "goods",
            "heads": list(self.hand.goods),
            "rows": rows,
            "ruled": self.rng.random() < 0.4,
        }

    def _sums(self) -> list[Block]:
        """Net, VAT and total under each other, with the rates among them or in a table of their own."""
        words, document, amount = self.hand.words, self.document, self.hand.amount
        rates = document.vat_bases()
        self.truth["rates"] = " ".join(
            sorted(f"{percent.normalize():f}={vat:.2f}" for _, percent, _, vat in rates)
        )
        net, total = [words["net"], amount(document.net)], [words["total"], amount(document.total)]
        side = self.rng.choice(("right", "right", "right", "left"))
        vats = [words["vats"], amount(document.vat)]
        if self.rng.random() < 0.3:
            rows = [[f"{percent}%", amount(base), amount(vat)] for _, percent, base, vat in rates]
            table: Block = {
                "kind": "across",
                "heads": list(self.hand.rates),
                "rows": rows,
                "ruled": self.rng.random() < 0.5,
            }
            return [table, {"kind": "sums", "side": side, "pairs": [net, vats, total]}]
        each = [
            [words["vat"].format(percent=f"{percent}%", base=amount(base)), amount(vat)]
            for _, percent, base, vat in rates
        ]
        if len(each) > 1 and self.rng.random() < 0.5:
            each.append(vats)
        return [{"kind": "sums", "side": side, "pairs": [net, *each, total]}]

    def _asked(self) -> Block:
        """How and when to pay."""
        words, document = self.hand.words, self.document
        term = str((document.due_on - document.issued_on).days)
        lines = []
        if self.by_term or self.rng.random() < 0.3:
            lines.append(words["term"].format(days=term))
            self.truth["term_days"] = term
            if self.by_term and not _from_invoice(words["term"]):
                self.truth["due_date"] = None  # from which day the term runs is for a person to say
        if self.rng.random() < 0.6:
            reference = rf_reference(document.number)
            lines.append(f"{words['reference']}: {reference}")
            self.truth["payment_reference"] = reference
        return {"kind": "lines", "lines": lines or [""]}


def _from_invoice(words: str) -> bool:
    return any(mark in words for mark in ("factuurdatum", "invoice date", "date de facture"))
