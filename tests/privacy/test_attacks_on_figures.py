"""Attacks on figures beside counts: what tells of few people is left out, or follows from what is published.

Where a figure follows from published counts, results that differ within the classes of these are published alike.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import silos
from silos.analysis.published_members import LEAST_COMPOSED, communities, detected
from silos.analysis.result import PersonAnalysis
from silos.analysis.results import Results
from silos.privacy.gate import STEP, Gate
from tests.support.places import SAMPLE


@pytest.fixture(scope="module")
def sample() -> PersonAnalysis:
    logs = [SAMPLE / "interactions.csv", SAMPLE / "affiliations.csv"]
    found = silos.analyze(logs, SAMPLE / "roster.csv", bootstrap=10)
    assert isinstance(found, PersonAnalysis)
    return found


@pytest.fixture(scope="module")
def results(sample: PersonAnalysis) -> Results:
    return sample.results


# ---- members of communities


def test_the_departments_of_a_detected_community_follow_from_counts_that_are_given(results: Results):
    """With two digits they singled out one composition: a single person of a department was found."""
    found = results.detected
    moved = replace(
        found,
        table=found.table.assign(departments=found.table["departments"] + 0.4),
        # One to four people are told as nobody is, in the figure as well.
        shares=found.shares.fillna(0.0),
    )
    told, again = (detected(replace(results, detected=one), Gate()) for one in (found, moved))
    pd.testing.assert_frame_equal(told.table, again.table)
    pd.testing.assert_frame_equal(told.shares, again.shares)
    assert told.table["departments"].notna().any()
    assert told.table["departments"].isna().tolist() == (found.table["people"] < LEAST_COMPOSED).tolist()


def test_what_tells_how_mixed_members_are_follows_from_counts_that_are_given(results: Results):
    """What is expected of so many people gave how many they are, and the mix then who."""
    found = results.communities
    assert found is not None
    members = found.table["members"]
    # As many as the class allows, each count by department as it was.
    most = members // STEP * STEP + STEP - 1
    exact = {name: found.table[name] + 0.03 for name in ("departments", "mix", "mix_expected", "mix_z")}
    moved = replace(
        found,
        table=found.table.assign(
            members=most,
            apart=found.table["apart"] / 2,
            shared_expected=found.table["shared_expected"] * most / members,
            sponsor_members=found.table["sponsor_members"] * members / most,
            **exact,
        ),
        shares=found.shares.fillna(0.0).mul((members / most).to_numpy(), axis=0),
    )
    told, again = (communities(replace(results, communities=one), Gate()) for one in (found, moved))
    assert told is not None
    assert again is not None
    names = ["community", "members", "departments", "mix", "mix_expected", "mix_z", "shared_expected"]
    pd.testing.assert_frame_equal(told.table.set_index("community")[names[1:]].sort_index(),
                                  again.table.set_index("community")[names[1:]].sort_index())  # fmt: skip
    small = told.table["members"] < LEAST_COMPOSED
    assert small.any()
    assert told.table.loc[small, ["departments", "mix", "mix_expected", "mix_z", "mix_p"]].isna().all(axis=None)
    assert told.table.loc[~small, ["departments", "mix", "mix_expected", "mix_z", "mix_p"]].notna().all(axis=None)
    mixes = [table.set_index("community")["mix"] for table in (told.table[~small], found.table)]
    np.testing.assert_allclose(mixes[0], mixes[1].reindex(mixes[0].index), atol=0.15)
