"""The measures give the peers' numbers: R's sna, netseg, igraph, bctpy, scikit-learn, and what papers printed.

Each case names the file of reference values, the key in it and the peer. `COVERED` says which function reproduces a
value, `NOT_COVERED` why there is none; together they hold every key of every file.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from silos.measures.brokerage import ROLES, brokerage_roles
from silos.measures.brokerage_null import brokerage_expectation
from silos.measures.community_detection import agreement
from silos.measures.mixing import ei_index, mixing_matrix, modularity
from silos.measures.participation import cross_department_entropy, participation, within_module_z
from silos.measures.reciprocity import reciprocity
from silos.measures.segregation import (
    assortativity,
    coleman_homophily,
    freeman_segregation,
    gupta_anderson_may,
    odds_ratio_within_group,
    segregation_matrix_index,
)
from silos.measures.spectral import spectral_segregation
from silos.measures.structural_holes import constraint, effective_size
from silos.network import Network
from tests.support import reference
from tests.support.reference import Value, binary, document, network, numbers, of_edges, of_matrix, of_mixing

VALUES = reference.values()
pytestmark = pytest.mark.skipif(not VALUES, reason=reference.ABSENT)

TOLERANCE = 1e-8

#: sna's names of the roles, and ours.
SNA = dict(zip(("w_I", "w_O", "b_IO", "b_OI", "b_O", "t"), (*ROLES, "total"), strict=True))
SNA_STATISTICS = {"exp": "expectation", "sd": "sd", "z": "z"}

Compute = Callable[[Value, re.Match[str]], Any]


@cache
def the_network(file: str) -> Network:
    if file != "brokerage_toy4":
        return network(file)
    case = document(file)
    return of_edges(case["edges"], dict(enumerate(case["groups"])), directed=True, people=range(case["n"]))


@cache
def roles(file: str) -> pd.DataFrame:
    return brokerage_roles(the_network(file))


@cache
def expectation(file: str, level: Any) -> pd.DataFrame:
    return brokerage_expectation(the_network(file), level=level)


def of_network(function: Callable[..., Any], **options: Any) -> Compute:
    return lambda value, match: function(the_network(value.file), **options)


def labelled(function: Callable[..., Any], **options: Any) -> Compute:
    """A Series in the order of the file's labels."""

    def compute(value: Value, match: re.Match[str]) -> Any:
        series = function(the_network(value.file), **options)
        series.index = series.index.map(str)
        return series.loc[list(map(str, value.expected.get("labels", value.expected)))]

    return compute


def by_name(function: Callable[..., Any], **options: Any) -> Compute:
    """A Series by the file's names of persons, where it has them beside the ids."""

    def compute(value: Value, match: re.Match[str]) -> Any:
        series = function(the_network(value.file), **options)
        names = {node["id"]: node.get("name", node["id"]) for node in document(value.file)["nodes"]}
        return series.rename(names).loc[list(value.expected)]

    return compute


def sna_person(value: Value, match: re.Match[str]) -> Any:
    if match["statistic"] == "raw":
        return roles(value.file)[SNA[match["role"]]]
    return expectation(value.file, "person")[SNA_STATISTICS[match["statistic"]], SNA[match["role"]]]


def sna_organisation(value: Value, match: re.Match[str]) -> Any:
    if match["statistic"] == "raw":
        return roles(value.file).sum()
    return expectation(value.file, "organisation")[SNA_STATISTICS[match["statistic"]]].iloc[0]


def sna_group(value: Value, match: re.Match[str]) -> Any:
    departments = the_network(value.file).people["department"].astype(str)
    somebody = departments.index[departments == match["group"]][0]
    return expectation(value.file, "person").loc[somebody, SNA_STATISTICS[match["statistic"]]]


def mixing_by_arcs(value: Value, match: re.Match[str]) -> Any:
    case = the_network(value.file)
    labels = value.expected.get("labels") or value.expected["order"]
    cells = mixing_matrix(case, by="volume").rename(index=str, columns=str).loc[labels, labels].to_numpy()
    if case.directed:
        return cells if "order" in value.expected else cells.ravel()
    # netseg folds an undirected matrix into its upper triangle, where a tie within counts once
    return (np.triu(cells, 1) + np.diag(np.diag(cells) / 2)).ravel()


