"""Oracles of the sentences on a log of groups: departments and the time they invest, without persons."""

# ruff: noqa: ARG001 - every oracle takes the same arguments
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sentences_battery.facts import Contest, exponent_of
from sentences_battery.oracle import Case, Complaints, Owed, all_named, equals, measured, oracle
from sentences_battery.printed import Said, either, listed, number

#: Departments from which a pair has a ratio.
FEWEST = 4


@dataclass(frozen=True, eq=False)
class Groups:
    """A group-to-group query: who invests how much time in whom.

    Attributes:
        log: one row per pair of departments and week, headings as the tool writes them.
    """

    log: pd.DataFrame

    @cached_property
    def sizes(self) -> pd.Series:
        """People by department."""
        people = self.log.groupby("PrimaryCollaborator_Organization")["PrimaryCollaborator_GroupSize"].max()
        return people.sort_index()

    @property
    def names(self) -> list[str]:
        """The departments."""
        return list(self.sizes.index)

    @cached_property
    def minutes(self) -> pd.DataFrame:
        """What each invests in each, itself on the diagonal."""
        one = self.log["PrimaryCollaborator_Organization"]
        other = self.log["SecondaryCollaborator_Organization"].where(
            self.log["SecondaryCollaborator_Organization"] != "Within Group", one
        )
        found = pd.crosstab(one, other, self.log["Group_collaboration_time_invested"], aggfunc="sum")
        return found.reindex(index=self.names, columns=self.names).fillna(0.0)

    @cached_property
    def external(self) -> pd.Series:
        """By department, the share of its time that goes to others."""
        inside = pd.Series(np.diag(self.minutes), index=self.names)
        return 1 - inside / self.minutes.sum(axis=1)

    @cached_property
    def share(self) -> float:
        """Of all time, what goes to others."""
        return float(1 - np.trace(self.minutes) / self.minutes.to_numpy().sum())

    @cached_property
    def ratios(self) -> pd.Series:
        """By pair, the time of both over what their totals let expect (proportional fitting off the diagonal)."""
        sent = self.minutes.to_numpy(float) * ~np.eye(len(self.names), dtype=bool)
        fitted = (~np.eye(len(self.names), dtype=bool)).astype(float)
        for _ in range(500):
            fitted *= (sent.sum(axis=1) / fitted.sum(axis=1))[:, None]
            fitted *= (sent.sum(axis=0) / fitted.sum(axis=0))[None, :]
        both, expected = sent + sent.T, fitted + fitted.T
        names = self.names
        return pd.Series(
            {
                (names[a], names[b]): both[a, b] / expected[a, b]
                for a in range(len(names))
                for b in range(a + 1, len(names))
            }
        ).sort_values()

    @cached_property
    def contest(self) -> pd.DataFrame:
        """Bind and reach of the time of both sides."""
        both = (self.minutes + self.minutes.T).to_numpy(float).copy()
        np.fill_diagonal(both, 0.0)
        sizes = self.sizes.to_numpy(float)
        contest = Contest(pd.DataFrame(), self.names, exponent_of(both, sizes), np.zeros(len(sizes), dtype=bool))
        score, bind, reach = contest.scores(both, sizes)
        found = pd.DataFrame({"score": score, "bind": bind, "reach": reach}, index=self.names)
        return found.sort_values("score", ascending=False)


#: What must be said of a log of groups: nothing else is asked of it.
OWED_OF_GROUPS: set[Owed] = set()


def _said(kind: str) -> Owed:
    def owed(case: Case) -> Iterator[tuple[str, bool]]:
        if case.groups is not None:
            yield kind, bool(case.tells(kind))

    OWED_OF_GROUPS.add(owed)
    return owed


def _of_groups(said: Said, case: Case) -> Complaints:
    """The log holds departments, not persons."""
    if case.groups is None:
        yield measured("the log holds persons")


for _kind in (
    *("findings.groups_basis", "limits.groups", "limits.groups_time", "recommendations.groups"),
    *("answer.apart_groups", "answer.sure_groups"),
):
    oracle(_kind, owed=_said(_kind))(_of_groups)


@oracle("limits.groups_within")
def groups_within(said: Said, case: Case) -> Complaints:
    """Some department has no time in itself in the log."""
    yield from _of_groups(said, case)
    if case.groups is not None and (np.diag(case.groups.minutes) > 0).all():
        yield measured("the log holds the time that every department invests in itself")


@oracle("findings.groups_across")
def groups_across(said: Said, case: Case) -> Complaints:
    """Of all time, and of that of the least and the most outward, so much goes to others."""
    yield from _of_groups(said, case)
    if case.groups is None:
        return
    external = case.groups.external
    yield from equals(said, "share", case.groups.share)
    for name, value in (("least", external.min()), ("most", external.max())):
        if said[name] not in external.index or abs(external[said[name]] - value) > 1e-9:
            yield measured(f"{said[name]} does not have the {name}")
        yield from equals(said, f"{name}_share", value)


@oracle("findings.groups_pairs")
def groups_pairs(said: Said, case: Case) -> Complaints:
    """The pairs at both ends of the time over the expected."""
    yield from _of_groups(said, case)
    if case.groups is None:
        return
    every, ratios = case.groups.names, case.groups.ratios
    for name, pair in (("least", ratios.index[0]), ("most", ratios.index[-1])):
        found = listed(said[name], every, rf" and ({either(every)}) at ([\d.,]+) times")
        yield from all_named(found, said, name)
        for a, b, times in found or []:
            if {a, b} != set(pair) or not number(times).holds(ratios[pair], 1e-3):
                yield measured(f"the {name} is {' and '.join(pair)} at {ratios[pair]:.3g} times")


@oracle("findings.groups_first")
def groups_first(said: Said, case: Case) -> Complaints:
    """The first by bind and reach, and both."""
    yield from _first(said, case, "department")
    if case.groups is not None and said["department"] in case.groups.names:
        row = case.groups.contest.loc[said["department"]]
        yield from equals(said, "bind", row["bind"], 0.005)
        yield from equals(said, "reach", row["reach"], 0.005)


def _first(said: Said, case: Case, name: str) -> Complaints:
    yield from _of_groups(said, case)
    if case.groups is not None and said[name] != case.groups.contest.index[0]:
        yield measured(f"{case.groups.contest.index[0]} comes first by time")


@oracle("reasons.groups")
def because_groups(said: Said, case: Case) -> Complaints:
    """The first by bind and reach."""
    yield from _first(said, case, "busiest")


@oracle("answer.connects_groups")
def connects_groups(said: Said, case: Case) -> Complaints:
    """The first by bind and reach."""
    yield from _first(said, case, "department")
