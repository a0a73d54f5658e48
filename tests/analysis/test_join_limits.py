"""Advice keeps to the limits of new ties that an organisation states."""

from collections import Counter

import pandas as pd
import pytest

import silos
from silos.errors import ColumnError, SilosError
from tests.support.small_company import a_company


def asked(log_roster=None, **limits: object) -> silos.Analysis:
    made = a_company()
    roster = made.roster if log_roster is None else log_roster
    return silos.analyze(made.interactions, roster, bootstrap=40, join_limits=silos.JoinLimits(**limits))


def pairs_advised(found: silos.Analysis) -> Counter:
    """Pairs of departments of which some advice is to have new ties, and how many."""
    helped, pairs = found.what_would_help, Counter()
    for row in helped.beside.table.to_dict("records"):
        pairs[frozenset((row["a"], row["b"]))] += row["ties"]
    for silo, plan in helped.openings.items():
        pairs.update({frozenset((silo, partner)): ties for partner, ties in plan.ties.items()})
    pairs.update({frozenset((breach.a, breach.b)): breach.ties for breach in helped.breaches})
    return pairs


@pytest.fixture(scope="module")
def free() -> Counter:
    return pairs_advised(asked())


def test_a_pair_that_is_ruled_out_is_in_no_advice(free):
    out = [tuple(pair) for pair in list(free)[:2]]
    found = asked(never=out)
    assert not {frozenset(pair) for pair in out} & set(pairs_advised(found))
    joined = found.what_would_help.table
    assert not {frozenset(pair) for pair in out} & {frozenset(pair) for pair in joined[["a", "b"]].to_numpy()}
    assert found.summary()["parameters"]["join_limits"]["never"] == [", ".join(pair) for pair in out]


@pytest.mark.long
def test_a_department_takes_up_no_more_than_it_can_over_the_whole_plan(free):
    def load(pairs: Counter) -> float:
        ends: Counter = Counter()
        for pair, ties in pairs.items():
            ends.update(dict.fromkeys(pair, ties))
        return max(ends.values())

    assert load(free) > 15
    bound = pairs_advised(asked(most=15))
    assert bound
    assert load(bound) <= 15


@pytest.mark.long
@pytest.mark.parametrize("heading", ["location", "Standort"], ids=["as it is called here", "as in the file"])
def test_departments_of_different_sites_are_not_brought_together(free, heading):
    made, [one, other] = a_company(), list(next(iter(free)))
    place = pd.Series("Oslo", made.roster.index).mask(made.roster["department"] == one, "Porto")
    # A few people of the others there are too few to meet.
    place[made.roster.index[made.roster["department"] == other][:3]] = "Porto"
    roster = made.roster.assign(location=place).rename(columns={"location": heading})
    found = asked(roster, within=heading)
    assert not any(one in pair for pair in pairs_advised(found))
    assert pairs_advised(found)


def test_limits_about_what_is_not_there_are_refused_before_anything_is_judged():
    with pytest.raises(SilosError, match=r"'Atlantis' \(--never-join"):
        asked(never=[("Atlantis", "R&D")])
    with pytest.raises(ColumnError, match="altitude"):
        asked(within="altitude")
    with pytest.raises(SilosError, match="at least 1 new tie"):
        silos.JoinLimits(most=0)


@pytest.mark.long
def test_a_new_chart_without_a_department_of_the_limits_is_judged_all_the_same():
    made = a_company()
    [silo] = made.truth["silos"]
    other = next(name for name in made.roster["department"].unique() if name != silo)
    found = asked(never=[(silo, other)])
    merged = made.roster.assign(department=made.roster["department"].replace(silo, other))
    assert silo not in found.what_if(roster=merged).after.departments.index
