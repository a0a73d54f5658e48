"""analyze(): from a log and a roster to an `Analysis`, the one object behind the notebook, the files and the report."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from silos.analysis import departments, detected_communities, organisation, pairs
from silos.analysis.background import beside
from silos.analysis.connector import Connector, find_connector
from silos.analysis.desks import desks
from silos.analysis.dialogue import Dialogue, of_tally
from silos.analysis.evidence import evidence
from silos.analysis.external import External, external
from silos.analysis.findings.rules import Evidence, Findings, connector_notes, connector_reason, find, limits
from silos.analysis.leadership import Leadership, leadership
from silos.analysis.sensitivity import Stability, stability
from silos.analysis.tool_communities import Communities, find_communities
from silos.analysis.trend import trend
from silos.errors import EmptyError, SilosError
from silos.inference.bootstrap import resample
from silos.inference.estimate import Estimate
from silos.measures.affinity import affinity
from silos.measures.mixing import gravity_ratio
from silos.measures.person_table import department_summaries, person_measures
from silos.network import DEPARTMENT, Network
from silos.privacy.suppression import Shown, merge_small
from silos.readers import read_interactions
from silos.readers.roster import read_roster
from silos.tables import Interactions, Roster
from silos.ties.count import Tally, tally
from silos.ties.layers import layer, network
from silos.ties.people import whose

if TYPE_CHECKING:
    from silos.report.writer import Report

SCHEMA = 1
#: Pairs that the connector binds, in the summary.
BINDS = 5
#: Departments that are named where one was asked for that there is not.
MOST_NAMED = 12
ROLES = ("coordinator", "gatekeeper", "representative", "itinerant", "liaison")


@dataclass(frozen=True, eq=False)
class Parameters:
    """What was asked for."""

    by: str
    since: datetime | None
    until: datetime | None
    window: str | None
    max_recipients: int
    min_department: int
    service_departments: tuple[str, ...]
    bootstrap: int
    seed: int

    def as_dict(self) -> dict[str, Any]:
        """As the summary has it."""
        return {
            "by": self.by,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "window": self.window,
            "max_recipients": self.max_recipients,
            "min_department": self.min_department,
            "service_departments": list(self.service_departments),
            "bootstrap": self.bootstrap,
            "seed": self.seed,
        }


@dataclass(frozen=True, eq=False)
class Analysis:
    """Everything that was found. In a notebook it shows its findings.

    Attributes:
        departments: one row a department that may be shown, most inward first.
        pairs: one row an unordered pair of them, most telling first.
        connector: who binds the organisation.
        stability: how that fares under other settings.
        network: persons and all ties, departments as they are.
        shown: the same, small departments merged.
        median_insularity: what departments are judged against.
        trend: one row a window and measure; empty without windows.
        detected: detected communities against departments.
        communities: communities of the tools (channels, groups); None where the log knows none.
        dialogue: who answers whom.
        leadership: whether leaders listen, and online ties beside meetings.
        external: who deals with the outside.
        tally: what the log held.
        parameters: what was asked for.
        estimates: the measures of the organisation by name, as in `organisation`.
        formats: of the logs.
        fields: what was read of people in the roster.
    """

    departments: pd.DataFrame
    pairs: pd.DataFrame
    connector: Connector
    stability: Stability
    network: Network
    shown: Shown
    median_insularity: float | None
    trend: pd.DataFrame
    detected: detected_communities.Communities
    communities: Communities | None
    dialogue: Dialogue
    leadership: Leadership
    external: External
    tally: Tally
    parameters: Parameters
    estimates: Mapping[str, Estimate]
    formats: tuple[str, ...]
    fields: tuple[str, ...]

    @cached_property
    def organisation(self) -> pd.DataFrame:
        """One row a measure: value, interval, and its null model where it was tested."""
        table = pd.DataFrame.from_dict(
            {
                name: {
                    "value": estimate.value,
                    "low": estimate.low,
                    "high": estimate.high,
                    "null_mean": estimate.null_mean,
                    "null_sd": estimate.null_sd,
                    "z": estimate.z,
                    "p": estimate.p,
                }
                for name, estimate in self.estimates.items()
            },
            orient="index",
            dtype=np.float64,
        )
        return table.rename_axis("measure")

    @property
    def findings(self) -> Findings:
        """The sentences a manager should read, most serious first, in English."""
        return self.findings_in("en")

    def findings_in(self, language: str) -> Findings:
        """The sentences in another language."""
        return find(self._evidence, language)

    def limits_in(self, language: str) -> tuple[str, ...]:
        """What the findings do not say."""
        return limits(self._evidence, language)

    @property
    def _evidence(self) -> Evidence:
        return Evidence(
            tally=self.tally,
            organisation=self.estimates,
            departments=self.departments,
            pairs=self.pairs,
            connector=self.connector,
            stability=self.stability,
            trend=self.trend,
            communities=self.communities,
            dialogue=self.dialogue,
            leadership=self.leadership,
            outside=self.external,
            minimum=self.parameters.min_department,
            window=self.parameters.window,
        )

    @cached_property
    def grouped(self) -> Network:
        """Persons and all ties, small departments merged."""
        return self.network.regrouped(self.shown.departments)

    @cached_property
    def department_ratios(self) -> pd.DataFrame:
        """Observed over expected volume (gravity ratio) between the departments that may be shown."""
        return gravity_ratio(self.grouped).loc[list(self.shown.rows), list(self.shown.rows)]

    @cached_property
    def department_affinity(self) -> pd.DataFrame:
        """Size-free affinity between the departments that may be shown."""
        return affinity(self.grouped).loc[list(self.shown.rows), list(self.shown.rows)]

    def people(self) -> pd.DataFrame:
        """One row a person: asked for explicitly, never written by default."""
        return person_measures(self.network)

    def summary(self, language: str = "en") -> dict[str, Any]:
        """The content of `summary.json`: numbers or None, no person."""
        return {
            "schema": SCHEMA,
            "inputs": self._inputs(),
            "parameters": self.parameters.as_dict(),
            "organisation": {
                "people": len(self.network),
                "departments": len(self.network.departments),
                "departments_shown": len(self.shown.candidates),
                "ties": self.network.ties,
                **{name: estimate.as_dict() for name, estimate in self.estimates.items()},
                "median_insularity": self.median_insularity,
            },
            "departments": [self._department(str(name), row) for name, row in self.departments.iterrows()],
            "pairs": [
                {
                    "a": row["a"],
                    "b": row["b"],
                    "ratio": _estimate(row, "ratio"),
                    **{name: plain(row[name]) for name in ("relative", "expected", "observed", "p", "q", "verdict")},
                }
                for row in self.pairs.to_dict("records")
            ],
            "connector": {
                "verdict": self.connector.verdict,
                "department": self.connector.department,
                "evidence": self.connector.evidence,
                "mail_room_warning": self.connector.mail_room_warning,
                "reason": connector_reason(self.connector, language),
                "chance": plain(self.connector.chance),
                "busiest": self.connector.busiest,
                "ties": self.connector.ties,
                "candidates": [
                    {"department": str(name)} | {str(key): plain(value) for key, value in row.items()}
                    for name, row in self.connector.candidates.astype(object).iterrows()
                ],
                "notes": list(connector_notes(self._evidence, language)),
                "binds": _records(self.connector.bound(self.shown.rows).head(BINDS)),
                "brokerage_share": self._brokerage_share(),
                "stability": {
                    "share": plain(self.stability.share),
                    "settings": _records(self.stability.settings),
                },
            },
            "communities": {
                "count": len(self.detected.table),
                "modularity": plain(self.detected.modularity),
                **{name: estimate.as_dict() for name, estimate in self.detected.agreement.items()},
                "detected": [
                    {str(key): plain(value) for key, value in row.items()}
                    for row in self.detected.table.to_dict("records")
                ],
                "tools": self._communities(),
            },
            "dialogue": {
                name: self.estimates[name].as_dict()
                for name in ("two_way_share", "two_way_share_within", "two_way_share_across")
            }
            | {"broadcast_share": plain(self.tally.broadcasts / max(self.tally.rows_used + self.tally.broadcasts, 1))}
            | self.dialogue.as_dict()
            | {"departments": _records(self.dialogue.departments.reset_index().astype(object))},
            "leadership": self.leadership.as_dict(),
            "external": self.external.as_dict()
            | {"departments": _records(self.external.departments.reset_index().astype(object))},
            "trend": _records(self.trend),
            "findings": [finding.as_dict() for finding in self.findings_in(language)],
            "limits": list(self.limits_in(language)),
        }

    def _communities(self) -> dict[str, Any]:
        """The communities of the tools, judged; nothing where the log knows none."""
        found = self.communities
        if found is None:
            return {}
        return found.as_dict() | {
            "rows": _records(found.table.astype(object)),
            "sponsors": _records(found.sponsors.reset_index()),
        }

    def _brokerage_share(self) -> dict[str, float | None]:
        """The connector's share of all brokerage roles between departments that may be shown."""
        name, table = self.connector.department, self.departments
        if name is None or name not in table.index:
            return dict.fromkeys(ROLES)
        return {role: plain(table.loc[name, role] / total) if (total := table[role].sum()) else None for role in ROLES}

    def _matched(self) -> int | None:
        """People with a tie."""
        return int((np.diff(self.network.contacts.indptr) > 0).sum())

    def _inputs(self) -> dict[str, Any]:
        held = self.tally
        return {
            "level": "person",
            "rows_read": held.rows_read,
            "rows_used": held.rows_used,
            "rows_rejected": dict(held.rejected),
            "broadcasts": held.broadcasts,
            "self": held.selves,
            "people": len(self.network),
            "people_matched": self._matched(),
            "people_unmatched": held.strangers,
            "first": held.first.isoformat() if held.first else None,
            "last": held.last.isoformat() if held.last else None,
            "formats": sorted(set(self.formats)),
            "roster_fields": list(self.fields),
            "memberships": len(held.memberships),
            "layers": [medium for medium in held.media if medium],
            "evidence": self.connector.evidence,
            "waived": list(held.waived),
        }

    def _department(self, name: str, row: pd.Series) -> dict[str, Any]:
        return {
            "department": name,
            "people": int(row["people"]),
            "insiders_odds": _estimate(row, "insiders_odds"),
            "insularity": _estimate(row, "insularity"),
            **{key: plain(row[key]) for key in ("ei_index", "external_share", "reach", "constraint")},
            "brokerage": {role: plain(row[role]) for role in ROLES},
            "verdict": plain(row["verdict"]),
        }

    def report(self, lang: str = "en") -> "Report":
        """The report in a language, to `.write(directory)`."""
        from silos.report.writer import Report

        return Report(self, lang)

    def __repr__(self) -> str:
        return f"Analysis of {self.network!r}\n{self.findings!r}"

    def _repr_html_(self) -> str:
        html: str = self.findings._repr_html_()
        return html


