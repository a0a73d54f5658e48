"""A third generator, of ties alone: people at distances from one another, nothing of departments but where they sit.

It shares no code and no assumption with those of `silos.simulate`: whom people know falls with distance, so that
departments differ in how inward they are without any being planted, and silos are made by taking ties away.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from silos.network import DEPARTMENT, Network

#: Spread of the departments' centres, and of people about them; distance over which ties fall by e.
CENTRES, ABOUT, REACH = 1.0, 0.45, 0.85
#: Ties of a person; passing contacts, whoever it is, beside them; weeks of the log.
TIES, PASSING, WEEKS = 45.0, 3.0, 14
#: Share of the departments that are silos, and the share of their ties across that is missing.
SILOS, MISSING = 1 / 3, (0.5, 0.8)


@dataclass(frozen=True, eq=False)
class Distances:
    """One such organisation: its ties, which of them were returned in three weeks and more, and its silos."""

    network: Network
    reciprocated: np.ndarray
    silos: tuple[str, ...]


def organisation(seed: int, *, departments: int | None = None, silos: float = SILOS) -> Distances:
    """An organisation of 200 to 500 people in 10 to 20 departments, or of 25 people for each of `departments`."""
    rng = np.random.default_rng([seed, 33])
    count = departments or int(rng.integers(10, 21))
    people = 25 * count if departments else int(rng.integers(200, 501))
    share = np.clip(rng.lognormal(0, 0.7, count), 0.2, 5)
    member = np.repeat(np.arange(count), np.maximum(5, np.round(share / share.sum() * people)).astype(int))
    place = rng.normal(0, CENTRES, (count, 2))[member] + rng.normal(0, ABOUT, (len(member), 2))
    activity = rng.lognormal(0, 0.6, len(member))
    i, j = np.triu_indices(len(member), 1)
    distance = np.sqrt(((place[i] - place[j]) ** 2).sum(axis=1))
    affinity = activity[i] * activity[j] * np.exp(-distance / REACH)
    known = rng.random(len(i)) < -np.expm1(-_scale(affinity, TIES * len(member) / 2) * affinity)
    i, j = i[known], j[known]
    apart = rng.permutation(count)[: round(count * silos)]
    missing = np.zeros(count)
    missing[apart] = rng.uniform(*MISSING, len(apart))
    stays = (member[i] == member[j]) | (rng.random((2, len(i))) >= missing[np.stack([member[i], member[j]])]).all(
        axis=0
    )
    i, j = i[stays], j[stays]
    there, back, weeks = _talk(len(i), rng)
    passing = int(len(member) * PASSING / 2)
    met = rng.choice(len(member), (2, passing), p=activity / activity.sum())
    low, high = met.min(axis=0), met.max(axis=0)
    i, j = np.concatenate([i, low]), np.concatenate([j, high])
    there = np.concatenate([there, np.ones(passing)])
    back = np.concatenate([back, (rng.random(passing) < 0.3).astype(float)])
    weeks = np.concatenate([weeks, np.ones(passing)])
    size = (len(member), len(member))
    adjacency = sparse.csr_array((np.concatenate([there, back]), (np.r_[i, j], np.r_[j, i])), shape=size)
    lasting = sparse.csr_array((((there > 0) & (back > 0) & (weeks >= 3)).astype(float), (i, j)), shape=size)
    names = np.array([f"D{number:02d}" for number in range(count)])
    table = pd.DataFrame({DEPARTMENT: names[member]}, index=pd.Index(np.arange(len(member)), name="person"))
    network = Network(table, adjacency)
    one, other = network.dyads
    return Distances(network, (np.asarray(lasting[one, other]).ravel() > 0).astype(float), tuple(names[apart]))


def _scale(affinity: np.ndarray, ties: float) -> float:
    """c with Σ (1 − e^{−c·affinity}) = ties."""
    low, high = 1e-9, 1e6
    for _ in range(80):
        middle = np.sqrt(low * high)
        low, high = (low, middle) if -np.expm1(-middle * affinity).sum() > ties else (middle, high)
    return float(high)


def _talk(ties: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Messages there and back, and weeks with any, of each tie."""
    rate, share = rng.lognormal(np.log(0.25), 1.0, ties), rng.beta(2, 2, ties)
    opened = rng.poisson(rate * share, (WEEKS, ties)), rng.poisson(rate * (1 - share), (WEEKS, ties))
    answered = tuple(rng.binomial(number, 0.4) for number in opened)
    there, back = opened[0] + answered[1], opened[1] + answered[0]
    return there.sum(axis=0), back.sum(axis=0), ((opened[0] + opened[1]) > 0).sum(axis=0)
