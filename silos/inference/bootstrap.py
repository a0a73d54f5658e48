"""Null models, person bootstrap, false discovery: how sure a number is.

Messages are no independent events, and neither are the ties of one person: intervals resample *persons*. Each
replicate draws one weight ω_i ~ Exp(1) a person, replaces a tie B_ij by ω_i ω_j B_ij and a department's size by the sum
of its members' weights (Rubin 1981, the Bayesian bootstrap, on the persons of a network).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import ndtr, stdtr

from silos.errors import SilosError
from silos.measures import _kernels
from silos.measures.basis import By, first_of_each, pair_totals, places_in_order, weights
from silos.measures.mixing import MISS, ROUNDS, quasi_independence
from silos.network import Network

#: What every interval covers.
CONFIDENCE = 0.95
#: False discovery rate of verdicts over many pairs.
FALSE_DISCOVERY = 0.05
#: Waits (or ties) times replicates that are worked through; beyond, there are fewer replicates, but not fewer than
#: `FEWEST`: so many leave little to chance.
WORK = 50_000_000
FEWEST = 100
#: Replicates handled at a time: memory is this many numbers a person or tie.
BATCH = 32
#: Weights that are kept for the next stage, those of the first replicates, of 4 bytes each.
KEPT = 10_000_000
#: Weights of people that are multiplied with the ties of all of them at a time: they stay in the cache.
HELD = 400_000
#: Ties that are worked on together: their products stay in the cache.
TIES = 1 << 13


@dataclass(frozen=True)
class Estimate:
    """A number, its 95 % interval and, where it was tested, its null model. What is missing is None.

    Examples:
        >>> Estimate.of(20.0, np.arange(41.0)).as_dict()
        {'value': 20.0, 'low': 1.0, 'high': 39.0}
        >>> Estimate(-0.3, null_mean=0.5, null_sd=0.1, z=-8.0, p=1e-15).as_dict()["p"]
        1e-15
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    null_mean: float | None = None
    null_sd: float | None = None
    z: float | None = None
    p: float | None = None

    @classmethod
    def of(
        cls,
        value: float,
        replicates: np.ndarray | None = None,
        *,
        null: tuple[float, float] | None = None,
        drawn: int | None = None,
    ) -> "Estimate":
        """The estimate `value` with the percentile interval of its replicates, tested against a null's mean and sd.

        The p-value is two-sided and normal: nulls here are sums over many ties. Where mean and sd are those of a few
        networks that were `drawn`, it is Student's for one more of them: t = z/√(1 + 1/n), n − 1 degrees of freedom.
        """
        low, high = interval(replicates) if replicates is not None else (None, None)
        if null is None or not np.isfinite(value):
            return cls(finite(value), low, high)
        mean, sd = null
        z = (value - mean) / sd if sd > 0 else float("nan")
        p = 2 * ndtr(-abs(z)) if drawn is None else 2 * stdtr(drawn - 1, -abs(z) / np.sqrt(1 + 1 / drawn))
        return cls(finite(value), low, high, finite(mean), finite(sd), finite(z), finite(float(p)))

    def as_dict(self) -> dict[str, float | None]:
        """`value`, `low`, `high`, and the parts of the test where there was one."""
        parts = asdict(self)
        return parts if self.null_mean is not None else {key: parts[key] for key in ("value", "low", "high")}


def finite(value: float) -> float | None:
    """The number, or None where it is infinite or not a number."""
    return float(value) if np.isfinite(value) else None


def interval(replicates: np.ndarray) -> tuple[float | None, float | None]:
    """The central 95 % of the replicates (percentiles); None where nearly all of them have no value."""
    low, high = intervals(replicates)
    return finite(float(low)), finite(float(high))


