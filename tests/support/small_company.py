"""A small simulated company with one silo, whose advice is looked at."""

from functools import cache

import silos


@cache
def a_company() -> silos.simulate.Organisation:
    """140 people in 8 departments, 30 weeks."""
    return silos.simulate.organisation(
        people=140, departments=8, weeks=30, rows=12_000, silos=1, communities=0, newsletter=False,
        bilateral_pair=False, one_person_bridge=False, seed=3, start="2024-01-01",
    )  # fmt: skip
