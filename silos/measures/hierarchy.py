"""The chart: who leads, how far below the top each person is, and how messages run along it.

Who leads is who is named as somebody's manager. Where the roster knows levels alone, it is the top levels that hold at
most a fifth of the people; which end of the levels is the top is told by managers where there are some, and by numbers
else: there are fewer people at the top.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from silos.measures.basis import quotient
from silos.measures.community_detection import each_tie, load_igraph
from silos.network import Network

#: Where only levels are known, the levels from the top that together hold at most this share of the people lead.
TOP = 0.2
#: One end of the levels is the top where it has at most this part of the people of the other end.
FEWER = 0.5
#: Share of the people whose rank must be known for a chart.
KNOWN = 0.5
KINDS = ("up", "down", "lateral", "across")
#: The kind of an arc the other way, of each of `KINDS`, and of -1.
BACK = np.array([1, 0, 2, 3, -1], dtype=np.int8)
#: The share that PageRank passes on.
DAMPING = 0.85


@dataclass(frozen=True, eq=False)
class Chart:
    """Who is above whom.

    Attributes:
        rank: steps below the top, from 0; NaN where it is not known, (N,).
        leads: who leads, (N,).
        source: `manager` or `level`: what it was read from.
        unknown: why there is none: `no_chart` (no manager and no level), `direction` (which end of the levels is the
            top cannot be told), `broken` (managers lead in circles, or to people not in the roster); empty where
            there is one.
    """

    rank: np.ndarray
    leads: np.ndarray
    source: str = ""
    unknown: str = ""


def chart(people: pd.DataFrame) -> Chart:
    """The chart of people by `manager` (ids of other people), or by `level` (numbers) where there are no managers.

    Ranks are counted from those who lead and have no manager, or are their own. Who is led in a circle, or by somebody
    whom the roster lacks, or has neither manager nor reports, has no rank.

    Args:
        people: one row per person; the columns `manager` and `level` where there are any.

    Examples:
        >>> people = pd.DataFrame({"manager": [None, "ann", "ann", "bob", "zoe"]},
        ...                       index=["ann", "bob", "cleo", "dan", "eve"])
        >>> chart(people).rank.tolist(), chart(people).leads.tolist()
        ([0.0, 1.0, 1.0, 2.0, nan], [True, True, False, False, False])
        >>> chart(people.assign(manager=["bob", "ann", None, None, None])).unknown
        'broken'
        >>> chart(pd.DataFrame({"level": [9, 4, 4, 1, 1, 1, 1]})).rank.tolist()
        [0.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0]
        >>> chart(people[[]]).unknown
        'no_chart'
    """
    none, nobody = np.full(len(people), np.nan), np.zeros(len(people), dtype=bool)
    boss = _bosses(people)
    levels = _levels(people)
    if (boss >= 0).any():
        leads = nobody.copy()
        leads[boss[boss >= 0]] = True
        rank = _depth(boss, leads & ~_missing_boss(people, boss))
        if np.isfinite(rank).mean() >= KNOWN:
            return Chart(rank, leads, "manager")
        if levels is None or (top := _top(levels, boss)) == 0:
            return Chart(none, nobody, unknown="broken")
        return Chart(_ranked(levels, top), leads, "manager")
    if levels is None:
        return Chart(none, nobody, unknown="no_chart")
    top = _top(levels, boss)
    if top == 0:
        return Chart(none, nobody, unknown="direction")
    rank = _ranked(levels, top)
    counts = np.bincount(rank[np.isfinite(rank)].astype(int))
    leading = int((np.cumsum(counts) <= TOP * counts.sum()).sum())
    return Chart(rank, rank < leading, "level") if leading else Chart(none, nobody, unknown="direction")


def _bosses(people: pd.DataFrame) -> np.ndarray:
    """Position of each person's manager; -1 where there is none, none known, or it is the same person."""
    if "manager" not in people.columns:
        return np.full(len(people), -1)
    stated = people["manager"]
    boss = np.where(stated.notna(), people.index.get_indexer(stated), -1)
    return np.where(boss == np.arange(len(people)), -1, boss)


def _missing_boss(people: pd.DataFrame, boss: np.ndarray) -> np.ndarray:
    """Who has a manager that the roster lacks: no top, and of no known rank."""
    stated = people["manager"]
    return np.asarray((boss < 0) & stated.notna() & (stated != people.index.to_series()))


def _depth(boss: np.ndarray, roots: np.ndarray) -> np.ndarray:
    rank = np.full(len(boss), np.nan)
    rank[roots & (boss < 0)] = 0
    while True:
        below = (boss >= 0) & np.isnan(rank) & np.isfinite(rank[boss])
        if not below.any():
            return rank
        rank[below] = rank[boss[below]] + 1


def _levels(people: pd.DataFrame) -> np.ndarray | None:
    """Levels as numbers, where at least half of the people have one and there are two."""
    if "level" not in people.columns or not pd.api.types.is_numeric_dtype(people["level"]):
        return None
    levels = people["level"].to_numpy(dtype=np.float64, na_value=np.nan)
    known = np.isfinite(levels)
    return levels if known.mean() >= KNOWN and len(np.unique(levels[known])) > 1 else None


