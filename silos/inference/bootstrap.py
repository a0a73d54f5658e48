"""The person bootstrap: the uncertainty of a number if other people had been observed."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import sparse

from silos.measures.basis import first_of_each
from silos.measures.mixing import quasi_independence
from silos.network import Network
from silos.system.threads import two_at_a_time

#: Waits (or ties) times replicates that are worked through; beyond, there are fewer replicates, but not fewer than
#: `FEWEST`: so many leave little to chance.
WORK = 50_000_000
#: Replicates, at least, however many waits or ties there are.
FEWEST = 100
#: Replicates handled at a time: memory is this many numbers a person or tie; changes no result.
BATCH = 32
#: People from which two batches are worked on at a time; changes no result.
BESIDE = 10_000
#: Weights that are kept for the next stage, those of the first replicates, of 4 bytes each; changes no result.
KEPT = 10_000_000
#: Margins of people that are fitted at a time: they stay in the cache; changes no result.
HELD = 400_000
#: Numbers in a line of the cache: replicates that are multiplied by a matrix at a time, at least; changes no result.
LINE = 8
#: Ties that are worked on together: their products, and what these are made of, stay in the cache; changes no result.
TIES = 1 << 11


def affordable(replicates: int, size: int) -> int:
    """How many replicates of something with so many parts: as asked for, or fewer, but not fewer than `FEWEST`.

    Examples:
        >>> affordable(500, 1_000), affordable(500, 10_000_000), affordable(50, 10_000_000)
        (500, 100, 50)
    """
    return min(replicates, max(FEWEST, WORK // max(size, 1)))


def each_batch(
    work: Callable[[int, np.ndarray], None],
    people: int,
    replicates: int,
    seed: int,
    *,
    single: bool = False,
    apart: bool = False,
) -> None:
    """Do `work` for the weights of each batch of replicates: the number of the first, and the weights, (people, r).

    Weights are ω ~ Exp(1), to 24 bits. Replicate k is the same numbers whatever the batch, so that analyses of the same
    people (windows, layers) are paired.

    Args:
        work: what is done.
        people: how many there are.
        replicates: how many.
        seed: of the random numbers.
        single: give it the weights as they are kept, of 4 bytes.
        apart: whether batches are nothing to each other, neither their order nor what they write to: where they are
            large, two of them are worked on at a time.
    """

    def one(first: int) -> None:
        last = min(first + BATCH, replicates)
        # Those of the first replicates are kept.
        omega = (_kept if people * last <= KEPT else _drawn)(people, first, last, seed)
        work(first, omega if single else omega.astype(np.float64))

    for _ in (two_at_a_time if apart and people >= BESIDE else map)(one, range(0, replicates, BATCH)):
        pass


def replicated(statistic: Callable[[np.ndarray], np.ndarray], people: int, replicates: int, seed: int) -> np.ndarray:
    """A statistic in all replicates, (..., replicates): it makes (..., r) of the weights (people, r) of some of them.

    Args:
        statistic: of weights.
        people, replicates, seed: as of `each_batch`.

    Examples:
        >>> replicated(lambda omega: omega.sum(axis=0), 10, 300, seed=0).shape
        (300,)
    """
    parts: list[np.ndarray] = []
    each_batch(lambda _, omega: parts.append(statistic(omega)), people, replicates, seed)
    return np.concatenate(parts, axis=-1)


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

    def only(self, layers: Collection[str]) -> "Replicates":
        """The same of these layers, as far as they are there, without the gravity expectation."""
        mixing = {name: values for name, values in self.mixing.items() if name in layers}
        return Replicates(self.sizes, self.within, mixing, np.zeros((0, *self.expected.shape[1:])))

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
    persons: tuple[np.ndarray, int] | None = None,
) -> Replicates:
    """Person multiplier bootstrap of the mixing of departments.

    Several replicates go through the ties together, see `_Parts`.

    Args:
        network: persons and all their ties.
        layers: name -> weight of each dyad of `network.dyads` in that layer (None: 1 for every dyad).
        replicates: how many.
        seed: of the random numbers.
        gravity: also the gravity expectation of the volume in each replicate.
        persons: whose weights those in the network draw, as numbers, and of how many persons in all: two networks
            with some people in common are paired on these. By default everybody has weights of their own.
    """
    count = len(network.departments)
    order, rank = _by_department(network.membership)
    i, j = (rank[ends] for ends in network.dyads)
    indicator = sparse.csr_array(network.indicator[order].T)
    a, b = (network.membership[ends] for ends in network.dyads)
    add_up = _Parts(i, j, np.minimum(a, b) * count + np.maximum(a, b), list(layers.values()), count * count)
    expect = _Gravity(i, j, *network.dyad_arcs, indicator) if gravity else None
    del i, j, a, b
    cubes = [np.zeros((replicates, count, count)) for _ in layers]
    sizes, within = np.zeros((replicates, count)), np.zeros((replicates, count))
    expected = np.zeros((replicates, count, count)) if gravity else np.zeros((0, count, count))

    number, everybody = (np.arange(len(network)), len(network)) if persons is None else persons
    whose = number[order]

    def draw(row: int, omega: np.ndarray) -> None:
        omega = np.take(omega, whose, axis=0)
        size = omega.shape[1]
        rows = slice(row, row + size)
        for cube, sums in zip(cubes, add_up(omega), strict=True):
            cube[rows] = sums.T.reshape(size, count, count)
        if expect is not None:
            expected[rows] = expect(omega)
        omega = omega.astype(np.float64)
        sizes[rows] = (indicator @ omega).T
        within[rows] = sizes[rows] ** 2 - (indicator @ omega**2).T

    each_batch(draw, everybody, replicates, seed, single=True, apart=True)
    for cube in cubes:
        cube += np.swapaxes(cube, 1, 2)
    return Replicates(sizes, within, dict(zip(layers, cubes, strict=True)), expected)


class _Parts:
    """Σ ω_i ω_j x over ties by column and cell, a batch of replicates at a time: (columns, cells, r) of (N, r) weights.

    Some thousand ties at a time: what is read of a person's weights is one line of the cache, and adding up by column
    and cell is a sparse matrix times the products ω_i ω_j.
    """

    def __init__(
        self, i: np.ndarray, j: np.ndarray, cell: np.ndarray, columns: Sequence[np.ndarray | None], cells: int
    ) -> None:
        # Small numbers are sorted by their digits.
        order = np.argsort(cell.astype(np.min_scalar_type(cells)), kind="stable")
        self.i, self.j, cell = i[order], j[order], cell[order]
        values = [None if column is None else column[order] for column in columns]
        self.shape = len(columns), cells
        self.parts = [_part(cell, values, first, min(first + TIES, len(i)), cells) for first in range(0, len(i), TIES)]

    def __call__(self, omega: np.ndarray) -> np.ndarray:
        omega = omega.astype(np.float64)
        sums = np.zeros((self.shape[0] * self.shape[1], omega.shape[1]))
        for ties, rows, matrix in self.parts:
            products = np.take(omega, self.i[ties], axis=0)
            products *= np.take(omega, self.j[ties], axis=0)
            sums[rows] += matrix @ products
        return sums.reshape(*self.shape, omega.shape[1])


def _part(
    cell: np.ndarray, columns: Sequence[np.ndarray | None], first: int, last: int, cells: int
) -> tuple[slice, np.ndarray, sparse.csr_array]:
    """Ties `first` to `last`, ordered by cell: the rows of all columns, one after the other, and what sums them up."""
    some = cell[first:last]
    starts = np.flatnonzero(first_of_each(some))
    weight = np.ones((len(columns), len(some)))
    for given, column in zip(weight, columns, strict=True):
        if column is not None:
            given[:] = column[first:last]
    number, place = np.nonzero(weight)
    each = np.arange(len(columns))[:, None]
    pointers = np.append(np.searchsorted(number * len(some) + place, each * len(some) + starts), len(place))
    rows = (each * cells + some[starts]).ravel()
    matrix = sparse.csr_array((weight[number, place], place, pointers), shape=(len(rows), len(some)))
    return slice(first, last), rows, _narrow(matrix)


def tie_sums(
    i: np.ndarray,
    j: np.ndarray,
    parts: Iterable[tuple[np.ndarray, np.ndarray | None]],
    cells: int,
    *,
    membership: np.ndarray,
    replicates: int,
    seed: int,
) -> np.ndarray:
    """Σ ω_i ω_j x over the ties of each cell, in each replicate of the person bootstrap.

    Of each tie the person who comes first is a row for each cell, so that a matrix of the x times the weights of the
    others leaves one product per person and cell, not one per tie.

    Args:
        i, j: positions of the two persons of each tie.
        parts: what ties add, to one cell each: which cell, -1 for none, and x (None: 1).
        cells: how many there are.
        membership: the department of each person; changes no result but for rounding.
        replicates, seed: as `each_batch`.

    Returns:
        (replicates, cells).
    """
    people = len(membership)
    order, rank = _by_department(membership)
    i, j = rank[i], rank[j]
    first, second = np.minimum(i, j), np.maximum(i, j)
    row, column, value = [], [], []
    wide = np.int32 if people * cells <= np.iinfo(np.int32).max else np.int64
    for cell, weight in parts:
        adds = slice(None) if cell.min(initial=0) >= 0 else np.flatnonzero(cell >= 0)
        row.append(first[adds] * wide(cells) + cell[adds].astype(wide, copy=False))
        column.append(second[adds])
        value.append(np.ones(len(row[-1])) if weight is None else weight[adds])
    del i, j, first, second
    matrix = sparse.csr_array(
        (np.concatenate(value), (np.concatenate(row), np.concatenate(column))), shape=(people * cells, people)
    )
    del row, column, value
    pointers = matrix.indptr
    some = max(TIES // cells, 1)
    slabs = []
    for start in range(0, people, some):
        stop = min(start + some, people)
        inside = slice(pointers[start * cells], pointers[stop * cells])
        slab = (matrix.data[inside], matrix.indices[inside], pointers[start * cells : stop * cells + 1] - inside.start)
        shape = ((stop - start) * cells, people)
        slabs.append((slice(start, stop), _narrow(sparse.csr_array(slab, shape=shape))))
    del matrix
    sums = np.zeros((replicates, cells))

    def add(at: int, omega: np.ndarray) -> None:
        for weight in _side_by_side(np.take(omega, order, axis=0)):
            found = sums[at : at + weight.shape[1]].T
            for persons, slab in slabs:
                products = (slab @ weight).reshape(-1, cells, weight.shape[1])
                products *= weight[persons, None]
                found += products.sum(axis=0)
            at += weight.shape[1]

    each_batch(add, people, replicates, seed, single=True, apart=True)
    return sums


def _side_by_side(omega: np.ndarray) -> Iterator[np.ndarray]:
    """The weights (people, r) of some replicates at a time: of many people few, but no fewer than a line of the cache.

    A matrix times the weights of 100,000 people takes half as long by eight replicates at a time as by 32: more of the
    weights are still in the cache when they are asked for again.
    """
    few = _held(len(omega))
    few *= -(-LINE // few)
    for first in range(0, omega.shape[1], few):
        yield np.ascontiguousarray(omega[:, first : first + few], dtype=np.float64)


def _held(people: int) -> int:
    """Replicates of which the numbers of all people stay in the cache, at least one."""
    return max(HELD // max(people, 1), 1)


def _by_department(membership: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """People in the order of departments, as people of one are much in contact; and each one's place there."""
    order = np.argsort(membership, kind="stable").astype(np.int32)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return order, rank


