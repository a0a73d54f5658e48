"""Who joins and who leaves: how joiners' networks widen, and what leavers take along."""

from typing import Any

from silos.analysis.results import Results
from silos.report.wording import Wording

#: What is told of leavers, with the form of each number.
OF_LEAVERS = {"contacts": "decimal", "only_theirs": "percent", "among_others": "percent", "taken_up": "percent"}


def turnover(results: Results, words: Wording) -> dict[str, Any]:
    """The curve of joiners and the numbers of leavers, each as far as there are enough; empty without either."""
    found, say, number = results.turnover, words.say, words.number
    joined = [
        {
            "weeks": number.count(row["weeks"]),
            "joiners": words.counted(row["joiners"]),
            "width": number.percent(row["width"]),
            "interval": number.between(row["width_low"], row["width_high"], "percent"),
        }
        for row in found.table.to_dict("records")
    ]
    left = [
        {"name": say[f"turnover_{name}"], **words.estimate(getattr(found, name), form)}
        for name, form in OF_LEAVERS.items()
        if found.leavers and getattr(found, name).value is not None
    ]
    if not joined and not left:
        return {}
    return {
        "joined": joined,
        "left": left,
        "left_intro": say["turnover_leavers_intro"].format(leavers=words.about(found.leavers)),
    }
