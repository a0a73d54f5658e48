"""The number that a step asks to watch: there is nothing to watch where the results lack it, or hide it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from silos.analysis.findings.finding import Recommendation
from silos.analysis.results import Results
from silos.analysis.watched import watched


def number_at(results: Results, path: str) -> Any:
    """The number at a path into the summary; None where it is missing or hidden."""
    found = watched(_summary(path.partition(".")[0], results), path)
    return found.get("value") if isinstance(found, dict) else found


def watchable(step: Recommendation, results: Results) -> Recommendation:
    """The step, without a number to watch where the results have none."""
    if step.watch is None or number_at(results, step.watch) is not None:
        return step
    return replace(step, watch=None)


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
