"""The course over time: every window, and every measure in it."""

from typing import Any

import pandas as pd

from silos.analysis.results import Results
from silos.locales.numerals import MISSING
from silos.report.wording import Wording, form_of, spread


def trend(results: Results, words: Wording) -> list[dict[str, Any]]:
    """One row per window and measure that has a value."""
    found = results.trend
    table = found.table[found.table["value"].notna()]
    return [_row(row, found.window, words) for row in table.to_dict("records")]


def windows(results: Results, words: Wording) -> list[dict[str, str]]:
    """One row per window: its traffic, its people, its verdicts."""
    return [_window(row, results.trend.window, words) for row in results.trend.windows.to_dict("records")]


def _window(row: dict[Any, Any], unit: str | None, words: Wording) -> dict[str, str]:
    number, say = words.number, words.say
    counts = ("people", "messages", "ties", "joiners", "leavers", "movers", "walls")
    connector = row["connector"] if isinstance(row["connector"], str) else MISSING
    chance = number.chance(row["probability_first"]) if pd.notna(row["probability_first"]) else ""
    return {
        "window": number.window(row["window"], unit),
        "note": say[f"window_{row['reason']}"] if isinstance(row["reason"], str) else "",
        **{name: words.counted(row[name]) for name in counts[:-1]},
        "walls": number.count(row["walls"]),
        "silos": row["silos"] if isinstance(row["silos"], str) else MISSING,
        "connector": connector,
        "chance": chance,
        "stability": number.decimal(row["stability"]),
    }


def _row(row: dict[Any, Any], unit: str | None, words: Wording) -> dict[str, Any]:
    number, form, name = words.number, form_of(row["measure"]), words.measure(row["measure"])
    if row["department"]:
        name = words.say["of_department"].format(name=name, department=row["department"])
    value, low, high = (row[part] for part in ("value", "low", "high"))
    return {
        "window": number.window(row["window"], unit),
        "name": name,
        **words.estimate(spread({"": value, "_low": low, "_high": high}, ""), form),
        "before": getattr(number, form)(row["before"]),
        "after": getattr(number, form)(row["after"]),
        "change": getattr(number, form)(row["change"]),
        "change_interval": number.between(row["change_low"], row["change_high"], form),
        "change_q": words.p(row["change_q"]),
    }
