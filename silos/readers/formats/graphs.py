"""Graph files of other tools, GraphML and GEXF, read by networkx: edges without times, with their weights."""

import math
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from silos.errors import ReadError
from silos.readers.files.sniff import Head, Part
from silos.readers.reader import Reader, Request
from silos.readers.tabular.columns import LOG_HEADINGS, locate
from silos.readers.tabular.interactions import WEIGHT
from silos.readers.tabular.row_buffer import Rows
from silos.tables import Source

#: networkx holds a graph in memory, some ten times its file; a larger graph is read as a table of edges, from disk.
MOST_GRAPH_BYTES = 1 << 30

#: Attributes of a node that name a person, the fittest first, for files whose node ids are numbers that a tool made.
_NAMING = (
    *("person", "personid", "userprincipalname", "upn", "email", "emailaddress", "mail", "id", "label", "name"),
    "displayname",
)
_MADE_ID = re.compile(r"(n|node|v|vertex)?[_:\-]?\d+(::n?\d+)*", re.IGNORECASE)
_EDGE_FIELDS = {"medium": LOG_HEADINGS["medium"], "weight": LOG_HEADINGS["weight"]}


_MORE = "a graph has no times and no conversations: export the log that it was made of."


def _starts(head: Head, name: str) -> bool:
    text = head.text.lstrip("\ufeff").lstrip()
    return text.startswith("<") and re.search(rf"<(\w+:)?{name}[\s>]", text[:4096]) is not None


def _graphml(parts: Sequence[Part], request: Request) -> list[Source]:
    return [_source(part, request, "graphml") for part in parts]


def _gexf(parts: Sequence[Part], request: Request) -> list[Source]:
    return [_source(part, request, "gexf") for part in parts]


def _source(part: Part, request: Request, format: str) -> Source:
    graph = _graph(part, request, format)
    notes: list[str] = []
    people = _people(graph, part, request, notes)
    attributes = list(dict.fromkeys(str(name) for *_, edge in graph.edges(data=True) for name in edge))
    given = {field: name for field, name in request.mapped.columns.items() if field in _EDGE_FIELDS}
    located, absent = locate(attributes, _EDGE_FIELDS, given=given)
    naming = [str(name) for name in dict.fromkeys(name for _, node in graph.nodes(data=True) for name in node)]
    unmet = [
        field for field, name in request.mapped.columns.items() if field not in _EDGE_FIELDS and name not in naming
    ]
    request.mapped.note(part.name, [*attributes, *naming], [*absent, *unmet])
    kind = None if graph.is_directed() else "contact"
    columns = {field: attributes[position] for field, position in located.items()}
    rows = Rows(request.scratch)
    for sender, recipient, edge in graph.edges(data=True):
        weight = _number(edge.get(columns.get("weight", "")))
        if weight is not None and not (weight > 0 and math.isfinite(weight)):
            rows.reject(WEIGHT)
            continue
        medium = edge.get(columns.get("medium", ""))
        rows.add(
            timestamp=None,
            sender=people[sender],
            recipient=people[recipient],
            medium=None if medium is None else str(medium).lower(),
            kind=kind,
            weight=weight,
        )
    if not len(graph.edges):
        notes.append(f"{part.name} has {len(graph):,} nodes and no edge.")
    labels = {"sender": "source", "recipient": "target", **columns}
    return rows.source(part.name, format, columns=labels, dated=False, notes=notes)


def _graph(part: Part, request: Request, format: str) -> Any:
    """The graph of a file.

    Raises:
        ReadError: it is too large, or networkx cannot read it; what it says may quote the file and is not passed on.
    """
    # It takes a while to load, and few logs need it.
    import networkx as nx

    # An entity that is made of others a thousandfold fills the memory; no tool writes any.
    if "<!ENTITY" in part.head.text.upper():
        raise ReadError(f"{part.name}: it declares XML entities, which no graph tool writes. Export it again.")
    path = part.on_disk(request.scratch)
    if path.stat().st_size > MOST_GRAPH_BYTES:
        raise ReadError(
            f"{part.name}: a graph file of more than {MOST_GRAPH_BYTES / 1e9:.0f} GB does not fit in memory. "
            "Export its edges as a table (Source, Target, Weight), which is read from disk."
        )
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what silos does not look at: ports, nested graphs, colours
            return nx.read_graphml(file) if format == "graphml" else nx.read_gexf(file)
    except (nx.NetworkXError, nx.NetworkXException) as error:
        mixed = "edge" in str(error).lower() and "directed" in str(error).lower()
        hint = "directed and undirected edges are mixed" if mixed else "its structure is not what the format says"
        raise ReadError(
            f"{part.name}: the {format} file cannot be read: {hint}. "
            "Export its edges as a table (Source, Target, Type, Weight)."
        ) from error
    except MemoryError as error:
        raise ReadError(
            f"{part.name}: there is not enough memory for the graph. Export its edges as a table."
        ) from error
    except Exception as error:  # whatever a parser raises on a damaged file
        raise ReadError(
            f"{part.name}: the {format} file is damaged ({type(error).__name__}). Export it again."
        ) from error


def _people(graph: Any, part: Part, request: Request, notes: list[str]) -> Mapping[Any, str]:
    """Under which id each node is a person.

    The node's own id, unless that is a number made by a tool and an attribute gives all the nodes distinct names;
    `--map sender=ATTRIBUTE` names the attribute.
    """
    nodes = {node: {str(name): value for name, value in given.items()} for node, given in graph.nodes(data=True)}
    own = {node: str(node) for node in nodes}
    wanted = request.mapped.columns.get("sender") or request.mapped.columns.get("recipient")
    if wanted is not None and any(wanted in given for given in nodes.values()):
        return {node: str(given.get(wanted, "")) for node, given in nodes.items()}
    if not nodes or not all(_MADE_ID.fullmatch(name) for name in own.values()):
        return own
    folded = {
        node: {name.casefold().replace("_", ""): value for name, value in given.items()}
        for node, given in nodes.items()
    }
    for name in _NAMING:
        named = {node: str(given[name]).strip() for node, given in folded.items() if given.get(name) is not None}
        if (
            len(named) == len(nodes)
            and all(named.values())
            and len({n.casefold() for n in named.values()}) == len(nodes)
        ):
            if any(named[node] != own[node] for node in nodes):
                notes.append(
                    f"People in {part.name} go by the attribute {name!r} of the nodes, not by the nodes' numbers."
                )
            return named
    return own


def _number(value: Any) -> float | None:
    """A weight; not a number (which is refused) where it is none."""
    if value is None or value == "":
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


GRAPHML = Reader(
    "graphml",
    "GraphML (networkx, igraph, yEd, Gephi): edges without times, weights kept; no windows, no weeks",
    lambda head: head.kind == "text" and _starts(head, "graphml"),
    _graphml,
    more=_MORE,
)
GEXF = Reader(
    "gexf",
    "GEXF (Gephi): edges without times, weights kept; no windows, no weeks",
    lambda head: head.kind == "text" and _starts(head, "gexf"),
    _gexf,
    more=_MORE,
)
