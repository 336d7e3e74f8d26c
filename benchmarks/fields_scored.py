"""Precision and recall per field of invoices read from pages, against what is known of them. Used by `pdf_fields` and the tests.

A value filled in is right when it says what the truth says; a value of which the truth is not known is not judged. Recall is
told twice. "Recall" is over what the page prints: an e-invoice may say more than its page (counted as "not on it", after a
search of the page's text for the value in every usual form), and what fails its own check digits can't be expected either.
"Of all" is over all that is known, whether the page prints it or not.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.printed import AMOUNTS, Printed, letters
from inbaar.intake.identifiers import compact, iban_fault, kvk_fault, vat_fault
from inbaar.intake.readers import read_invoice
from inbaar.intake.reading import InvoiceRead

FIELDS = (
    "number", "issue_date", "due_date", "term_days", "currency", "net", "vat", "total", "payable", "rates", "supplier.name",
    "customer.name", "supplier.kvk", "customer.kvk", "supplier.vat", "customer.vat", "iban", "payment_reference", "credits_invoice",
)  # fmt: skip
_CHECKS = {
    "supplier.vat": vat_fault,
    "customer.vat": vat_fault,
    "iban": iban_fault,
    "supplier.kvk": kvk_fault,
    "customer.kvk": kvk_fault,
}
#: What pages say that carry another invoice inside than they print, by eye; None where the page does not say.
_BEISPIEL = {"net": "496.00", "vat": "75.04", "total": "571.04", "payable": "571.04"}
_MUSTER = {"supplier.name": "MUSTERLIEFERANT GMBH", "customer.name": "MUSTER-KUNDE GMBH"}
#: The reference that the e-invoice gives is printed as the number of the delivery note.
_IN_DEM = {
    "vat": "4925.70",
    "total": "37763.70",
    "payable": "37763.70",
    "currency": "DEM",
    "payment_reference": None,
}
_YEAR_LATER = {"issue_date": "2015-10-08", "due_date": "2015-10-29"}
PAGE_SAYS: dict[str, dict[str, str | None]] = {
    "facturx-invalid/fail-ZUGFeRD_2.0_fully_compliant_complete.pdf": _IN_DEM,
    "facturx-invalid/fail-ZUGFeRD_2_fully_compliant_complete.pdf": _IN_DEM,
    "facturx-mustang-validator/invalidXRechnung.pdf": {
        "number": "RE-20200620/508", "issue_date": "2020-06-20", "due_date": "2020-07-11",
    },
    "facturx/sample_inofficial_20190125_atgp_factur-x_v_1_0.pdf": {
        "number": "RE-20190121/507", "issue_date": "2019-01-21", "due_date": "2019-02-11", "supplier.name": "Bei Spiel GmbH",
        "customer.name": "Theodor Est", "supplier.vat": "DE136695976", "customer.vat": None, "iban": "DE88200800000970375700", **_BEISPIEL,
    },
    "zugferd-v1/MustangGnuaccountingBeispielRE-20150613_503.pdf": {
        "net": "358.00", "vat": "48.82", "total": "406.82", "payable": "406.82",
    },
    "zugferd-v1-invalid/fail1.pdf": _YEAR_LATER,
    "zugferd-v1/MustangGnuaccountingBeispielRE-20151008_504new.pdf": _YEAR_LATER,
    "facturx/zugferd_2p0_BASIC_Rechnungskorrektur.pdf": _MUSTER,
    "zugferd-v1/ZUGFeRD_1p0_BASIC_Rechnungskorrektur.pdf": _MUSTER,
    "zugferd-v1/ZUGFeRD_1p0_COMFORT_SEPA_Prenotification.pdf": {"payment_reference": "2014-471102"},
    "zugferd-v1/ZUGFeRD_1p0_COMFORT_Rechnungskorrektur.pdf": {"payable": "8.79"},
    "zugferd-v1/ZUGFeRD_1p0_EXTENDED_Rechnungskorrektur.pdf": {"payable": "8.79"},
}  # fmt: skip

#: A legal form that one has and the other leaves out makes no other name.
_FORM = re.compile(r",? (?:B\.?V\.?|N\.?V\.?|V\.?O\.?F\.?|GmbH|AG|SARL|SAS|S\.?A\.?|Ltd\.?|Inc\.?)$")

Truth = Mapping[str, str | None]


@dataclass(slots=True)
class Score:
    """Counts per field: filled in and judged, of those right; known, of those not on the page, to be expected, and met."""

    filled: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    expected: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    absent: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def add(self, name: str, read: Mapping[str, str], truth: Truth, printed: Printed | None = None) -> None:
        """Judge one document; `printed` is what its pages print, None where the truth is what they print."""
        for part in FIELDS:
            if part not in truth:
                continue
            value, known = read.get(part), truth[part]
            right = value is not None and known is not None and same(part, value, known)
            if value is not None:
                self.filled[part] += 1
                self.right[part] += right
                if not right:
                    self.wrong.append(f"{name}: {part} {value!r}, not {known!r}")
            if known is None:
                continue
            on_page = printed is None or printed.has(part, known)
            self.known[part] += 1
            self.absent[part] += not on_page
            if on_page and not _fails(part, known):
                self.expected[part] += 1
                self.met[part] += right
                if value is None:
                    self.missed.append(f"{name}: {part} {known!r}")

    def precision(self, part: str | None = None) -> float:
        """Of what was filled in, the share that is right (1.0 where nothing was)."""
        return _share(self.right, self.filled, part)

    def recall(self, part: str | None = None) -> float:
        """Of what is there to read, the share that was filled in rightly."""
        return _share(self.met, self.expected, part)

    def recall_of_all(self, part: str | None = None) -> float:
        """Of all that is known, also what the page does not print, the share that was filled in rightly."""
        return _share(self.met, self.known, part)

    def table(self, title: str) -> str:
        """A line per field and one for all."""
        lines = [
            f"{title:<34}{'filled':>7}{'right':>7}{'precision':>11}{'known':>7}{'not on it':>11}{'there':>7}{'met':>6}{'recall':>8}{'of all':>8}"
        ]
        for part in (*(p for p in FIELDS if self.filled[p] or self.known[p]), None):
            counts = [
                c[part] if part else sum(c.values())
                for c in (self.filled, self.right, self.known, self.absent, self.expected, self.met)
            ]
            lines.append(
                f"  {part or 'all fields':<32}{counts[0]:>7}{counts[1]:>7}{self.precision(part):>11.3f}"
                f"{counts[2]:>7}{counts[3]:>11}{counts[4]:>7}{counts[5]:>6}{self.recall(part):>8.3f}{self.recall_of_all(part):>8.3f}"
            )
        return "\n".join(lines)


def _share(part_of: Counter[str], of: Counter[str], part: str | None) -> float:
    good, all_ = (part_of[part], of[part]) if part else (sum(part_of.values()), sum(of.values()))
    return good / all_ if all_ else 1.0


def _fails(part: str, value: str) -> bool:
    check = _CHECKS.get(part)
    return check is not None and check(compact(value)) is not None


def same(part: str, value: str, known: str) -> bool:
    """Whether two values of a field say the same: names without capitals and punctuation, amounts by value."""
    if part in AMOUNTS:
        return abs(Decimal(value)) == abs(Decimal(known))
    if part.endswith("name"):
        return letters(_FORM.sub("", value)) == letters(_FORM.sub("", known))
    return letters(value) == letters(known)


def fields_of(read: InvoiceRead) -> dict[str, str]:
    """The values of a reading by the names that are scored."""
    texts = {name: found.value for name, found in read.fields.items()}
    named = {part: texts[part] for part in FIELDS if part in texts}
    term = re.search(r"\d{1,3}", texts.get("payment_terms", ""))
    if term:
        named["term_days"] = term[0]
    rates = [
        f"{Decimal(texts['vat_percent' + end]).normalize():f}={texts['vat_amount' + end]}"
        for end in ("", *(f"_{n}" for n in range(2, 20)))
        if "vat_percent" + end in texts
    ]
    if rates:
        named["rates"] = " ".join(sorted(rates))
    return named


def corpus_truths(corpus: Path) -> dict[str, tuple[dict[str, str | None], bool]]:
    """Each PDF of the corpus whose values are known: the truth, and whether it comes from an e-invoice inside."""
    if not (corpus / "MANIFEST.csv").exists():
        return {}
    csv.field_size_limit(10_000_000)
    with (corpus / "MANIFEST.csv").open(newline="", encoding="utf-8") as stream:
        rows = [
            (row["file"], row["kind"], json.loads(row["expected"] or "{}")) for row in csv.DictReader(stream)
        ]
    found: dict[str, tuple[dict[str, str | None], bool]] = {}
    for file, kind, expected in rows:
        if not file.endswith(".pdf"):
            continue
        if kind.startswith("pdf-plain"):
            found[file] = (_manifest_truth(expected), False)
        elif truth := _inside_truth(read_invoice(corpus / file, file)):
            found[file] = (truth | PAGE_SAYS.get(file, {}), True)
    return found


def _inside_truth(read: InvoiceRead) -> dict[str, str | None]:
    """What the e-invoice inside says; what it leaves out is not known."""
    if read.format in (None, "pdf"):
        return {}
    texts = {name: found.value for name, found in read.fields.items()}
    truth: dict[str, str | None] = {part: texts[part] for part in FIELDS if part in texts}
    for part in ("supplier.kvk", "customer.kvk"):
        truth.pop(part, None)
    if not read.credit_note:  # an earlier invoice that an invoice mentions is not credited by it
        truth.pop("credits_invoice", None)
    if read.number and truth.get("payment_reference") == read.number:
        truth.pop("payment_reference")
    return truth


def _manifest_truth(expected: Mapping[str, Any]) -> dict[str, str | None]:
    names = {
        "number": "number", "invoice_number": "number", "issued": "issue_date", "date": "issue_date", "due": "due_date",
        "date_due": "due_date", "supplier": "supplier.name", "issuer": "supplier.name", "customer": "customer.name", "kvk": "supplier.kvk",
        "partner_coc": "supplier.kvk", "vat": "supplier.vat", "static_vat": "supplier.vat", "iban": "iban", "tax_excl": "net",
        "amount_untaxed": "net", "amount_tax": "vat", "payable": "payable", "amount": "total", "currency": "currency",
    }  # fmt: skip
    truth: dict[str, str | None] = {names[key]: str(value) for key, value in expected.items() if key in names}
    for identifier in expected.get("supplier_ids", ()):
        truth["supplier.vat"] = str(identifier).removeprefix("vat:")
    tax = str(expected.get("tax", ""))
    if tax:
        truth["vat"] = str(sum(Decimal(part) for part in tax.split(" + ")))
    if "must" in expected:
        truth |= dict.fromkeys(FIELDS)
    return truth
