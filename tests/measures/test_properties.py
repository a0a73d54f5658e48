"""What must hold of every measure in the registry, whatever the network; and our own sums against plain loops."""

import inspect
import itertools
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, note, settings
from hypothesis import strategies as st
from scipy import sparse

import silos.measures.brokerage_null as brokerage_null
import silos.measures.triangles as triangles
from silos.errors import SilosError
from silos.measures import REGISTRY
from silos.measures.brokerage import COLUMNS, ROLES, brokerage_roles
from silos.measures.brokerage_null import brokerage_expectation
from silos.measures.mixing import modularity
from silos.measures.participation import participation, participation_corrected
from silos.measures.reciprocity import reciprocity
from silos.measures.registry import Measure
from silos.measures.segregation import assortativity, conductance
from silos.measures.spectral import core_periphery, spectral_segregation
from silos.measures.structural_holes import constraint, effective_size, efficiency
from silos.network import Network

settings.register_profile("measures", max_examples=12, derandomize=True)
settings.load_profile("measures")

#: By volume, these are multiplied by what the weights are multiplied by; all others stay.
LINEAR = {"mixing_matrix"}

#: A person without ties counts in these: in a density, in a mean over the department, or among those who are dealt out.
COUNT_ISOLATES = {
    *("affinity", "algebraic_connectivity", "effective_resistance"),
    *("coleman_homophily", "freeman_segregation", "odds_ratio_within_group", "segregation_matrix_index"),
    *("log_density_ratio", "insularity", "core_periphery"),
    *("within_module_z", "participation_corrected", "brokerage_expectation"),
}

#: A search that starts from random numbers by position: another order of people may end elsewhere.
SEARCHES = {"communities"}

#: Found by iteration: the relative difference that two ways to the same solution may leave. On networks as small as
#: these the margins of `gravity_ratio` may have no exact solution; the affinities' exponent is fitted by an optimiser.
ITERATED = {"gravity_ratio": 1e-2, "affinity": 1e-4, "effective_resistance": 1e-4, "algebraic_connectivity": 1e-4}

#: Options that make a case quick.
QUICK = {"communities": {"seeds": 1}}


@dataclass(frozen=True)
class Case:
    """One way of asking for a measure."""

    measure: Measure
    level: str
    options: tuple[tuple[str, Any], ...]

    def __call__(self, network: Network) -> Any:
        return self.measure.function(network, **dict(self.options), **QUICK.get(self.measure.name, {}))

    @property
    def by_volume(self) -> bool:
        chosen = dict(self.options)
        defaults = inspect.signature(self.measure.function).parameters
        by = chosen.get("by", defaults["by"].default if "by" in defaults else "ties")
        return bool(by == "volume" or chosen.get("weighted", False))

    def __str__(self) -> str:
        return "-".join([self.measure.name, *(f"{value}" for _, value in self.options)])


CHOICES = {
    "by": ("ties", "volume"),
    "weighted": (False, True),
    "directed": (False, True),
    "direction": ("both", "out", "in"),
    "own": (False, True),
    "method": ("arcs",),
}


def cases() -> list[Case]:
    found = []
    for measure in REGISTRY.values():
        parameters = inspect.signature(measure.function).parameters
        choices = {name: values for name, values in CHOICES.items() if name in parameters}
        for level in measure.levels:
            named = {"level": (level,), **choices} if "level" in parameters else choices
            for values in itertools.product(*named.values()):
                found.append(Case(measure, level, tuple(zip(named, values, strict=True))))
    return found


CASES = cases()


def each_measure(but: Collection[str] = (), *, where: Callable[[Case], bool] = lambda case: True) -> Any:
    """Parametrises `ways`: all ways of asking for one measure."""
    ways = {
        name: tuple(case for case in CASES if case.measure.name == name and where(case))
        for name in REGISTRY
        if name not in but
    }
    return pytest.mark.parametrize("ways", [pytest.param(found, id=name) for name, found in ways.items() if found])


def noted(ways: tuple[Case, ...]) -> Iterator[Case]:
    """Each way in turn, named in the message if it fails."""
    for case in ways:
        note(str(case))
        yield case


WEIGHTS = np.array([0.0, 0, 0, 0, 1, 1, 2, 5])


