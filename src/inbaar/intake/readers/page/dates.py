"""The issue date, the due date and the term of payment, which check each other. Pure.

Day and month can be exchanged in `03-04-2026`: the page decides which comes first, by another of its dates, by its
language or country, or by the term; where it does not, the date is left out.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from inbaar.intake.readers.page.findings import CHECKED, LABELLED, PLACED, Finding
from inbaar.intake.readers.page.labels import plain
from inbaar.intake.readers.page.layout import Word
from inbaar.intake.readers.page.near import Label, Sheet
from inbaar.intake.readers.page.values import Day, days

#: Words between a number and its date in a title: `Factuur 2026-12 van 3 maart 2026`.
_FROM = frozenset(
    {"van", "dd", "vom", "von", "of", "dated", "du", "from", "at", "on", "datum", "date", "issued"}
)
#: Words right before the last day to pay, in a sentence about paying.
_UNTIL = frozenset({"voor", "vóór", "uiterlijk", "before", "by", "until", "zum", "bis"})
_UNIT = r"(?:dagen|days|tagen?|jours|j)\b"
_TERM = re.compile(
    rf"(?:binnen|within|innerhalb(?: von)?|netto?|termijn van|net|solde à|balance at|in) (\d{{1,3}}) ?{_UNIT}|\b(\d{{1,3}}) {_UNIT}(?: netto?)?|net (\d{{1,3}})\b"
)
#: What a number of days in running text is about, where it is no term of payment.
_OTHER_DAYS = re.compile(r"reclam|klacht|retour|bezwaar|complain|geldig|valid|einwänd|mahn|herinner|remind")
#: What makes a clause one about paying earlier for less: `14 Tage 3%`, `3% Skonto bis 15.06.2013`.
_DISCOUNT = re.compile(r"skonto|discount|korting|rabat|escompte|remise|\d ?%")
_CLAUSE = re.compile(r"[,;](?!\d)|\.\s|\b(?:oder|of|or|ou|und|en|and|et|sonst|anders|otherwise)\b")
#: A sentence that tells when the amount is collected from the customer's account.
_COLLECTED = re.compile(
    r"lastschrift|eingezogen|abgebucht|afgeschreven|geïncasseerd|incasso|direct debit|debited|prélev"
)
_COLLECTED_ON = frozenset({"am", "op", "on", "le"})
_FROM_INVOICE = re.compile(
    r"factuurdatum|invoice date|date of invoice|rechnungsdatum|dagtekening|date de facture"
)
_PAYS = re.compile(
    r"betal|over te maken|voldoen|betaal|overma|pay|zahl|règl|paiement|remit|termijn|terms|due|transfer|netto"
)
#: A sentence that asks to be paid.
_ASKS = re.compile(
    r"over te maken|te betalen|te voldoen|betaling|betaal|overmaken|please pay|payment|remit|transfer|überweis|zahl"
)
_PAID = re.compile(r"ontvangen|received|(?<!uiterlijk )\b(?:voldaan|betaald)\b|\bpaid\b(?! by| before)|dank")
#: A page that is Dutch, or of a country that writes the day first.
_DAY_FIRST = re.compile(
    r"\b(?:btw|kvk|factuur|factuurdatum|nederland|netherlands|rechnung|ust|mwst|facture|tva|nl\d{2}[a-z]{4}\d{10}|nl\d{9}b\d{2}|united kingdom|gb\d{9})\b"
)


@dataclass(frozen=True, slots=True)
class Dates:
    """What was found; `asked` names what the page has, but not beyond doubt. `term` is the term as printed."""

    issued: Finding | None
    due: Finding | None
    term: Finding | None
    asked: tuple[str, ...]
    differs: bool


def dates_of(sheet: Sheet) -> Dates:
    """The dates of the invoice."""
    first = _order(sheet)
    issue = _candidates(sheet, "issue_date") or _weak_issue(sheet)
    due = [found for found in _candidates(sheet, "due_date", "term") if not _is_of_payment(found[1])]
    due += _sentences(sheet)
    due = due or list(_collected(sheet))
    term = _term(sheet)
    issued, due_on = _chosen(_days_of(issue, first), _days_of(due, first), term[0] if term else None)
    ties = bool(issued and due_on and term and (due_on - issued).days == term[0])
    level = CHECKED if ties else LABELLED
    found_due = _finding(due, due_on, level) if due_on and not (issued and due_on < issued) else None
    if not due and issued and term and term[2]:
        day = issued + dt.timedelta(term[0])
        found_due = Finding(day.isoformat(), term[1].words, term[1].page, LABELLED)
    return Dates(
        issued=_finding(issue, issued, level) if issued else None,
        due=found_due,
        term=term[1] if term else None,
        asked=(*(() if issued else ("issue_date",)), *(("due_date",) if due and not found_due else ())),
        differs=bool(issued and due_on and term and not ties),
    )


def _is_of_payment(label: Label) -> bool:
    """Whether a day is that on which was paid: `Betaling ontvangen op 3-8-2026`."""
    return _PAID.search(label.cell.text.casefold()) is not None


def _days_of(candidates: list[tuple[Day, Label]], first: str | None) -> set[dt.date]:
    return {value for day, _ in candidates for value in _values(day, first)}


def _chosen(
    issued: set[dt.date], due: set[dt.date], term_days: int | None
) -> tuple[dt.date | None, dt.date | None]:
    """The one day of each. Of several readings those count that the term ties; a due date before the issue date is another's."""
    tied = {(i, d) for i in issued for d in due if (d - i).days == term_days}
    if len(tied) == 1:
        return next(iter(tied))
    if len(due) > 1 and issued and term_days is None:
        due = {day for day in due if day >= min(issued)}
    return _one(issued), _one(due)


