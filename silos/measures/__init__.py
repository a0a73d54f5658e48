"""Measures of bridging and segregation: pure functions of a `Network`.

Person- and department-level ones give a Series or DataFrame, organisation-level ones a float. `REGISTRY` says of each
how it is to be read.
"""

from silos.measures.affinity import affinity, algebraic_connectivity, effective_resistance
from silos.measures.brokerage import brokerage_roles
from silos.measures.brokerage_null import brokerage_expectation
from silos.measures.community_detection import communities
from silos.measures.insularity import insularity
from silos.measures.mixing import ei_index, gravity_ratio, log_density_ratio, mixing_matrix, modularity
from silos.measures.participation import (
    cross_department_entropy,
    participation,
    participation_corrected,
    reach,
    within_module_z,
)
from silos.measures.reciprocity import reciprocity, two_way_share
from silos.measures.registry import REGISTRY, Measure
from silos.measures.segregation import (
    assortativity,
    coleman_homophily,
    conductance,
    freeman_segregation,
    gupta_anderson_may,
    odds_ratio_within_group,
    segregation_matrix_index,
)
from silos.measures.spectral import core_periphery, spectral_segregation
from silos.measures.structural_holes import constraint, effective_size, efficiency

__all__ = [
    "REGISTRY",
    "Measure",
    "affinity",
    "algebraic_connectivity",
    "assortativity",
    "brokerage_expectation",
    "brokerage_roles",
    "coleman_homophily",
    "communities",
    "conductance",
    "constraint",
    "core_periphery",
    "cross_department_entropy",
    "effective_resistance",
    "effective_size",
    "efficiency",
    "ei_index",
    "freeman_segregation",
    "gravity_ratio",
    "gupta_anderson_may",
    "insularity",
    "log_density_ratio",
    "mixing_matrix",
    "modularity",
    "odds_ratio_within_group",
    "participation",
    "participation_corrected",
    "reach",
    "reciprocity",
    "segregation_matrix_index",
    "spectral_segregation",
    "two_way_share",
    "within_module_z",
]
