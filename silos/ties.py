"""Interactions to ties: the one stage that reads the whole log, as the SQL of `ties.sql`.

A conversation is *deep* when both wrote in it and it ran to 3 messages. A tie is *substantive* when each of the two
started a deep conversation with the other, or they met in a meeting of at most 8; at least 30 % of their conversations
(small meetings included) were that deep; and they were in contact in at least 3 distinct weeks. An existence test alone
saturates: over a year a help desk has a few deep threads with everybody. Clauses that a log cannot answer are waived,
and `Tally.waived` says so.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import sparse

from silos.errors import EmptyError, MatchError, SilosError
from silos.network import DEPARTMENT, Network
from silos.readers import scanning, unreadable
from silos.tables import EXTERNAL, NOT_PEOPLE, Interactions, Roster, Ties

#: People in a meeting at most for it to be a conversation, and messages for a thread to be deep.
SMALL_MEETING = 8
DEEP_MESSAGES = 3
DEEP_SHARE = 0.3
WEEKS = 3
#: Rows up to which other settings are tried: each takes another count.
VARIED_ROWS = 500_000

Evidence = Literal["substantive", "reciprocated", "volume"]
WINDOW_UNITS = ("week", "month", "quarter")


@dataclass(frozen=True, eq=False)
class Tally:
    """What the log holds, counted.

    Attributes:
        ties: all ties of the period, broadcasts apart.
        windows: the ties of each window by its start, in order; empty when no windows were asked for.
        variants: the ties under other settings, by (setting, value).
        people: the roster's people of the network with their departments, in the order of the positions in `ties`.
        rows_read, rows_used, broadcasts, selves: rows of the log; with `rejected` they add up to what was read.
        rejected: rows left out, by reason.
        strangers: distinct ids in the log that the roster lacks.
        first, last: times of the first and the last row used.
        media: rows used, by medium.
        threads, meetings, directed, dated: what the log knows.
        waived: clauses of the substantive tie that this log cannot answer: "weeks", "conversations".
        problems: examples of unreadable rows, as (log, line, reason).
    """

    ties: Ties
    windows: Mapping[datetime, Ties]
    variants: Mapping[tuple[str, str], Ties]
    people: pd.DataFrame
    rows_read: int
    rows_used: int
    broadcasts: int
    selves: int
    rejected: Mapping[str, int]
    strangers: int
    first: datetime | None
    last: datetime | None
    media: Mapping[str, int]
    threads: bool
    meetings: bool
    directed: bool
    dated: bool
    waived: tuple[str, ...]
    problems: tuple[tuple[str, int | None, str], ...] = ()

    @property
    def evidence(self) -> Evidence:
        """The best kind of tie that this log can show (the grade of every connector sentence)."""
        if self.threads or self.meetings:
            return "substantive"
        return "reciprocated" if self.directed else "volume"


def statements(file: str = "ties.sql") -> Iterator[tuple[str, bool, str]]:
    """The steps of `ties.sql`, or of another such file, in order: name, whether it is kept as a table, its SELECT."""
    text = resources.files("silos").joinpath(file).read_text(encoding="utf-8")
    for part in text.split("-- step: ")[1:]:
        heading, query = part.split("\n", 1)
        name, kept = heading.split(" ", 1)
        yield name, kept == "(table)", query.strip()


def tally(
    interactions: Interactions,
    roster: Roster,
    *,
    by: str = DEPARTMENT,
    since: datetime | None = None,
    until: datetime | None = None,
    max_recipients: int = 20,
    window: str | None = None,
    vary: bool = False,
    progress: Callable[[str], None] = lambda stage: None,
) -> Tally:
    """Read the logs once and count who is in contact with whom.

    Args:
        interactions: the logs.
        roster: who is who; people without the attribute `by` and accounts that are no employee make no ties.
        by: the roster's column that names the units.
        since, until: keep [since, until), UTC.
        max_recipients: what reached more people is a broadcast and makes no tie; exactly as many is none.
        window: also count each week, month or quarter.
        vary: also count under other recipient limits and in each half of the period (logs up to `VARIED_ROWS` rows).
        progress: told the name of each stage as it starts.

    Raises:
        ColumnError: the roster has no column `by`.
        MatchError: nobody in the log is in the roster.
        EmptyError: no row is left in the period, or nobody is in contact with anybody.
    """
    if window is not None and window not in WINDOW_UNITS:
        raise SilosError(f"a window is one of {', '.join(WINDOW_UNITS)}, not {window!r}.")
    units = roster.units(by)
    if units.empty:
        raise EmptyError(f"no employee in the roster has a value in the column {by!r}.")
    people = roster.people.loc[units.index].assign(**{DEPARTMENT: units}).sort_index()
    connection = interactions.connection.cursor()
    # Its own bar would go to standard output, terminal or not.
    connection.execute("set enable_progress_bar = false")
    try:
        _given(connection, interactions, roster, people.index, by)
        _settings(connection, since, until, max_recipients)
        return _tally(connection, interactions, people, max_recipients, window, vary, progress)
    finally:
        connection.close()


def _tally(
    connection: Any,
    interactions: Interactions,
    people: pd.DataFrame,
    max_recipients: int,
    window: str | None,
    vary: bool,
    progress: Callable[[str], None],
) -> Tally:
    steps = {name: (kept, query) for name, kept, query in statements()}
    names = list(steps)
    scanned = names.index("coded") + 1
    shared = names.index("windowed")
    progress("reading")
    with scanning(interactions):
        _run(connection, {name: steps[name] for name in names[:scanned]})
    rows = {reason or "": count for reason, count in _all(connection, "select reason, count(*) from coded group by 1")}
    problems = tuple(unreadable(interactions, connection=connection))
    strangers = _strangers(connection)
    _refuse(rows, interactions, connection, len(people))
    progress("counting ties")
    _run(connection, {name: steps[name] for name in names[scanned:shared]})
    [facts] = _rows(
        connection,
        "select min(moment) as first, max(moment) as last, count(distinct week) as weeks, count(*) as kept, "
        "count(case when people > s.max_recipients then 1 end) as broadcasts, "
        "count(case when thread is not null and people <= s.max_recipients then 1 end) as threads, "
        "count(case when kind = 'meeting' and people <= s.max_recipients then 1 end) as meetings, "
        "count(case when kind not in ('meeting', 'contact') then 1 end) as sent from messages cross join settings s",
    )
    counting = {name: steps[name] for name in names[shared:]}

    def counted(**changed: Any) -> dict[datetime | None, Ties]:
        """The ties under changed settings, by window (None: no windows)."""
        with _set(connection, changed):
            _run(connection, counting)
            return _ties(connection, people.index)

    ties = counted()[None]
    windows: dict[datetime, Ties] = {}
    if window:
        windows = {start: part for start, part in counted(window_unit=window).items() if start is not None}
    variants = {}
    if vary and facts["kept"] <= VARIED_ROWS:
        progress("varying settings")
        for name, changed in _variations(facts, max_recipients).items():
            variants[name] = counted(**changed)[None]
    if ties.dyads.empty:
        raise EmptyError(
            f"nobody is in contact with anybody: each of the {facts['kept']:,} rows between two people of the roster "
            f"reached more than {max_recipients} people. Raise --max-recipients, or export direct messages."
        )
    rejected = dict(rows)
    selves = rejected.pop("self", 0)
    usable = rejected.pop("", 0)
    for source in interactions.sources:
        for reason, count in source.rejected.items():
            rejected[reason] = rejected.get(reason, 0) + count
    rejected |= {
        reason: count
        for reason, count in (("unreadable", len(problems)), ("duplicate", usable - facts["kept"]))
        if count
    }
    # In a log that knows its senders somebody answers somebody: where no two people ever wrote both ways, the order of
    # the two columns says nothing, and the rows are contacts.
    answered = bool(((ties.dyads["sent_a"] > 0) & (ties.dyads["sent_b"] > 0)).any())
    return Tally(
        ties=ties,
        windows=windows,
        variants=variants,
        people=people,
        rows_read=sum(rejected.values()) + selves + facts["kept"],
        rows_used=facts["kept"] - facts["broadcasts"],
        broadcasts=facts["broadcasts"],
        selves=selves,
        rejected=dict(sorted(rejected.items())),
        strangers=strangers,
        first=facts["first"],
        last=facts["last"],
        media=dict(
            _all(
                connection,
                "select medium, count(*) from messages cross join settings s where people <= s.max_recipients "
                "group by medium order by medium",
            )
        ),
        threads=facts["threads"] > 0,
        meetings=facts["meetings"] > 0,
        directed=facts["sent"] > 0 and answered,
        dated=facts["first"] is not None,
        waived=_waived(facts),
        problems=problems,
    )


def _rows(connection: Any, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _all(connection: Any, query: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return rows


def _run(connection: Any, steps: Mapping[str, tuple[bool, str]]) -> None:
    for name, (kept, query) in steps.items():
        connection.execute(f"create or replace temp {'table' if kept else 'view'} {name} as {query}")


def _given(connection: Any, interactions: Interactions, roster: Roster, people: pd.Index, by: str) -> None:
    """The tables that `ties.sql` starts from: who is who, and the logs."""
    known = roster.aliases.merge(roster.people[["kind"]], left_on="person", right_index=True)
    position = people.get_indexer(known["person"])
    reason = known["kind"].where(known["kind"].isin([*NOT_PEOPLE, EXTERNAL]), f"no {by}")
    aliases = pd.DataFrame({"alias": known["alias"], "code": position, "reason": reason})
    connection.register("given", aliases)
    connection.execute(
        "create or replace temp table aliases as select cast(alias as varchar) as alias, "
        "cast(case when code >= 0 then code end as integer) as code, "
        "case when code < 0 then cast(reason as varchar) end as reason from given"
    )
    connection.unregister("given")
    connection.execute(f"create or replace temp view interactions as {interactions.query}")


def _settings(connection: Any, since: datetime | None, until: datetime | None, max_recipients: int) -> None:
    connection.execute(
        "create or replace temp table settings as select cast(? as timestamp) as since, cast(? as timestamp) as until, "
        "cast(? as integer) as max_recipients, cast(? as integer) as small_meeting, "
        "cast(? as integer) as deep_messages, '' as window_unit",
        [
            since or datetime(1, 1, 1),
            until or datetime(9999, 12, 31),
            max_recipients,
            SMALL_MEETING,
            DEEP_MESSAGES,
        ],
    )


@contextmanager
def _set(connection: Any, changed: Mapping[str, Any]) -> Iterator[None]:
    """Other settings for a while."""
    [before] = _rows(connection, "select * from settings")
    for name, value in changed.items():
        connection.execute(f"update settings set {name} = ?", [value])
    yield
    for name in changed:
        connection.execute(f"update settings set {name} = ?", [before[name]])


def _variations(facts: Mapping[str, Any], max_recipients: int) -> dict[tuple[str, str], dict[str, Any]]:
    """Settings that a connector verdict should not hang on: how many a mail may reach, and when it was sent."""
    limits = {max(max_recipients // 2, 1), 2 * max_recipients} - {max_recipients}
    changed: dict[tuple[str, str], dict[str, Any]] = {
        ("max_recipients", str(limit)): {"max_recipients": limit} for limit in sorted(limits)
    }
    if facts["first"] is not None and facts["first"] < facts["last"]:
        middle = facts["first"] + (facts["last"] - facts["first"]) / 2
        changed["period", "first half"] = {"until": middle}
        changed["period", "second half"] = {"since": middle}
    return changed


def _strangers(connection: Any) -> int:
    [(count,)] = _all(
        connection,
        "select count(*) from (select unknown_sender as id from coded where unknown_sender <> '' "
        "union select unknown_recipient from coded where unknown_recipient <> '') as ids",
    )
    return int(count)


def _refuse(rows: Mapping[str, int], interactions: Interactions, connection: Any, people: int) -> None:
    """Stop before the work where nothing can come of it, and say what was found instead."""
    total = sum(rows.values())
    logs = ", ".join(source.name for source in interactions.sources)
    if total == 0:
        raise EmptyError(f"{logs}: no row. Export a period with interactions.")
    if rows.get("outside the period", 0) + rows.get("undated", 0) == total:
        [(first, last)] = _all(connection, "select min(moment), max(moment) from coded")
        held = f"the log runs from {first:%Y-%m-%d} to {last:%Y-%m-%d}" if first else "no row has a time we understand"
        raise EmptyError(f"{logs}: none of {total:,} rows is in the period: {held}. Change --since and --until.")
    [(known,)] = _all(connection, "select count(*) from coded where sender is not null or recipient is not null")
    if known == 0:
        raise MatchError(
            f"nobody in the log is in the roster: none of the ids in {logs} ({total:,} rows) is one of the roster's "
            f"{people:,} people or their aliases. Add the log's ids to the roster's column 'aliases' (separated by ;), "
            "or name the right columns with --map and --roster-map."
        )


def _ties(connection: Any, people: pd.Index) -> dict[datetime | None, Ties]:
    """The tables of arcs and dyads, by window (None: no windows)."""
    arcs = connection.execute("select * from arcs order by period, sender, recipient, medium").fetchnumpy()
    dyads = connection.execute("select * from dyads order by period, a, b").fetchnumpy()
    arc_table = pd.DataFrame(
        {
            "sender": np.asarray(arcs["sender"], dtype=np.int64),
            "recipient": np.asarray(arcs["recipient"], dtype=np.int64),
            "medium": pd.Categorical(np.asarray(arcs["medium"], dtype=object)),
            "messages": np.asarray(arcs["messages"], dtype=np.float64),
            "volume": np.asarray(arcs["volume"], dtype=np.float64),
        }
    )
    dyad_table = pd.DataFrame(
        {name: np.asarray(column, dtype=np.int64) for name, column in dyads.items() if name != "period"}
    )
    starts = np.asarray(np.ma.filled(np.ma.asarray(arcs["period"]).astype("datetime64[us]"), np.datetime64("NaT")))
    dyad_starts = np.asarray(
        np.ma.filled(np.ma.asarray(dyads["period"]).astype("datetime64[us]"), np.datetime64("NaT"))
    )
    if np.isnat(starts).all():
        return {None: Ties(arc_table, dyad_table, people)}
    return {
        start.astype(datetime): Ties(
            arc_table[starts == start].reset_index(drop=True),
            dyad_table[dyad_starts == start].reset_index(drop=True),
            people,
        )
        for start in np.unique(starts[~np.isnat(starts)])
    }


def _waived(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Clauses of the substantive tie that this log is too short, or too coarse in time, to answer."""
    waived = []
    if facts["first"] is None:
        waived.append("weeks")
    else:
        spanned = (facts["last"] - facts["first"]).days // 7 + 1
        # Fewer than half of the weeks seen: the log holds days of the month, say, not weeks.
        if facts["weeks"] <= WEEKS or facts["weeks"] < spanned / 2:
            waived.append("weeks")
    if facts["threads"] == 0:
        waived.append("conversations")
    return tuple(waived)


