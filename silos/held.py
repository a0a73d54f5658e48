"""What the steps of `ties.sql` found, as tables: what the log knows, and its ties."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from silos.tables import Interactions, Ties

#: Distinct weeks of contact that a lasting tie takes.
WEEKS = 3
#: Columns of `Ties.dyads`.
DYAD = (
    *("a", "b", "weeks", "sent_a", "sent_b", "conversations", "deep_a", "deep_b"),
    *("small_meetings", "meetings"),
)


@dataclass(frozen=True, eq=False)
class Held:
    """What the log knows, summed up from the step of that name."""

    rows: int
    broadcasts: int
    threads: int
    meetings: int
    sent: int
    first: datetime | None
    last: datetime | None
    weeks: int
    media: Mapping[str, int]

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> "Held":
        """The sums of the rows."""
        media: dict[str, int] = {}
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
            weeks=len({row["week"] for row in rows if row["week"] is not None}),
            media={medium: count for medium, count in media.items() if count},
        )

    @property
    def waived(self) -> tuple[str, ...]:
        """Clauses of the substantive tie that this log is too short, or too coarse in time, to answer."""
        waived = []
        if self.first is None or self.last is None:
            waived.append("weeks")
        else:
            spanned = (self.last - self.first).days // 7 + 1
            # Fewer than half of the weeks seen: the log holds days of the month, say, not weeks.
            if self.weeks <= WEEKS or self.weeks < spanned / 2:
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


def ties_of(
    arcs: Mapping[str, np.ndarray], dyads: Mapping[str, np.ndarray], media: Sequence[str], people: pd.Index
) -> dict[datetime | None, Ties]:
    """The tables of arcs and dyads in order, by window (None: no windows)."""
    arc_table = pd.DataFrame(
        {name: np.asarray(arcs[name], dtype=np.int64) for name in ("sender", "recipient", "medium")}
        | {name: np.asarray(arcs[name], dtype=np.float64) for name in ("messages", "volume")}
    )
    dyad_table = pd.DataFrame({name: np.asarray(dyads[name], dtype=np.int64) for name in DYAD})
    found = {}
    for start, of_arcs, of_dyads in _windows(arcs["period"], dyads["period"]):
        some = arc_table[of_arcs]
        some = some.iloc[_order(some, "sender", "recipient", "medium")].reset_index(drop=True)
        medium = pd.Categorical.from_codes(some["medium"].to_numpy(), categories=list(media))
        pairs = dyad_table[of_dyads]
        pairs = pairs.iloc[_order(pairs, "a", "b")].reset_index(drop=True)
        found[start] = Ties(some.assign(medium=medium.remove_unused_categories()), pairs, people)
    return found


def _order(table: pd.DataFrame, *columns: str) -> np.ndarray:
    """The order by columns of whole numbers that no two rows share: by one number made of them, which is faster."""
    key = np.zeros(len(table), dtype=np.int64)
    for name in columns:
        values = table[name].to_numpy()
        key = key * (values.max(initial=0) + 1) + values
    return np.argsort(key)


def _windows(
    arcs: np.ndarray, dyads: np.ndarray
) -> Iterator[tuple[datetime | None, "np.ndarray | slice", "np.ndarray | slice"]]:
    """Each window's start and which arcs and dyads are in it."""
    none = np.datetime64("NaT")
    of_arcs, of_dyads = (
        np.asarray(np.ma.filled(np.ma.asarray(periods).astype("datetime64[us]"), none)) for periods in (arcs, dyads)
    )
    if np.isnat(of_arcs).all():
        yield None, slice(None), slice(None)
        return
    for start in np.unique(of_arcs[~np.isnat(of_arcs)]):
        yield start.astype(datetime), of_arcs == start, of_dyads == start
