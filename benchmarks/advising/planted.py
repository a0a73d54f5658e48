"""Advice on planted organisations: messages are written along it, and the log is analysed again.

A quarter is analysed and the advice taken from it. In the next quarter of the same organisation people write along
the advice, or as much between pairs of departments at random, or between the busiest pairs, or not at all. What the
messages changed is the next quarter with them less the same quarter without; what one would see is the next less this.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

import silos
from silos.analysis import departments
from silos.analysis.connector.evidence import weeks_of
from silos.analysis.parameters import Parameters
from silos.analysis.pipeline import Ground, draw, prepare
from silos.analysis.what_would_help.joins import Opening, open_up
from silos.analysis.what_would_help.what_if import Model
from silos.inference.estimate import Estimate
from silos.measures.basis import department_totals
from silos.ties.count import tally

#: Weeks of a quarter.
WEEKS = 13
#: Replicates of the bootstrap.
REPLICATES = 200
#: Weeks in which two people who are brought together write to each other, three messages each time.
TALKS = 4
#: Advice; the silo with as many others at random; pairs at random; the busiest pairs.
ARMS = ("advised", "others", "random", "busiest")


@dataclass(frozen=True, eq=False)
class Judged:
    """One quarter, judged: departments with their verdicts, how bound they are, and what forecasts are made from."""

    table: pd.DataFrame
    bound: float
    model: Model
    ground: Ground

    def door(self, silo: str) -> str | None:
        """The department through which most of the silo's contact passes."""
        network, model = self.ground.grouped, self.model
        at = model.place(silo)
        passing = np.where(model.helpers, department_totals(network, network.combined)[at], 0.0)
        passing[at] = 0.0
        return str(model.names[int(passing.argmax())]) if passing.any() else None


def judge(log: pd.DataFrame, roster: pd.DataFrame, seed: int) -> Judged:
    """The verdicts of a quarter, by the steps of `silos.analyze` that they rest on."""
    asked = Parameters.of(
        by="department", since=None, until=None, window=None, max_recipients=20, min_department=5,
        service_departments=(), bootstrap=REPLICATES, seed=seed,
    )  # fmt: skip
    counted = tally(silos.read_interactions(log), silos.read_roster(roster))
    ground = prepare(counted, asked)
    drawn = draw(ground, asked)
    weeks = weeks_of(counted)
    table, _ = departments.judge(
        ground.grouped, drawn.grouped, ground.shown, layers=ground.closer, weeks=weeks, seed=seed
    )
    model = Model.of(
        ground.grouped, drawn.grouped, ground.shown,
        layers=ground.closer, desks=ground.turns.found, weeks=weeks, seed=seed,
    )  # fmt: skip
    return Judged(table, model.bound(np.zeros_like(model.mixing))[0], model, ground)


def run(job: tuple[str, int]) -> dict[str, Any] | None:
    """One organisation: what was forecast, and what came; None where the planted silo was not found.

    Args:
        job: the generator and the seed.
    """
    generator, seed = job
    made = silos.simulate.organisation(
        people=220, departments=11, weeks=2 * WEEKS, seed=seed, generator=generator, silos=1, silo_strength=0.25
    )
    log = made.interactions
    times = pd.to_datetime(log["timestamp"])
    turn = times.min().normalize() + timedelta(weeks=WEEKS)
    before = judge(log[times < turn], made.roster, seed)
    [silo] = made.truth["silos"]
    if silo not in before.table.index or before.table.loc[silo, "verdict"] != "silo":
        return None
    plan = open_up(before.model, silo, before.door(silo))
    if plan is None:
        return None
    later = log[times >= turn]
    plain = judge(later, made.roster, seed)
    rng = np.random.default_rng([seed, 7])
    arms = {}
    for arm, ties in pairs_of(plan, before.model, rng).items():
        written = messages(ties, before, turn, rng)
        after = judge(pd.concat([later, written], ignore_index=True), made.roster, seed)
        arms[arm] = compared(plan, silo, before, plain, after)
    effect = plan.forecast.effective_resistance
    return {
        "generator": generator,
        "seed": seed,
        "ties": plan.total,
        "forecast": {"insularity": plan.effect.to_dict(), "bound": effect.to_dict()},
        "verdict_after": str(plan.forecast.table.loc[silo, "verdict_after"]),
        "arms": arms,
    }


