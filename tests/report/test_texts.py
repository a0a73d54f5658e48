"""Texts and counts of tables, as whoever opens them or subtracts them finds them."""

import os

import pandas as pd
import pytest

import silos
from silos.report.writer import Report, as_text
from tests.support.places import SAMPLE


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1", "'=1"),
        ("Legal;=1+cmd|calc!A0", "Legal;'=1+cmd|calc!A0"),
        ("a;@x\t-1", "a;'@x\t'-1"),
        ("a; +1", "a; '+1"),
        ("R&D - x; y", "R&D - x; y"),
    ],
)
def test_a_formula_behind_a_separator_is_text_as_well(text, written):
    assert as_text(pd.DataFrame({"department": [text, "HR"], "n": [1, 2]}))["department"].tolist() == [written, "HR"]


@pytest.mark.long
def test_memberships_are_published_in_steps_and_results_with_people_are_their_owners(tmp_path):
    communities = pd.read_csv(SAMPLE / "affiliations.csv", dtype=str)
    communities[communities["person"] != communities["person"].iloc[0]].to_csv(
        tmp_path / "affiliations.csv", index=False
    )
    logs = silos.read_interactions([SAMPLE / "interactions.csv", tmp_path / "affiliations.csv"])
    analysis = silos.analyze(logs, SAMPLE / "roster.csv", bootstrap=20)
    exact = analysis.results.inputs.memberships
    assert exact % 5
    assert Report(analysis).told.results.inputs.memberships == exact - exact % 5
    if os.name != "nt":  # which has no such modes
        # a result with rows about persons is its owner's
        former = os.umask(0o022)
        try:
            Report(analysis, people=True, figures_as=()).write(tmp_path / "people")
        finally:
            os.umask(former)
        assert (tmp_path / "people").stat().st_mode & 0o777 == 0o700
