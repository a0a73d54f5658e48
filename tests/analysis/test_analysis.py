"""The whole path on the sample company and on real organisations."""

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import silos
from silos.analysis import departments, organisation
from silos.analysis.connector.sensitivity import Sensitivity, vary
from silos.analysis.detected_communities import DetectedCommunities
from silos.analysis.findings.change_rules import changes
from silos.analysis.findings.finding import Voice
from silos.analysis.findings.notes import connector_notes
from silos.analysis.findings.rules import _organisation
from silos.analysis.over_time.trend import Trend
from silos.analysis.parameters import Parameters, _moment
from silos.errors import SilosError
from silos.inference.bootstrap import resample
from silos.inference.estimate import Estimate
from silos.inference.rewiring import Rewired
from silos.measures.affinity import size_exponent
from silos.network import Network
from silos.privacy.suppression import OTHER, merge_small
from tests.conftest import shared
from tests.support import invs13
from tests.support.places import SAMPLE
from tests.support.resampling import permuted

TRUTH = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sample():
    return silos.analyze(SAMPLE / "interactions.csv", SAMPLE / "roster.csv", seed=0)


@pytest.fixture(scope="module")
def office():
    folder = shared("datasets/invs13")
    return silos.analyze(invs13.contacts(folder), invs13.roster(folder), bootstrap=300)


def test_the_planted_silo_is_a_silo_and_no_other_department(sample):
    verdicts = sample.departments["verdict"]
    assert list(verdicts.index[verdicts == "silo"]) == list(TRUTH["silos"])


def test_the_connector_is_clear_and_right_and_the_mail_room_is_not_proclaimed(sample):
    connector = sample.connector
    assert (connector.verdict, connector.department) == ("clear", TRUTH["connector"])
    assert connector.evidence == "substantive"
    assert not connector.candidates.loc[TRUTH["mail_room"], "eligible"]
    assert connector.busiest == TRUTH["mail_room"], "the trap is set: on all traffic the mail room comes first"
    assert not connector.mail_room_warning


def test_the_bridge_of_one_person_and_the_pair_are_seen(sample):
    said = {finding.id: finding.sentence for finding in sample.findings}
    assert TRUTH["bridge"]["department"] in said["one_person_bridge"]
    assert TRUTH["bridge"]["person"] not in str(said)
    first = sample.pairs[sample.pairs["verdict"] == "bridge"].iloc[0]
    assert [first["a"], first["b"]] == sorted(TRUTH["bilateral_pair"])
    assert len(said) <= 10


def test_no_setting_overturns_the_verdict_once_the_ties_of_the_desk_are_left_out(sample):
    settings = sample.sensitivity.table
    assert set(settings["setting"]) == {"layer", "weeks", "max_recipients", "period"}
    assert sample.connector.desks == (TRUTH["mail_room"],)
    assert sample.sensitivity.share == settings["stays"].mean() == 1
    with_desk = vary(
        sample.tally, sample.grouped, sample.shown, sample.connector.department, evidence=sample.connector.evidence
    )
    assert set(with_desk.overturned["setting"]) == {"layer"}
    assert set(with_desk.overturned["first"]) == {TRUTH["mail_room"]}


def test_the_connector_binds_pairs_of_others(sample):
    binds = sample.connector.binds
    assert binds["loss"].between(0, 1).all()
    assert TRUTH["connector"] not in set(binds["a"]) | set(binds["b"])
    assert binds["loss"].mean() == pytest.approx(sample.connector.candidates.loc[TRUTH["connector"], "bind"])


def test_strangers_and_broadcasts_are_counted_not_lost(sample):
    inputs = sample.summary()["inputs"]
    assert inputs["people_unmatched"] == TRUTH["unknown"]
    assert inputs["broadcasts"] > 1000
    told = inputs["rows_used"] + inputs["broadcasts"] + inputs["self"] + sum(inputs["rows_rejected"].values())
    log = pd.read_csv(SAMPLE / "interactions.csv")
    assert told == inputs["rows_read"] == len(log)


def test_a_company_without_any_other_connector_is_warned_of_its_mail_room():
    made = silos.simulate.organisation(connector=None, one_person_bridge=False, bilateral_pair=False, seed=3)
    for service in ((), (made.truth["mail_room"],)):
        connector = silos.analyze(made.interactions, made.roster, bootstrap=100, service_departments=service).connector
        assert connector.mail_room_warning
        assert connector.verdict != "clear"
        assert connector.busiest == made.truth["mail_room"]


