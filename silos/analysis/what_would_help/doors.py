"""Through which door: where most of a department's contact with the others already passes.

A door is another department, a community that may be named, or meetings. It is told in counts that a reader can check:
shares of what passes and of ties, not a ratio that is corrected for activity.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from silos.analysis.result_protocol import Result, records
from silos.analysis.what_would_help.what_if import Model
from silos.measures.basis import among, department_totals, distinct
from silos.measures.multiplex import pair_keys
from silos.measures.two_mode import active
from silos.ties.results import Tally

#: Ties from which a door is told: fewer would be about single persons.
LEAST_TIES = 5
#: Doors of each kind for a department: the widest, and a second so that it does not depend on one.
DOORS = 2
#: Share of its ties across that lie within a community from which the community is a door.
LEAST_SHARE = 0.1
#: Times the smallest department that may be shown, from which a community is large enough to be a door.
SEVERAL = 2
#: Part of all people, from which a community is everybody's and no door.
MOST_MEMBERS = 0.5

DEPARTMENT, COMMUNITY, MEETINGS = "department", "community", "meetings"
COLUMNS = ("department", "kind", "through", "share", "ties", "outside")


@dataclass(frozen=True, eq=False)
class Doors(Result):
    """The widest doors of each department.

    Attributes:
        table: one row per department and door, the widest of each kind first: `kind` (`department`, `community` or
            `meetings`), `through` (its name, or the medium), `share`, `ties` of the department that pass through it,
            and `outside`, all its ties across. The share of a department is that of the volume across, that of a
            community or of meetings one of the ties; service desks are left aside in all of them.
        ties: departments x departments, ties between those that may be asked.
    """

    title: ClassVar[str] = "Doors"

    table: pd.DataFrame
    ties: pd.DataFrame

    def of(self, department: str, kind: str = DEPARTMENT) -> pd.DataFrame:
        """The doors of a department of one kind, the widest first."""
        return self.table[(self.table["department"] == department) & (self.table["kind"] == kind)]

    def widest(self, department: str) -> str | None:
        """The department through which most of it passes; None where no door is wide enough to be told."""
        found = self.of(department)
        return str(found["through"].iloc[0]) if len(found) else None

    def between(self, a: str, b: str) -> tuple[str, int] | None:
        """A third department with ties to both, and how many it has with each at least: the most there are."""
        if a not in self.ties.index or b not in self.ties.index:
            return None
        both = np.minimum(self.ties[a], self.ties[b]).drop([a, b])
        if both.empty or both.max() < LEAST_TIES:
            return None
        return str(both.idxmax()), int(both.max())

    def to_dict(self) -> list[dict[str, Any]]:
        """As the section `what_if` of the summary has it."""
        return records(self.table)


def find_doors(model: Model, tally: Tally) -> Doors:
    """The widest doors of every department that stands alone and is still there.

    Args:
        model: of the organisation.
        tally: the counted log, the same people: its memberships and meetings.
    """
    network, names = model.network, model.names
    volume = department_totals(network, network.combined)
    ties = model.mixing
    helpful = pd.DataFrame(ties, names, names).loc[names[model.helpers], names[model.helpers]]
    helpful = helpful.mask(np.eye(len(helpful), dtype=bool), 0)
    alone = np.flatnonzero(names.isin(list(model.shown.candidates)) & ~names.isin(list(model.gone)))
    # What passes through desks is no door: they pass on requests.
    asked = ~model.desks
    rows = []
    places = _Places.of(model, tally, asked)
    for at in alone:
        others = asked & (np.arange(len(names)) != at)
        passing = np.where(others, volume[at], 0.0)
        outside = int(ties[at, others].sum())
        if outside < LEAST_TIES or passing.sum() <= 0:
            continue
        told = [
            {
                "kind": DEPARTMENT,
                "through": str(names[door]),
                "share": passing[door] / passing.sum(),
                "ties": ties[at, door],
            }
            for door in np.argsort(-passing, kind="stable")
            if model.helpers[door] and passing[door] > 0 and ties[at, door] >= LEAST_TIES
        ][:DOORS]
        told += places.doors(int(at), outside)
        rows += [{"department": str(names[at]), **door, "outside": outside} for door in told]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return Doors(table.astype({"share": np.float64, "ties": np.int64, "outside": np.int64}), helpful)


@dataclass(frozen=True, eq=False)
class _Places:
    """Communities that may be named, and meetings: what of the departments' ties lies within each.

    Attributes:
        ties: by kind and name, the ties of each department to others that are between two members, or two people who
            met; (K,).
        people: how many of its people have them; (K,).
    """

    ties: dict[tuple[str, str], np.ndarray]
    people: dict[tuple[str, str], np.ndarray]

    @classmethod
    def of(cls, model: Model, tally: Tally, asked: np.ndarray) -> "_Places":
        """Of the ties to departments that are asked for, (K,) bool."""
        network, least, count = model.network, model.shown.minimum, len(model.names)
        i, j = network.dyads
        across = network.membership[i] != network.membership[j]
        i, j = i[across], j[across]
        found = cls({}, {})

        def put(place: tuple[str, str], inside: np.ndarray) -> None:
            one, other = i[inside], j[inside]
            ends, far = np.concatenate([one, other]), np.concatenate([other, one])
            ends = ends[asked[network.membership[far]]]
            found.ties[place] = np.bincount(network.membership[ends], minlength=count)
            found.people[place] = np.bincount(network.membership[distinct(ends)], minlength=count)

        held = active(tally.memberships.table) if len(tally.memberships.table) else pd.DataFrame()
        if len(held):
            for (_, name), people in held.dropna(subset="name").groupby(["place", "name"], sort=True)["person"]:
                # Everybody's community tells nobody apart, and a tiny one would tell who.
                member = np.bincount(people.unique(), minlength=len(network)) > 0
                if SEVERAL * least <= member.sum() < MOST_MEMBERS * len(network):
                    put((COMMUNITY, str(name)), member[i] & member[j])
        met = tally.ties.dyads
        met = met[met["meetings"] > 0] if "meetings" in met else met.head(0)
        if len(met):
            key = pair_keys(met["a"].to_numpy(), met["b"].to_numpy(), len(network))
            put((MEETINGS, MEETINGS), among(pair_keys(i, j, len(network)), np.sort(key)))
        return found

    def doors(self, at: int, outside: int) -> list[dict[str, Any]]:
        """The widest of each kind for a department, as rows."""
        rows: list[dict[str, Any]] = []
        for (kind, name), each in self.ties.items():
            ties, ours = int(each[at]), int(self.people[kind, name][at])
            # So few of its people would be known to their colleagues.
            if ties >= max(LEAST_TIES, LEAST_SHARE * outside) and ours >= LEAST_TIES:
                rows.append({"kind": kind, "through": name, "share": ties / outside, "ties": ties})
        rows.sort(key=lambda row: (row["kind"], -row["ties"], row["through"]))
        kinds = [row["kind"] for row in rows]
        return [row for place, row in enumerate(rows) if kinds[:place].count(row["kind"]) < DOORS]
