"""What each recommendation rests on: the findings it follows from, the measure to watch, and whom it is for.

That a rule speaks, and that it is silent beside a control, is tested with the finding it follows from.
"""

import math
from dataclasses import replace

import pandas as pd
import pytest

from silos.analysis.dialogue import Dialogue
from silos.analysis.external import External
from silos.analysis.findings.finding import Recommendation, Voice
from silos.analysis.findings.openings import roughly
from silos.analysis.findings.recommendations import MOST, RECOMMENDATIONS, recommend
from silos.analysis.findings.rules import RULES, find
from silos.analysis.results import Results
from silos.analysis.watched import watched
from silos.inference.estimate import Estimate
from silos.locales.numerals import Numerals
from tests.support import results
from tests.support.helping import helped
from tests.support.results import NAMES, calm, changed, close


def silo() -> Results:
    found = changed(calm(), "departments", {"Legal.verdict": "silo"})
    return replace(found, what_would_help=helped(NAMES, "Legal", desk="Mail room"))


def unplanned() -> Results:
    return changed(calm(), "departments", {"Legal.verdict": "silo"})


def wall() -> Results:
    contact = {("Finance", "IT"): (0.1, "wall")}
    found = helped(NAMES, "Legal", ("Finance", "IT"), desk="Mail room")
    return replace(calm(), pairs=results.pairs(contact), what_would_help=replace(found, openings={}))


def bare_wall() -> Results:
    return replace(calm(), pairs=results.pairs({("Finance", "IT"): (0.1, "wall")}))


def one_spanner() -> Results:
    return changed(calm(), "connector", {"IT.effective_spanners": 1.2, "IT.effective_spanners_high": 1.8})


def answers() -> Results:
    rates = {"reply_rate_gap": close(0.2, 0.1), "reply_rate_across": close(0.4, 0.1)}
    table = pd.DataFrame({"reply_rate_across": [0.2], "verdict": ["less"]}, index=["IT"])
    return replace(calm(), dialogue=Dialogue(rates | {"reply_rate_within": close(0.6, 0.1)}, table))


def leaders() -> Results:
    rates = {
        "reply_rate_below": close(0.22, 0.05), "reply_rate_others": close(0.6, 0.05),
        "reply_rate_gap": close(-0.38, 0.07),
        "broadcast_share": close(0.5, 0.05), "broadcast_share_others": close(0.1, 0.05),
        "silent_share": close(0.4, 0.1), "silent_share_others": close(0.1, 0.05),
        "communities_without_leader": Estimate(0.5, None, None, 0.2, 0.1, 3.0, 0.003),
        "communities_by_juniors": close(0.1, 0.1),
    }  # fmt: skip
    return changed(calm(), "leadership", estimates=rates, verdict="broadcasting")


def unanswering() -> Results:
    return changed(leaders(), "leadership", verdict="unresponsive")


def few_carry() -> Results:
    return changed(calm(), "connector", {"Sales.effective_spanners": 2.0})


def declared() -> Results:
    return changed(calm(), "connector", evidence="reciprocated")


def several() -> Results:
    tied = {"Sales.tied": True, "IT.tied": True, "Sales.probability_first": 0.6}
    return changed(calm(), "connector", tied, verdict="tied", reason="not_separated")


def probable() -> Results:
    return changed(several(), "connector", {"Sales.probability_first": 0.85})


def unproven() -> Results:
    return changed(calm(), "connector", {"Sales.tied": True}, verdict="tied", reason="evidence", evidence="volume")


def warned() -> Results:
    return changed(calm(), "connector", verdict="none", department=None, reason="service_only", mail_room_warning=True)


def outside() -> Results:
    table = pd.DataFrame({"verdict": {"Legal": "never", "Sales": "outward"}, "q": 0.01, "outside_share": 0.3})
    return replace(calm(), external=External(table, close(0.2, 0.05), 9, "", ("Legal",)))


