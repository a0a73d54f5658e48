"""The house stays one: few rooms at the top, modules and functions that can be read at once, tests that stand alone."""

import ast
import json
import re
from importlib import import_module
from importlib.util import find_spec

import pytest

from tests.support.places import ROOT

PACKAGE = ROOT / "silos"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MOST_ENTRIES, MOST_LINES, MOST_LINES_OF_A_FUNCTION = 20, 450, 80


def test_the_top_level_has_few_entries():
    entries = {path.name for path in PACKAGE.iterdir()} - {"__pycache__"}
    assert len(entries) <= MOST_ENTRIES, sorted(entries)


def test_no_module_is_long():
    lines = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_no_function_is_long():
    long = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                lines = node.end_lineno - node.lineno + 1
                if lines > MOST_LINES_OF_A_FUNCTION:
                    long[f"{path.relative_to(ROOT).as_posix()}: {node.name}"] = lines
    assert long == {}


def test_what_departments_have_with_all_others_is_summed_in_one_place():
    summed = re.compile(r"\.sum\((?:axis=)?-?1\) - np\.diag(?:onal)?\([^()]*\)(?! / 2)")
    found = [path.relative_to(ROOT).as_posix() for path in MODULES if summed.search(path.read_text("utf-8"))]
    assert found == ["silos/measures/basis.py"], "totals_across does that"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_says_what_it_is_in_one_line(path):
    said = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert said, "a docstring: its first line stands in docs/layout.md"
    first, _, rest = said.partition("\n")
    assert first.endswith((".", "?")), "the first line is a whole sentence"
    assert not rest or rest.startswith("\n"), "the first line ends the sentence"


def test_no_test_module_imports_another():
    others = {}
    for path in TESTS:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [f"{node.module}.{name.name}" for name in node.names] if isinstance(node, ast.ImportFrom) else []
            names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                if name.startswith("tests.") and any(part.startswith("test_") for part in name.split(".")):
                    others[path.relative_to(ROOT).as_posix()] = name
    assert others == {}, "what several tests need lies in tests/support or tests/conftest.py"


def code_beside_the_package():
    """Python of benchmarks and notebooks, which no quick test runs, by path."""
    for path in sorted((ROOT / "benchmarks").rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        yield path.relative_to(ROOT).as_posix(), re.sub(r"(?m)^%.*$", "", "\n".join(code))


def test_what_benchmarks_and_notebooks_import_is_there():
    missing, seen = [], 0
    for name, code in code_beside_the_package():
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "silos":
                module = import_module(str(node.module))
                for one in node.names:
                    seen += 1
                    submodule = hasattr(module, "__path__") and find_spec(f"{node.module}.{one.name}")
                    if not submodule and not hasattr(module, one.name):
                        missing.append(f"{name}: {node.module}.{one.name}")
    assert missing == []
    assert seen > 100


def test_every_room_of_tests_is_a_room_of_the_package_or_named_here():
    beside = {"support", "docs", "benchmarks", "__pycache__"}
    rooms = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()} - beside
    assert rooms <= {path.name for path in PACKAGE.iterdir() if path.is_dir()}
