"""A number with its interval, and the interval that replicates give."""

from dataclasses import asdict, dataclass

import numpy as np
from scipy.special import ndtr, stdtr, stdtrit

#: What every interval covers.
CONFIDENCE = 0.95
#: Half the width of a 95 % interval in standard errors.
NORMAL = 1.96


@dataclass(frozen=True)
class Estimate:
    """A number, its 95 % interval and, where it was tested, its null model. What is missing is None.

    Attributes:
        value: the number, in the units of its measure.
        low, high: the ends of its interval.
        null_mean, null_sd: mean and standard deviation under the null model.
        z: how many of these standard deviations the number lies above that mean.
        p: two-sided p-value.

    Examples:
        >>> Estimate.of(20.0, np.arange(41.0)).to_dict()
        {'value': 20.0, 'low': 1.0, 'high': 39.0}
        >>> Estimate(-0.3, null_mean=0.5, null_sd=0.1, z=-8.0, p=1e-15).to_dict()["p"]
        1e-15
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    null_mean: float | None = None
    null_sd: float | None = None
    z: float | None = None
    p: float | None = None

    @property
    def held(self) -> bool:
        """Whether there is an interval and it holds the value: of few ties, replicates can be unlike the log."""
        if self.value is None or self.low is None or self.high is None:
            return False
        return self.low <= self.value <= self.high

    @property
    def beyond(self) -> float:
        """How far it is above its null model: z, or else the difference from the mean; 0 where neither is known."""
        if self.z is not None:
            return self.z
        return 0.0 if self.value is None or self.null_mean is None else self.value - self.null_mean

    @classmethod
    def of(
        cls,
        value: float,
        replicates: np.ndarray | None = None,
        *,
        null: tuple[float, float] | None = None,
        drawn: int | None = None,
    ) -> "Estimate":
        """The estimate `value` with the percentile interval of its replicates, tested against a null's mean and sd.

        The p-value is two-sided and normal: nulls here are sums over many ties. Where mean and sd are those of a few
        networks that were `drawn`, it is Student's for one more of them: t = z/√(1 + 1/n), n − 1 degrees of freedom.
        """
        low, high = interval(replicates) if replicates is not None else (None, None)
        if null is None or not np.isfinite(value):
            return cls(finite(value), low, high)
        mean, sd = null
        z = (value - mean) / sd if sd > 0 else float("nan")
        p = 2 * ndtr(-abs(z)) if drawn is None else 2 * stdtr(drawn - 1, -abs(z) / np.sqrt(1 + 1 / drawn))
        return cls(finite(value), low, high, finite(mean), finite(sd), finite(z), finite(float(p)))

    def to_dict(self) -> dict[str, float | None]:
        """`value`, `low`, `high`, and the parts of the test where there was one."""
        parts = asdict(self)
        return parts if self.null_mean is not None else {key: parts[key] for key in ("value", "low", "high")}


def finite(value: float) -> float | None:
    """The number, or None where it is infinite or not a number."""
    return float(value) if np.isfinite(value) else None


def interval(replicates: np.ndarray, people: int | None = None) -> tuple[float | None, float | None]:
    """The central 95 % of the replicates (percentiles); None where nearly all of them have no value.

    Args:
        replicates: (R,).
        people: how many the number is a mean of, where they are so few that it matters: see `tail_of`.
    """
    low, high = intervals(replicates, tail_of(people))
    return finite(float(low)), finite(float(high))


def tail_of(people: int | None = None) -> float:
    """Share of the replicates beyond either end of a 95 % interval.

    With weights ω ~ Exp(1) the mean of n people varies by √((n − 1)/(n + 1)) of its standard error, and Student's t is
    wider than the normal: the percentiles of a mean of 30 people hold the truth in 93 % where 95 % is claimed. The
    interval therefore takes the percentile Φ(−t √((n + 1)/(n − 1))), t the 97.5 % quantile of Student's t with n − 1
    degrees of freedom (Hesterberg 2015, The American Statistician 69(4), "expanded percentiles", there for the
    bootstrap that draws people).

    Args:
        people: n; None for as many that nothing needs to be made good.

    Examples:
        >>> tail_of(None), round(tail_of(30), 4), round(tail_of(8), 4)
        (0.025, 0.0172, 0.0037)
    """
    tail = round((1 - CONFIDENCE) / 2, 9)
    if people is None:
        return tail
    return float(ndtr(-stdtrit(people - 1, 1 - tail) * np.sqrt((people + 1) / (people - 1)))) if people > 1 else 0.0


def intervals(replicates: np.ndarray, tail: float | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The interval of every column: (R, ...) -> the lower and the upper ends, (...), NaN where `interval` has None.

    The percentiles of `numpy.quantile`, over the replicates of each column that have a value; `tail` lies beyond either
    end.

    Examples:
        >>> low, high = intervals(np.stack([np.arange(41.0), np.full(41, np.nan)], axis=1))
        >>> low.tolist(), high.tolist()
        ([1.0, nan], [39.0, nan])
    """
    count = len(replicates)
    columns = np.array(np.moveaxis(replicates, 0, -1), dtype=np.float64, order="C")
    columns[~np.isfinite(columns)] = np.nan
    # What has no value is sorted behind the rest.
    columns.sort(axis=-1)
    known = count - np.isnan(columns).sum(axis=-1)
    missing = (known < 2) | (known < count / 2)
    tail = tail_of(None) if tail is None else tail
    ends = []
    for share in (tail, 1 - tail):
        if missing.all():
            ends.append(np.full(known.shape, np.nan))
            continue
        place = np.maximum(known - 1, 0) * share
        below = np.minimum(place.astype(np.intp), max(count - 2, 0))
        part = place - below
        before, after = (np.take_along_axis(columns, at[..., None], axis=-1)[..., 0] for at in (below, below + 1))
        step = after - before
        # From the nearer of the two, as numpy rounds.
        ends.append(np.where(missing, np.nan, np.where(part < 0.5, before + step * part, after - step * (1 - part))))
    return ends[0], ends[1]
