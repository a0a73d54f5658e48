"""The benchmark of comparisons: what is counted as found, and as false."""

import sys

import pandas as pd
import pytest

from tests.support.places import ROOT
from tests.support.two_runs import halves

sys.path.insert(0, str(ROOT / "benchmarks"))

import comparisons


@pytest.fixture(scope="module")
def told():
    """What is said of halves between which a silo opened, and of halves of the same company without that."""
    return {kind: halves(**changes)[0].compare(halves(**changes)[1]) for kind, changes in (
        ("silo", {"silo_opens": 10}), ("nothing", {})
    )}  # fmt: skip


@pytest.mark.long
def test_what_was_planted_is_found_and_its_own_changes_are_not_false(told):
    said = comparisons._said(told["silo"], "R&D", "R&D")
    assert said["silo_fell"]
    assert (said["changed"] > 0, said["false"]) == (True, 0)
    # As if nothing had been planted, every change is false.
    assert comparisons._said(told["silo"], "R&D", None)["false"] == said["changed"]
    nothing = comparisons._said(told["nothing"], "R&D", None)
    assert (nothing["changed"], nothing["false"], nothing["silo_fell"]) == (0, 0, False)
    assert nothing["tested"] == told["nothing"].tested


@pytest.mark.long
def test_rates_add_up_and_the_page_has_them(told):
    quiet = comparisons._said(told["nothing"], "R&D", None)
    loud = comparisons._said(told["silo"], "R&D", None)
    records = [
        {"kind": kind, "seed": seed, "generator": "blocks", "paired": quiet, "alone": loud}
        for kind in comparisons.PLANTED
        for seed in range(2)
    ]
    rows = pd.DataFrame(comparisons.summarised(records)).set_index(["planted", "way"])
    assert rows.loc[("nothing", "paired"), "pairs_with_false_changes"] == 0
    assert rows.loc[("nothing", "alone"), "pairs_with_false_changes"] == 2
    assert rows.loc[("nothing", "alone"), "tested"] == 2 * loud["tested"]
    assert (rows.loc[("silo", "paired"), "found"], rows.loc[("silo", "alone"), "found"]) == (0, 2)
    page = comparisons.page(comparisons.summarised(records), 2)
    assert "| a silo opens (affinity from 0.3 to 1) | its insularity fell | 0 of 2 | 2 of 2 |" in page


def test_jobs_are_of_seeds_that_nobody_looked_at():
    made = comparisons.jobs(4)
    assert min(seed for _, seed in made) == comparisons.FIRST_SEED
    assert [sum(kind == one for one, _ in made) for kind in ("nothing", "silo", "season")] == [4, 4, 2]
