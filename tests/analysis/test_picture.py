"""The picture on the first screen shows only what is there, and names whom the text beside it names."""

import numpy as np
import pytest

import silos
from silos.analysis.connector.evidence import CANNOT_SAY
from silos.analysis.result import Analysis
from silos.plots.graph_layout import MORE, strongest_pairs
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