def test_the_summary_is_json_without_a_person(sample):
    text = json.dumps(sample.summary(), allow_nan=False)
    assert "@example.com" not in text
    assert pd.read_csv(SAMPLE / "roster.csv")["name"].map(lambda name: name in text).sum() == 0


def test_what_is_shown_of_the_organisation_does_not_depend_on_merging(sample):
    merged = silos.analyze(SAMPLE / "interactions.csv", SAMPLE / "roster.csv", seed=0, min_department=16, bootstrap=2)
    assert merged.organisation.loc["ei_index", "value"] == sample.organisation.loc["ei_index", "value"]
    assert OTHER in merged.departments.index
    assert merged.departments.loc[OTHER, "verdict"] is None
    assert OTHER not in merged.connector.candidates.index


def test_the_office_has_the_published_figures(office):
    # ../shared/datasets/invs13/ORIGIN.md
    values = office.organisation["value"].round(3)
    assert (values["ei_index"], values["ei_index_volume"]) == (-0.303, -0.641)
    assert (values["modularity"], values["modularity_volume"]) == (0.373, 0.557)
    assert office.organisation["null_mean"].round(3)["ei_index"] == 0.486
    assert office.connector.evidence == "volume"
    # The smallest of five departments is put together with the next, so that nobody can subtract it: three are left.
    assert (office.connector.verdict, office.connector.reason) == ("cannot say", "few_departments")
    assert any(finding.id == "connector_unsaid" for finding in office.findings)


def test_one_small_department_is_not_shown_at_all(office):
    # SFLE has 4 people: alone in "Other (small)" it would be shown alone, and left out it would be what the others lack
    # of the whole. It is put together with the smallest of the others, SRH.
    assert sorted(office.departments.index) == ["DISQ", "DMCT", "DSE", OTHER]
    summary = office.summary()
    assert "SFLE" not in json.dumps(summary, allow_nan=False)
    assert [limit for limit in summary.pop("limits") if "SRH" in limit] == [
        "SRH: shown together with small departments, because one that alone was left out could be worked out from the "
        "others."
    ]
    assert "SRH" not in json.dumps(summary | {"inputs": None})


@pytest.mark.long
def test_shuffled_labels_give_no_more_silos_than_the_nominal_level(office):
    called = judged = 0
    for number, network in enumerate(permuted(office.network, samples=200, seed=1)):
        shown = merge_small(network.people["department"], 5)
        grouped = network.regrouped(shown.departments)
        drawn = resample(grouped, {"any": None}, replicates=200, seed=number)
        table, _ = departments.judge(grouped, drawn, shown, seed=number)
        called += int((table["verdict"] == "silo").sum())
        judged += len(table)
    assert judged == 800
    assert called / judged <= 0.025


def edges(path, separator):
    table = pd.read_csv(path, sep=separator, header=None, names=["Source", "Target"], dtype=str)
    return table[table["Source"] != "from"]


def test_department_36_binds_the_research_institution():
    # ../shared/datasets/email_eu_core: undated, directed, no threads.
    folder = shared("datasets/email_eu_core")
    staff = pd.read_csv(
        folder / "email-Eu-core-department-labels.txt", sep=" ", header=None, names=["person", "department"], dtype=str
    )
    found = silos.analyze(edges(folder / "email-Eu-core.txt", " "), staff, bootstrap=100)
    assert round(found.organisation.loc["ei_index", "value"], 3) == 0.329
    assert found.connector.candidates.index[0] == "36"
    assert (found.connector.verdict, found.connector.department) == ("tied", "36")
    assert found.connector.reason == "evidence"
    assert found.connector.candidates.loc["36", "probability_first"] > 0.9
    assert found.connector.evidence == "reciprocated"
    assert found.tally.log.waived == ("weeks", "conversations")
    external = found.departments["external_share"].corr(np.log(found.departments["people"]), method="spearman")
    assert external < -0.6 < -0.3 < found.organisation.loc["size_correlation", "value"]


