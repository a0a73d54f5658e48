"""The person bootstrap against the plain formula, nulls and intervals against simulation."""

from collections import Counter
from itertools import combinations
from threading import Barrier

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import sparse, stats

from silos.analysis import response_times
from silos.analysis.answerers import Grouping
from silos.analysis.response_times import resampled
from silos.inference import bootstrap, rewiring
from silos.inference.bootstrap import BATCH, each_batch, resample, tie_sums
from silos.inference.estimate import CONFIDENCE, Estimate, interval, intervals
from silos.inference.multiple_testing import false_discovery
from silos.inference.permutation import ei_null
from silos.inference.rewiring import rewire, rewired_graphs
from silos.measures import ei_index, modularity
from silos.measures.mixing import gravity_expectation, quasi_independence
from silos.network import Network
from silos.system import threads
from tests.support.resampling import multipliers, permuted


def a_network(people=30, departments=4, chance=0.3, seed=0, directed=True):
    rng = np.random.default_rng(seed)
    matrix = (rng.random((people, people)) < chance) * rng.integers(1, 9, (people, people)).astype(float)
    if not directed:
        matrix = np.triu(matrix, k=1) + np.triu(matrix, k=1).T
    labels = rng.integers(0, departments, people)
    return Network(pd.DataFrame({"department": labels}), sparse.csr_array(matrix), directed=directed)


def test_replicates_do_not_depend_on_the_batch_nor_on_being_kept(monkeypatch):
    drawn = multipliers(5, BATCH + 3, seed=4)
    kept: dict[int, np.ndarray] = {}
    for limit in (0, 10_000):
        monkeypatch.setattr(bootstrap, "KEPT", limit)
        for _ in range(2):
            each_batch(kept.__setitem__, 5, BATCH + 3, seed=4)
            np.testing.assert_array_equal(np.concatenate([kept[0], kept[BATCH]], axis=1).T, drawn)


def test_batches_that_are_nothing_to_each_other_go_on_beside_each_other(monkeypatch):
    monkeypatch.setattr(threads, "processors", lambda: 2)
    monkeypatch.setattr(bootstrap, "BESIDE", 5)
    both = Barrier(2)
    each_batch(lambda *_: both.wait(timeout=60), 5, 2 * BATCH, seed=4, apart=True)
    order: list[int] = []
    each_batch(lambda first, _: order.append(first), 5, 2 * BATCH, seed=4)
    assert order == [0, BATCH]
    with pytest.raises(ZeroDivisionError):
        each_batch(lambda first, _: first // 0, 5, 2 * BATCH, seed=4, apart=True)


def test_replicates_do_not_depend_on_what_goes_on_beside(monkeypatch):
    monkeypatch.setattr(response_times, "ATOMS", 7)
    network = a_network(directed=True)
    i, j = network.dyads
    waits = pd.DataFrame({"sender": i, "recipient": j, "seconds": 60 * (1 + i), "answered": j % 2, "waits": 1})
    group = {"all": Grouping(np.zeros(len(i), dtype=np.int64), 1), "asker": Grouping(i, len(network))}
    found = []
    monkeypatch.setattr(bootstrap, "BESIDE", 1)
    for number in (1, 2):
        monkeypatch.setattr(threads, "processors", lambda number=number: number)
        drawn = resample(network, {"any": None}, replicates=2 * BATCH + 1, seed=7, gravity=True)
        answers = resampled(waits, group, len(network), replicates=2 * BATCH + 1, seed=7)
        sums = tie_sums(i, j, [(i % 2, None)], 2, membership=network.membership, replicates=2 * BATCH + 1, seed=7)
        found.append([drawn.mixing["any"], drawn.expected, drawn.within, *answers.values(), sums])
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("line", [3, 8, 50])
def test_replicates_do_not_depend_on_how_many_are_multiplied_at_a_time(line, monkeypatch):
    network = a_network()
    i, j = network.dyads
    found = []
    for held, least in ((100_000, 1), (60, line)):
        monkeypatch.setattr(bootstrap, "HELD", held)
        monkeypatch.setattr(bootstrap, "LINE", least)
        drawn = resample(network, {"any": None}, replicates=BATCH + 7, seed=2, gravity=True)
        sums = tie_sums(i, j, [(j % 3 - 1, None)], 2, membership=network.membership, replicates=BATCH + 7, seed=2)
        found.append((drawn.expected, sums))
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-8)
    np.testing.assert_array_equal(found[0][1], found[1][1])