# ---- layers


def layer(tally: Tally, name: str, *, ties: Ties | None = None, weeks: int = WEEKS) -> Network:
    """The network of one layer of ties.

    Args:
        tally: the counted log.
        name: `any` (in contact in either direction), `two-way` (both wrote to the other, or they met), `substantive`,
            `reciprocated` (two-way, in at least 3 weeks), `volume` (the same as `any`): the last three are the grades
            of evidence.
        ties: those of a variant; the whole period's unless given.
        weeks: in how many distinct weeks two persons must have been in contact.
    """
    counted = tally.ties if ties is None else ties
    required = 1 if "weeks" in tally.waived else weeks
    mask = _mask(counted.dyads, name, required)
    return network(counted, tally.people, mask=mask, directed=tally.directed, name=name)


def _mask(dyads: pd.DataFrame, name: str, weeks: int) -> np.ndarray | None:
    if name in ("any", "volume"):
        return None
    two_way = (dyads["sent_a"] > 0) & (dyads["sent_b"] > 0)
    lasting = dyads["weeks"] >= weeks
    if name == "two-way":
        return np.asarray(two_way)
    if name == "reciprocated":
        return np.asarray(two_way & lasting)
    if name == "substantive":
        met = dyads["small_meetings"]
        deep = dyads["deep_a"] + dyads["deep_b"] + met
        both = ((dyads["deep_a"] > 0) & (dyads["deep_b"] > 0)) | (met > 0)
        return np.asarray(both & (deep >= DEEP_SHARE * (dyads["conversations"] + met)) & lasting)
    raise SilosError(f"the layers are any, two-way, substantive, reciprocated and volume, not {name!r}.")


