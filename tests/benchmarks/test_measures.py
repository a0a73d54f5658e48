"""The benchmark of measures runs, and docs/measures.md can be made of what it writes."""

import json
import subprocess
import sys

import pytest

from tests.support.pages import script
from tests.support.places import ROOT


@pytest.mark.long
def test_a_page_is_made_of_what_the_benchmark_measures(tmp_path):
    written = tmp_path / "figures.json"
    words = ["benchmarks/measures.py", "--people", "200", "--ties", "900", "-o", str(written)]
    subprocess.run([sys.executable, *words], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    found = json.loads(written.read_text(encoding="utf-8"))
    assert (found["large"]["people"], found["large"]["ties"]) == (200, 900)
    for rows in (found["large"]["rows"], found["small"]["rows"]):
        assert all(row["seconds"] > 0 for row in rows)
    page = script("make_measures")._speed(found)
    assert "200 people and 900 ties (undirected)" in page
    for name in ("`constraint` of igraph", "`constraint`", "`effective_size`", "`brokerage_roles`"):
        assert f"| {name} |" in page
