"""The benchmark of advice: what was planted is followed, what came stands beside what was forecast, and they add up."""

import sys

import numpy as np
import pandas as pd
import pytest

from silos.inference.estimate import Estimate
from tests.conftest import shared
from tests.support.places import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

from advising import page, planted, real

#: These guard what measures the package, not what it is.
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def record():
    found = planted.run(("blocks", 60_000))
    assert found is not None, "the planted silo is found"
    return found


def test_messages_along_the_advice_open_the_silo_and_others_do_not(record):
    arms = record["arms"]
    assert set(arms) == set(planted.ARMS)
    assert arms["advised"]["insularity"] < -0.3
    assert abs(arms["random"]["insularity"]) < 0.2
    assert abs(arms["busiest"]["insularity"]) < 0.2
    assert arms["advised"]["bound"] < arms["busiest"]["bound"]
    forecast = Estimate(**record["forecast"]["insularity"])
    assert arms["advised"]["insularity_within"] == planted.within(forecast, arms["advised"]["insularity"])


def test_the_page_counts_the_runs_that_it_rests_on(record):
    summary = planted.summarised([record, record], 3)
    assert (summary["tried"], summary["runs"]) == (3, 2)
    right = record["arms"]["advised"]
    both = right["insularity_within"] and right["bound_within"] and right["verdict_right"]
    assert summary["arms"]["advised"]["all_right"] == 2 * both
    text = page.page({"planted": summary})
    assert "3 organisations of two generators" in text
    assert "nan" not in text


def test_forecasts_of_a_chart_miss_nothing_where_nothing_changed():
    place = pd.Series([0, 1, 2], ["x", "y", "z"])
    people = pd.Series(np.arange(4), list("abcd"))
    by = pd.Series(["x", "x", "y", "z"], list("abcd"))
    found = pd.DataFrame({"a": ["a", "b", "b"], "b": ["c", "c", "d"]})
    share = real.shares(found, by, place, people, np.ones(4))
    upper = share[np.triu_indices(3, k=1)]
    assert upper.tolist() == pytest.approx([2 / 3, 1 / 3, 0])
    assert real.missed(upper, upper) == 0
    assert real.missed(upper, np.array([0, 0, 1.0])) == pytest.approx(1)
    assert real.signs(np.array([0.1, 0.0, -0.1]), np.array([0.2, -0.2, 0.1])) == pytest.approx((1 + 0.5 + 0) / 3)


def test_the_network_without_its_hub_has_five_pairs_that_beat_chance():
    found = real.best_pairs(shared("datasets/email_eu_core"))
    assert len(found["pairs"]) == 5
    assert real.HUB not in {pair[end] for pair in found["pairs"] for end in ("a", "b")}
    assert found["gain"]["value"] > found["random"]["value"] > found["busiest"]["value"]
