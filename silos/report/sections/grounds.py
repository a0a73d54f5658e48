"""The grounds: how the numbers are made, and what went in, for those who must approve of it."""

from typing import Any

from silos.analysis.results import Results
from silos.locales.numerals import MISSING
from silos.privacy.gate import STEP
from silos.report.wording import Wording
from silos.tables import CROSSED

#: The topics of "how we know" that hold for groups.
GROUP_TOPICS = ("silo", "pairs", "connector", "organisation")


def how(results: Results, words: Wording) -> list[tuple[str, str]]:
    """What stands behind the numbers: title and text."""
    values = {"bootstrap": words.number.count(results.asked.bootstrap), "seed": str(results.asked.seed)}
    joined = ("joined",) if results.communities is not None else ()
    rate = results.dialogue.estimates.get("reply_rate")
    heard = ("dialogue",) if rate is not None and rate.value is not None else ()
    topics = GROUP_TOPICS if words.groups else (*GROUP_TOPICS, *joined, *heard, "interval")
    texts = {topic: words.say[f"how_{topic}"].format(**values) for topic in topics}
    if heard and results.leadership.leaders is not None:
        texts["dialogue"] += " " + words.say[f"how_leaders_{results.leadership.source}"]
    return [(words.say[f"how_{topic}_title"], text) for topic, text in texts.items()]


def looked(results: Results, words: Wording, *, people: bool, version: str) -> dict[str, Any]:
    """What went in.

    Args:
        results, words: as for every section.
        people: whether tables of persons are written too.
        version: of the package.
    """
    rows = {
        **_read(results, words),
        **_asked(results, words),
        **({} if words.groups else _persons(results, words)),
        "version_label": words.say["version_value"].format(version=version),
    }
    order = [label for label in ORDER if label in rows]
    return {
        "intro": words.say["looked_intro_people" if people else "looked_intro"],
        "rows": [(words.say[label], rows[label]) for label in order],
    }


#: The rows in the order of the page.
ORDER = (
    *("period_label", "by_label", "formats_label", "roster_label", "layers_label", "rows_label", "memberships_label"),
    *("rejected_label", "broadcasts_label", "people_label", "smallest_label", "counts_label", "few_label"),
    *("names_label", "service_label", "window_label", "events_label", "random_label", "version_label"),
)


def _read(results: Results, words: Wording) -> dict[str, str]:
    """What was read of the logs and the roster."""
    say, number, inputs = words.say, words.number, results.inputs
    rejected = [
        say["rejected_one"].format(
            reason=words.words["left_out"].get(reason) or words.known("rejected", reason), count=number.count(rows)
        )
        for reason, rows in inputs.rejected.items()
        if rows
    ]
    period = say["not_said"]
    if inputs.first and inputs.last:
        period = words.period(inputs.first, inputs.last, inputs.waived)
    rows = {
        "period_label": period,
        "formats_label": words.names([words.known("formats", name) for name in inputs.formats]),
        "roster_label": words.names([words.known("units", name) for name in inputs.fields]),
        "layers_label": words.media(inputs.layers) if inputs.layers else say["not_said"],
        "rows_label": say["rows_value"].format(
            read=number.count(inputs.rows_read), used=number.count(inputs.rows_used)
        ),
        "rejected_label": words.words["numbers"]["semicolon"].join(rejected) or say["rejected_none"],
        "people_label": say["people_value"].format(
            matched=number.count(inputs.matched),
            people=number.count(inputs.people),
            unmatched=number.count(inputs.unmatched),
        ),
    }
    return rows | ({"memberships_label": number.count(inputs.memberships)} if inputs.memberships else {})


def _persons(results: Results, words: Wording) -> dict[str, str]:
    """What only a log of persons has: recipients to limit, and random draws."""
    say, number, inputs, asked = words.say, words.number, results.inputs, results.asked
    smallest = say["smallest_value_seen"].format(count=number.count(asked.min_department))
    return {
        "smallest_label": smallest,
        "few_label": say["few_untold" if asked.no_few else "few_told"],
        "broadcasts_label": say["broadcasts_value"].format(
            broadcasts=number.count(inputs.broadcasts),
            limit=number.count(asked.max_recipients),
            self=number.count(inputs.selves),
        ),
        "random_label": f"{number.count(asked.bootstrap)}, {asked.seed}",
    }


def _asked(results: Results, words: Wording) -> dict[str, str]:
    """What was asked for."""
    say, asked = words.say, results.asked
    number, events = words.number, [f"{one.label} ({words.number.day(one.date)})" for one in asked.events]
    names = "all" if asked.name_communities is None else "listed" if asked.name_communities else "none"
    counts = say["counts_published" if results.inputs.published else "counts_exact"].format(step=number.count(STEP))
    return {
        "counts_label": counts,
        **({} if results.communities is None else {"names_label": say[f"names_{names}"]}),
        **({"events_label": words.names(events)} if events else {}),
        "by_label": CROSSED.join(words.known("units", one) for one in asked.by.split(CROSSED)) or MISSING,
        "smallest_label": say["smallest_value"].format(count=number.count(asked.min_department)),
        "service_label": words.names(asked.service_departments),
        "window_label": words.words["windows"].get(str(asked.window), say["no_window"]),
    }
