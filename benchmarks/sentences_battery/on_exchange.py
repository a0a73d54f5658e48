"""Oracles of the sentences on answers, leaders, meetings, the outside and communities of the tools."""

# ruff: noqa: ARG001 - every oracle takes the same arguments
import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from sentences_battery.exchange_facts import kaplan_meier
from sentences_battery.oracle import Case, Complaints, all_named, ends, equals, measured, oracle, planted
from sentences_battery.printed import Said, between, listed, names, number, recognised
from sentences_battery.rawlog import SMALL

#: How far a share by chance may lie from that of other draws.
CHANCE = 0.06
#: Those who are counted at the end of a list of departments.
OTHERS = re.compile(r" and (?:one other|[\d,]+ others) \((?P<bridges>[\d,]+)\)$")
#: Part of what joins a department to others from which it is said to lose half.
CUT_OFF = 0.49
#: Deviations of a difference of rates that a test cannot miss.
CLEARLY = 4.0


def _drawn(waits: pd.DataFrame, case: Case) -> np.ndarray:
    """Shares answered within the horizon, in redraws of the people who ask and answer."""
    weights = case.facts.weights
    order = waits.sort_values(["seconds", "answered"], ascending=[True, False], kind="stable")
    weight = weights.loc[order["asks"]].to_numpy() * weights.loc[order["answers"]].to_numpy()
    waiting = np.cumsum(weight[::-1], axis=0)[::-1]
    came = weight * order["answered"].to_numpy()[:, None]
    return 1 - np.prod(1 - np.minimum(came / waiting, 1.0), axis=0)


def _waits(case: Case, across: bool | None) -> pd.DataFrame:
    found = case.exchange.scoped
    return found if across is None else found[found["across"] == across]


def _messages(case: Case) -> Complaints:
    if "messages" not in case.raw.taken.values():
        yield measured("these are no messages: nobody asks or answers")


def _worded(said: Said, case: Case) -> Complaints:
    """Only conversations are opened; elsewhere it is told what came back."""
    if ("_turns" in said.kind) == case.raw.threads:
        yield measured(f"the log has {'conversations' if case.raw.threads else 'no conversations'}")


def _rates(said: Said, case: Case) -> Complaints:
    yield from _messages(case)
    yield from _worded(said, case)
    across, within = (case.exchange.rate(across=scope) for scope in (True, False))
    yield from equals(said, "across", across[0], 0.002)
    yield from equals(said, "within", within[0], 0.002)
    yield from _without_desks(said, case)
    for name, hours in (("hours_across", across[1]), ("hours_within", within[1])):
        if name in said.values:
            yield from equals(said, name, hours, 0.02 * hours)
    if said.kind.endswith("_untimed") and all(_answerers(case, scope) >= SMALL for scope in (True, False)):
        yield measured("enough people answered for hours to be said")
    less = "less" in said.kind
    if less or 0 < across[0] < 1:
        draws = _gap(case) if less else _drawn(_waits(case, True), case)
        yield from ends(said, *np.quantile(draws, [0.025, 0.975]))


def _without_desks(said: Said, case: Case) -> Complaints:
    """The share answered across of what service desks neither ask nor are asked, all of them that stand alone."""
    if not said["desks"]:
        return
    told = recognised("also", said["desks"])
    desks = [name for name in case.facts.desks if name in case.raw.alone]
    if sorted(names(told["departments"], case.raw.alone) or []) != sorted(desks):
        yield measured(f"the service desks are {desks}")
    waits = _waits(case, True)
    waits = waits[~waits["a"].isin(desks) & ~waits["b"].isin(desks)]
    yield from equals(told, "share", kaplan_meier(waits)[0], 0.002)
    yield from ends(told, *np.quantile(_drawn(waits, case), [0.025, 0.975]))


def _answerers(case: Case, across: bool | None) -> int:
    """How many people answered, or asked and had an answer, whichever are fewer."""
    waits = _waits(case, across)
    answered = waits[waits["answered"].astype(bool)]
    return min(answered["asks"].nunique(), answered["answers"].nunique())


