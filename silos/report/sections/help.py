"""What would help: one line per department, to brief its head with."""

from collections.abc import Collection
from typing import Any

import pandas as pd

from silos.analysis.connector.evidence import CANNOT_SAY
from silos.analysis.findings.connector_words import log_kind
from silos.analysis.results import Results
from silos.analysis.what_would_help.doors import DEPARTMENT
from silos.analysis.what_would_help.help import WhatWouldHelp
from silos.locales.numerals import MISSING
from silos.report.wording import Wording


def what_contacts_are(results: Results, words: Wording) -> str:
    """The note below the plan: what a contact is in a log of this kind, and what forecasts do not say."""
    own = f"contact_{log_kind(results.inputs)}"
    return words.say["monday_note"].format(contact=words.say.get(own, words.say["contact_messages"]))


def helping(results: Results, words: Wording, few: Collection[str] = ()) -> dict[str, Any]:
    """One row per department that stands alone, in the order of the table of departments; empty in a log of groups.

    Args:
        results, words, few: as of the section on the connector.
    """
    found, say, number = results.what_would_help, words.say, words.number
    if found is None:
        return {}
    lines = []
    unsaid = results.connector.verdict == CANNOT_SAY
    if len(found.involved) and not unsaid:
        key = "help_involve" if found.connector in (None, found.involved.index[0]) else "help_involve_other"
        lines.append(
            say[key].format(
                department=found.involved.index[0],
                gain=number.percent(found.involved["gain"].iloc[0]),
                connector=found.connector,
                agreement=number.chance(found.agreement),
            )
        )
    desks, candidates = set(results.connector.aside), set(results.departments.candidates)
    order = [str(name) for name in results.departments.table.index if name in candidates]
    rows = [_row(name, found, words, unsaid=unsaid) | {"service": name in desks} for name in order]
    for row in rows:
        if row["department"] in few and row["depends"] == MISSING:
            row["depends"] = say["spanners_few"]
    return {"lines": lines, "rows": rows, "depends": any(row["depends"] != MISSING for row in rows)}


def _row(name: str, found: WhatWouldHelp, words: Wording, *, unsaid: bool) -> dict[str, str]:
    number, say = words.number, words.say
    doors = found.doors.of(name, DEPARTMENT)
    told = [
        # The share of very little is not published.
        say["help_door_alone" if pd.isna(door["share"]) else "help_door"].format(
            through=door["through"], ties=number.count(door["ties"]), share=number.percent(door["share"])
        )
        for door in doors.to_dict("records")
    ]
    # Where ties are too few to say who binds, they are too few to say what would be lost.
    lost, depends = None if unsaid else found.losses.of(name), found.losses.depends
    return {
        "department": name,
        "outside": words.about(doors["outside"].iloc[0]) if len(doors) else MISSING,
        "first": told[0] if told else MISSING,
        "second": told[1] if len(told) > 1 else MISSING,
        "depends": say["help_people"].format(
            people=number.count(depends.loc[name, "people"]), of=words.about(depends.loc[name, "of"])
        )
        if name in depends.index
        else MISSING,
        "loss": MISSING if lost is None else number.percent(lost["loss"]),
        "interval": "" if lost is None else _interval(lost, words),
    }


def _interval(lost: pd.Series, words: Wording) -> str:
    return words.number.between(lost["loss_low"], lost["loss_high"], "percent")
