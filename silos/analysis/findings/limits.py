"""The limits of the findings: what they do not say, and what the log or the roster cannot show."""

from collections.abc import Iterator

from silos.analysis.findings.connector_words import of_kind
from silos.analysis.findings.exchange_rules import of_turns, value_of
from silos.analysis.findings.finding import Voice
from silos.analysis.inputs import UNSTATED, Inputs
from silos.analysis.over_time.events import LEAST_PLACEBOS
from silos.analysis.over_time.headline import LEAST_TIES
from silos.analysis.results import Results
from silos.measures.two_mode import ACTIVE
from silos.privacy.gate import STEP
from silos.privacy.media import OTHER_MEDIUM
from silos.ties.losses import WORTH_SAYING

#: Shares of ordinary departments that are called silos in whole logs of simulated organisations: of the generators
#: with the fewest and the most of them, rounded up (docs/validation.md, docs/verdicts.md). The most are where
#: departments are at distances and none is a silo: one far from all others is as inward as one.
FALSE_SILOS = (0.01, 0.09)


def limits(results: Results, language: str = "en") -> tuple[str, ...]:
    """What the findings do not say."""
    voice, inputs = Voice(language, results.inputs.published), results.inputs
    observed = of_kind(voice, "limits", "observed" if inputs.layers else "observed_any", inputs)
    media = [
        voice.say("limits", UNSTATED) if name == UNSTATED else voice.known("media", name) for name in inputs.layers
    ]
    keys: list[tuple[str, dict[str, str]]] = [
        (observed, {"media": voice.numerals.listing(media)} if media else {}),
        ("causal", {}),
        ("performance", {}),
        ("small_seen", {"minimum": voice.numerals.count(results.asked.min_department)}),
    ]
    if not inputs.dated:
        keys.append(("undated", {}))
    elif "weeks" in inputs.waived:
        keys.append(("short", {}))
    keys += list(_early(inputs, voice))
    if inputs.people and inputs.several > WORTH_SAYING * inputs.people:
        keys.append(("several", {"share": voice.numerals.percent(inputs.several / inputs.people)}))
    if not inputs.directed:
        keys.append(("undirected", {}))
    if "conversations" in inputs.waived and inputs.directed:
        keys.append(("no_conversations", {}))
    if results.communities is None:
        keys.append(_communities_untold(inputs, voice))
    elif not results.communities.readers:
        keys.append(("writers_only", {}))
    keys += list(_kinds(results, voice))
    if inputs.unnamed:
        keys.append(
            (
                "media_unnamed",
                {"count": voice.numerals.count(inputs.unnamed), "other": voice.known("media", OTHER_MEDIUM)},
            )
        )
    keys += list(_untold(results, voice))
    keys += list(_windows(results, voice))
    keys += list(_events(results, voice))
    keys += list(_responsiveness(results, voice))
    keys += list(_form(results, voice))
    keys += list(_by_chance(results, voice))
    doubtful = results.departments.called("uncertain")
    if doubtful:
        keys.append(("uncertain", {"departments": voice.numerals.listing(doubtful)}))
    return tuple(voice.say("limits", key, **values) for key, values in keys)


def _communities_untold(inputs: Inputs, voice: Voice) -> tuple[str, dict[str, str]]:
    """Why nothing is said of communities: the log has none, or none that tells anything."""
    if not inputs.memberships:
        return "no_communities", {}
    if not inputs.communities:
        return "communities_few", {"least": voice.numerals.count(ACTIVE)}
    return "communities_everybody", {}


def _by_chance(results: Results, voice: Voice) -> Iterator[tuple[str, dict[str, str]]]:
    """How many departments would be called silos by chance alone, where some are."""
    found, numerals = results.departments, voice.numerals
    if found.silos:
        yield (
            "silos_by_chance",
            {
                "least": numerals.percent(FALSE_SILOS[0]),
                "most": numerals.percent(FALSE_SILOS[1]),
                "fewest": numerals.decimal(FALSE_SILOS[0] * found.judged, 1),
                "many": numerals.decimal(FALSE_SILOS[1] * found.judged, 1),
                "judged": numerals.count(found.judged),
                "count": numerals.count(len(found.silos)),
            },
        )


def _early(inputs: Inputs, voice: Voice) -> Iterator[tuple[str, dict[str, str]]]:
    """Whether many rows are from before the roster says who was where."""
    if inputs.begins is not None and inputs.early_share > WORTH_SAYING:
        share, day = voice.numerals.percent(inputs.early_share), voice.numerals.day(inputs.begins)
        yield "early", {"share": share, "day": day}


