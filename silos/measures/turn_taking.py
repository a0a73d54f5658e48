"""Turn-taking of departments: whether dialogue goes on after their answers, and whether they open any.

A desk (mail room, help desk) answers, and that is the end of it; colleagues go on. It works on bare logs of sender,
recipient and time, where no thread says what belongs together. Formulas take arrays of any leading shape: one call
serves the estimate and its replicates.
"""

import numpy as np


def continuation(answers: np.ndarray, continued: np.ndarray, by_chance: np.ndarray) -> np.ndarray:
    """r: the share of answers after which the other wrote again, beyond what would come by chance; same shape.

    r = (C − E)/(R − E), E = Σ_pairs R·p₀: as Cohen's κ corrects agreement. 1 where every answer is continued, 0 where
    no more are than by chance. NaN where there is nothing to judge.

    Args:
        answers: R, messages within the gap G of one of the other's.
        continued: C, those after which the other wrote again within G.
        by_chance: E, with p₀ = 1 − exp(−openings·G/T) of each pair: the probability that a pair that opens so many
            sessions in the time T opens one within G anyway.

    Examples:
        >>> continuation(np.array([10.0, 10.0, 0.0]), np.array([10.0, 2.0, 0.0]), np.array([2.0, 2.0, 0.0]))
        array([ 1.,  0., nan])
    """
    room = answers - by_chance
    return np.divide(continued - by_chance, room, out=np.full(np.shape(room), np.nan), where=room > 0)


def opened_share(sessions: np.ndarray, opened: np.ndarray) -> np.ndarray:
    """o: the share of the sessions with two changes of speaker (A B A) that the department opened; NaN without any.

    Examples:
        >>> opened_share(np.array([8.0, 0.0]), np.array([4.0, 0.0]))
        array([0.5, nan])
    """
    return np.divide(opened, sessions, out=np.full(np.shape(sessions), np.nan), where=sessions > 0)


def turn_taking(
    answers: np.ndarray,
    continued: np.ndarray,
    by_chance: np.ndarray,
    sessions: np.ndarray,
    opened: np.ndarray,
    *,
    known: np.ndarray,
) -> np.ndarray:
    """s_a = r_a/median(r) · min(1, 2 o_a): about 1 for colleagues, far below for a desk; (..., K).

    Where a department has no session with two changes of speaker, nothing is continued by the definition: s is 0 if it
    has answers at all.

    Args:
        answers, continued, by_chance: (..., K) sums over the department's pairs with other departments, see
            `continuation`.
        sessions, opened: (..., K), see `opened_share`.
        known: (K,) the departments with enough answers: the median is theirs, the others have NaN.

    Examples:
        A department like the others, one that leaves everything at an answer, one that never opens:

        >>> answers, by_chance = np.full(4, 100.0), np.full(4, 20.0)
        >>> turn_taking(
        ...     answers, np.array([60.0, 60, 24, 60]), by_chance, np.full(4, 40.0), np.array([20.0, 24, 18, 4]),
        ...     known=np.full(4, True),
        ... ).round(2)
        array([1.  , 1.  , 0.09, 0.2 ])
    """
    rate = np.where(known, np.maximum(continuation(answers, continued, by_chance), 0.0), np.nan)
    opens = opened_share(sessions, opened)
    even = np.minimum(1.0, 2 * np.where(np.isnan(opens), 0.0, opens))
    if not known.any():
        return np.full(np.shape(rate), np.nan)
    middle = np.median(np.nan_to_num(rate[..., known]), axis=-1)[..., None]
    return np.divide(rate, middle, out=np.full(np.shape(rate), np.nan), where=middle > 0) * even
