"""Where a mandate is: the one table of its states, in Python; the database repeats its bounds.

That a mandate lapsed or was used up is no state: it follows from the days and from what was collected (`rules`).
"""

from django.db import models


class MandateState(models.TextChoices):
    """Whether the debtor's word still stands."""

    LIVE = "live"
    SUSPENDED = (
        "suspended"  # a debit came back as not allowed, or the account is gone: nothing until a person looked
    )
    WITHDRAWN = "withdrawn"  # by the debtor or by us, for good


class MandateVerb(models.TextChoices):
    """What happens to a mandate."""

    SUSPEND = "suspend"
    RESUME = "resume"
    WITHDRAW = "withdraw"


MANDATE_MOVES: dict[tuple[MandateState, MandateVerb], MandateState] = {
    (MandateState.LIVE, MandateVerb.SUSPEND): MandateState.SUSPENDED,
    (MandateState.LIVE, MandateVerb.WITHDRAW): MandateState.WITHDRAWN,
    (MandateState.SUSPENDED, MandateVerb.SUSPEND): MandateState.SUSPENDED,
    (MandateState.SUSPENDED, MandateVerb.RESUME): MandateState.LIVE,
    (MandateState.SUSPENDED, MandateVerb.WITHDRAW): MandateState.WITHDRAWN,
}
