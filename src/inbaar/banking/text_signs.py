"""What the words of a payment say beside numbers: that several invoices are paid, that it is a part, or for whom. Pure."""

import re

from inbaar.banking.payment_tokens import INVOICE_WORD, name_key

SHORTEST_NAME = 8
LONGEST_TEXT = 400
SEVERAL = re.compile(
    r"\b(?:FACTUREN|NOTA'?S|REKENINGEN|POSTEN|DIVERSE|DIV|SPECIFICATIE|OVERZICHT|SALDO|ALLES|VERZAMEL\w*|BETAALRUN|"
    r"INVOICES|BILLS|STATEMENT|BALANCE|PAYMENT RUN)\b"
)
PART = re.compile(
    rf"\b(?:DEEL(?:BETALING|S)?|GEDEELTE(?:LIJK)?|TERMIJN|AANBETALING|PART(?:IAL|LY)?|INSTALMENT)\b"
    rf"(?: (?:BETALING|PAYMENT|VAN|VOOR|OP|OF|FOR))*[ :]*(?:{INVOICE_WORD})?$"
)
# The words alone, which are looked for a good deal faster: few texts have one.
FOR_WORD = re.compile(r"VOOR|NAMENS|T\.?B\.?V|BEHALF|FOR")
FOR_WHOM = re.compile(r"\b(?:VOOR|NAMENS|T\.?B\.?V\.?|ON BEHALF OF|FOR)[ :]+([A-Z][^0-9,;/]*)")
SHORT_FIGURES = re.compile(
    rf"(?:{INVOICE_WORD}|\b(?:REKENING|REK)[^A-Z0-9]{{0,3}})0*([1-9][0-9]{{0,3}})(?![0-9]|[./-]?[A-Z0-9])"
)
YEAR = re.compile(r"(?:19|20)[0-9][0-9]").fullmatch
NOT_KEY = re.compile(r"[^A-Z0-9]+")


def says_several(text: str) -> bool:
    """Whether a text speaks of more than one invoice.

    >>> says_several("diverse facturen"), says_several("factuur mei")
    (True, False)
    """
    return SEVERAL.search(text.upper()[:LONGEST_TEXT]) is not None


def says_part(number: str, text: str) -> bool:
    """Whether a text says, right before an invoice's number as it is printed, that it pays a part of it.

    >>> says_part("2026-0042", "deel van factuur 2026-0042"), says_part("2026-0042", "factuur 2026-0042, deel 3 van 3")
    (True, False)
    """
    before, found, _ = text.upper()[:LONGEST_TEXT].partition(number.upper())
    return bool(found) and PART.search(before) is not None


def short_number_in(text: str) -> str | None:
    """The few figures that a text calls an invoice's, without zeros; None where there are none, or only a year.

    >>> short_number_in("rekening 027"), short_number_in("factuur 2026"), short_number_in("factuur 2026-0042")
    ('27', None, None)
    """
    found = SHORT_FIGURES.search(text.upper()[:LONGEST_TEXT])
    return found[1] if found and not YEAR(found[1]) else None


def name_paid_for(text: str) -> str | None:
    """The name, as names are compared, of whom a text says that it is paid for; None if it says so of nobody.

    >>> name_paid_for("voor Bakkerij Jansen B.V."), name_paid_for("voor mei"), name_paid_for("factuur 12")
    ('BAKKERIJJANSEN', None, None)
    """
    told = text.upper()[:LONGEST_TEXT]
    found = FOR_WHOM.search(told) if FOR_WORD.search(told) else None
    name = name_key(found[1]) if found else None
    return name if name is not None and len(name) >= SHORTEST_NAME else None


def says_name(name: str | None, text: str) -> bool:
    """Whether the whole of a name, long enough to be nobody else's by chance, is in a text.

    >>> says_name("Bakkerij Jansen B.V.", "factuur 12 bakkerij jansen bv"), says_name("Jansen", "jansen 12")
    (True, False)
    """
    key = name_key(name)
    return key is not None and len(key) >= SHORTEST_NAME and key in NOT_KEY.sub("", text.upper())