def smi_as_netseg(value: Value, match: re.Match[str]) -> Any:
    # netseg (R/smi.R) sets both groups against the density of arcs from the first to the second, so that its second
    # value is that of the arcs turned round
    case = the_network(value.file)
    first, second = value.expected["labels"]
    turned = Network(case.people, sparse.csr_array(case.adjacency.T))
    return [segregation_matrix_index(case)[first], segregation_matrix_index(turned)[second]]


def ssi_as_netseg(value: Value, match: re.Match[str]) -> Any:
    # netseg has 0 for a person without ties
    return spectral_segregation(the_network(value.file), level="person").fillna(0)


def bct(value: Value, match: re.Match[str]) -> Any:
    name, measure = match["network"], match["measure"]
    case = binary("eies_networkers_weighted") if name == "eies_networkers_binary" else network(name)
    if measure.startswith("module"):
        return within_module_z(case, by="volume")
    if measure.startswith("diversity"):
        return cross_department_entropy(case, by="volume", own=True)
    direction: Any = {"sumUndirected": "both", "out": "out", "in": "in"}[measure.removeprefix("participation_coef_")]
    # the toolbox has 0 for a person without ties
    return participation(case, by="volume", direction=direction).fillna(0)


def burt(value: Value, match: re.Match[str]) -> Any:
    case = document(value.file)["structural_holes"][match["case"]]
    weighted = match["weighted"] is not None
    if match["case"] == "directed":
        # the peer adds up both directions of a directed graph, so that the weight of a mutual tie is 2
        weights = case["weights"] if weighted else dict.fromkeys(case["weights"], 1)
        arcs = [(*key.split(","), weight) for key, weight in weights.items()]
        network_, by = of_edges(arcs, directed=True), "volume"
    else:
        network_, by = of_edges(case["edges"]), "volume" if weighted else "ties"
    function = {"constraint": constraint, "effective_size": effective_size}[match["measure"]]
    return function(network_, by=by).loc[list(value.expected)]


def adolescents(value: Value, match: re.Match[str]) -> Any:
    return constraint(of_edges(document(value.file)["adolescents_constraint"]["edges"])).loc[list(value.expected)]


def networkx_modularity(value: Value, match: re.Match[str]) -> Any:
    case = document(value.file)["modularity"]["cases"][int(match["case"])]
    sizes = [int(size) for size in re.findall(r"\d+", case["graph"])]
    edges = nx.barbell_graph(*sizes).edges
    return modularity(of_edges(list(edges), {p: c for c, community in enumerate(case["C"]) for p in community}))


def networkx_reciprocity(value: Value, match: re.Match[str]) -> Any:
    arcs = document(value.file)["reciprocity"]["arcs"]
    return reciprocity(of_edges(arcs, directed=True), level="person").loc[[int(person) for person in value.expected]]


def printed_mixing(function: Callable[..., Any], **options: Any) -> Compute:
    """A measure of a network that has the printed mixing matrix as its volume."""

    def compute(value: Value, match: re.Match[str]) -> Any:
        case = document(value.file)[match["case"]]
        count = len(case["matrix"])
        sizes = case.get("gsizes", [2] * count)
        return function(of_mixing(case["matrix"], sizes, case.get("labels", range(count))), **options)

    return compute


def printed_edges(function: Callable[..., Any]) -> Compute:
    def compute(value: Value, match: re.Match[str]) -> Any:
        case = document(value.file)[match["case"]]
        departments = dict(enumerate(case["groups"], start=1))
        return function(of_edges(case["edges"], departments, directed=True, people=list(departments)))

    return compute


def complete_graph(value: Value, match: re.Match[str]) -> Any:
    edges = list(nx.complete_graph(10).edges)
    return freeman_segregation(of_edges(edges, {person: person % 2 for person in range(10)}))