def network(
    ties: Ties, people: pd.DataFrame, *, mask: np.ndarray | None = None, directed: bool = True, name: str = "any"
) -> Network:
    """The network of counted ties, of those dyads alone where `mask` is true.

    Weights are volumes: each event shared out over those it reached. Where there are several media each is scaled to
    the same total first, so that chat does not drown mail; the grand total stays what it was.
    """
    count = len(people)
    arcs = ties.arcs
    volume = arcs["volume"].to_numpy()
    medium = arcs["medium"].cat.codes.to_numpy()
    totals = np.bincount(medium, weights=volume)
    present = totals > 0
    scale = np.divide(totals.sum() / max(present.sum(), 1), totals, out=np.zeros_like(totals), where=present)
    matrix = sparse.csr_array(
        (volume * scale[medium] if present.sum() > 1 else volume, (arcs["sender"], arcs["recipient"])),
        shape=(count, count),
    )
    if not directed:
        matrix = sparse.csr_array(matrix + matrix.T)
    if mask is not None:
        a, b = ties.dyads["a"].to_numpy()[mask], ties.dyads["b"].to_numpy()[mask]
        kept = sparse.csr_array(
            (np.ones(2 * len(a)), (np.concatenate([a, b]), np.concatenate([b, a]))), shape=(count, count)
        )
        matrix = sparse.csr_array(matrix.multiply(kept))
    return Network(people, matrix, directed=directed, layer=name)
