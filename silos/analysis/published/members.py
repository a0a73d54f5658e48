"""Who is in which community, published: what tells of their departments follows from the members that are given.

A figure such as the effective number of departments is a sum over exact cells. With two digits it would still single
out one composition among all that the counts allow, down to one person. So it is worked out from the middles of the
classes of these counts.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import entr

from silos.analysis.detected_communities import LARGELY, PARTLY, DetectedCommunities
from silos.analysis.published import chances
from silos.analysis.published.tables import estimate, figures, stepped, valued, withheld
from silos.analysis.result_protocol import whole
from silos.analysis.results import Results
from silos.analysis.tool_communities import ORDER, SHARED, ToolCommunities, mix_by_chance
from silos.inference.estimate import Estimate, finite
from silos.measures.community_detection import agreement
from silos.privacy.gate import STEP, Gate

#: Members below which nothing is told of the departments that they are of, but for the one that most are of.
LEAST_COMPOSED = 20
#: Of how often members are expected in other communities: what does not follow from published counts.
ROUGH = Gate(digits=1)


def detected(results: Results, gate: Gate) -> DetectedCommunities:
    """Communities that were detected: how many people, and of which departments."""
    found = results.detected
    exact = found.table
    people = _people(results, found.shares.index)
    table = stepped(exact, ("people",), gate)
    size = exact["people"].to_numpy(np.float64)
    # Community by department, as the shares are of the department.
    if found.shares.size:
        cells = np.round(found.shares.to_numpy(np.float64) * people[:, None], 6).T
        cells = np.asarray(gate.part(cells, np.broadcast_to(people, cells.shape)))
        mixed = np.exp(published_entropies(cells, size, gate))
        table["departments"] = np.where(size >= LEAST_COMPOSED, mixed, np.nan)
        home = people[found.shares.index.get_indexer(exact["largest_department"])]
        # No finer than the cell of the figure that it is.
        most = gate.part(np.round(exact["share"].to_numpy(np.float64) * size, 6), home)
        table["share"] = gate.share(most / size, of=size)
    return replace(
        found,
        table=figures(table, gate, except_=("people", "community", "share")),
        shares=shares(found.shares, people, gate),
        modularity=float(gate.figure(found.modularity)),
        agreement=agreements(results, gate),
    )


def exchanged(sizes: np.ndarray) -> dict[str, float]:
    """How far communities are the departments where a step of people of two departments each are in that of the other.

    The least of two cases: the two smallest departments, and the two largest.

    Args:
        sizes: people of each department.
    """
    rising = np.sort(sizes)
    departments = np.repeat(np.arange(len(rising)), rising)
    found = []
    for pair in {(0, 1), (len(rising) - 2, len(rising) - 1)}:
        communities = departments.copy()
        for here, there in (pair, pair[::-1]):
            communities[np.flatnonzero(departments == here)[:STEP]] = there
        found.append(agreement(departments, communities))
    return {name: min(one[name] for one in found) for name in found[0]}


def agreements(results: Results, gate: Gate) -> dict[str, Estimate]:
    """How far detected communities are the departments, no finer than what a step of people elsewhere would change.

    An agreement of 1.00 says that nobody of a department is in the community of another: all small counts would be 0.
    """
    found = results.detected.agreement
    if all(one.value is None for one in found.values()):
        return dict(found)
    moved = exchanged(results.departments.table["people"].to_numpy(np.int64))
    edges = {"ami": (PARTLY, LARGELY), "homogeneity": (LARGELY,)}

    def told(name: str, value: float | None) -> float | None:
        unit = min(max(1 - moved[name], 10.0**-gate.digits), 1.0)
        return None if value is None else finite(float(gate.index(value, unit, edges.get(name, ()))))

    return {
        name: replace(one, value=told(name, one.value), low=told(name, one.low), high=told(name, one.high))
        for name, one in found.items()
    }


def communities(results: Results, gate: Gate) -> ToolCommunities | None:
    """Communities of the tools: members, writers, posts, and shares of them."""
    found = results.communities
    if found is None:
        return None
    counts = ("members", "writers", "posts", "shared")
    exact = found.table
    size = exact["members"].to_numpy(np.float64)
    table = stepped(exact, counts, gate)
    for name, values in _composed(results, found, gate).items():
        table[name] = np.where(size >= LEAST_COMPOSED, values, np.nan)
    table["sponsor_members"] = gate.share(exact["sponsor_members"], of=size)
    # Whom nobody is shared with is known from the communities that it reaches, and from memberships elsewhere.
    shared = np.isfinite(gate.count(exact["shared"].astype(np.float64)))
    table["reached"] = table["reached"].where(shared)
    with np.errstate(divide="ignore", invalid="ignore"):
        places = np.maximum(gate.middle(size / exact["insularity"].to_numpy(np.float64)), gate.middle(size))
    table["insularity"] = np.where(shared, gate.middle(size) / places, np.nan)
    usual = ROUGH.figure(exact["shared_expected"].to_numpy(np.float64) / np.maximum(size, 1.0))
    table["shared_expected"] = gate.figure(usual * gate.middle(size))
    # As `silos.analysis.tool_communities` has it, by what is published.
    likely = gate.middle(size) * np.clip(np.maximum(usual, SHARED), 0, 1)
    elsewhere = gate.middle(exact["shared"].astype(np.float64))
    table["apart"] = table["sponsor_members"] * (1 - np.minimum((elsewhere + 0.5) / (likely + 0.5), 1))
    people = results.departments.table["people"].astype(np.float64)
    table[["p", "q"]] = chances.of_communities(table.assign(members=size), elsewhere, usual, people, found.hidden, gate)
    of = {"sponsor_posts": exact["posts"]}
    table = figures(table, gate, except_=(*counts, "sponsor_members", "shared_expected"), of=of)
    # The order of the exact numbers would tell more than the published ones.
    order = table.assign(order=table["verdict"].map(ORDER)).sort_values(
        ["order", "apart", "members", "community"], ascending=[True, False, False, True], kind="stable"
    )
    told = shares(found.shares, size, gate)
    return replace(
        found,
        places=None,
        table=table.loc[order.index].reset_index(drop=True),
        shares=told.loc[order["community"]] if len(told) else told,
        organisation=all_together(found, gate),
        people=whole(gate.count(found.people)) or 0,
        strangers=whole(gate.count(found.strangers)) or 0,
    )


def all_together(found: ToolCommunities, gate: Gate) -> dict[str, Estimate]:
    """What is told of all communities together, no finer than the counts of their members are.

    That no two have a member in common, or that all hold together, would say of each community whether anybody of it is
    elsewhere, where fewer than a step are.
    """
    told = {name: estimate(one, gate) for name, one in found.organisation.items()}
    count = found.active - found.everybody

    def within(name: str, value: float) -> Estimate:
        return valued(found.organisation[name], value, gate)

    disjoint, modularity = (found.organisation[name].value for name in ("disjoint_pairs", "bipartite_modularity"))
    if disjoint is not None:
        # None or one: a single pair may share anybody.
        unit = min(2 / max(count * (count - 1) / 2, 1.0), 1.0)
        told["disjoint_pairs"] = within("disjoint_pairs", float(gate.index(disjoint, unit)))
    if len(found.table) < count or np.isnan(gate.count(found.table["shared"].astype(np.float64))).any():
        told["largest_component"] = withheld(found.organisation["largest_component"], gate)
    if modularity is not None:
        # A membership that moves takes its share from one community, and brings it to another: so much to either side
        # of what it is where each community is all of its sponsor, by published sizes.
        members = pd.Series(gate.middle(found.table["members"].astype(np.float64)))
        of = members.groupby(found.table["sponsor"].astype(object).fillna("").to_numpy()).sum()
        every = max(float(members.sum()), 1.0)
        unit = 2 * STEP / every
        most = 1 - float(((of / every) ** 2).sum()) + unit
        told["bipartite_modularity"] = within(
            "bipartite_modularity", float(gate.index(modularity, 2 * unit, most=most))
        )
    return told


def _composed(results: Results, found: ToolCommunities, gate: Gate) -> dict[str, np.ndarray]:
    """How mixed the members of each community are, and as many people drawn from all, by published counts."""
    size, of = found.table["members"].to_numpy(np.float64), found.shares.columns
    missing = dict.fromkeys(("departments", "mix", "mix_expected", "mix_z", "mix_p"), np.full(len(size), np.nan))
    if len(of) < 2 or not len(size):
        return missing
    cells = np.round(found.shares.to_numpy(np.float64) * size[:, None], 6)
    everybody = np.nan_to_num(_people(results, of)).astype(np.int64)
    drawn = np.minimum(gate.middle(size), everybody.sum()).astype(np.int64)
    by_chance, _ = mix_by_chance(drawn, everybody, 0)
    mean = np.array([by_chance[n].mean() for n in drawn])
    spread = np.array([by_chance[n].std(ddof=1) for n in drawn])
    entropy, scale = published_entropies(cells, size, gate), np.log(len(of))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(spread > 0, (entropy - mean) / spread, np.nan)
    return {
        "departments": np.exp(entropy),
        "mix": entropy / scale,
        "mix_expected": mean / scale,
        "mix_z": z,
        "mix_p": found.table["mix_p"].to_numpy(np.float64),
    }


def published_entropies(cells: Any, size: Any, gate: Gate) -> np.ndarray:
    """Entropy of the departments of members, (communities,), by what is published of (communities, departments).

    Members who are of no department that is given are spread over others by two, the middle of the class below a step,
    or evenly over all where they are more.

    Args:
        cells: exact counts; NaN where they may not be shown.
        size: (communities,) members.
        gate: what publishes counts.

    Examples:
        >>> published_entropies([[12, 9, 1, 0, 0], [12, 9, 0, 3, 0]], [22, 24], Gate()).round(2).tolist()
        [1.02, 1.02]
    """
    exact = np.nan_to_num(np.asarray(cells, dtype=np.float64))
    given = np.isfinite(gate.count(exact))
    middle = np.where(given, gate.middle(exact), 0.0)
    rest = np.where(given.all(axis=1), 0.0, np.maximum(gate.middle(size) - middle.sum(axis=1), 0.0))
    others = np.maximum(np.minimum(rest / float(gate.middle(0)), (~given).sum(axis=1)), 1.0)
    total = middle.sum(axis=1) + rest
    return np.asarray(entr(middle / total[:, None]).sum(axis=1) + others * entr(rest / others / total))


def shares(exact: pd.DataFrame, of: np.ndarray, gate: Gate) -> pd.DataFrame:
    """Rows of shares, each of so many people; one that stands for nobody, or for fewer than a step, is missing."""
    if exact.empty:
        return exact
    values = exact.to_numpy(np.float64)
    base = np.broadcast_to(np.asarray(of, dtype=np.float64)[:, None], values.shape)
    part = gate.part(np.round(values * base, 6), base)
    with np.errstate(divide="ignore", invalid="ignore"):
        told = np.where(np.isfinite(gate.count(part)), gate.share(part / base, of=base), np.nan)
    # Of classes of five, the middles may add up to more than there is.
    told = gate.figure(told / np.maximum(np.nansum(told, axis=1, keepdims=True), 1.0))
    return pd.DataFrame(told, index=exact.index, columns=exact.columns)


def _people(results: Results, departments: pd.Index) -> np.ndarray:
    return results.departments.table["people"].reindex(departments).to_numpy(np.float64)
