"""What people's measures add up to by department, and that nothing of it is about too few people."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import silos
from silos.measures import REGISTRY, reach
from silos.measures.brokerage import ROLES
from silos.measures.person_table import AVERAGED, department_summaries, person_measures
from silos.network import Network
from silos.privacy.suppression import OTHER
from tests.support.places import SAMPLE

TOP_SHARES = ("brokerage_top_share", "ties_across_top_share")


def made(sizes: dict[str, int], ties: list[tuple[int, int]]) -> Network:
    """An undirected network of departments of these sizes, people numbered through."""
    departments = [name for name, size in sizes.items() for _ in range(size)]
    matrix = np.zeros((len(departments), len(departments)))
    for one, other in ties:
        matrix[one, other] = matrix[other, one] = 1
    index = pd.Index([f"p{number}" for number in range(len(departments))], name="person")
    return Network(pd.DataFrame({"department": departments}, index=index), sparse.csr_array(matrix), directed=False)


@pytest.fixture(scope="module")
def random() -> Network:
    rng = np.random.default_rng(3)
    sizes = {"A": 23, "B": 10, "C": 7, "D": 4}
    count = sum(sizes.values())
    pairs = np.argwhere(np.triu(rng.random((count, count)) < 0.12, 1))
    return made(sizes, [tuple(pair) for pair in pairs])


def test_the_table_of_people_is_the_measures_by_name(random):
    table = person_measures(random)
    for name in ("constraint", "effective_size", "efficiency", "participation", "within_module_z"):
        pd.testing.assert_series_equal(table[name], REGISTRY[name].function(random), check_names=False)
    pd.testing.assert_series_equal(
        table["cross_department_entropy"], REGISTRY["cross_department_entropy"].function(random), check_names=False
    )
    pd.testing.assert_series_equal(
        table["ei_index"], REGISTRY["ei_index"].function(random, level="person"), check_names=False
    )
    contacts = reach(random)
    assert table["ties"].equals(contacts["people"].rename("ties"))
    assert table["ties_across"].equals(contacts["people_across"].rename("ties_across"))
    assert table["departments"].drop_duplicates().tolist() != table["department"].drop_duplicates().tolist()
    assert table["departments"].max() <= 3


def test_summaries_by_the_definition(random):
    people = person_measures(random)
    table = department_summaries(people, minimum=5)
    assert list(table.index) == ["A", "B", "C"]
    for name, members in people.groupby("department"):
        if name == "D":
            continue
        for measure in AVERAGED:
            values = sorted(value for value in members[measure] if not math.isnan(value))
            half = len(values) // 2
            median = values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2
            assert table.loc[name, measure] == pytest.approx(sum(values) / len(values))
            assert table.loc[name, f"{measure}_median"] == pytest.approx(median)
        top = math.ceil(len(members) / 10)
        for column, amount in zip(TOP_SHARES, (members[list(ROLES)].sum(axis=1), members["ties_across"]), strict=True):
            carried = sorted(amount, reverse=True)
            share = sum(carried[:top]) / sum(carried) if top > 1 else math.nan
            assert table.loc[name, column] == pytest.approx(share, nan_ok=True)
    roles = REGISTRY["brokerage_roles"].function(random, level="department")
    assert table[list(ROLES)].equals(roles.loc[table.index, list(ROLES)])


@pytest.mark.parametrize(("size", "top"), [(11, 2), (20, 2), (30, 3)])
def test_the_top_share_of_equals_is_their_share_of_people(size, top):
    # everybody of A has one contact, in B
    network = made({"A": size, "B": size}, [(number, size + number) for number in range(size)])
    table = department_summaries(person_measures(network), minimum=5)
    assert table["ties_across_top_share"].tolist() == pytest.approx([top / size, top / size])
    assert table["brokerage_top_share"].isna().all(), "no open path, no share"


def test_a_bridge_of_one_person_has_the_whole_share():
    network = made({"A": 12, "B": 6}, [(0, number) for number in range(12, 18)] + [(1, 2), (2, 3), (4, 5), (5, 6)])
    table = department_summaries(person_measures(network), minimum=5)
    assert table.loc["A", "ties_across_top_share"] == 1
    # 0 stands between 15 pairs of B, 2 and 5 between a pair each; each path runs both ways, the tenth is two people
    assert table.loc["A", "brokerage_top_share"] == pytest.approx(32 / 34)


def test_the_share_of_one_person_is_not_told():
    network = made({"A": 10, "B": 11}, [(number, 10 + number) for number in range(10)] + [(0, 11), (0, 12)])
    table = department_summaries(person_measures(network), minimum=5)
    assert table[list(TOP_SHARES)].isna().all(axis=1).tolist() == [True, False]


def test_nothing_is_said_of_too_few_people():
    # four of A's six people have ties, all five of B's; C is small
    network = made(
        {"A": 6, "B": 5, "C": 4}, [(0, 1), (1, 2), (2, 3), (3, 6), (6, 7), (7, 8), (8, 9), (9, 10), (10, 11)]
    )
    people = person_measures(network)
    table = department_summaries(people, minimum=5)
    assert list(table.index) == ["A", "B"]
    averaged = [*AVERAGED, *(f"{name}_median" for name in AVERAGED)]
    assert table.loc["A", averaged].isna().all()
    assert table.loc["B", ["constraint", "effective_size_median", "participation"]].notna().all()
    # two of B have ties across
    assert table.loc["B", ["cross_department_entropy", "cross_department_entropy_median"]].isna().all()
    assert department_summaries(people, minimum=4).loc["A", "constraint"] == pytest.approx(
        people["constraint"].iloc[:4].mean()
    )


def test_no_department_that_may_be_shown_is_an_empty_table():
    table = department_summaries(person_measures(made({"A": 3, "B": 2}, [(0, 3)])), minimum=5)
    assert len(table) == 0
    assert {*AVERAGED, *ROLES, *TOP_SHARES} <= set(table.columns)


def test_the_analysis_has_them_and_merges_small_departments():
    found = silos.analyze(SAMPLE / "interactions.csv", SAMPLE / "roster.csv", min_department=16, bootstrap=2)
    table = found.departments
    expected = department_summaries(person_measures(found.grouped), minimum=16)
    assert OTHER in table.index
    assert set(table.index) == set(found.shown.rows)
    pd.testing.assert_frame_equal(table[expected.columns], expected.loc[table.index])
    assert list(table.columns[-2:]) == ["verdict", "reason"]
    assert list(found.people().columns) == list(expected_columns := person_measures(found.network).columns)
    assert "constraint" in expected_columns