@st.composite
def networks(draw: st.DrawFn, *, people: int = 9, directed: bool | None = None) -> Network:
    count = draw(st.integers(2, people))
    departments = draw(st.lists(st.sampled_from(["HR", "IT", "Law", "Ops"]), min_size=count, max_size=count))
    cells = np.frombuffer(draw(st.binary(min_size=people**2, max_size=people**2)), dtype=np.uint8)
    matrix = WEIGHTS[cells % len(WEIGHTS)].reshape(people, people)[:count, :count]
    both_ways = draw(st.booleans()) if directed is None else directed
    if not both_ways:
        matrix = np.triu(matrix, 1) + np.triu(matrix, 1).T
    index = pd.Index([f"p{number}" for number in range(count)], name="person")
    return Network(pd.DataFrame({"department": departments}, index=index), sparse.csr_array(matrix), directed=both_ways)


def equal(actual: Any, expected: Any, case: Case | None = None) -> None:
    """Equal up to rounding and up to the order of rows and columns."""
    tolerance = ITERATED.get(case.measure.name, 1e-7) if case else 1e-7
    if isinstance(expected, pd.DataFrame):
        actual = actual.loc[expected.index, expected.columns].to_numpy(dtype=np.float64)
    elif isinstance(expected, pd.Series):
        actual, expected = (series.astype("Float64").to_numpy(np.float64, np.nan) for series in (actual, expected))
    np.testing.assert_allclose(actual, np.asarray(expected, dtype=np.float64), rtol=tolerance, atol=1e-2 * tolerance)


def named(result: Any, names: dict[Any, Any]) -> Any:
    """A result with people or departments renamed."""
    if isinstance(result, pd.DataFrame) and set(result.columns) == set(result.index):
        return result.rename(index=names, columns=names)
    return result.rename(names) if isinstance(result, pd.Series | pd.DataFrame) else result


def with_matrix(network: Network, matrix: Any) -> Network:
    return Network(network.people, sparse.csr_array(matrix), directed=network.directed)


def aligned(result: Any, like: Any) -> Any:
    return result.loc[like.index] if isinstance(like, pd.Series | pd.DataFrame) else result


@each_measure(but=SEARCHES)
@given(network=networks(), data=st.data())
def test_the_order_and_the_names_of_people_change_nothing(
    ways: tuple[Case, ...], network: Network, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(network))))
    names = {person: f"q{place}" for place, person in enumerate(network.people.index)}
    shuffled = Network(
        network.people.iloc[order].rename(index=names),
        sparse.csr_array(network.adjacency.toarray()[np.ix_(order, order)]),
        directed=network.directed,
    )
    for case in noted(ways):
        expected = named(case(network), names) if case.level == "person" else case(network)
        equal(aligned(case(shuffled), expected), expected, case)


@each_measure()
@given(network=networks())
def test_the_names_of_departments_change_nothing(ways: tuple[Case, ...], network: Network) -> None:
    names = {"HR": "z", "IT": "y", "Law": "x", "Ops": "w"}
    renamed = network.regrouped(network.people["department"].map(names))
    for case in noted(ways):
        expected = case(network) if case.level == "person" else named(case(network), names)
        equal(aligned(case(renamed), expected), expected, case)


@each_measure()
@given(network=networks(), factor=st.sampled_from([0.125, 3.0, 1000.0]))
def test_a_common_factor_of_the_weights(ways: tuple[Case, ...], network: Network, factor: float) -> None:
    larger = with_matrix(network, network.adjacency * factor)
    for case in noted(ways):
        times = factor if case.measure.name in LINEAR and case.by_volume else 1
        equal(case(larger), case(network) * times, case)


@each_measure(where=lambda case: not (case.by_volume and case.measure.weighted))
@given(network=networks())
def test_weights_matter_only_where_the_registry_says_so(ways: tuple[Case, ...], network: Network) -> None:
    alike = with_matrix(network, network.adjacency > 0)
    for case in noted(ways):
        equal(case(alike), case(network), case)


@each_measure(where=lambda case: not case.measure.directed)
@given(network=networks(directed=True))
def test_direction_matters_only_where_the_registry_says_so(ways: tuple[Case, ...], network: Network) -> None:
    turned = with_matrix(network, network.adjacency.T)
    for case in noted(ways):
        equal(case(turned), case(network), case)