def _gap(case: Case) -> np.ndarray:
    return _drawn(_waits(case, False), case) - _drawn(_waits(case, True), case)


@oracle(*(f"findings.answers_across{turns}{untimed}" for turns in ("", "_turns") for untimed in ("", "_untimed")))
def answers_across(said: Said, case: Case) -> Complaints:
    """The shares answered within and across, and within what time; departments do not answer others clearly less."""
    yield from _rates(said, case)
    gap = _gap(case)
    if gap.mean() > CLEARLY * gap.std():
        yield measured("departments clearly answer each other less")


@oracle(*(f"findings.answers_less_across{turns}{untimed}" for turns in ("", "_turns") for untimed in ("", "_untimed")))
def answers_less_across(said: Said, case: Case) -> Complaints:
    """The same, and less across in nearly all redraws."""
    yield from _rates(said, case)
    if (_gap(case) <= 0).mean() > 0.08:
        yield measured("departments do not clearly answer each other less")


@oracle("findings.answers_few", "findings.answers_few_turns")
def answers_few(said: Said, case: Case) -> Complaints:
    """These departments answer so much of what others ask, less than the median department."""
    yield from _messages(case)
    yield from _worded(said, case)
    found = listed(said["departments"], case.raw.alone, r" \(([\d.,]+%)\)")
    yield from all_named(found, said, "departments")
    rates = {name: case.exchange.rate_of(name) for name in case.raw.alone}
    for name, share in found or []:
        if not number(share).holds(rates[name], 0.002):
            yield measured(f"{name} answers {rates[name]:.3f}, not {share}")
        if rates[name] >= np.nanmedian(list(rates.values())):
            yield measured(f"{name} answers as much as the median department")


@oracle(*(f"report.dialogue_lead{turns}{untimed}" for turns in ("", "_turns") for untimed in ("", "_untimed")))
def dialogue_lead(said: Said, case: Case) -> Complaints:
    """The shares answered, and within what time."""
    yield from _rates(said, case) if not said["rate"] else _overall(said, case)


def _overall(said: Said, case: Case) -> Complaints:
    yield from _messages(case)
    yield from _worded(said, case)
    rate, hours = case.exchange.rate()
    yield from equals(said, "rate", rate, 0.002)
    yield from _without_desks(said, case)
    if "hours" in said.values:
        yield from equals(said, "hours", hours, 0.02 * hours if np.isfinite(hours) else 0.0)
    elif _answerers(case, None) >= SMALL:
        yield measured("enough people answered for hours to be said")
    for name, scope in (("within", False), ("across", True)):
        waits = _waits(case, scope)
        if min(waits["asks"].nunique(), waits["answers"].nunique()) >= SMALL:
            yield from equals(said, name, case.exchange.rate(across=scope)[0], 0.002)
    if 0 < rate < 1:
        yield from ends(said, *np.quantile(_drawn(_waits(case, None), case), [0.025, 0.975]))


@oracle("report.dialogue_lasting")
def dialogue_lasting(said: Said, case: Case) -> Complaints:
    """Ties in three weeks and more, and in a single one."""
    pairs, unit = case.raw.pairs, case.raw.department
    across = pairs["p"].map(unit).to_numpy() != pairs["q"].map(unit).to_numpy()
    for suffix, part in (("", pairs), ("_across", pairs[across])):
        yield from equals(said, f"sustained{suffix}", float((part["weeks"] >= 3).mean()))
        yield from equals(said, f"one_off{suffix}", float((part["weeks"] == 1).mean()))


# ---- leaders


def _below(said: Said, case: Case) -> Complaints:
    below, others = case.exchange.below
    yield from equals(said, "below", below, 0.002)
    yield from equals(said, "others", others, 0.002)


def _style(style: str, case: Case) -> Complaints:
    # Who leaves most of it unanswered does so with broadcasts too few to tell, or to be shown.
    right = ("unresponsive", "broadcasting") if style == "unresponsive" else (style,)
    if case.truth.known and case.truth.leadership not in (*right, None):
        yield planted(f"the leadership planted is {case.truth.leadership}")
    below, others = case.exchange.below
    if (below > others) != (style == "listening"):
        yield measured(f"leaders answer {below:.0%}, others {others:.0%}")


