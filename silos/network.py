"""The person network of one period and layer, and its department graph."""

import reprlib
from collections.abc import Hashable
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from scipy import sparse

from silos.errors import ColumnError, SilosError

if TYPE_CHECKING:
    import networkx as nx

DEPARTMENT = "department"
#: Weights between which measures can square and multiply them: beyond, doubles overflow, or round to zero.
LIGHTEST, HEAVIEST = 1e-75, 1e75


@dataclass(frozen=True, eq=False)
class Network:
    """Persons, their departments and the ties among them: frozen, sparse inside, networkx outside.

    Attributes:
        people: one row per person, in the order of the rows of `adjacency`; the index holds the person's id and is
            unique, the column `department` the unit. Persons without any tie belong here: they count in densities.
        adjacency: N x N, entry (i, j) the weight of what i sent to j; non-negative, empty diagonal. An undirected
            network holds each tie in both places.
        directed: False where the log knows no sender (contacts).
        layer: which ties these are (`any`, `two-way`, `substantive`, ...), for labels.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.Graph([("ann", "bob"), ("bob", "cleo")])
        >>> nx.set_node_attributes(graph, {"ann": "HR", "bob": "HR", "cleo": "IT"}, "department")
        >>> network = Network.from_networkx(graph)
        >>> network
        Network(3 people, 2 departments, 2 ties, undirected, layer 'any')
        >>> network.to_networkx("department").edges["HR", "IT"]["ties"]
        1
    """

    people: pd.DataFrame
    adjacency: sparse.csr_array
    directed: bool = True
    layer: str = "any"

    def __post_init__(self) -> None:
        count = len(self.people)
        self._check_people()
        if np.shape(self.adjacency) != (count, count):
            shape = " x ".join(map(str, np.shape(self.adjacency))) or type(self.adjacency).__name__
            raise SilosError(f"{count} people need a {count} x {count} matrix of ties, not {shape}.")
        clean = sparse.csr_array(self.adjacency, dtype=np.float64, copy=True)
        clean.setdiag(0)
        clean.eliminate_zeros()
        clean.sort_indices()
        if clean.nnz and not (clean.data.min() >= 0 and np.isfinite(clean.data).all()):
            raise SilosError("the weight of a tie is a finite number, zero or more.")
        if clean.nnz and (clean.data.min() < LIGHTEST or clean.data.max() > HEAVIEST):
            raise SilosError(
                f"the weights of the ties are between {clean.data.min():g} and {clean.data.max():g}, and measures "
                f"compute with weights from {LIGHTEST:g} to {HEAVIEST:g}. Multiply all of them by one number."
            )
        if not (self.directed or _symmetric(clean)):
            raise SilosError(
                "an undirected network holds each tie in both places, with one weight, and this matrix of ties is not "
                "symmetric. Add what is on the other side (A + Aᵀ), or say directed=True."
            )
        object.__setattr__(self, "adjacency", clean)

    def _check_people(self) -> None:
        count = len(self.people)
        if DEPARTMENT not in self.people.columns:
            raise ColumnError.unknown(DEPARTMENT, found=map(str, self.people.columns), where="the table of people")
        if not self.people.index.is_unique:
            twice = self.people.index[self.people.index.duplicated()][0]
            raise SilosError(f"a person is listed twice in the table of people: {twice!r}.")
        if self.people[DEPARTMENT].isna().any():
            raise SilosError(
                f"{int(self.people[DEPARTMENT].isna().sum())} of {count} people have no department. "
                "Leave them out, or give them a department of their own."
            )
        try:
            self.people[DEPARTMENT].nunique()
        except TypeError:
            raise SilosError(
                "a department is named by one value, such as a text or a number, and not by a list, a set or a dict."
            ) from None

    # ---- departments

    @cached_property
    def departments(self) -> pd.Index:
        """The K departments, sorted (as text where they are of several types)."""
        names = list(pd.unique(self.people[DEPARTMENT]))
        try:
            names.sort()
        except TypeError:
            names.sort(key=str)
        # A name may be a tuple, and is one name all the same.
        return pd.Index(names, name=DEPARTMENT, tupleize_cols=False)

    @cached_property
    def membership(self) -> np.ndarray:
        """For each person the position of the department in `departments`, (N,) int."""
        return np.asarray(self.departments.get_indexer(self.people[DEPARTMENT]), dtype=np.intp)

    @cached_property
    def sizes(self) -> np.ndarray:
        """People per department, (K,) int."""
        return np.bincount(self.membership, minlength=len(self.departments))

    @cached_property
    def indicator(self) -> sparse.csr_array:
        """H: N x K, 1 where the person is in the department."""
        count = len(self.people)
        return sparse.csr_array(
            (np.ones(count), self.membership, np.arange(count + 1)), shape=(count, len(self.departments))
        )

    # ---- ties

    @cached_property
    def combined(self) -> sparse.csr_array:
        """b: symmetric weights, what passes between two persons in both directions (A + Aᵀ; A if undirected)."""
        if not self.directed:
            return self.adjacency
        both = sparse.csr_array(self.adjacency + self.adjacency.T)
        both.sort_indices()
        return both

    @cached_property
    def contacts(self) -> sparse.csr_array:
        """B: symmetric 0/1 matrix of the ties, in contact in either direction."""
        both = self.combined
        # Where the ties are is the same, and is not held twice.
        return sparse.csr_array((np.ones_like(both.data), both.indices, both.indptr), shape=both.shape)

    @property
    def in_contact(self) -> np.ndarray:
        """By person, whether there is any tie."""
        return np.diff(self.contacts.indptr) > 0

    @cached_property
    def dyads(self) -> tuple[np.ndarray, np.ndarray]:
        """The ties as two arrays of positions (i, j), i < j, ordered."""
        contacts = self.contacts
        i = np.repeat(np.arange(len(self), dtype=np.intp), np.diff(contacts.indptr))
        upper = contacts.indices > i
        return i[upper], contacts.indices[upper].astype(np.intp)

    @cached_property
    def dyad_arcs(self) -> tuple[np.ndarray, np.ndarray]:
        """What i sends to j and what j sends to i, of each of `dyads`: two arrays (T,), equal where undirected."""
        i, j = self.dyads
        there = np.asarray(self.adjacency[i, j]).ravel()
        return there, np.asarray(self.adjacency[j, i]).ravel() if self.directed else there

    @property
    def dyad_volumes(self) -> np.ndarray:
        """What passes between the two persons of each of `dyads`, in both directions, (T,)."""
        there, back = self.dyad_arcs
        return there + back if self.directed else there

    @property
    def ties(self) -> int:
        """Number of pairs of persons in contact."""
        return self.combined.nnz // 2

    def regrouped(self, departments: pd.Series) -> "Network":
        """The same persons and ties, in other departments (`departments`: by person)."""
        other = copy(self)
        # The ties, and what is known of them, are the same: they may be millions, and are neither copied nor checked.
        for known in ("departments", "membership", "sizes", "indicator"):
            other.__dict__.pop(known, None)
        people = self.people.assign(**{DEPARTMENT: departments.reindex(self.people.index)})
        object.__setattr__(other, "people", people)
        other._check_people()
        return other

    def __len__(self) -> int:
        return len(self.people)

    def __repr__(self) -> str:
        return (
            f"Network({len(self):,} people, {len(self.departments)} departments, {self.ties:,} ties, "
            f"{'directed' if self.directed else 'undirected'}, layer {self.layer!r})"
        )

    # ---- networkx

    @classmethod
    def from_networkx(
        cls, graph: "nx.Graph[Any]", by: str = DEPARTMENT, *, weight: str = "weight", layer: str = "any"
    ) -> "Network":
        """The network of a person graph whose nodes carry their department.

        Args:
            graph: nodes are persons; a directed graph gives a directed network. Parallel edges add up, loops drop.
            by: the node attribute that names the department.
            weight: the edge attribute that holds the weight; an edge without it weighs 1.
            layer: a label.

        Raises:
            ColumnError: no node has the attribute `by`.
            SilosError: some nodes lack it, a weight is no number or negative, or this is no graph of networkx.
        """
        if not all(hasattr(graph, name) for name in ("nodes", "edges", "is_directed")):
            raise SilosError(f"a network is made of a graph of networkx, not of {type(graph).__name__}.")
        nodes: list[Hashable] = list(graph)
        found = {attribute for _, attributes in graph.nodes(data=True) for attribute in attributes}
        if nodes and by not in found:
            raise ColumnError.unknown(by, found=sorted(map(str, found)), where="the graph's nodes")
        people = pd.DataFrame.from_records(
            [attributes for _, attributes in graph.nodes(data=True)],
            index=pd.Index(nodes, name="person", tupleize_cols=False),
        )
        people[DEPARTMENT] = people[by] if nodes else pd.Series(dtype=object)
        place = {node: number for number, node in enumerate(nodes)}
        ends = np.array([(place[one], place[other]) for one, other in graph.edges()], dtype=np.intp).reshape(-1, 2)
        i, j, value = ends[:, 0], ends[:, 1], _weights(graph, weight)
        if not graph.is_directed():
            i, j, value = np.r_[i, j], np.r_[j, i], np.r_[value, value]
        # Parallel edges are several entries of one place, which add up.
        matrix = sparse.csr_array(sparse.coo_array((value, (i, j)), shape=(len(nodes), len(nodes))))
        return cls(people, matrix, directed=graph.is_directed(), layer=layer)

    def to_networkx(self, level: Literal["department", "person"] = "department") -> "nx.Graph[Any]":
        """The graph of departments or of persons.

        Persons: nodes with the columns of `people`, edges with `weight` and `distance`. Departments: nodes with
        `people` (count); edges with `weight` (volume, both directions where undirected), `distance`, and `ties` (pairs
        of persons in contact); what stays within a department is a loop.

        `weight` is a strength: the more, the closer. `distance` is its inverse, for whatever looks for short paths:
        `nx.betweenness_centrality(graph, weight="distance")`. With `weight="weight"` paths avoid the strongest ties,
        and the department that hardly talks to anybody comes first.
        """
        # It takes a while to load, and an analysis does without it until its files are written.
        import networkx as nx

        graph: nx.Graph[Any] = nx.DiGraph() if self.directed else nx.Graph()
        if level == "person":
            for person, attributes in zip(self.people.index, self.people.to_dict("records"), strict=True):
                known = {str(key): value for key, value in attributes.items() if not _missing(value)}
                # As a dict: an attribute may have the name of a parameter.
                graph.add_nodes_from([(person, known)])
            matrix = (self.adjacency if self.directed else sparse.triu(self.adjacency)).tocoo()
            names = self.people.index
            for i, j, value in zip(matrix.row, matrix.col, matrix.data, strict=True):
                graph.add_edge(names[i], names[j], weight=float(value), distance=1 / float(value))
            return graph
        if level != "department":
            raise SilosError(f"a network has the levels 'department' and 'person', not {level!r}.")
        for name, size in zip(self.departments, self.sizes, strict=True):
            graph.add_node(name, people=int(size))
        volume = (self.indicator.T @ self.adjacency @ self.indicator).toarray()
        i, j = self.dyads
        ties = np.zeros_like(volume, dtype=np.int64)
        np.add.at(ties, (self.membership[i], self.membership[j]), 1)
        ties = ties + ties.T - np.diag(np.diag(ties))
        if not self.directed:
            volume[np.diag_indices_from(volume)] /= 2
        for a, first in enumerate(self.departments):
            for b, second in enumerate(self.departments):
                if volume[a, b] > 0:
                    strength = float(volume[a, b])
                    graph.add_edge(first, second, weight=strength, distance=1 / strength, ties=int(ties[a, b]))
        return graph


