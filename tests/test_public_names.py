"""The public names are one sorted list; they are there, and a type checker knows what they are."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import silos
from silos import measures
from silos.system.distribution import DISTRIBUTION, PUBLISHED
from tests.support.places import ROOT

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


# ---- as a type checker sees them


def test_type_checkers_see_the_names_that_are_loaded_when_they_are_used():
    """`_HOME` and the imports under `TYPE_CHECKING` are one list, written twice: one for Python, one for checkers."""
    tree = ast.parse((ROOT / "silos" / "__init__.py").read_text(encoding="utf-8"))
    [block] = [
        node.body
        for node in tree.body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    ]
    imports = [node for node in block if isinstance(node, ast.ImportFrom)]
    seen = {name.asname or name.name: node.module for node in imports for name in node.names}
    assert seen == silos._HOME | dict.fromkeys(silos._MODULES, "silos")
    assert set(seen) == set(silos.__all__)


#: What a user writes, with the types that an editor would show. Tables are `Any`, as pandas brings no types of its own.
SCRIPT = """\
from pathlib import Path
from typing import Any, assert_type
import silos

log, staff = silos.read_interactions("log.csv"), silos.read_roster("staff.csv")
assert_type((log, staff), tuple[silos.Interactions, silos.Roster])
analysis = silos.analyze(log, staff, seed=0, window="month")
assert_type(analysis, silos.Analysis | silos.GroupAnalysis)
assert_type(analysis.connector, silos.Connector)
for finding in analysis.findings:
    assert_type(finding, silos.Finding)
    print(finding.severity, finding.sentence)
tables: list[Any] = [analysis.departments, analysis.pairs, analysis.trend, analysis.connector.candidates]
analysis.report(lang="fr").write(Path("out"))
assert isinstance(analysis, silos.Analysis)  # a log of groups has no network of persons
assert_type(analysis.network, silos.Network)
print(analysis.network.to_networkx("department"), silos.measures.ei_index(analysis.network))
assert_type(silos.ingest(["log.csv"], Path("store")), silos.Ingested)
assert_type(silos.forget("store", "ann"), silos.Forgotten)
silos.simulate.organisation(departments=4, people=80, seed=1)
"""

#: What a checker must see is wrong: names that are misspelled, and options of another type. Written after `SCRIPT`.
WRONG = (
    "analysis.departements",
    "analysis.connector.candidate",
    "analysis.findings[0].severeness",
    'analysis.network.to_network("department")',
    "silos.measures.ei_indx(analysis.network)",
    "analysis.report(lang=1)",
    'silos.analyze(log, staff, seed="0")',
    'silos.read_rooster("staff.csv")',
    "silos.simulate.organization()",
)


@pytest.fixture(scope="module")
def faults(tmp_path_factory) -> dict[str, set[int]]:
    """The lines of a right and a wrong script that mypy --strict objects to, for a user without stubs of pandas."""
    folder = tmp_path_factory.mktemp("scripts")
    (folder / "right.py").write_text(SCRIPT, encoding="utf-8")
    (folder / "wrong.py").write_text(SCRIPT + "\n".join(WRONG) + "\n", encoding="utf-8")
    words = ["--strict", "--ignore-missing-imports", "--follow-imports", "silent", "--config-file", "", "--cache-dir"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *words, str(folder / "cache"), "right.py", "wrong.py"],
        capture_output=True, text=True, check=False, cwd=folder, env={**os.environ, "MYPYPATH": str(ROOT)},
    )  # fmt: skip
    assert "Found" in done.stdout, done.stdout + done.stderr
    found: dict[str, set[int]] = {"right.py": set(), "wrong.py": set()}
    for file, line in re.findall(r"^([^:\n]+):(\d+): error:", done.stdout, re.MULTILINE):
        found[file].add(int(line))
    return found


@pytest.mark.long
def test_a_script_of_a_user_is_right_by_its_types(faults):
    assert faults["right.py"] == set()


@pytest.mark.long
def test_a_misspelled_name_is_seen(faults):
    first = len(SCRIPT.splitlines()) + 1
    missed = [line for number, line in enumerate(WRONG, first) if number not in faults["wrong.py"]]
    assert missed == []
    assert min(faults["wrong.py"]) >= first


def test_the_package_says_that_it_is_typed():
    assert (ROOT / "silos" / "py.typed").is_file()


# ---- the name under which it is installed

#: Where somebody may read how to install something. The committed figures hold no words.
READ = ("*.py", "*.md", "*.toml", "*.j2", "*.sql", "*.ipynb", "*.cfg", "*.yaml", "*.cff", "Makefile", ".ci/*")
INSTALL = re.compile(r"pip3?[ \"',]+install\b([^\n]*)")
#: The end of a command in prose, in a shell, in a list of words.
END = re.compile(r"[`#;]|\. |, (or|and|with) | (in|or|with|and|which|to) ")
#: What is installed to develop or to compare with, and the value of an option.
OTHERS = {"vivainsights", "pip", "uv", "lowest-direct"}


def fetched(text: str) -> set[str]:
    """The names of what `pip install` in a text would fetch from the package index."""
    found = set()
    for match in INSTALL.finditer(text):
        command = re.sub(r"(?<=[\w.}])\[[^\]]*\]", "", END.split(match.group(1))[0])
        words = (
            word.strip(".,:()]") for word in re.split(r"[\s\"',]+", command) if not word.startswith(("-", ".", "$"))
        )
        names = (re.split(r"[=<>]", word)[0] for word in words if "{" not in word)
        found |= {name for name in names if name and not name.endswith((".whl", ".txt"))}
    return found


def test_nothing_says_to_install_what_is_somebody_elses():
    """On the package index `silos` is another package: whoever follows a message would run a stranger's code."""
    files = {path for pattern in READ for path in ROOT.rglob(pattern) if ".venv" not in path.parts}
    assert len(files) > 100
    named = {path: fetched(path.read_text(encoding="utf-8")) for path in files - {Path(__file__)}}
    mine = OTHERS | ({DISTRIBUTION} if PUBLISHED else set())
    assert {path.relative_to(ROOT).as_posix(): names - mine for path, names in named.items() if names - mine} == {}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("pip install silos", {"silos"}),
        ("Needs it: `pip install silos[calendar]`.", {"silos"}),
        ("pip3 install silos and be done", {"silos"}),
        ('pip install "silos[sql]"', {"silos"}),
        ('["pip", "install", "--quiet", "silos"]', {"silos"}),
        ("pip install -q silos==0.1 other", {"silos", "other"}),
        ('pip install ".[calendar]" in the checkout, or pip install "FILE.whl[calendar]"', {"FILE.whl"}),
        ('pip install ".[spark]"          # PySpark 4.3; Java', set()),
        ("pip install silos-ona[calendar]", {"silos-ona"}),
    ],
)
def test_the_check_sees_what_would_be_fetched(text, names):
    assert fetched(text) == {name for name in names if not name.endswith(".whl")}
