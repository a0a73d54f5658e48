"""Attacks on what is told of all communities together: agreement with departments, and how they hang together.

Whoever knows the code and everybody's department goes through what the members may be, keeps whatever would be
published alike, and sees which values a hidden count has in these. Each value that is left open is shown by an example.
"""

import itertools
from collections.abc import Hashable
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from silos.analysis.published.members import agreements, all_together
from silos.analysis.results import Results
from silos.analysis.tool_communities import ToolCommunities
from silos.inference.estimate import Estimate
from silos.measures.community_detection import agreement
from silos.measures.two_mode import (
    Memberships,
    bipartite_modularity,
    disjoint_pairs,
    filled_by,
    largest_component,
    shared_members,
)
from silos.privacy.gate import STEP, Gate
from tests.support.results import calm, departments

#: People of each department.
SIZES = np.array([24, 18, 13, 12])


def classes(counts: np.ndarray) -> tuple[float, ...]:
    """The published counts."""
    return tuple(np.nan_to_num(Gate().count(counts)).ravel())


# ---- communities that were detected


@cache
def company() -> Results:
    """Results whose departments are SIZES."""
    names = tuple("ABCD")
    made = departments(names, np.full(len(names), 1.1), ["typical"] * len(names), people=SIZES)
    return replace(calm(), departments=made)


def in_figures(together: np.ndarray) -> Results:
    """The same, whose communities hold so many of each."""
    department, community = np.nonzero(together)
    people = together[department, community]
    found = agreement(np.repeat(department, people), np.repeat(community, people))
    estimates = {name: Estimate(value, value, value) for name, value in found.items()}
    return replace(company(), detected=replace(company().detected, agreement=estimates))


def published_agreement(together: np.ndarray) -> Hashable:
    return tuple(agreements(in_figures(together), Gate()).items())


def rounded_agreement(together: np.ndarray) -> Hashable:
    """As it was published: two digits of each."""
    return tuple(round(one.value or 0.0, 2) for one in in_figures(together).detected.agreement.values())


def in_exchange(members: np.ndarray, a: int, b: int, count: int) -> np.ndarray:
    """So many people of two departments each are in the community of the other."""
    moved = members.copy()
    for here, there in ((a, b), (b, a)):
        moved[here, here] -= count
        moved[here, there] += count
    return moved


def counts_of_members(together: np.ndarray) -> Hashable:
    """Cells and sizes of communities, in classes."""
    cells = Gate().part(together, np.broadcast_to(SIZES[:, None], together.shape))
    return classes(cells), classes(together.sum(axis=0))


@pytest.fixture(scope="module")
def apart() -> np.ndarray:
    """Each department a community: an agreement of 1 says that all small cells are 0."""
    return np.diag(SIZES)


@pytest.fixture(scope="module")
def mixed() -> np.ndarray:
    return np.array([[19, 3, 2, 0], [2, 14, 0, 2], [0, 3, 10, 0], [3, 0, 0, 9]])


def test_an_agreement_of_two_digits_gave_small_cells_away(apart: np.ndarray):
    """At 1.00, whoever was not with the own department would have shown."""
    for row, column in np.argwhere(apart == 0):
        moved = apart.copy()
        moved[row, row] -= 1
        moved[row, column] += 1
        assert rounded_agreement(moved) != rounded_agreement(apart)


def test_small_cells_are_left_a_class_by_the_published_agreement(apart: np.ndarray):
    for a, b in itertools.combinations(range(len(SIZES)), 2):
        for count in range(STEP):
            other = in_exchange(apart, a, b, count)
            assert counts_of_members(other) == counts_of_members(apart)
            assert published_agreement(other) == published_agreement(apart), (a, b, count)


