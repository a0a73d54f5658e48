"""Edges of a graph without times: the edge table of Gephi (Source, Target, Type, Id, Label, Weight)."""

from collections.abc import Mapping, Sequence
from functools import partial

from silos.readers import canonical
from silos.readers.contract import Reader, Request
from silos.readers.headings import LOG_HEADINGS, folded, locate
from silos.readers.parts import Head, Part
from silos.readers.tabular import Column, Scan, rows_of
from silos.tables import Source

WEIGHT = "a weight that is no number from 0 up"

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
    weight = canonical.number(columns.get("weight"), "double")
    fields = {
        "timestamp": time,
        "sender": canonical.plain(columns["sender"]),
        "recipient": canonical.plain(columns["recipient"]),
        "medium": f"lower({canonical.plain(columns.get('medium'))})",
        "event": canonical.plain(None),
        "thread": canonical.plain(None),
        "kind": f"case when {kind} = 'undirected' then 'contact' when {kind} <> 'directed' then {kind} end",
        "recipients": canonical.number(None, "integer"),
        "weight": weight,
    }
    query = canonical.select(fields, scan)
    if "weight" not in columns:
        return query, {}
    given = canonical.plain(columns["weight"])
    bad = f"{given} is not null and not coalesce({weight} >= 0 and isfinite({weight}), false)"
    # A graph is small beside a log: what is left out is counted at once.
    [(count,)] = rows_of(f"select count(*) from {scan.sql} where {bad}", request.connection, scan.files[0])
    return (f"{query} where not ({bad})", {WEIGHT: count}) if count else (query, {})


EDGES = Reader(
    "edges",
    "edges of a graph without times: Source, Target and perhaps Type, Weight (Gephi); no windows, no weeks",
    _recognise,
    _read,
    more="a graph has no times and no conversations: export the log that it was made of.",
)
