"""The findings: a few for everybody, the rest folded, and those that are indices for analysts."""

from silos.analysis.findings.finding import Finding, Findings
from silos.report.wording import Wording

#: Findings that are not folded.
MOST = 7
#: Measures without a unit that people use: a finding that rests on one is for analysts.
INDICES = ("ei_index", "department_community_ami")


def findings(found: Findings, words: Wording) -> dict[str, list[dict[str, str]]]:
    """The findings, the most serious first: `first`, `further` and those `for_analysts`."""
    indices = [one for one in found if set(one.measures) & set(INDICES)]
    others = [one for one in found if one not in indices]
    parts = {"first": others[:MOST], "further": others[MOST:], "for_analysts": indices}
    return {name: [_said(one, words) for one in part] for name, part in parts.items()}


def _said(one: Finding, words: Wording) -> dict[str, str]:
    return {"severity": one.severity, "word": words.words["severity"][one.severity], "sentence": one.sentence}