@pytest.mark.parametrize("relation", ["advice", "friendship"])
def test_no_silo_is_declared_among_the_high_tech_managers(relation):
    folder = shared("datasets/krackhardt_hightech")
    staff = pd.read_csv(folder / "attributes.csv", dtype=str)
    staff = staff.rename(columns={"NodeName": "person", "Department": "department"})
    for minimum in (5, 3):
        found = silos.analyze(edges(folder / f"{relation}.csv", ","), staff, bootstrap=100, min_department=minimum)
        assert "silo" not in set(found.departments["verdict"])


def test_the_same_seed_gives_the_same_and_another_gives_other_intervals():
    # A new connection each time: the order in which threads add up must not show.
    runs = [
        silos.analyze(SAMPLE / "interactions.csv", SAMPLE / "roster.csv", seed=seed, bootstrap=20).summary()
        for seed in (5, 5, 6)
    ]
    assert json.dumps(runs[0]) == json.dumps(runs[1])
    assert runs[0]["organisation"]["ei_index"]["low"] != runs[2]["organisation"]["ei_index"]["low"]


def test_windows_follow_the_headline_measures():
    found = silos.analyze(SAMPLE / "interactions.csv", SAMPLE / "roster.csv", window="month", bootstrap=50)
    overall = found.trend[found.trend["measure"] == "ei_index"]
    assert overall["window"].tolist() == ["2025-01-01", "2025-02-01", "2025-03-01"]
    # The log begins on 6 January: January is no whole month.
    assert overall["change"].isna().tolist() == [True, True, False]
    row = overall.iloc[2]
    assert row["change"] == pytest.approx(row["after"] - row["before"])
    # Everybody is in both windows, at about the same traffic: nearly what each window has by itself.
    assert (row["before"], row["after"]) == pytest.approx(tuple(overall["value"].iloc[1:]), abs=0.01)
    assert row["change_low"] < row["change"] < row["change_high"]
    # Paired: the same persons are drawn in both windows, so a change is surer than either value.
    width = (overall["high"] - overall["low"]).min()
    assert row["change_high"] - row["change_low"] < width


def test_notebooks_show_findings_and_the_connector(sample):
    assert "R&amp;D is a silo" in sample._repr_html_()
    assert "Marketing" in sample.connector._repr_html_()
    assert "R&D is a silo" in repr(sample)


def test_person_level_values_are_there_when_asked_for(sample):
    people = sample.people()
    assert len(people) == 300
    assert people["ei_index"].between(-1, 1).all()


