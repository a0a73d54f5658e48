"""HR's list of who works where, from whatever tool exported it.

A person is known by many ids: an e-mail address, a principal name, an employee number. All of them become aliases, so
that logs of several tools meet in one person. An alias that two people claim is dropped: better to miss some traffic
than to credit it to the wrong person.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
import pandas as pd

from silos.errors import ColumnError, ReadError, SilosError
from silos.privacy.pseudonyms import Key
from silos.readers.files import dataframes
from silos.readers.files.paths import paths_of
from silos.readers.files.sheets import Sheets, chosen
from silos.readers.files.sniff import Part, part_of
from silos.readers.files.temporary import connect, scratch_of
from silos.readers.formats import insights
from silos.readers.reader import Mapped, Request, raise_all
from silos.readers.tabular import timestamps
from silos.readers.tabular.columns import (
    LOG_HEADINGS,
    check_given,
    folded,
    known,
    listed,
    locate,
    look_like_rows,
    missing,
    quotable,
)
from silos.readers.tabular.whole_table import Whole, counted, distinct, lines_text, read_whole
from silos.tables import EXTERNAL, Roster, spellings

#: Canonical field of a roster -> headings it is known by, the likelier first.
ROSTER_HEADINGS: dict[str, tuple[str, ...]] = {
    "person": ("person", "person id"),
    "department": (
        *("department", "dept", "department name", "département", "service", "direction", "division"),
        *("organization", "organisation", "org unit path", "org unit path [required]", "business unit", "unit"),
        *("entité", "pôle", "équipe", "team"),
    ),
    "name": (
        *("name", "display name", "full name", "employee name", "nom complet", "nom et prénom", "nom prénom"),
        *("prénom et nom", "prénom nom"),
    ),
    "manager": (
        *("manager", "manager id", "manager email", "manager upn", "reports to email", "reports to", "supervisor"),
        *("line manager", "responsable", "responsable hiérarchique", "supérieur", "supérieur hiérarchique", "n+1"),
        *("matricule responsable", "courriel responsable"),
    ),
    "level": ("level", "level designation", "job level", "grade", "niveau", "échelon"),
    "location": ("location", "office location", "office", "site", "city", "lieu", "localisation", "ville"),
    "aliases": ("aliases", "alias", "proxy addresses", "other mails", "email aliases", "autres adresses"),
    "effective_from": (
        *("effective from", "effective date", "valid from", "date d'effet", "date effet", "date de début"),
        *("date début", "début de validité"),
    ),
    "effective_to": ("effective to", "valid to", "valid until", "date de fin", "date fin", "fin de validité"),
    "kind": ("kind", "user type", "account type", "recipient type details", "type de compte", "type"),
}

#: Headings of columns that identify a person, the fittest for an id of the roster first. All become aliases.
IDENTITIES: tuple[str, ...] = (
    *("person", "person id", "user principal name", "upn", "work email", "email address", "email address [required]"),
    *("email", "e-mail address", "mail", "primary email", "user email", "courriel", "adresse e-mail", "adresse mail"),
    *("adresse électronique", "adresse courriel", "email professionnel", "matricule", "employee id", "employee #"),
    *(
        "employee number",
        "employee no",
        "worker id",
        "staff id",
        "numéro employé",
        "identifiant",
        "user id",
        "user name",
    ),
    *("login", "sam account name", "object id", "id", "azure id", "entra id", "slack id", "slack user id", "viva id"),
    *("teams id", "node name", "node", "member id", "recovery email", "secondary email", "home email"),
)

_GIVEN = ("first name", "given name", "first name [required]", "prénom")
_FAMILY = ("last name", "surname", "family name", "last name [required]", "nom", "nom de famille")
_DEPARTMENT_FALLBACKS = ("org unit path", "org unit path [required]")

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("shared mailbox", re.compile(r"shared|partag|functional mailbox|bo[iî]te fonctionnelle")),
    ("room", re.compile(r"\b(room|resource|ressource|equipment|[ée]quipement|salle)")),
    ("bot", re.compile(r"\b(ro)?bot\b|\bapp(lication)?\b|\bservice\b|\bsystem\b|automat")),
    (EXTERNAL, re.compile(r"\bguest|\bexternal\b|\bexterne\b|\binvit")),
)

_IDENTITIES = known({"identity": IDENTITIES})
_KNOWN = known({**ROSTER_HEADINGS, "identity": IDENTITIES, "given": _GIVEN, "family": _FAMILY})

_EXAMPLES = 5


@dataclass(frozen=True, eq=False)
class DatedRoster(Roster):
    """A roster whose rows say from when to when they hold; `people` has the latest row of each person.

    Attributes:
        history: one row a person and period, ordered, with the columns of `people`, besides `person` (as in `people`),
            `effective_from` and `effective_to` (timestamps; missing: open). Where the file has no end of a period, the
            next of the person ends it.
    """

    history: pd.DataFrame = field(default_factory=pd.DataFrame)

    def spells(self, by: str) -> pd.DataFrame:
        """Who was in which unit from when to when; see `Roster.spells`.

        On a day of which no row of a person speaks the row before it holds, or the first.
        """
        rows = self._in_units(self.history, by).reset_index(drop=True)
        if "effective_from" not in rows.columns:
            rows["effective_from"] = rows.groupby("person")["effective_to"].shift(1)
        # Of several rows from the same day on, the last one counts.
        rows = rows.drop_duplicates(["person", "effective_from"], keep="last")
        unit = rows["unit"].fillna("")
        # Rows that follow one another in the same unit are one spell, with what the last of them says.
        spell = ((rows["person"] != rows["person"].shift()) | (unit != unit.shift())).cumsum()
        since = rows.groupby(spell)["effective_from"].transform("first")
        left = rows["effective_to"] if "effective_to" in rows.columns else pd.NaT
        spells = rows.assign(since=since, joined=since, left=left)[~spell.duplicated(keep="last")]
        spells["until"] = spells.groupby("person")["since"].shift(-1)
        spells["since"] = spells["since"].mask(~spells["person"].duplicated())
        return spells.drop(columns=["effective_from", "effective_to"], errors="ignore").reset_index(drop=True)


def read_roster(
    source: Any,
    *,
    columns: Mapping[str, str] | None = None,
    date_order: timestamps.DateOrder | None = None,
    key_file: str | os.PathLike[str] | None = None,
    sheet: str | None = None,
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

    Returns:
        one row a person; a `DatedRoster` where rows are dated and a person has several.

    Raises:
        SilosError: the file cannot be read (`ReadError`), no column names the person or a column in `columns` is not
            there (`ColumnError`), people stand twice with different departments and no dates.

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
    key = None if key_file is None else Key.read(key_file)
    connection = connect()
    sheets = Sheets(() if sheet is None else (sheet,), "--roster-sheet")
    given = dict(columns or {})

    def sheet_of(book: Part) -> Part:
        return _sheet(book, sheets, given)

    try:
        people = _of_insights(source, connection, date_order, sheet_of)
        names = _KNOWN | {folded(column) for column in given.values()}
        table = read_whole(source if people is None else people, connection, known=names, sheet=sheet_of)
        raise_all(sheets.faults())
        if people is not None:
            table.name = str(source)
            table.notes.append(
                f"{source} is a person-to-person query of Viva Insights: the roster is made of what it says of its "
                "persons. Their ids are those of this query, which no other log has."
            )
        roster = _roster(table, given, date_order, connection)
    finally:
        connection.close()
    return roster if key is None else _with_pseudonyms(roster, key)


def _with_pseudonyms(roster: Roster, key: Key) -> Roster:
    """The ids as they are stay aliases: logs that hold pseudonyms and logs that do not can be read together."""
    known = roster.aliases
    hidden = known.assign(alias=[key.person(alias) for alias in known["alias"]])
    aliases = pd.concat([known, hidden]).drop_duplicates("alias").sort_values("alias", ignore_index=True)
    return replace(roster, aliases=aliases.astype("str"), key=key.check)


def _sheet(book: Part, sheets: Sheets, given: Mapping[str, str]) -> Part:
    """The sheet of a workbook that is a roster: it names persons, and their departments if several do."""

    def fit(sheet: Part) -> int:
        headings = sheet.head.headings
        if look_like_rows(headings):
            return 0
        if insights.is_person_to_person(headings):
            return 2
        located, _ = locate(headings, ROSTER_HEADINGS, given=given)
        person = {"person", "name"} & set(located) or {folded(heading) for heading in headings} & _IDENTITIES
        written = {"sender", "recipient"} <= set(locate(headings, LOG_HEADINGS)[0])
        return (2 if "department" in located else int(not written)) if person else 0

    return next(iter(chosen(book, sheets, fit, what="roster").values()))


def _of_insights(
    source: Any, connection: Any, order: timestamps.DateOrder | None, sheet: Callable[[Part], Part]
) -> pd.DataFrame | None:
    """The people of a person-to-person query of Viva Insights, where the source is one; None of all else."""
    if dataframes.is_frame(source):
        return None
    scratch = scratch_of(connection)
    with scratch.archives:
        try:
            whole = [part_of(path, str(path), known=_KNOWN, scratch=scratch) for path in paths_of(source)]
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
        return insights.roster_of(parts, request=Request(str(source), connection, scratch, Mapped({}), order))


# ---- from the table to the roster


def _roster(table: Whole, given: Mapping[str, str], order: timestamps.DateOrder | None, connection: Any) -> Roster:
    headings = list(table.rows.columns)
    located, absent = locate(headings, ROSTER_HEADINGS, given=given)
    quoted = quotable(headings, evident=table.evident, known=_KNOWN)
    found = listed(quoted, len(headings) - len(quoted))

    raise_all([ColumnError.unknown(given[name], found=found, where=table.name) for name in absent])
    texts = {position: _text(table.rows.iloc[:, position]) for position in range(len(headings))}
    identities = _identities(headings, texts, located)
    if "person" not in located:
        if not identities and "name" not in located:
            raise missing(table.name, ["person"], headings, option="--roster-map", evident=table.evident, known=_KNOWN)
        # The fittest column that is filled in throughout: some have no mailbox, some no employee number.
        blanks = [int(texts[position].isna().sum()) for position in identities]
        located["person"] = identities[blanks.index(min(blanks))] if identities else located.pop("name")
    columns = {name: headings[position] for name, position in located.items()}
    own = texts[located["person"]]
    table.notes += _blank(table, own)
    kept = own.notna()
    if not kept.any():
        raise ReadError(f"{table.name}: no row names a person in the column {columns['person']!r}.")
    claims = _claims(own, [texts[position] for position in identities], texts.get(located.get("aliases", -1)))
    rows = _filled(table.rows, texts, located, headings)
    rows["kind"] = _kinds(texts.get(located.get("kind", -1)), [own, *(texts[position] for position in identities)])
    rows["person"] = person = _canonical_ids(own)
    rows = rows[kept]
    if "department" in rows.columns:
        table.notes += _variants(rows["department"])
    rows, history = _one_row_each(rows, table, order, connection, columns)
    aliases, notes = _aliases(claims[claims["row"].isin(kept.index[kept])], person)
    rows = _with_managers(rows, aliases)
    table.notes += notes
    people = rows.set_index("person").sort_index()
    if history is None:
        return Roster(people, aliases, columns, tuple(table.notes))
    return DatedRoster(people, aliases, columns, tuple(table.notes), history=_with_managers(history, aliases))


def _text(values: "pd.Series[Any]") -> "pd.Series[str]":
    """A column as text: outer blanks off, inner ones folded, nothing for blank. Whole numbers lose their '.0'."""
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")
    texts = values.astype("string").to_numpy(dtype=object, na_value=None)
    folded_in = [None if text is None else " ".join(text.split()) or None for text in texts]
    return pd.Series(folded_in, index=values.index, dtype="str")


def _identities(
    headings: Sequence[str], texts: Mapping[int, "pd.Series[str]"], located: Mapping[str, int]
) -> list[int]:
    """Positions of the columns that identify a person, the fittest first."""
    names = [folded(name) for name in headings]
    others = {position for name, position in located.items() if name not in ("person", "aliases")}
    order = list(dict.fromkeys(folded(name) for name in IDENTITIES))
    positions = [located["person"]] if "person" in located else []
    for name in order:
        positions += [position for position, heading in enumerate(names) if heading == name]
    return [
        position for position in dict.fromkeys(positions) if position not in others and texts[position].notna().any()
    ]


def _blank(table: Whole, own: "pd.Series[str]") -> list[str]:
    lines = table.lines[own.isna()].tolist()
    if not lines:
        return []
    return [f"{table.name}: {counted(len(lines), 'row')} without a person left out ({lines_text(lines)})."]


def _canonical_ids(own: "pd.Series[str]") -> "pd.Series[str]":
    """Each person's id as it is first written: case makes no other person."""
    first = own.dropna().groupby(own.dropna().str.casefold()).first()
    return own.str.casefold().map(first)


