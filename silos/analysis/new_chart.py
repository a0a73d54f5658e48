"""A new chart, before it is drawn: the same ties under other departments.

Nothing is forecast here but what follows from the ties as they are: which become internal, which are cut by the new
borders, which silos and which connector there would be on the first day. How far contacts follow a chart is told where
the log has past moves to learn it from; else it is unknown.
"""

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from silos.analysis.accounts import find_accounts
from silos.analysis.connector.verdict import Connector
from silos.analysis.over_time.following import Following
from silos.analysis.over_time.responsiveness import Responsiveness
from silos.analysis.parameters import Parameters
from silos.analysis.pipeline import draw, judge_connector, judge_departments, prepare
from silos.analysis.published.changes import responsiveness
from silos.analysis.published.matrices import by_department
from silos.analysis.published.tables import estimate, figures, stepped
from silos.analysis.result_protocol import BETWEEN, SUPPRESSED, Result, plain, records, spread, suppressed, whole
from silos.errors import ColumnError, EmptyError
from silos.inference.estimate import Estimate
from silos.measures.basis import department_totals, totals_across
from silos.measures.mixing import ei_indices
from silos.network import DEPARTMENT
from silos.privacy.cells import middles
from silos.privacy.columns import as_spelt, in_same_units
from silos.privacy.gate import STEP, Gate
from silos.privacy.suppression import Shown, merge_small, moving_together
from silos.system.threads import matrices_alone
from silos.tables import Roster, Ties
from silos.ties.results import DialogueCounts, ExternalContacts, Memberships, Rhythm, Tally

#: Version of the form of the summary of a new chart.
SCHEMA = 1
#: People in both charts, without whom there is nothing to compare.
LEAST_PEOPLE = 2
#: People counted elsewhere than they would be, as a share of those who move: of more nothing is told. Of random charts
#: with 5 to 10 % of them what lies inside changed with the wrong sign in 14 %, in 22 % with more (docs/privacy.md); few
#: real charts have nobody who moves alone.
MOST_ELSEWHERE = 0.1
#: Part of a silo's people in one new department, beyond which it is inside that.
ENGULFED = 0.5
#: Columns of the table that are counts.
COUNTS = ("people", "ties_inside", "joined", "ties_outside", "cut")
#: Columns of an estimate.
INSULARITY = ("insularity", "insularity_low", "insularity_high")
#: Counts of the whole.
TOTALS = ("people", "moved", "left_out", "few", "ties", "inside_before", "inside_after", "joined", "cut")


@dataclass(frozen=True, eq=False)
class Chart:
    """The organisation under one chart.

    Attributes:
        departments: as `silos.analysis.departments.judge`.
        connector: the verdict.
        shown: which departments stand alone.
        ei_index: by ties, with its interval.
        unit: by person, the department as it may be shown.
        ties: between these and inside them, symmetric.
        hidden: ties across between departments that are shown together.
    """

    departments: pd.DataFrame
    connector: Connector
    shown: Shown
    ei_index: Estimate
    unit: pd.Series = field(repr=False)
    ties: pd.DataFrame
    hidden: float

    @property
    def inside(self) -> float:
        """Ties inside departments as they may be shown."""
        return float(np.trace(self.ties.to_numpy()))

    def published(self, gate: Gate) -> "Chart":
        """The same as an analysis under this chart publishes it."""
        mixing = self.middle_ties(gate)
        table = self.departments.copy()
        sizes = self.unit.value_counts()
        for name, values in by_department(table, mixing, sizes.reindex(table.index), int(sizes.sum())).items():
            table[name] = np.where(table[name].notna(), values, np.nan)
        table = stepped(table[["people", *INSULARITY, "verdict"]], ("people",), gate)
        table = figures(table, gate, except_=("people",)).sort_index()
        table = table.sort_values("insularity", ascending=False, kind="stable")
        total = mixing.to_numpy().sum() / 2
        across = total - np.trace(mixing.to_numpy()) / 2 + (float(gate.middle(self.hidden)) if self.hidden else 0.0)
        known = self.ei_index.value is not None and total > 0
        index = replace(self.ei_index, value=2 * across / total - 1) if known else self.ei_index
        return replace(self, departments=table, ei_index=estimate(index, gate))

    def middle_ties(self, gate: Gate) -> pd.DataFrame:
        """Ties by the middles of their classes, those inside twice: as the files of an analysis rest on."""
        mixing = middles(self.ties.to_numpy(), gate)
        np.fill_diagonal(mixing, 2 * np.diagonal(mixing))
        return pd.DataFrame(mixing, index=self.ties.index, columns=self.ties.columns)

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
                    "people": whole(row["people"]),
                    "insularity": spread(row, "insularity"),
                    "verdict": plain(row["verdict"]),
                    SUPPRESSED: suppressed(row),
                }
                for name, row in self.departments.iterrows()
            ],
        }


