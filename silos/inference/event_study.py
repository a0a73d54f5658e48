"""An event study of shares: what became of those who moved, beyond those who did not, and when half was done.

Curves are arrays of shares: (..., movers and others, old and new team, periods), as many periods before as after.
"""

import numpy as np

#: The sides of a curve.
OLD, NEW = "old", "new"
#: A share of contacts below which there is nothing to lose half of.
LEAST_SHARE = 0.02
#: What half done is, and what is left at least where all is done: its logarithm has no end otherwise.
HALF, LEAST_LEFT = 0.5, 0.01
#: Months at the end of the curve over which the level is taken that the share with the new team has reached.
SETTLED = 3


def steadied(others: np.ndarray, counted: np.ndarray, people: np.ndarray, minimum: int) -> np.ndarray:
    """The shares of those who did not move, (..., periods), where they are few: one before and one after the date.

    Where there are fewer than `minimum` of them even so, none: the movers stand alone.

    Args:
        others: the shares.
        counted: (periods,) how many people have one.
        people: (2,) how many have one in any period before the date, and from it on: somebody is in several.
        minimum: of them.
    """
    half = len(counted) // 2
    if (counted >= minimum).all():
        return others
    sides = []
    for part, enough in zip((slice(0, half), slice(half, None)), people >= minimum, strict=True):
        weight = np.where(np.isfinite(others[..., part]), counted[part], 0)
        total = weight.sum(axis=-1, keepdims=True)
        mean = (np.nan_to_num(others[..., part]) * weight).sum(axis=-1, keepdims=True)
        mean = np.divide(mean, total, out=np.full_like(mean, np.nan), where=(total > 0) & enough)
        sides.append(np.repeat(mean, half, axis=-1))
    found = np.concatenate(sides, axis=-1)
    # One side alone is nothing to compare with.
    return np.where(np.isfinite(found).all(axis=-1, keepdims=True), found, np.nan)


def beyond(shares: np.ndarray, side: int) -> np.ndarray:
    """(..., periods): the movers' change since before the move, less that of the others where there are any."""
    half = shares.shape[-1] // 2
    moved, others = shares[..., 0, side, :], shares[..., 1, side, :]
    since = [part - _mean(part[..., :half])[..., None] for part in (moved, others)]
    return np.asarray(since[0] - np.nan_to_num(since[1]))


def _mean(values: np.ndarray) -> np.ndarray:
    """Over the last axis, of those that are known; NaN where none is."""
    known = np.isfinite(values)
    count = known.sum(axis=-1)
    total = np.where(known, values, 0).sum(axis=-1)
    return np.divide(total, count, out=np.full(np.shape(total), np.nan), where=count > 0)


def gain(shares: np.ndarray, side: int) -> np.ndarray:
    """Mean share from the move on less that before, beyond the others, (...)."""
    half = shares.shape[-1] // 2
    return _mean(beyond(shares, side)[..., half:])


def half_time(shares: np.ndarray, side: str, months: int, times: np.ndarray | None = None) -> np.ndarray:
    """Months from the move to half of the way, (R,); infinite where it is not reached, NaN where there is no way.

    The old team: half of the share before the move is gone. The new team: half of the way from the share before to
    the mean of the last `SETTLED` months. Of the movers' curve less what became of the others', made monotone (pool
    adjacent violators). What is left falls exponentially, from the whole of it at the move; a period's share is the
    mean over the period, from which follows what was left in the middle of it (see `_left`). By straight lines between
    the middles, a half-life of one month came out as 1.15; by a mean taken for the middle, as 1.05.

    Args:
        shares: (R, movers and others, old and new, periods).
        side: `old` or `new`.
        months: length of a period.
        times: months from the move at which the contacts of each period after it lie in the mean; the middles of the
            periods unless given. Contacts are known by the week, and a month has four of them or five.
    """
    at = 0 if side == OLD else 1
    half = shares.shape[-1] // 2
    start = _mean(shares[:, 0, at, :half])
    course = start[:, None] + beyond(shares, at)[:, half:]
    last = max(1, round(SETTLED / months))
    goal = np.zeros(len(start)) if side == OLD else _mean(course[:, -last:])
    middle = (np.arange(half) + 0.5) * months if times is None else times
    found = np.full(len(start), np.nan)
    for row, (begin, end, values) in enumerate(zip(start, goal, course, strict=True)):
        known = np.isfinite(values)
        way = end - begin
        if abs(way) < LEAST_SHARE or not known.any() or not np.isfinite(way) or (side == NEW and way < 0):
            continue
        done = rising((values[known] - begin) / way)
        found[row] = _crossing(middle[known], _left(1 - done, middle[known], months))
    return found


#: Rates at which what is left falls within the first period, times its length, and the mean of what is left then.
_RATES = np.linspace(1e-6, 40, 4001)
_MEANS = -np.expm1(-_RATES) / _RATES


def _left(means: np.ndarray, times: np.ndarray, months: int) -> np.ndarray:
    """What is left at the mean time of each period, of what is left in the mean over it; it never rises.

    The mean of exp(-kt) over a period of length m is that at its middle times sinh(km/2)/(km/2), more than it. The rate
    k is that from the period before; in the first period, the one by which the whole falls to that mean.
    """
    means = np.clip(means, LEAST_LEFT, 1)
    first = np.interp(-means[0], -_MEANS, _RATES) / 2
    bend = np.log(means[:-1] / means[1:]) / np.diff(times) * months / 2
    more = np.divide(np.sinh(bend), bend, out=np.ones_like(bend), where=bend > 0)
    return np.asarray(np.minimum.accumulate(np.r_[np.exp(-first), means[1:] / more]))


def rising(values: np.ndarray) -> np.ndarray:
    """The nearest values that never fall (pool adjacent violators)."""
    blocks: list[list[float]] = []
    for value in values:
        blocks.append([float(value), 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            last, count = blocks.pop()
            blocks[-1] = [
                (blocks[-1][0] * blocks[-1][1] + last * count) / (blocks[-1][1] + count),
                blocks[-1][1] + count,
            ]
    return np.concatenate([np.full(int(count), value) for value, count in blocks])


def _crossing(times: np.ndarray, left: np.ndarray) -> float:
    """When half of a whole is left that falls exponentially between these times."""
    times, left = np.r_[0.0, times], np.r_[1.0, np.maximum(left, LEAST_LEFT)]
    after = int(np.argmax(left <= HALF))
    if left[after] > HALF:
        return np.inf
    part = np.log(left[after - 1] / HALF) / np.log(left[after - 1] / left[after])
    return float(times[after - 1] + part * (times[after] - times[after - 1]))
