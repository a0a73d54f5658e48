"""The benchmark of walls, silos and thin logs: what is planted is in the records, and they add up."""

import json
import sys

import numpy as np
import pytest

from tests.support.places import DOCS, ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

from validation import distances, verdicts, verdicts_page

#: These guard what measures the package, not what it is.
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def records():
    jobs = [
        verdicts.Job("walls", "blocks", 20_000, 0.0),
        verdicts.Job("walls", "blocks", 20_000),
        verdicts.Job("sample", "latent", 21_000, 0.01),
        verdicts.Job("distances", "distances", 0, distances.SILOS),
    ]
    return [verdicts.run(job) for job in jobs]


def test_what_was_planted_is_judged(records):
    walled, plain, sample, far = records
    planted = [pair for pair in walled["pairs"][1:] if pair["planted"]]
    assert [pair["ties"] for pair in planted] == [0]
    assert not any(pair["planted"] for pair in plain["pairs"][1:])
    assert len(plain["shuffled"]) == 1
    silos = [row for row in plain["departments"] if row["role"] == "silo"]
    assert len(silos) == 2
    assert {row["strength"] for row in silos} == {verdicts.STRENGTHS[0]}
    # a hundredth of a log says nothing of anybody
    assert not any(row["verdict"] == "silo" for row in sample["departments"])
    assert any(row["role"] == "silo" and row["verdict"] == "silo" for row in far["departments"])


def test_silos_at_distances_lack_ties_across():
    made, none = distances.organisation(7), distances.organisation(7, silos=0.0)
    assert none.silos == ()
    across = []
    for one in (made, none):
        member = one.network.membership
        i, j = one.network.dyads
        apart = np.isin(one.network.departments, list(made.silos))
        across.append(((member[i] != member[j]) & (apart[member[i]] | apart[member[j]])).sum())
    # half to four fifths are taken, and of ties between two silos more; passing contacts stay
    assert 0.15 < across[0] / across[1] < 0.55


def test_rates_are_of_what_was_judged(records):
    walls = verdicts.walls(records)
    found = next(row for row in walls if row["value"] == 0.0 and row["verdict"] == "wall")
    assert (found["organisations"], found["planted"], found["found"]) == (1, 1, 1)
    assert sum(row["walls"] for row in verdicts.curve(records)) == 1
    silos = {row["kind"]: row for row in verdicts.silos_found(records)}
    assert silos["distances"]["found_0.35"][1] == sum(r["role"] == "silo" for r in records[3]["departments"])
    text = verdicts_page.page({"walls": walls, "curve": verdicts.curve(records), "silos": list(silos.values())}, 1)
    assert "| blocks | ties left: 0 | 1 | wall | 1 of 1: 100 % |" in text


def test_the_page_is_made_from_its_figures():
    kept = json.loads((DOCS / "verdicts.json").read_text(encoding="utf-8"))
    number = max(row["organisations"] for row in kept["walls"])
    assert (DOCS / "verdicts.md").read_text(encoding="utf-8") == verdicts_page.page(kept, number)