@each_measure(but=COUNT_ISOLATES | SEARCHES)
@given(network=networks())
def test_a_person_without_ties_changes_nobody_else(ways: tuple[Case, ...], network: Network) -> None:
    newcomer = pd.DataFrame({"department": [network.people["department"].iloc[0]]}, index=["apart"])
    matrix = np.pad(network.adjacency.toarray(), ((0, 1), (0, 1)))
    larger = Network(pd.concat([network.people, newcomer]), sparse.csr_array(matrix), directed=network.directed)
    for case in noted(ways):
        equal(aligned(case(larger), case(network)), case(network), case)


def bounds(text: str) -> tuple[float, float] | None:
    """The interval that a range in the registry begins with, if it holds for all values."""
    match = re.fullmatch(r"[\[(](-?[\d.∞]+), (-?[\d.∞]+)[\])]", text)
    return None if match is None else tuple(float(end.replace("∞", "inf")) for end in match.groups())  # type: ignore


#: Where the registry's range says more than an interval.
BOUNDS: dict[str, Callable[[Network, Any], bool]] = {
    "constraint": lambda network, values: values.min() > 0 and values.max() <= 2 + 1e-9,
    "effective_size": lambda network, values: values.min() >= -1e-9 and values.max() <= len(network) - 1,
    "efficiency": lambda network, values: values.min() >= -1e-9 and values.max() <= 1 + 1e-9,
    "spectral_segregation": lambda network, values: values.min() >= -1e-9 and values.max() <= len(network),
    "core_periphery": lambda network, values: values.min() >= -1 - 1e-9 and values.max() <= 1 + 1e-9,
    "gupta_anderson_may": lambda network, values: values.min() >= -1 - 1e-9 and values.max() <= 1 + 1e-9,
    "brokerage_roles": lambda network, values: values.min() >= 0 and (values == np.round(values)).all(),
    "reach": lambda network, values: values.min() >= 0 and values.max() <= len(network),
}


@each_measure()
@given(network=networks())
def test_the_range_holds(ways: tuple[Case, ...], network: Network) -> None:
    for case in noted(ways):
        result = case(network)
        table = (result if isinstance(result, pd.DataFrame) else pd.Series(result)).astype("Float64")
        values = table.to_numpy(np.float64, na_value=np.nan).ravel()
        values = values[~np.isnan(values)]
        interval = bounds(case.measure.range)
        if len(values) and interval is not None:
            assert interval[0] - 1e-9 <= values.min()
            assert values.max() <= interval[1] + 1e-9
        elif len(values) and case.measure.name in BOUNDS:
            assert BOUNDS[case.measure.name](network, values)


EDGES = {
    "nobody": ([], []),
    "one person": (["HR"], []),
    "no ties": (["HR", "HR", "IT"], []),
    "one department": (["HR"] * 4, [(0, 1), (1, 2), (2, 0)]),
    "one department without ties": (["HR"] * 3, []),
    "departments of one person": (["HR", "IT", "Law"], [(0, 1), (1, 2)]),
    "a department without ties": (["HR", "HR", "IT", "Law"], [(0, 1), (1, 2)]),
    "all ties within": (["HR", "HR", "IT", "IT"], [(0, 1), (2, 3)]),
    "all ties across": (["HR", "HR", "IT", "IT"], [(0, 2), (1, 3), (3, 0)]),
    "everybody with everybody": (["HR", "HR", "IT"], [(0, 1), (1, 2), (0, 2), (1, 0), (2, 1), (2, 0)]),
}


@each_measure()
@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("directed", [True, False], ids=["directed", "undirected"])
def test_edge_cases_neither_raise_nor_warn(ways: tuple[Case, ...], edge: str, directed: bool) -> None:
    departments, arcs = EDGES[edge]
    matrix = np.zeros((len(departments), len(departments)))
    for sender, recipient in arcs:
        matrix[sender, recipient] = 1
        if not directed:
            matrix[recipient, sender] = 1
    people = pd.DataFrame({"department": pd.Series(departments, dtype=object)})
    for case in ways:
        result = case(Network(people, sparse.csr_array(matrix), directed=directed))
        if case.level == "person":
            assert len(result) == len(departments), str(case)
        elif case.level == "department":
            assert list(result.index) == sorted(set(departments)), str(case)


@each_measure(where=lambda case: not {"by", "level", "direction"}.isdisjoint(dict(case.options)))
def test_an_unknown_choice_is_named(ways: tuple[Case, ...]) -> None:
    network = Network(pd.DataFrame({"department": ["HR", "IT"]}), sparse.csr_array([[0, 1], [0, 0]]))
    for case in ways:
        for option in {"by", "level", "direction"} & set(dict(case.options)):
            with pytest.raises(SilosError, match="unheard-of"):
                case.measure.function(network, **{**dict(case.options), option: "unheard-of"})