@pytest.mark.parametrize("directed", [True, False])
def test_the_bootstrap_is_the_plain_formula(directed):
    network = a_network(directed=directed)
    i, j = network.dyads
    volume = np.asarray(network.combined[i, j]).ravel()
    drawn = resample(network, {"any": None, "traffic": volume}, replicates=3, seed=7, gravity=True)
    indicator = network.indicator.toarray()
    for k, omega in enumerate(multipliers(len(network), 3, seed=7)):
        weighted = np.outer(omega, omega)
        contacts, combined = network.contacts.toarray(), network.combined.toarray()
        np.testing.assert_allclose(drawn.mixing["any"][k], indicator.T @ (weighted * contacts) @ indicator)
        np.testing.assert_allclose(drawn.mixing["traffic"][k], indicator.T @ (weighted * combined) @ indicator)
        np.testing.assert_allclose(drawn.sizes[k], omega @ indicator)
        np.testing.assert_allclose(drawn.within[k], (omega @ indicator) ** 2 - omega**2 @ indicator)
        again = Network(
            network.people, sparse.csr_array(weighted * network.adjacency.toarray()), directed=network.directed
        )
        expected = gravity_expectation(again).to_numpy()
        np.testing.assert_allclose(drawn.expected[k], expected + expected.T, rtol=1e-6)


def test_merging_replicates_is_resampling_the_merged_network():
    network = a_network()
    groups = np.array([0, 1, 1, 2])
    merged = network.regrouped(pd.Series(groups[network.membership], index=network.people.index))
    drawn = resample(network, {"any": None}, replicates=4, seed=1, gravity=True).merged(groups, 3)
    directly = resample(merged, {"any": None}, replicates=4, seed=1, gravity=True)
    for name in ("sizes", "within", "expected"):
        np.testing.assert_allclose(getattr(drawn, name), getattr(directly, name), rtol=1e-8)
    np.testing.assert_allclose(drawn.mixing["any"], directly.mixing["any"])


def test_of_some_layers_replicates_are_what_they_were():
    network = a_network()
    drawn = resample(network, {"any": None, "traffic": network.dyad_volumes}, replicates=4, seed=1, gravity=True)
    some = drawn.only(["any", "returned"])
    assert list(some.mixing) == ["any"]
    assert some.mixing["any"] is drawn.mixing["any"]
    assert some.sizes is drawn.sizes
    assert not some.expected.size


@pytest.mark.parametrize("by", ["ties", "volume"])
def test_the_exact_null_is_what_shuffling_gives(by):
    network = a_network(seed=3)
    shuffled = np.array([ei_index(other, by=by) for other in permuted(network, samples=2000, seed=0)])
    mean, sd = ei_null(network, by=by)
    assert shuffled.mean() == pytest.approx(mean, abs=4 * sd / np.sqrt(2000))
    assert shuffled.std() == pytest.approx(sd, rel=0.1)


def test_rewired_graphs_know_no_departments_but_have_communities():
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 15)
    chance = np.where(labels[:, None] == labels, 0.5, 0.02)
    upper = np.triu(rng.random(chance.shape) < chance, k=1).astype(float)
    network = Network(pd.DataFrame({"department": labels}), sparse.csr_array(upper + upper.T), directed=False)
    rewired = rewired_graphs(*network.dyads, network.membership, samples=10, searched=3, seed=0)
    assert modularity(network) > 0.5
    assert abs(rewired.departments.mean()) < 0.1
    assert rewired.best.mean() > 0.15


