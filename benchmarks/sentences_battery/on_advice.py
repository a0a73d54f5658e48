"""Oracles of the recommendations: whom they name, and that what they follow from is said and so."""

# ruff: noqa: ARG001 - every oracle takes the same arguments
from collections.abc import Iterator

import numpy as np
from scipy import stats

from sentences_battery.on_connector_notes import of_grade_in_words
from sentences_battery.on_departments import told_silos
from sentences_battery.oracle import Case, Complaints, all_named, equals, measured, oracle, planted
from sentences_battery.printed import Said, listed, names, number, recognised
from sentences_battery.rawlog import SMALL

#: How far the ratio of ties to those expected may differ between two ways of fitting them.
FITTED = 0.35
#: Effective spanners below which few people carry a connector's role.
FEW = 3.0


def _follows(case: Case, *kinds: str) -> Complaints:
    """A step follows from a finding, unless more were found than are printed."""
    findings = [said for said in case.said if said.kind.startswith("findings.")]
    if not case.tells(*kinds) and len(findings) < 10:
        yield measured(f"no finding is any of {', '.join(kinds)}")


def a_silo(name: str, case: Case) -> Complaints:
    if name not in told_silos(case):
        yield measured(f"no finding says that {name} is a silo")


@oracle("recommendations.silo_alone")
def silo_alone(said: Said, case: Case) -> Complaints:
    """A silo without any tie to others but desks."""
    yield from a_silo(said["silo"], case)
    if said["silo"] in case.raw.alone:
        doors = [name for name in case.raw.alone if name != said["silo"] and name not in case.facts.desks]
        if case.facts.ties.loc[said["silo"], doors].sum() > 0:
            yield measured(f"{said['silo']} has ties to build on")


def a_wall(said: Said, case: Case) -> Complaints:
    pair = said["a"], said["b"]
    if not set(pair) <= set(case.raw.rows_shown):
        yield measured(f"there is no pair {' and '.join(pair)}")
        return
    yield from _follows(case, "findings.walls")
    expected = case.facts.expected.loc[pair]
    if case.facts.ties.loc[pair] > (0.5 + FITTED) * expected:
        yield measured(f"{case.facts.ties.loc[pair]:.0f} ties, where {expected:.0f} would be usual, are no wall")


@oracle("recommendations.wall")
def wall(said: Said, case: Case) -> Complaints:
    """A wall."""
    yield from a_wall(said, case)


@oracle("recommendations.clear")
def clear(said: Said, case: Case) -> Complaints:
    """The finding names the same department; it was planted."""
    if said["connector"] not in [one["department"] for one in case.tells("findings.connector_clear")]:
        yield measured(f"{said['connector']} is not said to bind the others")
    if case.truth.known and said["connector"] != case.truth.connector:
        yield planted(f"{case.truth.connector or 'nobody'} was planted as the connector")


@oracle("recommendations.clear_declared")
def clear_declared(said: Said, case: Case) -> Complaints:
    """The finding says of the same connector that it may be a desk."""
    told = [one["department"] for one in case.tells("findings.connector_clear") if one["desk"]]
    if said["connector"] not in told:
        yield measured(f"no finding says that {said['connector']} binds the others unless it is a desk")


@oracle("recommendations.spanners")
def spanners(said: Said, case: Case) -> Complaints:
    """So few people hold its ties to others, in effect."""
    if said["connector"] not in case.raw.alone:
        yield measured(f"there is no department {said['connector']}")
        return
    held = float(case.facts.spanners()[said["connector"]])
    yield from equals(said, "count", held)
    if held >= FEW:
        yield measured(f"{held:.1f} are not few")


@oracle("recommendations.one_spanner")
def one_spanner(said: Said, case: Case) -> Complaints:
    """The finding names the department, and few hold its ties."""
    yield from _follows(case, "findings.one_person_bridge")
    yield from of_grade_in_words(said["ties"], case)
    if case.facts.spanners().get(said["department"], np.inf) >= 1.5:
        yield measured(f"many hold the ties of {said['department']}")


@oracle("recommendations.tied")
def tied(said: Said, case: Case) -> Complaints:
    """Several were found."""
    yield from _follows(case, "findings.connector_tied")
    if case.tells("findings.connector_clear"):
        yield measured("one department clearly binds the others")


@oracle("recommendations.tied_probable")
def tied_probable(said: Said, case: Case) -> Complaints:
    """The finding names the same department first."""
    if said["department"] not in [one["department"] for one in case.tells("findings.connector_tied")]:
        yield measured(f"{said['department']} is not said to come first")


