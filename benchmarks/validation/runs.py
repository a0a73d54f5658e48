"""One organisation made, judged and held against its truth: a dict of plain numbers, ready for JSON.

The steps of `silos.analyze` are called one by one, without those that no verdict rests on (communities, rewired graphs,
trends), and with the replicates at hand, so that other thresholds can be tried on the same draws.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

import silos
from silos.analysis import pairs
from silos.analysis.connector.verdict import Connector
from silos.analysis.organisation import ANY
from silos.analysis.parameters import Parameters
from silos.analysis.pipeline import Ground, count, draw, judge_connector, judge_departments, prepare
from silos.inference.bootstrap import Replicates
from silos.measures.insularity import insularities
from silos.network import DEPARTMENT, Network
from silos.privacy.suppression import Shown
from silos.simulate import Organisation, organisation
from silos.tables import Interactions, Roster
from silos.ties.count import Tally
from silos.ties.definitions import Evidence
from validation.others import rankings, ranks

GRADES = ("substantive", "turn-taking", "reciprocated", "volume")
DECOYS = ("biggest", "mail_room", "newsletter", "bilateral_pair", "one_person_bridge", "half_company")
#: The decoy switches of `organisation`, by the name that the truth gives the department.
TRUTHS = {name: "bridge" if name == "one_person_bridge" else name for name in DECOYS}
MINIMUM = 5


@dataclass(frozen=True)
class Task:
    """One organisation to make and judge.

    Attributes:
        kind: `planted`, `none` (no connector), `mail room` (nothing but a mail room), `alone` (one decoy).
        generator, seed, people, departments, weeks: of the organisation.
        half: `tuning` or `report`.
        connector: its strength; None plants none.
        silos, silo: how many, and the factor of their affinity.
        decoys: switched on.
        bootstrap: replicates.
        grades: the evidence to judge on.
    """

    kind: str
    generator: str
    seed: int
    people: int
    departments: int
    weeks: int
    half: str
    connector: float | None
    silos: int
    silo: float
    decoys: tuple[str, ...] = DECOYS
    bootstrap: int = 200
    grades: tuple[str, ...] = GRADES[:1]
    shuffled: bool = False

    def make(self) -> Organisation:
        """The organisation."""
        return organisation(
            self.people,
            self.departments,
            self.weeks,
            generator=self.generator,  # type: ignore[arg-type]
            silos=self.silos,
            silo_strength=self.silo,
            connector="Marketing" if self.connector is not None else None,
            connector_strength=self.connector or 3.0,
            seed=self.seed,
            **{decoy: decoy in self.decoys for decoy in DECOYS},
        )


@dataclass(frozen=True, eq=False)
class Judged:
    """What the verdicts of `silos.analyze` rest on."""

    ground: Ground
    merged: Replicates
    departments: pd.DataFrame
    connector: Connector

    @property
    def every(self) -> Network:
        """All ties, departments as they are."""
        return self.ground.every

    @property
    def grouped(self) -> Network:
        """The same, departments as they may be shown."""
        return self.ground.grouped

    @property
    def shown(self) -> Shown:
        """Which departments may be shown."""
        return self.ground.shown

    @property
    def counted(self) -> Tally:
        """What the log holds."""
        return self.ground.counted


def judged(
    interactions: Interactions, roster: Roster, *, bootstrap: int, seed: int = 0, service: tuple[str, ...] = ()
) -> Judged:
    """The departments' verdicts and the connector's, as `silos.analyze(interactions, roster, seed=seed)` has them."""
    asked = parameters(bootstrap=bootstrap, seed=seed, service=service)
    return judge(count(interactions, roster, asked), asked)


def judge(counted: Tally, asked: Parameters, *, evidence: Evidence | None = None) -> Judged:
    """The same of a counted log; on another grade of evidence than its own where one is given."""
    return _judge(prepare(counted, asked, grade=evidence), asked)


def parameters(*, bootstrap: int, seed: int, service: tuple[str, ...] = ()) -> Parameters:
    """The options of `silos.analyze` that differ from run to run, all others as by default."""
    return Parameters.of(
        by=DEPARTMENT, since=None, until=None, window=None, max_recipients=20, min_department=MINIMUM,
        service_departments=service, bootstrap=bootstrap, seed=seed,
    )  # fmt: skip


def _judge(ground: Ground, asked: Parameters) -> Judged:
    drawn = draw(ground, asked)
    table, _ = judge_departments(ground, drawn, asked)
    return Judged(ground, drawn.grouped, table, judge_connector(ground, drawn, asked))


def run(task: Task) -> dict[str, Any]:
    """The task's organisation, its verdicts and its truth."""
    made = task.make()
    log = made.interactions
    interactions, roster = silos.read_interactions(log), silos.read_roster(made.roster)
    found = judged(interactions, roster, bootstrap=task.bootstrap, seed=task.seed)
    roles = roles_of(made.truth)
    record: dict[str, Any] = asdict(task) | {"dyads": int(found.every.ties)}
    record["departments"] = departments_of(found, made.truth, roles, task.seed)
    record["number"] = task.departments
    record["evidence"] = {"substantive": verdict_of(found.connector, made.truth["connector"], roles)}
    for grade in task.grades[1:]:
        poorer = judged(silos.read_interactions(degraded(log, grade)), roster, bootstrap=task.bootstrap, seed=task.seed)
        record["evidence"][grade] = verdict_of(poorer.connector, made.truth["connector"], roles)
    if task.kind == "mail room":
        served = judged(
            interactions, roster, bootstrap=task.bootstrap, seed=task.seed, service=(made.truth["mail_room"],)
        )
        record["declared"] = verdict_of(served.connector, None, roles)
    if task.kind == "planted":
        record["others"] = rankings(found, made.truth["connector"], roles)
    if task.shuffled:
        record["shuffled"] = shuffled(found, task)
    return record


