"""One pass over all rows of a table before its query is written: ids, times, and rows that are not data.

The scan groups by the distinct ids of each column and by the shapes of the times, so that everything that costs is done
on few values: a log of ten million rows has some ten thousand ids. Cells that may name several people are only counted
by the signs they hold, which are looked for row by row only where the first rows hold any. What is amiss with an id is
asked only where some id is not plain: to prepare that question alone takes longer than to read a small log.
"""

from collections import Counter
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace

from silos.engines.quoting import literal
from silos.readers.reader import Request
from silos.readers.tabular import ids, ids_sql, thing_ids
from silos.readers.tabular.ids_sql import COMMA, HTML, KINDS, NAMED, PLACEHOLDER, SCIENTIFIC, SEVERAL, Cleaning
from silos.readers.tabular.listings import RULE
from silos.readers.tabular.no_rows import sql_no_row
from silos.readers.tabular.scan import SAMPLE, Column, Scan, aside, rows_of
from silos.readers.tabular.shapes import LONGEST, Shape
from silos.readers.tabular.thing_ids import ThingIds, sql_suspect
from silos.readers.tabular.time_columns import sample

#: Shapes of times that are looked at.
MOST_SHAPES = 2_000
#: Different values up to which a column holds words, as that of a status does.
MOST_VALUES = 100
#: HTML entities of a column that are decoded at most.
MOST_ENTITIES = 500
#: Commas part people where at least this share of what stands between them are ids of their own elsewhere.
KNOWN_PARTS = 0.5

#: Sign in a cell -> letter of its mark in the groups.
_SIGNS = (("@", "a"), (",", "c"), (";", "s"), ("\n", "s"), ("|", "b"), ("&", "h"), ("[", "p"), ("{", "p"))
_SEPARATORS = (";", "\n", "|", ",")
#: The shape of plain ISO 8601, with or without a Z, and a time of that shape.
ISO, EXAMPLE = "9999-99-99T99:99:99", "2000-01-01T00:00:00"
#: What groups are of, beside those of a column of ids.
_TIMES, _ROWS = "times", "rows"


@dataclass(frozen=True)
class IdColumn:
    """What a column of ids holds.

    Attributes:
        amiss: bit of `ids_sql.KINDS` -> rows.
        blank: rows without a value.
        cleaning: what its ids need.
        several: whether a cell may name several people.
    """

    amiss: Mapping[int, int] = field(default_factory=dict)
    blank: int = 0
    cleaning: Cleaning = field(default_factory=lambda: Cleaning(0))
    several: bool = False


@dataclass(frozen=True)
class Profile:
    """What the look through all rows showed.

    Attributes:
        ids: field -> what its column holds.
        things: field -> what of its ids of messages or conversations are none.
        shapes: of the times, the most frequent first.
        no_rows: reason -> rows that are not interactions.
        values: column -> what stands in it, where that was asked for: `MOST_VALUES` + 1 of them at most.
    """

    ids: Mapping[str, IdColumn] = field(default_factory=dict)
    things: Mapping[str, ThingIds] = field(default_factory=dict)
    shapes: tuple[Shape, ...] = ()
    no_rows: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[Column, Sequence[str]] = field(default_factory=dict)


def profile(
    scan: Scan,
    columns: Mapping[str, Column],
    request: Request,
    *,
    fields: Sequence[str],
    several: bool,
    time: str = "",
    valued: Sequence[Column] = (),
) -> Profile:
    """Look through all the rows.

    Args:
        scan: the table.
        columns: field -> its column.
        request: for its connection.
        fields: of ids.
        several: whether a cell of `recipient` may name several people.
        time: SQL of the time as text; empty where it is typed, or there is none.
        valued: columns of which the values are asked for, in lower case and without blanks around them.
    """
    given = [name for name in fields if name in columns and not columns[name].is_list]
    things = {name: _is_rounded(scan, columns[name], request) for name in thing_ids.FIELDS if name in columns}
    worded = {f"v{place}": column for place, column in enumerate(valued)}
    groups = _look(scan, columns, request, given, things, time, worded)
    no_rows: Counter[str] = Counter()
    for group in groups:
        if group.junk is not None:
            no_rows[group.junk] += group.rows
    shapes = [_shaped(group) for group in groups if group.what == _TIMES and group.junk is None and group.mark]
    looked = _Looked(scan, columns, request, several)
    ids_seen = {name: looked.ids(name, [group for group in groups if group.what == name]) for name in given}
    things_seen = {}
    for name, rounded in things.items():
        suspects = [(group.mark, group.rows) for group in groups if group.what == name]
        things_seen[name] = thing_ids.found(suspects, columns[name], scan, request, rounded)
    values = {column: [group.mark for group in groups if group.what == key] for key, column in worded.items()}
    return Profile(ids_seen, things_seen, tuple(shapes), dict(sorted(no_rows.items())), values)


