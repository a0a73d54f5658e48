"""The departments: verdicts, estimates and brokerage roles."""

from typing import Any

from silos.analysis.connector.evidence import CANNOT_SAY
from silos.analysis.departments import ROLES
from silos.analysis.findings.finding import Voice
from silos.analysis.results import Results
from silos.inference.estimate import Estimate
from silos.locales.numerals import MISSING
from silos.report.wording import Wording, exponential, known, spread


def departments(results: Results, words: Wording) -> dict[str, Any]:
    """One row per department, the most inward first, and how many of them are silos."""
    say, number, found = words.say, words.number, results.departments
    key = "silos_none"
    if found.silos:
        key = "silos" if found.judged == results.organisation.shown else "silos_of_judged"
    if found.sealed is not None and not found.silos:
        key = f"silos_sealed{results.organisation.large}"
    elif found.unsaid:
        key = "silos_unsaid"
    elif not found.mostly_judged and not found.silos:
        key = "silos_judged"
    # Those that cannot be judged have no place among the most inward.
    order = sorted(found.table.index, key=lambda name: found.table.loc[name, "verdict"] == CANNOT_SAY)
    rows = found.table.loc[order].to_dict("index")
    # Without a direction, who lets in is who carries out.
    named = {role: say[role] for role in ROLES}
    if not results.inputs.directed:
        del named["representative"]
        named["gatekeeper"] = say["gatekeeper_or_representative"]
    lines = [_row(str(name), row, words) for name, row in rows.items()]
    roles = {name: [known(row[role]) for role in named] for name, row in rows.items()}
    return {
        "lead": say[key].format(
            count=number.count(len(found.silos)),
            all=number.count(results.organisation.departments),
            judged=number.count(found.judged),
            departments=number.count(results.organisation.shown),
            names=words.names(found.silos),
            reason=Voice(words.language).why(found.unsaid) if found.unsaid else "",
            times=number.times(found.sealed),
        ),
        "rows": lines,
        # Where both are there, they do not always agree.
        "note": say["silos_note"]
        if any(line["likelier"] != MISSING and line["insularity"]["value"] != MISSING for line in lines)
        else "",
        "roles": [
            (str(name), [number.count(count) for count in counts])
            for name, counts in roles.items()
            if any(count is not None for count in counts)
        ],
        "role_names": list(named.values()),
    }


def _row(name: str, row: dict[Any, Any], words: Wording) -> dict[str, Any]:
    number, odds, insularity = words.number, spread(row, "insiders_odds"), spread(row, "insularity")
    value, low, high = (exponential(end) for end in (odds.value, odds.low, odds.high))
    if row["verdict"] == CANNOT_SAY:
        value = low = high = None
        insularity = Estimate(None)
    elif value is not None and low is not None and high is not None and not low < value < high:
        # Rounded, or of hardly any ties: an interval that ends at the estimate would be read as one-sided.
        low = high = None
    likelier = number.times(value)
    return {
        "department": name,
        "people": words.counted_in(row, "people"),
        "likelier": likelier if likelier == MISSING else words.say["likelier"].format(value=likelier),
        "likelier_interval": number.between(low, high, "times", like=value),
        "insularity": words.estimate(insularity, "decimal"),
        "external": number.percent(row["external_share"]),
        "reach": number.percent(row["reach"]),
        "verdict": words.verdict(row["verdict"], row["reason"]),
    }
