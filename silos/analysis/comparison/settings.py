"""Differences between two runs that a change may come from, and what a comparison cannot tell."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from silos.analysis.comparison.changes import MOST_TRAFFIC, UNSTEADY, busier

#: Relative difference of the lengths of two periods from which it is said.
LENGTH = 0.1
#: Bootstrap replicates below which an interval is rough.
FEW_REPLICATES = 100
#: Options that change what the numbers mean.
OPTIONS = ("max_recipients", "min_department", "service_departments", "log_kinds", "leave_out_accounts")


@dataclass(frozen=True)
class Limit:
    """One thing that the comparison cannot tell, or that differs between the runs.

    Attributes:
        key: of its sentence.
        values: what the sentence names, as numbers and texts.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


def days(summary: Mapping[str, Any]) -> float | None:
    """Length of the period of a run, in days from the first row to the last; None where rows have no time."""
    ends = [_moment(summary["inputs"].get(name)) for name in ("first", "last")]
    if ends[0] is None or ends[1] is None:
        return None
    return (ends[1] - ends[0]) / timedelta(days=1)


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def identical(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Whether two runs found the same: all but when they were made, and in which language."""
    return _found(first) == _found(second)


def _found(summary: Mapping[str, Any]) -> dict[str, Any]:
    return {name: summary[name] for name in ("inputs", "organisation", "departments", "pairs") if name in summary}


def limits(
    first: Mapping[str, Any], second: Mapping[str, Any], *, in_both: int | None, paired: bool
) -> tuple[Limit, ...]:
    """What differs between the runs, and what cannot be told.

    Args:
        first, second: the summaries.
        in_both: people who are in both runs; None where only the summaries are known.
        paired: whether the persons were paired.
    """
    return tuple(_limits(first, second, in_both, paired))


def _limits(first: Mapping[str, Any], second: Mapping[str, Any], in_both: int | None, paired: bool) -> Iterator[Limit]:
    if identical(first, second):
        yield Limit("identical")
        return
    options = [run.get("parameters", {}) for run in (first, second)]
    inputs = [run["inputs"] for run in (first, second)]
    if options[0].get("by") != options[1].get("by"):
        yield Limit("by", {"first": options[0].get("by"), "second": options[1].get("by")})
    for name in OPTIONS:
        if options[0].get(name) != options[1].get(name):
            yield Limit(
                "option", {"name": name, "first": _said(options[0].get(name)), "second": _said(options[1].get(name))}
            )
    if inputs[0].get("evidence") != inputs[1].get("evidence"):
        yield Limit("evidence", {"first": inputs[0].get("evidence"), "second": inputs[1].get("evidence")})
    if inputs[0].get("layers") != inputs[1].get("layers"):
        yield Limit("layers", {"first": _said(inputs[0].get("layers")), "second": _said(inputs[1].get("layers"))})
    yield from _of_time(first, second)
    if any(run.get("published") for run in inputs):
        yield Limit("published")
    if any((run.get("bootstrap") or FEW_REPLICATES) < FEW_REPLICATES for run in options):
        yield Limit("replicates", {"least": FEW_REPLICATES})
    if paired:
        yield Limit("paired", {"people": in_both})
    elif in_both == 0:
        yield Limit("nobody")
    else:
        yield Limit("summaries")


def _of_time(first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[Limit]:
    lengths, rows = (days(first), days(second)), (first["inputs"].get("rows_used"), second["inputs"].get("rows_used"))
    if lengths[0] is None or lengths[1] is None:
        yield Limit("undated")
    elif abs(lengths[0] - lengths[1]) > LENGTH * max(lengths[0], lengths[1], 1):
        yield Limit("length", {"first": round(lengths[0]) + 1, "second": round(lengths[1]) + 1})
    ends = [[_moment(run["inputs"].get(name)) for name in ("first", "last")] for run in (first, second)]
    if ends[0][0] is not None and ends[0][1] is not None and ends[1][0] is not None and ends[1][1] is not None:
        if ends[1][1] < ends[0][0]:
            yield Limit("order")
        elif ends[1][0] <= ends[0][1] and ends[0][0] <= ends[1][1]:
            yield Limit("overlap")
    if rows[0] and rows[1]:
        ratio = rows[1] / rows[0]
        if busier(*rows) > MOST_TRAFFIC:
            yield Limit("traffic_too_far", {"ratio": ratio})
        elif busier(*rows) > UNSTEADY:
            yield Limit("traffic", {"ratio": ratio})


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={kind}" for name, kind in value.items()) or "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    return str(value)
