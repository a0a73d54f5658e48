"""Interactions to ties: the one stage that reads the whole log, as the SQL of `ties.sql`.

A conversation is *deep* when both wrote in it and it ran to 3 messages. A tie is *substantive* when each of the two
started a deep conversation with the other, or they met in a meeting of at most 8; at least 30 % of their conversations
(small meetings included) were that deep; and they were in contact in at least 3 distinct weeks. An existence test alone
saturates: over a year a help desk has a few deep threads with everybody. Clauses that a log cannot answer are waived,
and `Tally.waived` says so.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from typing import Any, Literal

import numpy as np
import pandas as pd

from silos.engines import Engine, engine_on
from silos.errors import EmptyError, SilosError
from silos.network import DEPARTMENT
from silos.privacy.pseudonyms import refuse_other_key
from silos.readers import enough_room, scanning, unreadable
from silos.readers.tabular.scan import counted_lines
from silos.tables import Interactions, Roster, Ties
from silos.ties.exchanges import Exchanges, exchanges
from silos.ties.losses import lost_of, refuse_losses
from silos.ties.people import EARLIEST, LATEST, OUTSIDERS, STRANGERS, Population, population
from silos.ties.refusals import refuse_to_count_again, refuse_unusable
from silos.ties.results import Held, answered, fetched, with_rejected

#: People in a meeting at most for it to be a conversation, and messages for a thread to be deep.
SMALL_MEETING = 8
DEEP_MESSAGES = 3
#: Rows up to which other settings are tried: each takes another count.
VARIED_ROWS = 500_000

Evidence = Literal["substantive", "reciprocated", "volume"]
WINDOW_UNITS = ("week", "month", "quarter")
#: Columns of `Tally.memberships`.
MEMBERSHIP = ("medium", "community", "name", "person", "posts", "first", "last")
#: After which step the log has been read, before which all that it leaves out is known, from which settings matter.
PAUSES = {"ties.sql": ("coded", "repeated", "windowed"), "exported.sql": ("coded", "held", "arcs")}
#: Steps of the size of the log: those before its messages, and those of which all that is fetched is made.
READ = ("coded", "respelled", "repeated", "reached", "crowds")
SPENT = ("messages", "fragments")
#: Steps that group nearly all of the log: what they read, and the column whose values they never bring together.
APART = {
    "repeated": {"usable": "delivery"},
    "fragments": {"windowed": "thread"},
    "pairs": {"conversations": "a", "fragments": "a", "windowed": "a"},
    "waits": {"openings": "a", "turns": "a"},
}
#: Columns of steps that are people.
PERSONS = {"a", "b", "sender", "recipient", "person"}


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
        memberships: who is in which community of a tool: `medium`, `community`, `name` (as it may be shown, or
            missing), `person` (position in `people`), `posts`, `first`, `last`; empty where no log says.
        community_strangers: distinct ids in communities that the roster lacks.
        exchanges: who waited for whose answer, who sent how much to how many, who knows people outside.
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
    memberships: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(MEMBERSHIP)))
    community_strangers: int = 0
    exchanges: Exchanges = field(default_factory=Exchanges)

    @property
    def lost(self) -> dict[str, int]:
        """Of the rejected rows those that are lost: unreadable, undated, or without a sender or recipient."""
        return lost_of(self.rejected)

    @property
    def evidence(self) -> Evidence:
        """The best kind of tie that this log can show (the grade of every connector sentence)."""
        if self.threads or self.meetings:
            return "substantive"
        return "reciprocated" if self.directed else "volume"


def statements(file: str = "ties.sql") -> Iterator[tuple[str, bool, str]]:
    """The steps of `ties.sql`, or of another such file, in order: name, whether it is kept as a table, its SELECT."""
    text = resources.files("silos.ties.sql").joinpath(file).read_text(encoding="utf-8")
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
    whatever_is_lost: bool = False,
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
        whatever_is_lost: count also where more than half of the rows are lost, as `silos check` does.
        progress: told the name of each stage as it starts.

    Raises:
        ColumnError: the roster has no column `by`.
        LossError: more than half of the rows are lost.
        MatchError: nobody in the log is in the roster, or its pseudonyms were made with another key.
        EmptyError: no row is left in the period, or nobody is in contact with anybody.
    """
    if window is not None and window not in WINDOW_UNITS:
        raise SilosError(f"a window is one of {', '.join(WINDOW_UNITS)}, not {window!r}.")
    if interactions.groups:
        names = ", ".join(source.name for source in interactions.sources if source.groups)
        raise SilosError(f"{names}: this log is of groups and holds no persons. silos analyze takes it by itself.")
    if interactions.ties:
        refuse_to_count_again(interactions, since, until, window)
    refuse_other_key(interactions, roster)
    everybody = population(roster, by)
    if everybody.people.empty:
        raise EmptyError(f"no employee in the roster has a value in the column {by!r}.")
    engine = engine_on(interactions.connection, size=interactions.size)
    try:
        counting = _Counting(engine, interactions, everybody, since, until, max_recipients)
        with enough_room():
            return counting.tally(window, vary, progress, whatever_is_lost=whatever_is_lost)
    finally:
        engine.close()


