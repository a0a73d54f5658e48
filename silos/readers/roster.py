"""Reads HR's list of who works where, from any tool.

A person is known by many ids: an e-mail address, a principal name, an employee number. All of them become aliases, so
that logs of several tools meet in one person. An alias that two people claim is dropped: better to miss some traffic
than to credit it to the wrong person.
"""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from silos.errors import ColumnError, ReadError
from silos.locales.said import Said
from silos.privacy.pseudonyms import Key
from silos.readers.directory.accounts import note_on_kinds, note_on_leavers
from silos.readers.directory.cells import Cleaned, cleaned_cells, without_no_rows
from silos.readers.directory.domains import with_same_domains
from silos.readers.directory.full_names import full_names, parts_of_names
from silos.readers.directory.headings import (
    DEPARTMENT_FALLBACKS,
    FAMILY,
    GIVEN,
    KNOWN,
    KNOWN_IDENTITIES,
    ROSTER_HEADINGS,
    contracts_among,
    kinds_of,
    manager_among,
)
from silos.readers.directory.identities import Cells, alias_columns, claims_of, identity_columns
from silos.readers.directory.managers import Directory, managers_found, note_on_managers, with_managers
from silos.readers.directory.namesakes import nicknamed, note_on_several, of_several, steady_ids
from silos.readers.directory.periods import DatedRoster, one_row_each
from silos.readers.directory.units import notes_on_spellings
from silos.readers.files import dataframes
from silos.readers.files.paths import paths_of, shown
from silos.readers.files.sheets import Sheets, chosen
from silos.readers.files.sniff import Part, part_of
from silos.readers.files.temporary import connect, scratch_of
from silos.readers.formats import insights
from silos.readers.reader import Mapped, Request, raise_all
from silos.readers.tabular import decimal_ids, timestamps
from silos.readers.tabular.columns import (
    LOG_HEADINGS,
    called_alike,
    check_given,
    folded,
    listed,
    locate,
    look_like_rows,
    missing,
    quotable,
    unused,
)
from silos.readers.tabular.ids import SCIENTIFIC, lowered, shape
from silos.readers.tabular.whole_table import Whole, distinct, lines_text, read_whole
from silos.system.arguments import mapping, one_of, texts
from silos.tables import Condition, Roster

__all__ = ["DatedRoster", "read_roster"]

_EXAMPLES = 5
_NAME_PARTS = frozenset(map(folded, (*GIVEN, *FAMILY)))


