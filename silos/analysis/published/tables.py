"""Tables and estimates through the gate: counts in steps, p-values in classes, all other numbers with few digits."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from silos.analysis.result_protocol import BETWEEN, SUPPRESSED
from silos.inference.estimate import NORMAL, Estimate, finite
from silos.measures.proportions import jeffreys
from silos.privacy.gate import LEAST_SHARED, STEP, Gate

#: Level of a test, beyond which lies what is further from chance than `NORMAL` deviations.
LEVEL = 0.05
#: Columns of p- and q-values.
CHANCES = ("p", "q", "mix_p", "change_q")


def stepped(table: pd.DataFrame, counts: Iterable[str], gate: Gate) -> pd.DataFrame:
    """The table with its counts in steps, and a column that names those of each row that are too small to be given."""
    result, told = table.copy(), [name for name in counts if name in table]
    missing = {name: table[name].isna().to_numpy(dtype=bool) for name in told}
    for name in told:
        whole = not pd.api.types.is_float_dtype(table[name])
        steps = pd.Series(gate.count(table[name]), index=table.index)
        result[name] = steps.astype("Int64") if whole else steps
    hidden = {name: result[name].isna().to_numpy(dtype=bool) & ~missing[name] for name in told}
    before = table[SUPPRESSED] if SUPPRESSED in table else pd.Series("", index=table.index)
    names = [
        BETWEEN.join([*(one for one in was.split(BETWEEN) if one), *(name for name in told if hidden[name][row])])
        for row, was in enumerate(before)
    ]
    result[SUPPRESSED] = pd.Series(names, index=table.index, dtype=object)
    return result


def figures(
    table: pd.DataFrame,
    gate: Gate,
    *,
    except_: Collection[str] = (),
    of: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """The table with a few digits in each column of numbers; p-values in classes.

    Args:
        table: to be published.
        gate: what rounds.
        except_: columns that are published already.
        of: column -> how many each of its values is a share of.
    """
    result = table.copy()
    for name in table.columns:
        column = result[name]
        if name in except_ or not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            continue
        if name in CHANCES:
            values = gate.chance(column)
        elif of and name in of:
            values = gate.share(column, of=of[name])
            # Ends of an interval about what is not given would give it.
            result = _without_ends(result, name, np.isnan(values))
        else:
            values = gate.figure(column)
        result[name] = pd.Series(values, index=table.index)
    return around(result)


def _without_ends(table: pd.DataFrame, name: str, rows: np.ndarray) -> pd.DataFrame:
    ends = [end for end in (f"{name}_low", f"{name}_high") if end in table]
    return table.assign(**{end: table[end].mask(rows) for end in ends})


def around(table: pd.DataFrame) -> pd.DataFrame:
    """The table whose intervals hold their values: rounded by themselves, they might not."""
    result = table.copy()
    for name in table.columns:
        low, high = f"{name}_low", f"{name}_high"
        # Those of a number of weeks are another's: how far the change reaches, whichever weeks were looked at.
        if name != "weeks" and low in table and high in table:
            result[low] = np.fmin(table[low], table[name].where(table[low].notna()))
            result[high] = np.fmax(table[high], table[name].where(table[high].notna()))
    return result


def estimate(found: Estimate, gate: Gate, *, of: float | None = None) -> Estimate:
    """An estimate with few digits, its interval around it; as a share of `of` no finer than a step of that."""
    if found.value is None:
        return Estimate(None)
    value = gate.figure(found.value) if of is None else gate.share(found.value, of=of)
    told = _around(found, finite(float(value)), gate)
    return told if of is None else _retested(told)


def proportion(found: Estimate, of: float, gate: Gate) -> Estimate:
    """A share of so many people, that of the middle of the class of the count, with Jeffreys' interval of all of it.

    The interval of the exact count would give it: it starts at 0 for nobody alone. That of the middle would not hold 0,
    which a count of the first class may be.

    Examples:
        >>> proportion(Estimate(0.0, 0.0, 0.117), 20, Gate()).to_dict()
        {'value': 0.091, 'low': 0.0, 'high': 0.38}
        >>> proportion(Estimate(0.05, 0.006, 0.21), 20, Gate()) == proportion(Estimate(0.2, 0.07, 0.41), 20, Gate())
        True
        >>> proportion(Estimate(0.5), 8, Gate()).value is None
        True
    """
    if found.value is None or of < LEAST_SHARED:
        return Estimate(None)
    everybody = float(gate.middle(of))
    number = float(gate.middle(gate.part(round(found.value * of), of)))
    first, last = number - (STEP - 1) / 2, min(number + (STEP - 1) / 2, everybody)
    low, high = (jeffreys(first, everybody)[0] if first else 0.0), jeffreys(last, everybody)[1]
    return Estimate(*(float(gate.figure(one)) for one in (min(number / everybody, 1.0), low, high)))


def valued(found: Estimate, value: float, gate: Gate) -> Estimate:
    """An estimate with a value that follows from published counts.

    Examples:
        >>> valued(Estimate(0.466, null_mean=0.6, null_sd=0.05, z=-2.68, p=0.007), 0.43, Gate()).z
        -3.4
    """
    return _retested(_around(found, finite(float(gate.figure(value))), gate))


def difference(found: Estimate, one: Estimate, other: Estimate, gate: Gate) -> Estimate:
    """The difference of two published estimates, no further than its interval: the exact one near 0 is finer than both.

    Examples:
        >>> difference(Estimate(-0.0212, -0.06, 0.02), Estimate(0.48), Estimate(0.5), Gate()).value
        -0.02
        >>> difference(Estimate(0.1, 0.05, 0.15), Estimate(0.5), Estimate(None), Gate()).value is None
        True
    """
    if found.value is None or one.value is None or other.value is None:
        return withheld(found, gate)
    value = float(f"{one.value - other.value:.12g}")
    low, high = (None if end is None else float(gate.figure(end)) for end in (found.low, found.high))
    value = value if low is None else max(value, low)
    return valued(found, value if high is None else min(value, high), gate)


def within(found: Estimate, value: float, gate: Gate) -> Estimate:
    """An estimate with a value that follows from published counts; none where that is outside the interval.

    Of many small departments most counts are in the lowest class, and its middles may add up to another organisation.
    That nothing is given tells no more than an end of the interval that is moved to the value.

    Examples:
        >>> exact = Estimate(0.56, 0.42, 0.68)
        >>> within(exact, 0.5, Gate()).value, within(exact, 0.37, Gate()).value
        (0.5, None)
    """
    told = valued(found, value, gate)
    ends = [None if end is None else finite(float(gate.figure(end))) for end in (found.low, found.high)]
    return told if [told.low, told.high] == ends else withheld(found, gate)


def withheld(found: Estimate, gate: Gate) -> Estimate:
    """An estimate of which only is told what chance gives.

    Examples:
        >>> withheld(Estimate(0.466, 0.4, 0.5, null_mean=0.612, null_sd=0.05, z=-2.68, p=0.007), Gate()).to_dict()
        {'value': None, 'low': None, 'high': None, 'null_mean': 0.61, 'null_sd': 0.05, 'z': None, 'p': None}
    """
    return _around(replace(found, value=None, low=None, high=None, z=None, p=None), None, gate)


def _around(found: Estimate, value: float | None, gate: Gate) -> Estimate:
    """This value, and the rest of an estimate rounded."""

    def rounded(number: float | None) -> float | None:
        return None if number is None else finite(float(gate.figure(number)))

    low, high = rounded(found.low), rounded(found.high)
    if value is not None:
        low, high = None if low is None else min(low, value), None if high is None else max(high, value)
    chance = None if found.p is None else float(gate.chance(found.p))
    return replace(
        found, value=value, low=low, high=high, null_mean=rounded(found.null_mean),
        null_sd=rounded(found.null_sd), z=rounded(found.z), p=chance,
    )  # fmt: skip


def _retested(told: Estimate) -> Estimate:
    """The same with z as it follows from the value: by z of the exact one, that would come back.

    None where that z and the p of the exact one are not on the same side of the level of a test.
    """
    if told.z is None or told.value is None or told.null_mean is None or not told.null_sd:
        return told
    far = abs(told.value - told.null_mean) / told.null_sd
    if told.p is not None and (far > NORMAL) != (told.p <= LEVEL):
        return replace(told, z=None)
    return replace(told, z=float(Gate().figure(math.copysign(far, told.z))))
