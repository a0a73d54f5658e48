"""How a person's contacts are spread over the departments."""

from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse

from silos.measures.basis import BASES, By, arcs, quotient, same_department, symmetric
from silos.measures.diversity import entropies
from silos.measures.registry import measure
from silos.network import Network
from silos.system.arguments import one_of

Direction = Literal["both", "out", "in"]
DIRECTIONS: tuple[Direction, ...] = ("both", "out", "in")


def _contact(network: Network, by: By, direction: Direction) -> sparse.csr_array:
    """Rows: persons, columns: their contacts; summed both ways, sent, or received."""
    one_of(by, BASES, "by")
    if one_of(direction, DIRECTIONS, "direction") == "both":
        return symmetric(network, by)
    sent = arcs(network, by)
    return sent if direction == "out" else sparse.csr_array(sent.T)


def _squares(matrix: sparse.csr_array, power: int = 2) -> np.ndarray:
    return np.asarray(matrix.power(power).sum(axis=1)).ravel()


def _strength(matrix: sparse.csr_array) -> np.ndarray:
    return np.asarray(matrix.sum(axis=1)).ravel()


@measure(
    levels=("person",),
    directed=True,
    weighted=True,
    range="[0, 1)",
    high="contacts spread evenly over many departments",
    low="all contacts in one department (own or other)",
    source="Guimerà & Amaral 2005",
)
def participation(network: Network, *, by: By = "ties", direction: Direction = "both") -> pd.Series:
    """Participation coefficient: P_i = 1 − Σ_a (k_ia / k_i)², k_ia what passes between i and department a.

    Equal to the Brain Connectivity Toolbox's `participation_coef` (there 0 for a person without ties). In a small
    department all contacts are soon elsewhere, and few contacts reach few departments: `participation_corrected`
    compares with chance.

    Args:
        network: persons and ties.
        by: `ties` or `volume`.
        direction: `both` (0/1 contacts, or weights summed), `out` (sent) or `in` (received).

    Returns:
        Series by person in [0, 1 − 1/K]; NaN for a person without ties.

    Raises:
        SilosError: an unknown `by` or direction.

    Source:
        R. Guimerà, L. A. N. Amaral (2005), Functional cartography of complex metabolic networks, Nature 433.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.Graph([("ann", "bob"), ("ann", "cleo")])
        >>> graph.add_node("dan")
        >>> nx.set_node_attributes(graph, {"ann": "HR", "bob": "HR", "cleo": "IT", "dan": "IT"}, "department")
        >>> participation(Network.from_networkx(graph)).to_dict()
        {'ann': 0.5, 'bob': 0.0, 'cleo': 0.0, 'dan': nan}
    """
    contact = _contact(network, by, direction)
    concentration = quotient(_squares(sparse.csr_array(contact @ network.indicator)), _strength(contact) ** 2)
    return pd.Series(1 - concentration, index=network.people.index, name="participation")