def read_roster(
    source: Any,
    *,
    columns: Mapping[str, str] | None = None,
    date_order: timestamps.DateOrder | None = None,
    key_file: str | os.PathLike[str] | None = None,
    sheet: str | None = None,
    keep: Collection[str] = (),
    same_domains: Mapping[str, str] | None = None,
) -> Roster:
    """Who works where, with all the ids under which a person may be in a log.

    A person-to-person query of Viva Insights is a roster too, of the attributes that came with its persons.

    Args:
        source: a path (delimited text in any usual encoding, a workbook or Parquet) or a DataFrame (pandas, polars,
            DuckDB).
        columns: canonical field -> column that holds it, where headings are not recognised.
        date_order: `day-first` or `month-first`, where effective dates could be either.
        key_file: the key with which `silos ingest` made pseudonyms: those of all ids become aliases too.
        sheet: the sheet of a workbook (.xlsx, .xls, .ods) to read; found by content unless given.
        keep: values that look like placeholders but are not: a department that is really called NA.
        same_domains: other domain -> domain of the roster: `{"acme.io": "acme.example"}` makes ann@acme.io the person
            ann@acme.example.

    Returns:
        one row per person; a `DatedRoster` where rows are dated and a person has several.

    Raises:
        SilosError: the file cannot be read (`ReadError`), no column names the person or a column in `columns` is not
            there (`ColumnError`), people stand twice with different departments and no dates, no address is at a domain
            that another is said to stand for.

    Examples:
        >>> roster = read_roster(pd.DataFrame({
        ...     "Matricule": ["7", "8"], "Nom": ["Roux", "Petit"], "Prénom": ["Ève", "Luc"],
        ...     "Service": [" Achats ", ""], "Courriel": ["Eve.Roux@acme.example", ""],
        ... }))
        >>> roster.people[["department", "name", "kind"]].values.tolist()
        [['Achats', 'Ève Roux', 'employee'], [nan, 'Luc Petit', 'employee']]
        >>> roster.aliases.values.tolist()
        [['7', '7'], ['8', '8'], ['eve.roux@acme.example', '7']]
    """
    check_given(columns, ROSTER_HEADINGS, option="--roster-map")
    keep = texts(keep, "keep")
    same_domains = mapping(same_domains or {}, "same_domains", of="another domain to the roster's")
    if date_order is not None:
        one_of(date_order, timestamps.DATE_ORDERS, "date_order")
    key = None if key_file is None else Key.read(key_file)
    # Rosters are small, whatever the log is.
    connection = connect(size=0)
    sheets = Sheets(() if sheet is None else (sheet,), "--roster-sheet")
    given = dict(columns or {})

    def sheet_of(book: Part) -> Part:
        return _sheet(book, sheets, given)

    try:
        people = _of_insights(source, connection, date_order, sheet_of)
        names = KNOWN | {folded(column) for column in given.values()}
        table = read_whole(source if people is None else people, connection, known=names, sheet=sheet_of)
        raise_all(sheets.faults())
        if people is not None:
            table.name = shown(source)
            table.notes.append(
                Said("read", "roster_of_query", name=table.name),
            )
        roster = _roster(table, given, date_order, connection, keep)
    finally:
        connection.close()
    roster = with_same_domains(roster, same_domains)
    return roster if key is None else _with_pseudonyms(roster, key)


def _with_pseudonyms(roster: Roster, key: Key) -> Roster:
    """The original ids stay aliases, so that logs with and without pseudonyms can be read together."""
    known = roster.aliases
    hidden = known.assign(alias=[key.person(alias) for alias in known["alias"]])
    aliases = pd.concat([known, hidden]).drop_duplicates("alias").sort_values("alias", ignore_index=True)
    return replace(roster, aliases=aliases.astype("str"), keys=key.checks)


def _sheet(book: Part, sheets: Sheets, given: Mapping[str, str]) -> Part:
    """The sheet of a workbook that is a roster: it names persons, and their departments if several do."""

    def fit(sheet: Part) -> int:
        headings = sheet.head.headings
        if look_like_rows(headings):
            return 0
        if insights.is_person_to_person(headings):
            return 2
        located, _ = locate(headings, ROSTER_HEADINGS, given=given)
        person = {"person", "name"} & set(located) or {folded(heading) for heading in headings} & KNOWN_IDENTITIES
        written = {"sender", "recipient"} <= set(locate(headings, LOG_HEADINGS)[0])
        return (2 if "department" in located else int(not written)) if person else 0

    return next(iter(chosen(book, sheets, fit, what="roster").values()))


def _of_insights(
    source: Any, connection: Any, order: timestamps.DateOrder | None, sheet: Callable[[Part], Part]
) -> pd.DataFrame | None:
    """The people of a person-to-person query of Viva Insights; None for any other source."""
    if dataframes.is_frame(source):
        return None
    scratch = scratch_of(connection)
    with scratch.archives:
        try:
            whole = [part_of(path, shown(path), known=KNOWN, scratch=scratch) for path in paths_of(source)]
            parts: list[Part] = []
            for part in whole:
                inner = part.head.members if part.head.kind == "container" else ("",)
                for name in inner:
                    one = part.member(name) if part.member and name else part
                    parts.append(sheet(one) if one.head.kind == "workbook" else one)
                    if not insights.is_person_to_person(parts[-1].head.headings):
                        return None
        except (ReadError, TypeError):
            return None  # which the reading of the roster says better
        return insights.roster_of(parts, request=Request(shown(source), connection, scratch, Mapped({}), order))


