"""The content of `summary.json`: the results' own dicts side by side, with the sentences of a language."""

from typing import Any

from silos.analysis.departments import ROLES
from silos.analysis.findings.finding import Findings, Recommendations
from silos.analysis.result_protocol import plain, records
from silos.analysis.results import Results
from silos.analysis.what_would_help.help import unknown_help
from silos.privacy.gate import Gate

#: Version of the form of `summary.json`.
SCHEMA = 2
#: Of the section on the connector, what stands behind its reason.
LAST = ("chance", "busiest", "ties", "without_one", "candidates")
#: Pairs that the connector binds, in the summary.
BINDS = 5


def summarise(
    results: Results,
    *,
    findings: Findings,
    recommendations: Recommendations,
    limits: tuple[str, ...],
    reason: str,
    notes: tuple[str, ...],
) -> dict[str, Any]:
    """Numbers or None, and sentences; no person.

    Args:
        results: the answers.
        findings, recommendations, limits: in the language asked for.
        reason, notes: of the connector verdict.
    """
    connector, organisation = results.connector, results.organisation
    two_way = ("two_way_share", "two_way_share_within", "two_way_share_across")
    communities = results.communities
    return {
        "schema": SCHEMA,
        "inputs": results.inputs.to_dict(),
        "parameters": results.asked.to_dict(),
        "organisation": organisation.to_dict(),
        **results.departments.to_dict(),
        **results.pairs.to_dict(),
        "connector": {
            **_without(connector.to_dict(), *LAST),
            "reason": reason,
            **_only(connector.to_dict(), *LAST),
            "notes": list(notes),
            "binds": records(connector.bound(results.departments.table.index).head(BINDS)),
            "brokerage_share": _brokerage_share(results),
            "stability": results.sensitivity.to_dict(),
        },
        "communities": {
            **results.detected.to_dict(),
            "tools": {} if communities is None else communities.to_dict(),
        },
        "dialogue": {name: organisation.estimates[name].to_dict() for name in two_way}
        | {"broadcast_share": plain(results.inputs.broadcast_share)}
        | results.dialogue.to_dict(),
        "leadership": results.leadership.to_dict(),
        "external": results.external.to_dict(),
        **results.trend.to_dict(),
        "change_points": results.change_points.to_dict(),
        "what_if": unknown_help() if results.what_would_help is None else results.what_would_help.to_dict(),
        **results.events.to_dict(),
        "responsiveness": results.responsiveness.to_dict(),
        "turnover": results.turnover.to_dict(),
        "findings": [finding.to_dict() for finding in findings],
        "recommendations": [step.to_dict() for step in recommendations],
        "limits": list(limits),
    }


def _without(whole: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in whole.items() if name not in names}


def _only(whole: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: whole[name] for name in names}


def _brokerage_share(results: Results) -> dict[str, float | None]:
    """The connector's share of all brokerage roles between departments that may be shown."""
    name, table = results.connector.department, results.departments.table
    if name is None or name not in table.index:
        return dict.fromkeys(ROLES)
    shares = {role: table.loc[name, role] / total if (total := table[role].sum()) else None for role in ROLES}
    if results.inputs.published:
        shares = {role: None if share is None else float(Gate().figure(share)) for role, share in shares.items()}
    return {role: plain(share) for role, share in shares.items()}
