"""Graph files of other tools, GraphML and GEXF: edges without times, with their weights."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any
from xml.parsers import expat

from silos.errors import ReadError
from silos.locales.said import Said
from silos.readers.files.sniff import Head, Part
from silos.readers.formats.graph_files import READERS, EntityError, Graph
from silos.readers.reader import Reader, Request
from silos.readers.tabular.columns import LOG_HEADINGS, folded, locate
from silos.readers.tabular.ids import clean_id
from silos.readers.tabular.row_buffer import Rows
from silos.readers.tabular.scan import UNREADABLE
from silos.readers.tabular.weights import COUNTED, COUNTS, WEIGHT
from silos.tables import Source

#: A graph is held in memory, several times its file; a larger graph is read as a table of edges, from disk.
MOST_GRAPH_BYTES = 1 << 30

#: Attributes of a node that name a person, the fittest first, for files whose node ids are numbers that a tool made.
_NAMING = (
    *("person", "personid", "userprincipalname", "upn", "email", "emailaddress", "mail", "id", "label", "name"),
    "displayname",
)
_MADE_ID = re.compile(
    r"(n|node|v|vertex|nd|id)?[_:\-]?\d+(\.0)?(::n?\d+)*|\{?[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\}?|[0-9a-f]{32}",
    re.IGNORECASE,
)
_EDGE_FIELDS = {"medium": LOG_HEADINGS["medium"], "weight": (*LOG_HEADINGS["weight"], *COUNTS)}


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
    attributes = list(dict.fromkeys(name for edge in graph.edges for name in edge.given))
    given = {field: names for field, names in request.mapped.columns.items() if field in _EDGE_FIELDS}
    located, _ = locate(attributes, _EDGE_FIELDS, given=given)
    naming = list(dict.fromkeys(name for node in graph.given for name in node))
    request.mapped.note(part.name, [*attributes, *naming])
    columns = {field: attributes[position] for field, position in located.items()}
    counted = columns.get("weight", "")
    if "weight" not in given and folded(counted) in COUNTED and not _counts(graph, counted):
        del columns["weight"]
    rows = Rows(request.scratch)
    rows.reject(UNREADABLE, count=graph.left_out)
    for edge in graph.edges:
        weight = _number(edge.given.get(columns.get("weight", "")))
        if weight is not None and not (weight > 0 and math.isfinite(weight)):
            rows.reject(WEIGHT)
            continue
        medium = edge.given.get(columns.get("medium", ""))
        ends = [(edge.source, edge.target)] + ([(edge.target, edge.source)] if edge.direction == "mutual" else [])
        for sender, recipient in ends:
            rows.add(
                timestamp=None,
                sender=people[sender],
                recipient=people[recipient],
                medium=None if medium is None else medium.lower(),
                kind="contact" if edge.direction == "undirected" else None,
                weight=weight,
            )
    if not graph.edges:
        notes.append(Said("read", "graph_bare", count=len(graph.ids), name=part.name))
    if graph.graphs > 1:
        notes.append(Said("read", "graph_several", count=graph.graphs, name=part.name))
    if graph.spelled:
        notes.append(Said("read", "graph_spells", count=graph.spelled, name=part.name))
    labels = {"sender": "source", "recipient": "target", **columns}
    return rows.source(part.name, format, columns=labels, dated=False, notes=notes)


def _graph(part: Part, request: Request, format: str) -> Graph:
    """The graph of a file.

    Raises:
        ReadError: it is too large, or no XML; what a parser says may quote the file and is not passed on.
    """
    path = part.on_disk(request.scratch)
    if path.stat().st_size > MOST_GRAPH_BYTES:
        raise ReadError(
            f"{part.name}: a graph file of more than {MOST_GRAPH_BYTES / 1e9:.0f} GB does not fit in memory. "
            "Export its edges as a table (Source, Target, Weight), which is read from disk."
        )
    try:
        with path.open("rb") as file:
            return READERS[format]().read(file)
    except EntityError as error:
        # An entity that is made of others a thousandfold fills the memory.
        raise ReadError(
            f"{part.name}: it declares XML entities, which no graph tool writes. Export it again."
        ) from error
    except MemoryError as error:
        raise ReadError(
            f"{part.name}: there is not enough memory for the graph. Export its edges as a table."
        ) from error
    except (expat.ExpatError, ValueError, LookupError) as error:  # the encoding that it names may be anything
        raise ReadError(
            f"{part.name}: the {format} file is damaged: its XML is incomplete. Export it again."
        ) from error


def _people(graph: Graph, part: Part, request: Request, notes: list[str]) -> list[str]:
    """Under which id each node is a person.

    The node's own id, unless the ids are numbers made by a tool, or name nobody where an attribute holds addresses, and
    an attribute names nodes with edges: a node without any is nobody, a group for one. Where two nodes bear one name
    they stay two people. `--map sender=ATTRIBUTE` names the attribute.
    """
    own = [clean_id(id) or "" for id in graph.ids]
    asked = request.mapped.columns.get("sender") or request.mapped.columns.get("recipient") or ()
    wanted = next((name for name in asked if any(name in given for given in graph.given)), None)
    if wanted is not None:
        return [clean_id(given.get(wanted, "")) or "" for given in graph.given]
    met = sorted({node for edge in graph.edges for node in (edge.source, edge.target)})
    made = all(_MADE_ID.fullmatch(own[node]) for node in met)
    if not met or (not made and any("@" in own[node] for node in met)):
        return own
    folded = [{_folded(name): value.strip() for name, value in given.items()} for given in graph.given]
    best: dict[int, str] = {}
    chosen = ""
    for name in _NAMING:
        named = {node: id for node in met if (id := clean_id(folded[node].get(name, "")))}
        # In two graphs side by side one name is one person, in one graph two nodes are two.
        often = Counter((graph.scopes[node], value.casefold()) for node, value in named.items())
        unique = {node: value for node, value in named.items() if often[graph.scopes[node], value.casefold()] == 1}
        fits = made or (len(named) == len(met) and all("@" in value for value in named.values()))
        if fits and len(unique) > len(best):
            best, chosen = unique, name
    if any(best[node] != own[node] for node in best):
        notes.append(Said("read", "graph_attribute", name=part.name, attribute=repr(chosen)))
        if unnamed := len(met) - len(best):
            notes.append(Said("read", "graph_unnamed", unnamed=unnamed, all=len(met), name=part.name))
    return [best.get(node, id) for node, id in enumerate(own)]


def _folded(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "").replace(" ", "")


def _counts(graph: Graph, attribute: str) -> bool:
    """Whether all edges that have an attribute have a whole number above 0 there."""
    # Tables are asked the same in SQL by `weights.are_counts`, as they may be too large for Python: change both.
    stated = [_number(edge.given.get(attribute)) for edge in graph.edges]
    return all(number > 0 and number.is_integer() for number in stated if number is not None)


def _number(value: Any) -> float | None:
    """A weight; not a number (which is refused) where it is not one."""
    if value is None or value == "":
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


GRAPHML = Reader(
    "graphml",
    "GraphML (networkx, igraph, yEd, Gephi): edges with weights but without times, so without windows and weeks",
    lambda head: head.kind == "text" and _starts(head, "graphml"),
    _graphml,
    more="graphs",
)
GEXF = Reader(
    "gexf",
    "GEXF (Gephi): edges with weights but without times, so without windows and weeks",
    lambda head: head.kind == "text" and _starts(head, "gexf"),
    _gexf,
    more="graphs",
)