def _one(values: set[dt.date]) -> dt.date | None:
    return next(iter(values)) if len(values) == 1 else None


def _finding(candidates: list[tuple[Day, Label]], value: dt.date, level: float) -> Finding:
    day, label = next((d, la) for d, la in candidates if value in (d.value, d.other))
    return Finding(value.isoformat(), day.words, label.cell.page, level)


def _candidates(sheet: Sheet, *kinds: str) -> list[tuple[Day, Label]]:
    return [(day, label) for label in sheet.named(*kinds) if (day := sheet.day(label)) is not None]


def _sentences(sheet: Sheet) -> Iterator[tuple[Day, Label]]:
    """`Wij verzoeken u dit bedrag vóór 3 maart 2026 over te maken.`"""
    for cell in sheet.layout.cells:
        if len(cell.words) < 5 or not _ASKS.search(cell.text.casefold()):
            continue
        for day in days(cell.words):
            until = day.start and plain(cell.words[day.start - 1].text) in _UNTIL
            if until and not _discounted(cell.words, day):
                yield day, Label(("due_date",), cell, 0, day.start, len(cell.words))


def _collected(sheet: Sheet) -> Iterator[tuple[Day, Label]]:
    """`Wird am 20.03.2014 von Ihrem Konto per Lastschrift eingezogen`: before that day nothing is late."""
    for cell in sheet.layout.cells:
        row = sheet.layout.row_of[cell]
        near = " ".join(other.text for cells in sheet.layout.rows[row : row + 2] for other in cells)
        if len(cell.words) < 5 or not _COLLECTED.search(near.casefold()):
            continue
        for day in days(cell.words):
            if day.start and plain(cell.words[day.start - 1].text) in _COLLECTED_ON:
                yield day, Label(("due_date",), cell, 0, day.start, len(cell.words))


def _discounted(words: tuple[Word, ...], day: Day) -> bool:
    """Whether the clause a day stands in is one about paying earlier for less."""
    text = " ".join(word.text for word in words).casefold()
    at = sum(len(word.text) + 1 for word in words[: day.start])
    return _DISCOUNT.search(_clause(text, at)) is not None


def _clause(text: str, at: int) -> str:
    """The clause of a text that holds its letter at a place."""
    ends = [(mark.start(), mark.end()) for mark in _CLAUSE.finditer(text)]
    return text[
        max((end for _, end in ends if end <= at), default=0) : min(
            (start for start, _ in ends if start > at), default=len(text)
        )
    ]


