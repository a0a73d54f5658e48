"""The outside: which departments deal with it, and which never do."""

from typing import Any

from silos.analysis.findings.connector_words import of_kind
from silos.analysis.findings.exchange_rules import NAMED_NEVER
from silos.analysis.findings.finding import Voice
from silos.analysis.results import Results
from silos.locales.numerals import MISSING
from silos.report.wording import Wording

#: Their verdict.
NEVER = "never"
#: Verdict -> its phrase.
WORDS = {
    "outward": "external_outward",
    "inward": "external_inward",
    "typical": "external_typical",
    NEVER: "external_never_word",
}


def external(results: Results, words: Wording) -> dict[str, Any]:
    """One row per department, the most outward first; empty where nothing is known of outsiders."""
    found, say, number = results.external, words.say, words.number
    if found.table.empty:
        return {}
    rows = found.table.astype(object).to_dict("index")
    lead = of_kind(Voice(words.language), "report", "external_lead", results.inputs)
    return {
        "lead": say[lead].format(
            share=number.percent(found.share.value),
            interval=words.between(found.share),
            outsiders=words.about(found.outsiders),
        ),
        "never": _never(results, words),
        "rows": [_row(str(name), row, words) for name, row in rows.items() if row["verdict"] != NEVER],
        # Of these nothing is told but the headcount.
        "further": [_row(str(name), row, words) for name, row in rows.items() if row["verdict"] == NEVER],
    }


def _never(results: Results, words: Wording) -> str:
    """Departments where few or none deal with outsiders: by name, while they can be read."""
    never = results.external.never
    if len(never) <= NAMED_NEVER:
        return words.say["external_never"].format(departments=words.names(never)) if never else ""
    count, total = words.number.count(len(never)), words.number.count(len(results.external.table))
    return words.say["external_never_many"].format(count=count, all=total)


def _row(name: str, row: dict[Any, Any], words: Wording) -> dict[str, str]:
    number = words.number
    return {
        "department": name,
        "verdict": words.say[WORDS[row["verdict"]]] if row["verdict"] in WORDS else MISSING,
        "people": words.counted_in(row, "people"),
        "outside": words.counted_in(row, "people_outside"),
        "share": number.percent(row["outside_share"]),
        "interval": number.between(row["outside_share_low"], row["outside_share_high"], "percent"),
        "outsiders": words.counted_in(row, "outsiders"),
        "head": number.decimal(row["outsiders_per_head"], 1),
    }
