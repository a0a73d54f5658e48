"""Oracles of the steps whose effect is forecast, of what would help, and of events and moves in the roster."""

import re

import numpy as np
import pandas as pd

from sentences_battery.facts import Contest, exponent_of
from sentences_battery.on_advice import a_silo, a_wall
from sentences_battery.on_departments import told_silos, usual
from sentences_battery.oracle import Case, Complaints, all_named, equals, measured, oracle
from sentences_battery.printed import Said, between, either, filled, listed, names, number, phrases

#: Shares that have a word of their own.
SHARES = {
    "tenth": 0.1, "fifth": 0.2, "quarter": 0.25, "third": 1 / 3, "half": 0.5, "two_thirds": 2 / 3,
    "three_quarters": 0.75, "nearly_all": 0.92,
}  # fmt: skip
#: Ties from which a door is told.
FEWEST = 5
#: How far a share may lie from the one that its word stands for.
ROUGHLY = 0.13


def _doors(name: str, case: Case) -> pd.Series:
    """Ties of a department with each other one, desks left aside."""
    kept = [one for one in case.facts.ties.index if one != name and one not in case.facts.desks]
    return case.facts.ties.loc[name, kept]


# What a forecast chooses and expects is not in the log: that is for the validation of forecasts.
@oracle("recommendations.silo_open", free=("partners", "head", "community", "others", "after", "interval", "end"))
def silo_open(said: Said, case: Case) -> Complaints:
    """A silo and other departments; the contacts by head; the door, in counts of ties."""
    yield from a_silo(said["silo"], case)
    found = names(said["partners"], case.raw.alone)
    yield from all_named(found, said, "partners")
    if said["silo"] not in case.raw.alone or said["silo"] in (found or []):
        yield measured(f"{said['silo']} is not to be opened towards {said['partners']}")
        return
    if said["today"]:
        today = filled("openings", "today", said["today"].strip())
        if today is None or not number(today["outside"]).holds(_doors(said["silo"], case).sum()):
            yield measured(f"its contacts outside are not{said['today']}")
    people, total = int(case.raw.sizes[said["silo"]]), number(said["ties"]).middle
    # So many at most: the total is told to the nearest ten.
    if number(said["head"]).high < (total - 5) / people:
        yield measured(f"{said['ties']} contacts are more than {said['head']} for each of {people} people")
    if not 0 < total <= people * len(case.raw.department):
        yield measured(f"{said['ties']} contacts")
    ratios = case.facts.ratio()[list(case.raw.alone)]
    yield from equals(said, "before", ratios[said["silo"]])
    yield from equals(said, "usual", usual(case, told_silos(case)))
    if number(said["after"]).low >= ratios[said["silo"]]:
        yield measured(f"with new contacts it would not be {said['after']} instead of {said['before']} times")
    yield from _door(said["begin"], said["silo"], case)


def _door(text: str, silo: str, case: Case) -> Complaints:
    ties = _doors(silo, case)
    if text == phrases()["openings"]["no_door"]:
        if ties.max() >= 20:
            yield measured(f"{silo} has {ties.max():.0f} ties with {ties.idxmax()}")
        return
    first = re.match(r"(.*?\.)(?: (The next.*))?$", text)
    door = filled("openings", "door", first.group(1)) if first else None
    if door is None or door["silo"] != silo or door["door"] not in ties.index:
        yield measured(f"that is no door of {silo}: {text}")
        return
    yield from equals(door, "ties", ties[door["door"]])
    outside = float(ties.sum())
    yield from equals(door, "outside", outside, 5.5 if outside >= 20 else 0.0)
    shares = _volume_shares(silo, case)
    told = [name for name in case.raw.alone if ties.get(name, 0) >= FEWEST]
    widest = [name for name in shares.sort_values(ascending=False).index if name in told]
    yield from _roughly(door["share"], float(shares[door["door"]]))
    if [door["door"]] != widest[:1]:
        yield measured(f"most passes through {', '.join(widest[:1])}")
    second = filled("openings", "second", first.group(2)) if first and first.group(2) else None
    if second is not None and [second["door"]] != widest[1:2]:
        yield measured(f"next to most passes through {', '.join(widest[1:2])}")