def apart() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Four departments of six that never meet: a log and a roster."""
    people = [f"{name}{at}" for name in "abcd" for at in range(6)]
    roster = pd.DataFrame({"person": people, "department": [person[0].upper() for person in people]})
    log = pd.DataFrame(
        [(f"2025-01-{day:02d}T09:00", one, other) for day in range(6, 28) for one in people for other in people
         if one[0] == other[0] and one != other],
        columns=["timestamp", "sender", "recipient"],
    )  # fmt: skip
    return log, roster


def test_where_nobody_meets_another_department_none_is_called_a_mail_room():
    found = silos.analyze(*apart(), bootstrap=20)
    assert found.connector.busiest is None
    assert not found.connector.mail_room_warning
    assert not any(finding.id.startswith("mail_room") for finding in found.findings)
    assert found.estimates["effective_resistance"].value is None
    assert found.estimates["algebraic_connectivity"].value is None
    assert set(found.pairs["verdict"]) == {"cannot say"}


def test_groups_of_several_departments_are_no_departments(sample):
    def told(ami: float, homogeneity: float, best: float = 0.5) -> list[str]:
        changed = {"department_community_ami": Estimate(ami), "community_homogeneity": Estimate(homogeneity)}
        changed["modularity_best"] = Estimate(best, null_mean=0.2)
        measured = replace(sample.results.organisation, estimates={**sample.estimates, **changed})
        results = replace(sample.results, organisation=measured)
        about = ("fragmented", "bundled", "mixed", "partly", "no_groups")
        return [one.id for one in _organisation(results, Voice("en")) if one.id in about]

    assert told(0.8, 0.9) == ["fragmented"]
    assert told(0.55, 0.44) == ["bundled"]
    assert told(0.2, 0.9) == ["mixed"]
    assert told(0.3, 0.9) == ["partly"]
    # as good as what is found in rewired contacts, which have no groups
    assert told(0.2, 0.9, best=0.2) == ["no_groups"]


def test_of_many_changes_those_of_chance_are_not_told(sample):
    rows = [
        {"window": window, "measure": "insularity", "department": f"D{at}", "value": 1.0, "change": 0.2, "since": since,
         "before": 0.8, "after": 1.0, "change_low": 0.1, "change_high": 0.3, "change_q": 0.01 if at < 1 else 0.2,
         "strength": float(at), "traffic": 1.0}
        for since, window in (("2025-02-01", "2025-03-01"),) for at in range(4)
    ]  # fmt: skip
    results = replace(sample.results, trend=Trend(pd.DataFrame(rows), "month"))
    [finding] = changes(results, Voice("en"))
    assert "The insularity of D0" in finding.sentence
    assert "between February 2025 and March 2025" in finding.sentence


def test_who_is_first_nowhere_is_nobody(sample):
    settings = pd.DataFrame(
        {"setting": ["weeks", "weeks"], "value": ["1", "6"], "first": ["Marketing", None], "stays": [True, False]},
        dtype=object,
    )
    assert sample.sensitivity.table["first"].dtype == object
    [note] = [
        note
        for note in connector_notes(replace(sample.results, sensitivity=Sensitivity(settings)))
        if note.startswith("Marketing stays first")
    ]
    assert "contact in 6 weeks (first: nobody)" in note


def test_what_was_read_of_people_is_said(sample):
    inputs = sample.summary()["inputs"]
    assert {"person", "department", "manager"} <= set(inputs["roster_fields"])
    assert inputs["memberships"] == 0


def test_without_deep_ties_the_reason_is_that_there_are_few():
    log, roster = apart()
    senders, recipients = [f"a{at % 6}" for at in range(200)], [f"{'bcd'[at % 3]}{at % 5}" for at in range(200)]
    across = log.iloc[:200].assign(sender=senders, recipient=recipients)
    table = pd.concat([log, across]).assign(thread=lambda held: np.arange(len(held)).astype(str))
    found = silos.analyze(table, roster, bootstrap=20)
    assert (found.connector.verdict, found.connector.reason) == ("cannot say", "few_ties")
    assert any(one.id == "connector_unsaid" for one in found.findings)


def test_the_exponent_with_and_without_the_desk_is_that_of_the_page_on_methods(sample):
    mixing, aside = sample.connector.mixing, sample.connector.aside
    sizes = sample.departments["people"].astype(float)
    assert set(mixing.index) == set(sizes.index) - aside
    exponent = size_exponent(mixing.to_numpy(float), sizes[mixing.index].to_numpy())
    emptied = mixing.reindex(index=sizes.index, columns=sizes.index, fill_value=0)
    bent = size_exponent(emptied.to_numpy(float), sizes.to_numpy())
    text = " ".join((SAMPLE.parents[1] / "docs" / "methods.md").read_text(encoding="utf-8").split())
    assert f"the exponent would be {bent:.2f} and not {exponent:.2f}" in text


def test_a_reach_that_rests_on_ties_too_few_to_be_given_is_not_published(sample):
    exact, told = sample.connector.candidates, sample.published().connector.candidates
    # No pair of the silo has five substantive ties: by the middle of their class it reached further than anybody.
    cells = sample.connector.mixing.astype(float)
    cells = cells.where(~np.eye(len(cells), dtype=bool), 0)
    assert cells.loc["R&D"].max() < 5
    assert told.loc["R&D", ["score", "reach"]].isna().all()
    given = cells.where(cells >= 5, 0).sum() / cells.sum()
    known = given.index[given >= 2 / 3]
    assert len(known) == 9
    assert told.loc[known, ["score", "reach"]].notna().all(axis=None)
    assert (told["reach"] - exact["reach"]).abs().max() < 0.05


@pytest.mark.parametrize("rows", [1, 2, 9, 30])
def test_of_a_handful_of_rows_nothing_is_claimed(rows):
    log = pd.read_csv(SAMPLE / "interactions.csv", nrows=rows)
    found = silos.analyze(log, SAMPLE / "roster.csv", bootstrap=20)
    assert not found.detected.table["community"].size  # none has as many people as may be shown
    claims = {"inward", "outward", "by_chance", "mixed", "partly", "bundled", "fragmented", "no_groups", "one_way"}
    assert not claims & {one.id for one in (*found.findings, *found.published().findings)}
    assert not any("inward" in step.because for step in found.recommendations)


def test_what_cannot_be_asked_is_said(sample):
    log, roster = SAMPLE / "interactions.csv", SAMPLE / "roster.csv"
    with pytest.raises(SilosError, match="the seed is a whole number"):
        silos.analyze(log, roster, seed=-1)
    with pytest.raises(SilosError, match=r"no department of the roster is called 'Mail'.*There are: .*Mail Room"):
        silos.analyze(log, roster, service_departments=["Mail"])
    assert _moment(np.datetime64("2025-01-10"), "since") == datetime(2025, 1, 10)


def test_options_are_taken_as_they_are_meant():
    given = {"by": "department", "window": None, "max_recipients": 20, "min_department": 5, "bootstrap": 2, "seed": 0}
    asked = Parameters.of(
        **given,
        since="2025-03-01T00:00:00+02:00",
        until=datetime(2025, 4, 1, tzinfo=timezone(timedelta(hours=-5))),
        service_departments="Mail Room",
        events="2025-02-01=merger",
        event_departments="Sales",
    )
    assert (asked.since, asked.until) == (datetime(2025, 2, 28, 22), datetime(2025, 4, 1, 5)), "as a log's times, UTC"
    assert (asked.service_departments, asked.event_departments) == (("Mail Room",), ("Sales",)), "one name, no letters"
    assert [(event.day, event.label) for event in asked.events] == [("2025-02-01", "merger")]
    with pytest.raises(SilosError, match="--since needs a date such as 2025-03-31, not 2025"):
        Parameters.of(**given, since=2025, until=None, service_departments=())


def test_how_bound_the_organisation_is_lies_in_its_interval(sample, office):
    """Percentiles of replicates do not hold it: drawing people makes all affinities noisier."""
    for found in (sample, office):
        for name in ("effective_resistance", "algebraic_connectivity"):
            estimate = found.estimates[name]
            assert estimate.low < estimate.value < estimate.high
            assert estimate.low * estimate.high == pytest.approx(estimate.value**2)


@pytest.mark.parametrize("seed", range(6))
def test_resistance_and_connectivity_of_planted_organisations_are_in_their_intervals(seed):
    """Twelve departments of fifteen, all pairs as dense: every affinity is 1, K tr(L⁺) is 11 and λ₂ is 12."""
    rng = np.random.default_rng(seed)
    department = np.repeat(np.arange(12), 15)
    dense = np.where(department[:, None] == department, 0.4, 0.08)
    upper = np.triu(rng.random(dense.shape) < dense, k=1)
    network = Network(
        pd.DataFrame({"department": department.astype(str)}),
        sparse.csr_array((upper | upper.T).astype(float)),
        directed=False,
    )
    drawn = resample(network, {"any": None, "traffic": network.dyad_volumes}, replicates=100, seed=seed)
    detected = DetectedCommunities(
        pd.DataFrame(), pd.DataFrame(), 0.4, dict.fromkeys(("ami", "homogeneity", "completeness"))
    )
    found = organisation.measure(network, drawn, detected, Rewired(np.array([0.0, 0.1]), np.array([0.1, 0.2])))
    for name, truth in (("effective_resistance", 11), ("algebraic_connectivity", 12)):
        assert found[name].low <= truth <= found[name].high


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"max_recipients": None}, "max_recipients"),
        ({"max_recipients": 2.5}, "max_recipients"),
        ({"max_recipients": 0}, "one person"),
        ({"bootstrap": "100"}, "bootstrap"),
        ({"seed": True}, "seed"),
        ({"since": pd.NaT}, "--since"),
        ({"window": "day"}, "window"),
        ({"events": {None: "merger"}}, "--event"),
        ({"events": {"2025-01-01": None}}, "--event"),
        ({"events": ["2025-01-01=merger\udcff"]}, "--event"),
        ({"by": None}, "--by"),
        ({"by": ["department", 3]}, "--by"),
    ],
)
def test_options_of_another_kind_are_refused_by_name(wrong, named):
    with pytest.raises(SilosError, match=named):
        silos.analyze(SAMPLE / "interactions.csv", SAMPLE / "roster.csv", **wrong)


def test_the_index_of_a_dataframe_is_a_column_if_it_has_a_name():
    table = pd.read_csv(SAMPLE / "roster.csv")
    found = silos.read_roster(table.set_index("person"))
    pd.testing.assert_frame_equal(found.people, silos.read_roster(table).people)
