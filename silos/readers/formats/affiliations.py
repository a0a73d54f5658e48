"""Tables of who is in which community of a tool: person, community and perhaps time, medium, posts, name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from silos.readers.files.sniff import Head, Part
from silos.readers.reader import Reader, Request
from silos.readers.tabular import interactions
from silos.readers.tabular.columns import LOG_HEADINGS, locate
from silos.readers.tabular.scan import Column, Scan
from silos.tables import AFFILIATION_FIELDS, INTERACTION_FIELDS, Source

_PERSON, _COMMUNITY = ("person", "personne"), ("community", "communauté")
#: The table is read like a log whose rows go from a person to a community.
_HEADINGS = {
    "timestamp": LOG_HEADINGS["timestamp"],
    "sender": _PERSON,
    "recipient": _COMMUNITY,
    "medium": LOG_HEADINGS["medium"],
    "posts": ("posts", "messages", "publications"),
    "name": ("name", "nom"),
}
_CALLED = {"sender": "person", "recipient": "community"}
#: For what holds none.
NO_INTERACTION = (
    "select " + ", ".join(f"cast(null as {kind}) as {name}" for name, kind in INTERACTION_FIELDS.items())
) + " where false"


def _recognise(head: Head) -> bool:
    table = head.kind == "parquet" or (head.kind == "text" and head.dialect is not None)
    own, _ = locate(head.headings, {"person": _PERSON, "community": _COMMUNITY})
    return table and len(own) == 2 and not {"sender", "recipient"} & set(locate(head.headings, LOG_HEADINGS)[0])


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    found = []
    for dated in (True, False):
        group = [part for part in parts if ("timestamp" in locate(part.head.headings, _HEADINGS)[0]) is dated]
        if group:
            found += interactions.read(
                group,
                request,
                format="affiliations",
                headings=_HEADINGS,
                dated=dated,
                rows=_affiliations,
                ids=("sender",),
            )
    return [
        replace(
            source,
            query=NO_INTERACTION,
            columns={_CALLED.get(field, field): column for field, column in source.columns.items()},
            affiliations=source.query,
        )
        for source in found
    ]


def _affiliations(scan: Scan, columns: Mapping[str, Column], time: str) -> tuple[str, Mapping[str, int]]:
    community = interactions.text(columns["recipient"])
    posts = interactions.number(columns.get("posts"), "integer")
    fields = {
        "timestamp": time,
        "person": interactions.plain(columns["sender"]),
        "community": community,
        # Who writes such a table calls a community by its name, unless there is a column for it.
        "name": interactions.text(columns["name"]) if "name" in columns else community,
        "medium": f"lower({interactions.named(columns.get('medium'))})",
        "posts": f"coalesce({posts}, 1)" if "posts" in columns else "1",
    }
    return interactions.select({name: fields[name] for name in AFFILIATION_FIELDS}, scan), {}


AFFILIATIONS = Reader(
    "affiliations",
    "who is in which community (channel, group): person, community, optional timestamp, medium, posts per row",
    _recognise,
    _read,
)
