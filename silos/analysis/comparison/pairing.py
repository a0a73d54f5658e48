"""Two analyses paired on their persons: whoever is in both has the same weight in each replicate of both."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from silos.analysis.comparison.changes import Change, paired
from silos.analysis.comparison.figures import OF_DEPARTMENT, OF_PAIR, Figure, Key, scale_of
from silos.analysis.departments import unseen_ties
from silos.analysis.organisation import ANY, RETURNED, TRAFFIC, returned_volume
from silos.inference.bootstrap import Replicates, resample
from silos.measures.affinity import affinities, kirchhoff_index, size_exponent
from silos.measures.basis import department_totals
from silos.measures.insularity import insularities
from silos.measures.mixing import ei_indices, modularities
from silos.network import DEPARTMENT, Network
from silos.privacy.columns import as_spelt


@dataclass(frozen=True, eq=False)
class People:
    """The network of a run, and who is who in it.

    Attributes:
        network: persons and all ties, departments as they are.
        person: (N,) the roster's id of each; who changed department is there once for each of them.
        shown: by person, the department as it may be shown.
        minimum: people of a group that may be shown.
    """

    network: Network
    person: np.ndarray
    shown: pd.Series
    minimum: int


def spelt_alike(first: People, second: People) -> People:
    """The second, its departments written as the first writes them; as it is where all are."""
    placed, known = second.network.people[DEPARTMENT], first.network.departments
    if set(second.network.departments) <= set(known):
        return second
    names = as_spelt(placed, known)
    shown = second.shown.map(lambda name: names.get(name, name)).astype(object)
    return replace(second, network=second.network.regrouped(placed.map(names).astype(object)), shown=shown)


def numbered(first: People, second: People) -> tuple[np.ndarray, np.ndarray, int]:
    """Who is who in both runs, as numbers, and how many persons there are."""
    everybody, number = np.unique(
        np.concatenate([first.person.astype(str), second.person.astype(str)]), return_inverse=True
    )
    return number[: len(first.person)], number[len(first.person) :], len(everybody)


def changes(
    people: tuple[People, People],
    figures: tuple[Mapping[Key, Figure], Mapping[Key, Figure]],
    *,
    replicates: int,
    seed: int,
) -> dict[Key, Change]:
    """The changes of all numbers that both runs have, by the paired person bootstrap.

    Args:
        people: of both runs.
        figures: what their summaries say.
        replicates, seed: of the bootstrap.
    """
    first, second, count = numbered(*people)
    drawn = [
        _draws(of, (number, count), replicates=replicates, seed=seed)
        for of, number in zip(people, (first, second), strict=True)
    ]
    found = {}
    for key in figures[0].keys() & figures[1].keys():
        before, after = figures[0][key].value, figures[1][key].value
        if before is None or after is None:
            found[key] = Change(reason="missing")
        elif any(key not in draws for draws in drawn):
            found[key] = Change(after - before, reason="interval")
        else:
            found[key] = paired(before, after, (drawn[0][key], drawn[1][key]), ratio=scale_of(key[0]) == "ratio")
    return found


def _draws(people: People, persons: tuple[np.ndarray, int], *, replicates: int, seed: int) -> dict[Key, np.ndarray]:
    """The replicates of every number that is compared, (R,) each."""
    network = people.network
    layers: dict[str, np.ndarray | None] = {ANY: None, TRAFFIC: network.dyad_volumes}
    if network.directed:
        layers[RETURNED] = returned_volume(network)
    drawn = resample(network, layers, replicates=replicates, seed=seed, gravity=True, persons=persons)
    grouped = network.regrouped(people.shown)
    groups = grouped.membership[np.unique(network.membership, return_index=True)[1]]
    merged = drawn.merged(groups, len(grouped.departments))
    return _overall(network, drawn) | _by_department(grouped, merged, seed)


def _overall(network: Network, drawn: Replicates) -> dict[Key, np.ndarray]:
    ties, volume = drawn.mixing[ANY], drawn.mixing[TRAFFIC]
    mixing, sizes = department_totals(network, network.contacts), network.sizes.astype(np.float64)
    found = {
        "ei_index": ei_indices(ties),
        "cross_department_share": (1 + ei_indices(volume)) / 2,
        "modularity": modularities(ties),
        "effective_resistance": kirchhoff_index(affinities(ties, drawn.sizes, size_exponent(mixing, sizes))),
    }
    if RETURNED in drawn.mixing:
        with np.errstate(divide="ignore", invalid="ignore"):
            found["two_way_share"] = drawn.mixing[RETURNED].sum(axis=(1, 2)) / volume.sum(axis=(1, 2))
    return {(measure, "", ""): draws for measure, draws in found.items()}


def _by_department(grouped: Network, merged: Replicates, seed: int) -> dict[Key, np.ndarray]:
    names = [str(name) for name in grouped.departments]
    inward = insularities(merged.mixing[ANY], merged.within, merged.sizes, unseen_ties(merged.sizes.shape, seed))
    found: dict[Key, np.ndarray] = {(OF_DEPARTMENT, name, ""): inward[:, at] for at, name in enumerate(names)}
    a, b = np.triu_indices(len(names), k=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = merged.mixing[TRAFFIC][:, a, b] / merged.expected[:, a, b]
    for place, (one, other) in enumerate(zip(a, b, strict=True)):
        pair = min(names[one], names[other]), max(names[one], names[other])
        found[(OF_PAIR, *pair)] = ratios[:, place]
    return found
