"""What is so in an organisation: measures of the raw log by other means than the package's, and what was planted."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from statistics import NormalDist

import igraph
import networkx as nx
import numpy as np
import pandas as pd
from scipy import optimize

from sentences_battery.rawlog import OTHER, Raw
from sentences_battery.turns import Turns

#: Redraws of the people.
DRAWS = 200
#: Runs of Louvain, of which the one with the best modularity counts.
LOUVAIN = 40
#: Modularity less than the best by so much, at most, is as good.
NEARLY = 0.005
#: Deviations from which a pair of departments is far apart, and how often it is looked again which are.
FAR, ROUNDS = 3.0, 5


@dataclass(frozen=True)
class Truth:
    """What was planted.

    Attributes:
        silos: department -> factor of its affinity with all others; None where nobody knows.
        connector: the department that binds; None for none. `known` says whether that is known.
        known: whether the truth of an organisation is known at all.
        mail_room: the service desk.
        walls: pairs that were walled off; None where nobody knows.
        bridge: the department that reaches others through one person.
        sealed: every department keeps to itself.
        mixed: departments were dealt out at random.
        accounts: people of the roster who are programs.
        communities: of a tool: name -> department, of the silos 2.0 that were planted; None where nobody knows.
        leadership: listening, broadcasting, unresponsive or None.
        changed: whether anything changed in the period.
        share: of the log that was kept.
    """

    known: bool = True
    silos: Mapping[str, float] | None = None
    connector: str | None = None
    mail_room: str | None = None
    walls: tuple[tuple[str, str], ...] | None = None
    bridge: str | None = None
    sealed: bool = False
    mixed: bool = False
    accounts: frozenset[str] = frozenset()
    communities: Mapping[str, str] | None = None
    leadership: str | None = None
    changed: bool = False
    share: float = 1.0


@dataclass(frozen=True, eq=False)
class Facts:
    """The raw log, its truth, and what follows from both."""

    raw: Raw
    truth: Truth
    seed: int = field(default=1)

    # ---- inside and outside

    @cached_property
    def ties(self) -> pd.DataFrame:
        """Ties of departments as shown, those inside counted once."""
        return self.raw.mixing(self.raw.pairs)

    def ratio(self, ties: pd.DataFrame | None = None, sizes: pd.Series | None = None) -> pd.Series:
        """How many times likelier a contact an insider is than an outsider, half a tie put to each."""
        found, people = self.ties if ties is None else ties, self.raw.sizes if sizes is None else sizes
        inside = pd.Series(np.diag(found), index=found.index)
        across = found.sum(axis=1) - inside
        within = people * (people - 1)
        density = (2 * inside + 0.5) / (within + 0.5)
        return density / ((across + 0.5) / (people * (people.sum() - people) + 0.5))

    @cached_property
    def ei(self) -> float:
        """(across − inside)/(across + inside), departments as they are."""
        return self.ei_of(self.raw.pairs, self.raw.department)

    @staticmethod
    def ei_of(pairs: pd.DataFrame, unit: pd.Series) -> float:
        """The E-I index of pairs of people."""
        same = (pairs["p"].map(unit).to_numpy() == pairs["q"].map(unit).to_numpy()).mean()
        return float(1 - 2 * same)

    @cached_property
    def ei_chance(self) -> tuple[float, float]:
        """Its mean if departments were dealt out at random (exactly), and how many deviations it lies above that."""
        sizes, people = self.raw.department.value_counts(), len(self.raw.department)
        mean = 1 - 2 * (sizes * (sizes - 1)).sum() / (people * (people - 1))
        rng, unit = np.random.default_rng(self.seed), self.raw.department
        dealt = [self.ei_of(self.raw.pairs, pd.Series(rng.permutation(unit), unit.index)) for _ in range(60)]
        return float(mean), (self.ei - mean) / max(float(np.std(dealt)), 1e-9)

    # ---- redraws of the people

    @cached_property
    def weights(self) -> pd.DataFrame:
        """(people, draws) weights of the people, exponential."""
        people = self.raw.department.index
        return pd.DataFrame(np.random.default_rng(self.seed).exponential(size=(len(people), DRAWS)), index=people)

    def drawn(self, pairs: pd.DataFrame) -> np.ndarray:
        """(draws, K, K) ties of departments as shown, inside once, each tie by the weights of its two people."""
        names = list(self.ties.index)
        place = {name: at for at, name in enumerate(names)}
        unit = self.raw.shown.map(place)
        one, other = (pairs[end].map(unit).to_numpy() for end in ("p", "q"))
        weight = self.weights.loc[pairs["p"]].to_numpy() * self.weights.loc[pairs["q"]].to_numpy()
        result = np.zeros((DRAWS, len(names), len(names)))
        np.add.at(result.transpose(1, 2, 0), (one, other), weight)
        both = result + result.transpose(0, 2, 1)
        diagonal = np.arange(len(names))
        both[:, diagonal, diagonal] = result[:, diagonal, diagonal]
        return both

    @cached_property
    def drawn_sizes(self) -> np.ndarray:
        """(draws, K) weight of the people of each department as shown."""
        return self.weights.groupby(self.raw.shown).sum().loc[list(self.ties.index)].to_numpy().T

    @cached_property
    def ratio_interval(self) -> pd.DataFrame:
        """The middle 95 % of the ratio over redraws of the people."""
        ties, sizes = self.drawn(self.raw.pairs), self.drawn_sizes
        squares = self.weights.pow(2).groupby(self.raw.shown).sum().loc[list(self.ties.index)].to_numpy().T
        inside = np.diagonal(ties, axis1=1, axis2=2)
        across = ties.sum(axis=2) - inside
        within = sizes**2 - squares
        beyond = sizes * (sizes.sum(axis=1, keepdims=True) - sizes)
        draws = ((2 * inside + 0.5) / (within + 0.5)) / ((across + 0.5) / (beyond + 0.5))
        low, high = np.quantile(draws, [0.025, 0.975], axis=0)
        return pd.DataFrame({"low": low, "high": high}, index=self.ties.index)

    # ---- pairs of departments

    @cached_property
    def expected(self) -> pd.DataFrame:
        """Ties of each pair of departments that their contacts with other departments let expect.

        Fitted to all pairs but the one, and but those that the fit shows to be far apart: these would make others look
        like walls.
        """
        names, count = list(self.ties.index), self.ties.to_numpy(dtype=float)
        open_ = ~np.eye(len(names), dtype=bool)
        kept = open_
        for _ in range(ROUNDS):
            found = self._fitted(count, kept)
            spread = self._spread(count[open_], found[open_])
            near = np.abs(count - found) <= FAR * np.sqrt(found + (spread * found) ** 2)
            # A department that is apart from half of the others has no activity without them.
            full = (open_ & near).sum(axis=1) >= len(names) / 2
            near[~full] = near[:, ~full] = True
            if np.array_equal(open_ & near, kept):
                break
            kept = open_ & near
        return pd.DataFrame(np.where(open_, found, np.nan), names, names)

    @staticmethod
    def _spread(count: np.ndarray, expected: np.ndarray) -> float:
        """How much pairs differ beyond counts: nine in ten are as near to what is expected as of normal deviations."""
        away, most = np.abs(count - expected), NormalDist().inv_cdf(0.95)
        needed = np.sqrt(np.maximum((away / most) ** 2 - expected, 0)) / np.maximum(expected, 1e-9)
        return float(np.quantile(needed, 0.9))

    @staticmethod
    def _fitted(count: np.ndarray, open_: np.ndarray) -> np.ndarray:
        """g_a g_b of every pair, each fitted to the open cells but its own (iterative proportional fitting)."""
        result = np.zeros_like(count)
        for a in range(len(count)):
            for b in range(a):
                cells = open_.copy()
                cells[a, b] = cells[b, a] = False
                margin = (count * cells).sum(axis=1)
                g = np.sqrt(margin + 1e-9)
                for _ in range(60):
                    total = (np.outer(g, g) * cells).sum(axis=1)
                    g = g * np.sqrt(np.divide(margin, total, out=np.ones_like(g), where=total > 0))
                result[a, b] = result[b, a] = g[a] * g[b]
        return result

    # ---- the connector

    @cached_property
    def grade(self) -> str:
        """The best kind of ties that the log shows in sufficient number."""
        raw = self.raw
        deep = raw.threads or bool((raw.near["meeting"]).any())
        across = self._across(self.evident("substantive"))
        if deep and across >= 8 * len(raw.sizes):
            return "substantive"
        judged = int(self.turns["value"].notna().sum())
        if raw.directed and raw.dated and judged >= max(3, len(raw.sizes) / 2):
            return "turn-taking"
        return "reciprocated" if raw.directed else "volume"

    @property
    def scarce(self) -> bool:
        """Whether the log has conversations or meetings, but too few ties rest on them."""
        some = self.raw.threads or bool(self.raw.near["meeting"].any())
        return some and self.grade != "substantive"

    def evident(self, grade: str) -> pd.DataFrame:
        """The ties of a grade, without those of programs."""
        found = self.raw.layer(grade)
        return found[~found["p"].isin(self.truth.accounts) & ~found["q"].isin(self.truth.accounts)]

    def _across(self, pairs: pd.DataFrame) -> int:
        unit = self.raw.shown
        return int((pairs["p"].map(unit).to_numpy() != pairs["q"].map(unit).to_numpy()).sum())

    @cached_property
    def turns(self) -> pd.DataFrame:
        """How departments take turns."""
        return Turns(self.raw, self.truth.accounts, self.weights).table

    @cached_property
    def desks(self) -> list[str]:
        """Service desks: those that were declared, and those that take turns as a desk does, in most redraws too."""
        declared = list(self.raw.asked.get("service_departments", ()))
        found = self.turns.index[(self.turns["value"] < 0.6) & (self.turns["share"] >= 0.5)]
        return [*declared, *(name for name in found if name not in declared)]

    @cached_property
    def contest(self) -> "Contest":
        """Who binds the organisation, on its grade of evidence."""
        return Contest.of(self, self.evident(self.grade))

    @cached_property
    def first_draws(self) -> pd.Series:
        """How often each department comes first in redraws of the people."""
        contest = self.contest
        wins = pd.Series(0.0, index=contest.table.index)
        eligible = contest.table["eligible"].to_numpy()
        if not eligible.any():
            return wins
        for ties, sizes in zip(self.drawn(self.evident(self.grade)), self.drawn_sizes, strict=True):
            score = contest.scores(ties, sizes)[0]
            wins.iloc[int(np.argmax(np.where(eligible & np.isfinite(score), score, -1)))] += 1 / DRAWS
        return wins

    def spanners(self, grade: str | None = None) -> pd.Series:
        """Over how many of its people the ties of each department to others are spread, in effect."""
        pairs, unit = self.evident(grade or self.grade), self.raw.shown
        across = pairs[pairs["p"].map(unit).to_numpy() != pairs["q"].map(unit).to_numpy()]
        held = pd.concat([across["p"], across["q"]]).value_counts()
        by = held.groupby(held.index.map(unit))
        return by.apply(lambda ties: float(np.exp(-(ties / ties.sum() * np.log(ties / ties.sum())).sum())))

    # ---- groups by ties alone

    @cached_property
    def agreement(self) -> list[tuple[float, float]]:
        """Adjusted mutual information of departments and Louvain's groups, and homogeneity of these; the best first."""
        from sklearn.metrics import adjusted_mutual_info_score, homogeneity_score

        people = sorted({*self.raw.pairs["p"], *self.raw.pairs["q"]})
        place = {person: at for at, person in enumerate(people)}
        ends = zip(self.raw.pairs["p"].map(place), self.raw.pairs["q"].map(place), strict=True)
        graph = igraph.Graph(n=len(people), edges=list(ends))
        random.seed(self.seed)
        runs = [graph.community_multilevel() for _ in range(LOUVAIN)]
        best = max(run.modularity for run in runs)
        unit = self.raw.department[people]
        near = sorted((run for run in runs if run.modularity >= best - NEARLY), key=lambda run: -run.modularity)
        labels = dict.fromkeys(tuple(run.membership) for run in near)
        return [
            (float(adjusted_mutual_info_score(unit, label)), float(homogeneity_score(unit, label))) for label in labels
        ]


