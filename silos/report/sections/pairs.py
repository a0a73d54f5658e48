"""Walls and bridges; in a log of groups, the pairs at both ends of the ratios."""

from typing import Any

import pandas as pd

from silos.analysis.results import Results
from silos.report.wording import Wording, spread

#: Pairs of each table.
MOST_PAIRS = 8


def pairs(results: Results, words: Wording) -> dict[str, Any]:
    """The strongest walls and bridges."""
    say, number = words.say, words.number
    walls, bridges = results.pairs.walls, results.pairs.bridges
    lead = say["pairs_none"]
    if len(walls) or len(bridges):
        lead = say["pairs_intro"].format(
            walls=number.count(len(walls)),
            bridges=number.count(len(bridges)),
            pairs=number.count(len(results.pairs.table)),
        )
    tables = []
    for heading, found in ((say["walls_table"], walls), (say["bridges_table"], bridges)):
        more = len(found) - MOST_PAIRS
        if len(found):
            note = say["pairs_more"].format(count=number.count(more)) if more > 0 else ""
            tables.append({"heading": heading, "rows": _rows(found.head(MOST_PAIRS), words), "more": note})
    return {"lead": lead, "tables": tables}


def pairs_of_groups(results: Results, words: Wording) -> dict[str, Any]:
    """The pairs with least and with most time for their activity: none of them is called anything."""
    say, table = words.say, results.pairs.table
    ranked = table[table["ratio"].notna()].sort_values(["ratio", "a", "b"], kind="stable")
    if ranked.empty:
        return {"lead": say["pairs_few"], "tables": []}
    half = min(MOST_PAIRS, len(ranked) // 2)
    ends = (("walls_table", ranked.head(half)), ("bridges_table", ranked[::-1].head(half)))
    tables = [{"heading": say[key], "rows": _rows(found, words), "more": ""} for key, found in ends]
    return {"lead": say["pairs_none"], "tables": tables}


def _rows(found: pd.DataFrame, words: Wording) -> list[dict[str, Any]]:
    number = words.number
    return [
        {
            "pair": words.say["pair"].format(a=pair["a"], b=pair["b"]),
            "ratio": words.estimate(spread(pair, "ratio"), "times"),
            "relative": number.times(pair["relative"]),
            "observed": number.decimal(pair["observed"], 0),
            "expected": number.decimal(pair["expected"], 0),
            "q": number.p(pair["q"]),
        }
        for pair in found.to_dict("records")
    ]
