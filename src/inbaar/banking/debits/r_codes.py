"""What comes next after a direct debit that did not go through, by the reason the bank gives. Pure; the table has the sources.

A code that is not in the table, and MS03, which hides every other reason, allow no conclusion: a person looks.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

#: Per step what to do, in Dutch and in English.
NEXT_STEPS: dict[str, tuple[str, str]] = {
    "ask_account": ("Vraag de debiteur om zijn nieuwe rekeningnummer en wijzig de machtiging.", "Ask the debtor for his new account, and amend the mandate."),
    "contact": ("Neem contact op met de debiteur.", "Contact the debtor."),
    "use_core": ("De rekening is van een consument: vraag een gewone (CORE) machtiging.", "The account is a consumer's: ask for a CORE mandate."),
    "other_method": ("Deze rekening kan niet worden geïncasseerd: vraag op een andere manier te betalen.", "This account cannot be debited: ask to be paid in another way."),
    "fix_file": ("De bank nam de opdracht niet aan. Zie wat er mis is met de bank en vraag opnieuw.", "The bank did not take the order. See with the bank what is wrong, and ask anew."),
    "retry_once": ("Er was niet genoeg geld. Incasseer nog één keer, of herinner.", "There was not enough money. Collect once more, or remind."),
    "nothing": ("De bank had deze incasso al. Stuur haar niet nog eens.", "The bank had this debit already. Do not send it again."),
    "new_mandate": ("De debiteur zegt dat hij geen toestemming gaf. Incasseer niet meer; vraag een nieuwe machtiging.", "The debtor says he did not allow it. Collect no more; ask for a new mandate."),
    "fix_mandate": ("De gegevens van de machtiging kloppen niet bij de bank. Kijk ze na.", "What the mandate says does not agree with the bank's. Look at it."),
    "dunning": ("De debiteur liet het terugboeken. De factuur staat weer open, vanaf de oude vervaldatum.", "The debtor had it refunded. The invoice is open again, from its old due date."),
    "estate": ("De debiteur is overleden. Neem contact op met de erfgenamen of de notaris; herinner niet.", "The debtor has died. Contact the heirs or the notary; send no reminders."),
    "no_conclusion": ("De bank zegt niet waarom. Trek er geen conclusie uit; neem contact op.", "The bank does not say why. Conclude nothing from it; contact the debtor."),
    "manual": ("Een regel van de bank staat het niet toe. Vraag de bank welke.", "A rule of the bank does not allow it. Ask the bank which."),
}  # fmt: skip
UNKNOWN = "no_conclusion"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with what comes next; `suspends` where nothing more is collected until a person looked."""

    code: str
    meaning: str
    next: str
    suspends: bool
    source: str
    confidence: str


@cache
def _table() -> dict[str, Reason]:
    read = tomllib.loads(files(__package__).joinpath("r_codes.toml").read_text("utf-8"))
    return {code: Reason(code, **row) for code, row in read.items() if isinstance(row, dict)}


def reason_of(code: str) -> Reason:
    """The reason behind a code; an unknown one gives no conclusion and suspends nothing.

    >>> reason_of("AM04").next, reason_of("MS03").next, reason_of("XXXX").next
    ('retry_once', 'no_conclusion', 'no_conclusion')
    """
    return _table().get(code) or Reason(code, "", UNKNOWN, False, "", "")


def suspends(code: str) -> bool:
    """Whether nothing more is collected on the mandate until a person looked.

    >>> [suspends(code) for code in ("MD01", "AC04", "AM04", "MD06", "MS03")]
    [True, True, False, False, False]
    """
    return reason_of(code).suspends


def next_of(code: str) -> str:
    """What comes next after a code, by the name of the step.

    >>> next_of("AM04"), next_of("AM05")
    ('retry_once', 'nothing')
    """
    return reason_of(code).next


def next_step(code: str, language: str) -> str:
    """What to do, in a sentence, Dutch or English."""
    dutch, english = NEXT_STEPS[reason_of(code).next]
    return dutch if language == "nl" else english
