"""The layouts of :86: from before, or beside, the codes between slashes. Called by `narrative.read_narrative`.

ABN AMRO in columns of 32 (`SEPA OVERBOEKING   IBAN: ... NAAM: ...`, BEA/GEA, GIRO), SNS, ASN and RegioBank (a line
with the other party, an empty line, the text), Knab (`REK: .../NAAM: ...`), ING and Van Lanschot (IBAN and BIC
first), fields with a number (`?20...?32`, German banks; `>20...`, Triodos).
"""

import re

from inbaar.banking.formats.narrative import Narrative, payment_reference, read_slash_codes
from inbaar.banking.formats.text import is_iban, shown_end_to_end_id

COLUMN = 32
KEYWORD = re.compile(
    r"(IBAN|BIC|NAAM|OMSCHRIJVING|KENMERK|MACHTIGING|INCASSANT|BETALINGSKENM\.|REDEN|VOLGNUMMER|TRANSACTIEREFERENTIE|VOOR)"
    r": ?",
    re.IGNORECASE,
).match
CARD_PAYMENT = re.compile(r"(?:BEA|GEA)\b.*?\d{2}\.\d{2}\.\d{2}/\d{2}\.\d{2} (.+?)(?:,PAS\w+.*)?$").match
#: As ABN AMRO writes it since 2022: what kind of card in the first column, the shop in the second.
CARD_BY_KIND = re.compile(r"(?:BEA|GEA), .{27} ?(.+?)(?:,PAS\w+.*)?$").match
OLD_ACCOUNT = re.compile(
    r"(?:GIRO +\d{3,10}|\d{2}\.\d{2}\.\d{2}\.\d{3}|\d{2}\.\d{2}\.\d{3}\.\d{3}) *(.*)"
).match
NUMBERED = re.compile(r"\d{3}([?>~@^|&])(?=\d\d)").match
KNAB_PARTY = re.compile(r"(?:REK: ?([A-Z0-9]+)/?)?(?:NAAM: ?(.*))?$").match
LEADING_IBAN = re.compile(
    r"(?:([A-Z]{2}\d{2}) )?(?:.*? )??([A-Z]{2}\d{2}[A-Z0-9]{11,30}) ([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?: (.*)|$)"
).match
RETURN_CODE = re.compile(
    r"(A[CMG]\d{2}|M[DS]\d{2}|BE\d{2}|RR\d{2}|SL\d{2}|FF\d{2}|CNOR|DNOR|FOCR|ED05|RC01|DT01|DU01)$"
).match
STRUCTURED_AT_END = re.compile(r"SCOR/(?:CUR|ISO)/([A-Z0-9]+)")
DUTCH_IBAN = re.compile(r"(?<![A-Z0-9])NL\d{2}[A-Z]{4}\d{10}(?![A-Z0-9])")
GERMAN_KEY = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|OAMT|COAM|PURP)\+ ?")
FIELD = 27
ALMOST_FULL = 60  # a line this long was cut by the bank, a shorter one was ended


def read_layout(lines: list[str]) -> Narrative:
    """The parts of a narrative that does not start with a code between slashes."""
    first = lines[0]
    if numbered := NUMBERED(first):
        return _numbered_fields("".join(lines), numbered[1])
    if len(lines) > 2 and not lines[1].strip():
        return _sns(lines)
    if (
        first.startswith(("SEPA ", "BEA ", "GEA ", "BEA, ", "GEA, ", "GIRO "))
        or KEYWORD(first)
        or OLD_ACCOUNT(first)
    ):
        return _abn(lines)
    for line in lines:
        if line.startswith(("REK:", "NAAM:")):
            return _knab(lines)
    return _free(lines)


def join_cut_lines(lines: list[str]) -> str:
    """Lines that were cut are put end to end, lines that were ended get a space."""
    joined = ""
    for line in lines:
        if line.startswith("SCOR/"):
            joined = joined.rstrip() + " "
        joined += line if len(line.rstrip()) >= ALMOST_FULL else line.rstrip() + " "
    return joined.strip()


def _columns(line: str) -> tuple[str, ...]:
    """The two columns of a line; banks left a space between them or not, and a line that runs through is one."""
    if len(line) <= COLUMN:
        return (line,)
    if line[COLUMN] == " ":
        return line[:COLUMN], line[COLUMN + 1 :]
    return (line[:COLUMN], line[COLUMN:]) if line[COLUMN - 1] == " " else (line,)


def _abn(lines: list[str]) -> Narrative:
    """Columns of 32 characters; a full column goes on in the next one, a keyword starts a field."""
    fields: list[str] = []
    full = False
    for line in lines:
        for column in _columns(line):
            piece = column.rstrip()
            if not piece:
                full = False
                continue
            if fields and not KEYWORD(piece):
                goes_on = full and not (fields[-1][-1].isdigit() and piece[0].isalpha())
                fields[-1] += piece if goes_on else " " + piece
            else:
                fields.append(piece)
            full = len(piece) == COLUMN
    told = Narrative()
    rest = []
    for field in fields:
        keyword = KEYWORD(field)
        if keyword is None:
            rest.append(field)
            continue
        _abn_field(told, keyword[1].upper(), field[keyword.end() :].strip())
    loose = " ".join(" ".join(rest).split())
    if told.name is None:
        told.name = _abn_old_name(lines)
    told.reference = told.reference or payment_reference(loose)
    told.text = told.text or loose
    return told


