"""Planted changes: what becomes different in which week of a simulated log, and the decoys that only look like it.

All of it draws from random streams of its own: without it, a company writes what it always wrote.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from silos.simulate.company import Company
from silos.simulate.fabric import Groups, some_dyads
from silos.simulate.moves import Moves, moved, ordinary
from silos.simulate.plan import Plan, Rows
from silos.simulate.recipe import Recipe

WEEK = 7 * 86_400
#: A year of seasons: its length, and the day of the year on which traffic is lowest (1 August).
YEAR, LOWEST = 365.25, 213
#: What is left of the traffic once it has halved.
HALF = 0.5


@dataclass(frozen=True, eq=False)
class Changes:
    """What changes while the log runs.

    Attributes:
        moves: reorganisations.
        joins, leaves: first week in which each person is there, first in which no longer, (N,).
        activity: factor of the traffic of each week, (weeks,).
        follows: week from which each person is in the teams of the department they moved to, (N,); never: `weeks`.
        leads: position of the manager in that department, -1 for who does not move, (N,).
        goes: position of that department, -1 for who does not move there in the network, (N,).
        turns: whether ties begin or end with a change; then nobody writes to a contact who is not one in that week.
    """

    moves: tuple[Moves, ...]
    joins: np.ndarray
    leaves: np.ndarray
    activity: np.ndarray
    follows: np.ndarray
    leads: np.ndarray
    goes: np.ndarray
    turns: bool

    def in_week(self, plan: Plan, week: int) -> Plan:
        """The plan as it is in one week: who is in contact, who is in which team, how much they write and meet."""
        dyads = plan.dyads
        home = np.where(self.follows <= week, self.goes, plan.company.department)
        return replace(
            plan,
            dyads=some_dyads(dyads, (dyads.begins <= week) & (week <= dyads.ends)) if self.turns else dyads,
            groups=self._teams(plan.groups, plan.company, home),
            scale=plan.scale * float(self.activity[week]),
            home=home,
        )

    def _teams(self, groups: Groups, company: Company, home: np.ndarray) -> Groups:
        """The groups, in which those who have moved sit with their new department."""
        came = np.flatnonzero(home != company.department)
        if not len(came):
            return groups
        size = np.diff(groups.offsets)
        owner = np.repeat(np.arange(len(groups)), size)
        own = _departments_of(groups, company)
        stays = (own[owner] < 0) | (own[owner] == home[groups.members])
        first = groups.members[groups.offsets[:-1]]
        # The team of the new manager, and the meetings of the whole department.
        joined = (own == home[came][:, None]) & ((first == self.leads[came][:, None]) | (size == company.sizes[own]))
        who, team = np.nonzero(joined)
        members = np.concatenate([groups.members[stays], came[who]])
        owners = np.concatenate([owner[stays], team])
        order = np.argsort(owners, kind="stable")
        offsets = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=len(groups)))])
        return replace(groups, members=members[order], offsets=offsets)

    def attended(self, rows: Rows, ids: int) -> Rows:
        """The rows without people who are not there yet, or no more.

        Args:
            rows: of a log; `recipients` is lowered by those who are left out.
            ids: number of people in the log; ids of their chats follow.
        """
        people = len(self.joins)
        begins = np.append(self.joins * WEEK, np.zeros(ids - people, dtype=np.int64))
        ends = np.append(self.leaves * WEEK, np.full(ids - people, np.iinfo(np.int64).max))
        away = np.zeros(len(rows), dtype=bool)
        for side in (rows.sender, rows.recipient):
            known = side < 2 * ids
            person = np.where(known, side % ids, 0)
            away |= known & ((rows.time < begins[person]) | (rows.time >= ends[person]))
        if not away.any():
            return rows
        sent = rows.event.astype(np.int64) * (int(rows.sender.max()) + 1) + rows.sender
        _, message = np.unique(sent, return_inverse=True)
        missing = np.bincount(message[away], minlength=int(message.max()) + 1)[message]
        left = replace(rows, recipients=rows.recipients - missing)
        return Rows(**{field.name: getattr(left, field.name)[~away] for field in fields(Rows)})

    def absent(self, weeks: int) -> np.ndarray:
        """Who is not there in which week, (weeks, N)."""
        week = np.arange(weeks)[:, None]
        return (week < self.joins) | (week >= self.leaves)

    def roster(self, roster: pd.DataFrame, company: Company, start: date) -> pd.DataFrame:
        """The roster with dated rows: one row per person and time in a department.

        Args:
            roster: one row per person.
            company: the people, in their own order.
            start: first day of the log.

        Returns:
            the same with `effective_from` and `effective_to`, the first day on which a row no longer holds; empty
            where the row has always held, or still holds.
        """
        dated = roster.assign(effective_from=None, effective_to=None)
        position = pd.Series(np.arange(company.people), index=company.mails[: company.people])
        at = dated["person"].map(position)
        known = at.notna()
        place = at[known].astype(np.int64).to_numpy()
        joined, left = self.joins[place], self.leaves[place]
        dated.loc[known, "effective_from"] = _days(joined, start, said=joined > 0)
        dated.loc[known, "effective_to"] = _days(left, start, said=left < len(self.activity))
        parts = [dated]
        for moves in self.moves:
            first = day(start, moves.week)
            which = dated["person"].isin(company.mails[moves.person])
            after = dated[which].copy()
            number = pd.Series(np.arange(len(moves.person)), index=company.mails[moves.person])[after["person"]]
            after["department"] = np.array(company.departments, dtype=object)[moves.destination[number]]
            after["manager"] = company.mails[moves.boss[number]]
            after["effective_from"] = first
            dated.loc[which, "effective_to"] = first
            parts.append(after)
        whole = pd.concat(parts, ignore_index=True)
        return whole.sort_values("person", kind="stable", ignore_index=True)


def planned(
    company: Company,
    *,
    weeks: int,
    moves: Iterable[Moves],
    leavers: float,
    joiners: float,
    activity: np.ndarray,
    turns: bool,
    seed: int,
) -> Changes:
    """Who moves, leaves and joins, and when.

    Args:
        company: the people.
        weeks: length of the log.
        moves: reorganisations.
        leavers, joiners: shares of the people who leave, who join, one by one while the log runs.
        activity: factor of the traffic of each week, (weeks,).
        turns: whether ties begin or end with a change.
        seed: of the company.
    """
    moves = tuple(moves)
    rng = np.random.default_rng([seed, 52])
    joins, leaves = np.zeros(company.people, dtype=np.int64), np.full(company.people, weeks)
    free = rng.permutation(np.setdiff1d(ordinary(company), moved(moves)))
    gone, come = (round(share * company.people) for share in (leavers, joiners))
    leaves[free[:gone]] = rng.integers(1, weeks, len(free[:gone]))
    joins[free[gone : gone + come]] = rng.integers(1, weeks, len(free[gone : gone + come]))
    follows = np.full(company.people, weeks)
    leads, goes = np.full(company.people, -1), np.full(company.people, -1)
    for one in moves:
        if one.half_life is not None:
            follows[one.person] = one.last_week(len(one.person), rng) + 1
            leads[one.person], goes[one.person] = one.boss, one.destination
    return Changes(moves, joins, leaves, activity, follows, leads, goes, turns)


def activity(start: date, weeks: int, *, season: float = 0.0, halves: int | None = None) -> np.ndarray:
    """Factor of the traffic of each week, (weeks,).

    Args:
        start: first day of the log.
        weeks: length of the log.
        season: share of the traffic of winter that is missing on 1 August; a cosine in between.
        halves: week from which on traffic is half of what it was.
    """
    days = np.array([(start + timedelta(days=7 * week + 3)).timetuple().tm_yday for week in range(weeks)])
    factor = 1 - season * (1 + np.cos(2 * np.pi * (days - LOWEST) / YEAR)) / 2
    if halves is not None:
        factor[halves:] *= HALF
    return factor


def truth(planted: Changes, recipe: Recipe, company: Company) -> dict[str, Any]:
    """What becomes different, ready for JSON; weeks count from 0."""
    names, parts, start = company.departments, company.parts, date.fromisoformat(recipe.start)
    found: dict[str, Any] = {}

    def turn(name: str, **said: Any) -> None:
        week = getattr(recipe, name)
        if week is not None:
            found[name] = {"week": week, "date": day(start, week), **said}

    if parts.silos:
        turn("silo_opens", department=names[parts.silos[0]], strength=[recipe.silo_strength, 1.0])
    if parts.connector is not None:
        turn("connector_dissolves", department=names[parts.connector], strength=[recipe.connector_strength, 1.0])
    turn("traffic_halves")
    asked = [name for name in ("reorganisation", "paper_reorganisation") if getattr(recipe, name) is not None]
    for name, moves in zip(asked, planted.moves, strict=True):
        routes = Counter(zip(company.department[moves.person].tolist(), moves.destination.tolist(), strict=True))
        turn(
            name,
            half_life=moves.half_life,
            people=len(moves.person),
            moves=[{"from": names[a], "to": names[b], "people": n} for (a, b), n in sorted(routes.items())],
        )
    if recipe.season:
        found["season"] = recipe.season
    if recipe.leavers or recipe.joiners:
        found["leavers"] = int((planted.leaves < recipe.weeks).sum())
        found["joiners"] = int((planted.joins > 0).sum())
    return found


def _departments_of(groups: Groups, company: Company) -> np.ndarray:
    """The department that all of a group belong to; -1 where they are of several."""
    department = company.department[groups.members]
    lowest = np.minimum.reduceat(department, groups.offsets[:-1])
    highest = np.maximum.reduceat(department, groups.offsets[:-1])
    return np.asarray(np.where(lowest == highest, lowest, -1))


def day(start: date, week: int) -> str:
    """The first day of a week of the log."""
    return (start + timedelta(days=7 * week)).isoformat()


def _days(weeks: np.ndarray, start: date, *, said: np.ndarray) -> list[str | None]:
    return [day(start, int(week)) if stated else None for week, stated in zip(weeks, said, strict=True)]
