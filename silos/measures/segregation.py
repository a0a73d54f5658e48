"""Standard segregation indices of the mixing of departments, by their published formulas."""

import numpy as np
import pandas as pd
from scipy import sparse

from silos.measures.basis import By, arcs, department_totals, quotient, ratio, symmetric, totals_across
from silos.measures.registry import measure
from silos.network import Network


def _pairs(network: Network) -> tuple[np.ndarray, np.ndarray]:
    """Ordered pairs of two persons within each department, and with one person in it, (K,) each."""
    sizes = network.sizes.astype(np.float64)
    return sizes * (sizes - 1), sizes * (sizes.sum() - sizes)


@measure(
    levels=("department",),
    directed=True,
    weighted=True,
    range="[-1, 1]",
    high="its people choose one another beyond chance",
    low="its people choose outsiders beyond chance",
    source="Coleman 1958",
)
def coleman_homophily(network: Network, *, by: By = "ties") -> pd.Series:
    """Coleman's homophily index of each department.

    With M_a what people of a send and M_aa what of it stays inside, e = M_a (n_a − 1)/(N − 1) would stay by chance:
    (M_aa − e)/(M_a − e) if M_aa > e, (M_aa − e)/e otherwise. The exact form; Coleman's paper approximates
    (n_a − 1)/(N − 1) by n_a/N. Observed homophily: it says nothing of causes.

    Args:
        network: persons and ties.
        by: `ties` (0/1 arcs; an undirected tie is one from each end) or `volume` (weights of arcs).

    Returns:
        Series by department; NaN for a department that sends nothing, of one person, or that is the whole organisation.

    Raises:
        SilosError: an unknown `by`.

    Source:
        J. S. Coleman (1958), Relational analysis, Human Organization 17.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.DiGraph([("ann", "bob"), ("bob", "ann"), ("cleo", "bob")])
        >>> graph.add_node("dan")
        >>> nx.set_node_attributes(graph, {"ann": "HR", "bob": "HR", "cleo": "IT", "dan": "IT"}, "department")
        >>> coleman_homophily(Network.from_networkx(graph)).to_dict()
        {'HR': 1.0, 'IT': -1.0}
        >>> nx.set_node_attributes(graph, "HR", "department")
        >>> coleman_homophily(Network.from_networkx(graph)).to_dict()
        {'HR': nan}
    """
    mixing = department_totals(network, arcs(network, by))
    sent, inside = mixing.sum(axis=1), np.diag(mixing)
    chance = sent * quotient(network.sizes - 1, np.full(len(sent), len(network) - 1))
    room = np.where(inside > chance, sent - chance, chance)
    # nobody to choose but insiders
    room[network.sizes == len(network)] = 0
    values = quotient(inside - chance, room)
    return pd.Series(values, index=network.departments, name="coleman_homophily")


@measure(
    levels=("organisation",),
    directed=False,
    weighted=True,
    range="(-∞, 1]",
    high="hardly any tie crosses departments",
    low="at 0 as many cross as by chance, below 0 more",
    source="Freeman 1978",
)
def freeman_segregation(network: Network, *, by: By = "ties") -> float:
    """Freeman's segregation index: 1 − X / E[X], X the ties across departments, E[X] those of random mixing.

    E[X] = T · (pairs of persons of two departments) / (all pairs), T all ties. Freeman sets it to 0 where more ties
    cross than by chance; here it is negative then.

    Args:
        network: persons and ties.
        by: `ties` (0/1 contacts) or `volume` (weights of both directions).

    Returns:
        A float; NaN without ties or with a single department.

    Raises:
        SilosError: an unknown `by`.

    Source:
        L. C. Freeman (1978), Segregation in social networks, Sociological Methods & Research 6.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.complete_graph(4)
        >>> nx.set_node_attributes(graph, {0: "HR", 1: "HR", 2: "IT", 3: "IT"}, "department")
        >>> freeman_segregation(Network.from_networkx(graph))
        0.0
        >>> nx.set_node_attributes(graph, "HR", "department")
        >>> freeman_segregation(Network.from_networkx(graph))
        nan
    """
    mixing = department_totals(network, symmetric(network, by))
    total = float(mixing.sum())
    within, across = _pairs(network)
    expected = total * ratio(across.sum(), within.sum() + across.sum())
    return 1 - ratio(total - float(np.trace(mixing)), expected)


