"""How many members of a department hold its ties to the others, effectively, and between which bounds."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from silos.inference.bootstrap import BESIDE
from silos.measures.diversity import effective_number
from silos.network import Network
from silos.system.threads import two_at_a_time

#: Draws of the shares of a department's people in its ties across.
DRAWS = 500


@dataclass(frozen=True, eq=False)
class Spanners:
    """The members who hold a department's ties across; each array is (K,).

    Attributes:
        ties: ends of ties across: a tie between two departments counts once for each.
        effective: the effective number of members that hold them; a bridge of one person shows as about 1.
        low, high: 95 % interval of that; NaN for a department without any.
    """

    ties: np.ndarray
    effective: np.ndarray
    low: np.ndarray
    high: np.ndarray


def external_ties(network: Network) -> np.ndarray:
    """The ties of each person to other departments, (N,)."""
    i, j = network.dyads
    across = network.membership[i] != network.membership[j]
    return np.bincount(np.r_[i[across], j[across]], minlength=len(network)).astype(np.float64)


def effective_spanners(network: Network) -> np.ndarray:
    """How many members hold the ties of each department to the others, effectively, (K,).

    exp(entropy of their shares in these ties). A bridge of one person shows as about 1.
    """
    return effective_number(external_ties(network), group=network.membership, groups=len(network.departments))


def spanners(network: Network, seed: int = 0) -> Spanners:
    """The effective number of members who hold the ties of each department to the others, with its interval.

    Few ties show few members, however many would turn up in a longer log. So the shares p of the n members of a
    department that has d_i ties by member i are drawn from Dirichlet(d_i + 1/n) (Perks 1947: a prior that weighs one
    tie, whatever n), and the interval holds the middle 95 % of exp(entropy of p).
    """
    count = len(network.departments)
    external = external_ties(network)

    def draw(place: int) -> np.ndarray:
        degrees = external[network.membership == place]
        if not degrees.sum():
            return np.full(2, np.nan)
        rng = np.random.default_rng([seed, 4, place])
        drawn = rng.standard_gamma(degrees + 1 / len(degrees), size=(DRAWS, len(degrees)))
        return np.quantile(effective_number(drawn), [0.025, 0.975])

    # Departments are nothing to each other.
    ends = list((two_at_a_time if len(network) >= BESIDE else map)(draw, range(count)))
    low, high = np.reshape(ends, (count, 2)).T
    totals = np.bincount(network.membership, weights=external, minlength=count)
    return Spanners(totals, effective_spanners(network), low, high)


def busiest_member(network: Network, department: str) -> np.ndarray:
    """Who of a department holds most of its ties across, (N,) bool."""
    place = network.departments.get_loc(department)
    external = np.where(network.membership == place, external_ties(network), -1.0)
    return np.asarray(np.arange(len(network)) == int(np.argmax(external)))


def only_people(network: Network, stay: np.ndarray) -> Network:
    """The people in `stay`, (N,) bool, and the ties between them: a department that nobody is left of is gone."""
    if stay.all():
        return network
    places = np.flatnonzero(stay)
    adjacency = sparse.csr_array(network.adjacency[places][:, places])
    return Network(network.people[stay], adjacency, network.directed, network.layer)


def without_people(network: Network, gone: np.ndarray) -> Network:
    """The same people, without the ties of those in `gone`, (N,) bool."""
    if not gone.any():
        return network
    stays = sparse.diags_array((~gone).astype(np.float64), format="csr")
    adjacency = sparse.csr_array(stays @ network.adjacency @ stays)
    return Network(network.people, adjacency, network.directed, network.layer)
