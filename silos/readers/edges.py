"""Edges of a graph without times: the edge table of Gephi (Source, Target, Type, Id, Label, Weight)."""

from collections.abc import Mapping, Sequence
from functools import partial

from silos.readers import canonical
from silos.readers.contract import Reader, Request
from silos.readers.headings import LOG_HEADINGS, folded, locate
from silos.readers.parts import Head, Part
from silos.readers.tabular import Column, Scan
from silos.tables import Source

_EDGE_HEADINGS = {
    "sender": ("source", *LOG_HEADINGS["sender"]),
    "recipient": ("target", *LOG_HEADINGS["recipient"]),
    "medium": LOG_HEADINGS["medium"],
    "kind": ("type", "kind"),
    "weight": LOG_HEADINGS["weight"],
}


def _recognise(head: Head) -> bool:
    names = {folded(heading) for heading in head.headings}
    return {"source", "target"} <= names and "timestamp" not in locate(head.headings, LOG_HEADINGS)[0]


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    return canonical.read(
        parts, request, format="edges", headings=_EDGE_HEADINGS, dated=False, rows=partial(_rows, request)
    )


def _rows(request: Request, scan: Scan, columns: Mapping[str, Column], time: str) -> tuple[str, Mapping[str, int]]:
    kind = f"lower({canonical.plain(columns.get('kind'))})"
    scan, rejected = canonical.weighed(scan, columns, request)
    fields = {
        "timestamp": time,
        "sender": canonical.plain(columns["sender"]),
        "recipient": canonical.plain(columns["recipient"]),
        "medium": f"lower({canonical.plain(columns.get('medium'))})",
        "event": canonical.plain(None),
        "thread": canonical.plain(None),
        "kind": f"case when {kind} = 'undirected' then 'contact' when {kind} <> 'directed' then {kind} end",
        "recipients": canonical.number(None, "integer"),
        "weight": canonical.weight(columns.get("weight"), scan),
    }
    return canonical.select(fields, scan), rejected


EDGES = Reader(
    "edges",
    "edges of a graph without times: Source, Target and perhaps Type, Weight (Gephi); no windows, no weeks",
    _recognise,
    _read,
    more="a graph has no times and no conversations: export the log that it was made of.",
)
