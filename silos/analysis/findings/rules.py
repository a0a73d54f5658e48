"""The rules behind the findings: from results to sentences that a manager should read.

A rule looks at the results and gives an identity, a severity and the values of its sentence; the sentences themselves
are translations. No rule reads a point estimate alone where a verdict or an interval exists.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from silos.analysis.connector.evidence import CANNOT_SAY, covered
from silos.analysis.connector.scores import SUBSTANTIVE
from silos.analysis.connector.verdict import Connector
from silos.analysis.departments import JUDGED
from silos.analysis.detected_communities import LARGELY, PARTLY
from silos.analysis.findings.change_rules import changes, events, questions, responsiveness, turnover
from silos.analysis.findings.connector_words import (
    also_a_desk,
    also_silos,
    as_far_as_seen,
    grounds,
    resting_on_few,
    unsaid,
)
from silos.analysis.findings.exchange_rules import LEVEL, dialogue, layers, leadership, outside
from silos.analysis.findings.finding import ORDER, Finding, FindingRule, Findings, Severity, Voice
from silos.analysis.pairs import without
from silos.analysis.results import Results
from silos.analysis.tool_communities import BRIDGE, SILO, UNCERTAIN, ToolCommunities
from silos.inference.estimate import Estimate
from silos.ties.losses import WORTH_SAYING, worth_saying
from silos.ties.results import STRANGER

#: Silos, walls and bridges that get a sentence each; the others are counted.
SPELLED_OUT = 3
#: Findings at most.
MOST = 10
#: Upper end of the interval of the effective number of people who hold a department's ties across, below which the
#: department depends on very few.
FEW_SPANNERS = 2.0
#: Times the smallest department that may be shown, from which it is said that one depends on very few people.
SEVERAL = 2
#: The finding that says so.
HELD_BY_FEW = "one_person_bridge"
#: Share of what joins the departments through communities, at least, whose loss with one of them gets a sentence.
LOST = 0.1
#: Share of rows that name strangers from which the reader must know.
STRANGERS = 0.1
#: Modularity of the best groups over that of rewired contacts, up to which groups that are not the departments are no
#: clearer than chance: the best of several runs is above single ones on a few graphs. Where any two people are in
#: contact equally likely it is up to 1.15.
CLEARER = 1.25
#: Findings that are always said, whatever else there is.
CAVEAT = "cannot_rule_out"


def find(results: Results, rules: tuple[FindingRule, ...], language: str = "en") -> Findings:
    """The findings in a language, most serious first, at most `MOST`; what cannot be ruled out is always said."""
    heard = [rule for rule in rules if covered(results.inputs.coverage) or rule in UNCOVERED]
    told = [finding for rule in heard for finding in rule(results, Voice(language, results.inputs.published))]
    told.sort(key=lambda finding: ORDER.index(finding.severity))
    kept, cut = told[:MOST], told[MOST:]
    caveats = [finding for finding in cut if finding.id.startswith(CAVEAT)]
    return Findings([*kept[: MOST - len(caveats)], *caveats])


def _losses(results: Results, voice: Voice) -> Iterator[Finding]:
    """Rows that are lost for one reason, and managers who are nobody: what follows rests on the others."""
    inputs, numerals = results.inputs, voice.numerals
    for reason, rows in worth_saying(inputs.rejected, inputs.rows_read).items():
        yield voice.finding(
            "lost",
            "serious",
            ("rows_rejected",),
            reason,
            share=numerals.percent(rows / inputs.rows_read),
            rows=numerals.count(rows),
            reason=voice.say("lost", reason),
        )
    managers = inputs.managers
    lacking = managers.stated - managers.found
    if lacking > WORTH_SAYING * managers.stated:
        yield voice.finding(
            "managers_lost",
            "notable",
            ("managers",),
            lacking=numerals.count(lacking),
            stated=numerals.count(managers.stated),
        )


def _accounts(results: Results, voice: Voice) -> Iterator[Finding]:
    """Senders in the place of a person that behave like a program."""
    found = results.inputs.accounts
    if found.get("count"):
        yield voice.finding(
            "accounts_left_out" if found["left_out"] else "accounts",
            "notable",
            ("accounts",),
            count=voice.numerals.count(found["count"]),
            share=voice.numerals.percent(found["share"]),
        )


def _silos(results: Results, voice: Voice) -> Iterator[Finding]:
    table = results.departments.table
    silos = table.loc[list(results.departments.silos)]
    numerals = voice.numerals
    for department, row in silos.head(SPELLED_OUT).iterrows():
        yield voice.finding(
            "silo",
            "serious",
            ("insularity", "insiders_odds"),
            str(department),
            department=str(department),
            times=numerals.times(float(np.exp(row["insiders_odds"]))),
            interval=numerals.between(
                float(np.exp(row["insiders_odds_low"])), float(np.exp(row["insiders_odds_high"])), "times"
            ),
        )
    if len(silos) > SPELLED_OUT:
        rest = silos.index[SPELLED_OUT:]
        yield voice.finding(
            "silos_more",
            "serious",
            ("insularity",),
            count=numerals.count(len(rest)),
            departments=numerals.listing(rest),
        )
    if silos.empty:
        yield from _no_silo(results, voice)


def _no_silo(results: Results, voice: Voice) -> Iterator[Finding]:
    """Without a silo: all are sealed, or none is apart, or it cannot be judged; silence where too few could be."""
    found, numerals = results.departments, voice.numerals
    if found.sealed is not None:
        whole = results.organisation
        yield voice.finding(
            f"sealed{whole.large}", "serious", ("insiders_odds", "modularity"), times=numerals.times(found.sealed),
            count=numerals.count(whole.shown), all=numerals.count(whole.departments),
        )  # fmt: skip
    elif found.unsaid:
        yield voice.finding("cannot_judge", "notable", ("insularity",), reason=voice.why(found.unsaid))
    elif found.mostly_judged:
        yield voice.finding("no_silo", "good", ("insularity",))
    else:
        count, total = numerals.count(found.judged), numerals.count(len(found.candidates))
        yield voice.finding("no_silo_judged", "context", ("insularity",), count=count, all=total)


def connector_key(connector: Connector) -> str:
    """The finding that the connector verdict makes: one verdict, one sentence."""
    if connector.verdict == CANNOT_SAY:
        return "connector_unsaid"
    return "connector_unproven" if connector.unproven else f"connector_{connector.verdict}"


def _connector(results: Results, voice: Voice) -> Iterator[Finding]:
    connector, numerals = results.connector, voice.numerals
    candidates = connector.candidates
    measures = ("bind", "reach", "probability_first")
    if connector.verdict == CANNOT_SAY:
        yield voice.finding(connector_key(connector), "notable", measures, **unsaid(results, voice))
        return
    if connector.mail_room_warning:
        yield voice.finding("mail_room_warning", "serious", measures, busiest=str(connector.busiest))
    first = candidates.iloc[0] if connector.verdict in ("clear", "tied") else {}
    yield voice.finding(
        connector_key(connector),
        "notable",
        measures,
        department=str(connector.department),
        chance=numerals.chance(first.get("probability_first")),
        bind=numerals.percent(first.get("bind")),
        reach=numerals.percent(first.get("reach")),
        others=numerals.listing(connector.tied),
        also=also_silos(results, voice),
        desk=also_a_desk(results, voice),
        evidence=grounds(results, voice),
        few=resting_on_few(connector, voice),
    )
    if connector.evidence != "substantive":
        key = as_far_as_seen(voice, "findings", f"{CAVEAT}_{connector.evidence}", results.inputs)
        yield voice.finding(key, "context", ("substantive_share",), evidence=grounds(results, voice))
    share = candidates["substantive_share"]
    busiest = connector.busiest
    if (
        busiest in candidates.index
        and not candidates.loc[busiest, "eligible"]
        and np.isfinite(share[busiest])
        and share[busiest] < SUBSTANTIVE * share.median()
    ):
        # Beside a connector, or one that may be it, it is another one that does.
        yield voice.finding(
            "service_desk" if connector.department else "service_desk_alone",
            "context",
            ("substantive_share",),
            str(busiest),
            department=str(busiest),
            share=numerals.percent(float(share[busiest])),
            median=numerals.percent(float(share.median())),
        )


def _walls(results: Results, voice: Voice) -> Iterator[Finding]:
    numerals, table = voice.numerals, results.pairs.table
    severities: dict[str, Severity] = {"wall": "notable", "bridge": "good"}
    for verdict, severity in severities.items():
        found = results.pairs.walls if verdict == "wall" else results.pairs.bridges
        # A desk has its ties by trade: no bridge to be proud of.
        named = found if verdict == "wall" else without(found, results.connector.aside)
        told = [
            voice.say("pairs", verdict, a=row["a"], b=row["b"], share=numerals.percent(row["relative"]),
                      times=numerals.times(row["relative"]))
            for row in named.head(SPELLED_OUT).to_dict("records")
        ]  # fmt: skip
        if told:
            key = f"{verdict}s" if len(named) == len(found) else "bridges_aside"
            yield voice.finding(
                key,
                severity,
                ("gravity_ratio",),
                count=numerals.count(len(found)),
                all=numerals.count(len(table)),
                pairs=numerals.listing(told),
            )


def _organisation(results: Results, voice: Voice) -> Iterator[Finding]:
    if results.organisation.thin:
        return
    numerals, organisation = voice.numerals, results.organisation.estimates
    ei = organisation["ei_index"]
    if ei.value is not None and ei.null_mean is not None:
        # The permutation test decides: the interval is of persons, not of labels.
        told = ei.p is not None and ei.p < LEVEL
        key = "by_chance" if not told else "inward" if ei.beyond < 0 else "outward"
        yield voice.finding(
            key,
            "context",
            ("ei_index",),
            value=voice.roughly(numerals.decimal(ei.value)),
            interval=numerals.between(ei.low, ei.high),
            null=numerals.decimal(ei.null_mean),
        )
    ami, homogeneity = organisation["department_community_ami"], organisation["community_homogeneity"]
    best = organisation.get("modularity_best", Estimate(None))
    by_chance = best.null_mean or 0.0
    agreed = ami.value is not None and ami.value >= PARTLY
    # Groups can be found in any contacts: what they agree with says nothing where they are no clearer than that.
    if best.value is not None and best.value <= by_chance * (1.0 if agreed else CLEARER):
        key = "no_groups" if best.value <= by_chance else "unclear_groups"
        yield voice.finding(
            key, "context", ("modularity_best",), value=numerals.decimal(best.value), null=numerals.decimal(by_chance)
        )
    elif ami.value is not None and homogeneity.value is not None:
        # Groups that hold several whole departments agree with them too, but are no departments.
        apart = "mixed" if ami.value < PARTLY else "partly"
        key = apart if ami.value < LARGELY else "bundled" if homogeneity.value < LARGELY else "fragmented"
        yield voice.finding(
            key,
            "notable" if key == "fragmented" else "context",
            ("department_community_ami", "community_homogeneity", "community_completeness", "modularity"),
            value=numerals.decimal(ami.value),
        )
    within, across = organisation["two_way_share_within"], organisation["two_way_share_across"]
    # where it is known who answers, that says it better
    answered = "reply_rate_across" in results.dialogue.estimates
    # What is no message is not answered: a review that comes back is another review.
    kinds = set(results.inputs.kinds.values())
    spoken = not kinds or "messages" in kinds
    if within.value is not None and across.value is not None and spoken and not answered:
        yield voice.finding(
            "one_way",
            "context",
            ("two_way_share",),
            within=numerals.percent(within.value),
            across=numerals.percent(across.value),
        )


def held_by_few(results: Results) -> pd.DataFrame:
    """Candidates whose ties to others are, beyond chance, those of very few people, the best first."""
    candidates, people = results.connector.candidates, results.departments.table["people"]
    # Passing contacts say nothing of what a department depends on, and in a small one colleagues could name the person.
    if results.connector.evidence == "volume":
        return candidates.head(0)
    large = people.reindex(candidates.index) >= SEVERAL * results.asked.min_department
    high = results.connector.spanners["effective_spanners_high"]
    return candidates[(high < FEW_SPANNERS) & large]


def named_as_held_by_few(results: Results) -> tuple[str, ...]:
    """Those of `held_by_few` that the finding names, if it is told."""
    return tuple(map(str, held_by_few(results).index[:SPELLED_OUT]))


def _bridges_of_one(results: Results, voice: Voice) -> Iterator[Finding]:
    named, people = named_as_held_by_few(results), results.departments.table["people"]
    if named:
        kind = voice.say("ties", results.connector.evidence)
        told = [
            voice.say(
                "pairs",
                "spanners",
                department=department,
                people=voice.about(people[department]),
                ties=voice.about(results.connector.candidates.loc[department, "ties"]),
                kind=kind,
            )
            for department in named
        ]
        departments = voice.numerals.listing(told)
        yield voice.finding(HELD_BY_FEW, "notable", ("effective_spanners",), departments=departments, ties=kind)


def silos_2_key(found: ToolCommunities) -> str:
    """The finding on silos 2.0: all of them are named, some of them, or none, as none may be."""
    named = min(int((found.table["verdict"] == SILO).sum()), SPELLED_OUT)
    return "silos_2_unnamed" if not named else "silos_2" if named == found.verdicts[SILO] else "silos_2_some"


def _communities(results: Results, voice: Voice) -> Iterator[Finding]:
    found, numerals = results.communities, voice.numerals
    if found is None:
        return
    judged = sum(found.verdicts.values())
    silos, bridges = found.verdicts[SILO], found.verdicts[BRIDGE]
    pairs = found.organisation["disjoint_pairs"]
    chance = {"share": numerals.percent(pairs.value), "null": numerals.percent(pairs.null_mean)}
    if silos:
        told = [
            voice.say("pairs", "silo_2", community=str(row["community"]), department=str(row["sponsor"]),
                      shared=voice.about(row["shared"]), members=voice.about(row["members"]))
            for row in found.table[found.table["verdict"] == SILO].head(SPELLED_OUT).to_dict("records")
        ]  # fmt: skip
        yield voice.finding(
            silos_2_key(found), "notable", ("community_mix", "shared_members"), count=numerals.count(silos),
            all=numerals.count(judged), communities=voice.say("numbers", "semicolon").join(told), **chance,
        )  # fmt: skip
    elif judged:
        known = judged - found.verdicts[UNCERTAIN]
        most, count = known >= JUDGED * judged, numerals.count(known)
        key = "no_silo_2" if most else "no_silo_2_judged"
        yield voice.finding(
            key, "good" if most else "context", ("disjoint_pairs",), all=numerals.count(judged), count=count, **chance
        )
    if bridges:
        carried = found.sponsors[found.sponsors["bridges"] > 0]["bridges"]
        told = [
            voice.say("pairs", "sponsor", department=str(department), count=numerals.count(count))
            for department, count in carried.head(SPELLED_OUT).items()
        ]
        if len(carried) > SPELLED_OUT:
            rest = carried.iloc[SPELLED_OUT:]
            counts = {"count": len(rest), "bridges": int(rest.sum())}
            told.append(voice.say("pairs", "sponsors_more", **{key: numerals.count(n) for key, n in counts.items()}))
        connector = results.connector.department if results.connector.verdict == "clear" else None
        does = "" if connector is None else "_with" if connector in carried.index else "_without"
        yield voice.finding(
            f"bridge_communities{does}", "good", ("community_mix", "shared_members"), count=numerals.count(bridges),
            all=numerals.count(judged), departments=numerals.listing(told), connector=str(connector),
        )  # fmt: skip


def _community_lost(results: Results, voice: Voice) -> Iterator[Finding]:
    """The community through which most of what communities join runs alone, where that is much."""
    helped, numerals = results.what_would_help, voice.numerals
    lost = None if helped is None else helped.losses.communities
    if lost is None or lost.empty or not lost["loss_low"].iloc[0] >= LOST:
        return
    name, row = str(lost.index[0]), lost.iloc[0]
    following = (
        voice.say("community_loss", "following", community=row["next_best"])
        if isinstance(row["next_best"], str)
        else ""
    )
    cut = voice.say("community_loss", "cut", departments=numerals.listing(row["cut_off"])) if row["cut_off"] else ""
    yield voice.finding(
        "community_lost", "context", ("loss",), name,
        name=name, loss=numerals.percent(row["loss"]),
        interval=numerals.between(row["loss_low"], row["loss_high"], "percent"), following=following, cut=cut,
    )  # fmt: skip


def _strangers(results: Results, voice: Voice) -> Iterator[Finding]:
    inputs = results.inputs
    share = inputs.rejected.get(STRANGER, 0) / max(inputs.rows_read, 1)
    if share >= STRANGERS:
        yield voice.finding("unmatched", "notable", ("people_unmatched",), share=voice.numerals.percent(share))


#: Of findings that are as serious, those of earlier rules come first, and those of the last are cut first.
RULES: tuple[FindingRule, ...] = (
    _losses,
    _silos,
    _connector,
    _communities,
    leadership,
    _walls,
    _bridges_of_one,
    events,
    responsiveness,
    turnover,
    questions,
    changes,
    _community_lost,
    _strangers,
    _accounts,
    dialogue,
    _organisation,
    outside,
    layers,
)
#: What is said where the roster knows too few of those in the log for any verdict.
UNCOVERED: tuple[FindingRule, ...] = (_losses, _silos, _connector, _strangers, _accounts)
