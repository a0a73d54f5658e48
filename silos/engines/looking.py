"""Displays logs and rosters, for example in a notebook: with bounded work, and with ids only on request."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from silos.engines import engine_on
from silos.engines.scanning import scanning
from silos.privacy.media import masked_medium
from silos.system.arguments import whole
from silos.tables import (
    AFFILIATION_FIELDS,
    GROUP_FIELDS,
    INTERACTION_FIELDS,
    KINDS,
    TIES_FIELDS,
    Interactions,
    Roster,
    spellings,
)

#: Rows that a display counts at most; of a larger log it says that it has more.
COUNTED = 1_000_000
#: Bytes up to which a display reads a log that must be read whole before its first row is known.
READ_WHOLE = 50_000_000
#: Media that a display names at most.
MEDIA_SHOWN = 8
#: Departments, levels and places that fewer people share tell who somebody is: a display does not show them.
FEWEST = 5

#: Steps of a query that end before its first row comes.
_BLOCKING = re.compile(r"GROUP_BY|WINDOW|ORDER|TOP_N|JOIN|DISTINCT|AGGREGATE")
#: The other side of a join with a list of constants, which is how DuckDB looks up a longer `in (…)`.
_CONSTANTS = "COLUMN_DATA_SCAN"
#: Columns that may hold ids, and what these are called where they are numbered.
_MASKED = {
    **dict.fromkeys(("sender", "recipient", "person", "manager"), "person"),
    **{name: name for name in ("event", "thread", "community", "name")},
}
_PANDAS = {"timestamp": "datetime64[us]", "varchar": "str", "integer": "Int64", "bigint": "Int64", "double": "float64"}
#: Columns of a roster that a display may show, where enough people share a value.
_OF_PEOPLE = ("department", "level", "location", "kind", "effective_from", "effective_to")


@dataclass(frozen=True)
class _Held:
    """What logs hold.

    Attributes:
        query: SQL of its rows.
        fields: column -> SQL type.
        masked: columns with ids -> what these are.
    """

    query: str
    fields: Mapping[str, str]
    masked: Mapping[str, str]


def _held(interactions: Interactions) -> _Held:
    if interactions.ties:
        return _Held(interactions.ties, TIES_FIELDS, {"a": "person", "b": "person"})
    if interactions.groups:
        return _Held(interactions.groups, GROUP_FIELDS, {})
    # A table of who is in which community holds no interaction.
    if all(source.affiliations and "community" in source.columns for source in interactions.sources):
        return _Held(interactions.affiliations, AFFILIATION_FIELDS, _MASKED)
    return _Held(interactions.query, INTERACTION_FIELDS, _MASKED)


def is_spark(interactions: Interactions) -> bool:
    """Whether the logs lie on a cluster, where each look is a job."""
    return type(interactions.connection).__module__.startswith("pyspark.")


def rows(interactions: Interactions, limit: int | None = None) -> pd.DataFrame:
    """See `Interactions.to_pandas`."""
    limit = None if limit is None else whole(limit, "limit", least=0)
    held = _held(interactions)
    return _frame(interactions, held, limit, ordered=False)


def first_rows(interactions: Interactions, n: int, *, ids: bool) -> pd.DataFrame:
    """See `Interactions.head`."""
    n = whole(n, "n", least=0)
    held = _held(interactions)
    small = 0 < interactions.size <= READ_WHOLE and not is_spark(interactions)
    found = _frame(interactions, held, n, ordered=small)
    return found if ids else _numbered(found, held.masked)


def _frame(interactions: Interactions, held: _Held, limit: int | None, *, ordered: bool) -> pd.DataFrame:
    fields = held.fields
    order = f" order by {', '.join(name for name in fields if name not in ('a', 'b'))}" if ordered else ""
    query = f"select {', '.join(fields)} from ({held.query}) as log{order}"
    if limit is not None:
        query += f" limit {limit}"
    engine = engine_on(interactions.connection)
    try:
        with scanning(interactions):
            columns = engine.columns(query)
    finally:
        engine.close()
    return pd.DataFrame({name: _series(columns[name], kind) for name, kind in fields.items()})


def _series(values: np.ndarray, kind: str) -> "pd.Series[Any]":
    """A column of an engine, masked where it is missing."""
    missing = np.ma.getmaskarray(values)
    plain = pd.Series(np.ma.getdata(values))
    if kind not in _PANDAS:
        return plain.astype(object)
    kept = plain.astype(object) if kind == "varchar" else plain
    return kept.astype("Int64" if _PANDAS[kind] == "Int64" else kept.dtype).mask(missing).astype(_PANDAS[kind])


def _numbered(table: pd.DataFrame, masked: Mapping[str, str]) -> pd.DataFrame:
    """The table with ids as numbers, the same for the same id, and words that are not ours as "other"."""
    numbers: dict[str, dict[str, str]] = {}
    shown = table.copy()
    places = [(row, name) for row in range(len(table)) for name in table.columns if name in masked]
    columns = {name: table[name].astype(object).to_numpy(copy=True) for name in table.columns if name in masked}
    for row, name in places:
        given = columns[name][row]
        if not pd.isna(given):
            known = numbers.setdefault(masked[name], {})
            columns[name][row] = known.setdefault(str(given).casefold(), f"{masked[name]} {len(known) + 1}")
    for name, values in columns.items():
        shown[name] = pd.Series(values, index=table.index, dtype="str")
    if "kind" in table.columns and "medium" in table.columns:
        shown["kind"] = table["kind"].where(table["kind"].isin(KINDS) | table["kind"].isna(), "other")
        shown["medium"] = table["medium"].map(masked_medium, na_action="ignore")
    return shown


# ---- what a log is like


@dataclass(frozen=True)
class Sight:
    """What a bounded look at logs saw.

    Attributes:
        rows: how many, `COUNTED` at most; None where they were not counted.
        first, last: times of these rows.
        media: medium -> rows, the most frequent first.
        why: why nothing, or not all, was counted.
    """

    rows: int | None = None
    first: datetime | None = None
    last: datetime | None = None
    media: tuple[tuple[str, int], ...] = ()
    why: str = ""


def sight(interactions: Interactions) -> Sight:
    """Rows, period and media of logs, as far as little work tells them."""
    if is_spark(interactions):
        return Sight(why="they lie on Spark, where a look is a job: head() runs one")
    held = _held(interactions)
    if not _is_quick(interactions, held):
        return Sight(why=f"all {interactions.size / 1e6:,.0f} MB must be read for it: head() does")
    medium = "medium" if "medium" in held.fields else "cast(null as varchar)"
    time = "timestamp" if "timestamp" in held.fields else "cast(null as timestamp)"
    with interactions.connection.cursor() as cursor, scanning(interactions):
        found = cursor.execute(
            f"select medium, count(*), min(time), max(time) from (select {medium} as medium, {time} as time "
            f"from ({held.query}) as log limit {COUNTED + 1}) group by medium order by 2 desc, 1"
        ).fetchall()
    count = sum(row[1] for row in found)
    times = [time for row in found for time in row[2:] if time is not None]
    return Sight(
        min(count, COUNTED),
        min(times, default=None),
        max(times, default=None),
        _media({name: number for name, number, *_ in found if name}),
        f"more than {COUNTED:,} rows: the rest was not looked at" if count > COUNTED else "",
    )


def _media(rows: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Media and their rows, the most frequent first, as far as they may be shown by their names."""
    shown: Counter[str] = Counter()
    for medium, count in rows.items():
        shown[masked_medium(medium)] += count
    return tuple(shown.most_common())


