"""The benchmark of disturbed files: the rows of its page that need no long run."""

import re
import sys

import pytest

from tests.support.places import DOCS, ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

import disturbed

#: These guard what measures the package, not what it is.
pytestmark = pytest.mark.long

#: Replicates are few: what is compared here does not rest on intervals.
BOOTSTRAP = 20


@pytest.fixture(scope="module")
def clean():
    return disturbed.analysed(disturbed.sample(), BOOTSTRAP)[0]


def test_what_can_be_read_is_read_the_same(clean):
    assert disturbed.outcome("wide_characters", clean, BOOTSTRAP).connector == "same"
    assert disturbed.outcome("wide_characters", clean, BOOTSTRAP).first == "as in the clean sample"


def test_a_roster_that_lacks_departments_is_the_first_finding(clean):
    found = disturbed.outcome("placeholder_departments", clean, BOOTSTRAP)
    assert int(found.used.replace(",", "")) < clean.tally.log.rows_used
    assert re.match(r"\d+% of the rows \([\d,]+\) are lost: the roster gives one of their people no dep", found.first)


def test_most_rows_without_a_time_are_refused(clean):
    found = disturbed.outcome("mostly_undated", clean, BOOTSTRAP)
    assert found.departments == "refused"
    assert "undated" in found.first


def test_the_page_has_a_row_for_each_disturbance():
    text = (DOCS / "messy_files.md").read_text(encoding="utf-8")
    for disturb in disturbed.DISTURBANCES.values():
        assert f"| {disturb.__doc__.rstrip('.')} |" in text