def degraded(log: pd.DataFrame, grade: str) -> pd.DataFrame:
    """The same log as a poorer export has it: without threads and meetings, the time of day, or even direction."""
    mails = log[log["kind"] != "meeting"].assign(thread=None)
    if grade == "turn-taking":
        return mails.assign(kind="direct")
    if grade == "reciprocated":
        return mails.assign(kind="direct", timestamp=mails["timestamp"].dt.normalize())
    # Group mails of many stay recognisable: an export of contacts names how many were reached, or leaves them out.
    return mails.assign(kind="contact")


def roles_of(truth: Mapping[str, Any]) -> dict[str, str]:
    """The part each department plays; those without one are `plain`."""
    roles = dict.fromkeys(truth["departments"], "plain")
    for decoy in TRUTHS.values():
        place = truth[decoy]
        for name in place if isinstance(place, list) else [place["department"] if isinstance(place, dict) else place]:
            if name is not None:
                roles[name] = decoy
    roles |= dict.fromkeys(truth["silos"], "silo")
    if truth["connector"] is not None:
        roles[truth["connector"]] = "connector"
    return roles


def departments_of(
    found: Judged, truth: Mapping[str, Any], roles: Mapping[str, str], seed: int
) -> list[dict[str, Any]]:
    """One dict a department that stands alone.

    `relative` is its insularity less the median, `tail` the share of draws in which that is 0 or less, `error` its
    standard deviation over draws, `chance` the part of its variance that counts of ties would have by themselves.
    """
    draws, known = relative_draws(found, seed)
    chance = counting_variance(found)
    names = list(found.grouped.departments)
    middle = float(found.departments.loc[list(found.shown.candidates), "insularity"].median())
    rows = []
    for name, row in found.departments.loc[list(found.shown.candidates)].iterrows():
        a = names.index(name)
        rows.append(
            {
                "role": roles[str(name)],
                "people": int(row["people"]),
                "openness": truth["openness"][name],
                "insularity": _number(row["insularity"]),
                "insiders_odds": _number(row["insiders_odds"]),
                "external_share": _number(row["external_share"]),
                "verdict": row["verdict"],
                "relative": float(row["insularity"] - middle) if known[a] else None,
                "low": float(np.quantile(draws[:, a], 0.025)) if known[a] else None,
                "tail": float(np.mean(draws[:, a] <= 0)) if known[a] else 1.0,
                "error": float(draws[:, a].std()) if known[a] else None,
                "chance": float(chance[a]),
            }
        )
    return rows