@dataclass(frozen=True, eq=False)
class Contest:
    """Scores of the departments: `score`, `bind`, `reach`, `share` of ties that are of the grade, `eligible`."""

    table: pd.DataFrame
    names: list[str]
    exponent: float
    cut: np.ndarray

    @classmethod
    def of(cls, facts: Facts, pairs: pd.DataFrame) -> "Contest":
        names = list(facts.ties.index)
        cut = np.isin(names, facts.desks)
        ties, sizes = facts.raw.mixing(pairs).loc[names, names].to_numpy(), facts.raw.sizes[names].to_numpy(float)
        empty = cls(pd.DataFrame(index=names), names, 0.5, cut)
        exponent = exponent_of(*empty.judged(ties, sizes))
        made = cls(pd.DataFrame(index=names), names, exponent, cut)
        score, bind, reach = made.scores(ties, sizes)
        of_grade, every = (_outside(part) for part in (ties, facts.ties.to_numpy()))
        share = of_grade / np.where(every > 0, every, np.nan)
        alone = np.array([name != OTHER for name in names])
        others = share[alone & ~cut]
        median = float(np.nanmedian(others)) if np.isfinite(others).any() else 0.0
        eligible = alone & ~cut & (share >= 0.5 * median) & np.isfinite(score) & (score > 0)
        table = pd.DataFrame(
            {"score": score, "bind": bind, "reach": reach, "share": share, "eligible": eligible}, index=names
        )
        return cls(table, names, exponent, cut)

    def judged(self, ties: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Ties across, and people, of the departments that are no desks."""
        kept = np.flatnonzero(~self.cut)
        return (ties * ~np.eye(len(ties), dtype=bool))[np.ix_(kept, kept)], sizes[kept]

    def scores(self, ties: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Bind × reach, bind and reach; NaN for desks."""
        kept, sizes = self.judged(ties, sizes)
        affinity, expected, kappa = _affinity(kept, sizes, self.exponent)
        row = kept / (expected + min(kappa, 5.0))
        share = row / np.maximum(row.sum(axis=1, keepdims=True), 1e-300)
        spread = np.exp(-(share * np.log(np.where(share > 0, share, 1))).sum(axis=1))
        found = np.full((2, len(self.cut)), np.nan)
        found[0, ~self.cut] = self._binds(affinity)
        found[1, ~self.cut] = np.where(row.sum(axis=1) > 0, spread, 0.0) / max(len(kept) - 1, 1)
        return found[0] * found[1], found[0], found[1]

    @staticmethod
    def _binds(affinity: np.ndarray) -> np.ndarray:
        count = len(affinity)
        if count < 3:
            return np.full(count, np.nan)
        whole = _resistance(affinity)
        result = []
        for a in range(count):
            rest = np.delete(np.arange(count), a)
            upper = np.triu_indices(count - 1, k=1)
            ratio = whole[np.ix_(rest, rest)][upper] / _resistance(affinity[np.ix_(rest, rest)])[upper]
            result.append(float((1 - ratio).mean()))
        return np.array(result)

    def losses(self, facts: Facts, department: str) -> pd.Series:
        """What every two others would lose without a department, by (a, b)."""
        sizes = facts.raw.sizes[self.names].to_numpy(float)
        ties = facts.raw.mixing(facts.evident(facts.grade)).loc[self.names, self.names].to_numpy()
        affinity = _affinity(*self.judged(ties, sizes), self.exponent)[0]
        names = [name for name, cut in zip(self.names, self.cut, strict=True) if not cut]
        graph = nx.Graph()
        for a in range(len(names)):
            for b in range(a):
                graph.add_edge(names[a], names[b], weight=affinity[a, b])
        rest = graph.copy()
        rest.remove_node(department)
        whole, without = (nx.resistance_distance(one, weight="weight", invert_weight=False) for one in (graph, rest))
        pairs = [(a, b) for a in rest for b in rest if a < b]
        return pd.Series({(a, b): 1 - whole[a][b] / without[a][b] for a, b in pairs})


def _outside(ties: np.ndarray) -> np.ndarray:
    return ties.sum(axis=1) - np.diag(ties)


def _resistance(affinity: np.ndarray) -> np.ndarray:
    """Effective resistances from the pseudo-inverse of the Laplacian."""
    inverse = np.linalg.pinv(np.diag(affinity.sum(axis=1)) - affinity, hermitian=True)
    diagonal = np.diag(inverse)
    return diagonal[:, None] + diagonal[None, :] - 2 * inverse


def _affinity(ties: np.ndarray, sizes: np.ndarray, exponent: float) -> tuple[np.ndarray, np.ndarray, float]:
    off = ~np.eye(len(sizes), dtype=bool)
    power = np.where(off, np.outer(sizes, sizes) ** exponent, 0.0)
    expected = power * (ties[off].sum() / power[off].sum()) if power[off].sum() > 0 else power
    kappa = _kappa(ties[off], expected[off])
    return np.where(off, (ties + kappa) / (expected + kappa), 0.0), expected, kappa


def _kappa(ties: np.ndarray, expected: np.ndarray) -> float:
    excess = ((ties - expected) ** 2 - expected).sum()
    return float(np.clip((expected**2).sum() / excess, 0.1, 50.0)) if excess > 0 else 50.0


def exponent_of(ties: np.ndarray, sizes: np.ndarray) -> float:
    """γ of c (n_a n_b)^γ by the likelihood of a negative binomial whose dispersion is the moment estimate."""
    upper = np.triu_indices(len(sizes), k=1)
    count, product = ties[upper], np.log(np.outer(sizes, sizes)[upper])
    if len(count) < 3 or count.sum() == 0 or np.ptp(product) < 1e-9:
        return 0.5
    gamma, kappa = 0.5, 1.0
    for _ in range(30):
        before = gamma

        def cost(parameters: np.ndarray, kappa: float = kappa) -> float:
            mean = np.exp(np.clip(parameters[0] + parameters[1] * product, -30, 30))
            return float(((count + kappa) * np.log(kappa + mean) - count * np.log(mean)).sum())

        start = np.array([np.log(count.sum() / np.exp(gamma * product).sum()), gamma])
        found = optimize.minimize(cost, start, method="L-BFGS-B", bounds=[(None, None), (0.3, 1.1)])
        level, gamma = (float(part) for part in found.x)
        kappa = _kappa(count, np.exp(level + gamma * product))
        if abs(gamma - before) < 1e-6:
            break
    return gamma
