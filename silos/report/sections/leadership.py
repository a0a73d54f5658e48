"""Leadership: whether leaders listen, and online ties beside meetings."""

from typing import Any

from silos.analysis.leadership import LAYERS, NAMES
from silos.analysis.published.answers import OF_LEADERS, OF_OTHERS
from silos.analysis.results import Results
from silos.inference.estimate import Estimate
from silos.report.wording import Wording, capital

#: How the measures are written: shares as percentages, but for these.
FORMS = {
    "answer_hours_below": "lasting",
    "answer_hours_others": "lasting",
    "influence_pagerank": "decimal",
    "influence_brokerage": "decimal",
    "jaccard": "decimal",
    "lift": "times",
    # Differences of shares are signed: a percentage would read as a share.
    "broadcast_gap": "decimal",
    "reply_rate_gap": "decimal",
}

#: Shares of people that are published by the class of a count.
OF_PEOPLE = (*OF_LEADERS, *OF_OTHERS)


def leadership(results: Results, words: Wording) -> dict[str, Any]:
    """What the log says of all who lead; empty where it says nothing."""
    found, say, number = results.leadership, words.say, words.number
    every = {**found.estimates, **found.layers}
    measures = {name: every[name] for name in (*NAMES, *LAYERS) if name in every and every[name].value is not None}
    if not measures:
        return {}
    extends = found.layers.get("online_who_meet")
    return {
        "lead": say[f"leadership_lead_{found.verdict}"] if found.verdict else "",
        "intro": capital(say["leadership_intro"].format(leaders=words.about(found.leaders))) if found.leaders else "",
        "layers": say["layers_lead"].format(share=number.percent(extends.value), null=number.percent(extends.null_mean))
        if extends is not None
        else "",
        "rows": [_row(name, estimate, words) for name, estimate in measures.items()],
    }


def _row(name: str, found: Estimate, words: Wording) -> dict[str, str]:
    form = FORMS.get(name, "percent")
    # An interval is written as its own ends need, not as the value.
    row = {"name": words.measure(name), **words.estimate(found, form), "interval": words.between(found, form)}
    if words.published and name in OF_PEOPLE and found.value is not None and not found.low:
        # The middle of a class that nobody may be in is no value, and its end as a share of few people reads like many.
        row["value"] = words.say["leadership_few"].format(people=words.about(None))
    return row
