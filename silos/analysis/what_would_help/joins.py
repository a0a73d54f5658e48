"""Whom to bring together: the pairs of departments whose ties would bind the organisation most, and how many ties.

Pairs are chosen at the yardstick of today: expectation and shrinkage of the affinities stay as they are, and each pair
gets as many ties as any other. Beside the gain stands that of as many ties between departments at random, and between
those that are busiest with each other: what anybody could propose without having measured anything.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from silos.analysis.departments import TWICE
from silos.analysis.organisation import ANY
from silos.analysis.result_protocol import Result, plain, records
from silos.analysis.what_would_help.what_if import Forecast, Model
from silos.inference.estimate import Estimate
from silos.measures.affinity import by_parts, expectations, kirchhoff_index, shrunken
from silos.measures.joining import Joins, Pair, best_joins, gain_together, potentials, spreading_gains

#: New ties that one standing exchange makes: four people of one department with three of another.
EXCHANGE = 12
#: Pairs that are proposed.
PAIRS = 5
#: Fall of the Kirchhoff index, as a share of it, below which no join is advised: among departments dealt out at random
#: the best joins clearly beat others, by 0.3 %, which nobody would notice.
MATERIAL = 0.01
#: Draws of pairs at random that advice is compared with.
AT_RANDOM = 40
#: Numbers in the matrices of all replicates together: of many departments fewer replicates are looked at.
NUMBERS = 20_000_000
#: Multiplications that all replicates may take when each department spreads ties to all others.
WORK = 3_000_000_000
#: Replicates from which there is an interval, or a share of replicates.
LEAST_DRAWS = 20
#: Departments from which it makes a difference which of them are joined.
LEAST_DEPARTMENTS = 4
#: Departments with which a silo is brought together at once.
PARTNERS = 3
#: New ties of a silo in one plan, over those that it has outside: more is no plan for a quarter.
MOST_WIDENED = 1.0
#: Width at which the search for a number of ties stops.
NARROW = 0.5
#: Ties to which numbers of a plan are rounded: they are orders of magnitude, not quotas.
ROUNDED = 5


@dataclass(frozen=True, eq=False)
class Joining(Result):
    """The pairs of departments whose joining would bind the organisation most.

    Attributes:
        table: one row per pair, those first that gain most in this order: `a`, `b`, `ties` (new ones) and `gain`, what
            it adds to the fall of the Kirchhoff index, at the yardstick of today.
        gain: of all of them together, as a share of the Kirchhoff index, with its interval over replicates.
        at_random, busiest: the same of as many ties between pairs at random (the mean), and between the busiest pairs.
        verdict: `clear` where the gain beats both in 95 % of the replicates; `no better`; `cannot say` where there are
            too few departments or replicates.
        effect: change of the Kirchhoff index as the next analysis would give it.
        binding: the same as a share of it, below 0 turned into a gain.
        compared: the pairs of the table, the busiest, and those at random, by position.
    """

    title: ClassVar[str] = "Whom to bring together"

    table: pd.DataFrame
    gain: Estimate
    at_random: Estimate
    busiest: Estimate
    verdict: str
    effect: Estimate
    binding: Estimate
    compared: tuple[tuple[Pair, ...], ...] = field(default=(), repr=False)

    def said(self) -> str:
        """The verdict."""
        return self.verdict

    def by(self, model: Model) -> "Joining":
        """The same pairs with what another model of the organisation gives for them; intervals and verdict as here."""
        if not self.compared:
            return self
        pairs, busiest, *randoms = self.compared
        conductance, weight = yardstick(model, float(self.table["ties"].iloc[0]))
        potential, whole = potentials(conductance), float(kirchhoff_index(conductance))

        def share(some: tuple[Pair, ...]) -> float:
            return float(gain_together(potential, some, weight)) / whole

        gains = np.diff([0.0, *(share(pairs[: last + 1]) for last in range(len(pairs)))])
        added = model.added({(row["a"], row["b"]): row["ties"] for row in self.table.to_dict("records")})
        before, after = model.bound_by(np.zeros_like(added)), model.bound_by(added)
        gain, others = share(pairs), [float(np.mean([share(some) for some in randoms])), share(busiest)]
        if self.verdict == "clear":
            # Which is said of the exact ones.
            others = [min(other, gain) for other in others]
        return replace(
            self,
            table=self.table.assign(gain=gains),
            gain=replace(self.gain, value=gain),
            at_random=replace(self.at_random, value=others[0]),
            busiest=replace(self.busiest, value=others[1]),
            effect=replace(self.effect, value=after - before),
            binding=replace(self.binding, value=(before - after) / before),
        )

    def to_dict(self) -> dict[str, Any]:
        """As the section `what_if` of the summary has it."""
        return {
            "verdict": self.verdict,
            "pairs": records(self.table),
            "gain": self.gain.to_dict(),
            "gain_at_random": self.at_random.to_dict(),
            "gain_busiest": self.busiest.to_dict(),
            "effect": self.effect.to_dict(),
        }


def find_joins(
    model: Model,
    *,
    number: int = PAIRS,
    each: float = EXCHANGE,
    room: np.ndarray | None = None,
    without: Collection[tuple[str, str]] = (),
    apart: Collection[str] = (),
) -> Joining:
    """The pairs of departments whose joining would lower the Kirchhoff index most.

    Args:
        model: of the organisation.
        number: of pairs.
        each: new ties of each pair.
        room: new ties that each department can take up, (K,); as the model has them unless given.
        without: pairs that are ruled out, by name, in either order.
        apart: departments that are left out.

    Raises:
        SilosError: a pair that is ruled out does not exist.
    """
    allowed = _allowed(model, each)
    for a, b in without:
        one, other = model.place(a), model.place(b)
        allowed[one, other] = allowed[other, one] = False
    left_out = model.names.isin(list(apart))
    allowed[left_out] = allowed[:, left_out] = False
    limit = np.floor((model.room if room is None else room) / each)
    some = limit >= 1
    allowed &= np.outer(some, some)
    if (model.helpers & ~left_out).sum() < LEAST_DEPARTMENTS or not allowed.any():
        return no_joining()
    conductance, weight = yardstick(model, each)
    found = best_joins(conductance, weight, number=number, allowed=allowed, most=limit)
    busiest, randoms = _busiest(model, found, allowed), _at_random(found, allowed, model.seed)
    potential, whole = potentials(conductance), float(kirchhoff_index(conductance))

    def share(pairs: tuple[Pair, ...]) -> float:
        return float(gain_together(potential, pairs, weight)) / whole

    draws = _draws(model, each)
    drawn = {name: _shares(sets, *draws) for name, sets in (("best", [found.pairs]), ("busy", [busiest]))}
    chance = _shares(randoms, *draws)
    lowered = Estimate.of(share(found.pairs), drawn["best"][0])
    clear = _beats(drawn["best"][0], drawn["busy"][0]) and _beats(drawn["best"][0], chance.mean(axis=0))
    clear = clear and share(found.pairs) >= MATERIAL
    # In a log of few ties replicates lack so many that their interval does not hold what the log itself gives.
    enough = len(draws[0]) >= LEAST_DRAWS and lowered.held
    names = model.names
    table = pd.DataFrame(
        [
            {"a": str(names[b]), "b": str(names[c]), "ties": each, "gain": gain / whole}
            for (b, c), gain in zip(found.pairs, found.gains, strict=True)
        ]
    )
    forecast = model.forecast(model.added({(row["a"], row["b"]): row["ties"] for row in table.to_dict("records")}))
    return Joining(
        table=table,
        gain=lowered,
        at_random=Estimate.of(float(np.mean([share(pairs) for pairs in randoms])), chance.mean(axis=0)),
        busiest=Estimate.of(share(busiest), drawn["busy"][0]),
        verdict=("clear" if clear else "no better") if enough else "cannot say",
        effect=forecast.effective_resistance,
        binding=forecast.binding,
        compared=(found.pairs, busiest, *randoms),
    )


def yardstick(model: Model, each: float) -> tuple[np.ndarray, np.ndarray]:
    """The affinities of today, and what so many ties would add to each at that yardstick; (K, K) both."""
    expected, kappa = expectations(model.mixing, model.network.sizes.astype(np.float64), model.exponent)
    return shrunken(model.mixing, expected, kappa), _weight(np.asarray(each), expected, kappa)


def _weight(ties: np.ndarray, expected: np.ndarray, kappa: np.ndarray) -> np.ndarray:
    count = expected.shape[-1]
    weight = ties / (expected + kappa[..., None, None])
    weight[..., np.arange(count), np.arange(count)] = 0.0
    return np.asarray(weight)


def _allowed(model: Model, each: float) -> np.ndarray:
    """Pairs of departments that may be asked, and have as many pairs of people who are not in contact yet."""
    sizes = model.network.sizes
    asked = np.outer(model.helpers, model.helpers) & model.allowed
    return asked & (np.outer(sizes, sizes) - model.mixing >= each)


def _busiest(model: Model, found: Joins, allowed: np.ndarray) -> tuple[Pair, ...]:
    """As many of the pairs that have most ties."""
    b, c = np.nonzero(np.triu(allowed, k=1))
    order = np.argsort(-model.mixing[b, c], kind="stable")[: len(found.pairs)]
    return tuple((int(b[at]), int(c[at])) for at in order)


def _at_random(found: Joins, allowed: np.ndarray, seed: int) -> list[tuple[Pair, ...]]:
    """As many pairs at random, some times over."""
    b, c = np.nonzero(np.triu(allowed, k=1))
    rng = np.random.default_rng([seed, 3])
    draws = [rng.choice(len(b), size=len(found.pairs), replace=False) for _ in range(AT_RANDOM)]
    return [tuple((int(b[at]), int(c[at])) for at in draw) for draw in draws]


def _draws(model: Model, each: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """L⁺, what `each` ties add, and the Kirchhoff index, of as many replicates as are affordable."""
    replicates, count = model.replicates, len(model.names)
    rows = slice(max(LEAST_DRAWS, NUMBERS // count**2))
    mixing, sizes = replicates.mixing[ANY][rows], replicates.sizes[rows]

    def drawn(mixing: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        expected, kappa = expectations(mixing, sizes, model.exponent)
        conductance = shrunken(mixing, expected, kappa)
        share = sizes / model.network.sizes
        ties = each * share[:, :, None] * share[:, None, :]
        return potentials(conductance), _weight(ties, expected, kappa), kirchhoff_index(conductance)

    potential, weight, whole = by_parts(drawn, mixing, sizes)
    return potential, weight, whole


def _shares(sets: list[tuple[Pair, ...]], potential: np.ndarray, weight: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """What each set of pairs gains in each replicate, as a share of the Kirchhoff index; (sets, R)."""
    return np.array([gain_together(potential, pairs, weight) / whole for pairs in sets])


def _beats(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether the interval of the difference is above 0."""
    low = Estimate.of(0.0, one - other).low
    return low is not None and low > 0


