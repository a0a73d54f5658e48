"""Does the network follow the chart: the contacts of people who changed team, month by month."""

from typing import Any

from silos.analysis.findings.change_rules import CHARTS
from silos.analysis.results import Results
from silos.report.wording import Wording


def responsiveness(results: Results, words: Wording) -> dict[str, Any]:
    """The curve of the chart with most movers; empty where there is none."""
    found, say, number = results.responsiveness, words.say, words.number
    if found.chart is None:
        return {}
    curve = found.curves[found.chart]
    chart = words.words["charts"][found.chart] if found.chart in CHARTS else found.chart
    rows = [
        {
            "month": number.decimal(row["month"], 0),
            "movers": number.count(row["movers"]),
            **{name: number.percent(row[name]) for name in ("old", "new", "others_old", "others_new")},
            **{
                f"{name}_interval": number.between(row[f"{name}_low"], row[f"{name}_high"], "percent")
                for name in ("old", "new")
            },
        }
        for row in curve.table.to_dict("records")
    ]
    return {
        "intro": say["responsiveness_intro"].format(chart=chart),
        "lead": say["responsiveness_lead"].format(movers=number.count(curve.movers), others=number.count(curve.others)),
        "rows": rows,
    }