# ---- brokerage


def role(a: int, b: int, c: int) -> str:
    if a == b == c:
        return "coordinator"
    if a == c:
        return "itinerant"
    return "representative" if a == b else "gatekeeper" if b == c else "liaison"


def counted(arc: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Brokerage roles by the definition, (N, 6)."""
    counts = np.zeros((len(unit), len(COLUMNS)), dtype=np.int64)
    for i, j, k in itertools.permutations(range(len(unit)), 3):
        if arc[i, j] and arc[j, k] and not arc[i, k]:
            counts[j, [ROLES.index(role(*unit[[i, j, k]])), -1]] += 1
    return counts


@given(network=networks())
@settings(max_examples=100)
def test_brokerage_roles_by_the_definition(network: Network) -> None:
    expected = counted(network.adjacency.toarray() > 0, network.membership)
    np.testing.assert_array_equal(brokerage_roles(network).to_numpy(), expected)
    summed = brokerage_roles(network).groupby(network.people["department"]).sum()
    equal(brokerage_roles(network, level="department"), summed)


@given(network=networks(directed=True))
@pytest.mark.parametrize("level", ["person", "department"])
def test_reversal_swaps_gatekeeper_and_representative(level: Any, network: Network) -> None:
    swapped = {"gatekeeper": "representative", "representative": "gatekeeper"}
    reverse = with_matrix(network, network.adjacency.T)
    equal(brokerage_roles(reverse, level=level).rename(columns=swapped), brokerage_roles(network, level=level))
    for statistic in ("expectation", "sd", "z"):
        forward, backward = (brokerage_expectation(one, level=level)[statistic] for one in (network, reverse))
        equal(backward.rename(columns=swapped), forward)


@pytest.mark.parametrize("departments", ["AAAB", "AABB", "AABC", "AAAA"])
def test_the_closed_form_is_exact_for_persons_and_departments(departments: str) -> None:
    """Over all 4,096 networks of four people, each with its probability."""
    chance = 0.37
    units = np.array([ord(letter) - ord("A") for letter in departments])
    arcs = list(itertools.permutations(range(4), 2))
    moments = np.zeros((2, 4, 6))
    sums = np.zeros((2, units.max() + 1, 6))
    for present in itertools.product((0, 1), repeat=len(arcs)):
        matrix = np.zeros((4, 4), dtype=bool)
        matrix[tuple(np.array(arcs).T)] = present
        probability = chance ** sum(present) * (1 - chance) ** (12 - sum(present))
        counts = counted(matrix, units)
        by_department = np.stack([counts[units == unit].sum(axis=0) for unit in range(units.max() + 1)])
        moments += probability * np.stack([counts, counts**2])
        sums += probability * np.stack([by_department, by_department**2])
    null = brokerage_null._RandomArcs(np.bincount(units), chance)
    for (mean, square), (expectation, sd) in (
        (moments, [part[units] for part in null.person()]),
        (sums, null.department()),
    ):
        np.testing.assert_allclose(expectation, mean, atol=1e-12)
        np.testing.assert_allclose(sd**2, square - mean**2, atol=1e-12)


@given(network=networks(people=7))
@settings(max_examples=10)
@pytest.mark.parametrize("level", ["person", "department", "organisation"])
def test_label_permutation_finds_the_exact_expectation(level: Any, network: Network) -> None:
    table = brokerage_expectation(network, level=level, method="departments", shuffles=300)
    sizes, count = network.sizes.astype(float), len(network)
    same = np.array([(sizes * (sizes - 1)).sum(), (sizes * (sizes - 1) * (sizes - 2)).sum()])
    two, three = same / np.array([count * (count - 1), max(count * (count - 1) * (count - 2), 1)])
    chances = np.array([three, two - three, two - three, two - three, 1 - 3 * two + 2 * three, 1])
    if level == "department":
        # all departments together, as who is in which is random
        expected = brokerage_roles(network)["total"].sum() * chances
        np.testing.assert_allclose(table["expectation"].sum(), expected, atol=6 * table["sd"].sum().max() / 17 + 1e-9)
        return
    total = brokerage_roles(network)["total"].to_numpy()
    total = total if level == "person" else total.sum(keepdims=True)
    distance = np.abs(table["expectation"].to_numpy() - np.outer(total, chances))
    assert (distance <= 6 * table["sd"].to_numpy() / np.sqrt(300) + 0.02 * total[:, None] + 1e-9).all()
    np.testing.assert_allclose(table["sd"]["total"], 0, atol=1e-9)
    assert table["z"]["total"].isna().all()


def test_label_permutation_repeats_with_its_seed() -> None:
    graph = nx.gnp_random_graph(20, 0.2, seed=1)
    nx.set_node_attributes(graph, {person: person % 3 for person in graph}, "department")
    network = Network.from_networkx(graph)
    draws = [brokerage_expectation(network, method="departments", shuffles=5, seed=seed) for seed in (1, 1, 2)]
    pd.testing.assert_frame_equal(draws[0], draws[1])
    assert not draws[0].equals(draws[2])


@pytest.mark.parametrize("shuffles", [0, 1])
def test_a_spread_needs_two_shuffles(shuffles: int) -> None:
    network = Network(pd.DataFrame({"department": ["HR", "IT"]}), sparse.csr_array([[0, 1], [0, 0]]))
    with pytest.raises(SilosError, match="shuffles is a whole number, 2 or more"):
        brokerage_expectation(network, method="departments", shuffles=shuffles)


# ---- triangles


@pytest.mark.parametrize(("paths", "table", "size"), [(1, 4, 1), (7, 200, 3), (1 << 19, 1 << 26, 1 << 20)])
def test_each_triangle_once_whatever_the_chunks(
    paths: int, table: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(triangles, "PATHS", paths)
    monkeypatch.setattr(triangles, "TABLE_BYTES", table)
    monkeypatch.setattr(triangles, "TRIANGLES", size)
    graph = nx.gnp_random_graph(30, 0.3, seed=3)
    ties = triangles.OrientedTies.of(sparse.csr_array(nx.to_scipy_sparse_array(graph, format="csr")))
    found = []
    for uv, uw, vw in ties.triangles():
        np.testing.assert_array_equal(ties.tail[uv], ties.tail[uw])
        np.testing.assert_array_equal(ties.head[uv], ties.tail[vw])
        np.testing.assert_array_equal(ties.head[uw], ties.head[vw])
        found += [frozenset(corner) for corner in zip(ties.tail[uv], ties.head[uv], ties.head[uw], strict=True)]
    assert len(found) == len(set(found)) == sum(nx.triangles(graph).values()) / 3


# ---- participation


@given(network=networks(people=6), by=st.sampled_from(["ties", "volume"]))
@settings(max_examples=15)
def test_the_null_of_participation_is_that_of_all_relabellings(network: Network, by: Any) -> None:
    labels = network.people["department"].to_numpy()
    draws = np.stack(
        [
            participation(network.regrouped(pd.Series(relabelled, network.people.index)), by=by).to_numpy()
            for relabelled in set(itertools.permutations(labels))
        ]
    )
    table = participation_corrected(network, by=by)
    np.testing.assert_allclose(table["expectation"], draws.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(table["sd"], draws.std(axis=0), atol=1e-7)


# ---- networkx, where it has the measure


def person_graph(network: Network, by: str) -> Any:
    """The undirected graph of ties, or of weights summed."""
    matrix = network.contacts if by == "ties" else network.combined
    return nx.relabel_nodes(nx.from_scipy_sparse_array(matrix), dict(enumerate(network.people.index)))


@given(network=networks(), by=st.sampled_from(["ties", "volume"]))
@settings(max_examples=60)
def test_structural_holes_as_networkx(network: Network, by: Any) -> None:
    graph = person_graph(network, by)
    weight = None if by == "ties" else "weight"
    equal(constraint(network, by=by), pd.Series(nx.constraint(graph, weight=weight)))
    expected = pd.Series(nx.effective_size(graph, nodes=list(graph), weight=weight))
    equal(effective_size(network, by=by), expected)
    degree = pd.Series(dict(graph.degree)).replace(0, np.nan)
    equal(efficiency(network, by=by), expected / degree)


@given(network=networks(directed=True))
def test_constraint_of_a_directed_graph_as_networkx(network: Network) -> None:
    graph = network.to_networkx("person")
    # networkx has NaN for persons who only receive when asked for all by name, so nobody is named
    equal(constraint(network, by="volume"), pd.Series(nx.constraint(graph, weight="weight")))


@given(network=networks(), directed=st.booleans())
def test_assortativity_as_networkx(network: Network, directed: bool) -> None:
    assume(network.ties > 0 and len({*network.membership[network.contacts.indices]}) > 1)
    assume(directed or not network.directed)
    expected = nx.attribute_assortativity_coefficient(network.to_networkx("person"), "department")
    equal(assortativity(network, directed=directed), expected)


@given(network=networks(), by=st.sampled_from(["ties", "volume"]))
def test_modularity_and_conductance_as_networkx(network: Network, by: Any) -> None:
    assume(network.ties > 0)
    graph = person_graph(network, by)
    groups = {name: set(rows.index) for name, rows in network.people.groupby("department")}
    equal(modularity(network, by=by), nx.community.modularity(graph, list(groups.values()), weight="weight"))
    for name, value in conductance(network, by=by).items():
        if not np.isnan(value):
            equal(value, nx.conductance(graph, groups[name], weight="weight"))


@given(network=networks(directed=False))
def test_modularity_of_the_department_graph_as_networkx(network: Network) -> None:
    assume(network.ties > 0)
    graph = network.to_networkx("department")
    expected = nx.community.modularity(graph, [{name} for name in graph], weight="weight")
    equal(modularity(network, by="volume"), expected)


@given(network=networks(directed=True))
def test_reciprocity_as_networkx(network: Network) -> None:
    assume(network.adjacency.nnz > 0)
    graph = network.to_networkx("person")
    equal(reciprocity(network), nx.overall_reciprocity(graph))


def department_network(network: Network) -> tuple[Any, Network]:
    """The department graph without what stays inside, and the network whose persons are its departments."""
    graph = network.to_networkx("department")
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    nx.set_node_attributes(graph, {name: name for name in graph}, "department")
    return graph, Network.from_networkx(graph)


@given(network=networks(), by=st.sampled_from(["ties", "volume"]))
@settings(max_examples=60)
def test_structural_holes_of_the_department_graph_as_networkx(network: Network, by: Any) -> None:
    _, departments = department_network(network)
    graph = person_graph(departments, by)
    weight = None if by == "ties" else "weight"
    equal(constraint(departments, by=by), pd.Series(nx.constraint(graph, weight=weight)))
    equal(effective_size(departments, by=by), pd.Series(nx.effective_size(graph, nodes=list(graph), weight=weight)))


@given(network=networks(directed=True))
def test_reciprocity_of_the_department_graph_as_networkx(network: Network) -> None:
    graph, departments = department_network(network)
    assume(graph.number_of_edges() > 0)
    equal(reciprocity(departments), nx.overall_reciprocity(graph))


@given(network=networks(directed=True))
def test_constraint_of_the_directed_department_graph_as_networkx(network: Network) -> None:
    graph, departments = department_network(network)
    equal(constraint(departments, by="volume"), pd.Series(nx.constraint(graph, weight="weight")))


# ---- eigenvectors


def test_no_department_is_at_the_core_for_its_size() -> None:
    graph = nx.complete_multipartite_graph(1, 2, 6)
    nx.set_node_attributes(graph, nx.get_node_attributes(graph, "subset"), "department")
    network = Network.from_networkx(graph)
    np.testing.assert_allclose(core_periphery(network), np.sqrt(1 / 3))
    assert np.isnan(core_periphery(network, level="organisation"))


def test_the_core_of_a_given_affinity() -> None:
    network = Network(pd.DataFrame({"department": ["hub", "a", "b", "c"]}), sparse.csr_array((4, 4)))
    star = pd.DataFrame(0.0, index=list(network.departments), columns=list(network.departments))
    star.loc["hub"], star["hub"] = 1.0, 1.0
    core = core_periphery(network, affinity=star)
    np.testing.assert_allclose(core[["hub", "a", "b", "c"]], np.sqrt([1 / 2, 1 / 6, 1 / 6, 1 / 6]))
    np.testing.assert_allclose(core_periphery(network, affinity=star, level="organisation"), 1.0)


def test_a_large_component_is_solved_as_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = nx.gnp_random_graph(120, 0.06, seed=2)
    nx.set_node_attributes(graph, {person: person // 60 for person in graph}, "department")
    network = Network.from_networkx(graph)
    dense = spectral_segregation(network, level="person")
    monkeypatch.setattr("silos.measures.spectral.DENSE", 5)
    equal(spectral_segregation(network, level="person"), dense)
