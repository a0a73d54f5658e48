"""Who answers whom, and after how long: waits, some cut off by the end of the log, and how long ties last.

A *wait* begins when a person writes to another and ends with what comes back. In a thread it begins with the first
message that passes between the two and ends with the first of the other; what follows is talk, not a question. Outside
of threads, messages of one of the two in a row are one turn, which waits for the next message of the other. Meetings,
bare contacts and broadcasts ask for no answer. A wait that the end of the log cuts off is *censored*: how long it would
have lasted is not known, only that it was longer. What comes after `HORIZON` is not an answer.

To leave censored waits out, or to count them as unanswered, makes the last days of every log look deaf: what is
estimated here is the product-limit estimate of Kaplan and Meier, which uses each wait for as long as it was seen.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri

from silos.errors import SilosError

#: Replicates tell so many durations apart, with as many answers at each: finer steps change no interval that one sees.
CLASSES = 200
#: Weeks of contact from which a tie is sustained; in one week alone it is one-off.
SUSTAINED = 3
#: Share of 1 up to which sums of weights in another order may differ.
ROUNDING = 1e-9

#: Waits up to which it is faster to sort them than to look at every second of the horizon; changes no result.
FEW_WAITS = 200_000


def survival(answered: np.ndarray, censored: np.ndarray) -> np.ndarray:
    """S(t), the share of waits longer than t: the product-limit estimate Π_{s ≤ t} (1 − d_s/n_s).

    Args:
        answered: d, how many waits (or their weight) end with an answer at each of T times in order, (..., T).
        censored: how many are cut off at that time, after any answer then, (..., T).

    Returns:
        (..., T); 1 where nobody ever waited.

    Source:
        E. L. Kaplan, P. Meier (1958), Nonparametric estimation from incomplete observations, Journal of the American
        Statistical Association 53(282), 457–481.

    Examples:
        Of four waits one is answered after the first hour, one is cut off then, one is answered after the second:

        >>> survival(np.array([1, 1]), np.array([1, 1])).tolist()
        [0.75, 0.375]
    """
    waiting = np.flip(np.cumsum(np.flip(answered + censored, axis=-1), axis=-1), axis=-1)
    curve = np.zeros(waiting.shape)
    np.divide(answered, waiting, out=curve, where=waiting > 0)
    np.clip(curve, 0, 1, out=curve)
    np.subtract(1, curve, out=curve)
    return np.cumprod(curve, axis=-1, out=curve)


def time_until(share: np.ndarray, times: np.ndarray, curve: np.ndarray) -> np.ndarray:
    """The first time by which this share is answered, 1 − S(t) ≥ share; NaN where it never is.

    Args:
        share: (...), in (0, 1].
        times: T times in order, (T,) or (..., T).
        curve: S at these, (..., T).
    """
    reached = curve <= 1 - (np.asarray(share)[..., None] - ROUNDING)
    first = reached.argmax(axis=-1)[..., None]
    there, lasted = (
        np.take_along_axis(np.broadcast_to(values, curve.shape), first, axis=-1)[..., 0] for values in (reached, times)
    )
    return np.where(there, lasted, np.nan)


def kaplan_meier(durations: np.ndarray, answered: np.ndarray, *, counts: np.ndarray | None = None) -> pd.DataFrame:
    """The product-limit estimate of S(t), with Greenwood's standard error and intervals on the scale of ln(−ln S).

    The standard error is S √Σ_{s ≤ t} d_s/(n_s(n_s − d_s)); the 95 % interval S^exp(±1.96 σ/ln S), with σ the same
    root, stays within 0 and 1. It takes waits to be independent of one another, which those of one person are not:
    `silos.analysis.dialogue` resamples people instead.

    Args:
        durations: of each wait, in any unit.
        answered: True where an answer ended it, False where it was cut off.
        counts: how many waits each entry stands for; one by default.

    Returns:
        One row per time at which an answer came, in order: `at_risk`, `answered`, `survival`, `standard_error`, `low`,
        `high` (NaN where S is 0).

    Raises:
        SilosError: lengths differ, or a duration is negative or missing.

    Source:
        E. L. Kaplan, P. Meier (1958), JASA 53; M. Greenwood (1926), The natural duration of cancer, Reports on Public
        Health and Medical Subjects 33; J. D. Kalbfleisch, R. L. Prentice (1980), The Statistical Analysis of Failure
        Time Data, for the interval.

    Examples:
        >>> kaplan_meier(np.array([1, 2, 2, 5]), np.array([True, True, False, False]))[["at_risk", "survival"]]
              at_risk  survival
        time
        1.0       4.0      0.75
        2.0       3.0      0.50
        >>> kaplan_meier(np.array([3]), np.array([False])).empty
        True
    """
    lengths, ended = np.asarray(durations, dtype=np.float64), np.asarray(answered, dtype=bool)
    number = np.ones(len(lengths)) if counts is None else np.asarray(counts, dtype=np.float64)
    if not len(lengths) == len(ended) == len(number):
        raise SilosError(f"{len(lengths)} durations need as many answers and counts, not {len(ended)}, {len(number)}.")
    if not (np.isfinite(lengths).all() and (lengths >= 0).all()):
        raise SilosError("a duration is a finite number, zero or more.")
    times, place = np.unique(lengths, return_inverse=True)
    came = np.bincount(place, weights=number * ended, minlength=len(times))
    cut = np.bincount(place, weights=number * ~ended, minlength=len(times))
    waiting = np.flip(np.cumsum(np.flip(came + cut)))
    curve = survival(came, cut)
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(np.cumsum(came / (waiting * (waiting - came))))
        width = ndtri(0.975) * root / np.log(curve)
        table = pd.DataFrame(
            {
                "at_risk": waiting,
                "answered": came,
                "survival": curve,
                "standard_error": np.where(curve > 0, curve * root, np.nan),
                "low": np.where(curve > 0, curve ** np.exp(-width), np.nan),
                "high": np.where(curve > 0, curve ** np.exp(width), np.nan),
            },
            index=pd.Index(times, name="time"),
        )
    return table[came > 0]


def reply_statistics(answered: np.ndarray, censored: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Reply rate, median wait and median time of the answers that come, (..., 3).

    - rate: 1 − S(horizon), the share of waits that are answered by the last time;
    - median wait: the first t with S(t) ≤ ½; NaN where less than half is ever answered;
    - median answer: the first t by which half of the answers that come within the horizon have come,
      1 − S(t) ≥ (1 − S(horizon))/2; NaN where none comes.

    Args:
        answered, censored: (..., T), as in `survival`.
        times: (T,) or (..., T), in order.

    Examples:
        >>> reply_statistics(np.array([1, 1, 0]), np.array([0, 1, 1]), np.array([1.0, 2.0, 7.0])).tolist()
        [0.5, 2.0, 1.0]
    """
    if not times.shape[-1]:
        return np.full((*answered.shape[:-1], 3), np.nan)
    curve = survival(answered, censored)
    anybody = (answered + censored).sum(axis=-1) > 0
    rate = np.where(anybody, 1 - curve[..., -1], np.nan)
    median = np.where(anybody, time_until(np.full(rate.shape, 0.5), times, curve), np.nan)
    typical = np.where(rate > ROUNDING, time_until(rate / 2, times, curve), np.nan)
    return np.stack([rate, median, typical], axis=-1)


