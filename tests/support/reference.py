"""The reference values in ../shared/reference, computed by running the peers, as networks and expected numbers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from silos.network import Network
from tests.support.places import SHARED

FOLDER = SHARED / "reference"
ABSENT = "the reference values (shared/reference, beside the repository) are not here"

#: What in the files describes a case, rather than being a value to reproduce.
INPUTS = {
    *("A", "C", "C_each", "W", "arcs", "ci", "definition", "directed", "edges", "graph", "groups", "gsizes", "impl"),
    *(
        "a",
        "b",
        "labels",
        "matrix",
        "method",
        "n",
        "n_relabelings",
        "node_order",
        "note",
        "notes",
        "tol",
        "weights",
        "where",
    ),
    "known_peer_bugs",
}


#: Who gave the values of a file that does not say it value by value.
PEERS = {"bctpy_participation": "bctpy", "exact_label_permutation": "enumeration"}


@dataclass(frozen=True)
class Value:
    """One expected number or vector of a file: `key` is its path there, `peer` who gave it."""

    file: str
    key: str
    expected: Any
    peer: str
    tolerance: float | None

    def __str__(self) -> str:
        return f"{self.file}-{self.key}-{self.peer}"


def files() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.json"))


@cache
def document(file: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{file}.json").read_text(encoding="utf-8"))


def values() -> list[Value]:
    """Every value of every file."""
    found = []
    for file in files():
        content = document(file)
        if isinstance(content.get("nodes"), list):
            for key, entry in content["expected"].items():
                found.append(Value(file, key, entry["value"], entry["impl"], entry.get("tol")))
        else:
            found += [
                Value(file, key, *rest) for key, *rest in _leaves(content, "", PEERS.get(file, "published"), None)
            ]
    return found


def _leaves(content: Any, path: str, peer: str, tolerance: float | None) -> Iterator[tuple[str, Any, str, Any]]:
    if isinstance(content, Mapping) and "value" in content:
        yield path, content["value"], peer, content.get("tol", tolerance)
    elif isinstance(content, Mapping) and set(content) != {"labels", "values"} and not _by_person(content):
        for key, part in content.items():
            # one file has a case by the name of a flag
            if key not in INPUTS or (key == "directed" and isinstance(part, Mapping)):
                named = key.split("_")[0] if path == "" and key.startswith(("sna", "sklearn", "R_", "bctpy")) else peer
                yield from _leaves(part, f"{path}/{key}".lstrip("/"), named, content.get("tol", tolerance))
    elif isinstance(content, list) and content and isinstance(content[0], Mapping):
        for number, part in enumerate(content):
            yield from _leaves(part, f"{path}/{number}", peer, tolerance)
    else:
        yield path, content, peer, tolerance


def _by_person(content: Mapping[str, Any]) -> bool:
    """Whether these are values by person, as against values by measure: persons are numbers, letters or first names."""
    people = all(key.isdigit() or len(key) == 1 or key.istitle() for key in content)
    return people and all(isinstance(value, int | float) for value in content.values())


def numbers(expected: Any) -> np.ndarray:
    """A value as an array of floats; null is NaN."""
    if isinstance(expected, Mapping):
        expected = expected.get("values", expected.get("matrix", list(expected.values())))
    if isinstance(expected, list) and expected and isinstance(expected[0], list):
        return np.array(expected, dtype=np.float64)
    return np.array(expected, dtype=object).astype(np.float64)


@cache
def network(file: str) -> Network:
    """The network of a file that holds one."""
    content = document(file)
    graph: Any = nx.DiGraph() if content["directed"] else nx.Graph()
    for node in content["nodes"]:
        graph.add_node(node["id"], department=node["group"])
    graph.add_weighted_edges_from(content["edges"])
    return Network.from_networkx(graph)


@cache
def binary(file: str) -> Network:
    """The same with all weights 1."""
    weighted = network(file)
    matrix = weighted.adjacency.copy()
    matrix.data[:] = 1
    return Network(weighted.people, matrix, directed=weighted.directed)


def of_edges(
    edges: Sequence[Sequence[Any]],
    departments: Mapping[Any, Any] | None = None,
    *,
    directed: bool = False,
    people: Sequence[Any] = (),
) -> Network:
    """A network of (person, person[, weight]); one single department unless told."""
    graph: Any = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(people)
    graph.add_weighted_edges_from([(*edge, 1)[:3] for edge in edges])
    nx.set_node_attributes(graph, departments if departments is not None else "all", "department")
    return Network.from_networkx(graph)


def of_matrix(matrix: Sequence[Sequence[float]], departments: Sequence[Any]) -> Network:
    return Network(pd.DataFrame({"department": departments}), sparse.csr_array(np.array(matrix, dtype=np.float64)))


def of_mixing(mixing: Sequence[Sequence[float]], sizes: Sequence[int], labels: Sequence[Any]) -> Network:
    """A network whose volume has this mixing matrix: each cell is the weight of a single arc."""
    start = np.concatenate([[0], np.cumsum(sizes)])
    matrix = np.zeros((start[-1], start[-1]))
    for a, row in enumerate(mixing):
        for b, weight in enumerate(row):
            matrix[start[a], start[b] + (a == b)] = weight
    return of_matrix(matrix.tolist(), np.repeat(np.array(labels, dtype=object), sizes).tolist())