def no_joining() -> Joining:
    """Where nothing can be said."""
    empty = pd.DataFrame({"a": [], "b": [], "ties": [], "gain": []})
    missing = Estimate(None)
    return Joining(empty, missing, missing, missing, "cannot say", missing, missing)


# ---- one department with the others


@dataclass(frozen=True, eq=False)
class Opening:
    """How a silo comes together with others.

    Attributes:
        department: the silo.
        ties: new ties with each partner, the widest door first.
        needed: new ties with which it would no longer be called a silo by its insularity; None where as many as it may
            take are not enough.
        outside: ties across that it has now.
        forecast: with the ties of the plan.
        binding: by which share of it the Kirchhoff index would fall.
    """

    department: str
    ties: Mapping[str, float]
    needed: float | None
    outside: float
    forecast: Forecast
    binding: Estimate

    @property
    def total(self) -> float:
        """New ties in all."""
        return float(sum(self.ties.values()))

    @property
    def effect(self) -> Estimate:
        """By how much its insularity changes."""
        return self.forecast.change(self.department)

    def to_dict(self) -> dict[str, Any]:
        """As the section `what_if` of the summary has it."""
        return {
            "kind": "silo",
            "department": self.department,
            "partners": [{"department": name, "ties": plain(number)} for name, number in self.ties.items()],
            "needed": plain(self.needed),
            "effect": self.effect.to_dict(),
            "insiders_odds_after": self.forecast.odds(self.department).to_dict(),
            "verdict": self.forecast.table.loc[self.department, "verdict"],
            "verdict_after": self.forecast.table.loc[self.department, "verdict_after"],
        }