def _volume_shares(name: str, case: Case) -> pd.Series:
    """Of what a department exchanges with others, desks left aside, what passes to and from each of them."""
    volume, unit = case.raw.volume, case.raw.shown
    ends = volume["p"].map(unit).to_numpy(), volume["q"].map(unit).to_numpy()
    total = volume[["there", "back"]].sum(axis=1)
    away = np.where(ends[0] == name, ends[1], np.where(ends[1] == name, ends[0], ""))
    by = total.groupby(away).sum().drop(["", name, *case.facts.desks], errors="ignore")
    return by / by.sum()


def _roughly(text: str, share: float) -> Complaints:
    words = [key for key, phrase in phrases()["shares"].items() if phrase == text]
    if not words or abs(SHARES[words[0]] - share) > ROUGHLY:
        yield measured(f"it is {share:.2f}, not {text}")


@oracle("recommendations.join", free=("pairs", "ties", "gain", "interval", "random", "busiest"))
def join(said: Said, case: Case) -> Complaints:
    """Pairs of departments; a gain within its interval, above that of contacts at random."""
    found = listed(said["pairs"], case.raw.alone, rf" with ({either(case.raw.alone)}) \(today (.+?)\)")
    if not found:
        yield measured(f"these are no pairs of departments: {said['pairs']}")
    for a, b, ties in found or []:
        if not number(ties).holds(case.facts.ties.loc[a, b]):
            yield measured(f"{a} and {b} have {case.facts.ties.loc[a, b]:.0f} ties, not {ties}")
    gain, (low, high) = number(said["gain"]), between(said["interval"])
    if not low.low <= gain.middle <= high.high or not 0 <= gain.middle < 1 or not -1 < low.middle <= high.middle < 1:
        yield measured(f"{said['gain']} is not in {said['interval']}")
    if gain.high <= number(said["random"]).low or not 0 <= number(said["busiest"]).high < 1:
        yield measured("contacts at random would do as well")


@oracle("recommendations.clear_next")
def clear_next(said: Said, case: Case) -> Complaints:
    """The finding names the connector; what binds through it, and another that binds."""
    if said["connector"] not in [one["department"] for one in case.tells("findings.connector_clear")]:
        yield measured(f"{said['connector']} is not said to bind the others")
        return
    table = case.facts.contest.table
    yield from equals(said, "loss", table.loc[said["connector"], "bind"], 0.006)
    low, high = between(said["interval"])
    if not low.low <= number(said["loss"]).middle <= high.high:
        yield measured(f"{said['loss']} is not in {said['interval']}")
    if said["next"] not in case.raw.alone or said["next"] == said["connector"]:
        yield measured(f"{said['next']} is no other department")
        return
    kept = np.array([name != said["connector"] for name in table.index])
    ties = case.raw.mixing(case.facts.evident(case.facts.grade)).to_numpy()[np.ix_(kept, kept)]
    yield from _binds_most(said["next"], ties, case, list(table.index[kept]))


def _binds_most(name: str, ties: np.ndarray, case: Case, among: list[str]) -> Complaints:
    sizes = case.raw.sizes[among].to_numpy(float)
    cut = np.isin(among, case.facts.desks)
    rest = Contest(pd.DataFrame(index=among), among, 0.5, cut)
    rest = Contest(rest.table, among, exponent_of(*rest.judged(ties, sizes)), cut)
    bind = pd.Series(rest.scores(ties, sizes)[1], among)[[one for one in among if one in case.raw.alone]]
    if bind[name] < bind.drop(case.facts.desks, errors="ignore").max() - 0.03:
        yield measured(f"{bind.idxmax()} would bind most")


