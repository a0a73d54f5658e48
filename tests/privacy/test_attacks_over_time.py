"""Attacks on windows, events, and people who move, join or leave; and on what two runs that are compared say of both.

Each shows what two digits of the exact number gave away, and that it is no longer given. Where a number follows from
classes of counts, results that differ within these classes are published alike.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import silos
from silos.analysis.comparison import published as compared
from silos.analysis.comparison.changes import between, both, tabled
from silos.analysis.comparison.charts import Charts
from silos.analysis.comparison.figures import Figure
from silos.analysis.over_time.headline import View, headline
from silos.analysis.over_time.responsiveness import Curve, Responsiveness
from silos.analysis.over_time.turnover import Turnover
from silos.analysis.published.changes import change_points, events, responsiveness, trend, turnover
from silos.analysis.result import Analysis
from silos.inference.estimate import Estimate
from silos.inference.event_study import steadied
from silos.network import Network
from silos.privacy.gate import STEP, Gate
from tests.support.attack import left_open, staff
from tests.support.changing import Changing

GATE = Gate()
#: People of each of two departments.
PEOPLE = 12


@pytest.fixture(scope="module")
def changing() -> Analysis:
    """Half a year in which a department opens, with an event on that day."""
    made = Changing(opens=13)
    return silos.analyze(made.log(), made.roster(), window="month", bootstrap=30, events={"2024-04-01": "The opening"})


# ---- windows: ties between two departments


def two_departments(inside: tuple[int, int], across: int) -> View:
    """So many ties inside each of two departments, and between them."""
    cells = [list(itertools.combinations(range(at, at + PEOPLE), 2)) for at in (0, PEOPLE)]
    pairs = list(itertools.product(range(PEOPLE), range(PEOPLE, 2 * PEOPLE)))
    ties = [*cells[0][: inside[0]], *cells[1][: inside[1]], *pairs[:across]]
    adjacency = np.zeros((2 * PEOPLE, 2 * PEOPLE))
    adjacency[tuple(np.array(ties).T)] = 1.0
    departments = np.repeat(["HR", "IT"], PEOPLE)
    people = pd.DataFrame({"department": departments}, index=pd.RangeIndex(2 * PEOPLE, name="person"))
    return View(Network(people, sparse.csr_array(adjacency + adjacency.T), directed=False), departments)


def test_an_index_of_a_window_leaves_the_ties_between_two_departments_open():
    """With two digits, where 40 to 44 ties lie inside each and 20 to 24 between them, it gave the number: 20."""
    rounded, told = defaultdict(set), defaultdict(set)
    for first, second, across in itertools.product(range(40, 45), range(40, 45), range(20, 25)):
        found = headline(two_departments((first, second), across), ["HR", "IT"], classes=True)
        for key, measured in found.items():
            rounded[key, round(measured.value, 2)].add(across)
            told[key, measured.told].add(across)
    of_ties = [("ei_index", ""), ("insularity", "HR"), ("insularity", "IT")]
    assert rounded[("ei_index", ""), -0.62] == {20}
    assert min(len(left) for (key, _), left in rounded.items() if key[0] == "insularity") < STEP
    for key in of_ties:
        assert [left for (name, _), left in told.items() if name == key] == [set(range(20, 25))], key


def test_a_window_of_the_whole_log_says_no_more_than_the_log():
    """Worked out by itself, the index of a window gave back what the index of the log is worked out to hide."""
    people, rng = staff(), np.random.default_rng(18)
    department, names = people["department"].to_numpy(), people["person"].to_numpy()
    i, j = np.triu_indices(len(people), k=1)
    tied = rng.random(len(i)) < np.where(department[i] == department[j], 0.6, 0.25)
    times = pd.Timestamp("2025-01-06") + pd.to_timedelta(rng.integers(28 * 24 * 60, size=tied.sum()), unit="min")
    log = pd.DataFrame({"timestamp": times, "sender": names[i[tied]], "recipient": names[j[tied]]})
    found = silos.analyze(log, people, bootstrap=10, window="quarter")
    exact, told = found.results, found.published().results
    [window] = told.trend.windows.to_dict("records")
    assert window["ties"] == told.organisation.ties
    assert window["ties"] != exact.trend.windows["ties"].iloc[0] // STEP * STEP, "the sum of all is no class of its own"
    values = told.trend.table.set_index(["measure", "department"])["value"]
    for measure in ("ei_index", "cross_department_share", "modularity"):
        assert values[measure, ""] == told.organisation.estimates[measure].value, measure
    for name, insularity in told.departments.table["insularity"].items():
        if np.isfinite(values.get(("insularity", name), np.nan)):
            assert values["insularity", name] == insularity, name
    assert np.isfinite(values["insularity"]).sum() > 2


#: What is told of a change, but for the interval of people.
OF_CHANGES = ["before", "after", "change", "traffic", "strength", "weeks_low", "weeks_high"]


def moved(table: pd.DataFrame, by: float) -> pd.DataFrame:
    """A table of changes whose exact numbers are a little larger, their doubt the same."""
    error = table["change"].abs() / table["strength"]
    result = table.assign(before=table["before"] - by, after=table["after"] + by, change=table["change"] + 2 * by)
    result["strength"] = result["change"].abs() / error
    for end in {"weeks_low", "weeks_high"} & set(table):
        result[end] = table[end] + 2 * by
    return result.assign(traffic=table["traffic"] * 1.01)


def test_a_change_does_not_come_back_from_what_is_told_beside_it(changing: Analysis):
    """The middle of the interval of weeks was the exact change, and so was the strength times the width."""
    for found, publish in ((changing.results.events, events), (changing.results.trend, trend)):
        other = replace(found, table=moved(found.table, 0.004))
        told, again = (publish(one, GATE).table for one in (found, other))
        names = [name for name in OF_CHANGES if name in told]
        pd.testing.assert_frame_equal(told[names], again[names], check_exact=False, rtol=1e-6)
        plain, differs = (publish(replace(one, told=None), GATE).table for one in (found, other))
        assert not plain[names].equals(differs[names])
    assert change_points(changing.results.change_points, GATE).table.empty


def test_what_is_told_of_an_event_is_near_and_says_the_same(changing: Analysis):
    """Its interval of weeks ended at the number of weeks, and p by its class made one date of none."""
    exact, told = changing.results.events.table, changing.published().results.events.table
    assert exact["verdict"].tolist() == told["verdict"].tolist()
    for name in ("before", "after", "change", "weeks_low", "weeks_high"):
        assert (exact[name] - told[name]).abs().max() < 0.15, name
    said = told["verdict"].isin(["rose", "fell"])
    assert said.any()
    assert (told["weeks_low"] * told["weeks_high"] >= 0)[said].all()
    assert (told["change"] * exact["change"] > 0)[said].all()
    for one in (changing, changing.published()):
        rare = [finding.sentence for finding in one.findings if finding.id.startswith("event:")]
        assert rare
        assert all("at none of 8 dates without an event" in sentence for sentence in rare)


def test_nobody_who_joined_is_told_as_a_few_are(changing: Analysis):
    """0 was named as suppressed and 1 to 4 were missing: of both it was known which."""
    found = replace(changing.results.trend, dated=True)
    windows = found.windows.assign(joiners=0.0, leavers=7.0, movers=0.0)
    few = windows.assign(joiners=np.nan, movers=np.nan)
    told, again = (trend(replace(found, windows=one), GATE).windows for one in (windows, few))
    pd.testing.assert_frame_equal(told, again)
    assert set(told["suppressed"]) == {"joiners;movers"}
    assert (told["leavers"] == 5).all()


# ---- people who move, join or leave: with one of them, and without


def test_the_contacts_of_one_who_left_are_left_a_class_at_least():
    def told(mean: float, people: int) -> float:
        found = turnover(Turnover(leavers=people, contacts=Estimate(mean)), GATE).contacts.value
        assert found is not None
        return found

    def rounded(mean: float, _: int) -> float:
        return float(GATE.figure(mean))

    for people in (5, 9, 10, 14):
        totals, own = range(6 * people, 6 * people + 20), range(3, 21)
        known = left_open(rounded, totals, own, people)
        assert min(known.values()) < STEP
        left = left_open(told, totals, own, people)
        # Near the ends of what one may have, the range itself cuts classes off.
        assert min(count for (_, one), count in left.items() if 8 <= one <= 15) >= STEP, people


def of_leavers(share: float, people: int) -> float | None:
    found = Turnover(leavers=people, contacts=Estimate(8.0), only_theirs=Estimate(share), beside=people)
    return turnover(found, GATE).only_theirs.value


def of_movers(share: float, people: int) -> float | None:
    table = pd.DataFrame({"month": [-1, 0], "months": 1, "movers": float(people), "old": [0.5, share]})
    for name in ("new", "others_old", "others_new", "beyond_old", "beyond_new"):
        table[name] = 0.0
    for name in ("old", "new", "beyond_old", "beyond_new"):
        table = table.assign(**{f"{name}_low": 0.0, f"{name}_high": 1.0})
    none = Estimate(None)
    curve = Curve(people, 40, 40, table, none, none, none, none)
    given = responsiveness(Responsiveness({"department": curve}, ""), GATE).curves["department"].table["old"][1]
    return float(given) if np.isfinite(given) else None


@pytest.mark.long
@pytest.mark.parametrize("told", [of_leavers, of_movers])
def test_the_share_of_one_is_left_open_where_only_the_mean_is_told(told: Callable[[float, int], float]):
    """With two digits it was known to a twentieth. A mean that rises still says that theirs lies above it."""
    for people in (5, 10):
        totals, own = np.linspace(0, people, 20 * people + 1).round(2), np.linspace(0, 1, 21).round(2)
        about = [total for total in totals if 0.4 <= total / people <= 0.6]
        known, left = (
            left_open(publish, totals, own, people) for publish in (lambda mean, _: float(GATE.figure(mean)), told)
        )
        assert min(known[total, one] for total in about for one in own) <= 3
        assert min(left[total, one] for total in about for one in own) >= 7


def test_one_who_stays_is_not_several_by_being_seen_in_several_months():
    """Of those beside movers, months were counted: one in six of them passed for six people, whose shares were told."""
    shares, counted = np.full((2, 12), 0.4), np.full(12, 1)
    assert np.isnan(steadied(shares, counted, np.array([1, 1]), 5)).all()
    assert np.isnan(steadied(shares, counted, np.array([6, 4]), 5)).all()
    np.testing.assert_allclose(steadied(shares, counted, np.array([5, 6]), 5), 0.4)


# ---- two runs compared


def table_of(before: Figure, after: Figure) -> pd.DataFrame:
    """The changes of exact numbers, one of which is a ratio."""
    keys = {("ei_index", "", ""): False, ("ratio", "HR", "IT"): True}
    runs = tuple(dict.fromkeys(keys, figure) for figure in (before, after))
    found = {}
    for key, ratio in keys.items():
        careful = between(before, after, ratio=ratio)
        paired = replace(careful, low=careful.value - 0.2, high=careful.value + 0.2)
        found[key] = both(careful, paired)
    return tabled((runs[0], runs[1]), found)


def test_exact_numbers_do_not_come_back_from_the_interval_of_their_change():
    """Its ends are two equations for both numbers, beside the intervals of the runs; of pairs, it is the middle."""
    shown = [dict.fromkeys([("ei_index", "", ""), ("ratio", "HR", "IT")], Figure(*one)) for one in
             ((0.43, 0.31, 0.61), (0.57, 0.46, 0.7))]  # fmt: skip
    exact = [table_of(Figure(a, 0.31, 0.61), Figure(b, 0.46, 0.7)) for a, b in ((0.466, 0.551), (0.451, 0.563))]
    ends = ["change_low", "change_high", "paired_low", "paired_high"]
    told, again = (compared.table(one, (shown[0], shown[1]), GATE).sort_values("measure") for one in exact)
    pd.testing.assert_frame_equal(told[["change", *ends]], again[["change", *ends]])
    rounded = [GATE.figure(one.sort_values("measure")[ends].to_numpy()) for one in exact]
    assert (rounded[0] != rounded[1]).any(axis=1).all()
    # What is said to have risen did so in its whole interval.
    risen = exact[0].assign(verdict="rose")
    sides = compared.table(risen, (shown[1], shown[0]), GATE).set_index("measure")
    assert sides.loc["ei_index", ["change_low", "paired_low"]].ge(0).all()
    assert sides.loc["ratio", ["change_low", "paired_low"]].ge(1).all()


def test_what_charts_agree_with_is_left_a_step_of_ties_and_of_people():
    """An agreement of 1.00 said that nobody of a department is in the community of another, as it did of one run."""
    one = Charts(60, 9, (0.312, 0.334), between(Figure(0.312, 0.3, 0.32), Figure(0.334, 0.32, 0.34), ratio=False),
                 (1.0, 0.93), "alike", "", 100, (0.9, 0.88))  # fmt: skip
    other = replace(one, modularity=(0.301, 0.349), ami=(0.92, 0.89), change=replace(one.change, value=0.048,
                    low=one.change.low + 0.026, high=one.change.high + 0.026))  # fmt: skip
    told, again = (compared.charts(found, GATE) for found in (one, other))
    assert told == again
    assert told.ami[0] is not None
    assert told.ami[0] < 1
    plain = [compared.charts(replace(found, ties=0), GATE) for found in (one, other)]
    assert plain[0] != plain[1]
    least = compared.charts(replace(one, verdict="first"), GATE).change
    assert least.value <= 0
    assert least.high <= 0
