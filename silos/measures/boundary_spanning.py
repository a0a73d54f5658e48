"""Ties to the outside: who deals with customers, partners and suppliers, department by department.

A person has a tie to an outsider who was written to, or met; mail that comes in unasked makes none, nor does what went
to a crowd.
"""

import numpy as np
import pandas as pd

from silos.measures.basis import quotient
from silos.measures.proportions import jeffreys


def outside_contacts(outside: pd.DataFrame, people: int) -> np.ndarray:
    """How many different outsiders each person deals with, (N,).

    Args:
        outside: one row per `person` (position) and `outsider`, each pair once.
        people: N.

    Examples:
        >>> outside_contacts(pd.DataFrame({"person": [0, 0, 2], "outsider": [0, 1, 1]}), 3).tolist()
        [2, 0, 1]
    """
    return np.bincount(outside["person"].to_numpy(dtype=np.intp), minlength=people)


def outside_by_department(outside: pd.DataFrame, membership: np.ndarray, count: int) -> pd.DataFrame:
    """Each department's ties to the outside.

    The p-value is exact, two-sided, for shuffled departments: the number of those with an outside
    contact in a department of n is then hypergeometric.

    Args:
        outside: as in `outside_contacts`.
        membership: position of each person's department, (N,).
        count: how many departments, K.

    Returns:
        One row per department, in order: `people`, `people_outside` (with an outside contact), `outside_share` of them,
        with Jeffreys' 95 % interval (`outside_share_low`, `outside_share_high`; see
        `silos.measures.proportions.jeffreys`), `outsiders` (different ones),
        `outsiders_per_head`, `p`.

    Examples:
        >>> outside = pd.DataFrame({"person": [0, 0, 1], "outsider": [0, 1, 1]})
        >>> table = outside_by_department(outside, np.array([0, 0, 1, 1]), 2)
        >>> table[["people_outside", "outsiders", "outsiders_per_head"]]
           people_outside  outsiders  outsiders_per_head
        0               2          2                 1.0
        1               0          0                 0.0
        >>> table["p"].round(3).tolist()
        [0.333, 0.333]
    """
    sizes = np.bincount(membership, minlength=count)
    has = outside_contacts(outside, len(membership)) > 0
    number = np.bincount(membership, weights=has, minlength=count).astype(int)
    place = membership[outside["person"].to_numpy(dtype=np.intp)]
    different = pd.DataFrame({"place": place, "outsider": outside["outsider"].to_numpy()}).drop_duplicates()
    outsiders = np.bincount(different["place"].to_numpy(dtype=np.intp), minlength=count)
    low, high = jeffreys(number, sizes)
    total = int(has.sum())
    tails = np.array([tail(one, total, len(membership), size) for one, size in zip(number, sizes, strict=True)])
    return pd.DataFrame(
        {
            "people": sizes,
            "people_outside": number,
            "outside_share": quotient(number, sizes),
            "outside_share_low": np.where(number > 0, low, 0.0),
            "outside_share_high": np.where(number < sizes, high, 1.0),
            "outsiders": outsiders,
            "outsiders_per_head": quotient(outsiders, sizes),
            "p": np.minimum(2 * tails, 1.0),
        }
    )


def tail(count: int, total: int, people: int, drawn: int) -> float:
    """The smaller tail of `count` among `drawn` of `people`, `total` of whom are counted: hypergeometric.

    By the ratios of neighbouring terms, as the distributions of scipy take a second to load.

    Examples:
        >>> round(tail(2, 2, 4, 2), 3), tail(0, 3, 4, 0), tail(3, 3, 3, 3)
        (0.167, 1.0, 1.0)
    """
    least = max(0, drawn + total - people)
    k = np.arange(least, min(drawn, total))
    ratios = (total - k) * (drawn - k) / ((k + 1) * (people - total - drawn + k + 1))
    logs = np.concatenate([[0.0], np.log(ratios).cumsum()])
    terms = np.exp(logs - logs.max())
    at = count - least
    return float(min(terms[: at + 1].sum(), terms[at:].sum()) / terms.sum())
