"""Verdicts that changed: of departments, of pairs, on the connector; and what the earlier recommendations came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from silos.analysis.comparison.changes import Change, between
from silos.analysis.comparison.figures import Figure, Key, departments, pairs, same_units
from silos.analysis.watched import watched
from silos.inference.multiple_testing import FALSE_DISCOVERY

#: Share of the draws in which a department comes first that is mostly first.
MOSTLY = 0.5
VERDICT_COLUMNS = ("kind", "department", "other", "before", "after", "measure_verdict")
FOLLOWED_COLUMNS = (
    *("id", "sentence", "watch", "before", "after", "change", "change_low", "change_high", "p", "outcome"),
)
FOLLOWED_TEXTS = ("id", "sentence", "watch", "outcome")

#: How the paths begin that lead to a number of one or two departments: where units differ, so do those of one name.
OF_UNITS = ("departments.", "pairs.", "connector.")

#: Whether a number that is watched is hoped to rise (1) or to fall (-1), by its key in the summary.
HOPED: Mapping[str, int] = {
    **dict.fromkeys(("insularity", "effective_resistance", "disjoint_pairs"), -1),
    **dict.fromkeys(("silent_share", "communities_without_leader", "answer_hours_across", "broadcast_share"), -1),
    **dict.fromkeys(("relative", "bind", "effective_spanners", "probability_first"), 1),
    **dict.fromkeys(("reply_rate_below", "reply_rate_across", "share"), 1),
}


@dataclass(frozen=True)
class ConnectorChange:
    """The connector in both runs.

    Attributes:
        before, after: the verdict.
        department_before, department_after: which department comes first.
        first_before, first_after: share of the draws in which the one of the first run (or, where none was clear, of
            the second) comes first; None where the run has no such candidate, or other units.
        change: `same`, `other` (both are clear, and differ); `lost`, `found` (clear in one run, and first in less than
            half of the draws in the other); `weaker`, `stronger` (clear in one run, and mostly first in the other);
            `open` (clear in neither), or `cannot say`.
        reason: why nothing can be said: `units` (the runs have different ones), `verdict` (a run cannot say either),
            `missing` (clear in one run, and no candidate in the other; or clear in both, neither a candidate in the
            other: firms with other departments, say); empty where something can.
    """

    before: str | None
    after: str | None
    department_before: str | None
    department_after: str | None
    first_before: float | None
    first_after: float | None
    change: str
    reason: Literal["units", "verdict", "missing", ""] = ""

    def to_dict(self) -> dict[str, Any]:
        """As `comparison.json` has it."""
        return dict(vars(self))


def connector_change(first: Mapping[str, Any], second: Mapping[str, Any]) -> ConnectorChange:
    """What became of the connector."""
    one, other = first["connector"], second["connector"]
    clear = [run.get("verdict") == "clear" for run in (one, other)]
    name = one.get("department") if clear[0] or not clear[1] else other.get("department")
    shares = [_first(run, name) for run in (one, other)] if same_units(first, second) else [None, None]
    reason = _unsaid(first, second, shares)
    if reason:
        change = "cannot say"
    elif all(clear):
        change = "same" if one["department"] == other["department"] else "other"
    elif not any(clear):
        change = "open"
    else:
        gone = ((shares[1] if clear[0] else shares[0]) or 0.0) < MOSTLY
        change = ("lost" if gone else "weaker") if clear[0] else "found" if gone else "stronger"
    return ConnectorChange(
        one.get("verdict"),
        other.get("verdict"),
        one.get("department"),
        other.get("department"),
        shares[0],
        shares[1],
        change,
        reason,
    )


def _unsaid(
    first: Mapping[str, Any], second: Mapping[str, Any], shares: Sequence[float | None]
) -> Literal["units", "verdict", "missing", ""]:
    """Why nothing can be said of the connector of two runs, if so."""
    verdicts = [run["connector"].get("verdict") for run in (first, second)]
    if not same_units(first, second):
        return "units"
    if "cannot say" in verdicts:
        return "verdict"
    clear = [verdict == "clear" for verdict in verdicts]
    elsewhere = shares[1] if clear[0] else shares[0]
    if all(clear) and elsewhere is None:
        elsewhere = _first(first["connector"], second["connector"]["department"])
    return "missing" if any(clear) and elsewhere is None else ""


def _first(connector: Mapping[str, Any], name: str | None) -> float | None:
    """In which share of the draws a department comes first."""
    known = {row["department"]: row.get("probability_first") for row in connector.get("candidates", ())}
    share = known.get(name)
    return None if share is None else float(share)


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
        for key in sorted(runs[0].keys() & runs[1].keys()) if same_units(first, second) else ():
            verdicts = [run[key].get("verdict") for run in runs]
            if verdicts[0] != verdicts[1]:
                rows.append((kind, *key, *verdicts, found.get(key, "cannot say")))
    return pd.DataFrame(rows, columns=list(VERDICT_COLUMNS))


def measure_of(path: str) -> str:
    """The measure at a path that is watched.

    Examples:
        >>> measure_of("departments.R&D.insularity")
        'insularity'
    """
    return path.rpartition(".")[2]


def _key_of(path: str) -> Key:
    """Where a path that is watched lies in the table of changes, if it is there."""
    section, _, rest = path.partition(".")
    name = rest.rpartition(".")[0] if section == "departments" else ""
    return measure_of(path), name, ""


def expected(first: Mapping[str, Any]) -> frozenset[Key]:
    """The numbers that the recommendations of a run ask to watch: named before a later run was made."""
    paths = (step.get("watch") for step in first.get("recommendations", ()))
    return frozenset(_key_of(path) for path in paths if isinstance(path, str))


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
    rows, comparable = [], same_units(first, second)
    for step in first.get("recommendations", ()):
        path = step.get("watch")
        if not isinstance(path, str):
            continue
        before, after = (Figure.of(watched(run, path)) for run in (first, second))
        if not comparable and path.startswith(OF_UNITS):
            after = Figure()
        key = _key_of(path)
        if key in known:
            row = known[key]
            change = Change(row["change"], row["change_low"], row["change_high"], row["p"])
            moved = {"rose": 1, "fell": -1, "unchanged": 0}.get(row["verdict"])
        else:
            change = between(before, after, ratio=False)
            moved = None if np.isnan(change.p) else int(np.sign(change.value)) * (change.p < FALSE_DISCOVERY)
        outcome = _outcome(moved, change, HOPED.get(measure_of(path)))
        ends = (change.value, change.low, change.high, change.p)
        rows.append((step["id"], step["sentence"], path, before.value, after.value, *ends, outcome))
    table = pd.DataFrame(rows, columns=list(FOLLOWED_COLUMNS))
    numbers = [name for name in FOLLOWED_COLUMNS if name not in FOLLOWED_TEXTS]
    return table.astype(dict.fromkeys(numbers, np.float64))


def _outcome(moved: int | None, change: Change, wanted: int | None) -> str:
    if wanted is None:
        return "cannot say"
    if moved is None:
        return "cannot say" if np.isnan(change.value) else "untested"
    return "unchanged" if moved == 0 else "better" if moved == wanted else "worse"
