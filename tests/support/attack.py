"""An attack on the files of runs: what they leave open of the ties of hidden groups, by integer programming.

It knows the code and everybody's department, and is told everything that a run's ties were published as. It does not
hold the log. Unknown are the ties between the finest groups that any run's departments are made of.
"""

import functools
import itertools
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
from scipy.optimize import LinearConstraint, milp

from silos.analysis.result import Analysis

#: A published group of people, and a pair of them or one alone, whose ties are counted.
Pair = frozenset[str]
#: Least and most that a count may be.
Class = tuple[float, float]
#: Whole numbers that a published count may stand for.
STEP = 5
#: People of each department of the company that is attacked. The board is hidden, and nothing else of its size.
SIZES = {"Sales": 14, "Finance": 12, "IT": 10, "Legal": 8, "Audit": 5, "Board": 3}


def staff() -> pd.DataFrame:
    """The roster of that company."""
    departments = [name for name, size in SIZES.items() for _ in range(size)]
    return pd.DataFrame({"person": [f"p{at:03}" for at in range(len(departments))], "department": departments})


def contacts_of(analysis: Analysis, person: str) -> pd.Series:
    """A person's ties by department: what the attacks are after."""
    network = analysis.network
    row = network.contacts[[list(analysis.tally.people["person"]).index(person)], :].toarray().ravel() > 0
    return network.people["department"][row].value_counts().reindex(list(SIZES), fill_value=0)


def read(out: Path) -> dict[Pair, Class]:
    """What the files of a run say of the ties between its departments and inside them."""
    table = pd.read_csv(out / "tables" / "pairs.csv", keep_default_na=False, na_values=[""])
    graph = nx.read_graphml(out / "departments.graphml")
    step = STEP if graph.graph["published"] else 1
    found: dict[Pair, Class] = {}
    for row in table.to_dict("records"):
        found[frozenset((row["a"], row["b"]))] = _class(row["ties"], step)
    for name in graph:
        loop = graph.edges.get((name, name), {})
        found[frozenset((name,))] = _class(loop.get("ties", np.nan if step > 1 else 0), step)
    for a, b, edge in graph.edges(data=True):
        least, most = _class(edge.get("ties", np.nan if step > 1 else 0), step)
        before = found[frozenset((a, b))]
        found[frozenset((a, b))] = (max(least, before[0]), min(most, before[1])) if "ties" in edge else before
    return found


def _class(count: float, step: int) -> Class:
    return (0, STEP - 1) if np.isnan(count) else (count, count + step - 1)


def read_chart(
    out: Path, every: Iterable[Pair], old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[tuple[list[Pair], Class]]:
    """What the files of `silos what-if` say: sums of ties of pairs of blocks.

    Args:
        out: what was written.
        every: all pairs of blocks.
        old, new: block -> its department in either chart, as it may be shown.
    """
    table = pd.read_csv(out / "tables" / "new_departments.csv", keep_default_na=False, na_values=[""])
    step = STEP if table["published"].all() else 1
    pairs = [(pair, *(min(pair), max(pair))) for pair in every]
    for row in table.to_dict("records"):
        here = row["department"]
        inside = [(pair, a, b) for pair, a, b in pairs if new[a] == here == new[b]]
        outside = [(pair, a, b) for pair, a, b in pairs if here in (new[a], new[b]) and new[a] != new[b]]
        sums = {
            "ties_inside": [pair for pair, *_ in inside],
            "joined": [pair for pair, a, b in inside if old[a] != old[b]],
            "cut": [pair for pair, a, b in outside if old[a] == old[b]],
        }
        if step == 1:
            # Published, it follows from classes of cells.
            sums["ties_outside"] = [pair for pair, *_ in outside]
        for name, found in sums.items():
            if found:
                yield found, _class(row[name], step)


class Unknowns:
    """Whole numbers of which sums are known to lie between ends."""

    def __init__(self, names: Iterable[Hashable]) -> None:
        self.names = list(names)
        self._at = {name: place for place, name in enumerate(self.names)}
        self._rows: list[np.ndarray] = []
        self._ends: list[Class] = []

    def sum_of(self, names: Iterable[Hashable]) -> np.ndarray:
        """The coefficients of a sum of unknowns."""
        row = np.zeros(len(self.names))
        row[[self._at[name] for name in set(names)]] = 1.0
        return row

    def tell(self, names: Iterable[Hashable], ends: Class) -> None:
        """Take in the sum of several unknowns."""
        self._rows.append(self.sum_of(names))
        self._ends.append(ends)

    def within(self, names: Iterable[Hashable]) -> Class:
        """Least and most that a sum of unknowns can be, given all that was told."""
        aim = self.sum_of(names)
        low, high = np.array(self._ends).T
        known = LinearConstraint(np.array(self._rows), low, high)
        found = [milp(sign * aim, constraints=known, integrality=np.ones(len(aim))) for sign in (1.0, -1.0)]
        assert all(one.success for one in found), [one.message for one in found]
        return round(found[0].fun), round(-found[1].fun)

    def guess(self) -> np.ndarray:
        """The least squares guess of all unknowns, each class by its middle."""
        aim = np.array(self._ends).mean(axis=1)
        return np.linalg.lstsq(np.array(self._rows), aim, rcond=None)[0]


class Attack(Unknowns):
    """Ties between the finest groups of people, or inside one: all runs together.

    Attributes:
        pairs: the unknowns.
    """

    def __init__(self, blocks: Iterable[str]) -> None:
        self.pairs = [frozenset(pair) for pair in itertools.combinations_with_replacement(blocks, 2)]
        super().__init__(self.pairs)

    def learn(self, published: Mapping[Pair, Class], made_of: Mapping[str, str]) -> None:
        """Take in a run.

        Args:
            published: as `read` gives it.
            made_of: block -> the department of the run that it is in; blocks that are not in the run are missing.
        """
        for group, ends in published.items():
            self.learn_sum([group], ends, made_of)

    def learn_sum(self, groups: Iterable[Pair], ends: Class, made_of: Mapping[str, str]) -> None:
        """Take in the sum of several cells of a run."""
        wanted = set(groups)
        inside = [
            pair
            for pair in self.pairs
            if pair <= made_of.keys() and frozenset(made_of[block] for block in pair) in wanted
        ]
        self.tell(inside, ends)


def width(ends: Class) -> float:
    """How many whole numbers it may be."""
    return ends[1] - ends[0] + 1


def margins(ties: pd.DataFrame) -> dict[tuple[Pair, ...], Class]:
    """What shares and indices may tell beside the cells: what a department's cells below a step hold together.

    Of exact ties, as an attacker who works them out of rounded shares would know them at best.
    """
    found = {}
    for name, row in ties.iterrows():
        small = [other for other, count in row.items() if other != name and count < STEP]
        together = float(row[small].sum())
        least = together // STEP * STEP
        if small and least <= (STEP - 1) * (len(small) - 1):
            found[tuple(frozenset((name, other)) for other in small)] = (least, least + STEP - 1)
    return found


def left_open(
    published: Callable[[float, int], float | None], totals: Iterable[float], own: Iterable[float], people: int
) -> dict[tuple[float, float], int]:
    """By total and own number, how many could be it, given what is told of the mean without and with them."""
    pairs = list(itertools.product(totals, own))
    mean = functools.cache(published)
    told = {
        (total, one): (mean(total / people, people), mean((total + one) / (people + 1), people + 1))
        for total, one in pairs
    }
    behind = defaultdict(set)
    for (_, one), key in told.items():
        behind[key].add(one)
    return {pair: len(behind[key]) for pair, key in told.items()}
