"""The rules on dialogue, leadership, the outside, and online ties beside meetings."""

from collections.abc import Iterator

from silos.analysis.findings.finding import Finding, Voice
from silos.analysis.results import Results
from silos.inference.estimate import Estimate
from silos.locales.numerals import Numerals

#: Departments that are named in a sentence.
NAMED = 4
#: p-value below which a test of leadership gets a sentence.
LEVEL = 0.05


def dialogue(results: Results, voice: Voice) -> Iterator[Finding]:
    """Answers within and across departments, and departments that answer others less."""
    found, numerals = results.dialogue, voice.numerals
    gap, across = found.estimates.get("reply_rate_gap"), found.estimates.get("reply_rate_across")
    within = found.estimates.get("reply_rate_within")
    if gap is not None and across is not None and within is not None and None not in (gap.value, across.value):
        deaf = gap.low is not None and gap.low > 0
        yield voice.finding(
            "answers_less_across" if deaf else "answers_across",
            "notable" if deaf else "context",
            ("reply_rate", "answer_hours"),
            across=numerals.percent(across.value),
            interval=between(across, numerals),
            within=numerals.percent(within.value),
            hours_across=numerals.lasting(value_of(found.estimates.get("answer_hours_across"))),
            hours_within=numerals.lasting(value_of(found.estimates.get("answer_hours_within"))),
        )
    less = found.departments[found.departments["verdict"] == "less"].sort_values("reply_rate_across", kind="stable")
    if len(less):
        told = [f"{name} ({numerals.percent(rate)})" for name, rate in less["reply_rate_across"].head(NAMED).items()]
        yield voice.finding(
            "answers_few",
            "notable",
            ("reply_rate",),
            departments=", ".join(told),
            count=numerals.count(len(less)),
        )


def leadership(results: Results, voice: Voice) -> Iterator[Finding]:
    """Whether leaders listen, are silent, are in the communities."""
    found, numerals = results.leadership, voice.numerals
    held = found.estimates
    if found.verdict in ("listening", "broadcasting"):
        yield voice.finding(
            f"leadership_{found.verdict}",
            "good" if found.verdict == "listening" else "serious",
            ("reply_rate_below", "broadcast_share"),
            below=numerals.percent(held["reply_rate_below"].value),
            interval=between(held["reply_rate_below"], numerals),
            others=numerals.percent(held["reply_rate_others"].value),
            broadcast=numerals.percent(held["broadcast_share"].value),
            broadcast_others=numerals.percent(held["broadcast_share_others"].value),
        )
    silent, others = held.get("silent_share"), held.get("silent_share_others")
    if silent is not None and others is not None and (silent.low or 0) > (others.value or 0):
        yield voice.finding(
            "leaders_silent",
            "notable",
            ("silent_share",),
            share=numerals.percent(silent.value),
            interval=between(silent, numerals),
            others=numerals.percent(others.value),
        )
    apart = held.get("communities_without_leader")
    if apart is not None and apart.p is not None and apart.p < LEVEL and (apart.z or 0) > 0:
        juniors = held["communities_by_juniors"]
        yield voice.finding(
            "communities_without_leader",
            "notable",
            ("communities_without_leader",),
            share=numerals.percent(apart.value),
            null=numerals.percent(apart.null_mean),
            juniors=numerals.percent(juniors.value),
        )


def layers(results: Results, voice: Voice) -> Iterator[Finding]:
    """Whether online ties are those of meetings."""
    found, numerals = results.leadership, voice.numerals
    extends, lift = found.layers.get("online_who_meet"), found.layers.get("lift")
    if extends is not None and extends.p is not None and lift is not None and extends.p < LEVEL:
        yield voice.finding(
            "online_extends" if (extends.z or 0) > 0 else "online_apart",
            "context",
            ("online_who_meet",),
            share=numerals.percent(extends.value),
            null=numerals.percent(extends.null_mean),
            lift=numerals.times(lift.value),
        )


def outside(results: Results, voice: Voice) -> Iterator[Finding]:
    """Which departments deal with the outside, and which never do."""
    found, numerals = results.external, voice.numerals
    if found.unknown:
        return
    table = found.table
    outward = table[table["verdict"] == "outward"]
    values = {"share": numerals.percent(found.share.value), "never": ", ".join(found.never[:NAMED])}
    told = [f"{name} ({numerals.percent(share)})" for name, share in outward["outside_share"].head(NAMED).items()]
    if told:
        key = "outside_held_never" if found.never else "outside_held"
        yield voice.finding(key, "context", ("outside_share",), departments=", ".join(told), **values)
    elif found.never:
        yield voice.finding("outside_never", "context", ("outside_share",), **values)


def value_of(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.value


def between(estimate: Estimate, numerals: Numerals) -> str:
    return numerals.between(estimate.low, estimate.high, "percent")
