"""Sentences name what the log holds, how many it is about and which rule removed the others, and nothing else."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from silos.analysis.dialogue import Dialogue
from silos.analysis.findings.rules import CLEARER
from silos.analysis.leadership import Leadership
from silos.analysis.over_time.responsiveness import Curve, Responsiveness
from silos.analysis.over_time.turnover import Turnover
from silos.analysis.published.tables import proportion, valued
from silos.inference.estimate import Estimate
from silos.privacy.gate import Gate
from silos.report.html import sections
from silos.report.sections.grounds import how
from silos.report.sections.leadership import leadership
from silos.report.wording import Wording
from tests.support.results import MadeUp, calm, changed


def told(results, key, language="en"):
    """The sentence of the only finding of this kind."""
    [sentence] = [one.sentence for one in MadeUp(results).findings_in(language) if one.id == key]
    return sentence


@pytest.mark.parametrize(
    ("kinds", "waived", "words"),
    [
        ({"email": "messages", "meeting": "meetings"}, (), "went back and forth and small meetings, started by both"),
        ({"email": "messages"}, (), "conversations that went back and forth, started by both sides."),
        ({"meeting": "meetings"}, (), "rests on small meetings."),
        # Without threads no message is in a conversation: the meetings alone make ties.
        ({"email": "messages", "meeting": "meetings"}, ("conversations",), "rests on small meetings."),
    ],
)
def test_the_evidence_is_said_to_be_what_the_log_holds(kinds, waived, words):
    results = changed(calm(), "inputs", kinds=kinds, waived=waived)
    assert words in told(results, "connector_clear")
    stated = sections(MadeUp(results), Wording("en"))["connector"]["evidence"]
    assert ("meetings" in stated, "conversations" in stated) == ("meetings" in words, "forth" in words)


@pytest.mark.parametrize(("evidence", "waived", "said"), [
    ("turn-taking", (), True), ("substantive", (), True), ("turn-taking", ("weeks",), False), ("volume", (), False),
])  # fmt: skip
def test_too_few_ties_are_said_to_be_those_of_three_weeks_where_they_are(evidence, waived, said):
    results = changed(calm(), "connector", verdict="cannot say", reason="few_ties", ties=0, evidence=evidence)
    results = changed(results, "inputs", waived=waived)
    for language, words in (("en", "at least 3 different weeks"), ("fr", "au moins 3 semaines différentes"),
                            ("de", "mindestens 3 verschiedenen Wochen")):  # fmt: skip
        assert (words in told(results, "connector_unsaid", language)) == said


def test_every_department_is_said_of_every_department():
    apart = calm().departments.table.assign(insiders_odds_low=np.log(12.0))
    sealed = changed(calm(), "departments", table=apart)
    assert told(sealed, "sealed").startswith("Every department keeps to itself")
    some = changed(sealed, "organisation", departments=15)
    assert told(some, "sealed_large").startswith("Of 15 departments, 5 are large enough to be shown alone")
    page = sections(MadeUp(some), Wording("en"))
    for text in (page["silos"]["lead"], page["answer"]["sentences"][0]["text"]):
        assert text.startswith("Of 15 departments, 5 are large enough to be shown alone, and each of these keeps")


@pytest.mark.parametrize(("source", "words"), [("manager", "named as somebody's manager"), ("level", "highest levels")])
def test_who_leads_is_explained_as_it_was_found(source, words):
    answered = {"reply_rate": Estimate(0.7, 0.6, 0.8)}
    results = replace(calm(), dialogue=changed(calm(), "dialogue", estimates=answered).dialogue)
    assert not any("Leaders are" in text for _, text in how(results, Wording("en")))
    led = replace(results, leadership=Leadership(leaders=12, source=source, unknown=""))
    [text] = [text for _, text in how(led, Wording("en")) if "Leaders are" in text]
    assert words in text
    assert isinstance(led.dialogue, Dialogue)


def grouped(best, ami):
    estimates = {
        **calm().organisation.estimates, "modularity_best": Estimate(best, null_mean=0.2),
        "department_community_ami": Estimate(ami), "community_homogeneity": Estimate(ami),
    }  # fmt: skip
    results = changed(calm(), "organisation", estimates=estimates)
    about = {"modularity_best", "department_community_ami"}
    return [one.id for one in MadeUp(results).findings if about.intersection(one.measures)]


def test_groups_are_people_s_only_where_they_are_clearer_than_chance():
    assert grouped(0.19, 0.02) == ["no_groups"]
    assert grouped(0.2 * CLEARER - 0.01, 0.02) == ["unclear_groups"]
    assert grouped(0.2 * CLEARER + 0.01, 0.02) == ["mixed"]
    # Groups that agree with the departments are there, however hard they are to see.
    assert grouped(0.2 * CLEARER - 0.01, 0.4) == ["partly"]


def joined(weeks, width):
    table = pd.DataFrame({"weeks": [4, 8], "joiners": 12, "width": [width, 1.2], "width_low": 0.7, "width_high": 1.4})
    return replace(calm(), turnover=Turnover(joiners=12, joiners_unknown="", table=table, as_wide=Estimate(weeks)))


def test_what_joiners_have_from_the_first_takes_them_no_weeks():
    sentence = told(joined(4.0, 1.1), "joiners_first")
    assert sentence.startswith("In their first four weeks already, people who join typically deal with 110% of")
    assert "It takes 8 weeks" in told(joined(8.0, 0.8), "joiners")


def test_a_class_that_nobody_may_be_in_is_told_as_one():
    held = {"silent_share": proportion(Estimate(0.0, 0.0, 0.1), 24, Gate()), "broadcast_share": Estimate(0.3)}
    results = replace(calm(), leadership=Leadership(held, leaders=20, source="level", unknown=""))
    words = Wording("en", published=True)
    rows = {row["name"]: row for row in leadership(results, words)["rows"]}
    row = rows[words.measure("silent_share")]
    # 0 to 4 of 20 to 24 people: the middle of that, 2 of 22, is no share that anybody has.
    assert (row["value"], row["interval"]) == ("fewer than 5 people", "0% to 38%")
    assert rows[words.measure("broadcast_share")]["value"] == "30%"
    assert leadership(results, Wording("en"))["rows"][0]["value"] == "9%"
    several = proportion(Estimate(7 / 24, 0.1, 0.5), 24, Gate())
    assert several.low == pytest.approx(0.096, abs=0.01)


def test_a_published_z_and_p_are_on_the_same_side_of_the_level():
    found = Estimate(-0.16, -0.4, 0.1, null_mean=0.067, null_sd=0.12, z=-1.9, p=0.057)
    assert valued(found, -0.26, Gate()).z is None
    assert valued(found, -0.15, Gate()).z == -1.8
    assert valued(replace(found, z=-2.4, p=0.016), -0.26, Gate()).z == -2.7
    # Which side it is of is told by the value, whether or not z is.
    estimates = {**calm().organisation.estimates, "ei_index": replace(found, z=None, p=0.05 - 1e-9)}
    assert told(changed(calm(), "organisation", estimates=estimates), "inward")


def test_silos_are_counted_among_the_departments_that_could_be_judged():
    results = changed(calm(), "departments", {"Legal.verdict": "silo"})
    assert sections(MadeUp(results), Wording("en"))["silos"]["lead"].startswith(
        "One of 5 departments is a silo: Legal."
    )
    open_ = changed(results, "departments", {f"{name}.verdict": "uncertain" for name in ("IT", "Sales", "Finance")})
    lead = sections(MadeUp(open_), Wording("en"))["silos"]["lead"]
    assert lead.startswith("Of 5 departments, 2 could be judged, and one of these is a silo: Legal.")
    # That most of them could not be judged is said first, also where all keep to themselves.
    sealed = open_.departments.table.assign(insiders_odds_low=np.log(12.0))
    hint = sections(MadeUp(changed(open_, "departments", table=sealed)), Wording("en"))["answer"]["hint"]
    assert hint.startswith("For 3 of 5 departments there is too little data")


def test_no_rate_is_told_beside_one_that_there_is_not():
    gap = {"reply_rate_gap": Estimate(0.1, 0.02, 0.2), "reply_rate_across": Estimate(0.4, 0.3, 0.5)}
    several = changed(calm(), "dialogue", estimates={**gap, "reply_rate_within": Estimate(0.5, 0.4, 0.6)})
    assert told(several, "answers_less_across_untimed")
    few = changed(calm(), "dialogue", estimates={**gap, "reply_rate_within": Estimate(None)})
    assert not [one.id for one in MadeUp(few).findings if one.id.startswith("answers")]


def test_movers_are_followed_no_longer_than_the_log_is():
    empty = dict.fromkeys(("old", "new", "old_low", "old_high", "new_low", "new_high"), np.nan)
    table = pd.DataFrame({"month": [-3, 0, 3], "months": 3, "movers": [20.0, 20.0, np.nan], **empty})
    unknown = Estimate(None)
    curve = Curve(movers=20, others=40, fewest=20, table=table, half_life=unknown, time_to_half=unknown,
                  old_loss=unknown, new_gain=Estimate(None, 0.1, 0.3))  # fmt: skip
    results = replace(calm(), responsiveness=Responsiveness({"department": curve}, ""))
    assert "in the 3 months after" in told(results, "follows_bare:department")
