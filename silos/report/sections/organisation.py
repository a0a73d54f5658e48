"""The organisation as a whole: cards of the headline measures, and a table of all."""

from typing import Any

from silos.analysis.findings.connector_words import log_kind
from silos.analysis.results import Results
from silos.inference.estimate import Estimate
from silos.locales.numerals import MISSING
from silos.report.wording import Wording, form_of

#: Measures shown as cards with what they mean, in this order; how each is written.
HEADLINE_MEASURES = {
    "ei_index": "decimal",
    "ei_index_volume": "decimal",
    "modularity": "decimal",
    "modularity_volume": "decimal",
    "department_community_ami": "decimal",
    "cross_department_share": "percent",
    "two_way_share": "percent",
    "effective_resistance": form_of("effective_resistance"),
}
#: Measures whose interval is the spread over seeds of an algorithm, not a confidence interval.
SPREAD_OVER_SEEDS = ("department_community_ami", "community_homogeneity", "community_completeness")
#: Measures that, published, are worked out from counts in steps.
ROUGH = ("ei_index", "ei_index_volume", "cross_department_share")
#: Of the headline measures, those with a unit that everybody knows.
PLAIN = ("cross_department_share", "two_way_share")


def organisation(results: Results, words: Wording) -> dict[str, Any]:
    """Cards of the headline measures that have a value, and a table of all; of a log of groups without empty rows."""
    found, communities = results.organisation, len(results.detected.table)
    spoken = log_kind(results.inputs) == "messages"
    cards = [name for name in HEADLINE_MEASURES if name in found.estimates and found.estimates[name].value is not None]
    measures: dict[str, Estimate | float | None] = {
        **{name: found.estimates[name] for name in cards},
        # Whoever moved is one person, in two departments.
        "people": results.inputs.people,
        "departments": found.departments,
        "departments_shown": found.shown,
        "ties": found.ties,
        **{name: estimate for name, estimate in found.estimates.items() if name not in cards},
        "median_insularity": found.median_insularity,
    }
    rows = [
        {
            "name": words.measure(name),
            **_written(name, value, form_of(name), words),
            "spread": name in SPREAD_OVER_SEEDS,
        }
        for name, value in measures.items()
    ]
    return {
        "cards": [_card(name, found.estimates[name], words, spoken=spoken) for name in cards if name in PLAIN],
        "indices": [_card(name, found.estimates[name], words, spoken=spoken) for name in cards if name not in PLAIN],
        "rows": [row for row in rows if row["value"] != MISSING or not words.groups],
        "communities": words.say["communities_count"].format(count=words.number.count(communities))
        if communities
        else "",
    }


def _card(name: str, found: Estimate, words: Wording, *, spoken: bool) -> dict[str, Any]:
    meanings = words.words["meanings"]
    return {
        "name": words.measure(name),
        "meaning": meanings.get(name if spoken else f"{name}_other", meanings.get(name, "")),
        "spread": name in SPREAD_OVER_SEEDS,
        **_written(name, found, HEADLINE_MEASURES[name], words),
    }


def _written(name: str, found: Estimate | float | None, form: str, words: Wording) -> dict[str, str]:
    """The estimate; about so much where it is rough."""
    written = words.estimate(found, form)
    if words.published and name in ROUGH and written["value"] != MISSING:
        written["value"] = words.words["numbers"]["about"].format(value=written["value"])
    return written