def _abn_field(told: Narrative, keyword: str, value: str) -> None:
    if keyword == "IBAN":
        told.iban = value if is_iban(value) else None
    elif keyword == "NAAM":
        told.name = value
    elif keyword == "OMSCHRIJVING":
        told.text = value
        told.reference = told.reference or payment_reference(value)
    elif keyword == "KENMERK":
        told.end_to_end_id = shown_end_to_end_id(value)
    elif keyword == "BETALINGSKENM.":
        told.reference = value.replace(" ", "")
    elif keyword == "REDEN" and RETURN_CODE(value[:4]):
        told.return_reason = value[:4]


def _abn_old_name(lines: list[str]) -> str | None:
    """The shop of a card payment, or the name after an old account number (in its column or the next one)."""
    if card := CARD_BY_KIND(lines[0]) or CARD_PAYMENT(lines[0]):
        return str(card[1]).strip()
    columns = _columns(lines[0])
    if account := OLD_ACCOUNT(columns[0].rstrip()):
        return str(account[1]).partition(",PAS")[0].strip() or (columns[-1].strip() if columns[1:] else None)
    return None


def _sns(lines: list[str]) -> Narrative:
    """The other party on the first line, an empty line, then text cut at 65 characters."""
    account, _, name = lines[0].strip().partition(" ")
    rest = lines[2:]
    while rest and not rest[0].strip():
        rest = rest[1:]
    text = join_cut_lines(rest)
    told = read_slash_codes(rest) if text.startswith("/") else Narrative(text=text)
    if is_iban(account):
        told.iban = account
    elif told.iban is None and (found := DUTCH_IBAN.search(text)):
        told.iban = found[0]
    told.name = told.name or name.strip() or None
    told.reference = told.reference or payment_reference(text)
    return told


def _knab(lines: list[str]) -> Narrative:
    told = Narrative()
    words = []
    for line in lines:
        party = KNAB_PARTY(line) if line.startswith(("REK:", "NAAM:")) else None
        if party is None:
            words.append(line)
            continue
        if party[1]:
            told.iban = party[1] if is_iban(party[1]) else None
        if party[2]:
            told.name = party[2].strip() or None
    told.text = join_cut_lines(words)
    told.reference = payment_reference(told.text)
    return told


def _free(lines: list[str]) -> Narrative:
    """Free text; ING and Van Lanschot put a return code, the IBAN and the BIC of the other party in front."""
    text = join_cut_lines(lines)
    told = Narrative(text=text, reference=payment_reference(text))
    leading = LEADING_IBAN(text)
    if leading:
        reason, iban, _, rest = leading.groups()
        told.iban = iban
        if reason and RETURN_CODE(reason):
            told.return_reason = reason
        if text.startswith((iban, reason or iban)):
            told.text = rest or ""
            name, none_given, words = told.text.partition(" NOTPROVIDED ")
            if none_given:
                told.name, told.text = name.strip() or None, words.strip()
    if structured := STRUCTURED_AT_END.search(text):
        told.reference = structured[1]
    return told


def _numbered_fields(whole: str, mark: str) -> Narrative:
    """`?20...?29` text, `?30` bank, `?31` account, `?32?33` name; Triodos has BIC and IBAN in 20 and 21."""
    fields: dict[str, str] = {}
    for piece in whole[3:].split(mark)[1:]:
        if piece[:2].isdigit():
            fields[piece[:2]] = fields.get(piece[:2], "") + piece[2:]
    if mark == ">" and is_iban(fields.get("21", "").strip()):
        fields["31"] = fields.pop("21").strip()
        fields.pop("20", None)
    text_keys = [key for key in sorted(fields) if "20" <= key <= "29" or "60" <= key <= "63"]
    text = _joined_fields([fields[key] for key in text_keys])
    told = Narrative(name=_joined_fields([fields.get("32", ""), fields.get("33", "")]) or None)
    account = fields.get("31", "").strip()
    told.iban = account if is_iban(account) else None
    keyed = GERMAN_KEY.split(text)
    values = dict(zip(keyed[1::2], keyed[2::2], strict=True))
    told.end_to_end_id = shown_end_to_end_id(values.get("EREF"))
    told.text = (
        (values.get("SVWZ") or ("" if values else text)).strip() or text.strip() or fields.get("00", "")
    )
    told.reference = payment_reference(told.text)
    if told.iban is None and is_iban(values.get("IBAN", "").strip()):
        told.iban = values["IBAN"].strip()
    return told


def _joined_fields(pieces: list[str]) -> str:
    """Fields of 27 characters: one that is full goes on in the next."""
    joined = ""
    for piece in pieces:
        joined += piece if len(piece) >= FIELD else piece + " "
    return joined.strip()
