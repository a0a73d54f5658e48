"""A new chart, before it is drawn: the same ties under other departments.

Nothing is forecast here but what follows from the ties as they are: which become internal, which are cut by the new
borders, which silos and which connector there would be on the first day. How far contacts follow a chart is told where
the log has past moves to learn it from; else it is unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from silos.analysis.accounts import find_accounts
from silos.analysis.connector import Connector
from silos.analysis.parameters import Parameters
from silos.analysis.pipeline import draw, judge_connector, judge_departments, prepare
from silos.analysis.result_protocol import Result, plain, records, spread
from silos.errors import ColumnError, EmptyError
from silos.inference.estimate import Estimate
from silos.measures.mixing import ei_indices
from silos.network import DEPARTMENT
from silos.privacy.suppression import Shown
from silos.tables import Roster, Ties
from silos.ties.results import DialogueCounts, ExternalContacts, Memberships, Rhythm, Tally

#: Version of the form of the summary of a new chart.
SCHEMA = 1
#: People in both charts, without whom there is nothing to compare.
LEAST_PEOPLE = 2
#: What says why it is not known how far contacts follow a chart.
UNKNOWN = "no_moves"


@dataclass(frozen=True, eq=False)
class Chart:
    """The organisation under one chart.

    Attributes:
        departments: as `silos.analysis.departments.judge`.
        connector: the verdict.
        shown: which departments stand alone.
        ei_index: by ties, with its interval.
        unit: by person, the department as it may be shown.
    """

    departments: pd.DataFrame
    connector: Connector
    shown: Shown
    ei_index: Estimate
    unit: pd.Series

    def called(self, verdict: str) -> list[str]:
        """The departments with a verdict."""
        return [str(name) for name in self.departments.index[self.departments["verdict"] == verdict]]

    def to_dict(self) -> dict[str, Any]:
        """As the summary has it."""
        return {
            "ei_index": self.ei_index.to_dict(),
            "silos": self.called("silo"),
            "connector": {"verdict": self.connector.verdict, "department": self.connector.department},
            "departments": [
                {
                    "department": str(name),
                    "people": int(row["people"]),
                    "insularity": spread(row, "insularity"),
                    "verdict": plain(row["verdict"]),
                }
                for name, row in self.departments.iterrows()
            ],
        }


@dataclass(frozen=True, eq=False)
class NewChart(Result):
    """The same ties under another chart.

    Attributes:
        table: one row per department of the new chart that may be shown: `people`, `ties_inside`, of which `joined`
            were across before, `ties_outside`, of which `cut` were inside before, `insularity` with its interval,
            `verdict`.
        before, after: the organisation under either chart.
        moves: one row per old and new department with enough people: `old`, `new`, `people`.
        people: in both charts; `moved`: in another department; `left_out`: people of the log whom the new chart lacks.
        ties: among them; `inside_before`, `inside_after`; `joined`: become internal; `cut`: become external.
        follow: share of the contacts of those who move that will have followed after a quarter and a year, where the
            log has moves to learn it from; empty where it has not.
    """

    title: ClassVar[str] = "The same ties under another chart"

    table: pd.DataFrame
    before: Chart
    after: Chart
    moves: pd.DataFrame
    people: int
    moved: int
    left_out: int
    ties: int
    inside_before: int
    inside_after: int
    joined: int
    cut: int
    follow: Mapping[str, float]

    def said(self) -> str:
        """How many ties become internal, and how many are cut."""
        return f"{self.moved} of {self.people} people move; {self.joined} ties become internal, {self.cut} are cut"

    def to_dict(self) -> dict[str, Any]:
        """The content of `summary.json`, but for its sentences."""
        counts = ("people", "moved", "left_out", "ties", "inside_before", "inside_after", "joined", "cut")
        return {
            "schema": SCHEMA,
            "new_chart": {name: plain(getattr(self, name)) for name in counts},
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "departments": records(self.table.rename_axis("department").reset_index()),
            "moves": records(self.moves),
            "follow": dict(self.follow) or {"unknown": UNKNOWN},
        }


def under_chart(counted: Tally, asked: Parameters, staff: Roster) -> NewChart:
    """The ties that were counted, under the departments of another roster.

    Args:
        counted: the log, under the chart of today. Who changed department is in the latest one.
        asked: what was asked for; its `by` names the column of both rosters.
        staff: the new chart: the same ids.

    Raises:
        ColumnError: the new roster lacks the column.
        EmptyError: hardly anybody is in both, or nobody moves.
    """
    if asked.by not in staff.people.columns:
        raise ColumnError.unknown(asked.by, found=map(str, staff.people.columns), where="the new roster")
    placed = staff.people[asked.by].dropna().astype(str)
    persons = counted.people["person"]
    unit = persons.map(placed)
    kept = unit.notna().to_numpy()
    everybody, known = persons.nunique(), persons[kept].nunique()
    if known < LEAST_PEOPLE:
        raise EmptyError(
            f"of the {everybody:,} people of the log and the roster, {known} are in the new roster with a {asked.by}. "
            "Give a new roster with the same ids (--new-roster)."
        )
    old = _restricted(counted, kept)
    chart = old.people["person"].map(placed)
    moved = (chart != old.people[DEPARTMENT]).to_numpy()
    if not moved.any():
        raise EmptyError(
            f"nobody is in another {asked.by} in the new roster: both charts are the same for the {known:,} people."
        )
    new = replace(old, people=old.people.assign(**{DEPARTMENT: chart}))
    before, after = (_judged(tally, asked) for tally in (old, new))
    i, j = (old.ties.dyads[end].to_numpy() for end in ("a", "b"))
    same = [tally.people[DEPARTMENT].to_numpy()[i] == tally.people[DEPARTMENT].to_numpy()[j] for tally in (old, new)]
    joined, cut = same[1] & ~same[0], same[0] & ~same[1]
    return NewChart(
        table=_table(after, (i, j), same, joined, cut),
        before=before,
        after=after,
        moves=_moves(before, after, asked.min_department),
        people=known,
        moved=int(moved.sum()),
        left_out=everybody - known,
        ties=len(i),
        inside_before=int(same[0].sum()),
        inside_after=int(same[1].sum()),
        joined=int(joined.sum()),
        cut=int(cut.sum()),
        follow={},
    )


def _judged(tally: Tally, asked: Parameters) -> Chart:
    """Departments and connector under one chart."""
    ground = prepare(tally, asked, accounts=find_accounts(tally))
    drawn = draw(ground, asked)
    table, _ = judge_departments(ground, drawn, asked)
    mixing = drawn.every.mixing["any"]
    point = (ground.every.indicator.T @ ground.every.contacts @ ground.every.indicator).toarray()
    return Chart(
        departments=table,
        connector=judge_connector(ground, drawn, asked),
        shown=ground.shown,
        ei_index=Estimate.of(float(ei_indices(point)), ei_indices(mixing)),
        unit=ground.shown.departments,
    )


def _table(
    after: Chart, ends: tuple[np.ndarray, np.ndarray], same: list[np.ndarray], joined: np.ndarray, cut: np.ndarray
) -> pd.DataFrame:
    """One row per department of the new chart."""
    unit = after.unit.to_numpy()
    rows = {}
    for name, row in after.departments.iterrows():
        here = [unit[end] == name for end in ends]
        inside, any_end = here[0] & here[1] & same[1], here[0] | here[1]
        rows[name] = {
            "people": int(row["people"]),
            "ties_inside": int(inside.sum()),
            "joined": int((inside & joined).sum()),
            "ties_outside": int((any_end & ~same[1]).sum()),
            "cut": int((any_end & cut).sum()),
            **{column: row[column] for column in ("insularity", "insularity_low", "insularity_high", "verdict")},
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("department")


def _moves(before: Chart, after: Chart, minimum: int) -> pd.DataFrame:
    """How many people move from where to where; fewer than may be shown are left out."""
    both = pd.DataFrame({"old": before.unit.to_numpy(), "new": after.unit.to_numpy()})
    counted = both.groupby(["old", "new"]).size().rename("people").reset_index()
    moves = counted[(counted["people"] >= minimum) & (counted["old"] != counted["new"])]
    return moves.sort_values(["people", "old", "new"], ascending=[False, True, True], kind="stable", ignore_index=True)


def _restricted(tally: Tally, kept: np.ndarray) -> Tally:
    """The log with these people alone, each in one position: that of the latest department.

    Communities, answers and contacts outside are left out: no verdict of a chart rests on them.
    """
    persons = tally.people["person"]
    first = kept & ~persons.duplicated().to_numpy()
    # The positions of one person stand together, the latest first: order stays what it was.
    place = np.where(kept, np.cumsum(first) - 1, -1)

    def moved(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
        there = table.assign(**{name: place[table[name].to_numpy()] for name in columns})
        return there[(there[list(columns)] >= 0).all(axis=1)]

    dyads = moved(tally.ties.dyads, "a", "b")
    dyads = dyads[dyads["a"] != dyads["b"]]
    arcs = moved(tally.ties.arcs, "sender", "recipient")
    arcs = arcs[arcs["sender"] != arcs["recipient"]]
    turns = moved(tally.turns, "a", "b")
    turns = turns[turns["a"] != turns["b"]]
    rhythm = Rhythm(_added(moved(tally.rhythm.hours, "sender"), ["sender", "hour", "weekend"]),
                    _added(moved(tally.rhythm.minutes, "sender"), ["sender", "minute"]))  # fmt: skip
    return replace(
        tally,
        people=tally.people[first].reset_index(drop=True),
        ties=Ties(_added(arcs, ["sender", "recipient", "medium"]), _added(dyads, ["a", "b"])),
        windows={},
        variants={},
        memberships=Memberships(),
        dialogue=DialogueCounts(),
        external=ExternalContacts(),
        turns=_added(turns, ["a", "b"]),
        rhythm=rhythm,
    )


def _added(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """One row per key: those of a person's several positions together."""
    if not table.duplicated(keys).any():
        return table.reset_index(drop=True)
    return table.groupby(keys, observed=True, sort=True).sum().reset_index()[list(table.columns)]
