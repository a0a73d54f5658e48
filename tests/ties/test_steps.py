"""The steps of the SQL take their numbers from the definition."""

import re
from importlib import resources

import pytest

from silos.ties.steps import NUMBERS, statements

FILES = sorted(entry.name for entry in resources.files("silos.ties.sql").iterdir() if entry.name.endswith(".sql"))


@pytest.mark.parametrize("file", FILES)
def test_no_number_of_the_definition_is_written_again_in_the_sql(file):
    text = resources.files("silos.ties.sql").joinpath(file).read_text(encoding="utf-8")
    written = set(re.findall(r"-?\d+", text))
    assert not written & {str(number) for number in NUMBERS.values() if isinstance(number, int)}


def test_all_that_is_filled_in_is_used_and_nothing_is_left_open():
    queries = [query for file in FILES for _, _, query in statements(file)]
    assert not [query for query in queries if "$" in query]
    raw = "".join(resources.files("silos.ties.sql").joinpath(file).read_text(encoding="utf-8") for file in FILES)
    assert set(re.findall(r"\$\{?(\w+)", raw)) == set(NUMBERS)