def _settle(key: str) -> None:
    @oracle(f"recommendations.settle_{key}")
    def settle(said: Said, case: Case) -> Complaints:
        """The finding gives that reason."""
        told = [
            recognised("unsettled", one["why"]).kind.removesuffix("_lasting")
            for one in case.tells("findings.connector_unsaid")
        ]
        if f"unsettled.{key.removesuffix('_other').removesuffix('_survey')}" not in told:
            yield measured(f"no finding gives the reason {key}")


for _key in ("coverage", "weeks", "few_departments", "contacts", "few_ties", "few_ties_other", "few_ties_survey"):
    _settle(_key)


@oracle("recommendations.unproven", "recommendations.unproven_other")
def unproven(said: Said, case: Case) -> Complaints:
    """The finding says the same of the same department."""
    told = [one["department"] for one in case.tells("findings.connector_unproven")]
    if said["department"] not in told:
        yield measured(f"no finding says that {said['department']} comes first and may be a desk")


@oracle("recommendations.none")
def none(said: Said, case: Case) -> Complaints:
    """No department stands out, in a finding."""
    yield from _follows(case, "findings.connector_none")


@oracle("recommendations.mail_room")
def mail_room(said: Said, case: Case) -> Complaints:
    """The warning is said, and no connector was planted."""
    yield from _follows(case, "findings.mail_room_warning")
    if case.truth.connector in case.raw.alone:
        yield planted(f"{case.truth.connector} was planted as the connector: not only a desk could play that part")


def _apart(said: Said, case: Case) -> Complaints:
    every = sorted(set(case.exchange.judged["community"]))
    found = listed(said["communities"], every, r" \((.+?)\)(?=, | and |$)")
    yield from all_named(found, said, "communities")
    yield from _follows(case, "findings.silos_2", "findings.silos_2_some")
    for name, department in found or []:
        if case.exchange.community(name)[2] != department:
            yield measured(f"{name} is carried by {case.exchange.community(name)[2]}")


@oracle("recommendations.communities")
def communities(said: Said, case: Case) -> Complaints:
    """These are named as silos 2.0, with who carries them."""
    yield from _apart(said, case)


@oracle("recommendations.communities_with")
def communities_with(said: Said, case: Case) -> Complaints:
    """The same, and the department that binds the others, which carries none of them."""
    yield from _apart(said, case)
    if said["connector"] not in [one["department"] for one in case.tells("findings.connector_clear")]:
        yield measured(f"{said['connector']} is not said to bind the others")


@oracle("recommendations.community_unnamed")
def community_unnamed(said: Said, case: Case) -> Complaints:
    """The finding says so."""
    yield from _follows(case, "findings.silos_2_unnamed")


@oracle("recommendations.bridge")
def bridge(said: Said, case: Case) -> Complaints:
    """The department that binds the others carries none of the bridges, others do."""
    yield from _follows(case, "findings.bridge_communities_without")
    if said["connector"] not in [one["department"] for one in case.tells("findings.connector_clear")]:
        yield measured(f"{said['connector']} is not said to bind the others")
    found = names(said["departments"], case.raw.rows_shown)
    yield from all_named(found, said, "departments")
    carried = set(case.exchange.judged["community"].drop_duplicates().map(lambda one: case.exchange.community(one)[2]))
    if said["connector"] in (found or []) or not set(found or []) <= carried:
        yield measured(f"communities are carried by {', '.join(sorted(carried))}")


def _conversations(case: Case) -> Complaints:
    """No step is about answers where nobody knows what is a question."""
    if not case.raw.threads:
        yield measured("the log has no conversations")


@oracle("recommendations.broadcasting")
def broadcasting(said: Said, case: Case) -> Complaints:
    """What leaders answer, and what others answer."""
    below, others = case.exchange.below
    yield from equals(said, "below", below, 0.002)
    yield from equals(said, "others", others, 0.002)
    yield from _conversations(case)
    yield from _follows(case, "findings.leadership_broadcasting")


@oracle("recommendations.unresponsive")
def unresponsive(said: Said, case: Case) -> Complaints:
    """What leaders answer, and what others answer."""
    below, others = case.exchange.below
    yield from equals(said, "below", below, 0.002)
    yield from equals(said, "others", others, 0.002)
    yield from _conversations(case)
    yield from _follows(case, "findings.leadership_unresponsive")


@oracle("recommendations.broadcasting_turns")
def broadcasting_turns(said: Said, case: Case) -> Complaints:
    """The broadcasts of leaders and of others, in a log that knows no answers."""
    yield from equals(said, "broadcast", case.exchange.broadcast(leading=True))
    yield from equals(said, "broadcast_others", case.exchange.broadcast(leading=False))
    if case.raw.threads:
        yield measured("the log has conversations")
    yield from _follows(case, "findings.leadership_broadcasting")