def places(seconds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different durations in order, (T,), and the place of each wait among them.

    Args:
        seconds: whole numbers of a small range, from 0.

    Examples:
        >>> [part.tolist() for part in places(np.array([7, 2, 7]))]
        [[2, 7], [1, 0, 1]]
    """
    if len(seconds) < FEW_WAITS:
        times, place = np.unique(seconds, return_inverse=True)
        return times.astype(np.intp), place.astype(np.int32)
    number = np.cumsum(np.bincount(seconds) > 0, dtype=np.int32) - np.int32(1)
    return np.flatnonzero(np.diff(number, prepend=-1)), number[seconds]


def numbered(group: np.ndarray, place: np.ndarray, answered: np.ndarray, durations: int) -> np.ndarray:
    """One number for each wait, of its group, the place of its duration among so many, and whether an answer came.

    Examples:
        >>> numbered(np.array([0, 2], dtype=np.int8), np.array([1, 3]), np.array([1, 0]), 4).tolist()
        [3, 22]
    """
    # In place: there are millions.
    number: np.ndarray = group.astype(np.int64)
    number *= durations
    number += place
    number *= 2
    number += answered
    return number


def duration_classes(
    seconds: np.ndarray, answered: np.ndarray, counts: np.ndarray, classes: int = CLASSES
) -> tuple[np.ndarray, np.ndarray]:
    """At most about so many durations, about as many answers at each, and the class of each wait.

    Few distinct durations stay as they are.

    Returns:
        The durations that stand for the classes, in order, the last the longest of all, (T,); the class of each wait.
    """
    times, place = places(seconds)
    lasted, group = classes_of(times, np.bincount(place, weights=counts * answered, minlength=len(times)), classes)
    return lasted, group[place]


def classes_of(times: np.ndarray, came: np.ndarray, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """At most about so many classes of durations in order, about as many answers in each.

    Args:
        times: the durations.
        came: how many answers come at each.
        classes: how many.

    Returns:
        The durations that stand for the classes, in order; the class of each of `times`.
    """
    if len(times) <= classes:
        return times, np.arange(len(times), dtype=np.int32)
    rank = np.cumsum(came) - came / 2
    group = np.minimum((rank / max(came.sum(), 1) * classes).astype(np.intp), classes - 1)
    group[-1] = classes  # the horizon stays what it is: nobody who waited in vain had an answer a little earlier
    group = np.unique(group, return_inverse=True)[1].astype(np.int32)
    # the middle one stands for its class
    starts = np.searchsorted(group, np.arange(group[-1] + 1))
    ends = np.append(starts[1:], len(times))
    return times[(starts + ends - 1) // 2], group
