"""What may be shown: no person, and no group small enough to be one."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from silos.errors import EmptyError, SilosError

OTHER = "Other (small)"
#: People of the smallest department that may be shown alone, whatever is asked for.
FEWEST_SHOWN = 3
#: Counts that are hidden together, at least: one alone is what the others lack of the sum.
MERGED = 2


@dataclass(frozen=True, eq=False)
class Shown:
    """Departments as they may be shown.

    Attributes:
        departments: by person, the department's name or `OTHER`.
        candidates: the departments that stand alone, sorted: those that get a verdict.
        rows: the names that may be a row of a table: the candidates, and `OTHER` where there is such a group.
        merged: how many departments are in `OTHER`.
        minimum: people in a department that may stand alone.
        combined: departments in `OTHER` that are large enough to stand alone, but without which a small one could be
            found by subtraction.
    """

    # By person: nobody's id is in what is printed.
    departments: pd.Series = field(repr=False)
    candidates: tuple[str, ...]
    rows: tuple[str, ...]
    merged: int
    minimum: int
    combined: tuple[str, ...] = ()


def merge_small(
    departments: pd.Series, minimum: int, *, persons: pd.Series | None = None, seen: np.ndarray | None = None
) -> Shown:
    """Put departments of fewer than `minimum` people together, and those of which fewer are in contact with anybody.

    Whatever is told of a department in which one person alone has a mailbox is about this person. One in which nobody
    is in contact with anybody stays: it has nothing to tell.

    A small department that is the only one, or small ones that have fewer than `minimum` people together, could be
    found by taking all others from a total. The smallest of the others are put together with them, until there are
    `MERGED` departments and `minimum` people: no total, share or margin is that of the small one then.

    Args:
        departments: by person.
        minimum: 1 or more; 1 shows every department.
        persons: who each of these is, where one person may be several, in one department each; else all differ.
        seen: whether each of these is in contact with anybody; where not given, everybody is.

    Examples:
        >>> people = pd.Series(["HR"] * 5 + ["IT"] * 2 + ["Legal"] * 3)
        >>> shown = merge_small(people, 5)
        >>> shown.candidates, shown.rows, shown.merged
        (('HR',), ('HR', 'Other (small)'), 2)
        >>> people = pd.Series(["HR"] * 7 + ["Finance"] * 6 + ["Board"] * 2)
        >>> shown = merge_small(people, 5)
        >>> shown.candidates, shown.rows, shown.merged, shown.combined
        (('HR',), ('HR', 'Other (small)'), 2, ('Finance',))
        >>> people = pd.Series(["HR"] * 9 + ["IT"] * 7 + ["Stores"] * 6 + ["Garage"] * 5)
        >>> seen = np.array([True] * 17 + [False] * 10)
        >>> shown = merge_small(people, 5, seen=seen)
        >>> shown.candidates, shown.merged, shown.combined
        (('Garage', 'HR'), 2, ('IT',))
    """
    if minimum < 1:
        raise SilosError("the smallest department that is shown alone must have at least 1 person (--min-department).")
    sizes = departments.value_counts()
    known = _in_contact(departments, persons, seen).reindex(sizes.index, fill_value=0)
    small = set(sizes.index[(sizes < minimum) | ((known > 0) & (known < minimum))])
    if small and OTHER in sizes.index:
        raise SilosError(f"a department is called {OTHER!r}, the name for small departments taken together. Rename it.")
    combined: list[str] = []
    # What nobody is in contact with hides nobody: it comes last.
    large = sorted(
        (name for name in sizes.index if name not in small), key=lambda name: (known[name] == 0, sizes[name], name)
    )
    merged = departments.isin(small)

    def together() -> int:
        return int(_in_contact(merged, persons, seen).get(True, 0))

    while small and large:
        # Where nobody else is in contact with anybody, no more departments would help.
        if len(small) + len(combined) >= MERGED and (together() >= minimum or not known[large[0]]):
            break
        combined.append(large.pop(0))
        merged |= departments == combined[-1]
    candidates = tuple(sorted(large))
    return Shown(
        departments=departments.where(~merged, OTHER),
        candidates=candidates,
        rows=(*candidates, OTHER) if small else candidates,
        merged=len(small) + len(combined),
        minimum=minimum,
        combined=tuple(combined),
    )


def _in_contact(groups: pd.Series, persons: pd.Series | None, seen: np.ndarray | None) -> pd.Series:
    """By group, how many different people are in contact with anybody."""
    who = pd.Series(np.arange(len(groups)) if persons is None else persons.to_numpy())
    here = np.ones(len(groups), dtype=bool) if seen is None else seen
    return who[here].groupby(groups.to_numpy()[here]).nunique()


def moving_together(old: pd.Series, new: pd.Series, minimum: int, *, seen: np.ndarray | None = None) -> pd.Series:
    """Where each person goes in a new chart, groups that are too small together with the largest of their department.

    Whoever has both charts knows who moves. A number about the contacts of those who move from one department to
    another, or who stay while the others go, is one about each of them if they are few. So fewer than `minimum` people
    are counted where the largest group of their department goes, or stays: no number is about them alone, and no
    difference of two numbers is. Whoever is in contact with nobody does not count: four such people beside one who is
    would make a group of five, all of whose contacts are one person's. Groups that go where departments will be shown
    together are one group already.

    Args:
        old: by person, the department of today, as it may be shown.
        new: by person, the department of the new chart, as it is.
        minimum, seen: as in `merge_small`.

    Returns:
        By person, the department of the new chart in which the person is counted.

    Examples:
        >>> old = pd.Series(["HR"] * 7 + ["IT"] * 14)
        >>> new = pd.Series(["HR"] * 6 + ["IT"] + ["IT"] * 6 + ["Labs"] * 6 + ["HR"] * 2)
        >>> moving_together(old, new, 5).tolist() == ["HR"] * 7 + ["IT"] * 6 + ["Labs"] * 6 + ["IT"] * 2
        True
        >>> new, seen = pd.Series(["HR"] * 7 + ["IT"] * 9 + ["HR"] * 5), np.array([True] * 17 + [False] * 4)
        >>> moving_together(old, new, 5, seen=seen).tolist() == ["HR"] * 7 + ["IT"] * 14
        True
    """
    units, unit = np.unique(old.to_numpy().astype(str), return_inverse=True)
    known = np.ones(len(unit)) if seen is None else seen.astype(np.float64)
    place = new.to_numpy().astype(object)
    while True:
        shown = merge_small(pd.Series(place), minimum, seen=seen).departments
        groups, group = np.unique(shown.to_numpy().astype(str), return_inverse=True)
        cell = unit * len(groups) + group
        sizes = np.bincount(cell, known, minlength=len(units) * len(groups)).reshape(len(units), -1)
        largest, few = sizes.argmax(axis=1), (sizes > 0) & (sizes < minimum)
        few[np.arange(len(units)), largest] = False
        rows = np.flatnonzero(few.any(axis=1))
        if not len(rows):
            return pd.Series(place, index=new.index)
        # Small departments last: which of them are together follows from where the others are.
        for row in rows[units[rows] != OTHER] if (units[rows] != OTHER).any() else rows:
            here = unit == row
            names, number = np.unique(place[here & (group == largest[row])].astype(str), return_counts=True)
            place[here & few[row][group]] = names[number.argmax()]


def refuse_none_shown(shown: Shown, unplaced: tuple[str, int] | None = None) -> None:
    """Stop where no department stands alone.

    Args:
        shown: the departments as they may be shown.
        unplaced: why most rows are left out, and how many, where that is because people have no department.

    Raises:
        EmptyError: that is so.
    """
    if shown.candidates:
        return
    if shown.combined:
        raise EmptyError(
            f"there are {shown.merged} departments, and one with fewer than {shown.minimum} people who are in contact "
            "with anybody would be the only one that is not shown, so that every number about the others gives it "
            "away. Name a coarser column with --by, or lower --min-department."
        )
    advice = "Name a coarser column with --by, give a longer log, or lower --min-department."
    if unplaced is not None:
        reason, rows = unplaced
        advice = (
            f"{rows:,} rows are of people who have {reason} in the roster: fill in that column in every row (of merged "
            "cells only the first keeps the name), or name another with --by."
        )
    raise EmptyError(
        f"no department has at least {shown.minimum} people who are in contact with anybody, so none may be shown "
        f"alone. {advice}"
    )


def without_few(shares: pd.DataFrame, people: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Shares of people, without those that stand for somebody, but for fewer than `minimum` of them.

    Args:
        shares: to be shown.
        people: the same rows and columns, how many people each share stands for.
        minimum: as in `merge_small`.

    Returns:
        `shares`, NaN where too few stand behind; a share of nobody stays 0.

    Examples:
        >>> people = pd.DataFrame({"HR": [6, 0], "IT": [2, 8]}, index=["cooks", "chess"])
        >>> without_few(people.div(8), people, 5)
                 HR   IT
        cooks  0.75  NaN
        chess  0.00  1.0
    """
    return shares.mask((people > 0) & (people < minimum))


