"""What the steps of `ties.sql` found, as tables: what the log knows, and its ties."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from silos.tables import Interactions, Ties, in_order
from silos.ties.exchanges import Columns, integers

#: Distinct weeks of contact that a lasting tie takes.
WEEKS = 3
#: Weeks from one with contact to the next, in the median, beyond which a log does not know weeks.
GAP = 2
#: Columns of `Ties.dyads`.
DYAD = (
    *("a", "b", "weeks", "sent_a", "sent_b", "conversations", "deep_a", "deep_b"),
    *("small_meetings", "meetings"),
)


@dataclass(frozen=True, eq=False)
class Held:
    """What the log knows, summed up from the step of that name; `gap` is the median from one week seen to the next."""

    rows: int
    broadcasts: int
    threads: int
    meetings: int
    sent: int
    first: datetime | None
    last: datetime | None
    weeks: int
    gap: float
    media: Mapping[str, int]

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> "Held":
        """The sums of the rows."""
        media: dict[str, int] = {}
        weeks = np.unique([int(row["week"]) for row in rows if row["week"] is not None])
        for row in rows:
            media[row["medium"]] = media.get(row["medium"], 0) + int(row["lines"] - row["broadcasts"])
        return cls(
            rows=sum(int(row["lines"]) for row in rows),
            broadcasts=sum(int(row["broadcasts"]) for row in rows),
            threads=sum(int(row["threads"]) for row in rows),
            meetings=sum(int(row["meetings"]) for row in rows),
            sent=sum(int(row["sent"]) for row in rows),
            first=min((row["first"] for row in rows if row["first"]), default=None),
            last=max((row["last"] for row in rows if row["last"]), default=None),
            weeks=len(weeks),
            gap=float(np.median(np.diff(weeks))) if len(weeks) > 1 else 0.0,
            media={medium: count for medium, count in media.items() if count},
        )

    @property
    def waived(self) -> tuple[str, ...]:
        """Clauses of the substantive tie that this log is too short, or too coarse in time, to answer."""
        waived = []
        # Mostly more than two weeks from one that is seen to the next: the log holds days of the month, say, not weeks.
        if self.first is None or self.weeks <= WEEKS or self.gap > GAP:
            waived.append("weeks")
        if self.threads == 0:
            waived.append("conversations")
        return tuple(waived)


def answered(ties: Ties) -> bool:
    """Whether anybody ever answers.

    In a log that knows its senders somebody answers somebody: where no two people ever wrote both ways, the order of
    the two columns says nothing, and the rows are contacts.
    """
    return bool(((ties.dyads["sent_a"] > 0) & (ties.dyads["sent_b"] > 0)).any())


def with_rejected(counted: Mapping[str, int], interactions: Interactions, **more: int) -> dict[str, int]:
    """Rows left out by reason, with those that the readers left out themselves, and `more`."""
    total = Counter(counted)
    for some in (*(source.rejected for source in interactions.sources), more):
        total.update(some)
    return {reason: count for reason, count in total.items() if count}


def fetched(columns: Columns, people: pd.Index, media: Sequence[str], *, windowed: bool) -> dict[datetime | None, Ties]:
    """The ties that were counted, by window (None: no windows).

    Args:
        columns: runs a query and gives its columns.
        people: the persons, in the order of their positions.
        media: names by their number.
        windowed: whether they were counted by window.
    """
    period = "period, " if windowed else ""
    arcs = columns(f"select {period}{integers('sender', 'recipient', 'medium')}, messages, volume from arcs")
    arc_tables = dict(_windows(arcs, ("sender", "recipient", "medium")))
    del arcs
    dyad_tables = dict(_windows(columns(f"select {period}{integers(*DYAD)} from dyads"), ("a", "b")))
    return {
        start: Ties(table.assign(medium=_named(table["medium"], media)), dyad_tables[start], people)
        for start, table in arc_tables.items()
    }


def _named(medium: pd.Series, media: Sequence[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(medium.to_numpy(), categories=list(media)).remove_unused_categories()


def _windows(columns: Mapping[str, np.ndarray], keys: Sequence[str]) -> Iterator[tuple[datetime | None, pd.DataFrame]]:
    """Each window's start and its rows in order."""
    found = dict(columns)
    if "period" not in found:
        yield None, in_order(found, keys)
        return
    periods = np.asarray(
        np.ma.filled(np.ma.asarray(found.pop("period")).astype("datetime64[us]"), np.datetime64("NaT"))
    )
    for start in np.unique(periods[~np.isnat(periods)]):
        yield start.astype(datetime), in_order({name: values[periods == start] for name, values in found.items()}, keys)
