"""Sentences that were printed and were false: each case is rebuilt here from a description of where that was.

Every case says what is right; that it is also said where it should be is tested beside it.
"""

import re

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import silos
from silos.analysis import departments
from silos.analysis.connector.dependence import find_with_and_without
from silos.analysis.connector.evidence import Candidacy
from silos.analysis.connector.spanners import spanners
from silos.analysis.findings.connector_words import connector_reason
from silos.analysis.findings.recommendations import RECOMMENDATIONS, recommend
from silos.analysis.findings.rules import RULES, find
from silos.inference.bootstrap import resample
from silos.locales.phrases import phrases
from silos.network import DEPARTMENT
from silos.privacy.suppression import merge_small
from silos.report.html import sections
from silos.report.wording import Wording
from silos.simulate import organisation
from tests.support.networks import company
from tests.support.results import NAMES, MadeUp, calm, changed

#: Words that only hold of messages.
OF_MAIL = re.compile(r"\b(sent|answered|answers?|wrote|write|mails|thread|corridor)\b")


def people(sizes):
    """One row per person of departments of these sizes."""
    return pd.DataFrame(
        [(f"d{place}p{at}", f"d{place}") for place, size in enumerate(sizes) for at in range(size)],
        columns=["person", "department"],
    )


def pairs_of(sizes, inside, across, *, seed=0):
    """Pairs of people who are in contact, each with the chance of its two departments."""
    rng = np.random.default_rng(seed)
    roster = people(sizes)
    i, j = np.triu_indices(len(roster), 1)
    same = (roster["department"].to_numpy()[i] == roster["department"].to_numpy()[j]).astype(bool)
    known = rng.random(len(i)) < np.where(same, inside, across)
    ids = roster["person"].to_numpy()
    return ids[i[known]], ids[j[known]], roster


def contacts(sizes, inside, across, *, medium="face to face", kind="contact", seed=0):
    """A log of contacts without a sender over four weeks, and its roster."""
    one, other, roster = pairs_of(sizes, inside, across, seed=seed)
    times = pd.Timestamp("2025-03-03T09:00") + pd.to_timedelta(np.arange(len(one)) % 28, unit="D")
    log = pd.DataFrame({"timestamp": times, "sender": one, "recipient": other, "medium": medium, "kind": kind})
    return log, roster


def acts(sizes, inside, across, *, medium="review", seed=0):
    """A log of acts, both ways, and its roster."""
    log, roster = contacts(sizes, inside, across, medium=medium, kind=None, seed=seed)
    back = log.rename(columns={"sender": "recipient", "recipient": "sender"}).iloc[::2]
    back = back.assign(timestamp=back["timestamp"] + pd.Timedelta(hours=3))
    return pd.concat([log, back], ignore_index=True), roster


def found(analysis):
    return {finding.id: finding for finding in analysis.findings}


def sentences(analysis, language="en"):
    return [
        *(finding.sentence for finding in analysis.findings_in(language)),
        *(step.sentence for step in analysis.recommendations_in(language)),
        *analysis.limits_in(language),
    ]


# ---- "Good: no department is clearly more inward"


@pytest.mark.parametrize("sizes", [(20, 20), (20, 20, 20), (30, 30, 3, 3, 3)])
def test_too_few_departments_are_no_good_news(sizes):
    analysis = silos.analyze(*contacts(sizes, 0.4, 0.1), bootstrap=50)
    assert "no_silo" not in found(analysis)
    assert found(analysis)["cannot_judge"].severity == "notable"
    assert phrases("en")["unsaid"]["few_departments"] in found(analysis)["cannot_judge"].sentence
    assert not [finding for finding in analysis.findings if finding.severity == "good"]


def test_a_log_that_hardly_matches_is_judged_in_nothing():
    log, roster = contacts((20,) * 6, 0.5, 0.1)
    # the same log, and many times as much between people whom HR does not list
    strangers = pd.concat([log.assign(sender="x" + log["sender"], recipient="y" + log["recipient"])] * 12)
    whole = silos.analyze(log, roster, bootstrap=50)
    analysis = silos.analyze(pd.concat([log, strangers], ignore_index=True), roster, bootstrap=50)
    assert "no_silo" in found(whole)
    assert set(found(analysis)) == {"cannot_judge", "connector_unsaid", "unmatched"}
    assert set(analysis.departments["verdict"]) == {"cannot say"}
    assert set(analysis.departments["reason"]) == {"coverage"}
    assert (analysis.connector.verdict, analysis.connector.reason) == ("cannot say", "coverage")
    assert set(analysis.pairs["reason"]) == {"coverage"}
    assert analysis.summary()["inputs"]["coverage"] == pytest.approx(1 / 13)