@measure(
    levels=("person",),
    directed=True,
    weighted=True,
    range="expectation, sd: [0, 1]; z: (-∞, ∞)",
    high="(z) contacts spread wider than if departments were assigned at random",
    low="(z) contacts are concentrated in few departments",
    source="Guimerà & Amaral 2005; exact label permutation",
)
def participation_corrected(network: Network, *, by: By = "ties", direction: Direction = "both") -> pd.DataFrame:
    """Participation against random departments: free of department sizes and of the number of contacts.

    The ties stay and the departments are shuffled among all people, sizes kept. With q = k_ij/k_i the shares of
    i's contacts and P = 1 − Σ_jl q_j q_l [j, l in one department], the mean over all permutations is
    (1 − Σq²)(1 − p₂) and the variance that of the sum over pairs in `silos.inference.permutation.ei_null`, with
    p₂ the chance that two people are of one department: no shuffles are drawn, and the result has no random error.

    Args:
        network: persons and ties.
        by: `ties` or `volume`.
        direction: `both`, `out` or `in`.

    Returns:
        DataFrame by person: participation, expectation, sd, z; NaN for a person without ties, z also for one whose
        participation cannot vary (a single contact, a single department).

    Raises:
        SilosError: an unknown `by` or direction.

    Source:
        R. Guimerà, L. A. N. Amaral (2005), Functional cartography of complex metabolic networks, Nature 433, for the
        coefficient; its moments under permutation are exact.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.Graph([("ann", "bob"), ("ann", "cleo")])
        >>> graph.add_node("dan")
        >>> nx.set_node_attributes(graph, {"ann": "HR", "bob": "HR", "cleo": "IT", "dan": "IT"}, "department")
        >>> participation_corrected(Network.from_networkx(graph)).loc["ann"].round(4).to_dict()
        {'participation': 0.5, 'expectation': 0.3333, 'sd': 0.2357, 'z': 0.7071}
    """
    observed = participation(network, by=by, direction=direction)
    contact = _contact(network, by, direction)
    strength = _strength(contact)
    s2, s3, s4 = (quotient(_squares(contact, power), strength**power) for power in (2, 3, 4))
    p2, p3, p22 = same_department(network.sizes)
    # S = Σ_{j<l} q_j q_l [same]: the weights of its pairs add up to w, their squares to squares, those of the sums of
    # pairs with one person in common to shares
    w, squares, shares = (1 - s2) / 2, (s2**2 - s4) / 2, s2 - 2 * s3 + s4
    second = squares * p2 + (shares - 2 * squares) * p3 + (w**2 + squares - shares) * p22
    variance = 4 * (second - (w * p2) ** 2)
    # what is left of rounding is no spread
    sd = np.sqrt(np.where(variance > 1e-14, variance, np.where(np.isnan(variance), np.nan, 0.0)))
    expectation = (1 - s2) - 2 * w * p2
    return pd.DataFrame(
        {
            "participation": observed,
            "expectation": expectation,
            "sd": sd,
            "z": quotient(observed.to_numpy() - expectation, sd),
        }
    )


@measure(
    levels=("person",),
    directed=False,
    weighted=True,
    range="(-∞, ∞)",
    high="a hub of the own department",
    low="at the margin of the own department",
    source="Guimerà & Amaral 2005",
)
def within_module_z(network: Network, *, by: By = "ties") -> pd.Series:
    """Within-module z: z_i = (k_i,own − mean) / sd of what passes between a person and the own department.

    Mean and population standard deviation are over the people of the department, those without ties included (as in
    bctpy's `module_degree_zscore`; the original toolbox takes the sample standard deviation).

    Args:
        network: persons and ties; both directions are summed.
        by: `ties` or `volume`.

    Returns:
        Series by person; 0 where all people of a department have the same.

    Raises:
        SilosError: an unknown `by`.

    Source:
        R. Guimerà, L. A. N. Amaral (2005), Functional cartography of complex metabolic networks, Nature 433.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.Graph([("ann", "bob"), ("ann", "cleo")])
        >>> graph.add_node("dan")
        >>> nx.set_node_attributes(graph, {"ann": "HR", "bob": "HR", "cleo": "HR", "dan": "IT"}, "department")
        >>> within_module_z(Network.from_networkx(graph)).round(3).to_dict()
        {'ann': 1.414, 'bob': -0.707, 'cleo': -0.707, 'dan': 0.0}
    """
    matrix = symmetric(network, by)
    members, sizes = network.membership, network.sizes
    row = np.repeat(np.arange(len(network)), np.diff(matrix.indptr))
    own = members[row] == members[matrix.indices]
    inside = np.bincount(row[own], weights=matrix.data[own], minlength=len(network))
    mean = np.bincount(members, weights=inside, minlength=len(sizes)) / np.maximum(sizes, 1)
    distance = inside - mean[members]
    spread = np.sqrt(np.bincount(members, weights=distance**2, minlength=len(sizes)) / np.maximum(sizes, 1))
    # equal weights may differ in the last digit of their sums
    alike = spread <= 1e-12 * np.maximum(mean, 1e-300)
    z = np.where(alike[members], 0.0, distance / np.where(alike, 1.0, spread)[members])
    return pd.Series(z, index=network.people.index, name="within_module_z")


