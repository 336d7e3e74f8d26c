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
    terms: MandateTerms, creditor: str, identifier: str, language: str, on: dt.date
) -> tuple[str, ...]:
    """The paragraphs of the mandate: the permission, the debtor's rights, the notice, and who and what it is about.

    `language` is one of LANGUAGES; another one is an error, for nobody agrees to what he cannot read.
    """
    if language not in LANGUAGES:
        raise ValueError(f"there is no mandate text in {language!r}; choose one of {', '.join(LANGUAGES)}")
    words, given = _words()[language], {
        "creditor": creditor, "identifier": identifier, "reference": terms.reference, "name": terms.debtor_name,
        "iban": terms.debtor_iban, "days": terms.announced_days, "weeks": refund_weeks(on),
    }  # fmt: skip
    names = (f"{terms.scheme}_{terms.kind}", f"{terms.scheme}_rights", "notice", "fields")
    return tuple(words[name].format(**given) for name in names)
