"""The rules of what changed: from window to window, and across events."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from silos.analysis.findings.exchange_rules import POINTS
from silos.analysis.findings.finding import Finding, Voice
from silos.analysis.over_time.events import CONTRAST
from silos.analysis.over_time.responsiveness import Curve
from silos.analysis.over_time.team_moves import CHARTS as NAMED
from silos.analysis.results import Results
from silos.inference.estimate import Estimate
from silos.inference.multiple_testing import FALSE_DISCOVERY

#: The charts that have a word of their own.
CHARTS = ("department", *NAMED)
#: Changes over time, the strongest, that get a sentence each.
CHANGES = 2
#: Change points, the clearest, that are asked about.
QUESTIONS = 2
#: What tells the rows of windows apart.
KEY = ("window", "measure", "department")
#: Changes across one event, the strongest, that get a sentence each.
EVENT_CHANGES = 2
#: Change of traffic, as a share of what it was, that is said beside a measure that changed.
TRAFFIC = 0.2
#: Digits to which a share of dates times their number is a whole number.
ROUNDED = 9


def changes(results: Results, voice: Voice) -> Iterator[Finding]:
    """The strongest changes from one window to the next."""
    numerals, trend = voice.numerals, results.trend
    changed = trend.table[trend.table["change_q"] < FALSE_DISCOVERY]
    # What lasts is asked about, by the same measure: it is not told a second time.
    told, asked = (pd.MultiIndex.from_frame(table[list(KEY)]) for table in (changed, results.change_points.asked))
    changed = changed[~told.isin(asked)]
    for row in changed.sort_values("strength", ascending=False, kind="stable").head(CHANGES).to_dict("records"):
        yield voice.finding(
            "trend",
            "notable",
            (row["measure"],),
            row["measure"],
            row["department"],
            row["window"],
            measure=voice.say("changes", row["measure"], department=row["department"]),
            first=numerals.window(row["since"], trend.window),
            last=numerals.window(row["window"], trend.window),
            **_numbers(row, voice),
        )


def questions(results: Results, voice: Voice) -> Iterator[Finding]:
    """What happened when a measure came to lie at another level, as far as no event says it."""
    numerals, unit = voice.numerals, results.trend.window
    for row in results.change_points.asked.head(QUESTIONS).to_dict("records"):
        yield voice.finding(
            "change_point",
            "notable",
            (row["measure"],),
            row["window"],
            row["measure"],
            row["department"],
            window=numerals.window(row["window"], unit),
            unit=voice.say("windows", str(unit)),
            measure=voice.say("changes", row["measure"], department=row["department"]),
            windows_before=numerals.count(row["windows_before"]),
            windows_after=numerals.count(row["windows_after"]),
            **_numbers(row, voice),
        )


def events(results: Results, voice: Voice) -> Iterator[Finding]:
    """What changed across each event: the departments touched against the others first, then the strongest."""
    found = results.events
    for date, label in found.labels.items():
        # Without dates to compare with, neither a change nor that there is none can be said: see the limits.
        if date in found.unknown or date in found.bare:
            continue
        event = {"label": label, "date": voice.numerals.day(date)}
        seen = found.seen[found.seen["date"] == date]
        order = (seen["measure"] != CONTRAST).sort_values(kind="stable").index
        for row in seen.loc[order].head(EVENT_CHANGES).to_dict("records"):
            contrast = row["measure"] == CONTRAST
            yield voice.finding(
                f"event_{'apart' if row['change'] > 0 else 'opened'}" if contrast else "event",
                "notable",
                (row["measure"],),
                date,
                row["measure"],
                row["department"],
                measure=voice.say("changes", row["measure"], department=row["department"]),
                departments=_touched(found.table, date, voice),
                weeks=voice.numerals.count(row["weeks"]),
                rarity=_rarity(row, voice),
                **event,
                **_numbers(row, voice),
            )
        if seen.empty:
            [first, *_] = found.table[found.table["date"] == date].to_dict("records")
            numbers = {name: voice.numerals.count(first[name]) for name in ("weeks", "people")}
            yield voice.finding("event_nothing", "context", ("ei_index", "insularity"), date, **event, **numbers)


def responsiveness(results: Results, voice: Voice) -> Iterator[Finding]:
    """Whether the contacts of people who changed team follow, on the chart with most movers."""
    found, numerals = results.responsiveness, voice.numerals
    if found.chart is None:
        return
    curve = found.curves[found.chart]
    months = curve.table["months"].iloc[0]
    shares = {
        f"{team}_{side}": numerals.percent(curve.mean(team, after=side == "after"))
        for team in ("old", "new")
        for side in ("before", "after")
    }
    estimate = curve.new_gain
    gain, low, high = (None if one is None else POINTS * one for one in (estimate.value, estimate.low, estimate.high))
    key = "follows" if curve.verdict == "follows" else "follows_not"
    told: dict[str, Any] = {"half": _half(curve, voice), "rise": numerals.decimal(gain, 0), **shares}
    told["interval"] = numerals.between(low, high, digits=0)
    # Shares of few people are known in wide classes: what cannot be told apart by them is not said by them.
    if gain is None or (key == "follows" and shares["new_before"] == shares["new_after"]):
        if low is None or high is None:
            return
        key, told = f"{key}_bare", {"low": numerals.decimal(low, 0), "high": numerals.decimal(high, 0)}
    yield voice.finding(
        key,
        "notable",
        ("new_gain", "old_loss", "half_life"),
        found.chart,
        chart=voice.say("charts", found.chart) if found.chart in CHARTS else found.chart,
        movers=numerals.count(curve.movers),
        # As long as any of them could be followed: the log may end before the curve does.
        months=numerals.count(((curve.table["month"] >= 0) & curve.table["movers"].notna()).sum() * months),
        **told,
    )


def turnover(results: Results, voice: Voice) -> Iterator[Finding]:
    """How long a joiner's network takes to be as wide as others', and which contacts leavers alone had."""
    found, numerals = results.turnover, voice.numerals
    if found.joiners:
        reached, table = found.as_wide.value is not None, found.table
        key = "joiners" if reached else "joiners_not"
        if found.as_wide.value == table["weeks"].iloc[0]:
            # How long it takes within the first weeks that are looked at, nobody can tell.
            key = "joiners_first"
        weeks = found.as_wide.value if reached else table["weeks"].iloc[-1]
        yield voice.finding(
            key,
            "context",
            ("as_wide",),
            joiners=voice.about(found.joiners),
            weeks=numerals.count(weeks),
            spread=_weeks(found.as_wide, voice),
            first=numerals.percent(table["width"].iloc[0]),
            interval=numerals.between(table["width_low"].iloc[0], table["width_high"].iloc[0], "percent"),
            last=numerals.percent(table["width"].iloc[-1]),
        )
    if found.leavers:
        alone, others, taken = found.only_theirs, found.among_others, found.taken_up
        share = "" if taken.value is None else numerals.percent(taken.value)
        between = numerals.between(taken.low, taken.high, "percent")
        yield voice.finding(
            "leavers",
            "context",
            ("only_theirs", "taken_up"),
            leavers=voice.about(found.leavers),
            share=numerals.percent(alone.value),
            interval=numerals.between(alone.low, alone.high, "percent"),
            beside=""
            if others.value is None
            else voice.say("changes", "among_others", share=numerals.percent(others.value)),
            taken=voice.say("changes", "taken_up", share=share, interval=between) if share else "",
        )


def _weeks(found: Estimate, voice: Voice) -> str:
    """Between how many weeks a time lies; nothing where only the one is possible."""
    if found.low is None or found.low == found.high:
        return ""
    low, high = voice.numerals.count(found.low), voice.numerals.count(found.high)
    return voice.say("changes", "as_wide_open" if found.high is None else "as_wide", low=low, high=high)


def _half(curve: Curve, voice: Voice) -> str:
    """When half of the old contacts were gone, where they did go."""
    half, numerals = curve.half_life, voice.numerals
    if half.value is None or half.low is None or not (curve.old_loss.high is not None and curve.old_loss.high < 0):
        return ""
    ends = {"low": numerals.decimal(half.low, 1), "high": numerals.decimal(half.high, 1)}
    key = "half_life" if half.high is not None else "half_life_open"
    return voice.say("changes", key, value=numerals.decimal(half.value, 1), **ends)


def _touched(table: pd.DataFrame, date: str, voice: Voice) -> str:
    """The departments that an event touched."""
    rows = table[(table["date"] == date) & (table["touched"] == "yes") & (table["chart"] == "before")]
    return voice.numerals.listing(dict.fromkeys(rows["department"]))


def _numbers(row: Mapping[Any, Any], voice: Voice) -> dict[str, str]:
    """From what to what, with the interval, and what the traffic did meanwhile."""
    numerals = voice.numerals
    return {
        "before": numerals.decimal(row["before"]),
        "after": numerals.decimal(row["after"]),
        "change": numerals.decimal(row["change"]),
        "interval": numerals.between(row["change_low"], row["change_high"]),
        "traffic": _traffic(row["traffic"], voice),
    }


def _traffic(ratio: float, voice: Voice) -> str:
    """What is added where the traffic of the people compared was not the same."""
    if not abs(ratio - 1) >= TRAFFIC:
        return ""
    return voice.say("changes", "fell" if ratio < 1 else "rose", share=voice.numerals.percent(abs(ratio - 1)))


def _rarity(row: Mapping[Any, Any], voice: Voice) -> str:
    """How often as much changed at dates without an event."""
    dates = 1 + row["placebos"]
    # What is said to have changed is as rare as that, also where of p only the end of its class is known.
    as_large = int(round(min(row["p"], max(FALSE_DISCOVERY, 1 / dates)) * dates, ROUNDED)) - 1
    key = "placebos" if as_large else "no_placebo_as_large"
    return voice.say("changes", key, count=voice.numerals.count(as_large), all=voice.numerals.count(row["placebos"]))