def _weak_issue(sheet: Sheet) -> list[tuple[Day, Label]]:
    """`Datum: ...`, or a date behind the number in the title: `Factuur 2026-12 van 3 maart 2026`."""
    titled: list[tuple[Day, Label]] = []
    for label in sheet.named("title_number", "number"):
        found = days(label.rest)
        if (
            not found and label.rest and plain(label.rest[-1].text) in _FROM
        ):  # the title goes on in the next line
            found = [day for words in sheet.words_under(label) for day in days(words)[:1] if day.start == 0]
            titled.extend((day, label) for day in found if label.leads)
        elif label.leads and found and found[0].start and plain(label.rest[found[0].start - 1].text) in _FROM:
            titled.append((found[0], label))
    dated = [found for found in _candidates(sheet, "date") if found[1].cell.page == 1]
    return titled or dated or list(_beside_title(sheet))


def _beside_title(sheet: Sheet) -> Iterator[tuple[Day, Label]]:
    """A day alone in the row of the title, or behind the place as letters have it: `Ede, 3 maart 2026`."""
    for label in sheet.named("title_number"):
        if not label.leads or label.cell.page != 1:
            continue
        for cell in sheet.layout.after(label.cell):
            found = days(cell.words)
            if len(found) == 1 and len(found[0].words) == len(cell.words):
                yield found[0], label


def _order(sheet: Sheet) -> str | None:
    """`d` or `m`: which of day and month comes first on these pages; None where nothing tells."""
    marks = set()
    for cell in sheet.layout.cells:
        for day in days(cell.words):
            if day.mark[:1] in ("-", "/") and len(day.mark) == 2:
                marks.add(day.mark[1])
    if len(marks) == 1:
        return marks.pop()
    if marks:
        return None
    return "d" if _DAY_FIRST.search(sheet.text) else None


def _values(day: Day, first: str | None) -> Iterator[dt.date]:
    if day.other is None or day.mark == "." or first == "d":
        yield day.value
    elif first == "m":
        yield day.other
    else:
        yield from (day.value, day.other)


def _term(sheet: Sheet) -> tuple[int, Finding, bool] | None:
    """The one term the pages state: its days, where, and whether it says from the invoice date."""
    found: dict[int, tuple[int, Finding, bool]] = {}
    for row in sheet.layout.rows:
        for cell in row:
            labelled = any("term" in label.kinds for label in sheet.labels[cell])
            around = " ".join(other.text for other in row).casefold()
            text = cell.text.casefold()
            for match in _TERM.finditer(text):
                count = int(match[1] or match[2] or match[3])
                other = _OTHER_DAYS.search(text) or _DISCOUNT.search(_clause(text, match.start()))
                if other or not (labelled or _PAYS.search(around)) or count > 365:
                    continue
                plain = _FROM_INVOICE.search(text) is not None
                words = _words_at(cell.words, match.start(), match.end())
                if count not in found or plain:
                    found[count] = (
                        count,
                        Finding(cell.text[match.start() : match.end()], words, cell.page, LABELLED),
                        plain,
                    )
    for label in sheet.named("term"):
        _labelled_days(sheet, label, found)
    return next(iter(found.values())) if len(found) == 1 else None


def _labelled_days(sheet: Sheet, label: Label, found: dict[int, tuple[int, Finding, bool]]) -> None:
    """`Aantal dagen: 30,00`; a term that stands beside or under its label."""
    spots = [sheet.right(label), *sheet.words_under(label)]
    for words in spots[:2]:
        text = " ".join(word.text for word in words).casefold()
        match = re.fullmatch(r"(?:net )?(\d{1,3})(?:[.,]00)?(?: dagen| days| dagen netto| days net)?", text)
        if match and int(match[1]) not in found:
            count = int(match[1])
            found[count] = (count, Finding(text, tuple(words), label.cell.page, PLACED), False)


def _words_at(words: tuple[Word, ...], start: int, end: int) -> tuple[Word, ...]:
    """The words of a text between two of its letters."""
    found, place = [], 0
    for word in words:
        if place < end and place + len(word.text) > start:
            found.append(word)
        place += len(word.text) + 1
    return tuple(found) or words