#: Results in which one thing is planted -> what is recommended: for whom, because of which findings, watching what.
PLANTED = [
    (unplanned, "silo_alone", ("Legal",), ("silo:Legal",), "departments.Legal.insularity"),
    (bare_wall, "wall", ("Finance", "IT"), ("walls",), "pairs.Finance|IT.relative"),
    (one_spanner, "one_spanner", ("IT",), ("one_person_bridge",), "connector.IT.effective_spanners"),
    (answers, "answers", (), ("answers_less_across_untimed",), "dialogue.reply_rate_across"),
    (answers, "unanswered", ("IT",), ("answers_few",), "dialogue.reply_rate_across"),
    (leaders, "broadcasting", (), ("leadership_broadcasting",), "leadership.reply_rate_below"),
    (unanswering, "unresponsive", (), ("leadership_unresponsive",), "leadership.reply_rate_below"),
    (leaders, "silent", (), ("leaders_silent",), "leadership.silent_share"),
    (leaders, "present", (), ("communities_without_leader",), "leadership.communities_without_leader"),
    (calm, "clear", ("Sales",), ("connector_clear",), "connector.Sales.bind"),
    (declared, "clear_declared", ("Sales",), ("connector_clear",), "connector.Sales.bind"),
    (few_carry, "spanners", ("Sales",), ("connector_clear",), "connector.Sales.effective_spanners"),
    (several, "tied", ("Sales", "IT"), ("connector_tied",), "connector.Sales.probability_first"),
    (probable, "tied_probable", ("Sales", "IT"), ("connector_tied",), "connector.Sales.probability_first"),
    (unproven, "unproven", ("Sales",), ("connector_unproven",), "connector.Sales.probability_first"),
    (warned, "mail_room", (), ("mail_room_warning",), None),
]


def steps(found: Results) -> dict[str, Recommendation]:
    return {step.action: step for step in recommend(found, RECOMMENDATIONS)}


@pytest.mark.parametrize(
    ("planted", "action", "between", "because", "watch"), PLANTED, ids=[action for _, action, *_ in PLANTED]
)
def test_a_step_names_whom_it_is_for_why_and_what_will_show_it(planted, action, between, because, watch):
    step = steps(planted())[action]
    assert (step.between, step.because, step.watch) == (between, because, watch)
    assert step.id == ":".join((action, *between))
    # Nothing is said of an effect that nobody has estimated.
    assert step.to_dict()["effect"] == {"value": None, "low": None, "high": None}


@pytest.mark.parametrize("action", sorted({action for _, action, *_ in PLANTED} - {"clear"}))
def test_a_calm_organisation_gets_none_of_these(action):
    assert action not in steps(calm())


@pytest.mark.parametrize(
    "planted",
    [silo, unplanned, wall, bare_wall, one_spanner, answers, leaders, few_carry, several, unproven, warned, outside],
)
def test_a_step_follows_from_a_finding_that_is_told(planted):
    told = {finding.id for finding in find(planted(), RULES)}
    assert {because for step in steps(planted()).values() for because in step.because} <= told


def test_the_outside_is_opened_by_whoever_deals_with_it():
    step = steps(outside())["outside_with"]
    assert (step.between, step.because, step.watch) == (("Legal",), ("outside_held_never",), "external.share")


@pytest.mark.parametrize(
    "guard",
    [
        lambda found: changed(found, "connector", evidence="volume"),
        lambda found: changed(found, "departments", {"IT.people": 2 * found.asked.min_department - 1}),
    ],
    ids=["shallow ties", "few people"],
)
def test_who_depends_on_few_people_gets_no_step_where_it_gets_no_finding(guard):
    found = guard(one_spanner())
    assert "one_person_bridge" not in {finding.id for finding in find(found, RULES)}
    assert "one_spanner" not in steps(found)


def test_a_department_first_but_for_the_evidence_is_unproven_whoever_comes_near_it():
    near = changed(unproven(), "connector", {"Sales.tied": True, "IT.tied": True}, reason="evidence")
    assert "connector_unproven" in {finding.id for finding in find(near, RULES)}
    assert "unproven" in steps(near)