def in_turn(ends, flip):
    """One round of swaps as it is told: pairs in turn, against the set of ties that are there at that moment."""
    half = len(ends) // 2
    there = {tuple(sorted(tie)) for tie in ends}
    made = [tuple(tie) for tie in ends]
    for pair in range(half):
        (a, b), (c, d) = made[pair], made[half + pair]
        if flip[pair]:
            c, d = d, c
        first, second = tuple(sorted((a, d))), tuple(sorted((c, b)))
        if a != d and c != b and first not in there and second not in there:
            there -= {tuple(sorted((a, b))), tuple(sorted((c, d)))}
            there |= {first, second}
            made[pair], made[half + pair] = (a, d), (c, b)
    return made


@given(
    st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda tie: tie[0] < tie[1]), max_size=30),
    st.integers(0, 99),
    st.booleans(),
)
@settings(max_examples=300)
def test_swaps_at_once_are_the_swaps_in_turn(ties, seed, sides):
    ends = np.array(sorted(ties), dtype=np.int32).reshape(-1, 2)
    rng, again = np.random.default_rng(seed), np.random.default_rng(seed)
    # Two sides of a two-mode network: the second end of each tie is numbered after all first ends.
    ends[:, 1] += 9 * sides
    kinds = np.repeat([0, 1], 9) if sides else None
    found = np.column_stack(rewire(ends[:, 0], ends[:, 1], rng, rounds=2, kinds=kinds))
    for _ in range(2):
        order = np.array([tuple(tie) for tie in ends], dtype=np.int32).reshape(-1, 2)
        again.shuffle(order.view(np.int64).ravel())
        half = len(ends) // 2
        ends = in_turn(order.tolist(), [False] * half if sides else again.random(half) < 0.5)
    assert found.tolist() == [list(tie) for tie in ends]


def test_all_graphs_of_these_degrees_are_drawn_alike():
    """Degrees 2, 2, 2, 1, 1: seven graphs, by enumeration."""
    pairs = list(combinations(range(5), 2))
    every = {
        graph
        for graph in combinations(pairs, 4)
        if np.bincount(np.array(graph).ravel(), minlength=5).tolist() == [2, 2, 2, 1, 1]
    }
    assert len(every) == 7
    rng = np.random.default_rng(0)
    a, b = np.array([0, 0, 1, 2]), np.array([1, 2, 3, 4])
    seen = Counter()
    for _ in range(3000):
        a, b = rewire(a, b, rng, rounds=8)
        seen[tuple(sorted(tuple(sorted(tie)) for tie in zip(a.tolist(), b.tolist(), strict=True)))] += 1
    assert set(seen) == every
    assert stats.chisquare(list(seen.values())).pvalue > 0.001


@settings(max_examples=60)
@given(st.integers(0, 999))
def test_rewired_ties_keep_everybodys_contacts_of_each_kind(seed):
    rng = np.random.default_rng(seed)
    people, kinds = 14, rng.integers(0, 3, 14)
    a, b = np.triu_indices(people, 1)
    chosen = rng.random(len(a)) < 0.4
    a, b = a[chosen], b[chosen]

    def contacts(i, j):
        table = np.zeros((people, 3), dtype=int)
        np.add.at(table, (i, kinds[j]), 1)
        np.add.at(table, (j, kinds[i]), 1)
        return table

    i, j = rewire(a, b, rng, rounds=4, kinds=kinds)
    assert (i != j).all()
    assert len({frozenset(tie) for tie in zip(i.tolist(), j.tolist(), strict=True)}) == len(a)
    np.testing.assert_array_equal(contacts(i, j), contacts(a, b))


@settings(max_examples=60)
@given(st.integers(0, 999), st.integers(1, 40), st.integers(1, 6))
def test_blocks_swap_the_same_part_by_part(seed, some, groups):
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, groups, 20)
    a, b = np.triu_indices(20, 1)
    chosen = rng.random(len(a)) < 0.4
    with pytest.MonkeyPatch.context() as patch:
        drawn = []
        for size in (some, len(a)):
            patch.setattr(rewiring, "PART", size)
            drawn.append(rewire(a[chosen], b[chosen], np.random.default_rng(seed), rounds=3, kinds=kinds))
    np.testing.assert_array_equal(*drawn)


