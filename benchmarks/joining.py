"""The best pairs of departments to join: how long that takes; prints only.

python benchmarks/joining.py
"""

from time import perf_counter

import numpy as np

from silos.measures.joining import best_joins

#: Departments and pairs.
CASES = ((10, 5), (42, 5), (100, 5), (300, 5))


def affinity(departments: int) -> np.ndarray:
    """Affinities that differ as much as those of real organisations, symmetric, zero on the diagonal."""
    values = np.exp(np.random.default_rng(departments).normal(0, 1.2, (departments, departments)))
    return np.triu(values, 1) + np.triu(values, 1).T


def main() -> None:
    """Print one line per case."""
    for departments, number in CASES:
        conductance = affinity(departments)
        begun = perf_counter()
        found = best_joins(conductance, np.ones_like(conductance), number=number)
        print(f"{departments:>4} departments, {len(found.pairs)} pairs: {perf_counter() - begun:.3f} s")


if __name__ == "__main__":
    main()
