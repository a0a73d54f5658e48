"""Attacks on measures of people and on scores: what two runs, or three departments, told beside counts.

Where a figure follows from classes of counts, results that differ within these are published alike.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import silos
from silos.analysis.leadership import proportion as exact_proportion
from silos.analysis.organisation import by_classes
from silos.analysis.published.answers import connector, dialogue, leadership
from silos.analysis.published.matrices import Matrices
from silos.analysis.published.members import communities
from silos.analysis.published.results import _means, _organisation, _pairs
from silos.analysis.published.tables import proportion
from silos.analysis.result import PersonAnalysis
from silos.analysis.results import Results
from silos.inference.estimate import Estimate
from silos.measures.affinity import affinities, kirchhoff_index, size_exponent
from silos.measures.binding import binds
from silos.privacy.cells import by_middles
from silos.privacy.gate import STEP, Gate
from tests.support.attack import left_open, staff

GATE = Gate()
#: Whose row is missing from the second roster.
ONE = "p001"


# ---- means and medians of people's measures


def of_mean(measure: str, most: float | None) -> Callable[[float, int], float]:
    def told(mean: float, people: int) -> float:
        table = pd.DataFrame({measure: [mean], f"{measure}_median": [mean]}, index=["HR"])
        return float(_means(table, pd.DataFrame({measure: [people]}, index=["HR"]), GATE)[measure].iloc[0])

    return told


def test_the_effective_size_of_one_is_left_a_class_at_least():
    """With two digits, the mean with and without somebody gave how many contacts they have, in effect."""
    told = of_mean("effective_size", None)
    for people in (5, 9, 14):
        totals, own = range(6 * people, 6 * people + 20), range(3, 21)
        known = left_open(lambda mean, _: float(GATE.figure(mean)), totals, own, people)
        assert min(known.values()) < STEP
        left = left_open(told, totals, own, people)
        assert min(count for (_, one), count in left.items() if 8 <= one <= 15) >= STEP, people


def test_the_constraint_of_one_is_left_open():
    told = of_mean("constraint", 1.0)
    totals, own = np.linspace(0.6, 1.6, 51).round(3), np.linspace(0.05, 0.5, 46).round(2)
    known = left_open(lambda mean, _: float(GATE.figure(mean)), totals, own, 6)
    left = left_open(told, totals, own, 6)
    assert min(known.values()) <= 5
    assert min(left.values()) >= 15


def test_a_median_is_nobodys_number(results: Results):
    """Of an odd number of people it is that of one of them: it had two digits."""
    found = results.departments
    told = _means(found.table, found.valued, GATE)
    assert set(told["effective_size_median"].dropna() % STEP) <= {(STEP - 1) / 2}
    assert told["constraint_median"].nunique() < found.table["constraint_median"].nunique()
    # As wide as few people have a value, however large their department is.
    few = found.valued.assign(constraint=5)
    assert set((_means(found.table, few, GATE)["constraint"].dropna() * 10).round(6) % 2) <= {1.0}


# ---- communities


def test_what_a_community_reaches_does_not_say_whether_few_are_elsewhere(results: Results):
    """Where one to four members or none are in others, it reached none, and all memberships of members were in it."""
    found = results.communities
    assert found is not None
    hidden = (found.table["shared"] < STEP).to_numpy()
    assert hidden.any()
    moved = found.table.assign(
        shared=found.table["shared"].mask(hidden, 0),
        reached=found.table["reached"].mask(hidden, 0),
        insularity=found.table["insularity"].mask(hidden, 1.0),
    )
    told, again = (
        communities(replace(results, communities=replace(found, table=one)), GATE) for one in (found.table, moved)
    )
    assert told is not None
    assert again is not None
    pd.testing.assert_frame_equal(told.table, again.table)
    known = told.table.set_index("community")
    assert known.loc[found.table.loc[hidden, "community"], ["reached", "insularity"]].isna().all(axis=None)
    assert known["insularity"].notna().any()


# ---- those who lead


def test_the_interval_of_a_share_of_people_does_not_give_their_count(results: Results):
    """The share was that of a class, but Jeffreys' interval that of the count; it is that of all the class."""
    for people in (12, 23):
        told = [proportion(exact_proportion(np.arange(people) < silent), people, GATE) for silent in range(STEP)]
        assert len(set(told)) == 1
        assert told[0].low is not None
    found = results.leadership
    shares = ("silent_share", "silent_share_others", "broadcast_only_share")
    assert set(shares) <= set(found.estimates)
    nobody = {name: exact_proportion(np.zeros(found.leaders if "others" not in name else 200)) for name in shares}
    some = {name: exact_proportion(np.arange(found.leaders if "others" not in name else 200) < 3) for name in shares}
    told = [
        leadership(replace(results, leadership=replace(found, estimates=dict(found.estimates) | one)), GATE).estimates
        for one in (nobody, some)
    ]
    for name in ("silent_share_others", "broadcast_only_share"):
        assert told[0][name] == told[1][name], name