def test_all_graphs_of_these_contacts_by_kind_are_drawn_alike():
    """Six people of two kinds, six ties: all graphs with the contacts by kind of the first, by enumeration."""
    kinds = np.array([0, 0, 0, 1, 1, 1])
    given_ties = ((0, 1), (0, 3), (1, 4), (2, 3), (2, 5), (4, 5))

    def contacts(graph):
        table = np.zeros((6, 2), dtype=int)
        for a, b in graph:
            table[a, kinds[b]] += 1
            table[b, kinds[a]] += 1
        return table.tolist()

    every = {graph for graph in combinations(combinations(range(6), 2), 6) if contacts(graph) == contacts(given_ties)}
    assert len(every) > 3
    rng = np.random.default_rng(0)
    a, b = np.array(given_ties).T
    seen = Counter()
    for _ in range(400 * len(every)):
        a, b = rewire(a, b, rng, rounds=8, kinds=kinds)
        seen[tuple(sorted(tuple(sorted(tie)) for tie in zip(a.tolist(), b.tolist(), strict=True)))] += 1
    assert set(seen) == every
    assert stats.chisquare(list(seen.values())).pvalue > 0.001


@given(st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), max_size=30))
@settings(max_examples=50)
def test_false_discovery_is_benjamini_hochberg(values):
    p = np.array(values, dtype=float)
    q = false_discovery(p)
    known = p[np.isfinite(p)]
    for value, adjusted in zip(p, q, strict=True):
        if np.isnan(value):
            assert np.isnan(adjusted)
            continue
        plain = min(min(1.0, known[known <= other].size and other * len(known) / (known <= other).sum())
                    for other in known[known >= value])  # fmt: skip
        assert adjusted == pytest.approx(plain)


def test_an_interval_needs_values():
    assert interval(np.array([np.nan, np.nan, np.nan, 1.0])) == (None, None)
    assert interval(np.linspace(0, 1, 41)) == (pytest.approx(0.025), pytest.approx(0.975))


def percentiles(column):
    """The plain formula of the interval of one column."""
    known = column[np.isfinite(column)]
    if len(known) < 2 or len(known) < len(column) / 2:
        return np.nan, np.nan
    tail = round((1 - CONFIDENCE) / 2, 9)
    return tuple(np.quantile(known, [tail, 1 - tail]))


@given(
    arrays(
        np.float64,
        array_shapes(min_dims=1, max_dims=3, max_side=45),
        elements=st.one_of(st.floats(-1e9, 1e9), st.sampled_from([0.0, np.nan, np.inf, -np.inf])),
    )
)
@settings(max_examples=200)
def test_intervals_of_columns_are_the_interval_of_each_to_the_last_digit(replicates):
    low, high = intervals(replicates)
    columns = replicates.reshape(len(replicates), -1).T
    expected = np.array([percentiles(column) for column in columns]).reshape(*replicates.shape[1:], 2)
    np.testing.assert_array_equal(low, expected[..., 0])
    np.testing.assert_array_equal(high, expected[..., 1])
    one = interval(columns[0])
    np.testing.assert_array_equal([np.nan if end is None else end for end in one], percentiles(columns[0]))


def test_an_estimate_without_a_value_tests_nothing():
    assert Estimate.of(float("nan"), null=(0.5, 0.1)).p is None
    assert Estimate.of(0.7, null=(0.5, 0.1)).z == pytest.approx(2)


