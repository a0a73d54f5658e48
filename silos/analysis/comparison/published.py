"""Comparisons as they are published: the numbers of both runs as these publish them, and what follows from those."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from silos.analysis.comparison.changes import NUMBERS
from silos.analysis.comparison.charts import Charts
from silos.analysis.comparison.figures import Figure, Key
from silos.analysis.published_tables import figures
from silos.analysis.result_protocol import whole
from silos.privacy.gate import Gate

#: What a run says of a number, and what its column is called.
PARTS = (("value", ""), ("low", "_low"), ("high", "_high"))


def table(exact: pd.DataFrame, runs: tuple[Mapping[Key, Figure], Mapping[Key, Figure]], gate: Gate) -> pd.DataFrame:
    """The changes: before and after as each run publishes them, the change between these two; verdicts as they are.

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
    changes = [name for name in NUMBERS if name.startswith(("change", "paired"))]
    found[[*changes, "p", "q"]] = figures(found[[*changes, "p", "q"]], gate)
    return found.sort_values(["p", "measure", "department", "other"], kind="stable", ignore_index=True)


def charts(found: Charts, gate: Gate) -> Charts:
    """Which chart contacts follow: people in steps, and few digits."""

    def rounded(value: float | None) -> float | None:
        return None if value is None else float(gate.figure(value))

    def step(count: int | None) -> int | None:
        return None if count is None else whole(gate.count(count))

    change = found.change
    value, low, high = (float(gate.figure(end)) for end in (change.value, change.low, change.high))
    return replace(
        found,
        people=step(found.people),
        moved=step(found.moved),
        modularity=(rounded(found.modularity[0]), rounded(found.modularity[1])),
        change=replace(change, value=value, low=low, high=high, p=float(gate.chance(change.p))),
        ami=(rounded(found.ami[0]), rounded(found.ami[1])),
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
