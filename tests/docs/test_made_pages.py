"""The pages that are made from the code are what their scripts make."""

import pytest

from tests.support.pages import SCRIPTS, script
from tests.support.places import DOCS, ROOT


def test_make_docs_runs_every_script():
    rule = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\ndocs:")[2].partition("\n\n")[0]
    assert [name for name in SCRIPTS if f"docs/{name}.py" not in rule] == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_page_is_what_its_script_makes(name):
    made = script(name).made()
    assert made
    for path, content in made.items():
        assert path.read_text(encoding="utf-8") == content, f"run python docs/{name}.py (or make docs)"
        assert path.parent in (DOCS, ROOT / "silos" / "locales")


def test_a_marked_part_of_a_page_is_replaced_and_nothing_else():
    replaced = script("page_parts").replaced
    page = "before\n<!-- rooms: made -->\n\nold\n\n<!-- end of rooms -->\nafter\n"
    assert replaced(page, "rooms", "new\n") == "before\n<!-- rooms: made -->\n\nnew\n\n<!-- end of rooms -->\nafter\n"
    for damaged in ("before", page.replace("end of", ""), page + page):
        with pytest.raises(ValueError, match="rooms"):
            replaced(damaged, "rooms", "new")


def test_a_cell_cannot_break_its_table():
    table = script("page_parts").table
    assert table(["a", "b"], [["x | y", "a* b"]]) == "| a | b |\n| --- | --- |\n| x \\| y | a\\* b |\n"
