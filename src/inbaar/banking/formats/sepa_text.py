"""The letters and signs that every SEPA bank takes, and how other text is written in them. Pure; used by the writers.

The scheme promises only a-z, A-Z, 0-9, space and / - ? : ( ) . , ' +; what a bank does not know it refuses or turns into
something else, on the payee's statement or, worse, in a name that is compared with the account's.
"""

import re
import unicodedata
from functools import lru_cache

_ALLOWED = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*", re.ASCII).fullmatch
_OTHER = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]", re.ASCII)
_IDENTIFIER = re.compile(r"[A-Za-z0-9\-?:().,'+ ]+(?:/[A-Za-z0-9\-?:().,'+ ]+)*", re.ASCII).fullmatch
_WRITTEN = str.maketrans(
    {
        "ß": "ss", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d", "Ł": "L", "ł": "l",
        "Þ": "Th", "þ": "th", "Ð": "D", "ð": "d", "ı": "i", "\u0132": "IJ", "\u0133": "ij",
        "&": "+", "@": "(at)", "\u20ac": "EUR", "_": "-", "\u2013": "-", "\u2014": "-", "\u2011": "-",
        "\u2018": "'", "\u2019": "'", "`": "'", "\u00b4": "'", '"': "'", "\u201c": "'", "\u201d": "'", "\u201e": "'",
        ";": ",", "[": "(", "]": ")", "{": "(", "}": ")", "\\": "/", "|": "/", "*": ".", "#": ".", "%": ".",
    }
)  # fmt: skip


@lru_cache(8192)
def sepa_text(text: str) -> str:
    """The text in letters every bank takes: accents left out, signs written otherwise, the unknown a dot.

    Runs of white space become one space.

    >>> sepa_text("Crèche Ærø & Zn. – “Łódź”"), sepa_text("Иван")
    ("Creche AEro + Zn. - 'Lodz'", '....')
    """
    text = " ".join(text.split())
    if _ALLOWED(text):
        return text
    plain = unicodedata.normalize("NFKD", text.translate(_WRITTEN))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _OTHER.sub(".", " ".join(plain.split()))


def says_something(text: str) -> bool:
    """Whether a letter or figure is left of the text when it is written for a bank."""
    return any(sign.isalnum() for sign in sepa_text(text))


def is_identifier(text: str) -> bool:
    """Whether a text may be a message or end-to-end id: 1 to 35 signs of the set, no slash at an end, no two together.

    >>> is_identifier("INB-1/2"), is_identifier("/1"), is_identifier("1//2")
    (True, False, False)
    """
    return len(text) <= 35 and _IDENTIFIER(text) is not None
