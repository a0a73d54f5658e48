"""The number by which one will see whether a step was taken: a path into `summary.json`, read the same way by all.

A path names a section, whose row it is where the section is a list, and a key: `organisation.effective_resistance`,
`departments.R&D.insularity`, `pairs.Finance|IT.relative`, `connector.Sales.bind`.
"""

from collections.abc import Mapping
from typing import Any

#: What joins the two departments of a pair.
JOINT = "|"


def watch_department(department: str, measure: str) -> str:
    """The path of a measure of a department."""
    return f"departments.{department}.{measure}"


def watch_pair(a: str, b: str, measure: str) -> str:
    """The path of a measure of a pair of departments."""
    return f"pairs.{JOINT.join(sorted((a, b)))}.{measure}"


def watch_candidate(department: str, measure: str) -> str:
    """The path of a measure of a candidate for the connector."""
    return f"connector.{department}.{measure}"


def watched(summary: Mapping[str, Any], path: str) -> Any:
    """What `summary.json` holds at a path: an estimate, a number, or None where the row or the key does not exist.

    Examples:
        >>> summary = {
        ...     "organisation": {"ei_index": {"value": 0.1}},
        ...     "departments": [{"department": "R. and D.", "insularity": {"value": 2.2}}],
        ...     "pairs": [{"a": "IT", "b": "HR", "relative": 0.3}],
        ... }
        >>> watched(summary, "departments.R. and D..insularity"), watched(summary, "pairs.HR|IT.relative")
        ({'value': 2.2}, 0.3)
        >>> watched(summary, "organisation.ei_index"), watched(summary, "departments.Sales.insularity")
        ({'value': 0.1}, None)
    """
    section, _, rest = path.partition(".")
    found = summary.get(section)
    if section == "connector" and "." in rest and isinstance(found, Mapping):
        found = found.get("candidates")
    if isinstance(found, list):
        # The name of a department may hold dots, the key does not.
        name, _, key = rest.rpartition(".")
        return next((row.get(key) for row in found if name in _names(row)), None)
    for key in rest.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _names(row: Mapping[str, Any]) -> tuple[str, ...]:
    if "a" in row and "b" in row:
        return f"{row['a']}{JOINT}{row['b']}", f"{row['b']}{JOINT}{row['a']}"
    return (str(row.get("department")),)