# ---- from the table to the roster


def _roster(
    table: Whole,
    given: Mapping[str, str],
    order: timestamps.DateOrder | None,
    connection: Any,
    keep: Collection[str],
) -> Roster:
    headings = list(table.rows.columns)
    located, absent = locate(headings, ROSTER_HEADINGS, given=given)
    quoted = quotable(headings, evident=table.evident, known=KNOWN)
    found = listed(quoted, len(headings) - len(quoted))
    raise_all([ColumnError.unknown(given[name], found=found, where=table.name) for name in absent])
    position = manager_among(headings)
    if "manager" not in located and position is not None and position not in located.values():
        located["manager"] = position
    left_out = without_no_rows(table, located, keep)
    cells = cleaned_cells(table, located, keep)
    columns_of_ids = [Cells(heading, cells.raw[at], cells.ids[at]) for at, heading in enumerate(headings)]
    names = full_names(headings, cells.texts, located)
    identities = identity_columns(columns_of_ids, located, names)
    if "person" not in located and not identities and "name" not in located:
        raise missing(table.name, ["person"], headings, option="--roster-map", evident=table.evident, known=KNOWN)
    own, located, cells, notes = _own_ids(table, cells, located, identities, names)
    columns = {name: headings[position] for name, position in located.items()}
    table.notes += _notes_on_alike(table.name, cells, headings, located, {*identities, located["person"]})
    table.notes += _left_out(table, left_out, own, cells, located["person"]) + notes
    columns_of_ids = [Cells(heading, cells.raw[at], cells.ids[at]) for at, heading in enumerate(headings)]
    kept = own.notna()
    if not kept.any():
        raise ReadError(f"{table.name}: no row names a person in the column {columns['person']!r}.")
    lists = alias_columns(columns_of_ids, located, identities)
    claims, ambiguous = claims_of(
        own, [columns_of_ids[at] for at in identities], [columns_of_ids[at] for at in lists], where=table.name
    )
    rows = _filled(table.rows, cells, located, headings)
    told = located.get("kind", contracts_among(headings))
    kinds, kind = (None, "") if told is None else (cells.texts[told], headings[told])
    rows["kind"] = kinds_of(kinds, [own, *(cells.ids[position] for position in identities)], kind)
    rows["person"] = person = _canonical_ids(own)
    rows = rows[kept]
    if "department" in rows.columns:
        table.notes += notes_on_spellings(rows["department"], table.name)
    rows, history, several = one_row_each(rows, table, order, connection, columns)
    aliases, notes = _aliases(claims[claims["row"].isin(kept.index[kept])], person)
    everybody = Directory(aliases, _named(rows, table.rows[kept], cells, headings, person))
    managers = managers_found(rows, everybody)
    table.notes += [
        *notes,
        *ambiguous,
        *cells.notes(table.name),
        *_notes_on_decimals(table, cells, {located["person"], *identities}),
        *note_on_kinds(None if kinds is None else kinds[kept], table.name, kind),
        *note_on_leavers(cells.texts, headings, located, table.name),
        *note_on_managers(managers, table.name, columns.get("manager", ""), rows.columns),
    ]
    people = with_managers(rows, everybody).set_index("person").sort_index()
    used = [headings[position] for position in {*located.values(), *identities, *lists}]
    used += [heading for heading in headings if folded(heading) in _NAME_PARTS]
    condition = Condition(
        placeholders=cells.placeholders,
        mended=cells.mended,
        lost=cells.lost,
        unused=tuple(unused(headings, used, evident=table.evident, known=KNOWN)),
        several=several,
    )
    if history is None:
        return Roster(people, aliases, columns, tuple(table.notes), condition=condition, managers=managers)
    return DatedRoster(
        people,
        aliases,
        columns,
        tuple(table.notes),
        condition=condition,
        managers=managers,
        history=with_managers(history, everybody),
    )


