"""The figures in words, for readers who do not see them."""

import pandas as pd

from silos.analysis.results import Results
from silos.inference.estimate import Estimate
from silos.report.wording import Wording


def spoken(results: Results, words: Wording) -> dict[str, str]:
    """For each figure, by name, what it shows."""
    say, number = words.say, words.number
    total, silos = number.count(results.organisation.shown), words.names(results.departments.silos)
    connector = results.connector
    scores = connector.candidates["score"].dropna()
    replies, leaders = results.dialogue.estimates, results.leadership.estimates
    return {
        "department_graph": say["picture_aria"].format(
            departments=total,
            silos=silos,
            connector=connector.department if connector.verdict == "clear" else say["none"],
        ),
        "insularity_forest": say["silos_aria"].format(
            first=next(iter(results.departments.table.index), say["none"]), silos=silos
        ),
        "mixing_heatmap": say["pairs_aria"].format(
            departments=total,
            wall=_strongest(results.pairs.walls, words),
            bridge=_strongest(results.pairs.bridges, words),
        ),
        "connector_ranking": say["connector_aria"].format(first=scores.idxmax() if len(scores) else say["none"]),
        "communities_heatmap": say["communities_aria"],
        "community_map": say["joined_aria"],
        "reply_matrix": say["dialogue_aria"].format(
            rate=number.percent(replies.get("reply_rate", Estimate(None)).value)
        ),
        "leadership": say["leadership_aria"].format(
            below=number.percent(leaders.get("reply_rate_below", Estimate(None)).value),
            others=number.percent(leaders.get("reply_rate_others", Estimate(None)).value),
        ),
        "team_change": say["responsiveness_aria"],
        "event_changes": say["events_aria"].format(label=next(iter(results.events.labels.values()), say["none"])),
        "trend": say["trend_aria"].format(windows=number.count(results.trend.table["window"].nunique())),
    }


def _strongest(pairs: pd.DataFrame, words: Wording) -> str:
    if pairs.empty:
        return words.say["none"]
    return words.say["pair"].format(a=pairs["a"].iloc[0], b=pairs["b"].iloc[0])