def pairs_of(plan: Opening, model: Model, rng: np.random.Generator) -> dict[str, dict[tuple[str, str], int]]:
    """As many new ties along the advice, of the silo with others, between random pairs, between the busiest pairs."""
    advised = {(plan.department, name): round(number) for name, number in plan.ties.items()}
    helpers = np.flatnonzero(model.helpers)
    pairs = [(b, c) for at, b in enumerate(helpers) for c in helpers[at + 1 :]]
    drawn = [pairs[at] for at in rng.choice(len(pairs), size=len(advised), replace=False)]
    busiest = sorted(pairs, key=lambda pair: -model.mixing[pair])[: len(advised)]

    def spread(chosen: list[tuple[int, int]]) -> dict[tuple[str, str], int]:
        names = [(str(model.names[b]), str(model.names[c])) for b, c in chosen]
        return dict(zip(names, advised.values(), strict=True))

    at = model.place(plan.department)
    others = rng.choice(helpers[helpers != at], size=len(advised), replace=False)
    return {
        "advised": advised,
        "others": spread([(at, int(other)) for other in others]),
        "random": spread(drawn),
        "busiest": spread(busiest),
    }


def messages(
    ties: dict[tuple[str, str], int], before: Judged, turn: pd.Timestamp, rng: np.random.Generator
) -> pd.DataFrame:
    """What people who are brought together write: for each new tie conversations of three messages in several weeks."""
    network = before.ground.every
    labels, known = network.people["department"].to_numpy(), network.contacts
    names = network.people.index.to_numpy()
    rows = []
    for (a, b), number in ties.items():
        one, other = np.flatnonzero(labels == a), np.flatnonzero(labels == b)
        free = [(i, j) for i in one for j in other if not known[i, j]]
        for place in rng.choice(len(free), size=min(number, len(free)), replace=False):
            pair = [str(names[at]) for at in free[place]]
            for week in rng.choice(WEEKS, size=TALKS, replace=False):
                begun = turn + timedelta(weeks=int(week), days=int(rng.integers(5)), hours=9 + int(rng.integers(6)))
                first = int(rng.integers(2))
                thread = f"advice{len(rows)}"
                for step in range(3):
                    sender = (first + step) % 2
                    rows.append(
                        {
                            "timestamp": begun + timedelta(minutes=40 * step), "sender": pair[sender],
                            "recipient": pair[1 - sender], "medium": "email", "event": f"{thread}-{step}",
                            "thread": thread, "kind": "direct", "recipients": 1,
                        }
                    )  # fmt: skip
    return pd.DataFrame(rows)


def compared(plan: Opening, silo: str, before: Judged, plain: Judged, after: Judged) -> dict[str, Any]:
    """What came, beside what was forecast."""

    def insularity(judged: Judged) -> float:
        return float(judged.table.loc[silo, "insularity"])

    forecast = plan.forecast.effective_resistance
    changed = insularity(after) - insularity(plain)
    bound = after.bound - plain.bound
    return {
        "insularity": changed,
        "seen": insularity(after) - insularity(before),
        "bound": bound,
        "insularity_within": within(plan.effect, changed),
        "seen_within": within(plan.effect, insularity(after) - insularity(before)),
        "bound_within": within(forecast, bound),
        "verdict": str(after.table.loc[silo, "verdict"]),
        "verdict_right": bool(after.table.loc[silo, "verdict"] == plan.forecast.table.loc[silo, "verdict_after"]),
    }


def within(forecast: Estimate, value: float) -> bool:
    """Whether a number is in an interval."""
    return forecast.low is not None and forecast.high is not None and forecast.low <= value <= forecast.high


def summarised(records: list[dict[str, Any]], tried: int) -> dict[str, Any]:
    """What docs/what_would_help.md says of the runs, as plain numbers."""
    arms = {}
    for arm in ARMS:
        came = [record["arms"][arm] for record in records]
        arms[arm] = {
            **{name: float(np.median([one[name] for one in came])) for name in ("insularity", "seen", "bound")},
            **{name: sum(one[name] for one in came)
               for name in ("insularity_within", "seen_within", "bound_within", "verdict_right")},
            "all_right": sum(
                one["insularity_within"] and one["bound_within"] and one["verdict_right"] for one in came
            ),
        }  # fmt: skip
    forecasts = [record["forecast"] for record in records]
    return {
        "tried": tried,
        "runs": len(records),
        "ties": float(np.median([record["ties"] for record in records])),
        "forecast": {
            name: float(np.median([one[name]["value"] for one in forecasts])) for name in ("insularity", "bound")
        },
        "open_after": sum(record["verdict_after"] != "silo" for record in records),
        "better_bound": {
            arm: sum(record["arms"]["advised"]["bound"] < record["arms"][arm]["bound"] for record in records)
            for arm in ARMS[1:]
        },
        "arms": arms,
    }
