"""What a number is counted in: ties or volume, both ways or by direction.

Few strong ties inside and many weak ones across give an index one sign by volume and the other by ties, so every
measure that can be taken on either says which with `by=`.
"""

from typing import Literal

import numpy as np
from scipy import sparse

from silos.errors import SilosError
from silos.network import Network

By = Literal["ties", "volume"]

BASES: tuple[By, ...] = ("ties", "volume")


def chosen(value: str, choices: tuple[str, ...], option: str) -> str:
    """`value`, if it is one of `choices`.

    Raises:
        SilosError: it is not; the message names the `option` and the choices.
    """
    if value not in choices:
        raise SilosError(f"{option} is one of {', '.join(map(repr, choices))}, not {value!r}.")
    return value


def symmetric(network: Network, by: By) -> sparse.csr_array:
    """What passes between two persons both ways: 0/1 contacts (`ties`) or summed weights (`volume`), N x N."""
    return network.contacts if chosen(by, BASES, "by") == "ties" else network.combined


def arcs(network: Network, by: By) -> sparse.csr_array:
    """What one person sends to another: 0/1 arcs (`ties`) or weights (`volume`), N x N; symmetric if undirected."""
    if chosen(by, BASES, "by") == "volume":
        return network.adjacency
    binary = network.adjacency.copy()
    binary.data = np.ones_like(binary.data)
    return binary


def weights(network: Network, by: By) -> sparse.csr_array:
    """B, every pair in contact from both ends (`ties`), or A, what each sends to each (`volume`), N x N."""
    return network.contacts if chosen(by, BASES, "by") == "ties" else network.adjacency


def department_totals(network: Network, matrix: sparse.csr_array) -> np.ndarray:
    """HᵀXH: the N x N `matrix` summed by department of row and of column, (K, K).

    Within a department a symmetric matrix counts each tie twice.
    """
    return np.asarray((network.indicator.T @ matrix @ network.indicator).toarray(), dtype=np.float64)


def quotient(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """numerator / denominator, NaN where the denominator is zero."""
    numerator, denominator = np.broadcast_arrays(
        np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    )
    result = np.full(numerator.shape, np.nan)
    np.divide(numerator, denominator, out=result, where=denominator != 0)
    return result


def ratio(numerator: float, denominator: float) -> float:
    """numerator / denominator, NaN if the denominator is zero."""
    return float(numerator / denominator) if denominator else float("nan")
