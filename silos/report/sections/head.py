"""The head of the page: what it is about, and the facts at a glance."""

from typing import Any

from silos.analysis.results import Results
from silos.report.wording import Wording


def head(results: Results, words: Wording) -> dict[str, Any]:
    """Title, period, basis, and the facts at a glance."""
    say, number = words.say, words.number
    silos, walls = len(results.departments.silos), len(results.pairs.walls)
    return {
        "title": say["title"],
        "subtitle": _subtitle(results, words),
        "facts": [
            *_sizes(results, words),
            (number.count(silos), say["fact_silo" if silos == 1 else "fact_silos"]),
            (number.count(walls), say["fact_wall" if walls == 1 else "fact_walls"]),
        ],
        "connector": _connector(results, words),
    }


def head_of_groups(results: Results, words: Wording) -> dict[str, Any]:
    """The same of a log of groups: no count of verdicts that nobody could give."""
    say, number = words.say, words.number
    across = results.organisation.estimates["cross_department_share"].value
    compared = int(results.pairs.table["ratio"].notna().sum())
    return {
        "title": say["title"],
        "subtitle": _subtitle(results, words),
        "facts": [
            *_sizes(results, words),
            (number.percent(across), say["fact_across"]),
            (number.count(compared), say["fact_pairs"]),
        ],
        "connector": _connector(results, words),
    }


def _sizes(results: Results, words: Wording) -> list[tuple[str, str]]:
    say, number, organisation = words.say, words.number, results.organisation
    departments = organisation.shown if words.groups else organisation.departments
    return [
        (number.count(results.inputs.people), say["fact_people"]),
        (number.count(departments), say["fact_departments"]),
    ]


def _subtitle(results: Results, words: Wording) -> list[str]:
    say, number = words.say, words.number
    organisation, inputs, by = results.organisation, results.inputs, results.asked.by
    [(people, _), (departments, _)] = _sizes(results, words)
    about = "subtitle" if by == "department" else "subtitle_units"
    parts = [say[about].format(people=people, departments=departments, by=by)]
    if organisation.shown < organisation.departments:
        parts.append(say["subtitle_shown"].format(count=number.count(organisation.shown)))
    if inputs.first and inputs.last:
        parts.append(say["period"].format(first=number.day(inputs.first), last=number.day(inputs.last)))
    if inputs.layers:
        parts.append(say["basis"].format(layers=words.names(inputs.layers)))
    return parts


def _connector(results: Results, words: Wording) -> tuple[str, str]:
    say, connector = words.say, results.connector
    if connector.unproven:
        return f"{connector.department}?", say["fact_connector_unproven"]
    if connector.verdict == "clear":
        return str(connector.department), say["fact_connector"]
    if connector.verdict == "tied":
        return say["several"], say["fact_connector_tied"]
    return say["nobody"], say["fact_connector_none"]