def _style_owed(style: str, kind: str) -> object:
    def owed(case: Case) -> Iterator[tuple[str, bool]]:
        if case.truth.leadership == style and case.truth.share == 1 and len(case.exchange.leads) >= 15:
            yield style, bool(case.tells(kind))

    return owed


@oracle("findings.leadership_broadcasting", owed=_style_owed("broadcasting", "findings.leadership_broadcasting"))
def leadership_broadcasting(said: Said, case: Case) -> Complaints:
    """What leaders answer from below, what others answer there, and the broadcasts of both."""
    yield from _below(said, case)
    yield from _style("broadcasting", case)
    yield from equals(said, "broadcast", case.exchange.broadcast(leading=True))
    yield from equals(said, "broadcast_others", case.exchange.broadcast(leading=False))
    yield from _below_interval(said, case)


def _below_interval(said: Said, case: Case) -> Complaints:
    """Of how far the two are apart, which leaves out 0."""
    below, others = case.exchange.below
    try:
        low, high = between(said["interval"])
    except ValueError:
        yield measured(f"the interval is {said['interval']!r}")
        return
    if not low.low - 0.002 <= abs(below - others) <= high.high + 0.002 or low.high <= 0:
        yield measured(f"they are {abs(below - others):.3f} apart, not {said['interval']}")


def _of_people(said: Said, share: float, people: int) -> Complaints:
    """Jeffreys' interval of a share of people."""
    count = round(share * people)
    low, high = stats.beta.ppf([0.025, 0.975], count + 0.5, people - count + 0.5)
    yield from ends(said, float(low) if count else 0.0, float(high) if count < people else 1.0)


@oracle("findings.leadership_listening", owed=_style_owed("listening", "findings.leadership_listening"))
def leadership_listening(said: Said, case: Case) -> Complaints:
    """What leaders answer from below, and what others answer there."""
    yield from _below(said, case)
    yield from _style("listening", case)
    yield from _below_interval(said, case)


@oracle("findings.leadership_unresponsive", owed=_style_owed("unresponsive", "findings.leadership_unresponsive"))
def leadership_unresponsive(said: Said, case: Case) -> Complaints:
    """What leaders answer from below, and what others answer there."""
    yield from _below(said, case)
    yield from _style("unresponsive", case)
    yield from _below_interval(said, case)


@oracle("findings.leaders_silent")
def leaders_silent(said: Said, case: Case) -> Complaints:
    """More of those who lead than of the others never write."""
    leading, others = (case.exchange.silent(leading=side) for side in (True, False))
    yield from equals(said, "share", leading)
    yield from equals(said, "others", others)
    yield from _of_people(said, leading, len(case.exchange.leads))
    if leading <= others:
        yield measured("others are as silent")


@oracle("findings.communities_without_leader")
def communities_without_leader(said: Said, case: Case) -> Complaints:
    """So many communities have no leader in them, and so many no post by one; by chance it would be fewer."""
    without, juniors = _leaderless(case, case.exchange.leads)
    yield from equals(said, "share", without)
    yield from equals(said, "juniors", juniors)
    rng, unit = np.random.default_rng(1), case.raw.department
    people = pd.Series(unit.index.isin(case.exchange.leads), unit.index)
    dealt = []
    for _ in range(60):
        shuffled = people.groupby(unit).transform(lambda part: rng.permutation(part.to_numpy()))
        dealt.append(_leaderless(case, set(shuffled.index[shuffled]))[0])
    yield from equals(said, "null", float(np.mean(dealt)), CHANCE)
    if without <= np.mean(dealt):
        yield measured("as many are without a leader by chance")


def _leaderless(case: Case, leads: set[str]) -> tuple[float, float]:
    places = case.exchange.places
    led = places["person"].isin(leads)
    by = places.assign(led=led, carried=led * places["posts"]).groupby(["medium", "community"])
    return float((by["led"].sum() == 0).mean()), float((by["carried"].sum() == 0).mean())


