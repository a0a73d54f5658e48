"""Reorganisations: people move between departments, and their ties follow with a half-life, or stay."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from silos.errors import SilosError
from silos.simulate.company import Company
from silos.simulate.fabric import Dyads, join_dyads, some_dyads

#: At most this share of a department's people moves away in all reorganisations together.
MOST_MOVED = 1 / 3
#: To find a colleague for a new tie whom the person does not know yet, so many draws are made.
DRAWS = 20


@dataclass(frozen=True, eq=False)
class Moves:
    """People who change department in one reorganisation; arrays of one length.

    Attributes:
        week: first week under the new chart.
        half_life: weeks until half of the old ties are gone and half of the new ones there; None: no tie changes.
        person: positions of the people.
        destination: positions of their new departments.
        boss: positions of their new managers.
    """

    week: int
    half_life: float | None
    person: np.ndarray
    destination: np.ndarray
    boss: np.ndarray

    def last_week(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Last week of each of so many old ties.

        In the middle of week t after the move, at t + 1/2, a share of 2^(-(t + 1/2) / half-life) is left.
        """
        assert self.half_life is not None
        lasts = rng.exponential(self.half_life / np.log(2), count)
        return np.asarray(self.week - 1 + np.floor(lasts + 0.5).astype(np.int64))


def moved(moves: Iterable[Moves]) -> np.ndarray:
    """Positions of all who move."""
    return np.concatenate([np.zeros(0, dtype=np.int64), *(one.person for one in moves)])


def movable(company: Company) -> tuple[np.ndarray, np.ndarray]:
    """People who may move, and departments that they may move from and to.

    Heads and managers stay, and so do those who play a part; departments stay out of it where a move would change the
    part that they play: silos, the connector, the mail room, the one behind a single person.
    """
    parts = company.parts
    apart = {*parts.silos, parts.connector, parts.mail_room, parts.bridge}
    places = np.array([place for place in range(len(company.sizes)) if place not in apart], dtype=np.int64)
    people = ordinary(company)
    return people[np.isin(company.department[people], places)], places


def ordinary(company: Company) -> np.ndarray:
    """People who lead nobody and play no part."""
    leads = np.zeros(company.people, dtype=bool)
    leads[company.boss[company.boss >= 0]] = True
    leads[company.first[:-1]] = True
    parts = [person for person in (company.newsletter_account, company.bridge_person) if person is not None]
    leads[parts] = True
    return np.flatnonzero(~leads)


def drawn(
    company: Company, *, week: int, half_life: float | None, count: int, taken: np.ndarray, rng: np.random.Generator
) -> Moves:
    """Who moves where.

    Args:
        company: the people.
        week: first week under the new chart.
        half_life: of the ties; None where they stay as they are.
        count: people who move.
        taken: people who move in another reorganisation.
        rng: random numbers.

    Raises:
        SilosError: too few people, or departments, that may move.
    """
    people, places = movable(company)
    order = rng.permutation(np.setdiff1d(people, taken))
    home = company.department[order]
    nth = np.zeros(len(order), dtype=np.int64)
    for place in places:
        here = home == place
        nth[here] = np.arange(here.sum()) + np.isin(taken, np.flatnonzero(company.department == place)).sum()
    free = order[nth < np.floor(company.sizes[home] * MOST_MOVED)] if len(places) > 1 else order[:0]
    if len(free) < count:
        raise SilosError(
            f"{count} people cannot move: {len(free)} may, at most a third of a department that plays no part, and "
            "nobody who leads others. Ask for fewer moves, or for more people or departments."
        )
    person = np.sort(free[:count])
    home = company.department[person]
    step = rng.integers(1, len(places), count) if count else home
    destination = places[(np.searchsorted(places, home) + step) % len(places)]
    bosses = np.unique(company.boss[company.boss >= 0])
    boss = np.array([rng.choice(bosses[company.department[bosses] == place]) for place in destination], dtype=np.int64)
    return Moves(week, half_life, person, destination, boss)


def followed(dyads: Dyads, company: Company, moves: Moves, moved: np.ndarray, rng: np.random.Generator) -> Dyads:
    """The ties, of which those of movers with their old department end one by one, each for one with the new.

    Args:
        dyads: as they would be without the reorganisation.
        company: the people.
        moves: who moves where, and how fast their ties follow.
        moved: everybody who moves in any reorganisation: nobody's new contact.
        rng: random numbers.
    """
    if moves.half_life is None or not len(moves.person):
        return dyads
    everybody = company.people + company.unknown
    department = np.append(company.department, np.full(company.unknown, -1))
    goes = np.full(everybody, -1)
    goes[moves.person] = moves.destination
    i_goes, j_goes = goes[dyads.i], goes[dyads.j]
    inside = (department[dyads.i] == department[dyads.j]) & ~dyads.service
    # Two who move to the same department go on together.
    turns = inside & (dyads.ends >= moves.week) & (i_goes != j_goes)
    which = np.flatnonzero(turns)
    last = moves.last_week(len(which), rng)
    ends = dyads.ends.copy()
    ends[which] = np.minimum(ends[which], np.maximum(last, dyads.begins[which] - 1))
    mover = np.where(i_goes[which] >= 0, dyads.i[which], dyads.j[which])
    other = _newcomers(dyads, company, mover, goes[mover], moved, rng)
    new = replace(
        some_dyads(dyads, which),
        i=np.minimum(mover, other),
        j=np.maximum(mover, other),
        begins=np.maximum(dyads.begins[which], last + 1),
        starts=np.full(len(which), 0.5),
    )
    joined = join_dyads(replace(dyads, ends=ends), some_dyads(new, other >= 0))
    return some_dyads(joined, joined.begins <= joined.ends)


def _newcomers(
    dyads: Dyads,
    company: Company,
    mover: np.ndarray,
    destination: np.ndarray,
    moved: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """For each new tie a colleague in the new department whom the mover does not know yet; -1 where nobody is left."""
    weights = company.activity.copy()
    weights[moved] = 0
    base = np.int64(company.people + company.unknown)
    known = np.unique(np.minimum(dyads.i, dyads.j) * base + np.maximum(dyads.i, dyads.j))
    found = np.full(len(mover), -1)
    for _ in range(DRAWS):
        open_ones = np.flatnonzero(found < 0)
        if not len(open_ones):
            break
        other = company.draw(destination[open_ones], weights, rng)
        pair = np.minimum(mover[open_ones], other) * base + np.maximum(mover[open_ones], other)
        _, first = np.unique(pair, return_index=True)
        fresh = np.zeros(len(pair), dtype=bool)
        fresh[first] = True
        fresh &= ~np.isin(pair, known)
        found[open_ones[fresh]] = other[fresh]
        known = np.union1d(known, pair[fresh])
    return found