class _Gravity:
    """E of both directions in each replicate, (r, K, K) of (N, r) weights: margins of ω_i ω_j A_ij.

    What a person sends and what they receive are rows beside one another, so that the weights of their contacts are
    still in the cache when they are read again: on two million ties that takes half of the time of two products.
    """

    def __init__(
        self, i: np.ndarray, j: np.ndarray, there: np.ndarray, back: np.ndarray, indicator: sparse.csr_array
    ) -> None:
        people = indicator.shape[1]
        rows = np.concatenate([2 * i, 2 * j, 2 * i + 1, 2 * j + 1])
        columns = np.concatenate([j, i, j, i])
        passed = sparse.csr_array(
            (np.concatenate([there, back, back, there]), (rows, columns)), shape=(2 * people, people)
        )
        passed.eliminate_zeros()
        self.passed = _narrow(passed)
        self.indicator = indicator

    def __call__(self, omega: np.ndarray) -> np.ndarray:
        few = _held(len(omega))
        found = []
        for weight in _side_by_side(omega):
            margins = (self.passed @ weight).reshape(len(weight), 2, -1)
            margins *= weight[:, None]
            found += [self._some(margins[..., at : at + few]) for at in range(0, weight.shape[1], few)]
        return np.concatenate(found)

    def _some(self, margins: np.ndarray) -> np.ndarray:
        # By column: sums over people go along the memory.
        out, into = (np.asfortranarray(margins[:, side]) for side in (0, 1))
        return _expected(self.indicator, *quasi_independence(out, into))


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
