"""Rules: which findings and recommendations a result gives, by their ids, severities and measures, not by their words.

Each rule is shown a result that differs from a calm one in a single respect: what is planted is said, and the control
beside it says nothing.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from silos.analysis.external import External
from silos.analysis.findings.connector_words import connector_reason
from silos.analysis.findings.exchange_rules import NAMED_NEVER
from silos.analysis.findings.finding import ORDER, Recommendation, Voice
from silos.analysis.findings.limits import limits
from silos.analysis.findings.openings import MOST_SILOS, open_silos
from silos.analysis.findings.recommendations import MOST_NAMED, RECOMMENDATIONS, recommend
from silos.analysis.findings.rules import CAVEAT, MOST, RULES, SPELLED_OUT, find
from silos.analysis.inputs import UNSTATED
from silos.analysis.pairs import Pairs
from silos.analysis.reply_rates import WITHOUT_DESKS
from silos.analysis.results import Results
from silos.analysis.tool_communities import BRIDGE, SILO, TYPICAL, UNCERTAIN, VERDICTS, ToolCommunities
from silos.inference.estimate import Estimate
from silos.locales.phrases import phrases
from silos.report.sections.answer import answer
from silos.report.sections.external import external
from silos.report.wording import Wording
from tests.support import results
from tests.support.results import NAMES, calm, changed, close

#: Columns of the table of the outside.
EXTERNAL = (
    *("people", "people_outside", "outsiders", "outside_share", "outside_share_low", "outside_share_high"),
    "outsiders_per_head",
)


@pytest.fixture(scope="module", name="calm")
def calm_results() -> Results:
    return calm()


def pairs(**ratios: tuple[float, str]) -> Pairs:
    """The pairs that are named ("Sales_Legal"), with their contact over the expected and their verdict."""
    names = (tuple(name.replace("Mail_room", "Mail room").split("_")) for name in ratios)
    return results.pairs(dict(zip(names, ratios.values(), strict=True)))


def found(results: Results) -> dict[str, str]:
    """Of each finding, its id and its severity, in the order in which they are told."""
    return {finding.id: finding.severity for finding in find(results, RULES)}


def news(results: Results, calm: Results) -> dict[str, str]:
    """The findings that the calm results do not have."""
    before = found(calm)
    return {id: severity for id, severity in found(results).items() if id not in before}


def steps(results: Results) -> list[Recommendation]:
    return list(recommend(results, RECOMMENDATIONS))


def advice(results: Results, calm: Results) -> dict[str, tuple[str, ...]]:
    """Whom each recommendation is for, of those that the calm results do not give."""
    before = {step.id for step in steps(calm)}
    return {step.action: step.between for step in steps(results) if step.id not in before}


# ---- all of them


def test_a_calm_organisation_has_its_connector_and_no_silo(calm):
    assert found(calm) == {"connector_clear": "notable", "no_silo": "good"}
    assert [step.action for step in steps(calm)] == ["clear", "show"]


def test_measures_are_those_of_the_rule(calm):
    silo = changed(calm, "departments", {"Legal.verdict": "silo"})
    measures = {finding.id: finding.measures for finding in find(silo, RULES)}
    assert measures == {
        "silo:Legal": ("insularity", "insiders_odds"),
        "connector_clear": ("bind", "reach", "probability_first"),
    }


def test_the_most_serious_come_first_and_what_cannot_be_ruled_out_is_never_cut(calm):
    many = changed(calm, "departments", table=calm.departments.table.assign(verdict="silo"))
    many = changed(many, "inputs", rejected={"not in the roster": 500})
    many = changed(many, "connector", evidence="volume")
    many = replace(many, pairs=pairs(Sales_Legal=(0.2, "wall"), IT_Finance=(4.0, "bridge")))
    many = replace(many, organisation=changed(many, "organisation", estimates=told_of_everything(many)).organisation)
    many = replace(many, external=outside({"Legal": "never"}))
    severities = list(found(many).values())
    assert len(severities) == MOST
    assert severities == sorted(severities, key=ORDER.index)
    assert f"{CAVEAT}_volume" in found(many)


def told_of_everything(results: Results) -> dict[str, Estimate]:
    organisation = dict(results.organisation.estimates)
    organisation |= {"ei_index": Estimate(-0.3, -0.4, -0.2, 0.5, 0.02, -39.0, 0.0)}
    organisation |= {name: close(0.8, 0.1) for name in ("department_community_ami", "community_homogeneity")}
    return organisation | {name: close(0.6, 0.1) for name in ("two_way_share_within", "two_way_share_across")}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_language_changes_sentences_and_nothing_else(calm, language):
    silo = changed(calm, "departments", {"Legal.verdict": "silo"})
    assert [one.id for one in find(silo, RULES, language)] == list(found(silo))
    assert [one.id for one in recommend(silo, RECOMMENDATIONS, language)] == [one.id for one in steps(silo)]
    assert all("Legal" in one.sentence for one in find(silo, RULES, language) if one.id == "silo:Legal")


def test_every_recommendation_follows_from_a_finding_that_is_made(calm):
    """`because` names findings by their rules; a finding may still be cut where there are more than `MOST`."""
    several = changed(calm, "departments", {f"{name}.verdict": "silo" for name in NAMES[1:]})
    several = replace(several, pairs=pairs(Sales_Legal=(0.2, "wall")))
    made = set(found(several))
    assert len(steps(several)) > 1
    for step in steps(several):
        assert set(step.because) <= made | {""}, step.id


# ---- silos


def test_each_silo_is_told_and_those_beyond_a_few_are_counted(calm):
    names = [f"D{at}" for at in range(SPELLED_OUT + 2)]
    table = pd.concat([calm.departments.table.iloc[[1]].assign(verdict="silo")] * len(names)).set_axis(names)
    result = changed(calm, "departments", table=table)
    expected = dict.fromkeys([*(f"silo:{name}" for name in names[:SPELLED_OUT]), "silos_more"], "serious")
    assert news(result, calm) == expected
    assert "no_silo" not in found(result)


def test_how_many_silos_chance_would_make_is_said_beside_those_that_are_named(calm):
    assert not any("by chance" in limit for limit in limits(calm))
    one = changed(calm, "departments", {"Legal.verdict": "silo", "IT.verdict": "cannot say"})
    [said] = [limit for limit in limits(one) if "by chance" in limit]
    assert "1% to 9% of ordinary departments were called a silo" in said
    assert "0.0 to 0.4 of the 4 departments that could be judged here would be called one by chance" in said
    assert said.endswith("compared with the 1 named.")


def test_three_judged_of_five_are_no_good_news(calm):
    few = changed(calm, "departments", {f"{name}.verdict": "cannot say" for name in NAMES[:2]})
    assert news(few, calm) == {"no_silo_judged": "context"}


def test_a_survey_is_not_asked_to_be_longer(calm):
    asked = changed(calm, "inputs", kinds={"": "survey"})
    asked = changed(asked, "connector", verdict="cannot say", reason="few_ties", ties=4)
    said = [*(one.sentence for one in find(asked, RULES)), *(step.sentence for step in steps(asked))]
    assert not [one for one in said if "longer log" in one]
    assert [one for one in said if "More people asked" in one]
    assert [one for one in said if one.startswith("Ask more people")]


def test_no_more_silos_are_brought_in_than_can_be(calm):
    names = [f"D{at}" for at in range(MOST_SILOS + 2)]
    table = pd.concat([calm.departments.table.iloc[[1]].assign(verdict="silo")] * len(names)).set_axis(names)
    found = list(open_silos(changed(calm, "departments", table=table), Voice("en")))
    assert [one.between[0] for one in found] == names[:MOST_SILOS]
    assert [one.watch for one in found] == [f"departments.{name}.insularity" for name in names[:MOST_SILOS]]


# ---- pairs


def test_walls_and_bridges_are_told_once_each(calm):
    result = replace(calm, pairs=pairs(Sales_Legal=(0.2, "wall"), Sales_IT=(0.3, "wall"), IT_Legal=(4, "bridge")))
    assert news(result, calm) == {"walls": "notable", "bridges": "good"}


def test_a_service_desk_is_no_bridge_to_be_proud_of(calm):
    found = replace(calm, pairs=pairs(Sales_Legal=(5, "bridge"), IT_Legal=(4, "bridge")))
    desk = changed(found, "connector", {"Sales.desk": True})
    [sentence] = [finding.sentence for finding in find(desk, RULES) if finding.id == "bridges_aside"]
    assert "IT and Legal" in sentence
    assert "Sales" not in sentence
    both = changed(found, "connector", {"Legal.service": True})
    assert not {"bridges", "bridges_aside"} & {finding.id for finding in find(both, RULES)}


# ---- the connector


def tied(result: Results, *names: str) -> Results:
    """No department is separated from these; where it is one, the evidence is what lacks."""
    return changed(
        result, "connector", {f"{name}.tied": True for name in names}, verdict="tied", department=names[0],
        reason="not_separated" if len(names) > 1 else "evidence",
    )  # fmt: skip


def test_several_that_are_not_separated_are_not_one_that_may_be_a_service_desk(calm):
    several, unproven = tied(calm, "Sales", "IT"), tied(calm, "Sales")
    assert news(several, calm) == {"connector_tied": "notable"}
    assert news(unproven, calm) == {"connector_unproven": "notable"}
    assert advice(changed(several, "connector", {"Sales.probability_first": 0.6}), calm) == {"tied": ("Sales", "IT")}
    # Nine draws in ten are clear, eight are no sharing of a role.
    likely = changed(several, "connector", {"Sales.probability_first": 0.8})
    assert advice(likely, calm) == {"tied_probable": ("Sales", "IT")}
    assert advice(unproven, calm) == {"unproven": ("Sales",)}


@pytest.mark.parametrize(
    ("silos", "said"), [((), "IT. This"), (("IT",), "IT; IT is itself a silo. This"),
                        (("Sales", "IT", "Legal"), "IT; Sales and IT are silos themselves. This")],
)  # fmt: skip
def test_a_silo_among_those_that_may_bind_is_called_one_in_the_same_sentence(calm, silos, said):
    several = changed(tied(calm, "Sales", "IT"), "departments", {f"{name}.verdict": "silo" for name in silos})
    [sentence] = [one.sentence for one in find(several, RULES) if one.id == "connector_tied"]
    assert f"cannot be separated from {said} rests on" in sentence
    short = " ".join(
        one["text"] for one in answer(several, Wording("en"), recommend(several, RECOMMENDATIONS))["sentences"]
    )
    assert ("itself" in short or "themselves" in short) == bool(silos)


def test_no_connector_is_said_with_its_reason(calm):
    none = changed(calm, "connector", verdict="none", department=None, reason="chance")
    assert news(none, calm) == {"connector_none": "notable"}
    assert advice(none, calm) == {"none": ()}


@pytest.mark.parametrize("reason", ["coverage", "weeks", "few_departments", "few_ties", "contacts"])
def test_what_cannot_be_said_of_the_connector_is_said_with_what_would_settle_it(calm, reason):
    unsaid = changed(calm, "connector", verdict="cannot say", department=None, reason=reason, evidence="volume")
    assert news(unsaid, calm) == {"connector_unsaid": "notable"}
    assert advice(unsaid, calm) == {f"settle_{reason}": ()}
    [sentence] = [finding.sentence for finding in find(unsaid, RULES) if finding.id == "connector_unsaid"]
    assert connector_reason(unsaid) == sentence


def test_a_log_that_hardly_matches_the_roster_gives_no_sentence_about_the_organisation(calm):
    said = replace(calm, organisation=changed(calm, "organisation", estimates=told_of_everything(calm)).organisation)
    said = changed(said, "departments", {f"{name}.verdict": "cannot say" for name in NAMES})
    said = changed(said, "departments", {f"{name}.reason": "coverage" for name in NAMES})
    said = changed(said, "connector", verdict="cannot say", department=None, reason="coverage")
    said = changed(said, "inputs", rejected={"not in the roster": 992}, coverage=0.008)
    assert found(said) == {"cannot_judge": "notable", "connector_unsaid": "notable", "unmatched": "notable"}
    assert [step.action for step in steps(said)] == ["settle_coverage", "show"]


def test_a_mail_room_is_a_warning_and_comes_first(calm):
    warned = changed(
        calm, "connector", verdict="none", department=None, reason="service_only", mail_room_warning=True,
        busiest="Mail room",
    )  # fmt: skip
    assert next(iter(found(warned).items())) == ("mail_room_warning", "serious")
    assert steps(warned)[0].action == "mail_room"
    assert "none" not in advice(warned, calm)


@pytest.mark.parametrize("evidence", ["reciprocated", "volume"])
def test_lesser_evidence_says_what_it_cannot_rule_out(calm, evidence):
    assert news(changed(calm, "connector", evidence=evidence), calm) == {f"{CAVEAT}_{evidence}": "context"}


@pytest.mark.parametrize("evidence", ["reciprocated", "volume"])
def test_where_conversations_are_too_few_nobody_is_asked_for_them(calm, evidence):
    scarce = replace(changed(calm, "connector", evidence=evidence), inputs=replace(calm.inputs, scarce=True))
    assert news(scarce, calm) == {f"{CAVEAT}_{evidence}_scarce": "context"}
    for language in ("en", "fr"):
        assert "thread" not in phrases(language)["findings"][f"{CAVEAT}_{evidence}_scarce"]


def test_media_without_a_name_are_not_passed_over(calm):
    def observed(*layers):
        return limits(replace(calm, inputs=replace(calm.inputs, layers=layers)))[0]

    assert "through chat and a medium that the log does not state. " in observed("chat", UNSTATED)
    assert "through chat and email. " in observed("chat", "email")
    assert "This shows who was in contact. " in observed()


@pytest.mark.parametrize(
    ("memberships", "communities", "said"),
    [(0, 0, "does not show who is in which community"), (2, 0, "at least 3 people"), (40, 2, "counts as everybody's")],
)
def test_why_nothing_is_said_of_communities(calm, memberships, communities, said):
    inputs = replace(calm.inputs, memberships=memberships, communities=communities)
    assert sum(said in limit for limit in limits(replace(calm, inputs=inputs))) == 1


@pytest.mark.parametrize(("share", "said"), [(0.1, True), (0.35, False), (0.5, False)])
def test_the_busiest_is_a_service_desk_where_little_of_it_is_substantive(calm, share, said):
    rows = {"Mail room.eligible": False, "Mail room.substantive_share": share}
    desk = changed(calm, "connector", rows, busiest="Mail room")
    key = "service_desk" if calm.connector.department else "service_desk_alone"
    assert news(desk, calm) == ({f"{key}:Mail room": "context"} if said else {})


def test_a_desk_reaches_everyone_too_only_beside_a_connector(calm):
    rows = {"Mail room.eligible": False, "Mail room.substantive_share": 0.1}
    for department, too in (("Sales", True), (None, False)):
        desk = changed(calm, "connector", rows, busiest="Mail room", department=department)
        [sentence] = [one.sentence for one in find(desk, RULES) if one.id.startswith("service_desk")]
        assert ("everyone too" in sentence) == too


def test_what_depends_on_one_person_is_said_but_of_the_connector_otherwise(calm):
    few = changed(calm, "connector", {"IT.effective_spanners": 1.2, "IT.effective_spanners_high": 1.9})
    assert news(few, calm) == {"one_person_bridge": "notable"}
    assert advice(few, calm) == {"one_spanner": ("IT",)}
    own = changed(calm, "connector", {"Sales.effective_spanners": 1.2})
    assert advice(own, calm) == {"spanners": ("Sales",)}
    # Two ties of one person show one person, and nothing more.
    unsure = changed(calm, "connector", {"IT.effective_spanners": 1.0, "IT.effective_spanners_high": 2.0})
    assert news(unsure, calm) == {} == advice(unsure, calm)
    small = replace(few, asked=replace(few.asked, min_department=16))
    assert news(small, calm) == {}


@pytest.mark.parametrize(
    ("evidence", "word"), [("substantive", "substantive ties"), ("reciprocated", "ties both ways")]
)
def test_ties_are_called_by_the_grade_that_was_used(calm, evidence, word):
    high = {"IT.effective_spanners": 1.2, "IT.effective_spanners_high": 1.9}
    few = changed(calm, "connector", high, evidence=evidence)
    [sentence] = [finding.sentence for finding in find(few, RULES) if finding.id == "one_person_bridge"]
    assert f"IT (30 people with 90 {word} to others): nearly all {word} run through very few people" in sentence
    assert "left" not in sentence, "nobody is said to leave"
    assert ("substantive" in sentence) == (evidence == "substantive")


# ---- the organisation


@pytest.mark.parametrize(
    ("ami", "homogeneity", "id", "severity"),
    [
        (0.2, 0.9, "mixed", "context"),
        (0.4, 0.9, "partly", "context"),
        (0.8, 0.4, "bundled", "context"),
        (0.8, 0.6, "fragmented", "notable"),
    ],
)
def test_communities_are_departments_bundles_of_them_or_neither(calm, ami, homogeneity, id, severity):
    estimates = dict(calm.organisation.estimates)
    estimates |= {"department_community_ami": close(ami, 0.1), "community_homogeneity": close(homogeneity, 0.1)}
    assert news(changed(calm, "organisation", estimates=estimates), calm) == {id: severity}


@pytest.mark.parametrize(("z", "p", "id"), [(-3.0, 0.01, "inward"), (3.0, 0.01, "outward"), (-1.0, 0.3, "by_chance")])
def test_turned_inward_is_what_the_permutations_say(calm, z, p, id):
    estimates = dict(calm.organisation.estimates) | {"ei_index": Estimate(0.3, 0.2, 0.4, 0.5, 0.02, z, p)}
    result = changed(calm, "organisation", estimates=estimates)
    assert news(result, calm) == {id: "context"}
    # The interval is not that of the test, and is named as what it is: chance may lie in it, or beside it.
    [sentence] = [one.sentence for one in find(result, RULES) if one.id == id]
    assert sentence.endswith("Other people like these might have given another index (95% interval: 0.20 to 0.40).")
    assert "it would be about 0.50" in sentence


@pytest.mark.parametrize(("kind", "said"), [
    ("messages", "wrote to or met them"), ("acts", "turned to them"), ("contacts", "in contact with them"),
    ("survey", "named them in the survey"),
])  # fmt: skip
def test_outsiders_are_those_whom_rows_of_this_kind_name(calm, kind, said):
    table = pd.DataFrame({"verdict": "typical", **dict.fromkeys(EXTERNAL, 1.0)}, index=["Sales"])
    dealt = changed(replace(calm, external=External(table, close(0.2, 0.05), 9, "", ())), "inputs", kinds={"": kind})
    lead = external(dealt, Wording("en"))["lead"]
    assert lead.endswith(f"{said}.")
    assert ("wrote" in lead) == (kind == "messages")


def test_many_rows_from_before_the_roster_are_said(calm):
    def told(early):
        inputs = replace(calm.inputs, begins=datetime(2025, 2, 1), early=early)
        return [limit for limit in limits(replace(calm, inputs=inputs)) if "first date in the roster" in limit]

    assert told(99) == []
    [said] = told(497)
    assert said.startswith("50% of the rows are from before 1 February 2025")


def test_many_people_in_several_departments_are_said(calm):
    def told(several):
        inputs = replace(calm.inputs, people=300, several=several)
        return [limit for limit in limits(replace(calm, inputs=inputs)) if "several departments at a time" in limit]

    assert told(30) == []
    [said] = told(120)
    assert said.startswith("40% of the people")


def test_what_is_returned_is_said_unless_it_is_known_who_answers(calm):
    estimates = dict(calm.organisation.estimates)
    estimates |= {"two_way_share_within": close(0.7, 0.1), "two_way_share_across": close(0.4, 0.1)}
    result = changed(calm, "organisation", estimates=estimates)
    assert news(result, calm) == {"one_way": "context"}
    heard = changed(result, "dialogue", estimates={"reply_rate_across": close(0.4, 0.1)})
    assert news(heard, calm) == {}
    for kinds, told in (({"": "survey"}, {}), ({"": "acts", "mail": "messages"}, {"one_way": "context"})):
        # a survey has no times, which is said before that its rows are no messages
        named = changed(changed(result, "inputs", kinds=kinds), "dialogue", unknown="undated")
        assert news(named, calm) == told


@pytest.mark.parametrize(
    ("q", "told"),
    [
        (0.01, {"trend:ei_index::2025-03-01": "notable"}),
        (0.2, {}),  # no more than chance
    ],
)
def test_a_change_is_told_if_it_is_beyond_chance(calm, q, told):
    course = results.course().assign(change_q=[np.nan, np.nan, q], change_low=0.01, change_high=0.03)
    assert news(changed(calm, "trend", table=course, window="month"), calm) == told


def test_the_strongest_changes_are_told_whenever_they_were(calm):
    course = results.course(6).assign(change_q=0.01, change_low=0.01, change_high=0.03, strength=[0, 9, 3, 5, 4, 2])
    found = news(changed(calm, "trend", table=course, window="month"), calm)
    assert list(found) == ["trend:ei_index::2025-02-01", "trend:ei_index::2025-04-01"]


@pytest.mark.parametrize(("traffic", "said"), [(0.5, "fell by 50%"), (1.3, "rose by 30%"), (0.9, None)])
def test_traffic_is_said_where_it_was_not_the_same(calm, traffic, said):
    course = results.course().assign(change_q=[np.nan, np.nan, 0.01], change_low=0.01, change_high=0.03)
    told = changed(calm, "trend", table=course.assign(traffic=traffic), window="month")
    [sentence] = [one.sentence for one in results.MadeUp(told).findings if one.id.startswith("trend:")]
    assert said in sentence if said else "traffic" not in sentence


@pytest.mark.parametrize(
    ("z", "p", "lift", "told"),
    [
        (3.0, 0.003, Estimate(2.5, 2.1, 3.0), "online_extends"),
        (3.0, 0.003, Estimate(1.1, 0.78, 1.5), None),
        (-3.0, 0.003, Estimate(0.5, 0.4, 0.8), "online_apart"),
        (-3.0, 0.003, Estimate(0.9, 0.7, 1.2), None),
        (3.0, 0.06, Estimate(2.5, 2.1, 3.0), None),
    ],
)
def test_online_ties_are_held_against_meetings(calm, z, p, lift, told):
    layers = {"online_who_meet": Estimate(0.5, None, None, 0.2, 0.1, z, p), "lift": lift}
    assert news(changed(calm, "leadership", layers=layers), calm) == ({told: "context"} if told else {})


@pytest.mark.parametrize(("strangers", "said"), [(100, True), (99, False)])
def test_many_strangers_are_said(calm, strangers, said):
    result = changed(calm, "inputs", rejected={"not in the roster": strangers, "bot": 300})
    assert news(result, calm) == ({"unmatched": "notable"} if said else {})


# ---- answers


@pytest.mark.parametrize(
    ("spread", "id", "severity"),
    [(0.1, "answers_less_across", "notable"), (0.3, "answers_across", "context")],
)
def test_answers_across_are_fewer_where_the_whole_gap_is_above_nothing(calm, spread, id, severity):
    rates = {"reply_rate_gap": close(0.2, spread), "reply_rate_across": close(0.4, 0.1)}
    result = changed(calm, "dialogue", estimates=rates | {"reply_rate_within": close(0.6, 0.1)})
    assert news(result, calm) == {f"{id}_untimed": severity}
    assert ("answers" in advice(result, calm)) == (severity == "notable")
    hours = {name: close(2, 1) for name in ("answer_hours_across", "answer_hours_within")}
    timed = changed(result, "dialogue", estimates=result.dialogue.estimates | hours)
    assert news(timed, calm) == {id: severity}
    # What decides is printed: the interval of one share may hold the other.
    [sentence] = [one.sentence for one in find(timed, RULES) if one.id == id]
    assert ("60% (difference: 10 to 30 percentage points)" if severity == "notable" else "40% (30% to 50%)") in sentence


@pytest.mark.parametrize(("without", "said"), [(0.3, True), (0.401, False)])
def test_answers_without_desks_are_said_where_they_differ_in_print(calm, without, said):
    rates = {
        "reply_rate_gap": close(0.2, 0.3),
        "reply_rate_across": close(0.4, 0.1),
        WITHOUT_DESKS: close(without, 0.1),
    }
    result = changed(calm, "dialogue", estimates=rates | {"reply_rate_within": close(0.6, 0.1)}, desks=("IT", "HR"))
    [sentence] = [one.sentence for one in find(result, RULES) if one.id == "answers_across_untimed"]
    told = "it is 60%. Without service desks (IT and HR), 30% (20% to 40%) are answered across departments."
    assert sentence.endswith(told if said else "it is 60%.")


@pytest.mark.parametrize(
    ("across", "within", "said"),
    [
        (close(18, 3), close(2, 1), True),
        (close(18, 3), close(10, 2), False),  # not twice as long
        (close(18, 16), close(2, 1), False),  # the intervals overlap
    ],
)
def test_slow_answers_are_twice_as_slow_beyond_doubt(calm, across, within, said):
    result = changed(calm, "dialogue", estimates={"answer_hours_across": across, "answer_hours_within": within})
    assert advice(result, calm) == ({"slow": ()} if said else {})


def test_departments_that_answer_others_less_are_named(calm):
    table = pd.DataFrame({"reply_rate_across": [0.2, 0.9], "verdict": ["less", "more"]}, index=["IT", "Sales"])
    result = changed(calm, "dialogue", departments=table)
    assert news(result, calm) == {"answers_few": "notable"}
    assert advice(result, calm) == {"unanswered": ("IT",)}


# ---- leadership


RATES = {
    "reply_rate_below": close(0.22, 0.05), "reply_rate_others": close(0.6, 0.05), "reply_rate_gap": close(-0.38, 0.07),
    "broadcast_share": close(0.5, 0.05), "broadcast_share_others": close(0.1, 0.05),
}  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "told", "advised"),
    [
        ("broadcasting", {"leadership_broadcasting": "serious"}, {"broadcasting": ()}),
        ("unresponsive", {"leadership_unresponsive": "notable"}, {"unresponsive": ()}),
        ("listening", {"leadership_listening": "good"}, {}),
        ("typical", {}, {}),
        ("uncertain", {}, {}),
    ],
)
def test_leaders_who_broadcast_are_asked_to_listen(calm, verdict, told, advised):
    result = changed(calm, "leadership", estimates=RATES, verdict=verdict)
    assert news(result, calm) == told
    for one in find(result, RULES):
        assert one.id not in told or "60% (difference: 31 to 45 percentage points)" in one.sentence
    assert advice(result, calm) == advised


@pytest.mark.parametrize(("share", "said"), [(0.4, True), (0.15, False)])
def test_leaders_are_silent_where_the_interval_is_above_the_others(calm, share, said):
    result = changed(
        calm, "leadership", estimates={"silent_share": close(share, 0.1), "silent_share_others": close(0.1, 0.05)}
    )
    assert news(result, calm) == ({"leaders_silent": "notable"} if said else {})
    assert advice(result, calm) == ({"silent": ()} if said else {})


@pytest.mark.parametrize(("z", "p", "said"), [(3.0, 0.003, True), (-3.0, 0.003, False), (3.0, 0.06, False)])
def test_communities_without_leaders_are_more_than_by_chance(calm, z, p, said):
    missing = Estimate(0.5, None, None, 0.2, 0.1, z, p)
    estimates = {"communities_without_leader": missing, "communities_by_juniors": close(0.1, 0.1)}
    result = changed(calm, "leadership", estimates=estimates)
    assert news(result, calm) == ({"communities_without_leader": "notable"} if said else {})
    assert advice(result, calm) == ({"present": ()} if said else {})


# ---- the outside


def outside(verdicts: dict[str, str], q: float = 0.01) -> External:
    table = pd.DataFrame({"verdict": verdicts, "q": q, "outside_share": 0.3})
    asked = tuple(name for name, verdict in verdicts.items() if verdict == "never" and q < 0.05)
    return External(table=table, share=close(0.2, 0.05), outsiders=9, unknown="", asked=asked)


@pytest.mark.parametrize(
    ("verdicts", "q", "told", "advised"),
    [
        ({"Legal": "never", "Sales": "inward"}, 0.2, {"outside_never": "context"}, {}),
        ({"Legal": "never", "Sales": "inward"}, 0.01, {"outside_never": "context"}, {"outside": ("Legal",)}),
        ({"Legal": "never", "Sales": "outward"}, 0.01, {"outside_held_never": "context"}, {"outside_with": ("Legal",)}),
        ({"IT": "typical", "Sales": "outward"}, 0.01, {"outside_held": "context"}, {}),
        ({"IT": "typical"}, 0.01, {}, {}),
    ],
)
def test_who_never_deals_with_the_outside(calm, verdicts, q, told, advised):
    result = replace(calm, external=outside(verdicts, q))
    assert news(result, calm) == told
    assert advice(result, calm) == advised


def test_as_many_that_never_deal_with_the_outside_are_named_as_in_the_section(calm):
    names = [f"D{at}" for at in range(NAMED_NEVER)]
    table = dict.fromkeys(names, "never") | {"Sales": "typical"}
    [finding] = [one for one in find(replace(calm, external=outside(table)), RULES) if one.id == "outside_never"]
    assert all(name in finding.sentence for name in names)


def test_many_that_never_deal_with_the_outside_are_counted(calm):
    names = [f"D{at}" for at in range(MOST_NAMED + 1)]
    assert advice(replace(calm, external=outside(dict.fromkeys(names, "never"))), calm) == {
        "outside_many": tuple(names[:MOST_NAMED])
    }


# ---- communities of the tools


def communities(verdicts: dict[str, str], bridges: dict[str, int], *, sponsor: str = "Legal", hidden: int = 0) -> Any:
    """Communities by name and verdict, all carried by one department, and how many bridges each department carries."""
    table = pd.DataFrame(
        {"community": list(verdicts), "sponsor": sponsor, "shared": 0, "members": 9, "verdict": list(verdicts.values())}
    )
    counts = {verdict: list(verdicts.values()).count(verdict) for verdict in VERDICTS}
    counts[SILO] += hidden
    apart = Estimate(0.5, None, None, 0.2, 0.1, 3.0, 0.003)
    return ToolCommunities(
        table=table, shares=pd.DataFrame(), organisation={"disjoint_pairs": apart},
        sponsors=pd.DataFrame({"bridges": bridges}, dtype=int), verdicts=counts, active=9, everybody=0, hidden=hidden,
        people=30, strangers=0, readers=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found_there", "told", "advised"),
    [
        (communities({"chess": TYPICAL}, {}), {"no_silo_2": "good"}, {}),
        (communities({"chess": UNCERTAIN, "go": TYPICAL}, {}), {"no_silo_2_judged": "context"}, {}),
        (
            communities({"labs": SILO, "chess": TYPICAL}, {}),
            {"silos_2": "notable"},
            {"communities_with": ("labs",)},
        ),
        (communities({"labs": SILO}, {}, sponsor="Sales"), {"silos_2": "notable"}, {"communities": ("labs",)}),
        (
            communities({"labs": SILO}, {}, sponsor="Sales", hidden=1),
            {"silos_2_some": "notable"},
            {"communities": ("labs",)},
        ),
        (communities({}, {}, hidden=2), {"silos_2_unnamed": "notable"}, {"community_unnamed": ()}),
        (
            communities({"chess": BRIDGE}, {"IT": 1, "Legal": 0}),
            {"no_silo_2": "good", "bridge_communities_without": "good"},
            {"bridge": ("Sales",)},
        ),
        (
            communities({"chess": BRIDGE}, {"IT": 1, "Sales": 1}),
            {"no_silo_2": "good", "bridge_communities_with": "good"},
            {},
        ),
        (communities({}, {}), {}, {}),
    ],
    ids=[
        "none",
        "half unknown",
        "a silo",
        "of the connector",
        "one of two",
        "without a name",
        "bridges of others",
        "bridges of the connector",
        "few",
    ],
)
def test_communities_that_one_department_fills_are_opened(calm, found_there, told, advised):
    result = replace(calm, communities=found_there)
    assert news(result, calm) == told
    assert advice(result, calm) == advised


def test_those_who_carry_bridges_are_all_told_or_counted(calm):
    def said(bridges: dict[str, int]) -> str:
        made = results.MadeUp(replace(calm, communities=communities(dict.fromkeys("abcdefg", BRIDGE), bridges)))
        [sentence] = [one.sentence for one in made.findings if one.id.startswith("bridge_communities")]
        return sentence

    assert "carried by IT (2), Legal (2) and HR (1); Sales" in said({"IT": 2, "Legal": 2, "HR": 1})
    assert "carried by IT (2), Legal (2), HR (1) and one other (1); Sales" in said(
        {"IT": 2, "Legal": 2, "HR": 1, "R": 1}
    )
    five = {"IT": 2, "Legal": 2, "HR": 1, "R": 1, "Sales": 1}
    assert "carried by IT (2), Legal (2), HR (1) and 2 others (2); Sales, which binds" in said(five)