def _top(levels: np.ndarray, boss: np.ndarray) -> int:
    """Which end is the top: -1 the lowest number, 1 the highest, 0 that cannot be told."""
    led = np.flatnonzero((boss >= 0) & np.isfinite(levels) & np.isfinite(levels[boss]))
    if len(led):
        return int(np.sign(np.sign(levels[boss[led]] - levels[led]).sum()))
    values, counts = np.unique(levels[np.isfinite(levels)], return_counts=True)
    half = len(values) // 2
    low, high = counts[:half].sum(), counts[len(values) - half :].sum()
    return -1 if low <= FEWER * high else 1 if high <= FEWER * low else 0


def _ranked(levels: np.ndarray, top: int) -> np.ndarray:
    rank = np.full(len(levels), np.nan)
    known = np.isfinite(levels)
    rank[known] = np.unique(-top * levels[known], return_inverse=True)[1]
    return rank


def flow_kinds(sender: np.ndarray, recipient: np.ndarray, rank: np.ndarray, membership: np.ndarray) -> np.ndarray:
    """How each arc runs, a position in `KINDS`, or -1 where a rank within a department is not known.

    Across: to another department, whatever the ranks. Within a department: up to somebody nearer to the top, down to
    somebody further from it, lateral to the same rank.

    Examples:
        >>> rank, membership = np.array([0.0, 1.0, 1.0]), np.array([0, 0, 1])
        >>> flow_kinds(np.array([0, 1, 1]), np.array([1, 0, 2]), rank, membership).tolist()
        [1, 0, 3]
    """
    kinds = step_kinds(sender, recipient, rank)
    kinds[membership[sender] != membership[recipient]] = KINDS.index("across")
    return kinds


def step_kinds(sender: np.ndarray, recipient: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """The same of arcs within departments.

    Examples:
        >>> step_kinds(np.array([0, 1]), np.array([1, 0]), np.array([0.0, 1.0])).tolist()
        [1, 0]
    """
    with np.errstate(invalid="ignore"):
        step = rank[recipient] - rank[sender]
    # 0 up, 1 down, 2 level; added up, as masks of millions of arcs are slow.
    kinds = (step > 0).astype(np.int8)
    kinds += (step == 0).view(np.int8) << 1
    kinds -= np.isnan(step).view(np.int8)
    return kinds


def flow_shares(
    kinds: np.ndarray, volume: np.ndarray, back: np.ndarray | None = None, *, across: float = 0.0
) -> np.ndarray:
    """The share of each of `KINDS` in the volume whose kind is known, (4,); NaN where there is none.

    Args:
        kinds: of each arc, as `flow_kinds` gives them.
        volume: of each arc.
        back: the volume of the arc the other way, if there is any.
        across: volume between departments that is not among the arcs.
    """
    place = kinds.astype(np.intp)
    place += 1
    totals = np.bincount(place, weights=volume, minlength=len(KINDS) + 1)[1:]
    if back is not None:
        totals += np.bincount(place, weights=back, minlength=len(KINDS) + 1)[1:][BACK[: len(KINDS)]]
    totals[KINDS.index("across")] += across
    return quotient(totals, totals.sum())


def pagerank(network: Network) -> pd.Series:
    """PageRank of each person by volume, from sender to recipient: x = d (Pᵀx + 1ᵀx₀/n) + (1 − d)/n, d = 0.85.

    P_ij is the share of i's volume that goes to j; x₀ is held by those who send nothing, and goes to everybody alike.
    By igraph (PRPACK).

    Source:
        S. Brin, L. Page (1998), The anatomy of a large-scale hypertextual web search engine, Computer Networks 30.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.DiGraph([("ann", "bob"), ("cleo", "bob")])
        >>> nx.set_node_attributes(graph, "HR", "department")
        >>> pagerank(Network.from_networkx(graph)).round(3).to_dict()
        {'ann': 0.213, 'bob': 0.574, 'cleo': 0.213}
    """
    load_igraph()
    import igraph

    arcs = network.adjacency.tocoo(copy=False)
    graph = igraph.Graph(n=len(network), edges=each_tie(arcs.row, arcs.col), directed=True)
    scores = graph.pagerank(damping=DAMPING, weights=arcs.data.tolist())
    return pd.Series(scores, index=network.people.index, name="pagerank")


def weighted_spearman(one: np.ndarray, other: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Spearman's correlation of two scores, persons weighted, for each row of `weights` (R, n): (R,).

    Scores keep the ranks that they have unweighted. Where labels are shuffled its mean is 0 and its variance
    1/(n - 1), exactly, ties or not.

    Examples:
        >>> weighted_spearman(np.array([1, 2, 9]), np.array([5, 6, 7]), np.ones((1, 3))).round(6).tolist()
        [1.0]
    """
    x, y = (pd.Series(score).rank().to_numpy() for score in (one, other))
    total = weights.sum(axis=1)
    mean_x, mean_y = weights @ x / total, weights @ y / total
    covariance = weights @ (x * y) / total - mean_x * mean_y
    variances = (weights @ x**2 / total - mean_x**2) * (weights @ y**2 / total - mean_y**2)
    return quotient(covariance, np.sqrt(np.maximum(variances, 0)))
