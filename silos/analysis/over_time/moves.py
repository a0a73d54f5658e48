"""Who joined, left or moved when, as a dated roster has it."""

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pandas as pd

from silos.tables import Roster


@dataclass(frozen=True, eq=False)
class Moves:
    """The effective dates of a roster; none where it has none.

    Attributes:
        dated: whether the roster says from when its rows hold.
        first: the first day of which it speaks: who is in it from then on did not join then.
        spells: one row per person and time in one unit, by person and time: `person`, `unit`, `since` and `until`
            (missing: open).
    """

    dated: bool = False
    first: datetime | None = None
    spells: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["person", "unit", "since", "until"]), repr=False
    )

    @classmethod
    def of(cls, roster: Roster, by: str) -> "Moves":
        """The dates of a roster, by the units `by`."""
        stated = roster.spells(by)
        spells = stated[stated["unit"].notna()][["person", "unit", "joined", "left"]]
        spells = spells.rename(columns={"joined": "since", "left": "until"}).reset_index(drop=True)
        known = spells["since"].dropna()
        if known.empty:
            return cls()
        return cls(True, known.min().to_pydatetime(), spells)

    def joined(self, start: datetime, end: datetime) -> int:
        """How many people's first day is in [start, end); who was there when the roster begins did not join."""
        first = self.spells.groupby("person")["since"].min()
        return int(((first >= start) & (first < end) & (first > self.first)).sum())

    def left(self, start: datetime, end: datetime) -> int:
        """How many people's last day is in [start, end)."""
        last = self.spells.groupby("person")["until"].agg(lambda ends: pd.NaT if ends.isna().any() else ends.max())
        return int(((last >= start) & (last < end)).sum())

    def moved(self, start: datetime, end: datetime) -> int:
        """How many people changed unit in [start, end)."""
        return int(self._moves(start, end)["person"].nunique())

    def touched(self, start: datetime, end: datetime) -> tuple[str, ...]:
        """The units that somebody left for another, or came to from another, in [start, end)."""
        changes = self._moves(start, end)
        return tuple(sorted({*changes["unit"], *changes["before"]}))

    def _moves(self, start: datetime, end: datetime) -> pd.DataFrame:
        """The spells that begin then and are not a person's first."""
        before = self.spells.groupby("person")["unit"].shift()
        new = before.notna() & (before != self.spells["unit"])
        there = (self.spells["since"] >= start) & (self.spells["since"] < end)
        return self.spells.assign(before=before)[new & there]

    def shown(self, start: datetime, end: datetime, minimum: int) -> dict[str, float]:
        """Joiners, leavers and movers in [start, end): NaN where the roster has no dates, or they are a few people."""
        if not self.dated:
            return dict.fromkeys(("joiners", "leavers", "movers"), np.nan)
        counts = {
            "joiners": self.joined(start, end),
            "leavers": self.left(start, end),
            "movers": self.moved(start, end),
        }
        return {name: float(count) if not 0 < count < minimum else np.nan for name, count in counts.items()}
