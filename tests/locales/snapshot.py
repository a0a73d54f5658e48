"""Every sentence of a language, filled in, in one file to read: `sentences/fr.txt`.

    python -m tests.locales.snapshot

Read the lines that changed, as somebody would who grew up with the language, before you commit them. A text with a
count is there for none, one and two, and a text with an interval also without it.
"""

from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

from silos.locales import languages
from silos.locales.numerals import Numerals
from silos.locales.phrases import Counted, Phrase, phrases

FOLDER = Path(__file__).parent / "sentences"
#: Placeholders that hold names of departments, communities, columns and the like.
NAMES: dict[str, str | list[str]] = {
    **dict.fromkeys(("department", "silo", "connector", "first", "most", "through", "a"), "R&D"),
    **dict.fromkeys(("busiest", "before_name", "door", "bridge"), "Mail Room"),
    **dict.fromkeys(("b", "next", "via", "second", "least", "wall"), "Sales"),
    **{name: ["IT", "Legal", "Sales"] for name in ("departments", "others", "partners", "outward", "never", "names")},
    "firsts": ["IT", "Legal"],
    **dict.fromkeys(("community", "name"), "#launch"),
    **dict.fromkeys(("label",), "Merger"),
    **dict.fromkeys(("column", "columns", "field"), "'team'"),
    **dict.fromkeys(("log", "where"), "mail.csv"),
    **dict.fromkeys(("option", "options"), "--by team"),
    **dict.fromkeys(("samples", "looks"), "aaa.aaaa"),
    **dict.fromkeys(("format",), "delimited"),
    **dict.fromkeys(("version",), "0.1.0"),
    **dict.fromkeys(("line", "seed"), "12"),
    **dict.fromkeys(("detail",), "acme.example"),
    **dict.fromkeys(("years",), "1999"),
    **dict.fromkeys(("what", "sentence", "example"), "…"),
}
#: Placeholders that hold another text.
NESTED = {
    "today": "openings.today", "begin": "openings.no_door",
    "chart": "charts.team", "end": "openings.ends", "evidence": "evidence.reciprocated",
    "desk": "also.desk", "desks": "also.without_desks",
    "few": "few.none", "grade": "grades.substantive", "half": "changes.half_life",
    "kind": "kinds.meetings",
    "kinds": "tried.layer", "measure": "changes.ei_index", "medium": "media.chat", "other": "media.other",
    "moved": "comparison_moved.rose", "rarity": "changes.no_placebo_as_large", "reason": "unsaid.weeks",
    "scarce": "raise.scarce", "settle": "settles.weeks", "then": "losses.columns", "traffic": "changes.fell",
    "unit": "windows.month", "why": "unsettled.weeks", "edit": "repairs.trim_mend",
    "spread": "changes.as_wide", "beside": "changes.among_others", "taken": "changes.taken_up",
    "following": "community_loss.following", "cut": "community_loss.cut",
    "overturned": "settings.layer", "said": "troubles.ids_none", "mend": "troubles.units_add", "more": "more.mail",
    "fields": "check.field", "period": "check.undated", "media": "media.email", "layers": "media.email",
    "reasons": "rejected.bot", "cells": "rejected.bot", "by": "units.location", "pairs": "pairs.wall",
    "communities": "pairs.sponsor", "community_opening": "openings.community",
}  # fmt: skip
#: Placeholders that hold a share of all, a ratio, or hours.
SHARES = ("across", "below", "bind", "broadcast", "broadcast_others", "chance", "coverage", "gain", "juniors", "loss",
          "median", "new_after", "new_before", "null", "old_after", "old_before", "one_off", "one_off_across", "random",
          "rate", "reach", "share", "share_after", "share_before", "sustained", "sustained_across", "within",
          "agreement", "least_share", "most_share")  # fmt: skip