def _own_ids(
    table: Whole,
    cells: Cleaned,
    located: Mapping[str, int],
    identities: Sequence[int],
    names: "pd.Series[Any] | None",
) -> tuple["pd.Series[Any]", dict[str, int], Cleaned, list[str]]:
    """The id of each row's person, the columns with that of the person, the cells, and notes on ids that are nobody's.

    The cells returned lack what is nobody's, and whoever has another id is known by that.
    """
    located = dict(located)
    dates = [table.rows.iloc[:, located[name]] for name in ("effective_from", "effective_to") if name in located]
    period = pd.Series("", index=table.rows.index).str.cat([date.astype("string").fillna("") for date in dates])
    several = {}
    renames: list[str] = []
    for at in identities:
        others = [cells.ids[other] for other in identities if other != at]
        several[at] = of_several(cells.ids[at], names, others, period)
    if "person" not in located:
        # The fittest column that is filled in throughout with ids of one person each: some have no mailbox, some no
        # employee number.
        lacking = [int((cells.ids[at].isna() | several[at]).sum()) for at in identities]
        located["person"] = identities[lacking.index(min(lacking))] if identities else located.pop("name")
        if dates and names is not None:
            located["person"], renames = steady_ids(table, cells.ids, located["person"], identities, several, period)
    chosen = located["person"]
    own = cells.ids[chosen]
    torn = nicknamed(own, cells.raw[chosen])
    if chosen in several:
        torn |= several[chosen]
    if not torn.any():
        return own, located, cells, renames
    notes = renames + note_on_several(table, own, torn)
    cells = replace(
        cells, ids=cells.ids | {chosen: own.mask(torn)}, raw=cells.raw | {chosen: cells.raw[chosen].mask(torn)}
    )
    own = cells.ids[chosen]
    for at in identities:
        own = own.fillna(cells.ids[at].where(torn & ~several[at]))
    return own, located, cells, notes


def _left_out(
    table: Whole, no_rows: Mapping[str, int], own: "pd.Series[Any]", cells: Cleaned, position: int
) -> list[str]:
    """Notes on rows that name nobody or are not data."""
    notes: list[str] = [
        Said("read", "no_rows", name=table.name, count=count, reason=Said("rejected", reason))
        for reason, count in no_rows.items()
        if count
    ]
    lines = table.lines[own.isna()].tolist()
    if lines:
        lacking = own.isna() & cells.raw[position].notna()
        mangled = int(cells.texts[position][lacking].str.match(SCIENTIFIC).sum())
        notes.append(Said("read", "no_person", name=table.name, count=len(lines), lines=lines_text(lines)))
        if mangled:
            notes.append(Said("read", "mangled", name=table.name, count=mangled))
    return notes


def _notes_on_alike(
    where: str, cells: Cleaned, headings: Sequence[str], located: Mapping[str, int], ids: Collection[int]
) -> list[str]:
    """Notes on fields of which another column has the name, and says something else; every column of ids is read."""
    return [
        Said("read", "called_alike", name=where, column=repr(headings[at]))
        for at in located.values()
        if at not in ids
        and any(
            (cells.texts[at].ne(cells.texts[other]) & cells.texts[other].notna()).any()
            for other in called_alike(headings, at)
        )
    ]


def _notes_on_decimals(table: Whole, cells: Cleaned, positions: Collection[int]) -> list[str]:
    """Notes on columns of ids with decimals that may have been numbers."""
    return [
        decimal_ids.note(table.name, str(table.rows.columns[at]))
        for at in sorted(positions)
        if decimal_ids.were_numbers(
            cells.raw[at].dropna().unique(), typed=not pd.api.types.is_string_dtype(table.rows.iloc[:, at])
        )
    ]