def open_up(model: Model, silo: str, door: str | None, room: np.ndarray | None = None) -> Opening | None:
    """A plan for a silo: with whom, and how many ties.

    The widest door is the first partner, as the introductions are there already; the others are those with which the
    same ties bind the organisation most. The number is the smallest with which the silo is no longer more inward than
    the habit by `TWICE`, or as many as it has outside today, whichever is less.

    Args:
        model: of the organisation.
        silo: the department.
        door: the department through which most of its contact passes; None where there is none.
        room: new ties that each department can take up, (K,); as the model has them unless given.

    Returns:
        None where nobody can be asked, or where it is no more inward than that.
    """
    at, mixing = model.place(silo), model.mixing
    outside = float(mixing[at].sum() - mixing[at, at])
    room = model.room if room is None else room
    asked = model.helpers & model.allowed[at] & (np.arange(len(mixing)) != at) & (room >= ROUNDED)
    if not asked.any():
        return None
    door = door if door in model.names[asked] else None
    # Of a handful of people, or contacts, nobody knows what they bind: they are no partners while others are there.
    judged = asked & ~model.names.isin(model.unjudged)
    allowed = np.zeros_like(mixing, dtype=bool)
    allowed[at, judged if judged.any() else asked] = True
    conductance, weight = yardstick(model, EXCHANGE)
    best = best_joins(conductance, weight, number=PARTNERS, allowed=allowed)
    others = [str(model.names[c if b == at else b]) for b, c in best.pairs]
    partners = [*([door] if door else []), *(name for name in others if name != door)][:PARTNERS]
    places = [model.place(name) for name in partners]
    strangers = model.network.sizes[at] * model.network.sizes[places] - mixing[at, places]
    each = float(np.minimum(strangers, room[places]).min())
    most = min(max(MOST_WIDENED * outside, EXCHANGE), len(partners) * each, float(room[at]))

    def spread(total: float) -> dict[tuple[str, str], float]:
        return {(silo, name): total / len(partners) for name in partners}

    def inward(total: float) -> bool:
        # What has no value is no more inward than anything.
        return bool(model.inwardness(model.added(spread(total)), silo) >= TWICE)

    if most < ROUNDED or not inward(1e-6):
        return None
    needed = None if inward(most) else _least(inward, most)
    total = _rounded(needed if needed is not None else most, len(partners), most)
    forecast, ties = model.forecast(model.added(spread(total))), {name: total / len(partners) for name in partners}
    return Opening(silo, ties, needed, outside, forecast, forecast.binding)


