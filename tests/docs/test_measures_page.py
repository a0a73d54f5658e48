"""docs/measures.md is what the registry says, and the registry has what can be imported."""

import json
import runpy

import pytest

from silos import measures
from silos.measures import REGISTRY, Measure
from tests.support.places import DOCS


@pytest.fixture(scope="module")
def maker():
    return runpy.run_path(str(DOCS / "make_measures.py"))


def test_the_page_is_what_the_script_makes(maker):
    assert (DOCS / "measures.md").read_text(encoding="utf-8") == maker["page"](), "run python docs/make_measures.py"


def test_every_public_measure_has_an_entry_and_every_entry_is_public():
    public = {name for name in measures.__all__ if name not in ("REGISTRY", "Measure")}
    assert public == set(REGISTRY)
    for name in public:
        assert REGISTRY[name].name == name
        assert REGISTRY[name].function is getattr(measures, name)


@pytest.mark.parametrize("measure", REGISTRY.values(), ids=REGISTRY)
def test_every_entry_says_all_there_is_to_say(measure):
    assert measure.levels
    assert set(measure.levels) <= {"person", "department", "pair", "organisation"}
    for text in (measure.range, measure.high, measure.low, measure.source):
        assert text.strip() == text != ""
    assert measure.says[0].isupper() or measure.says[0] == "λ"
    assert measure.says.endswith("."), "the first line of the docstring is a sentence"
    doc = measure.function.__doc__ or ""
    assert "Returns:" in doc
    assert ">>> " in doc, "an example"


def test_what_would_break_a_table_is_escaped(maker):
    def strange(network: object) -> None:
        """The ties | of a* department."""

    table = maker["_table"]([Measure("strange", strange, ("person",), True, False, "[0, 1]", "up", "down", "1999")])
    assert table.splitlines()[2] == (
        "| `strange` | The ties \\| of a\\* department. | person | yes | no | [0, 1] | up | down | 1999 |"
    )


def test_the_figures_are_those_of_the_full_size():
    found = json.loads((DOCS / "data" / "measures_benchmark.json").read_text(encoding="utf-8"))
    assert (found["large"]["people"], found["large"]["ties"]) == (100_000, 2_000_000)
    assert found["machine"]["processor"]
    timed = {row["function"] for row in found["large"]["rows"]}
    assert timed >= {"igraph constraint", "constraint", "effective_size", "brokerage_roles"}
