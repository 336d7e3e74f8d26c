"""How many reports came to what end, by month of report: counts of all creditors together, from which no report can be told."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from inbaar.kit.bulk import fetch, run

REPORTED, RESOLVED, WITHDRAWN, OVERDUE = "reported", "resolved", "withdrawn", "overdue"


@dataclass(frozen=True, slots=True)
class Resolution:
    """Of the reports of a period whose fourteen days are over: how many were resolved within them.

    What the creditor withdrew as a mistake counts in neither. `running` are those whose days are not over.
    """

    reported: int = 0
    resolved: int = 0
    withdrawn: int = 0
    overdue: int = 0

    @property
    def denominator(self) -> int:
        """Resolved within the fourteen days, and not."""
        return self.resolved + self.overdue

    @property
    def running(self) -> int:
        """Reports whose fourteen days are not over."""
        return self.reported - self.denominator - self.withdrawn

    @property
    def percent(self) -> Decimal | None:
        """The share in percent, to a tenth; None where nothing is over yet, for then it says nothing.

        >>> Resolution(reported=12, resolved=8, withdrawn=1, overdue=1).percent
        Decimal('88.9')
        """
        if not self.denominator:
            return None
        share = Decimal(100 * self.resolved) / self.denominator
        return share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def count_up(reported_on: dt.date, kind: str, count: int = 1) -> None:
    """Count reports of a month as something."""
    if count:
        run(
            "INSERT INTO register_figure (month, kind, count) VALUES (%s, %s, %s)",
            [reported_on.replace(day=1), kind, count],
        )


def add_up() -> None:
    """Make one row of all rows of a month and a kind. Safe from several programs at once: each row is taken by one."""
    run(
        """
        WITH taken AS (DELETE FROM register_figure RETURNING month, kind, count)
        INSERT INTO register_figure (month, kind, count) SELECT month, kind, sum(count) FROM taken GROUP BY 1, 2
        """
    )


def resolution(since: dt.date, until: dt.date) -> Resolution:
    """The figures of the reports from the month of one day through that of another."""
    rows = fetch(
        "SELECT kind, sum(count)::bigint FROM register_figure WHERE month BETWEEN %s AND %s GROUP BY 1",
        [since.replace(day=1), until.replace(day=1)],
    )
    return Resolution(**dict(rows))


def by_year() -> Mapping[int, Resolution]:
    """The figures of each year in which something was reported, oldest first."""
    years: dict[int, dict[str, int]] = defaultdict(dict)
    rows = fetch(
        """
        SELECT extract(year FROM month)::int, kind, sum(count)::bigint FROM register_figure GROUP BY 1, 2 ORDER BY 1
        """
    )
    for year, kind, count in rows:
        years[year][kind] = count
    return {year: Resolution(**counts) for year, counts in years.items()}
