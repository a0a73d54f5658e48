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


def points(results: Results, words: Wording) -> dict[str, Any]:
    """What was looked for and found of lasting changes; empty where no measure could be looked at."""
    found, unit = results.change_points, results.trend.window
    if not found.measures:
        return {}
    lead = words.say["points_none" if found.table.empty else "points_lead"]
    counts = {name: words.number.count(getattr(found, name)) for name in ("measures", "windows")}
    return {
        "lead": lead.format(unit=words.words["windows"][str(unit)], **counts),
        "rows": [_point(row, unit, words) for row in found.table.to_dict("records")],
    }


def _point(row: dict[Any, Any], unit: str | None, words: Wording) -> dict[str, str]:
    return {
        "window": words.number.window(row["window"], unit),
        "p": words.p(row["p"]),
        "event": row["event"] if isinstance(row["event"], str) else MISSING,
        **_changed(row, words),
    }


def _window(row: dict[Any, Any], unit: str | None, words: Wording) -> dict[str, str]:
    number, say = words.number, words.say
    counts = ("people", "messages", "ties", "joiners", "leavers", "movers", "walls")
    connector = row["connector"] if isinstance(row["connector"], str) else MISSING
    chance = number.chance(row["probability_first"]) if pd.notna(row["probability_first"]) else ""
    return {
        "window": number.window(row["window"], unit),
        "note": say[f"window_{row['reason']}"] if isinstance(row["reason"], str) else "",
        **{name: words.counted_in(row, name) for name in counts[:-1]},
        "walls": number.count(row["walls"]),
        "silos": row["silos"] if isinstance(row["silos"], str) else MISSING,
        "connector": connector,
        "chance": chance,
        "stability": number.decimal(row["stability"]),
    }


def _row(row: dict[Any, Any], unit: str | None, words: Wording) -> dict[str, Any]:
    value, low, high = (row[part] for part in ("value", "low", "high"))
    return {
        "window": words.number.window(row["window"], unit),
        **words.estimate(spread({"": value, "_low": low, "_high": high}, ""), form_of(row["measure"])),
        **_changed(row, words),
        "change_q": words.p(row["change_q"]),
    }


def _changed(row: dict[Any, Any], words: Wording) -> dict[str, str]:
    """A measure, and from what to what it changed."""
    number, form, name = words.number, form_of(row["measure"]), words.measure(row["measure"])
    if row["department"]:
        name = words.say["of_department"].format(name=name, department=row["department"])
    written = {part: getattr(number, form)(row[part]) for part in ("before", "after")}
    change, interval = words.change(row["change"], row["change_low"], row["change_high"], form)
    return {"name": name, **written, "change": change, "change_interval": interval}
