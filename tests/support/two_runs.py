"""Two halves of one simulated log, analysed: with a planted change between them, or with none."""

from functools import cache
from typing import Any

import silos

#: The first day of the second half of 20 weeks.
HALF = "2025-03-17"


@cache
def halves(seed: int = 2, **changes: Any) -> tuple[silos.Analysis, silos.Analysis]:
    """The analyses of both halves."""
    options = {"people": 240, "departments": 11, "weeks": 20, "communities": 0, "seed": seed, "silo_strength": 0.2}
    made = silos.simulate.organisation(**(options | changes))
    log = made.interactions
    first = silos.analyze(log, made.roster, until=HALF, bootstrap=100)
    return first, silos.analyze(log, made.roster, since=HALF, bootstrap=100)