def test_a_published_agreement_is_near_and_on_the_side_of_what_is_said_of_it(mixed: np.ndarray):
    exact = in_figures(mixed)
    for name, told in agreements(exact, Gate()).items():
        value = exact.detected.agreement[name].value
        assert value is not None
        assert told.value == pytest.approx(value, abs=0.15)
        assert told.low is not None
        assert told.low <= (told.value or 0.0)


# ---- communities of the tools


def memberships(inside: np.ndarray) -> Memberships:
    """Of people x communities, who is in which."""
    person, community = np.nonzero(inside)
    department = np.repeat(np.arange(len(SIZES)), SIZES)
    return Memberships(person, community, np.ones(len(person)), department, len(SIZES), inside.shape[1])


def together(inside: np.ndarray) -> ToolCommunities:
    """What is known of them, as far as it matters here."""
    held = memberships(inside)
    values = (disjoint_pairs(held), largest_component(held), bipartite_modularity(held))
    names = ("disjoint_pairs", "largest_component", "bipartite_modularity")
    sponsor = [f"D{place}" for place in held.composition.argmax(axis=1)]
    table = pd.DataFrame({"members": held.sizes, "shared": shared_members(held, filled_by(held)), "sponsor": sponsor})
    return ToolCommunities(
        table=table, shares=pd.DataFrame(), sponsors=pd.DataFrame(), verdicts={}, active=len(table), everybody=0,
        hidden=0, people=len(inside), strangers=0, readers=True,
        organisation={name: Estimate(value) for name, value in zip(names, values, strict=True)},
    )  # fmt: skip


def published_together(inside: np.ndarray) -> Hashable:
    return tuple(all_together(together(inside), Gate()).items())


def rounded_together(inside: np.ndarray) -> Hashable:
    """As it was published: two digits of each."""
    return tuple(round(one.value or 0.0, 2) for one in together(inside).organisation.values())


def visiting(inside: np.ndarray, home: int, host: int, count: int) -> np.ndarray:
    """So many people of one community in another one as well, of whose own people as many are in none."""
    moved = inside.copy()
    moved[np.flatnonzero(inside[:, host])[:count], host] = False
    moved[np.flatnonzero(inside[:, home])[:count], host] = True
    return moved


def counts_of_memberships(inside: np.ndarray) -> Hashable:
    """Members by department, and those who are elsewhere too, in classes."""
    held, table = memberships(inside), together(inside).table
    size = np.broadcast_to(held.sizes[:, None], held.composition.shape)
    return classes(Gate().part(held.composition, size)), classes(held.sizes), classes(table["shared"].to_numpy())


def shared(inside: np.ndarray) -> np.ndarray:
    return together(inside).table["shared"].to_numpy()


@pytest.fixture(scope="module")
def closed() -> np.ndarray:
    """Four departments with a community of all their people each, and nobody in two."""
    return np.repeat(np.arange(len(SIZES)), SIZES)[:, None] == np.arange(len(SIZES))


def test_no_pair_with_a_member_in_common_said_that_nobody_is_elsewhere(closed: np.ndarray):
    """At 100 %, whoever was in two would have shown."""
    for at in np.argwhere(~closed):
        moved = closed.copy()
        moved[tuple(at)] = True
        assert shared(moved).any() == (rounded_together(moved)[0] != rounded_together(closed)[0])


def test_members_elsewhere_are_left_a_class_by_what_is_told_of_all(closed: np.ndarray):
    for home, host in itertools.permutations(range(len(SIZES)), 2):
        for count in range(STEP):
            other = visiting(closed, home, host, count)
            assert shared(other)[[home, host]].tolist() == [count, count]
            assert counts_of_memberships(other) == counts_of_memberships(closed)
            assert published_together(other) == published_together(closed), (home, host, count)


def test_whether_all_hold_together_is_told_where_each_is_known_to(closed: np.ndarray):
    assert all_together(together(closed), Gate())["largest_component"].value is None
    many = np.ones((len(closed), 4), dtype=bool)
    assert all_together(together(many), Gate())["largest_component"].value == 1