def toy7(value: Value, match: re.Match[str]) -> Any:
    case = document(value.file)["cases"]["toy7_directed_weighted"]
    return mixing_matrix(of_matrix(case["A"], case["groups"]), by="volume")


def partitions(value: Value, match: re.Match[str]) -> Any:
    case = document(value.file)
    return agreement(np.array(case["a"]), np.array(case["b"]))["ami"]


#: Key (a regular expression for file/key, matched whole) -> how we compute it.
COVERED: dict[str, Compute] = {
    r"[^/]*/(sna/)?brokerage\.(?P<statistic>raw|exp|sd|z)\.nli\.(?P<role>\w+)": sna_person,
    r"[^/]*/(sna/)?brokerage\.(?P<statistic>raw|exp|sd|z)\.gli": sna_organisation,
    r"[^/]*/(sna/)?brokerage\.(?P<statistic>exp|sd)\.grp\.(?P<group>.+)": sna_group,
    r"brokerage_toy4/expected/(?P<role>\w+)": lambda value, match: roles(value.file)[SNA[match["role"]]],
    r"[^/]*/ei(_weighted|_published)?": of_network(ei_index, by="volume"),
    r"sampson_samplike/ei_node_in_plus_out_published": by_name(ei_index, by="volume", level="person"),
    r"[^/]*/(mixingm_rowmajor|mixing_published)": mixing_by_arcs,
    r"[^/]*/assort(_published)?": of_network(assortativity),
    r"[^/]*/igraph_assortativity_nominal_ignoredir": of_network(assortativity),
    r"[^/]*/igraph_assortativity_nominal_directed": of_network(assortativity, directed=True),
    r"[^/]*/igraph_modularity_directed": of_network(modularity, by="volume", directed=True),
    r"[^/]*/igraph_modularity_undirected_sum": of_network(modularity, by="volume"),
    r"[^/]*/igraph_modularity_undirected_collapse": of_network(modularity, by="ties"),
    r"[^/]*/igraph_constraint": of_network(constraint, by="volume"),
    r"[^/]*/igraph_constraint_undirected_collapse": of_network(constraint, by="ties"),
    r"[^/]*/(igraph_reciprocity|sna_grecip_edgewise)": of_network(reciprocity),
    r"[^/]*/coleman(_published)?": labelled(coleman_homophily),
    r"ef3_mutual/smi": labelled(segregation_matrix_index),
    r"classroom_directed/smi": smi_as_netseg,
    r"[^/]*/orwg(_published)?": of_network(odds_ratio_within_group),
    r"[^/]*/freeman(_published)?": of_network(freeman_segregation),
    r"[^/]*/gamix(_published)?": of_network(gupta_anderson_may),
    r"[^/]*/ssi": ssi_as_netseg,
    r"ef3_undirected/ssi_paper": by_name(spectral_segregation, level="person"),
    r"bctpy_participation/values/(?!lazega_lawfirm_advice)(?P<network>\w+)/(?P<measure>\w+)": bct,
    r"[^/]*/structural_holes/(?P<case>\w+)/(?P<measure>constraint|effective_size)(?P<weighted>_weighted)?": burt,
    r"[^/]*/adolescents_constraint/constraint_first3": adolescents,
    r"[^/]*/modularity/cases/(?P<case>\d)/Q": networkx_modularity,
    r"[^/]*/reciprocity/node": networkx_reciprocity,
    r"[^/]*/(?P<case>coleman1958)/expected/coleman_exact": printed_mixing(coleman_homophily, by="volume"),
    r"[^/]*/(?P<case>catania_amen)/expected/assort_\w+": printed_mixing(assortativity, weighted=True),
    r"[^/]*/(?P<case>catania_amen)/expected/ei": printed_mixing(ei_index, by="volume"),
    r"[^/]*/(?P<case>ring6_directed)/expected/coleman": printed_edges(coleman_homophily),
    r"[^/]*/(?P<case>orwg_trivial)/expected/orwg": printed_edges(odds_ratio_within_group),
    r"[^/]*/freeman_complete10/expected/freeman": complete_graph,
    r"exact_label_permutation/cases/toy7_directed_weighted/M_obs": toy7,
    r"exact_label_permutation/cases/white_kinship_undirected/obs": lambda value, match: ei_index(
        network("white_kinship_undirected")
    ),
    r"partition_comparison/sklearn_1.9.1/AMI_arithmetic": partitions,
}

