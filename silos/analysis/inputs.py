"""The inputs: the rows read, used and left out with reasons, and the facts that the log records."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from silos.analysis.result_protocol import Result
from silos.network import Network
from silos.tables import Interactions, Roster
from silos.ties.definitions import Evidence
from silos.ties.results import Tally


@dataclass(frozen=True, eq=False)
class Inputs(Result):
    """What went into an analysis. What a log of groups cannot know is None.

    Attributes:
        level: `person`, or `department` for a log of groups.
        rows_read, rows_used, broadcasts, selves: rows of the log; with `rejected` they add up to those read.
        rejected: rows left out, by reason.
        people: of the roster, in the network; `matched`: those of them with a tie; `unmatched`: ids that the roster
            lacks.
        first, last: times of the first and the last row used.
        formats: of the logs.
        fields: the columns of the roster that were read, by their canonical names.
        memberships: people in communities of the tools.
        layers: the media of the log.
        evidence: the grade of the ties that the connector verdict rests on.
        waived: clauses of the substantive tie that the log cannot answer.
        dated, directed: whether the log has times, and whether it says who wrote to whom.
    """

    title: ClassVar[str] = "Inputs"

    level: Literal["person", "department"]
    rows_read: int
    rows_used: int
    rejected: dict[str, int]
    broadcasts: int | None
    selves: int | None
    people: int
    matched: int | None
    unmatched: int | None
    first: datetime | None
    last: datetime | None
    formats: tuple[str, ...]
    fields: tuple[str, ...]
    memberships: int
    layers: tuple[str, ...]
    evidence: Evidence
    waived: tuple[str, ...]
    dated: bool
    directed: bool

    @property
    def table(self) -> pd.DataFrame:
        """One row per fate of a row of the log: used, broadcast, to oneself, or left out for a reason."""
        fates = {"used": self.rows_used, "broadcasts": self.broadcasts, "self": self.selves, **self.rejected}
        known = {name: rows for name, rows in fates.items() if rows is not None}
        return pd.DataFrame({"rows": known}).rename_axis("fate")

    @property
    def broadcast_share(self) -> float | None:
        """Share of the rows between people of the roster that were broadcasts."""
        if self.broadcasts is None:
            return None
        return self.broadcasts / max(self.rows_used + self.broadcasts, 1)

    def to_dict(self) -> dict[str, Any]:
        """The section `inputs` of the summary."""
        return {
            "level": self.level,
            "rows_read": self.rows_read,
            "rows_used": self.rows_used,
            "rows_rejected": dict(self.rejected),
            "broadcasts": self.broadcasts,
            "self": self.selves,
            "people": self.people,
            "people_matched": self.matched,
            "people_unmatched": self.unmatched,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "formats": list(self.formats),
            "roster_fields": list(self.fields),
            "memberships": self.memberships,
            "layers": list(self.layers),
            "evidence": self.evidence,
            "waived": list(self.waived),
        }


def of_persons(
    counted: Tally, network: Network, evidence: Evidence, formats: Collection[str], fields: tuple[str, ...]
) -> Inputs:
    """The inputs of an analysis of persons."""
    log = counted.log
    return Inputs(
        level="person",
        rows_read=log.rows_read,
        rows_used=log.rows_used,
        rejected=dict(log.rejected),
        broadcasts=log.broadcasts,
        selves=log.selves,
        people=len(network),
        matched=int((np.diff(network.contacts.indptr) > 0).sum()),
        unmatched=log.strangers,
        first=log.first,
        last=log.last,
        formats=tuple(sorted(set(formats))),
        fields=fields,
        memberships=len(counted.memberships.table),
        layers=tuple(medium for medium in log.media if medium),
        evidence=evidence,
        waived=log.waived,
        dated=log.dated,
        directed=log.directed,
    )


def formats_of(logs: Interactions) -> tuple[str, ...]:
    """The formats in which the logs were read."""
    return tuple(source.format for source in logs.sources)


def fields_of(roster: Roster, by: str) -> tuple[str, ...]:
    """The columns of the roster that were read, by their canonical names."""
    return tuple(sorted({*roster.columns, "person", by}))
