"""The numbers of a run that can be compared with those of another: read from its summary."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from silos.privacy.columns import as_spelt

#: Measure, department and other department: empty for the organisation, the last for a department as well.
Key = tuple[str, str, str]
#: How two numbers are compared: by their difference, or, where they are ratios, by their quotient.
Scale = Literal["difference", "ratio"]

#: Measures of the organisation that are compared.
OVERALL = ("ei_index", "cross_department_share", "modularity", "two_way_share", "effective_resistance")
#: Of a department, of a pair of departments. Insularity is a logarithm as it is.
OF_DEPARTMENT, OF_PAIR = "insularity", "ratio"
#: Positive numbers without an upper end.
RATIOS = ("effective_resistance", "ratio")
#: Measures that count ties: fewer messages show fewer of the weak ties, most of which lead elsewhere.
OF_TIES = ("ei_index", "modularity", "effective_resistance", "insularity")


@dataclass(frozen=True)
class Figure:
    """A number with its 95 % interval; None where it is missing, suppressed, or has no interval."""

    value: float | None = None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, estimate: object) -> "Figure":
        """As a summary has it: an estimate, a bare number, or nothing.

        Examples:
            >>> Figure.of({"value": 1.5, "low": 1.0, "high": 2.0}), Figure.of(3), Figure.of(None)
            (Figure(value=1.5, low=1.0, high=2.0), Figure(value=3.0, low=None, high=None), Figure(value=None, ...
        """
        if isinstance(estimate, Mapping):
            return cls(*(_number(estimate.get(part)) for part in ("value", "low", "high")))
        return cls(_number(estimate))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def scale_of(measure: str) -> Scale:
    """How a measure of two runs is compared."""
    return "ratio" if measure in RATIOS else "difference"


def same_units(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Whether both runs call the same thing a department: the same column of the roster."""
    return bool(first.get("parameters", {}).get("by") == second.get("parameters", {}).get("by"))


def spelt_alike(first: Mapping[str, Any], second: Mapping[str, Any]) -> Mapping[str, Any]:
    """The second summary, its departments written as the first writes them: `Hr` is the `HR` of the other run.

    Returns:
        the second as it is where all are written alike, or where the units are others.
    """
    own, known = ([str(row["department"]) for row in run["departments"]] for run in (second, first))
    if set(own) <= set(known) or not same_units(first, second):
        return second
    names = as_spelt(pd.Series(own, dtype=object), known)

    def alike(row: Mapping[str, Any], *ends: str) -> dict[str, Any]:
        return {**row, **{end: names.get(row[end], row[end]) for end in ends if end in row}}

    connector = alike(second["connector"], "department")
    if "candidates" in connector:
        connector["candidates"] = [alike(row, "department") for row in connector["candidates"]]
    return {
        **second,
        "departments": [alike(row, "department") for row in second["departments"]],
        "pairs": [alike(row, "a", "b") for row in second["pairs"]],
        "connector": connector,
    }


def departments(summary: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The departments that stand alone, by name: small ones put together have no verdict."""
    return {str(row["department"]): row for row in summary["departments"] if row.get("verdict") is not None}


def pairs(summary: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """The pairs of departments that stand alone, by both names in their order."""
    alone = departments(summary)
    return {
        (min(a, b), max(a, b)): row
        for row in summary["pairs"]
        for a, b in [(str(row["a"]), str(row["b"]))]
        if a in alone and b in alone
    }


def figures(summary: Mapping[str, Any]) -> dict[Key, Figure]:
    """Every number that is compared, of one run.

    Args:
        summary: the content of its `summary.json`; what a version before this did not write is missing.
    """
    return dict(_figures(summary))


def _figures(summary: Mapping[str, Any]) -> Iterator[tuple[Key, Figure]]:
    for measure in OVERALL:
        yield (measure, "", ""), Figure.of(summary["organisation"].get(measure))
    for name, row in departments(summary).items():
        yield (OF_DEPARTMENT, name, ""), Figure.of(row.get(OF_DEPARTMENT))
    for (a, b), row in pairs(summary).items():
        yield (OF_PAIR, a, b), Figure.of(row.get(OF_PAIR))
