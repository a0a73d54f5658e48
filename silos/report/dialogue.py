"""Dialogue, leadership and the outside as a reader should see them: every number of their sections as text."""

from collections.abc import Mapping
from typing import Any

from silos.locales.numerals import MISSING, Numerals
from silos.locales.phrases import Phrases

Summary = Mapping[str, Any]
#: How the measures of leadership are written: shares as percentages, but for these.
FORMS = {
    "answer_hours_below": "lasting",
    "answer_hours_others": "lasting",
    "influence_pagerank": "decimal",
    "influence_brokerage": "decimal",
    "jaccard": "decimal",
    "lift": "times",
}
#: Differences of shares are signed: a percentage would read as a share.
SIGNED = ("broadcast_gap", "reply_rate_gap")


def sections(summary: Summary, words: Phrases, number: Numerals) -> dict[str, Any]:
    """What the template prints of the three; empty where the summary says nothing of them.

    Args:
        summary: the dict of summary.json.
        words: the phrases of the language.
        number: its numerals.
    """
    say = words["report"]
    return {
        "dialogue": _dialogue(summary, say, number),
        "leadership": _leadership(summary.get("leadership") or {}, words, number),
        "external": _external(summary.get("external") or {}, say, number),
    }


def aria(summary: Summary, say: Mapping[str, str], number: Numerals) -> dict[str, str]:
    """What a reader who does not see the figures should know."""
    dialogue, leadership = summary.get("dialogue") or {}, summary.get("leadership") or {}
    return {
        "reply_matrix": say["dialogue_aria"].format(rate=number.percent(_value(dialogue.get("reply_rate")))),
        "leadership": say["leadership_aria"].format(
            below=number.percent(_value(leadership.get("reply_rate_below"))),
            others=number.percent(_value(leadership.get("reply_rate_others"))),
        ),
    }


def _value(estimate: Any, part: str = "value") -> float | None:
    return estimate.get(part) if isinstance(estimate, Mapping) else None


def _between(estimate: Any, number: Numerals, form: str = "percent") -> str:
    return number.between(_value(estimate, "low"), _value(estimate, "high"), form)


def _dialogue(summary: Summary, say: Mapping[str, str], number: Numerals) -> dict[str, Any]:
    held: Summary = summary.get("dialogue") or {}
    if _value(held.get("reply_rate")) is None:
        return {}

    def share(name: str) -> str:
        return number.percent(_value(held.get(name)))

    def spread(row: Summary, name: str) -> str:
        return number.between(row.get(f"{name}_low"), row.get(f"{name}_high"), "percent")

    lasting = ""
    if _value(held.get("sustained_share")) is not None:
        lasting = say["dialogue_lasting"].format(
            sustained=share("sustained_share"),
            one_off=share("one_off_share"),
            sustained_across=share("sustained_share_across"),
            one_off_across=share("one_off_share_across"),
        )
    minimum = (summary.get("parameters") or {}).get("min_department")
    return {
        "lead": say["dialogue_lead"].format(
            rate=share("reply_rate"),
            interval=_between(held.get("reply_rate"), number),
            within=share("reply_rate_within"),
            across=share("reply_rate_across"),
            hours=number.lasting(_value(held.get("answer_hours"))),
        ),
        "lasting": lasting,
        "note": say["dialogue_note"].format(minimum=number.count(minimum)),
        "rows": [
            {
                "department": str(row["department"]),
                "verdict": say[f"reply_{row['verdict']}"] if row.get("verdict") else MISSING,
                "key": {"less": "silo", "more": "open", "typical": "typical"}.get(str(row.get("verdict")), "none"),
                "asked": number.count(row.get("asked")),
                "within": number.percent(row.get("reply_rate_within")),
                "across": number.percent(row.get("reply_rate_across")),
                "across_interval": spread(row, "reply_rate_across"),
                "half": number.lasting(row.get("answer_hours")),
                "answered": number.percent(row.get("answered_rate")),
                "sustained": number.percent(row.get("sustained_share")),
                "broadcast": number.percent(row.get("broadcast_share")),
            }
            for row in held.get("departments") or []
        ],
    }


def _leadership(held: Summary, words: Phrases, number: Numerals) -> dict[str, Any]:
    say, names = words["report"], words["measures"]
    layers: Summary = held.get("layers") or {}
    measures = {
        name: value
        for name, value in {**held, **layers}.items()
        if isinstance(value, Mapping) and _value(value) is not None
    }
    if not measures:
        return {}
    verdict, leaders = held.get("verdict"), held.get("leaders")
    extends = layers.get("online_who_meet")
    return {
        "lead": say[f"leadership_lead_{verdict}"] if verdict else "",
        "intro": say["leadership_intro"].format(leaders=number.count(leaders)) if leaders else "",
        "layers": say["layers_lead"].format(
            share=number.percent(_value(extends)), null=number.percent(_value(extends, "null_mean"))
        )
        if extends
        else "",
        "rows": [_measure(name, value, names, number) for name, value in measures.items()],
    }


def _measure(name: str, value: Summary, names: Mapping[str, str], number: Numerals) -> dict[str, str]:
    form = "decimal" if name in SIGNED else FORMS.get(name, "percent")
    write = getattr(number, form)
    chance, p = _value(value, "null_mean"), _value(value, "p")
    return {
        "name": names.get(name, name.replace("_", " ")),
        "value": write(_value(value)),
        "interval": _between(value, number, form),
        "chance": write(chance) if chance is not None else "",
        "p": number.p(p) if p is not None else "",
    }


def _external(held: Summary, say: Mapping[str, str], number: Numerals) -> dict[str, Any]:
    rows: list[Summary] = list(held.get("departments") or [])
    if not rows:
        return {}
    never = [str(row["department"]) for row in rows if row.get("verdict") == "never"]
    return {
        "lead": say["external_lead"].format(
            share=number.percent(_value(held.get("share"))),
            interval=_between(held.get("share"), number),
            outsiders=number.count(held.get("outsiders")),
        ),
        "never": say["external_never"].format(departments=", ".join(never)) if never else "",
        "rows": [
            {
                "department": str(row["department"]),
                "verdict": {
                    "outward": say["external_outward"],
                    "inward": say["external_inward"],
                    "typical": say["external_typical"],
                    "never": say["external_never_word"],
                }.get(str(row.get("verdict")), MISSING),
                "people": number.count(row.get("people")),
                "outside": number.count(row.get("people_outside")),
                "share": number.percent(row.get("outside_share")),
                "interval": number.between(row.get("outside_share_low"), row.get("outside_share_high"), "percent"),
                "outsiders": number.count(row.get("outsiders")),
                "head": number.decimal(row.get("outsiders_per_head"), 1),
            }
            for row in rows
        ],
    }