def test_the_last_step_is_to_show_the_page_and_there_is_always_another():
    nobody = changed(calm(), "connector", verdict="none", department=None, reason="chance", evidence="substantive")
    assert list(steps(changed(calm(), "connector", verdict="cannot say", reason="groups"))) == ["calm", "show"]
    for found in (calm(), nobody, silo()):
        actions = list(steps(found))
        assert actions[-1] == "show"
        assert len(actions) > 1


def test_it_is_not_said_that_nothing_calls_for_action_where_most_could_not_be_judged():
    unsaid = changed(calm(), "connector", verdict="cannot say", reason="groups")
    few = changed(unsaid, "departments", {f"{name}.verdict": "cannot say" for name in NAMES[:2]})
    assert list(steps(few)) == ["calm_judged", "show"]


# ---- steps whose effect can be forecast


def test_a_warning_is_not_followed_by_advice_to_departments_that_share_the_role():
    tied = changed(warned(), "connector", {"Sales.tied": True}, verdict="tied", department="Sales")
    assert "mail_room" in steps(tied)
    assert not steps(tied).keys() & {"tied", "tied_probable", "none"}


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.043, "about 4%"), (0.09, "about a tenth"), (0.5, "about half"), (0.93, "nearly all"), (0.98, "about 98%")],
)
def test_a_share_without_a_word_near_it_is_told_in_percent(share, said):
    assert roughly(Voice("en"), share) == said


def test_a_silo_is_opened_through_its_widest_door_with_the_effect_that_is_forecast():
    found = silo()
    step = steps(found)["silo_open"]
    plan = found.what_would_help.openings["Legal"]
    assert step.between == ("Legal", *plan.ties)
    assert step.between[1] == "Finance", "it has more ties with the mail room, which is a desk"
    assert (step.because, step.watch) == (("silo:Legal",), "departments.Legal.insularity")
    assert step.effect == plan.effect
    assert step.effect.low < step.effect.value < step.effect.high < 0
    assert step.to_dict()["ties"] == plan.total
    assert "about half of what passes between Legal and" in step.sentence
    assert "10 of its 20 contacts" in step.sentence
    assert "Mail room" not in step.sentence
    others = [name for name in found.departments.candidates if name != "Legal"]
    before, after, usual = (
        Numerals("en").times(math.exp(value))
        for value in (
            found.departments.table.loc["Legal", "insiders_odds"],
            plan.forecast.odds("Legal").value,
            found.departments.table.loc[others, "insiders_odds"].median(),
        )
    )
    for words in (f"its {before} times down to {after},", f"where the median is {usual}"):
        assert words in step.brief, "the yardstick stands in the same breath, in the words of the first sentence"
    assert "insularity" not in step.brief + step.sentence
    assert len(step.brief) < len(step.sentence) / 1.5, "the first screen has three sentences, not a paragraph"


def test_a_wall_is_opened_through_whoever_has_most_ties_with_both():
    found = wall()
    step = steps(found)["wall_via"]
    assert (step.between, step.because, step.watch) == (("Finance", "IT"), ("walls",), "pairs.Finance|IT.relative")
    assert "Sales has at least 40 contacts with each" in step.sentence
    assert "Mail room" not in step.sentence
    # Half of the 60 ties expected are 24 more than there are, to the next five.
    assert step.ties == 25
    assert step.effect.value == pytest.approx(25 / 60)


def test_departments_are_brought_together_only_where_that_beats_chance_and_the_busiest():
    found = silo()
    clear = replace(
        found.what_would_help.joining, verdict="clear", gain=Estimate(0.08, 0.06, 0.1), at_random=Estimate(0.03)
    )
    estimates = found.organisation.estimates | {"effective_resistance": Estimate(13.0)}
    found = replace(found, organisation=replace(found.organisation, estimates=estimates))
    told = steps(replace(found, what_would_help=replace(found.what_would_help, beside=clear)))["join"]
    assert told.watch == "organisation.effective_resistance"
    assert told.effect == clear.effect
    for verdict in ("no better", "cannot say"):
        other = replace(found.what_would_help, beside=replace(clear, verdict=verdict))
        assert "join" not in steps(replace(found, what_would_help=other))


