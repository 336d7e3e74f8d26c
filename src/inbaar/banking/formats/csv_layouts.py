"""The CSV exports of Dutch banks: by which head or shape each is known, and what a line of it says.

Called by `csv_statement`. A head that is not here is refused: a column that is guessed is money that is guessed.
Sources: the files in the tests for ABN AMRO, ING and Rabobank; the banks' own descriptions, as open importers repeat them, for
ASN and SNS (CSV of 19 columns), bunq, Knab and Triodos.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from inbaar.banking.formats.csv_fields import csv_amount, csv_day, ing_words
from inbaar.banking.formats.narrative import Narrative, payment_reference, read_narrative
from inbaar.banking.formats.text import is_iban, joined_lines, shown_end_to_end_id
from inbaar.banking.statements import EntryRead, StatementRefused

ABN_WIDTH = 65  # two columns of 32 and the space between them, as in its MT940
LINE = "a line"


class CsvLine(NamedTuple):
    """One line: of which account, the movement, and the balance before and after it where the bank tells them."""

    account: str
    entry: EntryRead
    before: Decimal | None = None
    after: Decimal | None = None


#: What a layout reads a line with: its cells, by name where the layout has a head and by place where it has none.
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """An export of one bank. `columns` are its names for the columns, in small letters, of which all must be there."""

    name: str
    columns: tuple[str, ...]
    read: Callable[[Cells, str], CsvLine]
    #: Whether a first line without a head is of this layout; None for a layout that has a head.
    shape: Callable[[Sequence[str]], bool] | None = None


def _other_side(account: str) -> str | None:
    """The counterparty's account if it is an IBAN; any other number stays in the raw line alone."""
    compact = account.replace(" ", "")
    return compact if is_iban(compact) else None


def _no_side(side: str) -> StatementRefused:
    return StatementRefused(
        "sign",
        f"It is not certain whether a line is money in or out ({side[:40]!r}). Export the statement from the bank again.",
    )


def _rabobank(cells: Cells, raw: str) -> CsvLine:
    amount = csv_amount(cells["bedrag"], LINE)
    after = csv_amount(cells["saldo na trn"], "a balance")
    text = joined_lines([cells.get(f"omschrijving-{n}", "").strip() for n in (1, 2, 3)])
    origin = cells.get("oorspr bedrag", "").strip()
    reason = cells.get("reden retour", "").strip()
    entry = EntryRead(
        csv_day(cells["datum"], LINE),
        csv_day(cells["rentedatum"], LINE),
        amount,
        cells["munt"].strip(),
        cells["naam tegenpartij"].strip() or None,
        _other_side(cells["tegenrekening iban/bban"]),
        cells["betalingskenmerk"].strip() or payment_reference(text),
        shown_end_to_end_id(cells["transactiereferentie"]),
        text,
        reason[:4] or None,
        cells["volgnr"].strip() or None,
        raw=raw,
        returned=bool(reason),
        instructed=abs(csv_amount(origin, LINE)) if origin else None,
        instructed_currency=cells.get("oorspr munt", "").strip() or None if origin else None,
        rate=_rate(cells.get("koers", "")) if origin else None,
    )
    return CsvLine(cells["iban/bban"].strip(), entry, after - amount, after)


def _rate(text: str) -> Decimal | None:
    written = text.strip().replace(",", ".")
    return Decimal(written) if written.replace(".", "", 1).isdecimal() and written.isascii() else None


_ING_OUT, _ING_IN = ("af", "debit"), ("bij", "credit")