@measure(
    levels=("organisation",),
    directed=True,
    weighted=False,
    range="[0, ∞]",
    high="the odds of a tie within are that many times those across",
    low="below 1: ties across are likelier",
    source="Moody 2001",
)
def odds_ratio_within_group(network: Network) -> float:
    """ORWG: the odds of a tie within departments over the odds of one across.

    (ties within · non-ties across) / (non-ties within · ties across), over ordered pairs of persons and 0/1 arcs; of an
    undirected network the same by unordered pairs.

    Args:
        network: persons and ties; weight does not matter.

    Returns:
        A float, infinite if no tie crosses or none is missing within; NaN where it is 0/0: no ties, one department.

    Source:
        J. Moody (2001), Race, school integration, and friendship segregation in America, American Journal of
        Sociology 107.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.DiGraph([(1, 2), (1, 3), (2, 4), (3, 4), (3, 1), (4, 2)])
        >>> nx.set_node_attributes(graph, {1: "HR", 2: "HR", 3: "IT", 4: "IT"}, "department")
        >>> odds_ratio_within_group(Network.from_networkx(graph))
        1.0
        >>> graph.clear_edges()
        >>> odds_ratio_within_group(Network.from_networkx(graph))
        nan
    """
    mixing = department_totals(network, arcs(network, "ties"))
    ties_within = float(np.trace(mixing))
    ties_across = float(mixing.sum()) - ties_within
    within, across = (float(pairs.sum()) for pairs in _pairs(network))
    for_within = ties_within * (across - ties_across)
    for_across = ties_across * (within - ties_within)
    if for_across == 0:
        return float("inf") if for_within > 0 else float("nan")
    return for_within / for_across


@measure(
    levels=("department",),
    directed=True,
    weighted=True,
    range="[-1, 1]",
    high="density inside far above that to outsiders",
    low="its people send to outsiders rather than insiders",
    source="Fershtman 1997",
)
def segregation_matrix_index(network: Network, *, by: By = "ties") -> pd.Series:
    """Segregation matrix index: (d_in − d_out) / (d_in + d_out) of each department.

    d_in = M_aa / (n_a(n_a − 1)) the density of arcs inside, d_out = (M_a − M_aa) / (n_a(N − n_a)) of those it sends.
    On a directed network netseg's `smi` takes d_out of the first department for both; this takes each one's own.

    Args:
        network: persons and ties.
        by: `ties` (0/1 arcs) or `volume` (weights of arcs).

    Returns:
        Series by department; NaN for a department that sends nothing, of one person, or that is the whole organisation.

    Raises:
        SilosError: an unknown `by`.

    Source:
        M. Fershtman (1997), Cohesive group detection in a social network by the segregation matrix index, Social
        Networks 19.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.DiGraph([("ann", "bob"), ("ann", "cleo"), ("cleo", "dan")])
        >>> nx.set_node_attributes(graph, {"ann": "HR", "bob": "HR", "cleo": "IT", "dan": "IT"}, "department")
        >>> segregation_matrix_index(Network.from_networkx(graph)).round(4).to_dict()
        {'HR': 0.3333, 'IT': 1.0}
        >>> nx.set_node_attributes(graph, "HR", "department")
        >>> segregation_matrix_index(Network.from_networkx(graph)).to_dict()
        {'HR': nan}
    """
    mixing = department_totals(network, arcs(network, by))
    inside = np.diag(mixing)
    within, across = _pairs(network)
    dense, sparse_out = quotient(inside, within), quotient(totals_across(mixing), across)
    return pd.Series(
        quotient(dense - sparse_out, dense + sparse_out), index=network.departments, name="segregation_matrix_index"
    )


@measure(
    levels=("organisation",),
    directed=True,
    weighted=True,
    range="[-1/(K − 1), 1]",
    high="each department keeps to itself",
    low="ties go to other departments; 0 where the share kept inside is 1/K",
    source="Gupta, Anderson & May 1989",
)
def gupta_anderson_may(network: Network, *, by: By = "ties") -> float:
    """Gupta, Anderson and May's Q: (Σ_a M_aa/M_a − 1) / (K − 1), the share kept inside averaged over departments.

    M_a is what people of a send; every department counts alike, whatever its size. Departments that send nothing are
    left out of Σ and of K.

    Args:
        network: persons and ties.
        by: `ties` (0/1 arcs; an undirected tie is one from each end) or `volume` (weights of arcs).

    Returns:
        A float; NaN with fewer than two departments that have ties.

    Raises:
        SilosError: an unknown `by`.

    Source:
        S. Gupta, R. M. Anderson, R. M. May (1989), Networks of sexual contacts: implications for the pattern of spread
        of HIV, AIDS 3.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.Graph([("ann", "bob"), ("bob", "cleo"), ("cleo", "dan")])
        >>> nx.set_node_attributes(graph, {"ann": "HR", "bob": "HR", "cleo": "IT", "dan": "IT"}, "department")
        >>> round(gupta_anderson_may(Network.from_networkx(graph)), 4)
        0.3333
        >>> nx.set_node_attributes(graph, "HR", "department")
        >>> gupta_anderson_may(Network.from_networkx(graph))
        nan
    """
    mixing = department_totals(network, arcs(network, by))
    sent = mixing.sum(axis=1)
    kept = np.diag(mixing)[sent > 0] / sent[sent > 0]
    return ratio(float(kept.sum()) - 1, len(kept) - 1)


