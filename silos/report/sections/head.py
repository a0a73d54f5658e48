"""The head of the page: what it is about."""

from typing import Any

from silos.analysis.results import Results
from silos.report.wording import Wording
from silos.tables import CROSSED


def head(results: Results, words: Wording) -> dict[str, Any]:
    """Title, size, period and basis."""
    return {"title": words.say["title"], "subtitle": _subtitle(results, words)}


def _subtitle(results: Results, words: Wording) -> list[str]:
    say, number = words.say, words.number
    organisation, inputs, by = results.organisation, results.inputs, results.asked.by
    about = "subtitle_units" if CROSSED in by else "subtitle"
    parts = [
        say[about].format(
            people=number.count(inputs.people),
            departments=number.count(organisation.departments),
            by=words.known("units", by),
        )
    ]
    if not words.published:
        parts.append(say["mark_exact"])
    if organisation.shown < organisation.departments:
        parts.append(say["subtitle_shown"].format(count=number.count(organisation.shown)))
    if inputs.first and inputs.last:
        parts.append(words.period(inputs.first, inputs.last, inputs.waived))
    if inputs.layers:
        parts.append(say["basis"].format(layers=words.media(inputs.layers)))
    return parts