@oracle("report.leadership_intro")
def leadership_intro(said: Said, case: Case) -> Complaints:
    """So many are somebody's manager."""
    if case.exchange.leads:
        yield from equals(said, "leaders", len(case.exchange.leads))
    elif "level" not in case.raw.roster or not 0 < number(said["leaders"]).middle <= len(case.raw.department) / 2:
        yield measured("nobody is anybody's manager")


def _lead(style: str) -> None:
    @oracle(f"report.leadership_lead_{style}")
    def lead(said: Said, case: Case) -> Complaints:
        """As planted; leaders answer more, or less, than others."""
        if style in ("listening", "broadcasting", "unresponsive"):
            yield from _style(style, case)
        elif style == "typical" and case.truth.leadership and case.truth.share == 1:
            yield planted(f"the leadership planted is {case.truth.leadership}")
        if not case.exchange.leads and "level" not in case.raw.roster:
            yield measured("nobody leads")


for _style_name in ("listening", "broadcasting", "unresponsive", "typical", "uncertain"):
    _lead(_style_name)


# ---- online and meetings


@oracle("findings.online_extends", "findings.online_apart")
def online(said: Said, case: Case) -> Complaints:
    """So many of those who write also meet, more (or fewer) than if partners were dealt out."""
    share, chance = case.exchange.online
    yield from equals(said, "share", share)
    yield from equals(said, "null", chance, CHANCE)
    if "lift" in said.values:
        yield from equals(said, "lift", share / chance, 0.3 * share / chance)
    if (share > chance) != (said.kind == "findings.online_extends"):
        yield measured(f"{share:.0%} meet, by chance {chance:.0%}")


@oracle("report.layers_lead")
def layers_lead(said: Said, case: Case) -> Complaints:
    """So many of those who write also meet, and so many would by chance."""
    share, chance = case.exchange.online
    yield from equals(said, "share", share)
    yield from equals(said, "null", chance, CHANCE)


# ---- the outside


def _outsiders(case: Case) -> Complaints:
    if case.exchange.outward.empty:
        yield measured("nobody deals with anybody who is known to be outside")


def _never(said: Said, case: Case, name: str = "never") -> Complaints:
    found = names(said[name], case.raw.rows_shown)
    yield from all_named(found, said, name)
    for department in found or []:
        if case.exchange.outside_counts[department] >= SMALL:
            yield measured(f"some in {department} deal with outsiders")


@oracle("findings.outside_held", "findings.outside_held_never", "findings.outside_never")
def outside(said: Said, case: Case) -> Complaints:
    """So many deal with outsiders, so many in these departments, few or none in those."""
    yield from _outsiders(case)
    yield from equals(said, "share", case.exchange.outside_share)
    if "departments" in said.values:
        found = listed(said["departments"], case.raw.alone, r" \(([\d.,]+%)\)")
        yield from all_named(found, said, "departments")
        for name, share in found or []:
            value = case.exchange.outside_shares[name]
            if not number(share).holds(value) or value <= case.exchange.outside_share:
                yield measured(f"{value:.3f} of {name} deal with outsiders, not {share}")
    if "never" in said.values:
        yield from _never(said, case)


@oracle("report.external_lead", *(f"report.external_lead_{kind}" for kind in ("contacts", "acts", "survey")))
def external_lead(said: Said, case: Case) -> Complaints:
    """So many deal with so many outsiders, in words for the rows."""
    kind = case.raw.leading_kind
    if said.kind.removeprefix("report.external_lead") != ("" if kind in ("messages", "meetings") else f"_{kind}"):
        yield measured(f"the rows are {kind}")
    yield from equals(said, "share", case.exchange.outside_share)
    yield from equals(said, "outsiders", case.exchange.outward["outsider"].nunique())
    yield from _of_people(said, case.exchange.outside_share, len(case.raw.department))
    yield from _outsiders(case)


@oracle("report.external_never")
def external_never(said: Said, case: Case) -> Complaints:
    """Few or none in these departments."""
    yield from _never(said, case, "departments")