def _labels(headings: Sequence[str], located: Mapping[str, int]) -> dict[int, str]:
    """Position -> label: known columns under their canonical names and first, the others as in the file."""
    order = [*located.values(), *(position for position in range(len(headings)) if position not in located.values())]
    names = distinct([*located, *(headings[position] for position in order[len(located) :])])
    return dict(zip(order, names, strict=True))


def _filled(
    table: pd.DataFrame, texts: Mapping[int, "pd.Series[str]"], located: Mapping[str, int], headings: Sequence[str]
) -> pd.DataFrame:
    """The columns under their labels, blanks as missing, departments and names completed."""
    rows = pd.DataFrame(index=table.index)
    for position, label in _labels(headings, located).items():
        as_text = label in ("person", "department", "name", "manager") or _is_text(table.iloc[:, position])
        rows[label] = texts[position] if as_text else table.iloc[:, position]
    by_name = {folded(heading): position for position, heading in enumerate(headings)}
    if "department" in located:
        for heading in _DEPARTMENT_FALLBACKS:
            fallback = texts.get(by_name.get(folded(heading), -1))
            if fallback is not None:
                rows["department"] = rows["department"].fillna(fallback)
    if "name" not in located:
        parts = [texts[by_name[key]] for names in (_GIVEN, _FAMILY) for key in map(folded, names) if key in by_name]
        if parts:
            joined = parts[0] if len(parts) == 1 else parts[0].fillna("") + " " + parts[1].fillna("")
            rows["name"] = _text(joined)
    if "level" in rows.columns:
        level = pd.to_numeric(rows["level"], errors="coerce")
        rows["level"] = level if level.notna().equals(rows["level"].notna()) else rows["level"]
    return rows