@measure(
    levels=("person",),
    directed=True,
    weighted=True,
    range="[0, 1]",
    high="contacts across spread evenly over all other departments",
    low="all contacts across are with one department",
    source="Shannon 1948; Eagle, Macy & Claxton 2010 (diversity)",
)
def cross_department_entropy(
    network: Network, *, by: By = "ties", direction: Direction = "both", own: bool = False
) -> pd.Series:
    """Normalised entropy of a person's ties across departments: −Σ_a q_a ln q_a / ln(K − 1), a ≠ own department.

    Args:
        network: persons and ties.
        by: `ties` or `volume`.
        direction: `both`, `out` or `in`.
        own: count the own department among the others: −Σ_a q_a ln q_a / ln K over all departments, the Brain
            Connectivity Toolbox's `diversity_coef`.

    Returns:
        Series by person in [0, 1]; NaN for a person without ties across (with `own`: without ties), and for all people
        where there is no choice: fewer than three departments (with `own`: two).

    Raises:
        SilosError: an unknown `by` or direction.

    Source:
        N. Eagle, M. Macy, R. Claxton (2010), Network diversity and economic development, Science 328.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.Graph([("ann", "bob"), ("ann", "cleo"), ("bob", "cleo"), ("ann", "dan")])
        >>> departments = {"ann": "HR", "bob": "IT", "cleo": "Law", "dan": "HR"}
        >>> nx.set_node_attributes(graph, departments, "department")
        >>> cross_department_entropy(Network.from_networkx(graph)).to_dict()
        {'ann': 1.0, 'bob': 1.0, 'cleo': 1.0, 'dan': nan}
    """
    spread = sparse.csr_array(_contact(network, by, direction) @ network.indicator)
    if not own:
        spread = spread - spread.multiply(network.indicator)
        spread.eliminate_zeros()
    choices = len(network.departments) - (not own)
    total = _strength(sparse.csr_array(spread))
    row = np.repeat(np.arange(len(network)), np.diff(spread.indptr))
    entropy = entropies(spread.data, group=row, groups=len(network))
    known = (total > 0) & (choices > 1)
    values = np.where(known, entropy / (np.log(choices) if choices > 1 else 1.0), np.nan)
    return pd.Series(np.minimum(values, 1.0), index=network.people.index, name="cross_department_entropy")


@measure(
    levels=("person", "department"),
    directed=False,
    weighted=False,
    range="0, 1, 2, ...; share [0, 1]",
    high="in contact with many people and departments",
    low="in contact with few",
    source="degree by department",
)
def reach(network: Network, *, level: Literal["person", "department"] = "person") -> pd.DataFrame:
    """Reach: how many people and other departments a person, or the people of a department, are in contact with.

    Args:
        network: persons and ties; direction and weight do not matter.
        level: `person` or `department`.

    Returns:
        DataFrame by person or department with the columns `people` (distinct contacts; of a department: contacts of
        any of its people), `people_across` (those of other departments), `departments` (other departments among them)
        and `departments_share` (of all other departments; NaN where there is none).

    Raises:
        SilosError: an unknown level.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.Graph([("ann", "bob"), ("ann", "cleo"), ("bob", "cleo")])
        >>> graph.add_node("dan")
        >>> nx.set_node_attributes(graph, {"ann": "HR", "bob": "HR", "cleo": "IT", "dan": "Law"}, "department")
        >>> reach(Network.from_networkx(graph), level="department")
                    people  people_across  departments  departments_share
        department
        HR               3              1            1                0.5
        IT               2              2            1                0.5
        Law              0              0            0                0.0
    """
    one_of(level, ("person", "department"), "level")
    units, own = (
        (network.contacts, network.indicator)
        if level == "person"
        else (
            sparse.csr_array(network.indicator.T @ network.contacts),
            sparse.eye_array(len(network.departments), format="csr"),
        )
    )
    known = sparse.csr_array((np.ones_like(units.data), units.indices, units.indptr), shape=units.shape)
    by_department = sparse.csr_array(known @ network.indicator)
    inside = sparse.csr_array(by_department.multiply(own))
    people = np.diff(known.indptr)
    departments = np.diff(by_department.indptr) - np.diff(inside.indptr)
    others = len(network.departments) - 1
    return pd.DataFrame(
        {
            "people": people,
            "people_across": people - _strength(inside).astype(np.int64),
            "departments": departments,
            "departments_share": quotient(departments, np.full(len(departments), others)),
        },
        index=network.people.index if level == "person" else network.departments,
    ).astype({"people": np.int64, "people_across": np.int64, "departments": np.int64})
