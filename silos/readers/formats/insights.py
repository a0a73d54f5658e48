"""Viva Insights: who collaborated with whom, as its person-to-person query says it, or its group-to-group query.

A row of the first is a pair in contact in the period that its date stands for. How strong the tie is comes as a score
between 0 and 1, which has no unit that could be added to messages or meetings, so each pair counts once a date. The
attributes that come with both persons can serve as the roster.

A row of the second is the time that the people of one group invested in another: no person is in it. A query of Viva
Insights has minutes, one of Workplace Analytics hours.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from silos.engines.quoting import literal
from silos.errors import ColumnError, ReadError
from silos.locales.said import Said
from silos.readers.files.paths import paths_of
from silos.readers.files.sniff import Head, Part, part_of
from silos.readers.files.temporary import connect, scratch_of
from silos.readers.reader import Mapped, Reader, Request
from silos.readers.tabular import interactions
from silos.readers.tabular.columns import folded, known
from silos.readers.tabular.scan import Column, Scan, rows_of, scans
from silos.tables import INTERACTION_FIELDS, Source

#: What the columns of the two persons begin with, today and in Workplace Analytics.
_SIDES = (("primarycollaborator", "secondarycollaborator"), ("tieorigin", "tiedestination"))
_GROUP_SIDES = (*_SIDES, ("timeinvestors", "collaborators"))

HEADINGS = {
    "timestamp": ("metric date", "date"),
    "sender": ("primary collaborator person id", "tie origin person id"),
    "recipient": ("secondary collaborator person id", "tie destination person id"),
}

#: Column of the roster -> attributes of Viva's organisational data it is taken from.
_ATTRIBUTES = {"department": ("organization", "organisation", "department"), "manager": ("managerid",)}

#: What groups invested: heading -> minutes of one unit.
_INVESTED = {"groupcollaborationtimeinvested": 1, "collaborationtimeinvested": 1, "collaborationhours": 60}
_GROUP_SIZE = "groupsize"


def _sides(headings: Sequence[str], sides: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    names = [folded(heading) for heading in headings]
    for first, second in sides:
        if any(name.startswith(first) for name in names) and any(name.startswith(second) for name in names):
            return first, second
    return None


def is_person_to_person(headings: Sequence[str]) -> bool:
    """Whether a table with these headings is a person-to-person query of Viva Insights."""
    names = {folded(heading) for heading in headings}
    return any({f"{first}personid", f"{second}personid"} <= names for first, second in _SIDES)


def _is_group_level(headings: Sequence[str]) -> bool:
    return _sides(headings, _GROUP_SIDES) is not None and not is_person_to_person(headings)


def _recognise(head: Head) -> bool:
    return is_person_to_person(head.headings) or _is_group_level(head.headings)


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    groups = [part for part in parts if _is_group_level(part.head.headings)]
    persons = [part for part in parts if part not in groups]
    found = _between_groups(groups, request) if groups else []
    if persons:
        sources = interactions.read(persons, request, format="insights", headings=HEADINGS, rows=_contacts)
        note = Said("read", "insights")
        found += [replace(source, notes=(*source.notes, note)) for source in sources]
    return found


def _no_people(name: str) -> ReadError:
    return ReadError(
        f"{name}: this is a group-to-group query of Viva Insights. It holds departments and the time they spent, "
        "but no persons, so it is not a roster. Run a person-to-person query (Viva Insights, Analyst, Network queries: "
        "person-to-person) with Organization among its attributes, or name HR's list of people."
    )


# ---- groups


def _between_groups(parts: Sequence[Part], request: Request) -> list[Source]:
    """Sources of group-to-group queries: `groups` yields their rows, `query` nobody."""
    headings: dict[str, tuple[str, ...]] = {"timestamp": HEADINGS["timestamp"]}
    for part in parts:
        shared = _shared_attributes(part.head.headings, part.name)
        for field, place in (("sender", 0), ("recipient", 1)):
            headings[field] = (*headings.get(field, ()), *(columns[place] for columns in shared.values()))
    sources = interactions.read(parts, request, format="insights", headings=headings, rows=_invested, ids=())
    nobody = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in INTERACTION_FIELDS.items())
    note = Said("read", "insights_groups")
    called = {"sender": "group", "recipient": "other group"}
    return [
        replace(
            source,
            # Of the same scan, so that it is known which lines of it could not be read.
            query=f"select {nobody} from ({source.query}) as rows where false",
            groups=source.query,
            columns={called.get(field, field): column for field, column in source.columns.items()},
            notes=(*source.notes, note),
        )
        for source in sources
    ]


def _shared_attributes(headings: Sequence[str], name: str) -> dict[str, tuple[str, str]]:
    """Attribute -> its columns of the one group and of the other, the department first where it is among them.

    Raises:
        ReadError: the two are grouped by different attributes.
    """
    sides = _sides(headings, _GROUP_SIDES)
    assert sides is not None
    first, second = (
        {_label(attribute): heading for heading in headings if (attribute := _attribute_of(heading, side)) is not None}
        for side in sides
    )
    shared = {label: (first[label], second[label]) for label in first if label in second}
    if not shared:
        raise ReadError(
            f"{name}: this group-to-group query groups the one side by {', '.join(first) or 'nothing'} and the other "
            f"by {', '.join(second) or 'nothing'}. Run it with the same attribute, as Organization, on both sides."
        )
    return dict(sorted(shared.items(), key=lambda item: item[0] != "department"))


def _attribute_of(heading: str, side: str) -> str | None:
    """The attribute of a group that a column holds: 'Organization' of 'PrimaryCollaborator_Organization'."""
    start, *rest = re.split(r"[_ .]", heading.strip(), maxsplit=1)
    return rest[0] if rest and folded(start) == side and folded(rest[0]) != _GROUP_SIZE else None


def _label(attribute: str) -> str:
    return next((label for label, names in _ATTRIBUTES.items() if folded(attribute) in names), attribute)


def _invested(scan: Scan, _columns: Mapping[str, Column], time: str) -> tuple[str, Mapping[str, int]]:
    """Attributes and size of both groups, and the minutes that the people of the one invested in the other."""
    sides = _sides(scan.headings, _GROUP_SIDES)
    assert sides is not None
    named = {folded(column.heading): column for column in reversed(scan.columns)}
    heading = next((heading for heading in _INVESTED if heading in named), None)
    if heading is None:
        raise ColumnError(
            f"{scan.files[0]}: this group-to-group query has no column of the time that groups invest in each other. "
            "Add the metric 'Group collaboration time invested' (Workplace Analytics: 'Collaboration hours')."
        )
    shared = _shared_attributes(scan.headings, scan.files[0])
    of = {column.heading: interactions.text(column) for column in scan.columns}
    groups = [", ".join(f"{literal(label)}: {of[both[place]]}" for label, both in shared.items()) for place in (0, 1)]
    sizes = [interactions.number(named.get(f"{side}{_GROUP_SIZE}"), "double") for side in sides]
    fields = {
        "timestamp": time,
        "a": f"map {{{groups[0]}}}",
        "b": f"map {{{groups[1]}}}",
        "minutes": f"{_INVESTED[heading]} * {interactions.number(named[heading], 'double')}",
        "size_a": sizes[0],
        "size_b": sizes[1],
    }
    return interactions.select(fields, scan), {}


# ---- persons


def _contacts(scan: Scan, columns: Mapping[str, Column], time: str) -> tuple[str, Mapping[str, int]]:
    """One contact for each pair and date, whoever of the two is named first, however often it was exported."""
    one, other = interactions.plain(columns["sender"]), interactions.plain(columns["recipient"])
    # Ids match without regard to case, so they are ordered without it too.
    swapped = f"lower({one}) > lower({other})"
    both = f"{one} is not null and {other} is not null"
    first, second = (f"case when {swapped} then {a} else {b} end" for a, b in ((other, one), (one, other)))
    fields = {
        "timestamp": time,
        "sender": first,
        "recipient": second,
        "medium": "'insights'",
        "event": f"case when {both} then md5(concat_ws('|', {time}, lower({first}), lower({second}))) end",
        "thread": "cast(null as varchar)",
        "kind": "'contact'",
        "recipients": "cast(1 as integer)",
        "weight": "cast(1 as double)",
    }
    return interactions.select(fields, scan), {}


def roster_of(log: str | os.PathLike[str] | Sequence[Part], *, request: Request | None = None) -> pd.DataFrame:
    """The people of a person-to-person query, with the attributes that came with them.

    Args:
        log: the path of the export, or its parts (then with `request`).
        request: of the parts, for its connection and order of day and month.

    Returns:
        one row for each person and set of attributes, sorted: `person`, the attributes under their names in the export
        (`Organization` as `department`, `ManagerId` as `manager`), and `effective_from`, the first date with these
        attributes, where somebody's changed. A table for `silos.read_roster`.

    Raises:
        SilosError: it is no such export, or without attributes (`ReadError`).
    """
    if not isinstance(log, str | os.PathLike):
        if request is None:
            raise TypeError("the parts of a log are read with their request")
        return _roster(list(log), request)
    connection = connect()
    try:
        scratch = scratch_of(connection)
        with scratch.archives:
            request = Request(str(log), connection, scratch, Mapped({}))
            names = known(HEADINGS)
            parts = [part_of(path, str(path), known=names, scratch=scratch) for path in paths_of(log)]
            return _roster(parts, request)
    finally:
        connection.close()


def _roster(parts: Sequence[Part], request: Request) -> pd.DataFrame:
    for part in parts:
        if _is_group_level(part.head.headings):
            raise _no_people(part.name)
        if not is_person_to_person(part.head.headings):
            raise ReadError(f"{part.name}: this is not a person-to-person query of Viva Insights.")
    request = replace(request, mapped=Mapped({}))
    sources = interactions.read(parts, request, format="insights", headings=HEADINGS, rows=_persons)
    order = [name for scan in scans(parts, request) for name in _attributes(scan.headings)]
    attributes = list(dict.fromkeys(order))
    if not attributes:
        raise ReadError(
            f"{request.name}: its persons have no attributes. Add Organization to the person-to-person query."
        )
    union = " union all ".join(f"({source.query})" for source in sources)
    query = (
        f"with seen as (select lower(person) as person, seen, a.key as name, a.value as value "
        f"from ({union}), unnest(map_entries(attributes)) as u(a)) "
        "select person, seen, name, max(value) from seen where person is not null and value is not null "
        "group by person, seen, name order by person, seen, name"
    )
    return _dated(rows_of(query, request.connection, request.name), attributes)


def _attributes(headings: Sequence[str]) -> list[str]:
    """Names of the attributes of either person, as in the export, without what they begin with."""
    sides = _sides(headings, _SIDES)
    assert sides is not None
    names = []
    for heading in headings:
        side = next((side for side in sides if folded(heading).startswith(side)), None)
        if side is not None and folded(heading) != f"{side}personid":
            names.append(_suffix(heading))
    return list(dict.fromkeys(names))


def _suffix(heading: str) -> str:
    return heading.split("_", 1)[1] if "_" in heading else heading


def _persons(scan: Scan, columns: Mapping[str, Column], time: str) -> tuple[str, Mapping[str, int]]:
    """The two persons of each row, each with a map of its attributes."""
    sides = _sides(scan.headings, _SIDES)
    assert sides is not None
    selects = []
    for field, side in zip(("sender", "recipient"), sides, strict=True):
        pairs = [
            f"{literal(_suffix(column.heading))}: {interactions.plain(column)}"
            for column in scan.columns
            if folded(column.heading).startswith(side) and column.heading != columns[field].heading
        ]
        attributes = f"map {{{', '.join(pairs)}}}" if pairs else "cast(map {} as map(varchar, varchar))"
        person = interactions.plain(columns[field])
        selects.append(f"select {person} as person, {time} as seen, {attributes} as attributes from {scan.sql}")
    return " union all ".join(selects), {}


def _dated(found: Sequence[tuple[str, object, str, str]], attributes: Sequence[str]) -> pd.DataFrame:
    """A row for each person and set of attributes that held from a date on."""
    held: dict[str, dict[object, dict[str, str]]] = {}
    for person, seen, name, value in found:
        held.setdefault(person, {}).setdefault(seen, {})[name] = value
    rows: list[dict[str, object]] = []
    for person, by_date in held.items():
        row: dict[str, object] | None = None
        # A date that cannot be read comes first: it says what somebody was, not since when.
        for seen, values in sorted(by_date.items(), key=lambda item: (item[0] is not None, str(item[0]))):
            # A query may give fewer attributes to one side than to the other: what is not said did not change.
            if row is None or any(row.get(name, value) != value for name, value in values.items()):
                row = {**(row or {}), "person": person, "effective_from": seen}
                rows.append(row)
            row.update(values)
    taken: set[str] = set()
    names: dict[str, str] = {}
    for name in attributes:
        label = next((label for label, known_as in _ATTRIBUTES.items() if folded(name) in known_as), name)
        names[name] = label if label not in taken else name
        taken.add(names[name])
    table = pd.DataFrame(rows, columns=["person", *attributes, "effective_from"]).rename(columns=names)
    return table if table["person"].duplicated().any() else table.drop(columns="effective_from")


INSIGHTS = Reader(
    "insights",
    "Viva Insights: person-to-person query (pairs in contact by date) or group-to-group query (departments only)",
    _recognise,
    _read,
    more="insights",
)