@measure(
    levels=("organisation",),
    directed=True,
    weighted=True,
    range="[-1, 1]",
    high="contacts are of one department",
    low="at 0 contacts are as by chance given who is how active, below 0 across departments",
    source="Newman 2003",
)
def assortativity(network: Network, *, weighted: bool = False, directed: bool = False) -> float:
    """Newman's assortativity of departments: r = (tr e − Σ_a s_a r_a) / (1 − Σ_a s_a r_a), e = M/ΣM.

    s and r are the shares that departments send and receive. `directed=True` is networkx's
    `attribute_assortativity_coefficient` and igraph's `assortativity_nominal` on a directed graph; `directed=False`
    makes M symmetric (M + Mᵀ) first, as netseg's `assort` does. The two differ where departments send more than they
    receive, even in sign. On an undirected network they are the same.

    Args:
        network: persons and ties.
        weighted: weights of arcs instead of 0/1 arcs.
        directed: keep who sends and who receives apart.

    Returns:
        A float; NaN without ties, or if all ties are of one department.

    Source:
        M. E. J. Newman (2003), Mixing patterns in networks, Physical Review E 67.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.Graph([("ann", "bob"), ("bob", "cleo"), ("cleo", "dan")])
        >>> nx.set_node_attributes(graph, {"ann": "HR", "bob": "HR", "cleo": "IT", "dan": "IT"}, "department")
        >>> round(assortativity(Network.from_networkx(graph)), 4)
        0.3333
        >>> nx.set_node_attributes(graph, "HR", "department")
        >>> assortativity(Network.from_networkx(graph))
        nan
    """
    mixing = department_totals(network, arcs(network, "volume" if weighted else "ties"))
    if not directed:
        mixing = mixing + mixing.T
    total = float(mixing.sum())
    # in units of ΣM, as 1 − Σ s_a r_a must be 0 exactly where all ties are of one department
    chance = float(mixing.sum(axis=1) @ mixing.sum(axis=0))
    return ratio(float(np.trace(mixing)) * total - chance, total * total - chance)


@measure(
    levels=("department",),
    directed=False,
    weighted=True,
    range="[0, 1]",
    high="most of its contact crosses its border",
    low="a silo seen from outside: hardly any contact crosses its border",
    source="Kannan, Vempala & Vetta 2004",
)
def conductance(network: Network, *, by: By = "ties") -> pd.Series:
    """Conductance of each department's border: cut / min(contact of its people, contact of all others).

    On the symmetric network: cut is what passes between the department and the rest, contact the sum of degrees
    (`ties`) or strengths (`volume`).

    Args:
        network: persons and ties.
        by: `ties` (0/1 contacts) or `volume` (weights of both directions).

    Returns:
        Series by department; NaN where the department, or the rest of the organisation, has no tie.

    Raises:
        SilosError: an unknown `by`.

    Source:
        R. Kannan, S. Vempala, A. Vetta (2004), On clusterings: good, bad and spectral, Journal of the ACM 51.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.Graph([("ann", "bob"), ("bob", "cleo"), ("cleo", "dan")])
        >>> departments = {"ann": "HR", "bob": "HR", "cleo": "IT", "dan": "IT", "eve": "Law"}
        >>> graph.add_node("eve")
        >>> nx.set_node_attributes(graph, departments, "department")
        >>> conductance(Network.from_networkx(graph)).round(4).to_dict()
        {'HR': 0.3333, 'IT': 0.3333, 'Law': nan}
    """
    matrix: sparse.csr_array = symmetric(network, by)
    mixing = department_totals(network, matrix)
    contact = mixing.sum(axis=1)
    cut = totals_across(mixing)
    rest = mixing.sum() - contact
    return pd.Series(quotient(cut, np.minimum(contact, rest)), index=network.departments, name="conductance")
