"""Comparisons as they are published: the numbers of both runs as these publish them, and what follows from those."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from silos.analysis.comparison.changes import NUMBERS, between
from silos.analysis.comparison.charts import Charts
from silos.analysis.comparison.figures import Figure, Key
from silos.analysis.published.tables import figures
from silos.analysis.result_protocol import whole
from silos.inference.estimate import finite
from silos.privacy.gate import Gate

#: What a run says of a number, and what its column is called.
PARTS = (("value", ""), ("low", "_low"), ("high", "_high"))


def table(exact: pd.DataFrame, runs: tuple[Mapping[Key, Figure], Mapping[Key, Figure]], gate: Gate) -> pd.DataFrame:
    """The changes: before and after as each run publishes them, the change between these two; verdicts as they are.

    So is its interval: that of the exact change gives both numbers back, beside the intervals of the runs. That of
    paired persons is as wide as it is, about the change that is told.

    Args:
        exact: as `silos.analysis.comparison.changes.tabled`.
        runs: the published figures of both runs.
        gate: what rounds.
    """
    found = exact.copy()
    keys = list(zip(found["measure"], found["department"], found["other"], strict=True))
    for end, run in zip(("before", "after"), runs, strict=True):
        for part, name in PARTS:
            values = [getattr(run.get(key, Figure()), part) for key in keys]
            found[f"{end}{name}"] = pd.Series(values, index=found.index, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, difference = found["after"] / found["before"], found["after"] - found["before"]
    found["change"] = np.where(found["scale"] == "ratio", ratio, difference)
    found["change"] = found["change"].where(exact["change"].notna())
    found = _about(found, exact, [tuple(run.get(key, Figure()) for run in runs) for key in keys])
    changes = [name for name in NUMBERS if name.startswith(("change", "paired"))]
    found[[*changes, "p", "q"]] = figures(found[[*changes, "p", "q"]], gate)
    return found.sort_values(["p", "measure", "department", "other"], kind="stable", ignore_index=True)


def _about(told: pd.DataFrame, exact: pd.DataFrame, figures: list[tuple[Figure, ...]]) -> pd.DataFrame:
    """The intervals about the changes that are told, those of what changed on the side of it that is said."""
    found, ratio = told.copy(), (told["scale"] == "ratio").to_numpy()
    careful = [between(*pair, ratio=bool(log)) for pair, log in zip(figures, ratio, strict=True)]
    least, most = np.where(told["verdict"] == "rose", 0.0, -np.inf), np.where(told["verdict"] == "fell", 0.0, np.inf)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        paired = [np.where(ratio, np.log(exact[name]), exact[name]) for name in ("paired_low", "paired_high")]
        change = np.where(ratio, np.log(found["change"]), found["change"])
        ends = {
            "change": change,
            "change_low": np.array([one.low for one in careful]),
            "change_high": np.array([one.high for one in careful]),
            "paired_low": change - (paired[1] - paired[0]) / 2,
            "paired_high": change + (paired[1] - paired[0]) / 2,
        }
        for name, values in ends.items():
            side = np.clip(values, least, most)
            found[name] = np.where(exact[name].notna(), np.where(ratio, np.exp(side), side), np.nan)
    return found


def charts(found: Charts, gate: Gate) -> Charts:
    """Which chart contacts follow: people in steps, and few digits; no finer than a step of ties, or of people."""

    def rounded(value: float | None) -> float | None:
        return None if value is None else float(gate.figure(value))

    def step(count: int | None) -> int | None:
        return None if count is None else whole(gate.count(count))

    told = _laid_under(found, gate) if found.ties else found
    change = told.change
    value, low, high = (float(gate.figure(end)) for end in (change.value, change.low, change.high))
    return replace(
        told,
        people=step(found.people),
        moved=step(found.moved),
        modularity=(rounded(told.modularity[0]), rounded(told.modularity[1])),
        change=replace(change, value=value, low=low, high=high, p=float(gate.chance(change.p))),
        ami=(rounded(told.ami[0]), rounded(told.ami[1])),
        ties=0,
    )


def _laid_under(found: Charts, gate: Gate) -> Charts:
    """Charts that are laid under known ties, by figures no finer than a step of these, or of people."""
    modularity = [np.nan if one is None else float(gate.share(one, of=found.ties)) for one in found.modularity]
    units = [max(1 - one, 10.0**-gate.digits) for one in found.exchanged]
    ami = [np.nan if one is None else float(gate.index(one, unit)) for one, unit in zip(found.ami, units, strict=True)]
    # The interval is as wide as it is, about what is told. What is said to differ lies on that side of 0.
    reach, value = (found.change.high - found.change.low) / 2, modularity[1] - modularity[0]
    least, most = {"second": (0.0, np.inf), "first": (-np.inf, 0.0)}.get(found.verdict, (-np.inf, np.inf))
    value, low, high = (float(np.clip(end, least, most)) for end in (value, value - reach, value + reach))
    return replace(
        found,
        modularity=(finite(modularity[0]), finite(modularity[1])),
        ami=(finite(ami[0]), finite(ami[1])),
        change=replace(found.change, value=value, low=low, high=high),
    )


def followed(exact: pd.DataFrame, told: pd.DataFrame, gate: Gate) -> pd.DataFrame:
    """What came of the advice: the numbers of the published runs, the outcomes of the exact ones.

    Args:
        exact: as `silos.analysis.comparison.verdicts.followed`.
        told: the same of the published summaries, whose sentences have published counts.
        gate: what rounds.
    """
    outcomes = dict(zip(exact["id"], exact["outcome"], strict=True))
    found = told.assign(
        outcome=[outcomes.get(one, "cannot say") for one in told["id"]], change=told["after"] - told["before"]
    )
    return figures(found, gate, except_=("before", "after"))
