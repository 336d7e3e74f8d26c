"""The full text of a mandate, as its scheme prescribes it: what is shown, what is signed, and what is kept. Pure."""

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files

from inbaar.banking.debits.rules import MandateTerms
from inbaar.law.direct_debit import refund_weeks

LANGUAGES = ("nl", "en")


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("mandate_text.toml").read_text("utf-8"))


def mandate_text(
    terms: MandateTerms, creditor: str, identifier: str, language: str, on: dt.date, address: str = ""
) -> tuple[str, ...]:
    """The paragraphs of the mandate: the permission, the debtor's rights, the notice, who collects, and whose account it is.

    `language` is one of LANGUAGES; another one is an error, for nobody agrees to what he cannot read.
    """
    payer = _words_in(language)["payer"].format(name=terms.debtor_name, iban=terms.debtor_iban)
    return (*shown_text(terms, creditor, identifier, language, on, address), payer)


def shown_text(
    terms: MandateTerms, creditor: str, identifier: str, language: str, on: dt.date, address: str = ""
) -> tuple[str, ...]:
    """The same without the last: what stands above the lines in which the debtor fills in his name and account."""
    words = _words_in(language)
    given = {
        "creditor": creditor, "identifier": identifier, "reference": terms.reference, "days": terms.announced_days,
        "weeks": refund_weeks(on), "address": f", {address}" if address else "",
    }  # fmt: skip
    notice = "notice_one" if terms.announced_days == 1 else "notice"
    names = (f"{terms.scheme}_{terms.kind}", f"{terms.scheme}_rights", notice, "collector")
    # A name may end in a stop of its own, as B.V. does, where the sentence has its own.
    return tuple(words[name].format(**given).replace("..", ".") for name in names)


def _words_in(language: str) -> dict[str, str]:
    if language not in LANGUAGES:
        raise ValueError(f"there is no mandate text in {language!r}; choose one of {', '.join(LANGUAGES)}")
    return _words()[language]