def test_what_flows_across_is_not_told_beside_the_share_across(results: Results):
    """It was the exact share, whose class the E-I index of traffic is worked out from."""
    found = results.leadership

    def told(across: float) -> dict[str, Estimate]:
        exact = replace(found.estimates["flow_across"], value=across)
        estimates = dict(found.estimates) | {"flow_across": exact}
        return dict(leadership(replace(results, leadership=replace(found, estimates=estimates)), GATE).estimates)

    share = results.organisation.estimates["cross_department_share"].value
    assert told(share) == told(share + 0.02)
    matrices = Matrices.of(results, GATE)
    assert (
        told(share)["flow_across"].value
        == _organisation(results, matrices, GATE).estimates["cross_department_share"].value
    )


def test_a_share_of_answers_is_no_finer_than_a_step_of_questions(results: Results):
    """Of few questions, two digits of the share that is answered gave how many they are."""
    found = results.dialogue
    few = found.pairs.assign(asked=5)
    for scope, pairs in (("_within", len(found.departments)), ("", len(found.pairs))):
        unit = STEP / (7 * pairs)
        told = {
            dialogue(replace(results, dialogue=replace(found, pairs=few, estimates=dict(found.estimates) | {
                f"reply_rate{scope}": Estimate(0.5 + unit * part)})), GATE).estimates[f"reply_rate{scope}"].value
            for part in (-0.2, 0.0, 0.2)
        }  # fmt: skip
        assert len(told) <= 2, scope


# ---- scores and affinities


def three(first: int, second: int, third: int) -> np.ndarray:
    """The mixing of three departments with so many ties between each two."""
    cells = np.array([[60, first, second], [first, 40, third], [second, third, 30]], dtype=np.float64)
    cells[np.diag_indices(3)] *= 2
    return cells


def test_affinities_and_what_binds_single_out_ties_but_for_those_of_classes():
    """Two digits of what follows from three counts are several equations for them: of 125 cases they left one."""
    sizes = np.array([12.0, 10.0, 8.0])

    def told(mixing: np.ndarray) -> tuple[float, ...]:
        close = affinities(mixing, sizes, size_exponent(mixing, sizes))
        figures = [*close[np.triu_indices(3, 1)], *binds(close), float(kirchhoff_index(close))]
        return tuple(GATE.figure(figures).tolist())

    exact, classes = defaultdict(set), defaultdict(set)
    for counts in itertools.product(range(20, 25), range(15, 20), range(10, 15)):
        exact[told(three(*counts))].add(counts)
        classes[told(by_middles(three(*counts), GATE))].add(counts)
    assert min(len(cases) for cases in exact.values()) == 1
    assert [len(cases) for cases in classes.values()] == [125]


def test_what_is_told_of_the_connector_follows_from_its_ties_in_classes(results: Results):
    """Scores, Bind and Reach, what is bound of each pair, and affinities had two digits of the exact numbers."""
    found = results.connector

    def shown(exact: np.ndarray, factor: float) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        table = found.candidates.copy()
        table[["score", "bind", "reach", "substantive_share"]] *= factor
        moved = replace(
            found,
            candidates=table,
            binds=found.binds.assign(loss=found.binds["loss"] * factor),
            affinity=found.affinity * factor,
            mixing=found.mixing * 0 + exact,
        )
        one = connector(replace(results, connector=moved), GATE)
        return one.candidates, one.binds, one.affinity

    exact = found.mixing.to_numpy()
    # As many as the class of each allows.
    small = (exact < STEP) & ~np.eye(len(exact), dtype=bool)
    most = np.where(small, exact, np.floor(exact / STEP) * STEP + STEP - 1)
    most[np.diag_indices(len(most))] = np.diagonal(exact)
    for one, other in zip(shown(exact, 1.0), shown(most, 1.03), strict=True):
        pd.testing.assert_frame_equal(one, other)
    told = shown(exact, 1.0)[0]
    for name in ("score", "bind", "reach"):
        off = (told[name] / found.candidates[name].reindex(told.index) - 1).abs()
        assert off.median() < 0.1, name


def test_the_first_is_not_told_behind_another(results: Results):
    told = connector(results, GATE)
    if told.department is not None:
        eligible = told.candidates[told.candidates["eligible"].astype(bool)]
        assert eligible["score"].idxmax() == told.department


