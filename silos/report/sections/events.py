"""Before and after: every event, and every measure across it."""

from typing import Any

import pandas as pd

from silos.analysis.results import Results
from silos.report.wording import Wording, form_of


def events(results: Results, words: Wording) -> list[dict[str, Any]]:
    """One part per event, with one row per measure that has a change."""
    found, say, number = results.events, words.say, words.number
    parts: list[dict[str, Any]] = []
    for date, label in found.labels.items():
        table = found.table[(found.table["date"] == date) & (found.table["chart"] == "before")]
        told = {"label": label, "date": number.day(date)}
        if table.empty:
            parts.append({"lead": say["events_none"].format(**told), "rows": []})
            continue
        first = table.iloc[0]
        counts = {name: number.count(first[name]) for name in ("weeks", "people")}
        rows = [_row(row, words) for row in table[table["change"].notna()].to_dict("records")]
        lead = say["events_bare" if date in found.bare else "events_lead"].format(**told, **counts)
        parts.append({"lead": lead, "rows": rows})
    return parts


def _row(row: dict[Any, Any], words: Wording) -> dict[str, str]:
    number, form = words.number, form_of(row["measure"])
    name = words.measure(row["measure"])
    if row["department"]:
        name = words.say["of_department"].format(name=name, department=row["department"])
    write = getattr(number, form)
    change, interval = words.change(row["change"], row["change_low"], row["change_high"], form)
    as_large = "" if pd.isna(row["p"]) else number.p(row["p"])
    return {
        "name": name,
        "before": write(row["before"]),
        "after": write(row["after"]),
        "change": change,
        "interval": interval,
        "weeks": words.change(row["change"], row["weeks_low"], row["weeks_high"], form)[1],
        "placebo": as_large or "–",
        "verdict": words.say["verdict_" + row["verdict"].replace(" ", "_")],
    }
