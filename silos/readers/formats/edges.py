"""Edges of a graph without times: the edge table of Gephi (Source, Target, Type, Id, Label, Weight)."""

from collections.abc import Mapping, Sequence
from functools import partial

from silos.readers.files.sniff import Head, Part
from silos.readers.reader import Reader, Request
from silos.readers.tabular import interactions
from silos.readers.tabular.columns import LOG_HEADINGS, folded, locate
from silos.readers.tabular.scan import Column, Scan
from silos.readers.tabular.weights import COUNTS, weighed
from silos.tables import Source

_EDGE_HEADINGS = {
    "sender": ("source", *LOG_HEADINGS["sender"]),
    "recipient": ("target", *LOG_HEADINGS["recipient"]),
    "medium": LOG_HEADINGS["medium"],
    "kind": ("type", "kind"),
    "weight": (*LOG_HEADINGS["weight"], *COUNTS),
}


def _recognise(head: Head) -> bool:
    names = {folded(heading) for heading in head.headings}
    return {"source", "target"} <= names and "timestamp" not in locate(head.headings, LOG_HEADINGS)[0]


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    return interactions.read(
        parts,
        request,
        format="edges",
        headings=_EDGE_HEADINGS,
        dated=False,
        rows=partial(rows_of_edges, request),
        several=True,
    )


def rows_of_edges(
    request: Request, scan: Scan, columns: Mapping[str, Column], time: str
) -> tuple[str, Mapping[str, int]]:
    """The canonical query of a table of edges, and how many it leaves out, by reason."""
    kind = f"lower({interactions.plain(columns.get('kind'))})"
    scan, columns, rejected = weighed(scan, columns, request)
    fields = {
        "timestamp": time,
        "sender": interactions.plain(columns["sender"]),
        "recipient": interactions.plain(None if columns["recipient"].is_list else columns["recipient"]),
        "medium": f"lower({interactions.named(columns.get('medium'))})",
        "event": interactions.plain(None),
        "thread": interactions.plain(None),
        "kind": f"case when {kind} = 'undirected' then 'contact' when {kind} <> 'directed' then {kind} end",
        "recipients": interactions.number(None, "integer"),
        "weight": interactions.number(columns.get("weight"), "double"),
    }
    return interactions.spread(fields, scan, columns["recipient"], events=False), rejected


EDGES = Reader(
    "edges",
    "edges of a graph without times: Source, Target, optional Type, Weight (Gephi); without windows and weeks",
    _recognise,
    _read,
    more="graphs",
)
