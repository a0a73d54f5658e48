"""The person bootstrap: how sure a number is when other people might have been here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import sparse

from silos.measures import _kernels
from silos.measures.basis import first_of_each, places_in_order
from silos.measures.mixing import MISS, ROUNDS, quasi_independence
from silos.network import Network

#: Waits (or ties) times replicates that are worked through; beyond, there are fewer replicates, but not fewer than
#: `FEWEST`: so many leave little to chance.
WORK = 50_000_000
#: Replicates, at least, however many waits or ties there are.
FEWEST = 100
#: Replicates handled at a time: memory is this many numbers a person or tie; changes no result.
BATCH = 32
#: Weights that are kept for the next stage, those of the first replicates, of 4 bytes each; changes no result.
KEPT = 10_000_000
#: Weights of people that are multiplied with the ties of all of them at a time: they stay in the cache.
#: Changes no result.
HELD = 400_000
#: Ties that are worked on together: their products stay in the cache; changes no result.
TIES = 1 << 13


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
