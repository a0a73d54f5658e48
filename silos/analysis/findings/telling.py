"""What is worth a sentence of dialogue, leadership and the outside: the rules behind `silos.analysis.findings.rules`.

No rule reads a point estimate alone where a verdict or an interval exists.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from silos.analysis.dialogue import Dialogue
from silos.analysis.external import External
from silos.analysis.leadership import Leadership
from silos.inference.estimate import Estimate
from silos.locales.numerals import Numerals

#: Departments that are named in a sentence.
NAMED = 4
#: p-value below which a test of leadership gets a sentence.
LEVEL = 0.05


@dataclass(frozen=True)
class Told:
    """A finding before it is put into words: key of the sentence, severity, measures, what it is about, values."""

    key: str
    severity: Literal["serious", "notable", "good", "context"]
    measures: tuple[str, ...]
    values: dict[str, str]


def of_dialogue(found: Dialogue, numerals: Numerals) -> Iterator[Told]:
    """Answers within and across departments, and departments that answer others less."""
    gap, across = found.estimates.get("reply_rate_gap"), found.estimates.get("reply_rate_across")
    within = found.estimates.get("reply_rate_within")
    if gap is not None and across is not None and within is not None and None not in (gap.value, across.value):
        deaf = gap.low is not None and gap.low > 0
        yield Told(
            "answers_less_across" if deaf else "answers_across",
            "notable" if deaf else "context",
            ("reply_rate", "answer_hours"),
            {
                "across": numerals.percent(across.value),
                "interval": _between(across, numerals),
                "within": numerals.percent(within.value),
                "hours_across": numerals.lasting(_value(found.estimates.get("answer_hours_across"))),
                "hours_within": numerals.lasting(_value(found.estimates.get("answer_hours_within"))),
            },
        )
    less = found.departments[found.departments["verdict"] == "less"].sort_values("reply_rate_across", kind="stable")
    if len(less):
        told = [f"{name} ({numerals.percent(rate)})" for name, rate in less["reply_rate_across"].head(NAMED).items()]
        yield Told(
            "answers_few",
            "notable",
            ("reply_rate",),
            {"departments": ", ".join(told), "count": numerals.count(len(less))},
        )


def of_leadership(found: Leadership, numerals: Numerals) -> Iterator[Told]:
    """Whether leaders listen, are silent, are in the communities."""
    held = found.estimates
    if found.verdict in ("listening", "broadcasting"):
        yield Told(
            f"leadership_{found.verdict}",
            "good" if found.verdict == "listening" else "serious",
            ("reply_rate_below", "broadcast_share"),
            {
                "below": numerals.percent(held["reply_rate_below"].value),
                "interval": _between(held["reply_rate_below"], numerals),
                "others": numerals.percent(held["reply_rate_others"].value),
                "broadcast": numerals.percent(held["broadcast_share"].value),
                "broadcast_others": numerals.percent(held["broadcast_share_others"].value),
            },
        )
    silent, others = held.get("silent_share"), held.get("silent_share_others")
    if silent is not None and others is not None and (silent.low or 0) > (others.value or 0):
        yield Told(
            "leaders_silent",
            "notable",
            ("silent_share",),
            {
                "share": numerals.percent(silent.value),
                "interval": _between(silent, numerals),
                "others": numerals.percent(others.value),
            },
        )
    apart = held.get("communities_without_leader")
    if apart is not None and apart.p is not None and apart.p < LEVEL and (apart.z or 0) > 0:
        juniors = held["communities_by_juniors"]
        yield Told(
            "communities_without_leader",
            "notable",
            ("communities_without_leader",),
            {
                "share": numerals.percent(apart.value),
                "null": numerals.percent(apart.null_mean),
                "juniors": numerals.percent(juniors.value),
            },
        )


def of_layers(found: Leadership, numerals: Numerals) -> Iterator[Told]:
    """Whether online ties are those of meetings."""
    extends, lift = found.layers.get("online_who_meet"), found.layers.get("lift")
    if extends is not None and extends.p is not None and lift is not None and extends.p < LEVEL:
        yield Told(
            "online_extends" if (extends.z or 0) > 0 else "online_apart",
            "context",
            ("online_who_meet",),
            {
                "share": numerals.percent(extends.value),
                "null": numerals.percent(extends.null_mean),
                "lift": numerals.times(lift.value),
            },
        )


def of_outside(found: External, numerals: Numerals) -> Iterator[Told]:
    """Which departments deal with the outside, and which never do."""
    if found.unknown:
        return
    table = found.departments
    outward = table[table["verdict"] == "outward"]
    values = {"share": numerals.percent(found.share.value), "never": ", ".join(found.never[:NAMED])}
    told = [f"{name} ({numerals.percent(share)})" for name, share in outward["outside_share"].head(NAMED).items()]
    if told:
        key = "outside_held_never" if found.never else "outside_held"
        yield Told(key, "context", ("outside_share",), values | {"departments": ", ".join(told)})
    elif found.never:
        yield Told("outside_never", "context", ("outside_share",), values)


def untold(dialogue: Dialogue, leadership: Leadership, outside: External) -> Iterator[str]:
    """Keys of the sentences that say what the log or the roster cannot tell."""
    if dialogue.unknown in ("days", "short", "silent"):
        yield f"answers_{dialogue.unknown}"
    if leadership.unknown in ("no_chart", "direction", "broken", "few"):
        yield f"leaders_{leadership.unknown}"
    if outside.unknown:
        yield f"outside_{outside.unknown}"


def _value(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.value


def _between(estimate: Estimate, numerals: Numerals) -> str:
    return numerals.between(estimate.low, estimate.high, "percent")
