"""The one gate that every output passes: no person, and no group small enough to be one.

Departments of fewer than `minimum` people are shown together, as a place that others may reach. Where even together
they are too few, or where there is only one of them, they are a place without a row of its own.
"""

from dataclasses import dataclass

import pandas as pd

from silos.errors import SilosError

OTHER = "Other (small)"


@dataclass(frozen=True, eq=False)
class Shown:
    """Departments as they may be shown.

    Attributes:
        departments: by person, the department's name or `OTHER`.
        candidates: the departments that stand alone, sorted: those that get a verdict.
        rows: the names that may be a row of a table: the candidates, and `OTHER` where it is a group.
        merged: how many departments are in `OTHER`.
        minimum: people in a department that may stand alone.
    """

    departments: pd.Series
    candidates: tuple[str, ...]
    rows: tuple[str, ...]
    merged: int
    minimum: int


def merge_small(departments: pd.Series, minimum: int) -> Shown:
    """Put departments of fewer than `minimum` people together.

    Args:
        departments: by person.
        minimum: 1 or more; 1 shows every department.

    Examples:
        >>> people = pd.Series(["HR"] * 5 + ["IT"] * 2 + ["Legal"] * 3)
        >>> shown = merge_small(people, 5)
        >>> shown.candidates, shown.rows, shown.merged
        (('HR',), ('HR', 'Other (small)'), 2)
        >>> merge_small(people.iloc[:7], 5).rows
        ('HR',)
    """
    if minimum < 1:
        raise SilosError("the smallest department that is shown alone has 1 person or more (--min-department).")
    sizes = departments.value_counts()
    small = set(sizes.index[sizes < minimum])
    candidates = tuple(sorted(name for name in sizes.index if name not in small))
    together = int(sizes[list(small)].sum()) if small else 0
    grouped = len(small) > 1 and together >= minimum
    return Shown(
        departments=departments.where(~departments.isin(small), OTHER),
        candidates=candidates,
        rows=(*candidates, OTHER) if grouped else candidates,
        merged=len(small),
        minimum=minimum,
    )
