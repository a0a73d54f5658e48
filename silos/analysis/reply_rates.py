"""How much is answered in the whole organisation: within and across departments, and without service desks."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from silos.analysis.answerers import Grouping, answered_by_enough, taking_part
from silos.analysis.response_times import STATISTICS
from silos.inference.estimate import Estimate, finite
from silos.measures.proportions import jeffreys
from silos.network import Network

SCOPES = ("", "_within", "_across")
#: The reply rate across departments of questions that service desks neither ask nor are asked.
WITHOUT_DESKS = "reply_rate_across_without_desks"
#: Part of the draws that must have a value for there to be an interval.
KNOWN = 0.5


def taking_part_by_scope(
    waits: pd.DataFrame, groupings: Mapping[str, Grouping], people: int, minimum: int
) -> tuple[dict[str, int], dict[str, bool]]:
    """Of all, within and across: how many different people answer, at most as many as ask; and if hours may be told.

    0 people where they are too few.
    """
    sides = waits["sender"].to_numpy(), waits["recipient"].to_numpy()
    counts = [_taking_part(waits, grouping, people) for grouping in groupings.values()]
    timed = [
        np.logical_and(*(answered_by_enough(grouping, waits, side, people, minimum) for side in sides))
        for grouping in groupings.values()
    ]
    number, told = (np.concatenate(each) for each in (counts, timed))
    return (
        {scope: int(count) if count >= minimum else 0 for scope, count in zip(SCOPES, number, strict=True)},
        dict(zip(SCOPES, told.tolist(), strict=True)),
    )


def _taking_part(waits: pd.DataFrame, grouping: Grouping, people: int) -> np.ndarray:
    """How many different people answer in each group, at most as many as ask."""
    sides, weight = (waits["sender"].to_numpy(), waits["recipient"].to_numpy()), waits["waits"].to_numpy()
    return np.minimum(*(taking_part(grouping, side, weight, people) for side in sides))


def by_desks(waits: pd.DataFrame, scope: Grouping, grouped: Network, desks: Collection[str]) -> dict[str, Grouping]:
    """What is asked across departments, apart: what no desk asks or is asked (0), and the rest (1)."""
    if not desks:
        return {}
    desk = grouped.departments.isin(list(desks))[grouped.membership]
    either = desk[waits["sender"].to_numpy()] | desk[waits["recipient"].to_numpy()]
    return {"desks": Grouping(np.where(scope.code, either, -1).astype(np.int8), 2)}


def rate_without_desks(
    waits: pd.DataFrame,
    groupings: Mapping[str, Grouping],
    value: Mapping[str, np.ndarray],
    drawn: Mapping[str, np.ndarray],
    *,
    people: int,
    minimum: int,
) -> dict[str, Estimate]:
    """The reply rate across departments without desks: not where the rate across, less it, would be one of too few."""
    if "desks" not in groupings:
        return {}
    without, rest = _taking_part(waits, groupings["desks"], people)
    if min(without, rest) < minimum:
        return {}
    rate = between_quantiles(float(value["desks"][0, 0]), drawn["desks"][:, 0, 0])
    return {WITHOUT_DESKS: not_certain(rate, int(without))}


def of_organisation(
    value: Mapping[str, np.ndarray],
    drawn: Mapping[str, np.ndarray],
    known: Mapping[str, int],
    timed: Mapping[str, bool],
) -> dict[str, Estimate]:
    """Over all, within and across: nothing where too few people ask or answer, no hours of too few answers."""
    parts = {"": (value["all"][0], drawn["all"][:, 0])}
    parts |= {
        scope: (value["scope"][position], drawn["scope"][:, position])
        for position, scope in enumerate(("_within", "_across"))
    }
    # A draw in which half are not answered within the horizon waits longer than any.
    longer = np.where([name == "wait_hours" for name in STATISTICS], np.inf, np.nan)
    parts = {scope: (point, np.where(np.isnan(draws), longer, draws)) for scope, (point, draws) in parts.items()}
    estimates = {
        f"{name}{scope}": between_quantiles(float(point[at]), draws[:, at])
        if known[scope] and (timed[scope] or name == "reply_rate")
        else Estimate(None)
        for at, name in enumerate(STATISTICS)
        for scope, (point, draws) in parts.items()
    }
    for scope, count in known.items():
        estimates[f"reply_rate{scope}"] = not_certain(estimates[f"reply_rate{scope}"], count)
    (within, within_drawn), (across, across_drawn) = parts["_within"], parts["_across"]
    gap = Estimate(None)
    if known["_within"] and known["_across"]:
        gap = Estimate.of(float(within[0] - across[0]), within_drawn[:, 0] - across_drawn[:, 0])
        gap = as_wide(gap, estimates["reply_rate_within"], estimates["reply_rate_across"])
    estimates["reply_rate_gap"] = gap
    return estimates


def between_quantiles(value: float, draws: np.ndarray) -> Estimate:
    """The estimate with its percentile interval, without an end that is infinite."""
    if np.isfinite(draws).all():
        return Estimate.of(value, draws)
    known = draws[~np.isnan(draws)]
    if len(known) < KNOWN * len(draws):
        return Estimate.of(value)
    low, high = np.quantile(known, [0.025, 0.975], method="inverted_cdf")
    return Estimate(finite(value), finite(float(low)), finite(float(high)))


def not_certain(rate: Estimate, people: int) -> Estimate:
    """A rate of 0 or 1 does not vary in the bootstrap: its interval is Jeffreys' of as many people instead."""
    if rate.value not in (0, 1):
        return rate
    far = float(jeffreys(0, people)[1])
    return Estimate(rate.value, 0.0, far) if rate.value == 0 else Estimate(rate.value, 1 - far, 1.0)


def as_wide(gap: Estimate, one: Estimate, other: Estimate) -> Estimate:
    """The difference of two rates, its interval no narrower than theirs make it (Newcombe 1998) where one is 0 or 1."""
    ends = (gap.value, gap.low, gap.high, one.value, one.low, one.high, other.value, other.low, other.high)
    if not {one.value, other.value} & {0.0, 1.0} or None in ends:
        return gap
    value, low, high, a, a_low, a_high, b, b_low, b_high = (float(end) for end in ends if end is not None)
    return Estimate(
        value,
        min(low, value - float(np.hypot(a - a_low, b_high - b))),
        max(high, value + float(np.hypot(a_high - a, b - b_low))),
    )