def test_classes_that_are_all_sealed_are_said_to_keep_to_themselves_first():
    analysis = silos.analyze(*contacts((18,) * 9, 0.7, 0.02), bootstrap=100)
    first = analysis.findings[0]
    assert (first.id, first.severity) == ("sealed", "serious")
    assert first.sentence.startswith("Every department keeps to itself")
    assert "no_silo" not in found(analysis)
    page = sections(analysis, Wording("en"))
    assert page["silos"]["lead"].startswith("Every department keeps to itself")
    assert page["answer"]["sentences"][0]["text"].startswith("Every department keeps to itself")
    assert "sealed" not in found(silos.analyze(*contacts((18,) * 9, 0.4, 0.1), bootstrap=50))


# ---- "Contacts ... as chance would have it"


@pytest.mark.parametrize(("inside", "across", "key"), [(0.08, 0.2, "outward"), (0.4, 0.1, "inward")])
def test_more_outward_than_chance_is_not_as_chance(inside, across, key):
    analysis = silos.analyze(*contacts((15,) * 6, inside, across), bootstrap=50)
    assert {"inward", "outward", "by_chance"} & set(found(analysis)) == {key}


def test_as_chance_is_said_where_departments_play_no_part():
    analysis = silos.analyze(*contacts((15,) * 6, 0.15, 0.15, seed=1), bootstrap=50)
    assert {"inward", "outward", "by_chance"} & set(found(analysis)) == {"by_chance"}


# ---- "Hanging by one person"


@pytest.mark.parametrize("ties", [1, 2, 5])
def test_few_ties_of_one_person_are_not_a_department_that_hangs_by_one(ties):
    rng = np.random.default_rng(ties)
    inner = np.full((6, 6), 12)
    inner[0, :] = inner[:, 0] = 0
    network = company(inner, np.full(6, 12))
    matrix = network.adjacency.tolil()
    one, others = np.flatnonzero(network.membership == 0)[0], np.flatnonzero(network.membership != 0)
    chosen = rng.choice(others, 40, replace=False)
    for count, few in ((ties, False), (40, True)):
        changed_ties = matrix.copy()
        changed_ties[one, chosen[:count]] = changed_ties[chosen[:count], one] = 1
        held = spanners(silos.Network(network.people, changed_ties.tocsr(), directed=False))
        assert held.effective[0] == pytest.approx(1)
        assert (held.high[0] < 2) == few


# ---- "R&D is a silo"


@pytest.mark.parametrize("seed", [4, 12, 28, 38, 44])
def test_a_department_with_86_percent_of_its_ties_outside_is_no_silo_among_four(seed):
    # densities of four departments differ by chance; the first has 86 % of its ties outside
    rng = np.random.default_rng(seed)
    sizes = rng.integers(12, 45, 4)
    sizes[0] = rng.integers(10, 16)
    base = rng.uniform(0.05, 0.15)
    chance = base * np.exp(rng.normal(0, 0.3, (4, 4)))
    chance = (chance + chance.T) / 2
    for a in range(4):
        chance[a, a] = base * np.exp(rng.normal(0.2, 0.4))
    across = (chance[0, 1:] * sizes[1:]).sum() * sizes[0]
    chance[0, 0] = across * 0.14 / 0.86 / (sizes[0] * (sizes[0] - 1) / 2)
    row = _judged(sizes, chance, seed)
    assert row["external_share"] > 0.8
    assert row["verdict"] != "silo"
    # the same department, cut off from the others, is one
    chance[0, 1:] *= 0.1
    chance[1:, 0] *= 0.1
    chance[0, 0] = 0.8
    assert _judged(sizes, chance, seed)["verdict"] == "silo"


def _judged(sizes, chance, seed):
    rng = np.random.default_rng(seed)
    place = np.repeat(np.arange(len(sizes)), sizes)
    i, j = np.triu_indices(len(place), 1)
    known = rng.random(len(i)) < chance[place[i], place[j]]
    ends = np.r_[i[known], j[known]], np.r_[j[known], i[known]]
    matrix = sparse.csr_array((np.ones(len(ends[0])), ends), shape=(len(place),) * 2)
    table = pd.DataFrame({DEPARTMENT: [f"d{at}" for at in place]}, index=range(len(place)))
    network = silos.Network(table, matrix, directed=False)
    shown = merge_small(network.people[DEPARTMENT], 5)
    drawn = resample(network, {"any": None}, replicates=200)
    return departments.judge(network, drawn, shown)[0].loc["d0"]


# ---- settings that were not tried


def test_a_log_without_times_names_no_setting_that_was_not_tried():
    log, roster = acts((15,) * 6, 0.3, 0.2)
    analysis = silos.analyze(
        silos.read_interactions(log.drop(columns=["timestamp", "kind"]), format="edges"), roster, bootstrap=50
    )
    tried = set(analysis.results.sensitivity.table["setting"])
    assert not tried & {"period", "weeks", "max_recipients"}
    notes = " ".join(analysis.notes_in("en"))
    assert not re.search("half of the period|weeks of contact|recipients", notes)