def _is_quick(interactions: Interactions, held: _Held) -> bool:
    """Whether the first rows come without reading all: the plan streams, or there is not much to read."""
    if 0 < interactions.size <= READ_WHOLE:
        return True
    with interactions.connection.cursor() as cursor, scanning(interactions):
        [(_, plan)] = cursor.execute(f"explain (format json) select * from ({held.query}) as log").fetchall()
    return not any(_blocks(step) for step in json.loads(plan))


def _blocks(step: Mapping[str, Any]) -> bool:
    """Whether a step of a plan, or one below it, ends before the first row comes."""
    below = step["children"]
    looked_up = "JOIN" in step["name"] and _CONSTANTS in below[-1]["name"]
    return bool(not looked_up and _BLOCKING.search(step["name"])) or any(_blocks(one) for one in below)


def page_of_log(interactions: Interactions) -> str:
    """The display of logs in a notebook."""
    seen = sight(interactions)
    logs = [(source.name, source.format, _read_from(source.columns)) for source in interactions.sources]
    facts = [("rows", f"{seen.rows:,}" if seen.rows is not None else "not counted")]
    if seen.first and seen.last:
        facts.append(("period", f"{seen.first:%Y-%m-%d} to {seen.last:%Y-%m-%d}"))
    elif seen.rows is not None:
        facts.append(("period", "no times"))
    if seen.media:
        more = f" and {len(seen.media) - MEDIA_SHOWN} more" if len(seen.media) > MEDIA_SHOWN else ""
        named = ", ".join(f"{name} {count:,}" for name, count in seen.media[:MEDIA_SHOWN])
        facts.append(("media", f"{named}{more}"))
    if seen.why:
        facts.append(("not counted", seen.why))
    few = "" if seen.rows is None else _table(first_rows(interactions, 5, ids=False))
    return _listed(("log", "format", "columns"), logs) + _listed(("", ""), facts) + few