def _is_rounded(scan: Scan, column: Column, request: Request) -> bool:
    return column.is_text and thing_ids.is_rounded(sample(scan, column, column.sql, request))


# ---- the query


@dataclass(frozen=True)
class _Group:
    """One row of what the look through all the rows gives.

    Attributes:
        what: a field of ids of people or of things, or `_TIMES` or `_ROWS`; of values, the key of their column.
        kinds: bits of what is amiss with the ids; None for blanks.
        mark: what cells hold that may name several people; ids of things that may be none; the shape of times; a value.
        junk: why the rows are not interactions.
        rows: how many there are.
        low, high: the least and the greatest of the times.
    """

    what: str
    kinds: int | None
    mark: str
    junk: str | None
    rows: int
    low: str | None
    high: str | None


def _look(
    scan: Scan,
    columns: Mapping[str, Column],
    request: Request,
    given: Sequence[str],
    things: Mapping[str, bool],
    time: str,
    worded: Mapping[str, Column],
) -> list[_Group]:
    """The groups of all rows: one scan, grouped by each of the columns by itself.

    Args:
        scan: the table.
        columns: field -> its column.
        request: for its connection.
        given: fields of ids of people.
        things: fields of ids of messages and conversations, and whether those are rounded.
        time: SQL of the time as text, or nothing.
        worded: key -> a column of which the values are asked for.
    """
    names = {f"k{place}": name for place, name in enumerate((*given, *things))}
    people = {key: columns[name].text for key, name in names.items() if name not in things}
    marked = _marked(scan, request, people)
    keys = people | {key: _key(people[key]) for key in marked}
    keys |= {key: sql_suspect(columns[name], things[name]) for key, name in names.items() if name in things}
    keys["junk"] = sql_no_row(scan, columns, time)
    keys |= {key: column.text for key, column in worded.items()}
    sets: dict[str, tuple[str, ...]] = {key: (key, "junk") if name in things else (key,) for key, name in names.items()}
    sets |= {key: (key, "junk") for key in worded}
    sets |= {"shape": ("shape", "junk")} if time else {"junk": ("junk",)}
    order = [*keys, "shape"] if time else list(keys)
    with aside(request.connection, scan.files[0]) as looking:
        looking.execute(f"create temp table grouped as {_grouped(scan, keys, sets, order, time)}")
        query = _summed(names, things, sets, order, ids_sql.sql_unsure, marked)
        groups = [_Group(*row) for row in looking.execute(query).fetchall()]
        if any(group.kinds for group in groups):
            query = _summed(names, things, sets, order, ids_sql.sql_kinds, marked)
            groups = [_Group(*row) for row in looking.execute(query).fetchall()]
    return groups


