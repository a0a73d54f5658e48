"""Jeffreys' interval of a share of people."""

from typing import Any

import numpy as np
from scipy.special import betaincinv

#: Part of the posterior beyond either end of a 95 % interval.
TAIL = 0.025


def jeffreys(number: Any, of: Any) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of Jeffreys' 95 % interval of the share number/of: quantiles of Beta(number + ½, of − number + ½).

    Args:
        number: how many have something; any shape, and whole only where it is a count.
        of: how many there are, of the same shape.

    Returns:
        The lower and the upper ends. They are inside 0 and 1 even where nobody has it, or everybody does.

    Source:
        L. D. Brown, T. T. Cai, A. DasGupta (2001), Interval estimation for a binomial proportion, Statistical Science
        16(2).

    Examples:
        >>> low, high = jeffreys([0, 5], [10, 10])
        >>> low.round(4).tolist(), high.round(3).tolist()
        ([0.0, 0.2235], [0.217, 0.776])
    """
    has, lacks = np.asarray(number) + 0.5, np.asarray(of) - np.asarray(number) + 0.5
    return betaincinv(has, lacks, TAIL), betaincinv(has, lacks, 1 - TAIL)
