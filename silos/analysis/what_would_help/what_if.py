"""What would be if these ties existed: forecasts of structure, never of causes.

A forecast adds ties to what was counted, and to each replicate of the bootstrap, and asks the same questions again: how
inward each department is, which are silos, how bound the organisation is. People of the two departments who do not know
each other today would be in contact; everything else would stay as it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from silos.analysis.departments import (
    beyond_habit,
    drawn_odds,
    inwardness_of,
    kinds_of_ties,
    unsaid_of,
    unseen_ties,
    verdict_of,
)
from silos.analysis.join_limits import JoinLimits
from silos.analysis.organisation import ANY
from silos.analysis.refusals import MOST_NAMED
from silos.analysis.result_protocol import Result, plain, records
from silos.analysis.unpickled import Unpickled
from silos.errors import SilosError
from silos.inference.bootstrap import Replicates
from silos.inference.estimate import Estimate, intervals
from silos.inference.habit import FEW_DEPARTMENTS
from silos.measures.affinity import by_parts, expectations, kirchhoff_index, shrunken, size_exponent
from silos.measures.basis import department_totals
from silos.measures.insularity import insularities
from silos.measures.mixing import log_density_ratios
from silos.network import Network
from silos.privacy.cells import by_middles
from silos.privacy.gate import Gate
from silos.privacy.suppression import Shown
from silos.system.arguments import mapping, number, texts


@dataclass(frozen=True, eq=False)
class Forecast(Result):
    """The organisation with some ties more.

    Attributes:
        table: one row per department that stands alone: `insularity`, `insularity_after`, `change` with its interval,
            `insiders_odds_after` with its interval, `verdict` and `verdict_after`.
        effective_resistance: change of the Kirchhoff index as the next analysis would give it, with its interval: below
            0 the organisation is more bound.
        binding: by which share of it the Kirchhoff index would fall: as `Model.binding`.
        ties: how many were added.
    """

    title: ClassVar[str] = "With these ties"

    table: pd.DataFrame
    effective_resistance: Estimate
    binding: Estimate
    ties: float

    def change(self, department: str) -> Estimate:
        """By how much the insularity of a department changes."""
        row = self.table.loc[department]
        return Estimate(*(plain(row[name]) for name in ("change", "change_low", "change_high")))

    def odds(self, department: str) -> Estimate:
        """The log density ratio that a department would have: its exponential is a number that readers know."""
        row = self.table.loc[department]
        return Estimate(*(plain(row[f"insiders_odds_after{end}"]) for end in ("", "_low", "_high")))

    def said(self) -> str:
        """How many ties, and whose verdict changes."""
        moved = self.table[self.table["verdict"] != self.table["verdict_after"]]
        told = [f"{name}: {row['verdict']} to {row['verdict_after']}" for name, row in moved.iterrows()]
        return f"{self.ties:g} ties more" + (f"; {', '.join(told)}" if told else "; all verdicts stay")

    def to_dict(self) -> dict[str, Any]:
        """Numbers or None."""
        return {
            "ties": plain(self.ties),
            "effective_resistance": self.effective_resistance.to_dict(),
            "departments": records(self.table.rename_axis("department").reset_index()),
        }


@dataclass(frozen=True, eq=False)
class Model(Unpickled):
    """What forecasts are made from: departments as they may be shown, their ties, and the replicates of these.

    Attributes:
        network: all ties.
        shown: which departments stand alone.
        kinds: kind of tie -> (K, K) mixing, `any` first: those that the verdict on silos rests on.
        replicates: of the same.
        exponent: of the sizes in the expectation, fitted to the ties as they are.
        desks: (K,) service desks, small departments put together among them where they are one.
        helpers: (K,) departments that may be asked to help: those that stand alone, are no desk and not gone.
        gone: names of departments that are no longer there by the end of the log: no advice is about them.
        limits: which new ties the organisation can have.
        weeks: that the log holds, if known.
        seed: of what stands for an unseen tie in a replicate.
    """

    network: Network
    shown: Shown
    kinds: Mapping[str, np.ndarray]
    replicates: Replicates
    exponent: float
    desks: np.ndarray
    helpers: np.ndarray
    weeks: int | None
    seed: int
    gone: tuple[str, ...] = ()
    limits: JoinLimits = field(default_factory=JoinLimits)

    @classmethod
    def of(
        cls,
        network: Network,
        replicates: Replicates,
        shown: Shown,
        *,
        layers: Mapping[str, np.ndarray],
        desks: Iterable[str],
        weeks: int | None,
        seed: int,
        gone: Iterable[str] = (),
        limits: JoinLimits | None = None,
    ) -> "Model":
        """The model of a network.

        Args:
            network, replicates, shown, layers, weeks, seed: as `silos.analysis.departments.judge`.
            desks: service desks, declared or found: they are no door, and nobody is sent to them.
            gone: as `silos.analysis.lifetimes.gone`.
            limits: which new ties the organisation can have; any unless given.
        """
        mixing = department_totals(network, network.contacts)
        names = network.departments
        desk = names.isin(list(desks))
        return cls(
            network=network,
            shown=shown,
            kinds=kinds_of_ties(network, mixing, layers),
            replicates=replicates,
            exponent=size_exponent(mixing, network.sizes.astype(np.float64)),
            desks=desk,
            helpers=names.isin(list(shown.candidates)) & ~desk & ~names.isin(list(gone)),
            weeks=weeks,
            seed=seed,
            gone=tuple(gone),
            limits=limits or JoinLimits(),
        )

    @property
    def names(self) -> pd.Index:
        """The K departments."""
        return self.network.departments

    @property
    def mixing(self) -> np.ndarray:
        """Ties of any kind between departments, (K, K), those inside twice."""
        return self.kinds[ANY]

    @cached_property
    def allowed(self) -> np.ndarray:
        """The pairs of departments that the limits leave, (K, K)."""
        return self.limits.allowed(self.network, self.shown.minimum)

    @property
    def room(self) -> np.ndarray:
        """New ties that each department can take up, (K,)."""
        most = np.inf if self.limits.most is None else float(self.limits.most)
        return np.full(len(self.names), most)

    @cached_property
    def unjudged(self) -> list[str]:
        """Departments with too few people or ties for a verdict: whom to join them with would rest on chance."""
        sizes, alone = self.network.sizes.astype(np.float64), self.names.isin(list(self.shown.candidates))
        known = alone & np.isfinite(insularities(self.mixing, sizes * (sizes - 1), sizes))
        unsaid = unsaid_of(self.network, self.mixing, known, coverage=None, weeks=None)
        return [str(name) for name, reason in zip(self.names, unsaid, strict=True) if reason is not None]

    def added(self, ties: Mapping[tuple[str, str], float]) -> np.ndarray:
        """Ties between departments as a symmetric matrix, (K, K).

        Raises:
            SilosError: a department does not exist or may not be shown alone, a pair is one department, or the number
                is no number above 0.
        """
        matrix = np.zeros_like(self.mixing)
        stated = mapping(ties, "ties", of="two departments to a number of new ties: {('Sales', 'R&D'): 3}")
        if not stated:
            raise SilosError("ties= names no ties to add: give two departments and a number, {('Sales', 'R&D'): 3}.")
        for pair, count in stated.items():
            departments, added = texts(pair, "a pair of departments"), number(count, "the number of new ties")
            if len(departments) != 2:
                raise SilosError(f"ties are added between two departments, not between {pair!r}.")
            a, b = departments
            one, other = self.place(a), self.place(b)
            if one == other:
                raise SilosError(f"ties are added between two departments, not within {a!r}.")
            if not (np.isfinite(added) and added > 0):
                raise SilosError(f"{count!r} ties cannot be added: give a number above 0.")
            room = float(self.network.sizes[one] * self.network.sizes[other] - self.mixing[one, other])
            if added > room:
                raise SilosError(
                    f"{added:g} ties are too many between {a!r} and {b!r}: only {room:g} pairs of people of the two "
                    "are not in contact yet."
                )
            matrix[one, other] += added
            matrix[other, one] += added
        return matrix

    def place(self, department: str) -> int:
        """The position of a department that stands alone.

        Raises:
            SilosError: there is none of that name.
        """
        if department not in self.shown.candidates:
            named = ", ".join(map(repr, self.shown.candidates[:MOST_NAMED]))
            raise SilosError(f"no department that may be shown is called {department!r}. There are: {named}.")
        return int(self.names.get_loc(department))

    def in_replicates(self, added: np.ndarray) -> np.ndarray:
        """The same ties in each replicate, (R, K, K): between people of average weight of the two departments."""
        return self._between_average(added, self.replicates.sizes)

    def _between_average(self, added: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        share = sizes / self.network.sizes
        return np.asarray(added * share[:, :, None] * share[:, None, :])

    def bound(self, added: np.ndarray) -> tuple[float, np.ndarray]:
        """Kirchhoff index with these ties, as an analysis of them would give it, and that of each replicate, (R,)."""

        def drawn(mixing: np.ndarray, people: np.ndarray) -> tuple[np.ndarray]:
            return (self._index(mixing + self._between_average(added, people), people),)

        [draws] = by_parts(drawn, self.replicates.mixing[ANY], self.replicates.sizes)
        return self.bound_by(added), draws

    def bound_by(self, added: np.ndarray) -> float:
        """The first of these alone."""
        return float(self._index(self.mixing + added, self.network.sizes.astype(np.float64)))

    def _index(self, mixing: np.ndarray, people: np.ndarray) -> np.ndarray:
        return kirchhoff_index(shrunken(mixing, *expectations(mixing, people, self.exponent)))

    def by_classes(self) -> "Model":
        """The same by the middles of the classes of the ties between departments: what published forecasts rest on."""
        mixing = by_middles(self.mixing, Gate())
        exponent = size_exponent(mixing, self.network.sizes.astype(np.float64))
        return replace(self, kinds={**self.kinds, ANY: mixing}, exponent=exponent)

    @cached_property
    def bound_now(self) -> tuple[float, np.ndarray]:
        """The same without any tie more: what every plan is compared with."""
        return self.bound(np.zeros_like(self.mixing))

    def binding(self, added: np.ndarray) -> Estimate:
        """By which share of it the Kirchhoff index would fall with these ties, as the next analysis would give it."""
        return self._fallen(self.bound(added))

    def _fallen(self, bound: tuple[float, np.ndarray]) -> Estimate:
        (before, drawn), (after, tighter) = self.bound_now, bound
        return Estimate.of((before - after) / before, (drawn - tighter) / drawn)

    def forecast(self, added: np.ndarray) -> Forecast:
        """What silos, verdicts and the organisation would be with these ties, (K, K)."""
        before, after = self._departments_now, self._departments(added)
        odds_low, odds_high = intervals(self._drawn_odds(added))
        (bound, bound_draws), (tighter, tighter_draws) = self.bound_now, self.bound(added)
        low, high = intervals(after[1] - before[1])
        table = pd.DataFrame(
            {
                "insularity": before[0],
                "insularity_after": after[0],
                "change": after[0] - before[0],
                "change_low": low,
                "change_high": high,
                "insiders_odds_after": self._odds(added),
                "insiders_odds_after_low": odds_low,
                "insiders_odds_after_high": odds_high,
                "verdict": before[2],
                "verdict_after": after[2],
            },
            index=self.names,
        )
        alone = self.names.isin(list(self.shown.candidates))
        return Forecast(
            table=table[alone],
            effective_resistance=Estimate.of(tighter - bound, tighter_draws - bound_draws),
            binding=self._fallen((tighter, tighter_draws)),
            ties=float(np.triu(added).sum()),
        )

    def _odds(self, added: np.ndarray) -> np.ndarray:
        """The log density ratio of each department with these ties, (K,)."""
        sizes = self.network.sizes.astype(np.float64)
        return log_density_ratios(self.mixing + added, sizes * (sizes - 1), sizes * (sizes.sum() - sizes))

    def _drawn_odds(self, added: np.ndarray) -> np.ndarray:
        """The same in each replicate, (R, K)."""
        return drawn_odds(self.replicates.mixing[ANY] + self.in_replicates(added), self.replicates)

    @cached_property
    def _departments_now(self) -> tuple[np.ndarray, np.ndarray, list[str | None]]:
        return self._departments(np.zeros_like(self.mixing))

    def _departments(self, added: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[str | None]]:
        """Insularity, (K,), that of each replicate, (R, K), and the verdict of each department, with these ties."""
        sizes, replicates = self.network.sizes.astype(np.float64), self.replicates
        within = sizes * (sizes - 1)
        kinds = {name: mixing + added for name, mixing in self.kinds.items()}
        more, unseen = self.in_replicates(added), unseen_ties(replicates.sizes.shape, self.seed)
        draws = {
            name: insularities(replicates.mixing[name] + more, replicates.within, replicates.sizes, unseen)
            for name in kinds
        }
        sigma = insularities(kinds[ANY], within, sizes)
        judged = self.names.isin(list(self.shown.candidates))
        known = judged & np.isfinite(sigma)
        inward = inwardness_of(kinds, draws, sizes, known, self.seed)
        rows = pd.DataFrame({**inward.columns(), "insiders_odds_low": intervals(self._drawn_odds(added))[0]})
        few = known.sum() < FEW_DEPARTMENTS
        unsaid = unsaid_of(self.network, kinds[ANY], known, coverage=None, weeks=self.weeks)
        verdicts = [
            verdict_of(row, reason, few=few)[0] for (_, row), reason in zip(rows.iterrows(), unsaid, strict=True)
        ]
        return sigma, draws[ANY], [said if stands else None for said, stands in zip(verdicts, judged, strict=True)]

    def inwardness(self, added: np.ndarray, department: str) -> float:
        """How much more inward a department would be than the habit, with these ties; NaN where that is unknown.

        Replicates are not asked: this is the point that the search for a number of ties moves along.
        """
        sizes = self.network.sizes.astype(np.float64)
        values = {name: insularities(mixing + added, sizes * (sizes - 1), sizes) for name, mixing in self.kinds.items()}
        known = self.names.isin(list(self.shown.candidates)) & np.all(np.isfinite(list(values.values())), axis=0)
        return float(beyond_habit(values, known)[self.place(department)])