def counting_variance(found: Judged) -> np.ndarray:
    """(K,) the variance of insularity if ties were independent counts: ¼/ties inside + 1/ties across."""
    mixing = found.grouped.indicator.T @ found.grouped.contacts @ found.grouped.indicator
    ties = np.asarray(mixing.toarray(), dtype=np.float64)
    inside, across = np.diag(ties) / 2, ties.sum(axis=1) - np.diag(ties)
    return np.asarray(0.25 / np.maximum(inside, 0.5) + 1 / np.maximum(across, 0.5))


def relative_draws(found: Judged, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(R, K) σ_a less the median in each replicate, as `verdicts.departments` takes it, and which departments count."""
    replicates, shown = found.merged, found.shown
    unseen = np.random.default_rng([seed, 1]).gamma(0.5, size=replicates.sizes.shape)
    draws = insularities(replicates.mixing[ANY], replicates.within, replicates.sizes, unseen)
    known = found.grouped.departments.isin(list(shown.candidates)) & np.isfinite(
        found.departments["insularity"].reindex(found.grouped.departments).to_numpy()
    )
    return draws - np.median(draws[:, known], axis=1)[:, None], np.asarray(known)


def verdict_of(connector: Connector, planted: str | None, roles: Mapping[str, str]) -> dict[str, Any]:
    """The verdict, who is first, and where the planted connector came."""
    table = connector.candidates
    leader = str(table.index[0])
    place = ranks(-table["score"].to_numpy(), list(table.index), planted) if planted in table.index else None
    if planted in table.index:
        # eligible departments come before the others, whatever their score
        place = float(table.index.get_loc(planted)) + 1
    eligible = table[table["eligible"]]
    return {
        "verdict": connector.verdict,
        "reason": connector.reason,
        "graded": connector.evidence,
        "chance": connector.chance,
        "first": roles[leader],
        "probability": float(table["probability_first"].iloc[0]),
        "lead": float(eligible["score"].iloc[0] / eligible["score"].iloc[1]) if len(eligible) > 1 else None,
        "place": place,
        "warning": bool(connector.mail_room_warning),
        "tied": sorted(roles[str(name)] for name in table.index[table["tied"]]),
    }


def shuffled(found: Judged, task: Task) -> dict[str, Any]:
    """False alarms when the department labels are dealt out anew: silos, open departments, walls, connectors."""
    order = np.random.default_rng([task.seed, 3]).permutation(len(found.every))
    dealt = pd.Series(found.every.people[DEPARTMENT].to_numpy()[order], index=found.every.people.index)
    asked = parameters(bootstrap=task.bootstrap, seed=task.seed)
    ground = Ground.of(found.counted, found.every.regrouped(dealt), asked, grade=found.ground.grade)
    other = _judge(ground, asked)
    table = other.departments.loc[list(other.shown.candidates)]
    judged_pairs = pairs.judge(other.grouped, other.merged, other.shown)
    return {
        "departments": len(table),
        "silos": int((table["verdict"] == "silo").sum()),
        "open": int((table["verdict"] == "open").sum()),
        "pairs": len(judged_pairs),
        "pairs_called": int(judged_pairs["verdict"].isin(["wall", "bridge"]).sum()),
        "connector": other.connector.verdict,
        "size_correlation": correlation(table["insularity"].to_numpy(), np.log(table["people"].to_numpy())),
    }


def correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    """Spearman's, None where there is nothing to rank."""
    known = np.isfinite(one) & np.isfinite(other)
    if known.sum() < 4 or np.ptp(one[known]) == 0 or np.ptp(other[known]) == 0:
        return None
    return float(pd.Series(one[known]).corr(pd.Series(other[known]), method="spearman"))


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