def _symmetric(matrix: sparse.csr_array) -> bool:
    """Whether a matrix in order is its own transpose, but for the rounding of sums."""
    other = sparse.csr_array(matrix.T)
    other.sort_indices()
    there = np.array_equal(matrix.indptr, other.indptr) and np.array_equal(matrix.indices, other.indices)
    return there and bool(np.allclose(matrix.data, other.data, atol=0.0))


def _weights(graph: "nx.Graph[Any]", weight: str) -> np.ndarray:
    """The weight of each edge of a graph, 1 where it has none.

    Raises:
        SilosError: one is no number.
    """
    stated = [value for *_, value in graph.edges(data=weight, default=1)]
    try:
        found = np.array(stated, dtype=np.float64)
        if found.ndim == 1 and None not in stated:
            return found
    except (TypeError, ValueError, OverflowError):
        pass
    for one, other, value in graph.edges(data=weight, default=1):
        try:
            float(value)
        except (TypeError, ValueError, OverflowError):
            raise SilosError(
                f"the weight of the edge from {one!r} to {other!r} is {reprlib.repr(value)}, not a finite number. Give "
                f"one, remove the attribute {weight!r} of that edge (it weighs 1 then), or name another with weight=."
            ) from None
    return np.array([float(value) for value in stated])


def _missing(value: Any) -> bool:
    """Whether an attribute has no value: a list, an array or a dict is one."""
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))
