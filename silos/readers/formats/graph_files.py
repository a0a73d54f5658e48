"""Parses GraphML and GEXF: nodes and edges with their attributes, defaults applied.

Read element by element. A library that builds a graph of it drops what it has no place for: defaults of edges, graphs
after the first, edges of either direction in one file, groups of nodes.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple
from xml.parsers import expat

#: Letters of a text in an element that are kept.
_LONGEST = 4_096
_BLOCK = 1 << 20


class Edge(NamedTuple):
    """An edge, with its attributes by name.

    Attributes:
        source: number of a node.
        target: number of a node.
        given: its attributes.
        direction: of the edge alone.
    """

    source: int
    target: int
    given: Mapping[str, str]
    direction: str


class EntityError(Exception):
    """The file declares entities."""


@dataclass(eq=False)
class Graph:
    """All the graphs of a file as one.

    Attributes:
        ids: of the nodes, by number.
        given: attributes of the nodes by name, by number.
        scopes: the graph that each node stands in, of several side by side.
        edges: with numbers of nodes.
        graphs: how many graphs stand side by side in the file.
        left_out: how many edges do not join two nodes.
        spelled: how many weights are given for several times, and were added up.
    """

    ids: list[str] = field(default_factory=list)
    given: list[dict[str, str]] = field(default_factory=list)
    scopes: list[int] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    graphs: int = 0
    left_out: int = 0
    spelled: int = 0


@dataclass(eq=False)
class _Scope:
    """One graph of several side by side: a node of it may bear the id of one in another."""

    direction: str
    nodes: dict[str, int] = field(default_factory=dict)


@dataclass
class _Open:
    """A node or an edge of which the end has not been met."""

    kind: str
    given: dict[str, str]
    node: int = -1
    source: str = ""
    target: str = ""
    direction: str = ""
    weights: dict[str, list[float]] = field(default_factory=dict)


class _Files:
    """What both formats have in common: elements that are open, texts, nodes and edges.

    Attributes:
        graph: what was read.
    """

    def __init__(self) -> None:
        self.graph = Graph()
        self._scopes: list[_Scope] = []
        self._path: list[str] = []
        self._open: list[_Open] = []
        self._keys: dict[tuple[str, str], str] = {}  # (node or edge, id) -> name
        self._defaults: dict[tuple[str, str], str] = {}  # (node or edge, name) -> value
        self._waiting: list[tuple[_Scope, _Open]] = []
        self._text: list[str] | None = None

    def read(self, file: BinaryIO) -> Graph:
        """The graph of a file.

        Raises:
            EntityError: it declares entities, which may fill the memory.
            expat.ExpatError: it is no XML.
        """
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._letters
        parser.EntityDeclHandler = self._entity
        while block := file.read(_BLOCK):
            parser.Parse(block, False)
        parser.Parse(b"", True)
        for scope, edge in self._waiting:
            # An edge may stand before its nodes, and lead to a node of the graph before.
            ends = (self._number(scope, edge.source), self._number(scope, edge.target))
            self.graph.edges.append(Edge(*ends, self._whole("edge", edge), edge.direction))
        for number, given in enumerate(self.graph.given):
            own = {name: value for name, value in given.items() if value}
            self.graph.given[number] = {**self._of("node"), **own}
        self.graph.graphs = sum(bool(scope.nodes) for scope in self._scopes)
        return self.graph

    @staticmethod
    def _entity(*_: object) -> None:
        raise EntityError

    def _start(self, name: str, given: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        self._path.append(local)
        self.begin(local, given)

    def _end(self, name: str) -> None:
        self.end(name.rpartition(" ")[2])
        self._path.pop()

    def _letters(self, text: str) -> None:
        if self._text is not None and len(self._text) < _LONGEST:
            self._text.append(text[:_LONGEST])

    def begin(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""
        raise NotImplementedError

    def end(self, name: str) -> None:
        """An element ends; `_path` still has it."""
        raise NotImplementedError

    # -- nodes and edges

    def _text_of(self) -> str:
        text, self._text = self._text, None
        return " ".join("".join(text or ()).split())

    def _scope(self, direction: str) -> None:
        self._scopes.append(_Scope(direction))

    def _node(self, id: str, given: dict[str, str]) -> None:
        scope = self._scopes[-1]
        number = scope.nodes[id] if id in scope.nodes else self._new(scope, id)
        self.graph.given[number] |= given
        self._open.append(_Open("node", self.graph.given[number], node=number))

    def _number(self, scope: _Scope, id: str) -> int:
        for other in (scope, *self._scopes):
            if id in other.nodes:
                return other.nodes[id]
        return self._new(scope, id)

    def _new(self, scope: _Scope, id: str) -> int:
        scope.nodes[id] = number = len(self.graph.ids)
        self.graph.ids.append(id)
        self.graph.given.append({})
        self.graph.scopes.append(self._scopes.index(scope))
        return number

    def _edge(self, given: Mapping[str, str], direction: str, own: dict[str, str]) -> None:
        source, target = given.get("source", "").strip(), given.get("target", "").strip()
        direction = direction or self._scopes[-1].direction
        self._open.append(_Open("edge", own, source=source, target=target, direction=direction))

    def _closed(self) -> None:
        """The innermost node or edge ends."""
        one = self._open.pop()
        for name, weights in one.weights.items():
            self.graph.spelled += len(weights) > 1
            one.given[name] = repr(math.fsum(weights)) if len(weights) > 1 else one.given[name]
        if one.kind == "edge":
            if one.source and one.target:
                self._waiting.append((self._scopes[-1], one))
            else:
                self.graph.left_out += 1

    def _whole(self, kind: str, one: _Open) -> dict[str, str]:
        return {**self._of(kind), **{name: value for name, value in one.given.items() if value}}

    def _of(self, kind: str) -> dict[str, str]:
        return {name: value for (own, name), value in self._defaults.items() if own == kind}


class GraphML(_Files):
    """GraphML, with what yEd draws: names in labels, groups as nodes with a graph in them.

    Examples:
        >>> import io
        >>> key = b'<key id="w" for="edge" attr.name="weight"><default>5</default></key>'
        >>> edge = b'<graph edgedefault="undirected"><edge source="a" target="b"/></graph>'
        >>> GraphML().read(io.BytesIO(b"<graphml>" + key + edge + b"</graphml>")).edges
        [Edge(source=0, target=1, given={'weight': '5'}, direction='undirected')]
    """

    def __init__(self) -> None:
        super().__init__()
        self._key: tuple[str, str] | None = None

    def begin(self, name: str, given: dict[str, str]) -> None:
        if name == "key":
            kind, known_as = given.get("for", "all"), given.get("attr.name") or given.get("id", "")
            self._key = (kind, known_as)
            for one in ("node", "edge") if kind == "all" else (kind,):
                self._keys[one, given.get("id", "")] = known_as
        elif name == "default":
            self._text = []
        elif name == "graph":
            direction = given.get("edgedefault", "directed")
            # A graph within a node is a group: its nodes are of the graph around it.
            if not self._open or not self._scopes:
                self._scope(direction)
        elif name == "node" and self._scopes:
            self._node(given.get("id", "").strip(), {})
        elif name in ("edge", "hyperedge") and self._scopes:
            stated = given.get("directed", "").lower()
            directions = {"true": "directed", "1": "directed", "false": "undirected", "0": "undirected"}
            self._edge(given, directions.get(stated, ""), {})
        elif name == "data":
            self._key = ("data", given.get("key", ""))
            self._text = []
        elif name == "NodeLabel" and self._open:
            self._text = []

    def end(self, name: str) -> None:
        if name == "default":
            text = self._text_of()
            if self._key and text:
                kind, known_as = self._key
                for one in ("node", "edge") if kind == "all" else (kind,):
                    self._defaults[one, known_as] = text
        elif name == "data":
            text = self._text_of()
            if self._open and self._key and text and self._path[-2:-1] != ["port"]:
                inner = self._open[-1]
                inner.given[self._keys.get((inner.kind, self._key[1]), self._key[1])] = text
        elif name == "NodeLabel":
            text = self._text_of()
            if self._open and self._open[-1].kind == "node" and text:
                self._open[-1].given.setdefault("label", text)
        elif name in ("node", "edge", "hyperedge") and self._open:
            self._closed()


class GEXF(_Files):
    """GEXF, static or dynamic, flat or in groups.

    Examples:
        >>> import io
        >>> edges = b'<edges><edge source="a" target="b" weight="2"/></edges>'
        >>> graph = b'<graph defaultedgetype="directed"><nodes><node id="a" label="Ann"/></nodes>' + edges
        >>> found = GEXF().read(io.BytesIO(b"<gexf>" + graph + b"</graph></gexf>"))
        >>> found.given, found.edges
        ([{'label': 'Ann'}, {}], [Edge(source=0, target=1, given={'weight': '2'}, direction='directed')])
    """

    def __init__(self) -> None:
        super().__init__()
        self._class = "node"
        self._attribute = ""

    def begin(self, name: str, given: dict[str, str]) -> None:
        if name == "graph":
            self._scope(given.get("defaultedgetype", "undirected"))
        elif name == "attributes":
            self._class = given.get("class", "node")
        elif name == "attribute":
            self._attribute = given.get("title") or given.get("id", "")
            self._keys[self._class, given.get("id", "")] = self._attribute
        elif name == "default":
            self._text = []
        elif name == "node" and self._scopes:
            self._node(given.get("id", "").strip(), {"label": given["label"]} if given.get("label") else {})
        elif name == "edge" and self._scopes:
            own = {key: given[key] for key in ("weight", "label", "kind") if given.get(key)}
            self._edge(given, given.get("type", ""), own)
        elif name == "attvalue" and self._open:
            one = self._open[-1]
            id = given.get("for") or given.get("id", "")
            known_as, value = self._keys.get((one.kind, id), id), given.get("value", "")
            number = _number(value)
            if known_as.casefold() == "weight" and number is not None:
                one.weights.setdefault(known_as, []).append(number)
            if value:
                one.given[known_as] = value

    def end(self, name: str) -> None:
        if name == "default":
            if text := self._text_of():
                self._defaults[self._class, self._attribute] = text
        elif name in ("node", "edge") and self._open:
            self._closed()


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


READERS: Mapping[str, Callable[[], _Files]] = {"graphml": GraphML, "gexf": GEXF}
