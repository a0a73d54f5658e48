"""The number that a step asks to watch: there is nothing to watch where the results lack it, or hide it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from silos.analysis.findings.finding import Recommendation
from silos.analysis.results import Results
from silos.analysis.watched import watched


def numbers_at(paths: Collection[str], results: Results) -> dict[str, Any]:
    """The numbers at paths into the summary, by path; None where one is missing or hidden."""
    # A section of a large organisation takes long to put together: once for all paths.
    summaries = {section: _summary(section, results) for section in {_section(path) for path in paths}}
    return {path: _number(summaries[_section(path)], path) for path in paths}


def watchable(steps: Sequence[Recommendation], results: Results) -> list[Recommendation]:
    """The steps, without a number to watch where the results have none."""
    numbers = numbers_at([step.watch for step in steps if step.watch is not None], results)
    return [replace(step, watch=None) if step.watch and numbers[step.watch] is None else step for step in steps]


def _section(path: str) -> str:
    return path.partition(".")[0]


def _number(summary: dict[str, Any], path: str) -> Any:
    found = watched(summary, path)
    return found.get("value") if isinstance(found, dict) else found


def _summary(section: str, results: Results) -> dict[str, Any]:
    """The section of the summary that a path begins with, as `silos.analysis.summary` has it."""
    communities = results.communities
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "departments": results.departments.to_dict,
        "pairs": results.pairs.to_dict,
        "connector": lambda: {"connector": results.connector.to_dict()},
        "organisation": lambda: {"organisation": results.organisation.to_dict()},
        "communities": lambda: {"communities": {"tools": {} if communities is None else communities.to_dict()}},
        "dialogue": lambda: {"dialogue": results.dialogue.to_dict()},
        "leadership": lambda: {"leadership": results.leadership.to_dict()},
        "external": lambda: {"external": results.external.to_dict()},
    }
    return parts[section]()
