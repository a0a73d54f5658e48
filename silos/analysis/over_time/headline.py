"""The headline measures of one network with their replicates: what is followed over time and across events.

A number that rests on hardly any ties has no value here: it would jump from window to window by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from silos.analysis.departments import unseen_ties
from silos.analysis.organisation import ANY, RETURNED, TRAFFIC
from silos.analysis.over_time.headline_classes import Classes
from silos.inference.bootstrap import Replicates, resample
from silos.measures.basis import totals_across
from silos.measures.insularity import insularities
from silos.measures.mixing import ei_indices, modularities
from silos.network import Network

#: Ties inside a department, and ties to all others, from which its insularity has a value: with 15 of each the standard
#: error of ln(density) is about a quarter, and one tie more or less moves the insularity by less than that.
LEAST_TIES = 15
#: Share of the people of the departments shown who must be in departments with so many ties for a window to say
#: anything of the organisation: else it speaks of a part of it.
CARRIED = 0.5

#: Measure and department (empty for the organisation).
Key = tuple[str, str]


@dataclass(frozen=True, eq=False)
class View:
    """A network as it is measured.

    Attributes:
        network: persons and ties, departments as they are.
        shown: by row of `network.people`, the department as it may be shown.
        ties: weight of each of `network.dyads` as a tie; None: each is one.
        returned: the part of the volume of each dyad that is answered; None where directions are unknown.
    """

    network: Network
    shown: np.ndarray
    ties: np.ndarray | None = None
    returned: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Measured:
    """A number and its replicates; both are NaN where too few ties stand behind it.

    Attributes:
        value: the number.
        draws: (R,) the same in each replicate of the person bootstrap.
        told: the number that follows from classes of counts between departments; NaN unless it was asked for.
    """

    value: float
    draws: np.ndarray
    told: float = float("nan")


def headline(
    view: View, candidates: Sequence[str], *, replicates: int = 0, seed: int = 0, classes: bool = False
) -> dict[Key, Measured]:
    """E-I index, share of traffic across, modularity, two-way share, and the insularity of each department.

    Args:
        view: the network.
        candidates: departments whose insularity is wanted.
        replicates, seed: of the person bootstrap: the same persons draw the same weights whatever their ties are. None
            are drawn unless asked for.
        classes: also work out what is published of each.

    Returns:
        the same keys whatever the ties are. A department has a value from `LEAST_TIES` ties inside and as many across;
        the organisation where departments with a value hold `CARRIED` of the people of all candidates.
    """
    network, count = view.network, len(view.network.departments)
    layers: dict[str, np.ndarray | None] = {ANY: view.ties, TRAFFIC: network.dyad_volumes}
    if view.returned is not None:
        layers[RETURNED] = view.returned
    grouped = network.regrouped(pd.Series(view.shown, index=network.people.index))
    groups = grouped.membership[np.unique(network.membership, return_index=True)[1]]
    sizes = network.sizes[None].astype(np.float64)
    whole = Replicates(
        sizes,
        sizes**2 - sizes,
        {name: _mixing(network, weight)[None] for name, weight in layers.items()},
        np.zeros((0, count, count)),
    )
    merged = whole.merged(groups, len(grouped.departments))
    thick = _thick(merged.mixing[ANY][0])
    standing = np.isin(grouped.departments, list(candidates))
    values = _overall(whole.mixing)
    missing = Measured(float("nan"), np.full(replicates, np.nan))
    found = dict.fromkeys([*values, *(("insularity", name) for name in candidates)], missing)
    if grouped.sizes[thick & standing].sum() < CARRIED * max(grouped.sizes[standing].sum(), 1):
        return found
    measured = {key: float(value[0]) for key, value in values.items()}
    sigma = insularities(merged.mixing[ANY], merged.within, merged.sizes)[0]
    places = {("insularity", str(grouped.departments[at])): at for at in np.flatnonzero(thick & standing)}
    measured |= {key: float(sigma[at]) for key, at in places.items()}
    told = dict.fromkeys(measured, float("nan"))
    if classes:
        cells = Classes.of(network, grouped, (whole.mixing[ANY][0], merged.mixing[ANY][0]))
        told |= {(name, ""): value for name, value in cells.overall({key[0]: measured[key] for key in values}).items()}
        inward = cells.insularities(merged.within[0], merged.sizes[0])
        told |= {key: float(inward[at]) for key, at in places.items()}
    draws = dict.fromkeys(measured, missing.draws)
    if replicates:
        drawn = resample(network, layers, replicates=replicates, seed=seed)
        draws |= _overall(drawn.mixing)
        again = drawn.merged(groups, len(grouped.departments))
        inside = insularities(again.mixing[ANY], again.within, again.sizes, unseen_ties(again.sizes.shape, seed))
        draws |= {key: inside[:, at] for key, at in places.items()}
    return found | {key: Measured(value, draws[key], told[key]) for key, value in measured.items()}


def _mixing(network: Network, weight: np.ndarray | None) -> np.ndarray:
    """(K, K) of the dyads' weights, what is inside a department counted twice."""
    count = len(network.departments)
    a, b = (network.membership[ends] for ends in network.dyads)
    cells = np.bincount(a * count + b, weight, count * count).reshape(count, count)
    return cells + cells.T


def _thick(mixing: np.ndarray) -> np.ndarray:
    """Which departments have `LEAST_TIES` inside and across, (K,)."""
    inside, across = np.diagonal(mixing) / 2, totals_across(mixing)
    return np.asarray((inside >= LEAST_TIES) & (across >= LEAST_TIES))


def _overall(mixing: Mapping[str, np.ndarray]) -> dict[Key, np.ndarray]:
    """The measures of the organisation from mixing matrices by layer, (R, K, K) each."""
    ties, volume = mixing[ANY], mixing[TRAFFIC]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            ("ei_index", ""): ei_indices(ties),
            ("cross_department_share", ""): (1 + ei_indices(volume)) / 2,
            ("modularity", ""): modularities(ties),
        }
        if RETURNED in mixing:
            found["two_way_share", ""] = mixing[RETURNED].sum(axis=(1, 2)) / volume.sum(axis=(1, 2))
    return found
