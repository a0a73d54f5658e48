"""Verdicts that changed: of departments, of pairs, on the connector; and what the earlier recommendations came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from silos.analysis.comparison.changes import Change, between
from silos.analysis.comparison.figures import OF_DEPARTMENT, OF_PAIR, Figure, departments, pairs
from silos.inference.multiple_testing import FALSE_DISCOVERY

#: Verdicts that are none.
UNSAID = ("cannot say", "uncertain", None)
VERDICT_COLUMNS = ("kind", "department", "other", "before", "after", "measure_verdict")
FOLLOWED_COLUMNS = (
    *("id", "sentence", "watch", "before", "after", "change", "change_low", "change_high", "p", "outcome"),
)
FOLLOWED_TEXTS = ("id", "sentence", "watch", "outcome")

#: Where a watched number lies in a summary, by section, and whether it is hoped to rise (1) or to fall (-1).
WATCHED: Mapping[str, tuple[tuple[str, ...], int]] = {
    "disjoint_pairs": (("communities", "tools", "disjoint_pairs"), -1),
    "reply_rate_below": (("leadership", "reply_rate_below"), 1),
    "silent_share": (("leadership", "silent_share"), -1),
    "communities_without_leader": (("leadership", "communities_without_leader"), -1),
    "reply_rate_across": (("dialogue", "reply_rate_across"), 1),
    "answer_hours_across": (("dialogue", "answer_hours_across"), -1),
    "outside_share": (("external", "share"), 1),
}
#: The same of a candidate for the connector.
OF_CANDIDATE: Mapping[str, int] = {"bind": 1, "effective_spanners": 1, "probability_first": 1}
#: The name under which recommendations watch the ratio of a pair.
GRAVITY_RATIO = "gravity_ratio"


@dataclass(frozen=True)
class ConnectorChange:
    """The connector in both runs.

    Attributes:
        before, after: the verdict.
        department_before, department_after: which department comes first.
        change: `same`, `other` (both are clear, and differ), `found` or `lost` (clear in one run alone), `open` (in
            neither), or `cannot say`.
    """

    before: str | None
    after: str | None
    department_before: str | None
    department_after: str | None
    change: str

    def to_dict(self) -> dict[str, str | None]:
        """As `comparison.json` has it."""
        return dict(vars(self))


def connector_change(first: Mapping[str, Any], second: Mapping[str, Any]) -> ConnectorChange:
    """What became of the connector."""
    one, other = first["connector"], second["connector"]
    clear = [run.get("verdict") == "clear" for run in (one, other)]
    if "cannot say" in (one.get("verdict"), other.get("verdict")):
        change = "cannot say"
    elif all(clear):
        change = "same" if one["department"] == other["department"] else "other"
    else:
        change = "lost" if clear[0] else "found" if clear[1] else "open"
    return ConnectorChange(
        one.get("verdict"), other.get("verdict"), one.get("department"), other.get("department"), change
    )


def verdict_changes(first: Mapping[str, Any], second: Mapping[str, Any], changes: pd.DataFrame) -> pd.DataFrame:
    """Departments and pairs that are called something else.

    Args:
        first, second: the summaries.
        changes: the table of changes.

    Returns:
        one row each: `kind` (`department` or `pair`), `department`, `other`, `before`, `after`, and `measure_verdict`:
        whether its insularity or its ratio `rose`, `fell`, is `unchanged` or `cannot say`.
    """
    found = {(row["department"], row["other"]): row["verdict"] for row in changes.to_dict("records")}
    rows = []
    for kind, runs in (
        ("department", [{(name, ""): row for name, row in departments(run).items()} for run in (first, second)]),
        ("pair", [pairs(run) for run in (first, second)]),
    ):
        for key in sorted(runs[0].keys() & runs[1].keys()):
            verdicts = [run[key].get("verdict") for run in runs]
            if verdicts[0] != verdicts[1]:
                rows.append((kind, *key, *verdicts, found.get(key, "cannot say")))
    return pd.DataFrame(rows, columns=list(VERDICT_COLUMNS))


def watched(summary: Mapping[str, Any], watch: str, about: tuple[str, ...]) -> Figure:
    """The number that a recommendation asks to watch, as a run has it.

    Args:
        summary: of the run.
        watch: `measure` or `measure:department`.
        about: the departments of the recommendation.
    """
    measure, _, department = watch.partition(":")
    name = department or (about[0] if about else "")
    if measure == OF_DEPARTMENT:
        return Figure.of(departments(summary).get(name, {}).get(OF_DEPARTMENT))
    if measure == GRAVITY_RATIO and len(about) >= len(("a", "b")):
        pair = pairs(summary).get((min(about[:2]), max(about[:2])), {})
        return Figure.of(pair.get(OF_PAIR))
    if measure in OF_CANDIDATE:
        known = {row["department"]: row for row in summary["connector"].get("candidates", ())}
        return Figure.of(known.get(name, {}).get(measure))
    if measure not in WATCHED:
        return Figure()
    found: Any = summary
    for part in WATCHED[measure][0]:
        found = found.get(part) if isinstance(found, Mapping) else None
    return Figure.of(found)


def hoped(measure: str) -> int:
    """Whether a recommendation hopes for more of a measure (1), or for less (-1)."""
    if measure in OF_CANDIDATE or measure == GRAVITY_RATIO:
        return 1
    return WATCHED[measure][1] if measure in WATCHED else -1


def followed(first: Mapping[str, Any], second: Mapping[str, Any], changes: pd.DataFrame) -> pd.DataFrame:
    """What became of the number that each recommendation of the earlier run asks to watch.

    Args:
        first, second: the summaries.
        changes: the table of changes: a number that is in it keeps the change and the verdict that it has there.

    Returns:
        one row per recommendation with something to watch. `change` is after less before; `outcome` is `better`,
        `worse`, `unchanged`, `untested` (the number has no interval: it moved, but chance may have moved it) or `cannot
        say`. Numbers that are not in the table of changes are tested one by one.
    """
    known = {(row["measure"], row["department"], row["other"]): row for row in changes.to_dict("records")}
    rows = []
    for step in first.get("recommendations", ()):
        watch = step.get("watch")
        if not isinstance(watch, str):
            continue
        measure, _, department = watch.partition(":")
        about = tuple(map(str, step.get("between", ())))
        before, after = watched(first, watch, about), watched(second, watch, about)
        key = (OF_DEPARTMENT, department, "") if measure == OF_DEPARTMENT else (measure, "", "")
        if measure == GRAVITY_RATIO and len(about) >= len(("a", "b")):
            key = (OF_PAIR, min(about[:2]), max(about[:2]))
        if key in known:
            row = known[key]
            change = Change(row["change"], row["change_low"], row["change_high"], row["p"])
            moved = {"rose": 1, "fell": -1, "unchanged": 0}.get(row["verdict"])
        else:
            change = between(before, after, ratio=False)
            moved = None if np.isnan(change.p) else int(np.sign(change.value)) * (change.p < FALSE_DISCOVERY)
        outcome = _outcome(moved, change, hoped(measure))
        ends = (change.value, change.low, change.high, change.p)
        rows.append((step["id"], step["sentence"], watch, before.value, after.value, *ends, outcome))
    table = pd.DataFrame(rows, columns=list(FOLLOWED_COLUMNS))
    numbers = [name for name in FOLLOWED_COLUMNS if name not in FOLLOWED_TEXTS]
    return table.astype(dict.fromkeys(numbers, np.float64))


def _outcome(moved: int | None, change: Change, wanted: int) -> str:
    if moved is None:
        return "cannot say" if np.isnan(change.value) else "untested"
    return "unchanged" if moved == 0 else "better" if moved == wanted else "worse"
