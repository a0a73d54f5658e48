"""The steps of `ties.sql` as a script for the warehouse where the log lies: `silos sql`.

One text says what a tie is. Here it gets tables instead of files to start from, and sqlglot writes it in the dialect;
what dialects do not share (a hash, the number of bits) is put in by hand. The last table of the script, saved as
Parquet or CSV, is what `silos analyze` reads as the format `ties`.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from silos.engines.quoting import identifier, literal
from silos.errors import SilosError
from silos.readers.tabular import timestamps
from silos.system.distribution import how_to_install
from silos.tables import INTERACTION_FIELDS, TIES_FIELDS
from silos.ties.definitions import SMALL_MEETING
from silos.ties.people import EARLIEST, LATEST
from silos.ties.refusals import refuse_empty_period
from silos.ties.steps import ERA, statements

#: Of a 64-bit hash what stays below 2^61.
_MASK = 2305843009213693951
#: Before the names of the tables that the script makes.
PREFIX = "silos_"
#: What the result is called.
RESULT = f"{PREFIX}ties"
#: Stands for a table of the user's.
_GIVEN = "given_by_name"
#: Columns written as they are given, so that their case means what it does in the warehouse: plain, or quoted already.
_WRITTEN = re.compile(r'''[^\W\d]\w*(\.[^\W\d]\w*)*|"([^"]|"")+"''')
#: What a log may lack.
OPTIONAL = ("medium", "event", "thread", "kind", "recipients", "weight")

#: Files of steps, in the order in which the script has them.
SCRIPT = ("warehouse.sql", "ties.sql", "dialogue.sql", "turn_taking.sql", "external.sql")

#: Part of the result -> the query that yields its fields; persons are numbers still, `a` and `b`.
_PARTS = {
    "arc": "select x.sender as a, x.recipient as b, m.medium, x.messages, x.volume from arcs x "
    "join media m on x.medium = m.code",
    "dyad": "select a, b, weeks, sent_a, sent_b, conversations, deep_a, deep_b, small_meetings, meetings from dyads",
    "held": "select medium, week, lines, first, last, broadcasts, threads, meetings, sent from held",
    "left out": "select coalesce(a.reason, o.reason) as reason, o.outside as outsider, sum(o.lines) as lines "
    "from left_out o left join accounts a on o.account = a.code group by coalesce(a.reason, o.reason), o.outside",
    "lines": "select l.lines, s.max_recipients from lines l cross join settings s",
    "strangers": "select strangers as lines from unknown",
    "waits": "select sender as a, recipient as b, answered, seconds, sum(waits) as waits from waits "
    "group by sender, recipient, answered, seconds",
    "turns": "select a, b, answers, continued, openings, sessions_a, sessions_b from turn_taking",
    "sent": "select sender as a, direct, broadcast from outgoing",
    "outside": "select person as a, outsider from outside",
    "talked": "select a, b from talked",
}


@dataclass(frozen=True)
class Dialect:
    """What a warehouse calls things.

    Attributes:
        fingerprint: SQL of a hash of {0}, a text, in [0, 2^61), null of null.
        seconds: SQL of the whole seconds since 1970 of {0}.
        weeks: SQL of the Mondays since the year 1 of {0}.
        bits: SQL of the number of bits of {0}.
        prelude: statements to begin with.
        temporary: whether there are tables that go with the session; otherwise they are dropped at the end.
        export: how the result becomes a file, {0} being its table.
    """

    fingerprint: str
    seconds: str
    weeks: str
    export: str
    bits: str = "bit_count({0})"
    prelude: tuple[str, ...] = ()
    temporary: bool = True


_SPARK = Dialect(
    fingerprint=f"case when {{0}} is not null then xxhash64({{0}}) & {_MASK} end",
    seconds="unix_seconds(cast({0} as timestamp))",
    weeks="cast(floor(datediff(cast({0} as date), date'0001-01-01') / 7) as int)",
    prelude=("set time zone 'UTC'",),
    temporary=False,
    export="spark.table('{0}').coalesce(1).write.parquet('ties.parquet')",
)

#: A number's bits, one by one: Snowflake has no function for it.
_SNOWFLAKE_BITS = " + ".join(f"bitand(bitshiftright(n, {bit}), 1)" for bit in range(ERA))

DIALECTS: Mapping[str, Dialect] = {
    "bigquery": Dialect(
        fingerprint=f"farm_fingerprint({{0}}) & {_MASK}",
        seconds="unix_seconds(cast({0} as timestamp))",
        weeks="div(date_diff(cast({0} as date), date '0001-01-01', day), 7)",
        export="export data options (uri = 'gs://BUCKET/ties*.parquet', format = 'PARQUET') as select * from {0};",
    ),
    "databricks": _SPARK,
    "duckdb": Dialect(
        fingerprint="case when {0} is not null then cast(hash({0}) >> 3 as bigint) end",
        seconds="cast(floor(epoch({0})) as bigint)",
        weeks="cast(date_diff('day', date '0001-01-01', cast({0} as date)) // 7 as integer)",
        export="copy {0} to 'ties.parquet' (format parquet);",
    ),
    "postgres": Dialect(
        fingerprint=f"(hashtextextended({{0}}, 0) & {_MASK})",
        seconds="cast(floor(extract(epoch from {0})) as bigint)",
        weeks="(cast({0} as date) - date '0001-01-01') / 7",
        bits="bit_count(cast({0} as bit(64)))",
        export="\\copy {0} to 'ties.csv' csv header",
    ),
    "snowflake": Dialect(
        fingerprint=f"case when {{0}} is not null then bitand(hash({{0}}), {_MASK}) end",
        seconds="date_part(epoch_second, {0})",
        weeks="floor(datediff(day, date '0001-01-01', cast({0} as date)) / 7)",
        bits=f"{PREFIX}bits({{0}})",
        prelude=(
            "alter session set timezone = 'UTC'",
            f"create or replace temporary function {PREFIX}bits(n number) returns number as '{_SNOWFLAKE_BITS}'",
        ),
        export="copy into @STAGE/ties.parquet from {0} file_format = (type = parquet) header = true single = true;",
    ),
    "spark": _SPARK,
}


def script(
    dialect: str,
    *,
    log: str = "interactions",
    roster: str = "roster",
    aliases: str | None = None,
    by: str = "department",
    kind: str | None = None,
    columns: Mapping[str, str] | None = None,
    without: Collection[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    max_recipients: int = 20,
) -> str:
    """The statements that count ties in a warehouse and leave them in the table `silos_ties`.

    Args:
        dialect: a name of `DIALECTS`.
        log: the table of interactions, a row for each (event, sender, recipient), times in UTC.
        roster: the table of people: `person` and the column `by`, one row per person.
        aliases: a table of `alias` and `person`, for ids in the log that are not those of the roster.
        by: the column of the roster that names the units. A name with blanks or signs in it is quoted.
        kind: the column of the roster that says employee, external, bot, room or shared mailbox; all are employees
            unless given.
        columns: canonical field -> column of the log, where it is called otherwise.
        without: canonical fields that the log lacks.
        since, until: count [since, until), UTC.
        max_recipients: what reached more people is a broadcast and makes no tie.

    Raises:
        SilosError: there is no such dialect or field, a table has no name that the dialect reads, or sqlglot is not
            installed.

    Examples:
        >>> print(script("duckdb", max_recipients=8)[:67])
        -- Ties of an organisation, counted where the log lies (duckdb).
        --
    """
    need_sqlglot()
    if dialect not in DIALECTS:
        raise SilosError(f"there is no dialect {dialect!r}. Dialects: {', '.join(DIALECTS)}.")
    _check_fields(columns or {}, without)
    refuse_empty_period(since, until)
    words = DIALECTS[dialect]
    _check_tables([log, roster, *([aliases] if aliases else [])], dialect)
    if aliases:
        spellings = f"select cast(alias as varchar) as alias, cast(person as varchar) as person from {_GIVEN}"
    else:
        spellings = "select cast(null as varchar) as alias, cast(null as varchar) as person from limits where 1 = 0"
    kinds = _column(kind) if kind else "null"
    staff = f"cast({_column(by)} as varchar) as unit, cast({kinds} as varchar) as kind"
    steps = [
        ("limits", True, _limits(since, until, max_recipients)),
        ("staff_given", False, f"select cast(person as varchar) as person, {staff} from {_GIVEN}"),
        ("aliases_given", False, spellings),
        ("interactions", False, _interactions(columns or {}, without)),
        *(step for file in SCRIPT for step in statements(file)),
        ("ties", True, " union all ".join(_part(part, query) for part, query in _PARTS.items())),
    ]
    blocks = list(words.prelude)
    blocks += _statements(steps, {"staff_given": roster, "aliases_given": aliases, "interactions": log}, dialect)
    if not words.temporary:
        blocks += [f"drop table {PREFIX}{name}" for name, kept, _ in steps if kept and name != "ties"]
    export = f"-- To export: {words.export.format(RESULT)}\n"
    return _heading(dialect, log, roster, aliases) + ";\n\n".join(blocks) + ";\n\n" + export


def need_sqlglot() -> None:
    """Refuse to write SQL where the library that translates it is not installed.

    Raises:
        SilosError: it is not.
    """
    try:
        import sqlglot  # noqa: F401
    except ImportError as error:
        raise SilosError(f"sqlglot is not installed here. Install it with: {how_to_install('sql')}.") from error


def _check_fields(columns: Mapping[str, str], without: Collection[str]) -> None:
    for field in (*columns, *without):
        if field not in INTERACTION_FIELDS:
            raise SilosError(f"there is no field {field!r}; fields: {', '.join(INTERACTION_FIELDS)}.")
    for field in without:
        if field not in OPTIONAL:
            raise SilosError(f"a log must have the field {field}.")
        if field in columns:
            raise SilosError(f"the field {field} is in the column {columns[field]!r} (--map), or in none (--without).")


def _check_tables(tables: Sequence[str], dialect: str) -> None:
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    for table in tables:
        try:
            exp.to_table(table, dialect=dialect)
        except SqlglotError as error:
            raise SilosError(
                f"{table!r} is not a valid table name in {dialect}. Quote it as {dialect} does."
            ) from error


def _column(name: str) -> str:
    """A column of a table of the user's, as SQL.

    Examples:
        >>> _column("division"), _column("cost center"), _column("current_date"), _column("from")
        ('division', '"cost center"', '"current_date"', '"from"')
    """
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        written = _WRITTEN.fullmatch(name) and isinstance(sqlglot.parse_one(name, read="duckdb"), exp.Column)
    except SqlglotError:
        written = False
    return name if written else identifier(name)


def _heading(dialect: str, log: str, roster: str, aliases: str | None) -> str:
    # On one line: what stands behind a line break is no comment any more.
    tables = " ".join((f"{log}, {roster}" + (f", {aliases}" if aliases else "")).split())
    return (
        f"-- Ties of an organisation, counted where the log lies ({dialect}).\n--\n"
        f"-- Reads {tables}; leaves {RESULT}: who is in contact with whom, and no message. Saved as Parquet or CSV,\n"
        "-- it is what silos analyze reads. Made by silos sql; the limits are meant to be changed, the rest is not.\n\n"
    )


def _limits(since: datetime | None, until: datetime | None, max_recipients: int) -> str:
    """The numbers that may be changed in the script."""
    limits = {
        "since": f"cast('{since or EARLIEST:%Y-%m-%d %H:%M:%S}' as timestamp)",
        "until": f"cast('{until or LATEST:%Y-%m-%d %H:%M:%S}' as timestamp)",
        "max_recipients": str(max_recipients),
        "small_meeting": str(SMALL_MEETING),
    }
    # A year below 1000 is written without its zeros by some libraries.
    limits = {name: sql.replace("cast('1-01-01", "cast('0001-01-01") for name, sql in limits.items()}
    return f"select {', '.join(f'{sql} as {name}' for name, sql in limits.items())}"


def _interactions(columns: Mapping[str, str], without: Collection[str]) -> str:
    """The log as canonical interactions."""
    fields = []
    for field, kind in INTERACTION_FIELDS.items():
        value = "null" if field in without else _column(columns.get(field, field))
        sql = f"cast({value} as {kind})"
        if field == "timestamp":
            sql = timestamps.plausible(sql)
        elif kind == "varchar":
            sql = f"nullif(trim({sql}), '')"
        fields.append(f"{f'lower({sql})' if field in ('medium', 'kind') else sql} as {field}")
    return f"select {', '.join(fields)}, true as dated from {_GIVEN}"


def _part(part: str, query: str) -> str:
    """One part of the result, with all its fields, people by their ids."""
    held = {word.replace(".", " ").split()[-1] for word in query.split(" from ", 1)[0].split(",")}
    fields = []
    joins = ""
    for name, kind in TIES_FIELDS.items():
        value = f"p.{name}" if name in held else "null"
        if name in ("a", "b") and name in held:
            value = f"of_{name}.person"
            joins += f" join staff of_{name} on p.{name} = of_{name}.code"
        fields.append(f"{literal(part) if name == 'part' else f'cast({value} as {kind})'} as {name}")
    return f"select {', '.join(fields)} from ({query}) p{joins}"


def _statements(steps: Sequence[tuple[str, bool, str]], given: Mapping[str, str | None], dialect: str) -> Iterator[str]:
    """A statement for each kept step, in which the views that it needs stand before it."""
    from sqlglot import exp

    names = {name for name, _, _ in steps}
    views: dict[str, Any] = {}
    for name, kept, query in steps:
        tree = _translated(query, name, dialect, names, given.get(name))
        if not kept:
            views[name] = tree
            continue
        needed: dict[str, None] = {}

        def need(found: Any, needed: dict[str, None] = needed) -> None:
            for table in found.find_all(exp.Table):
                view = table.name.removeprefix(PREFIX)
                if table.name.startswith(PREFIX) and view in views and view not in needed:
                    need(views[view])
                    needed[view] = None

        need(tree)
        for view in needed:
            tree = tree.with_(PREFIX + view, as_=views[view].copy(), copy=False)
        text = tree.sql(dialect, pretty=True, comments=False)
        if DIALECTS[dialect].temporary and name != "ties":
            yield f"create temporary table {PREFIX}{name} as\n{text}"
        else:
            yield f"drop table if exists {PREFIX}{name}"
            yield f"create table {PREFIX}{name} as\n{text}"


def _translated(query: str, step: str, dialect: str, names: Collection[str], given: str | None) -> Any:
    """A step in the dialect, as a tree; tables that are steps bear their prefix, and `given` stands as it was given."""
    import sqlglot
    from sqlglot import exp

    words = DIALECTS[dialect]
    functions = {
        "fingerprint": words.fingerprint,
        "seconds": words.seconds,
        "week_number": words.weeks,
        "bit_count": words.bits,
    }

    def put(node: Any) -> Any:
        if isinstance(node, exp.Anonymous) and (pattern := functions.get(str(node.this).lower())):
            argument = node.expressions[0].transform(put).sql(dialect)
            return exp.paren(sqlglot.parse_one(pattern.format(argument), read=dialect))
        if isinstance(node, exp.Table) and node.name == _GIVEN:
            return exp.to_table(given or "", dialect=dialect)
        if isinstance(node, exp.Table) and node.name in names:
            return exp.to_table(PREFIX + node.name, alias=node.alias or node.name)
        if step == "windowed" and isinstance(node, exp.Alias) and node.alias == "period":
            # Windows are not exported; a unit that stands in a table is not standard either.
            return exp.alias_(exp.cast(exp.null(), "timestamp"), "period")
        if dialect == "bigquery" and isinstance(node, exp.TimestampTrunc):
            return exp.DatetimeTrunc(this=node.this.transform(put), unit=node.args["unit"])
        if dialect == "bigquery" and isinstance(node, exp.SplitPart):
            text, sign = (node.args[name].transform(put).sql(dialect) for name in ("this", "delimiter"))
            place = int(node.args["part_index"].name) - 1
            return sqlglot.parse_one(f"split({text}, {sign})[safe_offset({place})]", read=dialect)
        return node

    return sqlglot.parse_one(query, read="duckdb").transform(put)
