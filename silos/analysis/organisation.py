"""The organisation as a whole: estimates with their intervals and null models."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from silos.analysis.background import Effort
from silos.analysis.detected_communities import DetectedCommunities
from silos.analysis.result_protocol import Result, plain
from silos.inference.bootstrap import Replicates
from silos.inference.estimate import NORMAL, Estimate, finite
from silos.inference.permutation import ei_null
from silos.inference.rewiring import Rewired
from silos.measures.affinity import affinities, algebraic_connectivities, by_parts, kirchhoff_index, size_exponent
from silos.measures.basis import department_totals
from silos.measures.insularity import insularity
from silos.measures.mixing import ei_index, ei_indices, modularities, modularity
from silos.network import Network
from silos.plots.drawing import Drawing
from silos.privacy.cells import by_middles
from silos.privacy.gate import Gate
from silos.privacy.suppression import Shown

#: Layers of the bootstrap that the organisation's estimates rest on.
ANY, TRAFFIC, RETURNED = LAYERS = "any", "traffic", "returned"
#: By the number of ties up to which it holds: runs of Leiden, rewired graphs, and those of them whose best modularity
#: is searched for too. The more ties there are, the less their results vary, and the longer each takes.
EFFORT = ((20_000, 10, 20, 3), (50_000, 10, 10, 3), (300_000, 5, 5, 3), (float("inf"), 2, 3, 2))
#: Ties from which it is said whether contacts stay within departments, and whether people form groups: a department of
#: its own takes about as many for a verdict, and of one tie a normal approximation called "inside" beyond chance.
LEAST_TIES = 30

#: Measures without an upper end, which no axis shares with shares and indices.
UNBOUNDED = ("effective_resistance", "algebraic_connectivity")


@dataclass(frozen=True, eq=False)
class Organisation(Result):
    """How inward, how fragmented and how bound the organisation is.

    Attributes:
        estimates: the measures by name; those that were tested have their null model.
        people, departments, ties: how many there are (ties are None in a log of groups); `shown`: departments that
            stand alone.
        placed: people, who changed department once for each that they were in: what all departments have together.
        median_insularity: what departments are judged against; None where it has no value.
        told: by measure, what follows from classes of the ties between departments in place of their exact number.
        thin: whether there are fewer than `LEAST_TIES`, so that no sentence says anything of all of them.
    """

    title: ClassVar[str] = "The organisation"

    estimates: Mapping[str, Estimate]
    people: int
    departments: int
    shown: int
    ties: int | None
    median_insularity: float | None
    told: Mapping[str, float] = field(default_factory=dict)
    thin: bool = False
    placed: int = 0

    @property
    def large(self) -> str:
        """The ending of texts that say of how many departments they are, where not all are large enough for that."""
        return "_large" if self.departments > self.shown else ""

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per measure: value, interval, and its null model where it was tested."""
        columns = ("value", "low", "high", "null_mean", "null_sd", "z", "p")
        rows = {name: {part: getattr(found, part) for part in columns} for name, found in self.estimates.items()}
        return pd.DataFrame.from_dict(rows, orient="index", dtype=np.float64).rename_axis("measure")

    def drawing(self) -> Drawing | None:
        """The shares and indices, each with its interval and its null model."""
        table = self.table.drop(index=list(UNBOUNDED), errors="ignore")
        if not table["value"].notna().any():
            return None
        return Drawing("estimates", {"table": table, "title": "estimates_organisation"})

    def to_dict(self) -> dict[str, Any]:
        """The section `organisation` of the summary."""
        return {
            "people": self.people,
            "departments": self.departments,
            "departments_shown": self.shown,
            "ties": self.ties,
            **{name: estimate.to_dict() for name, estimate in self.estimates.items()},
            "median_insularity": plain(self.median_insularity),
        }


def find_organisation(
    network: Network,
    replicates: Replicates,
    found: DetectedCommunities,
    rewired: Rewired,
    people: pd.DataFrame,
    *,
    shown: Shown,
    median: float | None,
) -> Organisation:
    """How disjoint the organisation is as a whole.

    Args:
        network, replicates, found, rewired: as of `measure`.
        people: as of `Tally`: in the network, who changed department is there once for each.
        shown: which departments may be shown.
        median: what departments are judged against.
    """
    return Organisation(
        estimates=measure(network, replicates, found, rewired),
        people=people["person"].nunique(),
        departments=len(network.departments),
        shown=len(shown.candidates),
        ties=network.ties,
        median_insularity=median,
        told=by_classes(network),
        thin=network.ties < LEAST_TIES,
        placed=len(network),
    )


