"""analyze(): from a log and a roster to an `Analysis`, in steps: validate, count, bootstrap, answer.

The steps can be called one by one, by whoever needs the replicates at hand: `count`, `prepare`, `draw`, `answer`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from silos.analysis import (
    departments,
    detected_communities,
    dialogue,
    external,
    inputs,
    leadership,
    organisation,
    pairs,
    tool_communities,
)
from silos.analysis.accounts import Accounts, declared, find_accounts, without_accounts
from silos.analysis.background import Search, aside, beside
from silos.analysis.connector import sensitivity
from silos.analysis.connector.dependence import find_with_and_without
from silos.analysis.connector.desks import Desks, desks
from silos.analysis.connector.evidence import CANNOT_SAY, Candidacy, evidence, weeks_of
from silos.analysis.connector.verdict import Connector
from silos.analysis.group_level import analyze_groups
from silos.analysis.join_limits import JoinLimits
from silos.analysis.lifetimes import gone
from silos.analysis.over_time.changes import changed
from silos.analysis.over_time.trend import Judged
from silos.analysis.parameters import Parameters
from silos.analysis.published.very_few import without_very_few
from silos.analysis.refusals import refuse_one_department, refuse_unknown_limits, refuse_unknown_services
from silos.analysis.result import Analysis, PersonAnalysis
from silos.analysis.results import Results
from silos.analysis.what_would_help.help import WhatWouldHelp, find_help
from silos.analysis.what_would_help.what_if import Model
from silos.inference.bootstrap import FEWEST, Replicates, resample
from silos.measures.person_table import department_summaries, person_measures, valued_people
from silos.network import DEPARTMENT, Network
from silos.privacy.columns import in_units
from silos.privacy.suppression import Shown, merge_small, refuse_none_shown
from silos.readers import read_interactions
from silos.readers.roster import DatedRoster, read_roster
from silos.system.memory import freeing, give_back
from silos.system.threads import matrices_alone
from silos.tables import Interactions, Roster
from silos.ties.count import tally
from silos.ties.definitions import Evidence
from silos.ties.layers import layer
from silos.ties.log_kinds import of_no_medium
from silos.ties.results import Tally

Progress = Callable[[str], None]
#: Of inputs of which nothing is known but what was counted.
_UNSAID = inputs.Given()


def _silent(stage: str) -> None:
    """No progress is shown."""


@matrices_alone()
def analyze(
    interactions: Any,
    roster: Any,
    *,
    by: str | Sequence[str] = DEPARTMENT,
    since: str | date | None = None,
    until: str | date | None = None,
    window: str | None = None,
    max_recipients: int = 20,
    min_department: int = 5,
    service_departments: Collection[str] = (),
    bootstrap: int = 500,
    seed: int = 0,
    log_kinds: Iterable[str] | Mapping[str, str] = (),
    leave_out_accounts: bool = False,
    events: Iterable[str] | Mapping[Any, str] = (),
    event_departments: Collection[str] = (),
    no_few: bool = False,
    join_limits: JoinLimits | None = None,
    unit: str | None = None,
    name_communities: str | Path | Collection[str] = "all",
    progress: Progress = _silent,
) -> Analysis:
    """Find the silos, the walls and the connector department of an organisation.

    Args:
        interactions, roster: results of `read_interactions`, `read_roster`, or what they read (path, DataFrame, ...).
        by: the roster's column that names the units; of several, each combination is a unit.
        since, until: keep interactions in [since, until), as dates or ISO text, UTC.
        window: `week`, `month` or `quarter`: also follow the headline measures over time.
        max_recipients: an interaction that reached more people is a broadcast and makes no tie.
        min_department: smaller departments are merged and never shown alone; at least 3.
        service_departments: known service desks: never proclaimed the connector.
        bootstrap, seed: replicates of people, 100 or more for good intervals; same input + seed = same result.
        log_kinds: what a row is, or `MEDIUM=KIND`: messages, meetings, contacts, acts or survey; else it is guessed.
        leave_out_accounts, no_few: leave out senders that behave like accounts; say nothing of very few people.
        events: what happened when, as `DATE=LABEL` or a mapping of date to label: before is compared with after.
        event_departments: departments that the events touched; else those in which the roster changes then.
        join_limits: what advice on new ties keeps to; progress: told the name of each stage as it starts.
        unit: what a unit is called in sentences; by default as `by` has it.
        name_communities: `all` public ones may be named, `none`, or those of a list or file, one name per line.

    Returns:
        a `PersonAnalysis`; of a log of groups (Viva Insights) a `GroupAnalysis`, which has no measures of persons.

    Raises:
        SilosError: the input cannot be analysed; the message says what was found and what to do.

    Examples:
        >>> from silos.simulate import organisation
        >>> company = organisation(120, 8, weeks=8, seed=1)
        >>> analyze(company.interactions, company.roster, bootstrap=100).departments["verdict"].value_counts().to_dict()
        {'uncertain': 5, 'open': 1}
    """
    asked = Parameters.of(
        since=since, until=until, window=window, max_recipients=max_recipients, min_department=min_department,
        service_departments=service_departments, bootstrap=bootstrap, seed=seed, log_kinds=log_kinds,
        leave_out_accounts=leave_out_accounts, events=events, event_departments=event_departments, no_few=no_few,
        join_limits=join_limits, unit=unit, name_communities=name_communities,
    )  # fmt: skip
    logs = interactions if isinstance(interactions, Interactions) else read_interactions(interactions)
    staff, column = in_units(roster if isinstance(roster, Roster) else read_roster(roster), by)
    asked = asked.on(staff, column)
    if logs.groups:
        return analyze_groups(logs, staff, asked, progress)
    progress = freeing(progress)
    counted, accounts = _without_suspects(logs, staff, asked, progress)
    ground = prepare(counted, asked, accounts=accounts)
    refuse_unknown_limits(ground.every, ground.shown, asked)
    with beside(ground.every, organisation.effort(ground.every, seed)) as search:
        progress("bootstrap")
        given = inputs.Given.of(logs, staff, column, of_no_medium(asked.log_kinds, counted.log.kinds))
        results = answer(ground, draw(ground, asked), search, asked, given=given, roster=staff, progress=progress)
    give_back()
    return PersonAnalysis(without_very_few(results) if no_few else results, ground.every, ground.shown, counted)


def _without_suspects(
    logs: Interactions, staff: Roster, asked: Parameters, progress: Progress
) -> tuple[Tally, Accounts]:
    """The log counted, without the senders that look like accounts if that was asked for."""
    counted = count(logs, staff, asked, progress)
    accounts = find_accounts(counted)
    if not asked.leave_out_accounts or not len(accounts.suspects):
        return counted, accounts
    people = declared(staff, set(counted.people["person"].iloc[accounts.suspects]))
    return count(logs, people, asked, progress), replace(accounts, suspects=accounts.suspects[:0], left_out=True)


def count(logs: Interactions, staff: Roster, asked: Parameters, progress: Progress = _silent) -> Tally:
    """The ties in the logs: the one step that reads them whole."""
    counted = tally(
        logs,
        staff,
        by=asked.by,
        since=asked.since,
        until=asked.until,
        max_recipients=asked.max_recipients,
        window=asked.window,
        vary=True,
        by_week=bool(asked.events) or isinstance(staff, DatedRoster),
        log_kinds=asked.log_kinds,
        progress=progress,
    )
    return replace(counted, memberships=tool_communities.only_named(counted.memberships, asked.name_communities))


@dataclass(frozen=True, eq=False)
class Ground:
    """The networks that every question looks at.

    Attributes:
        counted: what the log holds.
        evident: the same as evidence: without the ties of senders that look like accounts.
        accounts: those senders.
        every: persons and all ties, departments as they are.
        grouped: the same, small departments merged.
        peopled: the same, without the ties of senders that look like accounts.
        deep: the ties that are evidence for the connector, departments as they are.
        grade: the grade of that evidence.
        turns: how the departments take turns, and which of them are desks.
        closer: kinds of ties beside any that tell silos, as `departments.reciprocated` has them.
        shown: which departments may be shown.
    """

    counted: Tally
    evident: Tally
    accounts: Accounts
    every: Network
    grouped: Network
    peopled: Network
    deep: Network
    grade: Evidence
    turns: Desks
    closer: Mapping[str, np.ndarray]
    shown: Shown

    @classmethod
    def of(
        cls,
        counted: Tally,
        every: Network,
        asked: Parameters,
        *,
        grade: Evidence | None = None,
        accounts: Accounts | None = None,
    ) -> "Ground":
        """The networks, small departments merged; on another grade of evidence than the log's own if one is given."""
        accounts = find_accounts(counted) if accounts is None else accounts
        evident = without_accounts(counted, accounts.suspects)
        # Before departments are merged: what is known of the ties then is known, and held, once for both.
        closer = departments.reciprocated(counted, every)
        persons = counted.people["person"]
        shown = merge_small(every.people[DEPARTMENT], asked.min_department, persons=persons, seen=every.in_contact)
        grouped = every.regrouped(shown.departments)
        # An account that writes to everybody is nobody's bridge, and makes no department a busy one.
        peopled = grouped if evident is counted else layer(evident, "any").regrouped(shown.departments)
        turns = desks(evident, grouped, replicates=asked.bootstrap, seed=asked.seed)
        grade = grade or evidence(evident, grouped, turns)
        # Bare contacts rest on all ties there are, but those of accounts; the other grades on ties of their own.
        bare = grade == "volume" and evident is counted
        deep = every if bare else layer(evident, grade).regrouped(every.people[DEPARTMENT])
        return cls(counted, evident, accounts, every, grouped, peopled, deep, grade, turns, closer, shown)

    def desks(self, asked: Parameters) -> tuple[str, ...]:
        """The service desks, declared or found."""
        return (*asked.service_departments, *self.turns.found)


