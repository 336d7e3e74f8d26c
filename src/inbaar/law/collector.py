"""The law for professional collectors: to which claims it applies, and its terms. Used by collection and the letters.

Wki (BWBR0046685) and Bki (Stb. 2024,44), in force since 2024-04-01. Contact hours are in `law.calendar`. There is no
statutory cap on how often a collector may make contact.
"""

from datetime import date

from inbaar.law.calendar import add_working_days
from inbaar.law.daycount import anniversary
from inbaar.law.tables import table

TABLE = "collector"


def collector_law_applies(
    on: date,
    *,
    debtor_is_natural_person: bool,
    for_a_third_party: bool = False,
    claim_was_transferred: bool = False,
    debtor_lives_in_nl: bool = True,
) -> bool:
    """Whether the Wki governs collecting this claim on the day: art. 1 and 2 Wki.

    A sole trader and a partner of a VOF or maatschap are natural persons, also in business. A factor that bought the
    claim falls under it; a creditor with its own claim does not. Before 2024-04-01 it was not in force. Refuses days
    after the cover (LawNotCovered).

    >>> collector_law_applies(date(2026, 11, 22), debtor_is_natural_person=True, claim_was_transferred=True)
    True
    """
    starts = table(TABLE).covers_from
    table(TABLE).require_cover(max(on, starts))
    return (
        on >= starts
        and debtor_is_natural_person
        and debtor_lives_in_nl
        and (for_a_third_party or claim_was_transferred)
    )


def file_kept_until(closed_on: date) -> date:
    """The first day a collector may destroy a closed file: two years after closing, art. 5.1 Bki.

    >>> file_kept_until(date(2026, 11, 22))
    datetime.date(2028, 11, 22)
    """
    return anniversary(closed_on, int(table(TABLE).rule("file_kept", closed_on).figure()))


def complaint_confirmed_by(received_on: date) -> date:
    """The last day to confirm a complaint in writing: two working days after receipt, art. 6.1 Bki.

    >>> complaint_confirmed_by(date(2026, 12, 24))
    datetime.date(2026, 12, 29)
    """
    return add_working_days(received_on, int(table(TABLE).rule("complaint_confirmed", received_on).figure()))