@dataclass(frozen=True, eq=False)
class NewChart(Result):
    """The same ties under another chart.

    People who would move, or stay, in groups of fewer than may be shown are counted with the largest group of their
    department: see `silos.privacy.suppression.moving_together`; at most `MOST_ELSEWHERE` of those who move. The tables
    are exact, but for that; `published()` is the same as files and displays give it.

    Attributes:
        table: one row per department of the new chart that may be shown: `people`, `ties_inside`, of which `joined`
            were across before, `ties_outside`, of which `cut` were inside before, `insularity` with its interval,
            `verdict`.
        before, after: the organisation under either chart.
        moves: one row per old and new department: `old`, `new`, `people`, without those who are counted elsewhere.
        people: in both charts; `moved`: in another department; `left_out`: people of the log whom the new chart lacks;
            `few`: people who are counted with a larger group.
        ties: among them; `inside_before`, `inside_after`; `joined`: become internal; `cut`: become external.
        response: whether contacts followed past moves, and how fast.
        by: the units of both charts.
        is_published: whether counts are in steps, as `published()` gives them.
    """

    title: ClassVar[str] = "The same ties under another chart"

    table: pd.DataFrame
    before: Chart
    after: Chart
    moves: pd.DataFrame
    people: int | None
    moved: int | None
    left_out: int | None
    few: int | None
    ties: int | None
    inside_before: int | None
    inside_after: int | None
    joined: int | None
    cut: int | None
    response: Responsiveness
    by: str
    is_published: bool = False

    @property
    def follow(self) -> Following:
        """How far contacts will have followed after a quarter and a year, where the log has moves to learn it from."""
        return Following.of(self.response, self.by)

    @property
    def engulfed(self) -> dict[str, str]:
        """Silo of today -> the larger department that most of its people would be in, if that is no silo."""
        old, new = self.before.unit, self.after.unit
        sizes, silos = new.value_counts(), self.after.called("silo")
        found = {}
        for name in self.before.called("silo"):
            there = new[old == name].value_counts()
            unit, people = str(there.index[0]), int(there.iloc[0])
            larger = people > ENGULFED * there.sum() and sizes[unit] > people
            if larger and unit in self.after.shown.candidates and unit not in silos:
                found[name] = unit
        return found

    def published(self) -> "NewChart":
        """The same with counts in steps, and what follows from counts worked out from these.

        Ties of a department are the cell and the row of the matrix that an analysis under either chart publishes; those
        joined and cut are counts of their own. Totals are sums of middles, and tell nothing beside them. What is 0
        whatever people do, as nobody moves, stays 0.
        """
        if self.is_published:
            return self
        gate = Gate()
        before, after = (one.middle_ties(gate) for one in (self.before, self.after))
        chart = self.after.published(gate)
        table = self._published_table(after, chart.departments, gate)
        moved = {"joined": 1.0, "cut": 0.5}
        sums = {
            name: half * float(np.where(self._moves_there(name), gate.middle(self.table[name]), 0.0).sum())
            for name, half in moved.items()
        }
        counts = {name: getattr(self, name) for name in ("people", "moved", "left_out", "few")} | sums
        counts |= {"inside_before": np.trace(before.to_numpy()) / 2, "inside_after": np.trace(after.to_numpy()) / 2}
        counts["ties"] = before.to_numpy().sum() / 2
        steps: dict[str, Any] = {name: whole(0 if count == 0 else gate.count(count)) for name, count in counts.items()}
        moves = stepped(self.moves, ("people",), gate).sort_values(
            ["people", "old", "new"], ascending=[False, True, True], kind="stable", ignore_index=True
        )
        return replace(
            self,
            table=table,
            before=self.before.published(gate),
            after=chart,
            moves=moves,
            response=responsiveness(self.response, gate),
            is_published=True,
            **steps,
        )

    def _moves_there(self, name: str) -> np.ndarray:
        """By row of the table, whether any tie could be joined, or cut: known to whoever has both charts."""
        old, new = self.before.unit, self.after.unit
        if name == "joined":
            return (old.groupby(new).nunique().reindex(self.table.index).fillna(0) > 1).to_numpy()
        parted = new.groupby(old).nunique()
        torn = old.map(parted) > 1
        return torn.groupby(new).any().reindex(self.table.index).fillna(False).to_numpy(dtype=bool)

    def _published_table(self, mixing: pd.DataFrame, departments: pd.DataFrame, gate: Gate) -> pd.DataFrame:
        across = pd.Series(totals_across(mixing.to_numpy()), mixing.index).reindex(self.table.index)
        cut = np.nan_to_num(gate.count(self.table["cut"]))
        outside = np.maximum(across.to_numpy(), cut)
        table = self.table.assign(ties_outside=outside.astype(np.int64))
        table[list(INSULARITY)] = departments[list(INSULARITY)].reindex(table.index)
        table = stepped(table, COUNTS, gate)
        table["ties_outside"] = pd.Series(gate.total(outside), index=table.index).astype("Int64")
        for name in ("joined", "cut"):
            nobody = ~self._moves_there(name)
            table.loc[nobody, name] = 0
            table.loc[nobody, SUPPRESSED] = [
                BETWEEN.join(one for one in names.split(BETWEEN) if one not in ("", name))
                for names in table.loc[nobody, SUPPRESSED]
            ]
        return table.sort_index().sort_values("insularity", ascending=False, kind="stable")

    def said(self) -> str:
        """How many ties become internal, and how many are cut."""
        told = {name: _told(getattr(self, name), published=self.is_published) for name in TOTALS}
        return "{moved} of {people} people move; {joined} ties become internal, {cut} are cut".format(**told)

    def _repr_html_(self) -> str:
        # A display is read over somebody's shoulder: it has what files have.
        return super()._repr_html_() if self.is_published else self.published()._repr_html_()

    def __repr__(self) -> str:
        return self.published().said()

    def to_dict(self) -> dict[str, Any]:
        """The content of `summary.json`, but for its sentences."""
        return {
            "schema": SCHEMA,
            "new_chart": {name: plain(getattr(self, name)) for name in TOTALS} | {"published": self.is_published},
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "departments": records(self.table.rename_axis("department").reset_index()),
            "moves": records(self.moves),
            "follow": self.follow.to_dict(),
        }