def measure(
    network: Network, replicates: Replicates, found: DetectedCommunities, rewired: Rewired
) -> dict[str, Estimate]:
    """Organisation-level estimates, departments as they are.

    Args:
        network: all ties.
        replicates: of the same network, with the layers `any`, `traffic` and (directed) `returned`.
        found: communities.
        rewired: modularities of rewired graphs.
    """
    ties, volume = replicates.mixing[ANY], replicates.mixing[TRAFFIC]
    # The best of several runs stands beside single runs on a few graphs: that is no test.
    best = Estimate(found.modularity, null_mean=finite(float(rewired.best.mean())))
    sizes = network.sizes.astype(np.float64)
    mixing = department_totals(network, network.contacts)
    exponent = size_exponent(mixing, sizes)
    point = affinities(mixing, sizes, exponent)

    def bound(mixing: np.ndarray, people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        drawn = affinities(mixing, people, exponent)
        return kirchhoff_index(drawn), algebraic_connectivities(drawn)

    resistance, connectivity = by_parts(bound, ties, replicates.sizes)
    # Without any tie across, affinities have no scale.
    joined = mixing.sum() > np.trace(mixing)
    sigma = insularity(network).to_numpy()
    known = np.isfinite(sigma)
    result = {
        "ei_index": Estimate.of(ei_index(network), ei_indices(ties), null=ei_null(network)),
        "ei_index_volume": Estimate.of(
            ei_index(network, by="volume"), ei_indices(volume), null=ei_null(network, by="volume")
        ),
        "cross_department_share": Estimate.of((1 + ei_index(network, by="volume")) / 2, (1 + ei_indices(volume)) / 2),
        "modularity": Estimate.of(
            modularity(network),
            modularities(ties),
            null=(float(rewired.departments.mean()), float(rewired.departments.std(ddof=1))),
            drawn=len(rewired.departments),
        ),
        "modularity_volume": Estimate.of(modularity(network, by="volume"), modularities(volume)),
        "modularity_best": best,
        "department_community_ami": found.agreement["ami"],
        "community_homogeneity": found.agreement["homogeneity"],
        "community_completeness": found.agreement["completeness"],
        **_two_way(network, replicates),
        "effective_resistance": _around(float(kirchhoff_index(point)) if joined else np.nan, resistance),
        "algebraic_connectivity": _around(float(algebraic_connectivities(point)) if joined else np.nan, connectivity),
    }
    if known.sum() > 2 and np.ptp(sizes[known]) > 0 and np.ptp(sigma[known]) > 0:
        inward, size = pd.Series(sigma[known]).rank(), pd.Series(sizes[known]).rank()
        result["size_correlation"] = Estimate.of(float(inward.corr(size)))
    else:
        result["size_correlation"] = Estimate(None)
    return result


def by_classes(network: Network) -> dict[str, float]:
    """How bound the organisation is by the middles of the classes of its ties: what is published of it.

    By exact ones, two digits of it are an equation for them, which of three departments leaves few solutions.

    Args:
        network: all ties, departments as they are.
    """
    mixing, sizes = department_totals(network, network.contacts), network.sizes.astype(np.float64)
    if mixing.sum() <= np.trace(mixing):
        return {}
    cells = by_middles(mixing, Gate())
    conductance = affinities(cells, sizes, size_exponent(cells, sizes))
    return {
        "effective_resistance": float(kirchhoff_index(conductance)),
        "algebraic_connectivity": float(algebraic_connectivities(conductance)),
    }


def effort(network: Network, seed: int) -> Effort:
    """How much is sought in a network of so many ties."""
    runs, samples, searched = next(numbers for ties, *numbers in EFFORT if network.ties <= ties)
    return Effort(runs, samples, searched, seed)


def _around(value: float, draws: np.ndarray) -> Estimate:
    """A positive number with value · e^{±1.96 sd(ln draws)} as its interval.

    Drawing people makes every affinity noisier, and the whole harder to get through: percentiles of the replicates lie
    beside the value. About it they are wide enough, for planted organisations wider than need be.
    """
    if not np.isfinite(value) or value <= 0:
        return Estimate(finite(value))
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.exp(NORMAL * np.log(draws).std(ddof=1))
    return Estimate(value, finite(value / reach), finite(value * reach))


def _two_way(network: Network, replicates: Replicates) -> dict[str, Estimate]:
    """Σ min(a_ij, a_ji)/W, overall, within and across departments; nothing where no direction is known."""
    if not network.directed:
        return dict.fromkeys(("two_way_share", "two_way_share_within", "two_way_share_across"), Estimate(None))
    returned = returned_volume(network)
    i, j = network.dyads
    total = network.dyad_volumes
    inside = network.membership[i] == network.membership[j]
    draws = replicates.mixing[RETURNED], replicates.mixing[TRAFFIC]
    diagonal = [np.trace(values, axis1=-2, axis2=-1) for values in draws]
    whole = [values.sum(axis=(-2, -1)) for values in draws]

    def share(mask: np.ndarray, part: list[np.ndarray]) -> Estimate:
        if total[mask].sum() == 0:
            return Estimate(None)
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = part[0] / part[1]
        return Estimate.of(float(returned[mask].sum() / total[mask].sum()), spread)

    return {
        "two_way_share": share(np.ones(len(i), dtype=bool), whole),
        "two_way_share_within": share(inside, diagonal),
        "two_way_share_across": share(~inside, [whole[0] - diagonal[0], whole[1] - diagonal[1]]),
    }


def returned_volume(network: Network) -> np.ndarray:
    """2 min(a_ij, a_ji) for each dyad of `network.dyads`: the part of its volume that is answered."""
    return np.asarray(2 * np.minimum(*network.dyad_arcs))
