"""Measures of bridging and segregation: pure functions of a `Network`.

Person- and department-level ones give a Series or DataFrame, organisation-level ones a float. `REGISTRY` says of each
how it is to be read.
"""

from silos.measures.affinity import affinity, algebraic_connectivity, effective_resistance
from silos.measures.detected import communities
from silos.measures.mixing import (
    ei_index,
    gravity_ratio,
    insularity,
    log_density_ratio,
    mixing_matrix,
    modularity,
)
from silos.measures.registry import REGISTRY, Measure

__all__ = [
    "REGISTRY",
    "Measure",
    "affinity",
    "algebraic_connectivity",
    "communities",
    "effective_resistance",
    "ei_index",
    "gravity_ratio",
    "insularity",
    "log_density_ratio",
    "mixing_matrix",
    "modularity",
]