def _is_text(values: "pd.Series[Any]") -> bool:
    return bool(pd.api.types.is_string_dtype(values) or values.dtype == object)


def _kinds(given: "pd.Series[str] | None", identities: Sequence["pd.Series[str]"]) -> "pd.Series[str]":
    """What each account is, as the roster says or as its ids show."""
    kinds = pd.Series("employee", index=identities[0].index, dtype="str")
    if given is not None:
        meant = {value: _kind(value) for value in given.dropna().unique()}
        kinds = given.map(meant).astype("str").fillna("employee")
    for texts in identities:
        kinds = kinds.mask(texts.str.contains("#EXT#", case=False, regex=False).fillna(False).astype(bool), EXTERNAL)
    return kinds


def _kind(value: str) -> str:
    """What a roster's word for a kind of account means.

    Examples:
        >>> [_kind(value) for value in ("Guest", "SharedMailbox", "Service account", "Salle", "CDI")]
        ['external', 'shared mailbox', 'bot', 'room', 'employee']
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", value).casefold()
    return next((kind for kind, pattern in _KINDS if pattern.search(words)), "employee")


def _claims(
    own: "pd.Series[str]", identities: Sequence["pd.Series[str]"], more: "pd.Series[str] | None"
) -> pd.DataFrame:
    """Every id that a row claims, lower case: columns `row` and `alias`."""
    claimed = [own, *identities]
    if more is not None:
        listed = more.dropna().str.split(";").explode()
        if listed.str.contains(":", regex=False).any():
            listed = listed.str.replace(r"^\s*smtp:", "", case=False, regex=True)
        claimed.append(listed)
    everything = pd.concat(claimed).dropna().str.strip().str.lower()
    everything = everything[everything != ""]
    return pd.DataFrame({"row": everything.index, "alias": everything.to_numpy()}).drop_duplicates()


def _aliases(claims: pd.DataFrame, person: "pd.Series[str]") -> tuple[pd.DataFrame, list[str]]:
    """The aliases that one person alone claims, and what to say of the others."""
    claims = claims.assign(person=claims["row"].map(person))[["alias", "person"]].drop_duplicates()
    shared = claims["alias"].duplicated(keep=False)
    notes = []
    if shared.any():
        count = claims.loc[shared, "alias"].nunique()
        people = claims.loc[shared, "person"].nunique()
        some = ", ".join(repr(alias) for alias in sorted(claims.loc[shared, "alias"].unique())[:_EXAMPLES])
        notes.append(
            f"{counted(count, 'id')} claimed by several people ({people:,} in all) left out, as nobody can tell whose "
            f"messages they are: {some}."
        )
    aliases = claims[~shared].sort_values("alias", ignore_index=True)
    return aliases.astype("str"), notes


def _one_row_each(
    rows: pd.DataFrame, table: Whole, order: timestamps.DateOrder | None, connection: Any, columns: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """The latest row of each person, and all of them where they are dated."""
    dated = [name for name in ("effective_from", "effective_to") if name in rows.columns]
    for name in dated:
        rows[name] = _dates(rows[name], table.name, columns[name], order, connection)
    if dated and (rows["person"].duplicated().any() or rows[dated].notna().any(axis=None)):
        by = ["person", *dated]
        history = rows.sort_values(by, kind="stable", na_position="first", ignore_index=True)
        if "effective_from" in dated:
            ends = history.groupby("person")["effective_from"].shift(-1)
            history["effective_to"] = history["effective_to"].fillna(ends) if "effective_to" in dated else ends
        return history.drop_duplicates("person", keep="last"), history
    _refuse_contradictions(rows, table)
    # Of several rows that agree, what one leaves blank another may fill.
    twice = rows["person"].duplicated().any()
    return rows.groupby("person", sort=False, as_index=False).first() if twice else rows, None


def _variants(departments: "pd.Series[Any]") -> list[str]:
    """A note on departments that are written in several ways."""
    taken = {name: chosen for name, chosen in spellings(departments).items() if str(name) != chosen}
    if not taken:
        return []
    examples = ", ".join(f"{str(name)!r} ({chosen})" for name, chosen in list(taken.items())[:_EXAMPLES])
    return [
        "departments whose names differ by case, blanks or invisible signs alone are taken as one: "
        f"{examples}{', …' if len(taken) > _EXAMPLES else ''}."
    ]


def _refuse_contradictions(rows: pd.DataFrame, table: Whole) -> None:
    if "department" not in rows.columns:
        return
    stated = rows.dropna(subset=["department"])
    departments = stated["department"].astype(str).str.casefold().groupby(stated["person"]).nunique()
    torn = departments.index[departments > 1]
    if len(torn):
        lines = table.lines[stated.index[stated["person"].isin(torn)]].tolist()
        raise SilosError(
            f"{table.name}: {len(torn):,} {'person stands' if len(torn) == 1 else 'people stand'} in several "
            f"departments ({lines_text(lines)}). Keep one row each, or date them (effective_from, effective_to)."
        )


def _dates(
    values: "pd.Series[Any]", name: str, heading: str, order: timestamps.DateOrder | None, connection: Any
) -> "pd.Series[Any]":
    """Effective dates as timestamps, missing where they cannot be understood."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return values
    stated = _text(values)
    writing = timestamps.writing_of(stated.dropna())
    frame = pd.DataFrame({"position": range(len(stated)), "stated": stated.astype(object).where(stated.notna(), None)})
    connection.register("silos_effective", frame)
    try:
        if writing.undecided and order is None:
            query = f"select distinct {timestamps.day_month('stated')} from silos_effective"
            pairs = [re.split("[-/.]", value) for (value,) in connection.execute(query).fetchall() if value]
            order = timestamps.decided({name: [(int(a), int(b)) for a, b in pairs]}, name=name, column=heading)
        query = f"select {timestamps.utc('stated', writing, order)} as at from silos_effective order by position"
        times = connection.execute(query).df()["at"]
    except duckdb.Error as error:
        raise ReadError(f"{name}: the dates in {heading!r} cannot be read. Write them as 2024-05-31.") from error
    finally:
        connection.unregister("silos_effective")
    return pd.Series(times.to_numpy(dtype="datetime64[us]"), index=values.index)


def _with_managers(rows: pd.DataFrame, aliases: pd.DataFrame) -> pd.DataFrame:
    """Managers under their own id where they are people of the roster, by any id of theirs or a name of one only."""
    if "manager" not in rows.columns:
        return rows
    by_key = pd.Series(aliases["person"].to_numpy(), index=aliases["alias"])
    if "name" in rows.columns:
        named = rows.dropna(subset=["name"]).drop_duplicates("person")
        names = pd.Series(named["person"].to_numpy(), index=named["name"].astype(str).str.lower())
        names = names[~names.index.duplicated(keep=False) & (by_key.index.get_indexer(names.index) < 0)]
        by_key = pd.concat([by_key, names])
    stated = rows["manager"]
    return rows.assign(manager=stated.str.lower().map(by_key).astype(object).fillna(stated))