def _read_from(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{field} from {heading!r}" for field, heading in columns.items())


# ---- rosters


def first_people(roster: Roster, n: int, *, ids: bool) -> pd.DataFrame:
    """See `Roster.head`."""
    n = whole(n, "n", least=0)
    if ids:
        return roster.people.head(n).reset_index()
    people = roster.people
    shown = pd.DataFrame({"person": people.index.to_series().reset_index(drop=True)})
    for name in _OF_PEOPLE:
        if name in people.columns:
            values = people[name].reset_index(drop=True)
            shared = values.map(values.value_counts())
            rare = values.notna() & (shared < FEWEST) & (name != "kind")
            shown[name] = values.astype(object).mask(rare, f"(fewer than {FEWEST})")
    if "manager" in people.columns:
        shown["manager"] = people["manager"].reset_index(drop=True)
    return _numbered(shown.head(n), _MASKED)


def page_of_roster(roster: Roster) -> str:
    """The display of a roster in a notebook."""
    people = roster.people
    facts = [("people", f"{len(people):,}")]
    if "department" in people.columns:
        units = set(spellings(people["department"]).values())
        facts.append(("departments", f"{len(units):,}; {int(people['department'].isna().sum()):,} people without one"))
    kinds = people["kind"].value_counts() if "kind" in people.columns else pd.Series(dtype="int64")
    if len(kinds) > 1:
        facts.append(("kinds", ", ".join(f"{kind} {count:,}" for kind, count in kinds.items())))
    facts.append(("columns", _read_from(roster.columns)))
    others = len([name for name in people.columns if name not in roster.columns and name != "kind"])
    if others:
        facts.append(("not recognised", f"{others:,} more columns, which --by may name"))
    facts.append(("ids", f"{len(roster.aliases):,}, under which these people are found in logs"))
    return _listed(("", ""), facts) + _table(first_people(roster, 5, ids=False))


# ---- HTML


def _listed(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    heading = "".join(f"<th>{escape(text)}</th>" for text in headings)
    head = f"<thead><tr>{heading}</tr></thead>" if any(headings) else ""
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>{head}<tbody>{body}</tbody></table>"


def _table(frame: pd.DataFrame) -> str:
    shown = frame.astype(object).where(frame.notna(), "")
    html: str = shown.to_html(index=False, border=0, escape=True)
    return html