class _Counting:
    """One run of the steps of `ties.sql` and its like on an engine."""

    def __init__(
        self,
        engine: Engine,
        interactions: Interactions,
        everybody: Population,
        since: datetime | None,
        until: datetime | None,
        max_recipients: int,
    ) -> None:
        self.engine = engine
        self.interactions = interactions
        self.everybody = everybody
        self.people = everybody.people
        self.positions: np.ndarray | None = None
        # Rows of the logs, once they have been read.
        self.lines = 0
        # What a warehouse has counted comes as what the last steps yield.
        self.file = "exported.sql" if interactions.ties else "ties.sql"
        self.steps = {name: (query, kept) for name, kept, query in statements(self.file)}
        self.settings: dict[str, Any] = {
            "since": since or EARLIEST,
            "until": until or LATEST,
            "max_recipients": max_recipients,
            "small_meeting": SMALL_MEETING,
            "deep_messages": DEEP_MESSAGES,
            "window_unit": "",
            "domains": everybody.domains,
            "strangers": STRANGERS,
            "outsiders": OUTSIDERS,
        }

    def tally(
        self, window: str | None, vary: bool, progress: Callable[[str], None], *, whatever_is_lost: bool = False
    ) -> Tally:
        """Everything, in order."""
        engine, interactions = self.engine, self.interactions
        names = list(self.steps)
        read, judged, shared = (names.index(name) for name in PAUSES[self.file])
        self.give()
        progress("reading")
        with scanning(interactions):
            self.run(names[: read + 1])
            if interactions.affiliations:
                engine.step("affiliations", interactions.affiliations, kept=False)
                self.run_file("affiliations.sql")
        problems = tuple(unreadable(interactions, connection=getattr(engine, "connection", None)))
        progress("counting ties")
        self.run(names[read + 1 : judged])
        left_out, self.lines = self.left_out()
        if not whatever_is_lost:
            rejected = with_rejected(left_out, interactions, **counted_lines(problems))
            refuse_losses(rejected, self.lines + sum(rejected.values()) - sum(left_out.values()), interactions)
        refuse_unusable(engine, interactions, left_out, self.lines, people=len(self.people), settings=self.settings)
        self.run(names[judged:shared])
        held = Held.of(engine.rows("select * from held order by medium, week"))
        if held.rows == 0:
            left = ", ".join(f"{reason}: {count:,}" for reason, count in sorted(left_out.items()))
            raise EmptyError(
                f"no row of the log is between two people of the roster ({left}). Look at the ids on both sides: those "
                "that the roster lacks can go into its column 'aliases'. silos check says more."
            )
        # Ties that were counted elsewhere have no days: everybody is in the latest department.
        period = (None, None) if interactions.ties else (held.first, held.last)
        self.positions = self.everybody.positions(*period, absent=self.absent(*period))
        self.people = self.everybody.remaining(self.positions)

        strangers = self.strangers()
        varied = vary and not interactions.ties and held.rows <= VARIED_ROWS
        if not interactions.ties:
            self.run_file("external.sql")
            # The rows as they were read are not needed any more: their memory is.
            engine.drop(READ)
        self.run(names[shared:])
        if not interactions.ties:
            self.run_file("dialogue.sql")
            if not (window or varied):
                engine.drop(SPENT)
        ties = self.fetched(windowed=False)[None]
        directed = held.sent > 0 and answered(ties)
        exchanged = exchanges(
            self.columns, first=held.first, last=held.last, directed=directed, meetings=held.meetings > 0
        )
        memberships, community_strangers = self.memberships()
        windows: dict[datetime, Ties] = {}
        if window:
            windows = {start: part for start, part in self.counted(window_unit=window).items() if start is not None}
        variants = {}
        if varied:
            progress("varying settings")
            for name, changed in _variations(held.first, held.last, self.settings["max_recipients"]).items():
                variants[name] = self.counted(**changed)[None]
        if ties.dyads.empty:
            raise EmptyError(
                f"nobody is in contact with anybody: each of the {held.rows:,} rows between two people of the roster "
                f"reached more than {self.settings['max_recipients']} people. Raise --max-recipients, or export direct "
                "messages."
            )
        selves = left_out.pop("self", 0)
        usable = self.lines - selves - sum(left_out.values())
        left_out = with_rejected(left_out, interactions, duplicate=usable - held.rows, **counted_lines(problems))
        return Tally(
            ties=ties,
            windows=windows,
            variants=variants,
            people=self.people,
            rows_read=sum(left_out.values()) + selves + held.rows,
            rows_used=held.rows - held.broadcasts,
            broadcasts=held.broadcasts,
            selves=selves,
            rejected=dict(sorted(left_out.items())),
            strangers=strangers,
            first=held.first,
            last=held.last,
            media=held.media,
            threads=held.threads > 0,
            meetings=held.meetings > 0,
            directed=directed,
            dated=held.first is not None,
            waived=held.waived,
            problems=problems,
            memberships=memberships,
            community_strangers=community_strangers,
            exchanges=exchanged,
        )

    # ---- steps

    def give(self) -> None:
        """The tables that the steps start from: who is who, the settings, the logs."""
        engine, everybody = self.engine, self.everybody
        engine.give("names", everybody.names, {"name": "varchar", "code": "bigint"})
        engine.step("aliases", "select fingerprint(name) as alias, code from names", kept=True)
        days = dict.fromkeys(("since", "until", "undated"), "timestamp")
        engine.give("spells", everybody.spells, {"code": "bigint", **days, "person": "bigint"})
        engine.give("accounts", everybody.accounts, {"code": "bigint", "reason": "varchar"})
        self.give_settings()
        engine.step("interactions", self.interactions.query, kept=False)
        if self.interactions.ties:
            engine.step("exported", self.interactions.ties, kept=False)

    def give_settings(self, **changed: Any) -> None:
        """The settings, some of them changed; steps that read them must be run again."""
        types = {"since": "timestamp", "until": "timestamp", "window_unit": "varchar", "domains": "varchar"}
        wide = dict.fromkeys(("strangers", "outsiders"), "bigint")
        kinds = {name: (types | wide).get(name, "integer") for name in self.settings}
        self.engine.give("settings", pd.DataFrame([self.settings | changed], dtype=object), kinds)

    def run(self, names: Iterable[str]) -> None:
        """These steps, in order."""
        for name in names:
            self.step(name, *self.steps[name])

    def run_file(self, file: str) -> None:
        """The steps of another file."""
        for name, kept, query in statements(file):
            self.step(name, query, kept)

    def step(self, name: str, query: str, kept: bool) -> None:
        """One of them."""
        self.engine.step(name, query, kept=kept, apart=APART.get(name, {}), rows=self.lines)

    def columns(self, query: str) -> dict[str, np.ndarray]:
        """The columns of a query, people by their position among those who remain."""
        found = self.engine.columns(query)
        if self.positions is not None:
            for name in PERSONS & found.keys():
                found[name] = self.positions[found[name]].astype(found[name].dtype)
        return found

    def counted(self, **changed: Any) -> dict[datetime | None, Ties]:
        """The ties under changed settings, by window (None: no windows). The engine is left with what was changed."""
        self.give_settings(**changed)
        names = list(self.steps)
        self.run(names[names.index(PAUSES[self.file][-1]) :])
        return self.fetched(windowed="window_unit" in changed)

    def fetched(self, *, windowed: bool) -> dict[datetime | None, Ties]:
        """The ties as they are counted at the moment, by window."""
        media = [row["medium"] for row in self.engine.rows("select medium from media order by code")]
        return fetched(self.columns, self.people.index, media, windowed=windowed)

    def absent(self, first: datetime | None, last: datetime | None) -> np.ndarray:
        """Who had left before the log begins, or joined after it ends, as HR has it, and is not in it either."""
        absent = self.everybody.absent(first, last)
        if not len(absent):
            return absent
        self.engine.give("absent", pd.DataFrame({"code": absent}), {"code": "bigint"})
        rows = self.engine.rows(
            "select k.sender as code from known k join absent g on k.sender = g.code "
            "union select k.recipient from known k join absent g on k.recipient = g.code"
        )
        return np.setdiff1d(absent, [row["code"] for row in rows])

    # ---- what was found

    def left_out(self) -> tuple[dict[str, int], int]:
        """Rows that make no ties, by reason; and all rows."""
        reasons = dict(self.everybody.accounts.itertuples(index=False))
        counts: dict[str, int] = {}
        for row in self.engine.rows("select * from left_out"):
            reason = row["reason"] if row["account"] is None else reasons[row["account"]]
            counts[reason] = counts.get(reason, 0) + int(row["lines"])
        [row] = self.engine.rows("select lines from lines")
        return counts, int(row["lines"])

    def strangers(self) -> int:
        """How many ids the log holds that the roster lacks."""
        [row] = self.engine.rows("select strangers from unknown")
        return int(row["strangers"])

    def memberships(self) -> tuple[pd.DataFrame, int]:
        """Who is in which community; and how many ids there the roster lacks."""
        if not self.interactions.affiliations:
            return pd.DataFrame(columns=list(MEMBERSHIP)), 0
        found = pd.DataFrame(self.columns("select * from memberships"))
        found = found[found["person"] >= 0].sort_values(["medium", "community", "person"], ignore_index=True)
        [row] = self.engine.rows("select count(distinct stranger) as strangers from affiliated")
        return found[list(MEMBERSHIP)], int(row["strangers"])


def _variations(
    first: datetime | None, last: datetime | None, max_recipients: int
) -> dict[tuple[str, str], dict[str, Any]]:
    """Settings that a connector verdict should not hang on: how many a mail may reach, and when it was sent."""
    limits = {max(max_recipients // 2, 1), 2 * max_recipients} - {max_recipients}
    changed: dict[tuple[str, str], dict[str, Any]] = {
        ("max_recipients", str(limit)): {"max_recipients": limit} for limit in sorted(limits)
    }
    if first is not None and last is not None and first < last:
        middle = first + (last - first) / 2
        changed["period", "first half"] = {"until": middle}
        changed["period", "second half"] = {"since": middle}
    return changed
