"""The public names are one sorted list, and they are there."""

import subprocess
import sys

import pytest

import silos
from silos import measures

PROMISED = {
    "ei_index", "assortativity", "coleman_homophily", "freeman_segregation", "spectral_segregation",
    "odds_ratio_within_group", "modularity", "conductance", "log_density_ratio", "insularity", "mixing_matrix",
    "gravity_ratio", "brokerage_roles", "constraint", "effective_size", "participation", "within_module_z",
    "reciprocity", "communities",
}  # fmt: skip


@pytest.mark.parametrize("module", [silos, measures], ids=lambda module: module.__name__)
def test_all_is_sorted_and_there(module):
    # as ruff sorts: CONSTANTS, Classes, functions
    assert sorted(module.__all__, key=lambda name: (not name.isupper(), name.islower(), name)) == list(module.__all__)
    assert len(module.__all__) == len(set(module.__all__))
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_measures_are_those_of_the_interface_and_registered():
    assert set(measures.__all__) >= PROMISED
    functions = {name for name in measures.__all__ if callable(getattr(measures, name)) and name.islower()}
    assert functions == set(measures.REGISTRY)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        silos.analyse  # noqa: B018


def test_the_command_line_loads_nothing_heavy_to_say_what_it_does():
    code = "import sys, silos.cli; print([name for name in ('pandas', 'numpy', 'duckdb') if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