@oracle("recommendations.silent")
def silent(said: Said, case: Case) -> Complaints:
    """So many of those who lead never write."""
    yield from equals(said, "share", case.exchange.silent(leading=True))
    yield from _follows(case, "findings.leaders_silent")


@oracle("recommendations.present")
def present(said: Said, case: Case) -> Complaints:
    """So many communities have no leader in them."""
    places = case.exchange.places
    led = places["person"].isin(case.exchange.leads).groupby([places["medium"], places["community"]]).sum()
    yield from equals(said, "share", float((led == 0).mean()))
    yield from _follows(case, "findings.communities_without_leader")


@oracle("recommendations.answers")
def answers(said: Said, case: Case) -> Complaints:
    """What is answered across, and within."""
    for name, scope in (("across", True), ("within", False)):
        yield from equals(said, name, case.exchange.rate(across=scope)[0], 0.002)
    yield from _conversations(case)
    yield from _follows(case, "findings.answers_less_across", "findings.answers_less_across_untimed")


@oracle("recommendations.slow")
def slow(said: Said, case: Case) -> Complaints:
    """Half of the answers take so long, twice as long across as within."""
    yield from _conversations(case)
    across, within = (case.exchange.rate(across=scope)[1] for scope in (True, False))
    yield from equals(said, "across", across, 0.02 * across)
    yield from equals(said, "within", within, 0.02 * within)
    if across < 2 * within:
        yield measured("answers across do not take twice as long")


@oracle("recommendations.unanswered")
def unanswered(said: Said, case: Case) -> Complaints:
    """These answer others less than the median department."""
    yield from _conversations(case)
    found = names(said["departments"], case.raw.alone)
    yield from all_named(found, said, "departments")
    yield from _follows(case, "findings.answers_few")
    rates = {name: case.exchange.rate_of(name) for name in case.raw.alone}
    for name in found or []:
        if rates[name] >= np.nanmedian(list(rates.values())):
            yield measured(f"{name} answers as much as the median department")


def _outward(said: Said, case: Case) -> Complaints:
    shares = case.exchange.outside_shares
    if "departments" in said.values:
        found = names(said["departments"], case.raw.rows_shown)
        yield from all_named(found, said, "departments")
        for name in found or []:
            if case.exchange.outside_counts[name] >= SMALL:
                yield measured(f"some in {name} deal with outsiders")
    if "count" in said.values:
        most = int((case.exchange.outside_counts[case.raw.alone] < SMALL).sum())
        if not 0 < number(said["count"]).middle <= most:
            yield measured(f"{most} departments hardly deal with outsiders, not {said['count']}")
    if "outward" in said.values:
        held = names(said["outward"], case.raw.alone)
        yield from all_named(held, said, "outward")
        for name in held or []:
            people = int(case.raw.sizes[name])
            chance = stats.binom.sf(round(shares[name] * people) - 1, people, case.exchange.outside_share)
            if chance > 0.05:
                yield measured(f"{name} deals with outsiders no more than chance would have it")
    if case.exchange.outward.empty:
        yield measured("nobody deals with anybody who is known to be outside")


for _kind in ("outside", "outside_many", "outside_many_with", "outside_with"):
    oracle(f"recommendations.{_kind}")(_outward)


@oracle("report.monday_hint")
def monday_hint(said: Said, case: Case) -> Complaints:
    """What stands out is a hint."""
    if not case.tells("answer.hint"):
        yield measured("it is not said that what stands out is a hint")


@oracle("recommendations.calm_judged")
def calm_judged(said: Said, case: Case) -> Complaints:
    """The same, where many departments could not be judged."""
    yield from calm(said, case)
    if not case.tells("answer.hint", "findings.no_silo_judged", "findings.cannot_judge"):
        yield measured("most departments could be judged")


@oracle("recommendations.calm")
def calm(said: Said, case: Case) -> Complaints:
    """No other step is given, and no finding is serious."""
    others = [one for one in case.said if one.kind.startswith("recommendations.") and one.kind != said.kind]
    if {one.kind for one in others} - {"recommendations.show"}:
        yield measured("other steps are given")
    if case.tells("findings.silo", "findings.walls", "findings.mail_room_warning"):
        yield measured("findings call for action")


def _shown(case: Case) -> Iterator[tuple[str, bool]]:
    yield "show", bool(case.tells("recommendations.show"))


@oracle("recommendations.show", owed=_shown)
def show(said: Said, case: Case) -> Complaints:
    """It names nothing, and is always said; of pages that name no department it would be empty."""
    if not case.raw.rows_shown:
        yield measured("no department is named")
