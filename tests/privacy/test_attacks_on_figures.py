"""Attacks on figures beside counts: what tells of few people is left out, or follows from what is published.

Where a figure follows from published counts, results that differ within the classes of these are published alike.
"""

import itertools
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from silos.analysis.departments import TWICE
from silos.analysis.published.answers import external
from silos.analysis.published.matrices import Matrices
from silos.analysis.published.members import LEAST_COMPOSED, communities, detected
from silos.analysis.published.results import _departments as published_departments
from silos.analysis.published.results import publish
from silos.analysis.published.tables import valued
from silos.analysis.result import PersonAnalysis
from silos.analysis.results import Results
from silos.privacy.cells import middles
from silos.privacy.gate import STEP, Gate

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


# ---- ties


def test_an_index_of_exact_ties_would_leave_a_number_alone():
    """By two digits of it, 20 to 24 ties between two departments would be 20; of classes, it tells nothing more."""
    exact, told = defaultdict(set), set()
    for first, second, between in itertools.product(range(40, 45), range(40, 45), range(20, 25)):
        exact[round(2 * between / (first + second + between) - 1, 2)].add(between)
        cells = middles(np.array([[first, between], [between, second]]), Gate())
        mixing = pd.DataFrame(cells * (1 + np.eye(2)))
        told.add(Matrices(mixing, mixing, mixing, mixing, True, np.ones(2), 0.0, 0.0, np.ones((2, 2))).ei_ties)
    assert exact[-0.62] == {20}
    assert len(told) == 1


def test_the_exact_index_does_not_come_back_from_its_test(sample: PersonAnalysis):
    """The mean by chance, and so many deviations from it, gave the index that is published of classes alone."""
    exact, told = (one.results.organisation.estimates["ei_index"] for one in (sample, sample.published()))
    assert None not in (told.value, told.null_mean, told.null_sd, told.z, exact.z)
    assert told.z != exact.z
    assert told.z == float(Gate().figure((told.value - told.null_mean) / told.null_sd))
    moved = replace(exact, z=exact.z * 0.9)
    assert valued(exact, 0.1, Gate()) == valued(moved, 0.1, Gate())


# ---- few people behind a figure


def test_hours_rest_on_enough_people_who_answer(sample: PersonAnalysis):
    """A median of one answer was published where twenty people were asked and one answered."""
    found, waits = sample.results.dialogue.pairs, sample.tally.dialogue.waits
    shown = sample.shown.departments.to_numpy()
    given = waits[waits["answered"].astype(bool)]
    by = [shown[given["sender"].to_numpy()], shown[given["recipient"].to_numpy()]]
    people = given.groupby(by)["recipient"].nunique()
    answering = pd.Series(
        [people.get((a, b), 0) for a, b in zip(found["asking"], found["answering"], strict=True)], found.index
    )
    timed = found[["answer_hours", "answer_hours_low", "answer_hours_high"]].notna().any(axis=1)
    assert timed.any()
    assert (found["reply_rate"].notna() & ~timed).any()
    assert answering[timed].min() >= sample.shown.minimum
    # Every fall of the curve is an answer.
    assert sample.published().dialogue.curves.empty
    assert len(sample.dialogue.curves)


def test_the_most_active_tenth_is_told_of_where_it_is_no_few(sample: PersonAnalysis):
    """The share of two people was published, and of whom a department depends on though that was suppressed beside."""
    exact, told = sample.results.departments.table, sample.published().results.departments.table
    held = sample.published().results.connector.candidates["effective_spanners"]
    hidden = set(held.index[held.isna()])
    assert hidden
    given = told.index[told[["brokerage_top_share", "ties_across_top_share"]].notna().any(axis=1)]
    assert len(given) < exact["ties_across_top_share"].notna().sum()
    assert all(np.ceil(exact.loc[name, "people"] / 10) >= sample.shown.minimum for name in given)
    assert not hidden & set(given)
    helped = sample.published().results.what_would_help
    assert helped is not None
    assert not hidden & set(helped.losses.depends.index)


def test_nothing_says_that_everybodys_contacts_are_in_one_department(sample: PersonAnalysis):
    """A mean of 0 did: each of them had no contact in all departments but one."""
    results, matrices = sample.results, Matrices.of(sample.results, Gate())
    table = results.departments.table
    measures = ("participation", "cross_department_entropy")
    spreads = pd.Index([f"{name}{kind}" for name in measures for kind in ("", "_median")])
    assert spreads.isin(table.columns).all()

    def told(share: float) -> pd.DataFrame:
        # A share of what it would be if one of them had contacts in all departments alike, and the others in one.
        spread = pd.DataFrame(dict.fromkeys(spreads, share / table["people"]))
        moved = replace(results.departments, table=table.assign(**spread.to_dict("series")))
        return published_departments(replace(results, departments=moved), matrices, Gate()).table[list(spreads)]

    pd.testing.assert_frame_equal(told(0.0), told(0.7))
    assert (told(0.0) > 0).all(axis=None)


