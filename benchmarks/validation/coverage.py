"""Coverage of the intervals: the people, ties and messages of one organisation are drawn again and again.

What an interval is of has to be defined first. An organisation here is its departments: their sizes, their affinities
for one another (planted and plain), the habits and parts, the weeks. Its people are a draw: how active each is, who
knows whom, what they write. The *estimand* of a measure is its mean over such draws, for a log of that length. Its own
value on an endless log would be another quantity (in the end everybody has written to everybody), and the mean does not
count a bias of the measure itself, which the tables of AUC and Spearman show. An interval covers if the mean lies in
it; nominal is 95 %.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

import silos
from silos import simulate
from silos.inference.estimate import interval
from silos.simulate.log import Organisation
from silos.simulate.plan import Plan
from validation.runs import Judged, Task, counting_variance, judged, relative_draws

#: `relative` is insularity less the median of all, which a silo's verdict rests on; `narrowed` the same, with an
#: interval that was tried.
MEASURES = ("insularity", "insiders_odds", "relative", "narrowed")


class PeopleAnew(np.random.Generator):
    """Random numbers of one draw of people, but what is drawn by department is the same in all draws."""

    def __init__(self, departments: int, seed: int, draw: int) -> None:
        super().__init__(np.random.PCG64([seed, 1, draw]))
        self.departments = departments
        self.fixed = np.random.default_rng([seed, 1])

    def normal(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
        """Normal numbers; those of a table by department (affinities, topics) come from the fixed stream."""
        if isinstance(size, tuple) and size[0] == self.departments:
            return self.fixed.normal(loc, scale, size)
        return super().normal(loc, scale, size)


@dataclass(frozen=True)
class Drawn:
    """One draw of the people of the organisation of a task."""

    task: Task
    draw: int


def anew(task: Task, draw: int) -> Organisation:
    """The organisation of the task with people, ties and messages drawn anew; its departments stay as they are."""
    made = task.make()
    company, rng = made.plan.company, np.random.default_rng([task.seed, 4, draw])
    activity, outward = np.empty(company.people), company.outward.copy()
    for start, end in zip(company.first[:-1], company.first[1:], strict=True):
        drawn = np.minimum(1 + rng.pareto(2.5, end - start), 12) if task.generator == "latent" else None
        activity[start:end] = rng.lognormal(0, 0.55, end - start) if drawn is None else drawn
    activity /= activity.mean()
    bridge = company.parts.bridge
    keep = np.zeros(company.people, dtype=bool)
    if bridge is not None:
        keep = company.department == bridge
    outward[~keep] = activity[~keep]
    company = replace(company, activity=activity, outward=outward)
    dyads, groups, _ = simulate.GENERATORS[task.generator](
        company,
        weeks=task.weeks,
        silo_strength=task.silo,
        connector_strength=task.connector or 3.0,
        rng=PeopleAnew(len(company.sizes), task.seed, draw),
    )
    plan = Plan(
        company=company,
        dyads=dyads,
        groups=groups,
        start=date(2025, 1, 6),
        weeks=task.weeks,
        seed=1_000_000 * (1 + draw) + task.seed,
    )
    return Organisation(roster=made.roster, truth=made.truth, plan=plan)


def run(drawn: Drawn) -> dict[str, Any]:
    """Estimates and intervals of every department in one draw."""
    made = anew(drawn.task, drawn.draw)
    found = judged(
        silos.read_interactions(made.interactions),
        silos.read_roster(made.roster),
        bootstrap=drawn.task.bootstrap,
        seed=drawn.draw,
    )
    return {
        "generator": drawn.task.generator,
        "seed": drawn.task.seed,
        "draw": drawn.draw,
        "departments": intervals(found, drawn.draw),
    }


def intervals(found: Judged, seed: int) -> list[dict[str, Any]]:
    """By department: value, low and high of each of `MEASURES`."""
    draws, known = relative_draws(found, seed)
    chance = counting_variance(found)
    table = found.departments
    middle = table.loc[list(found.shown.candidates), "insularity"].median()
    rows = []
    for a, name in enumerate(found.grouped.departments):
        if not known[a]:
            continue
        row = table.loc[name]
        rows.append(
            {
                "department": str(name),
                "people": int(row["people"]),
                "insularity": [float(row[f"insularity{end}"]) for end in ("", "_low", "_high")],
                "insiders_odds": [float(row[f"insiders_odds{end}"]) for end in ("", "_low", "_high")],
                "relative": [float(row["insularity"] - middle), *interval(draws[:, a])],
                "narrowed": narrowed(float(row["insularity"] - middle), draws[:, a], chance[a]),
            }
        )
    return rows


def narrowed(value: float, draws: np.ndarray, chance: float) -> list[float | None]:
    """The interval of `relative`, with what the product of two weights counts too often taken out.

    A tie of weight ω_i ω_j has variance 3, not 1, beyond what its two persons share: of the draws' variance, twice the
    variance that counts of ties have by themselves (`chance`) is too much (Owen 2007 on bootstraps of crossed data).
    """
    low, high = interval(draws)
    if low is None or high is None:
        return [value, None, None]
    factor = np.sqrt(max(1 / 3, 1 - 2 * chance / max(float(draws.var()), 1e-12)))
    middle = float(np.median(draws))
    return [value, value + factor * (low - middle), value + factor * (high - middle)]


def covered(draws: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One dict a department of an organisation: how often each interval held the mean of the draws."""
    cells: dict[tuple[str, int, str], list[dict[str, Any]]] = {}
    for draw in draws:
        for row in draw["departments"]:
            cells.setdefault((draw["generator"], draw["seed"], row["department"]), []).append(row)
    result = []
    for (generator, seed, _), rows in cells.items():
        entry: dict[str, Any] = {"generator": generator, "seed": seed, "people": rows[0]["people"], "draws": len(rows)}
        for measure in MEASURES:
            value, low, high = np.array([row[measure] for row in rows], dtype=np.float64).T
            truth = value.mean()
            entry[measure] = {
                "covered": int(((low <= truth) & (truth <= high)).sum()),
                "below": int((high < truth).sum()),
                "above": int((low > truth).sum()),
                "spread": float(value.std(ddof=1)),
                "width": float(np.mean(high - low)),
            }
        result.append(entry)
    return result