@oracle("report.external_never_many")
def external_never_many(said: Said, case: Case) -> Complaints:
    """Few or none in so many departments, of so many: of one with few people it is not said that those are few."""
    shown = list(case.raw.rows_shown)
    yield from equals(said, "all", len(shown))
    people = case.raw.shown.value_counts()
    few = [name for name in shown if case.exchange.outside_counts[name] < SMALL and people[name] >= 2 * SMALL]
    yield from equals(said, "count", len(few))


# ---- communities of the tools


def _chance_of_communities(said: Said, case: Case) -> Complaints:
    share, null = case.exchange.disjoint
    yield from equals(said, "share", share)
    yield from equals(said, "null", null, CHANCE)
    yield from equals(said, "all", case.exchange.judged_count)


def _silos_owed(case: Case) -> Iterator[tuple[str, bool]]:
    of_them = case.tells("findings.silos_2", "findings.silos_2_some")
    told = " ".join(said["communities"] for said in of_them)
    more = max([number(said["count"]).middle for said in of_them], default=0)
    if case.truth.share == 1:
        # three are named, the others are counted
        for name in case.truth.communities or {}:
            yield name, name in told or more > 3


@oracle("findings.silos_2", "findings.silos_2_some", owed=_silos_owed)
def silos_2(said: Said, case: Case) -> Complaints:
    """So many; members, those also elsewhere and who carries them are so; they were planted."""
    yield from _chance_of_communities(said, case)
    every = sorted(set(case.exchange.judged["community"]))
    found = listed(said["communities"], every, r" \((.+?), ([\d,]+) of ([\d,]+) members are also elsewhere\)")
    yield from all_named(found, said, "communities")
    few = number(said["count"]).middle - len(found or [])
    if few < 0 or (few > 0) != (said.kind == "findings.silos_2_some"):
        yield measured(f"{len(found or [])} are named, and {said['count']} counted")
    for name, department, shared, size in found or []:
        members, elsewhere, carried = case.exchange.community(name)
        if (department, number(shared).holds(elsewhere), number(size).holds(members)) != (carried, True, True):
            yield measured(f"{name} is carried by {carried}, {elsewhere} of {members} are also elsewhere")
        if case.truth.communities is not None and name not in case.truth.communities:
            yield planted(f"{name} was not planted as a silo 2.0")
    if case.truth.communities is not None and number(said["count"]).middle > len(case.truth.communities):
        yield planted(f"{len(case.truth.communities)} were planted")


@oracle("findings.silos_2_unnamed")
def silos_2_unnamed(said: Said, case: Case) -> Complaints:
    """So many of those that were judged."""
    yield from _chance_of_communities(said, case)
    if number(said["count"]).middle > case.exchange.judged_count:
        yield measured("there are not so many communities")


@oracle("findings.no_silo_2")
def no_silo_2(said: Said, case: Case) -> Complaints:
    """None was planted; pairs without a common member."""
    yield from _chance_of_communities(said, case)
    if case.truth.communities and case.truth.share == 1:
        yield planted(f"{', '.join(case.truth.communities)} were planted")


@oracle("findings.no_silo_2_judged")
def no_silo_2_judged(said: Said, case: Case) -> Complaints:
    """So many of those that were looked at; none was planted among communities of one kind."""
    yield from equals(said, "all", case.exchange.judged_count)
    if number(said["count"]).middle > case.exchange.judged_count:
        yield measured("there are not so many communities")


