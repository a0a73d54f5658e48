"""The rules on dialogue, leadership, the outside, and online ties beside meetings."""

from collections.abc import Iterator, Mapping

from silos.analysis.external import External
from silos.analysis.findings.finding import Finding, Severity, Voice
from silos.analysis.leadership import leaders_are_silent
from silos.analysis.reply_rates import WITHOUT_DESKS
from silos.analysis.results import Results
from silos.inference.estimate import Estimate
from silos.locales.numerals import MISSING, Numerals

#: Departments that are named in a sentence.
NAMED = 4
#: Percentage points of a whole.
POINTS = 100
#: Departments that a sentence, and the section beside it, name as those where few or none deal with outsiders.
NAMED_NEVER = 8
#: p-value below which a test gets a sentence, and q-value below which nobody deals with the outside beyond chance.
LEVEL = 0.05


def dialogue(results: Results, voice: Voice) -> Iterator[Finding]:
    """Answers within and across departments, and departments that answer others less."""
    found, numerals = results.dialogue, voice.numerals
    gap, across = found.estimates.get("reply_rate_gap"), found.estimates.get("reply_rate_across")
    within = found.estimates.get("reply_rate_within")
    if (
        gap is not None
        and across is not None
        and within is not None
        and None not in (gap.value, across.value, within.value)
    ):
        deaf = answers_less_across(found.estimates)
        yield voice.finding(
            answers_key(results),
            "notable" if deaf else "context",
            ("reply_rate", "answer_hours"),
            across=numerals.percent(across.value),
            interval=in_points(gap, voice) if deaf else between(across, numerals),
            within=numerals.percent(within.value),
            hours_across=numerals.lasting(value_of(found.estimates.get("answer_hours_across"))),
            hours_within=numerals.lasting(value_of(found.estimates.get("answer_hours_within"))),
            desks=share_without_desks(results, voice),
        )
    less = found.departments[found.departments["verdict"] == "less"].sort_values("reply_rate_across", kind="stable")
    if len(less):
        told = [f"{name} ({numerals.percent(rate)})" for name, rate in less["reply_rate_across"].head(NAMED).items()]
        yield voice.finding(
            f"answers_few{of_turns(results)}",
            "notable",
            ("reply_rate",),
            departments=numerals.listing(told),
            count=numerals.count(len(less)),
        )


def leadership(results: Results, voice: Voice) -> Iterator[Finding]:
    """Whether leaders listen, are silent, are in the communities."""
    found, numerals = results.leadership, voice.numerals
    held = found.estimates
    levels: dict[str | None, Severity] = {"listening": "good", "broadcasting": "serious", "unresponsive": "notable"}
    level = levels.get(found.verdict)
    if level is not None:
        yield voice.finding(
            f"leadership_{found.verdict}",
            level,
            ("reply_rate_below", "broadcast_share"),
            below=numerals.percent(held["reply_rate_below"].value),
            interval=in_points(_apart(held["reply_rate_gap"]), voice),
            others=numerals.percent(held["reply_rate_others"].value),
            broadcast=numerals.percent(value_of(held.get("broadcast_share"))),
            broadcast_others=numerals.percent(value_of(held.get("broadcast_share_others"))),
        )
    if leaders_are_silent(held):
        silent, others = held["silent_share"], held["silent_share_others"]
        yield voice.finding(
            "leaders_silent",
            "notable",
            ("silent_share",),
            share=numerals.percent(silent.value),
            interval=between(silent, numerals),
            others=numerals.percent(others.value),
        )
    if leaders_are_absent(held):
        apart, juniors = held["communities_without_leader"], held["communities_by_juniors"]
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
        more = extends.beyond > 0
        # Chance as partners dealt out has it, and another draw of the people: both must say the same.
        if lift.low is not None and lift.high is not None and not (lift.low > 1 if more else lift.high < 1):
            return
        yield voice.finding(
            "online_extends" if more else "online_apart",
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
    values = {"share": numerals.percent(found.share.value), "never": numerals.listing(found.never[:NAMED_NEVER])}
    told = [f"{name} ({numerals.percent(share)})" for name, share in outward["outside_share"].head(NAMED).items()]
    key = outside_key(found)
    if key is not None:
        yield voice.finding(key, "context", ("outside_share",), departments=numerals.listing(told), **values)


# What a finding says and a recommendation follows from is decided once, here.


def answers_less_across(estimates: Mapping[str, Estimate]) -> bool:
    """Whether departments answer others less than their own people, beyond chance."""
    gap = estimates.get("reply_rate_gap")
    return gap is not None and (gap.low or 0) > 0


def of_turns(results: Results) -> str:
    """What the key of a phrase on answers ends with where the log has no conversations.

    Any message back counts there: it may answer nothing, and those who are in contact more often get one sooner.
    """
    return "_turns" if "conversations" in results.inputs.waived else ""


def share_without_desks(results: Results, voice: Voice) -> str:
    """What the share answered across departments is without service desks, where that is another share in print."""
    estimates, numerals = results.dialogue.estimates, voice.numerals
    without, across = estimates.get(WITHOUT_DESKS), estimates.get("reply_rate_across")
    if (
        without is None
        or across is None
        or numerals.percent(without.value) in (numerals.percent(across.value), MISSING)
    ):
        return ""
    return voice.say(
        "also",
        f"without_desks{of_turns(results)}",
        departments=numerals.listing(results.dialogue.desks),
        share=numerals.percent(without.value),
        interval=between(without, numerals),
    )


def answers_key(results: Results) -> str:
    """The finding on answers within and across; without hours where these are of too few answers, or of none."""
    estimates = results.dialogue.estimates
    timed = all(value_of(estimates.get(f"answer_hours{scope}")) is not None for scope in ("_across", "_within"))
    key = "answers_less_across" if answers_less_across(estimates) else "answers_across"
    return f"{key}{of_turns(results)}{'' if timed else '_untimed'}"


def leaders_are_absent(estimates: Mapping[str, Estimate]) -> bool:
    """Whether more communities are without anybody who leads than by chance."""
    without = estimates.get("communities_without_leader")
    return without is not None and without.p is not None and without.p < LEVEL and without.beyond > 0


def outside_key(found: External) -> str | None:
    """The finding on ties to the outside, if there is one."""
    never = "_never" if found.never else ""
    if (found.table["verdict"] == "outward").any():
        return f"outside_held{never}"
    return f"outside{never}" if never else None


def _apart(gap: Estimate) -> Estimate:
    """A difference as how far two shares are apart, whichever is the larger."""
    if (gap.value or 0) >= 0:
        return gap
    low, high = (None if end is None else -end for end in (gap.high, gap.low))
    return Estimate(-(gap.value or 0), low, high)


def value_of(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.value


def between(estimate: Estimate, numerals: Numerals) -> str:
    return numerals.between(estimate.low, estimate.high, "percent")


def in_points(estimate: Estimate, voice: Voice) -> str:
    """The interval of a difference of two shares, in percentage points: in percent it looks like that of a share."""
    low, high = (None if end is None else POINTS * end for end in (estimate.low, estimate.high))
    interval = voice.numerals.between(low, high, digits=0)
    return voice.say("numbers", "points", value=interval) if interval else ""