#: Key (as above) -> why no function of ours gives it.
NOT_COVERED: dict[str, str] = {
    r"[^/]*/(\w*betweenness\w*|sna_flowbet_graph)": "no measure: betweenness crowns the biggest department (METHODS 4)",
    r"[^/]*/(adolescents_constraint/|group_)betweenness.*": "no measure: betweenness (METHODS 4)",
    r"[^/]*/current_flow_betweenness/.*": "no measure: betweenness (METHODS 4)",
    r"[^/]*/sna_infocent_graph": "no measure: information centrality of a person",
    r"[^/]*/igraph_global_efficiency_\w+": "no measure: not in [0, 1] with weights (note in the file)",
    r"[^/]*/igraph_diversity_undirected_sum": "no measure: entropy over single contacts, not over departments",
    r"[^/]*/(igraph_strength_(in|out)|in_strength_first5)": "no measure: row and column sums of the network",
    r"[^/]*/lambda2_\w+": "ours is of the affinity of departments, not of the person network",
    r"[^/]*/sna_grecip_(dyadic|dyadic\.nonnull|edgewise\.lrr)": "ours is the share of arcs returned (edgewise)",
    r"[^/]*/(krackhardt_\w+|hierarchy_reciprocity)": "no measure: Krackhardt's dimensions of a hierarchy",
    r"[^/]*/(sna_gden|sna_dyad_census)": "no measure: density and dyad census say nothing of departments",
    r"bctpy_participation/values/lazega_lawfirm_advice/\w+": "the network is in no file",
    r"bctpy_participation/literals/.*": "persons tied to themselves, whom a Network cannot hold",
    r"[^/]*/assortativity_newman_table/see": "a pointer to mixing_matrices_published",
    r"[^/]*/coleman1958/expected/coleman_original_1958_approx": "the approximation n/N; ours is exact (n-1)/(N-1)",
    r"exact_label_permutation/cases/white_kinship_undirected/(mean|var|p_\w+)": "the null: tested with silos.inference",
    r"exact_label_permutation/cases/toy7_directed_weighted/(ei_mean|ei_var)": "as above",
    r"exact_label_permutation/cases/toy7_directed_weighted/(M_mean|M_var)": "no result rests on it",
    r"partition_comparison/sklearn_1.9.1/(NMI_arithmetic|ARI)": "not adjusted as AMI is (METHODS 2)",
    r"partition_comparison/(R_igraph_1.3.5|bctpy)/.*": "not adjusted as AMI is (METHODS 2)",
}


def found(value: Value, table: dict[str, Any]) -> list[tuple[re.Match[str], Any]]:
    name = f"{value.file}/{value.key}"
    return [(match, entry) for pattern, entry in table.items() if (match := re.fullmatch(pattern, name))]


@pytest.mark.parametrize("value", [value for value in VALUES if found(value, COVERED)], ids=str)
def test_reproduces_the_peer(value: Value) -> None:
    match, compute = found(value, COVERED)[0]
    actual = np.asarray(compute(value, match), dtype=np.float64)
    relative, absolute = (TOLERANCE, TOLERANCE) if value.tolerance is None else (0, value.tolerance)
    np.testing.assert_allclose(actual, numbers(value.expected), rtol=relative, atol=absolute)


def test_every_value_is_covered_once_or_has_a_reason() -> None:
    entries = {str(value): len(found(value, COVERED)) + len(found(value, NOT_COVERED)) for value in VALUES}
    assert {name: count for name, count in entries.items() if count != 1} == {}


@pytest.mark.parametrize("pattern", [*COVERED, *NOT_COVERED])
def test_no_entry_is_about_nothing(pattern: str) -> None:
    assert any(re.fullmatch(pattern, f"{value.file}/{value.key}") for value in VALUES)
