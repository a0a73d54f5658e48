"""Walls and bridges; in a log of groups, the pairs at both ends of the ratios."""

from typing import Any

import pandas as pd

from silos.analysis.findings.finding import Voice
from silos.analysis.pairs import DEPTH, without
from silos.analysis.result_protocol import counted
from silos.analysis.results import Results
from silos.privacy.gate import STEP
from silos.report.wording import Wording, spread

#: Pairs of each table.
MOST_PAIRS = 8
#: The tables of pairs: their columns of numbers.
TIES = ("column_ties", "column_expected_ties")
#: Reasons why nothing is said of a pair for which ties are not too few: departments put together, or apart in time.
OTHERWISE = ("merged", "apart_in_time")


def pairs(results: Results, words: Wording) -> dict[str, Any]:
    """Walls and bridges, those first that are furthest from the ties that would be usual."""
    say, found = words.say, results.pairs
    walls = pd.concat([found.walls, found.probable_walls])
    bridges = pd.concat([found.bridges, found.probable_bridges])
    tables = [
        _table(listed, (say[heading], say[column]), sign, words)
        for heading, column, sign, listed in (
            ("walls_table", "column_missing", 1, walls),
            ("bridges_table", "column_additional", -1, bridges),
        )
        if len(listed)
    ]
    return {"lead": _lead(results, words), "tables": tables}


def _lead(results: Results, words: Wording) -> str:
    say, number, found = words.say, words.number, results.pairs
    walls, bridges = len(found.walls), len(found.bridges)
    probable, unsaid = len(found.probable_walls) + len(found.probable_bridges), len(found.called("cannot say"))
    parts = [say["pairs_none"]]
    if walls or bridges or probable:
        counts = {"pairs": len(found.table), "walls": walls, "bridges": bridges}
        parts = [say["pairs_intro"].format(**{name: number.count(count) for name, count in counts.items()})]
    if probable:
        parts.append(say["pairs_probable"].format(probable=number.count(probable)))
    # The table has the least likely by chance first.
    fewer = found.table[(found.table["verdict"] == "typical") & (found.table["relative"] <= DEPTH)]
    fewer = without(fewer, results.connector.aside)
    if not walls and not len(found.probable_walls) and len(fewer):
        closest = fewer.iloc[0]
        ties, expected = words.about(closest["ties"]), words.about(closest["expected_ties"])
        parts.append(say["pairs_closest"].format(a=closest["a"], b=closest["b"], ties=ties, expected=expected))
    if unsaid and unsaid == len(found.table):
        return say["pairs_unsaid_all"].format(reason=Voice(words.language).why(counted(found.table["reason"])))
    if unsaid:
        few = int(((found.table["verdict"] == "cannot say") & ~found.table["reason"].isin(OTHERWISE)).sum())
        parts += [say["pairs_unsaid"].format(count=number.count(few))] if few else []
        apart = int((found.table["reason"] == "apart_in_time").sum())
        parts += [say["pairs_apart"].format(count=number.count(apart))] if apart else []
    return " ".join(parts)


def _table(listed: pd.DataFrame, headings: tuple[str, str], sign: int, words: Wording) -> dict[str, Any]:
    say, number = words.say, words.number
    heading, difference = headings
    more = len(listed) - MOST_PAIRS
    rows = []
    for pair in listed.head(MOST_PAIRS).to_dict("records"):
        # What stands beside each other must add up as it is written.
        expected, few = round(pair["expected_ties"]), pd.isna(pair["ties"])
        numbers = [
            words.counted_in(pair, "ties"),
            number.count(expected),
            # Of ties that are fewer than a step it is known how many are lacking at least.
            f">\u202f{number.count(expected - STEP)}" if few else number.count(sign * (expected - round(pair["ties"]))),
        ]
        verdict = words.words["verdicts"][pair["verdict"]]
        rows.append({"pair": _pair(pair, words), "cells": [verdict, *numbers, words.p(pair["q"])]})
    return {
        "heading": heading,
        "columns": [say["column_verdict"], *(say[name] for name in TIES), difference, say["column_q"]],
        "rows": rows,
        "more": say["pairs_more"].format(count=number.count(more)) if more > 0 else "",
    }


def pairs_of_groups(results: Results, words: Wording) -> dict[str, Any]:
    """The pairs with least and with most time for their activity: none of them is called anything."""
    say, table = words.say, results.pairs.table
    ranked = table[table["ratio"].notna()].sort_values(["ratio", "a", "b"], kind="stable")
    if ranked.empty:
        return {"lead": say["pairs_few"], "tables": []}
    half = min(MOST_PAIRS, len(ranked) // 2)
    tables = [
        {
            "heading": say[heading],
            "columns": [say[name] for name in ("column_ratio", "column_observed", "column_expected")],
            "rows": [{"pair": _pair(pair, words), "cells": _time(pair, words)} for pair in found.to_dict("records")],
            "more": "",
        }
        for heading, found in (("walls_table", ranked.head(half)), ("bridges_table", ranked[::-1].head(half)))
    ]
    return {"lead": say["pairs_none"], "tables": tables}


def _time(pair: dict[Any, Any], words: Wording) -> list[str]:
    ratio = words.estimate(spread(pair, "ratio"), "times")["value"]
    return [f"× {ratio}", words.number.count(pair["observed"]), words.number.count(pair["expected"])]


def _pair(pair: dict[Any, Any], words: Wording) -> str:
    return words.say["pair"].format(a=pair["a"], b=pair["b"])