def test_what_binds_the_organisation_follows_from_classes(sample: PersonAnalysis):
    results, matrices = sample.results, Matrices.of(sample.results, GATE)
    found = results.organisation
    assert set(found.told) == {"effective_resistance", "algebraic_connectivity"}
    assert found.told == by_classes(sample.network)
    estimates = {name: replace(one, value=one.value * 1.02) if name in found.told else one
                 for name, one in found.estimates.items()}  # fmt: skip
    moved = replace(results, organisation=replace(found, estimates=estimates))
    told, again = (_organisation(one, matrices, GATE).estimates for one in (results, moved))
    for name in found.told:
        assert told[name].value == again[name].value
        assert told[name].value == pytest.approx(found.estimates[name].value, rel=0.15)


def test_an_affinity_is_that_of_published_ties(results: Results):
    """In the graph it stood at each edge with two digits, beside the class of its ties."""
    matrices, found = Matrices.of(results, GATE), results.pairs
    told, again = (
        _pairs(replace(results, pairs=one), matrices, GATE).affinity
        for one in (found, replace(found, affinity=found.affinity * 1.02))
    )
    pd.testing.assert_frame_equal(told, again)


def test_doors_and_those_who_hold_most_are_told_by_published_counts(sample: PersonAnalysis):
    """A share of a door and its ties gave all ties across, and these the door's."""
    found = sample.results.what_would_help
    assert found is not None
    doors = replace(found.doors, table=found.doors.table.assign(share=found.doors.table["share"] * 1.04))
    losses = found.losses
    moved = replace(
        found,
        doors=doors,
        losses=replace(losses, table=losses.table.assign(loss=losses.table["loss"] * 1.04, next_bind=0.5)),
    )
    other = replace(sample.results, what_would_help=moved)
    told, again = (PersonAnalysis(one, sample.network, sample.shown, sample.tally).published().results.what_would_help
                   for one in (sample.results, other))  # fmt: skip
    pd.testing.assert_frame_equal(told.doors.table, again.doors.table)
    pd.testing.assert_series_equal(told.losses.table["loss"], again.losses.table["loss"])
    pd.testing.assert_series_equal(told.losses.table["next_bind"], again.losses.table["next_bind"])


def test_advice_is_forecast_from_classes(sample: PersonAnalysis):
    """What new ties would bring had two digits of exact forecasts: of few departments, equations for their ties."""
    found = sample.results.what_would_help
    assert found is not None
    # By the organisation itself, it is what was found.
    same = found.joining.by(found.model)
    np.testing.assert_allclose(same.table["gain"], found.joining.table["gain"], rtol=1e-6)
    for name in ("gain", "at_random", "busiest", "effect", "binding"):
        assert getattr(same, name).value == pytest.approx(getattr(found.joining, name).value, abs=1e-9), name
    exact = {name: replace(getattr(found.joining, name), value=getattr(found.joining, name).value * 1.03)
             for name in ("gain", "at_random", "busiest", "effect", "binding")}  # fmt: skip
    moved = replace(
        found,
        joining=replace(found.joining, table=found.joining.table.assign(gain=0.5), **exact),
        involved=found.involved.assign(gain=found.involved["gain"] * 1.03),
    )
    told, again = (
        PersonAnalysis(replace(sample.results, what_would_help=one), sample.network, sample.shown, sample.tally)
        .published()
        .results.what_would_help
        for one in (found, moved)
    )
    assert told is not None
    assert again is not None
    for name in ("gain", "at_random", "busiest", "effect", "binding"):
        assert getattr(told.joining, name).value == getattr(again.joining, name).value, name
        assert getattr(told.joining, name).value != 0
    pd.testing.assert_frame_equal(told.joining.table, again.joining.table)
    pd.testing.assert_frame_equal(told.involved, again.involved)
    assert told.joining.gain.value == pytest.approx(found.joining.gain.value, rel=0.2)
    assert told.involved.index[0] == found.involved.index[0]


@pytest.mark.long
def test_options_of_time_give_nothing_else_of_the_whole_log():
    """Windows and events are tables of their own: with and without them, what is told of all the log is the same."""
    people, rng = staff(), np.random.default_rng(18)
    ids = people["person"].to_numpy()
    a, b = rng.integers(len(ids), size=(2, 3_000))
    times = pd.Timestamp("2025-01-06") + pd.to_timedelta(rng.integers(70 * 24 * 60, size=3_000), unit="min")
    log = pd.DataFrame({"timestamp": times, "sender": ids[a], "recipient": ids[b]})[a != b]
    plain, *others = (
        silos.analyze(log, people, bootstrap=20, **options).published()
        for options in ({}, {"window": "week"}, {"window": "month"}, {"events": {"2025-02-10": "The move"}})
    )
    for other in others:
        for question in ("departments", "pairs"):
            pd.testing.assert_frame_equal(getattr(plain, question), getattr(other, question))
        pd.testing.assert_frame_equal(plain.organisation, other.organisation)
        pd.testing.assert_frame_equal(plain.connector.candidates, other.connector.candidates)
        assert plain.results.inputs.to_dict() == other.results.inputs.to_dict()