def _ing(cells: Cells, raw: str) -> CsvLine:
    side = cells["af bij"].strip().lower()
    amount = csv_amount(cells["bedrag"], LINE)
    if side not in _ING_OUT + _ING_IN or amount < 0:
        raise _no_side(side)
    told = ing_words(cells["mededelingen"])
    text = told.get("Omschrijving", told.get("Description", "")) or (
        "" if told else cells["mededelingen"].strip()
    )
    name = cells["naam / omschrijving"].strip() or told.get("Naam") or told.get("Name")
    value = told.get("Valutadatum") or told.get("Value date") or ""
    account = cells["tegenrekening"].strip() or told.get("IBAN", "")
    reference = told.get("Kenmerk") or told.get("Reference")
    balance = cells.get("saldo na mutatie", "").strip()
    after = csv_amount(balance, "a balance") if balance else None
    signed = -amount if side in _ING_OUT else amount
    entry = EntryRead(
        csv_day(cells["datum"], LINE),
        csv_day(value, LINE) if len(value) == 10 else None,
        signed,
        "EUR",
        name or None,
        _other_side(account),
        payment_reference(text),
        shown_end_to_end_id(reference),
        " ".join(text.split()),
        raw=raw,
    )
    return CsvLine(cells["rekening"].strip(), entry, None if after is None else after - signed, after)


def _abn_shape(cells: Sequence[str]) -> bool:
    """Eight columns with tabs: account, currency, day, balance before and after, value date, amount, text."""
    return (
        len(cells) == 8
        and cells[0].isalnum()
        and len(cells[1]) == 3
        and all(len(cells[place]) == 8 and cells[place].isdecimal() for place in (2, 5))
        and all("," in cells[place] for place in (3, 4, 6))
    )


def _abn(cells: Cells, raw: str) -> CsvLine:
    text = cells["7"]
    if text.startswith("/"):
        told = read_narrative([text.rstrip()])
    else:
        told = read_narrative([text[at : at + ABN_WIDTH] for at in range(0, len(text), ABN_WIDTH)] or [""])
    entry = _entry_of(cells["2"], cells["5"], csv_amount(cells["6"], LINE), cells["1"].strip(), told, raw)
    return CsvLine(
        cells["0"].strip(), entry, csv_amount(cells["3"], "a balance"), csv_amount(cells["4"], "a balance")
    )


def _entry_of(day: str, value: str, amount: Decimal, currency: str, told: Narrative, raw: str) -> EntryRead:
    return EntryRead(
        csv_day(day, LINE), csv_day(value, LINE), amount, currency, told.name, told.iban, told.reference,
        told.end_to_end_id, " ".join(told.text.split()), told.return_reason, raw=raw,
    )  # fmt: skip


def _knab(cells: Cells, raw: str) -> CsvLine:
    side = cells["creditdebet"].strip().upper()
    amount = csv_amount(cells["bedrag"], LINE)
    if side not in ("C", "D") or amount < 0:
        raise _no_side(side)
    text = " ".join(cells["omschrijving"].split())
    booked = cells.get("boekdatum", "").strip() or cells["transactiedatum"]
    entry = EntryRead(
        csv_day(booked, LINE),
        csv_day(cells.get("valutadatum", ""), LINE),
        -amount if side == "D" else amount,
        cells["valutacode"].strip(),
        cells["tegenrekeninghouder"].strip() or None,
        _other_side(cells["tegenrekeningnummer"]),
        payment_reference(text),
        None,
        text,
        bank_reference=cells.get("referentie", "").strip() or None,
        raw=raw,
    )
    return CsvLine(cells["rekeningnummer"].strip(), entry)


def _bunq(cells: Cells, raw: str) -> CsvLine:
    text = " ".join(cells["description"].split())
    entry = EntryRead(
        csv_day(cells["date"], LINE),
        csv_day(cells.get("interest date", ""), LINE),
        csv_amount(cells["amount"], LINE),
        "EUR",
        cells["name"].strip() or None,
        _other_side(cells["counterparty"]),
        payment_reference(text),
        None,
        text,
        raw=raw,
    )
    return CsvLine(cells["account"].strip(), entry)


def _triodos_shape(cells: Sequence[str]) -> bool:
    """Nine columns: day, account, amount, Debet or Credit, name, account, code, text, balance after it."""
    return (
        len(cells) == 9
        and cells[3] in ("Debet", "Credit")
        and cells[1].startswith("NL")
        and "TRIO" in cells[1]
    )


