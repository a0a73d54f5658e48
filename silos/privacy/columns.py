"""Columns of a roster that identify people, and so cannot name the units of an analysis."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from silos.errors import SilosError
from silos.locales.said import Said
from silos.network import DEPARTMENT
from silos.privacy.named_people import NamedPeople, units_without_people
from silos.tables import CROSSED, Roster, spellings

#: Canonical columns that identify people, and whom.
IDENTIFYING = {
    "person": "it holds the ids of people",
    "name": "it holds the names of people",
    "manager": "it names people's managers",
    "aliases": "it holds other ids of people",
}
#: Share of a column's distinct values that are ids or names of people of the roster, from which it identifies them.
NAMING = 0.2
#: People for each value, at least, of a column that tells units apart.
PER_UNIT = 2
#: People from whom on a column is nearly unique if it has fewer than `PER_UNIT` of them for each value.
FEWEST_PEOPLE = 20
#: Characters of a value, in the median, beyond which a column holds free text.
LONGEST_VALUE = 60
#: Columns that are named where another is to be chosen.
MOST_NAMED = 6

#: Columns that say something else of people than where they work.
_NO_UNITS = frozenset({"kind", "effective_from", "effective_to", "level"})
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def refuse_identifying(roster: Roster, by: str) -> None:
    """Stop where the units of an analysis would be people.

    Args:
        roster: who works where.
        by: the column that is to name the units. One that is not there is left to others.

    Raises:
        SilosError: the column identifies people; the message says why, and which columns do not.
    """
    reason = identifies(roster, by)
    if not reason:
        return
    others = units_of(roster)
    named = f" Columns that do not: {', '.join(map(repr, others))}." if others else ""
    raise SilosError(
        f"the roster's column {by!r} cannot name the units, as it would identify people: {reason} (--by).{named}"
    )


def in_units(roster: Roster, by: str | Sequence[str]) -> tuple[Roster, str]:
    """The roster, and the column of it that names the units: several columns are crossed, each combination is a unit.

    A column may be called as in the file, where it has another name here (`Abteilung`: `department`). What a unit's
    name holds of a person's is taken out of it, and a note of the roster says so.

    Raises:
        SilosError: one of the columns identifies people, or is not there.
    """
    if isinstance(by, str):
        column = label_of(roster, by)
        return _without_people(roster, column), column
    if not isinstance(by, Sequence) or not all(isinstance(column, str) for column in by):
        raise SilosError(f"the units are named by a column of HR's list, or several, not by {by!r} (--by).")
    columns = list(dict.fromkeys(label_of(roster, column) for column in by))
    if not columns:
        raise SilosError("no column is named that tells the units (--by).")
    for column in columns:
        refuse_identifying(roster, column)
        roster = _without_people(roster, column)
    return (roster, columns[0]) if len(columns) == 1 else roster.crossed(columns)


def _without_people(roster: Roster, column: str) -> Roster:
    """The roster whose units of a column are called by no person of it: see `silos.privacy.named_people`.

    A column that identifies people by most of its values is left as it is: it is refused.
    """
    if column not in roster.people.columns or identifies(roster, column):
        return roster
    values = roster.people[column].dropna().astype(str)
    if _numbered(values, column):
        return roster
    units = roster.spells(column)["unit"].dropna()
    given = list(map(str, units.unique()))
    renamed = units_without_people(given, NamedPeople.of(roster, given))
    if not renamed:
        return roster
    called = {unit.casefold(): name for unit, name in renamed.items()}

    def change(rows: pd.DataFrame) -> pd.DataFrame:
        new = {given: called.get(text.casefold(), given) for given, text in spellings(rows[column]).items()}
        return rows.assign(**{column: rows[column].map(new)})

    note = Said("read", "units_named", count=len(renamed), column=repr(column))
    return replace(roster.with_rows(change), notes=(*roster.notes, note))


def in_same_units(roster: Roster, by: str) -> Roster:
    """Another roster with the column that names the units, of which `in_units` gave the name: crossed where that is.

    Raises:
        SilosError: the column, or one of those that are crossed, is not there.

    Examples:
        >>> import pandas as pd
        >>> people = pd.DataFrame({"kind": "employee", "team": ["R&D"] * 20, "site": ["Oslo"] * 20})
        >>> roster = Roster(people, pd.DataFrame({"alias": [], "person": []}))
        >>> in_same_units(roster, "team × site").people.columns.tolist()
        ['kind', 'team', 'site', 'team × site']
    """
    if by in roster.people.columns or CROSSED not in by:
        return _without_people(roster, by)
    return in_units(roster, by.split(CROSSED))[0]


def read_for(roster: Roster, by: str) -> tuple[str, ...]:
    """The columns of the file that name the units: those that are crossed, where they are.

    Examples:
        >>> import pandas as pd
        >>> people = pd.DataFrame({"team": ["R&D"], "site": ["Oslo"]})
        >>> roster, name = Roster(people, pd.DataFrame()).crossed(["team", "site"])
        >>> read_for(roster, name), read_for(roster, "team")
        (('team', 'site'), ('team',))
    """
    columns = tuple(by.split(CROSSED))
    return columns if set(columns) <= set(roster.people.columns) else (by,)


def as_spelt(units: pd.Series, known: Iterable[str]) -> dict[Any, str]:
    """Units as the known ones are written, where only case, blanks or invisible signs differ.

    Examples:
        >>> as_spelt(pd.Series(["hr", "HR ", "IT"]), ["Hr", "Sales"])
        {'hr': 'Hr', 'HR ': 'Hr', 'IT': 'IT'}
    """
    written = {name.casefold(): name for name in known}
    return {given: written.get(name.casefold(), name) for given, name in spellings(units).items()}


def label_of(roster: Roster, column: str) -> str:
    """The name here of a column that may be called as in the file; a column that is not there as it is."""
    if column in roster.people.columns or column in IDENTIFYING:
        return column
    named = (label for label, heading in roster.columns.items() if heading.casefold() == column.strip().casefold())
    return next(named, column)


def identifies(roster: Roster, column: str) -> str:
    """Why a column identifies people; "" where it does not, or is not there.

    Examples:
        >>> import pandas as pd
        >>> people = pd.DataFrame({"team": ["a", "b"] * 20, "desk": range(40), "boss": ["p1", "p2"] * 20})
        >>> people.index = pd.Index([f"p{number}" for number in people.index], name="person")
        >>> roster = Roster(people, pd.DataFrame({"alias": people.index, "person": people.index}))
        >>> [identifies(roster, column) for column in ("team", "desk", "person")]
        ['', 'it has 40 values for 40 people', 'it holds the ids of people']
        >>> identifies(roster, "boss")
        'its values are ids or names of people'
    """
    if column in IDENTIFYING:
        return IDENTIFYING[column]
    if column not in roster.people.columns:
        return ""
    values = roster.people[column].dropna().astype(str).str.strip()
    distinct = values.str.casefold().drop_duplicates()
    if distinct.empty:
        return ""
    addresses = distinct.map(lambda text: _ADDRESS.fullmatch(text) is not None)
    # Departments that are numbered are also people's numbers, by chance: the heading says what they are.
    people = set() if _numbered(distinct, column) else _called(roster)
    called = sum(text in people for text in distinct) / len(distinct)
    if max(float(addresses.mean()), called) >= NAMING:
        return "its values are ids or names of people"
    if float(distinct.str.len().median()) > LONGEST_VALUE:
        return "it holds free text"
    if len(values) >= FEWEST_PEOPLE and len(values) < PER_UNIT * len(distinct):
        return f"it has {len(distinct):,} values for {len(values):,} people"
    return ""


def units_of(roster: Roster, *, without: Iterable[str] = ()) -> list[str]:
    """Columns that could name units: several values, each of several people. The most filled first."""
    found = {}
    for name in map(str, roster.people.columns):
        values = roster.people[name].dropna()
        several = 1 < values.nunique() <= len(values) / PER_UNIT
        if several and name not in {*_NO_UNITS, *without} and not identifies(roster, name):
            found[name] = len(values)
    return sorted(found, key=lambda name: -found[name])[:MOST_NAMED]


def _numbered(values: pd.Series, column: str) -> bool:
    """Whether departments are numbered, as people may be."""
    return column == DEPARTMENT and bool(values.str.strip().str.fullmatch(r"\d+").all())


def _called(roster: Roster) -> set[str]:
    """What people of the roster are called, in lower case."""
    called = {*roster.aliases["alias"], *(str(person).casefold() for person in roster.people.index)}
    if "name" in roster.people.columns:
        called |= {str(name).casefold() for name in roster.people["name"].dropna()}
    return called