def _least(inward: Any, most: float) -> float:
    """The smallest whole number of ties with which it is no longer inward, nearly."""
    low, high = 0.0, most
    while high - low > NARROW:
        middle = (low + high) / 2
        low, high = (middle, high) if inward(middle) else (low, middle)
    return float(np.ceil(high))


def _rounded(total: float, partners: int, most: float) -> float:
    """The number for all partners alike, up to the next `ROUNDED` for each, as long as that is not too many."""
    each = np.ceil(total / partners / ROUNDED) * ROUNDED
    return float(each * partners if each * partners <= most else np.floor(most / partners) * partners)


def involving(model: Model, each: float) -> np.ndarray:
    """The fall of the Kirchhoff index, as a share of it, if a department had so many ties more to each other, (K,)."""
    conductance, weight = yardstick(model, each)
    return np.asarray(spreading_gains(conductance, weight) / kirchhoff_index(conductance))


def involve(model: Model, *, budget: float | None = None) -> pd.DataFrame:
    """The department to involve in every initiative: from which as many new ties to all others bind most.

    Args:
        model: of the organisation.
        budget: new ties in all; one standing exchange with each other department unless given.

    Returns:
        DataFrame by department that may be asked, the best first: `gain` (fall of the Kirchhoff index, as a share of
        it) and `probability_first` over the replicates; NaN where there are too few of these.
    """
    count = len(model.names)
    each = (EXCHANGE if budget is None else budget / max(count - 1, 1)) * 1.0
    asked = np.flatnonzero(model.helpers)
    if len(asked) < LEAST_DEPARTMENTS:
        return pd.DataFrame({"gain": [], "probability_first": []}, index=pd.Index([], name="department"))
    gains = involving(model, each)[asked]
    first = np.full(len(asked), np.nan)
    rows = slice(WORK // count**4)
    mixing, sizes = model.replicates.mixing[ANY][rows], model.replicates.sizes[rows]
    if len(mixing) >= LEAST_DRAWS:
        expected, kappa = expectations(mixing, sizes, model.exponent)
        share = sizes / model.network.sizes
        [drawn] = by_parts(
            lambda *some: (spreading_gains(*some),),
            shrunken(mixing, expected, kappa),
            _weight(each * share[:, :, None] * share[:, None, :], expected, kappa),
        )
        first = np.bincount(drawn[:, asked].argmax(axis=1), minlength=len(asked)) / len(drawn)
    table = pd.DataFrame({"gain": gains, "probability_first": first}, index=model.names[asked].rename("department"))
    return table.sort_values("gain", ascending=False, kind="stable")