def test_a_step_gains_clearly_more_than_pairs_at_random_in_the_numbers_that_it_prints():
    found = silo()
    clear = replace(found.what_would_help.joining, verdict="clear")

    def told(gain: Estimate, random: float) -> str:
        beside = replace(clear, gain=gain, at_random=Estimate(random))
        advised = steps(replace(found, what_would_help=replace(found.what_would_help, beside=beside)))
        return advised["join"].sentence if "join" in advised else ""

    assert "4% (3% to 11%)" in told(Estimate(0.043, 0.026, 0.11), 0.012)
    assert "3.3% (2.6% to 11%)" in told(Estimate(0.033, 0.026, 0.11), 0.012), (
        "an estimate is not the end of its interval"
    )
    near = told(Estimate(0.033, 0.019, 0.11), 0.018)
    assert "3.3% (1.9% to 11%)" in near, "2% would stand for 1.8% and for 1.9%"
    assert "lower it by 1.8%" in near
    assert not told(Estimate(0.033, 0.018, 0.11), 0.018)
    assert not told(Estimate(0.033, None, None), 0.018)


def test_the_connector_is_kept_with_whoever_would_come_next():
    found = silo()
    row = found.what_would_help.losses.of("Sales")
    assert steps(found)["clear_next"].between == ("Sales", row["next_best"])


def test_a_plan_has_at_most_five_steps_the_most_binding_per_contact_first():
    found = replace(silo(), dialogue=answers().dialogue, leadership=leaders().leadership, pairs=wall().pairs)
    found = replace(found, what_would_help=helped(NAMES, "Legal", ("Finance", "IT"), desk="Mail room"))
    plan = recommend(found, RECOMMENDATIONS)
    assert len(plan) == MOST
    worth = [step.worth for step in plan if step.worth >= 0]
    assert len(worth) >= 2
    assert worth == sorted(worth, reverse=True)
    assert [step.worth >= 0 for step in plan] == sorted((step.worth >= 0 for step in plan), reverse=True)
    assert len(recommend(found, RECOMMENDATIONS, "fr")) == MOST


@pytest.mark.parametrize("planted", [silo, wall, calm, several, one_spanner])
def test_what_a_step_watches_stands_in_the_summary(planted):
    found = results.MadeUp(planted())
    summary = found.summary()
    paths = [step.watch for step in found.recommendations if step.watch]
    assert paths or planted is calm
    for path in paths:
        assert watched(summary, path) is not None, path


def test_no_step_asks_to_watch_a_number_that_is_hidden():
    hidden = {"IT.effective_spanners": None, "IT.effective_spanners_high": 1.8}
    found = changed(calm(), "connector", hidden, held_by=one_spanner().connector.candidates)
    assert steps(one_spanner())["one_spanner"].watch == "connector.IT.effective_spanners"
    assert steps(found)["one_spanner"].watch is None


def test_no_step_is_about_answers_where_the_log_has_no_conversations():
    """Any message back counts there, and those who are in contact more often get one sooner: within departments."""
    about_answers = {"answers", "slow", "unanswered", "broadcasting", "unresponsive"}
    for planted in (answers, leaders, unanswering):
        bare = changed(planted(), "inputs", waived=("conversations",))
        assert about_answers & set(steps(planted()))
        assert not about_answers & set(steps(bare))
        for finding in find(bare, RULES):
            assert "open a conversation" not in finding.sentence
    told = {finding.id for finding in find(changed(answers(), "inputs", waived=("conversations",)), RULES)}
    assert {"answers_less_across_turns_untimed", "answers_few_turns"} <= told
    announced = steps(changed(leaders(), "inputs", waived=("conversations",)))["broadcasting_turns"]
    assert announced.watch == "leadership.broadcast_share"


def test_no_step_is_about_one_person():
    """Steps name departments and communities alone."""
    for planted in (silo, wall, one_spanner, several, leaders):
        for step in recommend(planted(), RECOMMENDATIONS):
            assert set(step.between) <= set(NAMES)