def _form(results: Results, voice: Voice) -> Iterator[tuple[str, dict[str, str]]]:
    """Whether counts are as they are, and which departments are shown together with small ones."""
    yield ("published" if results.inputs.published else "exact"), {"step": voice.numerals.count(STEP)}
    if results.inputs.combined:
        yield "combined", {"departments": voice.numerals.listing(results.inputs.combined)}


def _kinds(results: Results, voice: Voice) -> Iterator[tuple[str, dict[str, str]]]:
    """What the rows of each medium were taken for, where that was guessed."""
    for medium, why in results.inputs.guessed.items():
        kind = voice.say("kinds", results.inputs.kinds[medium])
        grounds = voice.say("guesses", why)
        key = "kind_guessed" if medium else "kind_guessed_all"
        yield key, {"medium": medium, "kind": kind, "why": grounds}


def _untold(results: Results, voice: Voice) -> Iterator[tuple[str, dict[str, str]]]:
    """Keys and values of the sentences that say what the log or the roster cannot tell."""
    dialogue, leadership, outside = results.dialogue, results.leadership, results.external
    managers = results.inputs.managers
    if dialogue.unknown in ("days", "short", "silent", "kind"):
        yield f"answers_{dialogue.unknown}", {}
    elif value_of(dialogue.estimates.get("reply_rate")) is not None and of_turns(results):
        yield "answers_turns", {}
    # A roster whose managers are spelled otherwise than its people does not lack managers.
    if leadership.unknown == "no_chart" and managers.stated:
        lacking, stated = (voice.numerals.count(count) for count in (managers.stated - managers.found, managers.stated))
        yield "leaders_unfound", {"lacking": lacking, "stated": stated}
    elif leadership.unknown in ("no_chart", "direction", "broken", "few"):
        yield f"leaders_{leadership.unknown}", {}
    if outside.unknown:
        yield f"outside_{outside.unknown}", {}


def _windows(results: Results, voice: Voice) -> Iterator[tuple[str, dict[str, str]]]:
    """What windows cannot tell."""
    trend = results.trend
    if trend.window is None:
        return
    listed, count = trend.windows, voice.numerals.count
    unit = voice.say("windows", trend.window)
    reasons = listed["reason"].value_counts()
    if not trend.compared:
        numbers = {"count": len(listed), "carrying": int(listed["reason"].isna().sum())}
        yield "windows_none", {"unit": unit, **{name: count(number) for name, number in numbers.items()}}
    elif reasons.get("thin", 0):
        yield (
            "windows_thin",
            {"count": count(int(reasons["thin"])), "all": count(len(listed)), "ties": count(LEAST_TIES)},
        )
    if not trend.dated:
        yield "roster_undated", {}


def _responsiveness(results: Results, voice: Voice) -> Iterator[tuple[str, dict[str, str]]]:
    """Why it is not said whether the network follows the chart, where the roster has dates."""
    if results.responsiveness.unknown == "few":
        yield "follows_few", {"minimum": voice.numerals.count(results.asked.min_department)}


def _events(results: Results, voice: Voice) -> Iterator[tuple[str, dict[str, str]]]:
    """Events of which nothing can be said, or less than there might be."""
    found = results.events
    for date, reason in found.unknown.items():
        yield f"event_{reason}", {"label": found.labels[date], "date": voice.numerals.day(date)}
    for date in found.bare:
        told = {"label": found.labels[date], "date": voice.numerals.day(date)}
        yield "event_no_placebo", told | {"dates": voice.numerals.count(LEAST_PLACEBOS)}


def unanswered(results: Results, language: str = "en") -> tuple[str, ...]:
    """Those of them that say why a question got no answer that was asked by an option: events, windows of time."""
    voice = Voice(language, results.inputs.published)
    windows = ((key, values) for key, values in _windows(results, voice) if key == "windows_none")
    return tuple(voice.say("limits", key, **values) for key, values in (*windows, *_events(results, voice)))


def group_limits(results: Results, language: str = "en", *, within: bool) -> tuple[str, ...]:
    """The same of a log of groups, and why so much is absent.

    Args:
        results, language: as `limits`.
        within: whether the log knows the time that every department invests in itself.
    """
    voice = Voice(language, results.inputs.published)
    keys = ("groups", "groups_time", *(() if within else ("groups_within",)), "causal", "performance")
    return (
        *(voice.say("limits", key) for key in keys),
        voice.say("limits", "small", minimum=voice.numerals.count(results.asked.min_department)),
        *(voice.say("limits", key, **values) for key, values in _form(results, voice)),
    )