def _named(
    rows: pd.DataFrame, table: pd.DataFrame, cells: Cleaned, headings: Sequence[str], person: "pd.Series[Any]"
) -> pd.DataFrame:
    """The names under which people may be somebody's manager: columns `person` and `name`."""
    found = [rows[["person", "name"]].dropna()] if "name" in rows.columns else []
    parts = parts_of_names(headings, cells.texts)
    if len(parts) == 2:
        both = (parts[0] + " " + parts[1]).reindex(table.index)
        found.append(pd.DataFrame({"person": person.reindex(table.index), "name": both}).dropna())
    return pd.concat(found) if found else pd.DataFrame({"person": [], "name": []})


def _aliases(claims: pd.DataFrame, person: "pd.Series[str]") -> tuple[pd.DataFrame, list[str]]:
    """The aliases of which it is known whose they are, and notes on the others.

    An id that is one person's own, and stands among the further ids of others, is that person's.
    """
    claims = claims.assign(person=claims["row"].map(person))
    own = claims[claims["own"]].groupby("alias")["person"].agg(["nunique", "first"])
    owner = claims["alias"].map(own.loc[own["nunique"] == 1, "first"])
    taken = owner.notna() & (owner != claims["person"])
    notes: list[str] = []
    if taken.any():
        notes.append(Said("read", "own_ids", count=claims.loc[taken, "alias"].nunique()))
    claims = claims.loc[~taken, ["alias", "person"]].drop_duplicates()
    shared = claims["alias"].duplicated(keep=False)
    if shared.any():
        count = claims.loc[shared, "alias"].nunique()
        people = claims.loc[shared, "person"].nunique()
        some = ", ".join(repr(shape(alias)) for alias in sorted(claims.loc[shared, "alias"].unique())[:_EXAMPLES])
        notes.append(
            Said("read", "claimed", count=count, people=people, some=some),
        )
    aliases = claims[~shared].sort_values("alias", ignore_index=True)
    return aliases.astype("str"), notes


def _canonical_ids(own: "pd.Series[str]") -> "pd.Series[str]":
    """Each person's id as it is first written: ids that differ only by case are the same person."""
    spelt = own.map(lowered, na_action="ignore")
    return spelt.map(own.dropna().groupby(spelt.dropna()).first())


def _labels(headings: Sequence[str], located: Mapping[str, int]) -> dict[int, str]:
    """Position -> label: known columns under their canonical names and first, the others as in the file."""
    order = [*located.values(), *(position for position in range(len(headings)) if position not in located.values())]
    names = distinct([*located, *(headings[position] for position in order[len(located) :])])
    return dict(zip(order, names, strict=True))


def _filled(table: pd.DataFrame, cells: Cleaned, located: Mapping[str, int], headings: Sequence[str]) -> pd.DataFrame:
    """The columns under their labels, blanks as missing, departments and names completed."""
    texts = cells.texts
    rows = pd.DataFrame(index=table.index)
    for position, label in _labels(headings, located).items():
        as_text = label in ("person", "department", "name", "manager") or _is_text(table.iloc[:, position])
        rows[label] = texts[position] if as_text else table.iloc[:, position]
    by_name = {folded(heading): position for position, heading in enumerate(headings)}
    if "department" in located:
        for heading in DEPARTMENT_FALLBACKS:
            fallback = texts.get(by_name.get(folded(heading), -1))
            if fallback is not None:
                rows["department"] = rows["department"].fillna(fallback)
    if "name" not in located and (names := full_names(headings, texts, located)) is not None:
        rows["name"] = names
    if "level" in rows.columns:
        level = pd.to_numeric(rows["level"], errors="coerce")
        rows["level"] = level if level.notna().equals(rows["level"].notna()) else rows["level"]
    return rows


def _is_text(values: "pd.Series[Any]") -> bool:
    return bool(pd.api.types.is_string_dtype(values) or values.dtype == object)
