"""Viva Insights: who collaborated with whom, as its person-to-person query says it; scores, never counts.

A row is a pair in contact in the period that its date stands for. How strong the tie is comes as a score between 0 and
1, which has no unit that could be added to messages or meetings, so each pair counts once a date. The attributes that
come with both persons can serve as the roster.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from silos.errors import ReadError
from silos.readers import canonical
from silos.readers.contract import Mapped, Reader, Request
from silos.readers.headings import folded, known
from silos.readers.parts import Head, Part, part_of, paths_of
from silos.readers.scratch import connect, literal, scratch_of
from silos.readers.tabular import Column, Scan, rows_of, scans
from silos.tables import Source

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


def _sides(headings: Sequence[str], sides: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    names = [folded(heading) for heading in headings]
    for first, second in sides:
        if any(name.startswith(first) for name in names) and any(name.startswith(second) for name in names):
            return first, second
    return None


def _is_person_level(headings: Sequence[str]) -> bool:
    names = {folded(heading) for heading in headings}
    return any({f"{first}personid", f"{second}personid"} <= names for first, second in _SIDES)


def _is_group_level(headings: Sequence[str]) -> bool:
    return _sides(headings, _GROUP_SIDES) is not None and not _is_person_level(headings)


def _recognise(head: Head) -> bool:
    return _is_person_level(head.headings) or _is_group_level(head.headings)


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    for part in parts:
        if _is_group_level(part.head.headings):
            raise _no_people(part.name)
    sources = canonical.read(parts, request, format="insights", headings=HEADINGS, rows=_contacts)
    note = (
        "Viva Insights gives scores, not counts: each pair is one contact a date, and who wrote to whom is not known, "
        "so the evidence on a connector is contacts only."
    )
    return [replace(source, notes=(*source.notes, note)) for source in sources]


def _no_people(name: str) -> ReadError:
    return ReadError(
        f"{name}: this is a group-to-group query of Viva Insights. It holds departments only, and time they spent, "
        "no persons: insularity, brokerage, communities, the connector and every interval need persons. Run a "
        "person-to-person query instead (Viva Insights, Analyst, Network queries: person-to-person), with Organization "
        "among its attributes; or export the mail trace of Exchange."
    )


def _contacts(scan: Scan, columns: Mapping[str, Column], time: str) -> tuple[str, Mapping[str, int]]:
    """One contact for each pair and date, whoever of the two is named first, however often it was exported."""
    one, other = canonical.plain(columns["sender"]), canonical.plain(columns["recipient"])
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
    return canonical.select(fields, scan), {}


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
        if not _is_person_level(part.head.headings):
            raise ReadError(f"{part.name}: this is no person-to-person query of Viva Insights.")
    request = replace(request, mapped=Mapped({}))
    sources = canonical.read(parts, request, format="insights", headings=HEADINGS, rows=_persons)
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
            f"{literal(_suffix(column.heading))}: {canonical.plain(column)}"
            for column in scan.columns
            if folded(column.heading).startswith(side) and column is not columns[field]
        ]
        attributes = f"map {{{', '.join(pairs)}}}" if pairs else "cast(map {} as map(varchar, varchar))"
        person = canonical.plain(columns[field])
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
    "Viva Insights, person-to-person query: pairs in contact by date (group-to-group queries are told apart)",
    _recognise,
    _read,
)
