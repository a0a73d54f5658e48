"""`departments.graphml`: the departments and what flows between them, for Gephi and networkx, without any person."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from silos.system.markup import xml_text

if TYPE_CHECKING:
    from silos.analysis.result import Analysis

Attributes = Mapping[str, str | int | float]


@dataclass(frozen=True, eq=False)
class DepartmentGraph:
    """The graph as plain data, which another process can be told: networkx takes long to load.

    Attributes:
        directed: whether a tie has a direction.
        published: whether counts are given as they are published.
        departments: name and attributes of each that may be shown.
        ties: two names and attributes of each.
    """

    directed: bool
    published: bool
    departments: tuple[tuple[str, Attributes], ...]
    ties: tuple[tuple[str, str, Attributes], ...]

    @classmethod
    def of(cls, found: "Analysis", *, published: bool) -> "DepartmentGraph":
        """The graph of what was found."""
        pairs, table, candidates = found.results.pairs, found.departments, found.connector.candidates
        departments, ties = [], []
        for name, row in table.sort_index().iterrows():
            said = {"label": xml_text(str(name)), "verdict": row["verdict"] or "none"}
            numbers = {"people": row["people"], "insularity": row["insularity"]}
            if name in candidates.index:
                numbers["connector_score"] = candidates.loc[name, "score"]
            departments.append((xml_text(str(name)), said | _known(numbers)))
        for a, sent in () if pairs.volumes is None else pairs.volumes.iterrows():
            for b, volume in sent.items():
                if volume > 0:
                    numbers = {
                        "weight": volume,
                        "ties": float("nan") if pairs.ties is None else pairs.ties.loc[a, b],
                        "affinity": pairs.affinity.loc[a, b],
                        "ratio": pairs.ratios.loc[a, b],
                    }
                    ties.append((xml_text(str(a)), xml_text(str(b)), _known(numbers)))
        return cls(found.results.inputs.directed, published, tuple(departments), tuple(ties))


def _known(numbers: Mapping[str, Any]) -> dict[str, int | float]:
    """The numbers that there are; whole ones of people and of ties."""
    known = {name: float(value) for name, value in numbers.items() if pd.notna(value)}
    return {name: int(value) if name in ("people", "ties") else value for name, value in known.items()}


def graphml(graph: DepartmentGraph) -> bytes:
    """The file, with the same bytes on every machine.

    By Python's own XML: `write_graphml` takes lxml where that is installed, which gives other bytes.
    """
    import networkx as nx

    made: nx.Graph[Any] = nx.DiGraph() if graph.directed else nx.Graph()
    made.graph["published"] = graph.published
    for name, attributes in graph.departments:
        made.add_node(name, **attributes)
    for a, b, attributes in graph.ties:
        made.add_edge(a, b, **attributes)
    file = BytesIO()
    nx.write_graphml_xml(made, file)
    return file.getvalue()
