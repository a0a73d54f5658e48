"""A silo that opens and a connector that dissolves while the log runs."""

from dataclasses import replace

import numpy as np

from silos.simulate.company import Company
from silos.simulate.fabric import Dyads, Groups, join_dyads, join_groups, some_dyads, some_groups

Fabric = tuple[Dyads, Groups]


def opened(
    fabric: Fabric, open_fabric: Fabric, company: Company, *, silo: int, strength: float, week: int, seed: int
) -> Fabric:
    """The ties of a company, in which a silo deals with the others as any department does from one week on.

    The silo keeps its ties. To them come as many of those that it has in the same company without silos as are
    missing: a share of 1 - strength, drawn one by one.

    Args:
        fabric: ties and teams with the silo.
        open_fabric: ties and teams of the same company where it is no silo.
        company: the people.
        silo: position of the department.
        strength: factor of its affinity with every other department before.
        week: first week in which it is open.
        seed: of the company.
    """
    rng = np.random.default_rng([seed, 51])
    (dyads, groups), (open_dyads, open_groups) = fabric, open_fabric
    base = np.int64(company.people + company.unknown)
    fresh = ~np.isin(_pairs(open_dyads, base), _pairs(dyads, base))
    drawn = rng.random(len(open_dyads)) < 1 - strength
    more = some_dyads(open_dyads, crossing(open_dyads, company, silo) & fresh & drawn & (open_dyads.ends >= week))
    more = replace(more, begins=np.maximum(more.begins, week))
    drawn = rng.random(len(open_groups)) < 1 - strength
    teams = some_groups(open_groups, mixed(open_groups, company, silo) & drawn & (open_groups.ends >= week))
    teams = replace(teams, begins=np.maximum(teams.begins, week))
    return join_dyads(dyads, more), join_groups(groups, teams)


def dissolved(fabric: Fabric, company: Company, *, connector: int, strength: float, week: int, seed: int) -> Fabric:
    """The ties of a company, in which the connector keeps one in `strength` of those with others from one week on.

    Args:
        fabric: ties and teams with the connector.
        company: the people.
        connector: position of the department.
        strength: factor of its affinity with every other department before.
        week: first week in which it is like any other.
        seed: of the company.
    """
    rng = np.random.default_rng([seed, 53])
    dyads, groups = fabric

    def ending(ends: np.ndarray, binds: np.ndarray) -> np.ndarray:
        lost = binds & (rng.random(len(ends)) >= 1 / strength)
        return np.where(lost, np.minimum(ends, week - 1), ends)

    dyads = replace(dyads, ends=ending(dyads.ends, crossing(dyads, company, connector)))
    groups = replace(groups, ends=ending(groups.ends, mixed(groups, company, connector)))
    return some_dyads(dyads, dyads.begins <= dyads.ends), some_groups(groups, groups.begins <= groups.ends)


def crossing(dyads: Dyads, company: Company, place: int) -> np.ndarray:
    """Which are ties of colleagues, one in this department and one in another."""
    department = np.append(company.department, np.full(company.unknown, -1))
    one, other = department[dyads.i], department[dyads.j]
    return np.asarray(~dyads.service & (one >= 0) & (other >= 0) & ((one == place) != (other == place)))


def mixed(groups: Groups, company: Company, place: int) -> np.ndarray:
    """Which teams have people of this department and of others."""
    inside = company.department[groups.members] == place
    owner = np.repeat(np.arange(len(groups)), np.diff(groups.offsets))
    count = np.bincount(owner, inside, minlength=len(groups))
    return np.asarray((count > 0) & (count < np.diff(groups.offsets)))


def _pairs(dyads: Dyads, base: np.int64) -> np.ndarray:
    return np.asarray(np.minimum(dyads.i, dyads.j) * base + np.maximum(dyads.i, dyads.j))