def _grouped(
    scan: Scan, keys: Mapping[str, str], sets: Mapping[str, Sequence[str]], order: Sequence[str], time: str
) -> str:
    """SQL of the rows of each group, with the least and the greatest of the times.

    Args:
        scan: the table.
        keys: name -> SQL of what is grouped by, but for the shape of the times.
        sets: the names that each grouping is by.
        order: all of these names.
        time: SQL of the time as text, or nothing.
    """
    values = "".join(f", {sql} as {key}" for key, sql in keys.items())
    if time:
        inner = f"select {time} as stated{values} from {scan.sql}"
        inner = f"select *, {_shape('stated')} as shape from ({inner})"
        # Each group keeps the least and the greatest, which costs: of plain ISO 8601 they tell nothing more.
        # What ends in a word may be in a zone of that name.
        plain = (
            f"starts_with(shape, '{ISO}') and (strlen(shape) <= {len(ISO) + 1} or (suffix(shape, '9') or "
            "suffix(shape, '9Z')) and not contains(shape, 'GMT') and not contains(shape, 'UTC'))"
        )
        inner = f"select *, case when not ({plain}) then stated end as moment from ({inner})"
    else:
        inner = f"select cast(null as varchar) as moment{values} from {scan.sql}"
    listed = ", ".join(order)
    return (
        f"select {listed}, grouping({listed}) as which, count(*) as rows, min(moment) as low, max(moment) as high "
        f"from ({inner}) group by grouping sets ({', '.join('(' + ', '.join(by) + ')' for by in sets.values())})"
    )


def _summed(
    names: Mapping[str, str],
    things: Collection[str],
    sets: Mapping[str, Sequence[str]],
    order: Sequence[str],
    kinds: Callable[[str], str],
    marked: Container[str],
) -> str:
    """SQL of `_Group`s, of the table `grouped`.

    Args:
        names: key -> field of ids.
        things: those of messages and conversations.
        sets: the names that each grouping is by.
        order: all of these names.
        kinds: SQL of what is amiss with an id of a person.
        marked: the keys of people of which cells that may name several are marked; now that they are few, others are.
    """
    parts = []
    for key, by in sets.items():
        # A bit for each column that a group is not grouped by, the first the highest.
        which = sum(1 << (len(order) - 1 - order.index(other)) for other in order if other not in by)
        most = ""
        if key == "shape":
            chosen = f"'{_TIMES}', 0, coalesce(shape, ''), junk, sum(rows), min(low), max(high)"
            most = f" order by sum(rows) desc limit {MOST_SHAPES}"
        elif key == "junk":
            chosen = f"'{_ROWS}', 0, '', junk, sum(rows), null, null"
        elif key not in names:
            value = f"lower(trim({key}))"
            chosen = f"'{key}', 0, {value} as value, null, sum(rows), null, null"
            most = f" having value is not null order by value limit {MOST_VALUES + 1}"
        elif names[key] in things:
            chosen = f"'{names[key]}', 0, {key}, null, sum(rows), null, null"
            most = f" having {key} is not null order by sum(rows) desc limit {thing_ids.MOST_SUSPECTS}"
        else:
            several = f"starts_with(coalesce({key}, ''), chr(1))"
            amiss = f"case when {several} then 0 else {kinds(key)} end"
            chosen = f"'{names[key]}', {amiss}, case when {several} then {key} else '' end, null, sum(rows), null, null"
        groups = f"grouped where which = {which}"
        if "junk" in by and key not in ("junk", "shape"):
            groups += " and junk is null"
        elif key in names and key not in marked:
            groups = f"(select {_key(key)} as {key}, rows from {groups})"
        parts.append(f"(select {chosen} from {groups} group by all{most})")
    return " union all ".join(parts)


def _marked(scan: Scan, request: Request, keys: Mapping[str, str]) -> set[str]:
    """The keys of which a cell of the first rows may name several people: nearly each cell may be another one there.

    Others are grouped by what they are, and the signs looked for in each once: in each row that takes longer than the
    grouping.
    """
    values = ", ".join(f"{text} as {key}" for key, text in keys.items())
    signs = ", ".join(f"bool_or({_several(key)})" for key in keys)
    query = f"select {signs} from (select {values} from {scan.sql} limit {SAMPLE})"
    [found] = rows_of(query, request.connection, scan.files[0]) if keys else [()]
    return {key for key, several in zip(keys, found, strict=True) if several}


