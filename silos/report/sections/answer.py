"""The answer on the first screen: what is apart, who connects, where to begin, and how sure that is."""

from typing import Any

import numpy as np
import pandas as pd

from silos.analysis.connector.evidence import CANNOT_SAY
from silos.analysis.connector.verdict import CLEAR
from silos.analysis.findings.connector_words import also_a_desk, also_silos, unsaid
from silos.analysis.findings.finding import Recommendations, Voice
from silos.analysis.results import Results
from silos.report.wording import Wording

#: Steps that open what is apart, of which the first is the one that binds most per new contact.
OPENING = ("silo_open", "wall_via")
#: Departments that a sentence names; of more it gives the number.
MOST_NAMED = 4
#: Characters of the three sentences beyond which they are set smaller, so that the first screen still holds them.
MOST_CHARACTERS = 520


def answer(results: Results, words: Wording, steps: Recommendations) -> dict[str, Any]:
    """Three sentences with their yardstick, and one line on how sure they are.

    Args:
        results, words: as for every section.
        steps: what to do, the most pressing first.
    """
    say = words.words["answer"]
    apart = say["apart_groups"] if words.groups else _apart(results, words)
    texts = {"apart": apart, "connects": _connects(results, words), "begin": _begin(words, steps)}
    return {
        "sentences": [{"key": key, "label": say[key], "text": text} for key, text in texts.items()],
        "hint": "" if words.groups else _hint(results, words),
        "sure": _sure(results, words),
        "long": sum(map(len, texts.values())) > MOST_CHARACTERS,
    }


def _begin(words: Wording, steps: Recommendations) -> str:
    """The first step; of several silos or walls that could be opened, why it is this one."""
    first, *others = steps
    if first.action in OPENING and first.worth > 0 and any(step.action in OPENING for step in others):
        return f"{first.brief} {words.words['answer']['begin_first']}"
    return first.brief


def _hint(results: Results, words: Wording) -> str:
    """Where most departments could not be judged, the reader has to know it first; of none, the sentence tells why."""
    found, total = results.departments, results.organisation.departments
    unjudged = total - found.judged
    sealed = found.sealed is not None and not found.silos
    if not found.judged or sealed or 2 * unjudged <= total:
        return ""
    number = words.number
    return words.words["answer"]["hint"].format(count=number.count(unjudged), all=number.count(total))


def _apart(results: Results, words: Wording) -> str:
    say, number, found = words.words["answer"], words.number, results.departments
    silos, walls = found.silos, results.pairs.walls
    odds = found.table.loc[list(found.candidates), "insiders_odds"]
    usual = number.times(found.usual_times)
    if silos:
        firsts = found.most_inward
        key = "apart_silos" if len(silos) <= MOST_NAMED else "apart_many"
        return say[key if len(firsts) == 1 else f"{key}_tied"].format(
            department=silos[0],
            departments=words.names(silos),
            firsts=words.names(firsts),
            count=number.count(len(silos)),
            all=number.count(found.judged),
            times=_range(np.exp(odds[list(firsts)]), words),
            usual=usual,
        )
    if found.sealed is not None:
        whole = results.organisation
        return say[f"apart_sealed{whole.large}"].format(
            times=number.times(found.sealed), count=number.count(whole.shown), all=number.count(whole.departments)
        )
    if found.unsaid:
        return say["apart_unsaid"].format(reason=Voice(words.language).why(found.unsaid))
    if len(walls) and found.mostly_judged:
        wall = walls.iloc[0]
        return say["apart_walls"].format(
            count=number.count(len(walls)),
            a=wall["a"],
            b=wall["b"],
            ties=words.about(wall["ties"]),
            expected=words.about(wall["expected_ties"]),
        )
    if not found.mostly_judged:
        return say["apart_judged"].format(count=number.count(found.judged), all=number.count(len(found.candidates)))
    return say["apart_none"].format(usual=usual)


def _range(times: pd.Series, words: Wording) -> str:
    """A ratio of several departments: from the lowest to the highest, unless these are written alike."""
    low, high = float(times.min()), float(times.max())
    alike = words.number.times(low) == words.number.times(high)
    return words.number.times(high) if alike else words.number.between(low, high, "times")


def _connects(results: Results, words: Wording) -> str:
    say, number, connector = words.words["answer"], words.number, results.connector
    also = also_silos(results, Voice(words.language))
    if words.groups:
        return say["connects_groups"].format(department=connector.busiest or say["nobody"])
    if connector.verdict == CANNOT_SAY:
        return say["connects_unsaid"].format(reason=unsaid(results, Voice(words.language))["why"])
    if connector.mail_room_warning:
        return say["connects_service"].format(department=connector.busiest)
    if connector.unproven:
        return say["connects_unproven"].format(department=connector.department)
    if connector.probable:
        chance = number.chance(connector.candidates.loc[connector.department, "probability_first"])
        return say["connects_probable"].format(
            department=connector.department, chance=chance, clear=number.percent(CLEAR), also=also
        )
    if connector.verdict == "tied":
        names = (str(connector.department), *connector.tied)
        if len(names) > MOST_NAMED:
            return say["connects_many"].format(count=number.count(len(names)), also=also)
        return say["connects_tied"].format(departments=words.names(names), also=also)
    if connector.verdict == "clear":
        candidates = connector.candidates[connector.candidates["eligible"].astype(bool)]
        usual = float(candidates["bind"].drop(connector.department).median())
        bind = float(candidates.loc[connector.department, "bind"])
        return say["connects_clear"].format(
            department=connector.department,
            bind=number.percent(bind, beside=(bind, usual)),
            usual=number.percent(usual, beside=(bind, usual)),
            desk=also_a_desk(results, Voice(words.language)),
        )
    return say["connects_none"]


def _sure(results: Results, words: Wording) -> str:
    """How sure: the interval of the most inward silo, the draws of the first connector, how many could be judged."""
    say, number, found, connector = words.words["answer"], words.number, results.departments, results.connector
    if words.groups:
        return say["sure_groups"]
    parts = []
    for silo in found.most_inward:
        row = found.table.loc[silo]
        low, high = (float(np.exp(row[f"insiders_odds_{end}"])) for end in ("low", "high"))
        interval = number.between(low, high, "times")
        if interval:
            parts.append(say["sure_silo"].format(department=silo, interval=interval))
    if connector.department is not None:
        first = connector.candidates.loc[connector.department, "probability_first"]
        parts.append(
            say["sure_first"].format(
                department=connector.department,
                chance=number.chance(first),
                draws=number.count(results.asked.bootstrap),
            )
        )
    parts.append(
        say["sure_judged"].format(judged=number.count(found.judged), all=number.count(results.organisation.departments))
    )
    return words.words["numbers"]["semicolon"].join(parts)