def prepare(
    counted: Tally, asked: Parameters, *, grade: Evidence | None = None, accounts: Accounts | None = None
) -> Ground:
    """The networks of what was counted.

    Args:
        counted: the log.
        asked: what was asked for.
        grade: of evidence; the log's own unless given.
        accounts: senders that look like accounts; looked for unless given.

    Raises:
        EmptyError: everybody is in one department, or no department is large enough to be shown.
        SilosError: a service department that nobody is in.
    """
    every = layer(counted, "any")
    refuse_one_department(every, asked.by)
    refuse_unknown_services(every.departments, asked)
    ground = Ground.of(counted, every, asked, grade=grade, accounts=accounts)
    refuse_none_shown(ground.shown, counted.log.unplaced)
    return ground


@dataclass(frozen=True, eq=False)
class Drawn:
    """Replicates of the person bootstrap: departments as they are, and as they may be shown."""

    every: Replicates
    grouped: Replicates


def draw(ground: Ground, asked: Parameters) -> Drawn:
    """The person bootstrap of all layers that a verdict rests on."""
    every, deep = ground.every, ground.deep
    i, j = every.dyads
    layers: dict[str, np.ndarray | None] = {organisation.ANY: None, organisation.TRAFFIC: every.dyad_volumes}
    if deep is not every:
        layers[deep.layer] = np.asarray(deep.contacts[i, j]).ravel()
    if every.directed:
        layers[organisation.RETURNED] = organisation.returned_volume(every)
    drawn = resample(every, {**layers, **ground.closer}, replicates=asked.bootstrap, seed=asked.seed, gravity=True)
    # For each department of `every` the position of the department of `grouped` that holds its people.
    groups = ground.grouped.membership[np.unique(every.membership, return_index=True)[1]]
    return Drawn(drawn, drawn.merged(groups, len(ground.grouped.departments)))