@oracle(
    "findings.bridge_communities", "findings.bridge_communities_with", "findings.bridge_communities_without"
)  # fmt: skip
def bridge_communities(said: Said, case: Case) -> Complaints:
    """So many of those that were judged; who carries them adds up; the connector is among these, or not."""
    yield from equals(said, "all", case.exchange.judged_count)
    named, others = re.sub(OTHERS, "", said["departments"]), re.search(OTHERS, said["departments"])
    found = listed(named, case.raw.rows_shown, r" \(([\d,]+)\)")
    yield from all_named(found, said, "departments")
    carriers = {name: number(count).middle for name, count in found or []}
    for name, count in carriers.items():
        if count > case.exchange.open_carried.get(name, 0):
            yield measured(
                f"{name} carries {case.exchange.open_carried.get(name, 0)} open communities, not {count:.0f}"
            )
    if not 0 < number(said["count"]).middle <= case.exchange.judged_count:
        yield measured(f"{said['count']} of {case.exchange.judged_count} communities")
    total = sum(carriers.values()) + (number(others["bridges"]).middle if others else 0)
    if total > number(said["count"]).middle:
        yield measured(f"{total:.0f} are carried, of {said['count']}")
    if "connector" in said.values:
        clear = [one["department"] for one in case.tells("findings.connector_clear")]
        if said["connector"] not in clear:
            yield measured(f"{said['connector']} is not said to bind the organisation")
        if len(carriers) < 3 and (said["connector"] in carriers) != said.kind.endswith("_with"):
            yield measured(f"{said['connector']} is among {', '.join(carriers)}, or is not")


@oracle("findings.community_lost", free=("interval",))
def community_lost(said: Said, case: Case) -> Complaints:
    """What goes with it, in steps of a twentieth; what carries most without it; who has half of it through it."""
    losses = case.exchange.community_losses()
    if said["name"] not in losses:
        yield measured(f"there is no community {said['name']}")
        return
    yield from equals(said, "loss", losses[said["name"]], 0.026)
    if said["following"]:
        then = said["following"].removeprefix("; ").partition(" would")[0]
        after = case.exchange.community_losses(without=said["name"])
        if not after.get(then, -1) >= max(after.values()) - 0.001:
            yield measured(f"without it, {then} does not carry most")
    if said["cut"]:
        found = names(said["cut"].removeprefix("; ").partition(" would")[0], case.raw.rows_shown)
        yield from all_named(found, said, "cut")
        parts = case.exchange.joined_by(said["name"])
        yield from (measured(f"{one} loses {parts[one]:.0%}") for one in found or [] if parts[one] < CUT_OFF)


@oracle("report.joined_lead")
def joined_lead(said: Said, case: Case) -> Complaints:
    """So many communities, and people in them; silos 2.0 as the findings have them."""
    yield from equals(said, "all", case.exchange.judged_count)
    yield from equals(said, "people", case.exchange.places["person"].nunique())
    told = [
        number(one["count"]).middle
        for one in case.tells("findings.silos_2", "findings.silos_2_some", "findings.silos_2_unnamed")
    ]
    yield from equals(said, "silos", told[0] if told else 0)
    if not 0 <= number(said["bridges"]).middle <= case.exchange.judged_count - number(said["silos"]).middle:
        yield measured(f"{said['bridges']} bridges of {said['all']} communities")


@oracle("report.joined_carried")
def joined_carried(said: Said, case: Case) -> Complaints:
    """Departments with a number of bridges each, no more than they carry communities; or none."""
    if said["departments"] == "none":
        if case.tells("findings.bridge_communities", "findings.bridge_communities_with"):
            yield measured("a finding says who carries bridges")
        return
    found = listed(said["departments"], case.raw.rows_shown, r" \(([\d,]+)\)")
    yield from all_named(found, said, "departments")
    for name, count in found or []:
        if number(count).middle > case.exchange.open_carried.get(name, 0):
            yield measured(f"{name} carries {case.exchange.open_carried.get(name, 0)} open communities")


@oracle("report.joined_everybody")
def joined_everybody(said: Said, case: Case) -> Complaints:
    """So many communities hold more than half of all who are in any."""
    places = case.exchange.places
    yield from equals(said, "count", len(places[places["everybody"].astype(bool)].groupby(["medium", "community"])))


@oracle("report.joined_hidden", "report.joined_more")
def joined_others(said: Said, case: Case) -> Complaints:
    """No more than there are."""
    if not 0 < number(said["count"]).middle <= case.exchange.judged_count:
        yield measured(f"{said['count']} of {case.exchange.judged_count} communities")