def test_the_bootstrap_through_the_cache_is_the_plain_one(monkeypatch):
    rng = np.random.default_rng(3)
    people = pd.DataFrame({"department": rng.choice(list("abcd"), 60)}, index=pd.Index(range(60), name="person"))
    volume = sparse.csr_array(np.triu(rng.random((60, 60)) * (rng.random((60, 60)) < 0.3), k=1))
    network = Network(people, volume, directed=True, layer="any")
    i, j = network.dyads
    values = rng.random(len(i))
    # So few ties a part that departments lie across parts.
    monkeypatch.setattr(bootstrap, "TIES", 7)
    found = resample(network, {"any": None, "traffic": values}, replicates=20, seed=5)
    cell = np.where(values > 0.5, 1, -1)
    parts = [(np.zeros(len(i), dtype=int), values), (cell, None), (np.roll(cell, 1), values)]
    sums = tie_sums(i, j, parts, 2, membership=network.membership, replicates=20, seed=5)
    omegas = multipliers(60, 20, 5)
    for replicate, omega in enumerate(omegas):
        for name, weights in (("any", np.ones(len(i))), ("traffic", values)):
            expected = np.zeros((4, 4))
            for a, b, weight in zip(i, j, weights, strict=True):
                one, other = network.membership[a], network.membership[b]
                expected[one, other] += omega[a] * omega[b] * weight
                expected[other, one] += omega[a] * omega[b] * weight
            assert found.mixing[name][replicate] == pytest.approx(expected, rel=1e-12)
        weight = omega[i] * omega[j]
        both = weight @ (values > 0.5) + weight @ (values * (np.roll(values, 1) > 0.5))
        assert sums[replicate] == pytest.approx([weight @ values, both], rel=1e-12)


def test_margins_are_met_and_whoever_stands_alone_has_none():
    rng = np.random.default_rng(2)
    out = rng.exponential(size=(30, 5)) * (rng.random((30, 1)) < 0.8)
    into = out[rng.permutation(30)]
    # In one replicate a single person has all: there is nobody to share with.
    out[:, 4] = into[:, 4] = np.eye(30)[3]
    alpha, beta = quasi_independence(out, into)
    met = slice(4)
    np.testing.assert_allclose((alpha * (beta.sum(axis=0) - beta))[:, met], out[:, met], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose((beta * (alpha.sum(axis=0) - alpha))[:, met], into[:, met], rtol=1e-8, atol=1e-9)
    assert not alpha[:, 4].any()
    assert not beta[:, 4].any()


@pytest.mark.parametrize("held", [1, 90, 10_000])
def test_gravity_is_the_same_however_many_replicates_are_fitted_at_a_time(held, monkeypatch):
    network = a_network()
    monkeypatch.setattr(bootstrap, "HELD", held)
    drawn = resample(network, {}, replicates=BATCH + 1, seed=2, gravity=True)
    omega = multipliers(len(network), BATCH + 1, seed=2)[BATCH - 1]
    again = Network(network.people, sparse.csr_array(np.outer(omega, omega) * network.adjacency.toarray()))
    expected = gravity_expectation(again).to_numpy()
    np.testing.assert_allclose(drawn.expected[BATCH - 1], expected + expected.T, rtol=1e-6)


def test_a_null_of_a_few_networks_is_students():
    rng = np.random.default_rng(0)
    p = []
    for _ in range(4_000):
        *drawn, one = rng.normal(size=4)
        p.append(Estimate.of(one, null=(np.mean(drawn), np.std(drawn, ddof=1)), drawn=3).p)
    # three networks and one more of them: as often below a level as it says
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.01)


@pytest.mark.parametrize("people", [6, 30])
def test_an_interval_of_the_mean_of_a_few_people_holds_it_as_often_as_it_says(people):
    rng, held = np.random.default_rng(0), {people: 0, None: 0}
    omega = rng.standard_exponential((people, 2_000))
    omega /= omega.sum(axis=0)
    for _ in range(2_000):
        draws = rng.normal(size=people) @ omega
        for assumed in held:
            low, high = interval(draws, assumed)
            held[assumed] += low < 0 < high
    assert held[people] / 2_000 == pytest.approx(0.95, abs=0.015)
    # With the percentiles of any number of people it does not.
    assert held[None] / 2_000 < 0.94