@matrices_alone()
def under_chart(counted: Tally, asked: Parameters, staff: Roster, response: Responsiveness) -> NewChart:
    """The ties that were counted, under the departments of another roster.

    Args:
        counted: the log, under the chart of today. Who changed department is in the latest one.
        asked: what was asked for; its `by` names the column of both rosters.
        staff: the new chart: the same ids.
        response: whether contacts followed past moves under the roster of today.

    Raises:
        ColumnError: the new roster lacks the column.
        EmptyError: hardly anybody is in both, nobody moves, or in so small groups that every number would be about few
            or that what could be counted is another chart.
    """
    staff = in_same_units(staff, asked.by)
    if asked.by not in staff.people.columns:
        raise ColumnError.unknown(asked.by, found=map(str, staff.people.columns), where="the new roster")
    units = staff.people[asked.by].dropna()
    placed = units.map(as_spelt(units, counted.people[DEPARTMENT].unique())).astype(object)
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
    planned = old.people["person"].map(placed)
    if (planned == old.people[DEPARTMENT]).all():
        raise EmptyError(
            f"nobody is in another {asked.by} in the new roster: both charts are the same for the {known:,} people."
        )
    i, j = (old.ties.dyads[end].to_numpy() for end in ("a", "b"))
    seen = np.bincount(np.r_[i, j], minlength=len(old.people)) > 0
    today = merge_small(old.people[DEPARTMENT], asked.min_department, seen=seen).departments
    chart = moving_together(today, planned, asked.min_department, seen=seen)
    moved = (chart != old.people[DEPARTMENT]).to_numpy()
    if not moved.any():
        raise EmptyError(
            f"everybody who is in another {asked.by} in the new roster moves in a group of fewer than "
            f"{asked.min_department} people from one {asked.by} to another who are in contact with anybody. Every "
            "number about such a group would show the contacts of very few people. Plan larger groups, or lower "
            "--min-department."
        )
    going, few = int((planned != old.people[DEPARTMENT]).sum()), int((chart != planned).sum())
    # By both charts and by who is in contact at all, not with whom: whether something is told says nothing of that.
    if few > MOST_ELSEWHERE * going:
        raise EmptyError(
            f"what would be joined and parted cannot be told for this chart: {going:,} people would be in another "
            f"{asked.by}, and {few:,} people go, or stay while the others go, in groups of fewer than "
            f"{asked.min_department}, too small to be shown. Counted with larger ones they would make another chart "
            "of it, in which more or less could be inside. Plan larger groups, or lower --min-department."
        )
    new = replace(old, people=old.people.assign(**{DEPARTMENT: chart}))
    before, after = (_judged(tally, asked) for tally in (old, new))
    same = [unit[i] == unit[j] for unit in (before.unit.to_numpy(), after.unit.to_numpy())]
    joined, cut = same[1] & ~same[0], same[0] & ~same[1]
    return NewChart(
        table=_table(after, (i, j), same, joined, cut),
        before=before,
        after=after,
        moves=_moves(before, after, (chart == planned).to_numpy(), asked.min_department),
        people=known,
        moved=int(moved.sum()),
        left_out=everybody - known,
        few=few,
        ties=len(i),
        inside_before=int(same[0].sum()),
        inside_after=int(same[1].sum()),
        joined=int(joined.sum()),
        cut=int(cut.sum()),
        response=response,
        by=asked.by,
    )