def plain(value: Any) -> Any:
    """A value as JSON has it: Python's own numbers, None for what is not a number."""
    if value is None or value is pd.NA:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return str(value)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def _estimate(row: Mapping[Any, Any] | pd.Series, name: str) -> dict[str, Any]:
    return {
        "value": plain(row[name]),
        "low": plain(row[f"{name}_low"]),
        "high": plain(row[f"{name}_high"]),
    }


@contextmanager
def _one_thread() -> Iterator[None]:
    """Matrices of departments are small: threads of the linear algebra would only wait for one another."""
    with threadpool_limits(1, user_api="blas"):
        yield


@_one_thread()
def analyze(
    interactions: Any,
    roster: Any,
    *,
    by: str = DEPARTMENT,
    since: str | date | None = None,
    until: str | date | None = None,
    window: str | None = None,
    max_recipients: int = 20,
    min_department: int = 5,
    service_departments: Collection[str] = (),
    bootstrap: int = 500,
    seed: int = 0,
    progress: Callable[[str], None] = lambda stage: None,
) -> Analysis:
    """Find the silos, the walls and the connector department of an organisation.

    A log of groups (a group-to-group query of Viva Insights) gives an `Analysis` without what needs persons.

    Args:
        interactions: what `read_interactions` gives, or anything it reads (a path, a DataFrame, a list of them).
        roster: what `read_roster` gives, or anything it reads.
        by: the roster's column that names the units.
        since, until: keep interactions in [since, until), as dates or ISO text, UTC.
        window: `week`, `month` or `quarter`: also follow the headline measures over time.
        max_recipients: an interaction that reached more people is a broadcast and makes no tie.
        min_department: smaller departments are merged and never shown alone.
        service_departments: known service desks: never proclaimed the connector.
        bootstrap: replicates of the person bootstrap, 100 or more for intervals worth their name.
        seed: of every random choice: same input + seed = same result.
        progress: told the name of each stage as it starts.

    Raises:
        SilosError: the input cannot be analysed; the message says what was found and what to do.
    """
    logs = interactions if isinstance(interactions, Interactions) else read_interactions(interactions)
    staff = roster if isinstance(roster, Roster) else read_roster(roster)
    if seed < 0:
        raise SilosError("the seed is a whole number from 0 on (--seed).")
    if bootstrap < 2:
        raise SilosError("the bootstrap needs 2 replicates or more (--bootstrap); 500 give steady intervals.")
    asked = Parameters(
        by, _moment(since, "since"), _moment(until, "until"), window, max_recipients, min_department,
        tuple(service_departments), bootstrap, seed,
    )  # fmt: skip
    if logs.groups:
        from silos.analysis.group_level import analyze_groups

        return analyze_groups(logs, staff, asked, progress)
    counted = tally(
        logs,
        staff,
        by=by,
        since=asked.since,
        until=asked.until,
        max_recipients=max_recipients,
        window=window,
        vary=True,
        progress=progress,
    )
    every = layer(counted, "any")
    _refuse_one_department(every, by)
    for name in asked.service_departments:
        if name not in every.departments:
            there = [str(one) for one in every.departments[:MOST_NAMED]]
            more = ["…"] if len(every.departments) > MOST_NAMED else []
            raise SilosError(
                f"no {by} of the roster is called {name!r} (--service-department). There are: "
                f"{', '.join([*there, *more])}."
            )
    shown = merge_small(every.people[DEPARTMENT], min_department, persons=whose(every.people))
    if not shown.candidates:
        raise EmptyError(
            f"no department has {min_department} people or more, so none may be shown alone. "
            "Name a coarser column with --by, or lower --min-department."
        )
    grouped = every.regrouped(shown.departments)
    with beside(every, organisation.effort(every, seed)) as search:
        progress("bootstrap")
        # Bare contacts rest on all ties there are; the other grades on ties of their own.
        turns = desks(counted, grouped, replicates=bootstrap, seed=seed)
        grade = evidence(counted, grouped, turns)
        deep = every if grade == "volume" else layer(counted, grade)
        i, j = every.dyads
        layers: dict[str, np.ndarray | None] = {
            organisation.ANY: None,
            organisation.TRAFFIC: every.dyad_volumes,
        }
        if deep is not every:
            layers[deep.layer] = np.asarray(deep.contacts[i, j]).ravel()
        if every.directed:
            layers[organisation.RETURNED] = organisation.returned_volume(every)
        drawn = resample(every, layers, replicates=bootstrap, seed=seed, gravity=True)
        merged = drawn.merged(_groups(every, grouped), len(grouped.departments))
        progress("communities")
        if not search.away:
            search.result()
        joined = find_communities(
            counted.memberships, every, grouped, shown, strangers=counted.community_strangers, seed=seed
        )
        progress("departments")
        table, median = departments.departments(grouped, merged, shown, seed=seed)
        by_person = person_measures(grouped)
        table = table.join(department_summaries(by_person, minimum=min_department))
        table.insert(len(table.columns) - 1, "verdict", table.pop("verdict"))
        progress("dialogue")
        heard = of_tally(counted, every, shown, replicates=bootstrap, seed=seed)
        led = leadership(
            counted,
            every,
            brokerage=by_person[list(ROLES)].sum(axis=1),
            minimum=min_department,
            replicates=bootstrap,
            seed=seed,
        )
        progress("connector")
        connector = find_connector(
            grouped,
            deep.regrouped(shown.departments),
            merged,
            evidence=grade,
            candidates=shown.candidates,
            service=asked.service_departments,
            turns=turns,
            seed=seed,
        )
        found = detected_communities.communities(every, grouped, shown.rows, min_department, search.result().detection)
        estimates = organisation.organisation(every, drawn, found, search.result().rewired)
        windows = {
            start: network(ties, counted.people, directed=every.directed) for start, ties in counted.windows.items()
        }
        return Analysis(
            departments=table,
            pairs=pairs.pairs(grouped, merged, shown),
            connector=connector,
            stability=stability(
                counted,
                grouped,
                shown,
                connector.department,
                evidence=connector.evidence,
                service=asked.service_departments,
                desks=connector.desks,
            ),
            network=every,
            shown=shown,
            median_insularity=median,
            trend=trend(windows, shown, replicates=bootstrap, seed=seed),
            detected=found,
            communities=joined,
            dialogue=heard,
            leadership=led,
            external=external(counted.exchanges, every, shown),
            tally=counted,
            parameters=asked,
            estimates=estimates,
            formats=tuple(source.format for source in logs.sources),
            fields=fields_read(staff, by),
        )


def fields_read(roster: Roster, by: str) -> tuple[str, ...]:
    """What was read of people in the roster, in its canonical names."""
    return tuple(sorted({*roster.columns, "person", by}))


def _groups(every: Network, grouped: Network) -> np.ndarray:
    """For each department of `every` the position of the department of `grouped` that holds its people."""
    first = np.unique(every.membership, return_index=True)[1]
    return grouped.membership[first]


def _refuse_one_department(every: Network, by: str) -> None:
    if len(every.departments) < 2:
        raise EmptyError(
            f"all {len(every):,} people are in one single {by}, {every.departments[0]!r}: there is nothing to compare. "
            "Name a column that tells units apart with --by."
        )


def _moment(value: str | date | np.datetime64 | None, option: str) -> datetime | None:
    if isinstance(value, np.datetime64):
        return _moment(pd.Timestamp(value).to_pydatetime(), option)
    if value is None or isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise SilosError(f"--{option} wants a date like 2025-03-31, not {value!r}.") from None