def intervals(replicates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The interval of every column: (R, ...) -> the lower and the upper ends, (...), NaN where `interval` has None.

    The percentiles of `numpy.quantile`, over the replicates of each column that have a value.

    Examples:
        >>> low, high = intervals(np.stack([np.arange(41.0), np.full(41, np.nan)], axis=1))
        >>> low.tolist(), high.tolist()
        ([1.0, nan], [39.0, nan])
    """
    count = len(replicates)
    columns = np.array(np.moveaxis(replicates, 0, -1), dtype=np.float64, order="C")
    columns[~np.isfinite(columns)] = np.nan
    # What has no value is sorted behind the rest.
    columns.sort(axis=-1)
    known = count - np.isnan(columns).sum(axis=-1)
    missing = (known < 2) | (known < count / 2)
    tail = round((1 - CONFIDENCE) / 2, 9)
    ends = []
    for share in (tail, 1 - tail):
        if missing.all():
            ends.append(np.full(known.shape, np.nan))
            continue
        place = np.maximum(known - 1, 0) * share
        below = np.minimum(place.astype(np.intp), max(count - 2, 0))
        part = place - below
        before, after = (np.take_along_axis(columns, at[..., None], axis=-1)[..., 0] for at in (below, below + 1))
        step = after - before
        # From the nearer of the two, as numpy rounds.
        ends.append(np.where(missing, np.nan, np.where(part < 0.5, before + step * part, after - step * (1 - part))))
    return ends[0], ends[1]


# ---- person bootstrap


def affordable(replicates: int, size: int) -> int:
    """How many replicates of something with so many parts: as asked for, or fewer, but not fewer than `FEWEST`.

    Examples:
        >>> affordable(500, 1_000), affordable(500, 10_000_000), affordable(50, 10_000_000)
        (500, 100, 50)
    """
    return min(replicates, max(FEWEST, WORK // max(size, 1)))


def multipliers(people: int, replicates: int, seed: int) -> Iterator[np.ndarray]:
    """Weights ω ~ Exp(1), to 24 bits, in batches of shape (r, people).

    Replicate k is the same numbers whatever the batch, so that analyses of the same people (windows, layers) are
    paired.
    """
    for _, omega in _batches(people, replicates, seed):
        yield omega.astype(np.float64).T


def each_batch(
    work: Callable[[int, np.ndarray], None], people: int, replicates: int, seed: int, *, single: bool = False
) -> None:
    """Do `work` for the weights of each batch of replicates: the number of the first, and the weights, (people, r).

    Args:
        work: what is done.
        people, replicates, seed: as `multipliers`.
        single: give it the weights as they are kept, of 4 bytes.
    """
    for first, omega in _batches(people, replicates, seed):
        work(first, omega if single else omega.astype(np.float64))


def _batches(people: int, replicates: int, seed: int) -> Iterator[tuple[int, np.ndarray]]:
    """The number of the first replicate of each batch, and their weights: kept, if they are among the first."""
    for first in range(0, replicates, BATCH):
        last = min(first + BATCH, replicates)
        yield first, (_kept if people * last <= KEPT else _drawn)(people, first, last, seed)


def _drawn(people: int, first: int, last: int, seed: int) -> np.ndarray:
    """The weights of the replicates from `first` up to `last`, those of a person beside one another.

    They are rounded to 4 bytes: half of the memory, and of the way from there, and no weight is off by 1e-7 of itself.
    """
    omega = np.empty((people, last - first), dtype=np.float32)
    for column, row in enumerate(range(first, last)):
        omega[:, column] = np.random.default_rng([seed, row]).standard_exponential(people)
    omega.flags.writeable = False
    return omega


#: Each stage goes through the same weights.
_kept = lru_cache(maxsize=32)(_drawn)


@dataclass(frozen=True, eq=False)
class Replicates:
    """What the departments' mixing would be in each replicate.

    Attributes:
        sizes: (R, K) Σω of each department.
        within: (R, K) ordered pairs inside, (Σω)² − Σω².
        mixing: by layer, (R, K, K) symmetric; what is inside a department counts twice.
        expected: (R, K, K) the gravity expectation of the volume, both directions; empty where not asked for.
    """

    sizes: np.ndarray
    within: np.ndarray
    mixing: Mapping[str, np.ndarray]
    expected: np.ndarray

    def merged(self, groups: np.ndarray, count: int) -> "Replicates":
        """The same with departments put together: `groups` gives the new position of each."""
        if np.array_equal(groups, np.arange(count)):
            return self
        join = np.zeros((len(groups), count))
        join[np.arange(len(groups)), groups] = 1
        sizes = self.sizes @ join
        # Pairs inside a union are those inside its parts and those between them.
        within = self.within @ join + sizes**2 - self.sizes**2 @ join
        return Replicates(
            sizes,
            within,
            {name: join.T @ values @ join for name, values in self.mixing.items()},
            join.T @ self.expected @ join if self.expected.size else self.expected,
        )


def resample(
    network: Network,
    layers: Mapping[str, np.ndarray | None],
    *,
    replicates: int,
    seed: int = 0,
    gravity: bool = False,
) -> Replicates:
    """Person multiplier bootstrap of the mixing of departments.

    Several replicates go through the ties together, see `_Parts`.

    Args:
        network: persons and all their ties.
        layers: name -> weight of each dyad of `network.dyads` in that layer (None: 1 for every dyad).
        replicates: how many.
        seed: of the random numbers.
        gravity: also the gravity expectation of the volume in each replicate.
    """
    count = len(network.departments)
    # Department by department, as people of one are much in contact.
    order = np.argsort(network.membership, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    i, j = (rank[ends] for ends in network.dyads)
    indicator = sparse.csr_array(network.indicator[order].T)
    a, b = (network.membership[ends] for ends in network.dyads)
    compiled = _kernels.worth(len(i), replicates)
    add_up = (_Compiled if compiled else _Parts)(
        i, j, np.minimum(a, b) * count + np.maximum(a, b), list(layers.values()), count * count
    )
    expect = (_CompiledGravity if compiled else _Gravity)(i, j, *network.dyad_arcs, indicator) if gravity else None
    del i, j, a, b
    cubes = [np.zeros((replicates, count, count)) for _ in layers]
    sizes, within = np.zeros((replicates, count)), np.zeros((replicates, count))
    expected = np.zeros((replicates, count, count)) if gravity else np.zeros((0, count, count))

    def draw(row: int, omega: np.ndarray) -> None:
        omega = np.take(omega, order, axis=0)
        size = omega.shape[1]
        rows = slice(row, row + size)
        for cube, sums in zip(cubes, np.moveaxis(add_up(omega), 1, 0), strict=True):
            cube[rows] = sums.T.reshape(size, count, count)
        if expect is not None:
            expected[rows] = expect(omega)
        omega = omega.astype(np.float64)
        sizes[rows] = (indicator @ omega).T
        within[rows] = sizes[rows] ** 2 - (indicator @ omega**2).T

    each_batch(draw, len(network), replicates, seed, single=True)
    for cube in cubes:
        cube += np.swapaxes(cube, 1, 2)
    return Replicates(sizes, within, dict(zip(layers, cubes, strict=True)), expected)


class _Parts:
    """Σ ω_i ω_j x over ties by cell and column, a batch of replicates at a time: (cells, columns, r) of (N, r) weights.

    Some thousand ties at a time: what is read of a person's weights is one line of the cache, and adding up by cell is
    a sparse matrix times the products ω_i ω_j.
    """

    def __init__(
        self, i: np.ndarray, j: np.ndarray, cell: np.ndarray, columns: Sequence[np.ndarray | None], cells: int
    ) -> None:
        # Small numbers are sorted by their digits.
        order = np.argsort(cell.astype(np.min_scalar_type(cells)), kind="stable")
        self.i, self.j, cell = i[order], j[order], cell[order]
        values = [None if column is None else column[order] for column in columns]
        self.parts = [_part(cell, values, first, min(first + TIES, len(i))) for first in range(0, len(i), TIES)]
        self.shape = cells, len(columns)

    def __call__(self, omega: np.ndarray) -> np.ndarray:
        omega = omega.astype(np.float64)
        sums = np.zeros((*self.shape, omega.shape[1]))
        for ties, cells, matrices in self.parts:
            products = np.take(omega, self.i[ties], axis=0)
            products *= np.take(omega, self.j[ties], axis=0)
            for column, matrix in enumerate(matrices):
                sums[cells, column] += matrix @ products
        return sums


class _Compiled:
    """The same in one loop, ties among people who are near to one another together."""

    def __init__(
        self, i: np.ndarray, j: np.ndarray, cell: np.ndarray, columns: Sequence[np.ndarray | None], cells: int
    ) -> None:
        first, second = np.minimum(i, j), np.maximum(i, j)
        people = int(second.max(initial=0)) + 1
        parts = people // _kernels.NEAR + 1
        block = (_kernels.nearby(first) * parts + _kernels.nearby(second)) * cells + cell
        order = places_in_order(block * people + first, parts * parts * cells * people)
        self.i, self.j = first[order].astype(np.int32), second[order].astype(np.int32)
        self.values = np.empty((len(order), len(columns)))
        for at, column in enumerate(columns):
            self.values[:, at] = 1.0 if column is None else column[order]
        block = block[order]
        starts = np.flatnonzero(first_of_each(block))
        self.rows = (block[starts] % cells)[None].astype(np.int32)
        self.starts = np.append(starts, len(block))
        self.shape = cells, len(columns)

    def __call__(self, omega: np.ndarray) -> np.ndarray:
        sums = np.zeros((*self.shape, omega.shape[1]))
        _kernels.add_by_cell(self.i, self.j, self.starts, self.rows, self.values, omega, sums)
        return sums


def _part(
    cell: np.ndarray, columns: Sequence[np.ndarray | None], first: int, last: int
) -> tuple[slice, np.ndarray, list[sparse.csr_array]]:
    """Ties `first` to `last`, ordered by cell: which cells, and what sums up over each, by column."""
    some = cell[first:last]
    starts = np.flatnonzero(first_of_each(some))
    pointers = np.r_[starts, len(some)]
    matrices = []
    for column in columns:
        weight = np.ones(len(some)) if column is None else column[first:last].astype(np.float64)
        held = np.flatnonzero(weight)
        within = np.searchsorted(held, pointers)
        matrices.append(_narrow(sparse.csr_array((weight[held], held, within), shape=(len(starts), len(some)))))
    return slice(first, last), some[starts], matrices


def tie_sums(
    i: np.ndarray, j: np.ndarray, values: np.ndarray, *, people: int, replicates: int, seed: int
) -> np.ndarray:
    """Σ ω_i ω_j x over ties, in each replicate of the person bootstrap.

    Args:
        i, j: positions of the two persons of each tie.
        values: (ties, columns) the x of each tie, one column a sum.
        people, replicates, seed: as `multipliers`.

    Returns:
        (replicates, columns).
    """
    sums = np.zeros((replicates, values.shape[1]))
    everywhere = np.zeros(len(i), dtype=np.intp)
    add_up = (_Compiled if _kernels.worth(len(i), replicates) else _Parts)(i, j, everywhere, list(values.T), 1)

    def add(first: int, omega: np.ndarray) -> None:
        sums[first : first + omega.shape[1]] = add_up(omega)[0].T

    each_batch(add, people, replicates, seed, single=True)
    return sums


class _Gravity:
    """E of both directions in each replicate, (r, K, K) of (N, r) weights: margins of ω_i ω_j A_ij."""

    def __init__(
        self, i: np.ndarray, j: np.ndarray, there: np.ndarray, back: np.ndarray, indicator: sparse.csr_array
    ) -> None:
        people = indicator.shape[1]
        ends = np.concatenate([i, j]), np.concatenate([j, i])
        self.sent = _narrow(sparse.csr_array((np.concatenate([there, back]), ends), shape=(people, people)))
        self.received = _narrow(sparse.csr_array(self.sent.T))
        self.indicator = indicator

    def __call__(self, omega: np.ndarray) -> np.ndarray:
        few = max(HELD // max(len(omega), 1), 4)
        return np.concatenate([self._some(omega[:, first : first + few]) for first in range(0, omega.shape[1], few)])

    def _some(self, omega: np.ndarray) -> np.ndarray:
        weight = omega.astype(np.float64, order="C")
        # By column: sums over people go along the memory.
        out, into = (np.asfortranarray(weight * (matrix @ weight)) for matrix in (self.sent, self.received))
        return _expected(self.indicator, *quasi_independence(out, into))


class _CompiledGravity:
    """The same in compiled loops: what a person sends and receives is added up by part of the people it goes to."""

    def __init__(
        self, i: np.ndarray, j: np.ndarray, there: np.ndarray, back: np.ndarray, indicator: sparse.csr_array
    ) -> None:
        people = indicator.shape[1]
        person, other = np.concatenate([i, j]), np.concatenate([j, i])
        stretch = _kernels.nearby(other) * people + person
        order = places_in_order(stretch, (people // _kernels.NEAR + 1) * people)
        starts = np.flatnonzero(first_of_each(stretch[order]))
        self.starts = np.append(starts, len(order))
        self.person = person[order[starts]].astype(np.int32)
        self.other = other[order].astype(np.int32)
        self.sent, self.received = (np.concatenate(both)[order] for both in ((there, back), (back, there)))
        self.indicator = indicator

    def __call__(self, omega: np.ndarray) -> np.ndarray:
        out, into = np.zeros(omega.shape), np.zeros(omega.shape)
        _kernels.add_margins(self.starts, self.person, self.other, self.sent, self.received, omega, out, into)
        return _expected(self.indicator, *_kernels.quasi_independent(out, into, rounds=ROUNDS, miss=MISS))


def _expected(indicator: sparse.csr_array, alpha: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """(r, K, K) of α and β, (N, r), and who is in which department, (K, N)."""
    sent, received, selves = (indicator @ each for each in (alpha, beta, alpha * beta))
    expected = sent.T[:, :, None] * received.T[:, None, :]
    expected[:, np.arange(len(sent)), np.arange(len(sent))] -= selves.T
    both: np.ndarray = expected + np.swapaxes(expected, 1, 2)
    return both


def _narrow(matrix: sparse.csr_array) -> sparse.csr_array:
    """The same matrix, with positions of half the size where they are small enough."""
    if max(matrix.nnz, *matrix.shape) > np.iinfo(np.int32).max:
        return matrix
    parts = (matrix.data, matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32))
    return sparse.csr_array(parts, shape=matrix.shape)


# ---- null models


def ei_null(network: Network, *, by: By = "ties") -> tuple[float, float]:
    """Mean and sd of the E-I index when department labels are dealt out anew to persons: exact, no simulation.

    S = Σ_{i<j} b_ij [same department] has E[S] = W p₂ and E[S²] = Q p₂ + (Σs² − 2Q) p₃ + (W² + Q − Σs²) p₂₂, with
    W = Σ_{i<j} b, Q = Σ_{i<j} b², s_i = Σ_j b_ij, p₂ = Σ[n]₂/[N]₂, p₃ = Σ[n]₃/[N]₃ and
    p₂₂ = (Σ[n]₄ + (Σ[n]₂)² − Σ[n]₂²)/[N]₄. E-I = 1 − 2S/W.

    Returns:
        (mean, sd); NaN where there is no tie.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.complete_graph(4)
        >>> nx.set_node_attributes(graph, {0: "HR", 1: "HR", 2: "IT", 3: "IT"}, "department")
        >>> mean, sd = ei_null(Network.from_networkx(graph))
        >>> round(mean, 6), round(sd, 6)
        (0.333333, 0.0)
    """
    matrix = weights(network, by)
    if by == "volume":
        matrix = sparse.csr_array(matrix + matrix.T)
    strength = np.asarray(matrix.sum(axis=1)).ravel()
    total, squares = strength.sum() / 2, float((matrix.data**2).sum()) / 2
    if total == 0:
        return float("nan"), float("nan")
    sizes, people = network.sizes.astype(np.float64), float(len(network))
    p2 = _falling(sizes, 2).sum() / _falling(people, 2)
    p3 = _falling(sizes, 3).sum() / _falling(people, 3) if people > 2 else 0.0
    pairs = _falling(sizes, 2)
    p22 = (_falling(sizes, 4).sum() + pairs.sum() ** 2 - (pairs**2).sum()) / _falling(people, 4) if people > 3 else 0.0
    hubs = float((strength**2).sum())
    second = squares * p2 + (hubs - 2 * squares) * p3 + (total**2 + squares - hubs) * p22
    variance = max(second - (total * p2) ** 2, 0.0)
    return float(1 - 2 * p2), float(2 * np.sqrt(variance) / total)


def mixing_null(network: Network, *, by: By = "volume") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean and variance of every cell of the mixing matrix when labels are dealt out anew: exact.

    Returns:
        Two K x K DataFrames, for M = HᵀAH as `mixing_matrix(network, by=by)` gives it.
    """
    matrix = weights(network, by)
    sizes, people = network.sizes.astype(np.float64), float(len(network))
    out, into = np.asarray(matrix.sum(axis=1)).ravel(), np.asarray(matrix.sum(axis=0)).ravel()
    total, squares = float(matrix.sum()), float((matrix.data**2).sum())
    returned = float(matrix.multiply(matrix.T).sum())
    # Ordered pairs of arcs, by the persons they share: the same arc, its return, tail to tail, head to head, a chain
    # (one's head the other's tail, either way round), nobody.
    tails, heads = float((out**2).sum()) - squares, float((into**2).sum()) - squares
    chains = 2 * (float((out * into).sum()) - returned)
    rest = total**2 - squares - returned - tails - heads - chains
    n = sizes[:, None] * np.ones_like(sizes)
    m = n.T

    def dealt(order: int) -> float:
        return float(_falling(people, order)) if people >= order else float("inf")

    mean = total * n * m / dealt(2)
    second = (
        squares * n * m / dealt(2)
        + tails * n * _falling(m, 2) / dealt(3)
        + heads * _falling(n, 2) * m / dealt(3)
        + rest * _falling(n, 2) * _falling(m, 2) / dealt(4)
    )
    inside = np.diag_indices(len(sizes))
    mean[inside] = total * _falling(sizes, 2) / dealt(2)
    second[inside] = (
        (squares + returned) * _falling(sizes, 2) / dealt(2)
        + (tails + heads + chains) * _falling(sizes, 3) / dealt(3)
        + rest * _falling(sizes, 4) / dealt(4)
    )
    variance = np.maximum(second - mean**2, 0.0)
    names = network.departments
    return pd.DataFrame(mean, index=names, columns=names), pd.DataFrame(variance, index=names, columns=names)


def _falling(value: np.ndarray | float, order: int) -> np.ndarray:
    """[x]_k = x(x−1)…(x−k+1), 0 where x < k."""
    numbers = np.asarray(value, dtype=np.float64)
    result = np.ones_like(numbers)
    for step in range(order):
        result = result * np.maximum(numbers - step, 0.0)
    return result


# ---- many tests at once


def false_discovery(p_values: np.ndarray) -> np.ndarray:
    """Benjamini–Hochberg q-values: of the r-th smallest of m p-values the least p_s m/s, s ≥ r; NaN stays NaN.

    Examples:
        >>> false_discovery(np.array([0.01, 0.04, np.nan, 0.03])).round(3).tolist()
        [0.03, 0.04, nan, 0.04]
    """
    q = np.full(len(p_values), np.nan)
    known = np.isfinite(p_values)
    p = p_values[known]
    order = np.argsort(p)[::-1]
    adjusted = np.minimum.accumulate(p[order] * len(p) / np.arange(len(p), 0, -1))
    q[np.flatnonzero(known)[order]] = np.minimum(adjusted, 1)
    return q


def permuted(network: Network, *, samples: int, seed: int) -> Iterator[Network]:
    """The same ties with the department labels dealt out anew to persons."""
    if samples < 0:
        raise SilosError("the number of permutations is 0 or more.")
    random_numbers = np.random.default_rng(seed)
    for _ in range(samples):
        dealt = network.people["department"].to_numpy()[random_numbers.permutation(len(network))]
        yield network.regrouped(pd.Series(dealt, index=network.people.index))


def relabelled(network: Network, *, samples: int, seed: int) -> np.ndarray:
    """Ties within and between departments, (samples, K, K), when the labels are dealt out anew as in `permuted`.

    Ties inside count twice. No network is built: a sample is one count over the ties.
    """
    random_numbers = np.random.default_rng(seed)
    i, j = network.dyads
    count = len(network.departments)
    members = network.membership.astype(np.int32)
    mixing = np.zeros((samples, count, count))
    for sample in mixing:
        sample[:] = pair_totals(members[random_numbers.permutation(len(network))], count, i, j)
    return mixing