# ---- "Paris comes first" beside "Several share the role"

VERDICTS = {
    "clear": {},
    "tied": {"verdict": "tied", "reason": "not_separated"},
    "unproven": {"verdict": "tied", "reason": "evidence", "evidence": "reciprocated"},
    "none": {"verdict": "none", "department": None, "reason": "chance"},
    "unsaid": {"verdict": "cannot say", "department": None, "reason": "few_ties", "evidence": "reciprocated"},
}


@pytest.mark.parametrize("key", VERDICTS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_headline_finding_section_and_advice_read_one_verdict(key, language):
    rows = {"Sales.tied": True, "IT.tied": True, "Sales.probability_first": 0.6} if key == "tied" else None
    said = changed(calm(), "connector", rows, **VERDICTS[key])
    words = Wording(language)
    page = sections(MadeUp(said), words)
    about = [finding.id for finding in find(said, RULES, language) if finding.id.startswith("connector_")]
    assert about == [f"connector_{key}"]
    section = words.say[f"connector_{key}"].format(department="Sales", desk="")
    assert page["connector"]["lead"] == section
    headline = page["answer"]["sentences"][1]["text"]
    assert headline.startswith(words.words["answer"][f"connects_{key}"].split("{")[0])
    advice = {step.action for step in recommend(said, RECOMMENDATIONS, language)}
    assert advice & {"clear", "tied", "unproven", "none", "settle_few_ties"} == {
        {"unsaid": "settle_few_ties"}.get(key, key)
    }
    assert connector_reason(said, language) == page["connector"]["reason"]


@pytest.mark.parametrize("language", ["en", "de", "fr"])
@pytest.mark.parametrize(("evidence", "doubted"), [("reciprocated", True), ("volume", True), ("substantive", False)])
def test_the_next_connector_may_be_a_desk_too_where_ties_show_none(language, evidence, doubted):
    """Another department was declared: ties that could not tell it from a connector cannot tell the next one either."""
    said, words = changed(calm(), "connector", evidence=evidence), Wording(language)
    page = sections(MadeUp(said), words)
    [finding] = [one.sentence for one in find(said, RULES, language) if one.id == "connector_clear"]
    for sentence in (page["answer"]["sentences"][1]["text"], page["connector"]["lead"], finding):
        assert (words.words["also"]["desk"] in sentence) == doubted
    reason = words.words["reasons"]["first_declared" if doubted else "first"]
    assert page["connector"]["reason"].startswith(reason.split("{chance}")[0].format(department="Sales"))
    advice = {step.action for step in recommend(said, RECOMMENDATIONS, language)}
    assert advice & {"clear", "clear_declared"} == {"clear_declared" if doubted else "clear"}


# ---- words of mail


@pytest.mark.parametrize(
    ("log", "kind"),
    [
        (contacts((14,) * 6, 0.4, 0.15), "contacts"),
        (acts((14,) * 6, 0.4, 0.15), "acts"),
        (acts((14,) * 6, 0.4, 0.15, medium="advice survey"), "survey"),
    ],
    ids=["contacts", "acts", "survey"],
)
def test_nothing_is_sent_or_answered_where_rows_are_no_messages(log, kind):
    analysis = silos.analyze(*log, bootstrap=50)
    assert set(analysis.results.inputs.kinds.values()) == {kind}
    assert "one_way" not in found(analysis)
    # that there are no answers to speak of may be said
    said = [one for one in sentences(analysis) if "nothing can be said of answers" not in one]
    said = [one for one in said if "nothing can be said about answers" not in one]
    assert [one for one in said if OF_MAIL.search(one) and "answers to a survey" not in one] == [
        one for one in said if "a contact here is such an answer" in one
    ]


# ---- "16 % of all people deal with outsiders"


def test_ids_without_addresses_make_no_outsiders():
    log, roster = acts((14,) * 5, 0.4, 0.15)
    gone = roster.iloc[:-4]
    analysis = silos.analyze(log, gone, bootstrap=50)
    assert analysis.results.external.unknown == "no_addresses"
    assert not [one for one in sentences(analysis) if "deal with outsiders" in one]
    addressed = log.assign(sender=log["sender"] + "@acme.example", recipient=log["recipient"] + "@acme.example")
    outside = addressed.iloc[:80].assign(recipient=[f"c{at}@client.example" for at in range(80)])
    staff = roster.assign(person=roster["person"] + "@acme.example")
    known = silos.analyze(pd.concat([addressed, outside], ignore_index=True), staff, bootstrap=50)
    assert known.results.external.unknown == ""
    # people with an address elsewhere are no part of the organisation that the list lacks
    assert known.results.inputs.coverage == 1


# ---- grammar, and an account that drives the verdict


def test_one_of_many_is_no_plural():
    for language in ("en", "fr"):
        for text in phrases(language)["findings"].values():
            assert not re.match(r"\{count\} (of \{all\} )?\w+ (are|sont)\b", text)


def test_where_one_account_drives_the_verdict_the_sentence_says_so_and_what_would_be_without_it():
    few = changed(calm(), "connector", {"Sales.effective_spanners": 2.4})
    without = changed(calm(), "connector", verdict="none", department=None, reason="chance").connector
    few = changed(few, "connector", without_one=without)
    [sentence] = [finding.sentence for finding in find(few, RULES) if finding.id == "connector_clear"]
    assert "very few of its people hold these ties, and without the busiest of them" in sentence
    assert "no department would stand out" in sentence
    [usual] = [finding.sentence for finding in find(calm(), RULES) if finding.id == "connector_clear"]
    assert "in effect" not in usual
    assert len(NAMES) == len(calm().connector.candidates)


def test_the_verdict_without_the_account_is_worked_out():
    # d0 reaches everybody through one account
    every = company(np.full((8, 8), 4), np.full(8, 15))
    matrix = every.adjacency.tolil()
    bot, others = np.flatnonzero(every.membership == 0)[0], np.flatnonzero(every.membership != 0)
    matrix[bot, others] = matrix[others, bot] = 1
    network = silos.Network(every.people, matrix.tocsr(), directed=False, layer="deep")
    i, _ = network.dyads
    drawn = resample(network, {"any": None, "deep": np.ones(len(i))}, replicates=200)
    candidacy = Candidacy(evidence="substantive", candidates=network.departments)
    found = find_with_and_without(network, network, drawn, candidacy)
    assert found.department == "d0"
    if found.resting_on_few:
        assert found.without_one is not None
        assert found.without_one.department != "d0" or found.without_one.verdict != "clear"
        assert found.to_dict()["without_one"]["verdict"] == found.without_one.verdict


# ---- a wall between departments that did not exist at the same time


@pytest.mark.parametrize(("until", "reason"), [("2025-03-17", "apart_in_time"), (None, None)])
def test_departments_that_follow_one_another_have_no_wall(until, reason):
    log, roster = contacts((20,) * 8, 0.4, 0.15)
    member = roster.set_index("person")["department"]
    one, other = log["sender"].map(member), log["recipient"].map(member)
    apart = one.isin(["d0", "d1"]) & other.isin(["d0", "d1"]) & (one != other)
    dated = roster.assign(
        effective_from=np.where(roster["department"] == "d1", until or "", ""),
        effective_to=np.where(roster["department"] == "d0", until or "", ""),
    )
    analysis = silos.analyze(log[~apart], dated, bootstrap=50)
    row = analysis.pairs.set_index(["a", "b"]).loc[("d0", "d1")]
    assert row["ties"] == 0
    assert (row["verdict"], row["reason"]) == (("cannot say", reason) if reason else ("wall", None))
    assert ("walls" in found(analysis)) == (reason is None)


# ---- a small organisation in which a silo and a connector were planted


@pytest.fixture(scope="module", name="small")
def small_organisation():
    """130 people in eight departments, two of them merged; R&D is planted as a silo, Marketing as the connector."""
    made = organisation(130, 8, 5, silo_strength=0.25, externals=12, leadership="broadcasting", seed=4)
    assert (list(made.truth["silos"]), made.truth["connector"]) == (["R&D"], "Marketing")
    return silos.analyze([made.interactions, made.affiliations], made.roster, bootstrap=200, seed=0)


def test_what_may_well_be_a_silo_is_not_said_to_be_as_usual(small):
    row = small.results.departments.table.loc["R&D"]
    assert 0 < row["inwardness_low"] < departments.SURELY < departments.TWICE <= row["inwardness"]
    assert row["verdict"] == "uncertain"
    [uncertain] = [text for text in small.summary()["limits"] if text.endswith("too wide for a verdict.")]
    assert "R&D" in uncertain


def test_who_comes_first_in_eight_of_ten_replicates_is_not_said_to_be_no_better_than_chance(small):
    found = small.connector
    assert found.verdict == "tied"
    assert found.candidates["probability_first"].idxmax() == "Marketing"
    assert found.chance <= 0.05


def test_pairs_of_merged_departments_are_not_said_to_lack_ties(small):
    table = small.results.pairs.table
    few = int((table["reason"] == "few_ties").sum())
    assert 0 < few < (table["verdict"] == "cannot say").sum()
    lead = sections(small, Wording("en"))["walls"]["lead"]
    assert phrases("en")["report"]["pairs_unsaid"].format(count=few) in lead