def judge_departments(ground: Ground, drawn: Drawn, asked: Parameters) -> tuple[pd.DataFrame, float | None]:
    """Which departments are silos, and the median that they are judged against."""
    return departments.judge(
        ground.grouped,
        drawn.grouped,
        ground.shown,
        layers=ground.closer,
        coverage=ground.counted.log.coverage,
        weeks=weeks_of(ground.counted),
        seed=asked.seed,
    )


def judge_connector(ground: Ground, drawn: Drawn, asked: Parameters) -> Connector:
    """Which department binds the organisation."""
    candidacy = Candidacy(
        evidence=ground.grade,
        candidates=ground.shown.candidates,
        service=asked.service_departments,
        turns=ground.turns,
        coverage=ground.counted.log.coverage,
        weeks=weeks_of(ground.counted),
    )
    deep = ground.deep.regrouped(ground.shown.departments)
    return find_with_and_without(ground.peopled, deep, drawn.grouped, candidacy, seed=asked.seed)


def answer(
    ground: Ground,
    drawn: Drawn,
    search: Search,
    asked: Parameters,
    *,
    given: inputs.Given = _UNSAID,
    roster: Roster | None = None,
    progress: Progress = _silent,
) -> Results:
    """Every question, one after the other."""
    counted, every, grouped, shown = ground.counted, ground.every, ground.grouped, ground.shown
    minimum, replicates, seed = asked.min_department, asked.bootstrap, asked.seed
    judge = partial(judge_window, ground, asked)
    # Before those that keep the helpers busy: what little it asks of them it waits for.
    judged = pairs.find_pairs(grouped, drawn.grouped, shown, counted)
    desks = ground.desks(asked)
    heard = aside(dialogue.of_tally, counted, every, shown, replicates=replicates, seed=seed, desks=desks)
    course, points, happened, response, turnover = changed(counted, every, shown, asked, roster=roster, judge=judge)
    progress("communities")
    if not search.away:
        search.result()
    joined = tool_communities.find_communities(
        counted.memberships.table, every, grouped, shown, strangers=counted.memberships.strangers, seed=seed
    )
    progress("departments")
    by_person = person_measures(ground.peopled)
    brokerage = by_person[list(departments.ROLES)].sum(axis=1)
    led = aside(leadership.lead, counted, every, brokerage=brokerage, minimum=minimum, replicates=replicates, seed=seed)
    silos = _departments(ground, drawn, asked, by_person)
    progress("connector")
    connector = judge_connector(ground, drawn, asked)
    progress("what would help")
    helped = _help(ground, drawn, asked, connector, joined, silos=silos.silos, walls=judged.walls)
    # Nothing else is asked of them from here on; with a hundred departments they take as much as ties.
    everybody = drawn.every.only(organisation.LAYERS)
    del drawn
    progress("dialogue")
    spoken = heard()
    give_back()
    leading = led()
    # As late as can be: of a large log, communities take as long as all that is answered until here.
    found = detected_communities.compare(every, grouped, shown.rows, minimum, search.result().detection)
    return Results(
        inputs=inputs.of_persons(
            counted, every, ground.grade, given, accounts=ground.accounts.to_dict(), combined=shown.combined
        ),
        organisation=organisation.find_organisation(
            every, everybody, found, search.result().rewired, counted.people, shown=shown, median=silos.median
        ),
        departments=silos,
        pairs=judged,
        connector=connector,
        sensitivity=sensitivity.vary(
            ground.evident,
            grouped,
            shown,
            connector.department,
            evidence=connector.evidence,
            service=asked.service_departments,
            desks=connector.desks,
        ),
        detected=found,
        communities=joined,
        dialogue=spoken,
        leadership=leading,
        external=external.find_outside(counted.external, every, shown),
        trend=course,
        change_points=points,
        events=happened,
        responsiveness=response,
        turnover=turnover,
        asked=asked,
        what_would_help=helped,
    )