def _triodos(cells: Cells, raw: str) -> CsvLine:
    amount = csv_amount(cells["2"], LINE)
    if cells["3"] not in ("Debet", "Credit") or amount < 0:
        raise _no_side(cells["3"])
    signed = -amount if cells["3"] == "Debet" else amount
    text = " ".join(cells["7"].split())
    after = csv_amount(cells["8"], "a balance")
    told = Narrative(cells["4"].strip() or None, _other_side(cells["5"]), payment_reference(text), None, text)
    entry = _entry_of(cells["0"], "", signed, "EUR", told, raw)
    return CsvLine(cells["1"].strip(), entry, after - signed, after)


def _asn_shape(cells: Sequence[str]) -> bool:
    """Nineteen columns, the first three days and accounts, the eighth and tenth currencies."""
    return (
        len(cells) in (18, 19)
        and len(cells[0]) == 10
        and cells[0][2:3] == "-"
        and is_iban(cells[1].replace(" ", ""))
        and len(cells[7]) == 3
        and len(cells[9]) == 3
    )


def _asn(cells: Cells, raw: str) -> CsvLine:
    amount = csv_amount(cells["10"], LINE)
    text = " ".join(cells["17"].strip(" '").split())
    before = csv_amount(cells["8"], "a balance")
    told = Narrative(
        cells["3"].strip() or None, _other_side(cells["2"]),
        cells["16"].strip(" '") or payment_reference(text), None, text,
    )  # fmt: skip
    entry = _entry_of(cells["0"], cells["12"], amount, cells["9"].strip(), told, raw)
    return CsvLine(
        cells["1"].strip(),
        entry._replace(bank_reference=cells["15"].strip() or None),
        before,
        before + amount,
    )


_ING_ENGLISH = {
    "date": "datum", "name / description": "naam / omschrijving", "account": "rekening", "counterparty": "tegenrekening",
    "debit/credit": "af bij", "transaction type": "mutatiesoort", "notifications": "mededelingen",
    "resulting balance": "saldo na mutatie", "amount (eur)": "bedrag", "bedrag (eur)": "bedrag",
}  # fmt: skip
LAYOUTS = (
    Layout("CSV Rabobank", (
        "iban/bban", "munt", "volgnr", "datum", "rentedatum", "bedrag", "saldo na trn", "tegenrekening iban/bban",
        "naam tegenpartij", "transactiereferentie", "betalingskenmerk", "omschrijving-1"), _rabobank),
    Layout("CSV ING", (
        "datum", "naam / omschrijving", "rekening", "tegenrekening", "af bij", "bedrag", "mededelingen"), _ing),
    Layout("CSV Knab", (
        "rekeningnummer", "transactiedatum", "valutacode", "creditdebet", "bedrag", "tegenrekeningnummer",
        "tegenrekeninghouder", "omschrijving"), _knab),
    Layout("CSV bunq", ("date", "amount", "account", "counterparty", "name", "description"), _bunq),
    Layout("TAB ABN AMRO", (), _abn, _abn_shape),
    Layout("CSV Triodos", (), _triodos, _triodos_shape),
    Layout("CSV ASN/SNS", (), _asn, _asn_shape),
)  # fmt: skip


def head_of(cells: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns as the layouts know them: in small letters, and ING's English as its Dutch."""
    names = [cell.strip().lower() for cell in cells]
    if "name / description" in names or "bedrag (eur)" in names:
        names = [_ING_ENGLISH.get(name, name) for name in names]
    return tuple(names)


def layout_of(cells: Sequence[str]) -> Layout | None:
    """The layout whose head, or whose first line, these cells are; None if there is none."""
    names = frozenset(head_of(cells))
    for layout in LAYOUTS:
        if layout.shape is None:
            if names.issuperset(layout.columns):
                return layout
        elif layout.shape(cells):
            return layout
    return None
