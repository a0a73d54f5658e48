"""Counts ties from interactions, as `silos.ties.definitions` defines them. No other stage reads the whole log."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from silos.engines import Engine, engine_on
from silos.engines.duck import Duck
from silos.errors import EmptyError
from silos.network import DEPARTMENT
from silos.privacy.columns import refuse_identifying
from silos.privacy.media import OTHER_MEDIUM, only_media, shown_media
from silos.privacy.pseudonyms import refuse_other_key
from silos.readers import enough_room, scanning, unreadable
from silos.readers.tabular.scan import counted_lines
from silos.tables import Interactions, Roster, Ties
from silos.ties.definitions import answered
from silos.ties.log_kinds import PLAIN, LogKinds, directions, kinds_of, with_kinds
from silos.ties.losses import refuse_losses
from silos.ties.other_settings import Recount
from silos.ties.people import Population, population
from silos.ties.refusals import no_contact, no_match, refuse_counted_ties, refuse_log, refuse_unasked
from silos.ties.results import (
    STRANGER,
    DialogueCounts,
    ExternalContacts,
    LogFacts,
    Memberships,
    Rhythm,
    Tally,
    with_rejected,
)
from silos.ties.sorted_pairs import SORTED, count_sorted, find_repeated
from silos.ties.step_tables import Messages, StepTables
from silos.ties.steps import READ, SPENT, Steps

#: Rows up to which other settings are tried: each takes another count.
VARIED_ROWS = 500_000


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
    by_week: bool = False,
    whatever_is_lost: bool = False,
    log_kinds: Mapping[str, str] | None = None,
    progress: Callable[[str], None] = lambda stage: None,
) -> Tally:
    """Read the logs once and count who is in contact with whom.

    Args:
        interactions: the logs.
        roster: who is who; people without the attribute `by` and accounts that are not employees make no ties.
        by: the roster's column that names the units.
        since, until: keep [since, until), UTC.
        max_recipients: what reached more people is a broadcast and makes no tie; exactly as many still does.
        window: also count each week, month or quarter.
        vary: also count under other recipient limits and in each half of the period (logs up to `VARIED_ROWS` rows).
        by_week: also count each week, pair by pair: for events and moves, which fall on any day.
        whatever_is_lost: also count a log of which more than half is lost, for those who look at what was.
        log_kinds: medium -> what its rows are, as `silos.ties.log_kinds.asked_kinds` has it; else known or guessed.
        progress: told the name of each stage as it starts.

    Raises:
        ColumnError: the roster has no column `by`.
        MatchError: nobody in the log is in the roster, or its pseudonyms were made with another key.
        LossError: more than half of the rows are lost.
        EmptyError: no row is left in the period, or nobody is in contact with anybody.
        SilosError: the column `by` identifies people, or this log cannot be counted in that way.
    """
    refuse_unasked(interactions, since=since, until=until, window=window)
    refuse_other_key(interactions, roster)
    refuse_identifying(roster, by)
    asked = log_kinds or {}
    interactions = with_kinds(interactions, asked)
    everybody = population(roster, by)
    if everybody.people.empty:
        raise EmptyError(f"no employee in the roster has a value in the column {by!r}.")
    engine = engine_on(interactions.connection, size=interactions.size)
    # What a warehouse has counted comes as what the last steps yield.
    file = "exported.sql" if interactions.ties else "ties.sql"
    steps = Steps(engine, everybody, since=since, until=until, max_recipients=max_recipients, file=file)
    try:
        with enough_room():
            counting = _Counting(steps, interactions, whatever_is_lost=whatever_is_lost, asked=asked)
            counted = counting.tally(window, vary, progress, by_week=by_week)
    finally:
        engine.close()
    return replace(counted, memberships=counted.memberships.without_people(roster))


class _Counting:
    """One log on its way to a `Tally`."""

    def __init__(
        self, steps: Steps, interactions: Interactions, *, whatever_is_lost: bool, asked: Mapping[str, str]
    ) -> None:
        self.steps = steps
        self.engine: Engine = steps.engine
        self.everybody: Population = steps.everybody
        self.interactions = interactions
        self.whatever_is_lost = whatever_is_lost
        self.asked = asked
        self.unnamed = 0
        # Ties that a warehouse counted: there are no rows to count again.
        self.exported = bool(interactions.ties)
        # Rows that are in this process are sorted, where others are grouped.
        self.here = self.engine if isinstance(self.engine, Duck) and not self.exported else None
        # Rows between a person of the roster, or a stranger, and somebody outside of the organisation.
        self.abroad = 0

    def tally(self, window: str | None, vary: bool, progress: Callable[[str], None], *, by_week: bool) -> Tally:
        """Everything, in order."""
        progress("reading")
        problems = self.read()
        progress("counting ties")
        left_out = self.judge(problems)
        self.gather()
        messages = Messages.summed(self.engine.rows("select * from held order by medium, week"))
        if not messages.rows:
            raise no_match(left_out)
        positions = self.positions(messages)
        tables = StepTables(self.engine, positions)
        strangers, early = self.strangers(), self.early()
        kinds = self.kinds(messages)
        varied = vary and not self.exported and messages.rows <= VARIED_ROWS
        self.count(again=bool(window) or varied, by_week=by_week)
        ties = tables.ties()[None]
        directed = messages.sent > 0 and kinds.directed and answered(ties.dyads)
        # They are fetched before any ties are counted again: steps that they are made of change with these.
        dialogue, external, memberships = self.beside(tables, messages, directed=directed, kinds=kinds)
        turns, rhythm = tables.turns(), Rhythm() if self.exported else tables.rhythm()
        weekly = {"weekly": tables.weekly()} if by_week and not self.exported else {}
        windows = self.windows(tables, window) if window else {}
        variants = {}
        if varied:
            progress("varying settings")
            variants = self.variants(tables, messages)
        if ties.dyads.empty:
            raise no_contact(messages.rows, self.steps.settings["max_recipients"])
        return Tally(
            log=self.facts(
                messages,
                left_out,
                problems,
                strangers=strangers,
                early=early,
                directed=directed,
                answers=int(turns["answers"].sum()),
                kinds=kinds,
            ),
            people=self.everybody.remaining(positions),
            terms=self.everybody.remaining_terms(positions),
            ties=ties,
            windows=windows,
            variants=variants,
            memberships=memberships,
            dialogue=dialogue,
            external=external,
            turns=turns,
            rhythm=rhythm,
            **weekly,
        )

    # ---- the rows of the log

    def read(self) -> tuple[tuple[str, int | None, str], ...]:
        """Read the logs: examples of unreadable rows, as (log, line, reason)."""
        with scanning(self.interactions):
            self.steps.read(self.interactions)
            self.hide_media()
        return tuple(unreadable(self.interactions, connection=getattr(self.engine, "connection", None)))

    def hide_media(self) -> None:
        """Read the logs again where media may not be shown by their names: these are one then."""
        steps = ["coded"] + ["affiliated"] * bool(self.interactions.affiliations)
        rows = [row for step in steps for row in self.engine.rows(f"select distinct medium from {step}")]
        media = {row["medium"].lower() for row in rows if row["medium"]}
        people = self.everybody.people
        names = people["name"].dropna().astype(str) if "name" in people.columns else ()
        shown = shown_media(media, ids=self.everybody.names["name"], names=names, asked=self.asked)
        self.unnamed = len(media - shown - {OTHER_MEDIUM})
        if self.unnamed:
            sources = tuple(only_media(source, shown) for source in self.interactions.sources)
            self.interactions = replace(self.interactions, sources=sources)
            self.steps.read(self.interactions)

    def judge(self, problems: tuple[tuple[str, int | None, str], ...]) -> dict[str, int]:
        """Rows that make no ties, by reason; `problems` are the lines that could not be read.

        Raises:
            SilosError: nothing can come of the others.
        """
        self.steps.judge()
        left_out = self.left_out()
        [row] = self.engine.rows("select lines from lines")
        rows = self.steps.rows = int(row["lines"])
        people = len(self.everybody.people)
        if not self.whatever_is_lost:
            rejected = with_rejected(left_out, self.interactions, **counted_lines(problems))
            refuse_losses(rejected, rows + sum(rejected.values()) - sum(left_out.values()), self.interactions)
        if self.exported:
            limit = self.steps.settings["max_recipients"]
            refuse_counted_ties(self.engine, self.interactions, rows=rows, people=people, max_recipients=limit)
        else:
            refuse_log(self.engine, self.interactions, left_out, rows=rows, people=people)
        return left_out

    def left_out(self) -> dict[str, int]:
        """Rows that make no ties, by reason."""
        reasons = dict(self.everybody.accounts.itertuples(index=False))
        counts: dict[str, int] = {}
        for row in self.engine.rows("select * from left_out"):
            reason = row["reason"] if row["account"] is None else reasons[row["account"]]
            counts[reason] = counts.get(reason, 0) + int(row["lines"])
            if reason == STRANGER and row["outside"]:
                self.abroad += int(row["lines"])
        return counts

    def strangers(self) -> int:
        """How many ids the log holds that the roster lacks."""
        [row] = self.engine.rows("select strangers from unknown")
        return int(row["strangers"])

    def early(self) -> int:
        """Rows from before the first day of which the roster says who was where."""
        begins = self.everybody.begins
        if begins is None or self.exported:
            return 0
        [row] = self.engine.rows(f"select count(*) as lines from messages where moment < timestamp '{begins}'")
        return int(row["lines"])

    def facts(
        self,
        messages: Messages,
        left_out: Mapping[str, int],
        problems: tuple[tuple[str, int | None, str], ...],
        *,
        strangers: int,
        early: int,
        directed: bool,
        answers: int,
        kinds: LogKinds,
    ) -> LogFacts:
        """What the log held, used and lost."""
        usable = self.steps.rows - sum(left_out.values())
        others = {reason: count for reason, count in left_out.items() if reason != "self"}
        duplicates = usable - messages.rows
        rejected = with_rejected(others, self.interactions, duplicate=duplicates, **counted_lines(problems))
        selves = left_out.get("self", 0)
        return LogFacts(
            rows_read=sum(rejected.values()) + selves + messages.rows,
            rows_used=messages.rows - messages.broadcasts,
            broadcasts=messages.broadcasts,
            selves=selves,
            rejected=dict(sorted(rejected.items())),
            problems=problems,
            strangers=strangers,
            abroad=self.abroad,
            first=messages.first,
            last=messages.last,
            media=messages.media,
            threads=messages.threads > 0,
            meetings=messages.meetings > 0,
            directed=directed,
            answers=answers,
            waived=messages.waived,
            kinds=kinds.kinds,
            guessed=kinds.guessed,
            unnamed=self.unnamed,
            begins=self.everybody.begins,
            early=early,
        )

    def kinds(self, messages: Messages) -> LogKinds:
        """What the rows of each medium are; of what is no message, nothing is counted as an answer."""
        formats = [source.format for source in self.interactions.sources]
        pairs = []
        if PLAIN.intersection(formats) and not self.exported:
            pairs = self.engine.rows(directions(messages.rows))
        rows = self.engine.rows(
            "select medium, sum(sent) as sent, sum(meetings) as meetings from held group by medium order by medium"
        )
        found = kinds_of(rows, pairs, formats=formats, asked=self.asked)
        self.steps.mute(found.muted)
        return found

    # ---- people

    def positions(self, messages: Messages) -> np.ndarray | None:
        """The positions of those who are people of this log's network; see `Population.positions`."""
        # Ties that were counted elsewhere have no days: everybody is in the latest department.
        first, last = (None, None) if self.exported else (messages.first, messages.last)
        return self.everybody.positions(first, last, absent=self.absent(first, last))

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

    # ---- ties

    def gather(self) -> None:
        """Bring together the messages that may make ties."""
        if self.here:
            find_repeated(self.here, self.steps.rows)
            self.steps.gather(but=SORTED)
        else:
            self.steps.gather()

    def count(self, *, again: bool, by_week: bool) -> None:
        """Count the ties, contacts outside and dialogue; `again`: ties will be counted under other settings too."""
        if self.exported:
            self.steps.count()
            return
        self.steps.run_file("external.sql")
        # The rows as they were read are not needed any more: their memory is.
        self.engine.drop(READ)
        if self.here:
            count_sorted(self.here, self.steps)
        else:
            self.steps.count()
            for file in ("dialogue.sql", "turn_taking.sql", "rhythm.sql"):
                self.steps.run_file(file)
        if by_week:
            self.steps.run_file("weekly.sql")
        if not again:
            self.engine.drop(set(SPENT).difference(SORTED if self.here else ()))

    def beside(
        self, tables: StepTables, messages: Messages, *, directed: bool, kinds: LogKinds
    ) -> tuple[DialogueCounts, ExternalContacts, Memberships]:
        """What was counted beside the ties."""
        return (
            tables.dialogue(messages, directed=directed, spoken=kinds.dialogue),
            tables.external(domains=bool(self.everybody.domains)),
            tables.memberships() if self.interactions.affiliations else Memberships(),
        )

    def windows(self, tables: StepTables, unit: str) -> dict[datetime, Ties]:
        """The ties of each window by its start."""
        self.steps.count(window_unit=unit)
        return {start: ties for start, ties in tables.ties(windowed=True).items() if start is not None}

    def variants(self, tables: StepTables, messages: Messages) -> dict[tuple[str, str], Ties]:
        """The ties under other settings, by (setting, value)."""
        variants = {}
        changes = _variations(messages.first, messages.last, self.steps.settings["max_recipients"])
        recount = Recount.of(self.here, self.steps) if self.here else None
        for name, changed in changes.items():
            if recount:
                variants[name] = tables.made(*recount.count(**changed))
            else:
                self.steps.count(**changed)
                variants[name] = tables.ties()[None]
        return variants


def _variations(
    first: datetime | None, last: datetime | None, max_recipients: int
) -> dict[tuple[str, str], dict[str, Any]]:
    """Settings that a connector verdict should not depend on: how many a mail may reach, and when it was sent."""
    limits = {max(max_recipients // 2, 1), 2 * max_recipients} - {max_recipients}
    changed: dict[tuple[str, str], dict[str, Any]] = {
        ("max_recipients", str(limit)): {"max_recipients": limit} for limit in sorted(limits)
    }
    if first is not None and last is not None and first < last:
        middle = first + (last - first) / 2
        changed["period", "first half"] = {"until": middle}
        changed["period", "second half"] = {"since": middle}
    return changed