def _key(text: str) -> str:
    """SQL that an id is grouped by: itself, or the signs in a cell that may name several people."""
    marks = [f"case when contains({text}, {literal(sign)}) then '{letter}' else '' end" for sign, letter in _SIGNS]
    return f"case when {_several(text)} then chr(1) || {' || '.join(marks)} else {text} end"


def _several(text: str) -> str:
    """SQL of whether a cell may name several people; null for null."""
    several = " or ".join(f"contains({text}, {literal(mark)})" for mark in _SEPARATORS)
    # The semicolon of an HTML entity parts nothing.
    plain = f"regexp_replace({text}, {literal(ids.ENTITY)}, '', 'g')"
    bare = " or ".join(f"contains({plain}, {literal(mark)})" for mark in _SEPARATORS)
    return f"case when contains({text}, '&') then {bare} else {several} end"


def _shape(time: str) -> str:
    """SQL of the shape of a time: plain ISO 8601 is told by a cast, which is quick.

    DuckDB casts "2025-01-06 9:00 XYZ" and "2025-01-06 09:00 PM" too, and drops the word: seconds must stand in their
    place, and nothing but digits and a Z.
    """
    digits = f"translate(left(trim({time}), {LONGEST}), '0123456789', '9999999999')"
    return (
        f"case when strlen({time}) = 20 and suffix({time}, 'Z') and {time}[17] = ':' "
        f"and try_cast({time} as timestamp) is not null then '{ISO}Z' when strlen({time}) = 19 and {time}[17] = ':' "
        f"and try_cast({time} as timestamp) is not null then '{ISO}' "
        f"when regexp_full_match({time}, ' *[0-9]{{1,19}} *') "
        f"then '#' || length(trim({time})) || right(trim({time}), 1) "
        f"else {digits} end"
    )


def _shaped(group: _Group) -> Shape:
    text = group.mark
    tens = text.startswith("#") and text[-1] == "0"
    if text.startswith(ISO) and group.low is None:
        return Shape(text, group.rows, EXAMPLE, EXAMPLE)
    return Shape(text[:-1] if text.startswith("#") else text, group.rows, str(group.low), str(group.high), tens)


# ---- what the groups mean


@dataclass(frozen=True, eq=False)
class _Looked:
    """A scan of which the groups are known; another look only where they raise a question."""

    scan: Scan
    columns: Mapping[str, Column]
    request: Request
    several: bool

    def ids(self, name: str, groups: Sequence[_Group]) -> IdColumn:
        """What a column of ids holds."""
        amiss: Counter[int] = Counter()
        listed = self.several and name == "recipient"
        marked, blank, commas, bars = False, 0, 0, 0
        for group in groups:
            blank += group.rows if group.kinds is None else 0
            kinds = group.kinds or 0
            if group.mark:
                letters = set(group.mark[1:])
                # Without an address, a comma may belong to a name, and a bar to an id.
                open_question = letters <= {"c", "b", "h"}
                commas += group.rows if open_question and "c" in letters else 0
                bars += group.rows if open_question and "b" in letters else 0
                kinds = (COMMA if open_question else SEVERAL if listed else NAMED) | (HTML if "h" in letters else 0)
                marked = True
            for bit in KINDS:
                amiss[bit] += group.rows if kinds & bit else 0
        by_comma = bool(listed and commas and self._parts(","))
        by_bar = bool(listed and bars and self._parts("|"))
        entities = self._entities(self.columns[name]) if amiss[HTML] else ()
        # What stands in cells that may name several people was not looked at one by one: it is cleaned of everything.
        cleaning = Cleaning(-1 if marked else sum(+amiss), entities, commas=by_comma, bars=by_bar)
        several = listed and bool(amiss[SEVERAL] or by_comma or by_bar)
        return IdColumn(dict(+amiss), blank, cleaning, several=several)

    def _entities(self, column: Column) -> tuple[str, ...]:
        """The HTML entities that stand in a column."""
        query = (
            f"select distinct unnest(regexp_extract_all({column.text}, {literal(ids.ENTITY)})) as entity "
            f"from {self.scan.sql} where contains({column.text}, '&') order by entity limit {MOST_ENTITIES}"
        )
        return tuple(entity for (entity,) in rows_of(query, self.request.connection, self.scan.files[0]))

    def _parts(self, mark: str) -> bool:
        """Whether commas (or bars) between what are no addresses part people.

        They do where what stands between them stands alone elsewhere, and not where the cells themselves are senders;
        where nothing tells, where what stands between commas holds digits.
        """
        one, other = self.columns.get("sender"), self.columns["recipient"]
        if one is None or one.is_list:
            return False
        a, b, source, sign = one.text, other.text, self.scan.sql, literal(mark)
        listed = f"contains({b}, {sign}) and not contains({b}, '@')"
        query = (
            f"with alone as (select lower(trim({a})) as id from {source} where not contains({a}, {sign}) union "
            f"select lower(trim({b})) from {source} where not contains({b}, {sign})), "
            f"parts as (select distinct lower(trim(unnest(string_split({b}, {sign})))) as id from {source} "
            f"where {listed}), cells as (select distinct trim({b}) as cell from {source} where {listed}), "
            f"senders as (select distinct trim({a}) as cell from {source} where contains({a}, {sign})) "
            "select count(*), count(alone.id), count_if(regexp_matches(parts.id, '[0-9]')), "
            "(select count(*) from cells), (select count(*) from cells join senders using (cell)) "
            "from parts left join alone using (id) where parts.id <> ''"
        )
        [(parts, known, numbered, cells, whole)] = rows_of(query, self.request.connection, self.scan.files[0])
        if whole >= KNOWN_PARTS * cells:
            return False
        return bool(known >= KNOWN_PARTS * parts or (mark == "," and numbered > KNOWN_PARTS * parts))


