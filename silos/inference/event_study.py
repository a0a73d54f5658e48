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


def steadied(others: np.ndarray, counted: np.ndarray, minimum: int) -> np.ndarray:
    """The shares of those who did not move, (..., periods), where they are few: one before and one after the date.

    Where there are fewer than `minimum` of them even so, none: the movers stand alone.
    """
    half = len(counted) // 2
    if (counted >= minimum).all():
        return others
    sides = []
    for part in (slice(0, half), slice(half, None)):
        weight = np.where(np.isfinite(others[..., part]), counted[part], 0)
        total = weight.sum(axis=-1, keepdims=True)
        mean = (np.nan_to_num(others[..., part]) * weight).sum(axis=-1, keepdims=True)
        mean = np.divide(mean, total, out=np.full_like(mean, np.nan), where=total >= minimum)
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


def half_time(shares: np.ndarray, side: str, months: int) -> np.ndarray:
    """Months from the move to half of the way, (R,); infinite where it is not reached, NaN where there is no way.

    The old team: half of the share before the move is gone. The new team: half of the way from the share before to
    the mean of the last `SETTLED` months. Of the movers' curve less what became of the others', made monotone (pool
    adjacent violators); between the middles of periods, and from the share before at the move to the first of them,
    what is left falls exponentially. (By straight lines a half-life of one month came out as 1.15.)

    Args:
        shares: (R, movers and others, old and new, periods).
        side: `old` or `new`.
        months: length of a period.
    """
    at = 0 if side == OLD else 1
    half = shares.shape[-1] // 2
    start = _mean(shares[:, 0, at, :half])
    course = start[:, None] + beyond(shares, at)[:, half:]
    last = max(1, round(SETTLED / months))
    goal = np.zeros(len(start)) if side == OLD else _mean(course[:, -last:])
    middle = (np.arange(half) + 0.5) * months
    found = np.full(len(start), np.nan)
    for row, (begin, end, values) in enumerate(zip(start, goal, course, strict=True)):
        known = np.isfinite(values)
        way = end - begin
        if abs(way) < LEAST_SHARE or not known.any() or not np.isfinite(way) or (side == NEW and way < 0):
            continue
        done = _rising((values[known] - begin) / way)
        found[row] = _crossing(np.r_[0.0, middle[known]], np.r_[0.0, done])
    return found


def _rising(values: np.ndarray) -> np.ndarray:
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


def _crossing(times: np.ndarray, done: np.ndarray) -> float:
    """When a rising course that begins with 0 is half done; what is left falls exponentially between two times."""
    after = int(np.searchsorted(done, HALF))
    if after == len(done):
        return np.inf
    first, last = np.log(1 - done[after - 1]), np.log(max(1 - done[after], LEAST_LEFT))
    part = (first - np.log(HALF)) / (first - last)
    return float(times[after - 1] + part * (times[after] - times[after - 1]))
