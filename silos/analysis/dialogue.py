"""Dialogue: who answers whom, how soon, and how lasting ties are, with intervals over people."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy import special

from silos.analysis.answerers import Grouping, answered_by_enough, by_enough, in_all
from silos.analysis.lasting_ties import broadcasting, lasting, lasting_departments
from silos.analysis.reply_rates import (
    SCOPES,
    WITHOUT_DESKS,
    by_desks,
    of_organisation,
    rate_without_desks,
    taking_part_by_scope,
)
from silos.analysis.response_times import HOUR, STATISTICS, estimated, histogram, resampled
from silos.analysis.result_protocol import Result, records
from silos.inference.estimate import Estimate, intervals
from silos.inference.multiple_testing import FALSE_DISCOVERY, false_discovery
from silos.measures.survival import duration_classes, survival
from silos.network import DEPARTMENT, Network
from silos.plots.drawing import Drawing
from silos.privacy.columns import in_units
from silos.privacy.suppression import Shown, beside_few, merge_small
from silos.readers import read_interactions, scanning
from silos.readers.roster import read_roster
from silos.tables import Interactions, Roster
from silos.ties.count import tally
from silos.ties.layers import layer
from silos.ties.results import Tally

PAIR = ("asking", "answering")
#: The department of everybody, where there is no roster.
EVERYBODY = "everybody"
#: Of every estimate, in the order of the summary.
NAMES = (
    *(f"{name}{scope}" for name in STATISTICS for scope in SCOPES),
    WITHOUT_DESKS,
    "reply_rate_gap",
    *(f"{name}{scope}" for name in ("sustained_share", "one_off_share") for scope in SCOPES),
)


@dataclass(frozen=True, eq=False)
class Dialogue(Result):
    """Who answers whom.

    Attributes:
        estimates: of the organisation, by name; empty where the log cannot tell (see `unknown`).
        departments: one row per department that may be shown: how its people answer, and are answered.
        pairs: one row per ordered pair of them: how the second answers the first.
        curves: S(t) in hours, within and across departments: columns `hours`, `within`, `across`.
        unknown: why nothing is said of answers, as in `silos.ties.results.DialogueCounts`; empty where it is.
        desks: the service desks that `reply_rate_across_without_desks` leaves out.
    """

    title: ClassVar[str] = "Dialogue"

    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    departments: pd.DataFrame = field(default_factory=pd.DataFrame)
    pairs: pd.DataFrame = field(default_factory=pd.DataFrame)
    curves: pd.DataFrame = field(default_factory=pd.DataFrame)
    unknown: str = ""
    desks: tuple[str, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """One row per measure of the organisation: value and interval."""
        rows = {name: estimate.to_dict() for name, estimate in self.estimates.items()}
        return pd.DataFrame.from_dict(rows, orient="index", dtype=np.float64).rename_axis("measure")

    def drawing(self) -> Drawing | None:
        """Who answers whom, department by department."""
        if "reply_rate" not in self.pairs or not self.pairs["reply_rate"].notna().any():
            return None
        rates = self.pairs.set_index(list(PAIR))["reply_rate"].unstack()  # noqa: PD010
        return Drawing("reply_matrix", {"rates": rates})

    def to_dict(self) -> dict[str, Any]:
        """As the summary has it: every name, without value where the log cannot tell."""
        return {
            "unknown": self.unknown,
            **{name: self.estimates.get(name, Estimate(None)).to_dict() for name in NAMES},
            "departments": records(self.departments.reset_index()),
        }

    def __repr__(self) -> str:
        return f"Dialogue, {self.unknown}" if self.unknown else super().__repr__()


def of_tally(
    counted: Tally,
    network: Network,
    shown: Shown,
    *,
    replicates: int,
    seed: int = 0,
    desks: Collection[str] = (),
) -> Dialogue:
    """Who answers whom in a log that has been counted, within and across departments.

    Args:
        counted: the log.
        network: all ties, departments as they are.
        shown: departments as they may be shown.
        replicates, seed: of the person bootstrap.
        desks: service desks: what they answer everybody raises the rate across departments.
    """
    desks = tuple(name for name in shown.candidates if name in desks)
    waits, ties, unknown = counted.dialogue.waits, counted.ties, counted.dialogue.unknown
    estimates: dict[str, Estimate] = {}
    grouped = network.regrouped(shown.departments)
    table = pd.DataFrame(
        {"people": grouped.sizes[grouped.departments.get_indexer(list(shown.rows))]},
        index=pd.Index(list(shown.rows), name=DEPARTMENT),
    )
    pairs = pd.DataFrame([(a, b) for a in shown.rows for b in shown.rows], columns=list(PAIR))
    curves = pd.DataFrame(columns=["hours", "within", "across"], dtype=np.float64)
    if not unknown:
        organisation, departments, between = _groupings(waits, network, grouped)
        every = organisation | departments | between | by_desks(waits, organisation["scope"], grouped, desks)
        value = estimated(waits, every)
        drawn = resampled(waits, every, len(network), replicates=replicates, seed=seed)
        known, timed = taking_part_by_scope(waits, organisation, len(network), shown.minimum)
        estimates |= of_organisation(value, drawn, known, timed)
        estimates |= rate_without_desks(waits, every, value, drawn, people=len(network), minimum=shown.minimum)
        curves = _curves(waits, every["scope"])
        table = table.join(_departments(waits, grouped, shown, every, value, drawn))
        pairs = pairs.join(_pairs(waits, grouped, shown, every, value, drawn))
    if "weeks" not in counted.log.waived:
        estimates |= lasting(ties, network, replicates=replicates, seed=seed)
        table = table.join(lasting_departments(ties, grouped))
    table = table.join(broadcasting(counted.dialogue.sent, grouped, shown.minimum))
    told = pairs.iloc[:0] if unknown else pairs
    return Dialogue(estimates, _complete(table), _complete(told, PAIR_COLUMNS), curves, unknown, desks)


DEPARTMENT_COLUMNS = (
    "people", "asked", "reply_rate", "reply_rate_low", "reply_rate_high", "reply_rate_within", "reply_rate_across",
    "reply_rate_across_low", "reply_rate_across_high", "answer_hours", "answer_hours_low", "answer_hours_high",
    "answered_rate", "answered_rate_low", "answered_rate_high", "q", "verdict", "sustained_share", "one_off_share",
    "broadcast_share",
)  # fmt: skip
PAIR_COLUMNS = (
    "asking", "answering", "asked", "reply_rate", "reply_rate_low", "reply_rate_high", "answer_hours",
    "answer_hours_low", "answer_hours_high", "p", "q", "verdict",
)  # fmt: skip


def _complete(table: pd.DataFrame, columns: tuple[str, ...] = DEPARTMENT_COLUMNS) -> pd.DataFrame:
    """The same columns whatever the log holds."""
    result = table.reindex(columns=list(columns))
    if "verdict" not in table.columns:
        result["verdict"] = pd.Series(None, index=table.index, dtype=object)
    return result


def _groupings(
    waits: pd.DataFrame, network: Network, grouped: Network
) -> tuple[dict[str, Grouping], dict[str, Grouping], dict[str, Grouping]]:
    asker, answerer = waits["sender"].to_numpy(), waits["recipient"].to_numpy()
    same = network.membership[asker] == network.membership[answerer]
    count = len(grouped.departments)
    department = grouped.membership.astype(np.min_scalar_type(-count))
    a, b = department[asker], department[answerer]
    pair = a.astype(np.min_scalar_type(-count * count))
    pair *= count
    pair += b
    organisation = {
        "all": Grouping(np.zeros(len(waits), dtype=np.int8), 1),
        "scope": Grouping((~same).astype(np.int8), 2),
    }
    departments = {
        "answering": Grouping(b, count),
        "answering_within": Grouping(np.where(a == b, b, -1), count),
        "answering_across": Grouping(np.where(a != b, b, -1), count),
        "answered_across": Grouping(np.where(a != b, a, -1), count),
    }
    return organisation, departments, {"pair": Grouping(pair, count * count)}


def _curves(waits: pd.DataFrame, scope: Grouping) -> pd.DataFrame:
    """S(t) within and across, at about as many times as an eye tells apart."""
    count = waits["waits"].to_numpy(dtype=np.float64)
    times, place = duration_classes(waits["seconds"].to_numpy(), waits["answered"].to_numpy(), count)
    within, across = survival(*histogram(scope, waits["answered"].to_numpy(), count, len(times), place))
    return pd.DataFrame({"hours": times / HOUR, "within": within, "across": across})


def _departments(
    waits: pd.DataFrame,
    grouped: Network,
    shown: Shown,
    groupings: Mapping[str, Grouping],
    value: Mapping[str, np.ndarray],
    drawn: Mapping[str, np.ndarray],
) -> pd.DataFrame:
    answerer, asker = waits["recipient"].to_numpy(), waits["sender"].to_numpy()
    weight = waits["waits"].to_numpy(dtype=np.float64)
    enough = {
        name: by_enough(grouping, asker if name == "answered_across" else answerer, weight, len(grouped), shown.minimum)
        for name, grouping in groupings.items()
        if grouping.count == len(grouped.departments) and name.startswith("answer")
    }
    # The rate in all, less that of one part, is that of the other.
    for part in ("answering_within", "answering_across"):
        enough["answering"] &= enough[part] | (in_all(groupings[part], weight) == 0)
    enough["timed"] = answered_by_enough(groupings["answering"], waits, answerer, len(grouped), shown.minimum)
    enough["timed"] &= enough["answering"]
    table = pd.DataFrame(index=grouped.departments)
    table["asked"] = in_all(groupings["answering"], weight).astype(np.int64)

    def put(column: str, grouping: str, statistic: str, *, spread: bool = True) -> None:
        at = STATISTICS.index(statistic)
        known = enough["timed" if statistic == "answer_hours" else grouping]
        table[column] = np.where(known, value[grouping][:, at], np.nan)
        if spread:
            low, high = intervals(drawn[grouping][..., at])
            table[f"{column}_low"] = np.where(known, low, np.nan)
            table[f"{column}_high"] = np.where(known, high, np.nan)

    put("reply_rate", "answering", "reply_rate")
    put("reply_rate_within", "answering_within", "reply_rate", spread=False)
    put("reply_rate_across", "answering_across", "reply_rate")
    put("answer_hours", "answering", "answer_hours")
    put("answered_rate", "answered_across", "reply_rate")
    judged = enough["answering_across"] & grouped.departments.isin(list(shown.candidates))
    _, table["q"], table["verdict"] = _judged(
        value["answering_across"][:, 0],
        drawn["answering_across"][..., 0],
        in_all(groupings["answering_across"], weight),
        judged,
    )
    return table


def _pairs(
    waits: pd.DataFrame,
    grouped: Network,
    shown: Shown,
    groupings: Mapping[str, Grouping],
    value: Mapping[str, np.ndarray],
    drawn: Mapping[str, np.ndarray],
) -> pd.DataFrame:
    """In the order of all pairs of `shown.rows`."""
    place = grouped.departments.get_indexer(list(shown.rows))
    a, b = (side.ravel() for side in np.meshgrid(place, place, indexing="ij"))
    row = a * len(grouped.departments) + b
    weight = waits["waits"].to_numpy(dtype=np.float64)
    asked = in_all(groupings["pair"], weight)[row]
    answerer = waits["recipient"].to_numpy()
    enough = by_enough(groupings["pair"], answerer, weight, len(grouped), shown.minimum)[row]
    hidden = beside_few((asked > 0) & ~enough, asked, len(place)).ravel()
    enough &= ~hidden
    timed = enough & answered_by_enough(groupings["pair"], waits, answerer, len(grouped), shown.minimum)[row]
    rate, typical = np.where(enough, value["pair"][row, 0], np.nan), np.where(timed, value["pair"][row, 2], np.nan)
    candidates = [position for position in place if grouped.departments[position] in shown.candidates]
    judged = enough & (a != b) & np.isin(a, candidates) & np.isin(b, candidates)
    table = pd.DataFrame({"asked": pd.Series(asked.astype(np.int64)).astype("Int64").mask(hidden), "reply_rate": rate})
    for column, at, known in (("reply_rate", 0, enough), ("answer_hours", 2, timed)):
        if column == "answer_hours":
            table[column] = typical
        low, high = intervals(drawn["pair"][:, row, at])
        table[f"{column}_low"] = np.where(known, low, np.nan)
        table[f"{column}_high"] = np.where(known, high, np.nan)
    table["p"], table["q"], table["verdict"] = _judged(rate, drawn["pair"][:, row, 0], asked, judged)
    return table


def _judged(
    rate: np.ndarray, draws: np.ndarray, asked: np.ndarray, judged: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """p-values of reply rates being the habit, q-values, and verdicts, where there is enough to judge.

    The habit is the median of the rates that are judged: a service desk that answers everything moves it little. They
    are compared on the scale of log odds. The standard error of the difference is that of the bootstrap, but not below
    that of as many independent waits: rates of 0 and 1 do not vary.
    """
    p, verdict = np.full(len(rate), np.nan), np.full(len(rate), None, dtype=object)
    known = judged & np.isfinite(rate) & (asked > 0)
    if known.sum() > 2:
        number, bound = asked[known], 0.5 / (asked[known] + 1)
        drawn = np.where(np.isfinite(draws[:, known]), draws[:, known], rate[known])
        habit, habits = np.median(rate[known]), np.median(drawn, axis=1)
        apart = _odds(rate[known], bound) - _odds(habit, bound)
        spread = (_odds(drawn, bound) - _odds(habits[:, None], bound)).var(axis=0, ddof=1)
        least = 1 / (number * np.clip(habit * (1 - habit), 0.01, None))
        p[known] = 2 * special.ndtr(-np.abs(apart) / np.sqrt(np.maximum(spread, least)))
        significant = false_discovery(p)[known] < FALSE_DISCOVERY
        verdict[known] = np.where(significant, np.where(apart < 0, "less", "more"), "typical")
    return p, false_discovery(p), verdict


def _odds(rate: Any, bound: np.ndarray) -> np.ndarray:
    return np.asarray(special.logit(np.clip(rate, bound, 1 - bound)))


def dialogue(
    interactions: Any,
    roster: Any = None,
    *,
    by: str | Sequence[str] = DEPARTMENT,
    max_recipients: int = 20,
    min_department: int = 5,
    replicates: int = 500,
    seed: int = 0,
) -> Dialogue:
    """Who answers whom in a log, with or without a roster.

    Args:
        interactions: what `silos.read_interactions` gives, or anything it reads.
        roster: what `silos.read_roster` gives, or anything it reads; without one everybody in the log is a person, of
            one and the same department.
        by: the roster's column that names the units; of several, each combination is a unit.
        max_recipients: an interaction that reached more people is a broadcast.
        min_department: of departments of fewer people nothing is shown, nor of the answers of fewer; and hours until
            an answer of no fewer than five answers.
        replicates, seed: of the person bootstrap.

    Raises:
        SilosError: the input cannot be analysed.

    Examples:
        >>> table = pd.DataFrame(
        ...     [("2025-01-06T09:00", "ann", "bob"), ("2025-01-06T10:00", "bob", "ann"), ("2025-01-20", "bob", "ann")],
        ...     columns=["timestamp", "sender", "recipient"])
        >>> found = dialogue(table, min_department=1, replicates=100)
        >>> found.estimates["reply_rate"].value, found.estimates["answer_hours"].value
        (0.5, None)
        >>> dialogue(table.assign(timestamp="2025-01-06")).unknown
        'days'
    """
    logs = interactions if isinstance(interactions, Interactions) else read_interactions(interactions)
    if roster is None:
        staff, column = _everybody(logs), DEPARTMENT
    else:
        staff, column = in_units(roster if isinstance(roster, Roster) else read_roster(roster), by)
    counted = tally(logs, staff, by=column, max_recipients=max_recipients)
    network = layer(counted, "any")
    persons, seen = counted.people["person"], network.in_contact
    shown = merge_small(network.people[DEPARTMENT], min_department, persons=persons, seen=seen)
    return of_tally(counted, network, shown, replicates=replicates, seed=seed)


def _everybody(logs: Interactions) -> Roster:
    """A roster of all ids in the logs, in one department."""
    connection = logs.connection.cursor()
    try:
        with scanning(logs):
            named = connection.execute(
                "select distinct nullif(lower(trim(id)), '') as id from "
                f"(select sender as id from ({logs.query}) union all select recipient from ({logs.query})) order by 1"
            ).fetchall()
    finally:
        connection.close()
    ids = [person for (person,) in named if person is not None]
    people = pd.DataFrame({DEPARTMENT: EVERYBODY, "kind": "employee"}, index=pd.Index(ids, name="person", dtype=object))
    return Roster(people, pd.DataFrame({"alias": ids, "person": ids}))