@oracle("recommendations.wall_via", free=("ties",))
def wall_via(said: Said, case: Case) -> Complaints:
    """A wall, and a third department that has so many ties with either side at least."""
    yield from a_wall(said, case)
    sides = [side for side in (said["a"], said["b"]) if side in case.facts.ties.index]
    if said["via"] not in case.raw.alone or said["via"] in sides or len(sides) < 2:
        yield measured(f"{said['via']} is no third department")
        return
    yield from equals(said, "least", min(case.facts.ties.loc[said["via"], side] for side in sides))
    low, high = between(said["interval"])
    if not number(said["before"]).middle < number(said["after"]).middle or not low.low <= number(said["after"]).middle:
        yield measured(f"from {said['before']} to {said['after']} ({said['interval']})")
    expected = case.facts.expected.loc[said["a"], said["b"]]
    yield from equals(said, "before", case.facts.ties.loc[said["a"], said["b"]] / expected, 0.15)
    if high.high < number(said["after"]).middle:
        yield measured(f"{said['after']} is not in {said['interval']}")


# ---- what would help, in the report


@oracle("report.help_involve", "report.help_involve_other", free=("department", "gain", "agreement"))
def help_involve(said: Said, case: Case) -> Complaints:
    """A department that is no desk, a gain; the connector, which is another."""
    if said["department"] not in case.raw.alone or said["department"] in case.facts.desks:
        yield measured(f"{said['department']} is no department to be involved")
    if not 0 <= number(said["gain"]).middle < 1:
        yield measured(f"{said['gain']} is no gain")
    if "connector" in said.values:
        if said["connector"] not in [one["department"] for one in case.tells("findings.connector_clear")]:
            yield measured(f"{said['connector']} is not said to bind the others")
        if said["connector"] == said["department"]:
            yield measured("it is the department itself")
        share = number(said["agreement"])
        if share.high < 0 or share.low > 1:
            yield measured(f"{said['agreement']} is no share of the draws")


# ---- events and moves: they are said where somebody names events, or the roster has dates


def _no_event(said: Said, case: Case) -> Complaints:
    events = case.raw.asked.get("events", ())
    if not any(said.values.get("label", "") in str(event) for event in events):
        yield measured("nobody named such an event")
    if (
        "change" in said.values
        and abs(number(said["after"]).middle - number(said["before"]).middle - number(said["change"]).middle) > 0.011
    ):
        yield measured(f"from {said['before']} to {said['after']} is not {said['change']}")


for _key in ("event", "event_apart", "event_opened", "event_nothing"):
    oracle(f"findings.{_key}")(_no_event)
for _key in ("no_placebo", "outside", "short", "thin", "undated"):
    oracle(f"limits.event_{_key}")(_no_event)
for _key in ("events_lead", "events_bare", "events_none"):
    oracle(f"report.{_key}")(_no_event)


def _undated(said: Said, case: Case) -> Complaints:
    """The roster says when people moved, came or went, and so many of them did."""
    dates = set(case.raw.roster) & {"start", "end", "joined", "left", "since", "until", "effective_date"}
    if not dates:
        yield measured("the roster has no dates")
    for name, verb in (("movers", "moved"), ("joiners", "joined"), ("leavers", "left")):
        if name in said.values and not 0 < number(said[name]).middle <= len(case.raw.department):
            yield measured(f"{said[name]} people {verb}")


for _kind in ("findings.follows", "findings.follows_not", "findings.follows_bare", "findings.follows_not_bare",
              "limits.follows_few", "report.responsiveness_lead",
              "findings.joiners", "findings.joiners_first", "findings.joiners_not", "findings.leavers"):  # fmt: skip
    oracle(_kind)(_undated)


@oracle("answer.begin_first")
def begin_first(said: Said, case: Case) -> Complaints:
    """There are several steps that open what is apart."""
    steps = [one for kind in ("silo_open", "wall_via") for one in case.tells(f"recommendations.{kind}")]
    if len(steps) < 2:
        yield measured(f"there is no other step to be compared with: {said.text}")


@oracle("report.monday_number_silo")
def monday_number_silo(said: Said, case: Case) -> Complaints:
    """The number to watch is in the unit of the step: the ratio of the silo, and that of the median department."""
    yield from a_silo(said["department"], case)
    ratios = case.facts.ratio()[list(case.raw.alone)]
    if said["department"] not in ratios.index:
        yield measured(f"there is no department {said['department']}")
        return
    yield from equals(said, "times", ratios[said["department"]])
    yield from equals(said, "usual", usual(case, told_silos(case)))
