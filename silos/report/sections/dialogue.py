"""Dialogue: who answers whom, and how lasting ties are."""

from typing import Any

from silos.analysis.findings.exchange_rules import of_turns, share_without_desks
from silos.analysis.findings.finding import Voice
from silos.analysis.results import Results
from silos.inference.estimate import Estimate
from silos.locales.numerals import MISSING
from silos.report.wording import Wording

#: Verdict on how much a department answers -> how the same is drawn of a department.
DRAWN = {"less": "silo", "more": "open", "typical": "typical"}


def dialogue(results: Results, words: Wording) -> dict[str, Any]:
    """How much is answered, within and across departments; empty where the log cannot tell."""
    found, say, number = results.dialogue.estimates, words.say, words.number
    if _of(results, "reply_rate").value is None:
        return {}

    def share(name: str) -> str:
        return number.percent(_of(results, name).value)

    lasting = ""
    if _of(results, "sustained_share").value is not None:
        lasting = say["dialogue_lasting"].format(
            sustained=share("sustained_share"),
            one_off=share("one_off_share"),
            sustained_across=share("sustained_share_across"),
            one_off_across=share("one_off_share_across"),
        )
    hours, turns = _of(results, "answer_hours").value, of_turns(results)
    return {
        "lead": say[f"dialogue_lead{turns}{'_untimed' if hours is None else ''}"].format(
            rate=share("reply_rate"),
            interval=words.between(found["reply_rate"]),
            within=share("reply_rate_within"),
            across=share("reply_rate_across"),
            hours=number.lasting(hours),
            desks=share_without_desks(results, Voice(words.language)),
        ),
        "intro": say[f"dialogue_intro{turns}"],
        "caption": say[f"dialogue_caption{turns}"],
        "lasting": lasting,
        "note": say["dialogue_note"].format(minimum=number.count(results.asked.min_department)),
        "rows": [_row(str(name), row, words) for name, row in results.dialogue.departments.to_dict("index").items()],
    }


def _of(results: Results, name: str) -> Estimate:
    return results.dialogue.estimates.get(name, Estimate(None))


def _row(name: str, row: dict[Any, Any], words: Wording) -> dict[str, str]:
    number, verdict = words.number, row["verdict"]
    return {
        "department": name,
        "verdict": words.say[f"reply_{verdict}"] if verdict in DRAWN else MISSING,
        "key": DRAWN.get(verdict, "none"),
        "asked": words.counted_in(row, "asked"),
        "within": number.percent(row["reply_rate_within"]),
        "across": number.percent(row["reply_rate_across"]),
        "across_interval": number.between(row["reply_rate_across_low"], row["reply_rate_across_high"], "percent"),
        "half": number.lasting(row["answer_hours"]),
        "answered": number.percent(row["answered_rate"]),
        "sustained": number.percent(row["sustained_share"]),
        "broadcast": number.percent(row["broadcast_share"]),
    }
