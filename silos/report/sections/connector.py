"""The connector: verdict, grade of evidence, warning and candidates."""

from collections.abc import Collection
from typing import Any

import numpy as np

from silos.analysis.connector.evidence import CANNOT_SAY
from silos.analysis.connector.verdict import Connector
from silos.analysis.findings.connector_words import also_a_desk, as_far_as_seen, connector_reason, substantive
from silos.analysis.findings.finding import Voice
from silos.analysis.findings.notes import connector_notes
from silos.analysis.results import Results
from silos.report.wording import Wording, known

#: Candidates in the table: as many as in the picture above it, which is not loaded here.
MOST_CANDIDATES = 15


def connector(results: Results, words: Wording, few: Collection[str] = ()) -> dict[str, Any]:
    """Which department binds, what that rests on, and who else was considered.

    Args:
        results, words: as for every section.
        few: departments of which a finding of the page says that very few people hold their ties: their cells may say
            so too, and no other.
    """
    say, number, found = words.say, words.number, results.connector
    candidates = found.candidates.assign(name=found.candidates.index.map(str))
    if found.verdict == CANNOT_SAY:
        # What cannot be judged is not ranked.
        candidates = candidates.assign(score=np.nan, bind=np.nan, reach=np.nan, probability_first=np.nan)
    candidates = candidates.sort_values(["score", "name"], ascending=[False, True], kind="stable")
    more = len(candidates) - MOST_CANDIDATES
    return {
        "more": say["connector_more_note"].format(count=number.count(more)) if more > 0 else "",
        "lead": say[_lead(found)].format(department=found.department, desk=also_a_desk(results, Voice(words.language))),
        "reason": connector_reason(results, words.language),
        "notes": list(connector_notes(results, words.language)),
        "evidence": say[_evidence(results, words)],
        "warning": say["warning"] if found.mail_room_warning else "",
        "rows": [
            {
                "department": one["name"],
                "service": one["name"] in found.aside,
                "score": number.decimal(one["score"], 3),
                "bind": number.percent(one["bind"], 1),
                "reach": number.percent(one["reach"]),
                "first": number.chance(one["probability_first"]),
                "substantive": number.percent(one["substantive_share"]),
                "spanners": say["spanners_few"]
                if one["name"] in few and known(one["effective_spanners"]) is None
                else number.decimal(one["effective_spanners"], 0 if words.published else 1),
            }
            for one in candidates.head(MOST_CANDIDATES).to_dict("records")
        ],
    }


def _evidence(results: Results, words: Wording) -> str:
    """The phrase of the grade of evidence."""
    if results.connector.evidence == "substantive":
        return f"evidence_{substantive(results.inputs)}"
    key = f"evidence_{results.connector.evidence}"
    return as_far_as_seen(Voice(words.language), "report", key, results.inputs)


def _lead(found: Connector) -> str:
    """The phrase of the verdict."""
    if found.verdict == CANNOT_SAY:
        return "connector_unsaid"
    if found.probable:
        return "connector_probable"
    return "connector_unproven" if found.unproven else f"connector_{found.verdict}"