# ---- what follows from it


def cleaned(
    scan: Scan, columns: Mapping[str, Column], seen: Profile, *, time: str = ""
) -> tuple[Scan, dict[str, Column]]:
    """The scan without the rows that are not interactions, and its columns with ids as they are meant, or none."""
    found = dict(columns)
    for name, held in seen.ids.items():
        column = columns[name]
        if not column.is_text or not (held.cleaning.kinds or held.several):
            continue
        one = f"nullif({held.cleaning.id(f'trim({column.text})')}, '')"
        found[name] = replace(column, sql=one, type="VARCHAR", bare=True)
        if held.several:
            signs = [f"contains({column.text}, {literal(sign)})" for sign in (*_SEPARATORS, "[", "{")]
            signs.append(f"starts_with(ltrim({column.text}), '(')")
            several = f"coalesce({' or '.join(signs)} or regexp_matches({column.text}, '@.*@|{ids.UNIT_ENDS}'), false)"
            found[name] = replace(found[name], several=several, people=held.cleaning.people(column.text))
    found |= {name: held.without(columns[name]) for name, held in seen.things.items()}
    if seen.no_rows:
        kept = f"(select * from {scan.sql} where ({sql_no_row(scan, columns, time)}) is null)"
        scan = replace(scan, sql=kept, rejected={**scan.rejected, **seen.no_rows})
    notes = [note for name, held in seen.things.items() for note in held.notes(scan.files[0], columns[name])]
    scan = replace(scan, notes=(*scan.notes, *notes)) if notes else scan
    return scan, found


def mended(seen: Profile) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Cells with placeholders by field, ids that were mended by what was amiss, and rows lost by reason."""
    # A rule under headings was looked at like ids.
    rules = seen.no_rows.get(RULE, 0)
    found = {name: held.amiss.get(PLACEHOLDER, 0) - rules for name, held in seen.ids.items()}
    placeholders = {name: count for name, count in found.items() if count > 0}
    repairs: Counter[str] = Counter()
    lost: dict[str, int] = {}
    for held in seen.ids.values():
        for bit, rows in held.amiss.items():
            if bit == SCIENTIFIC:
                # A row may have lost both its ids: so many at least.
                lost[KINDS[bit]] = max(lost.get(KINDS[bit], 0), rows)
            elif bit not in (PLACEHOLDER, COMMA):
                repairs[KINDS[bit]] += rows
    return placeholders, dict(repairs), lost