def _judged(tally: Tally, asked: Parameters) -> Chart:
    """Departments and connector under one chart."""
    ground = prepare(tally, asked, accounts=find_accounts(tally))
    drawn = draw(ground, asked)
    table, _ = judge_departments(ground, drawn, asked)
    every, shown = (department_totals(network, network.contacts) for network in (ground.every, ground.grouped))
    np.fill_diagonal(shown, np.diagonal(shown) / 2)
    names = ground.grouped.departments
    return Chart(
        departments=table,
        connector=judge_connector(ground, drawn, asked),
        shown=ground.shown,
        ei_index=Estimate.of(float(ei_indices(every)), ei_indices(drawn.every.mixing["any"])),
        unit=ground.shown.departments.reset_index(drop=True),
        ties=pd.DataFrame(shown, index=names, columns=names),
        hidden=float(np.diagonal(shown).sum() - np.diagonal(every).sum() / 2),
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


def _told(count: int | None, *, published: bool) -> str:
    """A count in a display."""
    if count is None:
        return f"fewer than {STEP}"
    return f"about {count:,}" if published and count else f"{count:,}"


def _moves(before: Chart, after: Chart, there: np.ndarray, minimum: int) -> pd.DataFrame:
    """How many people move from where to where, of those who are counted where they would be."""
    both = pd.DataFrame({"old": before.unit.to_numpy(), "new": after.unit.to_numpy()})[there]
    counted = both.groupby(["old", "new"]).size().rename("people").reset_index()
    moves = counted[(counted["old"] != counted["new"]) & (counted["people"] >= minimum)]
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