def _help(
    ground: Ground,
    drawn: Drawn,
    asked: Parameters,
    connector: Connector,
    joined: tool_communities.ToolCommunities | None,
    *,
    silos: Collection[str],
    walls: pd.DataFrame,
) -> WhatWouldHelp:
    """What would help the silos, the walls and the organisation."""
    counted, grouped, shown = ground.counted, ground.grouped, ground.shown
    model = Model.of(
        grouped,
        drawn.grouped,
        shown,
        layers=ground.closer,
        desks=ground.desks(asked),
        weeks=weeks_of(counted),
        seed=asked.seed,
        gone=gone(counted, grouped, shown),
        limits=asked.join_limits,
    )
    deep = ground.deep.regrouped(shown.departments)
    return find_help(model, ground.evident, deep, connector, drawn.grouped, joined, silos=silos, walls=walls)


def _departments(ground: Ground, drawn: Drawn, asked: Parameters, by_person: pd.DataFrame) -> departments.Departments:
    """The verdicts on departments beside what their people do; the verdict and its reason stand last."""
    table, median = judge_departments(ground, drawn, asked)
    table = table.join(department_summaries(by_person, minimum=asked.min_department))
    for last in ("verdict", "reason"):
        table.insert(len(table.columns) - 1, last, table.pop(last))
    return departments.Departments(table, median, tuple(ground.shown.candidates), valued_people(by_person))


def judge_window(ground: Ground, asked: Parameters, start: datetime) -> Judged:
    """The verdicts of the window that starts then: on its ties alone, everything else as for the whole log."""
    fewer = replace(asked, bootstrap=min(asked.bootstrap, FEWEST))
    some = replace(ground.counted, ties=ground.counted.windows[start], windows={}, variants={})
    there = layer(some, "any").regrouped(ground.every.people[DEPARTMENT])
    window = Ground.of(some, there, fewer, accounts=ground.accounts, grade=ground.grade)
    drawn = draw(window, fewer)
    verdicts = judge_departments(window, drawn, fewer)[0]["verdict"]
    called = pairs.judge(window.grouped, drawn.grouped, window.shown)["verdict"]
    judged = Judged(
        # Of some, too few people are in contact then.
        departments={str(name): verdicts.get(name, CANNOT_SAY) for name in ground.shown.candidates},
        walls=float((called == "wall").sum()),
        bridges=float((called == "bridge").sum()),
    )
    # Lasting contact takes several weeks: one week cannot say who binds the organisation.
    if asked.window == "week":
        return judged
    connector = judge_connector(window, drawn, fewer)
    first = connector.candidates["probability_first"].get(connector.department, np.nan)
    return replace(
        judged, connector=connector.department, connector_verdict=connector.verdict, probability_first=float(first)
    )