RATIOS = ("times", "usual", "lift", "ratio", "after", "before", "change", "expected", "low", "high", "p")
HOURS = ("hours", "hours_across", "hours_within")
#: In some texts a placeholder holds something else than in most.
OWN = {
    ("findings.walls", "pairs"): "pairs.wall", ("findings.bridges", "pairs"): "pairs.bridge",
    ("findings.bridges_aside", "pairs"): "pairs.bridge",
    ("recommendations.join", "pairs"): "openings.pair", ("briefs.join", "pairs"): "openings.pair",
    ("notes.binds", "pairs"): "report.pair", ("openings.door", "share"): "shares.quarter",
    ("pairs.wall", "share"): None, ("recommendations.silo_open", "community"): "openings.community",
    ("recommendations.silo_open", "others"): "openings.others", ("limits.kind_guessed", "why"): "guesses.one-way",
    ("limits.kind_guessed_all", "why"): "guesses.one-way", ("troubles.kinds", "why"): "troubles.kinds_one-way",
    ("settings.layer", "value"): "values.any", ("settings.period", "value"): "values.first half",
    ("troubles.kinds", "kind"): "row_kinds.meetings", ("troubles.kinds_nameless", "why"): "troubles.kinds_one-way",
    ("troubles.kinds_mend", "kind"): "row_kinds.acts", ("findings.lost", "reason"): "lost.undated",
    ("troubles.lost", "reason"): "rejected.undated", ("findings.one_person_bridge", "departments"): "pairs.spanners",
    ("findings.one_person_bridge", "ties"): "ties.substantive", ("pairs.spanners", "kind"): "ties.substantive",
    ("recommendations.one_spanner", "ties"): "ties.volume",
    ("check.kind", "kind"): "row_kinds.meetings", ("comparison.verdict_department", "before"): "verdicts.typical",
    ("comparison.verdict_department", "after"): "verdicts.silo", ("comparison.verdict_pair", "before"): "verdicts.wall",
    ("comparison.verdict_pair", "after"): "verdicts.bridge", ("recommendations.join", "busiest"): None,
    **{(f"findings.{key}", end): None for key in ("joiners", "joiners_not") for end in ("first", "last")},
}  # fmt: skip
#: In these texts a placeholder holds a count, which in others holds names.
COUNTS = {
    *((f"report.{key}", "departments") for key in ("subtitle", "subtitle_units", "silos", "silos_judged")),
    ("report.silos_sealed_large", "departments"), ("report.silos_of_judged", "departments"),
    ("pairs.sponsors_more", "bridges"),
    ("report.picture_aria", "departments"), ("report.pairs_aria", "departments"), ("new_chart.few", "few"),
    *((f"check.group_departments_{key}", "departments") for key in ("log", "roster", "both")),
    *((f"comparison.charts_{key}", end) for key in ("first", "second", "alike") for end in ("first", "second")),
    ("group_report.pairs_aria", "departments"), ("comparison_limits.length", "first"), ("report.pairs_intro", "pairs"),
    ("comparison_limits.length", "second"), ("report.responsiveness_lead", "others"), ("limits.published", "least"),
    ("recommendations.wall_via", "least"), ("unsettled.coverage", "least"), ("limits.communities_few", "least"),
    ("comparison_limits.replicates", "least"), ("report.joined_lead", "bridges"), ("report.leadership_aria", "others"),
    ("findings.leadership_listening", "others"), ("findings.leadership_broadcasting", "others"),
    ("findings.leadership_unresponsive", "others"), ("recommendations.unresponsive", "others"),
    ("findings.leaders_silent", "others"), ("recommendations.broadcasting", "others"), ("troubles.period", "years"),
}  # fmt: skip
#: Sections whose numbers before and after are names.
NAMED = ("comparison.connector_",)
#: Placeholders that hold a date.
DATES = ("date", "day", "generated", "last")


def lines(language: str) -> Iterator[str]:
    """Each sentence of a language, with the name of its text."""
    for section, texts in phrases(language).items():
        for key, text in texts.items():
            fields = _fields(text)
            if not fields and not text.rstrip(":").endswith((".", "?")):
                continue
            name = f"{section}.{key}"
            counts = (0, 1, 2) if "count" in fields or len(text.forms) > 1 else (7,)
            said = [_filled(name, language, count) for count in counts]
            if "interval" in fields:
                said.append(_filled(name, language, counts[-1], interval=False))
            yield from (f"{name} = {one}" for one in dict.fromkeys(said))


def _filled(name: str, language: str, count: int, *, interval: bool = True, deep: bool = False) -> str:
    section, _, key = name.partition(".")
    text = phrases(language)[section][key]
    fields = _fields(text)
    values = {field: _value(name, field, language, deep=deep) for field in fields}
    number = Numerals(language)
    varied = next((field for field in ("count", *text.counts) if isinstance(values.get(field), Counted)), None)
    if varied:
        values[varied] = number.count(count)
    if "interval" in fields and not interval:
        values["interval"] = ""
    return text.format(**values)


def _fields(text: Phrase) -> list[str]:
    """The placeholders of all forms of a text, those of the last form first."""
    forms = [field for form in reversed(text.forms) for _, field, _, _ in Formatter().parse(form) if field]
    return list(dict.fromkeys(forms))


def _value(name: str, field: str, language: str, *, deep: bool) -> Any:
    """What stands for a placeholder of a text."""
    number = Numerals(language)
    if (name, field) in COUNTS:
        return number.count(7)
    nested = OWN.get((name, field), "")
    if nested == "" and field in NESTED:
        nested = NESTED[field]
    if nested:
        return "…" if deep else _filled(nested, language, 2, deep=True)
    if field in ("before", "after") and name.startswith(NAMED):
        return "IT" if field == "before" else "Legal"
    if field == "interval":
        return number.between(1.2, 3.4)
    if field in SHARES or nested is None:
        return number.percent(0.42)
    if field in HOURS:
        return number.lasting(3.2)
    if field in RATIOS:
        return number.times(4.2)
    if field == "window":
        return number.window("2025-03-01", "month")
    if field in DATES:
        return number.day("2025-03-01")
    if field in NAMES:
        return number.listing(found) if isinstance(found := NAMES[field], list) else found
    return number.count(7)


def path_of(language: str) -> Path:
    """Where the sentences of a language are."""
    return FOLDER / f"{language}.txt"


if __name__ == "__main__":
    for one in languages():
        path_of(one).write_text("\n".join(lines(one)) + "\n", encoding="utf-8")
