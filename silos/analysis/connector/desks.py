"""Recognises service desks: departments that answer everybody, but neither continue nor open a dialogue.

A desk looks like the connector on any log without threads, and on one whose tickets run through several messages: it is
told by how departments take turns (`silos.measures.turn_taking`), with an interval from the bootstrap over persons.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from silos.inference.bootstrap import affordable, each_batch
from silos.measures.turn_taking import turn_taking
from silos.network import Network
from silos.ties.definitions import TURN_GAP
from silos.ties.results import Tally

#: Turn-taking below which a department is a desk.
DESK = 0.6
#: Turn-taking from which a department may be proclaimed the connector.
COLLEAGUES = 0.8
#: Answers across departments that a department's value takes.
ANSWERS = 30
#: Share of the draws that must agree that a department is a desk: what is likelier one than not is no evidence.
SURE = 0.5
#: Share of the draws that must have a value for there to be an interval.
SEEN = 0.5
#: Share of the draws in which a department may be a desk, or nothing be known, for it to be proclaimed without
#: conversations: the usual 5 % on one side.
DOUBT = 0.05
#: Pairs whose weights are multiplied at a time: memory is 32 times as many numbers.
PAIRS = 1 << 16
#: Columns of `Desks.table` that candidates for the connector have too.
TURNS = ("answers", "turn_taking", "turn_taking_low", "turn_taking_high", "desk")


@dataclass(frozen=True, eq=False)
class Desks:
    """How departments take turns, and which of them are desks.

    Attributes:
        table: one row per department: `answers` (across departments), `turn_taking` with `turn_taking_low` and
            `turn_taking_high` (95 %; missing with fewer than `ANSWERS` answers), `desk_share` (share of the draws in
            which it is below `DESK`, of those that tell), `colleague_share` (share of all draws in which it is not),
            `desk`.
    """

    table: pd.DataFrame

    @property
    def found(self) -> tuple[str, ...]:
        """The names of the desks."""
        return tuple(str(name) for name in self.table.index[self.table["desk"].astype(bool)])

    def colleagues(self, department: str) -> bool:
        """Whether a department takes turns as colleagues do, and surely not as a desk."""
        row = self.table.loc[department]
        return bool(row["turn_taking"] >= COLLEAGUES and row["colleague_share"] >= 1 - DOUBT)

    @property
    def judged(self) -> int:
        """How many departments have a value."""
        return int(self.table["turn_taking"].notna().sum())


def unjudged(departments: pd.Index) -> Desks:
    """Of a log that says nothing about turns: no desk is known."""
    table = pd.DataFrame(np.nan, index=departments, columns=[*TURNS, "desk_share", "colleague_share"])
    return Desks(table.assign(answers=0, desk=False))


def desks(tally: Tally, grouped: Network, *, replicates: int, seed: int = 0) -> Desks:
    """The turn-taking of each department and its interval.

    Args:
        tally: the counted log.
        grouped: its people, departments as they may be shown.
        replicates: of the person bootstrap; fewer where there are very many pairs.
        seed: of its weights, which other measures share.
    """
    pairs, membership, count = tally.turns, grouped.membership, len(grouped.departments)
    first, last = tally.log.first, tally.log.last
    if first is None or last is None or last <= first or pairs.empty:
        return unjudged(grouped.departments)
    pairs = pairs[membership[pairs["a"]] != membership[pairs["b"]]]
    i, j = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    seconds = (last - first).total_seconds()
    answers, opened_a, opened_b = (pairs[name].to_numpy(np.float64) for name in ("answers", "sessions_a", "sessions_b"))
    chance = answers * -np.expm1(-pairs["openings"].to_numpy(np.float64) * TURN_GAP / seconds)
    deep = opened_a + opened_b
    columns = [
        (answers, answers),
        (pairs["continued"].to_numpy(np.float64),) * 2,
        (chance, chance),
        (deep, deep),
        (opened_a, opened_b),
    ]
    ends = np.stack([membership[i], membership[j]])
    # Pair by pair, as the matrices below add up.
    point = np.stack([np.bincount(ends.T.ravel(), np.stack(column, axis=1).ravel(), count) for column in columns])

    def added(some: slice) -> list[sparse.csr_array]:
        """Of some pairs the matrices that add up each column by department."""
        at = ends[:, some]
        places = np.tile(np.arange(at.shape[1]), 2)
        shape = count, at.shape[1]
        return [
            sparse.csr_array((np.concatenate([one[some], other[some]]), (at.ravel(), places)), shape=shape)
            for one, other in columns
        ]

    parts = [(some, added(some)) for some in (slice(start, start + PAIRS) for start in range(0, len(i), PAIRS))]
    known = point[0] >= ANSWERS
    replicates = affordable(replicates, len(i))
    drawn = np.zeros((len(columns), replicates, count))

    def add(first: int, omega: np.ndarray) -> None:
        for some, matrices in parts:
            weight = np.take(omega, i[some], axis=0)
            weight *= np.take(omega, j[some], axis=0)
            for column, matrix in zip(drawn, matrices, strict=True):
                column[first : first + omega.shape[1]] += (matrix @ weight).T

    each_batch(add, len(grouped), replicates, seed, apart=True)
    with np.errstate(invalid="ignore"):
        value, draws = turn_taking(*point, known=known), turn_taking(*drawn, known=known)
    table = pd.DataFrame(
        {
            "answers": point[0].astype(np.int64),
            "turn_taking": value,
            "turn_taking_low": np.nan,
            "turn_taking_high": np.nan,
            "desk_share": np.nan,
            "colleague_share": np.nan,
        },
        index=grouped.departments,
    )
    # Where departments in the middle go on no more than by chance, nobody can be compared with them.
    seen = draws[np.isfinite(draws[:, known]).all(axis=1)][:, known]
    if len(seen) > SEEN * replicates and np.isfinite(value[known]).all():
        missed = replicates - len(seen)
        table.loc[known, "turn_taking_low"] = np.quantile(np.pad(seen, ((0, missed), (0, 0))), 0.025, axis=0)
        table.loc[known, "turn_taking_high"] = np.quantile(seen, 0.975, axis=0)
        table.loc[known, "desk_share"] = (seen < DESK).mean(axis=0)
        table.loc[known, "colleague_share"] = (seen >= DESK).sum(axis=0) / replicates
    else:
        table["turn_taking"] = np.nan
    table["desk"] = (table["turn_taking"] < DESK) & (table["desk_share"] >= SURE)
    return Desks(table)
