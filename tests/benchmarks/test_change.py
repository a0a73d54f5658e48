"""The benchmark of change: figures are kept, and the page has them."""

import json
import shutil
import sys

from tests.support.places import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

import change


def test_the_page_has_the_figures_that_are_kept(tmp_path):
    kept = json.loads((ROOT / "docs" / "data" / "change.json").read_text(encoding="utf-8"))
    shutil.copytree(ROOT / "docs" / "data", tmp_path / "data")
    shutil.copy(ROOT / "docs" / "change.md", tmp_path / "change.md")
    change.written({}, tmp_path)
    assert (tmp_path / "change.md").read_bytes() == (ROOT / "docs" / "change.md").read_bytes()
    row = kept["half-lives"][0] | {"organisations": 4, "within": 3, "open": 1, "median": 1.25, "follows": 2}
    change.written({"half-lives": [row]}, tmp_path)
    page = (tmp_path / "change.md").read_text(encoding="utf-8")
    assert "| 1 | 75.0 % | 1.25 | 25.0 % | 50.0 % |" in page
    assert json.loads((tmp_path / "data" / "change.json").read_text(encoding="utf-8"))["half-lives"] == [row]


def test_half_lives_that_were_planted_are_counted_as_within():
    [one, *_, nothing] = change.half_lives(2)
    assert (one["half_life"], one["organisations"], one["follows"]) == (1.0, 2, 2)
    assert 0 <= one["within"] <= 2
    assert abs(one["median"] - 1) < 0.5
    assert "within" not in nothing


def test_alarms_are_counted_by_organisation():
    row = {"planted": "nothing", "organisations": 4, "changes told": 1.0, "rows told": 0.02, "asked": 2.0,
           "asked of the silo": 0.0, "event told": 0.0, "the silo's": 0.0, "wrong sign": 0.0}  # fmt: skip
    assert "| nothing | 1 of 4 | 0.50 % | 2 of 4 | 0 of 4 | 0 of 4 | 0 of 4 | 0 of 4 |" in change._alarms_told([row])
