"""The course over time: every window and measure."""

from typing import Any

from silos.analysis.results import Results
from silos.report.wording import Wording, form_of, spread


def trend(results: Results, words: Wording) -> list[dict[str, Any]]:
    """One row per window and measure."""
    return [_row(row, results.trend.window, words) for row in results.trend.table.to_dict("records")]


def _row(row: dict[Any, Any], unit: str | None, words: Wording) -> dict[str, Any]:
    number, form, name = words.number, form_of(row["measure"]), words.measure(row["measure"])
    if row["department"]:
        name = words.say["of_department"].format(name=name, department=row["department"])
    value, low, high = (row[part] for part in ("value", "low", "high"))
    return {
        "window": number.window(row["window"], unit),
        "name": name,
        **words.estimate(spread({"": value, "_low": low, "_high": high}, ""), form),
        "change": getattr(number, form)(row["change"]),
        "change_interval": number.between(row["change_low"], row["change_high"], form),
        "change_q": number.p(row["change_q"]),
    }