def few(people: pd.Series, minimum: int) -> pd.Series:
    """Which counts of people are not shown beside the sum of all: those of somebody, but of fewer than `minimum`.

    And so many of the next larger that nobody can take the others from the sum and be left with one of these: two
    are hidden, of `minimum` people together, or all are that are not 0.

    Args:
        people: how many each row stands for.
        minimum: as in `merge_small`.

    Examples:
        >>> few(pd.Series({"HR": 1, "IT": 9, "Legal": 6, "R&D": 0}), 5)
        HR        True
        IT       False
        Legal     True
        R&D      False
        dtype: bool
    """
    rising = people[people > 0].sort_values(kind="stable")
    hidden = int((rising < minimum).sum())
    while 0 < hidden < len(rising) and (hidden < MERGED or rising.iloc[:hidden].sum() < minimum):
        hidden += 1
    return pd.Series(people.index.isin(rising.index[:hidden]), index=people.index)


def beside_few(few: np.ndarray, amount: np.ndarray, count: int) -> np.ndarray:
    """Which cells of a square table are not shown where its rows and columns have totals.

    A cell that alone is hidden in its row or its column could be taken from the total: the one with least beside it is
    hidden too.

    Args:
        few: (count²,), row by row, the cells that stand for too few people.
        amount: what each holds; cells of 0 tell nothing and hide nothing.
        count: of rows and of columns.

    Returns:
        (count, count)

    Examples:
        >>> amount = np.array([9, 2, 7, 8, 5, 9, 9, 6, 9])
        >>> beside_few(amount < 3, amount, 3).astype(int).tolist()
        [[0, 1, 1], [0, 1, 1], [0, 0, 0]]
    """
    hidden, held = few.reshape(count, count).copy(), amount.reshape(count, count)
    alone = True
    while alone:
        alone = False
        # Rows, then columns: views of the same cells.
        for cells, amounts in ((hidden, held), (hidden.T, held.T)):
            for cell, of in zip(cells, amounts, strict=True):
                others = np.flatnonzero(~cell & (of > 0))
                if cell.sum() == 1 and len(others):
                    cell[others[np.argmin(of[others])]] = True
                    alone = True
    return hidden
