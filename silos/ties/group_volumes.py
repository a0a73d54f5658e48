"""The time that departments invest in each other: logs of groups, which hold no person.

A group-to-group query has a row for each two groups and period: the minutes that the people of the one invested in the
other. The row the other way round is another time, that of the others' people. What a group invests in itself stands
under a name of its own, and groups that are not units (external people, people without the attribute) have names too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from silos.errors import ColumnError, EmptyError, MatchError, SilosError
from silos.network import DEPARTMENT
from silos.privacy.columns import refuse_identifying
from silos.readers import scanning, unreadable
from silos.readers.tabular.columns import folded
from silos.readers.tabular.scan import counted_lines
from silos.tables import Interactions, Roster
from silos.ties.people import population
from silos.ties.results import LogFacts, with_rejected

if TYPE_CHECKING:
    import networkx as nx

#: Names, as `folded`, under which a group's time with itself stands: of meetings and mails without any other group, and
#: in the words of Workplace Analytics.
WITHIN = ("withingroup", "collaboratorswithingroup")
#: Names of what is no group of the organisation.
PSEUDO = (
    *("unclassified", "unclassifiedcollaborators", "unclassifiedinternal", "unclassifiedexternal"),
    *("othercollaborators", "internalcollaborators"),
)
#: What is no size of a group, nor minutes of a period: from here on a cell is damaged.
TOO_MANY, TOO_LONG = 1e8, 1e12
#: Medium of all of it.
MEDIUM = "insights"
#: Examples of a fault that are kept for `silos check`.
_EXAMPLES = 5


@dataclass(frozen=True, eq=False)
class Volumes:
    """Departments, their sizes, and the time they invest in each other: what is known where no person is.

    Attributes:
        departments: the K departments, sorted.
        sizes: (K,) people in each, the mean over the periods, rounded; 1 at least.
        minutes: (K, K) that the people of the row's department invested in the column's. The diagonal is what each
            invests in itself, NaN where the log does not say.

    Examples:
        >>> volumes = Volumes(pd.Index(["HR", "IT"]), np.array([5, 9]), np.array([[60.0, 30.0], [20.0, np.nan]]))
        >>> volumes
        Volumes(14 people, 2 departments, 110 minutes)
        >>> volumes.merged({"IT": "Other"}).departments.tolist()
        ['HR', 'Other']
        >>> volumes.to_networkx().edges["HR", "IT"]["weight"]
        30.0
    """

    departments: pd.Index
    sizes: np.ndarray
    minutes: np.ndarray

    @property
    def across(self) -> np.ndarray:
        """(K, K) symmetric: the time of both in the other, zero on the diagonal."""
        both = self.minutes + self.minutes.T
        np.fill_diagonal(both, 0.0)
        return np.asarray(both)

    @property
    def within(self) -> np.ndarray:
        """(K,) what each invests in itself, NaN where that is not known."""
        return np.diagonal(self.minutes).copy()

    @property
    def ties(self) -> None:
        """Pairs of people in contact: not known."""
        return None

    def merged(self, called: Mapping[str, str]) -> "Volumes":
        """The same with departments put together: `called` gives the new name of those that change it."""
        names = [called.get(name, name) for name in self.departments]
        departments = pd.Index(sorted(set(names)), name=DEPARTMENT)
        join = np.zeros((len(names), len(departments)))
        join[np.arange(len(names)), departments.get_indexer(names)] = 1
        across = np.where(np.eye(len(names), dtype=bool), 0.0, self.minutes)
        minutes = join.T @ across @ join
        # Where one of them does not say what it invests in itself, nor do all together.
        for position, name in enumerate(departments):
            minutes[position, position] += self.within[np.array(names) == name].sum()
        return Volumes(departments, (self.sizes @ join).astype(int), minutes)

    def to_networkx(self, level: Literal["department", "person"] = "department") -> "nx.DiGraph[Any]":
        """The graph of departments: nodes with `people`, edges with `weight` (minutes), a loop for what stays inside.

        Raises:
            SilosError: the graph of persons is asked for.
        """
        if level != "department":
            raise SilosError("this log is of groups and holds no persons: it only has the level 'department'.")
        import networkx as nx

        graph: nx.DiGraph[Any] = nx.DiGraph()
        for name, size in zip(self.departments, self.sizes, strict=True):
            graph.add_node(name, people=int(size))
        for a, first in enumerate(self.departments):
            for b, second in enumerate(self.departments):
                if self.minutes[a, b] > 0:
                    graph.add_edge(first, second, weight=float(self.minutes[a, b]))
        return graph

    def __len__(self) -> int:
        return int(self.sizes.sum())

    def __repr__(self) -> str:
        return (
            f"Volumes({len(self):,} people, {len(self.departments)} departments, "
            f"{np.nansum(self.minutes):,.0f} minutes)"
        )


@dataclass(frozen=True, eq=False)
class GroupTally:
    """What a log of groups holds.

    Attributes:
        volumes: of the whole period.
        windows: of each window by its start, the same departments and sizes; empty when no windows were asked for.
        log: the rows, used and left out.
        sized_by: where sizes are from: `log`, `roster` or `both`.
    """

    volumes: Volumes
    windows: Mapping[datetime, Volumes]
    log: LogFacts
    sized_by: str = "log"


def count(
    interactions: Interactions,
    roster: Roster,
    *,
    by: str = DEPARTMENT,
    since: datetime | None = None,
    until: datetime | None = None,
    window: str | None = None,
) -> GroupTally:
    """Add up the time that departments invest in each other.

    A pair of groups counts once a period, however often it was exported (the longest time). Sizes are those of the log;
    where it has none, those of the roster's department of the same name; a department without either is left out.

    Args:
        interactions: logs of groups only.
        roster: gives sizes alone.
        by: the attribute that names the units; the only one, whatever its name, where that is `department`.
        since, until: keep [since, until).
        window: also add up each week, month or quarter.

    Raises:
        SilosError: logs of persons are among them.
        ColumnError: the log has no attribute `by`.
        MatchError: the size of no department is known.
        EmptyError: nothing is left, or no department invests time in another.
    """
    _refuse_persons(interactions)
    refuse_identifying(roster, by)
    rows, problems = _rows(interactions, by)
    rows["reason"] = _reasons(rows, since, until)
    rows = _once(rows)
    rows["b"] = rows["a"].where(_is_one_of(rows["b"], WITHIN), rows["b"])
    used = rows[rows["reason"] == ""]
    if used.empty:
        raise EmptyError(f"no row of groups can be used: {_told(rows)}. Check --since and --until, or run silos check.")
    first, last = used["timestamp"].min(), used["timestamp"].max()
    sizes, sized_by = _sizes(rows, roster, by, first, last)
    unknown = (rows["reason"] == "") & ~(rows["a"].isin(sizes.index) & rows["b"].isin(sizes.index))
    rows["reason"] = rows["reason"].mask(unknown, "group of unknown size")
    used = rows[rows["reason"] == ""]
    volumes = _added(used, sizes)
    if len(volumes.departments) < 2 or not volumes.across.sum():
        raise EmptyError(
            f"no {by} invests time in another: {_told(rows)}. A group-to-group query needs at least two groups whose "
            "sizes are in the query, or in the roster under the same names."
        )
    windows: dict[datetime, Volumes] = {}
    if window:
        starts = used["timestamp"].dt.to_period({"week": "W", "month": "M", "quarter": "Q"}[window]).dt.start_time
        windows = {start.to_pydatetime(): _added(part, sizes) for start, part in used.groupby(starts)}
    rejected = rows.loc[rows["reason"] != "", "reason"].value_counts().to_dict()
    rejected = with_rejected(rejected, interactions, **counted_lines(problems))
    log = LogFacts(
        rows_read=len(used) + sum(rejected.values()),
        rows_used=len(used),
        rejected={str(reason): int(number) for reason, number in sorted(rejected.items())},
        problems=problems,
        first=first.to_pydatetime(),
        last=last.to_pydatetime(),
        media={MEDIUM: len(used)},
    )
    return GroupTally(volumes, windows, log, sized_by)


def _refuse_persons(interactions: Interactions) -> None:
    persons = [source.name for source in interactions.sources if not source.groups]
    if persons:
        groups = [source.name for source in interactions.sources if source.groups]
        raise SilosError(
            f"{', '.join(groups)}: these are groups and the time they invest, but {', '.join(persons)} has persons. "
            "The two cannot be combined. Analyse them apart."
        )


def _rows(interactions: Interactions, by: str) -> tuple[pd.DataFrame, tuple[tuple[str, int | None, str], ...]]:
    """The rows of all logs, `a` and `b` by the attribute that names the units; and the lines that cannot be read."""
    with interactions.connection.cursor() as cursor, scanning(interactions):
        keys = cursor.execute(
            f"select distinct k from (select unnest(map_keys(a)) as k from ({interactions.groups}) as log) order by k"
        ).fetchall()
        names = [str(key) for (key,) in keys]
        key = next((name for name in names if folded(name) == folded(by)), None)
        if key is None and by == DEPARTMENT and len(names) == 1:
            key = names[0]
        if key is None:
            logs = ", ".join(source.name for source in interactions.sources)
            raise ColumnError.unknown(by, found=names, where=f"{logs}: the group-to-group query")
        found = cursor.execute(
            "select timestamp, a[$key] as a, b[$key] as b, cast(a as varchar) as whole_a, cast(b as varchar) as "
            f"whole_b, minutes, size_a, size_b from ({interactions.groups}) as log",
            {"key": key},
        ).df()
        problems = tuple(unreadable(interactions, connection=cursor))
    # Groups as numbers in the order of their names: quicker to sort and to compare.
    codes, _ = pd.factorize(pd.concat([found["whole_a"], found["whole_b"]]), sort=True)
    found["whole_a"], found["whole_b"] = codes[: len(found)], codes[len(found) :]
    for name in ("a", "b"):
        found[name] = found[name].astype(object).where(found[name].notna(), None)
    return found, problems


def _reasons(rows: pd.DataFrame, since: datetime | None, until: datetime | None) -> pd.Series:
    """Why each row is left out, the first reason that holds; "" for those that count."""
    time = rows["timestamp"]
    outside = pd.Series(False, index=rows.index)
    if since is not None:
        outside |= time < since
    if until is not None:
        outside |= time >= until
    pseudo = _is_one_of(rows["a"], (*WITHIN, *PSEUDO)) | _is_one_of(rows["b"], PSEUDO)
    reasons = {
        "no group": rows["a"].isna() | rows["b"].isna(),
        "undated": time.isna(),
        "outside the period": outside,
        "pseudo-group": pseudo,
        "no time": ~((rows["minutes"] >= 0) & (rows["minutes"] < TOO_LONG)),
    }
    chosen = np.select([held.to_numpy(dtype=bool) for held in reasons.values()], list(reasons), default="")
    return pd.Series(chosen, index=rows.index, dtype=object)


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """Each two groups once a period: exports overlap. The longest time counts, the others are duplicates."""
    key = ["timestamp", "whole_a", "whole_b"]
    rows = rows.sort_values([*key, "minutes"], ascending=[True, True, True, False], kind="stable")
    rows = rows.reset_index(drop=True)
    counted = rows["reason"] == ""
    again = rows[counted].duplicated(key)
    rows.loc[again[again].index, "reason"] = "duplicate"
    return rows


def _is_one_of(names: pd.Series, known: tuple[str, ...]) -> pd.Series:
    """Whether each name, as `folded`, is one of those known."""
    return names.isin([name for name in names.dropna().unique() if folded(name) in known])


def _sizes(
    rows: pd.DataFrame, roster: Roster, by: str, first: pd.Timestamp, last: pd.Timestamp
) -> tuple[pd.Series, str]:
    """People in each department that has rows, as far as log or roster say; and which of them did.

    Raises:
        MatchError: neither says anything.
    """
    used = rows[rows["reason"] == ""]
    there = rows[rows["reason"].isin(["", "pseudo-group", "no time", "duplicate"])]
    sides = [
        side[["timestamp", end, f"whole_{end}", f"size_{end}"]].set_axis(["timestamp", "name", "whole", "size"], axis=1)
        for end, side in (("a", there), ("b", there[there["a"] != there["b"]]))
    ]
    stated = pd.concat(sides)
    names = pd.Index(sorted({*used["a"], *used["b"]}))
    stated = stated[(stated["size"] > 0) & (stated["size"] < TOO_MANY) & stated["name"].isin(names)]
    # With several attributes a department is several groups: together they are its people.
    of_period = stated.groupby(["timestamp", "name", "whole"])["size"].max().groupby(["timestamp", "name"]).sum()
    sizes = of_period.groupby("name").mean().round().clip(lower=1)
    sized_by = "log"
    lacking = names.difference(pd.Index(sizes.index))
    if len(lacking):
        everybody = population(roster, by)
        staff = everybody.remaining(everybody.positions(first.to_pydatetime(), last.to_pydatetime()))
        people = staff[DEPARTMENT].map(str.casefold).value_counts()
        found = {name: people[name.casefold()] for name in lacking if name.casefold() in people.index}
        sized_by = "log" if not found else "both" if len(sizes) else "roster"
        sizes = pd.concat([sizes.astype(np.float64), pd.Series(found, dtype=np.float64)])
    if sizes.empty:
        some = ", ".join(names[:_EXAMPLES])
        raise MatchError(
            f"it is not known how large the groups are ({some}): the query has no group sizes, and none of the groups "
            f"is a {by} of the roster. Add the group size to the query, or name the roster's column with --by."
        )
    return sizes.sort_index().astype(int), sized_by


def _added(rows: pd.DataFrame, sizes: pd.Series) -> Volumes:
    departments = pd.Index(sizes.index, name=DEPARTMENT)
    minutes = np.zeros((len(departments), len(departments)))
    np.fill_diagonal(minutes, np.nan)
    for (a, b), total in rows.groupby(["a", "b"])["minutes"].sum().items():
        minutes[departments.get_loc(a), departments.get_loc(b)] = total
    return Volumes(departments, sizes.to_numpy(), minutes)


def _told(rows: pd.DataFrame) -> str:
    """The reasons why rows are left out, for messages."""
    counts = rows.loc[rows["reason"] != "", "reason"].value_counts()
    return ", ".join(f"{reason} {number:,}" for reason, number in counts.sort_index().items()) or "no rows"
