"""A column that identifies people names no units; a department of one or two is never shown."""

import pandas as pd
import pytest
from click.testing import CliRunner

import silos
from silos.cli import main
from silos.errors import SilosError
from silos.privacy.columns import identifies, refuse_identifying, units_of
from tests.support import identifiers
from tests.support.places import SAMPLE


@pytest.fixture(scope="module")
def roster():
    table = identifiers.people()
    numbers = range(len(table))
    return silos.read_roster(
        table.assign(
            badge=[f"B{number:05}" for number in numbers],
            boss=table["manager"].fillna("p0000@example.com"),
            lead=table["name"].iloc[[number // 8 for number in numbers]].tolist(),
            task=["Looks after everything that comes up in the course of a day, whatever it may be"] * len(table),
            team=[f"team {number // 10}" for number in numbers],
        )
    )


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("person", "ids of people"),
        ("name", "names of people"),
        ("manager", "managers"),
        ("aliases", "other ids"),
        ("badge", "300 values for 300 people"),
        ("boss", "ids or names of people"),
        ("lead", "ids or names of people"),
        ("task", "free text"),
    ],
)
def test_a_column_that_identifies_people_is_refused_with_the_reason(roster, column, reason):
    with pytest.raises(SilosError, match=reason) as refused:
        refuse_identifying(roster, column)
    assert "'department'" in str(refused.value)
    wanted = identifiers.identifiers(identifiers.people())
    assert identifiers.found_in(str(refused.value), wanted) == set()


def test_units_are_not_refused(roster):
    for column in ("department", "location", "level", "team", "kind", "no such column"):
        assert identifies(roster, column) == ""
    assert units_of(roster) == ["department", "location", "team"]


@pytest.mark.parametrize("column", ["manager", "name", "person", "aliases"])
def test_every_command_refuses_it_and_quotes_nobody(column, tmp_path):
    given = [str(SAMPLE / "interactions.csv"), "--roster", str(SAMPLE / "roster.csv"), "--by", column]
    done = CliRunner().invoke(main, ["analyze", *given, "-o", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "would identify people" in done.stderr
    assert not (tmp_path / "out").exists()
    wanted = identifiers.identifiers(identifiers.people())
    assert identifiers.found_in(done.output, wanted) == set()


def test_no_department_of_one_or_two_is_shown():
    given = ["analyze", "log.csv", "--roster", "hr.csv", "-o", "out", "--min-department", "2"]
    assert CliRunner().invoke(main, given).exit_code == 2
    log = pd.DataFrame({"sender": ["ann"], "recipient": ["bob"], "timestamp": ["2025-01-06"]})
    staff = pd.DataFrame({"person": ["ann", "bob"], "department": ["HR", "IT"]})
    with pytest.raises(SilosError, match="at least 3 people"):
        silos.analyze(log, staff, min_department=2)


def test_numbered_departments_are_no_people_of_the_same_numbers():
    """As in a research institution whose people are 0 to 1004 and whose departments are 0 to 41."""
    rows = [(str(n), str(n % 4), str(n % 4)) for n in range(40)]
    numbered = silos.read_roster(pd.DataFrame(rows, columns=["person", "department", "deputy"]))
    refuse_identifying(numbered, "department")
    with pytest.raises(SilosError, match="ids or names of people"):
        refuse_identifying(numbered, "deputy")