def test_no_headcount_is_exact(sample: PersonAnalysis):
    """What a department depends on gave its people one by one; shares and heads did, by the count beside them."""
    published, people = sample.published(), sample.results.departments.table["people"]
    helped = published.results.what_would_help
    assert helped is not None
    assert (helped.losses.depends["of"] % STEP == 0).all()
    moved = replace(
        sample.results.external,
        table=sample.results.external.table.assign(people=people // STEP * STEP + STEP - 1),
    )
    told, again = (external(replace(sample.results, external=one), Gate()) for one in (sample.results.external, moved))
    names = ["outside_share", "outside_share_low", "outside_share_high", "outsiders_per_head"]
    pd.testing.assert_frame_equal(told.table[names].sort_index(), again.table[names].sort_index())
    assert told.table.loc[told.table["outsiders"].isna(), "outsiders_per_head"].isna().all()


def test_times_of_single_messages_are_days(sample: PersonAnalysis):
    published, exact = (one.results.inputs.to_dict() for one in (sample.published(), sample))
    for name in ("first", "last"):
        assert len(exact[name]) > len("2025-01-06")
        assert published[name] == exact[name][:10]


def test_shares_of_the_log_have_few_digits(sample: PersonAnalysis):
    share = sample.published().summary()["dialogue"]["broadcast_share"]
    assert share == float(f"{share:.2g}") > 0


def test_nobody_is_told_as_a_few_are(sample: PersonAnalysis):
    """That nobody of a department deals with the outside was said of each of its people."""
    found = sample.results.external
    nobody = found.table["people_outside"].eq(0).fillna(value=False)
    assert nobody.any()
    assert (found.table.loc[nobody, "verdict"] == "never").all()
    # As a few are kept back in exact tables too.
    counts = ["people_outside", "outsiders"]
    rates = ["outside_share", "outside_share_low", "outside_share_high", "outsiders_per_head", "p", "q"]
    table = found.table.copy()
    table.loc[nobody, counts] = pd.NA
    table.loc[nobody, rates] = np.nan
    told, again = (
        external(replace(sample.results, external=replace(found, table=one)), Gate()) for one in (found.table, table)
    )
    pd.testing.assert_frame_equal(told.table, again.table)
    assert (told.table.loc[nobody[nobody].index, "suppressed"] == "people_outside").all()


def test_a_difference_is_that_of_what_is_told(results: Results):
    """Near 0 two digits of the exact one were finer than both of its sides: -0.003 of .60 and .60."""
    told = publish(results, lambda _: None)
    for found, gap, one, other in (
        (told.dialogue.estimates, "reply_rate_gap", "reply_rate_within", "reply_rate_across"),
        (told.leadership.estimates, "reply_rate_gap", "reply_rate_below", "reply_rate_others"),
        (told.leadership.estimates, "broadcast_gap", "broadcast_share", "broadcast_share_others"),
    ):
        difference, ends = found[one].value - found[other].value, (found[gap].low, found[gap].high)
        assert found[gap].value == pytest.approx(np.clip(difference, *ends), abs=10**-4)


def test_what_departments_are_judged_against_is_the_median_of_what_is_told(results: Results):
    """The exact one is the insularity of the department in the middle, whose own is worked out from classes."""
    exact = results.departments
    assert exact.median is not None
    told = [
        publish(replace(results, departments=replace(exact, median=exact.median + by)), lambda _: None)
        for by in (0.0, 0.3)
    ]
    assert told[0].departments.median == told[1].departments.median
    insularity = told[0].departments.table["insularity"].reindex(exact.candidates)
    assert told[0].departments.median == pytest.approx(insularity.median(), rel=0.06)
    assert told[0].organisation.median_insularity == told[0].departments.median


def test_how_inward_a_department_is_is_no_finer_than_a_step_of_its_ties(results: Results):
    """Of no tie to four between two departments, each gave another inwardness: .03, .021, .013, .0079 and .0038."""
    found, matrices = results.departments, Matrices.of(results, Gate())
    ties = (matrices.mixing.sum(axis=1) - np.diagonal(matrices.mixing)).reindex(found.table.index)
    unit = np.log1p(STEP / ties) / 2
    middle = (found.table["inwardness"] / unit).round() * unit
    told = [
        published_departments(
            replace(results, departments=replace(found, table=found.table.assign(inwardness=middle + far * unit))),
            matrices,
            Gate(),
        ).table["inwardness"]
        for far in (-0.4, 0.0, 0.4)
    ]
    pd.testing.assert_series_equal(told[0], told[1])
    pd.testing.assert_series_equal(told[0], told[2])
    silos = found.table["verdict"] == "silo"
    assert silos.any()
    assert (told[0].reindex(found.table.index)[silos] >= TWICE - 0.01).all()
