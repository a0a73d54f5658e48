"""The picture on the first screen shows only what is there, and names whom the text beside it names."""

import numpy as np
import pandas as pd
import pytest

import silos
from silos.analysis.connector.evidence import CANNOT_SAY
from silos.analysis.findings.finding import Voice
from silos.analysis.result import Analysis
from silos.locales.numerals import MISSING
from silos.plots.graph_layout import MORE, strongest_pairs
from silos.report.sections.connector import connector
from silos.report.sections.departments import departments
from silos.report.sections.help import helping
from silos.report.sections.organisation import organisation as measures
from silos.report.wording import Wording
from silos.simulate import organisation


@pytest.fixture(scope="module")
def thin() -> Analysis:
    """A log with too few rows for any verdict on the connector."""
    company = organisation(240, 16, weeks=8, seed=3)
    log = company.interactions.sample(frac=0.03, random_state=0).sort_values("timestamp")
    return silos.analyze(log, company.roster, bootstrap=60)


@pytest.fixture(scope="module")
def whole() -> Analysis:
    company = organisation(240, 16, weeks=8, seed=3)
    return silos.analyze(company.interactions, company.roster, bootstrap=60)


@pytest.mark.parametrize("log", ["thin", "whole"])
def test_every_line_of_the_published_picture_is_there_and_above_the_expected(log, request):
    found: Analysis = request.getfixturevalue(log)
    exact, told = found.results, found.published().results
    numbers = told.drawings()["department_graph"].numbers
    affinity = numbers["affinity"]
    evident = told.connector.verdict != CANNOT_SAY
    assert (numbers["ties"] == "any") is (not evident)
    there = exact.connector.mixing if evident else exact.pairs.ties
    true = exact.connector.affinity if evident else exact.pairs.affinity
    pairs = [(affinity.index[a], affinity.index[b]) for a, b in strongest_pairs(affinity)]
    assert all(there.loc[pair] >= 5 and true.loc[pair] > 1 for pair in pairs)


def test_missing_ties_are_drawn_only_where_they_are_missing(whole):
    exact, numbers = whole.results, whole.published().results.drawings()["department_graph"].numbers
    assert exact.departments.silos
    for silo in exact.departments.silos:
        fewer = numbers["contact"].loc[silo] * MORE <= 1
        assert (exact.pairs.affinity.loc[silo, fewer[fewer].index] < 1).all()


def test_the_picture_names_the_departments_of_the_first_step_and_the_first_of_the_connectors():
    company = organisation(400, 30, weeks=8, seed=5)
    found = silos.analyze(company.interactions, company.roster, bootstrap=60)
    spoken = (
        found.published().results.drawings(found.recommendations[0].between)["department_graph"].numbers["spoken_of"]
    )
    wanted = {found.connector.department, *found.recommendations[0].between} & set(found.departments.index)
    assert wanted <= set(spoken)
    written = " ".join(text.get_text() for text in found.plot.department_graph().texts).replace("\n", " ")
    assert all(name in written for name in wanted)


def test_the_map_shows_the_numbers_by_which_walls_and_bridges_are_judged(whole):
    for results in (whole.results, whole.published().results):
        pairs = results.pairs
        numbers = pairs.drawing().numbers
        assert numbers["of"] == "ties"
        assert np.isnan(numbers["ratio"].to_numpy().diagonal()).all()
        called = pairs.table[pairs.table["verdict"].isin(["wall", "bridge"])]
        assert len(called)
        for row in called.to_dict("records"):
            assert (
                numbers["ratio"].loc[row["a"], row["b"]] == row["relative"] == numbers["ratio"].loc[row["b"], row["a"]]
            )


def test_the_map_is_empty_where_few_ties_are_expected_and_few_are_there(thin):
    for results in (thin.results, thin.published().results):
        ratio = results.pairs.drawing().numbers["ratio"]
        empty = 0
        for row in results.pairs.table.to_dict("records"):
            few = not row["ties"] >= 5 and row["expected_ties"] < 12
            assert np.isnan(ratio.loc[row["a"], row["b"]]) == few
            empty += few
        assert empty


def test_published_departments_without_enough_ties_have_no_figures_and_no_rank(thin):
    told = thin.published().results
    table, ties = told.departments.table, told.pairs.ties
    unsaid = table.index[table["verdict"] == CANNOT_SAY]
    hidden = [name for name in unsaid if np.isnan(ties.loc[name, name])]
    assert hidden
    assert table.loc[hidden, ["insularity", "external_share", "ei_index"]].isna().all().all()
    assert table["insularity"].isna().iloc[-len(hidden) :].all()
    alone = [name for name in table.index if ties.loc[name].drop(name).isna().all()]
    assert table.loc[alone, "reach"].isna().all()
    section = departments(told, Wording("en"))
    rows = {row["department"]: row for row in section["rows"]}
    assert {rows[name]["insularity"]["value"] for name in hidden} == {MISSING}
    judged = [row["department"] for row in section["rows"] if table.loc[row["department"], "verdict"] != CANNOT_SAY]
    assert [row["department"] for row in section["rows"]][: len(judged)] == judged


def test_known_departments_keep_their_figures(whole):
    table = whole.published().results.departments.table
    said = table[table["verdict"].isin(["silo", "typical", "open"])]
    assert len(said)
    assert said[["insularity", "external_share"]].notna().all().all()


def test_where_nobody_can_say_who_binds_no_candidate_has_a_score_and_no_department_a_loss(thin):
    told = thin.published().results
    assert told.connector.verdict == CANNOT_SAY
    rows = connector(told, Wording("en"))["rows"]
    assert {row[name] for row in rows for name in ("score", "bind", "reach", "first")} == {MISSING}
    helped = helping(told, Wording("en"))
    assert helped["lines"] == []
    assert {row["loss"] for row in helped["rows"]} == {MISSING}


def test_each_reason_is_told_with_how_many_it_is_true_of():
    voice = Voice("en")
    assert voice.why({"few_ties": 3}) == "too few ties"
    assert voice.why({"few_ties": 3, "merged": 1}) == "too few ties (3); small departments put together (1)"


def test_people_are_counted_once_wherever_they_are():
    """Ten of sixty change department: each stands in two, and is one person in the summary and in the report."""
    made = organisation(people=60, departments=7, weeks=6, bilateral_pair=False)
    staff = made.roster.assign(effective_from="2025-01-01", effective_to="")
    going = staff[staff["department"] == "Sales"].head(10)
    staff.loc[going.index, "effective_to"] = "2025-01-27"
    moved = going.assign(department="Marketing", effective_from="2025-01-27", effective_to="")
    results = silos.analyze(made.interactions, pd.concat([staff, moved]), bootstrap=20).results
    assert results.organisation.placed == len(staff) + len(going)
    rows = {row["name"]: row["value"] for row in measures(results, Wording("en"))["rows"]}
    assert rows["People"] == str(results.inputs.people) == str(results.organisation.to_dict()["people"]) == "60"
